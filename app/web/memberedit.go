package web

import (
	"fmt"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// memberEditPage is the form of all that the register says of a member, but
// status and leaving date.
type memberEditPage struct {
	Frame
	Form      office.MemberForm
	Back      string // the page from which it came
	Button    string
	Sexes     []Option
	Meanwhile []meanwhileLine
	Warnings  []template.HTML
	Seen      string // key of the warnings shown
	Clashes   []template.HTML
}

// meanwhileLine is a field that somebody else changed while the form was open.
type meanwhileLine struct {
	Title string
	Text  template.HTML
}

// Value is what the form has in a field.
func (p *memberEditPage) Value(field string) string { return p.Form.Typed[pec.Field(field)] }

// WasFields are the values with which the form was opened, by name.
func (p *memberEditPage) WasFields() map[string]string {
	was := map[string]string{}
	for field, value := range p.Form.Was {
		if value != "" {
			was["was_"+string(field)] = value
		}
	}
	return was
}

func (s *site) newMemberEditPage(c *fiber.Ctx, title string, way ...Crumb) *memberEditPage {
	p := &memberEditPage{Frame: s.frame(c, title, way...), Back: way[len(way)-1].Path, Button: "Salva i dati"}
	p.Menu = "/iscritti"
	p.Sexes = []Option{{Value: "", Label: "Non indicato"}, {Value: "F", Label: "F"}, {Value: "M", Label: "M"}}
	return p
}

const (
	editTitle = "Modifica i dati"
	newTitle  = "Nuovo iscritto"
)

func (s *site) memberForm(c *fiber.Ctx) error {
	m, way, err := s.memberOf(c)
	if err != nil {
		return err
	}
	p := s.newMemberEditPage(c, editTitle, way...)
	p.Form = office.MemberForm{ID: m.ID, Version: m.Version, Was: pec.TypedAs(m.Member), Typed: pec.TypedAs(m.Member)}
	return s.show(c, "memberedit", p)
}

func (s *site) newMemberForm(c *fiber.Ctx) error {
	p := s.newMemberEditPage(c, newTitle, Crumb{"Iscritti", "/iscritti"})
	p.Button = "Inserisci nell’albo"
	return s.show(c, "memberedit", p)
}

func (s *site) saveMember(c *fiber.Ctx) error {
	m, way, err := s.memberOf(c)
	if err != nil {
		return err
	}
	p := s.newMemberEditPage(c, editTitle, way...)
	return s.saveForm(c, p, m)
}

func (s *site) saveNewMember(c *fiber.Ctx) error {
	p := s.newMemberEditPage(c, newTitle, Crumb{"Iscritti", "/iscritti"})
	p.Button = "Inserisci nell’albo"
	return s.saveForm(c, p, db.MemberRow{})
}

// saveForm writes what was typed, or shows the form again with what there is to
// mend, or to look at before.
func (s *site) saveForm(c *fiber.Ctx, p *memberEditPage, m db.MemberRow) error {
	f := formOf(c)
	sent := office.MemberForm{ID: m.ID, Version: int(f.id("version")), Seen: f.text("seen"), Was: map[pec.Field]string{}, Typed: map[pec.Field]string{}}
	for _, field := range pec.EditedFields {
		sent.Typed[field] = f.text(string(field))
		sent.Was[field] = f.text("was_" + string(field))
	}
	done, err := s.office.SaveMember(ctx(c), who(c).Actor(), sent)
	if err != nil {
		return err
	}
	if done.Saved || !done.Refused() && len(done.Warnings) == 0 && len(done.Meanwhile) == 0 {
		return s.savedMember(c, done)
	}
	p.tell(f, done)
	return s.refuse(c, "memberedit", p, f)
}

// tell puts on the page what keeps a form from being written.
func (p *memberEditPage) tell(f *form, done office.MemberSaved) {
	p.Form = done.Form
	for _, e := range done.Errors {
		f.problems = append(f.problems, &e)
	}
	for _, clash := range done.Clashes {
		p.Clashes = append(p.Clashes, joinHTML(clash.Field.Italian()+": ", anchor(fmt.Sprint("/iscritti/", clash.MemberID), clash.Name)))
	}
	for _, change := range done.Meanwhile {
		line := meanwhileLine{Title: change.Field.Italian(), Text: oldAndNew(change.Was, change.Now)}
		if change.Typed != "" {
			line.Text = joinHTML(line.Text, "; Lei ha scritto «"+change.Typed+"»")
		}
		p.Meanwhile = append(p.Meanwhile, line)
	}
	if done.Refused() || len(done.Meanwhile) > 0 {
		return
	}
	p.Button, p.Seen = "Salva comunque", done.WarningKey()
	for _, t := range done.Twins {
		p.Warnings = append(p.Warnings, joinHTML(anchor(fmt.Sprint("/iscritti/", t.B.ID), t.B.FullName()), ": "+t.InWords()))
	}
	for _, w := range done.Warnings {
		if w.Code == pec.MaybeTwin { // said above, with a link
			continue
		}
		p.Warnings = append(p.Warnings, joinHTML(anchor("#"+w.Field, pec.Field(w.Field).Italian()), ": "+w.Message))
	}
}

func (s *site) savedMember(c *fiber.Ctx, done office.MemberSaved) error {
	page := fmt.Sprint("/iscritti/", done.ID)
	switch {
	case !done.Saved:
		return s.told(c, page, Alert{Kind: "primary", Strong: "Nessun dato è cambiato.", Text: "Non c’era nulla da salvare."})
	case done.Form.ID == 0:
		return s.done(c, page, done.After.FullName()+" è nell’albo.", "Se ne ha diritto, richieda ora la casella.")
	}
	return s.done(c, page, "Dati salvati.", "Quelli di prima restano nella linea del tempo.")
}
