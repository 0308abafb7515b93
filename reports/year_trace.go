package reports

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"albopec/app/pec"
)

// Trace asks for the rows behind a figure of the report (R27). The fields after
// the first narrow them down as the report's tables do; a zero one does not.
type Trace struct {
	Figure  string     // one of those that Lines knows, as an address has it: "attivate"
	Month   time.Month // of the day that counts for the figure
	Kind    string     // tipologia, as Group.Name has it
	Section string     // of the holder, as Group.Name has it; with it goes Sector
	Sector  string
	Reason  string // of a closing, as ClosedFor.Italian has it
}

// Lines are the rows behind a figure, with the columns of their sheet.
type Lines struct {
	Title   string // "Caselle attivate, marzo 2018, tipologia Standard"
	Columns []Column
	Rows    iter.Seq2[[]any, error]
}

// traced is a figure whose rows can be asked for.
type traced struct {
	title string
	list  func(Year) yearList
	keep  func(Year, Trace) Year // leaves in the year the rows that the figure stands for
	next  bool                   // it speaks of the year after the report's

	// What narrows its rows down; the rest of a Trace is not looked at.
	months bool // the month
	groups bool // kind and section
}

// byMonth is a figure whose rows a month narrows down.
func byMonth(f traced) traced {
	f.months = true
	return f
}

func tracedMailboxes(title string, holds func(Year, Trace, MailboxRow) bool) traced {
	return traced{groups: true, title: title, list: Year.mailboxList, keep: func(y Year, t Trace) Year {
		y.Mailboxes = only(y.Mailboxes, func(m MailboxRow) bool { return t.isOf(m.Kind, m.Section, m.Sector) && holds(y, t, m) })
		return y
	}}
}

// summed is a figure with a column's sum and no other.
func summed(title string, f traced) traced {
	list := f.list
	f.list = func(y Year) yearList {
		l := list(y)
		for i := range l.columns {
			l.columns[i].Total = l.columns[i].Title == title
		}
		return l
	}
	return f
}

func tracedPeriods(title string, holds func(PeriodRow) bool) traced {
	return traced{months: true, groups: true, title: title, list: Year.periodList, keep: func(y Year, t Trace) Year {
		y.Periods = only(y.Periods, func(p PeriodRow) bool { return t.isOf(p.Kind, p.Section, p.Sector) && t.within(p.From) && holds(p) })
		return y
	}}
}

func tracedServices(title string, holds func(Year, ServiceRow) bool) traced {
	return traced{title: title, list: Year.serviceList, keep: func(y Year, _ Trace) Year {
		y.Services = only(y.Services, func(s ServiceRow) bool { return holds(y, s) })
		return y
	}}
}

func tracedOrders(title string, holds func(OrderRow) bool) traced {
	return traced{months: true, title: title, list: Year.orderList, keep: func(y Year, t Trace) Year {
		y.Orders = only(y.Orders, func(o OrderRow) bool { return t.within(o.CompletedOn) && holds(o) })
		return y
	}}
}

// The running credit of some movements would be none: the column is left out.
func tracedMovements(title string, kind pec.EntryKind) traced {
	return traced{months: true, title: title, list: func(y Year) yearList {
		l := y.movementList()
		last := len(l.columns) - 1
		all := l.rows
		l.columns, l.rows = l.columns[:last], cellsOf(all, func(row []any) []any { return row[:last] })
		return l
	}, keep: func(y Year, t Trace) Year {
		y.Movements = only(y.Movements, func(m MovementRow) bool { return t.within(m.Day) && m.Kind == kind })
		return y
	}}
}

func tracedExpiries(title string, holds func(ExpiryRow) bool) traced {
	return traced{months: true, next: true, title: title, list: Year.expiryList, keep: func(y Year, t Trace) Year {
		y.Expiries = only(y.Expiries, func(e ExpiryRow) bool { return t.within(e.On) && holds(e) })
		return y
	}}
}

