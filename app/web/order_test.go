package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// waitingOrder is the member's oldest order that waits.
func (s *testSite) waitingOrder() (order db.OrderRow) {
	s.t.Helper()
	s.look(func(tx *db.ReadTx) error {
		list, err := tx.WaitingOrders(s.member)
		if len(list) > 0 {
			order = list[0]
		}
		return err
	})
	return order
}

func (s *testSite) countOrders() int {
	s.t.Helper()
	n := 0
	s.look(func(tx *db.ReadTx) error {
		list, err := tx.OrderList(db.OrderFilter{})
		n = len(list)
		return err
	})
	return n
}

// purchase fills the form of a purchase as its page did.
func purchase(a *answer) []string {
	a.t.Helper()
	var fields []string
	for _, name := range []string{"casella", "product", "quantity", "seen", "key", "quoted"} {
		input := a.find("input", "name", name)
		if name == "product" {
			input = a.find("option", "selected", "")
		}
		if input == nil {
			a.t.Fatalf("the form has no field %s: %s", name, a.text())
		}
		fields = append(fields, name, attribute(input, "value"))
	}
	return fields
}

// TestClerkBuysForAMember: found by name, quoted with its sentence, paid from
// the credit; sent twice it is one order.
func TestClerkBuysForAMember(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	v := s.as(Secretariat)
	v.get("/ordini/nuovo").must(200).says("Prima scelga la casella")
	v.get("/ordini/nuovo?q=morandi").must(200).says(s.address, "Morandi Elena")
	v.get("/ordini/nuovo?q=zzz").must(200).says("Nessuna casella attiva trovata")
	a := v.get("/ordini/nuovo?casella=" + s.address + "&product=inbox_gb&quantity=2").must(200)
	a.says("2 GB × 2,50 € × 1 anno 5,00 €", "IVA 22 % 1,10 €", "Totale lordo 6,10 €", "mancano più di 3 mesi, perciò la convenzione fa pagare l’anno intero",
		"Il credito è 10,00 €: basta. Dopo l’acquisto resteranno 3,90 €.", "Acquista 2 GB per 6,10 €")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	form := purchase(a)
	first := v.post("/ordini/nuovo", form...).must(303)
	v.follow(first).must(200).says("Ordine 2018/000001 completato.", "6,10 € dal credito.", "Completato", "−6,10 €", "n. 2 del 15/06/2018, credito dopo 3,90 €", "Giulia Ferretti")
	second := v.post("/ordini/nuovo", form...).must(303)
	if second.location != first.location || s.countOrders() != 1 {
		t.Errorf("sent twice: %s and %s, %d orders", first.location, second.location, s.countOrders())
	}
	v.follow(second).says("L’ordine c’era già.")
	// The same fields from somebody else are no repetition: they are asked first.
	s.as(Administrator).post("/ordini/nuovo", form...).must(422).says("conferma un secondo acquisto?").saysNot("L’ordine c’era già.")
	if s.countOrders() != 1 {
		t.Errorf("%d orders", s.countOrders())
	}
}

