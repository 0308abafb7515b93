package office_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// pays is a payment of one method and reference.
func pays(address string, amount pec.Cents, method pec.TopUpMethod, reference string) office.Payment {
	return office.Payment{Address: address, Amount: amount, Method: method, Reference: reference}
}

func TestSamePaymentIsEnteredOnce(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	first, err := o.TopUp(ctx, "prova", pays(box, 1000, pec.ByBankTransfer, "CRO 123"))
	o.must(err)
	for i, day := range []string{"2017-10-12", "2017-11-30", "2019-01-01"} {
		o.on(day)
		again, err := o.TopUp(ctx, "prova", pays(box, 1000, pec.ByBankTransfer, "  CRO   123 "))
		o.must(err)
		if !again.Duplicate || again.EntryID != first.EntryID || again.Balance != 1000 || again.OrdersCompleted != 0 {
			t.Errorf("time %d: %+v", i+2, again)
		}
	}
	o.expectLedger(box, "2017-10-12 topup 10.00 = 10.00")
}

func TestSameReferenceWithAnotherAmountIsRefused(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.must(second(o.TopUp(ctx, "prova", pays(box, 1000, pec.ByBankTransfer, "CRO 123"))))
	_, err := o.TopUp(ctx, "prova", pays(box, 2000, pec.ByBankTransfer, "CRO 123"))
	if p := o.refuses("topup_conflict", err); !strings.Contains(p.Message, "12/10/2017") || !strings.Contains(p.Message, "10,00\u00a0€") {
		t.Errorf("%q", p.Message)
	}
	counter := pays(box, 2000, pec.ByCounter, "CRO 123") // another method is another payment, when that is said
	_, err = o.TopUp(ctx, "prova", counter)
	if p := o.refuses("reference_other_method", err); p.Field != "even_if_other_method" || !strings.Contains(p.Message, "il 12/10/2017 come bonifico per") {
		t.Errorf("%+v", p)
	}
	counter.EvenIfOtherMethod = true
	o.must(second(o.TopUp(ctx, "prova", counter)))
	o.must(second(o.TopUp(ctx, "prova", pays(box, 2000, pec.ByBankTransfer, "CRO 124"))))
	o.expectLedger(box, "2017-10-12 topup 10.00 = 10.00", "2017-10-12 topup 20.00 = 30.00", "2017-10-12 topup 20.00 = 50.00")
}

func TestStudioPaysForThree(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	for i, box := range []string{o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Bianchi", "Anna"), o.mailbox("A3", "Verdi", "Luca")} {
		p := pays(box, pec.Cents(1000*(i+1)), pec.ByBankTransfer, "CRO studio")
		if i > 0 {
			_, err := o.TopUp(ctx, "prova", p)
			if problem := o.refuses("reference_shared", err); problem.Field != "even_if_shared" {
				t.Errorf("%+v", problem)
			}
			p.EvenIfShared = true
		}
		done, err := o.TopUp(ctx, "prova", p)
		o.must(err)
		if done.Shared != (i > 0) || done.Duplicate || done.Balance != p.Amount {
			t.Errorf("member %d: %+v", i+1, done)
		}
		again, err := o.TopUp(ctx, "prova", pays(box, p.Amount, pec.ByBankTransfer, "CRO studio")) // no question for what is there
		o.must(err)
		if !again.Duplicate || again.Balance != p.Amount {
			t.Errorf("member %d again: %+v", i+1, again)
		}
	}
}

func TestCardPaymentsAndIUVAreUniqueAbsolutely(t *testing.T) {
	for _, method := range []pec.TopUpMethod{pec.ByCard, pec.ByPagoPA} {
		o := newOffice(t, "2017-10-12")
		box, other := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Bianchi", "Anna")
		o.must(second(o.TopUp(ctx, "prova", pays(box, 1000, method, "01000000000001234"))))
		p := pays(other, 1000, method, "01000000000001234")
		_, err := o.TopUp(ctx, "prova", p)
		o.refuses("reference_taken", err)
		p.EvenIfShared = true
		_, err = o.TopUp(ctx, "prova", p)
		o.refuses("reference_taken", err)
		again, err := o.TopUp(ctx, "prova", pays(box, 1000, method, "01000000000001234"))
		o.must(err)
		if !again.Duplicate {
			t.Errorf("%s: %+v", method, again)
		}
		o.expectLedger(other)
	}
}

