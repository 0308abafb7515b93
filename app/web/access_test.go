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

// colleague is a holder whose mailbox Elena sees and pays for: Bruno Verdi, until
// 01/10/2018.
type colleague struct {
	member, mailbox int64
	address         string
}

func (s *testSite) colleague() colleague {
	s.t.Helper()
	c := colleague{address: "bruno.verdi@pec.ordine.example"}
	c.member, c.mailbox = s.neighbour("B7", "Verdi", "Bruno", "2018-10-01")
	s.write(func(tx *db.Tx) error {
		m, err := tx.Member(c.member)
		if err != nil {
			return err
		}
		m.Email, m.Mobile = "bruno@segreto.example", "333 9998887"
		if err := tx.SetMember(m); err != nil {
			return err
		}
		return tx.SetMemberPassword(c.member, testHash())
	})
	return c
}

// login is a browser in which a member is logged in.
func (s *testSite) login(address string) *visitor {
	s.t.Helper()
	v := s.anyone()
	v.get("/accesso")
	v.post("/accesso", "login", address, "password", testPassword).must(303)
	v.csrf = ""
	return v
}

// entrusts makes Elena the guest of a colleague and returns the access.
func (s *testSite) entrusts(c colleague) int64 {
	s.t.Helper()
	ctx := context.Background()
	if err := s.office.AskAccess(ctx, fmt.Sprint("iscritto:", s.member), s.member, c.address); err != nil {
		s.t.Fatal(err)
	}
	id := s.accessOf(s.member)
	if err := s.office.DecideAccess(ctx, fmt.Sprint("iscritto:", c.member), c.member, id, true); err != nil {
		s.t.Fatal(err)
	}
	return id
}

func (s *testSite) accessOf(guest int64) (id int64) {
	s.t.Helper()
	s.look(func(tx *db.ReadTx) error {
		list, err := tx.AccessesOf(guest)
		for _, a := range list {
			id = max(id, a.ID)
		}
		return err
	})
	return id
}

// accessSample is, once made, an access of Elena's, who has been asked for one
// to her own mailbox too.
func (s *testSite) accessSample() int64 {
	s.t.Helper()
	var id int64
	s.look(func(tx *db.ReadTx) error {
		list, err := tx.AccessesOf(s.member)
		for _, a := range list {
			if a.State == pec.AccessGranted {
				id = a.ID
			}
		}
		return err
	})
	if id != 0 {
		return id
	}
	c := s.colleague()
	id = s.entrusts(c)
	for _, asked := range []struct {
		guest   int64
		address string
	}{{c.member, s.address}, {s.member, "nessuno@pec.ordine.example"}} {
		if err := s.office.AskAccess(context.Background(), fmt.Sprint("iscritto:", asked.guest), asked.guest, asked.address); err != nil {
			s.t.Fatal(err)
		}
	}
	return id
}

