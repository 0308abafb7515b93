package office

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"albopec/app/pec"
	"albopec/db"
)

// Undone is what taking an import back did (R24).
type Undone struct {
	Restored int    `json:"restored"`
	Removed  int    `json:"removed"`
	Kept     []Kept `json:"kept"`
}

// Kept is something that an undo left as it is, and why.
type Kept struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// UndoImport takes back what an import did and nobody touched since; the rest
// is listed with its reason (R24). What only later imports touched that were
// taken back themselves counts as not touched.
func (o *Office) UndoImport(ctx context.Context, actor string, batch int64) (Undone, error) {
	done := Undone{Kept: []Kept{}}
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		changes, err := changesToUndo(&tx.ReadTx, batch)
		if err != nil {
			return err
		}
		u := undoing{tx: tx, batch: batch, done: &done, credits: newCreditsLeft(&tx.ReadTx, tx.On)}
		if err := u.settle(changes); err != nil {
			return err
		}
		for _, c := range changes {
			if err := u.undo(c); err != nil {
				return err
			}
		}
		if err := u.restoreExchanged(); err != nil {
			return err
		}
		if err := reopenUndone(tx, batch, done.Kept); err != nil {
			return err
		}
		doc, err := json.Marshal(done)
		if err != nil {
			return err
		}
		if err := tx.SetBatchUndone(batch, doc); err != nil {
			return err
		}
		return tx.Record("import.undone", "batch", batch, map[string]any{"restored": done.Restored, "removed": done.Removed, "kept": len(done.Kept)})
	})
	return done, err
}

// PreviewUndo tells what UndoImport would do now, and writes nothing. Values
// that meanwhile belong to somebody else come to light only in the write.
func (o *Office) PreviewUndo(ctx context.Context, batch int64) (Undone, error) {
	would := Undone{Kept: []Kept{}}
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		changes, err := changesToUndo(tx, batch)
		if err != nil {
			return err
		}
		credits := newCreditsLeft(tx, o.Today())
		for _, c := range changes {
			name, why, err := toUndo(tx, o.Today(), batch, c, credits)
			switch {
			case err != nil:
				return err
			case why != "":
				would.Kept = append(would.Kept, Kept{c.ID, name, why})
			case c.Before == nil:
				would.Removed++
			default:
				would.Restored++
			}
		}
		return nil
	})
	return would, err
}

// toUndo names what an import created or changed, and says why it has to stay
// as it is, empty when it has not.
func toUndo(tx *db.ReadTx, on pec.Date, batch int64, c db.Change, credits creditsLeft) (name, why string, err error) {
	switch c.Entity {
	case "topup":
		var t topUpToUndo
		t, err = paymentToUndo(tx, c, credits)
		name, why = t.name, t.why
	case "service":
		_, name, why, err = serviceToUndo(tx, batch, c)
	case "mailbox":
		_, name, why, err = mailboxToUndo(tx, batch, c)
	case "request":
		_, _, name, why, err = requestToUndo(tx, batch, c)
	default:
		_, name, why, err = memberToUndo(tx, on, batch, c)
	}
	return name, why, err
}

func changesToUndo(tx *db.ReadTx, batch int64) ([]db.Change, error) {
	b, err := tx.Batch(batch)
	if err != nil {
		return nil, err
	}
	if !b.UndoneAt.IsZero() {
		return nil, pec.Refuse("batch_undone", "L’importazione %d è già stata annullata.", batch)
	}
	return tx.Changes(batch)
}

type undoing struct {
	tx      *db.Tx
	batch   int64
	done    *Undone
	credits creditsLeft
	// exchanged are members whose values of before are, for now, another's: two
	// who exchanged their numbers go back together.
	exchanged []restoring
}

type restoring struct{ now, before db.MemberRow }

func (u *undoing) keep(id int64, name, why string) {
	u.done.Kept = append(u.done.Kept, Kept{id, name, why})
}

func (u *undoing) undo(c db.Change) error {
	switch c.Entity {
	case "service":
		return u.service(c)
	case "mailbox":
		return u.mailbox(c)
	case "request":
		return u.request(c)
	case "topup":
		return u.payment(c)
	}
	return u.member(c)
}

