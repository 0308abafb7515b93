package web

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// refusedSample refuses, once, the sample's space.
func (s *testSite) refusedSample() (service int64) {
	s.t.Helper()
	_, service = s.areaSample()
	var m pec.ProviderMailbox
	s.look(func(tx *db.ReadTx) (err error) {
		m, err = tx.ProviderMailbox(s.mailbox)
		return err
	})
	if slices.ContainsFunc(m.Requests, func(r pec.Request) bool { return r.State == pec.RequestRejected }) {
		return service
	}
	s.write(func(tx *db.Tx) error {
		_, err := tx.AddProviderRequest(db.ProviderRequest{Request: pec.Request{
			MailboxID: s.mailbox, Operation: pec.AskSpace, Kind: m.Mailbox.Kind, ExtraGB: m.ExtraGB, DueOn: m.SpaceSinceOn, State: pec.RequestRejected, AnsweredOn: s.today, Reason: "disco pieno",
		}})
		return err
	})
	return service
}

// refusesUsers has the provider refuse what was asked of users.
func (s *testSite) refusesUsers(day string) {
	s.t.Helper()
	s.sends()
	s.on(day)
	s.answers("elena.morandi@pec.ordine.example;multiutente;KO;;contratto non firmato")
}

// TestClerkGivesBackWhatTheProviderRefused: 2 users bought on 15/06/2018, refused
// on the 20th, with a GB that waits for payment; one more user is bought
// meanwhile, refused too, and kept.
func TestClerkGivesBackWhatTheProviderRefused(t *testing.T) {
	s := areaSite(t, manyProducts)
	s.pays(10000)
	s.buysUsers(s.as(Member), 2)
	users := s.services()[0].ID
	path, page := recreditPath(users), fmt.Sprint("/servizi/", users)
	v := s.as(Secretariat)
	v.get(page).must(200).saysNot("Annulla e riaccredita")
	v.get(path).must(422).says("Il gestore non ha respinto questo servizio")
	s.refusesUsers("2018-06-20")
	v = s.as(Secretariat)
	v.get(page).must(200).says("Annulla e riaccredita…")
	v.get(servicesToActivate).must(200).says("contratto non firmato Annulla e riaccredita… (2 × Multiutente dal 15/06/2018)", "Chiedi di nuovo gli spuntati", "torna nel suo credito")
	v.get("/caselle/gestore").must(200).says("Annulla e riaccredita…")
	s.as(ReadOnly).get(servicesToActivate).must(200).says("contratto non firmato").saysNot("Annulla e riaccredita…")
	for _, role := range []Role{Treasurer, ReadOnly, Member} {
		s.as(role).get(path).must(403)
		s.as(role).post(path, "reason", "x").must(403)
	}

	// The refusal stays while more is asked for.
	s.buysUsers(s.as(Member), 1)
	v.get(servicesToActivate).must(200).says("contratto non firmato Torna nel prossimo file, nel totale con ciò che è stato acquistato dopo Annulla e riaccredita… (2 × Multiutente dal 15/06/2018)")
	s.sends()
	v.get(servicesToActivate).must(200).says("Chiesto di nuovo il 20/06/2018, nel totale con ciò che è stato acquistato dopo")
	s.on("2018-06-22")
	s.answers("elena.morandi@pec.ordine.example;multiutente;KO;22/06/2018;contratto scaduto")
	v = s.as(Secretariat)
	v.get(servicesToActivate).must(200).says("Annulla e riaccredita… (2 × Multiutente dal 15/06/2018) Annulla e riaccredita… (1 × Multiutente dal 20/06/2018)").saysNot("Chiesto di nuovo")

	var plan office.Recredit
	s.look(func(tx *db.ReadTx) (err error) {
		plan, err = s.office.RecreditOf(tx, users)
		return err
	})
	back, order := plan.Price.Gross, plan.Lines[0].OrderID
	a := v.get(path).must(200).says("Il gestore lo ha respinto il 22/06/2018: contratto scaduto", "il servizio cessa oggi", "l’ordine resta completato, con il suo numero",
		"Torna nel credito "+back.Euro(), "Annulla e riaccredita "+back.Euro(), "con un messaggio a ")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	if reason := attribute(a.find("input", "name", "reason"), "value"); reason != "Respinto dal gestore: contratto scaduto" {
		t.Errorf("the reason begins as %q", reason)
	}
	seen := attribute(a.find("input", "name", "seen"), "value")
	v.post(path, "reason", "", "seen", seen).must(422).says("Scriva perché il servizio si annulla")
	if kept := v.post(path, "reason", "non lo dà", "seen", "1").must(422).says("qualcosa è cambiato: tornerebbero nel credito " + back.Euro()); attribute(kept.find("input", "name", "reason"), "value") != "non lo dà" {
		t.Error("what was typed is lost")
	}
	before, _ := s.balance(s.member)
	v.follow(v.post(path, "reason", "Non lo attiva", "seen", seen).must(303)).says("Servizio annullato.", back.Euro()+" sono tornati nel credito, che ora è "+(before+back).Euro(),
		"Cessato", "respinto dal gestore e annullato")
	v.post(path, "reason", "Non lo attiva", "seen", seen).must(422).says("Il servizio è già stato annullato e riaccreditato il 22/06/2018.")
	if after, _ := s.balance(s.member); after != before+back {
		t.Errorf("the credit is %s, was %s", after, before)
	}
	number := plan.Numbers()
	v.get(servicesToActivate).must(200).says("Multiutente, in tutto 1 Morandi Elena").saysNot("Respinti dal gestore")
	v.get(fmt.Sprint("/ordini/", order)).must(200).says("Multiutente riaccreditato il 22/06/2018", "Non si fattura riaccreditato per intero").saysNot("Da stornare")
	v.get(fmt.Sprint("/credito/", s.member)).must(200).says("Riaccredito, ordine "+number, "Non lo attiva")
	v.get("/credito/movimenti?tipo=recredit").must(200).says("1 movimento: "+back.Euro()+" in entrata", "Riaccredito, ordine "+number)
	v.get(fmt.Sprint("/caselle/", s.mailbox)).must(200).says("Servizio annullato e riaccreditato: 2 × Multiutente")
	s.as(Administrator).get("/amministrazione/registro").must(200).says("Servizio annullato e riaccreditato", "importo "+back.Euro())
	member := s.as(Member)
	member.get("/area/movimenti").must(200).says("Riaccredito "+number, "Non lo attiva")
	member.get(fmt.Sprint("/area/ordini/", order)).must(200).says("Riaccreditato il 22/06/2018:")
	v.get(fmt.Sprint("/ordini/", order, "/ricevuta")).prints("«Multiutente»: " + back.Euro() + " riaccreditati il 22/06/2018.")
	v.get("/ordini/da-fatturare").must(200).says("1 ordine è stato riaccreditato per intero e resta fuori.").saysNot(number, "Da stornare")
	v.get("/avvisi").must(200).says("Servizio respinto e annullato Morandi Elena")

	// The file keeps what the provider refused, and why; what it does of it
	// all the same, too late, is told for what it is.
	file := v.get("/caselle/gestore/1").must(200).says("Respinta contratto non firmato: annullata e riaccreditata il 22/06/2018").saysNot("Superata", "Ne ha preso il posto")
	if err := file.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get("/caselle/gestore").must(200).says("1 respinta").saysNot("superata")
	v.sees(v.outcomes("elena.morandi@pec.ordine.example;multiutente;OK;22/06/2018;")).
		says("La richiesta R000002 è stata respinta il 22/06/2018, poi annullata e riaccreditata all’iscritto il 22/06/2018: il gestore ha attivato ciò che nessuno paga più.").
		saysNot("nessuna richiesta di questo tipo")
	v.get("/report?anno=2018").must(200).says("Riaccrediti di servizi respinti +" + back.Euro())
	s.sound()
}

