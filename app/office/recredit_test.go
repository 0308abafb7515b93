package office_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// recredits cancels a refused service and says what followed.
func (o *testOffice) recredits(service int64) string {
	o.t.Helper()
	d, err := o.RecreditService(ctx, "operatore:mara@ordine.example", office.RecreditRequest{ServiceID: service, Reason: "il gestore non lo attiva"})
	o.must(err)
	return fmt.Sprintf("%s back of %s, claim %s, %d completed, credit %s", d.Price.Gross, d.Numbers(), d.ClaimSettled, d.OrdersCompleted, d.Balance)
}

func (o *testOffice) expectRecredit(service int64, want string) {
	o.t.Helper()
	if got := o.recredits(service); got != want {
		o.t.Errorf("on %s: %s, want %s", o.day, got, want)
	}
	o.sound()
}

// messagesOf are the texts of a kind written so far.
func (o *testOffice) messagesOf(kind pec.MessageKind) (texts []string) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := tx.MessageList(db.MessageFilter{Kind: kind})
		for _, m := range list {
			row, err := tx.Message(m.ID)
			if err != nil {
				return err
			}
			texts = append(texts, row.Letter.Text)
		}
		return err
	}))
	return texts
}

// TestRefusedServiceIsCancelledAndGivenBack: 3 users for 18,00 € + 3,96 €, bought
// with the last of 25,01 €; an order for 1 GB (3,05 €) is covered, one for 2 GB
// (6,10 €) waits. The provider refuses the users.
func TestRefusedServiceIsCancelledAndGivenBack(t *testing.T) {
	o, address := servicesOffice(t, 25_01)
	o.on("2017-01-10")
	users := o.orders(address, "multiutente", 3)
	o.completed(address, 1, 3_05)
	waiting := o.waits(address, 2, 6_10, 6_10)
	o.file()
	o.refuses("service_not_refused", o.recreditFails(users))
	o.on("2017-01-12")
	o.taken(2, 0, 0, ";;KO;;contratto non firmato;R000002", ";;OK;;;R000001")
	o.expectRefused("R000002 3: 3 rejected")

	var plan office.Recredit
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		plan, err = o.RecreditOf(tx, users)
		return err
	}))
	if plan.Price.Gross != 21_96 || plan.Credit != 0 || !cmp.Equal(plan.Completes, []int64{waiting}) || len(plan.Lines) != 1 || plan.What() != "3 × Multiutente" || plan.Refusal.Reason != "contratto non firmato" {
		t.Errorf("ahead: %+v", plan)
	}
	seen := pec.Cents(3_05)
	_, err := o.RecreditService(ctx, "prova", office.RecreditRequest{ServiceID: users, Reason: "x", Seen: &seen})
	o.refuses("recredit_changed", err)
	_, err = o.RecreditService(ctx, "prova", office.RecreditRequest{ServiceID: users, Reason: " "})
	o.refuses("reason_missing", err)
	o.expectRecredit(users, "21.96 back of 2017/000001, claim 0.00, 1 completed, credit 15.86")
	if p := o.refuses("service_recredited", o.recreditFails(users)); !strings.Contains(p.Message, "12/01/2017") {
		t.Errorf("again: %s", p.Message)
	}
	o.expectLedger(address,
		"2016-10-12 topup 25.01 = 25.01", "2017-01-10 order -21.96 = 3.05 2017/000001", "2017-01-10 order -3.05 = 0.00 2017/000002",
		"2017-01-12 recredit 21.96 = 21.96 2017/000001", "2017-01-12 order -6.10 = 15.86 2017/000003")
	o.expectOrder(waiting, pec.OrderCompleted, "2017-01-12")
	o.expectAtProvider(address, "1 inbox_gb attivo presso il gestore dal 12/01/2017", "2 inbox_gb acquistato, in attivazione presso il gestore")
	o.expectRefused()
	o.files("spazio " + address + " 4 R000003") // nothing of the users
	texts := o.messagesOf(pec.MessageRecredited)
	if len(texts) != 1 || !strings.Contains(texts[0], "- 3 × Multiutente\n") || !strings.Contains(texts[0], "Motivo del gestore: contratto non firmato\nOrdine: 2017/000001\nTorna nel Suo credito: 21,96\u00a0€\nCredito: 15,86\u00a0€\n") ||
		!strings.Contains(texts[0], "a chi lascia l’albo la segreteria lo rimborsa") { // to nobody else, see Refund
		t.Errorf("told: %q", texts)
	}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := tx.Audit("mailbox", o.id(address), 20)
		n := 0
		for _, e := range list {
			if e.Action == "service.recredited" {
				n++
				if e.Actor != "operatore:mara@ordine.example" || !strings.Contains(string(e.Detail), `"amount":"21.96"`) || !strings.Contains(string(e.Detail), "il gestore non lo attiva") {
					t.Errorf("the log has %+v", e)
				}
			}
		}
		if n != 1 {
			t.Errorf("the log has it %d times", n)
		}
		return err
	}))

	// Members paid what they paid; the credit tells what came back.
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error { return tx.SetOrderBody(db.OrderBody{Name: "Ordine di prova"}) }))
	y, err := o.Year(ctx, 2017)
	o.must(err)
	if f := y.Figures; len(y.Findings) > 0 || f.Members.Gross != 31_11 || f.OrdersPaid != -31_11 || f.Recredits != 21_96 || f.Opening != 25_01 || f.Closing != 15_86 {
		t.Errorf("the report: %+v, %q", f, y.Findings)
	}

	// As many again are another question to the provider, on the same day too.
	o.topUp(address, 10_00)
	o.orders(address, "multiutente", 3)
	o.expectAtProvider(address, "1 inbox_gb attivo presso il gestore dal 12/01/2017", "2 inbox_gb acquistato, in attivazione presso il gestore: chiesto il 12/01/2017", "3 multiutente acquistato, in attivazione presso il gestore")
	o.sound()
}

