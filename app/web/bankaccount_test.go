package web

import "testing"

func TestTheIBANIsWrittenOnceAndReadByWhoPays(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	member := s.as(Member)
	form := member.get("/area/acquisto?quantity=2").must(200)
	order := member.post("/area/acquisto", form.purchaseFields()...).must(303).location
	for _, page := range []string{"/area/ricarica", order} {
		member.get(page).must(200).says("L’IBAN lo chieda alla segreteria: qui non è scritto.", "intestato a «Ordine degli Ingegneri della Provincia di Valdoro»", "PEC A15266 Morandi Elena")
	}

	v := s.as(Treasurer)
	v.get("/amministrazione").must(200).says("Conto per i bonifici Manca", "Da scrivere")
	const page = "/amministrazione/conto"
	typed := []string{"iban", "IT60 X054 2811 1010 0000 0123 457", "holder", "Ordine, conto servizi", "bank", "Banca di Valdoro", "reason", "Servizi PEC"}
	v.get(page).must(200).says("La causale comincia con")
	a := v.post(page, typed...).must(422).says("Le cifre di controllo dell’IBAN non tornano")
	for i := 0; i < len(typed); i += 2 {
		if a.find("input", "name", typed[i], "value", typed[i+1]) == nil {
			t.Errorf("what was typed as %s is lost", typed[i])
		}
	}
	typed[1] = "it60 x054 2811 1010 0000 0123 456"
	if v.follow(v.post(page, typed...).must(303)).says("Conto salvato.").find("input", "value", "IT60 X054 2811 1010 0000 0123 456") == nil {
		t.Error("the page does not show the IBAN")
	}
	for _, page := range []string{"/area/ricarica", order} {
		member.get(page).must(200).says("IBAN IT60 X054 2811 1010 0000 0123 456", "Intestato a Ordine, conto servizi", "Banca Banca di Valdoro", "Causale Servizi PEC A15266 Morandi Elena").saysNot("chieda alla segreteria")
	}
	v.get("/amministrazione").must(200).says("Conto per i bonifici Scritto", "IT60 X054 2811 1010 0000 0123 456")
	s.as(Administrator).get("/amministrazione/registro").must(200).says("Conto per i bonifici cambiato")

	v.follow(v.post(page, "iban", "").must(303)).says("Non c’è più un conto.")
	member.get("/area/ricarica").must(200).says("L’IBAN lo chieda alla segreteria")
	s.as(ReadOnly).get(page).must(403)
	s.as(ReadOnly).post(page, typed...).must(403)
}
