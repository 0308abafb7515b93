package web

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// statusFields are a new status as it is typed, for one member or for many.
type statusFields struct {
	Status, On, Until, To, Reason string
	Statuses                      []Option
	Many                          bool // it is for more than one
}

func statusFieldsOf(value func(string) string, words func(pec.MemberStatus) string) statusFields {
	s := statusFields{Status: value("status"), On: value("on"), Until: value("until"), To: value("to"), Reason: strings.TrimRight(value("reason"), ".")}
	for _, status := range pec.MemberStatuses {
		s.Statuses = append(s.Statuses, Option{Value: string(status), Label: capital(words(status)), Help: statusHelp[status]})
	}
	return s
}

// statusHelp says what each status means for the mailbox (R4, R5).
var statusHelp = map[pec.MemberStatus]string{
	pec.MemberActive:      "Nell’albo: la casella si rinnova.",
	pec.MemberSuspended:   "Resta nell’albo: la casella si rinnova.",
	pec.MemberCancelled:   "Fuori dall’albo: la casella si chiude.",
	pec.MemberTransferred: "Passa a un altro Ordine: la casella si chiude.",
	pec.MemberDeceased:    "La casella si chiude come per chi lascia l’albo; l’accesso all’area è spento subito.",
}

// Leaves reports whether the status is off the register.
func (s *statusFields) Leaves() bool { return !pec.MemberStatus(s.Status).OnRegister() }

// change reads the fields; kept is the day on which a leaver left before, zero
// for others: it need not be typed again.
func (s *statusFields) change(f *form, today, kept pec.Date) office.StatusChange {
	change := office.StatusChange{Status: pec.MemberStatus(s.Status), Reason: s.Reason, To: s.To}
	day := func(field, text string) pec.Date {
		if text == "" {
			return pec.Date{}
		}
		d, err := pec.ParseItalianDate(text)
		f.on(field, err)
		return d
	}
	if !change.Status.Known() {
		f.wrong("status", "Scelga uno degli stati.")
		return change
	}
	change.On, change.Until = day("on", s.On), day("until", s.Until)
	switch {
	case change.On.After(today):
		f.wrong("on", "Il giorno non può essere nel futuro: registri il nuovo stato quando è in vigore.")
	case s.On != "" || change.Status == pec.MemberActive:
	case change.Status == pec.MemberSuspended:
		f.wrong("on", "Scriva da quale giorno è sospeso, come 12/10/2018.")
	case kept.IsZero():
		f.wrong("on", "Scriva da quale giorno non è più nell’albo, come 12/10/2018.")
	default:
		change.On = kept
	}
	if s.To == "" && change.Status == pec.MemberTransferred {
		f.wrong("to", "Scriva a quale Ordine passa.")
	}
	if s.Reason == "" {
		f.wrong("reason", "Scriva il motivo, per esempio la delibera.")
	}
	return change
}

// shown writes the fields as they were understood.
func (s *statusFields) shown(change office.StatusChange) {
	s.On, s.Until = change.On.Italian(), ""
	if change.Status == pec.MemberSuspended {
		s.Until = change.Until.Italian()
	}
	if change.Status != pec.MemberTransferred {
		s.To = ""
	}
}

// statusPage asks for a member's new status, then shows what follows from it
// before it is confirmed.
type statusPage struct {
	Frame
	statusFields
	Member db.MemberRow
	Review bool
	Now    string // the status it has, in words
	Then   string // the status it would have
	Change office.StatusChange
	Boxes  []office.BoxFate
	Credit pec.Cents
	Refund string // where it is given back, empty for who may not
}

// Steps of a change of status. A reason is nobody's business but the Ordine's:
// what was typed travels in the form, never in an address, and looking at what
// would follow is a POST that writes nothing.
const (
	stepField  = "passo"
	stepReview = "esame"    // what would follow
	stepBack   = "modifica" // the form again, as it was typed
)

func nothingTyped(string) string { return "" }

// newStatusPage reads what was typed.
func (s *site) newStatusPage(c *fiber.Ctx, value func(string) string) (*statusPage, error) {
	m, way, err := s.memberOf(c)
	if err != nil {
		return nil, err
	}
	words := func(status pec.MemberStatus) string { return m.Said(status.Italian()) }
	p := &statusPage{Frame: s.frame(c, "Cambia stato", way...), Member: m, statusFields: statusFieldsOf(value, words)}
	p.Refund = s.refundOf(c, m.ID)
	p.Now, p.Then = words(m.Status), words(pec.MemberStatus(p.Status))
	return p, nil
}

func (s *site) statusForm(c *fiber.Ctx) error {
	p, err := s.newStatusPage(c, nothingTyped)
	if err != nil {
		return err
	}
	p.Status, p.Until, p.To = string(p.Member.Status), p.Member.Standing.Until.Italian(), p.Member.Standing.To
	return s.show(c, "status", p)
}

