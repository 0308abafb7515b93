package db

// SetAskedSpace keeps how many GB beyond its base are asked for with a mailbox
// that is not active yet; 0 takes the wish back.
func (tx *Tx) SetAskedSpace(mailbox int64, gb int) error {
	if gb == 0 {
		return tx.exec(`DELETE FROM asked_space WHERE mailbox_id = ?`, mailbox)
	}
	return tx.exec(`INSERT INTO asked_space (mailbox_id, quantity, actor, asked_on) VALUES (?, ?, ?, ?)
		ON CONFLICT (mailbox_id) DO UPDATE SET quantity = excluded.quantity, actor = excluded.actor, asked_on = excluded.asked_on`,
		mailbox, gb, tx.Actor, day(tx.On))
}

// AskedSpace returns the GB asked for with a mailbox; 0 for none.
func (tx *ReadTx) AskedSpace(mailbox int64) (int, error) {
	return value[int](tx, `SELECT quantity FROM asked_space WHERE mailbox_id = ?`, mailbox)
}
