package web

import (
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

func (s *site) serviceRoutes() []route {
	return []route{
		get("/servizi", operators, s.services),
		get("/servizi/esporta", operators, s.servicesExport),
		get("/servizi/a-rischio", operators, s.servicesAtRisk),
		get("/servizi/a-rischio/esporta", operators, s.servicesAtRiskExport),
		get("/servizi/a-rischio/avvisa", clerks, s.shortReview),
		post("/servizi/a-rischio/avvisa", clerks, s.tellShort),
		get("/servizi/:id/riaccredito", clerks, s.recredit),
		post("/servizi/:id/riaccredito", clerks, s.recreditService),
		get("/servizi/:id", operators, s.service), // after the pages with a name
		post("/servizi/:id", clerks, s.changeService),
		post("/servizi/:id/preferenza", clerks, s.preferService),
	}
}

// servicesPage is every service that members pay: who has what, at which
// price, and what becomes of it.
type servicesPage struct {
	Frame
	Cards              []Card
	Provider           *Alert // where members buy at the provider
	Q                  string
	Product            string
	Source, State, Due string
	Products           []Option
	Sources            []Option
	States             []Option
	Dues               []Option
	Hidden             []Option
	Chips              filterChips
	Rows               []serviceRow
	Pager              *Pager
	ByProduct          []serviceTotal
	ByMonth            []serviceTotal
	Total              serviceTotal
	Export             exportLinks
	Any                bool // there is or was any service at all
}

// serviceRow is a service as the list shows it.
type serviceRow struct {
	db.ServiceListed
	Member, Box template.HTML
	Quantity    string    // "2 GB"
	Then        string    // "fino al 15/01/2027, poi 1 GB", of one that a renewal paid ahead lowers
	YearNet     pec.Cents // a year at today's prices; 0 when today's agreement lacks the product
	Where       string
	Renewal     string // is it on?
	RenewalKind string
	Fate        string // what happens on its day
	FateKind    string
	Why         string
	On          pec.Date  // the day
	Cost        pec.Cents // gross, of the renewal, when it renews
	Held        bool      // the credit is here and counts
	Missing     pec.Cents // gross, for the mailbox
}

// serviceTotal is a group of services added up.
type serviceTotal struct {
	Title, Where string
	Href         string
	Services     int
	Quantity     string
	Net          pec.Cents // paid for the running periods
	Ahead        pec.Cents // paid already for later ones
	pieces       map[string]int
}

func (s *site) services(c *fiber.Ctx) error {
	l := serviceListing(c)
	if to := l.dropped(); to != "" {
		return c.Redirect(to, fiber.StatusSeeOther)
	}
	p := servicesPage{Frame: s.frame(c, "Servizi")}
	err := s.read(c, func(tx *db.ReadTx) error {
		r, err := s.serviceReader(c, tx, l)
		if err != nil {
			return err
		}
		if err := r.filters(&p); err != nil {
			return err
		}
		if err := r.cards(&p); err != nil {
			return err
		}
		if err := r.totals(&p); err != nil {
			return err
		}
		return r.page(&p)
	})
	if err != nil {
		return err
	}
	return s.show(c, "services", &p)
}

func serviceListing(c *fiber.Ctx) listing {
	return listingOf(c, "/servizi", "q", "servizio", "acquistato", "stato", "scadenza", "mese")
}

// The values of the filters.
const (
	dueSoon   = "90"
	dueAtRisk = "rischio"
)

// serviceReader gathers the pages of the services from one snapshot.
type serviceReader struct {
	*site
	c          *fiber.Ctx
	tx         *db.ReadTx
	l          listing
	today      pec.Date
	agreements []pec.Agreement
	now        pec.Agreement // in force today
	names      productNames
	risk       []office.Standing // mailboxes that lack credit within 90 days
	filter     db.ServiceFilter
}

func (s *site) serviceReader(c *fiber.Ctx, tx *db.ReadTx, l listing) (*serviceReader, error) {
	r := &serviceReader{site: s, c: c, tx: tx, l: l, today: visitOf(c).today}
	var err error
	if r.agreements, err = tx.Agreements(); err != nil {
		return nil, err
	}
	r.now, _ = pec.InForce(r.agreements, r.today)
	r.names = productsOf(r.agreements)
	if r.risk, err = s.office.AtRisk(tx, r.today.AddDays(soon)); err != nil {
		return nil, err
	}
	r.filter = db.ServiceFilter{
		On: r.today, Search: l.get("q"), Product: l.get("servizio"), Source: l.oneOf("acquistato", string(pec.SoldByOrdine), string(pec.SoldByProvider)),
		Ended: l.get("stato") == "tutti", EndedOnly: l.get("stato") == "cessati",
	}
	switch l.get("scadenza") {
	case dueSoon:
		r.filter.Until = r.today.AddDays(soon)
	case dueAtRisk:
		r.filter.Only = atRiskServices(r.risk)
	}
	if m := monthIn(l, "mese"); !m.IsZero() {
		r.filter.From, r.filter.Until = m, m.LastOfMonth()
	}
	return r, nil
}

// atRiskServices are the services that end for want of credit, an empty list
// when there is none.
func atRiskServices(risk []office.Standing) []int64 {
	ids := []int64{}
	for _, s := range risk {
		for _, e := range s.Ending() {
			ids = append(ids, e.ServiceID)
		}
	}
	return ids
}

func (r *serviceReader) filters(p *servicesPage) error {
	products, err := r.tx.ServiceProducts()
	if err != nil {
		return err
	}
	p.Any = len(products) > 0
	p.Q, p.Product, p.Source, p.Due = r.filter.Search, r.filter.Product, r.filter.Source, r.l.oneOf("scadenza", dueSoon, dueAtRisk)
	p.State = r.l.oneOf("stato", "cessati", "tutti")
	p.Products = []Option{{Value: "", Label: "Tutti"}}
	for _, s := range products {
		p.Products = append(p.Products, Option{Value: s.Product, Label: s.ProductName})
		if s.Product == p.Product {
			p.Chips.add("servizio", s.ProductName)
		}
	}
	p.Sources = []Option{{Value: "", Label: "Ovunque"}, {Value: string(pec.SoldByOrdine), Label: "Qui"}, {Value: string(pec.SoldByProvider), Label: "Presso il gestore"}}
	p.States = []Option{{Value: "", Label: "Attivi"}, {Value: "cessati", Label: "Cessati"}, {Value: "tutti", Label: "Attivi e cessati"}}
	p.Dues = []Option{{Value: "", Label: "Sempre"}, {Value: dueSoon, Label: "Entro 90" + nbsp + "giorni"}, {Value: dueAtRisk, Label: "A rischio"}}
	if p.Source != "" {
		p.Chips.add("acquistato", map[string]string{"ordine": "Acquistati qui", "provider": "Acquistati presso il gestore"}[p.Source])
	}
	p.Chips.add("stato", map[string]string{"cessati": "Cessati", "tutti": "Attivi e cessati"}[p.State])
	p.Chips.add("scadenza", map[string]string{dueSoon: "In scadenza entro 90" + nbsp + "giorni", dueAtRisk: "Senza credito entro 90" + nbsp + "giorni"}[p.Due])
	if m := monthIn(r.l, "mese"); !m.IsZero() {
		p.Chips.add("mese", "Scadenza "+month(m))
		p.Hidden = append(p.Hidden, Option{Label: "mese", Value: r.l.get("mese")})
	}
	if p.Q != "" {
		p.Chips.add("q", "«"+p.Q+"»")
	}
	p.Chips.All = r.l.path
	p.Export = r.l.exports("/servizi/esporta")
	return nil
}

// cards are the figures of all running services, whatever is filtered.
func (r *serviceReader) cards(p *servicesPage) error {
	sums, err := r.tx.ServiceSums(db.ServiceFilter{On: r.today})
	if err != nil {
		return err
	}
	members, err := r.tx.ServiceMembers(db.ServiceFilter{})
	if err != nil {
		return err
	}
	near, err := r.tx.ServiceSums(db.ServiceFilter{On: r.today, Until: r.today.AddDays(soon)})
	if err != nil {
		return err
	}
	all := r.sum(sums)
	running := Card{Title: "Servizi attivi", Href: "/servizi", Figure: pec.Thousands(all.Services), Note: counted(members, "iscritto", "iscritti")}
	if all.Quantity != "" {
		running.Note = counted(members, "iscritto", "iscritti") + ": " + all.Quantity
	}
	paid := Card{Title: "Pagato dagli iscritti", Href: "/servizi", Figure: all.Net.Euro(), Note: "Netto, per i periodi in corso"}
	if all.Ahead > 0 {
		paid.Note = joinHTML("Netto, per i periodi in corso; già pagato per periodi futuri: ", strong(all.Ahead.Euro()))
	}
	expiring := Card{Title: "In scadenza entro 90" + nbsp + "giorni", Href: withQuery("/servizi", "scadenza", dueSoon), Figure: pec.Thousands(r.sum(near).Services), Note: "Fino al " + r.today.AddDays(soon).Italian()}
	p.Cards = []Card{running, paid, expiring}
	if r.now.SoldBy == pec.SoldByProvider {
		return r.provider(p)
	}
	risk, err := r.riskCard()
	p.Cards = append(p.Cards, risk)
	return err
}

func (r *serviceReader) riskCard() (Card, error) {
	services := len(atRiskServices(r.risk))
	card := Card{Title: "A rischio entro 90" + nbsp + "giorni", Href: "/servizi/a-rischio", Figure: pec.Thousands(services), Note: "Il credito basta per tutti"}
	if services > 0 {
		members := map[int64]bool{}
		var missing pec.Cents
		for _, s := range r.risk {
			members[s.MemberID] = true
			missing += s.AddedMissing
		}
		toTell, err := r.office.ToTell(r.tx, r.risk, soon)
		if err != nil {
			return card, err
		}
		card.toTell(toTell)
		card.Note = joinHTML("A "+counted(len(members), "iscritto", "iscritti")+" "+pec.Lacks(missing)+" ", strong(missing.Euro()))
	}
	return card, nil
}

// toTell says how many of those who lack credit are still to be written to.
func (c *Card) toTell(n int) {
	c.Badge = "Già avvisati"
	if n > 0 {
		c.Badge, c.Kind = "Da avvisare: "+pec.Thousands(n), "warning"
	}
}

// provider says where the list comes from when members buy at the provider.
func (r *serviceReader) provider(p *servicesPage) error {
	batches, err := r.tx.Batches(100)
	if err != nil {
		return err
	}
	a := Alert{Kind: "primary", Strong: "Gli iscritti acquistano presso il gestore.", Text: "Non è ancora stato importato nessun suo estratto: qui non risulta nulla.",
		Href: r.linkTo(r.c, "/importazioni", "/importazioni"), Link: "Importi l’estratto del gestore"}
	for _, b := range batches {
		if b.Kind == "services" && b.UndoneAt.IsZero() {
			a.Text = "Qui vede che cosa risulta dal suo estratto: l’ultimo importato è «" + b.Filename + "», del " + b.On.Italian() + ". Credito e rinnovi stanno presso il gestore."
			a.Link = "Importi il prossimo"
			break
		}
	}
	p.Provider = &a
	return nil
}

// sum adds groups up, each product by its own unit.
func (r *serviceReader) sum(sums []db.ServiceSum) serviceTotal {
	t := serviceTotal{pieces: map[string]int{}}
	names := map[string]string{}
	for _, s := range sums {
		t.Services += s.Services
		t.Net, t.Ahead = t.Net+s.Net, t.Ahead+s.Ahead
		t.pieces[s.Product] += s.Quantity
		names[s.Product] = s.ProductName
	}
	var parts []string
	for _, code := range slices.SortedFunc(maps.Keys(t.pieces), spaceFirst) {
		product := r.names[code]
		if product.Code == "" {
			product = pec.Product{Code: code, Name: names[code]}
		}
		part := product.Pieces(t.pieces[code])
		if code == pec.InboxGB {
			part += " di spazio"
		}
		parts = append(parts, part)
	}
	t.Quantity = strings.Join(parts, ", ")
	return t
}

// spaceFirst puts inbox space before the other products.
func spaceFirst(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == pec.InboxGB:
		return -1
	case b == pec.InboxGB:
		return 1
	}
	return strings.Compare(a, b)
}

