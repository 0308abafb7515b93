package db

import (
	"fmt"
	"time"

	"albopec/app/pec"
)

// InvoiceRow is an order to be invoiced, or one that a list has.
type InvoiceRow struct {
	OrderID     int64
	MemberID    int64
	Number      string // "2026/000123"
	CompletedOn pec.Date
	Mailbox     string
	pec.Invoicee
	Price pec.Amounts
}

func scanInvoiceRow(row scanner) (InvoiceRow, error) {
	var i InvoiceRow
	return i, row.Scan(i.into()...)
}

func (i *InvoiceRow) into() []any {
	return []any{
		&i.OrderID, &i.MemberID, &i.Number, dayInto{&i.CompletedOn}, &i.Price.Net, &i.Price.VAT, &i.Price.Gross, &i.Mailbox,
		&i.Holder, &i.TaxCode, &i.VATNumber, &i.Address, &i.PostalCode, &i.City, &i.Province, &i.Recipient.Code, &i.Recipient.PEC,
	}
}

const invoicedOrder = `o.id, o.member_id, ` + orderNumber + `, o.completed_on, ` + net + `, ` + vat + `, ` + gross

// net, vat and gross are what of an order o is to be invoiced or was listed:
// without the lines that came back before it was in a list.
const (
	net   = `o.net_cents - (SELECT COALESCE(SUM(x.net_cents), 0) FROM order_lines x JOIN recredits c ON c.line_id = x.id AND c.list_id IS NULL WHERE x.order_id = o.id)`
	vat   = `o.vat_cents - (SELECT COALESCE(SUM(x.vat_cents), 0) FROM order_lines x JOIN recredits c ON c.line_id = x.id AND c.list_id IS NULL WHERE x.order_id = o.id)`
	gross = `o.gross_cents - (SELECT COALESCE(SUM(x.gross_cents), 0) FROM order_lines x JOIN recredits c ON c.line_id = x.id AND c.list_id IS NULL WHERE x.order_id = o.id)`
)

// unlisted are the completed orders of which something is to be invoiced and that
// no list has.
const unlisted = `o.gross_cents > 0 AND NOT EXISTS (SELECT 1 FROM invoiced_orders i WHERE i.order_id = o.id) AND ` + gross + ` > 0`

// invoicedTo is whom an order is invoiced to: as confirmed with it, or else as
// the register says; the address always as the register says.
const invoicedTo = `b.address, COALESCE(r.holder, rtrim(m.surname || ' ' || m.name)), COALESCE(NULLIF(r.tax_code, ''), m.tax_code, ''), COALESCE(r.vat_number, m.vat_number),
	m.address, m.postal_code, m.city, m.province, COALESCE(r.recipient_code, m.recipient_code), COALESCE(r.recipient_pec, m.recipient_pec)`

// withInvoicee are orders with what invoicedTo asks for; those of a merged
// position are the other's.
const withInvoicee = `FROM orders o JOIN members x ON x.id = o.member_id JOIN members m ON m.id = COALESCE(x.merged_into, x.id)
	JOIN mailboxes b ON b.id = o.mailbox_id LEFT JOIN renewal_orders r ON r.order_id = o.id `

// InvoiceFilter says which orders to be invoiced a list holds.
type InvoiceFilter struct {
	By      pec.Seller // who invoices, by the agreement of the order's day
	From    pec.Date   // the first day on which they were completed; zero for no bound
	To      pec.Date   // the last one, included; zero for no bound
	Through int64      // the last order, by number; 0 for all
	After   int64      // keyset: the order after which the page begins
	Before  int64      // keyset: the order before which it ends, when going back
	Limit   int
}

// byInvoicer are the completed orders that somebody invoices.
const byInvoicer = `o.state = 'completed' AND o.agreement_id IN (SELECT id FROM agreements
	WHERE COALESCE(document ->> 'invoiced_by', document ->> 'sold_by', 'ordine') = ?)`

