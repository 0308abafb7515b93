package web

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"golang.org/x/net/html"
)

// card returns the text of the desk's card with a title, and where it leads.
func (a *answer) card(title string) (text, href string) {
	a.t.Helper()
	for _, n := range a.all("article") {
		if !strings.Contains(textOf(n), title) {
			continue
		}
		for d := range n.Descendants() {
			if d.Type == html.ElementNode && d.Data == "a" {
				href = attribute(d, "href")
			}
		}
		return textOf(n), href
	}
	a.t.Fatalf("no card %q: %s", title, a.text())
	return "", ""
}

// TestNoAgreementInForceIsSaidFirst on the desk, and where a mailbox would be
// activated.
func TestNoAgreementInForceIsSaidFirst(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	a := s.as(Administrator).get("/").must(200).says("Manca una convenzione in vigore.", "Aggiunga la convenzione")
	if a.find("a", "href", "/convenzioni/nuova") == nil {
		t.Error("no link to a new agreement")
	}
	if s.as(ReadOnly).get("/").must(200).says("Manca una convenzione in vigore.").find("a", "href", "/convenzioni/nuova") != nil {
		t.Error("a link that leads to a refusal")
	}
	box := s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"})[0]
	v := s.as(Secretariat)
	v.get(fmt.Sprintf("/caselle/%d/attivazione", box)).must(200).says("Non si può attivare.", "non c’è una convenzione in vigore").saysNot("Per quanto tempo")
	v.get(fmt.Sprintf("/caselle/%d", box)).must(200).says("Titolare Neri Ada").saysNot("Tipologia ,")
	s.agree(fullYearAgreement)
	v.get("/").must(200).says("Costo per l’Ordine fino al 30/06/2019").saysNot("Manca una convenzione")
	v.get(fmt.Sprintf("/caselle/%d/attivazione", box)).must(200).says("Per quanto tempo")
	v.get("/rinnovi").must(200).says("Rinnovi fino al 30/06/2019")
}

// TestWhoCannotMakeABackupIsNotAskedTo: the clerks are.
func TestWhoCannotMakeABackupIsNotAskedTo(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	for _, role := range []Role{Administrator, Secretariat} {
		s.as(role).get("/").must(200).says("ne faccia una oggi")
	}
	for _, role := range []Role{Treasurer, ReadOnly} {
		s.as(role).get("/").must(200).says("lo dica alla segreteria").saysNot("ne faccia una oggi")
	}
}

func TestWordsAgreeWithTheirFigures(t *testing.T) {
	if got := importSum(office.ImportReport{Rows: 1, Created: 1}); got != "1 + 0 + 0 + 0 = 1 riga letta: nessuna è stata persa." {
		t.Error(got)
	}
	for method, words := range map[pec.TopUpMethod]string{pec.ByCounter: "allo sportello", pec.ByBankTransfer: "con bonifico", pec.ByPagoPA: "con pagoPA"} {
		if got := byMethod(method); got != words {
			t.Errorf("%s: %q, want %q", method, got, words)
		}
	}
}

func TestDeskTellsWhatNeedsDoing(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	s.buys(2) // 6,10 €; on E the 3,90 € left lack 2,20 €
	s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"}, pec.Member{RegistrationNumber: "A11", Surname: "Verdi", Name: "Ugo"})
	s.enrol(pec.Member{RegistrationNumber: "A12", Surname: "Rossi", Name: "Ivo"}, pec.Member{RegistrationNumber: "A13", Surname: "Bruni", Name: "Pia", OwnPEC: "pia@pecmail.example"})
	s.on("2018-07-03") // 90 days before the expiry of 01/10/2018
	s.buys(1)          // free window from 01/07: nothing to pay, 3,05 € at the renewal
	v := s.as(ReadOnly)
	a := v.get("/").must(200).says("Martedì 3 luglio 2018 · 5 iscritti all’albo · 1 casella attiva")
	for _, tt := range []struct{ title, text, href string }{
		{"Caselle da richiedere", "1 Iscritti senza casella", "/iscritti?casella=to_request"},
		{"In attesa di attivazione", "2 La prima richiesta è del 15/06/2018, 18 giorni fa", "/caselle?stato=outstanding"},
		{"In scadenza entro 90 giorni", "1 Fino al 01/10/2018: 1 si rinnova da sola", "/caselle?stato=expiring"},
		// 2 GB at 6,10 € end with 3,90 €, 1 GB at 3,05 € is renewed: 9,15 − 3,90 = 5,25 € are missing.
		{"Servizi che cesseranno", "1 Da avvisare: 1 Per credito insufficiente, entro 90 giorni. A 1 iscritto mancano 5,25 €", "*"},
	} {
		text, href := a.card(tt.title)
		if !strings.Contains(text, plainSpaces(tt.text)) || tt.href != "*" && href != tt.href {
			t.Errorf("the card says %q and leads to %q, want %q and %q", text, href, tt.text, tt.href)
		}
		if href != "" {
			v.get(href).must(200)
		}
	}
	v.get("/caselle?stato=expiring").must(200).says("1 casella", s.address)
}

