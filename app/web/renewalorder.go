package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) renewalOrderRoutes() []route {
	return []route{
		get("/ordini/rinnovo", clerks, s.renewalOrderForm),
		post("/ordini/rinnovo", clerks, s.orderRenewal),
		get("/caselle/:id/rinnovo", clerks, s.autoRenewal),
		post("/caselle/:id/rinnovo", clerks, s.setAutoRenewal),
		get("/area/rinnovo", themselves, s.ownRenewal),
		post("/area/rinnovo", themselves, s.orderOwnRenewal),
	}
}

// renewalForm is the order of a renewal as both its pages show it: kind, years,
// space, what that costs, to whom the invoice goes.
type renewalForm struct {
	Box         db.MailboxRow
	Holder      db.MemberRow
	Kinds       []Option
	Kind        string // code
	Terms       []Option
	Years       string
	Added       string
	Recipient   pec.Recipient // as typed
	Stop        string        // why nothing can be ordered
	StopOrder   int64         // the order that is in the way, 0 when none is
	Choose      string        // what is still to be chosen before there is a price
	Changing    bool          // the mailbox renews by itself: there is only its kind to change
	Quote       *pec.RenewalQuote
	Free        *freeKind // the kind chosen takes no order
	Credit      pec.Cents
	After       pec.Cents
	Missing     pec.Cents // 0 when the credit covers it
	Lack        pec.Lack  // that makes Missing up
	Sum         string    // how Missing is made up
	PayBy       pec.Date
	Seen        int64  // the gross price in cents, as shown
	Quoted      string // what that price is for
	Key         string // of the form: sent twice, it is one order
	Button      string
	chooseIn    string // the field for it
	byItself    bool   // the kind chosen renews at the Ordine's expense: it takes no order
	typedYears  int
	typedAdded  int
	typedFaulty bool
	typedTo     bool // the recipient was typed, if only to be emptied
}

// changeOfKind is the title of the form where a mailbox renews by itself.
const changeOfKind = "Cambia tipologia"

// freeKind is a lower kind that the Ordine pays, to be chosen for E.
type freeKind struct {
	Sentence, Warning, Button string
}

// wish is what the form asks for.
func (p *renewalForm) wish() pec.RenewalWish {
	return pec.RenewalWish{Kind: p.Kind, Years: p.typedYears, AddedGB: p.typedAdded}
}

// quotedRenewal names what a price was shown for, as quotedFor does.
func quotedRenewal(w pec.RenewalWish) string { return fmt.Sprint(w.Kind, " ", w.Years, " ", w.AddedGB) }

// fillRenewal loads the mailbox and what it may be renewed to, and quotes what
// is asked for; what another choice would mend goes to the form.
func (s *site) fillRenewal(tx *db.ReadTx, p *renewalForm, f *form, today pec.Date) error {
	var err error
	if p.Holder, err = tx.Member(p.Box.MemberID); err != nil {
		return err
	}
	if !p.typedTo {
		if p.Recipient, err = tx.Recipient(p.Holder.ID); err != nil {
			return err
		}
	}
	if p.Recipient.Code == pec.NoChannel {
		p.Recipient.Code = "" // the field is left empty by who has none
	}
	agreements, err := tx.Agreements()
	if err != nil {
		return err
	}
	p.choices(agreements, today)
	p.read(f)
	if p.typedFaulty {
		return nil
	}
	q, err := s.office.QuoteRenewal(tx, p.Box, p.wish())
	problem := pec.AsProblem(err)
	switch {
	case problem != nil && problem.Code == "renews_by_itself" && p.Kind != p.Box.KindAhead():
		return s.freeChoice(tx, p, f)
	case problem != nil && problem.Code == "renews_by_itself":
		p.chooseIn, p.Choose = "kind", "Il "+p.Box.ExpiresOn.Italian()+" la casella si rinnova da sola a carico dell’Ordine: non serve un ordine. Per averne un’altra, scelga la tipologia."
		return nil
	case problem != nil && problem.Field == "":
		p.Stop = problem.Message // nothing that another choice would mend
		if problem.Code == "order_waiting" {
			p.StopOrder, err = waitingFor(tx, p.Box)
			return err
		}
		return nil
	case err != nil:
		f.add(err)
		return nil
	}
	book, agreements, err := s.office.Book(tx, p.Holder.ID)
	if err != nil {
		return err
	}
	_, book = pec.Renewals(book, agreements, today.AddDays(-1)) // carried out before the order (R6)
	p.price(q, book, agreements, today)
	return nil
}

