package office

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"sync"
	"time"

	"albopec/app/pec"
	"albopec/db"

	"github.com/alexedwards/argon2id"
)

// ErrSignIn is the answer to any log-in that fails: it does not tell whether
// the account exists.
var ErrSignIn = pec.Refuse("sign_in_failed", "Indirizzo o password non corretti.")

// SignInOperator returns the operator with an e-mail and password.
func (o *Office) SignInOperator(ctx context.Context, email, password string) (db.Operator, error) {
	var op db.Operator
	err := o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		op, err = tx.OperatorByEmail(normalAddress(email))
		return err
	})
	if err != nil && pec.AsProblem(err) == nil {
		return op, err
	}
	if !matches(password, op.PasswordHash) || !op.Active {
		return db.Operator{}, ErrSignIn
	}
	return op, nil
}

// SignInMember returns the member whose mailbox has an address and whose
// password is given. A deceased member's log-in is off (9.10); a closed
// mailbox's holder may still see their credit and movements.
func (o *Office) SignInMember(ctx context.Context, address, password string) (db.MemberRow, error) {
	var m db.MemberRow
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		box, err := tx.MailboxByAddress(normalAddress(address))
		if err != nil {
			return err
		}
		m, err = tx.Member(box.MemberID)
		return err
	})
	if err != nil && pec.AsProblem(err) == nil {
		return m, err
	}
	if !matches(password, m.PasswordHash) || m.Status == pec.MemberDeceased {
		return db.MemberRow{}, ErrSignIn
	}
	return m, nil
}

var noHash = sync.OnceValue(func() string {
	h, err := argon2id.CreateHash("nessuno", hashing)
	if err != nil {
		panic(err) // no randomness: nothing can be safe
	}
	return h
})

// matches takes as long for an account that does not exist as for one that
// does.
func matches(password, hash string) bool {
	known := hash != ""
	if !known {
		hash = noHash()
	}
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	return ok && known && err == nil
}

// SetMemberPassword gives the holder of a mailbox a password for their area.
func (o *Office) SetMemberPassword(ctx context.Context, actor, address, password string) error {
	hash, err := hashPassword(password)
	if err != nil {
		return err
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		box, err := tx.MailboxByAddress(normalAddress(address))
		if err != nil {
			return err
		}
		return setMemberPassword(tx, box.MemberID, hash)
	})
}

func setMemberPassword(tx *db.Tx, member int64, hash string) error {
	if err := tx.SetMemberPassword(member, hash); err != nil {
		return err
	}
	if err := tx.DropEmailChange(member); err != nil { // nor what was asked for by whoever was in
		return err
	}
	if err := tx.DropMemberLinks(member); err != nil { // a link mislaid must not undo the choice
		return err
	}
	return tx.Record("member.password", "member", member, nil)
}

// ChangeMemberPassword lets a member change their own password, knowing the old.
func (o *Office) ChangeMemberPassword(ctx context.Context, actor string, member int64, old, password string) error {
	hash, err := hashPassword(password)
	if err != nil {
		return err
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		m, err := tx.Member(member)
		if err != nil {
			return err
		}
		if !matches(old, m.PasswordHash) {
			return pec.Refuse("password_wrong", "La password attuale non è corretta.").On("old")
		}
		return setMemberPassword(tx, member, hash)
	})
}

// linkLife is how long a one-time link can be used.
const linkLife = 7 * 24 * time.Hour

// newToken is the secret part of a one-time link.
func newToken() (string, error) {
	raw := make([]byte, 24)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("making a link: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// MemberLink makes a one-time link with which a member sets a first password;
// it returns the token, which is kept only as a hash.
func (o *Office) MemberLink(ctx context.Context, actor string, member int64) (string, error) {
	token, err := newToken()
	if err != nil {
		return "", err
	}
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		if _, err := standingMember(&tx.ReadTx, member); err != nil {
			return err
		}
		if err := tx.DropMemberLinks(member); err != nil { // the newest alone opens
			return err
		}
		if err := tx.AddMemberLink(tokenHash(token), member, o.Now().Add(linkLife)); err != nil {
			return err
		}
		return tx.Record("member.link", "member", member, nil)
	})
	return token, err
}

// LookAsMember notes that an operator opened a member's area to look at it.
func (o *Office) LookAsMember(ctx context.Context, actor string, member int64) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		if _, err := standingMember(&tx.ReadTx, member); err != nil {
			return err
		}
		return tx.Record("member.looked_at", "member", member, nil)
	})
}

// UseMemberLink sets a member's password by a one-time link. A link already
// used, expired or unknown is a Problem.
func (o *Office) UseMemberLink(ctx context.Context, token, password string) error {
	hash, err := hashPassword(password)
	if err != nil {
		return err
	}
	return o.write(ctx, actorLink, func(tx *db.Tx) error {
		member, err := tx.UseMemberLink(tokenHash(token), o.Now())
		if err != nil {
			return err
		}
		return setMemberPassword(tx, member, hash)
	})
}

// MemberOfLink returns the member whom a link that can still be used is for.
func (o *Office) MemberOfLink(ctx context.Context, token string) (db.MemberRow, error) {
	var m db.MemberRow
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		id, err := tx.MemberOfLink(tokenHash(token), o.Now())
		if err != nil {
			return err
		}
		m, err = tx.Member(id)
		return err
	})
	return m, err
}

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
