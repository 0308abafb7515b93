package web

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// pageOfArea is how many rows a member's list shows at once.
const pageOfArea = 25

// waitingOf tells what a waiting order lacks, and until when it can be paid.
func (s *site) waitingOf(tx *db.ReadTx, o db.OrderListed, boxes []db.MailboxRow) (areaWaiting, error) {
	w := areaWaiting{OrderRow: o.OrderRow, What: o.What, Address: o.Address}
	var err error
	if w.Missing, err = office.MissingFor(tx, o.OrderRow); err != nil {
		return w, err
	}
	for _, b := range boxes {
		if b.ID == o.MailboxID {
			w.PayBy = payBy(o.OrderRow, b)
		}
	}
	return w, nil
}

type ownOrdersPage struct {
	Frame
	Orders []ownOrderLine
	Pager  *Pager
}

// cancelledByMember is the reason of an order that its own member gave up.
const cancelledByMember = "annullato dall’iscritto"

// WhyCancelled is the reason of an order that somebody else cancelled.
func (l ownOrderLine) WhyCancelled() string {
	if l.State != pec.OrderCancelled || l.Reason == "" || l.Reason == cancelledByMember {
		return ""
	}
	return sentence(l.Reason)
}

// ownOrderLine is a line of a member's orders.
type ownOrderLine struct{ db.OrderListed }

// IsCompleted reports whether the order was paid.
func (l ownOrderLine) IsCompleted() bool { return l.State == pec.OrderCompleted }

// StateKind is the badge of an order that is not completed.
func (l ownOrderLine) StateKind() string {
	if l.State == pec.OrderAwaitingPayment {
		return "warning"
	}
	return "secondary"
}

// ownOrders lists a member's orders, newest first.
func (s *site) ownOrders(c *fiber.Ctx) error {
	p := ownOrdersPage{Frame: s.frame(c, "Ordini e ricevute")}
	before := int64(c.QueryInt("prima"))
	err := s.read(c, func(tx *db.ReadTx) error {
		list, err := tx.OrderList(db.OrderFilter{Member: who(c).ID, Before: before, Limit: pageOfArea + 1})
		for _, o := range list {
			p.Orders = append(p.Orders, ownOrderLine{o})
		}
		return err
	})
	if err != nil {
		return err
	}
	more := len(p.Orders) > pageOfArea
	if more {
		p.Orders = p.Orders[:pageOfArea]
	}
	p.Pager = newestFirst("/area/ordini", before, more, func() string { return strconv.FormatInt(p.Orders[len(p.Orders)-1].ID, 10) })
	return s.show(c, "areaorders", &p)
}

// newestFirst is the pager of a list that goes back in time; the way back leads
// to its beginning.
func newestFirst(path string, before int64, more bool, last func() string) *Pager {
	var p Pager
	if before != 0 {
		p.Prev = path
	}
	if more {
		p.Next = path + "?prima=" + last()
	}
	if p == (Pager{}) {
		return nil
	}
	return &p
}

type ownOrderPage struct {
	Frame
	db.OrderRow
	Address string
	Lines   []db.OrderLine
	Total   pec.Amounts
	Holder  db.MemberRow
	Renewal *db.RenewalOrder // with the holder and the e-invoice data as confirmed; nil for a purchase
	Pay     *areaWaiting     // while it waits
	Deliver db.Delivery
	Payment payment
}

// IsWaiting reports whether the order waits for payment.
func (p *ownOrderPage) IsWaiting() bool { return p.State == pec.OrderAwaitingPayment }

// IsCompleted reports whether the order was paid.
func (p *ownOrderPage) IsCompleted() bool { return p.State == pec.OrderCompleted }

// payment is what a member needs to know to pay.
type payment struct {
	Order  string // the Ordine
	Reason string // what to write on the bank transfer
}

func paymentOf(f Frame, m db.MemberRow) payment {
	return payment{Order: f.Order, Reason: m.PaymentReason()}
}

// ownOrder is the result of a purchase, and later its receipt.
func (s *site) ownOrder(c *fiber.Ctx) error {
	p, err := s.ownOrderPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "areaorder", p)
}

// ownOrderPage loads an order of the member; another's is as if it did not
// exist.
func (s *site) ownOrderPage(c *fiber.Ctx) (*ownOrderPage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &ownOrderPage{Frame: s.frame(c, "Ordine", Crumb{"Ordini e ricevute", "/area/ordini"})}
	err = s.read(c, func(tx *db.ReadTx) error {
		var box db.MailboxRow
		if p.OrderRow, box, err = orderFor(tx, id, who(c).ID); err != nil {
			return err
		}
		p.Address = box.Address
		if p.Lines, err = tx.OrderLines(id); err != nil {
			return err
		}
		if p.Holder, err = tx.Member(p.MemberID); err != nil {
			return err
		}
		if p.Deliver, err = tx.DeliveryOf(id); err != nil {
			return err
		}
		if r, confirmed, err := tx.RenewalOrder(id); err != nil {
			return err
		} else if confirmed {
			p.Renewal = &r
		}
		p.Payment = paymentOf(p.Frame, p.Holder)
		if p.State != pec.OrderAwaitingPayment {
			return nil
		}
		w, err := s.waitingOf(tx, db.OrderListed{OrderRow: p.OrderRow, Address: box.Address}, []db.MailboxRow{box})
		p.Pay = &w
		return err
	})
	for _, l := range p.Lines {
		p.Total = p.Total.Plus(l.Price)
	}
	p.retitle(orderTitle(p.OrderRow))
	return p, err
}

