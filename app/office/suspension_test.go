package office_test

import (
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// TestSuspendedMailboxKeepsItsDates: active from 12/10/2017 with 1 GB of
// 07/12/2017 at 3,05, suspended on 10/01/2018 and back on 01/02/2018. Meanwhile
// nothing is bought, and the order of 3 GB that waited, 9,15, is cancelled by the
// payment that would have completed it.
func TestSuspendedMailboxKeepsItsDates(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	id := o.id(box)
	o.on("2017-12-07")
	o.topUp(box, 305)
	o.completed(box, 1, 305)
	o.on("2018-01-09")
	order := o.waits(box, 3, 915, 915)

	o.on("2018-01-10")
	_, err := o.SuspendMailbox(ctx, "prova", id, " ")
	o.refuses("reason_missing", err)
	_, err = o.ReactivateMailbox(ctx, "prova", id, "")
	o.must(err) // active already
	for _, want := range []bool{true, false} {
		if turned, err := o.SuspendMailbox(ctx, "prova", id, "invii anomali"); err != nil || turned != want {
			t.Errorf("suspended: %v, %v; want %v", turned, err, want)
		}
	}
	v, err := o.Mailbox(ctx, box)
	o.must(err)
	if v.Status != pec.MailboxSuspended || v.ExpiresOn != pec.Day("2018-10-12") || len(v.Services) != 1 {
		t.Errorf("suspended it is %s to %s with %d services", v.Status, v.ExpiresOn, len(v.Services))
	}
	_, err = o.Order(ctx, "prova", office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 1})
	o.refuses("mailbox_not_active", err)
	o.topUp(box, 915)
	if got := o.order(order); got.State != pec.OrderCancelled {
		t.Errorf("the order that waited is %s", got.State)
	}

	o.on("2018-01-09")
	_, err = o.ReactivateMailbox(ctx, "prova", id, "")
	o.refuses("day_before_last_event", err)
	o.on("2018-02-01")
	for _, want := range []bool{true, false} {
		if turned, err := o.ReactivateMailbox(ctx, "prova", id, ""); err != nil || turned != want {
			t.Errorf("reactivated: %v, %v; want %v", turned, err, want)
		}
	}
	o.completed(box, 3, 915) // with the credit that stayed
	o.sound()
}

// TestSuspensionIsToldOnce: by e-mail to who has one, on paper to who has none, to
// nobody when it is registered twice, and never with the reason.
func TestSuspensionIsToldOnce(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box, paper := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Verdi", "Pia")
	o.mailed(box, "mario@posta.example")
	o.on("2018-01-10")
	for range 2 {
		_, err := o.SuspendMailbox(ctx, "prova", o.id(box), "invii anomali")
		o.must(err)
	}
	m := o.says(pec.MessageSuspended, "Casella PEC "+box+" sospesa", "dal 10/01/2018 la Sua casella PEC "+box+" è sospesa", "la scadenza del 12/10/2018", "non è il Suo domicilio digitale", "not: invii anomali")
	if m.Recipient != "mario@posta.example" || m.State != pec.MessageWaiting {
		t.Errorf("to %q, %s", m.Recipient, m.State)
	}
	o.none(pec.MessageReactivated)
	o.on("2018-02-01")
	for range 2 {
		_, err := o.ReactivateMailbox(ctx, "prova", o.id(box), "")
		o.must(err)
	}
	o.says(pec.MessageReactivated, "dal 01/02/2018 la Sua casella PEC "+box+" è di nuovo attiva", "12/10/2018")
	o.on("2018-03-01")
	for _, again := range []string{box, paper} {
		_, err := o.SuspendMailbox(ctx, "prova", o.id(again), "invii anomali")
		o.must(err)
	}
	list, onPaper := o.messages(pec.MessageSuspended), 0
	for _, m := range list {
		if m.State == pec.MessagePaper {
			onPaper++
		}
	}
	if len(list) != 3 || onPaper != 1 {
		t.Errorf("%d messages, %d on paper", len(list), onPaper)
	}
	o.sound()
}

