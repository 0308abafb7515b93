package web

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) memberRoutes() []route {
	return []route{
		get("/iscritti", operators, s.members),
		get("/iscritti/elenco.csv", operators, s.memberFile),
		get("/iscritti/elenco.xlsx", operators, s.memberFile),
		get("/iscritti/elenco.pdf", operators, s.memberFile),
		get("/iscritti/caselle", clerks, s.reviewProvision),
		post("/iscritti/caselle", clerks, s.provisionMembers),
		get("/iscritti/azioni", clerks, s.manyActions),
		get("/iscritti/stato", clerks, s.manyStatusForm),
		post("/iscritti/stato", clerks, s.changeManyStatuses),
		get("/iscritti/nuovo", clerks, s.newMemberForm),
		post("/iscritti/nuovo", clerks, s.saveNewMember),
		get("/iscritti/:id", operators, s.member),
		get("/iscritti/:id/dati", clerks, s.standing(s.memberForm)),
		post("/iscritti/:id/dati", clerks, s.standing(s.saveMember)),
		get("/iscritti/:id/registro", operators, s.memberLog),
		get("/iscritti/:id/stato", clerks, s.standing(s.statusForm)),
		post("/iscritti/:id/stato", clerks, s.standing(s.changeStatus)),
		get("/iscritti/:id/accesso", clerks, s.standing(s.accessForm)),
		post("/iscritti/:id/collegamento", clerks, s.makeLink),
		post("/iscritti/:id/password", clerks, s.setPassword),
	}
}

// shownMoments is how much of a line of time is shown until more is asked for.
const shownMoments = 12

// memberPage is all that the Ordine knows of a member.
type memberPage struct {
	Frame
	Lacks     pec.Cents // the top-up after which no service of any mailbox ends for want of credit
	Member    db.MemberRow
	Status    string
	Alerts    []Alert
	Boxes     []memberBox
	Facts     []fact // where there is no mailbox yet
	Data      []fact
	Services  []memberService
	YearCost  pec.Cents
	On        pec.Date // of the renewal of all services; zero when they renew on several days
	Credit    pec.Cents
	Claim     pec.Cents
	Entries   []db.Entry
	Orders    []memberOrder
	Accesses  []memberAccess
	Letters   []letterLine // the latest
	Years     []Year
	More      int
	Since     int
	HasAccess bool
	MayAsk    bool // a mailbox may be requested

	Ledger, Pay, Buy, RenewMany string // addresses of other pages, empty when they are not there or not for this person

	agreements []pec.Agreement
}

// memberBox is one open mailbox of a member as the head of the page shows it.
type memberBox struct {
	office.MailboxView
	State   template.HTML
	Space   string
	Parts   string // of it: "2 GB compresi, 1 GB acquistato"
	Missing pec.Cents
	EndsOn  pec.Date // the expiry, or before it the day on which a leaver's closes
	Near    bool     // it is near
}

type memberService struct {
	What       string
	Box        string   // address
	On         pec.Date // the day of its renewal or end
	Href       string
	Gross      pec.Cents // of its renewal
	Then       template.HTML
	AtProvider string // where it is at the provider; empty when that is not known
	Refused    bool   // there
}

type memberOrder struct {
	On    pec.Date
	What  template.HTML
	Gross pec.Cents
	State template.HTML
}

func (s *site) member(c *fiber.Ctx) error {
	p, err := s.memberPage(c)
	if err != nil {
		return err
	}
	if p.Member.Merged() {
		return s.goneTo(c, p.Member)
	}
	return s.show(c, "member", p)
}

func (s *site) memberPage(c *fiber.Ctx) (*memberPage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &memberPage{}
	err = s.read(c, func(tx *db.ReadTx) error {
		if p.Member, err = tx.Member(id); err != nil {
			return err
		}
		p.Frame = s.frame(c, p.Member.FullName(), Crumb{"Iscritti", "/iscritti"})
		p.describe()
		for _, part := range []func(*fiber.Ctx, *db.ReadTx, *memberPage) error{s.memberDomicile, s.memberBoxes, s.memberCredit, s.memberOrders, s.memberAccesses, s.memberLetters, s.memberLife} {
			if err := part(c, tx, p); err != nil {
				return err
			}
		}
		return nil
	})
	return p, err
}

