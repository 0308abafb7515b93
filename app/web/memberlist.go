package web

import (
	"bytes"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// registerSize is how many rows a page of a register shows.
const registerSize = 20

// membersPage is the register: search, filters, columns, rows.
type membersPage struct {
	Frame
	Search                     string
	Status, Group, Mailbox     string // of the filters in force
	Statuses, Groups, Holdings []Option
	Columns                    []Option
	Tabs                       Tabs
	Chips                      filterChips
	Rows                       []memberLine
	Pager                      *Pager
	Export                     exportLinks
	Whole                      string // address of the request for all of the list
	Found                      int
	None                       Empty
	shown                      []string
}

// memberLine is a row of the register's list.
type memberLine struct {
	db.MemberListed
	Standing string        // on the register, when out of the ordinary
	Box      template.HTML // the mailbox's status
	Missing  pec.Cents     // what the credit lacks at the next renewal
}

// memberColumns are the columns that may be chosen; the name is always there.
var memberColumns = []Option{
	{Value: "numero", Label: "Numero"}, {Value: "cf", Label: "Codice fiscale"}, {Value: "sezione", Label: "Sezione e settore"},
	{Value: "iscrizione", Label: "Data di iscrizione"}, {Value: "comune", Label: "Comune"}, {Value: "email", Label: "E-mail"},
	{Value: "pec", Label: "Indirizzo PEC"}, {Value: "casella", Label: "Stato della casella"}, {Value: "scadenza", Label: "Scadenza"},
	{Value: "credito", Label: "Credito"}, {Value: "manca", Label: "Credito mancante"},
}

// usualColumns are shown until others are chosen.
var usualColumns = []string{"numero", "cf", "pec", "casella", "scadenza", "credito", "manca"}

// Shows reports whether a column was chosen.
func (p *membersPage) Shows(column string) bool { return slices.Contains(p.shown, column) }

func (s *site) members(c *fiber.Ctx) error {
	if drop := c.Query("togli"); drop != "" {
		return c.Redirect(withoutQuery(c, drop), fiber.StatusSeeOther)
	}
	p := membersPage{Frame: s.frame(c, "Iscritti")}
	f := p.read(c)
	err := s.read(c, func(tx *db.ReadTx) error {
		if err := p.choices(tx, f); err != nil {
			return err
		}
		if err := p.rows(c, tx, f); err != nil {
			return err
		}
		return s.missing(tx, &p)
	})
	if err != nil {
		return err
	}
	if p.Found == 1 && onlySearched(c) {
		return c.Redirect(fmt.Sprint("/iscritti/", p.Rows[0].ID), fiber.StatusSeeOther)
	}
	return s.show(c, "members", &p)
}

// onlySearched reports whether the header's search was used, not the list's: one
// who is found alone is then opened at once.
func onlySearched(c *fiber.Ctx) bool {
	return c.Context().QueryArgs().Len() == 1 && c.Query("q") != "" && c.Get("HX-Request") == ""
}

// withoutQuery is the page's address without one filter; its chip is the
// button that was pressed.
func withoutQuery(c *fiber.Ctx, drop string) string {
	q, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		return c.Path()
	}
	for _, name := range []string{"togli", "dopo", "prima", drop} {
		q.Del(name)
	}
	for name, values := range q {
		if len(values) == 1 && values[0] == "" {
			q.Del(name)
		}
	}
	if len(q) == 0 {
		return c.Path()
	}
	return c.Path() + "?" + q.Encode()
}

// memberFilter reads the filters of the register from the address.
func memberFilter(c *fiber.Ctx) db.MemberFilter {
	f := db.MemberFilter{Search: strings.TrimSpace(c.Query("q")), Status: c.Query("stato"), Mailbox: c.Query("casella")}
	f.Section, f.Sector, _ = strings.Cut(c.Query("gruppo"), ":")
	return f
}

