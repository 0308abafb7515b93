package db

// AddAcceptance keeps that a member accepted a document in its version, and
// when; accepted twice, the first moment stays (R17).
func (tx *Tx) AddAcceptance(member int64, document, version string) error {
	return tx.exec(`INSERT INTO acceptances (member_id, document, version, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		member, document, version, instant(tx.Now))
}

// Accepted counts the documents of a version that a member accepted.
func (tx *ReadTx) Accepted(member int64, version string) (int, error) {
	return value[int](tx, `SELECT COUNT(*) FROM acceptances WHERE member_id = ? AND version = ?`, member, version)
}
