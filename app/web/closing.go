package web

import (
	"fmt"
	"slices"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

func (s *site) closingRoutes() []route {
	return []route{
		get("/documenti/:id/chiusura", contracts, s.closing),
		post("/documenti/:id/chiusura", contracts, s.closeYear),
		get("/documenti/:id/righe", operators, s.reportChanges),
	}
}

// figureLine is a figure of a year, as it was kept and as it is today.
type figureLine struct{ Title, Then, Now string }

// Same reports whether the figure is what it was.
func (l figureLine) Same() bool { return l.Then == l.Now }

// figureLines compares the figures of a year.
func figureLines(then, now office.YearFigures) []figureLine {
	whole := func(title string, a, b int) figureLine {
		return figureLine{title, pec.Thousands(a), pec.Thousands(b)}
	}
	amount := func(title string, a, b pec.Cents) figureLine { return figureLine{title, a.Euro(), b.Euro()} }
	return []figureLine{
		whole("Caselle a fine anno", then.MailboxesAtEnd, now.MailboxesAtEnd),
		whole("Attivate", then.Activated, now.Activated),
		whole("Chiuse", then.Closed, now.Closed),
		whole("Rinnovate", then.Renewed, now.Renewed),
		amount("Costo per l’Ordine, lordo", then.OrdineGross, now.OrdineGross),
		whole("GB venduti", then.ServicesSoldGB, now.ServicesSoldGB),
		amount("Pagato dagli iscritti, lordo", then.MembersGross, now.MembersGross),
		amount("Ricariche", then.TopUps, now.TopUps),
		amount("Credito degli iscritti a fine anno", then.CreditOutstanding, now.CreditOutstanding),
	}
}

// closedYear is the closing of a year with its figures beside those of today;
// partial "closed-year".
type closedYear struct {
	db.YearClosing
	Who     string
	Figures []figureLine
	Changed bool        // a figure is no longer what it was
	Sheets  []sheetLink // whose rows are not what they were
	Tables  yearTables
}

// Same reports whether nothing that was kept of the year is another today.
func (y *closedYear) Same() bool { return !y.Changed && len(y.Sheets)+len(y.Tables.Changed) == 0 }

func (y *closedYear) compare(then, now office.KeptYear) {
	y.Figures, y.Changed, y.Sheets = figureLines(then.YearFigures, now.YearFigures), then.YearFigures != now.YearFigures, changedSheets(y.Document, then, now)
	y.Tables = tablesOf(y.Document, then, now)
}

// yearTables are the tables by kind, section and sector and of the year before,
// compared with those of a report; partial "year-tables".
type yearTables struct {
	Changed []reports.ChangedFigure
	Kept    bool        // false of a report from before they were kept
	Sheets  []sheetLink // with the rows that were grouped
}

func tablesOf(document int64, then, now office.KeptYear) (t yearTables) {
	t.Changed, t.Kept = then.ChangedTables(now)
	for _, sheet := range reports.GroupedSheets() {
		t.Sheets = append(t.Sheets, sheetLinkOf(document, sheet))
	}
	return t
}

// sheetLink leads to what became of the rows of a sheet since a report was made.
type sheetLink struct{ Name, Path string }

func sheetLinkOf(document int64, sheet string) sheetLink {
	return sheetLink{sheet, withQuery("/documenti/"+itoa(document)+"/righe", "foglio", sheet)}
}

// changedSheets are the sheets of a report whose rows are no longer what they
// were.
func changedSheets(document int64, then, now office.KeptYear) []sheetLink {
	var links []sheetLink
	for _, name := range then.ChangedSheets(now) {
		links = append(links, sheetLinkOf(document, name))
	}
	return links
}

// closedYearOf is how a year was closed, with its figures as they are now; nil
// while it is open.
func closedYearOf(tx *db.ReadTx, year int) (*closedYear, error) {
	c, err := tx.YearClosing(year)
	if err != nil || c.Document == 0 {
		return nil, err
	}
	names, err := actorsOf(tx)
	return &closedYear{YearClosing: c, Who: names.of(c.Actor)}, err
}

type closingPage struct {
	Frame
	Document documentLine
	Closed   *closedYear // already
	Refusal  string      // why it cannot be closed on this report
	Figures  []figureLine
	Changed  bool
	Sheets   []sheetLink // whose rows are not those of the report
	Tables   yearTables
}

func (s *site) closingPage(c *fiber.Ctx) (*closingPage, error) {
	p := &closingPage{}
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	err = s.read(c, func(tx *db.ReadTx) error {
		d, err := tx.Document(id)
		if err != nil {
			return err
		}
		if problem := pec.AsProblem(office.Closable(d, visitOf(c).today)); problem != nil {
			p.Refusal = problem.Message
		}
		lines, err := documentLines(tx, []db.Document{d})
		if err != nil {
			return err
		}
		p.Document = lines[0]
		p.Closed, err = closedYearOf(tx, d.Year)
		return err
	})
	if err != nil {
		return nil, err
	}
	if p.Document.Kind != db.DocumentReport {
		return nil, fiber.ErrNotFound
	}
	p.Frame = s.frame(c, fmt.Sprint("Chiudi il ", p.Document.Year), Crumb{"Report", "/report"}, Crumb{"Documenti", "/documenti"}, Crumb{p.Document.Title, p.Document.Path()})
	if !p.Document.Ready() {
		return p, nil
	}
	_, now, err := s.office.YearKept(ctx(c), p.Document.Year)
	if err != nil {
		return nil, err
	}
	p.Figures, p.Changed, p.Sheets = figureLines(p.Document.Figures.YearFigures, now.YearFigures), !p.Document.Figures.Same(now), changedSheets(p.Document.ID, p.Document.Figures, now)
	p.Tables = tablesOf(p.Document.ID, p.Document.Figures, now)
	return p, nil
}

// closing shows what the closing of a year would keep.
func (s *site) closing(c *fiber.Ctx) error {
	p, err := s.closingPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "closing", p)
}

