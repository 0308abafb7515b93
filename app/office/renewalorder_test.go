package office_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// withPro adds to the worked example a Pro kind at 20,00 € a year, paid by the
// member, 24,40 € with the tax: 2 GB, an archive of 3, terms of 1 to 5 years.
func withPro(a *pec.Agreement) {
	a.Kinds = append(a.Kinds, pec.Kind{
		Code: "pro", Name: "Pro", BaseInboxGB: 2, BaseArchiveGB: 3, YearlyPrice: 2000, PaidBy: pec.PaidByMember, Terms: []int{1, 2, 3, 4, 5},
	})
	a.Products[0].Kinds = []string{"standard", "pro"}
}

// pro opens an office with one mailbox, Pro since it was activated on
// 12/10/2017.
func pro(t *testing.T) (*testOffice, string) {
	o := bareOffice(t, "2017-10-12")
	o.agree(withPro)
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 1830)
	o.wishes(box, "pro", 0, 0)
	return o, box
}

// wishes orders something on the mailbox itself.
func (o *testOffice) wishes(box, kind string, years, gb int) office.RenewalOrdered {
	o.t.Helper()
	done, err := o.OrderRenewal(ctx, "prova", office.RenewalRequest{Address: box, Wish: pec.RenewalWish{Kind: kind, Years: years, AddedGB: gb}})
	o.must(err)
	return done
}

func (o *testOffice) expectKind(box, kind, next, turns string) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		m, err := tx.MailboxByAddress(box)
		if m.Kind != kind || m.NextKind != next || m.TurnsOn.String() != turns {
			o.t.Errorf("on %s, %s is %s, then %q on %s, want %s, %q, %s", o.day, box, m.Kind, m.NextKind, m.TurnsOn, kind, next, turns)
		}
		return err
	}))
}

func (o *testOffice) expectCheck() {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		found, err := tx.Check()
		for _, f := range found {
			o.t.Errorf("on %s, check: %s", o.day, f)
		}
		return err
	}))
}

func TestRenewalByOrderIsTheMembers(t *testing.T) {
	o, box := pro(t)
	o.on("2018-03-01")
	o.topUp(box, 305+6405)
	o.completed(box, 1, 305)
	o.wishes(box, "pro", 2, 1)
	o.expect(box, "active to 2020-10-12, credit 0.00",
		"1 inbox_gb from 2018-03-01 to 2020-10-12", "1 inbox_gb from 2018-03-01 to 2020-10-12")
	o.expectCharges(box, "2017-10-12 to 2018-10-12 activation 6.10", "2018-10-12 to 2020-10-12 renewal")
	o.expectCheck()
	o.on("2018-10-13")
	if r := o.night(); r.Renewed != 0 || r.ServicesRenewed != 0 || r.Closed != 0 {
		t.Errorf("the run of the old E: %+v", r)
	}
	o.expect(box, "active to 2020-10-12, credit 0.00",
		"1 inbox_gb from 2018-03-01 to 2020-10-12", "1 inbox_gb from 2018-03-01 to 2020-10-12")
	o.on("2020-10-13")
	o.night()
	o.expect(box, "closed on 2020-10-12 (not_renewed), credit 0.00",
		"1 inbox_gb from 2018-03-01 ended on 2020-10-12 (mailbox_closed)", "1 inbox_gb from 2018-03-01 ended on 2020-10-12 (mailbox_closed)")
	o.expectCheck()
}

func TestRenewalWaitsAndIsPaidOnE(t *testing.T) {
	o, box := pro(t)
	o.on("2018-09-20")
	done := o.wishes(box, "pro", 1, 0)
	if done.Order.State != pec.OrderAwaitingPayment || done.Missing != 2440 {
		t.Fatalf("%+v", done)
	}
	o.refuses("order_waiting", second(o.Order(ctx, "prova", office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 1})))
	o.on("2018-10-12")
	o.topUp(box, 2440) // the whole of E is the member's
	o.expectOrder(done.Order.ID, pec.OrderAwaitingPayment, "")
	o.on("2018-10-13")
	r := o.night()
	if r.Renewed != 1 || r.Closed != 0 || r.Ordine.Gross != 0 || r.Members.Gross != 2440 {
		t.Errorf("%+v", r)
	}
	o.expectOrder(done.Order.ID, pec.OrderCompleted, "2018-10-12")
	o.expect(box, "active to 2019-10-12, credit 0.00")
	o.expectKind(box, "pro", "", "")
	o.expectCheck()
}

