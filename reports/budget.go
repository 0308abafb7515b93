package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"albopec/app/pec"
)

// Budget is what the renewals of today's mailboxes cost in the months to come
// (previsione di spesa), under the agreements registered and, beside them, under
// one that is tried.
type Budget struct {
	OrderBody  string
	MadeOn     pec.Date
	Agreements []pec.Agreement // in force today, or coming into force within the months
	Registered pec.Budget
	Tried      *pec.Budget // nil for none
	TriedName  string
}

// budgetYear is how many months are summed apart.
const budgetYear = 12

func (b Budget) title() string { return "Previsione di spesa delle caselle PEC" }

// Span says which months are counted.
func (b Budget) Span() string {
	return "Dal " + b.Registered.First().Italian() + " al " + b.Registered.Until(pec.BudgetMonths).Italian()
}

// Difference is what the agreement tried costs more, gross, in the first n
// months: for the Ordine, and for the members.
func (b Budget) Difference(n int) (ordine, members pec.Cents) {
	if b.Tried == nil {
		return 0, 0
	}
	now, then := b.Registered.Total(n), b.Tried.Total(n)
	return then.Ordine.Gross - now.Ordine.Gross, then.Members.Gross - now.Members.Gross
}

// Notes say what is counted and what is not.
func (b Budget) Notes() []string {
	notes := []string{
		"Contano le caselle in essere il " + b.MadeOn.Italian() + " che si rinnovano da sole a carico dell’Ordine, in mesi interi: una casella annuale si rinnova una volta in 12 mesi e due in 24.",
		"I prezzi sono quelli della convenzione in vigore a ogni scadenza" + b.inForce() + ". L’IVA è calcolata e arrotondata casella per casella e servizio per servizio.",
	}
	if b.Tried != nil {
		notes = append(notes, "«"+b.TriedName+"» è in prova: come se valesse dal "+b.MadeOn.Italian()+" in poi, al posto delle convenzioni che vengono dopo.")
	}
	notes = append(notes, "I servizi degli iscritti contano come se ciascuno avesse il credito per rinnovarli: è quello che costerebbero, non quello che sarà pagato.")
	notes = append(notes, b.before()...)
	notes = append(notes, leftOut(b.Registered, ""))
	if b.Tried != nil {
		notes = append(notes, leftOut(*b.Tried, "Con la convenzione in prova: "))
	}
	return append(notes, "Non contano mai: caselle ancora da attivare, nuovi iscritti, acquisti futuri, ordini in attesa di pagamento, servizi acquistati presso il gestore.")
}

// Warnings say what the totals lack without being cheaper: mailboxes for which
// there is no price on E and, under an agreement that is tried, what is left out of
// its sums alone. Nil when there is nothing of the kind.
func (b Budget) Warnings() []string {
	var out []string
	warn := func(n int, one, many string) {
		if n > 0 {
			out = append(out, count(n, "", one, many))
		}
	}
	warn(b.Registered.Failing, "Con le convenzioni registrate 1 casella non è nei totali: alla scadenza manca la convenzione o la sua tipologia.",
		"Con le convenzioni registrate %s caselle non sono nei totali: alla scadenza manca la convenzione o la loro tipologia.")
	if b.Tried == nil {
		return out
	}
	warn(b.Tried.Failing, "Con la convenzione in prova 1 casella non è nei totali: la sua tipologia lì non c’è. La differenza non è un risparmio.",
		"Con la convenzione in prova %s caselle non sono nei totali: la loro tipologia lì non c’è. La differenza non è un risparmio.")
	warn(b.Tried.Closing-b.Registered.Closing, "Con la convenzione in prova 1 casella in più non si rinnova a carico dell’Ordine: la paga l’iscritto, e non è nei totali.",
		"Con la convenzione in prova %s caselle in più non si rinnovano a carico dell’Ordine: le paga l’iscritto, e non sono nei totali.")
	warn(b.Tried.Ending-b.Registered.Ending, "Con la convenzione in prova 1 servizio in più non prosegue: non c’è, o lo vende il gestore, e non è nei totali.",
		"Con la convenzione in prova %s servizi in più non proseguono: non ci sono, o li vende il gestore, e non sono nei totali.")
	return out
}

