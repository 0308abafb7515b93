package reports

import (
	"fmt"
	"time"

	"albopec/app/pec"
)

// Year is everything that the yearly report prints (resoconto annuale): the
// stored entries of one calendar year, row by row, and the few figures that no
// row of the year can give. Every total comes from the rows, by Figures and
// Months; Check says where the rows contradict each other (R27).
//
// The caller fills it in one snapshot, with the rows already in the order in
// which they are to be printed.
type Year struct {
	OrderBody  string   // the Ordine's full name
	Place      string   // its town, for the signature; may be empty
	Logo       []byte   // PNG or JPEG; nil for none, and what cannot be drawn is left out
	Year       int      // calendar year
	Until      pec.Date // last day whose figures count, included: 31/12, or earlier for a year that still runs
	MadeOn     pec.Date // the day on which the report is made
	Agreements []string // names of the agreements in force during the year, oldest first

	// SoldByProvider says that an agreement of the year lets members buy at the
	// provider: the section on the provider's statement is then printed even
	// when it is empty.
	SoldByProvider bool

	Mailboxes []MailboxRow  // in being on some day of the year, or requested
	Periods   []PeriodRow   // that begin in the year, up to Until
	Services  []ServiceRow  // running on some day of the year
	Orders    []OrderRow    // completed in the year, up to Until
	Movements []MovementRow // ledger entries of the year, up to Until, in the ledger's order
	Expiries  []ExpiryRow   // of the next year
	Without   []WithoutRow  // members without a mailbox at the end of Until

	OpeningCredit pec.Cents // gross; all members' credit before the year's first entry
	ClosingCredit pec.Cents // gross; all members' credit at the end of Until, as the ledger gives it
	Claims        pec.Cents // gross; what members owe after reversals at the end of Until (crediti da recuperare, R14)

	Budget *pec.Cents // gross; what the Ordine set aside for its cost; nil when nobody said
	Before *Before    // the year before, to compare with; nil when nothing of it is known
}

// Person is a member as a row of the report names them.
type Person struct {
	Name               string // surname and name
	RegistrationNumber string
	TaxCode            string
}

// key tells two persons apart, by the strongest of what is known.
func (p Person) key() string {
	switch {
	case p.TaxCode != "":
		return "cf " + p.TaxCode
	case p.RegistrationNumber != "":
		return "n " + p.RegistrationNumber
	}
	return p.Name
}

// MailboxRow is a line of the sheet Caselle. A mailbox counts as in being from
// ActivatedOn, included, to ClosedOn, excluded; without ActivatedOn (requested,
// sent, rejected) it is listed and not counted.
type MailboxRow struct {
	Address     string
	Holder      Person
	Kind        string // tipologia, its Italian name: "Standard"
	Status      pec.MailboxStatus
	ActivatedOn pec.Date
	ExpiresOn   pec.Date
	BaseGB      int
	ExtraGB     int
	ClosedOn    pec.Date
	Reason      pec.CloseReason
	RequestedOn pec.Date // zero for what ran at the provider before
	Section     string   // of the holder
	Sector      string
}

// PeriodOrigin says how a mailbox's period came about.
type PeriodOrigin string

// The origins of periods. An imported period costs nothing here (9.5).
const (
	OriginActivation PeriodOrigin = "activation"
	OriginRenewal    PeriodOrigin = "renewal"
	OriginImported   PeriodOrigin = "imported"
)

// PeriodRow is a line of the sheet Rinnovi: a period of a mailbox with what the
// Ordine owes the provider for it, in the year in which it begins (R4). A
// period that the member pays has PaidByMember and no amounts: its money is in
// Orders.
type PeriodRow struct {
	Address      string
	Holder       Person
	From         pec.Date // first day of the period
	To           pec.Date // E: the first day after it (R1)
	Origin       PeriodOrigin
	PaidByMember bool
	Cost         pec.Amounts
	Kind         string // of the mailbox, its Italian name
	Section      string // of the holder
	Sector       string
}

// originItalian is the word of the sheet; who renews decides it, since only
// the Ordine renews tacitly.
func (p PeriodRow) originItalian() string {
	switch {
	case p.Origin == OriginActivation:
		return "attivazione"
	case p.Origin == OriginImported:
		return "importata"
	case p.Origin == OriginRenewal && p.PaidByMember:
		return "rinnovo dell’iscritto"
	case p.Origin == OriginRenewal:
		return "tacito rinnovo"
	}
	return string(p.Origin)
}

