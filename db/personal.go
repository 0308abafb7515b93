package db

import (
	"encoding/json"
	"strings"
	"time"

	"albopec/app/pec"
)

// Acceptance is a document that a member accepted (R17).
type Acceptance struct {
	Document string
	Version  string
	At       time.Time
}

// Acceptances returns what a member accepted, in order.
func (tx *ReadTx) Acceptances(member int64) ([]Acceptance, error) {
	return all(tx, func(row scanner) (Acceptance, error) {
		var a Acceptance
		return a, row.Scan(&a.Document, &a.Version, instantInto{&a.At})
	}, `SELECT document, version, at FROM acceptances WHERE member_id = ? ORDER BY id`, member)
}

// ImportsOf returns the imports that created or changed a member, in order.
func (tx *ReadTx) ImportsOf(member int64) ([]BatchListed, error) {
	return all(tx, scanBatchListed, batchListed+`WHERE id IN (SELECT batch_id FROM import_changes WHERE entity = 'member' AND entity_id = ?) ORDER BY id`, member)
}

// LastMoneyOn is the day of the latest entry of a member's ledger, zero when
// there is none.
func (tx *ReadTx) LastMoneyOn(member int64) (pec.Date, error) {
	return one(tx, nil, func(row scanner) (pec.Date, error) {
		var d pec.Date
		return d, row.Scan(dayInto{&d})
	}, `SELECT MAX(day_on) FROM ledger WHERE member_id = ?`, member)
}

// columnOf is where a field of a member is stored. The fields that can be
// erased are called alike.
func columnOf(f pec.Field) string { return string(f) }

// EraseContacts takes fields of a member away for good: from the row, from its
// history and from what imports keep for their undo. Password, links, a reserved
// address and where e-invoices went go with them (on the orders it stays), and so
// do the texts of messages and who they went to, the addresses on letters and
// what is known of the digital domicile; what had not left yet never will. What
// the indexes were told stays.
func (tx *Tx) EraseContacts(member int64, fields []pec.Field) error {
	var set []string
	var names []string
	for _, f := range fields {
		set = append(set, columnOf(f)+` = ''`)
		names = append(names, string(f))
	}
	names = append(names, string(pec.FieldRecipientCode), string(pec.FieldRecipientPEC))
	list, err := json.Marshal(names)
	if err != nil {
		return err
	}
	if err := tx.exec(`UPDATE members SET `+strings.Join(set, ", ")+`, recipient_code = '', recipient_pec = '', reserved_address = NULL, password_hash = '', erased_on = ?, version = version + 1 WHERE id = ?`,
		day(tx.On), member); err != nil {
		return err
	}
	if err := tx.exec(`DELETE FROM member_history WHERE member_id = ? AND field IN (SELECT value FROM json_each(?))`, member, string(list)); err != nil {
		return err
	}
	if err := tx.blankMessages(member); err != nil {
		return err
	}
	if err := tx.blankLetters(member); err != nil {
		return err
	}
	if err := tx.ChooseDomicile(member, ""); err != nil {
		return err
	}
	if err := tx.MarkDomicile(member, pec.DomicileMark{}); err != nil {
		return err
	}
	if err := tx.DropEmailChange(member); err != nil {
		return err
	}
	if err := tx.exec(`UPDATE deliveries SET address = '' WHERE order_id IN (SELECT id FROM orders WHERE member_id = ?)
		AND (handed_on IS NOT NULL OR order_id IN (SELECT id FROM orders WHERE state <> 'completed'))`, member); err != nil {
		return err
	}
	return tx.DropMemberLinks(member)
}

// ErasedMembers returns those whose contact data went on request and who are not
// back since.
func (tx *ReadTx) ErasedMembers() (map[int64]bool, error) {
	return byKey[int64, bool](tx, `SELECT id, 1 FROM members WHERE erased_on IS NOT NULL AND merged_into IS NULL`)
}

// MemberChanges returns what imports keep of a member as it was before them.
func (tx *ReadTx) MemberChanges(member int64) (map[int64]json.RawMessage, error) {
	return byKey[int64, json.RawMessage](tx, `SELECT batch_id, CAST(before AS BLOB) FROM import_changes WHERE entity = 'member' AND entity_id = ? AND before IS NOT NULL`, member)
}

// SetMemberChange writes over what an import keeps of a member.
func (tx *Tx) SetMemberChange(batch, member int64, before json.RawMessage) error {
	return tx.exec(`UPDATE import_changes SET before = ? WHERE batch_id = ? AND entity = 'member' AND entity_id = ?`, string(before), batch, member)
}

// BatchReports returns the reports of the imports of members, and of payments,
// that have something to say about rows, by import.
func (tx *ReadTx) BatchReports() (map[int64]json.RawMessage, error) {
	return byKey[int64, json.RawMessage](tx, `SELECT id, CAST(report AS BLOB) FROM import_batches WHERE kind IN ('members', 'payments') AND json_array_length(report, '$.problems') > 0`)
}
