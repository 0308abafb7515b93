package pec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var importDay = Day("2026-07-01")

// register is what the Ordine knows before the imports of these tests.
func register() []Member {
	return []Member{
		{ID: 1, RegistrationNumber: "A1", Surname: "Rossi", Name: "Mario", TaxCode: "RSSMRA85T10A562S", BirthDate: Day("1985-12-10"), Status: MemberActive, Email: "mario@posta.example", Address: "Via Po 3", PostalCode: "00042"},
		{ID: 2, RegistrationNumber: "A2", Surname: "Moretti", Name: "Matteo", Status: MemberActive, OwnPEC: "matteo@pec.example"},
		{ID: 3, RegistrationNumber: "A3", Surname: "Miller", Name: "Samantha", TaxCode: "12345678903", Status: MemberSuspended},
		{ID: 4, RegistrationNumber: "A4", Surname: "Verdi", Name: "Ugo", Status: MemberCancelled, LeftOn: Day("2020-05-31")},
	}
}

// plan imports a CSV in little: the first line holds the fields, cells are
// parted by semicolons.
func plan(t *testing.T, known []Member, lines ...string) MemberPlan {
	t.Helper()
	return PlanMembers(importOf(t, known, lines...))
}

func importOf(t *testing.T, known []Member, lines ...string) MemberImport {
	t.Helper()
	var cells [][]string
	for _, l := range lines[1:] {
		cells = append(cells, strings.Split(l, ";"))
	}
	mapping := mapOf(t, MemberLayout, strings.Split(lines[0], ";"), cells, nil)
	return MemberImport{Rows: rowsOf(cells), Mapping: mapping, Known: known, Today: importDay, Domains: []string{"pec.ordine.example"}}
}

// codes lists row, severity and code of each problem.
func codes(problems []RowProblem) []string {
	var out []string
	for _, p := range problems {
		out = append(out, fmt.Sprintf("%d %s %s", p.Row, p.Severity, p.Code))
	}
	return out
}

func TestNewMemberIsActiveAndTidy(t *testing.T) {
	p := plan(t, nil, "registration_number;surname;name;tax_code;birth_date;section;sector;postal_code;province;email;mobile;vat_number;sex",
		" 12 ;  De  Rosa; Alì  ;drslai 86e24 f158a;24.5.86;sez. a;C, a;1100;(rm);ALI@Posta.Example;333 1234567;7643520567;Maschio")
	want := Member{
		RegistrationNumber: "12", Surname: "De Rosa", Name: "Alì", TaxCode: "DRSLAI86E24F158A", BirthDate: Day("1986-05-24"), Section: "A", Sector: "a c",
		PostalCode: "01100", Province: "RM", Email: "ali@posta.example", Mobile: "333 1234567", VATNumber: "07643520567", Sex: "M", Status: MemberActive,
	}
	if diff := cmp.Diff(want, p.Rows[0].After); diff != "" || p.Rows[0].Outcome != OutcomeCreated || len(p.Problems()) > 0 {
		t.Errorf("%s %v\n%s", p.Rows[0].Outcome, p.Problems(), diff)
	}
}

func TestEmptyCellsAndMissingColumnsLeaveWhatIsThere(t *testing.T) {
	p := plan(t, register(), "surname;name;tax_code;address;email", "Rossi;Mario;rssmra85t10a562s;n.d.;null", "Rossi;Mario;RSSMRA85T10A562S;-;")
	if r := p.Rows[0]; r.Outcome != OutcomeUnchanged || r.After != register()[0] {
		t.Errorf("%s: %v", r.Outcome, r.Changes)
	}
}

func TestChangedFieldsAreShownOneByOne(t *testing.T) {
	p := plan(t, register(), "surname;name;tax_code;address;postal_code;email", "Rossi;Mario;RSSMRA85T10A562S;Viale della Stazione 88;48;MARIO@posta.example")
	want := []FieldChange{{FieldAddress, "Via Po 3", "Viale della Stazione 88"}, {FieldPostalCode, "00042", "00048"}}
	if r := p.Rows[0]; r.Outcome != OutcomeUpdated || r.MemberID != 1 || !slices.Equal(r.Changes, want) || r.Before != register()[0] {
		t.Errorf("%s %d: %v", r.Outcome, r.MemberID, r.Changes)
	}
}

func TestMatchingByNumber(t *testing.T) {
	for _, row := range []struct {
		what, line string
		outcome    Outcome
		member     int64
		code       string
	}{
		{"no tax code in the row", "A1;Rossi;Mario;;", OutcomeUnchanged, 1, ""},
		{"the number in other letters", "a1;Rossi;Mario;;", OutcomeUpdated, 1, ""},
		{"the member has no tax code", "A2;Moretti;Matteo;MRTMTT91D08F205J;", OutcomeUpdated, 2, ""},
		{"the member has a provisional one", "A3;Miller;Samantha;MLLSNT82P65Z404U;", OutcomeUpdated, 3, ""},
		{"same name and birth date: the code has changed", "A1;ROSSI;Mario;RSSMRA85T10A562S;10/12/1985", OutcomeUpdated, 1, ""},
		{"a new omocodia of the same person", "A1;Rossi;Mario;" + omocodic(t) + ";10/12/1985", OutcomeUpdated, 1, ""},
		{"another code and no birth date", "A1;Rossi;Mario;" + omocodic(t) + ";", OutcomeRefused, 0, "registration_number_taken"},
		{"another person with the number", "A1;Moretti;Matteo;MRTMTT91D08F205J;", OutcomeRefused, 0, "registration_number_taken"},
		{"the code of one, the number of another", "A2;Rossi;Mario;RSSMRA85T10A562S;", OutcomeRefused, 1, "registration_number_taken"},
		{"neither known", "A9;Moretti;Matteo;MRTMTT91D08F205J;", OutcomeCreated, 0, ""},
	} {
		r := plan(t, register(), "registration_number;surname;name;tax_code;birth_date", row.line).Rows[0]
		if r.Outcome != row.outcome || r.MemberID != row.member {
			t.Errorf("%s: %s, member %d, %v", row.what, r.Outcome, r.MemberID, r.Problems)
		}
		if row.code != "" && (len(r.Problems) != 1 || r.Problems[0].Code != row.code) {
			t.Errorf("%s: %v", row.what, r.Problems)
		}
	}
}

