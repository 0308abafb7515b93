package office_test

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// merges makes one of the positions that hold two mailboxes; the first stays.
func (o *testOffice) merges(keep, gone int64, fromGone ...pec.Field) office.Merged {
	o.t.Helper()
	done, err := o.MergeMembers(ctx, "prova", office.Merge{Keep: keep, Gone: gone, FromGone: fromGone, Reason: "iscritto due volte"})
	o.must(err)
	o.sound()
	return done
}

// sound fails the test for anything that check finds.
func (o *testOffice) sound() {
	o.t.Helper()
	found, err := o.Check(ctx)
	o.must(err)
	if len(found) > 0 {
		o.t.Errorf("on %s check finds %q", o.day, found)
	}
}

func (o *testOffice) figures(year int) office.YearFigures {
	o.t.Helper()
	made, err := o.MakeReport(ctx, "prova", year)
	o.must(err)
	y, err := o.Year(ctx, year)
	o.must(err)
	if found := y.Findings; len(found) > 0 {
		o.t.Errorf("the report of %d does not agree: %q", year, found)
	}
	return made.Figures
}

func TestMergePassesTheCreditByOppositeEntries(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	first, second := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Rossi", "Mario")
	keep, gone := o.holder(first), o.holder(second)
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error { return tx.SetOrderBody(db.OrderBody{Name: "Ordine di prova"}) }))
	o.topUp(first, 1000)
	o.completed(first, 1, 305) // 6,95 € are left
	o.topUp(second, 500)
	o.completed(second, 1, 305) // 1,95 € are left
	before := o.figures(2017)

	done := o.merges(keep, gone)
	if done.Already || done.Mailboxes != 1 || done.Credit != 195 || done.Claim != 0 {
		t.Errorf("%+v", done)
	}
	o.expect(first, "active to 2018-10-12, credit 8.90", "1 inbox_gb from 2017-10-12 to 2018-10-12")
	o.expect(second, "active to 2018-10-12, credit 8.90", "1 inbox_gb from 2017-10-12 to 2018-10-12")
	o.expectLedger(first, "2017-10-12 topup 10.00 = 10.00", "2017-10-12 order -3.05 = 6.95 2017/000001", "2017-10-12 transfer 1.95 = 8.90")
	if m := o.row(gone); m.MergedInto != keep || m.MergedOn.String() != "2017-10-12" || m.Status.OnRegister() || m.RegistrationNumber != "A2" {
		t.Errorf("the position that went is %+v", m)
	}
	if diff := cmp.Diff(before, o.figures(2017)); diff != "" { // 15,00 € in, 6,10 € spent, 8,90 € outstanding before and after
		t.Errorf("the year's figures (- before, + after):\n%s", diff)
	}
	if before.TopUps != 1500 || before.CreditOutstanding != 890 {
		t.Errorf("%+v", before)
	}

	// A year on both spaces are paid from the one credit: 2 × 3,05 € leave 2,80 €.
	o.on("2018-10-12")
	if run := o.renew(); run.Renewed != 2 || run.ServicesRenewed != 2 {
		t.Errorf("%+v", run)
	}
	o.expect(second, "active to 2019-10-12, credit 2.80", "1 inbox_gb from 2017-10-12 to 2019-10-12")
	o.sound()
}

func TestMergeAgainDoesNothing(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	keep, gone := o.holder(o.mailbox("A1", "Rossi", "Mario")), o.holder(o.mailbox("A2", "Rossi", "Mario"))
	o.merges(keep, gone)
	count := func() (n int64) {
		o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
			n, err = tx.LastChange()
			return err
		}))
		return n
	}
	entries := count()
	if done := o.merges(keep, gone); !done.Already || count() != entries {
		t.Errorf("%+v", done)
	}
	_, err := o.MergeMembers(ctx, "prova", office.Merge{Keep: gone, Gone: keep})
	o.refuses("member_merged", err)
	_, err = o.MergeMembers(ctx, "prova", office.Merge{Keep: keep, Gone: keep})
	o.refuses("same_member", err)
	other := o.member("A3", "Rossi", "Mario")
	_, err = o.MergeMembers(ctx, "prova", office.Merge{Keep: other, Gone: gone})
	o.refuses("member_merged", err)
}

