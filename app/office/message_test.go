package office_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/google/go-cmp/cmp"
)

// door plays the mail server: it answers as it is told, message by message, and
// the last answer for all that follow.
type door struct {
	mu      sync.Mutex
	answers []pec.MailOutcome
	got     []pec.Mail
	during  func() // while a message is on its way
}

func (d *door) Sender() string { return "pec@ordine.example" }

func (d *door) Send(_ context.Context, m pec.Mail) pec.MailResult {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.got = append(d.got, m)
	if d.during != nil {
		d.during()
	}
	outcome := d.answers[0]
	if len(d.answers) > 1 {
		d.answers = d.answers[1:]
	}
	return pec.MailResult{Outcome: outcome, Reply: "risposta " + string(outcome)}
}

// post is an office with a door and so many messages that wait; the clock is
// the test's.
func post(t *testing.T, waiting int, answers ...pec.MailOutcome) (*testOffice, *door) {
	t.Helper()
	o := newOffice(t, "2017-10-12")
	now := time.Date(2017, 10, 12, 8, 0, 0, 0, time.UTC)
	o.Now = func() time.Time { return now }
	for i := range waiting {
		box := o.mailbox(fmt.Sprint("A", i), fmt.Sprint("Prova", i), "Ugo")
		o.topUp(box, 305) // before there is an address: that alone is not told on paper
		o.mailed(box, fmt.Sprintf("ugo%d@posta.example", i))
		o.completed(box, 1, 305)
	}
	d := &door{answers: answers}
	o.Mailer = d
	return o, d
}

// later moves the clock, and the day with it.
func (o *testOffice) later(by time.Duration) {
	now := o.Now().Add(by)
	o.Now = func() time.Time { return now }
	o.day = pec.DateOf(now)
}

func (o *testOffice) send() office.Sending {
	o.t.Helper()
	done, err := o.SendMail(ctx, "prova")
	o.must(err)
	return done
}

func (o *testOffice) sends(want office.Sending) {
	o.t.Helper()
	if got := o.send(); got != want {
		o.t.Errorf("at %s: %+v, want %+v", o.Now().Format("02/01 15:04"), got, want)
	}
}

func TestMessagesThatWaitAreSentOnce(t *testing.T) {
	o, d := post(t, 3, pec.MailAccepted)
	o.sends(office.Sending{Sent: 3})
	o.sends(office.Sending{})
	if len(d.got) != 3 || d.got[0].To != "ugo0@posta.example" || !strings.Contains(d.got[0].HTML, "Prova0") || !strings.Contains(d.got[0].Text, "Prova0") {
		t.Errorf("sent %+v", d.got)
	}
	for _, m := range o.messages() {
		if m.State != pec.MessageSent || m.GoneAt.IsZero() {
			t.Errorf("%d is %s", m.ID, m.State)
		}
	}
}

func TestWithoutAServerEverythingWaits(t *testing.T) {
	o, _ := post(t, 2, pec.MailAccepted)
	o.Mailer = nil
	o.sends(office.Sending{Waiting: 2})
	if m := o.messages()[0]; m.State != pec.MessageWaiting || m.Attempts != 0 {
		t.Errorf("%s after %d attempts", m.State, m.Attempts)
	}
}

// Deferred again and again: after 1 minute, 5 and 15 more, 1, 4 and 12 hours and
// a day, then no more (R22). A minute before each nothing is tried.
func TestDeferredMessagesAreTriedEightTimesWithGrowingPauses(t *testing.T) {
	o, d := post(t, 1, pec.MailDeferred)
	o.sends(office.Sending{Failed: 1, Waiting: 1})
	id := o.messages()[0].MailID
	for i, pause := range []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour} {
		o.later(pause - time.Second)
		o.sends(office.Sending{Waiting: 1})
		o.later(time.Second)
		want := office.Sending{Failed: 1, Waiting: 1}
		if i == 6 {
			want.Waiting = 0
		}
		o.sends(want)
	}
	o.later(365 * 24 * time.Hour)
	o.sends(office.Sending{})
	m := o.messages()[0]
	if m.State != pec.MessageGivenUp || m.Attempts != 8 || m.LastError != "risposta deferred" || len(d.got) != 8 {
		t.Errorf("%s after %d attempts, %d sent: %s", m.State, m.Attempts, len(d.got), m.LastError)
	}
	for _, mail := range d.got {
		if mail.MessageID != id {
			t.Errorf("another Message-ID: %s, %s", mail.MessageID, id)
		}
	}
}

