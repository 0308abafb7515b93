package web

import (
	"github.com/gofiber/fiber/v2"

	"albopec/db"
)

func (s *site) domainRoutes() []route {
	return []route{
		get("/amministrazione/domini", governance, s.domains),
		post("/amministrazione/domini", governance, s.addDomain),
		post("/amministrazione/domini/predefinito", governance, s.setDefaultDomain),
	}
}

// domainsPage lists the Ordine's PEC domains and adds one.
type domainsPage struct {
	Frame
	Domains []db.DomainListed
	Domain  string // as typed
}

func (s *site) domainsPage(c *fiber.Ctx) (*domainsPage, error) {
	p := &domainsPage{Frame: s.frame(c, "Domini PEC", Crumb{"Amministrazione", "/amministrazione"})}
	p.Lead = "Nel dominio predefinito si propongono gli indirizzi delle nuove caselle; si può sempre sceglierne un altro."
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		p.Domains, err = tx.DomainList()
		return err
	})
	return p, err
}

func (s *site) domains(c *fiber.Ctx) error {
	p, err := s.domainsPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "domains", p)
}

func (s *site) addDomain(c *fiber.Ctx) error {
	f := formOf(c)
	domain := f.needed("domain", "Scriva il dominio, per esempio pec.ordine.it.")
	if f.ok() {
		f.add(s.office.AddDomain(ctx(c), who(c).Actor(), domain))
	}
	if !f.ok() {
		p, err := s.domainsPage(c)
		if err != nil {
			return err
		}
		p.Domain = domain
		return s.refuse(c, "domains", p, f)
	}
	return s.done(c, "/amministrazione/domini", "Dominio aggiunto: "+domain+".", "Si può già scegliere quando si richiedono le caselle.")
}

func (s *site) setDefaultDomain(c *fiber.Ctx) error {
	f := formOf(c)
	domain := f.text("domain")
	f.add(s.office.SetDefaultDomain(ctx(c), who(c).Actor(), domain))
	if !f.ok() {
		p, err := s.domainsPage(c)
		if err != nil {
			return err
		}
		return s.refuse(c, "domains", p, f)
	}
	return s.done(c, "/amministrazione/domini", "Il dominio predefinito è "+domain+".", "Le caselle che ci sono restano come sono.")
}

// domainOptions are the Ordine's domains to choose from, none when there is
// nothing to choose.
func domainOptions(tx *db.ReadTx) ([]Option, error) {
	domains, err := tx.Domains()
	if len(domains) < 2 {
		return nil, err
	}
	var options []Option
	for _, d := range domains {
		options = append(options, Option{Value: d, Label: d})
	}
	return options, err
}

// chooseDomain puts the domains to choose from on the review of a request, with
// the one that was chosen, and what else its address says.
func (s *site) chooseDomain(c *fiber.Ctx, p *provisionPage) error {
	c.Context().QueryArgs().VisitAll(func(name, value []byte) {
		if string(name) != "dominio" {
			p.Query = append(p.Query, Option{Label: string(name), Value: string(value)})
		}
	})
	return s.read(c, func(tx *db.ReadTx) (err error) {
		p.Domains, err = domainOptions(tx)
		if p.Domain = c.Query("dominio"); p.Domain == "" && len(p.Domains) > 0 {
			p.Domain = p.Domains[0].Value
		}
		return err
	})
}
