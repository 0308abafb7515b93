package db

import (
	"time"

	"albopec/app/pec"
)

var noLink = pec.Refuse("link_invalid", "Il collegamento è scaduto o è già stato usato: ne chieda uno nuovo alla segreteria.")

// AddMemberLink keeps the hash of a one-time link for a member.
func (tx *Tx) AddMemberLink(tokenHash string, member int64, expires time.Time) error {
	return tx.exec(`INSERT INTO member_links (token_hash, member_id, expires_at) VALUES (?, ?, ?)`, tokenHash, member, instant(expires))
}

// MemberOfLink returns the member of a link that can still be used.
func (tx *ReadTx) MemberOfLink(tokenHash string, now time.Time) (int64, error) {
	return one(tx, noLink, func(row scanner) (int64, error) {
		var id int64
		return id, row.Scan(&id)
	}, `SELECT member_id FROM member_links WHERE token_hash = ? AND used_at IS NULL AND expires_at > ?`, tokenHash, instant(now))
}

// DropMemberLinks spends whatever links a member still has.
func (tx *Tx) DropMemberLinks(member int64) error {
	return tx.exec(`UPDATE member_links SET used_at = ? WHERE member_id = ? AND used_at IS NULL`, instant(tx.Now), member)
}

// UseMemberLink spends a link and returns its member.
func (tx *Tx) UseMemberLink(tokenHash string, now time.Time) (int64, error) {
	id, err := tx.MemberOfLink(tokenHash, now)
	if err != nil {
		return 0, err
	}
	return id, tx.exec(`UPDATE member_links SET used_at = ? WHERE token_hash = ?`, instant(now), tokenHash)
}
