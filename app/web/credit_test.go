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

// leaverSample is, once made, a member who left with 5,00 € of credit.
func (s *testSite) leaverSample() (member int64) {
	s.t.Helper()
	s.look(func(tx *db.ReadTx) error {
		list, err := tx.CreditList(db.CreditFilter{Only: "leavers"})
		for _, c := range list {
			member = c.MemberID
		}
		return err
	})
	if member != 0 {
		return member
	}
	day := s.today
	s.on("2018-06-15")
	member, _ = s.neighbour("C9", "Uscenti", "Rosa", "2018-12-20")
	_, err := s.office.TopUp(context.Background(), "operatore:giulia@ordine.example", office.Payment{MemberID: member, Amount: 500, Method: pec.ByCounter, Reference: "ricevuta di Rosa"})
	if err == nil {
		_, err = s.office.ChangeMemberStatus(context.Background(), "prova", member, office.StatusChange{Status: pec.MemberCancelled, On: s.today, Reason: "dimissioni"})
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.on(day.String())
	return member
}

// topUpEntry is a member's first top-up.
func (s *testSite) topUpEntry(member int64) (entry db.Entry) {
	s.t.Helper()
	s.look(func(tx *db.ReadTx) error {
		list, err := tx.Entries(member)
		if len(list) > 0 {
			entry = list[0]
		}
		return err
	})
	return entry
}

func (s *testSite) balance(member int64) (balance, claim pec.Cents) {
	s.t.Helper()
	s.look(func(tx *db.ReadTx) (err error) {
		if balance, err = tx.Balance(member); err != nil {
			return err
		}
		claim, err = tx.Claim(member)
		return err
	})
	return balance, claim
}

// TestTreasurerRegistersAPaymentOnce: the same method, reference and amount are
// the same payment however often they are sent (R15).
func TestTreasurerRegistersAPaymentOnce(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Treasurer)
	v.get("/credito").must(200).says("Nessun movimento", "Registra un pagamento")
	v.get("/credito/nuovo").must(200).says("Prima scelga l’iscritto")
	v.get("/credito/nuovo?q=elena").must(200).says("Morandi Elena", "A15266")
	v.get("/credito/nuovo?q=zzz").must(200).says("Nessun iscritto trovato")
	v.get("/credito/nuovo?casella=" + s.address).must(200).says("Per Morandi Elena")
	member := fmt.Sprint(s.member)
	if err := v.get("/credito/nuovo?iscritto=" + member + "&amount=12,20").must(200).wellFormed(); err != nil {
		t.Error(err)
	}
	pay := func(amount, method, reference string, more ...string) *answer {
		t.Helper()
		return v.post("/credito/nuovo", append([]string{"iscritto", member, "amount", amount, "method", method, "reference", reference}, more...)...)
	}
	v.follow(pay("1.234,50", "bank_transfer", " CRO  40217755103 ").must(303)).must(200).
		says("Registrati 1.234,50 € con bonifico.", "Il credito ora è 1.234,50 €.", "Estratto conto di Morandi Elena", "1 15/06/2018 Ricarica bonifico, CRO 40217755103 1.234,50 € – 1.234,50 € Paolo Marini")
	v.follow(pay("1.234,50", "bank_transfer", "CRO 40217755103").must(303)).says("Questo pagamento era già registrato.", "il credito è 1.234,50 €")

	a := pay("12,20", "bank_transfer", "CRO 40217755103").must(422)
	a.says("è già registrato il 15/06/2018 con un altro importo, 1.234,50 €")
	if attribute(a.find("input", "id", "reference"), "aria-invalid") != "true" || attribute(a.find("input", "id", "amount"), "value") != "12,20" {
		t.Error("the refusal is not beside the reference, or what was typed is gone")
	}
	a = pay("1.234", "", "").must(422)
	a.says("3 errori: Registra un pagamento", "non è chiaro se il punto separi le migliaia o i centesimi", "Scelga come è stato pagato.", "Scriva il riferimento")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	if balance, _ := s.balance(s.member); balance != 123450 {
		t.Errorf("the credit is %s", balance.Euro())
	}
	v.post("/credito/nuovo", "iscritto", "999", "amount", "1,00", "method", "counter", "reference", "x").must(404)
	a = pay("1,00", "pagopa", "abc").must(422).says("«abc» non è uno IUV")
	if field := a.find("input", "id", "reference"); attribute(field, "value") != "abc" || attribute(field, "aria-invalid") != "true" {
		t.Error("the IUV is not marked, or lost")
	}
}

