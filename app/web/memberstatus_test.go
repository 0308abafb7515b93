package web

import (
	"fmt"
	"strings"
	"testing"

	"albopec/app/pec"
)

func TestWholeListIsSuspendedFromTheListOn(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	var members []pec.Member
	for i := range 25 {
		members = append(members, pec.Member{RegistrationNumber: fmt.Sprint("B", i), Surname: fmt.Sprintf("Rossi %02d", i), Name: "Aldo", Section: "B", Sector: "c"})
	}
	s.enrol(members...) // 25 of section B beside Elena Morandi, 20 on a page
	v := s.as(Secretariat)
	list := v.get("/iscritti?gruppo=B%3Ac&casella=without&ordina=-numero&colonne=numero").must(200).says("25 di 26 iscritti")
	many := v.get(list.link("Azioni su tutti i 25")).must(200).says("Azioni su 25 iscritti")
	v.get(many.link("Cambia lo stato")).must(200).says("Cambia lo stato di 25 iscritti")
	if a := v.get(many.link("CSV")).must(200); strings.Count(string(a.body), "Rossi") != 25 || strings.Contains(string(a.body), "Morandi") {
		t.Errorf("the file does not hold the 25: %s", a.body)
	}
	v.get(many.link("Richiedi le caselle")).must(200).says("Richiedi 25 caselle")

	address := many.link("Cambia lo stato")
	review := v.review(address, "status=suspended&on=01/06/2018&reason=Delibera+7").must(200).says("Conferma: sospeso per 25 iscritti")
	v.post(address, append(formOfPage(review), "passo", "modifica")...).must(200).says("Cambia lo stato di 25 iscritti", "Continua")
	v.follow(v.post(address, formOfPage(review)...).must(303)).must(200).says("Stato cambiato per 25 iscritti.", "25 di 26 iscritti")
}

func TestWomanIsSpokenOfAsOne(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	v := s.as(Secretariat)
	page := fmt.Sprint("/iscritti/", s.member)
	v.post(page+"/stato", "status", "suspended", "on", "01/06/2018", "reason", "Delibera 7").must(303)
	many := fmt.Sprint("/iscritti/stato?id=", s.member)
	v.review(many, "status=cancelled&on=10/06/2018&reason=x").must(200).says("Morandi Elena A15266 Sospesa")
	v.review(many, "status=suspended&on=10/06/2018&reason=x").must(200).says("È già sospesa.")
	v.post(page+"/stato", "status", "transferred", "on", "10/06/2018", "to", "Ordine di Rieti", "reason", "Nulla osta").must(303)
	v.get(page).must(200).says("Stato: sospesa diventa trasferita")
	t.Run("money", func(t *testing.T) {
		v := s.as(Treasurer)
		v.get(fmt.Sprint("/credito/", s.member)).must(200).says("Stato Trasferita")
		v.get(fmt.Sprint("/credito/", s.member, "/rimborso")).must(200).says("Morandi Elena è trasferita dal 10/06/2018", "10,00 € a Morandi Elena, trasferita")
	})
}

// The last day of a suspension is 30/06/2018: on the next one it is announced.
func TestSuspensionThatIsOverIsAnnounced(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	page := fmt.Sprint("/iscritti/", s.member)
	v.post(page+"/stato", "status", "suspended", "on", "01/06/2018", "until", "30/06/2018", "reason", "Delibera 7").must(303)
	s.on("2018-06-30")
	v = s.as(Secretariat)
	v.get("/").must(200).saysNot("Sospensioni finite")
	v.get(page).must(200).saysNot("La sospensione doveva finire")
	v.get("/iscritti?stato=suspension_over").must(200).says("0 di 1 iscritto")
	s.on("2018-07-01")
	v = s.as(Secretariat)
	text, list := v.get("/").must(200).card("Sospensioni finite")
	if !strings.Contains(text, "1 Da verificare") {
		t.Errorf("the card says %q", text)
	}
	v.get(list).must(200).says("1 iscritto", "Sospensione finita", "Morandi Elena")
	a := v.get(page).must(200).says("La sospensione doveva finire il 30/06/2018.", "resta sospesa")
	if a.link("Cambi lo stato") != page+"/stato" {
		t.Error("the status is not led to")
	}
	s.as(ReadOnly).get(page).must(200).says("La sospensione doveva finire").saysNot("Cambi lo stato")
}

func TestStatusNeedsItsReason(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	for _, form := range []string{fmt.Sprint("/iscritti/", s.member, "/stato"), fmt.Sprint("/iscritti/stato?id=", s.member)} {
		field := v.get(form).must(200).find("input", "name", "reason")
		if _, required := attributeOf(field, "required"); !required {
			t.Errorf("%s does not say that the reason is needed", form)
		}
	}
}
