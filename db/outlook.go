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
	}, `SELECT b.expires_on, COALESCE(NULLIF(b.next_kind, ''), b.kind) AS kind_then, b.term_years, b.auto_renew, m.status IN ('active', 'suspended') AS on_register, COUNT(*)
		FROM mailboxes b JOIN members m ON m.id = b.member_id
		WHERE b.status IN ('active', 'suspended') AND b.expires_on BETWEEN ? AND ?
		GROUP BY b.expires_on, kind_then, b.term_years, b.auto_renew, on_register ORDER BY b.expires_on`, day(from), day(until))
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
	err = figures(tx, []any{&requested, &sent, dayInto{&since}}, `SELECT COALESCE(SUM(status = 'requested'), 0), COALESCE(SUM(status = 'sent'), 0),
			MIN(COALESCE(sent_on, requested_on)) FROM mailboxes WHERE status IN ('requested', 'sent')`)
	return requested, sent, since, err
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
	}, `SELECT DISTINCT section, sector FROM members WHERE merged_into IS NULL AND (section <> '' OR sector <> '') ORDER BY section, sector`)
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
	return firstOf(all(tx, scanAudit, `SELECT id, at, day_on, actor, action, entity, COALESCE(entity_id, 0), detail
		FROM audit WHERE entity = ? AND action = ? ORDER BY id DESC LIMIT 1`, entity, action))
}

// MemberAudit returns the log of a member, of the positions merged into it, of
// their mailboxes and of their orders, newest first, before the entry given (0: from the newest).
func (tx *ReadTx) MemberAudit(member, before int64, limit int) ([]AuditEntry, error) {
	return all(tx, scanAudit, `SELECT id, at, day_on, actor, action, entity, COALESCE(entity_id, 0), detail FROM (
			SELECT * FROM audit WHERE entity = 'member' AND entity_id IN (SELECT id FROM members WHERE id = ?1 OR merged_into = ?1)
			UNION ALL SELECT a.* FROM mailboxes b JOIN audit a ON a.entity = 'mailbox' AND a.entity_id = b.id WHERE b.member_id = ?1
			UNION ALL SELECT a.* FROM orders o JOIN audit a ON a.entity = 'order' AND a.entity_id = o.id
				WHERE o.member_id IN (SELECT id FROM members WHERE id = ?1 OR merged_into = ?1)
		) WHERE ?2 = 0 OR id < ?2 ORDER BY id DESC LIMIT ?3`, member, before, limit)
}
