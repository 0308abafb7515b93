package office_test

import (
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// TestRequestMadeByMistakeIsWithdrawn: requested on 02/10/2017 with 2 GB and
// withdrawn on the 3rd. The address is free for a namesake, and the log of the
// mailbox that is gone is no other's.
func TestRequestMadeByMistakeIsWithdrawn(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	address := o.ask("A1", "Rossi", "Mario")
	gone := o.id(address)
	o.must(o.AskSpace(ctx, "prova", office.SpaceAsked{Address: address, GB: 2}))
	o.on("2017-10-03")
	w, err := o.Withdraw(ctx, "prova", address, true)
	o.must(err)
	if !w.Done || o.id(address) != gone {
		t.Errorf("a trial withdrew %+v", w)
	}
	for _, want := range []bool{true, false} {
		w, err := o.Withdraw(ctx, "prova", address, false)
		if err != nil || w.Done != want || w.Rejected {
			t.Errorf("withdrawn: %+v, %v; want %v", w, err, want)
		}
	}
	_, err = o.Withdraw(ctx, "prova", "mai.stata@pec.ordine.example", false)
	o.refuses("mailbox_unknown", err)
	o.files()
	if namesake := o.ask("A2", "Rossi", "Mario"); namesake != address || o.id(namesake) == gone {
		t.Errorf("the namesake has %s, mailbox %d after %d", namesake, o.id(namesake), gone)
	}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		gb, err := tx.AskedSpace(gone)
		if gb != 0 {
			t.Errorf("%d GB are still asked for", gb)
		}
		return err
	}))
	if list, err := o.Provision(ctx, "prova", "A1", false); err != nil || len(list) != 1 || list[0].Address != "mario.rossi2@pec.ordine.example" {
		t.Errorf("requested anew: %+v, %v", list, err)
	}
	o.sound()
}

// TestWithdrawnAfterARefusalIsRefusedAgain: refused on 06/10/2017, asked again
// and withdrawn on the 9th; what is sent or active stays.
func TestWithdrawnAfterARefusalIsRefusedAgain(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	address, sent, active := o.ask("A1", "Rossi", "Mario"), o.ask("A2", "Verdi", "Anna"), o.mailbox("A3", "Neri", "Ugo")
	o.file()
	o.on("2017-10-06")
	o.taken(1, 0, 0, address+";attivazione;KO;;manca il nome;")
	before, err := o.Mailbox(ctx, address)
	o.must(err)
	o.on("2017-10-09")
	_, err = o.RequestAgain(ctx, "prova", before.ID)
	o.must(err)
	for _, want := range []bool{true, false} {
		w, err := o.Withdraw(ctx, "prova", address, false)
		if err != nil || w.Done != want || !w.Rejected {
			t.Errorf("withdrawn: %+v, %v; want %v", w, err, want)
		}
	}
	v, err := o.Mailbox(ctx, address)
	o.must(err)
	if v.Status != pec.MailboxRejected || v.Rejection != "manca il nome" || v.RequestedOn != before.RequestedOn || v.SentOn != before.SentOn {
		t.Errorf("it is %s (%q), requested on %s", v.Status, v.Rejection, v.RequestedOn)
	}
	o.files()
	for _, other := range []string{sent, active} {
		_, err := o.Withdraw(ctx, "prova", other, false)
		o.refuses("mailbox_not_requested", err)
	}
	o.sound()
}
