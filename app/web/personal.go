package web

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

func (s *site) personalRoutes() []route {
	return []route{
		get("/iscritti/:id/dati-personali", clerks, s.personal),
		post("/iscritti/:id/dati-personali", clerks, s.personalFile),
		get("/iscritti/:id/cancellazione", clerks, s.erasureForm),
		post("/iscritti/:id/cancellazione", clerks, s.erase),
		post("/area/dati/file", themselves, s.ownFile),
	}
}

const mimeZIP = "application/zip"

// personalPage says what is held of a member and offers it as a file.
type personalPage struct {
	Frame
	Member db.MemberRow
	Held   []fact
	Kept   []reports.Kept
	Erase  office.Erasure
}

func (s *site) personal(c *fiber.Ctx) error {
	m, way, err := s.memberOf(c)
	if err != nil {
		return err
	}
	if m.Merged() {
		return s.goneTo(c, m)
	}
	p := personalPage{Frame: s.frame(c, "Dati personali", way...), Member: m}
	p.Menu = "/iscritti"
	err = s.read(c, func(tx *db.ReadTx) error {
		holds, err := tx.Holdings(m.ID)
		if err != nil {
			return err
		}
		accepted, err := acceptedBy(tx, m.ID)
		if err != nil {
			return err
		}
		p.Held = held(m, holds, accepted)
		if p.Erase, err = s.office.PreviewErasure(tx, m.ID); err != nil {
			return err
		}
		p.Kept, err = s.office.Kept(tx, m)
		return err
	})
	if err != nil {
		return err
	}
	return s.show(c, "personal", &p)
}

// acceptedBy lists what a member accepted by its titles, each once whatever the
// version.
func acceptedBy(tx *db.ReadTx, member int64) (titles []string, err error) {
	list, err := tx.Acceptances(member)
	for _, a := range list {
		if title := pec.TermTitle(a.Document); !slices.Contains(titles, title) {
			titles = append(titles, title)
		}
	}
	return titles, err
}

// held counts what there is of a member.
func held(m db.MemberRow, h db.Holdings, accepted []string) []fact {
	known := 0
	for _, f := range pec.MemberFields {
		if m.Get(f.Field) != "" {
			known++
		}
	}
	return []fact{
		{Title: "Dati dell’albo", Value: counted(known, "campo", "campi"), Note: counted(h.Changes, "variazione conservata", "variazioni conservate")},
		{Title: "Caselle", Value: pec.Thousands(len(h.Mailboxes)), Note: counted(h.Services, "servizio attivo", "servizi attivi")},
		{Title: "Ordini", Value: pec.Thousands(h.Orders + h.Waiting)},
		{Title: "Movimenti", Value: pec.Thousands(h.Entries), Note: counted(h.TopUps, "ricarica", "ricariche")},
		{Title: "Condizioni accettate", Value: pec.Thousands(len(accepted)), Note: strings.Join(accepted, ", ")},
	}
}

func (s *site) personalFile(c *fiber.Ctx) error {
	m, _, err := s.memberOf(c)
	if err != nil {
		return err
	}
	return s.sendPersonal(c, m.ID, m.RegistrationNumber)
}

// ownFile gives a member all that is held of them.
func (s *site) ownFile(c *fiber.Ctx) error { return s.sendPersonal(c, who(c).ID, "") }

func (s *site) sendPersonal(c *fiber.Ctx, member int64, number string) error {
	var products productNames
	err := s.read(c, func(tx *db.ReadTx) error {
		agreements, err := tx.Agreements()
		products = productsOf(agreements)
		return err
	})
	if err != nil {
		return err
	}
	file, err := s.office.PersonalFile(ctx(c), who(c).Actor(), member, func(e db.AuditEntry) (what, detail string) {
		return actionInWords(e.Action), detailOf(e.Detail, products)
	})
	if err != nil {
		return err
	}
	name := strings.Trim("dati-personali-"+fileName(number), "-")
	return download(c, name+".zip", mimeZIP, file)
}

