package web

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// requests asks for a mailbox for each new member and returns the mailboxes.
func (s *testSite) requests(members ...pec.Member) (boxes []int64) {
	s.t.Helper()
	list, _, err := s.office.ProvisionMembers(context.Background(), "operatore:"+roleEmails[Secretariat], "", s.enrol(members...), false)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, p := range list {
		boxes = append(boxes, p.MailboxID)
	}
	return boxes
}

func TestMailboxesAreListedByStatus(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"}, pec.Member{RegistrationNumber: "A11", Surname: "Verdi", Name: "Ugo"})
	v := s.as(ReadOnly)
	v.get("/caselle").must(200).says("3 caselle", "Tutte 3", "In attesa 2", "Attive 1", "ada.neri@pec.ordine.example", s.address)
	v.get("/caselle?stato=outstanding").must(200).says("2 caselle", "ada.neri@pec.ordine.example", "richiesta oggi").saysNot(s.address, "Registra le attivazioni")
	v.get("/caselle?q=verdi").must(200).says("ugo.verdi@pec.ordine.example").saysNot("ada.neri@")
	v.get("/caselle?q=zzz").must(200).says("Nessuna casella trovata")
	v.get("/caselle?stato=closed").must(200).says("Nessuna casella in questo stato")

	// 15/06/2018 is 108 days before the expiry; 03/07/2018 is 90.
	v.get("/caselle?stato=expiring").must(200).says("Nessuna casella in scadenza")
	s.on("2018-07-03")
	v = s.as(ReadOnly)
	v.get("/caselle?stato=expiring").must(200).says(s.address, "01/10/2018", "fra 90 giorni")

	a := v.get("/caselle/esporta?stato=outstanding&formato=csv").must(200)
	if body := string(a.body); !strings.Contains(body, "ada.neri@pec.ordine.example;") || strings.Contains(body, s.address) {
		t.Errorf("the file does not hold just what is listed: %s", body)
	} else if !strings.Contains(body, ";Standard;") || strings.Contains(body, ";standard;") {
		t.Errorf("the kind is not called by its name: %s", body)
	}
}

// TestMailboxOfALeaverTellsWhenItCloses: left and registered on 15/06/2018, with
// 60 days of grace it closes on 14/08/2018, before the expiry of 01/10/2018.
func TestMailboxOfALeaverTellsWhenItCloses(t *testing.T) {
	s := areaSite(t, strings.Replace(fullYearAgreement, `"policy"`, `"leaver_grace_days": 60, "policy"`, 1))
	v := s.as(Secretariat)
	v.get(fmt.Sprint("/caselle/", s.mailbox)).must(200).says("Attiva Attiva dal 01/10/2017", "Scadenza 01/10/2018", "Si rinnova da sola Per 1 anno")
	v.post(fmt.Sprintf("/iscritti/%d/stato", s.member), "status", "cancelled", "on", "15/06/2018", "reason", "Delibera 12").must(303)
	v.get("/caselle").must(200).says("14/08/2018", "Si chiudono 1").saysNot("01/10/2018")
	v.get("/caselle?stato=closing").must(200).says("1 casella", s.address)
	v.get("/iscritti?stato=").must(200).says("Si chiude 14/08/2018 fra 60 giorni").saysNot("01/10/2018")
	v.get("/iscritti?casella=closing").must(200).says("1 iscritto", "Casella che si chiude", s.address)
	v.get("/iscritti?entro=60").must(200).says(s.address)
	v.get("/iscritti?scade_dal=01/10/2018").must(200).saysNot(s.address)
	if csv := string(v.get("/iscritti/elenco.csv?colonne=scadenza&scade_al=14/08/2018").must(200).body); !strings.Contains(csv, "Morandi Elena;cancellato;14/08/2018") {
		t.Errorf("the file says %q", csv)
	}
	v.get(fmt.Sprint("/iscritti/", s.member)).must(200).says("Scadenza 14/08/2018 fra 60 giorni, era il 01/10/2018")
	v.get(fmt.Sprint("/caselle/", s.mailbox)).must(200).says("Stato Si chiude il 14/08/2018 Attiva dal 01/10/2017", "Scadenza 14/08/2018 fra 60 giorni, era il 01/10/2018",
		"Alla scadenza Si chiude il 14/08/2018 Titolare non più iscritto all’albo").saysNot("Per 1 anno")
}

