package db

import (
	"encoding/json"

	"albopec/app/pec"
)

// HeldBook is a member's book with who the member is.
type HeldBook struct {
	pec.Book
	Holder             string
	RegistrationNumber string
}

// DueBooks loads the books of all members for whom something may fall due up to
// and including a day, by member: those that DueMembers names. Of the
// agreements of waiting orders only the id is filled in.
func (tx *ReadTx) DueBooks(through pec.Date) ([]HeldBook, error) {
	return tx.books(`SELECT b.member_id FROM mailboxes b JOIN members m ON m.id = b.member_id
		WHERE b.status IN ('active', 'suspended') AND (b.expires_on <= ?1 OR b.turns_on <= ?1 OR m.status NOT IN ('active', 'suspended'))
		UNION SELECT member_id FROM orders WHERE state = 'awaiting_payment'`, day(through))
}

// AwaitingBooks loads the books of all members for whom money that comes in does
// more than lie on the account, an order waiting or something owed, as DueBooks
// does.
func (tx *ReadTx) AwaitingBooks() ([]HeldBook, error) {
	return tx.books(`SELECT member_id FROM orders WHERE state = ?1 UNION SELECT member_id FROM claims GROUP BY member_id HAVING SUM(amount_cents) > 0`, pec.OrderAwaitingPayment)
}

// ServiceBooks loads the books of all members who have a running service that
// expires up to and including a day, as DueBooks does.
func (tx *ReadTx) ServiceBooks(through pec.Date) ([]HeldBook, error) {
	return tx.books(`SELECT b.member_id FROM services s JOIN mailboxes b ON b.id = s.mailbox_id
		WHERE s.ended_on IS NULL AND s.expires_on <= ?1`, day(through))
}

// BooksOf loads the books of these members, as DueBooks does.
func (tx *ReadTx) BooksOf(members []int64) ([]HeldBook, error) {
	ids, err := json.Marshal(members)
	if err != nil {
		return nil, err
	}
	return tx.books(`SELECT value FROM json_each(?1)`, string(ids))
}

// books loads the books of the members that a query names, in four queries of
// its own: member by member a whole register takes too long for a page.
func (tx *ReadTx) books(who string, arg any) ([]HeldBook, error) {
	books, err := all(tx, func(row scanner) (HeldBook, error) {
		var b HeldBook
		return b, row.Scan(&b.MemberID, &b.Status, dayInto{&b.LeftOn}, dayInto{&b.LeftRegisteredOn}, dayInto{&b.LastEventOn}, &b.Credit, &b.Claim, &b.Holder, &b.RegistrationNumber)
	}, `SELECT m.id, m.status, m.left_on, m.left_registered_on, m.last_event_on,
			COALESCE((SELECT balance_cents FROM ledger l WHERE l.member_id = m.id ORDER BY seq DESC LIMIT 1), 0),
			COALESCE((SELECT SUM(amount_cents) FROM claims c WHERE c.member_id = m.id), 0),
			rtrim(m.surname || ' ' || m.name), COALESCE(m.registration_number, '')
		FROM members m WHERE m.id IN (`+who+`) ORDER BY m.id`, arg)
	if err != nil {
		return nil, err
	}
	if len(books) == 0 {
		return nil, nil
	}
	byMember := map[int64]*HeldBook{}
	ids := make([]int64, len(books))
	for i := range books {
		byMember[books[i].MemberID], ids[i] = &books[i], books[i].MemberID
	}
	found, err := json.Marshal(ids) // who they are was asked once: it may read all mailboxes
	if err != nil {
		return nil, err
	}
	who, arg = `SELECT value FROM json_each(?1)`, string(found)
	if err := tx.fillMailboxes(byMember, who, arg); err != nil {
		return nil, err
	}
	if err := tx.fillServices(byMember, who, arg); err != nil {
		return nil, err
	}
	return books, tx.fillWaiting(byMember, who, arg)
}

func (tx *ReadTx) fillMailboxes(books map[int64]*HeldBook, who string, arg any) error {
	boxes, err := all(tx, scanMailbox, `SELECT `+mailboxColumns+` FROM mailboxes b
		WHERE b.status <> 'closed' AND b.member_id IN (`+who+`) ORDER BY b.address, b.id DESC`, arg)
	for _, m := range boxes {
		books[m.MemberID].Mailboxes = append(books[m.MemberID].Mailboxes, m.Mailbox)
	}
	return err
}

func (tx *ReadTx) fillServices(books map[int64]*HeldBook, who string, arg any) error {
	type held struct {
		member int64
		ServiceRow
	}
	services, err := all(tx, func(row scanner) (held, error) {
		var s held
		return s, row.Scan(append(s.into(), &s.member)...)
	}, `SELECT `+serviceColumns+`, b.member_id FROM services s JOIN mailboxes b ON b.id = s.mailbox_id
		WHERE s.ended_on IS NULL AND b.member_id IN (`+who+`) ORDER BY s.started_on, s.id`, arg)
	for _, s := range services {
		books[s.member].Services = append(books[s.member].Services, s.Service)
	}
	return err
}

func (tx *ReadTx) fillWaiting(books map[int64]*HeldBook, who string, arg any) error {
	type held struct {
		member int64
		pec.WaitingOrder
	}
	renewals, err := tx.waitingRenewals(who, arg)
	if err != nil {
		return err
	}
	orders, err := all(tx, func(row scanner) (held, error) {
		var w held
		return w, row.Scan(&w.member, &w.ID, &w.MailboxID, &w.Gross, &w.Net, dayInto{&w.OrderedOn}, &w.Agreement.ID, &w.Product, &w.Quantity)
	}, `SELECT o.member_id, o.id, o.mailbox_id, o.gross_cents, o.net_cents, o.ordered_on, o.agreement_id, l.product, l.quantity
		FROM orders o JOIN order_lines l ON l.id = (SELECT MAX(id) FROM order_lines x WHERE x.order_id = o.id)
		WHERE o.state = 'awaiting_payment' AND o.member_id IN (`+who+`) ORDER BY o.id`, arg)
	for _, w := range orders {
		if r, ok := renewals[w.ID]; ok {
			w.Product, w.Quantity, w.Renewal = "", 0, &r
		}
		books[w.member].Waiting = append(books[w.member].Waiting, w.WaitingOrder)
	}
	return err
}

// waitingRenewals are the waiting orders on the mailboxes themselves, by order.
func (tx *ReadTx) waitingRenewals(who string, arg any) (map[int64]pec.OrderedRenewal, error) {
	type held struct {
		order int64
		RenewalOrder
	}
	list, err := all(tx, func(row scanner) (held, error) {
		var h held
		return h, row.Scan(append(h.into(), &h.order)...)
	}, `SELECT `+renewalOrderColumns+`, o.id FROM orders o JOIN renewal_orders r ON r.order_id = o.id
		WHERE o.state = 'awaiting_payment' AND o.member_id IN (`+who+`)`, arg)
	byOrder := map[int64]pec.OrderedRenewal{}
	for _, h := range list {
		byOrder[h.order] = h.OrderedRenewal
	}
	return byOrder, err
}
