package reports

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"albopec/app/pec"
)

// Kind is what the cells of a column hold.
type Kind int

// The kinds of columns.
const (
	Text    Kind = iota // left-aligned, kept as it is typed: "007" stays "007"
	Integer             // right-aligned, thousands with a point
	Money               // right-aligned, euro
	Day                 // right-aligned, gg/mm/aaaa
)

// Column is a column of a Table.
type Column struct {
	Title string
	Kind  Kind
	Width float64 // in characters; 0 takes what the cells need
	Total bool    // the workbook sums the column below its last row
}

// Table is a list as a page shows it, to be taken away as a file. A row has a
// value for each column: string, int, int64, bool ("sì", "no"), pec.Cents,
// pec.Date, a type with an Italian method, or nil. The value decides how its
// cell is written; the column's Kind how the column is aligned.
type Table struct {
	Title   string // name of the sheet and title of the document
	Columns []Column
	Rows    [][]any
	// Filter says which rows the list holds, Italian: "Stato: sospeso"; empty for
	// all. A CSV file, which has rows only, does not tell.
	Filter string
	// Note is a sentence under the sums, Italian; not in a CSV file, which has rows
	// only.
	Note string
	// Delimiter stands between the values of a CSV file; 0 is the semicolon of an
	// Italian Excel.
	Delimiter rune
}

// italian is a code that has a word on the screens: pec.MemberStatus.
type italian interface{ Italian() string }

// csvWriter sends a BOM, by which Excel knows UTF-8, and then lines as an
// Italian Excel expects them: semicolons and CRLF.
func csvWriter(w *bufio.Writer) *csv.Writer {
	_, _ = w.WriteString("\uFEFF") // an error is kept and returned by Flush
	c := csv.NewWriter(w)
	c.Comma = ';'
	c.UseCRLF = true
	return c
}

// WriteCSV writes the table for an Italian Excel: UTF-8 with BOM, semicolons,
// CRLF, days as 12/10/2018, amounts as 1234,50. A text that a spreadsheet would
// take for a formula gets an apostrophe in front, see SafeText.
func (t Table) WriteCSV(w io.Writer) error {
	buffered := bufio.NewWriter(w)
	out := csvWriter(buffered)
	if t.Delimiter != 0 {
		out.Comma = t.Delimiter
	}
	line := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		line[i] = SafeText(c.Title)
	}
	if err := out.Write(line); err != nil {
		return fmt.Errorf("write the header of %q: %w", t.Title, err)
	}
	for n, row := range t.Rows {
		if err := t.fits(n, row); err != nil {
			return err
		}
		for i, v := range row {
			line[i] = csvText(v)
		}
		if err := out.Write(line); err != nil {
			return fmt.Errorf("write row %d of %q: %w", n+1, t.Title, err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write %q: %w", t.Title, err)
	}
	return buffered.Flush()
}

// fits refuses a row that is not as wide as the table: its cells would stand
// under the wrong titles.
func (t Table) fits(n int, row []any) error {
	if len(row) != len(t.Columns) {
		return fmt.Errorf("row %d of %q has %d cells for %d columns", n+1, t.Title, len(row), len(t.Columns))
	}
	return nil
}

// csvText is a value as a CSV file has it.
func csvText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return SafeText(v)
	case pec.Cents:
		return strings.Replace(v.String(), ".", ",", 1)
	case pec.Date:
		return v.Italian()
	case int, int64:
		return fmt.Sprint(v)
	}
	return SafeText(wordOf(v))
}

// wordOf is the text of a value that is neither text, number nor day.
func wordOf(v any) string {
	switch v := v.(type) {
	case bool:
		if v {
			return "sì"
		}
		return "no"
	case italian:
		return v.Italian()
	}
	return fmt.Sprint(v)
}

