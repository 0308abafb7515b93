package web

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"albopec/app/pec"
	"albopec/db"
)

// buysUsers lets Elena buy users in her own area and returns the answer to it.
func (s *testSite) buysUsers(v *visitor, quantity int) *answer {
	s.t.Helper()
	a := v.get(fmt.Sprint("/area/acquisto?product=user&quantity=", quantity)).must(200)
	return v.follow(v.post("/area/acquisto", a.purchaseFields()...).must(303)).must(200)
}

// userKey is what the box of Elena's users is called while no file has asked for
// them.
func (s *testSite) userKey(total int) string {
	return fmt.Sprintf("%d/service/user/%d", s.mailbox, total)
}

// ticks reports whether a box is ticked.
func ticks(box *html.Node) bool {
	_, checked := attributeOf(box, "checked")
	return checked
}

// TestClerkMarksServicesByHand: two users bought on 15/06/2018. The Ordine sends
// nothing by file; on the 18th Giulia writes down what she did on the 16th.
func TestClerkMarksServicesByHand(t *testing.T) {
	s := areaSite(t, manyProducts)
	s.pays(10000)
	member, v := s.as(Member), s.as(Secretariat)
	v.get("/").must(200).saysNot("Servizi da attivare")
	v.get(servicesToActivate).must(200).says("Nulla da attivare")
	member.get("/area/acquisto?product=user&quantity=2").must(200).says("Il servizio decorre da oggi. L’Ordine ne chiede l’attivazione al gestore: nella pagina della Sua PEC legge quando è attivo.").saysNot("Suo subito")
	s.buysUsers(member, 2).says("Acquisto completato. Decorre da oggi, fino al 01/10/2018. L’Ordine ne chiede l’attivazione al gestore").saysNot("attivo da subito")
	member.get("/area").must(200).says("2 × Multiutente Dal 15/06/2018 al 01/10/2018.", "Acquistato, in attivazione presso il gestore.")
	for _, page := range []string{fmt.Sprint("/caselle/", s.mailbox), fmt.Sprint("/iscritti/", s.member)} {
		v.get(page).must(200).says("2 × Multiutente acquistato, in attivazione presso il gestore")
	}
	service := fmt.Sprint("/servizi/", s.services()[0].ID)
	v.get(service).must(200).says("Presso il gestore Acquistato, in attivazione presso il gestore")

	s.on("2018-06-18")
	v = s.as(Secretariat)
	v.get("/").must(200).says("Servizi da attivare 1 Acquistati, ridotti o cessati: da chiedere al gestore")
	v.get("/caselle/gestore").must(200).says("Servizi da attivare (1)", "Servizio: Multiutente, in tutto 2", "Crea il file con 1 richiesta")
	v.get(servicesToActivate).must(200).says("1 servizio da chiedere al gestore; 0 in attesa di esito", "elena.morandi@pec.ordine.example Multiutente, in tutto 2 Morandi Elena 15/06/2018 Da chiedere", "Segna gli spuntati come fatti")
	for _, role := range []Role{Treasurer, ReadOnly} {
		s.as(role).get(servicesToActivate).must(200).says("Multiutente, in tutto 2").saysNot("Segna gli spuntati", "Seleziona tutti")
		s.as(role).post(servicesToActivate, "key", s.userKey(2), "on", "18/06/2018").must(403)
	}
	s.as(Member).post(servicesToActivate, "key", s.userKey(2), "on", "18/06/2018").must(403)

	v.follow(v.post(servicesToActivate, "on", "18/06/2018").must(303)).says("Non ha scelto nessun servizio.")
	for typed, says := range map[string]string{"": "Scriva una data", "31/06/2018": "31/06/2018", "19/06/2018": "deve ancora venire", "14/06/2018": "C’è una richiesta del 15/06/2018"} {
		a := v.post(servicesToActivate, "key", s.userKey(2), "on", typed).must(422).says(says)
		if on := a.find("input", "id", "on"); attribute(on, "value") != typed || attribute(on, "aria-invalid") != "true" {
			t.Errorf("%q: the field is %q", typed, attribute(on, "value"))
		}
		if box := a.find("input", "value", s.userKey(2)); box == nil || !ticks(box) {
			t.Errorf("%q: the box is not ticked any more", typed)
		}
	}
	v.follow(v.post(servicesToActivate, "key", s.userKey(3), "on", "16/06/2018").must(303)).says("0 servizi risultano fatti presso il gestore.", "1 altro non è stato toccato", "qualcosa è cambiato")
	v.follow(v.post(servicesToActivate, "key", s.userKey(2), "on", "16/06/2018").must(303)).says("1 servizio risulta fatto presso il gestore.", "Nulla da attivare", "Fatti di recente", "16/06/2018 Segnato a mano da Giulia Ferretti")
	v.get("/caselle/gestore").must(200).says("Nulla da inviare")
	v.get("/").must(200).saysNot("Servizi da attivare")
	s.as(Member).get("/area").must(200).says("Attivo presso il gestore dal 16/06/2018.").saysNot("in attivazione")
	v.get(fmt.Sprint("/caselle/", s.mailbox)).must(200).says("2 × Multiutente attivo presso il gestore dal 16/06/2018", "Comunicato al gestore senza un file", "Servizio: Multiutente, in tutto 2. Giulia Ferretti")
	s.as(Administrator).get("/amministrazione/registro").must(200).says("Richiesta comunicata a mano", "user, quantità 2, il 16/06/2018")

	// It was a mistake.
	var id int64
	s.look(func(tx *db.ReadTx) error {
		list, err := tx.RequestList(db.RequestFilter{Services: true})
		id = list[0].ID
		return err
	})
	v.follow(v.post(servicesToActivate, "key", fmt.Sprint(id), "action", "ask").must(303)).says("1 servizio torna da chiedere al gestore.", "Multiutente, in tutto 2 Morandi Elena 15/06/2018 Da chiedere").saysNot("Fatti di recente")
	s.as(Member).get("/area").must(200).says("Acquistato, in attivazione presso il gestore.")
	s.sound()
}