// check refuses what cannot be, and reads the change.
func (p *statusPage) check(f *form) {
	p.Change = p.change(f, p.Today, p.Member.LeftOn)
	c, m := p.Change, p.Member
	if !f.ok() || c.Status != m.Status {
		return
	}
	same := c.On == m.LeftOn && c.To == m.Standing.To
	if c.Status.OnRegister() {
		same = (c.On.IsZero() || c.On == m.Standing.Since) && c.Until == m.Standing.Until
	}
	if same {
		f.wrong("status", "È già "+p.Now+": scelga un altro stato.")
	}
}

// reviewStatus works out what would follow for the mailboxes.
func (s *site) reviewStatus(c *fiber.Ctx, p *statusPage) error {
	return s.read(c, func(tx *db.ReadTx) error {
		r, err := s.office.ReviewMemberStatus(tx, p.Member.ID, p.Change)
		p.shown(p.Change)
		p.Boxes, p.Credit = r.Boxes, r.Credit
		return err
	})
}

func (s *site) changeStatus(c *fiber.Ctx) error {
	f := formOf(c)
	p, err := s.newStatusPage(c, f.text)
	if err != nil {
		return err
	}
	step := f.text(stepField)
	if step == stepBack {
		return s.show(c, "status", p)
	}
	p.check(f)
	if f.ok() && step == stepReview {
		f.add(s.reviewStatus(c, p))
		if p.Review = f.ok(); p.Review {
			return s.show(c, "status", p)
		}
	}
	var changed office.StatusChanged
	if f.ok() {
		changed, err = s.office.ChangeMemberStatus(ctx(c), who(c).Actor(), p.Member.ID, p.Change)
		f.add(err)
	}
	if !f.ok() {
		return s.refuse(c, "status", p, f)
	}
	m := changed.Member
	told := fmt.Sprintf("%s ora è %s.", m.FullName(), m.Said(m.Status.Italian()))
	rest := "La casella continua."
	switch {
	case !changed.ClosesOn.IsZero():
		rest = fmt.Sprintf("La casella si chiude il %s, %s.", changed.ClosesOn.Italian(), days(p.Today, changed.ClosesOn))
	case len(p.runningBoxes(s, c)) == 0:
		rest = "Non ha caselle attive."
	}
	return s.done(c, fmt.Sprint("/iscritti/", m.ID), told, rest)
}

// runningBoxes are the member's mailboxes that run now.
func (p *statusPage) runningBoxes(s *site, c *fiber.Ctx) (running []db.MailboxRow) {
	_ = s.read(c, func(tx *db.ReadTx) error { // only to choose the notice's words: without it they are the cautious ones
		boxes, err := tx.MailboxesOf(p.Member.ID)
		for _, b := range boxes {
			if b.Status.Running() {
				running = append(running, b)
			}
		}
		return err
	})
	return running
}

// manyPage offers what can be done with many members: those ticked, or the
// whole list under its filters.
type manyPage struct {
	Frame
	Chosen chosen
	Count  int
}

// chosen are the members of an action: names and values of the address.
type chosen url.Values

func chosenIn(c *fiber.Ctx) chosen {
	if c.Query("tutti") == "" {
		ids := chosen{}
		for _, id := range queryIDs(c) {
			ids["id"] = append(ids["id"], itoa(id))
		}
		return ids
	}
	all := memberListingOf(c)
	list := chosen{"tutti": {"1"}}
	for _, name := range memberFilters {
		if value := all.get(name); value != "" {
			list[name] = []string{value}
		}
	}
	return list
}

// At is the address of an action on the choice. Addresses are built here: put
// together in a template, the signs between their values would be escaped.
func (l chosen) At(path string) string { return path + "?" + url.Values(l).Encode() }

// toldNobody sends back who has chosen nobody.
func (s *site) toldNobody(c *fiber.Ctx) error {
	return s.told(c, "/iscritti", Alert{Kind: "warning", Strong: "Non ha scelto nessun iscritto.", Text: "Spunti le righe dell’elenco e riprovi."})
}

func (s *site) manyActions(c *fiber.Ctx) error {
	ids, err := s.chosenMembers(c)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return s.toldNobody(c)
	}
	p := manyPage{Frame: s.frame(c, "Azioni su "+counted(len(ids), "iscritto", "iscritti"), Crumb{"Iscritti", "/iscritti"}), Chosen: chosenIn(c), Count: len(ids)}
	p.Lead = "Di ogni azione vede che cosa ne segue prima di confermare."
	return s.show(c, "members-many", &p)
}

// manyStatusPage asks for a new status of many, then shows what follows for
// each before it is confirmed.
type manyStatusPage struct {
	Frame
	statusFields
	Count  int
	Review bool
	IDs    []int64 // for whom something changes
	Rows   []office.StatusReview
	More   int // beyond the rows shown
	Closes int // mailboxes that close
	Credit pec.Cents
	Out    []office.LeftOut
	OutAll int
	Button string
}

