package reports

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"albopec/app/pec"
)

// Colours of the documents: one blue, thin grey lines, a tint for totals and
// one for what is wrong.
const (
	blue     = "0066CC"
	softBlue = "9CC4EC"
	greyLine = "C9D1D9"
	tint     = "EAF2FA"
	ink      = "1A1A1A"
	muted    = "455A64"
	faultBg  = "FBE0E4"
	faultInk = "B3233B"
)

// Formats of numbers, as an Italian Excel shows them.
const (
	formatMoney   = `#,##0.00\ "€"`
	formatInteger = `#,##0`
	formatDay     = `dd/mm/yyyy`
	formatText    = `@`
)

// typeface is one that every office suite has, or replaces by one of the same
// widths.
const typeface = "Arial"

// book is a workbook being written.
type book struct {
	file   *excelize.File
	styles styles
	first  string // the sheet that newBook made
	sheets int
}

// styles are the numbers of the workbook's cell styles.
type styles struct {
	header, headerRight                                        int
	text, integer, money, day                                  int
	totalText, totalInteger, totalMoney                        int
	fault, reason                                              int
	title, subtitle, section, sectionRight                     int
	label, note, value, valueInt, valueDay, warning, explained int
	strongLabel, strongInt, strongValue                        int
}

// newBook starts a workbook with one sheet of the name.
func newBook(first string) (*book, error) {
	f := excelize.NewFile(excelize.Options{})
	b := &book{file: f, first: first}
	if err := f.SetSheetName("Sheet1", first); err != nil {
		return nil, fmt.Errorf("name the first sheet: %w", err)
	}
	if err := f.SetDefaultFont(typeface); err != nil {
		return nil, fmt.Errorf("set the font: %w", err)
	}
	if err := b.makeStyles(); err != nil {
		return nil, fmt.Errorf("make the styles: %w", err)
	}
	return b, nil
}

func (b *book) close() { _ = b.file.Close() } // temporary files; nothing to lose

// write writes the workbook as it grows: excelize would hold all of it first.
func (b *book) write(w io.Writer) error {
	archive := zip.NewWriter(w)
	if err := b.writeParts(archive, func(string) bool { return true }); err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return nil
}

// writeParts writes the parts of the workbook that are wanted, by their names in
// the archive, which stays open for those of others.
func (b *book) writeParts(archive *zip.Writer, wanted func(name string) bool) error {
	b.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return parts{archive, wanted} })
	if _, err := b.file.WriteTo(io.Discard); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return nil
}

// parts takes what excelize puts into an archive.
type parts struct {
	archive *zip.Writer
	wanted  func(name string) bool
}

func (p parts) Create(name string) (io.Writer, error) {
	if !p.wanted(name) {
		return io.Discard, nil
	}
	return p.archive.Create(name)
}

func (p parts) AddFS(files fs.FS) error { return p.archive.AddFS(files) }

func (p parts) Close() error { return nil }

// properties sets title, author and dates of the document. A zero day leaves
// the dates at a fixed moment.
func (b *book) properties(title, author string, madeOn pec.Date) error {
	stamp := "2000-01-01T00:00:00Z"
	if !madeOn.IsZero() {
		stamp = madeOn.Time().Format(time.RFC3339)
	}
	err := b.file.SetDocProps(&excelize.DocProperties{
		Title: title, Creator: author, LastModifiedBy: author, Language: "it-IT",
		Created: stamp, Modified: stamp,
	})
	if err != nil {
		return fmt.Errorf("set the document's properties: %w", err)
	}
	return b.file.SetAppProps(&excelize.AppProperties{Application: "albopec", Company: author})
}

// describe adds what the document holds to its properties; empty adds nothing.
func (b *book) describe(words string) error {
	if words == "" {
		return nil
	}
	props, err := b.file.GetDocProps()
	if err != nil {
		return fmt.Errorf("read the document's properties: %w", err)
	}
	props.Description = words
	return b.file.SetDocProps(props)
}

