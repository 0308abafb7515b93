package pec

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// MaxQuantity bounds what one purchase may ask for where no cap does.
const MaxQuantity = 10_000

// QuoteRequest is what somebody would buy, and for which mailbox.
type QuoteRequest struct {
	On       Date   // day of the purchase
	Expires  Date   // E of the mailbox
	Product  string // code
	Quantity int
	Kind     string // the mailbox's kind; empty when no mailbox is meant: no cap is checked
	ExtraGB  int    // inbox GB the mailbox already has beside the base
	Term     int    // years of the next renewal; 0 is 1
	ByOrder  bool   // on E only an order renews the mailbox (R18)
	// Agreements are all that are known: the one in force when the free window
	// opens decides whether it does (R11).
	Agreements []Agreement
}

// Quote is what a purchase would cost on a day, with the reason (preventivo).
type Quote struct {
	On          Date
	Expires     Date
	Product     Product
	Quantity    int
	Policy      Policy
	Free        bool // inside the free window: nothing until E (R11)
	Years       int  // whole years charged, under full_year
	Months      int  // started months charged, under monthly
	UnitPrice   Cents
	VATRate     decimal.Decimal
	Price       Amounts
	RenewalOn   Date    // zero for a one-off product, or one that is not renewed
	Renewal     Amounts // price of the renewal at E, for the quantity bought
	ByOrder     bool    // which only an order on the mailbox makes (R18)
	FreeFrom    Date    // set within 30 days before the free window opens (R11)
	AgreementID int64
	Reason      string // one Italian sentence
}

// Quote works out what a purchase costs under the agreement of its day (R8 to
// R12). The agreement in force on E, when one is known, prices the renewal.
// What may not be bought comes back as a Problem.
//
// Bought on 07/12/2017 with E 12/10/2018, 1 GB at 2,50 € net: one year,
// 2,50 + 0,55 = 3,05 €.
func (a Agreement) Quote(r QuoteRequest, atExpiry *Agreement) (Quote, error) {
	p, err := a.productFor(r)
	if err != nil {
		return Quote{}, err
	}
	q := Quote{
		On: r.On, Expires: r.Expires, Product: p, Quantity: r.Quantity,
		Policy: a.Policy, UnitPrice: p.UnitPrice(), VATRate: a.VATRate, AgreementID: a.ID,
	}
	net := q.UnitPrice * Cents(r.Quantity)
	if !p.OneOff {
		part := a.partTo(net, r.On, r.Expires)
		net, q.Free, q.Years, q.Months = part.net, part.free, part.years, part.months
		if opens := a.FreeFrom(r.Agreements, r.On, r.Expires); part.years > 0 && !opens.IsZero() && !r.On.AddDays(30).Before(opens) {
			q.FreeFrom = opens
		}
	}
	q.Price = Taxed(net, a.VATRate)
	if !p.OneOff && atExpiry != nil && atExpiry.SoldBy == SoldByOrdine {
		if later, ok := atExpiry.Product(p.Code); ok && (r.Kind == "" || later.AllowedOn(r.Kind)) {
			q.RenewalOn, q.ByOrder = r.Expires, r.ByOrder
			q.Renewal = atExpiry.YearPrice(later, r.Quantity, max(r.Term, 1))
		}
	}
	q.Reason = q.explain(a, max(r.Term, 1))
	return q, nil
}

// part is what a yearly price comes to from a day until E.
type part struct {
	net    Cents
	free   bool // in the free window (R11)
	years  int  // charged whole, under full_year
	months int  // started, under monthly
}

// partTo works out what a net price a year comes to from a day until E (R8,
// R9).
func (a Agreement) partTo(yearly Cents, on, expires Date) part {
	switch {
	case a.Policy == Monthly:
		m := monthsTo(on, expires)
		return part{net: CentsOf(yearly.Decimal().Mul(decimal.New(int64(m), 0)).DivRound(decimal.New(12, 0), 8)), months: m}
	case a.inFreeWindow(on, expires):
		return part{free: true}
	}
	n := yearsTo(on, expires)
	return part{net: yearly * Cents(n), years: n}
}

