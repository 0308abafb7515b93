package office

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// boxes is a provider's list of mailboxes.
func boxes(lines ...string) ImportFile {
	return ImportFile{Name: "caselle.csv", Data: []byte("Casella;Codice fiscale;Tipologia;Data attivazione;Data scadenza;GB extra;MB usati\n" + strings.Join(lines, "\n") + "\n")}
}

const (
	boxRossi   = "mario.rossi@pec.ordine.example;RSSMRA85T10A562S;Standard;12/10/2014;12/10/2018;2;512"
	boxMoretti = "m.moretti@pec.ordine.example;MRTMTT91D08F205J;standard;20/05/2017;31/12/2018;0;"
)

// exported is `export mailboxes` as CSV.
func (k *desk) exported() string {
	k.t.Helper()
	t, err := k.MailboxesTable(context.Background())
	if err != nil {
		k.t.Fatal(err)
	}
	var b bytes.Buffer
	if err := t.WriteCSV(&b); err != nil {
		k.t.Fatal(err)
	}
	return b.String()
}

// sound expects that the check finds nothing.
func (k *desk) sound() {
	k.t.Helper()
	found, err := k.Check(context.Background())
	if err != nil || len(found) > 0 {
		k.t.Errorf("check: %v %v", found, err)
	}
}

// lives tells a mailbox in one line: status, days, terms with what the Ordine
// owes for them, services.
func (k *desk) lives(address, want string) {
	k.t.Helper()
	var got []string
	k.look(func(tx *db.ReadTx) error {
		m, err := tx.MailboxByAddress(address)
		if err != nil {
			return err
		}
		got = append(got, string(m.Status), m.Kind)
		periods, err := tx.Periods(m.ID)
		if err != nil {
			return err
		}
		for _, p := range periods {
			got = append(got, fmt.Sprintf("%s>%s=%s", p.StartsOn, p.EndsOn, p.Price.Gross))
		}
		services, err := tx.ServicesOn(m.ID, true)
		for _, s := range services {
			got = append(got, fmt.Sprintf("%dGB>%s%s:%s", s.Quantity, s.ExpiresOn, s.EndReason, s.Source))
		}
		return err
	})
	if line := strings.Join(got, " "); line != want {
		k.t.Errorf("%s: %s\nwant %s", address, line, want)
	}
}

// atProvider is a desk on a day whose register has Rossi and Moretti.
func atProvider(t *testing.T, today string) *desk {
	k := newDesk(t, today)
	k.brings(members(rossi+";;;;", moretti+";;;;"), "2 0 0 0")
	return k
}

func (k *desk) renew(day string) Renewed {
	k.t.Helper()
	k.today = pec.Day(day)
	done, err := k.Renew(context.Background(), deskClerk, k.today)
	if err != nil {
		k.t.Fatal(err)
	}
	return done
}

