package web

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

func (s *site) creditRoutes() []route {
	return []route{
		get("/credito", operators, s.credits),
		get("/credito/esporta", operators, s.creditsExport),
		get("/credito/movimenti", operators, s.movements),
		get("/credito/movimenti/esporta", operators, s.movementsExport),
		get("/credito/nuovo", treasury, s.paymentNew),
		post("/credito/nuovo", treasury, s.registerPayment),
		get("/credito/movimenti/:id/storno", treasury, s.reversal),
		post("/credito/movimenti/:id/storno", treasury, s.reverse),
		get("/credito/:id", operators, s.statement),
		get("/credito/:id/rimborso", treasury, s.refundReview),
		post("/credito/:id/rimborso", treasury, s.refund),
	}
}

// creditsPage lists the members with a credit, which the Ordine owes them, or
// with a claim, which they owe.
type creditsPage struct {
	Frame
	Tabs   Tabs
	Cards  []Card
	Q      string
	Only   string
	Onlys  []Option
	Chips  filterChips
	Rows   []creditRow
	Sum    db.CreditSum
	Pager  *Pager
	Latest []entryRow
	Export exportLinks
	Any    bool
	// Receipts is where a list of payments is brought in.
	Receipts string
}

type creditRow struct {
	db.CreditListed
	Status, StatusKind string
}

func creditListing(c *fiber.Ctx) listing { return listingOf(c, "/credito", "q", "solo") }

func creditFilter(l listing) db.CreditFilter {
	return db.CreditFilter{Search: l.get("q"), Only: l.oneOf("solo", "claims", "leavers")}
}

func (s *site) credits(c *fiber.Ctx) error {
	l := creditListing(c)
	if to := l.dropped(); to != "" {
		return c.Redirect(to, fiber.StatusSeeOther)
	}
	p := creditsPage{Frame: s.frame(c, "Credito"), Tabs: moneyTabs("/credito"), Receipts: "/importazioni/nuova?tipo=" + office.ImportPayments}
	f := creditFilter(l)
	p.Q, p.Only = f.Search, f.Only
	p.Onlys = []Option{{Value: "", Label: "Tutti"}, {Value: "claims", Label: "Da cui recuperare credito"}, {Value: "leavers", Label: "Usciti dall’albo"}}
	p.chips()
	p.Chips.All = l.path
	p.Export = l.exports("/credito/esporta")
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		if err := s.creditCards(c, tx, &p); err != nil {
			return err
		}
		if p.Sum, err = tx.CreditSums(f); err != nil {
			return err
		}
		p.Lead = counted(p.Sum.Members, "iscritto con credito o debiti", "iscritti con credito o debiti")
		f.After, f.Before, f.Limit = l.id(afterParam), l.id(beforeParam), rowsPerPage+1
		list, err := tx.CreditList(f)
		if err != nil {
			return err
		}
		list, p.Pager = pageOf(l, list, rowsPerPage, func(r db.CreditListed) string { return itoa(r.MemberID) }, func(r db.CreditListed) string { return r.Holder })
		for _, r := range list {
			row := creditRow{CreditListed: r, Status: capital(pec.Member{Sex: r.Sex, TaxCode: r.TaxCode}.Said(r.MemberStatus.Italian()))}
			if r.MemberStatus != pec.MemberActive {
				row.StatusKind = "secondary"
			}
			p.Rows = append(p.Rows, row)
		}
		latest, err := tx.EntryList(db.EntryFilter{Limit: 10})
		if err != nil {
			return err
		}
		p.Latest, err = s.entryRows(c, tx, latest)
		return err
	})
	if err != nil {
		return err
	}
	return s.show(c, "credits", &p)
}

