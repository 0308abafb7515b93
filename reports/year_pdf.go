package reports

import (
	"fmt"
	"io"
	"strings"

	"albopec/app/pec"
)

// WriteYearPDF writes the yearly report for the Ordine's council: what
// happened, what it cost, what the members paid and what the Ordine owes them,
// without a single member's name. The figures are those of the workbook (R27).
// The same summary gives the same bytes.
func WriteYearPDF(w io.Writer, y YearSummary) error { return writeYearPDF(w, y, true) }

// writeYearPDF can leave the pages uncompressed, so that they can be read.
func writeYearPDF(w io.Writer, y YearSummary, compress bool) error {
	p := newPaper(y.OrderBody, y.title(), "Resoconto annuale delle caselle PEC", y.MadeOn, compress)
	f := y.Figures
	p.titlePage(y)
	p.inWords(y, f)
	p.budgetLines(y, f)
	p.mailboxTable(y, f)
	p.comparisonTable(y)
	p.groupTable(TableKinds, y.ByKind)
	p.groupTable(TableSections, y.BySection)
	p.serviceTable(y, f)
	p.orderTable(f)
	p.creditTable(y, f)
	p.providerTable(y, f)
	p.monthTable(y, f)
	p.nextAndNotes(y, f)
	p.checks(y)
	p.signatures(y)
	return p.write(w)
}

// titlePage is the cover: logo, Ordine, title, the days that count.
func (p *paper) titlePage(y YearSummary) {
	const top = 105.0
	p.logo(y.Logo, sideMargin, topMargin+12, 80, 45, false)
	p.pdf.SetY(top)
	p.font("B", 15, ink)
	p.paragraph(7, y.OrderBody)
	p.rule(blue, 0.9)
	p.gap(9)
	p.font("B", 26, blue)
	p.paragraph(12, y.title())
	p.gap(4)
	p.font("", 11, muted)
	p.paragraph(6, "Dati "+y.span()+". "+y.madeOf()+".")
	p.pdf.AddPage()
}

// keyFigures is the line of four figures that opens the summary: the number first,
// then what it is.
func (p *paper) keyFigures(y YearSummary, f Figures) {
	p.figures([]keyFigure{
		{pec.Thousands(f.AtEnd), "caselle in essere\nal " + y.Until.Italian()},
		{f.Ordine.Gross.Euro(), "costo a carico dell’Ordine,\nIVA compresa"},
		{f.Members.Gross.Euro(), "ordini pagati dagli iscritti,\nIVA compresa"},
		{f.Closing.Euro(), "credito degli iscritti,\ndebito dell’Ordine"},
	})
}

// count chooses the words for none, one and many; the latter hold the number.
func count(n int, none, one, many string) string {
	switch n {
	case 0:
		return none
	case 1:
		return one
	}
	return fmt.Sprintf(many, pec.Thousands(n))
}

// inWords tells the year in four sentences.
func (p *paper) inWords(y YearSummary, f Figures) {
	p.section("In sintesi", 60)
	p.keyFigures(y, f)
	p.gap(5)
	p.font("", 10, ink)
	for _, sentence := range y.sentences(f) {
		p.paragraph(5.2, sentence)
		p.gap(1.2)
	}
}

func (y YearSummary) sentences(f Figures) []string {
	out := []string{
		fmt.Sprintf("Al %s l’Ordine %s. All’inizio dell’anno %s; poi %s e %s. Nell’anno %s.",
			y.Until.Italian(),
			count(f.AtEnd, "non ha caselle PEC in essere", "ha 1 casella PEC in essere", "ha %s caselle PEC in essere"),
			count(f.AtStart, "non ce n’erano", "ce n’era 1", "ce n’erano %s"),
			count(f.Activated, "nessuna è stata attivata", "una è stata attivata", "%s sono state attivate"),
			count(f.Closed, "nessuna è stata chiusa", "una è stata chiusa", "%s sono state chiuse"),
			count(f.Renewed, "non si sono avuti rinnovi", "si è avuto 1 rinnovo", "si sono avuti %s rinnovi")),
		fmt.Sprintf("Per attivazioni e rinnovi l’Ordine deve al gestore %s netti più %s di IVA: %s in tutto.",
			f.Ordine.Net.Euro(), f.Ordine.VAT.Euro(), f.Ordine.Gross.Euro()),
		fmt.Sprintf("Gli iscritti hanno pagato ordini per %s, IVA compresa: %s di acquisti e %s di rinnovi.",
			f.Members.Gross.Euro(), f.Purchases.Gross.Euro(), f.Renewals.Gross.Euro()),
		f.creditSentence(),
	}
	if f.AtEnd > 0 {
		out[1] += " Sono " + f.PerMailbox.Euro() + " per casella in essere."
	}
	if y.partial() {
		out = append([]string{"L’anno non è concluso: le cifre arrivano al " + y.Until.Italian() + "."}, out...)
	}
	return out
}

