package office

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"albopec/app/intake"
	"albopec/app/pec"
	"albopec/db"
)

// mailboxImport brings in the list of the mailboxes that exist at the provider.
type mailboxImport struct{}

func (mailboxImport) layout() pec.Layout { return pec.MailboxLayout }

func (mailboxImport) plan(tx *db.ReadTx, file *intake.File, _ pec.ImportChoices, today pec.Date) (pec.ImportPlan, error) {
	in, err := mailboxBooks(tx, file, today)
	if err != nil {
		return nil, err
	}
	return pec.PlanMailboxes(in), nil
}

// mailboxBooks is a provider's list with all of our books that it speaks of.
func mailboxBooks(tx *db.ReadTx, file *intake.File, today pec.Date) (pec.MailboxImport, error) {
	in := pec.MailboxImport{Rows: file.Rows, Mapping: file.Mapping, Today: today, StandardKind: StandardKind}
	var err error
	if in.Holders, err = tx.MailboxHolders(); err != nil {
		return in, err
	}
	if in.Former, err = formerPositions(tx); err != nil {
		return in, err
	}
	if in.Known, err = tx.MailboxesInBooks(); err != nil {
		return in, err
	}
	if in.Domains, err = tx.Domains(); err != nil {
		return in, err
	}
	if in.Addresses, err = tx.AddressHolders(); err != nil {
		return in, err
	}
	in.Agreements, err = tx.Agreements()
	return in, err
}

// settle carries out what is overdue for the holders that the list speaks of:
// it may renew or close a mailbox, and the rows are then judged again.
func (mailboxImport) settle(tx *db.Tx, plan pec.ImportPlan) error {
	holders := map[int64]bool{}
	for _, r := range plan.(pec.MailboxPlan).Rows {
		holders[r.Holder.ID] = true
	}
	return overdueAmong(tx, holders)
}

// overdueAmong carries out what is overdue for members, asking only after those
// for whom something may be: of a whole register that takes too long.
func overdueAmong(tx *db.Tx, members map[int64]bool) error {
	due, err := tx.DueMembers(tx.On.AddDays(-1))
	if err != nil {
		return err
	}
	for _, id := range due {
		if !members[id] {
			continue
		}
		if err := overdue(tx, id); err != nil {
			return err
		}
	}
	return nil
}

func (mailboxImport) write(tx *db.Tx, batch int64, plan pec.ImportPlan, step func()) error {
	names, err := productNames(&tx.ReadTx)
	if err != nil {
		return err
	}
	list := plan.(pec.MailboxPlan)
	w := mailboxWriter{tx: tx, batch: batch, space: pec.Service{Product: pec.InboxGB, AutoRenew: true, Source: list.SoldBy}, spaceName: names[pec.InboxGB]}
	if w.spaceName == "" {
		w.spaceName = "Spazio in più"
	}
	for _, r := range list.Rows {
		write := w.update
		switch r.Outcome {
		case pec.OutcomeCreated:
			write = w.create
		case pec.OutcomeUpdated:
		default:
			continue
		}
		if err := write(r); err != nil {
			return fmt.Errorf("row %d: %w", r.Source.Number, err)
		}
		step()
	}
	return nil
}

// mailboxWriter writes the rows of a provider's list.
type mailboxWriter struct {
	tx        *db.Tx
	batch     int64
	space     pec.Service // what the extra space of a mailbox has in common
	spaceName string
}

func (w mailboxWriter) create(r pec.MailboxRow) error {
	id, err := w.tx.AddMailbox(db.MailboxRow{Mailbox: r.After, LastEventOn: w.tx.On, BatchID: w.batch})
	if err != nil {
		return err
	}
	if _, err := w.tx.AddPeriod(db.Period{MailboxID: id, StartsOn: r.StartsOn, EndsOn: r.After.ExpiresOn, Origin: "imported"}); err != nil {
		return err
	}
	if r.AfterGB > 0 {
		if err := w.addSpace(id, r); err != nil {
			return err
		}
	}
	return w.tx.AddChange(w.batch, db.Change{Entity: "mailbox", ID: id, Version: 1})
}

