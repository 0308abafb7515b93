package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"albopec/app/pec"
	"albopec/db"
)

// indexSamples are the addresses of the index's pages: one file was made.
func (s *testSite) indexSamples() map[string][]string {
	var files []db.IndexFile
	s.write(func(tx *db.Tx) (err error) {
		files, err = tx.IndexFiles(1)
		return err
	})
	if len(files) == 0 {
		s.enters(pec.Member{RegistrationNumber: "B99", Surname: "Serra", Name: "Ada", TaxCode: "SRRDAA80A41H501T", OwnPEC: "ada@pec.altrove.example"})
		sent, err := s.office.SendIndex(context.Background(), "prova", "", false)
		if err != nil {
			s.t.Fatal(err)
		}
		files = append(files, sent.File)
	}
	file := fmt.Sprint("/domicilio/inipec/", files[0].ID)
	return map[string][]string{
		"/domicilio":                   {"/domicilio", "/domicilio?motivo=never", "/domicilio?motivo=altro", "/domicilio?dopo=1"},
		"/domicilio/diffide":           {"/domicilio/diffide", "/domicilio/diffide?stato=over"},
		"/domicilio/diffide/esporta":   {"/domicilio/diffide/esporta", "/domicilio/diffide/esporta?formato=pdf&stato=due"},
		"/domicilio/esporta":           {"/domicilio/esporta", "/domicilio/esporta?formato=csv", "/domicilio/esporta?formato=pdf"},
		"/domicilio/inipec/:id":        {file, file + "?dopo=1", file + "?prima=1"},
		"/domicilio/inipec/:id/file":   {file + "/file"},
		"/domicilio/inipec/:id/ritira": {file + "/ritira"},
	}
}

// enters adds somebody to the register.
func (s *testSite) enters(m pec.Member) (id int64) {
	s.t.Helper()
	m.Status = pec.MemberActive
	s.write(func(tx *db.Tx) (err error) {
		id, err = tx.AddMember(db.MemberRow{Member: m})
		return err
	})
	return id
}