func (p *paper) mailboxTable(y YearSummary, f Figures) {
	p.section("Caselle PEC", 45)
	p.table(grid{
		widths: []float64{140, 30}, heads: []string{"", "Numero"},
		rows: [][]string{
			{"In essere all’inizio dell’anno", pec.Thousands(f.AtStart)},
			{"Attivate", pec.Thousands(f.Activated)},
			{"Chiuse", minus(f.Closed)},
		},
		total: []string{"In essere al " + y.Until.Italian(), pec.Thousands(f.AtEnd)},
		after: [][]string{
			{"Rinnovi dell’anno, taciti e richiesti dagli iscritti", pec.Thousands(f.Renewed)},
			{"Richieste nell’anno", pec.Thousands(f.Requested)},
			{"Iscritti senza una casella in essere al " + y.Until.Italian(), pec.Thousands(f.Without)},
			{"di cui con una PEC propria", pec.Thousands(f.WithOwnPEC)},
		},
	})
	closed := y.Closed
	if len(closed) == 0 {
		return
	}
	p.section("Caselle chiuse, per motivo", 35)
	g := grid{widths: []float64{140, 30}, heads: []string{"", "Numero"}, total: []string{"Totale", pec.Thousands(f.Closed)}}
	for _, c := range closed {
		g.rows = append(g.rows, []string{capital(c.Italian()), pec.Thousands(c.Closed)})
	}
	p.table(g)
}

func (p *paper) comparisonTable(y YearSummary) {
	compared := y.Comparison()
	if compared == nil {
		return
	}
	p.section("Confronto con l’anno precedente", 60)
	g := grid{widths: []float64{80, 30, 30, 30}, heads: []string{y.ComparedDays(), fmt.Sprint(y.Year - 1), fmt.Sprint(y.Year), "Differenza"}}
	for _, c := range compared {
		g.rows = append(g.rows, []string{c.Label, c.Before(), c.After(), c.Difference()})
	}
	p.table(g)
}

func (p *paper) groupTable(title string, groups []Group) {
	if len(groups) == 0 {
		return
	}
	p.section(title, 40)
	line := func(label string, g Group) []string {
		return []string{
			label, pec.Thousands(g.AtStart), pec.Thousands(g.Requested), pec.Thousands(g.Activated), pec.Thousands(g.Renewed), pec.Thousands(g.Closed), pec.Thousands(g.AtEnd),
			g.Cost.Net.Euro(), g.Cost.Gross.Euro(),
		}
	}
	g := grid{
		widths: []float64{38, 15, 15, 15, 16, 13, 14, 22, 22},
		heads:  []string{"", "All’inizio", "Richieste", "Attivate", "Rinnovate", "Chiuse", "Alla fine", "Costo netto", "Lordo"},
		total:  line("Totale", SumOf(groups)),
	}
	for _, one := range groups {
		g.rows = append(g.rows, line(one.Label(), one))
	}
	p.table(g)
}

// budgetLines set what was spent beside what was set aside.
func (p *paper) budgetLines(y YearSummary, f Figures) {
	if y.Budget == nil {
		return
	}
	left, percent := y.Left()
	p.section("Stanziamento e spesa", 40)
	p.table(grid{
		widths: []float64{80, 45, 45}, heads: []string{"", "Lordo", "In percento"},
		rows: [][]string{
			{"Stanziamento dell’anno", y.Budget.Euro(), ""},
			{"Speso: costo a carico dell’Ordine", f.Ordine.Gross.Euro(), spentPart(percent)},
		},
		total: []string{"Residuo", left.Euro(), ""},
	})
}

