package office_test

import (
	"fmt"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// ask requests a mailbox for a new member and returns its address.
func (o *testOffice) ask(number, surname, name string) string {
	o.t.Helper()
	o.member(number, surname, name)
	list, err := o.Provision(ctx, "prova", number, false)
	o.must(err)
	return list[0].Address
}

// file makes the provider's file and returns its lines: operation, address,
// space and reference.
func (o *testOffice) file() []string {
	o.t.Helper()
	sent, err := o.SendToProvider(ctx, "prova", "", "", false)
	o.must(err)
	if sent.Requests == 0 {
		return nil
	}
	return fileLines(string(sent.File.Content))
}

func fileLines(content string) []string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSpace(content), "\r\n") {
		cells := strings.Split(line, ";")
		lines = append(lines, strings.Join([]string{cells[0], cells[1], cells[8], cells[9]}, " "))
	}
	return lines[1:]
}

func (o *testOffice) files(want ...string) {
	o.t.Helper()
	if diff := cmp.Diff(want, o.file()); diff != "" {
		o.t.Errorf("on %s the file differs (-want +got):\n%s", o.day, diff)
	}
}

// answers takes in a file of outcomes; its lines are casella;operazione;esito;
// data;motivo;riferimento.
func (o *testOffice) answers(lines ...string) office.ImportReport {
	o.t.Helper()
	data := "Casella;Operazione;Esito;Data;Motivo;Riferimento\n" + strings.Join(lines, "\n") + "\n"
	r, err := o.WriteImport(ctx, "prova", office.ImportOutcomes, office.ImportFile{Name: "esiti.csv", Data: []byte(data)}, "", false)
	o.must(err)
	return r
}

// taken takes in a file of outcomes and says what must come of its rows.
func (o *testOffice) taken(updated, unchanged, refused int, lines ...string) office.ImportReport {
	o.t.Helper()
	r := o.answers(lines...)
	if r.Updated != updated || r.Unchanged != unchanged || r.Refused != refused {
		o.t.Errorf("on %s: %d taken, %d unchanged, %d refused; want %d, %d, %d: %v", o.day, r.Updated, r.Unchanged, r.Refused, updated, unchanged, refused, r.Problems)
	}
	return r
}

func (o *testOffice) id(address string) int64 {
	o.t.Helper()
	v, err := o.Mailbox(ctx, address)
	o.must(err)
	return v.ID
}

func (o *testOffice) requests(address string) (list []db.ProviderRequest) {
	o.t.Helper()
	id := o.id(address)
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		list, err = tx.RequestsOf(id)
		return err
	}))
	return list
}

// TestRequestsGoToTheProviderAndComeBack: requested on 02/10/2017, sent on the
// 5th, the provider says on the 20th that it activated one on the 12th and
// refused the other.
func TestRequestsGoToTheProviderAndComeBack(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	rossi, verdi := o.ask("A1", "Rossi", "Mario"), o.ask("A2", "Verdi", "Anna")
	o.on("2017-10-05")
	o.files("attivazione "+verdi+" 1 R000001", "attivazione "+rossi+" 1 R000002")
	o.files() // each once
	o.sound()

	o.on("2017-10-20")
	r := o.taken(2, 0, 0, rossi+";attivazione;OK;12/10/2017;;", verdi+";attivazione;KO;;codice fiscale non valido;")
	if *r.Answers != (pec.OutcomeCounts{Activated: 1, Rejected: 1}) {
		t.Errorf("the answers count %+v", *r.Answers)
	}
	v, err := o.Mailbox(ctx, rossi)
	o.must(err)
	if v.Status != pec.MailboxActive || v.ActivatedOn != pec.Day("2017-10-12") || v.ExpiresOn != pec.Day("2018-10-12") {
		t.Errorf("%s is %s from %s to %s", rossi, v.Status, v.ActivatedOn, v.ExpiresOn)
	}
	o.expectCharges(rossi, "2017-10-12 to 2018-10-12 activation 6.10")
	if v, err = o.Mailbox(ctx, verdi); err != nil || v.Status != pec.MailboxRejected || v.Rejection != "codice fiscale non valido" {
		t.Errorf("%s is %s (%q), %v", verdi, v.Status, v.Rejection, err)
	}
	o.taken(0, 2, 0, rossi+";attivazione;OK;12/10/2017;;", verdi+";attivazione;KO;;codice fiscale non valido;") // the same file again
	o.expectCharges(rossi, "2017-10-12 to 2018-10-12 activation 6.10")
	o.sound()

	// Mended, it is requested again, and gets a reference of its own.
	if n, err := o.AskAgain(ctx, "prova", []int64{1}); n != 1 || err != nil {
		t.Errorf("%d asked again, %v", n, err)
	}
	o.files("attivazione " + verdi + " 1 R000003")
	o.on("2017-10-25")
	o.taken(1, 0, 0, verdi+";;attivata il 24/10/2017;;;")
	o.expectCharges(verdi, "2017-10-24 to 2018-10-24 activation 6.10")
	o.sound()
}

