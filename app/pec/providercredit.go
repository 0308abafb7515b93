package pec

import "slices"

// ProviderMovement is a line of the Ordine's prepaid credit at the provider
// (credito presso il gestore): a deposit, its opposite, or what the charges of
// one day took (R4). Gross.
type ProviderMovement struct {
	On        Date
	Amount    Cents  // + in, − out
	Charges   int    // that the line sums; 0 for a deposit
	Reference string // of a deposit
	Note      string // of a deposit, or why it was taken back
}

// ProviderMonth is a month of that credit.
type ProviderMonth struct {
	Month            Date // its first day
	Opening, Closing Cents
	In, Out          Cents // deposits without what was taken back; charges, below zero
	Charges          int
}

// ProviderMonths sums movements in order of day, month by month from the first
// of them to the month of a day, those without movements too.
func ProviderMonths(movements []ProviderMovement, through Date) []ProviderMonth {
	if len(movements) == 0 {
		return nil
	}
	last := through.FirstOfMonth()
	if d := movements[len(movements)-1].On; d.After(last) {
		last = d.FirstOfMonth()
	}
	var months []ProviderMonth
	var balance Cents
	for m := movements[0].On.FirstOfMonth(); !m.After(last); m = m.AddMonths(1) {
		month := ProviderMonth{Month: m, Opening: balance}
		for len(movements) > 0 && movements[0].On.FirstOfMonth() == m {
			month.add(movements[0])
			movements = movements[1:]
		}
		balance += month.In + month.Out
		month.Closing = balance
		months = append(months, month)
	}
	return months
}

func (m *ProviderMonth) add(v ProviderMovement) {
	if v.Charges == 0 {
		m.In += v.Amount
		return
	}
	m.Out += v.Amount
	m.Charges += v.Charges
}

// DueCost is what the renewals of one day will cost the Ordine, gross.
type DueCost struct {
	On        Date
	Mailboxes int
	Gross     Cents
}

// DueCosts tells what expiring mailboxes, in order of day, will cost the Ordine
// by day (R4), with the agreement in force on each E. What fell due before a day
// and is not carried out yet counts on that day.
func DueCosts(expiring []Expiring, agreements []Agreement, from Date) []DueCost {
	var costs []DueCost
	for _, e := range expiring {
		o := e.Expected(agreements)
		if o.Renewing == 0 {
			continue
		}
		on := e.On
		if on.Before(from) {
			on = from
		}
		if n := len(costs); n == 0 || costs[n-1].On != on {
			costs = append(costs, DueCost{On: on})
		}
		last := &costs[len(costs)-1]
		last.Mailboxes += o.Renewing
		last.Gross += o.Price.Gross
	}
	return costs
}

// RunsOut is the first day whose cost the credit no longer covers; false when
// it covers all.
//
// With 12,20 € and 6,10 € due on 12/10, 12/11 and 12/12, it is 12/12.
func RunsOut(balance Cents, costs []DueCost) (Date, bool) {
	i := slices.IndexFunc(costs, func(c DueCost) bool {
		balance -= c.Gross
		return balance < 0
	})
	if i < 0 {
		return Date{}, false
	}
	return costs[i].On, true
}
