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

// serviceForm asks what becomes of a service at its next renewal (R20), of its
// member or of an operator for them.
type serviceForm struct {
	Service    db.ServiceRow
	Name       string
	Renewals   []Option
	Renew      string // "1", "0"
	Quantities []Option
	Next       string
	Fixed      string // why the quantity is not among what can be chosen
	Closed     string // why nothing can be chosen
	Waiting    int64  // the order of renewal that has to be paid or cancelled first; 0 for none
	Unknown    bool   // nobody knows how much space is used: nothing keeps from giving up what is
}

// fill offers what can be chosen, with what is chosen now.
func (p *serviceForm) fill(v db.ServiceRow, box db.MailboxRow, book pec.Book, agreements []pec.Agreement, today pec.Date) {
	then, _ := pec.InForce(agreements, v.ExpiresOn)
	p.Service, p.Name = v, serviceName(v, v.Quantity, then)
	if problem := book.RefusesChoice(v.Service, today); problem != nil {
		p.Closed = problem.Message
		if problem.Code == "order_waiting" {
			p.Waiting = book.RenewalWaiting(v.MailboxID)
		}
	}
	p.Unknown = v.Product == pec.InboxGB && box.UsedMB == nil
	day := v.ExpiresOn.Italian()
	p.Renew, p.Next = "1", strconv.Itoa(v.NextQuantity)
	if !v.AutoRenew {
		p.Renew = "0"
	}
	p.Renewals = []Option{
		{Value: "1", Label: "Si rinnova il " + day, Help: "Se il credito basta; si paga dal credito."},
		{Value: "0", Label: "Termina il " + day, Help: "Si può cambiare idea fino al giorno prima."},
	}
	if box.RenewsByOrder(then) {
		p.Renewals[0] = Option{Value: "1", Label: "Si rinnova con la casella", Help: "Il " + day + ", se un ordine rinnova la casella: il suo prezzo è in quell’ordine. Altrimenti termina con lei."}
		p.Renewals[1].Help = "Anche se un ordine rinnova la casella. Si può cambiare idea fino al giorno prima."
	}
	if problem := book.RefusesQuantity(v.Service); problem != nil {
		p.Fixed = problem.Message
		return
	}
	product, ok := then.Product(v.Product)
	years := max(box.TermYears, 1)
	for n := 1; n <= v.Quantity; n++ {
		label := quantityOf(v.Product, n, then)
		if ok {
			label += ", " + then.YearPrice(product, n, years).Gross.Euro() + " per " + yearsOf(years)
		}
		p.Quantities = append(p.Quantities, Option{Value: strconv.Itoa(n), Label: label})
	}
}

// change reads what was chosen.
func (p *serviceForm) change(f *form) office.ServiceChange {
	p.Renew = f.text("auto_renew")
	change := office.ServiceChange{ServiceID: p.Service.ID, AutoRenew: p.Renew == "1"}
	if p.Renew != "1" && p.Renew != "0" {
		f.wrong("auto_renew", "Scelga se il servizio si rinnova.")
	}
	// A service of one piece has no quantity to choose.
	if p.Next = f.text("next_quantity"); p.Next != "" {
		change.NextQuantity = f.whole("next_quantity")
	}
	return change
}

type ownServicePage struct {
	Frame
	serviceForm
	Address string
}

// ownService lets the member say what becomes of a service at its next renewal
// (R20).
func (s *site) ownService(c *fiber.Ctx) error {
	p, err := s.ownServicePage(c)
	if err != nil {
		return err
	}
	return s.show(c, "areaservice", p)
}

func (s *site) ownServicePage(c *fiber.Ctx) (*ownServicePage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &ownServicePage{}
	err = s.read(c, func(tx *db.ReadTx) error {
		v, err := tx.Service(id)
		if err != nil {
			return err
		}
		box, err := tx.Mailbox(v.MailboxID)
		if err != nil {
			return err
		}
		if box.MemberID != who(c).ID {
			return pec.Refuse("service_unknown", "Il servizio non esiste.")
		}
		p.Address = box.Address
		book, agreements, err := s.office.Book(tx, box.MemberID)
		p.fill(v, box, book, agreements, visitOf(c).today)
		return err
	})
	p.Frame = s.frame(c, p.Name)
	return p, err
}

