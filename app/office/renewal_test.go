package office_test

import (
	"fmt"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/google/go-cmp/cmp"
)

// A standard mailbox costs the Ordine 5,00 + 1,10 € a year, a GB its member
// 2,50 + 0,55 €.

// The worked example of the Ordine degli Ingegneri di Roma, to its end.
func romaUpTo2018(t *testing.T) (*testOffice, string) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.expect(box, "active to 2018-10-12, credit 0.00")
	o.on("2017-12-07")
	id := o.waits(box, 1, 305, 305)
	if done := o.topUp(box, 305); done.OrdersCompleted != 1 || done.Balance != 0 {
		t.Errorf("the top-up completed %d orders and left %s", done.OrdersCompleted, done.Balance)
	}
	o.expectOrder(id, pec.OrderCompleted, "2017-12-07")
	o.expect(box, "active to 2018-10-12, credit 0.00", "1 inbox_gb from 2017-12-07 to 2018-10-12")
	if v, err := o.Mailbox(ctx, box); err != nil || v.TotalGB() != 2 || v.Kind.BaseInboxGB != 1 || v.ExtraGB != 1 {
		t.Errorf("the space shown is %d + %d = %d GB, %v", v.Kind.BaseInboxGB, v.ExtraGB, v.TotalGB(), err)
	}
	return o, box
}

func TestExtraGBIsRenewedWhenCreditCoversItOnExpiryDay(t *testing.T) {
	o, box := romaUpTo2018(t)
	o.on("2018-10-12")
	o.topUp(box, 305) // the whole of day E belongs to the member
	done := o.renew()
	want := office.Renewed{Until: o.day, Renewed: 1, ServicesRenewed: 1, Failed: []office.Failure{},
		Ordine: pec.Amounts{Net: 500, VAT: 110, Gross: 610}, Members: pec.Amounts{Net: 250, VAT: 55, Gross: 305}}
	if diff := cmp.Diff(want, done); diff != "" {
		t.Errorf("the run (- want, + got):\n%s", diff)
	}
	o.expect(box, "active to 2019-10-12, credit 0.00", "1 inbox_gb from 2017-12-07 to 2019-10-12")
	o.expectCharges(box, "2017-10-12 to 2018-10-12 activation 6.10", "2018-10-12 to 2019-10-12 renewal 6.10")
	o.expectLedger(box,
		"2017-12-07 topup 3.05 = 3.05", "2017-12-07 order -3.05 = 0.00 2017/000001",
		"2018-10-12 topup 3.05 = 3.05", "2018-10-12 order -3.05 = 0.00 2018/000001")
}

func TestServiceEndsWhenCreditIsShortOnExpiryDay(t *testing.T) {
	o, box := romaUpTo2018(t)
	o.on("2018-10-12")
	o.topUp(box, 304)
	o.renew()
	o.expect(box, "active to 2019-10-12, credit 3.04", "1 inbox_gb from 2017-12-07 ended on 2018-10-12 (no_credit)")
	if v, err := o.Mailbox(ctx, box); err != nil || v.TotalGB() != 1 {
		t.Errorf("%d GB, %v", v.TotalGB(), err)
	}
}

func TestNightlyJobLeavesDayEToTheMember(t *testing.T) {
	o, box := romaUpTo2018(t)
	o.on("2018-10-12")
	if done := o.night(); done.Renewed != 0 {
		t.Errorf("the night before E renewed %d", done.Renewed)
	}
	_, err := o.Order(ctx, "prova", office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 1})
	o.refuses("mailbox_expired", err)
	o.topUp(box, 305)
	o.expect(box, "active to 2018-10-12, credit 3.05", "1 inbox_gb from 2017-12-07 to 2018-10-12")
	o.on("2018-10-13")
	if done := o.night(); done.Renewed != 1 || done.ServicesRenewed != 1 {
		t.Errorf("the night after E: %+v", done)
	}
	o.expect(box, "active to 2019-10-12, credit 0.00", "1 inbox_gb from 2017-12-07 to 2019-10-12")
}

