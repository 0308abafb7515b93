package office

import (
	"context"
	"errors"

	"albopec/app/pec"
	"albopec/db"
)

// ActivationPreview is what registering an activation today would mean for one
// mailbox, or why it cannot be registered.
type ActivationPreview struct {
	MailboxID   int64
	Address     string
	Holder      string
	RequestedOn pec.Date
	ExpiresOn   pec.Date
	Price       pec.Amounts // what the Ordine will owe for the first period
	Why         string      // Italian; empty when it can be registered
}

// PreviewActivations plays the activation of mailboxes for a term in years (0:
// each kind's shortest) by the steps of Activate, and writes nothing. One that
// cannot be registered does not stop the others.
func (o *Office) PreviewActivations(ctx context.Context, actor string, ids []int64, years int) ([]ActivationPreview, error) {
	var list []ActivationPreview
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		for _, id := range ids {
			p, err := previewActivation(tx, id, years)
			if err != nil {
				return err
			}
			list = append(list, p)
		}
		return errDryRun
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return list, err
}

func previewActivation(tx *db.Tx, id int64, years int) (ActivationPreview, error) {
	box, err := tx.Mailbox(id)
	if err != nil {
		return ActivationPreview{}, err
	}
	holder, err := tx.Member(box.MemberID)
	if err != nil {
		return ActivationPreview{}, err
	}
	p := ActivationPreview{MailboxID: id, Address: box.Address, Holder: holder.FullName(), RequestedOn: box.RequestedOn}
	err = tx.Try(func() error {
		done, err := activate(tx, box, years)
		p.ExpiresOn = done.ExpiresOn
		return err
	})
	if problem := pec.AsProblem(err); problem != nil {
		p.Why = problem.Message
		return p, nil
	}
	if err != nil {
		return p, err
	}
	periods, err := tx.Periods(id)
	if err == nil {
		p.Price = periods[len(periods)-1].Price
	}
	return p, err
}
