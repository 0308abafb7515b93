package pec

import (
	"maps"
	"testing"
)

func mapOf(t *testing.T, l Layout, header []string, rows [][]string, choices map[string]string) Mapping {
	t.Helper()
	m, err := l.Map(header, rowsOf(rows), choices)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func rowsOf(cells [][]string) []Row {
	var rows []Row
	for i, c := range cells {
		rows = append(rows, Row{Number: i + 2, Cells: c})
	}
	return rows
}

func TestTitlesAsTheOrdiniWriteThem(t *testing.T) {
	for title, want := range map[string]Field{
		"N. Iscr.": FieldRegistrationNumber, "N° iscrizione": FieldRegistrationNumber, "NUM_ISCRIZIONE": FieldRegistrationNumber, "Matricola": FieldRegistrationNumber,
		"COGNOME": FieldSurname, "Cod. Fisc.": FieldTaxCode, "C.F.": FieldTaxCode, "CodiceFiscale": FieldTaxCode, "codice_fiscale": FieldTaxCode,
		"P. IVA": FieldVATNumber, "Data nasc.": FieldBirthDate, "Nato/a il": FieldBirthDate, "Data di nascita (gg/mm/aaaa)": FieldBirthDate,
		"Luogo di nascita": FieldBirthPlace, "Nato a": FieldBirthPlace, "Prov. nascita": FieldBirthProvince,
		"Sez.": FieldSection, "Settori": FieldSector, "Iscritto dal": FieldRegisteredOn, "Data di iscrizione all’albo": FieldRegisteredOn,
		"Stato iscrizione": FieldStatus, "Data canc.": FieldLeftOn, "INDIRIZZO_STUDIO": FieldAddress, "Residenza": FieldAddress,
		"C.A.P.": FieldPostalCode, "Città": FieldCity, "Località": FieldCity, "Prov.": FieldProvince, "Pr.": FieldProvince,
		"Tel.": FieldPhone, "Cell.": FieldMobile, "E-mail": FieldEmail, "Indirizzo e-mail": FieldEmail, "Posta elettronica": FieldEmail,
		"Indirizzo PEC": FieldOwnPEC, "Posta Elettronica Certificata": FieldOwnPEC, "Cognome e Nome": FieldFullName, "Nominativo": FieldFullName,
		"own_pec": FieldOwnPEC, "Note": "", "Quota 2026": "",
	} {
		if m := mapOf(t, MemberLayout, []string{title}, nil, nil); m[0].Field != want {
			t.Errorf("%s: %q, want %q", title, m[0].Field, want)
		}
	}
}

func TestEveryFieldIsKnownByItsOwnTitleAndCode(t *testing.T) {
	for _, f := range MemberFields {
		for _, title := range []string{f.Title, string(f.Field)} {
			if m := mapOf(t, MemberLayout, []string{title}, nil, nil); m[0].Field != f.Field {
				t.Errorf("%s: %q", title, m[0].Field)
			}
		}
	}
}

func TestColumnOfTaxCodesIsOneWhateverItsTitle(t *testing.T) {
	m := mapOf(t, MemberLayout, []string{"Cognome", "Nome", "Chiave", "Contatto", "Contatto 2"}, [][]string{
		{"Rossi", "Mario", "RSSMRA85T10A562S", "mario@posta.example", "mario@pec.example"},
		{"Moretti", "Matteo", "mrtmtt91d08f205j", "matteo@posta.example", "matteo@legalmail.example"},
	}, nil)
	want := map[string]string{"Cognome": "surname", "Nome": "name", "Chiave": "tax_code", "Contatto": "email", "Contatto 2": "own_pec"}
	if got := m.ByHeader(); !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if m[2].By != ByContent || m[0].By != ByTitle {
		t.Errorf("by %s and %s", m[2].By, m[0].By)
	}
}

func TestAmbiguousTitleIsDecidedByItsValues(t *testing.T) {
	dates, numbers := [][]string{{"12/10/2018"}, {"13/10/2018"}}, [][]string{{"A12"}, {"B7"}}
	if m := mapOf(t, MemberLayout, []string{"Iscrizione"}, dates, nil); m[0].Field != FieldRegisteredOn {
		t.Errorf("dates: %q", m[0].Field)
	}
	if m := mapOf(t, MemberLayout, []string{"Iscrizione"}, numbers, nil); m[0].Field != FieldRegistrationNumber {
		t.Errorf("numbers: %q", m[0].Field)
	}
	// a mere counter of lines gives way to the true number
	m := mapOf(t, MemberLayout, []string{"N.", "Cognome", "N. iscrizione"}, [][]string{{"1", "Rossi", "A12"}}, nil)
	if m[0].Field != "" || m[2].Field != FieldRegistrationNumber {
		t.Errorf("counter read as %q, number as %q", m[0].Field, m[2].Field)
	}
}

func TestTwoProvincesAreOfBirthAndOfResidence(t *testing.T) {
	m := mapOf(t, MemberLayout, []string{"Nato a", "Prov.", "Comune", "Prov."}, nil, nil)
	if m[1].Field != FieldBirthProvince || m[3].Field != FieldProvince {
		t.Errorf("%q and %q", m[1].Field, m[3].Field)
	}
	if m[3].Header != "Prov. (2)" {
		t.Errorf("titles are not made unique: %q", m[3].Header)
	}
}

func TestOperatorsChoiceGoesBeforeTitles(t *testing.T) {
	header := []string{"Cognome", "Nome", "Email", "Email lavoro", ""}
	m := mapOf(t, MemberLayout, header, nil, map[string]string{"email lavoro": "email", "Email": "", "Colonna 5": "tax_code"})
	want := map[string]string{"Cognome": "surname", "Nome": "name", "Email lavoro": "email", "Colonna 5": "tax_code"}
	if got := m.ByHeader(); !maps.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	for what, choices := range map[string]map[string]string{
		"no such column":           {"Telefono": "phone"},
		"no such field":            {"Email": "fax"},
		"one field of two columns": {"Email": "email", "Email lavoro": "email"},
	} {
		if _, err := MemberLayout.Map(header, nil, choices); AsProblem(err) == nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestMissingColumnsAreNamed(t *testing.T) {
	for _, row := range []struct {
		header []string
		want   string
	}{
		{[]string{"Cognome", "Nome", "C.F."}, ""},
		{[]string{"Nominativo", "Matricola"}, ""},
		{[]string{"Cognome", "C.F."}, "il cognome e il nome"},
		{[]string{"Cognome", "Nome"}, "il codice fiscale o il numero di iscrizione"},
	} {
		if got := MemberLayout.Missing(mapOf(t, MemberLayout, row.header, nil, nil)); got != row.want {
			t.Errorf("%v: %q", row.header, got)
		}
	}
}