func TestIndexIsToldByThePages(t *testing.T) {
	s := newTestSite(t, "2018-07-02") // a Monday
	pia := s.enters(pec.Member{RegistrationNumber: "A2", Surname: "Verdi", Name: "Pia", TaxCode: "VRDPIA80A41H501I", OwnPEC: "pia@pec.altrove.example"})
	v := s.as(Secretariat)
	v.get("/").must(200).says("Variazioni INI-PEC 2 Da comunicare Mai comunicate da qui", "Senza domicilio digitale 0")
	a := v.get("/domicilio/inipec").must(200).says("2 variazioni da comunicare oggi", "L’indice non ha ancora ricevuto nulla da qui.",
		"Verdi Pia VRDPIA80A41H501I 2 · inserimento Nuova posizione pia@pec.altrove.example", "da confermare con il gestore dell’indice", "Crea il file con 2 variazioni")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	seen := attribute(a.find("input", "name", "seen"), "value")
	file := v.follow(v.post("/domicilio/inipec", "seen", seen)).must(200).says("File n. 1 creato con 2 righe.", "2 inserimenti, 0 aggiornamenti, 0 cancellazioni", "In attesa")
	if err := file.wellFormed(); err != nil {
		t.Error(err)
	}
	if got, want := string(v.get("/domicilio/inipec/1/file").must(200).body),
		"pia@pec.altrove.example;Pia;Verdi;A2;VRDPIA80A41H501I;2;;\r\nelena.morandi@pec.ordine.example;Elena;Morandi;A15266;MRNLNE80A41H501U;2;14/03/2010;\r\n"; got != want {
		t.Errorf("%q", got)
	}
	// The same press again, as an impatient hand does: nothing more is made.
	v.post("/domicilio/inipec", "seen", seen).must(422).says("Dopo che ha guardato l’elenco qualcosa è cambiato")
	v.post("/domicilio/inipec").must(422).says("Guardi l’elenco prima di fare il file.")

	// One row refused, with what the index says; without a tick nothing happens.
	v.post("/domicilio/inipec/1", "azione", "spuntate").must(422).says("Non c’è nulla di spuntato: nulla è cambiato.")
	v.post("/domicilio/inipec/1", "azione", "accettate", "text-2", "PEC errata").must(422).says("Alla riga 2 ha scritto che cosa dice l’indice, ma «Respinta» non è spuntata")
	v.post("/domicilio/inipec/1", "azione", "spuntate", "refused-1", "1", "text-1", strings.Repeat("x", 3000)).must(422).says("Il motivo supera i")
	v.post("/domicilio/inipec/1", "azione", "conferma", "refused-1", "1").must(422).says("Guardi il riepilogo prima di confermare.")
	review := v.post("/domicilio/inipec/1", "azione", "accettate", "refused-1", "1", "text-1", "PEC non esistente").must(200).
		says("Non è ancora stato scritto nulla.", "1 riga in attesa diventa accettata .", "Respinta ora PEC non esistente", "Conferma e accetta 1 riga").saysNot("altre pagine")
	if err := review.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get("/domicilio/inipec/1").must(200).says("In attesa").saysNot("Accettata")
	v.follow(v.post("/domicilio/inipec/1", append(formOfPage(review), "azione", "conferma")...)).must(200).says("2 esiti registrati.", "Respinta PEC non esistente", "Accettata").saysNot("Accetta tutte le altre")
	v.follow(v.post("/domicilio/inipec/1", append(formOfPage(review), "azione", "conferma")...)).must(200).says("Nulla è cambiato. Questi esiti erano già registrati così.")
	v.get("/domicilio/inipec").must(200).says("1 variazione da comunicare oggi", "Posizione che l’indice non ha; respinta: PEC non esistente", "1 riga respinta")
	v.get("/domicilio/inipec/1/ritira").must(200)
	v.post("/domicilio/inipec/1/ritira").must(422).says("ha già degli esiti")

	// By mistake: it was the other; what had been registered stays to be read.
	v.follow(v.post("/domicilio/inipec/1", "azione", "spuntate", "accepted-1", "1")).must(200).says("1 esito registrato.", "Accettata Prima respinta il 02/07/2018 («PEC non esistente»), corretto il 02/07/2018 da Giulia Ferretti")
	v.get(fmt.Sprint("/iscritti/", pia, "/domicilio")).must(200).says("Accettata Prima respinta il 02/07/2018 («PEC non esistente»)")
	v.follow(v.post("/domicilio/inipec/1", "azione", "spuntate", "refused-1", "1", "text-1", "PEC non esistente")).must(200).says("Respinta PEC non esistente Prima accettata il 02/07/2018, corretto")

	// The secretariat marks the PEC, and she is without a domicile.
	v.get(fmt.Sprint("/iscritti/", pia)).must(200).says("Domicilio digitale pia@pec.altrove.example")
	page := fmt.Sprint("/iscritti/", pia, "/domicilio")
	v.post(page, "azione", "pec", "fault", "rotta").must(422).says("scaduta, chiusa o errata")
	v.follow(v.post(page, "azione", "pec", "fault", "wrong", "reason", "respinta da INI-PEC")).must(200).says("PEC propria aggiornata.", "Nessuno: PEC errata: pia@pec.altrove.example", "respinta da INI-PEC")
	v.get("/domicilio").must(200).says("1 iscritto ha un domicilio digitale valido, 1 no", "Verdi Pia A2 Errata pia@pec.altrove.example Corregga la PEC")
	v.get("/domicilio?motivo=never").must(200).says("Per questo motivo non c’è nessuno.")
	if got := string(v.get("/domicilio/esporta?formato=csv").must(200).body); !strings.Contains(got, "Verdi;Pia;A2;VRDPIA80A41H501I;errata;pia@pec.altrove.example;;no") {
		t.Errorf("%s", got)
	}
	v.get("/domicilio/inipec").must(200).says("Nessuna variazione").saysNot("Registra che oggi nulla è cambiato") // told today

	// Wednesday: nothing was told on Tuesday.
	s.today = pec.Day("2018-07-04")
	v.get("/domicilio/inipec").must(200).says("È passato almeno un giorno lavorativo senza comunicazioni.", "L’ultima è del 02/07/2018")
	v.get("/").must(200).says("Variazioni INI-PEC 0 In ritardo")
	v.follow(v.post("/domicilio/inipec/conferma")).must(200).says("Registrato: oggi nulla è cambiato.", "04/07/2018, registrato da Giulia Ferretti").saysNot("È passato almeno")
}

// indexFileOf makes the first file for the index, with a row of each of so many
// colleagues and, last, that of the site's own member.
func (s *testSite) indexFileOf(colleagues int) {
	s.t.Helper()
	for i := range colleagues {
		s.enters(pec.Member{RegistrationNumber: fmt.Sprint("A", 100+i), Surname: fmt.Sprintf("Aa%02d", i+1), Name: "Pia", TaxCode: fmt.Sprintf("VRDPIA80A41H%03dI", 501+i), OwnPEC: fmt.Sprintf("pia%d@pec.altrove.example", i+1)})
	}
	sent, err := s.office.SendIndex(context.Background(), "prova", "", false)
	if err != nil {
		s.t.Fatal(err)
	}
	if sent.File.Rows != colleagues+1 {
		s.t.Fatalf("%d rows", sent.File.Rows)
	}
}

