package web

import (
	"fmt"
	"html/template"
	"slices"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) mailboxRoutes() []route {
	return []route{
		get("/caselle", operators, s.mailboxes),
		get("/caselle/esporta", operators, s.mailboxFile),
		get("/caselle/attivazioni", clerks, s.reviewActivations),
		post("/caselle/attivazioni", clerks, s.activateMany),
		get("/caselle/:id", operators, s.mailbox),
		get("/caselle/:id/attivazione", clerks, s.activationForm),
		post("/caselle/:id/attivazione", clerks, s.activate),
		post("/caselle/:id/richiesta", clerks, s.requestAgain),
	}
}

// mailboxesPage is the list of the mailboxes by status.
type mailboxesPage struct {
	Frame
	Tabs       Tabs
	Search     string
	Status     string
	Found      int
	Rows       []mailboxLine
	Activating bool // some of the rows wait for an activation
	Pager      *Pager
	Export     exportLinks
	ToRequest  int // members who should have a mailbox and have none
	ToSend     int // requests that the provider has not got yet
	Request    string
	Letters    string // where letters about the mailboxes listed are prepared
	None       Empty

	closings *db.Closings
}

// mailboxLine is a row of the mailboxes' list.
type mailboxLine struct {
	db.MailboxListed
	State   template.HTML
	Waiting bool // an activation may be registered
}

// expiring is the list of what expires soon, beside those of a status.
const expiring = "expiring"

// mailboxLists are the tabs of the list.
var mailboxLists = []struct{ status, title string }{
	{"", "Tutte"}, {"outstanding", "In attesa"}, {string(pec.MailboxActive), "Attive"}, {expiring, "In scadenza entro 90 giorni"},
	{"closing", "Si chiudono"}, {string(pec.MailboxSuspended), "Sospese"}, {string(pec.MailboxRejected), "Respinte"}, {string(pec.MailboxClosed), "Chiuse"},
}

// letterOfList is the letter that is written about the mailboxes of a list.
var letterOfList = map[string]pec.MessageKind{
	string(pec.MailboxActive): pec.LetterActivation, expiring: pec.LetterNotice, "closing": pec.LetterClosing, string(pec.MailboxClosed): pec.LetterClosing,
}

// mailboxFilter reads the filters of the list from the address.
func mailboxFilter(l listing, today pec.Date) db.MailboxFilter {
	f := db.MailboxFilter{Search: l.get("q"), Status: l.get("stato")}
	if f.Status == expiring {
		f.Status, f.Until = "", today.AddDays(soon)
	}
	return f
}

func (s *site) mailboxes(c *fiber.Ctx) error {
	l := listingOf(c, "/caselle", "q", "stato")
	p := mailboxesPage{Frame: s.frame(c, "Caselle"), Search: l.get("q"), Status: l.get("stato")}
	p.Export = l.exports("/caselle/esporta")
	p.Request = withQuery("/iscritti/caselle", "tutti", "1", "casella", "to_request")
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		if p.closings, err = s.office.Closings(tx); err != nil {
			return err
		}
		if err := s.mailboxTabs(tx, &p, l); err != nil {
			return err
		}
		return s.mailboxRows(tx, &p, l)
	})
	if err != nil {
		return err
	}
	return s.show(c, "mailboxes", &p)
}

// mailboxTabs fills the tabs with their counts.
func (s *site) mailboxTabs(tx *db.ReadTx, p *mailboxesPage, l listing) (err error) {
	if p.ToRequest, err = tx.MemberCount(db.MemberFilter{Mailbox: "to_request"}); err != nil {
		return err
	}
	send, err := s.office.ToSend(tx)
	if err != nil {
		return err
	}
	p.ToSend = len(send.Asks)
	p.Tabs.Label = "Caselle per stato"
	for _, list := range mailboxLists {
		at := listing{path: l.path}.with("stato", list.status)
		f := db.MailboxFilter{Status: list.status, Closings: p.closings}
		if list.status == expiring {
			f.Status, f.Until = "", p.Today.AddDays(soon)
		}
		n, err := tx.MailboxCount(f)
		if err != nil {
			return err
		}
		if n > 0 || list.status == "" || list.status == p.Status {
			p.Tabs.Items = append(p.Tabs.Items, Tab{Title: list.title, Count: pec.Thousands(n), Path: at, Current: list.status == p.Status})
		}
	}
	return nil
}