func TestMergeCompletesWhatTheOneCreditCovers(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	first, second := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Rossi", "Mario")
	oldest := o.waits(second, 1, 305, 305)
	o.on("2017-10-13")
	younger := o.waits(first, 2, 610, 610)
	o.on("2017-10-14")
	third := o.member("A3", "Rossi", "Mario")
	_, err := o.TopUp(ctx, "prova", office.Payment{MemberID: third, Amount: 500, Method: pec.ByCounter, Reference: "R1"})
	o.must(err)
	o.merges(o.holder(first), o.holder(second)) // nothing there yet
	o.expectOrder(oldest, pec.OrderAwaitingPayment, "")
	done := o.merges(o.holder(first), third) // 5,00 € cover the oldest and not the one after it
	if done.OrdersCompleted != 1 {
		t.Errorf("%+v", done)
	}
	o.expectOrder(oldest, pec.OrderCompleted, "2017-10-14")
	o.expectOrder(younger, pec.OrderAwaitingPayment, "")
	o.expectLedger(first, "2017-10-14 transfer 5.00 = 5.00", "2017-10-14 order -3.05 = 1.95 2017/000001")
}

func TestMergeFirstCarriesOutWhatIsOverdueForBoth(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	first, second := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Rossi", "Mario")
	o.topUp(second, 305)
	o.completed(second, 1, 305)
	o.on("2018-10-01")
	o.topUp(first, 1000)
	// On 12/10/2018 the second position had no credit of its own: its space ended
	// then, whoever merges it later.
	o.on("2018-12-01")
	o.merges(o.holder(first), o.holder(second))
	o.expect(first, "active to 2019-10-12, credit 10.00")
	o.expect(second, "active to 2019-10-12, credit 10.00", "1 inbox_gb from 2017-10-12 ended on 2018-10-12 (no_credit)")
}

func TestMergeMovesAClaimAndSettlesItFromTheCredit(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	first, second, third := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Rossi", "Mario"), o.mailbox("A3", "Rossi", "Mario")
	paid := o.topUp(second, 305)
	o.completed(second, 1, 305)
	_, claim, err := o.ReverseTopUp(ctx, "prova", paid.EntryID, nil, "assegno scoperto")
	o.must(err)
	if claim != 305 {
		t.Fatalf("a claim of %s", claim)
	}
	if done := o.merges(o.holder(first), o.holder(second)); done.Claim != 305 || done.Settled != 0 {
		t.Errorf("%+v", done)
	}
	o.expect(first, "active to 2018-10-12, credit 0.00, claim 3.05")
	o.topUp(third, 200)
	if done := o.merges(o.holder(third), o.holder(first)); done.Claim != 305 || done.Settled != 200 {
		t.Errorf("%+v", done)
	}
	o.expect(third, "active to 2018-10-12, credit 0.00, claim 1.05")
	o.topUp(third, 500)
	o.expect(third, "active to 2018-10-12, credit 3.95")
	o.sound()
}

func TestPaymentOfAMergedPositionIsKnownAndReversedHere(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	first, second := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Rossi", "Mario")
	p := office.Payment{Address: second, Amount: 1000, Method: pec.ByBankTransfer, Reference: "CRO 7"}
	paid, err := o.TopUp(ctx, "prova", p)
	o.must(err)
	gone := o.holder(second)
	o.merges(o.holder(first), gone)
	p.Address = first
	if again, err := o.TopUp(ctx, "prova", p); err != nil || !again.Duplicate || again.Balance != 1000 {
		t.Errorf("%+v, %v", again, err)
	}
	_, err = o.TopUp(ctx, "prova", office.Payment{MemberID: gone, Amount: 100, Method: pec.ByCounter, Reference: "R1"})
	o.refuses("member_merged", err)
	taken, claim, err := o.ReverseTopUp(ctx, "prova", paid.EntryID, nil, "importo sbagliato")
	o.must(err)
	if taken != 1000 || claim != 0 {
		t.Errorf("%s taken, %s claimed", taken, claim)
	}
	o.expect(first, "active to 2018-10-12, credit 0.00")
	o.sound()
}

