package office_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// writing is an office on 12/10/2017 with an Ordine that writes letters.
func writing(t *testing.T) *testOffice {
	o := newOffice(t, "2017-10-12")
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error { return tx.SetOrderBody(db.OrderBody{Name: "Ordine di prova"}) }))
	o.must(o.SetLetterhead(ctx, "prova", db.Letterhead{Address: " Piazza  del Municipio 1 \r\n\n00100 Valdoro", Signer: "La Presidente"}, "Valdoro"))
	return o
}

// lives gives a member a postal address.
func (o *testOffice) lives(member int64, street, code string) {
	o.t.Helper()
	f := o.opens(member)
	o.saves(f, string(pec.FieldAddress), street, string(pec.FieldPostalCode), code, string(pec.FieldCity), "Valdoro", string(pec.FieldProvince), "VD")
}

func (o *testOffice) reviewLetters(r office.LetterRequest) (lines []string) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := o.ReviewLetters(tx, r)
		for _, v := range list {
			lines = append(lines, v.Member.FullName()+": "+v.Why)
		}
		return err
	}))
	return lines
}

func (o *testOffice) makes(r office.LetterRequest) office.LettersMade {
	o.t.Helper()
	done, err := o.MakeLetters(ctx, "operatore:giulia", r)
	o.must(err)
	return done
}

// letters are those made, in the order of their numbers.
func (o *testOffice) letters() (list []db.LetterListed) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		list, err = tx.LetterList(db.LetterFilter{})
		slices.Reverse(list)
		return err
	}))
	return list
}

func (o *testOffice) printed(letter int64) []byte {
	o.t.Helper()
	var b bytes.Buffer
	_, err := o.WriteLetter(ctx, &b, letter)
	o.must(err)
	return b.Bytes()
}

func expectLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestLettersAreMadeOnceByPostalCodeWithoutGaps(t *testing.T) {
	o := writing(t)
	rossi, verdi, bianchi := o.holder(o.mailbox("A1", "Rossi", "Mario")), o.holder(o.mailbox("A2", "Verdi", "Anna")), o.holder(o.mailbox("A3", "Bianchi", "Ugo"))
	asked := o.member("A4", "Neri", "Ada")
	_, err := o.Provision(ctx, "prova", "A4", false)
	o.must(err)
	o.lives(rossi, "Via dei Tigli 7", "00200")
	o.lives(verdi, "Via Roma 1", "00100")
	o.lives(asked, "Via Roma 2", "00100")
	r := office.LetterRequest{Kind: pec.LetterActivation, Members: []int64{rossi, verdi, bianchi, asked, rossi}, RequestKey: "modulo 1"}
	expectLines(t, o.reviewLetters(r), "Bianchi Ugo: Nell’albo non c’è il suo indirizzo postale.", "Neri Ada: La casella è richiesta: la lettera si prepara dopo l’attivazione.", "Verdi Anna: ", "Rossi Mario: ")
	listed := r
	listed.AsListed = true
	if lines := o.reviewLetters(listed); lines[0] != "Rossi Mario: " {
		t.Errorf("as listed the first is %s", lines[0])
	}
	if len(o.letters()) != 0 {
		t.Fatal("looking wrote something")
	}
	o.on("2018-01-02")
	done := o.makes(r)
	if done.Made != 2 || len(done.LeftOut) != 2 || done.Repeated {
		t.Errorf("%+v", done)
	}
	var told []string
	for _, l := range o.letters() {
		told = append(told, fmt.Sprintf("%s %s, %s, %s", l.FullNumber(), l.Recipient, strings.ReplaceAll(l.Address, "\n", ", "), l.Box))
	}
	expectLines(t, told, "1/2018 Anna Verdi, Via Roma 1, 00100 Valdoro (VD), anna.verdi@pec.ordine.example", "2/2018 Mario Rossi, Via dei Tigli 7, 00200 Valdoro (VD), mario.rossi@pec.ordine.example")
	l := o.letters()[0]
	if l.Sender != "Ordine di prova" || l.SenderAt != "Piazza del Municipio 1\n00100 Valdoro" || l.Place != "Valdoro" || l.Signer != "La Presidente" || l.Actor != "operatore:giulia" ||
		!strings.Contains(l.Body, "Il 12/10/2018 si rinnova tacitamente") || !strings.Contains(l.Body, "La casella è a carico dell’Ordine.") {
		t.Errorf("%+v", l)
	}
	if lines := o.log(verdi, "letter."); len(lines) != 1 {
		t.Errorf("the log: %q", lines)
	}

	again := o.makes(r)
	if !again.Repeated || again.Set != done.Set || again.Made != 2 || len(o.letters()) != 2 {
		t.Errorf("the same form again: %+v", again)
	}
	r.RequestKey, r.ByHand, r.Members = "modulo 2", true, []int64{bianchi}
	o.makes(r) // to be handed over
	o.on("2019-01-02")
	r.RequestKey = ""
	o.makes(r)
	told = nil
	for _, l := range o.letters()[2:] {
		told = append(told, l.FullNumber()+" "+l.Recipient+l.Address)
	}
	expectLines(t, told, "3/2018 Ugo Bianchi", "1/2019 Ugo Bianchi")
	_, err = o.MakeLetters(ctx, "prova", office.LetterRequest{Kind: pec.MessageNotice, Members: []int64{rossi}})
	o.refuses("letter_kind_unknown", err)
	o.sound()
}

