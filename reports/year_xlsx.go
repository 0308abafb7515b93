package reports

import (
	"archive/zip"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"albopec/app/pec"
)

// The sheets of the yearly workbook, in their order.
const (
	sheetSummary   = "Riepilogo"
	sheetMailboxes = "Caselle"
	sheetPeriods   = "Rinnovi"
	sheetServices  = "Servizi"
	sheetOrders    = "Ordini"
	sheetCredit    = "Movimenti"
	sheetTopUps    = "Ricariche"
	sheetMonths    = "Costi per mese"
	sheetExpiries  = "Scadenze"
	sheetWithout   = "Senza PEC"
)

// WriteYearXLSX writes the yearly report as a workbook: a summary whose figures
// are formulas over the sheets that follow, and one sheet for each kind of
// entry. Every formula carries its value, so that the figures are there also
// for readers that do not calculate (R27). The rows are those that were summed;
// what was written before one of them fails is no workbook.
//
// The library keeps a buffer of tens of megabytes for every long sheet until the
// workbook is written. Long sheets are therefore written in rounds: each builds
// the whole workbook with the rows of some sheets only, and gives these sheets to
// the archive. A round has the same styles, tables and numbers of sheets as every
// other, by which the parts fit together.
func WriteYearXLSX(w io.Writer, y Year, sum YearSummary) error {
	return writeYearXLSX(w, y, sum, roundRows)
}