// TestDeskAndRenewalsTellTheSame: on 15/07/2018 one mailbox expires within 90
// days and another does not, but its holder left: with 60 days of grace it closes
// on 13/09. Of two services one lacks credit and one is not wanted any more.
func TestDeskAndRenewalsTellTheSame(t *testing.T) {
	s := areaSite(t, strings.Replace(fullYearAgreement, `"policy"`, `"leaver_grace_days": 60, "policy"`, 1))
	gone, _ := s.neighbour("B7", "Berti", "Ugo", "2019-03-01")
	s.on("2018-07-15")
	s.pays(100)
	s.buys(2)
	s.buys(1) // both in the free window of the expiry of 01/10/2018
	if err := s.office.ChangeService(context.Background(), "prova", office.ServiceChange{ServiceID: s.services()[1].ID}); err != nil {
		t.Fatal(err)
	}
	v := s.as(Secretariat)
	v.post(fmt.Sprintf("/iscritti/%d/stato", gone), "status", "cancelled", "on", "15/07/2018", "reason", "Delibera 12").must(303)
	desk := v.get("/").must(200)
	if text, _ := desk.card("In scadenza entro 90 giorni"); !strings.Contains(text, plainSpaces("2 Fino al 13/10/2018: 1 si rinnova da sola, 1 si chiude")) {
		t.Errorf("the card says %q", text)
	}
	v.get("/caselle?stato=expiring").must(200).says("2 caselle", s.address, "ugo.berti@pec.ordine.example", "13/09/2018")
	v.get("/rinnovi").must(200).says("Caselle rinnovate 1 Caselle chiuse 1", "Servizi che cessano 2 di cui per credito insufficiente 1", "Vedi il servizio a cui manca il credito")
	if text, _ := desk.card("Servizi che cesseranno"); !strings.Contains(text, "1 Da avvisare: 1") {
		t.Errorf("the card says %q", text)
	}
}

func TestDeskCountsWaitingOrders(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(ReadOnly)
	if text, _ := v.get("/").must(200).card("Ordini in attesa"); !strings.Contains(text, "0 Nessun acquisto aspetta") {
		t.Errorf("without orders the card says %q", text)
	}
	s.buys(2)
	if text, _ := v.get("/").must(200).card("Ordini in attesa"); !strings.Contains(text, plainSpaces("1 Per 6,10 € . È del 15/06/2018")) {
		t.Errorf("with an order the card says %q", text)
	}
}

// TestDeskDrawsTheYear: the mailbox of 01/10/2018 costs 6,10 € in October; of
// the two others one is paid in June next year, and a leaver's costs nothing.
func TestDeskDrawsTheYear(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	boxes := s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"}, pec.Member{RegistrationNumber: "A11", Surname: "Verdi", Name: "Ugo"})
	s.on("2018-06-20")
	if _, err := s.office.ActivateMany(context.Background(), "prova", boxes, s.office.Today()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.office.ChangeMemberStatus(context.Background(), "prova", s.holder(boxes[1]), office.StatusChange{Status: pec.MemberTransferred, On: pec.Day("2018-06-20"), Reason: "x"}); err != nil {
		t.Fatal(err)
	}
	s.on("2018-07-01")
	a := s.as(ReadOnly).get("/").must(200)
	rows := map[string]string{}
	for _, n := range a.all("tr") {
		text := textOf(n)
		if i := strings.LastIndex(text, " 201"); i > 0 && i < 5 {
			rows[text[:8]] += text[8:] + ";"
		}
	}
	for month, want := range map[string]string{
		"giu 2018": " 3;",        // active at the end of June; the year ahead begins in July
		"mag 2018": " 1;",        //
		"set 2017": " 0;",        // Elena's began in October
		"ott 2018": " 1 6,10 €;", //
		"giu 2019": " 1 6,10 €;", //
		"lug 2018": " 0 0,00 €;", //
		"ott 2017": " 1;",        //
		"ago 2018": " 0 0,00 €;", // the leaver's closes, at nobody's expense
	} {
		if rows[month] != want {
			t.Errorf("%s: %q, want %q", month, rows[month], want)
		}
	}
	a.says("12,20 € IVA compresa", "Totale 2 12,20 €", "3 in più da agosto 2017")
}

func TestDeskTellsWhatTheProgramDid(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Administrator)
	v.get("/").must(200).says("Ultimo salvataggio Mai", "Ultimi rinnovi Mai", "Ultima importazione dell’albo Mai")
	s.write(func(tx *db.Tx) error { // a copy is tried, and its books must be whole
		return firstPeriod(tx, s.mailbox, pec.Day("2017-10-01"), pec.Day("2018-10-01"))
	})
	if err := s.office.Backup(context.Background(), "prova", filepath.Join(t.TempDir(), "copia.db")); err != nil {
		t.Fatal(err)
	}
	s.on("2018-10-02")
	if _, err := s.office.Renew(context.Background(), office.ActorNight, pec.Day("2018-10-01")); err != nil {
		t.Fatal(err)
	}
	file := "Numero;Cognome;Nome;Codice fiscale\nA10;Neri;Ada;\n"
	if _, err := s.office.WriteImport(context.Background(), "operatore:"+roleEmails[Secretariat], office.ImportMembers, office.ImportFile{Name: "albo.csv", Data: []byte(file)}, "", false); err != nil {
		t.Fatal(err)
	}
	v = s.as(Administrator)
	v.get("/").must(200).says("Ultimo salvataggio 15/06/2018", "109 giorni fa, copia provata", "Ultimi rinnovi 02/10/2018", "1 casella rinnovata, nessun errore",
		"Ultima importazione dell’albo 02/10/2018", "Giulia Ferretti, albo.csv")
}

