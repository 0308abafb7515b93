package web

import (
	"cmp"
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
	memberListing
	Statuses, Groups, Holdings []Option
	Cities, Provinces          []Option
	Columns                    []Option
	Heads                      map[string]sortHead
	Tabs                       Tabs
	Chips                      filterChips
	Rows                       []memberLine
	Pager                      *Pager
	Export, Whole              exportLinks // the columns shown; all of them
	Everybody                  string      // address of the actions on the whole list
	Found                      int
	None                       Empty
	Saved                      *db.SavedList // the list that this is
	SaveAs                     string        // address under which to save it
	chosen                     []string      // the operator's own columns
	closings                   *db.Closings
}

// memberLine is a row of the register's list.
type memberLine struct {
	db.MemberListed
	Standing string        // on the register, when out of the ordinary
	Box      template.HTML // the mailbox's status
	Missing  pec.Cents     // what the credit lacks at the next renewal
}

// sortHead is a column's head by which the list can be put in order.
type sortHead struct {
	Title, Path string
	Sort        string // of aria-sort: "ascending", "descending" or "none"
	Class       string
}

// Sign shows the direction beside the title.
func (h sortHead) Sign() string {
	return map[string]string{"ascending": " ▲", "descending": " ▼"}[h.Sort]
}

// memberColumns are the columns that may be chosen; the name is always there.
var memberColumns = []Option{
	{Value: "numero", Label: "Numero"}, {Value: "cf", Label: "Codice fiscale"}, {Value: "sezione", Label: "Sezione e settore"},
	{Value: "iscrizione", Label: "Iscritto dal"}, {Value: "comune", Label: "Comune"}, {Value: "email", Label: "E-mail"},
	{Value: "pec", Label: "Indirizzo PEC"}, {Value: "casella", Label: "Casella"}, {Value: "scadenza", Label: "Scadenza"},
	{Value: "credito", Label: "Credito"}, {Value: "manca", Label: "Manca"},
}

// usualColumns are shown until others are chosen.
var usualColumns = []string{"numero", "cf", "pec", "casella", "scadenza", "credito", "manca"}

// registerList is the register's list among those whose columns are kept.
const registerList = "iscritti"

// Shows reports whether a column was chosen.
func (p *membersPage) Shows(column string) bool { return slices.Contains(p.shown(), column) }

// shown are the columns: those in the address, else the operator's own, else
// the usual ones.
func (p *membersPage) shown() []string {
	if columns := p.columns(); len(columns) > 0 {
		return columns
	}
	if len(p.chosen) > 0 {
		return p.chosen
	}
	return usualColumns
}

// ShownColumns are the columns for addresses.
func (p *membersPage) ShownColumns() string { return strings.Join(p.shown(), ",") }

func (s *site) members(c *fiber.Ctx) error {
	p := membersPage{Frame: s.frame(c, "Iscritti"), memberListing: memberListingOf(c)}
	if to := p.dropped(); to != "" {
		return c.Redirect(to, fiber.StatusSeeOther)
	}
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		if p.chosen, err = tx.ListColumns(who(c).ID, registerList); err != nil {
			return err
		}
		if p.closings, err = s.office.Closings(tx); err != nil {
			return err
		}
		parts := []func(*db.ReadTx) error{p.choices, p.lists, p.rows}
		if c.Get("HX-Request") != "" { // somebody is typing: only the rows are taken from the page
			parts = []func(*db.ReadTx) error{p.choices, p.rows}
		}
		for _, part := range parts {
			if err := part(tx); err != nil {
				return err
			}
		}
		return s.missing(tx, p.Shows("manca"), p.Rows)
	})
	if err != nil {
		return err
	}
	if p.Found == 1 && onlySearched(c) {
		return c.Redirect(fmt.Sprint("/iscritti/", p.Rows[0].ID), fiber.StatusSeeOther)
	}
	p.addresses()
	f := formOf(c)
	if p.check(f); !f.ok() && c.Get("HX-Request") == "" { // who is typing sees the rows
		return s.refuse(c, "members", &p, f)
	}
	return s.show(c, "members", &p)
}

// onlySearched reports whether the header's search was used, not the list's: one
// who is found alone is then opened at once.
func onlySearched(c *fiber.Ctx) bool {
	return c.Context().QueryArgs().Len() == 1 && c.Query("q") != "" && c.Get("HX-Request") == ""
}

