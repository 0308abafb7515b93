package web

import (
	"fmt"
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
