package office

import (
	"context"
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
	if dryRun {
		return o.previewProvision(ctx, domain, ids)
	}
	var list []Provisioned
	var out []LeftOut
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		domain, err := domainFor(&tx.ReadTx, domain)
		if err != nil {
			return err
		}
		list, out, err = provisionEach(&tx.ReadTx, ids,
			func(m db.MemberRow) (string, error) { return notProvisioned(tx, m) },
			func(m db.MemberRow) (Provisioned, error) { return request(tx, m, domain) })
		return err
	})
	return list, out, err
}

// previewProvision is what ProvisionMembers would do, read in one snapshot.
func (o *Office) previewProvision(ctx context.Context, domain string, ids []int64) (list []Provisioned, out []LeftOut, err error) {
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		round, err := proposing(tx, domain, o.Today())
		if err != nil {
			return err
		}
		list, out, err = provisionEach(tx, ids,
			func(m db.MemberRow) (string, error) { return whyNotProvisioned(tx, m, round.on) }, round.preview)
		return err
	})
	return list, out, err
}

// provisionEach goes through the members chosen, in the order of their numbers:
// each gets a request, or a reason why not.
func provisionEach(tx *db.ReadTx, ids []int64, whyNot func(db.MemberRow) (string, error), request func(db.MemberRow) (Provisioned, error)) (list []Provisioned, out []LeftOut, err error) {
	members, err := inRegisterOrder(tx, ids)
	if err != nil {
		return nil, nil, err
	}
	for _, m := range members {
		why, err := whyNot(m)
		if err != nil {
			return nil, nil, err
		}
		if why != "" {
			out = append(out, LeftOut{m.ID, m.FullName(), why})
			continue
		}
		p, err := request(m)
		if err != nil {
			return nil, nil, err
		}
		list = append(list, p)
	}
	return list, out, nil
}

func inRegisterOrder(tx *db.ReadTx, ids []int64) ([]db.MemberRow, error) {
	members, err := tx.MembersOf(ids)
	slices.SortStableFunc(members, func(a, b db.MemberRow) int {
		return pec.CompareNumbers(a.RegistrationNumber, b.RegistrationNumber)
	})
	return members, err
}

// notProvisioned carries out what is overdue for a member, which may close the
// mailbox they have, and says why they get none; empty when they get one.
func notProvisioned(tx *db.Tx, m db.MemberRow) (string, error) {
	boxes, err := tx.MailboxesOf(m.ID)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(boxes, runs) {
		if err := overdue(tx, m.ID); err != nil {
			return "", err
		}
	}
	return whyNotProvisioned(&tx.ReadTx, m, tx.On)
}

func runs(b db.MailboxRow) bool { return b.Status.Running() }

// whyNotProvisioned says why a member gets no mailbox on a day, with what fell
// due before it played and not written; empty when they get one.
func whyNotProvisioned(tx *db.ReadTx, m db.MemberRow, on pec.Date) (string, error) {
	if m.Merged() {
		return "La posizione è stata unita a un’altra.", nil
	}
	if m.Status != pec.MemberActive {
		return "È " + m.Said(m.Status.Italian()) + ": una casella si richiede solo per chi è iscritto.", nil
	}
	if err := notBefore(on, "questo iscritto", m.LastEventOn); err != nil {
		return "", err
	}
	boxes, err := tx.MailboxesOf(m.ID)
	if err != nil {
		return "", err
	}
	closed, err := closedBefore(tx, m.ID, boxes, on)
	for _, b := range boxes {
		if b.Status != pec.MailboxClosed && b.Status != pec.MailboxRejected && !closed[b.ID] {
			return "Ha già la casella " + b.Address + " (" + b.Status.Italian() + ").", err
		}
	}
	return "", err
}

// closedBefore tells which running mailboxes of a member should have closed
// before a day.
func closedBefore(tx *db.ReadTx, member int64, boxes []db.MailboxRow, on pec.Date) (map[int64]bool, error) {
	closed := map[int64]bool{}
	if !slices.ContainsFunc(boxes, runs) {
		return closed, nil
	}
	agreements, err := tx.Agreements()
	if err != nil {
		return nil, err
	}
	book, err := loadBook(tx, member, agreements)
	if err != nil {
		return nil, err
	}
	events, _ := pec.Renewals(book, agreements, on.AddDays(-1))
	for _, e := range events {
		if e.Kind == pec.EventClosed {
			closed[e.MailboxID] = true
		}
	}
	return closed, nil
}
