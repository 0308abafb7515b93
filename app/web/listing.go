package web

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// listing is where a list stands: its filters and its page are in the address,
// so that a place can be kept and sent.
type listing struct {
	path  string
	query url.Values
}

// The names in the address by which a list goes on and back.
const (
	afterParam  = "dopo"
	beforeParam = "prima"
	dropParam   = "togli" // the filter whose chip was pressed
)

// listingOf reads the filters that a list knows; others are no part of it.
func listingOf(c *fiber.Ctx, path string, filters ...string) listing {
	given, _ := url.ParseQuery(string(c.Request().URI().QueryString())) // what cannot be read is not there
	l := listing{path, url.Values{}}
	for _, name := range append(filters, afterParam, beforeParam, dropParam) {
		if value := strings.TrimSpace(given.Get(name)); value != "" {
			l.query.Set(name, value)
		}
	}
	return l
}

// get is the value of a filter, empty when it is not in force.
func (l listing) get(name string) string { return l.query.Get(name) }

// id is a number in the address, 0 when there is none.
func (l listing) id(name string) int64 {
	id, _ := strconv.ParseInt(l.get(name), 10, 64)
	return max(id, 0)
}

// oneOf is the value of a filter if it is among these, and empty otherwise.
func (l listing) oneOf(name string, values ...string) string {
	if value := l.get(name); slices.Contains(values, value) {
		return value
	}
	return ""
}

// with is the list's address with some filters changed, names and values in
// turn, from the first page on; an empty value takes a filter away.
func (l listing) with(namesAndValues ...string) string { return l.at(l.path, namesAndValues...) }