func (b Budget) inForce() string {
	var names []string
	for _, a := range b.Agreements {
		names = append(names, "«"+a.Name+"» dal "+a.StartsOn.Italian())
	}
	if len(names) == 0 {
		return ""
	}
	return ": " + strings.Join(names, ", ")
}

// before tells of what falls due before the first month.
func (b Budget) before() []string {
	m := b.Registered.Before
	if m.Renewed == 0 && m.Services == 0 {
		return nil
	}
	return []string{fmt.Sprintf("I rinnovi prima del %s non sono nei totali: %s per %s lordi a carico dell’Ordine, %s per %s lordi a carico degli iscritti.",
		b.Registered.First().Italian(), count(m.Renewed, "nessuna casella", "1 casella", "%s caselle"), m.Ordine.Gross.Euro(), count(m.Services, "nessun servizio", "1 servizio", "%s servizi"), m.Members.Gross.Euro())}
}

// leftOut counts what is not renewed by itself.
func leftOut(b pec.Budget, opening string) string {
	var parts []string
	part := func(n int, one, many string) {
		if n > 0 {
			parts = append(parts, count(n, "", one, many))
		}
	}
	part(b.Leavers, "1 casella di chi ha lasciato l’albo", "%s caselle di chi ha lasciato l’albo")
	part(b.Closing, "1 casella con il rinnovo spento o che paga l’iscritto", "%s caselle con il rinnovo spento o che paga l’iscritto")
	part(b.Failing, "1 casella senza una convenzione o la sua tipologia alla scadenza", "%s caselle senza una convenzione o la loro tipologia alla scadenza")
	part(b.Ending, "1 servizio che non prosegue, perché non è nella convenzione o lo vende il gestore", "%s servizi che non proseguono, perché non sono nella convenzione o li vende il gestore")
	if len(parts) == 0 {
		return opening + "Tutte le caselle che scadono si rinnovano."
	}
	return opening + "Non sono contati: " + strings.Join(parts, "; ") + "."
}

// plan is a budget with its name, as the documents set them side by side.
type plan struct {
	name    string // in the heads of columns
	heading string
	pec.Budget
}

func (b Budget) plans() []plan {
	list := []plan{{"ora", "Con le convenzioni registrate", b.Registered}}
	if b.Tried != nil {
		list = append(list, plan{"in prova", "Con la convenzione in prova", *b.Tried})
	}
	return list
}

// The sheets of the budget's workbook.
const (
	sheetBudget = "Previsione"
	sheetChart  = "Grafico"
	sheetNotes  = "Che cosa conta"
	sheetWarned = "Attenzione" // first, and only where there is something to say
)

// WriteBudgetXLSX writes the budget as a workbook: the months with their sums
// and differences as formulas that carry their values, a chart, and what is
// counted.
func WriteBudgetXLSX(w io.Writer, b Budget) error {
	warnings, first := b.Warnings(), sheetBudget
	if len(warnings) > 0 {
		first = sheetWarned
	}
	book, err := newBook(first)
	if err != nil {
		return err
	}
	defer book.close()
	if err := book.properties(b.title(), b.OrderBody, b.MadeOn); err != nil {
		return err
	}
	if len(warnings) > 0 {
		t := Table{Columns: []Column{{Title: "Prima di leggere gli importi", Width: 150}}}
		for _, warning := range warnings {
			t.Rows = append(t.Rows, []any{excelize.Cell{StyleID: book.styles.warning, Value: warning}})
		}
		if err := book.addTable(sheet{name: sheetWarned, heading: b.title(), owner: b.OrderBody, table: t, landscape: true, plain: true}); err != nil {
			return err
		}
	}
	months := sheet{name: sheetBudget, heading: b.title(), owner: b.OrderBody, table: b.table(), landscape: true}
	months.below = b.yearRow(book)
	if err := book.addTable(months); err != nil {
		return err
	}
	if err := book.addBudgetChart(b); err != nil {
		return fmt.Errorf("write sheet %q: %w", sheetChart, err)
	}
	notes := Table{Columns: []Column{{Title: "Che cosa conta e che cosa no", Width: 150}}}
	for _, note := range b.Notes() {
		notes.Rows = append(notes.Rows, []any{excelize.Cell{StyleID: book.styles.note, Value: note}})
	}
	if err := book.addTable(sheet{name: sheetNotes, heading: b.title(), owner: b.OrderBody, table: notes, landscape: true, plain: true}); err != nil {
		return err
	}
	return book.write(w)
}