func writeYearXLSX(w io.Writer, y Year, sum YearSummary, most int) error {
	archive := zip.NewWriter(w)
	rounds := sum.rounds(y.lists(), most)
	for n, round := range rounds {
		if err := writeYearRound(archive, y, sum, rounds, n); err != nil {
			return fmt.Errorf("write %q: %w", round, err)
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return nil
}

// roundRows is how many rows a round writes.
const roundRows = 50_000

// rounds are the names of the lists that are written together: so many rows at
// most, unless one list alone has more.
func (y YearSummary) rounds(lists []yearList, most int) [][]string {
	rounds, rows := [][]string{nil}, 0
	for _, l := range lists {
		if rows += y.tallies[l.name].rows; rows > most && len(rounds[len(rounds)-1]) > 0 {
			rounds, rows = append(rounds, nil), y.tallies[l.name].rows
		}
		rounds[len(rounds)-1] = append(rounds[len(rounds)-1], l.name)
	}
	return rounds
}

// writeYearRound builds the workbook with the rows of one round and gives its
// sheets to the archive; the first gives all that is no other's.
func writeYearRound(archive *zip.Writer, y Year, sum YearSummary, rounds [][]string, n int) error {
	b, err := newBook(sheetSummary)
	if err != nil {
		return err
	}
	defer b.close()
	if err := b.properties(y.title()+" - "+y.OrderBody, y.OrderBody, y.MadeOn); err != nil {
		return err
	}
	opening, err := b.addSummary(sum)
	if err != nil {
		return fmt.Errorf("write sheet %q: %w", sheetSummary, err)
	}
	round := map[string]int{} // by the parts of the sheets
	for _, s := range sum.sheets(y, b, opening) {
		in := slices.IndexFunc(rounds, func(names []string) bool { return slices.Contains(names, s.name) })
		if in >= 0 && in != n {
			s.rows = Table{}.each()
		}
		if err := b.addTable(s); err != nil {
			return err
		}
		round[fmt.Sprintf("xl/worksheets/sheet%d.xml", b.sheets)] = max(0, in)
	}
	return b.writeParts(archive, func(part string) bool { return round[part] == n })
}

// sheets are those that follow the summary, in their order.
func (y YearSummary) sheets(rows Year, b *book, opening string) []sheet {
	var sheets []sheet
	for _, l := range rows.lists() {
		s := sheet{name: l.name, table: Table{Title: l.name, Columns: l.columns}, rows: l.rows, tally: y.tallies[l.name], landscape: true}
		if l.name == sheetCredit {
			s.below = y.creditLines(b, opening)
		}
		sheets = append(sheets, s)
		if l.name == sheetTopUps {
			sheets = append(sheets, y.monthSheet())
		}
	}
	for i := range sheets {
		sheets[i].owner, sheets[i].heading = y.OrderBody, sheets[i].name+" "+fmt.Sprint(y.Year)
	}
	return sheets
}

// creditLines are the two ends of the credit, under the movements.
func (y YearSummary) creditLines(b *book, opening string) [][]any {
	column := fmt.Sprintf("%s2:%s%d", entryAmount, entryAmount, y.tallies[sheetCredit].lastRow())
	ends := y.creditEnds()
	return [][]any{
		b.creditLine(ends[0].label, excelize.Cell{Formula: at(sheetSummary, opening), Value: euro(ends[0].credit)}),
		b.creditLine(ends[1].label, excelize.Cell{Formula: fmt.Sprintf("%s+SUM(%s)", at(sheetSummary, opening), column), Value: euro(ends[1].credit)}),
	}
}

// creditEnd is the credit before the year's movements, or after them.
type creditEnd struct {
	label  string
	credit pec.Cents
}

func (y YearSummary) creditEnds() [2]creditEnd {
	return [2]creditEnd{
		{"Credito al " + y.start().Italian() + ", prima dei movimenti", y.OpeningCredit},
		{"Credito al " + y.Until.Italian() + ", debito dell’Ordine verso gli iscritti", y.Figures.Closing},
	}
}

func (b *book) creditLine(label string, amount excelize.Cell) []any {
	cells := make([]any, 9)
	for i := range cells {
		cells[i] = excelize.Cell{StyleID: b.styles.totalText}
	}
	cells[0] = excelize.Cell{StyleID: b.styles.totalText, Value: label}
	amount.StyleID = b.styles.totalMoney
	cells[7] = amount
	return cells
}

// title is the report's title without the Ordine.
func (y YearFacts) title() string {
	return fmt.Sprintf("Caselle PEC: resoconto dell’anno %d", y.Year)
}

// span says which days count, in words.
func (y YearFacts) span() string {
	s := fmt.Sprintf("dal %s al %s", y.start().Italian(), y.Until.Italian())
	if y.partial() {
		s += " (anno in corso, dati parziali)"
	}
	if y.NoData {
		s += " (nessun dato: l’anno è finito prima di quelli del registro)"
	}
	return s
}

// The columns of the sheets that formulas refer to, by their letters.
const (
	mailboxActivated, mailboxClosed                           = "G", "K"
	mailboxKind, mailboxReason                                = "E", "L"
	mailboxSection, mailboxSector, mailboxRequests            = "N", "O", "P"
	periodKind, periodSection, periodSector                   = "L", "M", "N"
	periodFrom, periodOrigin, periodNet, periodVAT, perGross  = "E", "G", "I", "J", "K"
	serviceSince, serviceGB, serviceNet, serviceRenewals      = "G", "F", "J", "K"
	serviceEnded, serviceReason, serviceSeller, serviceState  = "M", "N", "O", "L"
	orderDay, orderKind, orderGB, orderNet, orderVAT, ordGros = "B", "F", "H", "I", "J", "K"
	entryDay, entryKind, entryAmount                          = "B", "F", "H"
	monthGross, monthBefore                                   = "H", "K"
	topUpAmount                                               = "G"
	expiryMonth, expiryOutcome                                = "G", "H"
	expiryNet, expiryVAT, expiryGross                         = "J", "K", "L"
	withoutNumber, withoutOwn                                 = "A", "F"
)

// monthSheet counts the rows of the other sheets month by month, by formulas.
func (y YearSummary) monthSheet() sheet {
	t := Table{Title: sheetMonths, Columns: []Column{
		{Title: "Mese", Width: 14}, {Title: "Attivate", Kind: Integer, Total: true}, {Title: "Rinnovate", Kind: Integer, Total: true}, {Title: "Chiuse", Kind: Integer, Total: true},
		{Title: "In essere a fine mese", Kind: Integer, Width: 14},
		{Title: "Costo netto", Kind: Money, Total: true, Width: 16}, {Title: "Costo IVA", Kind: Money, Total: true, Width: 16}, {Title: fmt.Sprintf("Costo lordo %d", y.Year), Kind: Money, Total: true, Width: 16},
		{Title: "Ordini degli iscritti, lordo", Kind: Money, Total: true, Width: 18}, {Title: "Ricariche", Kind: Money, Total: true, Width: 16},
	}}
	if y.Before != nil {
		t.Columns = append(t.Columns, Column{Title: fmt.Sprintf("Costo lordo %d", y.Year-1), Kind: Money, Total: true, Width: 16}, Column{Title: "Differenza", Kind: Money, Total: true, Width: 16})
	}
	f := y.formulas()
	for i, m := range y.Months {
		first := pec.NewDate(y.Year, m.Month, 1)
		within := func(sheet, column string) string {
			return fmt.Sprintf(`%s,">="&DATE(%d,%d,1),%s,"<"&DATE(%d,%d,1)`, f.column(sheet, column), y.Year, i+1, f.column(sheet, column), y.Year, i+2)
		}
		// Rows after Until are not of the report, even in Until's own month.
		mailboxes := func(column string) string {
			return "COUNTIFS(" + within(sheetMailboxes, column) + `,` + f.column(sheetMailboxes, column) + `,"<="&` + at(sheetSummary, summaryUntil) + ")"
		}
		money := func(sheet, column, day, more string, c pec.Cents) figure {
			return figure{"SUMIFS(" + f.column(sheet, column) + "," + within(sheet, day) + more + ")", c}
		}
		var atEnd any
		if m.Counted {
			last := pec.Earliest(first.LastOfMonth(), y.Until)
			atEnd = figure{f.inBeing("<=", fmt.Sprintf("DATE(%d,%d,%d)", last.Year, int(last.Month), last.Day), ""), m.AtEnd}
		}
		row := []any{
			capital(monthName(m.Month)),
			figure{mailboxes(mailboxActivated), m.Activated},
			figure{"COUNTIFS(" + within(sheetPeriods, periodFrom) + f.renewed() + ")", m.Renewed},
			figure{mailboxes(mailboxClosed), m.Closed},
			atEnd,
			money(sheetPeriods, periodNet, periodFrom, "", m.Cost.Net),
			money(sheetPeriods, periodVAT, periodFrom, "", m.Cost.VAT),
			money(sheetPeriods, perGross, periodFrom, "", m.Cost.Gross),
			money(sheetOrders, ordGros, orderDay, "", m.Members.Gross),
			money(sheetCredit, entryAmount, entryDay, ","+f.column(sheetCredit, entryKind)+`,"`+pec.EntryTopUp.Italian()+`"`, m.TopUps),
		}
		if y.Before != nil {
			row = append(row, y.Before.Months[i], y.beforeLess(i, m))
		}
		t.Rows = append(t.Rows, row)
	}
	return sheet{name: sheetMonths, table: t, landscape: true, chart: y.monthChart}
}

// monthChart draws the cost by month below the months, the year before beside
// it.
func (y YearSummary) monthChart(b *book) error {
	series := func(column string) excelize.ChartSeries {
		return excelize.ChartSeries{Name: at(sheetMonths, "$"+column+"$1"), Categories: at(sheetMonths, "$A$2:$A$13"), Values: at(sheetMonths, fmt.Sprintf("$%s$2:$%s$13", column, column))}
	}
	list := []excelize.ChartSeries{series(monthGross)}
	if y.Before != nil {
		list = append(list, series(monthBefore))
	}
	columns := 10
	if y.Before != nil {
		columns = 12
	}
	return b.columnChart(sheetMonths, cellName(1, monthsChart), columns, "Costo lordo a carico dell’Ordine, mese per mese", list)
}

// monthsChart is the row where the chart of the months begins: they take one
// for the heads and one for the sum.
const monthsChart = 16

// beforeLess is what a month cost more than a year before; nothing for one that
// does not count whole.
func (y YearSummary) beforeLess(i int, m Month) any {
	if pec.NewDate(y.Year, m.Month, 1).LastOfMonth().After(y.Until) {
		return nil
	}
	return figure{fmt.Sprintf("%s%d-%s%d", monthGross, i+2, monthBefore, i+2), m.Cost.Gross - y.Before.Months[i]}
}

// Cells of the summary that formulas elsewhere refer to.
const (
	summaryStart = "$B$5"
	summaryUntil = "$B$6"
)

// at is the address of a cell on another sheet.
func at(sheet, cell string) string { return "'" + sheet + "'!" + cell }

// formulas writes the formulas that count and sum the sheets' rows.
type formulas struct {
	rows map[string]int // last data row by sheet
}

func (y YearSummary) formulas() formulas {
	f := formulas{rows: map[string]int{}}
	for name, t := range y.tallies {
		f.rows[name] = t.lastRow()
	}
	return f
}

// column is the range of a column's data: 'Rinnovi'!$I$2:$I$240.
func (f formulas) column(sheet, column string) string {
	return at(sheet, fmt.Sprintf("$%s$2:$%s$%d", column, column, f.rows[sheet]))
}

func (f formulas) sum(sheet, column string) string { return "SUM(" + f.column(sheet, column) + ")" }

// sumIf sums the rows of which another column holds exactly the word.
func (f formulas) sumIf(sheet, column, where, word string) string {
	return fmt.Sprintf(`SUMIFS(%s,%s,"%s")`, f.column(sheet, column), f.column(sheet, where), word)
}

// within is the condition that a day lies in the report.
func (f formulas) within(sheet, column string) string {
	c := f.column(sheet, column)
	return fmt.Sprintf(`%s,">="&%s,%s,"<="&%s`, c, at(sheetSummary, summaryStart), c, at(sheetSummary, summaryUntil))
}

func (f formulas) countWithin(sheet, column string) string {
	return "COUNTIFS(" + f.within(sheet, column) + ")"
}

// inBeing counts the mailboxes that are activated and not closed on (or, with
// "<", before) a day, and fulfil the further conditions.
func (f formulas) inBeing(compare, day, more string) string {
	activated, closed := f.column(sheetMailboxes, mailboxActivated), f.column(sheetMailboxes, mailboxClosed)
	return fmt.Sprintf(`COUNTIFS(%s,"%s"&%s%s)-COUNTIFS(%s,"%s"&%s,%s,"%s"&%s%s)`,
		activated, compare, day, more, activated, compare, day, closed, compare, day, more)
}

// where is the further condition that a column holds the word, in small letters or
// capitals.
func (f formulas) where(sheet, column, word string) string {
	word = strings.NewReplacer(`~`, `~~`, `*`, `~*`, `?`, `~?`, `"`, `""`).Replace(word)
	if strings.HasPrefix(word, "<") || strings.HasPrefix(word, ">") || strings.HasPrefix(word, "=") {
		word = "=" + word // no comparison
	}
	return "," + f.column(sheet, column) + `,"` + word + `"`
}

// renewed is the condition that a period is a renewal, whoever paid it: both
// origins' words hold "rinnovo", the others' do not.
func (f formulas) renewed() string {
	return "," + f.column(sheetPeriods, periodOrigin) + `,"*rinnovo*"`
}

// summary lays out the sheet Riepilogo line by line.
type summary struct {
	b       *book
	w       *excelize.StreamWriter // nil while rows are only counted
	row     int
	heading int    // the row above what is said of the next year
	months  int    // the first row of its months
	chart   int    // the row where their chart begins
	opening string // the cell of the credit before the year's movements
	fail    error
}

// summaryWidths are the widths of the columns: the label, nine figures. The
// note of a line lies across those that it does not need.
var summaryWidths = []float64{46, 12, 14, 14, 14, 11, 11, 14, 14, 14}

// addSummary writes the first sheet and returns the cell of the credit before
// the year's movements.
func (b *book) addSummary(y YearSummary) (opening string, err error) {
	b.sheets++
	if err := b.pageSetup(b.first, y.OrderBody, sheetSummary+" "+fmt.Sprint(y.Year), true); err != nil {
		return "", err
	}
	if err := b.hideGrid(b.first); err != nil {
		return "", err
	}
	// A chart can be put on a sheet only before its rows are streamed: a first
	// round without a writer finds the rows that it draws.
	s := &summary{b: b}
	s.lines(y)
	if err := b.nextChart(y, s); err != nil {
		return "", err
	}
	// Months and chart stay together on paper, with their heading.
	if err := b.file.InsertPageBreak(b.first, cellName(1, s.heading)); err != nil {
		return "", err
	}
	w, err := b.file.NewStreamWriter(b.first)
	if err != nil {
		return "", err
	}
	for i, width := range summaryWidths {
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return "", err
		}
	}
	s.w = w
	s.row = 0
	s.lines(y)
	if s.fail != nil {
		return "", s.fail
	}
	if err := w.Flush(); err != nil {
		return "", err
	}
	return s.opening, b.printNames(b.first, fmt.Sprintf("$A$1:$J$%d", s.row), "")
}

func (b *book) hideGrid(name string) error {
	grid := false
	return b.file.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: &grid})
}

