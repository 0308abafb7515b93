package db

import (
	"encoding/json"
	"iter"
	"strconv"

	"albopec/app/pec"
)

// YearMailbox is a mailbox as it stood at the end of a day.
type YearMailbox struct {
	ID                 int64
	HolderID           int64
	Address            string
	Holder             string
	RegistrationNumber string
	TaxCode            string
	Kind               string
	Status             pec.MailboxStatus
	ActivatedOn        pec.Date
	ExpiresOn          pec.Date
	ExtraGB            int
	ClosedOn           pec.Date
	Reason             pec.CloseReason
	RequestedOn        pec.Date // the latest up to then
	Requests           int      // of the year up to then; one that was withdrawn by then is none
	Section, Sector    string   // of the holder
	// As they are now, for the expiries to come:
	Ahead    pec.Expiring // the mailbox, on E as it was at the end of the day
	AnchorOn pec.Date
	TurnsOn  pec.Date // E from which a renewal paid ahead begins; zero for none
	EndsOn   pec.Date // E with that renewal
	GoneOn   pec.Date // day of its closing, however late; zero while it is open
}

// requestsThen are the requests of a mailbox as they stood at the end of ?2.
const requestsThen = `FROM mailbox_requests r WHERE r.mailbox_id = b.id AND r.requested_on <= ?2 AND (r.withdrawn_on IS NULL OR r.withdrawn_on > ?2)`

// yearMailboxes reads mailboxes as they stood at the end of ?2, of a year from ?1
// on.
const yearMailboxes = `SELECT b.id, b.member_id, b.address, m.surname || ' ' || m.name, COALESCE(m.registration_number, ''), COALESCE(m.tax_code, ''), b.kind, b.status,
		b.activated_on, COALESCE((SELECT MAX(ends_on) FROM periods p WHERE p.mailbox_id = b.id AND p.starts_on <= ?2), b.expires_on),
		COALESCE((SELECT SUM(COALESCE((SELECT l.quantity FROM order_lines l JOIN orders o ON o.id = l.order_id
				WHERE l.service_id = s.id AND o.state = 'completed' AND o.completed_on <= ?2 ORDER BY l.id DESC LIMIT 1),
				(SELECT t.quantity FROM stated_terms t WHERE t.service_id = s.id AND t.to_on > ?2 ORDER BY t.to_on LIMIT 1), s.quantity))
			FROM services s WHERE s.mailbox_id = b.id AND s.product = 'inbox_gb' AND s.started_on <= ?2 AND (s.ended_on IS NULL OR s.ended_on > ?2)), 0),
		b.closed_on, b.close_reason, (SELECT MAX(r.requested_on) ` + requestsThen + `),
		(SELECT COUNT(*) ` + requestsThen + ` AND r.requested_on >= ?1), m.section, m.sector,
		COALESCE(NULLIF(b.next_kind, ''), b.kind), b.term_years, b.auto_renew, m.status IN ('active', 'suspended'), b.anchor_on, b.turns_on, b.expires_on,
		COALESCE((SELECT a.action = 'mailbox.suspended' ` + turnsOf + ` AND a.day_on <= ?2 ORDER BY a.id DESC LIMIT 1),
			b.status = 'suspended' AND NOT EXISTS (SELECT 1 ` + turnsOf + `))
	FROM mailboxes b JOIN members m ON m.id = b.member_id `

// turnsOf are the suspensions of a mailbox b and their ends.
const turnsOf = `FROM audit a WHERE a.entity = 'mailbox' AND a.entity_id = b.id AND a.action IN ('mailbox.suspended', 'mailbox.reactivated')`

// yearWithdrawn reads what was asked for at the end of ?2 and withdrawn later: the
// mailboxes are gone.
const yearWithdrawn = `SELECT b.mailbox_id, b.member_id, b.address, m.surname || ' ' || m.name, COALESCE(m.registration_number, ''), COALESCE(m.tax_code, ''), b.kind, 'requested',
		NULL, NULL, 0, NULL, '', b.requested_on, b.requested_on >= ?1, m.section, m.sector, b.kind, 1, 0, m.status IN ('active', 'suspended'), NULL, NULL, NULL, 0
	FROM mailbox_requests b JOIN members m ON m.id = b.member_id
	WHERE b.requested_on <= ?2 AND b.withdrawn_on > ?2 AND NOT EXISTS (SELECT 1 FROM mailboxes x WHERE x.id = b.mailbox_id)`