// omocodic is Mario Rossi's code with its last digit as a letter.
func omocodic(t *testing.T) string {
	t.Helper()
	first := "RSSMRA85T10A56N"
	return first + string(checkCharacter(first))
}

func TestChangeOfTaxCodeIsShown(t *testing.T) {
	r := plan(t, register(), "registration_number;surname;name;tax_code", "A3;Miller;Samantha;MLLSNT82P65Z404U").Rows[0]
	if want := []FieldChange{{FieldTaxCode, "12345678903", "MLLSNT82P65Z404U"}}; !slices.Equal(r.Changes, want) {
		t.Errorf("got %v", r.Changes)
	}
}

func TestRowsRefusedAndWarned(t *testing.T) {
	for _, row := range []struct {
		what  string
		lines []string
		want  []string
	}{
		{"no surname", []string{"A9;;Ugo;;;"}, []string{"2 error required_missing"}},
		{"no name", []string{"A9;Neri;;;;"}, []string{"2 error required_missing"}},
		{"neither code nor number", []string{";Neri;Ugo;;;"}, []string{"2 error required_missing"}},
		{"a wrong code is enough of a reason", []string{";Neri;Ugo;RSSMRA85T10A562T;;"}, []string{"2 error tax_code_invalid"}},
		{"the same code again", []string{"A8;Moretti;Matteo;MRTMTT91D08F205J;;", "A9;Moretti;Matteo;MRTMTT91D08F205J;;"}, []string{"3 error duplicate_in_file"}},
		{"the same number without a code", []string{"A9;Neri;Ugo;;;", "A9;Neri;Ugo;;;"}, []string{"3 error duplicate_in_file"}},
		{"the same number, once with a code", []string{"A9;Moretti;Matteo;;;", "A9;Moretti;Matteo;MRTMTT91D08F205J;;"}, []string{"3 error duplicate_in_file"}},
		{"one member by code and by number", []string{"A3;Miller;Samantha;MLLSNT82P65Z404U;;", ";Miller;Samantha;12345678903;;"}, []string{"3 error duplicate_in_file"}},
		{"a number of the person above", []string{"A9;Moretti;Matteo;MRTMTT91D08F205J;;", "A9;Miller;Samantha;MLLSNT82P65Z404U;;"}, []string{"3 error registration_number_taken"}},
		{"a refused row takes no number", []string{"A9;;Matteo;MRTMTT91D08F205J;;", "A9;Moretti;Matteo;MRTMTT91D08F205J;;"}, []string{"2 error required_missing"}},
		{"code and name of different people", []string{"A9;Neri;Matteo;MRTMTT91D08F205J;;"}, []string{"2 warning tax_code_mismatch"}},
		{"an unknown status", []string{"A9;Neri;Ugo;;in bilico;"}, []string{"2 error status_unknown"}},
		{"a surname as long as a paragraph", []string{"A9;" + strings.Repeat("x", 101) + ";Ugo;;;"}, []string{"2 error value_too_long"}},
		{"a bad e-mail", []string{"A9;Neri;Ugo;;;ugo@"}, []string{"2 warning email_invalid"}},
		{"a stray separator", []string{"A9;Neri;Ugo;;;ugo@posta.example;Roma"}, []string{"2 error row_malformed"}},
		{"two faults are told at once", []string{"A9;;Ugo;;in bilico;"}, []string{"2 error required_missing", "2 error status_unknown"}},
	} {
		p := plan(t, register(), append([]string{"registration_number;surname;name;tax_code;status;email"}, row.lines...)...)
		if got := codes(p.Problems()); !slices.Equal(got, row.want) {
			t.Errorf("%s: %v", row.what, got)
		}
		c := p.Counts()
		if c.Created+c.Updated+c.Unchanged+c.Refused != c.Rows || c.Rows != len(row.lines) {
			t.Errorf("%s: %+v", row.what, c)
		}
	}
}

func TestProblemNamesTheColumnAsInTheFile(t *testing.T) {
	p := plan(t, nil, "N. Iscr.;Cognome;Nome;Cod. Fisc.;Data iscr.", "1;Rossi;Mario;RSSMRA85T10A562S;31/02/2001").Problems()
	want := RowProblem{Row: 2, Column: "Data iscr.", Value: "31/02/2001", Severity: SeverityError, Code: "date_invalid", Message: "«31/02/2001» non è una data che esiste.", Correction: "Forse è il 28/02/2001: controlli e corregga."}
	if len(p) != 1 || p[0] != want {
		t.Errorf("got %+v", p)
	}
}

func TestDaysInTheFutureAreRefused(t *testing.T) {
	for _, field := range []string{"birth_date", "registered_on", "left_on"} {
		p := plan(t, nil, "registration_number;surname;name;status;"+field, "1;Neri;Ugo;cancellato;02/07/2026", "2;Neri;Ada;cancellato;01/07/2026")
		if got := codes(p.Problems()); !slices.Contains(got, "2 error date_in_future") || slices.Contains(got, "3 error date_in_future") {
			t.Errorf("%s: %v", field, got)
		}
	}
}

func TestBadEmailIsNotStoredAndTheOldOneKept(t *testing.T) {
	r := plan(t, register(), "surname;name;tax_code;email", "Rossi;Mario;RSSMRA85T10A562S;mario rossi@@posta").Rows[0]
	if r.Outcome != OutcomeUnchanged || r.After.Email != "mario@posta.example" || len(r.Problems) != 1 || r.Problems[0].Severity != SeverityWarning {
		t.Errorf("%s %q %v", r.Outcome, r.After.Email, r.Problems)
	}
}

func TestStatusWords(t *testing.T) {
	for word, want := range map[string]MemberStatus{
		"Iscritto": MemberActive, "ISCRITTA": MemberActive, "attivo": MemberActive, "Sospesa": MemberSuspended, "Cancellato": MemberCancelled, "radiato": MemberCancelled,
		"Dimissionario": MemberCancelled, "Trasferito": MemberTransferred, "DECEDUTO": MemberDeceased, "in attività": MemberActive, "suspended": MemberSuspended, " sospeso. ": MemberSuspended,
	} {
		if got, ok := ParseMemberStatus(word); !ok || got != want {
			t.Errorf("%s: %s, %v", word, got, ok)
		}
	}
	if got, ok := ParseMemberStatus("in bilico"); ok {
		t.Errorf("in bilico is %s", got)
	}
}

