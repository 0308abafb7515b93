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

// mailed gives a member an e-mail address.
func (o *testOffice) mailed(box, email string) {
	o.t.Helper()
	o.must(o.ChangeContacts(ctx, "prova", o.holder(box), office.Contacts{Email: email}))
}

// notices raises what is due today.
func (o *testOffice) notices() office.Notified {
	o.t.Helper()
	done, err := o.RaiseNotices(ctx, "prova", false)
	o.must(err)
	if len(done.Failed) > 0 {
		o.t.Errorf("on %s failed: %v", o.day, done.Failed)
	}
	return done
}

// messages are all messages, oldest first: kind, who to, state.
func (o *testOffice) messages(kinds ...pec.MessageKind) []db.MessageListed {
	o.t.Helper()
	var list []db.MessageListed
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		all, err := tx.MessageList(db.MessageFilter{})
		for i := len(all) - 1; i >= 0; i-- {
			if len(kinds) == 0 || all[i].Kind == kinds[0] {
				list = append(list, all[i])
			}
		}
		return err
	}))
	return list
}

func (o *testOffice) told(kind pec.MessageKind) []string {
	o.t.Helper()
	var told []string
	for _, m := range o.messages(kind) {
		told = append(told, fmt.Sprint(m.On, " ", m.Letter.Subject))
	}
	return told
}

// romaNotified is the worked example: E 12/10/2018, 1 GB bought on 07/12/2017.
func romaNotified(t *testing.T) (*testOffice, string) {
	t.Helper()
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Morandi", "Elena")
	o.mailed(box, "elena@posta.example")
	o.on("2017-12-07")
	o.topUp(box, 305)
	o.completed(box, 1, 305)
	return o, box
}

// Two years of nights: the nightly jobs raise each notice on its day and no
// other, and after each E one message tells what became of the GB.
func TestRemindersDayByDay(t *testing.T) {
	o, box := romaNotified(t)
	var got []string
	for o.day = pec.Day("2017-12-08"); o.day.Before(pec.Day("2019-12-08")); o.day = o.day.AddDays(1) {
		if o.day == pec.Day("2018-10-01") {
			o.topUp(box, 305) // pays for the renewal of 2018, not for that of 2019
		}
		o.night()
		for step, n := range o.notices().ByStep {
			for range n {
				got = append(got, o.day.Italian()+" "+step)
			}
		}
	}
	want := []string{
		"14/07/2018 90", "13/08/2018 60", "12/09/2018 30", "27/09/2018 15", "05/10/2018 7", "12/10/2018 0",
		"14/07/2019 90", "13/08/2019 60", "12/09/2019 30", "27/09/2019 15", "05/10/2019 7", "12/10/2019 0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("notices (- want, + got):\n%s", diff)
	}
	outcomes := o.messages(pec.MessageOutcome)
	if len(outcomes) != 2 {
		t.Fatalf("outcomes: %v", o.told(pec.MessageOutcome))
	}
	for i, want := range []string{"- 1 GB in più: rinnovato fino al 12/10/2019 per 3,05 €.", "- 1 GB in più: cessato, credito insufficiente."} {
		if text := spaced(outcomes[i].Letter.Text); !strings.Contains(text, want) {
			t.Errorf("the outcome of %s does not say %q:\n%s", outcomes[i].On, want, text)
		}
	}
	if first := spaced(outcomes[0].Letter.Text); !strings.Contains(first, "Ordine di rinnovo: 2018/000001\nPagato dal credito: 3,05 €\nCredito che resta: 0,00 €") {
		t.Errorf("the first outcome says\n%s", first)
	}
	if second := outcomes[1].Letter.Text; strings.Contains(second, "Ordine di rinnovo") || strings.Contains(second, "Pagato") {
		t.Errorf("the second outcome says\n%s", second)
	}
}

