package office

import (
	"context"

	"albopec/app/pec"
	"albopec/db"
)

// Withdrawn is what became of a request that was made by mistake.
type Withdrawn struct {
	Address  string
	MemberID int64 // the holder; 0 when the mailbox was gone already
	Done     bool  // false when there was nothing left to withdraw
	Rejected bool  // the mailbox stays, refused by the provider as it was before
}

// Withdraw takes back the request of a mailbox that the provider was never sent:
// the mailbox goes, with the space asked for with it, and its address is free
// again; one that the provider had refused before goes back to that. What was
// withdrawn already is left alone, so that it may be repeated. With dryRun
// nothing is written.
func (o *Office) Withdraw(ctx context.Context, actor, address string, dryRun bool) (Withdrawn, error) {
	w := Withdrawn{Address: normalAddress(address)}
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		box, err := tx.MailboxByAddress(w.Address)
		gone := pec.AsProblem(err) != nil || err == nil && box.Status == pec.MailboxClosed
		if gone { // perhaps because it was withdrawn
			before, werr := tx.RequestWithdrawn(w.Address)
			if werr != nil || before {
				return werr
			}
		}
		if err != nil {
			return err
		}
		w.MemberID = box.MemberID
		if w.Rejected = box.Status == pec.MailboxRejected; w.Rejected {
			return nil
		}
		if err := pec.CheckWithdrawal(box.Mailbox); err != nil {
			return err
		}
		if err := overdue(tx, box.MemberID); err != nil {
			return err
		}
		if err := inOrder(tx, box); err != nil {
			return err
		}
		w.Done = true
		if w.Rejected, err = withdraw(tx, box); err == nil && dryRun {
			return errDryRun
		}
		return err
	})
	if err == errDryRun {
		err = nil
	}
	return w, err
}

// withdraw takes a request back, and tells whether the mailbox stays.
func withdraw(tx *db.Tx, box db.MailboxRow) (rejected bool, err error) {
	refused, err := RefusedActivation(&tx.ReadTx, box.ID)
	if err != nil {
		return false, err
	}
	if err := tx.WithdrawMailboxRequest(box.Mailbox); err != nil {
		return false, err
	}
	detail := map[string]any{"address": box.Address}
	if refused.ID != 0 {
		box.Status, box.RequestedOn, box.SentOn, box.Rejection = pec.MailboxRejected, refused.DueOn, refused.SentOn, refused.Reason
		if err := tx.SetMailbox(box.Mailbox); err != nil {
			return true, err
		}
		if err := tx.Record("mailbox.withdrawn", "mailbox", box.ID, detail); err != nil {
			return true, err
		}
		return true, mark(tx, 0, box.ID, tx.On)
	}
	if err := tx.SetAskedSpace(box.ID, 0); err != nil {
		return false, err
	}
	if err := tx.ForgetMailboxAccesses(box.ID); err != nil {
		return false, err
	}
	if err := tx.DeleteMailbox(box.ID); err != nil {
		return false, err
	}
	return false, tx.Record("mailbox.withdrawn", "member", box.MemberID, detail) // the mailbox has no page any more
}
