package web

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) closingRoutes() []route {
	return []route{
		get("/documenti/:id/chiusura", contracts, s.closing),
		post("/documenti/:id/chiusura", contracts, s.closeYear),
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
	Changed bool   // a figure is no longer what it was
	Sheets  string // whose rows are not what they were, «Caselle», «Ordini»; empty for none
}

func (y *closedYear) compare(then, now office.KeptYear) {
	y.Figures, y.Changed, y.Sheets = figureLines(then.YearFigures, now.YearFigures), then.YearFigures != now.YearFigures, sheetNames(then, now)
}

// sheetNames are the sheets of a year whose rows are no longer what they were.
func sheetNames(then, now office.KeptYear) string {
	names := then.ChangedSheets(now)
	if len(names) == 0 {
		return ""
	}
	return "«" + strings.Join(names, "», «") + "»"
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
	Sheets   string // whose rows are not those of the report; empty for none
}

// SheetsWords name the sheets with other rows, after a blank; nothing for none.
func (p *closingPage) SheetsWords() string {
	if p.Sheets == "" {
		return ""
	}
	return " Righe diverse nei fogli " + p.Sheets + "."
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
	p.Figures, p.Changed, p.Sheets = figureLines(p.Document.Figures.YearFigures, now.YearFigures), !p.Document.Figures.Same(now), sheetNames(p.Document.Figures, now)
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
