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

// receipts is a list of payments as a partner's portal gives it.
func receipts(lines ...string) office.ImportFile {
	return office.ImportFile{Name: "ricevute.csv", Data: []byte("IUV;CRO;Codice fiscale debitore;Casella;N. iscrizione;Numero ordine;Importo pagato;Data pagamento;Esito\n" + strings.Join(lines, "\n") + "\n")}
}

// brings imports a list of payments, whose report must read like this: "created
// unchanged refused, sum, orders". What the preview said must come to pass.
func (o *testOffice) brings(f office.ImportFile, want string) office.ImportReport {
	o.t.Helper()
	p, err := o.PreviewImport(ctx, office.ImportPayments, f)
	o.must(err)
	r, err := o.WriteImport(ctx, "prova", office.ImportPayments, f, p.Plan.Fingerprint(), false)
	o.must(err)
	p.Report.Batch = r.Batch
	if diff := cmp.Diff(p.Report, r); diff != "" {
		o.t.Errorf("on %s the preview said otherwise (- preview, + import):\n%s", o.day, diff)
	}
	got := fmt.Sprintf("%d %d %d, %s, %d", r.Created, r.Unchanged, r.Refused, r.Payments.Amount, r.Payments.OrdersCompleted)
	if got != want || r.Created+r.Updated+r.Unchanged+r.Refused != r.Rows {
		o.t.Errorf("on %s the import is %s of %d rows, want %s: %+v", o.day, got, r.Rows, want, r.Problems)
	}
	o.sound()
	return r
}

// takesBack undoes an import and says what it kept, as its preview must have.
func (o *testOffice) takesBack(batch int64, removed int, kept ...string) {
	o.t.Helper()
	would, err := o.PreviewUndo(ctx, batch)
	o.must(err)
	done, err := o.UndoImport(ctx, "prova", batch)
	o.must(err)
	if diff := cmp.Diff(would, done); diff != "" {
		o.t.Errorf("the preview of the undo said otherwise (- preview, + undo):\n%s", diff)
	}
	var got []string
	for _, k := range done.Kept {
		got = append(got, strings.ReplaceAll(k.Name+": "+k.Reason, "\u00a0", " "))
	}
	if diff := cmp.Diff(kept, got); diff != "" || done.Removed != removed || done.Restored != 0 {
		o.t.Errorf("on %s %d taken back, want %d; kept (- want, + got):\n%s", o.day, done.Removed, removed, diff)
	}
	o.sound()
}