// read takes search, filters and columns from the address.
func (p *membersPage) read(c *fiber.Ctx) db.MemberFilter {
	f := memberFilter(c)
	p.Search, p.Status, p.Group, p.Mailbox = f.Search, f.Status, c.Query("gruppo"), f.Mailbox
	for _, column := range c.Context().QueryArgs().PeekMulti("col") {
		p.shown = append(p.shown, string(column))
	}
	if len(p.shown) == 0 {
		p.shown = usualColumns
	}
	for _, column := range memberColumns {
		column.Chosen = p.Shows(column.Value)
		p.Columns = append(p.Columns, column)
	}
	p.Statuses = []Option{{Value: "", Label: "Tutti"}, {Value: "on_register", Label: "Nell’albo"}}
	for _, status := range pec.MemberStatuses {
		p.Statuses = append(p.Statuses, Option{Value: string(status), Label: capital(status.Italian())})
	}
	p.Holdings = []Option{{Value: "", Label: "Tutti"}, {Value: "with", Label: "Con casella"}, {Value: "without", Label: "Senza casella"}, {Value: "to_request", Label: "Da richiedere"}}
	files := withQuery("", p.query()...)
	p.Export = exportLinks{XLSX: "/iscritti/elenco.xlsx" + files, CSV: "/iscritti/elenco.csv" + files}
	p.Chips.All = "/iscritti"
	return f
}

// query is the filters as names and values, for addresses.
func (p *membersPage) query() []string {
	return []string{"q", p.Search, "stato", p.Status, "gruppo", p.Group, "casella", p.Mailbox}
}

// Filters are the filters in force by name, for the form of the columns.
func (p *membersPage) Filters() map[string]string {
	filters, values := map[string]string{}, p.query()
	for i := 0; i+1 < len(values); i += 2 {
		if values[i+1] != "" {
			filters[values[i]] = values[i+1]
		}
	}
	return filters
}

// Kept are the columns that the address must name: none while they are the
// usual ones.
func (p *membersPage) Kept() []string {
	if slices.Equal(p.shown, usualColumns) {
		return nil
	}
	return p.shown
}

// here is the list's address with more values; the columns stay.
func (p *membersPage) here(more ...string) string {
	values := append(p.query(), more...)
	for _, column := range p.Kept() {
		values = append(values, "col", column)
	}
	return withQuery("/iscritti", values...)
}

// choices fills the filters with what the register has, the saved lists with
// their counts, and names the filters in force.
func (p *membersPage) choices(tx *db.ReadTx, f db.MemberFilter) error {
	sections, err := tx.Sections()
	if err != nil {
		return err
	}
	p.Groups = []Option{{Value: "", Label: "Tutte"}}
	for _, s := range sections {
		name := "Sezione " + s.Section
		if s.Section == "" {
			name = "Senza sezione"
		} else {
			p.Groups = append(p.Groups, Option{Value: s.Section, Label: name})
		}
		for _, sector := range s.Sectors {
			p.Groups = append(p.Groups, Option{Value: s.Section + ":" + sector, Label: name + ", settore " + sector})
		}
	}
	for _, named := range []struct {
		name, value string
		options     []Option
	}{{"stato", p.Status, p.Statuses}, {"gruppo", p.Group, p.Groups}, {"casella", p.Mailbox, p.Holdings}} {
		for _, o := range named.options {
			if o.Value == named.value && o.Value != "" {
				p.Chips.add(named.name, o.Label)
			}
		}
	}
	if p.Search != "" {
		p.Chips.add("q", "«"+p.Search+"»")
	}
	return p.lists(tx, f)
}