func TestMailboxListIsEmptyAndSaysWhatToDo(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"})
	v := s.as(Secretariat)
	s.enrol(pec.Member{RegistrationNumber: "A11", Surname: "Verdi", Name: "Ugo"})
	a := v.get("/caselle").must(200).says("Richiedi 1 casella…")
	var request string
	for _, link := range a.links() {
		if strings.HasPrefix(link, "/iscritti/caselle") {
			request = link
		}
	}
	v.get(request).must(200).says("ugo.verdi@pec.ordine.example", "Richiedi 1 casella").saysNot("ada.neri@", "Per 1 iscritto")
}

func TestActivationsAreReviewedAndRegistered(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	boxes := s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"}, pec.Member{RegistrationNumber: "A11", Surname: "Verdi", Name: "Ugo"})
	v := s.as(Secretariat)
	if a := v.get("/caselle/attivazioni"); a.location != "/caselle?stato=outstanding" {
		t.Errorf("nothing chosen leads to %q", a.location)
	}
	v.get("/caselle?stato=outstanding").must(200).says("Registra le attivazioni…")
	// 5,00 € net and 22 % VAT are 6,10 € each.
	a := v.get(fmt.Sprintf("/caselle/attivazioni?id=%d&id=%d&id=%d", boxes[0], boxes[1], s.mailbox)).must(200).
		says("Nulla è ancora scritto", "15/06/2019", "6,10 €", "12,20 €", "Registra 2 attivazioni", "1 casella non si può attivare", "è attiva: si attiva solo una casella richiesta")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	if n := s.mailboxes(pec.MailboxActive); n != 1 {
		t.Fatalf("the review activated mailboxes: %d are active", n)
	}
	form := []string{"on", "15/06/2018", "id", fmt.Sprint(boxes[0]), "id", fmt.Sprint(boxes[1])}
	v.follow(v.post("/caselle/attivazioni", form...).must(303)).must(200).says("2 caselle attivate.", "ada.neri@pec.ordine.example")
	v.post("/caselle/attivazioni", form...).must(422).says("si attiva solo una casella richiesta")
	if n := s.mailboxes(pec.MailboxActive); n != 3 {
		t.Errorf("%d mailboxes are active, want 3", n)
	}
}

func TestOneActivationForATermOfYears(t *testing.T) {
	s := areaSite(t, strings.Replace(fullYearAgreement, `"terms": [1]`, `"terms": [3, 1]`, 1))
	box := s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"})[0]
	v := s.as(Secretariat)
	page := fmt.Sprint("/caselle/", box)
	v.get(page).must(200).says("Registra l’attivazione…", "Richiesta il 15/06/2018")
	// Three years: 15,00 € + 3,30 € = 18,30 €.
	v.get(page+"/attivazione").must(200).says("1 anno, fino al 15/06/2019", "5,00 € + IVA 1,10 € = 6,10 €", "3 anni, fino al 15/06/2021", "15,00 € + IVA 3,30 € = 18,30 €")
	v.post(page+"/attivazione", "on", "15/06/2018", "years", "2").must(422).says("non prevede una durata di 2 anni")
	v.post(page+"/attivazione", "on", "15/06/2018", "years", "").must(422)
	v.follow(v.post(page+"/attivazione", "on", "15/06/2018", "years", "3").must(303)).must(200).
		says("Casella attiva dal 15/06/2018.", "Scade il 15/06/2021.", "Casella attivata fino al 15/06/2021", "A carico dell’Ordine, 18,30 €.", "Giulia Ferretti").saysNot("Registra l’attivazione…")
	v.get(page + "/attivazione").must(200).says("Non si può attivare.")
	v.post(page+"/attivazione", "on", "15/06/2018", "years", "1").must(422).says("si attiva solo una casella richiesta")
}

