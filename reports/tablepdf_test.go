package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"albopec/app/pec"
)

func tablePDF(t *testing.T, table Table) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := table.WritePDF(&b, "Ordine di prova", pec.Day("2018-10-12")); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// mailboxTable is a list of so many mailboxes, each at 6,10 € with 2 GB.
func mailboxTable(rows int) Table {
	t := Table{Title: "Caselle", Columns: []Column{
		{Title: "Casella"}, {Title: "Titolare"}, {Title: "Tipologia"}, {Title: "Stato"}, {Title: "Scadenza", Kind: Day}, {Title: "GB", Kind: Integer, Total: true}, {Title: "Costo lordo", Kind: Money, Total: true},
	}}
	for i := range rows {
		t.Rows = append(t.Rows, []any{fmt.Sprintf("nome.cognome%d@pec.ordine.example", i), "Cognome Nome", "Standard", "Attiva", pec.Day("2019-10-12"), 2, pec.Cents(610)})
	}
	return t
}

func TestListOnPaperRepeatsItsHeadAndSumsUp(t *testing.T) {
	pages := strings.Split(strings.TrimSuffix(popplerText(t, tablePDF(t, mailboxTable(100)), "-layout"), "\f"), "\f")
	if len(pages) < 3 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, page := range pages {
		for _, words := range []string{"Scadenza", "Ordine di prova · Caselle", fmt.Sprintf("Pagina %d di %d", i+1, len(pages))} {
			if !strings.Contains(page, words) {
				t.Errorf("page %d does not say %q:\n%s", i+1, words, page)
			}
		}
	}
	if !strings.Contains(pages[0], "100 righe, al 12/10/2018") {
		t.Errorf("the first page:\n%s", pages[0])
	}
	last := strings.Join(strings.Fields(pages[len(pages)-1]), " ")
	if !strings.Contains(last, "nome.cognome99@pec.ordine.example") || !strings.Contains(last, "Totale 200 610,00 €") {
		t.Errorf("the last page: %s", last)
	}
}

func TestListOnPaperTakesWhateverIsInIt(t *testing.T) {
	odd := Table{Title: "Elenco \x00 con 😀", Columns: []Column{{Title: "Nome"}, {Title: "Nota lunga"}, {Title: "Vero"}}}
	odd.Rows = [][]any{
		{"Li 中 😀\x00\x1b", strings.Repeat("parole che vanno a capo ", 40), true},
		{strings.Repeat("W", 500), nil, false},
		{"", "una\nriga e\r\nun’altra\t.", nil},
		{"\xff\xfe non UTF-8", "עברית العربية", true},
		{strings.Repeat("x ", 20_000), "", true},
	}
	text := strings.Join(strings.Fields(popplerText(t, tablePDF(t, odd))), " ")
	for _, words := range []string{"parole che vanno a capo", "sì", "5 righe"} {
		if !strings.Contains(text, words) {
			t.Errorf("it does not say %q", words)
		}
	}
	if text := popplerText(t, tablePDF(t, Table{Title: "Vuoto", Columns: []Column{{Title: "Nome"}, {Title: "N.", Kind: Integer, Total: true}}})); !strings.Contains(text, "0 righe") {
		t.Errorf("an empty list: %s", text)
	}
	var many Table
	many.Title = "Largo"
	row := []any{}
	for i := range 24 {
		many.Columns = append(many.Columns, Column{Title: fmt.Sprint("Colonna ", i), Kind: Kind(i % 4)})
		row = append(row, []any{"testo di prova piuttosto lungo", 1234, pec.Cents(123456789), pec.Day("2018-10-12")}[i%4])
	}
	many.Rows = [][]any{row, row}
	if text := popplerText(t, tablePDF(t, many)); !strings.Contains(text, "12/10/2018") {
		t.Errorf("a wide list: %s", text)
	}
	short := Table{Title: "x", Columns: []Column{{Title: "a"}, {Title: "b"}}, Rows: [][]any{{"1"}}}
	if err := short.WritePDF(io.Discard, "", pec.Date{}); err == nil {
		t.Error("a row that is too short is written")
	}
}

func TestLongListOnPaperTakesSeconds(t *testing.T) {
	if testing.Short() {
		t.Skip("25,000 rows")
	}
	begun := time.Now()
	tablePDF(t, mailboxTable(25_000))
	if took := time.Since(begun); took > 30*time.Second {
		t.Errorf("it took %s", took)
	}
}

// Neither the last row nor the sums of a list stand on a page alone, whatever its
// length.
func TestListOnPaperLeavesNoRowAlone(t *testing.T) {
	pages := 0
	for rows := 20; rows < 75; rows++ {
		text := strings.TrimSuffix(popplerText(t, tablePDF(t, mailboxTable(rows)), "-layout"), "\f")
		all := strings.Split(text, "\f")
		last := all[len(all)-1]
		if n := strings.Count(last, "@pec.ordine.example"); n < 1 || !strings.Contains(last, "Totale") {
			t.Errorf("%d rows: the last of %d pages has %d of them:\n%s", rows, len(all), n, last)
		}
		pages = max(pages, len(all))
	}
	if pages < 2 {
		t.Error("all of them fit on a page")
	}
	for _, c := range []struct {
		i, rows int
		sums    bool
		want    int
	}{{7, 10, true, 0}, {8, 10, true, 2}, {9, 10, true, 1}, {7, 10, false, 0}, {8, 10, false, 1}, {9, 10, false, 0}, {0, 1, true, 1}} {
		if got := rowsAfter(c.i, c.rows, c.sums); got != c.want {
			t.Errorf("row %d of %d, sums %v: %d stay with it, want %d", c.i, c.rows, c.sums, got, c.want)
		}
	}
}

// An address that is too wide is broken between its parts, never within a word.
func TestAddressesAreBrokenBetweenTheirParts(t *testing.T) {
	p := newPaper("", "", "", pec.Day("2018-10-12"), false)
	p.font("", 8.5, ink)
	for _, c := range []struct {
		text  string
		width float64
		want  string
	}{
		{"aldo.marino@pec.ordine-valdoro.example", 80, "aldo.marino@pec.ordine-valdoro.example"},
		{"aldo.marino@pec.ordine-valdoro.example", 45, "aldo.marino|@pec.ordine-valdoro.example"},
		{"aldo.marino@pec.ordine-valdoro.example", 30, "aldo.marino@pec.|ordine-valdoro.|example"},
		{"massimiliano.dellavedovazzi@pec.it.example", 30, "massimiliano.|dellavedovazzi|@pec.it.example"},
		{"MRNLDA80A41H501U", 25, "MRNLDA80A41H501U"}, // in smaller letters
		{"Marino Aldo", 10, "Marino|Aldo"},
	} {
		if got := strings.Join(p.parts(c.text, c.width), "|"); got != c.want {
			t.Errorf("%q in %g mm: %s, want %s", c.text, c.width, got, c.want)
		}
	}
}
