package web

import (
	"fmt"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// TestOperatorDecidesTheRenewalForAMember: 2 GB bought on 15/06/2018 for 6,10 €
// renew on 01/10/2018, then only one of them for 3,05 €, then none.
func TestOperatorDecidesTheRenewalForAMember(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1220)
	s.buys(2)
	page := fmt.Sprint("/servizi/", s.services()[0].ID)
	v := s.as(Secretariat)
	for _, from := range []string{"/servizi", fmt.Sprint("/caselle/", s.mailbox), fmt.Sprint("/iscritti/", s.member)} {
		if v.get(from).must(200).find("a", "href", page) == nil {
			t.Errorf("%s does not lead to the service", from)
		}
	}
	a := v.get(page).must(200).says("Spazio Extra Inbox, 2 GB", "Di Morandi Elena, sulla casella "+s.address, "n. A15266, credito 6,10 €", "Quantità 2 GB",
		"Pagato per il periodo 5,00 € netti oggi all’anno 5,00 € netti, 6,10 € lordi", "Dal 15/06/2018", "Scadenza 01/10/2018 fra 108 giorni",
		"Si rinnova fino al 01/10/2019 per 6,10 €", "1 GB, 3,05 € per un anno", "2 GB, 6,10 € per un anno", "2018/000001 Acquisto 15/06/2018 6,10 €").
		saysNot("Quali servizi rinnovare prima")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.follow(v.post(page, "auto_renew", "1", "next_quantity", "1").must(303)).must(200).says("La scelta è salvata.", "Vale dal rinnovo del 01/10/2018.", "dal rinnovo 1", "per 3,05 €")
	v.follow(v.post(page, "auto_renew", "0", "next_quantity", "1").must(303)).must(200).says("Il rinnovo è disattivato.", "Spazio Extra Inbox, 2 GB resta fino al 01/10/2018.", "Cessa rinnovo disattivato")
	v.post(page, "auto_renew", "", "next_quantity", "1").must(422).says("Scelga se il servizio si rinnova.")
	v.post(page, "auto_renew", "1", "next_quantity", "3").must(422).says("Dal prossimo rinnovo la quantità può andare da 1 a 2.")
	var log []db.AuditEntry
	s.look(func(tx *db.ReadTx) (err error) {
		log, err = tx.Audit("mailbox", s.mailbox, 10)
		return err
	})
	changes := 0
	for _, e := range log {
		if e.Action == "service.changed" {
			changes++
			if e.Actor != "operatore:giulia@ordine.example" {
				t.Errorf("%s changed the service", e.Actor)
			}
		}
	}
	if changes != 2 {
		t.Errorf("%d changes in the log", changes)
	}
	v.get(fmt.Sprint("/caselle/", s.mailbox)).must(200).says("Rinnovo di un servizio disattivato", "Giulia Ferretti alle")

	for _, role := range []Role{Treasurer, ReadOnly} {
		reader := s.as(role)
		if a := reader.get(page).must(200).says("Il rinnovo è disattivato."); a.find("input", "name", "auto_renew") != nil {
			t.Errorf("%s is offered what they may not do", role)
		}
		reader.post(page, "auto_renew", "1").must(403)
		reader.post(page+"/preferenza", "up", "1").must(403)
	}
	s.as(Member).get(page).must(403)
	v.get("/servizi/999").must(404).says("Il servizio non esiste.")
	v.post("/servizi/999", "auto_renew", "1").must(404)
}

// TestSpaceInUseIsNotGivenUp: with 2.355 MB used of 3 GB two GB can be kept, but
// not one.
func TestSpaceInUseIsNotGivenUp(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(610)
	s.buys(2)
	used := 2355
	s.setBox(func(b *pec.Mailbox) { b.UsedMB = &used })
	page := fmt.Sprint("/servizi/", s.services()[0].ID)
	v := s.as(Administrator)
	for _, form := range [][]string{{"auto_renew", "1", "next_quantity", "1"}, {"auto_renew", "0", "next_quantity", "2"}} {
		a := v.post(page, form...).must(422).says("La casella occupa 2.355 MB e dal rinnovo avrebbe")
		if err := a.wellFormed(); err != nil {
			t.Error(err)
		}
	}
	if now := s.services()[0]; !now.AutoRenew || now.NextQuantity != 2 {
		t.Errorf("something was written: %+v", now)
	}
}

// Where nobody knows what is used, nothing refuses: the form says so, to the
// member and at the counter.
func TestSpaceOfUnknownUseIsSaidBeforeItIsGivenUp(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(610)
	s.buys(2)
	id := fmt.Sprint(s.services()[0].ID)
	const words = "Lo spazio usato non è noto: se si riduce o termina, verifichi prima"
	for role, page := range map[Role]string{Secretariat: "/servizi/" + id, Member: "/area/servizi/" + id} {
		s.setBox(func(b *pec.Mailbox) { b.UsedMB = nil })
		s.as(role).get(page).must(200).says(words)
		used := 100
		s.setBox(func(b *pec.Mailbox) { b.UsedMB = &used })
		s.as(role).get(page).must(200).saysNot(words)
	}
}

