package web

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func TestPersonalDataAsAFile(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	v := s.as(Secretariat)
	page := fmt.Sprint("/iscritti/", s.member)
	v.get(page+"/dati-personali").must(200).says("Copia per l’interessato", "Scarica il file", "È ancora nell’albo", "Fino al 15/06/2028, dieci anni dall’ultimo movimento")
	a := v.post(page + "/dati-personali").must(200)
	if !bytes.HasPrefix(a.body, []byte("PK")) || a.header.Get("Content-Disposition") != `attachment; filename="dati-personali-A15266.zip"` {
		t.Errorf("%s, %d bytes", a.header.Get("Content-Disposition"), len(a.body))
	}
	v.get(page+"/registro").must(200).says("Dati personali scaricati", "Giulia Ferretti")
	for _, role := range []Role{ReadOnly, Treasurer, Member} {
		v := s.as(role)
		v.get(page + "/dati-personali").must(403)
		v.post(page + "/dati-personali").must(403)
		v.get(page + "/cancellazione").must(403)
		v.post(page+"/cancellazione", "reason", "x").must(403)
	}

	// The member takes the same file from their own area.
	own := s.as(Member)
	own.get("/area/dati").must(200).says("Scarica i miei dati")
	if a := own.post("/area/dati/file").must(200); !bytes.HasPrefix(a.body, []byte("PK")) || !strings.Contains(a.header.Get("Content-Disposition"), "dati-personali.zip") {
		t.Errorf("%s", a.header.Get("Content-Disposition"))
	}
	v.get(page + "/registro").must(200).says("L’iscritto, dalla sua area")
	v.post("/area/dati/file").must(403)
}

func TestErasureIsReviewedAndShown(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	page := fmt.Sprint("/iscritti/", s.member)
	v.get(page+"/cancellazione").must(200).says("Non ancora. È ancora nell’albo", "E-mail").saysNot("Cancella i recapiti")
	v.post(page+"/cancellazione", "reason", "PEC").must(422).says("È ancora nell’albo")

	leaver := s.enrol(pec.Member{RegistrationNumber: "A9", Surname: "Neri", Name: "Ugo", Status: pec.MemberCancelled, LeftOn: pec.Day("2018-01-01"), City: "Borgo", Email: "ugo@posta.example"})[0]
	page = fmt.Sprint("/iscritti/", leaver)
	v.get(page+"/cancellazione").must(200).says("Comune", "E-mail", "Denaro: nessun movimento.", "Cancella i recapiti").saysNot("Telefono")
	v.post(page+"/cancellazione", "reason", "").must(422).says("Scriva come e quando è arrivata la richiesta.")
	form := []string{"reason", "PEC del 10/06/2018"}
	v.follow(v.post(page+"/cancellazione", form...).must(303)).must(200).says("I recapiti sono cancellati.", "Recapiti cancellati su richiesta", "Motivo: PEC del 10/06/2018.").
		saysNot("ugo@posta.example", "Borgo")
	v.follow(v.post(page+"/cancellazione", form...).must(303)).must(200).says("I recapiti erano già cancellati.")
	v.get(page+"/dati-personali").must(200).says("I recapiti sono stati cancellati il 15/06/2018.", "Cancellati il 15/06/2018 su richiesta")
	s.look(func(tx *db.ReadTx) error {
		m, err := tx.Member(leaver)
		if m.Email != "" || m.City != "" || m.Surname != "Neri" {
			t.Errorf("%+v", m.Member)
		}
		return err
	})
}

func TestMergedPositionHasNoPagesOfItsOwn(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	gone := s.twiceEntered()
	if _, err := s.office.MergeMembers(t.Context(), "prova", office.Merge{Keep: s.member, Gone: gone}); err != nil {
		t.Fatal(err)
	}
	v := s.as(Secretariat)
	for _, address := range []string{"", "/dati-personali", "/cancellazione"} {
		if a := v.get(fmt.Sprint("/iscritti/", gone, address)); a.location != fmt.Sprint("/iscritti/", s.member) {
			t.Errorf("%q leads to %q", address, a.location)
		}
	}
}

func TestPersonalPagesInBrowser(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	leaver := s.enrol(pec.Member{RegistrationNumber: "A9", Surname: "Neri", Name: "Ugo", Status: pec.MemberCancelled, LeftOn: pec.Day("2018-01-01"), City: "Borgo", Email: "ugo@posta.example"})[0]
	v := s.as(Secretariat)
	s.inBrowser(t,
		v.page("dati-personali", fmt.Sprint("/iscritti/", s.member, "/dati-personali")),
		v.page("cancellazione", fmt.Sprint("/iscritti/", leaver, "/cancellazione")),
		s.as(Member).page("area-dati", "/area/dati"),
	)
}