// lists are the views of the register that are asked for most.
func (p *membersPage) lists(tx *db.ReadTx, f db.MemberFilter) error {
	p.Tabs.Label = "Elenchi"
	f.Limit = 0
	for _, list := range []struct {
		title  string
		filter db.MemberFilter
	}{
		{"Tutti", db.MemberFilter{}},
		{"Nell’albo", db.MemberFilter{Status: "on_register"}},
		{"Caselle da richiedere", db.MemberFilter{Mailbox: "to_request"}},
		{"Sospesi", db.MemberFilter{Status: string(pec.MemberSuspended)}},
		{"Cancellati", db.MemberFilter{Status: string(pec.MemberCancelled)}},
	} {
		n, err := tx.MemberCount(list.filter)
		if err != nil {
			return err
		}
		p.Tabs.Items = append(p.Tabs.Items, Tab{
			Title: list.title, Count: pec.Thousands(n), Current: f == list.filter,
			Path: withQuery("/iscritti", "stato", list.filter.Status, "casella", list.filter.Mailbox),
		})
	}
	return nil
}

func (p *membersPage) rows(c *fiber.Ctx, tx *db.ReadTx, f db.MemberFilter) error {
	all, err := tx.MemberCount(db.MemberFilter{})
	if err != nil {
		return err
	}
	if p.Found, err = tx.MemberCount(f); err != nil {
		return err
	}
	p.Lead = counted(p.Found, "iscritto", "iscritti")
	if p.Found != all {
		p.Lead = pec.Thousands(p.Found) + " di " + counted(all, "iscritto", "iscritti")
	}
	p.None = p.nobody(all)
	if f.Mailbox == "to_request" || f.Mailbox == "without" {
		p.Whole = withQuery("/iscritti/caselle", append(p.query(), "tutti", "1")...)
	}
	f.After, _ = strconv.ParseInt(c.Query("dopo"), 10, 64)
	f.Before, _ = strconv.ParseInt(c.Query("prima"), 10, 64)
	list, before, after, err := membersAround(tx, f)
	if err != nil || len(list) == 0 {
		return err
	}
	for _, m := range list {
		line := memberLine{MemberListed: m, Box: boxStatus(m.MailboxStatus, m.Status)}
		if m.Status != pec.MemberActive {
			line.Standing = capital(gendered(m.Member, m.Status.Italian()))
		}
		p.Rows = append(p.Rows, line)
	}
	first, last := list[0], list[len(list)-1]
	p.Pager = &Pager{From: first.FullName(), To: last.FullName(), Size: registerSize}
	if before {
		p.Pager.Prev = p.here("prima", fmt.Sprint(first.ID))
	}
	if after {
		p.Pager.Next = p.here("dopo", fmt.Sprint(last.ID))
	}
	return nil
}

// membersAround reads one page of the list, and whether there are others
// before and after it.
func membersAround(tx *db.ReadTx, f db.MemberFilter) (list []db.MemberListed, before, after bool, err error) {
	f.Limit = registerSize + 1
	list, err = tx.MemberList(f)
	if err != nil {
		return nil, false, false, err
	}
	more := len(list) > registerSize
	switch {
	case f.After != 0:
		return list[:min(len(list), registerSize)], true, more, nil
	case f.Before != 0 && more:
		return list[1:], true, true, nil
	case f.Before != 0: // the way back led to the beginning: a whole page from there
		f.Before = 0
		return membersAround(tx, f)
	}
	return list[:min(len(list), registerSize)], false, more, nil
}

// nobody is what the list says when it is empty.
func (p *membersPage) nobody(all int) Empty {
	if all == 0 {
		e := Empty{Icon: "it-upload", IconClass: "icon-primary", Title: "L’albo è ancora vuoto", Text: "Cominci dal file degli iscritti, Excel o CSV. Prima di scrivere Le mostriamo che cosa cambia."}
		if p.Who.May(clerks) {
			e.Href, e.Action = "/importazioni/nuova", "Importa l’albo"
		} else {
			e.Text = "Quando la segreteria avrà importato gli iscritti, li troverà qui."
		}
		return e
	}
	if p.Mailbox == "to_request" && p.Search == "" && p.Group == "" {
		return allWell("Nessuna casella da richiedere", "Chi è iscritto ha già la casella o una PEC propria.")
	}
	e := Empty{Icon: "it-search", IconClass: "icon-secondary", Title: "Nessun iscritto con questi filtri", Text: "Tolga un filtro, o cerchi con meno lettere: basta l’inizio di cognome, nome, numero, codice fiscale o indirizzo.", Href: "/iscritti", Action: "Togli tutti i filtri"}
	if p.Search != "" && len(p.Chips.Items) > 1 {
		e.Href, e.Action = withQuery("/iscritti", "q", p.Search), "Cerca in tutto l’albo"
	}
	return e
}

