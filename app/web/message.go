package web

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"slices"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// messagePage is a message as it was written, and what became of it.
type messagePage struct {
	Frame
	db.MessageRow
	Facts    []fact
	Attempts []messageAttempt
	Retry    bool // it may be sent again
	ToPaper  bool
	Postal   bool // it may be printed
}

type messageAttempt struct {
	N       int
	Outcome string
	Kind    string
	db.Attempt
}

func (s *site) message(c *fiber.Ctx) error {
	p, err := s.newMessagePage(c)
	if err != nil {
		return err
	}
	return s.show(c, "message", p)
}

func (s *site) newMessagePage(c *fiber.Ctx) (*messagePage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &messagePage{}
	err = s.read(c, func(tx *db.ReadTx) error {
		if p.MessageRow, err = tx.Message(id); err != nil {
			return err
		}
		attempts, err := tx.Attempts(id)
		if err != nil {
			return err
		}
		for i, a := range attempts {
			row := messageAttempt{N: i + 1, Outcome: capital(a.Outcome.Italian()), Attempt: a}
			if a.Outcome != pec.MailAccepted {
				row.Kind = "warning"
			}
			if a.Outcome == pec.MailRefused {
				row.Kind = "danger"
			}
			p.Attempts = append(p.Attempts, row)
		}
		return p.tell(s, c, tx)
	})
	if err != nil {
		return nil, err
	}
	list := messageLists[slices.IndexFunc(messageLists, func(l messageList) bool { return slices.Contains(l.states, p.State) })]
	way := []Crumb{{"Avvisi", "/avvisi"}}
	if list.path != "/avvisi" {
		way = append(way, Crumb{list.title, list.path})
	}
	p.Frame = s.frame(c, p.Kind.Italian(), way...)
	p.Menu = "/avvisi"
	switch p.State {
	case pec.MessageWaiting, pec.MessageUnknown, pec.MessageGivenUp, pec.MessagePaper:
		p.Retry = true
	}
	p.ToPaper = p.State == pec.MessageGivenUp && p.MemberID != 0
	p.Postal = p.MemberID != 0
	return p, nil
}

// tell gathers the facts about a message.
func (p *messagePage) tell(s *site, c *fiber.Ctx, tx *db.ReadTx) error {
	kind, words := messageBadge(p.State)
	state := fact{Title: "Stato", Value: words, Kind: kind}
	switch p.State {
	case pec.MessageSent, pec.MessagePosted:
		state.Note = "il " + moment(p.GoneAt)
	case pec.MessageWaiting, pec.MessageUnknown:
		state.Note = "prossimo tentativo il " + moment(p.NextTryAt)
		if s.office.Mailer == nil {
			state.Note = "invio non configurato"
		}
	case pec.MessageGivenUp:
		state.Note = p.LastError
	}
	to := fact{Title: "A", Value: dash(p.Recipient)}
	if p.MemberID != 0 {
		m, err := tx.Member(p.MemberID)
		if err != nil {
			return err
		}
		to.Note = s.memberLink(c, m.ID, m.FullName())
		if p.Recipient == "" {
			to.Value = "su carta"
		}
	}
	p.Facts = []fact{state, to, {Title: "Scritto il", Value: p.On.Italian(), Note: "serve fino al " + p.UsefulUntil.Italian()}}
	if p.MailboxID != 0 {
		box, err := tx.Mailbox(p.MailboxID)
		if err != nil {
			return err
		}
		p.Facts = append(p.Facts, fact{Title: "Casella", Value: box.Address, Href: s.linkTo(c, "/caselle/:id", "/caselle/"+itoa(box.ID))})
	}
	return nil
}

func (s *site) retryMessage(c *fiber.Ctx) error {
	return s.changeMessage(c, "Il messaggio è di nuovo da inviare.", "Parte con il prossimo invio.", s.office.RetryMessage)
}

func (s *site) messageToPaper(c *fiber.Ctx) error {
	return s.changeMessage(c, "Il messaggio è tra quelli da spedire su carta.", "Lo stampi da lì.", s.office.ToPaper)
}

// changeMessage does something with a message and comes back to its page.
func (s *site) changeMessage(c *fiber.Ctx, told, then string, change func(context.Context, string, int64) error) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	f.add(change(ctx(c), who(c).Actor(), id))
	if f.ok() {
		return s.done(c, "/avvisi/"+itoa(id), told, then)
	}
	if f.fault != nil {
		return f.fault
	}
	p, err := s.newMessagePage(c)
	if err != nil {
		return err
	}
	return s.refuse(c, "message", p, f)
}

func (s *site) retryFailed(c *fiber.Ctx) error {
	n, err := s.office.RetryFailed(ctx(c), who(c).Actor())
	if err != nil {
		return err
	}
	if n == 0 {
		return s.told(c, listFailed.path, Alert{Kind: "primary", Strong: "Nessun messaggio da riprovare.", Text: "Il giorno entro cui servivano è passato; ciascuno si può ancora inviare dalla sua pagina, o spedire su carta."})
	}
	return s.done(c, listFailed.path, counted(n, "messaggio è di nuovo da inviare.", "messaggi sono di nuovo da inviare."), "Partono con il prossimo invio.")
}