func TestMoneyThatComesTheDayAfterEIsTooLate(t *testing.T) {
	o, box := romaUpTo2018(t)
	o.on("2018-10-13") // no run in between: the payment itself carries out what is overdue
	o.topUp(box, 305)
	o.expect(box, "active to 2019-10-12, credit 3.05", "1 inbox_gb from 2017-12-07 ended on 2018-10-12 (no_credit)")
}

func TestPurchaseAfterEIsPricedToTheNextE(t *testing.T) {
	o, box := romaUpTo2018(t)
	o.on("2018-10-13")
	q, err := o.QuoteMailbox(ctx, box, pec.InboxGB, 1)
	o.must(err)
	if q.Expires != pec.Day("2019-10-12") || q.Price.Gross != 305 {
		t.Errorf("quote to %s at %s", q.Expires, q.Price.Gross)
	}
	o.waits(box, 1, 305, 305)
	o.expect(box, "active to 2019-10-12, credit 0.00", "1 inbox_gb from 2017-12-07 ended on 2018-10-12 (no_credit)")
}

func TestRenewTwiceDoesNothingTheSecondTime(t *testing.T) {
	o, box := romaUpTo2018(t)
	o.on("2018-10-12")
	o.topUp(box, 1000)
	o.renew()
	before := o.dump()
	for range 2 {
		done := o.renew()
		if done.Renewed+done.Closed+done.ServicesRenewed+done.ServicesEnded != 0 || done.Ordine.Gross+done.Members.Gross != 0 {
			t.Errorf("again: %+v", done)
		}
	}
	if diff := cmp.Diff(before, o.dump()); diff != "" {
		t.Errorf("the books changed:\n%s", diff)
	}
}

func TestLateRunEndsWhereDailyRunsWouldHaveEnded(t *testing.T) {
	play := func(daily bool) ([]string, []string, []string) {
		o, box := romaUpTo2018(t)
		o.topUp(box, 1000)
		second := o.another(box, "studio@pec.ordine.example")
		o.agree(from("2019-03-01"), func(a *pec.Agreement) { a.Products[0].YearlyPrice = 400 })
		if daily {
			for o.day.Before(pec.Day("2020-12-31")) {
				o.day = o.day.AddDays(1)
				o.night()
			}
		} else {
			o.on("2020-12-31")
			o.night()
		}
		return append(o.book(box), o.book(second)...), append(o.charges(box), o.charges(second)...), o.ledger(box)
	}
	book, charges, ledger := play(true)
	lateBook, lateCharges, lateLedger := play(false)
	want := []string{
		"active to 2021-10-12, credit 2.07", // 10.00 - 3.05 (2018) - 4.88 (2019); 4.88 in 2020 are not there
		"1 inbox_gb from 2017-12-07 ended on 2020-10-12 (no_credit)",
		"active to 2021-12-07, credit 2.07",
	}
	if diff := cmp.Diff(want, book); diff != "" {
		t.Errorf("day by day (- want):\n%s", diff)
	}
	if diff := cmp.Diff(book, lateBook) + cmp.Diff(charges, lateCharges); diff != "" {
		t.Errorf("late (+) is not daily (-):\n%s", diff)
	}
	for i := range ledger { // numbers of orders apart: they are of the year of recording
		ledger[i], _, _ = strings.Cut(ledger[i], "/")
		lateLedger[i], _, _ = strings.Cut(lateLedger[i], "/")
		a, b := strings.Fields(ledger[i]), strings.Fields(lateLedger[i])
		if diff := cmp.Diff(a[:5], b[:5]); diff != "" {
			t.Errorf("ledger, line %d:\n%s", i+1, diff)
		}
	}
}

