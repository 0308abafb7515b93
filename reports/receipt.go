package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"albopec/app/pec"
)

// Receipt is what a completed order came to, for who paid it (ricevuta). It is
// no invoice.
type Receipt struct {
	OrderBody   string
	Number      string // 2026/000123
	Kind        pec.OrderKind
	OrderedOn   pec.Date
	CompletedOn pec.Date
	Holder      string
	Registered  string // registration number
	TaxCode     string
	VATNumber   string // of an order that had it confirmed
	Recipient   string // of its e-invoice, in words; empty where none was confirmed
	Mailbox     string
	Delivery    string // where what is handed over goes to, in words; empty where nothing is
	Lines       []ReceiptLine
	// Movement is the place in the ledger of the entry by which the order was
	// paid and Balance the credit after it; 0 when the order cost nothing.
	Movement  int
	Balance   pec.Cents
	Recredits []string // what came back to the credit since, a sentence a line
}

// ReceiptLine is a line of the order as it was charged.
type ReceiptLine struct {
	Name      string
	Quantity  int
	Unit      string
	UnitPrice pec.Cents // net
	Years     int
	Months    int
	From, To  pec.Date // zero for what has no term
	VATRate   string   // percent, "22"
	Price     pec.Amounts
	Reason    string // the sentence that explains the price
}

// total is the sum of the lines.
func (r Receipt) total() pec.Amounts {
	var sum pec.Amounts
	for _, l := range r.Lines {
		sum = sum.Plus(l.Price)
	}
	return sum
}

// WriteReceiptPDF writes the receipt of an order. The same order gives the same
// bytes on whatever day it is asked for.
func WriteReceiptPDF(w io.Writer, r Receipt) error { return writeReceipt(w, r, true) }

func writeReceipt(w io.Writer, r Receipt, compress bool) error {
	title := "Ricevuta dell’ordine " + r.Number
	p := newPaper(r.OrderBody, title, "Ricevuta di un ordine", r.CompletedOn, compress)
	p.heading(r.OrderBody, title, capital(r.Kind.Italian())+" per la casella PEC, "+r.when()+".")
	p.facts(r.facts())
	p.section("Che cosa comprende", 30)
	p.list(r.lines())
	p.gap(4)
	p.closing(r)
	return p.write(w)
}

// when is "completato il 15/06/2018", and on which day it was ordered when that
// is another.
func (r Receipt) when() string {
	text := "completato il " + r.CompletedOn.Italian()
	if r.OrderedOn != r.CompletedOn {
		text = "ordinato il " + r.OrderedOn.Italian() + " e " + text
	}
	return text
}

func (r Receipt) facts() []titledFact {
	return []titledFact{
		{"Iscritto", r.Holder}, {"Numero di iscrizione", r.Registered}, {"Codice fiscale", r.TaxCode}, {"Partita IVA", r.VATNumber},
		{"Fattura elettronica a", r.Recipient}, {"Casella PEC", r.Mailbox}, {"Consegna", r.Delivery},
		{"Ordine", r.Number}, {"Completato il", r.CompletedOn.Italian()},
	}
}

func (r Receipt) lines() listing {
	l := listing{columns: []listingColumn{
		{"Servizio", 42, false}, {"Quantità", 16, true}, {"Prezzo unitario netto", 19, true}, {"Periodo", 26, false},
		{"Netto", 19, true}, {"Aliquota", 13, true}, {"IVA", 16, true}, {"Lordo", 19, true},
	}}
	for _, line := range r.Lines {
		l.rows = append(l.rows, []string{
			line.Name, line.quantity(), line.unitPrice(), line.period(),
			line.Price.Net.Euro(), strings.Replace(line.VATRate, ".", ",", 1) + "\u00a0%", line.Price.VAT.Euro(), line.Price.Gross.Euro(),
		})
	}
	sum := r.total()
	l.totals = [][]string{{"Totale", "", "", "", sum.Net.Euro(), "", sum.VAT.Euro(), sum.Gross.Euro()}}
	return l
}

// quantity is "2 GB"; of what is counted in pieces only the figure.
func (l ReceiptLine) quantity() string {
	if l.Unit == "GB" {
		return pec.Thousands(l.Quantity) + "\u00a0GB"
	}
	return pec.Thousands(l.Quantity)
}

// unitPrice is the net price of one piece, which for what is counted in months is
// that of a year.
func (l ReceiptLine) unitPrice() string {
	if l.Months > 0 {
		return l.UnitPrice.Euro() + "\nall’anno"
	}
	return l.UnitPrice.Euro()
}

// period is the term of a line and what was charged of it.
func (l ReceiptLine) period() string {
	var parts []string
	if !l.From.IsZero() {
		parts = append(parts, "dal\u00a0"+l.From.Italian(), "al\u00a0"+l.To.Italian())
	}
	switch {
	case l.Years > 0:
		parts = append(parts, count(l.Years, "", "1\u00a0anno", "%s\u00a0anni"))
	case l.Months > 0:
		parts = append(parts, count(l.Months, "", "1\u00a0mese su 12", "%s\u00a0mesi su 12"))
	case len(parts) == 0:
		return "una volta sola"
	case l.Price.Gross == 0:
		parts = append(parts, "periodo gratuito")
	}
	return strings.Join(parts, "\n")
}

// closing says how the order was paid, what the document is not, and why the
// order cost what it did.
func (p *paper) closing(r Receipt) {
	p.keep(25)
	if len(r.Lines) > 1 {
		p.font("", 9, muted)
		p.paragraph(4.6, pec.VATByLine)
		p.gap(1.5)
	}
	p.font("", 10, ink)
	p.paragraph(5.2, r.paid())
	for _, back := range r.Recredits {
		p.paragraph(5.2, back)
	}
	p.gap(1.5)
	p.font("B", 10, ink)
	p.paragraph(5.2, "Questo documento non è una fattura.")
	reasons := r.reasons()
	if len(reasons) == 0 {
		return
	}
	p.section("Come si è formato il prezzo", 25)
	p.font("", 9.5, ink)
	for _, reason := range reasons {
		p.paragraph(5, reason)
		p.gap(1)
	}
}

// reasons are the sentences that explain the prices, each once.
func (r Receipt) reasons() []string {
	var list []string
	for _, l := range r.Lines {
		if l.Reason != "" && !slices.Contains(list, l.Reason) {
			list = append(list, l.Reason)
		}
	}
	return list
}

func (r Receipt) paid() string {
	if r.Movement == 0 {
		return "L’ordine non costava nulla: dal credito non è stato preso nulla."
	}
	return fmt.Sprintf("Pagato con il credito il %s: %s, movimento n. %d. Credito dopo il pagamento: %s.",
		r.CompletedOn.Italian(), r.total().Gross.Euro(), r.Movement, r.Balance.Euro())
}