// waitingFor is the oldest order that waits for payment for a mailbox, 0 when
// none does.
func waitingFor(tx *db.ReadTx, box db.MailboxRow) (int64, error) {
	waiting, err := tx.WaitingOrders(box.MemberID)
	if i := slices.IndexFunc(waiting, func(o db.OrderRow) bool { return o.MailboxID == box.ID }); i >= 0 {
		return waiting[i].ID, err
	}
	return 0, err
}

// choices are the kinds that can be had now or from E on, and the terms of the
// one chosen. A mailbox that waits for an order opens with its renewal for the
// shortest term; otherwise the kind is the mailbox's own and no term is chosen,
// so that nobody orders what they did not ask for.
func (p *renewalForm) choices(agreements []pec.Agreement, today pec.Date) {
	now, _ := pec.InForce(agreements, today)
	later, _ := pec.InForce(agreements, p.Box.ExpiresOn)
	p.Kind = cmp.Or(p.Kind, p.Box.Kind)
	for _, k := range later.Kinds {
		p.Kinds = append(p.Kinds, Option{Value: k.Code, Label: kindOnOffer(k, p.Box.AutoRenew)})
	}
	if p.Added == "" {
		p.Added = "0"
	}
	kind, _ := later.Kind(p.Kind)
	ahead, _ := later.Kind(p.Box.KindAhead())
	p.Changing = ahead.PaidBy == pec.PaidByOrdine && p.Box.AutoRenew
	if p.byItself = kind.PaidBy == pec.PaidByOrdine && p.Box.AutoRenew; p.byItself {
		return
	}
	p.Terms = termsOf(kind, p.Box)
	if _, ok := now.Kind(p.Kind); ok && p.Kind != p.Box.Kind && !now.UpgradeAtExpiry {
		p.Terms = append(p.Terms, Option{Value: "0", Label: "Solo il cambio di tipologia, fino al " + p.Box.ExpiresOn.Italian()})
	}
	if p.Years == "" && len(p.Terms) > 0 && p.Kind == p.Box.Kind && p.Box.NextKind == "" {
		p.Years = p.Terms[0].Value
	}
}

// termsOf are the terms of a kind, as a mailbox's renewal would have them.
func termsOf(k pec.Kind, box db.MailboxRow) (list []Option) {
	for _, n := range slices.Sorted(slices.Values(k.Terms)) {
		to := pec.Expiry(box.AnchorOn, box.ExpiresOn, n)
		list = append(list, Option{Value: strconv.Itoa(n), Label: counted(n, "anno", "anni") + ", fino al " + to.Italian()})
	}
	return list
}

// kindOnOffer is "Pro, 20,00 € netti all’anno, 2 GB". What the Ordine pays it pays
// on a mailbox that renews by itself.
func kindOnOffer(k pec.Kind, autoRenew bool) string {
	price := k.YearlyPrice.Euro() + " netti all’anno"
	if k.PaidBy == pec.PaidByOrdine && autoRenew {
		price = "a carico dell’Ordine"
	}
	text := k.Name + ", " + price + ", " + gb(k.BaseInboxGB)
	if k.BaseArchiveGB > 0 {
		text += " e " + gb(k.BaseArchiveGB) + " di archivio"
	}
	return text
}

// read takes the numbers typed.
func (p *renewalForm) read(f *form) {
	number := func(field, what, text string) int {
		n, err := strconv.Atoi(strings.ReplaceAll(text, ".", ""))
		if err != nil {
			p.typedFaulty = true
			f.wrong(field, what+": "+uncapital(notWhole(text)))
		}
		return n
	}
	p.typedAdded = number("added_gb", "Spazio da aggiungere", p.Added)
	switch {
	case p.byItself:
		p.typedYears = 1 // of no account: what was chosen for another kind stays as it is
	case p.Years == "":
		p.typedFaulty, p.chooseIn, p.Choose = true, "years", "Scelga la durata: vede il prezzo prima di confermare."
	default:
		p.typedYears = number("years", "Durata", p.Years)
	}
	p.Quoted = quotedRenewal(p.wish())
}

