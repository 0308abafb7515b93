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

// twoKinds has beside the Ordine's standard kind a Pro one at 20,00 € a year,
// paid by the member.
var twoKinds = strings.NewReplacer(`"kinds": [{`, `"kinds": [{"code": "pro", "name": "Pro", "base_inbox_gb": 2, "base_archive_gb": 3, "max_inbox_gb": null, "yearly_price": "20.00", "paid_by": "member", "terms": [1, 2, 3]}, {`,
	`"kinds": ["standard"]`, `"kinds": ["standard", "pro"]`).Replace(fullYearAgreement)

// sent are the fields that a page's form would send, with some changed.
func (a *answer) sent(changes ...string) []string {
	values := map[string]string{}
	for _, n := range a.all("input") {
		name, kind := attribute(n, "name"), attribute(n, "type")
		_, checked := attributeOf(n, "checked")
		if name != "" && name != csrfField && name != "q" && kind != "checkbox" && (kind != "radio" || checked) {
			values[name] = attribute(n, "value")
		}
	}
	for _, n := range a.all("option") {
		if _, chosen := attributeOf(n, "selected"); chosen {
			values[attribute(n.Parent, "name")] = attribute(n, "value")
		}
	}
	for i := 0; i < len(changes); i += 2 {
		values[changes[i]] = changes[i+1]
	}
	var fields []string
	for name, value := range values {
		fields = append(fields, name, value)
	}
	return fields
}

func (s *testSite) box() (box db.MailboxRow) {
	s.look(func(tx *db.ReadTx) (err error) {
		box, err = tx.Mailbox(s.mailbox)
		return err
	})
	return box
}

// becomesPro pays for the Pro kind until E: 15,00 € and the tax.
func (s *testSite) becomesPro() {
	s.t.Helper()
	s.pays(1830)
	if _, err := s.office.OrderRenewal(s.t.Context(), "prova", office.RenewalRequest{Address: s.address, Wish: pec.RenewalWish{Kind: "pro"}}); err != nil {
		s.t.Fatal(err)
	}
}

// TestClerkRenewsAMailboxByOrder: from Standard to Pro at once, 15,00 € until E
// and 40,00 € for two years after it, to the e-invoice's address that was
// confirmed.
func TestClerkRenewsAMailboxByOrder(t *testing.T) {
	s := areaSite(t, twoKinds)
	s.pays(10000)
	v := s.as(Secretariat)
	page := "/ordini/rinnovo?casella=" + s.address
	v.get(page+"&kind=pro&years=1").must(200).says("Pro, 20,00 € netti all’anno, 2 GB e 3 GB di archivio", "1 anno, fino al 01/10/2019", "Solo il cambio di tipologia, fino al 01/10/2018",
		"Totale lordo 42,70 €", "da Standard a Pro si passa subito") // 15,00 + 20,00 and the tax
	asked := v.post("/ordini/rinnovo", v.get(page).sent("kind", "pro", "years", "2", "action", "quote")...).must(303)
	a := v.follow(asked).must(200).says("Totale lordo 67,10 €", "È solo il prezzo: non è ancora ordinato nulla.", "Il credito è 100,00 €: basta. Dopo l’ordine resteranno 32,90 €.", "Rinnova per 67,10 €")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.post("/ordini/rinnovo", a.sent("years", "1")...).must(422).says("Ha cambiato la scelta dopo aver visto il prezzo: ora è 42,70 €.")
	for typed, says := range map[string]string{"-1": "Ha scritto −1: lo spazio da aggiungere non può essere meno di 0.", "tre": "Spazio da aggiungere: «tre» non è un numero che si possa usare", "99999999": "Ha scritto 99.999.999: la quantità non può superare 10.000."} {
		v.post("/ordini/rinnovo", a.sent("added_gb", typed)...).must(422).says(says)
	}
	v.post("/ordini/rinnovo", a.sent("seen", "1")...).must(422).says("Il prezzo è cambiato: ora è 67,10 €.")
	v.post("/ordini/rinnovo", a.sent("recipient_code", "ABC")...).must(422).says("Il codice destinatario ha 7 lettere o cifre")
	if n := s.countOrders(); n != 0 {
		t.Fatalf("%d orders were written", n)
	}
	form := a.sent("recipient_code", "abc1234")
	done := v.post("/ordini/rinnovo", form...).must(303)
	v.follow(done).must(200).says("Ordine 2018/000001 completato.", "La casella è rinnovata fino al 01/10/2020: 67,10 € dal credito.", "Casella Pro", "Passaggio da Standard a Pro", "codice destinatario ABC1234 a Morandi Elena")
	v.follow(v.post("/ordini/rinnovo", form...).must(303)).must(200).says("L’ordine c’era già.")
	if b := s.box(); b.Kind != "pro" || b.ExpiresOn != pec.Day("2020-10-01") {
		t.Errorf("%+v", b)
	}
	v.get(fmt.Sprint("/iscritti/", s.member)).must(200).says("Codice destinatario: vuoto diventa ABC1234")
	v.get(done.location).says("Passaggio da Standard a Pro", "18,30 €", "Casella Pro", "48,80 €", "67,10 €", pec.VATByLine)
	own := s.as(Member)
	own.get("/area"+done.location).must(200).says("1 × Passaggio da Standard a Pro 15,00 € + IVA 3,30 € = 18,30 €", "1 × Casella Pro 40,00 € + IVA 8,80 € = 48,80 €",
		"Lordo 67,10 €", pec.VATByLine, "Fattura elettronica codice destinatario ABC1234")
	v.get(fmt.Sprint("/caselle/", s.mailbox)).must(200).says("Pagata dall’iscritto con un ordine.", "01/10/2020").saysNot("Rinnova o cambia tipologia…")
	v.get(page).must(200).says("La casella è già rinnovata fino al 01/10/2020")
	s.as(Member).get("/area").must(200).says("Il periodo dal 01/10/2018 è già pagato.")
}

