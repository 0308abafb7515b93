package db

import (
	"strconv"

	"albopec/app/pec"
)

// YearMailbox is a mailbox as it stood at the end of a day.
type YearMailbox struct {
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
}

// YearMailboxes returns the mailboxes that were there on some day from `from`
// to `until`, as they stood at the end of `until`, by address.
func (tx *ReadTx) YearMailboxes(from, until pec.Date) ([]YearMailbox, error) {
	return all(tx, func(row scanner) (YearMailbox, error) {
		var m YearMailbox
		err := row.Scan(&m.Address, &m.Holder, &m.RegistrationNumber, &m.TaxCode, &m.Kind, &m.Status, dayInto{&m.ActivatedOn}, dayInto{&m.ExpiresOn},
			&m.ExtraGB, dayInto{&m.ClosedOn}, &m.Reason)
		if m.ActivatedOn.After(until) { // not yet active then
			m.ActivatedOn, m.ExpiresOn, m.Status = pec.Date{}, pec.Date{}, pec.MailboxRequested
		}
		if m.ClosedOn.After(until) { // still open then
			m.ClosedOn, m.Reason = pec.Date{}, ""
			if m.Status == pec.MailboxClosed {
				m.Status = pec.MailboxActive
			}
		}
		return m, err
	}, `SELECT b.address, m.surname || ' ' || m.name, COALESCE(m.registration_number, ''), COALESCE(m.tax_code, ''), b.kind, b.status,
			b.activated_on, COALESCE((SELECT MAX(ends_on) FROM periods p WHERE p.mailbox_id = b.id AND p.starts_on <= ?2), b.expires_on),
			COALESCE((SELECT SUM(COALESCE((SELECT l.quantity FROM order_lines l JOIN orders o ON o.id = l.order_id
					WHERE l.service_id = s.id AND o.state = 'completed' AND o.completed_on <= ?2 ORDER BY l.id DESC LIMIT 1), s.quantity))
				FROM services s WHERE s.mailbox_id = b.id AND s.product = 'inbox_gb' AND s.started_on <= ?2 AND (s.ended_on IS NULL OR s.ended_on > ?2)), 0),
			b.closed_on, b.close_reason
		FROM mailboxes b JOIN members m ON m.id = b.member_id
		WHERE COALESCE(b.requested_on, b.activated_on) <= ?2 AND (b.closed_on IS NULL OR b.closed_on >= ?1)
		ORDER BY b.address, b.id`, day(from), day(until))
}

// YearPeriod is a term with what the Ordine owes for it.
type YearPeriod struct {
	Address            string
	Holder             string
	RegistrationNumber string
	TaxCode            string
	StartsOn, EndsOn   pec.Date
	Origin             string
	Charged            bool
	Price              pec.Amounts
}

// YearPeriods returns the terms that begin from one day to another, both
// included, in order of day and address.
func (tx *ReadTx) YearPeriods(from, until pec.Date) ([]YearPeriod, error) {
	return all(tx, func(row scanner) (YearPeriod, error) {
		var p YearPeriod
		return p, row.Scan(&p.Address, &p.Holder, &p.RegistrationNumber, &p.TaxCode, dayInto{&p.StartsOn}, dayInto{&p.EndsOn}, &p.Origin,
			&p.Charged, &p.Price.Net, &p.Price.VAT, &p.Price.Gross)
	}, `SELECT b.address, m.surname || ' ' || m.name, COALESCE(m.registration_number, ''), COALESCE(m.tax_code, ''), p.starts_on, p.ends_on, p.origin,
			c.id IS NOT NULL, COALESCE(c.net_cents, 0), COALESCE(c.vat_cents, 0), COALESCE(c.gross_cents, 0)
		FROM periods p JOIN mailboxes b ON b.id = p.mailbox_id JOIN members m ON m.id = b.member_id LEFT JOIN charges c ON c.period_id = p.id
		WHERE p.starts_on BETWEEN ? AND ? ORDER BY p.starts_on, b.address`, day(from), day(until))
}