func TestGuestAsksAndTheHolderGrantsAndTakesBack(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	c := s.colleague()
	elena, bruno := s.as(Member), s.login(c.address)
	elena.get("/area").must(200).says("Caselle di altri iscritti")
	known := elena.follow(elena.post("/area/altre", "address", " Bruno.Verdi@pec.ordine.example ").must(303)).must(200).says("La richiesta è registrata.", "In attesa", c.address).saysNot("Bruno", "Verdi Bruno", "01/10/2018")
	unknown := elena.follow(elena.post("/area/altre", "address", "nessuno@pec.ordine.example").must(303)).must(200)
	if got, want := strings.Count(unknown.text(), "In attesa"), 2; got != want {
		t.Errorf("%d wait, want %d", got, want)
	}
	if err := known.wellFormed(); err != nil {
		t.Error(err)
	}
	for typed, says := range map[string]string{"": "Scriva l’indirizzo", "bruno verdi": "«bruno verdi» non è un indirizzo", s.address: "è già una Sua casella"} {
		a := elena.post("/area/altre", "address", typed).must(422).says(says)
		if attribute(a.find("input", "id", "address"), "value") != typed {
			t.Errorf("%q is gone", typed)
		}
	}
	id := s.accessTo(c)
	path := fmt.Sprint("/area/altre/", id)
	elena.get(path).must(200).says("Il titolare non ha ancora risposto.").saysNot("Bruno", "Verdi Bruno", "01/10/2018")
	elena.post(path+"/risposta", "answer", "grant").must(404) // the guest does not answer

	bruno.get("/area").must(200).says("Morandi Elena chiede di vedere e pagare la casella " + c.address)
	bruno.get("/area/altre").must(200).says("Morandi Elena", "Concedi", "Rifiuta", "Non vede recapiti")
	bruno.post(path + "/risposta").must(422).says("Scelga se concedere")
	bruno.follow(bruno.post(path+"/risposta", "answer", "grant").must(303)).must(200).says("L’accesso è concesso.", "Revoca")
	elena.get("/area").must(200).says("Caselle che mi hanno affidato", c.address, "Verdi Bruno, scadenza 01/10/2018")
	s.as(Secretariat).get("/avvisi").must(200).says("Richiesta di accesso a una casella", "Risposta a una richiesta di accesso")
	bruno.follow(bruno.post(path + "/fine").must(303)).must(200).says("L’accesso è revocato.")
	elena.get("/area").must(200).saysNot(c.address)
	elena.get("/area/altre").must(200).says("Revocata")
	elena.get(path).must(200).says("L’accesso a questa casella è finito").saysNot("01/10/2018")

	// Refused, and given up: once a day.
	elena.post("/area/altre", "address", c.address).must(422).says("Oggi ha già chiesto questa casella: potrà chiederla di nuovo da domani.")
	s.on("2018-06-16")
	elena, bruno = s.as(Member), s.login(c.address)
	elena.post("/area/altre", "address", c.address).must(303)
	second := fmt.Sprint("/area/altre/", s.accessTo(c))
	bruno.follow(bruno.post(second+"/risposta", "answer", "refuse").must(303)).must(200).says("La richiesta è rifiutata.")
	elena.get("/area/altre").must(200).says("Rifiutata")
	s.on("2018-06-17")
	elena, bruno = s.as(Member), s.login(c.address)
	elena.post("/area/altre", "address", c.address).must(303)
	third := fmt.Sprint("/area/altre/", s.accessTo(c))
	elena.follow(elena.post(third + "/fine").must(303)).says("La richiesta è ritirata.")
	bruno.post(third+"/risposta", "answer", "grant").must(422).says("L’accesso è finito")
}

// accessTo is the newest access to a colleague's mailbox.
func (s *testSite) accessTo(c colleague) (id int64) {
	s.t.Helper()
	s.look(func(tx *db.ReadTx) error {
		list, err := tx.AccessesTo(c.member)
		for _, a := range list {
			id = max(id, a.ID)
		}
		return err
	})
	return id
}