// postLetters registers that the letters ticked were posted.
func (s *site) postLetters(c *fiber.Ctx) error {
	ids := formOf(c).ids("id")
	if len(ids) == 0 {
		return s.told(c, listPaper.path, Alert{Kind: "warning", Strong: "Nessuna lettera spuntata.", Text: "Spunti quelle che ha spedito."})
	}
	n, err := s.office.PostMessages(ctx(c), who(c).Actor(), ids)
	if err != nil {
		return err
	}
	return s.done(c, listPaper.path, counted(n, "lettera spedita.", "lettere spedite."), "Ora sono tra i messaggi inviati.")
}

// letters prints all letters that wait, in one file.
func (s *site) letters(c *fiber.Ctx) error {
	return s.sendLetters(c, "lettere", nil)
}

func (s *site) letter(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	return s.sendLetters(c, "lettera-"+itoa(id), []int64{id})
}

func (s *site) sendLetters(c *fiber.Ctx, name string, ids []int64) error {
	letters, err := s.office.Letters(ctx(c), ids)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := reports.WriteLettersPDF(&b, slices.Values(letters), visitOf(c).today); err != nil {
		return err
	}
	return download(c, name+".pdf", mimePDF, b.Bytes())
}

// textsPage lists the texts of the messages.
type textsPage struct {
	Frame
	Tabs           Tabs
	Texts, Letters []textRow
}

type textRow struct {
	pec.MessageForm
	Changed string // who changed it, when; empty for the text to begin with
}

func (s *site) texts(c *fiber.Ctx) error {
	p := textsPage{Frame: s.frame(c, "Testi dei messaggi", Crumb{"Avvisi", "/avvisi"})}
	p.Lead = "Valgono dal prossimo messaggio e dalla prossima lettera: quelli già scritti restano come sono"
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		if p.Tabs, err = noticeTabs(tx, "/avvisi/testi"); err != nil {
			return err
		}
		names, err := actorsOf(tx)
		if err != nil {
			return err
		}
		changed, err := tx.ChangedTexts()
		if err != nil {
			return err
		}
		rows := func(forms []pec.MessageForm) (rows []textRow) {
			for _, form := range forms {
				row := textRow{MessageForm: form}
				for _, t := range changed {
					if t.Kind == form.Kind {
						row.Changed = names.of(t.Actor) + ", " + moment(t.At)
					}
				}
				rows = append(rows, row)
			}
			return rows
		}
		p.Texts, p.Letters = rows(pec.MessageForms), rows(pec.LetterForms)
		return nil
	})
	if err != nil {
		return err
	}
	return s.show(c, "texts", &p)
}

// textPage edits a text: its fields, and what it comes to for an invented
// member.
type textPage struct {
	Frame
	Form    pec.MessageForm
	Text    pec.MessageText // what was typed comes back
	Changed bool            // the text in force is the secretariat's
	Preview *pec.Letter     // nil when the text is not sound
}

// Field is how a field stands in a text.
func (p *textPage) Field(name string) template.HTML {
	return template.HTML(`<code class="mono">` + template.HTMLEscapeString("{{"+name+"}}") + `</code>`)
}

func (s *site) newTextPage(c *fiber.Ctx) (*textPage, error) {
	form, ok := pec.FormOf(pec.MessageKind(c.Params("kind")))
	if !ok {
		return nil, fiber.ErrNotFound
	}
	p := &textPage{Frame: s.frame(c, form.Title, Crumb{"Avvisi", "/avvisi"}, Crumb{"Testi", "/avvisi/testi"}), Form: form}
	p.Lead = form.When
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		p.Text, p.Changed, err = office.TextFor(tx, form)
		return err
	})
	return p, err
}

// preview fills the text in for the invented member; it is left out when the
// text is not sound.
func (p *textPage) preview() {
	if l, err := p.Form.Write(p.Text, p.Form.Samples()); err == nil {
		p.Preview = &l
	}
}

func (s *site) text(c *fiber.Ctx) error {
	p, err := s.newTextPage(c)
	if err != nil {
		return err
	}
	p.preview()
	return s.show(c, "text", p)
}

// changeText stores a text, or only shows what it comes to.
func (s *site) changeText(c *fiber.Ctx) error {
	p, err := s.newTextPage(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	p.Text = pec.MessageText{Subject: f.text("subject"), Body: c.FormValue("body")}
	switch action := f.text("azione"); {
	case action == "pdf" && p.Form.Kind.IsLetter():
		if f.add(p.Form.Check(p.Text)); f.ok() {
			return s.sendPreview(c, p.Form, p.Text)
		}
	case action == "anteprima":
		f.add(p.Form.Check(p.Text))
	default:
		f.add(s.office.ChangeText(ctx(c), who(c).Actor(), p.Form.Kind, p.Text))
		if f.ok() {
			next := "Vale dal prossimo messaggio."
			if p.Form.Kind.IsLetter() {
				next = "Vale dalla prossima lettera."
			}
			return s.done(c, "/avvisi/testi/"+string(p.Form.Kind), "Testo salvato.", next)
		}
	}
	if !f.ok() {
		return s.refuse(c, "text", p, f)
	}
	p.preview()
	return s.show(c, "text", p)
}

func (s *site) restoreText(c *fiber.Ctx) error {
	kind := pec.MessageKind(c.Params("kind"))
	if err := s.office.RestoreText(ctx(c), who(c).Actor(), kind); err != nil {
		return err
	}
	return s.done(c, fmt.Sprint("/avvisi/testi/", kind), "È di nuovo in uso il testo di partenza.")
}
