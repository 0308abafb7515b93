package web

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

func (s *site) budgetRoutes() []route {
	return []route{
		get("/report/previsione", operators, s.budget),
		get("/report/previsione/excel", operators, s.budgetWorkbook),
		get("/report/previsione/pdf", operators, s.budgetPDF),
		post("/report/previsione", operators, s.tryBudget),
	}
}

// budgetPage shows what the renewals of the coming months cost, under the
// agreements registered and, beside them, under one that is tried.
type budgetPage struct {
	Frame
	Tabs       Tabs
	Budget     reports.Budget
	Known      bool // there is an agreement
	Cards      []Card
	Agreements []Option
	Tried      string // the id of one registered
	Document   string // or the file of one that is not kept
	Pasted     string // as it was typed
	Charts     []*Drawing
	Months     []budgetRow
	Year, Two  budgetRow
	XLSX, PDF  string // where the files are; a document is sent along instead
}

// budgetRow is a month, or a sum of them, under both.
type budgetRow struct {
	Title     string
	Now, Then pec.BudgetMonth
}

// Ordine is what the agreement tried costs the Ordine more, gross.
func (r budgetRow) Ordine() pec.Cents { return r.Then.Ordine.Gross - r.Now.Ordine.Gross }

// Members is what it costs the members more, gross.
func (r budgetRow) Members() pec.Cents { return r.Then.Members.Gross - r.Now.Members.Gross }

// triedIn is the agreement that an address names.
func triedIn(c *fiber.Ctx) office.BudgetTried {
	id, _ := strconv.ParseInt(c.Query("con"), 10, 64) // 0 is none
	return office.BudgetTried{AgreementID: max(id, 0)}
}

func (s *site) budget(c *fiber.Ctx) error {
	p, err := s.budgetPage(c, triedIn(c))
	if err != nil {
		return err
	}
	return s.show(c, "budget", p)
}

func (s *site) budgetOf(c *fiber.Ctx, tried office.BudgetTried) (reports.Budget, error) {
	b, err := s.office.Budget(ctx(c), tried)
	b.OrderBody = visitOf(c).order
	return b, err
}

func (s *site) budgetPage(c *fiber.Ctx, tried office.BudgetTried) (*budgetPage, error) {
	p := &budgetPage{Frame: s.frame(c, "Previsione", Crumb{"Report", "/report"}), Tabs: reportTabs("/report/previsione")}
	b, err := s.budgetOf(c, tried)
	if err != nil {
		return nil, err
	}
	p.Budget = b
	p.Lead = b.Span() + ": quanto costano i rinnovi delle caselle di oggi, all’Ordine e agli iscritti"
	with := ""
	if tried.AgreementID != 0 {
		p.Tried = itoa(tried.AgreementID)
		with = "?con=" + p.Tried
	}
	p.XLSX, p.PDF = "/report/previsione/excel"+with, "/report/previsione/pdf"+with
	p.fill()
	return p, s.read(c, func(tx *db.ReadTx) error {
		list, err := tx.Agreements()
		p.Known = len(list) > 0
		p.Agreements = []Option{{Value: "", Label: "Nessuna"}}
		for _, a := range list {
			p.Agreements = append(p.Agreements, Option{Value: itoa(a.ID), Label: a.Name + ", dal " + a.StartsOn.Italian()})
		}
		return err
	})
}

func (p *budgetPage) fill() {
	row := func(title string, now, then func(pec.Budget) pec.BudgetMonth) budgetRow {
		r := budgetRow{Title: title, Now: now(p.Budget.Registered)}
		if p.Budget.Tried != nil {
			r.Then = then(*p.Budget.Tried)
		}
		return r
	}
	for i, m := range p.Budget.Registered.Months {
		at := func(b pec.Budget) pec.BudgetMonth { return b.Months[i] }
		p.Months = append(p.Months, row(monthCell(m.Month), at, at))
	}
	sum := func(n int) func(pec.Budget) pec.BudgetMonth {
		return func(b pec.Budget) pec.BudgetMonth { return b.Total(n) }
	}
	p.Year = row("Primi 12 mesi", sum(12), sum(12))
	p.Two = row("24 mesi", sum(pec.BudgetMonths), sum(pec.BudgetMonths))
	p.cards()
	p.charts()
}

