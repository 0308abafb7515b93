package db

import (
	"time"

	"albopec/app/pec"
)

// EmailChange is an address that a member asked for and has not confirmed yet.
// A zero MemberID is none.
type EmailChange struct {
	MemberID           int64
	Email              string
	AskedAt, ExpiresAt time.Time
}

func scanEmailChange(row scanner) (EmailChange, error) {
	var c EmailChange
	return c, row.Scan(&c.MemberID, &c.Email, instantInto{&c.AskedAt}, instantInto{&c.ExpiresAt})
}

const emailChangeColumns = `member_id, email, asked_at, expires_at`

var noEmailChange = pec.Refuse("link_invalid", "Il collegamento è scaduto o è già stato usato: chieda di nuovo il cambio dalla Sua area, in «I miei dati».")

// SetEmailChange keeps the address that a member asks for, in the place of any
// other, with the hash of the token that confirms it.
func (tx *Tx) SetEmailChange(c EmailChange, tokenHash string) error {
	return tx.exec(`INSERT INTO email_changes (member_id, email, token_hash, asked_at, expires_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (member_id) DO UPDATE SET email = excluded.email, token_hash = excluded.token_hash, asked_at = excluded.asked_at, expires_at = excluded.expires_at`,
		c.MemberID, c.Email, tokenHash, instant(c.AskedAt), instant(c.ExpiresAt))
}

// EmailChangeOf returns the address that a member has still to confirm.
func (tx *ReadTx) EmailChangeOf(member int64, now time.Time) (EmailChange, error) {
	return firstOf(all(tx, scanEmailChange, `SELECT `+emailChangeColumns+` FROM email_changes WHERE member_id = ? AND expires_at > ?`, member, instant(now)))
}

// EmailChangeByToken returns the change that a token confirms.
func (tx *ReadTx) EmailChangeByToken(tokenHash string, now time.Time) (EmailChange, error) {
	return one(tx, noEmailChange, scanEmailChange, `SELECT `+emailChangeColumns+` FROM email_changes WHERE token_hash = ? AND expires_at > ?`, tokenHash, instant(now))
}

// DropEmailChange forgets the address that a member asked for.
func (tx *Tx) DropEmailChange(member int64) error {
	return tx.exec(`DELETE FROM email_changes WHERE member_id = ?`, member)
}