func tracedWithout(title string, holds func(WithoutRow) bool) traced {
	return traced{title: title, list: Year.withoutList, keep: func(y Year, _ Trace) Year {
		y.Without = only(y.Without, holds)
		return y
	}}
}

// every keeps all rows.
func every[T any](T) bool { return true }

// traces are the figures by their names in addresses.
var traces = map[string]traced{
	"inizio":    tracedMailboxes("Caselle in essere all’inizio dell’anno", func(y Year, _ Trace, m MailboxRow) bool { return m.inBeing(y.eve()) }),
	"richieste": summed(requestsOfYear, tracedMailboxes("Richieste di caselle", func(_ Year, _ Trace, m MailboxRow) bool { return m.Requests > 0 })),
	"attivate":  byMonth(tracedMailboxes("Caselle attivate", func(y Year, t Trace, m MailboxRow) bool { return y.counts(m.ActivatedOn) && t.within(m.ActivatedOn) })),
	"chiuse": byMonth(tracedMailboxes("Caselle chiuse", func(y Year, t Trace, m MailboxRow) bool {
		return y.counts(m.ClosedOn) && t.within(m.ClosedOn) && (t.Reason == "" || t.Reason == ClosedFor{Reason: m.Reason}.Italian())
	})),
	"in-essere": byMonth(tracedMailboxes("Caselle in essere", func(y Year, t Trace, m MailboxRow) bool { return m.inBeing(y.endOf(t.Month)) })),

	"rinnovi": tracedPeriods("Rinnovi", func(p PeriodRow) bool { return p.Origin == OriginRenewal }),
	"costo":   tracedPeriods("Attivazioni e rinnovi a carico dell’Ordine", func(p PeriodRow) bool { return p.Cost != pec.Amounts{} }),

	"senza-casella": tracedWithout("Iscritti senza una casella in essere", every[WithoutRow]),
	"pec-propria":   tracedWithout("Iscritti senza una casella, con una PEC propria", func(w WithoutRow) bool { return w.OwnPEC }),

	"ordini":         tracedOrders("Ordini completati", every[OrderRow]),
	"acquisti":       tracedOrders("Acquisti", func(o OrderRow) bool { return o.Kind != pec.OrderRenewal }),
	"ordini-rinnovo": tracedOrders("Ordini di rinnovo", func(o OrderRow) bool { return o.Kind == pec.OrderRenewal }),
	"gb":             tracedOrders("Ordini con GB venduti", func(o OrderRow) bool { return o.GBSold > 0 }),

	"servizi-rinnovati": tracedServices("Servizi rinnovati", func(_ Year, s ServiceRow) bool { return s.Renewals > 0 }),
	"cessati-credito":   tracedServices("Servizi cessati per credito insufficiente", func(y Year, s ServiceRow) bool { return y.counts(s.EndedOn) && s.EndReason == pec.EndNoCredit }),
	"cessati-altro":     tracedServices("Servizi cessati per altri motivi", func(y Year, s ServiceRow) bool { return y.counts(s.EndedOn) && s.EndReason != pec.EndNoCredit }),
	"servizi-attivi":    tracedServices("Servizi attivi alla fine", func(y Year, s ServiceRow) bool { return s.running(y.Until) }),
	"gestore":           summed("Netto", tracedServices("Servizi acquistati presso il gestore", func(y Year, s ServiceRow) bool { return s.SoldBy == pec.SoldByProvider && y.counts(s.Since) })),

	"credito-iniziale": {title: "Credito degli iscritti prima dei movimenti dell’anno", list: Year.openedList, keep: func(y Year, _ Trace) Year { return y }},
	"credito-finale":   {title: "Credito degli iscritti alla fine", list: Year.heldList, keep: func(y Year, _ Trace) Year { return y }},

	"movimenti": {title: "Movimenti del credito", list: Year.movementList, keep: func(y Year, _ Trace) Year { return y }},

	"ricariche":     tracedMovements("Ricariche", pec.EntryTopUp),
	"ordini-pagati": tracedMovements("Ordini pagati dal credito", pec.EntryOrder),
	"riaccrediti":   tracedMovements("Riaccrediti di servizi respinti dal gestore", pec.EntryRecredit),
	"storni":        tracedMovements("Storni", pec.EntryReversal),
	"rimborsi":      tracedMovements("Rimborsi", pec.EntryRefund),
	"recuperi":      tracedMovements("Recuperi su ricariche", pec.EntryClaim),

	"scadenze": tracedExpiries("Scadenze", every[ExpiryRow]),
	"previsti": tracedExpiries("Rinnovi a carico dell’Ordine, avvenuti o previsti", func(e ExpiryRow) bool { return e.Outcome.renews() }),
}

