package office_test

import (
	"strings"
	"testing"

	"albopec/app/pec"
	"albopec/db"
)

func dearer(a *pec.Agreement) { a.Products[0].YearlyPrice = 400 }

func (o *testOffice) agreement(changes ...func(*pec.Agreement)) pec.Agreement {
	o.t.Helper()
	a, err := pec.ReadAgreement([]byte(roma))
	o.must(err)
	for _, change := range changes {
		change(&a)
	}
	return a
}

func TestSameAgreementAgainChangesNothing(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario") // in use
	first := o.agree()
	if again := o.agree(); again != first {
		t.Errorf("ids %d and %d", first, again)
	}
	o.expect(box, "active to 2018-10-12, credit 0.00")
}

func TestAgreementInUseStaysAsItIs(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	id := o.agree()
	o.mailbox("A1", "Rossi", "Mario")
	_, err := o.SetAgreement(ctx, "prova", o.agreement(dearer))
	o.refuses("agreement_used", err)
	a := o.agreement(dearer)
	a.ID = id
	o.refuses("agreement_used", o.EditAgreement(ctx, "prova", a))
	o.refuses("agreement_used", o.DeleteAgreement(ctx, "prova", id))
	o.refuses("agreement_unknown", o.DeleteAgreement(ctx, "prova", 99))
}

func TestAgreementWithAPastStart(t *testing.T) {
	o := newOffice(t, "2018-01-10")
	box := o.mailbox("A1", "Rossi", "Mario") // charged on 10 January
	o.on("2018-06-01")
	_, err := o.SetAgreement(ctx, "prova", o.agreement(from("2018-01-10"), dearer))
	p := o.refuses("agreement_start_charged", err)
	if want := "Dal 10/01/2018 in poi ci sono già costi o acquisti registrati: la prima data possibile è 11/01/2018."; p.Message != want {
		t.Errorf("%q", p.Message)
	}
	o.must(second(o.SetAgreement(ctx, "prova", o.agreement(from("2018-01-11"), dearer)))) // nothing was charged from that day on
	o.topUp(box, 488)
	o.completed(box, 1, 488)
	_, err = o.SetAgreement(ctx, "prova", o.agreement(from("2018-03-01")))
	if p := o.refuses("agreement_start_charged", err); !strings.HasSuffix(p.Message, "la prima data possibile è 02/06/2018.") {
		t.Errorf("%q", p.Message)
	}
	_, err = o.SetAgreement(ctx, "prova", o.agreement(from("2018-06-01")))
	o.refuses("agreement_start_charged", err)
	o.must(second(o.SetAgreement(ctx, "prova", o.agreement(from("2018-06-02")))))
}

func TestAgreementNotYetUsedMayBeChangedMovedAndTakenAway(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	id := o.agree(from("2018-03-01"), dearer)
	o.must(second(o.SetAgreement(ctx, "prova", o.agreement(from("2018-03-01"), func(a *pec.Agreement) { a.Products[0].YearlyPrice = 500 }))))
	a := o.agreement(from("2018-04-01"), func(a *pec.Agreement) { a.Products[0].YearlyPrice = 600 })
	a.ID = id
	o.must(o.EditAgreement(ctx, "prova", a))
	a.StartsOn = pec.Day("2016-01-01")
	o.refuses("agreement_used", o.EditAgreement(ctx, "prova", a)) // the first one's day
	for day, want := range map[string]pec.Cents{"2018-03-31": 305, "2018-04-01": 732} {
		o.on(day)
		q, err := o.QuoteMailbox(ctx, box, pec.InboxGB, 1)
		o.must(err)
		if q.Price.Gross != want {
			t.Errorf("on %s %s, want %s", day, q.Price.Gross, want)
		}
	}
	o.must(o.DeleteAgreement(ctx, "prova", id))
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := tx.Agreements()
		if len(list) != 1 {
			t.Errorf("%d agreements are left", len(list))
		}
		return err
	}))
}

func TestChangingTheAgreementNeverChangesWhatWasCharged(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 10_000)
	o.completed(box, 1, 305)
	o.on("2018-01-01")
	o.agree(from("2018-02-01"), dearer, func(a *pec.Agreement) { a.Kinds[0].YearlyPrice = 1000; a.LeaverGraceDays = nil })
	o.on("2018-10-12")
	o.renew()
	o.expectCharges(box, "2017-10-12 to 2018-10-12 activation 6.10", "2018-10-12 to 2019-10-12 renewal 12.20")
	o.expectLedger(box, "2017-10-12 topup 100.00 = 100.00", "2017-10-12 order -3.05 = 96.95 2017/000001", "2018-10-12 order -4.88 = 92.07 2018/000001")
}

func TestWaitingOrderKeepsItsAgreementFromBeingDeleted(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	id := o.agree(from("2018-01-01"), dearer)
	box := o.mailbox("A1", "Rossi", "Mario")
	o.on("2018-01-02")
	o.waits(box, 1, 488, 488)
	o.refuses("agreement_used", o.DeleteAgreement(ctx, "prova", id))
}

func TestInvalidAgreementIsRefused(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	_, err := o.SetAgreement(ctx, "prova", o.agreement(func(a *pec.Agreement) { a.Kinds = nil }))
	if p := o.refuses("agreement_invalid", err); p.Field != "kinds" {
		t.Errorf("%+v", p)
	}
}
