package reports

import (
	"fmt"
	"time"

	"albopec/app/pec"
)

// ExpiryOutcome says what becomes of a mailbox on an expiry that is to come, or
// what became of it by the day of the report.
type ExpiryOutcome string

// What becomes of mailboxes on their expiry (R4, R5, R18).
const (
	ExpiryRenews ExpiryOutcome = "renews" // by itself, at the Ordine's expense
	ExpiryPaid   ExpiryOutcome = "paid"   // its holder renewed it already
	ExpiryOrder  ExpiryOutcome = "order"  // closes unless its holder renews it
	ExpiryLeaver ExpiryOutcome = "leaver" // closes: the holder is no longer on the register
	ExpiryFails  ExpiryOutcome = "fails"  // no agreement in force then, or it lacks the kind

	ExpiryRenewed ExpiryOutcome = "renewed" // happened: renewed at the Ordine's expense
	ExpiryBought  ExpiryOutcome = "bought"  // happened: renewed by its holder
	ExpiryClosed  ExpiryOutcome = "closed"  // happened: closed, on that day or before
)

// Italian is what happens, in words.
func (o ExpiryOutcome) Italian() string {
	switch o {
	case ExpiryRenews:
		return "si rinnova da sola"
	case ExpiryPaid:
		return "già rinnovata"
	case ExpiryOrder:
		return "si chiude, se non è rinnovata"
	case ExpiryLeaver:
		return "si chiude, titolare non più iscritto"
	case ExpiryFails:
		return "manca la convenzione o la tipologia"
	case ExpiryRenewed:
		return "rinnovata (avvenuto)"
	case ExpiryBought:
		return "rinnovata dall’iscritto (avvenuto)"
	case ExpiryClosed:
		return "chiusa (avvenuto)"
	}
	return string(o)
}

// renews reports whether the Ordine pays for the term that begins then.
func (o ExpiryOutcome) renews() bool { return o == ExpiryRenews || o == ExpiryRenewed }

// payer is who pays for the term that begins then.
func (o ExpiryOutcome) payer() string {
	switch o {
	case ExpiryRenews, ExpiryRenewed:
		return "Ordine"
	case ExpiryPaid, ExpiryOrder, ExpiryBought:
		return "iscritto"
	}
	return unsaid
}

// ExpiryRow is a line of the sheet Scadenze: an expiry in the year after the
// report's, with what it will cost the Ordine or, once it has happened, what it
// came to.
type ExpiryRow struct {
	Address string
	Holder  Person
	Kind    string // from that day on, its Italian name
	On      pec.Date
	Outcome ExpiryOutcome
	Cost    pec.Amounts // of the term that begins then; none but for ExpiryRenews and ExpiryRenewed
}

// WithoutRow is a line of the sheet Senza PEC: a member on the register at the
// end of Until without a mailbox in being.
type WithoutRow struct {
	Member  Person
	Section string
	Sector  string
	OwnPEC  bool // has one of their own
}

// NextMonth is a month of the year after the report's.
type NextMonth struct {
	Month    time.Month
	Expiring int
	Renewing int // by themselves, at the Ordine's expense, and those that did
	Cost     pec.Amounts
}

// Next sums all expiries of the next year; the month is that of none.
func (y YearSummary) Next() NextMonth {
	var sum NextMonth
	for _, m := range y.NextMonths {
		sum.Expiring += m.Expiring
		sum.Renewing += m.Renewing
		sum.Cost = sum.Cost.Plus(m.Cost)
	}
	return sum
}

// NextTitle names the block of the next year's expiries.
func (y YearFacts) NextTitle() string {
	return fmt.Sprintf("Bilancio di previsione %d", y.Year+1)
}

// NextNote says what counts in it and, since a report made late knows more than
// the council could have known, with what was known when and which of them
// happened by then. Once the next year is
// over it says what that year came to.
func (y YearFacts) NextNote() string {
	note := "Caselle in essere al " + y.Until.Italian() + ", nel mese della scadenza, con i prezzi della convenzione in vigore quel giorno; nuove attivazioni escluse. Calcolato con i dati noti al " + y.MadeOn.Italian()
	if y.MadeOn.Year > y.Year {
		note += fmt.Sprintf(", a %d iniziato: può differire da un bilancio fatto entro il %s", y.Year+1, pec.EndOfYear(y.Year).Italian())
	}
	note += "."
	if y.MadeOn.After(pec.StartOfYear(y.Year + 1)) {
		note += " Dove il foglio Scadenze dice «avvenuto», esito e costo sono quelli registrati; le altre scadenze sono una previsione."
	}
	if y.NextSpent != nil {
		note += fmt.Sprintf(" Il costo effettivo del %d, attivazioni comprese, è di %s lordi.", y.Year+1, y.NextSpent.Gross.Euro())
	}
	if y.partial() {
		note += " Chi scade prima del " + pec.EndOfYear(y.Year).Italian() + " e si rinnova da sola conta con la scadenza seguente."
	}
	return note
}
