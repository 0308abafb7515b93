package office_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/google/go-cmp/cmp"
)

// studio is an office on 07/12/2017 with two mailboxes that expire on
// 12/10/2018: of Anna Bianchi, the guest, and of Mario Rossi, whose mailbox is
// hers to pay for.
type studio struct {
	*testOffice
	mine, box     string
	guest, holder int64
	access        int64
}

func newStudio(t *testing.T, changes ...func(*pec.Agreement)) *studio {
	t.Helper()
	o := bareOffice(t, "2017-10-12")
	o.agree(changes...)
	s := &studio{testOffice: o, mine: o.mailbox("A2", "Bianchi", "Anna"), box: o.mailbox("A1", "Rossi", "Mario")}
	s.guest, s.holder = o.holder(s.mine), o.holder(s.box)
	o.on("2017-12-07")
	s.access = s.asks(s.guest, s.box)
	o.must(o.DecideAccess(ctx, as(s.holder), s.holder, s.access, true))
	return s
}

func as(member int64) string { return fmt.Sprintf("iscritto:%d", member) }

// asks asks for an access and returns its id.
func (o *testOffice) asks(guest int64, address string) int64 {
	o.t.Helper()
	o.must(o.AskAccess(ctx, as(guest), guest, address))
	for _, a := range o.accesses(guest) {
		if a.Asked == strings.ToLower(strings.TrimSpace(address)) && a.State.Open() {
			return a.ID
		}
	}
	o.t.Fatalf("no access to %s", address)
	return 0
}

func (o *testOffice) accesses(guest int64) (list []db.Access) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		list, err = tx.AccessesOf(guest)
		return err
	}))
	return list
}

// expectAccess checks the state of the newest access of a guest to an address.
func (o *testOffice) expectAccess(guest int64, address string, state pec.AccessState) {
	o.t.Helper()
	for _, a := range o.accesses(guest) {
		if a.Asked == address {
			if a.State != state {
				o.t.Errorf("the access to %s is %s, want %s", address, a.State, state)
			}
			return
		}
	}
	o.t.Errorf("no access to %s", address)
}

func (s *studio) gives(amount pec.Cents, key string) (office.Given, error) {
	return s.GiveCredit(ctx, as(s.guest), office.Gift{AccessID: s.access, Guest: s.guest, Amount: amount, RequestKey: key})
}

func (s *studio) buys(gb int, key string) (office.Purchased, error) {
	return s.OrderAsGuest(ctx, as(s.guest), office.GuestPurchase{
		AccessID: s.access, Guest: s.guest, Product: pec.InboxGB, Quantity: gb, RequestKey: key, Accepted: pec.TermCodes()})
}

// reasons are the words of a member's statement of account.
func (o *testOffice) reasons(address string) (words []string) {
	o.t.Helper()
	member := o.holder(address)
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		entries, err := tx.Entries(member)
		for _, e := range entries {
			words = append(words, e.Reason)
		}
		return err
	}))
	return words
}

// log lists what was written of a member in the log, the oldest first.
func (o *testOffice) log(member int64, about string) (lines []string) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := tx.Audit("member", member, 100)
		for _, e := range list {
			if strings.HasPrefix(e.Action, about) {
				lines = append([]string{e.Actor + " " + e.Action + " " + e.Detail}, lines...)
			}
		}
		return err
	}))
	return lines
}