func scanYearMailbox(until pec.Date) func(scanner) (YearMailbox, error) {
	return func(row scanner) (YearMailbox, error) {
		var m YearMailbox
		var suspended bool // then
		err := row.Scan(&m.ID, &m.HolderID, &m.Address, &m.Holder, &m.RegistrationNumber, &m.TaxCode, &m.Kind, &m.Status, dayInto{&m.ActivatedOn}, dayInto{&m.ExpiresOn},
			&m.ExtraGB, dayInto{&m.ClosedOn}, &m.Reason, dayInto{&m.RequestedOn}, &m.Requests, &m.Section, &m.Sector,
			&m.Ahead.Kind, &m.Ahead.TermYears, &m.Ahead.AutoRenew, &m.Ahead.OnRegister, dayInto{&m.AnchorOn}, dayInto{&m.TurnsOn}, dayInto{&m.EndsOn}, &suspended)
		m.Ahead.On, m.Ahead.Mailboxes, m.GoneOn = m.ExpiresOn, 1, m.ClosedOn
		if m.ActivatedOn.After(until) { // not yet active then
			m.ActivatedOn, m.ExpiresOn, m.Status = pec.Date{}, pec.Date{}, pec.MailboxRequested
		}
		if m.ClosedOn.After(until) { // still open then
			m.ClosedOn, m.Reason = pec.Date{}, ""
			if m.Status == pec.MailboxClosed {
				m.Status = pec.MailboxActive
			}
		}
		switch {
		case m.Status.Running() && suspended:
			m.Status = pec.MailboxSuspended
		case m.Status.Running():
			m.Status = pec.MailboxActive
		}
		return m, err
	}
}

// YearMailboxes streams the mailboxes that were there on some day from `from`
// to `until`, as they stood at the end of `until`, by address.
func (tx *ReadTx) YearMailboxes(from, until pec.Date) iter.Seq2[YearMailbox, error] {
	return stream(tx, scanYearMailbox(until), yearMailboxes+`WHERE (b.activated_on <= ?2 OR EXISTS (SELECT 1 `+requestsThen+`)) AND (b.closed_on IS NULL OR b.closed_on >= ?1)
		UNION ALL `+yearWithdrawn+` ORDER BY 3, 1`, day(from), day(until))
}

// YearMailboxesOf returns some mailboxes as they stood at the end of a day, by
// their ids.
func (tx *ReadTx) YearMailboxesOf(ids []int64, until pec.Date) (map[int64]YearMailbox, error) {
	which, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	list, err := all(tx, scanYearMailbox(until), yearMailboxes+`WHERE b.id IN (SELECT value FROM json_each(?3))`, day(until), day(until), string(which))
	of := make(map[int64]YearMailbox, len(list))
	for _, m := range list {
		of[m.ID] = m
	}
	return of, err
}

// StartedTerm is a mailbox's term that has begun, with what the Ordine owes for it.
type StartedTerm struct {
	Kind   string
	Member bool // paid by the holder; one that was imported is not
	Price  pec.Amounts
}

// TermsBegunOf returns the terms of some mailboxes that begin from one day to
// another, both included, by mailbox and first day.
func (tx *ReadTx) TermsBegunOf(ids []int64, from, until pec.Date) (map[int64]map[pec.Date]StartedTerm, error) {
	which, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	type term struct {
		StartedTerm
		box int64
		on  pec.Date
	}
	list, err := all(tx, func(row scanner) (term, error) {
		var t term
		return t, row.Scan(&t.box, dayInto{&t.on}, &t.Kind, &t.Member, &t.Price.Net, &t.Price.VAT, &t.Price.Gross)
	}, `SELECT p.mailbox_id, p.starts_on, p.kind, c.id IS NULL AND p.origin <> 'imported', COALESCE(c.net_cents, 0), COALESCE(c.vat_cents, 0), COALESCE(c.gross_cents, 0)
		FROM periods p LEFT JOIN charges c ON c.period_id = p.id
		WHERE p.mailbox_id IN (SELECT value FROM json_each(?)) AND p.starts_on BETWEEN ? AND ?`, string(which), day(from), day(until))
	of := map[int64]map[pec.Date]StartedTerm{}
	for _, t := range list {
		if of[t.box] == nil {
			of[t.box] = map[pec.Date]StartedTerm{}
		}
		of[t.box][t.on] = t.StartedTerm
	}
	return of, err
}

