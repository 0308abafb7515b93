package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// subjectSamples are the addresses of the register's pages: one file was made.
func (s *testSite) subjectSamples() map[string][]string {
	var files []db.SubjectFile
	s.write(func(tx *db.Tx) (err error) {
		files, err = tx.SubjectFiles(1)
		return err
	})
	if len(files) == 0 {
		s.enters(pec.Member{RegistrationNumber: "B98", Surname: "Serra", Name: "Ugo", TaxCode: "SRRGUO80A01H501J", OwnPEC: "ugo@pec.altrove.example", Address: "Via Po 1", City: "Valdoro"})
		if err := s.office.SetSubjectSettings(context.Background(), "prova", pec.SubjectSettings{BodyCode: "01234567897", Role: "Avvocato", FileName: pec.SubjectFileNames[0]}); err != nil {
			s.t.Fatal(err)
		}
		sent, err := s.office.SendSubjects(context.Background(), "prova", office.SubjectsWish{})
		if err != nil || sent.File.ID == 0 {
			s.t.Fatalf("%+v, %v", sent, err)
		}
		files = append(files, sent.File)
	}
	file := fmt.Sprint("/domicilio/reginde/", files[0].ID)
	return map[string][]string{
		"/domicilio/reginde/:id":        {file, file + "?dopo=1", file + "?prima=1"},
		"/domicilio/reginde/:id/file":   {file + "/file"},
		"/domicilio/reginde/:id/ritira": {file + "/ritira"},
	}
}