func TestDeskWithoutAnAgreementAndForWhom(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.on("2018-07-03")
	s.as(ReadOnly).get("/").must(200).says("1 iscritto all’albo", "Nessun acquisto aspetta", "per 1 manca la convenzione")
	if a := s.as(Member).get("/"); a.location != "/area" {
		t.Errorf("a member who asks for the desk is sent to %q", a.location)
	}
	if a := s.anyone().get("/"); !strings.HasPrefix(a.location, "/accesso") {
		t.Errorf("who is not signed in is sent to %q", a.location)
	}
}

// TestRegisterPagesInABrowser opens the desk, the register and the mailboxes
// as a clerk sees them.
func TestRegisterPagesInABrowser(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	s.buys(2)
	box := s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"}, pec.Member{RegistrationNumber: "A11", Surname: "Verdi", Name: "Ugo"})[0]
	ids := s.enrol(pec.Member{RegistrationNumber: "A12", Surname: "Rossi", Name: "Ivo", OwnPEC: "ivo@pecmail.example"})
	v := s.as(Secretariat)
	member, off := fmt.Sprint("/iscritti/", s.member), false
	plain := v.page("iscritti-senza-script", "/iscritti?casella=without")
	plain.Script = &off
	wrong, review, reviews := v.page("stato-errori", member+"/stato"), v.page("stato", member+"/stato"), v.page("stato-molti-esame", "/iscritti/stato?tutti=1")
	wrong.Status, wrong.Typed = 422, map[string]string{"status": "transferred", "on": "31/02/2018", "reason": "Delibera"}
	review.Typed = map[string]string{"status": "cancelled", "on": "01/06/2018", "reason": "Delibera"}
	reviews.Typed = review.Typed
	s.inBrowser(t, wrong,
		v.page("scrivania", "/"), v.page("iscritti", "/iscritti?stato=on_register"), plain, v.page("iscritto", member),
		review, v.page("accesso-iscritto", member+"/accesso"),
		v.page("iscritto-dati", member+"/dati"), v.page("iscritto-nuovo", "/iscritti/nuovo"), v.page("iscritti-filtri", "/iscritti?entro=200&colonne=numero,sezione,iscrizione,comune,scadenza"),
		v.page("elenco-nuovo", "/iscritti/elenchi/nuovo?entro=90"), v.page("elenco-salvato", fmt.Sprint("/iscritti/elenchi/", s.savedListSample())), v.page("elenco-elimina", fmt.Sprint("/iscritti/elenchi/", s.savedListSample(), "/elimina")),
		v.page("azioni", "/iscritti/azioni?tutti=1"), v.page("stato-molti", "/iscritti/stato?tutti=1&stato=active"), reviews,
		v.page("richiesta", fmt.Sprint("/iscritti/caselle?id=", ids[0], "&id=", s.member)),
		v.page("caselle", "/caselle"), v.page("casella", fmt.Sprint("/caselle/", s.mailbox)), v.page("attivazione", fmt.Sprint("/caselle/", box, "/attivazione")),
	)
}

// firstPeriod writes the term that a mailbox of the tests began with, and its
// charge.
func firstPeriod(tx *db.Tx, mailbox int64, from, to pec.Date) error {
	p := db.Period{MailboxID: mailbox, StartsOn: from, EndsOn: to, Origin: "activation"}
	id, err := tx.AddPeriod(p)
	if err != nil {
		return err
	}
	agreements, err := tx.Agreements()
	if err != nil {
		return err
	}
	a, ok := pec.InForce(agreements, from)
	if !ok {
		return nil
	}
	kind, _ := a.Kind("standard")
	return tx.AddCharge(id, p, a.ID, a.KindPrice(kind, 1))
}
