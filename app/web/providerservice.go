package web

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

const servicesToActivate = "/caselle/gestore/servizi"

// providerServicesPage lists the services that somebody has to switch on, change
// or take off at the provider, for who does so by file and for who does so by
// hand.
type providerServicesPage struct {
	Frame
	ToDo     []serviceToDo
	More     int    // of them, not listed
	On       string // the day on which what is ticked was done
	Apart    bool   // the file goes without services
	Rejected []providerService
	Ended    []endedService // refused, and ended before anybody decided
	Presumed []providerService
	Done     []providerService // the latest
	Mistakes bool              // some of Done were marked by hand
	Columns  string            // where the file's columns are set
}

// endedService is a service that the provider refused and that ended before anybody
// decided.
type endedService struct {
	What        string
	Box, Person template.HTML
	EndedOn     pec.Date
	Why         string
	Gross       pec.Cents // that can come back
	Href        string
}

// serviceToDo is a service that the provider is to be asked for, or was.
type serviceToDo struct {
	Value   string // of its box: a key while no file has asked for it, then the request's number
	Ticked  bool
	Address string
	What    string
	Since   pec.Date
	State   template.HTML
	Note    template.HTML
	Box     template.HTML
	Person  template.HTML // the holder
}

// providerService is a service that was asked for, or taken for known.
type providerService struct {
	db.RequestListed
	What   string
	How    template.HTML // who says that it is done
	Cancel []cancelLink  // of a refusal: the services that may be cancelled and given back
	Again  string        // of a refusal: how it is asked again with what was bought since; empty while an operator decides
	ByHand bool
	Box    template.HTML
	Person template.HTML
}

const servicesDoneShown = 50

func (s *site) providerServices(c *fiber.Ctx) error {
	p, err := s.providerServicesPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "providerservices", p)
}

func (s *site) providerServicesPage(c *fiber.Ctx) (*providerServicesPage, error) {
	p := &providerServicesPage{Frame: s.frame(c, "Servizi da attivare", Crumb{"Caselle", "/caselle"}, Crumb{"Richieste al gestore", "/caselle/gestore"})}
	p.Menu, p.On = "/caselle", p.Today.Italian()
	p.Columns = s.linkTo(c, "/caselle/gestore/colonne", "/caselle/gestore/colonne")
	err := s.read(c, func(tx *db.ReadTx) error {
		layout, err := tx.ProviderLayout()
		if err != nil {
			return err
		}
		p.Apart = layout.WithoutServices
		agreements, err := tx.Agreements()
		if err != nil {
			return err
		}
		if err := s.servicesToDo(c, tx, p, agreements); err != nil {
			return err
		}
		names, err := actorsOf(tx)
		if err != nil {
			return err
		}
		for _, list := range []struct {
			to     *[]providerService
			filter db.RequestFilter
		}{
			{&p.Rejected, db.RequestFilter{State: "rejected", Limit: rejectedShown}},
			{&p.Presumed, db.RequestFilter{State: "presumed", Limit: reviewSize}},
			{&p.Done, db.RequestFilter{State: "done", Newest: true, Limit: servicesDoneShown}},
		} {
			list.filter.Services = true
			found, err := tx.RequestList(list.filter)
			if err != nil {
				return err
			}
			for _, r := range found {
				*list.to = append(*list.to, s.providerService(c, agreements, names, r))
			}
		}
		for i := range p.Rejected {
			if err := p.Rejected[i].refused(tx, productsOf(agreements)); err != nil {
				return err
			}
		}
		return s.endedServices(c, tx, p)
	})
	p.Mistakes = p.Who.May(clerks) && slices.ContainsFunc(p.Done, func(d providerService) bool { return d.ByHand })
	return p, err
}

// endedServices lists those that were refused and ended undecided.
func (s *site) endedServices(c *fiber.Ctx, tx *db.ReadTx, p *providerServicesPage) error {
	list, err := s.office.Undecided(tx)
	if err != nil {
		return err
	}
	for _, r := range list {
		holder, err := tx.Member(r.Box.MemberID)
		if err != nil {
			return err
		}
		p.Ended = append(p.Ended, endedService{
			What: r.What(), Box: s.mailboxLink(c, r.Box.ID, r.Box.Address), Person: s.memberLink(c, holder.ID, holder.FullName()),
			EndedOn: r.Service.EndedOn, Why: rejectionInWords(r.Refusal.Reason), Gross: r.Price.Gross, Href: s.linkTo(c, "/servizi/:id/riaccredito", recreditPath(r.Service.ID)),
		})
	}
	return nil
}

