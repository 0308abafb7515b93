package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"albopec/app/pec"
)

// Statement is a member's statement of account (estratto conto), of all the
// movements of the credit or of those between two days.
type Statement struct {
	OrderBody   string
	Holder      string
	Registered  string // registration number
	TaxCode     string
	From, Until pec.Date // both included; zero from the first movement, and to the last
	MadeOn      pec.Date
	Accounts    []Account // the member's own first, then those of positions merged into it
	WithActors  bool      // the workbook says who registered each movement
}

// Account is one ledger of a statement. All amounts are gross.
type Account struct {
	Title   string    // of a position merged into the member's; empty for the member's own
	Opening pec.Cents // the balance before the first day
	Entries []Movement
	Claim   pec.Cents // still to be recovered at the end; not part of the balance
}

// Movement is a line of the ledger.
type Movement struct {
	Seq    int // 0 of a reversal that found nothing to take: the ledger has no entry of it
	On     pec.Date
	What   string // "Ricarica", "Ordine 2026/000123"
	Detail string // how it was paid, the reference, the reason
	Amount pec.Cents
	Actor  string
}

// sums are what went in and what went out, both above zero.
func (a Account) sums() (in, out pec.Cents) {
	for _, m := range a.Entries {
		in += max(m.Amount, 0)
		out += max(-m.Amount, 0)
	}
	return in, out
}

// closing is the balance after the last movement.
func (a Account) closing() pec.Cents {
	in, out := a.sums()
	return a.Opening + in - out
}

// span says which days the statement is of.
func (s Statement) span() string {
	switch {
	case s.From.IsZero() && s.Until.IsZero():
		return "Tutti i movimenti, al " + s.MadeOn.Italian()
	case s.From.IsZero():
		return "Movimenti fino al " + s.Until.Italian()
	case s.Until.IsZero():
		return "Movimenti dal " + s.From.Italian() + " al " + s.MadeOn.Italian()
	}
	return "Movimenti dal " + s.From.Italian() + " al " + s.Until.Italian()
}

// last is the day to which the closing balance belongs.
func (s Statement) last() pec.Date {
	if s.Until.IsZero() {
		return s.MadeOn
	}
	return s.Until
}

// opens is the line before the movements.
func (s Statement) opens() string {
	if s.From.IsZero() {
		return "Saldo iniziale"
	}
	return "Saldo iniziale, prima dei movimenti del " + s.From.Italian()
}

func (s Statement) closes() string { return "Saldo finale al " + s.last().Italian() }

func (s Statement) title() string { return "Estratto conto di " + s.Holder }

// claimTitle names what is still to be recovered.
const claimTitle = "Da restituire all’Ordine, non compreso nel saldo"

// WriteStatementPDF writes the statement to be handed over: each movement with
// the balance after it, what was there before and what is there after.
func WriteStatementPDF(w io.Writer, s Statement) error { return writeStatement(w, s, true) }

func writeStatement(w io.Writer, s Statement, compress bool) error {
	p := newPaper(s.OrderBody, s.title(), "Movimenti del credito di un iscritto", s.MadeOn, compress)
	p.heading(s.OrderBody, "Estratto conto", s.span()+". Importi lordi, in euro.")
	p.facts([]titledFact{{"Iscritto", s.Holder}, {"Numero di iscrizione", s.Registered}, {"Codice fiscale", s.TaxCode}})
	for _, a := range s.Accounts {
		title := "Movimenti del credito"
		if a.Title != "" {
			title = a.Title
		}
		p.section(title, 35)
		p.list(s.listing(a))
		p.claim(s, a)
	}
	return p.write(w)
}

