package office

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// YearFigures are the figures of a yearly report that scripts ask for.
type YearFigures struct {
	MailboxesAtEnd    int       `json:"mailboxes_at_end"`
	Activated         int       `json:"activated"`
	Closed            int       `json:"closed"`
	Renewed           int       `json:"renewed"`
	OrdineGross       pec.Cents `json:"ordine_gross"`
	ServicesSoldGB    int       `json:"services_sold_gb"`
	MembersGross      pec.Cents `json:"members_gross"`
	TopUps            pec.Cents `json:"topups"`
	CreditOutstanding pec.Cents `json:"credit_outstanding"`
}

// FiguresOf are the figures of a year that scripts ask for and that are kept.
func FiguresOf(y reports.YearSummary) YearFigures {
	f := y.Figures
	return YearFigures{
		MailboxesAtEnd: f.AtEnd, Activated: f.Activated, Closed: f.Closed, Renewed: f.Renewed,
		OrdineGross: f.Ordine.Gross, ServicesSoldGB: f.GBSold, MembersGross: f.Members.Gross,
		TopUps: f.TopUps, CreditOutstanding: f.Closing,
	}
}

// KeptYear is what is kept of a year with its report, to be compared with later:
// the figures, and what the rows of each sheet were; nil of reports from before
// that was kept.
type KeptYear struct {
	YearFigures
	Sheets map[string]reports.KeptRows `json:"sheets,omitempty"`
	// Tables that the rows do not vouch for; nil of reports from before they were kept.
	Tables *reports.KeptTables `json:"tables,omitempty"`
}

// keptOf is what is kept of a year; its rows are gone through once more.
func keptOf(y reports.Year, sum reports.YearSummary) (KeptYear, error) {
	sheets, err := y.Kept()
	tables := sum.Tables()
	return KeptYear{FiguresOf(sum), sheets, &tables}, err
}

// YearKept is Year with what would be kept of it.
func (o *Office) YearKept(ctx context.Context, year int) (sum reports.YearSummary, kept KeptYear, err error) {
	err = o.ReadYear(ctx, year, func(y reports.Year, s reports.YearSummary) (err error) {
		sum = s
		kept, err = keptOf(y, s)
		return err
	})
	return sum, kept, err
}

// Same reports whether a year is what it was when it was kept, figure by figure
// and row by row. Its tables may differ: section, sector and kind are those of the
// day of the report, see [KeptYear.ChangedTables].
func (k KeptYear) Same(now KeptYear) bool {
	return k.YearFigures == now.YearFigures && len(k.ChangedSheets(now)) == 0
}

// ChangedSheets are the names of the sheets whose rows are no longer those that
// were kept.
func (k KeptYear) ChangedSheets(now KeptYear) []string {
	var changed []string
	for name, rows := range k.Sheets {
		if !rows.Same(now.Sheets[name]) {
			changed = append(changed, name)
		}
	}
	slices.Sort(changed)
	return changed
}

// ChangedTables are the figures of the tables that are not those that were kept;
// known is false when they were not kept, or in another way.
func (k KeptYear) ChangedTables(now KeptYear) (changed []reports.ChangedFigure, known bool) {
	if k.Tables == nil || now.Tables == nil || !k.Tables.Comparable(*now.Tables) {
		return nil, false
	}
	return k.Tables.Changes(*now.Tables), true
}

// Year sums the yearly report up in one snapshot: up to 31/12, or up to today
// while the year runs. A year in the future is a Problem, and so is one before
// there was anything.
func (o *Office) Year(ctx context.Context, year int) (sum reports.YearSummary, err error) {
	if err := o.hasData(ctx, year); err != nil {
		return sum, err
	}
	err = o.ReadYear(ctx, year, func(_ reports.Year, s reports.YearSummary) error {
		sum = s
		return nil
	})
	return sum, err
}

// ReadYear gives the yearly report and its sums to a function that may go through
// the rows as often as it must: they are read from one snapshot as it asks for
// them, and are gone when it returns.
func (o *Office) ReadYear(ctx context.Context, year int, f func(reports.Year, reports.YearSummary) error) error {
	if err := o.reportable(year); err != nil {
		return err
	}
	return o.DB.Read(ctx, func(tx *db.ReadTx) error {
		y, err := o.yearRows(tx, year)
		if err != nil {
			return err
		}
		sum, err := y.Sum()
		if err != nil {
			return err
		}
		return f(y, sum)
	})
}

// firstReportable is the earliest year of which a report can be made.
const firstReportable = 1900

// reportable refuses a year that has not begun.
func (o *Office) reportable(year int) error {
	if year > o.Today().Year || year < firstReportable {
		return pec.Refuse("year_invalid", "Il report si può fare per un anno fino al %d.", o.Today().Year).On("year")
	}
	return nil
}