func (b *book) makeStyles() error {
	line := func(side string, style int, colour string) excelize.Border {
		return excelize.Border{Type: side, Color: colour, Style: style}
	}
	under := []excelize.Border{line("bottom", 1, greyLine)}
	rule := []excelize.Border{line("top", 2, blue)}
	fill := func(colour string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
	}
	left := &excelize.Alignment{Horizontal: "left", Vertical: "center", Indent: 1}
	wrapped := &excelize.Alignment{Horizontal: "left", Vertical: "center", WrapText: true, Indent: 1}
	right := &excelize.Alignment{Horizontal: "right", Vertical: "center"}
	plain, bold := &excelize.Font{Family: typeface, Color: ink, Size: 10}, &excelize.Font{Family: typeface, Color: ink, Size: 10, Bold: true}
	white := &excelize.Font{Family: typeface, Color: "FFFFFF", Size: 10, Bold: true}
	small := &excelize.Font{Family: typeface, Color: muted, Size: 9}
	format := func(s string) *string { return &s }

	s := &b.styles
	for _, d := range []struct {
		id    *int
		style excelize.Style
	}{
		{&s.header, excelize.Style{Font: white, Fill: fill(blue), Alignment: wrapped}},
		{&s.headerRight, excelize.Style{Font: white, Fill: fill(blue), Alignment: &excelize.Alignment{Horizontal: "right", Vertical: "center", WrapText: true}}},
		{&s.text, excelize.Style{Font: plain, Border: under, Alignment: left, CustomNumFmt: format(formatText)}},
		{&s.integer, excelize.Style{Font: plain, Border: under, Alignment: right, CustomNumFmt: format(formatInteger)}},
		{&s.money, excelize.Style{Font: plain, Border: under, Alignment: right, CustomNumFmt: format(formatMoney)}},
		{&s.day, excelize.Style{Font: plain, Border: under, Alignment: right, CustomNumFmt: format(formatDay)}},
		{&s.totalText, excelize.Style{Font: bold, Border: rule, Fill: fill(tint), Alignment: left}},
		{&s.totalInteger, excelize.Style{Font: bold, Border: rule, Fill: fill(tint), Alignment: right, CustomNumFmt: format(formatInteger)}},
		{&s.totalMoney, excelize.Style{Font: bold, Border: rule, Fill: fill(tint), Alignment: right, CustomNumFmt: format(formatMoney)}},
		{&s.fault, excelize.Style{Font: &excelize.Font{Family: typeface, Color: faultInk, Size: 10, Bold: true}, Fill: fill(faultBg), Border: under, Alignment: left, CustomNumFmt: format(formatText)}},
		{&s.reason, excelize.Style{Font: &excelize.Font{Family: typeface, Color: faultInk, Size: 10}, Border: under, Alignment: wrapped, CustomNumFmt: format(formatText)}},
		{&s.title, excelize.Style{Font: &excelize.Font{Family: typeface, Color: blue, Size: 16, Bold: true}, Alignment: left, CustomNumFmt: format(formatText)}},
		{&s.subtitle, excelize.Style{Font: &excelize.Font{Family: typeface, Color: muted, Size: 10}, Alignment: left, CustomNumFmt: format(formatText)}},
		{&s.section, excelize.Style{Font: &excelize.Font{Family: typeface, Color: blue, Size: 11, Bold: true}, Border: []excelize.Border{line("bottom", 2, blue)}, Alignment: left}},
		{&s.sectionRight, excelize.Style{Font: &excelize.Font{Family: typeface, Color: muted, Size: 9}, Border: []excelize.Border{line("bottom", 2, blue)}, Alignment: right}},
		{&s.label, excelize.Style{Font: plain, Border: under, Alignment: left}},
		{&s.note, excelize.Style{Font: small, Border: under, Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "center", WrapText: true, Indent: 1}}},
		{&s.value, excelize.Style{Font: plain, Border: under, Alignment: right, CustomNumFmt: format(formatMoney)}},
		{&s.valueInt, excelize.Style{Font: plain, Border: under, Alignment: right, CustomNumFmt: format(formatInteger)}},
		{&s.valueDay, excelize.Style{Font: plain, Border: under, Alignment: right, CustomNumFmt: format(formatDay)}},
		{&s.strongLabel, excelize.Style{Font: bold, Fill: fill(tint), Border: under, Alignment: left}},
		{&s.strongInt, excelize.Style{Font: bold, Fill: fill(tint), Border: under, Alignment: right, CustomNumFmt: format(formatInteger)}},
		{&s.strongValue, excelize.Style{Font: bold, Fill: fill(tint), Border: under, Alignment: right, CustomNumFmt: format(formatMoney)}},
		{&s.explained, excelize.Style{Font: small, Alignment: wrapped}},
		{&s.warning, excelize.Style{Font: &excelize.Font{Family: typeface, Color: faultInk, Size: 10}, Alignment: wrapped, CustomNumFmt: format(formatText)}},
	} {
		id, err := b.file.NewStyle(&d.style)
		if err != nil {
			return err
		}
		*d.id = id
	}
	return nil
}