func TestABadRecipientIsGivenUpAtOnceAndTheOthersGo(t *testing.T) {
	o, _ := post(t, 3, pec.MailRefused, pec.MailAccepted)
	o.sends(office.Sending{Sent: 2, Failed: 1})
	if m := o.messages()[0]; m.State != pec.MessageGivenUp || m.Attempts != 1 {
		t.Errorf("%s after %d", m.State, m.Attempts)
	}
}

// A server that cannot be reached costs one message one attempt, not all
// messages theirs.
func TestAServerThatIsDownEndsTheRun(t *testing.T) {
	o, d := post(t, 5, pec.MailUnreachable, pec.MailAccepted)
	o.sends(office.Sending{Failed: 1, Waiting: 5})
	if len(d.got) != 1 {
		t.Errorf("%d tried", len(d.got))
	}
	o.later(time.Minute)
	o.sends(office.Sending{Sent: 5})
}

// The line broke after DATA: the message goes again under the Message-ID it
// had, so that who got it twice can tell.
func TestWhatIsUncertainGoesAgainUnderTheSameMessageID(t *testing.T) {
	o, d := post(t, 1, pec.MailUncertain, pec.MailAccepted)
	o.sends(office.Sending{Failed: 1, Waiting: 1})
	if m := o.messages()[0]; m.State != pec.MessageUnknown {
		t.Errorf("%s", m.State)
	}
	o.later(time.Minute)
	o.sends(office.Sending{Sent: 1})
	if d.got[0].MessageID != d.got[1].MessageID || d.got[0].MessageID == "" {
		t.Errorf("%q and %q", d.got[0].MessageID, d.got[1].MessageID)
	}
}

// The program dies between handing a message over and writing it down: nobody
// takes it for a quarter of an hour, then it is uncertain and goes again.
func TestACrashBetweenClaimAndRecord(t *testing.T) {
	o, d := post(t, 1, pec.MailAccepted)
	d.during = func() { panic("power cut") }
	func() {
		defer func() { recover() }()
		o.send()
	}()
	d.during = nil
	if m := o.messages()[0]; m.State != pec.MessageSending {
		t.Fatalf("%s", m.State)
	}
	o.later(14 * time.Minute)
	o.sends(office.Sending{Waiting: 1})
	o.later(time.Minute)
	o.sends(office.Sending{Waiting: 1}) // now uncertain, and due in a minute
	o.later(time.Minute)
	o.sends(office.Sending{Sent: 1})
	if m := o.messages()[0]; m.State != pec.MessageSent || m.Attempts != 2 {
		t.Errorf("%s after %d attempts", m.State, m.Attempts)
	}
}