// put writes the next line.
func (s *summary) put(height float64, cells ...any) {
	s.row++
	if s.fail != nil || s.w == nil {
		return
	}
	s.fail = s.w.SetRow(cellName(1, s.row), cells, excelize.RowOpts{Height: height})
}

func (s *summary) skip() { s.row++ }

// section opens a block; the titles of the columns are given as far as the
// block needs them.
func (s *summary) section(title string, titles ...string) {
	s.skip()
	cells := make([]any, len(summaryWidths))
	cells[0] = excelize.Cell{StyleID: s.b.styles.section, Value: title}
	for i := 1; i < len(cells); i++ {
		cell := excelize.Cell{StyleID: s.b.styles.sectionRight}
		if i-1 < len(titles) && titles[i-1] != "" {
			cell.Value = titles[i-1]
		}
		cells[i] = cell
	}
	s.put(22, cells...)
}

// line writes a figure in each column from the second on; a strong line is a
// result. The note says where the figures come from; there is room for it beside
// four.
func (s *summary) line(strong bool, label, note string, figures ...figure) {
	st := s.b.styles
	labelStyle, intStyle, moneyStyle := st.label, st.valueInt, st.value
	if strong {
		labelStyle, intStyle, moneyStyle = st.strongLabel, st.strongInt, st.strongValue
	}
	cells := []any{excelize.Cell{StyleID: labelStyle, Value: label}}
	shown := max(4, len(figures))
	for i := range shown {
		var f figure
		if i < len(figures) {
			f = figures[i]
		}
		switch v := f.value.(type) {
		case int:
			cells = append(cells, excelize.Cell{StyleID: intStyle, Formula: f.formula, Value: v})
		case pec.Cents:
			cells = append(cells, excelize.Cell{StyleID: moneyStyle, Formula: f.formula, Value: euro(v)})
		default:
			cells = append(cells, excelize.Cell{StyleID: intStyle})
		}
	}
	for i := shown + 1; i < len(summaryWidths); i++ {
		cell := excelize.Cell{StyleID: st.note}
		if i == shown+1 && note != "" {
			cell.Value = note
		}
		cells = append(cells, cell)
	}
	s.put(s.height(note), cells...)
	if note != "" {
		s.merge(shown + 2)
	}
}