// TestActivationsOfAPastDay: requested on 15/06/2018, activated on the 18th and
// registered on the 20th, when the dearer agreement of the 19th is in force:
// 6,10 € for each, not 7,32 €.
func TestActivationsOfAPastDay(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	boxes := s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"}, pec.Member{RegistrationNumber: "A11", Surname: "Verdi", Name: "Ugo"})
	s.on("2018-06-17")
	boxes = append(boxes, s.requests(pec.Member{RegistrationNumber: "A12", Surname: "Bianchi", Name: "Lia"})...)
	var dearer pec.Agreement
	if err := json.Unmarshal([]byte(fullYearAgreement), &dearer); err != nil {
		t.Fatal(err)
	}
	dearer.StartsOn, dearer.Kinds[0].YearlyPrice = pec.Day("2018-06-19"), 600
	if _, err := s.office.SetAgreement(context.Background(), "prova", dearer); err != nil {
		t.Fatal(err)
	}
	s.on("2018-06-20")
	v := s.as(Secretariat)
	one := fmt.Sprintf("/caselle/%d/attivazione", boxes[0])
	v.get(one).must(200).says("1 anno, fino al 20/06/2019", "= 7,32 €", "Aggiorna durata e costi")
	v.post(one, "on", "18/06/2018", "years", "1", "shown", "20/06/2018", "action", "quote").must(200).says("1 anno, fino al 18/06/2019", "= 6,10 €")
	v.post(one, "on", "18/06/2018", "years", "1", "shown", "20/06/2018").must(422).says("Il giorno è cambiato: ecco durata e costi dal 18/06/2018.", "= 6,10 €")
	v.post(one, "on", "21/06/2018", "years", "1").must(422).says("deve ancora venire")
	v.post(one, "on", "14/06/2018", "years", "1").must(422).says("è stata richiesta il 15/06/2018")
	v.post(one, "on", "14/06/2018", "action", "quote").must(200).says("è stata richiesta il 15/06/2018").saysNot("Per quanto tempo")
	v.post(one, "on", "ieri", "years", "1").must(422).says("Giorno dell’attivazione")
	v.post(one, "years", "1").must(422).says("Scriva una data")
	v.follow(v.post(one, "on", "18/06/2018", "years", "1", "shown", "18/06/2018").must(303)).says("Casella attiva dal 18/06/2018.", "Scade il 18/06/2019.", "A carico dell’Ordine, 6,10 €.")

	many := fmt.Sprintf("/caselle/attivazioni?id=%d&id=%d", boxes[1], boxes[2])
	v.get(many).must(200).says("14,64 €", "Registra 2 attivazioni", "le abbia attivate il 20/06/2018")
	a := v.post("/caselle/attivazioni", "on", "16/06/2018", "id", fmt.Sprint(boxes[1]), "id", fmt.Sprint(boxes[2]), "action", "quote").must(200).
		says("Registra 1 attivazione", "16/06/2019", "è stata richiesta il 17/06/2018")
	if a.find("input", "name", "other") == nil {
		t.Error("the one left out is forgotten")
	}
	both := []string{"on", "18/06/2018", "id", fmt.Sprint(boxes[1]), "other", fmt.Sprint(boxes[2])}
	v.post("/caselle/attivazioni", append(both, "action", "quote")...).must(200).says("12,20 €", "Registra 2 attivazioni")
	v.post("/caselle/attivazioni", append(both, "shown", "16/06/2018")...).must(422).says("Il giorno è cambiato", "12,20 €")
	v.post("/caselle/attivazioni", "on", "16/06/2018", "id", fmt.Sprint(boxes[1]), "id", fmt.Sprint(boxes[2])).must(422).says("è stata richiesta il 17/06/2018")
	v.follow(v.post("/caselle/attivazioni", "on", "18/06/2018", "id", fmt.Sprint(boxes[1]), "id", fmt.Sprint(boxes[2])).must(303)).says("2 caselle attivate.")
	v.get(fmt.Sprint("/caselle/", boxes[2])).must(200).says("Attiva dal 18/06/2018", "A carico dell’Ordine, 6,10 €.")
}