// Lines are the rows that a figure counts or sums; false when there is no such
// figure.
func (y Year) Lines(t Trace) (Lines, bool) {
	f, ok := traces[t.Figure]
	if !ok {
		return Lines{}, false
	}
	if !f.months {
		t.Month = 0
	}
	if !f.groups {
		t.Kind, t.Section, t.Sector = "", "", ""
	}
	if t.Figure != "chiuse" {
		t.Reason = ""
	}
	l := f.list(f.keep(y, t))
	year := y.Year
	if f.next {
		year++
	}
	return Lines{Title: t.words(f.title, year, y.Until), Columns: l.columns, Rows: l.rows}, true
}

// words are the title with its year and what narrows the rows down.
func (t Trace) words(title string, year int, until pec.Date) string {
	when := fmt.Sprint(year)
	switch {
	case t.Month != 0:
		when = monthName(t.Month) + " " + when
	case year == until.Year && until.Before(pec.EndOfYear(year)):
		when = "dal 01/01 al " + until.Italian()
	}
	words := []string{title, when}
	if t.Kind != "" {
		words = append(words, "tipologia "+t.Kind)
	}
	if t.Section != "" {
		words = append(words, "sezione "+Group{Name: t.Section, Sector: t.Sector}.Label())
	}
	if t.Reason != "" {
		words = append(words, "motivo: "+t.Reason)
	}
	return strings.Join(words, ", ")
}

func (t Trace) within(d pec.Date) bool {
	return t.Month == 0 || !d.IsZero() && d.Month == t.Month
}

func (t Trace) isOf(kind, section, sector string) bool {
	is := func(wanted, name string) bool { return wanted == "" || strings.EqualFold(said(name), wanted) }
	return is(t.Kind, kind) && is(t.Section, section) && (t.Section == "" || is(t.Sector, sector))
}

// endOf is the last day of a month that counts; of no month, of the year.
func (y YearFacts) endOf(m time.Month) pec.Date {
	if m == 0 {
		return y.Until
	}
	return pec.Earliest(pec.NewDate(y.Year, m, 1).LastOfMonth(), y.Until)
}

// Page goes through the lines once and gives those from a place on, counted from
// 0, as a page shows them; how many there are in all; and the sums of the columns
// that have one, nil for none.
func (l Lines) Page(from, size int) (rows [][]string, all int, totals []string, err error) {
	t, err := measure(l.Columns, func(yield func([]any, error) bool) {
		n := 0
		for row, err := range l.Rows {
			if err == nil && n >= from && n < from+size {
				shown := make([]string, len(row))
				for i, v := range row {
					shown[i] = paperText(v)
				}
				rows = append(rows, shown)
			}
			n++
			if !yield(row, err) {
				return
			}
		}
	})
	if err != nil {
		return nil, 0, nil, err
	}
	return rows, t.rows, t.totals(l.Columns), nil
}

// Table holds all lines, to be taken away.
func (l Lines) Table() (Table, error) {
	t := Table{Title: l.Title, Columns: l.Columns}
	for row, err := range l.Rows {
		if err != nil {
			return t, err
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}