func TestMergedPositionIsEnteredWithThePasswordThatStays(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	first, second := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Rossi", "Mario")
	o.must(o.SetMemberPassword(ctx, "prova", first, "parola della prima"))
	o.must(o.SetMemberPassword(ctx, "prova", second, "parola della seconda"))
	keep := o.holder(first)
	o.merges(keep, o.holder(second))
	for _, address := range []string{first, second} {
		if m, err := o.SignInMember(ctx, address, "parola della prima"); err != nil || m.ID != keep {
			t.Errorf("%s: %d, %v", address, m.ID, err)
		}
		_, err := o.SignInMember(ctx, address, "parola della seconda")
		o.refuses("sign_in_failed", err)
	}
}

func TestMergedStatusFollowsTheRules(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	first, second := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Rossi", "Mario")
	keep, gone := o.holder(first), o.holder(second)
	o.on("2018-01-10")
	o.leaves(keep, "2018-01-10") // with 60 days of grace it would close on 11/03/2018
	o.on("2018-02-01")
	o.merges(keep, gone, pec.FieldStatus) // back on the register
	o.on("2018-06-01")
	o.night()
	o.expect(first, "active to 2018-10-12, credit 0.00")

	// The other way round a mailbox of one on the register comes to a leaver, long
	// after the grace: it closes on the day of the merge at the earliest.
	third := o.mailbox("A3", "Rossi", "Mario")
	left := o.member("A4", "Rossi", "Mario")
	o.leaves(left, "2018-01-01")
	o.on("2018-06-02")
	o.merges(left, o.holder(third))
	o.on("2018-06-04")
	o.night()
	o.expect(third, "closed on 2018-06-02 (leaver), credit 0.00")
	o.sound()
}

// TestMailboxOfTwoLeaversClosesOnTheDayOfTheMerge: the one that stays left long
// ago, and its grace is over; the other's mailbox was renewed the day before.
func TestMailboxOfTwoLeaversClosesOnTheDayOfTheMerge(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	keep, other := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Rossi", "Mario")
	holders := []int64{o.holder(keep), o.holder(other)}
	o.on("2017-10-29")
	o.leaves(holders[0], "") // closes on 28/12/2017
	o.on("2018-10-13")
	o.leaves(holders[1], "")
	o.merges(holders[0], holders[1])
	o.on("2018-10-14")
	o.night()
	got, err := o.Mailbox(ctx, other)
	o.must(err)
	if got.Status != pec.MailboxClosed || got.ClosedOn != pec.Day("2018-10-13") {
		t.Errorf("%s on %s", got.Status, got.ClosedOn)
	}
	o.sound()
}

func TestMergeChoosesValuesAndKeepsWhatTheyWere(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	keep, gone := o.member("A1", "Rossi", "Mario"), o.member("A2", "Rossi", "Mario Luca")
	o.must(o.ChangeContacts(ctx, "prova", keep, office.Contacts{City: "Borgo", Email: "mario@posta.example"}))
	o.must(o.ChangeContacts(ctx, "prova", gone, office.Contacts{City: "Valdoro"}))
	var proposed office.Merging
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		proposed, err = o.ProposeMerge(tx, keep, gone)
		return err
	}))
	o.must(o.ChangeContacts(ctx, "prova", gone, office.Contacts{City: "Altavalle"}))
	m := office.Merge{Keep: keep, Gone: gone, FromGone: []pec.Field{pec.FieldName, pec.FieldCity, pec.FieldRegistrationNumber}, Seen: proposed.Seen}
	_, err := o.MergeMembers(ctx, "prova", m)
	o.refuses("merge_changed", err)
	m.Seen = ""
	_, err = o.MergeMembers(ctx, "prova", m)
	o.must(err)
	after := o.row(keep)
	if after.Name != "Mario Luca" || after.City != "Altavalle" || after.Email != "mario@posta.example" || after.RegistrationNumber != "A2" {
		t.Errorf("%+v", after.Member)
	}
	if left := o.row(gone); left.RegistrationNumber != "A1" { // the number that is used no more leads to the one that stays
		t.Errorf("%+v", left)
	}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		for _, number := range []string{"A1", "A2"} {
			if m, err := tx.MemberByNumber(number); err != nil || m.ID != keep {
				t.Errorf("%s leads to %d, %v", number, m.ID, err)
			}
		}
		list, err := tx.MemberList(db.MemberFilter{Search: "rossi a1"})
		if len(list) != 1 || list[0].ID != keep {
			t.Errorf("%d found", len(list))
		}
		return err
	}))
	_, err = o.ChangeMemberStatus(ctx, "prova", gone, office.StatusChange{Status: pec.MemberActive})
	o.refuses("member_merged", err)
	o.refuses("member_merged", o.ChangeContacts(ctx, "prova", gone, office.Contacts{}))
	o.sound()
	// The number is free for somebody else.
	other := o.member("A1", "Bianchi", "Anna")
	if o.row(gone).RegistrationNumber != "" || o.row(other).RegistrationNumber != "A1" {
		t.Error("the former number was not given up")
	}
	o.sound()
}

