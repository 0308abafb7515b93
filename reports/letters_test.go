package reports

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"albopec/app/pec"
)

// fontSizes are the sizes of letters that a PDF sets, in points.
var fontSizes = regexp.MustCompile(`([\d.]+) Tf`)

// pageContents are the contents of the pages of a PDF, whether they are compressed or
// not.
func pageContents(t *testing.T, pdf []byte) [][]byte {
	t.Helper()
	var pages [][]byte
	for _, stream := range pdfStreams.FindAllSubmatch(pdf, -1) {
		content := stream[1]
		if r, err := zlib.NewReader(bytes.NewReader(content)); err == nil {
			if content, err = io.ReadAll(r); err != nil {
				t.Fatal(err)
			}
		}
		if bytes.Contains(content, []byte("BT ")) { // else a font
			pages = append(pages, content)
		}
	}
	return pages
}

// hasNoSmallLetters reads the sizes of the letters back from a PDF.
func hasNoSmallLetters(t *testing.T, pdf []byte) {
	t.Helper()
	n := 0
	for _, page := range pageContents(t, pdf) {
		for _, m := range fontSizes.FindAllSubmatch(page, -1) {
			n++
			if size, err := strconv.ParseFloat(string(m[1]), 64); err != nil || size < 6.5 {
				t.Errorf("letters of %s points: %v", m[1], err)
			}
		}
	}
	if n < 10 {
		t.Fatalf("%d sizes set", n)
	}
}

// pdfTextSteps are what a page does about texts: it sets a font, or shows a text.
var pdfTextSteps = regexp.MustCompile(`(?s)/F(\S+) ([\d.]+) Tf|` + pdfStrings.String())

// hasNothingOverlapping reads where the texts stand: none is written over another on
// the same line, or beyond the right margin.
func hasNothingOverlapping(t *testing.T, pdf []byte) {
	t.Helper()
	ruler := newPaper("", "", "", pec.Day("2018-10-12"), false)
	bold, shown, edge := "", 0, pageWidth
	if bytes.Contains(pdf, []byte("/MediaBox [0 0 841.89 595.28]")) { // on its side
		edge = pageHeight
	}
	for n, page := range pageContents(t, pdf) {
		type piece struct {
			x, right float64 // points
			text     string
		}
		lines := map[string][]piece{}
		style, size := "", 0.0
		for _, m := range pdfTextSteps.FindAllSubmatch(page, -1) {
			if font := string(m[1]); font != "" {
				size, _ = strconv.ParseFloat(string(m[2]), 64) // the expression takes figures only
				if bold == "" && size > 11.5 {
					bold = font // of the first heading
				}
				if style = ""; font == bold {
					style = "B"
				}
				continue
			}
			text := pdfText(t, m[5])
			if strings.HasPrefix(text, "Pagina ") { // how many they are was not known yet
				continue
			}
			shown++
			ruler.font(style, size, ink)
			x, _ := strconv.ParseFloat(string(m[3]), 64)
			right := x + ruler.pdf.GetStringWidth(text)*72/25.4
			lines[string(m[4])] = append(lines[string(m[4])], piece{x, right, text})
			if right > (edge-sideMargin)*72/25.4+1 {
				t.Errorf("page %d: %q goes beyond the margin", n+1, text)
			}
		}
		for _, line := range lines {
			slices.SortFunc(line, func(a, b piece) int { return cmp.Compare(a.x, b.x) })
			for i := 1; i < len(line); i++ {
				if a, b := line[i-1], line[i]; a.text != "" && b.text != "" && a.right > b.x+0.5 {
					t.Errorf("page %d: %q reaches %.1f, %q begins at %.1f", n+1, a.text, a.right, b.text, b.x)
				}
			}
		}
		if t.Failed() {
			return
		}
	}
	if shown < 5 {
		t.Errorf("%d texts seen", shown)
	}
}

// longName is a name of 200 characters, longWord one without a blank.
var longName, longWord = strings.Repeat("Castiglioncello della ", 10)[:200], strings.Repeat("abcdefghij", 20)

