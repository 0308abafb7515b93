package office_test

import (
	"strings"
	"testing"

	"albopec/app/pec"
	"albopec/db"
)

func TestTheBankAccountIsToldToWhoLacksCredit(t *testing.T) {
	o, rossi, _, _ := lacking(t)
	account := pec.BankAccount{IBAN: "it60 x054 2811 1010 0000 0123 456", Reason: " Servizi  PEC "}
	o.refuses("iban_invalid", o.SetBankAccount(ctx, "prova", pec.BankAccount{IBAN: "IT60X0542811101000000123457"}))
	logged := func() (e db.AuditEntry) {
		o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
			e, err = tx.LatestAudit("bank_account", "bank_account")
			return err
		}))
		return e
	}
	o.must(o.SetBankAccount(ctx, "operatore:giulia", account))
	e := logged()
	if e.Actor != "operatore:giulia" || !strings.Contains(e.Detail, `"iban":"IT60X0542811101000000123456"`) {
		t.Errorf("the log is %+v", e)
	}
	o.must(o.SetBankAccount(ctx, "prova", account)) // the same again: no change
	if again := logged(); again.ID != e.ID {
		t.Errorf("the log is %+v", again)
	}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		got, err := tx.BankAccount()
		if want := (pec.BankAccount{IBAN: "IT60X0542811101000000123456", Reason: "Servizi PEC"}); got != want {
			t.Errorf("the account is %+v", got)
		}
		return err
	}))
	o.tellShort(rossi)
	const pays = "IBAN IT60 X054 2811 1010 0000 0123 456, con la causale «Servizi PEC A1 Rossi Mario»"
	if text := o.messages(pec.MessageCreditShort)[0].Letter.Text; !strings.Contains(text, pays) {
		t.Errorf("the message says\n%s", text)
	}
	_, err := o.RaiseNotices(ctx, "prova", false)
	o.must(err)
	for _, m := range o.messages(pec.MessageNotice) {
		if m.MemberID == o.holder(rossi) && !strings.Contains(m.Letter.Text, pays) {
			t.Errorf("the notice says\n%s", m.Letter.Text)
		}
	}
	o.must(o.SetBankAccount(ctx, "prova", pec.BankAccount{}))
	o.sound()
}