// TestServicesGoByFileToo: asked for on 18/06/2018, refused on the 20th, asked
// again, active since the 22nd; given up for the year after, they are taken off.
func TestServicesGoByFileToo(t *testing.T) {
	s := areaSite(t, manyProducts)
	s.pays(10000)
	s.buysUsers(s.as(Member), 2)
	s.on("2018-06-18")
	v := s.as(Secretariat)
	page := v.get("/caselle/gestore").must(200)
	a := v.post("/caselle/gestore", "seen", attribute(page.find("input", "name", "seen"), "value")).must(303)
	v.follow(a).says("Servizio: Multiutente, in tutto 2", "In attesa oggi")
	if file := string(v.get(a.location + "/file").must(200).body); !strings.Contains(file, "\r\nservizio: Multiutente, in tutto 2;elena.morandi@pec.ordine.example;Elena;Morandi;") {
		t.Errorf("the file is %q", file)
	}
	v.get(servicesToActivate).must(200).says("0 servizi da chiedere al gestore; 1 in attesa di esito", "In attesa file n. 1")
	v.get("/").must(200).says("Servizi da attivare 1 Chiesti al gestore, l’esito è atteso")
	s.as(Member).get("/area").must(200).says("Acquistato, in attivazione presso il gestore: chiesto il 18/06/2018.")

	s.on("2018-06-20")
	v = s.as(Secretariat)
	outcomes := v.outcomes("elena.morandi@pec.ordine.example;servizio: Multiutente, in tutto 2;KO;20/06/2018;contratto non firmato")
	v.sees(outcomes).says("servizio Multiutente inviata", "servizio Multiutente respinta", "contratto non firmato")
	v.get(v.imports(outcomes).must(303).location).must(200).says("1 richiesta respinta", "Servizio: Multiutente, in tutto 2", "Respinta: contratto non firmato")
	s.as(Member).get("/area").must(200).says("Respinto dal gestore: contratto non firmato. Se ne occupa la segreteria.")
	box := fmt.Sprint("/caselle/", s.mailbox)
	v.get(box).must(200).says("respinto dal gestore: contratto non firmato", "Richiesta respinta dal gestore Servizio: Multiutente, in tutto 2: contratto non firmato")
	v.get("/").must(200).says("Servizi da attivare 0 1 respinto Il gestore li ha respinti")
	v.get("/caselle/gestore").must(200).says("Respinte dal gestore", "Servizio: Multiutente, in tutto 2")
	v.get(servicesToActivate).must(200).says("Respinti dal gestore", "resta ciò che è qui sotto", "contratto non firmato", "Chiedi di nuovo gli spuntati")
	v.follow(v.post(servicesToActivate, "key", "1", "action", "ask").must(303)).says("1 servizio torna da chiedere al gestore.").saysNot("Respinti dal gestore")
	s.sends()
	s.on("2018-06-22")
	s.answers("elena.morandi@pec.ordine.example;multiutente;attivato;22/06/2018;")
	s.as(Member).get("/area").must(200).says("Attivo presso il gestore dal 22/06/2018.")
	v = s.as(Secretariat)
	v.get(servicesToActivate).must(200).says("Nulla da attivare", "22/06/2018 Esito del gestore").saysNot("Segnati per sbaglio")
	v.get(box).must(200).says("Richiesta eseguita dal gestore")

	s.as(Member).post(fmt.Sprint("/area/servizi/", s.services()[0].ID), "auto_renew", "0", "next_quantity", "2").must(303)
	s.on("2018-10-02")
	v = s.as(Secretariat)
	if _, err := s.office.Renew(t.Context(), "prova", pec.Day("2018-10-01")); err != nil {
		t.Fatal(err)
	}
	v.get(servicesToActivate).must(200).says("Multiutente, da togliere Morandi Elena 01/10/2018 Da chiedere")
	s.sound()
}

