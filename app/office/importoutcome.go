package office

import (
	"encoding/json"
	"fmt"

	"albopec/app/intake"
	"albopec/app/pec"
	"albopec/db"
)

// outcomeImport takes in what the provider answers to the requests that it was
// sent.
type outcomeImport struct{}

func (outcomeImport) layout() pec.Layout { return pec.OutcomeLayout }

func (outcomeImport) plan(tx *db.ReadTx, file *intake.File, _ pec.ImportChoices, today pec.Date) (pec.ImportPlan, error) {
	in := pec.OutcomeImport{Rows: file.Rows, Mapping: file.Mapping, Today: today}
	var err error
	if in.Mailboxes, err = tx.MailboxesAnswered(); err != nil {
		return nil, err
	}
	in.Agreements, err = tx.Agreements()
	return pec.PlanOutcomes(in), err
}

// settle carries out what is overdue for the holders whose mailboxes change.
func (outcomeImport) settle(tx *db.Tx, plan pec.ImportPlan) error {
	holders := map[int64]bool{}
	for _, r := range plan.(pec.OutcomePlan).Rows {
		if r.Outcome == pec.OutcomeUpdated {
			holders[r.Mailbox.Mailbox.MemberID] = true
		}
	}
	return overdueAmong(tx, holders)
}

func (outcomeImport) write(tx *db.Tx, batch int64, plan pec.ImportPlan, step func()) error {
	for _, r := range plan.(pec.OutcomePlan).Rows {
		if r.Outcome != pec.OutcomeUpdated {
			continue
		}
		if err := answered(tx, batch, r); err != nil {
			return fmt.Errorf("row %d: %w", r.Source.Number, err)
		}
		step()
	}
	return nil
}

// answered writes one answer of the provider's: the request's state and, of an
// activation, what becomes of the mailbox.
func answered(tx *db.Tx, batch int64, row pec.OutcomeRow) error {
	r, before, err := answeredRequest(tx, row)
	if err != nil {
		return err
	}
	box, err := tx.Mailbox(r.MailboxID)
	if err != nil {
		return err
	}
	a := row.Answer
	r.State, r.Reason, r.BatchID, r.AnsweredOn = pec.RequestDone, a.Reason, batch, a.On
	if !a.Done {
		r.State = pec.RequestRejected
	}
	if r.AnsweredOn.IsZero() {
		r.AnsweredOn = tx.On
	}
	// The request first: what an activation then finds is answered already.
	if r.ID == 0 {
		r.ID, err = tx.AddProviderRequest(r)
	} else {
		err = tx.SetProviderRequest(r)
	}
	if err != nil {
		return err
	}
	if err := tx.AddChange(batch, db.Change{Entity: "request", ID: r.ID, Before: before}); err != nil {
		return err
	}
	switch {
	case a.Done && r.Operation == pec.AskActivate:
		_, err := activateOn(tx, box, pec.Activation{On: a.On, Told: true})
		return err
	case r.Operation == pec.AskActivate:
		box.Status, box.Rejection = pec.MailboxRejected, a.Reason
		if err := tx.SetMailbox(box.Mailbox); err != nil {
			return err
		}
	}
	detail := asked(r.Request, map[string]any{"state": r.State, "on": r.AnsweredOn, "batch": batch})
	if err := tx.Record("provider.answered", "mailbox", box.ID, detail); err != nil {
		return err
	}
	return mark(tx, 0, box.ID, tx.On)
}

// requestBefore is a request as it was before its answer, with the status that
// its mailbox had.
type requestBefore struct {
	Request db.ProviderRequest
	Status  pec.MailboxStatus
}

// answeredRequest is the request that a row answers, and what it was before; of
// one that no file asked for there is nothing before.
func answeredRequest(tx *db.Tx, row pec.OutcomeRow) (r db.ProviderRequest, before json.RawMessage, err error) {
	if row.Answer.Request.ID == 0 {
		return db.ProviderRequest{Request: row.Answer.Request}, nil, nil
	}
	if r, err = tx.ProviderRequest(row.Answer.Request.ID); err != nil {
		return r, nil, err
	}
	before, err = json.Marshal(requestBefore{r, row.Mailbox.Mailbox.Status})
	return r, before, err
}

// request takes an answer back: a mailbox that was rejected waits for its answer
// again. An activation stays: its term and its charge are written (R14).
func (u *undoing) request(c db.Change) error {
	r, box, name, why, err := requestToUndo(&u.tx.ReadTx, u.batch, c)
	if err != nil {
		return err
	}
	if why != "" {
		u.keep(c.ID, name, why)
		return nil
	}
	if err := overdue(u.tx, box.MemberID); err != nil {
		return err
	}
	if c.Before == nil {
		box.Status, box.Rejection = pec.MailboxRequested, ""
		if err := u.tx.SetMailbox(box.Mailbox); err != nil {
			return err
		}
		u.done.Removed++
		return u.tx.DeleteProviderRequest(r.ID)
	}
	var before requestBefore
	if err := json.Unmarshal(c.Before, &before); err != nil {
		return fmt.Errorf("what request %d was: %w", r.ID, err)
	}
	if r.Operation == pec.AskActivate {
		box.Status, box.Rejection = before.Status, ""
		if err := u.tx.SetMailbox(box.Mailbox); err != nil {
			return err
		}
	}
	u.done.Restored++
	return u.tx.SetProviderRequest(before.Request)
}

// requestToUndo is memberToUndo for an answer of the provider's.
func requestToUndo(tx *db.ReadTx, batch int64, c db.Change) (r db.ProviderRequest, box db.MailboxRow, name, why string, err error) {
	if r, err = tx.ProviderRequest(c.ID); err != nil {
		return r, box, "", "", err
	}
	if box, err = tx.Mailbox(r.MailboxID); err != nil {
		return r, box, "", "", err
	}
	m, err := tx.ProviderMailbox(box.ID)
	if err != nil {
		return r, box, "", "", err
	}
	name = box.Address + ", " + m.What(r.Request)
	switch {
	case r.Operation == pec.AskActivate && r.State == pec.RequestDone:
		why = "l’attivazione non si annulla: durata e costo sono già registrati"
	case r.BatchID != batch, r.State != pec.RequestDone && r.State != pec.RequestRejected:
		why = "la richiesta è andata avanti dopo l’importazione"
	case r.Operation == pec.AskActivate && box.Status != pec.MailboxRejected:
		why = "la casella è stata richiesta di nuovo dopo l’importazione"
	case r.Operation != pec.AskActivate:
		why, err = askedSince(tx, r)
	}
	return r, box, name, why, err
}

// askedSince says that a later request for the same operation was made on the
// strength of this one's answer.
func askedSince(tx *db.ReadTx, r db.ProviderRequest) (string, error) {
	list, err := tx.RequestsOf(r.MailboxID)
	for _, later := range list {
		if later.ID > r.ID && later.Operation == r.Operation && later.Product == r.Product && later.State != pec.RequestDropped {
			return "dopo ne è stata inviata un’altra", err
		}
	}
	return "", err
}
