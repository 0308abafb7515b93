package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

func (s *site) renewalRoutes() []route {
	return []route{
		get("/rinnovi", operators, s.renewals),
		get("/rinnovi/esporta", operators, s.renewalsExport),
		get("/rinnovi/elenco", operators, s.renewalList),
		get("/rinnovi/elenco/esporta", operators, s.renewalListExport),
		get("/rinnovi/esecuzioni", operators, s.renewalRuns),
		get("/rinnovi/esecuzioni/:id", operators, s.renewalRun),
		get("/rinnovi/esegui", clerks, s.renewalReview),
		post("/rinnovi/esegui", clerks, s.renew),
	}
}

// rowsPerPage is how many rows a page of a list has.
const rowsPerPage = 50

// furthestYears is how far ahead renewals are played: beyond the longest term
// nobody decides anything by them.
const furthestYears = 5

// aheadCache keeps what the coming year brings, until the day or anything else
// changes: a large register takes half a second to look through.
type aheadCache struct {
	sync.Mutex
	change int64
	today  pec.Date
	ahead  office.Ahead
}

// lookAhead is what is due up to a day.
func (s *site) lookAhead(c *fiber.Ctx, until pec.Date) (office.Ahead, error) {
	var change int64
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		change, err = tx.LastChange()
		return err
	})
	if err != nil {
		return office.Ahead{}, err
	}
	today := visitOf(c).today
	s.ahead.Lock()
	defer s.ahead.Unlock()
	if s.ahead.change == change && s.ahead.today == today && s.ahead.ahead.Until == until {
		return s.ahead.ahead, nil
	}
	ahead, err := s.office.LookAhead(ctx(c), until)
	// Kept only for the horizon that every page asks for. What changed while it
	// was read raises the number, and it is read again.
	if err == nil && until == horizon(today) {
		s.ahead.change, s.ahead.today, s.ahead.ahead = change, today, ahead
	}
	return ahead, err
}

// horizon is the last day of the coming year: the month under way and eleven
// more.
func horizon(today pec.Date) pec.Date { return today.AddMonths(11).LastOfMonth() }

// renewalsPage tells what the coming months bring, and what the runs did.
type renewalsPage struct {
	Frame
	Chart      *Drawing
	Months     []renewalMonth
	Total      renewalMonth
	Late       *renewalMonth // what fell due before today and was not carried out
	SoonEnding int           // services that end for want of credit within 90 days
	AtRisk     string
	Simulation renewalSimulation
	Runs       []renewalRunRow
	Export     exportLinks
}

// Until is the last day that the page looks ahead to.
func (p *renewalsPage) Until() pec.Date { return horizon(p.Today) }

// renewalMonth is a row of the months, or their total.
type renewalMonth struct {
	Title           string
	Href            string
	Month           pec.Date
	Due             int
	Renewed, Closed int
	Paid            int // their renewal was paid ahead by an order
	Failed          int
	Price           pec.Amounts
	ServicesRenewed int
	ServicesEnded   int
	LackingCredit   int // of these, for want of credit
	Missing         pec.Cents
	Soon            bool // within 90 days: there is still time to tell the members
}

func (m *renewalMonth) add(r office.AheadRow) {
	m.Due++
	switch r.Mailbox.Kind {
	case pec.EventRenewed:
		m.Renewed++
		m.Price = m.Price.Plus(ordineCost(r.Mailbox))
	case pec.EventTurned:
		m.Paid++
	case pec.EventClosed:
		m.Closed++
	case pec.EventFailed:
		m.Failed++
	}
	renewed, _ := r.ServicesRenewed()
	m.ServicesRenewed += renewed
	m.ServicesEnded += r.ServicesEnded()
	m.LackingCredit += r.ServicesLackingCredit()
	m.Missing += r.Missing
}

// renewalSimulation is what the program would do up to a day.
type renewalSimulation struct {
	Until string // as typed
	Day   pec.Date
	renewalMonth
}

