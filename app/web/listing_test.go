package web

import (
	"strings"
	"testing"
)

func TestListsAreTakenAwayAsPDF(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(ReadOnly)
	for page, export := range map[string]struct{ path, title, holds string }{
		"/iscritti":               {"/iscritti/elenco.pdf", "Iscritti", "A15266"},
		"/caselle?stato=active":   {"/caselle/esporta?formato=pdf", "Caselle", "MRNLNE80A41H501U"},
		"/credito":                {"/credito/esporta?formato=pdf", "Credito degli iscritti", "righe, al 01/07/2018"},
		"/credito/movimenti":      {"/credito/movimenti/esporta?formato=pdf", "Movimenti", "Registrato da"},
		"/ordini":                 {"/ordini/esporta?formato=pdf", "Ordini", "Che cosa"},
		"/servizi":                {"/servizi/esporta?formato=pdf", "Servizi", "righ"},
		"/rinnovi":                {"/rinnovi/esporta?formato=pdf", "Rinnovi fino al", "ott 2018"},
		"/rinnovi/elenco?tutti=1": {"/rinnovi/elenco/esporta?formato=pdf", "Rinnovi", "Morandi Elena"},
	} {
		v.get(page).must(200)
		a := v.get(export.path).must(200)
		if a.header.Get("Content-Type") != mimePDF || !strings.Contains(a.header.Get("Content-Disposition"), ".pdf") {
			t.Errorf("%s: %v", export.path, a.header)
			continue
		}
		a.prints("Ordine degli Ingegneri della Provincia di Valdoro", export.title, export.holds, "Pagina 1 di 1")
	}
	page := v.get("/caselle?stato=active").must(200)
	if page.find("a", "href", "/caselle/esporta?formato=pdf&stato=active") == nil {
		t.Error("the page of the mailboxes has no link to the PDF of its filter")
	}
	v.get("/iscritti/elenco.pdf?colonne=numero,cf").prints("Iscritti", "Morandi Elena", "MRNLNE80A41H501U", "1 riga")
}