// TestSuspensionAsksForNoPayment: the order of 3 GB, 9,15, that waits is not to be paid
// meanwhile: the request that has not left yet does not leave.
func TestSuspensionAsksForNoPayment(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.mailed(box, "mario@posta.example")
	o.on("2018-01-09")
	o.waits(box, 3, 915, 915)
	o.says(pec.MessageOrderWaiting, "9,15")
	o.on("2018-01-10")
	_, err := o.SuspendMailbox(ctx, "prova", o.id(box), "invii anomali")
	o.must(err)
	o.says(pec.MessageSuspended, "Un Suo ordine aspetta il pagamento: non lo paghi finché la casella è sospesa, perché sarebbe annullato.")
	if m := o.messages(pec.MessageOrderWaiting)[0]; m.State != pec.MessageGivenUp {
		t.Errorf("the request of a payment is %s", m.State)
	}
	_, err = o.ReactivateMailbox(ctx, "prova", o.id(box), "")
	o.must(err)
	o.says(pec.MessageReactivated, "Un Suo ordine aspetta il pagamento: ora può pagarlo.")
}

// TestSuspensionTellsALeaverWhenItCloses: left on 01/03/2018, with 60 days of grace.
func TestSuspensionTellsALeaverWhenItCloses(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.mailed(box, "mario@posta.example")
	o.on("2018-03-01")
	v, err := o.Mailbox(ctx, box)
	o.must(err)
	o.leaves(v.MemberID, "2018-03-01")
	_, err = o.SuspendMailbox(ctx, "prova", v.ID, "invii anomali")
	o.must(err)
	o.says(pec.MessageSuspended, "la scadenza del 30/04/2018", "not: 12/10/2018")
}

// TestSuspendedMailboxIsRenewedOnItsDay: the Ordine's on its E, with the service
// that the credit covers; what fell due before a suspension is carried out first.
func TestSuspendedMailboxIsRenewedOnItsDay(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box, late := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Verdi", "Pia")
	o.topUp(box, 610)
	o.completed(box, 1, 305)
	_, err := o.SuspendMailbox(ctx, "prova", o.id(box), "a richiesta del titolare")
	o.must(err)
	o.must(o.SetAutoRenew(ctx, "prova", late, false))
	o.on("2018-10-13")
	if done := o.night(); done.Renewed != 1 || done.ServicesRenewed != 1 || done.Closed != 1 {
		t.Errorf("renewed %+v", done)
	}
	if v, err := o.Mailbox(ctx, box); err != nil || v.Status != pec.MailboxSuspended || v.ExpiresOn != pec.Day("2019-10-12") {
		t.Errorf("it is %s to %s, %v", v.Status, v.ExpiresOn, err)
	}
	_, err = o.SuspendMailbox(ctx, "prova", o.id(late), "troppo tardi")
	o.refuses("mailbox_not_active", err)
	_, err = o.ReactivateMailbox(ctx, "prova", o.id(late), "")
	o.refuses("mailbox_not_suspended", err)
	o.sound()
}

// TestOverdueClosingComesBeforeASuspension: E was 12/10/2018 and no run came.
func TestOverdueClosingComesBeforeASuspension(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.must(o.SetAutoRenew(ctx, "prova", box, false))
	o.on("2018-10-13")
	_, err := o.SuspendMailbox(ctx, "prova", o.id(box), "invii anomali")
	o.refuses("mailbox_not_active", err)
	o.sound()
}

// TestSuspensionEndsTheDomicile: the index is told of the removal, then of the
// insertion; an own PEC takes the mailbox's place while there is one.
func TestSuspensionEndsTheDomicile(t *testing.T) {
	o := newOffice(t, "2026-09-01")
	o.colleague("A1", "Rossi", "Mario", "RSSMRA80A01H501U", "")
	o.colleague("A2", "Verdi", "Pia", "VRDPIA80A41H501I", "pia@pec.altrove.example")
	his, hers := o.activate("A1"), o.activate("A2")
	o.expectTold(his+";Mario;Rossi;A1;RSSMRA80A01H501U;2;01/03/2015;", hers+";Pia;Verdi;A2;VRDPIA80A41H501I;2;01/03/2015;")
	o.on("2026-09-02")
	for _, box := range []string{his, hers} {
		_, err := o.SuspendMailbox(ctx, "prova", o.id(box), "sospesa dal gestore")
		o.must(err)
	}
	o.expectTold(his+";Mario;Rossi;A1;RSSMRA80A01H501U;3;;", "pia@pec.altrove.example;Pia;Verdi;A2;VRDPIA80A41H501I;1;;")
	o.on("2026-09-03")
	_, err := o.ReactivateMailbox(ctx, "prova", o.id(his), "")
	o.must(err)
	o.expectTold(his + ";Mario;Rossi;A1;RSSMRA80A01H501U;2;01/03/2015;")
	o.sound()
}