func TestPairsToldApartAreNotShownAgain(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	a, b := o.member("A1", "Rossi", "Mario"), o.member("A2", "Rossi", "Mario")
	pairs := func() (n int) {
		o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
			list, err := o.Duplicates(tx)
			n = len(list)
			return err
		}))
		return n
	}
	if pairs() != 1 {
		t.Fatalf("%d pairs", pairs())
	}
	o.must(o.TellApart(ctx, "prova", b, a))
	o.must(o.TellApart(ctx, "prova", a, b))
	if pairs() != 0 {
		t.Errorf("%d pairs", pairs())
	}
	c := o.member("A3", "Rossi", "Mario") // not told apart from either
	if pairs() != 2 {
		t.Errorf("%d pairs", pairs())
	}
	o.merges(c, b) // what was said of the one holds for the other
	if pairs() != 0 {
		t.Errorf("%d pairs", pairs())
	}
	o.refuses("same_member", o.TellApart(ctx, "prova", a, a))
	o.refuses("member_merged", o.TellApart(ctx, "prova", a, b))
}

// Two positions with any payments, purchases, leavings and nights behind them
// are merged: credit less claim stays what it was, the file is sound, and from
// then on the renewals are those of one book.
func TestMergeOfAnyTwo(t *testing.T) {
	dirs := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(dirs, "")
		if err != nil {
			t.Fatal(err)
		}
		o := openOffice(t, dir, "2017-10-12")
		defer o.DB.Close()
		o.agree()
		boxes := []string{o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Rossi", "Mario")}
		holders := []int64{o.holder(boxes[0]), o.holder(boxes[1])}
		var paid []office.ToppedUp
		for range rapid.IntRange(0, 10).Draw(t, "things") {
			o.day = o.day.AddDays(rapid.IntRange(0, 70).Draw(t, "days"))
			who := rapid.IntRange(0, 1).Draw(t, "who")
			switch rapid.SampledFrom([]string{"pay", "buy", "buy", "reverse", "night", "leave", "return"}).Draw(t, "what") {
			case "pay":
				paid = append(paid, o.topUp(boxes[who], pec.Cents(rapid.IntRange(1, 2000).Draw(t, "cents"))))
			case "buy": // refused where it may not be bought
				o.Order(ctx, "prova", office.Purchase{Address: boxes[who], Product: pec.InboxGB, Quantity: rapid.IntRange(1, 2).Draw(t, "GB")})
			case "reverse":
				if len(paid) > 0 {
					o.ReverseTopUp(ctx, "prova", paid[rapid.IntRange(0, len(paid)-1).Draw(t, "payment")].EntryID, nil, "prova")
				}
			case "night":
				o.night()
			case "leave":
				o.leaves(holders[who], "")
			case "return":
				o.returns(holders[who])
			}
		}
		o.night() // what is overdue would change the sum by its own rules
		before := o.worth(holders...)
		var from []pec.Field
		if rapid.Bool().Draw(t, "status of the other") {
			from = append(from, pec.FieldStatus)
		}
		done := o.merges(holders[0], holders[1], from...)
		if after := o.worth(holders...) + o.completedAt(done); after != before {
			t.Fatalf("credit less claims was %s and is %s", before, after)
		}
		if o.worth(holders[1]) != 0 {
			t.Fatalf("%s stay behind", o.worth(holders[1]))
		}
		o.asOne(holders[0])
	})
}

// worth is the credit of some members less what they owe.
func (o *testOffice) worth(members ...int64) (sum pec.Cents) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		for _, id := range members {
			balance, err := tx.Balance(id)
			if err != nil {
				return err
			}
			claim, err := tx.Claim(id)
			if err != nil {
				return err
			}
			sum += balance - claim
		}
		return nil
	}))
	return sum
}