func (s *site) creditCards(c *fiber.Ctx, tx *db.ReadTx, p *creditsPage) error {
	all, err := tx.CreditSums(db.CreditFilter{})
	if err != nil {
		return err
	}
	left, err := tx.CreditSums(db.CreditFilter{Only: "leavers"})
	if err != nil {
		return err
	}
	n, gross, oldest, err := tx.WaitingTotal()
	if err != nil {
		return err
	}
	entries, _, _, err := tx.EntrySums(db.EntryFilter{})
	if err != nil {
		return err
	}
	p.Any = entries > 0
	owed := Card{Title: "Credito da recuperare dagli iscritti", Href: withQuery("/credito", "solo", "claims"), Figure: all.Claim.Euro(), Note: "Nessun iscritto deve qualcosa"}
	if all.Owed > 0 {
		owed.Badge, owed.Kind, owed.Note = "Da recuperare", "danger", counted(all.Owed, "iscritto", "iscritti")+": i loro acquisti e rinnovi sono fermi"
	}
	refundable := Card{Title: "Di chi è uscito dall’albo", Href: withQuery("/credito", "solo", "leavers"), Figure: left.Balance.Euro(), Note: "Nessun credito da rimborsare"}
	if left.Balance > 0 {
		refundable.Note = counted(left.Members, "iscritto", "iscritti") + ": si può rimborsare"
	}
	orders := Card{Title: "Ordini in attesa di pagamento", Href: withQuery("/ordini", "stato", string(pec.OrderAwaitingPayment)), Figure: pec.Thousands(n), Note: "Nessun acquisto aspetta una ricarica"}
	if n > 0 {
		orders.Note = joinHTML("Per ", strong(gross.Euro()), ". Il più vecchio è del "+oldest.Italian())
	}
	p.Cards = []Card{
		{Title: "Credito degli iscritti", Href: "/credito", Figure: all.Balance.Euro(), Note: "È un debito dell’Ordine verso chi ha ricaricato"},
		owed, refundable, orders,
	}
	return nil
}

// chips names the filters in force.
func (p *creditsPage) chips() {
	p.Chips.add("solo", map[string]string{"claims": "Da cui recuperare credito", "leavers": "Usciti dall’albo"}[p.Only])
	if p.Q != "" {
		p.Chips.add("q", "«"+p.Q+"»")
	}
}

func (s *site) creditChips(c *fiber.Ctx, _ *db.ReadTx) (filterChips, error) {
	f := creditFilter(creditListing(c))
	p := creditsPage{Q: f.Search, Only: f.Only}
	p.chips()
	return p.Chips, nil
}

func (s *site) creditsExport(c *fiber.Ctx) error {
	var list []db.CreditListed
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		list, err = tx.CreditList(creditFilter(creditListing(c)))
		return err
	})
	if err != nil {
		return err
	}
	t := reports.Table{Title: "Credito degli iscritti", Columns: []reports.Column{
		{Title: "Iscritto"}, {Title: "Numero di iscrizione"}, {Title: "Stato"}, {Title: "Credito", Kind: reports.Money, Total: true},
		{Title: "Da recuperare dall’iscritto", Kind: reports.Money, Total: true}, {Title: "Ultimo movimento", Kind: reports.Day},
	}}
	for _, r := range list {
		t.Rows = append(t.Rows, []any{r.Holder, r.RegistrationNumber, r.MemberStatus, r.Balance, r.Claim, r.LastOn})
	}
	return s.sendList(c, "credito-"+visitOf(c).today.String(), t)
}

// entryRow is a ledger entry as lists show it.
type entryRow struct {
	db.Entry
	Out     pec.Cents // what went out, above zero
	Account string    // address of the statement, at this entry
	What    template.HTML
	Detail  string // reference, reason
	Who     string
	Reverse string // address of the reversal, when it may be reversed
}