// TestCreditNoteIsDueOfWhatWasListed: the order was in a list when its service was
// given back.
func TestCreditNoteIsDueOfWhatWasListed(t *testing.T) {
	s := areaSite(t, manyProducts)
	s.pays(10000)
	s.buysUsers(s.as(Member), 2)
	users := s.services()[0].ID
	s.refusesUsers("2018-06-20")
	s.invoiceSample()
	v := s.as(Secretariat)
	path := recreditPath(users)
	a := v.get(path).must(200).says("già nell’elenco 2018/1: serve una nota di credito")
	v.post(path, "reason", "Non lo attiva", "seen", attribute(a.find("input", "name", "seen"), "value")).must(303)
	v.get("/ordini").must(200)
	v.get("/ordini/1").must(200).says("Da stornare: ", "chi fattura emette una nota di credito", "riaccreditato il 20/06/2018", "Elenco 2018/1")
	page := v.get("/ordini/da-fatturare").must(200).says("Da stornare", "2018/000001 Morandi Elena", "Nota di credito fatta per le righe spuntate")
	if err := page.wellFormed(); err != nil {
		t.Error(err)
	}
	line := attribute(page.find("input", "name", "line"), "value")
	s.as(ReadOnly).get("/ordini/da-fatturare").must(200).says("Da stornare").saysNot("righe spuntate")
	s.as(ReadOnly).post("/ordini/da-fatturare/note", "line", line).must(403)
	v.follow(v.post("/ordini/da-fatturare/note", "chi", "ordine").must(303)).says("Non ha scelto nessuna riga.")
	v.follow(v.post("/ordini/da-fatturare/note", "chi", "ordine", "line", line).must(303)).says("1 nota di credito segnata come fatta.").saysNot("Da stornare")
	v.follow(v.post("/ordini/da-fatturare/note", "chi", "ordine", "line", line).must(303)).says("Erano già segnate come fatte.")
	const marked = "nota di credito segnata il 20/06/2018 da Giulia Ferretti"
	v.get("/ordini/1").must(200).says("riaccreditato il 20/06/2018; " + marked).saysNot("Da stornare")
	page = v.get("/ordini/da-fatturare").must(200).says("Note di credito fatte", "il 20/06/2018 da Giulia Ferretti", "Le righe spuntate sono ancora da fare")
	if err := page.wellFormed(); err != nil {
		t.Error(err)
	}

	// Marked by mistake: it is due again, and the log tells of both.
	const undo = "/ordini/da-fatturare/note/togli"
	s.as(ReadOnly).get("/ordini/da-fatturare").must(200).says("Note di credito fatte").saysNot("ancora da fare")
	s.as(ReadOnly).post(undo, "line", line).must(403)
	v.follow(v.post(undo, "chi", "ordine").must(303)).says("Non ha scelto nessuna riga.")
	v.follow(v.post(undo, "chi", "ordine", "line", line).must(303)).says("1 nota di credito è di nuovo da fare.", "Da stornare").saysNot("Note di credito fatte")
	v.follow(v.post(undo, "chi", "ordine", "line", line).must(303)).says("Erano già tra quelle da fare.")
	v.get("/ordini/1").must(200).says("Da stornare: ").saysNot(marked)
	s.as(Administrator).get("/amministrazione/registro").must(200).says("Nota di credito segnata come fatta", "Nota di credito non più segnata come fatta")
	v.follow(v.post("/ordini/da-fatturare/note", "chi", "ordine", "line", line).must(303)).says("1 nota di credito segnata come fatta.")
	v.get("/ordini/1").must(200).says(marked)
	s.as(Member).get("/area/ordini").must(200).says("15/06/2018 Riaccreditato 6,50 €")
	s.sound()
}

