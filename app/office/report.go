package office

import (
	"cmp"
	"context"
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
func FiguresOf(y reports.Year) YearFigures {
	f := y.Figures()
	return YearFigures{
		MailboxesAtEnd: f.AtEnd, Activated: f.Activated, Closed: f.Closed, Renewed: f.Renewed,
		OrdineGross: f.Ordine.Gross, ServicesSoldGB: f.GBSold, MembersGross: f.Members.Gross,
		TopUps: f.TopUps, CreditOutstanding: f.Closing,
	}
}

// Year gathers the yearly report in one snapshot: up to 31/12, or up to today
// while the year runs. A year in the future is a Problem.
func (o *Office) Year(ctx context.Context, year int) (reports.Year, error) {
	if err := o.reportable(year); err != nil {
		return reports.Year{}, err
	}
	var y reports.Year
	err := o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		y, err = o.gatherYear(tx, year)
		return err
	})
	return y, err
}

// reportable refuses a year that has not begun.
func (o *Office) reportable(year int) error {
	if year < 1900 || year > o.Today().Year {
		return pec.Refuse("year_invalid", "Il report si può fare per un anno fino al %d.", o.Today().Year).On("year")
	}
	return nil
}

func (o *Office) gatherYear(tx *db.ReadTx, year int) (reports.Year, error) {
	from, until := pec.StartOfYear(year), pec.Earliest(pec.EndOfYear(year), o.Today())
	y := reports.Year{Year: year, Until: until, MadeOn: o.Today()}
	body, err := tx.OrderBody()
	if err != nil {
		return y, err
	}
	y.OrderBody, y.Place = body.Name, body.City
	if y.Logo, err = tx.Logo(); err != nil {
		return y, err
	}
	agreements, err := tx.Agreements()
	if err != nil {
		return y, err
	}
	for _, a := range agreementsWithin(agreements, from, until) {
		y.Agreements = append(y.Agreements, a.Name)
		y.SoldByProvider = y.SoldByProvider || a.SoldBy == pec.SoldByProvider
	}
	names := kindNames{}
	for i, a := range agreements {
		if !a.StartsOn.After(until) || i == 0 {
			names.learn(a)
		}
	}
	boxes, err := tx.YearMailboxes(from, until)
	if err != nil {
		return y, err
	}
	yearMailboxes(boxes, &y, names)
	yearExpiries(boxes, &y, names, agreements)
	for _, fill := range []func(*db.ReadTx, *reports.Year, kindNames, pec.Date) error{yearPeriods, yearServices, yearOrders, yearCredit, yearWithout, yearBefore, yearBudget} {
		if err := fill(tx, &y, names, from); err != nil {
			return y, err
		}
	}
	return y, nil
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

func yearMailboxes(list []db.YearMailbox, y *reports.Year, kinds kindNames) {
	for _, m := range list {
		y.Mailboxes = append(y.Mailboxes, reports.MailboxRow{
			Address: m.Address, Holder: reports.Person{Name: m.Holder, RegistrationNumber: m.RegistrationNumber, TaxCode: m.TaxCode},
			Kind: kinds.name(m.Kind), Status: m.Status, ActivatedOn: m.ActivatedOn, ExpiresOn: m.ExpiresOn,
			BaseGB: kinds[m.Kind].BaseInboxGB, ExtraGB: m.ExtraGB, ClosedOn: m.ClosedOn, Reason: m.Reason,
			RequestedOn: m.RequestedOn, Section: m.Section, Sector: m.Sector,
		})
	}
}

// yearExpiries lists the expiries of the next year, of the mailboxes in being at
// the end, by day and address.
func yearExpiries(list []db.YearMailbox, y *reports.Year, kinds kindNames, agreements []pec.Agreement) {
	for _, m := range list {
		if m.ActivatedOn.IsZero() || !m.ClosedOn.IsZero() {
			continue
		}
		if !m.TurnsOn.IsZero() && m.TurnsOn == m.Ahead.On && m.TurnsOn.Year <= y.Year {
			m.Ahead.On = m.EndsOn // its renewal this year is paid already
		}
		e, ok := m.Ahead.In(y.Year+1, cmp.Or(m.AnchorOn, m.Ahead.On), agreements)
		if !ok {
			continue
		}
		row := reports.ExpiryRow{
			Address: m.Address, Holder: reports.Person{Name: m.Holder, RegistrationNumber: m.RegistrationNumber, TaxCode: m.TaxCode},
			Kind: kinds.name(e.Kind), On: e.On,
		}
		switch o := e.Expected(agreements); {
		case e.On == m.TurnsOn:
			row.Outcome = reports.ExpiryPaid
		case o.Renewing > 0:
			row.Outcome, row.Cost = reports.ExpiryRenews, o.Price
		case o.Failing > 0:
			row.Outcome = reports.ExpiryFails
		case !e.OnRegister:
			row.Outcome = reports.ExpiryLeaver
		default:
			row.Outcome = reports.ExpiryOrder
		}
		y.Expiries = append(y.Expiries, row)
	}
	slices.SortStableFunc(y.Expiries, func(a, b reports.ExpiryRow) int {
		return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.Address, b.Address))
	})
}