// describe fills what the member's own row tells.
func (p *memberPage) describe() {
	m := p.Member
	p.Status = capital(m.Said(m.Status.Italian()))
	p.HasAccess = m.PasswordHash != ""
	p.Lead = memberLead(m.Member)
	p.Menu = "/iscritti"
	add := func(title, value string) {
		if value != "" {
			p.Data = append(p.Data, fact{Title: title, Value: value})
		}
	}
	add("Titolo", m.Title)
	add(capital(m.Said("nato"))+" il", strings.Trim(m.BirthDate.Italian()+", "+withProvince(m.BirthPlace, m.BirthProvince), ", "))
	add("Partita IVA", m.VATNumber)
	add("E-mail di riferimento", m.Email)
	add("Telefono", m.Phone)
	add("Cellulare", m.Mobile)
	add("Indirizzo", strings.Trim(m.Address+", "+strings.TrimSpace(m.PostalCode+" "+withProvince(m.City, m.Province)), ", "))
	add("PEC propria", m.OwnPEC)
	if !m.LeftOn.IsZero() {
		add("Fuori dall’albo dal", m.LeftOn.Italian())
	}
	for _, line := range standingInWords(m) {
		add(line.Title, line.Value)
	}
}

// standingInWords is what is known about a status beside the register's
// columns.
func standingInWords(m db.MemberRow) []fact {
	since, standing := "Di nuovo nell’albo dal", m.Standing
	if m.Status == pec.MemberSuspended {
		since = capital(m.Said("sospeso")) + " dal"
	}
	return []fact{
		{Title: since, Value: standing.Since.Italian()},
		{Title: "Fino al", Value: standing.Until.Italian()},
		{Title: "Passa a", Value: standing.To},
		{Title: "Motivo dello stato", Value: standing.Reason},
	}
}

func withProvince(place, province string) string {
	if place == "" || province == "" {
		return place + province
	}
	return place + " (" + province + ")"
}

// memberLead is "Iscritta n. A15266, sezione A, settori a e b, dal 14/03/2003".
func memberLead(m pec.Member) string {
	parts := []string{capital(m.Said(m.Status.Italian()))}
	if m.RegistrationNumber != "" {
		parts[0] += " n. " + m.RegistrationNumber
	}
	if m.Section != "" {
		parts = append(parts, "sezione "+m.Section)
	}
	switch sectors := strings.Fields(m.Sector); len(sectors) {
	case 0:
	case 1:
		parts = append(parts, "settore "+sectors[0])
	default:
		last := len(sectors) - 1
		parts = append(parts, "settori "+strings.Join(sectors[:last], ", ")+" e "+sectors[last])
	}
	if !m.RegisteredOn.IsZero() {
		parts = append(parts, "nell’albo dal "+m.RegisteredOn.Italian())
	}
	return strings.Join(parts, ", ")
}