func TestReceiptsCompleteTheOrdersThatWait(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	rossi, verdi := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Verdi", "Ugo")
	o.on("2017-12-07")
	first := o.waits(rossi, 1, 305, 305)
	second := o.waits(rossi, 2, 610, 915)
	o.on("2017-12-11")
	list := receipts(
		"01000000000000101;;;"+rossi+";;;3,05;09/12/2017;Pagato",
		"01000000000000102;;;;A2;;20,00;10/12/2017;Pagato",
		";CRO 4711;;;;"+fmt.Sprint(second)+";6,00;10/12/2017;Eseguito",
		";CRO 4711;;"+verdi+";;;1,00;10/12/2017;Eseguito", // the studio's one transfer
		"01000000000000103;;;"+rossi+";;;0,10;11/12/2017;Pagato",
		"01000000000000104;;;"+rossi+";;;50,00;;Annullato",
		"01000000000000105;;;chi@pec.ordine.example;;;5,00;10/12/2017;Pagato")
	r := o.brings(list, "5 0 2, 30.15, 2")
	o.expectLedger(rossi,
		"2017-12-11 topup 3.05 = 3.05", "2017-12-11 order -3.05 = 0.00 2017/000001",
		"2017-12-11 topup 6.00 = 6.00", "2017-12-11 topup 0.10 = 6.10", "2017-12-11 order -6.10 = 0.00 2017/000002")
	o.expectLedger(verdi, "2017-12-11 topup 20.00 = 20.00", "2017-12-11 topup 1.00 = 21.00")
	o.expectOrder(first, pec.OrderCompleted, "2017-12-11")
	o.expectOrder(second, pec.OrderCompleted, "2017-12-11")
	o.expect(rossi, "active to 2018-10-12, credit 0.00", "1 inbox_gb from 2017-12-11 to 2018-10-12", "2 inbox_gb from 2017-12-11 to 2018-10-12")
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		entries, err := tx.Entries(o.holder(rossi))
		if err != nil {
			return err
		}
		if e := entries[0]; e.Method != pec.ByPagoPA || e.Reference != "01000000000000101" || e.Reason != "Pagato il 09/12/2017" {
			t.Errorf("the entry says %s %q, %q", e.Method, e.Reference, e.Reason)
		}
		log, err := tx.Audit("member", o.holder(rossi), 1)
		if want := fmt.Sprintf(`{"amount":"0.10","batch":%d,"entry":6,"method":"pagopa","paid_on":"2017-12-11","reference":"01000000000000103"}`, r.Batch); log[0].Action != "topup" || log[0].Detail != want {
			t.Errorf("the log says %s %s, want %s", log[0].Action, log[0].Detail, want)
		}
		messages, merr := tx.MessageList(db.MessageFilter{Kind: pec.MessageReceipt})
		if len(messages) != 2 {
			t.Errorf("%d messages confirm two purchases", len(messages))
		}
		if merr != nil {
			return merr
		}
		topups, terr := tx.ImportedTopUps(r.Batch, db.Around{Limit: 10})
		if len(topups) != 5 || len(topups[0].LedTo) != 1 || topups[0].LedTo[0].OrderNumber != "2017/000001" || len(topups[1].LedTo) != 0 {
			t.Errorf("the import's payments: %+v", topups)
		}
		if terr != nil {
			return terr
		}
		return err
	}))

	o.on("2017-12-20") // the same file again, then with another amount
	o.brings(list, "0 5 2, 0.00, 0")
	o.brings(receipts("301000000000000102;;;;A2;;20,00;10/12/2017;Pagato", "01000000000000101;;;"+rossi+";;;3,06;09/12/2017;Pagato", "01000000000000101;;;"+verdi+";;;3,05;09/12/2017;Pagato"), "0 1 2, 0.00, 0")
	_, err := o.TopUp(ctx, "prova", pays(verdi, 305, pec.ByPagoPA, "01000000000000101"))
	o.refuses("reference_taken", err)
}

