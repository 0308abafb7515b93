package office_test

import (
	"slices"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// lacking is an office on 14/07/2018 with three members whose mailboxes expire
// on 12/10/2018: Rossi lacks 3,05 €, Verdi 2,05 € and has no e-mail, Bianchi has
// enough.
func lacking(t *testing.T) (o *testOffice, rossi, verdi, bianchi string) {
	o = newOffice(t, "2017-10-12")
	rossi, verdi, bianchi = o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Verdi", "Anna"), o.mailbox("A3", "Bianchi", "Ugo")
	o.mailed(rossi, "mario@posta.example")
	o.mailed(bianchi, "ugo@posta.example")
	for address, paid := range map[string]pec.Cents{rossi: 305, verdi: 405, bianchi: 610} {
		o.topUp(address, paid)
		o.completed(address, 1, 305)
	}
	o.on("2018-07-14")
	return o, rossi, verdi, bianchi
}

func (o *testOffice) tellShort(addresses ...string) office.ShortTold {
	o.t.Helper()
	var ids []int64
	for _, a := range addresses {
		ids = append(ids, o.holder(a))
	}
	done, err := o.TellShort(ctx, "operatore:giulia", o.day.AddDays(90), ids)
	o.must(err)
	return done
}

func (o *testOffice) reviewShort() (list []office.ShortOfCredit) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		list, err = o.ReviewShort(tx, o.day.AddDays(90))
		return err
	}))
	return list
}

func TestWhoLacksCreditIsWrittenOnce(t *testing.T) {
	o, rossi, verdi, bianchi := lacking(t)
	list := o.reviewShort()
	if len(list) != 2 || list[0].Member.Surname != "Rossi" || list[0].Missing != 305 || list[0].Net != 250 || list[0].OnPaper ||
		list[1].Missing != 205 || list[1].Net != 168 || !list[1].OnPaper || list[0].Why+list[1].Why != "" {
		t.Fatalf("the review is %+v", list) // 2,05 € gross are 1,68 € net
	}
	if len(o.messages(pec.MessageCreditShort)) != 0 {
		t.Fatal("looking wrote something")
	}
	done := o.tellShort(rossi, verdi, bianchi, rossi)
	if done.Told != 2 || done.OnPaper != 1 || len(done.LeftOut) != 1 || done.LeftOut[0].Holder != "Bianchi Ugo" || done.LeftOut[0].Why != "Ora il credito basta." || len(done.Failed) != 0 {
		t.Errorf("done %+v", done)
	}
	for _, m := range o.messages(pec.MessageCreditShort) {
		text := strings.ReplaceAll(m.Letter.Text, "\u00a0", " ")
		switch {
		case m.MemberID == o.holder(rossi) && m.State == pec.MessageWaiting && m.Recipient == "mario@posta.example" && strings.Contains(text, "Manca: 3,05 €") && strings.Contains(text, "Credito disponibile: 0,00 €"):
		case m.MemberID == o.holder(verdi) && m.State == pec.MessagePaper && strings.Contains(text, "Manca: 2,05 €"):
		default:
			t.Errorf("to %s, %s:\n%s", m.Recipient, m.State, text)
		}
		if m.UsefulUntil != pec.Day("2018-10-12") {
			t.Errorf("useful until %s", m.UsefulUntil)
		}
	}
	again := o.tellShort(rossi, verdi)
	if again.Told != 0 || len(again.LeftOut) != 2 || len(o.messages(pec.MessageCreditShort)) != 2 {
		t.Errorf("again %+v", again)
	}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		log, err := tx.Audit("member", o.holder(rossi), 5)
		if !slices.ContainsFunc(log, func(e db.AuditEntry) bool { return e.Action == "credit_short.told" && e.Actor == "operatore:giulia" }) {
			t.Errorf("the log is %+v", log)
		}
		return err
	}))
}

// Told on 14/07, again from 21/07 on.
func TestWhoWasToldIsLeftOutForAWeek(t *testing.T) {
	o, rossi, _, _ := lacking(t)
	o.tellShort(rossi)
	for day, told := range map[string]int{"2018-07-15": 0, "2018-07-20": 0} {
		o.on(day)
		if done := o.tellShort(rossi); done.Told != told || done.LeftOut[0].Why != "Un messaggio è già stato scritto il 14/07/2018: si può scrivere di nuovo dal 21/07/2018." {
			t.Errorf("on %s: %+v", day, done)
		}
		if list := o.reviewShort(); list[0].Why == "" {
			t.Errorf("on %s the review offers to tell them again", day)
		}
	}
	o.on("2018-07-21")
	if done := o.tellShort(rossi); done.Told != 1 {
		t.Errorf("a week later: %+v", done)
	}
}

// A message that never arrived does not count from the next day on.
func TestAMessageThatFailedIsWrittenAgain(t *testing.T) {
	o, rossi, _, _ := lacking(t)
	o.tellShort(rossi)
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		m, err := tx.Message(o.messages(pec.MessageCreditShort)[0].ID)
		if err != nil {
			return err
		}
		m.State = pec.MessageGivenUp
		return tx.SetMessage(m)
	}))
	if done := o.tellShort(rossi); done.Told != 0 {
		t.Errorf("on the same day: %+v", done)
	}
	o.on("2018-07-15")
	if done := o.tellShort(rossi); done.Told != 1 {
		t.Errorf("the day after: %+v", done)
	}
}