// TestPurchaseWithoutCreditWaits and says exactly what is missing, the orders
// before it included; the payment completes it.
func TestPurchaseWithoutCreditWaits(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(100)
	v := s.as(Secretariat)
	form := purchase(v.get("/ordini/nuovo?casella="+s.address+"&product=inbox_gb&quantity=1").must(200).says("Mancano 2,05 €: 3,05 € per questo ordine − 1,00 € di credito = 2,05 €.", "in attesa di pagamento fino al 15/07/2018", "Ordina 1 GB per 3,05 €"))
	a := v.follow(v.post("/ordini/nuovo", form...).must(303)).must(200)
	a.says("Ordine inserito: aspetta il pagamento.", "L’ordine aspetta il pagamento: mancano 2,05 €.", "Il prezzo vale fino al 15/07/2018", "In attesa di pagamento", "Annulla l’ordine…")
	pay := ""
	for _, link := range a.links() {
		if strings.HasPrefix(link, "/credito/nuovo") {
			pay = link
		}
	}
	v.get(pay).must(200).says("Per Morandi Elena", "Ordine del 15/06/2018")
	// A second order waits behind the first: 3,05 + 3,05 − 1,00.
	v.get("/ordini/nuovo?casella=" + s.address + "&product=inbox_gb&quantity=1").must(200).says("Mancano 5,10 €: 3,05 € per un ordine in attesa + 3,05 € per questo ordine − 1,00 € di credito = 5,10 €.")
	v.follow(v.post("/credito/nuovo", "iscritto", fmt.Sprint(s.member), "amount", "2,05", "method", "counter", "reference", "ricevuta 7").must(303)).
		says("Registrati 2,05 € allo sportello.", "Si è completato l’ordine 2018/000001.", "Il credito ora è 0,00 €.")
}

// TestPurchaseIsRefusedWithTheReason, beside the field where there is one, and
// nothing is written.
func TestPurchaseIsRefusedWithTheReason(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(5000)
	v := s.as(Administrator)
	page := "/ordini/nuovo?casella=" + s.address + "&product=inbox_gb&quantity="
	beside := func(a *answer, id, words string) {
		t.Helper()
		a.must(422).says(words)
		field := a.find("input", "id", id)
		if attribute(field, "aria-invalid") != "true" {
			t.Errorf("the sentence is not beside %s", id)
		}
		if err := a.wellFormed(); err != nil {
			t.Error(err)
		}
	}
	beside(v.get(page+"5"), "quantity", "La casella ha 1 GB e può arrivare a 5: se ne possono aggiungere al massimo 4, non 5.")
	beside(v.get(page+"0"), "quantity", "Ha scritto 0: la quantità deve essere almeno 1.")
	beside(v.get(page+"due"), "quantity", "«due» non è un numero che si possa usare: scriva un numero intero, per esempio 2.")
	v.get("/ordini/nuovo?casella=nessuno@pec.ordine.example").must(404)

	form := purchase(v.get(page + "4").must(200))
	form[5] = "5"
	beside(v.post("/ordini/nuovo", form...), "quantity", "se ne possono aggiungere al massimo 4, non 5")
	form[5], form[7] = "4", "1"
	v.post("/ordini/nuovo", form...).must(422).says("Il prezzo è cambiato: ora è 12,20 €.", "Acquista 4 GB per 12,20 €")
	v.post("/ordini/nuovo", "casella", s.address, "product", "inbox_gb", "quantity", "1").must(422).says("Guardi prima il prezzo")
	if n := s.countOrders(); n != 0 {
		t.Errorf("%d orders were written", n)
	}
	s.buys(4)
	v.get("/ordini/nuovo?casella=" + s.address).must(200).says("La casella ha già 5 GB, il massimo per la tipologia Standard")
	s.on("2018-10-01")
	v = s.as(Administrator)
	v.get("/ordini/nuovo?casella=" + s.address).must(200).says("dal giorno di scadenza e fino al rinnovo non si accettano acquisti").saysNot("Aggiorna il prezzo")
}