// TestOnePaymentForTwoMembersIsConfirmed: a studio's transfer is taken for a
// second member after a warning, a pagoPA never.
func TestOnePaymentForTwoMembersIsConfirmed(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	other, _ := s.neighbour("B2", "Conti", "Ada", "2018-12-20")
	v := s.as(Secretariat)
	pay := func(member int64, method string, more ...string) *answer {
		t.Helper()
		reference := map[string]string{"bank_transfer": "RIF 1", "pagopa": "3010 0000 0000 0001 01"}[method]
		return v.post("/credito/nuovo", append([]string{"iscritto", fmt.Sprint(member), "amount", "10,00", "method", method, "reference", reference}, more...)...)
	}
	pay(s.member, "bank_transfer").must(303)
	a := pay(other, "bank_transfer").must(422)
	a.says("è già servito per un altro iscritto", "Lo stesso pagamento vale per più iscritti")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	if balance, _ := s.balance(other); balance != 0 {
		t.Error("the warning has already taken the payment")
	}
	v.follow(pay(other, "bank_transfer", "even_if_shared", "1").must(303)).says("Registrati 10,00 € con bonifico.")
	pay(s.member, "pagopa").must(303)
	pay(other, "pagopa", "even_if_shared", "1").must(422).says("un pagamento di questo tipo vale per una persona sola")
}

// TestOneReferenceUnderTwoMethodsIsConfirmed: the IUV of a pagoPA for one member,
// then the same digits with spaces as a transfer for another.
func TestOneReferenceUnderTwoMethodsIsConfirmed(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	other, _ := s.neighbour("B2", "Conti", "Ada", "2018-12-20")
	v := s.as(Secretariat)
	v.post("/credito/nuovo", "iscritto", fmt.Sprint(s.member), "amount", "10,00", "method", "pagopa", "reference", "301000000000000101").must(303)
	pay := func(more ...string) *answer {
		t.Helper()
		return v.post("/credito/nuovo", append([]string{"iscritto", fmt.Sprint(other), "amount", "12,00", "method", "bank_transfer", "reference", "3010 0000 0000 0001 01"}, more...)...)
	}
	a := pay().must(422).says("Il riferimento «3010 0000 0000 0001 01» è già registrato il 15/06/2018 come pagoPA per Morandi Elena, 10,00 €. Se è un altro pagamento, lo confermi.", "È un altro pagamento con lo stesso riferimento: lo registri")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	if field := a.find("input", "id", "amount"); attribute(field, "value") != "12,00" {
		t.Error("what was typed is lost")
	}
	if balance, _ := s.balance(other); balance != 0 {
		t.Error("the question has already taken the payment")
	}
	v.follow(pay("even_if_other_method", "1").must(303)).says("Registrati 12,00 € con bonifico.")
	v.follow(pay().must(303)).says("Questo pagamento era già registrato.") // no question for what is there
	s.sound()
}

// What is missing, 6,10 € for 2 GB, is said beside the amount and put into it by a
// click only: what was paid may be another sum. A refused form says it again.
func TestWhatIsMissingIsNoAmountUntilItIsChosen(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.buys(2)
	v := s.as(Treasurer)
	amount := func(a *answer) string { return attribute(a.find("input", "id", "amount"), "value") }
	form := v.get(linkTo(v.get(fmt.Sprint("/ordini/", s.waitingOrder().ID)).must(200), "/credito/nuovo")).must(200)
	form.says("Mancano 6,10 €. Scrivi 6,10 € nell’importo")
	if got := amount(form); got != "" {
		t.Errorf("the amount is %q before anybody wrote it", got)
	}
	filled := v.get(linkTo(form, "amount=")).must(200).says("Mancano 6,10 €.")
	if got := amount(filled); got != "6,10" {
		t.Errorf("the amount is %q, want 6,10", got)
	}
	refused := v.post("/credito/nuovo", filled.sent("amount", "5", "reference", "")...).must(422).says("Mancano 6,10 €.")
	if got := amount(refused); got != "5" {
		t.Errorf("the amount typed, 5, is %q now", got)
	}
	v.get("/credito/nuovo?iscritto="+fmt.Sprint(s.member)+"&manca=molto").must(200).saysNot("nell’importo. ", "Mancano")
}