func (s *site) memberBoxes(c *fiber.Ctx, tx *db.ReadTx, p *memberPage) error {
	rows, err := tx.MailboxesOf(p.Member.ID)
	if err != nil {
		return err
	}
	book, agreements, err := s.office.Book(tx, p.Member.ID)
	if err != nil {
		return err
	}
	p.agreements = agreements
	shares := book.LackShares(agreements, p.Today, pec.Date{})
	for _, share := range shares {
		p.Lacks += share.Added
	}
	p.Pay = s.linkTo(c, "/credito/nuovo", paymentFor(p.Member.ID, 0))
	p.MayAsk = p.Member.Status == pec.MemberActive && p.Who.May(clerks)
	toRenew := 0
	for _, row := range rows {
		if row.Status == pec.MailboxClosed {
			continue
		}
		if row.Status != pec.MailboxRejected {
			p.MayAsk = false
		}
		view, err := s.office.ViewMailbox(tx, row)
		if err != nil {
			return err
		}
		if p.Buy == "" && row.Status == pec.MailboxActive && p.Member.Status.OnRegister() { // a leaver's takes no purchase
			p.Buy = s.linkTo(c, "/ordini/nuovo", withQuery("/ordini/nuovo", "casella", row.Address))
		}
		f := book.Forecast(agreements, row.ID, p.Today)
		if mayRenew(row, f, p.Today) {
			toRenew++
		}
		p.addBox(view, f)
		if i := slices.IndexFunc(shares, func(l pec.LackShare) bool { return l.Later && l.MailboxID == row.ID }); i >= 0 {
			p.Alerts = append(p.Alerts, shortLater(shares[i], row.Address, p.payment(shares[i].Lack.Missing())))
		}
		p.addServices(view, f)
	}
	p.On = p.renewsOn()
	if toRenew > 1 {
		p.RenewMany = s.linkTo(c, "/iscritti/:id/rinnovi", "/iscritti/"+itoa(p.Member.ID)+"/rinnovi")
	}
	p.warn(c, s)
	p.suspensionOver()
	return nil
}

func (p *memberPage) addBox(view office.MailboxView, f pec.Forecast) {
	box := memberBox{MailboxView: view, State: boxStatus(view.Status, p.Member.Status), Missing: f.Missing, EndsOn: view.ExpiresOn}
	if f.Mailbox.Kind == pec.EventClosed {
		box.EndsOn = f.On
	}
	box.Near = !f.On.IsZero() && p.Today.DaysUntil(f.On) <= soon
	box.Space = gb(view.TotalGB())
	box.Parts = Space{BaseGB: view.Kind.BaseInboxGB, ExtraGB: view.ExtraGB}.Parts()
	if view.UsedMB != nil {
		box.Space = pec.Megabytes(*view.UsedMB) + " di " + box.Space
	}
	if archive := view.Kind.BaseArchiveGB + view.ArchiveGB; archive > 0 {
		box.Space += ", archivio " + gb(archive)
	}
	p.Boxes = append(p.Boxes, box)
	if view.Status == pec.MailboxRejected {
		p.Alerts = append(p.Alerts, refusedAlert(view))
	}
	switch {
	case f.Mailbox.Kind == pec.EventClosed && view.TurnsOn.IsZero():
		p.Alerts = append(p.Alerts, Alert{
			Kind: "warning", Strong: fmt.Sprintf("La casella %s si chiude il %s, %s:", view.Address, f.On.Italian(), days(p.Today, f.On)), Text: f.WhyCloses(view.Mailbox) + ".",
		})
	case f.Mailbox.Kind == pec.EventFailed && box.Near:
		p.Alerts = append(p.Alerts, Alert{Kind: "danger", Strong: "La casella non si può rinnovare.", Text: f.Mailbox.Message})
	case f.Missing > 0:
		p.Alerts = append(p.Alerts, shortOf(f, view.Address, p.payment(f.Missing)))
	case f.Whole > 0:
		p.Alerts = append(p.Alerts, takenFirst(f, view.Address, p.payment(f.Whole)))
	}
}

// refusedAlert says that the provider refused a mailbox, under the address that
// it was sent.
func refusedAlert(view office.MailboxView) Alert {
	sent := cmp.Or(view.Refused.Address, view.Address)
	text := sentence(capital(rejectionInWords(view.Rejection)))
	if sent != view.Address {
		text += " Da allora l’indirizzo è " + view.Address + "."
	}
	return Alert{Kind: "danger", Strong: "Il gestore ha respinto la richiesta di " + sent + ".", Text: text}
}

// payment is where a payment of what is missing is registered; empty for who
// may not.
func (p *memberPage) payment(missing pec.Cents) string {
	if p.Pay == "" {
		return ""
	}
	return paymentFor(p.Member.ID, missing)
}

// howMade ends a sentence that names what is missing with how it is made up.
func howMade(l pec.Lack, what string) string {
	if sum := l.Sum(what); sum != "" {
		return ": " + sum + "."
	}
	return " " + what + "."
}

