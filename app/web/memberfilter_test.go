package web

import "testing"

// A filter that cannot be read, or lies the wrong way round, is said and not in
// force.
func TestFiltersOfTheRegisterThatCannotBe(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(ReadOnly)
	for query, words := range map[string]string{
		"iscritti_dal=abc": "«abc»", "entro=99999999999": "Scriva un numero di giorni fra 0 e 3.660.", "entro=-1": "Scriva un numero di giorni",
		"scade_dal=31/12/2030&scade_al=01/01/2020": "Il periodo finisce prima di cominciare",
	} {
		v.get("/iscritti?" + query).must(422).says(words)
		v.get("/iscritti/elenco.csv?" + query).must(422).says(words)
	}
	v.get("/iscritti?iscritti_dal=abc").saysNot("Filtri attivi")
	v.get("/iscritti?entro=90").must(200).says("Scade entro 90")
}