// TestReversedIUVIsConfirmedForAnother: 10,00 € of an IUV entered for Elena and
// reversed; they are Ada's.
func TestReversedIUVIsConfirmedForAnother(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	other, _ := s.neighbour("B2", "Conti", "Ada", "2018-12-20")
	v := s.as(Secretariat)
	pay := func(member int64, more ...string) *answer {
		t.Helper()
		return v.post("/credito/nuovo", append([]string{"iscritto", fmt.Sprint(member), "amount", "10,00", "method", "pagopa", "reference", "01000000000001234"}, more...)...)
	}
	pay(s.member).must(303)
	storno := fmt.Sprintf("/credito/movimenti/%d/storno", s.topUpEntry(s.member).ID)
	a := v.get(storno).must(200).says("con lo stesso riferimento, per l’iscritto di cui è")
	v.post(storno, "reason", "persona sbagliata", "seen", attribute(a.find("input", "name", "seen"), "value")).must(303)
	a = pay(other).must(422).says("per Morandi Elena, 10,00 €, e poi stornato. Se il pagamento c’è ed è di questo iscritto, lo confermi.", "lo registri di nuovo")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	if box := a.find("input", "id", "even_if_reversed"); box == nil || ticks(box) {
		t.Error("it is not asked, or answered already")
	}
	if balance, _ := s.balance(other); balance != 0 {
		t.Error("the warning has already taken the payment")
	}
	asked := attribute(a.find("input", "name", "stornata"), "value")
	pay(other, "even_if_reversed", "1").must(422).says("lo registri di nuovo") // of what, it does not say
	confirmed := []string{"even_if_reversed", "1", "stornata", asked}
	v.follow(pay(other, confirmed...).must(303)).says("Registrati 10,00 € con pagoPA.")
	v.follow(pay(other).must(303)).says("Questo pagamento era già registrato.")
	v.follow(pay(other, confirmed...).must(303)).says("Questo pagamento era già registrato.")
	pay(s.member, confirmed...).must(422).says("è già di un altro iscritto")

	// That too is reversed; a second window, or the first sent again, still has the
	// tick of before: it was about Elena's, and nothing more is entered by it.
	storno = fmt.Sprintf("/credito/movimenti/%d/storno", s.topUpEntry(other).ID)
	a = v.get(storno).must(200)
	v.post(storno, "reason", "era di Elena", "seen", attribute(a.find("input", "name", "seen"), "value")).must(303)
	a = pay(other, confirmed...).must(422).says("per Conti Ada, 10,00 €, e poi stornato.")
	if box := a.find("input", "id", "even_if_reversed"); box == nil || ticks(box) {
		t.Error("it is not asked anew")
	}
	if balance, _ := s.balance(other); balance != 0 {
		t.Errorf("the old tick has entered %s", balance)
	}
	v.follow(pay(s.member, "even_if_reversed", "1", "stornata", attribute(a.find("input", "name", "stornata"), "value")).must(303)).says("Registrati 10,00 € con pagoPA.")
	s.sound()
}

