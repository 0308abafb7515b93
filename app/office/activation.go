package office

import (
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

// PreviewActivations says what Activate would do today with each mailbox, for a
// term in years (0: each kind's shortest). One that cannot be registered does not
// stop the others.
func (o *Office) PreviewActivations(tx *db.ReadTx, ids []int64, years int) ([]ActivationPreview, error) {
	agreements, err := tx.Agreements()
	if err != nil {
		return nil, err
	}
	var list []ActivationPreview
	for _, id := range ids {
		box, err := tx.Mailbox(id)
		if err != nil {
			return nil, err
		}
		holder, err := tx.Member(box.MemberID)
		if err != nil {
			return nil, err
		}
		p := ActivationPreview{MailboxID: id, Address: box.Address, Holder: holder.FullName(), RequestedOn: box.RequestedOn}
		a := pec.Activation{Mailbox: box.Mailbox, Holder: holder.Member, Agreements: agreements, On: o.Today(), Today: o.Today(), Years: years}
		term, err := a.Decide()
		if late := inOrderFor(o.Today(), box, holder); late != nil && a.Awaited() {
			err = late
		}
		switch problem := pec.AsProblem(err); {
		case problem != nil:
			p.Why = problem.Message
		case err != nil:
			return nil, err
		default:
			p.ExpiresOn, p.Price = term.Mailbox.ExpiresOn, term.Price
		}
		list = append(list, p)
	}
	return list, nil
}
