package office_test

import (
	"fmt"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func TestPurchaseFromCreditRunsAtOnce(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 1000)
	o.on("2017-12-07")
	id := o.completed(box, 2, 610)
	if r := o.order(id); r.Number() != "2017/000001" || r.EnteredBy != "prova" || r.OrderedOn != o.day || r.CompletedOn != o.day {
		t.Errorf("the order is %+v", r)
	}
	o.expect(box, "active to 2018-10-12, credit 3.90", "2 inbox_gb from 2017-12-07 to 2018-10-12")
}

func TestEachPurchaseIsAServiceOfItsOwn(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 1000)
	o.completed(box, 1, 305)
	o.completed(box, 1, 305)
	o.expect(box, "active to 2018-10-12, credit 3.90", "1 inbox_gb from 2017-10-12 to 2018-10-12", "1 inbox_gb from 2017-10-12 to 2018-10-12")
}

func TestPurchaseInTheFreeWindowCostsNothingUntilE(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.on("2018-07-12")
	id := o.completed(box, 2, 0)
	if r := o.order(id); r.Number() != "2018/000001" {
		t.Errorf("number %q", r.Number())
	}
	o.expectLedger(box) // nothing moved
	o.on("2018-10-12")
	o.renew() // at full price like any other
	o.expect(box, "active to 2019-10-12, credit 0.00", "2 inbox_gb from 2018-07-12 ended on 2018-10-12 (no_credit)")
}

func TestOneOffKitLeavesNoService(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 6000)
	done, err := o.Order(ctx, "prova", office.Purchase{Address: box, Product: "signature_kit", Quantity: 1})
	o.must(err)
	if done.Order.State != pec.OrderCompleted || done.Order.Price.Gross != 5490 {
		t.Errorf("%+v", done.Order)
	}
	o.expect(box, "active to 2018-10-12, credit 5.10")
}

func TestPurchasesThatLeaveNothingWritten(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.member("A2", "Bianchi", "Anna")
	requested, err := o.Provision(ctx, "prova", "A2", false)
	o.must(err)
	o.topUp(box, 100_000)
	o.completed(box, 2, 610)
	before := o.dump()
	for _, row := range []struct {
		what string
		p    office.Purchase
		code string
	}{
		{"none", office.Purchase{Quantity: 0}, "quantity_invalid"},
		{"fewer than none", office.Purchase{Quantity: -1}, "quantity_invalid"},
		{"beyond the cap: 1 + 2 + 3 GB", office.Purchase{Quantity: 3}, "cap_exceeded"},
		{"a product that is none", office.Purchase{Quantity: 1, Product: "fax"}, "product_unknown"},
		{"a mailbox that is none", office.Purchase{Quantity: 1, Address: "nessuno@pec.ordine.example"}, "mailbox_unknown"},
		{"a mailbox only requested", office.Purchase{Quantity: 1, Address: requested[0].Address}, "mailbox_not_active"},
		{"somebody else's mailbox", office.Purchase{Quantity: 1, ByMember: 77}, "mailbox_unknown"},
	} {
		if row.p.Address == "" {
			row.p.Address = box
		}
		if row.p.Product == "" {
			row.p.Product = pec.InboxGB
		}
		_, err := o.Order(ctx, "prova", row.p)
		t.Log(row.what)
		o.refuses(row.code, err)
	}
	if diff := diffDumps(before, o.dump()); diff != "" {
		t.Errorf("a refused purchase left something:\n%s", diff)
	}
}

func TestUpToTheCapAndNotBeyond(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 10_000)
	o.completed(box, 4, 1220) // 1 + 4 = 5 GB
	_, err := o.Order(ctx, "prova", office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 1})
	o.refuses("cap_exceeded", err)
	_, err = o.Order(ctx, "prova", office.Purchase{Address: box, Product: "archive_gb", Quantity: 50}) // only inbox space counts
	o.must(err)
}

func TestPurchasesAtTheProviderAreNotTakenHere(t *testing.T) {
	o := bareOffice(t, "2017-10-12")
	o.agree(func(a *pec.Agreement) { a.SoldBy = pec.SoldByProvider })
	box := o.mailbox("A1", "Rossi", "Mario")
	_, err := o.Order(ctx, "prova", office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 1})
	o.refuses("sold_by_provider", err)
}

