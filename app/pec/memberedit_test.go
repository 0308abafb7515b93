package pec

import (
	"slices"
	"strings"
	"testing"
)

// verdi is a member whose data agree with the tax code.
var verdi = Member{
	ID: 7, RegistrationNumber: "A9", Surname: "Verdi", Name: "Pia", Sex: "F", TaxCode: "VRDPIA80A41H501I", BirthDate: Day("1980-01-01"),
	Section: "A", Sector: "a", RegisteredOn: Day("2010-03-14"), Status: MemberActive, City: "Borgo", Email: "pia@posta.example",
}

// edited is verdi's form with some fields typed over: names and values in turn.
func edited(values ...string) MemberEdit {
	in := MemberEdit{Member: verdi, Typed: TypedAs(verdi), Domains: []string{"pec.ordine.example"}, Today: Day("2018-10-12"), Others: []Member{
		verdi,
		{ID: 8, RegistrationNumber: "b12", Surname: "Neri", Name: "Ada", TaxCode: "NREDAA80A41H501Q", OwnPEC: "ada@pecmail.example", Status: MemberActive},
		{ID: 9, RegistrationNumber: "B13", Surname: "Rossi", Name: "Ivo", OwnPEC: "ivo@pecmail.example", Status: MemberCancelled, LeftOn: Day("2017-01-01")},
	}}
	for i := 0; i+1 < len(values); i += 2 {
		in.Typed[Field(values[i])] = values[i+1]
	}
	return in
}

func TestFormLeftAsItWasChangesNothing(t *testing.T) {
	j := JudgeMember(edited())
	if len(j.Changes) > 0 || j.Refused() || len(j.Warnings) > 0 || j.After != verdi {
		t.Errorf("a form not touched: %+v", j)
	}
}

func TestFormIsTidiedAsAFileIs(t *testing.T) {
	j := JudgeMember(edited("section", "sez. b", "sector", "industriale", "postal_code", "184", "province", "(rm)", "city", "", "email", "PIA.NUOVA@posta.example", "registered_on", "1/4/2010"))
	if j.Refused() || len(j.Warnings) > 0 {
		t.Fatalf("%+v %+v", j.Errors, j.Warnings)
	}
	want := []FieldChange{
		{FieldSection, "A", "B"}, {FieldSector, "a", "b"}, {FieldRegisteredOn, "2010-03-14", "2010-04-01"}, {FieldPostalCode, "", "00184"},
		{FieldCity, "Borgo", ""}, {FieldProvince, "", "RM"}, {FieldEmail, "pia@posta.example", "pia.nuova@posta.example"},
	}
	if !slices.Equal(j.Changes, want) {
		t.Errorf("changes %v, want %v", j.Changes, want)
	}
}

func TestFormIsRefusedFieldByField(t *testing.T) {
	for _, row := range []struct{ name, field, typed, code, says string }{
		{"no surname", "surname", "", "required_missing", "Manca il cognome."},
		{"no name", "name", "  ", "required_missing", "Manca il nome."},
		{"a code with a wrong check letter", "tax_code", "VRDPIA80A41H501A", "tax_code_invalid", "codice fiscale"},
		{"a day that is none", "birth_date", "31/02/1980", "date_invalid", "«31/02/1980» non è una data che esiste."},
		{"a day to come", "registered_on", "13/10/2018", "date_in_future", "13/10/2018 è una data futura."},
		{"an address that is none", "email", "pia posta.example", "email_invalid", "L’indirizzo e-mail non è scritto bene."},
		{"two addresses", "email", "a@posta.example; b@posta.example", "email_several", "Qui sta un solo indirizzo."},
		{"a VAT number too short", "vat_number", "123", "vat_number_invalid", "La partita IVA ha 11 cifre: questa no."},
		{"a sex that is none", "sex", "X", "sex_unknown", "Il sesso non è né M né F."},
		{"a number of the neighbour's, in other letters", "registration_number", "B12", "registration_number_taken", "Il numero è già di Neri Ada."},
		{"the neighbour's tax code", "tax_code", "nredaa80a41h501q", "tax_code_taken", "Il codice fiscale è già di Neri Ada."},
		{"the neighbour's PEC", "own_pec", "ADA@pecmail.example", "mailbox_taken", "L’indirizzo PEC è già di Neri Ada."},
		{"an address of the Ordine's", "own_pec", "pia.verdi@pec.ordine.example", "mailbox_taken", "del dominio dell’Ordine"},
		{"a title too long", "title", strings.Repeat("x", 101), "value_too_long", "al massimo sono 100. Lo abbrevi."},
	} {
		t.Run(row.name, func(t *testing.T) {
			j := JudgeMember(edited(row.field, row.typed))
			i := slices.IndexFunc(j.Errors, func(p Problem) bool { return p.Field == row.field })
			if i < 0 || j.Errors[i].Code != row.code || !strings.Contains(j.Errors[i].Message, row.says) || strings.Contains(j.Errors[i].Message, "quello di prima") {
				t.Errorf("errors %+v, want %s on %s", j.Errors, row.code, row.field)
			}
			if named := strings.Contains(row.says, "Neri Ada"); named != (len(j.Clashes) == 1 && j.Clashes[0].MemberID == 8) {
				t.Errorf("clashes %+v", j.Clashes)
			}
		})
	}
}

