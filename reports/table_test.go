package reports

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"albopec/app/pec"
)

// members is a list with every kind of cell.
func members() Table {
	return Table{
		Title: "Iscritti",
		Columns: []Column{
			{Title: "N. iscrizione"}, {Title: "Cognome"}, {Title: "Telefono"}, {Title: "Data iscrizione", Kind: Day},
			{Title: "GB", Kind: Integer}, {Title: "Credito", Kind: Money, Total: true}, {Title: "Stato"}, {Title: "Rinnovo"},
		},
		Rows: [][]any{
			{"A007", "Rossi; «D’Amico»", "+39 06/123.45-67 (8)", day("2018-10-12"), 1, pec.Cents(123450), pec.MemberActive, true},
			{"B1", "=1+1", "-5", pec.Date{}, 23480, pec.Cents(-5), pec.MemberDeceased, false},
			{"B2", "Šumi \"Ș\"\nnuova", "", day("1899-12-31"), int64(0), nil, "", nil},
		},
	}
}

func TestCSVIsWhatAnItalianExcelReads(t *testing.T) {
	var out bytes.Buffer
	if err := members().WriteCSV(&out); err != nil {
		t.Fatal(err)
	}
	want := "\uFEFF" +
		"N. iscrizione;Cognome;Telefono;Data iscrizione;GB;Credito;Stato;Rinnovo\r\n" +
		"A007;\"Rossi; «D’Amico»\";+39 06/123.45-67 (8);12/10/2018;1;1234,50;iscritto;sì\r\n" +
		"B1;'=1+1;'-5;;23480;-0,05;deceduto;no\r\n" +
		"B2;\"Šumi \"\"Ș\"\"\r\nnuova\";;31/12/1899;0;;;\r\n"
	if got := out.String(); got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestTextsThatWouldRunAsFormulasAreMadeSafe(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "",
		"Rossi":                   "Rossi",
		"=1+1":                    "'=1+1",
		"+1+1":                    "'+1+1",
		"-2":                      "'-2",
		"@SUM(A1)":                "'@SUM(A1)",
		"\t=1+1":                  "'\t=1+1",
		"\r=1+1":                  "'\r=1+1",
		"+39 06 1234567":          "+39 06 1234567",
		"+39.(06)/12-34":          "+39.(06)/12-34",
		"+":                       "'+",
		"+39 06 1234567=cmd|' '!": "'+39 06 1234567=cmd|' '!",
		"a=b":                     "a=b",
		"Š":                       "Š",
	} {
		if got := SafeText(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestCSVComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[^\r]*`)
		var table Table
		table.Columns = []Column{{Title: "a"}, {Title: "b"}}
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			table.Rows = append(table.Rows, []any{text.Draw(t, "a"), text.Draw(t, "b")})
		}
		var out bytes.Buffer
		if err := table.WriteCSV(&out); err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\uFEFF")))
		r.Comma = ';'
		got, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(table.Rows)+1 {
			t.Fatalf("%d rows came back of %d", len(got)-1, len(table.Rows))
		}
		for i, row := range table.Rows {
			for j, v := range row {
				if want := SafeText(v.(string)); got[i+1][j] != want {
					t.Fatalf("%q came back as %q", want, got[i+1][j])
				}
			}
		}
	})
}

func tableBook(t *testing.T, table Table) *excelize.File {
	t.Helper()
	var out bytes.Buffer
	if err := table.WriteXLSX(&out); err != nil {
		t.Fatal(err)
	}
	return openBook(t, out.Bytes())
}

func TestWorkbookOfAListHasRealDaysAndNumbers(t *testing.T) {
	f := tableBook(t, members())
	rows := rawRows(t, f, "Iscritti")
	for i, want := range [][]string{
		{"N. iscrizione", "Cognome", "Telefono", "Data iscrizione", "GB", "Credito", "Stato", "Rinnovo"},
		{"A007", "Rossi; «D’Amico»", "+39 06/123.45-67 (8)", "43385", "1", "1234.5", "iscritto", "sì"},
		{"B1", "=1+1", "-5", "", "23480", "-0.05", "deceduto", "no"},
		{"B2", "Šumi \"Ș\"\nnuova", "", "31/12/1899", "0"},
		{"Totale", "", "", "", "", "1234.45"},
	} {
		got := rows[i]
		for len(got) > len(want) && got[len(got)-1] == "" {
			got = got[:len(got)-1]
		}
		if !slices.Equal(got, want) {
			t.Errorf("row %d is %q, want %q", i+1, got, want)
		}
	}
	if formula, _ := f.GetCellFormula("Iscritti", "B3"); formula != "" {
		t.Errorf("a name became the formula %q", formula)
	}
	if formula, _ := f.GetCellFormula("Iscritti", "F5"); formula != "SUBTOTAL(109,F2:F4)" {
		t.Errorf("the total is %q", formula)
	}
	tables, err := f.GetTables("Iscritti")
	if err != nil || len(tables) != 1 || tables[0].Range != "A1:H4" {
		t.Errorf("filter %+v, %v", tables, err)
	}
	if panes, err := f.GetPanes("Iscritti"); err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes %+v, %v", panes, err)
	}
}

func TestColumnTitlesThatExcelWouldRepairAreMended(t *testing.T) {
	got := distinct([]string{"Nome", "nome", "", "NOME", "a\nb", "Colonna 3", "nome (2)"})
	want := []string{"Nome", "nome (2)", "Colonna 3", "NOME (3)", "a b", "Colonna 3 (2)", "nome (2) (2)"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSheetNamesThatExcelRefusesAreMended(t *testing.T) {
	for title, want := range map[string]string{
		"":                            "Elenco",
		"Iscritti":                    "Iscritti",
		"Caselle: attive/chiuse [1]?": "Caselle attive chiuse 1",
		"'quotato'":                   "quotato",
		"Iscritti con casella in scadenza entro novanta giorni": "Iscritti con casella in scadenz",
		"😀": "Elenco",
	} {
		got := sheetName(title)
		if got != want {
			t.Errorf("%q became %q, want %q", title, got, want)
		}
		tableBook(t, Table{Title: title, Columns: []Column{{Title: "a"}}})
	}
}

func TestRowThatIsNotAsWideAsItsTableIsRefused(t *testing.T) {
	table := Table{Title: "Iscritti", Columns: []Column{{Title: "a"}, {Title: "b"}}, Rows: [][]any{{"1", "2"}, {"1"}}}
	for name, err := range map[string]error{"csv": table.WriteCSV(new(bytes.Buffer)), "xlsx": table.WriteXLSX(new(bytes.Buffer))} {
		if err == nil || !strings.Contains(err.Error(), `row 2 of "Iscritti" has 1 cells for 2 columns`) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAWholeRegisterIsWritten writes 25,000 rows in both formats.
func TestAWholeRegisterIsWritten(t *testing.T) {
	table := Table{Title: "Iscritti"}
	for i := range 20 {
		table.Columns = append(table.Columns, Column{Title: fmt.Sprint("c", i)})
	}
	for i := range 25_000 {
		row := make([]any, 20)
		for j := range row {
			row[j] = fmt.Sprintf("testo %d di %d", j, i)
		}
		row[3], row[4] = day("2018-10-12"), pec.Cents(i)
		table.Rows = append(table.Rows, row)
	}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"csv":  func(b *bytes.Buffer) error { return table.WriteCSV(b) },
		"xlsx": func(b *bytes.Buffer) error { return table.WriteXLSX(b) },
	} {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		if out.Len() == 0 {
			t.Errorf("%s: nothing written", name)
		}
	}
}

func rejectedBook(t *testing.T, header []string, rows ...Rejected) (*excelize.File, [][]string) {
	t.Helper()
	var out bytes.Buffer
	if err := WriteRejected(&out, header, rows...); err != nil {
		t.Fatal(err)
	}
	f := openBook(t, out.Bytes())
	return f, rawRows(t, f, f.GetSheetName(0))
}

// tinted reports whether a cell has the colour of what is wrong.
func tinted(t *testing.T, f *excelize.File, cell string) bool {
	t.Helper()
	id, err := f.GetCellStyle(f.GetSheetName(0), cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Contains(style.Fill.Color, faultBg)
}

func TestRejectedRowsComeBackWithTheirReason(t *testing.T) {
	f, rows := rejectedBook(t, []string{"Cognome", "CAP", "Cognome"},
		Rejected{Cells: []string{"=1+1", "00184", "12/10/2018"}, Columns: []int{1}, Reason: "Il CAP non esiste."},
		Rejected{Cells: []string{"Bianchi"}, Columns: []int{2, 7, -1}, Reason: "Manca il codice fiscale."},
		Rejected{Cells: []string{"a", "b", "c", "d"}, Reason: "Colonna in più."},
	)
	for i, want := range [][]string{
		{"Cognome", "CAP", "Cognome", "", "Motivo"},
		{"=1+1", "00184", "12/10/2018", "", "Il CAP non esiste."},
		{"Bianchi", "", "", "", "Manca il codice fiscale."},
		{"a", "b", "c", "d", "Colonna in più."},
	} {
		if !slices.Equal(rows[i], want) {
			t.Errorf("row %d is %q, want %q", i+1, rows[i], want)
		}
	}
	for cell, want := range map[string]bool{"A2": false, "B2": true, "C2": false, "A3": false, "C3": true, "A4": false} {
		if got := tinted(t, f, cell); got != want {
			t.Errorf("%s coloured: %v, want %v", cell, got, want)
		}
	}
	if formula, _ := f.GetCellFormula(f.GetSheetName(0), "A2"); formula != "" {
		t.Errorf("a cell became the formula %q", formula)
	}
}

func TestReasonOfAnEarlierRoundIsReplaced(t *testing.T) {
	_, rows := rejectedBook(t, []string{"Cognome", "CAP", "motivo "},
		Rejected{Cells: []string{"Bianchi", "1", "Vecchio motivo."}, Columns: []int{1}, Reason: "Il CAP ha cinque cifre."})
	want := [][]string{{"Cognome", "CAP", "Motivo"}, {"Bianchi", "1", "Il CAP ha cinque cifre."}}
	if !slices.EqualFunc(rows, want, slices.Equal) {
		t.Errorf("got %q, want %q", rows, want)
	}
}

func TestRejectedRowsSurviveTheRoundTrip(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		// Excel's own escapes and characters that XML cannot hold apart.
		text := rapid.StringMatching(`[ -~àèŠșü€中]{0,12}`)
		header := []string{"a", "b", "c"}
		var in []Rejected
		for range rapid.IntRange(1, 6).Draw(t, "rows") {
			cells := []string{text.Draw(t, "a"), text.Draw(t, "b"), text.Draw(t, "c")}
			in = append(in, Rejected{Cells: cells, Columns: []int{rapid.IntRange(0, 2).Draw(t, "fault")}, Reason: "Da correggere."})
		}
		_, rows := rejectedBook(outer, header, in...)
		if len(rows) != len(in)+1 {
			t.Fatalf("%d rows came back of %d", len(rows)-1, len(in))
		}
		for i, r := range in {
			if !slices.Equal(rows[i+1], append(slices.Clone(r.Cells), r.Reason)) {
				t.Fatalf("%q came back as %q", r.Cells, rows[i+1])
			}
		}
	})
}
