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

// providerSample is a file for the provider with one request.
func (s *testSite) providerSample() (file int64, box int64) {
	s.t.Helper()
	s.look(func(tx *db.ReadTx) error {
		list, err := tx.RequestList(db.RequestFilter{})
		for _, r := range list {
			file, box = r.FileID, r.MailboxID
		}
		return err
	})
	if file != 0 {
		return file, box
	}
	box = s.requests(pec.Member{RegistrationNumber: "P1", Surname: "Pendente", Name: "Pina", Email: "pina@posta.example"})[0]
	sent, err := s.office.SendToProvider(context.Background(), "operatore:"+roleEmails[Secretariat], "", "", false)
	if err != nil {
		s.t.Fatal(err)
	}
	return sent.File.ID, box
}

func (s *testSite) providerSamples() map[string][]string {
	file, box := s.providerSample()
	at := fmt.Sprint("/caselle/gestore/", file)
	return map[string][]string{
		"/caselle/gestore/:id":        {at},
		"/caselle/gestore/:id/file":   {at + "/file"},
		"/caselle/gestore/:id/ripeti": {at + "/ripeti"},
		"/caselle/:id/ritiro":         {fmt.Sprintf("/caselle/%d/ritiro", box)},
		"/caselle/:id/sospensione":    {fmt.Sprintf("/caselle/%d/sospensione", box)},
		"/caselle/:id/indirizzo":      {fmt.Sprintf("/caselle/%d/indirizzo", box)},
	}
}

// sends makes the provider's file and returns its number.
func (s *testSite) sends() int64 {
	s.t.Helper()
	sent, err := s.office.SendToProvider(context.Background(), "operatore:"+roleEmails[Secretariat], "", "", false)
	if err != nil {
		s.t.Fatal(err)
	}
	return sent.File.ID
}

// answers takes in a file of the provider's.
func (s *testSite) answers(lines ...string) {
	s.t.Helper()
	data := []byte("Casella;Operazione;Esito;Data;Motivo\n" + strings.Join(lines, "\n") + "\n")
	if _, err := s.office.WriteImport(context.Background(), "operatore:"+roleEmails[Secretariat], office.ImportOutcomes, office.ImportFile{Name: "esiti.csv", Data: data}, "", false); err != nil {
		s.t.Fatal(err)
	}
}

// outcomes uploads a file of the provider's and returns its address.
func (v *visitor) outcomes(lines ...string) string {
	v.t.Helper()
	return v.uploads(office.ImportOutcomes, "esiti.csv", []byte("Casella;Operazione;Esito;Data;Motivo\n"+strings.Join(lines, "\n")+"\n"))
}

