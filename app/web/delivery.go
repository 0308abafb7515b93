package web

import (
	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/db"
)

// handOverPage asks on which day what an order bought was handed over, or why it
// was not after all.
type handOverPage struct {
	Frame
	Order    db.OrderRow
	Delivery db.Delivery
	On       string // as typed
	Reason   string
}

func (s *site) handOverPage(c *fiber.Ctx, title string) (*handOverPage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &handOverPage{}
	var holder db.MemberRow
	err = s.read(c, func(tx *db.ReadTx) (err error) {
		if p.Order, err = tx.Order(id); err != nil {
			return err
		}
		if holder, err = tx.Member(p.Order.MemberID); err != nil {
			return err
		}
		p.Delivery, err = tx.DeliveryOf(id)
		return err
	})
	if err != nil {
		return nil, err
	}
	p.Frame = s.frame(c, title, Crumb{"Ordini", "/ordini"}, Crumb{"Ordine " + orderName(p.Order), "/ordini/" + itoa(id)})
	p.Lead = "Ordine " + orderName(p.Order) + " di " + holder.FullName() + ", del " + p.Order.OrderedOn.Italian()
	return p, nil
}

func (s *site) handOverForm(c *fiber.Ctx) error {
	p, err := s.handOverPage(c, "Registra la consegna")
	if err != nil {
		return err
	}
	if p.Delivery.OrderID == 0 || !p.Delivery.HandedOn.IsZero() || p.Order.State != pec.OrderCompleted {
		return c.Redirect("/ordini/"+itoa(p.Order.ID), fiber.StatusSeeOther)
	}
	p.On = p.Today.Italian()
	return s.show(c, "handover", p)
}

// handOver registers that what an order bought was handed over.
func (s *site) handOver(c *fiber.Ctx) error {
	p, err := s.handOverPage(c, "Registra la consegna")
	if err != nil {
		return err
	}
	f := formOf(c)
	on := f.day("on")
	if f.ok() {
		f.add(s.office.HandOver(ctx(c), who(c).Actor(), p.Order.ID, on))
	}
	if !f.ok() {
		p.On = f.text("on")
		return s.refuse(c, "handover", p, f)
	}
	return s.done(c, "/ordini/"+itoa(p.Order.ID), "Consegna registrata.")
}

func (s *site) handOverBackForm(c *fiber.Ctx) error {
	p, err := s.handOverPage(c, "Annulla la consegna")
	if err != nil {
		return err
	}
	if p.Delivery.HandedOn.IsZero() {
		return c.Redirect("/ordini/"+itoa(p.Order.ID), fiber.StatusSeeOther)
	}
	return s.show(c, "handoverback", p)
}

func (s *site) takeBackHandOver(c *fiber.Ctx) error {
	p, err := s.handOverPage(c, "Annulla la consegna")
	if err != nil {
		return err
	}
	f := formOf(c)
	p.Reason = f.text("reason")
	f.add(s.office.TakeBackHandOver(ctx(c), who(c).Actor(), p.Order.ID, p.Reason))
	if !f.ok() {
		return s.refuse(c, "handoverback", p, f)
	}
	return s.done(c, "/ordini/"+itoa(p.Order.ID), "Consegna annullata.", "È di nuovo da consegnare.")
}
