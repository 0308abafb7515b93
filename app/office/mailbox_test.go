package office_test

import (
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/google/go-cmp/cmp"
)

func addresses(list []office.Provisioned) []string {
	var out []string
	for _, p := range list {
		out = append(out, p.RegistrationNumber+" "+p.Address)
	}
	return out
}

func TestNamesakesAreNumberedInTheOrderOfTheRegister(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	o.member("A10", "Rossi", "Mario")
	o.member("A2", "Rossi", "Mario Luigi")
	o.member("A9", "D’Alò Conti", "Maria Pia")
	o.member("B1", "Rossi", "Mario")
	want := []string{"A2 mario.rossi@pec.ordine.example", "A9 maria.daloconti@pec.ordine.example", "A10 mario.rossi2@pec.ordine.example", "B1 mario.rossi3@pec.ordine.example"}
	played, err := o.Provision(ctx, "prova", "", true)
	o.must(err)
	if diff := cmp.Diff(want, addresses(played)); diff != "" {
		t.Errorf("played (- want, + got):\n%s", diff)
	}
	for i, want := range [][]string{want, nil} { // twice is once
		list, err := o.Provision(ctx, "prova", "", false)
		o.must(err)
		if diff := cmp.Diff(want, addresses(list)); diff != "" {
			t.Errorf("time %d (- want, + got):\n%s", i+1, diff)
		}
	}
	o.member("A3", "Rossi", "Mario") // comes later: the next free number, whatever the register says
	list, err := o.Provision(ctx, "prova", "A3", false)
	o.must(err)
	if diff := cmp.Diff([]string{"A3 mario.rossi4@pec.ordine.example"}, addresses(list)); diff != "" {
		t.Error(diff)
	}
}

func TestWhoIsGivenAMailbox(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	add := func(number string, status pec.MemberStatus, ownPEC string, left pec.Date) {
		o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
			_, err := tx.AddMember(db.MemberRow{Member: pec.Member{RegistrationNumber: number, Surname: "Prova" + number, Name: "Ugo", Status: status, OwnPEC: ownPEC, LeftOn: left}, LeftRegisteredOn: left})
			return err
		}))
	}
	add("A1", pec.MemberActive, "", pec.Date{})
	add("A2", pec.MemberSuspended, "", pec.Date{})
	add("A3", pec.MemberCancelled, "", pec.Day("2017-01-01"))
	add("A4", pec.MemberActive, "ugo@altra.pec.example", pec.Date{})
	list, err := o.Provision(ctx, "prova", "", false)
	o.must(err)
	if diff := cmp.Diff([]string{"A1 ugo.provaa1@pec.ordine.example"}, addresses(list)); diff != "" {
		t.Error(diff)
	}
	list, err = o.Provision(ctx, "prova", "A4", false) // own PEC, but chosen
	o.must(err)
	if diff := cmp.Diff([]string{"A4 ugo.provaa4@pec.ordine.example"}, addresses(list)); diff != "" {
		t.Error(diff)
	}
	for number, code := range map[string]string{"A2": "member_not_active", "A3": "member_not_active", "A9": "member_unknown"} {
		_, err := o.Provision(ctx, "prova", number, false)
		o.refuses(code, err)
	}
}

func TestRejectedRequestIsMadeAgainWithItsAddress(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	o.member("A1", "Rossi", "Mario")
	list, err := o.Provision(ctx, "prova", "", false)
	o.must(err)
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		b, err := tx.Mailbox(list[0].MailboxID)
		if err != nil {
			return err
		}
		b.Status, b.Rejection = pec.MailboxRejected, "codice fiscale errato"
		return tx.SetMailbox(b.Mailbox)
	}))
	_, err = o.Activate(ctx, "prova", list[0].Address, 0)
	o.refuses("mailbox_not_requested", err)
	o.on("2017-11-01")
	again, err := o.Provision(ctx, "prova", "", false)
	o.must(err)
	if diff := cmp.Diff(list, again); diff != "" {
		t.Errorf("again (- first):\n%s", diff)
	}
	o.must(second(o.Activate(ctx, "prova", list[0].Address, 0)))
	o.expect(list[0].Address, "active to 2018-11-01, credit 0.00")
}

func TestClosedAddressIsNobodyElses(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.leaves(o.holder(box), "")
	o.on("2018-01-01")
	o.night()
	o.member("A2", "Rossi", "Mario")
	list, err := o.Provision(ctx, "prova", "", false)
	o.must(err)
	if diff := cmp.Diff([]string{"A2 mario.rossi2@pec.ordine.example"}, addresses(list)); diff != "" {
		t.Error(diff)
	}
}