// TestClerkSendsRequestsAndRegistersOutcomes: on 15/06/2018 two mailboxes are
// asked for in one file; the provider activates one and refuses the other.
func TestClerkSendsRequestsAndRegistersOutcomes(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	boxes := s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada", TaxCode: "NREDAA80A41H501P", Email: "ada@posta.example"}, pec.Member{RegistrationNumber: "A11", Surname: "Verdi", Name: "Ugo"})
	v := s.as(Secretariat)
	v.get("/").must(200).says("Da inviare al gestore 2", "Nessuna richiesta attende l’esito")
	v.get("/caselle").must(200).says("Richieste al gestore: 2 da inviare")
	page := v.get("/caselle/gestore").must(200).says("2 richieste da inviare", "ada.neri@pec.ordine.example", "Attivazione", "codice fiscale, mail di riferimento", "Crea il file con 2 richieste")
	seen := attribute(page.find("input", "name", "seen"), "value")
	a := v.post("/caselle/gestore", "seen", seen).must(303)
	v.follow(a).must(200).says("Il file è pronto: 2 richieste.", "R000001", "In attesa oggi")
	file := v.get(a.location + "/file").must(200)
	if !strings.Contains(string(file.body), "attivazione;ada.neri@pec.ordine.example;Ada;Neri;NREDAA80A41H501P;ada@posta.example;") || !strings.Contains(file.header.Get("Content-Disposition"), "albopec-gestore-1-2018-06-15.csv") {
		t.Errorf("%s: %s", file.header.Get("Content-Disposition"), file.body)
	}
	v.post("/caselle/gestore", "seen", seen).must(422).says("Dopo che ha guardato l’elenco qualcosa è cambiato")
	v.get("/caselle/gestore").must(200).says("Nulla da inviare", "2 richieste attendono l’esito")

	s.on("2018-06-20")
	v = s.as(Secretariat)
	outcomes := v.outcomes("ada.neri@pec.ordine.example;attivazione;OK;18/06/2018;", "ugo.verdi@pec.ordine.example;attivazione;KO;;manca il codice fiscale", "chi.sa@pec.ordine.example;attivazione;OK;18/06/2018;")
	v.get("/importazioni/nuova?tipo=outcomes").must(200).says("Esiti del gestore")
	v.sees(outcomes).says("Variati: 2 esiti", "Attiva dal", "18/06/2018", "18/06/2019", "manca il codice fiscale", "chi.sa@pec.ordine.example non è tra quelle richieste", "Nelle caselle non è ancora cambiato nulla.", "Le attivazioni poi non si annullano")
	v.get(fmt.Sprint("/caselle/", boxes[0])).must(200).says("Stato Inviata")
	v.get(v.imports(outcomes).must(303).location).must(200).says("2 esiti registrati.", "1 casella attivata, 1 richiesta respinta; 1 riga respinta. Scarichi le respinte", "Respinta: manca il codice fiscale")
	v.get(fmt.Sprint("/caselle/", boxes[0])).must(200).says("Casella attivata fino al 18/06/2019", "Richiesta inviata al gestore", "riferimento R000001", "file n. 1")
	v.get(fmt.Sprint("/caselle/", boxes[1])).must(200).says("Richiesta respinta dal gestore", "manca il codice fiscale", "Cambia l’indirizzo…")
	v.get("/caselle/gestore/1").must(200).says("Eseguita", "Respinta", "manca il codice fiscale")
	v.get("/").must(200).says("1 respinta")

	const letters = "/lettere/nuove?tipo=letter_activation"
	for _, asked := range []string{"&file=1", "&dal=18/06/2018&al=18/06/2018"} {
		v.get(letters+asked).must(200).says("Neri Ada Nell’albo non c’è il suo indirizzo postale.", "A 1 manca solo l’indirizzo").saysNot("Verdi Ugo")
		v.get(letters+asked+"&senza=1").must(200).says("Neri Ada ada.neri@pec.ordine.example – Senza indirizzo: a mano", "Prepara 1 lettera")
	}
	v.follow(v.get(letters + "&dal=ieri").must(303)).says("«ieri» non è una data.")
	v.follow(v.get(letters + "&dal=02/06/2018&al=01/06/2018").must(303)).says("Il secondo giorno viene prima del primo.")
	v.follow(v.get(letters + "&dal=01/01/2015&al=31/12/2015").must(303)).says("Nessuna lettera da preparare.")
	v.get(fmt.Sprintf("%s&mailbox=%d", letters, boxes[1])).must(200).says("la lettera si prepara dopo l’attivazione.")

	v.get("/caselle/gestore").must(200).says("Respinte dal gestore")
	v.post("/caselle/gestore/ripeti", "id", "2").must(303)
	v.get("/caselle/gestore").must(200).says("1 richiesta da inviare", "ugo.verdi@pec.ordine.example").saysNot("Respinte dal gestore")
}

// TestLostFileIsAskedAgain: nobody answered the file of 15/06/2018.
func TestLostFileIsAskedAgain(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	file, _ := s.providerSample()
	s.on("2018-07-01")
	v := s.as(Secretariat)
	at := fmt.Sprint("/caselle/gestore/", file)
	v.get(at).must(200).says("Nessuna risposta…")
	v.get(at+"/ripeti").must(200).says("1 richiesta attende ancora l’esito", "Chiedi di nuovo 1 richiesta")
	v.post(at + "/ripeti").must(303)
	v.get("/caselle/gestore").must(200).says("1 richiesta da inviare", "di nuovo, riferimento R000001")
	s.as(ReadOnly).get(at).must(200).saysNot("Nessuna risposta…")
}

