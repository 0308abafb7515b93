package web

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/db"
)

// memberOf loads the member of the address, with the way back to their page.
func (s *site) memberOf(c *fiber.Ctx) (m db.MemberRow, way []Crumb, err error) {
	id, err := idOf(c)
	if err != nil {
		return m, nil, err
	}
	err = s.read(c, func(tx *db.ReadTx) (err error) {
		m, err = tx.Member(id)
		return err
	})
	return m, []Crumb{{"Iscritti", "/iscritti"}, {m.FullName(), fmt.Sprint("/iscritti/", m.ID)}}, err
}

// accessPage is how a member gets into their area.
type accessPage struct {
	Frame
	Member  db.MemberRow
	Address string // with which they log in; empty when they have no mailbox
	Off     string // why they cannot log in, "" when they can
	Look    bool   // there is an area to look at
}

func (s *site) newAccessPage(c *fiber.Ctx) (*accessPage, error) {
	m, way, err := s.memberOf(c)
	if err != nil {
		return nil, err
	}
	p := &accessPage{Frame: s.frame(c, "Accesso all’area iscritto", way...), Member: m}
	err = s.read(c, func(tx *db.ReadTx) error {
		boxes, err := tx.MailboxesOf(m.ID)
		if len(boxes) > 0 {
			p.Address = boxes[0].Address
		}
		return err
	})
	p.Look = m.Status != pec.MemberDeceased
	switch {
	case m.Status == pec.MemberDeceased:
		p.Off = "L’accesso è spento: l’iscritto risulta deceduto."
	case p.Address == "":
		p.Off = "Si entra con l’indirizzo della casella: prima va richiesta."
	}
	return p, err
}

func (s *site) accessForm(c *fiber.Ctx) error {
	p, err := s.newAccessPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "access", p)
}

// makeLink prepares a one-time link and shows it once: it is kept only as a
// hash. The address is that by which the operator reached the page.
func (s *site) makeLink(c *fiber.Ctx) error {
	p, err := s.newAccessPage(c)
	if err != nil {
		return err
	}
	if p.Off != "" {
		return pec.Refuse("access_off", "%s", p.Off)
	}
	token, err := s.office.MemberLink(ctx(c), who(c).Actor(), p.Member.ID)
	if err != nil {
		return err
	}
	link := s.outside(c) + "/benvenuto/" + token
	return s.told(c, fmt.Sprint("/iscritti/", p.Member.ID, "/accesso"), Alert{
		Kind: "success", Strong: "Collegamento pronto, da consegnare a " + p.Member.FullName() + ".",
		Text: joinHTML("Vale una volta sola e per 7"+nbsp+"giorni; qui si vede solo ora. ", codeOf(link)),
	})
}

func (s *site) setPassword(c *fiber.Ctx) error {
	p, err := s.newAccessPage(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	if p.Off != "" {
		f.wrong("password", p.Off)
	} else {
		f.add(s.office.SetMemberPassword(ctx(c), who(c).Actor(), p.Address, c.FormValue("password")))
	}
	if !f.ok() {
		return s.refuse(c, "access", p, f)
	}
	return s.done(c, fmt.Sprint("/iscritti/", p.Member.ID, "/accesso"), "Password impostata.", "La consegni di persona: l’iscritto la può cambiare dalla sua area.")
}
