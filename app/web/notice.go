package web

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) noticeRoutes() []route {
	return []route{
		get("/avvisi", operators, s.outbox(listToSend)),
		get("/avvisi/inviati", operators, s.outbox(listGone)),
		get("/avvisi/non-riusciti", operators, s.outbox(listFailed)),
		post("/avvisi/non-riusciti", clerks, s.retryFailed),
		get("/avvisi/carta", operators, s.outbox(listPaper)),
		post("/avvisi/carta", clerks, s.postLetters),
		get("/avvisi/carta/lettere", operators, s.letters),
		get("/avvisi/prepara", clerks, s.noticeReview),
		post("/avvisi/prepara", clerks, s.raiseNotices),
		get("/avvisi/perche", operators, s.whySilent),
		get("/avvisi/testi", operators, s.texts),
		get("/avvisi/testi/:kind", operators, s.text),
		get("/avvisi/testi/:kind/pdf", operators, s.letterPreview),
		post("/avvisi/testi/:kind", clerks, s.changeText),
		post("/avvisi/testi/:kind/ripristina", clerks, s.restoreText),
		get("/avvisi/:id", operators, s.message),
		get("/avvisi/:id/lettera", operators, s.letter),
		post("/avvisi/:id/riprova", clerks, s.retryMessage),
		post("/avvisi/:id/carta", clerks, s.messageToPaper),
	}
}

// messageList is one of the lists of messages.
type messageList struct {
	title, path string
	states      []pec.MessageState
	none        Empty
}

var (
	listToSend = messageList{"Da inviare", "/avvisi", []pec.MessageState{pec.MessageWaiting, pec.MessageSending, pec.MessageUnknown},
		allWell("Nessun messaggio da inviare", "Tutto ciò che era da inviare è partito, non è riuscito o va su carta.")}
	listGone = messageList{"Inviati", "/avvisi/inviati", []pec.MessageState{pec.MessageSent, pec.MessagePosted},
		Empty{Icon: "it-mail", IconClass: "icon-primary", Title: "Ancora nessun messaggio inviato", Text: "Qui resta ogni messaggio come è partito: avvisi di scadenza, esiti, conferme di acquisto."}}
	listFailed = messageList{"Non riusciti", "/avvisi/non-riusciti", []pec.MessageState{pec.MessageGivenUp},
		allWell("Nessun messaggio non riuscito", "Quando un indirizzo è rifiutato, o dopo otto tentativi, il messaggio si ferma qui con il motivo.")}
	listPaper = messageList{"Da spedire su carta", "/avvisi/carta", []pec.MessageState{pec.MessagePaper},
		allWell("Nessuna lettera da spedire", "Qui arrivano i messaggi per chi non ha una mail di riferimento.")}
	messageLists = []messageList{listToSend, listGone, listFailed, listPaper}
)

// outboxPage is a list of messages.
type outboxPage struct {
	Frame
	Tabs    Tabs
	Setup   *Alert // sending is not set up
	List    string // path of the list
	Q, Kind string
	Kinds   []Option
	Chips   filterChips
	Rows    []messageRow
	Pager   *Pager
	None    Empty
	Last    string // when notices were last prepared
}

// messageRow is a message as the lists show it.
type messageRow struct {
	db.MessageListed
	Member, Box template.HTML
	Status      string
	StatusKind  string
	Postal      bool // the member's address is known
}

// Gone, Failed and Paper tell the template which list it is.
func (p *outboxPage) Gone() bool   { return p.List == listGone.path }
func (p *outboxPage) Failed() bool { return p.List == listFailed.path }
func (p *outboxPage) Paper() bool  { return p.List == listPaper.path }

// noticeTabs lead between the pages of the messages, each with its count.
func noticeTabs(tx *db.ReadTx, current string) (Tabs, error) {
	t := Tabs{Label: "Avvisi"}
	counts, err := tx.MessageCounts()
	if err != nil {
		return t, err
	}
	for _, list := range messageLists {
		n := 0
		for _, state := range list.states {
			n += counts[state]
		}
		t.Items = append(t.Items, Tab{Title: list.title, Path: list.path, Count: pec.Thousands(n), Current: list.path == current})
	}
	for _, tab := range []Tab{{Title: "Perché non è partito", Path: "/avvisi/perche"}, {Title: "Testi", Path: "/avvisi/testi"}} {
		tab.Current = tab.Path == current
		t.Items = append(t.Items, tab)
	}
	return t, nil
}

