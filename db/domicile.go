package db

import (
	"encoding/json"
	"time"

	"albopec/app/pec"
)

// DomicileFacts returns what decides everybody's digital domicile: of the whole
// register, leavers too, without what was merged into another; by id.
func (tx *ReadTx) DomicileFacts() ([]pec.DomicileFacts, error) {
	return tx.domicileFacts(`m.merged_into IS NULL`, `TRUE`)
}

// DomicileOutlines returns the same with only what decides a domicile and what
// INI-PEC is told: of a member id, numbers, names, status and PEC, and of mailboxes
// what tells one that is a domicile. All that is held of a large register takes
// several times as long.
func (tx *ReadTx) DomicileOutlines() ([]pec.DomicileFacts, error) {
	list, err := all(tx, func(row scanner) (pec.DomicileFacts, error) {
		var f pec.DomicileFacts
		var created time.Time
		m := &f.Member
		err := row.Scan(&m.ID, &m.RegistrationNumber, &m.Surname, &m.Name, &m.TaxCode, dayInto{&m.RegisteredOn}, &m.Status, dayInto{&m.LeftOn}, &m.OwnPEC,
			dayInto{&f.OwnSince}, instantInto{&created}, &f.Chosen, &f.Mark.Address, &f.Mark.Fault, &f.Mark.Note, dayInto{&f.Mark.On})
		if f.OwnSince.IsZero() {
			f.OwnSince = pec.DateOf(created)
		}
		return f, err
	}, `SELECT m.id, COALESCE(m.registration_number, ''), m.surname, m.name, COALESCE(m.tax_code, ''), m.registered_on, m.status, m.left_on, m.own_pec, `+domicileColumns+`
		FROM `+domicileTables+` WHERE m.merged_into IS NULL ORDER BY m.id`)
	if err != nil {
		return nil, err
	}
	at := make(map[int64]int, len(list))
	for i, f := range list {
		at[f.Member.ID] = i
	}
	for b, err := range stream(tx, func(row scanner) (b pec.Mailbox, err error) {
		return b, row.Scan(&b.ID, &b.MemberID, &b.Address, &b.Status, dayInto{&b.ActivatedOn}, dayInto{&b.ClosedOn}, &b.CloseReason)
	}, `SELECT id, member_id, address, status, activated_on, closed_on, close_reason FROM mailboxes ORDER BY id`) {
		if err != nil {
			return nil, err
		}
		if i, ok := at[b.MemberID]; ok {
			list[i].Mailboxes = append(list[i].Mailboxes, b)
		}
	}
	return list, nil
}

// DomicileFactsOf returns those of one member, and of whoever has the member's
// own PEC too.
func (tx *ReadTx) DomicileFactsOf(member int64) ([]pec.DomicileFacts, error) {
	return tx.domicileFacts(`m.id IN `+withOwnPECOf, `b.member_id IN `+withOwnPECOf, member)
}

// withOwnPECOf are the member ?1 and whoever has the same PEC. Each part of the
// union has an index of its own: the register is never read whole.
const (
	ownPECOf     = `(SELECT lower(own_pec) FROM members WHERE id = ?1 AND own_pec <> '')`
	withOwnPECOf = `(SELECT ?1 UNION SELECT id FROM members WHERE own_pec <> '' AND lower(own_pec) = ` + ownPECOf + ` AND merged_into IS NULL
		UNION SELECT h.id FROM mailboxes x JOIN members h ON h.id = x.member_id WHERE x.address = ` + ownPECOf + ` AND h.merged_into IS NULL)`
)

// domicileFacts reads those of the members and mailboxes that two conditions
// name.
func (tx *ReadTx) domicileFacts(members, mailboxes string, args ...any) ([]pec.DomicileFacts, error) {
	list, err := all(tx, scanDomicileFacts, `SELECT `+memberColumns+`, `+domicileColumns+` FROM `+domicileTables+` WHERE `+members+` ORDER BY m.id`, args...)
	if err != nil {
		return nil, err
	}
	at := make(map[int64]int, len(list))
	for i, f := range list {
		at[f.Member.ID] = i
	}
	_, err = all(tx, func(row scanner) (struct{}, error) {
		m, err := scanMailbox(row)
		if i, ok := at[m.MemberID]; ok {
			list[i].Mailboxes = append(list[i].Mailboxes, m.Mailbox)
		}
		return struct{}{}, err
	}, `SELECT `+mailboxColumns+` FROM mailboxes b WHERE `+mailboxes+` ORDER BY b.id`, args...)
	return list, err
}