// TestReversedIUVIsEnteredForItsRealPayer: 10,00 € of one IUV for Rossi by
// mistake, of which 3,05 € are spent, then reversed; it is Bianchi's. It stands
// once whoever asks, and may go back to Rossi when that was the mistake.
func TestReversedIUVIsEnteredForItsRealPayer(t *testing.T) {
	for _, method := range []pec.TopUpMethod{pec.ByCard, pec.ByPagoPA} {
		o := newOffice(t, "2017-10-13")
		box, other := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Bianchi", "Anna")
		const iuv = "01000000000001234"
		pay := func(box string, amount pec.Cents, again bool) (office.ToppedUp, error) {
			p := pays(box, amount, method, " 0100000 0000001234")
			p.EvenIfReversed = again
			return o.TopUp(ctx, "prova", p)
		}
		first, err := o.TopUp(ctx, "prova", pays(box, 10_00, method, iuv))
		o.must(err)
		o.completed(box, 1, 3_05)
		for _, again := range []bool{false, true} { // it stands
			_, err := pay(other, 10_00, again)
			o.refuses("reference_taken", err)
		}
		_, _, err = o.ReverseTopUp(ctx, "prova", first.EntryID, nil, "persona sbagliata")
		o.must(err)

		o.on("2017-10-20")
		for _, amount := range []pec.Cents{10_00, 12_00} {
			_, err = pay(other, amount, false)
			p := o.refuses("topup_reversed", err)
			if p.Field != "even_if_reversed" || !strings.Contains(p.Message, "13/10/2017 per Rossi Mario, 10,00\u00a0€") {
				t.Errorf("%s: %+v", method, p)
			}
		}
		_, err = pay(box, 10_00, false) // nor for Rossi by itself
		o.refuses("topup_reversed", err)
		if done, err := pay(other, 12_00, true); err != nil || done.Balance != 12_00 || done.Duplicate || done.Shared {
			t.Errorf("%s: %+v, %v", method, done, err)
		}
		if done, err := pay(other, 12_00, true); err != nil || !done.Duplicate || done.Balance != 12_00 {
			t.Errorf("%s again: %+v, %v", method, done, err)
		}
		_, err = pay(other, 10_00, true)
		o.refuses("topup_conflict", err)
		_, err = pay(box, 10_00, true)
		o.refuses("reference_taken", err)
		o.sound()

		// It was Rossi's after all: what he owes is settled first.
		entry := o.lastEntry(other)
		_, _, err = o.ReverseTopUp(ctx, "prova", entry, nil, "era suo")
		o.must(err)
		if done, err := pay(box, 12_00, true); err != nil || done.ClaimSettled != 3_05 || done.Balance != 8_95 {
			t.Errorf("%s for Rossi: %+v, %v", method, done, err)
		}
		_, err = pay(other, 12_00, true)
		o.refuses("reference_taken", err)
		o.sound()
	}
}

