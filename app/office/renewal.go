package office

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"albopec/app/pec"
	"albopec/db"
)

// Renewed is what a run of the renewals did, or would do. Amounts are those of
// the periods and services renewed; an order that renewed a mailbox counts whole
// among the members'.
type Renewed struct {
	Until           pec.Date    `json:"until"`
	Renewed         int         `json:"renewed"` // periods
	Closed          int         `json:"closed"`
	ServicesRenewed int         `json:"services_renewed"`
	ServicesEnded   int         `json:"services_ended"`
	Ordine          pec.Amounts `json:"ordine"`
	Members         pec.Amounts `json:"members"`
	Failed          []Failure   `json:"failed"`
}

// Failure is a mailbox that a run left as it was, and why.
type Failure struct {
	Address string `json:"address"`
	Message string `json:"message"`
}

func (r *Renewed) count(events []pec.Event) {
	for _, e := range events {
		switch e.Kind {
		case pec.EventRenewed:
			r.Renewed++
			if e.Renewal == nil {
				r.Ordine = r.Ordine.Plus(e.Price)
			} else {
				r.Members = r.Members.Plus(e.Price)
			}
		case pec.EventClosed:
			r.Closed++
		case pec.EventServiceRenewed:
			r.ServicesRenewed++
			r.Members = r.Members.Plus(e.Price)
		case pec.EventServiceEnded:
			r.ServicesEnded++
		case pec.EventFailed:
			r.Failed = append(r.Failed, Failure{e.Address, e.Message})
		}
	}
}

// batchSize is how many members one transaction of a run takes: few enough that
// pages never wait long for the lock, many enough that the disk is not asked
// for each.
const batchSize = 100

// Renew carries out every renewal and closing due up to and including a day
// (R4 to R7, R19). It can be run late, twice, or be stopped at any point: what
// is due is told by the books alone. A mailbox that cannot be renewed is
// reported and left as it was. A day in the future is refused: until a
// mailbox's E is over, what its holder pays in still counts.
func (o *Office) Renew(ctx context.Context, actor string, until pec.Date) (Renewed, error) {
	done := Renewed{Until: until, Failed: []Failure{}}
	if until.After(o.Today()) {
		return done, pec.Refuse("day_in_future", "Il %s deve ancora venire: i rinnovi si possono solo simulare.", until.Italian()).On("until")
	}
	var members []int64
	var run int64
	err := o.write(ctx, actor, func(tx *db.Tx) (err error) {
		if members, err = tx.DueMembers(until); err != nil {
			return err
		}
		if run, err = tx.AddRun(until); err != nil {
			return err
		}
		return tx.Record("renew.begun", "run", run, map[string]any{"until": until})
	})
	size := cmp.Or(o.batch, batchSize)
	for start := 0; start < len(members) && err == nil; start += size {
		batch := members[start:min(start+size, len(members))]
		err = o.write(ctx, actor, func(tx *db.Tx) error {
			if err := o.renewBatch(tx, batch, until, &done); err != nil {
				return err
			}
			return tx.KeepRun(run, done) // what is written is told, also of a run that is cut short
		})
	}
	if err != nil {
		return done, fmt.Errorf("renewing until %s: %w", until, err)
	}
	return done, o.write(ctx, actor, func(tx *db.Tx) error {
		if err := tx.FinishRun(run, done); err != nil {
			return err
		}
		return tx.Record("renew", "run", run, done)
	})
}

// renewBatch carries out what is due for some members. A member's fault takes
// back what was done for that member and is reported; the others go on.
func (o *Office) renewBatch(tx *db.Tx, members []int64, until pec.Date, done *Renewed) error {
	batch := *done
	batch.Failed = append([]Failure{}, done.Failed...)
	for _, id := range members {
		var events []pec.Event
		ok, err := o.tried(tx, id, "renewing a member's mailboxes", "Errore nel registrare il rinnovo: la casella è rimasta com’era.", &batch.Failed, func() (err error) {
			events, err = carryOut(tx, id, until)
			return err
		})
		if err != nil {
			return err
		}
		if ok {
			batch.count(events)
		}
	}
	*done = batch
	return nil
}