func (s *site) mailboxRows(tx *db.ReadTx, p *mailboxesPage, l listing) error {
	f := mailboxFilter(l, p.Today)
	f.Closings = p.closings
	found, err := tx.MailboxCount(f)
	if err != nil {
		return err
	}
	p.Lead = counted(found, "casella", "caselle")
	p.None = p.nothing(l)
	p.Found = found
	if kind, natural := letterOfList[p.Status]; natural && p.Who.May(clerks) && found > 0 {
		p.Letters = l.at("/lettere/nuove", "elenco", "caselle", "tipo", string(kind))
	}
	f.AfterID, f.BeforeID, f.Limit = l.id(afterParam), l.id(beforeParam), registerSize+1
	list, err := tx.MailboxList(f)
	if err != nil {
		return err
	}
	list, p.Pager = pageOf(l, list, registerSize,
		func(m db.MailboxListed) string { return itoa(m.ID) }, func(m db.MailboxListed) string { return m.Address })
	for _, m := range list {
		line := mailboxLine{MailboxListed: m, State: boxStatus(m.Status, m.MemberStatus)}
		if on, closes := p.closings.On[m.ID]; closes { // in the expiry's place
			line.ExpiresOn = on
		}
		line.Waiting = m.Status == pec.MailboxRequested || m.Status == pec.MailboxSent
		p.Activating = p.Activating || line.Waiting && p.Who.May(clerks)
		p.Rows = append(p.Rows, line)
	}
	return nil
}

// nothing is what the list says when it is empty.
func (p *mailboxesPage) nothing(l listing) Empty {
	switch {
	case p.Search != "":
		return Empty{Icon: "it-search", IconClass: "icon-secondary", Title: "Nessuna casella trovata", Text: "Basta l’inizio dell’indirizzo, o del nome, del numero o del codice fiscale del titolare.", Href: l.with("q", ""), Action: "Togli la ricerca"}
	case p.Status == "outstanding":
		return allWell("Nessuna casella in attesa", "Il gestore ha attivato tutte quelle richieste.")
	case p.Status == expiring:
		return allWell("Nessuna casella in scadenza", "Nei prossimi 90"+nbsp+"giorni non scade nulla.")
	case p.Status != "":
		return Empty{Icon: "it-search", IconClass: "icon-secondary", Title: "Nessuna casella in questo stato", Text: "Le trova tutte nel primo elenco.", Href: "/caselle", Action: "Mostra tutte"}
	}
	e := Empty{Icon: "it-mail", IconClass: "icon-primary", Title: "Ancora nessuna casella", Text: "Si richiedono per gli iscritti che non ne hanno una; prima di scrivere vedrà gli indirizzi proposti."}
	if p.ToRequest > 0 && p.Who.May(clerks) {
		e.Href, e.Action = p.Request, "Richiedi "+counted(p.ToRequest, "casella…", "caselle…")
	}
	return e
}

func (s *site) mailboxChips(c *fiber.Ctx, _ *db.ReadTx) (chips filterChips, err error) {
	l := listingOf(c, "/caselle", "q", "stato")
	for _, list := range mailboxLists {
		if list.status != "" && list.status == l.get("stato") {
			chips.add("stato", list.title)
		}
	}
	if q := l.get("q"); q != "" {
		chips.add("q", "«"+q+"»")
	}
	return chips, nil
}

// mailboxFile sends just what the list holds.
func (s *site) mailboxFile(c *fiber.Ctx) error {
	today := visitOf(c).today
	f := mailboxFilter(listingOf(c, "/caselle", "q", "stato"), today)
	t, err := s.office.MailboxesListed(ctx(c), f)
	if err != nil {
		return err
	}
	return s.sendList(c, "caselle-"+today.String(), t)
}

