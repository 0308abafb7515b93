package pec

import (
	"cmp"
	"fmt"
	"slices"
)

// Book is all that the renewals of one member depend on, at one moment.
type Book struct {
	MemberID         int64
	Status           MemberStatus
	LeftOn           Date // first day off the register
	LeftRegisteredOn Date // day on which the leaving was registered (9.3)
	Credit           Cents
	Claim            Cents // credito da recuperare (R14)
	Mailboxes        []Mailbox
	Services         []Service      // running, on those mailboxes
	Waiting          []WaitingOrder // oldest first
	// LastEventOn is the day of the latest event: what failed before it may be
	// made up for, but no waiting order completes on an earlier day.
	LastEventOn Date
}

// EventKind is what a day brings.
type EventKind string

// The events of a run.
const (
	EventClosed         EventKind = "closed"          // a mailbox closes (R5, R18)
	EventRenewed        EventKind = "renewed"         // a mailbox is renewed: by the Ordine (R4), or by a paid order (R18)
	EventTurned         EventKind = "turned"          // a renewal paid ahead begins: its kind and quantities hold
	EventKindChanged    EventKind = "kind_changed"    // to a dearer kind, paid until E (9.9)
	EventServiceRenewed EventKind = "service_renewed" // paid from the credit (R19)
	EventServiceEnded   EventKind = "service_ended"
	EventOrderLapsed    EventKind = "order_lapsed"
	EventOrderCompleted EventKind = "order_completed"
	EventOrderRefused   EventKind = "order_refused" // the cap no longer allows it (9.1)
	EventFailed         EventKind = "failed"        // left as it was, to be looked at (R6)
)

// Event is one thing that happens to a member on a day, decided but not yet
// written.
type Event struct {
	Kind        EventKind
	On          Date
	MailboxID   int64
	Address     string
	ServiceID   int64
	OrderID     int64
	Product     string
	Quantity    int     // of the service from now on, or that ended
	Lowered     int     // to how much a service that ends for want of credit would have been renewed; 0 when to as much (R20)
	From, To    Date    // the new period
	Years       int     // of the new period
	UnitPrice   Cents   // net, a year
	Price       Amounts // charge of the mailbox, or price of the service or order
	AgreementID int64
	// MailboxKind is the mailbox's kind from then on, of EventRenewed,
	// EventTurned and EventKindChanged.
	MailboxKind string
	// Renewal is the order that renewed the mailbox or the service, with its id in
	// OrderID; nil when the Ordine, or the credit on E, did.
	Renewal     *OrderedRenewal
	CloseReason CloseReason
	EndReason   EndReason
	Message     string // Italian; why a mailbox failed or an order was refused
}

// Renewals plays a member's book forward and returns what is due up to and
// including `through`, in order of day, with the prices of each period's own
// day (R4 to R7, R18, R19; decided cases 1, 2, 3, 7). It is the one place where
// renewals are decided: the preview, the dry run, the nightly run and every
// write on the member call it. The second result is the book as it then stands.
//
// On one day waiting orders lapse first, then mailboxes close or renew in order
// of address, then their services renew in the member's order of preference,
// then waiting orders complete. The order of a renewal that waits on the very
// day E of its mailbox is that mailbox's renewal: it is taken in the mailbox's
// turn if the credit covers it, whatever waits longer, and lapses otherwise.
func Renewals(book Book, agreements []Agreement, through Date) ([]Event, Book) {
	r := renewing{Book: book.clone(), agreements: agreements, stuck: map[int64]bool{}}
	for {
		day := r.nextDay()
		if day.IsZero() || day.After(through) {
			return r.events, r.Book
		}
		r.play(day)
	}
}

// CompleteWaiting decides which waiting orders complete on a day with the
// credit that is there: strictly oldest first, stopping at the first not
// covered (R13, 9.1). While a mailbox of the member has its E on that very day
// renewals come first, so nothing completes before the run of that day.
func CompleteWaiting(book Book, on Date) ([]Event, Book) {
	r := renewing{Book: book.clone(), stuck: map[int64]bool{}}
	if !slices.ContainsFunc(r.Mailboxes, func(m Mailbox) bool { return m.Status.Running() && m.ExpiresOn == on }) {
		r.completeWaiting(on)
	}
	return r.events, r.Book
}

// PaidIn decides what money that comes in on a day does: what is owed is settled
// first (R14), then waiting orders complete. The last result is the book as it
// then stands.
func (b Book) PaidIn(amount Cents, on Date) (settled Cents, events []Event, after Book) {
	b.Credit += amount
	settled = min(b.Claim, b.Credit)
	b.Claim -= settled
	b.Credit -= settled
	events, after = CompleteWaiting(b, on)
	return settled, events, after
}

