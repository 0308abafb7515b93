package office

import (
	"context"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// ActivationLetters are the letters that tell the holders of running mailboxes
// of their activation, in the order given; a mailbox that does not run has none.
func (o *Office) ActivationLetters(ctx context.Context, mailboxes []int64) (list []reports.ActivationLetter, err error) {
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		sender, err := tx.OrderBody()
		if err != nil {
			return err
		}
		for _, id := range mailboxes {
			box, err := tx.Mailbox(id)
			if err != nil {
				return err
			}
			if !box.Status.Running() {
				continue
			}
			view, err := o.ViewMailbox(tx, box)
			if err != nil {
				return err
			}
			letter := activationLetter(sender, view, o.Today())
			if err := o.foretell(tx, view, &letter); err != nil {
				return err
			}
			list = append(list, letter)
		}
		return nil
	})
	return list, err
}

func activationLetter(sender db.OrderBody, v MailboxView, on pec.Date) reports.ActivationLetter {
	return reports.ActivationLetter{
		Sender: sender.Name, Place: sender.City, On: on, To: PostalAddress(v.Holder.Member), Name: fullName(v.Holder.Member),
		Mailbox: v.Mailbox, ExtraGB: v.ExtraGB, Kind: v.Kind, Agreement: v.Agreement,
	}
}

// foretell fills in what becomes of the mailbox, as the renewals will decide it
// on the books of today.
func (o *Office) foretell(tx *db.ReadTx, v MailboxView, l *reports.ActivationLetter) error {
	l.Iscritto = v.Holder.Said("iscritto")
	book, agreements, err := o.Book(tx, v.Holder.ID)
	if err != nil {
		return err
	}
	switch f := book.Forecast(agreements, v.ID, o.Today()); {
	case f.Mailbox.CloseReason == pec.CloseLeaver:
		l.ClosesOn = f.On
	case f.Mailbox.Kind == pec.EventRenewed && f.Mailbox.Renewal == nil:
		l.Renews = true
		if f.Mailbox.MailboxKind != v.MailboxRow.Kind {
			l.Ahead = pec.KindName(agreements, f.Mailbox.MailboxKind, f.On)
		}
	}
	periods, err := tx.Periods(v.ID)
	for _, p := range periods {
		if p.EndsOn == v.ExpiresOn {
			l.Paid = p.OrderID != 0
		}
	}
	return err
}