// Waiting orders (9.1).

func TestWaitingOrderKeepsItsPriceThirtyDays(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.agree(from("2018-01-20"), func(a *pec.Agreement) { a.Products[0].YearlyPrice = 400 })
	o.on("2018-01-10")
	id := o.waits(box, 1, 305, 305)
	o.on("2018-02-09") // the thirtieth day, under a dearer agreement
	if done := o.topUp(box, 305); done.OrdersCompleted != 1 {
		t.Errorf("%+v", done)
	}
	o.expectOrder(id, pec.OrderCompleted, "2018-02-09")
	o.expect(box, "active to 2018-10-12, credit 0.00", "1 inbox_gb from 2018-02-09 to 2018-10-12")
}

func TestWaitingOrderLapsesOnTheThirtyFirstDay(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.on("2018-01-10")
	id := o.waits(box, 1, 305, 305)
	o.on("2018-02-10")
	if done := o.topUp(box, 305); done.OrdersCompleted != 0 || done.Balance != 305 {
		t.Errorf("money that comes later stays credit: %+v", done)
	}
	o.expectOrder(id, pec.OrderLapsed, "2018-02-10")
	o.expect(box, "active to 2018-10-12, credit 3.05")
}

func TestWaitingOrderLapsesByTheNightlyRun(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.on("2018-01-10")
	id := o.waits(box, 1, 305, 305)
	o.on("2018-02-10")
	o.night()
	o.expectOrder(id, pec.OrderAwaitingPayment, "")
	o.on("2018-05-01") // late
	o.night()
	o.expectOrder(id, pec.OrderLapsed, "2018-02-10")
}

func TestWaitingOrderLapsesAtEThoughPaidOnE(t *testing.T) {
	o := bareOffice(t, "2017-10-12")
	o.agree(func(a *pec.Agreement) { a.Policy, a.FreeWindowMonths = pec.Monthly, 0 })
	box := o.mailbox("A1", "Rossi", "Mario")
	o.on("2018-10-01")
	id := o.waits(box, 1, 26, 26) // a month: 0.21 + 0.05
	o.on("2018-10-12")
	o.topUp(box, 26)
	o.expectOrder(id, pec.OrderAwaitingPayment, "")
	o.renew()
	o.expectOrder(id, pec.OrderLapsed, "2018-10-12") // a month's price does not buy the year to come
	o.expect(box, "active to 2019-10-12, credit 0.26")
}

func TestWaitingOrdersCompleteStrictlyOldestFirst(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.on("2018-01-10")
	first := o.waits(box, 2, 610, 610)
	second := o.waits(box, 1, 305, 915) // it waits for the older one too
	if done := o.topUp(box, 305); done.OrdersCompleted != 0 || done.Balance != 305 {
		t.Errorf("the younger one overtook: %+v", done)
	}
	if done := o.topUp(box, 305); done.OrdersCompleted != 1 || done.Balance != 0 {
		t.Errorf("%+v", done)
	}
	o.expectOrder(first, pec.OrderCompleted, "2018-01-10")
	o.expectOrder(second, pec.OrderAwaitingPayment, "")
	o.on("2018-01-12")
	o.topUp(box, 305)
	o.expectOrder(second, pec.OrderCompleted, "2018-01-12")
	o.expectLedger(box, "2018-01-10 topup 3.05 = 3.05", "2018-01-10 topup 3.05 = 6.10", "2018-01-10 order -6.10 = 0.00 2018/000001",
		"2018-01-12 topup 3.05 = 3.05", "2018-01-12 order -3.05 = 0.00 2018/000002")
}

func TestExactlyWhatIsMissingCompletesTheOrder(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 1000)
	id := o.waits(box, 4, 1220, 220)
	if done := o.topUp(box, 219); done.OrdersCompleted != 0 {
		t.Errorf("a cent short: %+v", done)
	}
	o.topUp(box, 1)
	o.expectOrder(id, pec.OrderCompleted, "2017-10-12")
}