// TestMemberRenewsOnAPhone: conditions first, then the order waits, is paid, and
// the mailbox stays.
func TestMemberRenewsOnAPhone(t *testing.T) {
	s := areaSite(t, twoKinds)
	s.becomesPro()
	v := s.as(Member)
	s.as(Secretariat).get(fmt.Sprint("/caselle/", s.mailbox)).must(200).says("Inoltre 3 GB di archivio, compresi nella tipologia.")
	v.get("/area").must(200).says("Inoltre 3 GB di archivio, compresi nella tipologia.", "Il rinnovo di questa tipologia è a Suo carico, 24,40 € per un anno: senza un ordine di rinnovo pagato, il 01/10/2018 la casella si chiude.", "Rinnova la casella")
	a := v.get("/area/rinnovo").must(200).says("Totale lordo 24,40 €", "Manca 24,40 €", "Ordina per 24,40 €", "MRNLNE80A41H501U", "l’ordine aspetta il pagamento")
	v.post("/area/rinnovo", a.sent()...).must(422).says("Per acquistare serve anche questa: «Accetto le condizioni generali».")
	form := a.sent("recipient_pec", "elena@fatture.example")
	for _, code := range pec.TermCodes() {
		form = append(form, "accetto-"+code, "1")
	}
	first := v.post("/area/rinnovo", form...).must(303)
	v.follow(first).must(200).says("Mancano 24,40 €.", "Da pagare entro il 15/07/2018", "Fattura elettronica elena@fatture.example")
	if again := v.post("/area/rinnovo", form...).must(303); again.location != first.location || s.countOrders() != 2 {
		t.Errorf("sent twice: %s and %s, %d orders", first.location, again.location, s.countOrders())
	}
	v.get("/area").must(200).says("L’ordine di rinnovo aspetta il pagamento: mancano 24,40 €.").saysNot("Rinnova la casella")
	clerk := s.as(Secretariat)
	pages := []string{fmt.Sprint("/iscritti/", s.member), "/rinnovi/elenco?cosa=chiudono"}
	for _, page := range pages {
		clerk.get(page).must(200).says("l’ordine di rinnovo aspetta il pagamento, mancano 24,40 €").saysNot("nessuno l’ha ancora rinnovata", "un ordine la rinnova")
	}
	clerk.get(pages[0]).says("La casella " + s.address + " si chiude il 01/10/2018")
	v.get("/area/acquisto").must(200).says("c’è un ordine di rinnovo in attesa di pagamento")
	s.pays(2440)
	v.get("/area").must(200).says("Il periodo dal 01/10/2018 è già pagato.", "01/10/2019")
	v.follow(first).must(200).says("Pagato con il credito il 15/06/2018.", "1 × Casella Pro")
	clerk.get(pages[0]).must(200).says("Il periodo dal 01/10/2018 è già pagato, e dopo serve un altro ordine di rinnovo.").saysNot("nessuno l’ha ancora rinnovata", "si chiude il")
}

