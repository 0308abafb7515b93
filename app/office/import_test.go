package office

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"albopec/app/pec"
	"albopec/db"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// desk is an office with an empty register, one domain and an agreement, at
// which files are imported.
type desk struct {
	*Office
	t     *testing.T
	today pec.Date
}

const deskClerk = "operatore:giulia@ordine.example"

func newDesk(t *testing.T, today string) *desk {
	t.Helper()
	d, err := db.Create(filepath.Join(t.TempDir(), "albopec.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	k := &desk{Office: New(d), t: t, today: pec.Day(today)}
	k.Today = func() pec.Date { return k.today }
	k.do(func(tx *db.Tx) error { return tx.AddDomain("pec.ordine.example") })
	a, err := pec.ReadAgreement([]byte(`{"name": "Prova", "starts_on": "2016-01-01", "vat_rate": "22", "policy": "full_year", "free_window_months": 3,
		"kinds": [{"code": "standard", "name": "Standard", "base_inbox_gb": 1, "max_inbox_gb": 5, "yearly_price": "5.00", "paid_by": "ordine", "terms": [1]}],
		"products": [{"code": "inbox_gb", "name": "Spazio Extra Inbox", "unit": "GB", "yearly_price": "2.50", "kinds": ["standard"]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.SetAgreement(context.Background(), deskClerk, a); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *desk) do(f func(*db.Tx) error) {
	k.t.Helper()
	if err := k.write(context.Background(), deskClerk, f); err != nil {
		k.t.Fatal(err)
	}
}

// members is a file of members; the first line holds the titles.
func members(lines ...string) ImportFile {
	head := "N. iscrizione;Cognome;Nome;Codice fiscale;Stato;Data cancellazione;E-mail;PEC\n"
	return ImportFile{Name: "albo.csv", Data: []byte(head + strings.Join(lines, "\n") + "\n")}
}

// statement is a provider's statement of services.
func statement(lines ...string) ImportFile {
	return ImportFile{Name: "servizi.csv", Data: []byte("Casella;Servizio;Quantità;Dal;Al;Importo netto\n" + strings.Join(lines, "\n") + "\n")}
}

const (
	rossi   = "A1;Rossi;Mario;RSSMRA85T10A562S"
	moretti = "A2;Moretti;Matteo;MRTMTT91D08F205J"
)

// brings imports a file, whose report must read like this: "created updated
// unchanged refused".
func (k *desk) brings(f ImportFile, want string) ImportReport {
	k.t.Helper()
	kind := ImportMembers
	switch f.Name {
	case "servizi.csv":
		kind = ImportServices
	case "caselle.csv":
		kind = ImportMailboxes
	}
	r, err := k.WriteImport(context.Background(), deskClerk, kind, f, "", false)
	if err != nil {
		k.t.Fatal(err)
	}
	k.reads(r, want)
	return r
}

func (k *desk) reads(r ImportReport, want string) {
	k.t.Helper()
	got := fmt.Sprint(r.Created, r.Updated, r.Unchanged, r.Refused)
	if got != want || r.Created+r.Updated+r.Unchanged+r.Refused != r.Rows {
		k.t.Fatalf("created updated unchanged refused: %s of %d rows, want %s; %v", got, r.Rows, want, r.Problems)
	}
}

// register writes each member on a line: number, name, status, days and
// addresses.
func (k *desk) register() []string {
	k.t.Helper()
	var lines []string
	k.look(func(tx *db.ReadTx) error {
		list, err := tx.Members()
		for _, m := range list {
			lines = append(lines, strings.Join(strings.Fields(fmt.Sprint(m.RegistrationNumber, " ", m.FullName(), " ", m.Status, " ", m.LeftOn, " ", m.Email, " ", m.ReservedAddress)), " "))
		}
		return err
	})
	return lines
}

func (k *desk) look(f func(*db.ReadTx) error) {
	k.t.Helper()
	if err := k.DB.Read(context.Background(), f); err != nil {
		k.t.Fatal(err)
	}
}

func (k *desk) holds(what string, want ...string) {
	k.t.Helper()
	if diff := cmp.Diff(want, k.register()); diff != "" {
		k.t.Errorf("%s (- want, + got):\n%s", what, diff)
	}
}

// member finds one by number.
func (k *desk) member(number string) (m db.MemberRow) {
	k.t.Helper()
	k.look(func(tx *db.ReadTx) (err error) {
		m, err = tx.MemberByNumber(number)
		return err
	})
	return m
}

func (k *desk) undo(batch int64) Undone {
	k.t.Helper()
	would, err := k.PreviewUndo(context.Background(), batch)
	if err != nil {
		k.t.Fatal(err)
	}
	done, err := k.UndoImport(context.Background(), deskClerk, batch)
	if err != nil {
		k.t.Fatal(err)
	}
	if diff := cmp.Diff(would, done); diff != "" {
		k.t.Errorf("the preview of the undo said otherwise (- preview, + undo):\n%s", diff)
	}
	return done
}

func TestUndoTakesBackWhatNobodyTouched(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	k.brings(members(rossi+";;;mario@posta.example;"), "1 0 0 0")
	second := k.brings(members(
		rossi+";;;m.rossi@posta.example;",
		moretti+";;;;",
		"A3;Miller;Samantha;MLLSNT82P65Z404U;;;;"), "2 1 0 0")
	k.holds("imported", "A3 Miller Samantha active", "A2 Moretti Matteo active", "A1 Rossi Mario active m.rossi@posta.example")

	ctx := context.Background()
	miller := k.member("A3")
	if err := k.ChangeContacts(ctx, deskClerk, miller.ID, Contacts{Email: "samantha@posta.example"}); err != nil {
		t.Fatal(err)
	}
	done := k.undo(second.Batch)
	want := Undone{Restored: 1, Removed: 1, Kept: []Kept{{miller.ID, "Miller Samantha", "è stato modificato dopo l’importazione"}}}
	if diff := cmp.Diff(want, done); diff != "" {
		t.Error(diff)
	}
	k.holds("taken back", "A3 Miller Samantha active samantha@posta.example", "A1 Rossi Mario active mario@posta.example")

	_, err := k.UndoImport(ctx, deskClerk, second.Batch)
	if p := pec.AsProblem(err); p == nil || p.Code != "batch_undone" {
		t.Errorf("undone twice: %v", err)
	}
	k.look(func(tx *db.ReadTx) error {
		history, err := tx.MemberHistory(k.member("A1").ID)
		if len(history) != 2 || history[0].Old != "m.rossi@posta.example" || history[0].New != "mario@posta.example" {
			t.Errorf("the undo is not in the member's history: %+v", history)
		}
		return err
	})
}

// TestImportEndsWhatWasKnownOfAStanding: where somebody went is no longer told
// of one who is back, and comes again when the import is taken back.
func TestImportEndsWhatWasKnownOfAStanding(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	k.brings(members(rossi+";;;;"), "1 0 0 0")
	to := pec.Standing{To: "Ordine di Rieti", Reason: "nulla osta 4"}
	if _, err := k.ChangeMemberStatus(context.Background(), deskClerk, k.member("A1").ID, StatusChange{Status: pec.MemberTransferred, To: to.To, Reason: to.Reason}); err != nil {
		t.Fatal(err)
	}
	k.brings(members(rossi+";;;mario@posta.example;"), "0 1 0 0") // says nothing of the standing
	if got := k.member("A1").Standing; got != to {
		t.Errorf("%+v", got)
	}
	back := k.brings(ImportFile{Name: "albo.csv", Data: []byte("N. iscrizione;Cognome;Nome;Codice fiscale;Stato\n" + rossi + ";iscritto\n")}, "0 1 0 0")
	if m := k.member("A1"); m.Status != pec.MemberActive || m.Standing != (pec.Standing{}) {
		t.Errorf("%s %+v", m.Status, m.Standing)
	}
	k.undo(back.Batch)
	if m := k.member("A1"); m.Status != pec.MemberTransferred || m.Standing != to {
		t.Errorf("%s %+v", m.Status, m.Standing)
	}
}

func TestUndoKeepsMembersInUse(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	r := k.brings(members(rossi+";;;;", moretti+";;;;"), "2 0 0 0")
	if _, err := k.Provision(context.Background(), deskClerk, "A1", false); err != nil {
		t.Fatal(err)
	}
	done := k.undo(r.Batch)
	if done.Removed != 1 || len(done.Kept) != 1 || done.Kept[0].Name != "Rossi Mario" || done.Kept[0].Reason != "ha già una casella, o ne aveva una richiesta in un anno passato, un movimento o una password" {
		t.Errorf("%+v", done)
	}
	k.holds("who has a mailbox stays", "A1 Rossi Mario active")
}

// TestImportsAreUndoneOneAfterTheOther: an import that only a later one touched
// can be taken back once the later one has been.
func TestImportsAreUndoneOneAfterTheOther(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	first := k.brings(members(rossi+";;;mario@posta.example;", moretti+";;;;"), "2 0 0 0")
	second := k.brings(members(rossi+";;;m.rossi@posta.example;", moretti+";;;matteo@posta.example;"), "0 2 0 0")
	third := k.brings(members(rossi+";;;rossi@posta.example;"), "0 1 0 0")

	if done := k.undo(third.Batch); done.Restored != 1 {
		t.Errorf("the third: %+v", done)
	}
	if err := k.ChangeContacts(context.Background(), deskClerk, k.member("A2").ID, Contacts{Email: "altra@posta.example"}); err != nil {
		t.Fatal(err)
	}
	if done := k.undo(second.Batch); done.Restored != 1 || len(done.Kept) != 1 {
		t.Errorf("the second: %+v", done)
	}
	k.holds("two taken back", "A2 Moretti Matteo active altra@posta.example", "A1 Rossi Mario active mario@posta.example")
	if done := k.undo(first.Batch); done.Removed != 1 || len(done.Kept) != 1 || done.Kept[0].Name != "Moretti Matteo" {
		t.Errorf("the first: %+v", done)
	}
	k.holds("all taken back", "A2 Moretti Matteo active altra@posta.example")
}

func TestTwoMembersExchangeTheirNumbersAndTakeThemBack(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	k.brings(members(rossi+";;;;", moretti+";;;;", "A3;Miller;Samantha;MLLSNT82P65Z404U;;;;"), "3 0 0 0")
	swap := k.brings(members("A2;Rossi;Mario;RSSMRA85T10A562S;;;;", "A1;Moretti;Matteo;MRTMTT91D08F205J;;;;"), "0 2 0 0")
	k.holds("exchanged", "A3 Miller Samantha active", "A1 Moretti Matteo active", "A2 Rossi Mario active")
	if done := k.undo(swap.Batch); done.Restored != 2 {
		t.Errorf("%+v", done)
	}
	k.holds("back again", "A3 Miller Samantha active", "A2 Moretti Matteo active", "A1 Rossi Mario active")
}

// TestUndoLeavesANumberWithItsNewHolder: Rossi's old number went to somebody
// else after the import, so only the others go back.
func TestUndoLeavesANumberWithItsNewHolder(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	k.brings(members(rossi+";;;;", moretti+";;;;"), "2 0 0 0")
	moved := k.brings(members("A9;Rossi;Mario;RSSMRA85T10A562S;;;;", moretti+";;;matteo@posta.example;"), "0 2 0 0")
	k.brings(members("A1;Miller;Samantha;MLLSNT82P65Z404U;;;;"), "1 0 0 0")
	done, err := k.UndoImport(context.Background(), deskClerk, moved.Batch)
	if err != nil || done.Restored != 1 || len(done.Kept) != 1 || done.Kept[0].Reason != "i valori di prima ora sono di un altro iscritto" {
		t.Errorf("%+v %v", done, err)
	}
	k.holds("only Moretti went back", "A1 Miller Samantha active", "A2 Moretti Matteo active", "A9 Rossi Mario active")
}

func TestWriteIsWhatThePreviewShowed(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	ctx := context.Background()
	f := members(rossi+";;;mario@posta.example;", moretti+";;;;")
	p, err := k.PreviewImport(ctx, ImportMembers, f)
	if err != nil {
		t.Fatal(err)
	}
	k.holds("a preview writes nothing")

	// Meanwhile somebody else brings Rossi in: he would be changed, not created.
	k.brings(members(rossi+";;;;"), "1 0 0 0")
	_, err = k.WriteImport(ctx, deskClerk, ImportMembers, f, p.Plan.Fingerprint(), false)
	if problem := pec.AsProblem(err); problem == nil || problem.Code != "import_changed" {
		t.Fatalf("written against the preview: %v", err)
	}
	k.holds("nothing more was written", "A1 Rossi Mario active")

	if p, err = k.PreviewImport(ctx, ImportMembers, f); err != nil {
		t.Fatal(err)
	}
	// What does not touch the plan does not stop it.
	k.brings(members("A3;Miller;Samantha;MLLSNT82P65Z404U;;;;"), "1 0 0 0")
	r, err := k.WriteImport(ctx, deskClerk, ImportMembers, f, p.Plan.Fingerprint(), false)
	if err != nil {
		t.Fatal(err)
	}
	k.reads(r, "1 1 0 0")
}

func TestStrictWritesNothingWithARefusedRow(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	r, err := k.WriteImport(context.Background(), deskClerk, ImportMembers, members(rossi+";;;;", "A5;;Ugo;;;;;"), "", true)
	if err != nil || r.Batch != 0 {
		t.Fatalf("batch %d, %v", r.Batch, err)
	}
	k.reads(r, "1 0 0 1")
	k.holds("nothing was written")
}

// TestKeptFileIsWrittenOnce: a second press of the button finds the file gone.
func TestKeptFileIsWrittenOnce(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	ctx := context.Background()
	f := members(rossi+";;;;", moretti+";;;;")
	id, err := k.KeepUpload(ctx, deskClerk, ImportMembers, f)
	if err != nil {
		t.Fatal(err)
	}
	p, err := k.PreviewImport(ctx, ImportMembers, f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.WriteUpload(ctx, deskClerk, id, "", nil); pec.AsProblem(err) == nil {
		t.Errorf("written without a preview: %v", err)
	}
	var heard []int
	r, err := k.WriteUpload(ctx, deskClerk, id, p.Plan.Fingerprint(), func(done, all int) { heard = append(heard, done, all) })
	if err != nil || r.Upload != id {
		t.Fatalf("%+v %v", r, err)
	}
	if want := []int{1, 2, 2, 2}; !slices.Equal(heard, want) {
		t.Errorf("progress %v, want %v", heard, want)
	}
	_, err = k.WriteUpload(ctx, deskClerk, id, p.Plan.Fingerprint(), nil)
	if problem := pec.AsProblem(err); problem == nil || problem.Code != "upload_unknown" {
		t.Errorf("written twice: %v", err)
	}
	k.look(func(tx *db.ReadTx) error {
		batch, err := tx.BatchOfUpload(id)
		if batch != r.Batch {
			t.Errorf("the file became batch %d, want %d", batch, r.Batch)
		}
		list, lerr := tx.BatchList(0, 10)
		if lerr != nil || len(list) != 1 || list[0].Created != 2 || list[0].Rows != 2 {
			t.Errorf("%+v %v", list, lerr)
		}
		return err
	})
}

// TestTwoPressesAtOnceWriteOnce: both have read the file before either writes.
func TestTwoPressesAtOnceWriteOnce(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	ctx := context.Background()
	f := members(rossi + ";;;;")
	id, err := k.KeepUpload(ctx, deskClerk, ImportMembers, f)
	if err != nil {
		t.Fatal(err)
	}
	p, err := k.PreviewImport(ctx, ImportMembers, f)
	if err != nil {
		t.Fatal(err)
	}
	_, read, err := k.Upload(ctx, id) // the slower one
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.WriteUpload(ctx, deskClerk, id, p.Plan.Fingerprint(), nil); err != nil {
		t.Fatal(err)
	}
	_, err = k.WriteImport(ctx, deskClerk, ImportMembers, read, p.Plan.Fingerprint(), false)
	if problem := pec.AsProblem(err); problem == nil || problem.Code != "upload_unknown" {
		t.Errorf("the slower press: %v", err)
	}
}

// TestLeavingByImportCarriesOutWhatWasOverdue: the file that says on 20/10/2018
// that Rossi left on 01/09 comes after his mailbox was due on 12/10: that
// renewal stands, and the mailbox closes on the day of the import (9.3).
func TestLeavingByImportCarriesOutWhatWasOverdue(t *testing.T) {
	k := newDesk(t, "2018-10-20")
	k.brings(members(rossi+";;;;"), "1 0 0 0")
	m := k.member("A1")
	var box int64
	k.do(func(tx *db.Tx) (err error) {
		since := pec.Day("2017-10-12")
		box, err = tx.AddMailbox(db.MailboxRow{Mailbox: pec.Mailbox{
			Address: "mario.rossi@pec.ordine.example", MemberID: m.ID, Kind: "standard", Status: pec.MailboxActive, TermYears: 1, AutoRenew: true,
			RequestedOn: since, ActivatedOn: since, AnchorOn: since, ExpiresOn: pec.Day("2018-10-12")}})
		return err
	})
	k.brings(members(rossi+";cancellato;01/09/2018;;"), "0 1 0 0")
	k.look(func(tx *db.ReadTx) error {
		b, err := tx.Mailbox(box)
		if b.ExpiresOn != pec.Day("2019-10-12") {
			t.Errorf("the renewal that was due did not happen: expires %s", b.ExpiresOn)
		}
		return err
	})
	if m = k.member("A1"); m.LeftOn != pec.Day("2018-09-01") || m.LeftRegisteredOn != pec.Day("2018-10-20") || m.LastEventOn != pec.Day("2018-10-20") {
		t.Errorf("left %s, registered %s, last event %s", m.LeftOn, m.LeftRegisteredOn, m.LastEventOn)
	}
	k.today = pec.Day("2018-10-31") // 60 days after the leaving: 31/10
	if _, err := k.Renew(context.Background(), ActorNight, pec.Day("2018-10-31")); err != nil {
		t.Fatal(err)
	}
	k.look(func(tx *db.ReadTx) error {
		b, err := tx.Mailbox(box)
		if b.Status != pec.MailboxClosed || b.ClosedOn != pec.Day("2018-10-31") {
			t.Errorf("%s on %s, want closed on 2018-10-31", b.Status, b.ClosedOn)
		}
		return err
	})
}

func TestAddressOfTheOrdineIsReserved(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	r := k.brings(members(rossi+";;;;mario.rossi@pec.ordine.example", moretti+";;;;mario.rossi@pec.ordine.example"), "1 0 0 1")
	if r.Warnings != 1 || r.Problems[0].Code != "mailbox_reserved" || r.Problems[1].Code != "mailbox_taken" {
		t.Errorf("%+v", r.Problems)
	}
	k.holds("reserved for Rossi", "A1 Rossi Mario active mario.rossi@pec.ordine.example")
	k.brings(members(rossi+";;;;mario.rossi@pec.ordine.example"), "0 0 1 0")

	// A member who is there already gets a reservation by an update, and loses it by the undo.
	k.brings(members(moretti+";;;;"), "1 0 0 0")
	r = k.brings(members(moretti+";;;;m.moretti@pec.ordine.example"), "0 1 0 0")
	if done := k.undo(r.Batch); done.Restored != 1 {
		t.Errorf("%+v", done)
	}
	k.holds("taken back", "A2 Moretti Matteo active", "A1 Rossi Mario active mario.rossi@pec.ordine.example")
}

// provided gives Rossi an active mailbox, for statements of the provider.
func (k *desk) provided() {
	k.t.Helper()
	k.brings(members(rossi+";;;;"), "1 0 0 0")
	m := k.member("A1")
	k.do(func(tx *db.Tx) error {
		since := pec.Day("2017-10-12")
		_, err := tx.AddMailbox(db.MailboxRow{Mailbox: pec.Mailbox{
			Address: "mario.rossi@pec.ordine.example", MemberID: m.ID, Kind: "standard", Status: pec.MailboxActive, TermYears: 1, AutoRenew: true,
			RequestedOn: since, ActivatedOn: since, AnchorOn: since, ExpiresOn: pec.Day("2018-10-12")}})
		return err
	})
}

// stated writes each service of the provider's statements on a line.
func (k *desk) stated() []string {
	k.t.Helper()
	lines := []string{}
	k.look(func(tx *db.ReadTx) error {
		list, err := tx.ProviderServices()
		for _, s := range list {
			lines = append(lines, fmt.Sprint(s.ProductName, " ", s.Quantity, " ", s.StartedOn, " ", s.ExpiresOn, " ", s.Net))
		}
		return err
	})
	return lines
}

func TestStatementOfTheProvider(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	k.provided()
	const one, two = "mario.rossi@pec.ordine.example;Spazio Extra Inbox;1;07/12/2017;12/10/2018;2,50", "mario.rossi@pec.ordine.example;Spazio Extra Inbox;2;01/03/2018;12/10/2018;5,00"
	first := k.brings(statement(one, two, "nessuno@pec.ordine.example;Spazio Extra Inbox;1;01/02/2018;12/10/2018;2,50"), "2 0 0 1")
	if p := first.Problems; len(p) != 1 || p[0].Code != "mailbox_unknown" || p[0].Row != 4 {
		t.Errorf("%+v", p)
	}
	changed := strings.Replace(two, ";2;", ";3;", 1)
	second := k.brings(statement(changed), "0 1 0 0")
	if second.Missing != 1 {
		t.Errorf("%d missing from the file, want the one of 07/12/2017", second.Missing)
	}
	both := []string{"Spazio Extra Inbox 1 2017-12-07 2018-10-12 2.50", "Spazio Extra Inbox 3 2018-03-01 2018-10-12 5.00"}
	if diff := cmp.Diff(both, k.stated()); diff != "" {
		t.Errorf("what the file lacks was not left alone:\n%s", diff)
	}
	k.brings(statement(one, changed), "0 0 2 0")

	// The first cannot take back what the second changed; then it can.
	if done := k.undo(first.Batch); done.Removed != 1 || len(done.Kept) != 1 || done.Kept[0].Reason != "è stato modificato da un’importazione successiva" {
		t.Errorf("%+v", done)
	}
	if done := k.undo(second.Batch); done.Restored != 1 {
		t.Errorf("%+v", done)
	}
	if diff := cmp.Diff([]string{"Spazio Extra Inbox 2 2018-03-01 2018-10-12 5.00"}, k.stated()); diff != "" {
		t.Error(diff)
	}
}

// TestStatementFirstCarriesOutWhatWasOverdue: a statement written on the 20th
// finds the mailbox renewed as of the 12th.
func TestStatementFirstCarriesOutWhatWasOverdue(t *testing.T) {
	k := newDesk(t, "2018-10-20")
	k.provided()
	k.brings(statement("mario.rossi@pec.ordine.example;Spazio Extra Inbox;1;15/10/2018;12/10/2019;2,50"), "1 0 0 0")
	k.look(func(tx *db.ReadTx) error {
		b, err := tx.MailboxByAddress("mario.rossi@pec.ordine.example")
		if b.ExpiresOn != pec.Day("2019-10-12") {
			t.Errorf("expires %s", b.ExpiresOn)
		}
		return err
	})
}

// TestStatementOfAYearThatIsOver: it is kept as ended on its day, gives no space,
// and the next statement does not miss it.
func TestStatementOfAYearThatIsOver(t *testing.T) {
	k := newDesk(t, "2018-10-20")
	k.provided()
	k.brings(statement("mario.rossi@pec.ordine.example;Spazio Extra Inbox;3;07/12/2017;12/10/2018;7,50"), "1 0 0 0")
	k.look(func(tx *db.ReadTx) error {
		list, err := tx.ProviderServices()
		if len(list) != 1 || list[0].EndedOn != pec.Day("2018-10-12") || list[0].EndReason != pec.EndSoldElsewhere {
			t.Errorf("%+v", list)
		}
		return err
	})
	second := k.brings(statement("mario.rossi@pec.ordine.example;Spazio Extra Inbox;1;15/10/2018;12/10/2019;2,50"), "1 0 0 0")
	if second.Missing != 0 {
		t.Errorf("%d missing, want none: it was over", second.Missing)
	}
}

func TestStatementIsWrittenAsPreviewed(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	k.provided()
	ctx := context.Background()
	f := statement("mario.rossi@pec.ordine.example;Spazio Extra Inbox;1;07/12/2017;12/10/2018;2,50")
	p, err := k.PreviewImport(ctx, ImportServices, f)
	if err != nil {
		t.Fatal(err)
	}
	k.brings(statement("mario.rossi@pec.ordine.example;Spazio Extra Inbox;4;07/12/2017;12/10/2018;10,00"), "1 0 0 0")
	_, err = k.WriteImport(ctx, deskClerk, ImportServices, f, p.Plan.Fingerprint(), false)
	if problem := pec.AsProblem(err); problem == nil || problem.Code != "import_changed" {
		t.Errorf("written against the preview: %v", err)
	}
}

// TestRefusedRowsComeBackAsAWorkbook: with the reason beside each, in a form
// that can be imported again once it is mended.
func TestRefusedRowsComeBackAsAWorkbook(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	r := k.brings(members(rossi+";;;;", "A5;Neri;Ugo;RSSMRA85T10A562T;in bilico;;;"), "1 0 0 1")
	var b bytes.Buffer
	if err := r.WriteRejected(&b); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil || len(rows) != 2 {
		t.Fatalf("%v %v", rows, err)
	}
	if last := rows[0][len(rows[0])-1]; rows[0][0] != "N. iscrizione" || last != "Motivo" {
		t.Errorf("titles %v", rows[0])
	}
	reason := rows[1][len(rows[1])-1]
	for _, p := range r.Problems {
		if !strings.Contains(reason, p.Message) || !strings.Contains(reason, p.Correction) {
			t.Errorf("%q does not say %q", reason, p.Text())
		}
	}
	if len(r.Problems) != 2 || rows[1][3] != "RSSMRA85T10A562T" {
		t.Errorf("%v %v", r.Problems, rows[1])
	}
	plain, err := book.GetCellStyle(book.GetSheetName(0), "B2")
	for _, cell := range []string{"D2", "E2"} {
		if style, cerr := book.GetCellStyle(book.GetSheetName(0), cell); style == plain || err != nil || cerr != nil {
			t.Errorf("%s is not marked (%v, %v)", cell, err, cerr)
		}
	}
}

// TestColumnsAreRemembered: what an operator said of a file's columns holds for
// the next file with the same titles.
func TestColumnsAreRemembered(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	ctx := context.Background()
	f := ImportFile{Name: "albo.csv", Data: []byte("Prima;Seconda;Terza;Quarta\nRossi;Mario;A1;x\n")}
	if _, err := LookAt(ImportMembers, f); pec.AsProblem(err) == nil {
		t.Fatalf("read without help: %v", err)
	}
	if o, batch, err := k.Recall(ctx, ImportMembers, f); err != nil || batch != 0 || o.Columns != nil {
		t.Fatalf("something is remembered: %v %d %v", o, batch, err)
	}
	f.Options.Columns = map[string]string{"Prima": "surname", "Seconda": "name", "Terza": "registration_number", "Quarta": ""}
	r := k.brings(f, "1 0 0 0")

	next := ImportFile{Name: "albo-2.csv", Data: []byte("Prima;Seconda;Terza;Quarta\nMoretti;Matteo;A2;y\n")}
	o, batch, err := k.Recall(ctx, ImportMembers, next)
	if err != nil || batch != r.Batch {
		t.Fatalf("%v %d %v", o, batch, err)
	}
	next.Options = o
	k.brings(next, "1 0 0 0")
	k.holds("both read alike", "A2 Moretti Matteo active", "A1 Rossi Mario active")

	// Titles that read by themselves need no memory, other titles have none.
	for _, other := range []string{"Cognome;Nome;Codice fiscale\nRossi;Mario;RSSMRA85T10A562S\n", "Uno;Due;Tre\nRossi;Mario;A1\n"} {
		if o, batch, err := k.Recall(ctx, ImportMembers, ImportFile{Name: "a.csv", Data: []byte(other)}); err != nil || batch != 0 || o.Columns != nil {
			t.Errorf("%q: %v %d %v", other, o, batch, err)
		}
	}
}

// TestChosenColumnsOverruleTheGuessNextTime: a file that reads by itself, but
// was read otherwise, is read otherwise again.
func TestChosenColumnsOverruleTheGuessNextTime(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	const text = "N. iscrizione;Cognome;Nome;E-mail;E-mail studio\nA1;Rossi;Mario;a@posta.example;b@posta.example\n"
	f := ImportFile{Name: "albo.csv", Data: []byte(text)}
	f.Options.Columns = map[string]string{"E-mail": "", "E-mail studio": "email"}
	r := k.brings(f, "1 0 0 0")
	k.holds("the chosen column was read", "A1 Rossi Mario active b@posta.example")
	o, batch, err := k.Recall(context.Background(), ImportMembers, ImportFile{Name: "albo.csv", Data: []byte(text)})
	if err != nil || batch != r.Batch || o.Columns["E-mail studio"] != "email" || o.Columns["E-mail"] != "" {
		t.Errorf("%v %d %v", o, batch, err)
	}
}

// TestNoPasswordIsKeptWithAnImport: what is kept for the undo has no hash.
func TestNoPasswordIsKeptWithAnImport(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	k.brings(members(rossi+";;;;"), "1 0 0 0")
	k.do(func(tx *db.Tx) error { return tx.SetMemberPassword(k.member("A1").ID, "segreto") })
	r := k.brings(members(rossi+";;;mario@posta.example;"), "0 1 0 0")
	k.look(func(tx *db.ReadTx) error {
		changes, err := tx.Changes(r.Batch)
		if len(changes) != 1 || !json.Valid(changes[0].Before) || strings.Contains(string(changes[0].Before), "segreto") {
			t.Errorf("%+v", changes)
		}
		return err
	})
	k.undo(r.Batch)
	if m := k.member("A1"); m.PasswordHash != "segreto" || m.Email != "" {
		t.Errorf("after the undo: %q, %q", m.PasswordHash, m.Email)
	}
}

// The file of the register still has the row of a position that was merged: it
// speaks of the one that stays, and the import that made it is taken back as far
// as it can be.
func TestImportAfterAMerge(t *testing.T) {
	k := newDesk(t, "2026-07-01")
	file := members(rossi, "A2;Rossi;Mario;RSSMRA85T10A56NH", "A3;Verdi;Ugo")
	first := k.brings(file, "3 0 0 0")
	keep, gone := k.member("A1"), k.member("A2")
	if _, err := k.MergeMembers(context.Background(), deskClerk, Merge{Keep: keep.ID, Gone: gone.ID}); err != nil {
		t.Fatal(err)
	}
	r := k.brings(file, "0 0 2 1")
	if len(r.Problems) != 1 || r.Problems[0].Code != "duplicate_in_file" {
		t.Errorf("%v", r.Problems)
	}
	// Somebody new gets the number that is used no more.
	k.brings(members("A2;De Rosa;Alì;DRSLAI86E24F158A"), "1 0 0 0")
	if m := k.member("A2"); m.Surname != "De Rosa" {
		t.Errorf("%+v", m)
	}
	done := k.undo(first.Batch)
	if done.Removed != 1 || len(done.Kept) != 2 || done.Kept[1].Reason != "è stato unito a un’altra posizione" {
		t.Errorf("%+v", done)
	}
}

// One whose last event is of a later day stops nobody else, and the preview says
// so already (R24, R25).
func TestFilePlayedOnAnEarlierDayRefusesWhoseStandingHasMovedOn(t *testing.T) {
	k := newDesk(t, "2018-10-10")
	k.brings(members(rossi, moretti, "A3;Bo;Ugo"), "3 0 0 0")
	k.do(func(tx *db.Tx) error { return tx.MarkMember(k.member("A1").ID, pec.Day("2018-10-20")) })
	f := members(rossi+";cancellato;09/10/2018;rossi@posta.example", moretti+";cancellato;09/10/2018")
	p, err := k.PreviewImport(context.Background(), ImportMembers, f)
	if err != nil {
		t.Fatal(err)
	}
	k.reads(p.Report, "0 1 0 1")
	r := k.brings(f, "0 1 0 1")
	if r.RefusedRows[0].Number != 2 || r.Problems[0].Code != "day_before_last_event" || r.Problems[0].Message != "Il 10/10/2018 non si può più cambiare l’iscrizione di Rossi Mario: l’ultimo evento è del 20/10/2018." {
		t.Errorf("%v", r.Problems)
	}
	k.brings(members(rossi+";;;rossi@posta.example"), "0 1 0 0") // an e-mail may be told on any day

	f = members("A4;Neri;Ada")
	f.Options.Leavers = pec.Leavers{All: true, Status: pec.MemberCancelled, LeftOn: pec.Day("2018-10-10")}
	if r := k.brings(f, "1 0 0 0"); r.Left != 1 || r.Missing != 2 || k.member("A1").Status != pec.MemberActive {
		t.Errorf("%+v", r) // Bo leaves, Rossi cannot
	}
}

// The address of a file that was dropped is never another file's.
func TestDroppedFilesNumberIsNotGivenAgain(t *testing.T) {
	k, ctx := newDesk(t, "2018-06-15"), t.Context()
	var ids []int64
	for range 3 {
		id, err := k.KeepUpload(ctx, deskClerk, ImportMembers, members(rossi+";;;;"))
		if err == nil {
			err = k.DropUpload(ctx, deskClerk, id)
		}
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if want := []int64{1, 2, 3}; !slices.Equal(ids, want) {
		t.Errorf("the files are %v, want %v", ids, want)
	}
}