// boxStatus is a mailbox's status where the list is of persons: plain when all
// is as it should be.
func boxStatus(status pec.MailboxStatus, holder pec.MemberStatus) template.HTML {
	switch {
	case status == "":
		return `<span class="muted">–</span>`
	case status.Running() && !holder.OnRegister():
		return badge("warning", "Si chiude")
	case status == pec.MailboxActive, status == pec.MailboxClosed:
		return badge("", capital(status.Italian()))
	case status == pec.MailboxRejected:
		return badge("danger", capital(status.Italian()))
	case status == pec.MailboxSent:
		return badge("secondary", "Inviata")
	}
	return badge("secondary", capital(status.Italian()))
}

// missing works out, for the rows shown, what the credit lacks at the next
// renewal.
func (s *site) missing(tx *db.ReadTx, p *membersPage) error {
	if !p.Shows("manca") {
		return nil
	}
	for i := range p.Rows {
		line := &p.Rows[i]
		if !line.MailboxStatus.Running() {
			continue
		}
		book, agreements, err := s.office.Book(tx, line.ID)
		if err != nil {
			return err
		}
		line.Missing = book.Forecast(agreements, line.MailboxID, p.Today).Missing
	}
	return nil
}

// memberFile sends just what the register's list holds, as CSV or XLSX.
func (s *site) memberFile(c *fiber.Ctx) error {
	t, err := s.office.MembersListed(ctx(c), memberFilter(c))
	if err != nil {
		return err
	}
	return sendTable(c, t, "iscritti-"+visitOf(c).today.String(), strings.TrimPrefix(c.Path(), "/iscritti/elenco."))
}

// sendTable answers with a list as a file; form is "csv" or "xlsx".
func sendTable(c *fiber.Ctx, t reports.Table, name, form string) error {
	var b bytes.Buffer
	if form == "csv" {
		if err := t.WriteCSV(&b); err != nil {
			return fmt.Errorf("writing %s.csv: %w", name, err)
		}
		return download(c, name+".csv", mimeCSV, b.Bytes())
	}
	if err := t.WriteXLSX(&b); err != nil {
		return fmt.Errorf("writing %s.xlsx: %w", name, err)
	}
	return download(c, name+".xlsx", mimeXLSX, b.Bytes())
}

// provisionPage is the review before mailboxes are requested for many.
type provisionPage struct {
	Frame
	IDs       []int64
	Requested []office.Provisioned
	LeftOut   []office.LeftOut
	OwnPEC    int // of the requested, who have a PEC of their own
	More      int // requested beyond the rows shown
	Out       int // for whom nothing is requested
	MoreOut   int // of these, beyond the rows shown
	Button    string
	Back      string
}

// reviewSize is how many rows of a review are listed; the rest is counted.
const reviewSize = 200

// maxChosen bounds a choice of rows: beyond it one asks for all.
const maxChosen = 30_000

// chosenMembers are the rows ticked, or with "tutti" the whole list under its
// filters.
func (s *site) chosenMembers(c *fiber.Ctx) ([]int64, error) {
	if c.Query("tutti") == "" {
		return queryIDs(c), nil
	}
	f := memberFilter(c)
	f.Limit = maxChosen
	var ids []int64
	err := s.read(c, func(tx *db.ReadTx) error {
		list, err := tx.MemberList(f)
		for _, m := range list {
			ids = append(ids, m.ID)
		}
		return err
	})
	return ids, err
}

