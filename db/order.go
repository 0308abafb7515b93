package db

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"albopec/app/pec"
)

// OrderRow is an order of purchase or of renewal.
type OrderRow struct {
	ID          int64
	MemberID    int64
	MailboxID   int64
	Kind        pec.OrderKind
	State       pec.OrderState
	OrderedOn   pec.Date
	CompletedOn pec.Date
	EndedOn     pec.Date
	Reason      string
	NumberYear  int
	NumberSeq   int
	AgreementID int64
	Price       pec.Amounts
	RequestKey  string
	EnteredBy   string
	CreatedAt   time.Time
}

// Number is the order's number without gaps in its year, "2026/000123", empty
// until completed (R16).
func (o OrderRow) Number() string {
	if o.NumberSeq == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%06d", o.NumberYear, o.NumberSeq)
}

// OrderLine is one line of an order.
type OrderLine struct {
	ID          int64
	OrderID     int64
	ServiceID   int64  // 0 until completed, or for a one-off product
	Product     string // code; empty when the line is the mailbox itself
	Kind        string // code of the mailbox's kind, of such a line
	ProductName string
	Quantity    int
	Unit        string
	UnitPrice   pec.Cents // net
	Years       int
	Months      int
	From, To    pec.Date
	VATRate     string // percent
	Price       pec.Amounts
	Reason      string
}

const orderColumns = `o.id, o.member_id, o.mailbox_id, o.kind, o.state, o.ordered_on, o.completed_on, o.ended_on, o.reason,
	COALESCE(o.number_year, 0), COALESCE(o.number, 0), o.agreement_id, o.net_cents, o.vat_cents, o.gross_cents,
	COALESCE(o.request_key, ''), o.entered_by, o.created_at`

func (o *OrderRow) into() []any {
	return []any{
		&o.ID, &o.MemberID, &o.MailboxID, &o.Kind, &o.State, dayInto{&o.OrderedOn}, dayInto{&o.CompletedOn}, dayInto{&o.EndedOn}, &o.Reason,
		&o.NumberYear, &o.NumberSeq, &o.AgreementID, &o.Price.Net, &o.Price.VAT, &o.Price.Gross, &o.RequestKey, &o.EnteredBy, instantInto{&o.CreatedAt},
	}
}

func scanOrder(row scanner) (OrderRow, error) {
	var o OrderRow
	return o, row.Scan(o.into()...)
}

// Order returns one order.
func (tx *ReadTx) Order(id int64) (OrderRow, error) {
	return one(tx, pec.Refuse("order_unknown", "L’ordine non esiste."), scanOrder, `SELECT `+orderColumns+` FROM orders o WHERE o.id = ?`, id)
}

// OrderByRequest finds the order that a form already made; its ID is 0 when
// there is none.
func (tx *ReadTx) OrderByRequest(key string) (OrderRow, error) {
	return firstOf(all(tx, scanOrder, `SELECT `+orderColumns+` FROM orders o WHERE o.request_key = ?`, key))
}

// SamePurchases returns the purchases of so much of a product that were made for
// a mailbox on a day, completed or waiting for payment, oldest first.
func (tx *ReadTx) SamePurchases(mailbox int64, product string, quantity int, on pec.Date) ([]OrderRow, error) {
	return all(tx, scanOrder, `SELECT `+orderColumns+` FROM orders o JOIN order_lines l ON l.order_id = o.id
		WHERE o.mailbox_id = ? AND o.ordered_on = ? AND o.kind = 'purchase' AND o.state IN ('completed', 'awaiting_payment')
			AND l.product = ? AND l.quantity = ? ORDER BY o.id`, mailbox, day(on), product, quantity)
}

// WaitingOrders returns a member's orders that wait for payment, oldest first.
func (tx *ReadTx) WaitingOrders(member int64) ([]OrderRow, error) {
	return all(tx, scanOrder, `SELECT `+orderColumns+` FROM orders o WHERE o.member_id = ? AND o.state = 'awaiting_payment' ORDER BY o.id`, member)
}

