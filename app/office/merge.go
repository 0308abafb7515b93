package office

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"albopec/app/pec"
	"albopec/db"
)

// Twins are two positions that may be one person.
type Twins = pec.Twins

// Duplicates lists the positions that may be one person, those left out that an
// operator said are two.
func (o *Office) Duplicates(tx *db.ReadTx) ([]Twins, error) {
	rows, err := tx.Members()
	if err != nil {
		return nil, err
	}
	distinct, err := tx.DistinctMembers()
	if err != nil {
		return nil, err
	}
	members := make([]pec.Member, len(rows))
	for i, m := range rows {
		members[i] = m.Member
	}
	return slices.DeleteFunc(pec.Duplicates(members), func(t Twins) bool { return distinct[db.PairOf(t.A.ID, t.B.ID)] }), nil
}

// TellApart keeps that two positions are two persons, so that they are not
// shown as one again.
func (o *Office) TellApart(ctx context.Context, actor string, a, b int64) error {
	if a == b {
		return pec.Refuse("same_member", "Le due posizioni sono la stessa.")
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		for _, id := range []int64{a, b} {
			if _, err := standingMember(&tx.ReadTx, id); err != nil {
				return err
			}
		}
		if err := tx.AddDistinct(db.PairOf(a, b)); err != nil {
			return err
		}
		return recordPair(tx, "member.distinct", a, b)
	})
}

// DoubtAgain takes back that two positions are two persons: they are shown again
// for as long as they look like one. Asked for again, nothing happens.
func (o *Office) DoubtAgain(ctx context.Context, actor string, a, b int64) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		was, err := tx.DropDistinct(db.PairOf(a, b))
		if err != nil || !was {
			return err
		}
		return recordPair(tx, "member.doubted", a, b)
	})
}

// recordPair writes what was said of two members into the log of both.
func recordPair(tx *db.Tx, action string, a, b int64) error {
	for _, pair := range [][2]int64{{a, b}, {b, a}} {
		if err := tx.Record(action, "member", pair[0], map[string]any{"other": pair[1]}); err != nil {
			return err
		}
	}
	return nil
}

// Merging is what becomes of two positions that are made one, before it is
// written.
type Merging struct {
	Keep, Gone         db.MemberRow
	Fields             []pec.MergeField
	KeepHolds          db.Holdings
	GoneHolds          db.Holdings
	Credit, Claim      pec.Cents // of the two together, once what is overdue was carried out
	Settled            pec.Cents // of the claim, at once from the credit (R14)
	PasswordMoves      bool      // the one that stays had none
	ReservationMoves   bool
	ReservationDropped string // a reserved address that becomes free
	Seen               string // what the merge was proposed on
}

// ProposeMerge tells what merging the position `gone` into `keep` would do.
func (o *Office) ProposeMerge(tx *db.ReadTx, keep, gone int64) (Merging, error) {
	var m Merging
	var err error
	if m.Keep, err = tx.Member(keep); err != nil {
		return m, err
	}
	if m.Gone, err = tx.Member(gone); err != nil {
		return m, err
	}
	if err := mergeable(m.Keep, m.Gone); err != nil {
		return m, err
	}
	if m.KeepHolds, err = tx.Holdings(keep); err != nil {
		return m, err
	}
	if m.GoneHolds, err = tx.Holdings(gone); err != nil {
		return m, err
	}
	m.Fields = pec.ProposeMerge(m.Keep.Member, m.Gone.Member, m.GoneHolds.ChangedAt.After(m.KeepHolds.ChangedAt))
	for _, id := range []int64{keep, gone} {
		book, agreements, err := o.Book(tx, id)
		if err != nil {
			return m, err
		}
		_, book = pec.Renewals(book, agreements, o.Today().AddDays(-1))
		m.Credit, m.Claim = m.Credit+book.Credit, m.Claim+book.Claim
	}
	m.Settled = min(m.Credit, m.Claim)
	m.PasswordMoves = m.Keep.PasswordHash == "" && m.Gone.PasswordHash != ""
	m.ReservationMoves = m.Keep.ReservedAddress == "" && m.Gone.ReservedAddress != ""
	if m.Keep.ReservedAddress != "" {
		m.ReservationDropped = m.Gone.ReservedAddress
	}
	m.Seen = seenOf(m.Keep, m.Gone)
	return m, nil
}

// seenOf stands for the data of two positions that an operator chose between.
func seenOf(keep, gone db.MemberRow) string { return fmt.Sprintf("%d.%d", keep.Version, gone.Version) }