func TestUnpaidRenewalLapsesAndTheMailboxCloses(t *testing.T) {
	o, box := pro(t)
	o.on("2018-09-20")
	done := o.wishes(box, "pro", 1, 0)
	o.on("2018-10-12")
	o.topUp(box, 2439)
	o.on("2018-10-13")
	o.night()
	o.expectOrder(done.Order.ID, pec.OrderLapsed, "2018-10-12")
	o.expect(box, "closed on 2018-10-12 (not_renewed), credit 24.39")
	o.expectCheck()
}

func TestTopUpCompletesTheRenewal(t *testing.T) {
	o, box := pro(t)
	o.on("2018-09-20")
	done := o.wishes(box, "pro", 1, 0)
	o.on("2018-09-25")
	if paid := o.topUp(box, 2500); paid.OrdersCompleted != 1 || paid.Balance != 60 {
		t.Errorf("%+v", paid)
	}
	o.expectOrder(done.Order.ID, pec.OrderCompleted, "2018-09-25")
	o.expect(box, "active to 2019-10-12, credit 0.60")
	o.expectKind(box, "pro", "", "2018-10-12")
	o.expectCheck()
	o.refuses("already_renewed", second(o.OrderRenewal(ctx, "prova", office.RenewalRequest{Address: box, Wish: pec.RenewalWish{Years: 1}})))
	o.on("2018-10-13")
	o.topUp(box, 2440) // carries the turn out first
	o.wishes(box, "", 1, 0)
	o.expect(box, "active to 2020-10-12, credit 0.60")
	o.expectCheck()
}

// Shown as paid from a credit of 24,40 €, of which a purchase has used 3,05 €
// meanwhile, a renewal is not ordered to wait; without that it is.
func TestRenewalShownAsCoveredDoesNotWait(t *testing.T) {
	o, box := pro(t)
	o.on("2018-03-01")
	o.topUp(box, 2440)
	o.completed(box, 1, 305)
	request := office.RenewalRequest{Address: box, Wish: pec.RenewalWish{Kind: "pro", Years: 1}, Covered: true}
	o.refuses("price_changed", second(o.OrderRenewal(ctx, "prova", office.RenewalRequest{Address: box, Wish: request.Wish, Seen: new(pec.Cents), Covered: true})))
	p := o.refuses("credit_changed", second(o.OrderRenewal(ctx, "prova", request)))
	if !strings.Contains(p.Message, "ora è 21,35\u00a0€ e non basta per 27,45\u00a0€") {
		t.Error(p.Message)
	}
	p = o.refuses("credit_changed", second(o.OrderRenewals(ctx, "prova", []office.RenewalRequest{request})))
	if !strings.Contains(p.Message, box) || !strings.Contains(p.Message, "Nessun rinnovo è stato ordinato.") {
		t.Error(p.Message)
	}
	request.Covered = false
	done, err := o.OrderRenewal(ctx, "prova", request)
	o.must(err)
	o.expectOrder(done.Order.ID, pec.OrderAwaitingPayment, "")
	o.expectCheck()
}