// The columns of the months, by their place: those of a second plan follow
// those of the first.
const (
	budgetColumns = 7 // of a plan
	budgetOrdine  = 4 // the Ordine's gross, from the plan's first
	budgetMembers = 7
)

func (b Budget) table() Table {
	t := Table{Title: sheetBudget, Columns: []Column{{Title: "Mese", Width: 18}}}
	for _, p := range b.plans() {
		of := func(title string) string {
			if b.Tried == nil {
				return title
			}
			return title + " (" + p.name + ")"
		}
		t.Columns = append(t.Columns,
			Column{Title: of("Caselle"), Kind: Integer, Total: true, Width: 15},
			Column{Title: of("Ordine, netto"), Kind: Money, Total: true, Width: 17}, Column{Title: of("Ordine, IVA"), Kind: Money, Total: true, Width: 17},
			Column{Title: of("Ordine, lordo"), Kind: Money, Total: true, Width: 17},
			Column{Title: of("Servizi"), Kind: Integer, Total: true, Width: 15},
			Column{Title: of("Iscritti, netto"), Kind: Money, Total: true, Width: 17}, Column{Title: of("Iscritti, lordo"), Kind: Money, Total: true, Width: 17})
	}
	if b.Tried != nil {
		t.Columns = append(t.Columns, Column{Title: "Differenza Ordine, lordo", Kind: Money, Total: true, Width: 17}, Column{Title: "Differenza iscritti, lordo", Kind: Money, Total: true, Width: 17})
	}
	for i := range b.Registered.Months {
		row := []any{capital(budgetMonth(b.Registered.Months[i].Month))}
		for _, p := range b.plans() {
			m := p.Months[i]
			row = append(row, m.Renewed, m.Ordine.Net, m.Ordine.VAT, m.Ordine.Gross, m.Services, m.Members.Net, m.Members.Gross)
		}
		if b.Tried != nil {
			now, then := b.Registered.Months[i], b.Tried.Months[i]
			row = append(row, differs(i+2, budgetOrdine, then.Ordine.Gross-now.Ordine.Gross), differs(i+2, budgetMembers, then.Members.Gross-now.Members.Gross))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// differs is the second plan's amount less the first's, in a row.
func differs(row, column int, c pec.Cents) figure {
	return figure{cellName(1+budgetColumns+column, row) + "-" + cellName(1+column, row), c}
}

// budgetMonth is a month in words: "ottobre 2018".
func budgetMonth(d pec.Date) string { return fmt.Sprintf("%s %d", monthName(d.Month), d.Year) }

// yearRow sums the first twelve months under the total of all.
func (b Budget) yearRow(book *book) [][]any {
	cells := []any{excelize.Cell{StyleID: book.styles.totalText, Value: "Primi 12 mesi"}}
	put := func(v any) {
		column := len(cells) + 1
		cell := book.cell(figure{fmt.Sprintf("SUM(%s:%s)", cellName(column, 2), cellName(column, 1+budgetYear)), v})
		cell.StyleID = book.styles.totalMoney
		if _, ok := v.(int); ok {
			cell.StyleID = book.styles.totalInteger
		}
		cells = append(cells, cell)
	}
	for _, p := range b.plans() {
		m := p.Total(budgetYear)
		for _, v := range []any{m.Renewed, m.Ordine.Net, m.Ordine.VAT, m.Ordine.Gross, m.Services, m.Members.Net, m.Members.Gross} {
			put(v)
		}
	}
	if b.Tried != nil {
		ordine, members := b.Difference(budgetYear)
		put(ordine)
		put(members)
	}
	return [][]any{cells}
}

// addBudgetChart draws the Ordine's cost by month from the cells of the months.
func (b *book) addBudgetChart(budget Budget) error {
	if _, err := b.file.NewSheet(sheetChart); err != nil {
		return err
	}
	b.sheets++
	if err := b.pageSetup(sheetChart, budget.OrderBody, budget.title(), true); err != nil {
		return err
	}
	if err := b.hideGrid(sheetChart); err != nil {
		return err
	}
	last := len(budget.Registered.Months) + 1
	cells := func(column, from, to int) string {
		name, _ := excelize.ColumnNumberToName(column) // a column of the table just written
		return at(sheetBudget, fmt.Sprintf("$%s$%d:$%s$%d", name, from, name, to))
	}
	var series []excelize.ChartSeries
	for i := range budget.plans() {
		gross := 1 + i*budgetColumns + budgetOrdine
		series = append(series, excelize.ChartSeries{
			Name: cells(gross, 1, 1), Categories: cells(1, 2, last), Values: cells(gross, 2, last),
		})
	}
	return b.columnChart(sheetChart, "A1", 15, "Costo lordo per l’Ordine, mese per mese", series)
}

// WriteBudgetPDF writes the budget for the Ordine's council. The same Budget
// gives the same bytes.
func WriteBudgetPDF(w io.Writer, b Budget) error { return writeBudgetPDF(w, b, true) }

func writeBudgetPDF(w io.Writer, b Budget, compress bool) error {
	p := newPaper(b.OrderBody, b.title(), "Costo dei rinnovi nei mesi che vengono", b.MadeOn, compress)
	p.heading(b.OrderBody, b.title(), b.Span()+", dai dati del "+b.MadeOn.Italian()+". Importi in euro.")
	p.budgetFigures(b)
	p.budgetWarnings(b)
	p.budgetChart(b)
	for _, plan := range b.plans() {
		p.budgetTable(plan)
	}
	p.budgetDifferences(b)
	p.section("Che cosa conta e che cosa no", 40)
	p.font("", 8.5, muted)
	for _, note := range b.Notes() {
		p.paragraph(4.4, note)
		p.gap(1)
	}
	return p.write(w)
}

func (p *paper) budgetFigures(b Budget) {
	year, two := b.Registered.Total(budgetYear), b.Registered.Total(pec.BudgetMonths)
	if b.Tried == nil {
		p.figures([]keyFigure{
			{year.Ordine.Gross.Euro(), "per l’Ordine in 12 mesi,\nIVA compresa"}, {two.Ordine.Gross.Euro(), "per l’Ordine in 24 mesi,\nIVA compresa"},
			{year.Members.Gross.Euro(), "i servizi degli iscritti\nin 12 mesi, IVA compresa"}, {pec.Thousands(year.Renewed), "caselle rinnovate\nin 12 mesi"},
		})
		return
	}
	tried := b.Tried.Total(budgetYear)
	ordine, members := b.Difference(budgetYear)
	p.figures([]keyFigure{
		{year.Ordine.Gross.Euro(), "per l’Ordine in 12 mesi,\nconvenzioni registrate"}, {tried.Ordine.Gross.Euro(), "per l’Ordine in 12 mesi,\nconvenzione in prova"},
		{signed(ordine), "differenza per l’Ordine\nin 12 mesi, IVA compresa"}, {signed(members), "differenza per gli iscritti\nin 12 mesi, IVA compresa"},
	})
	p.gap(3)
	p.font("", 10, ink)
	p.paragraph(5.2, "In prova: «"+b.TriedName+"», come se valesse dal "+b.MadeOn.Italian()+".")
}

func (p *paper) budgetWarnings(b Budget) {
	for _, warning := range b.Warnings() {
		p.gap(3)
		p.font("B", 10, faultInk)
		p.paragraph(5.2, warning)
	}
}

// signed writes a difference with its sign.
func signed(c pec.Cents) string {
	if c > 0 {
		return "+" + c.Euro()
	}
	return c.Euro()
}

func (p *paper) budgetChart(b Budget) {
	if b.Registered.Total(pec.BudgetMonths).Ordine.Gross == 0 && (b.Tried == nil || b.Tried.Total(pec.BudgetMonths).Ordine.Gross == 0) {
		return
	}
	var slots []slot
	for i, m := range b.Registered.Months {
		s := slot{label: shortMonth(monthName(m.Month.Month))}
		if i == 0 || m.Month.Month == 1 {
			s.under = fmt.Sprint(m.Month.Year)
		}
		for _, plan := range b.plans() {
			s.values = append(s.values, plan.Months[i].Ordine.Gross)
		}
		slots = append(slots, s)
	}
	caption := "Costo lordo per mese, in euro"
	if b.Tried != nil {
		caption += ": in blu le convenzioni registrate, in celeste quella in prova"
	}
	p.section("Costo per l’Ordine, mese per mese", 75)
	p.bars(slots, caption)
}

func (p *paper) budgetTable(plan plan) {
	p.section(plan.heading, 50)
	line := func(label string, m pec.BudgetMonth) []string {
		return []string{label, pec.Thousands(m.Renewed), m.Ordine.Net.Euro(), m.Ordine.VAT.Euro(), m.Ordine.Gross.Euro(), pec.Thousands(m.Services), m.Members.Net.Euro(), m.Members.Gross.Euro()}
	}
	g := grid{
		widths: []float64{32, 16, 24, 22, 24, 14, 19, 19},
		heads:  []string{"Mese", "Caselle", "Ordine netto", "IVA", "Ordine lordo", "Servizi", "Iscritti netto", "Iscritti lordo"},
		totals: [][]string{line("Primi 12 mesi", plan.Total(budgetYear)), line("24 mesi", plan.Total(pec.BudgetMonths))},
	}
	for _, m := range plan.Months {
		g.rows = append(g.rows, line(capital(budgetMonth(m.Month)), m))
	}
	p.table(g)
}

func (p *paper) budgetDifferences(b Budget) {
	if b.Tried == nil {
		return
	}
	p.section("Differenza con la convenzione in prova", 50)
	line := func(label string, now, then pec.BudgetMonth) []string {
		return []string{label, now.Ordine.Gross.Euro(), then.Ordine.Gross.Euro(), signed(then.Ordine.Gross - now.Ordine.Gross), now.Members.Gross.Euro(), then.Members.Gross.Euro(), signed(then.Members.Gross - now.Members.Gross)}
	}
	g := grid{
		widths: []float64{32, 23, 23, 23, 23, 23, 23},
		heads:  []string{"Mese, importi lordi", "Ordine ora", "in prova", "differenza", "Iscritti ora", "in prova", "differenza"},
		totals: [][]string{line("Primi 12 mesi", b.Registered.Total(budgetYear), b.Tried.Total(budgetYear)), line("24 mesi", b.Registered.Total(pec.BudgetMonths), b.Tried.Total(pec.BudgetMonths))},
	}
	for i, m := range b.Registered.Months {
		g.rows = append(g.rows, line(capital(budgetMonth(m.Month)), m, b.Tried.Months[i]))
	}
	p.table(g)
}