// TestContradictionsAreListedAndNothingGuessed gives the provider's file of
// 20/10/2017 every fault at once: the good row is taken all the same.
func TestContradictionsAreListedAndNothingGuessed(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	good, twice, early, late := o.ask("A1", "Buono", "Aldo"), o.ask("A2", "Doppio", "Bea"), o.ask("A3", "Presto", "Ciro"), o.ask("A4", "Tardi", "Dina")
	dateless, mute := o.ask("A5", "Senza", "Enzo"), o.ask("A6", "Muto", "Fede")
	active := o.mailbox("A7", "Attivo", "Gino")
	leaver := o.ask("A8", "Uscito", "Ida") // activated before all the same: a warning
	o.on("2017-10-05")
	o.file()
	o.on("2017-10-20")
	o.leaves(o.holder(leaver), "2017-10-10")
	r := o.taken(2, 1, 11,
		good+";attivazione;OK;12/10/2017;;",
		twice+";attivazione;OK;12/10/2017;;", twice+";attivazione;KO;;rifiutata;",
		early+";attivazione;OK;01/10/2017;;",
		late+";attivazione;OK;21/10/2017;;",
		dateless+";attivazione;OK;;;",
		mute+";attivazione;forse;12/10/2017;;",
		"chi.sa@pec.ordine.example;attivazione;OK;12/10/2017;;",
		active+";attivazione;OK;03/10/2017;;",
		active+";attivazione;KO;;respinta;",
		active+";chiusura;OK;12/10/2017;;",
		leaver+";attivazione;OK;12/10/2017;;",
		mute+";;in lavorazione;;;",
		early+";attivazione;OK;12/10/2017;;R000001",
	)
	var got []string
	for _, p := range r.Problems {
		got = append(got, fmt.Sprintf("%d %s %s", p.Row, p.Column, p.Code))
	}
	want := []string{
		"3 Esito outcome_contradicts", "4 Motivo reason_missing", "4 Esito outcome_contradicts", "5 Data date_before_request", "6 Data date_in_future", "7 Data required_missing", "8 Esito outcome_unknown",
		"9 Casella mailbox_unknown", "10 Data outcome_contradicts", "11 Esito outcome_contradicts", "12 Casella not_requested", "13 Esito holder_left", "14 Esito still_pending", "15 Riferimento outcome_contradicts",
	}
	want = append(want[:1], want[2:]...) // the refusal on row 4 has its reason
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the problems differ (-want +got):\n%s", diff)
	}
	if *r.Answers != (pec.OutcomeCounts{Activated: 2, Unknown: 1}) {
		t.Errorf("the answers count %+v", *r.Answers)
	}
	o.sound()
}