// mailSetup warns that nothing is sent; nil when sending is set up.
func (s *site) mailSetup() *Alert {
	if s.office.Mailer != nil {
		return nil
	}
	return &Alert{Kind: "warning", Strong: "Invio non configurato.", Text: "I messaggi si preparano e aspettano: chi cura il programma indichi il server di posta e il mittente (ALBOPEC_MAIL_HOST, ALBOPEC_MAIL_FROM)."}
}

// outbox makes the page of a list.
func (s *site) outbox(list messageList) fiber.Handler {
	return func(c *fiber.Ctx) error {
		l := listingOf(c, list.path, "q", "tipo")
		if to := l.dropped(); to != "" {
			return c.Redirect(to, fiber.StatusSeeOther)
		}
		p := outboxPage{Frame: s.frame(c, "Avvisi"), List: list.path, None: list.none, Setup: s.mailSetup()}
		p.Menu = "/avvisi"
		if s.office.Mailer != nil {
			p.Lead = "I messaggi partono da " + s.office.Mailer.Sender()
		}
		err := s.read(c, func(tx *db.ReadTx) (err error) {
			if p.Tabs, err = noticeTabs(tx, list.path); err != nil {
				return err
			}
			if p.Last, err = lastNotices(tx); err != nil {
				return err
			}
			p.filters(l)
			return s.messageRows(c, tx, &p, l, list)
		})
		if err != nil {
			return err
		}
		return s.show(c, "outbox", &p)
	}
}

// lastNotices says when notices were last prepared, and how many.
func lastNotices(tx *db.ReadTx) (string, error) {
	e, err := tx.LatestAudit("notice", "notices")
	if err != nil || e.ID == 0 {
		return "Gli avvisi di scadenza si preparano ogni mattina; finora non è mai stato fatto.", err
	}
	var done office.Notified
	if err := json.Unmarshal([]byte(e.Detail), &done); err != nil {
		return "", fmt.Errorf("figures of the latest notices: %w", err)
	}
	return fmt.Sprintf("Avvisi di scadenza preparati l’ultima volta il %s: %s.", moment(e.At), pec.Thousands(done.Raised)), nil
}

func (p *outboxPage) filters(l listing) {
	p.Q = l.get("q")
	p.Kinds = []Option{{Value: "", Label: "Tutti"}}
	for _, f := range pec.MessageForms {
		p.Kinds = append(p.Kinds, Option{Value: string(f.Kind), Label: f.Title})
		if l.get("tipo") == string(f.Kind) {
			p.Kind = string(f.Kind)
			p.Chips.add("tipo", f.Title)
		}
	}
	if p.Q != "" {
		p.Chips.add("q", "«"+p.Q+"»")
	}
	p.Chips.All = l.path
	if p.Q != "" || p.Kind != "" {
		p.None = Empty{Icon: "it-search", IconClass: "icon-secondary", Title: "Nessun messaggio con questi filtri", Text: "Tolga un filtro, o guardi negli altri elenchi.", Href: l.path, Action: "Togli i filtri"}
	}
}

func (s *site) messageRows(c *fiber.Ctx, tx *db.ReadTx, p *outboxPage, l listing, list messageList) error {
	rows, err := tx.MessageList(db.MessageFilter{
		States: list.states, Search: p.Q, Kind: pec.MessageKind(p.Kind), Before: l.id(afterParam), After: l.id(beforeParam), Limit: rowsPerPage + 1,
	})
	if err != nil {
		return err
	}
	rows, p.Pager = pageOf(l, rows, rowsPerPage, func(m db.MessageListed) string { return itoa(m.ID) }, func(m db.MessageListed) string { return m.On.Italian() })
	for _, m := range rows {
		row := messageRow{MessageListed: m, Member: "La segreteria", Postal: true}
		if m.MemberID != 0 {
			row.Member = s.memberLink(c, m.MemberID, m.Holder)
			if p.Paper() {
				member, err := tx.Member(m.MemberID)
				if err != nil {
					return err
				}
				row.Postal = member.City != "" && member.Member.Address != ""
			}
		}
		if m.MailboxID != 0 {
			row.Box = s.mailboxLink(c, m.MailboxID, m.Address)
		}
		row.StatusKind, row.Status = messageBadge(m.State)
		p.Rows = append(p.Rows, row)
	}
	return nil
}