func TestLateRunNumbersOrdersInTheYearOfRecording(t *testing.T) {
	o, box := romaUpTo2018(t)
	o.on("2018-01-15")
	o.topUp(box, 2000)
	o.on("2020-02-01")
	o.renew()
	o.expectLedger(box,
		"2017-12-07 topup 3.05 = 3.05", "2017-12-07 order -3.05 = 0.00 2017/000001", "2018-01-15 topup 20.00 = 20.00",
		"2018-10-12 order -3.05 = 16.95 2020/000001", "2019-10-12 order -3.05 = 13.90 2020/000002")
}

func TestOneOrderPerMailboxListsTheLinesThatWereRenewed(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	second := o.another(box, "studio@pec.ordine.example")
	o.topUp(box, 10_000)
	o.completed(box, 1, 305)
	o.completed(box, 2, 610)
	o.completed(second, 1, 305)
	o.on("2018-10-12")
	o.renew()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		orders, err := tx.OrdersOf(o.holder(box))
		if err != nil {
			return err
		}
		var got []string
		for _, r := range orders {
			if r.Kind != pec.OrderRenewal {
				continue
			}
			lines, err := tx.OrderLines(r.ID)
			if err != nil {
				return err
			}
			b, err := tx.Mailbox(r.MailboxID)
			if err != nil {
				return err
			}
			for _, l := range lines {
				got = append(got, fmt.Sprintf("%s %s %s: %d %s %s-%s %s", r.Number(), b.Address, r.Price.Gross, l.Quantity, l.Product, l.From, l.To, l.Price.Gross))
			}
		}
		want := []string{
			"2018/000002 studio@pec.ordine.example 3.05: 1 inbox_gb 2018-10-12-2019-10-12 3.05",
			"2018/000001 mario.rossi@pec.ordine.example 9.15: 1 inbox_gb 2018-10-12-2019-10-12 3.05",
			"2018/000001 mario.rossi@pec.ordine.example 9.15: 2 inbox_gb 2018-10-12-2019-10-12 6.10",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("orders of renewal (- want, + got):\n%s", diff)
		}
		return nil
	}))
}

func TestTwoMailboxesOfOneHolderWithTheSameE(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	second := o.another(box, "albo@pec.ordine.example")
	o.topUp(box, 915)
	o.completed(box, 1, 305)
	o.completed(second, 1, 305)
	o.on("2018-10-12") // 3.05 left for two services bought on one day: the address decides
	o.renew()
	o.expect(second, "active to 2019-10-12, credit 0.00", "1 inbox_gb from 2017-10-12 to 2019-10-12")
	o.expect(box, "active to 2019-10-12, credit 0.00", "1 inbox_gb from 2017-10-12 ended on 2018-10-12 (no_credit)")
}

func TestMembersOrderRunsAcrossMailboxes(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	second := o.another(box, "albo@pec.ordine.example")
	o.topUp(box, 915)
	o.completed(box, 1, 305)
	o.completed(second, 1, 305)
	o.must(o.OrderServices(ctx, "prova", o.holder(box), []int64{o.service(box, 0).ID, o.service(second, 0).ID}))
	o.on("2018-10-12")
	o.renew()
	o.expect(box, "active to 2019-10-12, credit 0.00", "1 inbox_gb from 2017-10-12 to 2019-10-12")
	o.expect(second, "active to 2019-10-12, credit 0.00", "1 inbox_gb from 2017-10-12 ended on 2018-10-12 (no_credit)")
}

func TestMailboxOf29FebruaryIsRenewedOnItsDay(t *testing.T) {
	o := newOffice(t, "2024-02-29")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.expect(box, "active to 2025-02-28, credit 0.00")
	o.on("2028-02-29")
	o.renew()
	o.expectCharges(box,
		"2024-02-29 to 2025-02-28 activation 6.10", "2025-02-28 to 2026-02-28 renewal 6.10", "2026-02-28 to 2027-02-28 renewal 6.10",
		"2027-02-28 to 2028-02-29 renewal 6.10", "2028-02-29 to 2029-02-28 renewal 6.10")
}

