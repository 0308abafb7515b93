package office_test

import (
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// says checks that the only message of a kind has these sentences and none of
// those after "not".
func (o *testOffice) says(kind pec.MessageKind, want ...string) db.MessageListed {
	o.t.Helper()
	list := o.messages(kind)
	if len(list) != 1 {
		o.t.Fatalf("%d messages of kind %s, want 1", len(list), kind)
	}
	text := strings.ReplaceAll(list[0].Letter.Subject+"\n"+list[0].Letter.Text, "\u00a0", " ")
	for _, w := range want {
		if has, not := strings.CutPrefix(w, "not: "); not == strings.Contains(text, has) {
			o.t.Errorf("%s: %q in\n%s", kind, w, text)
		}
	}
	return list[0]
}

func (o *testOffice) none(kind pec.MessageKind) {
	o.t.Helper()
	if list := o.messages(kind); len(list) != 0 {
		o.t.Errorf("%d messages of kind %s: %s", len(list), kind, list[0].Letter.Text)
	}
}

func (o *testOffice) account() {
	o.t.Helper()
	o.must(o.SetBankAccount(ctx, "prova", pec.BankAccount{IBAN: "IT60X0542811101000000123456", Holder: "Ordine di Prova"}))
}

// With 1,00 € of credit, 2 GB cost 5,00 € + 22 % = 6,10 €: 5,10 € are missing, to
// be paid within thirty days of 07/12/2017.
func TestOrderThatWaitsTellsHowToPay(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	o.account()
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 100)
	o.mailed(box, "mario@posta.example")
	o.on("2017-12-07")
	request := office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 2, RequestKey: "modulo"}
	for range 2 { // the form sent twice
		_, err := o.Order(ctx, "prova", request)
		o.must(err)
	}
	m := o.says(pec.MessageOrderWaiting, "Ordine in attesa di pagamento per "+box, "- 2 GB in più: 6,10 € se è pagato entro il 06/01/2018", "Credito disponibile: 1,00 €",
		"Manca: 5,10 €", "Il conto: 6,10 € per questo ordine − 1,00 € di credito = 5,10 €",
		"Ricarichi almeno 5,10 € entro il 06/01/2018: con un bonifico intestato a «Ordine di Prova», IBAN IT60 X054 2811 1010 0000 0123 456, con la causale «PEC A1 Rossi Mario»")
	if m.Recipient != "mario@posta.example" || m.UsefulUntil != pec.Day("2018-01-06") || m.State != pec.MessageWaiting {
		t.Errorf("%s, %s, useful until %s", m.State, m.Recipient, m.UsefulUntil)
	}
}

// What is completed at once has its receipt, and nothing waits.
func TestOrderThatIsPaidAtOnceAsksForNothing(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 305)
	o.completed(box, 1, 305)
	o.none(pec.MessageOrderWaiting)
}

// An order that waits for thirty days at most ends on E before: E is 12/10/2018.
func TestOrderNearTheExpiryIsToBePaidTheDayBefore(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	o.agree(from("2018-09-01"), func(a *pec.Agreement) { a.Policy, a.FreeWindowMonths = pec.Monthly, 0 })
	box := o.mailbox("A1", "Rossi", "Mario")
	o.on("2018-10-01")
	o.buy(box, 1)
	o.says(pec.MessageOrderWaiting, "se è pagato entro il 11/10/2018")
}

// An order that can only be cancelled when its turn comes asks for no money: of
// at most 4 GB in addition, 3 wait already.
func TestOrderThatCannotCompleteAsksForNoMoney(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.waits(box, 3, 915, 915)
	o.buy(box, 2)
	list := o.messages(pec.MessageOrderWaiting)
	if len(list) != 2 {
		t.Fatalf("%d messages", len(list))
	}
	text := list[1].Letter.Text
	if !strings.Contains(text, "dopo di loro questo non ci sta più") || strings.Contains(text, "Ricarichi") || strings.Contains(text, "Manca:") {
		t.Errorf("%s", text)
	}
}

