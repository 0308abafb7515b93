package office

import (
	"context"

	"albopec/app/pec"
	"albopec/db"
)

// RenewalRequest is an order on a mailbox itself (R18, 9.9): its renewal for
// some years, or a dearer kind at once.
type RenewalRequest struct {
	Address string
	Wish    pec.RenewalWish
	// RecipientCode and RecipientPEC are where the e-invoice goes, as they were
	// typed and confirmed; with KeepRecipient nothing was, and what was confirmed
	// last stands.
	RecipientCode, RecipientPEC string
	KeepRecipient               bool
	RequestKey                  string     // as in Purchase
	Seen                        *pec.Cents // as in Purchase
	Covered                     bool       // as in Purchase
	ByMember                    int64      // as in Purchase
	Accepted                    []string   // as in Purchase
}

// RenewalOrdered is such an order just made.
type RenewalOrdered struct {
	Order     db.OrderRow
	Missing   pec.Cents // gross; the top-up after which the order completes
	ExpiresOn pec.Date  // E as it stands after the order
	Quote     pec.RenewalQuote
	Repeated  bool // the form had already been sent: this is its first order
}

// OrderRenewal orders the renewal of a mailbox or a change of its kind: done at
// once when the credit covers it, waiting for payment otherwise (R13, R18).
func (o *Office) OrderRenewal(ctx context.Context, actor string, r RenewalRequest) (RenewalOrdered, error) {
	var done RenewalOrdered
	err := o.write(ctx, actor, func(tx *db.Tx) (err error) {
		if done, err = orderMailbox(tx, r); err != nil || done.Repeated {
			return err
		}
		return tellWaiting(tx, done.Order)
	})
	return done, err
}

// OrderRenewals orders the renewal of several mailboxes together, each with an
// order of its own, in one transaction: all of them or none. They are paid from
// the credit in the order given; those that it does not cover wait for payment.
// What stands in the way of one says of which.
func (o *Office) OrderRenewals(ctx context.Context, actor string, list []RenewalRequest) ([]RenewalOrdered, error) {
	var orders []RenewalOrdered
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		orders = nil
		var made []db.OrderRow
		for _, r := range list {
			done, err := orderMailbox(tx, r)
			if problem := pec.AsProblem(err); problem != nil && problem.Field == "" {
				return pec.Refuse(problem.Code, "%s: %s Nessun rinnovo è stato ordinato.", r.Address, problem.Message)
			}
			if err != nil {
				return err
			}
			orders = append(orders, done)
			if !done.Repeated {
				made = append(made, done.Order)
			}
		}
		return tellWaiting(tx, made...)
	})
	return orders, err
}

func orderMailbox(tx *db.Tx, r RenewalRequest) (RenewalOrdered, error) {
	box, err := ownBox(tx, r.Address, r.ByMember)
	if err != nil {
		return RenewalOrdered{}, err
	}
	if first, err := orderedBefore(tx, r.RequestKey, box.ID); err != nil || first.ID != 0 {
		if err != nil {
			return RenewalOrdered{}, err
		}
		done, err := repeated(tx, first, box)
		return RenewalOrdered{Order: first, Missing: done.Missing, ExpiresOn: box.ExpiresOn, Repeated: true}, err
	}
	if err := overdue(tx, box.MemberID); err != nil {
		return RenewalOrdered{}, err
	}
	if box, err = tx.Mailbox(box.ID); err != nil {
		return RenewalOrdered{}, err
	}
	quote, err := quoteRenewal(&tx.ReadTx, box, r.Wish, tx.On)
	if err != nil {
		return RenewalOrdered{}, err
	}
	if r.Seen != nil && *r.Seen != quote.Price.Gross {
		return RenewalOrdered{}, priceChanged(quote.Price)
	}
	if err := stillCovered(tx, box.MemberID, quote.Price.Gross, r.Covered); err != nil {
		return RenewalOrdered{}, err
	}
	if err := inOrder(tx, box); err != nil {
		return RenewalOrdered{}, err
	}
	recipient, err := recipientFor(tx, box.MemberID, r)
	if err != nil {
		return RenewalOrdered{}, err
	}
	if err := accept(tx, box.MemberID, r.Accepted, r.ByMember != 0); err != nil {
		return RenewalOrdered{}, err
	}
	if err := keepRecipient(tx, box.MemberID, recipient); err != nil {
		return RenewalOrdered{}, err
	}
	return placeRenewal(tx, box, quote, recipient, r.RequestKey)
}

// ownBox finds a mailbox; a member's request only reaches their own.
func ownBox(tx *db.Tx, address string, member int64) (db.MailboxRow, error) {
	box, err := tx.MailboxByAddress(normalAddress(address))
	if err == nil && member != 0 && box.MemberID != member {
		err = pec.Refuse("mailbox_unknown", "La casella «%s» non esiste.", address)
	}
	return box, err
}

