package web

import (
	"fmt"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// servicePage is one service of a member: what it is, what becomes of it, and
// what an operator decides for the member about its renewal (R19, R20).
type servicePage struct {
	Frame
	serviceForm
	Row         serviceRow
	Fate        template.HTML
	AtProvider  template.HTML // where it is at the provider; empty when that is not known
	Recredit    string        // where it is cancelled and given back; empty when it was not refused
	Requests    template.HTML // leads to where its requests to the provider are
	Year        pec.Amounts   // a year at today's prices; zero when they lack the product
	Orders      []serviceOrder
	Preferences []preferred // of all the member's services; empty when there is one only
}

// ByOrder reports whether the order of preference is of no account to some.
func (p *servicePage) ByOrder() bool { return byOrder(p.Preferences) }

// serviceOrder is an order by which the service was bought or renewed.
type serviceOrder struct {
	db.OrderRow
	Title string
}

func (s *site) service(c *fiber.Ctx) error {
	p, err := s.servicePage(c)
	if err != nil {
		return err
	}
	return s.show(c, "service", p)
}

func (s *site) servicePage(c *fiber.Ctx) (*servicePage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &servicePage{}
	err = s.read(c, func(tx *db.ReadTx) error {
		v, err := tx.Service(id)
		if err != nil {
			return err
		}
		box, err := tx.Mailbox(v.MailboxID)
		if err != nil {
			return err
		}
		book, agreements, err := s.office.Book(tx, box.MemberID)
		if err != nil {
			return err
		}
		p.fill(v, box, book, agreements, visitOf(c).today)
		p.Frame = s.frame(c, p.Name, Crumb{"Servizi", "/servizi"})
		r := &serviceReader{site: s, c: c, tx: tx, today: p.Today, agreements: agreements, names: productsOf(agreements)}
		r.now, _ = pec.InForce(agreements, p.Today)
		return p.gather(r)
	})
	return p, err
}

// gather reads what else the page tells.
func (p *servicePage) gather(r *serviceReader) error {
	list, err := r.tx.ServiceList(db.ServiceFilter{On: p.Today, Only: []int64{p.Service.ID}, Ended: true})
	if err != nil {
		return err
	}
	rows, err := r.rows(list)
	if err != nil {
		return err
	}
	p.Row = rows[0]
	p.Lead = "Di " + p.Row.Holder + ", sulla casella " + p.Row.Address
	p.Fate = badge(p.Row.FateKind, p.Row.Fate)
	if p.Row.YearNet > 0 {
		p.Year = pec.Taxed(p.Row.YearNet, r.now.VATRate)
	}
	if err := p.provided(r); err != nil {
		return err
	}
	orders, err := r.tx.OrdersOfService(p.Service.ID)
	if err != nil {
		return err
	}
	for _, o := range orders {
		p.Orders = append(p.Orders, serviceOrder{o, orderName(o)})
	}
	order, err := renewalOrder(r.tx, p.Row.MemberID)
	if len(order) > 1 && p.Row.EndedOn.IsZero() && p.Row.Held {
		p.Preferences, err = inPreference(r.tx, order)
	}
	return err
}

// provided says where the service is at the provider.
func (p *servicePage) provided(r *serviceReader) error {
	running, err := r.tx.ServicesOn(p.Service.MailboxID, false)
	if err != nil {
		return err
	}
	refused, err := office.Refused(r.tx, p.Service.MailboxID, p.Service.ID)
	if err != nil {
		return err
	}
	if refused {
		p.Recredit = r.site.linkTo(r.c, "/servizi/:id/riaccredito", recreditPath(p.Service.ID))
	}
	at, err := office.ServicesAtProvider(r.tx, p.Service.MailboxID, running)
	here := at[p.Service.ID]
	if here.State == pec.ProvisionUnknown {
		return err
	}
	p.AtProvider = joinHTML(capital(here.Italian()))
	if here.State == pec.ProvisionRejected {
		p.AtProvider = joinHTML(template.HTML(`<span class="danger">`), p.AtProvider, template.HTML(`</span>`))
	}
	if p.Requests = anchor("/caselle/gestore", "Richieste al gestore"); p.Service.Product != pec.InboxGB {
		p.Requests = anchor(servicesToActivate, "Servizi da attivare")
	}
	return err
}

func (s *site) changeService(c *fiber.Ctx) error {
	p, err := s.servicePage(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	change := p.change(f)
	if f.ok() {
		f.add(s.office.ChangeService(ctx(c), who(c).Actor(), change))
	}
	if !f.ok() {
		return s.refuse(c, "service", p, f)
	}
	to, day := fmt.Sprint("/servizi/", p.Service.ID), p.Service.ExpiresOn.Italian()
	if !change.AutoRenew {
		return s.done(c, to, "Il rinnovo è disattivato.", p.Name+" resta fino al "+day+".")
	}
	return s.done(c, to, "La scelta è salvata.", "Vale dal rinnovo del "+day+".")
}

// preferService moves one of the member's services up or down the order in which
// they are renewed.
func (s *site) preferService(c *fiber.Ctx) error {
	p, err := s.servicePage(c)
	if err != nil {
		return err
	}
	return s.preferFor(c, p.Row.MemberID, fmt.Sprint("/servizi/", p.Service.ID))
}