// TestTypedQuantityIsNeverBoughtAtAnothersPrice: who types another quantity and
// presses the button of the first is shown the new price, and buys nothing.
func TestTypedQuantityIsNeverBoughtAtAnothersPrice(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(2000)
	for _, role := range []Role{Secretariat, Member} {
		path := map[Role]string{Secretariat: "/ordini/nuovo", Member: "/area/acquisto"}[role]
		v := s.as(role)
		page := path + "?quantity=1&product=inbox_gb&casella="
		fields := func(a *answer) []string { return purchase(a) }
		if role == Member {
			page += fmt.Sprint(s.mailbox)
			fields = func(a *answer) []string { return a.purchaseFields() }
		} else {
			page += s.address
		}
		form := fields(v.get(page).must(200).says("Acquista 1 GB per 3,05 €"))
		for i := range form {
			if i%2 == 0 && form[i] == "quantity" {
				form[i+1] = "2"
			}
		}
		a := v.post(path, form...).must(422).says("Ha cambiato la scelta dopo aver visto il prezzo: ora è 6,10 €.", "Acquista 2 GB per 6,10 €")
		if n := s.countOrders(); n != 0 {
			t.Fatalf("%s: %d orders were written", path, n)
		}
		asked := v.post(path, append(form, "action", "quote")...).must(303)
		v.follow(asked).must(200).says("Acquista 2 GB per 6,10 €")
		if role == Secretariat { // what is confirmed after that is bought
			continue
		}
		v.post(path, fields(a)...).must(303)
		if list := s.services(); len(list) != 1 || list[0].Quantity != 2 {
			t.Errorf("bought: %+v", list)
		}
	}
}

// TestWhatIsMissingForAWaitingOrderIsTheSameEverywhere: 3,90 € of credit and
// an order of 6,10 € lack 2,20 €, the renewal of 6,10 € comes on top of it.
func TestWhatIsMissingForAWaitingOrderIsTheSameEverywhere(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	s.buys(2)
	s.buys(2)
	page := fmt.Sprint("/iscritti/", s.member)
	s.as(Secretariat).get(page).must(200).says("Se prima non si ricaricano 2,20 € per").saysNot("non si ricaricano 6,10 €")
}

// TestRenewalAndWaitingOrderAddUp: 6,10 € to renew, 6,10 € the order, 6,10 € to
// renew what it buys, less the 3,90 € of credit, make 14,40 €.
func TestRenewalAndWaitingOrderAddUp(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	s.buys(2)
	s.buys(2)
	v := s.as(Member)
	parts := "Il rinnovo del 01/10/2018 costa 6,10 €; un ordine in attesa, da pagare entro il 15/07/2018, ne chiede altri 6,10 € e il suo rinnovo 6,10 €. Il credito è 3,90 €: in tutto mancano 14,40 €."
	v.get("/area").must(200).says(parts + " Per il rinnovo la ricarica deve essere registrata entro il 01/10/2018 compreso.")
	v.get("/area/acquisto?quantity=1").must(200).says("Credito dopo l’acquisto 0,85 €", "C’è già un ordine in attesa di pagamento, 6,10 €: dopo questo pagamento gli mancheranno 5,25 €.")
	v.get("/area/acquisto?quantity=2").must(200).says("Ordini già in attesa 6,10 €", "Manca 8,30 €") // 6,10 + 6,10 − 3,90
	v.get("/area/ricarica").must(200).says("Ordine del 15/06/2018", "fin qui mancano 2,20 €", "Altri rinnovi fino al 01/10/2018 dei servizi ordinati e non ancora pagati: pagato l’ordine, alla scadenza si rinnovano anche loro; fin qui mancano 8,30 € 6,10 €",
		"Rinnovo del 01/10/2018 Servizi di "+s.address+"; fin qui mancano 14,40 € 6,10 €", "In tutto servono 18,30 € Il Suo credito 3,90 € In tutto mancano 14,40 €")
	s.as(Secretariat).get(fmt.Sprint("/iscritti/", s.member)).must(200).
		says("6,10 € per un ordine in attesa + 6,10 € per rinnovare i servizi di " + s.address + " + 6,10 € di altri rinnovi fino a quel giorno − 3,90 € di credito = 14,40 €.")
	order := s.waitingOrder().ID
	v.get(fmt.Sprint("/area/ordini/", order)).must(200).says("Mancano 2,20 €. 6,10 € per questo ordine − 3,90 € di credito = 2,20 €")
	s.as(Secretariat).get(fmt.Sprint("/ordini/", order)).must(200).says("mancano 2,20 €. Il conto: 6,10 € per questo ordine − 3,90 € di credito = 2,20 €.")
	s.on("2018-07-05")
	s.as(Member).get("/area").must(200).says("Mancano 14,40 € per rinnovare lo spazio.", parts)
}