// NumberedOrders returns every order as a payment may name it, those of a merged
// position as the other's.
func (tx *ReadTx) NumberedOrders() ([]pec.NumberedOrder, error) {
	return all(tx, func(row scanner) (pec.NumberedOrder, error) {
		var o pec.NumberedOrder
		return o, row.Scan(&o.ID, &o.Number, &o.MemberID, &o.State)
	}, `SELECT o.id, COALESCE(`+orderNumber+`, ''), COALESCE(m.merged_into, m.id), o.state
		FROM orders o JOIN members m ON m.id = o.member_id ORDER BY o.id`)
}

// OrdersOf returns all orders of a member and of the positions merged into it,
// newest first.
func (tx *ReadTx) OrdersOf(member int64) ([]OrderRow, error) {
	return all(tx, scanOrder, `SELECT `+orderColumns+` FROM orders o WHERE o.member_id = ?1
		OR o.member_id IN (SELECT id FROM members WHERE merged_into = ?1) ORDER BY o.id DESC`, member)
}

// OrdersOfService returns the orders by which a service was bought and renewed,
// newest first.
func (tx *ReadTx) OrdersOfService(service int64) ([]OrderRow, error) {
	return all(tx, scanOrder, `SELECT `+orderColumns+` FROM orders o
		WHERE o.id IN (SELECT order_id FROM order_lines WHERE service_id = ?) ORDER BY o.id DESC`, service)
}

// orderNumber is an order's number as Number writes it, null while it has none.
const orderNumber = `o.number_year || '/' || printf('%06d', o.number)`

// TellsDays reports whether the line's reason says from when to when it runs, as
// those of renewals do.
func (l OrderLine) TellsDays() bool { return strings.HasPrefix(l.Reason, "Rinnovo dal ") }

const lineColumns = `l.id, l.order_id, COALESCE(l.service_id, 0), l.product, l.product_name, l.quantity, l.unit, l.unit_price_cents, l.years, l.months,
	l.from_on, l.to_on, l.vat_rate, l.net_cents, l.vat_cents, l.gross_cents, l.reason, l.kind`

func (l *OrderLine) into() []any {
	return []any{
		&l.ID, &l.OrderID, &l.ServiceID, &l.Product, &l.ProductName, &l.Quantity, &l.Unit, &l.UnitPrice, &l.Years, &l.Months,
		dayInto{&l.From}, dayInto{&l.To}, &l.VATRate, &l.Price.Net, &l.Price.VAT, &l.Price.Gross, &l.Reason, &l.Kind,
	}
}

// OrderLines returns the lines of an order.
func (tx *ReadTx) OrderLines(order int64) ([]OrderLine, error) {
	return all(tx, func(row scanner) (OrderLine, error) {
		var l OrderLine
		return l, row.Scan(l.into()...)
	}, `SELECT `+lineColumns+` FROM order_lines l WHERE l.order_id = ? ORDER BY l.id`, order)
}