// totals adds what is listed up, whatever page is shown.
func (r *serviceReader) totals(p *servicesPage) error {
	sums, err := r.tx.ServiceSums(r.filter)
	if err != nil {
		return err
	}
	p.Total = r.sum(sums)
	type group struct {
		product string
		source  pec.Seller
	}
	groups, byGroup := []group{}, map[group][]db.ServiceSum{}
	months, byMonth := []pec.Date{}, map[pec.Date][]db.ServiceSum{}
	for _, s := range sums {
		g := group{s.Product, s.Source}
		if byGroup[g] == nil {
			groups = append(groups, g)
		}
		byGroup[g] = append(byGroup[g], s)
		if byMonth[s.Month] == nil {
			months = append(months, s.Month)
		}
		byMonth[s.Month] = append(byMonth[s.Month], s)
	}
	slices.SortFunc(groups, func(a, b group) int {
		return strings.Compare(a.product+string(a.source), b.product+string(b.source))
	})
	for _, g := range groups {
		t := r.sum(byGroup[g])
		units := 0
		for _, s := range byGroup[g] {
			units += s.Quantity
		}
		t.Title, t.Where, t.Quantity = byGroup[g][0].ProductName, whereBought(db.ServiceRow{Service: pec.Service{Source: g.source}}), r.names.quantity(g.product, units)
		t.Href = r.l.with("servizio", g.product, "acquistato", string(g.source))
		p.ByProduct = append(p.ByProduct, t)
	}
	for _, m := range months {
		t := r.sum(byMonth[m])
		t.Title, t.Href = monthCell(m), r.l.with("mese", monthKey(m))
		p.ByMonth = append(p.ByMonth, t)
	}
	p.Lead = counted(p.Total.Services, "servizio", "servizi")
	if p.Total.Quantity != "" {
		p.Lead += ": " + p.Total.Quantity
	}
	p.Lead += "; " + p.Total.Net.Euro() + " netti " + p.Periods()
	if p.Total.Ahead > 0 {
		p.Lead += ", " + p.Total.Ahead.Euro() + " già pagati per periodi futuri"
	}
	return nil
}

