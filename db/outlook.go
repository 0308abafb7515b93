package db

import (
	"slices"
	"strings"

	"albopec/app/pec"
)

// Expiring counts the running mailboxes that expire from one day to another,
// both included, by day and by what decides about them, in order of day.
func (tx *ReadTx) Expiring(from, until pec.Date) ([]pec.Expiring, error) {
	return all(tx, func(row scanner) (pec.Expiring, error) {
		var e pec.Expiring
		return e, row.Scan(dayInto{&e.On}, &e.Kind, &e.TermYears, &e.AutoRenew, &e.OnRegister, &e.Mailboxes)
	}, `SELECT b.expires_on, b.kind, b.term_years, b.auto_renew, m.status IN ('active', 'suspended') AS on_register, COUNT(*)
		FROM mailboxes b JOIN members m ON m.id = b.member_id
		WHERE b.status IN ('active', 'suspended') AND b.expires_on BETWEEN ? AND ?
		GROUP BY b.expires_on, b.kind, b.term_years, b.auto_renew, on_register ORDER BY b.expires_on`, day(from), day(until))
}

// RunningAt counts the mailboxes that were running at the end of each of these
// days: activated by then, and not yet closed.
func (tx *ReadTx) RunningAt(days []pec.Date) ([]int, error) {
	counts := make([]int, len(days))
	for i, d := range days {
		n, err := value[int](tx, `SELECT COUNT(*) FROM mailboxes WHERE activated_on <= ?1 AND (closed_on IS NULL OR closed_on > ?1)`, day(d))
		if err != nil {
			return nil, err
		}
		counts[i] = n
	}
	return counts, nil
}

// OutstandingMailboxes counts the mailboxes that wait for the provider, and
// gives the day since when the oldest does.
func (tx *ReadTx) OutstandingMailboxes() (requested, sent int, since pec.Date, err error) {
	err = tx.tx.QueryRowContext(tx.ctx, `SELECT COALESCE(SUM(status = 'requested'), 0), COALESCE(SUM(status = 'sent'), 0),
			MIN(COALESCE(sent_on, requested_on)) FROM mailboxes WHERE status IN ('requested', 'sent')`).Scan(&requested, &sent, dayInto{&since})
	return requested, sent, since, err
}

// BooksWithServices loads the books of all members who have a running service
// that expires up to and including a day, by member, in four queries: one by
// one they would take too long for a page. Of the agreements of orders that
// wait only the id is filled in.
func (tx *ReadTx) BooksWithServices(through pec.Date) ([]pec.Book, error) {
	const due = `SELECT b.member_id FROM services s JOIN mailboxes b ON b.id = s.mailbox_id WHERE s.ended_on IS NULL AND s.expires_on <= ?1`
	books, err := all(tx, func(row scanner) (pec.Book, error) {
		var b pec.Book
		return b, row.Scan(&b.MemberID, &b.Status, dayInto{&b.LeftOn}, dayInto{&b.LeftRegisteredOn}, &b.Credit, &b.Claim)
	}, `SELECT m.id, m.status, m.left_on, m.left_registered_on,
			COALESCE((SELECT balance_cents FROM ledger l WHERE l.member_id = m.id ORDER BY seq DESC LIMIT 1), 0),
			COALESCE((SELECT SUM(amount_cents) FROM claims c WHERE c.member_id = m.id), 0)
		FROM members m WHERE m.id IN (`+due+`) ORDER BY m.id`, day(through))
	if err != nil {
		return nil, err
	}
	at := map[int64]*pec.Book{}
	for i := range books {
		at[books[i].MemberID] = &books[i]
	}
	boxes, err := all(tx, scanMailbox, `SELECT `+mailboxColumns+` FROM mailboxes b
		WHERE b.status <> 'closed' AND b.member_id IN (`+due+`) ORDER BY b.address, b.id`, day(through))
	if err != nil {
		return nil, err
	}
	holder := map[int64]int64{}
	for _, b := range boxes {
		holder[b.ID] = b.MemberID
		at[b.MemberID].Mailboxes = append(at[b.MemberID].Mailboxes, b.Mailbox)
	}
	services, err := all(tx, scanService, `SELECT `+serviceColumns+` FROM services s JOIN mailboxes b ON b.id = s.mailbox_id
		WHERE s.ended_on IS NULL AND b.status <> 'closed' AND b.member_id IN (`+due+`) ORDER BY s.started_on, s.id`, day(through))
	if err != nil {
		return nil, err
	}
	for _, s := range services {
		if b := at[holder[s.MailboxID]]; b != nil {
			b.Services = append(b.Services, s.Service)
		}
	}
	type waiting struct {
		member int64
		pec.WaitingOrder
	}
	orders, err := all(tx, func(row scanner) (waiting, error) {
		var w waiting
		return w, row.Scan(&w.member, &w.ID, &w.MailboxID, &w.Gross, dayInto{&w.OrderedOn}, &w.Agreement.ID, &w.Product, &w.Quantity)
	}, `SELECT o.member_id, o.id, o.mailbox_id, o.gross_cents, o.ordered_on, o.agreement_id, l.product, l.quantity
		FROM orders o JOIN order_lines l ON l.order_id = o.id
		WHERE o.state = 'awaiting_payment' AND o.member_id IN (`+due+`) ORDER BY o.id`, day(through))
	for _, w := range orders {
		at[w.member].Waiting = append(at[w.member].Waiting, w.WaitingOrder)
	}
	return books, err
}

