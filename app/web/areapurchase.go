package web

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// mostChoices is up to how many quantities are shown as radio buttons; more are
// typed.
const mostChoices = 10

// purchasePage is the member's purchase: what, how much, what it costs and why,
// the terms, the confirmation.
type purchasePage struct {
	Frame
	Box        db.MailboxRow
	Holder     db.MemberRow
	Several    bool // mailboxes: the address is shown
	Refusal    string
	Elsewhere  string   // the provider's pages, where it sells
	Products   []Option // when there is more than one
	Product    string   // code
	Legend     string   // "Quanti GB vuole aggiungere?"
	Now        string   // what there is, and what there may be
	Choices    []Option // empty: the quantity is typed
	Quantity   string
	Offer      *priced // nil: the quantity cannot be bought
	Conditions []termToAccept
	Delivers   bool   // what is bought is handed over
	DeliverTo  string // to where
	Addressed  bool   // that was typed
	Quoted     string // what the price shown is for
	Key        string // of the form: sent twice, it is one order
}

// priced is a quote as its page shows it.
type priced struct {
	Quantity       int
	Seen           int64 // the gross price in cents, sent back with the form
	NetLine, VAT   string
	Price          pec.Amounts
	Sentence       string
	Credit, After  pec.Cents
	Missing        pec.Cents // 0 when the credit covers it
	Lack           pec.Lack  // that makes Missing up
	WaitingNote    string    // what they lack after a purchase that is paid at once
	PayBy          pec.Date
	ShortOn        pec.Date // the renewal that then lacks credit
	Short          pec.Cents
	Button, Closes string
	Doubt          doubtShown
}

// termToAccept is one box to tick.
type termToAccept struct {
	pec.Term
	Field   string
	Link    string // of its text
	Checked bool
}

// Words are the label with the link in it.
func (t termToAccept) Words() template.HTML {
	label, name := t.Label, linkedWords[t.Code]
	before, after, found := strings.Cut(label, name)
	if !found || name == "" {
		return joinHTML(label, " (", t.anchor("testo"), ")")
	}
	return joinHTML(before, t.anchor(name), after)
}

// anchor opens a term's text beside the form, so that what is ticked stays.
func (t termToAccept) anchor(words string) template.HTML {
	return template.HTML(`<a href="` + template.HTMLEscapeString(t.Link) + `" target="_blank" rel="noopener">` +
		template.HTMLEscapeString(words) + `<span class="visually-hidden"> (si apre in un’altra scheda)</span></a>`)
}

// linkedWords are the words of each label that lead to its text.
var linkedWords = map[string]string{
	"condizioni": "condizioni generali", "clausola-4": "clausola 4", "clausola-7": "clausola 7", "privacy": "informativa sulla privacy",
}

// offer is what may be bought for a mailbox today, or why nothing may.
type offer struct {
	agreement pec.Agreement
	products  []pec.Product
	refusal   string
	elsewhere string // the provider's pages, where it sells and they are known
}

// words are those of the button that leads to the purchase.
func (o offer) words() string {
	if slices.ContainsFunc(o.products, func(p pec.Product) bool { return p.Code == pec.InboxGB }) {
		return "Acquista spazio"
	}
	return "Acquista un servizio"
}

// offerFor asks the rules for one piece of each product.
func (s *site) offerFor(tx *db.ReadTx, box db.MailboxRow, claim pec.Cents, today pec.Date) (offer, error) {
	agreements, err := tx.Agreements()
	if err != nil {
		return offer{}, err
	}
	var o offer
	o.agreement, _ = pec.InForce(agreements, today)
	switch {
	case o.agreement.SoldBy == pec.SoldByProvider:
		o.refusal = "Gli acquisti si fanno nell’area del gestore" + inBrackets(o.agreement.Provider) +
			", con il credito che Lei ha là. Qui vede ciò che risulta dall’ultimo elenco che il gestore ha dato all’Ordine."
		o.elsewhere = o.agreement.ProviderArea
		return o, nil
	case claim > 0:
		o.refusal = pec.ClaimOpen(claim).Message
		return o, nil
	}
	for _, product := range o.agreement.Products {
		if !product.AllowedOn(box.Kind) {
			continue
		}
		_, err := s.office.QuoteAhead(tx, box, product.Code, 1)
		switch problem := pec.AsProblem(err); {
		case problem != nil:
			if o.refusal == "" {
				o.refusal = problem.Message
			}
		case err != nil:
			return o, err
		default:
			o.products = append(o.products, product)
		}
	}
	switch {
	case len(o.products) > 0:
		o.refusal = ""
	case o.refusal == "":
		o.refusal = "Oggi la convenzione non prevede servizi da aggiungere a questa casella."
	}
	return o, nil
}