// tried does something for one member of many, whole or not at all. A fault is
// logged and told of each of the member's running mailboxes, so that the others
// go on; an error is returned only when the run itself cannot.
func (o *Office) tried(tx *db.Tx, member int64, doing, told string, failed *[]Failure, do func() error) (ok bool, err error) {
	err = tx.Try(do)
	if err == nil || errors.Is(err, context.Canceled) {
		return err == nil, err
	}
	o.Log.Error(doing, "member", member, "error", err)
	boxes, err := tx.MailboxesOf(member)
	for _, b := range boxes {
		if b.Status.Running() {
			*failed = append(*failed, Failure{b.Address, told + " I dettagli sono nel registro del programma."})
		}
	}
	return false, err
}

// PreviewRenewals returns what Renew would do up to a day, future days
// included, by the same decisions and without writing.
func (o *Office) PreviewRenewals(ctx context.Context, until pec.Date) (Renewed, []pec.Event, error) {
	done := Renewed{Until: until, Failed: []Failure{}}
	var list []pec.Event
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		members, err := tx.DueMembers(until)
		if err != nil {
			return err
		}
		agreements, err := tx.Agreements()
		if err != nil {
			return err
		}
		for _, id := range members {
			book, err := loadBook(tx, id, agreements)
			if err != nil {
				return err
			}
			events, _ := pec.Renewals(book, agreements, until)
			done.count(events)
			list = append(list, events...)
		}
		return nil
	})
	return done, list, err
}

// Book loads what a member's renewals depend on, with the agreements.
func (o *Office) Book(tx *db.ReadTx, member int64) (pec.Book, []pec.Agreement, error) {
	agreements, err := tx.Agreements()
	if err != nil {
		return pec.Book{}, nil, err
	}
	book, err := loadBook(tx, member, agreements)
	return book, agreements, err
}

// BookToday is a member's book once what fell due before today is carried out
// (R6), with the first day of which a renewal or a closing is not written down yet;
// zero when none is overdue.
func (o *Office) BookToday(tx *db.ReadTx, member int64) (book pec.Book, agreements []pec.Agreement, late pec.Date, err error) {
	if book, agreements, err = o.Book(tx, member); err != nil {
		return book, agreements, late, err
	}
	events, played := pec.Renewals(book, agreements, o.Today().AddDays(-1))
	for _, e := range events {
		switch e.Kind {
		case pec.EventRenewed, pec.EventTurned, pec.EventClosed:
			late = pec.Earliest(late, e.On)
		}
	}
	return played, agreements, late, nil
}

func loadBook(tx *db.ReadTx, member int64, agreements []pec.Agreement) (pec.Book, error) {
	m, err := tx.Member(member)
	if err != nil {
		return pec.Book{}, err
	}
	book := pec.Book{MemberID: m.ID, Status: m.Status, LeftOn: m.LeftOn, LeftRegisteredOn: m.LeftRegisteredOn, LastEventOn: m.LastEventOn}
	if book.Credit, err = tx.Balance(member); err != nil {
		return book, err
	}
	if book.Claim, err = tx.Claim(member); err != nil {
		return book, err
	}
	boxes, err := tx.MailboxesOf(member)
	if err != nil {
		return book, err
	}
	for _, b := range boxes {
		if b.Status != pec.MailboxClosed {
			book.Mailboxes = append(book.Mailboxes, b.Mailbox)
		}
	}
	services, err := tx.RunningServicesOf(member)
	if err != nil {
		return book, err
	}
	for _, s := range services {
		book.Services = append(book.Services, s.Service)
	}
	book.Waiting, err = loadWaiting(tx, member, agreements)
	return book, err
}

func loadWaiting(tx *db.ReadTx, member int64, agreements []pec.Agreement) ([]pec.WaitingOrder, error) {
	orders, err := tx.WaitingOrders(member)
	if err != nil {
		return nil, err
	}
	var list []pec.WaitingOrder
	for _, o := range orders {
		lines, err := tx.OrderLines(o.ID)
		if err != nil {
			return nil, err
		}
		w := pec.WaitingOrder{ID: o.ID, MailboxID: o.MailboxID, Gross: o.Price.Gross, Net: o.Price.Net, OrderedOn: o.OrderedOn}
		for _, l := range lines {
			w.Product, w.Quantity = l.Product, l.Quantity
		}
		r, renews, err := tx.RenewalOrder(o.ID)
		if err != nil {
			return nil, err
		}
		if renews {
			w.Product, w.Quantity, w.Renewal = "", 0, &r.OrderedRenewal
		}
		for _, a := range agreements {
			if a.ID == o.AgreementID {
				w.Agreement = a
			}
		}
		list = append(list, w)
	}
	return list, nil
}