// sheet is a Table with what only a workbook knows.
type sheet struct {
	name      string
	heading   string // printed above each page, in the middle
	owner     string // printed above each page, on the left
	table     Table
	rows      iter.Seq2[[]any, error] // instead of the table's, when they are too many to hold
	tally     *tally                  // of the rows; worked out when nil
	landscape bool                    // otherwise only when its columns need it
	plain     bool                    // no filter: the header is foreign and may repeat itself
	below     [][]any                 // rows under the total, as excelize takes them
	chart     func(*book) error       // puts a chart under the rows; nil for none
}

// wide reports whether the sheet is better read on a page turned sideways.
func (s sheet) wide() bool {
	sum := 0.0
	for _, w := range s.tally.widths(s.table.Columns, s.plain) {
		sum += w
	}
	return sum > 100
}

// addTable writes a sheet from first row to last.
func (b *book) addTable(s sheet) error {
	if s.rows == nil {
		s.rows = s.table.each()
	}
	if s.tally == nil {
		var err error
		if s.tally, err = measure(s.table.Columns, s.rows); err != nil {
			return fmt.Errorf("measure sheet %q: %w", s.name, err)
		}
	}
	if b.sheets > 0 {
		if _, err := b.file.NewSheet(s.name); err != nil {
			return fmt.Errorf("add sheet %q: %w", s.name, err)
		}
	}
	b.sheets++
	if err := b.pageSetup(s.name, s.owner, s.heading, s.landscape || s.wide()); err != nil {
		return fmt.Errorf("set up the pages of %q: %w", s.name, err)
	}
	if s.chart != nil {
		if err := s.chart(b); err != nil {
			return fmt.Errorf("draw on sheet %q: %w", s.name, err)
		}
	}
	if err := b.streamTable(s); err != nil {
		return fmt.Errorf("write sheet %q: %w", s.name, err)
	}
	last, err := excelize.CoordinatesToCellName(max(1, len(s.table.Columns)), s.endRow(), true)
	if err != nil {
		return err
	}
	return b.printNames(s.name, "$A$1:"+last, "$1:$1")
}

// endRow is the last row of the sheet, totals included.
func (s sheet) endRow() int {
	end := s.tally.lastRow()
	if s.totals() {
		end++
	}
	end += len(s.below)
	if s.chart != nil {
		end += 1 + chartRows
	}
	return end
}

func (s sheet) totals() bool { return totalled(s.table.Columns) }

// totalled reports whether a column asks for its sum.
func totalled(columns []Column) bool {
	return slices.ContainsFunc(columns, func(c Column) bool { return c.Total })
}

// totalLabel stands before the sums.
const totalLabel = "Totale"

