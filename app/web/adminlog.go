package web

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// pageOfLog is how many entries of the log a page shows.
const pageOfLog = 50

type auditPage struct {
	Frame
	Actor, Action, From, To string // as typed
	Actions                 []Option
	Entries                 []auditLine
	Filtered                bool
	Pager                   *Pager
	Export                  string
}

// auditLine is an entry of the log in words.
type auditLine struct {
	db.AuditEntry
	Who, What, Detail string
	About             subject
	Played            bool // the program's day was not the calendar's
}

// auditFilterOf reads the filters in the address.
func auditFilterOf(c *fiber.Ctx, p *auditPage) (db.AuditFilter, Problems) {
	f := formOf(c)
	p.Actor, p.Action, p.From, p.To = f.text("actor"), f.text("action"), f.text("from"), f.text("to")
	filter := db.AuditFilter{Actor: p.Actor, Action: p.Action, From: f.dayOrNone("from"), To: f.dayOrNone("to"), Before: f.id("prima")}
	if f.ok() && !filter.From.IsZero() && !filter.To.IsZero() && filter.To.Before(filter.From) {
		f.wrong("to", "Il secondo giorno viene prima del primo.")
	}
	p.Filtered = p.Actor != "" || p.Action != "" || p.From != "" || p.To != ""
	return filter, f.problems
}

// auditLog shows who did what, newest first.
func (s *site) auditLog(c *fiber.Ctx) error {
	p := auditPage{Frame: s.frame(c, "Registro", Crumb{"Amministrazione", "/amministrazione"})}
	p.Lead = "Chi ha fatto che cosa, e quando. Non si può cambiare."
	filter, problems := auditFilterOf(c, &p)
	p.Errors = problems
	filter.Limit = pageOfLog + 1
	err := s.read(c, func(tx *db.ReadTx) error {
		known, err := tx.AuditActions()
		if err != nil {
			return err
		}
		p.Actions = []Option{{Label: "Tutte"}}
		for _, action := range known {
			p.Actions = append(p.Actions, Option{Value: action, Label: actionInWords(action)})
		}
		if len(problems) > 0 {
			return nil
		}
		p.Entries, err = s.auditLines(c, tx, filter)
		return err
	})
	if err != nil {
		return err
	}
	with := func(path string, more ...string) string {
		return withQuery(path, append([]string{"actor", p.Actor, "action", p.Action, "from", p.From, "to", p.To}, more...)...)
	}
	if len(problems) == 0 {
		p.Export = with("/amministrazione/registro/esporta")
	}
	p.Pager = p.pager(filter.Before, with)
	return s.show(c, "adminlog", &p)
}

func (p *auditPage) pager(before int64, with func(string, ...string) string) *Pager {
	more := len(p.Entries) > pageOfLog
	if more {
		p.Entries = p.Entries[:pageOfLog]
	}
	if len(p.Entries) == 0 || !more && before == 0 {
		return nil
	}
	first, last := p.Entries[0], p.Entries[len(p.Entries)-1]
	pager := &Pager{From: moment(first.At), To: moment(last.At), Size: pageOfLog}
	if before != 0 {
		pager.Prev = with("/amministrazione/registro") // back to the newest
	}
	if more {
		pager.Next = with("/amministrazione/registro", "prima", fmt.Sprint(last.ID))
	}
	return pager
}

func (s *site) auditLines(c *fiber.Ctx, tx *db.ReadTx, filter db.AuditFilter) ([]auditLine, error) {
	entries, err := tx.AuditFind(filter)
	if err != nil {
		return nil, err
	}
	names, err := actorsOf(tx)
	if err != nil {
		return nil, err
	}
	about := subjects{s, c, tx, map[string]subject{}}
	lines := make([]auditLine, len(entries))
	for i, e := range entries {
		line := auditLine{AuditEntry: e, What: actionInWords(e.Action), Detail: detailInWords(e.Detail), Played: pec.DateOf(e.At) != e.On}
		if line.Who, err = actorInFull(tx, names, e.Actor); err != nil {
			return nil, err
		}
		if line.About, err = about.of(e); err != nil {
			return nil, err
		}
		lines[i] = line
	}
	return lines, nil
}

// actorInFull names who did something; a member by name, since the log is of
// everybody's.
func actorInFull(tx *db.ReadTx, names actorNames, actor string) (string, error) {
	if known, ok := names[actor]; ok && known != "" {
		return known, nil
	}
	var member int64
	if n, _ := fmt.Sscanf(actor, "iscritto:%d", &member); n == 1 {
		m, err := tx.Member(member)
		if err == nil {
			names[actor] = "Iscritto " + m.FullName()
			return names[actor], nil
		}
		if pec.AsProblem(err) == nil {
			return "", err
		}
	}
	return names.of(actor), nil
}