// shortOf says what ends for want of credit, and what would keep it.
func shortOf(f pec.Forecast, address, pay string) Alert {
	n := 0
	for _, e := range f.Services {
		if e.EndReason == pec.EndNoCredit || e.EndReason == pec.EndClaim {
			n++
		}
	}
	words := "cesserà 1 servizio"
	if n != 1 {
		words = fmt.Sprintf("cesseranno %d servizi", n)
	}
	a := Alert{
		Kind: "warning", Strong: fmt.Sprintf("Il %s %s: il credito non basta.", f.On.Italian(), words),
		Text: joinHTML(capital(pec.Lacks(f.Missing))+" ", strong(f.Missing.Euro()), howMade(f.Lack, "per rinnovare i servizi di "+address)),
	}
	if pay != "" {
		a.Href, a.Link = pay, "Registri il pagamento"
	}
	return a
}

// shortLater says that a mailbox keeps its services only as long as what expires
// before is not kept.
func shortLater(share pec.LackShare, address, pay string) Alert {
	a := Alert{
		Kind: "warning", Strong: fmt.Sprintf("Il %s il credito basta per %s solo se ciò che scade prima cessa.", share.On.Italian(), address),
		Text: joinHTML("Per tenere tutto mancano ", strong(share.Lack.Missing().Euro()), howMade(share.Lack, "per rinnovare i servizi di "+address)),
	}
	if pay != "" {
		a.Href, a.Link = pay, "Registri il pagamento"
	}
	return a
}

// takenFirst says that the credit does for a renewal only while older orders wait.
func takenFirst(f pec.Forecast, address, pay string) Alert {
	a := Alert{
		Kind: "warning", Strong: fmt.Sprintf("Il credito basta per il rinnovo del %s solo se ciò che aspetta il pagamento non lo prende prima.", f.On.Italian()),
		Text: joinHTML("In tutto "+pec.Lacks(f.Whole)+" ", strong(f.Whole.Euro()), howMade(f.Lack, "per rinnovare i servizi di "+address)),
	}
	if pay != "" {
		a.Href, a.Link = pay, "Registri il pagamento"
	}
	return a
}

// renewsOn is the day on which all the services renew or end; zero when they do on
// several days.
func (p *memberPage) renewsOn() pec.Date {
	if len(p.Services) == 0 || slices.ContainsFunc(p.Services, func(s memberService) bool { return s.On != p.Services[0].On }) {
		return pec.Date{}
	}
	return p.Services[0].On
}

func (p *memberPage) addServices(view office.MailboxView, f pec.Forecast) {
	for _, service := range view.Services {
		product, _ := view.Agreement.Product(service.Product)
		line := memberService{What: product.What(service.Quantity), Box: view.Address, On: f.On, Href: "/servizi/" + itoa(service.ID), Gross: p.renewalOf(service, f)}
		if product.Code == "" {
			line.What = pec.Product{Code: service.Product, Name: service.ProductName}.What(service.Quantity)
		}
		at := view.AtProvider[service.ID]
		line.AtProvider, line.Refused = at.Italian(), at.State == pec.ProvisionRejected
		switch _, renews := f.Renewal(service.ID); {
		case renews:
			line.Then = "Si rinnova"
		case service.Source == pec.SoldByProvider:
			line.Then = "Presso il gestore"
		default:
			line.Then = badge("warning", "Cessa")
			if reason, ends := f.Ends(service.ID); ends {
				line.Then = joinHTML(line.Then, " ", template.HTML(`<span class="small2 muted">`+template.HTMLEscapeString(reason.Italian())+`</span>`))
			}
		}
		p.YearCost += line.Gross
		p.Services = append(p.Services, line)
	}
}

// renewalOf is what a service costs at its renewal, gross, whether the credit
// is there or not; 0 when nobody asks for it.
func (p *memberPage) renewalOf(s db.ServiceRow, f pec.Forecast) pec.Cents {
	if event, renews := f.Renewal(s.ID); renews {
		return event.Price.Gross
	}
	agreement, ok := pec.InForce(p.agreements, f.On)
	reason, ends := f.Ends(s.ID)
	if !ok || !ends || reason != pec.EndNoCredit && reason != pec.EndClaim {
		return 0
	}
	product, _ := agreement.Product(s.Product)
	return agreement.YearPrice(product, s.NextQuantity, max(f.Mailbox.Years, 1)).Gross
}