// merge joins the cells of the line from a column to the last.
func (s *summary) merge(column int) {
	if s.fail == nil && s.w != nil {
		s.fail = s.w.MergeCell(cellName(column, s.row), cellName(len(summaryWidths), s.row))
	}
}

// height is the height of a line, in points, by the length of its note.
func (s *summary) height(note string) float64 {
	if len([]rune(note)) > 66 {
		return 28
	}
	return 18
}

// amounts are a sum's net, VAT and gross in their columns.
func amounts(net, vat, gross string, a pec.Amounts) []figure {
	return []figure{{}, {net, a.Net}, {vat, a.VAT}, {gross, a.Gross}}
}

// grossOnly is an amount in the column of the gross ones.
func grossOnly(formula string, c pec.Cents) []figure { return []figure{{}, {}, {}, {formula, c}} }

func (s *summary) lines(y YearSummary) {
	st := s.b.styles
	s.put(26, excelize.Cell{StyleID: st.title, Value: y.OrderBody})
	s.put(20, excelize.Cell{StyleID: st.subtitle, Value: y.title() + ", " + y.span()})
	s.put(16, excelize.Cell{StyleID: st.subtitle, Value: y.madeOf()})
	s.skip()
	s.day("Dal", y.start())
	s.day("Al (compreso)", y.Until)

	f, at := y.Figures, y.formulas()
	s.mailboxes(y, f, at)
	s.comparison(y)
	s.services(f, at)
	s.members(f, at)
	s.credit(y, f, at)
	s.provider(y, f, at)
	s.groups(TableKinds, y.ByKind, at, func(g Group) (string, string) {
		return at.where(sheetMailboxes, mailboxKind, g.Name), at.where(sheetPeriods, periodKind, g.Name)
	})
	s.groups(TableSections, y.BySection, at, func(g Group) (string, string) {
		return at.where(sheetMailboxes, mailboxSection, g.Name) + at.where(sheetMailboxes, mailboxSector, g.Sector),
			at.where(sheetPeriods, periodSection, g.Name) + at.where(sheetPeriods, periodSector, g.Sector)
	})
	s.next(y, at)
	s.checks(y)
}

