package office_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

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

// TestDecisionOnManyIsWrittenInPortions: five are cancelled two at a time. The
// program stops before the last one, somebody pays in between, and the decision
// is sent again.
func TestDecisionOnManyIsWrittenInPortions(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	o.SetBatch(2)
	box := o.mailbox("A6", "Zeni", "Eva")
	ids := []int64{o.member("A1", "Bo", "Ugo"), o.member("A2", "Coli", "Pia"), o.member("A3", "Dini", "Ada"), o.member("A4", "Elmi", "Ivo"), o.holder(box)}
	change := office.StatusChange{Status: pec.MemberCancelled, On: o.day, Reason: "delibera 12"}

	stopped, stop := context.WithCancel(ctx)
	defer stop()
	clock, portions := o.Now, 0
	o.Now = func() time.Time {
		if portions++; portions == 3 {
			stop()
		}
		return clock()
	}
	done, err := o.ChangeStatuses(stopped, "prova", ids, change)
	o.Now = clock
	if !errors.Is(err, context.Canceled) || len(done.Changed) != 4 || len(done.LeftOut) != 0 {
		t.Fatalf("stopped: %d changed, %v, %v", len(done.Changed), done.LeftOut, err)
	}
	if o.row(ids[3]).Status != pec.MemberCancelled || o.row(ids[4]).Status != pec.MemberActive {
		t.Error("what was told is not what was written")
	}
	o.topUp(box, 500)

	again, err := o.ChangeStatuses(ctx, "prova", ids, change)
	o.must(err)
	if len(again.Changed) != 1 || again.Changed[0].ID != ids[4] || len(again.LeftOut) != 4 {
		t.Errorf("sent again: %+v", again)
	}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		n, err := tx.AuditCount(db.AuditFilter{Action: "member.status"})
		if n != 5 {
			t.Errorf("%d entries in the log, want one for each of the 5", n)
		}
		return err
	}))
}

// TestOneWhoWentMeanwhileIsLeftOut: the import that brought a member in is taken
// back after the first portion.
func TestOneWhoWentMeanwhileIsLeftOut(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	o.SetBatch(1)
	ids := []int64{o.member("A1", "Bo", "Ugo"), o.member("A2", "Coli", "Pia")}
	clock, portions := o.Now, 0
	o.Now = func() time.Time {
		if portions++; portions == 1 {
			o.must(o.DB.Write(ctx, db.Stamp{Now: clock(), On: o.day, Actor: "prova"}, func(tx *db.Tx) error { return tx.DeleteMember(ids[1]) }))
		}
		return clock()
	}
	done, err := o.ChangeStatuses(ctx, "prova", ids, office.StatusChange{Status: pec.MemberSuspended, On: o.day})
	o.must(err)
	if len(done.Changed) != 1 || len(done.LeftOut) != 1 || done.LeftOut[0].Holder != "Coli Pia" || done.LeftOut[0].Why != "L’iscritto non esiste." {
		t.Errorf("%+v", done)
	}
}

// TestBooksReadTogetherAreThoseReadAlone: reviews of many decide by what the
// change itself will find.
func TestBooksReadTogetherAreThoseReadAlone(t *testing.T) {
	o, box := romaUpTo2018(t)
	o.waits(box, 2, 610, 610)
	ids := []int64{o.holder(o.mailbox("A6", "Zeni", "Eva")), o.holder(box), o.member("A2", "Coli", "Pia")}
	o.leaves(ids[0], "")
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		together, err := tx.BooksOf(ids)
		for _, b := range together {
			alone, _, err := o.Book(tx, b.MemberID)
			o.must(err)
			for i, w := range alone.Waiting {
				alone.Waiting[i].Agreement = pec.Agreement{ID: w.Agreement.ID}
			}
			if !reflect.DeepEqual(b.Book, alone) {
				t.Errorf("together %+v\nalone %+v", b.Book, alone)
			}
		}
		if len(together) != 3 || len(together[0].Waiting) != 1 {
			t.Errorf("%d books, the first with %d orders that wait", len(together), len(together[0].Waiting))
		}
		return err
	}))
}

// A decision of 24/11/2018, from 01/11: who left before keeps their day, who was
// suspended meanwhile is looked at alone.
func TestDecisionOnManyWritesOverNoOthersDay(t *testing.T) {
	o := newOffice(t, "2018-11-24")
	moved, held, plain := o.member("B1", "Neri", "Ada"), o.member("B2", "Rossi", "Ivo"), o.member("B3", "Verdi", "Pia")
	o.changes(moved, office.StatusChange{Status: pec.MemberTransferred, On: pec.Day("2017-12-19"), To: "Ordine di Rieti", Reason: "nulla osta"})
	o.changes(held, office.StatusChange{Status: pec.MemberSuspended, On: pec.Day("2018-11-20"), Reason: "delibera 11"})
	change := office.StatusChange{Status: pec.MemberCancelled, On: pec.Day("2018-11-01"), Reason: "delibera 12"}
	ids := []int64{moved, held, plain}

	var told []string
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := o.ReviewStatuses(tx, ids, change)
		for _, r := range list {
			told = append(told, r.Member.FullName()+": "+r.Why)
		}
		return err
	}))
	want := []string{
		"Neri Ada: È già fuori dall’albo, trasferito dal 19/12/2017: lo stato si cambia dalla sua pagina.",
		"Rossi Ivo: È sospeso dal 20/11/2018, dopo il giorno scritto: lo stato si cambia dalla sua pagina.",
		"Verdi Pia: ",
	}
	if !slices.Equal(told, want) {
		t.Errorf("the review: %q", told)
	}
	done, err := o.ChangeStatuses(ctx, "prova", ids, change)
	o.must(err)
	if len(done.Changed) != 1 || len(done.LeftOut) != 2 || o.row(plain).LeftOn != pec.Day("2018-11-01") {
		t.Errorf("%+v", done)
	}
	if m := o.row(moved); m.Status != pec.MemberTransferred || m.LeftOn != pec.Day("2017-12-19") || m.Standing.Reason != "nulla osta" {
		t.Errorf("the one transferred: %+v", m)
	}
	if m := o.row(held); m.Status != pec.MemberSuspended {
		t.Errorf("the one suspended: %+v", m)
	}
	// Many come back together, from their leaving on.
	back, err := o.ChangeStatuses(ctx, "prova", []int64{moved, plain}, office.StatusChange{Status: pec.MemberActive, On: pec.Day("2018-11-02"), Reason: "errore"})
	o.must(err)
	if len(back.Changed) != 2 {
		t.Errorf("back: %+v", back)
	}
}

// A slip in the year must not close a mailbox: nobody leaves before enrolling.
func TestLeavingBeforeTheEnrolmentIsRefused(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	id := o.holder(box)
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		m, err := tx.Member(id)
		if err != nil {
			return err
		}
		m.RegisteredOn = pec.Day("1998-03-01")
		return tx.SetMember(m)
	}))
	o.on("2018-03-01")
	_, err := o.ChangeMemberStatus(ctx, "prova", id, office.StatusChange{Status: pec.MemberCancelled, On: pec.Day("1990-01-01")})
	o.refuses("date_before_registration", err)
	o.leaves(id, "1998-03-01")
}