// Two runs at once: each message goes through one of them.
func TestTwoRunsNeverSendTheSameMessage(t *testing.T) {
	o, d := post(t, 40, pec.MailAccepted)
	var wg sync.WaitGroup
	var total [2]int
	for i := range total {
		wg.Go(func() {
			done, err := o.SendMail(ctx, "prova")
			if err != nil {
				t.Error(err)
			}
			total[i] = done.Sent
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, m := range d.got {
		if seen[m.MessageID] {
			t.Errorf("%s twice", m.MessageID)
		}
		seen[m.MessageID] = true
	}
	if total[0]+total[1] != 40 || len(seen) != 40 {
		t.Errorf("%v sent, %d different", total, len(seen))
	}
}

// A run that is told to stop finishes writing down what was sent.
func TestAStoppedRunKeepsWhatItSent(t *testing.T) {
	o, d := post(t, 3, pec.MailAccepted)
	stopping, stop := context.WithCancel(ctx)
	d.during = stop
	done, err := o.SendMail(stopping, "prova")
	if err == nil || done.Sent != 1 {
		t.Errorf("%+v, %v", done, err)
	}
	if m := o.messages()[0]; m.State != pec.MessageSent {
		t.Errorf("%s", m.State)
	}
	d.during = nil
	o.sends(office.Sending{Sent: 2})
}

// A notice that could not leave before E is not sent after it.
func TestANoticeOfAnExpiryThatIsPastIsNotSent(t *testing.T) {
	o, d := post(t, 1, pec.MailAccepted)
	o.send()
	o.day = pec.Day("2018-10-12")
	o.notices()
	o.day = pec.Day("2018-10-13")
	o.sends(office.Sending{})
	m := o.messages(pec.MessageNotice)[0]
	if m.State != pec.MessageGivenUp || m.LastError != "Non è partito entro il 12/10/2018, e dopo non serviva più." || len(d.got) != 1 {
		t.Errorf("%s: %s, %d sent", m.State, m.LastError, len(d.got))
	}
}

// Nor is a letter that nobody posted in time, whether sending is set up or not;
// what waits to be sent waits for that.
func TestALetterOfAnExpiryThatIsPastIsNotPosted(t *testing.T) {
	o, _ := post(t, 2, pec.MailAccepted)
	o.send()
	boxes, err := o.boxes()
	o.must(err)
	o.mailed(boxes[0], "")
	o.Mailer = nil
	o.day = pec.Day("2018-10-12")
	o.notices()
	o.sends(office.Sending{Waiting: 1})
	o.day = pec.Day("2018-10-13")
	o.sends(office.Sending{Waiting: 1})
	list := o.messages(pec.MessageNotice)
	if list[0].State != pec.MessageGivenUp || list[1].State != pec.MessageWaiting {
		t.Errorf("the letter is %s, the e-mail %s", list[0].State, list[1].State)
	}
}

func TestAMessageIsTriedAgainAtTheMembersNewAddress(t *testing.T) {
	o, d := post(t, 2, pec.MailRefused)
	o.sends(office.Sending{Failed: 2})
	list := o.messages()
	d.answers = []pec.MailOutcome{pec.MailAccepted}
	boxes, err := o.boxes()
	o.must(err)
	o.mailed(boxes[0], "ugo@nuova.example")
	o.must(o.RetryMessage(ctx, "prova", list[0].ID))
	o.sends(office.Sending{Sent: 1})
	if got := d.got[len(d.got)-1]; got.To != "ugo@nuova.example" || got.MessageID != list[0].MailID {
		t.Errorf("went to %s as %s", got.To, got.MessageID)
	}
	o.refuses("message_not_waiting", o.RetryMessage(ctx, "prova", list[0].ID))
	o.mailed(boxes[1], "")
	o.refuses("email_missing", o.RetryMessage(ctx, "prova", list[1].ID))
	o.must(o.ToPaper(ctx, "prova", list[1].ID))
	if m := o.messages()[1]; m.State != pec.MessagePaper {
		t.Errorf("%s", m.State)
	}
	o.refuses("message_not_failed", o.ToPaper(ctx, "prova", list[0].ID))
	o.mailed(boxes[1], "ugo1@nuova.example")
	o.must(o.RetryMessage(ctx, "prova", list[1].ID))
	o.sends(office.Sending{Sent: 1})
}

// boxes are the addresses of all mailboxes.
func (o *testOffice) boxes() ([]string, error) {
	var list []string
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		boxes, err := tx.Mailboxes()
		for _, b := range boxes {
			list = append(list, b.Address)
		}
		return err
	})
	return list, err
}

func TestAllThatFailedIsTriedAgain(t *testing.T) {
	o, d := post(t, 3, pec.MailRefused)
	o.sends(office.Sending{Failed: 3})
	d.answers = []pec.MailOutcome{pec.MailAccepted}
	boxes, err := o.boxes()
	o.must(err)
	o.mailed(boxes[1], "") // this one has no address any more
	if n, err := o.RetryFailed(ctx, "prova"); n != 2 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	o.sends(office.Sending{Sent: 2})
}

// The day after something was sent or failed the secretariat is told, once; a
// day on which only a summary went brings no other.
func TestTheSecretariatIsToldOfADayOfSending(t *testing.T) {
	o, d := post(t, 3, pec.MailRefused, pec.MailAccepted)
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		for _, p := range []db.Operator{
			{Email: "giulia@ordine.example", Name: "Giulia", Role: office.RoleSecretariat, Active: true},
			{Email: "ada@ordine.example", Name: "Ada", Role: office.RoleAdministrator, Active: true},
		} {
			if _, err := tx.AddOperator(p); err != nil {
				return err
			}
		}
		return nil
	}))
	o.send()
	summaries := func(want int) {
		t.Helper()
		if n, err := o.Summarise(ctx, "prova"); err != nil || n != want {
			t.Errorf("on %s %d days, %v; want %d", o.day, n, err, want)
		}
	}
	summaries(0) // the day is not over
	o.on("2017-10-13")
	summaries(1)
	summaries(0)
	list := o.messages(pec.MessageSummary)
	if len(list) != 1 || list[0].Recipient != "giulia@ordine.example" || list[0].Letter.Subject != "Messaggi del 12/10/2017: 2 partiti, 1 non riusciti" {
		t.Fatalf("%+v", list)
	}
	if text := list[0].Letter.Text; !strings.Contains(text, "- ugo0@posta.example, Conferma di acquisto: risposta refused") || strings.Contains(text, "Da spedire su carta") {
		t.Errorf("the summary says\n%s", text)
	}
	d.answers = []pec.MailOutcome{pec.MailAccepted}
	o.send()
	o.on("2017-10-14")
	summaries(0)
}