func TestNextWaitingOrderCompletesWhenTheFirstIsCancelled(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	first := o.waits(box, 4, 1220, 1220)
	second := o.waits(box, 1, 305, 1525)
	o.topUp(box, 400)
	o.on("2017-10-20")
	o.refuses("order_unknown", o.CancelOrder(ctx, "prova", first, 99, ""))
	o.must(o.CancelOrder(ctx, "prova", first, 0, "ripensamento"))
	o.expectOrder(first, pec.OrderCancelled, "2017-10-20")
	o.expectOrder(second, pec.OrderCompleted, "2017-10-20")
	o.refuses("order_not_waiting", o.CancelOrder(ctx, "prova", first, 0, ""))
	o.refuses("order_not_waiting", o.CancelOrder(ctx, "prova", second, 0, ""))
}

func TestNothingIsBookedBeforeTheDayOfACancellation(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	id := o.waits(box, 4, 1220, 1220)
	o.on("2017-10-20")
	o.must(o.CancelOrder(ctx, "prova", id, 0, ""))
	o.on("2017-10-19")
	_, err := o.Order(ctx, "prova", office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 1})
	o.refuses("day_before_last_event", err)
}

func TestNextWaitingOrderCompletesWhenTheFirstLapses(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	first := o.waits(box, 4, 1220, 1220)
	o.on("2017-10-20")
	second := o.waits(box, 1, 305, 1525)
	o.topUp(box, 400)
	o.on("2018-06-01")
	o.night() // late: it completes on the day on which the way became free
	o.expectOrder(first, pec.OrderLapsed, "2017-11-12")
	o.expectOrder(second, pec.OrderCompleted, "2017-11-12")
	o.expect(box, "active to 2018-10-12, credit 0.95", "1 inbox_gb from 2017-11-12 to 2018-10-12")
}

func TestCapIsCheckedAgainWhenWaitingOrdersComplete(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	first := o.waits(box, 4, 1220, 1220) // waiting orders do not count to the cap
	second := o.waits(box, 4, 1220, 2440)
	done := o.topUp(box, 2440)
	if done.OrdersCompleted != 1 || done.Balance != 1220 {
		t.Errorf("%+v", done)
	}
	o.expectOrder(first, pec.OrderCompleted, "2017-10-12")
	o.expectOrder(second, pec.OrderCancelled, "2017-10-12")
	if r := o.order(second); !strings.Contains(r.Reason, "già 5 GB") {
		t.Errorf("reason %q", r.Reason)
	}
	o.expect(box, "active to 2018-10-12, credit 12.20", "4 inbox_gb from 2017-10-12 to 2018-10-12")
}

func TestPurchaseThatTheCreditCoversDoesNotQueue(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 400)
	waiting := o.waits(box, 2, 610, 210)
	o.completed(box, 1, 305)
	o.expectOrder(waiting, pec.OrderAwaitingPayment, "")
}

func TestRenewalsComeBeforeWaitingOrdersOnOneDay(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 305)
	o.completed(box, 1, 305)
	o.on("2018-03-01")
	second := o.another(box, "studio@pec.ordine.example") // E on 01/03/2019
	o.on("2018-10-01")
	id := o.waits(second, 1, 305, 305)
	o.on("2018-10-12") // E of the first mailbox: the money renews its GB before it completes the order
	if done := o.topUp(box, 305); done.OrdersCompleted != 0 || done.Balance != 305 {
		t.Errorf("%+v", done)
	}
	o.on("2018-10-13")
	o.night()
	o.expect(box, "active to 2019-10-12, credit 0.00", "1 inbox_gb from 2017-10-12 to 2019-10-12")
	o.expectOrder(id, pec.OrderAwaitingPayment, "")
}

func TestWhatRenewalsLeaveCompletesWaitingOrdersOnTheSameDay(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 305)
	o.completed(box, 1, 305)
	o.on("2018-03-01")
	second := o.another(box, "studio@pec.ordine.example")
	o.on("2018-10-01")
	id := o.waits(second, 1, 305, 305)
	o.on("2018-10-12")
	o.topUp(box, 700)
	o.on("2018-12-01") // late
	o.night()
	o.expectOrder(id, pec.OrderCompleted, "2018-10-12")
	o.expect(second, "active to 2019-03-01, credit 0.90", "1 inbox_gb from 2018-10-12 to 2019-03-01")
	o.expectLedger(box, "2017-10-12 topup 3.05 = 3.05", "2017-10-12 order -3.05 = 0.00 2017/000001", "2018-10-12 topup 7.00 = 7.00",
		"2018-10-12 order -3.05 = 3.95 2018/000001", "2018-10-12 order -3.05 = 0.90 2018/000002")
}