// TestReversedReferenceIsEnteredWithTheRightAmount: a transfer of 1,00 € entered as
// 10,00 €, and one of Bianchi's entered for Rossi, each reversed: the reference
// is entered again once it is confirmed, with the amount that it has, and stands
// once. What stands is refused with another amount as before, and shared as before.
func TestReversedReferenceIsEnteredWithTheRightAmount(t *testing.T) {
	for _, method := range []pec.TopUpMethod{pec.ByBankTransfer, pec.ByCounter} {
		o := newOffice(t, "2017-10-13")
		box, other := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Bianchi", "Ada")
		pay := func(box string, amount pec.Cents, again bool) (office.ToppedUp, error) {
			p := pays(box, amount, method, "CRO 12345678901")
			p.EvenIfReversed = again
			return o.TopUp(ctx, "prova", p)
		}
		reverse := func(box, why string) {
			_, _, err := o.ReverseTopUp(ctx, "prova", o.lastEntry(box), nil, why)
			o.must(err)
		}
		o.must(second(pay(box, 10_00, false)))
		o.refuses("topup_conflict", second(pay(box, 1_00, true))) // it stands
		reverse(box, "importo sbagliato")

		p := o.refuses("topup_reversed", second(pay(box, 1_00, false)))
		if p.Field != "even_if_reversed" || !strings.Contains(p.Message, "13/10/2017 per Rossi Mario, 10,00\u00a0€, e poi stornato") {
			t.Errorf("%s: %+v", method, p)
		}
		if done, err := pay(box, 1_00, true); err != nil || done.Balance != 1_00 || done.Duplicate || done.Shared {
			t.Errorf("%s: %+v, %v", method, done, err)
		}
		if done, err := pay(box, 1_00, true); err != nil || !done.Duplicate || done.Balance != 1_00 {
			t.Errorf("%s again: %+v, %v", method, done, err)
		}
		o.refuses("topup_conflict", second(pay(box, 10_00, true)))
		o.refuses("reference_shared", second(pay(other, 1_00, true)))
		o.sound()

		reverse(box, "persona sbagliata")
		p = o.refuses("topup_reversed", second(pay(other, 1_00, false))) // not that it pays for several
		if !strings.Contains(p.Message, "per Rossi Mario, 1,00\u00a0€") {
			t.Errorf("%s: %+v", method, p)
		}
		if done, err := pay(other, 1_00, true); err != nil || done.Balance != 1_00 || done.Shared {
			t.Errorf("%s for Bianchi: %+v, %v", method, done, err)
		}
		reverse(other, "era suo")
		if done, err := pay(box, 2_00, true); err != nil || done.Balance != 2_00 { // the third time
			t.Errorf("%s for Rossi: %+v, %v", method, done, err)
		}
		o.expectLedger(box, "2017-10-13 topup 10.00 = 10.00", "2017-10-13 reversal -10.00 = 0.00",
			"2017-10-13 topup 1.00 = 1.00", "2017-10-13 reversal -1.00 = 0.00", "2017-10-13 topup 2.00 = 2.00")
		o.sound()
		err := o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
			_, err := tx.AddTopUp(db.TopUp{MemberID: o.holder(box), Method: method, Reference: "CRO12345678901", Amount: 10_00, On: o.day})
			return err
		})
		if !db.IsConstraint(err) {
			t.Errorf("%s, the database: %v", method, err)
		}
	}
}

// TestReversedReferenceIsConfirmedForOneReversal: 10,00 € are reversed, confirmed
// and entered as 1,00 €, and that is reversed too. The first confirmation, sent
// again, enters nothing; one of what was reversed last does.
func TestReversedReferenceIsConfirmedForOneReversal(t *testing.T) {
	o := newOffice(t, "2017-10-13")
	box := o.mailbox("A1", "Rossi", "Mario")
	p := pays(box, 10_00, pec.ByBankTransfer, "CRO 1")
	o.must(second(o.TopUp(ctx, "prova", p)))
	reversed := func() (id int64) {
		o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
			id, err = o.ReversedTopUp(tx, pec.ByBankTransfer, "CRO 1")
			return err
		}))
		return id
	}
	if reversed() != 0 {
		t.Error("it stands")
	}
	for _, why := range []string{"importo sbagliato", "di nuovo"} {
		_, _, err := o.ReverseTopUp(ctx, "prova", o.lastEntry(box), nil, why)
		o.must(err)
		before := p.Reversed
		p.Amount, p.EvenIfReversed = 1_00, true
		if before != 0 {
			o.refuses("topup_reversed", second(o.TopUp(ctx, "prova", p)))
		}
		p.Reversed = reversed()
		if done, err := o.TopUp(ctx, "prova", p); err != nil || done.Duplicate || done.Balance != 1_00 || p.Reversed == before {
			t.Errorf("%s: %+v, %v", why, done, err)
		}
	}
	o.expectLedger(box, "2017-10-13 topup 10.00 = 10.00", "2017-10-13 reversal -10.00 = 0.00",
		"2017-10-13 topup 1.00 = 1.00", "2017-10-13 reversal -1.00 = 0.00", "2017-10-13 topup 1.00 = 1.00")
	o.sound()
}