// wideTable has so many columns of all kinds, with long names and large figures.
func wideTable(columns, rows int) Table {
	table := Table{Title: "Elenco largo", Note: "Una nota.", Filter: longName}
	for i := range columns {
		c := Column{Title: fmt.Sprintf("Colonna n. %d", i), Kind: []Kind{Text, Text, Integer, Money, Day}[i%5]}
		c.Total = c.Kind == Money || c.Kind == Integer
		table.Columns = append(table.Columns, c)
	}
	for n := range rows {
		row := make([]any, columns)
		for i := range row {
			row[i] = []any{fmt.Sprintf("%d %s", n, longName), "MRNLNE80A41H501U", 123456, pec.Cents(123456789), pec.Day("2027-10-12")}[i%5]
			if i%10 == 6 {
				row[i] = []any{longWord, "massimiliano.dellavedovazzi@pec.ordine-valdoro.example", nil}[n%3]
			}
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// No list on paper has letters below 6,5 points or words over others, whatever its
// rows hold: neither the lists of the screens nor the documents' own.
func TestNoListHasSmallLetters(t *testing.T) {
	written := map[string]func(io.Writer) error{}
	for _, columns := range []int{1, 2, 5, 9, 12, 16, 24, 40} {
		for _, rows := range []int{0, 1, 30} {
			table := wideTable(columns, rows)
			written[fmt.Sprintf("a list of %d columns and %d rows", columns, rows)] = func(w io.Writer) error {
				return table.WritePDF(w, "Ordine di prova", pec.Day("2018-10-12"))
			}
		}
	}
	figures := Table{Title: "Cifre"}
	var row []any
	for i := range 20 {
		figures.Columns, row = append(figures.Columns, Column{Title: fmt.Sprint("Cifra ", i), Kind: Money, Total: true}), append(row, pec.Cents(123456789))
	}
	figures.Rows = [][]any{row, row, row}
	written["a list of figures only"] = func(w io.Writer) error { return figures.WritePDF(w, "Ordine", pec.Day("2018-10-12")) }

	statement := estratto()
	statement.Holder = longName
	for i := range 40 {
		statement.Accounts[0].Entries = append(statement.Accounts[0].Entries, Movement{Seq: 1234567 + i, On: pec.Day("2018-11-01"), What: longName, Detail: longWord, Amount: 1234567890, Actor: longName})
	}
	written["a statement"] = func(w io.Writer) error { return WriteStatementPDF(w, statement) }

	receipt := ricevuta()
	receipt.Holder, receipt.Mailbox = longName, "massimiliano.ferdinando.dellavedovazzi@pec.ordine-valdoro.example"
	receipt.Lines[0].Name, receipt.Lines[0].UnitPrice, receipt.Lines[0].Price = longName, 123456789, pec.Amounts{Net: 123456789, VAT: 27160494, Gross: 150617283}
	written["a receipt"] = func(w io.Writer) error { return WriteReceiptPDF(w, receipt) }

	for _, tried := range []bool{false, true} {
		budget := budgetSample(tried)
		budget.TriedName, budget.Agreements[0].Name = longName, longName
		plans := []*pec.Budget{&budget.Registered}
		if tried {
			plans = append(plans, budget.Tried)
		}
		for _, plan := range plans {
			for i := range plan.Months {
				m := &plan.Months[i]
				m.Renewed, m.Services, m.Ordine, m.Members = 123456, 123456, cents(12345678900, 2716049358), cents(12345678900, 2716049358)
			}
		}
		written[fmt.Sprint("a budget, tried: ", tried)] = func(w io.Writer) error { return WriteBudgetPDF(w, budget) }
	}

	year := smallYear()
	year.Agreements = []string{longName}
	for i := range year.Mailboxes {
		year.Mailboxes[i].Kind = longName[:100+i]
	}
	for i := range year.Periods {
		year.Periods[i].Cost, year.Periods[i].Kind = cents(12345678900, 2716049358), longName[:100+i]
	}
	for i := range year.Services {
		year.Services[i].Product = longName[:150+i]
	}
	written["a yearly report"] = func(w io.Writer) error { return WriteYearPDF(w, year.sum()) }
	written["its annex"] = func(w io.Writer) error {
		return WriteYearAnnex(year.year(), year.sum(), func(_ int, write func(io.Writer) error) error { return write(w) })
	}
	for _, name := range slices.Sorted(maps.Keys(written)) {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := written[name](&out); err != nil {
				t.Fatal(err)
			}
			hasNoSmallLetters(t, out.Bytes())
			hasNothingOverlapping(t, out.Bytes())
		})
	}
}

// A list that is wider than a page lies on pages side by side: each has the same
// rows, the first column again, and every column is on one of them.
func TestWideListGoesOnPagesSideBySide(t *testing.T) {
	table := wideTable(24, 30)
	table.Filter = ""
	for i := range table.Columns {
		table.Columns[i].Title = fmt.Sprintf("V%02d", i)
	}
	var out bytes.Buffer
	if err := table.writePDF(&out, "Ordine di prova", pec.Day("2018-10-12"), false); err != nil {
		t.Fatal(err)
	}
	pages := pdfPages(t, out.Bytes())
	sheets := 0
	rowsOn := func(page []string) (rows []string) {
		for _, line := range page {
			number, rest, _ := strings.Cut(line, " ")
			if _, err := strconv.Atoi(number); err == nil && strings.HasPrefix(rest, "Castiglioncello") {
				rows = append(rows, number)
			}
		}
		return rows
	}
	var all []string
	heads := map[string]bool{}
	var beside []string
	for _, page := range pages {
		text := strings.Join(page, "\n")
		var sheet, of int
		at := strings.Index(text, "Foglio ") // below the title
		if at < 0 {
			t.Fatalf("a page does not say which it goes with:\n%s", text)
		}
		if _, err := fmt.Sscanf(text[at:], "Foglio %d di %d", &sheet, &of); err != nil {
			t.Fatal(err)
		}
		sheets = of
		for i := range 24 {
			title := fmt.Sprintf("V%02d", i)
			heads[title] = heads[title] || strings.Contains(text[at:], title)
		}
		rows := rowsOn(page)
		if sheet == 1 {
			beside, all = rows, append(all, rows...)
		} else if !slices.Equal(rows, beside) {
			t.Errorf("sheet %d of %d has the rows %v, its neighbour %v", sheet, of, rows, beside)
		}
	}
	if sheets < 2 || len(pages)%sheets != 0 {
		t.Errorf("%d pages, %d side by side", len(pages), sheets)
	}
	for title, there := range heads {
		if !there {
			t.Errorf("%s is on no page", title)
		}
	}
	for n := range 30 {
		if got := slices.Index(all, fmt.Sprint(n)); got != n {
			t.Errorf("row %d is at place %d of %v", n, got, all)
		}
	}
	last := strings.Join(slices.Concat(pages[len(pages)-sheets:]...), "\n")
	if !strings.Contains(last, "3.703.680") || !strings.Contains(last, eur("37.037.036,70 €")) { // 30 times 123.456 and 1.234.567,89 €
		t.Errorf("the sums are missing:\n%s", last)
	}
}