// completed are the completed orders of the filter's days, in a list or not.
func (f InvoiceFilter) completed() (string, []any) {
	where, args := byInvoicer, []any{f.By}
	if !f.From.IsZero() {
		where += ` AND o.completed_on >= ?`
		args = append(args, day(f.From))
	}
	if !f.To.IsZero() {
		where += ` AND o.completed_on <= ?`
		args = append(args, day(f.To))
	}
	return where, args
}

func (f InvoiceFilter) where() (string, []any) {
	where, args := f.completed()
	where += ` AND ` + unlisted
	if f.Through != 0 {
		where += ` AND (o.number_year, o.number) <= (SELECT number_year, number FROM orders WHERE id = ?)`
		args = append(args, f.Through)
	}
	return where, args
}

// ToInvoice returns the orders to be invoiced, by number.
func (tx *ReadTx) ToInvoice(f InvoiceFilter) ([]InvoiceRow, error) {
	where, args := f.where()
	order, limit := `o.number_year, o.number`, -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	switch {
	case f.After != 0:
		where += ` AND (o.number_year, o.number) > (SELECT number_year, number FROM orders WHERE id = ?)`
		args = append(args, f.After)
	case f.Before != 0:
		where += ` AND (o.number_year, o.number) < (SELECT number_year, number FROM orders WHERE id = ?)`
		args = append(args, f.Before)
		order = `o.number_year DESC, o.number DESC`
	}
	list, err := all(tx, scanInvoiceRow, `SELECT `+invoicedOrder+`, `+invoicedTo+` `+withInvoicee+`WHERE `+where+` ORDER BY `+order+` LIMIT `+itoa(limit), args...)
	if f.Before != 0 && f.After == 0 {
		reverse(list)
	}
	return list, err
}

// ToInvoiceOf counts the orders of a member, and of the positions merged into it,
// that are to be invoiced by whomever.
func (tx *ReadTx) ToInvoiceOf(member int64) (int, error) {
	return value[int](tx, `SELECT COUNT(*) FROM orders o WHERE o.state = 'completed' AND `+unlisted+`
		AND (o.member_id = ?1 OR o.member_id IN (SELECT id FROM members WHERE merged_into = ?1))`, member)
}

// InvoiceSum is what is to be invoiced, whatever page is shown.
type InvoiceSum struct {
	Orders  int
	Price   pec.Amounts
	First   pec.Date // the first day on which one of them was completed
	Until   pec.Date // the last
	Last    int64    // the order with the highest number, 0 when there is none
	Lacking int      // of these, how many lack something, as pec.Invoicee says
}

// ToInvoiceSum sums the orders to be invoiced.
func (tx *ReadTx) ToInvoiceSum(f InvoiceFilter) (InvoiceSum, error) {
	where, args := f.where()
	var s InvoiceSum
	err := figures(tx, []any{&s.Orders, &s.Price.Net, &s.Price.VAT, &s.Price.Gross, dayInto{&s.First}, dayInto{&s.Until}, &s.Lacking}, `SELECT COUNT(*), COALESCE(SUM(net_cents), 0), COALESCE(SUM(vat_cents), 0), COALESCE(SUM(gross_cents), 0), MIN(completed_on), MAX(completed_on),
			COALESCE(SUM(tax_code = '' AND vat_number = '' OR address = '' OR postal_code = '' OR city = ''), 0)
		FROM (SELECT `+net+` AS net_cents, `+vat+` AS vat_cents, `+gross+` AS gross_cents, COALESCE(NULLIF(r.tax_code, ''), m.tax_code, '') AS tax_code, COALESCE(r.vat_number, m.vat_number) AS vat_number,
			m.address, m.postal_code, m.city, o.completed_on `+withInvoicee+`WHERE `+where+`)`, args...)
	if err != nil {
		return s, err
	}
	s.Last, err = value[int64](tx, `SELECT o.id FROM orders o WHERE `+where+` ORDER BY o.number_year DESC, o.number DESC LIMIT 1`, args...)
	return s, err
}