// Periods says for which periods the services of the list were paid: of one that
// ended the last counts.
func (p *servicesPage) Periods() string {
	switch p.State {
	case "cessati":
		return "per i loro ultimi periodi"
	case "tutti":
		return "per i periodi in corso e, dei cessati, per gli ultimi"
	}
	return "per i periodi in corso"
}

// whereBought is where a service comes from: one that a list of mailboxes
// brought was there before the Ordine sold any.
func whereBought(s db.ServiceRow) string {
	switch {
	case s.Source == pec.SoldByProvider:
		return "Presso il gestore"
	case s.BatchID != 0:
		return "Dall’elenco del gestore"
	}
	return "Acquistato qui"
}

func (r *serviceReader) page(p *servicesPage) error {
	f := r.filter
	f.After, f.Before, f.Limit = r.l.id(afterParam), r.l.id(beforeParam), rowsPerPage+1
	list, err := r.tx.ServiceList(f)
	if err != nil {
		return err
	}
	list, p.Pager = pageOf(r.l, list, rowsPerPage, func(s db.ServiceListed) string { return itoa(s.ID) },
		func(s db.ServiceListed) string { return s.ExpiresOn.Italian() + ", " + s.Holder })
	p.Rows, err = r.rows(list)
	return err
}

// rows says of each service what becomes of it, by the member's whole book.
func (r *serviceReader) rows(list []db.ServiceListed) ([]serviceRow, error) {
	var members []int64
	for _, s := range list {
		if s.EndedOn.IsZero() {
			members = append(members, s.MemberID)
		}
	}
	standings, err := r.office.Standings(r.tx, members)
	if err != nil {
		return nil, err
	}
	rows := make([]serviceRow, 0, len(list))
	for _, s := range list {
		rows = append(rows, r.row(s, standings[s.MailboxID]))
	}
	return rows, nil
}