func (s *site) entryRows(c *fiber.Ctx, tx *db.ReadTx, entries []db.Entry) ([]entryRow, error) {
	names, err := actorsOf(tx)
	if err != nil {
		return nil, err
	}
	var rows []entryRow
	for _, e := range entries {
		row := entryRow{Entry: e, Out: max(-e.Amount, 0), Account: "/credito/" + itoa(e.MemberID) + "#m" + strconv.Itoa(e.Seq), Who: names.of(e.Actor)}
		row.What, row.Detail = entryInWords(e)
		if e.Kind == pec.EntryTopUp && !e.Reversed {
			row.Reverse = s.linkTo(c, "/credito/movimenti/:id/storno", "/credito/movimenti/"+itoa(e.ID)+"/storno")
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// entryInWords says what an entry is, and what it rests on.
func entryInWords(e db.Entry) (what template.HTML, detail string) {
	switch e.Kind {
	case pec.EntryTopUp:
		what = joinHTML("Ricarica")
		if e.Reversed {
			what = joinHTML("Ricarica ", badge("secondary", "Stornata"))
		}
		return what, e.Method.Italian() + ", " + paymentReference(e)
	case pec.EntryOrder:
		return joinHTML("Ordine ", anchor("/ordini/"+itoa(e.OrderID), e.OrderNumber)), ""
	case pec.EntryRecredit:
		return joinHTML("Riaccredito, ordine ", anchor("/ordini/"+itoa(e.OrderID), e.OrderNumber)), e.Reason
	}
	what = joinHTML(capital(e.Kind.Italian()))
	if e.Kind == pec.EntryTransfer { // to whom and for what, also where there is no room for a column
		what = joinHTML(what, template.HTML(`<span class="d-block d-lg-none small2 muted anywhere">`+template.HTMLEscapeString(e.Reason)+`</span>`))
	}
	return what, whyEntered(e)
}

// whyEntered is an entry's reason and, of a reversal of what was spent or paid
// back already, what it could not take.
func whyEntered(e db.Entry) string {
	switch {
	case e.Claim == 0:
		return e.Reason
	case e.Amount == 0:
		return sentence(e.Reason) + " Nel credito non c’era più nulla: non si è tolto nulla e sono da recuperare " + e.Claim.Euro()
	}
	return sentence(e.Reason) + " Il resto non era più nel credito: sono da recuperare " + e.Claim.Euro()
}

// paymentReference is what a payment is known by, and the day on which it was
// made where a list told that.
func paymentReference(e db.Entry) string {
	if e.Reason == "" {
		return e.Reference
	}
	return e.Reference + ", " + strings.ToLower(e.Reason[:1]) + e.Reason[1:]
}

// movementsPage is the whole ledger, newest first.
type movementsPage struct {
	Frame
	Tabs         Tabs
	Q, Kind      string
	Since, Until string
	Kinds        []Option
	Chips        filterChips
	Rows         []entryRow
	Pager        *Pager
	Export       exportLinks
	Count        int
	In, Out      pec.Cents
	Any          bool
}

// The kinds of entries in the order of the filter.
var entryKinds = []pec.EntryKind{pec.EntryTopUp, pec.EntryOrder, pec.EntryReversal, pec.EntryRefund, pec.EntryClaim, pec.EntryTransfer, pec.EntryRecredit}

func movementListing(c *fiber.Ctx) listing {
	return listingOf(c, "/credito/movimenti", "q", "tipo", "dal", "al")
}

func movementFilter(l listing) db.EntryFilter {
	f := db.EntryFilter{Search: l.get("q"), From: dayIn(l, "dal"), To: dayIn(l, "al")}
	if slices.Contains(entryKinds, pec.EntryKind(l.get("tipo"))) {
		f.Kind = l.get("tipo")
	}
	return f
}

func (s *site) movements(c *fiber.Ctx) error {
	l := movementListing(c)
	if to := l.dropped(); to != "" {
		return c.Redirect(to, fiber.StatusSeeOther)
	}
	p := movementsPage{Frame: s.frame(c, "Movimenti", Crumb{"Credito", "/credito"}), Tabs: moneyTabs("/credito/movimenti")}
	f := movementFilter(l)
	p.Q, p.Kind, p.Since, p.Until = f.Search, f.Kind, l.get("dal"), l.get("al")
	form := formOf(c)
	form.days("dal", "al")
	p.filters(l, f)
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		all, _, _, err := tx.EntrySums(db.EntryFilter{})
		if err != nil {
			return err
		}
		p.Any = all > 0
		if p.Count, p.In, p.Out, err = tx.EntrySums(f); err != nil {
			return err
		}
		p.Lead = counted(p.Count, "movimento", "movimenti") + ": " + p.In.Euro() + " in entrata, " + (-p.Out).Euro() + " in uscita"
		if f.Kind == "" || f.Kind == string(pec.EntryTransfer) { // no money came in or went out with these
			moved := f
			moved.Kind = string(pec.EntryTransfer)
			n, _, _, err := tx.EntrySums(moved)
			if err != nil {
				return err
			}
			if n > 0 {
				p.Lead += ", compresi i passaggi di credito fra iscritti"
			}
		}
		f.Before, f.After, f.Limit = l.id(afterParam), l.id(beforeParam), rowsPerPage+1
		list, err := tx.EntryList(f)
		if err != nil {
			return err
		}
		list, p.Pager = pageOf(l, list, rowsPerPage, func(e db.Entry) string { return itoa(e.ID) }, func(e db.Entry) string { return e.On.Italian() + ", " + e.Holder })
		p.Rows, err = s.entryRows(c, tx, list)
		return err
	})
	if err != nil {
		return err
	}
	if !form.ok() {
		return s.refuse(c, "movements", &p, form)
	}
	return s.show(c, "movements", &p)
}

func (p *movementsPage) filters(l listing, f db.EntryFilter) {
	p.Kinds = []Option{{Value: "", Label: "Tutti"}}
	for _, k := range entryKinds {
		p.Kinds = append(p.Kinds, Option{Value: string(k), Label: capital(k.Italian())})
	}
	if f.Kind != "" {
		p.Chips.add("tipo", capital(pec.EntryKind(f.Kind).Italian()))
	}
	if !f.From.IsZero() {
		p.Chips.add("dal", "Dal "+f.From.Italian())
	}
	if !f.To.IsZero() {
		p.Chips.add("al", "Al "+f.To.Italian())
	}
	if f.Search != "" {
		p.Chips.add("q", "«"+f.Search+"»")
	}
	p.Chips.All = l.path
	p.Export = l.exports("/credito/movimenti/esporta")
}

func (s *site) movementChips(c *fiber.Ctx, _ *db.ReadTx) (filterChips, error) {
	var p movementsPage
	l := movementListing(c)
	p.filters(l, movementFilter(l))
	return p.Chips, nil
}

func (s *site) movementsExport(c *fiber.Ctx) error {
	f := formOf(c)
	f.days("dal", "al")
	if !f.ok() {
		return f.problems[0]
	}
	return s.exportEntries(c, "movimenti-"+visitOf(c).today.String(), "Movimenti", func(tx *db.ReadTx) ([]db.Entry, error) {
		return tx.EntryList(movementFilter(movementListing(c)))
	})
}

func (s *site) exportEntries(c *fiber.Ctx, name, title string, read func(*db.ReadTx) ([]db.Entry, error)) error {
	var list []db.Entry
	var names actorNames
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		if names, err = actorsOf(tx); err != nil {
			return err
		}
		list, err = read(tx)
		return err
	})
	if err != nil {
		return err
	}
	t := reports.Table{Title: title, Columns: []reports.Column{
		{Title: "Data", Kind: reports.Day}, {Title: "Iscritto"}, {Title: "N.", Kind: reports.Integer}, {Title: "Movimento"}, {Title: "Ordine"},
		{Title: "Come"}, {Title: "Riferimento o motivo"}, {Title: "Entrate", Kind: reports.Money, Total: true}, {Title: "Uscite", Kind: reports.Money, Total: true},
		{Title: "Saldo dopo", Kind: reports.Money}, {Title: "Registrato da"},
	}}
	for _, e := range list {
		var in, out, number any
		if e.Amount > 0 {
			in = e.Amount
		} else {
			out = -e.Amount
		}
		if e.Seq > 0 { // not of the reversal that took nothing
			number = e.Seq
		}
		detail := whyEntered(e)
		if e.Reference != "" {
			detail = paymentReference(e)
		}
		t.Rows = append(t.Rows, []any{e.On, e.Holder, number, e.Kind, e.OrderNumber, e.Method, detail, in, out, e.Balance, names.of(e.Actor)})
	}
	return s.sendList(c, name, t)
}