// TestReversedTransferIsEnteredWithTheRightAmount: a transfer of 1,00 € entered as
// 10,00 € and reversed comes in with its own CRO.
func TestReversedTransferIsEnteredWithTheRightAmount(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	pay := func(amount string, more ...string) *answer {
		t.Helper()
		return v.post("/credito/nuovo", append([]string{"iscritto", fmt.Sprint(s.member), "amount", amount, "method", "bank_transfer", "reference", "CRO 12345678901"}, more...)...)
	}
	pay("10,00").must(303)
	storno := fmt.Sprintf("/credito/movimenti/%d/storno", s.topUpEntry(s.member).ID)
	a := v.get(storno).must(200).says("con lo stesso riferimento, per l’iscritto di cui è e con l’importo giusto.").saysNot("con un altro riferimento")
	v.post(storno, "reason", "importo sbagliato", "seen", attribute(a.find("input", "name", "seen"), "value")).must(303)
	a = pay("1,00").must(422).says("per Morandi Elena, 10,00 €, e poi stornato. Se il pagamento c’è ed è di questo iscritto, lo confermi.").saysNot("più persone", "con un altro importo")
	if box := a.find("input", "id", "even_if_reversed"); box == nil || ticks(box) {
		t.Error("it is not asked, or answered already")
	}
	v.follow(pay("1,00", "even_if_reversed", "1", "stornata", attribute(a.find("input", "name", "stornata"), "value")).must(303)).says("Registrati 1,00 €")
	if balance, _ := s.balance(s.member); balance != 1_00 {
		t.Errorf("the credit is %s", balance)
	}
	s.sound()
}

// TestTopUpIsTakenBackByAnOppositeEntry: 6,10 € of 10,00 € are spent; 3,90 €
// come back and 6,10 € become a claim, which the next payment settles first.
func TestTopUpIsTakenBackByAnOppositeEntry(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	s.buys(2)
	entry := s.topUpEntry(s.member)
	address := fmt.Sprintf("/credito/movimenti/%d/storno", entry.ID)
	account := fmt.Sprintf("/credito/%d", s.member)
	v := s.as(Treasurer)
	a := v.get(address).must(200).says("Si toglie dal credito 3,90 €", "Diventa credito da recuperare dall’iscritto 6,10 €", "6,10 € sono già spesi.")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.post(address, "reason", "").must(422).says("Scriva perché la ricarica si storna")
	v.post(address, "reason", "Bonifico di un altro", "seen", "1000").must(422). // 10,00 € were there before the purchase
											says("Il credito è cambiato mentre la pagina era aperta: si toglierebbero 3,90 € e diventerebbero credito da recuperare dall’iscritto 6,10 €.", "Si toglie dal credito 3,90 €")
	v.follow(v.post(address, "reason", "Bonifico di un altro", "seen", "390").must(303)).must(200).
		says("Ricarica stornata.", "3,90 € tolti dal credito.", "6,10 € erano già spesi", "Ci sono 6,10 € da recuperare dall’iscritto.", "Ricarica Stornata", "3 15/06/2018 Storno", "Bonifico di un altro. Il resto non era più nel credito: sono da recuperare 6,10 € – 3,90 € 0,00 €").
		saysNot("Storna… la ricarica n. 1")
	v.get(address).must(422).says("è già stata stornata")
	v.follow(v.post(address, "reason", "Ancora", "seen", "390").must(303)).must(200).says("La ricarica è già stata stornata.", "Ci sono 6,10 € da recuperare").saysNot("Diventa credito da recuperare")
	if balance, claim := s.balance(s.member); balance != 0 || claim != 610 {
		t.Errorf("credit %s, claim %s", balance.Euro(), claim.Euro())
	}
	v.get("/credito?solo=claims").must(200).says("Credito da recuperare dagli iscritti 6,10 € Da recuperare", "Morandi Elena")
	s.as(Secretariat).get("/ordini/nuovo?casella=" + s.address).must(200).says("Credito da recuperare dall’iscritto: 6,10 €.").saysNot("Aggiorna il prezzo")
	v.follow(v.post("/credito/nuovo", "iscritto", fmt.Sprint(s.member), "amount", "10", "method", "counter", "reference", "r").must(303)).
		says("Sono stati saldati 6,10 € di credito da recuperare dall’iscritto.", "Il credito ora è 3,90 €.").saysNot("Ci sono 6,10 € da recuperare dall’iscritto")
	// Only top-ups are taken back this way.
	var spent int64
	s.look(func(tx *db.ReadTx) error {
		list, err := tx.Entries(s.member)
		spent = list[1].ID
		return err
	})
	v.get(fmt.Sprintf("/credito/movimenti/%d/storno", spent)).must(422).says("Si può stornare solo una ricarica.")
	v.get(account).must(200).says("Recupero credito", "Totale")
}