// madeOf is the line under the title: day of the report and agreements.
func (y YearFacts) madeOf() string {
	made := "Prodotto il " + y.MadeOn.Italian()
	if !y.ClosedOn.IsZero() {
		made += ", dopo la chiusura dell’anno (" + y.ClosedOn.Italian() + "): per l’anno vale il report di allora"
	}
	switch len(y.Agreements) {
	case 0:
		return made
	case 1:
		return made + ". Convenzione: «" + y.Agreements[0] + "»"
	}
	return made + ". Convenzioni: «" + strings.Join(y.Agreements, "», «") + "»"
}

func (s *summary) day(label string, d pec.Date) {
	s.put(18, excelize.Cell{StyleID: s.b.styles.label, Value: label}, excelize.Cell{StyleID: s.b.styles.valueDay, Value: d.Time()})
}

func (s *summary) mailboxes(y YearSummary, f Figures, at formulas) {
	s.section("Caselle PEC", "Numero")
	s.line(false, "In essere all’inizio dell’anno", "Foglio Caselle: attivate prima, non ancora chiuse", figure{at.inBeing("<", summaryStart, ""), f.AtStart})
	s.line(false, "Richieste", "Foglio Caselle, colonna «Richieste nell’anno»: non entrano nella somma", figure{at.sum(sheetMailboxes, mailboxRequests), f.Requested})
	s.line(false, "Attivate", "Foglio Caselle, colonna «Attivata il»", figure{at.countWithin(sheetMailboxes, mailboxActivated), f.Activated})
	s.line(false, "Chiuse", "Foglio Caselle, colonna «Chiusa il»", figure{at.countWithin(sheetMailboxes, mailboxClosed), f.Closed})
	s.line(true, "In essere al "+y.Until.Italian(), "Inizio + attivate − chiuse", figure{at.inBeing("<=", summaryUntil, ""), f.AtEnd})
	atEnd := cellName(2, s.row)
	s.line(false, "Rinnovi", "Foglio Rinnovi: taciti e richiesti dagli iscritti", figure{"COUNTIFS(" + strings.TrimPrefix(at.renewed(), ",") + ")", f.Renewed})
	s.line(false, "Iscritti senza casella al "+y.Until.Italian(), "Foglio Senza PEC: iscritti all’albo senza una casella in essere", figure{"COUNTA(" + at.column(sheetWithout, withoutNumber) + ")", f.Without})
	s.line(false, "di cui con una PEC propria", "Foglio Senza PEC, colonna «Ha una PEC propria»",
		figure{"COUNTIFS(" + strings.TrimPrefix(at.where(sheetWithout, withoutOwn, "sì"), ",") + ")", f.WithOwnPEC})

	if closed := y.Closed; len(closed) > 0 {
		s.section("Caselle chiuse, per motivo", "Numero")
		for _, c := range closed {
			n := figure{"", c.Closed}
			if c.Reason != "" {
				n.formula = "COUNTIFS(" + at.within(sheetMailboxes, mailboxClosed) + at.where(sheetMailboxes, mailboxReason, c.Italian()) + ")"
			}
			s.line(false, capital(c.Italian()), "Foglio Caselle, colonne «Chiusa il» e «Motivo»", n)
		}
	}

	s.section("Costo a carico dell’Ordine", "", "Netto", "IVA", "Lordo")
	s.line(true, "Attivazioni e rinnovi delle caselle", "Foglio Rinnovi: periodi che iniziano nell’anno",
		amounts(at.sum(sheetPeriods, periodNet), at.sum(sheetPeriods, periodVAT), at.sum(sheetPeriods, perGross), f.Ordine)...)
	cost := s.row
	each := fmt.Sprintf("IF(%s=0,0,ROUND(ROUND(%s*100,0)/%s,0)/100)", atEnd, cellName(5, cost), atEnd)
	s.line(false, "Costo per casella", perMailbox, grossOnly(each, f.PerMailbox)...)
	s.budget(y, cellName(5, cost))
}