// statementPage is a member's statement of account.
type statementPage struct {
	Frame
	Member     db.MemberRow
	Facts      []fact
	Rows       []entryRow
	Count      int       // of movements of the ledger
	In, Out    pec.Cents // both above zero
	Balance    pec.Cents
	Claim      pec.Cents
	Claims     []claimRow
	Waiting    []waitingRow
	Pay        string
	Refundable bool
	Export     statementForm
	Former     []formerAccount
	Stands     string // page of the position that this one was merged into
}

// formerAccount is the statement of a position that was merged into this one.
type formerAccount struct{ Title, Href string }

type claimRow struct {
	db.ClaimEntry
	Who  string
	Owed pec.Cents // after it
}

type waitingRow struct {
	db.OrderRow
	Title   string
	Missing pec.Cents // 0 of one that cannot complete: nobody has to pay it
	Stops   bool      // it cannot complete
}

func (s *site) statement(c *fiber.Ctx) error {
	p, err := s.statementPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "statement", p)
}

func (s *site) statementPage(c *fiber.Ctx) (*statementPage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &statementPage{}
	if err := s.read(c, func(tx *db.ReadTx) error { return s.fillStatement(c, tx, p, id) }); err != nil {
		return nil, err
	}
	p.Frame = s.frame(c, "Estratto conto di "+p.Member.FullName(), Crumb{"Credito", "/credito"})
	p.Lead = "Al " + p.Today.Italian() + ", " + counted(p.Count, "movimento", "movimenti")
	return p, nil
}