// TestReversalOfWhatIsAllSpentIsOnTheStatement: the ledger has no movement of
// 0,00 €, yet the account tells of it, wherever it is shown. The next payments
// settle it first, and say so.
func TestReversalOfWhatIsAllSpentIsOnTheStatement(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(610)
	s.buys(2)
	v := s.as(Treasurer)
	account := fmt.Sprintf("/credito/%d", s.member)
	address := fmt.Sprintf("/credito/movimenti/%d/storno", s.topUpEntry(s.member).ID)
	v.follow(v.post(address, "reason", "Storno della banca", "seen", "0").must(303)).must(200).says("0,00 € tolti dal credito.")
	why := "Storno della banca. Nel credito non c’era più nulla: non si è tolto nulla e sono da recuperare 6,10 €"
	a := v.get(account).must(200).says("2 movimenti", "Storno "+why, why+" – 0,00 € 0,00 €", "Totale 6,10 € 6,10 € 0,00 €", "Ricarica Stornata")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	s.now = s.now.Add(1e9)
	v.get(fmt.Sprint("/credito/nuovo?iscritto=", s.member)).must(200).says("Da recuperare dall’iscritto, saldato per primo 6,10 €")
	pay := func(amount, reference string) *answer {
		return v.follow(v.post("/credito/nuovo", "iscritto", fmt.Sprint(s.member), "amount", amount, "method", "counter", "reference", reference).must(303))
	}
	pay("2", "r1").says("Sono stati saldati 2,00 € di credito da recuperare dall’iscritto, ne restano 4,10 €.", "Il credito ora è 0,00 €.")
	s.now = s.now.Add(1e9)
	pay("10", "r2").says("Sono stati saldati 4,10 € di credito da recuperare dall’iscritto. Il credito ora è 5,90 €.")
	// In its place: after what it is of, before what settles it.
	v.get(account).must(200).says("6 movimenti", why+" – 0,00 € 0,00 €", "Registrato da")
	if text := v.get(account).text(); !inOrderIn(text, "Stornata", why, "sportello, r1", "sportello, r2") {
		t.Errorf("the reversal is not in its place: %s", text)
	}
	csv := string(v.get(account + "/esporta?formato=csv").must(200).body)
	if !strings.Contains(csv, "15/06/2018;Morandi Elena;;storno;;;"+strings.ReplaceAll(why, " €", "\u00a0€")+";;0,00;0,00;") {
		t.Errorf("export: %s", csv)
	}
	member := s.as(Member)
	member.get("/area/movimenti").must(200).says("Storno "+why, "0,00 €")
	s.as(Secretariat).get(fmt.Sprint("/iscritti/", s.member)).must(200).says("Storno di 0,00 €", why)
	for _, path := range []string{account + "/esporta", "/area/movimenti/esporta"} {
		who := v
		if strings.HasPrefix(path, "/area") {
			who = member
		}
		who.get(path+"?formato=pdf").prints("15/06/2018 Storno 0,00 € 0,00 €", "Nel credito non c’era più nulla: non si è tolto nulla")
		who.get(path).must(200)
	}
}

// inOrderIn reports whether words follow each other in a text.
func inOrderIn(text string, words ...string) bool {
	for _, w := range words {
		_, after, found := strings.Cut(text, w)
		if !found {
			return false
		}
		text = after
	}
	return true
}

