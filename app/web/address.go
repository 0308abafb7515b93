package web

import (
	"fmt"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/db"
)

func (s *site) addressRoutes() []route {
	return []route{
		get("/caselle/:id/indirizzo", clerks, s.addressForm),
		post("/caselle/:id/indirizzo", clerks, s.changeAddress),
	}
}

// addressPage gives a mailbox another address before it is sent.
type addressPage struct {
	Frame
	ID      int64
	Now     string
	Holder  template.HTML
	Address string // as typed
	Domains []string
	Why     string // it cannot be changed any more
	Refused bool   // by the provider, and not asked again
}

func (s *site) newAddressPage(c *fiber.Ctx) (*addressPage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &addressPage{ID: id}
	return p, s.read(c, func(tx *db.ReadTx) error {
		box, err := tx.Mailbox(id)
		if err != nil {
			return err
		}
		holder, err := tx.Member(box.MemberID)
		if err != nil {
			return err
		}
		p.Frame = s.frame(c, "Cambia l’indirizzo", Crumb{"Caselle", "/caselle"}, Crumb{box.Address, fmt.Sprint("/caselle/", id)})
		p.Now, p.Address, p.Holder = box.Address, box.Address, s.memberLink(c, holder.ID, holder.FullName())
		p.Refused = box.Status == pec.MailboxRejected
		if !addressIsOpen(box.Status) {
			p.Why = "La casella è " + box.Status.Italian() + ": il gestore ha già l’indirizzo."
		}
		p.Domains, err = tx.Domains()
		return err
	})
}

// addressIsOpen reports whether the provider does not have the address yet.
func addressIsOpen(status pec.MailboxStatus) bool {
	return status == pec.MailboxRequested || status == pec.MailboxRejected
}

func (s *site) addressForm(c *fiber.Ctx) error {
	p, err := s.newAddressPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "address", p)
}

func (s *site) changeAddress(c *fiber.Ctx) error {
	p, err := s.newAddressPage(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	p.Address = f.needed("address", "Scriva l’indirizzo.")
	address := ""
	if f.ok() {
		address, err = s.office.ChangeAddress(ctx(c), who(c).Actor(), p.ID, p.Address)
		f.add(err)
	}
	if !f.ok() {
		return s.refuse(c, "address", p, f)
	}
	next := "È quello che andrà al gestore."
	if p.Refused {
		next = "Non va ancora al gestore: chieda di nuovo la casella, e il prossimo file lo conterrà."
	}
	return s.done(c, fmt.Sprint("/caselle/", p.ID), "L’indirizzo è "+address+".", next)
}