// carryOut writes what is due for a member up to and including a day. Every
// write on the member's credit or mailbox calls it first, up to the day before
// (R6).
func carryOut(tx *db.Tx, member int64, through pec.Date) ([]pec.Event, error) {
	agreements, err := tx.Agreements()
	if err != nil {
		return nil, err
	}
	book, err := loadBook(&tx.ReadTx, member, agreements)
	if err != nil {
		return nil, err
	}
	events, _ := pec.Renewals(book, agreements, through)
	if err := apply(tx, book, agreements, events); err != nil {
		return nil, fmt.Errorf("carrying out what is due for member %d: %w", member, err)
	}
	return events, nil
}

// overdue carries out what fell due before today.
func overdue(tx *db.Tx, member int64) error {
	_, err := carryOut(tx, member, tx.On.AddDays(-1))
	return err
}

// apply writes decided events. The services that one mailbox renewed on one
// day make one order (R19).
func apply(tx *db.Tx, book pec.Book, agreements []pec.Agreement, events []pec.Event) error {
	a := applying{tx: tx, book: book, agreements: agreements, started: map[int64]int64{}, mailboxes: map[int64]pec.Mailbox{}, numbers: map[int64]string{}}
	for _, m := range book.Mailboxes {
		a.mailboxes[m.ID] = m
	}
	for i, e := range events {
		if err := a.apply(e); err != nil {
			return err
		}
		// The orders of a day's renewals are written once the last of its services is decided.
		if i+1 == len(events) || events[i+1].On != e.On || !serviceEvent(events[i+1]) {
			if err := a.orderRenewals(); err != nil {
				return err
			}
		}
		a.today = append(a.today, e)
		if i+1 == len(events) || events[i+1].On != e.On {
			if err := a.tellOutcomes(); err != nil {
				return err
			}
		}
	}
	return nil
}

func serviceEvent(e pec.Event) bool {
	return e.Kind == pec.EventServiceRenewed || e.Kind == pec.EventServiceEnded
}

type applying struct {
	tx         *db.Tx
	book       pec.Book
	agreements []pec.Agreement
	mailboxes  map[int64]pec.Mailbox
	started    map[int64]int64  // pending service id: id in the database
	renewed    []pec.Event      // services renewed, not yet in an order
	today      []pec.Event      // of the day under way
	numbers    map[int64]string // of the day's orders of renewal, by mailbox
}

func (a *applying) apply(e pec.Event) error {
	if id, ok := a.started[e.ServiceID]; ok {
		e.ServiceID = id
	}
	switch e.Kind {
	case pec.EventFailed:
		return nil
	case pec.EventRenewed:
		return a.renewMailbox(e)
	case pec.EventTurned:
		return a.turnMailbox(e)
	case pec.EventKindChanged:
		return a.changeKind(e)
	case pec.EventClosed:
		return a.closeMailbox(e)
	case pec.EventServiceEnded:
		if err := a.tx.EndService(e.ServiceID, e.On, e.EndReason); err != nil {
			return err
		}
		return a.tx.Record("service.ended", "mailbox", e.MailboxID, map[string]any{
			"service": e.ServiceID, "on": e.On, "product": e.Product, "quantity": e.Quantity, "reason": e.EndReason})
	case pec.EventServiceRenewed:
		if e.Renewal != nil {
			return a.tx.ExtendService(e.ServiceID, e.OrderID, e.To)
		}
		a.renewed = append(a.renewed, e)
		return a.tx.RenewService(e.ServiceID, e.Quantity, e.To, e.Price.Net)
	case pec.EventOrderLapsed:
		return a.endOrder(e, pec.OrderLapsed, "")
	case pec.EventOrderRefused:
		if err := a.endOrder(e, pec.OrderCancelled, e.Message); err != nil {
			return err
		}
		return queueRefused(a.tx, e.OrderID, e.Message)
	case pec.EventOrderCompleted:
		complete := completeOrder
		if e.Renewal != nil {
			complete = a.completeRenewal
		}
		service, err := complete(a.tx, e.OrderID, e.On)
		a.started[pec.PendingService(e.OrderID)] = service
		return err
	}
	return fmt.Errorf("event of unknown kind %q", e.Kind)
}