// TestListComesToWhatPaymentsOneByOneCome plays the same payments by hand on
// another office: the books are the same.
func TestListComesToWhatPaymentsOneByOneCome(t *testing.T) {
	type payment struct {
		n      string
		iuv    string
		amount pec.Cents
	}
	list := []payment{{"A1", "01000000000000101", 305}, {"A2", "01000000000000102", 100}, {"A1", "01000000000000103", 1219}, {"A2", "01000000000000104", 1}, {"A1", "01000000000000105", 1}, {"A3", "01000000000000106", 200}}
	play := func(pay func(*testOffice)) []string {
		o := newOffice(t, "2017-10-12")
		boxes := []string{o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Verdi", "Ugo"), o.mailbox("A3", "Bruni", "Ada")}
		o.on("2017-12-07")
		o.waits(boxes[0], 1, 305, 305)
		o.waits(boxes[0], 4, 1220, 1525) // with 1 GB more than the cap allows: refused when it is paid
		o.waits(boxes[0], 2, 610, 1525)  // 3,05 and the 12,20 that are left when the second is refused
		o.topUp(boxes[2], 305)
		o.completed(boxes[2], 1, 305)
		_, _, err := o.ReverseTopUp(ctx, "prova", 1, nil, "assegno scoperto") // 3,05 € are owed
		o.must(err)
		o.on("2017-12-20")
		pay(o)
		var books []string
		for _, b := range boxes {
			books = append(books, append(o.ledger(b), o.book(b)...)...)
		}
		o.sound()
		return books
	}
	byHand := play(func(o *testOffice) {
		for _, p := range list {
			_, err := o.TopUp(ctx, "prova", office.Payment{MemberID: o.byNumber(p.n), Amount: p.amount, Method: pec.ByPagoPA, Reference: p.iuv})
			o.must(err)
		}
	})
	listed := play(func(o *testOffice) {
		var lines []string
		for _, p := range list {
			lines = append(lines, fmt.Sprintf("%s;;;;%s;;%s;15/12/2017;OK", p.iuv, p.n, p.amount))
		}
		o.brings(receipts(lines...), "6 0 0, 18.26, 2")
	})
	if diff := cmp.Diff(byHand, listed); diff != "" {
		t.Errorf("the books differ (- by hand, + from the list):\n%s", diff)
	}
}

// TestOverdueRenewalGoesBeforeTheList: on E the credit renewed the service, at
// 3,05 €, before the payment of some days later.
func TestOverdueRenewalGoesBeforeTheList(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	rossi := o.mailbox("A1", "Rossi", "Mario")
	o.on("2017-12-07")
	o.topUp(rossi, 610)
	o.completed(rossi, 1, 305)
	o.on("2018-10-20") // nobody has run the renewals
	o.brings(receipts("01000000000000101;;;"+rossi+";;;5,00;12/10/2018;Pagato"), "1 0 0, 5.00, 0")
	o.expectLedger(rossi, "2017-12-07 topup 6.10 = 6.10", "2017-12-07 order -3.05 = 3.05 2017/000001", "2018-10-12 order -3.05 = 0.00 2018/000001", "2018-10-20 topup 5.00 = 5.00")
	o.expect(rossi, "active to 2019-10-12, credit 5.00", "1 inbox_gb from 2017-12-07 to 2019-10-12")
}

func TestListIsWrittenAsItWasShownOrNotAtAll(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	rossi := o.mailbox("A1", "Rossi", "Mario")
	o.on("2017-12-07")
	order := o.waits(rossi, 1, 305, 305)
	list := receipts("01000000000000101;;;"+rossi+";;;3,05;07/12/2017;Pagato", "01000000000000102;;;"+rossi+";;;3,05;07/12/2017;Scaduto")
	p, err := o.PreviewImport(ctx, office.ImportPayments, list)
	o.must(err)
	o.must(o.CancelOrder(ctx, "prova", order, 0, "ci ha ripensato"))
	_, err = o.WriteImport(ctx, "prova", office.ImportPayments, list, p.Plan.Fingerprint(), false)
	o.refuses("import_changed", err)
	r, err := o.WriteImport(ctx, "prova", office.ImportPayments, list, "", true)
	o.must(err)
	if r.Batch != 0 || r.Refused != 1 {
		t.Errorf("with a refused row: %+v", r)
	}
	o.expectLedger(rossi)
	o.on("2017-12-06") // a day before the latest event
	o.brings(list, "0 0 2, 0.00, 0")
}

func TestUndoReversesWhatTheCreditStillCovers(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	rossi, verdi, bruni := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Verdi", "Ugo"), o.mailbox("A3", "Bruni", "Ada")
	o.on("2017-12-07")
	o.waits(rossi, 1, 305, 305)
	list := receipts(
		"01000000000000101;;;"+rossi+";;;3,05;07/12/2017;Pagato", // completes the order
		"01000000000000102;;;"+rossi+";;;2,00;07/12/2017;Pagato",
		"01000000000000103;;;"+verdi+";;;5,00;07/12/2017;Pagato", // 3,05 € of them are spent below
		"01000000000000104;;;"+verdi+";;;1,00;07/12/2017;Pagato",
		"01000000000000105;;;"+bruni+";;;7,00;07/12/2017;Pagato", // taken back by hand below
		"01000000000000106;;;"+bruni+";;;4,00;07/12/2017;Pagato")
	r := o.brings(list, "6 0 0, 22.05, 1")
	o.on("2017-12-08")
	o.completed(verdi, 1, 305)
	_, _, err := o.ReverseTopUp(ctx, "prova", o.entry(bruni, 0), nil, "era di un altro")
	o.must(err)
	o.takesBack(r.Batch, 3,
		"Rossi Mario, 3,05 €, 01000000000000101: ha completato l’ordine 2017/000001",
		"Verdi Ugo, 5,00 €, 01000000000000103: il credito non lo copre più: restano 2,95 €",
		"Bruni Ada, 7,00 €, 01000000000000105: è già stato stornato")
	o.expectLedger(rossi, "2017-12-07 topup 3.05 = 3.05", "2017-12-07 order -3.05 = 0.00 2017/000001", "2017-12-07 topup 2.00 = 2.00", "2017-12-08 reversal -2.00 = 0.00")
	o.expectLedger(verdi, "2017-12-07 topup 5.00 = 5.00", "2017-12-07 topup 1.00 = 6.00", "2017-12-08 order -3.05 = 2.95 2017/000002", "2017-12-08 reversal -1.00 = 1.95")
	o.expectLedger(bruni, "2017-12-07 topup 7.00 = 7.00", "2017-12-07 topup 4.00 = 11.00", "2017-12-08 reversal -7.00 = 4.00", "2017-12-08 reversal -4.00 = 0.00")
	_, err = o.UndoImport(ctx, "prova", r.Batch)
	o.refuses("batch_undone", err)

	// The same file brings anew what the undo took back, and nothing else: what was
	// kept is there, what was reversed by hand does not come in again by itself.
	for n := 2; n <= 3; n++ {
		r = o.brings(list, "3 2 1, 7.00, 0") // 2,00 € + 1,00 € + 4,00 €
		if len(r.Problems) != 1 || r.Problems[0].Code != "topup_reversed" {
			t.Errorf("%+v", r.Problems)
		}
		o.brings(list, "0 5 1, 0.00, 0")
		o.takesBack(r.Batch, 3)
	}
	payment := office.Payment{Address: rossi, Amount: 200, Method: pec.ByPagoPA, Reference: "01000000000000102"}
	if done, err := o.TopUp(ctx, "prova", payment); err != nil || done.Duplicate {
		t.Errorf("by hand: %+v, %v", done, err)
	}
	if done, err := o.TopUp(ctx, "prova", payment); err != nil || !done.Duplicate {
		t.Errorf("by hand, again: %+v, %v", done, err)
	}
	o.brings(list, "2 3 1, 5.00, 0")
	o.sound()
}

// TestReceiptOfAnotherComesInOnceItsMistakeIsReversed: the receipt of Verdi was
// entered for Rossi by hand; once that is reversed, the list brings it.
func TestReceiptOfAnotherComesInOnceItsMistakeIsReversed(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	rossi, verdi := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Verdi", "Ugo")
	list := receipts("01000000000000101;;;" + verdi + ";;;5,00;12/10/2017;Pagato")
	first, err := o.TopUp(ctx, "prova", office.Payment{Address: rossi, Amount: 500, Method: pec.ByPagoPA, Reference: "01000000000000101"})
	o.must(err)
	r := o.brings(list, "0 0 1, 0.00, 0")
	if len(r.Problems) != 1 || r.Problems[0].Code != "reference_taken" {
		t.Errorf("%+v", r.Problems)
	}
	_, _, err = o.ReverseTopUp(ctx, "prova", first.EntryID, nil, "era di Verdi")
	o.must(err)
	r = o.brings(list, "1 0 0, 5.00, 0")
	if len(r.Problems) != 1 || r.Problems[0].Code != "reference_reversed" || !strings.Contains(r.Problems[0].Message, "12/10/2017 per Rossi Mario, 5,00\u00a0€") {
		t.Errorf("%+v", r.Problems)
	}
	o.brings(list, "0 1 0, 0.00, 0")
	o.brings(receipts("01000000000000101;;;"+rossi+";;;5,00;12/10/2017;Pagato"), "0 0 1, 0.00, 0")
	o.expectLedger(verdi, "2017-10-12 topup 5.00 = 5.00")
	o.sound()
	o.takesBack(r.Batch, 1)
	o.brings(list, "1 0 0, 5.00, 0")
	o.sound()
}

// TestUndoFindsWhatTheNextYearTook: of 9,10 € a year’s 3,05 € went for the
// service on its E, which nobody had carried out yet.
func TestUndoFindsWhatTheNextYearTook(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	rossi := o.mailbox("A1", "Rossi", "Mario")
	o.on("2017-12-07")
	o.topUp(rossi, 305)
	o.completed(rossi, 1, 305)
	o.on("2018-10-01")
	r := o.brings(receipts("01000000000000101;;;"+rossi+";;;6,10;30/09/2018;Pagato", "01000000000000102;;;"+rossi+";;;3,00;30/09/2018;Pagato"), "2 0 0, 9.10, 0")
	o.on("2018-10-20")
	o.takesBack(r.Batch, 1, "Rossi Mario, 6,10 €, 01000000000000101: il credito non lo copre più: restano 6,05 €")
}

func TestUndoKeepsWhatSettledAClaim(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	rossi := o.mailbox("A1", "Rossi", "Mario")
	o.on("2017-12-07")
	o.topUp(rossi, 305)
	o.completed(rossi, 1, 305)
	_, _, err := o.ReverseTopUp(ctx, "prova", o.entry(rossi, 0), nil, "assegno scoperto")
	o.must(err)
	r := o.brings(receipts("01000000000000101;;;"+rossi+";;;5,00;07/12/2017;Pagato"), "1 0 0, 5.00, 0")
	o.takesBack(r.Batch, 0, "Rossi Mario, 5,00 €, 01000000000000101: ha saldato un credito da recuperare dall’iscritto")
}

// TestUndoFollowsTheMoneyOfAMergedPosition: it takes it from the member who has
// it now.
func TestUndoFollowsTheMoneyOfAMergedPosition(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	keep, gone := o.mailbox("A1", "Rossi", "Mario"), o.member("A2", "Rossi", "Mario")
	o.on("2017-12-07")
	list := receipts("01000000000000101;;;;A2;;5,00;07/12/2017;Pagato")
	r := o.brings(list, "1 0 0, 5.00, 0")
	o.merges(o.holder(keep), gone)
	o.brings(list, "0 1 0, 0.00, 0") // the number leads to the other
	o.takesBack(r.Batch, 1)
	o.expectLedger(keep, "2017-12-07 transfer 5.00 = 5.00", "2017-12-07 reversal -5.00 = 0.00")
}

// TestErasureFindsRefusedPayments: what a list told of a person goes with the
// rest, the entry stays.
func TestErasureFindsRefusedPayments(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	_, err := o.WriteImport(ctx, "prova", office.ImportMembers, office.ImportFile{Name: "albo.csv", Data: []byte("N. iscrizione;Cognome;Nome;Codice fiscale\nA1;Rossi;Mario;RSSMRA85T10A562S\nA2;Moretti;Matteo;MRTMTT91D08F205J\n")}, "", false)
	o.must(err)
	member := o.byNumber("A1")
	r := o.brings(receipts("01000000000000101;;RSSMRA85T10A562S;;;;5,00;12/10/2017;Pagato", "01000000000000102;;RSSMRA85T10A562S;;;;5,00;;Scaduto", "01000000000000103;;MRTMTT91D08F205J;;;;5,00;;Scaduto"), "1 0 2, 5.00, 0")
	o.on("2018-03-01")
	o.leaves(member, "2018-03-01")
	_, err = o.Refund(ctx, "prova", member, 500, "bonifico")
	o.must(err)
	_, err = o.EraseContacts(ctx, "prova", member, "PEC del 01/03/2018")
	o.must(err)
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		b, err := tx.Batch(r.Batch)
		if text := string(b.Report); strings.Contains(text, "RSSMRA85T10A562S") || !strings.Contains(text, "MRTMTT91D08F205J") {
			t.Errorf("%s", text)
		}
		return err
	}))
}

// entry is the id of a member's n-th entry, from 0.
func (o *testOffice) entry(address string, n int) (id int64) {
	o.t.Helper()
	member := o.holder(address)
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		entries, err := tx.Entries(member)
		id = entries[n].ID
		return err
	}))
	return id
}

// A pagoPA receipt is one payment whether its IUV or the codice avviso made of it
// is typed at the desk (R15).
func TestIUVTypedAsItsCodiceAvviso(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	rossi, verdi := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Verdi", "Ugo")
	o.on("2017-12-07")
	o.brings(receipts("01000000000000101;;;"+rossi+";;;3,05;07/12/2017;Pagato"), "1 0 0, 3.05, 0")
	again, err := o.TopUp(ctx, "prova", office.Payment{Address: rossi, Amount: 305, Method: pec.ByPagoPA, Reference: "301000000000000101"})
	o.must(err)
	if !again.Duplicate {
		t.Error("entered twice")
	}
	_, err = o.TopUp(ctx, "prova", office.Payment{Address: verdi, Amount: 305, Method: pec.ByPagoPA, Reference: "201000000000000101"})
	o.refuses("reference_taken", err)
	o.expectLedger(rossi, "2017-12-07 topup 3.05 = 3.05")
}