func TestGuestSeesTheMailboxAndNothingOfTheHoldersAccount(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	c := s.colleague()
	id := s.entrusts(c)
	s.paysFor(c, 780)
	order := s.ordersFor(c, 2) // 6,10 €: 1,70 € are left
	a := s.as(Member).get(fmt.Sprint("/area/altre/", id)).must(200).says(c.address, "Casella di Verdi Bruno", "Standard, a carico dell’Ordine", "01/10/2018 , fra 108 giorni",
		"L’Ordine la rinnova per un anno.", "3 GB in tutto", "Spazio Extra Inbox, 2 GB", "Acquistato, in attivazione presso il gestore.", "Rinnovo automatico: attivo", "Credito insufficiente",
		"Per il rinnovo del 01/10/2018 mancano 4,40 €.", "Versa 4,40 €", "Acquista spazio", "Rinuncia all’accesso").
		saysNot("segreto.example", "333 9998887", "1,70 €", order.Order.Number(), "ricevuta di Bruno", "B7")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	if a.find("a", "href", fmt.Sprintf("/area/altre/%d/versamento?importo=4%%2C40", id)) == nil {
		t.Error("what is missing does not lead to the form that gives it")
	}
	s.sends()
	s.answers(c.address + ";spazio;KO;;codice fiscale di Bruno errato")
	s.as(Member).get(fmt.Sprint("/area/altre/", id)).must(200).says("Respinto dal gestore. Se ne occupa la segreteria.").saysNot("codice fiscale di Bruno")
	// What is the matter with the holder's account is not said.
	s.write(func(tx *db.Tx) error { return tx.AddClaim(c.member, 800, 0, s.today, "ricarica stornata") })
	s.as(Member).get(fmt.Sprint("/area/altre/", id)).must(200).says("il titolare ne vede il motivo nella sua area").saysNot("da recuperare", "8,00", "stornata", "Acquista spazio")
	s.as(Member).get(fmt.Sprintf("/area/altre/%d/acquisto", id)).must(200).says("Oggi non è possibile").saysNot("da recuperare", "8,00")
}

// TestGuestCannotWorkOutWhatTheHolderOwes: 2 GB cost 6,10 € at the renewal, 1,70 €
// of credit are there; 8,00 € owed and an order of 3,05 € that waits are neither
// said nor in any sum.
func TestGuestCannotWorkOutWhatTheHolderOwes(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	c := s.colleague()
	id := s.entrusts(c)
	s.paysFor(c, 780)
	s.ordersFor(c, 2)
	s.ordersFor(c, 1) // waits
	s.write(func(tx *db.Tx) error { return tx.AddClaim(c.member, 800, 0, s.today, "ricarica stornata") })
	v := s.as(Member)
	v.get(fmt.Sprint("/area/altre/", id)).must(200).says("mancano 4,40 €", "Versa 4,40 €").saysNot("7,45", "12,40", "15,45")
	v.get(fmt.Sprintf("/area/altre/%d/versamento", id)).must(200).says("Manca per il rinnovo del 01/10/2018 4,40 €")
}

