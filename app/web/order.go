package web

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

func (s *site) orderRoutes() []route {
	return []route{
		get("/ordini", operators, s.orders),
		get("/ordini/esporta", operators, s.ordersExport),
		get("/ordini/nuovo", clerks, s.orderNew),
		post("/ordini/nuovo", clerks, s.placeOrder),
		get("/ordini/:id", operators, s.order),
		get("/ordini/:id/annulla", clerks, s.orderCancel),
		post("/ordini/:id/annulla", clerks, s.cancelOrder),
		get("/ordini/:id/consegna", clerks, s.handOverForm),
		post("/ordini/:id/consegna", clerks, s.handOver),
		get("/ordini/:id/consegna/annulla", clerks, s.handOverBackForm),
		post("/ordini/:id/consegna/annulla", clerks, s.takeBackHandOver),
	}
}

// moneyTabs lead between the pages of orders and credit.
func moneyTabs(current string) Tabs {
	t := Tabs{Label: "Ordini e credito"}
	for _, tab := range []Tab{{Title: "Ordini", Path: "/ordini"}, {Title: "Da fatturare", Path: "/ordini/da-fatturare"}, {Title: "Credito", Path: "/credito"}, {Title: "Movimenti", Path: "/credito/movimenti"}} {
		tab.Current = tab.Path == current
		t.Items = append(t.Items, tab)
	}
	return t
}

// ordersPage lists the orders of purchase and renewal.
type ordersPage struct {
	Frame
	Tabs                 Tabs
	Q, State, Kind, Year string
	States, Kinds, Years []Option
	Hidden               []Option
	Chips                filterChips
	Rows                 []orderRow
	Sums                 []orderTotal
	Total                orderTotal
	Pager                *Pager
	Export               exportLinks
	Any                  bool
}

type orderRow struct {
	db.OrderListed
	Member, Box template.HTML
	Title       string
	Status      string
	StatusKind  string
	HandOver    string // where what is still to be handed over goes to, in that list
}

// orderTotal is the sum of the orders of a state.
type orderTotal struct {
	Title, Href string
	Orders      int
	Price       pec.Amounts
}

// The states in the order in which somebody has to do with them.
var orderStates = []pec.OrderState{pec.OrderAwaitingPayment, pec.OrderCompleted, pec.OrderCancelled, pec.OrderLapsed}

// orderName is what an order is called.
func orderName(o db.OrderRow) string {
	if n := o.Number(); n != "" {
		return n
	}
	return "senza numero, " + o.OrderedOn.Italian()
}

// orderBadge is an order's state as a badge.
func orderBadge(state pec.OrderState) (kind, text string) {
	switch state {
	case pec.OrderAwaitingPayment:
		kind = "warning"
	case pec.OrderCancelled, pec.OrderLapsed:
		kind = "secondary"
	}
	return kind, capital(state.Italian())
}

func orderListing(c *fiber.Ctx) listing {
	return listingOf(c, "/ordini", "q", "stato", "tipo", "anno", "iscritto", "elenco")
}

// toHandOver lists the orders of which something is still to be handed over.
const toHandOver = "da-consegnare"

func orderFilter(l listing) db.OrderFilter {
	year, _ := strconv.Atoi(l.get("anno")) // 0 is every year
	f := db.OrderFilter{
		Search: l.get("q"), Kind: l.oneOf("tipo", string(pec.OrderPurchase), string(pec.OrderRenewal)), Year: year, Member: l.id("iscritto"), List: l.id("elenco"),
	}
	f.Due = l.get("stato") == toHandOver
	for _, state := range orderStates {
		if l.get("stato") == string(state) {
			f.State = string(state)
		}
	}
	f.OldestFirst = f.State == string(pec.OrderAwaitingPayment) // as they complete (9.1)
	return f
}

