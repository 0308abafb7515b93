package office

import (
	"albopec/app/pec"
	"albopec/db"
)

// ActivationPreview is what registering an activation, of some day, would mean
// today for one mailbox, or why it cannot be registered.
type ActivationPreview struct {
	MailboxID   int64
	Address     string
	Holder      string
	RequestedOn pec.Date
	ExpiresOn   pec.Date
	Price       pec.Amounts // what the Ordine will owe for the first period
	Why         string      // Italian; empty when it can be registered
	WrongDay    bool        // that is why: of another day it might be
}

// PreviewActivations says what Activate would do today with each mailbox, active
// since a day, for a term in years (0: each kind's shortest). One that cannot be
// registered does not stop the others.
func (o *Office) PreviewActivations(tx *db.ReadTx, ids []int64, on pec.Date, years int) ([]ActivationPreview, error) {
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
		a := pec.Activation{Mailbox: box.Mailbox, Holder: holder.Member, Agreements: agreements, On: on, Today: o.Today(), Years: years}
		term, err := a.Decide()
		if err == nil {
			err = term.CheckRunning(o.Today())
		}
		if late := inOrderFor(o.Today(), box, holder); late != nil && a.Awaited() {
			err = late
		}
		switch problem := pec.AsProblem(err); {
		case problem != nil:
			p.Why, p.WrongDay = problem.Message, problem.Field == "on"
			if problem.Code == "agreement_missing" && on == o.Today() { // nor was there one before
				p.WrongDay = false
			}
		case err != nil:
			return nil, err
		default:
			p.ExpiresOn, p.Price = term.Mailbox.ExpiresOn, term.Price
		}
		list = append(list, p)
	}
	return list, nil
}