func inBrackets(name string) string {
	if name == "" {
		return ""
	}
	return " (" + name + ")"
}

// purchase shows what a purchase would cost: the address holds the choice.
func (s *site) purchase(c *fiber.Ctx) error {
	p, err := s.purchasePage(c, int64(c.QueryInt("casella")), c.Query("product"), c.Query("quantity"))
	if err != nil {
		return err
	}
	return s.show(c, "areapurchase", p)
}

// purchasePage gathers the page for a choice; what is wrong with the choice
// stands beside it.
func (s *site) purchasePage(c *fiber.Ctx, mailbox int64, product, quantity string) (*purchasePage, error) {
	p := &purchasePage{Frame: s.frame(c, "Acquista spazio"), Product: product, Quantity: quantity, Key: randomToken()}
	p.DeliverTo, p.Addressed = deliveryAsked(c)
	err := s.read(c, func(tx *db.ReadTx) error {
		var boxes []db.MailboxRow
		var err error
		if p.Box, boxes, err = ownMailbox(tx, who(c).ID, mailbox); err != nil {
			return err
		}
		if p.Box.ID == 0 {
			p.Refusal = "Non ha ancora una casella: gli acquisti si fanno per una casella attiva."
			return nil
		}
		p.Several = len(boxes) > 1
		if p.Holder, err = tx.Member(who(c).ID); err != nil {
			return err
		}
		book, agreements, err := s.office.Book(tx, who(c).ID)
		if err != nil {
			return err
		}
		// What is overdue is carried out before the purchase (R6): it is counted in.
		_, book = pec.Renewals(book, agreements, p.Today.AddDays(-1))
		offer, err := s.offerFor(tx, p.Box, book.Claim, p.Today)
		if err != nil || offer.refusal != "" {
			p.Refusal, p.Elsewhere = offer.refusal, offer.elsewhere
			return err
		}
		if err := p.choose(tx, offer, book); err != nil {
			return err
		}
		if err := p.price(s, tx, offer.agreement, book, agreements); err != nil {
			return err
		}
		p.Conditions, err = termsToAccept(c, tx, p.Holder.ID)
		return err
	})
	return p, err
}

// choose offers products and quantities.
func (p *purchasePage) choose(tx *db.ReadTx, o offer, book pec.Book) error {
	i := slices.IndexFunc(o.products, func(x pec.Product) bool { return x.Code == p.Product })
	if i < 0 {
		i = 0
	}
	product := o.products[i]
	p.Product = product.Code
	switch {
	case product.Code != pec.InboxGB:
		p.retitle("Acquista " + product.Name)
	case len(o.products) > 1:
		p.retitle("Acquista spazio o altri servizi")
	}
	if len(o.products) > 1 {
		for _, x := range o.products {
			p.Products = append(p.Products, Option{Value: x.Code, Label: x.Name, Help: unitPrice(x)})
		}
	}
	p.Delivers = product.OneOff
	if !p.Addressed {
		p.DeliverTo = strings.Join(office.PostalAddress(p.Holder.Member)[1:], ", ")
	}
	p.Legend = "Quanti " + unitOf(product.Unit, 2) + " vuole aggiungere?"
	if product.Unit == "GB" {
		p.Legend = "Quanti GB vuole aggiungere?"
	}
	if p.Quantity == "" {
		p.Quantity = "1"
	}
	if product.Code != pec.InboxGB {
		return nil
	}
	kind, _ := o.agreement.Kind(p.Box.Kind)
	extra := 0
	for _, s := range book.Services {
		if s.MailboxID == p.Box.ID && s.Product == pec.InboxGB {
			extra += s.Quantity
		}
	}
	has := kind.BaseInboxGB + extra
	p.Now = "Ora ha " + gb(has) + "."
	if kind.MaxInboxGB == nil {
		return nil
	}
	p.Now = "Ora ha " + gb(has) + "; può arrivare a " + gb(*kind.MaxInboxGB) + "."
	for n := 1; has+n <= *kind.MaxInboxGB && *kind.MaxInboxGB-has <= mostChoices; n++ {
		p.Choices = append(p.Choices, Option{Value: strconv.Itoa(n), Label: gb(n) + ", in tutto " + gb(has+n)})
	}
	return nil
}