// quoteRenewal quotes on the member's book as it stands once what fell due
// before the day is carried out, so that a page gives the price that the order
// takes.
func quoteRenewal(tx *db.ReadTx, box db.MailboxRow, wish pec.RenewalWish, on pec.Date) (pec.RenewalQuote, error) {
	book, agreements, err := bookOn(tx, box.MemberID, on)
	if err != nil {
		return pec.RenewalQuote{}, err
	}
	return book.QuoteRenewal(agreements, box.ID, on, wish)
}

// bookOn is a member's book once what fell due before a day is carried out.
func bookOn(tx *db.ReadTx, member int64, on pec.Date) (pec.Book, []pec.Agreement, error) {
	agreements, err := tx.Agreements()
	if err != nil {
		return pec.Book{}, nil, err
	}
	book, err := loadBook(tx, member, agreements)
	if err != nil {
		return pec.Book{}, nil, err
	}
	_, book = pec.Renewals(book, agreements, on.AddDays(-1))
	return book, agreements, nil
}

// QuoteRenewal works out what an order on a mailbox itself would cost today,
// without writing.
func (o *Office) QuoteRenewal(tx *db.ReadTx, box db.MailboxRow, wish pec.RenewalWish) (pec.RenewalQuote, error) {
	return quoteRenewal(tx, box, wish, o.Today())
}

// QuoteRenewalOf is QuoteRenewal for an address.
func (o *Office) QuoteRenewalOf(ctx context.Context, address string, wish pec.RenewalWish) (pec.RenewalQuote, error) {
	var q pec.RenewalQuote
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		box, err := tx.MailboxByAddress(normalAddress(address))
		if err == nil {
			q, err = o.QuoteRenewal(tx, box, wish)
		}
		return err
	})
	return q, err
}

// placeRenewal writes the order with its lines and to whom the invoice goes, and
// carries it out when the credit covers it.
func placeRenewal(tx *db.Tx, box db.MailboxRow, q pec.RenewalQuote, recipient pec.Recipient, requestKey string) (RenewalOrdered, error) {
	holder, err := tx.Member(box.MemberID)
	if err != nil {
		return RenewalOrdered{}, err
	}
	kind := pec.OrderRenewal
	if q.Wish.Years == 0 {
		kind = pec.OrderPurchase
	}
	id, err := tx.AddOrder(db.OrderRow{
		MemberID: holder.ID, MailboxID: box.ID, Kind: kind, OrderedOn: tx.On,
		AgreementID: q.AgreementID, Price: q.Price, RequestKey: requestKey, EnteredBy: tx.Actor,
	}, renewalLines(q))
	if err != nil {
		return RenewalOrdered{}, err
	}
	if err := tx.AddRenewalOrder(id, db.RenewalOrder{
		OrderedRenewal: q.Renewal(), Holder: holder.FullName(), TaxCode: holder.TaxCode, VATNumber: holder.VATNumber, Recipient: recipient,
	}); err != nil {
		return RenewalOrdered{}, err
	}
	if err := tx.Record("order.placed", "order", id, map[string]any{
		"mailbox": box.Address, "kind": q.Wish.Kind, "years": q.Wish.Years, "added_gb": q.Wish.AddedGB, "price": q.Price}); err != nil {
		return RenewalOrdered{}, err
	}
	if err := mark(tx, holder.ID, box.ID, tx.On); err != nil {
		return RenewalOrdered{}, err
	}
	return completeAtOnce(tx, box, id, q)
}

func renewalLines(q pec.RenewalQuote) []db.OrderLine {
	var lines []db.OrderLine
	for _, l := range q.Lines {
		lines = append(lines, db.OrderLine{
			ServiceID: l.ServiceID, Product: l.Product, Kind: l.Kind, ProductName: l.Name, Quantity: l.Quantity, Unit: l.Unit, UnitPrice: l.UnitPrice,
			Years: l.Years, Months: l.Months, From: l.From, To: l.To, VATRate: l.VATRate.String(), Price: l.Price, Reason: l.Reason,
		})
	}
	return lines
}

func recipientFor(tx *db.Tx, member int64, r RenewalRequest) (pec.Recipient, error) {
	if r.KeepRecipient {
		return confirmedRecipient(tx, member)
	}
	return pec.ReadRecipient(r.RecipientCode, r.RecipientPEC)
}

// confirmedRecipient is where a member last confirmed that e-invoices go.
func confirmedRecipient(tx *db.Tx, member int64) (pec.Recipient, error) {
	r, err := tx.Recipient(member)
	if err != nil {
		return r, err
	}
	return pec.ReadRecipient(r.Code, r.PEC)
}