func TestAccessIsAskedForGrantedAndWithdrawn(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	mine, box := o.mailbox("A2", "Bianchi", "Anna"), o.mailbox("A1", "Rossi", "Mario")
	guest, holder := o.holder(mine), o.holder(box)
	other := o.holder(o.mailbox("A3", "Verdi", "Ugo"))
	id := o.asks(guest, box)
	if again := o.asks(guest, " "+strings.ToUpper(box)); again != id {
		t.Errorf("asked twice: %d and %d", id, again)
	}
	o.expectAccess(guest, box, pec.AccessAsked)
	for _, stranger := range []int64{other, guest, 0} { // the guest does not answer their own request
		o.refuses("access_unknown", o.DecideAccess(ctx, as(stranger), stranger, id, true))
	}
	o.refuses("access_unknown", o.WithdrawAccess(ctx, as(other), other, id))
	o.must(o.DecideAccess(ctx, as(holder), holder, id, true))
	o.must(o.DecideAccess(ctx, as(holder), holder, id, true))
	o.expectAccess(guest, box, pec.AccessGranted)
	o.refuses("access_decided", o.DecideAccess(ctx, as(holder), holder, id, false))
	o.must(o.WithdrawAccess(ctx, as(holder), holder, id))
	o.must(o.WithdrawAccess(ctx, as(guest), guest, id))
	o.expectAccess(guest, box, pec.AccessWithdrawn)
	o.refuses("access_ended", o.DecideAccess(ctx, as(holder), holder, id, true))

	o.refuses("access_asked_today", o.AskAccess(ctx, as(guest), guest, box))
	o.on("2017-10-13")
	second := o.asks(guest, box)
	o.must(o.DecideAccess(ctx, as(holder), holder, second, false))
	o.refuses("access_decided", o.DecideAccess(ctx, as(holder), holder, second, true))
	o.on("2017-10-14")
	third := o.asks(guest, box)
	o.must(o.WithdrawAccess(ctx, as(guest), guest, third)) // given up before the answer
	o.refuses("access_ended", o.DecideAccess(ctx, as(holder), holder, third, true))

	// Who the holder is the guest's log says only of what was granted.
	want := []string{
		as(guest) + ` access.asked {"mailbox":"mario.rossi@pec.ordine.example"}`,
		as(holder) + ` access.granted {"mailbox":"mario.rossi@pec.ordine.example","member":"Rossi Mario"}`,
		as(holder) + ` access.withdrawn {"mailbox":"mario.rossi@pec.ordine.example","member":"Rossi Mario"}`,
		as(guest) + ` access.asked {"mailbox":"mario.rossi@pec.ordine.example"}`,
		as(holder) + ` access.refused {"mailbox":"mario.rossi@pec.ordine.example"}`,
		as(guest) + ` access.asked {"mailbox":"mario.rossi@pec.ordine.example"}`,
		as(guest) + ` access.withdrawn {"mailbox":"mario.rossi@pec.ordine.example"}`,
	}
	if diff := cmp.Diff(want, o.log(guest, "access.")); diff != "" {
		t.Errorf("the guest's log (- want, + got):\n%s", diff)
	}
	if lines := o.log(holder, "access."); len(lines) != len(want) || !strings.Contains(lines[0], `"member":"Bianchi Anna"`) {
		t.Errorf("the holder's log: %q", lines)
	}
	o.sound()
}

// TestRefusedGuestMayNotAskWithoutEnd: once a day, and after three refusals a year
// after the first; a request taken back by the holder is a refusal, one given up
// is none. Another mailbox may be asked for, and by others this one.
func TestRefusedGuestMayNotAskWithoutEnd(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	mine, box, third := o.mailbox("A2", "Bianchi", "Anna"), o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A3", "Verdi", "Ugo")
	guest, holder := o.holder(mine), o.holder(box)
	again := func() error { return o.AskAccess(ctx, as(guest), guest, box) }
	o.must(o.DecideAccess(ctx, as(holder), holder, o.asks(guest, box), false))
	o.refuses("access_asked_today", again())
	o.on("2017-10-13")
	o.must(o.WithdrawAccess(ctx, as(guest), guest, o.asks(guest, box)))
	o.refuses("access_asked_today", again())
	o.on("2017-10-20")
	o.must(o.WithdrawAccess(ctx, as(holder), holder, o.asks(guest, box)))
	o.on("2017-11-01")
	o.must(o.DecideAccess(ctx, as(holder), holder, o.asks(guest, box), false))
	o.on("2017-11-02")
	if p := o.refuses("access_refused_often", again()); p.Message != "Il titolare ha già rifiutato 3 volte in un anno: potrà chiedere di nuovo dal 12/10/2018." || p.Field != "address" {
		t.Errorf("%+v", p)
	}
	o.asks(guest, third)
	o.must(o.DecideAccess(ctx, as(holder), holder, o.asks(o.holder(third), box), true))

	// To an address that no mailbox has it is answered alike.
	const none = "nessuno@pec.ordine.example"
	o.must(o.WithdrawAccess(ctx, as(guest), guest, o.asks(guest, none)))
	o.refuses("access_asked_today", o.AskAccess(ctx, as(guest), guest, none))
	o.on("2018-10-11")
	o.refuses("access_refused_often", again())
	o.on("2018-10-12")
	o.must(again())
	o.sound()
}