func unitPrice(p pec.Product) string {
	if p.OneOff {
		return p.Price.Euro() + " ciascuno, più IVA, una volta sola"
	}
	return p.YearlyPrice.Euro() + " più IVA all’anno, per ogni " + p.Unit
}

// price works the quote out and what follows from it for the credit.
func (p *purchasePage) price(s *site, tx *db.ReadTx, agreement pec.Agreement, book pec.Book, agreements []pec.Agreement) error {
	quote, ok, err := p.quote(tx, s.office.QuoteAhead)
	if !ok {
		return err
	}
	v := pricedAt(quote, book.Credit)
	doubt, err := s.office.DoubtOf(tx, p.Box, quote, p.Who.Actor())
	if err != nil {
		return err
	}
	v.Doubt = showDoubt(doubt, "/area/ordini/%d")
	p.Offer, p.Quoted = v, quotedFor(p.Product, p.Quantity)
	then := afterPurchase(book, p.Box.ID, quote)
	forecast := then.Forecast(agreements, p.Box.ID, p.Today)
	v.Sentence = sentenceFor(quote, agreement, then, p.Box.ID, forecast)
	what := quantityName(quote)
	if v.After >= 0 {
		v.Button, v.Closes = "Acquista "+what+" per "+quote.Price.Gross.Euro(), "Il servizio decorre da oggi. "+askedOfProvider
		if quote.Product.Code == pec.InboxGB {
			v.Closes = "Lo spazio decorre da oggi. " + askedOfProvider
		}
		if quote.Product.OneOff {
			v.Closes = "La segreteria lo consegna."
		}
		if quote.Price.Gross == 0 {
			v.Button = "Aggiungi " + what + " senza costi"
		}
		v.Short, v.ShortOn = forecast.Missing, forecast.On
		left := book
		left.Credit = v.After
		v.WaitingNote = waitingNote(left, agreements, p.Today)
		return nil
	}
	// The order will wait behind those that wait already (9.1).
	v.Lack = book.LackBehind(agreements, quote.Price.Gross, p.Today)
	v.After, v.Missing = 0, v.Lack.Missing()
	v.PayBy = pec.WaitingOrder{OrderedOn: p.Today}.LapsesOn(quote.Expires).AddDays(-1)
	v.Button = "Ordina " + what + " per " + quote.Price.Gross.Euro()
	v.Closes = "L’ordine aspetta il pagamento fino al " + v.PayBy.Italian() + " a questo prezzo; pagato, si completa da solo. Alla pagina seguente trova come pagare."
	return nil
}

// quoting is how the office quotes what is bought for a mailbox.
type quoting func(tx *db.ReadTx, box db.MailboxRow, product string, quantity int) (pec.Quote, error)

// quote is the price of what was chosen; what is wrong with the choice stands
// beside it.
func (p *purchasePage) quote(tx *db.ReadTx, ask quoting) (q pec.Quote, ok bool, err error) {
	quantity, err := strconv.Atoi(strings.TrimSpace(p.Quantity))
	if err != nil {
		p.Errors = append(p.Errors, pec.Refuse("quantity_invalid", "%s", notWhole(p.Quantity)).On("quantity"))
		return q, false, nil
	}
	q, err = ask(tx, p.Box, p.Product, quantity)
	if problem := pec.AsProblem(err); problem != nil {
		p.Errors = append(p.Errors, problem)
		return q, false, nil
	}
	return q, err == nil, err
}

// pricedAt shows a quote to who pays it from a credit.
func pricedAt(q pec.Quote, credit pec.Cents) *priced {
	return &priced{
		Quantity: q.Quantity, Seen: int64(q.Price.Gross), NetLine: netLine(q), VAT: vatLine(q), Price: q.Price,
		Credit: credit, After: credit - q.Price.Gross,
	}
}

// waitingNote warns that a purchase paid at once leaves less credit to the
// orders that wait; left is the payer's book with the credit that it leaves.
// Orders that can no longer complete lose nothing by it. What is covered waits
// only for the renewals of today, which come first (9.1).
func waitingNote(left pec.Book, agreements []pec.Agreement, today pec.Date) string {
	l := left.LackWaiting(agreements, today)
	missing := l.Missing()
	if l.Orders == 0 {
		return ""
	}
	if l.Orders == 1 {
		note := "C’è già un ordine in attesa di pagamento, " + l.Waiting.Euro() + ": "
		if missing == 0 {
			return note + "il credito lo copre e si completa questa notte, dopo i rinnovi di oggi."
		}
		return note + "dopo questo pagamento gli mancheranno " + missing.Euro() + "."
	}
	note := fmt.Sprintf("Ci sono già %d ordini in attesa di pagamento, %s: ", l.Orders, l.Waiting.Euro())
	if missing == 0 {
		return note + "il credito li copre e si completano questa notte, dopo i rinnovi di oggi."
	}
	return note + "dopo questo pagamento mancheranno loro " + missing.Euro() + "."
}