// TestServiceOfAMailboxThatOnlyAnOrderRenews: the quote, the order, its receipt
// by mail, the area and the service's pages say the same. The Pro mailbox at
// 20,00 € and 2 GB at 2,50 € make 25,00 + 5,50 = 30,50 € for the year after E.
func TestServiceOfAMailboxThatOnlyAnOrderRenews(t *testing.T) {
	s := areaSite(t, twoKinds)
	s.becomesPro()
	s.pays(1000)
	v := s.as(Member)
	form := v.get("/area/acquisto?quantity=2").must(200).
		says("dopo il 01/10/2018 continuano solo con un ordine di rinnovo della casella, 30,50 € per un anno con i suoi servizi, IVA compresa, altrimenti terminano con lei.")
	done := v.post("/area/acquisto", form.purchaseFields()...).must(303)
	const truth = "dopo il 01/10/2018 continuano solo con un ordine di rinnovo della casella, per un anno a 5,00 € + IVA 1,10 € = 6,10 €, altrimenti terminano con lei."
	v.follow(done).must(200).says(truth).saysNot("se il credito basta")
	s.look(func(tx *db.ReadTx) error {
		list, err := tx.MessageList(db.MessageFilter{Kind: pec.MessageReceipt, Limit: 1})
		if len(list) != 1 || !strings.Contains(plainSpaces(list[0].Letter.Text), truth) {
			t.Errorf("the receipt says %v", list)
		}
		return err
	})
	service := s.services()[0].ID
	v.get("/area").must(200).says("Dopo il 01/10/2018 continua solo se un ordine rinnova la casella, altrimenti termina con lei.").saysNot("Rinnovo automatico: attivo")
	for _, page := range []*answer{v.get(fmt.Sprint("/area/servizi/", service)), s.as(Secretariat).get(fmt.Sprint("/servizi/", service))} {
		page.must(200).says("Si rinnova con la casella", "Il 01/10/2018, se un ordine rinnova la casella: il suo prezzo è in quell’ordine.").saysNot("Se il credito basta")
	}
	s.as(Secretariat).get("/servizi").must(200).says("con la casella, se nessun ordine la rinnova")
}

// TestRenewalThatWouldWaitNowIsShownAgain: 25,00 € were there for 24,40 € when
// the page was opened; 3,05 € are given back meanwhile.
func TestRenewalThatWouldWaitNowIsShownAgain(t *testing.T) {
	s := areaSite(t, twoKinds)
	s.becomesPro()
	s.pays(2500)
	v := s.as(Secretariat)
	form := v.get("/ordini/rinnovo?casella=" + s.address).must(200).says("Rinnova per 24,40 €").sent()
	own := s.as(Member)
	form2 := own.get("/area/rinnovo").must(200).sent()
	for _, code := range pec.TermCodes() {
		form2 = append(form2, "accetto-"+code, "1")
	}
	many := own.get("/area/rinnovi").must(200).sent("id", fmt.Sprint(s.mailbox))
	for _, code := range pec.TermCodes() {
		many = append(many, "accetto-"+code, "1")
	}
	s.write(func(tx *db.Tx) error {
		_, err := tx.AddEntry(db.Entry{MemberID: s.member, On: s.today, Kind: pec.EntryRefund, Amount: -305, Reason: "prova", Actor: "prova"})
		return err
	})
	now := "Il credito è cambiato: ora è 21,95 € e non basta per 24,40 €"
	v.post("/ordini/rinnovo", form...).must(422).says(now, "Mancano 2,45 €:", "Ordina per 24,40 €")
	own.post("/area/rinnovo", form2...).must(422).says(now, "Manca 2,45 €", "Ordina per 24,40 €")
	own.post("/area/rinnovi", many...).must(422).says(now, "Manca 2,45 €", "Ordina per 24,40 €")
	if n := s.countOrders(); n != 1 { // the change of kind
		t.Errorf("%d orders", n)
	}
}

