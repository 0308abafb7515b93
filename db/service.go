package db

import (
	"encoding/json"
	"strings"

	"albopec/app/pec"
)

// ServiceRow is a service with its name and what was last paid for it.
type ServiceRow struct {
	pec.Service
	ProductName string
	Net         pec.Cents // last paid, net: here, or by the provider's statement
	BatchID     int64
}

const serviceColumns = `s.id, s.mailbox_id, b.address, s.product, s.quantity, s.next_quantity, s.started_on, s.expires_on, s.auto_renew,
	s.preference, s.source, s.ended_on, s.end_reason, s.product_name, s.net_cents, COALESCE(s.batch_id, 0)`

func (s *ServiceRow) into() []any {
	return []any{
		&s.ID, &s.MailboxID, &s.Address, &s.Product, &s.Quantity, &s.NextQuantity, dayInto{&s.StartedOn}, dayInto{&s.ExpiresOn}, &s.AutoRenew,
		&s.Preference, &s.Source, dayInto{&s.EndedOn}, &s.EndReason, &s.ProductName, &s.Net, &s.BatchID,
	}
}

func scanService(row scanner) (ServiceRow, error) {
	var s ServiceRow
	return s, row.Scan(s.into()...)
}

// Service returns one service.
func (tx *ReadTx) Service(id int64) (ServiceRow, error) {
	return one(tx, pec.Refuse("service_unknown", "Il servizio non esiste."), scanService,
		`SELECT `+serviceColumns+` FROM services s JOIN mailboxes b ON b.id = s.mailbox_id WHERE s.id = ?`, id)
}

// ServicesOn returns the services of a mailbox: the running ones, or all.
func (tx *ReadTx) ServicesOn(mailbox int64, ended bool) ([]ServiceRow, error) {
	return all(tx, scanService, `SELECT `+serviceColumns+` FROM services s JOIN mailboxes b ON b.id = s.mailbox_id
		WHERE s.mailbox_id = ? AND (? OR s.ended_on IS NULL) ORDER BY s.ended_on IS NOT NULL, s.started_on, s.id`, mailbox, ended)
}

// ServicesOnEach returns all services of some mailboxes, ended ones too, by the
// mailboxes' ids, each list as ServicesOn has it.
func (tx *ReadTx) ServicesOnEach(mailboxes []int64) (map[int64][]ServiceRow, error) {
	ids, err := json.Marshal(mailboxes)
	if err != nil {
		return nil, err
	}
	list, err := all(tx, scanService, `SELECT `+serviceColumns+` FROM services s JOIN mailboxes b ON b.id = s.mailbox_id
		WHERE s.mailbox_id IN (SELECT value FROM json_each(?)) ORDER BY s.ended_on IS NOT NULL, s.started_on, s.id`, string(ids))
	of := map[int64][]ServiceRow{}
	for _, s := range list {
		of[s.MailboxID] = append(of[s.MailboxID], s)
	}
	return of, err
}

// RunningServicesOf returns the running services on all mailboxes of a member.
func (tx *ReadTx) RunningServicesOf(member int64) ([]ServiceRow, error) {
	return all(tx, scanService, `SELECT `+serviceColumns+` FROM services s JOIN mailboxes b ON b.id = s.mailbox_id
		WHERE b.member_id = ? AND s.ended_on IS NULL ORDER BY s.started_on, s.id`, member)
}

// ProviderServices returns all services known from the provider's statements.
func (tx *ReadTx) ProviderServices() ([]ServiceRow, error) {
	return all(tx, scanService, `SELECT `+serviceColumns+` FROM services s JOIN mailboxes b ON b.id = s.mailbox_id
		WHERE s.source = 'provider' ORDER BY s.id`)
}

