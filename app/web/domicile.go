package web

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) domicileRoutes() []route {
	return []route{
		get("/domicilio", operators, s.domicile),
		get("/domicilio/esporta", operators, s.exportNoDomicile),
		get("/iscritti/:id/domicilio", clerks, s.memberDomicileForm),
		post("/iscritti/:id/domicilio", clerks, s.saveMemberDomicile),
	}
}

// domicileTabs lead between the pages of the digital domicile.
func domicileTabs(current string) Tabs {
	t := Tabs{Label: "Domicilio digitale", Items: []Tab{{Title: "Senza domicilio", Path: "/domicilio"}, {Title: "Diffide", Path: "/domicilio/diffide"}, {Title: "INI-PEC", Path: "/domicilio/inipec"}, {Title: "ReGIndE", Path: "/domicilio/reginde"}}}
	for i := range t.Items {
		t.Items[i].Current = t.Items[i].Path == current
	}
	return t
}

// domicilePage lists the members on the register who have no valid digital
// domicile, by reason.
type domicilePage struct {
	Frame
	Tabs   Tabs
	Cards  []Card
	Fault  string
	Faults []Option
	Rows   []noDomicileLine
	Found  int
	Pager  *Pager
	Export exportLinks
}

// noDomicileLine is a member without a domicile.
type noDomicileLine struct {
	pec.MemberDomicile
	Person template.HTML
	Next   string // what can be done, Italian
	Href   string
}

const faultParam = "motivo"

// faultIn is the reason that an address names; a word that is none counts as all.
func faultIn(l listing) pec.DomicileFault {
	if f := pec.DomicileFault(l.get(faultParam)); f.Known() {
		return f
	}
	return ""
}

func (s *site) domicile(c *fiber.Ctx) error {
	l := listingOf(c, "/domicilio", faultParam)
	p := domicilePage{Frame: s.frame(c, "Domicilio digitale"), Tabs: domicileTabs("/domicilio"), Fault: string(faultIn(l)), Export: l.exports("/domicilio/esporta")}
	err := s.read(c, func(tx *db.ReadTx) error {
		due, err := s.office.IndexDue(tx)
		if err != nil {
			return err
		}
		with, without, faults := due.Domiciles.Count()
		p.Faults = []Option{{Value: "", Label: "Tutti"}}
		for _, f := range pec.DomicileFaults {
			p.Faults = append(p.Faults, Option{Value: string(f), Label: capital(f.Italian()) + " (" + pec.Thousands(faults[f]) + ")"})
		}
		p.Lead = counted(with, "iscritto ha", "iscritti hanno") + " un domicilio digitale valido, " + pec.Thousands(without) + " no"
		list := due.Domiciles.Without(faultIn(l))
		p.Found = len(list)
		p.fill(s, c, l, list)
		p.Cards = []Card{{Title: "Senza domicilio digitale", Href: "/domicilio", Figure: pec.Thousands(without), Note: "Iscritti nell’albo senza una PEC valida"}, indexCard(due)}
		return err
	})
	if err != nil {
		return err
	}
	return s.show(c, "domicile", &p)
}

func (p *domicilePage) fill(s *site, c *fiber.Ctx, l listing, list []pec.MemberDomicile) {
	at := func(id int64) int {
		return slices.IndexFunc(list, func(d pec.MemberDomicile) bool { return d.Member.ID == id })
	}
	if i := at(l.id(afterParam)); i >= 0 {
		list = list[i+1:]
	} else if i := at(l.id(beforeParam)); i >= 0 {
		list = list[max(0, i-registerSize-1):i]
	}
	if len(list) > registerSize+1 {
		list = list[:registerSize+1]
	}
	list, p.Pager = pageOf(l, list, registerSize,
		func(d pec.MemberDomicile) string { return itoa(d.Member.ID) }, func(d pec.MemberDomicile) string { return d.Member.Surname })
	for _, d := range list {
		line := noDomicileLine{MemberDomicile: d, Person: s.memberLink(c, d.Member.ID, d.Member.FullName())}
		switch {
		case d.Asked:
			line.Next = "La casella è già richiesta"
		case d.Fault == pec.DomicileNever && d.Member.Status == pec.MemberActive:
			line.Next, line.Href = "Richieda la casella", fmt.Sprint("/iscritti/caselle?id=", d.Member.ID)
		case d.Fault == pec.DomicileWrong, d.Fault == pec.DomicileShared:
			line.Next, line.Href = "Corregga la PEC", fmt.Sprint("/iscritti/", d.Member.ID, "/dati")
		default:
			line.Next, line.Href = "Chieda una PEC valida", fmt.Sprintf("/lettere/nuove?tipo=%s&id=%d", pec.LetterDiffida, d.Member.ID)
		}
		if !p.Who.May(clerks) {
			line.Href = ""
		}
		p.Rows = append(p.Rows, line)
	}
}

func (s *site) exportNoDomicile(c *fiber.Ctx) error {
	l := listingOf(c, "/domicilio", faultParam)
	return s.read(c, func(tx *db.ReadTx) error {
		all, err := s.office.Domiciles(tx)
		if err != nil {
			return err
		}
		t := office.NoDomicileTable(all.Without(faultIn(l)))
		if f := faultIn(l); f != "" {
			t.Filter = "Motivo: " + f.Italian()
		}
		return s.sendList(c, "senza-domicilio", t)
	})
}