// TestEInvoiceDataAreKeptAndMayBeEmptied: what was confirmed last is proposed,
// and stays empty once it was emptied.
func TestEInvoiceDataAreKeptAndMayBeEmptied(t *testing.T) {
	s := areaSite(t, twoKinds)
	s.write(func(tx *db.Tx) error { return tx.SetRecipient(s.member, pec.Recipient{Code: "ABC1234"}) })
	choice := "&kind=pro&years=1"
	for role, page := range map[Role]string{Secretariat: "/ordini/rinnovo?casella=" + s.address + choice, Member: fmt.Sprint("/area/rinnovo?casella=", s.mailbox) + choice} {
		path, _, _ := strings.Cut(page, "?")
		v := s.as(role)
		code := func(a *answer) string { return attribute(a.find("input", "id", "recipient_code"), "value") }
		a := v.get(page).must(200)
		if got := code(a); got != "ABC1234" {
			t.Errorf("%s proposes %q", path, got)
		}
		if got := code(v.follow(v.post(path, a.sent("recipient_code", "", "action", "quote")...).must(303)).must(200)); got != "" {
			t.Errorf("%s: emptied, it came back as %q", path, got)
		}
		free := v.follow(v.post(path, a.sent("kind", "standard", "recipient_code", "xyz9876", "action", "quote")...).must(303))
		if got := code(v.follow(v.post(path, free.sent("kind", "pro", "action", "quote")...).must(303)).must(200)); got != "xyz9876" {
			t.Errorf("%s: after a kind that takes no order the code is %q", path, got)
		}
	}
}

// TestMailboxesOfOthersAreNotRenewed: neither seen nor ordered.
func TestMailboxesOfOthersAreNotRenewed(t *testing.T) {
	s := areaSite(t, twoKinds)
	other, _, _ := s.other()
	v := s.as(Member)
	v.get(fmt.Sprint("/area/rinnovo?casella=", other)).must(404)
	v.post("/area/rinnovo", v.get("/area/rinnovo").sent("casella", fmt.Sprint(other))...).must(404)
	for _, role := range []Role{Treasurer, ReadOnly} {
		s.as(role).get("/ordini/rinnovo?casella=" + s.address).must(403)
	}
}

// TestLinesOfAWaitingRenewalTellTheirPeriods: the GB that is added stands twice,
// until E and after it.
func TestLinesOfAWaitingRenewalTellTheirPeriods(t *testing.T) {
	s := areaSite(t, twoKinds)
	s.becomesPro()
	done, err := s.office.OrderRenewal(s.t.Context(), "prova", office.RenewalRequest{Address: s.address, Wish: pec.RenewalWish{Years: 1, AddedGB: 1}})
	if err != nil {
		t.Fatal(err)
	}
	s.as(Member).get(fmt.Sprint("/area/ordini/", done.Order.ID)).must(200).says("1 GB × Spazio Extra Inbox 2,50 € + IVA 0,55 € = 3,05 € Fino al 01/10/2018.", "1 GB × Spazio Extra Inbox 2,50 € + IVA 0,55 € = 3,05 € Rinnovo dal 01/10/2018 al 01/10/2019, 1 anno.").saysNot("Dal 01/10/2018 al 01/10/2019.")
	page := s.as(Secretariat).get(fmt.Sprint("/ordini/", done.Order.ID)).must(200).text()
	if n := strings.Count(page, "Rinnovo dal 01/10/2018 al 01/10/2019, 1 anno."); n != 1 {
		t.Errorf("the reason of two lines is said %d times", n)
	}
}