// afterPurchase is the book as it stands once the purchase is paid.
func afterPurchase(book pec.Book, mailbox int64, q pec.Quote) pec.Book {
	book.Credit = max(book.Credit-q.Price.Gross, 0)
	if q.Product.OneOff {
		return book
	}
	book.Services = append(slices.Clone(book.Services), pec.Service{
		ID: pec.PendingService(0), MailboxID: mailbox, Product: q.Product.Code, Quantity: q.Quantity, NextQuantity: q.Quantity,
		StartedOn: q.On, ExpiresOn: q.Expires, AutoRenew: true, Source: pec.SoldByOrdine,
	})
	return book
}

// quantityName is "2 GB" or "3 × Multiutente", for a button.
func quantityName(q pec.Quote) string { return q.Product.Pieces(q.Quantity) }

// netLine tells how the net price is made: "2 GB × 2,50 € × 1 anno", "2 GB ×
// 2,50 € all’anno × 4/12".
func netLine(q pec.Quote) string {
	amount := strconv.Itoa(q.Quantity)
	if q.Product.Unit == "GB" {
		amount = gb(q.Quantity)
	}
	line := amount + " × " + q.UnitPrice.Euro()
	switch {
	case q.Free:
		return amount + " fino al " + q.Expires.Italian() + ", gratis"
	case q.Months > 0:
		return fmt.Sprintf("%s all’anno × %d/12", line, q.Months)
	case q.Years == 1:
		return line + " × 1" + nbsp + "anno"
	case q.Years > 1:
		return fmt.Sprintf("%s × %d%sanni", line, q.Years, nbsp)
	}
	return line
}

func vatLine(q pec.Quote) string {
	return "IVA " + strings.ReplaceAll(q.VATRate.String(), ".", ",") + nbsp + "%"
}

// sentenceFor is the quote's sentence as it is said to who pays: amount, what,
// until when, why, and what the renewal of all that runs then costs.
func sentenceFor(q pec.Quote, a pec.Agreement, then pec.Book, mailbox int64, f pec.Forecast) string {
	what, until := q.Product.What(q.Quantity), q.Expires.Italian()
	if q.Price.Gross == 0 && !q.Free { // the product itself costs nothing
		return q.Reason
	}
	paid := "Paga " + q.Price.Gross.Euro() + ", IVA compresa, per avere " + what
	window := fmt.Sprintf("%d%smesi", a.FreeWindowMonths, nbsp)
	if a.FreeWindowMonths == 1 {
		window = "un mese"
	}
	them := "li"
	if q.Quantity == 1 {
		them = "lo"
	}
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	switch {
	case q.Product.OneOff:
		say("%s, una volta sola", paid)
	case q.Free:
		say("Non paga nulla per avere %s fino al %s, giorno di scadenza della casella: mancano %s o meno e la convenzione %s dà gratis", what, until, window, them)
	case q.Policy == pec.Monthly:
		say("%s fino al %s, giorno di scadenza della casella: la convenzione fa pagare %s, un dodicesimo del prezzo annuo per ciascuno", paid, until, startedMonths(q.Months))
	case q.Years == 1 && a.FreeWindowMonths == 0:
		say("%s fino al %s, giorno di scadenza della casella: qualunque sia il giorno dell’acquisto la convenzione fa pagare l’anno intero", paid, until)
	case q.Years == 1:
		say("%s fino al %s, giorno di scadenza della casella: mancano più di %s, perciò la convenzione fa pagare l’anno intero", paid, until, window)
	default:
		say("%s fino al %s, giorno di scadenza della casella: la convenzione fa pagare %d%sanni, contati all’indietro dalla scadenza, e quello iniziato vale intero",
			paid, until, q.Years, nbsp)
	}
	if !q.FreeFrom.IsZero() {
		say("; dal %s è gratuito fino alla scadenza", q.FreeFrom.Italian())
	}
	if !q.Product.OneOff {
		say("; %s", renewalClause(q, then, mailbox, f))
	}
	return b.String() + "."
}

