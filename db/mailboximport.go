package db

import "albopec/app/pec"

// MailboxesInBooks returns all mailboxes as a provider's list is held against
// them.
func (tx *ReadTx) MailboxesInBooks() ([]pec.KnownMailbox, error) {
	return all(tx, func(row scanner) (pec.KnownMailbox, error) {
		var m MailboxRow
		var k pec.KnownMailbox
		err := row.Scan(append(m.into(), &k.ExtraGB, &k.Imported, &k.ListedGB)...)
		k.Mailbox, k.LastEventOn = m.Mailbox, m.LastEventOn
		return k, err
	}, `SELECT `+mailboxColumns+`, `+mailboxExtraGB+`,
			b.batch_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM periods p WHERE p.mailbox_id = b.id AND p.origin <> 'imported')
				AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.mailbox_id = b.id),
			COALESCE((SELECT SUM(quantity) FROM services s WHERE s.mailbox_id = b.id AND s.ended_on IS NULL AND s.product = 'inbox_gb' AND `+serviceIsListed+`), 0)
		FROM mailboxes b ORDER BY b.address, b.id`)
}

// serviceIsListed holds for a service that a list of mailboxes made, and that
// no statement of the provider's has told more of.
const serviceIsListed = `s.batch_id IN (SELECT id FROM import_batches WHERE kind = 'mailboxes')
	AND NOT EXISTS (SELECT 1 FROM import_batches i CROSS JOIN import_changes c ON c.batch_id = i.id AND c.entity = 'service' AND c.entity_id = s.id
		WHERE i.kind = 'services' AND i.undone_at IS NULL)`

// MailboxHolders returns every member as far as a provider's list speaks of
// one, without what was merged into another.
func (tx *ReadTx) MailboxHolders() ([]pec.MailboxHolder, error) {
	return all(tx, func(row scanner) (pec.MailboxHolder, error) {
		var h pec.MailboxHolder
		return h, row.Scan(&h.ID, &h.FullName, &h.TaxCode, &h.Status, dayInto{&h.LeftOn}, dayInto{&h.LeftRegisteredOn}, dayInto{&h.LastEventOn})
	}, `SELECT id, rtrim(surname || ' ' || name), COALESCE(tax_code, ''), status, left_on, left_registered_on, last_event_on FROM members WHERE merged_into IS NULL ORDER BY id`)
}

// ImportedMailboxes returns the mailboxes that an import created, or those that
// it changed, in the order of their ids.
func (tx *ReadTx) ImportedMailboxes(batch int64, created bool, around Around) ([]MailboxListed, error) {
	end, args := around.sql("c.entity_id")
	list, err := all(tx, scanMailboxListed, `SELECT `+mailboxListedColumns+` FROM import_changes c JOIN mailboxes b ON b.id = c.entity_id JOIN members m ON m.id = b.member_id
		WHERE c.batch_id = ? AND c.entity = 'mailbox' AND (c.before IS NULL) = ?`+end, append([]any{batch, created}, args...)...)
	if around.Before > 0 {
		reverse(list)
	}
	return list, err
}

// ListedServices returns the running services that only a list of mailboxes
// told of.
func (tx *ReadTx) ListedServices() (map[int64]bool, error) {
	return byKey[int64, bool](tx, `SELECT s.id, 1 FROM services s WHERE s.ended_on IS NULL AND `+serviceIsListed)
}

// SetMailboxBatch notes the import that took a mailbox in; 0 is none.
func (tx *Tx) SetMailboxBatch(id, batch int64) error {
	return tx.exec(`UPDATE mailboxes SET batch_id = NULLIF(?, 0) WHERE id = ?`, batch, id)
}

// DeleteImportedPeriods removes the terms that only a list told of.
func (tx *Tx) DeleteImportedPeriods(mailbox int64) error {
	return tx.exec(`DELETE FROM periods WHERE mailbox_id = ? AND origin = 'imported'`, mailbox)
}

// DeleteMailbox removes a mailbox that nothing refers to (undo of an import,
// or a request withdrawn).
func (tx *Tx) DeleteMailbox(id int64) error {
	return tx.exec(`DELETE FROM mailboxes WHERE id = ?`, id)
}

// MailboxIsOrdered reports whether an order was ever made on a mailbox.
func (tx *ReadTx) MailboxIsOrdered(id int64) (bool, error) {
	return value[bool](tx, `SELECT EXISTS (SELECT 1 FROM orders WHERE mailbox_id = ?)`, id)
}

// MailboxIsEntrusted reports whether an access to a mailbox was ever asked for.
func (tx *ReadTx) MailboxIsEntrusted(id int64) (bool, error) {
	return value[bool](tx, `SELECT EXISTS (SELECT 1 FROM accesses WHERE mailbox_id = ?)`, id)
}