// TestNobodyIsAskedToPayForARenewalThatWouldBeCancelled: a Pro mailbox to 12/10/2018
// whose order of renewal, 24,40, waits since 20/08/2018, is suspended on 12/09. Its
// notice asks for no money; brought back, the next one does.
func TestNobodyIsAskedToPayForARenewalThatWouldBeCancelled(t *testing.T) {
	o, box := pro(t)
	o.on("2018-09-05")
	order := o.wishes(box, "", 1, 0)
	o.on("2018-09-12")
	_, err := o.SuspendMailbox(ctx, "prova", o.id(box), "invii anomali")
	o.must(err)
	o.notices()
	o.on("2018-09-27")
	_, err = o.ReactivateMailbox(ctx, "prova", o.id(box), "")
	o.must(err)
	o.notices()
	texts := o.messages(pec.MessageNotice)
	if len(texts) != 2 {
		t.Fatalf("%d notices", len(texts))
	}
	for i, want := range []string{"non si può pagare finché la casella è sospesa", "ricarichi almeno 24,40 €"} {
		if got := strings.ReplaceAll(texts[i].Letter.Text, "\u00a0", " "); !strings.Contains(got, want) || strings.Contains(got, "ricarichi almeno") != (i == 1) || strings.Contains(got, "Manca: ") != (i == 1) {
			t.Errorf("notice %d says %s", i, got)
		}
	}
	o.topUp(box, 2440)
	if got := o.order(order.Order.ID); got.State != pec.OrderCompleted {
		t.Errorf("the order is %s", got.State)
	}
	o.sound()
}

// TestYearKeepsTheStateOfItsLastDay: of three mailboxes the first is suspended from
// 10/01/2018, the second from 01/12/2017 to 10/01/2018, the third from 01/12/2017 on
// until it closes on 12/10/2018.
func TestYearKeepsTheStateOfItsLastDay(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	later, back, closed := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Verdi", "Pia"), o.mailbox("A3", "Bianchi", "Ugo")
	turn := func(_ bool, err error) { o.t.Helper(); o.must(err) }
	o.on("2017-12-01")
	o.must(o.SetAutoRenew(ctx, "prova", closed, false))
	turn(o.SuspendMailbox(ctx, "prova", o.id(back), "invii anomali"))
	turn(o.SuspendMailbox(ctx, "prova", o.id(closed), "invii anomali"))
	o.on("2018-01-10")
	turn(o.SuspendMailbox(ctx, "prova", o.id(later), "invii anomali"))
	turn(o.ReactivateMailbox(ctx, "prova", o.id(back), ""))
	o.on("2018-10-13")
	o.night()
	for until, want := range map[string][]pec.MailboxStatus{
		"2017-11-30": {pec.MailboxActive, pec.MailboxActive, pec.MailboxActive},
		"2017-12-31": {pec.MailboxActive, pec.MailboxSuspended, pec.MailboxSuspended},
		"2018-12-31": {pec.MailboxSuspended, pec.MailboxActive, pec.MailboxClosed},
	} {
		o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
			of, err := tx.YearMailboxesOf([]int64{o.id(later), o.id(back), o.id(closed)}, pec.Day(until))
			for i, box := range []string{later, back, closed} {
				if got := of[o.id(box)].Status; got != want[i] {
					t.Errorf("on %s %s was %s, want %s", until, box, got, want[i])
				}
			}
			return err
		}))
	}
	o.sound()
}