// TestFileTellsOfAllThatItHeld: of three requests sent on 15/06/2018 one is done
// and one refused; the answer to the third is lost, and on 01/07 it is in
// another file with a fourth.
func TestFileTellsOfAllThatItHeld(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"}, pec.Member{RegistrationNumber: "A11", Surname: "Verdi", Name: "Ugo"}, pec.Member{RegistrationNumber: "A12", Surname: "Bianchi", Name: "Lia"})
	s.sends()
	v := s.as(Secretariat)
	file := func(n int, state string) {
		t.Helper()
		v.get("/caselle/gestore").must(200).says(fmt.Sprint("N. ", n, " 15/06/2018"), state)
	}
	file(1, "3 in attesa")
	s.answers("ada.neri@pec.ordine.example;attivazione;OK;15/06/2018;", "ugo.verdi@pec.ordine.example;attivazione;KO;;manca il nome")
	file(1, "1 eseguita, 1 respinta, 1 in attesa")
	v.post("/caselle/gestore/1/ripeti").must(303)
	file(1, "1 eseguita, 1 respinta, 1 senza risposta")
	v.get("/caselle/gestore").must(200).says("1 richiesta da inviare, di cui 1 di nuovo; 0 in attesa di esito", "1 era già in un file rimasto senza risposta, e torna").saysNot("Nulla è ancora inviato", "attende l’esito")
	v.get("/").must(200).says("Nessuna richiesta attende l’esito")
	v.get("/caselle/gestore/1").must(200).says("Senza risposta", "Registra gli esiti…").saysNot("Nessuna risposta…")
	s.requests(pec.Member{RegistrationNumber: "A13", Surname: "Gialli", Name: "Pia"})
	page := v.get("/caselle/gestore").must(200).says("2 richieste da inviare, di cui 1 di nuovo; 0 in attesa di esito")
	v.follow(v.post("/caselle/gestore", "seen", attribute(page.find("input", "name", "seen"), "value")).must(303)).says("Una era già in un file precedente").saysNot("nessuna di queste")
	v.get("/caselle/gestore").must(200).says("0 richieste da inviare; 2 in attesa di esito", "2 richieste attendono l’esito")
	file(1, "1 eseguita, 1 respinta, 1 in attesa, inviata di nuovo nel file 2")
	file(2, "2 in attesa")
	v.get("/caselle/gestore/1").must(200).says("inviata di nuovo nel file 2").saysNot("Nessuna risposta…")
	v.get("/caselle/gestore/1/ripeti").must(200).says("Nessuna richiesta attende ancora l’esito del file n. 1").saysNot("Chiedi di nuovo")
	s.answers("lia.bianchi@pec.ordine.example;attivazione;OK;15/06/2018;", "pia.gialli@pec.ordine.example;attivazione;OK;15/06/2018;")
	file(1, "2 eseguite, 1 respinta")
	file(2, "Tutte eseguite")
	for want, f := range map[string]db.ProviderFile{
		"12 in attesa, di cui 3 inviate di nuovo nel file 4":    {Requests: 12, Awaited: 12, Again: 3, AgainIn: []int64{4}},
		"4 in attesa, tutte inviate di nuovo nei file 4, 5 e 7": {Requests: 4, Awaited: 4, Again: 4, AgainIn: []int64{4, 5, 7}},
		"26 eseguite, 3 respinte":                               {Requests: 29, Done: 26, Rejected: 3},
	} {
		if got := string(fileState(f)); !strings.Contains(got, want) {
			t.Errorf("%+v is told as %s, want %s", f, got, want)
		}
	}
}