// Paid before the message left, the request for money is not sent any more.
func TestRequestOfAnOrderThatWasPaidDoesNotLeave(t *testing.T) {
	o, d := post(t, 0, pec.MailAccepted)
	box := o.mailbox("A1", "Rossi", "Mario")
	o.mailed(box, "mario@posta.example")
	o.waits(box, 1, 305, 305)
	o.topUp(box, 305)
	o.sends(office.Sending{Sent: 2})
	for _, m := range d.got {
		if strings.Contains(m.Subject, "attesa di pagamento") {
			t.Errorf("sent %q", m.Subject)
		}
	}
	if m := o.says(pec.MessageOrderWaiting); m.State != pec.MessageGivenUp || !strings.Contains(m.LastError, "non aspetta più il pagamento") {
		t.Errorf("%s: %s", m.State, m.LastError)
	}
}

// 10,00 € pay the first order, 3,05 €; the second, 12,20 €, waits: 10,00 − 3,05 =
// 6,95 € are left and 12,20 − 6,95 = 5,25 € are missing.
func TestTopUpTellsWhatItCompletedAndWhatIsLeft(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.waits(box, 1, 305, 305)
	o.waits(box, 3, 915, 1220)
	o.mailed(box, "mario@posta.example")
	payment := office.Payment{Address: box, Amount: 1000, Method: pec.ByBankTransfer, Reference: "CRO 4711"}
	for range 2 {
		_, err := o.TopUp(ctx, "prova", payment)
		o.must(err)
	}
	o.says(pec.MessageToppedUp, "Ricarica di 10,00 € registrata", "Importo: 10,00 €", "Come: bonifico", "Riferimento: CRO 4711",
		"Ordini completati:\n- 2017/000001, 1 GB in più per "+box+": 3,05 €", "Un ordine aspetta ancora il pagamento: mancano 2,20 €.", "Credito ora: 6,95 €", "not: estitui")
	o.says(pec.MessageReceipt, "Credito che resta: 6,95 €")
}

// Of two orders that wait, 9,15 € and 6,10 €, the second no longer fits beside the
// first: what is asked for is 9,15 − 1,00 = 8,15 €, not what cancels the second.
func TestTopUpAsksForNoMoneyThatOnlyCancels(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.waits(box, 3, 915, 915)
	o.buy(box, 2)
	o.mailed(box, "mario@posta.example")
	o.topUp(box, 100)
	o.says(pec.MessageToppedUp, "Un ordine aspetta ancora il pagamento: mancano 8,15 €.", "Credito ora: 1,00 €", "not: Ordini completati")
}

// Who has no e-mail address is not written a letter for every payment.
func TestTopUpIsNotToldOnPaper(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	o.topUp(o.mailbox("A1", "Rossi", "Mario"), 1000)
	o.none(pec.MessageToppedUp)
}

// Of 10,00 € 6,10 € are spent: 3,90 € are taken back, 6,10 € are owed. The next
// 7,00 € settle them, and 0,90 € are left.
func TestReversalTellsWhatWasTakenAndWhatIsOwed(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	o.account()
	box := o.mailbox("A1", "Rossi", "Mario")
	done := o.topUp(box, 1000)
	o.completed(box, 2, 610)
	o.mailed(box, "mario@posta.example")
	o.on("2017-11-01")
	_, _, err := o.ReverseTopUp(ctx, "prova", done.EntryID, nil, "bonifico di un altro iscritto")
	o.must(err)
	_, _, err = o.ReverseTopUp(ctx, "prova", done.EntryID, nil, "di nuovo")
	o.refuses("entry_reversed", err)
	m := o.says(pec.MessageTopUpReversed, "la ricarica di 10,00 € registrata il 12/10/2017 (sportello, riferimento ricevuta 1) è stata stornata", "Motivo: bonifico di un altro iscritto",
		"Tolti dal credito: 3,90 €", "Credito che resta: 0,00 €", "Da restituire all’Ordine: 6,10 €", "Finché non restituisce 6,10 €", "IBAN IT60 X054 2811 1010 0000 0123 456")
	if m.Recipient != "mario@posta.example" {
		t.Errorf("to %q", m.Recipient)
	}
	o.topUp(box, 700)
	o.says(pec.MessageToppedUp, "Restituito all’Ordine: 6,10 €", "Credito ora: 0,90 €", "not: Ancora da restituire")
}