// TestOrderThatTheCapForbidsIsTold: of two orders that wait for 3 GB each only
// one fits into 5 GB. Who registers the payment reads it, and so does the member.
func TestOrderThatTheCapForbidsIsTold(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.buys(3)
	s.buys(3) // 3 × 2,50 € + IVA 1,65 € = 9,15 € each
	v := s.as(Secretariat)
	a := v.follow(v.post("/credito/nuovo", "iscritto", fmt.Sprint(s.member), "amount", "18,30", "method", "bank_transfer", "reference", "CRO 7").must(303))
	why := "La casella ha 4 GB e può arrivare a 5: se ne possono aggiungere al massimo 1, non 3."
	a.says("Registrati 18,30 € con bonifico.", "Si è completato l’ordine 2018/000001.",
		"L’ordine del 15/06/2018, 9,15 €, non si è potuto completare ed è annullato. "+why, "Il credito ora è 9,15 €.")
	told := "Il Suo ordine del 15/06/2018 è stato annullato il 15/06/2018."
	s.as(Member).get("/area").must(200).says(told, why)
	s.as(Member).get("/area/ordini").must(200).says(why)
	s.on("2018-07-15")
	s.as(Member).get("/area").must(200).says(told)
	s.on("2018-07-16")
	s.as(Member).get("/area").must(200).saysNot(told)
}

func TestNoPurchaseWhereMembersBuyAtTheProvider(t *testing.T) {
	s := areaSite(t, soldElsewhere)
	s.as(Secretariat).get("/ordini/nuovo?casella=" + s.address).must(200).says("gli acquisti si fanno presso il gestore, non qui").saysNot("Aggiorna il prezzo")
}

// TestOrderIsCancelledWithAReason, once and only while it waits.
func TestOrderIsCancelledWithAReason(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.buys(1)
	order := fmt.Sprintf("/ordini/%d", s.waitingOrder().ID)
	v := s.as(Secretariat)
	if err := v.get(order + "/annulla").must(200).says("1 GB in più per Morandi Elena, 3,05 €").wellFormed(); err != nil {
		t.Error(err)
	}
	v.post(order+"/annulla", "reason", " ").must(422).says("Scriva perché l’ordine si annulla")
	v.follow(v.post(order+"/annulla", "reason", "Ci ha ripensato").must(303)).says("Ordine annullato.", "Annullato", "il 15/06/2018. Ci ha ripensato.").saysNot("Annulla l’ordine…")
	v.get(order + "/annulla").must(422).says("L’ordine è annullato")
	v.follow(v.post(order+"/annulla", "reason", "Ancora").must(303)).must(200).says("L’ordine è annullato: si annulla solo un ordine in attesa di pagamento.").saysNot("aspetta ancora il pagamento")
	for _, role := range []Role{Treasurer, ReadOnly, Member} {
		other := s.as(role)
		other.get(order + "/annulla").must(403)
		other.post(order+"/annulla", "reason", "No").must(403)
		other.get("/ordini/nuovo").must(403)
		other.post("/ordini/nuovo", "casella", s.address).must(403)
	}
}

