package web

import (
	"fmt"
	"strings"
	"testing"

	"albopec/app/pec"
)

// The pages of the digital domicile and of the comparison, with something on each.
func TestDomicileInTheBrowser(t *testing.T) {
	s := newTestSite(t, "2018-12-01")
	rossi := s.enters(pec.Member{RegistrationNumber: "A2", Surname: "Rossi", Name: "Mario", TaxCode: "RSSMRA80A01H501U", Address: "Via Po 1", City: "Valdoro", PostalCode: "38100", Province: "TN"})
	pia := s.enters(pec.Member{RegistrationNumber: "A3", Surname: "Verdi", Name: "Pia", TaxCode: "VRDPIA80A41H501I", OwnPEC: "pia.verdi.con.un.indirizzo.lungo@pec.professionisti-altrove.example", Address: "Via Po 2", City: "Valdoro"})
	s.enters(pec.Member{RegistrationNumber: "A4", Surname: "Ne;ri", Name: "Ugo", TaxCode: "NREGUO80A01H501S", OwnPEC: "ugo@pec.altrove.example", Address: "Via Po 2", City: "Valdoro"})
	v := s.as(Administrator)
	v.follow(v.post("/lettere/nuove", formOfPage(v.get(fmt.Sprint("/lettere/nuove?tipo=letter_diffida&id=", rossi)).must(200))...)).must(200)
	inipec, reginde, comparison := s.indexSamples(), s.subjectSamples(), s.comparisonSamples()
	s.today = pec.Day("2018-12-05")
	v.post(fmt.Sprint("/iscritti/", pia, "/domicilio"), "azione", "pec", "fault", "expired", "reason", "lo dice il gestore").must(303)
	s.inBrowser(t,
		v.page("domicilio", "/domicilio"), v.page("diffide", "/domicilio/diffide"), v.page("inipec", "/domicilio/inipec"), v.page("inipec-file", inipec["/domicilio/inipec/:id"][0]),
		v.page("inipec-formato", "/domicilio/inipec/formato"), v.page("reginde", "/domicilio/reginde"), v.page("reginde-file", reginde["/domicilio/reginde/:id"][0]),
		v.page("reginde-impostazioni", "/domicilio/reginde/impostazioni"), v.page("iscritto-domicilio", fmt.Sprint("/iscritti/", pia, "/domicilio")), v.page("iscritto", fmt.Sprint("/iscritti/", pia)),
		v.page("confronti", "/confronto"), v.page("confronto", comparison["/confronto/:id"][0]), v.page("scrivania", "/"),
	)
}

// Going back puts no tick on a row: the browser would do so by the place, and the
// rows have changed since. On a phone the tick is in sight, too.
func TestTicksDoNotWanderInTheBrowser(t *testing.T) {
	s := newTestSite(t, "2018-07-02")
	s.indexFileOf(3)
	for i, code := range []string{"RSSMRA80A01H501U", "NREGUO80A01H501S"} {
		s.enters(pec.Member{RegistrationNumber: fmt.Sprint("B", i+1), Surname: "Senza", Name: "Pec", TaxCode: code, Address: "Via Po 1", City: "Valdoro", Province: "TN"})
	}
	s.enters(pec.Member{RegistrationNumber: "B5", Surname: "Bianchi", Name: "Anna", TaxCode: "BNCNNA80A41H501R", OwnPEC: "anna.bianchi@pec.altrove.example", Address: "Via Po 2", City: "Valdoro"})
	reginde, comparison := s.subjectSamples(), s.comparisonSamples()
	seen := s.play(t, "ticks.mjs", map[string]any{
		"password": testPassword, "clerk": roleEmails[Secretariat], "script": true, "audited": "segreteria",
		"lists":   []string{"/domicilio", "/iscritti", reginde["/domicilio/reginde/:id"][0], comparison["/confronto/:id"][0]},
		"reginde": reginde["/domicilio/reginde/:id"][0],
	})
	for _, row := range []struct {
		page  string
		words string
	}{
		{"segreteria, respinta", "1 esito registrato."},
		{"segreteria, ancora", "Non c’è nulla di spuntato: nulla è cambiato."},
		{"segreteria, dopo", "Aa02 Pia nuova posizione Accettata , riga 2 2 · inserimento Respinta PEC non attiva"},
		{"segreteria, dopo", "Aa03 Pia nuova posizione Respinta , riga 3 2 · inserimento In attesa"},
		{"segreteria, corretta", "1 esito registrato."},
		{"segreteria, riepilogo", "2 righe in attesa diventano accettate."},
		{"segreteria, confermato", "3 esiti registrati."},
		{"segreteria, a mano", "1 soggetto registrato come accettato."},
		{"segreteria, a mano ancora", "Spunti almeno un soggetto"},
	} {
		if text := plainSpaces(seen[row.page]); !strings.Contains(text, row.words) {
			t.Errorf("%s: %q is not on the page: %s", row.page, row.words, text)
		}
	}
}