// freeChoice offers the kind chosen for E without an order, or says why not.
func (s *site) freeChoice(tx *db.ReadTx, p *renewalForm, f *form) error {
	k, warning, err := s.office.KindAhead(tx, p.Box, p.Kind)
	if err != nil {
		f.add(err)
		return nil
	}
	on := p.Box.ExpiresOn.Italian()
	p.Free = &freeKind{
		Sentence: "La tipologia " + k.Name + " è a carico dell’Ordine: dal " + on + " la casella l’avrà e si rinnoverà da sola, senza spesa. Fino a quel giorno resta com’è.",
		Warning:  warning, Button: "Passa a " + k.Name + " dal " + on,
	}
	return nil
}

// price shows a quote and what follows from it for the credit.
func (p *renewalForm) price(q pec.RenewalQuote, book pec.Book, agreements []pec.Agreement, today pec.Date) {
	p.Quote, p.Seen, p.Credit = &q, int64(q.Price.Gross), book.Credit
	p.After = p.Credit - q.Price.Gross
	what := "Rinnova per " + q.Price.Gross.Euro()
	if q.Wish.Years == 0 {
		what = "Passa a " + q.New.Name + " per " + q.Price.Gross.Euro()
	}
	p.Button = what
	if p.After >= 0 {
		return
	}
	p.Lack = book.LackBehind(agreements, q.Price.Gross, today) // older orders are paid first
	p.Missing, p.Sum, p.After = p.Lack.Missing(), p.Lack.Sum("per questo ordine"), 0
	p.PayBy = pec.WaitingOrder{OrderedOn: today, Renewal: &pec.OrderedRenewal{Years: q.Wish.Years}}.PayBy(q.Expires)
	p.Button = "Ordina per " + q.Price.Gross.Euro()
}

// readSent takes what the form sent.
func (p *renewalForm) readSent(f *form) {
	p.Kind, p.Years, p.Added = f.text("kind"), f.text("years"), f.text("added_gb")
	p.Recipient, p.typedTo = pec.Recipient{Code: f.text("recipient_code"), PEC: f.text("recipient_pec")}, true
	p.Key = f.text("key")
}

// renewalQuery is the choice of a form, to be kept in an address.
func renewalQuery(path, box string, f *form) string {
	return withQuery(path, append(append(typedTerms(f), "casella", box, "kind", f.text("kind"), "years", f.text("years"), "added_gb", f.text("added_gb")), recipientTyped(f)...)...)
}

// recipientTyped is to whom a form says that the invoice goes, to be kept in an
// address.
func recipientTyped(f *form) []string {
	return []string{"fattura", "1", "recipient_code", f.text("recipient_code"), "recipient_pec", f.text("recipient_pec")}
}

// recipientAsked is the recipient that an address holds; typed is whether it
// holds one, if only an empty one.
func recipientAsked(c *fiber.Ctx) (r pec.Recipient, typed bool) {
	return pec.Recipient{Code: strings.TrimSpace(c.Query("recipient_code")), PEC: strings.TrimSpace(c.Query("recipient_pec"))}, c.Query("fattura") != ""
}

// asked takes the choice that an address holds.
func (p *renewalForm) asked(c *fiber.Ctx) {
	p.Kind, p.Years, p.Added = strings.TrimSpace(c.Query("kind")), strings.TrimSpace(c.Query("years")), strings.TrimSpace(c.Query("added_gb"))
	p.Recipient, p.typedTo = recipientAsked(c)
	p.Key = randomToken()
}

// confirmed is the order of a form, with the price that was shown. What was
// changed after that, or never shown, is for the form to say.
func (p *renewalForm) confirmed(f *form) office.RenewalRequest {
	seen, err := strconv.ParseInt(f.text("seen"), 10, 64)
	if p.Choose != "" {
		f.add(pec.Refuse("choice_missing", "%s", p.Choose).On(p.chooseIn))
	} else if err != nil || p.Key == "" || len(p.Key) > maxKey {
		f.add(pec.Refuse("price_missing", "Guardi prima il prezzo, poi confermi."))
	}
	if p.Key == "" || len(p.Key) > maxKey {
		p.Key = randomToken()
	}
	if f.ok() && p.Quote != nil && f.text("quoted") != p.Quoted {
		f.add(choiceChanged(p.Quote.Price.Gross))
	}
	f.checkRecipient()
	price := pec.Cents(seen)
	return office.RenewalRequest{
		Address: p.Box.Address, Wish: p.wish(), RecipientCode: f.text("recipient_code"), RecipientPEC: f.text("recipient_pec"),
		Seen: &price, Covered: f.text("covered") != "", RequestKey: requestKey(f.c, p.Key),
	}
}