func TestExistingMailboxesAreTakenInAndRenewedFromTheirExpiry(t *testing.T) {
	k := atProvider(t, "2018-07-01")
	empty := k.exported()
	r := k.brings(boxes(boxRossi, boxMoretti, "x@pec.altri.example;RSSMRA85T10A562S;;12/10/2014;12/10/2018;;"), "2 0 0 1")
	k.lives("mario.rossi@pec.ordine.example", "active standard 2017-10-12>2018-10-12=0.00 2GB>2018-10-12:ordine")
	k.lives("m.moretti@pec.ordine.example", "active standard 2017-12-31>2018-12-31=0.00")
	k.sound()

	// the same list, and what we export ourselves, change nothing
	k.brings(boxes(boxRossi, boxMoretti), "0 0 2 0")
	k.brings(ImportFile{Name: "caselle.csv", Data: []byte(k.exported())}, "0 0 2 0")
	k.sound()

	done := k.undo(r.Batch)
	if diff := cmp.Diff(Undone{Removed: 2, Kept: []Kept{}}, done); diff != "" {
		t.Error(diff)
	}
	if got := k.exported(); got != empty {
		t.Errorf("after the undo:\n%s", got)
	}
	k.sound()

	// Two years: 2 GB at 2,50 € + IVA 22 % = 6,10 €. Rossi pays in 10,00 €: enough
	// for 2018, not for 2019. The Ordine owes 5,00 € + IVA = 6,10 € a period, from
	// the first renewal on.
	k.brings(boxes(boxRossi, boxMoretti), "2 0 0 0")
	if _, err := k.TopUp(context.Background(), deskClerk, Payment{Address: "mario.rossi@pec.ordine.example", Amount: 1000, Method: pec.ByBankTransfer, Reference: "CRO1"}); err != nil {
		t.Fatal(err)
	}
	if done := k.renew("2018-10-12"); done.Renewed != 1 || done.ServicesRenewed != 1 || done.Members.Gross != 610 {
		t.Errorf("%+v", done)
	}
	k.lives("mario.rossi@pec.ordine.example", "active standard 2017-10-12>2018-10-12=0.00 2018-10-12>2019-10-12=6.10 2GB>2019-10-12:ordine")
	k.sound()
	k.renew("2020-07-01")
	k.lives("mario.rossi@pec.ordine.example", "active standard 2017-10-12>2018-10-12=0.00 2018-10-12>2019-10-12=6.10 2019-10-12>2020-10-12=6.10 2GB>2019-10-12no_credit:ordine")
	k.lives("m.moretti@pec.ordine.example", "active standard 2017-12-31>2018-12-31=0.00 2018-12-31>2019-12-31=6.10 2019-12-31>2020-12-31=6.10")
	k.sound()

	// the old list again is told from what was renewed here, and changes nothing
	r = k.brings(boxes(boxRossi, boxMoretti), "0 0 2 0")
	if r.Warnings != 3 {
		t.Errorf("%d warnings: %v", r.Warnings, r.Problems)
	}
}