// What comes of asking says nothing about an address: not the answer, not the
// guest's own list, not their log.
func TestAskingTellsNothingOfAnAddress(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	mine, box := o.mailbox("A2", "Bianchi", "Anna"), o.mailbox("A1", "Rossi", "Mario")
	guest := o.holder(mine)
	const none = "nessuno@pec.ordine.example"
	o.asks(guest, box)
	nobody := o.asks(guest, none)
	o.asks(guest, none)
	list := o.accesses(guest)
	if len(list) != 2 || list[0].State != list[1].State || list[0].AskedOn != list[1].AskedOn {
		t.Errorf("%+v", list)
	}
	lines := o.log(guest, "access.")
	if len(lines) != 2 || strings.ReplaceAll(lines[0], box, none) != lines[1] {
		t.Errorf("%q", lines)
	}
	o.refuses("own_mailbox", o.AskAccess(ctx, as(guest), guest, mine))
	o.refuses("address_invalid", o.AskAccess(ctx, as(guest), guest, "mario rossi"))
	o.refuses("address_missing", o.AskAccess(ctx, as(guest), guest, " "))
	_, err := o.GiveCredit(ctx, as(guest), office.Gift{AccessID: nobody, Guest: guest, Amount: 100})
	o.refuses("access_not_granted", err)

	// Once there is such a mailbox the request can be made again, and be answered.
	later := o.member("A9", "Nessuno", "Ciro")
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		_, err := tx.AddMailbox(db.MailboxRow{Mailbox: pec.Mailbox{Address: none, MemberID: later, Kind: "standard", Status: pec.MailboxRequested, RequestedOn: o.day, TermYears: 1, AutoRenew: true}})
		return err
	}))
	o.refuses("access_unknown", o.DecideAccess(ctx, as(later), later, nobody, true))
	o.must(o.DecideAccess(ctx, as(later), later, o.asks(guest, none), true))
	o.expectAccess(guest, none, pec.AccessGranted)

	for i := range 19 { // with the one to Mario's there are 20
		o.asks(guest, fmt.Sprintf("prova%d@pec.ordine.example", i))
	}
	o.refuses("too_many_asked", o.AskAccess(ctx, as(guest), guest, "prova99@pec.ordine.example"))
	o.must(o.AskAccess(ctx, as(guest), guest, box)) // asked already
	o.sound()
}