// YearPeriod is a term with what the Ordine owes for it.
type YearPeriod struct {
	HolderID           int64
	Address            string
	Holder             string
	RegistrationNumber string
	TaxCode            string
	StartsOn, EndsOn   pec.Date
	Origin             string
	Charged            bool
	Price              pec.Amounts
	Kind               string
	Section, Sector    string // of the holder
}

// YearPeriods streams the terms that begin from one day to another, both
// included, in order of day and address.
func (tx *ReadTx) YearPeriods(from, until pec.Date) iter.Seq2[YearPeriod, error] {
	return stream(tx, func(row scanner) (YearPeriod, error) {
		var p YearPeriod
		return p, row.Scan(&p.HolderID, &p.Address, &p.Holder, &p.RegistrationNumber, &p.TaxCode, dayInto{&p.StartsOn}, dayInto{&p.EndsOn}, &p.Origin,
			&p.Charged, &p.Price.Net, &p.Price.VAT, &p.Price.Gross, &p.Kind, &p.Section, &p.Sector)
	}, `SELECT m.id, b.address, m.surname || ' ' || m.name, COALESCE(m.registration_number, ''), COALESCE(m.tax_code, ''), p.starts_on, p.ends_on, p.origin,
			c.id IS NOT NULL, COALESCE(c.net_cents, 0), COALESCE(c.vat_cents, 0), COALESCE(c.gross_cents, 0), b.kind, m.section, m.sector
		FROM periods p JOIN mailboxes b ON b.id = p.mailbox_id JOIN members m ON m.id = b.member_id LEFT JOIN charges c ON c.period_id = p.id
		WHERE p.starts_on BETWEEN ? AND ? ORDER BY p.starts_on, b.address, p.id`, day(from), day(until))
}

// YearTotals are the sums of a span of days.
type YearTotals struct {
	Activated, Renewed, Closed int
	Ordine                     pec.Amounts // charges of the terms that begin then
	Members                    pec.Amounts // orders completed
}

// YearTotals sums what the other reads of a year list, from one day to another,
// both included.
func (tx *ReadTx) YearTotals(from, until pec.Date) (YearTotals, error) {
	var t YearTotals
	err := figures(tx, []any{&t.Activated, &t.Closed}, `SELECT COALESCE(SUM(activated_on BETWEEN ?1 AND ?2), 0), COALESCE(SUM(closed_on BETWEEN ?1 AND ?2), 0) FROM mailboxes`, day(from), day(until))
	if err != nil {
		return t, err
	}
	err = figures(tx, []any{&t.Renewed, &t.Ordine.Net, &t.Ordine.VAT, &t.Ordine.Gross}, `SELECT COALESCE(SUM(p.origin = 'renewal'), 0),
			COALESCE(SUM(c.net_cents), 0), COALESCE(SUM(c.vat_cents), 0), COALESCE(SUM(c.gross_cents), 0)
		FROM periods p LEFT JOIN charges c ON c.period_id = p.id WHERE p.starts_on BETWEEN ? AND ?`, day(from), day(until))
	if err != nil {
		return t, err
	}
	return t, figures(tx, []any{&t.Members.Net, &t.Members.VAT, &t.Members.Gross}, `SELECT COALESCE(SUM(net_cents), 0), COALESCE(SUM(vat_cents), 0), COALESCE(SUM(gross_cents), 0)
		FROM orders WHERE state = 'completed' AND completed_on BETWEEN ? AND ?`, day(from), day(until))
}

// CostByMonth is what the Ordine owes for the terms that begin in each month of
// a year, gross, January first.
func (tx *ReadTx) CostByMonth(year int) (months [12]pec.Cents, err error) {
	type sum struct {
		month int
		gross pec.Cents
	}
	list, err := all(tx, func(row scanner) (sum, error) {
		var s sum
		return s, row.Scan(&s.month, &s.gross)
	}, `SELECT CAST(substr(starts_on, 6, 2) AS INTEGER), SUM(gross_cents) FROM charges WHERE starts_on BETWEEN ? AND ? GROUP BY 1`, day(pec.StartOfYear(year)), day(pec.EndOfYear(year)))
	for _, s := range list {
		months[s.month-1] = s.gross
	}
	return months, err
}