// hasData refuses a past year before anything that the program knows of.
func (o *Office) hasData(ctx context.Context, year int) error {
	if year >= o.Today().Year {
		return nil
	}
	return o.DB.Read(ctx, func(tx *db.ReadTx) error {
		first, err := tx.FirstData()
		switch {
		case err != nil:
			return err
		case first == 0:
			return pec.Refuse("year_empty", "Nessun dato per il %d: il registro è ancora vuoto.", year).On("year")
		case year < first:
			return pec.Refuse("year_empty", "Nessun dato per il %d: prima del %d il registro non ha dati.", year, first).On("year")
		}
		return nil
	})
}

// yearRows is a year whose rows are read from the transaction as they are asked
// for.
func (o *Office) yearRows(tx *db.ReadTx, year int) (reports.Year, error) {
	from, until := pec.StartOfYear(year), pec.Earliest(pec.EndOfYear(year), o.Today())
	y := reports.Year{YearFacts: reports.YearFacts{Year: year, Until: until, MadeOn: o.Today()}}
	body, err := tx.OrderBody()
	if err != nil {
		return y, err
	}
	y.OrderBody, y.Place = body.Name, body.City
	if y.Logo, err = tx.Logo(); err != nil {
		return y, err
	}
	closing, err := tx.YearClosing(year)
	if err != nil {
		return y, err
	}
	y.ClosedOn = closing.On
	agreements, err := tx.Agreements()
	if err != nil {
		return y, err
	}
	for _, a := range agreementsWithin(agreements, from, until) {
		y.Agreements = append(y.Agreements, a.Name)
		y.SoldByProvider = y.SoldByProvider || a.SoldBy == pec.SoldByProvider
	}
	first, err := tx.FirstData()
	if err != nil {
		return y, err
	}
	y.NoData = year < o.Today().Year && (first == 0 || year < first)
	for _, fill := range []func(*db.ReadTx, *reports.YearFacts, pec.Date) error{yearCredit, yearBefore, yearBudget, yearAfter} {
		if err := fill(tx, &y.YearFacts, from); err != nil {
			return y, err
		}
	}
	names := kindNames{}
	for i, a := range agreements {
		if !a.StartsOn.After(until) || i == 0 {
			names.learn(a)
		}
	}
	y.Mailboxes = rowsOf(tx.YearMailboxes(from, until), names.mailboxRow)
	y.Periods = rowsOf(tx.YearPeriods(from, until), names.periodRow)
	y.Services = rowsOf(tx.YearServices(from, until), serviceRow)
	y.Orders = rowsOf(tx.YearOrders(from, until), orderRow)
	y.Movements = rowsOf(tx.EntriesBetween(from, until), movementRow)
	y.Expiries = expiries{tx, y.Year, from, until, y.MadeOn, names, agreements}.rows
	if !y.NoData { // who was on the register then is not known: those of today were not
		y.Without = rowsOf(tx.YearWithout(until), withoutRow)
	}
	y.Opened, y.Held = rowsOf(tx.YearBalances(from.AddDays(-1)), balanceRow), rowsOf(tx.YearBalances(until), balanceRow)
	return y, nil
}

// rowsOf turns stored rows into those of a report.
func rowsOf[A, B any](rows iter.Seq2[A, error], turned func(A) B) iter.Seq2[B, error] {
	return func(yield func(B, error) bool) {
		for row, err := range rows {
			if err != nil {
				var none B
				yield(none, err)
				return
			}
			if !yield(turned(row), nil) {
				return
			}
		}
	}
}

// kindNames are the kinds by code, as the latest agreement describes them.
type kindNames map[string]pec.Kind

func (n kindNames) learn(a pec.Agreement) {
	for _, k := range a.Kinds {
		n[k.Code] = k
	}
}

func (n kindNames) name(code string) string {
	if k, ok := n[code]; ok {
		return k.Name
	}
	return code
}

func (n kindNames) mailboxRow(m db.YearMailbox) reports.MailboxRow {
	return reports.MailboxRow{
		Address: m.Address, Holder: reports.Person{ID: m.HolderID, Name: m.Holder, RegistrationNumber: m.RegistrationNumber, TaxCode: m.TaxCode},
		Kind: n.name(m.Kind), Status: m.Status, ActivatedOn: m.ActivatedOn, ExpiresOn: m.ExpiresOn,
		BaseGB: n[m.Kind].BaseInboxGB, ExtraGB: m.ExtraGB, ClosedOn: m.ClosedOn, Reason: m.Reason,
		RequestedOn: m.RequestedOn, Requests: m.Requests, Section: m.Section, Sector: m.Sector,
	}
}

// expiries are those of the next year, of the mailboxes in being at the end.
type expiries struct {
	tx          *db.ReadTx
	year        int
	from, until pec.Date
	madeOn      pec.Date
	kinds       kindNames
	agreements  []pec.Agreement
}