// paysFor and ordersFor are what the secretariat enters for a colleague.
func (s *testSite) paysFor(c colleague, amount pec.Cents) {
	s.t.Helper()
	if _, err := s.office.TopUp(context.Background(), "prova", office.Payment{MemberID: c.member, Amount: amount, Method: pec.ByCounter, Reference: "ricevuta di Bruno " + amount.String()}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *testSite) ordersFor(c colleague, quantity int) office.Purchased {
	s.t.Helper()
	done, err := s.office.Order(context.Background(), "prova", office.Purchase{Address: c.address, Product: pec.InboxGB, Quantity: quantity})
	if err != nil {
		s.t.Fatal(err)
	}
	return done
}

func TestGuestGivesCredit(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	c := s.colleague()
	id := s.entrusts(c)
	s.pays(200000)
	waiting := s.ordersFor(c, 1).Order.ID
	v := s.as(Member)
	path := fmt.Sprintf("/area/altre/%d/versamento", id)
	form := v.get(path).must(200).says("Versa credito", c.address, "Il Suo credito 2.000,00 €")
	key := attribute(form.find("input", "name", "key"), "value")
	for typed, says := range map[string]string{
		"":         "Scriva un importo in euro",
		"-3":       "«-3» non è un importo",
		"0":        "non è un importo",
		"1e9":      "«1e9» non è un importo",
		"1.234":    "non è chiaro se il punto",
		"2.000,01": "Il Suo credito è 2.000,00 €: per 2.000,01 € mancano 0,01 €.",
	} {
		a := v.post(path, "key", key, "amount", typed).must(422).says(says)
		if input := a.find("input", "id", "amount"); attribute(input, "value") != typed || attribute(input, "aria-invalid") != "true" {
			t.Errorf("after %q the field is %v", typed, input.Attr)
		}
		if err := a.wellFormed(); err != nil {
			t.Error(err)
		}
	}
	a := v.post(path, "key", key, "amount", "1.234,50").must(303)
	v.follow(a).must(200).says("Versati 1.234,50 € per "+c.address+".", "Il Suo credito ora è 765,50 €.", "Già pagato da me 15/06/2018: 1.234,50 €").saysNot("−1.234,50")
	v.follow(v.post(path, "key", key, "amount", "1.234,50").must(303)).must(200).says("era già registrato: è uno solo")
	v.post(path, "key", key, "amount", "10").must(422).says("Questo modulo è già servito")
	if mine, _ := s.balance(s.member); mine != 76550 {
		t.Errorf("%s are left", mine)
	}
	if theirs, _ := s.balance(c.member); theirs != 123450-305 {
		t.Errorf("the holder has %s", theirs)
	}
	// Another window, or Back: the form was opened before.
	asked := v.post(path, "key", "altra finestra", "seen", "0", "amount", "10").must(422).
		says("Oggi ha già versato 1.234,50 € per questa casella: se vuole versare ancora, prema di nuovo", "Oggi ha già versato 1.234,50 € per questa casella. Un altro versamento si aggiunge a quello.")
	if seen := attribute(asked.find("input", "name", "seen"), "value"); seen != "1" {
		t.Errorf("seen %q", seen)
	}
	v.follow(v.post(path, "key", "altra finestra", "seen", "1", "amount", "10").must(303)).must(200).says("Versati 10,00 €", "Il Suo credito ora è 755,50 €.")
	s.look(func(tx *db.ReadTx) error {
		o, err := tx.Order(waiting)
		if o.State != pec.OrderCompleted {
			t.Errorf("the order that waited is %s", o.State)
		}
		return err
	})
	v.get("/area/movimenti").must(200).says("Passaggio di credito Versato per la casella "+c.address, "−1.234,50 €")
	s.login(c.address).get("/area/movimenti").must(200).says("Ricevuto da Morandi Elena per la casella "+c.address, "+1.234,50 €")

	// The form stands open while the access is taken back: what was typed stays.
	if err := s.office.WithdrawAccess(context.Background(), fmt.Sprint("iscritto:", c.member), c.member, id); err != nil {
		t.Fatal(err)
	}
	b := v.post(path, "key", "un altro modulo", "amount", "12,20").must(422).says("L’accesso a questa casella è finito")
	if attribute(b.find("input", "id", "amount"), "value") != "12,20" {
		t.Error("what was typed is gone")
	}
	v.get(path).must(200).says("Non si può versare")
	v.get(fmt.Sprintf("/area/altre/%d/acquisto", id)).must(200).says("Oggi non è possibile", "L’accesso a questa casella è finito")
	v.post(fmt.Sprintf("/area/altre/%d/acquisto", id), "product", pec.InboxGB, "quantity", "1", "seen", "305").must(422).says("L’accesso a questa casella è finito")
}

func TestGuestBuysForAnothersMailbox(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	c := s.colleague()
	id := s.entrusts(c)
	s.pays(700)
	v := s.as(Member)
	path := fmt.Sprintf("/area/altre/%d/acquisto", id)
	a := v.get(path+"?quantity=1").must(200).says("Per la casella "+c.address+" , di Verdi Bruno", "Ora ha 1 GB; può arrivare a 5 GB.", "Da pagare oggi 3,05 €",
		"Il Suo credito 7,00 €", "Credito dopo l’acquisto 3,95 €", "Acquista 1 GB per 3,05 €", "Accetto le condizioni generali", "fino alla scadenza: il rinnovo, se lo vuole, lo attiva il titolare.").saysNot("i Suoi", "il Suo GB")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.post(path, a.purchaseFields("accetto-privacy")...).must(422).says("Per acquistare serve anche questa")
	if again := v.post(path, "casella", "", "product", pec.InboxGB, "quantity", "2", "action", "quote").must(303); !strings.HasPrefix(again.location, path+"?") {
		t.Errorf("the price is asked for at %s", again.location)
	}
	fields := a.purchaseFields()
	v.follow(v.post(path, fields...).must(303)).must(200).says("Acquisto completato.", "1 GB per "+c.address+", fino al 01/10/2018.", "L’ordine 2018/000001 è del titolare.", "2 GB in tutto")
	v.follow(v.post(path, fields...).must(303)).must(200).says("era già registrato: è uno solo")
	if mine, _ := s.balance(s.member); mine != 395 {
		t.Errorf("%s are left", mine)
	}
	// The order is the holder's: the guest does not open it, the holder does.
	v.get("/area/ordini/1").must(404)
	bruno := s.login(c.address)
	bruno.get("/area/ordini/1").must(200).says("Ordine 2018/000001", "Verdi Bruno")
	bruno.get("/area/movimenti").must(200).says("Ricevuto da Morandi Elena per la casella " + c.address + ": 1 GB in più")
	again := v.get(path).must(200).says("Oggi ha già acquistato 1 GB per questa casella", "conferma un secondo acquisto?")
	if again.find("input", "name", "accetto-privacy") != nil {
		t.Error("the terms are asked again")
	}
	v.post(path, again.purchaseFields("confirmed")...).must(422).says("Se è davvero così metta qui la spunta")

	// Too little: it is said before, and nothing is written.
	short := v.get(path+"?quantity=2").must(200).says("Manca 2,15 €", "Come ricaricare").saysNot("Acquista 2 GB per")
	v.post(path, short.purchaseFields()...).must(422).says("Il Suo credito è 3,95 €: per 6,10 € mancano 2,15 €.")
	v.get(path + "?quantity=9").must(200).says("se ne possono aggiungere al massimo 3, non 9")
	v.get(path + "?quantity=molti").must(200).says("scriva un numero intero")
	s.look(func(tx *db.ReadTx) error {
		orders, err := tx.OrdersOf(c.member)
		if len(orders) != 1 || orders[0].EnteredBy != fmt.Sprint("iscritto:", s.member) {
			t.Errorf("%+v", orders)
		}
		return err
	})

	// The secretariat reads who paid for whom.
	desk := s.as(Secretariat)
	desk.get("/ordini/1").must(200).says("Morandi Elena, dalla sua area")
	desk.get(fmt.Sprint("/iscritti/", c.member)).must(200).says("Caselle affidate", "per Morandi Elena", "Concesso")
	desk.get(fmt.Sprint("/iscritti/", s.member)).must(200).says("di Verdi Bruno", "Versato per la casella "+c.address)
	desk.get(fmt.Sprintf("/iscritti/%d/registro", s.member)).must(200).says("Credito versato per una casella", "altro iscritto Verdi Bruno", "importo 3,05 €")
	desk.get(fmt.Sprint("/credito/", c.member)).must(200).says("Ricevuto da Morandi Elena")
	desk.get("/credito/movimenti?tipo=transfer").must(200).says("2 movimenti: 3,05 € in entrata, 3,05 € in uscita, compresi i passaggi di credito fra iscritti", "Versato per la casella "+c.address)
}

// Another's access is as if it did not exist, in every address that names it.
func TestAccessOfAnotherDoesNotExist(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	c := s.colleague()
	id := s.entrusts(c)
	_, _ = s.neighbour("C3", "Gialli", "Ugo", "2018-12-20")
	s.write(func(tx *db.Tx) error {
		box, err := tx.MailboxByAddress("ugo.gialli@pec.ordine.example")
		if err != nil {
			return err
		}
		return tx.SetMemberPassword(box.MemberID, testHash())
	})
	for who, v := range map[string]*visitor{"a third": s.login("ugo.gialli@pec.ordine.example"), "the holder": s.login(c.address)} {
		for _, path := range []string{"", "/versamento", "/acquisto", "/rinnovo"} {
			v.get(fmt.Sprintf("/area/altre/%d%s", id, path)).must(404).saysNot("bruno.verdi")
		}
		v.post(fmt.Sprintf("/area/altre/%d/versamento", id), "amount", "1,00").must(404)
		v.post(fmt.Sprintf("/area/altre/%d/acquisto", id), "product", pec.InboxGB, "quantity", "1", "seen", "305").must(404)
		v.post(fmt.Sprintf("/area/altre/%d/rinnovo", id), "years", "1", "seen", "2440").must(404)
		if who == "a third" {
			v.post(fmt.Sprintf("/area/altre/%d/fine", id)).must(404)
			v.post(fmt.Sprintf("/area/altre/%d/risposta", id), "answer", "grant").must(404)
		}
	}
	s.as(Member).get("/area/altre/999999").must(404)
	s.as(Member).get("/area/altre/abc").must(404)
}

// Who looks at a member's area changes nothing there.
func TestClerkLooksAtAccessesOnly(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	id := s.accessSample()
	v := s.as(Secretariat)
	v.get("/iscritti")
	v.post(fmt.Sprintf("/iscritti/%d/area", s.member)).must(303)
	v.get("/area/altre").must(200).says("bruno.verdi@pec.ordine.example")
	v.get(fmt.Sprint("/area/altre/", id)).must(200)
	v.post(fmt.Sprintf("/area/altre/%d/versamento", id), "amount", "1,00").must(403)
}

func TestAccessesInABrowser(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	id := s.accessSample()
	s.pays(1000)
	c := colleague{address: "bruno.verdi@pec.ordine.example"}
	s.look(func(tx *db.ReadTx) error {
		box, err := tx.MailboxByAddress(c.address)
		c.member, c.mailbox = box.MemberID, box.ID
		return err
	})
	s.paysFor(c, 780)
	s.ordersFor(c, 2)
	v := s.as(Member)
	path := fmt.Sprint("/area/altre/", id)
	wrong := v.page("area-altre-versamento-errore", path+"/versamento")
	wrong.Status, wrong.Typed = 422, map[string]string{"amount": "1e9"}
	s.inBrowser(t,
		v.page("area-con-affidate", "/area"),
		v.page("area-altre", "/area/altre"),
		v.page("area-altra", path),
		v.page("area-altra-versamento", path+"/versamento?importo=4,40"),
		wrong,
		v.page("area-altra-acquisto", path+"/acquisto?quantity=1"),
		s.as(Secretariat).page("iscritto-affidate", fmt.Sprint("/iscritti/", s.member)),
	)
}

// TestNoCreditIsAskedForWhereTheProviderSells: it would pay nothing there.
func TestNoCreditIsAskedForWhereTheProviderSells(t *testing.T) {
	s := areaSite(t, soldElsewhere)
	c := s.colleague()
	id := s.entrusts(c)
	v := s.as(Member)
	const why = "Gli acquisti per questa casella li fa il titolare presso il gestore (Gestore PEC): il credito versato qui non li pagherebbe."
	a := v.get(otherPath(id, "")).must(200).says(why).saysNot("Versa credito", "che Lei ha là", "versargli")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get(otherPath(id, "/versamento")).must(200).says("Non si può versare", why)
	s.setBoxOf(c.mailbox, func(b *pec.Mailbox) {
		b.Status, b.ExpiresOn, b.ActivatedOn, b.AnchorOn = pec.MailboxRequested, pec.Date{}, pec.Date{}, pec.Date{}
	})
	v.get(otherPath(id, "")).must(200).says("Non è ancora attiva.", why).saysNot("Versa credito", "il credito che versa")
}