// TestOnlyTheLatestRefusalIsToBeDecided: Ugo's mailbox is refused on 15/06/2018,
// asked again, and refused on the 18th without a word; Ada's once.
func TestOnlyTheLatestRefusalIsToBeDecided(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	boxes := s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"}, pec.Member{RegistrationNumber: "A11", Surname: "Verdi", Name: "Ugo"})
	s.sends()
	s.answers("ada.neri@pec.ordine.example;;KO;15/06/2018;manca il codice fiscale", "ugo.verdi@pec.ordine.example;;KO;15/06/2018;manca il nome")
	v := s.as(Secretariat)
	v.post("/caselle/gestore/ripeti", "id", "2").must(303)
	v.get("/").must(200).says("1 respinta")
	s.on("2018-06-18")
	v = s.as(Secretariat)
	s.sends()
	s.answers("ugo.verdi@pec.ordine.example;;KO;18/06/2018;")
	v.get("/").must(200).says("Da inviare al gestore 0 2 respinte")
	v.get("/caselle/gestore").must(200).says("Nulla da inviare: resta ciò che è qui sotto.", "Respinte dal gestore").saysNot("Tutto è già stato comunicato")
	v.get("/caselle/gestore").must(200).says("Titolare", "Verdi Ugo", "Neri Ada", "Il gestore non ha detto perché", "manca il codice fiscale").saysNot("manca il nome")
	v.get(fmt.Sprint("/caselle/", boxes[1])).must(200).says("Il gestore ha respinto la richiesta di ugo.verdi@pec.ordine.example. Il gestore non ha detto perché.", "Attivazione. Il gestore non ha detto perché.")
	v.follow(v.post("/caselle/gestore/ripeti", "id", "1", "id", "3").must(303)).says("2 richieste tornano da inviare.").saysNot("Respinte dal gestore")
}

