package web

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

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
	lack, err := office.LackFor(tx, o.OrderRow, s.office.Today())
	if err != nil {
		return w, err
	}
	w.Missing, w.Sum, w.Stop = lack.Missing(), lack.Sum("per questo ordine"), lack.CannotComplete()
	for _, b := range boxes {
		if b.ID == o.MailboxID {
			w.PayBy = payBy(o.OrderRow, b)
			w.Free, err = s.freeMeanwhile(tx, o.OrderRow, b)
		}
	}
	return w, err
}

// freeMeanwhile says that what a waiting order buys costs nothing by now, or soon,
// until E: the order keeps the price of its own day (9.1), another has that of
// today (R11). Empty when there is nothing to say.
func (s *site) freeMeanwhile(tx *db.ReadTx, o db.OrderRow, box db.MailboxRow) (string, error) {
	lines, err := tx.OrderLines(o.ID)
	if err != nil || o.Kind == pec.OrderRenewal || o.Price.Gross == 0 || len(lines) == 0 {
		return "", err
	}
	agreements, err := tx.Agreements()
	now, _ := pec.InForce(agreements, s.office.Today())
	product, ok := now.Product(lines[0].Product)
	opens := now.FreeFrom(agreements, s.office.Today(), box.ExpiresOn)
	if !ok || product.OneOff || opens.IsZero() || opens.After(payBy(o, box)) {
		return "", err
	}
	is := "è"
	if s.office.Today().Before(opens) {
		is = "sarà"
	}
	return fmt.Sprintf("Ordinato il %s, tiene il prezzo di allora, %s. Dal %s lo stesso acquisto %s gratuito fino al %s: per non pagarlo si annulla questo ordine e da quel giorno se ne fa uno nuovo.",
		o.OrderedOn.Italian(), o.Price.Gross.Euro(), opens.Italian(), is, box.ExpiresOn.Italian()), err
}

type ownOrdersPage struct {
	Frame
	Orders  []ownOrderLine
	Several bool // mailboxes: each order says of which it is
	Pager   *Pager
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
type ownOrderLine struct {
	db.OrderListed
	Back db.BackOf // what of it came back to the credit
}

// IsCompleted reports whether the order was paid.
func (l ownOrderLine) IsCompleted() bool { return l.State == pec.OrderCompleted }

// CameBack says what of the order came back to the credit, or was cancelled with
// nothing to come back, since it cost nothing; empty when all of it stands.
func (l ownOrderLine) CameBack() string {
	switch {
	case l.Back.Lines == 0:
		return ""
	case l.Back.Whole && l.Back.Gross == 0:
		return "Annullato: non costava nulla"
	case l.Back.Gross == 0:
		return "Annullato in parte, per ciò che non costava nulla"
	case l.Back.Whole:
		return "Riaccreditato"
	}
	return "Riaccreditato in parte: " + l.Back.Gross.Euro()
}

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
		if err != nil {
			return err
		}
		ids := make([]int64, len(list))
		for i, o := range list {
			ids[i] = o.ID
		}
		back, err := tx.RecreditedLines(ids)
		for _, o := range list {
			p.Orders = append(p.Orders, ownOrderLine{o, back[o.ID]})
		}
		if err != nil {
			return err
		}
		boxes, err := tx.MailboxesOf(who(c).ID)
		p.Several = len(boxes) > 1
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
	Payment pec.Transfer
	Back    map[int64]db.Recredit // the lines that came back to the credit, by their ids
}

// IsWaiting reports whether the order waits for payment.
func (p *ownOrderPage) IsWaiting() bool { return p.State == pec.OrderAwaitingPayment }

// IsCompleted reports whether the order was paid.
func (p *ownOrderPage) IsCompleted() bool { return p.State == pec.OrderCompleted }

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
		if p.Payment, err = office.TransferOf(tx, p.Holder.Member); err != nil {
			return err
		}
		if r, confirmed, err := tx.RenewalOrder(id); err != nil {
			return err
		} else if confirmed {
			p.Renewal = &r
		}
		if p.Back, err = tx.RecreditsOf(id); err != nil || p.State != pec.OrderAwaitingPayment {
			return err
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
	before, more := c.QueryInt("prima"), false
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		member := who(c).ID
		account, err := tx.Account(member)
		if err != nil {
			return err
		}
		p.Entries, more = accountPage(account, before)
		if p.Balance, err = tx.Balance(member); err != nil {
			return err
		}
		p.Claim, err = tx.Claim(member)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !more {
		if err := s.read(c, p.former(who(c).ID)); err != nil {
			return nil, err
		}
	}
	p.Pager = newestFirst("/area/movimenti", int64(before), more, func() string { return strconv.Itoa(p.Entries[len(p.Entries)-1].Seq) })
	return p, nil
}

// accountPage is a page of an account, newest first: the movements before the one
// with a number (0: from the newest), and whether there are more. A page that is
// followed by another ends with a movement that has a number.
func accountPage(account []db.Entry, before int) (page []db.Entry, more bool) {
	shown := 0
	for _, e := range slices.Backward(account) {
		if before != 0 {
			if e.Seq == before {
				before = 0
			}
			continue
		}
		if shown == pageOfArea {
			return page, true
		}
		if e.Seq > 0 {
			shown++
		}
		e.Reason = whyEntered(e)
		page = append(page, e)
	}
	return page, false
}

// former reads the movements of the positions merged into a member's.
func (p *ownEntriesPage) former(member int64) func(*db.ReadTx) error {
	return func(tx *db.ReadTx) error {
		merged, err := tx.MergedInto(member)
		for _, m := range merged {
			account, err := tx.Account(m.ID)
			if err != nil {
				return err
			}
			if len(account) > 0 {
				for i := range account {
					account[i].Reason = whyEntered(account[i])
				}
				slices.Reverse(account)
				p.Former = append(p.Former, account)
			}
		}
		return err
	}
}

