package web

import (
	"fmt"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) withdrawalRoutes() []route {
	return []route{
		get("/caselle/:id/ritiro", clerks, s.withdrawalForm),
		post("/caselle/:id/ritiro", clerks, s.withdraw),
	}
}

// withdrawalPage asks whether the request of a mailbox is to be withdrawn.
type withdrawalPage struct {
	Frame
	ID      int64
	Address string
	Holder  template.HTML
	Refused pec.Request // to which it goes back; without an ID the mailbox goes
	Asked   int         // GB asked for with it
	Why     string      // it cannot be withdrawn
}

func (s *site) newWithdrawalPage(c *fiber.Ctx) (*withdrawalPage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &withdrawalPage{ID: id}
	return p, s.read(c, func(tx *db.ReadTx) error {
		box, err := tx.Mailbox(id)
		if err != nil {
			return err
		}
		holder, err := tx.Member(box.MemberID)
		if err != nil {
			return err
		}
		p.Frame = s.frame(c, "Ritira la richiesta", Crumb{"Caselle", "/caselle"}, Crumb{box.Address, fmt.Sprint("/caselle/", id)})
		p.Address, p.Holder = box.Address, s.memberLink(c, holder.ID, holder.FullName())
		if problem := pec.AsProblem(pec.CheckWithdrawal(box.Mailbox)); problem != nil {
			p.Why = problem.Message
		}
		if p.Asked, err = tx.AskedSpace(id); err != nil {
			return err
		}
		p.Refused, err = office.RefusedActivation(tx, id)
		return err
	})
}

func (s *site) withdrawalForm(c *fiber.Ctx) error {
	p, err := s.newWithdrawalPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "withdrawal", p)
}

// withdraw goes by the address that was shown: sent twice, the mailbox is gone.
func (s *site) withdraw(c *fiber.Ctx) error {
	f := formOf(c)
	done, err := s.office.Withdraw(ctx(c), who(c).Actor(), f.needed("address", "Apra di nuovo la pagina."), false)
	f.add(err)
	if !f.ok() {
		p, err := s.newWithdrawalPage(c)
		if err != nil {
			return err
		}
		return s.refuse(c, "withdrawal", p, f)
	}
	to := "/caselle"
	if done.Rejected {
		to += "/" + c.Params("id")
	} else if done.MemberID != 0 {
		to = fmt.Sprint("/iscritti/", done.MemberID)
	}
	switch {
	case !done.Done:
		return s.told(c, to, Alert{Kind: "primary", Strong: "La richiesta era già ritirata.", Text: "Non c’è altro da fare."})
	case done.Rejected:
		return s.done(c, to, "La richiesta è ritirata.", "La casella torna respinta, com’era.")
	}
	return s.done(c, to, "La richiesta di "+done.Address+" è ritirata.", "La casella non c’è più e l’indirizzo è di nuovo libero.")
}