// Nobody writes to the deceased, neither by e-mail nor on paper.
func TestReversalOfADeceasedMembersTopUpIsNotTold(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.mailed(box, "mario@posta.example")
	_, err := o.ChangeMemberStatus(ctx, "prova", o.holder(box), office.StatusChange{Status: pec.MemberDeceased, On: pec.Day("2017-10-12"), Reason: "comunicazione dei familiari"})
	o.must(err)
	done := o.topUp(box, 1000)
	o.none(pec.MessageToppedUp)
	_, _, err = o.ReverseTopUp(ctx, "prova", done.EntryID, nil, "bonifico degli eredi")
	o.must(err)
	o.none(pec.MessageTopUpReversed)
}

// The secretariat gives its reason; a member who cancels knows it.
func TestCancellationByTheSecretariatIsTold(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 100)
	own := o.waits(box, 2, 610, 510)
	o.must(o.CancelOrder(ctx, "prova", own, o.holder(box), "annullato dall’iscritto"))
	o.none(pec.MessageOrderCancelled)
	id := o.waits(box, 1, 305, 205)
	o.must(o.CancelOrder(ctx, "prova", id, 0, "inserito due volte"))
	o.refuses("order_not_waiting", o.CancelOrder(ctx, "prova", id, 0, "di nuovo"))
	m := o.says(pec.MessageOrderCancelled, "la segreteria ha annullato il Suo ordine del 12/10/2017 per la casella PEC "+box, "- 1 GB in più, 3,05 €", "Motivo: inserito due volte", "Credito: 1,00 €")
	if m.State != pec.MessagePaper {
		t.Errorf("%s, without an e-mail address", m.State)
	}
}

// What costs nothing until E is free, not 0,00 € with 0,00 € of VAT; a reason that
// several lines share is said once.
func TestReceiptOfWhatIsFree(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.on("2018-08-01") // less than three months to E
	o.completed(box, 1, 0)
	o.says(pec.MessageReceipt, "- 1 GB in più, dal 01/08/2018 al 12/10/2018: gratuito\n", "non costa nulla", "not: 0,00 € + IVA")
}

// Two Pro mailboxes renewed together at 24,40 € each: one message for both orders,
// that asks for 48,80 €. Paid, it does not ask again.
func TestRenewalsOrderedTogetherAreToldTogether(t *testing.T) {
	o, first := pro(t)
	second := o.another(first, "studio@pec.ordine.example")
	o.topUp(second, 1830)
	o.wishes(second, "pro", 0, 0)
	o.on("2018-03-01")
	var list []office.RenewalRequest
	for _, box := range []string{first, second} {
		list = append(list, office.RenewalRequest{Address: box, Wish: pec.RenewalWish{Kind: "pro", Years: 1}, RequestKey: "modulo." + box})
	}
	for range 2 { // the form sent twice
		_, err := o.OrderRenewals(ctx, "prova", list)
		o.must(err)
	}
	o.says(pec.MessageOrderWaiting, "è stato ordinato quanto segue per "+first+", "+second+", e aspetta il pagamento:", "Ciò che è pagato si completa da solo", "casella "+first+": 24,40 € se è pagato entro il 31/03/2018", "casella "+second+": 24,40 € se è pagato entro il 31/03/2018", "Manca: 48,80 €", "not: Il conto")
}