// TestActivatedAlthoughTheHolderLeft: of three requests sent on 05/10/2017 the
// holders leave before the provider answers. What it activated is owed to it,
// and closes by R5 with 60 days of grace: left on 10/10 on 09/12/2017; left on
// 01/08 and registered on the 20th on that day, or on the activation that came
// after it.
func TestActivatedAlthoughTheHolderLeft(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	before, over, after := o.ask("A1", "Prima", "Aldo"), o.ask("A2", "Scaduta", "Bruno"), o.ask("A3", "Dopo", "Carlo")
	o.on("2017-10-05")
	o.file()
	o.on("2017-10-20")
	o.leaves(o.holder(before), "2017-10-10")
	o.leaves(o.holder(over), "2017-08-01")
	o.leaves(o.holder(after), "2017-08-01")
	o.on("2017-10-25")
	_, err := o.Activate(ctx, "prova", before, 0)
	o.refuses("holder_left", err)
	r := o.taken(3, 0, 0, before+";attivazione;OK;08/10/2017;;", over+";attivazione;OK;12/10/2017;;", after+";attivazione;OK;23/10/2017;;")
	var said []string
	for _, p := range r.Problems {
		said = append(said, p.Code+": "+p.Message)
	}
	want := []string{
		"holder_left: Prima Aldo è cancellato dal 10/10/2017, e il gestore l’ha attivata lo stesso: il costo resta, e la casella si chiude il 09/12/2017.",
		"holder_left: Scaduta Bruno è cancellato dal 01/08/2017, e il gestore l’ha attivata lo stesso: il costo resta, e la casella si chiude il 20/10/2017.",
		"holder_left: Dopo Carlo è cancellato dal 01/08/2017, e il gestore l’ha attivata lo stesso: il costo resta, e la casella si chiude il 23/10/2017.",
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("the warnings differ (-want +got):\n%s", diff)
	}
	o.expectCharges(before, "2017-10-08 to 2018-10-08 activation 6.10")
	o.expectCharges(over, "2017-10-12 to 2018-10-12 activation 6.10")
	o.expectCharges(after, "2017-10-23 to 2018-10-23 activation 6.10")
	for box, closed := range map[string]string{over: "2017-10-20", after: "2017-10-23"} {
		v, err := o.Mailbox(ctx, box)
		o.must(err)
		if v.Status != pec.MailboxClosed || v.ClosedOn != pec.Day(closed) || v.CloseReason != pec.CloseLeaver {
			t.Errorf("%s is %s since %s (%s), want closed on %s", box, v.Status, v.ClosedOn, v.CloseReason, closed)
		}
	}
	o.files("chiusura "+over+"  R000004", "chiusura "+after+"  R000005")
	o.on("2017-12-10")
	o.night()
	o.files("chiusura " + before + "  R000006")
	_, err = o.EraseContacts(ctx, "prova", o.holder(before), "richiesta scritta")
	o.must(err)
	o.sound()
}

// TestOtherPersonsTaxCodeIsRefused: the provider activated the address for
// somebody else.
func TestOtherPersonsTaxCodeIsRefused(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	address := o.ask("A1", "Rossi", "Mario")
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		m, err := tx.MemberByNumber("A1")
		if err != nil {
			return err
		}
		m.TaxCode = "RSSMRA85T10A562S"
		return tx.SetMember(m)
	}))
	o.file()
	data := "Indirizzo PEC;C.F.;Stato;Attivata il\n" + address + ";VRDNNA80A41H501X;attiva;02/10/2017\n"
	r, err := o.WriteImport(ctx, "prova", office.ImportOutcomes, office.ImportFile{Name: "esiti.csv", Data: []byte(data)}, "", false)
	o.must(err)
	if r.Refused != 1 || r.Problems[0].Code != "mailbox_taken" || r.Problems[0].Column != "C.F." {
		t.Errorf("%d refused: %v", r.Refused, r.Problems)
	}
}

