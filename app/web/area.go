package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) areaRoutes() []route {
	return []route{
		get("/area", themselves, s.area),
		get("/area/acquisto", themselves, s.purchase),
		post("/area/acquisto", themselves, s.buy),
		get("/area/tipologie", themselves, s.kinds),
		get("/area/condizioni", themselves, s.terms),
		get("/area/servizi/:id", themselves, s.ownService),
		post("/area/servizi/:id", themselves, s.changeOwnService),
		get("/area/preferenze", themselves, s.preference),
		post("/area/preferenze", themselves, s.prefer),
		get("/area/ricarica", themselves, s.howToPay),
		get("/area/ordini", themselves, s.ownOrders),
		get("/area/ordini/:id", themselves, s.ownOrder),
		get("/area/ordini/:id/annulla", themselves, s.cancelPage),
		post("/area/ordini/:id/annulla", themselves, s.cancelOwnOrder),
		get("/area/movimenti", themselves, s.ownEntries),
		get("/area/dati", themselves, s.ownData),
		post("/area/dati", themselves, s.changeOwnData),
		get("/conferma-mail/:token", anyone, s.confirmEmailForm),
		post("/conferma-mail/:token", anyone, s.confirmEmail),
		get("/area/password", themselves, s.passwordPage),
		post("/area/password", themselves, s.changePassword),
	}
}

// areaPage is a member's own page: one mailbox and all that goes with it.
type areaPage struct {
	Frame
	Choices   []areaChoice // of who has several mailboxes
	RenewMany bool         // several of them are renewed by an order
	Box       *areaBox     // nil: none was ever requested
	Sooner    []Alert      // about those of the several that are not shown, by their days: before that of the one shown
	Short     *areaShort
	Others    []Alert // and the rest of them
	Waiting   []areaWaiting
	Cancelled []ownOrderLine // lately, and not by the member
	Credit    *areaCredit    // nil where purchases and credit are the provider's
	Services  []areaService
	Prefer    bool // there is an order of preference to choose
	Entrusted []otherBox
	Asking    []ownGuest // who waits for the member's answer
	Email     string
}

// areaChoice is one of several mailboxes of a holder.
type areaChoice struct {
	Address, Status, Path string
	Expires               pec.Date // zero when no term runs
	Near                  bool     // to be shown in red
	Current               bool
}

type areaBox struct {
	Address, Kind string
	Status        string
	StatusKind    string // of the badge
	Suspended     string // what it means that it is; empty when it is not
	Expires       pec.Date
	Near          bool // to be shown in red
	Next          string
	Space         *Space
	Buy, BuyWords string // where to buy
	Renew         string // where to order a renewal or another kind; empty when there is nothing to choose
	RenewWords    string
	Compare       string // where the kinds are compared; empty when there is one
	MustRenew     bool   // without an order the mailbox closes
	BuyNote       string // or why not
	Elsewhere     string // the provider's pages, where it sells
	Asked         string // the space asked for with a mailbox that is not active
}

// areaShort is what is missing for the renewal of the services.
type areaShort struct {
	What    string // "lo spazio"
	Missing pec.Cents
	Text    string
}

type areaWaiting struct {
	db.OrderRow
	What, Address string
	Missing       pec.Cents
	Sum           string   // how it is made up
	Free          string   // that it costs nothing by now, or soon
	Stop          string   // why it is cancelled when it is paid; empty when it completes
	PayBy         pec.Date // the last day
}

type areaCredit struct {
	Balance, Claim pec.Cents
	Note           string
	TopUp          bool // money put in would be of use here
}

type areaService struct {
	ID              int64
	Name            string
	Since, Expires  pec.Date
	Term            string // its days, and its quantities where they change
	Renewal         string // "attivo", "disattivato", empty when it is not decided here
	Badge, Kind     string
	Note            string
	AtProvider      string // where it is at the provider; empty when that is not known
	Refused         bool   // there
	Change          string // where to change the renewal
	ChangeSentences string // what for
	Closed          string // or why it cannot be changed
}

func (s *site) area(c *fiber.Ctx) error {
	p := areaPage{Frame: s.frame(c, "Buongiorno, "+who(c).Name)}
	p.Lead = "Oggi è il " + p.Today.Italian()
	err := s.read(c, func(tx *db.ReadTx) error {
		r := areaReader{site: s, tx: tx, page: &p, member: who(c).ID}
		return r.read(int64(c.QueryInt("casella")))
	})
	if err != nil {
		return err
	}
	return s.show(c, "area", &p)
}