// spentPart is how much of the budget was spent; nothing of a budget of zero.
func spentPart(percent int) string { return pec.Thousands(percent) + " %" }

// minus shows a count that is taken away.
func minus(n int) string {
	if n == 0 {
		return "0"
	}
	return pec.Thousands(-n)
}

func (p *paper) monthTable(y YearSummary, f Figures) {
	p.section("Costo a carico dell’Ordine, mese per mese", 150)
	months := y.Months
	var then [12]pec.Cents
	before := func(pec.Cents) string { return unsaid }
	if y.Before != nil {
		then, before = y.Before.Months, pec.Cents.Euro
	}
	sum := pec.Cents(0)
	for _, c := range then {
		sum += c
	}
	if f.Ordine.Gross > 0 || y.Before != nil && y.Before.Ordine.Gross > 0 {
		p.costChart(y, months)
	}
	g := grid{
		widths: []float64{20, 13, 16, 12, 15, 24, 21, 25, 24},
		heads:  []string{"Mese", "Attivate", "Rinnovate", "Chiuse", "In essere", "Netto", "IVA", "Lordo", fmt.Sprintf("Lordo %d", y.Year-1)},
		total: []string{
			"Totale", pec.Thousands(f.Activated), pec.Thousands(f.Renewed), pec.Thousands(f.Closed), "",
			f.Ordine.Net.Euro(), f.Ordine.VAT.Euro(), f.Ordine.Gross.Euro(), before(sum),
		},
	}
	for i, m := range months {
		if !m.Counted {
			g.rows = append(g.rows, []string{capital(monthName(m.Month)), "–", "–", "–", "–", "–", "–", "–", before(then[i])})
			continue
		}
		g.rows = append(g.rows, []string{
			capital(monthName(m.Month)), pec.Thousands(m.Activated), pec.Thousands(m.Renewed), pec.Thousands(m.Closed), pec.Thousands(m.AtEnd),
			m.Cost.Net.Euro(), m.Cost.VAT.Euro(), m.Cost.Gross.Euro(), before(then[i]),
		})
	}
	p.table(g)
}

// costChart draws the months' gross cost, the year before beside it.
func (p *paper) costChart(y YearSummary, months [12]Month) {
	caption := "Costo lordo per mese, in euro"
	if y.Before != nil {
		caption += fmt.Sprintf(": in blu il %d, in celeste il %d", y.Year, y.Year-1)
	}
	var slots []slot
	for i, m := range months {
		s := slot{label: shortMonth(monthName(m.Month)), values: []pec.Cents{m.Cost.Gross}, soft: !m.Counted}
		if y.Before != nil {
			s.values = append(s.values, y.Before.Months[i])
		}
		slots = append(slots, s)
	}
	p.bars(slots, caption)
}

func (p *paper) serviceTable(y YearSummary, f Figures) {
	p.section("Servizi aggiuntivi", 55)
	p.table(grid{
		widths: []float64{140, 30}, heads: []string{"", "Numero"},
		rows: [][]string{
			{"GB venduti agli iscritti, rinnovi esclusi", pec.Thousands(f.GBSold)},
			{"Rinnovi di servizi", pec.Thousands(f.ServicesRenewed)},
			{"Servizi cessati per credito insufficiente", pec.Thousands(f.EndedForCredit)},
			{"Servizi cessati per altri motivi", pec.Thousands(f.EndedOtherwise)},
			{"Servizi attivi al " + y.Until.Italian(), pec.Thousands(f.ServicesRunning)},
			{"Iscritti con servizi attivi al " + y.Until.Italian(), pec.Thousands(f.MembersWithServices)},
		},
	})
}

func (p *paper) orderTable(f Figures) {
	p.section("Ordini pagati dagli iscritti", 40)
	line := func(label string, a pec.Amounts) []string {
		return []string{label, a.Net.Euro(), a.VAT.Euro(), a.Gross.Euro()}
	}
	p.table(grid{
		widths: []float64{80, 30, 30, 30}, heads: []string{"", "Netto", "IVA", "Lordo"},
		rows:  [][]string{line("Acquisti", f.Purchases), line("Rinnovi", f.Renewals)},
		total: line("Totale", f.Members),
	})
}