func (s *site) fillStatement(c *fiber.Ctx, tx *db.ReadTx, p *statementPage, id int64) (err error) {
	if p.Member, err = tx.Member(id); err != nil {
		return err
	}
	entries, err := tx.Account(id)
	if err != nil {
		return err
	}
	if p.Rows, err = s.entryRows(c, tx, entries); err != nil {
		return err
	}
	for _, e := range entries {
		p.In += max(e.Amount, 0)
		p.Out += max(-e.Amount, 0)
		p.Balance = e.Balance
		if e.Seq > 0 {
			p.Count++
		}
	}
	if err := p.claims(tx, id); err != nil {
		return err
	}
	if err := p.former(tx); err != nil {
		return err
	}
	waiting, err := tx.WaitingOrders(id)
	if err != nil {
		return err
	}
	for _, o := range waiting {
		lack, err := office.LackFor(tx, o, p.Today)
		if err != nil {
			return err
		}
		row := waitingRow{OrderRow: o, Title: orderName(o), Missing: lack.Missing(), Stops: lack.Refuses != ""}
		if row.Stops {
			row.Missing = 0
		}
		p.Waiting = append(p.Waiting, row)
	}
	if !p.Member.Merged() {
		p.Pay = s.linkTo(c, "/credito/nuovo", paymentFor(id, 0))
	}
	p.Refundable = !p.Member.Status.OnRegister() && p.Balance > 0
	p.Export = statementForm{Path: "/credito/" + itoa(id) + "/esporta", CSV: true}
	p.facts(s.linkTo(c, "/iscritti/:id", "/iscritti/"+itoa(id)))
	return nil
}

// former links the statements of positions that became one.
func (p *statementPage) former(tx *db.ReadTx) error {
	if p.Member.Merged() {
		p.Stands = "/credito/" + itoa(p.Member.MergedInto)
	}
	merged, err := tx.MergedInto(p.Member.ID)
	for _, m := range merged {
		p.Former = append(p.Former, formerAccount{"Posizione di " + m.FullName() + ", unita il " + m.MergedOn.Italian(), "/credito/" + itoa(m.ID)})
	}
	return err
}

func (p *statementPage) claims(tx *db.ReadTx, id int64) error {
	list, err := tx.ClaimEntries(id)
	if err != nil {
		return err
	}
	names, err := actorsOf(tx)
	for _, e := range list {
		p.Claim += e.Amount
		p.Claims = append(p.Claims, claimRow{e, names.of(e.Actor), p.Claim})
	}
	return err
}

func (p *statementPage) facts(page string) {
	p.Facts = []fact{
		{Title: "Iscritto", Value: p.Member.FullName(), Note: numberNote(p.Member.Member), Href: page},
		{Title: "Stato", Value: capital(p.Member.Said(p.Member.Status.Italian()))},
		{Title: "Credito", Value: p.Balance.Euro(), Note: "lordo"},
	}
	if len(p.Claims) > 0 {
		owed := fact{Title: "Da recuperare dall’iscritto", Value: p.Claim.Euro(), Note: "tutto saldato"}
		if p.Claim > 0 {
			owed.Kind, owed.Note = "danger", "acquisti e rinnovi sono fermi"
		}
		p.Facts = append(p.Facts, owed)
	}
	if n := len(p.Waiting); n > 0 {
		waits := fact{Title: "Ordini in attesa", Value: pec.Thousands(n), Note: agreed(n, "non si può completare", "non si possono completare")}
		for _, w := range p.Waiting { // the last of those that can is behind all others
			if !w.Stops {
				waits.Kind, waits.Note = "danger", pec.Lacking(w.Missing)
			}
		}
		p.Facts = append(p.Facts, waits)
	}
}

// fileName keeps of a text what every system takes in the name of a file.
func fileName(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, s)
}

// paymentPage registers money that came in for a member.
type paymentPage struct {
	Frame
	Q        string
	Found    []memberChoice
	Searched bool

	Member    db.MemberRow
	Chosen    bool
	Facts     []fact
	Claim     pec.Cents // settled first
	Waiting   []waitingRow
	Missing   pec.Cents // for what was looked at before; 0 when that is not known
	Amount    string
	Method    string
	Methods   []Option
	Reference string
	Shared    bool  // the reference also paid for somebody else: it is asked for again
	Elsewhere bool  // it stands under another method: likewise
	Reversed  int64 // its latest top-up, which was taken back: likewise; 0 when it is not asked
}