func mergeable(keep, gone db.MemberRow) error {
	switch {
	case keep.ID == gone.ID:
		return pec.Refuse("same_member", "Una posizione non si può unire a sé stessa: ne scelga un’altra.").On("con")
	case keep.Merged():
		return pec.Refuse("member_merged", "La posizione di %s è già stata unita a un’altra il %s.", keep.FullName(), keep.MergedOn.Italian())
	case gone.Merged():
		return pec.Refuse("member_merged", "La posizione di %s è già stata unita a un’altra il %s.", gone.FullName(), gone.MergedOn.Italian())
	}
	return nil
}

// Merge makes one of two positions.
type Merge struct {
	Keep, Gone int64
	// FromGone are the fields whose value is that of the position that goes; of
	// the others the value stays.
	FromGone []pec.Field
	Reason   string
	// Seen is what was shown when the values were chosen; when the data have
	// changed since, nothing is written (empty: none was shown).
	Seen string
}

// Merged is what a merge did.
type Merged struct {
	Keep, Gone      db.MemberRow
	Already         bool // it had been done before: nothing was written
	Mailboxes       int
	Waiting         int // orders that wait, moved
	Credit          pec.Cents
	Claim           pec.Cents
	Settled         pec.Cents
	OrdersCompleted int
}

// MergeMembers makes one of two positions that are one person, in one
// transaction: what is overdue for either is carried out first (R6), the values
// chosen are written, mailboxes and waiting orders move, credit and claim pass
// by opposite entries (R14). The position that goes stays as a row that leads to
// the other; made again, nothing happens.
func (o *Office) MergeMembers(ctx context.Context, actor string, m Merge) (Merged, error) {
	m.Reason = strings.TrimSpace(m.Reason)
	var done Merged
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		if err := load(tx, m, &done); err != nil || done.Already {
			return err
		}
		if m.Seen != "" && m.Seen != seenOf(done.Keep, done.Gone) {
			return pec.Refuse("merge_changed", "Dopo l’anteprima una delle due posizioni è cambiata: non è stato scritto nulla. Controlli i valori e confermi di nuovo.")
		}
		for _, id := range []int64{m.Keep, m.Gone} {
			if err := overdue(tx, id); err != nil {
				return err
			}
			if err := standingFrom(&tx.ReadTx, tx.On, id); err != nil {
				return err
			}
		}
		if err := load(tx, m, &done); err != nil {
			return err
		}
		return o.merge(tx, m, &done)
	})
	return done, err
}

// load reads the two positions, and whether they are one already.
func load(tx *db.Tx, m Merge, done *Merged) (err error) {
	if done.Keep, err = tx.Member(m.Keep); err != nil {
		return err
	}
	if done.Gone, err = tx.Member(m.Gone); err != nil {
		return err
	}
	if done.Gone.MergedInto == m.Keep {
		done.Already = true
		return nil
	}
	return mergeable(done.Keep, done.Gone)
}

func (o *Office) merge(tx *db.Tx, m Merge, done *Merged) error {
	holds, err := tx.Holdings(m.Gone)
	if err != nil {
		return err
	}
	done.Mailboxes, done.Waiting = len(holds.Mailboxes), holds.Waiting
	before, gone := done.Keep.Member, done.Gone
	if err := tx.MarkMerged(gone.ID, done.Keep.ID); err != nil {
		return err
	}
	if err := mergeData(tx, m, &done.Keep, gone); err != nil {
		return err
	}
	if err := leaveOneNotice(tx, done.Keep.ID, gone.ID); err != nil {
		return err
	}
	if err := tx.MoveHoldings(gone.ID, done.Keep.ID); err != nil {
		return err
	}
	if err := tx.DropMemberLinks(gone.ID); err != nil {
		return err
	}
	if err := pass(tx, done, m.Reason); err != nil {
		return err
	}
	if done.Settled, err = settleClaim(tx, done.Keep.ID, "Saldato con la ricarica"); err != nil {
		return err
	}
	if err := recordMerge(tx, m, before, done); err != nil {
		return err
	}
	for _, id := range []int64{done.Keep.ID, gone.ID} {
		if err := mark(tx, id, 0, tx.On); err != nil {
			return err
		}
	}
	return completeWaiting(tx, done.Keep.ID, &done.OrdersCompleted)
}