const takenByAnother = "i valori di prima ora sono di un altro iscritto"

func (u *undoing) member(c db.Change) error {
	r, name, why, err := memberToUndo(&u.tx.ReadTx, u.tx.On, u.batch, c)
	if err != nil {
		return err
	}
	if why != "" {
		u.keep(c.ID, name, why)
		return nil
	}
	if c.Before == nil {
		err := u.tx.Try(func() error { return u.tx.DeleteMember(r.now.ID) })
		if db.IsConstraint(err) {
			u.keep(r.now.ID, name, "è già usato altrove nel programma")
			return nil
		}
		u.done.Removed++
		return err
	}
	if !r.now.StandsAs(r.before.Member) {
		if err := overdue(u.tx, r.now.ID); err != nil {
			return err
		}
	}
	err = u.tx.Try(func() error { return r.restore(u.tx) })
	if db.IsConstraint(err) {
		u.exchanged = append(u.exchanged, r)
		return nil
	}
	u.done.Restored++
	return err
}

// restoreExchanged restores together those whose numbers and codes each other
// holds; who stands in the way of the others is kept.
func (u *undoing) restoreExchanged() error {
	for len(u.exchanged) > 0 {
		stuck := -1
		err := u.tx.Try(func() error {
			for _, r := range u.exchanged {
				number := r.now.RegistrationNumber != r.before.RegistrationNumber
				code := r.now.TaxCode != r.before.TaxCode
				if err := u.tx.ClearMemberKeys(r.now.ID, number, code && !number); err != nil {
					return err
				}
			}
			for i, r := range u.exchanged {
				if err := r.restore(u.tx); err != nil {
					stuck = i
					return err
				}
			}
			return nil
		})
		if err == nil {
			u.done.Restored += len(u.exchanged)
			return nil
		}
		if stuck < 0 || !db.IsConstraint(err) {
			return err
		}
		r := u.exchanged[stuck]
		u.keep(r.now.ID, r.now.FullName(), takenByAnother)
		u.exchanged = slices.Delete(u.exchanged, stuck, stuck+1)
	}
	return nil
}

// restore writes a member as it was before the import. Who goes off the register
// again, or from another day, is registered so today: a mailbox closes today at
// the earliest (9.3).
func (r restoring) restore(tx *db.Tx) error {
	for _, f := range pec.MemberFields {
		old, now := r.now.Get(f.Field), r.before.Get(f.Field)
		if old == now {
			continue
		}
		if err := tx.AddMemberHistory(r.now.ID, db.FieldChange{Field: string(f.Field), Old: old, New: now}); err != nil {
			return err
		}
	}
	r.before.ID = r.now.ID
	if r.now.StandsAs(r.before.Member) {
		return tx.SetMember(r.before)
	}
	if !r.before.Status.OnRegister() {
		r.before.LeftRegisteredOn = tx.On
	}
	if err := tx.SetMember(r.before); err != nil {
		return err
	}
	return mark(tx, r.now.ID, 0, tx.On)
}

// standingStays says why the member cannot stand as before, empty when they can.
func (r restoring) standingStays(tx *db.ReadTx, on pec.Date) (string, error) {
	if r.now.StandsAs(r.before.Member) {
		return "", nil
	}
	err := standingFrom(tx, on, r.now.ID)
	if pec.AsProblem(err) != nil {
		return "il suo ultimo evento è di un giorno successivo", nil
	}
	if err != nil {
		return "", err
	}
	closed, err := closedSince(tx, r.now, on)
	switch {
	case !closed:
		return "", err
	case r.before.Status.OnRegister():
		return "la casella si è già chiusa: per riammetterlo cambi lo stato e richieda una nuova casella", err
	}
	return "la casella si è già chiusa per l’uscita in questo giorno", err
}