// addSpace starts the extra space that a mailbox has at the provider: it was
// paid there, and ends on E (R3).
func (w mailboxWriter) addSpace(mailbox int64, r pec.MailboxRow) error {
	s := w.space
	s.MailboxID, s.Quantity, s.StartedOn, s.ExpiresOn = mailbox, r.AfterGB, r.StartsOn, r.After.ExpiresOn
	if s.StartedOn.IsZero() { // told of a term that began before
		s.StartedOn = w.tx.On
	}
	_, err := w.tx.AddService(db.ServiceRow{Service: s, ProductName: w.spaceName, BatchID: w.batch})
	return err
}

// mailboxBefore is a mailbox as it was before an import changed it, with what
// else the import wrote.
type mailboxBefore struct {
	Mailbox db.MailboxRow
	Term    bool        // the import gave it the term that runs
	Periods []db.Period // before that
	Space   bool        // the import wrote its services
	// Services are those of before, with the ended ones.
	Services []db.ServiceRow
}

func (w mailboxWriter) before(r pec.MailboxRow) (b mailboxBefore, err error) {
	b.Term = !r.StartsOn.IsZero()
	b.Space = b.Term || r.AfterGB != r.BeforeGB
	if b.Mailbox, err = w.tx.Mailbox(r.Before.ID); err != nil {
		return b, err
	}
	if b.Term {
		if b.Periods, err = w.tx.Periods(r.Before.ID); err != nil {
			return b, err
		}
	}
	if b.Space {
		b.Services, err = w.tx.ServicesOn(r.Before.ID, true)
	}
	return b, err
}

func (w mailboxWriter) update(r pec.MailboxRow) error {
	before, err := w.before(r)
	if err != nil {
		return err
	}
	doc, err := json.Marshal(before)
	if err != nil {
		return err
	}
	if err := w.updateTerm(before.Mailbox, r); err != nil {
		return err
	}
	if err := w.updateSpace(r, before.Services); err != nil {
		return err
	}
	return w.tx.AddChange(w.batch, db.Change{Entity: "mailbox", ID: r.Before.ID, Version: before.Mailbox.Version + 1, Before: doc})
}

// updateTerm writes the mailbox, once, and the term that runs.
func (w mailboxWriter) updateTerm(box db.MailboxRow, r pec.MailboxRow) error {
	if r.Charged {
		box.Kind, box.UsedMB, box.Rejection = r.After.Kind, r.After.UsedMB, ""
		box.Status = pec.MailboxRequested // also of one that the provider had rejected first
		_, err := activateOn(w.tx, box, pec.Activation{On: r.StartsOn, Years: r.Years, Told: true})
		return err
	}
	if err := w.tx.SetMailbox(r.After); err != nil || r.StartsOn.IsZero() {
		return err
	}
	if box.Status == pec.MailboxSent { // the list says what no file of outcomes did
		if err := activationAnswered(w.tx, box.ID, r.After.ActivatedOn); err != nil {
			return err
		}
	}
	if box.BatchID == 0 {
		if err := w.tx.SetMailboxBatch(box.ID, w.batch); err != nil {
			return err
		}
	}
	if err := w.tx.DeleteImportedPeriods(box.ID); err != nil {
		return err
	}
	if _, err := w.tx.AddPeriod(db.Period{MailboxID: box.ID, StartsOn: r.StartsOn, EndsOn: r.After.ExpiresOn, Origin: "imported"}); err != nil {
		return err
	}
	return w.tx.MarkMailbox(box.ID, w.tx.On)
}