// productFor finds the product asked for and refuses what R12 refuses.
func (a Agreement) productFor(r QuoteRequest) (Product, error) {
	if r.Quantity < 1 {
		return Product{}, Refuse("quantity_invalid", "Ha scritto %s: la quantità deve essere almeno 1.", Thousands(r.Quantity)).On("quantity")
	}
	if r.Quantity > MaxQuantity {
		return Product{}, Refuse("quantity_invalid", "Ha scritto %s: la quantità non può superare %s.", Thousands(r.Quantity), Thousands(MaxQuantity)).On("quantity")
	}
	p, ok := a.Product(r.Product)
	if !ok {
		return Product{}, Refuse("product_unknown", "Il servizio «%s» non è nella convenzione in vigore.", r.Product).On("product")
	}
	if !r.On.Before(r.Expires) {
		return Product{}, Refuse("mailbox_expired", "La casella scade il %s: dal giorno di scadenza e fino al rinnovo non si accettano acquisti.", r.Expires.Italian())
	}
	if r.Kind == "" {
		return p, nil
	}
	k, ok := a.Kind(r.Kind)
	if !ok {
		return Product{}, Refuse("kind_unknown", "La tipologia «%s» della casella non è nella convenzione in vigore.", r.Kind)
	}
	if !p.AllowedOn(k.Code) {
		return Product{}, Refuse("product_not_allowed", "Una casella %s non può avere «%s».", k.Name, p.Name).On("product")
	}
	if p.Code == InboxGB && k.MaxInboxGB != nil && k.BaseInboxGB+r.ExtraGB+r.Quantity > *k.MaxInboxGB {
		return Product{}, capExceeded(k, r.ExtraGB, r.Quantity)
	}
	return p, nil
}

func capExceeded(k Kind, extra, quantity int) *Problem {
	now, limit := k.BaseInboxGB+extra, *k.MaxInboxGB
	if limit <= now {
		return Refuse("cap_exceeded", "La casella ha già %d GB, il massimo per la tipologia %s: non se ne possono aggiungere.", now, k.Name).On("quantity")
	}
	return Refuse("cap_exceeded", "La casella ha %d GB e può arrivare a %d: se ne possono aggiungere al massimo %d, non %d.", now, limit, limit-now, quantity).On("quantity")
}

// WindowOpens is the first day on which a purchase for a mailbox with this E costs
// nothing until E (R8, R11); zero under an agreement without a free window.
func (a Agreement) WindowOpens(expires Date) Date {
	if a.Policy != FullYear || a.FreeWindowMonths == 0 {
		return Date{}
	}
	return expires.AddMonths(-a.FreeWindowMonths)
}

// FreeFrom is the first day on which a purchase for a mailbox with this E costs
// nothing until E, as far as is known on a day (R11): where the window is still to
// open, the agreement in force then has to give it too. Zero when none does.
func (a Agreement) FreeFrom(agreements []Agreement, on, expires Date) Date {
	opens := a.WindowOpens(expires)
	if then, ok := InForce(agreements, opens); ok && on.Before(opens) && !then.inFreeWindow(opens, expires) {
		return Date{}
	}
	return opens
}

// inFreeWindow reports whether not more than the free window is left to E: the
// purchase day is E minus the window or later (R8).
func (a Agreement) inFreeWindow(on, expires Date) bool {
	opens := a.WindowOpens(expires)
	return !opens.IsZero() && !on.Before(opens)
}

// yearsTo counts the years left to E backwards from it, a started one whole.
func yearsTo(on, expires Date) int {
	for n := 1; ; n++ {
		if !on.Before(expires.AddMonths(-12 * n)) {
			return n
		}
	}
}

// monthsTo counts the started months from the purchase on: the m-th ends on
// the purchase day plus m months (R9).
func monthsTo(on, expires Date) int {
	for m := 1; ; m++ {
		if !on.AddMonths(m).Before(expires) {
			return m
		}
	}
}

// Sum writes a taxed amount out: "2,50 € + IVA 0,55 € = 3,05 €".
func (a Amounts) Sum() string {
	return a.Net.Euro() + " + IVA " + a.VAT.Euro() + " = " + a.Gross.Euro()
}

// costs is a taxed amount with the verb "costa", or "costano" of many: "costa
// 2,50 € + IVA 0,55 € = 3,05 €", "non costano nulla".
func (a Amounts) costs(verb string) string {
	if a.Gross == 0 {
		return "non " + verb + " nulla"
	}
	return verb + " " + a.Sum()
}

// Priced is Sum where something has a price, and "gratuito" where it has none.
func (a Amounts) Priced() string {
	if a.Gross == 0 {
		return "gratuito"
	}
	return a.Sum()
}

// at is a taxed amount as the price of what goes on: "a 2,50 € + IVA …", "senza
// costo".
func (a Amounts) at() string {
	if a.Gross == 0 {
		return "senza costo"
	}
	return "a " + a.Sum()
}

