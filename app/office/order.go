package office

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"albopec/app/pec"
	"albopec/db"
)

// Purchase is what somebody buys for a mailbox.
type Purchase struct {
	Address  string
	Product  string
	Quantity int
	// RequestKey is a form's own key: sent twice, it is one order. Empty when
	// there is no form.
	RequestKey string
	// Seen is the gross price that was shown; when it is no longer the price,
	// nothing is bought (nil: none was shown).
	Seen *pec.Cents
	// Covered is set when the credit was shown to cover the price: when it no
	// longer does, nothing is bought.
	Covered bool
	// Confirmed names the orders about which the page asked, see
	// [pec.Doubt.Asked]; nil when nobody was there to be asked.
	Confirmed *string
	// ByMember limits the purchase to the mailboxes of this member; 0 for
	// operators.
	ByMember int64
	// Accepted are the conditions the member just accepted (R17).
	Accepted []string
	// DeliverTo is the address, on one line, to which a one-off product goes.
	DeliverTo string
}

// Purchased is an order just made.
type Purchased struct {
	Order     db.OrderRow
	Missing   pec.Cents // gross; the top-up after which the order completes
	ExpiresOn pec.Date
	Quote     pec.Quote
	Repeated  bool // the form had already been sent: this is its first order
}

// Order makes a purchase (R8 to R13): completed at once when the credit covers
// it, waiting for payment otherwise. What may not be bought is a Problem and
// leaves nothing written.
func (o *Office) Order(ctx context.Context, actor string, p Purchase) (Purchased, error) {
	var done Purchased
	err := o.write(ctx, actor, func(tx *db.Tx) (err error) {
		if done, err = order(tx, p); err != nil || done.Repeated {
			return err
		}
		return tellWaiting(tx, done.Order)
	})
	return done, err
}

func order(tx *db.Tx, p Purchase) (Purchased, error) {
	box, err := tx.MailboxByAddress(normalAddress(p.Address))
	if err != nil {
		return Purchased{}, err
	}
	if p.ByMember != 0 && box.MemberID != p.ByMember {
		return Purchased{}, pec.Refuse("mailbox_unknown", "La casella «%s» non esiste.", p.Address)
	}
	if first, err := orderedBefore(tx, p.RequestKey, box.ID); err != nil || first.ID != 0 {
		if err != nil {
			return Purchased{}, err
		}
		return repeated(tx, first, box)
	}
	if err := overdue(tx, box.MemberID); err != nil {
		return Purchased{}, err
	}
	if box, err = tx.Mailbox(box.ID); err != nil { // it may just have been renewed or closed
		return Purchased{}, err
	}
	quote, err := quoteFor(&tx.ReadTx, box, p.Product, p.Quantity, tx.On)
	if err != nil {
		return Purchased{}, err
	}
	if p.Seen != nil && *p.Seen != quote.Price.Gross {
		return Purchased{}, priceChanged(quote.Price)
	}
	if err := stillCovered(tx, box.MemberID, quote.Price.Gross, p.Covered); err != nil {
		return Purchased{}, err
	}
	actor := ""
	if p.ByMember != 0 {
		actor = tx.Actor
	}
	if err := confirmed(tx, box, quote, actor, p.Confirmed); err != nil {
		return Purchased{}, err
	}
	if err := inOrder(tx, box); err != nil {
		return Purchased{}, err
	}
	return placeOrder(tx, box, p, quote)
}

// confirmed refuses what is asked about and was not confirmed as it stands now:
// another window may have bought the same meanwhile.
func confirmed(tx *db.Tx, box db.MailboxRow, q pec.Quote, actor string, seen *string) error {
	if seen == nil {
		return nil
	}
	doubt, err := doubtOf(&tx.ReadTx, box, q, actor)
	if err != nil {
		return err
	}
	if p := doubt.Refuse(*seen); p != nil {
		return p
	}
	return nil
}

// DoubtOf is what is asked before a purchase that was quoted is made. What the
// actor made before is their own; without one, as the secretariat asks, all is
// the member's.
func (o *Office) DoubtOf(tx *db.ReadTx, box db.MailboxRow, q pec.Quote, actor string) (pec.Doubt, error) {
	return doubtOf(tx, box, q, actor)
}