func startedMonths(n int) string {
	if n == 1 {
		return "1 mese iniziato"
	}
	return fmt.Sprintf("%d%smesi iniziati", n, nbsp)
}

// renewalClause says what renewing all the services of the mailbox will cost.
func renewalClause(q pec.Quote, then pec.Book, mailbox int64, f pec.Forecast) string {
	on, goesOn, ends, renews := q.Expires.Italian(), "continua", "termina", "si rinnova"
	if q.Quantity > 1 {
		goesOn, ends, renews = "continuano", "terminano", "si rinnovano"
	}
	switch {
	case q.ByOrder && f.AskedYears > 0:
		return fmt.Sprintf("dopo il %s %s solo con un ordine di rinnovo della casella, %s per %s con i suoi servizi, IVA compresa, altrimenti %s con lei",
			on, goesOn, f.Asked.Gross.Euro(), yearsOf(f.AskedYears), ends)
	case q.ByOrder:
		return fmt.Sprintf("dopo il %s %s solo con un ordine di rinnovo della casella, altrimenti %s con lei", on, goesOn, ends)
	case q.RenewalOn.IsZero() || f.Mailbox.Kind != pec.EventRenewed:
		return fmt.Sprintf("il %s %s e non %s", on, ends, renews)
	}
	pieces, onlySpace, total := 0, true, 0
	for _, s := range then.Services {
		if s.MailboxID != mailbox || !s.AutoRenew || s.Source != pec.SoldByOrdine {
			continue
		}
		pieces++
		onlySpace = onlySpace && s.Product == pec.InboxGB
		total += s.NextQuantity
	}
	tail := fmt.Sprintf("fino al %s per %s, IVA compresa, se il credito", f.Mailbox.To.Italian(), f.Cost.Gross.Euro())
	switch {
	case onlySpace && total == 1:
		return "il " + on + " il GB acquistato si rinnoverà " + tail + " lo copre"
	case onlySpace:
		return "il " + on + " " + pec.TheMany("i", total) + nbsp + "GB acquistati in tutto si rinnoveranno " + tail + " li copre"
	case pieces == 1:
		return "il " + on + " si rinnoverà " + tail + " lo copre"
	}
	return "il " + on + " i Suoi servizi si rinnoveranno " + tail + " li copre"
}

// termsToAccept lists the terms, unless the member accepted them all already.
// Those ticked before another price was asked for are ticked still.
func termsToAccept(c *fiber.Ctx, tx *db.ReadTx, member int64) (list []termToAccept, err error) {
	accepted, err := tx.Accepted(member, pec.TermsVersion)
	if err != nil || accepted == len(pec.Terms) {
		return nil, err
	}
	for _, t := range pec.Terms {
		field := termField(t)
		list = append(list, termToAccept{Term: t, Field: field, Link: "/area/condizioni#" + t.Code, Checked: c.Query(field) != ""})
	}
	return list, nil
}

func termField(t pec.Term) string { return "accetto-" + t.Code }

// typedTerms are the boxes ticked so far, for the address of another price.
func typedTerms(f *form) (namesAndValues []string) {
	for _, t := range pec.Terms {
		namesAndValues = append(namesAndValues, termField(t), f.text(termField(t)))
	}
	return namesAndValues
}

// ticked reads which terms were accepted, and asks for the others.
func ticked(f *form, terms []termToAccept) (accepted []string) {
	for i := range terms {
		t := &terms[i]
		if t.Checked = f.checked(t.Field); t.Checked {
			accepted = append(accepted, t.Code)
		} else {
			f.wrong(t.Field, "Per acquistare serve anche questa: «"+t.Label+"».")
		}
	}
	return accepted
}