// TestOldCreditNoteIsTakenBack: 51 users, bought one by one, listed and given
// back; 50 notes are marked on the 20th, after the first on the 19th, which
// was a mistake.
func TestOldCreditNoteIsTakenBack(t *testing.T) {
	s := areaSite(t, manyProducts)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s.pays(100000)
	v := s.as(Secretariat)
	v.get("/ordini/da-fatturare/note").must(200).says("Nessuna nota di credito segnata come fatta")
	for range 51 {
		_, err := s.office.Order(context.Background(), "prova", office.Purchase{Address: "elena.morandi@pec.ordine.example", Product: "user", Quantity: 1})
		must(err)
	}
	s.on("2018-06-19")
	s.invoiceSample()
	var lines []int64
	s.write(func(tx *db.Tx) error {
		for _, service := range s.services() {
			paid, err := tx.PaidLines(service.ID)
			if err != nil {
				return err
			}
			entry, err := tx.AddEntry(db.Entry{MemberID: s.member, On: tx.On, Kind: pec.EntryRecredit, Amount: paid[0].Price.Gross, Reason: "Non lo attiva"})
			if err != nil {
				return err
			}
			if err := tx.AddRecredit(paid[0].ID, entry, "Non lo attiva"); err != nil {
				return err
			}
		}
		return nil
	})
	s.look(func(tx *db.ReadTx) error {
		due, err := tx.CreditNotesDue(pec.SoldByOrdine)
		for _, n := range due {
			lines = append(lines, n.LineID)
		}
		return err
	})
	marks := func(day string, lines []int64) {
		s.on(day)
		_, err := s.office.CreditNotesMade(context.Background(), "prova", lines)
		must(err)
	}
	marks("2018-06-19", lines[:1])
	s.as(Secretariat).get("/ordini/da-fatturare").must(200).says("Note di credito fatte").saysNot("fatte prima di queste")
	marks("2018-06-20", lines[1:])
	v = s.as(Secretariat)
	newest := v.get("/ordini/da-fatturare").must(200).saysNot("il 19/06/2018 da")
	older := v.get(linkTo(newest, "/ordini/da-fatturare/note")).must(200).says("Note di credito fatte", "il 19/06/2018 da").saysNot("il 20/06/2018 da")
	if err := older.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get(linkTo(older, "prima=")).must(200).says("il 20/06/2018 da").saysNot("il 19/06/2018 da")
	first := attribute(older.find("input", "name", "line"), "value")
	if first != fmt.Sprint(lines[0]) {
		t.Errorf("line %s, want %d", first, lines[0])
	}
	v.follow(v.post("/ordini/da-fatturare/note/togli", "chi", "ordine", "line", first).must(303)).says("1 nota di credito è di nuovo da fare.", "Da stornare").saysNot("fatte prima di queste")
	s.as(ReadOnly).get("/ordini/da-fatturare/note").must(200).says("il 20/06/2018 da").saysNot("ancora da fare")
}