// budget sets what was spent, in a cell, beside what was set aside.
func (s *summary) budget(y YearSummary, spent string) {
	if y.Budget == nil {
		return
	}
	left, percent := y.Left()
	s.section("Stanziamento e spesa", "In percento", "", "", "Lordo")
	s.line(false, "Stanziamento dell’anno", "Importo inserito dall’Ordine, IVA compresa", grossOnly("", *y.Budget)...)
	set := cellName(5, s.row)
	s.line(false, "Speso", "Costo a carico dell’Ordine, lordo; in percento dello stanziamento",
		figure{fmt.Sprintf("IF(%s=0,0,ROUND(ROUND(%s*100,0)*100/ROUND(%s*100,0),0))", set, spent, set), percent}, figure{}, figure{}, figure{spent, y.Figures.Ordine.Gross})
	s.line(true, "Residuo", "Stanziamento − speso", grossOnly(set+"-"+cellName(5, s.row), left)...)
}

// perMailbox says how the cost of one mailbox is made.
const perMailbox = "Costo lordo diviso per le caselle in essere alla fine, arrotondato al centesimo (mezzo centesimo in su)"

// comparison has the year before as values: its rows are not in the workbook.
func (s *summary) comparison(y YearSummary) {
	compared := y.Comparison()
	if compared == nil {
		return
	}
	s.section("Confronto con l’anno precedente", fmt.Sprint(y.Year-1), fmt.Sprint(y.Year), "Differenza")
	for _, c := range compared {
		row := s.row + 1
		s.line(false, c.Label, y.ComparedDays(), figure{"", c.Then}, figure{"", c.Now}, figure{fmt.Sprintf("C%d-B%d", row, row), c.Less})
	}
}

// next sums the expiries of the next year by month.
func (s *summary) next(y YearSummary, at formulas) {
	s.section(y.NextTitle(), "Rinnovi", "Netto", "IVA", "Lordo")
	s.heading = s.row
	s.put(42, excelize.Cell{StyleID: s.b.styles.explained, Value: y.NextNote()})
	s.merge(1)
	first := s.row + 1
	s.months = first
	for i, m := range y.NextMonths {
		month := at.where(sheetExpiries, expiryMonth, monthName(m.Month))
		money := func(column string) string { return "SUMIFS(" + at.column(sheetExpiries, column) + month + ")" }
		note := ""
		if i == 0 {
			note = "Foglio Scadenze: caselle che si rinnovano da sole, o si sono rinnovate, a carico dell’Ordine"
		}
		renewing := func(o ExpiryOutcome) string {
			return "COUNTIFS(" + strings.TrimPrefix(month, ",") + at.where(sheetExpiries, expiryOutcome, o.Italian()) + ")"
		}
		s.line(false, capital(monthName(m.Month)), note,
			figure{renewing(ExpiryRenews) + "+" + renewing(ExpiryRenewed), m.Renewing},
			figure{money(expiryNet), m.Cost.Net}, figure{money(expiryVAT), m.Cost.VAT}, figure{money(expiryGross), m.Cost.Gross})
	}
	total := func(column int, v any) figure {
		return figure{fmt.Sprintf("SUM(%s:%s)", cellName(column, first), cellName(column, s.row)), v}
	}
	sum := y.Next()
	figures := []figure{total(2, sum.Renewing), total(3, sum.Cost.Net), total(4, sum.Cost.VAT), total(5, sum.Cost.Gross)}
	s.line(true, "Totale", "Convenzione in vigore a ogni scadenza; nuove attivazioni escluse", figures...)
	s.chart = s.row + 2
	s.row += chartRows
}

// A chart on a sheet takes so many rows of 15 points.
const (
	chartRows   = 20
	chartHeight = 360 // pixels
)

// nextChart draws the cost of the next year's expiries below their months.
func (b *book) nextChart(y YearSummary, s *summary) error {
	cells := func(column string) string {
		return at(sheetSummary, fmt.Sprintf("$%s$%d:$%s$%d", column, s.months, column, s.months+11))
	}
	return b.columnChart(b.first, cellName(1, s.chart), len(summaryWidths), y.NextTitle()+": costo lordo per mese di scadenza", []excelize.ChartSeries{
		{Categories: cells("A"), Values: cells("E")},
	})
}