func (o *testOffice) recreditFails(service int64) error {
	_, err := o.RecreditService(ctx, "prova", office.RecreditRequest{ServiceID: service, Reason: "x"})
	return err
}

// TestRenewedWhileRefusedComesBackWhole: 2 users (14,64 € a year) refused in 2017
// and renewed on 12/10/2017 while nobody had decided; 1 more, bought before and
// there, stays. On 13/10/2017 the night has not run yet.
func TestRenewedWhileRefusedComesBackWhole(t *testing.T) {
	o, address := servicesOffice(t, 100_00)
	o.orders(address, "multiutente", 1) // 7,32 €
	o.file()
	o.taken(1, 0, 0, ";;OK;;;R000001")
	o.on("2017-01-10")
	users := o.orders(address, "multiutente", 2)
	o.file()
	o.taken(1, 0, 0, ";;KO;;contratto non firmato;R000002")
	o.on("2017-10-13")
	seen := pec.Cents(14_64)
	_, err := o.RecreditService(ctx, "prova", office.RecreditRequest{ServiceID: users, Reason: "x", Seen: &seen})
	if p := o.refuses("recredit_changed", err); !strings.Contains(p.Message, "29,28") {
		t.Errorf("%s", p.Message)
	}
	// 100,00 - 7,32 - 14,64 - 21,96 + 29,28
	o.expectRecredit(users, "29.28 back of 2017/000001, 2017/000002, claim 0.00, 0 completed, credit 85.36")
	o.expectLedger(address, "2016-10-12 topup 100.00 = 100.00", "2016-10-12 order -7.32 = 92.68 2016/000001", "2017-01-10 order -14.64 = 78.04 2017/000001",
		"2017-10-12 order -21.96 = 56.08 2017/000002", "2017-10-13 recredit 14.64 = 70.72 2017/000001", "2017-10-13 recredit 14.64 = 85.36 2017/000002")
	o.expectAtProvider(address, "1 multiutente attivo presso il gestore dal 12/10/2016")
	o.files()
}