// TestLostAnswerIsAskedAgainAsTheSameRequest: the file of 05/10 gets no answer.
// On the 12th it is asked again, with the same reference; the provider had it
// active since the 6th.
func TestLostAnswerIsAskedAgainAsTheSameRequest(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	address := o.ask("A1", "Rossi", "Mario")
	o.on("2017-10-05")
	o.files("attivazione " + address + " 1 R000001")
	o.on("2017-10-12")
	if n, err := o.AskFileAgain(ctx, "prova", 1); n != 1 || err != nil {
		t.Fatalf("%d asked again, %v", n, err)
	}
	if n, err := o.AskFileAgain(ctx, "prova", 1); n != 0 || err != nil {
		t.Errorf("asked again twice: %d, %v", n, err)
	}
	o.files("attivazione " + address + " 1 R000001")
	o.files()
	if n, err := o.AskFileAgain(ctx, "prova", 1); n != 0 || err != nil {
		t.Errorf("what a later file holds is asked again for the first: %d, %v", n, err)
	}
	o.taken(1, 0, 0, ";;OK;06/10/2017;;r1")
	o.expectCharges(address, "2017-10-06 to 2018-10-06 activation 6.10")
	o.sound()
}

// TestOldFileDoesNotAnswerANewRequest: refused on the 6th, sent again on the
// 9th; the file of the 6th, read again on the 10th, is about the first request.
func TestOldFileDoesNotAnswerANewRequest(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	address := o.ask("A1", "Rossi", "Mario")
	o.file()
	o.on("2017-10-06")
	dated, undated := address+";attivazione;KO;06/10/2017;manca il nome;", address+";attivazione;KO;;manca il nome;"
	o.taken(1, 0, 0, dated)
	_, err := o.AskAgain(ctx, "prova", []int64{1})
	o.must(err)
	o.on("2017-10-09")
	o.files("attivazione " + address + " 1 R000002")
	o.on("2017-10-10")
	o.taken(0, 1, 0, dated)
	if r := o.taken(0, 0, 1, undated); r.Problems[0].Code != "outcome_ambiguous" {
		t.Errorf("without a day it is %s", r.Problems[0].Code)
	}
	o.taken(1, 0, 0, address+";attivazione;OK;09/10/2017;;R000002")
	o.sound()
}

// TestSpaceAndClosingsGoTheSameWay: 2 GB bought, told and confirmed; at the
// expiry the credit does not suffice for them; then the holder leaves.
func TestSpaceAndClosingsGoTheSameWay(t *testing.T) {
	o := newOffice(t, "2016-10-12")
	address := o.mailbox("A1", "Rossi", "Mario")
	o.files() // activated by hand: the provider knows
	o.topUp(address, 6_10)
	o.on("2017-01-10")
	o.completed(address, 1, 3_05)
	o.completed(address, 1, 3_05)
	o.files("spazio " + address + " 3 R000001")
	o.files()
	o.on("2017-01-12")
	o.taken(1, 0, 0, address+";spazio;OK;;;")
	o.on("2017-10-14") // renewed in the night of the 12th; both services ended
	o.night()
	o.files("spazio " + address + " 1 R000002")
	o.taken(1, 0, 0, address+";spazio;KO;14/10/2017;riprovare;")
	o.files() // refused: an operator decides
	n, err := o.AskAgain(ctx, "prova", []int64{2})
	o.must(err)
	if n != 1 {
		t.Errorf("%d asked again", n)
	}
	o.files("spazio " + address + " 1 R000003")
	o.leaves(o.holder(address), "2017-10-14")
	o.on("2018-01-10")
	o.files() // closed on 13/12/2017 by its own right, but nobody has run the renewals
	o.night()
	o.files("chiusura " + address + "  R000004")
	o.taken(1, 0, 0, address+";chiusura;cessata;10/01/2018;;")
	o.taken(0, 1, 0, address+";chiusura;cessata;10/01/2018;;")
	o.sound()
}