func spaced(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

// From 12/10/2018, its E, members pay for a mailbox: its holder is told from 90
// days before what keeping it costs, under the agreement in force until then too.
func TestToldThatTheAgreementOfEMakesTheMemberPay(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Morandi", "Elena")
	o.mailed(box, "elena@posta.example")
	o.on("2018-05-01")
	o.agree(from("2018-10-12"), func(a *pec.Agreement) { a.Kinds[0].PaidBy, a.Kinds[0].YearlyPrice = pec.PaidByMember, 1000 })
	var got []string
	for o.day = pec.Day("2018-05-02"); o.day.Before(pec.Day("2018-10-13")); o.day = o.day.AddDays(1) {
		o.night()
		if o.notices().Raised > 0 {
			got = append(got, o.day.Italian())
		}
	}
	if diff := cmp.Diff([]string{"14/07/2018", "13/08/2018", "12/09/2018", "27/09/2018", "05/10/2018", "12/10/2018"}, got); diff != "" {
		t.Errorf("notices (- want, + got):\n%s", diff)
	}
	first := spaced(o.messages(pec.MessageNotice)[0].Letter.Text)
	if !strings.Contains(first, "La casella si chiude, se prima nessuno la rinnova.") || !strings.Contains(first, "per 1 anno costa 10,00 € + IVA 2,20 € = 12,20 €") {
		t.Errorf("the first notice says\n%s", first)
	}
}

func TestALateRunRaisesTheLatestStepOnce(t *testing.T) {
	o, _ := romaNotified(t)
	o.on("2018-09-14")
	preview, err := o.RaiseNotices(ctx, "prova", true)
	o.must(err)
	if got := o.messages(pec.MessageNotice); len(got) != 0 {
		t.Fatalf("the dry run wrote %d", len(got))
	}
	done := o.notices()
	want := map[string]int{"90": 0, "60": 0, "30": 1, "15": 0, "7": 0, "0": 0}
	if diff := cmp.Diff(want, done.ByStep); diff != "" || done.Raised != 1 {
		t.Errorf("%d raised, by step (- want, + got):\n%s", done.Raised, diff)
	}
	preview.DryRun = false
	if diff := cmp.Diff(done, preview); diff != "" {
		t.Errorf("the dry run (+) is not the run (-):\n%s", diff)
	}
	if again := o.notices(); again.Raised != 0 {
		t.Errorf("the second run raised %+v", again)
	}
	text := spaced(o.messages(pec.MessageNotice)[0].Letter.Text)
	for _, words := range []string{"Gentile Elena Morandi,", "scade il 12/10/2018 (fra 28 giorni)", "- 1 GB in più cessa: credito insufficiente.", "Costo del rinnovo: 3,05 € per 1 anno\nCredito disponibile: 0,00 €\nManca: 3,05 €"} {
		if !strings.Contains(text, words) {
			t.Errorf("the notice does not say %q:\n%s", words, text)
		}
	}
}

// A run on 20/10 that finds no renewal of the night sees through it: what it
// raises is nothing, for the new E is a year away.
func TestNoticesLookAtTheMailboxAsTheNightLeavesIt(t *testing.T) {
	o, box := romaNotified(t)
	o.on("2018-10-20")
	if done := o.notices(); done.Raised != 0 {
		t.Errorf("raised %+v", done)
	}
	o.night()
	o.expect(box, "active to 2019-10-12, credit 0.00", "1 inbox_gb from 2017-12-07 ended on 2018-10-12 (no_credit)")
	if told := o.told(pec.MessageOutcome); len(told) != 1 {
		t.Errorf("outcomes: %v", told)
	}
}

// One holder has two mailboxes: the renewal of the one, overdue, is carried out
// before the other's notice tells what credit is left (R6).
func TestANoticeTellsTheCreditThatOverdueRenewalsLeave(t *testing.T) {
	o, box := romaNotified(t)
	o.on("2017-12-20")
	second := o.another(box, "elena.studio@pec.ordine.example") // E 20/12/2018
	o.topUp(box, 305+305)
	o.completed(second, 1, 305)
	o.on("2018-10-21") // 60 days before the second's E, nine after the first's
	if done := o.notices(); done.ByStep["60"] != 1 || done.Raised != 1 {
		t.Fatalf("%+v", done)
	}
	text := spaced(o.messages(pec.MessageNotice)[0].Letter.Text)
	if !strings.Contains(text, "Credito disponibile: 0,00 €\nManca: 3,05 €") {
		t.Errorf("the notice says\n%s", text)
	}
	o.expect(box, "active to 2019-10-12, credit 0.00", "1 inbox_gb from 2017-12-07 to 2019-10-12")
}

// A member's fault is reported; the others get their notices.
func TestAFaultyMemberDoesNotStopTheOthers(t *testing.T) {
	o, box := romaNotified(t)
	o.mailboxOf(t, "A2", "Belli", "Ugo", "2017-10-12")
	second := o.another(box, "elena.studio@pec.ordine.example")
	o.topUp(box, 305)
	o.completed(second, 1, 305)
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error { // a period that is in the way of the first mailbox's renewal
		b, err := tx.MailboxByAddress(box)
		if err != nil {
			return err
		}
		_, err = tx.AddPeriod(db.Period{MailboxID: b.ID, StartsOn: pec.Day("2018-10-12"), EndsOn: pec.Day("2018-10-13"), Origin: "renewal"})
		return err
	}))
	o.on("2018-10-13")
	_, err := o.Renew(ctx, "prova", o.day.AddDays(-1))
	o.must(err)
	o.mailboxOf(t, "A3", "Conti", "Ida", "2018-01-11")
	done, err := o.RaiseNotices(ctx, "prova", false)
	o.must(err)
	if done.Raised != 1 || len(done.Failed) != 2 || done.Failed[0].Address != box {
		t.Errorf("%+v", done)
	}
}