func (s *site) closeYear(c *fiber.Ctx) error {
	p, err := s.closingPage(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	f.add(s.office.CloseYear(ctx(c), who(c).Actor(), p.Document.ID))
	if !f.ok() {
		return s.refuse(c, "closing", p, f)
	}
	return s.done(c, fmt.Sprint("/report?anno=", p.Document.Year), fmt.Sprintf("L’anno %d è chiuso.", p.Document.Year), "Vale il report fatto il "+moment(p.Document.At)+".")
}

// changesPage is what became of the rows of a sheet since a report was made.
type changesPage struct {
	Frame
	Tabs     Tabs
	Document documentLine
	OfItsDay bool // the sheet says how things stood that day
	Gone     changedRows
	Added    changedRows
	Mended   changedRows
	Cells    []mendedRow
	Today    bool   // a cell among them belongs to the day of a report, not to its year
	Note     string // when no row is another
}

// None reports whether no row is another.
func (p *changesPage) None() bool { return p.Gone.All+p.Added.All+p.Mended.All == 0 }

// changedRows are rows of a sheet, and how many there are in all.
type changedRows struct {
	Title string
	Heads []lineHead
	Rows  [][]lineCell
	All   int
	Shown int
}

// Short says how many are shown of how many; empty when all are.
func (r changedRows) Short() string {
	if r.Shown == r.All {
		return ""
	}
	return fmt.Sprintf("Qui le prime %s di %s.", pec.Thousands(r.Shown), pec.Thousands(r.All))
}

// mendedRow is a row by the cells that it is known by, and what else it says now.
type mendedRow struct {
	Key   []string
	Cells []reports.MendedCell
}

// changesSize is how many rows of each kind the page shows.
const changesSize = 200

// reportChanges shows what became of the rows of a sheet since a report was made.
func (s *site) reportChanges(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	p := &changesPage{}
	err = s.read(c, func(tx *db.ReadTx) error {
		d, err := tx.Document(id)
		if err != nil {
			return err
		}
		lines, err := documentLines(tx, []db.Document{d})
		if err != nil {
			return err
		}
		p.Document = lines[0]
		return nil
	})
	if err != nil {
		return err
	}
	if p.Document.Kind != db.DocumentReport {
		return fiber.ErrNotFound
	}
	sheets := reports.YearSheets()
	sheet := c.Query("foglio", sheets[0])
	found, err := s.office.ReportChanges(ctx(c), id, sheet, changesSize)
	if err != nil {
		return err
	}
	p.Frame = s.frame(c, "Righe cambiate nel foglio "+sheet, Crumb{"Report", "/report"}, Crumb{"Documenti", "/documenti"}, Crumb{p.Document.Title, p.Document.Path()})
	p.Lead = "Quello che il report del " + fmt.Sprint(p.Document.Year) + " diceva allora e quello che direbbe oggi"
	p.Tabs = Tabs{Label: "Fogli"}
	for _, name := range sheets {
		link := sheetLinkOf(id, name)
		p.Tabs.Items = append(p.Tabs.Items, Tab{Title: name, Path: link.Path, Current: name == sheet})
	}
	p.OfItsDay = reports.SheetOfItsDay(sheet)
	p.fill(found)
	return s.show(c, "changes", p)
}

func (p *changesPage) fill(found reports.RowChanges) {
	var heads []lineHead
	for _, column := range found.Columns {
		heads = append(heads, lineHead{column.Title, column.Kind != reports.Text})
	}
	p.Gone, p.Added = rowsUnder("Righe che c’erano solo allora", heads, found.Gone, found.AllGone), rowsUnder("Righe che ci sono solo oggi", heads, found.Added, found.AllAdded)
	p.Mended = changedRows{All: found.All, Shown: len(found.Mended)}
	for _, title := range found.Keys {
		p.Mended.Heads = append(p.Mended.Heads, lineHead{Title: title})
	}
	for _, m := range found.Mended {
		p.Cells = append(p.Cells, mendedRow(m))
		p.Today = p.Today || slices.ContainsFunc(m.Cells, func(c reports.MendedCell) bool { return c.OfToday })
	}
	p.Note = "Le righe di oggi sono quelle di allora."
	if found.Uncompared != "" {
		p.Note += " La colonna «" + found.Uncompared + "» non si confronta: segue le altre, e il credito con cui l’anno comincia."
	}
}

func rowsUnder(title string, heads []lineHead, rows [][]string, all int) changedRows {
	r := changedRows{Title: title, Heads: heads, All: all, Shown: len(rows)}
	for _, row := range rows {
		cells := make([]lineCell, len(row))
		for i, text := range row {
			cells[i] = lineCell{Text: text, Number: heads[i].Number}
		}
		r.Rows = append(r.Rows, cells)
	}
	return r
}