func orderTitle(o db.OrderRow) string {
	switch o.State {
	case pec.OrderCompleted:
		return "Ordine " + o.Number()
	case pec.OrderAwaitingPayment:
		return "Ordine in attesa di pagamento"
	}
	return "Ordine " + o.State.Italian()
}

// cancelPage asks before a waiting order is cancelled.
func (s *site) cancelPage(c *fiber.Ctx) error {
	p, err := s.ownOrderPage(c)
	if err != nil {
		return err
	}
	if !p.IsWaiting() {
		return c.Redirect(fmt.Sprintf("/area/ordini/%d", p.ID), fiber.StatusSeeOther)
	}
	p.Crumbs[len(p.Crumbs)-1].Path = fmt.Sprintf("/area/ordini/%d", p.ID)
	p.Title = "Annulla l’ordine"
	p.Crumbs = append(p.Crumbs, Crumb{Title: p.Title})
	return s.show(c, "areacancel", p)
}

func (s *site) cancelOwnOrder(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if err := s.office.CancelOrder(ctx(c), who(c).Actor(), id, who(c).ID, cancelledByMember); err != nil {
		return err
	}
	return s.done(c, "/area", "L’ordine è annullato.", "Non Le è stato addebitato nulla.")
}

type ownEntriesPage struct {
	Frame
	Entries        []db.Entry
	Balance, Claim pec.Cents
	Pager          *Pager
	Export         statementForm
	Former         [][]db.Entry // of positions that were merged into the member's, each newest first; on the last page
}

// ownEntries is the member's statement of account, newest first.
func (s *site) ownEntries(c *fiber.Ctx) error {
	p, err := s.ownEntriesPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "areaentries", p)
}

func (s *site) ownEntriesPage(c *fiber.Ctx) (*ownEntriesPage, error) {
	p := &ownEntriesPage{Frame: s.frame(c, "Movimenti"), Export: statementForm{Path: "/area/movimenti/esporta"}}
	before := c.QueryInt("prima")
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		member := who(c).ID
		if p.Entries, err = tx.EntriesBefore(member, before, pageOfArea+1); err != nil {
			return err
		}
		if p.Balance, err = tx.Balance(member); err != nil {
			return err
		}
		p.Claim, err = tx.Claim(member)
		return err
	})
	if err != nil {
		return nil, err
	}
	more := len(p.Entries) > pageOfArea
	if more {
		p.Entries = p.Entries[:pageOfArea]
	}
	if !more {
		if err := s.read(c, p.former(who(c).ID)); err != nil {
			return nil, err
		}
	}
	p.Pager = newestFirst("/area/movimenti", int64(before), more, func() string { return strconv.Itoa(p.Entries[len(p.Entries)-1].Seq) })
	return p, nil
}

// former reads the movements of the positions merged into a member's.
func (p *ownEntriesPage) former(member int64) func(*db.ReadTx) error {
	return func(tx *db.ReadTx) error {
		merged, err := tx.MergedInto(member)
		for _, m := range merged {
			entries, err := tx.Entries(m.ID)
			if err != nil {
				return err
			}
			if len(entries) > 0 {
				slices.Reverse(entries)
				p.Former = append(p.Former, entries)
			}
		}
		return err
	}
}

type howToPayPage struct {
	Frame
	Balance, Claim pec.Cents
	Needs          []need
	Payment        payment
}

// need is something that a top-up would pay for, and the top-up it takes.
type need struct {
	Title, Note string
	Amount      pec.Cents
}

// howToPay tells how to put money in: there is no payment by card here.
func (s *site) howToPay(c *fiber.Ctx) error {
	p := howToPayPage{Frame: s.frame(c, "Ricarica")}
	err := s.read(c, func(tx *db.ReadTx) error {
		member := who(c).ID
		m, err := tx.Member(member)
		if err != nil {
			return err
		}
		p.Payment = paymentOf(p.Frame, m)
		book, agreements, err := s.office.Book(tx, member)
		if err != nil {
			return err
		}
		p.Balance, p.Claim = book.Credit, book.Claim
		boxes, err := tx.MailboxesOf(member)
		if err != nil {
			return err
		}
		if p.Needs, err = s.waitingNeeds(tx, member, boxes); err != nil {
			return err
		}
		for _, b := range boxes {
			if f := book.Forecast(agreements, b.ID, p.Today); f.Missing > 0 {
				p.Needs = append(p.Needs, need{"Rinnovo del " + f.On.Italian(), renewalNeed(f, b, book), f.Missing})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.show(c, "areatopup", &p)
}

func (s *site) waitingNeeds(tx *db.ReadTx, member int64, boxes []db.MailboxRow) ([]need, error) {
	waiting, err := tx.OrderList(db.OrderFilter{Member: member, State: string(pec.OrderAwaitingPayment)})
	if err != nil {
		return nil, err
	}
	var needs []need
	for _, o := range waiting {
		w, err := s.waitingOf(tx, o, boxes)
		if err != nil {
			return nil, err
		}
		needs = append(needs, need{"Ordine del " + o.OrderedOn.Italian(), o.What + ", da pagare entro il " + w.PayBy.Italian(), w.Missing})
	}
	return needs, nil
}

func renewalNeed(f pec.Forecast, b db.MailboxRow, book pec.Book) string {
	note := "Servizi di " + b.Address + ", " + f.Cost.Gross.Euro()
	if len(book.Waiting) > 0 {
		note += ", oltre agli ordini in attesa"
	}
	return note
}
