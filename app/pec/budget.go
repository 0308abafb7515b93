package pec

// BudgetMonths is how many months a budget has.
const BudgetMonths = 24

// BudgetMonth is what a month of renewals costs, and whom.
type BudgetMonth struct {
	Month    Date // its first day
	Renewed  int  // mailboxes, at the Ordine's expense (R4)
	Ordine   Amounts
	Services int // services renewed, if every member has the credit for them (R19)
	Members  Amounts
}

// Plus adds the figures of another month.
func (m BudgetMonth) Plus(n BudgetMonth) BudgetMonth {
	m.Renewed += n.Renewed
	m.Ordine = m.Ordine.Plus(n.Ordine)
	m.Services += n.Services
	m.Members = m.Members.Plus(n.Members)
	return m
}

// Budget is what the renewals of today's mailboxes cost in the months to come
// (previsione di spesa), whole calendar months: a yearly mailbox is renewed once
// in 12 of them and twice in 24.
type Budget struct {
	Today  Date
	Months []BudgetMonth // BudgetMonths of them
	// Before is what falls due before the first month: overdue, or in what is
	// left of the month under way.
	Before BudgetMonth
	// Not counted, until the end of the last month:
	Leavers int // mailboxes that close since their holder left (R5)
	Closing int // mailboxes that only an order renews: automatic renewal off, or paid by the member (R18)
	Failing int // mailboxes for which there is no agreement, or no kind in it, on E
	Ending  int // services of mailboxes renewed that cannot go on: no longer in the agreement, or sold by the provider (9.7)
}

// NewBudget is a budget without a book yet: its months begin with the current
// one if that begins today, and else with the next.
func NewBudget(today Date) Budget {
	first := today.FirstOfMonth()
	if first != today {
		first = first.AddMonths(1)
	}
	b := Budget{Today: today, Before: BudgetMonth{Month: today.FirstOfMonth()}}
	for i := range BudgetMonths {
		b.Months = append(b.Months, BudgetMonth{Month: first.AddMonths(i)})
	}
	return b
}

// First is the first day that the months count.
func (b Budget) First() Date { return b.Months[0].Month }

// Until is the last day that the first n months count.
func (b Budget) Until(n int) Date { return b.Months[n-1].Month.LastOfMonth() }

// Total sums the first n months.
func (b Budget) Total(n int) BudgetMonth {
	sum := BudgetMonth{Month: b.First()}
	for _, m := range b.Months[:n] {
		sum = sum.Plus(m)
	}
	return sum
}

// plentiful is a credit that covers whatever a member renews.
const plentiful = MaxAmount * 1_000_000

// Play adds what becomes of one member's mailboxes, as Renewals decides it, if
// the member has the credit for every service. What waits to be paid is left out.
func (b *Budget) Play(book Book, agreements []Agreement) {
	book.Credit, book.Claim, book.Waiting = plentiful, 0, nil
	events, _ := Renewals(book, agreements, b.Until(len(b.Months)))
	for _, e := range events {
		b.add(e)
	}
}

func (b *Budget) add(e Event) {
	switch e.Kind {
	case EventRenewed:
		m := b.month(e.On)
		m.Renewed++
		m.Ordine = m.Ordine.Plus(e.Price)
	case EventServiceRenewed:
		m := b.month(e.On)
		m.Services++
		m.Members = m.Members.Plus(e.Price)
	case EventServiceEnded:
		if e.EndReason == EndProductGone || e.EndReason == EndSoldElsewhere {
			b.Ending++
		}
	case EventClosed:
		if e.CloseReason == CloseLeaver {
			b.Leavers++
		} else {
			b.Closing++
		}
	case EventFailed:
		b.Failing++
	}
}

// month is the month of a day.
func (b *Budget) month(d Date) *BudgetMonth {
	if d.Before(b.First()) {
		return &b.Before
	}
	first := b.First()
	return &b.Months[(d.Year-first.Year)*12+int(d.Month)-int(first.Month)]
}

// Instead are the agreements as if another one came into force on a day and
// stayed: what fell due before is as it was.
func Instead(agreements []Agreement, tried Agreement, on Date) []Agreement {
	var list []Agreement
	for _, a := range agreements {
		if a.StartsOn.Before(on) {
			list = append(list, a)
		}
	}
	tried.StartsOn = on
	return append(list, tried)
}
