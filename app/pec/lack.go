package pec

import (
	"fmt"
	"slices"
	"strings"
)

// Lack is what makes up a sum that the credit lacks for something, in the order
// in which a top-up pays it (R14, 9.1). All of it is gross.
type Lack struct {
	Claim   Cents // owed already
	Waiting Cents // orders that wait from before, of those that complete
	Orders  int   // how many
	Price   Cents // of the thing itself
	Other   Cents // renewals due by then of other mailboxes, and of what the orders buy
	// Held has to be there besides, and stays credit: an order that can no longer
	// complete has its turn, and is cancelled, only when the credit covers it (9.1).
	// It is asked for just where something else waits for that turn.
	Held    Cents
	Refused int   // orders of that kind
	Credit  Cents // that is there
	// Tonight is whether Other is due today, before the orders that wait.
	Tonight bool
}

// Missing is the top-up that it takes, 0 when the credit covers all.
func (l Lack) Missing() Cents {
	return max(l.Claim+l.Waiting+l.Price+l.Other+l.Held-l.Credit, 0)
}

// Sum writes out how the sum is made, so that it can be followed; what is
// Italian for the thing, with its preposition. Empty when there is nothing to
// add up.
//
// For an order of 19,52 € behind another of 54,90 €, with 2,68 € of credit:
// "54,90 € per un ordine in attesa + 19,52 € per questo ordine − 2,68 € di
// credito = 71,74 €".
func (l Lack) Sum(what string) string {
	parts := l.parts("per un ordine in attesa", "per %d ordini in attesa", lacked{l.Price, what}, lacked{l.Other, l.others()})
	sum := strings.Join(parts, " + ")
	if l.Credit > 0 {
		sum += " − " + l.Credit.Euro() + " di credito"
	} else if len(parts) < 2 {
		return ""
	}
	return sum + " = " + l.Missing().Euro()
}

// Before names what a top-up pays before the renewals of several mailboxes, of
// which l is what the last to renew lacks and cost what they cost together; empty
// when it is nothing.
func (l Lack) Before(cost Cents) string {
	return strings.Join(l.parts("di un ordine in attesa di pagamento", "di %d ordini in attesa di pagamento", lacked{l.Price + l.Other - cost, l.others()}), ", ")
}

// lacked is an amount and, in Italian, what it is for.
type lacked struct {
	amount Cents
	what   string
}

// parts writes out what the sum is made of, with the things between the waiting
// orders, named by one or many, and what has to be held; nothing that is zero.
func (l Lack) parts(one, many string, things ...lacked) []string {
	orders := one
	if l.Orders > 1 {
		orders = fmt.Sprintf(many, l.Orders)
	}
	var parts []string
	for _, p := range slices.Concat([]lacked{{l.Claim, "da restituire all’Ordine"}, {l.Waiting, orders}}, things, []lacked{{l.Held, l.HeldFor()}}) {
		if p.amount > 0 {
			parts = append(parts, p.amount.Euro()+" "+p.what)
		}
	}
	return parts
}

func (l Lack) others() string {
	if l.Tonight {
		return "dei rinnovi di oggi"
	}
	return "di altri rinnovi fino a quel giorno"
}

// HeldFor says in Italian what Held is for, to go on from the amount.
func (l Lack) HeldFor() string {
	if l.Refused > 1 {
		return "che restano credito, perché si annullino gli ordini che non si possono più completare"
	}
	return "che restano credito, perché si annulli l’ordine che non si può più completare"
}

// plenty is more credit than any book could spend.
const plenty Cents = 1 << 50

// paying is all that the credit would decide from today on up to and including a
// day, were there enough of it: waiting orders first, then renewals. On the E of a
// mailbox the renewals come first.
//
// A top-up that makes the credit cover each of these events in its turn brings
// just them about, since the credit decides nothing but what it covers.
func (b Book) paying(agreements []Agreement, today, through Date) []Event {
	rich := b.clone()
	rich.Credit, rich.Claim = plenty, 0
	paid, then := CompleteWaiting(rich, today)
	later, _ := Renewals(then, agreements, through)
	return append(paid, later...)
}

// adding makes a Lack up, event by event.
type adding struct {
	Lack
	covered Cents // what the credit has to cover at some time
	// turn and unfit are what it has to cover for the orders seen last, that can no
	// longer complete, to have their turn, and how many they are: nothing waits for
	// that yet.
	turn  Cents
	unfit int
}