func TestRegisterIsToldByThePages(t *testing.T) {
	s := newTestSite(t, "2018-07-02")
	s.enters(pec.Member{RegistrationNumber: "A2", Surname: "Verdi", Name: "Pia", TaxCode: "VRDPIA80A41H501I", OwnPEC: "pia@pec.altrove.example", Address: "Via Po 1", City: "Valdoro", PostalCode: "W1A"})
	v := s.as(Secretariat)
	v.get("/domicilio/reginde").must(200).says("Manca il codice dell’ente.", "1 variazione da comunicare; il registro intero sarebbe di 1 soggetto", "Inserimento Nuovo soggetto Il CAP non sta nei limiti: resta fuori attivo pia@pec.altrove.example",
		"Il CAP non sta nei limiti: resta fuori", "Morandi Elena Serve un codice fiscale di 16 caratteri", "Lo schema ufficiale del file non si è potuto avere").saysNot("Crea il file")
	s.as(ReadOnly).get("/domicilio/reginde/impostazioni").must(403)
	a := s.as(Administrator)
	if err := a.get("/domicilio/reginde/impostazioni").must(200).wellFormed(); err != nil {
		t.Error(err)
	}
	a.post("/domicilio/reginde/impostazioni", "body_code", "12", "role", "Avvocato", "file_name", pec.SubjectFileNames[0]).must(422).says("Il codice dell’ente è la partita IVA")
	a.follow(a.post("/domicilio/reginde/impostazioni", "body_code", "01234567897", "role", "Avvocato", "file_name", pec.SubjectFileNames[1])).must(200).says("Impostazioni salvate.")
	a.post("/domicilio/reginde/impostazioni", "azione", "modello", "template", "<a>").must(422).says("Il modello del file non va bene", "<a>")
	a.post("/domicilio/reginde/impostazioni", "azione", "modello", "template", "<a>\n{{.Nulla}}</a>").must(422).says("riga 2: il file non ha il campo «.Nulla»", "{{.Nulla}}</a>")

	page := v.get("/domicilio/reginde").must(200).says("Crea il file con 1 variazione", "Registro intero", "Oggi conterrebbe 1 soggetto", "1 iscritto da correggere resterebbe fuori : il Ministero cancellerebbe chi di loro c’è già.")
	if err := page.wellFormed(); err != nil {
		t.Error(err)
	}
	v.post("/domicilio/reginde", "azione", "intero", "typed", "due").must(422).says("scriva quanti soggetti contiene oggi: 1.")
	seen := attribute(page.find("input", "name", "seen"), "value")
	file := v.follow(v.post("/domicilio/reginde", "seen", seen)).must(200).says("File n. 1 creato con 1 soggetto.", "1 inserimento, 0 modifiche, 0 cancellazioni")
	if err := file.wellFormed(); err != nil {
		t.Error(err)
	}
	v.post("/domicilio/reginde", "seen", seen).must(422).says("qualcosa è cambiato")
	got := v.get("/domicilio/reginde/1/file").must(200)
	if !strings.Contains(got.header.Get("Content-Disposition"), pec.SubjectFileNames[1]) || !strings.Contains(string(got.body), "<Ruolo>Avvocato</Ruolo>") {
		t.Errorf("%v %s", got.header, got.body)
	}
	v.upload("/domicilio/reginde/1", "file", "Esiti.xml", nil).must(422).says("Il file")
	v.upload("/domicilio/reginde/1", "file", "Esiti.xml", []byte("<Esiti><CodiceEnte>COAH501</CodiceEnte><Esito><CodiceFiscale>VRDPIA80A41H501I</CodiceFiscale><Codice>S000</Codice></Esito></Esiti>")).must(422).says("è la risposta di un altro")
	answer := []byte("<Esiti><Esito><CodiceFiscale>VRDPIA80A41H501I</CodiceFiscale><Codice>E001</Codice></Esito></Esiti>")
	v.follow(v.upload("/domicilio/reginde/1", "file", "Esiti.xml", answer)).must(200).says("Esito registrato: 0 accettati, 1 respinto.", "E001 PEC non valida", "Controlli la PEC dell’iscritto e la corregga.")
	v.follow(v.upload("/domicilio/reginde/1", "file", "Esiti.xml", answer)).must(200).says("Questo esito era già registrato.")
	v.get("/domicilio/reginde/1").must(200).says("Gli spuntati sono accettati")
	v.post("/domicilio/reginde/1/accettati").must(422).says("Spunti almeno un soggetto che non è accettato.")
	v.post("/domicilio/reginde/1/accettati", "azione", "togli", "lines", "1").must(422).says("Spunti almeno un soggetto accettato a mano.")
	v.follow(v.post("/domicilio/reginde/1/accettati", "lines", "1")).must(200).says("1 soggetto registrato come accettato.", "registrato a mano, prima E001")
	v.follow(v.post("/domicilio/reginde/1/accettati", "azione", "togli", "lines", "1")).must(200).says("1 soggetto non è più accettato a mano.", "E001 PEC non valida").saysNot("registrato a mano")
	v.get("/domicilio/reginde").must(200).says("Nuovo soggetto; respinto: E001 PEC non valida", "1 soggetto respinto")
	whole := []byte("<Esiti><Errore><Codice>F003</Codice></Errore></Esiti>")
	v.follow(v.upload("/domicilio/reginde/1", "file", "Esiti.xml", whole)).must(200).says("F003: il file non corrisponde allo schema.", "Respinto con il file prima E001: PEC non valida Controlli la PEC dell’iscritto e la corregga.")
	v.get("/domicilio/reginde").must(200).says("Nuovo soggetto; respinto: E001 PEC non valida; con il file F003 il file non corrisponde allo schema", "Respinto: F003")
	v.get("/iscritti/2/domicilio").must(200).says("Respinto con il file prima E001: PEC non valida")
	v.get("/domicilio/reginde/1").must(200).saysNot("Gli spuntati")
	v.upload("/domicilio/reginde/1", "file", "Esiti.xml", answer).must(422).says("Il file risulta respinto per intero (F003) dal 02/07/2018.", "Questo esito è arrivato dopo il rifiuto F003, che non vale più")
	v.get("/domicilio/reginde/1").must(200).says("Respinto con il file")
	v.follow(v.upload("/domicilio/reginde/1", "file", "Esiti.xml", answer, "after", "1")).must(200).says("E001 PEC non valida", "il file non conta più come respinto con F003",
		"Prima: file respinto per intero con F003 il 02/07/2018, sostituito il 02/07/2018 da Giulia Ferretti.", "Gli spuntati sono accettati").saysNot("non sono più accettati a mano")
	v.follow(v.post("/domicilio/reginde", "azione", "intero", "typed", "1")).must(200).says("(registro intero)")
	v.get("/domicilio/reginde/2/ritira").must(200).says("Lo ritiri solo se non è mai stato inviato")
	v.follow(v.post("/domicilio/reginde/2/ritira")).must(200).says("File n. 2 ritirato.")
}