// ServiceRow is a line of the sheet Servizi.
type ServiceRow struct {
	Member    Person
	Address   string
	Product   string // its Italian name: "Spazio Extra Inbox"
	Quantity  int
	GB        int      // the quantity when the product is sold by the GB, 0 otherwise
	Since     pec.Date // first day
	Until     pec.Date // E, or the last day of a provider's statement
	UnitPrice pec.Cents
	Net       pec.Cents // of the running term; from the provider's statement for what was bought there
	Renewals  int       // how often it was renewed in the year, up to the report's Until
	EndedOn   pec.Date  // zero while it runs
	EndReason pec.EndReason
	SoldBy    pec.Seller
}

// state is the Italian word for whether the service still runs.
func (s ServiceRow) state() string {
	if s.EndedOn.IsZero() {
		return "attivo"
	}
	return "cessato"
}

// OrderRow is a line of the sheet Ordini: a completed order, on the day to
// which its figures belong (9.11).
type OrderRow struct {
	Number      string // "2026/000123"
	CompletedOn pec.Date
	Member      Person
	Address     string
	Kind        pec.OrderKind
	Lines       string // what was bought, in words: "2 GB Spazio Extra Inbox"
	GBSold      int    // GB bought; 0 on an automatic renewal of services (9.11)
	Paid        pec.Amounts
}

// MovementRow is a line of the sheet Movimenti, a ledger entry; top-ups are also
// lines of the sheet Ricariche.
type MovementRow struct {
	Seq       int64
	Day       pec.Date
	Member    Person
	Kind      pec.EntryKind
	Reference string    // CRO, IUV, number of the order, reason
	Amount    pec.Cents // gross, with its sign

	// Of top-ups only:
	Method           pec.TopUpMethod
	PaymentReference string // CRO, IUV, number of the receipt
	Reversed         bool   // taken back, in whole or in part, up to the day of the report
}