// servicesToDo lists what is due and what awaits its answer.
func (s *site) servicesToDo(c *fiber.Ctx, tx *db.ReadTx, p *providerServicesPage, agreements []pec.Agreement) error {
	send, err := s.office.ToSend(tx)
	if err != nil {
		return err
	}
	for _, a := range send.Services() {
		row := serviceToDo{Value: a.Key(), Address: a.Mailbox.Address, What: a.ServiceTotal(), Since: a.DueOn, State: badge("warning", "Da chiedere")}
		row.Box, row.Person = s.mailboxLink(c, a.Mailbox.ID, a.Mailbox.Address), s.memberLink(c, a.Mailbox.MemberID, a.Holder.FullName())
		if a.ID != 0 {
			row.State, row.Note = badge("warning", "Senza risposta"), "Torna nel prossimo file"
		}
		p.ToDo = append(p.ToDo, row)
	}
	due := len(p.ToDo)
	awaited, err := tx.RequestList(db.RequestFilter{State: "sent", Services: true})
	for _, r := range awaited {
		p.ToDo = append(p.ToDo, serviceToDo{
			Value: itoa(r.ID), Address: r.Address, What: r.TotalCalled(agreements), Since: r.DueOn,
			State: badge("secondary", "In attesa"), Note: joinHTML(anchor("/caselle/gestore/"+itoa(r.FileID), "file n. "+itoa(r.FileID)), ", "+days(p.Today, r.SentOn)),
			Box: s.mailboxLink(c, r.MailboxID, r.Address), Person: s.memberLink(c, r.MemberID, r.Holder),
		})
	}
	p.Lead = counted(due, "servizio da chiedere", "servizi da chiedere") + " al gestore; " + counted(len(awaited), "in attesa di esito", "in attesa di esito")
	if n := len(p.ToDo); n > reviewSize {
		p.ToDo, p.More = p.ToDo[:reviewSize], n-reviewSize
	}
	return err
}

func (s *site) providerService(c *fiber.Ctx, agreements []pec.Agreement, names actorNames, r db.RequestListed) providerService {
	v := providerService{RequestListed: r, What: r.TotalCalled(agreements), ByHand: r.By != "" && r.BatchID == 0}
	v.Box, v.Person = s.mailboxLink(c, r.MailboxID, r.Address), s.memberLink(c, r.MemberID, r.Holder)
	if v.How = "Esito del gestore"; v.ByHand {
		v.How = joinHTML("Segnato a mano da " + names.of(r.By))
	}
	return v
}

// refused says how a refusal that is still to be decided is asked again meanwhile,
// in a larger total.
func (p *providerService) refused(tx *db.ReadTx, names productNames) error {
	services, err := office.RefusedServices(tx, p.Request)
	for _, v := range services {
		p.Cancel = append(p.Cancel, cancelLinkOf(names, v))
		switch v.At.State {
		case pec.ProvisionDue:
			p.Again = "Torna nel prossimo file, nel totale con ciò che è stato acquistato dopo"
		case pec.ProvisionAsked:
			p.Again = "Chiesto di nuovo il " + v.At.On.Italian() + ", nel totale con ciò che è stato acquistato dopo"
		}
	}
	return err
}

// cancelLink leads to where a refused service is cancelled and given back.
type cancelLink struct {
	Href string
	What string // "2 × Multiutente dal 10/01/2018"
}

func cancelLinkOf(names productNames, v office.RefusedService) cancelLink {
	return cancelLink{recreditPath(v.ID), names.what(v.Product, v.Quantity) + " dal " + v.StartedOn.Italian()}
}

// Why is the provider's reason, or that it gave none.
func (p providerService) Why() string { return rejectionInWords(p.Reason) }

// markServices takes what a clerk says of the services ticked: that they are
// done, or that the provider has to be asked.
func (s *site) markServices(c *fiber.Ctx) error {
	f := formOf(c)
	ask := f.text("action") == "ask"
	var d office.ServicesDone
	ticked := f.texts("key")
	for _, value := range ticked {
		if id, err := strconv.ParseInt(value, 10, 64); err == nil {
			d.Requests = append(d.Requests, id)
		} else {
			d.Keys = append(d.Keys, value)
		}
	}
	if len(ticked) == 0 {
		return s.told(c, servicesToActivate, Alert{Kind: "warning", Strong: "Non ha scelto nessun servizio.", Text: "Spunti quelli di cui dice qualcosa, poi prema di nuovo."})
	}
	if f.sent("on") {
		d.On = f.day("on")
	}
	n := 0
	if f.ok() {
		var err error
		if ask {
			n, err = s.office.AskAgain(ctx(c), who(c).Actor(), d.Requests)
		} else {
			n, err = s.office.ServicesDoneByHand(ctx(c), who(c).Actor(), d)
		}
		f.add(err)
	}
	if !f.ok() {
		p, err := s.providerServicesPage(c)
		if err != nil {
			return err
		}
		p.On = f.text("on")
		for i := range p.ToDo {
			p.ToDo[i].Ticked = slices.Contains(ticked, p.ToDo[i].Value)
		}
		return s.refuse(c, "providerservices", p, f)
	}
	said := []string{counted(n, "servizio risulta fatto presso il gestore.", "servizi risultano fatti presso il gestore."), "L’iscritto lo legge nella sua area."}
	if ask {
		said = []string{counted(n, "servizio torna da chiedere al gestore.", "servizi tornano da chiedere al gestore.")}
	}
	if left := len(ticked) - n; left > 0 {
		changed := counted(left, "altro non è stato toccato", "altri non sono stati toccati") + ": dopo che ha guardato l’elenco qualcosa è cambiato. Li controlli di nuovo."
		return s.told(c, servicesToActivate, Alert{Kind: "warning", Strong: said[0], Text: capital(changed)})
	}
	return s.done(c, servicesToActivate, said[0], strings.Join(said[1:], " "))
}