// messageBadge is a message's state as a badge.
func messageBadge(state pec.MessageState) (kind, text string) {
	switch state {
	case pec.MessageGivenUp:
		kind = "danger"
	case pec.MessageUnknown, pec.MessagePaper:
		kind = "warning"
	case pec.MessageWaiting, pec.MessageSending:
		kind = "secondary"
	}
	return kind, capital(state.Italian())
}

// noticeReviewPage shows which notices would be raised now.
type noticeReviewPage struct {
	Frame
	Steps []noticeStep
	Done  office.Notified
}

type noticeStep struct {
	Title   string
	Notices int
}

func (s *site) noticeReview(c *fiber.Ctx) error {
	p := noticeReviewPage{Frame: s.frame(c, "Prepara gli avvisi", Crumb{"Avvisi", "/avvisi"})}
	p.Lead = "Il programma lo fa ogni mattina. Non è ancora stato scritto nulla."
	err := s.reviewNotices(c, &p)
	if err != nil {
		return err
	}
	return s.show(c, "noticereview", &p)
}

func (s *site) reviewNotices(c *fiber.Ctx, p *noticeReviewPage) (err error) {
	if p.Done, err = s.office.RaiseNotices(ctx(c), who(c).Actor(), true); err != nil {
		return err
	}
	for step := 366; step >= 0; step-- {
		if n, ok := p.Done.ByStep[fmt.Sprint(step)]; ok {
			p.Steps = append(p.Steps, noticeStep{capital(pec.StepItalian(step)), n})
		}
	}
	return nil
}

func (s *site) raiseNotices(c *fiber.Ctx) error {
	done, err := s.office.RaiseNotices(ctx(c), who(c).Actor(), false)
	if err != nil {
		return err
	}
	a := Alert{Kind: "success", Strong: counted(done.Raised, "avviso preparato.", "avvisi preparati."), Text: "Partono con il prossimo invio."}
	if done.Raised == 0 {
		a = Alert{Kind: "primary", Strong: "Nessun avviso da preparare.", Text: "Quelli di oggi erano già pronti."}
	}
	if n := len(done.Failed); n > 0 {
		a = Alert{Kind: "danger", Strong: counted(n, "casella non è riuscita.", "caselle non sono riuscite."), Text: "I dettagli sono nel registro del programma. Avvisi preparati: " + pec.Thousands(done.Raised) + "."}
	}
	return s.told(c, "/avvisi", a)
}

// whyPage answers «perché non è partito» for every mailbox in the window, or
// that a search finds.
type whyPage struct {
	Frame
	Tabs  Tabs
	Setup *Alert
	Q     string
	Until pec.Date
	Rows  []whyRow
	Pager *Pager
}

// whyRow is a mailbox with the answer.
type whyRow struct {
	db.MailboxListed
	Member, Box template.HTML
	Why         string
	Message     template.HTML // what became of the latest notice, with its page
	Kind        string        // "danger" or "warning" when it is out of the ordinary
}