// A set whose making broke off goes on where it stopped: made in portions of
// one, the program is stopped at the second of three.
func TestASetThatBrokeOffIsCompletedByTheSameForm(t *testing.T) {
	o := writing(t)
	var members []int64
	for i, name := range []string{"Rossi", "Verdi", "Bianchi"} {
		members = append(members, o.holder(o.mailbox(fmt.Sprint("A", i), name, "Mario")))
		o.lives(members[i], "Via Roma 1", fmt.Sprint("0010", i))
	}
	o.SetBatch(1)
	r := office.LetterRequest{Kind: pec.LetterNotice, Members: members, RequestKey: "modulo"}
	stopped, stop := context.WithCancel(ctx)
	writes := 0
	o.Now = func() time.Time { // asked for once by each write
		if writes++; writes == 2 {
			stop()
		}
		return time.Now()
	}
	done, err := o.MakeLetters(stopped, "prova", r)
	if !errors.Is(err, context.Canceled) || done.Made != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	o.SetBatch(2)
	done = o.makes(r)
	if done.Made != 2 || done.Repeated || len(o.letters()) != 3 {
		t.Errorf("%+v and %d letters", done, len(o.letters()))
	}
	if again := o.makes(r); !again.Repeated || again.Made != 3 {
		t.Errorf("again %+v", again)
	}
	var b bytes.Buffer
	set, err := o.WriteLetterSet(ctx, &b, done.Set)
	o.must(err)
	if set.Letters != 3 || bytes.Count(b.Bytes(), []byte("/Type /Page\n")) != 3 {
		t.Errorf("%+v in %d pages", set, bytes.Count(b.Bytes(), []byte("/Type /Page\n")))
	}
	o.sound()
}

func TestALetterIsTheSameForEver(t *testing.T) {
	o := writing(t)
	box := o.mailbox("A1", "Rossi", "Mario")
	member := o.holder(box)
	o.lives(member, "Via dei Tigli 7", "00100")
	o.makes(office.LetterRequest{Kind: pec.LetterActivation, Members: []int64{member}})
	id := o.letters()[0].ID
	first := o.printed(id)

	o.on("2018-05-02")
	o.lives(member, "Via Nuova 9", "00200")
	o.must(o.SetLetterhead(ctx, "prova", db.Letterhead{Address: "Altrove", Signer: "Il Commissario"}, "Altavalle"))
	o.must(o.ChangeText(ctx, "prova", pec.LetterActivation, pec.MessageText{Subject: "Altro", Body: "Altro testo per {{nome}}"}))
	if !bytes.Equal(first, o.printed(id)) {
		t.Error("the PDF has changed")
	}
	o.makes(office.LetterRequest{Kind: pec.LetterActivation, Members: []int64{member}})
	if l := o.letters()[1]; l.Subject != "Altro" || l.Body != "Altro testo per Mario Rossi\n" || l.Signer != "Il Commissario" || l.Address != "Via Nuova 9\n00200 Valdoro (VD)" {
		t.Errorf("the next letter is %+v", l)
	}
	err := o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error { return tx.EraseContacts(member, pec.ContactFields) })
	o.must(err)
	for _, l := range o.letters() {
		if l.Address != "" || l.Recipient != "Mario Rossi" || l.Body == "" {
			t.Errorf("after the erasure %+v", l)
		}
	}
	o.sound()
}

