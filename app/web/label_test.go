package web

import (
	"fmt"
	"strings"
	"testing"

	"albopec/app/pec"
)

func TestLabelsLeaveOutWhoHasNoAddress(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	ids := s.postal(
		pec.Member{RegistrationNumber: "L1", Surname: "Zeta", Name: "Ada", Address: "Via Roma 1", PostalCode: "00100", City: "Valdoro"},
		pec.Member{RegistrationNumber: "L2", Surname: "Alfa", Name: "中", Address: "Via Roma 2", City: "Valdoro"},
		pec.Member{Surname: "Verdi", Name: "Ugo", RegistrationNumber: "L3"},
	)
	v := s.as(Secretariat)
	chosen := fmt.Sprintf("id=%d&id=%d&id=%d", ids[0], ids[1], ids[2])
	v.get("/iscritti/etichette?"+chosen).must(200).says("2 etichette di 70 × 36 mm", "1 iscritto resta fuori: manca l’indirizzo postale", "Verdi Ugo L3", "1 etichetta da guardare", "Alfa 中 Senza CAP. Un riquadro al posto di 中")
	v.get("/iscritti/etichette?da=24&" + chosen).must(200).says("2 fogli")
	v.get("/iscritti/etichette.pdf?da=25&" + chosen).must(422).says("Scriva un numero da 1 a 24")
	if text := v.get("/iscritti/etichette.pdf?da=24&" + chosen).poppler(); !strings.Contains(text, "Ada Zeta Via Roma 1 00100 Valdoro") || !strings.Contains(text, "中 Alfa") || strings.Contains(text, "Verdi") {
		t.Errorf("the labels say %s", text)
	}
	v.get("/iscritti/etichette.pdf?tutti=1&q=verdi").must(200).says("Nessuna etichetta da stampare.")
	v.follow(v.get("/iscritti/etichette").must(303)).says("Non ha scelto nessun iscritto.")
	if v.get("/iscritti/azioni?"+chosen).must(200).find("a", "href", "/iscritti/etichette?"+chosen) == nil {
		t.Error("no way from the actions on many")
	}
}
