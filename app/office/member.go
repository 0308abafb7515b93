package office

import (
	"context"
	"strings"

	"albopec/app/pec"
	"albopec/db"
)

// StatusChanged is what followed from a member's change of status.
type StatusChanged struct {
	Member db.MemberRow
	// ClosesOn is the earliest day on which a mailbox of a leaver closes; zero
	// when none does.
	ClosesOn pec.Date
}

// ChangeMemberStatus registers that a member is suspended, has left the
// register (cancelled, transferred, deceased) on a day, or is back. leftOn is
// the first day off the register: today when zero; it may not be in the future
// and is ignored for those on the register. What follows for the mailbox is R5.
func (o *Office) ChangeMemberStatus(ctx context.Context, actor string, member int64, status pec.MemberStatus, leftOn pec.Date, reason string) (StatusChanged, error) {
	var done StatusChanged
	if !status.Known() {
		return done, pec.Refuse("status_unknown", "Lo stato «%s» non esiste.", status).On("status")
	}
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		// What fell due while the leaving was not known happened (R6, 9.3).
		if err := overdue(tx, member); err != nil {
			return err
		}
		m, err := tx.Member(member)
		if err != nil {
			return err
		}
		if err := standingFrom(tx, m.ID); err != nil {
			return err
		}
		before := m.Member
		if err := leave(tx, &m, status, leftOn); err != nil {
			return err
		}
		if before == m.Member {
			done.Member = m
			done.ClosesOn, err = closesOn(tx, m)
			return err
		}
		if err := saveMember(tx, before, m); err != nil {
			return err
		}
		if err := tx.Record("member.status", "member", m.ID, map[string]any{
			"before": before.Status, "status": m.Status, "left_on": m.LeftOn, "reason": strings.TrimSpace(reason)}); err != nil {
			return err
		}
		if err := mark(tx, m.ID, 0, tx.On); err != nil {
			return err
		}
		done.Member = m
		done.ClosesOn, err = closesOn(tx, m)
		return err
	})
	return done, err
}

func leave(tx *db.Tx, m *db.MemberRow, status pec.MemberStatus, leftOn pec.Date) error {
	before := m.Member
	m.Status = status
	if status.OnRegister() {
		m.LeftOn = pec.Date{}
		setLeaving(tx, m, before)
		return nil
	}
	switch {
	case leftOn.IsZero() && before.Status.OnRegister():
		leftOn = tx.On
	case leftOn.IsZero():
		leftOn = before.LeftOn // already left: only the word changes
	case leftOn.After(tx.On):
		return pec.Refuse("date_in_future", "Il giorno della cancellazione non può essere nel futuro.").On("left_on")
	}
	m.LeftOn = leftOn
	setLeaving(tx, m, before)
	return nil
}

// saveMember writes a member and keeps what each changed field was.
func saveMember(tx *db.Tx, before pec.Member, m db.MemberRow) error {
	if err := tx.SetMember(m); err != nil {
		return err
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

// closesOn is the earliest day on which a running mailbox of a leaver closes.
func closesOn(tx *db.Tx, m db.MemberRow) (pec.Date, error) {
	if m.Status.OnRegister() {
		return pec.Date{}, nil
	}
	agreements, err := tx.Agreements()
	if err != nil {
		return pec.Date{}, err
	}
	book, err := loadBook(&tx.ReadTx, m.ID, agreements)
	if err != nil {
		return pec.Date{}, err
	}
	var first pec.Date
	for _, b := range book.Mailboxes {
		if b.Status.Running() {
			first = pec.Earliest(first, book.ClosesOn(b, agreements))
		}
	}
	return first, nil
}

// Contacts are the fields that a member may change in their own area, and an
// operator for them.
type Contacts struct {
	Address, PostalCode, City, Province string
	Phone, Mobile, Email                string
}

// ChangeContacts writes a member's contact data.
func (o *Office) ChangeContacts(ctx context.Context, actor string, member int64, c Contacts) error {
	for _, s := range []*string{&c.Address, &c.PostalCode, &c.City, &c.Province, &c.Phone, &c.Mobile, &c.Email} {
		*s = strings.Join(strings.Fields(*s), " ")
		if len(*s) > 256 {
			return pec.Refuse("value_too_long", "Un valore supera i 256 caratteri.")
		}
	}
	if c.Email != "" && !pec.ValidEmail(c.Email) {
		return pec.Refuse("email_invalid", "«%s» non è un indirizzo e-mail.", c.Email).On("email")
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		m, err := tx.Member(member)
		if err != nil {
			return err
		}
		before := m.Member
		m.Address, m.PostalCode, m.City, m.Province = c.Address, c.PostalCode, c.City, c.Province
		m.Phone, m.Mobile, m.Email = c.Phone, c.Mobile, c.Email
		if before == m.Member {
			return nil
		}
		if err := saveMember(tx, before, m); err != nil {
			return err
		}
		return tx.Record("member.contacts", "member", member, nil)
	})
}