// TestLeaverHoldsNoPEC: the address of one who has left is free for others.
func TestLeaverHoldsNoPEC(t *testing.T) {
	if j := JudgeMember(edited("own_pec", "ivo@pecmail.example")); j.Refused() || len(j.Clashes) > 0 {
		t.Errorf("%+v", j.Errors)
	}
}

func TestFormWarnsOfWhatIsUnlikely(t *testing.T) {
	for _, row := range []struct{ name, field, typed, code string }{
		{"born on another day than the code says", "birth_date", "02/01/1980", "tax_code_mismatch"},
		{"registered as a child", "registered_on", "01/01/1990", "dates_in_disorder"},
		{"an ordinary mailbox as PEC", "own_pec", "pia.verdi@gmail.com", "pec_ordinary"},
	} {
		t.Run(row.name, func(t *testing.T) {
			j := JudgeMember(edited(row.field, row.typed))
			if j.Refused() || len(j.Warnings) != 1 || j.Warnings[0].Code != row.code || j.WarningKey() == "" {
				t.Errorf("%+v %+v", j.Errors, j.Warnings)
			}
		})
	}
	// A wrong code from before the rule stands in nobody's way until it is typed.
	old := edited("phone", "06 123456")
	old.Member.TaxCode, old.Typed[FieldTaxCode] = "VRDPIA80A41H501A", "VRDPIA80A41H501A"
	if j := JudgeMember(old); j.Refused() || j.After.TaxCode != "VRDPIA80A41H501A" || len(j.Changes) != 1 {
		t.Errorf("%+v %+v", j.Errors, j.Changes)
	}
	// What was unlikely before is not told at each change of a telephone.
	in := edited("phone", "06 123456")
	in.Member.BirthDate = Day("1980-01-02")
	in.Typed[FieldBirthDate] = "02/01/1980"
	if j := JudgeMember(in); len(j.Warnings) > 0 || len(j.Changes) != 1 {
		t.Errorf("%+v %+v", j.Warnings, j.Changes)
	}
}

func TestNewMemberByHandIsActive(t *testing.T) {
	in := MemberEdit{Typed: map[Field]string{FieldSurname: "Bo", FieldName: "Lia", FieldRegistrationNumber: "A1"}, Today: Day("2018-10-12")}
	if j := JudgeMember(in); j.Refused() || j.After != (Member{RegistrationNumber: "A1", Surname: "Bo", Name: "Lia", Status: MemberActive}) {
		t.Errorf("%+v", j)
	}
	in.Typed[FieldRegistrationNumber] = ""
	if j := JudgeMember(in); len(j.Errors) != 1 || j.Errors[0].Field != "tax_code" || j.Errors[0].Code != "required_missing" {
		t.Errorf("neither code nor number: %+v", j.Errors)
	}
}
