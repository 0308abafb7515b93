package web

import (
	"fmt"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/db"
)

func (s *site) suspensionRoutes() []route {
	return []route{
		get("/caselle/:id/sospensione", clerks, s.suspensionForm),
		post("/caselle/:id/sospensione", clerks, s.suspend),
	}
}

// suspensionPage suspends an active mailbox, or ends its suspension.
type suspensionPage struct {
	Frame
	Box     db.MailboxRow
	Holder  template.HTML
	Ends    bool   // it is suspended
	Why     string // it can be neither suspended nor reactivated
	Waiting int    // orders for it that wait for payment
	Closes  bool   // on its E, as long as no order may renew it
	Leaves  bool   // its holder has left the register: it closes all the same
	On      pec.Date
	Reason  string
}

func (s *site) newSuspensionPage(c *fiber.Ctx) (*suspensionPage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &suspensionPage{}
	return p, s.read(c, func(tx *db.ReadTx) error {
		if p.Box, err = tx.Mailbox(id); err != nil {
			return err
		}
		holder, err := tx.Member(p.Box.MemberID)
		if err != nil {
			return err
		}
		title := "Sospendi la casella"
		if p.Ends = p.Box.Status == pec.MailboxSuspended; p.Ends {
			title = "Riattiva la casella"
		} else if _, err := p.Box.Suspend(); err != nil {
			p.Why = pec.AsProblem(err).Message
		}
		p.Frame = s.frame(c, title, Crumb{"Caselle", "/caselle"}, Crumb{p.Box.Address, fmt.Sprint("/caselle/", id)})
		p.Holder = s.memberLink(c, holder.ID, holder.FullName())
		book, agreements, err := s.office.Book(tx, holder.ID)
		if err != nil {
			return err
		}
		f := book.Forecast(agreements, id, p.Today)
		p.Closes, p.Leaves, p.On = p.Box.TurnsOn.IsZero() && f.Mailbox.CloseReason == pec.CloseNotRenewed, f.Mailbox.CloseReason == pec.CloseLeaver, f.On
		orders, err := tx.WaitingOrders(p.Box.MemberID)
		for _, o := range orders {
			if o.MailboxID == id {
				p.Waiting++
			}
		}
		return err
	})
}

func (s *site) suspensionForm(c *fiber.Ctx) error {
	p, err := s.newSuspensionPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "suspension", p)
}

// suspend does what the form that was sent asked, whatever the mailbox has become
// since it was shown.
func (s *site) suspend(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	ends := f.text("verso") == string(pec.MailboxActive)
	turn := s.office.SuspendMailbox
	if ends {
		turn = s.office.ReactivateMailbox
	}
	turned, err := turn(ctx(c), who(c).Actor(), id, f.text("reason"))
	f.add(err)
	if !f.ok() {
		p, err := s.newSuspensionPage(c)
		if err != nil {
			return err
		}
		p.Reason = f.text("reason")
		return s.refuse(c, "suspension", p, f)
	}
	at := fmt.Sprint("/caselle/", id)
	switch {
	case !turned && ends:
		return s.told(c, at, Alert{Kind: "primary", Strong: "La casella è già attiva."})
	case !turned:
		return s.told(c, at, Alert{Kind: "primary", Strong: "La casella è già sospesa."})
	case ends:
		return s.done(c, at, "La casella è di nuovo attiva.", "Scadenza e servizi sono quelli di prima; può di nuovo essere il domicilio digitale del titolare.")
	}
	return s.done(c, at, "La casella è sospesa.", "Scadenza e servizi non cambiano; finché è sospesa non si acquista nulla e non è il domicilio digitale del titolare.")
}