// addresses fills the list's links and heads.
func (p *membersPage) addresses() {
	shown := p.ShownColumns()
	for _, column := range memberColumns {
		column.Chosen = p.Shows(column.Value)
		p.Columns = append(p.Columns, column)
	}
	p.Export = exportLinks{XLSX: p.at("/iscritti/elenco.xlsx", "colonne", shown), CSV: p.at("/iscritti/elenco.csv", "colonne", shown), PDF: p.at("/iscritti/elenco.pdf", "colonne", shown)}
	p.Whole = exportLinks{XLSX: p.at("/iscritti/elenco.xlsx", "colonne", ""), CSV: p.at("/iscritti/elenco.csv", "colonne", "")}
	p.Everybody = p.at("/iscritti/azioni", "tutti", "1", "colonne", "", "ordina", "")
	p.SaveAs = p.at("/iscritti/elenchi/nuovo", "colonne", shown)
	p.Heads = map[string]sortHead{}
	for _, head := range []struct{ key, title, order string }{
		{"nome", "Cognome e nome", ""}, {"numero", "Numero", "numero"}, {"iscrizione", "Iscritto dal", "iscrizione"}, {"scadenza", "Scadenza", "scadenza"},
	} {
		p.Heads[head.key] = p.head(head.title, head.order)
	}
}

// choices fills the filters with what the register has and names those in
// force.
func (p *membersPage) choices(tx *db.ReadTx) error {
	p.Chips.All = "/iscritti"
	p.Statuses = []Option{{Value: "", Label: "Tutti"}, {Value: "on_register", Label: "Nell’albo"}, {Value: "off_register", Label: "Fuori dall’albo"}}
	for _, status := range pec.MemberStatuses {
		p.Statuses = append(p.Statuses, Option{Value: string(status), Label: capital(status.Italian())})
	}
	p.Statuses = append(p.Statuses, Option{Value: suspensionOver, Label: "Sospensione finita"})
	p.Holdings = []Option{{Value: "", Label: "Tutti"}, {Value: "with", Label: "Con casella"}, {Value: "without", Label: "Senza casella"}, {Value: "to_request", Label: "Da richiedere"}, {Value: "no_pec", Label: "Senza alcuna PEC"}, {Value: "closing", Label: "Casella che si chiude"}}
	for _, status := range pec.MailboxStatuses {
		p.Holdings = append(p.Holdings, Option{Value: string(status), Label: "Casella " + status.Italian()})
	}
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
	for _, places := range []struct {
		read func() ([]string, error)
		into *[]Option
	}{{tx.Cities, &p.Cities}, {tx.Provinces, &p.Provinces}} {
		names, err := places.read()
		if err != nil {
			return err
		}
		*places.into = []Option{{Value: "", Label: "Tutti"}}
		for _, name := range names {
			*places.into = append(*places.into, Option{Value: name, Label: name})
		}
	}
	p.Provinces[0].Label = "Tutte"
	p.chips()
	return nil
}

// chips names the filters in force.
func (p *membersPage) chips() {
	labels := map[string]func(string) string{
		"q":         func(v string) string { return "«" + v + "»" },
		"stato":     labelOf(p.Statuses),
		"gruppo":    labelOf(p.Groups),
		"casella":   labelOf(p.Holdings),
		"email":     func(string) string { return "Senza e-mail" },
		"comune":    func(v string) string { return "Comune: " + v },
		"provincia": func(v string) string { return "Provincia: " + v },
		"entro":     func(v string) string { return "Scade entro " + v + nbsp + "giorni" },
	}
	for name, words := range map[string]string{"scade_dal": "Scade dal", "scade_al": "Scade fino al", "iscritti_dal": "Iscritti dal", "iscritti_al": "Iscritti fino al"} {
		labels[name] = func(v string) string { return words + " " + v }
	}
	for _, name := range memberFilters {
		if value := p.get(name); value != "" && p.readable(name) {
			p.Chips.add(name, labels[name](value))
		}
	}
}

// labelOf finds the words of a choice; a value that is none has none.
func labelOf(options []Option) func(string) string {
	return func(value string) string {
		for _, o := range options {
			if o.Value == value {
				return o.Label
			}
		}
		return ""
	}
}

