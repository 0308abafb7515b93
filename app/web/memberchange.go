package web

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// memberOf loads the member of the address, with the way back to their page.
func (s *site) memberOf(c *fiber.Ctx) (m db.MemberRow, way []Crumb, err error) {
	id, err := idOf(c)
	if err != nil {
		return m, nil, err
	}
	err = s.read(c, func(tx *db.ReadTx) (err error) {
		m, err = tx.Member(id)
		return err
	})
	return m, []Crumb{{"Iscritti", "/iscritti"}, {m.FullName(), fmt.Sprint("/iscritti/", m.ID)}}, err
}

// statusPage asks for a member's new status, then shows what follows from it
// before it is confirmed.
type statusPage struct {
	Frame
	Member   db.MemberRow
	Status   string
	LeftOn   string
	Reason   string
	Statuses []Option
	Review   bool
	Now      string // the status it has, in words
	Then     string // the status it would have
	Leaves   bool
	Day      pec.Date // first day off the register
	Boxes    []office.StatusPreview
	Credit   pec.Cents
}

// newStatusPage reads what was chosen, from the address or the form alike.
func (s *site) newStatusPage(c *fiber.Ctx, value func(string) string) (*statusPage, error) {
	m, way, err := s.memberOf(c)
	if err != nil {
		return nil, err
	}
	p := &statusPage{Frame: s.frame(c, "Cambia stato", way...), Member: m, Status: value("status"), LeftOn: value("left_on"), Reason: strings.TrimRight(value("reason"), ".")}
	p.Now = gendered(m.Member, m.Status.Italian())
	for _, status := range pec.MemberStatuses {
		p.Statuses = append(p.Statuses, Option{Value: string(status), Label: capital(gendered(m.Member, status.Italian())), Help: statusHelp[status]})
	}
	return p, nil
}

// statusHelp says what each status means for the mailbox (R4, R5).
var statusHelp = map[pec.MemberStatus]string{
	pec.MemberActive:      "Nell’albo: la casella si rinnova.",
	pec.MemberSuspended:   "Resta nell’albo: la casella si rinnova.",
	pec.MemberCancelled:   "Fuori dall’albo: la casella si chiude.",
	pec.MemberTransferred: "Passa a un altro Ordine: la casella si chiude.",
	pec.MemberDeceased:    "La casella si chiude e l’accesso all’area è spento subito.",
}

func (s *site) statusForm(c *fiber.Ctx) error {
	p, err := s.newStatusPage(c, func(name string) string { return strings.TrimSpace(c.Query(name)) })
	if err != nil {
		return err
	}
	if p.Status == "" {
		p.Status = string(p.Member.Status)
		return s.show(c, "status", p)
	}
	f := formOf(c)
	if c.Query("indietro") == "" {
		p.Day = p.check(f)
		if f.ok() {
			f.add(s.followUp(c, p))
		}
		p.Review = f.ok()
	}
	if !f.ok() {
		return s.refuse(c, "status", p, f)
	}
	return s.show(c, "status", p)
}

// check refuses what cannot be, and returns the day of the leaving.
func (p *statusPage) check(f *form) pec.Date {
	status := pec.MemberStatus(p.Status)
	var day pec.Date
	switch {
	case !status.Known():
		f.wrong("status", "Scelga uno degli stati.")
	case status == p.Member.Status && (p.LeftOn == "" || p.LeftOn == p.Member.LeftOn.Italian()):
		f.wrong("status", "È già "+p.Now+": scelga un altro stato.")
	case status.OnRegister():
	case p.LeftOn == "" && p.Member.LeftOn.IsZero():
		f.wrong("left_on", "Scriva da quale giorno non è più nell’albo, come 12/10/2018.")
	case p.LeftOn == "":
		day = p.Member.LeftOn // already off: only the word changes
	default:
		d, err := pec.ParseItalianDate(p.LeftOn)
		if f.on("left_on", err); err == nil && d.After(p.Today) {
			f.wrong("left_on", "Il giorno della cancellazione non può essere nel futuro.")
		}
		day = d
	}
	if p.Reason == "" {
		f.wrong("reason", "Scriva il motivo, per esempio la delibera.")
	}
	return day
}