// spent adds an event to what is paid before the thing itself.
func (l *adding) spent(e Event) {
	switch e.Kind {
	case EventOrderCompleted:
		l.waited()
		l.Waiting, l.Orders = l.Waiting+e.Price.Gross, l.Orders+1
	case EventServiceRenewed:
		l.Other += e.Price.Gross
	case EventOrderRefused:
		l.turn, l.unfit = max(l.turn, l.total()+e.Price.Gross), l.unfit+1
	}
}

// waited is called when something waits for the turn of all orders before it.
func (l *adding) waited() {
	l.covered, l.Refused = max(l.covered, l.turn), l.Refused+l.unfit
	l.turn, l.unfit = 0, 0
}

// total is what was paid so far; sum sees to it that what is asked for is not
// less than the credit had to cover at some time.
func (l adding) total() Cents { return l.Waiting + l.Price + l.Other }
func (l adding) sum() Lack {
	l.Held = max(l.covered-l.total(), 0)
	return l.Lack
}

// lackThrough is what is lacking for all that awaits the book up to and including
// a day, with the renewal of a mailbox's services on that day as its Price. Orders
// that can no longer complete ask for nothing unless another waits behind them:
// left uncovered they lapse, at the latest when their mailbox is renewed, and
// covered they are cancelled (9.1).
func (b Book) lackThrough(agreements []Agreement, today, through Date, mailbox int64) Lack {
	l := adding{Lack: Lack{Claim: b.Claim, Credit: b.Credit, Tonight: through == today}}
	for _, e := range b.paying(agreements, today, through) {
		if e.Kind == EventServiceRenewed && e.MailboxID == mailbox && e.On == through && e.Renewal == nil && e.ServiceID <= PendingService(0) {
			l.Price += e.Price.Gross
			continue
		}
		l.spent(e)
	}
	return l.sum()
}

// OrderLack is what an order that waits lacks.
type OrderLack struct {
	Lack
	// Refuses is why the order is cancelled when its turn comes, in Italian; empty
	// when it completes. Behind is whether it would complete were there no older
	// orders that wait.
	Refuses string
	Behind  bool
}

// LackOf is what is lacking today for a waiting order of a gross price to have its
// turn: since waiting orders complete strictly oldest first (9.1), and today's
// renewals come before them, it pays for those too. Topped up by it, the order
// completes or, if it no longer can, is cancelled. The book has nothing overdue
// (R6).
func (b Book) LackOf(agreements []Agreement, order int64, gross Cents, today Date) OrderLack {
	l := adding{Lack: Lack{Claim: b.Claim, Credit: b.Credit, Tonight: true}}
	o := OrderLack{}
	for _, e := range b.paying(agreements, today, today) {
		if e.OrderID == order {
			if e.Kind == EventOrderRefused {
				o.Refuses = e.Message
				alone := b.clone()
				alone.Waiting = slices.DeleteFunc(alone.Waiting, func(w WaitingOrder) bool { return w.ID != order })
				o.Behind = slices.ContainsFunc(alone.paying(agreements, today, today), func(e Event) bool {
					return e.OrderID == order && e.Kind == EventOrderCompleted
				})
			}
			break
		}
		l.spent(e)
	}
	l.waited()
	l.Price = gross
	o.Lack = l.sum()
	return o
}

// noOrder is no order's id; that of an event which is no order's is 0.
const noOrder = -1

// LackBehind is what would be lacking today for an order of a gross price made
// now that the credit does not cover: it waits behind all that wait already. The
// book has nothing overdue (R6).
func (b Book) LackBehind(agreements []Agreement, gross Cents, today Date) Lack {
	return b.LackOf(agreements, noOrder, gross, today).Lack
}

// LackWaiting is what is lacking today for all the orders that wait and can
// complete. The book has nothing overdue (R6).
func (b Book) LackWaiting(agreements []Agreement, today Date) Lack {
	return b.lackThrough(agreements, today, today, 0)
}

// MissingInAll is a top-up, made today, after which nothing is owed, every order
// that waits and can complete is completed, and no service that runs, of any
// mailbox, ends for lack of credit on that mailbox's day; with a cent less some of
// it does not come about. What is owed is settled first (R14), then waiting orders
// complete, oldest first (R13), then services renew, each mailbox's on its E
// (R19). On the E of a mailbox its renewals come before the orders (9.1).
//
// With 1 GB of at most 5, an order of 4 GB for 12,20 € and one of 1 GB for 3,05 €,
// both waiting: the first no longer fits and is cancelled, but only once 12,20 €
// are there. They do for the second and for the renewal of both services, 6,10 €.
// Were the first alone, nobody would wait for its turn: 3,05 € do for the GB that
// renews, and the order lapses.
func (b Book) MissingInAll(agreements []Agreement, today Date) Cents {
	whole, _ := b.LackInAll(agreements, today)
	return whole
}

