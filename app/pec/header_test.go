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
	// the refused rows come back under such titles
	again := mapOf(t, MemberLayout, []string{m[0].Header, m[1].Header, m[2].Header, m[3].Header}, nil, nil)
	if again[1].Field != FieldBirthProvince || again[3].Field != FieldProvince {
		t.Errorf("again: %q and %q", again[1].Field, again[3].Field)
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

// Titles as they were met on lists of the Ordini and in programs that keep
// them.
func TestHundredsOfTitles(t *testing.T) {
	for field, titles := range map[Field][]string{
		FieldRegistrationNumber: {"N. Iscr. Albo", "Nr. iscrizione", "N.ro iscrizione", "Num.Iscr.", "NUMERO ISCRIZIONE ALBO", "n° albo", "N. d’iscrizione", "Matr.", "N. Matricola", "Iscr. n.", "Numero d’ordine", "Codice iscritto", "numIscrizione", "NumeroAlbo", "Posizione Albo", "N. timbro", "Iscrizione Albo n.", "Tessera n."},
		FieldSurname:            {"Cogn.", "COGNOME*", "Cognome:", "cognome iscritto", "Cognome del professionista"},
		FieldName:               {"NOME ", "Nome*", "Nome dell’iscritto", "first_name"},
		FieldFullName:           {"Cognome/Nome", "COGNOME E NOME", "Nome e Cognome", "Nominativo iscritto", "Cognome - Nome", "NOMINATIVO PROFESSIONISTA"},
		FieldSex:                {"Sesso (M/F)", "M/F", "Genere"},
		FieldTaxCode:            {"C. F.", "CF", "Cod.Fisc.", "Cod_fisc", "codiceFiscale", "Codice Fisc.", "CODICE FISCALE (16)", "Cod. Fiscale dell’iscritto", "C.Fiscale"},
		FieldVATNumber:          {"P.IVA", "P. Iva", "Part. IVA", "Partita I.V.A.", "PIVA", "N. Partita IVA", "PartitaIva"},
		FieldBirthDate:          {"Data di nascita", "DATA NASCITA", "D. di nascita: data", "Nato il", "Nato/a il", "Nata/o il", "Dt. nasc.", "dataNascita", "Nascita (data)", "Nascita - data"},
		FieldBirthPlace:         {"Luogo di nascita", "Comune di nascita", "Nato a", "Nato/a a", "Luogo nasc.", "Città di nascita", "Nascita: comune", "Comune (o Stato estero) di nascita"},
		FieldBirthProvince:      {"Prov. di nascita", "Provincia nascita", "Prov. nasc.", "PV nascita", "Nascita Prov."},
		FieldSection:            {"Sez. Albo", "SEZIONE", "Sez", "Sezione/Settore"},
		FieldSector:             {"Settore/i", "Sett.", "Settori di iscrizione"},
		FieldRegisteredOn:       {"Data iscr. Albo", "Data di iscrizione", "Data prima iscrizione", "Iscritto/a dal", "Iscritto il", "Iscrizione: data", "Anzianità di iscrizione", "Data Iscrizione all'Albo", "Dt_iscrizione", "Decorrenza iscrizione", "Data di prima iscrizione"},
		FieldStatus:             {"Stato", "STATO ISCRIZIONE", "Stato dell’iscritto", "Posizione", "Situazione", "Status"},
		FieldLeftOn:             {"Data canc.", "Data di cancellazione", "Cancellato il", "Cancellato dal", "Data cessazione", "Data uscita", "Data trasferimento"},
		FieldTitle:              {"Titolo", "Titolo di studio", "Qualifica", "Tit."},
		FieldAddress:            {"Indirizzo di residenza", "Ind. residenza", "Via/Piazza", "Via e n. civico", "Indirizzo studio", "Residenza", "Domicilio", "INDIRIZZO RES.", "Indirizzo per la corrispondenza", "Recapito"},
		FieldPostalCode:         {"CAP", "C.A.P.", "Cap residenza", "CAP res.", "Cod. avviamento postale", "CAP studio", "Codice postale"},
		FieldCity:               {"Città", "CITTA'", "Comune", "Località", "Comune di residenza", "Loc.", "Città res.", "Comune studio", "Com. residenza"},
		FieldProvince:           {"Prov", "PROV.", "Provincia", "PR", "Pv.", "Prov. residenza", "Sigla prov.", "Provincia di residenza"},
		FieldPhone:              {"Tel", "TEL.", "Telefono fisso", "Tel. studio", "Tel. ufficio", "N. telefono", "Telefono 1", "Recapito telefonico", "Tel. abitazione", "Telef."},
		FieldMobile:             {"Cell", "CELL.", "Cellulare", "Tel. cell.", "Telefono cellulare", "Tel. mobile", "N. cellulare", "Cellulare personale"},
		FieldEmail:              {"E-mail", "EMAIL", "e mail", "Mail", "Indirizzo e-mail", "E-Mail 1", "Posta elettronica", "Indirizzo di posta elettronica", "Mail ordinaria", "E-mail personale", "eMail", "E-mail (non PEC)"},
		FieldOwnPEC:             {"PEC", "P.E.C.", "Indirizzo PEC", "E-mail PEC", "E-mail (PEC)", "Mail PEC", "PEC (posta elettronica certificata)", "Posta Elettronica Certificata", "Posta elettronica certificata (PEC)", "Indirizzo di posta elettronica certificata", "Posta elettr. certif.", "Domicilio digitale", "Casella PEC", "PEC personale"},
		"":                      {"Note", "Quota 2026", "Data ultimo pagamento", "Facebook", "E-mail 2", "Fax", "Anno di laurea", "Data", "N. civico", "Università", "Specializzazioni ulteriori", "Assicurazione"},
	} {
		for _, title := range titles {
			if m := mapOf(t, MemberLayout, []string{title}, nil, nil); m[0].Field != field {
				t.Errorf("%s: %q, want %q", title, m[0].Field, field)
			}
		}
	}
}

func TestPlainTitleGoesBeforeTheNarrowedOne(t *testing.T) {
	m := mapOf(t, MemberLayout, []string{"Comune studio", "Comune", "E-mail (PEC)", "E-mail", "Telefono ufficio", "Cap 1"}, nil, nil)
	want := map[string]string{"Comune studio": "city", "E-mail (PEC)": "own_pec", "E-mail": "email", "Telefono ufficio": "phone", "Cap 1": "postal_code"}
	if got := m.ByHeader(); !maps.Equal(got, want) && got["Comune"] != "city" {
		t.Errorf("got %v", got)
	}
	m = mapOf(t, MemberLayout, []string{"Cellulare di lavoro", "Cellulare"}, nil, nil)
	if m[0].Field != "" || m[1].Field != FieldMobile {
		t.Errorf("%v", m)
	}
}

func TestTitlesAreHeldAgainstWhatTheirColumnsHold(t *testing.T) {
	for _, row := range []struct {
		what   string
		header []string
		rows   [][]string
		want   map[string]string
	}{
		{"a position that is a number", []string{"Cognome", "Nome", "Posizione"}, [][]string{{"a", "b", "A12"}, {"a", "b", "B7"}, {"a", "b", "C8"}}, map[string]string{"Cognome": "surname", "Nome": "name", "Posizione": "registration_number"}},
		{"a position that is a status", []string{"Cognome", "Nome", "Posizione"}, [][]string{{"a", "b", "Iscritto"}, {"a", "b", "Sospesa"}, {"a", "b", "iscritto"}}, map[string]string{"Cognome": "surname", "Nome": "name", "Posizione": "status"}},
		{"a state that is Italy", []string{"Cognome", "Nome", "Stato"}, [][]string{{"a", "b", "Italia"}, {"a", "b", "ITALIA"}, {"a", "b", "Italia"}}, map[string]string{"Cognome": "surname", "Nome": "name"}},
		{"codes a column further", []string{"Cognome", "Nome", "C.F.", "Altro"}, [][]string{{"a", "b", "12/10/2018", "RSSMRA85T10A562S"}, {"a", "b", "1/1/2001", "MRTMTT91D08F205J"}, {"a", "b", "2/2/2002", "MLLSNT82P65Z404U"}}, map[string]string{"Cognome": "surname", "Nome": "name", "Altro": "tax_code"}},
		{"a name that is both", []string{"Nome", "C.F."}, [][]string{{"Rossi Mario", "x"}, {"Moretti Matteo", "x"}, {"Miller Samantha", "x"}}, map[string]string{"Nome": "full_name", "C.F.": "tax_code"}},
		{"a place beside a birth", []string{"Data di nascita", "Luogo", "Prov.", "Comune", "Prov."}, nil, map[string]string{"Data di nascita": "birth_date", "Luogo": "birth_place", "Prov.": "birth_province", "Comune": "city", "Prov. (2)": "province"}},
		{"born, twice", []string{"Nato", "Nato (2)"}, [][]string{{"10/12/1985", "Pisa"}, {"8/4/1991", "Milano"}}, map[string]string{"Nato": "birth_date", "Nato (2)": "birth_place"}},
	} {
		if got := mapOf(t, MemberLayout, row.header, row.rows, nil).ByHeader(); !maps.Equal(got, row.want) {
			t.Errorf("%s: %v", row.what, got)
		}
	}
}

func TestSwappedColumnsOfNames(t *testing.T) {
	rows := [][]string{{"Rossi", "Mario", "RSSMRA85T10A562S"}, {"Moretti", "Matteo", "MRTMTT91D08F205J"}, {"Miller", "Samantha", "MLLSNT82P65Z404U"}}
	m := mapOf(t, MemberLayout, []string{"Nome", "Cognome", "CF"}, rows, nil)
	if m[0].Field != FieldSurname || m[1].Field != FieldName || m[0].By != ByContent {
		t.Errorf("%v", m)
	}
	if m = mapOf(t, MemberLayout, []string{"Nome", "Cognome", "CF"}, rows[:2], nil); m[0].Field != FieldName {
		t.Errorf("two rows are enough: %v", m)
	}
	if m = mapOf(t, MemberLayout, []string{"Nome", "Cognome", "CF"}, rows, map[string]string{"Nome": "name"}); m[0].Field != FieldName {
		t.Errorf("against the operator's choice: %v", m)
	}
}

func TestTitlesOfGroupsAreJoined(t *testing.T) {
	groups := []string{"Dati", "Dati", "Nascita", "Nascita", "Residenza", "Residenza", "", "Iscrizione"}
	titles := []string{"Cognome", "Nome", "Data", "Comune", "Via", "", "PEC", "N."}
	want := []string{"Cognome", "Nome", "Nascita Data", "Nascita Comune", "Residenza Via", "Residenza", "PEC", "Iscrizione N."}
	got := MemberLayout.JoinTitles(groups, titles)
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%d: %q, want %q", i, got[i], want[i])
		}
	}
	if !MemberLayout.MayBeTitles([]string{"", "Data", "Luogo", "Via", "CAP"}) || MemberLayout.MayBeTitles([]string{"Rossi", "Mario", "Via", "Roma"}) || MemberLayout.MayBeTitles([]string{"A", "1"}) || MemberLayout.MayBeTitles(nil) {
		t.Error("data and titles are not told apart")
	}
}