// FreeOrders counts the completed orders that cost nothing, of the filter's days:
// nobody invoices them.
func (tx *ReadTx) FreeOrders(f InvoiceFilter) (int, error) {
	where, args := f.completed()
	return value[int](tx, `SELECT COUNT(*) FROM orders o WHERE `+where+` AND o.gross_cents = 0`, args...)
}

// RecreditedOrders counts the completed orders, of the filter's days, of which
// everything that cost something came back before they were in a list: nobody
// invoices them either.
func (tx *ReadTx) RecreditedOrders(f InvoiceFilter) (int, error) {
	where, args := f.completed()
	return value[int](tx, `SELECT COUNT(*) FROM orders o WHERE `+where+` AND o.gross_cents > 0 AND o.id IN (SELECT x.order_id FROM recredits c JOIN order_lines x ON x.id = c.line_id)
		AND `+gross+` = 0`, args...)
}

// InvoiceList is a list of orders that was handed to who invoices them.
type InvoiceList struct {
	ID     int64
	Year   int
	Seq    int
	By     pec.Seller
	Orders int
	Price  pec.Amounts
	On     pec.Date
	Actor  string
	At     time.Time
}

// Number is the list's number, "2026/3".
func (l InvoiceList) Number() string { return fmt.Sprintf("%d/%d", l.Year, l.Seq) }

const (
	listColumns  = `l.id, l.year, l.number, l.invoiced_by, l.orders, l.net_cents, l.vat_cents, l.gross_cents, l.day_on, l.actor, l.at`
	invoiceLists = `SELECT ` + listColumns + ` FROM invoice_lists l `
)

func (l *InvoiceList) into() []any {
	return []any{&l.ID, &l.Year, &l.Seq, &l.By, &l.Orders, &l.Price.Net, &l.Price.VAT, &l.Price.Gross, dayInto{&l.On}, &l.Actor, instantInto{&l.At}}
}

func scanInvoiceList(row scanner) (InvoiceList, error) {
	var l InvoiceList
	return l, row.Scan(l.into()...)
}

// InvoiceLists returns the lists made so far, the latest first.
func (tx *ReadTx) InvoiceLists() ([]InvoiceList, error) {
	return all(tx, scanInvoiceList, invoiceLists+`ORDER BY l.id DESC`)
}

// InvoiceList returns one list.
func (tx *ReadTx) InvoiceList(id int64) (InvoiceList, error) {
	return one(tx, pec.Refuse("list_unknown", "L’elenco non esiste."), scanInvoiceList, invoiceLists+`WHERE l.id = ?`, id)
}

// InvoiceListOf is the list that an order is in; its ID is 0 when it is in none.
func (tx *ReadTx) InvoiceListOf(order int64) (InvoiceList, error) {
	return firstOf(all(tx, scanInvoiceList, invoiceLists+`JOIN invoiced_orders i ON i.list_id = l.id WHERE i.order_id = ?`, order))
}

// InvoiceListByRequest is the list that a form already made; its ID is 0 when
// there is none.
func (tx *ReadTx) InvoiceListByRequest(key string) (InvoiceList, error) {
	return firstOf(all(tx, scanInvoiceList, invoiceLists+`WHERE l.request_key = ?`, key))
}

// invoicedAs is whom an order in a list is invoiced to.
const invoicedAs = `i.mailbox, i.holder, i.tax_code, i.vat_number, i.address, i.postal_code, i.city, i.province, i.recipient_code, i.recipient_pec`

// InvoiceLine is a line of an order as a list hands it over.
type InvoiceLine struct {
	InvoiceRow
	Line OrderLine
}