// renewalOrderPage is the secretariat's.
type renewalOrderPage struct {
	Frame
	renewalForm
	Facts []fact
}

func (s *site) newRenewalOrderPage(c *fiber.Ctx, address string, p *renewalOrderPage, f *form) error {
	return s.read(c, func(tx *db.ReadTx) (err error) {
		if p.Box, err = tx.MailboxByAddress(strings.ToLower(strings.TrimSpace(address))); err != nil {
			return err
		}
		p.Frame = s.frame(c, "Rinnova la casella", Crumb{"Caselle", "/caselle"}, Crumb{p.Box.Address, "/caselle/" + itoa(p.Box.ID)})
		if err := s.fillRenewal(tx, &p.renewalForm, f, p.Today); err != nil {
			return err
		}
		if p.Years == "" && len(p.Terms) > 0 {
			p.Terms = slices.Insert(p.Terms, 0, Option{Label: "Scelga la durata"})
		}
		if p.Changing {
			p.retitle(changeOfKind)
		}
		p.Lead = "Per " + p.Holder.FullName() + ", " + p.Box.Address
		credit, err := tx.Balance(p.Holder.ID)
		if err != nil {
			return err
		}
		closing, err := s.closingFact(tx, p.Box)
		if err != nil {
			return err
		}
		p.Facts = []fact{
			{Title: "Iscritto", Value: p.Holder.FullName(), Note: numberNote(p.Holder.Member), Href: s.linkTo(c, "/iscritti/:id", "/iscritti/"+itoa(p.Holder.ID))},
			{Title: "Casella", Value: p.Box.Address, Note: p.Box.Status.Italian(), Href: s.linkTo(c, "/caselle/:id", "/caselle/"+itoa(p.Box.ID))},
			closing,
			{Title: "Credito", Value: credit.Euro(), Href: "/credito/" + itoa(p.Holder.ID)},
		}
		return nil
	})
}

// closingFact is a mailbox's expiry, or the day on which a leaver's closes.
func (s *site) closingFact(tx *db.ReadTx, box db.MailboxRow) (fact, error) {
	today := s.office.Today()
	book, agreements, err := s.office.Book(tx, box.MemberID)
	if f := book.Forecast(agreements, box.ID, today); f.Mailbox.CloseReason == pec.CloseLeaver {
		return fact{Title: "Si chiude il", Value: f.On.Italian(), Note: days(today, f.On)}, err
	}
	return fact{Title: "Scadenza", Value: dash(box.ExpiresOn.Italian()), Note: days(today, box.ExpiresOn)}, err
}

func (s *site) renewalOrderForm(c *fiber.Ctx) error {
	if c.Query("casella") == "" {
		return s.told(c, "/rinnovi/elenco?cosa=chiudono", Alert{Kind: "primary", Strong: "Scelga la casella da rinnovare.", Text: "Queste si chiudono, se nessuno le rinnova."})
	}
	var p renewalOrderPage
	p.asked(c)
	typed := c.Query("kind") != ""
	f := formOf(c)
	if err := s.newRenewalOrderPage(c, c.Query("casella"), &p, f); err != nil {
		return err
	}
	if f.ok() || !typed && f.fault == nil {
		p.Errors = f.problems
		return s.show(c, "order-renewal", &p)
	}
	return s.refuse(c, "order-renewal", &p, f)
}

// orderRenewal orders what was shown, at the price that was shown, or chooses a
// kind that takes no order.
func (s *site) orderRenewal(c *fiber.Ctx) error {
	f := formOf(c)
	address := f.text("casella")
	if f.text("action") == "quote" {
		return c.Redirect(renewalQuery("/ordini/rinnovo", address, f), fiber.StatusSeeOther)
	}
	var p renewalOrderPage
	p.readSent(f)
	if first, err := s.alreadyBought(c, p.Key); err != nil || first != 0 {
		if err != nil {
			return err
		}
		return s.told(c, "/ordini/"+itoa(first), repeatedAlert)
	}
	if err := s.newRenewalOrderPage(c, address, &p, f); err != nil {
		return err
	}
	if f.text("action") == "choose" && p.Free != nil {
		return s.chooseKind(c, f, "order-renewal", &p, p.Box, 0)
	}
	r := p.confirmed(f)
	if p.Stop != "" || p.Free != nil {
		f.add(pec.Refuse("choice_changed", "%s", cmp.Or(p.Stop, "Questa tipologia non richiede un ordine.")))
	}
	var done office.RenewalOrdered
	if f.ok() {
		var err error
		done, err = s.office.OrderRenewal(ctx(c), who(c).Actor(), r)
		f.add(err)
	}
	if !f.ok() {
		return s.refuse(c, "order-renewal", &p, f)
	}
	return s.told(c, "/ordini/"+itoa(done.Order.ID), renewedAlert(done))
}