func TestUndoOfMailboxesKeepsWhatWasUsed(t *testing.T) {
	k := atProvider(t, "2018-07-01")
	r := k.brings(boxes(boxRossi, boxMoretti, "altra@pec.ordine.example;MRTMTT91D08F205J;;01/06/2018;01/06/2019;;"), "3 0 0 0")
	ctx := context.Background()
	if _, err := k.TopUp(ctx, deskClerk, Payment{Address: "mario.rossi@pec.ordine.example", Amount: 5000, Method: pec.ByBankTransfer, Reference: "CRO1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Order(ctx, deskClerk, Purchase{Address: "mario.rossi@pec.ordine.example", Product: pec.InboxGB, Quantity: 1}); err != nil {
		t.Fatal(err)
	}
	// Moretti's expires before the undo and is renewed as if every night had run (R6)
	k.today = pec.Day("2019-01-02")
	done, err := k.UndoImport(ctx, deskClerk, r.Batch)
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for _, x := range done.Kept {
		kept = append(kept, x.Name+" "+x.Reason)
	}
	want := []string{"mario.rossi@pec.ordine.example è stata rinnovata o modificata dopo l’importazione", "m.moretti@pec.ordine.example è stata rinnovata o modificata dopo l’importazione"}
	if diff := cmp.Diff(want, kept); diff != "" || done.Removed != 1 {
		t.Errorf("%+v\n%s", done, diff)
	}
	k.sound()
}

func TestUndoOfMailboxesKeepsWhatWasBought(t *testing.T) {
	k := atProvider(t, "2018-07-01")
	r := k.brings(boxes(boxRossi), "1 0 0 0")
	ctx := context.Background()
	if _, err := k.Order(ctx, deskClerk, Purchase{Address: "mario.rossi@pec.ordine.example", Product: pec.InboxGB, Quantity: 1}); err != nil {
		t.Fatal(err)
	}
	if done := k.undo(r.Batch); len(done.Kept) != 1 || done.Kept[0].Reason != "ha già un ordine di acquisto" {
		t.Errorf("%+v", done)
	}
}

// The MB of a later list are taken back although Rossi has bought something
// before, and so is the list that came after his purchase (R24).
func TestUndoOfUseIsNotHeldUpByOrders(t *testing.T) {
	k := atProvider(t, "2018-07-01")
	first := k.brings(boxes(boxRossi), "1 0 0 0")
	if _, err := k.Order(context.Background(), deskClerk, Purchase{Address: "mario.rossi@pec.ordine.example", Product: pec.InboxGB, Quantity: 1}); err != nil {
		t.Fatal(err)
	}
	k.today = pec.Day("2018-07-05")
	before := k.exported()
	use := k.brings(boxes("mario.rossi@pec.ordine.example;;;;;;700"), "0 1 0 0")
	if before == k.exported() {
		t.Fatal("the list changed nothing")
	}
	if done := k.undo(use.Batch); done.Restored != 1 || len(done.Kept) != 0 {
		t.Errorf("%+v", done)
	}
	if diff := cmp.Diff(before, k.exported()); diff != "" {
		t.Errorf("not as before:\n%s", diff)
	}
	if done := k.undo(first.Batch); len(done.Kept) != 1 || done.Kept[0].Reason != "ha già un ordine di acquisto" {
		t.Errorf("%+v", done)
	}
	k.sound()
}

// On 14/07/2018 Rossi is told of the 2 GB that end on 12/10/2018: what he was
// told of stays.
func TestUndoOfMailboxesKeepsWhatItsHolderWasToldOf(t *testing.T) {
	k := atProvider(t, "2018-07-01")
	r := k.brings(boxes(boxRossi, boxMoretti), "2 0 0 0")
	k.today = pec.Day("2018-07-14")
	if done, err := k.RaiseNotices(context.Background(), deskClerk, false); err != nil || done.Raised != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	if done := k.undo(r.Batch); done.Removed != 1 || len(done.Kept) != 1 || done.Kept[0].Reason != "il titolare ne ha già avuto un messaggio" {
		t.Errorf("%+v", done)
	}
	k.sound()
}

func TestALaterListCorrectsAndIsTakenBack(t *testing.T) {
	k := atProvider(t, "2018-07-01")
	first := k.brings(boxes(boxRossi, boxMoretti), "2 0 0 0")
	before := k.exported()
	second := k.brings(boxes(
		"mario.rossi@pec.ordine.example;;;15/10/2014;15/10/2018;3;600",
		"m.moretti@pec.ordine.example;;;;;1;"), "0 2 0 0")
	k.lives("mario.rossi@pec.ordine.example", "active standard 2017-10-15>2018-10-15=0.00 3GB>2018-10-15:ordine")
	k.lives("m.moretti@pec.ordine.example", "active standard 2017-12-31>2018-12-31=0.00 1GB>2018-12-31:ordine")
	k.sound()
	third := k.brings(boxes("mario.rossi@pec.ordine.example;;;;;0;"), "0 1 0 0")
	k.lives("mario.rossi@pec.ordine.example", "active standard 2017-10-15>2018-10-15=0.00 3GB>2018-10-15not_in_statement:ordine")
	k.sound()
	if done := k.undo(first.Batch); len(done.Kept) != 2 {
		t.Errorf("what later lists changed: %+v", done)
	}
	k.undo(third.Batch)
	k.lives("mario.rossi@pec.ordine.example", "active standard 2017-10-15>2018-10-15=0.00 3GB>2018-10-15:ordine")
	if done := k.undo(second.Batch); done.Restored != 2 {
		t.Errorf("%+v", done)
	}
	if diff := cmp.Diff(before, k.exported()); diff != "" {
		t.Errorf("not as before:\n%s", diff)
	}
	k.sound()
}

func TestRequestedMailboxesAreActivatedByTheList(t *testing.T) {
	k := atProvider(t, "2018-06-01")
	ctx := context.Background()
	if _, err := k.Provision(ctx, deskClerk, "", false); err != nil {
		t.Fatal(err)
	}
	k.brings(ImportFile{Name: "caselle.csv", Data: []byte(k.exported())}, "0 0 2 0")
	before := k.exported()
	k.today = pec.Day("2018-07-01")
	// Rossi's was activated after the request, with its charge (R4); Moretti's had
	// been there before and is taken in without (9.5)
	r := k.brings(boxes("mario.rossi@pec.ordine.example;RSSMRA85T10A562S;;05/06/2018;05/06/2019;;",
		"matteo.moretti@pec.ordine.example;MRTMTT91D08F205J;;20/05/2017;20/05/2019;2;"), "0 2 0 0")
	k.lives("mario.rossi@pec.ordine.example", "active standard 2018-06-05>2019-06-05=6.10")
	k.lives("matteo.moretti@pec.ordine.example", "active standard 2018-05-20>2019-05-20=0.00 2GB>2019-05-20:ordine")
	k.sound()
	done := k.undo(r.Batch)
	if done.Restored != 1 || len(done.Kept) != 1 || !strings.Contains(done.Kept[0].Reason, "costo per l’Ordine") {
		t.Errorf("%+v", done)
	}
	k.lives("matteo.moretti@pec.ordine.example", "requested standard")
	k.sound()
	if after := k.exported(); strings.Count(after, "\n") != strings.Count(before, "\n") {
		t.Error(after)
	}
}

func TestListedSpaceWhereMembersBuyAtTheProvider(t *testing.T) {
	k := atProvider(t, "2018-07-01")
	a, err := pec.ReadAgreement([]byte(`{"name": "Presso il gestore", "starts_on": "2018-01-01", "vat_rate": "22", "policy": "full_year", "sold_by": "provider",
		"kinds": [{"code": "standard", "name": "Standard", "base_inbox_gb": 1, "max_inbox_gb": 5, "yearly_price": "5.00", "paid_by": "ordine", "terms": [1]}],
		"products": [{"code": "inbox_gb", "name": "Spazio Extra Inbox", "unit": "GB", "yearly_price": "2.50", "kinds": ["standard"]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.SetAgreement(context.Background(), deskClerk, a); err != nil {
		t.Fatal(err)
	}
	k.brings(boxes(boxRossi), "1 0 0 0")
	k.lives("mario.rossi@pec.ordine.example", "active standard 2017-10-12>2018-10-12=0.00 2GB>2018-10-12:provider")
	// the statement tells of two purchases what the list told as one
	const one, two = "mario.rossi@pec.ordine.example;Spazio Extra Inbox;1;07/12/2017;12/10/2018;2,50", "mario.rossi@pec.ordine.example;Spazio Extra Inbox;1;01/03/2018;12/10/2018;2,50"
	r := k.brings(statement(one, two), "1 1 0 0")
	k.lives("mario.rossi@pec.ordine.example", "active standard 2017-10-12>2018-10-12=0.00 1GB>2018-10-12:provider 1GB>2018-10-12:provider")
	k.brings(statement(one, two), "0 0 2 0")
	k.brings(boxes(boxRossi), "0 0 1 0")
	k.undo(r.Batch)
	k.renew("2018-10-12")
	k.lives("mario.rossi@pec.ordine.example", "active standard 2017-10-12>2018-10-12=0.00 2018-10-12>2019-10-12=6.10 2GB>2018-10-12sold_elsewhere:provider")
	k.sound()
}

func TestOverdueMailboxOfAListIsRenewedByTheNextRun(t *testing.T) {
	k := atProvider(t, "2018-11-01")
	r := k.brings(boxes(boxRossi), "1 0 0 0") // it expired on 12/10/2018
	if r.Warnings != 2 {
		t.Errorf("%v", r.Problems)
	}
	if done := k.undo(r.Batch); done.Removed != 1 { // on the same day nothing has fallen due since
		t.Errorf("%+v", done)
	}
	k.brings(boxes(boxRossi), "1 0 0 0")
	k.renew("2018-11-01")
	k.lives("mario.rossi@pec.ordine.example", "active standard 2017-10-12>2018-10-12=0.00 2018-10-12>2019-10-12=6.10")
	k.sound()
}

// TestAnyListIsSoundForTwoYears draws lists at random. The second time a list
// changes nothing; an undo gives back what was exported before, byte for byte;
// taken in and renewed for two years, nothing is charged twice, and the books
// are sound.
func TestAnyListIsSoundForTwoYears(t *testing.T) {
	Fewer(t, "15")
	rapid.Check(t, func(r *rapid.T) {
		k := atProvider(t, "2018-07-01")
		pick := func(what string, s ...string) string { return rapid.SampledFrom(s).Draw(r, what) }
		var first, second []string
		for i := range rapid.IntRange(1, 4).Draw(r, "mailboxes") {
			line := func() string {
				return fmt.Sprintf("c%d@pec.ordine.example;%s;%s;%s;%s;%s;%s", i, pick("holder", "RSSMRA85T10A562S", "MRTMTT91D08F205J", ""), pick("kind", "standard", ""),
					pick("from", "12/10/2014", "29/02/2016", "01/06/2018", ""), pick("to", "12/10/2018", "28/02/2019", "01/06/2018", "31/12/2018", ""), pick("extra", "0", "1", "4", ""), pick("used", "", "12", "90"))
			}
			first, second = append(first, line()), append(second, line())
		}
		takes := func(lines []string) ImportReport {
			report, err := k.WriteImport(context.Background(), deskClerk, ImportMailboxes, boxes(lines...), "", false)
			if err != nil {
				r.Fatal(err)
			}
			if report.Rows != len(lines) || report.Created+report.Updated+report.Unchanged+report.Refused != report.Rows {
				r.Fatalf("%+v", report)
			}
			k.sound()
			return report
		}
		takes(first)
		k.renew(k.today.String()) // what is overdue, no undo takes back
		before := k.exported()
		changed := takes(second)
		if again := takes(second); again.Created+again.Updated > 0 {
			r.Fatalf("again %+v", again)
		}
		if done := k.undo(changed.Batch); len(done.Kept) == 0 {
			if after := k.exported(); after != before {
				r.Fatalf("undone:\n%s\nbefore:\n%s", after, before)
			}
		}
		takes(second)
		for day := k.today; day.Before(pec.Day("2020-07-01")); day = day.AddDays(rapid.IntRange(1, 300).Draw(r, "days")) {
			if done := k.renew(day.String()); len(done.Failed) > 0 {
				r.Fatalf("%+v", done)
			}
			k.sound()
		}
		k.charged(r)
	})
}

// charged expects of each mailbox one charge for each period that began here.
func (k *desk) charged(r *rapid.T) {
	k.look(func(tx *db.ReadTx) error {
		list, err := tx.Mailboxes()
		for _, m := range list {
			periods, err := tx.Periods(m.ID)
			if err != nil {
				return err
			}
			for i, p := range periods {
				if p.Charged != (p.Origin != "imported") || (p.Origin == "imported") != (i == 0) || i > 0 && p.StartsOn != periods[i-1].EndsOn {
					r.Fatalf("%s: %+v", m.Address, periods)
				}
			}
		}
		return err
	})
}

func TestCheckAcceptsOnlySpaceThatAListTold(t *testing.T) {
	k := atProvider(t, "2018-07-01")
	r := k.brings(boxes(boxRossi, boxMoretti), "2 0 0 0")
	k.do(func(tx *db.Tx) error {
		m, err := tx.MailboxByAddress("m.moretti@pec.ordine.example")
		if err != nil {
			return err
		}
		s := db.ServiceRow{Service: pec.Service{MailboxID: m.ID, Product: "inbox_gb", Quantity: 1, StartedOn: k.today, ExpiresOn: m.ExpiresOn, AutoRenew: true, Source: pec.SoldByOrdine}, ProductName: "Spazio"}
		if _, err := tx.AddService(s); err != nil { // of no list
			return err
		}
		s.BatchID, s.Net = r.Batch, 250 // paid here, by nobody
		_, err = tx.AddService(s)
		return err
	})
	found, err := k.Check(context.Background())
	if err != nil || len(found) != 2 || !strings.Contains(strings.Join(found, " "), "non ha un ordine completato") {
		t.Errorf("%v %v", found, err)
	}
}

// TestLongListIsTakenInWithinSeconds is an Ordine's first day. 20,000 mailboxes
// took 3 seconds where this was written, and half of one to be found unchanged.
func TestLongListIsTakenInWithinSeconds(t *testing.T) {
	const n = 4000
	k := newDesk(t, "2018-07-01")
	var people, list []string
	for i := range n {
		surname := string([]byte{'A' + byte(i/676/26%26), 'a' + byte(i/676%26), 'a' + byte(i/26%26), 'a' + byte(i%26)})
		code := pec.ComputeTaxCode(surname, "Mario", pec.Day("1970-01-01").AddDays(i), "M", "H501")
		people = append(people, fmt.Sprintf("N%d;%s;Mario;%s;;;;", i, surname, code))
		list = append(list, fmt.Sprintf("c%d@pec.ordine.example;%s;Standard;%s;%s;%d;%d", i, code, pec.Day("2015-01-01").AddDays(i%360).Italian(), pec.Day("2018-07-02").AddDays(i%360).Italian(), i%3, i%900))
	}
	k.brings(members(people...), fmt.Sprintf("%d 0 0 0", n))
	for _, want := range []string{fmt.Sprintf("%d 0 0 0", n), fmt.Sprintf("0 0 %d 0", n)} {
		begin := time.Now()
		k.brings(boxes(list...), want)
		if took := time.Since(begin); took > 20*time.Second {
			t.Errorf("%s took %v", want, took)
		}
	}
	k.sound()
	if done := k.undo(2); done.Removed != n {
		t.Errorf("%+v", done.Removed)
	}
}

// Rossi stood twice on the register, the second time with the code of a foreigner
// whom the provider still knows by it.
func TestListWithTheOldCodeOfAMergedPosition(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	k.brings(members(rossi, "A2;Rossi;Mario;00488410010"), "2 0 0 0")
	old := "m.rossi@pec.ordine.example;00488410010;Standard;12/10/2014;12/10/2018;0;"
	k.brings(boxes(old+"5"), "1 0 0 0")
	keep, gone := k.member("A1"), k.member("A2")
	if _, err := k.MergeMembers(context.Background(), deskClerk, Merge{Keep: keep.ID, Gone: gone.ID}); err != nil {
		t.Fatal(err)
	}
	r := k.brings(boxes(old+"6", "nuova@pec.ordine.example;00488410010;Standard;12/10/2015;12/10/2018;1;", boxRossi), "2 1 0 0")
	if len(r.Problems) != 2 || r.Problems[0].Code != "position_merged" || r.Problems[1].Code != "position_merged" {
		t.Errorf("%v", r.Problems)
	}
	k.look(func(tx *db.ReadTx) error {
		list, err := tx.MailboxesOf(keep.ID)
		if len(list) != 3 {
			t.Errorf("%d mailboxes: %+v", len(list), list)
		}
		return err
	})
	k.lives("nuova@pec.ordine.example", "active standard 2017-10-12>2018-10-12=0.00 1GB>2018-10-12:ordine")
	k.sound()
}

func TestListPlayedOnAnEarlierDayChangesNothingThatHappenedSince(t *testing.T) {
	k := atProvider(t, "2018-07-01")
	k.brings(boxes(boxRossi), "1 0 0 0")
	k.today = pec.Day("2018-03-01")
	r := k.brings(boxes("mario.rossi@pec.ordine.example;RSSMRA85T10A562S;Standard;12/10/2014;31/12/2018;3;512", boxMoretti), "1 0 0 1")
	if len(r.Problems) != 1 || r.Problems[0].Code != "day_before_last_event" || r.Problems[0].Message != "Il 01/03/2018 non si può più registrare nulla sulla casella: l’ultimo evento è del 01/07/2018." {
		t.Errorf("%v", r.Problems)
	}
	k.brings(boxes(boxRossi), "0 0 1 0") // what is so already may be told on any day
	k.lives("mario.rossi@pec.ordine.example", "active standard 2017-10-12>2018-10-12=0.00 2GB>2018-10-12:ordine")
	k.do(func(tx *db.Tx) error { return tx.MarkMember(k.member("A2").ID, pec.Day("2018-03-02")) })
	r = k.brings(boxes("m.moretti@pec.ordine.example;MRTMTT91D08F205J;standard;20/05/2017;31/12/2018;0;7"), "0 0 0 1")
	if len(r.Problems) != 1 || r.Problems[0].Message != "Il 01/03/2018 non si può più registrare nulla su Moretti Matteo: l’ultimo evento è del 02/03/2018." {
		t.Errorf("%v", r.Problems)
	}
	k.sound()
}

// A new agreement between the preview and the write makes the first year cost
// 61,00 € instead of 6,10 €: that is not what was confirmed (R24).
func TestChargeIsTheOneThatThePreviewShowed(t *testing.T) {
	k := atProvider(t, "2017-10-12")
	ctx := context.Background()
	asked, err := k.Provision(ctx, deskClerk, "A1", false)
	if err != nil {
		t.Fatal(err)
	}
	k.today = pec.Day("2017-10-20")
	f := boxes(asked[0].Address + ";RSSMRA85T10A562S;standard;15/10/2017;15/10/2018;0;")
	p, err := k.PreviewImport(ctx, ImportMailboxes, f)
	if err != nil || p.Plan.(pec.MailboxPlan).Rows[0].Price.Gross != 610 {
		t.Fatalf("%+v, %v", p.Plan, err)
	}
	var dearer pec.Agreement
	k.look(func(tx *db.ReadTx) error {
		list, err := tx.Agreements()
		dearer = list[0]
		return err
	})
	dearer.ID, dearer.StartsOn, dearer.Kinds[0].YearlyPrice = 0, pec.Day("2017-10-14"), 5000
	if _, err := k.SetAgreement(ctx, deskClerk, dearer); err != nil {
		t.Fatal(err)
	}
	if _, err := k.WriteImport(ctx, deskClerk, ImportMailboxes, f, p.Plan.Fingerprint(), false); pec.AsProblem(err) == nil || pec.AsProblem(err).Code != "import_changed" {
		t.Errorf("%v", err)
	}
	k.brings(f, "0 1 0 0")
	k.lives(asked[0].Address, "active standard 2017-10-15>2018-10-15=61.00")
	k.sound()
}

// A mailbox that was asked for here while it ran at the provider since 2014 is in
// every year since then, and the first renewal of its 2 GB, which no order here
// began, is a renewal: 2 × 2,50 + 1,10 = 6,10 €.
func TestMailboxRunningBeforeItsRequestIsInEveryYear(t *testing.T) {
	k := atProvider(t, "2018-06-15")
	ctx := context.Background()
	k.do(func(tx *db.Tx) error { return tx.SetOrderBody(db.OrderBody{Name: "Ordine di prova"}) })
	if _, err := k.Provision(ctx, deskClerk, "A1", false); err != nil {
		t.Fatal(err)
	}
	k.brings(boxes(boxRossi), "0 1 0 0")
	k.do(func(tx *db.Tx) error {
		m, err := tx.MailboxByAddress("mario.rossi@pec.ordine.example")
		if err != nil || m.RequestedOn != pec.Day("2018-06-15") {
			t.Fatalf("requested on %s, %v", m.RequestedOn, err)
		}
		return err
	})
	if _, err := k.TopUp(ctx, deskClerk, Payment{Address: "mario.rossi@pec.ordine.example", Amount: 1000, Method: pec.ByBankTransfer, Reference: "CRO1"}); err != nil {
		t.Fatal(err)
	}
	k.renew("2018-10-12")
	k.today = pec.Day("2019-01-10")
	year := func(year int) reports.Figures {
		y, err := k.Year(ctx, year)
		if err != nil {
			t.Fatal(err)
		}
		return y.Figures
	}
	before, then := year(2017), year(2018)
	if before.AtEnd != 1 || then.AtStart != 1 || before.Requested != 0 || then.Requested != 1 || then.Activated != 0 {
		t.Errorf("2017 %+v\n2018 %+v", before, then)
	}
	if then.ServicesRenewed != 1 || then.Renewals.Gross != 610 {
		t.Errorf("renewals of services %d for %s", then.ServicesRenewed, then.Renewals.Gross)
	}
}