// warn tells what is out of the ordinary with the member's mailbox.
func (p *memberPage) warn(c *fiber.Ctx, s *site) {
	switch {
	case len(p.Boxes) > 0 || !p.MayAsk:
	case p.Member.OwnPEC != "":
		p.Facts = append(p.Facts, fact{Title: "Casella PEC", Value: "Nessuna", Note: "Ha una PEC propria: " + p.Member.OwnPEC})
	default:
		ask := fmt.Sprint("/iscritti/caselle?id=", p.Member.ID)
		p.Alerts = append(p.Alerts, Alert{Kind: "warning", Strong: "Non ha ancora una casella e non ha una PEC propria.", Href: ask, Link: "Richieda la casella"})
	}
	if len(p.Boxes) == 0 && len(p.Facts) == 0 {
		p.Facts = append(p.Facts, fact{Title: "Casella PEC", Value: "Nessuna"})
	}
}

// suspensionOver tells that a suspension's last day is past: nothing ends it but
// an operator.
func (p *memberPage) suspensionOver() {
	m := p.Member
	if m.Status != pec.MemberSuspended || !m.Standing.Over(p.Today) {
		return
	}
	a := Alert{Kind: "warning", Strong: "La sospensione doveva finire il " + m.Standing.Until.Italian() + ".", Text: "Finché non si registra il nuovo stato, resta " + m.Said("sospeso") + "."}
	if p.Who.May(clerks) {
		a.Href, a.Link = fmt.Sprint("/iscritti/", m.ID, "/stato"), "Cambi lo stato"
	}
	p.Alerts = append(p.Alerts, a)
}

func (s *site) memberCredit(c *fiber.Ctx, tx *db.ReadTx, p *memberPage) error {
	id := p.Member.ID
	entries, err := tx.Account(id)
	if err != nil {
		return err
	}
	if len(entries) > 0 {
		p.Credit = entries[len(entries)-1].Balance
	}
	for i := len(entries) - 1; i >= 0 && len(p.Entries) < 5; i-- {
		p.Entries = append(p.Entries, entries[i])
	}
	if p.Claim, err = tx.Claim(id); err != nil {
		return err
	}
	p.Ledger = s.linkTo(c, "/credito/:id", fmt.Sprint("/credito/", id))
	return nil
}

func (s *site) memberOrders(c *fiber.Ctx, tx *db.ReadTx, p *memberPage) error {
	orders, err := tx.OrdersOf(p.Member.ID)
	if err != nil {
		return err
	}
	for _, o := range orders[:min(len(orders), 5)] {
		lines, err := tx.OrderLines(o.ID)
		if err != nil {
			return err
		}
		line := memberOrder{On: o.OrderedOn, Gross: o.Price.Gross}
		name := o.Number()
		if name == "" {
			name = "In corso"
		}
		line.What = joinHTML(anchor(s.linkTo(c, "/ordini/:id", fmt.Sprint("/ordini/", o.ID)), name), ": "+inWords(lines))
		switch o.State {
		case pec.OrderCompleted:
		case pec.OrderAwaitingPayment:
			line.State = badge("warning", "In attesa")
		default:
			line.State = badge("secondary", capital(o.State.Italian()))
		}
		p.Orders = append(p.Orders, line)
	}
	return nil
}

// memberAccess is an access to another's mailbox, or of another to the member's.
type memberAccess struct {
	Address template.HTML
	With    template.HTML // "di Rossi Mario", "per Bianchi Anna"
	State   template.HTML
	Since   pec.Date
}