// Where nobody is asked for the e-invoice's data, those confirmed last stand.
func TestRenewalKeepsTheEInvoiceDataConfirmedLast(t *testing.T) {
	o, box := pro(t)
	o.on("2018-03-01")
	o.topUp(box, 10_000)
	recipientOf := func(order int64) (r pec.Recipient) {
		o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
			ordered, _, err := tx.RenewalOrder(order)
			r = ordered.Recipient
			return err
		}))
		return r
	}
	first, err := o.OrderRenewal(ctx, "prova", office.RenewalRequest{Address: box, Wish: pec.RenewalWish{Years: 1}, RecipientCode: "abc1234"})
	o.must(err)
	o.on("2018-10-13")
	then, err := o.OrderRenewal(ctx, "prova", office.RenewalRequest{Address: box, Wish: pec.RenewalWish{Years: 1}, KeepRecipient: true})
	o.must(err)
	for _, id := range []int64{first.Order.ID, then.Order.ID} {
		if r := recipientOf(id); r != (pec.Recipient{Code: "ABC1234"}) {
			t.Errorf("order %d: %+v", id, r)
		}
	}
	told := o.messages(pec.MessageReceipt)
	if text := told[len(told)-1].Letter.Text; !strings.Contains(text, "Fattura elettronica: codice destinatario ABC1234\n") ||
		!strings.Contains(text, "20,00\u00a0€ + IVA 4,40\u00a0€ = 24,40\u00a0€") {
		t.Errorf("the confirmation says:\n%s", text)
	}
}

// The member has one message for the order paid, and one for what ended with
// the old E.
func TestRenewalIsConfirmedOnce(t *testing.T) {
	o, box := pro(t)
	o.on("2018-03-01")
	o.topUp(box, 305+2440)
	o.completed(box, 1, 305)
	o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: o.service(box, 0).ID, AutoRenew: false}))
	o.wishes(box, "pro", 1, 0)
	o.on("2018-10-13")
	o.night()
	var told []string
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := tx.MessageList(db.MessageFilter{})
		for _, m := range list {
			told = append(told, fmt.Sprint(m.Kind, " ", m.On))
		}
		return err
	}))
	slices.Sort(told)
	if want := []string{"outcome 2018-10-13", "receipt 2017-10-12", "receipt 2018-03-01", "receipt 2018-03-01"}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}

// What the order leaves out ends on the old E, what it lowers shrinks then.
func TestRenewalLeavesOutWhatIsTurnedOff(t *testing.T) {
	o, box := pro(t)
	o.on("2018-03-01")
	o.topUp(box, 915+305)
	o.completed(box, 3, 915)
	o.completed(box, 1, 305)
	o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: o.service(box, 0).ID, AutoRenew: true, NextQuantity: 2}))
	o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: o.service(box, 1).ID, AutoRenew: false}))
	o.topUp(box, 3050) // 20,00 + 2 × 2,50, and the tax
	o.wishes(box, "pro", 1, 0)
	o.expect(box, "active to 2019-10-12, credit 0.00",
		"3 inbox_gb from 2018-03-01 to 2019-10-12", "1 inbox_gb from 2018-03-01 to 2018-10-12")
	o.expectCheck()
	o.refuses("already_renewed", o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: o.service(box, 0).ID, AutoRenew: true, NextQuantity: 1}))
	o.refuses("already_renewed", o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: o.service(box, 1).ID, AutoRenew: true}))
	o.on("2018-10-13")
	o.night()
	o.expect(box, "active to 2019-10-12, credit 0.00",
		"2 inbox_gb from 2018-03-01 to 2019-10-12", "1 inbox_gb from 2018-03-01 ended on 2018-10-12 (renewal_off)")
	o.expectCheck()
}

// With the automatic renewal off the member pays the Ordine's kind (R18).
func TestSecretariatTurnsTheAutomaticRenewalOff(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.refuses("renews_by_itself", second(o.OrderRenewal(ctx, "prova", office.RenewalRequest{Address: box, Wish: pec.RenewalWish{Years: 1}})))
	o.on("2018-03-01")
	o.must(o.SetAutoRenew(ctx, "prova", box, false))
	o.must(o.SetAutoRenew(ctx, "prova", box, false)) // twice is once
	done := o.wishes(box, "standard", 2, 0)
	o.refuses("order_waiting", o.SetAutoRenew(ctx, "prova", box, true))
	if done.Missing != 1220 {
		t.Errorf("%+v", done)
	}
	o.topUp(box, 1220)
	o.expect(box, "active to 2020-10-12, credit 0.00")
	o.expectCharges(box, "2017-10-12 to 2018-10-12 activation 6.10", "2018-10-12 to 2020-10-12 renewal")
	o.must(o.SetAutoRenew(ctx, "prova", box, true))
	o.on("2020-10-13")
	o.night() // the term chosen holds for the next automatic renewal
	o.expectCharges(box, "2017-10-12 to 2018-10-12 activation 6.10", "2018-10-12 to 2020-10-12 renewal", "2020-10-12 to 2022-10-12 renewal 12.20")
	o.expectCheck()
	o.on("2022-10-12")
	o.refuses("mailbox_expired", o.SetAutoRenew(ctx, "prova", box, false))
}

