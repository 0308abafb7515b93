package pec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// OrderMade is an order made earlier on the day of a purchase.
type OrderMade struct {
	ID     int64
	Number string // empty while it waits for payment
	Own    bool   // made by who buys now; otherwise by another
	Hidden bool   // who buys now does not see it: it is not named
}

// Name is what a sentence calls it: "ordine 2026/000012".
func (o OrderMade) Name() string {
	if o.Number == "" {
		return "ordine in attesa di pagamento"
	}
	return "ordine " + o.Number
}

// Doubt is what whoever buys is asked before the order is made. No rule refuses
// it (R13, 9.1), but it is seldom meant: the same purchase twice on one day, or
// space that does not fit beside what already waits.
type Doubt struct {
	Product  Product
	Quantity int
	Same     []OrderMade // of that day, for the same mailbox, product and quantity; oldest first
	// Ahead are the waiting orders of inbox space of a mailbox with a cap that
	// would complete today were they paid, oldest first; Free is what may still be
	// added to the space that runs, in GB (R12).
	Ahead []WaitingOrder
	Free  int
}

// Doubt looks a purchase over that the rules allow; same is what Doubt.Same
// holds. Waiting orders do not count to the cap until they complete (9.1): what
// can certainly never complete together is told before it is paid.
//
// With 1 GB of at most 5, an order of 3 GB that waits and another of 3 GB: 4 may
// be added, the first takes 3 of them, and the second does not fit.
func (b Book) Doubt(a Agreement, mailbox int64, product Product, quantity int, same []OrderMade) Doubt {
	d := Doubt{Product: product, Quantity: quantity, Same: same}
	i := slices.IndexFunc(b.Mailboxes, func(m Mailbox) bool { return m.ID == mailbox })
	if product.Code != InboxGB || i < 0 {
		return d
	}
	extra := ExtraGB(slices.DeleteFunc(slices.Clone(b.Services), func(s Service) bool { return s.MailboxID != mailbox }))
	capped := false
	for _, code := range []string{b.Mailboxes[i].Kind, b.Mailboxes[i].KindAhead()} {
		if k, ok := a.Kind(code); ok && k.MaxInboxGB != nil {
			free := *k.MaxInboxGB - k.BaseInboxGB - extra
			if !capped || free < d.Free {
				d.Free = free
			}
			capped = true
		}
	}
	if !capped {
		return d
	}
	taken := 0
	for _, w := range b.Waiting {
		if w.MailboxID == mailbox && w.Renewal == nil && w.Product == InboxGB && taken+w.Quantity <= d.Free {
			taken += w.Quantity
			d.Ahead = append(d.Ahead, w)
		}
	}
	return d
}

// ahead is the space that the orders which wait will take, in GB.
func (d Doubt) ahead() (gb int) {
	for _, w := range d.Ahead {
		gb += w.Quantity
	}
	return gb
}

// Crowded reports whether the purchase and what waits never fit together.
func (d Doubt) Crowded() bool { return len(d.Ahead) > 0 && d.ahead()+d.Quantity > d.Free }

// Asked names the orders that a question is about, "12,15"; empty when nothing is
// asked. Who confirms sends it back, so that one order more is asked about again.
func (d Doubt) Asked() string {
	var ids []int64
	for _, o := range d.Same {
		ids = append(ids, o.ID)
	}
	if d.Crowded() {
		for _, w := range d.Ahead {
			ids = append(ids, w.ID)
		}
	}
	slices.Sort(ids)
	var names []string
	for _, id := range slices.Compact(ids) {
		names = append(names, strconv.FormatInt(id, 10))
	}
	return strings.Join(names, ",")
}

// Refuse is the question as an answer to who has not confirmed; nil when nothing
// is asked, or when confirmed names just what is.
func (d Doubt) Refuse(confirmed string) *Problem {
	if asked := d.Asked(); asked == "" || asked == confirmed {
		return nil
	}
	return Refuse(Doubtful, "%s", strings.TrimSpace(d.Again()+" "+d.tooMuch()))
}

// Doubtful is the code of the Problem that asks for a confirmation.
const Doubtful = "purchase_doubtful"

// Again asks whether the same is really bought again; empty when nothing was.
//
// "Oggi ha già acquistato 2 GB per questa casella (ordine 2026/000012): conferma
// un secondo acquisto?"
func (d Doubt) Again() string {
	if len(d.Same) == 0 {
		return ""
	}
	last, done := d.Same[len(d.Same)-1], "Oggi ha già acquistato "
	switch {
	case !last.Own:
		done = "Oggi risulta già l’acquisto di "
	case last.Number == "":
		done = "Oggi ha già ordinato "
	}
	what, another := d.Product.Pieces(d.Quantity), "un secondo acquisto"
	if n := len(d.Same); n > 1 {
		what, another = fmt.Sprintf("%s, %d volte,", what, n), "un altro acquisto"
	}
	named := " (" + last.Name() + ")"
	if last.Hidden {
		named = ""
	}
	return done + what + " per questa casella" + named + ": conferma " + another + "?"
}

// Places names the waiting orders of space in the sentences of Crowd and Beside,
// in their order: "3 GB del 15/06/2018".
func (d Doubt) Places() []string {
	var names []string
	for _, w := range d.Ahead {
		names = append(names, Product{Code: InboxGB}.Pieces(w.Quantity)+" del "+w.OrderedOn.Italian())
	}
	return names
}

func (d Doubt) waiting() (subject, takes string) {
	places := d.Places()
	if len(places) == 1 {
		return "Un ordine in attesa di " + places[0], "occuperà"
	}
	return "Gli ordini in attesa di " + strings.Join(places[:len(places)-1], ", di ") + " e di " + places[len(places)-1], "occuperanno"
}

// Crowd warns that the order and those that wait never fit together, and says
// what becomes of them; empty when they do.
func (d Doubt) Crowd() string {
	if !d.Crowded() {
		return ""
	}
	instead := "quello in attesa"
	if len(d.Ahead) > 1 {
		instead = "quelli in attesa"
	}
	return fmt.Sprintf("%s Quello che non ci sta più si annulla quando è pagato, e il suo importo resta credito. Se vuole questo acquisto al posto di %s, prima annulli %s.",
		d.tooMuch(), instead, instead)
}

// tooMuch is the figures of Crowd.
func (d Doubt) tooMuch() string {
	if !d.Crowded() {
		return ""
	}
	subject, takes := d.waiting()
	which := "dei due ordini se ne può completare uno solo"
	if len(d.Ahead) > 1 {
		which = "gli ordini non si possono completare tutti"
	}
	return fmt.Sprintf("%s %s già %s %s che si possono ancora aggiungere: con questi sarebbero %d, perciò %s.",
		subject, takes, Product{Code: InboxGB}.Pieces(d.ahead()), TheMany("dei", d.Free), d.ahead()+d.Quantity, which)
}

// Beside tells of space that waits and leaves room for the purchase; empty when
// there is none, or when it leaves none.
func (d Doubt) Beside() string {
	if len(d.Ahead) == 0 || d.Crowded() {
		return ""
	}
	subject, takes := d.waiting()
	return fmt.Sprintf("%s %s già %s %s che si possono ancora aggiungere: con questi sono %d.", subject, takes, Product{Code: InboxGB}.Pieces(d.ahead()), TheMany("dei", d.Free), d.ahead()+d.Quantity)
}