func (p *paper) creditTable(y YearSummary, f Figures) {
	p.section("Credito degli iscritti", 65)
	g := grid{
		widths: []float64{140, 30}, heads: []string{"", "Lordo"},
		rows:  [][]string{{"Credito al " + y.start().Italian() + ", prima dei movimenti", f.Opening.Euro()}},
		total: []string{"Credito al " + y.Until.Italian() + ", debito dell’Ordine verso gli iscritti", f.Closing.Euro()},
	}
	for _, m := range f.movements() {
		g.rows = append(g.rows, []string{m.label, m.sum.Euro()})
	}
	if f.OtherMovements != 0 {
		g.rows = append(g.rows, []string{"Altri movimenti", f.OtherMovements.Euro()})
	}
	if y.Claims != 0 {
		g.after = [][]string{{"Crediti da recuperare dagli iscritti, non compresi sopra", y.Claims.Euro()}}
	}
	p.table(g)
}

// nextAndNotes are the budget of the next year, which takes most of a page, and
// how the figures are made: that goes first where the page before has room for it.
// What comes last stays on one page with the signatures.
func (p *paper) nextAndNotes(y YearSummary, f Figures) {
	const next = 170.0
	notes := y.notes(f)
	height := p.notesHeight(notes)
	switch {
	case y.Next().Expiring == 0:
		p.notes(notes, height+checksHeight)
	case p.pdf.GetY()+height <= bottomEdge:
		p.notes(notes, height)
		p.nextTable(y, next+checksHeight)
	default:
		p.nextTable(y, next)
		p.notes(notes, height+checksHeight)
	}
}

// nextTable is the budget of the next year: what the mailboxes in being will
// cost on their expiries.
func (p *paper) nextTable(y YearSummary, height float64) {
	next := y.Next()
	p.section(y.NextTitle()+": rinnovi a carico dell’Ordine", height)
	p.font("", 8.5, muted)
	p.paragraph(4.4, y.NextNote())
	p.gap(2)
	if next.Cost.Gross > 0 {
		var slots []slot
		for _, m := range y.NextMonths {
			slots = append(slots, slot{label: shortMonth(monthName(m.Month)), values: []pec.Cents{m.Cost.Gross}})
		}
		p.bars(slots, "Costo lordo per mese di scadenza, in euro")
	}
	line := func(label string, m NextMonth) []string {
		return []string{label, pec.Thousands(m.Expiring), pec.Thousands(m.Renewing), m.Cost.Net.Euro(), m.Cost.VAT.Euro(), m.Cost.Gross.Euro()}
	}
	g := grid{
		widths: []float64{40, 22, 24, 28, 28, 28},
		heads:  []string{"Mese", "Scadenze", "Si rinnovano", "Netto", "IVA", "Lordo"},
		total:  line("Totale", next),
	}
	for _, m := range y.NextMonths {
		g.rows = append(g.rows, line(capital(monthName(m.Month)), m))
	}
	p.table(g)
}

func (p *paper) providerTable(y YearSummary, f Figures) {
	if !y.showsProvider() {
		return
	}
	p.section("Servizi acquistati presso il gestore", 30)
	p.table(grid{
		widths: []float64{80, 30, 30, 30}, heads: []string{"", "Acquisti", "GB", "Netto"},
		rows: [][]string{{"Nell’anno, secondo l’elenco del gestore", pec.Thousands(f.ProviderServices), pec.Thousands(f.ProviderGB), f.ProviderNet.Euro()}},
	})
}