// areaReader gathers a member's page from one snapshot.
type areaReader struct {
	*site
	tx         *db.ReadTx
	page       *areaPage
	member     int64
	iscritto   string // or "iscritta"
	box        db.MailboxRow
	boxes      []db.MailboxRow
	book       pec.Book
	agreements []pec.Agreement
	forecast   pec.Forecast
	at         map[int64]pec.AtProvider // the services, by ID
	late       pec.Date                 // the expiry that the night has still to write down; the book has it
}

// asOf gives mailboxes the state that a member's book has.
func asOf(book pec.Book, boxes []db.MailboxRow) {
	for i, b := range boxes {
		for _, m := range book.Mailboxes {
			if m.ID == b.ID {
				boxes[i].Mailbox = m
			}
		}
	}
}

// lateNote tells of what the night has still to write down and is counted already;
// empty when nothing is.
func lateNote(late pec.Date) string {
	if late.IsZero() {
		return ""
	}
	return "Ciò che è scaduto il " + late.Italian() + " si registra entro domani: qui è già contato."
}

func (r *areaReader) read(wanted int64) error {
	m, err := r.tx.Member(r.member)
	if err != nil {
		return err
	}
	r.page.Email, r.iscritto = m.Email, m.Said("iscritto")
	if err := r.accesses(); err != nil {
		return err
	}
	if r.box, r.boxes, err = ownMailbox(r.tx, r.member, wanted); err != nil {
		return err
	}
	if r.book, r.agreements, r.late, err = r.office.BookToday(r.tx, r.member); err != nil {
		return err
	}
	asOf(r.book, r.boxes)
	if i := slices.IndexFunc(r.boxes, func(b db.MailboxRow) bool { return b.ID == r.box.ID }); i >= 0 {
		r.box = r.boxes[i]
	}
	if r.box.ID == 0 {
		return r.credit(false)
	}
	r.choices()
	r.forecast = r.book.Forecast(r.agreements, r.box.ID, r.page.Today)
	view, err := r.office.ViewMailbox(r.tx, r.box)
	if err != nil {
		return err
	}
	view.AsOf(r.book)
	if err := r.mailbox(view); err != nil {
		return err
	}
	r.at = view.AtProvider
	r.services(view.Services, view.Kind)
	r.shortage(view.Services, view.Kind)
	if err := r.waiting(); err != nil {
		return err
	}
	return r.credit(view.Agreement.SoldBy == pec.SoldByProvider)
}

// accesses lists the mailboxes that others entrusted to the member, and who asks
// for one of theirs.
func (r *areaReader) accesses() (err error) {
	if r.page.Entrusted, err = entrustedTo(r.tx, *r.page.Who, r.page.Today, false); err != nil {
		return err
	}
	guests, err := guestsOf(r.tx, r.member)
	for _, g := range guests {
		if g.IsAsked() {
			r.page.Asking = append(r.page.Asking, g)
		}
	}
	return err
}

// ownMailbox is the mailbox that a page or form names, and all of the member's;
// without a name the first open one. Another's is as if it did not exist. The
// mailbox is zero when the member has none.
func ownMailbox(tx *db.ReadTx, member, wanted int64) (db.MailboxRow, []db.MailboxRow, error) {
	boxes, err := tx.MailboxesOf(member)
	if err != nil {
		return db.MailboxRow{}, nil, err
	}
	for _, b := range boxes {
		if b.ID == wanted || wanted == 0 {
			return b, boxes, nil
		}
	}
	if wanted != 0 {
		err = pec.Refuse("mailbox_unknown", "La casella non esiste.")
	}
	return db.MailboxRow{}, boxes, err
}

func (r *areaReader) choices() {
	if len(r.boxes) < 2 {
		return
	}
	waiting := 0
	for _, b := range r.boxes {
		f := r.book.Forecast(r.agreements, b.ID, r.page.Today)
		if mayRenew(b, f, r.page.Today) {
			waiting++
		}
		choice := areaChoice{Address: b.Address, Status: b.Status.Italian(), Path: areaPath("/area", b.ID), Current: b.ID == r.box.ID}
		if b.Status.Running() {
			choice.Expires, choice.Near = b.ExpiresOn, r.page.Today.DaysUntil(b.ExpiresOn) <= soon
		}
		r.page.Choices = append(r.page.Choices, choice)
	}
	r.page.RenewMany = waiting > 1
	r.others()
}

