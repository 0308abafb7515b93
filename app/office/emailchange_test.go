package office_test

import (
	"fmt"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// wishesEmail asks for another reference e-mail as the member does, and returns
// the token of the link that went to it.
func (o *testOffice) wishesEmail(member int64, email string) string {
	o.t.Helper()
	_, err := o.ChangeOwnContacts(ctx, as(member), member, office.Contacts{Email: email}, "https://albo.example")
	o.must(err)
	list := o.messages(pec.MessageEmailCheck)
	last := list[len(list)-1]
	if last.Recipient != email {
		o.t.Fatalf("the last message went to %s", last.Recipient)
	}
	_, token, _ := strings.Cut(last.Letter.Text, "https://albo.example/conferma-mail/")
	return strings.Fields(token)[0]
}

// An address that the secretariat wrote is not undone by a link from before, nor
// by one that somebody asked for who was in until the password changed.
func TestLinkOfANewEmailIsOvertaken(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	box := o.mailbox("A1", "Rossi", "Mario")
	m := o.holder(box)
	old := o.wishesEmail(m, "ladro@posta.example")
	o.must(o.ChangeContacts(ctx, "prova", m, office.Contacts{Email: "mario@posta.example"}))
	o.refuses("link_invalid", o.ConfirmEmail(ctx, old))
	old = o.wishesEmail(m, "ladro@posta.example")
	o.must(o.SetMemberPassword(ctx, "prova", box, "una frase nuova"))
	o.refuses("link_invalid", o.ConfirmEmail(ctx, old))
	if email := o.row(m).Email; email != "mario@posta.example" {
		t.Errorf("the address is %s", email)
	}
	o.must(o.ConfirmEmail(ctx, o.wishesEmail(m, "nuova@posta.example")))
	if email := o.row(m).Email; email != "nuova@posta.example" {
		t.Errorf("the address is %s", email)
	}
}

// Another change of one's data leaves the address that waits waiting, and nobody
// is written to over and over.
func TestNewEmailWaitsAndIsAskedForFiveTimesADay(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	m := o.holder(o.mailbox("A1", "Rossi", "Mario"))
	o.must(o.ChangeContacts(ctx, "prova", m, office.Contacts{Email: "mario@posta.example"}))
	token := o.wishesEmail(m, "nuova@posta.example")
	_, err := o.ChangeOwnContacts(ctx, as(m), m, office.Contacts{Email: "mario@posta.example", Phone: "06 1"}, "https://albo.example")
	o.must(err)
	if row := o.row(m); row.Phone != "06 1" || row.Email != "mario@posta.example" {
		t.Errorf("the data are %s, %s", row.Phone, row.Email)
	}
	for i := range 4 {
		o.wishesEmail(m, fmt.Sprintf("altro%d@posta.example", i))
	}
	_, err = o.ChangeOwnContacts(ctx, as(m), m, office.Contacts{Email: "sesto@posta.example"}, "https://albo.example")
	o.refuses("too_many_tries", err)
	o.refuses("link_invalid", o.ConfirmEmail(ctx, token)) // others took its place
	o.on("2017-10-03")
	o.wishesEmail(m, "settimo@posta.example")
}

// The link is for who reads the new address: neither the member's file nor an
// operator's page or letter shows it.
func TestLinkOfANewEmailIsShownToNobodyElse(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error { return tx.SetOrderBody(db.OrderBody{Name: "Ordine di prova"}) }))
	m := o.holder(o.mailbox("A1", "Rossi", "Mario"))
	token := o.wishesEmail(m, "nuova@posta.example")
	message := o.messages(pec.MessageEmailCheck)[0]
	if shown := message.Letter.Shown(); strings.Contains(shown.Text+shown.HTML, token) || !strings.Contains(shown.Text, "/conferma-mail/…") {
		t.Errorf("shown with its link:\n%s", shown.Text)
	}
	file, err := o.PersonalFile(ctx, as(m), m, shouted)
	o.must(err)
	page, data := o.parts(file)
	if strings.Contains(page+fmt.Sprint(data), token) {
		t.Error("the link is in the member's own file")
	}
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		row, err := tx.Message(message.ID)
		if err != nil {
			return err
		}
		row.State = pec.MessageGivenUp
		return tx.SetMessage(row)
	}))
	o.refuses("message_not_for_paper", o.ToPaper(ctx, "prova", message.ID))
}