// followUp works out what would follow for the mailboxes.
func (s *site) followUp(c *fiber.Ctx, p *statusPage) error {
	status := pec.MemberStatus(p.Status)
	p.Then, p.Leaves = gendered(p.Member.Member, status.Italian()), !status.OnRegister()
	if p.Leaves {
		p.LeftOn = p.Day.Italian()
	} else {
		p.LeftOn = ""
	}
	return s.read(c, func(tx *db.ReadTx) (err error) {
		p.Boxes, p.Credit, err = s.office.PreviewMemberStatus(tx, p.Member.ID, status, p.Day)
		return err
	})
}

func (s *site) changeStatus(c *fiber.Ctx) error {
	f := formOf(c)
	p, err := s.newStatusPage(c, f.text)
	if err != nil {
		return err
	}
	day := p.check(f)
	var changed office.StatusChanged
	if f.ok() {
		changed, err = s.office.ChangeMemberStatus(ctx(c), who(c).Actor(), p.Member.ID, pec.MemberStatus(p.Status), day, p.Reason)
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

// accessPage is how a member gets into their area.
type accessPage struct {
	Frame
	Member  db.MemberRow
	Address string // with which they log in; empty when they have no mailbox
	Off     string // why they cannot log in, "" when they can
}

func (s *site) newAccessPage(c *fiber.Ctx) (*accessPage, error) {
	m, way, err := s.memberOf(c)
	if err != nil {
		return nil, err
	}
	p := &accessPage{Frame: s.frame(c, "Accesso all’area iscritto", way...), Member: m}
	err = s.read(c, func(tx *db.ReadTx) error {
		boxes, err := tx.MailboxesOf(m.ID)
		if len(boxes) > 0 {
			p.Address = boxes[0].Address
		}
		return err
	})
	switch {
	case m.Status == pec.MemberDeceased:
		p.Off = "L’accesso è spento: l’iscritto risulta deceduto."
	case p.Address == "":
		p.Off = "Si entra con l’indirizzo della casella: prima va richiesta."
	}
	return p, err
}

func (s *site) accessForm(c *fiber.Ctx) error {
	p, err := s.newAccessPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "access", p)
}

// makeLink prepares a one-time link and shows it once: it is kept only as a
// hash. The address is that by which the operator reached the page.
func (s *site) makeLink(c *fiber.Ctx) error {
	p, err := s.newAccessPage(c)
	if err != nil {
		return err
	}
	if p.Off != "" {
		return pec.Refuse("access_off", "%s", p.Off)
	}
	token, err := s.office.MemberLink(ctx(c), who(c).Actor(), p.Member.ID)
	if err != nil {
		return err
	}
	link := c.BaseURL() + "/benvenuto/" + token
	return s.told(c, fmt.Sprint("/iscritti/", p.Member.ID, "/accesso"), Alert{
		Kind: "success", Strong: "Collegamento pronto, da consegnare a " + p.Member.FullName() + ".",
		Text: joinHTML("Vale una volta sola e per 7"+nbsp+"giorni; qui si vede solo ora. ", codeOf(link)),
	})
}

func (s *site) setPassword(c *fiber.Ctx) error {
	p, err := s.newAccessPage(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	if p.Off != "" {
		f.wrong("password", p.Off)
	} else {
		f.add(s.office.SetMemberPassword(ctx(c), who(c).Actor(), p.Address, c.FormValue("password")))
	}
	if !f.ok() {
		return s.refuse(c, "access", p, f)
	}
	return s.done(c, fmt.Sprint("/iscritti/", p.Member.ID, "/accesso"), "Password impostata.", "La consegni di persona: l’iscritto la può cambiare dalla sua area.")
}