// mergeData writes the values chosen, and what follows from a change of status
// (R5).
func mergeData(tx *db.Tx, m Merge, keep *db.MemberRow, gone db.MemberRow) error {
	before := keep.Member
	fields := pec.ProposeMerge(before, gone.Member, false)
	status := before.Status
	for i := range fields {
		fields[i].TakeGone = slices.Contains(m.FromGone, fields[i].Field)
		if fields[i].Field == pec.FieldStatus && fields[i].TakeGone {
			status = gone.Status
		}
	}
	var err error
	if keep.Member, err = pec.MergedMember(before, fields); err != nil {
		return err
	}
	if keep.RegistrationNumber == "" && keep.TaxCode == "" {
		return pec.Refuse("required_missing", "Alla posizione che resta serve almeno il numero di iscrizione o il codice fiscale.").On("registration_number")
	}
	if status != before.Status {
		keep.Status = before.Status // leave compares with what was
		leave(tx.On, keep, StatusChange{Status: status, On: cmp.Or(gone.LeftOn, gone.Standing.Since), Until: gone.Standing.Until, Reason: gone.Standing.Reason, To: gone.Standing.To})
	}
	if !status.OnRegister() {
		keep.LeftRegisteredOn = tx.On // the mailboxes of the other close today at the earliest (9.3)
	}
	keep.ReservedAddress = cmp.Or(keep.ReservedAddress, gone.ReservedAddress)
	if err := saveMember(tx, before, *keep); err != nil {
		return err
	}
	if keep.PasswordHash == "" && gone.PasswordHash != "" {
		if err := tx.SetMemberPassword(keep.ID, gone.PasswordHash); err != nil {
			return err
		}
	}
	number, code := pec.FormerKeys(before, gone.Member, keep.Member)
	return tx.KeepFormerKeys(gone.ID, number, code)
}

// pass moves credit and claim by opposite entries: neither sum changes.
func pass(tx *db.Tx, done *Merged, reason string) (err error) {
	from, to := done.Gone.ID, done.Keep.ID
	if done.Credit, err = tx.Balance(from); err != nil {
		return err
	}
	if done.Credit > 0 {
		out, err := tx.AddEntry(db.Entry{MemberID: from, On: tx.On, Kind: pec.EntryTransfer, Amount: -done.Credit, Reason: because("Alla posizione "+positionOf(done.Keep.Member), reason)})
		if err != nil {
			return err
		}
		if _, err := tx.AddEntry(db.Entry{MemberID: to, On: tx.On, Kind: pec.EntryTransfer, Amount: done.Credit, ReversesID: out, Reason: because("Dalla posizione "+positionOf(done.Gone.Member), reason)}); err != nil {
			return err
		}
	}
	if done.Claim, err = tx.Claim(from); err != nil || done.Claim == 0 {
		return err
	}
	entry, err := raisedBy(tx, from)
	if err != nil {
		return err
	}
	if err := tx.AddClaim(from, -done.Claim, entry, tx.On, because("Alla posizione "+positionOf(done.Keep.Member), reason)); err != nil {
		return err
	}
	return tx.AddClaim(to, done.Claim, entry, tx.On, because("Dalla posizione "+positionOf(done.Gone.Member), reason))
}

// raisedBy is the entry that raised what a member owes, the latest.
func raisedBy(tx *db.Tx, member int64) (int64, error) {
	list, err := tx.ClaimEntries(member)
	for _, c := range slices.Backward(list) {
		if c.Amount > 0 {
			return c.EntryID, err
		}
	}
	return 0, err
}

// positionOf names a position as its number and person: "n. A2, Rossi Mario".
func positionOf(m pec.Member) string {
	if m.RegistrationNumber == "" {
		return "di " + m.FullName()
	}
	return "n. " + m.RegistrationNumber + ", " + m.FullName()
}

func because(what, reason string) string {
	if reason == "" {
		return what
	}
	return what + ": " + reason
}

// recordMerge writes the merge into the log of both, with what each was known by.
func recordMerge(tx *db.Tx, m Merge, before pec.Member, done *Merged) error {
	detail := map[string]any{
		"other": done.Gone.ID, "holder": done.Gone.FullName(), "registration_number": done.Gone.RegistrationNumber, "tax_code": done.Gone.TaxCode,
		"mailboxes": done.Mailboxes, "waiting": done.Waiting, "amount": done.Credit, "claim": done.Claim, "settled": done.Settled, "reason": m.Reason, "fields": m.FromGone,
	}
	if err := tx.Record("member.merged", "member", done.Keep.ID, detail); err != nil {
		return err
	}
	return tx.Record("member.merged_into", "member", done.Gone.ID, map[string]any{
		"other": done.Keep.ID, "holder": done.Keep.FullName(), "registration_number": before.RegistrationNumber, "tax_code": before.TaxCode, "reason": m.Reason})
}

// standsFor is the member for whom a position stands: itself, or the one that it
// was merged into.
func standsFor(tx *db.ReadTx, member int64) (int64, error) {
	m, err := tx.Member(member)
	return cmp.Or(m.MergedInto, m.ID), err
}