// TestLaterOfTwoRefusalsIsCancelled: of 2 users and 1 more, all refused, the one
// is cancelled: the two stay refused, and are not asked for by themselves.
func TestLaterOfTwoRefusalsIsCancelled(t *testing.T) {
	o, address := servicesOffice(t, 100_00)
	first := o.orders(address, "multiutente", 2)
	o.file()
	o.taken(1, 0, 0, ";;KO;;contratto non firmato;R000001")
	o.on("2017-01-10")
	second := o.orders(address, "multiutente", 1)
	o.file()
	o.taken(1, 0, 0, ";;KO;;contratto non firmato;R000002")
	o.expectRefused("R000002 3: 2 rejected 1 rejected")
	o.expectRecredit(second, "7.32 back of 2017/000001, claim 0.00, 0 completed, credit 85.36")
	o.expectRefused("R000001 2: 2 rejected")
	o.files()
	o.expectRecredit(first, "14.64 back of 2016/000001, claim 0.00, 0 completed, credit 100.00")
	o.expectRefused()
	o.files()
}

// TestRecreditSettlesWhatIsOwed: the payment was reversed after it was spent.
func TestRecreditSettlesWhatIsOwed(t *testing.T) {
	o := bareOffice(t, "2016-10-12")
	o.agree(withServices)
	address := o.mailbox("A1", "Rossi", "Mario")
	paid := o.topUp(address, 14_64)
	users := o.orders(address, "multiutente", 2)
	o.file()
	o.taken(1, 0, 0, ";;KO;;contratto non firmato;R000001")
	_, _, err := o.ReverseTopUp(ctx, "prova", paid.EntryID, nil, "assegno scoperto")
	o.must(err)
	o.expectRecredit(users, "14.64 back of 2016/000001, claim 14.64, 0 completed, credit 0.00")
	o.expectLedger(address, "2016-10-12 topup 14.64 = 14.64", "2016-10-12 order -14.64 = 0.00 2016/000001", "2016-10-12 recredit 14.64 = 14.64 2016/000001", "2016-10-12 claim -14.64 = 0.00")
}

// TestRefusedSpaceMakesRoom: 4 GB (12,20 €) wait; 3 GB (9,15 €) are bought before
// them and refused. What comes back pays the 4 GB, which fit once the 3 are gone.
func TestRefusedSpaceMakesRoom(t *testing.T) {
	o := bareOffice(t, "2016-10-12")
	o.agree(withServices)
	address := o.mailbox("A1", "Rossi", "Mario")
	waiting := o.waits(address, 4, 12_20, 12_20)
	o.topUp(address, 9_15)
	space := o.orders(address, pec.InboxGB, 3)
	o.topUp(address, 3_05)
	o.file()
	o.taken(1, 0, 0, ";;KO;;disco pieno;R000001")
	o.expectRecredit(space, "9.15 back of 2016/000001, claim 0.00, 1 completed, credit 0.00")
	o.expectOrder(waiting, pec.OrderCompleted, "2016-10-12")
	o.expectRefused()
	o.files("spazio " + address + " 5 R000002")
	o.sound()
}