func doubtOf(tx *db.ReadTx, box db.MailboxRow, q pec.Quote, actor string) (pec.Doubt, error) {
	book, agreements, err := bookOn(tx, box.MemberID, q.On)
	if err != nil {
		return pec.Doubt{}, err
	}
	same, err := boughtThatDay(tx, box, q, actor)
	a, _ := pec.InForce(agreements, q.On)
	return book.Doubt(a, box.ID, q.Product, q.Quantity, same), err
}

// boughtThatDay finds the same purchase made before on the day of a quote.
func boughtThatDay(tx *db.ReadTx, box db.MailboxRow, q pec.Quote, actor string) ([]pec.OrderMade, error) {
	orders, err := tx.SamePurchases(box.ID, q.Product.Code, q.Quantity, q.On)
	var same []pec.OrderMade
	for _, o := range orders {
		same = append(same, pec.OrderMade{ID: o.ID, Number: o.Number(), Own: actor == "" || o.EnteredBy == actor})
	}
	return same, err
}

func priceChanged(now pec.Amounts) *pec.Problem {
	return pec.Refuse("price_changed", "Il prezzo è cambiato: ora è %s. Lo controlli e confermi di nuovo.", now.Gross.Euro())
}

// stillCovered refuses an order that was shown as paid from the credit and would
// wait for payment now: who confirmed it has not seen that.
func stillCovered(tx *db.Tx, member int64, gross pec.Cents, shown bool) error {
	if !shown {
		return nil
	}
	balance, err := tx.Balance(member)
	if err == nil && balance < gross {
		err = pec.Refuse("credit_changed", "Il credito è cambiato: ora è %s e non basta per %s, perciò l’ordine aspetterebbe il pagamento. Controlli e confermi di nuovo.", balance.Euro(), gross.Euro())
	}
	return err
}

// orderedBefore is the order that a form already made for a mailbox; its ID is 0
// when it made none, or there is no form.
func orderedBefore(tx *db.Tx, key string, mailbox int64) (db.OrderRow, error) {
	if key == "" {
		return db.OrderRow{}, nil
	}
	first, err := tx.OrderByRequest(key)
	if err == nil && first.ID != 0 && first.MailboxID != mailbox {
		err = pec.Refuse("request_repeated", "Questo modulo è già servito per un’altra casella: ricarichi la pagina e ripeta.")
	}
	return first, err
}

// repeated answers a form sent twice with the order it made the first time.
func repeated(tx *db.Tx, first db.OrderRow, box db.MailboxRow) (Purchased, error) {
	done := Purchased{Order: first, ExpiresOn: box.ExpiresOn, Repeated: true}
	if first.State != pec.OrderAwaitingPayment {
		return done, nil
	}
	missing, err := MissingFor(&tx.ReadTx, first, tx.On)
	done.Missing = missing
	return done, err
}

// quoteFor works the price of a purchase out, after all that refuses it, on the
// member's book as it stands once what fell due before the day is carried out:
// a page that only looks gives the price that Order takes.
func quoteFor(tx *db.ReadTx, box db.MailboxRow, product string, quantity int, on pec.Date) (pec.Quote, error) {
	return quoteUpTo(tx, box, product, quantity, on, true)
}