// The 23 rows of a file are on two pages, 20 and 3: what was ticked on the first and not
// registered is not forgotten in silence.
func TestAcceptingTheRestOfTheIndexFileIsReviewed(t *testing.T) {
	s := newTestSite(t, "2018-07-02")
	s.indexFileOf(22)
	v := s.as(Secretariat)
	v.get("/domicilio/inipec/1").must(200).says("Accetta tutte le altre in attesa, anche delle altre pagine…", "Registri le spunte di questa pagina prima di passare a un’altra.")
	v.follow(v.post("/domicilio/inipec/1?dopo=20", "azione", "spuntate", "refused-22", "1", "text-22", "PEC non attiva")).must(200).says("1 esito registrato.", "Respinta PEC non attiva") // still on the second page

	// Row 3 is ticked on the first page; nothing was registered, and the second is opened.
	page := v.get("/domicilio/inipec/1?dopo=20").must(200)
	for _, name := range []string{"refused-21", "accepted-22", "refused-23"} {
		if page.find("input", "name", name) == nil {
			t.Errorf("no box %s", name)
		}
	}
	review := v.post("/domicilio/inipec/1?dopo=20", "azione", "accettate", "refused-23", "1", "text-23", "PEC inesistente").must(200).
		says("21 righe in attesa diventano accettate : 1 nella pagina da cui viene, 20 nelle altre.", "Le spunte fatte in altre pagine e non registrate non contano.", "Respinta ora PEC inesistente", "Resta respinta PEC non attiva", "Conferma e accetta 21 righe")
	if err := review.wellFormed(); err != nil {
		t.Error(err)
	}
	again := v.post("/domicilio/inipec/1?dopo=20", append(formOfPage(review), "azione", "indietro")...).must(200)
	if box := again.find("input", "name", "refused-23"); box == nil || !hasAttribute(box, "checked") {
		t.Error("the tick is lost on the way back")
	}
	if text := again.find("input", "name", "text-23"); text == nil || attribute(text, "value") != "PEC inesistente" {
		t.Error("what the index says is lost on the way back")
	}

	// The warning was of use: row 3 is registered. The old review holds no more.
	v.follow(v.post("/domicilio/inipec/1", "azione", "spuntate", "refused-3", "1", "text-3", "omonimia")).must(200).says("1 esito registrato.")
	fresh := v.post("/domicilio/inipec/1?dopo=20", append(formOfPage(review), "azione", "conferma")...).must(422).
		says("Dopo che ha guardato il riepilogo qualcosa è cambiato: non è stato registrato nulla.", "20 righe in attesa diventano accettate", "Resta respinta omonimia", "Respinta ora PEC inesistente")
	v.follow(v.post("/domicilio/inipec/1?dopo=20", append(formOfPage(fresh), "azione", "conferma")...)).must(200).says("21 esiti registrati.")
	v.get("/domicilio/inipec").must(200).says("3 righe respinte", "3 variazioni da comunicare oggi")
	v.get("/domicilio/inipec/1").must(200).saysNot("Accetta tutte le altre")
	v.post("/domicilio/inipec/1", "azione", "accettate").must(422).says("Nessuna riga è in attesa e nulla è spuntato: nulla è cambiato.")
}

func TestFormatOfTheIndexFileIsChosen(t *testing.T) {
	s := newTestSite(t, "2018-07-02")
	v := s.as(Treasurer)
	if err := v.get("/domicilio/inipec/formato").must(200).wellFormed(); err != nil {
		t.Error(err)
	}
	v.post("/domicilio/inipec/formato", "charset", "latin", "days", pec.DaysISO).must(422).says("Scelga UTF-8 o Windows-1252.")
	v.follow(v.post("/domicilio/inipec/formato", "charset", pec.CharsetWindows, "days", pec.DaysISO, "header", "1", "lf", "1")).must(200).
		says("Vale dal prossimo file: CSV con «;», Windows-1252, date aaaa-mm-gg, con intestazione, righe chiuse da LF.")
	s.as(Secretariat).get("/domicilio/inipec").must(200).says("Windows-1252, date aaaa-mm-gg, con intestazione")
}
