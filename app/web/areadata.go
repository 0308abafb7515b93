package web

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

type ownDataPage struct {
	Frame
	Member   pec.Member
	Contacts office.Contacts
	Waits    db.EmailChange // an address that is still to be confirmed
}

// ownData shows a member's data: the contacts to be changed, the rest fixed.
func (s *site) ownData(c *fiber.Ctx) error {
	p, err := s.ownDataPage(c)
	if err != nil {
		return err
	}
	if c.Query("fatto") == "password" {
		p.Notice = &Alert{Kind: "success", Strong: "La password è cambiata.", Text: "Da ora entra con quella nuova."}
	}
	return s.show(c, "areadata", p)
}

func (s *site) ownDataPage(c *fiber.Ctx) (*ownDataPage, error) {
	p := &ownDataPage{Frame: s.frame(c, "I miei dati")}
	err := s.read(c, func(tx *db.ReadTx) error {
		row, err := tx.Member(who(c).ID)
		m := row.Member
		p.Member = m
		p.Contacts = office.Contacts{
			Address: m.Address, PostalCode: m.PostalCode, City: m.City, Province: m.Province, Phone: m.Phone, Mobile: m.Mobile, Email: m.Email,
		}
		if err != nil {
			return err
		}
		p.Waits, err = tx.EmailChangeOf(who(c).ID, s.Now())
		return err
	})
	return p, err
}

func (s *site) changeOwnData(c *fiber.Ctx) error {
	p, err := s.ownDataPage(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	p.Contacts = office.Contacts{
		Address: f.text("address"), PostalCode: f.text("postal_code"), City: f.text("city"), Province: f.text("province"),
		Phone: f.text("phone"), Mobile: f.text("mobile"), Email: f.text("email"),
	}
	if p.Contacts.Email == "" {
		f.wrong("email", "Scriva una mail: è lì che arrivano gli avvisi di scadenza.")
	}
	waits := ""
	if f.ok() {
		waits, err = s.office.ChangeOwnContacts(ctx(c), who(c).Actor(), who(c).ID, p.Contacts, s.outside(c))
		f.add(err)
	}
	if !f.ok() {
		return s.refuse(c, "areadata", p, f)
	}
	if waits != "" {
		return s.done(c, "/area/dati", "Confermi la nuova mail.", "Abbiamo scritto a "+waits+": apra il collegamento che trova lì. Il resto è salvato.")
	}
	return s.done(c, "/area/dati", "I Suoi dati sono salvati.", "Gli avvisi arrivano a "+p.Contacts.Email+".")
}

// emailPage confirms a new address, from the link that was sent to it.
type emailPage struct {
	Frame
	Name, Email string
}

func (s *site) emailPage(c *fiber.Ctx) (*emailPage, error) {
	p := &emailPage{Frame: s.frame(c, "Conferma della mail")}
	return p, s.read(c, func(tx *db.ReadTx) error {
		m, email, err := s.office.EmailToConfirm(tx, c.Params("token"))
		p.Name, p.Email = nameFirst(m.Member), email
		return err
	})
}

func (s *site) confirmEmailForm(c *fiber.Ctx) error {
	p, err := s.emailPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "emailcheck", p)
}

func (s *site) confirmEmail(c *fiber.Ctx) error {
	if err := s.office.ConfirmEmail(ctx(c), c.Params("token")); err != nil {
		return err
	}
	if v := visitOf(c); v.who != nil && v.who.Role == Member {
		return s.done(c, "/area/dati", "La nuova mail è confermata.", "Da ora gli avvisi arrivano lì.")
	}
	return c.Redirect("/accesso?fatto=mail", fiber.StatusSeeOther)
}

type passwordPage struct {
	Frame
	Login string // for the browser's own list of passwords
	Help  string
}

func (s *site) passwordPage(c *fiber.Ctx) error {
	p, err := s.passwordPageOf(c)
	if err != nil {
		return err
	}
	return s.show(c, "areapassword", p)
}

func (s *site) passwordPageOf(c *fiber.Ctx) (*passwordPage, error) {
	p := &passwordPage{
		Frame: s.frame(c, "Cambia la password", Crumb{"I miei dati", "/area/dati"}),
		Help:  fmt.Sprintf("help=Almeno %d caratteri; una frase va benissimo.", office.MinPassword),
	}
	err := s.read(c, func(tx *db.ReadTx) error {
		box, _, err := ownMailbox(tx, who(c).ID, 0)
		p.Login = box.Address
		return err
	})
	return p, err
}

// changePassword gives the member a new password; other browsers in which they
// are logged in are out by it, this one stays in.
func (s *site) changePassword(c *fiber.Ctx) error {
	p, err := s.passwordPageOf(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	old, password := c.FormValue("old"), c.FormValue("password")
	if old == "" {
		f.wrong("old", "Scriva la password attuale.")
	}
	if password != c.FormValue("again") {
		f.wrong("again", "Le due password non sono uguali: le scriva di nuovo.")
	}
	if f.ok() {
		f.add(s.tryPassword(c, old, password))
	}
	if !f.ok() {
		return s.refuse(c, "areapassword", p, f)
	}
	var hash string
	err = s.read(c, func(tx *db.ReadTx) error {
		m, err := tx.Member(who(c).ID)
		hash = m.PasswordHash
		return err
	})
	if err != nil {
		return err
	}
	if err := s.begin(c, Member, who(c).ID, hash); err != nil {
		return err
	}
	return c.Redirect("/area/dati?fatto=password", fiber.StatusSeeOther)
}

// tryPassword counts the tries as the log-in does: an unattended browser is no
// way to guess.
func (s *site) tryPassword(c *fiber.Ctx, old, password string) error {
	key, now := fmt.Sprintf("password:%d", who(c).ID), s.Now()
	until, err := s.Throttles.Try(key, now, pauseOfAccount)
	if err != nil {
		return err
	}
	if !until.IsZero() {
		return tooMany(until.Sub(now))
	}
	s.checking <- struct{}{}
	err = s.office.ChangeMemberPassword(ctx(c), who(c).Actor(), who(c).ID, old, password)
	<-s.checking
	if err != nil {
		return err
	}
	return s.Throttles.Forgive(key)
}