// AddService adds a service and returns its id. Of one that an import adds and the
// Ordine sells, the provider's list told the quantity.
func (tx *Tx) AddService(s ServiceRow) (int64, error) {
	var batch, listed any
	if s.BatchID != 0 {
		batch = s.BatchID
		if s.Source == pec.SoldByOrdine {
			listed = s.Quantity
		}
	}
	return tx.insert(`INSERT INTO services (mailbox_id, product, product_name, quantity, next_quantity, started_on, expires_on, auto_renew,
			preference, source, net_cents, batch_id, listed_quantity, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.MailboxID, s.Product, s.ProductName, s.Quantity, s.Quantity, day(s.StartedOn), day(s.ExpiresOn), s.AutoRenew,
		s.Preference, s.Source, s.Net, batch, listed, instant(tx.Now))
}

// AddStatedTerm keeps the term of a provider's service that runs no longer, since a
// statement tells of the next.
func (tx *Tx) AddStatedTerm(batch int64, s ServiceRow) error {
	return tx.exec(`INSERT INTO stated_terms (service_id, to_on, quantity, net_cents, batch_id) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET quantity = excluded.quantity, net_cents = excluded.net_cents, batch_id = excluded.batch_id`,
		s.ID, day(s.ExpiresOn), s.Quantity, s.Net, batch)
}

// DeleteStatedTerms forgets the terms of a service that a statement had told to be
// over.
func (tx *Tx) DeleteStatedTerms(batch, service int64) error {
	return tx.exec(`DELETE FROM stated_terms WHERE batch_id = ? AND service_id = ?`, batch, service)
}

// SetService writes what changes in a service's life.
func (tx *Tx) SetService(s ServiceRow) error {
	return tx.exec(`UPDATE services SET quantity = ?, next_quantity = ?, started_on = ?, expires_on = ?, auto_renew = ?, preference = ?,
			net_cents = ?, ended_on = ?, end_reason = ? WHERE id = ?`,
		s.Quantity, s.NextQuantity, day(s.StartedOn), day(s.ExpiresOn), s.AutoRenew, s.Preference, s.Net, day(s.EndedOn), s.EndReason, s.ID)
}

// RenewService carries a service into its next period at the price paid.
func (tx *Tx) RenewService(id int64, quantity int, to pec.Date, net pec.Cents) error {
	return tx.exec(`UPDATE services SET quantity = ?, next_quantity = ?, expires_on = ?, net_cents = ? WHERE id = ?`, quantity, quantity, day(to), net, id)
}

// SetListedQuantity notes what the provider's list tells of a service's quantity;
// of what no list told of nothing changes.
func (tx *Tx) SetListedQuantity(id int64, quantity int) error {
	return tx.exec(`UPDATE services SET listed_quantity = ? WHERE id = ? AND listed_quantity IS NOT NULL`, quantity, id)
}

// EndService ends a service on a day.
func (tx *Tx) EndService(id int64, on pec.Date, why pec.EndReason) error {
	return tx.exec(`UPDATE services SET ended_on = ?, end_reason = ? WHERE id = ?`, day(on), why, id)
}

// DeleteService removes a service that only an import made (undo).
func (tx *Tx) DeleteService(id int64) error {
	return tx.exec(`DELETE FROM services WHERE id = ?`, id)
}

// ServiceFilter says which services a list holds.
type ServiceFilter struct {
	Search    string
	Product   string
	Source    string
	Ended     bool     // also those that ended
	EndedOnly bool     // only those
	On        pec.Date // today: which of the periods that were paid runs
	From      pec.Date // expires on or after; zero for all
	Until     pec.Date // expires on or before; zero for all
	Only      []int64  // these services and no other; nil for all
	After     int64    // keyset: the service after which the page begins
	Before    int64    // keyset: the service before which it ends, when going back
	Limit     int
}

// ServiceListed is a line of /servizi: who has what, since when, until when, at
// which price, and the credit behind it.
type ServiceListed struct {
	ServiceRow
	MemberID           int64
	Holder             string
	RegistrationNumber string
	MemberStatus       pec.MemberStatus
	Balance            pec.Cents
	Running            pec.Cents // net, paid for the period in which today lies; of one that ended, for its last
	Ahead              pec.Cents // net, paid already for periods that begin later
}

// paid are the columns of what was paid for a running service, net: for the
// period in which a day lies, and for those that begin later (R18). What was not
// ordered here has no lines: its one price is that of the running period.
const paid = `CASE WHEN s.ended_on IS NULL AND EXISTS (SELECT 1 FROM order_lines l WHERE l.service_id = s.id) THEN
		COALESCE((SELECT SUM(l.net_cents) FROM order_lines l JOIN orders o ON o.id = l.order_id
			WHERE l.service_id = s.id AND o.state = 'completed' AND l.from_on <= ? AND l.to_on > ?), 0) ELSE s.net_cents END AS running,
	CASE WHEN s.ended_on IS NULL THEN COALESCE((SELECT SUM(l.net_cents) FROM order_lines l JOIN orders o ON o.id = l.order_id
		WHERE l.service_id = s.id AND o.state = 'completed' AND l.from_on > ?), 0) ELSE 0 END AS ahead`

// paidOn are the arguments of paid, before all others.
func (f ServiceFilter) paidOn(args []any) []any {
	return append([]any{day(f.On), day(f.On), day(f.On)}, args...)
}

func (f ServiceFilter) where() (string, []any, error) {
	where, args := `1`, []any{}
	add := func(condition string, a ...any) {
		where += ` AND ` + condition
		args = append(args, a...)
	}
	if q := ftsQuery(f.Search); q != "" {
		add(`m.id IN (SELECT rowid FROM members_fts WHERE members_fts MATCH ?)`, q)
	} else if strings.TrimSpace(f.Search) != "" {
		add(`0`) // only signs were typed: nothing has them
	}
	if f.Product != "" {
		add(`s.product = ?`, f.Product)
	}
	if f.Source != "" {
		add(`s.source = ?`, f.Source)
	}
	switch {
	case f.EndedOnly:
		add(`s.ended_on IS NOT NULL`)
	case !f.Ended:
		add(`s.ended_on IS NULL`)
	}
	if !f.From.IsZero() {
		add(`s.expires_on >= ?`, day(f.From))
	}
	if !f.Until.IsZero() {
		add(`s.expires_on <= ?`, day(f.Until))
	}
	if f.Only != nil {
		ids, err := json.Marshal(f.Only)
		if err != nil {
			return "", nil, err
		}
		add(`s.id IN (SELECT value FROM json_each(?))`, string(ids))
	}
	return where, args, nil
}

const servicesWithHolders = ` FROM services s JOIN mailboxes b ON b.id = s.mailbox_id JOIN members m ON m.id = b.member_id WHERE `

// ServiceList returns the services that match, by expiry, address and id.
func (tx *ReadTx) ServiceList(f ServiceFilter) ([]ServiceListed, error) {
	where, args, err := f.where()
	if err != nil {
		return nil, err
	}
	const place = `(SELECT x.expires_on, y.address, x.id FROM services x JOIN mailboxes y ON y.id = x.mailbox_id WHERE x.id = ?)`
	order, limit := `s.expires_on, b.address, s.id`, -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	switch {
	case f.After != 0:
		where += ` AND (s.expires_on, b.address, s.id) > ` + place
		args = append(args, f.After)
	case f.Before != 0:
		where += ` AND (s.expires_on, b.address, s.id) < ` + place
		args = append(args, f.Before)
		order = `s.expires_on DESC, b.address DESC, s.id DESC`
	}
	list, err := all(tx, func(row scanner) (ServiceListed, error) {
		var s ServiceListed
		return s, row.Scan(append(s.into(), &s.Running, &s.Ahead, &s.MemberID, &s.Holder, &s.RegistrationNumber, &s.MemberStatus, &s.Balance)...)
	}, `SELECT `+serviceColumns+`, `+paid+`, m.id, rtrim(m.surname || ' ' || m.name), COALESCE(m.registration_number, ''), m.status,
			COALESCE((SELECT balance_cents FROM ledger l WHERE l.member_id = m.id ORDER BY seq DESC LIMIT 1), 0)`+
		servicesWithHolders+where+` ORDER BY `+order+` LIMIT `+itoa(limit), f.paidOn(args)...)
	if f.Before != 0 && f.After == 0 {
		reverse(list)
	}
	return list, err
}

// ServiceSum is a group of services added up.
type ServiceSum struct {
	Product     string
	ProductName string
	Source      pec.Seller
	Month       pec.Date // the first day of the month of expiry
	Members     int
	Services    int
	Quantity    int
	Net         pec.Cents // paid for the running periods, net
	Ahead       pec.Cents // paid already for periods that begin later, net
}

// ServiceSums adds the services that match up by product, by where they were
// bought and by month of expiry, whatever page is shown, in order of month.
func (tx *ReadTx) ServiceSums(f ServiceFilter) ([]ServiceSum, error) {
	where, args, err := f.where()
	if err != nil {
		return nil, err
	}
	return all(tx, func(row scanner) (ServiceSum, error) {
		var s ServiceSum
		return s, row.Scan(dayInto{&s.Month}, &s.Product, &s.ProductName, &s.Source, &s.Services, &s.Quantity, &s.Net, &s.Ahead)
	}, `SELECT substr(expires_on, 1, 7) || '-01' AS month, product, MAX(product_name), source, COUNT(*), SUM(quantity), SUM(running), SUM(ahead)
		FROM (SELECT s.expires_on, s.product, s.product_name, s.source, s.quantity, `+paid+servicesWithHolders+where+`)
		GROUP BY month, product, source ORDER BY month, source, product`, f.paidOn(args)...)
}

// ServiceMembers counts the members who hold the services that match.
func (tx *ReadTx) ServiceMembers(f ServiceFilter) (int, error) {
	where, args, err := f.where()
	if err != nil {
		return 0, err
	}
	return value[int](tx, `SELECT COUNT(DISTINCT m.id)`+servicesWithHolders+where, args...)
}

// ServiceProducts lists the products of all services there ever were, code and
// latest name.
func (tx *ReadTx) ServiceProducts() ([]ServiceSum, error) {
	return all(tx, func(row scanner) (ServiceSum, error) {
		var s ServiceSum
		return s, row.Scan(&s.Product, &s.ProductName)
	}, `SELECT product, MAX(product_name) FROM services GROUP BY product ORDER BY 2`)
}
