package web

import (
	"fmt"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

func (s *site) reportRoutes() []route {
	return []route{
		get("/report", operators, s.report),
		get("/report/righe", operators, s.reportLines),
		get("/report/righe/esporta", operators, s.reportLinesExport),
		post("/report", contracts, s.makeReport),
		post("/report/bilancio", contracts, s.saveYearBudget),
	}
}

type reportPage struct {
	Frame
	Tabs     Tabs
	Year     string // as typed
	Years    []Option
	Ready    bool // the figures below are of Year
	Until    pec.Date
	Partial  bool
	Cards    []Card
	Figures  reports.Figures
	Months   []reportMonth
	Chart    *Drawing
	Total    reports.Month
	Rows     rowsOf // behind the figures of the year
	Reasons  []reportReason
	Compared []reports.Compared // with the year before; nil when nothing of it is known
	Before   string             // which days of it count
	Groups   []reportGroups
	Next     reportNext
	SetAside *pec.Cents // gross, the year's budget; nil when nobody said
	Left     pec.Cents
	Spent    string // in percent of the budget
	Findings []string
	Made     []documentLine // of the year
	Key      string         // of the form that makes a report
	Closed   *closedYear    // nil while the year is open

	Budget     string // the year's amount, as typed
	BudgetNote string // who wrote it, and when
}

// reportMonth is a line of the months' table.
type reportMonth struct {
	reports.Month
	First pec.Date
	rowsOf
}

// reportReason is how many mailboxes closed for a reason.
type reportReason struct {
	reports.ClosedFor
	rowsOf
}

// reportGroups are the mailboxes by what they have in common, with their sum.
type reportGroups struct {
	Title string
	Rows  []reportGroup
	Sum   reportGroup
}

type reportGroup struct {
	reports.Group
	rowsOf
}

// reportNext is what the next year's expiries will cost, month by month.
type reportNext struct {
	Title, Note string
	Months      []reportNextMonth
	Sum         reportNextMonth
	Chart       *Drawing
}

type reportNextMonth struct {
	reports.NextMonth
	First pec.Date
	rowsOf
}

// report shows a year's figures before anything is printed, and the reports
// made so far.
func (s *site) report(c *fiber.Ctx) error {
	p, err := s.reportOf(c, c.Query("anno"))
	if p == nil {
		return err
	}
	if problem := pec.AsProblem(err); problem != nil {
		p.Errors = Problems{problem}
		c.Status(fiber.StatusUnprocessableEntity)
	} else if err != nil {
		return err
	}
	return s.show(c, "report", p)
}

// reportOf gathers the page for a year as typed; empty is the current one.
func (s *site) reportOf(c *fiber.Ctx, typed string) (*reportPage, error) {
	today := visitOf(c).today
	p := &reportPage{Frame: s.frame(c, "Report annuale"), Tabs: reportTabs("/report"), Year: typed, Key: randomToken()}
	if typed == "" {
		p.Year = strconv.Itoa(today.Year)
	}
	year, yerr := strconv.Atoi(p.Year)
	if err := s.read(c, func(tx *db.ReadTx) error { return p.fillMade(tx, year, today) }); err != nil {
		return nil, err
	}
	if yerr != nil {
		return p, pec.Refuse("year_invalid", "«%s» non è un anno: lo scriva come %d.", p.Year, today.Year).On("anno")
	}
	figures, now, err := s.yearOf(c, year, p.Closed != nil)
	if problem := pec.AsProblem(err); problem != nil {
		return p, problem.On("anno")
	}
	if err != nil {
		return p, err
	}
	p.fillYear(figures)
	if p.Closed != nil {
		then, err := office.KeptFigures(p.Closed.YearClosing.Figures)
		if err != nil {
			return nil, err
		}
		p.Closed.compare(then, now)
	}
	return p, nil
}

// yearOf sums a year up; what would be kept of it is worked out for a closed one
// only.
func (s *site) yearOf(c *fiber.Ctx, year int, closed bool) (sum reports.YearSummary, now office.KeptYear, err error) {
	if closed {
		return s.office.YearKept(ctx(c), year)
	}
	sum, err = s.office.Year(ctx(c), year)
	return sum, now, err
}

// fillMade reads the years to choose from and the reports made of one.
func (p *reportPage) fillMade(tx *db.ReadTx, year int, today pec.Date) error {
	first, err := tx.FirstYear()
	if err != nil {
		return err
	}
	if first == 0 || first > today.Year {
		first = today.Year
	}
	for year := today.Year; year >= first; year-- {
		p.Years = append(p.Years, Option{Value: strconv.Itoa(year), Label: strconv.Itoa(year)})
	}
	list, err := tx.DocumentsOfYear(year, 100)
	if err != nil {
		return err
	}
	if p.Made, err = documentLines(tx, list); err != nil {
		return err
	}
	if p.Closed, err = closedYearOf(tx, year); err != nil {
		return err
	}
	budget, err := tx.YearBudget(year)
	if err != nil || budget.Gross == 0 {
		return err
	}
	names, err := actorsOf(tx)
	p.Budget, p.BudgetNote = budget.Gross.Italian(), "Scritto da "+names.of(budget.Actor)+", "+moment(budget.At)+"."
	return err
}

func (p *reportPage) fillYear(y reports.YearSummary) {
	p.Ready, p.Until, p.Partial = true, y.Until, y.Until.Before(pec.EndOfYear(y.Year))
	p.Figures, p.Findings = y.Figures, y.Findings
	f := p.Figures
	p.Rows, p.Compared = rowsOf{year: y.Year}, y.Comparison()
	for _, c := range y.Closed {
		p.Reasons = append(p.Reasons, reportReason{c, p.Rows.of("motivo", c.Italian())})
	}

	if y.Before != nil {
		p.Before = y.ComparedDays()
	}
	kinds, sections := reportGroups{Title: reports.TableKinds}, reportGroups{Title: reports.TableSections}
	for _, g := range y.ByKind {
		kinds.Rows = append(kinds.Rows, reportGroup{g, p.Rows.of("tipologia", g.Name)})
	}
	for _, g := range y.BySection {
		sections.Rows = append(sections.Rows, reportGroup{g, p.Rows.of("sezione", g.Name, "settore", g.Sector)})
	}
	kinds.Sum, sections.Sum = reportGroup{reports.SumOf(y.ByKind), p.Rows}, reportGroup{reports.SumOf(y.BySection), p.Rows}
	p.Groups = []reportGroups{kinds, sections}
	p.fillNext(y)
	if p.SetAside = y.Budget; p.SetAside != nil {
		left, percent := y.Left()
		p.Left, p.Spent = left, pec.Thousands(percent)+" %"
	}
	p.Lead = fmt.Sprintf("Dal 01/01/%d al %s, estremi compresi", y.Year, y.Until.Italian())
	p.Cards = []Card{
		{Title: "Caselle al " + y.Until.Italian(), Href: tracePath(y.Year, "in-essere"), Figure: pec.Thousands(f.AtEnd), Note: counted(f.Requested, "richiesta", "richieste") + ", " + counted(f.Activated, "attivata", "attivate") + ", " + counted(f.Closed, "chiusa", "chiuse")},
		{Title: "Costo per l’Ordine", Href: tracePath(y.Year, "costo"), Figure: f.Ordine.Gross.Euro(), Note: fmt.Sprintf("%s netti, IVA %s; %s per casella", f.Ordine.Net.Euro(), f.Ordine.VAT.Euro(), f.PerMailbox.Euro())},
		{Title: "Pagato dagli iscritti", Href: tracePath(y.Year, "ordini"), Figure: f.Members.Gross.Euro(), Note: fmt.Sprintf("Acquisti %s, rinnovi %s", f.Purchases.Gross.Euro(), f.Renewals.Gross.Euro())},
		{Title: "Credito degli iscritti", Href: tracePath(y.Year, "credito-finale"), Figure: f.Closing.Euro(), Note: "È un debito dell’Ordine verso di loro"},
	}
	chart := Chart{Title: "Costo per l’Ordine mese per mese", Note: "Euro, IVA compresa", Columns: []string{"Mese", "Lordo"}}
	for _, m := range y.Months {
		first := pec.NewDate(y.Year, m.Month, 1)
		p.Months = append(p.Months, reportMonth{m, first, p.Rows.ofMonth(first)})
		p.Total.Activated += m.Activated
		p.Total.Renewed += m.Renewed
		p.Total.Closed += m.Closed
		p.Total.Cost = p.Total.Cost.Plus(m.Cost)
		p.Total.Members = p.Total.Members.Plus(m.Members)
		p.Total.TopUps += m.TopUps
		chart.Points = append(chart.Points, Point{
			Label: monthShort(first), RowLabel: month(first), Value: int64(m.Cost.Gross),
			Shown: inUnits(m.Cost.Gross, 100), Cells: []string{m.Cost.Gross.Euro()}, Soft: !m.Counted,
		})
	}
	chart.Summary = fmt.Sprintf("Costo per l’Ordine nel %d, mese per mese: in tutto %s", y.Year, p.Total.Cost.Gross.Euro())
	chart.Total = []string{p.Total.Cost.Gross.Euro()}
	p.Chart = barChart(chart)
}

func (p *reportPage) fillNext(y reports.YearSummary) {
	p.Next = reportNext{Title: y.NextTitle(), Note: y.NextNote(), Sum: reportNextMonth{NextMonth: y.Next(), rowsOf: p.Rows}}
	chart := Chart{Title: "Costo per l’Ordine per mese di scadenza", Note: "Euro, IVA compresa", Columns: []string{"Mese", "Lordo"}}
	for _, m := range y.NextMonths {
		first := pec.NewDate(y.Year+1, m.Month, 1)
		p.Next.Months = append(p.Next.Months, reportNextMonth{m, first, p.Rows.ofMonth(first)})
		chart.Points = append(chart.Points, Point{
			Label: monthShort(first), RowLabel: month(first), Value: int64(m.Cost.Gross), Shown: inUnits(m.Cost.Gross, 100), Cells: []string{m.Cost.Gross.Euro()}, Soft: true,
		})
	}
	chart.Summary = fmt.Sprintf("Costo delle scadenze del %d, mese per mese: in tutto %s", y.Year+1, p.Next.Sum.Cost.Gross.Euro())
	chart.Total = []string{p.Next.Sum.Cost.Gross.Euro()}
	p.Next.Chart = barChart(chart)
}

// makeReport starts the workbook and the PDF of a year and leads to where they
// will be. A second press of the button finds the same document.
func (s *site) makeReport(c *fiber.Ctx) error {
	f := formOf(c)
	year := f.whole("anno")
	if f.ok() {
		key := f.text("key")
		if key != "" && len(key) <= maxKey {
			key = fmt.Sprintf("report:%d:%s", who(c).ID, key)
		} else {
			key = ""
		}
		id, err := s.office.StartReport(ctx(c), who(c).Actor(), year, key)
		if err == nil {
			return c.Redirect("/documenti/"+itoa(id), fiber.StatusSeeOther)
		}
		if problem := pec.AsProblem(err); problem != nil {
			err = problem.On("anno")
		}
		f.add(err)
	}
	p, err := s.reportOf(c, f.text("anno"))
	if p == nil || err != nil && pec.AsProblem(err) == nil {
		return err
	}
	return s.refuse(c, "report", p, f)
}

// saveYearBudget keeps the amount of a year's budget; an empty field takes it
// away.
func (s *site) saveYearBudget(c *fiber.Ctx) error {
	f := formOf(c)
	year := f.whole("anno")
	var gross pec.Cents
	if f.text("gross") != "" {
		gross = f.amount("gross")
	}
	if f.ok() {
		err := s.office.SetBudget(ctx(c), who(c).Actor(), year, gross)
		if problem := pec.AsProblem(err); problem != nil && problem.Field == "year" {
			err = problem.On("anno")
		}
		f.add(err)
	}
	if f.ok() {
		return s.done(c, fmt.Sprintf("/report?anno=%d", year), fmt.Sprintf("Stanziamento del %d salvato.", year))
	}
	p, err := s.reportOf(c, f.text("anno"))
	if p == nil || err != nil && pec.AsProblem(err) == nil {
		return err
	}
	p.Budget = f.text("gross")
	return s.refuse(c, "report", p, f)
}