// On 10/01/2018 Rossi and Verdi leave, Verdi for ever; their mailboxes close on
// 11/03/2018. Bianchi's, whose renewal is off, closes on 12/10/2018.
func TestTheClosingIsToldToLeaversAndHeirs(t *testing.T) {
	o := writing(t)
	rossi, verdi, bianchi := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Verdi", "Anna"), o.mailbox("A3", "Bianchi", "Ugo")
	for i, box := range []string{rossi, verdi, bianchi} {
		o.lives(o.holder(box), "Via Roma 1", fmt.Sprint("0010", i))
	}
	o.topUp(rossi, 1000)
	o.completed(rossi, 1, 305)
	o.must(o.SetAutoRenew(ctx, "prova", bianchi, false))
	members := []int64{o.holder(rossi), o.holder(verdi), o.holder(bianchi)}
	closing := office.LetterRequest{Kind: pec.LetterClosing, Members: members}
	goesOn := "La casella non è chiusa e non si chiude per l’uscita dall’albo."
	expectLines(t, o.reviewLetters(closing), "Rossi Mario: "+goesOn, "Verdi Anna: "+goesOn, "Bianchi Ugo: "+goesOn)
	o.on("2018-01-10")
	o.leave(rossi, pec.MemberCancelled)
	o.leave(verdi, pec.MemberDeceased)
	expectLines(t, o.reviewLetters(closing), "Rossi Mario: ", "Verdi Anna: ", "Bianchi Ugo: "+goesOn)
	o.makes(closing)
	o.on("2018-03-12")
	o.night()
	o.makes(closing)
	o.on("2018-10-13")
	o.night()
	o.makes(office.LetterRequest{Kind: pec.LetterClosing, Mailboxes: []int64{o.id(bianchi)}})
	list := o.letters()
	for i, want := range []struct {
		to    string
		words []string
	}{
		{"Mario Rossi", []string{"si chiude il 11/03/2018: titolare non più iscritto", "cessano i servizi aggiuntivi: 1 GB in più.", "restano 6,95 €: non scadono, e può chiederne il rimborso"}},
		{"Agli eredi di Anna Verdi", []string{"Gentili eredi di Anna Verdi,", "si chiude il 11/03/2018"}},
		{"Mario Rossi", []string{"è stata chiusa il 11/03/2018", "cessano i servizi aggiuntivi: 1 GB in più."}},
		{"Agli eredi di Anna Verdi", []string{"è stata chiusa il 11/03/2018"}},
		{"Ugo Bianchi", []string{"è stata chiusa il 12/10/2018: rinnovo non pagato o non richiesto.", "deve avere un domicilio digitale"}},
	} {
		if i >= len(list) {
			t.Fatalf("%d letters", len(list))
		}
		text := strings.ReplaceAll(list[i].Body, "\u00a0", " ")
		for _, words := range want.words {
			if list[i].Recipient != want.to || !strings.Contains(text, words) {
				t.Errorf("letter %d to %s does not say %q:\n%s", i+1, list[i].Recipient, words, text)
			}
		}
	}
	expectLines(t, o.reviewLetters(office.LetterRequest{Kind: pec.LetterNotice, Members: members}),
		"Rossi Mario: La casella è chiusa dal 11/03/2018.", "Verdi Anna: La casella è chiusa dal 11/03/2018.", "Bianchi Ugo: La casella è chiusa dal 12/10/2018.")
}