func TestTermOfTwoYears(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	o.member("A1", "Rossi", "Mario")
	list, err := o.Provision(ctx, "prova", "A1", false)
	o.must(err)
	box := list[0].Address
	_, err = o.Activate(ctx, "prova", box, 3)
	o.refuses("term_not_offered", err)
	_, err = o.Activate(ctx, "prova", box, 2)
	o.must(err)
	o.on("2017-12-07")
	o.topUp(box, 1220)
	o.completed(box, 1, 610) // two years left, the first one started
	o.on("2019-10-12")
	o.renew()
	o.expect(box, "active to 2021-10-12, credit 0.00", "1 inbox_gb from 2017-12-07 to 2021-10-12")
	o.expectCharges(box, "2017-10-12 to 2019-10-12 activation 12.20", "2019-10-12 to 2021-10-12 renewal 12.20")
}

func TestServiceTurnedOffOrLoweredForTheNextYear(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 10_000)
	o.completed(box, 3, 915)
	o.completed(box, 1, 305)
	lowered, off := o.service(box, 0).ID, o.service(box, 1).ID
	o.on("2018-10-11") // at any time before E
	o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: lowered, AutoRenew: true, NextQuantity: 2}))
	o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: off, AutoRenew: false}))
	o.refuses("quantity_invalid", o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: lowered, AutoRenew: true, NextQuantity: 4}))
	o.refuses("quantity_invalid", o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: lowered, AutoRenew: true, NextQuantity: -1}))
	o.refuses("service_unknown", o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: lowered, ByMember: 99}))
	o.on("2018-10-12")
	o.refuses("mailbox_expired", o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: off, AutoRenew: true}))
	o.renew()
	o.expect(box, "active to 2019-10-12, credit 81.70", // 100.00 - 9.15 - 3.05 - 6.10
		"2 inbox_gb from 2017-10-12 to 2019-10-12", "1 inbox_gb from 2017-10-12 ended on 2018-10-12 (renewal_off)")
	o.refuses("service_ended", o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: off, AutoRenew: true}))
}

func TestSpaceMayNotBeLoweredBelowWhatIsUsed(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 10_000)
	o.completed(box, 3, 915)
	id := o.service(box, 0).ID
	used := 2049 // a MB more than 2 GB
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		b, err := tx.MailboxByAddress(box)
		if err != nil {
			return err
		}
		b.UsedMB = &used
		return tx.SetMailbox(b.Mailbox)
	}))
	p := o.refuses("below_use", o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: id, AutoRenew: true, NextQuantity: 1}))
	if !strings.Contains(p.Message, "2.049 MB") || !strings.Contains(p.Message, "2 GB") {
		t.Errorf("the sentence lacks the figures: %q", p.Message)
	}
	o.refuses("below_use", o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: id, AutoRenew: false}))
	o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: id, AutoRenew: true, NextQuantity: 2}))
}

// Leavers.

func TestLeaversMailboxClosesSixtyDaysLater(t *testing.T) {
	o, box := romaUpTo2018(t)
	o.topUp(box, 1000)
	o.on("2018-03-01")
	if done := o.leaves(o.holder(box), ""); done.ClosesOn != pec.Day("2018-04-30") {
		t.Errorf("closes on %s", done.ClosesOn)
	}
	_, err := o.Order(ctx, "prova", office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 1})
	o.refuses("holder_left", err)
	o.on("2018-04-30")
	o.night()
	o.expect(box, "active to 2018-10-12, credit 10.00", "1 inbox_gb from 2017-12-07 to 2018-10-12")
	o.on("2018-05-01")
	if done := o.night(); done.Closed != 1 || done.ServicesEnded != 1 {
		t.Errorf("the run: %+v", done)
	}
	o.expect(box, "closed on 2018-04-30 (leaver), credit 10.00", "1 inbox_gb from 2017-12-07 ended on 2018-04-30 (mailbox_closed)")
	o.on("2019-01-01")
	if done := o.night(); done.Renewed+done.Closed != 0 {
		t.Errorf("later: %+v", done)
	}
}