func (s *site) orders(c *fiber.Ctx) error {
	l := orderListing(c)
	if to := l.dropped(); to != "" {
		return c.Redirect(to, fiber.StatusSeeOther)
	}
	p := ordersPage{Frame: s.frame(c, "Ordini"), Tabs: moneyTabs("/ordini")}
	err := s.read(c, func(tx *db.ReadTx) error {
		f := orderFilter(l)
		if err := p.filters(tx, l, f); err != nil {
			return err
		}
		sums, err := tx.OrderSums(f)
		if err != nil {
			return err
		}
		p.sum(sums, l)
		f.Before, f.After, f.Limit = l.id(afterParam), l.id(beforeParam), rowsPerPage+1
		list, err := tx.OrderList(f)
		if err != nil {
			return err
		}
		list, p.Pager = pageOf(l, list, rowsPerPage, func(o db.OrderListed) string { return itoa(o.ID) },
			func(o db.OrderListed) string { return orderName(o.OrderRow) })
		for _, o := range list {
			row := orderRow{OrderListed: o, Member: s.memberLink(c, o.MemberID, o.Holder), Box: s.mailboxLink(c, o.MailboxID, o.Address), Title: orderName(o.OrderRow)}
			row.StatusKind, row.Status = orderBadge(o.State)
			if f.Due {
				row.HandOver = capital(o.Delivery.Italian())
			}
			p.Rows = append(p.Rows, row)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.show(c, "orders", &p)
}

func (p *ordersPage) filters(tx *db.ReadTx, l listing, f db.OrderFilter) error {
	years, err := tx.OrderYears()
	if err != nil {
		return err
	}
	all, err := tx.OrderSums(db.OrderFilter{})
	if err != nil {
		return err
	}
	p.Any = len(all) > 0
	p.Q, p.State, p.Kind = f.Search, f.State, f.Kind
	p.States = []Option{{Value: "", Label: "Tutti"}}
	for _, state := range orderStates {
		p.States = append(p.States, Option{Value: string(state), Label: capital(state.Italian())})
	}
	p.States = append(p.States, Option{Value: toHandOver, Label: "Da consegnare"})
	if f.Due {
		p.State = toHandOver
		p.Chips.add("stato", "Da consegnare")
	}
	p.Kinds = []Option{{Value: "", Label: "Tutti"}, {Value: string(pec.OrderPurchase), Label: "Acquisti"}, {Value: string(pec.OrderRenewal), Label: "Rinnovi"}}
	p.Years = []Option{{Value: "", Label: "Tutti gli anni"}}
	for _, y := range years {
		p.Years = append(p.Years, Option{Value: strconv.Itoa(y), Label: strconv.Itoa(y)})
	}
	if f.State != "" {
		p.Chips.add("stato", capital(pec.OrderState(f.State).Italian()))
	}
	p.Chips.add("tipo", map[string]string{"purchase": "Acquisti", "renewal": "Rinnovi"}[f.Kind])
	if f.Year != 0 {
		p.Year = strconv.Itoa(f.Year)
		p.Chips.add("anno", "Completati nel "+p.Year)
	}
	if f.Search != "" {
		p.Chips.add("q", "«"+f.Search+"»")
	}
	if f.Member != 0 {
		m, err := tx.Member(f.Member)
		if err != nil {
			return err
		}
		p.Chips.add("iscritto", "Di "+m.FullName())
		p.Hidden = append(p.Hidden, Option{Label: "iscritto", Value: itoa(f.Member)})
	}
	if f.List != 0 {
		list, err := tx.InvoiceList(f.List)
		if err != nil {
			return err
		}
		p.Chips.add("elenco", "Elenco da fatturare "+list.Number())
		p.Hidden = append(p.Hidden, Option{Label: "elenco", Value: itoa(f.List)})
	}
	p.Chips.All = l.path
	p.Export = l.exports("/ordini/esporta")
	return nil
}

func (p *ordersPage) sum(sums []db.OrderSum, l listing) {
	for _, state := range orderStates {
		for _, s := range sums {
			if s.State == state {
				p.Sums = append(p.Sums, orderTotal{capital(state.Italian()), l.with("stato", string(state)), s.Orders, s.Price})
				p.Total.Orders += s.Orders
				p.Total.Price = p.Total.Price.Plus(s.Price)
			}
		}
	}
	p.Lead = counted(p.Total.Orders, "ordine", "ordini")
	for _, s := range sums {
		if s.State == pec.OrderCompleted {
			p.Lead += ", " + counted(s.Orders, "completato", "completati") + " per " + s.Price.Gross.Euro() + " IVA compresa"
		}
	}
}

func (s *site) orderChips(c *fiber.Ctx, tx *db.ReadTx) (filterChips, error) {
	var p ordersPage
	l := orderListing(c)
	err := p.filters(tx, l, orderFilter(l))
	return p.Chips, err
}

func (s *site) ordersExport(c *fiber.Ctx) error {
	var list []db.OrderListed
	var names actorNames
	f := orderFilter(orderListing(c))
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		if names, err = actorsOf(tx); err != nil {
			return err
		}
		list, err = tx.OrderList(f)
		return err
	})
	if err != nil {
		return err
	}
	// What nobody paid is no part of a sum.
	paid := !slices.ContainsFunc(list, func(o db.OrderListed) bool { return o.State != pec.OrderCompleted })
	t := reports.Table{Title: "Ordini", Columns: []reports.Column{
		{Title: "Numero"}, {Title: "Data", Kind: reports.Day}, {Title: "Tipo"}, {Title: "Iscritto"}, {Title: "Casella"}, {Title: "Che cosa"},
		{Title: "Netto", Kind: reports.Money, Total: paid}, {Title: "IVA", Kind: reports.Money, Total: paid}, {Title: "Lordo", Kind: reports.Money, Total: paid},
		{Title: "Stato"}, {Title: "Completato il", Kind: reports.Day}, {Title: "Annullato o decaduto il", Kind: reports.Day}, {Title: "Motivo"}, {Title: "Inserito da"},
	}}
	if f.Due {
		t.Columns = append(t.Columns, reports.Column{Title: "Consegna"})
	}
	for _, o := range list {
		row := []any{o.Number(), o.OrderedOn, o.Kind, o.Holder, o.Address, o.What, o.Price.Net, o.Price.VAT, o.Price.Gross,
			o.State, o.CompletedOn, o.EndedOn, o.Reason, names.of(o.EnteredBy)}
		if f.Due {
			row = append(row, o.Delivery.Italian())
		}
		t.Rows = append(t.Rows, row)
	}
	return s.sendList(c, "ordini-"+visitOf(c).today.String(), t)
}

// orderPage is one order with its lines and the entry that paid it.
type orderPage struct {
	Frame
	Order       db.OrderRow
	Receipt     string // where its receipt is; empty until it is completed
	Lines       []db.OrderLine
	Facts       []fact
	Waiting     *Alert
	TakenBack   *Alert
	NoteDue     *Alert                // a credit note is due of what came back
	Back        map[int64]db.Recredit // the lines that came back, by their ids
	BackSum     pec.Cents             // gross, of all of them
	NoteBy      map[int64]string      // who marked the credit note of a line as made
	invoicer    pec.Seller
	Cancellable bool
	Entry       db.Entry
	Entered     string
	Delivery    db.Delivery
	HandedBy    string
}

func (s *site) order(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	var p orderPage
	err = s.read(c, func(tx *db.ReadTx) error {
		if err := p.load(tx, id); err != nil {
			return err
		}
		return s.orderFacts(c, tx, &p)
	})
	if err != nil {
		return err
	}
	title := "Ordine " + p.Order.Number()
	if p.Order.Number() == "" {
		title = "Ordine del " + p.Order.OrderedOn.Italian()
	}
	p.Frame = s.frame(c, title, Crumb{"Ordini", "/ordini"})
	p.Lead = capital(p.Order.Kind.Italian()) + " " + p.Entered
	return s.show(c, "order", &p)
}

func (p *orderPage) load(tx *db.ReadTx, id int64) (err error) {
	if p.Order, err = tx.Order(id); err != nil {
		return err
	}
	if p.Lines, err = tx.OrderLines(id); err != nil {
		return err
	}
	if p.Entry, err = tx.EntryOfOrder(id); err != nil {
		return err
	}
	names, err := actorsOf(tx)
	p.Entered = "inserito il " + p.Order.OrderedOn.Italian() + " da: " + names.of(p.Order.EnteredBy)
	p.Cancellable = p.Order.State == pec.OrderAwaitingPayment
	if p.Order.State == pec.OrderCompleted {
		p.Receipt = "/ordini/" + itoa(id) + "/ricevuta"
	}
	if err != nil {
		return err
	}
	p.Delivery, err = tx.DeliveryOf(id)
	p.HandedBy = names.of(p.Delivery.HandedBy)
	return err
}

// Reasons explain the prices of the lines, each once.
func (p *orderPage) Reasons() (list []string) {
	for _, l := range p.Lines {
		if l.Reason != "" && !slices.Contains(list, l.Reason) {
			list = append(list, l.Reason)
		}
	}
	return list
}

// IsPaid reports whether what was bought may be handed over.
func (p *orderPage) IsPaid() bool { return p.Order.State == pec.OrderCompleted }

func (s *site) orderFacts(c *fiber.Ctx, tx *db.ReadTx, p *orderPage) error {
	o := p.Order
	m, err := tx.Member(o.MemberID)
	if err != nil {
		return err
	}
	box, err := tx.Mailbox(o.MailboxID)
	if err != nil {
		return err
	}
	state := fact{Title: "Stato", Value: capital(o.State.Italian())}
	switch o.State {
	case pec.OrderCompleted:
		state.Note = "il " + o.CompletedOn.Italian()
	case pec.OrderCancelled, pec.OrderLapsed:
		state.Note = "il " + o.EndedOn.Italian()
		if o.Reason != "" {
			state.Note = "il " + o.EndedOn.Italian() + ". " + sentence(capital(o.Reason))
		}
	case pec.OrderAwaitingPayment:
		if err := s.waitingAlert(c, tx, p, box); err != nil {
			return err
		}
	}
	p.Facts = []fact{
		state,
		{Title: "Iscritto", Value: m.FullName(), Note: numberNote(m.Member), Href: s.linkTo(c, "/iscritti/:id", "/iscritti/"+itoa(m.ID))},
		{Title: "Casella", Value: box.Address, Note: "scade il " + box.ExpiresOn.Italian(), Href: s.linkTo(c, "/caselle/:id", "/caselle/"+itoa(box.ID))},
		{Title: "Prezzo lordo", Value: o.Price.Gross.Euro(), Note: o.Price.Net.Euro() + " netto, " + o.Price.VAT.Euro() + " di IVA"},
	}
	paid := fact{Title: "Movimento", Value: "–"}
	switch {
	case p.Entry.ID != 0:
		paid.Value, paid.Href = signed(p.Entry.Amount), "/credito/"+itoa(o.MemberID)+"#m"+strconv.Itoa(p.Entry.Seq)
		paid.Note = "n. " + strconv.Itoa(p.Entry.Seq) + " del " + p.Entry.On.Italian() + ", credito dopo " + p.Entry.Balance.Euro()
	case o.State == pec.OrderCompleted:
		paid.Note = "non costava nulla"
	}
	p.Facts = append(p.Facts, paid)
	r, confirmed, err := tx.RenewalOrder(o.ID)
	if confirmed {
		p.Facts = append(p.Facts, fact{Title: "Fattura elettronica", Value: r.Recipient.Italian(), Note: "a " + r.Holder})
	}
	if err != nil || o.State != pec.OrderCompleted {
		return err
	}
	return s.invoicing(tx, p)
}

func numberNote(m pec.Member) string {
	if m.RegistrationNumber == "" {
		return ""
	}
	return "n. " + m.RegistrationNumber
}

// waitingAlert says what an order waits for, and until when.
func (s *site) waitingAlert(c *fiber.Ctx, tx *db.ReadTx, p *orderPage, box db.MailboxRow) error {
	lack, err := office.LackFor(tx, p.Order, p.Today)
	if err != nil {
		return err
	}
	free, err := s.freeMeanwhile(tx, p.Order, box)
	if err != nil {
		return err
	}
	missing, last := lack.Missing(), payBy(p.Order, box)
	sum := ""
	if text := lack.Sum("per questo ordine"); text != "" {
		sum = "Il conto: " + text + ". "
	}
	if why := lack.CannotComplete(); why != "" {
		p.Waiting = &Alert{Kind: "warning", Strong: "L’ordine aspetta, ma non si può completare.", Text: why + " Altrimenti decade dopo il " + last.Italian() + "."}
		if p.Frame.Who.May(clerks) {
			p.Waiting.Href, p.Waiting.Link = "/ordini/"+itoa(p.Order.ID)+"/annulla", "Annulla l’ordine…"
		}
		return nil
	}
	p.Waiting = &Alert{
		Kind: "warning", Strong: "L’ordine aspetta il pagamento: " + pec.Lacking(missing) + ".",
		Text: sum + "Con una ricarica di questa somma, o più alta, si completa da solo. Il prezzo vale fino al " + last.Italian() + ", poi l’ordine decade. " + free,
		Href: s.linkTo(c, "/credito/nuovo", paymentFor(p.Order.MemberID, missing)), Link: "Registra il pagamento",
	}
	return nil
}

// payBy is the last day on which a waiting order can be paid.
func payBy(o db.OrderRow, box db.MailboxRow) pec.Date {
	w := pec.WaitingOrder{OrderedOn: o.OrderedOn}
	if o.Kind == pec.OrderRenewal {
		w.Renewal = &pec.OrderedRenewal{Years: 1}
	}
	return w.PayBy(box.ExpiresOn)
}

// paymentFor is the form of a payment of a member who lacks an amount. The form
// says it and leaves its own field empty: what was paid is on the receipt, and
// may be another amount.
func paymentFor(member int64, missing pec.Cents) string {
	said := ""
	if missing > 0 {
		said = missing.Italian()
	}
	return withQuery("/credito/nuovo", "iscritto", itoa(member), missingParam, said)
}

// orderCancelPage asks for the reason before an order is cancelled.
type orderCancelPage struct {
	Frame
	Order  db.OrderRow
	What   string
	Holder string
	Reason string
}

func (s *site) orderCancelPage(c *fiber.Ctx, id int64) (*orderCancelPage, error) {
	p := &orderCancelPage{}
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		if p.Order, err = tx.Order(id); err != nil {
			return err
		}
		m, err := tx.Member(p.Order.MemberID)
		if err != nil {
			return err
		}
		p.Holder = m.FullName()
		p.What, err = whatOrdered(tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	p.Frame = s.frame(c, "Annulla l’ordine", Crumb{"Ordini", "/ordini"}, Crumb{"Ordine del " + p.Order.OrderedOn.Italian(), "/ordini/" + itoa(id)})
	p.Lead = p.What + " per " + p.Holder + ", " + p.Order.Price.Gross.Euro()
	return p, nil
}

// whatOrdered names what an order is for: "2 GB in più, 3 × Multiutente".
func whatOrdered(tx *db.ReadTx, order int64) (string, error) {
	lines, err := tx.OrderLines(order)
	var what []string
	for _, l := range lines {
		what = append(what, pec.Product{Code: l.Product, Name: l.ProductName, Unit: l.Unit}.What(l.Quantity))
	}
	return strings.Join(what, ", "), err
}

// notWaiting refuses to cancel an order that no longer waits.
func (p *orderCancelPage) notWaiting() *pec.Problem {
	return pec.Refuse("order_not_waiting", "L’ordine è %s: si annulla solo un ordine in attesa di pagamento.", p.Order.State.Italian())
}

func (s *site) orderCancel(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	p, err := s.orderCancelPage(c, id)
	if err != nil {
		return err
	}
	if p.Order.State != pec.OrderAwaitingPayment {
		return p.notWaiting()
	}
	return s.show(c, "order-cancel", p)
}

func (s *site) cancelOrder(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	reason := f.needed("reason", "Scriva perché l’ordine si annulla: resta nell’ordine.")
	if f.ok() {
		f.add(s.office.CancelOrder(ctx(c), who(c).Actor(), id, 0, reason))
	}
	if !f.ok() {
		p, err := s.orderCancelPage(c, id)
		if err != nil {
			return err
		}
		if p.Order.State != pec.OrderAwaitingPayment { // paid or ended since the page was shown
			return s.told(c, "/ordini/"+itoa(id), Alert{Kind: "warning", Strong: p.notWaiting().Message})
		}
		p.Reason = f.text("reason")
		return s.refuse(c, "order-cancel", p, f)
	}
	return s.done(c, "/ordini/"+itoa(id), "Ordine annullato.", "Non è stato speso nulla.")
}

// orderNewPage is a purchase that the secretariat enters for a mailbox: whose,
// what, what it costs and why, the confirmation.
type orderNewPage struct {
	Frame
	Q        string
	Found    []mailboxChoice
	Searched bool

	Box       db.MailboxRow
	Chosen    bool
	Facts     []fact
	Products  []Option
	Product   string
	Quantity  string
	Unit      string // in the quantity's label
	Stop      *Alert // why nothing can be bought
	Quote     *pec.Quote
	NetLine   string
	VATLine   string
	Credit    pec.Cents
	After     pec.Cents
	Missing   pec.Cents // 0 when the credit covers it
	Sum       string    // how it is made up
	PayBy     pec.Date
	Seen      int64  // the gross price in cents, as shown
	Quoted    string // what that price is for
	Key       string // of the form: sent twice, it is one order
	Button    string
	Delivers  bool   // what is bought is handed over
	DeliverTo string // to where; empty: at the desk
	Addressed bool   // that was typed
	Doubt     doubtShown
}

// mailboxChoice is a mailbox found by a search.
type mailboxChoice struct {
	db.MailboxListed
	Href string
}

func (s *site) orderNew(c *fiber.Ctx) error {
	p := orderNewPage{Frame: s.frame(c, "Nuovo acquisto", Crumb{"Ordini", "/ordini"}), Q: strings.TrimSpace(c.Query("q")), Key: randomToken()}
	address := strings.ToLower(strings.TrimSpace(c.Query("casella")))
	p.Product, p.Quantity = strings.TrimSpace(c.Query("product")), strings.TrimSpace(c.Query("quantity"))
	if address == "" {
		p.Lead = "Prima scelga la casella"
		if err := s.findMailboxes(c, &p); err != nil {
			return err
		}
		return s.show(c, "order-new", &p)
	}
	p.DeliverTo, p.Addressed = deliveryAsked(c)
	asked := p.Product != ""
	f := formOf(c)
	if err := s.fillPurchase(c, &p, address, f); err != nil {
		return err
	}
	if f.ok() || !asked && f.fault == nil {
		// What cannot be bought is told even before anything was asked for.
		p.Errors = f.problems
		return s.show(c, "order-new", &p)
	}
	return s.refuse(c, "order-new", &p, f)
}

// mostFound is how many rows a search for one thing shows.
const mostFound = 20

func (s *site) findMailboxes(c *fiber.Ctx, p *orderNewPage) error {
	if p.Q == "" {
		return nil
	}
	p.Searched = true
	return s.read(c, func(tx *db.ReadTx) error {
		list, err := tx.MailboxList(db.MailboxFilter{Search: p.Q, Status: string(pec.MailboxActive), Limit: mostFound})
		for _, m := range list {
			p.Found = append(p.Found, mailboxChoice{m, withQuery("/ordini/nuovo", "casella", m.Address)})
		}
		return err
	})
}

// fillPurchase loads the mailbox and what may be bought for it, and quotes what
// is asked for; why it cannot be bought goes to the form.
func (s *site) fillPurchase(c *fiber.Ctx, p *orderNewPage, address string, f *form) error {
	return s.read(c, func(tx *db.ReadTx) (err error) {
		if p.Box, err = tx.MailboxByAddress(address); err != nil {
			return err
		}
		p.Chosen = true
		m, err := tx.Member(p.Box.MemberID)
		if err != nil {
			return err
		}
		p.Lead = "Per " + m.FullName() + ", " + p.Box.Address
		if !p.Addressed {
			p.DeliverTo = strings.Join(office.PostalAddress(m.Member)[1:], ", ")
		}
		book, agreements, err := s.office.Book(tx, m.ID)
		if err != nil {
			return err
		}
		// What is overdue is carried out before the purchase (R6): it is counted in.
		_, book = pec.Renewals(book, agreements, p.Today.AddDays(-1))
		p.Credit = book.Credit
		claim := book.Claim
		if i := slices.IndexFunc(book.Mailboxes, func(b pec.Mailbox) bool { return b.ID == p.Box.ID }); i >= 0 {
			p.Box.Mailbox = book.Mailboxes[i]
		}
		p.Facts = []fact{
			{Title: "Iscritto", Value: m.FullName(), Note: numberNote(m.Member), Href: s.linkTo(c, "/iscritti/:id", "/iscritti/"+itoa(m.ID))},
			{Title: "Casella", Value: p.Box.Address, Note: p.Box.Status.Italian(), Href: s.linkTo(c, "/caselle/:id", "/caselle/"+itoa(p.Box.ID))},
			{Title: "Scadenza", Value: dash(p.Box.ExpiresOn.Italian()), Note: days(p.Today, p.Box.ExpiresOn)},
			{Title: "Credito", Value: p.Credit.Euro(), Href: "/credito/" + itoa(m.ID)},
		}
		if claim > 0 {
			p.Stop = &Alert{Kind: "danger", Strong: "Credito da recuperare dall’iscritto: " + claim.Euro() + ".", Text: "Finché non è saldato con una ricarica non si può acquistare.",
				Href: paymentFor(m.ID, claim), Link: "Registra il pagamento"}
			return nil
		}
		p.choices(agreements)
		return s.quotePurchase(tx, p, f, book, agreements)
	})
}

// choices are the products that the agreement allows on the mailbox.
func (p *orderNewPage) choices(agreements []pec.Agreement) {
	a, ok := pec.InForce(agreements, p.Today)
	if !ok {
		p.Stop = &Alert{Kind: "danger", Strong: "Oggi non c’è una convenzione in vigore.", Text: "La aggiunga in Convenzioni, poi riprovi."}
		return
	}
	for _, product := range a.Products {
		if product.AllowedOn(p.Box.Kind) {
			p.Products = append(p.Products, Option{Value: product.Code, Label: product.Name + ", " + netUnitPrice(product)})
			if p.Product == "" {
				p.Product = product.Code
			}
		}
	}
	if len(p.Products) == 0 {
		p.Stop = &Alert{Kind: "danger", Strong: "Per questa tipologia di casella la convenzione non prevede servizi da acquistare."}
	}
	if p.Quantity == "" {
		p.Quantity = "1"
	}
	if product, ok := a.Product(p.Product); ok && product.Unit != "" {
		p.Unit, p.Delivers = unitOf(product.Unit, 2), product.OneOff
	}
}

// netUnitPrice is "2,50 € netti per GB all’anno".
func netUnitPrice(p pec.Product) string {
	text := p.UnitPrice().Euro() + " netti"
	if p.Unit != "" {
		text += " per " + p.Unit
	}
	if !p.OneOff {
		text += " all’anno"
	}
	return text
}

// quotePurchase quotes what is asked for on the member's book, with nothing overdue
// in it.
func (s *site) quotePurchase(tx *db.ReadTx, p *orderNewPage, f *form, book pec.Book, agreements []pec.Agreement) error {
	if p.Stop != nil {
		return nil
	}
	quantity, err := strconv.Atoi(strings.ReplaceAll(p.Quantity, ".", ""))
	if err != nil {
		f.wrong("quantity", notWhole(p.Quantity))
		return nil
	}
	q, err := s.office.QuoteAhead(tx, p.Box, p.Product, quantity)
	if problem := pec.AsProblem(err); problem != nil && problem.Field == "" {
		// Nothing that another choice would mend: the mailbox itself takes no purchase.
		p.Stop = &Alert{Kind: "danger", Strong: problem.Message}
		if problem.Code == "order_waiting" {
			first, err := waitingFor(tx, p.Box)
			p.Stop.Href, p.Stop.Link = "/ordini/"+itoa(first), "Apri l’ordine in attesa"
			return err
		}
		return nil
	}
	if err != nil {
		f.add(err)
		return nil
	}
	p.Quote = &q
	doubt, err := s.office.DoubtOf(tx, p.Box, q, "")
	if err != nil {
		return err
	}
	p.Doubt = showDoubt(doubt, "/ordini/%d")
	p.Seen, p.Quoted = int64(q.Price.Gross), quotedFor(p.Product, p.Quantity)
	p.NetLine = netLine(q)
	p.After = p.Credit - q.Price.Gross
	p.VATLine = vatLine(q)
	what := quantityName(q)
	p.Button = "Acquista " + what + " per " + q.Price.Gross.Euro()
	if q.Price.Gross == 0 {
		p.Button = "Attiva " + what + " senza spesa"
	}
	if p.After >= 0 {
		return nil
	}
	lack := book.LackBehind(agreements, q.Price.Gross, p.Today)
	p.Missing, p.Sum, p.After = lack.Missing(), lack.Sum("per questo ordine"), 0
	p.PayBy = pec.WaitingOrder{OrderedOn: p.Today}.LapsesOn(q.Expires).AddDays(-1)
	p.Button = "Ordina " + what + " per " + q.Price.Gross.Euro()
	return nil
}

// quotedFor names what a price was shown for. It travels with the price, since
// who types another quantity may confirm before the price is worked out again.
func quotedFor(product, quantity string) string {
	return product + " " + strings.ReplaceAll(strings.TrimSpace(quantity), ".", "")
}

// quoteAgain is the button that asks for the price of another choice: it leads
// to the page that shows it, with all that was typed.
func quoteAgain(c *fiber.Ctx, f *form, path string) error {
	kept := append(typedTerms(f), "casella", f.text("casella"), "product", f.text("product"), "quantity", f.text("quantity"))
	if f.sent("deliver_to") {
		kept = append(kept, "consegna", "1", "deliver_to", f.text("deliver_to"))
	}
	return c.Redirect(withQuery(path, kept...), fiber.StatusSeeOther)
}

// deliveryAsked is the address of delivery that a page's own address holds; false
// when it was not typed.
func deliveryAsked(c *fiber.Ctx) (string, bool) {
	return strings.TrimSpace(c.Query("deliver_to")), c.Query("consegna") != ""
}

// choiceChanged tells that the price shown was of something else; gross is what
// is asked for now.
func choiceChanged(gross pec.Cents) *pec.Problem {
	return pec.Refuse("choice_changed", "Ha cambiato la scelta dopo aver visto il prezzo: ora è %s. Lo controlli e confermi di nuovo.", gross.Euro())
}

// placeOrder buys what was shown, at the price that was shown.
func (s *site) placeOrder(c *fiber.Ctx) error {
	f := formOf(c)
	if f.text("action") == "quote" {
		return quoteAgain(c, f, "/ordini/nuovo")
	}
	p := orderNewPage{Frame: s.frame(c, "Nuovo acquisto", Crumb{"Ordini", "/ordini"}), Product: f.text("product"), Quantity: f.text("quantity"), Key: f.text("key"), DeliverTo: f.text("deliver_to"), Addressed: f.sent("deliver_to")}
	seen, err := strconv.ParseInt(f.text("seen"), 10, 64)
	if len(p.Key) > maxKey {
		p.Key = ""
	}
	if err != nil || p.Key == "" {
		f.add(pec.Refuse("price_missing", "Guardi prima il prezzo, poi confermi."))
	}
	quantity := f.whole("quantity")
	changed := f.ok() && f.text("quoted") != quotedFor(p.Product, p.Quantity)
	confirmed := f.text("confirmed")
	var done office.Purchased
	if f.ok() && !changed {
		price := pec.Cents(seen)
		done, err = s.office.Order(ctx(c), who(c).Actor(), office.Purchase{Address: f.text("casella"), Product: p.Product, Quantity: quantity, RequestKey: requestKey(c, p.Key), Seen: &price, Covered: f.text("covered") != "", Confirmed: &confirmed, DeliverTo: p.DeliverTo})
		f.add(err)
	}
	if f.ok() && !changed {
		return s.told(c, "/ordini/"+itoa(done.Order.ID), purchasedAlert(done))
	}
	if p.Key == "" {
		p.Key = randomToken()
	}
	again := formOf(c) // the quote's own refusals are those of the order
	if err := s.fillPurchase(c, &p, strings.ToLower(f.text("casella")), again); err != nil {
		return err
	}
	if changed {
		f = again
		if p.Quote != nil {
			f.add(choiceChanged(p.Quote.Price.Gross))
		}
	}
	p.Doubt.answer(f)
	return s.refuse(c, "order-new", &p, f)
}

func purchasedAlert(done office.Purchased) Alert {
	o := done.Order
	switch {
	case done.Repeated:
		return repeatedAlert
	case o.State == pec.OrderCompleted:
		a := Alert{Kind: "success", Strong: "Ordine " + o.Number() + " completato.", Text: done.Quote.Product.What(done.Quote.Quantity) + ": " + o.Price.Gross.Euro() + " dal credito."}
		switch product := done.Quote.Product; {
		case product.OneOff:
		case product.Code == pec.InboxGB:
			a.Href, a.Link = "/caselle/gestore", "Va ancora chiesto al gestore"
		default:
			a.Href, a.Link = servicesToActivate, "Va ancora chiesto al gestore"
		}
		return a
	}
	return Alert{Kind: "success", Strong: "Ordine inserito: aspetta il pagamento."}
}
