package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"albopec/app/office"
	"albopec/app/pec"
)

// TestImportAndItsUndoAreToldAsSuch: the first file brings Mario Rossi in, the
// second changes his e-mail and is taken back.
func TestImportAndItsUndoAreToldAsSuch(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	v.imports(v.uploads(office.ImportMembers, "albo.csv", albo("A1;Rossi;Mario;RSSMRA85T10A562S;mario@posta.example"))).must(303)
	s.now = s.now.Add(time.Minute)
	v.imports(v.uploads(office.ImportMembers, "albo-2.csv", albo("A1;Rossi;Mario;RSSMRA85T10A562S;rossi@posta.example"))).must(303)
	s.now = s.now.Add(time.Minute)
	v.post("/importazioni/2/annulla").must(303)
	page := fmt.Sprint("/iscritti/", s.member+1)
	v.get(page).must(200).says("Iscritto importato Dal file albo.csv.", "Importazione 1",
		"Dati aggiornati dall’importazione dell’albo", "E-mail: mario@posta.example diventa rossi@posta.example",
		"Annullata l’importazione n. 2: tornano i dati di prima", "E-mail: rossi@posta.example diventa mario@posta.example", "Importazione 2").
		saysNot("Dati aggiornati E-mail")
}

// What is decided of a mailbox is on its line of time; a renewal paid ahead
// stands on the day it was paid, and the space added with it counts once.
func TestTimelineOfDecisions(t *testing.T) {
	s := areaSite(t, threeKinds)
	v := s.as(Secretariat)
	box := fmt.Sprint("/caselle/", s.mailbox)
	v.get(box + "/rinnovo")
	v.post(box+"/rinnovo", "auto_renew", "0").must(303)
	s.pays(20000)
	s.on("2018-06-20")
	v = s.as(Secretariat)
	a := v.get("/ordini/rinnovo?casella=" + s.address + "&kind=standard&years=1&added_gb=1").must(200)
	form := a.sent()
	v.post("/ordini/rinnovo", form...).must(303)
	v.get(box).must(200).says("15 giu Rinnovo automatico spento", "20 giu Rinnovo pagato in anticipo, dal 01/10/2018 al 01/10/2019", "Rinnovo: 1 × Casella Standard, 1 GB in più").
		saysNot("2 GB in più", "Casella rinnovata fino al 01/10/2019")
}

// Two GB are lowered to one for the next year: after the renewal, when the service
// has 1 GB, the history still says that it had two.
func TestHistorySaysHowMuchAServiceHadThen(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1220)
	s.buys(2)
	if err := s.office.ChangeService(t.Context(), "prova", office.ServiceChange{ServiceID: s.services()[0].ID, AutoRenew: true, NextQuantity: 1}); err != nil {
		t.Fatal(err)
	}
	page := fmt.Sprint("/caselle/", s.boxOf(s.address))
	told := "Servizio: dal prossimo rinnovo la quantità è 1 2 GB in più."
	s.as(Secretariat).get(page).must(200).says(told)
	s.on("2018-10-02")
	if _, err := s.office.Renew(t.Context(), "prova", pec.Day("2018-10-01")); err != nil {
		t.Fatal(err)
	}
	if got := s.services()[0].Quantity; got != 1 {
		t.Fatalf("%d GB after the renewal", got)
	}
	s.as(Secretariat).get(page).must(200).says(told).saysNot("la quantità è 1 1 GB")
}

// TestAnOrderIsCancelledAfterWhatCancelsIt: made at 9.00, its mailbox suspended at
// 10.00, cancelled by the payment of 11.00. The latest comes first.
func TestAnOrderIsCancelledAfterWhatCancelsIt(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.buys(3)
	s.now = s.now.Add(time.Hour)
	if _, err := s.office.SuspendMailbox(t.Context(), "prova", s.mailbox, "invii anomali"); err != nil {
		t.Fatal(err)
	}
	s.now = s.now.Add(time.Hour)
	s.pays(915)
	for _, page := range []string{fmt.Sprint("/iscritti/", s.member), fmt.Sprint("/caselle/", s.mailbox)} {
		text := s.as(Secretariat).get(page).must(200).text()
		last := -1
		for _, title := range []string{"Ordine annullato: 3 GB in più", "Ricarica di 9,15 €", "Casella sospesa"} {
			at := strings.Index(text, title)
			if at < 0 && title[0] == 'R' {
				continue // the mailbox's page has no payments
			}
			if at < last || at < 0 {
				t.Errorf("%s: %q is out of its place: %s", page, title, text)
			}
			last = at
		}
	}
}