// buy places the order that the page showed. A price that changed meanwhile is
// shown again before anything is bought.
func (s *site) buy(c *fiber.Ctx) error {
	f := formOf(c)
	if f.text("action") == "quote" {
		return quoteAgain(c, f, "/area/acquisto")
	}
	if first, err := s.alreadyBought(c, f.text("key")); err != nil || first != 0 {
		return toOrder(c, first, err)
	}
	p, err := s.purchasePage(c, f.id("casella"), f.text("product"), f.text("quantity"))
	if err != nil {
		return err
	}
	if p.Refusal != "" {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.show(c, "areapurchase", p)
	}
	if key := f.text("key"); key != "" && len(key) <= maxKey {
		p.Key = key
	}
	f.problems = p.Errors
	order := office.Purchase{Address: p.Box.Address, Product: p.Product, ByMember: who(c).ID, RequestKey: requestKey(c, p.Key)}
	if p.Offer != nil {
		order.Quantity = p.Offer.Quantity
	}
	if p.Offer != nil && f.text("quoted") != p.Quoted {
		f.add(choiceChanged(p.Offer.Price.Gross))
	}
	seen := pec.Cents(f.id("seen"))
	order.Seen = &seen
	order.Covered = f.text("covered") != ""
	confirmed := f.text("confirmed")
	order.Confirmed = &confirmed
	order.Accepted = ticked(f, p.Conditions)
	if f.sent("deliver_to") {
		p.DeliverTo, p.Addressed = f.text("deliver_to"), true
	}
	if p.Delivers {
		order.DeliverTo = p.DeliverTo
	}
	var done office.Purchased
	if f.ok() {
		done, err = s.office.Order(ctx(c), who(c).Actor(), order)
		f.add(err)
	}
	if !f.ok() {
		p.answer(f)
		return s.refuse(c, "areapurchase", p, f)
	}
	return s.bought(c, done)
}

// answer shows what was answered to a doubt.
func (p *purchasePage) answer(f *form) {
	if p.Offer != nil {
		p.Offer.Doubt.answer(f)
	}
}

// askedOfProvider tells who buys that a service does not begin by itself where the
// mailbox is: it runs and is paid from the purchase (R13), somebody has to switch
// it on.
const askedOfProvider = "L’Ordine ne chiede l’attivazione al gestore: nella pagina della Sua PEC legge quando è attivo."

func (s *site) bought(c *fiber.Ctx, done office.Purchased) error {
	if done.Repeated || done.Order.State != pec.OrderCompleted {
		return toOrder(c, done.Order.ID, nil) // its page says how it stands
	}
	what := "Decorre da oggi, fino al " + done.ExpiresOn.Italian() + ". " + askedOfProvider
	if done.Quote.Product.OneOff {
		what = "La segreteria lo consegna."
	}
	return s.done(c, fmt.Sprintf("/area/ordini/%d", done.Order.ID), "Acquisto completato.", what+" Riceverà la conferma.")
}

func toOrder(c *fiber.Ctx, id int64, err error) error {
	if err != nil {
		return err
	}
	return c.Redirect(fmt.Sprintf("/area/ordini/%d", id), fiber.StatusSeeOther)
}

// maxKey bounds what a form may send as its own key.
const maxKey = 64

// requestKey makes the key of a form the sender's own, member or operator: nobody
// meets another's order by it.
func requestKey(c *fiber.Ctx, key string) string {
	if who(c).Role != Member {
		return fmt.Sprintf("office:%d:%s", who(c).ID, key)
	}
	return fmt.Sprintf("area:%d:%s", who(c).ID, key)
}

// alreadyBought is the order that the same form made before, 0 for none. It is
// looked for first: by now the rules might refuse a second one.
func (s *site) alreadyBought(c *fiber.Ctx, key string) (int64, error) {
	if key == "" || len(key) > maxKey {
		return 0, nil
	}
	var first db.OrderRow
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		first, err = tx.OrderByRequest(requestKey(c, key))
		return err
	})
	return first.ID, err
}

type termsPage struct {
	Frame
	Terms   []termText
	Version string
}

// termText is one text with its paragraphs; clauses to be approved by
// themselves stand inside the general conditions, and are linked there.
type termText struct {
	Code, Title string
	Paragraphs  []termParagraph
}

type termParagraph struct{ ID, Text string }

// terms shows the texts that are accepted before the first purchase.
func (s *site) terms(c *fiber.Ctx) error {
	p := termsPage{Frame: s.frame(c, "Condizioni e informativa"), Version: pec.TermsVersion}
	for _, t := range pec.Terms {
		if t.Text == "" {
			continue
		}
		text := termText{Code: t.Code, Title: t.Title}
		for _, paragraph := range strings.Split(t.Text, "\n\n") {
			text.Paragraphs = append(text.Paragraphs, termParagraph{ID: clauseID(t.Code, paragraph), Text: paragraph})
		}
		p.Terms = append(p.Terms, text)
	}
	return s.show(c, "areaterms", &p)
}

// clauseID is the id of a numbered clause that is approved by itself: "4. …"
// of the conditions is "clausola-4".
func clauseID(code, paragraph string) string {
	number, _, _ := strings.Cut(paragraph, ".")
	id := "clausola-" + number
	if code == "condizioni" && slices.ContainsFunc(pec.Terms, func(t pec.Term) bool { return t.Code == id }) {
		return id
	}
	return ""
}
