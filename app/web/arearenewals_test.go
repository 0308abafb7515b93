package web

import (
	"fmt"
	"strings"
	"testing"

	"albopec/app/pec"
	"albopec/db"
)

// proBoxes gives the member two more mailboxes, of a kind that members pay, both
// with E 15/06/2019.
func (s *testSite) proBoxes() (ids [2]int64) {
	s.write(func(tx *db.Tx) error {
		for i := range ids {
			id, err := tx.AddMailbox(db.MailboxRow{Mailbox: pec.Mailbox{
				Address: fmt.Sprintf("studio%d@pec.ordine.example", i+1), MemberID: s.member, Kind: "pro", Status: pec.MailboxActive, RequestedOn: s.today,
				ActivatedOn: s.today, AnchorOn: s.today, ExpiresOn: s.today.AddYears(1), TermYears: 1, AutoRenew: true,
			}})
			if err != nil {
				return err
			}
			ids[i] = id
		}
		return nil
	})
	return ids
}

// Two mailboxes at 24,40 € a year are renewed together for two years: the credit
// of 60,00 € pays the first, 48,80 €, and the second waits for 37,60 €.
func TestMemberRenewsSeveralMailboxesTogether(t *testing.T) {
	s := areaSite(t, threeKinds)
	ids := s.proBoxes()
	s.pays(6000)
	v := s.as(Member)
	v.get("/area").must(200).says("Rinnova più caselle insieme")
	v.get("/area/rinnovi").must(200).says("studio1@pec.ordine.example", "studio2@pec.ordine.example", "fino al 15/06/2020 costa 24,40 €", "2 caselle, netto 40,00 €", "48,80 €", "Rinnova per 48,80 €").
		saysNot(s.address + " Scade")
	one := v.get(v.post("/area/rinnovi", "action", "quote", "years", "2", "id", fmt.Sprint(ids[0])).must(303).location).must(200)
	one.says("1 casella, netto 40,00 €", "Rinnova per 48,80 €")
	kept := v.follow(v.post("/area/rinnovi", "action", "quote", "years", "9", "id", fmt.Sprint(ids[0]), "recipient_code", "ABC1234", "accetto-privacy", "1").must(303))
	kept = v.follow(v.post("/area/rinnovi", kept.sent("action", "quote", "years", "2", "id", fmt.Sprint(ids[0]))...).must(303)).must(200)
	if _, ticked := attributeOf(kept.find("input", "id", "accetto-privacy"), "checked"); !ticked || attribute(kept.find("input", "name", "recipient_code"), "value") != "ABC1234" {
		t.Error("what was typed before another price is lost")
	}
	both := v.get(fmt.Sprintf("/area/rinnovi?years=2&id=%d&id=%d", ids[0], ids[1])).must(200).says("Totale lordo 97,60 €", "Manca 37,60 €", "Ordina per 97,60 €")
	form := append(both.sent(), "id", fmt.Sprint(ids[0]), "id", fmt.Sprint(ids[1]))
	v.post("/area/rinnovi", form...).must(422).says("Per acquistare serve anche questa")
	for _, term := range pec.Terms {
		form = append(form, "accetto-"+term.Code, "1")
	}
	stale := append([]string{}, form...)
	for i := range stale {
		if strings.HasPrefix(stale[i], "2 ") {
			stale[i] = "2 niente"
		}
	}
	v.post("/area/rinnovi", stale...).must(422).says("Ha cambiato la scelta dopo aver visto il prezzo")
	v.post("/area/rinnovi", append([]string{"recipient_code", "ABC"}, form...)...).must(422).says("Il codice destinatario ha 7 lettere o cifre")
	v.follow(v.post("/area/rinnovi", form...).must(303)).says("1 ordine aspetta il pagamento.", "1 casella è già rinnovata.", "Mancano 37,60 €")
	v.follow(v.post("/area/rinnovi", form...).must(303)).says("L’ordine c’era già.")
	s.look(func(tx *db.ReadTx) error {
		orders, err := tx.OrdersOf(s.member)
		if len(orders) != 2 {
			t.Errorf("%d orders", len(orders))
		}
		for i, want := range []string{"2021-06-15", "2019-06-15"} {
			if b, _ := tx.Mailbox(ids[i]); b.ExpiresOn.String() != want {
				t.Errorf("%s expires on %s, want %s", b.Address, b.ExpiresOn, want)
			}
		}
		return err
	})
	s.pays(3760)
	v.get("/area/rinnovi").must(200).says("Nessuna delle Sue caselle aspetta un ordine di rinnovo.")
	v.get("/area").must(200).saysNot("Rinnova più caselle insieme")
}