func TestMailboxWithoutAutomaticRenewalClosesOnE(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.must(o.SetAutoRenew(ctx, "prova", box, false))
	o.on("2018-10-13")
	o.night()
	o.expect(box, "closed on 2018-10-12 (not_renewed), credit 0.00")
	o.refuses("mailbox_not_active", o.SetAutoRenew(ctx, "prova", box, true))
}

func TestMemberPaidKindIsNotTurnedOff(t *testing.T) {
	o, box := pro(t)
	o.refuses("kind_paid_by_member", o.SetAutoRenew(ctx, "prova", box, false))
}

// Down to the Ordine's kind takes no order, but only on E.
func TestKindGoesDownOnE(t *testing.T) {
	o, box := pro(t)
	o.on("2018-03-01")
	o.topUp(box, 2000)
	o.completed(box, 3, 915)
	o.must(o.ChooseKind(ctx, "prova", box, "standard", 0))
	o.refuses("cap_exceeded", second(o.Order(ctx, "prova", office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 2}))) // 1 + 3 + 2 > 5
	o.expectKind(box, "pro", "standard", "")
	o.on("2018-10-13")
	o.night()
	o.expectKind(box, "standard", "", "")
	o.expect(box, "active to 2019-10-12, credit 1.70", "3 inbox_gb from 2018-03-01 to 2019-10-12")
	o.expectCharges(box, "2017-10-12 to 2018-10-12 activation 6.10", "2018-10-12 to 2019-10-12 renewal 6.10")
	o.expectCheck()
	o.must(o.ChooseKind(ctx, "prova", box, "standard", 0)) // nothing to take back
	o.refuses("kind_by_order", o.ChooseKind(ctx, "prova", box, "pro", 0))
	o.refuses("mailbox_unknown", o.ChooseKind(ctx, "prova", box, "standard", o.holder(box)+1))
}

// Two GB wait for payment when a kind that has none of them is chosen for after
// E: what is paid then stays credit.
func TestPurchaseWaitsWhileALowerKindIsChosen(t *testing.T) {
	o := bareOffice(t, "2017-10-12")
	o.agree(func(a *pec.Agreement) {
		a.Kinds = append(a.Kinds, pec.Kind{Code: "basic", Name: "Base", BaseInboxGB: 1, YearlyPrice: 300, PaidBy: pec.PaidByOrdine, Terms: []int{1}})
		a.Products[0].Kinds = []string{"standard"}
	})
	box := o.mailbox("A1", "Rossi", "Mario")
	o.on("2018-06-01")
	id := o.waits(box, 2, 610, 610)
	o.must(o.ChooseKind(ctx, "prova", box, "basic", 0))
	o.on("2018-06-02")
	o.topUp(box, 610)
	o.expectOrder(id, pec.OrderCancelled, "2018-06-02")
	o.expect(box, "active to 2018-10-12, credit 6.10")
	o.expectCheck()
}