func TestLeaversUnderOtherGraces(t *testing.T) {
	zero := 0
	for _, row := range []struct {
		what  string
		grace *int
		want  string
	}{
		{"no grace: the leaving day", &zero, "closed on 2018-03-01 (leaver), credit 0.00"},
		{"no limit: E", nil, "closed on 2018-10-12 (leaver), credit 0.00"},
	} {
		o := bareOffice(t, "2017-10-12")
		o.agree(func(a *pec.Agreement) { a.LeaverGraceDays = row.grace })
		box := o.mailbox("A1", "Rossi", "Mario")
		o.on("2018-03-01")
		o.leaves(o.holder(box), "")
		o.on("2019-03-01")
		o.night()
		t.Log(row.what)
		o.expect(box, row.want)
		o.expectCharges(box, "2017-10-12 to 2018-10-12 activation 6.10")
	}
}

func TestLeavingOnEItselfIsNotRenewed(t *testing.T) {
	o, box := romaUpTo2018(t)
	o.on("2018-10-12")
	o.leaves(o.holder(box), "2018-10-12")
	o.renew()
	o.expect(box, "closed on 2018-10-12 (leaver), credit 0.00", "1 inbox_gb from 2017-12-07 ended on 2018-10-12 (mailbox_closed)")
}

func TestLeavingRegisteredAfterTheRenewalHappened(t *testing.T) {
	o, box := romaUpTo2018(t)
	o.on("2018-10-01")
	o.topUp(box, 305)
	o.on("2018-12-20") // no run since: what fell due on 12 October happens first, as every night would have done it
	o.leaves(o.holder(box), "2018-10-05")
	o.expect(box, "active to 2019-10-12, credit 0.00", "1 inbox_gb from 2017-12-07 to 2019-10-12")
	o.renew() // sixty days from 5 October are over: on the day of the registration at the earliest
	o.expect(box, "closed on 2018-12-20 (leaver), credit 0.00", "1 inbox_gb from 2017-12-07 ended on 2018-12-20 (mailbox_closed)")
	o.expectCharges(box, "2017-10-12 to 2018-10-12 activation 6.10", "2018-10-12 to 2019-10-12 renewal 6.10") // the charge stays
}

func TestReturnWithinTheGraceAllContinues(t *testing.T) {
	o, box := romaUpTo2018(t)
	o.on("2018-03-01")
	member := o.holder(box)
	o.leaves(member, "")
	o.on("2018-04-30") // the closing day itself, before the night
	o.returns(member)
	o.topUp(box, 305)
	o.on("2018-10-13")
	o.night()
	o.expect(box, "active to 2019-10-12, credit 0.00", "1 inbox_gb from 2017-12-07 to 2019-10-12")
}

func TestReturnAfterClosingMayHaveTheSameAddress(t *testing.T) {
	o, box := romaUpTo2018(t)
	member := o.holder(box)
	o.on("2018-03-01")
	o.leaves(member, "")
	o.on("2018-05-01") // no run: the return itself carries out the closing of the day before
	o.returns(member)
	o.expect(box, "closed on 2018-04-30 (leaver), credit 0.00", "1 inbox_gb from 2017-12-07 ended on 2018-04-30 (mailbox_closed)")
	if again := o.activate("A1"); again != box {
		t.Errorf("the new address is %s", again)
	}
	o.expect(box, "active to 2019-05-01, credit 0.00")
	o.expectCharges(box, "2018-05-01 to 2019-05-01 activation 6.10")
}

func TestSuspendedKeepTheirMailbox(t *testing.T) {
	o, box := romaUpTo2018(t)
	_, err := o.ChangeMemberStatus(ctx, "prova", o.holder(box), office.StatusChange{Status: pec.MemberSuspended, Reason: "morosità"})
	o.must(err)
	o.on("2018-10-13")
	o.night()
	o.expect(box, "active to 2019-10-12, credit 0.00", "1 inbox_gb from 2017-12-07 ended on 2018-10-12 (no_credit)")
}