// InvoiceLines returns the lines of a list, in the order of the orders' numbers.
func (tx *ReadTx) InvoiceLines(list int64) ([]InvoiceLine, error) {
	return all(tx, func(row scanner) (InvoiceLine, error) {
		var i InvoiceLine
		return i, row.Scan(append(i.into(), i.Line.into()...)...)
	}, `SELECT `+invoicedOrder+`, `+invoicedAs+`, `+lineColumns+`
		FROM invoiced_orders i JOIN orders o ON o.id = i.order_id JOIN order_lines l ON l.order_id = o.id
		WHERE i.list_id = ? AND NOT EXISTS (SELECT 1 FROM recredits c WHERE c.line_id = l.id AND c.list_id IS NULL) ORDER BY o.number_year, o.number, l.id`, list)
}

// InvoicedRow is an order in a list.
type InvoicedRow struct {
	InvoiceRow
	List InvoiceList
}

// InvoicedOf returns the orders of a member, and of the positions merged into
// it, that are in a list, by number.
func (tx *ReadTx) InvoicedOf(member int64) ([]InvoicedRow, error) {
	return all(tx, func(row scanner) (InvoicedRow, error) {
		var i InvoicedRow
		return i, row.Scan(append(i.into(), i.List.into()...)...)
	}, `SELECT `+invoicedOrder+`, `+invoicedAs+`, `+listColumns+` FROM invoiced_orders i JOIN orders o ON o.id = i.order_id JOIN invoice_lists l ON l.id = i.list_id
		WHERE o.member_id = ?1 OR o.member_id IN (SELECT id FROM members WHERE merged_into = ?1) ORDER BY o.number_year, o.number`, member)
}

// AddInvoiceList makes a list of the orders to be invoiced and returns its id.
// The list takes the next number of the year.
func (tx *Tx) AddInvoiceList(f InvoiceFilter, sum InvoiceSum, requestKey string) (int64, error) {
	id, err := tx.insert(`INSERT INTO invoice_lists (year, number, invoiced_by, orders, net_cents, vat_cents, gross_cents, request_key, day_on, actor, at)
		SELECT ?1, 1 + COALESCE(MAX(number), 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM invoice_lists WHERE year = ?1`,
		tx.On.Year, f.By, sum.Orders, sum.Price.Net, sum.Price.VAT, sum.Price.Gross, text(requestKey), day(tx.On), tx.Actor, instant(tx.Now))
	if err != nil {
		return 0, err
	}
	where, args := f.where()
	return id, tx.exec(`INSERT INTO invoiced_orders (order_id, list_id, mailbox, holder, tax_code, vat_number, address, postal_code, city, province, recipient_code, recipient_pec)
		SELECT o.id, `+itoa(int(id))+`, `+invoicedTo+` `+withInvoicee+`WHERE `+where, args...)
}

// TopUpsTakenBack returns what was taken back, since a list was made, of the
// top-ups that came before an order of it was paid: the opposite entries, or the
// top-up itself where nothing was left to take (R14). The money may have come from
// a guest, or with a merge: then those of who passed it on.
func (tx *ReadTx) TopUpsTakenBack(order int64, since time.Time) ([]Entry, error) {
	return all(tx, scanEntry, entryQuery+`WHERE l.id IN (
			WITH RECURSIVE paid (member_id, seq) AS (
				SELECT member_id, seq FROM ledger WHERE order_id = ?1
				UNION SELECT gave.member_id, gave.seq FROM paid JOIN ledger got ON got.member_id = paid.member_id AND got.seq < paid.seq AND got.kind = 'transfer'
					JOIN ledger gave ON gave.id = got.reverses_id
			)
			SELECT r.id FROM ledger r JOIN ledger t ON t.id = r.reverses_id JOIN paid
			WHERE r.kind = 'reversal' AND t.member_id = paid.member_id AND t.seq < paid.seq AND r.at >= ?2
			UNION SELECT t.id FROM claims c JOIN ledger t ON t.id = c.ledger_id AND t.kind = 'topup' JOIN paid
			WHERE t.member_id = paid.member_id AND t.seq < paid.seq AND c.at >= ?2
		) ORDER BY l.id`, order, instant(since))
}