// updateSpace writes the extra space. With the mailbox's E move those of its
// services (R3).
func (w mailboxWriter) updateSpace(r pec.MailboxRow, services []db.ServiceRow) error {
	for _, s := range services {
		if !s.EndedOn.IsZero() {
			continue
		}
		if s.ExpiresOn == r.Before.ExpiresOn {
			s.ExpiresOn = r.After.ExpiresOn
		}
		switch {
		case s.Product != pec.InboxGB || r.AfterGB == r.BeforeGB:
		case r.AfterGB == 0:
			s.EndedOn, s.EndReason = w.tx.On, pec.EndNotInFile
		default:
			s.Quantity, s.NextQuantity = r.AfterGB, r.AfterGB
		}
		if err := w.tx.SetService(s); err != nil {
			return err
		}
		if s.Product == pec.InboxGB && r.AfterGB != r.BeforeGB {
			if err := w.tx.SetListedQuantity(s.ID, r.AfterGB); err != nil {
				return err
			}
		}
	}
	if r.BeforeGB > 0 || r.AfterGB == 0 {
		return nil
	}
	return w.addSpace(r.Before.ID, r)
}

// ---- Undo ----

// settle carries out what fell due since the import for those whose mailboxes
// it brought in (R6). On the day of the import itself nothing has: what was
// overdue in the list is taken back with it.
func (u *undoing) settle(changes []db.Change) error {
	b, err := u.tx.Batch(u.batch)
	if err != nil || b.Kind == ImportPayments {
		return errors.Join(err, u.settlePayers(changes))
	}
	if b.Kind != ImportMailboxes || !u.tx.On.After(b.On) {
		return nil
	}
	holders := map[int64]bool{}
	for _, c := range changes {
		box, err := u.tx.Mailbox(c.ID)
		if pec.AsProblem(err) != nil {
			continue
		}
		if err != nil {
			return err
		}
		holders[box.MemberID] = true
	}
	return overdueAmong(u.tx, holders)
}

func (u *undoing) mailbox(c db.Change) error {
	m, name, why, err := mailboxToUndo(&u.tx.ReadTx, u.batch, c)
	if err != nil {
		return err
	}
	if why != "" {
		u.keep(c.ID, name, why)
		return nil
	}
	if c.Before != nil {
		u.done.Restored++
		return m.restore(u.tx, u.batch)
	}
	err = u.tx.Try(func() error { return m.remove(u.tx) })
	if db.IsConstraint(err) {
		u.keep(c.ID, name, "è già usata altrove nel programma")
		return nil
	}
	u.done.Removed++
	return err
}

// importedMailbox is a mailbox that an import created or changed: as it is now,
// and as it was, of a new one nothing.
type importedMailbox struct {
	now      db.MailboxRow
	services []db.ServiceRow // now, with the ended ones
	before   mailboxBefore
}

func (m importedMailbox) remove(tx *db.Tx) error {
	for _, s := range m.services {
		if err := tx.DeleteService(s.ID); err != nil {
			return err
		}
	}
	if err := tx.DeleteImportedPeriods(m.now.ID); err != nil {
		return err
	}
	return tx.DeleteMailbox(m.now.ID)
}

func (m importedMailbox) restore(tx *db.Tx, batch int64) error {
	if m.before.Space {
		for _, s := range m.services {
			if s.BatchID != batch {
				continue
			}
			if _, ok := m.serviceBefore(s.ID); !ok {
				if err := tx.DeleteService(s.ID); err != nil {
					return err
				}
			}
		}
		for _, s := range m.before.Services {
			if err := tx.SetService(s); err != nil {
				return err
			}
			if err := m.restoreListed(tx, s); err != nil {
				return err
			}
		}
	}
	if m.before.Term {
		if err := tx.SetMailboxBatch(m.now.ID, m.before.Mailbox.BatchID); err != nil {
			return err
		}
		if err := tx.DeleteImportedPeriods(m.now.ID); err != nil {
			return err
		}
		for _, p := range m.before.Periods {
			if _, err := tx.AddPeriod(p); err != nil {
				return err
			}
		}
	}
	if m.before.Mailbox.Status == pec.MailboxSent && m.now.Status != pec.MailboxSent {
		if err := activationAwaited(tx, m.now.ID); err != nil {
			return err
		}
	}
	return tx.SetMailbox(m.before.Mailbox.Mailbox)
}