// lists are the views of the register that are asked for most, and those that
// operators saved.
func (p *membersPage) lists(tx *db.ReadTx) error {
	p.Tabs.Label = "Elenchi"
	here, taken := p.filter(p.Today), false
	here.Closings = p.closings
	add := func(title string, l memberListing) (bool, error) {
		f := l.filter(p.Today)
		f.Closings = p.closings
		n, err := tx.MemberCount(f)
		f.Order, f.Descending = here.Order, here.Descending
		current := f == here && !taken
		taken = taken || current
		p.Tabs.Items = append(p.Tabs.Items, Tab{Title: title, Count: pec.Thousands(n), Current: current, Path: l.with()})
		return current, err
	}
	saved, err := tx.SavedLists()
	if err != nil {
		return err
	}
	for _, list := range []struct{ title, query string }{
		{"Tutti", ""}, {"Nell’albo", "stato=on_register"}, {"Caselle da richiedere", "casella=to_request"}, {"Sospesi", "stato=suspended"}, {"Usciti", "stato=off_register"},
	} {
		if _, err := add(list.title, savedListing(list.query)); err != nil {
			return err
		}
	}
	for _, list := range saved {
		current, err := add(list.Name, savedListing(list.Query))
		if err != nil {
			return err
		}
		if current {
			p.Saved = &list
		}
	}
	return nil
}

func (p *membersPage) rows(tx *db.ReadTx) error {
	f := p.filter(p.Today)
	f.Closings = p.closings
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
	if p.Saved != nil {
		names, err := actorsOf(tx)
		if err != nil {
			return err
		}
		p.Lead += ", elenco salvato da " + names.of(p.Saved.Actor) + " il " + pec.DateOf(p.Saved.At).Italian()
	}
	p.None = p.nobody(all)
	f.After, f.Before = p.id(afterParam), p.id(beforeParam)
	list, before, after, err := membersAround(tx, f)
	if err != nil || len(list) == 0 {
		return err
	}
	p.Rows = memberLines(list, p.closings)
	first, last := list[0], list[len(list)-1]
	p.Pager = &Pager{From: first.FullName(), To: last.FullName(), Size: registerSize}
	if before {
		p.Pager.Prev = p.with(beforeParam, itoa(first.ID))
	}
	if after {
		p.Pager.Next = p.with(afterParam, itoa(last.ID))
	}
	return nil
}