// CompleteRenewal decides the completion of one order on a mailbox itself, just
// made and covered by the credit: like a purchase it does not wait for the older
// ones. Nothing comes of it when the credit does not cover it.
func CompleteRenewal(book Book, order int64, on Date) []Event {
	r := renewing{Book: book.clone(), stuck: map[int64]bool{}}
	i := slices.IndexFunc(r.Waiting, func(w WaitingOrder) bool { return w.ID == order })
	if i >= 0 && r.Claim == 0 && r.Waiting[i].Gross <= r.Credit {
		w := r.Waiting[i]
		r.Waiting = slices.Delete(r.Waiting, i, i+1)
		r.completeRenewal(r.mailbox(w.MailboxID), w, on)
	}
	return r.events
}

func (b Book) clone() Book {
	b.Mailboxes = slices.Clone(b.Mailboxes)
	b.Services = slices.Clone(b.Services)
	b.Waiting = slices.Clone(b.Waiting)
	return b
}

// PendingService is the id that a service has while its order is decided to
// complete but not yet written: above every id of the database, so that it
// counts as the youngest.
func PendingService(orderID int64) int64 { return 1<<40 + orderID }

type renewing struct {
	Book
	agreements []Agreement
	stuck      map[int64]bool // mailboxes that failed: not tried again in this run
	events     []Event
}

// nextDay is the earliest day on which something is due.
func (r *renewing) nextDay() Date {
	var next Date
	for _, m := range r.Mailboxes {
		if m.Status.Running() && !r.stuck[m.ID] {
			next = Earliest(next, r.dueOn(m), m.TurnsOn)
		}
	}
	for _, w := range r.Waiting {
		next = Earliest(next, r.lapsesOn(w))
	}
	return next
}

// dueOn is the day on which a running mailbox is renewed or closes.
func (r *renewing) dueOn(m Mailbox) Date {
	if r.Status.OnRegister() {
		return m.ExpiresOn
	}
	return r.ClosesOn(m, r.agreements)
}

// ClosesOn is the day on which a leaver's mailbox closes (R5), by the grace of
// the agreement in force on the leaving date, or on its registration when
// there was none yet.
func (b Book) ClosesOn(m Mailbox, agreements []Agreement) Date {
	left := Earliest(b.LeftOn)
	if left.IsZero() {
		left = b.LeftRegisteredOn
	}
	a, ok := InForce(agreements, left)
	if !ok {
		if a, ok = InForce(agreements, b.LeftRegisteredOn); !ok {
			days := DefaultLeaverGrace
			a.LeaverGraceDays = &days
		}
	}
	day := LeaverClosesOn(m.ExpiresOn, left, b.LeftRegisteredOn, a.LeaverGraceDays)
	if day.Before(m.ActivatedOn) { // the provider activated it although the holder had left
		return m.ActivatedOn
	}
	return day
}

func (r *renewing) lapsesOn(w WaitingOrder) Date {
	if m := r.mailbox(w.MailboxID); m != nil && m.Status.Running() {
		return w.LapsesOn(m.ExpiresOn)
	}
	return w.OrderedOn // its mailbox is gone: it lapses at the first occasion
}

func (r *renewing) mailbox(id int64) *Mailbox {
	i := slices.IndexFunc(r.Mailboxes, func(m Mailbox) bool { return m.ID == id })
	if i < 0 {
		return nil
	}
	return &r.Mailboxes[i]
}

func (r *renewing) play(day Date) {
	slices.SortFunc(r.Mailboxes, func(a, b Mailbox) int { return cmp.Compare(a.Address, b.Address) })
	r.lapse(day, r.onItsE(day)) // before the renewals move E: an order's price is good for the old one only
	renewed := map[int64]Agreement{}
	for i := range r.Mailboxes {
		m := &r.Mailboxes[i]
		if !m.Status.Running() || r.stuck[m.ID] {
			continue
		}
		if r.dueOn(*m).After(day) {
			r.turn(m, day)
			continue
		}
		if a, ok := r.renew(m, day); ok {
			renewed[m.ID] = a
		}
	}
	r.renewServices(renewed, day)
	r.lapse(day, nil) // with the mailboxes that closed
	if !day.Before(r.LastEventOn) {
		r.completeWaiting(day)
	}
}