// others warns of the mailboxes that are not shown, what comes first before the
// rest.
func (r *areaReader) others() {
	on := map[int64]pec.Forecast{}
	for _, b := range r.boxes {
		on[b.ID] = r.book.Forecast(r.agreements, b.ID, r.page.Today)
	}
	boxes := slices.Clone(r.boxes)
	slices.SortStableFunc(boxes, func(a, b db.MailboxRow) int { return on[a.ID].On.Compare(on[b.ID].On) })
	for _, b := range boxes {
		a := r.other(b, on[b.ID])
		switch {
		case b.ID == r.box.ID || a == nil:
		case on[b.ID].On.Before(on[r.box.ID].On):
			r.page.Sooner = append(r.page.Sooner, *a)
		default:
			r.page.Others = append(r.page.Others, *a)
		}
	}
}

// other warns of a mailbox that closes, or loses services for want of credit,
// within 90 days; nil of any other.
func (r *areaReader) other(b db.MailboxRow, f pec.Forecast) *Alert {
	if f.On.IsZero() || r.page.Today.DaysUntil(f.On) > soon {
		return nil
	}
	a := Alert{Kind: "warning", Href: areaPath("/area", b.ID), Link: "Vedi la casella"}
	day := f.On.Italian() + ", " + days(r.page.Today, f.On)
	switch {
	case f.Mailbox.Kind == pec.EventClosed:
		a.Strong, a.Text = "La casella "+b.Address+" si chiude il "+day+".", sentence(capital(f.WhyCloses(b.Mailbox)))
		if f.Mailbox.CloseReason == pec.CloseNotRenewed {
			a.Kind = "danger"
		}
	case f.Missing > 0:
		a.Kind, a.Strong, a.Text = "danger", "La casella "+b.Address+" il "+day+" perde servizi: il credito non basta.", capital(pec.Lacking(f.Missing))+"."
	default:
		return nil
	}
	return &a
}

// areaPath is a page of the area about one mailbox.
func areaPath(path string, mailbox int64) string {
	return fmt.Sprintf("%s?casella=%d", path, mailbox)
}

func (r *areaReader) mailbox(view office.MailboxView) error {
	b, kind := r.box, view.Kind
	box := &areaBox{Address: b.Address, Kind: kindFor(kind, b.Mailbox, "a Suo carico"), Status: capital(b.Status.Italian())}
	r.page.Box = box
	switch b.Status {
	case pec.MailboxRequested:
		box.StatusKind, box.Next = "secondary", "Richiesta il "+b.RequestedOn.Italian()+": sarà attiva quando il gestore la conferma."
	case pec.MailboxSent:
		box.StatusKind, box.Next = "secondary", "La richiesta è dal gestore dal "+b.SentOn.Italian()+": sarà attiva quando il gestore la conferma."
	case pec.MailboxRejected:
		box.StatusKind, box.Next = "danger", "Il gestore non l’ha attivata. Se ne occupa la segreteria."
	case pec.MailboxClosed:
		box.StatusKind, box.Next = "secondary", "Chiusa il "+b.ClosedOn.Italian()+": "+b.CloseReason.Italian()+"."
	case pec.MailboxSuspended:
		box.StatusKind, box.Suspended = "warning", r.suspended()
	}
	if !b.Status.Running() {
		return r.asked(box)
	}
	if now, _ := pec.InForce(r.agreements, r.page.Today); len(now.Kinds) > 1 {
		box.Compare = areaPath("/area/tipologie", b.ID)
	}
	box.Expires = b.ExpiresOn
	box.Near = r.page.Today.DaysUntil(b.ExpiresOn) <= soon
	box.Next = strings.TrimSpace(r.nextOf(kind) + " " + lateNote(r.late))
	r.renew(box)
	box.Space = spaceOf(view)
	offer, err := r.offer(b)
	if err != nil {
		return err
	}
	box.Elsewhere = offer.elsewhere
	if box.BuyNote = offer.refusal; box.Suspended != "" && offer.agreement.SoldBy == pec.SoldByOrdine {
		box.BuyNote = "" // it is said already
	} else if box.BuyNote == "" {
		box.Buy, box.BuyWords = areaPath("/area/acquisto", b.ID), offer.words()
	}
	return nil
}

// suspended says what it means for the holder that the mailbox is suspended; why
// it is, the secretariat tells.
func (r *areaReader) suspended() string {
	text := "Non può usarla finché il gestore non la riattiva, e fino ad allora non è il Suo domicilio digitale. La scadenza e i servizi restano quelli di prima"
	if now, _ := pec.InForce(r.agreements, r.page.Today); now.SoldBy == pec.SoldByOrdine {
		text += "; intanto non si può acquistare per questa casella né ordinarne il rinnovo"
	}
	return text + ". Per sapere perché, e che cosa fare, si rivolga alla segreteria."
}