func (b *book) streamTable(s sheet) error {
	w, err := b.file.NewStreamWriter(s.name)
	if err != nil {
		return err
	}
	for i, width := range s.tally.widths(s.table.Columns, s.plain) {
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := w.SetRow("A1", b.headerCells(s), excelize.RowOpts{Height: 30}); err != nil {
		return err
	}
	if err := b.addFilter(w, s); err != nil {
		return err
	}
	cells := make([]any, len(s.table.Columns))
	n := 1
	for row, err := range s.rows {
		if err != nil {
			return err
		}
		for i, v := range row {
			cells[i] = b.cell(v)
		}
		n++
		if err := w.SetRow(cellName(1, n), cells); err != nil {
			return err
		}
	}
	if err := b.totalRows(w, s); err != nil {
		return err
	}
	return w.Flush()
}

// addFilter makes the rows a table of Excel: a filter set on a streamed sheet
// any other way is silently lost.
func (b *book) addFilter(w *excelize.StreamWriter, s sheet) error {
	if s.plain || len(s.table.Columns) == 0 {
		return nil
	}
	stripes := false
	return w.AddTable(&excelize.Table{
		Range:          "A1:" + cellName(len(s.table.Columns), s.tally.lastRow()),
		Name:           fmt.Sprintf("Elenco%d", b.sheets),
		StyleName:      "TableStyleLight1",
		ShowRowStripes: &stripes,
	})
}

func (b *book) headerCells(s sheet) []any {
	titles := make([]string, len(s.table.Columns))
	for i, c := range s.table.Columns {
		titles[i] = c.Title
	}
	if !s.plain {
		titles = distinct(titles)
	}
	cells := make([]any, len(titles))
	for i, title := range titles {
		style := b.styles.header
		if s.table.Columns[i].Kind != Text {
			style = b.styles.headerRight
		}
		cells[i] = excelize.Cell{StyleID: style, Value: title}
	}
	return cells
}

// distinct mends titles that a table of Excel does not allow: empty, repeated
// (capitals apart) or with line breaks, any of which makes Excel "repair" the
// file.
func distinct(titles []string) []string {
	seen := map[string]bool{}
	out := make([]string, len(titles))
	for i, title := range titles {
		title = strings.Join(strings.Fields(title), " ")
		if title == "" {
			title = fmt.Sprintf("Colonna %d", i+1)
		}
		out[i] = title
		for n := 2; seen[strings.ToLower(out[i])]; n++ {
			out[i] = fmt.Sprintf("%s (%d)", title, n)
		}
		seen[strings.ToLower(out[i])] = true
	}
	return out
}

// totalRows sums the columns that ask for it. The formula follows the filter
// (SUBTOTAL 109 leaves hidden rows out); its value is written too, since
// readers that do not calculate would show nothing.
func (b *book) totalRows(w *excelize.StreamWriter, s sheet) error {
	row := s.tally.lastRow() + 1
	if s.totals() {
		cells := make([]any, len(s.table.Columns))
		for i, c := range s.table.Columns {
			cells[i] = b.totalCell(s, i, c)
		}
		if err := w.SetRow(cellName(1, row), cells, excelize.RowOpts{Height: 18}); err != nil {
			return err
		}
		row++
	}
	for i, cells := range s.below {
		if err := w.SetRow(cellName(1, row+i), cells); err != nil {
			return err
		}
	}
	return nil
}

func (b *book) totalCell(s sheet, i int, c Column) excelize.Cell {
	if !c.Total {
		cell := excelize.Cell{StyleID: b.styles.totalText}
		if i == 0 {
			cell.Value = totalLabel
		}
		return cell
	}
	formula := fmt.Sprintf("SUBTOTAL(109,%s:%s)", cellName(i+1, 2), cellName(i+1, s.tally.lastRow()))
	if c.Kind == Money {
		return excelize.Cell{StyleID: b.styles.totalMoney, Formula: formula, Value: euro(s.tally.money[i])}
	}
	return excelize.Cell{StyleID: b.styles.totalInteger, Formula: formula, Value: s.tally.whole[i]}
}

// A figure is a formula and its value, int or pec.Cents; nil is an empty cell.
type figure struct {
	formula string
	value   any
}

// valueOf is the value of a cell, calculated or not.
func valueOf(v any) any {
	if f, ok := v.(figure); ok {
		return f.value
	}
	return v
}

// cell is a value with the style of its type. A text is written as a text, so
// that "=1+1" is what is read and never a formula.
func (b *book) cell(v any) excelize.Cell {
	switch v := v.(type) {
	case excelize.Cell:
		return v
	case figure:
		cell := b.cell(v.value)
		cell.Formula = v.formula
		return cell
	case nil:
		return excelize.Cell{StyleID: b.styles.text}
	case string:
		return b.textCell(v)
	case pec.Cents:
		return excelize.Cell{StyleID: b.styles.money, Value: euro(v)}
	case pec.Date:
		return b.dayCell(v)
	case int, int64:
		return excelize.Cell{StyleID: b.styles.integer, Value: v}
	}
	return b.textCell(wordOf(v))
}

func (b *book) textCell(s string) excelize.Cell {
	if s == "" {
		return excelize.Cell{StyleID: b.styles.text}
	}
	return excelize.Cell{StyleID: b.styles.text, Value: s}
}

// dayCell is a real day; Excel's calendar begins in 1900 (and has a day too
// many in its first February), so an earlier one is written as text.
func (b *book) dayCell(d pec.Date) excelize.Cell {
	switch {
	case d.IsZero():
		return excelize.Cell{StyleID: b.styles.day}
	case d.Before(pec.NewDate(1900, time.March, 1)):
		return excelize.Cell{StyleID: b.styles.text, Value: d.Italian()}
	}
	return excelize.Cell{StyleID: b.styles.day, Value: d.Time()}
}

// euro is an amount as a cell of Excel has it, whose only numbers are binary
// fractions: the nearest one to the two decimals, which prints as just these
// decimals up to ten billion euro. Nothing is worked out with it.
func euro(c pec.Cents) float64 {
	return float64(c) / 100
}

// shownLength is how many characters a cell shows.
func shownLength(v any) int {
	switch v := v.(type) {
	case nil:
		return 0
	case string:
		return textLength(v)
	case excelize.Cell:
		return shownLength(v.Value)
	case figure:
		return shownLength(v.value)
	case pec.Cents:
		return utf8.RuneCountInString(v.Euro())
	case pec.Date:
		return len("12/10/2018")
	case int:
		return len(pec.Thousands(v))
	}
	return utf8.RuneCountInString(wordOf(v))
}

// textLength counts characters; capitals take a fifth more room, and tax codes
// are all capitals.
func textLength(s string) int {
	capitals := 0
	for _, r := range s {
		if unicode.IsUpper(r) {
			capitals++
		}
	}
	return utf8.RuneCountInString(s) + capitals/5
}

// pageSetup prepares a sheet for paper: A4, one page wide, title above, page
// numbers below.
func (b *book) pageSetup(name, owner, heading string, landscape bool) error {
	orientation, paper, wide, high, fit := "portrait", 9, 1, 0, true
	if landscape {
		orientation = "landscape"
	}
	err := b.file.SetPageLayout(name, &excelize.PageLayoutOptions{
		Orientation: &orientation, Size: &paper, FitToWidth: &wide, FitToHeight: &high,
	})
	if err != nil {
		return err
	}
	if err := b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	side, top, headFoot := 0.5, 0.8, 0.35
	err = b.file.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{
		Left: &side, Right: &side, Top: &top, Bottom: &top, Header: &headFoot, Footer: &headFoot,
	})
	if err != nil {
		return err
	}
	return b.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddHeader: "&L&9" + headerText(owner) + "&C&9" + headerText(heading),
		OddFooter: "&C&9Pagina &P di &N",
	})
}