// TestOrdinesKindIsChosenForEWithoutAnOrder: down from Pro, with the warning
// that the archive goes.
func TestOrdinesKindIsChosenForEWithoutAnOrder(t *testing.T) {
	s := areaSite(t, twoKinds)
	s.becomesPro()
	v := s.as(Member)
	a := v.get(fmt.Sprint("/area/rinnovo?kind=standard&casella=", s.mailbox)).must(200)
	a.says("dal 01/10/2018 la casella l’avrà e si rinnoverà da sola, senza spesa", "l’archivio di 3 GB si perde", "Passa a Standard dal 01/10/2018")
	v.follow(v.post("/area/rinnovo", a.sent("action", "choose")...).must(303)).must(200).says("Tipologia scelta.", "L’Ordine la rinnova per un anno")
	if b := s.box(); b.Kind != "pro" || b.NextKind != "standard" {
		t.Errorf("%+v", b)
	}
	s.as(Secretariat).get(fmt.Sprint("/caselle/", s.mailbox)).must(200).says("come Standard", "Tipologia Pro")
}

// TestAutomaticRenewalIsTurnedOff: the mailbox then closes on E, and the pages
// say what an order would cost.
func TestAutomaticRenewalIsTurnedOff(t *testing.T) {
	s := areaSite(t, twoKinds)
	v := s.as(Secretariat)
	page := fmt.Sprint("/caselle/", s.mailbox, "/rinnovo")
	v.get(page).must(200).says("Il rinnovo automatico è acceso", "Spegni il rinnovo automatico")
	v.follow(v.post(page, "auto_renew", "0").must(303)).must(200).says("Rinnovo automatico spento.", "Si chiude il 01/10/2018", "Un ordine la rinnova per un anno: 6,10 €")
	v.get("/rinnovi/elenco?cosa=chiudono").must(200).says("non si rinnova da sola e nessuno l’ha ancora rinnovata", "un ordine la rinnova: 6,10 €", "Rinnova… "+s.address)
	v.get("/ordini/rinnovo").must(303)
	v.get("/ordini/rinnovo?casella="+s.address+"&kind=standard").must(200).says("Totale lordo 6,10 €", "Ordina per 6,10 €", "Standard, 5,00 € netti all’anno, 1 GB")
	s.as(Member).get("/area/tipologie").must(200).says("5,00 € + IVA 1,10 € = 6,10 € all’anno, a Suo carico").saysNot("A carico dell’Ordine")
	s.as(Member).get("/area").must(200).says("Standard, con il rinnovo a Suo carico").saysNot("a carico dell’Ordine")
	s.as(Member).get("/area").must(200).says("Il rinnovo automatico non è attivo: senza un ordine di rinnovo pagato, 6,10 € per un anno")
	v.follow(v.post(page, "auto_renew", "1").must(303)).must(200).says("Rinnovo automatico acceso.", "Si rinnova da sola")
	v.get("/ordini/rinnovo?casella=" + s.address + "&kind=standard").must(200).says("si rinnova da sola a carico dell’Ordine: non serve un ordine")
	s.on("2018-10-01")
	s.as(Secretariat).post(page, "auto_renew", "0").must(422).says("si decideva entro il giorno prima")
	if i := slices.Index([]bool{s.box().AutoRenew}, true); i != 0 {
		t.Error("it was turned off on E")
	}
}

// TestRenewalPagesInTheBrowser at a phone's and a desk's width.
func TestRenewalPagesInTheBrowser(t *testing.T) {
	s := areaSite(t, twoKinds)
	s.becomesPro()
	clerk, member := s.as(Secretariat), s.as(Member)
	refused := clerk.page("rinnovo rifiutato", "/ordini/rinnovo?kind=pro&years=1&added_gb=due&casella="+s.address)
	refused.Status = 422
	order := "/ordini/rinnovo?casella=" + s.address
	s.inBrowser(t,
		clerk.page("rinnovo", order),
		clerk.page("rinnovo senza ordine", order+"&kind=standard"),
		refused,
		clerk.page("rinnovo automatico", fmt.Sprint("/caselle/", s.mailbox, "/rinnovo")),
		clerk.page("casella", fmt.Sprint("/caselle/", s.mailbox)),
		clerk.page("rinnovi, si chiudono", "/rinnovi/elenco?cosa=chiudono"),
		member.page("area, rinnovo", "/area/rinnovo"),
		member.page("area, tipologia", fmt.Sprint("/area/rinnovo?kind=standard&casella=", s.mailbox)),
		member.page("area", "/area"),
	)
}