// What a renewal that waits for payment holds fast is said with the way to it.
func TestServiceHeldByAWaitingRenewalLeadsToTheOrder(t *testing.T) {
	s := areaSite(t, threeKinds)
	ids := s.proBoxes()
	s.pays(488)
	if _, err := s.office.Order(t.Context(), "prova", office.Purchase{Address: "studio1@pec.ordine.example", Product: pec.InboxGB, Quantity: 1}); err != nil {
		t.Fatal(err)
	}
	done, err := s.office.OrderRenewal(t.Context(), "prova", office.RenewalRequest{Address: "studio1@pec.ordine.example", Wish: pec.RenewalWish{Years: 1}, RecipientCode: "ABC1234"})
	if err != nil || done.Order.State != pec.OrderAwaitingPayment {
		t.Fatalf("%+v, %v", done.Order, err)
	}
	var service int64
	s.look(func(tx *db.ReadTx) error {
		list, err := tx.ServicesOn(ids[0], false)
		service = list[0].ID
		return err
	})
	order := fmt.Sprint("/ordini/", done.Order.ID)
	for page, link := range map[string]string{fmt.Sprint("/servizi/", service): order, fmt.Sprint("/iscritti/", s.member, "/rinnovi"): order} {
		if s.as(Secretariat).get(page).must(200).find("a", "href", link) == nil {
			t.Errorf("%s does not lead to the order", page)
		}
	}
	for _, page := range []string{fmt.Sprint("/area/servizi/", service), "/area/rinnovi"} {
		if s.as(Member).get(page).must(200).find("a", "href", "/area"+order) == nil {
			t.Errorf("%s does not lead to the order", page)
		}
	}
}

// TestOperatorPutsServicesInOrder: of two purchases the second is renewed first.
func TestOperatorPutsServicesInOrder(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1220)
	s.buys(2)
	s.on("2018-06-16")
	s.buys(1)
	list := s.services()
	page := fmt.Sprint("/servizi/", list[0].ID)
	v := s.as(Secretariat)
	v.get(page).must(200).says("Quali servizi rinnovare prima", "Spazio Extra Inbox, 2 GB "+s.address+", dal 15/06/2018, ordine 2018/000001, scadenza 01/10/2018 Dopo", "Spazio Extra Inbox, 1 GB "+s.address+", dal 16/06/2018, ordine 2018/000002, scadenza 01/10/2018 Prima")
	v.follow(v.post(page+"/preferenza", "up", fmt.Sprint(list[1].ID)).must(303)).must(200).says("La precedenza è salvata.", "Spazio Extra Inbox, 1 GB, dal 16/06/2018, ordine 2018/000002, è al posto 1 su 2.")
	s.look(func(tx *db.ReadTx) error {
		order, err := renewalOrder(tx, s.member)
		if order[0].ID != list[1].ID || order[1].ID != list[0].ID {
			t.Errorf("the order is %d, %d", order[0].ID, order[1].ID)
		}
		log, err2 := tx.Audit("member", s.member, 1)
		if err2 != nil || log[0].Action != "services.ordered" || log[0].Actor != "operatore:giulia@ordine.example" {
			t.Errorf("the log ends with %+v, %v", log, err2)
		}
		return err
	})
	v.post(page+"/preferenza", "up", "999").must(404)
	a := s.as(ReadOnly).get(page).must(200).says("Quali servizi rinnovare prima")
	if a.find("button", "name", "up") != nil {
		t.Error("a reader may put them in order")
	}
}

// TestServiceThatIsOverOrOfTheProviderHasNothingToChoose, and says why.
func TestServiceThatIsOverOrOfTheProviderHasNothingToChoose(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(305)
	s.buys(1)
	ended := s.services()[0].ID
	s.write(func(tx *db.Tx) error { return tx.EndService(ended, s.today, pec.EndNoCredit) })
	var held int64
	s.write(func(tx *db.Tx) (err error) {
		held, err = tx.AddService(db.ServiceRow{Service: pec.Service{MailboxID: s.mailbox, Product: pec.InboxGB, Quantity: 2, StartedOn: pec.Day("2018-01-10"),
			ExpiresOn: pec.Day("2018-10-01"), AutoRenew: true, Source: pec.SoldByProvider}, ProductName: "Spazio Extra Inbox", Net: 500})
		return err
	})
	v := s.as(Secretariat)
	for id, words := range map[int64]string{ended: "Il servizio è cessato il 15/06/2018: credito insufficiente.", held: "Il servizio è stato acquistato presso il gestore"} {
		page := fmt.Sprint("/servizi/", id)
		a := v.get(page).must(200).says(words)
		if a.find("input", "name", "auto_renew") != nil {
			t.Errorf("%s: there is something to choose", page)
		}
		if err := a.wellFormed(); err != nil {
			t.Error(err)
		}
		v.post(page, "auto_renew", "0").must(422)
	}
}

func TestServicePageInABrowser(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(915)
	s.buys(2)
	s.buys(1)
	s.on("2018-07-05")
	list := s.services()
	clerk, reader := s.as(Secretariat), s.as(ReadOnly)
	s.inBrowser(t, clerk.page("servizio", fmt.Sprint("/servizi/", list[0].ID)), reader.page("servizio-lettura", fmt.Sprint("/servizi/", list[1].ID)))
}