// TestFileWithoutServices: the provider's file is to go without services.
func TestFileWithoutServices(t *testing.T) {
	s := areaSite(t, manyProducts)
	s.pays(10000)
	s.buysUsers(s.as(Member), 2)
	v := s.as(Treasurer)
	v.get("/caselle/gestore/colonne").must(200).says("Il file è senza servizi", "Codice servizio", "Quantità")
	columns := []string{"format", "csv", "delimiter", "virgola", "order_operation", "1", "title_operation", "tipo", "order_address", "2", "title_address", "account"}
	a := v.post("/caselle/gestore/colonne", append(columns, "without_services", "1", "order_name", "x")...).must(422)
	if box := a.find("input", "id", "without_services"); !ticks(box) {
		t.Error("the box is not ticked any more")
	}
	v.post("/caselle/gestore/colonne", append(columns, "without_services", "1")...).must(303)
	if box := v.get("/caselle/gestore/colonne").must(200).find("input", "id", "without_services"); !ticks(box) {
		t.Error("the choice is not kept")
	}
	v = s.as(Secretariat)
	v.get("/caselle/gestore").must(200).says("Nulla da inviare", "I servizi non vanno nel file.", "Il file è senza servizi: 1 servizio va chiesto in altro modo", "Servizi da attivare (1)")
	v.get(servicesToActivate).must(200).says("Multiutente, in tutto 2", "Il file per il gestore non li contiene")
	v.follow(v.post(servicesToActivate, "key", s.userKey(2), "on", "15/06/2018").must(303)).says("1 servizio risulta fatto presso il gestore.")
	s.as(Treasurer).post("/caselle/gestore/colonne", columns...).must(303)
	s.buysUsers(s.as(Member), 1)
	v.get("/caselle/gestore").must(200).says("Servizio: Multiutente, in tutto 3").saysNot("senza servizi")
	v.follow(v.post("/caselle/gestore/comunicate", "key", s.userKey(3)).must(303)).says("1 richiesta risulta già comunicata.")
	s.sound()
}

// TestServicesFromBeforeAreSeenTo: users that ran before the program asked the
// provider for services are on a list of their own.
func TestServicesFromBeforeAreSeenTo(t *testing.T) {
	s := areaSite(t, manyProducts)
	s.pays(10000)
	s.buysUsers(s.as(Member), 2)
	presume := func() (id int64) {
		s.write(func(tx *db.Tx) (err error) {
			id, err = tx.AddProviderRequest(db.ProviderRequest{Request: pec.Request{
				MailboxID: s.mailbox, Operation: pec.AskService, Kind: "standard", Product: "user", Quantity: 2, DueOn: pec.Day("2018-06-15"), State: pec.RequestDone,
			}})
			return err
		})
		return id
	}
	id := fmt.Sprint(presume())
	s.on("2018-06-20")
	v := s.as(Secretariat)
	s.as(Member).get("/area").must(200).says("2 × Multiutente").saysNot("presso il gestore")
	v.get(fmt.Sprint("/caselle/", s.mailbox)).must(200).saysNot("presso il gestore", "Comunicato al gestore")
	v.get("/").must(200).says("Servizi da attivare 0 1 era già in corso: non si sa se il gestore lo ha attivato")
	v.get(servicesToActivate).must(200).says("resta ciò che è qui sotto", "In corso da prima", "Gli spuntati sono attivi dal giorno dell’acquisto", "Gli spuntati sono da chiedere")
	v.follow(v.post(servicesToActivate, "key", id).must(303)).says("1 servizio risulta fatto").saysNot("In corso da prima")
	s.as(Member).get("/area").must(200).says("Attivo presso il gestore dal 15/06/2018.")
	v.follow(v.post(servicesToActivate, "key", id, "action", "ask").must(303)).says("torna da chiedere")
	id = fmt.Sprint(presume())
	v.follow(v.post(servicesToActivate, "key", id, "action", "ask").must(303)).says("1 servizio torna da chiedere al gestore.", "Multiutente, in tutto 2 Morandi Elena 15/06/2018 Da chiedere").saysNot("In corso da prima")
	s.sound()
}