// YearService is a service with what was paid for its term running at the end
// of a day.
type YearService struct {
	ServiceRow
	HolderID           int64
	Holder             string
	RegistrationNumber string
	TaxCode            string
	Unit               string    // "GB"; empty for what was bought at the provider
	UnitPrice          pec.Cents // net; 0 for what was bought at the provider
	Paid               pec.Cents // net, of the term running then
	Renewals           int       // from `from` to `until`; the order that started it is none
}

// YearServices streams the services that ran on some day from one day to
// another, in order of start and address.
func (tx *ReadTx) YearServices(from, until pec.Date) iter.Seq2[YearService, error] {
	return stream(tx, func(row scanner) (YearService, error) {
		var s YearService
		// Quantity and end as they were then, by the last order up to that day or, at
		// the provider, by the term that ran.
		err := row.Scan(append(s.into(), &s.HolderID, &s.Holder, &s.RegistrationNumber, &s.TaxCode, &s.Unit, &s.UnitPrice, &s.Paid, &s.Renewals,
			&s.Quantity, dayInto{&s.ExpiresOn})...)
		if s.EndedOn.After(until) {
			s.EndedOn, s.EndReason = pec.Date{}, ""
		}
		return s, err
	}, `SELECT `+serviceColumns+`, m.id, m.surname || ' ' || m.name, COALESCE(m.registration_number, ''), COALESCE(m.tax_code, ''),
			COALESCE(l.unit, ''), COALESCE(l.unit_price_cents, 0), COALESCE(l.net_cents, t.net_cents, s.net_cents),
			(SELECT COUNT(*) FROM order_lines r JOIN orders o ON o.id = r.order_id WHERE r.service_id = s.id AND o.kind = 'renewal'
				AND o.state = 'completed' AND o.completed_on BETWEEN ?1 AND ?2
				AND NOT EXISTS (SELECT 1 FROM order_lines f WHERE f.order_id = r.order_id AND f.service_id = s.id AND f.from_on <= s.started_on)),
			COALESCE(l.quantity, t.quantity, s.quantity), COALESCE(l.to_on, t.to_on, s.expires_on)
		FROM services s JOIN mailboxes b ON b.id = s.mailbox_id JOIN members m ON m.id = b.member_id
		LEFT JOIN order_lines l ON l.id = (SELECT MAX(x.id) FROM order_lines x JOIN orders o ON o.id = x.order_id
			WHERE x.service_id = s.id AND o.state = 'completed' AND o.completed_on <= ?2)
		LEFT JOIN stated_terms t ON t.service_id = s.id AND t.to_on = (SELECT MIN(x.to_on) FROM stated_terms x WHERE x.service_id = s.id AND x.to_on > ?2)
		WHERE s.started_on <= ?2 AND (s.ended_on IS NULL OR s.ended_on >= ?1)
		ORDER BY s.started_on, b.address, s.id`, day(from), day(until))
}

// YearOrder is a completed order with its lines in words.
type YearOrder struct {
	OrderRow
	Holder             string
	RegistrationNumber string
	TaxCode            string
	Address            string
	Lines              string
	GBSold             int
}

// YearOrders streams the orders completed from one day to another, by day and
// number.
func (tx *ReadTx) YearOrders(from, until pec.Date) iter.Seq2[YearOrder, error] {
	return stream(tx, func(row scanner) (YearOrder, error) {
		var o YearOrder
		return o, row.Scan(append(o.into(), &o.Holder, &o.RegistrationNumber, &o.TaxCode, &o.Address, &o.Lines, &o.GBSold)...)
	}, `SELECT `+orderColumns+`, m.surname || ' ' || m.name, COALESCE(m.registration_number, ''), COALESCE(m.tax_code, ''), b.address,
			COALESCE((SELECT group_concat(l.quantity || CASE l.unit WHEN 'GB' THEN ' GB ' ELSE ' × ' END || l.product_name, ', ') FROM order_lines l WHERE l.order_id = o.id), ''),
			CASE o.kind WHEN 'purchase' THEN COALESCE((SELECT SUM(l.quantity) FROM order_lines l WHERE l.order_id = o.id AND l.unit = 'GB'), 0)
				ELSE COALESCE((SELECT added_gb FROM renewal_orders r WHERE r.order_id = o.id), 0) END
		FROM orders o JOIN members m ON m.id = o.member_id JOIN mailboxes b ON b.id = o.mailbox_id
		WHERE o.state = 'completed' AND o.completed_on BETWEEN ? AND ? ORDER BY o.completed_on, o.number_year, o.number`, day(from), day(until))
}