// TestMailboxOverdueIsClosedBeforeItsSpaceIsTold: a GB bought on the last day
// and never told; the mailbox has closed when the file is made (R6).
func TestMailboxOverdueIsClosedBeforeItsSpaceIsTold(t *testing.T) {
	o := newOffice(t, "2016-10-12")
	address := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(address, 3_05)
	o.on("2017-01-10")
	o.completed(address, 1, 3_05)
	o.leaves(o.holder(address), "2017-01-10")
	o.on("2017-06-01")
	o.files("chiusura " + address + "  R000001")
	o.sound()
}

func TestWhatWasToldByHandIsNotSent(t *testing.T) {
	o := newOffice(t, "2016-10-12")
	address := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(address, 3_05)
	o.completed(address, 1, 3_05)
	key := fmt.Sprintf("%d/space/1", o.id(address))
	for _, c := range []struct {
		key  string
		want int
	}{{fmt.Sprintf("%d/space/2", o.id(address)), 0}, {key, 1}, {key, 0}} { // another total than is due, the total, told already
		if n, err := o.ToldByHand(ctx, "prova", []string{c.key}); n != c.want || err != nil {
			t.Errorf("%s: %d told, %v", c.key, n, err)
		}
	}
	o.files()
	o.sound()
}

// TestFileIsWhatWasShown: who has looked at one request does not send two.
func TestFileIsWhatWasShown(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	o.ask("A1", "Rossi", "Mario")
	var shown office.ToSend
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		shown, err = o.ToSend(tx)
		return err
	}))
	o.ask("A2", "Verdi", "Anna")
	_, err := o.SendToProvider(ctx, "prova", shown.Seen, "", false)
	o.refuses("requests_changed", err)
	sent, err := o.SendToProvider(ctx, "prova", "", "", true)
	o.must(err)
	if sent.Requests != 2 || sent.File.ID != 0 {
		t.Errorf("a trial sent %d in file %d", sent.Requests, sent.File.ID)
	}
	o.must(o.SetProviderLayout(ctx, "prova", pec.FileLayout{Format: "csv", Delimiter: ",", Columns: []pec.FileColumn{{Field: pec.FileOperation, Title: "tipo"}, {Field: pec.FileLocalPart, Title: "utente"}, {Field: pec.FileDomain, Title: "dominio"}, {Field: pec.FileYears, Title: "durata"}}}))
	sent, err = o.SendToProvider(ctx, "prova", "", "", false)
	o.must(err)
	want := "\uFEFFtipo,utente,dominio,durata\r\nattivazione,mario.rossi,pec.ordine.example,1\r\nattivazione,anna.verdi,pec.ordine.example,1\r\n"
	if string(sent.File.Content) != want && !strings.Contains(string(sent.File.Content), "attivazione,anna.verdi,pec.ordine.example,1\r\n") {
		t.Errorf("the file is %q", sent.File.Content)
	}
	kept, err := o.ProviderFile(ctx, 0)
	o.must(err)
	if diff := cmp.Diff(sent.File.Content, kept.Content); diff != "" || kept.Name() != "albopec-gestore-1-2017-10-02.csv" {
		t.Errorf("%s is kept otherwise:\n%s", kept.Name(), diff)
	}
}

// TestAnswersAreTakenBackButActivationsStay undoes a file of outcomes.
func TestAnswersAreTakenBackButActivationsStay(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	rossi, verdi := o.ask("A1", "Rossi", "Mario"), o.ask("A2", "Verdi", "Anna")
	o.file()
	r := o.taken(2, 0, 0, rossi+";attivazione;OK;02/10/2017;;", verdi+";attivazione;KO;;errore del gestore;")
	would, err := o.PreviewUndo(ctx, r.Batch)
	o.must(err)
	done, err := o.UndoImport(ctx, "prova", r.Batch)
	o.must(err)
	if diff := cmp.Diff(would, done); diff != "" {
		t.Errorf("the undo did not do as shown (-shown +done):\n%s", diff)
	}
	if done.Restored != 1 || len(done.Kept) != 1 || !strings.HasPrefix(done.Kept[0].Name, rossi) {
		t.Errorf("undone: %+v", done)
	}
	if v, err := o.Mailbox(ctx, verdi); err != nil || v.Status != pec.MailboxSent || v.Rejection != "" {
		t.Errorf("%s is %s, %v", verdi, v.Status, err)
	}
	o.taken(1, 0, 0, verdi+";attivazione;OK;02/10/2017;;")
	o.sound()
}