func TestLeaversGetNoNoticesAndSuspendedMembersDo(t *testing.T) {
	o, box := romaNotified(t)
	other := o.mailboxOf(t, "A2", "Belli", "Ugo", "2017-10-12")
	o.on("2018-07-01")
	o.leave(box, pec.MemberDeceased)
	o.leave(other, pec.MemberSuspended)
	o.on("2018-07-14")
	if done := o.notices(); done.Raised != 1 {
		t.Errorf("raised %+v", done)
	}
	if m := o.messages(pec.MessageNotice)[0]; m.Holder != "Belli Ugo" {
		t.Errorf("the notice went to %s", m.Holder)
	}
	o.on("2018-10-13")
	o.night()
	for _, m := range o.messages(pec.MessageOutcome) {
		if m.Holder == "Morandi Elena" {
			t.Errorf("the heirs are told: %s", m.Letter.Text)
		}
	}
}

// mailboxOf enters another member, with a GB on a mailbox activated on a day.
func (o *testOffice) mailboxOf(t *testing.T, number, surname, name, activated string) string {
	t.Helper()
	back := o.day
	o.on(activated)
	box := o.mailbox(number, surname, name)
	o.topUp(box, 305)
	o.completed(box, 1, 305)
	o.day = back
	return box
}

func (o *testOffice) leave(box string, status pec.MemberStatus) {
	o.t.Helper()
	_, err := o.ChangeMemberStatus(ctx, "prova", o.holder(box), office.StatusChange{Status: status})
	o.must(err)
}

func TestWithoutAnEmailTheNoticeGoesOnPaper(t *testing.T) {
	o, box := romaNotified(t)
	o.mailed(box, "")
	o.on("2018-07-14")
	if done := o.notices(); done.Raised != 1 || done.OnPaper != 1 {
		t.Errorf("%+v", done)
	}
	m := o.messages(pec.MessageNotice)[0]
	if m.State != pec.MessagePaper || m.Recipient != "" {
		t.Errorf("%s to %q", m.State, m.Recipient)
	}
	if n, err := o.PostMessages(ctx, "prova", []int64{m.ID, o.messages(pec.MessageReceipt)[0].ID}); err != nil || n != 1 {
		t.Errorf("%d posted, %v", n, err)
	}
	if m := o.messages(pec.MessageNotice)[0]; m.State != pec.MessagePosted || m.GoneAt.IsZero() {
		t.Errorf("%s", m.State)
	}
	if n, err := o.PostMessages(ctx, "prova", []int64{m.ID}); err != nil || n != 0 {
		t.Errorf("posted twice: %d, %v", n, err)
	}
}

// No agreement, no steps: the run is empty and says so.
func TestNoNoticesWithoutAnAgreement(t *testing.T) {
	o := bareOffice(t, "2018-07-14")
	if done := o.notices(); done.Raised != 0 || len(done.ByStep) != 0 {
		t.Errorf("%+v", done)
	}
}

// A purchase and its confirmation are one change; an order that waits is
// confirmed when it completes, once (R17).
func TestAPurchaseIsConfirmedWhenItCompletes(t *testing.T) {
	o, box := romaNotified(t)
	o.on("2017-12-10")
	o.waits(box, 1, 305, 305)
	if told := o.told(pec.MessageReceipt); len(told) != 1 {
		t.Fatalf("confirmed: %v", told)
	}
	o.topUp(box, 405)
	list := o.messages(pec.MessageReceipt)
	if len(list) != 2 {
		t.Fatalf("confirmed: %v", o.told(pec.MessageReceipt))
	}
	m := list[1]
	if m.Recipient != "elena@posta.example" || m.State != pec.MessageWaiting || m.Letter.Subject != "Conferma di acquisto per elena.morandi@pec.ordine.example, ordine 2017/000002" {
		t.Errorf("%s to %s: %s", m.State, m.Recipient, m.Letter.Subject)
	}
	want := "- 1 GB in più, dal 10/12/2017 al 12/10/2018: 2,50 € + IVA 0,55 € = 3,05 €\n\nTotale netto: 2,50 €\nIVA: 0,55 €\nTotale lordo, preso dal credito: 3,05 €\nCredito che resta: 1,00 €\n"
	if text := spaced(m.Letter.Text); !strings.Contains(text, want) {
		t.Errorf("it does not say\n%s\nbut\n%s", want, text)
	}
}

