package web

import (
	"fmt"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// shortSite is a site on 05/07/2018 where on 01/10/2018 Elena lacks 4,40 € for
// 2 GB, and Bruno, who has no e-mail, 3,05 € for 1 GB.
func shortSite(t *testing.T) *testSite {
	s := areaSite(t, fullYearAgreement)
	s.pays(780)
	s.buys(2) // 6,10 €: 1,70 € are left
	address := "bruno.verdi@pec.ordine.example"
	s.write(func(tx *db.Tx) error {
		id, err := tx.AddMember(db.MemberRow{Member: pec.Member{RegistrationNumber: "B7", Surname: "Verdi", Name: "Bruno", Status: pec.MemberActive}})
		if err != nil {
			return err
		}
		activated := pec.Day("2017-10-01")
		_, err = tx.AddMailbox(db.MailboxRow{Mailbox: pec.Mailbox{Address: address, MemberID: id, Kind: "standard", Status: pec.MailboxActive, RequestedOn: activated, SentOn: activated,
			ActivatedOn: activated, AnchorOn: activated, ExpiresOn: activated.AddYears(1), TermYears: 1, AutoRenew: true}})
		return err
	})
	if _, err := s.office.TopUp(t.Context(), "prova", office.Payment{Address: address, Amount: 305, Method: pec.ByCounter, Reference: "ricevuta 1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.office.Order(t.Context(), "prova", office.Purchase{Address: address, Product: pec.InboxGB, Quantity: 1}); err != nil {
		t.Fatal(err)
	}
	s.on("2018-07-05")
	return s
}

// written are the messages to who lacks credit.
func (s *testSite) written() (list []db.MessageListed) {
	s.t.Helper()
	s.look(func(tx *db.ReadTx) (err error) {
		list, err = tx.MessageList(db.MessageFilter{Kind: pec.MessageCreditShort})
		return err
	})
	return list
}

// TestAllWhoLackCreditAreWrittenAfterAReview, once, by e-mail or on paper.
func TestAllWhoLackCreditAreWrittenAfterAReview(t *testing.T) {
	s := shortSite(t)
	v := s.as(Secretariat)
	const page = "/servizi/a-rischio/avvisa"
	if v.get("/servizi/a-rischio").must(200).find("a", "href", page) == nil {
		t.Fatal("no way to write to all")
	}
	// 4,40 € gross are 3,61 € net, 3,05 € are 2,50 €.
	a := v.get(page).must(200).says("Non è ancora stato scritto nulla", "Morandi Elena 2 GB in più, il 01/10/2018 "+s.address+" 01/10/2018 elena@posta.example 3,61 € 4,40 €",
		"Verdi Bruno 1 GB in più, il 01/10/2018 bruno.verdi@pec.ordine.example 01/10/2018 Su carta 2,50 € 3,05 €", "2 iscritti 1 su carta 6,11 € 7,45 €", "Scrivi a 2 iscritti",
		"Il primo messaggio", "Credito insufficiente per il rinnovo del 01/10/2018", "Gentile Elena Morandi,", "Costo del rinnovo: 5,00 € + IVA 1,10 € = 6,10 €", "Credito disponibile: 1,70 €", "Manca: 4,40 €",
		"la causale «PEC A15266 Morandi Elena»")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	if len(s.written()) != 0 {
		t.Fatal("looking wrote something")
	}
	var form []string
	for _, n := range a.all("input") {
		if attribute(n, "name") == "id" && attribute(n, "type") == "hidden" {
			form = append(form, "id", attribute(n, "value"))
		}
	}
	told := v.post(page, form...).must(303)
	v.follow(told).must(200).says("2 messaggi preparati.", "Quelli per e-mail partono con il prossimo invio. 1 va su carta.", "Morandi Elena", "Credito insufficiente per il rinnovo")
	for page, card := range map[string]string{"/": "Servizi che cesseranno", "/servizi": "A rischio entro 90 giorni"} {
		if text, _ := v.get(page).must(200).card(card); !strings.Contains(text, "Già avvisati") {
			t.Errorf("%s says of them %q", page, text)
		}
	}
	v.get("/avvisi/carta").must(200).says("Verdi Bruno")
	v.follow(v.post(page, form...).must(303)).must(200).says("Nessun messaggio da scrivere.", "Un messaggio è già stato scritto il 05/07/2018")
	if n := len(s.written()); n != 2 {
		t.Errorf("%d messages", n)
	}
	a = v.get(page).must(200).says("Nessuno a cui scrivere", "2 iscritti restano fuori", "Morandi Elena Un messaggio è già stato scritto il 05/07/2018: si può scrivere di nuovo dal 12/07/2018.").saysNot("Scrivi a 0")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get(fmt.Sprint("/iscritti/", s.member)).must(200).says("Credito insufficiente per il rinnovo: da inviare")
	v.get(fmt.Sprintf("/iscritti/%d/registro", s.member)).must(200).says("Avvisato che il credito non basta")
}

// Who had the notice of the same expiry within the week is written to only if
// ticked: on 05/07 both had theirs, on 12/07 nobody.
func TestWhoHadANoticeIsWrittenOnlyIfTicked(t *testing.T) {
	s := shortSite(t)
	if done, err := s.office.RaiseNotices(t.Context(), "prova", false); err != nil || done.Raised != 2 {
		t.Fatalf("%+v, %v", done, err)
	}
	v := s.as(Secretariat)
	const page = "/servizi/a-rischio/avvisa"
	a := v.get(page).must(200).says("Hanno già ricevuto l’avviso di scadenza negli ultimi 7 giorni", "Morandi Elena Avviso del 05/07/2018; scadenza 01/10/2018, mancano 4,40 €",
		"Verdi Bruno Avviso del 05/07/2018; scadenza 01/10/2018, mancano 3,05 €, su carta", "Scrivi a chi è spuntato", "Gentile Elena Morandi,").saysNot("Nessuno a cui scrivere")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	ids := 0
	for _, n := range a.all("input") {
		if attribute(n, "name") == "id" {
			ids++
			if _, chosen := attributeOf(n, "checked"); chosen || attribute(n, "type") != "checkbox" {
				t.Error("somebody is chosen already")
			}
		}
	}
	if ids != 2 {
		t.Errorf("%d can be chosen", ids)
	}
	v.follow(v.post(page).must(303)).must(200).says("Nessuno è spuntato: non è stato scritto nulla.", "Scrivi a chi è spuntato").saysNot("Non c’è nessuno")
	v.follow(v.post(page, "id", fmt.Sprint(s.member)).must(303)).must(200).says("1 messaggio preparato.")
	v.get(page).must(200).says("1 iscritto resta fuori", "Verdi Bruno Avviso del 05/07/2018").saysNot("Morandi Elena Avviso")
	s.on("2018-07-12")
	s.as(Secretariat).get(page).must(200).says("Scrivi a 2 iscritti").saysNot("Hanno già ricevuto")
}

// TestWhoPaidAfterTheReviewIsNotWritten: the sums are those of the confirmation.
func TestWhoPaidAfterTheReviewIsNotWritten(t *testing.T) {
	s := shortSite(t)
	v := s.as(Administrator)
	v.get("/servizi/a-rischio/avvisa").must(200).says("Scrivi a 2 iscritti")
	s.pays(440)
	a := v.follow(v.post("/servizi/a-rischio/avvisa", "id", fmt.Sprint(s.member)).must(303)).must(200)
	a.says("Nessun messaggio da scrivere.", "1 iscritto resta fuori: Morandi Elena (Ora il credito basta).")
	v.follow(v.post("/servizi/a-rischio/avvisa").must(303)).must(200).says("Nessuno è spuntato: non è stato scritto nulla.")
	if n := len(s.written()); n != 0 {
		t.Errorf("%d messages", n)
	}
}

// TestTextOfTheMessageIsTheSecretariats, from the next message on.
func TestTextOfTheMessageIsTheSecretariats(t *testing.T) {
	s := shortSite(t)
	v := s.as(Secretariat)
	v.post("/avvisi/testi/credit_short", "subject", "Le mancano {{manca}}", "body", "{{nome}}, {{come_pagare}}").must(303)
	v.get("/servizi/a-rischio/avvisa").must(200).says("Le mancano 4,40 €")
	v.post("/servizi/a-rischio/avvisa", "id", fmt.Sprint(s.member)).must(303)
	if l := s.written()[0].Letter; !strings.HasPrefix(l.Text, "Elena Morandi, Ricarichi almeno 4,40") {
		t.Errorf("%+v", l)
	}
}

func TestOnlyClerksWriteToAll(t *testing.T) {
	s := shortSite(t)
	for _, role := range []Role{Treasurer, ReadOnly, Member} {
		v := s.as(role)
		v.get("/servizi/a-rischio/avvisa").must(403)
		v.post("/servizi/a-rischio/avvisa", "id", fmt.Sprint(s.member)).must(403)
		if role != Member {
			v.get("/servizi/a-rischio").must(200).saysNot("Scrivi a tutti")
		}
	}
	if n := len(s.written()); n != 0 {
		t.Errorf("%d messages", n)
	}
}

func TestReviewOfTheMessageInABrowser(t *testing.T) {
	s := shortSite(t)
	v := s.as(Secretariat)
	s.inBrowser(t, v.page("servizi-avvisa", "/servizi/a-rischio/avvisa"), v.page("servizi-a-rischio", "/servizi/a-rischio"), v.page("testo-credito", "/avvisi/testi/credit_short"))
}
