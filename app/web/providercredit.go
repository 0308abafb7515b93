package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

func (s *site) providerCreditRoutes() []route {
	return []route{
		get("/report/gestore", operators, s.providerCredit),
		post("/report/gestore", treasury, s.payProvider),
		get("/report/gestore/esporta", operators, s.providerCreditExport),
		get("/report/gestore/:id/storno", treasury, s.depositReversal),
		post("/report/gestore/:id/storno", treasury, s.reverseDeposit),
	}
}

// reportTabs lead between the reports.
func reportTabs(current string) Tabs {
	t := Tabs{Label: "Report"}
	for _, tab := range []Tab{{Title: "Report annuale", Path: "/report"}, {Title: "Credito presso il gestore", Path: "/report/gestore"}, {Title: "Previsione", Path: "/report/previsione"}, {Title: "Documenti", Path: "/documenti"}} {
		tab.Current = tab.Path == current
		t.Items = append(t.Items, tab)
	}
	return t
}

// Bounds of the page's tables; the workbook has all.
const (
	providerMonths   = 24
	providerDeposits = 24
)

// providerCreditPage shows the Ordine's prepaid credit at the provider.
type providerCreditPage struct {
	Frame
	Tabs     Tabs
	Account  office.ProviderAccount
	Cards    []Card
	Months   []pec.ProviderMonth // the latest first
	Earlier  bool                // there are months before these
	Ahead    []providerAhead
	Deposits []depositRow // the latest first
	Older    bool
	Export   exportLinks

	Day, Amount, Reference, Note string // as typed
}

// providerAhead is a month of the renewals expected.
type providerAhead struct {
	Month     pec.Date
	Mailboxes int
	Gross     pec.Cents
	Balance   pec.Cents // after it, if nothing is paid in
}

type depositRow struct {
	db.ProviderDeposit
	Who string
}

func (s *site) providerCredit(c *fiber.Ctx) error {
	p, err := s.providerCreditPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "providercredit", p)
}

// yearAhead is the last day before a year from a day: until then each mailbox
// is renewed once.
func yearAhead(today pec.Date) pec.Date { return today.AddYears(1).AddDays(-1) }

func (s *site) providerCreditPage(c *fiber.Ctx) (*providerCreditPage, error) {
	p := &providerCreditPage{Frame: s.frame(c, "Credito presso il gestore", Crumb{"Report", "/report"}), Tabs: reportTabs("/report/gestore")}
	p.Day = p.Today.Italian()
	p.Lead = "Quello che l’Ordine ha pagato in anticipo al gestore e che le caselle consumano, IVA compresa"
	p.Export = listing{}.exports("/report/gestore/esporta")
	return p, s.read(c, func(tx *db.ReadTx) (err error) {
		if p.Account, err = s.office.ProviderAccount(tx, yearAhead(p.Today)); err != nil {
			return err
		}
		names, err := actorsOf(tx)
		p.fill(names)
		return err
	})
}

func (p *providerCreditPage) fill(names actorNames) {
	for _, d := range slices.Backward(p.Account.Deposits) {
		if len(p.Deposits) == providerDeposits {
			p.Older = true
			break
		}
		p.Deposits = append(p.Deposits, depositRow{d, names.of(d.Actor)})
	}
	if !p.Account.Begun() {
		return
	}
	months := pec.ProviderMonths(p.Account.Movements, p.Today)
	if p.Earlier = len(months) > providerMonths; p.Earlier {
		months = months[len(months)-providerMonths:]
	}
	slices.Reverse(months)
	p.Months = months
	p.lookAhead()
	p.cards()
}

// lookAhead sums the renewals expected by month.
func (p *providerCreditPage) lookAhead() {
	balance := p.Account.Balance
	for _, cost := range p.Account.Expected {
		month := cost.On.FirstOfMonth()
		if n := len(p.Ahead); n == 0 || p.Ahead[n-1].Month != month {
			p.Ahead = append(p.Ahead, providerAhead{Month: month})
		}
		balance -= cost.Gross
		last := &p.Ahead[len(p.Ahead)-1]
		last.Mailboxes += cost.Mailboxes
		last.Gross += cost.Gross
		last.Balance = balance
	}
}

func (p *providerCreditPage) cards() {
	a := p.Account
	ahead := providerAhead{}
	for _, m := range p.Ahead {
		ahead.Mailboxes, ahead.Gross = ahead.Mailboxes+m.Mailboxes, ahead.Gross+m.Gross
	}
	lasts := runsOutCard(a, p.Today, "#attesi")
	lasts.Title = "Fino a quando basta"
	p.Cards = []Card{
		{Title: "Credito oggi", Href: "#mesi", Figure: a.Balance.Euro(), Note: "Dal " + a.Movements[0].On.Italian() + ": versamenti meno costi delle caselle"},
		lasts,
		{Title: "Rinnovi attesi", Href: "#attesi", Figure: ahead.Gross.Euro(), Note: counted(ahead.Mailboxes, "casella", "caselle") + " fino al " + a.Through.Italian()},
	}
}

