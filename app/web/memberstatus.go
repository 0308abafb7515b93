package web

import (
	"fmt"
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
	pec.MemberDeceased:    "La casella si chiude e l’accesso all’area è spento subito.",
}

// Leaves reports whether the status is off the register.
func (s *statusFields) Leaves() bool { return !pec.MemberStatus(s.Status).OnRegister() }

// Address is what was typed, for addresses.
func (s *statusFields) Address() string {
	return withQuery("", "status", s.Status, "on", s.On, "until", s.Until, "to", s.To, "reason", s.Reason)
}

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
}

// newStatusPage reads what was chosen, from the address or the form alike.
func (s *site) newStatusPage(c *fiber.Ctx, value func(string) string) (*statusPage, error) {
	m, way, err := s.memberOf(c)
	if err != nil {
		return nil, err
	}
	words := func(status pec.MemberStatus) string { return gendered(m.Member, status.Italian()) }
	p := &statusPage{Frame: s.frame(c, "Cambia stato", way...), Member: m, statusFields: statusFieldsOf(value, words)}
	p.Now, p.Then = words(m.Status), words(pec.MemberStatus(p.Status))
	return p, nil
}

func queryText(c *fiber.Ctx) func(string) string {
	return func(name string) string { return strings.TrimSpace(c.Query(name)) }
}

func (s *site) statusForm(c *fiber.Ctx) error {
	p, err := s.newStatusPage(c, queryText(c))
	if err != nil {
		return err
	}
	if p.Status == "" {
		p.Status, p.Until, p.To = string(p.Member.Status), p.Member.Standing.Until.Italian(), p.Member.Standing.To
		return s.show(c, "status", p)
	}
	f := formOf(c)
	if c.Query("indietro") == "" {
		if p.check(f); f.ok() {
			f.add(s.reviewStatus(c, p))
		}
		p.Review = f.ok()
	}
	if !f.ok() {
		return s.refuse(c, "status", p, f)
	}
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
	r, err := s.office.ReviewMemberStatus(ctx(c), who(c).Actor(), p.Member.ID, p.Change)
	if err != nil {
		return err
	}
	if r.Why != "" {
		return pec.Refuse("status_refused", "%s", r.Why).On("status")
	}
	p.shown(p.Change)
	p.Boxes, p.Credit = r.Boxes, r.Credit
	return nil
}

func (s *site) changeStatus(c *fiber.Ctx) error {
	f := formOf(c)
	p, err := s.newStatusPage(c, f.text)
	if err != nil {
		return err
	}
	p.check(f)
	var changed office.StatusChanged
	if f.ok() {
		changed, err = s.office.ChangeMemberStatus(ctx(c), who(c).Actor(), p.Member.ID, p.Change)
		f.add(err)
	}
	if !f.ok() {
		return s.refuse(c, "status", p, f)
	}
	m := changed.Member
	told := fmt.Sprintf("%s ora è %s.", m.FullName(), gendered(m.Member, m.Status.Italian()))
	rest := "La casella continua e si rinnova."
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
