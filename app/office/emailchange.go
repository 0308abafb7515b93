package office

import (
	"context"
	"time"

	"albopec/app/pec"
	"albopec/db"
)

// How long a new address may be confirmed, and how soon it is written to again:
// a form sent twice is one message.
const (
	emailCheckDays  = 3
	emailCheckPause = 2 * time.Minute
	mostEmailChecks = 5 // of a member in a day
)

// ChangeOwnContacts writes what a member changes of their own contact data.
// Another e-mail address holds only once it is confirmed from there: a message
// with a one-time link goes to it, and until then the old one stays. Pages is
// where the program's pages are reached ("https://albo.ordine.example"). It
// returns the address that waits; empty when none does.
func (o *Office) ChangeOwnContacts(ctx context.Context, actor string, member int64, c Contacts, pages string) (waits string, err error) {
	if err := c.tidy(); err != nil {
		return "", err
	}
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		m, err := standingMember(&tx.ReadTx, member)
		if err != nil {
			return err
		}
		if c, err = judgeContacts(tx, m.Member, c); err != nil {
			return err
		}
		wanted := c.Email
		c.Email = m.Email
		if err := changeContacts(tx, m, c); err != nil {
			return err
		}
		if wanted == m.Email { // what waits for its confirmation goes on waiting
			return nil
		}
		waits = wanted
		return askToConfirm(tx, m, wanted, pages)
	})
	return waits, err
}

// judgeContacts looks at what a member typed by the rules of the register's form,
// and tidies it. Of what an operator would be warned a member is told to mend it.
func judgeContacts(tx *db.Tx, m pec.Member, c Contacts) (Contacts, error) {
	typed := pec.TypedAs(m)
	fields := map[pec.Field]*string{
		pec.FieldAddress: &c.Address, pec.FieldPostalCode: &c.PostalCode, pec.FieldCity: &c.City, pec.FieldProvince: &c.Province,
		pec.FieldPhone: &c.Phone, pec.FieldMobile: &c.Mobile, pec.FieldEmail: &c.Email,
	}
	for f, value := range fields {
		typed[f] = *value
	}
	judged, err := judgeMember(tx, m, typed)
	if err != nil {
		return c, err
	}
	for _, p := range append(judged.Errors, judged.Warnings...) {
		if _, mine := fields[pec.Field(p.Field)]; mine {
			return c, &p
		}
	}
	for f, value := range fields {
		*value = judged.After.Get(f)
	}
	if problem := pec.RefuseProvince(c.Province); problem != nil && c.Province != m.Province {
		return c, problem
	}
	return c, nil
}

// askToConfirm writes the message that only who reads the new address gets.
func askToConfirm(tx *db.Tx, m db.MemberRow, email, pages string) error {
	before, err := tx.EmailChangeOf(m.ID, tx.Now)
	if err != nil {
		return err
	}
	if before.Email == email && tx.Now.Sub(before.AskedAt) < emailCheckPause {
		return nil // it is on its way
	}
	list, err := tx.MessageList(db.MessageFilter{Kind: pec.MessageEmailCheck, Member: m.ID, Limit: mostEmailChecks})
	if err != nil {
		return err
	}
	if len(list) == mostEmailChecks && list[mostEmailChecks-1].On == tx.On { // strangers are not to be written to over and over
		return pec.Refuse("too_many_tries", "Oggi ha già chiesto %d volte di cambiare la mail: riprovi domani, o la dica alla segreteria.", mostEmailChecks).On("email")
	}
	token, err := newToken()
	if err != nil {
		return err
	}
	until := tx.On.AddDays(emailCheckDays)
	change := db.EmailChange{MemberID: m.ID, Email: email, AskedAt: tx.Now, ExpiresAt: tx.Now.Add(emailCheckDays * 24 * time.Hour)}
	if err := tx.SetEmailChange(change, tokenHash(token)); err != nil {
		return err
	}
	body, err := orderBodyName(&tx.ReadTx)
	if err != nil {
		return err
	}
	if _, err := queue(tx, outgoing{
		kind: pec.MessageEmailCheck, key: tokenHash(token)[:24], member: m, to: email, usefulUntil: until,
		values: pec.MessageValues{"nome": fullName(m.Member), "collegamento": pages + "/conferma-mail/" + token, "entro": until.Italian(), "ordine": body},
	}); err != nil {
		return err
	}
	return tx.Record("member.email_asked", "member", m.ID, nil)
}

// EmailToConfirm is whom a link concerns and the address that it confirms.
func (o *Office) EmailToConfirm(tx *db.ReadTx, token string) (db.MemberRow, string, error) {
	change, err := tx.EmailChangeByToken(tokenHash(token), o.Now())
	if err != nil {
		return db.MemberRow{}, "", err
	}
	m, err := standingMember(tx, change.MemberID)
	return m, change.Email, err
}

// ConfirmEmail gives a member the address from which the link was followed. A
// link already used, expired or unknown is a Problem.
func (o *Office) ConfirmEmail(ctx context.Context, token string) error {
	return o.write(ctx, actorLink, func(tx *db.Tx) error {
		m, email, err := o.EmailToConfirm(&tx.ReadTx, token)
		if err != nil {
			return err
		}
		before := m.Member
		m.Email = email
		if err := saveMember(tx, before, m); err != nil {
			return err
		}
		if err := tx.DropEmailChange(m.ID); err != nil {
			return err
		}
		return tx.Record("member.email_confirmed", "member", m.ID, nil)
	})
}