func (p *budgetPage) cards() {
	ordine := func(r budgetRow, title string) Card {
		card := Card{Title: title, Href: "#ordine", Figure: r.Now.Ordine.Gross.Euro(), Note: counted(r.Now.Renewed, "rinnovo", "rinnovi") + ", " + r.Now.Ordine.Net.Euro() + " netti più " + r.Now.Ordine.VAT.Euro() + " di IVA"}
		if p.Budget.Tried != nil {
			card.Note = "In prova " + r.Then.Ordine.Gross.Euro() + ": " + signed(r.Ordine())
		}
		return card
	}
	members := func(r budgetRow, title string) Card {
		card := Card{Title: title, Href: "#iscritti", Figure: r.Now.Members.Gross.Euro(), Note: counted(r.Now.Services, "servizio rinnovato", "servizi rinnovati") + ", " + r.Now.Members.Net.Euro() + " netti"}
		if p.Budget.Tried != nil {
			card.Note = "In prova " + r.Then.Members.Gross.Euro() + ": " + signed(r.Members())
		}
		return card
	}
	p.Cards = []Card{ordine(p.Year, "Per l’Ordine in 12 mesi"), ordine(p.Two, "Per l’Ordine in 24 mesi"), members(p.Year, "Per gli iscritti in 12 mesi"), members(p.Two, "Per gli iscritti in 24 mesi")}
}

// charts draws the Ordine's cost by month under each, on one scale.
func (p *budgetPage) charts() {
	plans := []*pec.Budget{&p.Budget.Registered}
	titles := []string{"Costo per l’Ordine, convenzioni registrate"}
	if p.Budget.Tried != nil {
		plans, titles = append(plans, p.Budget.Tried), append(titles, "Costo per l’Ordine, convenzione in prova")
	}
	var top pec.Cents
	for _, b := range plans {
		for _, m := range b.Months {
			top = max(top, m.Ordine.Gross)
		}
	}
	unit, words := chartUnit(top)
	for i, b := range plans {
		total := b.Total(pec.BudgetMonths)
		c := Chart{
			Title: titles[i], Note: "IVA compresa, in " + words + " per mese", Columns: []string{"Mese", "Caselle", "Costo lordo"}, Top: int64(top),
			Summary: fmt.Sprintf("%s, mese per mese: %s in tutto.", titles[i], total.Ordine.Gross.Euro()),
			Total:   []string{pec.Thousands(total.Renewed), total.Ordine.Gross.Euro()},
		}
		for _, m := range b.Months {
			c.Points = append(c.Points, Point{
				Label: monthShort(m.Month), RowLabel: monthCell(m.Month), Value: int64(m.Ordine.Gross), Shown: inUnits(m.Ordine.Gross, unit),
				Cells: []string{pec.Thousands(m.Renewed), m.Ordine.Gross.Euro()},
			})
		}
		p.Charts = append(p.Charts, barChart(c))
	}
}

// tryBudget shows the budget with a document pasted or sent along, or answers
// with its files. Nothing is kept.
func (s *site) tryBudget(c *fiber.Ctx) error {
	f := formOf(c)
	doc := f.text("json")
	if file, err := c.FormFile("file"); err == nil && file.Size > 0 {
		sent := f.file("file", "", maxUpload)
		doc = string(sent.Data)
	}
	tried := office.BudgetTried{Document: triedDocument(f, doc)}
	if f.ok() {
		switch f.text("azione") {
		case "excel":
			return s.sendBudget(c, tried, "xlsx", mimeXLSX, reports.WriteBudgetXLSX)
		case "pdf":
			return s.sendBudget(c, tried, "pdf", mimePDF, reports.WriteBudgetPDF)
		}
	}
	p, err := s.budgetPage(c, tried)
	if err != nil {
		return err
	}
	if !f.ok() {
		if len(doc) <= maxAgreement {
			p.Pasted = strings.ToValidUTF8(doc, "\uFFFD")
		}
		return s.refuse(c, "budget", p, f)
	}
	p.Document, p.Pasted = doc, doc
	return s.show(c, "budget", p)
}

// maxAgreement bounds the text of an agreement, in bytes.
const maxAgreement = 200_000

// triedDocument reads the agreement that a form sent; nil when it is none.
func triedDocument(f *form, doc string) *pec.Agreement {
	switch {
	case doc == "":
		f.wrong("json", "Incolli il testo della convenzione, o scelga il suo file.")
		return nil
	case len(doc) > maxAgreement:
		f.wrong("json", "Il testo è troppo lungo per essere una convenzione.")
		return nil
	}
	a, err := pec.ReadAgreement([]byte(doc))
	f.on("json", err) // what it names is a field of the document
	if err != nil {
		return nil
	}
	return &a
}

func (s *site) budgetWorkbook(c *fiber.Ctx) error {
	return s.sendBudget(c, triedIn(c), "xlsx", mimeXLSX, reports.WriteBudgetXLSX)
}

func (s *site) budgetPDF(c *fiber.Ctx) error {
	return s.sendBudget(c, triedIn(c), "pdf", mimePDF, reports.WriteBudgetPDF)
}

func (s *site) sendBudget(c *fiber.Ctx, tried office.BudgetTried, ending, mime string, write func(io.Writer, reports.Budget) error) error {
	budget, err := s.budgetOf(c, tried)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := write(&b, budget); err != nil {
		return err
	}
	return download(c, strings.Join([]string{"previsione", budget.MadeOn.String()}, "-")+"."+ending, mime, b.Bytes())
}