// TestNobodyInvoicesWhatCameBack: 3 users (21,96 €) come back before a list is
// made, 1 GB of conservazione (4,88 €) after; of what renews on 12/10/2017, one
// order, the users alone.
func TestNobodyInvoicesWhatCameBack(t *testing.T) {
	o, address := servicesOffice(t, 200_00)
	users := o.orders(address, "multiutente", 3)
	kept := o.orders(address, "conservazione", 1)
	o.file()
	o.taken(2, 0, 0, ";;KO;;contratto non firmato;R000001", ";;KO;;contratto non firmato;R000002")
	o.on("2017-10-13")
	o.night()
	o.expectToInvoice(pec.SoldByOrdine, "2016/000001 Rossi Mario 21.96", "2016/000002 Rossi Mario 4.88", "2017/000001 Rossi Mario 26.84")
	o.expectRecredit(users, "43.92 back of 2016/000001, 2017/000001, claim 0.00, 0 completed, credit 190.24")
	o.expectToInvoice(pec.SoldByOrdine, "2016/000002 Rossi Mario 4.88", "2017/000001 Rossi Mario 4.88")
	list := o.lists(pec.SoldByOrdine)
	if list.Orders != 2 || list.Price.Gross != 9_76 || list.Price.Net != 8_00 {
		t.Errorf("the list is %+v", list)
	}
	want := []string{"2016/000002 Rossi Mario,  , cassetto fiscale: 1 conservazione 4.88", "2017/000001 Rossi Mario,  , cassetto fiscale: 1 conservazione 4.88"}
	if diff := cmp.Diff(want, o.listed(list.ID)); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	o.sound()
	o.expectRecredit(kept, "9.76 back of 2016/000002, 2017/000001, claim 0.00, 0 completed, credit 200.00")
	if diff := cmp.Diff(want, o.listed(list.ID)); diff != "" {
		t.Errorf("a list changed (-want +got):\n%s", diff)
	}
	o.expectToInvoice(pec.SoldByOrdine)
	notes := func() (lines []string, ids []int64) {
		o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
			if other, err := tx.CreditNotesDue(pec.SoldByProvider); err != nil || len(other) > 0 {
				t.Errorf("the provider has %d credit notes to make, %v", len(other), err)
			}
			due, err := tx.CreditNotesDue(pec.SoldByOrdine)
			for _, n := range due {
				lines = append(lines, fmt.Sprintf("%s in %s: %d %s %s, back on %s", n.Number, n.List.Number(), n.Line.Quantity, n.Line.Product, n.Line.Price.Gross, n.On))
				ids = append(ids, n.LineID)
			}
			return err
		}))
		return lines, ids
	}
	lines, ids := notes()
	if diff := cmp.Diff([]string{"2016/000002 in 2017/1: 1 conservazione 4.88, back on 2017-10-13", "2017/000001 in 2017/1: 1 conservazione 4.88, back on 2017-10-13"}, lines); diff != "" {
		t.Errorf("credit notes due (-want +got):\n%s", diff)
	}
	for _, n := range []int{1, 0} {
		if made, err := o.CreditNotesMade(ctx, "prova", ids[:1]); made != n || err != nil {
			t.Errorf("%d marked, want %d: %v", made, n, err)
		}
	}
	if lines, _ = notes(); len(lines) != 1 {
		t.Errorf("left are %v", lines)
	}
	_, err := o.CreditNotesMade(ctx, "prova", []int64{1}) // of the users, listed by nobody
	o.refuses("credit_note_unknown", err)

	// Both made, the second later: a page of one line, on and back.
	o.on("2017-10-14")
	_, err = o.CreditNotesMade(ctx, "prova", ids[1:])
	o.must(err)
	page := func(after, before int64) (made []int64) {
		o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
			list, err := tx.CreditNotesMade(db.MadeNotes{By: pec.SoldByOrdine, After: after, Before: before, Limit: 1})
			for _, n := range list {
				made = append(made, n.LineID)
			}
			return err
		}))
		return made
	}
	for _, c := range []struct{ after, before, want int64 }{{0, 0, ids[1]}, {ids[1], 0, ids[0]}, {ids[0], 0, 0}, {0, ids[0], ids[1]}, {0, ids[1], 0}} {
		var want []int64
		if c.want != 0 {
			want = []int64{c.want}
		}
		if got := page(c.after, c.before); !cmp.Equal(got, want) {
			t.Errorf("after %d, before %d: %v, want %v", c.after, c.before, got, want)
		}
	}
	_, err = o.TakeCreditNotesBack(ctx, "prova", ids[1:])
	o.must(err)
	if got := page(ids[1], 0); !cmp.Equal(got, ids[:1]) {
		t.Errorf("after one that was taken back: %v", got)
	}
	o.sound()
}