func TestActivationByHandAnswersTheRequest(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	address := o.ask("A1", "Rossi", "Mario")
	o.file()
	_, err := o.Activate(ctx, "prova", address, 0)
	o.must(err)
	if r := o.requests(address); len(r) != 1 || r[0].State != pec.RequestDone || r[0].AnsweredOn != o.day {
		t.Errorf("the request is %+v", r)
	}
	o.taken(0, 1, 0, address+";attivazione;OK;02/10/2017;;")
	o.sound()
}

// TestAddressIsChosenUntilItIsSent changes addresses in two domains.
func TestAddressIsChosenUntilItIsSent(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	o.must(o.AddDomain(ctx, "prova", " PEC2.ordine.example "))
	o.refuses("domain_exists", o.AddDomain(ctx, "prova", "pec2.ordine.example"))
	o.refuses("domain_invalid", o.AddDomain(ctx, "prova", "pec2"))
	closed := o.mailbox("A0", "Bianchi", "Ugo")
	o.leaves(o.holder(closed), "2017-10-02")
	reserved := o.member("A9", "Neri", "Ada")
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		m, err := tx.Member(reserved)
		if err != nil {
			return err
		}
		m.ReservedAddress = "ada@pec.ordine.example"
		return tx.SetMember(m)
	}))
	o.on("2018-11-01")
	o.night()
	rossi := o.ask("A1", "Rossi", "Mario")
	id := o.id(rossi)
	for address, code := range map[string]string{
		closed:                      "mailbox_taken", // closed for a year: still never another's
		"ada@pec.ordine.example":    "mailbox_taken",
		"mario.rossi":               "address_invalid",
		"mario.rossi@altro.example": "domain_unknown",
	} {
		_, err := o.ChangeAddress(ctx, "prova", id, address)
		o.refuses(code, err)
	}
	got, err := o.ChangeAddress(ctx, "prova", id, "Ing.Rossi@pec2.ordine.example")
	o.must(err)
	if got != "ing.rossi@pec2.ordine.example" {
		t.Errorf("the address is %s", got)
	}
	second := o.ask("A2", "Rossi", "Mario")
	if second != "mario.rossi@pec.ordine.example" {
		t.Errorf("the address that was given up is %s for a namesake", second)
	}
	o.must(o.SetDefaultDomain(ctx, "prova", "pec2.ordine.example"))
	if third := o.ask("A3", "Gialli", "Pia"); third != "pia.gialli@pec2.ordine.example" {
		t.Errorf("the default domain gives %s", third)
	}
	o.file()
	_, err = o.ChangeAddress(ctx, "prova", id, "mario@pec.ordine.example")
	o.refuses("address_sent", err)
	o.sound()
}

