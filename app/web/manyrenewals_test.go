package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"albopec/app/office"
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
	v.get("/area/rinnovi").must(200).says("studio1@pec.ordine.example", "studio2@pec.ordine.example", "fino al 15/06/2020 costa 24,40 €", "studio1@pec.ordine.example Casella Pro dal 15/06/2019 al 15/06/2020 20,00 € IVA 4,40 €", "2 caselle, netto 40,00 €", "48,80 €", "Rinnova per 48,80 €").
		saysNot(s.address + " Scade")
	one := v.get(v.post("/area/rinnovi", "action", "quote", "years", "2", "id", fmt.Sprint(ids[0])).must(303).location).must(200)
	one.says("Casella Pro dal 15/06/2019 al 15/06/2021 40,00 € IVA 8,80 € Totale lordo 48,80 €", "Rinnova per 48,80 €")
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

// What was typed for the e-invoice outlives another choice, also one for which
// nothing is to be paid, and goes with every order.
func TestEInvoiceDataOfSeveralRenewalsAreKept(t *testing.T) {
	s := areaSite(t, threeKinds)
	ids := s.proBoxes()
	s.pays(10000)
	v := s.as(Member)
	typed := v.get("/area/rinnovi").must(200).sent("recipient_code", "abc1234", "recipient_pec", "", "accetto-privacy", "1", "action", "quote")
	none := v.follow(v.post("/area/rinnovi", append(typed, "years", "2")...).must(303)).must(200).saysNot("Quanto costa")
	both := []string{"id", fmt.Sprint(ids[0]), "id", fmt.Sprint(ids[1])}
	a := v.follow(v.post("/area/rinnovi", append(none.sent("years", "1", "action", "quote"), both...)...).must(303)).must(200)
	if got := attribute(a.find("input", "id", "recipient_code"), "value"); got != "abc1234" {
		t.Fatalf("after another choice the code is %q", got)
	}
	if _, ticked := attributeOf(a.find("input", "id", "accetto-privacy"), "checked"); !ticked {
		t.Error("after another choice a condition is no longer accepted")
	}
	form := append(a.sent(), both...)
	for _, term := range pec.Terms {
		form = append(form, "accetto-"+term.Code, "1")
	}
	v.follow(v.post("/area/rinnovi", form...).must(303)).says("2 caselle sono rinnovate.")
	s.look(func(tx *db.ReadTx) error {
		orders, err := tx.OrdersOf(s.member)
		for _, o := range orders {
			if r, _, _ := tx.RenewalOrder(o.ID); r.Recipient != (pec.Recipient{Code: "ABC1234"}) {
				t.Errorf("order %d goes to %+v", o.ID, r.Recipient)
			}
		}
		return err
	})
	v.post("/area/rinnovi", append(a.sent("key", "another"), both...)...).must(422).says("Nulla da rinnovare").saysNot("da correggere")
}

// A member whose mailboxes all renew by themselves has done nothing wrong.
func TestNothingToRenewTogether(t *testing.T) {
	v := areaSite(t, threeKinds).as(Member)
	v.get("/area/rinnovi").must(200).says("Nulla da rinnovare", "Nessuna delle Sue caselle aspetta un ordine di rinnovo.").saysNot("da correggere", "Scelga una delle durate.")
}

// At the counter the same form, from the member's page: the services that go on
// and those that end are listed before the confirmation, and no conditions are
// asked for (R17). 24,40 € for the first mailbox, 24,40 + 3,05 € for the second
// with its GB.
func TestClerkRenewsSeveralMailboxesTogether(t *testing.T) {
	s := areaSite(t, threeKinds)
	ids := s.proBoxes()
	s.pays(6000)
	if _, err := s.office.Order(t.Context(), "prova", office.Purchase{Address: "studio2@pec.ordine.example", Product: pec.InboxGB, Quantity: 1}); err != nil {
		t.Fatal(err)
	}
	v := s.as(Secretariat)
	page := fmt.Sprint("/iscritti/", s.member, "/rinnovi")
	v.get(fmt.Sprint("/iscritti/", s.member)).must(200).says("Rinnova più caselle insieme")
	s.as(ReadOnly).get(fmt.Sprint("/iscritti/", s.member)).must(200).saysNot("Rinnova più caselle insieme")
	a := v.get(page).must(200).says("studio2@pec.ordine.example Casella Pro dal 15/06/2019 al 15/06/2020 20,00 € Spazio Extra Inbox, 1 GB dal 15/06/2019 al 15/06/2020 4,00 €", "Totale lordo 29,28 €",
		"2 caselle, netto 44,00 €", "Totale lordo 53,68 €", "Credito 55,12 €", "Rinnova per 53,68 €", "Morandi Elena").saysNot("Accetto", "Il Suo credito")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	form := append(a.sent("recipient_code", "AB"), "id", fmt.Sprint(ids[0]), "id", fmt.Sprint(ids[1]))
	v.post(page, form...).must(422).says("Il codice destinatario ha 7 lettere o cifre")
	form = append(a.sent(fmt.Sprint("seen-", ids[1]), "2000"), "id", fmt.Sprint(ids[0]), "id", fmt.Sprint(ids[1]))
	v.post(page, form...).must(422).says("studio2@pec.ordine.example: Il prezzo è cambiato: ora è 29,28 €.", "Nessun rinnovo è stato ordinato.").saysNot("Ha cambiato la scelta")
	form = append(a.sent("recipient_code", "UFX1Y2"), "id", fmt.Sprint(ids[0]), "id", fmt.Sprint(ids[1]))
	v.follow(v.post(page, form...).must(303)).must(200).says("2 caselle sono rinnovate.", "Morandi Elena riceverà la conferma di ciascuna.")
	v.follow(v.post(page, form...).must(303)).must(200).says("L’ordine c’era già.")
	if n := s.countOrders(); n != 3 {
		t.Errorf("%d orders, want the purchase and two renewals", n)
	}
	v.get(page).must(200).says("Nessuna delle caselle di Morandi Elena aspetta un ordine di rinnovo.")
}