func TestCreditIsGivenAsATopUpIs(t *testing.T) {
	s := newStudio(t)
	s.must(s.DB.Write(ctx, s.stamp(), func(tx *db.Tx) error { return tx.SetOrderBody(db.OrderBody{Name: "Ordine di Prova"}) }))
	s.topUp(s.mine, 2000)
	first := s.waits(s.box, 1, 305, 305)
	second := s.waits(s.box, 2, 610, 915)
	s.must(s.figuresAre(2017, 2000))
	_, err := s.gives(2001, "")
	if p := s.refuses("credit_short", err); p.Field != "amount" || !strings.Contains(p.Message, "mancano 0,01") {
		t.Errorf("%+v", p)
	}
	for _, amount := range []pec.Cents{0, -300} {
		_, err = s.gives(amount, "")
		s.refuses("amount_invalid", err)
	}
	// 4,00 € pay the older order; the newer waits for 5,15 € more.
	done, err := s.gives(400, "modulo")
	s.must(err)
	if done.OrdersCompleted != 1 || done.Balance != 1600 {
		t.Errorf("%+v", done)
	}
	s.expectOrder(first, pec.OrderCompleted, "2017-12-07")
	s.expectOrder(second, pec.OrderAwaitingPayment, "")
	// The double click.
	done, err = s.gives(400, "modulo")
	s.must(err)
	if !done.Repeated || done.Balance != 1600 {
		t.Errorf("%+v", done)
	}
	_, err = s.gives(500, "modulo")
	s.refuses("request_repeated", err)
	_, err = s.gives(515, "altro modulo")
	s.must(err)
	s.expectOrder(second, pec.OrderCompleted, "2017-12-07")
	s.expectLedger(s.mine, "2017-12-07 topup 20.00 = 20.00", "2017-12-07 transfer -4.00 = 16.00", "2017-12-07 transfer -5.15 = 10.85")
	s.expectLedger(s.box, "2017-12-07 transfer 4.00 = 4.00", "2017-12-07 order -3.05 = 0.95 2017/000001",
		"2017-12-07 transfer 5.15 = 6.10", "2017-12-07 order -6.10 = 0.00 2017/000002")
	if diff := cmp.Diff([]string{"", "Versato per la casella " + s.box, "Versato per la casella " + s.box}, s.reasons(s.mine)); diff != "" {
		t.Error(diff)
	}
	if got := s.reasons(s.box)[0]; got != "Ricevuto da Bianchi Anna per la casella "+s.box {
		t.Errorf("%q", got)
	}
	for _, member := range []int64{s.guest, s.holder} {
		if lines := s.log(member, "access.paid"); len(lines) != 2 || !strings.Contains(lines[0], `"amount":"4.00"`) || !strings.HasPrefix(lines[0], as(s.guest)) {
			t.Errorf("log of %d: %q", member, lines)
		}
	}
	s.must(s.figuresAre(2017, 2000-915)) // what was given changes no sum, what was bought does
	s.sound()
}

// figuresAre checks top-ups of 20,00 € and the credit outstanding of a year, and
// that the report finds nothing wrong with itself.
func (s *studio) figuresAre(year int, outstanding pec.Cents) error {
	s.t.Helper()
	if f := s.figures(year); f.TopUps != 2000 || f.CreditOutstanding != outstanding {
		return fmt.Errorf("top-ups %s, credit outstanding %s; want 20.00 and %s", f.TopUps, f.CreditOutstanding, outstanding)
	}
	return nil
}

func TestGuestWithAClaimGivesNothingAndTheHoldersIsSettledFirst(t *testing.T) {
	s := newStudio(t)
	// Mario spends a payment that is then taken back: he owes 3,05 €.
	payment := s.topUp(s.box, 305)
	s.completed(s.box, 1, 305)
	_, claim, err := s.ReverseTopUp(ctx, "prova", payment.EntryID, nil, "assegno scoperto")
	s.must(err)
	if claim != 305 {
		t.Fatalf("claim %s", claim)
	}
	s.topUp(s.mine, 1000)
	// For him nothing can be bought; why is not for Anna to know.
	_, err = s.buys(1, "")
	s.refuses("holder_first", err)
	s.expect(s.mine, "active to 2018-10-12, credit 10.00")
	done, err := s.gives(400, "")
	s.must(err)
	if done.ClaimSettled != 305 {
		t.Errorf("%+v", done)
	}
	s.expect(s.box, "active to 2018-10-12, credit 0.95", "1 inbox_gb from 2017-12-07 to 2018-10-12")
	done2, err := s.buys(1, "")
	s.must(err)
	if done2.Order.State != pec.OrderCompleted {
		t.Errorf("%+v", done2.Order)
	}

	// Anna's own payment comes back too: 2,95 € of it are there, 7,05 € are owed.
	entries := s.entries(s.guest)
	_, claim, err = s.ReverseTopUp(ctx, "prova", entries[0].ID, nil, "assegno scoperto")
	s.must(err)
	if claim != 705 {
		t.Errorf("claim %s", claim)
	}
	_, err = s.gives(1, "")
	s.refuses("claim_open", err)
	_, err = s.buys(1, "")
	s.refuses("claim_open", err)
	s.sound()
	s.expectSound()
}