// A form sent twice is one order, the e-invoice data stay with member and order.
func TestRenewalKeepsWhatWasConfirmed(t *testing.T) {
	o, box := pro(t)
	r := office.RenewalRequest{Address: box, Wish: pec.RenewalWish{Years: 1}, RecipientPEC: "studio@fatture.example", RequestKey: "modulo-1"}
	first, err := o.OrderRenewal(ctx, "prova", r)
	o.must(err)
	again, err := o.OrderRenewal(ctx, "prova", r)
	o.must(err)
	if !again.Repeated || again.Order.ID != first.Order.ID || again.Missing != 2440 {
		t.Errorf("%+v", again)
	}
	r.RequestKey, r.RecipientPEC = "", "nessuna"
	o.refuses("order_waiting", second(o.OrderRenewal(ctx, "prova", r)))
	o.must(o.CancelOrder(ctx, "prova", first.Order.ID, 0, "prova"))
	o.refuses("email_invalid", second(o.OrderRenewal(ctx, "prova", r)))
	r.RecipientPEC, r.RecipientCode = "", "ABC1234"
	last, err := o.OrderRenewal(ctx, "prova", r)
	o.must(err)
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		was, ok, err := tx.RenewalOrder(first.Order.ID)
		if !ok || err != nil || was.Recipient.PEC != "studio@fatture.example" || was.Holder != "Rossi Mario" {
			t.Errorf("the first order has %+v", was)
		}
		is, _, err := tx.RenewalOrder(last.Order.ID)
		if err != nil || is.Recipient.Code != "ABC1234" || is.Recipient.PEC != "" {
			t.Errorf("the last order has %+v", is)
		}
		now, err := tx.Recipient(o.holder(box))
		if now != is.Recipient {
			t.Errorf("the member has %+v", now)
		}
		return err
	}))
	price := pec.Cents(2439)
	o.must(o.CancelOrder(ctx, "prova", last.Order.ID, 0, "prova"))
	o.refuses("price_changed", second(o.OrderRenewal(ctx, "prova", office.RenewalRequest{Address: box, Wish: pec.RenewalWish{Years: 1}, Seen: &price})))
}

func TestMembersRenewalIsHeldUpByTerms(t *testing.T) {
	o, box := pro(t)
	r := office.RenewalRequest{Address: box, Wish: pec.RenewalWish{Years: 1}, ByMember: o.holder(box)}
	o.refuses("terms_missing", second(o.OrderRenewal(ctx, "prova", r)))
	r.ByMember++
	o.refuses("mailbox_unknown", second(o.OrderRenewal(ctx, "prova", r)))
	r.ByMember--
	r.Accepted = pec.TermCodes()
	o.must(second(o.OrderRenewal(context.Background(), "prova", r)))
}

// Money in the year's reports: space added with a renewal was sold, what goes on
// was not.
func TestSpaceAddedWithARenewalWasSold(t *testing.T) {
	o, box := pro(t)
	o.on("2018-09-20")
	o.topUp(box, 10000)
	o.completed(box, 2, 0) // in the free window
	o.wishes(box, "pro", 1, 3)
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		orders, err := read(tx.YearOrders(pec.Day("2018-01-01"), pec.Day("2018-12-31")))
		if err != nil || len(orders) != 2 || orders[0].GBSold != 2 || orders[1].GBSold != 3 {
			t.Errorf("%+v, %v", orders, err)
		}
		services, err := read(tx.YearServices(pec.Day("2018-01-01"), pec.Day("2018-12-31")))
		if len(services) != 2 || services[0].Renewals != 1 || services[1].Renewals != 0 {
			t.Errorf("%+v", services)
		}
		return err
	}))
}