// TestWhatAGuestPaidComesBackToTheHolder: Elena bought a GB for Bruno, 3,05 €; the
// order is his, and so is what comes back.
func TestWhatAGuestPaidComesBackToTheHolder(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	c := s.colleague()
	path := fmt.Sprintf("/area/altre/%d/acquisto", s.entrusts(c))
	s.pays(500)
	member := s.as(Member)
	member.post(path, member.get(path+"?quantity=1").must(200).purchaseFields()...).must(303)
	s.sends()
	s.answers(c.address + ";spazio;KO;;disco pieno")
	var service int64
	s.look(func(tx *db.ReadTx) error {
		list, err := tx.ServicesOn(c.mailbox, false)
		service = list[0].ID
		return err
	})
	v := s.as(Secretariat)
	a := v.get(recreditPath(service)).must(200).says("Lo aveva pagato per il titolare", "Morandi", "torna nel credito del titolare, di cui è l’ordine.", "Torna nel credito 3,05 €")
	v.post(recreditPath(service), "reason", "Non lo dà", "seen", attribute(a.find("input", "name", "seen"), "value")).must(303)
	his, _ := s.balance(c.member)
	hers, _ := s.balance(s.member)
	if his != 305 || hers != 195 {
		t.Errorf("Bruno has %s, Elena %s", his, hers)
	}
	v.get(fmt.Sprint("/caselle/", c.mailbox)).must(200).says("1 GB in tutto")
	s.sound()
}