var repeatedAlert = Alert{Kind: "primary", Strong: "L’ordine c’era già.", Text: "Il modulo era già stato inviato: non ne è stato fatto un altro."}

func renewedAlert(done office.RenewalOrdered) Alert {
	o := done.Order
	switch {
	case done.Repeated:
		return repeatedAlert
	case o.State != pec.OrderCompleted:
		return Alert{Kind: "success", Strong: "Ordine inserito: aspetta il pagamento."}
	case done.Quote.Wish.Years == 0:
		text := "La casella è " + done.Quote.New.Name + " da subito."
		if done.Quote.Warning != "" {
			text += " Il " + done.ExpiresOn.Italian() + " si chiude, se prima non è pagato un ordine di rinnovo."
		}
		return Alert{Kind: "success", Strong: "Ordine " + o.Number() + " completato.", Text: text}
	}
	return Alert{Kind: "success", Strong: "Ordine " + o.Number() + " completato.", Text: "La casella è rinnovata fino al " + done.ExpiresOn.Italian() + ": " + o.Price.Gross.Euro() + " dal credito."}
}

// chooseKind takes a kind for E that needs no order (9.9).
func (s *site) chooseKind(c *fiber.Ctx, f *form, view string, p page, box db.MailboxRow, member int64) error {
	f.add(s.office.ChooseKind(ctx(c), who(c).Actor(), box.Address, f.text("kind"), member))
	if !f.ok() {
		return s.refuse(c, view, p, f)
	}
	to := "/caselle/" + itoa(box.ID)
	if member != 0 {
		to = areaPath("/area", box.ID)
	}
	return s.done(c, to, "Tipologia scelta.", "La casella la avrà dal "+box.ExpiresOn.Italian()+".")
}

// autoRenewalPage turns the automatic renewal of a mailbox on or off.
type autoRenewalPage struct {
	Frame
	Box    db.MailboxRow
	On     bool // now
	Text   string
	Button string
	Kind   string // of the button
}