func (r *serviceReader) row(s db.ServiceListed, st office.Standing) serviceRow {
	row := serviceRow{
		ServiceListed: s, Member: r.memberLink(r.c, s.MemberID, s.Holder), Box: r.mailboxLink(r.c, s.MailboxID, s.Address),
		Quantity: r.names.quantity(s.Product, s.Quantity), Where: whereBought(s.ServiceRow), Renewal: "Sì", On: st.On, Held: s.Source == pec.SoldByOrdine,
	}
	if product, ok := r.now.Product(s.Product); ok && row.Held {
		row.YearNet = product.YearlyPrice * pec.Cents(s.Quantity)
	}
	switch {
	case !row.Held:
		row.Renewal = "–" // decided there
	case !s.AutoRenew:
		row.Renewal, row.RenewalKind = "No", "warning"
	case !s.LowersOn(pec.Mailbox{TurnsOn: st.TurnsOn}).IsZero():
		row.Then = "fino al " + st.TurnsOn.Italian() + ", poi " + r.names.quantity(s.Product, s.NextQuantity)
	case s.NextQuantity != s.Quantity:
		row.Renewal = "Per " + r.names.quantity(s.Product, s.NextQuantity)
	}
	r.fate(&row, st)
	return row
}

// fate says what happens to a service on its day, and why.
func (r *serviceReader) fate(row *serviceRow, st office.Standing) {
	if !row.EndedOn.IsZero() {
		row.Renewal, row.RenewalKind, row.Held = "–", "", false
		row.Fate, row.FateKind, row.Why, row.On = "Cessato", "secondary", "il "+row.EndedOn.Italian()+": "+row.EndReason.Italian(), row.EndedOn
		return
	}
	if e, ok := st.Renewal(row.ID); ok {
		row.Fate, row.Cost, row.Why = "Si rinnova", e.Price.Gross, "fino al "+e.To.Italian()+" per "+e.Price.Gross.Euro()
		if st.Missing == 0 && st.Whole > 0 { // older orders take the credit first (R13)
			row.Why += "; con ciò che aspetta il pagamento " + pec.Lacking(st.Whole)
		}
		return
	}
	why, ends := st.Ends(row.ID)
	switch {
	case ends && why == pec.EndSoldElsewhere:
		row.Fate, row.Why = "Lo decide il gestore", "lo dirà il prossimo estratto"
	case ends:
		row.Fate, row.FateKind, row.Why = "Cessa", "warning", why.Italian()
		if why == pec.EndMailboxClosed && st.Mailbox.CloseReason == pec.CloseNotRenewed {
			row.Why = "con la casella, se nessun ordine la rinnova"
		}
		if st.On != row.ExpiresOn {
			row.Why = "il " + st.On.Italian() + ": " + row.Why
		}
		if why == pec.EndNoCredit || why == pec.EndClaim {
			row.Missing = st.Missing
		}
	case st.Mailbox.Kind == pec.EventFailed:
		row.Fate, row.FateKind, row.Why = "Da correggere", "danger", st.Mailbox.Message
	default:
		row.Fate = "–"
	}
}