// restoreListed takes back what a list told of a service that it changed: an import
// changes only what the list before told of, so that was as much as ran.
func (m importedMailbox) restoreListed(tx *db.Tx, was db.ServiceRow) error {
	i := slices.IndexFunc(m.services, func(s db.ServiceRow) bool { return s.ID == was.ID })
	if i < 0 || m.services[i].Quantity == was.Quantity && m.services[i].EndedOn == was.EndedOn {
		return nil
	}
	return tx.SetListedQuantity(was.ID, was.Quantity)
}

func (m importedMailbox) serviceBefore(id int64) (db.ServiceRow, bool) {
	i := slices.IndexFunc(m.before.Services, func(s db.ServiceRow) bool { return s.ID == id })
	if i < 0 {
		return db.ServiceRow{}, false
	}
	return m.before.Services[i], true
}

// mailboxToUndo is memberToUndo for a mailbox of a provider's list.
func mailboxToUndo(tx *db.ReadTx, batch int64, c db.Change) (m importedMailbox, name, why string, err error) {
	m.now, err = tx.Mailbox(c.ID)
	if pec.AsProblem(err) != nil {
		return m, "", "non c’è più", nil
	}
	if err != nil {
		return m, "", "", err
	}
	name = m.now.Address
	if c.Before == nil {
		m.before.Term, m.before.Space = true, true
	} else if err := json.Unmarshal(c.Before, &m.before); err != nil {
		return m, name, "", fmt.Errorf("what mailbox %d was: %w", c.ID, err)
	}
	if m.services, err = tx.ServicesOn(c.ID, true); err != nil {
		return m, name, "", err
	}
	why, err = m.touched(tx, batch, c)
	return m, name, why, err
}

// onlyUse reports whether the import wrote nothing but how much space is used.
func (m importedMailbox) onlyUse() bool {
	was, now := m.before.Mailbox, m.now
	was.UsedMB, was.LastEventOn, was.Version = now.UsedMB, now.LastEventOn, now.Version
	return !m.before.Term && !m.before.Space && was == now
}

// touched says what happened to the mailbox since the import, empty for
// nothing that an undo would take back with it.
func (m importedMailbox) touched(tx *db.ReadTx, batch int64, c db.Change) (string, error) {
	if m.now.Version != c.Version {
		// Each import that touched it later and was taken back has written it twice.
		undone, _, err := tx.LaterImports(batch, c.Entity, c.ID)
		if err != nil || m.now.Version != c.Version+2*undone {
			return "è stata rinnovata o modificata dopo l’importazione", err
		}
	}
	if m.onlyUse() { // of which no order, letter or message speaks
		return "", nil
	}
	if ordered, err := tx.MailboxIsOrdered(c.ID); ordered || err != nil {
		return "ha già un ordine di acquisto", err
	}
	if c.Before == nil {
		if entrusted, err := tx.MailboxIsEntrusted(c.ID); entrusted || err != nil {
			return "un altro iscritto ha chiesto di vederla e pagarla", err
		}
		if written, err := tx.MailboxHasLetters(c.ID); written || err != nil {
			return "il titolare ne ha già avuto una lettera", err
		}
	}
	if !m.before.Space {
		return "", nil
	}
	if told, err := tx.MailboxIsTold(c.ID); err != nil || told && c.Before == nil {
		return "il titolare ne ha già avuto un messaggio", err
	}
	if m.before.Term {
		periods, err := tx.Periods(c.ID)
		if err != nil || slices.ContainsFunc(periods, func(p db.Period) bool { return p.Origin != "imported" }) {
			return "è stata attivata, con il suo costo per l’Ordine: non si cancella", err
		}
	}
	for _, s := range m.services {
		was, known := m.serviceBefore(s.ID)
		if !known {
			was = db.ServiceRow{Service: pec.Service{AutoRenew: true}, BatchID: batch}
		}
		_, standing, err := tx.LaterImports(batch, "service", s.ID)
		if err != nil || standing > 0 || s.BatchID != was.BatchID || s.AutoRenew != was.AutoRenew || s.Preference != was.Preference || s.NextQuantity != s.Quantity {
			return "i suoi servizi sono cambiati dopo l’importazione", err
		}
	}
	return "", nil
}