// YearWithout is a member without a mailbox.
type YearWithout struct {
	ID                 int64
	Holder             string
	RegistrationNumber string
	TaxCode            string
	Section, Sector    string
	OwnPEC             bool
}

// YearWithout streams the members who were on the register at the end of a day
// and had no mailbox in being then, by name.
func (tx *ReadTx) YearWithout(until pec.Date) iter.Seq2[YearWithout, error] {
	return stream(tx, func(row scanner) (YearWithout, error) {
		var w YearWithout
		return w, row.Scan(&w.ID, &w.Holder, &w.RegistrationNumber, &w.TaxCode, &w.Section, &w.Sector, &w.OwnPEC)
	}, `SELECT m.id, m.surname || ' ' || m.name, COALESCE(m.registration_number, ''), COALESCE(m.tax_code, ''), m.section, m.sector, m.own_pec <> ''
		FROM members m
		WHERE m.merged_into IS NULL AND (m.status IN ('active', 'suspended') OR m.left_on > ?1) AND (m.registered_on IS NULL OR m.registered_on <= ?1)
			AND NOT EXISTS (SELECT 1 FROM mailboxes b WHERE b.member_id = m.id AND b.activated_on <= ?1 AND (b.closed_on IS NULL OR b.closed_on > ?1))
		ORDER BY m.surname, m.name, m.id`, day(until))
}

// YearBalance is a member's credit at the end of a day.
type YearBalance struct {
	ID                 int64
	Holder             string
	RegistrationNumber string
	TaxCode            string
	Amount             pec.Cents // gross
}

// YearBalances streams the credits at the end of a day that were not zero, by name.
func (tx *ReadTx) YearBalances(d pec.Date) iter.Seq2[YearBalance, error] {
	return stream(tx, func(row scanner) (YearBalance, error) {
		var b YearBalance
		return b, row.Scan(&b.ID, &b.Holder, &b.RegistrationNumber, &b.TaxCode, &b.Amount)
	}, `SELECT m.id, m.surname || ' ' || m.name, COALESCE(m.registration_number, ''), COALESCE(m.tax_code, ''), SUM(l.amount_cents)
		FROM ledger l JOIN members m ON m.id = l.member_id WHERE l.day_on <= ?
		GROUP BY m.id HAVING SUM(l.amount_cents) <> 0 ORDER BY m.surname, m.name, m.id`, day(d))
}

// CreditAt is the sum of all credits at the end of a day.
func (tx *ReadTx) CreditAt(d pec.Date) (pec.Cents, error) {
	return value[pec.Cents](tx, `SELECT COALESCE(SUM(amount_cents), 0) FROM ledger WHERE day_on <= ?`, day(d))
}

// ClaimsAt is the sum of what members owed at the end of a day.
func (tx *ReadTx) ClaimsAt(d pec.Date) (pec.Cents, error) {
	return value[pec.Cents](tx, `SELECT COALESCE(SUM(amount_cents), 0) FROM claims WHERE day_on <= ?`, day(d))
}

// FirstData is the year of the earliest thing that a report tells of: what was asked
// for or activated, or as FirstYear has it; 0 when there is none.
func (tx *ReadTx) FirstData() (int, error) {
	first, err := value[string](tx, `SELECT COALESCE(MIN(d), '0') FROM (SELECT MIN(activated_on) AS d FROM mailboxes
		UNION ALL SELECT MIN(requested_on) FROM mailbox_requests UNION ALL SELECT MIN(started_on) FROM services) WHERE d IS NOT NULL`)
	if err != nil {
		return 0, err
	}
	year, err := tx.FirstYear()
	if err != nil || len(first) < 4 {
		return year, err
	}
	earliest, err := strconv.Atoi(first[:4])
	if year != 0 {
		earliest = min(earliest, year)
	}
	return earliest, err
}

// FirstYear is the year of the earliest period, order or movement; 0 when
// there is none.
func (tx *ReadTx) FirstYear() (int, error) {
	first, err := value[string](tx, `SELECT COALESCE(MIN(d), '0') FROM (SELECT MIN(starts_on) AS d FROM periods
		UNION ALL SELECT MIN(day_on) FROM ledger UNION ALL SELECT MIN(ordered_on) FROM orders) WHERE d IS NOT NULL`)
	if err != nil || len(first) < 4 {
		return 0, err
	}
	return strconv.Atoi(first[:4])
}