func (o *testOffice) entries(member int64) (list []db.Entry) {
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		list, err = tx.Entries(member)
		return err
	}))
	return list
}

func TestGuestBuysForTheHolderAtTheHoldersPrice(t *testing.T) {
	s := newStudio(t)
	s.topUp(s.mine, 700)
	price := pec.Cents(305)
	buy := office.GuestPurchase{AccessID: s.access, Guest: s.guest, Product: pec.InboxGB, Quantity: 1, RequestKey: "modulo", Seen: &price}
	_, err := s.OrderAsGuest(ctx, as(s.guest), buy)
	s.refuses("terms_missing", err) // the guest's own acceptance (R17)
	s.expect(s.mine, "active to 2018-10-12, credit 7.00")
	buy.Accepted = pec.TermCodes()
	done, err := s.OrderAsGuest(ctx, as(s.guest), buy)
	s.must(err)
	again, err := s.OrderAsGuest(ctx, as(s.guest), buy)
	s.must(err)
	if !again.Repeated || again.Order.ID != done.Order.ID || done.Repeated {
		t.Errorf("%+v then %+v", done, again)
	}
	if o := done.Order; o.MemberID != s.holder || o.EnteredBy != as(s.guest) || o.Number() != "2017/000001" || o.State != pec.OrderCompleted {
		t.Errorf("%+v", o)
	}
	s.expect(s.mine, "active to 2018-10-12, credit 3.95")
	s.expect(s.box, "active to 2018-10-12, credit 0.00", "1 inbox_gb from 2017-12-07 to 2018-10-12")
	s.expectLedger(s.box, "2017-12-07 transfer 3.05 = 3.05", "2017-12-07 order -3.05 = 0.00 2017/000001")
	if got := s.reasons(s.box)[0]; got != "Ricevuto da Bianchi Anna per la casella "+s.box+": 1\u00a0GB in più" {
		t.Errorf("%q", got)
	}

	// Too little credit: nothing waits, nothing is written.
	_, err = s.buys(2, "due")
	if p := s.refuses("credit_short", err); !strings.Contains(p.Message, "mancano 2,15") {
		t.Errorf("%+v", p)
	}
	s.must(s.DB.Read(ctx, func(tx *db.ReadTx) error {
		orders, err := tx.OrdersOf(s.holder)
		if len(orders) != 1 {
			t.Errorf("%d orders", len(orders))
		}
		accepted, _ := tx.Accepted(s.holder, pec.TermsVersion)
		if mine, _ := tx.Accepted(s.guest, pec.TermsVersion); mine != len(pec.Terms) || accepted != 0 {
			t.Errorf("%d accepted by the guest, %d by the holder", mine, accepted)
		}
		return err
	}))
	// Another price, a quantity beyond the cap.
	old := pec.Cents(250)
	_, err = s.OrderAsGuest(ctx, as(s.guest), office.GuestPurchase{AccessID: s.access, Guest: s.guest, Product: pec.InboxGB, Quantity: 1, Seen: &old})
	s.refuses("price_changed", err)
	_, err = s.buys(9, "")
	s.refuses("cap_exceeded", err)
	// In the free window nothing passes and nothing is missing.
	s.on("2018-08-01")
	_, err = s.buys(1, "gratis")
	s.must(err)
	s.expect(s.mine, "active to 2018-10-12, credit 3.95")
	s.sound()
}

