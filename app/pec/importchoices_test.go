package pec

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// planChoosing plans with an operator's choices.
func planChoosing(t *testing.T, c ImportChoices, lines ...string) *MemberDraft {
	t.Helper()
	in := importOf(t, register(), lines...)
	in.Choices = c
	return DraftMembers(in)
}

func (c Counts) short() string { return fmt.Sprint(c.Created, c.Updated, c.Unchanged, c.Refused) }

func TestOnlyNewLeavesKnownMembersAlone(t *testing.T) {
	lines := []string{"registration_number;surname;name;tax_code;email", "A1;Rossi;Mario;RSSMRA85T10A562S;nuova@posta.example", "A9;Neri;Ada;;ada@posta.example", "A8;;Ugo;;"}
	d := planChoosing(t, ImportChoices{Only: OnlyNew}, lines...)
	if c := d.Counts(); c.short() != "1 0 1 1" || c.Skipped != 1 {
		t.Errorf("%+v", c)
	}
	if r := d.Row(0); !r.Skipped || r.After.Email != "mario@posta.example" || r.Changes != nil {
		t.Errorf("Rossi: %+v", r)
	}
	d = planChoosing(t, ImportChoices{Only: OnlyKnown}, lines...)
	if c := d.Counts(); c.short() != "0 1 1 1" || c.Skipped != 1 {
		t.Errorf("only known: %+v", c)
	}
	if r := d.Row(1); !r.Skipped || r.MemberID != 0 || r.After.FullName() != "Neri Ada" {
		t.Errorf("Neri: %+v", r)
	}
}

// TestSkippedRowKeepsItsNumberFromOthers: Rossi is not moved to A7, so nobody
// gets his A1.
func TestSkippedRowKeepsItsNumberFromOthers(t *testing.T) {
	lines := []string{"registration_number;surname;name;tax_code", "A7;Rossi;Mario;RSSMRA85T10A562S", "A1;Miller;Samantha;MLLSNT82P65Z404U"}
	if c := planChoosing(t, ImportChoices{}, lines...).Counts(); c.short() != "1 1 0 0" {
		t.Errorf("both taken: %+v", c)
	}
	d := planChoosing(t, ImportChoices{Only: OnlyNew}, lines...)
	if got := codes(d.Problems()); !slices.Equal(got, []string{"3 error registration_number_taken"}) {
		t.Errorf("%v", got)
	}
}

func TestEmptyCellsClearWhenChosen(t *testing.T) {
	lines := []string{"registration_number;surname;name;tax_code;email;address;birth_date;own_pec;status",
		"A1;Rossi;Mario;RSSMRA85T10A562S;;n.d.;00/00/0000;;", "A2;Moretti;Matteo;;;;;sbagliata@@;"}
	if c := planChoosing(t, ImportChoices{}, lines...).Counts(); c.short() != "0 0 2 0" {
		t.Errorf("without the choice nothing changes: %+v", c)
	}
	d := planChoosing(t, ImportChoices{ClearEmpty: true}, lines...)
	want := []FieldChange{{FieldBirthDate, "1985-12-10", ""}, {FieldAddress, "Via Po 3", ""}, {FieldEmail, "mario@posta.example", ""}}
	if diff := cmp.Diff(want, d.Row(0).Changes); diff != "" {
		t.Errorf("(- want, + got)\n%s", diff)
	}
	// The file has no CAP, and the faulty PEC is told and not stored: both stay.
	if m := d.Row(0).After; m.PostalCode != "00042" || m.Status != MemberActive || m.TaxCode == "" {
		t.Errorf("%+v", m)
	}
	if m := d.Row(1).After; m.OwnPEC != "matteo@pec.example" {
		t.Errorf("a faulty PEC emptied the field: %+v", m)
	}
}

func TestMissingMembersLeaveWhenChosen(t *testing.T) {
	lines := []string{"registration_number;surname;name;tax_code", "A1;Rossi;Mario;RSSMRA85T10A562S"}
	left := func(l Leavers) (numbers []string, d *MemberDraft) {
		d = planChoosing(t, ImportChoices{Leavers: l}, lines...)
		for r := range d.Leaving() {
			numbers = append(numbers, r.Before.RegistrationNumber)
			if r.After.Status != MemberTransferred || r.After.LeftOn != Day("2025-12-31") || len(r.Changes) != 2 {
				t.Errorf("%+v", r)
			}
		}
		return numbers, d
	}
	all, d := left(Leavers{All: true, Status: MemberTransferred, LeftOn: Day("2025-12-31")})
	// Verdi, A4, had left long before: he is neither missing nor leaving.
	if !slices.Equal(all, []string{"A2", "A3"}) || d.Counts().Left != 2 || d.MissingCount() != 2 || d.Counts().Updated != 0 {
		t.Errorf("%v %+v", all, d.Counts())
	}
	one, e := left(Leavers{Members: []int64{3, 1, 99}, Status: MemberTransferred, LeftOn: Day("2025-12-31")})
	if !slices.Equal(one, []string{"A3"}) { // Rossi is in the file, 99 is nobody
		t.Errorf("%v", one)
	}
	if none, f := left(Leavers{}); none != nil || f.Fingerprint() == e.Fingerprint() || d.Fingerprint() == e.Fingerprint() {
		t.Error("who leaves is not part of what was seen")
	}
}