func TestReservedAddressIsItsMembers(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		_, err := tx.AddMember(db.MemberRow{Member: pec.Member{RegistrationNumber: "A9", Surname: "Bianchi", Name: "Anna", Status: pec.MemberActive}, ReservedAddress: "mario.rossi@pec.ordine.example"})
		return err
	}))
	o.member("A1", "Rossi", "Mario")
	list, err := o.Provision(ctx, "prova", "", false)
	o.must(err)
	want := []string{"A1 mario.rossi2@pec.ordine.example", "A9 mario.rossi@pec.ordine.example"}
	if diff := cmp.Diff(want, addresses(list)); diff != "" {
		t.Error(diff)
	}
}

func TestMailboxIsActivatedOnce(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	_, err := o.Activate(ctx, "prova", box, 0)
	o.refuses("mailbox_not_requested", err)
	_, err = o.Activate(ctx, "prova", "nessuno@pec.ordine.example", 0)
	o.refuses("mailbox_unknown", err)
	o.expectCharges(box, "2017-10-12 to 2018-10-12 activation 6.10")
}

func TestLeaversRequestIsNotActivated(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	id := o.member("A1", "Rossi", "Mario")
	list, err := o.Provision(ctx, "prova", "", false)
	o.must(err)
	o.leaves(id, "")
	_, err = o.Activate(ctx, "prova", list[0].Address, 0)
	o.refuses("holder_left", err)
}

func TestKindPaidByTheMemberIsNoChargeOfTheOrdine(t *testing.T) {
	o := bareOffice(t, "2017-10-12")
	o.agree(func(a *pec.Agreement) { a.Kinds[0].PaidBy = pec.PaidByMember })
	box := o.mailbox("A1", "Rossi", "Mario")
	o.expectCharges(box, "2017-10-12 to 2018-10-12 activation")
	o.on("2018-10-12")
	o.renew()
	o.expect(box, "closed on 2018-10-12 (not_renewed), credit 0.00")
}

// TestActivationOfAPastDay: requested on 12/10/2017 and activated on the 14th,
// registered on the 20th; a year later its term would be over.
func TestActivationOfAPastDay(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	first, second := o.ask("A1", "Rossi", "Mario"), o.ask("A2", "Verdi", "Anna")
	o.on("2017-10-20")
	for on, code := range map[string]string{"2017-10-11": "date_before_request", "2017-10-21": "date_in_future"} {
		_, err := o.ActivateOn(ctx, "prova", first, pec.Day(on), 0)
		o.refuses(code, err)
	}
	done, err := o.ActivateOn(ctx, "prova", first, pec.Day("2017-10-14"), 0)
	if err != nil || done.ExpiresOn != pec.Day("2018-10-14") {
		t.Errorf("activated: %+v, %v", done, err)
	}
	o.expectCharges(first, "2017-10-14 to 2018-10-14 activation 6.10")
	o.on("2018-10-14")
	_, err = o.ActivateOn(ctx, "prova", second, pec.Day("2017-10-14"), 0)
	o.refuses("term_over", err)
	_, err = o.ActivateMany(ctx, "prova", []int64{o.id(second)}, pec.Day("2017-10-14"))
	o.refuses("term_over", err)
	_, err = o.ActivateMany(ctx, "prova", []int64{o.id(second)}, pec.Day("2017-10-15"))
	o.must(err)
	o.sound()
}

func TestActivatingManyIsAllOrNone(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	o.member("A1", "Rossi", "Mario")
	leaver := o.member("A2", "Bianchi", "Anna")
	list, err := o.Provision(ctx, "prova", "", false)
	o.must(err)
	o.leaves(leaver, "")
	ids := []int64{list[0].MailboxID, list[1].MailboxID}
	_, err = o.ActivateMany(ctx, "prova", ids, o.day)
	o.refuses("holder_left", err)
	if v, err := o.Mailbox(ctx, list[0].Address); err != nil || v.Status != pec.MailboxRequested {
		t.Errorf("the first is %s, %v", v.Status, err)
	}
	o.returns(leaver)
	n, err := o.ActivateMany(ctx, "prova", ids, o.day)
	o.must(err)
	if n != 2 {
		t.Errorf("%d activated", n)
	}
}

// A program that runs for weeks checks its file again and again while the
// register changes.
func TestCheckAfterCheckFindsASoundFileSound(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	for _, number := range []string{"A1", "A2", "A3"} {
		o.mailbox(number, "Rossi", "Mario")
		found, err := o.Check(ctx)
		o.must(err)
		if len(found) > 0 {
			t.Errorf("with %s: %q", number, found)
		}
	}
}