// A purchase for another is paid at once even if an order of the holder waits, as
// the holder's own would be; the one that waits stays as it was.
func TestGuestsPurchasePassesAnOrderThatWaits(t *testing.T) {
	s := newStudio(t)
	s.topUp(s.mine, 1000)
	s.topUp(s.box, 100)
	waiting := s.waits(s.box, 1, 305, 205)
	_, err := s.buys(1, "")
	s.must(err)
	s.expectOrder(waiting, pec.OrderAwaitingPayment, "")
	s.expect(s.box, "active to 2018-10-12, credit 1.00", "1 inbox_gb from 2017-12-07 to 2018-10-12")
	s.sound()
}

// What fell due for the two comes first (R6): on E the holder's credit did not
// renew the GB, and money that comes a day later changes nothing of that.
func TestWhatIsOverdueForBothComesBeforeAGift(t *testing.T) {
	s := newStudio(t)
	s.topUp(s.box, 305)
	s.completed(s.box, 1, 305)
	s.topUp(s.mine, 1000)
	s.completed(s.mine, 1, 305) // 6,95 € are left, of which 3,05 € go to the renewal
	s.on("2018-10-13")
	_, err := s.gives(400, "")
	if p := s.refuses("credit_short", err); !strings.Contains(p.Message, "Il Suo credito è 3,90") {
		t.Errorf("%+v", p)
	}
	_, err = s.gives(390, "")
	s.must(err)
	s.expect(s.mine, "active to 2019-10-12, credit 0.00", "1 inbox_gb from 2017-12-07 to 2019-10-12")
	s.expect(s.box, "active to 2019-10-12, credit 3.90", "1 inbox_gb from 2017-12-07 ended on 2018-10-12 (no_credit)")
	s.sound()
}

func TestAccessIsOfNoUseOnceTheHolderIsGone(t *testing.T) {
	for _, row := range []struct {
		name  string
		leave func(*studio)
		code  string
	}{
		{"withdrawn with the form still open", func(s *studio) { s.must(s.WithdrawAccess(ctx, as(s.holder), s.holder, s.access)) }, "access_ended"},
		{"the holder left", func(s *studio) { s.leaves(s.holder, "") }, "access_of_no_use"},
		{"the holder died", func(s *studio) {
			_, err := s.ChangeMemberStatus(ctx, "prova", s.holder, office.StatusChange{Status: pec.MemberDeceased, On: s.day, Reason: "decesso"})
			s.must(err)
		}, "access_of_no_use"},
		{"the guest left", func(s *studio) { s.leaves(s.guest, "") }, "access_of_no_use"},
		{"the mailbox closed, by what is overdue", func(s *studio) {
			s.must(s.DB.Write(ctx, s.stamp(), func(tx *db.Tx) error {
				box, err := tx.MailboxByAddress(s.box)
				if err != nil {
					return err
				}
				box.AutoRenew = false
				return tx.SetMailbox(box.Mailbox)
			}))
			s.on("2018-10-13")
		}, "access_of_no_use"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newStudio(t)
			s.topUp(s.mine, 1000)
			row.leave(s)
			_, err := s.gives(100, "")
			s.refuses(row.code, err)
			_, err = s.buys(1, "")
			s.refuses(row.code, err)
			_, err = s.renews(1, "")
			s.refuses(row.code, err)
			if list := s.entries(s.guest); len(list) != 1 {
				t.Errorf("%d entries", len(list))
			}
			s.sound()
		})
	}
}