// TestReversedTransferIsEnteredOnceByTwoAtATime: four clerks confirm it at once,
// with two amounts, for the same member.
func TestReversedTransferIsEnteredOnceByTwoAtATime(t *testing.T) {
	o := newOffice(t, "2017-10-13")
	box := o.mailbox("A1", "Rossi", "Mario")
	first, err := o.TopUp(ctx, "prova", pays(box, 10_00, pec.ByBankTransfer, "CRO 1"))
	o.must(err)
	_, _, err = o.ReverseTopUp(ctx, "prova", first.EntryID, nil, "importo sbagliato")
	o.must(err)
	var wg sync.WaitGroup
	var taken atomic.Int32
	for i := range 4 {
		wg.Go(func() {
			p := pays(box, pec.Cents(100+i%2*100), pec.ByBankTransfer, "CRO 1")
			p.EvenIfReversed = true
			if done, err := o.TopUp(ctx, "prova", p); err == nil && !done.Duplicate {
				taken.Add(1)
			} else if err != nil && pec.AsProblem(err).Code != "topup_conflict" {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if taken.Load() != 1 {
		t.Errorf("%d took it", taken.Load())
	}
	o.sound()
}

// lastEntry is the latest entry of a member.
func (o *testOffice) lastEntry(address string) (id int64) {
	o.t.Helper()
	member := o.holder(address)
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		entries, err := tx.Entries(member)
		id = entries[len(entries)-1].ID
		return err
	}))
	return id
}

// TestReversedIUVIsTakenOnceByTwoAtATime: two clerks confirm it at once, for two
// members; and the database itself refuses a second that stands.
func TestReversedIUVIsTakenOnceByTwoAtATime(t *testing.T) {
	o := newOffice(t, "2017-10-13")
	box := o.mailbox("A1", "Rossi", "Mario")
	first, err := o.TopUp(ctx, "prova", pays(box, 10_00, pec.ByPagoPA, "01000000000001234"))
	o.must(err)
	_, _, err = o.ReverseTopUp(ctx, "prova", first.EntryID, nil, "persona sbagliata")
	o.must(err)
	var boxes []string
	for i, name := range []string{"Anna", "Luca", "Sara", "Ugo"} {
		boxes = append(boxes, o.mailbox(fmt.Sprint("B", i), "Verdi", name))
	}
	var wg sync.WaitGroup
	errs := make([]error, len(boxes))
	for i, b := range boxes {
		wg.Add(1)
		go func() {
			defer wg.Done()
			p := pays(b, 10_00, pec.ByPagoPA, "01000000000001234")
			p.EvenIfReversed = true
			_, errs[i] = o.TopUp(ctx, "prova", p)
		}()
	}
	wg.Wait()
	taken := 0
	for _, err := range errs {
		if err == nil {
			taken++
		} else {
			o.refuses("reference_taken", err)
		}
	}
	if taken != 1 {
		t.Errorf("%d took it", taken)
	}
	o.sound()
	err = o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		_, err := tx.AddTopUp(db.TopUp{MemberID: o.holder(box), Method: pec.ByPagoPA, Reference: "01000000000001234", Amount: 10_00, On: o.day})
		return err
	})
	if !db.IsConstraint(err) || !strings.Contains(err.Error(), "the payment stands already") {
		t.Errorf("the database: %v", err)
	}
}

func TestPaymentsThatAreNone(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	for _, row := range []struct {
		p    office.Payment
		code string
	}{
		{pays(box, 0, pec.ByCounter, "R1"), "amount_invalid"},
		{pays(box, -100, pec.ByCounter, "R1"), "amount_invalid"},
		{pays(box, pec.MaxAmount+1, pec.ByCounter, "R1"), "amount_invalid"},
		{pays(box, 100, "cash", "R1"), "method_unknown"},
		{pays(box, 100, "", "R1"), "method_unknown"},
		{pays(box, 100, pec.ByCounter, "   "), "reference_missing"},
		{pays(box, 100, pec.ByCounter, strings.Repeat("9", 141)), "reference_invalid"},
		{pays("nessuno@pec.ordine.example", 100, pec.ByCounter, "R1"), "mailbox_unknown"},
		{office.Payment{MemberID: 99, Amount: 100, Method: pec.ByCounter, Reference: "R1"}, "member_unknown"},
	} {
		_, err := o.TopUp(ctx, "prova", row.p)
		o.refuses(row.code, err)
	}
	o.expectLedger(box)
}

