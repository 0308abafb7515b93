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
	EventRenewed        EventKind = "renewed"         // a mailbox is renewed at the Ordine's expense (R4)
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
	From, To    Date    // the new period
	Years       int     // of the new period
	UnitPrice   Cents   // net, a year
	Price       Amounts // charge of the mailbox, or price of the service or order
	AgreementID int64
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
// then waiting orders complete.
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
			next = Earliest(next, r.dueOn(m))
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
	return LeaverClosesOn(m.ExpiresOn, left, b.LeftRegisteredOn, a.LeaverGraceDays)
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
	r.lapse(day) // before the renewals move E: an order's price is good for the old one only
	renewed := map[int64]Agreement{}
	for i := range r.Mailboxes {
		m := &r.Mailboxes[i]
		if !m.Status.Running() || r.stuck[m.ID] || r.dueOn(*m).After(day) {
			continue
		}
		if a, ok := r.renew(m, day); ok {
			renewed[m.ID] = a
		}
	}
	r.renewServices(renewed, day)
	r.lapse(day) // with the mailboxes that closed
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
	a, ok := InForce(r.agreements, day)
	if !ok {
		r.fail(m, day, fmt.Sprintf("Il %s non c’è una convenzione in vigore: la aggiunga e ripeta i rinnovi.", day.Italian()))
		return a, false
	}
	kind, ok := a.Kind(m.Kind)
	if !ok {
		r.fail(m, day, fmt.Sprintf("La convenzione in vigore il %s non prevede la tipologia «%s».", day.Italian(), m.Kind))
		return a, false
	}
	if kind.PaidBy == PaidByMember || !m.AutoRenew {
		r.close(m, day, CloseNotRenewed)
		return a, false
	}
	years := max(m.TermYears, 1)
	to := Expiry(m.AnchorOn, day, years)
	r.events = append(r.events, Event{
		Kind: EventRenewed, On: day, MailboxID: m.ID, Address: m.Address,
		From: day, To: to, Years: years, UnitPrice: kind.YearlyPrice,
		Price: a.KindPrice(kind, years), AgreementID: a.ID,
	})
	m.ExpiresOn = to
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
	r.events = append(r.events, Event{
		Kind: EventServiceEnded, On: day, MailboxID: s.MailboxID, Address: s.Address, ServiceID: s.ID,
		Product: s.Product, Quantity: s.Quantity, EndReason: why,
	})
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

func (r *renewing) lapse(day Date) {
	r.Waiting = slices.DeleteFunc(r.Waiting, func(w WaitingOrder) bool {
		if r.lapsesOn(w).After(day) {
			return false
		}
		r.events = append(r.events, Event{Kind: EventOrderLapsed, On: day, MailboxID: w.MailboxID, OrderID: w.ID})
		return true
	})
}

func (r *renewing) completeWaiting(day Date) {
	r.lapse(day)
	for len(r.Waiting) > 0 && r.Claim == 0 && r.Waiting[0].Gross <= r.Credit {
		w := r.Waiting[0]
		r.Waiting = r.Waiting[1:]
		m := r.mailbox(w.MailboxID)
		e := Event{
			Kind: EventOrderCompleted, On: day, MailboxID: m.ID, Address: m.Address, OrderID: w.ID,
			Product: w.Product, Quantity: w.Quantity, From: day, To: m.ExpiresOn,
			Price: Amounts{Gross: w.Gross}, AgreementID: w.Agreement.ID,
		}
		if p := r.blocked(*m, w); p != nil {
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
func (r *renewing) blocked(m Mailbox, w WaitingOrder) *Problem {
	if m.Status != MailboxActive {
		return Refuse("mailbox_not_active", "La casella è %s: il servizio non può cominciare.", m.Status.Italian())
	}
	k, ok := w.Agreement.Kind(m.Kind)
	if !ok || w.Product != InboxGB || k.MaxInboxGB == nil {
		return nil
	}
	extra := ExtraGB(slices.DeleteFunc(slices.Clone(r.Services), func(s Service) bool { return s.MailboxID != m.ID }))
	if k.BaseInboxGB+extra+w.Quantity > *k.MaxInboxGB {
		return capExceeded(k, extra, w.Quantity)
	}
	return nil
}
