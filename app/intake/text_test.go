package intake

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"albopec/app/pec"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

const small = "Cognome;Nome;Codice fiscale\nRossi;Niccolò;RSSMRA85T10A562S\n"

// readMembers reads bytes that must be readable.
func readMembers(t *testing.T, data []byte, o Options) *File {
	t.Helper()
	f, err := Read(data, "albo.csv", pec.MemberLayout, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func numbers(f *File) []int {
	var out []int
	for _, r := range f.Rows {
		out = append(out, r.Number)
	}
	return out
}

func encoded(t *testing.T, s string, into interface{ Bytes([]byte) ([]byte, error) }) []byte {
	t.Helper()
	b, err := into.Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEncodingIsFoundOut(t *testing.T) {
	little, big := unicode.LittleEndian, unicode.BigEndian
	for _, row := range []struct {
		what string
		data []byte
		want string
	}{
		{"UTF-8 with its mark", []byte("\ufeff" + small), "utf-8"},
		{"UTF-8", []byte(small), "utf-8"},
		{"Windows-1252", encoded(t, small, charmap.Windows1252.NewEncoder()), "windows-1252"},
		{"UTF-16, little end first, with its mark", encoded(t, small, unicode.UTF16(little, unicode.UseBOM).NewEncoder()), "utf-16le"},
		{"UTF-16, big end first, with its mark", encoded(t, small, unicode.UTF16(big, unicode.UseBOM).NewEncoder()), "utf-16be"},
		{"UTF-16 without a mark", encoded(t, small, unicode.UTF16(little, unicode.IgnoreBOM).NewEncoder()), "utf-16le"},
		{"the other way without a mark", encoded(t, small, unicode.UTF16(big, unicode.IgnoreBOM).NewEncoder()), "utf-16be"},
	} {
		f := readMembers(t, row.data, Options{})
		if f.Encoding != row.want || f.Rows[0].Cells[1] != "Niccolò" || f.Mapping[0].Header != "Cognome" {
			t.Errorf("%s: %s, %q, title %q", row.what, f.Encoding, f.Rows[0].Cells[1], f.Mapping[0].Header)
		}
	}
}

func TestOperatorChoosesTheEncoding(t *testing.T) {
	euro := encoded(t, strings.Replace(small, "Niccolò", "€ro", 1), charmap.ISO8859_15.NewEncoder())
	if f := readMembers(t, euro, Options{Encoding: "ISO-8859-15"}); f.Rows[0].Cells[1] != "€ro" || f.Encoding != "iso-8859-15" {
		t.Errorf("got %q", f.Rows[0].Cells[1])
	}
	if f := readMembers(t, euro, Options{Encoding: "windows-1252"}); f.Rows[0].Cells[1] != "¤ro" {
		t.Errorf("in the wrong one: %q", f.Rows[0].Cells[1])
	}
	_, err := Read([]byte(small), "albo.csv", pec.MemberLayout, Options{Encoding: "ebcdic"})
	if p := pec.AsProblem(err); p == nil || p.Code != "encoding_unknown" {
		t.Errorf("got %v", err)
	}
}

func TestDelimiterIsFoundOut(t *testing.T) {
	for _, d := range Delimiters {
		text := strings.ReplaceAll("Cognome;Nome;Codice fiscale;Indirizzo\nRossi;Mario;RSSMRA85T10A562S;", ";", d) + `"Via Po, 3; int. 2	b|c"` + "\n"
		f := readMembers(t, []byte(text), Options{})
		if f.Delimiter != d || f.Rows[0].Cells[3] != "Via Po, 3; int. 2\tb|c" {
			t.Errorf("%q: read with %q: %q", d, f.Delimiter, f.Rows[0].Cells)
		}
	}
	f := readMembers(t, []byte("sep=#\r\nCognome#Nome#CF\r\nRossi#Mario#X\r\n"), Options{})
	if f.Delimiter != "#" || f.HeaderRow != 2 || len(f.Rows) != 1 {
		t.Errorf("sep=#: %q, header %d, %v", f.Delimiter, f.HeaderRow, f.Rows)
	}
	f = readMembers(t, []byte("Cognome:Nome:CF\nRossi:Mario:X\n"), Options{Delimiter: ":"})
	if f.Delimiter != ":" || len(f.Rows[0].Cells) != 3 {
		t.Errorf("chosen: %v", f.Rows)
	}
	_, err := Read([]byte(small), "albo.csv", pec.MemberLayout, Options{Delimiter: "::"})
	if p := pec.AsProblem(err); p == nil || p.Code != "delimiter_unknown" {
		t.Errorf("got %v", err)
	}
}

func TestRowsHaveTheNumberOfTheLineTheyBeginOn(t *testing.T) {
	for _, end := range []string{"\n", "\r\n", "\r"} {
		text := strings.Join([]string{
			"Elenco degli iscritti;;", "", "Cognome;Nome;CF", `Rossi;"Mario`, `detto Ugo";A`, "", ";;", `Neri;Ada;B`, `"Verdi";"Eva";"C"`,
		}, end)
		f := readMembers(t, []byte(text), Options{})
		if f.HeaderRow != 3 || !slices.Equal(numbers(f), []int{4, 8, 9}) {
			t.Errorf("%q: header %d, rows %v", end, f.HeaderRow, numbers(f))
		}
		if got := f.Rows[0].Cells[1]; got != "Mario"+end+"detto Ugo" {
			t.Errorf("%q: %q", end, got)
		}
	}
}

func TestQuotationMarks(t *testing.T) {
	for line, want := range map[string][]string{
		`a;b;c`:                        {"a", "b", "c"},
		`"a";"b;x";"c"`:                {"a", "b;x", "c"},
		`"a ""detto"" b";"";""""`:      {`a "detto" b`, "", `"`},
		`Studio "Alfa";b;c`:            {`Studio "Alfa"`, "b", "c"},
		`"Alfa" Studio;b;c`:            {`"Alfa" Studio`, "b", "c"},
		`"Mario "Ugo" Neri";b;c`:       {`Mario "Ugo" Neri`, "b", "c"},
		`"a"  ;b;c`:                    {"a", "b", "c"},
		`"mai chiuse;b;c`:              {`"mai chiuse`, "b", "c"},
		`"";b;`:                        {"", "b"},
		`"=HYPERLINK(""x"";""y"")";b;`: {`=HYPERLINK("x";"y")`, "b"},
	} {
		rows, err := parseCSV([]byte(line+"\nz;z;z"), ';', 0)
		if err != nil || len(rows) != 2 || !slices.Equal(rows[0].Cells, want) {
			t.Errorf("%s: %v, %v", line, rows, err)
		}
	}
}

// A mark that nothing closes must not take the rows below into its cell.
func TestStrayQuotationMarkLosesNoRow(t *testing.T) {
	text := "Cognome;Nome;CF\n\"Rossi;Mario;A\n"
	for i := range 1000 {
		text += fmt.Sprintf("Neri;Ugo %d;B%d\n", i, i)
	}
	if f := readMembers(t, []byte(text), Options{}); len(f.Rows) != 1001 {
		t.Errorf("%d rows", len(f.Rows))
	}
}

func TestTotalsAreNotDataAndAreTold(t *testing.T) {
	total := func(line string) bool { return isTotal(pec.Row{Cells: strings.Split(line, ";")}) }
	for _, line := range []string{"Totale iscritti: 240;;", "TOTALE;;240", "Tot.;12;13", "Totale generale;€ 1.200,50", ";;Totale", "Totali:;iscritti 12;sospesi 3", "Subtotale sezione A;;12", "N;Totale"} {
		if total(line) != (line != "N;Totale" && line != "Totali:;iscritti 12;sospesi 3") {
			t.Errorf("%q: %v", line, total(line))
		}
	}
	for _, line := range []string{"Totale;Mario;RSSMRA85T10A562S", "Totaro;Ugo;12", "Totale Mario;12", "Rossi;Totale;3", "12;Totale;Ugo", "", "Totale;A12;"} {
		if total(line) {
			t.Errorf("%q is taken for a total", line)
		}
	}
	f := readMembers(t, []byte("Albo\n"+small+"Cognome;Nome;Codice fiscale\nTotale iscritti: 1;;\n-----;;\nTotale;Mario;\n"), Options{})
	want := []Ignored{
		{1, "Albo", "sta sopra i titoli delle colonne"}, {4, "Cognome Nome Codice fiscale", "ripete i titoli delle colonne"},
		{5, "Totale iscritti: 1", "è un totale"}, {6, "-----", "non contiene dati"},
	}
	if !slices.Equal(f.Ignored, want) || !slices.Equal(numbers(f), []int{3, 7}) {
		t.Errorf("ignored %v, rows %v", f.Ignored, numbers(f))
	}
}

func TestBlanksThatDoNotBreakAreBlanks(t *testing.T) {
	f := readMembers(t, []byte("Cognome;Nome;CF\n\u00a0;\u00a0;\u00a0\nRossi;Ada;A1;\u00a0\n"), Options{})
	if !slices.Equal(numbers(f), []int{3}) || len(f.Rows[0].Cells) != 3 {
		t.Errorf("%v", f.Rows)
	}
}

func TestWholeFileFailures(t *testing.T) {
	for _, row := range []struct{ what, name, data, code string }{
		{"no bytes", "a.csv", "", "file_empty"},
		{"blanks alone", "a.csv", "\ufeff \r\n \n", "file_empty"},
		{"blanks in UTF-16", "a.csv", "\xff\xfe \x00\n\x00", "file_empty"},
		{"a header alone", "a.csv", "Cognome;Nome;CF\n;;\n", "no_rows"},
		{"a header and a total", "a.csv", "Cognome;Nome;CF\nTotale: 0;;\n", "no_rows"},
		{"another list", "a.csv", "Articolo;Prezzo\nPenna;1,20\n", "header_not_found"},
		{"no code and no number", "a.csv", "Cognome;Nome;Comune\nRossi;Mario;Roma\n", "columns_missing"},
		{"zeros", "a.csv", "Cognome;Nome\x00;CF\n", "file_not_readable"},
		{"noise", "a.csv", strings.Repeat("\x01\x02a\x03", 50), "file_not_readable"},
		{"a broken archive", "a.xlsx", "PK\x03\x04 no workbook", "file_not_readable"},
		{"a workbook in name alone", "a.xlsx", "PC\nnot a workbook\n", "file_not_readable"},
		{"an old workbook", "a.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "file_not_readable"},
		{"a PDF", "a.csv", "%PDF-1.7", "file_not_readable"},
		{"a page without a table", "a.xls", "<html><p>Albo</p>", "file_not_readable"},
		{"an empty table", "a.xls", "<html><table>", "file_empty"},
		{"too many columns", "a.csv", strings.Repeat("a;", maxColumns+1), "file_too_large"},
		{"too large", "a.csv", strings.Repeat("a", MaxFileSize+1), "file_too_large"},
	} {
		f, err := Read([]byte(row.data), row.name, pec.MemberLayout, Options{})
		p := pec.AsProblem(err)
		if p == nil || p.Code != row.code || p.Message == "" {
			t.Errorf("%s: %v, %v", row.what, f, err)
		}
	}
}

func TestChosenColumnsAreFoundInTheHeader(t *testing.T) {
	data := []byte("Elenco;;\nFamiglia;Chiamato;Chiave\nRossi;Mario;A1\n")
	f := readMembers(t, data, Options{Columns: map[string]string{"Famiglia": "surname", "Chiamato": "name", "Chiave": "registration_number"}})
	if f.HeaderRow != 2 || len(f.Rows) != 1 || !f.Mapping.Has(pec.FieldRegistrationNumber) {
		t.Errorf("header %d, %v", f.HeaderRow, f.Mapping)
	}
}

func TestManyStrayMarksDoNotHang(t *testing.T) {
	text := "Cognome;Nome;CF\n" + strings.Repeat(`"a"";"b"";"c""`+"\n", 100_000)
	if _, err := Read([]byte(text), "a.csv", pec.MemberLayout, Options{}); err != nil && pec.AsProblem(err) == nil {
		t.Error(err)
	}
}

// TestFileComesWithWhatIsMissing: a person is shown the columns of a file that
// cannot be read as it is, and their choices make it readable.
func TestFileComesWithWhatIsMissing(t *testing.T) {
	for _, row := range []struct {
		what, file, code string
		choices          map[string]string
	}{
		{"no column for the code", "Cognome;Nome;Sigla\nRossi;Mario;77\n", "columns_missing", map[string]string{"Sigla": "registration_number"}},
		{"titles that nobody knows", "Elenco\nPrima;Seconda;Terza\nRossi;Mario;77\n", "header_not_found",
			map[string]string{"Prima": "surname", "Seconda": "name", "Terza": "registration_number"}},
	} {
		f, err := Read([]byte(row.file), "albo.csv", pec.MemberLayout, Options{})
		if p := pec.AsProblem(err); p == nil || p.Code != row.code || f == nil {
			t.Errorf("%s: %v, %v", row.what, err, f)
			continue
		}
		if got := len(f.Mapping); got != 3 || len(f.Rows) != 1 {
			t.Errorf("%s: %d columns, %d rows", row.what, got, len(f.Rows))
		}
		f, err = Read([]byte(row.file), "albo.csv", pec.MemberLayout, Options{Columns: row.choices})
		if err != nil || len(f.Rows) != 1 || !f.Mapping.Has(pec.FieldRegistrationNumber) {
			t.Errorf("%s, with choices: %v, %v", row.what, err, f)
		}
	}
}

// Excel makes such of a CSV with commas that an Italian saves as it is: every
// line is one cell.
func TestLinesWrappedInQuotationMarks(t *testing.T) {
	f := readMembers(t, []byte("\"Cognome,Nome,CF,Indirizzo\"\r\n\"Rossi,Ada,A1,\"\"Via Po, 3\"\"\"\r\n\r\n\"Neri,Ugo,A2,\"\r\n"), Options{})
	if f.Delimiter != "," || f.HeaderRow != 1 || !slices.Equal(numbers(f), []int{2, 4}) || !slices.Equal(f.Rows[0].Cells, []string{"Rossi", "Ada", "A1", "Via Po, 3"}) {
		t.Errorf("%q, header %d, %v", f.Delimiter, f.HeaderRow, f.Rows)
	}
}

// A provider's list under titles that nobody knows: which separator, encoding or kind
// of file it is makes no difference, and the choices make it readable.
func TestListsUnderUnknownTitlesAreReadAsChosen(t *testing.T) {
	rows := [][]string{{"Account", "Fine periodo contrattuale", "Città"}, {"ada@pec.ordine.example", "12/10/2027", "Forlì"}, {"ugo@pec.ordine.example", "30/06/2027", "Cefalù"}}
	choices := map[string]string{"Account": "mailbox", "Fine periodo contrattuale": "expires_on", "Città": ""}
	latin, err := charmap.Windows1252.NewEncoder().String(asCSV(rows, ";", "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	book, err := workbookOf(rows)
	if err != nil {
		t.Fatal(err)
	}
	for what, data := range map[string]string{
		"semicolons": asCSV(rows, ";", "\r\n"), "commas": asCSV(rows, ",", "\n"), "tabs": asCSV(rows, "\t", "\n"), "bars": asCSV(rows, "|", "\n"), "Windows-1252": latin, "a workbook": string(book),
	} {
		f, err := Read([]byte(data), "elenco.csv", pec.ComparisonLayout, Options{Columns: choices})
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if mapping := f.Mapping.ByHeader(); len(f.Rows) != 2 || mapping["Account"] != "mailbox" || mapping["Fine periodo contrattuale"] != "expires_on" || len(mapping) != 2 || f.Rows[0].Cells[2] != "Forlì" {
			t.Errorf("%s: %v, %v", what, mapping, f.Rows)
		}
		// Without them the columns are shown apart, whatever separates them.
		if f, _ := Read([]byte(data), "elenco.csv", pec.ComparisonLayout, Options{}); f == nil || len(f.Mapping) != 3 || len(f.Rows) != 2 {
			t.Errorf("%s: not taken apart: %+v", what, f)
		}
	}
}

// Rows without titles above them lose none: their columns are called by numbers.
func TestRowsWithoutTitles(t *testing.T) {
	const rows = "ada@pec.ordine.example;5,00;2\nugo@pec.ordine.example;5,00;0\n"
	f, err := Read([]byte("Fatture di ottobre\n"+rows), "fattura.csv", pec.ComparisonLayout, Options{})
	if p := pec.AsProblem(err); p == nil || p.Code != "header_not_found" || !strings.Contains(p.Message, "manca la riga con i titoli") {
		t.Fatalf("%v", err)
	}
	if len(f.Rows) != 2 || f.HeaderRow != 0 || f.Mapping[1].Header != "Colonna 2" || f.Mapping[0].Field != pec.FieldMailbox || len(f.Ignored) != 1 {
		t.Errorf("%+v", f)
	}
	if _, err = Read([]byte(rows), "fattura.csv", pec.ComparisonLayout, Options{Columns: map[string]string{}}); pec.AsProblem(err) == nil || pec.AsProblem(err).Code != "header_not_found" { // nothing was told
		t.Errorf("%v", err)
	}
	f, err = Read([]byte("Fatture di ottobre\n"+rows), "fattura.csv", pec.ComparisonLayout, Options{Columns: map[string]string{"Colonna 1": "mailbox", "Colonna 2": "net", "Colonna 3": ""}})
	if err != nil || len(f.Rows) != 2 || !f.Mapping.Has(pec.FieldNet) || f.Mapping.Has(pec.FieldExtraGB) {
		t.Errorf("%v, %+v", err, f)
	}
	_, err = Read([]byte(rows), "fattura.csv", pec.ComparisonLayout, Options{Columns: map[string]string{"Colonna 1": "", "Colonna 2": "net", "Colonna 3": ""}})
	if p := pec.AsProblem(err); p == nil || p.Message != "Tra le colonne indicate manca: la casella. Scelga quale colonna è." {
		t.Errorf("%v", err)
	}
	if f, err := Read([]byte("ada@pec.ordine.example\nugo@pec.ordine.example\n"), "x.csv", pec.ComparisonLayout, Options{Columns: map[string]string{"Colonna 1": "mailbox"}}); err != nil || len(f.Rows) != 2 {
		t.Errorf("one column: %v, %+v", err, f)
	}
}

// A list for the comparison needs one column alone, known or told.
func TestOneColumnIsEnoughForTheComparison(t *testing.T) {
	for file, choices := range map[string]map[string]string{
		"Casella\nada@pec.ordine.example\n": nil, "Casella;Budget 2027;Sigla\nada@pec.ordine.example;x;y\n": nil, "Account\nada@pec.ordine.example\n": {"Account": "mailbox"},
	} {
		if f, err := Read([]byte(file), "elenco.csv", pec.ComparisonLayout, Options{Columns: choices}); err != nil || len(f.Rows) != 1 || f.HeaderRow != 1 || f.Mapping[0].Field != pec.FieldMailbox {
			t.Errorf("%q: %v, %+v", file, err, f)
		}
	}
	if _, err := Read([]byte("Cognome;Nome;Sigla\nRossi;Mario;x\n"), "elenco.csv", pec.ComparisonLayout, Options{}); pec.AsProblem(err) == nil {
		t.Errorf("a list without addresses: %v", err)
	}
}

// Titles that nobody knows, one of them blank, are titles all the same.
func TestUnknownTitlesMayBeBlank(t *testing.T) {
	const file = "Elenco di ottobre\nSigla remota;;Quota\nada@pec.ordine.example;12/10/2027;5,00\n"
	for _, choices := range []map[string]string{nil, {"Sigla remota": "mailbox", "Colonna 2": "expires_on", "Quota": "net"}} {
		f, err := Read([]byte(file), "elenco.csv", pec.ComparisonLayout, Options{Columns: choices})
		if err != nil || f.HeaderRow != 2 || len(f.Rows) != 1 || len(f.Ignored) != 1 || f.Mapping[1].Header != "Colonna 2" || f.Mapping[0].Field != pec.FieldMailbox {
			t.Errorf("%v: %v, %+v", choices, err, f)
		}
	}
}

// The day of a list, beside its name above the titles, is no data: the titles below
// it, which nobody knows, stay titles.
func TestADayAboveUnknownTitlesIsNoData(t *testing.T) {
	const file = "Elenco aggiornato al;31/12/2026;;;\nSegreteria;segreteria@ordine.example;;;\nSigla remota;Uno;Due;Tre;Fine periodo\nada@pec.ordine.example;a;b;c;12/10/2027\n"
	for _, choices := range []map[string]string{nil, {"Sigla remota": "mailbox", "Fine periodo": "expires_on"}} {
		f, err := Read([]byte(file), "elenco.csv", pec.ComparisonLayout, Options{Columns: choices})
		if choices != nil && err != nil || f == nil || f.HeaderRow != 3 || len(f.Rows) != 1 || f.Mapping[0].Header != "Sigla remota" {
			t.Errorf("%v: %v, %+v", choices, err, f)
		}
	}
	// Rows without titles of which the first has few cells are data all the same.
	f, _ := Read([]byte("ada@pec.ordine.example;;;;\nugo@pec.ordine.example;a;b;c;12/10/2027\n"), "elenco.csv", pec.ComparisonLayout, Options{})
	if f == nil || f.HeaderRow != 0 || len(f.Rows) != 2 {
		t.Errorf("%+v", f)
	}
}

// What a list to be compared lacks is chosen among its columns, not added to it; its
// titles are where they are, although nobody knows them.
func TestColumnsOfAListAreChosenNotAdded(t *testing.T) {
	for text, want := range map[string]string{
		"Prima;Seconda\nuna;due\n":             "Non conosciamo i titoli alla riga 1. Scelga che cosa è ogni colonna: serve almeno la casella.",
		"Codice fiscale;Scadenza\n;12/10/26\n": "Alla riga 1 ci sono i titoli delle colonne, ma tra questi manca: la casella. Scelga quale colonna è.",
		"una;12/10/2026\n":                     "Le righe cominciano subito con i dati: manca la riga con i titoli delle colonne, come «Casella». Scelga che cosa è ogni colonna.",
		"\x89PNG\r\n":                          "Il file non si può leggere. È un’immagine, non un elenco. Esporti l’elenco come .xlsx o .csv e riprovi.",
	} {
		if _, err := Read([]byte(text), "x.csv", pec.ComparisonLayout, Options{}); pec.AsProblem(err) == nil || pec.AsProblem(err).Message != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}