// renew decides what becomes of one mailbox on its day. True with the
// agreement when it was renewed, so that its services are next.
func (r *renewing) renew(m *Mailbox, day Date) (Agreement, bool) {
	if !r.Status.OnRegister() {
		r.close(m, day, CloseLeaver)
		return Agreement{}, false
	}
	if r.renewByOrder(m, day) {
		return Agreement{}, false
	}
	a, ok := InForce(r.agreements, day)
	if !ok {
		r.fail(m, day, fmt.Sprintf("Il %s non c’è una convenzione in vigore: la aggiunga e ripeta i rinnovi.", day.Italian()))
		return a, false
	}
	kind, ok := a.Kind(m.KindAhead())
	if !ok {
		r.fail(m, day, fmt.Sprintf("La convenzione in vigore il %s non prevede la tipologia «%s».", day.Italian(), m.KindAhead()))
		return a, false
	}
	if m.RenewsByOrder(a) {
		r.close(m, day, CloseNotRenewed)
		return a, false
	}
	years := max(m.TermYears, 1)
	to := Expiry(m.AnchorOn, day, years)
	r.events = append(r.events, Event{
		Kind: EventRenewed, On: day, MailboxID: m.ID, Address: m.Address,
		From: day, To: to, Years: years, UnitPrice: kind.YearlyPrice,
		Price: a.KindPrice(kind, years), AgreementID: a.ID, MailboxKind: kind.Code,
	})
	m.ExpiresOn, m.Kind, m.NextKind = to, kind.Code, ""
	return a, true
}

func (r *renewing) close(m *Mailbox, day Date, why CloseReason) {
	m.Status, m.ClosedOn, m.CloseReason = MailboxClosed, day, why
	r.events = append(r.events, Event{Kind: EventClosed, On: day, MailboxID: m.ID, Address: m.Address, CloseReason: why})
	for i := range r.Services {
		if s := &r.Services[i]; s.MailboxID == m.ID && s.EndedOn.IsZero() {
			r.end(s, day, EndMailboxClosed)
		}
	}
}

func (r *renewing) fail(m *Mailbox, day Date, why string) {
	r.stuck[m.ID] = true
	r.events = append(r.events, Event{Kind: EventFailed, On: day, MailboxID: m.ID, Address: m.Address, Message: why})
}

func (r *renewing) end(s *Service, day Date, why EndReason) {
	s.EndedOn, s.EndReason = day, why
	e := Event{
		Kind: EventServiceEnded, On: day, MailboxID: s.MailboxID, Address: s.Address, ServiceID: s.ID,
		Product: s.Product, Quantity: s.Quantity, EndReason: why,
	}
	if s.NextQuantity < s.Quantity && (why == EndNoCredit || why == EndClaim) {
		e.Lowered = s.NextQuantity
	}
	r.events = append(r.events, e)
}

// renewServices takes the services of the mailboxes just renewed in the
// member's order across all of them (R19, 9.2): each is renewed if what is
// left of the credit covers its gross, and ends otherwise.
func (r *renewing) renewServices(renewed map[int64]Agreement, day Date) {
	ByPreference(r.Services)
	for i := range r.Services {
		s := &r.Services[i]
		a, ok := renewed[s.MailboxID]
		if !ok || !s.EndedOn.IsZero() {
			continue
		}
		m := r.mailbox(s.MailboxID)
		product, known := a.Product(s.Product)
		years := max(m.TermYears, 1)
		quantity := s.NextQuantity
		price := a.YearPrice(product, quantity, years)
		switch {
		case s.Source == SoldByProvider || a.SoldBy == SoldByProvider:
			r.end(s, day, EndSoldElsewhere)
		case !s.AutoRenew || quantity < 1:
			r.end(s, day, EndRenewalOff)
		case !known || product.OneOff || !product.AllowedOn(m.Kind):
			r.end(s, day, EndProductGone)
		case r.Claim > 0:
			r.end(s, day, EndClaim)
		case price.Gross > r.Credit:
			r.end(s, day, EndNoCredit)
		default:
			r.Credit -= price.Gross
			s.Quantity, s.ExpiresOn = quantity, m.ExpiresOn
			r.events = append(r.events, Event{
				Kind: EventServiceRenewed, On: day, MailboxID: m.ID, Address: m.Address, ServiceID: s.ID,
				Product: s.Product, Quantity: quantity, From: day, To: m.ExpiresOn, Years: years,
				UnitPrice: product.YearlyPrice, Price: price, AgreementID: a.ID,
			})
		}
	}
}

// onItsE tells the orders of renewals that can still be paid on a day which is
// their mailbox's E: the whole of it belongs to the member (R6).
func (r *renewing) onItsE(day Date) func(WaitingOrder) bool {
	return func(w WaitingOrder) bool {
		m := r.mailbox(w.MailboxID)
		return w.Renewal != nil && w.Renewal.Years > 0 && m != nil && m.Status.Running() && m.ExpiresOn == day && w.LapsesOn(Date{}).After(day)
	}
}

