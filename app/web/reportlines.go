package web

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/reports"
)

// linesPage are the rows behind a figure of the yearly report.
type linesPage struct {
	Frame
	Tabs   Tabs
	Title  string
	Year   int
	Heads  []lineHead
	Rows   [][]lineCell
	Totals []lineCell // nil when no column has a sum
	Count  string
	Export exportLinks
	Pager  *Pager
}

type lineHead struct {
	Title  string
	Number bool
}

type lineCell struct {
	Text   string
	Number bool
	Href   string
}

// linesSize is how many rows a page shows.
const linesSize = 100

func linesListing(c *fiber.Ctx) listing {
	return listingOf(c, "/report/righe", "anno", "cifra", "mese", "tipologia", "sezione", "settore", "motivo")
}

// traceOf reads which figure of which year an address asks for.
func traceOf(l listing) (year int, t reports.Trace) {
	year, _ = strconv.Atoi(l.get("anno"))
	month, err := strconv.Atoi(l.get("mese"))
	figure := l.get("cifra")
	if l.get("mese") != "" && (err != nil || month < 1 || month > 12) {
		figure = "" // none has such a month
	}
	return year, reports.Trace{
		Figure: figure, Month: time.Month(month), Kind: l.get("tipologia"), Section: l.get("sezione"), Sector: l.get("settore"), Reason: l.get("motivo"),
	}
}

// tracePath is where the rows of a figure are; names and values in turn narrow it
// down.
func tracePath(year int, figure string, namesAndValues ...string) string {
	return withQuery("/report/righe", append([]string{"anno", strconv.Itoa(year), "cifra", figure}, namesAndValues...)...)
}

// rowsOf makes figures of a report links to their rows.
type rowsOf struct {
	year   int
	filter []string // names and values in turn
}

// Link is a figure, an int or pec.Cents, that leads to its rows; one that is zero
// has none.
func (r rowsOf) Link(figure string, value any) template.HTML {
	return r.link(figure, value, pec.Cents.Euro)
}

// Signed is Link with the sign of an amount.
func (r rowsOf) Signed(figure string, c pec.Cents) template.HTML { return r.link(figure, c, signed) }

func (r rowsOf) link(figure string, value any, euro func(pec.Cents) string) template.HTML {
	text, zero := "", false
	switch v := value.(type) {
	case pec.Cents:
		text, zero = euro(v), v == 0
	case int:
		text, zero = pec.Thousands(v), v == 0
	}
	text = template.HTMLEscapeString(text)
	if zero {
		return template.HTML(text)
	}
	return template.HTML(fmt.Sprintf(`<a href="%s">%s</a>`, template.HTMLEscapeString(tracePath(r.year, figure, r.filter...)), text))
}

// of narrows the rows down further.
func (r rowsOf) of(namesAndValues ...string) rowsOf {
	return rowsOf{r.year, slices.Concat(r.filter, namesAndValues)}
}

func (r rowsOf) ofMonth(first pec.Date) rowsOf { return r.of("mese", strconv.Itoa(int(first.Month))) }

// reportLines shows the rows that a figure of the report counts or sums.
func (s *site) reportLines(c *fiber.Ctx) error {
	l := linesListing(c)
	if l.get("cifra") == "" {
		return c.Redirect("/report") // where the figures are
	}
	year, trace := traceOf(l)
	from, _ := strconv.Atoi(l.get(afterParam))
	from = max(0, from)
	p := &linesPage{Frame: s.frame(c, "Righe del report", Crumb{"Report", fmt.Sprint("/report?anno=", year)}), Tabs: reportTabs("/report"), Year: year}
	err := s.office.YearLines(ctx(c), year, trace, func(lines reports.Lines) error {
		rows, all, totals, err := lines.Page(from, linesSize)
		if err != nil {
			return err
		}
		p.Title = lines.Title
		p.fill(lines, rows, totals)
		p.Count = counted(all, "riga", "righe")
		p.Pager = offsetPager(l, from, len(rows), all)
		return nil
	})
	if err != nil {
		return err
	}
	p.Lead = "Quello che la cifra conta, riga per riga, come nel foglio del report"
	p.Export = l.exports("/report/righe/esporta")
	return s.show(c, "reportlines", p)
}

func (p *linesPage) fill(lines reports.Lines, rows [][]string, totals []string) {
	for _, column := range lines.Columns {
		p.Heads = append(p.Heads, lineHead{column.Title, column.Kind != reports.Text})
	}
	for _, row := range rows {
		p.Rows = append(p.Rows, p.cells(row, true))
	}
	if totals != nil {
		p.Totals = p.cells(totals, false)
	}
}

// searches are the lists in which what stands in a column is found again. A tax
// code is kept out of addresses, and a number would find others too.
var searches = map[string]string{"Casella": "/caselle", "Numero": "/ordini"}

func (p *linesPage) cells(row []string, linked bool) []lineCell {
	cells := make([]lineCell, len(row))
	for i, text := range row {
		cells[i] = lineCell{Text: text, Number: p.Heads[i].Number}
		if list := searches[p.Heads[i].Title]; linked && list != "" && text != "" {
			cells[i].Href = withQuery(list, "q", text)
		}
	}
	return cells
}

// offsetPager leads through rows that are counted, not keyed: those of a year that
// is over hardly change, those of the running one may move by as many as were
// added.
func offsetPager(l listing, from, shown, all int) *Pager {
	if from == 0 && shown == all {
		return nil
	}
	pager := &Pager{From: pec.Thousands(min(from+1, all)), To: pec.Thousands(from + shown), Size: linesSize}
	switch {
	case from > linesSize:
		pager.Prev = l.with(afterParam, strconv.Itoa(from-linesSize))
	case from > 0:
		pager.Prev = l.with()
	}
	if from+shown < all {
		pager.Next = l.with(afterParam, strconv.Itoa(from+shown))
	}
	return pager
}

// reportLinesExport sends the rows as a file.
func (s *site) reportLinesExport(c *fiber.Ctx) error {
	l := linesListing(c)
	if l.get("cifra") == "" {
		return c.Redirect("/report")
	}
	year, trace := traceOf(l)
	var table reports.Table
	err := s.office.YearLines(ctx(c), year, trace, func(lines reports.Lines) (err error) {
		table, err = lines.Table()
		return err
	})
	if err != nil {
		return err
	}
	return s.sendList(c, fmt.Sprintf("report-%d-%s", year, trace.Figure), table)
}