// completedAt is what the orders cost that a merge completed today.
func (o *testOffice) completedAt(done office.Merged) (sum pec.Cents) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		entries, err := tx.Entries(done.Keep.ID)
		for _, e := range slices.Backward(entries) {
			if e.Kind != pec.EntryOrder || done.OrdersCompleted == 0 {
				break
			}
			done.OrdersCompleted--
			sum -= e.Amount
		}
		return err
	}))
	return sum
}

// asOne plays a year ahead: the run does just what the one book says.
func (o *testOffice) asOne(member int64) {
	o.t.Helper()
	until := o.day.AddYears(1)
	var want []string
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		book, agreements, err := o.Book(tx, member)
		_, then := pec.Renewals(book, agreements, until)
		want = append(want, fmt.Sprint(then.Credit, " ", len(then.Waiting)))
		for _, m := range then.Mailboxes {
			want = append(want, fmt.Sprint(m.Address, " ", m.Status, " ", m.ExpiresOn))
		}
		return err
	}))
	o.day = until
	o.renew()
	o.sound()
	var got []string
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		balance, err := tx.Balance(member)
		if err != nil {
			return err
		}
		waiting, err := tx.WaitingOrders(member)
		if err != nil {
			return err
		}
		got = append(got, fmt.Sprint(balance, " ", len(waiting)))
		boxes, err := tx.MailboxesOf(member)
		for _, m := range boxes {
			line := fmt.Sprint(m.Address, " ", m.Status, " ", m.ExpiresOn)
			if m.Status != pec.MailboxClosed || slices.Contains(want, line) { // what had closed before is in no book
				got = append(got, line)
			}
		}
		return err
	}))
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		o.t.Fatalf("after a year (- the book, + the file):\n%s", diff)
	}
}

func TestMergedPositionIsChangedNoMore(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	keep, gone := o.member("A1", "Rossi", "Mario"), o.member("A2", "Rossi", "Mario")
	form := o.opens(gone)
	o.merges(keep, gone)
	form.Typed[pec.FieldSurname] = "Bianchi"
	_, err := o.SaveMember(ctx, "prova", form)
	o.refuses("member_merged", err)

	suspended := office.StatusChange{Status: pec.MemberSuspended, Reason: "Delibera 5"}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		_, err := o.ReviewMemberStatus(tx, gone, suspended)
		o.refuses("member_merged", err)
		list, err := o.ReviewStatuses(tx, []int64{keep, gone}, suspended)
		if len(list) != 2 || list[0].Why != "" || list[1].Why != "È stata unita a un’altra posizione il 12/10/2017." {
			t.Errorf("%+v", list)
		}
		return err
	}))
	done, err := o.ChangeStatuses(ctx, "prova", []int64{keep, gone}, suspended)
	o.must(err)
	if len(done.Changed) != 1 || len(done.LeftOut) != 1 || done.LeftOut[0].Why != "È stata unita a un’altra posizione il 12/10/2017." {
		t.Errorf("%+v", done)
	}
}

// One bank transfer of a studio paid 10,00 € for one position and 5,00 € for the
// other: either comes again as itself.
func TestSharedReferenceOfTwoMergedPositionsIsKnownByItsAmount(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	keep, gone := o.member("A1", "Rossi", "Mario"), o.member("A2", "Rossi", "Mario")
	pay := func(member int64, amount pec.Cents) (office.ToppedUp, error) {
		return o.TopUp(ctx, "prova", office.Payment{MemberID: member, Amount: amount, Method: pec.ByBankTransfer, Reference: "CRO 1", EvenIfShared: true})
	}
	_, err := pay(keep, 1000)
	o.must(err)
	_, err = pay(gone, 500)
	o.must(err)
	o.merges(keep, gone)
	for _, amount := range []pec.Cents{500, 1000} {
		again, err := pay(keep, amount)
		o.must(err)
		if !again.Duplicate || again.Balance != 1500 {
			t.Errorf("%s: %+v", amount, again)
		}
	}
	_, err = pay(keep, 700)
	o.refuses("topup_conflict", err)
	o.sound()
}
