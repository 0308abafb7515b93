package reports

import (
	"fmt"
	"iter"
	"time"

	"albopec/app/pec"
)

// YearSummary is what the rows of a Year come to. Its parts are summed apart from
// its totals, so that Findings can tell where they contradict each other (R27).
type YearSummary struct {
	YearFacts
	Figures    Figures
	Months     [12]Month // January first
	ByKind     []Group   // by name
	BySection  []Group   // by section and sector of the holders
	Closed     []ClosedFor
	NextMonths [12]NextMonth // of the next year's expiries (bilancio di previsione), January first

	// Findings say in Italian what does not agree, one sentence each; nil when all
	// is well. They are printed in the report: it is better to show a difference
	// than to hide it, and better than no report at all.
	Findings []string

	tallies map[string]*tally // of the lists, by sheet
}

// Figures are the totals of a Year. All are worked out from its rows, but for
// the credit with which it opens.
type Figures struct {
	AtStart   int // mailboxes in being when the year begins, before anything of 1 January
	Requested int // requests made in the year, whatever became of them
	Activated int
	Renewed   int // periods, tacit or paid by the member
	Closed    int
	AtEnd     int // mailboxes in being at the end of Until

	Without    int // members on the register without a mailbox in being at the end of Until
	WithOwnPEC int // of these, with a PEC of their own

	Ordine     pec.Amounts // cost for the Ordine
	PerMailbox pec.Cents   // its gross for each mailbox in being at the end, see [pec.Cents.Each]

	MembersWithServices int // persons with a service running at the end of Until, whoever sold it
	ServicesRunning     int // services running at the end of Until, whoever sold them
	GBSold              int // bought from the Ordine in the year
	ServicesRenewed     int // renewals, not services: one that renews twice counts twice
	EndedForCredit      int // services not renewed because the credit was short (R19)
	EndedOtherwise      int

	Purchases pec.Amounts // orders of purchase
	Renewals  pec.Amounts // orders of renewal
	Members   pec.Amounts // the sum of the two

	// The year of the credit, gross, with the signs of the ledger:
	// Opening + TopUps + OrdersPaid + Recredits + Reversals + Refunds
	// + ClaimsSettled + OtherMovements = Closing.
	Opening        pec.Cents
	TopUps         pec.Cents
	OrdersPaid     pec.Cents
	Recredits      pec.Cents // of OrdersPaid, this year's or before, what came back for services that the provider refused
	Reversals      pec.Cents
	Refunds        pec.Cents
	ClaimsSettled  pec.Cents
	OtherMovements pec.Cents // of other kinds: what passes from one position to another when two are merged, which sums to 0
	Closing        pec.Cents // what the Ordine owes its members

	ProviderServices int // bought at the provider in the year, by its statement
	ProviderGB       int
	ProviderNet      pec.Cents
}

// Month is one line of the sheet Costi per mese.
type Month struct {
	Month     time.Month
	Activated int
	Renewed   int
	Closed    int
	AtEnd     int         // mailboxes in being at the month's end, or at Until in the month of Until
	Counted   bool        // false for a month that begins after Until
	Cost      pec.Amounts // periods that begin in the month
	Members   pec.Amounts // orders completed in the month
	TopUps    pec.Cents   // entries of the month, gross
}

// Sum goes through all rows once and works out what they come to. An error is
// that of the rows, which could not be read to their end.
func (y Year) Sum() (YearSummary, error) {
	s := newYearSum(y.YearFacts)
	heard := y
	heard.Mailboxes = hear(y.Mailboxes, s.mailbox)
	heard.Periods = hear(y.Periods, s.period)
	heard.Services = hear(y.Services, s.service)
	heard.Orders = hear(y.Orders, s.order)
	heard.Movements = hear(y.Movements, s.movement)
	heard.Expiries = hear(y.Expiries, s.expiry)
	heard.Without = hear(y.Without, s.withoutMailbox)
	for _, l := range heard.lists() {
		if l.name == sheetTopUps {
			l = y.topUpList() // its movements are heard already
		}
		t, err := measure(l.columns, l.rows)
		if err != nil {
			return YearSummary{}, fmt.Errorf("sum %q of %d: %w", l.name, y.Year, err)
		}
		s.tallies[l.name] = t
	}
	return s.end(), nil
}