// missingParam names the sum that was seen to be missing.
const missingParam = "manca"

// Filled is the form with an amount in its field: a link, which works without
// script.
func (p *paymentPage) Filled(amount pec.Cents) string {
	said := ""
	if p.Missing > 0 {
		said = p.Missing.Italian()
	}
	return withQuery("/credito/nuovo", "iscritto", itoa(p.Member.ID), missingParam, said, "amount", amount.Italian())
}

// memberChoice is a member found by a search.
type memberChoice struct {
	db.MemberListed
	Href string
}

func (s *site) paymentNew(c *fiber.Ctx) error {
	p := paymentPage{Frame: s.paymentFrame(c), Q: strings.TrimSpace(c.Query("q")), Amount: c.Query("amount"), Method: c.Query("method"), Reference: c.Query("reference")}
	p.Missing, _ = pec.ParseAmount(c.Query(missingParam))  // 0: nothing was seen to be missing
	id, _ := strconv.ParseInt(c.Query("iscritto"), 10, 64) // 0: not chosen yet
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		if address := strings.ToLower(strings.TrimSpace(c.Query("casella"))); address != "" {
			box, err := tx.MailboxByAddress(address)
			if err != nil {
				return err
			}
			id = box.MemberID
		}
		if id != 0 {
			return s.fillPayment(c, tx, &p, id)
		}
		return p.find(tx)
	})
	if err != nil {
		return err
	}
	return s.show(c, "payment", &p)
}

func (s *site) paymentFrame(c *fiber.Ctx) Frame {
	f := s.frame(c, "Registra un pagamento", Crumb{"Credito", "/credito"})
	f.Lead = "Prima scelga l’iscritto"
	return f
}

// find looks a member up by name, number, tax code or mailbox.
func (p *paymentPage) find(tx *db.ReadTx) error {
	if p.Q == "" {
		return nil
	}
	p.Searched = true
	list, err := tx.MemberList(db.MemberFilter{Search: p.Q, Limit: mostFound})
	for _, m := range list {
		p.Found = append(p.Found, memberChoice{m, withQuery("/credito/nuovo", "iscritto", itoa(m.ID), "amount", p.Amount)})
	}
	return err
}

func (s *site) fillPayment(c *fiber.Ctx, tx *db.ReadTx, p *paymentPage, id int64) error {
	var st statementPage
	if err := s.fillStatement(c, tx, &st, id); err != nil {
		return err
	}
	p.Member, p.Chosen, p.Claim, p.Waiting = st.Member, true, st.Claim, st.Waiting
	p.Lead = "Per " + p.Member.FullName()
	p.Facts = st.Facts
	p.Methods = []Option{{Value: "", Label: "Scelga"}}
	for _, m := range pec.TopUpMethods {
		p.Methods = append(p.Methods, Option{Value: string(m), Label: capital(m.Italian())})
	}
	return nil
}

// registerPayment enters a payment. Sent twice it is entered once: its method
// and reference are its key (R15).
func (s *site) registerPayment(c *fiber.Ctx) error {
	f := formOf(c)
	member := f.id("iscritto")
	if member == 0 {
		return c.Redirect("/credito/nuovo", fiber.StatusSeeOther)
	}
	payment := office.Payment{MemberID: member, Amount: f.amount("amount"), Method: pec.TopUpMethod(f.text("method")), EvenIfShared: f.checked("even_if_shared"), EvenIfOtherMethod: f.checked("even_if_other_method"), Reversed: f.id("stornata")}
	payment.EvenIfReversed = payment.Reversed != 0 && f.checked("even_if_reversed")
	if !payment.Method.Known() {
		f.wrong("method", "Scelga come è stato pagato.")
	}
	payment.Reference = f.needed("reference", "Scriva il riferimento del pagamento: il CRO del bonifico, lo IUV di pagoPA, il numero della ricevuta.")
	var before []db.OrderRow
	var reversed int64
	if f.ok() {
		f.add(s.read(c, func(tx *db.ReadTx) (err error) {
			if reversed, err = s.office.ReversedTopUp(tx, payment.Method, payment.Reference); err != nil {
				return err
			}
			before, err = tx.WaitingOrders(member)
			return err
		}))
	}
	var done office.ToppedUp
	if f.ok() {
		var err error
		done, err = s.office.TopUp(ctx(c), who(c).Actor(), payment)
		f.add(err)
	}
	if !f.ok() {
		p := paymentPage{Frame: s.paymentFrame(c), Amount: f.text("amount"), Method: f.text("method"), Reference: f.text("reference")}
		p.Missing, _ = pec.ParseAmount(f.text(missingParam))
		p.Shared = f.problems.On("even_if_shared") != "" || payment.EvenIfShared
		p.Elsewhere = f.problems.On("even_if_other_method") != "" || payment.EvenIfOtherMethod
		if f.problems.On("even_if_reversed") != "" || payment.EvenIfReversed {
			p.Reversed = cmp.Or(reversed, payment.Reversed)
		}
		if err := s.read(c, func(tx *db.ReadTx) error { return s.fillPayment(c, tx, &p, member) }); err != nil {
			return err
		}
		return s.refuse(c, "payment", &p, f)
	}
	a, err := s.paidAlert(c, payment, done, before)
	if err != nil {
		return err
	}
	return s.told(c, "/credito/"+itoa(member), a)
}