// What a message was stays what it was.
func TestAMessageIsNotRewritten(t *testing.T) {
	o, _ := post(t, 1, pec.MailAccepted)
	before := o.messages()[0].Letter
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		_, err := tx.AddMessage(db.MessageRow{Key: o.messages()[0].Key, Kind: pec.MessageReceipt, Recipient: "x@posta.example", Letter: pec.Letter{Subject: "altro"}, MailID: "x", State: pec.MessageWaiting, UsefulUntil: o.day})
		return err
	}))
	if diff := cmp.Diff(before, o.messages()[0].Letter); diff != "" {
		t.Errorf("rewritten:\n%s", diff)
	}
}

// A run whose machine slept comes back after another has sent its message: what
// the other wrote stands, and nobody gets it twice.
func TestAnAnswerThatComesTooLateSettlesNothing(t *testing.T) {
	o, d := post(t, 1, pec.MailAccepted)
	slow := &door{answers: []pec.MailOutcome{pec.MailUnreachable}, during: func() {
		o.later(2 * time.Hour)
		other := office.New(o.DB)
		other.Now, other.Today, other.Mailer = func() time.Time { return o.Now() }, o.Today, d
		for range 3 {
			_, err := other.SendMail(ctx, "altro")
			o.must(err)
			o.later(10 * time.Minute)
		}
	}}
	o.Mailer = slow
	o.send()
	o.Mailer = d
	o.later(time.Hour)
	o.send()
	if m := o.messages()[0]; m.State != pec.MessageSent || m.Attempts != 2 || len(d.got) != 1 {
		t.Errorf("state %s after %d attempts, accepted %d times; want sent, 2, once", m.State, m.Attempts, len(d.got))
	}
	o.expectCheck()
}

