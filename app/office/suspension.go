package office

import (
	"context"
	"fmt"

	"albopec/app/pec"
	"albopec/db"
)

// SuspendMailbox registers that the provider has suspended a mailbox, or that the
// Ordine has had it suspended, and why. From then on it takes no purchase and is
// nobody's digital domicile; its dates and services stay as they are. It reports
// false when it is suspended already, so that it may be repeated.
func (o *Office) SuspendMailbox(ctx context.Context, actor string, mailbox int64, reason string) (bool, error) {
	reason, err := readReason(reason, "Scriva perché la casella è sospesa: resta nella sua storia.")
	if err != nil {
		return false, err
	}
	return o.turnMailbox(ctx, actor, mailbox, pec.MailboxSuspended, reason)
}

// ReactivateMailbox ends the suspension of a mailbox; why may be said. It reports
// false when the mailbox is active already, so that it may be repeated.
func (o *Office) ReactivateMailbox(ctx context.Context, actor string, mailbox int64, reason string) (bool, error) {
	reason, err := readReason(reason, "")
	if err != nil {
		return false, err
	}
	return o.turnMailbox(ctx, actor, mailbox, pec.MailboxActive, reason)
}

// turnMailbox suspends a running mailbox, or ends its suspension, once what fell due
// before is carried out (R6): it may have closed meanwhile.
func (o *Office) turnMailbox(ctx context.Context, actor string, mailbox int64, to pec.MailboxStatus, reason string) (turned bool, err error) {
	turn, action := pec.Mailbox.Suspend, "mailbox.suspended"
	if to == pec.MailboxActive {
		turn, action = pec.Mailbox.Reactivate, "mailbox.reactivated"
	}
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		box, err := tx.Mailbox(mailbox)
		if err != nil {
			return err
		}
		if err := overdue(tx, box.MemberID); err != nil {
			return err
		}
		if box, err = tx.Mailbox(mailbox); err != nil || box.Status == to {
			return err
		}
		if box.Mailbox, err = turn(box.Mailbox); err != nil {
			return err
		}
		if err := inOrder(tx, box); err != nil {
			return err
		}
		if err := tx.SetMailbox(box.Mailbox); err != nil {
			return err
		}
		if err := tx.Record(action, "mailbox", mailbox, map[string]any{"address": box.Address, "reason": reason}); err != nil {
			return err
		}
		turned = true
		if err := tellTurned(tx, box); err != nil {
			return err
		}
		if err := stopWaiting(tx, []pec.MessageState{pec.MessagePaper, pec.MessageWaiting, pec.MessageUnknown}); err != nil {
			return err
		}
		return mark(tx, box.MemberID, mailbox, tx.On)
	})
	return turned && err == nil, err
}

// tellTurned tells the holder that a mailbox is suspended, or active again, and what
// it means; the reason is the secretariat's own.
func tellTurned(tx *db.Tx, box db.MailboxRow) error {
	m, err := tx.Member(box.MemberID)
	if err != nil {
		return err
	}
	agreements, err := tx.Agreements()
	if err != nil {
		return err
	}
	book, err := loadBook(&tx.ReadTx, m.ID, agreements)
	if err != nil {
		return err
	}
	ends := box.ExpiresOn
	if !m.Status.OnRegister() {
		ends = book.ClosesOn(box.Mailbox, agreements)
	}
	kind, one, many := pec.MessageSuspended, "Un Suo ordine aspetta il pagamento: non lo paghi finché la casella è sospesa, perché sarebbe annullato.",
		"%d Suoi ordini aspettano il pagamento: non li paghi finché la casella è sospesa, perché sarebbero annullati."
	if box.Status == pec.MailboxActive {
		kind, one, many = pec.MessageReactivated, "Un Suo ordine aspetta il pagamento: ora può pagarlo.", "%d Suoi ordini aspettano il pagamento: ora può pagarli."
	}
	v := pec.MessageValues{"nome": fullName(m.Member), "casella": box.Address, "data": tx.On.Italian(), "scadenza": ends.Italian()}
	n := 0
	for _, w := range book.Waiting {
		if w.MailboxID == box.ID {
			n++
		}
	}
	switch {
	case !m.Status.OnRegister(): // nothing of a leaver's completes
	case n == 1:
		v["ordini"] = one
	case n > 1:
		v["ordini"] = fmt.Sprintf(many, n)
	}
	if v["ordine"], err = orderBodyName(&tx.ReadTx); err != nil {
		return err
	}
	return tellMember(tx, m, kind, fmt.Sprint(box.ID, ":", tx.Now.UnixMilli()), box.ID, tx.On.AddDays(usefulDays), v)
}
