package db

import (
	"encoding/json"
	"strings"

	"albopec/app/pec"
)

// MembersToNotify returns the ids of the members on the register with a running
// mailbox that expires up to and including a day and that may be told of: it
// has a running service or does not renew by itself, or its kind, now or from
// then on, is among these that members pay.
func (tx *ReadTx) MembersToNotify(until pec.Date, paidByMembers []string) ([]int64, error) {
	kinds, err := json.Marshal(append([]string{}, paidByMembers...))
	if err != nil {
		return nil, err
	}
	return all(tx, func(row scanner) (int64, error) {
		var id int64
		return id, row.Scan(&id)
	}, `SELECT DISTINCT m.id FROM mailboxes b JOIN members m ON m.id = b.member_id
		WHERE b.status IN ('active', 'suspended') AND m.status IN ('active', 'suspended') AND b.expires_on <= ?1
		AND (b.auto_renew = 0 OR b.kind IN (SELECT value FROM json_each(?2)) OR b.next_kind IN (SELECT value FROM json_each(?2))
			OR EXISTS (SELECT 1 FROM services s WHERE s.mailbox_id = b.id AND s.ended_on IS NULL))
		ORDER BY m.id`, day(until), string(kinds))
}

// NoticeRow is a notice that was raised, with its message.
type NoticeRow struct {
	MailboxID int64
	pec.Raised
	MessageID int64
}

// AddNotice keeps that a notice was raised: once for a mailbox, expiry and
// step, ever.
func (tx *Tx) AddNotice(n NoticeRow) error {
	return tx.exec(`INSERT INTO notices (mailbox_id, expires_on, step, raised_on, message_id) VALUES (?, ?, ?, ?, ?)`,
		n.MailboxID, day(n.ExpiresOn), n.Step, day(tx.On), n.MessageID)
}

// NoticesOf returns the notices of these mailboxes, by mailbox, the latest
// expiry and step first.
func (tx *ReadTx) NoticesOf(mailboxes []int64) (map[int64][]NoticeRow, error) {
	ids, err := json.Marshal(mailboxes)
	if err != nil {
		return nil, err
	}
	list, err := all(tx, func(row scanner) (NoticeRow, error) {
		var n NoticeRow
		return n, row.Scan(&n.MailboxID, dayInto{&n.ExpiresOn}, &n.Step, dayInto{&n.On}, &n.MessageID)
	}, `SELECT mailbox_id, expires_on, step, raised_on, message_id FROM notices
		WHERE mailbox_id IN (SELECT value FROM json_each(?)) ORDER BY mailbox_id, expires_on DESC, step`, string(ids))
	byMailbox := map[int64][]NoticeRow{}
	for _, n := range list {
		byMailbox[n.MailboxID] = append(byMailbox[n.MailboxID], n)
	}
	return byMailbox, err
}

// WindowFilter says which mailboxes may be asked about: those that expire up to
// and including a day, or whatever a search finds.
type WindowFilter struct {
	Search        string
	Until         pec.Date
	After, Before int64 // keyset: mailboxes
	Limit         int
}

// ExpiringMailboxes returns the running mailboxes in the window, by expiry and
// address; with a search, all that it finds.
func (tx *ReadTx) ExpiringMailboxes(f WindowFilter) ([]MailboxListed, error) {
	where, args := `b.status IN ('active', 'suspended') AND b.expires_on <= ?`, []any{day(f.Until)}
	if q := ftsQuery(f.Search); q != "" {
		where, args = `b.status <> 'closed' AND b.member_id IN (SELECT rowid FROM members_fts WHERE members_fts MATCH ?)`, []any{q}
	} else if strings.TrimSpace(f.Search) != "" {
		where, args = `0`, nil
	}
	const place = `(SELECT COALESCE(expires_on, ''), address, id FROM mailboxes WHERE id = ?)`
	const key = `(COALESCE(b.expires_on, ''), b.address, b.id)`
	order, limit := `COALESCE(b.expires_on, ''), b.address, b.id`, -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	switch {
	case f.After != 0:
		where += ` AND ` + key + ` > ` + place
		args = append(args, f.After)
	case f.Before != 0:
		where += ` AND ` + key + ` < ` + place
		args = append(args, f.Before)
		order = `COALESCE(b.expires_on, '') DESC, b.address DESC, b.id DESC`
	}
	list, err := all(tx, func(row scanner) (MailboxListed, error) {
		var m MailboxListed
		return m, row.Scan(append(m.into(), &m.Holder, &m.RegistrationNumber, &m.TaxCode, &m.MemberStatus, &m.ExtraGB)...)
	}, `SELECT `+mailboxColumns+`, rtrim(m.surname || ' ' || m.name), COALESCE(m.registration_number, ''), COALESCE(m.tax_code, ''), m.status,
			COALESCE((SELECT SUM(quantity) FROM services s WHERE s.mailbox_id = b.id AND s.ended_on IS NULL AND s.product = 'inbox_gb'), 0)
		FROM mailboxes b JOIN members m ON m.id = b.member_id WHERE `+where+` ORDER BY `+order+` LIMIT `+itoa(limit), args...)
	if f.Before != 0 && f.After == 0 {
		reverse(list)
	}
	return list, err
}
