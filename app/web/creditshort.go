package web

import (
	"html/template"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// shortPage is the review before the members who lose services for want of
// credit are written to.
type shortPage struct {
	Frame
	Setup        *Alert // sending is not set up
	Rows         []shortRow
	More         int                    // beyond the rows shown
	IDs          []int64                // of all who are written to
	Noticed      []office.ShortOfCredit // a notice has just told them the same: written to only if they are ticked
	OnPaper      int
	Missing, Net pec.Cents
	Out          []office.LeftOut
	OutAll       int
	Letter       *pec.Letter // of the first, as it will be written
	Button       string
}

// shortRow is a member who is written to.
type shortRow struct {
	office.ShortOfCredit
	Name  template.HTML
	Lines []shortLine
}

// shortLine is what ends on one of the member's mailboxes.
type shortLine struct {
	Box  template.HTML
	On   pec.Date
	Ends []string
}

func (s *site) shortReview(c *fiber.Ctx) error {
	p := shortPage{Frame: s.frame(c, "Scrivi a chi non ha credito", Crumb{"Servizi", "/servizi"}, Crumb{"A rischio", "/servizi/a-rischio"}), Setup: s.mailSetup()}
	err := s.read(c, func(tx *db.ReadTx) error {
		list, err := s.office.ReviewShort(tx, p.Today.AddDays(soon))
		if err != nil {
			return err
		}
		agreements, err := tx.Agreements()
		if err != nil {
			return err
		}
		s.fillShort(c, &p, list, productsOf(agreements))
		var first office.ShortOfCredit
		switch {
		case len(p.Rows) > 0:
			first = p.Rows[0].ShortOfCredit
		case len(p.Noticed) > 0:
			first = p.Noticed[0]
		default:
			return nil
		}
		letter, err := s.office.ShortLetter(tx, first)
		p.Letter = &letter
		return err
	})
	if err != nil {
		return err
	}
	p.Lead = "Non è ancora stato scritto nulla: controlli e confermi."
	p.Button = "Scrivi a " + counted(len(p.IDs), "iscritto", "iscritti")
	switch {
	case len(p.IDs)+len(p.Noticed) == 0:
		p.Lead = "Non c’è nessuno a cui scrivere."
	case len(p.IDs) == 0:
		p.Lead, p.Button = "Chi manca di credito ha appena ricevuto l’avviso di scadenza: spunti chi deve ricevere anche questo messaggio.", "Scrivi a chi è spuntato"
	case len(p.Noticed) > 0:
		p.Button += " e a chi è spuntato"
	}
	return s.show(c, "services-tell", &p)
}

// fillShort divides those who are written to from those who have just had a notice
// and those who are left out.
func (s *site) fillShort(c *fiber.Ctx, p *shortPage, list []office.ShortOfCredit, names productNames) {
	for _, m := range list {
		if m.Why != "" {
			p.Out = append(p.Out, office.LeftOut{MemberID: m.Member.ID, Holder: m.Member.FullName(), Why: m.Why})
			continue
		}
		if !m.Noticed.IsZero() {
			p.Noticed = append(p.Noticed, m)
			continue
		}
		p.IDs = append(p.IDs, m.Member.ID)
		p.Missing += m.Missing
		p.Net += m.Net
		if m.OnPaper {
			p.OnPaper++
		}
		if len(p.Rows) == reviewSize {
			continue
		}
		row := shortRow{ShortOfCredit: m, Name: s.memberLink(c, m.Member.ID, m.Member.FullName())}
		for _, b := range m.Boxes {
			line := shortLine{Box: s.mailboxLink(c, b.MailboxID, b.Address), On: b.On}
			for _, e := range b.Ending() {
				line.Ends = append(line.Ends, names.what(e.Product, e.Quantity))
			}
			if b.Share.Later {
				line.Ends = append(line.Ends, endsLater)
			}
			row.Lines = append(row.Lines, line)
		}
		p.Rows = append(p.Rows, row)
	}
	p.More, p.OutAll = len(p.IDs)-len(p.Rows), len(p.Out)
	p.Out = p.Out[:min(len(p.Out), reviewSize)]
}

// tellShort writes to those whom the review named.
func (s *site) tellShort(c *fiber.Ctx) error {
	ids := formOf(c).ids("id")
	if len(ids) == 0 {
		return s.told(c, "/servizi/a-rischio/avvisa", Alert{Kind: "warning", Strong: "Nessuno è spuntato: non è stato scritto nulla.", Text: "Metta la spunta a chi deve ricevere il messaggio, poi prema di nuovo il pulsante."})
	}
	done, err := s.office.TellShort(ctx(c), who(c).Actor(), visitOf(c).today.AddDays(soon), ids)
	if err != nil {
		if done.Told == 0 {
			return err
		}
		s.log.Error("telling many of missing credit", "told", done.Told, "chosen", len(ids), "error", err)
		return s.told(c, "/servizi/a-rischio", Alert{Kind: "warning", Strong: counted(done.Told, "messaggio preparato", "messaggi preparati") + ", poi il programma si è fermato.",
			Text: "Ripeta: chi ha già il suo messaggio resta fuori."})
	}
	return s.told(c, withQuery("/avvisi", "tipo", string(pec.MessageCreditShort)), shortAlert(done))
}

// shortAlert says what was written and to whom not.
func shortAlert(done office.ShortTold) Alert {
	a := Alert{Kind: "success", Strong: counted(done.Told, "messaggio preparato.", "messaggi preparati.")}
	text := "Quelli per e-mail partono con il prossimo invio."
	switch {
	case done.Told == 0:
		a.Kind, a.Strong, text = "primary", "Nessun messaggio da scrivere.", ""
	case done.OnPaper == done.Told:
		text = "Da spedire su carta: gli iscritti non hanno una mail di riferimento."
	case done.OnPaper > 0:
		text += " " + counted(done.OnPaper, "va su carta.", "vanno su carta.")
	}
	if len(done.LeftOut) > 0 {
		text += " " + counted(len(done.LeftOut), "iscritto resta fuori: ", "iscritti restano fuori: ") + namesOf(done.LeftOut)
	}
	if n := len(done.Failed); n > 0 {
		a.Kind = "danger"
		text += " " + counted(n, "casella non è riuscita: i dettagli sono nel registro del programma.", "caselle non sono riuscite: i dettagli sono nel registro del programma.")
	}
	a.Text = strings.TrimSpace(text)
	return a
}
