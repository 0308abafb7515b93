package web

import (
	"fmt"
	"html/template"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) askedSpaceRoutes() []route {
	return []route{
		get("/caselle/:id/spazio", clerks, s.askedSpace),
		post("/caselle/:id/spazio", clerks, s.askSpace),
		get("/area/spazio", themselves, s.ownAskedSpace),
		post("/area/spazio", themselves, s.askOwnSpace),
	}
}

// askedSpaceForm is the space asked for with a mailbox that is not active yet
// (9.9), as the secretariat and the member choose it.
type askedSpaceForm struct {
	Box     db.MailboxRow
	Choices []Option // GB, each with its price
	GB      string   // chosen
	Stop    string   // why nothing can be asked
}

// mostAsked is how many GB are on offer where no cap says so.
const mostAsked = 10

func (s *site) fillAskedSpace(tx *db.ReadTx, f *askedSpaceForm) error {
	asked, err := tx.AskedSpace(f.Box.ID)
	if err != nil {
		return err
	}
	f.GB = strconv.Itoa(asked)
	f.Choices = []Option{{Value: "0", Label: "Nessuno"}}
	for n := 1; n <= mostAsked; n++ {
		q, err := s.office.QuoteAsked(tx, f.Box, n)
		switch problem := pec.AsProblem(err); {
		case problem != nil && n == 1:
			f.Stop = problem.Message
			return nil
		case problem != nil: // the cap
			return nil
		case err != nil:
			return err
		}
		f.Choices = append(f.Choices, Option{Value: strconv.Itoa(n), Label: gb(n) + ": " + q.Price.Priced(), Help: "Fino al " + yearlyUntil(q.Years) + "."})
	}
	return nil
}

// yearlyUntil is how far the price of a purchase on the day of the activation
// reaches.
func yearlyUntil(years int) string {
	if years > 1 {
		return fmt.Sprintf("termine dei primi %d%sanni", years, nbsp)
	}
	return "termine del primo anno"
}

// request is what a sent form asks for.
func (f *askedSpaceForm) request(in *form) office.SpaceAsked {
	f.GB = in.text("gb")
	r := office.SpaceAsked{Address: f.Box.Address}
	if f.GB != "0" {
		r.GB = in.whole("gb")
	}
	return r
}

// askedSpacePage is the secretariat's.
type askedSpacePage struct {
	Frame
	askedSpaceForm
	Holder template.HTML
}

func (s *site) newAskedSpacePage(c *fiber.Ctx) (*askedSpacePage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &askedSpacePage{}
	return p, s.read(c, func(tx *db.ReadTx) error {
		if p.Box, err = tx.Mailbox(id); err != nil {
			return err
		}
		holder, err := tx.Member(p.Box.MemberID)
		if err != nil {
			return err
		}
		p.Holder = s.memberLink(c, holder.ID, holder.FullName())
		p.Frame = s.frame(c, "Spazio chiesto con la casella", Crumb{"Caselle", "/caselle"}, Crumb{p.Box.Address, fmt.Sprint("/caselle/", id)})
		return s.fillAskedSpace(tx, &p.askedSpaceForm)
	})
}

func (s *site) askedSpace(c *fiber.Ctx) error {
	p, err := s.newAskedSpacePage(c)
	if err != nil {
		return err
	}
	return s.show(c, "askedspace", p)
}

func (s *site) askSpace(c *fiber.Ctx) error {
	p, err := s.newAskedSpacePage(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	r := p.request(f)
	if f.ok() {
		f.add(s.office.AskSpace(ctx(c), who(c).Actor(), r))
	}
	if !f.ok() {
		return s.refuse(c, "askedspace", p, f)
	}
	return s.done(c, fmt.Sprint("/caselle/", p.Box.ID), spaceAskedInWords(r.GB), whenAsked(r.GB))
}

func spaceAskedInWords(n int) string {
	if n == 0 {
		return "Nessuno spazio in più."
	}
	return gb(n) + " in più, dall’attivazione."
}

func whenAsked(n int) string {
	if n == 0 {
		return "La casella si attiva con lo spazio della sua tipologia."
	}
	return "Nulla si paga ora: l’ordine si fa da solo quando si registra l’attivazione."
}

// ownAskedSpacePage is the member's.
type ownAskedSpacePage struct {
	Frame
	askedSpaceForm
	Credit     pec.Cents
	Conditions []termToAccept
}

func (s *site) newOwnAskedSpacePage(c *fiber.Ctx, mailbox int64) (*ownAskedSpacePage, error) {
	p := &ownAskedSpacePage{Frame: s.frame(c, "Spazio con la nuova casella")}
	return p, s.read(c, func(tx *db.ReadTx) (err error) {
		if p.Box, _, err = ownMailbox(tx, who(c).ID, mailbox); err != nil {
			return err
		}
		if p.Box.ID == 0 {
			p.Stop = "Non ha ancora una casella: la chieda alla segreteria."
			return nil
		}
		if p.Credit, err = tx.Balance(who(c).ID); err != nil {
			return err
		}
		if p.Conditions, err = termsToAccept(c, tx, who(c).ID); err != nil {
			return err
		}
		return s.fillAskedSpace(tx, &p.askedSpaceForm)
	})
}

func (s *site) ownAskedSpace(c *fiber.Ctx) error {
	p, err := s.newOwnAskedSpacePage(c, int64(c.QueryInt("casella")))
	if err != nil {
		return err
	}
	return s.show(c, "areaspace", p)
}

func (s *site) askOwnSpace(c *fiber.Ctx) error {
	f := formOf(c)
	p, err := s.newOwnAskedSpacePage(c, f.id("casella"))
	if err != nil {
		return err
	}
	if p.Stop != "" {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.show(c, "areaspace", p)
	}
	r := p.request(f)
	r.ByMember = who(c).ID
	if r.GB != 0 {
		r.Accepted = ticked(f, p.Conditions)
	}
	if f.ok() {
		f.add(s.office.AskSpace(ctx(c), who(c).Actor(), r))
	}
	if !f.ok() {
		return s.refuse(c, "areaspace", p, f)
	}
	return s.done(c, areaPath("/area", p.Box.ID), spaceAskedInWords(r.GB), whenAsked(r.GB))
}