func (s *site) whySilent(c *fiber.Ctx) error {
	l := listingOf(c, "/avvisi/perche", "q")
	p := whyPage{Frame: s.frame(c, "Perché non è partito", Crumb{"Avvisi", "/avvisi"}), Q: l.get("q"), Setup: s.mailSetup()}
	p.Lead = "Per ogni casella vicina alla scadenza: quale avviso è partito, o perché no"
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		if p.Tabs, err = noticeTabs(tx, "/avvisi/perche"); err != nil {
			return err
		}
		agreements, err := tx.Agreements()
		if err != nil {
			return err
		}
		p.Until = office.NoticeHorizon(agreements, p.Today)
		list, err := tx.ExpiringMailboxes(db.WindowFilter{Search: p.Q, Until: p.Until, After: l.id(afterParam), Before: l.id(beforeParam), Limit: rowsPerPage + 1})
		if err != nil {
			return err
		}
		list, p.Pager = pageOf(l, list, rowsPerPage, func(m db.MailboxListed) string { return itoa(m.ID) }, func(m db.MailboxListed) string { return m.Address })
		p.Rows, err = s.whyRows(c, tx, list)
		return err
	})
	if err != nil {
		return err
	}
	return s.show(c, "why", &p)
}

func (s *site) whyRows(c *fiber.Ctx, tx *db.ReadTx, list []db.MailboxListed) ([]whyRow, error) {
	var members, boxes []int64
	for _, m := range list {
		members, boxes = append(members, m.MemberID), append(boxes, m.ID)
	}
	watches, err := s.office.Watches(tx, members)
	if err != nil {
		return nil, err
	}
	notices, err := tx.NoticesOf(boxes)
	if err != nil {
		return nil, err
	}
	var rows []whyRow
	for _, m := range list {
		w := watches[m.ID]
		d := w.Decide()
		row := whyRow{MailboxListed: m, Member: s.memberLink(c, m.MemberID, m.Holder), Box: s.mailboxLink(c, m.ID, m.Address), Why: w.Explain(d)}
		if row.ExpiresOn = w.Mailbox.ExpiresOn; !w.ClosesOn.IsZero() {
			row.ExpiresOn = w.ClosesOn
		}
		if len(notices[m.ID]) > 0 && notices[m.ID][0].ExpiresOn == w.Mailbox.ExpiresOn {
			message, err := tx.Message(notices[m.ID][0].MessageID)
			if err != nil {
				return nil, err
			}
			row.Kind, row.Message = fateOf(message)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// fateOf says what became of a message, with a link to it.
func fateOf(m db.MessageRow) (kind string, words template.HTML) {
	kind, text := messageBadge(m.State)
	link := anchor("/avvisi/"+itoa(m.ID), text)
	switch {
	case m.State == pec.MessageSent:
		return "", joinHTML(link, " il ", moment(m.GoneAt), " a ", m.Recipient)
	case m.State == pec.MessagePosted:
		return "", joinHTML(link, " il ", pec.DateOf(m.GoneAt).Italian())
	case m.State == pec.MessagePaper:
		return kind, joinHTML(link, ": l’iscritto non ha una mail di riferimento, o non la riceve")
	case m.LastError != "":
		return kind, joinHTML(link, ": ", m.LastError)
	}
	return kind, link
}

// notGone counts the messages that did not leave, for the desk.
func (d deskReader) notGone() (Card, error) {
	counts, err := d.tx.MessageCounts()
	if err != nil {
		return Card{}, err
	}
	n, paper := counts[pec.MessageGivenUp], counts[pec.MessagePaper]
	waiting := counts[pec.MessageWaiting] + counts[pec.MessageUnknown] + counts[pec.MessageSending]
	card := Card{Title: "Avvisi non partiti", Href: d.linkTo(d.c, listFailed.path, listFailed.path), Figure: pec.Thousands(n), Note: "Tutti i messaggi agli iscritti sono partiti"}
	if n > 0 {
		card.Badge, card.Kind = "Da correggere", "danger"
	}
	var note []string
	if waiting > 0 {
		note = append(note, pec.Thousands(waiting)+" da inviare")
	}
	if paper > 0 {
		note = append(note, pec.Thousands(paper)+" da spedire su carta")
	}
	switch {
	case d.office.Mailer == nil && waiting > 0:
		card.Note = "Invio non configurato: " + counted(waiting, "messaggio aspetta", "messaggi aspettano")
	case len(note) > 0:
		card.Note = capital(strings.Join(note, ", "))
	case n > 0:
		card.Note = "Rifiutati, non riusciti in otto tentativi o rimasti oltre il loro giorno"
	}
	return card, nil
}