// LackInAll is MissingInAll with what makes it up: what the renewal of each
// mailbox lacks, by mailbox, of those that lack something or would once what
// comes before them is paid. The largest of them, or what the orders lack, is the
// whole.
func (b Book) LackInAll(agreements []Agreement, today Date) (whole Cents, of map[int64]Lack) {
	whole, of = max(b.Claim-b.Credit, 0), map[int64]Lack{}
	if len(b.Waiting) > 0 {
		whole = b.LackWaiting(agreements, today).Missing()
	}
	for _, m := range b.Mailboxes {
		if f := b.Forecast(agreements, m.ID, today); f.Whole > 0 {
			of[m.ID], whole = f.Lack, max(whole, f.Whole)
		}
	}
	return b.lacksAfter(agreements, today, Date{}, whole, of), of
}

// lacksAfter adds the mailboxes that lose services once a top-up has paid what
// lacks so far, up to and including a day, zero for all, and returns the top-up
// that does for them too. What ends for lack of credit leaves it to what renews
// later: kept, it takes it.
func (b Book) lacksAfter(agreements []Agreement, today, through Date, whole Cents, of map[int64]Lack) Cents {
	for again := whole > 0; again; {
		again = false
		richer := b
		richer.Credit, richer.Claim = b.Credit+whole-b.Claim, 0
		_, richer = CompleteWaiting(richer, today) // as a top-up does
		for _, m := range b.Mailboxes {
			f := richer.Forecast(agreements, m.ID, today)
			if _, known := of[m.ID]; known || f.Missing == 0 || !f.losesOwn() || !through.IsZero() && f.On.After(through) {
				continue
			}
			of[m.ID], again = b.lackThrough(agreements, today, f.On, m.ID), true
			whole = max(whole, of[m.ID].Missing())
		}
	}
	return whole
}

// LackShare is what one mailbox adds to what its holder lacks.
type LackShare struct {
	MailboxID int64
	On        Date // E
	Lack      Lack // for its services to renew, with all that comes before them
	// Added is the part of it that the mailboxes before do not lack already: the
	// shares sum up to the whole.
	Added Cents
	// Later is set when nothing of it ends as the credit stands: it does once a
	// top-up keeps what expires before.
	Later bool
}

// LackShares divides the top-up, made today, after which no service ends for lack
// of credit up to and including a day among the mailboxes that ask for it, by day;
// none does when no service ends. A zero day is for all.
//
// With 3,05 € of credit, 2 GB for 6,10 € that renew on 12/10 and 1 GB for 3,05 € on
// another mailbox that renews on 01/12: as it stands the first ends and the second
// renews. The first lacks 3,05 €; topped up by them it takes all there is, so that
// the second lacks 3,05 € too: 6,10 € in all.
func (b Book) LackShares(agreements []Agreement, today, through Date) []LackShare {
	var shares []LackShare
	of := map[int64]Lack{}
	var whole Cents
	for _, m := range b.Mailboxes {
		f := b.Forecast(agreements, m.ID, today)
		if f.Missing > 0 && (through.IsZero() || !f.On.After(through)) {
			shares = append(shares, LackShare{MailboxID: m.ID, On: f.On, Lack: f.Lack})
			of[m.ID], whole = f.Lack, max(whole, f.Missing)
		}
	}
	if whole == 0 {
		return nil
	}
	now := len(shares)
	b.lacksAfter(agreements, today, through, whole, of)
	for _, m := range b.Mailboxes {
		if l, lacks := of[m.ID]; lacks && !slices.ContainsFunc(shares[:now], func(s LackShare) bool { return s.MailboxID == m.ID }) {
			shares = append(shares, LackShare{MailboxID: m.ID, On: b.Forecast(agreements, m.ID, today).On, Lack: l, Later: true})
		}
	}
	// What ends as the credit stands comes first: it is what is asked for.
	for _, part := range [][]LackShare{shares[:now], shares[now:]} {
		slices.SortStableFunc(part, func(a, b LackShare) int { return a.On.Compare(b.On) })
	}
	var sum Cents
	for i := range shares {
		shares[i].Added = max(shares[i].Lack.Missing()-sum, 0)
		sum = max(sum, shares[i].Lack.Missing())
	}
	return slices.DeleteFunc(shares, func(s LackShare) bool { return s.Later && s.Added == 0 })
}

// losesOwn reports whether a service that runs, not one that waits to be paid,
// ends for lack of credit.
func (f Forecast) losesOwn() bool {
	return slices.ContainsFunc(f.Services, func(e Event) bool { return e.EndReason == EndNoCredit && e.ServiceID <= PendingService(0) })
}