// Of a woman, where that is known, the status is a woman's.
func TestStatusOfAWomanIsSaidOfAWoman(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	var ada int64
	s.write(func(tx *db.Tx) (err error) {
		ada, err = tx.AddMember(db.MemberRow{Member: pec.Member{RegistrationNumber: "C7", Surname: "Conti", Name: "Ada", Sex: "F", Status: pec.MemberActive}})
		return err
	})
	if _, err := s.office.TopUp(t.Context(), "prova", office.Payment{MemberID: ada, Amount: 500, Method: pec.ByCounter, Reference: "r7"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.office.ChangeMemberStatus(t.Context(), "prova", ada, office.StatusChange{Status: pec.MemberTransferred, On: s.today, To: "Ordine di Altrove", Reason: "trasferimento"}); err != nil {
		t.Fatal(err)
	}
	s.as(Treasurer).get("/credito?solo=leavers").must(200).says("Conti Ada C7 Trasferita").saysNot("C7 Trasferito")
}

// TestLeaverIsRefunded, and nobody who is on the register.
func TestLeaverIsRefunded(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	leaver := s.leaverSample()
	address := fmt.Sprintf("/credito/%d/rimborso", leaver)
	v := s.as(Treasurer)
	v.get("/credito?solo=leavers").must(200).says("Uscenti Rosa C9 Cancellato", "Totale di 1 iscritto 5,00 €")
	v.get(fmt.Sprintf("/credito/%d", leaver)).must(200).says("Rimborsa il credito…")
	if err := v.get(address).must(200).says("Da rimborsare 5,00 €").wellFormed(); err != nil {
		t.Error(err)
	}
	v.post(address, "reason", "", "seen", "500").must(422).says("Scriva a chi e come")
	v.post(address, "reason", "Bonifico del 15/06/2018", "seen", "200").must(422).says("Il credito è cambiato mentre la pagina era aperta: era 2,00 €, ora è 5,00 €", "Da rimborsare 5,00 €")
	v.follow(v.post(address, "reason", "Bonifico del 15/06/2018", "seen", "500").must(303)).says("Rimborsati 5,00 €.", "Rimborso Bonifico del 15/06/2018 – 5,00 € 0,00 €").saysNot("Rimborsa il credito…")
	v.get(address).must(422).says("Non c’è credito da rimborsare.")
	v.post(address, "reason", "Ancora", "seen", "500").must(422).says("Non c’è credito da rimborsare.")
	own := fmt.Sprintf("/credito/%d/rimborso", s.member)
	v.get(own).must(422).says("è ancora nell’albo")
	v.post(own, "reason", "No", "seen", "1000").must(422).says("è ancora nell’albo")
	if balance, _ := s.balance(s.member); balance != 1000 {
		t.Error("somebody on the register was refunded")
	}
}

// Of 10,00 € 3,05 € were spent; who left had the other 6,95 € back: all of it has
// to be recovered, and no word says that it was spent.
func TestReversalOfWhatWasRefundedDoesNotSayThatItWasSpent(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	s.buys(1)
	entry := s.topUpEntry(s.member)
	if _, err := s.office.ChangeMemberStatus(t.Context(), "prova", s.member, office.StatusChange{Status: pec.MemberCancelled, On: s.today, Reason: "dimissioni"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.office.Refund(t.Context(), "prova", s.member, 695, "bonifico"); err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("/credito/movimenti/%d/storno", entry.ID)
	v := s.as(Treasurer)
	v.get(address).must(200).says("10,00 € sono già spesi o rimborsati.")
	v.follow(v.post(address, "reason", "Storno della banca", "seen", "0").must(303)).must(200).
		says("10,00 € erano già spesi o rimborsati", "Storno della banca. Nel credito non c’era più nulla").saysNot("tutto speso")
}

// TestReaderAndMemberDoNotTouchMoney: the reader looks, a member of the desk's
// pages sees nothing.
func TestReaderAndMemberDoNotTouchMoney(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	storno := fmt.Sprintf("/credito/movimenti/%d/storno", s.topUpEntry(s.member).ID)
	account := fmt.Sprintf("/credito/%d", s.member)
	reader := s.as(ReadOnly)
	reader.get("/credito").must(200).says("Morandi Elena").saysNot("Registra un pagamento")
	reader.get(account).must(200).says("10,00 €").saysNot("Registra un pagamento", "Storna")
	for _, v := range []*visitor{reader, s.as(Member)} {
		v.get("/credito/nuovo").must(403)
		v.post("/credito/nuovo", "iscritto", fmt.Sprint(s.member), "amount", "1,00", "method", "counter", "reference", "x").must(403)
		v.get(storno).must(403)
		v.post(storno, "reason", "x").must(403)
		v.get(account + "/rimborso").must(403)
		v.post(account+"/rimborso", "reason", "x").must(403)
	}
	member := s.as(Member)
	for _, page := range []string{"/credito", account, account + "/esporta", "/credito/movimenti", "/ordini", "/servizi", "/rinnovi"} {
		member.get(page).must(403)
	}
	if balance, _ := s.balance(s.member); balance != 1000 {
		t.Error("somebody wrote")
	}
}

// TestLedgerIsListedAddedUpAndTakenAway, as it is on the page.
func TestLedgerIsListedAddedUpAndTakenAway(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	s.buys(2)
	s.leaverSample()
	v := s.as(ReadOnly)
	a := v.get("/credito").must(200).says("Credito degli iscritti 8,90 €", "Di chi è uscito dall’albo 5,00 €", "Totale di 2 iscritti 8,90 € 0,00 €", "Morandi Elena 15/06/2018 Ordine 2018/000001")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get("/credito?q=rosa").must(200).says("Totale di 1 iscritto 5,00 €")
	a = v.get("/credito/movimenti").must(200).says("3 movimenti: 15,00 € in entrata, 6,10 € in uscita", "– 6,10 € 3,90 €", "10,00 € – 10,00 €")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get("/credito/movimenti?tipo=order").must(200).says("1 movimento").saysNot("10,00 €")
	v.get("/credito/movimenti?dal=16/06/2018").must(200).says("Nessun movimento con questi filtri")
	v.get("/credito/movimenti?dal=boh").must(422).says("«boh» non è una data")
	v.get("/credito/movimenti?dal=16/06/2018&al=15/06/2018").must(422).says("Il periodo finisce prima di cominciare: controlli i due giorni.")
	csv := string(v.get("/credito/movimenti/esporta?formato=csv&tipo=order").must(200).body)
	if !strings.Contains(csv, "15/06/2018;Morandi Elena;2;ordine;2018/000001;;;;6,10;3,90;Giulia Ferretti") || strings.Contains(csv, "ricarica") {
		t.Errorf("export: %s", csv)
	}
	account := fmt.Sprintf("/credito/%d", s.member)
	a = v.get(account).must(200).says("Totale 10,00 € 6,10 € 3,90 €")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	file := v.get(account + "/esporta?formato=csv").must(200)
	if text := string(file.body); !strings.Contains(text, "15/06/2018;Morandi Elena;1;ricarica;;bonifico;") || strings.Contains(text, "Uscenti") {
		t.Errorf("the statement's export: %s", text)
	}
	if name := file.header.Get("Content-Disposition"); !strings.Contains(name, "estratto-conto-A15266.csv") {
		t.Errorf("the file is called %s", name)
	}
	if csv := string(v.get("/credito/esporta?formato=csv&solo=leavers").must(200).body); !strings.Contains(csv, "Uscenti Rosa;C9;cancellato;5,00;0,00;15/06/2018") || strings.Contains(csv, "Morandi") {
		t.Errorf("the accounts' export: %s", csv)
	}
	v.get("/credito/999").must(404)
	v.get("/credito/999/esporta").must(404)
}

func TestMoneyPagesInABrowser(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	s.buys(2)
	s.buys(2) // waits: 3,90 € are left
	v, own := s.as(Secretariat), s.as(Member)
	order := v.page("ordine", fmt.Sprintf("/ordini/%d", s.waitingOrder().ID))
	refused := v.page("ordini-nuovo-rifiutato", "/ordini/nuovo?casella="+s.address+"&product=inbox_gb&quantity=9")
	refused.Status = 422
	s.inBrowser(t, order, refused,
		v.page("ordini", "/ordini"),
		v.page("credito", "/credito"), v.page("estratto-conto", fmt.Sprintf("/credito/%d", s.member)),
		v.page("ordine-completato", fmt.Sprintf("/ordini/%d", s.entryOrder(s.member))), own.page("area-ordine", fmt.Sprintf("/area/ordini/%d", s.entryOrder(s.member))),
		own.page("area-movimenti", "/area/movimenti"),
		v.page("pagamento", fmt.Sprintf("/credito/nuovo?iscritto=%d", s.member)),
	)
}

func TestReasonOfAMovementIsASentence(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	v := s.as(Secretariat)
	v.post(fmt.Sprint("/credito/movimenti/", s.topUpEntry(s.member).ID, "/storno"), "reason", "Importo di Bernardi Paolo", "seen", "1000").must(303)
	v.get(fmt.Sprint("/iscritti/", s.member)).must(200).says("Importo di Bernardi Paolo. Credito 0,00 €.")
}