type howToPayPage struct {
	Frame
	Balance, Claim pec.Cents
	Needs          []need    // in the order in which a top-up pays them
	Missing        pec.Cents // in all
	ToOrder        []toOrderRenewal
	Elsewhere      bool // members buy at the provider, and nothing here lacks money
	Payment        pec.Transfer
	Late           string // see lateNote
}

// Needed is what all that stands in the list costs: the credit does for what is
// not missing.
func (p *howToPayPage) Needed() pec.Cents { return p.Balance + p.Missing }

// need is something that a top-up would pay.
type need struct {
	Title, Note string
	Free        string    // see areaWaiting
	Cost        pec.Cents // gross
	Missing     pec.Cents // up to and including it; 0 of an order that cannot complete: nobody has to pay it
}

// toOrderRenewal is a mailbox that only an order renews, and by none yet.
type toOrderRenewal struct {
	Address, Path string
	Expires       pec.Date
	Gross         pec.Cents
	Years         string
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
		if p.Payment, err = office.TransferOf(tx, m.Member); err != nil {
			return err
		}
		book, agreements, late, err := s.office.BookToday(tx, member)
		if err != nil {
			return err
		}
		p.Balance, p.Claim, p.Late = book.Credit, book.Claim, lateNote(late)
		boxes, err := tx.MailboxesOf(member)
		if err != nil {
			return err
		}
		asOf(book, boxes)
		if err := s.waitingNeeds(tx, &p, member, boxes); err != nil {
			return err
		}
		p.renewalNeeds(book, agreements, boxes)
		now, _ := pec.InForce(agreements, p.Today)
		p.Elsewhere = now.SoldBy == pec.SoldByProvider && p.Missing == 0 && p.Claim == 0
		return nil
	})
	if err != nil {
		return err
	}
	return s.show(c, "areatopup", &p)
}

// waitingNeeds adds the orders that wait, the oldest first.
func (s *site) waitingNeeds(tx *db.ReadTx, p *howToPayPage, member int64, boxes []db.MailboxRow) error {
	waiting, err := tx.OrderList(db.OrderFilter{Member: member, State: string(pec.OrderAwaitingPayment), OldestFirst: true})
	if err != nil {
		return err
	}
	for _, o := range waiting {
		w, err := s.waitingOf(tx, o, boxes)
		if err != nil {
			return err
		}
		n := need{"Ordine del " + o.OrderedOn.Italian(), o.What + ", da pagare entro il " + w.PayBy.Italian(), w.Free, o.Price.Gross, w.Missing}
		if w.Stop != "" {
			n.Note, n.Free, n.Cost, n.Missing = o.What+", non si può completare", w.Stop, 0, 0
		}
		p.add(n)
	}
	return nil
}

func (p *howToPayPage) add(n need) {
	p.Needs = append(p.Needs, n)
	p.Missing = max(p.Missing, n.Missing)
}

// renewalNeeds adds the renewals that lack credit, day by day: what the credit
// pays besides by then is a line of its own, so that the lines make the sum.
func (p *howToPayPage) renewalNeeds(book pec.Book, agreements []pec.Agreement, boxes []db.MailboxRow) {
	days := map[pec.Date][]string{}
	costs, lacks := map[pec.Date]pec.Cents{}, map[pec.Date]pec.Lack{}
	_, of := book.LackInAll(agreements, p.Today)
	for _, b := range boxes {
		f := book.Forecast(agreements, b.ID, p.Today)
		if l, ok := of[b.ID]; ok {
			days[f.On] = append(days[f.On], b.Address)
			costs[f.On] += l.Price
			lacks[f.On] = l // one for all of a day, but for which part of it is whose
		}
		if f.AskedYears > 0 && mayRenew(b, f, p.Today) {
			p.ToOrder = append(p.ToOrder, toOrderRenewal{b.Address, areaPath("/area/rinnovo", b.ID), b.ExpiresOn, f.Asked.Gross, yearsOf(f.AskedYears)})
		}
	}
	if len(book.Waiting) > 0 { // on the E of a mailbox its renewals come before the orders (9.1)
		if today := book.LackWaiting(agreements, p.Today).Other; today > 0 {
			first := need{"Rinnovi di oggi", "vengono prima degli ordini", "", today, max(book.Claim+today-book.Credit, 0)}
			p.Needs = slices.Insert(p.Needs, 0, first)
			delete(days, p.Today)
		}
	}
	before := book.Claim
	for _, n := range p.Needs {
		before += n.Cost
	}
	for _, on := range slices.SortedFunc(maps.Keys(days), pec.Date.Compare) {
		day, missing := on.Italian(), lacks[on].Missing()
		all := missing + book.Credit - lacks[on].Held
		if other := all - before - costs[on]; other > 0 {
			note := "delle altre caselle, o di ciò che è ordinato"
			switch {
			case len(boxes) == 1:
				note = "dei servizi ordinati e non ancora pagati: pagato l’ordine, alla scadenza si rinnovano anche loro"
			case len(book.Waiting) == 0:
				note = "delle altre caselle"
			}
			p.add(need{"Altri rinnovi fino al " + day, note, "", other, max(p.Missing, all-costs[on]-book.Credit)})
		}
		p.add(need{"Rinnovo del " + day, "Servizi di " + strings.Join(days[on], ", "), "", costs[on], missing})
		before = all
	}
	if held := p.Missing + book.Credit - before; p.Missing > 0 && held > 0 { // what waits can no longer complete
		p.add(need{"Somma che resta credito", "Serve perché si annulli ciò che aspetta e non si può più completare", "", held, p.Missing})
	}
}