// atATime is how many mailboxes are read again for their expiries.
const atATime = 500

// rows lists them by day and address. On which day a mailbox expires the
// agreements decide, not the database: a first pass keeps no more than that day
// of each, in the order of addresses; the rest is read again for a few at a time.
func (e expiries) rows(yield func(reports.ExpiryRow, error) bool) {
	type due struct {
		on  pec.Date
		box int64
	}
	var list []due
	for m, err := range e.tx.YearMailboxes(e.from, e.until) {
		if err != nil {
			yield(reports.ExpiryRow{}, err)
			return
		}
		if x, ok := e.next(m); ok {
			list = append(list, due{x.On, m.ID})
		}
	}
	slices.SortStableFunc(list, func(a, b due) int { return a.on.Compare(b.on) })
	for some := range slices.Chunk(list, atATime) {
		ids := make([]int64, len(some))
		for i, d := range some {
			ids[i] = d.box
		}
		boxes, err := e.tx.YearMailboxesOf(ids, e.until)
		if err != nil {
			yield(reports.ExpiryRow{}, err)
			return
		}
		begun, err := e.tx.TermsBegunOf(ids, pec.StartOfYear(e.year+1), e.madeOn)
		if err != nil {
			yield(reports.ExpiryRow{}, err)
			return
		}
		for _, id := range ids {
			m := boxes[id]
			x, _ := e.next(m)
			if !yield(e.happened(e.row(m, x), m, begun[id]), nil) {
				return
			}
		}
	}
}

// next is the expiry of a mailbox in the next year; false when it has none.
func (e expiries) next(m db.YearMailbox) (pec.Expiring, bool) {
	if m.ActivatedOn.IsZero() || !m.ClosedOn.IsZero() {
		return pec.Expiring{}, false
	}
	if !m.TurnsOn.IsZero() && m.TurnsOn == m.Ahead.On && m.TurnsOn.Year <= e.year {
		m.Ahead.On = m.EndsOn // its renewal this year is paid already
	}
	return m.Ahead.In(e.year+1, cmp.Or(m.AnchorOn, m.Ahead.On), e.agreements)
}

func (e expiries) row(m db.YearMailbox, x pec.Expiring) reports.ExpiryRow {
	row := reports.ExpiryRow{
		Address: m.Address, Holder: reports.Person{ID: m.HolderID, Name: m.Holder, RegistrationNumber: m.RegistrationNumber, TaxCode: m.TaxCode},
		Kind: e.kinds.name(x.Kind), On: x.On,
	}
	switch o := x.Expected(e.agreements); {
	case x.On == m.TurnsOn:
		row.Outcome = reports.ExpiryPaid
	case o.Renewing > 0:
		row.Outcome, row.Cost = reports.ExpiryRenews, o.Price
	case o.Failing > 0:
		row.Outcome = reports.ExpiryFails
	case !x.OnRegister:
		row.Outcome = reports.ExpiryLeaver
	default:
		row.Outcome = reports.ExpiryOrder
	}
	return row
}

// happened says of an expiry what became of it, where that is known: a term begun on
// it, or the closing of the mailbox.
func (e expiries) happened(row reports.ExpiryRow, m db.YearMailbox, begun map[pec.Date]db.StartedTerm) reports.ExpiryRow {
	term, renewed := begun[row.On]
	switch {
	case renewed && term.Member:
		row.Outcome, row.Cost, row.Kind = reports.ExpiryBought, pec.Amounts{}, e.kinds.name(term.Kind)
	case renewed:
		row.Outcome, row.Cost, row.Kind = reports.ExpiryRenewed, term.Price, e.kinds.name(term.Kind)
	case !m.GoneOn.IsZero() && !m.GoneOn.After(e.madeOn):
		row.Outcome, row.Cost = reports.ExpiryClosed, pec.Amounts{}
	}
	return row
}

func balanceRow(b db.YearBalance) reports.BalanceRow {
	return reports.BalanceRow{
		Member: reports.Person{ID: b.ID, Name: b.Holder, RegistrationNumber: b.RegistrationNumber, TaxCode: b.TaxCode}, Amount: b.Amount,
	}
}

func withoutRow(w db.YearWithout) reports.WithoutRow {
	return reports.WithoutRow{
		Member:  reports.Person{ID: w.ID, Name: w.Holder, RegistrationNumber: w.RegistrationNumber, TaxCode: w.TaxCode},
		Section: w.Section, Sector: w.Sector, OwnPEC: w.OwnPEC,
	}
}