// erasurePage shows what a request of erasure takes away and what stays.
type erasurePage struct {
	Frame
	office.Erasure
	Titles []string // of the fields that go
	Files  []waitingFile
	Reason string
	NotYet *Alert // why nothing may be erased yet
}

func (s *site) erasurePage(c *fiber.Ctx) (*erasurePage, error) {
	m, way, err := s.memberOf(c)
	if err != nil {
		return nil, err
	}
	p := &erasurePage{Frame: s.frame(c, "Richiesta di cancellazione", append(way, Crumb{"Dati personali", fmt.Sprint("/iscritti/", m.ID, "/dati-personali")})...)}
	p.Menu = "/iscritti"
	err = s.read(c, func(tx *db.ReadTx) (err error) {
		p.Erasure, err = s.office.PreviewErasure(tx, m.ID)
		return err
	})
	for _, f := range p.Goes {
		p.Titles = append(p.Titles, f.Italian())
	}
	if p.Refused != nil {
		p.NotYet = &Alert{Kind: "warning", Strong: "Non ancora.", Text: p.Refused.Message}
		switch p.Refused.Code {
		case "order_to_invoice":
			p.NotYet.Href, p.NotYet.Link = "/ordini/da-fatturare", "Vada agli ordini da fatturare"
		case "credit_left":
			if p.NotYet.Href = s.refundOf(c, m.ID); p.NotYet.Href != "" {
				p.NotYet.Link = "Rimborsi il credito"
			}
		}
	}
	for _, u := range p.Waiting {
		p.Files = append(p.Files, waitingFile{Name: u.Filename, At: moment(u.CreatedAt), Href: fmt.Sprint("/importazioni/file/", u.ID)})
	}
	return p, err
}

// refundOf is where a member's credit is refunded; empty for who may not.
func (s *site) refundOf(c *fiber.Ctx, member int64) string {
	return s.linkTo(c, "/credito/:id/rimborso", fmt.Sprint("/credito/", member, "/rimborso"))
}

func (s *site) erasureForm(c *fiber.Ctx) error {
	p, err := s.erasurePage(c)
	if err != nil {
		return err
	}
	if p.Erasure.Member.Merged() {
		return s.goneTo(c, p.Erasure.Member)
	}
	return s.show(c, "erasure", p)
}

func (s *site) erase(c *fiber.Ctx) error {
	p, err := s.erasurePage(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	p.Reason = f.text("reason")
	done, err := s.office.EraseContacts(ctx(c), who(c).Actor(), p.Erasure.Member.ID, p.Reason)
	if f.add(err); !f.ok() {
		return s.refuse(c, "erasure", p, f)
	}
	page := fmt.Sprint("/iscritti/", p.Erasure.Member.ID)
	if done.Already {
		return s.done(c, page, "I recapiti erano già cancellati.", "Non c’era più nulla da togliere.")
	}
	stays := staysInWords(done.KeptUntil)
	if n := len(done.Waiting); n > 0 {
		stays += " Può contenerli ancora " + counted(n, "file in attesa", "file in attesa") + " in Importazioni: vanno importati o tolti."
	}
	return s.done(c, page, "I recapiti sono cancellati.", stays)
}

// staysInWords says until when entries of money stay.
func staysInWords(until pec.Date) string {
	if until.IsZero() {
		return "Restano i dati dell’albo."
	}
	return "Restano i dati dell’albo e, fino al " + until.Italian() + ", i movimenti del credito."
}

// erased tells of a request of erasure that was carried out.
func (l *life) erased(e db.AuditEntry) {
	var d struct {
		KeptUntil pec.Date `json:"kept_until"`
		Reason    string
	}
	if json.Unmarshal([]byte(e.Detail), &d) == nil {
		l.add(e.On, e.At, "Recapiti cancellati su richiesta", staysInWords(d.KeptUntil)+" Motivo: "+d.Reason+".", l.by(e.Actor, e.At))
	}
}