// paidAlert says what a payment did: what was owed first, then which orders.
func (s *site) paidAlert(c *fiber.Ctx, p office.Payment, done office.ToppedUp, before []db.OrderRow) (Alert, error) {
	if done.Duplicate {
		return Alert{Kind: "primary", Strong: "Questo pagamento era già registrato.", Text: "Non è stato contato un’altra volta: il credito è " + done.Balance.Euro() + "."}, nil
	}
	text := ""
	if done.ClaimSettled > 0 {
		text += "Sono stati saldati " + done.ClaimSettled.Euro() + " di credito da recuperare dall’iscritto"
		if done.ClaimLeft > 0 {
			text += ", ne restano " + done.ClaimLeft.Euro()
		}
		text += ". "
	}
	var completed, refused []string
	err := s.read(c, func(tx *db.ReadTx) error {
		for _, w := range before {
			o, err := tx.Order(w.ID)
			if err != nil {
				return err
			}
			switch o.State {
			case pec.OrderCompleted:
				completed = append(completed, o.Number())
			case pec.OrderCancelled:
				refused = append(refused, "L’ordine del "+o.OrderedOn.Italian()+", "+o.Price.Gross.Euro()+", non si è potuto completare ed è annullato. "+sentence(capital(o.Reason))+" ")
			}
		}
		return nil
	})
	switch len(completed) {
	case 0:
	case 1:
		text += "Si è completato l’ordine " + completed[0] + ". "
	default:
		text += "Si sono completati gli ordini " + strings.Join(completed, ", ") + ". "
	}
	text += strings.Join(refused, "")
	kind := "success"
	if len(refused) > 0 {
		kind = "warning"
	}
	return Alert{Kind: kind, Strong: "Registrati " + p.Amount.Euro() + " " + byMethod(p.Method) + ".", Text: text + "Il credito ora è " + done.Balance.Euro() + "."}, err
}

// reversalPage takes a top-up back by an opposite entry.
type reversalPage struct {
	Frame
	Entry        db.Entry
	How          string
	Taken, Claim pec.Cents
	Balance      pec.Cents
	Gone         string // where the money of Claim went: "già spesi"
	Reason       string
	account      int64 // of the member whose credit is taken: after a merge the one that stands
}