// auditFile takes the log away as it is filtered, all pages of it.
func (s *site) auditFile(c *fiber.Ctx) error {
	var p auditPage
	filter, problems := auditFilterOf(c, &p)
	if len(problems) > 0 {
		return problems[0]
	}
	filter.Before = 0
	t := reports.Table{Title: "Registro", Columns: []reports.Column{
		{Title: "Giorno", Kind: reports.Day}, {Title: "Scritto"}, {Title: "Chi"}, {Title: "Attore"}, {Title: "Azione"}, {Title: "Codice azione"},
		{Title: "Su"}, {Title: "Dettagli"}, {Title: "Dati"},
	}}
	err := s.read(c, func(tx *db.ReadTx) error {
		lines, err := s.auditLines(c, tx, filter)
		for _, l := range lines {
			t.Rows = append(t.Rows, []any{
				l.On, l.At.In(pec.Rome).Format("2006-01-02 15:04:05"), l.Who, l.Actor, l.What, l.Action, l.About.Words, l.Detail, l.AuditEntry.Detail,
			})
		}
		return err
	})
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := t.WriteCSV(&b); err != nil {
		return err
	}
	return download(c, "registro-"+s.Today().String()+".csv", mimeCSV, []byte(b.String()))
}

// subject is what an entry of the log is about.
type subject struct{ Words, Href string }

// subjects names what entries are about: each thing is looked up once.
type subjects struct {
	*site
	c     *fiber.Ctx
	tx    *db.ReadTx
	known map[string]subject
}

func (x subjects) of(e db.AuditEntry) (subject, error) {
	key := fmt.Sprint(e.Entity, " ", e.EntityID)
	if s, ok := x.known[key]; ok {
		return s, nil
	}
	s, err := x.find(e)
	if pec.AsProblem(err) != nil { // taken back since, by the undo of an import
		s, err = subject{Words: fmt.Sprintf("%s n. %d, non c’è più", capital(entityInWords(e.Entity)), e.EntityID)}, nil
	}
	x.known[key] = s
	return s, err
}

func (x subjects) find(e db.AuditEntry) (subject, error) {
	link := func(root string) string { return x.linkTo(x.c, root+"/:id", fmt.Sprintf("%s/%d", root, e.EntityID)) }
	if e.EntityID == 0 {
		return subject{Words: capital(entityInWords(e.Entity))}, nil
	}
	switch e.Entity {
	case "member":
		m, err := x.tx.Member(e.EntityID)
		return subject{m.FullName(), link("/iscritti")}, err
	case "mailbox":
		m, err := x.tx.Mailbox(e.EntityID)
		return subject{m.Address, link("/caselle")}, err
	case "order":
		o, err := x.tx.Order(e.EntityID)
		words := "Ordine " + o.Number()
		if o.Number() == "" {
			words = "Ordine del " + o.OrderedOn.Italian()
		}
		return subject{words, link("/ordini")}, err
	case "operator":
		o, err := x.tx.Operator(e.EntityID)
		return subject{operatorName(o), link("/amministrazione/operatori")}, err
	case "message":
		m, err := x.tx.Message(e.EntityID)
		return subject{m.Kind.Italian(), link("/avvisi")}, err
	case "agreement":
		a, err := x.tx.Agreement(e.EntityID)
		return subject{a.Name, link("/convenzioni")}, err
	case "provider_deposit":
		d, err := x.tx.ProviderDeposit(e.EntityID)
		return subject{"Versamento " + d.Reference, "/report/gestore"}, err
	case "document", "report": // older entries are of a report
		d, err := x.tx.Document(e.EntityID)
		return subject{d.Title, link("/documenti")}, err
	case "invoice_list":
		l, err := x.tx.InvoiceList(e.EntityID)
		return subject{"Elenco da fatturare " + l.Number(), toInvoicePath(l.By) + "#elenco-" + itoa(l.ID)}, err
	}
	roots := map[string]string{"batch": "/importazioni", "run": "/rinnovi/esecuzioni"}
	return subject{fmt.Sprintf("%s n. %d", capital(entityInWords(e.Entity)), e.EntityID), link(roots[e.Entity])}, nil
}

func entityInWords(entity string) string {
	words := map[string]string{
		"member": "iscritto", "mailbox": "casella", "order": "ordine", "operator": "operatore", "agreement": "convenzione", "database": "database",
		"batch": "importazione", "upload": "file caricato", "report": "report", "document": "documento", "run": "esecuzione dei rinnovi", "service": "servizio",
		"message": "messaggio", "notice": "avvisi di scadenza", "text": "testo di un messaggio",
	}
	if w, ok := words[entity]; ok {
		return w
	}
	return entity
}