// lapse lets go the waiting orders that can no longer be paid, but for those to
// keep (nil: none).
func (r *renewing) lapse(day Date, keep func(WaitingOrder) bool) {
	r.Waiting = slices.DeleteFunc(r.Waiting, func(w WaitingOrder) bool {
		if r.lapsesOn(w).After(day) || keep != nil && keep(w) {
			return false
		}
		r.events = append(r.events, Event{Kind: EventOrderLapsed, On: day, MailboxID: w.MailboxID, OrderID: w.ID})
		return true
	})
}

func (r *renewing) completeWaiting(day Date) {
	r.lapse(day, nil)
	for len(r.Waiting) > 0 && r.Claim == 0 && r.Waiting[0].Gross <= r.Credit {
		w := r.Waiting[0]
		r.Waiting = r.Waiting[1:]
		m := r.mailbox(w.MailboxID)
		if w.Renewal != nil {
			r.completeRenewal(m, w, day)
			continue
		}
		e := Event{
			Kind: EventOrderCompleted, On: day, MailboxID: m.ID, Address: m.Address, OrderID: w.ID,
			Product: w.Product, Quantity: w.Quantity, From: day, To: m.ExpiresOn,
			Price: Amounts{Gross: w.Gross}, AgreementID: w.Agreement.ID,
		}
		if p := r.blocked(*m, w, day); p != nil {
			e.Kind, e.Message = EventOrderRefused, p.Message
			r.events = append(r.events, e)
			continue
		}
		r.Credit -= w.Gross
		product, _ := w.Agreement.Product(w.Product)
		if !product.OneOff {
			r.Services = append(r.Services, Service{
				ID: PendingService(w.ID), MailboxID: m.ID, Address: m.Address, Product: w.Product, Quantity: w.Quantity, NextQuantity: w.Quantity,
				StartedOn: day, ExpiresOn: m.ExpiresOn, AutoRenew: true, Source: SoldByOrdine,
			})
		}
		r.events = append(r.events, e)
	}
}

// blocked checks again, at completion, what may have changed since the order.
func (r *renewing) blocked(m Mailbox, w WaitingOrder, day Date) *Problem {
	switch {
	case m.Status != MailboxActive:
		return Refuse("mailbox_not_active", "La casella è %s: il servizio non può cominciare.", m.Status.Italian())
	case !r.Status.OnRegister(): // what they paid in is to be given back (R5, 9.10)
		return Refuse("holder_left", "Il titolare è %s: la casella si chiude e il servizio non può cominciare.", r.Status.Italian())
	}
	extra := ExtraGB(slices.DeleteFunc(slices.Clone(r.Services), func(s Service) bool { return s.MailboxID != m.ID }))
	for _, code := range []string{m.Kind, m.KindAhead()} {
		if p, ok := w.Agreement.Product(w.Product); ok && !p.AllowedOn(code) { // chosen since, also for after E
			return Refuse("product_not_allowed", "La casella è, o sarà dalla scadenza, di tipologia %s, che non può avere «%s».", KindName([]Agreement{w.Agreement}, code, day), p.Name)
		}
		if k, ok := w.Agreement.Kind(code); ok && w.Product == InboxGB && k.MaxInboxGB != nil && k.BaseInboxGB+extra+w.Quantity > *k.MaxInboxGB {
			return capExceeded(k, extra, w.Quantity)
		}
	}
	return nil
}

// renewByOrder renews a mailbox on its E by the order that waits for it, if the
// credit covers it (R18). If it does not, the order lapses.
func (r *renewing) renewByOrder(m *Mailbox, day Date) bool {
	i := slices.IndexFunc(r.Waiting, func(w WaitingOrder) bool { return w.MailboxID == m.ID && w.Renewal != nil && w.Renewal.Years > 0 })
	if i < 0 {
		return false
	}
	w := r.Waiting[i]
	r.Waiting = slices.Delete(r.Waiting, i, i+1)
	if r.Claim > 0 || w.Gross > r.Credit || m.Status != MailboxActive {
		r.events = append(r.events, Event{Kind: EventOrderLapsed, On: day, MailboxID: m.ID, OrderID: w.ID})
		return false
	}
	r.completeRenewal(m, w, day)
	return true
}