// What names the quantity bought: "2 GB in più", "1 GB di Conservazione a
// norma", "3 × Multiutente".
func (p Product) What(quantity int) string {
	if p.Code == InboxGB {
		return p.Pieces(quantity) + " in più"
	}
	return p.Pieces(quantity)
}

// Lost names what of the product ends for want of credit, and with how much it would
// go on where that is less: "2 GB in più, che si rinnoverebbero con 1 GB".
func (p Product) Lost(e Event) string {
	if e.Lowered == 0 {
		return p.What(e.Quantity)
	}
	return p.What(e.Quantity) + ", che si rinnoverebbero con " + p.Pieces(e.Lowered)
}

// Pieces is What on a button and in a question: "2 GB", "3 × Multiutente".
func (p Product) Pieces(quantity int) string {
	switch {
	case p.Code == InboxGB:
		return Thousands(quantity) + "\u00a0GB"
	case p.Unit == "GB":
		return Thousands(quantity) + "\u00a0GB di " + p.Name
	}
	return fmt.Sprintf("%d × %s", quantity, p.Name)
}

func (q Quote) explain(a Agreement, term int) string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	what, until := q.Product.What(q.Quantity), q.Expires.Italian()
	one := func(singular, plural string) string {
		if q.Quantity == 1 {
			return singular
		}
		return plural
	}
	costs, renews := one("costa", "costano"), one("si rinnova", "si rinnovano")
	window := fmt.Sprintf("%d\u00a0mesi", a.FreeWindowMonths)
	if a.FreeWindowMonths == 1 {
		window = "un mese"
	}
	switch {
	case q.Product.OneOff:
		say("%s %s", what, q.Price.costs(costs))
		if q.Price.Gross > 0 {
			say(", da pagare una volta sola")
		}
	case q.Free:
		say("%s fino al %s, giorno di scadenza della casella, non %s nulla: mancano %s o meno e la convenzione %s dà gratis (dal %s)",
			what, until, costs, window, one("lo", "li"), q.Expires.AddMonths(-a.FreeWindowMonths).Italian())
	case q.Price.Gross == 0:
		say("%s fino al %s, giorno di scadenza della casella, %s", what, until, q.Price.costs(costs))
	case q.Policy == Monthly:
		say("%s fino al %s, giorno di scadenza della casella, %s %s: la convenzione fa pagare %s",
			what, until, costs, q.Price.Sum(), startedMonths(q.Months))
	case q.Years == 1:
		say("%s fino al %s, giorno di scadenza della casella, %s %s: %s la convenzione fa pagare l’anno intero",
			what, until, costs, q.Price.Sum(), moreThan(window, a))
	default:
		say("%s fino al %s, giorno di scadenza della casella, %s %s: la convenzione fa pagare %d anni, contati all’indietro dalla scadenza, e quello iniziato vale intero",
			what, until, costs, q.Price.Sum(), q.Years)
	}
	if !q.FreeFrom.IsZero() {
		say("; dal %s %s fino alla scadenza", q.FreeFrom.Italian(), one("è gratuito", "sono gratuiti"))
	}
	switch {
	case q.Product.OneOff:
	case q.RenewalOn.IsZero():
		say("; alla scadenza %s e non %s", one("termina", "terminano"), renews)
	case q.ByOrder:
		say("; dopo il %s %s solo con un ordine di rinnovo della casella, per %s %s, altrimenti %s con lei",
			until, one("continua", "continuano"), oneYear(term), q.Renewal.at(), one("termina", "terminano"))
	default:
		say("; il %s %s per %s %s", until, renews, oneYear(term), q.Renewal.at())
		if q.Renewal.Gross > 0 {
			say(", se il credito basta")
		}
	}
	return b.String() + "."
}

// oneYear is "un anno" or "3 anni".
func oneYear(n int) string {
	if n == 1 {
		return "un anno"
	}
	return fmt.Sprintf("%d anni", n)
}

func moreThan(window string, a Agreement) string {
	if a.FreeWindowMonths == 0 {
		return "qualunque sia il giorno dell’acquisto,"
	}
	return "mancano più di " + window + ", perciò"
}

func startedMonths(n int) string {
	if n == 1 {
		return "1 mese iniziato su 12"
	}
	return fmt.Sprintf("%d mesi iniziati, un dodicesimo del prezzo annuo ciascuno", n)
}