func (s *site) serviceChips(c *fiber.Ctx, tx *db.ReadTx) (filterChips, error) {
	r, err := s.serviceReader(c, tx, serviceListing(c))
	if err != nil {
		return filterChips{}, err
	}
	var p servicesPage
	err = r.filters(&p)
	return p.Chips, err
}

func (s *site) servicesExport(c *fiber.Ctx) error {
	var rows []serviceRow
	err := s.read(c, func(tx *db.ReadTx) error {
		r, err := s.serviceReader(c, tx, serviceListing(c))
		if err != nil {
			return err
		}
		list, err := tx.ServiceList(r.filter)
		if err != nil {
			return err
		}
		rows, err = r.rows(list)
		return err
	})
	if err != nil {
		return err
	}
	t := reports.Table{Title: "Servizi", Columns: []reports.Column{
		{Title: "Iscritto"}, {Title: "Numero di iscrizione"}, {Title: "Casella"}, {Title: "Servizio"}, {Title: "Quantità", Kind: reports.Integer},
		{Title: "Netto all’anno", Kind: reports.Money, Total: true}, {Title: "Pagato per il periodo in corso, netto", Kind: reports.Money, Total: true}, {Title: "Già pagato per periodi futuri, netto", Kind: reports.Money, Total: true},
		{Title: "Dal", Kind: reports.Day}, {Title: "Scadenza", Kind: reports.Day}, {Title: "Acquistato"}, {Title: "Rinnovo attivo"},
		{Title: "Quantità dal rinnovo", Kind: reports.Integer}, {Title: "Che cosa accadrà"}, {Title: "Perché"}, {Title: "Rinnovo, lordo", Kind: reports.Money, Total: true},
		{Title: "Credito", Kind: reports.Money}, {Title: "Manca alla casella, lordo", Kind: reports.Money}, {Title: "Cessato il", Kind: reports.Day},
	}}
	for _, r := range rows {
		line := []any{r.Holder, r.RegistrationNumber, r.Address, r.ProductName, r.ServiceRow.Quantity, r.YearNet, r.Running, r.Ahead, r.StartedOn, r.ExpiresOn, r.Where,
			nil, nil, r.Fate, r.Why, r.Cost, nil, nil, r.EndedOn}
		if r.Held {
			line[11], line[12], line[16], line[17] = r.AutoRenew, r.NextQuantity, r.Balance, r.Missing
		}
		t.Rows = append(t.Rows, line)
	}
	return s.sendList(c, "servizi-"+visitOf(c).today.String(), t)
}

// atRiskPage lists the mailboxes that lose services within 90 days for want of
// credit.
type atRiskPage struct {
	Frame
	Rows                []atRiskRow
	Pager               *Pager
	Services, Members   int
	Missing, MissingNet pec.Cents
	Export              exportLinks
	SoldByProvider      bool
	Several             bool // some member has several of these mailboxes
}