// columnChart puts a chart over so many columns of a sheet whose rows are not
// streamed yet. It is bound to cells, and the columns still have the width of
// new ones, of 64 pixels.
func (b *book) columnChart(sheet, cell string, columns int, title string, series []excelize.ChartSeries) error {
	legend, vary := "none", false
	if len(series) > 1 {
		legend = "bottom"
	}
	for i := range series {
		series[i].Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{barColours[i]}}
	}
	return b.file.AddChart(sheet, cell, &excelize.Chart{
		Type: excelize.Col, Series: series,
		Title:  excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title}}},
		Legend: excelize.ChartLegend{Position: legend}, VaryColors: &vary,
		Dimension: excelize.ChartDimension{Width: uint(64 * columns), Height: chartHeight},
		YAxis:     excelize.ChartAxis{MajorGridLines: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: formatMoney}},
	})
}

// groups writes a line for each group and their sum; conditions gives the
// further conditions that choose its mailboxes and its periods.
func (s *summary) groups(title string, groups []Group, at formulas, conditions func(Group) (mailboxes, periods string)) {
	if len(groups) == 0 {
		return
	}
	s.section(title, "All’inizio", "Richieste", "Attivate", "Rinnovate", "Chiuse", "Alla fine", "Costo netto", "IVA", "Costo lordo")
	first := s.row + 1
	sum := SumOf(groups)
	for _, g := range groups {
		mailboxes, periods := conditions(g)
		within := func(column string) string {
			return "COUNTIFS(" + at.within(sheetMailboxes, column) + mailboxes + ")"
		}
		money := func(column string) string {
			return "SUMIFS(" + at.column(sheetPeriods, column) + periods + ")"
		}
		s.line(false, g.Label(), "",
			figure{at.inBeing("<", summaryStart, mailboxes), g.AtStart}, figure{"SUMIFS(" + at.column(sheetMailboxes, mailboxRequests) + mailboxes + ")", g.Requested}, figure{within(mailboxActivated), g.Activated},
			figure{"COUNTIFS(" + strings.TrimPrefix(at.renewed(), ",") + periods + ")", g.Renewed}, figure{within(mailboxClosed), g.Closed}, figure{at.inBeing("<=", summaryUntil, mailboxes), g.AtEnd},
			figure{money(periodNet), g.Cost.Net}, figure{money(periodVAT), g.Cost.VAT}, figure{money(perGross), g.Cost.Gross})
	}
	total := func(column int, v any) figure {
		return figure{fmt.Sprintf("SUM(%s:%s)", cellName(column, first), cellName(column, first+len(groups)-1)), v}
	}
	s.line(true, "Totale", "", total(2, sum.AtStart), total(3, sum.Requested), total(4, sum.Activated), total(5, sum.Renewed), total(6, sum.Closed),
		total(7, sum.AtEnd), total(8, sum.Cost.Net), total(9, sum.Cost.VAT), total(10, sum.Cost.Gross))
}

func (s *summary) services(f Figures, at formulas) {
	s.section("Servizi aggiuntivi", "Numero")
	ended := "COUNTIFS(" + at.within(sheetServices, serviceEnded) + "," + at.column(sheetServices, serviceReason)
	short := `,"` + pec.EndNoCredit.Italian() + `")`
	s.line(false, "GB venduti agli iscritti", "Foglio Ordini, colonna «GB venduti»: rinnovi esclusi", figure{at.sum(sheetOrders, orderGB), f.GBSold})
	s.line(false, "Rinnovi di servizi", "Foglio Servizi, colonna «Rinnovi nell’anno»", figure{at.sum(sheetServices, serviceRenewals), f.ServicesRenewed})
	s.line(false, "Servizi cessati per credito insufficiente", "Foglio Servizi, colonne «Cessato il» e «Motivo»", figure{ended + short, f.EndedForCredit})
	s.line(false, "Servizi cessati per altri motivi", "Foglio Servizi, colonne «Cessato il» e «Motivo»",
		figure{at.countWithin(sheetServices, serviceEnded) + "-" + ended + short, f.EndedOtherwise})
	running := fmt.Sprintf(`COUNTIFS(%s,"<="&%s)-COUNTIFS(%s,"<="&%s,%s,"<="&%s)`,
		at.column(sheetServices, serviceSince), summaryUntil, at.column(sheetServices, serviceSince), summaryUntil, at.column(sheetServices, serviceEnded), summaryUntil)
	s.line(false, "Servizi attivi alla fine", "Foglio Servizi: iniziati e non cessati", figure{running, f.ServicesRunning})
	s.line(true, "Iscritti con servizi attivi alla fine", "Foglio Servizi: persone distinte (valore senza formula)", figure{"", f.MembersWithServices})
}

