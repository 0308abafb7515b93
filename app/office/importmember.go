package office

import (
	"encoding/json"
	"fmt"

	"albopec/app/intake"
	"albopec/app/pec"
	"albopec/db"
)

// memberImport brings a member file in (R23 to R25).
type memberImport struct{}

func (memberImport) layout() pec.Layout { return pec.MemberLayout }

func (memberImport) plan(tx *db.ReadTx, file *intake.File, choices pec.ImportChoices, today pec.Date) (pec.ImportPlan, error) {
	in := pec.MemberImport{Rows: file.Rows, Mapping: file.Mapping, Today: today, Choices: choices}
	var err error
	if in.Known, err = tx.Register(); err != nil {
		return nil, err
	}
	if in.Domains, err = tx.Domains(); err != nil {
		return nil, err
	}
	if in.Addresses, err = tx.AddressHolders(); err != nil {
		return nil, err
	}
	if in.Former, err = formerPositions(tx); err != nil {
		return nil, err
	}
	if in.Later, err = tx.MembersWithEventsAfter(today); err != nil {
		return nil, err
	}
	if in.Erased, err = tx.ErasedMembers(); err != nil {
		return nil, err
	}
	return pec.DraftMembers(in), nil
}

// formerPositions are the keys by which a file may speak of a member, of the
// positions merged into them.
func formerPositions(tx *db.ReadTx) ([]pec.FormerPosition, error) {
	merged, err := tx.MergedPositions()
	var list []pec.FormerPosition
	for _, m := range merged {
		list = append(list, pec.FormerPosition{MemberID: m.MergedInto, RegistrationNumber: m.RegistrationNumber, TaxCode: m.TaxCode})
	}
	return list, err
}

// settle has nothing to do: what is overdue for a member is carried out when
// the standing changes, see updateMember.
func (memberImport) settle(*db.Tx, pec.ImportPlan) error { return nil }

func (memberImport) write(tx *db.Tx, batch int64, plan pec.ImportPlan, step func()) error {
	draft := plan.(*pec.MemberDraft)
	for _, r := range draft.With(pec.OutcomeUpdated) {
		number := r.Before.RegistrationNumber != r.After.RegistrationNumber
		code := r.Before.TaxCode != r.After.TaxCode
		if err := tx.ClearMemberKeys(r.MemberID, number, code && !number); err != nil {
			return err
		}
	}
	for _, r := range draft.With(pec.OutcomeUpdated) {
		if err := updateMember(tx, batch, r); err != nil {
			return fmt.Errorf("row %d: %w", r.Source.Number, err)
		}
		step()
	}
	for _, r := range draft.With(pec.OutcomeCreated) {
		if err := createMember(tx, batch, r); err != nil {
			return fmt.Errorf("row %d: %w", r.Source.Number, err)
		}
		step()
	}
	for r := range draft.Leaving() {
		if err := updateMember(tx, batch, r); err != nil {
			return fmt.Errorf("marking member %d as having left: %w", r.MemberID, err)
		}
		step()
	}
	return nil
}

func createMember(tx *db.Tx, batch int64, r pec.MemberRow) error {
	m := db.MemberRow{Member: r.After, ReservedAddress: r.ReservedAddress}
	if !m.Status.OnRegister() {
		m.LeftRegisteredOn = tx.On
	}
	id, err := tx.AddMember(m)
	if err != nil {
		return err
	}
	return tx.AddChange(batch, db.Change{Entity: "member", ID: id, Version: 1})
}

func updateMember(tx *db.Tx, batch int64, r pec.MemberRow) error {
	m, err := tx.Member(r.MemberID)
	if err != nil {
		return err
	}
	before := m
	before.Member = r.Before // the row read now may have its keys cleared
	before.PasswordHash = "" // no import changes it: it does not belong among what is kept
	leaves := !r.Before.StandsAs(r.After)
	if leaves {
		// What fell due before the leaving was known is carried out as daily
		// runs would have done (R6, 9.3).
		if err := overdue(tx, m.ID); err != nil {
			return err
		}
		if err := standingFrom(&tx.ReadTx, tx.On, m.ID); err != nil {
			return err
		}
	}
	m.Member = r.After
	m.ID = r.MemberID
	setLeaving(tx.On, &m, r.Before)
	if r.ReservedAddress != "" {
		m.ReservedAddress = r.ReservedAddress
	}
	if err := tx.SetMember(m); err != nil {
		return err
	}
	if leaves {
		if err := mark(tx, m.ID, 0, tx.On); err != nil {
			return err
		}
	}
	for _, c := range r.Changes {
		if err := tx.AddMemberHistory(m.ID, db.FieldChange{Field: string(c.Field), Old: c.Old, New: c.New, Batch: batch}); err != nil {
			return err
		}
	}
	doc, err := json.Marshal(before)
	if err != nil {
		return err
	}
	return tx.AddChange(batch, db.Change{Entity: "member", ID: m.ID, Version: m.Version + 1, Before: doc})
}

// standingFrom refuses a change of standing on a day before the member's latest
// event, or one of their mailboxes'.
func standingFrom(tx *db.ReadTx, on pec.Date, member int64) error {
	m, err := tx.Member(member)
	if err != nil {
		return err
	}
	boxes, err := tx.MailboxesOf(member)
	if err != nil {
		return err
	}
	return standing(on, m, boxes)
}

// standing is standingFrom for a member with all their mailboxes.
func standing(on pec.Date, m db.MemberRow, boxes []db.MailboxRow) error {
	last := m.LastEventOn
	for _, b := range boxes {
		if b.LastEventOn.After(last) {
			last = b.LastEventOn
		}
	}
	return notBefore(on, "l’iscrizione di "+m.FullName(), last)
}

// setLeaving keeps the day on which a leaving was registered, and forgets it
// when the member is back (9.3), as it does that contact data were taken away: what
// comes from then on is new. What was known of another standing goes.
func setLeaving(today pec.Date, m *db.MemberRow, before pec.Member) {
	if m.Status != before.Status {
		m.Standing = pec.Standing{}
	}
	switch {
	case m.Status.OnRegister():
		m.LeftRegisteredOn, m.ErasedOn = pec.Date{}, pec.Date{}
	case before.Status.OnRegister() || m.LeftRegisteredOn.IsZero() || before.LeftOn != m.LeftOn: // a corrected day is registered anew
		m.LeftRegisteredOn = today
	}
}
