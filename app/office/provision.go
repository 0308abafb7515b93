package office

import (
	"context"
	"errors"
	"slices"

	"albopec/app/pec"
	"albopec/db"
)

// LeftOut is a chosen member for whom nothing is done, and why.
type LeftOut struct {
	MemberID int64
	Holder   string
	Why      string // Italian
}

// ProvisionMembers requests a standard mailbox for each of the members chosen,
// own PEC or not (9.6), in the order of their registration numbers, with
// addresses in a domain of the Ordine's (empty: the default). Who has a
// mailbox already or is not active is left out, so that it may be repeated.
// With dryRun nothing is written.
func (o *Office) ProvisionMembers(ctx context.Context, actor, domain string, ids []int64, dryRun bool) ([]Provisioned, []LeftOut, error) {
	var list []Provisioned
	var out []LeftOut
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		domain, err := domainFor(&tx.ReadTx, domain)
		if err != nil {
			return err
		}
		members, err := inRegisterOrder(&tx.ReadTx, ids)
		if err != nil {
			return err
		}
		for _, m := range members {
			why, err := notProvisioned(tx, m)
			if err != nil {
				return err
			}
			if why != "" {
				out = append(out, LeftOut{m.ID, m.FullName(), why})
				continue
			}
			p, err := request(tx, m, domain)
			if err != nil {
				return err
			}
			list = append(list, p)
		}
		if dryRun {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		err = nil
	}
	return list, out, err
}

func inRegisterOrder(tx *db.ReadTx, ids []int64) ([]db.MemberRow, error) {
	members, err := tx.MembersOf(ids)
	slices.SortStableFunc(members, func(a, b db.MemberRow) int {
		return pec.CompareNumbers(a.RegistrationNumber, b.RegistrationNumber)
	})
	return members, err
}

// notProvisioned says why a member gets no mailbox, once what is overdue for
// them is done; empty when they get one.
func notProvisioned(tx *db.Tx, m db.MemberRow) (string, error) {
	if m.Merged() {
		return "La posizione è stata unita a un’altra.", nil
	}
	if m.Status != pec.MemberActive {
		return "È " + m.Said(m.Status.Italian()) + ": una casella si richiede solo per chi è iscritto.", nil
	}
	if err := notBefore(tx.On, "questo iscritto", m.LastEventOn); err != nil {
		return "", err
	}
	boxes, err := tx.MailboxesOf(m.ID)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(boxes, func(b db.MailboxRow) bool { return b.Status.Running() }) {
		if err := overdue(tx, m.ID); err != nil { // it may have closed it
			return "", err
		}
		if boxes, err = tx.MailboxesOf(m.ID); err != nil {
			return "", err
		}
	}
	for _, b := range boxes {
		if b.Status != pec.MailboxClosed && b.Status != pec.MailboxRejected {
			return "Ha già la casella " + b.Address + " (" + b.Status.Italian() + ").", nil
		}
	}
	return "", nil
}