// keepRecipient notes on the member where e-invoices go, and what it was before.
func keepRecipient(tx *db.Tx, member int64, r pec.Recipient) error {
	before, err := tx.Recipient(member)
	if err != nil || before == r {
		return err
	}
	for _, c := range []db.FieldChange{
		{Field: string(pec.FieldRecipientCode), Old: before.Code, New: r.Code},
		{Field: string(pec.FieldRecipientPEC), Old: before.PEC, New: r.PEC},
	} {
		if c.Old == c.New {
			continue
		}
		if err := tx.AddMemberHistory(member, c); err != nil {
			return err
		}
	}
	return tx.SetRecipient(member, r)
}

// completeAtOnce carries an order out that the credit covers.
func completeAtOnce(tx *db.Tx, box db.MailboxRow, id int64, q pec.RenewalQuote) (RenewalOrdered, error) {
	agreements, err := tx.Agreements()
	if err != nil {
		return RenewalOrdered{}, err
	}
	book, err := loadBook(&tx.ReadTx, box.MemberID, agreements)
	if err != nil {
		return RenewalOrdered{}, err
	}
	if err := apply(tx, book, agreements, pec.CompleteRenewal(book, id, tx.On)); err != nil {
		return RenewalOrdered{}, err
	}
	done := RenewalOrdered{Quote: q}
	if done.Order, err = tx.Order(id); err != nil {
		return RenewalOrdered{}, err
	}
	if box, err = tx.Mailbox(box.ID); err != nil {
		return RenewalOrdered{}, err
	}
	done.ExpiresOn = box.ExpiresOn
	if done.Order.State == pec.OrderAwaitingPayment {
		done.Missing, err = MissingFor(&tx.ReadTx, done.Order, tx.On)
	}
	return done, err
}

// completeRenewal pays an order on the mailbox itself and starts the space added
// with it; it returns the service's id, 0 when no space was added.
func (a *applying) completeRenewal(tx *db.Tx, id int64, on pec.Date) (int64, error) {
	order, err := tx.Order(id)
	if err != nil {
		return 0, err
	}
	lines, err := tx.OrderLines(id)
	if err != nil {
		return 0, err
	}
	var added db.ServiceRow
	for _, l := range lines {
		if l.Product == "" || l.ServiceID != 0 {
			continue
		}
		added.Service = pec.Service{
			MailboxID: order.MailboxID, Product: l.Product, Quantity: l.Quantity, StartedOn: on, ExpiresOn: l.To, AutoRenew: true, Source: pec.SoldByOrdine,
		}
		added.ProductName = l.ProductName
		added.Net += l.Price.Net
	}
	var service int64
	if added.Product != "" {
		if service, err = tx.AddService(added); err != nil {
			return 0, err
		}
		if err := tx.StartLines(id, service, on); err != nil {
			return 0, err
		}
	}
	if err := payOrder(tx, id, order, on); err != nil {
		return 0, err
	}
	return service, queueReceipt(tx, id)
}

// renewByOrder moves a mailbox's E by the years of a paid order. The new term is
// the member's: the Ordine owes nothing for it.
func (a *applying) renewByOrder(e pec.Event) error {
	m := a.mailboxes[e.MailboxID].RenewedBy(*e.Renewal)
	a.mailboxes[m.ID] = m
	if err := a.tx.SetMailbox(m); err != nil {
		return err
	}
	p := db.Period{MailboxID: m.ID, StartsOn: e.From, EndsOn: e.To, Origin: "renewal", Kind: e.Renewal.Kind, OrderID: e.OrderID}
	if _, err := a.tx.AddPeriod(p); err != nil {
		return err
	}
	return a.record(e, "mailbox.renewed", map[string]any{"from": e.From, "to": e.To, "order": e.OrderID, "kind": e.Renewal.Kind})
}

// turnMailbox begins the term of a renewal paid ahead.
func (a *applying) turnMailbox(e pec.Event) error {
	before := a.mailboxes[e.MailboxID]
	m := before.Turned()
	a.mailboxes[m.ID] = m
	if err := a.tx.SetMailbox(m); err != nil {
		return err
	}
	if err := a.tx.TurnServices(m.ID, e.On); err != nil {
		return err
	}
	return a.record(e, "mailbox.turned", map[string]any{"on": e.On, "kind_before": before.Kind, "kind": m.Kind})
}