func TestLeavingInTheFutureIsRefused(t *testing.T) {
	o, box := romaUpTo2018(t)
	_, err := o.ChangeMemberStatus(ctx, "prova", o.holder(box), office.StatusChange{Status: pec.MemberDeceased, On: o.day.AddDays(1)})
	o.refuses("date_in_future", err)
	_, err = o.ChangeMemberStatus(ctx, "prova", o.holder(box), office.StatusChange{Status: "gone"})
	o.refuses("status_unknown", err)
}

// Agreements on E.

func TestWithoutAnAgreementOnETheOthersGoOn(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	strange := o.mailbox("A2", "Bianchi", "Anna")
	o.topUp(strange, 1000)
	o.completed(strange, 1, 305)
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		b, err := tx.MailboxByAddress(strange)
		if err != nil {
			return err
		}
		b.Kind = "premium" // no agreement has it
		return tx.SetMailbox(b.Mailbox)
	}))
	o.on("2018-10-12")
	done := o.renew()
	if done.Renewed != 1 || len(done.Failed) != 1 || done.Failed[0].Address != strange || !strings.Contains(done.Failed[0].Message, "premium") {
		t.Errorf("the run: %+v", done)
	}
	o.expect(box, "active to 2019-10-12, credit 0.00")
	o.expect(strange, "active to 2018-10-12, credit 6.95", "1 inbox_gb from 2017-10-12 to 2018-10-12")

	o.on("2018-11-05") // the new agreement has it: what was due is made up for
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		b, err := tx.MailboxByAddress(strange)
		if err != nil {
			return err
		}
		b.Kind = "standard"
		return tx.SetMailbox(b.Mailbox)
	}))
	o.renew()
	o.expect(strange, "active to 2019-10-12, credit 3.90", "1 inbox_gb from 2017-10-12 to 2019-10-12")
}

func TestNoAgreementAtAllOnE(t *testing.T) {
	o := bareOffice(t, "2017-10-12")
	id := o.agree(from("2017-10-01"))
	box := o.mailbox("A1", "Rossi", "Mario")
	o.refuses("agreement_used", o.DeleteAgreement(ctx, "prova", id))
	// An imported mailbox whose E lies before every agreement.
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		b, err := tx.MailboxByAddress(box)
		if err != nil {
			return err
		}
		b.ActivatedOn, b.AnchorOn, b.ExpiresOn = pec.Day("2016-09-01"), pec.Day("2016-09-01"), pec.Day("2017-09-01")
		return tx.SetMailbox(b.Mailbox)
	}))
	o.on("2018-01-01")
	done := o.renew()
	if done.Renewed != 0 || len(done.Failed) != 1 || !strings.Contains(done.Failed[0].Message, "01/09/2017") {
		t.Errorf("the run: %+v", done)
	}
	o.topUp(box, 305) // writes on the member go on
	_, err := o.Order(ctx, "prova", office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 1})
	o.refuses("mailbox_expired", err)
	o.expect(box, "active to 2017-09-01, credit 3.05")
}

func TestProductMissingFromTheAgreementOnEEnds(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	o.agree(from("2018-10-12"), func(a *pec.Agreement) { a.Products = a.Products[:1] }) // no archive any more
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 10_000)
	_, err := o.Order(ctx, "prova", office.Purchase{Address: box, Product: "archive_gb", Quantity: 1})
	o.must(err)
	o.completed(box, 1, 305)
	o.on("2018-10-12")
	o.renew()
	o.expect(box, "active to 2019-10-12, credit 89.02", // 100.00 - 4.88 - 3.05 - 3.05
		"1 inbox_gb from 2017-10-12 to 2019-10-12", "1 archive_gb from 2017-10-12 ended on 2018-10-12 (product_gone)")
}

