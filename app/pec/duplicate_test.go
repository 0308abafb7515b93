package pec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// twins lists what is found as "1 2 code birth".
func twins(members []Member) []string {
	var out []string
	for _, t := range Duplicates(members) {
		var reasons []string
		for _, r := range t.Reasons {
			reasons = append(reasons, string(r))
		}
		out = append(out, fmt.Sprintf("%d %d %s", t.A.ID, t.B.ID, strings.Join(reasons, " ")))
	}
	return out
}

func TestTwoPositionsThatMayBeOnePerson(t *testing.T) {
	born := Day("1985-12-10")
	for _, row := range []struct {
		name string
		a, b Member
		want string // reasons; empty for two persons
	}{
		{"the same name and birth date, accents and apostrophes aside", Member{Surname: "D'Alò", Name: "Zoë", BirthDate: born, TaxCode: "RSSMRA85T10A562S"}, Member{Surname: "DALO", Name: "Zoe", BirthDate: born, TaxCode: "DLAZOE85T10H501X"}, "birth"},
		{"one without a tax code", Member{Surname: "Rossi", Name: "Mario", TaxCode: "RSSMRA85T10A562S"}, Member{Surname: "Rossi", Name: "Mario"}, "no_code"},
		{"one with a provisional code", Member{Surname: "Rossi", Name: "Mario", TaxCode: "RSSMRA85T10A562S"}, Member{Surname: "Rossi", Name: "Mario", TaxCode: "12345678903"}, "no_code"},
		{"namesakes with two codes", Member{Surname: "Rossi", Name: "Mario", TaxCode: "RSSMRA85T10A562S"}, Member{Surname: "Rossi", Name: "Mario", TaxCode: "RSSMRA70A01H501S"}, ""},
		{"namesakes born on different days, one without a code", Member{Surname: "Rossi", Name: "Mario", BirthDate: born, TaxCode: "RSSMRA85T10A562S"}, Member{Surname: "Rossi", Name: "Mario", BirthDate: Day("1970-01-01")}, ""},
		{"letters of omocodia", Member{Surname: "Rossi", Name: "Mario", TaxCode: "RSSMRA85T10A562S"}, Member{Surname: "Rosi", Name: "Mario", TaxCode: "RSSMRA85T10A56NH"}, "code"},
		{"several letters of omocodia", Member{Surname: "Rossi", Name: "M.", TaxCode: "RSSMRA85T10A562S"}, Member{Surname: "Rossi", Name: "Mario", TaxCode: "RSSMRAU5TMLA562X"}, "code"},
		{"another surname", Member{Surname: "Rossi", Name: "Anna", TaxCode: "RSSNNA85T50A562K"}, Member{Surname: "Bianchi", Name: "Anna", TaxCode: "BNCNNA85T50A562J"}, "new_surname"},
		{"another name", Member{Surname: "Rossi", Name: "Anna", TaxCode: "RSSNNA85T50A562K"}, Member{Surname: "Rossi", Name: "Carla", TaxCode: "RSSCRL85T50A562J"}, "new_name"},
		{"surname and name change places", Member{Surname: "Rossi", Name: "Mario", TaxCode: "RSSMRA85T10A562S"}, Member{Surname: "Mario", Name: "Rossi", TaxCode: "MRARSS70A01H501S"}, "swapped"},
		{"a name like the surname", Member{Surname: "Carlo", Name: "Carlo", TaxCode: "CRLCRL85T10A562S"}, Member{Surname: "Carlo", Name: "Carlo", TaxCode: "CRLCRL70A01H501S"}, ""},
		{"the same e-mail and surname", Member{Surname: "Rossi", Name: "Mario", Email: "M@posta.example"}, Member{Surname: "Rossi", Name: "Maria", Email: "m@posta.example"}, "email"},
		{"the e-mail of a studio", Member{Surname: "Rossi", Name: "Mario", Email: "m@posta.example"}, Member{Surname: "Verdi", Name: "Ugo", Email: "m@posta.example"}, ""},
		{"the same own PEC", Member{Surname: "Rossi", Name: "Mario", OwnPEC: "m@pec.example"}, Member{Surname: "Verdi", Name: "Ugo", OwnPEC: "M@pec.example"}, "pec"},
		{"nothing known of either", Member{Surname: "Rossi"}, Member{Surname: "Rossi"}, ""},
		{"all at once", Member{Surname: "Rossi", Name: "Mario", BirthDate: born, Email: "m@posta.example", OwnPEC: "m@pec.example"}, Member{Surname: "Rossi", Name: "Mario", BirthDate: born, Email: "m@posta.example", OwnPEC: "m@pec.example"}, "birth pec no_code email"},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.a.ID, row.b.ID = 1, 2
			var want []string
			if row.want != "" {
				want = []string{"1 2 " + row.want}
			}
			if diff := cmp.Diff(want, twins([]Member{row.a, row.b})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheLikelierToStay(t *testing.T) {
	left := Member{ID: 1, Status: MemberCancelled, TaxCode: "RSSMRA85T10A562S"}
	active := Member{ID: 2, Status: MemberActive}
	coded := Member{ID: 3, Status: MemberSuspended, TaxCode: "RSSMRA85T10A562S"}
	for _, row := range []struct{ a, b, keep Member }{{left, active, active}, {active, left, active}, {active, coded, coded}, {coded, active, coded}, {active, active, active}} {
		if keep, _ := (Twins{A: row.a, B: row.b}).Stays(); keep.ID != row.keep.ID {
			t.Errorf("of %d and %d stays %d", row.a.ID, row.b.ID, keep.ID)
		}
	}
}

// Whoever is entered a second time under other signs is found, in whatever
// order the register comes, and nobody is a twin of themselves.
func TestPlantedDuplicateIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var members []Member
		for i := range rapid.IntRange(1, 40).Draw(t, "members") {
			members = append(members, Member{
				ID: int64(i + 1), Surname: rapid.SampledFrom([]string{"Rossi", "D'Alò", "De Rosa", "Verdi"}).Draw(t, "surname"), Name: rapid.SampledFrom([]string{"Mario", "Anna", "Ugo"}).Draw(t, "name"),
				BirthDate: Day("1950-01-01").AddDays(i), Email: fmt.Sprintf("m%d@posta.example", i),
			})
			members[i].TaxCode = ComputeTaxCode(members[i].Surname, members[i].Name, members[i].BirthDate, "M", fmt.Sprintf("H%03d", i))
		}
		first := members[rapid.IntRange(0, len(members)-1).Draw(t, "who")]
		second := first
		second.ID, second.Surname, second.TaxCode = 999, strings.ToUpper(first.Surname), ""
		switch rapid.IntRange(0, 3).Draw(t, "how") {
		case 0:
			second.BirthDate = Date{}
		case 1:
			second.Surname, second.Name = first.Name, first.Surname
		case 2:
			second.Name, second.BirthDate = "Altro", Date{}
		case 3:
			second.Surname, second.TaxCode = "Altro", first.TaxCode[:14]+string(omocodia[first.TaxCode[14]-'0'])+"X"
		}
		members = rapid.Permutation(append(members, second)).Draw(t, "order")
		found := false
		for _, pair := range Duplicates(members) {
			if pair.A.ID == pair.B.ID || len(pair.Reasons) == 0 {
				t.Fatalf("%+v", pair)
			}
			ids := []int64{pair.A.ID, pair.B.ID}
			found = found || slices.Contains(ids, 999) && slices.Contains(ids, first.ID)
		}
		if !found {
			t.Fatalf("%+v is not found beside %+v", second, first)
		}
	})
}