func (s Statement) listing(a Account) listing {
	l := listing{columns: []listingColumn{
		{"N.", 12, true}, {"Data", 20, true}, {"Movimento", 72, false}, {"Entrate", 22, true}, {"Uscite", 22, true}, {"Saldo", 22, true},
	}}
	in, out := a.sums()
	balance := a.Opening
	l.rows = append(l.rows, []string{"", "", s.opens(), "", "", balance.Euro()})
	for _, m := range a.Entries {
		balance += m.Amount
		what := m.What
		if m.Detail != "" {
			what += "\n" + m.Detail
		}
		number := ""
		if m.Seq > 0 {
			number = pec.Thousands(m.Seq)
		}
		row := []string{number, m.On.Italian(), what, "", "", balance.Euro()}
		if m.Amount > 0 {
			row[3] = m.Amount.Euro()
		} else {
			row[4] = (-m.Amount).Euro()
		}
		l.rows = append(l.rows, row)
	}
	if len(a.Entries) == 0 {
		l.rows = append(l.rows, []string{"", "", "Nessun movimento.", "", "", ""})
	}
	l.totals = [][]string{{"", "", "Totale dei movimenti", in.Euro(), out.Euro(), ""}, {"", "", s.closes(), "", "", a.closing().Euro()}}
	return l
}

// claim says what the member still owes.
func (p *paper) claim(s Statement, a Account) {
	if a.Claim == 0 {
		return
	}
	p.gap(3)
	p.keep(12)
	p.font("B", 10, faultInk)
	p.paragraph(5.2, fmt.Sprintf("%s, al %s: %s.", claimTitle, s.last().Italian(), a.Claim.Euro()))
	p.font("", 9.5, ink)
	p.paragraph(5, "La prossima ricarica lo salda per primo; fino ad allora non si può acquistare e i servizi non si rinnovano.")
}

// WriteXLSX writes the statement as a workbook, a sheet for each account: real
// days and amounts, the balance after each movement, the totals.
func (s Statement) WriteXLSX(w io.Writer) error {
	b, err := newBook(s.sheet(0))
	if err != nil {
		return err
	}
	defer b.close()
	if err := b.properties(s.title(), s.OrderBody, s.MadeOn); err != nil {
		return err
	}
	for i, a := range s.Accounts {
		heading := s.title()
		if a.Title != "" {
			heading = a.Title
		}
		t := s.table(a)
		err := b.addTable(sheet{name: s.sheet(i), heading: heading, owner: s.OrderBody, table: t, below: s.below(b, t, a)})
		if err != nil {
			return err
		}
	}
	return b.write(w)
}

// sheet names the sheet of an account; two positions may have one title.
func (s Statement) sheet(i int) string {
	if i == 0 {
		return "Estratto conto"
	}
	return sheetName(fmt.Sprintf("Posizione unita %d", i))
}

func (s Statement) table(a Account) Table {
	t := Table{Columns: []Column{
		{Title: "Data", Kind: Day}, {Title: "N.", Kind: Integer}, {Title: "Movimento"}, {Title: "Riferimento o motivo"},
		{Title: "Entrate", Kind: Money, Total: true}, {Title: "Uscite", Kind: Money, Total: true}, {Title: "Saldo", Kind: Money},
	}}
	balance := a.Opening
	t.Rows = append(t.Rows, []any{s.From, nil, "Saldo iniziale", nil, nil, nil, balance})
	for _, m := range a.Entries {
		balance += m.Amount
		row := []any{m.On, m.Seq, m.What, strings.ReplaceAll(m.Detail, "\n", ", "), nil, nil, balance}
		if m.Amount > 0 {
			row[4] = m.Amount
		} else {
			row[5] = -m.Amount
		}
		if m.Seq == 0 {
			row[1] = nil
		}
		t.Rows = append(t.Rows, row)
	}
	if s.WithActors {
		t.Columns = append(t.Columns, Column{Title: "Registrato da"})
		t.Rows[0] = append(t.Rows[0], nil)
		for i, m := range a.Entries {
			t.Rows[i+1] = append(t.Rows[i+1], m.Actor)
		}
	}
	return t
}

// below are the rows after the totals: the closing balance and what is owed.
func (s Statement) below(b *book, t Table, a Account) [][]any {
	const balance = 6 // the column
	line := func(title string, amount pec.Cents) []any {
		cells := make([]any, len(t.Columns))
		for i := range cells {
			cells[i] = excelize.Cell{StyleID: b.styles.strongLabel}
		}
		cells[0] = excelize.Cell{StyleID: b.styles.strongLabel, Value: title}
		cells[balance] = excelize.Cell{StyleID: b.styles.strongValue, Value: euro(amount)}
		return cells
	}
	rows := [][]any{line(s.closes(), a.closing())}
	if a.Claim != 0 {
		rows = append(rows, line(claimTitle, a.Claim))
	}
	return rows
}