func TestAFormalNoticeGoesToWhoHasNoDomicile(t *testing.T) {
	o := writing(t)
	held := o.holder(o.mailbox("A1", "Rossi", "Mario"))
	none := o.member("A2", "Verdi", "Anna")
	o.lives(held, "Via Roma 1", "00100")
	o.lives(none, "Via Roma 2", "")
	r := office.LetterRequest{Kind: pec.LetterDiffida, Members: []int64{held, none}}
	expectLines(t, o.reviewLetters(r), "Verdi Anna: ", "Rossi Mario: Ha già un domicilio digitale: mario.rossi@pec.ordine.example.")
	o.makes(r)
	if l := o.letters()[0]; l.MailboxID != 0 || l.Address != "Via Roma 2\nValdoro (VD)" || !strings.Contains(l.Body, "entro 30 giorni dal ricevimento") {
		t.Errorf("%+v", l)
	}
	twin := o.member("A9", "Verdi", "Anna")
	o.merges(twin, none)
	if l := o.letters()[0]; l.MemberID != twin {
		t.Errorf("after the merge the letter is of %d", l.MemberID)
	}
	expectLines(t, o.reviewLetters(office.LetterRequest{Kind: pec.LetterDiffida, Members: []int64{none}}), "Verdi Anna: La posizione è stata unita a un’altra.")
}

func TestTheNoticeOnPaperSaysWhatTheEmailSays(t *testing.T) {
	o, _, verdi, _ := lacking(t)
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error { return tx.SetOrderBody(db.OrderBody{Name: "Ordine di prova"}) }))
	o.notices()
	o.makes(office.LetterRequest{Kind: pec.LetterNotice, Members: []int64{o.holder(verdi)}, ByHand: true})
	l := o.letters()[0]
	var mail string
	for _, m := range o.messages(pec.MessageNotice) {
		if m.MemberID == o.holder(verdi) {
			mail = m.Letter.Text
		}
	}
	if mail == "" || strings.TrimSpace(l.Body)+"\nOrdine di prova" != strings.TrimSpace(mail) || l.Signer != "Il Presidente" {
		t.Errorf("letter:\n%s\ne-mail:\n%s", l.Body, mail)
	}
}

func TestALetterheadsChangeIsLoggedWithWhatWas(t *testing.T) {
	o := writing(t)
	for _, place := range []string{"Valdoro", "Altavalle"} {
		o.must(o.SetLetterhead(ctx, "prova", db.Letterhead{Signer: "La Presidente"}, place))
	}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := tx.AuditLog(0, 1)
		if len(list) != 1 || !strings.Contains(list[0].Detail, `"place":"Altavalle"`) || !strings.Contains(list[0].Detail, `"place":"Valdoro"`) {
			t.Errorf("%+v", list)
		}
		return err
	}))
}

func TestALetterheadIsShort(t *testing.T) {
	o := writing(t)
	long := strings.Repeat("à", 101)
	for _, h := range []db.Letterhead{{Address: "1\n2\n3\n4\n5"}, {Address: long}, {Signer: long}} {
		o.refuses("letterhead_invalid", o.SetLetterhead(ctx, "prova", h, ""))
	}
	o.refuses("letterhead_invalid", o.SetLetterhead(ctx, "prova", db.Letterhead{}, long))
}

// TestLettersHaveTheLogoOfTheirDay: one made before the logo was kept is printed
// as it was, and so again once another logo is there.
func TestLettersHaveTheLogoOfTheirDay(t *testing.T) {
	o := writing(t)
	member := o.holder(o.mailbox("A1", "Rossi", "Mario"))
	o.lives(member, "Via Roma 1", "00100")
	made := func() int64 {
		o.makes(office.LetterRequest{Kind: pec.LetterActivation, Members: []int64{member}})
		list := o.letters()
		return list[len(list)-1].ID
	}
	pictured := func(pdf []byte) bool { return bytes.Contains(pdf, []byte("/Subtype /Image")) }
	before := made()
	plain := o.printed(before)
	o.on("2017-10-13")
	o.must(o.SetLogo(ctx, "prova", pngOf(t, image.NewNRGBA(image.Rect(0, 0, 64, 32)))))
	after := made()
	if again := o.printed(before); pictured(plain) || !bytes.Equal(plain, again) {
		t.Error("a letter changed with the logo")
	}
	first := o.printed(after)
	if !pictured(first) || !bytes.Equal(first, o.printed(after)) {
		t.Error("no logo on a letter made since")
	}
	o.on("2017-10-14")
	o.must(o.SetLogo(ctx, "prova", pngOf(t, image.NewNRGBA(image.Rect(0, 0, 32, 32)))))
	if pictured(o.printed(after)) {
		t.Error("a letter has a logo that the Ordine had not")
	}
	o.must(o.RemoveLogo(ctx, "prova"))
	if pictured(o.printed(made())) {
		t.Error("a letter has a logo that was taken away")
	}
}