// Figures are the totals of a Year. All are worked out from its rows, but for
// the two ends of the credit.
type Figures struct {
	AtStart   int // mailboxes in being when the year begins, before anything of 1 January
	Requested int // in the year, whatever became of them
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
	// Opening + TopUps + OrdersPaid + Reversals + Refunds + ClaimsSettled
	// + OtherMovements = Closing.
	Opening        pec.Cents
	TopUps         pec.Cents
	OrdersPaid     pec.Cents
	Reversals      pec.Cents
	Refunds        pec.Cents
	ClaimsSettled  pec.Cents
	OtherMovements pec.Cents // of kinds unknown here; 0 unless the ledger has learnt a new one
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

// start is the year's first day.
func (y Year) start() pec.Date { return pec.StartOfYear(y.Year) }

// counts reports whether a day belongs to the report.
func (y Year) counts(d pec.Date) bool {
	return !d.IsZero() && !d.Before(y.start()) && !d.After(y.Until)
}

// Left is what is left of the budget, gross, below zero when more was spent, and
// the part that was spent in percent of it, rounded half up; 0 of no budget.
func (y Year) Left() (left pec.Cents, percent int) {
	if y.Budget == nil {
		return 0, 0
	}
	spent := y.Figures().Ordine.Gross
	if *y.Budget > 0 {
		percent = int((spent * 100).Each(int(*y.Budget)))
	}
	return *y.Budget - spent, percent
}

// partial reports whether the year is not over yet.
func (y Year) partial() bool { return y.Until.Before(pec.EndOfYear(y.Year)) }

// inBeing reports whether the mailbox exists at the end of the day.
func (m MailboxRow) inBeing(day pec.Date) bool {
	return !m.ActivatedOn.IsZero() && !m.ActivatedOn.After(day) &&
		(m.ClosedOn.IsZero() || m.ClosedOn.After(day))
}

// running reports whether the service runs at the end of the day.
func (s ServiceRow) running(day pec.Date) bool {
	return !s.Since.After(day) && (s.EndedOn.IsZero() || s.EndedOn.After(day))
}

// Figures works the totals out.
func (y Year) Figures() Figures {
	f := Figures{Opening: y.OpeningCredit}
	y.countMailboxes(&f)
	y.countServices(&f)
	for _, p := range y.Periods {
		f.Ordine = f.Ordine.Plus(p.Cost)
		if p.Origin == OriginRenewal {
			f.Renewed++
		}
	}
	for _, o := range y.Orders {
		f.GBSold += o.GBSold
		if o.Kind == pec.OrderRenewal {
			f.Renewals = f.Renewals.Plus(o.Paid)
		} else {
			f.Purchases = f.Purchases.Plus(o.Paid)
		}
	}
	f.Members = f.Purchases.Plus(f.Renewals)
	f.Without = len(y.Without)
	for _, w := range y.Without {
		if w.OwnPEC {
			f.WithOwnPEC++
		}
	}
	f.PerMailbox = f.Ordine.Gross.Each(f.AtEnd)
	y.sumMovements(&f)
	return f
}

func (y Year) countMailboxes(f *Figures) {
	eve := y.start().AddDays(-1)
	for _, m := range y.Mailboxes {
		if m.inBeing(eve) {
			f.AtStart++
		}
		if y.counts(m.RequestedOn) {
			f.Requested++
		}
		if y.counts(m.ActivatedOn) {
			f.Activated++
		}
		if y.counts(m.ClosedOn) {
			f.Closed++
		}
		if m.inBeing(y.Until) {
			f.AtEnd++
		}
	}
}

func (y Year) countServices(f *Figures) {
	holders := map[string]bool{}
	for _, s := range y.Services {
		f.ServicesRenewed += s.Renewals
		if s.running(y.Until) {
			f.ServicesRunning++
			holders[s.Member.key()] = true
		}
		if y.counts(s.EndedOn) {
			if s.EndReason == pec.EndNoCredit {
				f.EndedForCredit++
			} else {
				f.EndedOtherwise++
			}
		}
		if s.SoldBy == pec.SoldByProvider && y.counts(s.Since) {
			f.ProviderServices++
			f.ProviderGB += s.GB
			f.ProviderNet += s.Net
		}
	}
	f.MembersWithServices = len(holders)
}

func (y Year) sumMovements(f *Figures) {
	f.Closing = f.Opening
	for _, m := range y.Movements {
		f.Closing += m.Amount
		switch m.Kind {
		case pec.EntryTopUp:
			f.TopUps += m.Amount
		case pec.EntryOrder:
			f.OrdersPaid += m.Amount
		case pec.EntryReversal:
			f.Reversals += m.Amount
		case pec.EntryRefund:
			f.Refunds += m.Amount
		case pec.EntryClaim:
			f.ClaimsSettled += m.Amount
		default:
			f.OtherMovements += m.Amount
		}
	}
}

// Months gives the twelve months, January first, from the same rows as
// Figures.
func (y Year) Months() [12]Month {
	var months [12]Month
	for i := range months {
		first := pec.NewDate(y.Year, time.Month(i+1), 1)
		months[i] = Month{Month: first.Month, Counted: !first.After(y.Until)}
		if months[i].Counted {
			months[i].AtEnd = y.inBeingAt(pec.Earliest(first.LastOfMonth(), y.Until))
		}
	}
	// A row without a day is in no month; Check says so.
	of := func(d pec.Date) *Month {
		if d.IsZero() {
			return new(Month)
		}
		return &months[d.Month-1]
	}
	for _, m := range y.Mailboxes {
		if y.counts(m.ActivatedOn) {
			of(m.ActivatedOn).Activated++
		}
		if y.counts(m.ClosedOn) {
			of(m.ClosedOn).Closed++
		}
	}
	for _, p := range y.Periods {
		m := of(p.From)
		m.Cost = m.Cost.Plus(p.Cost)
		if p.Origin == OriginRenewal {
			m.Renewed++
		}
	}
	for _, o := range y.Orders {
		m := of(o.CompletedOn)
		m.Members = m.Members.Plus(o.Paid)
	}
	for _, e := range y.Movements {
		if e.Kind == pec.EntryTopUp {
			of(e.Day).TopUps += e.Amount
		}
	}
	return months
}

func (y Year) inBeingAt(day pec.Date) int {
	n := 0
	for _, m := range y.Mailboxes {
		if m.inBeing(day) {
			n++
		}
	}
	return n
}

// maxFindings bounds what Check says of one kind: the report stays readable
// when a whole table is wrong.
const maxFindings = 20

// Check compares the parts with each other and with the ledger (R27) and says
// in Italian what does not agree, one sentence each; nil when all is well. The
// findings are printed in the report: it is better to show a difference than
// to hide it, and better than no report at all.
func (y Year) Check() []string {
	var c findings
	f := y.Figures()
	if f.AtStart+f.Activated-f.Closed != f.AtEnd {
		c.add("Caselle: %s all’inizio + %s attivate − %s chiuse non dà le %s alla fine.", pec.Thousands(f.AtStart), pec.Thousands(f.Activated), pec.Thousands(f.Closed), pec.Thousands(f.AtEnd))
	}
	if f.Closing != y.ClosingCredit {
		c.add("Credito: saldo iniziale e movimenti danno %s, il registro dei movimenti %s.", f.Closing.Euro(), y.ClosingCredit.Euro())
	}
	if -f.OrdersPaid != f.Members.Gross {
		c.add("Ordini: gli ordini completati valgono %s, gli addebiti sul credito %s.", f.Members.Gross.Euro(), (-f.OrdersPaid).Euro())
	}
	if y.Before != nil && !y.partial() {
		months := pec.Cents(0)
		for _, m := range y.Before.Months {
			months += m
		}
		if months != y.Before.Ordine.Gross {
			c.add("Anno precedente: i mesi danno %s, l’anno %s.", months.Euro(), y.Before.Ordine.Gross.Euro())
		}
	}
	y.checkPeriods(&c)
	y.checkOrders(&c)
	y.checkMovements(&c)
	y.checkExpiries(&c)
	return c
}

type findings []string

func (c *findings) add(format string, args ...any) { *c = append(*c, fmt.Sprintf(format, args...)) }

// each runs one test over n rows and keeps the first findings.
func (c *findings) each(n int, test func(i int) string) {
	found := 0
	for i := range n {
		sentence := test(i)
		if sentence == "" {
			continue
		}
		if found++; found <= maxFindings {
			*c = append(*c, sentence)
		}
	}
	if found > maxFindings {
		c.add("… e altre %s righe con lo stesso difetto.", pec.Thousands(found-maxFindings))
	}
}

func (y Year) checkPeriods(c *findings) {
	seen := map[string]bool{}
	c.each(len(y.Periods), func(i int) string {
		p := y.Periods[i]
		key := p.Address + " " + p.From.String()
		defer func() { seen[key] = true }()
		switch {
		case !y.counts(p.From):
			return fmt.Sprintf("Rinnovi: il periodo di %s dal %s è fuori dal resoconto.", p.Address, p.From.Italian())
		case seen[key]:
			return fmt.Sprintf("Rinnovi: il periodo di %s dal %s compare due volte.", p.Address, p.From.Italian())
		case p.Cost.Gross != p.Cost.Net+p.Cost.VAT:
			return fmt.Sprintf("Rinnovi: %s dal %s, netto e IVA non danno il lordo.", p.Address, p.From.Italian())
		}
		return ""
	})
}

func (y Year) checkOrders(c *findings) {
	seen := map[string]bool{}
	c.each(len(y.Orders), func(i int) string {
		o := y.Orders[i]
		defer func() { seen[o.Number] = true }()
		switch {
		case !y.counts(o.CompletedOn):
			return fmt.Sprintf("Ordini: l’ordine %s del %s è fuori dal resoconto.", o.Number, o.CompletedOn.Italian())
		case seen[o.Number]:
			return fmt.Sprintf("Ordini: il numero %s compare due volte.", o.Number)
		case o.Paid.Gross != o.Paid.Net+o.Paid.VAT:
			return fmt.Sprintf("Ordini: nell’ordine %s netto e IVA non danno il lordo.", o.Number)
		}
		return ""
	})
}

func (y Year) checkMovements(c *findings) {
	balance := y.OpeningCredit
	c.each(len(y.Movements), func(i int) string {
		m := y.Movements[i]
		balance += m.Amount
		switch {
		case !y.counts(m.Day):
			return fmt.Sprintf("Credito: il movimento %d del %s è fuori dal resoconto.", m.Seq, m.Day.Italian())
		case balance < 0:
			return fmt.Sprintf("Credito: dopo il movimento %d il credito complessivo è %s.", m.Seq, balance.Euro())
		}
		return ""
	})
}