// TestRequestKeepsTheAddressItWasSentWith: refused on 06/10/2017 because the
// address is taken elsewhere, the mailbox gets another and is asked again on the
// 9th. The answers to either address are told apart without a reference.
func TestRequestKeepsTheAddressItWasSentWith(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	sent := o.ask("A1", "Rossi", "Mario")
	id := o.id(sent)
	o.file()
	o.on("2017-10-06")
	o.taken(1, 0, 0, sent+";attivazione;KO;;indirizzo già in uso;")
	address, err := o.ChangeAddress(ctx, "prova", id, "rossi.mario@pec.ordine.example")
	o.must(err)
	o.files() // until it is asked again
	if v, err := o.Mailbox(ctx, address); err != nil || v.Refused.Address != sent {
		t.Errorf("refused was %q, want %s; %v", v.Refused.Address, sent, err)
	}
	o.on("2017-10-09")
	for _, want := range []bool{true, false} {
		if again, err := o.RequestAgain(ctx, "prova", id); again != want || err != nil {
			t.Errorf("asked again: %v, %v; want %v", again, err, want)
		}
	}
	o.files("attivazione " + address + " 1 R000002")
	_, err = o.RequestAgain(ctx, "prova", id)
	o.refuses("mailbox_not_rejected", err)
	for i, want := range []string{sent, address} {
		if r := o.requests(address)[i]; r.Address != want {
			t.Errorf("request %d was sent as %s, want %s", i+1, r.Address, want)
		}
	}
	o.on("2017-10-10")
	r := o.taken(0, 1, 1, sent+";attivazione;KO;;indirizzo già in uso;", sent+";attivazione;OK;10/10/2017;;R000002")
	if r.Problems[0].Code != "outcome_contradicts" {
		t.Errorf("another's reference is %s", r.Problems[0].Code)
	}
	o.taken(1, 0, 0, address+";attivazione;KO;;manca il nome;")
	o.must(func() error { _, err := o.RequestAgain(ctx, "prova", id); return err }())
	o.leaves(o.holder(address), "2017-10-10")
	o.sound()
}

// TestProviderByChance plays any sequence of files made, lost, asked again and
// of answers that come late, twice or not at all, against a provider who does
// each reference once. No request stands twice in an open state, no mailbox is
// activated twice, no first period is charged twice.
func TestProviderByChance(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir := t.TempDir()
		o := openOffice(rt, dir, "2017-10-02")
		defer o.DB.Close()
		o.agree()
		var files []int64
		var answers []string         // every line the provider ever wrote
		done := map[string]string{}  // by reference: the provider's answer
		held := map[string][]int64{} // by reference: the files that held it
		lost := map[string]int{}     // by reference: how often its answer was given up
		for i := range rapid.IntRange(1, 3).Draw(rt, "members") {
			o.ask(fmt.Sprint("A", i), "Rossi", "Mario")
		}
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			switch rapid.SampledFrom([]string{"day", "send", "lost", "work", "answer", "again", "hand"}).Draw(rt, "step") {
			case "day":
				o.day = o.day.AddDays(rapid.IntRange(1, 40).Draw(rt, "days"))
			case "send":
				sent, err := o.SendToProvider(ctx, "prova", "", "", false)
				o.must(err)
				if sent.Requests == 0 {
					continue
				}
				files = append(files, sent.File.ID)
				for _, line := range fileLines(string(sent.File.Content)) {
					reference := line[strings.LastIndexByte(line, ' ')+1:]
					held[reference] = append(held[reference], sent.File.ID)
					if len(held[reference]) > 1+lost[reference] {
						rt.Fatalf("%s was sent in files %v with %d answers lost", reference, held[reference], lost[reference])
					}
				}
			case "lost":
				if len(files) == 0 {
					continue
				}
				file := rapid.SampledFrom(files).Draw(rt, "file")
				before := map[string]bool{}
				for _, r := range o.awaited() {
					before[r.Reference()] = r.State == pec.RequestSent
				}
				_, err := o.AskFileAgain(ctx, "prova", file)
				o.must(err)
				for _, r := range o.awaited() {
					if r.State == pec.RequestUnknown && before[r.Reference()] {
						lost[r.Reference()]++
					}
				}
			case "work": // the provider works off whatever it has, each reference once
				for _, r := range o.awaited() {
					if done[r.Reference()] == "" {
						outcome := "OK;" + o.day.Italian() + ";;"
						if rapid.Bool().Draw(rt, "refused") {
							outcome = "KO;" + o.day.Italian() + ";errore;"
						}
						done[r.Reference()] = outcome + r.Reference()
						answers = append(answers, r.Address+";"+r.Operation.Italian()+";"+done[r.Reference()])
					}
				}
			case "answer":
				if len(answers) > 0 {
					o.answers(rapid.SliceOfN(rapid.SampledFrom(answers), 1, 4).Draw(rt, "answers")...)
				}
			case "again":
				_, err := o.AskAgain(ctx, "prova", []int64{rapid.Int64Range(1, 6).Draw(rt, "request")})
				if p := pec.AsProblem(err); err != nil && (p == nil || p.Code != "request_unknown" && p.Code != "not_provisioned") {
					rt.Fatal(err)
				}
				for _, r := range o.awaited() {
					if r.State == pec.RequestUnknown && lost[r.Reference()] < len(held[r.Reference()]) {
						lost[r.Reference()] = len(held[r.Reference()])
					}
				}
			case "hand":
				_, err := o.Activate(ctx, "prova", "mario.rossi@pec.ordine.example", 0)
				if err != nil && pec.AsProblem(err) == nil {
					rt.Fatal(err)
				}
			}
		}
		o.sound() // a second activation or charge, a mailbox and its request that disagree
	})
}