// asked tells of the space asked for with a mailbox that is not active yet, and
// offers to.
func (r *areaReader) asked(box *areaBox) error {
	now, _ := pec.InForce(r.agreements, r.page.Today)
	if r.box.Status == pec.MailboxClosed || now.SoldBy != pec.SoldByOrdine || !r.book.Status.OnRegister() {
		return nil
	}
	n, err := r.tx.AskedSpace(r.box.ID)
	box.Buy, box.BuyWords = areaPath("/area/spazio", r.box.ID), "Chiedi già ora altro spazio"
	if n > 0 {
		box.BuyWords, box.Asked = "Cambia lo spazio chiesto", gb(n)+" in più da quando sarà attiva."
	}
	return err
}

// renew offers the order of a renewal to who needs one, and another kind to who
// may have one (R18, 9.9).
func (r *areaReader) renew(box *areaBox) {
	now, _ := pec.InForce(r.agreements, r.page.Today)
	if now.SoldBy == pec.SoldByProvider || r.box.Status != pec.MailboxActive || !r.box.TurnsOn.IsZero() || !r.page.Today.Before(r.box.ExpiresOn) || r.forecast.Order != 0 {
		return
	}
	box.MustRenew = r.forecast.Mailbox.CloseReason == pec.CloseNotRenewed
	others := slices.ContainsFunc(now.Kinds, func(k pec.Kind) bool { return k.Code != r.box.Kind })
	switch {
	case box.MustRenew:
		box.Renew, box.RenewWords = areaPath("/area/rinnovo", r.box.ID), "Rinnova la casella"
	case others && r.book.Status.OnRegister():
		box.Renew, box.RenewWords = areaPath("/area/rinnovo", r.box.ID), changeOfKind
	}
}

func (r *areaReader) offer(b db.MailboxRow) (offer, error) {
	return r.offerFor(r.tx, b, r.book.Claim, r.page.Today)
}

// kindFor is a mailbox's kind with who pays it, as its reader is addressed: "a Suo
// carico".
func kindFor(k pec.Kind, m pec.Mailbox, member string) string {
	switch {
	case k.Code == "":
		return capital(m.Kind)
	case k.PaidBy == pec.PaidByOrdine && !m.AutoRenew:
		return k.Name + ", con il rinnovo " + member
	case k.PaidBy == pec.PaidByOrdine:
		return k.Name + ", a carico dell’Ordine"
	}
	return k.Name + ", " + member
}

// nextOf says what becomes of a running mailbox on its day.
func (r *areaReader) nextOf(kind pec.Kind) string {
	f, b, today := r.forecast, r.box, r.page.Today
	switch e := f.Mailbox; {
	case f.On.IsZero():
		return ""
	case e.Kind == pec.EventFailed:
		return "Le condizioni del rinnovo non sono ancora stabilite: se ne occupa l’Ordine."
	case e.Kind == pec.EventClosed && e.CloseReason == pec.CloseLeaver:
		return "Si chiude il " + f.On.Italian() + ", perché non risulta più " + r.iscritto + " all’albo."
	case !b.TurnsOn.IsZero():
		return "Il periodo dal " + b.TurnsOn.Italian() + " è già pagato. Un altro rinnovo si potrà ordinare dal giorno dopo."
	case e.Kind == pec.EventClosed && f.Stopped:
		return "L’ordine di rinnovo che aspetta non si può pagare finché la casella è sospesa: se resta così, il " + f.On.Italian() + " la casella si chiude. Si rivolga prima alla segreteria."
	case e.Kind == pec.EventClosed && f.Order != 0:
		return "L’ordine di rinnovo aspetta il pagamento: " + pec.Lacking(f.AskedMissing) + ". Se non è pagato, il " + f.On.Italian() + " la casella si chiude."
	case e.Kind == pec.EventClosed && r.soldElsewhere():
		return "Il rinnovo è a Suo carico e si fa presso il gestore: se non risulta, il " + f.On.Italian() + " la casella si chiude."
	case e.Kind == pec.EventClosed && b.Status == pec.MailboxSuspended:
		return "Non si rinnova da sola, e finché è sospesa non se ne può ordinare il rinnovo: se resta così, il " + f.On.Italian() + " si chiude. Si rivolga prima alla segreteria."
	case e.Kind == pec.EventClosed && kind.PaidBy == pec.PaidByMember:
		return "Il rinnovo di questa tipologia è a Suo carico" + r.asks() + ": senza un ordine di rinnovo pagato, il " + f.On.Italian() + " la casella si chiude."
	case e.Kind == pec.EventClosed:
		return "Il rinnovo automatico non è attivo: senza un ordine di rinnovo pagato" + r.asks() + ", il " + f.On.Italian() + " la casella si chiude."
	case e.Renewal != nil:
		return "Si rinnova con l’ordine che aspetta: il credito basta."
	case b.ExpiresOn.Before(today):
		return "L’Ordine la rinnova: il rinnovo si registra entro domani."
	case b.ExpiresOn == today:
		return "Oggi è il giorno del rinnovo, che si registra questa notte: ciò che paga entro oggi conta ancora."
	default:
		return "L’Ordine la rinnova per " + yearsOf(e.Years) + ": Lei non deve fare nulla."
	}
}