func TestTopUpByMemberAndByAddressInCapitals(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.must(second(o.TopUp(ctx, "prova", pays(" MARIO.ROSSI@pec.ordine.example ", 100, pec.ByCounter, "R1"))))
	o.must(second(o.TopUp(ctx, "prova", office.Payment{MemberID: o.holder(box), Amount: 200, Method: pec.ByCounter, Reference: "R2"})))
	o.expectLedger(box, "2017-10-12 topup 1.00 = 1.00", "2017-10-12 topup 2.00 = 3.00")
}

func TestTopUpBeforeAnyMailbox(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	id := o.member("A1", "Rossi", "Mario")
	done, err := o.TopUp(ctx, "prova", office.Payment{MemberID: id, Amount: 305, Method: pec.ByCounter, Reference: "R1"})
	o.must(err)
	if done.Balance != 305 {
		t.Errorf("%+v", done)
	}
	box := o.activate("A1")
	o.completed(box, 1, 305)
}

// Reversals and claims (R14).

func TestReversalOfWhatIsStillThere(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	done := o.topUp(box, 1000)
	o.topUp(box, 500)
	_, _, err := o.ReverseTopUp(ctx, "prova", done.EntryID, nil, "  ")
	o.refuses("reason_missing", err)
	taken, claim, err := o.ReverseTopUp(ctx, "prova", done.EntryID, nil, "iscritto sbagliato")
	o.must(err)
	if taken != 1000 || claim != 0 {
		t.Errorf("taken %s, claim %s", taken, claim)
	}
	o.expectLedger(box, "2017-10-12 topup 10.00 = 10.00", "2017-10-12 topup 5.00 = 15.00", "2017-10-12 reversal -10.00 = 5.00")
	_, _, err = o.ReverseTopUp(ctx, "prova", done.EntryID, nil, "di nuovo")
	o.refuses("entry_reversed", err)
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		entries, err := tx.Entries(o.holder(box))
		if e := entries[2]; e.Reason != "iscritto sbagliato" || e.Actor != "prova" || e.ReversesID != done.EntryID {
			t.Errorf("the opposite entry is %+v", e)
		}
		return err
	}))
}

func TestReversalOfMoneyAlreadySpentLeavesAClaim(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	done := o.topUp(box, 1000)
	o.completed(box, 2, 610)
	o.on("2017-11-01")
	taken, claim, err := o.ReverseTopUp(ctx, "prova", done.EntryID, nil, "storno della banca")
	o.must(err)
	if taken != 390 || claim != 610 {
		t.Errorf("taken %s, claim %s", taken, claim)
	}
	o.expect(box, "active to 2018-10-12, credit 0.00, claim 6.10", "2 inbox_gb from 2017-10-12 to 2018-10-12")

	_, err = o.Order(ctx, "prova", office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 1})
	if p := o.refuses("claim_open", err); !strings.Contains(p.Message, "6,10\u00a0€") {
		t.Errorf("%q", p.Message)
	}
	o.on("2018-08-01") // what costs nothing is a purchase too
	_, err = o.Order(ctx, "prova", office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 1})
	o.refuses("claim_open", err)

	if done := o.topUp(box, 400); done.ClaimSettled != 400 || done.Balance != 0 {
		t.Errorf("a part of it: %+v", done)
	}
	o.expect(box, "active to 2018-10-12, credit 0.00, claim 2.10", "2 inbox_gb from 2017-10-12 to 2018-10-12")
	if done := o.topUp(box, 1000); done.ClaimSettled != 210 || done.Balance != 790 {
		t.Errorf("the rest: %+v", done)
	}
	o.expectLedger(box, "2017-10-12 topup 10.00 = 10.00", "2017-10-12 order -6.10 = 3.90 2017/000001", "2017-11-01 reversal -3.90 = 0.00",
		"2018-08-01 topup 4.00 = 4.00", "2018-08-01 claim -4.00 = 0.00", "2018-08-01 topup 10.00 = 10.00", "2018-08-01 claim -2.10 = 7.90")
	o.on("2018-10-12")
	o.renew()
	o.expect(box, "active to 2019-10-12, credit 1.80", "2 inbox_gb from 2017-10-12 to 2019-10-12")
}