// hear tells of every row that passes.
func hear[T any](rows iter.Seq2[T, error], of func(T)) iter.Seq2[T, error] {
	if rows == nil {
		return nil
	}
	return func(yield func(T, error) bool) {
		for row, err := range rows {
			if err == nil {
				of(row)
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// yearSum is a YearSummary that grows row by row.
type yearSum struct {
	YearSummary
	ends       [12]pec.Date // the day at whose end a month's mailboxes are counted; zero for a month to come
	kinds      groups
	sections   groups
	reasons    map[pec.CloseReason]int
	holders    map[int64]bool // members with a service that runs
	found      [5]findings    // by what is checked: the year, periods, orders, movements, expiries
	lastPeriod PeriodRow
	lastOrder  OrderRow
}

// What is checked, in the order in which the report says it.
const (
	checkYear = iota
	checkPeriods
	checkOrders
	checkMovements
	checkExpiries
)

func newYearSum(facts YearFacts) *yearSum {
	s := &yearSum{
		YearSummary: YearSummary{YearFacts: facts, tallies: map[string]*tally{}},
		kinds:       groups{}, sections: groups{}, reasons: map[pec.CloseReason]int{}, holders: map[int64]bool{},
	}
	s.Figures.Opening, s.Figures.Closing = facts.OpeningCredit, facts.OpeningCredit
	for i := range s.Months {
		first := pec.NewDate(s.Year, time.Month(i+1), 1)
		s.Months[i] = Month{Month: first.Month, Counted: !first.After(s.Until)}
		if s.Months[i].Counted {
			s.ends[i] = pec.Earliest(first.LastOfMonth(), s.Until)
		}
		s.NextMonths[i].Month = first.Month
	}
	return s
}

// month is that of a day; a row without a day is in no month, and a finding says
// so.
func (s *yearSum) month(d pec.Date) *Month {
	if d.IsZero() {
		return new(Month)
	}
	return &s.Months[d.Month-1]
}

func (s *yearSum) mailbox(m MailboxRow) {
	f, kind, section := &s.Figures, s.kinds.of(kindOf(m.Kind)), s.sections.of(sectionOf(m.Section, m.Sector))
	count := func(holds bool, counts ...*int) {
		if holds {
			for _, n := range counts {
				*n++
			}
		}
	}
	activated, closed := s.counts(m.ActivatedOn), s.counts(m.ClosedOn)
	count(m.inBeing(s.eve()), &f.AtStart, &kind.AtStart, &section.AtStart)
	for _, n := range []*int{&f.Requested, &kind.Requested, &section.Requested} {
		*n += m.Requests
	}
	count(activated, &f.Activated, &kind.Activated, &section.Activated, &s.month(m.ActivatedOn).Activated)
	count(closed, &f.Closed, &kind.Closed, &section.Closed, &s.month(m.ClosedOn).Closed)
	count(m.inBeing(s.Until), &f.AtEnd, &kind.AtEnd, &section.AtEnd)
	if closed {
		s.reasons[m.Reason]++
	}
	for i, end := range s.ends {
		count(!end.IsZero() && m.inBeing(end), &s.Months[i].AtEnd)
	}
}

func (s *yearSum) period(p PeriodRow) {
	f, kind, section, month := &s.Figures, s.kinds.of(kindOf(p.Kind)), s.sections.of(sectionOf(p.Section, p.Sector)), s.month(p.From)
	for _, cost := range []*pec.Amounts{&f.Ordine, &kind.Cost, &section.Cost, &month.Cost} {
		*cost = cost.Plus(p.Cost)
	}
	if p.Origin == OriginRenewal {
		for _, n := range []*int{&f.Renewed, &kind.Renewed, &section.Renewed, &month.Renewed} {
			*n++
		}
	}
	c := &s.found[checkPeriods]
	switch {
	case !s.counts(p.From):
		c.of("Rinnovi: il periodo di %s dal %s è fuori dal resoconto.", p.Address, p.From.Italian())
	case p.Address == s.lastPeriod.Address && p.From == s.lastPeriod.From:
		c.of("Rinnovi: il periodo di %s dal %s compare due volte.", p.Address, p.From.Italian())
	case p.Cost.Gross != p.Cost.Net+p.Cost.VAT:
		c.of("Rinnovi: %s dal %s, netto e IVA non danno il lordo.", p.Address, p.From.Italian())
	}
	s.lastPeriod = p
}

func (s *yearSum) service(row ServiceRow) {
	f := &s.Figures
	f.ServicesRenewed += row.Renewals
	if row.running(s.Until) {
		f.ServicesRunning++
		s.holders[row.Member.ID] = true
	}
	if s.counts(row.EndedOn) {
		if row.EndReason == pec.EndNoCredit {
			f.EndedForCredit++
		} else {
			f.EndedOtherwise++
		}
	}
	if row.SoldBy == pec.SoldByProvider && s.counts(row.Since) {
		f.ProviderServices++
		f.ProviderGB += row.GB
		f.ProviderNet += row.Net
	}
}

func (s *yearSum) order(o OrderRow) {
	f, month := &s.Figures, s.month(o.CompletedOn)
	f.GBSold += o.GBSold
	if o.Kind == pec.OrderRenewal {
		f.Renewals = f.Renewals.Plus(o.Paid)
	} else {
		f.Purchases = f.Purchases.Plus(o.Paid)
	}
	month.Members = month.Members.Plus(o.Paid)
	c := &s.found[checkOrders]
	switch {
	case !s.counts(o.CompletedOn):
		c.of("Ordini: l’ordine %s del %s è fuori dal resoconto.", o.Number, o.CompletedOn.Italian())
	case o.Number == s.lastOrder.Number:
		c.of("Ordini: il numero %s compare due volte.", o.Number)
	case o.Paid.Gross != o.Paid.Net+o.Paid.VAT:
		c.of("Ordini: nell’ordine %s netto e IVA non danno il lordo.", o.Number)
	}
	s.lastOrder = o
}

func (s *yearSum) movement(m MovementRow) {
	f := &s.Figures
	f.Closing += m.Amount
	switch m.Kind {
	case pec.EntryTopUp:
		f.TopUps += m.Amount
		s.month(m.Day).TopUps += m.Amount
	case pec.EntryOrder:
		f.OrdersPaid += m.Amount
	case pec.EntryRecredit:
		f.Recredits += m.Amount
	case pec.EntryReversal:
		f.Reversals += m.Amount
	case pec.EntryRefund:
		f.Refunds += m.Amount
	case pec.EntryClaim:
		f.ClaimsSettled += m.Amount
	default:
		f.OtherMovements += m.Amount
	}
	c := &s.found[checkMovements]
	switch {
	case !s.counts(m.Day):
		c.of("Credito: il movimento %d del %s è fuori dal resoconto.", m.Seq, m.Day.Italian())
	case f.Closing < 0:
		c.of("Credito: dopo il movimento %d il credito complessivo è %s.", m.Seq, f.Closing.Euro())
	}
}

func (s *yearSum) expiry(e ExpiryRow) {
	if !e.On.IsZero() {
		m := &s.NextMonths[e.On.Month-1]
		m.Expiring++
		m.Cost = m.Cost.Plus(e.Cost)
		if e.Outcome.renews() {
			m.Renewing++
		}
	}
	c := &s.found[checkExpiries]
	switch {
	case e.On.Year != s.Year+1:
		c.of("Scadenze: %s scade il %s, fuori dall’anno seguente.", e.Address, e.On.Italian())
	case e.Cost.Gross != e.Cost.Net+e.Cost.VAT:
		c.of("Scadenze: %s il %s, netto e IVA non danno il lordo.", e.Address, e.On.Italian())
	}
}

func (s *yearSum) withoutMailbox(w WithoutRow) {
	s.Figures.Without++
	if w.OwnPEC {
		s.Figures.WithOwnPEC++
	}
}

// end works out what needs all rows, and checks the parts against each other.
func (s *yearSum) end() YearSummary {
	f := &s.Figures
	f.Members = f.Purchases.Plus(f.Renewals)
	f.PerMailbox = f.Ordine.Gross.Each(f.AtEnd)
	f.MembersWithServices = len(s.holders)
	s.ByKind, s.BySection = s.kinds.sorted(), s.sections.sorted()
	for reason, n := range s.reasons {
		s.Closed = append(s.Closed, ClosedFor{reason, n})
	}
	sortClosed(s.Closed)
	s.checkTotals(&s.found[checkYear])
	for i := range s.found {
		s.Findings = append(s.Findings, s.found[i].all()...)
	}
	return s.YearSummary
}

func (s *yearSum) checkTotals(c *findings) {
	f := s.Figures
	if f.AtStart+f.Activated-f.Closed != f.AtEnd {
		c.of("Caselle: %s all’inizio + %s attivate − %s chiuse non dà le %s alla fine.", pec.Thousands(f.AtStart), pec.Thousands(f.Activated), pec.Thousands(f.Closed), pec.Thousands(f.AtEnd))
	}
	if f.Closing != s.ClosingCredit {
		c.of("Credito: saldo iniziale e movimenti danno %s, il registro dei movimenti %s.", f.Closing.Euro(), s.ClosingCredit.Euro())
	}
	if -f.OrdersPaid != f.Members.Gross {
		c.of("Ordini: gli ordini completati valgono %s, gli addebiti sul credito %s.", f.Members.Gross.Euro(), (-f.OrdersPaid).Euro())
	}
	if s.Before != nil && !s.partial() {
		months := pec.Cents(0)
		for _, m := range s.Before.Months {
			months += m
		}
		if months != s.Before.Ordine.Gross {
			c.of("Anno precedente: i mesi danno %s, l’anno %s.", months.Euro(), s.Before.Ordine.Gross.Euro())
		}
	}
}

// maxFindings bounds what is said of one kind: the report stays readable when a
// whole table is wrong.
const maxFindings = 20

// findings are the first sentences on one kind of row, and how many there are.
type findings struct {
	said []string
	n    int
}

func (c *findings) of(format string, args ...any) {
	if c.n++; c.n <= maxFindings {
		c.said = append(c.said, fmt.Sprintf(format, args...))
	}
}

func (c *findings) all() []string {
	if c.n <= maxFindings {
		return c.said
	}
	return append(c.said, fmt.Sprintf("… e altre %s righe con lo stesso difetto.", pec.Thousands(c.n-maxFindings)))
}

// Left is what is left of the budget, gross, below zero when more was spent, and
// the part that was spent in percent of it, rounded half up; 0 of no budget.
func (y YearSummary) Left() (left pec.Cents, percent int) {
	if y.Budget == nil {
		return 0, 0
	}
	spent := y.Figures.Ordine.Gross
	if *y.Budget > 0 {
		percent = int((spent * 100).Each(int(*y.Budget)))
	}
	return *y.Budget - spent, percent
}
