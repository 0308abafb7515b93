package reports

import (
	"iter"

	"albopec/app/pec"
)

// YearFacts are what no row of a year can say: whose report it is, which days
// count, and the figures that are not of the year itself.
type YearFacts struct {
	OrderBody  string   // the Ordine's full name
	Place      string   // its town, for the signature; may be empty
	Logo       []byte   // PNG or JPEG; nil for none, and what cannot be drawn is left out
	Year       int      // calendar year
	Until      pec.Date // last day whose figures count, included: 31/12, or earlier for a year that still runs
	MadeOn     pec.Date // the day on which the report is made
	ClosedOn   pec.Date // the day on which the year was closed on an earlier report; zero while it is open
	NoData     bool     // the year was over before anything that the program knows of
	Agreements []string // names of the agreements in force during the year, oldest first

	// SoldByProvider says that an agreement of the year lets members buy at the
	// provider: the section on the provider's statement is then printed even
	// when it is empty.
	SoldByProvider bool

	OpeningCredit pec.Cents // gross; all members' credit before the year's first entry
	ClosingCredit pec.Cents // gross; all members' credit at the end of Until, as the ledger gives it
	Claims        pec.Cents // gross; what members owe after reversals at the end of Until (crediti da recuperare, R14)

	Budget *pec.Cents // gross; what the Ordine set aside for its cost; nil when nobody said
	Before *Before    // the year before, to compare with; nil when nothing of it is known

	NextSpent *pec.Amounts // cost for the Ordine in the year after; nil until that is over on the day of the report
}

// Year is everything that the yearly report prints (resoconto annuale): its facts,
// and the stored entries of one calendar year row by row, already in the order in
// which they are printed. A large Ordine has hundreds of thousands of rows: they
// come one at a time and are gone through more than once, each time the same, so
// that the caller offers them from one snapshot. Every total comes from them, by
// Sum (R27). Nil stands for no rows.
type Year struct {
	YearFacts
	Mailboxes iter.Seq2[MailboxRow, error]  // in being on some day of the year, or requested; by address
	Periods   iter.Seq2[PeriodRow, error]   // that begin in the year, up to Until; by day and address
	Services  iter.Seq2[ServiceRow, error]  // running on some day of the year
	Orders    iter.Seq2[OrderRow, error]    // completed in the year, up to Until; by day and number
	Movements iter.Seq2[MovementRow, error] // ledger entries of the year, up to Until, in the ledger's order
	Expiries  iter.Seq2[ExpiryRow, error]   // of the next year; by day and address
	Without   iter.Seq2[WithoutRow, error]  // members without a mailbox at the end of Until
	// Members' credits before the year's first entry and at the end of Until, by
	// name: behind the opening and the closing credit, and not printed.
	Opened, Held iter.Seq2[BalanceRow, error]
}

// Person is a member as a row of the report names them.
type Person struct {
	ID                 int64  // of the member
	Name               string // surname and name
	RegistrationNumber string
	TaxCode            string
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
	RequestedOn pec.Date // the latest up to Until; zero for what ran at the provider before
	Section     string   // of the holder
	Sector      string
	Requests    int // made in the year, up to Until: one that was refused and made again counts twice
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
// the orders.
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

// BalanceRow is a member's credit on a day, other than zero.
type BalanceRow struct {
	Member Person
	Amount pec.Cents // gross
}

// start is the year's first day.
func (y YearFacts) start() pec.Date { return pec.StartOfYear(y.Year) }

// eve is the day before: what is in being at its end, the year begins with.
func (y YearFacts) eve() pec.Date { return y.start().AddDays(-1) }

// counts reports whether a day belongs to the report.
func (y YearFacts) counts(d pec.Date) bool {
	return !d.IsZero() && !d.Before(y.start()) && !d.After(y.Until)
}

// partial reports whether the year is not over yet.
func (y YearFacts) partial() bool { return y.Until.Before(pec.EndOfYear(y.Year)) }

// inBeing reports whether the mailbox exists at the end of the day.
func (m MailboxRow) inBeing(day pec.Date) bool {
	return !m.ActivatedOn.IsZero() && !m.ActivatedOn.After(day) &&
		(m.ClosedOn.IsZero() || m.ClosedOn.After(day))
}

// running reports whether the service runs at the end of the day.
func (s ServiceRow) running(day pec.Date) bool {
	return !s.Since.After(day) && (s.EndedOn.IsZero() || s.EndedOn.After(day))
}