func (s *site) renewals(c *fiber.Ctx) error {
	p := renewalsPage{Frame: s.frame(c, "Rinnovi")}
	until := horizon(p.Today)
	p.Lead = fmt.Sprintf("Che cosa accadrà dal %s al %s, con la convenzione in vigore a ogni scadenza", p.Today.Italian(), until.Italian())
	ahead, err := s.lookAhead(c, until)
	if err != nil {
		return err
	}
	p.months(ahead)
	p.Chart = p.chart()
	p.AtRisk = s.linkTo(c, "/servizi/a-rischio", "/servizi/a-rischio")
	p.Export = listing{}.exports("/rinnovi/esporta")
	err = s.read(c, func(tx *db.ReadTx) error {
		runs, err := tx.RunList(0, 0, 5)
		if err != nil {
			return err
		}
		names, err := actorsOf(tx)
		p.Runs = runRows(runs, names)
		return err
	})
	if err != nil {
		return err
	}
	f := formOf(c)
	if err := s.simulate(c, &p, ahead, f); err != nil {
		return err
	}
	if !f.ok() {
		return s.refuse(c, "renewals", &p, f)
	}
	return s.show(c, "renewals", &p)
}

// months adds the rows up, month by month.
func (p *renewalsPage) months(ahead office.Ahead) {
	first := p.Today.FirstOfMonth()
	for i := range 12 {
		m := first.AddMonths(i)
		p.Months = append(p.Months, renewalMonth{
			Title: monthCell(m), Month: m, Href: withQuery("/rinnovi/elenco", "mese", monthKey(m)), Soon: !m.After(p.Today.AddDays(soon)),
		})
	}
	p.Total.Title = "Totale"
	for _, r := range ahead.Rows {
		p.Total.add(r)
		if r.On.Before(p.Today) {
			if p.Late == nil {
				p.Late = &renewalMonth{Title: "Prima di oggi", Href: "/rinnovi/elenco?mese=arretrati", Soon: true}
			}
			p.Late.add(r)
			continue
		}
		p.Months[(r.On.Year-first.Year)*12+int(r.On.Month)-int(first.Month)].add(r)
		if !r.On.After(p.Today.AddDays(soon)) {
			p.SoonEnding += r.ServicesLackingCredit()
		}
	}
}

// chart draws the mailboxes renewed each month; its figures are the table's.
func (p *renewalsPage) chart() *Drawing {
	c := Chart{
		Title: "Caselle che si rinnovano, per mese", Height: 300, Columns: []string{"Mese", "Si rinnovano"},
		Total: []string{pec.Thousands(p.Total.Renewed)},
	}
	heaviest := slices.MaxFunc(p.Months, func(a, b renewalMonth) int { return a.Renewed - b.Renewed })
	c.Note = counted(p.Total.Renewed, "casella in tutto", "caselle in tutto")
	if heaviest.Renewed > 0 {
		c.Note += ". Il mese più pesante è " + month(heaviest.Month)
	}
	c.Summary = "Caselle che si rinnovano per mese. " + c.Note + "."
	for _, m := range p.Months {
		c.Points = append(c.Points, Point{
			Label: monthShort(m.Month), RowLabel: m.Title, Value: int64(m.Renewed), Shown: pec.Thousands(m.Renewed), Cells: []string{pec.Thousands(m.Renewed)},
		})
	}
	return barChart(c)
}

// simulate fills the simulation in: up to the day asked for, 90 days from today
// when none is.
func (s *site) simulate(c *fiber.Ctx, p *renewalsPage, ahead office.Ahead, f *form) error {
	sim := renewalSimulation{Until: strings.TrimSpace(c.Query("al")), Day: p.Today.AddDays(soon)}
	if sim.Until != "" {
		day, err := pec.ParseItalianDate(sim.Until)
		f.on("al", err)
		if f.ok() && day.After(p.Today.AddYears(furthestYears)) {
			f.wrong("al", "La simulazione arriva al massimo al "+p.Today.AddYears(furthestYears).Italian()+".")
		}
		if !f.ok() {
			p.Simulation = sim
			p.Simulation.Day = pec.Date{}
			return nil
		}
		sim.Day = day
	}
	sim.Until = sim.Day.Italian()
	if sim.Day.After(ahead.Until) {
		far, err := s.lookAhead(c, sim.Day)
		if err != nil {
			return err
		}
		ahead = far
	}
	// What happens up to an earlier day is the beginning of what happens later.
	for _, r := range ahead.Rows {
		if !r.On.After(sim.Day) {
			sim.add(r)
		}
	}
	sim.Href = withQuery("/rinnovi/elenco", "al", sim.Day.Italian())
	p.Simulation = sim
	return nil
}