// TestChangeOfKindOpensWithNothingChosen: the kind in force, no term, no button;
// then a term is asked for, and of the change alone it is said before that the
// free mailbox will close on E. 20,00 - 5,00 = 15,00 € and the tax until then.
func TestChangeOfKindOpensWithNothingChosen(t *testing.T) {
	for role, page := range map[Role]string{Secretariat: "/ordini/rinnovo?casella=", Member: "/area/rinnovo?casella="} {
		t.Run(string(role), func(t *testing.T) {
			s := areaSite(t, twoKinds)
			s.pays(5000)
			v := s.as(role)
			path, _, _ := strings.Cut(page, "?")
			if page += fmt.Sprint(s.mailbox); role == Secretariat {
				page = path + "?casella=" + s.address
			}
			a := v.get(page).must(200).says("Il 01/10/2018 la casella si rinnova da sola a carico dell’Ordine: non serve un ordine").saysNot("Totale lordo", "da correggere", "1 errore", "Durata", "Rinnova la casella", "Spazio da aggiungere")
			pro := v.follow(v.post(path, a.sent("kind", "pro", "action", "quote")...).must(303)).must(200).says("Scelga la durata: vede il prezzo prima di confermare.", "1 anno, fino al 01/10/2019").saysNot("Totale lordo", "1 errore")
			v.post(path, pro.sent()...).must(422).says("Scelga la durata")
			alone := v.follow(v.post(path, pro.sent("years", "0", "action", "quote")...).must(303)).must(200)
			alone.says("Totale lordo 18,30 €", "Passa a Pro per 18,30 €",
				"Ora la casella si rinnova da sola a carico dell’Ordine; passata a Pro non più: il 01/10/2018 si chiude con i suoi servizi, se prima non è pagato un ordine di rinnovo o scelta per quel giorno la tipologia Standard.")
			back := v.follow(v.post(path, alone.sent("kind", "standard", "action", "quote")...).must(303)).must(200).says("non serve un ordine").saysNot("1 errore")
			v.post(path, back.sent()...).must(422).says("non serve un ordine")
			if n := s.countOrders(); n != 0 {
				t.Fatalf("%d orders", n)
			}
			form := alone.sent()
			for _, code := range pec.TermCodes() {
				form = append(form, "accetto-"+code, "1")
			}
			v.follow(v.post(path, form...).must(303)).must(200).says("La casella è Pro da subito. Il 01/10/2018 si chiude, se prima non è pagato un ordine di rinnovo.")
		})
	}
}

// TestEInvoiceDataAreCheckedFieldByField on every form that takes them: both
// fields wrong at once, each with its sentence and marked, and nothing typed is
// lost.
func TestEInvoiceDataAreCheckedFieldByField(t *testing.T) {
	s := areaSite(t, threeKinds)
	ids := s.proBoxes()
	s.pays(10000)
	both := []string{"id", fmt.Sprint(ids[0]), "id", fmt.Sprint(ids[1])}
	for _, row := range []struct {
		role Role
		page string
		more []string
	}{
		{Member, fmt.Sprint("/area/rinnovo?casella=", ids[0]), nil},
		{Member, "/area/rinnovi", both},
		{Secretariat, "/ordini/rinnovo?casella=studio1@pec.ordine.example", nil},
		{Secretariat, fmt.Sprint("/iscritti/", s.member, "/rinnovi"), both},
	} {
		t.Run(row.page, func(t *testing.T) {
			v := s.as(row.role)
			path, _, _ := strings.Cut(row.page, "?")
			page := v.get(row.page).must(200)
			a := v.post(path, append(page.sent("recipient_code", "ABC", "recipient_pec", "elena.example"), row.more...)...).must(422)
			a.says("Il codice destinatario ha 7 lettere o cifre", "«elena.example» non è un indirizzo PEC.")
			for field, typed := range map[string]string{"recipient_code": "ABC", "recipient_pec": "elena.example"} {
				n := a.find("input", "id", field)
				if !strings.Contains(attribute(n, "class"), "is-invalid") || attribute(n, "value") != typed {
					t.Errorf("%s: class %q, value %q", field, attribute(n, "class"), attribute(n, "value"))
				}
			}
			v.post(path, append(page.sent("recipient_code", "ABC1234", "recipient_pec", "elena@fatture.example"), row.more...)...).must(422).
				says("Indichi il codice destinatario oppure la PEC, non tutti e due.")
		})
	}
	if n := s.countOrders(); n != 0 {
		t.Errorf("%d orders", n)
	}
}