// completeRenewal carries a paid order on the mailbox itself out: E moves by the
// years ordered, the services of its lines go with it, the others end on the E
// that was (R18). On that day the new term begins, see turn.
func (r *renewing) completeRenewal(m *Mailbox, w WaitingOrder, day Date) {
	o := w.Renewal
	e := Event{
		Kind: EventOrderCompleted, On: day, MailboxID: m.ID, Address: m.Address, OrderID: w.ID, To: m.ExpiresOn,
		Price: Amounts{Net: w.Net, VAT: w.Gross - w.Net, Gross: w.Gross}, AgreementID: w.Agreement.ID, Renewal: o,
	}
	if p := r.unrenewable(*m); p != nil {
		e.Kind, e.Message = EventOrderRefused, p.Message
		r.events = append(r.events, e)
		return
	}
	r.Credit -= w.Gross
	from := m.ExpiresOn
	*m = m.RenewedBy(*o)
	e.To = m.ExpiresOn
	r.events = append(r.events, e)
	if o.Years == 0 {
		r.events = append(r.events, Event{Kind: EventKindChanged, On: day, MailboxID: m.ID, Address: m.Address, OrderID: w.ID, MailboxKind: m.Kind, Renewal: o})
		return
	}
	r.events = append(r.events, Event{
		Kind: EventRenewed, On: day, MailboxID: m.ID, Address: m.Address, OrderID: w.ID,
		From: from, To: m.ExpiresOn, Years: o.Years, Price: e.Price, AgreementID: w.Agreement.ID, MailboxKind: m.Kind, Renewal: o,
	})
	for i := range r.Services {
		if s := &r.Services[i]; s.EndedOn.IsZero() && slices.Contains(o.Services, s.ID) {
			s.ExpiresOn = m.ExpiresOn
			r.events = append(r.events, Event{
				Kind: EventServiceRenewed, On: day, MailboxID: m.ID, Address: m.Address, ServiceID: s.ID, OrderID: w.ID,
				Product: s.Product, Quantity: s.NextQuantity, From: from, To: m.ExpiresOn, Years: o.Years, Renewal: o,
			})
		}
	}
	if o.AddedGB > 0 {
		r.Services = append(r.Services, Service{
			ID: PendingService(w.ID), MailboxID: m.ID, Address: m.Address, Product: InboxGB, Quantity: o.AddedGB, NextQuantity: o.AddedGB,
			StartedOn: day, ExpiresOn: m.ExpiresOn, AutoRenew: true, Source: SoldByOrdine,
		})
	}
	r.turn(m, day)
}

// unrenewable looks again, when an order is paid, at what may have changed
// since.
func (r *renewing) unrenewable(m Mailbox) *Problem {
	switch {
	case m.Status != MailboxActive:
		return Refuse("mailbox_not_active", "La casella è %s: non si può rinnovare.", m.Status.Italian())
	case !r.Status.OnRegister():
		return Refuse("holder_left", "Il titolare è %s: la casella non si rinnova.", r.Status.Italian())
	}
	return nil
}

// turn begins the term of a renewal paid ahead, on the E that was: the kind and
// the quantities ordered hold from then on, and the services that the order
// left out end.
func (r *renewing) turn(m *Mailbox, day Date) {
	if m.TurnsOn.IsZero() || m.TurnsOn.After(day) {
		return
	}
	*m = m.Turned()
	r.events = append(r.events, Event{Kind: EventTurned, On: day, MailboxID: m.ID, Address: m.Address, To: m.ExpiresOn, MailboxKind: m.Kind})
	for i := range r.Services {
		s := &r.Services[i]
		switch {
		case s.MailboxID != m.ID || !s.EndedOn.IsZero():
		case s.Source == SoldByProvider:
			r.end(s, day, EndSoldElsewhere)
		case s.ExpiresOn.After(day):
			s.Quantity = s.NextQuantity
		case s.AutoRenew:
			r.end(s, day, EndProductGone)
		default:
			r.end(s, day, EndRenewalOff)
		}
	}
}

// RenewedBy is the mailbox once an order on it is paid: E moves by the years
// ordered, and the kind changes now or on the E that was (R18, 9.9).
func (m Mailbox) RenewedBy(o OrderedRenewal) Mailbox {
	if o.Years > 0 {
		m.TurnsOn, m.TermYears = m.ExpiresOn, o.Years
		m.ExpiresOn = Expiry(m.AnchorOn, m.ExpiresOn, o.Years)
	}
	m.NextKind = ""
	switch {
	case o.AtOnce:
		m.Kind = o.Kind
	case o.Kind != m.Kind:
		m.NextKind = o.Kind
	}
	return m
}

// Turned is the mailbox once its new term has begun.
func (m Mailbox) Turned() Mailbox {
	m.Kind, m.NextKind, m.TurnsOn = m.KindAhead(), "", Date{}
	return m
}