func (s *site) memberAccesses(c *fiber.Ctx, tx *db.ReadTx, p *memberPage) error {
	mine, err := tx.AccessesOf(p.Member.ID)
	if err != nil {
		return err
	}
	theirs, err := tx.AccessesTo(p.Member.ID)
	for _, a := range slices.Concat(theirs, mine) {
		line := memberAccess{Address: joinHTML(a.Asked), With: "nessuna casella ha questo indirizzo", Since: a.AskedOn}
		if a.MailboxID != 0 {
			line.Address = s.mailboxLink(c, a.MailboxID, a.Address)
			line.With = joinHTML("di ", s.memberLink(c, a.HolderID, a.Holder))
		}
		if a.GuestID != p.Member.ID {
			line.With = joinHTML("per ", s.memberLink(c, a.GuestID, a.GuestName))
		}
		line.State = badge("secondary", capital(a.State.Italian()))
		switch {
		case a.State == pec.AccessGranted && a.Refuses() != nil:
			line.State, line.Since = badge("secondary", "Non utilizzabile"), a.DecidedOn
		case a.State == pec.AccessGranted:
			line.State, line.Since = "Concesso", a.DecidedOn
		case a.State == pec.AccessRefused:
			line.Since = a.DecidedOn
		case a.State == pec.AccessWithdrawn:
			line.Since = a.EndedOn
		}
		p.Accesses = append(p.Accesses, line)
	}
	return err
}

func (s *site) memberLetters(_ *fiber.Ctx, tx *db.ReadTx, p *memberPage) error {
	list, err := tx.LetterList(db.LetterFilter{Member: p.Member.ID, Limit: 5})
	for _, l := range list {
		p.Letters = append(p.Letters, letterLine{LetterListed: l})
	}
	return err
}

func (s *site) memberLife(c *fiber.Ctx, tx *db.ReadTx, p *memberPage) error {
	l, err := s.lifeFrom(c, tx)
	if err != nil {
		return err
	}
	id := p.Member.ID
	boxes, err := tx.MailboxesOf(id)
	if err != nil {
		return err
	}
	for _, b := range boxes {
		if err := l.mailbox(b); err != nil {
			return err
		}
	}
	entries, err := tx.Account(id)
	if err != nil {
		return err
	}
	l.money(entries)
	for _, part := range []func() error{
		func() error { return l.changes(p.Member.Member) }, func() error { return l.merged(id) }, func() error { return l.orders(id, 0) },
		func() error { return l.messages(id, 0) }, func() error { return l.letters(id, 0) }, func() error { return l.coming(id, 0) },
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

// memberLogPage is the log of a member, with their mailboxes and orders.
type memberLogPage struct {
	Frame
	Member  db.MemberRow
	Entries []logLine
	Pager   *Pager
}

type logLine struct {
	db.AuditEntry
	Who, What, About string
	Life             string // address of the line of time, which has the values of a change of data
}

func (s *site) memberLog(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	const size = 50
	p := memberLogPage{}
	err = s.read(c, func(tx *db.ReadTx) error {
		if p.Member, err = tx.Member(id); err != nil {
			return err
		}
		names, err := actorsOf(tx)
		if err != nil {
			return err
		}
		agreements, err := tx.Agreements()
		if err != nil {
			return err
		}
		products := productsOf(agreements)
		entries, err := tx.MemberAudit(id, int64(c.QueryInt("prima")), size+1)
		if err != nil {
			return err
		}
		for _, e := range entries[:min(len(entries), size)] {
			line := logLine{AuditEntry: e, Who: names.of(e.Actor), What: actionInWords(e.Action), About: detailOf(e.Detail, products)}
			switch e.Action {
			case "member.edited", "member.contacts", "member.status":
				line.Life = fmt.Sprintf("/iscritti/%d?tutto=1#linea", id)
			}
			p.Entries = append(p.Entries, line)
		}
		if len(entries) > size {
			p.Pager = &Pager{Size: size, Next: fmt.Sprintf("/iscritti/%d/registro?prima=%d", id, entries[size-1].ID)}
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.Frame = s.frame(c, "Registro", Crumb{"Iscritti", "/iscritti"}, Crumb{p.Member.FullName(), fmt.Sprint("/iscritti/", id)})
	p.Lead = "Chi ha fatto che cosa su " + p.Member.FullName() + ", dal più recente"
	return s.show(c, "memberlog", &p)
}