// Of a message taken for lost, a late word that it has gone is still worth
// having: it is not sent a second time.
func TestALateWordThatAMessageHasGoneCounts(t *testing.T) {
	o, d := post(t, 1, pec.MailAccepted)
	d.during = func() {
		d.during = nil
		o.later(2 * time.Hour)
		other := office.New(o.DB)
		other.Now, other.Today, other.Mailer = func() time.Time { return o.Now() }, o.Today, &door{answers: []pec.MailOutcome{pec.MailAccepted}}
		_, err := other.SendMail(ctx, "altro")
		o.must(err)
	}
	o.send()
	if m := o.messages()[0]; m.State != pec.MessageSent || len(d.got) != 1 {
		t.Errorf("state %s, sent here %d times", m.State, len(d.got))
	}
	o.expectCheck()
}

// Contacts erased while a message to them is on its way stay erased, whatever
// the server answers (9.10).
func TestContactsErasedOnTheWayStayErased(t *testing.T) {
	for _, answer := range []pec.MailOutcome{pec.MailDeferred, pec.MailAccepted, pec.MailUncertain} {
		o, d := post(t, 1, answer)
		id := o.messages()[0].MemberID
		d.during = func() {
			d.during = nil
			o.leaves(id, "2017-08-01")
			o.on("2017-10-13")
			o.night()
			o.lists(pec.SoldByOrdine)
			_, err := o.EraseContacts(ctx, "prova", id, "richiesta del titolare")
			o.must(err)
		}
		o.send()
		o.Now = func() time.Time { return time.Date(2017, 10, 14, 8, 0, 0, 0, time.UTC) }
		o.on("2017-10-14")
		o.send()
		m := o.messages()[0]
		if m.State != pec.MessageGivenUp || m.Recipient != "" || m.LastError != "" || len(d.got) != 1 {
			t.Errorf("%s: state %s, to %q, error %q, sent %d times", answer, m.State, m.Recipient, m.LastError, len(d.got))
		}
		o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
			list, err := tx.Attempts(m.ID)
			for _, a := range list {
				if a.Reply != "" {
					t.Errorf("%s: the attempt keeps %q", answer, a.Reply)
				}
			}
			return err
		}))
	}
}

// A message goes to the address that the member has when it goes (R21).
func TestMessageGoesToTheAddressOfToday(t *testing.T) {
	o, d := post(t, 1, pec.MailAccepted)
	o.mailed("ugo.prova0@pec.ordine.example", "ugo.nuovo@posta.example")
	o.send()
	if len(d.got) != 1 || d.got[0].To != "ugo.nuovo@posta.example" || o.messages()[0].Recipient != "ugo.nuovo@posta.example" {
		t.Errorf("sent %v", d.got)
	}
	o.expectCheck()
}

// Notices stop when the holder leaves the register, those already written with
// them (R5).
func TestNoticeOfALeaverIsNotSent(t *testing.T) {
	o, box := romaNotified(t)
	o.on("2018-07-14")
	if n := o.notices(); n.Raised != 1 {
		t.Fatalf("%d notices", n.Raised)
	}
	before := len(o.messages())
	o.leave(box, pec.MemberDeceased)
	d := &door{answers: []pec.MailOutcome{pec.MailAccepted}}
	o.Mailer = d
	o.send()
	given := 0
	for _, m := range o.messages() {
		if m.Kind == pec.MessageNotice && m.State == pec.MessageGivenUp {
			given++
		}
	}
	for _, m := range d.got {
		if strings.Contains(m.Subject, "cad") {
			t.Errorf("sent %q to somebody who died", m.Subject)
		}
	}
	if given != 1 || len(o.messages()) != before {
		t.Errorf("%d notices given up", given)
	}
	o.expectCheck()
}