// YearService is a service with what was paid for its term running at the end
// of a day.
type YearService struct {
	ServiceRow
	Holder             string
	RegistrationNumber string
	TaxCode            string
	Unit               string    // "GB"; empty for what was bought at the provider
	UnitPrice          pec.Cents // net; 0 for what was bought at the provider
	Paid               pec.Cents // net, of the term running then
	Renewals           int       // from `from` to `until`
}

// YearServices returns the services that ran on some day from one day to
// another, in order of start and address.
func (tx *ReadTx) YearServices(from, until pec.Date) ([]YearService, error) {
	return all(tx, func(row scanner) (YearService, error) {
		var s YearService
		// Quantity and end as they were then, by the last order up to that day.
		err := row.Scan(append(s.into(), &s.Holder, &s.RegistrationNumber, &s.TaxCode, &s.Unit, &s.UnitPrice, &s.Paid, &s.Renewals,
			&s.Quantity, dayInto{&s.ExpiresOn})...)
		if s.EndedOn.After(until) {
			s.EndedOn, s.EndReason = pec.Date{}, ""
		}
		return s, err
	}, `SELECT `+serviceColumns+`, m.surname || ' ' || m.name, COALESCE(m.registration_number, ''), COALESCE(m.tax_code, ''),
			COALESCE(l.unit, ''), COALESCE(l.unit_price_cents, 0), COALESCE(l.net_cents, s.net_cents),
			(SELECT COUNT(*) FROM order_lines r JOIN orders o ON o.id = r.order_id WHERE r.service_id = s.id AND o.kind = 'renewal'
				AND o.state = 'completed' AND o.completed_on BETWEEN ?1 AND ?2
				AND r.order_id <> (SELECT MIN(order_id) FROM order_lines f WHERE f.service_id = s.id)),
			COALESCE(l.quantity, s.quantity), COALESCE(l.to_on, s.expires_on)
		FROM services s JOIN mailboxes b ON b.id = s.mailbox_id JOIN members m ON m.id = b.member_id
		LEFT JOIN order_lines l ON l.id = (SELECT MAX(x.id) FROM order_lines x JOIN orders o ON o.id = x.order_id
			WHERE x.service_id = s.id AND o.state = 'completed' AND o.completed_on <= ?2)
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

// YearOrders returns the orders completed from one day to another, by number.
func (tx *ReadTx) YearOrders(from, until pec.Date) ([]YearOrder, error) {
	return all(tx, func(row scanner) (YearOrder, error) {
		var o YearOrder
		return o, row.Scan(append(o.into(), &o.Holder, &o.RegistrationNumber, &o.TaxCode, &o.Address, &o.Lines, &o.GBSold)...)
	}, `SELECT `+orderColumns+`, m.surname || ' ' || m.name, COALESCE(m.registration_number, ''), COALESCE(m.tax_code, ''), b.address,
			COALESCE((SELECT group_concat(l.quantity || CASE l.unit WHEN 'GB' THEN ' GB ' ELSE ' × ' END || l.product_name, ', ') FROM order_lines l WHERE l.order_id = o.id), ''),
			CASE o.kind WHEN 'purchase' THEN COALESCE((SELECT SUM(l.quantity) FROM order_lines l WHERE l.order_id = o.id AND l.unit = 'GB'), 0)
				ELSE COALESCE((SELECT added_gb FROM renewal_orders r WHERE r.order_id = o.id), 0) END
		FROM orders o JOIN members m ON m.id = o.member_id JOIN mailboxes b ON b.id = o.mailbox_id
		WHERE o.state = 'completed' AND o.completed_on BETWEEN ? AND ? ORDER BY o.completed_on, o.number_year, o.number`, day(from), day(until))
}

// CreditAt is the sum of all credits at the end of a day.
func (tx *ReadTx) CreditAt(d pec.Date) (pec.Cents, error) {
	return value[pec.Cents](tx, `SELECT COALESCE(SUM(amount_cents), 0) FROM ledger WHERE day_on <= ?`, day(d))
}

// ClaimsAt is the sum of what members owed at the end of a day.
func (tx *ReadTx) ClaimsAt(d pec.Date) (pec.Cents, error) {
	return value[pec.Cents](tx, `SELECT COALESCE(SUM(amount_cents), 0) FROM claims WHERE day_on <= ?`, day(d))
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