func (s *site) reversalPage(c *fiber.Ctx, id int64) (*reversalPage, error) {
	p := &reversalPage{}
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		if p.Entry, err = tx.Entry(id); err != nil {
			return err
		}
		payer, err := tx.Member(p.Entry.MemberID)
		if err != nil {
			return err
		}
		p.account = cmp.Or(payer.MergedInto, payer.ID)
		if p.Balance, err = s.office.CreditToday(tx, p.account); err != nil {
			return err
		}
		entries, err := tx.Entries(p.account)
		p.Gone = goneSince(entries, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	p.Taken, p.Claim = pec.ReversalSplit(p.Entry.Amount, p.Balance)
	_, p.How = entryInWords(p.Entry)
	p.Frame = s.frame(c, "Storna la ricarica", Crumb{"Credito", "/credito"}, Crumb{p.Entry.Holder, "/credito/" + itoa(p.account)})
	p.Lead = p.Entry.Amount.Euro() + " del " + p.Entry.On.Italian() + ", " + p.How
	return p, nil
}

// goneSince says how money left an account after a top-up: "già spesi", "già
// rimborsati", or both.
func goneSince(entries []db.Entry, topup int64) string {
	var spent, refunded, moved bool
	for _, e := range entries {
		if e.ID <= topup || e.Amount >= 0 || e.Reversed {
			continue
		}
		switch e.Kind {
		case pec.EntryRefund:
			refunded = true
		case pec.EntryTransfer:
			moved = true
		case pec.EntryOrder, pec.EntryClaim:
			spent = true
		}
	}
	var words []string
	if spent || !refunded && !moved { // by a renewal that is still to be carried out
		words = append(words, "spesi")
	}
	if refunded {
		words = append(words, "rimborsati")
	}
	if moved {
		words = append(words, "passati ad altri")
	}
	return "già " + strings.Join(words, " o ")
}

const alreadyReversed = "La ricarica è già stata stornata."

func (s *site) reversal(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	p, err := s.reversalPage(c, id)
	if err != nil {
		return err
	}
	switch {
	case p.Entry.Kind != pec.EntryTopUp:
		return pec.Refuse("entry_not_reversible", "Si può stornare solo una ricarica.")
	case p.Entry.Reversed:
		return pec.Refuse("entry_reversed", alreadyReversed)
	}
	return s.show(c, "reversal", p)
}

func (s *site) reverse(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	reason := f.needed("reason", "Scriva perché la ricarica si storna: resta nel movimento.")
	seen := pec.Cents(f.id("seen"))
	var taken, claim pec.Cents
	if f.ok() {
		taken, claim, err = s.office.ReverseTopUp(ctx(c), who(c).Actor(), id, &seen, reason)
		f.add(err)
	}
	if f.fault != nil {
		return f.fault
	}
	p, err := s.reversalPage(c, id)
	if err != nil {
		return err
	}
	if !f.ok() && p.Entry.Reversed { // in another window: there is nothing left to confirm
		return s.told(c, "/credito/"+itoa(p.account), Alert{Kind: "warning", Strong: alreadyReversed})
	}
	if !f.ok() {
		p.Reason = f.text("reason")
		return s.refuse(c, "reversal", p, f)
	}
	text := taken.Euro() + " tolti dal credito."
	if claim > 0 {
		text += " " + claim.Euro() + " erano " + p.Gone + ": sono diventati credito da recuperare dall’iscritto, che ferma acquisti e rinnovi finché una ricarica non lo salda."
	}
	return s.done(c, "/credito/"+itoa(p.account), "Ricarica stornata.", text)
}

// refundPage pays a leaver's credit back.
type refundPage struct {
	Frame
	Member  db.MemberRow
	Balance pec.Cents
	Reason  string
}

func (s *site) refundPage(c *fiber.Ctx) (*refundPage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &refundPage{}
	err = s.read(c, func(tx *db.ReadTx) (err error) {
		if p.Member, err = tx.Member(id); err != nil {
			return err
		}
		p.Balance, err = s.office.CreditToday(tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	p.Frame = s.frame(c, "Rimborsa il credito", Crumb{"Credito", "/credito"}, Crumb{p.Member.FullName(), "/credito/" + itoa(id)})
	p.Lead = p.Balance.Euro() + " a " + p.Member.FullName() + ", " + p.Member.Said(p.Member.Status.Italian())
	return p, nil
}

func (s *site) refundReview(c *fiber.Ctx) error {
	p, err := s.refundPage(c)
	if err != nil {
		return err
	}
	switch {
	case p.Member.Status.OnRegister():
		return pec.Refuse("member_on_register", "%s è ancora nell’albo: il credito si rimborsa solo a chi ne è uscito.", p.Member.FullName())
	case p.Balance == 0:
		return pec.Refuse("no_credit", "Non c’è credito da rimborsare.")
	}
	return s.show(c, "refund", p)
}

func (s *site) refund(c *fiber.Ctx) error {
	p, err := s.refundPage(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	reason := f.needed("reason", "Scriva a chi e come è stato rimborsato il credito.")
	seen := pec.Cents(f.id("seen"))
	var paid pec.Cents
	if f.ok() {
		paid, err = s.office.Refund(ctx(c), who(c).Actor(), p.Member.ID, seen, reason)
		f.add(err)
	}
	if !f.ok() {
		p.Reason = f.text("reason")
		return s.refuse(c, "refund", p, f)
	}
	return s.done(c, "/credito/"+itoa(p.Member.ID), "Rimborsati "+paid.Euro()+".", "Il credito è ora zero.")
}