// memberDomicilePage chooses a member's domicile and marks an own PEC that no
// longer takes messages.
type memberDomicilePage struct {
	Frame
	Domicile pec.MemberDomicile
	Since    string // since when and how it was learnt
	Own      string
	Choices  []Option
	Address  string
	Faults   []Option
	Fault    string
	Note     string
	Rows     []indexLine
	Subjects []memberSubjectLine // what ReGIndE was told
}

// memberSubjectLine is what ReGIndE was told of a member with its answer.
type memberSubjectLine struct {
	subjectLine
	FileID int64
	On     pec.Date
}

func (s *site) memberDomicilePage(c *fiber.Ctx) (*memberDomicilePage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &memberDomicilePage{}
	err = s.read(c, func(tx *db.ReadTx) error {
		m, err := tx.Member(id)
		if err != nil {
			return err
		}
		p.Frame = s.frame(c, "Domicilio digitale", Crumb{"Iscritti", "/iscritti"}, Crumb{m.FullName(), fmt.Sprint("/iscritti/", id)})
		p.Menu, p.Own = "/iscritti", m.OwnPEC
		facts, err := tx.DomicileFactsOf(id)
		if err != nil {
			return err
		}
		for i, d := range pec.DecideDomiciles(facts) {
			if d.Member.ID != id {
				continue
			}
			p.Domicile = d
			if mark := facts[i].Mark; mark.Fault != "" && mark.Address == strings.ToLower(m.OwnPEC) {
				p.Fault, p.Note = string(mark.Fault), mark.Note
			}
		}
		if p.Since, err = s.learnt(tx, p.Domicile); err != nil {
			return err
		}
		p.Address = p.Domicile.Domicile.Address
		for _, a := range append([]string{p.Address}, p.Domicile.Other...) {
			p.Choices = append(p.Choices, Option{Value: a, Label: a})
		}
		p.Faults = []Option{{Value: "", Label: "Riceve i messaggi"}}
		for _, f := range pec.DomicileMarks {
			p.Faults = append(p.Faults, Option{Value: string(f), Label: capital(f.Italian())})
		}
		names, err := actorsOf(tx)
		if err != nil {
			return err
		}
		rows, err := tx.IndexRowsOf(id)
		for _, r := range rows {
			p.Rows = append(p.Rows, indexLineOf(r, names))
		}
		if err != nil {
			return err
		}
		told, err := tx.SubjectRowsOf(id)
		for _, r := range told {
			p.Subjects = append(p.Subjects, memberSubjectLine{s.subjectRow(c, r), r.FileID, r.MadeOn})
		}
		return err
	})
	return p, err
}

// learnt says since when a domicile is one and how it was learnt: "dal 12/10/2018,
// all’attivazione della casella".
func (s *site) learnt(tx *db.ReadTx, d pec.MemberDomicile) (string, error) {
	if !d.Valid() {
		return "", nil
	}
	since := "dal " + d.Domicile.Since.Italian() + ", "
	if d.Domicile.Source == pec.DomicileMailbox {
		return since + "con l’attivazione della casella dell’Ordine", nil
	}
	origin, err := tx.OwnPECOrigin(d.Member.ID)
	if err != nil {
		return "", err
	}
	names, err := actorsOf(tx)
	switch {
	case origin.Batch != 0:
		return fmt.Sprint(since, "dall’importazione ", origin.Batch), err
	case origin.Actor != "":
		return since + "scritta da " + names.of(origin.Actor), err
	}
	return since + "con gli altri dati dell’iscritto", err
}

func (s *site) memberDomicileForm(c *fiber.Ctx) error {
	p, err := s.memberDomicilePage(c)
	if err != nil {
		return err
	}
	return s.show(c, "memberdomicile", p)
}

// saveMemberDomicile takes one of the page's two forms.
func (s *site) saveMemberDomicile(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	f, said := formOf(c), ""
	switch f.text("azione") {
	case "scelta":
		f.add(s.office.ChooseDomicile(ctx(c), who(c).Actor(), id, f.text("address")))
		said = "Domicilio digitale scelto."
	case "pec":
		f.add(s.office.MarkDomicile(ctx(c), who(c).Actor(), id, pec.DomicileFault(f.text("fault")), f.text("reason")))
		said = "PEC propria aggiornata."
	default:
		f.wrong("azione", "Scelga che cosa salvare.")
	}
	if !f.ok() {
		p, err := s.memberDomicilePage(c)
		if err != nil {
			return err
		}
		if f.text("azione") == "pec" {
			p.Fault, p.Note = f.text("fault"), f.text("reason")
		}
		return s.refuse(c, "memberdomicile", p, f)
	}
	return s.done(c, fmt.Sprint("/iscritti/", id, "/domicilio"), said, "La prossima comunicazione a INI-PEC ne tiene conto.")
}

// memberDomicile tells a member's digital domicile beside the other data.
func (s *site) memberDomicile(_ *fiber.Ctx, tx *db.ReadTx, p *memberPage) error {
	if !p.Member.Status.OnRegister() {
		return nil
	}
	d, err := s.office.DomicileOf(tx, p.Member.ID)
	if err != nil {
		return err
	}
	line := fact{Title: "Domicilio digitale", Value: d.Domicile.Address}
	if !d.Valid() {
		line.Value, line.Kind = "Nessuno: PEC "+d.Why(), "danger"
	} else if line.Note, err = s.learnt(tx, d); err != nil {
		return err
	}
	if p.Who.May(clerks) {
		line.Href = fmt.Sprint("/iscritti/", p.Member.ID, "/domicilio")
	}
	p.Data = append(p.Data, line)
	return nil
}