func TestOnlyTheGuestPays(t *testing.T) {
	s := newStudio(t)
	third := s.testOffice.holder(s.mailbox("A3", "Verdi", "Ugo"))
	s.topUp(s.mine, 1000)
	s.topUp(s.box, 1000)
	for _, stranger := range []int64{s.holder, third} {
		_, err := s.GiveCredit(ctx, as(stranger), office.Gift{AccessID: s.access, Guest: stranger, Amount: 100})
		s.refuses("access_unknown", err)
		_, err = s.OrderAsGuest(ctx, as(stranger), office.GuestPurchase{AccessID: s.access, Guest: stranger, Product: pec.InboxGB, Quantity: 1, Accepted: pec.TermCodes()})
		s.refuses("access_unknown", err)
		_, err = s.OrderRenewalAsGuest(ctx, as(stranger), office.GuestRenewal{AccessID: s.access, Guest: stranger, Years: 1, Accepted: pec.TermCodes()})
		s.refuses("access_unknown", err)
	}
	_, err := s.GiveCredit(ctx, as(s.guest), office.Gift{AccessID: 99, Guest: s.guest, Amount: 100})
	s.refuses("access_unknown", err)
}

// Eight at once give, buy and pay on two books: no balance below zero, the two
// together keep what came in less what was bought, one form is one gift.
func TestEightAtOnceGiveAndKeepTheBooks(t *testing.T) {
	s := newStudio(t)
	back := s.asks(s.holder, s.mine)
	s.must(s.DecideAccess(ctx, as(s.guest), s.guest, back, true))
	s.topUp(s.mine, 3000)
	s.topUp(s.box, 1000)
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 10 {
				var err error
				switch (worker + i) % 4 {
				case 0, 1:
					_, err = s.gives(pec.Cents(170+61*i), fmt.Sprint("modulo ", i)) // the same of all workers
				case 2:
					_, err = s.GiveCredit(ctx, as(s.holder), office.Gift{AccessID: back, Guest: s.holder, Amount: pec.Cents(333 + i)})
				case 3:
					_, err = s.buys(1, fmt.Sprint("acquisto ", worker%4, i))
				}
				if err != nil && pec.AsProblem(err) == nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	s.expectSound()
	s.sound()
	var left, spent pec.Cents
	s.must(s.DB.Read(ctx, func(tx *db.ReadTx) error {
		for _, m := range []int64{s.guest, s.holder} {
			b, err := tx.Balance(m)
			if err != nil {
				return err
			}
			left += b
			orders, err := tx.OrdersOf(m)
			if err != nil {
				return err
			}
			for _, o := range orders {
				spent += o.Price.Gross
			}
		}
		return nil
	}))
	if left+spent != 4000 || spent == 0 {
		t.Errorf("%s left and %s spent of 40.00", left, spent)
	}
}

// Of eight who give the last 3,05 €, and eight clicks on one form, one does.
func TestLastCreditIsGivenOnce(t *testing.T) {
	s := newStudio(t)
	s.topUp(s.mine, 305)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			_, err := s.gives(305, fmt.Sprint("modulo ", i%4))
			if err != nil && pec.AsProblem(err).Code != "credit_short" {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s.expectLedger(s.box, "2017-12-07 transfer 3.05 = 3.05")
	s.expectLedger(s.mine, "2017-12-07 topup 3.05 = 3.05", "2017-12-07 transfer -3.05 = 0.00")
	s.sound()
}

// Accesses follow a merge: the guest's to the position that stays, the holder's
// with the mailbox. Nobody is a guest of their own mailbox.
func TestAccessesFollowAMerge(t *testing.T) {
	s := newStudio(t)
	s.topUp(s.mine, 1000)
	_, err := s.gives(100, "")
	s.must(err)
	twin := s.member("A7", "Bianchi", "Anna")
	s.asks(twin, s.box) // asked for twice by one person: the granted one stays
	s.merges(twin, s.guest)
	s.guest = twin
	_, err = s.gives(100, "")
	s.must(err)
	open := 0
	for _, a := range s.accesses(twin) {
		if a.State.Open() {
			open++
		}
	}
	if open != 1 {
		t.Errorf("%d open", open)
	}
	s.merges(s.holder, twin) // the two were one person all along
	s.expectAccess(s.holder, s.box, pec.AccessWithdrawn)
	s.sound()
	s.expectSound()
}

// The file of one's own data says who sees one's mailbox, and of others' no more
// than what they granted.
func TestPersonalFileTellsOfAccesses(t *testing.T) {
	s := newStudio(t)
	s.must(s.DB.Write(ctx, s.stamp(), func(tx *db.Tx) error { return tx.SetOrderBody(db.OrderBody{Name: "Ordine di prova"}) }))
	s.topUp(s.mine, 1000)
	_, err := s.buys(1, "")
	s.must(err)
	s.asks(s.guest, s.another(s.mailbox("A3", "Verdi", "Ugo"), "studio.verdi@pec.ordine.example"))
	s.asks(s.guest, "nessuno@pec.ordine.example")
	file, err := s.PersonalFile(ctx, "prova", s.guest, shouted)
	s.must(err)
	page, data := s.parts(file)
	if len(data["accesses"]) != 3 || strings.Contains(page, "Verdi Ugo") || !strings.Contains(page, "Rossi Mario") || !strings.Contains(page, "Versato per la casella "+s.box) {
		t.Errorf("%v", data["accesses"])
	}
	file, err = s.PersonalFile(ctx, "prova", s.holder, shouted)
	s.must(err)
	page, data = s.parts(file)
	if len(data["accesses"]) != 1 || data["accesses"][0]["guest"] != "Bianchi Anna" || data["orders"][0]["by"] != "un altro iscritto" || !strings.Contains(page, "concesso") {
		t.Errorf("%v %v", data["accesses"], data["orders"])
	}
}

// A guest's purchase ends on E: in the free window it would cost the guest
// nothing, and the holder's credit the renewal.
func TestGuestDoesNotSpendTheHoldersCredit(t *testing.T) {
	s := newStudio(t)
	s.topUp(s.box, 2000)
	s.on("2018-08-01")
	_, err := s.buys(4, "gratis")
	s.must(err)
	s.expect(s.box, "active to 2018-10-12, credit 20.00", "4 inbox_gb from 2018-08-01 to 2018-10-12")
	s.on("2018-10-13")
	s.night()
	s.expectLedger(s.box, "2017-12-07 topup 20.00 = 20.00")
	s.expect(s.box, "active to 2019-10-12, credit 20.00", "4 inbox_gb from 2018-08-01 ended on 2018-10-12 (renewal_off)")
	s.sound()
}

func TestGuestOrdersNothingToBeHandedOver(t *testing.T) {
	s := newStudio(t)
	s.topUp(s.mine, 10000)
	_, err := s.OrderAsGuest(ctx, as(s.guest), office.GuestPurchase{AccessID: s.access, Guest: s.guest, Product: "signature_kit", Quantity: 1, Accepted: pec.TermCodes()})
	s.refuses("product_not_for_guests", err)
}

// Who asked for access learns neither that a mailbox closed nor that its request
// was withdrawn, and holds nobody up by having asked.
func TestAccessToAMailboxThatGoes(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	guest := o.holder(o.mailbox("A2", "Bianchi", "Anna"))
	closing, wanted, nobody := o.mailbox("A1", "Rossi", "Mario"), o.ask("A3", "Verdi", "Ugo"), "nessuno@pec.ordine.example"
	ask := func() {
		for _, box := range []string{closing, wanted, nobody} {
			o.must(o.AskAccess(ctx, as(guest), guest, box))
		}
	}
	ask()
	_, err := o.Withdraw(ctx, "prova", wanted, false)
	o.must(err)
	o.leaves(o.holder(closing), "2017-10-02")
	o.on("2018-01-20")
	o.night()
	ask()
	var got []string
	for _, a := range o.accesses(guest) {
		got = append(got, a.Asked+" "+string(a.State))
	}
	want := []string{closing + " asked", nobody + " asked", wanted + " asked"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the guest's list differs (-want +got):\n%s", diff)
	}
	o.refuses("domain_unknown", o.AskAccess(ctx, as(guest), guest, "privata@posta.example"))
	o.sound()
}
