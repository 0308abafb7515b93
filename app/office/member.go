package office

import (
	"context"
	"strings"

	"albopec/app/pec"
	"albopec/db"
)

// standingMember loads a member for a change; a position that was merged into
// another is changed no more.
func standingMember(tx *db.ReadTx, id int64) (db.MemberRow, error) {
	m, err := tx.Member(id)
	if err == nil && m.Merged() {
		err = pec.Refuse("member_merged", "La posizione di %s è stata unita a un’altra il %s: lavori su quella.", m.FullName(), m.MergedOn.Italian())
	}
	return m, err
}

// saveMember writes a member and keeps what each changed field was.
func saveMember(tx *db.Tx, before pec.Member, m db.MemberRow) error {
	if err := tx.SetMember(m); err != nil {
		return err
	}
	if before.Email != m.Email { // an address asked for before that no longer waits
		if err := tx.DropEmailChange(m.ID); err != nil {
			return err
		}
	}
	for _, f := range pec.MemberFields {
		if old, now := before.Get(f.Field), m.Get(f.Field); old != now {
			if err := tx.AddMemberHistory(m.ID, db.FieldChange{Field: string(f.Field), Old: old, New: now}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Contacts are the fields that a member may change in their own area, and an
// operator for them.
type Contacts struct {
	Address, PostalCode, City, Province string
	Phone, Mobile, Email                string
}

// tidy refuses what cannot be stored.
func (c *Contacts) tidy() error {
	for _, s := range []*string{&c.Address, &c.PostalCode, &c.City, &c.Province, &c.Phone, &c.Mobile, &c.Email} {
		*s = strings.Join(strings.Fields(*s), " ")
		if len(*s) > 256 {
			return pec.Refuse("value_too_long", "Un valore supera i 256 caratteri.")
		}
	}
	if c.Email != "" && !pec.ValidEmail(c.Email) {
		return pec.Refuse("email_invalid", "«%s» non è un indirizzo e-mail.", c.Email).On("email")
	}
	return nil
}

// ChangeContacts writes a member's contact data, the e-mail address as it is
// given: for who vouches for it. A member's own word is ChangeOwnContacts.
func (o *Office) ChangeContacts(ctx context.Context, actor string, member int64, c Contacts) error {
	if err := c.tidy(); err != nil {
		return err
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		m, err := standingMember(&tx.ReadTx, member)
		if err != nil {
			return err
		}
		return changeContacts(tx, m, c)
	})
}

// changeContacts writes contact data that are tidy.
func changeContacts(tx *db.Tx, m db.MemberRow, c Contacts) error {
	before := m.Member
	m.Address, m.PostalCode, m.City, m.Province = c.Address, c.PostalCode, c.City, c.Province
	m.Phone, m.Mobile, m.Email = c.Phone, c.Mobile, c.Email
	if before == m.Member {
		return nil
	}
	if err := saveMember(tx, before, m); err != nil {
		return err
	}
	return tx.Record("member.contacts", "member", m.ID, nil)
}