// What a rule refuses leaves no message behind.
func TestNoMailForAChangeThatWasRefused(t *testing.T) {
	o, box := romaNotified(t)
	o.topUp(box, 5000)
	_, err := o.Order(ctx, "prova", office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 9})
	o.refuses("cap_exceeded", err)
	if told := o.told(pec.MessageReceipt); len(told) != 1 {
		t.Errorf("confirmed: %v", told)
	}
}

func TestANoticeIsWrittenOnceWhateverTheDatabaseIsAsked(t *testing.T) {
	o, _ := romaNotified(t)
	o.on("2018-07-14")
	o.notices()
	m := o.messages(pec.MessageNotice)[0]
	err := o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		return tx.AddNotice(db.NoticeRow{MailboxID: m.MailboxID, Raised: pec.Raised{ExpiresOn: pec.Day("2018-10-12"), Step: 90}, MessageID: m.ID})
	})
	if err == nil {
		t.Error("the same notice twice")
	}
}

// The secretariat's text is used from the next message on; what was written
// stays.
func TestATextThatIsChangedIsUsedFromThenOn(t *testing.T) {
	o, _ := romaNotified(t)
	o.on("2018-07-14")
	o.notices()
	o.must(o.ChangeText(ctx, "prova", pec.MessageNotice, pec.MessageText{Subject: "Scade {{casella}}", Body: "Manca: {{manca}}\r\n\r\nA presto"}))
	o.refuses("field_unknown", o.ChangeText(ctx, "prova", pec.MessageNotice, pec.MessageText{Subject: "Scade", Body: "{{lordo}}"}))
	o.refuses("text_unknown", o.ChangeText(ctx, "prova", "altro", pec.MessageText{Subject: "Scade", Body: "Testo"}))
	o.on("2018-08-13")
	o.notices()
	list := o.messages(pec.MessageNotice)
	if list[0].Letter.Subject != "Casella PEC elena.morandi@pec.ordine.example: scadenza del 12/10/2018" {
		t.Errorf("the first was rewritten: %s", list[0].Letter.Subject)
	}
	if got := list[1].Letter; got.Subject != "Scade elena.morandi@pec.ordine.example" || spaced(got.Text) != "Manca: 3,05 €\n\nA presto\n" {
		t.Errorf("%q %q", got.Subject, got.Text)
	}
	o.must(o.RestoreText(ctx, "prova", pec.MessageNotice))
	o.on("2018-09-12")
	o.notices()
	if got := o.messages(pec.MessageNotice)[2].Letter.Subject; !strings.HasPrefix(got, "Casella PEC") {
		t.Errorf("the program's text is not back: %s", got)
	}
}

// What members are told does not depend on when the renewals ran: two years
// late it is what each night would have written, numbers of orders apart (R6).
func TestOutcomesAreTheSameHoweverLateTheRunIs(t *testing.T) {
	story := func(nightly bool) []string {
		o, box := romaNotified(t)
		o.on("2018-01-10")
		o.topUp(box, 305+305+305)
		o.completed(box, 1, 305)
		for o.day = pec.Day("2018-01-11"); o.day.Before(pec.Day("2020-11-01")); o.day = o.day.AddDays(1) {
			if nightly {
				o.night()
			}
		}
		o.night()
		var told []string
		for _, m := range o.messages(pec.MessageOutcome) {
			for line := range strings.Lines(m.Letter.Text) {
				if !strings.HasPrefix(line, "Ordine di rinnovo:") {
					told = append(told, line)
				}
			}
		}
		return told
	}
	daily := story(true)
	if diff := cmp.Diff(daily, story(false)); diff != "" || len(daily) == 0 {
		t.Errorf("each night (-) and late (+), %d lines:\n%s", len(daily), diff)
	}
}

// Two runs at once, the night's and a clerk's: each notice is raised by one.
func TestTwoRunsAtOnceRaiseEachNoticeOnce(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	o.SetBatch(1)
	for i := range 20 {
		o.mailboxOf(t, fmt.Sprint("A", i), fmt.Sprint("Prova", i), "Ugo", "2017-10-12")
	}
	o.on("2018-07-14")
	var wg sync.WaitGroup
	var raised [2]int
	for i := range raised {
		wg.Go(func() {
			done, err := o.RaiseNotices(ctx, "prova", false)
			if err != nil || len(done.Failed) > 0 {
				t.Errorf("%+v, %v", done, err)
			}
			raised[i] = done.Raised
		})
	}
	wg.Wait()
	if n := len(o.messages(pec.MessageNotice)); raised[0]+raised[1] != 20 || n != 20 {
		t.Errorf("%v raised, %d messages", raised, n)
	}
}