func TestReversalWhenNothingIsLeftToTake(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	done := o.topUp(box, 305)
	o.completed(box, 1, 305)
	taken, claim, err := o.ReverseTopUp(ctx, "prova", done.EntryID, nil, "storno della banca")
	o.must(err)
	if taken != 0 || claim != 305 {
		t.Errorf("taken %s, claim %s", taken, claim)
	}
	_, _, err = o.ReverseTopUp(ctx, "prova", done.EntryID, nil, "di nuovo")
	o.refuses("entry_reversed", err)
	o.expect(box, "active to 2018-10-12, credit 0.00, claim 3.05", "1 inbox_gb from 2017-10-12 to 2018-10-12")
}

func TestClaimEndsServicesOnE(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	done := o.topUp(box, 305)
	o.completed(box, 1, 305)
	o.must(third(o.ReverseTopUp(ctx, "prova", done.EntryID, nil, "storno della banca")))
	o.on("2018-10-13")
	o.topUp(box, 10_000) // too late by a day
	o.expect(box, "active to 2019-10-12, credit 96.95", "1 inbox_gb from 2017-10-12 ended on 2018-10-12 (claim)")
}

func third[T, U any](_ T, _ U, err error) error { return err }

func TestTopUpSettlesTheClaimBeforeWaitingOrders(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	done := o.topUp(box, 305)
	o.completed(box, 1, 305)
	id := o.waits(box, 1, 305, 305)
	o.must(third(o.ReverseTopUp(ctx, "prova", done.EntryID, nil, "storno della banca")))
	if done := o.topUp(box, 305); done.OrdersCompleted != 0 || done.ClaimSettled != 305 {
		t.Errorf("%+v", done)
	}
	if done := o.topUp(box, 305); done.OrdersCompleted != 1 {
		t.Errorf("%+v", done)
	}
	o.expectOrder(id, pec.OrderCompleted, "2017-10-12")
}

// TestReasonIsShortAndReadable: what stays for ever is bounded, in characters.
func TestReasonIsShortAndReadable(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	paid := o.topUp(box, 305)
	order := o.waits(box, 2, 610, 305)
	member := o.holder(box)
	for reason, code := range map[string]string{strings.Repeat("è", 201): "value_too_long", "a\x00b": "reason_invalid", "a\xffb": "reason_invalid"} {
		o.refuses(code, third(o.ReverseTopUp(ctx, "prova", paid.EntryID, nil, reason)))
		_, err := o.Refund(ctx, "prova", member, 305, reason)
		o.refuses(code, err)
		o.refuses(code, o.CancelOrder(ctx, "prova", order, 0, reason))
		_, err = o.EraseContacts(ctx, "prova", member, reason)
		o.refuses(code, err)
	}
	o.must(third(o.ReverseTopUp(ctx, "prova", paid.EntryID, nil, strings.Repeat("è", 198)+" \r\n\tè")))
}

func TestOnlyTopUpsAreReversed(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 1000)
	o.completed(box, 1, 305)
	var order int64
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		entries, err := tx.Entries(o.holder(box))
		order = entries[1].ID
		return err
	}))
	_, _, err := o.ReverseTopUp(ctx, "prova", order, nil, "prova")
	o.refuses("entry_not_reversible", err)
	_, _, err = o.ReverseTopUp(ctx, "prova", 999, nil, "prova")
	o.refuses("entry_unknown", err)
}

// Refunds (R5).

