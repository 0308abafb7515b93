package db

import (
	"time"

	"albopec/app/pec"
)

// MergedInto returns the positions that were merged into a member, the latest
// first.
func (tx *ReadTx) MergedInto(member int64) ([]MemberRow, error) {
	return all(tx, scanMember, `SELECT `+memberColumns+` FROM members m WHERE m.merged_into = ? ORDER BY m.merged_on DESC, m.id DESC`, member)
}

// MergedPositions returns all positions that were merged into others.
func (tx *ReadTx) MergedPositions() ([]MemberRow, error) {
	return all(tx, scanMember, `SELECT `+memberColumns+` FROM members m WHERE m.merged_into IS NOT NULL ORDER BY m.id`)
}

// MarkMerged makes a member's row one that leads to another: off the register
// from today unless it was already, without number, code, reserved address and
// password. What had been merged into it leads there too.
func (tx *Tx) MarkMerged(gone, keep int64) error {
	if err := tx.exec(`UPDATE members SET merged_into = ?1, merged_on = ?2, registration_number = NULL, tax_code = NULL, reserved_address = NULL,
			password_hash = '', left_on = COALESCE(left_on, ?2), left_registered_on = COALESCE(left_registered_on, ?2),
			status = CASE WHEN status IN ('active', 'suspended') THEN 'cancelled' ELSE status END, status_until = NULL, version = version + 1 WHERE id = ?3`,
		keep, day(tx.On), gone); err != nil {
		return err
	}
	return tx.exec(`UPDATE members SET merged_into = ? WHERE merged_into = ?`, keep, gone)
}

// KeepFormerKeys leaves with a merged position the number and code that were not
// taken over, so that they lead to the other.
func (tx *Tx) KeepFormerKeys(gone int64, number, code string) error {
	return tx.exec(`UPDATE members SET registration_number = ?, tax_code = ? WHERE id = ?`, text(number), text(code), gone)
}

// MoveHoldings gives what a merged position held to the other: mailboxes with
// all that is on them, messages, letters, formal notices, orders that wait, what
// was accepted, accesses to others' mailboxes, what the indexes were told, what is
// known of the digital domicile, and what was said not to be the same person.
// Completed orders, entries, payments and history stay as they were written.
func (tx *Tx) MoveHoldings(gone, keep int64) error {
	for _, move := range []string{
		`UPDATE mailboxes SET member_id = ?1, version = version + 1 WHERE member_id = ?2`,
		`UPDATE messages SET member_id = ?1 WHERE member_id = ?2`,
		`UPDATE letters SET member_id = ?1 WHERE member_id = ?2`,
		`UPDATE formal_notices SET member_id = ?1 WHERE member_id = ?2`,
		`UPDATE inipec_rows SET member_id = ?1 WHERE member_id = ?2`,
		`UPDATE reginde_rows SET member_id = ?1 WHERE member_id = ?2`,
		`UPDATE OR IGNORE domicile_choices SET member_id = ?1 WHERE member_id = ?2`,
		`INSERT INTO domicile_marks SELECT ?1, address, fault, note, marked_on, actor FROM domicile_marks
			WHERE member_id = ?2 AND address = (SELECT lower(own_pec) FROM members WHERE id = ?1) ON CONFLICT (member_id) DO UPDATE
			SET address = excluded.address, fault = excluded.fault, note = excluded.note, marked_on = excluded.marked_on, actor = excluded.actor`,
		`UPDATE orders SET member_id = ?1 WHERE member_id = ?2 AND state = 'awaiting_payment'`,
		`INSERT INTO acceptances (member_id, document, version, at) SELECT ?1, document, version, at FROM acceptances WHERE member_id = ?2
			ON CONFLICT (member_id, document, version) DO UPDATE SET at = min(at, excluded.at)`,
		`INSERT OR IGNORE INTO distinct_members (first_id, second_id, actor, at)
			SELECT min(?1, other), max(?1, other), actor, at FROM (
				SELECT CASE first_id WHEN ?2 THEN second_id ELSE first_id END AS other, actor, at FROM distinct_members WHERE ?2 IN (first_id, second_id)
			) WHERE other <> ?1`,
		`DELETE FROM distinct_members WHERE ?2 IN (first_id, second_id)`,
	} {
		if err := tx.exec(move, keep, gone); err != nil {
			return err
		}
	}
	return tx.moveAccesses(gone, keep)
}

// Holdings counts what one position holds.
type Holdings struct {
	Mailboxes    []MailboxRow
	Services     int // running
	Orders       int // finished
	Waiting      int
	WaitingGross pec.Cents
	Entries      int
	TopUps       int
	TopUpsGross  pec.Cents
	Balance      pec.Cents
	Claim        pec.Cents
	Changes      int // in its history
	Acceptances  int
	Links        int // one-time links that can still be used
	Imports      int // that created or changed it
	ChangedAt    time.Time
}