func (o *testOffice) awaited() (list []db.RequestListed) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		list, err = tx.RequestList(db.RequestFilter{State: "awaited"})
		return err
	}))
	return list
}

// A mailbox that becomes Pro has other space (9.9): the provider is asked, with
// or without extra GB, and again when it goes back.
func TestKindChangeIsToldToTheProvider(t *testing.T) {
	o := bareOffice(t, "2017-10-12")
	o.agree(withPro)
	hand := o.mailbox("A1", "Rossi", "Mario")
	byFile := o.ask("A2", "Bianchi", "Anna")
	o.file()
	o.taken(1, 0, 0, byFile+";attivazione;OK;12/10/2017;;")
	o.on("2017-10-14")
	for _, box := range []string{hand, byFile} {
		o.topUp(box, 1830) // (20 - 5) x 1.22
		if w := o.wishes(box, "pro", 0, 0); w.Order.State != pec.OrderCompleted {
			t.Fatalf("the order is %s", w.Order.State)
		}
	}
	o.files("spazio "+byFile+" 2 R000002", "spazio "+hand+" 2 R000003")
	for _, r := range o.requests(hand) {
		if r.DueOn != o.day {
			t.Errorf("due since %s", r.DueOn)
		}
	}
	o.files()
	o.on("2017-10-16")
	o.taken(2, 0, 0, hand+";spazio;OK;15/10/2017;;", byFile+";spazio;OK;15/10/2017;;")
	o.must(o.ChooseKind(ctx, "prova", hand, "standard", 0))
	o.files()
	o.on("2018-10-13")
	o.night()
	o.expectKind(hand, "standard", "", "")
	lines := o.file()
	for _, line := range lines {
		if strings.HasPrefix(line, "spazio "+hand+" 1 ") {
			return
		}
	}
	t.Errorf("on %s the file is %q", o.day, lines)
}

// Two GB bought on 07/12/2017 are one from E, 12/10/2018, on: what the provider is
// asked for then begins on that day, not with the service.
func TestLoweredSpaceIsAskedForFromTheDayOfTheRenewal(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 1000)
	o.on("2017-12-07")
	service := o.orders(box, pec.InboxGB, 2)
	o.file()
	o.must(o.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: service, AutoRenew: true, NextQuantity: 1}))
	o.on("2018-10-14")
	o.night()
	var asked []string
	for _, a := range o.toSend().Asks {
		asked = append(asked, fmt.Sprint(a.Operation, " ", a.ExtraGB, " ", a.DueOn))
	}
	if diff := cmp.Diff([]string{"space 1 2018-10-12"}, asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