// Of several mailboxes one message, with the sum that both lack: 3,05 € each.
func TestHolderOfSeveralMailboxesGetsOneMessage(t *testing.T) {
	o, rossi, _, _ := lacking(t)
	o.on("2018-07-01")
	second := o.another(rossi, "studio@pec.ordine.example")
	o.topUp(second, 305)
	o.completed(second, 1, 305)
	o.on("2019-06-20") // the first was renewed, and lost its GB, on 12/10/2018
	if _, err := o.Renew(ctx, "prova", o.day); err != nil {
		t.Fatal(err)
	}
	o.topUp(rossi, 305)
	o.completed(rossi, 1, 305)
	list := o.reviewShort()
	if len(list) != 1 || len(list[0].Boxes) != 1 || list[0].On != pec.Day("2019-07-01") {
		t.Fatalf("%+v", list)
	}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) { // Bianchi, renewed once, is short in October too
		list, err = o.ReviewShort(tx, pec.Day("2019-12-31"))
		return err
	}))
	if len(list) != 2 || len(list[0].Boxes) != 2 || list[0].Missing != 610 || list[0].Net != 500 {
		t.Fatalf("%+v", list)
	}
	done, err := o.TellShort(ctx, "prova", pec.Day("2019-12-31"), []int64{o.holder(rossi)})
	o.must(err)
	messages := o.messages(pec.MessageCreditShort)
	text := strings.ReplaceAll(messages[0].Letter.Text, "\u00a0", " ")
	if done.Told != 1 || len(messages) != 1 || !strings.Contains(text, "Manca: 6,10 €") || !strings.Contains(text, "casella studio@pec.ordine.example, il 01/07/2019") || !strings.Contains(text, rossi+", il 12/10/2019") {
		t.Errorf("%+v\n%s", done, text)
	}
}

// In portions of one, as in one: each is written.
func TestManyAreToldInPortions(t *testing.T) {
	o, rossi, verdi, bianchi := lacking(t)
	o.SetBatch(1)
	if done := o.tellShort(rossi, verdi, bianchi); done.Told != 2 || len(done.LeftOut) != 1 {
		t.Errorf("%+v", done)
	}
}

// Who leaves the register before the message is sent does not get it.
func TestALeaverIsNotToldOfMissingCredit(t *testing.T) {
	o, rossi, _, _ := lacking(t)
	o.tellShort(rossi)
	_, err := o.ChangeMemberStatus(ctx, "prova", o.holder(rossi), office.StatusChange{Status: pec.MemberCancelled, Reason: "prova"})
	o.must(err)
	o.Mailer = &door{answers: []pec.MailOutcome{pec.MailAccepted}}
	o.send()
	if m := o.messages(pec.MessageCreditShort)[0]; m.State != pec.MessageGivenUp {
		t.Errorf("it is %s", m.State)
	}
}

// Before the night has run: Rossi's order of 01/06 lapsed on 01/07 and takes no
// money any more; Neri's first mailbox renewed on 12/07 with 3,05 € of the
// 4,05 € there are, so that 2,05 € are missing for the second.
func TestWhatIsShownBeforeTheNightIsWhatIsWritten(t *testing.T) {
	o := newOffice(t, "2017-07-12")
	neri := o.mailbox("A9", "Neri", "Ada")
	o.on("2017-10-12")
	rossi := o.mailbox("A1", "Rossi", "Mario")
	second := o.another(neri, "studio@pec.ordine.example")
	o.on("2017-12-07")
	o.topUp(rossi, 305)
	o.completed(rossi, 1, 305)
	o.topUp(neri, 1015)
	o.completed(neri, 1, 305)
	o.completed(second, 1, 305)
	o.on("2018-06-01")
	o.waits(rossi, 1, 305, 305)
	o.on("2018-07-14")
	shown := map[string]pec.Letter{}
	for _, s := range o.reviewShort() {
		if s.Why != "" {
			t.Errorf("%s is left out: %s", s.Member.FullName(), s.Why)
		}
		o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
			shown[s.Member.Surname], err = o.ShortLetter(tx, s)
			return err
		}))
	}
	for name, manca := range map[string]string{"Rossi": "Manca: 3,05 €", "Neri": "Credito disponibile: 1,00 €\nManca: 2,05 €"} {
		text := strings.ReplaceAll(shown[name].Text, "\u00a0", " ")
		if !strings.Contains(text, manca) || strings.Contains(text, "paga prima") {
			t.Errorf("to %s the preview says\n%s", name, text)
		}
	}
	if done := o.tellShort(rossi, neri); done.Told != 2 {
		t.Errorf("done %+v", done)
	}
	for _, m := range o.messages(pec.MessageCreditShort) {
		name := map[int64]string{o.holder(rossi): "Rossi", o.holder(neri): "Neri"}[m.MemberID]
		if m.Letter.Text != shown[name].Text {
			t.Errorf("%s was shown\n%s\nand is written\n%s", name, shown[name].Text, m.Letter.Text)
		}
	}
	o.sound()
}

// Of the two who lack credit one is told: the other is still to be, until the
// day is past its horizon.
func TestOnlyWhoWasNotToldIsStillToTell(t *testing.T) {
	o, rossi, verdi, _ := lacking(t)
	toTell := func(want int) {
		t.Helper()
		o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
			risk, err := o.AtRisk(tx, o.day.AddDays(90))
			o.must(err)
			n, err := o.ToTell(tx, risk, 90)
			if n != want {
				t.Errorf("on %s %d are to be told, want %d", o.day, n, want)
			}
			return err
		}))
	}
	toTell(2)
	o.tellShort(rossi)
	toTell(1)
	o.on("2018-09-14") // long after the week in which Rossi may not be written again
	toTell(1)
	o.tellShort(verdi)
	toTell(0)
	o.on("2018-10-12")
	toTell(0)
}