// The warning of too little space reckons with what goes on under a renewal paid
// ahead, with the GB that an order adds and with the kind chosen (9.8).
func TestWarningsOfSpaceKnowTheRenewalOrder(t *testing.T) {
	uses := func(o *testOffice, box string, mb int) {
		o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
			m, err := tx.MailboxByAddress(box)
			if err != nil {
				return err
			}
			m.UsedMB = &mb
			return tx.SetMailbox(m.Mailbox)
		}))
	}
	warned := func(t *testing.T, o *testOffice, want string, kinds ...pec.MessageKind) {
		t.Helper()
		list := o.messages(kinds...)
		if len(list) == 0 {
			t.Fatalf("on %s there is no message", o.day)
		}
		for _, m := range list {
			if got := strings.Contains(m.Letter.Text, "la ricezione può fermarsi"); got != (want != "") || !strings.Contains(m.Letter.Text, want) {
				t.Errorf("want %q in: %s", want, m.Letter.Text)
			}
		}
	}
	t.Run("3 GB go on, 1 ends", func(t *testing.T) {
		o, box := pro(t)
		o.mailed(box, "a@posta.example")
		o.on("2018-06-01")
		o.topUp(box, 20000)
		o.buy(box, 3)
		o.buy(box, 1)
		ends := o.service(box, 0)
		if ends.Quantity != 1 {
			ends = o.service(box, 1)
		}
		o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: ends.ID, AutoRenew: false}))
		uses(o, box, 3900) // of 2 + 3 GB
		o.on("2018-06-10")
		o.wishes(box, "", 1, 0)
		o.on("2018-10-13")
		o.night()
		warned(t, o, "", pec.MessageOutcome)
	})
	t.Run("2 GB are added", func(t *testing.T) {
		o, box := pro(t)
		o.mailed(box, "a@posta.example")
		uses(o, box, 2500) // of 2 + 2 GB
		o.on("2018-09-20")
		w := o.wishes(box, "pro", 1, 2)
		o.on("2018-10-12")
		o.topUp(box, w.Missing)
		o.notices()
		warned(t, o, "", pec.MessageNotice)
	})
	t.Run("a lower kind", func(t *testing.T) {
		o, box := pro(t)
		o.mailed(box, "a@posta.example")
		o.on("2018-06-01")
		o.topUp(box, 20000)
		o.buy(box, 1)
		o.must(o.ChooseKind(ctx, "prova", box, "standard", 0))
		uses(o, box, 2900) // of 1 + 1 GB
		o.on("2018-09-20")
		o.notices()
		warned(t, o, "lo spazio sarà di 2\u00a0GB", pec.MessageNotice)
	})
}

// Renewed ahead as another kind, with 1 GB at once, a mailbox's space is asked
// for since the day of the order: the provider's answer of the week after is
// good, though the kind changes only on E.
func TestSpaceOfARenewalPaidAheadIsAskedSinceTheOrder(t *testing.T) {
	o := bareOffice(t, "2017-10-12")
	o.agree(withPro, func(a *pec.Agreement) { a.UpgradeAtExpiry = true })
	box := o.mailbox("A1", "Rossi", "Mario")
	o.on("2018-03-01")
	o.topUp(box, 20000)
	o.wishes(box, "pro", 2, 1)
	o.on("2018-03-02")
	o.files("spazio " + box + " 2 R000001")
	if r := o.requests(box)[0]; r.DueOn != pec.Day("2018-03-01") {
		t.Errorf("asked since %s", r.DueOn)
	}
	o.on("2018-03-09")
	o.taken(1, 0, 0, box+";spazio;OK;05/03/2018;;")
	o.on("2018-10-13")
	o.night()
	o.files("spazio " + box + " 3 R000002") // 2 of the kind and 1
	if r := o.requests(box)[1]; r.DueOn != pec.Day("2018-10-12") || r.Kind != "pro" {
		t.Errorf("%s asked since %s", r.Kind, r.DueOn)
	}
	o.sound()
}

// On its last day a renewal is no longer ordered, and the notice says so; an
// order that waits can still be paid.
func TestNoticeOfTheLastDay(t *testing.T) {
	o, box := pro(t)
	o.mailed(box, "a@posta.example")
	o.on("2018-10-12")
	o.notices()
	text := spaced(o.messages(pec.MessageNotice)[0].Letter.Text)
	if !strings.Contains(text, "- La casella si chiude.") || !strings.Contains(text, "Il rinnovo si ordinava entro ieri") || strings.Contains(text, "prima di quel giorno") {
		t.Errorf("the notice says\n%s", text)
	}
	o, box = pro(t)
	o.mailed(box, "a@posta.example")
	o.on("2018-10-11")
	w := o.wishes(box, "pro", 1, 0)
	o.on("2018-10-12")
	o.notices()
	text = spaced(o.messages(pec.MessageNotice)[0].Letter.Text)
	if !strings.Contains(text, "se oggi l’ordine di rinnovo non è pagato") || !strings.Contains(text, w.Missing.Euro()[:5]) {
		t.Errorf("the notice says\n%s", text)
	}
}