func TestLeavers(t *testing.T) {
	for _, row := range []struct {
		what, line string
		status     MemberStatus
		leftOn     string
		warning    string
	}{
		{"without a date: the day of the import", "A1;Rossi;Mario;Cancellato;", MemberCancelled, "2026-07-01", "left_on_missing"},
		{"with a date", "A1;Rossi;Mario;Trasferito;31/05/2026", MemberTransferred, "2026-05-31", ""},
		{"a date without a status", "A1;Rossi;Mario;;31/05/2026", MemberCancelled, "2026-05-31", ""},
		{"a date of somebody on the register", "A1;Rossi;Mario;Iscritto;31/05/2026", MemberActive, "", "left_on_ignored"},
		{"gone before: the day stays", "A4;Verdi;Ugo;Deceduto;", MemberDeceased, "2020-05-31", ""},
		{"back on the register: the day goes, and it is told", "A4;Verdi;Ugo;Iscritto;", MemberActive, "", "member_returns"},
		{"new and gone already", "A9;Neri;Ada;Cancellata;", MemberCancelled, "2026-07-01", "left_on_missing"},
		{"new with a leaving date alone", "A9;Neri;Ada;;31/05/2020", MemberCancelled, "2020-05-31", ""},
		{"nothing said", "A4;Verdi;Ugo;;", MemberCancelled, "2020-05-31", ""},
	} {
		r := plan(t, register(), "registration_number;surname;name;status;left_on", row.line).Rows[0]
		if r.After.Status != row.status || r.After.LeftOn.String() != row.leftOn {
			t.Errorf("%s: %s, %s", row.what, r.After.Status, r.After.LeftOn)
		}
		if got := strings.Join(codes(r.Problems), ""); (row.warning == "") != (got == "") || !strings.Contains(got, row.warning) {
			t.Errorf("%s: %s", row.what, got)
		}
	}
}

func TestMissingAreThoseOnTheRegisterAlone(t *testing.T) {
	p := plan(t, register(), "registration_number;surname;name;tax_code;registered_on", "A1;Rossi;Mario;RSSMRA85T10A562S;", "A2;Moretti;Matteo;;31/02/2001")
	// A2 is refused for its date, yet the file speaks of it; A4 has left
	if len(p.Missing) != 1 || p.Missing[0].ID != 3 {
		t.Errorf("got %v", p.Missing)
	}
}

func TestPECInTheOrdinesDomain(t *testing.T) {
	in := importOf(t, register(), "registration_number;surname;name;pec",
		"A1;Rossi;Mario;mario.rossi@pec.ordine.example", "A2;Moretti;Matteo;Matteo.Moretti@PEC.ordine.example", "A3;Miller;Samantha;altra@pec.ordine.example",
		"A9;Neri;Ada;matteo.moretti@pec.ordine.example", "A8;Neri;Ugo;ugo@pec.example")
	in.Addresses = map[string]int64{"mario.rossi@pec.ordine.example": 1, "altra@pec.ordine.example": 4}
	p := PlanMembers(in)
	want := []string{"3 warning mailbox_reserved", "4 error mailbox_taken", "5 error mailbox_taken"}
	if got := codes(p.Problems()); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if r := p.Rows[0]; r.Outcome != OutcomeUnchanged || r.After.OwnPEC != "" {
		t.Errorf("own mailbox: %s %q", r.Outcome, r.After.OwnPEC)
	}
	if r := p.Rows[1]; r.Outcome != OutcomeUpdated || r.ReservedAddress != "matteo.moretti@pec.ordine.example" || r.After.OwnPEC != "matteo@pec.example" {
		t.Errorf("reserved: %s %q %q", r.Outcome, r.ReservedAddress, r.After.OwnPEC)
	}
	if r := p.Rows[4]; r.After.OwnPEC != "ugo@pec.example" {
		t.Errorf("own PEC: %q", r.After.OwnPEC)
	}
}