func TestLeaversCreditStaysUntilItIsRefunded(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	member := o.holder(box)
	o.topUp(box, 1000)
	_, err := o.Refund(ctx, "prova", member, 1000, "bonifico")
	o.refuses("member_on_register", err)
	o.on("2018-03-01")
	o.leaves(member, "")
	o.on("2019-06-01") // the mailbox closed long ago: the refund carries it out first
	_, err = o.Refund(ctx, "prova", member, 1000, " ")
	o.refuses("reason_missing", err)
	_, err = o.Refund(ctx, "prova", member, 500, "bonifico del 01/06/2019") // the page was opened before the second half came in
	o.refuses("credit_changed", err)
	paid, err := o.Refund(ctx, "prova", member, 1000, "bonifico del 01/06/2019")
	o.must(err)
	if paid != 1000 {
		t.Errorf("paid %s", paid)
	}
	o.expect(box, "closed on 2018-04-30 (leaver), credit 0.00")
	o.expectLedger(box, "2017-10-12 topup 10.00 = 10.00", "2019-06-01 refund -10.00 = 0.00")
	_, err = o.Refund(ctx, "prova", member, 1000, "di nuovo")
	o.refuses("no_credit", err)
}

func TestHeirsMayBeRefunded(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 305)
	o.must(second(o.ChangeMemberStatus(ctx, "prova", o.holder(box), office.StatusChange{Status: pec.MemberDeceased, Reason: "decesso"})))
	paid, err := o.Refund(ctx, "prova", o.holder(box), 305, "agli eredi, nota del notaio")
	o.must(err)
	if paid != 305 {
		t.Errorf("paid %s", paid)
	}
}

func TestSamePaymentTypedOtherwiseIsEnteredOnce(t *testing.T) {
	o := newOffice(t, "2018-01-10")
	address := o.mailbox("A1", "Rossi", "Anna")
	for i, typed := range []string{"CRO 123 456", "cro 123456", "  CRO123456 "} {
		done, err := o.TopUp(ctx, "prova", pays(address, 1000, pec.ByBankTransfer, typed))
		if err != nil {
			t.Fatal(err)
		}
		if done.Duplicate != (i > 0) || done.Balance != 1000 {
			t.Errorf("%q: %+v", typed, done)
		}
	}
}

// TestAccountTellsOfAReversalThatTookNothing, in its place, and what the next
// payments settle of it; the ledger itself has no entry of 0,00 €.
func TestAccountTellsOfAReversalThatTookNothing(t *testing.T) {
	o := newOffice(t, "2017-12-07")
	box := o.mailbox("A1", "Rossi", "Mario")
	paid := o.topUp(box, 305)
	o.completed(box, 1, 305)
	taken, claim, err := o.ReverseTopUp(ctx, "prova", paid.EntryID, nil, "storno della banca")
	if err != nil || taken != 0 || claim != 305 {
		t.Fatalf("taken %s, owed %s, %v", taken, claim, err)
	}
	o.on("2017-12-08")
	if done := o.topUp(box, 200); done.ClaimSettled != 200 || done.ClaimLeft != 105 || done.Balance != 0 {
		t.Errorf("%+v", done)
	}
	if done := o.topUp(box, 200); done.ClaimSettled != 105 || done.ClaimLeft != 0 || done.Balance != 95 {
		t.Errorf("%+v", done)
	}
	o.expectLedger(box, "2017-12-07 topup 3.05 = 3.05", "2017-12-07 order -3.05 = 0.00 2017/000001",
		"2017-12-08 topup 2.00 = 2.00", "2017-12-08 claim -2.00 = 0.00", "2017-12-08 topup 2.00 = 2.00", "2017-12-08 claim -1.05 = 0.95")
	var told []string
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		account, err := tx.Account(o.holder(box))
		for _, e := range account {
			told = append(told, fmt.Sprintf("%d %s %s %s = %s", e.Seq, e.On, e.Kind, e.Amount, e.Balance))
			if e.Seq == 0 && (e.Claim != 305 || e.ReversesID != paid.EntryID || e.Reason != "storno della banca") {
				t.Errorf("%+v", e)
			}
		}
		return err
	}))
	if len(told) != 7 || told[2] != "0 2017-12-07 reversal 0.00 = 0.00" {
		t.Errorf("the account tells %q", told)
	}
	o.expectSound()
}