// Orders that wait complete oldest first, and are listed so, page by page and in
// the member's own area.
func TestWaitingOrdersAreListedOldestFirst(t *testing.T) {
	s := areaSite(t, manyProducts)
	const many = rowsPerPage + 1
	for n := range many { // 8,00 € for each user and year, all of another quantity
		if _, err := s.office.Order(t.Context(), "prova", office.Purchase{Address: s.address, Product: "user", Quantity: n + 1}); err != nil {
			t.Fatal(err)
		}
	}
	v := s.as(ReadOnly)
	first := v.get("/ordini?stato=awaiting_payment").must(200).says(" 1 × Multiutente").saysNot(" 51 × Multiutente")
	if a, b := strings.Index(first.text(), " 1 × Multiutente"), strings.Index(first.text(), " 50 × Multiutente"); a < 0 || b < a {
		t.Errorf("the oldest is at %d, the 50th at %d", a, b)
	}
	second := v.get(linkTo(first, "dopo=")).must(200).says(" 51 × Multiutente").saysNot(" 50 × Multiutente")
	v.get(linkTo(second, "prima=")).must(200).says(" 1 × Multiutente", " 50 × Multiutente").saysNot(" 51 × Multiutente")
	home := s.as(Member).get("/area").must(200).text()
	if a, b := strings.Index(home, " 1 × Multiutente"), strings.Index(home, " 2 × Multiutente"); a < 0 || b < a {
		t.Errorf("at home the oldest is at %d, the second at %d", a, b)
	}
}

// TestOrdersAreListedAndAddedUp by state, under the filters, and taken away as
// they are listed.
func TestOrdersAreListedAndAddedUp(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(ReadOnly)
	v.get("/ordini").must(200).says("Nessun ordine").saysNot("Nuovo acquisto")
	s.pays(610)
	s.buys(2)
	s.buys(1)
	member, _ := s.neighbour("B2", "Conti", "Ada", "2018-12-20")
	a := v.get("/ordini").must(200)
	a.says("2 ordini, 1 completato per 6,10 € IVA compresa", "2018/000001 15/06/2018 Morandi Elena "+s.address+" 2 GB Spazio Extra Inbox Acquisto 5,00 € 1,10 € 6,10 € Completato",
		"senza numero, 15/06/2018", "In attesa di pagamento 1 2,50 € 0,55 € 3,05 €", "Totale 2 7,50 € 1,65 € 9,15 €")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get("/ordini?stato=awaiting_payment").must(200).says("1 ordine").saysNot("2018/000001")
	v.get("/ordini?anno=2018").must(200).says("2018/000001", "Completati nel 2018").saysNot("senza numero")
	v.get("/ordini?tipo=renewal").must(200).says("Nessun ordine con questi filtri")
	v.get("/ordini?q=elena").must(200).says("2 ordini")
	v.get(fmt.Sprint("/ordini?iscritto=", member)).must(200).says("Di Conti Ada", "Nessun ordine con questi filtri")
	csv := string(v.get("/ordini/esporta?formato=csv&stato=completed").must(200).body)
	if !strings.Contains(csv, "2018/000001;15/06/2018;acquisto;Morandi Elena;"+s.address+";2 GB Spazio Extra Inbox;5,00;1,10;6,10;completato;15/06/2018;;;Giulia Ferretti") || strings.Contains(csv, "in attesa") {
		t.Errorf("export: %s", csv)
	}
	v.get("/ordini/99").must(404)

	s.on("2018-10-01")
	s.pays(610)
	if _, err := s.office.Renew(context.Background(), "lavoro notturno", pec.Day("2018-10-01")); err != nil {
		t.Fatal(err)
	}
	v = s.as(ReadOnly)
	v.get("/ordini?tipo=renewal").must(200).says("2018/000002", "Rinnovo")
	v.get("/ordini?stato=lapsed").must(200).says("Decaduto") // the waiting one, after its 30 days
}

// An order of 3,05 € that was paid in another window is not cancelled: who tries
// reads that it is completed, on its own page.
func TestOrderPaidMeanwhileIsNotCancelled(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.buys(1)
	v := s.as(Secretariat)
	order := fmt.Sprint("/ordini/", s.waitingOrder().ID)
	v.get(order + "/annulla").must(200).says("L’ordine aspetta ancora il pagamento")
	s.pays(305)
	v.follow(v.post(order+"/annulla", "reason", "Ci ha ripensato").must(303)).must(200).
		says("L’ordine è completato: si annulla solo un ordine in attesa di pagamento.", "Ordine 2018/000001").saysNot("aspetta ancora il pagamento")
}