func (s *site) renewalsExport(c *fiber.Ctx) error {
	var p renewalsPage
	p.Today = visitOf(c).today
	ahead, err := s.lookAhead(c, horizon(p.Today))
	if err != nil {
		return err
	}
	p.months(ahead)
	t := reports.Table{Title: "Rinnovi fino al " + horizon(p.Today).Italian(), Columns: []reports.Column{
		{Title: "Mese"}, {Title: "In scadenza", Kind: reports.Integer, Total: true}, {Title: "Si rinnovano", Kind: reports.Integer, Total: true},
		{Title: "Già pagate", Kind: reports.Integer, Total: true}, {Title: "Si chiudono", Kind: reports.Integer, Total: true}, {Title: "Non riescono", Kind: reports.Integer, Total: true},
		{Title: "Costo netto", Kind: reports.Money, Total: true}, {Title: "IVA", Kind: reports.Money, Total: true}, {Title: "Costo lordo", Kind: reports.Money, Total: true},
		{Title: "Servizi che si rinnovano", Kind: reports.Integer, Total: true}, {Title: "Servizi che cessano", Kind: reports.Integer, Total: true},
		{Title: "Credito mancante", Kind: reports.Money, Total: true},
	}}
	rows := p.Months
	if p.Late != nil {
		rows = append([]renewalMonth{*p.Late}, rows...)
	}
	for _, m := range rows {
		t.Rows = append(t.Rows, []any{m.Title, m.Due, m.Renewed, m.Paid, m.Closed, m.Failed, m.Price.Net, m.Price.VAT, m.Price.Gross, m.ServicesRenewed, m.ServicesEnded, m.Missing})
	}
	return s.sendList(c, "rinnovi-"+p.Today.String(), t)
}

// renewalListPage is mailbox by mailbox what a month brings, or all up to a
// day.
type renewalListPage struct {
	Frame
	Q      string
	Hidden []Option // filters without a field of their own
	Tabs   Tabs
	Chips  filterChips
	Rows   []renewalRow
	Total  renewalMonth
	Pager  *Pager
	Export exportLinks
	All    string
}

// renewalRow is one mailbox on one day.
type renewalRow struct {
	office.AheadRow
	Member, Box template.HTML
	What        string
	Kind        string // of its badge: "" for a renewal
	Lines       []renewalLine
	Cost        pec.Cents // gross, for the Ordine
	Renew       string    // where an order renews it
}

// renewalLine says what becomes of one service.
type renewalLine struct {
	Text string
	Ends bool
}

// The views of the list.
var renewalViews = []struct {
	key, title string
	match      func(office.AheadRow) bool
}{
	{"", "Tutte", func(office.AheadRow) bool { return true }},
	{"rinnovano", "Si rinnovano", func(r office.AheadRow) bool { return r.Mailbox.Kind == pec.EventRenewed }},
	{"chiudono", "Si chiudono", func(r office.AheadRow) bool { return r.Mailbox.Kind == pec.EventClosed }},
	{"non-riescono", "Non riescono", func(r office.AheadRow) bool { return r.Mailbox.Kind == pec.EventFailed }},
	{"cessano", "Con servizi che cessano", func(r office.AheadRow) bool { return r.ServicesEnded() > 0 }},
}

// renewalRows reads a list's rows and says which span of days it is about.
func (s *site) renewalRows(c *fiber.Ctx, l listing) (rows []office.AheadRow, title string, err error) {
	today := visitOf(c).today
	from, until := pec.Date{}, horizon(today)
	title = "Rinnovi fino al " + until.Italian()
	switch m, day := monthIn(l, "mese"), dayIn(l, "al"); {
	case l.get("mese") == "arretrati":
		until, title = today.AddDays(-1), "Rinnovi non ancora eseguiti"
	case !m.IsZero():
		from, until, title = m, m.LastOfMonth(), "Rinnovi di "+month(m)
		if from.Before(today) { // what is late has a list of its own
			from = today
		}
	case !day.IsZero():
		until, title = day, "Rinnovi fino al "+day.Italian()
	}
	if until.After(today.AddYears(furthestYears)) {
		return nil, title, pec.Refuse("day_too_far", "La simulazione arriva al massimo al %s.", today.AddYears(furthestYears).Italian())
	}
	far := horizon(today)
	if until.After(far) {
		far = until
	}
	ahead, err := s.lookAhead(c, far)
	if err != nil {
		return nil, title, err
	}
	words := strings.Fields(pec.Fold(l.get("q")))
	for _, r := range ahead.Rows {
		if !r.On.Before(from) && !r.On.After(until) && hasWords(r, words) {
			rows = append(rows, r)
		}
	}
	return rows, title, nil
}