// A register in which all have one e-mail is still looked through in one go: each
// is compared with the first.
func TestWholeRegisterAlike(t *testing.T) {
	members := make([]Member, 30_000)
	for i := range members {
		members[i] = Member{ID: int64(i + 1), Surname: "Rossi", Name: "Mario", Email: "ordine@posta.example", OwnPEC: "ordine@pec.example"}
	}
	if n := len(Duplicates(members)); n != 29_999 {
		t.Errorf("%d pairs", n)
	}
}

// A new member is compared as the register's own are: the namesake of another
// birth date is another person.
func TestNewMemberMayBeThereAlready(t *testing.T) {
	register := []Member{
		{ID: 1, RegistrationNumber: "B7", Surname: "D'Alò", Name: "Ugo", BirthDate: Day("1970-01-01")},
		{ID: 2, Surname: "Dalo", Name: "Ugo", BirthDate: Day("1985-05-05")},
		{ID: 3, Surname: "Neri", Name: "Ada"},
	}
	j := JudgeMember(MemberEdit{Typed: map[Field]string{FieldSurname: "D’Alò", FieldName: "Ugo", FieldRegistrationNumber: "B9", FieldBirthDate: "01/01/1970"}, Register: register, Today: Day("2018-06-15")})
	want := "Nell’albo c’è già D'Alò Ugo, n. B7, che può essere la stessa persona: stessi cognome, nome e data di nascita; stessi cognome e nome, uno senza codice fiscale definitivo."
	if j.Refused() || len(j.Warnings) != 1 || j.Warnings[0].Message != want || len(j.Twins) != 1 || j.Twins[0].B.ID != 1 {
		t.Errorf("%+v", j)
	}
}