func (s *site) changeOwnService(c *fiber.Ctx) error {
	p, err := s.ownServicePage(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	change := p.change(f)
	change.ByMember = who(c).ID
	if f.ok() {
		f.add(s.office.ChangeService(ctx(c), who(c).Actor(), change))
	}
	if !f.ok() {
		return s.refuse(c, "areaservice", p, f)
	}
	to := areaPath("/area", p.Service.MailboxID)
	if !change.AutoRenew {
		return s.done(c, to, "Il rinnovo è disattivato.", p.Name+" resta Suo fino al "+p.Service.ExpiresOn.Italian()+".")
	}
	return s.done(c, to, "La scelta è salvata.", "Vale dal rinnovo del "+p.Service.ExpiresOn.Italian()+".")
}

type preferencePage struct {
	Frame
	Services []preferred
}

// ByOrder reports whether the order of preference is of no account to some.
func (p *preferencePage) ByOrder() bool { return byOrder(p.Services) }

func byOrder(list []preferred) bool {
	return slices.ContainsFunc(list, func(v preferred) bool { return v.ByOrder })
}

type preferred struct {
	ID          int64
	Name, Note  string
	First, Last bool
	Bought      string // "dal 15/06/2018, ordine 2018/000001": tells two of a kind apart
	ByOrder     bool   // only an order on its mailbox renews it, and pays for it
}

// preference shows in which order the services are renewed (R19).
func (s *site) preference(c *fiber.Ctx) error {
	p := preferencePage{Frame: s.frame(c, "Quali servizi rinnovare prima")}
	err := s.read(c, func(tx *db.ReadTx) error {
		order, err := renewalOrder(tx, who(c).ID)
		if err != nil {
			return err
		}
		p.Services, err = inPreference(tx, order)
		return err
	})
	if err != nil {
		return err
	}
	return s.show(c, "areapreference", &p)
}

// inPreference are services as the pages list them, the first to be renewed
// first.
func inPreference(tx *db.ReadTx, order []db.ServiceRow) (list []preferred, err error) {
	agreements, err := tx.Agreements()
	if err != nil {
		return nil, err
	}
	for i, v := range order {
		box, err := tx.Mailbox(v.MailboxID)
		if err != nil {
			return nil, err
		}
		bought := "dal " + v.StartedOn.Italian()
		orders, err := tx.OrdersOfService(v.ID)
		if err != nil {
			return nil, err
		}
		if n := len(orders); n > 0 && orders[n-1].Number() != "" { // the first is the purchase
			bought += ", ordine " + orders[n-1].Number()
		}
		then, _ := pec.InForce(agreements, v.ExpiresOn)
		p := preferred{
			ID: v.ID, Name: serviceName(v, v.NextQuantity, then), First: i == 0, Last: i == len(order)-1,
			Bought: bought, Note: v.Address + ", " + bought + ", scadenza " + v.ExpiresOn.Italian(), ByOrder: box.RenewsByOrder(then),
		}
		switch {
		case !v.AutoRenew:
			p.Note += "; rinnovo disattivato"
		case p.ByOrder:
			p.Note += "; si rinnova solo con un ordine di rinnovo della casella"
		}
		list = append(list, p)
	}
	return list, nil
}

// renewalOrder lists a member's services in the order in which they are renewed.
func renewalOrder(tx *db.ReadTx, member int64) ([]db.ServiceRow, error) {
	rows, err := tx.RunningServicesOf(member)
	byID := map[int64]db.ServiceRow{}
	var order []pec.Service
	for _, v := range rows {
		if v.Source == pec.SoldByOrdine {
			byID[v.ID] = v
			order = append(order, v.Service)
		}
	}
	pec.ByPreference(order)
	var sorted []db.ServiceRow
	for _, v := range order {
		sorted = append(sorted, byID[v.ID])
	}
	return sorted, err
}

func (s *site) prefer(c *fiber.Ctx) error { return s.preferFor(c, who(c).ID, "/area/preferenze") }

// preferFor moves one service of a member a place up or down.
func (s *site) preferFor(c *fiber.Ctx, member int64, page string) error {
	var order []db.ServiceRow
	var shown []preferred
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		if order, err = renewalOrder(tx, member); err != nil {
			return err
		}
		shown, err = inPreference(tx, order)
		return err
	})
	if err != nil {
		return err
	}
	var ids []int64
	for _, v := range order {
		ids = append(ids, v.ID)
	}
	f := formOf(c)
	moved, step := f.id("up"), -1
	if moved == 0 {
		moved, step = f.id("down"), 1
	}
	from := slices.Index(ids, moved)
	if from < 0 {
		return pec.Refuse("service_unknown", "Il servizio non esiste.")
	}
	to := from + step
	if to < 0 || to >= len(ids) {
		return c.Redirect(page, fiber.StatusSeeOther)
	}
	ids[from], ids[to] = ids[to], ids[from]
	if err := s.office.OrderServices(ctx(c), who(c).Actor(), member, ids); err != nil {
		return err
	}
	return s.done(c, page, "La precedenza è salvata.", fmt.Sprintf("%s, %s, è al posto %d su %d.", shown[from].Name, shown[from].Bought, to+1, len(ids)))
}