// mailboxPage is a mailbox's life as a line of time.
type mailboxPage struct {
	Frame
	office.MailboxView
	State     template.HTML
	Alerts    []Alert
	Next      string   // what happens on the expiry
	EndsOn    pec.Date // the expiry, or before it the day on which a leaver's closes
	Term      string   // for how long it is renewed, or why it is not
	Near      bool
	Space     *Space
	Services  []memberService
	YearCost  pec.Cents
	On        pec.Date
	Periods   []db.Period
	Charged   pec.Cents // of all the periods, gross
	Years     []Year
	More      int
	Since     int
	Why       string // where it is told why a notice did not leave
	Waiting   bool
	Member    template.HTML
	Readdress bool   // the address may still be changed
	Letter    bool   // a letter about it may be prepared
	Renew     string // where its renewal is ordered
	AskSpace  bool   // space may be asked for with it
	Asked     int    // GB
	Auto      string // where its automatic renewal is turned on or off
	Again     bool   // refused by the provider, it may be asked again
	Withdraw  bool   // its request may be taken back
	Suspend   string // the button that suspends it, or ends its suspension
}

func (s *site) mailbox(c *fiber.Ctx) error {
	p, err := s.mailboxPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "mailbox", p)
}

func (s *site) mailboxPage(c *fiber.Ctx) (*mailboxPage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &mailboxPage{}
	return p, s.read(c, func(tx *db.ReadTx) error {
		row, err := tx.Mailbox(id)
		if err != nil {
			return err
		}
		if p.MailboxView, err = s.office.ViewMailbox(tx, row); err != nil {
			return err
		}
		p.Frame = s.frame(c, row.Address, Crumb{"Caselle", "/caselle"})
		for _, part := range []func(*fiber.Ctx, *db.ReadTx, *mailboxPage) error{s.mailboxState, s.mailboxPeriods, s.mailboxLife} {
			if err := part(c, tx, p); err != nil {
				return err
			}
		}
		return nil
	})
}

// requestAgain requests a mailbox that the provider has refused once more.
func (s *site) requestAgain(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	again, err := s.office.RequestAgain(ctx(c), who(c).Actor(), id)
	f.add(err)
	if !f.ok() {
		p, err := s.mailboxPage(c)
		if err != nil {
			return err
		}
		return s.refuse(c, "mailbox", p, f)
	}
	at := fmt.Sprint("/caselle/", id)
	if !again {
		return s.told(c, at, Alert{Kind: "primary", Strong: "La casella è già richiesta.", Text: "Andrà al gestore con il prossimo file."})
	}
	return s.told(c, at, Alert{Kind: "success", Strong: "La casella è di nuovo richiesta.", Text: "Andrà al gestore con il prossimo file.", Href: "/caselle/gestore", Link: "Richieste al gestore"})
}