// TestSpaceToldByHandLeavesTheFile: 2 GB bought for Elena, told by telephone.
func TestSpaceToldByHandLeavesTheFile(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	ctx := context.Background()
	if _, err := s.office.TopUp(ctx, "prova", office.Payment{MemberID: s.member, Amount: 100_00, Method: pec.ByCounter, Reference: "1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.office.Order(ctx, "prova", office.Purchase{Address: s.address, Product: pec.InboxGB, Quantity: 2}); err != nil {
		t.Fatal(err)
	}
	v := s.as(Secretariat)
	v.get("/caselle/gestore").must(200).says("Spazio: Standard, 3 GB in tutto, di cui 2 GB aggiuntivi", "Segna le spuntate come già comunicate")
	v.post("/caselle/gestore/comunicate").must(303)
	v.get("/caselle/gestore").must(200).says("Spazio: Standard, 3 GB in tutto")
	v.post("/caselle/gestore/comunicate", "key", fmt.Sprintf("%d/space/2", s.mailbox)).must(303)
	v.get("/caselle/gestore").must(200).says("Nulla da inviare")
	v.get(fmt.Sprint("/caselle/", s.mailbox)).must(200).says("Comunicato al gestore senza un file")
}

func TestColumnsOfTheProvidersFileAreChosen(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"})
	s.as(ReadOnly).get("/caselle/gestore/colonne").must(403)
	v := s.as(Treasurer)
	v.get("/caselle/gestore").must(200).says("CSV con 10 colonne", "Colonne del file…").saysNot("Crea il file")
	v.get("/caselle/gestore/colonne").must(200).says("Indirizzo PEC")
	v.post("/caselle/gestore/colonne", "format", "csv", "delimiter", "virgola", "order_operation", "x", "title_operation", "tipo").must(422).says("scriva il posto come numero da 1 in su")
	v.post("/caselle/gestore/colonne", "format", "csv", "delimiter", "virgola", "order_operation", "1", "title_operation", "tipo").must(422).says("Nel file serve l’indirizzo")
	twice := v.post("/caselle/gestore/colonne", "format", "csv", "delimiter", "virgola", "order_operation", "2", "title_operation", "tipo", "order_address", "2", "title_address", "account").must(422).says("Il posto 2 è già della colonna «Operazione»: ne scelga un altro.")
	if twice.find("div", "id", "order_address-errore") == nil {
		t.Error("the sentence is not beside the field")
	}
	v.get("/caselle/gestore").must(200).says("CSV con 10 colonne")
	v.post("/caselle/gestore/colonne", "format", "csv", "delimiter", "virgola", "order_operation", "9", "title_operation", "tipo", "order_address", "2", "title_address", "account").must(303)
	v = s.as(Secretariat)
	page := v.get("/caselle/gestore").must(200).says("CSV con 2 colonne")
	a := v.post("/caselle/gestore", "seen", attribute(page.find("input", "name", "seen"), "value")).must(303)
	if got := string(v.get(a.location + "/file").must(200).body); got != "\uFEFFaccount,tipo\r\nada.neri@pec.ordine.example,attivazione\r\n" {
		t.Errorf("the file is %q", got)
	}
}

func TestAddressIsChangedOnItsPage(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	box := s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"})[0]
	v := s.as(Secretariat)
	at := fmt.Sprint("/caselle/", box)
	v.get(at).must(200).says("Cambia l’indirizzo…")
	v.get(at + "/indirizzo").must(200).says("ada.neri@pec.ordine.example")
	v.post(at+"/indirizzo", "address", "").must(422).says("Scriva l’indirizzo.")
	v.post(at+"/indirizzo", "address", s.address).must(422).says("è o è stato di Morandi Elena")
	v.follow(v.post(at+"/indirizzo", "address", "Ada.Neri.Ing@pec.ordine.example").must(303)).says("ada.neri.ing@pec.ordine.example", "Indirizzo cambiato")
	v.get(fmt.Sprintf("/caselle/%d/indirizzo", s.mailbox)).must(200).says("il gestore ha già l’indirizzo")
	v.post(fmt.Sprintf("/caselle/%d/indirizzo", s.mailbox), "address", "e.m@pec.ordine.example").must(422)
}

// TestRefusedMailboxIsAskedAgainUnderAnotherAddress: the old file and the alert
// keep the address that the provider refused.
func TestRefusedMailboxIsAskedAgainUnderAnotherAddress(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	box := s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"})[0]
	s.sends()
	s.answers("ada.neri@pec.ordine.example;;KO;;indirizzo già in uso")
	v := s.as(Secretariat)
	at := fmt.Sprint("/caselle/", box)
	s.as(ReadOnly).get(at).must(200).saysNot("Chiedi di nuovo")
	s.as(ReadOnly).post(at + "/richiesta").must(403)
	v.get(at).must(200).says("ha respinto la richiesta di ada.neri@pec.ordine.example. Indirizzo già in uso.", "Chiedi di nuovo", "Richieste al gestore")
	v.get(at + "/indirizzo").must(200).says("è stata respinta dal gestore. Cambiato l’indirizzo, va ancora chiesta di nuovo.")
	v.follow(v.post(at+"/indirizzo", "address", "ada.neri.ing@pec.ordine.example").must(303)).
		says("Non va ancora al gestore: chieda di nuovo la casella", "ha respinto la richiesta di ada.neri@pec.ordine.example.", "Da allora l’indirizzo è ada.neri.ing@pec.ordine.example.", "Chiedi di nuovo").saysNot("È quello che andrà al gestore")
	v.get("/caselle/gestore").must(200).says("Nulla da inviare", "ada.neri@pec.ordine.example ora ada.neri.ing@pec.ordine.example")
	v.get("/caselle/gestore/1").must(200).says("ada.neri@pec.ordine.example ora ada.neri.ing@pec.ordine.example")
	v.follow(v.post(at+"/richiesta").must(303)).says("La casella è di nuovo richiesta.", "Stato Richiesta").saysNot("ha respinto")
	v.follow(v.post(at + "/richiesta").must(303)).says("La casella è già richiesta.")
	v.get("/caselle/gestore").must(200).says("1 richiesta da inviare", "ada.neri.ing@pec.ordine.example")
	s.sends()
	v.post(at + "/richiesta").must(422).says("si chiede di nuovo solo una casella respinta")
}

// TestRequestIsWithdrawnFromItsPage: Ada's was a mistake, Ugo's had been refused
// on 15/06/2018 and is asked again, Lia's is sent.
func TestRequestIsWithdrawnFromItsPage(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	ugo := s.requests(pec.Member{RegistrationNumber: "A11", Surname: "Verdi", Name: "Ugo"})[0]
	s.sends()
	s.answers("ugo.verdi@pec.ordine.example;;KO;;manca il nome")
	v := s.as(Secretariat)
	v.get(fmt.Sprintf("/caselle/%d/ritiro", ugo)).must(200).says("La richiesta non si ritira.", "è respinta")
	v.post(fmt.Sprintf("/caselle/%d/richiesta", ugo)).must(303)
	ada := s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"})[0]
	holder := s.holder(ada)
	if err := s.office.AskSpace(context.Background(), "prova", office.SpaceAsked{Address: "ada.neri@pec.ordine.example", GB: 2}); err != nil {
		t.Fatal(err)
	}
	s.as(ReadOnly).get(fmt.Sprint("/caselle/", ada)).must(200).saysNot("Ritira la richiesta")
	v.get(fmt.Sprint("/caselle/", ada)).must(200).says("Ritira la richiesta…")
	at := fmt.Sprintf("/caselle/%d/ritiro", ada)
	v.get(at).must(200).says("la casella non c’è più e l’indirizzo è di nuovo libero", "lo spazio chiesto con lei, 2 GB")
	v.follow(v.post(at, "address", "ada.neri@pec.ordine.example").must(303)).must(200).says("La richiesta di ada.neri@pec.ordine.example è ritirata.", "Richiesta della casella ritirata", "Giulia Ferretti")
	v.follow(v.post(at, "address", "ada.neri@pec.ordine.example").must(303)).must(200).says("La richiesta era già ritirata.")
	v.get(fmt.Sprint("/caselle/", ada)).must(404)
	v.get(fmt.Sprint("/iscritti/", holder)).must(200)

	at = fmt.Sprintf("/caselle/%d/ritiro", ugo)
	v.get(at).must(200).says("la casella torna respinta com’era. Respinta il 15/06/2018: manca il nome.")
	v.follow(v.post(at, "address", "ugo.verdi@pec.ordine.example").must(303)).must(200).says("La casella torna respinta, com’era.", "Manca il nome.", "Chiedi di nuovo", "Richiesta della casella ritirata")
	v.follow(v.post(at, "address", "ugo.verdi@pec.ordine.example").must(303)).must(200).says("La richiesta era già ritirata.")

	lia := s.requests(pec.Member{RegistrationNumber: "A12", Surname: "Bianchi", Name: "Lia"})[0]
	s.sends()
	v.get(fmt.Sprintf("/caselle/%d/ritiro", lia)).must(200).says("è stata inviata al gestore il 15/06/2018")
	v.post(fmt.Sprintf("/caselle/%d/ritiro", lia), "address", "lia.bianchi@pec.ordine.example").must(422).says("non si ritira più")
	s.as(Administrator).get("/amministrazione/registro").must(200).says("Richiesta di una casella ritirata", "ada.neri@pec.ordine.example")
}

// TestReviewSaysWhoWasRefused: of three mailboxes to request one was refused on
// 15/06/2018 and another without a reason.
func TestReviewSaysWhoWasRefused(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"}, pec.Member{RegistrationNumber: "A11", Surname: "Verdi", Name: "Ugo"})
	s.sends()
	v := s.as(Secretariat)
	v.get("/").must(200).saysNot("con la casella respinta")
	s.answers("ada.neri@pec.ordine.example;;KO;;codice fiscale non valido", "ugo.verdi@pec.ordine.example;;KO;;")
	s.enrol(pec.Member{RegistrationNumber: "A12", Surname: "Bianchi", Name: "Lia"})
	v.get("/").must(200).says("; 2 con la casella respinta dal gestore")
	v.get("/iscritti/caselle?tutti=1&casella=to_request").must(200).says("2 caselle sono già state respinte dal gestore.",
		"ada.neri@pec.ordine.example Respinta il 15/06/2018: codice fiscale non valido", "ugo.verdi@pec.ordine.example Respinta il 15/06/2018, senza motivo", "lia.bianchi@pec.ordine.example")
}

func TestDomainsAreAddedAndChosen(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	id := s.enrol(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"})[0]
	review := fmt.Sprint("/iscritti/caselle?id=", id)
	s.as(Secretariat).get(review).must(200).saysNot("Mostra gli indirizzi")
	admin := s.as(Administrator)
	admin.get("/amministrazione/domini").must(200).says("pec.ordine.example 1 Predefinito")
	admin.post("/amministrazione/domini", "domain", "pec").must(422).says("non è un dominio")
	admin.post("/amministrazione/domini", "domain", "ingegneri.example").must(303)
	v := s.as(Secretariat)
	v.get(review).must(200).says("ada.neri@pec.ordine.example", "Mostra gli indirizzi")
	v.get(review + "&dominio=ingegneri.example").must(200).says("ada.neri@ingegneri.example")
	v.follow(v.post("/iscritti/caselle", "domain", "ingegneri.example", "id", fmt.Sprint(id)).must(303)).says("Casella richiesta: ada.neri@ingegneri.example.")
	admin = s.as(Administrator)
	admin.get("/amministrazione/domini").must(200)
	admin.post("/amministrazione/domini/predefinito", "domain", "ingegneri.example").must(303)
	admin.get("/amministrazione/domini").must(200).says("ingegneri.example 1 Predefinito")
	admin.post("/amministrazione/domini/predefinito", "domain", "altro.example").must(422)
}

func TestProviderPagesInTheBrowser(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	_, rejected := s.providerSample()
	v := s.as(Secretariat)
	if _, err := s.office.WriteImport(context.Background(), "prova", office.ImportOutcomes, office.ImportFile{Name: "esiti.csv", Data: []byte("Casella;Esito\npina.pendente@pec.ordine.example;KO: codice fiscale non valido\n")}, "", false); err != nil {
		t.Fatal(err)
	}
	box := s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada", TaxCode: "NREDAA80A41H501P", Email: "ada@posta.example"}, pec.Member{RegistrationNumber: "A11", Surname: "Verdi", Name: "Ugo"})[0]
	file, err := s.office.SendToProvider(context.Background(), "operatore:"+roleEmails[Secretariat], "", "", false)
	if err != nil {
		t.Fatal(err)
	}
	outcomes := v.outcomes("ada.neri@pec.ordine.example;attivazione;OK;15/06/2018;", "ugo.verdi@pec.ordine.example;attivazione;OK;16/06/2018;", "chi.sa@pec.ordine.example;attivazione;OK;15/06/2018;")
	if _, err := s.office.AskFileAgain(context.Background(), "prova", file.File.ID); err != nil {
		t.Fatal(err)
	}
	s.sends()
	mistake := s.requests(pec.Member{RegistrationNumber: "A12", Surname: "Bianchi", Name: "Lia"})[0]
	at := fmt.Sprint("/caselle/gestore/", file.File.ID)
	s.inBrowser(t,
		v.page("gestore", "/caselle/gestore"), v.page("gestore-file", at), v.page("gestore-ripeti", at+"/ripeti"), v.page("gestore-colonne", "/caselle/gestore/colonne"),
		v.page("gestore-esiti", outcomes+"/anteprima"), v.page("casella-respinta", fmt.Sprint("/caselle/", rejected)), v.page("casella-inviata", fmt.Sprint("/caselle/", box)),
		v.page("casella-richiesta", fmt.Sprint("/caselle/", mistake)), v.page("casella-ritiro", fmt.Sprintf("/caselle/%d/ritiro", mistake)),
		v.page("caselle-respinte", "/iscritti/caselle?tutti=1&casella=to_request"), v.page("casella-attivazione", fmt.Sprintf("/caselle/%d/attivazione", mistake)),
		v.page("caselle-attivazioni", fmt.Sprintf("/caselle/attivazioni?id=%d&id=%d&id=%d", box, mistake, s.mailbox)),
		v.page("casella-indirizzo", fmt.Sprintf("/caselle/%d/indirizzo", rejected)), v.page("caselle-gestore", "/caselle"), v.page("scrivania-gestore", "/"),
		s.as(Administrator).page("domini", "/amministrazione/domini"),
	)
}