func yearWithout(tx *db.ReadTx, y *reports.Year, _ kindNames, _ pec.Date) error {
	list, err := tx.YearWithout(y.Until)
	for _, w := range list {
		y.Without = append(y.Without, reports.WithoutRow{
			Member:  reports.Person{Name: w.Holder, RegistrationNumber: w.RegistrationNumber, TaxCode: w.TaxCode},
			Section: w.Section, Sector: w.Sector, OwnPEC: w.OwnPEC,
		})
	}
	return err
}

func yearPeriods(tx *db.ReadTx, y *reports.Year, kinds kindNames, from pec.Date) error {
	list, err := tx.YearPeriods(from, y.Until)
	for _, p := range list {
		y.Periods = append(y.Periods, reports.PeriodRow{
			Address: p.Address, Holder: reports.Person{Name: p.Holder, RegistrationNumber: p.RegistrationNumber, TaxCode: p.TaxCode},
			From: p.StartsOn, To: p.EndsOn, Origin: reports.PeriodOrigin(p.Origin),
			PaidByMember: !p.Charged && p.Origin != "imported", Cost: p.Price,
			Kind: kinds.name(p.Kind), Section: p.Section, Sector: p.Sector,
		})
	}
	return err
}

func yearServices(tx *db.ReadTx, y *reports.Year, _ kindNames, from pec.Date) error {
	list, err := tx.YearServices(from, y.Until)
	for _, s := range list {
		row := reports.ServiceRow{
			Member: reports.Person{Name: s.Holder, RegistrationNumber: s.RegistrationNumber, TaxCode: s.TaxCode}, Address: s.Address,
			Product: s.ProductName, Quantity: s.Quantity, Since: s.StartedOn, Until: s.ExpiresOn,
			UnitPrice: s.UnitPrice, Net: s.Paid, Renewals: s.Renewals, EndedOn: s.EndedOn, EndReason: s.EndReason, SoldBy: s.Source,
		}
		if s.Unit == "GB" || s.Product == pec.InboxGB {
			row.GB = s.Quantity
		}
		y.Services = append(y.Services, row)
	}
	return err
}

func yearOrders(tx *db.ReadTx, y *reports.Year, _ kindNames, from pec.Date) error {
	list, err := tx.YearOrders(from, y.Until)
	for _, o := range list {
		y.Orders = append(y.Orders, reports.OrderRow{
			Number: o.Number(), CompletedOn: o.CompletedOn, Member: reports.Person{Name: o.Holder, RegistrationNumber: o.RegistrationNumber, TaxCode: o.TaxCode},
			Address: o.Address, Kind: o.Kind, Lines: o.Lines, GBSold: o.GBSold, Paid: o.Price,
		})
	}
	return err
}

func yearCredit(tx *db.ReadTx, y *reports.Year, _ kindNames, from pec.Date) error {
	var err error
	if y.OpeningCredit, err = tx.CreditAt(from.AddDays(-1)); err != nil {
		return err
	}
	if y.ClosingCredit, err = tx.CreditAt(y.Until); err != nil {
		return err
	}
	if y.Claims, err = tx.ClaimsAt(y.Until); err != nil {
		return err
	}
	list, err := tx.EntriesBetween(from, y.Until)
	for _, e := range list {
		reference := e.Reason
		switch {
		case e.OrderNumber != "":
			reference = e.OrderNumber
		case e.Reference != "":
			reference = e.Method.Italian() + " " + e.Reference
		}
		y.Movements = append(y.Movements, reports.MovementRow{
			Seq: e.ID, Day: e.On, Member: reports.Person{Name: e.Holder, RegistrationNumber: e.RegistrationNumber, TaxCode: e.TaxCode}, Kind: e.Kind, Reference: reference, Amount: e.Amount,
			Method: e.Method, PaymentReference: e.Reference, Reversed: e.Reversed,
		})
	}
	return err
}

// yearBefore sums the year before up to the same day; it is left out when
// nothing of it is stored.
func yearBefore(tx *db.ReadTx, y *reports.Year, _ kindNames, from pec.Date) error {
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

func yearBudget(tx *db.ReadTx, y *reports.Year, _ kindNames, _ pec.Date) error {
	b, err := tx.YearBudget(y.Year)
	if b.Gross != 0 {
		y.Budget = &b.Gross
	}
	return err
}