// TestOrderOfRenewalStopsARecredit: it waits for payment with the services as they
// are; cancelled, it no longer does. Paid ahead, what comes back holds the years to
// come.
func TestOrderOfRenewalStopsARecredit(t *testing.T) {
	o := bareOffice(t, "2016-10-12")
	o.agree(withPro)
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 18_30)
	o.wishes(box, "pro", 0, 0)
	o.topUp(box, 3_05)
	space := o.orders(box, pec.InboxGB, 1)
	o.files("spazio " + box + " 3 R000001")
	o.taken(1, 0, 0, ";;KO;;disco pieno;R000001")
	o.expectRefused("R000001 1: 1 rejected")
	waiting := o.wishes(box, "", 1, 0).Order
	if waiting.State != pec.OrderAwaitingPayment {
		t.Fatalf("the order is %s", waiting.State)
	}
	o.refuses("order_waiting", o.recreditFails(space))
	o.topUp(box, waiting.Price.Gross) // 24,40 € for the kind, 3,05 € for the GB
	o.expectOrder(waiting.ID, pec.OrderCompleted, "2016-10-12")
	o.expectRecredit(space, "6.10 back of 2016/000002, 2016/000003, claim 0.00, 0 completed, credit "+(o.balance(box)+6_10).String())
}

// balance is a member's credit.
func (o *testOffice) balance(address string) (credit pec.Cents) {
	o.t.Helper()
	member := o.holder(address)
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		credit, err = tx.Balance(member)
		return err
	}))
	return credit
}

// TestRefusedServiceThatEndedIsGivenBack: of 2 users that are there and 3 more,
// refused, nobody decides until 12/10/2017, when the 3 end: their renewal is off.
// The 21,96 € paid for them come back; for the 2 nothing does.
func TestRefusedServiceThatEndedIsGivenBack(t *testing.T) {
	o, address := servicesOffice(t, 100_00)
	there := o.orders(address, "multiutente", 2)
	o.file()
	o.taken(1, 0, 0, ";;OK;;;R000001")
	o.on("2017-01-10")
	users := o.orders(address, "multiutente", 3)
	o.file()
	o.taken(1, 0, 0, ";;KO;;contratto non firmato;R000002")
	for _, id := range []int64{there, users} {
		o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: id, AutoRenew: false}))
	}
	o.on("2017-11-01")
	o.night()
	o.refuses("service_not_refused", o.recreditFails(there))
	o.orders(address, "multiutente", 1) // 7,32 €: another question
	o.file()
	o.taken(1, 0, 0, ";;OK;;;R000003")
	o.expectRecredit(users, "21.96 back of 2017/000001, claim 0.00, 0 completed, credit 78.04") // 100,00 - 14,64 - 7,32
	o.refuses("service_recredited", o.recreditFails(users))
	o.expectAtProvider(address, "1 multiutente attivo presso il gestore dal 01/11/2017")
	o.files()
}