// soldElsewhere reports whether members buy at the provider on the mailbox's day.
func (r *areaReader) soldElsewhere() bool {
	then, _ := pec.InForce(r.agreements, r.box.ExpiresOn)
	return then.SoldBy == pec.SoldByProvider
}

// asks is what a renewal costs: ", 24,40 € per un anno".
func (r *areaReader) asks() string {
	if r.forecast.AskedYears == 0 {
		return ""
	}
	return ", " + r.forecast.Asked.Gross.Euro() + " per " + yearsOf(r.forecast.AskedYears)
}

// yearsOf is "un anno" or "3 anni".
func yearsOf(n int) string {
	if n == 1 {
		return "un anno"
	}
	return strconv.Itoa(n) + nbsp + "anni"
}

func (r *areaReader) services(services []db.ServiceRow, kind pec.Kind) {
	order := make([]pec.Service, 0, len(services))
	rows := map[int64]db.ServiceRow{}
	for _, s := range services {
		order = append(order, s.Service)
		rows[s.ID] = s
	}
	pec.ByPreference(order)
	for _, s := range order {
		r.page.Services = append(r.page.Services, r.service(rows[s.ID]))
	}
	mine := 0
	for _, s := range r.book.Services {
		if s.Source == pec.SoldByOrdine && s.AutoRenew {
			mine++
		}
	}
	r.page.Prefer = mine > 1
}

// provided says where the service is at the provider.
func (v *areaService) provided(at pec.AtProvider) {
	if v.AtProvider = capital(at.Italian()); v.AtProvider == "" {
		return
	}
	v.AtProvider += "."
	if v.Refused = at.State == pec.ProvisionRejected; v.Refused {
		v.AtProvider += " Se ne occupa la segreteria."
	}
}

func (r *areaReader) service(s db.ServiceRow) areaService {
	then, _ := pec.InForce(r.agreements, s.ExpiresOn)
	v := areaService{ID: s.ID, Name: serviceName(s, s.Quantity, then), Since: s.StartedOn, Expires: s.ExpiresOn}
	v.Term = "Dal " + s.StartedOn.Italian() + " al " + s.ExpiresOn.Italian() + "."
	if on := s.LowersOn(r.box.Mailbox); !on.IsZero() {
		v.Term = fmt.Sprintf("Dal %s: %s fino al %s, poi %s fino al %s.", s.StartedOn.Italian(),
			quantityOf(s.Product, s.Quantity, then), on.Italian(), quantityOf(s.Product, s.NextQuantity, then), s.ExpiresOn.Italian())
	}
	if s.Source == pec.SoldByProvider {
		v.Note = "Acquistato presso il gestore: il rinnovo si decide nella sua area."
		return v
	}
	v.provided(r.at[s.ID])
	near := r.page.Today.DaysUntil(s.ExpiresOn) <= soon
	v.Renewal = "attivo"
	refused := r.book.RefusesChoice(s.Service, r.page.Today)
	if refused == nil {
		v.Change = fmt.Sprintf("/area/servizi/%d", s.ID)
		v.ChangeSentences = "Disattiva il rinnovo"
		if s.Quantity > 1 && r.book.RefusesQuantity(s.Service) == nil {
			v.ChangeSentences = "Disattiva il rinnovo o riduci la quantità"
		}
	} else if r.page.Today.Before(s.ExpiresOn) {
		v.Closed = refused.Message
	}
	if !s.AutoRenew {
		v.Renewal, v.Badge, v.Kind = "disattivato", "Termina il "+s.ExpiresOn.Italian(), "warning"
		v.ChangeSentences = "Riattiva il rinnovo"
		return v
	}
	if e, ok := r.forecast.Renewal(s.ID); ok {
		v.Note = renewalNote(e, s, then)
		return v
	}
	why, ends := r.forecast.Ends(s.ID)
	if !ends {
		return v // the mailbox's own day is not settled yet
	}
	v.Badge, v.Kind = capital(why.Italian()), "warning"
	product, _ := then.Product(s.Product)
	price := then.YearPrice(product, s.NextQuantity, max(r.box.TermYears, 1)).Gross
	switch why {
	case pec.EndNoCredit, pec.EndClaim:
		if near {
			v.Kind = "danger"
		}
		v.Note = fmt.Sprintf("Il rinnovo del %s%s costa %s, IVA compresa.", s.ExpiresOn.Italian(), withLess(s, s.NextQuantity, then), price.Euro())
	case pec.EndProductGone:
		v.Note = "Il " + s.ExpiresOn.Italian() + " termina e non si rinnova."
	case pec.EndMailboxClosed:
		if r.forecast.Mailbox.CloseReason == pec.CloseNotRenewed {
			v.Renewal, v.Badge, v.Note = "", "", "Dopo il "+r.forecast.On.Italian()+" continua solo se un ordine rinnova la casella, altrimenti termina con lei."
			break
		}
		v.Badge, v.Note = "", "Termina con la casella, il "+r.forecast.On.Italian()+"."
	case pec.EndSoldElsewhere:
		v.Badge, v.Note = "", "Il "+s.ExpiresOn.Italian()+" termina: da allora gli acquisti si fanno presso il gestore."
	}
	return v
}