// SafeText puts an apostrophe before a text that a spreadsheet opening a CSV
// file would run as a formula: one that begins with = + - @, a tab or a line
// break. Telephone numbers ("+39 06 1234567") stay as they are.
func SafeText(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r\n", rune(s[0])) || isPhone(s) {
		return s
	}
	return "'" + s
}

// isPhone reports whether s is an international telephone number: a plus, then
// digits, spaces, dots, dashes, slashes and parentheses only.
func isPhone(s string) bool {
	if s[0] != '+' {
		return false
	}
	digits := 0
	for _, r := range s[1:] {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune(" .-/()", r):
			return false
		}
	}
	return digits >= 5
}

// WriteXLSX writes the table as a workbook with one sheet: real days and
// numbers, texts that stay texts, a frozen header, a filter on every column.
// 25,000 rows take about a second.
func (t Table) WriteXLSX(w io.Writer) error {
	b, err := newBook(sheetName(t.Title))
	if err != nil {
		return err
	}
	defer b.close()
	if err := b.properties(t.Title, "", pec.Date{}); err != nil {
		return err
	}
	if err := b.describe(t.filtered()); err != nil {
		return err
	}
	s := sheet{name: b.first, heading: t.Title, table: t}
	if t.Filter != "" {
		s.heading += ". " + t.filtered()
	}
	if t.Note != "" {
		s.below = [][]any{nil, {t.Note}}
	}
	err = b.addTable(s)
	if err != nil {
		return err
	}
	return b.write(w)
}

// filtered is the sentence that says which rows the list holds.
func (t Table) filtered() string {
	if t.Filter == "" {
		return ""
	}
	return "Solo: " + t.Filter
}

// Rejected is a refused row of an import: its cells as they were read and what
// is wrong with them (R24).
type Rejected struct {
	Cells   []string
	Columns []int  // places of the offending cells in Cells, from 0; empty when the row as a whole is at fault
	Reason  string // Italian, complete sentences
}

// reasonTitle is the last column of a workbook of refused rows.
const reasonTitle = "Motivo"

// WriteRejected writes refused rows as a workbook to mend and import again
// (R24): the original columns in their order, the header on the first row, the
// reason in a last column «Motivo», the offending cells coloured. A «Motivo»
// that the file brought from an earlier round is replaced, not repeated.
func WriteRejected(w io.Writer, header []string, rows ...Rejected) error {
	keep := len(header)
	if keep > 0 && strings.EqualFold(strings.TrimSpace(header[keep-1]), reasonTitle) {
		keep--
	}
	width := keep
	for _, r := range rows {
		// A row longer than its header loses nothing; an old reason is no data.
		if len(r.Cells) > len(header) {
			width = max(width, len(r.Cells))
		}
	}
	b, err := newBook("Righe da correggere")
	if err != nil {
		return err
	}
	defer b.close()
	if err := b.properties("Righe da correggere", "", pec.Date{}); err != nil {
		return err
	}
	if err := b.addRejected(header[:keep], width, rows); err != nil {
		return err
	}
	return b.write(w)
}

func (b *book) addRejected(header []string, width int, rows []Rejected) error {
	t := Table{Columns: make([]Column, width+1)}
	for i, title := range header {
		t.Columns[i].Title = title
	}
	t.Columns[width] = Column{Title: reasonTitle, Width: 60}
	for _, r := range rows {
		t.Rows = append(t.Rows, r.cells(width, b))
	}
	return b.addTable(sheet{name: b.first, heading: "Righe da correggere", table: t, plain: true})
}

// cells is the row as the workbook has it, width cells and the reason.
func (r Rejected) cells(width int, b *book) []any {
	cells := make([]any, width+1)
	for i, text := range r.Cells[:min(width, len(r.Cells))] {
		cells[i] = text
	}
	for _, i := range r.Columns {
		if i >= 0 && i < width {
			cells[i] = excelize.Cell{StyleID: b.styles.fault, Value: cells[i]}
		}
	}
	cells[width] = excelize.Cell{StyleID: b.styles.reason, Value: r.Reason}
	return cells
}
