package web

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
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

// The page is for people, the JSON for programs: no code and no ISO day is in
// the first, and why somebody left is in it.
func TestPersonalPageIsInWords(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	s.buys(1)
	s.write(func(tx *db.Tx) error {
		for _, code := range pec.TermCodes() {
			if err := tx.AddAcceptance(s.member, code, pec.TermsVersion); err != nil {
				return err
			}
		}
		return nil
	})
	for _, change := range []office.StatusChange{
		{Status: pec.MemberSuspended, On: pec.Day("2018-06-01"), Until: pec.Day("2018-12-01"), Reason: "Morosità"},
		{Status: pec.MemberCancelled, On: pec.Day("2018-06-15"), Reason: "Dimissioni"},
	} {
		if _, err := s.office.ChangeMemberStatus(t.Context(), "prova", s.member, change); err != nil {
			t.Fatal(err)
		}
	}
	v := s.as(Secretariat)
	page := fmt.Sprint("/iscritti/", s.member, "/dati-personali")
	v.get(page).must(200).says("Condizioni generali, Clausola 4, durata e rinnovo")
	file := v.post(page).must(200).body
	readable, data := inZIP(t, file, "i-suoi-dati.html"), inZIP(t, file, "dati.json")
	for _, words := range []string{
		"<td>iscritto</td><td>sospeso</td>", "<td>sospeso</td><td>cancellato</td>", "<td>Data cancellazione</td><td>–</td><td>15/06/2018</td>",
		"da iscritto, a sospeso, dal 01/06/2018, fino al 01/12/2018, motivo: Morosità", "motivo: Dimissioni",
		"<td>Clausola 4, durata e rinnovo</td>", "<td>Standard</td>", "bonifico", "Spazio Extra Inbox",
	} {
		if !strings.Contains(readable, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	for _, code := range []string{"cancelled", "suspended", "clausola-4", "inbox_gb", "bank_transfer", "topup", "completed", ">standard<", "2018-06-15", "01/01/0001", "Posizione</th>"} {
		if strings.Contains(readable, code) {
			t.Errorf("the page says %q", code)
		}
	}
	for _, code := range []string{`"new": "cancelled"`, `"new": "2018-06-15"`, `"document": "clausola-4"`, `"kind": "standard"`, `"position": 1`} {
		if !strings.Contains(data, code) {
			t.Errorf("the data do not have %s", code)
		}
	}
}

// inZIP is the text of a file in an archive.
func inZIP(t *testing.T, archive []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := fs.ReadFile(z, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
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

// A leaver of 15/06/2018 keeps the mailbox until 14/08/2018, and then 10,00 € of
// credit: each stands before the erasure, and each is led to.
func TestErasureWaitsForTheClosingAndTheRefund(t *testing.T) {
	s := areaSite(t, strings.Replace(fullYearAgreement, `"policy"`, `"leaver_grace_days": 60, "policy"`, 1))
	s.pays(1000)
	v := s.as(Secretariat)
	page := fmt.Sprint("/iscritti/", s.member)
	refund := fmt.Sprint("/credito/", s.member, "/rimborso")
	if a := v.get(page).must(200).says("Acquista un servizio per conto suo"); a.link("Dati personali: copia e cancellazione") != page+"/dati-personali" {
		t.Error("the personal data are not led to")
	}
	review := v.review(page+"/stato", "status=cancelled&on=15/06/2018&reason=Delibera").must(200).says("Il credito di 10,00 € resta suo, finché non lo si rimborsa")
	if got := review.link("Rimborsa il credito"); got != refund {
		t.Errorf("the review leads to %q", got)
	}
	v.post(page+"/stato", "status", "cancelled", "on", "15/06/2018", "reason", "Delibera").must(303)
	v.get(page).must(200).saysNot("Acquista un servizio")
	v.get(page + "/cancellazione").must(200).says("Non ancora. La casella " + s.address + " si chiude il 14/08/2018: fino ad allora i recapiti servono.").saysNot("attiva")
	s.on("2018-08-20")
	v = s.as(Secretariat)
	if got := v.get(page + "/cancellazione").must(200).says("Restano 10,00 € di credito: prima vanno rimborsati.").link("Rimborsi il credito"); got != refund {
		t.Errorf("the refusal leads to %q", got)
	}
}

// A file that waits cannot be changed, and may hold what goes.
func TestErasureNamesTheFilesThatWait(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	leaver := s.enrol(pec.Member{RegistrationNumber: "A9", Surname: "Neri", Name: "Ugo", Status: pec.MemberCancelled, LeftOn: pec.Day("2018-01-01"), Email: "ugo@posta.example"})[0]
	v := s.as(Secretariat)
	page := fmt.Sprint("/iscritti/", leaver)
	v.get(page + "/cancellazione").must(200).saysNot("File in attesa")
	file := v.uploads("members", "albo giugno.csv", []byte("N. iscrizione;Cognome;Nome;E-mail\nA9;Neri;Ugo;ugo@posta.example\n"))
	v.uploads("services", "servizi.csv", []byte("Casella;Servizio;Quantità;Dal;Al\n"))
	a := v.get(page+"/cancellazione").must(200).says("File in attesa", "albo giugno.csv", "caricato il 15/06/2018", "lo importi o lo tolga").saysNot("servizi.csv")
	if !holdsLink(a, file) {
		t.Errorf("no link to %s", file)
	}
	v.follow(v.post(page+"/cancellazione", "reason", "PEC del 10/06/2018").must(303)).must(200).says("Può contenerli ancora 1 file in attesa in Importazioni")
	v.post(file + "/togli").must(303)
	v.get(page + "/cancellazione").must(200).saysNot("File in attesa")
}

func TestMergedPositionHasNoPagesOfItsOwn(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	gone := s.twiceEntered()
	if _, err := s.office.MergeMembers(t.Context(), "prova", office.Merge{Keep: s.member, Gone: gone}); err != nil {
		t.Fatal(err)
	}
	v := s.as(Secretariat)
	for _, address := range []string{"", "/dati-personali", "/cancellazione", "/dati", "/stato", "/stato?status=active&reason=Errore", "/accesso"} {
		if a := v.get(fmt.Sprint("/iscritti/", gone, address)); a.location != fmt.Sprint("/iscritti/", s.member) {
			t.Errorf("%q leads to %q", address, a.location)
		}
	}
	for _, address := range []string{"/dati", "/stato"} { // a form that was open before the merge
		a := v.post(fmt.Sprint("/iscritti/", gone, address), "surname", "Bianchi", "name", "Elena", "registration_number", "A15999", "status", "suspended", "on", "01/06/2018", "reason", "Delibera 5")
		if a.location != fmt.Sprint("/iscritti/", s.member) {
			t.Errorf("%q leads to %q", address, a.location)
		}
	}
	s.look(func(tx *db.ReadTx) error {
		if m, err := tx.Member(gone); err != nil || m.Surname != "Morandi" || m.Status != pec.MemberCancelled {
			t.Errorf("%+v, %v", m, err)
		}
		return nil
	})
}

func TestPersonalPagesInBrowser(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	leaver := s.enrol(pec.Member{RegistrationNumber: "A9", Surname: "Neri", Name: "Ugo", Status: pec.MemberCancelled, LeftOn: pec.Day("2018-01-01"), City: "Borgo", Email: "ugo@posta.example"})[0]
	v := s.as(Secretariat)
	v.uploads("members", "albo giugno.csv", []byte("N. iscrizione;Cognome;Nome;E-mail\nA9;Neri;Ugo;ugo@posta.example\n"))
	s.inBrowser(t,
		v.page("dati-personali", fmt.Sprint("/iscritti/", s.member, "/dati-personali")),
		v.page("cancellazione", fmt.Sprint("/iscritti/", leaver, "/cancellazione")),
		s.as(Member).page("area-dati", "/area/dati"),
	)
}