// TestRefusedServiceThatEndedIsGivenBackFromItsPage: nobody decided until
// 01/10/2018, when the 2 users ended.
func TestRefusedServiceThatEndedIsGivenBackFromItsPage(t *testing.T) {
	s := areaSite(t, manyProducts)
	s.pays(10000)
	s.buysUsers(s.as(Member), 2)
	users := s.services()[0].ID
	page := fmt.Sprint("/servizi/", users)
	s.refusesUsers("2018-06-20")
	s.as(Member).post(fmt.Sprint("/area/servizi/", users), "auto_renew", "0", "next_quantity", "2").must(303)
	s.on("2018-10-02")
	if _, err := s.office.Renew(t.Context(), "prova", pec.Day("2018-10-01")); err != nil {
		t.Fatal(err)
	}
	v := s.as(Secretariat)
	v.get(servicesToActivate).must(200).says("Respinti e cessati senza una decisione", "2 × Multiutente Riaccredita", "contratto non firmato 01/10/2018 6,50 €")
	v.get(page).must(200).says("Respinto, e cessato prima che si decidesse Riaccredita…")
	a := v.get(recreditPath(users)).must(200).says("Da allora nessuno ha deciso, e il 01/10/2018 è cessato (rinnovo disattivato).", "Riaccredita 6,50 €").saysNot("il servizio cessa oggi")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.follow(v.post(recreditPath(users), "reason", "Non lo ha mai attivato", "seen", attribute(a.find("input", "name", "seen"), "value")).must(303)).says("6,50 € sono tornati nel credito").saysNot("Riaccredita…")
	v.post(recreditPath(users), "reason", "x", "seen", "650").must(422).says("già stato annullato e riaccreditato il 02/10/2018")
	v.get(servicesToActivate).must(200).saysNot("senza una decisione")
	v.get(fmt.Sprint("/caselle/", s.mailbox)).must(200).says("Servizio cessato: 2 × Multiutente", "Servizio riaccreditato: 2 × Multiutente Il gestore lo aveva respinto.")
	s.sound()
}

// TestOwnOrderSaysWhatOfItCameBack: of nothing it says nothing.
// A GB bought in the free window is refused and cancelled: nobody is told that
// something came back.
func TestRefusedOrderThatCostNothingSaysSo(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.on("2018-08-01")
	order := s.buys(1).Order
	s.sends()
	s.answers("elena.morandi@pec.ordine.example;spazio;KO;;disco pieno")
	service := s.services()[0].ID
	v := s.as(Secretariat)
	seen := attribute(v.get(recreditPath(service)).must(200).says("Annulla il servizio").find("input", "name", "seen"), "value")
	v.follow(v.post(recreditPath(service), "reason", "Non lo attiva", "seen", seen).must(303)).says("Servizio annullato.", "respinto dal gestore e annullato").saysNot("riaccreditato", "tornati nel credito")
	v.get(recreditPath(service)).must(422).says("Il servizio è già stato annullato il 01/08/2018: non costava nulla, e non è tornato nulla.")
	v.get(fmt.Sprint("/ordini/", order.ID)).must(200).says("annullato il 01/08/2018: non costava nulla, non c’è nulla da riaccreditare", "Non si fattura non costava nulla").saysNot("riaccreditato il")
	v.get(fmt.Sprint("/caselle/", s.mailbox)).must(200).says("Servizio annullato: 1 GB", "Il gestore lo aveva respinto. Non costava nulla.").saysNot("riaccreditato")
	member := s.as(Member)
	member.get("/area/ordini").must(200).says("Annullato: non costava nulla").saysNot("Riaccreditato")
	member.get(fmt.Sprint("/area/ordini/", order.ID)).must(200).says("Annullato il 01/08/2018: il gestore non lo ha dato; non costava nulla").saysNot("Riaccreditato")
	s.sound()
}

func TestOwnOrderSaysWhatOfItCameBack(t *testing.T) {
	for want, back := range map[string]db.BackOf{"": {}, "Riaccreditato": {Lines: 1, Gross: 650, Whole: true}, "Riaccreditato in parte: 3,05\u00a0€": {Lines: 2, Gross: 305},
		"Annullato: non costava nulla": {Lines: 1, Whole: true}, "Annullato in parte, per ciò che non costava nulla": {Lines: 1}} {
		if got := (ownOrderLine{Back: back}).CameBack(); got != want {
			t.Errorf("%+v: %q, want %q", back, got, want)
		}
	}
}