// queryIDs are the rows ticked in a form that only looks.
func queryIDs(c *fiber.Ctx) []int64 {
	var ids []int64
	for _, value := range c.Context().QueryArgs().PeekMulti("id") {
		if id, err := strconv.ParseInt(string(value), 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

func (s *site) reviewProvision(c *fiber.Ctx) error {
	ids, err := s.chosenMembers(c)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return s.told(c, "/iscritti", Alert{Kind: "warning", Strong: "Non ha scelto nessun iscritto.", Text: "Spunti le righe dell’elenco e riprovi."})
	}
	p := provisionPage{Frame: s.frame(c, "Richiedi le caselle", Crumb{"Iscritti", "/iscritti"}), IDs: ids, Back: "/iscritti"}
	p.Menu = "/iscritti"
	p.Requested, p.LeftOut, err = s.office.ProvisionMembers(ctx(c), who(c).Actor(), ids, true)
	if err != nil {
		return err
	}
	p.keepRequested()
	if err := s.countOwnPEC(c, &p); err != nil {
		return err
	}
	p.finish()
	return s.show(c, "provision", &p)
}

// countOwnPEC counts who has a PEC already: a second one is to be chosen on
// purpose (9.6).
func (s *site) countOwnPEC(c *fiber.Ctx, p *provisionPage) error {
	return s.read(c, func(tx *db.ReadTx) error {
		for _, id := range p.IDs {
			m, err := tx.Member(id)
			if err != nil {
				return err
			}
			if m.OwnPEC != "" {
				p.OwnPEC++
			}
		}
		return nil
	})
}

// keepRequested leaves in the form only those for whom something is requested.
func (p *provisionPage) keepRequested() {
	out := map[int64]bool{}
	for _, n := range p.LeftOut {
		out[n.MemberID] = true
	}
	p.IDs = slices.DeleteFunc(p.IDs, func(id int64) bool { return out[id] })
}

// finish counts what the review says and cuts what it lists.
func (p *provisionPage) finish() {
	n := len(p.Requested)
	p.Lead = "Nulla è ancora scritto: controlli gli indirizzi e confermi."
	if n == 0 {
		p.Lead = "Nessuna casella da richiedere."
	}
	p.Button = "Richiedi " + counted(n, "casella", "caselle")
	if n > reviewSize {
		p.Requested, p.More = p.Requested[:reviewSize], n-reviewSize
	}
	p.Out = len(p.LeftOut)
	if p.Out > reviewSize {
		p.LeftOut, p.MoreOut = p.LeftOut[:reviewSize], p.Out-reviewSize
	}
}

func (s *site) provisionMembers(c *fiber.Ctx) error {
	f := formOf(c)
	list, _, err := s.office.ProvisionMembers(ctx(c), who(c).Actor(), f.ids("id"), false)
	if err != nil {
		return err
	}
	return s.doneProvision(c, list)
}

// doneProvision tells how many mailboxes were requested; asked twice, the
// second time there are none.
func (s *site) doneProvision(c *fiber.Ctx, list []office.Provisioned) error {
	switch len(list) {
	case 0:
		return s.told(c, "/caselle?stato=outstanding", Alert{Kind: "warning", Strong: "Nessuna casella nuova.", Text: "Quelle scelte erano già state richieste."})
	case 1:
		return s.done(c, fmt.Sprint("/caselle/", list[0].MailboxID), "Casella richiesta: "+list[0].Address+".", "Quando il gestore la attiva, registri qui l’attivazione.")
	}
	return s.done(c, "/caselle?stato=outstanding", counted(len(list), "casella richiesta.", "caselle richieste."), "Quando il gestore le attiva, registri qui le attivazioni.")
}