// quoteUpTo is quoteFor of what renews on E or, with renews false, ends there.
func quoteUpTo(tx *db.ReadTx, box db.MailboxRow, product string, quantity int, on pec.Date, renews bool) (pec.Quote, error) {
	agreements, err := tx.Agreements()
	if err != nil {
		return pec.Quote{}, err
	}
	book, err := loadBook(tx, box.MemberID, agreements)
	if err != nil {
		return pec.Quote{}, err
	}
	_, book = pec.Renewals(book, agreements, on.AddDays(-1))
	m := box.Mailbox
	if i := slices.IndexFunc(book.Mailboxes, func(m pec.Mailbox) bool { return m.ID == box.ID }); i >= 0 {
		m = book.Mailboxes[i]
	}
	agreement, ok := pec.InForce(agreements, on)
	switch {
	case !ok:
		return pec.Quote{}, pec.Refuse("agreement_missing", "Il %s non c’è una convenzione in vigore.", on.Italian())
	case agreement.SoldBy == pec.SoldByProvider:
		return pec.Quote{}, pec.Refuse("sold_by_provider", "Con la convenzione in vigore gli acquisti si fanno presso il gestore, non qui.")
	case m.Status != pec.MailboxActive:
		return pec.Quote{}, pec.Refuse("mailbox_not_active", "La casella %s è %s: si può acquistare solo per una casella attiva.", m.Address, m.Status.Italian())
	case !book.Status.OnRegister():
		return pec.Quote{}, pec.Refuse("holder_left", "Il titolare è %s: la casella si chiude e non si possono aggiungere servizi.", book.Status.Italian())
	case on.Before(m.ActivatedOn):
		return pec.Quote{}, pec.Refuse("mailbox_not_active", "La casella %s è attiva dal %s.", m.Address, m.ActivatedOn.Italian())
	}
	if slices.ContainsFunc(book.Waiting, func(w pec.WaitingOrder) bool { return w.MailboxID == m.ID && w.Renewal != nil }) {
		return pec.Quote{}, pec.Refuse("order_waiting", "Per questa casella c’è un ordine di rinnovo in attesa di pagamento: lo paghi o lo annulli, poi acquisti.")
	}
	mine := slices.DeleteFunc(book.Services, func(s pec.Service) bool { return s.MailboxID != m.ID })
	r := pec.QuoteRequest{
		On: on, Expires: m.ExpiresOn, Product: product, Quantity: quantity,
		Kind: m.Kind, ExtraGB: pec.ExtraGB(mine), Term: m.TermYears, Agreements: agreements,
	}
	if m.NextKind != "" { // what is bought goes on with the kind to come (9.9)
		ahead := r
		ahead.Kind = m.NextKind
		if _, err := agreement.Quote(ahead, nil); err != nil {
			return pec.Quote{}, err
		}
	}
	if !renews {
		return agreement.Quote(r, nil)
	}
	then := atExpiry(agreements, m.ExpiresOn)
	r.ByOrder = then != nil && m.RenewsByOrder(*then)
	return agreement.Quote(r, then)
}

func atExpiry(agreements []pec.Agreement, expires pec.Date) *pec.Agreement {
	if a, ok := pec.InForce(agreements, expires); ok {
		return &a
	}
	return nil
}

func placeOrder(tx *db.Tx, box db.MailboxRow, p Purchase, q pec.Quote) (Purchased, error) {
	claim, err := tx.Claim(box.MemberID)
	if err != nil {
		return Purchased{}, err
	}
	if claim > 0 {
		return Purchased{}, pec.ClaimOpen(claim)
	}
	if err := accept(tx, box.MemberID, p.Accepted, p.ByMember != 0); err != nil {
		return Purchased{}, err
	}
	row := db.OrderRow{
		MemberID: box.MemberID, MailboxID: box.ID, Kind: pec.OrderPurchase, OrderedOn: tx.On,
		AgreementID: q.AgreementID, Price: q.Price, RequestKey: p.RequestKey, EnteredBy: tx.Actor,
	}
	line := db.OrderLine{
		Product: q.Product.Code, ProductName: q.Product.Name, Quantity: q.Quantity, Unit: q.Product.Unit, UnitPrice: q.UnitPrice,
		Years: q.Years, Months: q.Months, From: tx.On, To: q.Expires, VATRate: q.VATRate.String(), Price: q.Price, Reason: q.Reason,
	}
	if q.Product.OneOff {
		line.From, line.To = pec.Date{}, pec.Date{}
	}
	id, err := tx.AddOrder(row, []db.OrderLine{line})
	if err != nil {
		return Purchased{}, err
	}
	if q.Product.OneOff {
		if err := deliver(tx, id, p); err != nil {
			return Purchased{}, err
		}
	}
	if err := tx.Record("order.placed", "order", id, map[string]any{
		"mailbox": box.Address, "product": line.Product, "quantity": line.Quantity, "price": q.Price}); err != nil {
		return Purchased{}, err
	}
	if err := mark(tx, box.MemberID, box.ID, tx.On); err != nil {
		return Purchased{}, err
	}
	balance, err := tx.Balance(box.MemberID)
	if err != nil {
		return Purchased{}, err
	}
	if q.Price.Gross <= balance {
		if _, err := completeOrder(tx, id, tx.On); err != nil {
			return Purchased{}, err
		}
	}
	done := Purchased{ExpiresOn: box.ExpiresOn, Quote: q}
	if done.Order, err = tx.Order(id); err != nil {
		return Purchased{}, err
	}
	if done.Order.State == pec.OrderAwaitingPayment {
		done.Missing, err = MissingFor(&tx.ReadTx, done.Order, tx.On)
	}
	return done, err
}

