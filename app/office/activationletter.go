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
			list = append(list, activationLetter(sender, view, o.Today()))
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