// notes say how each figure is made.
func (y YearSummary) notes(f Figures) []string {
	notes := []string{
		"Caselle: una casella conta dal giorno dell’attivazione, compreso, al giorno della chiusura, escluso.",
		"Costo a carico dell’Ordine: ogni attivazione e ogni rinnovo di una casella pagata dall’Ordine è un costo verso il gestore, nel mese e nell’anno in cui il periodo inizia. L’IVA è calcolata e arrotondata riga per riga.",
		"Costo per casella: " + lowerFirst(perMailbox) + ": " + f.PerMailbox.Euro() + ".",
		"Ordini degli iscritti: contano nel giorno in cui si completano; i rinnovi nel giorno della scadenza che rinnovano.",
		"Credito: è in euro lordi ed è la somma dei movimenti registrati, nessuno dei quali può essere modificato o cancellato. Finché non è speso o rimborsato l’Ordine lo deve agli iscritti.",
	}
	if len(y.ByKind) > 0 {
		notes = append(notes, "Tipologia, sezione e settore: sono quelli registrati il giorno in cui il resoconto è prodotto; «"+unsaid+"» dove non risultano.")
	}
	if y.Before != nil {
		notes = append(notes, fmt.Sprintf("Anno precedente: sono le stesse voci registrate, contate allo stesso modo, dal %s al %s; nel grafico dei mesi il %d è intero.", pec.StartOfYear(y.Year-1).Italian(), y.Before.Until.Italian(), y.Year-1))
	}
	if y.showsProvider() {
		notes = append(notes, "Servizi acquistati presso il gestore: sono quelli del suo elenco; il denaro non passa dall’Ordine e non è compreso negli altri totali.")
	}
	return append(notes, "Ogni totale è la somma delle righe dei fogli «Caselle», «Rinnovi», «Servizi», «Ordini», «Movimenti» e «Scadenze» della cartella di lavoro dello stesso anno; le stesse righe sono stampate nell’allegato «Elenchi del resoconto», che a differenza di questo documento riporta i nomi.")
}

// noteLine is the height of a line of the notes.
const noteLine = 4.4

// notesHeight is what notes take with their heading.
func (p *paper) notesHeight(notes []string) float64 {
	p.font("", 8.5, muted)
	height := 12.0
	for _, note := range notes {
		height += 1 + noteLine*float64(len(p.pdf.SplitText(printable(note), textWidth)))
	}
	return height
}

func (p *paper) notes(notes []string, height float64) {
	p.section("Come sono ottenute le cifre", height)
	p.font("", 8.5, muted)
	for _, note := range notes {
		p.keep(2 * noteLine)
		p.paragraph(noteLine, note)
		p.gap(1)
	}
}

func (p *paper) checks(y YearSummary) {
	found := y.Findings
	// The signatures follow: nobody signs a page with nothing else on it.
	p.section("Quadrature", min(checksHeight+5*float64(len(found)), 200))
	if len(found) == 0 {
		p.font("", 9.5, ink)
		p.paragraph(5, allAgree)
		return
	}
	p.font("", 9.5, faultInk)
	for _, sentence := range found {
		p.paragraph(5, sentence)
	}
}

// signatureHeight is the room that place, day and signatures take, checksHeight
// what they take with a year that agrees above them.
const (
	signatureHeight = 56.0
	checksHeight    = 20 + signatureHeight
)

func (p *paper) signatures(y YearSummary) {
	p.keep(signatureHeight)
	p.gap(14)
	place := "Luogo e data"
	if y.Place != "" {
		place = y.Place + ", lì"
	}
	p.font("", 10, ink)
	p.paragraph(5, shorten(place, 60)+" ______________________")
	p.gap(12)
	p.signatureLines("Il Presidente", "Il Tesoriere")
}

// creditSentence leads from the credit with which the year opens to that with
// which it closes: the amounts that it names, with their signs, add up to the last.
func (f Figures) creditSentence() string {
	var parts []string
	for _, m := range f.movements() {
		if m.sum != 0 {
			parts = append(parts, lowerFirst(m.label)+" "+signed(m.sum))
		}
	}
	if f.OtherMovements != 0 {
		parts = append(parts, "altri movimenti "+signed(f.OtherMovements))
	}
	const credit = "Il credito degli iscritti, che è un debito dell’Ordine verso di loro, "
	if len(parts) == 0 {
		return credit + "resta di " + f.Closing.Euro() + "."
	}
	return fmt.Sprintf(credit+"era di %s; %s: diventa di %s.", f.Opening.Euro(), strings.Join(parts, ", "), f.Closing.Euro())
}