func (s *site) newManyStatusPage(c *fiber.Ctx, value func(string) string, ids []int64) *manyStatusPage {
	words := func(status pec.MemberStatus) string { return status.Italian() }
	p := &manyStatusPage{Frame: s.frame(c, "Cambia lo stato di "+counted(len(ids), "iscritto", "iscritti"), Crumb{"Iscritti", "/iscritti"}), statusFields: statusFieldsOf(value, words), Count: len(ids)}
	p.Menu, p.Many = "/iscritti", len(ids) > 1
	return p
}

func (s *site) manyStatusForm(c *fiber.Ctx) error {
	ids, err := s.chosenMembers(c)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return s.toldNobody(c)
	}
	return s.show(c, "members-status", s.newManyStatusPage(c, nothingTyped, ids))
}

// reviewManyStatuses shows what would follow for those whom the address chose,
// or the form once more; it writes nothing.
func (s *site) reviewManyStatuses(c *fiber.Ctx, f *form) error {
	ids, err := s.chosenMembers(c)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return s.toldNobody(c)
	}
	p := s.newManyStatusPage(c, f.text, ids)
	if f.text(stepField) == stepReview {
		if change := p.change(f, p.Today, pec.Date{}); f.ok() {
			f.add(s.reviewMany(c, p, ids, change))
		}
	}
	if !f.ok() {
		return s.refuse(c, "members-status", p, f)
	}
	return s.show(c, "members-status", p)
}

// reviewMany works out what would follow for each.
func (s *site) reviewMany(c *fiber.Ctx, p *manyStatusPage, ids []int64, change office.StatusChange) error {
	var list []office.StatusReview
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		list, err = s.office.ReviewStatuses(tx, ids, change)
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.Why != "" {
			p.Out = append(p.Out, office.LeftOut{MemberID: r.Member.ID, Holder: r.Member.FullName(), Why: r.Why})
			continue
		}
		p.IDs = append(p.IDs, r.Member.ID)
		p.Credit += r.Credit
		for _, b := range r.Boxes {
			if !b.ClosesOn.IsZero() {
				p.Closes++
			}
		}
		if len(p.Rows) < reviewSize {
			p.Rows = append(p.Rows, r)
		}
	}
	p.shown(change)
	p.Review, p.OutAll, p.More = true, len(p.Out), len(p.IDs)-len(p.Rows)
	p.Out = p.Out[:min(len(p.Out), reviewSize)]
	p.Lead = "Nulla è ancora scritto: controlli che cosa ne segue e confermi."
	if len(p.IDs) == 0 {
		p.Lead = "Non c’è nulla da cambiare."
	}
	p.Button = "Conferma: " + change.Status.Italian() + " per " + counted(len(p.IDs), "iscritto", "iscritti")
	return nil
}

func (s *site) changeManyStatuses(c *fiber.Ctx) error {
	f := formOf(c)
	if f.text(stepField) != "" {
		return s.reviewManyStatuses(c, f)
	}
	ids := f.ids("id")
	if len(ids) == 0 {
		return s.toldNobody(c)
	}
	p := s.newManyStatusPage(c, f.text, ids)
	change := p.change(f, p.Today, pec.Date{})
	var done office.StatusesChanged
	to := withQuery("/iscritti", "stato", p.Status)
	if f.ok() {
		var err error
		if done, err = s.office.ChangeStatuses(ctx(c), who(c).Actor(), ids, change); err != nil && len(done.Changed) > 0 {
			s.log.Error("changing the status of many", "changed", len(done.Changed), "chosen", len(ids), "error", err)
			return s.told(c, to, Alert{Kind: "warning", Strong: "Stato cambiato per " + counted(len(done.Changed), "iscritto", "iscritti") + ", poi il programma si è fermato.",
				Text: "Scelga di nuovo gli stessi iscritti e ripeta: chi è già cambiato resta com’è."})
		}
		f.add(err)
	}
	if !f.ok() {
		return s.refuse(c, "members-status", p, f)
	}
	rest := stayed(done.LeftOut)
	if len(done.Changed) == 0 {
		return s.told(c, to, Alert{Kind: "warning", Strong: "Nessuno stato è cambiato.", Text: "Quelli scelti erano già così, o vanno cambiati uno per uno."})
	}
	return s.done(c, to, "Stato cambiato per "+counted(len(done.Changed), "iscritto.", "iscritti."), rest)
}

// stayed says who was left out, and why. The form held only those for whom
// something would change: it is news to whoever saw the review.
func stayed(out []office.LeftOut) string {
	if len(out) == 0 {
		return ""
	}
	return counted(len(out), "altro è rimasto com’era", "altri sono rimasti com’erano") + ", perché nel frattempo qualcosa è cambiato: " + namesOf(out)
}

// namesOf names the first of those left out, each with the reason.
func namesOf(out []office.LeftOut) string {
	const named = 3
	var who []string
	for _, n := range out[:min(len(out), named)] {
		who = append(who, n.Holder+" ("+strings.TrimSuffix(n.Why, ".")+")")
	}
	text := strings.Join(who, ", ")
	if len(out) > named {
		text += " e altri"
	}
	return text + "."
}