type atRiskRow struct {
	office.Standing
	Member, Box template.HTML
	Ends        []string
	Payment     string
}

func (s *site) servicesAtRisk(c *fiber.Ctx) error {
	l := listingOf(c, "/servizi/a-rischio")
	p := atRiskPage{Frame: s.frame(c, "Servizi a rischio", Crumb{"Servizi", "/servizi"})}
	p.Export = listing{}.exports("/servizi/a-rischio/esporta")
	err := s.read(c, func(tx *db.ReadTx) error {
		r, err := s.serviceReader(c, tx, l)
		if err != nil {
			return err
		}
		p.SoldByProvider = r.now.SoldBy == pec.SoldByProvider
		members := map[int64]bool{}
		for _, st := range r.risk {
			p.Several = p.Several || members[st.MemberID]
			members[st.MemberID] = true
			p.Services += len(st.Ending())
			p.Missing += st.AddedMissing
			p.MissingNet += st.AddedNet
		}
		p.Members = len(members)
		key := func(st office.Standing) string { return itoa(st.MailboxID) }
		page, pager := pageOf(l, windowOf(l, r.risk, rowsPerPage, key), rowsPerPage, key, func(st office.Standing) string { return st.On.Italian() + ", " + st.Holder })
		p.Pager = pager
		for _, st := range page {
			p.Rows = append(p.Rows, r.atRiskRow(st))
		}
		return nil
	})
	if err != nil {
		return err
	}
	until := p.Today.AddDays(soon)
	p.Lead = "Fino al " + until.Italian() + " il credito basta per tutti i servizi"
	if len(p.Rows) > 0 {
		p.Lead = fmt.Sprintf("Fino al %s %s per mancanza di credito: a %s %s", until.Italian(),
			counted(p.Services, "servizio cesserà", "servizi cesseranno"), counted(p.Members, "iscritto", "iscritti"), pec.Lacking(p.Missing))
	}
	return s.show(c, "services-at-risk", &p)
}

// endsLater is said of a mailbox that keeps its services for as long as another,
// which expires before, loses its own.
const endsLater = "nessuno ora; cessano se si ricarica solo per ciò che scade prima"

func (r *serviceReader) atRiskRow(st office.Standing) atRiskRow {
	row := atRiskRow{Standing: st, Member: r.memberLink(r.c, st.MemberID, st.Holder), Box: r.mailboxLink(r.c, st.MailboxID, st.Address)}
	for _, e := range st.Ending() {
		row.Ends = append(row.Ends, r.names.what(e.Product, e.Quantity))
	}
	if st.Share.Later {
		row.Ends = append(row.Ends, endsLater)
	}
	row.Payment = r.linkTo(r.c, "/credito/nuovo", paymentFor(st.MemberID, st.TopUp()))
	return row
}

func (s *site) servicesAtRiskExport(c *fiber.Ctx) error {
	t := reports.Table{Title: "Servizi a rischio", Columns: []reports.Column{
		{Title: "Iscritto"}, {Title: "Numero di iscrizione"}, {Title: "Casella"}, {Title: "Scadenza", Kind: reports.Day}, {Title: "Servizi che cessano"},
		{Title: "Rinnovo di tutti, netto", Kind: reports.Money, Total: true}, {Title: "IVA", Kind: reports.Money, Total: true}, {Title: "Rinnovo di tutti, lordo", Kind: reports.Money, Total: true},
		{Title: "Credito", Kind: reports.Money}, {Title: "Credito da recuperare dall’iscritto", Kind: reports.Money},
		{Title: "Manca, netto", Kind: reports.Money, Total: true}, {Title: "Manca, lordo", Kind: reports.Money, Total: true},
	}}
	err := s.read(c, func(tx *db.ReadTx) error {
		r, err := s.serviceReader(c, tx, listingOf(c, "/servizi/a-rischio"))
		if err != nil {
			return err
		}
		for _, st := range r.risk {
			row := r.atRiskRow(st)
			t.Rows = append(t.Rows, []any{st.Holder, st.RegistrationNumber, st.Address, st.On, strings.Join(row.Ends, ", "),
				st.Cost.Net, st.Cost.VAT, st.Cost.Gross, st.Credit, st.Claim, st.AddedNet, st.AddedMissing})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.sendList(c, "servizi-a-rischio-"+visitOf(c).today.String(), t)
}