func (a *applying) renewMailbox(e pec.Event) error {
	if e.Renewal != nil {
		return a.renewByOrder(e)
	}
	m := a.mailboxes[e.MailboxID]
	m.ExpiresOn, m.Kind, m.NextKind = e.To, e.MailboxKind, ""
	a.mailboxes[m.ID] = m
	if err := a.tx.SetMailbox(m); err != nil {
		return err
	}
	p := db.Period{MailboxID: m.ID, StartsOn: e.From, EndsOn: e.To, Origin: "renewal", Kind: m.Kind}
	id, err := a.tx.AddPeriod(p)
	if err != nil {
		return err
	}
	if err := a.tx.AddCharge(id, p, e.AgreementID, e.Price); err != nil {
		return err
	}
	return a.record(e, "mailbox.renewed", map[string]any{"from": e.From, "to": e.To, "price": e.Price})
}

func (a *applying) closeMailbox(e pec.Event) error {
	m := a.mailboxes[e.MailboxID]
	m.Status, m.ClosedOn, m.CloseReason = pec.MailboxClosed, e.On, e.CloseReason
	a.mailboxes[m.ID] = m
	if err := a.tx.SetMailbox(m); err != nil {
		return err
	}
	return a.record(e, "mailbox.closed", map[string]any{"on": e.On, "reason": e.CloseReason})
}

func (a *applying) endOrder(e pec.Event, state pec.OrderState, reason string) error {
	if err := a.tx.EndOrder(e.OrderID, state, e.On, reason); err != nil {
		return err
	}
	return a.tx.Record("order."+string(state), "order", e.OrderID, map[string]any{"on": e.On, "reason": reason})
}

// record notes an event of a mailbox and moves its last day, and the holder's.
func (a *applying) record(e pec.Event, action string, detail any) error {
	if err := a.tx.Record(action, "mailbox", e.MailboxID, detail); err != nil {
		return err
	}
	return mark(a.tx, a.book.MemberID, e.MailboxID, e.On)
}

// mark notes the day of an event on a member and, unless 0, a mailbox.
func mark(tx *db.Tx, member, mailbox int64, on pec.Date) error {
	if err := tx.MarkMember(member, on); err != nil || mailbox == 0 {
		return err
	}
	return tx.MarkMailbox(mailbox, on)
}

// orderRenewals writes one order for each mailbox whose services were renewed,
// in the order of the address.
func (a *applying) orderRenewals() error {
	events := a.renewed
	a.renewed = nil
	for len(events) > 0 {
		box := events[0].MailboxID
		var mine, others []pec.Event
		for _, e := range events {
			if e.MailboxID == box {
				mine = append(mine, e)
			} else {
				others = append(others, e)
			}
		}
		if err := a.orderRenewal(mine); err != nil {
			return err
		}
		events = others
	}
	return nil
}

func (a *applying) orderRenewal(events []pec.Event) error {
	first := events[0]
	var agreement pec.Agreement
	for _, g := range a.agreements {
		if g.ID == first.AgreementID {
			agreement = g
		}
	}
	order := db.OrderRow{
		MemberID: a.book.MemberID, MailboxID: first.MailboxID, Kind: pec.OrderRenewal,
		OrderedOn: first.On, AgreementID: agreement.ID, EnteredBy: a.tx.Actor,
	}
	var lines []db.OrderLine
	for _, e := range events {
		order.Price = order.Price.Plus(e.Price)
		product, _ := agreement.Product(e.Product)
		service := e.ServiceID
		if id, ok := a.started[service]; ok {
			service = id
		}
		lines = append(lines, db.OrderLine{
			ServiceID: service, Product: product.Code, ProductName: product.Name, Quantity: e.Quantity, Unit: product.Unit,
			UnitPrice: e.UnitPrice, Years: e.Years, From: e.From, To: e.To, VATRate: agreement.VATRate.String(), Price: e.Price,
			Reason: fmt.Sprintf("Rinnovo dal %s al %s.", e.From.Italian(), e.To.Italian()),
		})
	}
	id, err := a.tx.AddOrder(order, lines)
	if err != nil {
		return err
	}
	if err := payOrder(a.tx, id, order, first.On); err != nil {
		return err
	}
	paid, err := a.tx.Order(id)
	a.numbers[first.MailboxID] = paid.Number()
	return err
}