// Who is in the file with a fault has not left: by the number, or by the name
// where a member is known by the tax code alone.
func TestRefusedRowKeepsWhomItMaySpeakOf(t *testing.T) {
	for line, left := range map[string][]string{
		";De Rosa;Alì;DRSLAI86E24F158X;24/05/1986": {"A1", "A2", "A3"}, // a check character typed wrong
		";DE ROSA;ALI';DRSLAI86E24F158X;":          {"A1", "A2", "A3"},
		";De Rosa;Alì;DRSLAI86E24F158X;01/01/1990": {"A1", "A2", "A3", ""}, // born on another day: a namesake
		"A1;Rosi;Mario;RSSMRA85T10A562X;":          {"A2", "A3", ""},
		"A2;;Matteo;;":                             {"A1", "A3", ""}, // no surname
		"A3;Neri;Ada;MRTMTT91D08F205J;31/02/1990":  {"A1", "A2", ""}, // the number is Miller's
		"A7;Rossi;Mario;RSSMRA85T10A56X;":          {"A2", "A3", ""},
		"A7;Bianchi;Rosa;RSSMRA85T10A56X;":         {"A1", "A2", "A3", ""},
	} {
		in := importOf(t, append(register(), Member{ID: 5, Surname: "De Rosa", Name: "Alì", TaxCode: "DRSLAI86E24F158A", BirthDate: Day("1986-05-24"), Status: MemberActive}),
			"registration_number;surname;name;tax_code;birth_date", line)
		in.Choices.Leavers = Leavers{All: true, Status: MemberCancelled, LeftOn: Day("2026-07-01")}
		d := DraftMembers(in)
		var got []string
		for r := range d.Leaving() {
			got = append(got, r.Before.RegistrationNumber)
		}
		if !slices.Equal(got, left) || d.Counts().Refused != 1 || d.MissingCount() != len(left) {
			t.Errorf("%s: %q leave, want %q; %v", line, got, left, d.Problems())
		}
	}
}

func TestLeaversNeedAStatusAndAPastDay(t *testing.T) {
	day := Day("2026-07-01")
	for want, l := range map[string]Leavers{
		"":               {All: true, Status: MemberCancelled, LeftOn: day},
		"status_unknown": {All: true, Status: MemberSuspended, LeftOn: day},
		"date_invalid":   {Members: []int64{1}, Status: MemberDeceased},
		"date_in_future": {All: true, Status: MemberCancelled, LeftOn: day.AddDays(1)},
	} {
		got := ""
		if p := AsProblem(l.Check(day)); p != nil {
			got = p.Code
		}
		if got != want {
			t.Errorf("%+v: %q, want %q", l, got, want)
		}
	}
	if err := (Leavers{Status: MemberSuspended}).Check(day); err != nil {
		t.Errorf("nobody leaves: %v", err)
	}
}

// Whatever is chosen, every row has one outcome, and one that changes nothing is
// unchanged.
func TestChoicesKeepTheSum(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		cell := func(values ...string) string { return rapid.SampledFrom(values).Draw(rt, "cell") }
		lines := []string{"registration_number;surname;name;tax_code;email;address"}
		for range rapid.IntRange(1, 6).Draw(rt, "rows") {
			lines = append(lines, cell("A1", "A2", "A5", "A6", "")+";"+cell("Rossi", "Moretti", "Neri")+";"+cell("Mario", "Matteo", "")+";"+
				cell("", "RSSMRA85T10A562S", "MRTMTT91D08F205J")+";"+cell("", "a@posta.example", "sbagliata")+";"+cell("", "Via Po 3", "Via Arno 1"))
		}
		in := importOf(t, register(), lines...)
		in.Choices = ImportChoices{Only: rapid.SampledFrom([]ImportOnly{"", OnlyNew, OnlyKnown}).Draw(rt, "only"), ClearEmpty: rapid.Bool().Draw(rt, "clear")}
		d := DraftMembers(in)
		c := d.Counts()
		if c.Created+c.Updated+c.Unchanged+c.Refused != c.Rows || c.Skipped > c.Unchanged || in.Choices.Only == OnlyNew && c.Updated > 0 || in.Choices.Only == OnlyKnown && c.Created > 0 {
			rt.Fatalf("%+v", c)
		}
		for _, r := range d.Rows() {
			if r.Outcome == OutcomeUnchanged && r.Before != r.After && r.MemberID != 0 || r.Outcome == OutcomeUpdated && r.Before == r.After {
				rt.Fatalf("row %d is %s: %+v", r.Source.Number, r.Outcome, r)
			}
		}
	})
}