// Holdings gathers what one position holds, whatever was merged into it left
// out.
func (tx *ReadTx) Holdings(member int64) (Holdings, error) {
	h, err := one(tx, nil, func(row scanner) (Holdings, error) {
		var h Holdings
		return h, row.Scan(&h.Services, &h.Orders, &h.Waiting, &h.WaitingGross, &h.Entries, &h.TopUps, &h.TopUpsGross, &h.Balance, &h.Claim,
			&h.Changes, &h.Acceptances, &h.Links, &h.Imports, instantInto{&h.ChangedAt})
	}, `SELECT
			(SELECT COUNT(*) FROM services s JOIN mailboxes b ON b.id = s.mailbox_id WHERE b.member_id = ?1 AND s.ended_on IS NULL),
			(SELECT COUNT(*) FROM orders WHERE member_id = ?1 AND state <> 'awaiting_payment'),
			(SELECT COUNT(*) FROM orders WHERE member_id = ?1 AND state = 'awaiting_payment'),
			(SELECT COALESCE(SUM(gross_cents), 0) FROM orders WHERE member_id = ?1 AND state = 'awaiting_payment'),
			(SELECT COUNT(*) FROM ledger WHERE member_id = ?1),
			(SELECT COUNT(*) FROM topups WHERE member_id = ?1),
			(SELECT COALESCE(SUM(amount_cents), 0) FROM topups WHERE member_id = ?1),
			COALESCE((SELECT balance_cents FROM ledger WHERE member_id = ?1 ORDER BY seq DESC LIMIT 1), 0),
			(SELECT COALESCE(SUM(amount_cents), 0) FROM claims WHERE member_id = ?1),
			(SELECT COUNT(*) FROM member_history WHERE member_id = ?1),
			(SELECT COUNT(*) FROM acceptances WHERE member_id = ?1),
			(SELECT COUNT(*) FROM member_links WHERE member_id = ?1 AND used_at IS NULL),
			(SELECT COUNT(*) FROM import_changes WHERE entity = 'member' AND entity_id = ?1),
			(SELECT MAX(at) FROM (SELECT created_at AS at FROM members WHERE id = ?1 UNION ALL SELECT MAX(at) FROM member_history WHERE member_id = ?1))`, member)
	if err != nil {
		return h, err
	}
	h.Mailboxes, err = tx.MailboxesOf(member)
	return h, err
}

// Pair is two members, the smaller id first.
type Pair struct{ First, Second int64 }

// PairOf puts two members in order.
func PairOf(a, b int64) Pair { return Pair{min(a, b), max(a, b)} }

// AddDistinct keeps that two members are two persons; said twice, the first
// time stays.
func (tx *Tx) AddDistinct(p Pair) error {
	return tx.exec(`INSERT INTO distinct_members (first_id, second_id, actor, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		p.First, p.Second, tx.Actor, instant(tx.Now))
}

// DropDistinct forgets that two members were said to be two persons, and reports
// whether they were.
func (tx *Tx) DropDistinct(p Pair) (bool, error) {
	was, err := value[bool](&tx.ReadTx, `SELECT EXISTS (SELECT 1 FROM distinct_members WHERE first_id = ? AND second_id = ?)`, p.First, p.Second)
	if err != nil || !was {
		return false, err
	}
	return true, tx.exec(`DELETE FROM distinct_members WHERE first_id = ? AND second_id = ?`, p.First, p.Second)
}

// ToldApart is a pair that somebody said to be two persons.
type ToldApart struct {
	Pair
	Actor string
	At    time.Time
}

// PairsToldApart returns the pairs that were said to be two persons, the latest
// first, without those of which one was merged since.
func (tx *ReadTx) PairsToldApart() ([]ToldApart, error) {
	return all(tx, func(row scanner) (ToldApart, error) {
		var p ToldApart
		return p, row.Scan(&p.First, &p.Second, &p.Actor, instantInto{&p.At})
	}, `SELECT d.first_id, d.second_id, d.actor, d.at FROM distinct_members d
		JOIN members a ON a.id = d.first_id AND a.merged_into IS NULL JOIN members b ON b.id = d.second_id AND b.merged_into IS NULL
		ORDER BY d.at DESC, d.first_id, d.second_id`)
}

// DistinctMembers returns the pairs that were said to be two persons.
func (tx *ReadTx) DistinctMembers() (map[Pair]bool, error) {
	list, err := all(tx, func(row scanner) (Pair, error) {
		var p Pair
		return p, row.Scan(&p.First, &p.Second)
	}, `SELECT first_id, second_id FROM distinct_members`)
	pairs := map[Pair]bool{}
	for _, p := range list {
		pairs[p] = true
	}
	return pairs, err
}