func TestMailboxWithAutomaticRenewalOffClosesOnE(t *testing.T) {
	o, box := romaUpTo2018(t)
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		b, err := tx.MailboxByAddress(box)
		if err != nil {
			return err
		}
		b.AutoRenew = false
		return tx.SetMailbox(b.Mailbox)
	}))
	o.on("2018-10-12")
	o.renew()
	o.expect(box, "closed on 2018-10-12 (not_renewed), credit 0.00", "1 inbox_gb from 2017-12-07 ended on 2018-10-12 (mailbox_closed)")
}

func TestRenewRefusesTheFutureButPreviewsIt(t *testing.T) {
	o, box := romaUpTo2018(t)
	_, err := o.Renew(ctx, "prova", o.day.AddDays(1))
	o.refuses("day_in_future", err)
	before := o.dump()
	preview, events, err := o.PreviewRenewals(ctx, pec.Day("2018-10-12"))
	o.must(err)
	if preview.Renewed != 1 || preview.ServicesEnded != 1 || len(events) != 2 {
		t.Errorf("preview %+v, %d events", preview, len(events))
	}
	if diff := cmp.Diff(before, o.dump()); diff != "" {
		t.Errorf("a preview wrote:\n%s", diff)
	}
	o.on("2018-10-12")
	preview, _, err = o.PreviewRenewals(ctx, o.day)
	o.must(err)
	if diff := cmp.Diff(preview, o.renew()); diff != "" {
		t.Errorf("the run (+) is not its preview (-):\n%s", diff)
	}
	o.expect(box, "active to 2019-10-12, credit 0.00", "1 inbox_gb from 2017-12-07 ended on 2018-10-12 (no_credit)")
}

func diffDumps(a, b map[string][]string) string { return cmp.Diff(a, b) }

// dump is everything in the books, by table, without what a run notes of
// itself.
func (o *testOffice) dump() map[string][]string {
	o.t.Helper()
	all := map[string][]string{}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		boxes, err := tx.Mailboxes()
		if err != nil {
			return err
		}
		members, err := tx.Members()
		if err != nil {
			return err
		}
		for _, m := range members {
			all["members"] = append(all["members"], fmt.Sprintf("%+v", m))
			orders, err := tx.OrdersOf(m.ID)
			if err != nil {
				return err
			}
			for _, r := range orders {
				lines, err := tx.OrderLines(r.ID)
				if err != nil {
					return err
				}
				r.CreatedAt = r.CreatedAt.Truncate(0)
				all["orders"] = append(all["orders"], fmt.Sprintf("%+v %+v", r, lines))
			}
			entries, err := tx.Entries(m.ID)
			if err != nil {
				return err
			}
			for _, e := range entries {
				all["ledger"] = append(all["ledger"], fmt.Sprintf("%+v", e))
			}
		}
		for _, b := range boxes {
			all["mailboxes"] = append(all["mailboxes"], fmt.Sprintf("%+v", b))
			services, err := tx.ServicesOn(b.ID, true)
			if err != nil {
				return err
			}
			all["services"] = append(all["services"], fmt.Sprintf("%+v", services))
			periods, err := tx.Periods(b.ID)
			if err != nil {
				return err
			}
			all["periods"] = append(all["periods"], fmt.Sprintf("%+v", periods))
		}
		return nil
	}))
	return all
}

func TestDecisionAfterEFindsTheRenewalDone(t *testing.T) {
	o, box := romaUpTo2018(t)
	o.on("2018-10-01")
	o.topUp(box, 305)
	id := o.service(box, 0).ID
	o.on("2018-10-13") // no run yet: the member's decision carries it out first, and is for the year after
	o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: id, AutoRenew: false}))
	o.expect(box, "active to 2019-10-12, credit 0.00", "1 inbox_gb from 2017-12-07 to 2019-10-12")
	o.on("2019-10-13")
	o.night()
	o.expect(box, "active to 2020-10-12, credit 0.00", "1 inbox_gb from 2017-12-07 ended on 2019-10-12 (renewal_off)")
}