// hasWords reports whether every word stands in the holder's name or in the
// address.
func hasWords(r office.AheadRow, words []string) bool {
	text := pec.Fold(r.Holder + " " + r.Address)
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

func renewalListing(c *fiber.Ctx) listing {
	return listingOf(c, "/rinnovi/elenco", "mese", "al", "cosa", "q")
}

func (s *site) renewalList(c *fiber.Ctx) error {
	l := renewalListing(c)
	if to := l.dropped(); to != "" {
		return c.Redirect(to, fiber.StatusSeeOther)
	}
	rows, title, err := s.renewalRows(c, l)
	if err != nil {
		return err
	}
	p := renewalListPage{Frame: s.frame(c, title, Crumb{"Rinnovi", "/rinnovi"}), Q: l.get("q"), All: l.with("q", "", "cosa", "")}
	p.Tabs.Label = "Che cosa accade"
	chosen := renewalViews[0]
	for _, v := range renewalViews {
		n := 0
		for _, r := range rows {
			if v.match(r) {
				n++
			}
		}
		current := v.key == l.get("cosa")
		if current {
			chosen = v
		}
		if n > 0 || current || v.key == "" {
			p.Tabs.Items = append(p.Tabs.Items, Tab{Title: v.title, Path: l.with("cosa", v.key), Count: pec.Thousands(n), Current: current})
		}
	}
	rows = slices.DeleteFunc(rows, func(r office.AheadRow) bool { return !chosen.match(r) })
	for _, r := range rows {
		p.Total.add(r)
	}
	p.Lead = capital(counted(len(rows), "casella", "caselle")) + ": " + p.Total.inWords()
	for _, name := range []string{"mese", "al", "cosa"} {
		if value := l.get(name); value != "" {
			p.Hidden = append(p.Hidden, Option{Label: name, Value: value})
		}
	}
	if p.Q != "" {
		p.Chips.add("q", "«"+p.Q+"»")
		p.Chips.All = l.with("q", "")
	}
	p.Export = l.exports("/rinnovi/elenco/esporta")
	page, pager := pageOf(l, windowOf(l, rows, rowsPerPage, renewalKey), rowsPerPage, renewalKey, func(r office.AheadRow) string { return r.On.Italian() + ", " + r.Holder })
	p.Pager = pager
	return s.showRenewalRows(c, &p, page)
}

func (s *site) showRenewalRows(c *fiber.Ctx, p *renewalListPage, page []office.AheadRow) error {
	err := s.read(c, func(tx *db.ReadTx) error {
		agreements, err := tx.Agreements()
		products := productsOf(agreements)
		for _, r := range page {
			p.Rows = append(p.Rows, s.renewalRow(c, r, products))
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.show(c, "renewal-list", p)
}

func (s *site) renewalRow(c *fiber.Ctx, r office.AheadRow, products productNames) renewalRow {
	row := renewalRow{AheadRow: r, Member: s.memberLink(c, r.MemberID, r.Holder), Box: s.mailboxLink(c, r.MailboxID, r.Address)}
	row.What, row.Kind = becomes(r)
	row.Cost = ordineCost(r.Mailbox).Gross
	if r.Asked.Gross > 0 && r.Order == 0 {
		row.Lines = append(row.Lines, renewalLine{Text: "un ordine la rinnova: " + r.Asked.Gross.Euro()})
		row.Renew = s.linkTo(c, "/ordini/rinnovo", withQuery("/ordini/rinnovo", "casella", r.Address))
	}
	for _, e := range r.Services {
		row.Lines = append(row.Lines, serviceLine(e, products))
	}
	return row
}

// ordineCost is what a renewal costs the Ordine: nothing when an order paid it.
func ordineCost(e pec.Event) pec.Amounts {
	if e.Renewal != nil {
		return pec.Amounts{}
	}
	return e.Price
}

// becomes says what a mailbox does on its day.
func becomes(r office.AheadRow) (what, kind string) {
	switch e := r.Mailbox; e.Kind {
	case pec.EventRenewed:
		if e.Renewal != nil {
			return "Si rinnova fino al " + e.To.Italian() + ", con l’ordine pagato dall’iscritto", ""
		}
		return "Si rinnova fino al " + e.To.Italian(), ""
	case pec.EventTurned:
		return "Comincia il periodo già pagato, fino al " + e.To.Italian(), ""
	case pec.EventClosed:
		return "Si chiude: " + cmp.Or(r.Why, e.CloseReason.Ahead()), "warning"
	}
	return "Resta com’è: " + r.Mailbox.Message, "danger"
}

func serviceLine(e pec.Event, products productNames) renewalLine {
	what := products.what(e.Product, e.Quantity)
	if e.Kind == pec.EventServiceRenewed && e.Renewal != nil {
		return renewalLine{Text: what + ": si rinnova, compreso nell’ordine"}
	}
	if e.Kind == pec.EventServiceRenewed {
		return renewalLine{Text: what + ": si rinnova, " + e.Price.Gross.Euro()}
	}
	return renewalLine{Text: what + ": cessa, " + e.EndReason.Italian(), Ends: true}
}

// inWords sums a list up: "2.876 si rinnovano, costo 17.543,60 € IVA
// compresa; 118 servizi cessano".
func (m renewalMonth) inWords() string {
	parts := []string{counted(m.Renewed, "si rinnova", "si rinnovano")}
	if m.Renewed > 0 {
		parts[0] += " per " + m.Price.Gross.Euro() + " IVA compresa"
	}
	if m.Closed > 0 {
		parts = append(parts, counted(m.Closed, "si chiude", "si chiudono"))
	}
	if m.Failed > 0 {
		parts = append(parts, counted(m.Failed, "non riesce", "non riescono"))
	}
	if m.ServicesEnded > 0 {
		parts = append(parts, counted(m.ServicesEnded, "servizio cessa", "servizi cessano"))
	}
	return strings.Join(parts, ", ")
}

// renewalKey is what the address keeps of a row: its day and mailbox.
func renewalKey(r office.AheadRow) string { return r.On.String() + "_" + itoa(r.MailboxID) }

// renewalChips are the filters of the list but for its days, which its title has.
func (s *site) renewalChips(c *fiber.Ctx, _ *db.ReadTx) (chips filterChips, err error) {
	l := renewalListing(c)
	for _, v := range renewalViews {
		if v.key != "" && v.key == l.get("cosa") {
			chips.add("cosa", v.title)
		}
	}
	if q := l.get("q"); q != "" {
		chips.add("q", "«"+q+"»")
	}
	return chips, nil
}

func (s *site) renewalListExport(c *fiber.Ctx) error {
	l := renewalListing(c)
	rows, title, err := s.renewalRows(c, l)
	if err != nil {
		return err
	}
	var products productNames
	err = s.read(c, func(tx *db.ReadTx) error {
		agreements, err := tx.Agreements()
		products = productsOf(agreements)
		return err
	})
	if err != nil {
		return err
	}
	t := reports.Table{Title: title, Columns: []reports.Column{
		{Title: "Giorno", Kind: reports.Day}, {Title: "Iscritto"}, {Title: "Casella"}, {Title: "Che cosa accade"},
		{Title: "Costo netto", Kind: reports.Money, Total: true}, {Title: "IVA", Kind: reports.Money, Total: true}, {Title: "Costo lordo", Kind: reports.Money, Total: true},
		{Title: "Servizi"}, {Title: "Servizi che si rinnovano, lordo", Kind: reports.Money, Total: true}, {Title: "Credito mancante", Kind: reports.Money, Total: true}, {Title: "Ordine che la rinnova, lordo", Kind: reports.Money, Total: true},
	}}
	for _, v := range renewalViews {
		if v.key != l.get("cosa") {
			continue
		}
		for _, r := range rows {
			if !v.match(r) {
				continue
			}
			what, _ := becomes(r)
			var lines []string
			for _, e := range r.Services {
				lines = append(lines, serviceLine(e, products).Text)
			}
			_, price := r.ServicesRenewed()
			t.Rows = append(t.Rows, []any{r.On, r.Holder, r.Address, what, ordineCost(r.Mailbox).Net, ordineCost(r.Mailbox).VAT, ordineCost(r.Mailbox).Gross,
				strings.Join(lines, "; "), price.Gross, r.Missing, r.Asked.Gross})
		}
	}
	return s.sendList(c, "rinnovi-elenco", t)
}

// renewalRunRow is a run as lists show it.
type renewalRunRow struct {
	db.Run
	Done    office.Renewed
	Who     string
	Outcome string
	Kind    string // of its badge
	ToSee   string
}

func runRows(runs []db.Run, names actorNames) []renewalRunRow {
	var rows []renewalRunRow
	for _, r := range runs {
		rows = append(rows, runRow(r, names))
	}
	return rows
}

func runRow(r db.Run, names actorNames) renewalRunRow {
	row := renewalRunRow{Run: r, Who: names.of(r.Actor), Outcome: "Riuscita"}
	if r.FinishedAt.IsZero() {
		row.Outcome, row.Kind = "Interrotta", "warning"
		row.ToSee = "Non è finita: quel che restava lo riprende la successiva"
	}
	if err := json.Unmarshal(r.Figures, &row.Done); err != nil {
		row.Outcome, row.Kind = "Cifre illeggibili", "danger"
		return row
	}
	if n := len(row.Done.Failed); n > 0 && !r.FinishedAt.IsZero() {
		row.Outcome, row.Kind = counted(n, "casella non riuscita", "caselle non riuscite"), "danger"
		row.ToSee = row.Done.Failed[0].Address + ": " + row.Done.Failed[0].Message
		if n > 1 {
			row.ToSee += " E " + counted(n-1, "altra", "altre") + "."
		}
	}
	return row
}

// renewalRunsPage is the log of the runs.
type renewalRunsPage struct {
	Frame
	Rows  []renewalRunRow
	Pager *Pager
}

func (s *site) renewalRuns(c *fiber.Ctx) error {
	p := renewalRunsPage{Frame: s.frame(c, "Esecuzioni dei rinnovi", Crumb{"Rinnovi", "/rinnovi"})}
	p.Lead = "Ogni notte il programma rinnova ciò che è scaduto fino al giorno prima"
	l := listingOf(c, "/rinnovi/esecuzioni")
	err := s.read(c, func(tx *db.ReadTx) error {
		runs, err := tx.RunList(l.id(afterParam), l.id(beforeParam), rowsPerPage+1)
		if err != nil {
			return err
		}
		runs, p.Pager = pageOf(l, runs, rowsPerPage, func(r db.Run) string { return itoa(r.ID) }, func(r db.Run) string { return moment(r.StartedAt) })
		names, err := actorsOf(tx)
		p.Rows = runRows(runs, names)
		return err
	})
	if err != nil {
		return err
	}
	return s.show(c, "renewal-runs", &p)
}

// renewalRunPage is one run: its figures, and what failed.
type renewalRunPage struct {
	Frame
	Run    renewalRunRow
	Failed []renewalFailure
}

type renewalFailure struct {
	Address template.HTML
	Message string
}

func (s *site) renewalRun(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	var p renewalRunPage
	err = s.read(c, func(tx *db.ReadTx) error {
		r, err := tx.Run(id)
		if err != nil {
			return err
		}
		names, err := actorsOf(tx)
		if err != nil {
			return err
		}
		p.Run = runRow(r, names)
		for _, f := range p.Run.Done.Failed {
			p.Failed = append(p.Failed, renewalFailure{s.addressLink(c, tx, f.Address), f.Message})
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.Frame = s.frame(c, "Rinnovi fino al "+p.Run.Until.Italian(), Crumb{"Rinnovi", "/rinnovi"}, Crumb{"Esecuzioni", "/rinnovi/esecuzioni"})
	p.Lead = p.Run.Who + ", " + moment(p.Run.StartedAt)
	return s.show(c, "renewal-run", &p)
}

// addressLink leads to the mailbox that has an address now, if there is one.
func (s *site) addressLink(c *fiber.Ctx, tx *db.ReadTx, address string) template.HTML {
	box, err := tx.MailboxByAddress(address)
	if err != nil {
		return anchor("", address)
	}
	return s.mailboxLink(c, box.ID, address)
}

// renewalReviewPage shows what a run would do before it is run.
type renewalReviewPage struct {
	Frame
	Until  pec.Date
	Tabs   Tabs
	Total  renewalMonth
	Rows   []renewalRow
	More   string // the whole list, when not all is shown
	Button string
}

// shownInReview is how many rows a review shows; the rest has its list.
const shownInReview = 20

func (s *site) renewalReview(c *fiber.Ctx) error {
	until := visitOf(c).today.AddDays(-1)
	if c.Query("fino") == "oggi" {
		until = visitOf(c).today
	}
	p, err := s.reviewOf(c, until)
	if err != nil {
		return err
	}
	return s.show(c, "renewal-review", p)
}

func (s *site) reviewOf(c *fiber.Ctx, until pec.Date) (*renewalReviewPage, error) {
	p := &renewalReviewPage{Frame: s.frame(c, "Esegui i rinnovi", Crumb{"Rinnovi", "/rinnovi"}), Until: until}
	yesterday := p.Today.AddDays(-1)
	p.Lead = "Non è ancora stato scritto nulla"
	p.Tabs = Tabs{Label: "Fino a quando", Items: []Tab{
		{Title: "Fino a ieri, " + yesterday.Italian(), Path: "/rinnovi/esegui", Current: until == yesterday},
		{Title: "Fino a oggi, " + p.Today.Italian(), Path: "/rinnovi/esegui?fino=oggi", Current: until == p.Today},
	}}
	ahead, err := s.lookAhead(c, horizon(p.Today))
	if err != nil {
		return nil, err
	}
	rows := slices.DeleteFunc(slices.Clone(ahead.Rows), func(r office.AheadRow) bool { return r.On.After(until) })
	for _, r := range rows {
		p.Total.add(r)
	}
	p.Button = p.Total.button()
	if len(rows) > shownInReview {
		p.More = withQuery("/rinnovi/elenco", "al", until.Italian())
		rows = rows[:shownInReview]
	}
	return p, s.read(c, func(tx *db.ReadTx) error {
		agreements, err := tx.Agreements()
		products := productsOf(agreements)
		for _, r := range rows {
			p.Rows = append(p.Rows, s.renewalRow(c, r, products))
		}
		return err
	})
}

// button says what pressing it does, and how much of it.
func (m renewalMonth) button() string {
	switch {
	case m.Renewed > 0 && m.Closed > 0:
		return "Rinnova " + counted(m.Renewed, "casella", "caselle") + " e chiudine " + pec.Thousands(m.Closed)
	case m.Renewed > 0:
		return "Rinnova " + counted(m.Renewed, "casella", "caselle")
	case m.Closed > 0:
		return "Chiudi " + counted(m.Closed, "casella", "caselle")
	}
	return "Riprova"
}

// renew carries out what is due. Pressed twice it finds nothing left to do.
func (s *site) renew(c *fiber.Ctx) error {
	f := formOf(c)
	until := f.day("until")
	var done office.Renewed
	if f.ok() {
		var err error
		done, err = s.office.Renew(ctx(c), who(c).Actor(), until)
		f.add(err)
	}
	if !f.ok() {
		p, err := s.reviewOf(c, visitOf(c).today.AddDays(-1))
		if err != nil {
			return err
		}
		return s.refuse(c, "renewal-review", p, f)
	}
	a := Alert{Kind: "success", Strong: "Rinnovi eseguiti fino al " + until.Italian() + ".", Text: capital(renewedInWords(done)) + "."}
	if n := len(done.Failed); n > 0 {
		a.Kind = "warning"
		a.Text = capital(renewedInWords(done)) + ". " + counted(n, "casella è rimasta com’era", "caselle sono rimaste com’erano") + ": veda qui perché."
	}
	to, err := s.latestRun(c)
	if err != nil {
		return err
	}
	return s.told(c, to, a)
}

// latestRun is the address of the run that this person made last.
func (s *site) latestRun(c *fiber.Ctx) (string, error) {
	to := "/rinnovi"
	return to, s.read(c, func(tx *db.ReadTx) error {
		runs, err := tx.RunList(0, 0, 10)
		for _, r := range runs {
			if r.Actor == who(c).Actor() {
				to = "/rinnovi/esecuzioni/" + itoa(r.ID)
				break
			}
		}
		return err
	})
}

func renewedInWords(done office.Renewed) string {
	text := counted(done.Renewed, "casella rinnovata", "caselle rinnovate")
	if done.Renewed > 0 {
		text += " per " + done.Ordine.Gross.Euro() + " IVA compresa"
	}
	if done.Closed > 0 {
		text += ", " + counted(done.Closed, "chiusa", "chiuse")
	}
	if done.ServicesRenewed > 0 {
		text += ", " + counted(done.ServicesRenewed, "servizio rinnovato", "servizi rinnovati")
	}
	if done.ServicesEnded > 0 {
		text += ", " + counted(done.ServicesEnded, "servizio cessato", "servizi cessati")
	}
	return text
}