// at is another address with the list's filters: its export.
func (l listing) at(path string, namesAndValues ...string) string {
	q := url.Values{}
	for name, values := range l.query {
		if name != afterParam && name != beforeParam && name != dropParam {
			q[name] = values
		}
	}
	for i := 0; i+1 < len(namesAndValues); i += 2 {
		q.Del(namesAndValues[i])
		if namesAndValues[i+1] != "" {
			q.Set(namesAndValues[i], namesAndValues[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// dropped is where the button of a chip leads: the list without that filter.
// Empty when none was pressed.
func (l listing) dropped() string {
	if name := l.get(dropParam); name != "" {
		return l.with(name, "")
	}
	return ""
}

// filterChip is a filter in force, with the word by which it is taken away.
type filterChip struct{ Name, Label string }

// filterChips are the filters in force of a list; partial "filter-chips",
// inside the form of the filters.
type filterChips struct {
	Items []filterChip
	All   string // the list without filters
}

func (f *filterChips) add(name, label string) {
	if label != "" {
		f.Items = append(f.Items, filterChip{name, label})
	}
}

// exportLinks are the files in which a list can be taken away; partial
// "export-links".
type exportLinks struct{ XLSX, CSV, PDF string }

// exports are the files of a list under its filters, at the address of its
// export.
func (l listing) exports(path string) exportLinks {
	return exportLinks{XLSX: l.at(path), CSV: l.at(path, "formato", "csv"), PDF: l.at(path, "formato", "pdf")}
}

// pageOf cuts a list read with one row too many to the page's size, and says
// how it goes on and back; key is what the address keeps of a row, name what
// the page says of it.
func pageOf[T any](l listing, rows []T, size int, key, name func(T) string) ([]T, *Pager) {
	back := l.get(beforeParam) != "" && l.get(afterParam) == ""
	more := len(rows) > size
	if more && back {
		rows = rows[1:]
	} else if more {
		rows = rows[:size]
	}
	if len(rows) == 0 {
		return rows, nil
	}
	first, last := rows[0], rows[len(rows)-1]
	p := Pager{From: name(first), To: name(last), Size: size}
	if back || more {
		p.Next = l.with(afterParam, key(last))
	}
	if more && back || !back && l.get(afterParam) != "" {
		p.Prev = l.with(beforeParam, key(first))
	}
	if p.Prev == "" && p.Next == "" {
		return rows, nil
	}
	return rows, &p
}

// windowOf cuts rows that are all in memory to a page and one row more, by the
// keys in the address; one that is no longer there leads to the beginning.
func windowOf[T any](l listing, rows []T, size int, key func(T) string) []T {
	place := func(wanted string) int {
		return slices.IndexFunc(rows, func(r T) bool { return key(r) == wanted })
	}
	if at := place(l.get(afterParam)); at >= 0 {
		return rows[at+1 : min(at+size+2, len(rows))]
	}
	if at := place(l.get(beforeParam)); at >= 0 {
		return rows[max(at-size-1, 0):at]
	}
	return rows[:min(size+1, len(rows))]
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// sendList answers with a list as a file: a workbook, ?formato=csv or
// ?formato=pdf.
func (s *site) sendList(c *fiber.Ctx, name string, t reports.Table) error {
	return s.sendTable(c, t, name, c.Query("formato"))
}

// longPDF is how many rows a list may have that is printed while one waits; the
// other files take a tenth of the time.
const longPDF = 3_000

// sendTable answers with a list as a file; form is "csv", "pdf" or, for a
// workbook, "xlsx" or nothing; another is a Problem. A long one becomes a document that is made beside the request,
// and the answer leads there.
func (s *site) sendTable(c *fiber.Ctx, t reports.Table, name, form string) error {
	if err := formatKnown(form); err != nil {
		return err
	}
	if t.Filter == "" {
		var err error
		if t.Filter, err = s.filterWords(c); err != nil {
			return err
		}
	}
	ending, mime, write, most := ".xlsx", mimeXLSX, t.WriteXLSX, 10*s.longList
	switch form {
	case "csv":
		ending, mime, write = ".csv", mimeCSV, t.WriteCSV
	case "pdf":
		order, today := visitOf(c).order, visitOf(c).today
		ending, mime, most = ".pdf", mimePDF, s.longList
		write = func(w io.Writer) error { return t.WritePDF(w, order, today) }
	}
	if len(t.Rows) > most {
		return s.startList(c, t, name+ending, mime, write)
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return fmt.Errorf("writing %s%s: %w", name, ending, err)
	}
	return download(c, name+ending, mime, b.Bytes())
}

// formatKnown refuses what no list is written in; empty is a workbook.
func formatKnown(form string) error {
	if !slices.Contains([]string{"", "xlsx", "csv", "pdf"}, form) {
		return pec.Refuse("format_invalid", "Un elenco si scarica in Excel (xlsx), CSV o PDF: «%s» non è uno di questi formati.", pec.Shorten(form, 20))
	}
	return nil
}

// startList has a list made as a document. The same rows asked for again by the
// same operator are the same document.
func (s *site) startList(c *fiber.Ctx, t reports.Table, file, mime string, write func(io.Writer) error) error {
	said := sha256.New()
	if err := t.WriteCSV(said); err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	d := db.Document{
		Title: fmt.Sprintf("%s, %s", t.Title, counted(len(t.Rows), "riga", "righe")), Filter: t.Filter,
		RequestKey: fmt.Sprintf("list:%d:%s:%x", who(c).ID, file, said.Sum(nil)),
	}
	id, err := s.office.StartList(ctx(c), who(c).Actor(), d, file, mime, write)
	if err != nil {
		return err
	}
	return c.Redirect("/documenti/"+itoa(id), fiber.StatusSeeOther)
}

// chipsOf are the filters in force of the lists that may be documents, by the
// addresses of their files.
var chipsOf = map[string]func(*site, *fiber.Ctx, *db.ReadTx) (filterChips, error){
	"/iscritti/elenco.xlsx":      (*site).memberChips,
	"/iscritti/elenco.csv":       (*site).memberChips,
	"/iscritti/elenco.pdf":       (*site).memberChips,
	"/caselle/esporta":           (*site).mailboxChips,
	"/rinnovi/elenco/esporta":    (*site).renewalChips,
	"/servizi/esporta":           (*site).serviceChips,
	"/ordini/esporta":            (*site).orderChips,
	"/credito/esporta":           (*site).creditChips,
	"/credito/movimenti/esporta": (*site).movementChips,
}

// filterTitles are what the pages call the filters whose words alone do not say
// what they are about.
var filterTitles = map[string]string{"stato": "Stato", "casella": "Casella", "gruppo": "Sezione", "tipo": "Tipo", "servizio": "Servizio", "cosa": "Che cosa accade", "q": "Cerca"}

// filterWords says which rows a list holds as its page does, "Stato: sospeso;
// Cerca: «rossi»"; empty for all of them.
func (s *site) filterWords(c *fiber.Ctx) (string, error) {
	read := chipsOf[c.Path()]
	if read == nil {
		return "", nil // its title says it
	}
	var chips filterChips
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		chips, err = read(s, c, tx)
		return err
	})
	var words []string
	for _, chip := range chips.Items {
		if title := filterTitles[chip.Name]; title != "" {
			chip.Label = title + ": " + uncapital(chip.Label)
		}
		words = append(words, chip.Label)
	}
	return pec.Shorten(strings.Join(words, "; "), 300), err
}

// dayIn reads a day of an address; the zero Date when it is none.
func dayIn(l listing, name string) pec.Date {
	d, err := pec.ParseItalianDate(l.get(name))
	if err != nil {
		return pec.Date{}
	}
	return d
}

// monthIn reads a month of an address, "2026-07": its first day.
func monthIn(l listing, name string) pec.Date {
	d, err := pec.ParseDate(l.get(name) + "-01")
	if err != nil {
		return pec.Date{}
	}
	return d
}

// monthKey writes a month as addresses do: "2026-07".
func monthKey(d pec.Date) string { return d.String()[:len("2026-07")] }

// monthCell is a month in a table: "lug 2026".
func monthCell(d pec.Date) string { return monthShort(d) + " " + strconv.Itoa(d.Year) }

// memberLink is a member's name, leading to their page.
func (s *site) memberLink(c *fiber.Ctx, id int64, name string) template.HTML {
	return anchor(s.linkTo(c, "/iscritti/:id", "/iscritti/"+itoa(id)), name)
}

// mailboxLink is an address, leading to its mailbox.
func (s *site) mailboxLink(c *fiber.Ctx, id int64, address string) template.HTML {
	return anchor(s.linkTo(c, "/caselle/:id", "/caselle/"+itoa(id)), address)
}

// productNames are the names of products by code, the latest agreement's first.
type productNames map[string]pec.Product

func productsOf(agreements []pec.Agreement) productNames {
	names, since := productNames{}, map[string]pec.Date{}
	for _, a := range agreements {
		for _, p := range a.Products {
			if since[p.Code].IsZero() || a.StartsOn.After(since[p.Code]) {
				names[p.Code], since[p.Code] = p, a.StartsOn
			}
		}
	}
	return names
}

// quantity is a number of units as lists show it: "2 GB", "3 utenti" is "3".
func (n productNames) quantity(code string, quantity int) string {
	if n[code].Unit == "GB" {
		return gb(quantity)
	}
	return pec.Thousands(quantity)
}

// what is a quantity of a product in words: "2 GB in più".
func (n productNames) what(code string, quantity int) string {
	p := n[code]
	if p.Code == "" {
		p = pec.Product{Code: code, Name: code}
	}
	return p.What(quantity)
}