const domicileColumns = `h.day_on, m.created_at, COALESCE(c.address, ''), COALESCE(k.address, ''), COALESCE(k.fault, ''), COALESCE(k.note, ''), k.marked_on`

const domicileTables = `members m
	LEFT JOIN member_history h ON m.own_pec <> '' AND h.id = (SELECT MAX(id) FROM member_history WHERE member_id = m.id AND field = 'own_pec')
	LEFT JOIN domicile_choices c ON c.member_id = m.id
	LEFT JOIN domicile_marks k ON k.member_id = m.id`

func scanDomicileFacts(row scanner) (pec.DomicileFacts, error) {
	var f pec.DomicileFacts
	var m MemberRow
	var created time.Time
	err := row.Scan(append(m.into(), dayInto{&f.OwnSince}, instantInto{&created}, &f.Chosen, &f.Mark.Address, &f.Mark.Fault, &f.Mark.Note, dayInto{&f.Mark.On})...)
	f.Member = m.Member
	if f.OwnSince.IsZero() {
		f.OwnSince = pec.DateOf(created)
	}
	return f, err
}

// ChooseDomicile keeps the address that a member wants as domicile; empty takes
// the choice back.
func (tx *Tx) ChooseDomicile(member int64, address string) error {
	if address == "" {
		return tx.exec(`DELETE FROM domicile_choices WHERE member_id = ?`, member)
	}
	return tx.exec(`INSERT INTO domicile_choices (member_id, address, chosen_on, actor) VALUES (?, ?, ?, ?)
		ON CONFLICT (member_id) DO UPDATE SET address = excluded.address, chosen_on = excluded.chosen_on, actor = excluded.actor`, member, address, day(tx.On), tx.Actor)
}

// MarkDomicile keeps what is known of a member's own PEC; a mark without an
// address takes it back.
func (tx *Tx) MarkDomicile(member int64, k pec.DomicileMark) error {
	if k.Address == "" {
		return tx.exec(`DELETE FROM domicile_marks WHERE member_id = ?`, member)
	}
	return tx.exec(`INSERT INTO domicile_marks (member_id, address, fault, note, marked_on, actor) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (member_id) DO UPDATE SET address = excluded.address, fault = excluded.fault, note = excluded.note, marked_on = excluded.marked_on, actor = excluded.actor`,
		member, k.Address, k.Fault, k.Note, day(tx.On), tx.Actor)
}

// OwnPECOrigin is who wrote a member's own PEC, and the import that brought it.
type OwnPECOrigin struct {
	Actor string // empty when it came with the member
	Batch int64  // 0 when no import did
}

// OwnPECOrigin returns how a member's own PEC was learnt.
func (tx *ReadTx) OwnPECOrigin(member int64) (OwnPECOrigin, error) {
	return firstOf(all(tx, func(row scanner) (OwnPECOrigin, error) {
		var o OwnPECOrigin
		return o, row.Scan(&o.Actor, &o.Batch)
	}, `SELECT actor, COALESCE(batch_id, 0) FROM member_history WHERE member_id = ? AND field = 'own_pec' ORDER BY id DESC LIMIT 1`, member))
}

// IndexFormat returns how the file for the index is written.
func (tx *ReadTx) IndexFormat() (pec.IndexFormat, error) {
	list, err := all(tx, func(row scanner) (f pec.IndexFormat, err error) {
		var doc []byte
		if err := row.Scan(&doc); err != nil {
			return f, err
		}
		return f, json.Unmarshal(doc, &f)
	}, `SELECT CAST(document AS BLOB) FROM inipec_format`)
	if err != nil || len(list) == 0 {
		return pec.DefaultIndexFormat(), err
	}
	return list[0], nil
}

// SetIndexFormat stores how the file for the index is written.
func (tx *Tx) SetIndexFormat(f pec.IndexFormat) error {
	doc, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return tx.exec(`INSERT INTO inipec_format (id, document) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document`, string(doc))
}

// Standings returns what is known of the statuses of those of whom anything is, by
// member.
func (tx *ReadTx) Standings() (map[int64]pec.Standing, error) {
	known := map[int64]pec.Standing{}
	_, err := all(tx, func(row scanner) (struct{}, error) {
		var id int64
		var s pec.Standing
		err := row.Scan(&id, dayInto{&s.Since}, dayInto{&s.Until}, &s.Reason, &s.To)
		known[id] = s
		return struct{}{}, err
	}, `SELECT id, status_since, status_until, status_reason, transferred_to FROM members
		WHERE status_since IS NOT NULL OR status_until IS NOT NULL OR status_reason <> '' OR transferred_to <> ''`)
	return known, err
}