// memberLines are the rows as they are told: of a leaver's mailbox the expiry is
// the day on which it closes.
func memberLines(list []db.MemberListed, closings *db.Closings) []memberLine {
	lines := make([]memberLine, 0, len(list))
	for _, m := range list {
		line := memberLine{MemberListed: m, Box: boxStatus(m.MailboxStatus, m.Status)}
		if on, closes := closings.On[m.MailboxID]; closes {
			line.ExpiresOn = on
		}
		if m.Status != pec.MemberActive {
			line.Standing = capital(m.Said(m.Status.Italian()))
		}
		lines = append(lines, line)
	}
	return lines
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
	if p.get("casella") == "to_request" && len(p.Chips.Items) == 1 {
		return allWell("Nessuna casella da richiedere", "Chi è iscritto ha già la casella o una PEC propria.")
	}
	e := Empty{Icon: "it-search", IconClass: "icon-secondary", Title: "Nessun iscritto con questi filtri", Text: "Tolga un filtro, o cerchi con meno lettere: basta l’inizio di cognome, nome, numero, codice fiscale o indirizzo.", Href: "/iscritti", Action: "Togli tutti i filtri"}
	if q := p.get("q"); q != "" && len(p.Chips.Items) > 1 {
		e.Href, e.Action = withQuery("/iscritti", "q", q), "Cerca in tutto l’albo"
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

// missing works out what the credit of these members lacks at the next renewal,
// when it is asked for.
func (s *site) missing(tx *db.ReadTx, wanted bool, lines []memberLine) error {
	if !wanted {
		return nil
	}
	var ids []int64
	for _, line := range lines {
		if line.MailboxStatus.Running() {
			ids = append(ids, line.ID)
		}
	}
	standings, err := s.office.Standings(tx, ids)
	for i := range lines {
		lines[i].Missing = standings[lines[i].MailboxID].Missing
	}
	return err
}

// memberFile sends just what the register's list holds, as CSV, XLSX or PDF: the
// columns that the address names as the page shows them, or all of the register
// as an import takes them; of rows ticked only those.
func (s *site) memberFile(c *fiber.Ctx) error {
	chosen, err := chosenForFile(c)
	if err != nil {
		return err
	}
	if len(chosen) == 0 && c.Query(tickedParam) != "" {
		return s.toldNobody(c)
	}
	f := formOf(c)
	if memberListingOf(c).check(f); !f.ok() {
		return f.problems[0]
	}
	l, form := memberListingOf(c), strings.TrimPrefix(c.Path(), "/iscritti/elenco.")
	today := visitOf(c).today
	name := "iscritti-" + today.String()
	if len(l.columns()) == 0 {
		t, err := s.office.MembersListed(ctx(c), l.filter(today), chosen...)
		if err != nil {
			return err
		}
		return s.sendTable(c, t, name, form)
	}
	var lines []memberLine
	err = s.read(c, func(tx *db.ReadTx) error {
		f := l.filter(today)
		var err error
		if f.Closings, err = s.office.Closings(tx); err != nil {
			return err
		}
		list, err := tx.MemberList(f)
		if err != nil {
			return err
		}
		if len(chosen) > 0 {
			list = slices.DeleteFunc(list, func(m db.MemberListed) bool { return !slices.Contains(chosen, m.ID) })
		}
		lines = memberLines(list, f.Closings)
		return s.missing(tx, slices.Contains(l.columns(), "manca"), lines)
	})
	if err != nil {
		return err
	}
	return s.sendTable(c, shownTable(l.columns(), lines), name, form)
}

func (s *site) memberChips(c *fiber.Ctx, tx *db.ReadTx) (filterChips, error) {
	p := membersPage{memberListing: memberListingOf(c)}
	if err := p.choices(tx); err != nil {
		return filterChips{}, err
	}
	if c.Query(tickedParam) != "" {
		p.Chips.add(tickedParam, "Solo le righe spuntate")
	}
	return p.Chips, nil
}

// tickedParam says that a file is of the rows ticked, even when none is.
const tickedParam = "spuntati"

// chosenForFile are the rows ticked for a file, none for the whole list. An
// address with anything in it that the list does not know is refused: read as
// if it were not there, a damaged one would give away the whole register.
func chosenForFile(c *fiber.Ctx) ([]int64, error) {
	given, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	ids := queryIDs(c)
	whole := err == nil && len(ids) == len(given["id"])
	known := append([]string{"id", "tutti", tickedParam, "ordina", "colonne"}, memberFilters...)
	for name := range given {
		whole = whole && slices.Contains(known, name)
	}
	if !whole {
		return nil, pec.Refuse("link_invalid", "L’indirizzo di questa esportazione è rovinato. Torni all’elenco degli iscritti ed esporti da lì.")
	}
	return ids, nil
}

// shownTable is the list as the page shows it, with these columns.
func shownTable(columns []string, lines []memberLine) reports.Table {
	t := reports.Table{Title: "Iscritti", Columns: []reports.Column{{Title: "Cognome e nome"}, {Title: "Stato"}}, Rows: make([][]any, len(lines))}
	for i, line := range lines {
		t.Rows[i] = []any{line.FullName(), line.Status}
	}
	for _, column := range memberColumns {
		if !slices.Contains(columns, column.Value) {
			continue
		}
		cell := memberCells[column.Value]
		t.Columns = append(t.Columns, reports.Column{Title: column.Label, Kind: cell.kind})
		for i, line := range lines {
			t.Rows[i] = append(t.Rows[i], cell.value(line))
		}
	}
	return t
}

// memberCells are the columns of the list in a file.
var memberCells = map[string]struct {
	kind  reports.Kind
	value func(memberLine) any
}{
	"numero":     {reports.Text, func(m memberLine) any { return m.RegistrationNumber }},
	"cf":         {reports.Text, func(m memberLine) any { return m.TaxCode }},
	"sezione":    {reports.Text, func(m memberLine) any { return strings.TrimSuffix(m.Section+", "+m.Sector, ", ") }},
	"iscrizione": {reports.Day, func(m memberLine) any { return m.RegisteredOn }},
	"comune":     {reports.Text, func(m memberLine) any { return m.City }},
	"email":      {reports.Text, func(m memberLine) any { return m.Email }},
	"pec":        {reports.Text, func(m memberLine) any { return cmp.Or(m.Mailbox, m.OwnPEC) }},
	"casella":    {reports.Text, func(m memberLine) any { return m.BoxWords() }},
	"scadenza":   {reports.Day, func(m memberLine) any { return m.ExpiresOn }},
	"credito":    {reports.Money, func(m memberLine) any { return m.Balance }},
	"manca":      {reports.Money, func(m memberLine) any { return m.Missing }},
}

// BoxWords is the mailbox's status in plain words, as Box shows it.
func (m memberLine) BoxWords() string {
	if m.MailboxStatus.Running() && !m.Status.OnRegister() {
		return "Si chiude"
	}
	return capital(m.MailboxStatus.Italian())
}

// provisionPage is the review before mailboxes are requested for many.
type provisionPage struct {
	Frame
	IDs       []int64
	Requested []office.Provisioned
	LeftOut   []office.LeftOut
	OwnPEC    int // of the requested, who have a PEC of their own
	Refused   int // of the requested, whose mailbox the provider has refused
	More      int // requested beyond the rows shown
	Out       int // for whom nothing is requested
	MoreOut   int // of these, beyond the rows shown
	Button    string
	Back      string
	Domain    string   // in which addresses are proposed
	Domains   []Option // to choose from; none with one domain
	Query     []Option // of the address, without the domain: whom the review is about
}

// reviewSize is how many rows of a review are listed; the rest is counted.
const reviewSize = 200

// maxChosen bounds what one action takes: a page cannot list everybody's ids.
// Variable, so that a test need not enrol so many.
var maxChosen = 30_000

// chosenMembers are the rows ticked, or with "tutti" the whole list under its
// filters. More than maxChosen are refused, never cut.
func (s *site) chosenMembers(c *fiber.Ctx) ([]int64, error) {
	if c.Query("tutti") == "" {
		return queryIDs(c), nil
	}
	f := memberListingOf(c).filter(visitOf(c).today)
	f.Limit = maxChosen + 1
	var ids []int64
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		if f.Closings, err = s.office.Closings(tx); err != nil {
			return err
		}
		list, err := tx.MemberList(f)
		for _, m := range list {
			ids = append(ids, m.ID)
		}
		return err
	})
	if len(ids) > maxChosen {
		return nil, pec.Refuse("too_many_chosen", "L’elenco ha più di %s iscritti, troppi per un’azione sola. Lo restringa con un filtro, per esempio il comune o la sezione, e ripeta per ogni parte.", pec.Thousands(maxChosen))
	}
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
		return s.toldNobody(c)
	}
	p := provisionPage{Frame: s.frame(c, "Richiedi le caselle", Crumb{"Iscritti", "/iscritti"}), IDs: ids, Back: "/iscritti"}
	p.Menu = "/iscritti"
	if err := s.chooseDomain(c, &p); err != nil {
		return err
	}
	p.Requested, p.LeftOut, err = s.office.ProvisionMembers(ctx(c), who(c).Actor(), p.Domain, ids, true)
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
		members, err := tx.MembersOf(p.IDs)
		for _, m := range members {
			if m.OwnPEC != "" {
				p.OwnPEC++
			}
		}
		return err
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
	for _, r := range p.Requested {
		if r.Again {
			p.Refused++
		}
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

// refusal says when and why the provider refused a mailbox: "Respinta il
// 12/10/2018: codice fiscale non valido".
func refusal(r pec.Request) string {
	if r.AnsweredOn.IsZero() {
		return "Respinta dal gestore"
	}
	if r.Reason == "" {
		return "Respinta il " + r.AnsweredOn.Italian() + ", senza motivo"
	}
	return "Respinta il " + r.AnsweredOn.Italian() + ": " + r.Reason
}

func (s *site) provisionMembers(c *fiber.Ctx) error {
	f := formOf(c)
	list, _, err := s.office.ProvisionMembers(ctx(c), who(c).Actor(), f.text("domain"), f.ids("id"), false)
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