func renewalNote(e pec.Event, s db.ServiceRow, a pec.Agreement) string {
	with := withLess(s, e.Quantity, a)
	if e.Renewal != nil {
		return fmt.Sprintf("Il %s si rinnova%s per %s con l’ordine di rinnovo della casella.", e.From.Italian(), with, yearsOf(e.Years))
	}
	return fmt.Sprintf("Il %s si rinnova%s per %s a %s, IVA compresa.", e.From.Italian(), with, yearsOf(e.Years), e.Price.Gross.Euro())
}

// withLess is " con 1 GB" where a service of more is renewed with that.
func withLess(s db.ServiceRow, quantity int, a pec.Agreement) string {
	if quantity >= s.Quantity {
		return ""
	}
	return " con " + quantityOf(s.Product, quantity, a)
}

// serviceName names a service with its quantity: "Spazio Extra Inbox, 2 GB",
// "3 × Multiutente".
func serviceName(s db.ServiceRow, quantity int, a pec.Agreement) string {
	if p, _ := a.Product(s.Product); p.Unit == "GB" || s.Product == pec.InboxGB {
		return s.ProductName + ", " + gb(quantity)
	}
	return fmt.Sprintf("%d × %s", quantity, s.ProductName)
}

// quantityOf is "2 GB", or "2 utenti": an agreement names the unit of one.
func quantityOf(product string, n int, a pec.Agreement) string {
	if p, _ := a.Product(product); p.Unit != "" {
		return pec.Thousands(n) + nbsp + unitOf(p.Unit, n)
	}
	return pec.Thousands(n)
}

// unitOf is an agreement's unit for a number of them: "utenti" of "utente",
// "pezzi" of "pezzo", "caselle" of "casella". What ends in another letter stays.
func unitOf(unit string, n int) string {
	if n == 1 || unit == "" {
		return unit
	}
	stem := unit[:len(unit)-1]
	switch unit[len(unit)-1] {
	case 'e', 'o':
		return stem + "i"
	case 'a':
		return stem + "e"
	}
	return unit
}