// SectionSector is a section and the sectors that its members have.
type SectionSector struct {
	Section string
	Sectors []string
}

// Sections returns the sections of the register with their sectors, for the
// filters of its list.
func (tx *ReadTx) Sections() ([]SectionSector, error) {
	type pair struct{ section, sector string }
	list, err := all(tx, func(row scanner) (pair, error) {
		var p pair
		return p, row.Scan(&p.section, &p.sector)
	}, `SELECT DISTINCT section, sector FROM members WHERE section <> '' OR sector <> '' ORDER BY section, sector`)
	var sections []SectionSector
	for _, p := range list {
		if len(sections) == 0 || sections[len(sections)-1].Section != p.section {
			sections = append(sections, SectionSector{Section: p.section})
		}
		last := &sections[len(sections)-1]
		for _, s := range strings.Fields(p.sector) {
			if !slices.Contains(last.Sectors, s) {
				last.Sectors = append(last.Sectors, s)
			}
		}
	}
	return sections, err
}

// LatestAudit returns the latest entry of the log for an action on a sort of
// thing; its ID is 0 when there is none.
func (tx *ReadTx) LatestAudit(entity, action string) (AuditEntry, error) {
	list, err := all(tx, scanAudit, `SELECT id, at, day_on, actor, action, entity, COALESCE(entity_id, 0), detail
		FROM audit WHERE entity = ? AND action = ? ORDER BY id DESC LIMIT 1`, entity, action)
	if err != nil || len(list) == 0 {
		return AuditEntry{}, err
	}
	return list[0], nil
}

// MemberAudit returns the log of a member, of their mailboxes and of their
// orders, newest first, before the entry given (0: from the newest).
func (tx *ReadTx) MemberAudit(member, before int64, limit int) ([]AuditEntry, error) {
	return all(tx, scanAudit, `SELECT id, at, day_on, actor, action, entity, COALESCE(entity_id, 0), detail FROM (
			SELECT * FROM audit WHERE entity = 'member' AND entity_id = ?1
			UNION ALL SELECT a.* FROM mailboxes b JOIN audit a ON a.entity = 'mailbox' AND a.entity_id = b.id WHERE b.member_id = ?1
			UNION ALL SELECT a.* FROM orders o JOIN audit a ON a.entity = 'order' AND a.entity_id = o.id WHERE o.member_id = ?1
		) WHERE ?2 = 0 OR id < ?2 ORDER BY id DESC LIMIT ?3`, member, before, limit)
}
