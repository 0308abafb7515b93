package web

import (
	"fmt"
	"testing"
	"time"

	"albopec/app/office"
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
