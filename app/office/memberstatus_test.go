package office_test

import (
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (o *testOffice) changes(member int64, change office.StatusChange) office.StatusChanged {
	o.t.Helper()
	done, err := o.ChangeMemberStatus(ctx, "prova", member, change)
	o.must(err)
	return done
}

func (o *testOffice) row(member int64) (m db.MemberRow) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		m, err = tx.Member(member)
		return err
	}))
	return m
}

func (o *testOffice) reviews(member int64, change office.StatusChange) (r office.StatusReview) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		r, err = o.ReviewMemberStatus(tx, member, change)
		return err
	}))
	return r
}

func TestTransferKeepsWhere(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	id := o.member("A9", "Verdi", "Pia")
	change := office.StatusChange{Status: pec.MemberTransferred, On: pec.Day("2018-10-01"), To: "Ordine  di Rieti ", Reason: "nulla osta 4"}
	o.changes(id, change)
	if m := o.row(id); m.LeftOn != pec.Day("2018-10-01") || m.Standing != (pec.Standing{To: "Ordine di Rieti", Reason: "nulla osta 4"}) {
		t.Errorf("%+v %+v", m.LeftOn, m.Standing)
	}
	if again := o.changes(id, change); again.Changed {
		t.Error("said twice, it changed twice")
	}
	// Only the Ordine was wrong.
	if done := o.changes(id, office.StatusChange{Status: pec.MemberTransferred, To: "Ordine di Terni"}); !done.Changed || done.Member.Standing.Reason != "nulla osta 4" || done.Member.LeftOn != pec.Day("2018-10-01") {
		t.Errorf("%+v", done.Member.Standing)
	}
	// Back, nothing of it is left.
	o.returns(id)
	if m := o.row(id); m.Standing != (pec.Standing{Reason: "reiscrizione"}) || !m.LeftOn.IsZero() {
		t.Errorf("%+v", m.Standing)
	}
}

func TestSuspensionHasItsDays(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	id := o.member("A9", "Verdi", "Pia")
	_, err := o.ChangeMemberStatus(ctx, "prova", id, office.StatusChange{Status: pec.MemberSuspended, On: pec.Day("2018-10-01"), Until: pec.Day("2018-09-30")})
	o.refuses("dates_in_disorder", err)
	_, err = o.ChangeMemberStatus(ctx, "prova", id, office.StatusChange{Status: pec.MemberSuspended, On: pec.Day("2018-10-13")})
	o.refuses("date_in_future", err)
	o.changes(id, office.StatusChange{Status: pec.MemberSuspended, On: pec.Day("2018-10-01"), Until: pec.Day("2019-03-31"), To: "nowhere", Reason: "delibera 7"})
	if m := o.row(id); m.Standing != (pec.Standing{Since: pec.Day("2018-10-01"), Until: pec.Day("2019-03-31"), Reason: "delibera 7"}) {
		t.Errorf("%+v", m.Standing)
	}
}

func TestReviewTellsWhatEachMailboxComesTo(t *testing.T) {
	o, box := romaUpTo2018(t) // active to 12/10/2018 with 1 GB
	id := o.holder(box)
	day := o.day
	r := o.reviews(id, office.StatusChange{Status: pec.MemberSuspended, On: day})
	if len(r.Boxes) != 1 || !r.Boxes[0].ClosesOn.IsZero() || o.row(id).Status != pec.MemberActive {
		t.Errorf("suspended: %+v", r.Boxes)
	}
	r = o.reviews(id, office.StatusChange{Status: pec.MemberCancelled, On: day})
	if len(r.Boxes) != 1 || r.Boxes[0].ClosesOn != pec.Earliest(day.AddDays(60), pec.Day("2018-10-12")) || r.Boxes[0].Services != 1 || o.row(id).Status != pec.MemberActive {
		t.Errorf("cancelled: %+v", r.Boxes)
	}
	// Closed and back: the address is there for the same person.
	o.leaves(id, "")
	o.on("2019-01-02")
	o.night()
	r = o.reviews(id, office.StatusChange{Status: pec.MemberActive})
	if len(r.Boxes) != 1 || r.Boxes[0].Status != pec.MailboxClosed || r.Boxes[0].Address != box {
		t.Errorf("back: %+v", r.Boxes)
	}
}

// TestRequestWaitsForOneWhoLeft: a mailbox that was only requested is listed
// among what follows.
func TestRequestWaitsForOneWhoLeft(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	id := o.member("A9", "Verdi", "Pia")
	_, err := o.Provision(ctx, "prova", "A9", false)
	o.must(err)
	r := o.reviews(id, office.StatusChange{Status: pec.MemberCancelled})
	if len(r.Boxes) != 1 || r.Boxes[0].Status != pec.MailboxRequested || !r.Boxes[0].ClosesOn.IsZero() {
		t.Errorf("%+v", r.Boxes)
	}
}

func TestDecisionOnManyIsReviewedAndWrittenOnce(t *testing.T) {
	o, box := romaUpTo2018(t)
	with := o.holder(box)
	without, gone := o.member("B1", "Neri", "Ada"), o.member("B2", "Rossi", "Ivo")
	o.leaves(gone, "")
	change := office.StatusChange{Status: pec.MemberCancelled, On: o.day, Reason: "delibera 12"}
	ids := []int64{gone, with, without, with}

	var list []office.StatusReview
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		list, err = o.ReviewStatuses(tx, ids, change)
		return err
	}))
	var told []string
	for _, r := range list {
		line := r.Member.FullName() + ": " + r.Why
		for _, b := range r.Boxes {
			line += b.Address + " closes " + b.ClosesOn.String()
		}
		told = append(told, line)
	}
	if len(list) != 3 || !strings.Contains(strings.Join(told, "\n"), "Rossi Ivo: È già cancellato.") || o.row(with).Status != pec.MemberActive {
		t.Fatalf("the review: %q", told)
	}
	done, err := o.ChangeStatuses(ctx, "prova", ids, change)
	o.must(err)
	if len(done.Changed) != 2 || len(done.LeftOut) != 1 || o.row(without).Standing.Reason != "delibera 12" || o.row(gone).Standing.Reason != "dimissioni" {
		t.Errorf("%+v", done)
	}
	again, err := o.ChangeStatuses(ctx, "prova", ids, change)
	o.must(err)
	if len(again.Changed) != 0 || len(again.LeftOut) != 3 {
		t.Errorf("sent twice: %+v", again)
	}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		n, err := tx.AuditCount(db.AuditFilter{Action: "member.status"})
		if n != 3 { // with dimissioni of Rossi
			t.Errorf("%d entries in the log, want 3", n)
		}
		return err
	}))
}