// accept keeps which conditions a member accepted, with version and moment, and
// refuses a member's own purchase while any of them is not (R17).
func accept(tx *db.Tx, member int64, terms []string, own bool) error {
	for _, code := range pec.TermCodes() {
		if !slices.Contains(terms, code) {
			continue
		}
		if err := tx.AddAcceptance(member, code, pec.TermsVersion); err != nil {
			return err
		}
	}
	if !own {
		return nil
	}
	accepted, err := tx.Accepted(member, pec.TermsVersion)
	if err == nil && accepted < len(pec.Terms) {
		err = pec.Refuse("terms_missing", "Prima del primo acquisto servono tutte le accettazioni: le condizioni generali, le clausole una per una e l’informativa.").On("accepted")
	}
	return err
}

// MissingFor is the top-up, made on a day, after which a waiting order has its
// turn.
func MissingFor(tx *db.ReadTx, order db.OrderRow, on pec.Date) (pec.Cents, error) {
	lack, err := LackFor(tx, order, on)
	return lack.Missing(), err
}

// LackFor is what makes up that top-up, and whether the order can still complete.
// What is overdue is looked through first (R6).
func LackFor(tx *db.ReadTx, order db.OrderRow, on pec.Date) (pec.OrderLack, error) {
	agreements, err := tx.Agreements()
	if err != nil {
		return pec.OrderLack{}, err
	}
	book, err := loadBook(tx, order.MemberID, agreements)
	if err != nil {
		return pec.OrderLack{}, err
	}
	_, book = pec.Renewals(book, agreements, on.AddDays(-1))
	return book.LackOf(agreements, order.ID, order.Price.Gross, on), nil
}

// completeOrder pays a waiting purchase from the credit and starts its service
// (R13); it returns the service's id, 0 for a one-off product.
func completeOrder(tx *db.Tx, id int64, on pec.Date) (int64, error) {
	order, err := tx.Order(id)
	if err != nil {
		return 0, err
	}
	box, err := tx.Mailbox(order.MailboxID)
	if err != nil {
		return 0, err
	}
	agreement, err := tx.Agreement(order.AgreementID)
	if err != nil {
		return 0, err
	}
	lines, err := tx.OrderLines(id)
	if err != nil {
		return 0, err
	}
	var service int64
	for _, l := range lines {
		if product, _ := agreement.Product(l.Product); product.OneOff {
			continue
		}
		service, err = tx.AddService(db.ServiceRow{
			Service: pec.Service{
				MailboxID: box.ID, Product: l.Product, Quantity: l.Quantity, StartedOn: on, ExpiresOn: box.ExpiresOn,
				AutoRenew: true, Source: pec.SoldByOrdine,
			},
			ProductName: l.ProductName, Net: l.Price.Net,
		})
		if err != nil {
			return 0, err
		}
		if err := tx.SetLineService(id, service, on, box.ExpiresOn); err != nil {
			return 0, err
		}
	}
	if err := payOrder(tx, id, order, on); err != nil {
		return 0, err
	}
	return service, queueReceipt(tx, id)
}