func (s *site) newAutoRenewalPage(c *fiber.Ctx) (*autoRenewalPage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &autoRenewalPage{}
	var closes pec.Date // a leaver's
	err = s.read(c, func(tx *db.ReadTx) (err error) {
		if p.Box, err = tx.Mailbox(id); err != nil {
			return err
		}
		book, agreements, err := s.office.Book(tx, p.Box.MemberID)
		if f := book.Forecast(agreements, id, s.office.Today()); f.Mailbox.CloseReason == pec.CloseLeaver {
			closes = f.On
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	p.Frame = s.frame(c, "Rinnovo automatico", Crumb{"Caselle", "/caselle"}, Crumb{p.Box.Address, "/caselle/" + itoa(id)})
	p.Lead = p.Box.Address
	p.On = p.Box.AutoRenew
	on := dash(p.Box.ExpiresOn.Italian())
	p.Text, p.Button, p.Kind = "Il rinnovo automatico è spento: il "+on+" la casella si chiude, se prima non è pagato un ordine di rinnovo. Acceso, quel giorno la rinnova l’Ordine a sue spese.",
		"Accendi il rinnovo automatico", "btn-primary"
	if p.On {
		p.Text, p.Button, p.Kind = "Il rinnovo automatico è acceso: il "+on+" la casella si rinnova a carico dell’Ordine. Spento, quel giorno si chiude con i suoi servizi, se l’iscritto non paga prima un ordine di rinnovo al prezzo della tipologia.",
			"Spegni il rinnovo automatico", "btn-danger"
	}
	if !closes.IsZero() {
		p.Text, p.Button = "Il titolare non è più nell’albo: la casella si chiude il "+closes.Italian()+", acceso o spento che sia il rinnovo automatico.", ""
	}
	return p, nil
}

func (s *site) autoRenewal(c *fiber.Ctx) error {
	p, err := s.newAutoRenewalPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "autorenewal", p)
}

func (s *site) setAutoRenewal(c *fiber.Ctx) error {
	p, err := s.newAutoRenewalPage(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	on := f.text("auto_renew") == "1"
	f.add(s.office.SetAutoRenew(ctx(c), who(c).Actor(), p.Box.Address, on))
	if !f.ok() {
		return s.refuse(c, "autorenewal", p, f)
	}
	if on {
		return s.done(c, "/caselle/"+itoa(p.Box.ID), "Rinnovo automatico acceso.")
	}
	return s.done(c, "/caselle/"+itoa(p.Box.ID), "Rinnovo automatico spento.", "Il "+p.Box.ExpiresOn.Italian()+" la casella si chiude, se prima non è pagato un ordine di rinnovo.")
}

// ownRenewalPage is the member's.
type ownRenewalPage struct {
	Frame
	renewalForm
	Conditions []termToAccept
	Closes     string
}

func (s *site) newOwnRenewalPage(c *fiber.Ctx, mailbox int64, p *ownRenewalPage, f *form) error {
	p.Frame = s.frame(c, "Rinnova la casella")
	return s.read(c, func(tx *db.ReadTx) (err error) {
		if p.Box, _, err = ownMailbox(tx, who(c).ID, mailbox); err != nil {
			return err
		}
		if p.Box.ID == 0 {
			p.Stop = "Non ha ancora una casella: si rinnova una casella attiva."
			return nil
		}
		if err := s.fillRenewal(tx, &p.renewalForm, f, p.Today); err != nil {
			return err
		}
		if p.Changing {
			p.retitle(changeOfKind)
		}
		p.Closes = "La casella è rinnovata subito, dalla scadenza in poi."
		switch {
		case p.Missing == 0 && p.Quote != nil && p.Quote.Wish.Years == 0:
			p.Closes = "La tipologia cambia subito, la scadenza resta la stessa."
		case p.Missing > 0:
			p.Closes = "L’ordine aspetta il pagamento fino al " + p.PayBy.Italian() + " a questo prezzo; pagato, si completa da solo. Alla pagina seguente trova come pagare."
		}
		p.Conditions, err = termsToAccept(c, tx, p.Holder.ID)
		return err
	})
}

func (s *site) ownRenewal(c *fiber.Ctx) error {
	var p ownRenewalPage
	p.asked(c)
	typed := c.Query("kind") != ""
	f := formOf(c)
	if err := s.newOwnRenewalPage(c, int64(c.QueryInt("casella")), &p, f); err != nil {
		return err
	}
	if f.ok() || !typed && f.fault == nil {
		p.Errors = f.problems
		return s.show(c, "arearenewal", &p)
	}
	return s.refuse(c, "arearenewal", &p, f)
}

// orderOwnRenewal orders what the page showed, once the terms are accepted
// (R17).
func (s *site) orderOwnRenewal(c *fiber.Ctx) error {
	f := formOf(c)
	if f.text("action") == "quote" {
		return c.Redirect(renewalQuery("/area/rinnovo", f.text("casella"), f), fiber.StatusSeeOther)
	}
	if first, err := s.alreadyBought(c, f.text("key")); err != nil || first != 0 {
		return toOrder(c, first, err)
	}
	var p ownRenewalPage
	p.readSent(f)
	if err := s.newOwnRenewalPage(c, f.id("casella"), &p, f); err != nil {
		return err
	}
	if f.text("action") == "choose" && p.Free != nil {
		return s.chooseKind(c, f, "arearenewal", &p, p.Box, who(c).ID)
	}
	if p.Stop != "" {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.show(c, "arearenewal", &p)
	}
	r := p.confirmed(f)
	if p.Free != nil {
		f.add(pec.Refuse("choice_changed", "Questa tipologia non richiede un ordine."))
	}
	r.ByMember = who(c).ID
	r.Accepted = ticked(f, p.Conditions)
	var done office.RenewalOrdered
	if f.ok() {
		var err error
		done, err = s.office.OrderRenewal(ctx(c), who(c).Actor(), r)
		f.add(err)
	}
	if !f.ok() {
		return s.refuse(c, "arearenewal", &p, f)
	}
	if done.Order.State != pec.OrderCompleted {
		return toOrder(c, done.Order.ID, nil)
	}
	return s.told(c, fmt.Sprintf("/area/ordini/%d", done.Order.ID), renewedAlert(done))
}