// mailboxState fills what the mailbox is now and what awaits it.
func (s *site) mailboxState(c *fiber.Ctx, tx *db.ReadTx, p *mailboxPage) error {
	p.State = boxStatus(p.Status, p.Holder.Status)
	p.Member = s.memberLink(c, p.Holder.ID, p.Holder.FullName())
	p.Lead = "Titolare " + p.Holder.FullName()
	if name := p.MailboxView.Kind.Name; name != "" { // without an agreement kinds have no names
		p.Lead = "Tipologia " + name + ", titolare " + p.Holder.FullName()
	}
	p.Why = withQuery("/avvisi/perche", "q", p.Address)
	p.Letter = p.Who.May(clerks) && (p.Status.Running() || p.Status == pec.MailboxClosed)
	p.Again = p.Status == pec.MailboxRejected && p.Who.May(clerks)
	p.Withdraw = p.Who.May(clerks) && pec.CheckWithdrawal(p.Mailbox) == nil
	p.Readdress = p.Who.May(clerks) && addressIsOpen(p.Status)
	if p.Who.May(clerks) {
		p.Suspend = map[pec.MailboxStatus]string{pec.MailboxActive: "Sospendi…", pec.MailboxSuspended: "Riattiva…"}[p.Status]
	}
	p.AskSpace = p.Who.May(clerks) && !p.Status.Running() && p.Status != pec.MailboxClosed && p.Agreement.SoldBy == pec.SoldByOrdine
	var err error
	if p.Asked, err = tx.AskedSpace(p.ID); err != nil {
		return err
	}
	p.Waiting = p.Who.May(clerks) && (p.Status == pec.MailboxRequested || p.Status == pec.MailboxSent)
	book, agreements, err := s.office.Book(tx, p.Holder.ID)
	if err != nil {
		return err
	}
	f := book.Forecast(agreements, p.ID, p.Today)
	services := memberPage{Frame: p.Frame, Member: p.Holder, agreements: agreements}
	services.Pay = s.linkTo(c, "/credito/nuovo", paymentFor(p.Holder.ID, 0))
	services.addBox(p.MailboxView, f)
	services.addServices(p.MailboxView, f)
	p.Alerts, p.Services, p.YearCost, p.On = services.Alerts, services.Services, services.YearCost, services.renewsOn()
	p.Near = services.Boxes[0].Near
	if p.Status.Running() {
		p.Space = spaceOf(p.MailboxView)
	}
	p.EndsOn, p.Term = p.ExpiresOn, "Rinnovo automatico spento"
	if p.AutoRenew {
		p.Term = "Per " + counted(p.TermYears, "anno", "anni")
	}
	switch f.Mailbox.Kind {
	case pec.EventRenewed:
		p.Next = "Si rinnova da sola"
		if f.Mailbox.Renewal != nil {
			p.Next, p.Term = "Si rinnova con l’ordine che aspetta", "Il credito basta"
		}
	case pec.EventClosed:
		p.Next, p.EndsOn = "Si chiude il "+f.On.Italian(), f.On
		if f.Mailbox.CloseReason == pec.CloseLeaver {
			p.State = badge("warning", p.Next)
		}
		if p.AutoRenew {
			p.Term = capital(f.WhyCloses(p.Mailbox))
		}
		switch {
		case f.Stopped:
			p.Term = "L’ordine di rinnovo non si può pagare finché è sospesa"
		case f.Order != 0:
			p.Term = "L’ordine di rinnovo aspetta " + f.AskedMissing.Euro()
		case f.AskedYears > 0:
			p.Term = "Un ordine la rinnova per " + yearsOf(f.AskedYears) + ": " + f.Asked.Gross.Euro()
		}
	case pec.EventFailed:
		p.Next = "Non si può rinnovare"
	default:
		p.Next = "–"
	}
	if p.NextKind != "" {
		p.Term += ", come " + kindName(agreements, p.NextKind)
	}
	if !p.TurnsOn.IsZero() {
		p.Next += ", già pagata dal " + p.TurnsOn.Italian()
	}
	if p.Who.May(clerks) && p.Status.Running() && p.Today.Before(p.ExpiresOn) && p.Holder.Status.OnRegister() {
		if now, _ := p.Agreement.Kind(p.KindAhead()); now.PaidBy == pec.PaidByOrdine {
			p.Auto = fmt.Sprint("/caselle/", p.ID, "/rinnovo")
		}
		if p.TurnsOn.IsZero() && f.Order == 0 && p.Status == pec.MailboxActive {
			p.Renew = withQuery("/ordini/rinnovo", "casella", p.Address)
		}
	}
	return nil
}

// kindName is the name of a kind in the latest agreement that has it.
func kindName(agreements []pec.Agreement, code string) string {
	for _, a := range slices.Backward(agreements) {
		if k, ok := a.Kind(code); ok {
			return k.Name
		}
	}
	return code
}

func (s *site) mailboxPeriods(_ *fiber.Ctx, tx *db.ReadTx, p *mailboxPage) (err error) {
	p.Periods, err = tx.Periods(p.ID)
	slices.Reverse(p.Periods)
	for _, period := range p.Periods {
		p.Charged += period.Price.Gross
	}
	return err
}

func (s *site) mailboxLife(c *fiber.Ctx, tx *db.ReadTx, p *mailboxPage) error {
	l, err := s.lifeFrom(c, tx)
	if err != nil {
		return err
	}
	for _, part := range []func() error{
		func() error { return l.mailbox(p.MailboxRow) },
		func() error { return l.orders(p.Holder.ID, p.ID) },
		func() error { return l.messages(p.Holder.ID, p.ID) },
		func() error { return l.letters(p.Holder.ID, p.ID) },
		func() error { return l.coming(p.Holder.ID, p.ID) },
	} {
		if err := part(); err != nil {
			return err
		}
	}
	limit := shownMoments
	if c.Query("tutto") != "" {
		limit = 0
	}
	p.Years, p.More, p.Since = l.years(limit)
	return nil
}