// shortage tells from 90 days before what is missing for the renewal.
func (r *areaReader) shortage(services []db.ServiceRow, kind pec.Kind) {
	f := r.forecast
	if f.Missing == 0 || r.page.Today.DaysUntil(f.On) > soon {
		return
	}
	var lost []string
	onlySpace, keptGB := true, kind.BaseInboxGB
	for _, s := range services {
		why, ends := f.Ends(s.ID)
		if e, ok := f.Renewal(s.ID); ok && s.Product == pec.InboxGB {
			keptGB += e.Quantity
		}
		if ends && (why == pec.EndNoCredit || why == pec.EndClaim) {
			then, _ := pec.InForce(r.agreements, f.On)
			lost = append(lost, serviceName(s, s.Quantity, then))
			onlySpace = onlySpace && s.Product == pec.InboxGB
		}
	}
	short := &areaShort{What: "i Suoi servizi", Missing: f.Missing}
	if short.Text = r.parts(); short.Text == "" {
		short.Text = fmt.Sprintf("Il %s il rinnovo costa %s, il credito è %s.", f.On.Italian(), f.Cost.Gross.Euro(), r.book.Credit.Euro())
		if waiting := f.Lack.Waiting; waiting > 0 {
			short.Text += fmt.Sprintf(" Una ricarica paga prima ciò che aspetta già, %s.", waiting.Euro())
		}
		if r.book.Claim > 0 {
			short.Text += fmt.Sprintf(" Prima vanno restituiti all’Ordine %s.", r.book.Claim.Euro())
		}
		if other := f.Lack.Other; other > 0 {
			short.Text += fmt.Sprintf(" Altri %s sono di altri rinnovi fino ad allora.", other.Euro())
		}
		if f.Lack.Held > 0 {
			short.Text += fmt.Sprintf(" Servono inoltre %s %s.", f.Lack.Held.Euro(), f.Lack.HeldFor())
		}
	}
	short.Text += " Senza ricarica il " + f.On.Italian() + " cessa: " + strings.Join(lost, "; ") + "."
	if onlySpace {
		short.What = "lo spazio"
		short.Text += " La casella torna a " + gb(keptGB) + "."
	}
	if len(r.boxes) > 1 { // what is kept takes the credit of what renews later
		var whole pec.Cents
		for _, share := range r.book.LackShares(r.agreements, r.page.Today, pec.Date{}) {
			whole += share.Added
		}
		if whole > f.Missing {
			short.Text += fmt.Sprintf(" Per tenere anche i servizi delle altre caselle mancano in tutto %s.", whole.Euro())
		}
	}
	r.page.Short = short
}

// parts says what makes up the sum that is missing when orders wait too: they
// are paid before the renewal, and what they buy is renewed with the rest.
// Empty when no order waits, or when the parts do not make the sum.
func (r *areaReader) parts() string {
	f := r.forecast
	waiting, rest := f.Lack.Waiting, f.Lack.Price+f.Lack.Other-f.Cost.Gross
	if waiting == 0 || rest < 0 {
		return ""
	}
	by := r.payBy().Italian()
	text := fmt.Sprintf("Il rinnovo del %s costa %s; un ordine in attesa, da pagare entro il %s, ne chiede altri %s", f.On.Italian(), f.Cost.Gross.Euro(), by, waiting.Euro())
	whose := " e il suo rinnovo "
	if n := f.Lack.Orders; n > 1 {
		text = fmt.Sprintf("Il rinnovo del %s costa %s; %d ordini in attesa, il primo da pagare entro il %s, ne chiedono altri %s", f.On.Italian(), f.Cost.Gross.Euro(), n, by, waiting.Euro())
		whose = " e il loro rinnovo "
	}
	if len(r.boxes) > 1 {
		whose = " e gli altri rinnovi fino a quel giorno "
	}
	if rest > 0 {
		text += whose + rest.Euro()
	}
	if f.Lack.Held > 0 {
		text += fmt.Sprintf("; servono inoltre %s %s", f.Lack.Held.Euro(), f.Lack.HeldFor())
	}
	if r.book.Claim > 0 {
		text += fmt.Sprintf("; prima vanno restituiti all’Ordine %s", r.book.Claim.Euro())
	}
	return fmt.Sprintf("%s. Il credito è %s: in tutto %s.", text, r.book.Credit.Euro(), pec.Lacking(f.Whole))
}

// payBy is the last day of what waits for payment: of several orders that of the
// first to lapse. What cannot complete is not to be paid.
func (r *areaReader) payBy() (first pec.Date) {
	for _, w := range r.book.Waiting {
		if r.book.LackOf(r.agreements, w.ID, w.Gross, r.page.Today).Refuses != "" {
			continue
		}
		for _, b := range r.boxes {
			if b.ID == w.MailboxID {
				first = pec.Earliest(first, w.PayBy(b.ExpiresOn))
			}
		}
	}
	return first
}

// topUpBy says until when money counts for the renewal, when something that
// lapses before waits as well.
func (r *areaReader) topUpBy() string {
	return "Per il rinnovo la ricarica deve essere registrata entro il " + r.forecast.On.Italian() + " compreso."
}

func (r *areaReader) waiting() error {
	list, err := r.tx.OrderList(db.OrderFilter{Member: r.member, State: string(pec.OrderAwaitingPayment), OldestFirst: true})
	if err != nil {
		return err
	}
	if err := r.cancelled(); err != nil {
		return err
	}
	for _, o := range list {
		w, err := r.waitingOf(r.tx, o, r.boxes)
		if err != nil {
			return err
		}
		if len(r.boxes) < 2 {
			w.Address = ""
		}
		r.page.Waiting = append(r.page.Waiting, w)
	}
	return nil
}