// TestMailboxPageIsALineOfTime follows a mailbox from its request to its end:
// what was is dated and signed, what is to come has a hollow dot.
func TestMailboxPageIsALineOfTime(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	box := s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada", Sex: "F"})[0]
	page, address := fmt.Sprint("/caselle/", box), "ada.neri@pec.ordine.example"
	clerk := "operatore:" + roleEmails[Secretariat]
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.office.Activate(context.Background(), clerk, address, 0)
	must(err)
	_, err = s.office.TopUp(context.Background(), clerk, office.Payment{Address: address, Method: pec.ByBankTransfer, Reference: "CRO1", Amount: 610})
	must(err)
	s.on("2018-12-01")
	_, err = s.office.Order(context.Background(), clerk, office.Purchase{Address: address, Product: pec.InboxGB, Quantity: 2})
	must(err)
	v := s.as(ReadOnly)
	a := v.get(page).must(200).says("titolare Neri Ada", "Casella richiesta", "Casella attivata fino al 15/06/2019", "Acquisto: 2 GB in più", "6,10 € dal credito",
		"Rinnovo della casella fino al 15/06/2020", "Cessa: 2 GB in più (credito insufficiente)", "Mancano 6,10 €", "3 GB in tutto", "Si rinnova da sola")
	if a.find("div", "class", "point-list-aside next") == nil {
		t.Error("what is to come has no hollow dot")
	}

	s.on("2019-06-20")
	_, err = s.office.Renew(context.Background(), office.ActorNight, pec.Day("2019-06-19"))
	must(err)
	v = s.as(ReadOnly) // the session of December is over
	v.get(page).must(200).says("Casella rinnovata fino al 15/06/2020", "Programma, di notte", "Servizio cessato: 2 GB in più", "Credito insufficiente.",
		"A carico dell’Ordine", "12,20 €").saysNot("Mancano")

	_, err = s.office.ChangeMemberStatus(context.Background(), clerk, s.holder(box), office.StatusChange{Status: pec.MemberCancelled, On: pec.Day("2019-04-01"), Reason: "Delibera 3"})
	must(err)
	v.get(page).must(200).says("si chiude il 20/06/2019, oggi", "Si chiude")
	_, err = s.office.Renew(context.Background(), office.ActorNight, pec.Day("2019-06-20"))
	must(err)
	v.get(page).must(200).says("Casella chiusa", "Titolare non più iscritto all’albo.", "Chiusa").saysNot("In arrivo")
	v.get("/caselle?stato=closed").must(200).says(address, "chiusa il 20/06/2019")
	v.get("/caselle/999999").must(404)
}

func (s *testSite) holder(box int64) (member int64) {
	s.look(func(tx *db.ReadTx) error {
		m, err := tx.Mailbox(box)
		member = m.MemberID
		return err
	})
	return member
}

func TestReaderRegistersNoActivation(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	box := s.requests(pec.Member{RegistrationNumber: "A10", Surname: "Neri", Name: "Ada"})[0]
	for _, role := range []Role{ReadOnly, Treasurer, Member} {
		v := s.as(role)
		v.post("/caselle/attivazioni", "id", fmt.Sprint(box)).must(403)
		v.post(fmt.Sprint("/caselle/", box, "/attivazione"), "years", "1").must(403)
	}
	s.as(ReadOnly).get(fmt.Sprint("/caselle/", box)).must(200).saysNot("Registra l’attivazione")
	s.as(Member).get(fmt.Sprint("/caselle/", box)).must(403)
	if n := s.mailboxes(pec.MailboxRequested); n != 1 {
		t.Errorf("%d mailboxes are requested, want 1", n)
	}
}