// TestRefusalWithoutAReasonThatWasGivenUpIsGivenBack: 3 users (21,96 €) are refused
// and asked for again, but no file goes before they end on 12/10/2017, their renewal
// off. They were never there: with a reason or without, the money comes back, and is
// among what is to be decided. An answer that was lost, and given up for a larger
// total, is no refusal.
func TestRefusalWithoutAReasonThatWasGivenUpIsGivenBack(t *testing.T) {
	for _, reason := range []string{"contratto non firmato", ""} {
		o, address := servicesOffice(t, 100_00)
		o.on("2017-01-10")
		users := o.orders(address, "multiutente", 3)
		o.file()
		o.taken(1, 0, 0, ";;KO;;"+reason+";R000001")
		if n, err := o.AskAgain(ctx, "prova", []int64{1}); err != nil || n != 1 {
			t.Errorf("%d asked again, %v", n, err)
		}
		o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: users, AutoRenew: false}))
		o.on("2017-11-01")
		o.night()
		undecided := func() (ids []int64) {
			o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
				list, err := o.Undecided(tx)
				for _, r := range list {
					ids = append(ids, r.Service.ID)
				}
				return err
			}))
			return ids
		}
		if got := undecided(); !cmp.Equal(got, []int64{users}) {
			t.Errorf("with reason %q undecided are %v", reason, got)
		}
		o.expectRecredit(users, "21.96 back of 2017/000001, claim 0.00, 0 completed, credit 100.00")
		if got := undecided(); len(got) > 0 {
			t.Errorf("with reason %q undecided still are %v", reason, got)
		}
	}
	o, address := servicesOffice(t, 100_00)
	users := o.orders(address, "multiutente", 3)
	o.file()
	if n, err := o.AskAgain(ctx, "prova", []int64{1}); err != nil || n != 1 { // its answer was lost
		t.Errorf("%d asked again, %v", n, err)
	}
	o.orders(address, "multiutente", 1)
	o.file()
	o.taken(1, 0, 0, ";;OK;;;R000002")
	o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: users, AutoRenew: false}))
	o.on("2017-11-01")
	o.night()
	o.refuses("service_not_refused", o.recreditFails(users))
}

// TestEndedServiceComesBackWhateverBecomesOfTheOther: 2 users (14,64 € a year) and
// 1 more (7,32 €) are refused; the 1 ends on 12/10/2017, the 2 renew. The 2 are then
// cancelled, or asked for again: the 7,32 € come back all the same.
func TestEndedServiceComesBackWhateverBecomesOfTheOther(t *testing.T) {
	for name, other := range map[string]func(o *testOffice, users int64){
		"cancelled": func(o *testOffice, users int64) {
			o.expectRecredit(users, "29.28 back of 2016/000001, 2017/000002, claim 0.00, 0 completed, credit 92.68") // 100,00 - 14,64 - 7,32 - 14,64 + 29,28
			o.topUp("mario.rossi@pec.ordine.example", 7_32)
			o.orders("mario.rossi@pec.ordine.example", "multiutente", 1)
		},
		"asked for again": func(o *testOffice, _ int64) {
			n, err := o.AskAgain(ctx, "prova", []int64{2})
			o.must(err)
			if n != 1 {
				o.t.Errorf("%d asked again", n)
			}
			o.expectRefused() // the 2 were refused before, too
			o.topUp("mario.rossi@pec.ordine.example", 29_28)
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := bareOffice(t, "2016-10-12")
			o.agree(withServices)
			address := o.mailbox("A1", "Rossi", "Mario")
			o.topUp(address, 100_00)
			users := o.orders(address, "multiutente", 2)
			o.file()
			o.taken(1, 0, 0, ";;KO;;contratto non firmato;R000001")
			o.on("2017-01-10")
			third := o.orders(address, "multiutente", 1)
			o.file()
			o.taken(1, 0, 0, ";;KO;;contratto non firmato;R000002")
			o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: third, AutoRenew: false}))
			o.on("2017-11-01")
			o.night()
			other(o, users)
			o.file()
			o.taken(1, 0, 0, ";;OK;;;R000003")
			o.expectRecredit(third, "7.32 back of 2017/000001, claim 0.00, 0 completed, credit 100.00")
			o.refuses("service_recredited", o.recreditFails(third))
		})
	}
}