func (s *summary) members(f Figures, at formulas) {
	s.section("Ordini pagati dagli iscritti", "", "Netto", "IVA", "Lordo")
	for _, l := range []struct {
		label string
		kind  pec.OrderKind
		sum   pec.Amounts
	}{{"Acquisti", pec.OrderPurchase, f.Purchases}, {"Rinnovi", pec.OrderRenewal, f.Renewals}} {
		by := func(column string) string { return at.sumIf(sheetOrders, column, orderKind, l.kind.Italian()) }
		s.line(false, l.label, "Foglio Ordini, tipo «"+l.kind.Italian()+"»", amounts(by(orderNet), by(orderVAT), by(ordGros), l.sum)...)
	}
	s.line(true, "Totale", "Foglio Ordini, tutte le righe",
		amounts(at.sum(sheetOrders, orderNet), at.sum(sheetOrders, orderVAT), at.sum(sheetOrders, ordGros), f.Members)...)
}

func (s *summary) credit(y YearSummary, f Figures, at formulas) {
	s.section("Credito degli iscritti", "", "", "", "Lordo")
	first := s.row + 1
	s.opening = fmt.Sprintf("$E$%d", first)
	s.line(false, "Credito al "+y.start().Italian(), "Somma dei saldi prima dei movimenti dell’anno", grossOnly("", f.Opening)...)
	for _, m := range f.movements() {
		s.line(false, m.label, m.note, grossOnly(at.sumIf(sheetCredit, entryAmount, entryKind, m.kind.Italian()), m.sum)...)
	}
	if f.OtherMovements != 0 {
		s.line(false, "Altri movimenti", "Foglio Movimenti, altre causali", grossOnly("", f.OtherMovements)...)
	}
	total := fmt.Sprintf("SUM(E%d:E%d)", first, s.row)
	s.line(true, "Credito al "+y.Until.Italian()+" (debito dell’Ordine)", "Credito iniziale + movimenti, come nel foglio Movimenti", grossOnly(total, f.Closing)...)
	if y.Claims != 0 {
		s.line(false, "Crediti da recuperare dagli iscritti", "Ricariche stornate dopo la spesa, non comprese sopra", grossOnly("", y.Claims)...)
	}
}

// movementLine is a kind of ledger entry with its sum and what it is.
type movementLine struct {
	kind  pec.EntryKind
	label string
	note  string
	sum   pec.Cents
}

// movements are the kinds of entries in the order of the report; what came back
// of refused services only where there was any.
func (f Figures) movements() []movementLine {
	lines := []movementLine{
		{pec.EntryTopUp, "Ricariche", "Foglio Movimenti, causale «ricarica»", f.TopUps},
		{pec.EntryOrder, "Ordini pagati", "Foglio Movimenti, causale «ordine»", f.OrdersPaid},
		{pec.EntryRecredit, "Riaccrediti di servizi respinti dal gestore", "Foglio Movimenti, causale «riaccredito»", f.Recredits},
		{pec.EntryReversal, "Storni", "Foglio Movimenti, causale «storno»", f.Reversals},
		{pec.EntryRefund, "Rimborsi", "Foglio Movimenti, causale «rimborso»", f.Refunds},
		{pec.EntryClaim, "Recuperi su ricariche", "Foglio Movimenti, causale «recupero credito»", f.ClaimsSettled},
	}
	return slices.DeleteFunc(lines, func(l movementLine) bool { return l.kind == pec.EntryRecredit && l.sum == 0 })
}

// showsProvider reports whether the report has a section on what members
// bought at the provider.
func (y YearSummary) showsProvider() bool {
	return y.SoldByProvider || y.Figures.ProviderServices > 0
}

func (s *summary) provider(y YearSummary, f Figures, at formulas) {
	if !y.showsProvider() {
		return
	}
	where := at.within(sheetServices, serviceSince) + "," + at.column(sheetServices, serviceSeller) + `,"` + pec.SoldByProvider.Italian() + `"`
	s.section("Servizi acquistati presso il gestore", "Numero", "Netto")
	s.line(false, "Acquisti nell’anno", "Foglio Servizi, venduti dal gestore, dal suo elenco",
		figure{"COUNTIFS(" + where + ")", f.ProviderServices},
		figure{"SUMIFS(" + at.column(sheetServices, serviceNet) + "," + where + ")", f.ProviderNet})
	s.line(false, "GB acquistati", "Foglio Servizi, colonna «GB»", figure{"SUMIFS(" + at.column(sheetServices, serviceGB) + "," + where + ")", f.ProviderGB})
}

// checks says whether the parts agree, and where they do not.
func (s *summary) checks(y YearSummary) {
	s.section("Quadrature")
	found := y.Findings
	if len(found) == 0 {
		s.put(18, excelize.Cell{StyleID: s.b.styles.subtitle, Value: allAgree})
	}
	for _, sentence := range found {
		s.put(18, excelize.Cell{StyleID: s.b.styles.warning, Value: sentence})
		s.merge(1)
	}
}

// allAgree is the sentence of a report whose parts agree.
const allAgree = "Le parti danno i totali: caselle, periodi, ordini e movimenti quadrano fra loro e con il registro."