// runsOutCard says on which day the credit no longer does.
func runsOutCard(a office.ProviderAccount, today pec.Date, href string) Card {
	card := Card{Title: "Credito presso il gestore", Href: href}
	switch {
	case a.Balance < 0:
		card.Figure, card.Badge, card.Kind = a.Balance.Euro(), "Esaurito", "danger"
		card.Note = "I costi superano i versamenti di " + (-a.Balance).Euro()
	case a.RunsOut.IsZero():
		card.Figure, card.Note = "Basta", "Copre i rinnovi attesi fino al "+a.Through.Italian()
	default:
		card.Figure = a.RunsOut.Italian()
		card.Note = "Finisce " + days(today, a.RunsOut) + ": quel giorno non copre più i rinnovi"
		if today.DaysUntil(a.RunsOut) <= providerSoon {
			card.Badge, card.Kind = "Da versare", "warning"
		}
	}
	return card
}

// providerSoon is how many days before the credit runs out the Scrivania says so.
const providerSoon = 60

// providerCredit adds a card when the credit at the provider runs out soon.
func (d deskReader) providerCredit() error {
	a, err := d.office.ProviderAccount(d.tx, d.page.Today.AddDays(providerSoon))
	if err == nil && a.Begun() && (a.Balance < 0 || !a.RunsOut.IsZero()) {
		d.page.ToDo = append(d.page.ToDo, runsOutCard(a, d.page.Today, "/report/gestore"))
	}
	return err
}

// payProvider registers a deposit; its reference is its key.
func (s *site) payProvider(c *fiber.Ctx) error {
	f := formOf(c)
	payment := office.ProviderPayment{On: f.day("day"), Amount: f.amount("amount"), Note: f.text("note")}
	payment.Reference = f.needed("reference", "Scriva il riferimento: il CRO del bonifico, il numero della fattura.")
	var done office.PaidIn
	if f.ok() {
		var err error
		done, err = s.office.PayProvider(ctx(c), who(c).Actor(), payment)
		f.add(err)
	}
	if !f.ok() {
		p, err := s.providerCreditPage(c)
		if err != nil {
			return err
		}
		p.Day, p.Amount, p.Reference, p.Note = f.text("day"), f.text("amount"), f.text("reference"), f.text("note")
		return s.refuse(c, "providercredit", p, f)
	}
	if done.Duplicate {
		return s.told(c, "/report/gestore", Alert{Kind: "primary", Strong: "Questo versamento era già registrato.", Text: "Non è stato contato un’altra volta."})
	}
	return s.done(c, "/report/gestore", "Registrato il versamento di "+payment.Amount.Euro()+".")
}

// depositPage takes a deposit back by an opposite entry.
type depositPage struct {
	Frame
	Deposit db.ProviderDeposit
	Reason  string
}

func (s *site) depositPage(c *fiber.Ctx, id int64) (*depositPage, error) {
	p := &depositPage{Frame: s.frame(c, "Storna il versamento", Crumb{"Report", "/report"}, Crumb{"Credito presso il gestore", "/report/gestore"})}
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		p.Deposit, err = tx.ProviderDeposit(id)
		return err
	})
	p.Lead = p.Deposit.Amount.Euro() + " del " + p.Deposit.On.Italian() + ", " + p.Deposit.Reference
	return p, err
}

func (s *site) depositReversal(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	p, err := s.depositPage(c, id)
	switch {
	case err != nil:
		return err
	case p.Deposit.ReversesID != 0:
		return pec.Refuse("entry_not_reversible", "Si può stornare solo un versamento.")
	case p.Deposit.Reversed:
		return pec.Refuse("entry_reversed", "Il versamento è già stato stornato.")
	}
	return s.show(c, "depositreversal", p)
}

func (s *site) reverseDeposit(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	reason := f.needed("reason", "Scriva perché il versamento si storna: resta nel conto.")
	if f.ok() {
		f.add(s.office.ReverseDeposit(ctx(c), who(c).Actor(), id, reason))
	}
	if !f.ok() {
		p, err := s.depositPage(c, id)
		if err != nil {
			return err
		}
		p.Reason = f.text("reason")
		return s.refuse(c, "depositreversal", p, f)
	}
	return s.done(c, "/report/gestore", "Versamento stornato.", "Resta nel conto, con il movimento opposto.")
}

// providerCreditExport is the account by day: deposits, those taken back too, and
// what the charges of each day took.
func (s *site) providerCreditExport(c *fiber.Ctx) error {
	var a office.ProviderAccount
	today := visitOf(c).today
	if err := s.read(c, func(tx *db.ReadTx) (err error) {
		a, err = s.office.ProviderAccount(tx, today)
		return err
	}); err != nil {
		return err
	}
	t := reports.Table{Title: "Credito presso il gestore", Columns: []reports.Column{
		{Title: "Data", Kind: reports.Day}, {Title: "Movimento"}, {Title: "Riferimento"}, {Title: "Nota o motivo"}, {Title: "Caselle", Kind: reports.Integer, Total: true},
		{Title: "Entrate, lordo", Kind: reports.Money, Total: true}, {Title: "Uscite, lordo", Kind: reports.Money, Total: true}, {Title: "Saldo, lordo", Kind: reports.Money},
	}}
	var balance pec.Cents
	for _, m := range a.Lines() {
		balance += m.Amount
		row := []any{m.On, "Versamento", m.Reference, m.Note, nil, m.Amount, nil, balance}
		switch {
		case m.Charges > 0:
			row[1], row[4], row[5], row[6] = "Attivazioni e rinnovi", m.Charges, nil, -m.Amount
		case m.Amount < 0:
			row[1] = "Storno di un versamento"
		}
		t.Rows = append(t.Rows, row)
	}
	return s.sendList(c, "credito-gestore-"+today.String(), t)
}