func TestOwnPECOfSomebodyElseIsRefused(t *testing.T) {
	p := plan(t, register(), "registration_number;surname;name;pec", "A9;Neri;Ada;MATTEO@pec.example", "A8;Neri;Ugo;studio@pec.example", "A7;Neri;Eva;studio@pec.example")
	want := []string{"2 error mailbox_taken", "4 error mailbox_taken"}
	if got := codes(p.Problems()); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestFormulasStayText(t *testing.T) {
	p := plan(t, nil, "registration_number;surname;name;phone", "1;=HYPERLINK(1);Ugo;+39 06 123", "2;'=SOMMA(1);'Ndrangheta;'+39 06 123")
	if m := p.Rows[0].After; m.Surname != "=HYPERLINK(1)" || m.Phone != "+39 06 123" {
		t.Errorf("got %q, %q", m.Surname, m.Phone)
	}
	// our exports put one apostrophe before such a cell; any other stays
	if m := p.Rows[1].After; m.Surname != "=SOMMA(1)" || m.Name != "'Ndrangheta" || m.Phone != "+39 06 123" {
		t.Errorf("got %q, %q, %q", m.Surname, m.Name, m.Phone)
	}
}

// A leaving date that cannot be is not one that is missing.
func TestFaultyLeavingDateIsToldOnce(t *testing.T) {
	p := plan(t, nil, "registration_number;surname;name;status;left_on",
		"A1;Rossi;Mario;cancellato;31/02/2018", "A2;Moretti;Matteo;trasferito;01/01/2099", "A3;Neri;Ada;cancellato;00/00/0000", "A4;Neri;Ugo;deceduto;")
	want := []string{"2 error date_invalid", "3 error date_in_future", "4 warning left_on_missing", "5 warning left_on_missing"}
	if got := codes(p.Problems()); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// Some exports mark texts of figures with the apostrophe that a sheet shows.
func TestApostrophesBeforeTexts(t *testing.T) {
	p := plan(t, nil, "registration_number;surname;name;tax_code;postal_code;mobile", "'0012;Rossi;Mario;'RSSMRA85T10A562S;'00184;'3331234567")
	if m := p.Rows[0].After; p.Rows[0].Outcome != OutcomeCreated || m.RegistrationNumber != "0012" || m.TaxCode != "RSSMRA85T10A562S" || m.PostalCode != "00184" || m.Mobile != "3331234567" {
		t.Errorf("got %s %q, %q, %q, %q", p.Rows[0].Outcome, m.RegistrationNumber, m.TaxCode, m.PostalCode, m.Mobile)
	}
}

func TestSectors(t *testing.T) {
	for s, want := range map[string]string{
		"a": "a", "a b c": "a b c", "A,B": "a b", "c/a": "a c", "abc": "a b c", "b-a": "a b", "a e b": "a b", "Settore A": "a", "a) b)": "a b",
		"civile e ambientale": "a", "industriale": "b", "Dell’Informazione": "c", "civile; industriale": "a b", "civile e ambientale, industriale": "a b", "industriale e dell’informazione": "b c",
		"a - civile e ambientale": "a", "B - industriale": "b", "civile/informazione": "a c", "architettura": "architettura", "agronomo e forestale": "agronomo e forestale", "civile e navale": "civile e navale",
	} {
		if got := tidySector(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestFullNames(t *testing.T) {
	for _, row := range []struct {
		full, code, surname, name string
		sure                      bool
	}{
		{"Donati Grasso Carmela", "DNTCML40T61D810O", "Donati Grasso", "Carmela", true},
		{"Bruno Margherita Zoë", "BRNMGH99L54H199A", "Bruno", "Margherita Zoë", true},
		{"Mario Rossi", "RSSMRA85T10A562S", "Rossi", "Mario", true},
		{"Rossi Mario", "", "Rossi", "Mario", true},
		{"De Rosa Anna", "", "De Rosa", "Anna", false},
		{"Della Valle Anna Maria", "", "Della Valle", "Anna Maria", false},
		{"Neri Farina, Anna", "", "Neri Farina", "Anna", true},
		{"Neri Anna Maria", "12345678903", "Neri", "Anna Maria", false},
		{"Neri", "", "Neri", "", true},
	} {
		s, n, sure := SplitFullName(row.full, row.code)
		if s != row.surname || n != row.name || sure != row.sure {
			t.Errorf("%s: %q, %q, %v", row.full, s, n, sure)
		}
	}
}

func TestFullNameOfAKnownMemberIsPartedAsBefore(t *testing.T) {
	known := []Member{{ID: 1, RegistrationNumber: "A1", Surname: "Rossi", Name: "Mario Neri", TaxCode: "RSSMRA85T10A562S", Status: MemberActive}}
	r := plan(t, known, "nominativo;tax_code", "Rossi Mario Neri;RSSMRA85T10A562S").Rows[0]
	if r.Outcome != OutcomeUnchanged {
		t.Errorf("%s %v", r.Outcome, r.Changes)
	}
	r = plan(t, nil, "nominativo;registration_number", "Neri;A9").Rows[0]
	if r.Outcome != OutcomeRefused || r.Problems[0].Code != "required_missing" || r.Problems[0].Column != "nominativo" {
		t.Errorf("%s %v", r.Outcome, r.Problems)
	}
}

func TestFingerprintTellsWhatWouldBeWritten(t *testing.T) {
	header, line := "surname;name;tax_code;status;address", "Rossi;Mario;RSSMRA85T10A562S;Cancellato;Via Po 4"
	base := plan(t, register(), header, line)
	if again := plan(t, register(), header, line); again.Fingerprint() != base.Fingerprint() {
		t.Error("the same plan has another fingerprint")
	}
	moved := register()
	moved[0].Address = "Via Po 5"
	in := importOf(t, register(), header, line)
	in.Today = in.Today.AddDays(1)
	for what, p := range map[string]MemberPlan{
		"another value":           plan(t, register(), header, "Rossi;Mario;RSSMRA85T10A562S;Cancellato;Via Po 9"),
		"another value before":    plan(t, moved, header, line),
		"a day later, no date":    PlanMembers(in),
		"a new member":            plan(t, nil, header, line),
		"a row that is not there": plan(t, register(), header),
	} {
		if p.Fingerprint() == base.Fingerprint() {
			t.Errorf("%s: same fingerprint", what)
		}
	}
	other := register()
	other[2].Name = "Sam"
	if p := plan(t, other, header, line); p.Fingerprint() != base.Fingerprint() {
		t.Error("a member the file does not touch changes the fingerprint")
	}
}

// Files made of few names, codes and numbers, so that rows meet one another.
func TestPlanningAgainAfterWritingChangesNothing(t *testing.T) {
	pick := func(t *rapid.T, label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
	mapping, err := MemberLayout.Map([]string{"registration_number", "surname", "name", "tax_code", "birth_date", "status", "left_on", "email", "own_pec", "postal_code"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		in := MemberImport{Mapping: mapping, Known: register(), Today: importDay, Domains: []string{"pec.ordine.example"}, Addresses: map[string]int64{"uno@pec.ordine.example": 1}}
		for i := range rapid.IntRange(0, 12).Draw(t, "rows") {
			in.Rows = append(in.Rows, Row{Number: i + 2, Cells: []string{
				pick(t, "number", "", "A1", "A2", "A3", "a3", "A9", "A8"), pick(t, "surname", "Rossi", "Moretti", "Miller", "", "Neri"), pick(t, "name", "Mario", "Matteo", "-", "Ugo"),
				pick(t, "code", "", "RSSMRA85T10A562S", "MRTMTT91D08F205J", "mllsnt82p65z404u", "12345678903", "12345678901"),
				pick(t, "born", "", "10/12/1985", "31/02/2001"), pick(t, "status", "", "iscritto", "Cancellato", "boh"), pick(t, "left", "", "", "31/5/20"),
				pick(t, "email", "", "Nuova@posta.example", "@"), pick(t, "pec", "", "uno@pec.ordine.example", "due@pec.ordine.example", "matteo@pec.example", "tre@pec.example"),
				pick(t, "cap", "", "48", "00048"),
			}})
		}
		first := PlanMembers(in)
		c := first.Counts()
		if c.Created+c.Updated+c.Unchanged+c.Refused != c.Rows || c.Rows != len(in.Rows) {
			t.Fatalf("%+v of %d rows", c, len(in.Rows))
		}
		next := in
		next.Known, next.Addresses = write(in, first)
		checkUnique(t, next.Known)
		// Of two rows that contradict each other the one refused first may be the
		// one taken now: so only those written are read again.
		next.Rows = nil
		for _, r := range first.Rows {
			if r.Outcome != OutcomeRefused {
				next.Rows = append(next.Rows, r.Source)
			}
		}
		for _, r := range PlanMembers(next).Rows {
			if r.Outcome != OutcomeUnchanged {
				t.Fatalf("row %d: %s: %v %v", r.Source.Number, r.Outcome, r.Changes, r.Problems)
			}
		}
	})
}

// write does what the office does with a plan.
func write(in MemberImport, p MemberPlan) ([]Member, map[string]int64) {
	known := slices.Clone(in.Known)
	addresses := map[string]int64{}
	for a, id := range in.Addresses {
		addresses[a] = id
	}
	for _, r := range p.Rows {
		m := r.After
		switch r.Outcome {
		case OutcomeCreated:
			m.ID = int64(len(known) + 1)
			known = append(known, m)
		case OutcomeUpdated:
			i := slices.IndexFunc(known, func(k Member) bool { return k.ID == m.ID })
			known[i] = m
		}
		if r.ReservedAddress != "" {
			addresses[r.ReservedAddress] = m.ID
		}
	}
	return known, addresses
}

func checkUnique(t *rapid.T, known []Member) {
	seen := map[string]int64{}
	for _, m := range known {
		if m.Status.OnRegister() != m.LeftOn.IsZero() || m.Surname == "" || m.Name == "" {
			t.Fatalf("member %d: %+v", m.ID, m)
		}
		for _, key := range []string{"n " + m.RegistrationNumber, "c " + m.TaxCode} {
			if other, ok := seen[key]; ok && len(key) > 2 {
				t.Fatalf("%s of members %d and %d", key, other, m.ID)
			}
			seen[key] = m.ID
		}
	}
}

func TestMembersExchangeTheirNumbers(t *testing.T) {
	known := []Member{
		{ID: 1, RegistrationNumber: "A1", Surname: "Rossi", Name: "Mario", TaxCode: "RSSMRA85T10A562S", Status: MemberActive},
		{ID: 2, RegistrationNumber: "A2", Surname: "Moretti", Name: "Matteo", TaxCode: "MRTMTT91D08F205J", Status: MemberActive},
		{ID: 3, RegistrationNumber: "A3", Surname: "Miller", Name: "Samantha", TaxCode: "MLLSNT82P65Z404U", Status: MemberActive},
	}
	outcomes := func(lines ...string) string {
		p := plan(t, known, append([]string{"registration_number;surname;name;tax_code;status"}, lines...)...)
		var out []string
		for _, r := range p.Rows {
			out = append(out, string(r.Outcome))
		}
		return strings.Join(out, " ")
	}
	for _, row := range []struct {
		what, want string
		lines      []string
	}{
		{"two exchange", "updated updated", []string{"A2;Rossi;Mario;RSSMRA85T10A562S;", "A1;Moretti;Matteo;MRTMTT91D08F205J;"}},
		{"three in a ring", "updated updated updated", []string{"A2;Rossi;Mario;RSSMRA85T10A562S;", "A3;Moretti;Matteo;MRTMTT91D08F205J;", "A1;Miller;Samantha;MLLSNT82P65Z404U;"}},
		{"a number given up goes to somebody new", "created updated", []string{"A2;Neri;Ugo;12345678903;", "A9;Moretti;Matteo;MRTMTT91D08F205J;"}},
		{"the holder's row is refused: the number stays", "refused refused", []string{"A2;Rossi;Mario;RSSMRA85T10A562S;", "A1;Moretti;Matteo;MRTMTT91D08F205J;in bilico"}},
		{"one refused stops the ring", "refused refused refused", []string{"A2;Rossi;Mario;RSSMRA85T10A562S;", "A3;Moretti;Matteo;MRTMTT91D08F205J;", "A1;Miller;Samantha;MLLSNT82P65Z404U;in bilico"}},
		{"the holder is not in the file", "refused", []string{"A2;Rossi;Mario;RSSMRA85T10A562S;"}},
		{"the holder keeps the number", "refused unchanged", []string{"A2;Rossi;Mario;RSSMRA85T10A562S;", "A2;Moretti;Matteo;MRTMTT91D08F205J;"}},
	} {
		if got := outcomes(row.lines...); got != row.want {
			t.Errorf("%s: %s, want %s", row.what, got, row.want)
		}
	}
}

// Every code of a refused or warned row comes with the cell, a sentence and,
// where one is likely, the correction.
func TestCorrectionsThatAreLikely(t *testing.T) {
	header := "registration_number;surname;name;tax_code;birth_date;registered_on;email;own_pec;vat_number;phone"
	for _, row := range []struct {
		what, line, code, column, message, correction string
	}{
		{"the check character", "A9;Rossi;Mario;RSSMRA85T10A562T;;;;;;", "tax_code_invalid", "tax_code", "è T, ma con le altre dovrebbe essere S", "Controlli il codice sul tesserino"},
		{"an O for a nought", "A9;Moretti;Matteo;MRTMTT91DO8F205J;;;;;;", "tax_code_invalid", "tax_code", "non sono al loro posto", "Forse è MRTMTT91D08F205J"},
		{"the check character left out", "A9;Rossi;Mario;RSSMRA85T10A562;;;;;;", "tax_code_invalid", "tax_code", "ne ha 15", "Forse è RSSMRA85T10A562S"},
		{"a wrong letter that the name betrays", "A9;Rossi;Mario;RSXMRA85T10A562S;10/12/1985;;;;;", "tax_code_invalid", "tax_code", "un carattere è sbagliato", "Forse è RSSMRA85T10A562S"},
		{"one character twice", "A9;Rossi;Mario;RSSMRA85TT10A562S;10/12/1985;;;;;", "tax_code_invalid", "tax_code", "ne ha 17", "Forse è RSSMRA85T10A562S"},
		{"a nought that a sheet took", "A9;Rossi;Mario;7643520567;;;;;;", "tax_code_invalid", "tax_code", "ne ha 10", "Forse è 07643520567"},
		{"what Excel made of a provisional code", "A9;Rossi;Mario;1,23E+10;;;;;;", "tax_code_invalid", "tax_code", "è diventato un numero, «1,23E+10», e ha perso le sue cifre", "dia alla colonna il formato testo"},
		{"the nearest day", "A9;Rossi;Mario;;;31/04/2001;;;;", "date_invalid", "registered_on", "«31/04/2001» non è una data", "Forse è il 30/04/2001"},
		{"month and day changed", "A9;Rossi;Mario;;;12/25/1999;;;;", "date_invalid", "registered_on", "non è una data", "Forse è il 25/12/1999"},
		{"a day that is none at all", "A9;Rossi;Mario;;;boh;;;;", "date_invalid", "registered_on", "«boh» non è una data", "come 28/02/2026"},
		{"the century", "A9;Rossi;Mario;;;01/01/2999;;;;", "date_in_future", "registered_on", "01/01/2999 è una data futura", "Forse è il 01/01/1999"},
		{"the birth that the code tells", "A9;Rossi;Mario;RSSMRA85T10A562S;32/12/1985;;;;;", "date_invalid", "birth_date", "«32/12/1985»", "Dal codice fiscale risulta il 10/12/1985"},
		{"a comma in an address", "A9;Rossi;Mario;;;;mario@posta,example;;;", "email_invalid", "email", "non lo registriamo", "Forse è mario@posta.example"},
		{"two words in an address", "A9;Rossi;Mario;;;;mario rossi@posta.example;;;", "email_invalid", "email", "non lo registriamo", "Scriva un solo indirizzo"},
		{"registered as a child", "A9;Rossi;Mario;;10/12/1985;10/12/1995;;;;", "dates_in_disorder", "registered_on", "viene prima dei 18 anni", "Controlli le due date"},
		{"a tax code for a partita IVA", "A9;Rossi;Mario;;;;;;RSSMRA85T10A562S;", "vat_number_invalid", "vat_number", "c’è un codice fiscale", "lasci vuota la cella"},
		{"a rounded partita IVA", "A9;Rossi;Mario;;;;;;1,23E+10;", "vat_number_invalid", "vat_number", "arrotondato", "formato testo"},
		{"a rounded telephone", "A9;Rossi;Mario;;;;;;;3,9E+11", "value_rounded", "phone", "arrotondato, «3,9E+11»", "formato testo"},
	} {
		p := plan(t, nil, header, row.line).Problems()
		if len(p) != 1 || p[0].Code != row.code || p[0].Column != row.column || p[0].Row != 2 || p[0].Value == "" ||
			!strings.Contains(p[0].Message, row.message) || !strings.Contains(p[0].Correction, row.correction) {
			t.Errorf("%s: %+v", row.what, p)
		}
	}
}

func TestOneCharacterMayHaveBeenAnything(t *testing.T) {
	// Without the birth date any of the figures may be the wrong one.
	if code, ok := LikelyTaxCode("RSSMRA85T11A562S", Member{Surname: "Rossi", Name: "Mario"}); ok {
		t.Errorf("guessed %s", code)
	}
	if code, ok := LikelyTaxCode("RSSMRA85T11A562S", Member{Surname: "Rossi", Name: "Mario", BirthDate: Day("1985-12-10")}); !ok || code != "RSSMRA85T10A562S" {
		t.Errorf("got %s, %v", code, ok)
	}
}

// Whatever single slip is made in a code, the one that is found is the right
// one, or none is.
func TestLikelyCodeIsTheRightOne(t *testing.T) {
	const right = "MLLSNT82P65Z404U"
	m := Member{Surname: "Miller", Name: "Samantha", BirthDate: Day("1982-09-25"), Sex: "F"}
	found := 0
	for i := range 11 { // beyond, the place may be any
		for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" {
			wrong := right[:i] + string(c) + right[i+1:]
			if _, err := ParseTaxCode(wrong); err == nil {
				continue
			}
			if code, ok := LikelyTaxCode(wrong, m); ok {
				found++
				if code != right {
					t.Errorf("of %s: %s", wrong, code)
				}
			}
		}
	}
	if found < 300 {
		t.Errorf("only %d were found", found)
	}
}

func TestAddressesInTheWrongPlace(t *testing.T) {
	known := []Member{{ID: 1, RegistrationNumber: "A1", Surname: "Rossi", Name: "Mario", Status: MemberActive, OwnPEC: "mario@pec.example"}}
	for _, row := range []struct {
		what, line       string
		email, pec, warn string
		outcome          Outcome
	}{
		{"an ordinary address for a PEC, no e-mail", "A1;Rossi;Mario;;Mario@GMAIL.example", "mario@gmail.example", "mario@pec.example", "2 warning pec_ordinary", OutcomeUpdated},
		{"an ordinary address for a PEC, and an e-mail", "A1;Rossi;Mario;m@posta.example;mario@gmail.example", "m@posta.example", "mario@pec.example", "2 warning pec_ordinary", OutcomeUpdated},
		{"a PEC of a provider that has both", "A1;Rossi;Mario;;mario@pec.libero.example", "", "mario@pec.libero.example", "", OutcomeUpdated},
		{"a PEC of a provider nobody knows", "A1;Rossi;Mario;;mario@studio.example", "", "mario@studio.example", "", OutcomeUpdated},
		{"two addresses with a bar", "A1;Rossi;Mario;Uno@posta.example / due@posta.example;", "uno@posta.example", "mario@pec.example", "2 warning email_several", OutcomeUpdated},
		{"the same address twice", "A1;Rossi;Mario;uno@posta.example UNO@posta.example;", "uno@posta.example", "mario@pec.example", "", OutcomeUpdated},
		{"a name around it", "A1;Rossi;Mario;Mario Rossi <uno@posta.example>;", "uno@posta.example", "mario@pec.example", "", OutcomeUpdated},
		{"a link", "A1;Rossi;Mario;mailto:uno@posta.example;", "uno@posta.example", "mario@pec.example", "", OutcomeUpdated},
	} {
		r := plan(t, known, "registration_number;surname;name;email;own_pec", row.line).Rows[0]
		if got := strings.Join(codes(r.Problems), ""); got != row.warn || r.Outcome != row.outcome {
			t.Errorf("%s: %s, %q", row.what, r.Outcome, got)
		}
		if r.Outcome != OutcomeRefused && (r.After.Email != row.email || r.After.OwnPEC != row.pec) {
			t.Errorf("%s: %q and %q", row.what, r.After.Email, r.After.OwnPEC)
		}
	}
}

func TestNamesThatChangedPlaces(t *testing.T) {
	r := plan(t, nil, "surname;name;tax_code", "Mario;Rossi;RSSMRA85T10A562S").Rows[0]
	if r.Outcome != OutcomeCreated || r.After.Surname != "Mario" || !slices.Equal(codes(r.Problems), []string{"2 warning names_swapped"}) || !strings.Contains(r.Problems[0].Message, "il cognome è «Rossi» e il nome «Mario»") {
		t.Errorf("new: %s %q %v", r.Outcome, r.After.Surname, r.Problems)
	}
	// who is right in the register stays so
	r = plan(t, register(), "surname;name;tax_code", "Mario;Rossi;RSSMRA85T10A562S").Rows[0]
	if r.Outcome != OutcomeUnchanged || r.After.Surname != "Rossi" || !slices.Equal(codes(r.Problems), []string{"2 warning names_swapped"}) {
		t.Errorf("known: %s %q %v", r.Outcome, r.After.Surname, r.Problems)
	}
}

func TestWhoLeftAndIsInTheFile(t *testing.T) {
	r := plan(t, register(), "registration_number;surname;name;city", "A4;Verdi;Ugo;Roma").Rows[0]
	if r.After.Status != MemberCancelled || !slices.Equal(codes(r.Problems), []string{"2 warning not_on_register"}) || !strings.Contains(r.Problems[0].Message, "cancellato dal 31/05/2020") {
		t.Errorf("%s %v", r.After.Status, r.Problems)
	}
	r = plan(t, register(), "registration_number;surname;name;status;registered_on", "A4;Verdi;Ugo;Reiscritto;01/02/2026").Rows[0]
	if r.After.Status != MemberActive || !r.After.LeftOn.IsZero() || !slices.Equal(codes(r.Problems), []string{"2 warning member_returns"}) {
		t.Errorf("%s %v %v", r.After.Status, r.After.LeftOn, r.Problems)
	}
}

func TestSectionAndSectorsInOneCell(t *testing.T) {
	for cell, want := range map[string]string{
		"A - civile; industriale": "A|a b", "A": "A|", "sez. b": "B|", "Sezione A settore c": "A|c", "A/b": "A|b", "A/B": "A/B|", "A (a, b)": "A|a b", "B - dell’informazione": "B|c",
		"Albo speciale": "Albo speciale|", "A - elenco": "A - elenco|", "A civile e ambientale, industriale, dell'informazione": "A|a b c",
	} {
		m := plan(t, nil, "registration_number;surname;name;section", "A9;Neri;Ugo;"+strings.ReplaceAll(cell, ";", ",")).Rows[0].After
		if got := m.Section + "|" + m.Sector; got != want {
			t.Errorf("%q: %q, want %q", cell, got, want)
		}
	}
	m := plan(t, nil, "registration_number;surname;name;section;sector", "A9;Neri;Ugo;A;B - industriale", "A8;Neri;Eva;;A - industriale").Rows
	if m[0].After.Sector != "b" || m[1].After.Section != "A" || m[1].After.Sector != "b" {
		t.Errorf("%+v", m)
	}
}

func TestPlaceWithItsProvince(t *testing.T) {
	rows := plan(t, nil, "registration_number;surname;name;city;birth_place", "A9;Neri;Ugo;Roma (rm);Pisa (PI)", "A8;Neri;Eva;Villa (frazione);Lima (Perù)", "A7;Neri;Leo;(RM);Roma").Rows
	if m := rows[0].After; m.City != "Roma" || m.Province != "RM" || m.BirthPlace != "Pisa" || m.BirthProvince != "PI" {
		t.Errorf("%+v", m)
	}
	if m := rows[1].After; m.City != "Villa (frazione)" || m.Province != "" || m.BirthPlace != "Lima (Perù)" {
		t.Errorf("%+v", m)
	}
	if m := rows[2].After; m.City != "(RM)" || m.Province != "" {
		t.Errorf("%+v", m)
	}
	if m := plan(t, nil, "registration_number;surname;name;city;province", "A9;Neri;Ugo;Roma (RM);").Rows[0].After; m.City != "Roma (RM)" || m.Province != "" {
		t.Errorf("beside a column of its own: %+v", m)
	}
}

func TestStatusPhrases(t *testing.T) {
	for phrase, want := range map[string]MemberStatus{
		"Iscritto all’Albo": MemberActive, "Iscr.": MemberActive, "Attiva - in regola": MemberActive, "iscritto per trasferimento": MemberActive, "Trasferito da Milano": MemberActive, "Reiscritta": MemberActive,
		"Sospeso per morosità": MemberSuspended, "SOSPENSIONE DISCIPLINARE": MemberSuspended, "Cancellata d’ufficio": MemberCancelled, "canc.": MemberCancelled, "Dimissioni volontarie": MemberCancelled, "Non attivo": MemberCancelled,
		"Cancellato per trasferimento ad altro Ordine": MemberTransferred, "Trasferito a Milano": MemberTransferred, "Trasferita dal 12/10/2018": MemberTransferred, "cancellazione per decesso": MemberDeceased, "Deceduta il 1/2/2020": MemberDeceased,
		"iscritto e poi sospeso": "", "ordinario": "", "": "", "x": "",
	} {
		if got, ok := ParseMemberStatus(phrase); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", phrase, got, ok)
		}
	}
}

// The draft is the plan in another form.
func TestDraftIsThePlan(t *testing.T) {
	in := importOf(t, register(), "registration_number;surname;name;tax_code;status;email;own_pec",
		"A1;Rossi;Mario;RSSMRA85T10A562S;;nuova@posta.example;", "A9;Neri;Ada;;boh;;", "A8;Neri;Ugo;;;;ugo@pec.ordine.example", "A2;Moretti;Matteo;;;;")
	p, d := PlanMembers(in), DraftMembers(in)
	if p.Counts() != d.Counts() || p.Fingerprint() != d.Fingerprint() || len(p.Rows) != d.Len() || len(p.Missing) != 1 || d.MissingCount() != 1 || !slices.Equal(p.Problems(), d.Problems()) {
		t.Errorf("%+v and %+v", p.Counts(), d.Counts())
	}
	for i, r := range d.Rows() {
		if diff := cmp.Diff(p.Rows[i], r); diff != "" || d.Outcome(i) != r.Outcome {
			t.Errorf("row %d: %s", i, diff)
		}
	}
	for _, o := range []Outcome{OutcomeCreated, OutcomeUpdated, OutcomeUnchanged, OutcomeRefused} {
		n := 0
		for _, r := range d.With(o) {
			n++
			if r.Outcome != o {
				t.Errorf("%s among the %s", r.Outcome, o)
			}
		}
		if n != len(p.With(o)) || n != 1 {
			t.Errorf("%d %s", n, o)
		}
	}
}

func TestCellsOfMegabytesAreNotRepeated(t *testing.T) {
	long := strings.Repeat("x@", 1<<20)
	p := plan(t, nil, "registration_number;surname;name;tax_code;email;birth_date;status", "A9;"+long+";Ugo;"+long+";"+long+";"+long+";"+long).Problems()
	if len(p) != 5 {
		t.Errorf("%v", codes(p))
	}
	for _, problem := range p {
		if n := len(problem.Value) + len(problem.Message) + len(problem.Correction); n > 2000 {
			t.Errorf("%s: %d bytes", problem.Code, n)
		}
	}
}

// The position A9 was merged into A1: its keys lead there.
func TestRowOfAMergedPosition(t *testing.T) {
	former := []FormerPosition{{MemberID: 1, RegistrationNumber: "A9", TaxCode: "RSSMRA85T10A56NH"}}
	for _, row := range []struct {
		name, line string
		outcome    Outcome
		member     int64
		number     string // afterwards
		code       string
		warned     bool
	}{
		{"the old code and number", "A9;Rossi;Mario;RSSMRA85T10A56NH;Via Po 3", OutcomeUnchanged, 1, "A1", "RSSMRA85T10A562S", true},
		{"the old code, a new address", "A9;Rossi;Mario;RSSMRA85T10A56NH;Via Adda 1", OutcomeUpdated, 1, "A1", "RSSMRA85T10A562S", true},
		{"the old number, no code", "A9;Rossi;Mario;;Via Po 3", OutcomeUnchanged, 1, "A1", "RSSMRA85T10A562S", true},
		{"the code that stays, the old number: the file says so", "A9;Rossi;Mario;RSSMRA85T10A562S;Via Po 3", OutcomeUpdated, 1, "A9", "RSSMRA85T10A562S", false},
		{"somebody else with the old number", "A9;Alì;De Rosa;DRSLAI86E24F158A;Via Po 3", OutcomeCreated, 0, "A9", "DRSLAI86E24F158A", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			in := importOf(t, register(), "registration_number;surname;name;tax_code;address", row.line)
			in.Former = former
			r := PlanMembers(in).Rows[0]
			warned := slices.ContainsFunc(r.Problems, func(p RowProblem) bool { return p.Code == "position_merged" })
			if r.Outcome != row.outcome || r.MemberID != row.member || r.After.RegistrationNumber != row.number || r.After.TaxCode != row.code || warned != row.warned {
				t.Errorf("%s, member %d, %s %s, %v", r.Outcome, r.MemberID, r.After.RegistrationNumber, r.After.TaxCode, r.Problems)
			}
		})
	}
	for line, want := range map[string]string{
		"A9;Verdi;Luca;;luca@posta.example;":              "2 error former_number",
		"A9;Rossi;Maria;;;":                               "2 error former_number",
		"A9;Rossi;Mario;;;01/02/1990":                     "2 error former_number", // Rossi is born on 10/12/1985
		"a9;ROSSI;mario;;;10/12/1985":                     "2 warning position_merged",
		"A9;Verdi;Luca;VRDLCU80A01H501G;l@posta.example;": "",
	} {
		in := importOf(t, register(), "registration_number;surname;name;tax_code;email;birth_date", line)
		in.Former = former
		p := PlanMembers(in)
		if got := strings.Join(codes(p.Problems()), ", "); got != want || p.Rows[0].MemberID == 1 && !strings.EqualFold(p.Rows[0].After.Surname, "Rossi") {
			t.Errorf("%s: %s, want %s; %+v", line, got, want, p.Rows[0].After)
		}
	}
}

// The position A9 was merged into A1, and the file still has both: the person's
// own row is taken, whichever comes first, and the old one says nothing.
func TestOldRowGivesWayToThePersonsOwn(t *testing.T) {
	own, other := "A1;Rossi;Mario;RSSMRA85T10A562S;Via Adda 1", "A2;Moretti;Matteo;;Via Arno 2"
	for name, row := range map[string]struct {
		lines []string
		want  string
	}{
		"own first":      {[]string{own, "A9;Rossi;Mario;RSSMRA85T10A56NH;Via Vecchia 9", other}, "3 error duplicate_in_file"},
		"old first":      {[]string{"A9;Rossi;Mario;RSSMRA85T10A56NH;Via Vecchia 9", other, own}, "2 error duplicate_in_file"},
		"by number":      {[]string{"A9;Rossi;Mario;;Via Vecchia 9", "A1;Rossi;Mario;;Via Adda 1", other}, "2 error duplicate_in_file"},
		"own is refused": {[]string{"A9;Rossi;Mario;;Via Vecchia 9", "A1;Rossi;;;Via Adda 1", other}, "2 error duplicate_in_file, 3 error required_missing"},
		"a number moves": {[]string{"A9;Rossi;Mario;;Via Vecchia 9", "A1;Miller;Samantha;MLLSNT82P65Z404U;", "A7;Rossi;Mario;RSSMRA85T10A562S;Via Adda 1"}, "2 error duplicate_in_file"},
	} {
		t.Run(name, func(t *testing.T) {
			in := importOf(t, register(), append([]string{"registration_number;surname;name;tax_code;address"}, row.lines...)...)
			in.Former = []FormerPosition{{MemberID: 1, RegistrationNumber: "A9", TaxCode: "RSSMRA85T10A56NH"}}
			p := PlanMembers(in)
			if got := strings.Join(codes(p.Problems()), ", "); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
			for _, r := range p.With(OutcomeUpdated) {
				if r.After.Address == "Via Vecchia 9" {
					t.Errorf("the old row wins: %+v", r)
				}
			}
		})
	}
}