// TestOnlyWhatCanBeChangedIsOffered: an order of renewal fixes the services, while
// it waits and once it is paid.
func TestOnlyWhatCanBeChangedIsOffered(t *testing.T) {
	s := areaSite(t, twoKinds)
	s.becomesPro()
	s.pays(10000)
	s.buys(2)
	s.buys(1)
	kept, off := s.services()[0].ID, s.services()[1].ID
	if err := s.office.ChangeService(t.Context(), "prova", office.ServiceChange{ServiceID: off}); err != nil {
		t.Fatal(err)
	}
	v, clerk := s.as(Member), s.as(Secretariat)
	own, theirs := func(id int64) string { return fmt.Sprint("/area/servizi/", id) }, func(id int64) string { return fmt.Sprint("/servizi/", id) }
	v.get("/area").must(200).says("Disattiva il rinnovo o riduci la quantità", "Riattiva il rinnovo")
	v.get(own(kept)).must(200).says("Quantità dal prossimo rinnovo", "1 GB, 3,05 € per un anno")

	const besides = "Fanno eccezione quelli di una casella che si rinnova solo con un ordine di rinnovo"
	v.get("/area/preferenze").must(200).says(besides, "; si rinnova solo con un ordine di rinnovo della casella", "; rinnovo disattivato")
	clerk.get(theirs(kept)).must(200).says(besides)

	wish := office.RenewalRequest{Address: s.address, Wish: pec.RenewalWish{Kind: "pro", Years: 3}}
	order, err := s.office.OrderRenewal(t.Context(), "prova", wish) // 3 × (20,00 + 2 × 2,50) + IVA = 91,50; 100,00 - 9,15 are there
	if err != nil || order.Missing != 65 {
		t.Fatal(err, order.Missing)
	}
	for page, who := range map[string]*visitor{"/area/rinnovo": v, "/ordini/rinnovo?casella=" + s.address: clerk, "/ordini/nuovo?casella=" + s.address: clerk} {
		to := fmt.Sprint("/ordini/", order.Order.ID)
		if who == v {
			to = "/area" + to
		}
		if link := who.get(page).must(200).says("in attesa di pagamento: lo paghi o lo annulli").find("a", "href", to); link == nil {
			t.Errorf("%s has no link to the order", page)
		}
	}
	const waits = "C’è un ordine di rinnovo in attesa di pagamento che comprende i servizi com’erano"
	v.get("/area").must(200).says(waits).saysNot("Disattiva il rinnovo", "Riattiva il rinnovo")
	for _, id := range []int64{kept, off} {
		v.get(own(id)).must(200).says("Non c’è nulla da scegliere", waits).saysNot("Salva la scelta")
		clerk.get(theirs(id)).must(200).says(waits).saysNot("Salva la scelta")
	}

	s.pays(65)
	v.get("/area").must(200).says("Il rinnovo della casella è già pagato e non comprende questo servizio: termina il 01/10/2018.", "Disattiva il rinnovo").saysNot("riduci la quantità", "Riattiva il rinnovo")
	v.get(own(off)).must(200).says("Non c’è nulla da scegliere", "non comprende questo servizio")
	for _, page := range []string{own(kept), theirs(kept)} {
		who := v
		if page == theirs(kept) {
			who = clerk
		}
		a := who.get(page).must(200).says("Il rinnovo è già pagato: la quantità si potrà cambiare dal 02/10/2018.", "Salva la scelta").saysNot("Quantità dal prossimo rinnovo")
		if err := a.wellFormed(); err != nil {
			t.Error(err)
		}
		who.post(page, "auto_renew", "1", "next_quantity", "1").must(422).says("la quantità si potrà cambiare dal 02/10/2018")
		who.post(page, "auto_renew", "1").must(303)
	}
}