// payOrder takes an order's gross from the credit, gives it its number and
// writes it down.
func payOrder(tx *db.Tx, id int64, order db.OrderRow, on pec.Date) error {
	if err := tx.CompleteOrder(id, on); err != nil {
		return err
	}
	if order.Price.Gross > 0 {
		if _, err := tx.AddEntry(db.Entry{MemberID: order.MemberID, On: on, Kind: pec.EntryOrder, Amount: -order.Price.Gross, OrderID: id}); err != nil {
			return fmt.Errorf("paying order %d: %w", id, err)
		}
	}
	completed, err := tx.Order(id)
	if err != nil {
		return err
	}
	if err := tx.Record("order.completed", "order", id, map[string]any{"number": completed.Number(), "on": on, "price": order.Price}); err != nil {
		return err
	}
	return mark(tx, order.MemberID, order.MailboxID, on)
}

// CancelOrder cancels an order that waits for payment. A member cancels only
// their own (byMember; 0 for operators, of whom the member is told, with the
// reason).
func (o *Office) CancelOrder(ctx context.Context, actor string, id, byMember int64, reason string) error {
	reason, err := readReason(reason, "")
	if err != nil {
		return err
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		order, err := tx.Order(id)
		if err != nil {
			return err
		}
		if byMember != 0 && order.MemberID != byMember {
			return pec.Refuse("order_unknown", "L’ordine non esiste.")
		}
		if err := overdue(tx, order.MemberID); err != nil {
			return err
		}
		if order, err = tx.Order(id); err != nil {
			return err
		}
		if order.State != pec.OrderAwaitingPayment {
			return pec.Refuse("order_not_waiting", "L’ordine è %s: si annulla solo un ordine in attesa di pagamento.", order.State.Italian())
		}
		box, err := tx.Mailbox(order.MailboxID)
		if err != nil {
			return err
		}
		if err := inOrder(tx, box); err != nil {
			return err
		}
		if err := tx.EndOrder(id, pec.OrderCancelled, tx.On, reason); err != nil {
			return err
		}
		if err := tx.Record("order.cancelled", "order", id, map[string]any{"reason": reason}); err != nil {
			return err
		}
		if err := mark(tx, order.MemberID, order.MailboxID, tx.On); err != nil {
			return err
		}
		if err := completeWaiting(tx, order.MemberID, nil); err != nil || byMember != 0 {
			return err
		}
		return tellCancelled(tx, order, reason)
	})
}

// completeWaiting completes the waiting orders that the credit now covers, and
// counts them (R13, 9.1).
func completeWaiting(tx *db.Tx, member int64, completed *int) error {
	agreements, err := tx.Agreements()
	if err != nil {
		return err
	}
	book, err := loadBook(&tx.ReadTx, member, agreements)
	if err != nil {
		return err
	}
	events, _ := pec.CompleteWaiting(book, tx.On)
	for _, e := range events {
		if e.Kind == pec.EventOrderCompleted && completed != nil {
			*completed++
		}
	}
	return apply(tx, book, agreements, events)
}

// QuoteMailbox works out what a purchase would cost for a mailbox on a day,
// without writing. Renewals that are overdue are looked through first, so that
// the price is the one Order would take.
func (o *Office) QuoteMailbox(ctx context.Context, address, product string, quantity int) (pec.Quote, error) {
	var q pec.Quote
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		box, err := tx.MailboxByAddress(normalAddress(address))
		if err != nil {
			return err
		}
		q, err = o.QuoteAhead(tx, box, product, quantity)
		return err
	})
	return q, err
}

// QuoteAhead quotes in a snapshot that is already open.
func (o *Office) QuoteAhead(tx *db.ReadTx, box db.MailboxRow, product string, quantity int) (pec.Quote, error) {
	return quoteFor(tx, box, product, quantity, o.Today())
}

// Quote works out what a purchase would cost with a given expiry, on no mailbox
// in particular: no cap is checked.
func (o *Office) Quote(ctx context.Context, product string, quantity int, expires pec.Date) (pec.Quote, error) {
	var q pec.Quote
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		agreements, err := tx.Agreements()
		if err != nil {
			return err
		}
		agreement, err := agreementOn(tx, o.Today())
		if err != nil {
			return err
		}
		q, err = agreement.Quote(pec.QuoteRequest{On: o.Today(), Expires: expires, Product: product, Quantity: quantity, Agreements: agreements}, atExpiry(agreements, expires))
		return err
	})
	return q, err
}

func normalAddress(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