func (n kindNames) periodRow(p db.YearPeriod) reports.PeriodRow {
	return reports.PeriodRow{
		Address: p.Address, Holder: reports.Person{ID: p.HolderID, Name: p.Holder, RegistrationNumber: p.RegistrationNumber, TaxCode: p.TaxCode},
		From: p.StartsOn, To: p.EndsOn, Origin: reports.PeriodOrigin(p.Origin),
		PaidByMember: !p.Charged && p.Origin != "imported", Cost: p.Price,
		Kind: n.name(p.Kind), Section: p.Section, Sector: p.Sector,
	}
}

func serviceRow(s db.YearService) reports.ServiceRow {
	row := reports.ServiceRow{
		Member: reports.Person{ID: s.HolderID, Name: s.Holder, RegistrationNumber: s.RegistrationNumber, TaxCode: s.TaxCode}, Address: s.Address,
		Product: s.ProductName, Quantity: s.Quantity, Since: s.StartedOn, Until: s.ExpiresOn,
		UnitPrice: s.UnitPrice, Net: s.Paid, Renewals: s.Renewals, EndedOn: s.EndedOn, EndReason: s.EndReason, SoldBy: s.Source,
	}
	if s.Unit == "GB" || s.Product == pec.InboxGB {
		row.GB = s.Quantity
	}
	return row
}

func orderRow(o db.YearOrder) reports.OrderRow {
	return reports.OrderRow{
		Number: o.Number(), CompletedOn: o.CompletedOn, Member: reports.Person{ID: o.MemberID, Name: o.Holder, RegistrationNumber: o.RegistrationNumber, TaxCode: o.TaxCode},
		Address: o.Address, Kind: o.Kind, Lines: o.Lines, GBSold: o.GBSold, Paid: o.Price,
	}
}

func movementRow(e db.Entry) reports.MovementRow {
	reference := e.Reason
	switch {
	case e.OrderNumber != "":
		reference = e.OrderNumber
	case e.Reference != "":
		reference = e.Method.Italian() + " " + e.Reference
	}
	return reports.MovementRow{
		Seq: e.ID, Day: e.On, Member: reports.Person{ID: e.MemberID, Name: e.Holder, RegistrationNumber: e.RegistrationNumber, TaxCode: e.TaxCode}, Kind: e.Kind, Reference: reference, Amount: e.Amount,
		Method: e.Method, PaymentReference: e.Reference, Reversed: e.Reversed,
	}
}

func yearCredit(tx *db.ReadTx, y *reports.YearFacts, from pec.Date) (err error) {
	if y.OpeningCredit, err = tx.CreditAt(from.AddDays(-1)); err != nil {
		return err
	}
	if y.ClosingCredit, err = tx.CreditAt(y.Until); err != nil {
		return err
	}
	y.Claims, err = tx.ClaimsAt(y.Until)
	return err
}

// yearBefore sums the year before up to the same day; it is left out when
// nothing of it is stored.
func yearBefore(tx *db.ReadTx, y *reports.YearFacts, from pec.Date) error {
	first, err := tx.FirstYear()
	if err != nil || first == 0 || first >= y.Year {
		return err
	}
	until := y.Until.AddYears(-1)
	t, err := tx.YearTotals(from.AddYears(-1), until)
	if err != nil {
		return err
	}
	b := reports.Before{Until: until, Activated: t.Activated, Renewed: t.Renewed, Closed: t.Closed, Ordine: t.Ordine, Members: t.Members}
	b.Months, err = tx.CostByMonth(y.Year - 1)
	y.Before = &b
	return err
}

// yearAfter sums what the next year came to, once it is over.
func yearAfter(tx *db.ReadTx, y *reports.YearFacts, from pec.Date) error {
	next := from.AddYears(1)
	if !pec.EndOfYear(next.Year).Before(y.MadeOn) {
		return nil
	}
	t, err := tx.YearTotals(next, pec.EndOfYear(next.Year))
	y.NextSpent = &t.Ordine
	return err
}

func yearBudget(tx *db.ReadTx, y *reports.YearFacts, _ pec.Date) error {
	b, err := tx.YearBudget(y.Year)
	if b.Gross != 0 {
		y.Budget = &b.Gross
	}
	return err
}

// YearLines gives the rows behind a figure of the yearly report to a function
// that may go through them as often as it must; they are gone when it returns. A
// figure that there is not is a Problem.
func (o *Office) YearLines(ctx context.Context, year int, t reports.Trace, f func(reports.Lines) error) error {
	if err := o.reportable(year); err != nil {
		return err
	}
	if err := o.hasData(ctx, year); err != nil {
		return err
	}
	return o.DB.Read(ctx, func(tx *db.ReadTx) error {
		y, err := o.yearRows(tx, year)
		if err != nil {
			return err
		}
		lines, ok := y.Lines(t)
		if !ok {
			return pec.Refuse("figure_unknown", "Il report non ha questa cifra.")
		}
		return f(lines)
	})
}