func TestPaidOrderCompletesThoughAnotherMailboxFailsOnThatDay(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	failing := o.mailbox("A1", "Rossi", "Mario")
	o.on("2018-03-01")
	box := o.another(failing, "studio@pec.ordine.example")
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		b, err := tx.MailboxByAddress(failing)
		if err != nil {
			return err
		}
		b.Kind = "premium" // in no agreement
		return tx.SetMailbox(b.Mailbox)
	}))
	o.on("2018-10-01")
	id := o.waits(box, 1, 305, 305)
	o.on("2018-10-12")
	o.topUp(box, 400)
	o.expectOrder(id, pec.OrderAwaitingPayment, "") // renewals first
	o.on("2018-10-13")
	if done := o.night(); len(done.Failed) != 1 {
		t.Errorf("the run: %+v", done)
	}
	o.expectOrder(id, pec.OrderCompleted, "2018-10-12")
	o.expect(failing, "active to 2018-10-12, credit 0.95")
	o.on("2018-10-20")
	o.waits(box, 1, 305, 210)
	o.topUp(box, 210)
	o.expect(box, "active to 2019-03-01, credit 0.00", "1 inbox_gb from 2018-10-12 to 2019-03-01", "1 inbox_gb from 2018-10-20 to 2019-03-01")
}

func TestWaitingOrderOfALeaverLapsesWithTheMailbox(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.on("2018-02-20")
	id := o.waits(box, 1, 305, 305)
	o.leaves(o.holder(box), "2018-01-01") // sixty days: 2 March
	o.on("2018-03-03")
	o.night()
	o.expectOrder(id, pec.OrderLapsed, "2018-03-02")
}

// Forms.

func TestFormSentTwiceIsOneOrder(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 1000)
	p := office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 1, RequestKey: "modulo-1"}
	first, err := o.Order(ctx, "prova", p)
	o.must(err)
	again, err := o.Order(ctx, "prova", p)
	o.must(err)
	if !again.Repeated || again.Order.ID != first.Order.ID || again.Order.State != pec.OrderCompleted || again.Missing != 0 {
		t.Errorf("again: %+v", again)
	}
	o.expect(box, "active to 2018-10-12, credit 6.95", "1 inbox_gb from 2017-10-12 to 2018-10-12")
	p.RequestKey = "modulo-2"
	o.must(second(o.Order(ctx, "prova", p)))
	o.expect(box, "active to 2018-10-12, credit 3.90", "1 inbox_gb from 2017-10-12 to 2018-10-12", "1 inbox_gb from 2017-10-12 to 2018-10-12")
}

func TestFormSentTwiceWhileItsOrderWaits(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	p := office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 1, RequestKey: "modulo-1"}
	o.must(second(o.Order(ctx, "prova", p)))
	o.topUp(box, 100)
	p.RequestKey = "modulo-2"
	o.must(second(o.Order(ctx, "prova", p)))
	p.RequestKey = "modulo-1"
	again, err := o.Order(ctx, "prova", p)
	o.must(err)
	if !again.Repeated || again.Missing != 0 && again.Order.State != pec.OrderAwaitingPayment {
		t.Errorf("again: %+v", again)
	}
}

func TestKeyOfAnotherMembersFormTellsNothing(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	other := o.mailbox("A2", "Bianchi", "Anna")
	o.must(second(o.Order(ctx, "prova", office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 1, RequestKey: "modulo-1"})))
	_, err := o.Order(ctx, "prova", office.Purchase{Address: other, Product: pec.InboxGB, Quantity: 1, RequestKey: "modulo-1"})
	o.refuses("request_repeated", err)
}

func second[T any](_ T, err error) error { return err }

func TestPriceThatChangedSinceItWasSeen(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 1000)
	o.agree(from("2018-07-11"), func(a *pec.Agreement) { a.Products[0].YearlyPrice = 300 })
	o.on("2018-07-10")
	q, err := o.QuoteMailbox(ctx, box, pec.InboxGB, 1)
	o.must(err)
	o.on("2018-07-11") // the form is sent after midnight
	p := office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 1, Seen: &q.Price.Gross}
	_, err = o.Order(ctx, "prova", p)
	if problem := o.refuses("price_changed", err); !strings.Contains(problem.Message, "3,66\u00a0€") {
		t.Errorf("%q", problem.Message)
	}
	o.expect(box, "active to 2018-10-12, credit 10.00")
	seen := pec.Cents(366)
	p.Seen = &seen
	o.must(second(o.Order(ctx, "prova", p)))
}