// closedSince reports whether a leaver's mailbox has closed since the leaving was
// registered, or does once what is overdue on a day is carried out: coming back
// would not open it again.
func closedSince(tx *db.ReadTx, m db.MemberRow, on pec.Date) (bool, error) {
	if m.Status.OnRegister() {
		return false, nil
	}
	boxes, err := tx.MailboxesOf(m.ID)
	if err != nil {
		return false, err
	}
	agreements, err := tx.Agreements()
	if err != nil {
		return false, err
	}
	book, err := loadBook(tx, m.ID, agreements)
	if err != nil {
		return false, err
	}
	_, book = pec.Renewals(book, agreements, on.AddDays(-1))
	for _, b := range boxes {
		book.Mailboxes = append(book.Mailboxes, b.Mailbox)
	}
	return slices.ContainsFunc(book.Mailboxes, func(b pec.Mailbox) bool {
		return b.CloseReason == pec.CloseLeaver && !b.ClosedOn.Before(m.LeftRegisteredOn)
	}), nil
}

// memberToUndo loads a member that an import created or changed, as they are and
// as they were, and says why they have to stay so, empty when they have not.
func memberToUndo(tx *db.ReadTx, on pec.Date, batch int64, c db.Change) (r restoring, name, why string, err error) {
	r.now, err = tx.Member(c.ID)
	if pec.AsProblem(err) != nil {
		return r, "", "non c’è più", nil
	}
	if err != nil {
		return r, "", "", err
	}
	name = r.now.FullName()
	if r.now.Merged() {
		return r, name, "è stato unito a un’altra posizione", nil
	}
	if r.now.Version != c.Version {
		// Each import that touched it later and was taken back has written it twice.
		undone, _, err := tx.LaterImports(batch, c.Entity, c.ID)
		if err != nil || r.now.Version != c.Version+2*undone {
			return r, name, "è stato modificato dopo l’importazione", err
		}
	}
	if c.Before == nil {
		used, err := tx.MemberIsUsed(c.ID)
		if used {
			why = "ha già una casella, o ne aveva una richiesta in un anno passato, un movimento o una password"
		}
		return r, name, why, err
	}
	if err := json.Unmarshal(c.Before, &r.before); err != nil {
		return r, name, "", fmt.Errorf("what member %d was: %w", c.ID, err)
	}
	why, err = r.standingStays(tx, on)
	return r, name, why, err
}

func (u *undoing) service(c db.Change) error {
	s, name, why, err := serviceToUndo(&u.tx.ReadTx, u.batch, c)
	if err != nil {
		return err
	}
	if why != "" {
		u.keep(c.ID, name, why)
		return nil
	}
	box, err := u.tx.Mailbox(s.MailboxID)
	if err != nil {
		return err
	}
	if err := overdue(u.tx, box.MemberID); err != nil {
		return err
	}
	if s, name, why, err = serviceToUndo(&u.tx.ReadTx, u.batch, c); err != nil || why != "" { // it may have ended just now
		u.keep(c.ID, name, why)
		return err
	}
	if c.Before == nil {
		u.done.Removed++
		return u.tx.DeleteService(s.ID)
	}
	var before db.ServiceRow
	if err := json.Unmarshal(c.Before, &before); err != nil {
		return fmt.Errorf("what service %d was: %w", s.ID, err)
	}
	u.done.Restored++
	if err := u.tx.DeleteStatedTerms(u.batch, before.ID); err != nil {
		return err
	}
	return u.tx.SetService(before)
}

// serviceToUndo is memberToUndo for a service of a provider's statement.
func serviceToUndo(tx *db.ReadTx, batch int64, c db.Change) (s db.ServiceRow, name, why string, err error) {
	s, err = tx.Service(c.ID)
	if pec.AsProblem(err) != nil {
		return s, "", "non c’è più", nil
	}
	if err != nil {
		return s, "", "", err
	}
	name = s.Address + ", " + s.ProductName
	if !s.EndedOn.IsZero() {
		return s, name, "il servizio è già cessato", nil
	}
	_, standing, err := tx.LaterImports(batch, c.Entity, c.ID)
	if standing > 0 {
		why = "è stato modificato da un’importazione successiva"
	}
	return s, name, why, err
}