// Two mailboxes at 24,40 € were shown as paid at once from 60,00 €; meanwhile the
// third becomes Pro and is renewed for 6,10 + 24,40 €. The 29,50 € that are left
// pay only the first, and that is shown before anything is ordered.
func TestSeveralRenewalsShownAsPaidAreShownAgain(t *testing.T) {
	s := areaSite(t, threeKinds)
	ids := s.proBoxes()
	s.pays(6000)
	v := s.as(Secretariat)
	page := fmt.Sprint("/iscritti/", s.member, "/rinnovi")
	confirm := func(a *answer) []string {
		form := a.sent()
		for i := len(form) - 2; i >= 0; i -= 2 {
			if form[i] == "covered" {
				form = slices.Delete(form, i, i+2)
			}
		}
		for _, n := range a.all("input") {
			if attribute(n, "name") == "covered" {
				form = append(form, "covered", attribute(n, "value"))
			}
		}
		return append(form, "id", fmt.Sprint(ids[0]), "id", fmt.Sprint(ids[1]))
	}
	form := confirm(v.get(page).must(200).says("Il credito la paga subito.", "Rinnova per 48,80 €").saysNot("Il credito non basta"))
	if _, err := s.office.OrderRenewal(t.Context(), "prova", office.RenewalRequest{Address: s.address, Wish: pec.RenewalWish{Kind: "pro", Years: 1}}); err != nil {
		t.Fatal(err)
	}
	again := v.post(page, form...).must(422).says("studio2@pec.ordine.example: Il credito è cambiato: ora è 5,10 € e non basta per 24,40 €", "Nessun rinnovo è stato ordinato.",
		"Il credito la paga subito.", "Il credito non basta: l’ordine aspetta il pagamento fino al 15/07/2018.", "Manca 19,30 €", "Ordina per 48,80 €")
	v.follow(v.post(page, confirm(again)...).must(303)).must(200).says("1 casella è già rinnovata. Mancano 19,30 €")
}

// Of two mailboxes the one that expires on 01/08/2018 is ordered before the one of
// 31/08/2018, whatever their addresses, since orders that wait complete oldest
// first; the member of whom 48,80 € are asked lands where it says how to pay.
func TestSeveralRenewalsAreOrderedByExpiry(t *testing.T) {
	s := areaSite(t, threeKinds)
	const later, sooner = "a.studio@pec.ordine.example", "z.studio@pec.ordine.example"
	s.write(func(tx *db.Tx) error {
		for address, e := range map[string]pec.Date{later: pec.Day("2018-08-31"), sooner: pec.Day("2018-08-01")} {
			began := e.AddYears(-1)
			if _, err := tx.AddMailbox(db.MailboxRow{Mailbox: pec.Mailbox{
				Address: address, MemberID: s.member, Kind: "pro", Status: pec.MailboxActive, RequestedOn: began,
				ActivatedOn: began, AnchorOn: began, ExpiresOn: e, TermYears: 1, AutoRenew: true,
			}}); err != nil {
				return err
			}
		}
		return nil
	})
	v := s.as(Member)
	inOrder(v.get(areaPath("/area", s.boxOf(s.address))).must(200), "La casella "+sooner+" si chiude il 01/08/2018", "La casella "+later+" si chiude il 31/08/2018")
	a := v.get("/area/rinnovi").must(200)
	inOrder(a, sooner, later)
	form := a.sent()
	for _, term := range pec.Terms {
		form = append(form, "accetto-"+term.Code, "1")
	}
	for _, n := range a.all("input") {
		if attribute(n, "name") == "id" {
			form = append(form, "id", attribute(n, "value"))
		}
	}
	done := v.post("/area/rinnovi", form...).must(303)
	v.follow(done).must(200).says("2 ordini aspettano il pagamento.", "Mancano 48,80 €", "Come pagare", "PEC A15266 Morandi Elena")
	s.look(func(tx *db.ReadTx) error {
		list, err := tx.OrderList(db.OrderFilter{Member: s.member, State: string(pec.OrderAwaitingPayment), OldestFirst: true})
		if len(list) != 2 || list[0].Address != sooner || list[1].Address != later {
			t.Errorf("%+v", list)
		}
		return err
	})
}