// cancelledFor is how many days the home tells of an order that was cancelled.
const cancelledFor = 30

func (r *areaReader) cancelled() error {
	list, err := r.tx.OrderList(db.OrderFilter{Member: r.member, State: string(pec.OrderCancelled)})
	for _, o := range list {
		line := ownOrderLine{OrderListed: o}
		if line.WhyCancelled() != "" && o.EndedOn.DaysUntil(r.page.Today) <= cancelledFor {
			r.page.Cancelled = append(r.page.Cancelled, line)
		}
	}
	return err
}

func (r *areaReader) credit(elsewhere bool) error {
	entries, err := r.tx.EntriesBefore(r.member, 0, 1)
	if err != nil {
		return err
	}
	if elsewhere && len(entries) == 0 && r.book.Claim == 0 {
		return nil
	}
	credit := &areaCredit{Balance: r.book.Credit, Claim: r.book.Claim, Note: "Non scade.", TopUp: true}
	if elsewhere {
		credit.Note, credit.TopUp = "Gli acquisti si fanno presso il gestore, con il credito che Lei ha là: questo resta Suo, ma non paga quelli.", len(r.book.Waiting) > 0 || r.book.Claim > 0
	}
	r.page.Credit = credit
	if several, note := r.allRenewals(); several {
		credit.Note += note
	} else if f := r.forecast; f.Cost.Gross > 0 {
		switch {
		case f.Whole == 0:
			credit.Note += fmt.Sprintf(" Basta per il rinnovo del %s, che costa %s.", f.On.Italian(), f.Cost.Gross.Euro())
		case r.page.Short == nil:
			if parts := r.parts(); parts != "" {
				credit.Note += " " + parts + " " + r.topUpBy()
				break
			}
			also, by := "", "La ricarica deve essere registrata entro quel giorno compreso."
			if len(r.book.Waiting) > 0 {
				also, by = ", compreso ciò che aspetta già, da pagare entro il "+r.payBy().Italian()+",", r.topUpBy()
			}
			credit.Note += fmt.Sprintf(" Il rinnovo del %s costa %s: %s%s %s. %s",
				f.On.Italian(), f.Cost.Gross.Euro(), pec.Lacks(f.Whole), also, f.Whole.Euro(), by)
		default:
			credit.Note += fmt.Sprintf(" Il prossimo rinnovo costa %s.", f.Cost.Gross.Euro())
		}
	}
	return nil
}

// allRenewals says whether the credit does for the renewals of who has several
// mailboxes: what one lacks holds all that comes before it, so the largest is the
// whole. False with one mailbox.
func (r *areaReader) allRenewals() (bool, string) {
	var first pec.Date
	var cost, missing, asked pec.Cents
	running, lacks := 0, false
	for _, b := range r.boxes {
		f := r.book.Forecast(r.agreements, b.ID, r.page.Today)
		if f.On.IsZero() {
			continue
		}
		running++
		if f.Cost.Gross > 0 {
			first = pec.Earliest(first, f.On)
		}
		cost += f.Cost.Gross
		lacks = lacks || f.Whole > 0
		if mayRenew(b, f, r.page.Today) {
			asked += f.Asked.Gross
		}
	}
	if running < 2 {
		return false, ""
	}
	if lacks {
		missing = r.book.MissingInAll(r.agreements, r.page.Today)
	}
	note := ""
	switch {
	case missing > 0 && r.book.LackWaiting(r.agreements, r.page.Today).Orders > 0:
		note = fmt.Sprintf(" Per gli ordini in attesa, che si pagano per primi, e per i rinnovi dei servizi di tutte le caselle, il primo il %s, mancano in tutto %s.",
			first.Italian(), missing.Euro())
	case missing > 0:
		note = fmt.Sprintf(" Per i rinnovi dei servizi di tutte le caselle, il primo il %s, mancano in tutto %s.", first.Italian(), missing.Euro())
	case cost > 0:
		note = fmt.Sprintf(" Basta per i rinnovi dei servizi di tutte le caselle, il primo il %s: in tutto %s.", first.Italian(), cost.Euro())
	}
	if asked > 0 {
		note += fmt.Sprintf(" I rinnovi di caselle da ordinare, %s, non sono compresi.", asked.Euro())
	}
	return true, note
}