// changeKind gives a mailbox the kind of a paid order before E (9.9).
func (a *applying) changeKind(e pec.Event) error {
	before := a.mailboxes[e.MailboxID]
	m := before.RenewedBy(*e.Renewal)
	a.mailboxes[m.ID] = m
	if err := a.tx.SetMailbox(m); err != nil {
		return err
	}
	return a.record(e, "mailbox.kind_changed", map[string]any{"on": e.On, "kind_before": before.Kind, "kind": m.Kind, "order": e.OrderID})
}

// SetAutoRenew turns the automatic renewal of a mailbox that the Ordine pays on
// or off, before its E (R18). Off, only an order renews it; without one it
// closes.
func (o *Office) SetAutoRenew(ctx context.Context, actor, address string, on bool) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		box, err := changeableBox(tx, address, 0)
		if err != nil {
			return err
		}
		if box.AutoRenew == on {
			return nil
		}
		agreement, err := agreementOn(&tx.ReadTx, box.ExpiresOn)
		if err != nil {
			return err
		}
		if kind, ok := agreement.Kind(box.KindAhead()); ok && kind.PaidBy == pec.PaidByMember {
			return pec.Refuse("kind_paid_by_member", "La tipologia %s è pagata dall’iscritto: si rinnova con un ordine, non da sola.", kind.Name)
		}
		waiting, err := tx.WaitingOrders(box.MemberID)
		if err != nil {
			return err
		}
		for _, w := range waiting {
			if w.MailboxID == box.ID && w.Kind == pec.OrderRenewal {
				return pec.Refuse("order_waiting", "C’è un ordine di rinnovo in attesa di pagamento: lo annulli, poi cambi il rinnovo automatico.")
			}
		}
		box.AutoRenew = on
		if !on && box.TurnsOn.IsZero() {
			box.NextKind = "" // chosen for a renewal at the Ordine's expense
		}
		if err := tx.SetMailbox(box.Mailbox); err != nil {
			return err
		}
		if err := tx.Record("mailbox.auto_renew", "mailbox", box.ID, map[string]any{"auto_renew": on}); err != nil {
			return err
		}
		return mark(tx, box.MemberID, box.ID, tx.On)
	})
}

// changeableBox loads a running mailbox of which something is decided before its
// E, with what was overdue carried out.
func changeableBox(tx *db.Tx, address string, member int64) (db.MailboxRow, error) {
	box, err := ownBox(tx, address, member)
	if err != nil {
		return box, err
	}
	if err := overdue(tx, box.MemberID); err != nil {
		return box, err
	}
	if box, err = tx.Mailbox(box.ID); err != nil {
		return box, err
	}
	switch {
	case !box.Status.Running():
		return box, pec.Refuse("mailbox_not_active", "La casella %s è %s: non c’è un rinnovo da decidere.", box.Address, box.Status.Italian())
	case !tx.On.Before(box.ExpiresOn):
		return box, pec.Refuse("mailbox_expired", "La casella scade il %s: si decideva entro il giorno prima.", box.ExpiresOn.Italian())
	}
	return box, inOrder(tx, box)
}

// ChooseKind decides which kind a mailbox has from its E on, when that takes no
// order (9.9): a lower one that the Ordine pays. The mailbox's own kind takes
// the choice back. A member decides only on their own (0 for operators).
func (o *Office) ChooseKind(ctx context.Context, actor, address, kind string, byMember int64) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		box, err := changeableBox(tx, address, byMember)
		if err != nil {
			return err
		}
		agreements, err := tx.Agreements()
		if err != nil {
			return err
		}
		book, err := loadBook(&tx.ReadTx, box.MemberID, agreements)
		if err != nil {
			return err
		}
		if _, _, err := book.ChooseKind(agreements, box.ID, tx.On, kind); err != nil {
			return err
		}
		before := box.KindAhead()
		if box.NextKind = kind; kind == box.Kind {
			box.NextKind = ""
		}
		if before == box.KindAhead() {
			return nil
		}
		if err := tx.SetMailbox(box.Mailbox); err != nil {
			return err
		}
		if err := tx.Record("mailbox.kind_chosen", "mailbox", box.ID, map[string]any{"before": before, "kind": kind, "from": box.ExpiresOn}); err != nil {
			return err
		}
		return mark(tx, box.MemberID, box.ID, tx.On)
	})
}

// KindAhead says whether a mailbox may have another kind from its E on without
// an order, and what is lost by it, without writing.
func (o *Office) KindAhead(tx *db.ReadTx, box db.MailboxRow, kind string) (pec.Kind, string, error) {
	book, agreements, err := o.Book(tx, box.MemberID)
	if err != nil {
		return pec.Kind{}, "", err
	}
	_, book = pec.Renewals(book, agreements, o.Today().AddDays(-1))
	return book.ChooseKind(agreements, box.ID, o.Today(), kind)
}
