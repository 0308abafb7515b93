package web

import (
	"fmt"
	"testing"

	"albopec/app/pec"
	"albopec/db"
)

// requestedSite is an areaSite whose member's mailbox is still to be activated.
func requestedSite(t *testing.T) *testSite {
	t.Helper()
	s := areaSite(t, fullYearAgreement)
	s.write(func(tx *db.Tx) error {
		b, err := tx.Mailbox(s.mailbox)
		if err != nil {
			return err
		}
		none := pec.Date{}
		b.Status, b.RequestedOn, b.SentOn, b.ActivatedOn, b.AnchorOn, b.ExpiresOn = pec.MailboxRequested, s.today, none, none, none, none
		return tx.SetMailbox(b.Mailbox)
	})
	return s
}

// The member asks for 2 GB with a mailbox that is still to be activated, the
// secretariat makes it 3, and the activation orders them: 3 × 2,50 € and VAT 1,65.
func TestSpaceIsAskedForWithTheMailbox(t *testing.T) {
	s := requestedSite(t)
	v := s.as(Member)
	v.get("/area").must(200).says("Chiedi già ora altro spazio")
	v.get("/area/spazio").must(200).says("2 GB: 5,00 € + IVA 1,10 € = 6,10 €", "4 GB: 10,00 € + IVA 2,20 € = 12,20 €", "Ora non paga nulla", "condizioni generali").saysNot("5 GB:")
	v.post("/area/spazio", "casella", fmt.Sprint(s.mailbox), "gb", "2").must(422).says("Per acquistare serve anche questa")
	form := []string{"casella", fmt.Sprint(s.mailbox), "gb", "2"}
	for _, term := range pec.Terms {
		form = append(form, "accetto-"+term.Code, "1")
	}
	v.follow(v.post("/area/spazio", form...).must(303)).says("2 GB in più, dall’attivazione.", "2 GB in più da quando sarà attiva.", "Cambia lo spazio chiesto")
	v.post("/area/spazio", "casella", fmt.Sprint(s.mailbox), "gb", "molti").must(422)
	v.post("/area/spazio", "casella", "999", "gb", "1").must(404)

	c := s.as(Secretariat)
	box := fmt.Sprint("/caselle/", s.mailbox)
	c.get(box).must(200).says("Chiesto con la casella 2 GB in più", "Spazio con la casella…")
	c.get(box + "/spazio").must(200).says("non è ancora attiva")
	c.post(box+"/spazio", "gb", "9").must(422).says("può arrivare a 5")
	c.follow(c.post(box+"/spazio", "gb", "3").must(303)).says("3 GB in più, dall’attivazione.")
	s.pays(1000)
	c.get(box + "/attivazione")
	c.follow(c.post(box+"/attivazione", "on", s.office.Today().Italian(), "years", "1").must(303))
	c.get(box).must(200).says("3 GB in più", "0,85 €").saysNot("Chiesto con la casella")
	v.get("/area").must(200).says("4 GB in tutto", "0,85 €")
	v.get("/area/spazio").must(200).says("è attiva: lo spazio si chiede con la casella solo finché non è attiva")
}