// AddOrder adds an order that waits for payment, with its lines; completing it
// is a step of its own.
func (tx *Tx) AddOrder(o OrderRow, lines []OrderLine) (int64, error) {
	id, err := tx.insert(`INSERT INTO orders (member_id, mailbox_id, kind, state, ordered_on, agreement_id, net_cents, vat_cents, gross_cents,
			request_key, entered_by, created_at) VALUES (?, ?, ?, 'awaiting_payment', ?, ?, ?, ?, ?, ?, ?, ?)`,
		o.MemberID, o.MailboxID, o.Kind, day(o.OrderedOn), o.AgreementID, o.Price.Net, o.Price.VAT, o.Price.Gross,
		text(o.RequestKey), o.EnteredBy, instant(tx.Now))
	if err != nil {
		return 0, err
	}
	for _, l := range lines {
		var service any
		if l.ServiceID != 0 {
			service = l.ServiceID
		}
		if err := tx.exec(`INSERT INTO order_lines (order_id, service_id, product, product_name, quantity, unit, unit_price_cents, years, months,
				from_on, to_on, vat_rate, net_cents, vat_cents, gross_cents, reason, kind) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			id, service, l.Product, l.ProductName, l.Quantity, l.Unit, l.UnitPrice, l.Years, l.Months,
			day(l.From), day(l.To), l.VATRate, l.Price.Net, l.Price.VAT, l.Price.Gross, l.Reason, l.Kind); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// CompleteOrder completes a waiting order: its figures belong to `on`, its
// number is the next of the year of the program's day (R16).
func (tx *Tx) CompleteOrder(id int64, on pec.Date) error {
	return tx.exec(`UPDATE orders SET state = 'completed', completed_on = ?1, number_year = ?2,
		number = 1 + COALESCE((SELECT MAX(number) FROM orders WHERE number_year = ?2), 0) WHERE id = ?3`, day(on), tx.On.Year, id)
}

// EndOrder cancels a waiting order, or lets it lapse.
func (tx *Tx) EndOrder(id int64, state pec.OrderState, on pec.Date, reason string) error {
	return tx.exec(`UPDATE orders SET state = ?, ended_on = ?, reason = ? WHERE id = ?`, state, day(on), reason, id)
}

// SetLineService ties an order's lines to the service they started.
func (tx *Tx) SetLineService(order, service int64, from, to pec.Date) error {
	return tx.exec(`UPDATE order_lines SET service_id = ?, from_on = ?, to_on = ? WHERE order_id = ?`, service, day(from), day(to), order)
}

// OrderFilter says which orders a list holds.
type OrderFilter struct {
	Search string
	State  string
	Kind   string
	Year   int   // of completion; 0 for all
	Member int64 // 0 for all
	Due    bool  // only those paid of which something is still to be handed over
	List   int64 // those of a list to be invoiced; 0 for all
	Before int64 // keyset: orders older than this one
	After  int64 // keyset: orders newer than this one, when going back
	Limit  int
	// OldestFirst turns the list round, as waiting orders complete; Before and After
	// then go on with newer and back to older ones.
	OldestFirst bool
}

// OrderListed is a line of the orders' list.
type OrderListed struct {
	OrderRow
	Holder  string
	Address string
	What    string // products and quantities
	// Delivery is of what is handed over; its OrderID is 0 where nothing is.
	Delivery Delivery
}

// numberTyped reads what was searched for as the number of an order: "2026/000004",
// "2026/4".
func numberTyped(search string) (year, n int, ok bool) {
	before, after, cut := strings.Cut(strings.TrimSpace(search), "/")
	year, yerr := strconv.Atoi(before)
	n, nerr := strconv.Atoi(after)
	return year, n, cut && yerr == nil && nerr == nil && len(before) == 4
}

func (f OrderFilter) where() (string, []any) {
	where, args := `1`, []any{}
	if year, n, ok := numberTyped(f.Search); ok {
		where, args = where+` AND o.number_year = ? AND o.number = ?`, append(args, year, n)
	} else if q := ftsQuery(f.Search); q != "" {
		where += ` AND o.member_id IN (SELECT rowid FROM members_fts WHERE members_fts MATCH ?)`
		args = append(args, q)
	} else if strings.TrimSpace(f.Search) != "" {
		where += ` AND 0` // only signs were typed: nothing has them
	}
	if f.State != "" {
		where += ` AND o.state = ?`
		args = append(args, f.State)
	}
	if f.Due {
		where += ` AND o.state = 'completed' AND o.id IN (SELECT order_id FROM deliveries WHERE handed_on IS NULL)`
	}
	if f.List != 0 {
		where += ` AND o.id IN (SELECT order_id FROM invoiced_orders WHERE list_id = ?)`
		args = append(args, f.List)
	}
	if f.Kind != "" {
		where += ` AND o.kind = ?`
		args = append(args, f.Kind)
	}
	if f.Year != 0 {
		where += ` AND o.completed_on BETWEEN ? AND ?`
		args = append(args, day(pec.StartOfYear(f.Year)), day(pec.EndOfYear(f.Year)))
	}
	if f.Member != 0 {
		where += ` AND (o.member_id = ? OR o.member_id IN (SELECT id FROM members WHERE merged_into = ?))`
		args = append(args, f.Member, f.Member)
	}
	return where, args
}

// OrderList returns the orders that match, newest first unless they are wanted
// otherwise.
func (tx *ReadTx) OrderList(f OrderFilter) ([]OrderListed, error) {
	where, args := f.where()
	order, back, before, after := `o.id DESC`, `o.id`, `<`, `>`
	if f.OldestFirst {
		order, back, before, after = back, order, after, before
	}
	limit := -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	switch {
	case f.Before != 0:
		where += ` AND o.id ` + before + ` ?`
		args = append(args, f.Before)
	case f.After != 0:
		where += ` AND o.id ` + after + ` ?`
		args = append(args, f.After)
		order = back
	}
	list, err := all(tx, func(row scanner) (OrderListed, error) {
		var o OrderListed
		return o, row.Scan(append(o.into(), &o.Holder, &o.Address, &o.What, &o.Delivery.OrderID, &o.Delivery.Address, dayInto{&o.Delivery.HandedOn}, &o.Delivery.HandedBy)...)
	}, `SELECT `+orderColumns+`, rtrim(m.surname || ' ' || m.name), b.address,
			COALESCE((SELECT group_concat(l.quantity || CASE l.unit WHEN 'GB' THEN ' GB ' ELSE ' × ' END || l.product_name, ', ')
				FROM order_lines l WHERE l.order_id = o.id AND NOT EXISTS (SELECT 1 FROM order_lines e -- the same quantity, for the years after
					WHERE e.order_id = l.order_id AND e.id < l.id AND e.product = l.product AND l.product <> '' AND e.quantity = l.quantity
					AND COALESCE(e.service_id, 0) = COALESCE(l.service_id, 0) AND e.to_on = l.from_on)), ''),
			COALESCE(d.order_id, 0), COALESCE(d.address, ''), d.handed_on, COALESCE(d.handed_by, '')
		FROM orders o JOIN members m ON m.id = o.member_id JOIN mailboxes b ON b.id = o.mailbox_id LEFT JOIN deliveries d ON d.order_id = o.id
		WHERE `+where+` ORDER BY `+order+` LIMIT `+itoa(limit), args...)
	if f.After != 0 && f.Before == 0 {
		reverse(list)
	}
	return list, err
}

// OrderSum is how many orders of a state there are, and their prices together.
type OrderSum struct {
	State  pec.OrderState
	Orders int
	Price  pec.Amounts
}

// OrderSums sums the orders that match, by state, whatever page is shown.
func (tx *ReadTx) OrderSums(f OrderFilter) ([]OrderSum, error) {
	where, args := f.where()
	return all(tx, func(row scanner) (OrderSum, error) {
		var s OrderSum
		return s, row.Scan(&s.State, &s.Orders, &s.Price.Net, &s.Price.VAT, &s.Price.Gross)
	}, `SELECT o.state, COUNT(*), SUM(o.net_cents), SUM(o.vat_cents), SUM(o.gross_cents) FROM orders o
		WHERE `+where+` GROUP BY o.state ORDER BY o.state`, args...)
}

// OrderYears lists the years in which orders were completed, the latest first.
func (tx *ReadTx) OrderYears() ([]int, error) {
	return all(tx, func(row scanner) (int, error) {
		var year int
		return year, row.Scan(&year)
	}, `SELECT DISTINCT CAST(substr(completed_on, 1, 4) AS INTEGER) FROM orders WHERE state = 'completed' ORDER BY 1 DESC`)
}

// EntryOfOrder is the ledger entry by which an order was paid; its ID is 0 when
// there is none.
func (tx *ReadTx) EntryOfOrder(order int64) (Entry, error) {
	return firstOf(all(tx, scanEntry, entryQuery+`WHERE l.order_id = ?`, order))
}

// WaitingTotal counts the waiting orders, sums them and gives the oldest's day.
func (tx *ReadTx) WaitingTotal() (n int, gross pec.Cents, oldest pec.Date, err error) {
	err = figures(tx, []any{&n, &gross, dayInto{&oldest}}, `SELECT COUNT(*), COALESCE(SUM(gross_cents), 0), MIN(ordered_on) FROM orders WHERE state = 'awaiting_payment'`)
	return n, gross, oldest, err
}