// TestServiceThatEndedOnItsFirstDayIsGivenBack: a user bought on 10/01/2017 is there,
// 2 more of the same day (14,64 €) are refused, and on that day the mailbox closes.
func TestServiceThatEndedOnItsFirstDayIsGivenBack(t *testing.T) {
	o := bareOffice(t, "2016-10-12")
	grace := 0
	o.agree(withServices, func(a *pec.Agreement) { a.LeaverGraceDays = &grace })
	address := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(address, 100_00)
	o.on("2017-01-10")
	there := o.orders(address, "multiutente", 1)
	o.file()
	o.taken(1, 0, 0, ";;OK;;;R000001")
	users := o.orders(address, "multiutente", 2)
	o.file()
	o.taken(1, 0, 0, ";;KO;;contratto non firmato;R000002")
	o.leaves(o.holder(address), "2017-01-10")
	o.on("2017-01-12")
	o.night()
	o.expect(address, "closed on 2017-01-10 (leaver), credit 78.04", "1 multiutente from 2017-01-10 ended on 2017-01-10 (mailbox_closed)", "2 multiutente from 2017-01-10 ended on 2017-01-10 (mailbox_closed)")
	o.refuses("service_not_refused", o.recreditFails(there))
	o.expectRecredit(users, "14.64 back of 2017/000002, claim 0.00, 0 completed, credit 92.68")
}

// TestNobodyTellsTheDeceasedOfARecredit: 2 users, 14,64 €, come back for the heirs.
func TestNobodyTellsTheDeceasedOfARecredit(t *testing.T) {
	o, address := servicesOffice(t, 14_64)
	users := o.orders(address, "multiutente", 2)
	o.file()
	o.taken(1, 0, 0, ";;KO;;contratto non firmato;R000001")
	o.changes(o.holder(address), office.StatusChange{Status: pec.MemberDeceased, On: o.day})
	o.expectRecredit(users, "14.64 back of 2016/000001, claim 0.00, 0 completed, credit 14.64")
	if texts := o.messagesOf(pec.MessageRecredited); len(texts) > 0 {
		t.Errorf("told: %q", texts)
	}
}

// TestUndecidedAreThoseThatCanComeBack: four mailboxes, on each 2 users that are
// there, a third refused (7,32 €) and 1 GB; everything ends on 12/10/2017. The
// third's refusal is decided on the first two mailboxes. What Undecided lists is
// what RecreditOf finds of each ended service, asked one by one.
func TestUndecidedAreThoseThatCanComeBack(t *testing.T) {
	o := bareOffice(t, "2016-10-12")
	o.agree(withServices)
	var thirds []int64
	reference := 0
	for _, name := range []string{"Mario", "Anna", "Luca", "Ugo"} {
		address := o.mailbox("A"+name, "Rossi", name)
		o.topUp(address, 100_00)
		ends := []int64{o.orders(address, "multiutente", 2), o.orders(address, pec.InboxGB, 1)}
		o.file()
		o.taken(2, 0, 0, fmt.Sprintf(";;OK;;;R%06d", reference+1), fmt.Sprintf(";;OK;;;R%06d", reference+2))
		third := o.orders(address, "multiutente", 1)
		o.file()
		o.taken(1, 0, 0, fmt.Sprintf(";;KO;;;R%06d", reference+3))
		reference += 3
		for _, id := range append(ends, third) {
			o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: id, AutoRenew: false}))
		}
		thirds = append(thirds, third)
	}
	o.recredits(thirds[0])
	o.on("2017-11-01")
	o.night()
	o.recredits(thirds[1])
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := o.Undecided(tx)
		if err != nil {
			return err
		}
		ended, err := tx.EndedAndRefused(100)
		if err != nil {
			return err
		}
		if len(ended) != 4*2+2 { // what was paid and has not come back
			t.Errorf("%d services have ended", len(ended))
		}
		var each []office.Recredit
		for _, s := range ended {
			if r, err := o.RecreditOf(tx, s.ID); err == nil {
				each = append(each, r)
			}
		}
		if !reflect.DeepEqual(list, each) {
			t.Errorf("listed %+v, one by one %+v", list, each)
		}
		var ids []int64
		for _, r := range list {
			ids = append(ids, r.Service.ID)
			if r.Price.Gross != 7_32 {
				t.Errorf("%s come back of %d", r.Price.Gross, r.Service.ID)
			}
		}
		if want := []int64{thirds[3], thirds[2]}; !cmp.Equal(ids, want) {
			t.Errorf("undecided are %v, want %v", ids, want)
		}
		return nil
	}))
}
