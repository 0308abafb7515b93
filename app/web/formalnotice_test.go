package web

import (
	"fmt"
	"testing"

	"albopec/app/pec"
)

func TestFormalNoticesAreFollowed(t *testing.T) {
	s := newTestSite(t, "2018-12-01")
	rossi := s.enters(pec.Member{RegistrationNumber: "A2", Surname: "Rossi", Name: "Mario", TaxCode: "RSSMRA80A01H501U", Address: "Via Po 1", City: "Valdoro", PostalCode: "38100", Province: "TN"})
	verdi := s.enters(pec.Member{RegistrationNumber: "A3", Surname: "Verdi", Name: "Pia", TaxCode: "VRDPIA80A41H501I", Address: "Via Po 2", City: "Valdoro", PostalCode: "38100", Province: "TN"})
	v := s.as(Secretariat)
	v.get("/domicilio/diffide").must(200).says("Nessuna diffida", "Vada all’elenco")
	list := v.get("/domicilio").must(200).says("Rossi Mario A2 Mai comunicata", "Prepara le diffide")
	if err := list.wellFormed(); err != nil {
		t.Error(err)
	}
	page := v.get(fmt.Sprintf("/lettere/nuove?tipo=letter_diffida&id=%d&id=%d", rossi, verdi)).must(200)
	v.follow(v.post("/lettere/nuove", formOfPage(page)...)).must(200).says("2 lettere preparate.")
	v.get("/").must(200)
	a := v.get("/domicilio/diffide").must(200).says("2 diffide aperte, 0 per il Consiglio", "Verdi Pia PEC mai comunicata 2/2018", "Da inviare")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.post("/domicilio/diffide", "azione", "inviata", "on", "01/12/2018", "text", "raccomandata").must(422).says("Spunti almeno una diffida.")
	v.post("/domicilio/diffide", "azione", "inviata", "on", "01/12/2018", "id", "1").must(422).says("Scriva come è stata inviata")
	v.post("/domicilio/diffide", "azione", "inviata", "on", "31/31/2018", "id", "1").must(422).says("31/31/2018")
	review := v.post("/domicilio/diffide", "azione", "inviata", "on", "01/12/2018", "text", "raccomandata A/R", "id", "1", "id", "2").must(200).says("Non è ancora stato scritto nulla.", "Conferma per 2 diffide", "«raccomandata A/R»")
	if err := review.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get("/domicilio/diffide").says("Da inviare")
	form := formFields{"azione", "inviata", "on", "01/12/2018", "text", "raccomandata A/R", "id", "1", "id", "2"}
	v.follow(v.post("/domicilio/diffide/conferma", form...)).must(200).says("Registra l’invio: 2 diffide.", "inviata il 01/12/2018, raccomandata A/R")
	v.follow(v.post("/domicilio/diffide/conferma", form...)).must(200).says("Nulla è cambiato.")
	s.today = pec.Day("2018-12-10")
	v.post("/domicilio/diffide/conferma", "azione", "consegnata", "on", "10/12/2018", "id", "1", "id", "2").must(303)
	v.get("/domicilio/diffide?stato=running").must(200).says("fino al 09/01/2019", "fra 30 giorni")
	s.today = pec.Day("2019-01-10")
	v.get("/domicilio/diffide?stato=due").must(200).says("bozza per il Consiglio", "2 diffide aperte, 2 per il Consiglio")
	v.get("/").must(200).says("Diffide per il Consiglio 2 Da deliberare")
	v.get("/domicilio/diffide/esporta?stato=due&formato=pdf").prints("Diffide per il Consiglio (bozza)", "Rossi", "09/01/2019")
	v.post("/domicilio/diffide", "azione", "sospendi", "on", "10/01/2019", "text", "delibera 1", "id", "1").must(200).says("Lo stato nell’albo diventa «sospeso» da quel giorno.")
	v.post("/domicilio/diffide/conferma", "azione", "sospendi", "on", "10/01/2019", "text", "delibera 1", "id", "1").must(303)
	v.get(fmt.Sprint("/iscritti/", rossi)).must(200).says("Sospeso", "Diffida: iscritto sospeso Delibera 1.", "10 dic Diffida consegnata", "01 dic Diffida inviata Raccomandata A/R.")
	v.get(fmt.Sprint("/iscritti/", rossi, "/registro")).must(200).says("Diffida: iscritto sospeso")
	v.post("/domicilio/diffide/conferma", "azione", "sospendi", "on", "09/01/2019", "text", "delibera 1", "id", "2").must(303) // the last of her days
	v.get("/domicilio").must(200).says("Rossi Mario sospeso dall’albo").saysNot("sospesa dall’albo")
	v.post("/domicilio/diffide/conferma", "azione", "sospendi", "on", "10/01/2019", "text", "delibera 1", "id", "2").must(303)
	v.get("/domicilio").must(200).says("Verdi Pia sospesa dall’albo")
	s.as(ReadOnly).get("/domicilio/diffide").must(200).saysNot("Con le spuntate")
}