// Days.

func TestDayBeforeTheLastEventIsRefused(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	other := o.mailbox("A2", "Bianchi", "Anna")
	second := o.another(box, "studio@pec.ordine.example")
	o.topUp(box, 2000)
	o.on("2018-03-10")
	o.completed(box, 1, 305)
	o.on("2018-03-09")
	buy := func(address string) error {
		_, err := o.Order(ctx, "prova", office.Purchase{Address: address, Product: pec.InboxGB, Quantity: 1})
		return err
	}
	o.refuses("day_before_last_event", buy(box))
	o.refuses("day_before_last_event", buy(second)) // the same credit
	_, err := o.TopUp(ctx, "prova", office.Payment{Address: box, Amount: 100, Method: pec.ByCounter, Reference: "tardi"})
	o.refuses("day_before_last_event", err)
	_, err = o.ChangeMemberStatus(ctx, "prova", o.holder(box), office.StatusChange{Status: pec.MemberCancelled})
	o.refuses("day_before_last_event", err)
	o.refuses("day_before_last_event", o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: o.service(box, 0).ID}))
	o.must(buy(other)) // another member's books have not come so far
}

// Numbers.

func TestOrderNumbersHaveNoGapsOverYearsAndLateRuns(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	other := o.mailbox("A2", "Bianchi", "Anna")
	o.topUp(box, 10_000)
	o.topUp(other, 10_000)
	o.completed(box, 1, 305)
	o.completed(other, 1, 305)
	_, err := o.Order(ctx, "prova", office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 9})
	o.refuses("cap_exceeded", err)
	o.on("2017-12-31")
	o.completed(box, 1, 305)
	o.on("2018-01-01")
	o.completed(other, 3, 915)
	o.completed(box, 1, 305)
	o.on("2020-01-07") // two years of renewals at once
	o.renew()
	o.completed(box, 1, 305)
	o.expectNumbers(map[int]int{2017: 3, 2018: 2, 2020: 5})
}

// expectNumbers checks how many orders each year numbered, and that none is
// missing or out of the order of recording.
func (o *testOffice) expectNumbers(want map[int]int) {
	o.t.Helper()
	got := o.numbers()
	for year, n := range want {
		if got[year] != n {
			o.t.Errorf("%d orders numbered in %d, want %d", got[year], year, n)
		}
	}
	if len(got) != len(want) {
		o.t.Errorf("years %v, want %v", got, want)
	}
}

func (o *testOffice) numbers() map[int]int {
	o.t.Helper()
	var seen map[int]map[int]bool
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := tx.OrderList(db.OrderFilter{State: string(pec.OrderCompleted)})
		seen = map[int]map[int]bool{}
		for _, r := range list {
			if seen[r.NumberYear] == nil {
				seen[r.NumberYear] = map[int]bool{}
			}
			seen[r.NumberYear][r.NumberSeq] = true
		}
		return err
	}))
	count := map[int]int{}
	for year, numbers := range seen {
		count[year] = len(numbers)
		for n := 1; n <= len(numbers); n++ {
			if !numbers[n] {
				o.t.Errorf("in %d number %d is missing among %d", year, n, len(numbers))
			}
		}
	}
	return count
}

// What somebody ordered and did not pay before leaving does not begin when the
// money comes: it stays credit, to be given back (R5, 9.10).
func TestLeaversWaitingPurchaseDoesNotEatTheirMoney(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.on("2018-03-01")
	id := o.waits(box, 1, 305, 305)
	o.on("2018-03-10")
	o.leaves(o.holder(box), "2018-01-05")
	o.topUp(box, 305)
	if got := o.order(id); got.State != pec.OrderCancelled || !strings.Contains(got.Reason, "cancellato") {
		t.Errorf("the order is %s: %q", got.State, got.Reason)
	}
	o.on("2018-03-12")
	o.night()
	o.expect(box, "closed on 2018-03-10 (leaver), credit 3.05")
	o.expectCheck()
}