// headerText is a text in the language of page headers, which knows & as a
// command, takes figures after a size for part of it, and holds 255 characters
// in all.
func headerText(s string) string {
	if s == "" {
		return ""
	}
	return " " + strings.ReplaceAll(shorten(s, 90), "&", "&&")
}

// shorten cuts a text to n characters, the last of which then is an ellipsis.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// printNames says which cells are printed and which rows every page repeats
// (none when empty).
func (b *book) printNames(name, area, repeated string) error {
	quoted := "'" + strings.ReplaceAll(name, "'", "''") + "'!"
	if err := b.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: quoted + area, Scope: name}); err != nil {
		return fmt.Errorf("set the printed cells of %q: %w", name, err)
	}
	if repeated == "" {
		return nil
	}
	if err := b.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: quoted + repeated, Scope: name}); err != nil {
		return fmt.Errorf("set the repeated rows of %q: %w", name, err)
	}
	return nil
}

// cellName is "B7" for column 2 and row 7, both from 1.
func cellName(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		panic(err) // a table wider or longer than Excel's: excelize has refused it before
	}
	return name
}

// sheetName turns a title into a name that Excel accepts: at most 31
// characters (of two bytes), none of []:*?/\, no apostrophe at the ends, never
// empty.
func sheetName(title string) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' || r > 0xFFFF {
			return ' '
		}
		return r
	}, title)
	name = strings.Trim(strings.Join(strings.Fields(name), " "), "'")
	if name == "" {
		return "Elenco"
	}
	runes := []rune(name)
	return strings.Trim(string(runes[:min(31, len(runes))]), "' ")
}