// confirms orders as a page does: with what was confirmed.
func (o *testOffice) confirms(box string, gb int, confirmed string) (office.Purchased, error) {
	return o.Order(ctx, "prova", office.Purchase{Address: box, Product: pec.InboxGB, Quantity: gb, Confirmed: &confirmed})
}

// TestSamePurchaseAgainOnOneDayIsAskedAbout: another window, or the page before,
// has a form with another key.
func TestSamePurchaseAgainOnOneDayIsAskedAbout(t *testing.T) {
	o := newOffice(t, "2017-12-07")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 5000)
	first, err := o.confirms(box, 1, "")
	o.must(err)
	before := o.dump()
	_, err = o.confirms(box, 1, "")
	if p := o.refuses("purchase_doubtful", err); !strings.Contains(p.Message, "ordine 2017/000001") {
		t.Errorf("%+v", p)
	}
	if diff := diffDumps(before, o.dump()); diff != "" {
		t.Errorf("the question left something:\n%s", diff)
	}
	seen := fmt.Sprint(first.Order.ID)
	second, err := o.confirms(box, 1, seen)
	o.must(err)
	_, err = o.confirms(box, 1, seen) // one more was made since
	o.refuses("purchase_doubtful", err)
	_, err = o.confirms(box, 2, "") // another quantity
	o.must(err)
	o.expect(box, "active to 2018-12-07, credit 37.80", "1 inbox_gb from 2017-12-07 to 2018-12-07", "1 inbox_gb from 2017-12-07 to 2018-12-07", "2 inbox_gb from 2017-12-07 to 2018-12-07")
	if second.Order.Number() != "2017/000002" {
		t.Errorf("the second is %s", second.Order.Number())
	}
}

func TestSamePurchaseOnAnotherDayOrMailboxIsNotAskedAbout(t *testing.T) {
	o := newOffice(t, "2017-12-07")
	box := o.mailbox("A1", "Rossi", "Mario")
	other := o.mailbox("A2", "Bianchi", "Anna")
	o.topUp(box, 5000)
	o.topUp(other, 5000)
	for _, address := range []string{box, other} {
		_, err := o.confirms(address, 1, "")
		o.must(err)
	}
	o.on("2017-12-08")
	_, err := o.confirms(box, 1, "")
	o.must(err)
	o.completed(box, 1, 305) // the command line asks nothing
}

// TestSpaceThatCannotFitBesideWhatWaitsIsAskedAbout: 1 + 3 + 3 GB of at most 5.
// The one that the cap cancels leaves the money, and its member is told.
func TestSpaceThatCannotFitBesideWhatWaitsIsAskedAbout(t *testing.T) {
	o := newOffice(t, "2017-12-07")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.mailed(box, "mario@posta.example")
	first, err := o.confirms(box, 3, "")
	o.must(err)
	o.on("2017-12-08") // so that it is no longer the same of one day
	_, err = o.confirms(box, 3, "")
	if p := o.refuses("purchase_doubtful", err); !strings.Contains(p.Message, "dei due ordini se ne può completare uno solo") {
		t.Errorf("%+v", p)
	}
	_, err = o.confirms(box, 1, "") // 1 + 3 + 1 fit
	o.must(err)
	second, err := o.confirms(box, 2, fmt.Sprintf("%d,%d", first.Order.ID, first.Order.ID+1)) // 1 + 3 + 1 + 2 do not
	o.must(err)
	o.topUp(box, 1830) // 9,15 + 3,05 + 6,10
	o.expectOrder(second.Order.ID, pec.OrderCancelled, "2017-12-08")
	o.expect(box, "active to 2018-12-07, credit 6.10", "3 inbox_gb from 2017-12-08 to 2018-12-07", "1 inbox_gb from 2017-12-08 to 2018-12-07")
	letters := o.messages(pec.MessageOrderRefused)
	if len(letters) != 1 || letters[0].Recipient != "mario@posta.example" {
		t.Fatalf("%d messages tell of it: %+v", len(letters), letters)
	}
	text := strings.ReplaceAll(letters[0].Letter.Text, "\u00a0", " ")
	for _, words := range []string{"ordine del 08/12/2017", "2 GB in più, 6,10 €", "La casella ha già 5 GB", "ciò che ha versato resta nel Suo credito", "Credito: 6,10 €"} {
		if !strings.Contains(text, words) {
			t.Errorf("the message does not say %q:\n%s", words, text)
		}
	}
}
