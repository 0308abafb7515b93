package web

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/net/html"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

const alboHead = "N. iscrizione;Cognome;Nome;Codice fiscale;E-mail\n"

// albo is a file of members under the usual titles; Elena Morandi of every
// test site is A15266.
func albo(lines ...string) []byte { return []byte(alboHead + strings.Join(lines, "\n") + "\n") }

// uploads sends a file and returns the address of its columns.
func (v *visitor) uploads(kind, name string, data []byte) string {
	v.t.Helper()
	return v.upload("/importazioni/nuova", "file", name, data, "kind", kind).must(303).location
}

// sees opens the preview of a file, as it reads by itself.
func (v *visitor) sees(file string) *answer {
	v.t.Helper()
	return v.get(file + "/anteprima").must(200)
}

// imports writes a file as its preview shows it and returns the answer.
func (v *visitor) imports(file string) *answer {
	v.t.Helper()
	seen := attribute(v.sees(file).find("input", "name", "visto"), "value")
	return v.post(file+"/importa", "visto", seen)
}

func TestEncodingsAreCalledByNames(t *testing.T) {
	seen := map[string]string{}
	for _, e := range office.Encodings {
		title := encodingTitle(e)
		if title == e || seen[title] != "" || strings.Contains(title, "endian") {
			t.Errorf("%s is called %q, as is %q", e, title, seen[title])
		}
		seen[title] = e
	}
}

// importSample makes, once, a file on its way and an import that was written.
func (s *testSite) importSample() (file, batch string) {
	s.t.Helper()
	return s.importSampleOf(office.ImportMembers, func(v *visitor) {
		v.imports(v.uploads(office.ImportMembers, "albo.csv", albo("A1;Rossi;Mario;RSSMRA85T10A562S;", "A2;;Ugo;;"))).must(303)
		v.uploads(office.ImportMembers, "albo-2.csv", albo("A1;Rossi;Mario;RSSMRA85T10A562S;mario@posta.example", "A3;;Ugo;;", "A4;Neri;Ugo;;ugo@"))
	})
}

// importSampleOf are the latest file on its way and the latest import of a kind,
// made if there are none.
func (s *testSite) importSampleOf(kind string, make func(*visitor)) (file, batch string) {
	s.t.Helper()
	look := func() {
		s.look(func(tx *db.ReadTx) error {
			waiting, err := tx.Uploads()
			if err != nil {
				return err
			}
			done, err := tx.BatchList(0, 100)
			for _, u := range slices.Backward(waiting) {
				if u.Kind == kind {
					file = fmt.Sprintf("%s/file/%d", importKindOf(kind).Base(), u.ID)
				}
			}
			for _, b := range slices.Backward(done) {
				if b.Kind == kind {
					batch = fmt.Sprintf("/importazioni/%d", b.ID)
				}
			}
			return err
		})
	}
	if look(); file == "" {
		make(s.as(Secretariat))
		look()
	}
	return file, batch
}

// importSamples are addresses for the pages of imports.
func (s *testSite) importSamples() map[string][]string {
	file, batch := s.importSample()
	paid, entered := s.paymentSample()
	preview := file + "/anteprima"
	return map[string][]string{
		"/importazioni/nuova":              {"/importazioni/nuova", "/importazioni/nuova?tipo=payments"},
		"/importazioni/file/:id":           {file, paid},
		"/importazioni/file/:id/anteprima": {paid + "/anteprima", paid + "/anteprima?mostra=nuovi", preview, preview + "?mostra=respinti", preview + "?mostra=variati", preview + "?mostra=nuovi", preview + "?mostra=mancanti", preview + "?mostra=avvertimenti"},
		"/importazioni/file/:id/respinte":  {file + "/respinte", paid + "/respinte"},
		"/importazioni/file/:id/corso":     {file + "/corso"},
		"/importazioni/:id":                {entered, batch, batch + "?mostra=respinti", batch + "?mostra=nuovi"},
		"/importazioni/:id/respinte":       {batch + "/respinte"},
		"/importazioni/:id/annulla":        {batch + "/annulla", entered + "/annulla"},
	}
}

func TestImportGoesThroughItsFourSteps(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	v.get("/importazioni").must(200).says("Nessuna importazione finora", "Importa l’albo")
	v.get("/importazioni/nuova").must(200).says("Nuova importazione", "Servizi presso il gestore")

	file := v.uploads(office.ImportMembers, "albo luglio.csv", albo(
		"A15266;Morandi;Elena;;elena.morandi@posta.example",
		"A1;Rossi;Mario;RSSMRA85T10A562S;mario@posta.example",
		"A2;Moretti;Matteo;MRTMTT91D08F205J;matteo@",
		"A3;;Ugo;;"))
	v.get(file).must(200).says("Importazione dell’albo: colonne", "albo luglio.csv, caricato da Giulia Ferretti il 01/07/2018", "4 righe di dati", "dal titolo", "MRTMTT91D08F205J")
	// It can be left and come back to.
	v.get("/importazioni").must(200).says("Da finire", "albo luglio.csv", "Non è stato scritto nulla")

	preview := v.sees(file).says(
		"Nell’albo non è ancora cambiato nulla.", "2 + 1 + 0 + 1 = 4 righe lette: nessuna è stata persa.",
		"Respinti: 1 riga", "Manca il cognome", "Avvertimenti: 1 riga", "Variati: 1 iscritto", "elena@posta.example", "elena.morandi@posta.example",
		"Nuovi: 2 iscritti", "3 iscritti da scrivere , 1 riga respinta", "Importa 3 iscritti")
	if del, ins := preview.find("del"), preview.find("ins"); textOf(del) != "elena@posta.example" || textOf(ins) != "elena.morandi@posta.example" {
		t.Errorf("old %q, new %q", textOf(del), textOf(ins))
	}
	if got := s.count(); got != 1 {
		t.Fatalf("a preview wrote: %d members", got)
	}

	done := v.imports(file).must(303)
	if done.location != "/importazioni/1?fatto=1" {
		t.Fatalf("sent to %s", done.location)
	}
	v.get(done.location).must(200).says("3 iscritti importati.", "2 nuovi e 1 variato; 1 riga respinta.", "Importazione dell’albo n. 1", "importato da Giulia Ferretti", "Annulla l’importazione…")
	if got := s.count(); got != 3 {
		t.Errorf("%d members, want 3", got)
	}
	v.get("/importazioni").must(200).says("albo luglio.csv", "Scritta").saysNot("Da finire")

	// Whoever comes back to the file's pages, or presses again, finds the import.
	for _, a := range []*answer{v.get(file + "/anteprima"), v.get(file + "/corso"), v.post(file+"/importa", "visto", "x")} {
		if a.must(303).location != "/importazioni/1" {
			t.Errorf("sent to %s", a.location)
		}
	}
}

// count is how many members there are.
func (s *testSite) count() (n int) {
	s.t.Helper()
	s.look(func(tx *db.ReadTx) error {
		list, err := tx.Members()
		n = len(list)
		return err
	})
	return n
}

func TestBadFileIsToldWithANewTry(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	for _, row := range []struct {
		what, name string
		data       []byte
		says       string
	}{
		{"empty", "albo.csv", nil, "Il file è vuoto."},
		{"a picture", "albo.csv", []byte("\x89PNG\r\n\x1a\n0000"), "Esporti l’elenco come .xlsx o .csv"},
		{"a broken workbook", "albo.xlsx", []byte("PK\x03\x04 e poi niente"), "rovinat"},
	} {
		a := v.upload("/importazioni/nuova", "file", row.name, row.data, "kind", office.ImportServices).must(422).says("1 errore", row.says)
		if attribute(a.find("input", "id", "file"), "aria-invalid") != "true" {
			t.Errorf("%s: the field does not say so", row.what)
		}
		if _, chosen := attributeOf(a.find("input", "value", office.ImportServices), "checked"); !chosen {
			t.Errorf("%s: the kind chosen was lost", row.what)
		}
	}
	v.post("/importazioni/nuova", "kind", office.ImportMembers).must(422).says("Scelga il file da importare.")
	v.upload("/importazioni/nuova", "file", "a.csv", albo(), "kind", "altro").must(422).says("Scelga che cosa contiene il file.")
	v.get("/importazioni").must(200).saysNot("Da finire")
}

// TestColumnsCanBeSaid: a file whose titles say nothing is read once an
// operator has said what its columns are, and so is the next one.
func TestColumnsCanBeSaid(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	text := "Prima;Seconda;Terza\nRossi;Mario;A1\nMoretti;Matteo;A2\n"
	file := v.uploads(office.ImportMembers, "elenco.csv", []byte(text))
	v.get(file).must(200).says("Non troviamo la riga con i titoli delle colonne", "Prima", "Rossi · Moretti")
	if to := v.get(file + "/anteprima").must(303).location; to != file {
		t.Errorf("a preview of what cannot be read leads to %s", to)
	}
	v.post(file, "come", "||", "colonna-1", "surname", "colonna-2", "surname", "colonna-3", "registration_number").must(422).
		says("Anche «Prima» è indicata come Cognome: ne scelga una.")
	a := v.post(file, "come", "||", "colonna-1", "surname", "colonna-2", "", "colonna-3", "registration_number").must(422).says("manca: il cognome e il nome")
	if option := a.find("select", "id", "colonna-3"); chosenOf(option) != "registration_number" {
		t.Errorf("what was chosen was lost: %q", chosenOf(option))
	}
	to := v.post(file, "come", "||", "colonna-1", "surname", "colonna-2", "name", "colonna-3", "registration_number", "azione", "avanti").must(303).location
	v.get(to).must(200).says("Nuovi: 2 iscritti")
	v.imports(file).must(303)

	next := v.uploads(office.ImportMembers, "elenco-2.csv", []byte(strings.ReplaceAll(text, "A2", "A9")))
	v.get(next).must(200).says("Le colonne sono lette come l’ultima volta.", "scelta da un operatore")
	v.sees(next).says("Nuovi: 1 iscritto", "Invariati: 1 iscritto")
}

// chosenOf is the value of the option that a select has chosen.
func chosenOf(n *html.Node) string {
	for option := range n.Descendants() {
		if _, chosen := attributeOf(option, "selected"); chosen {
			return attribute(option, "value")
		}
	}
	return ""
}

func TestFileIsReadAnotherWay(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	// D’Alò in UTF-8 without a mark is read as such; as Windows-1252 it is not.
	file := v.uploads(office.ImportMembers, "albo.csv", albo("A1;D’Alò;Mario;RSSMRA85T10A562S;"))
	v.get(file).must(200).says("D’Alò")
	to := v.post(file, "come", "||", "codifica", "windows-1252", "separatore", "", "azione", "rileggi").must(303).location
	v.get(to).must(200).says("Il file è letto in un altro modo.", "Dâ€™AlÃ²").saysNot("D’Alò")
	// A form of before does not overrule it: its columns may be others.
	v.post(file, "come", "||", "codifica", "windows-1252", "colonna-1", "surname", "azione", "avanti").must(303)
	v.get(file).must(200).says("Il file è letto in un altro modo.")
	v.post(file, "come", "windows-1252||", "codifica", "", "separatore", "|", "azione", "rileggi").must(303)
	v.get(file).must(200).says("barra verticale", "Non troviamo la riga con i titoli")
	v.post(file, "come", "|||", "codifica", "utf-8", "separatore", ";", "azione", "rileggi").must(303)
	v.sees(file).says("Nuovi: 1 iscritto", "D’Alò")
}

// TestWriteIsRefusedWhenTheRegisterChanged: the new preview is shown instead.
func TestWriteIsRefusedWhenTheRegisterChanged(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	file := v.uploads(office.ImportMembers, "albo.csv", albo("A1;Rossi;Mario;RSSMRA85T10A562S;mario@posta.example"))
	seen := attribute(v.sees(file).find("input", "name", "visto"), "value")
	s.write(func(tx *db.Tx) error {
		_, err := tx.AddMember(db.MemberRow{Member: pec.Member{RegistrationNumber: "A1", Surname: "Rossi", Name: "Mario", TaxCode: "RSSMRA85T10A562S", Status: pec.MemberActive}})
		return err
	})
	for _, print := range []string{seen, ""} {
		a := v.post(file+"/importa", "visto", print).must(303)
		if a.location != file+"/anteprima" {
			t.Fatalf("sent to %s", a.location)
		}
		v.get(a.location).must(200).says("non è stato scritto nulla", "Variati: 1 iscritto", "Importa 1 iscritto")
	}
	v.imports(file).must(303)
	if got := s.count(); got != 2 {
		t.Errorf("%d members", got)
	}
}

func TestNothingToWriteOffersNoButton(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	file := v.uploads(office.ImportMembers, "albo.csv", albo("A15266;Morandi;Elena;;elena@posta.example"))
	v.sees(file).says("Nulla da scrivere", "Invariati: 1 iscritto").saysNot("Importa 0", "Importa 1")
	to := v.post(file + "/togli").must(303).location
	v.get(to).must(200).says("L’importazione di «albo.csv» è annullata.", "Nessuna importazione finora")
	v.post(file + "/togli").must(303) // a second press
	v.get(file).must(404)
}

func TestSameFileAgainIsTold(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	data := albo("A1;Rossi;Mario;RSSMRA85T10A562S;")
	v.imports(v.uploads(office.ImportMembers, "albo.csv", data)).must(303)
	again := v.uploads(office.ImportMembers, "copia.csv", data)
	v.get(again).must(200).says("Questo stesso file è già stato importato")
	v.sees(again).says("Questo stesso file è già stato importato", "Veda l’importazione n. 1")
}

func TestLongPreviewIsPaged(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	var lines []string
	for i := range 120 {
		lines = append(lines, fmt.Sprintf("B%d;Verdi;Ugo;;", i))
	}
	file := v.uploads(office.ImportMembers, "albo.csv", albo(lines...))
	v.sees(file).says("Nuovi: 120 iscritti", "Mostra gli altri 115")
	list := file + "/anteprima?mostra=nuovi"
	v.get(list).must(200).says("B0", "B49").saysNot("B50", "Precedenti")
	// Row 1 is the header: B49 is on row 51, B50 on row 52.
	v.get(list+"&dopo=51").must(200).says("B50", "B99", "Precedenti", "Successivi").saysNot("B49 ", "B100")
	v.get(list+"&dopo=101").must(200).says("B100", "B119", "Precedenti").saysNot("Successivi")
	v.get(list+"&prima=52").must(200).says("B0", "B49", "Successivi").saysNot("B50 ", "Precedenti")
	v.get(file + "/anteprima?mostra=altro").must(404)

	batch := strings.TrimSuffix(v.imports(file).must(303).location, "?fatto=1")
	v.get(batch).must(200).says("Nuovi: 120 iscritti", "Mostra gli altri 115")
	page := v.get(batch+"?mostra=nuovi").must(200).says("B0", "B49", "Successivi").saysNot("B50")
	var next string
	for _, a := range page.all("a") {
		if strings.Contains(textOf(a), "Successivi") {
			next = attribute(a, "href")
		}
	}
	second := v.get(next).must(200).says("B50", "B99", "Precedenti", "Successivi").saysNot("B49 ")
	for _, a := range second.all("a") {
		if strings.Contains(textOf(a), "Precedenti") {
			v.get(attribute(a, "href")).must(200).says("B0", "B49").saysNot("B50 ")
		}
	}
}

func TestRefusedRowsAreDownloaded(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	file := v.uploads(office.ImportMembers, "albo.csv", albo("A1;Rossi;Mario;RSSMRA85T10A562S;", "A2;;Ugo;;"))
	isWorkbook := func(a *answer) {
		t.Helper()
		a.must(200)
		if a.header.Get("Content-Type") != mimeXLSX || !strings.Contains(a.header.Get("Content-Disposition"), "albo-da-correggere.xlsx") || !bytes.HasPrefix(a.body, []byte("PK")) {
			t.Errorf("%v", a.header)
		}
	}
	isWorkbook(v.get(file + "/respinte"))
	v.imports(file).must(303)
	isWorkbook(v.get("/importazioni/1/respinte"))
	clean := v.uploads(office.ImportMembers, "albo.csv", albo("A1;Rossi;Mario;RSSMRA85T10A562S;"))
	v.get(clean + "/respinte").must(404)
}

func TestImportIsUndoneAfterAQuestion(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	v.imports(v.uploads(office.ImportMembers, "albo.csv", albo("A15266;Morandi;Elena;;altra@posta.example", "A1;Rossi;Mario;RSSMRA85T10A562S;", "A2;Moretti;Matteo;MRTMTT91D08F205J;"))).must(303)
	var moretti db.MemberRow
	s.look(func(tx *db.ReadTx) (err error) {
		moretti, err = tx.MemberByNumber("A2")
		return err
	})
	if err := s.office.ChangeContacts(t.Context(), "prova", moretti.ID, office.Contacts{Email: "matteo@posta.example"}); err != nil {
		t.Fatal(err)
	}
	v.get("/importazioni/1/annulla").must(200).says("Annullare l’importazione n. 1?", "1 torna com’era, 1 è tolto, 1 resta com’è.", "Moretti Matteo", "è stato modificato dopo l’importazione")
	if got := s.count(); got != 3 {
		t.Fatalf("the question undid it: %d members", got)
	}
	to := v.post("/importazioni/1/annulla").must(303).location
	v.get(to).must(200).says("L’importazione n. 1 è annullata.", "1 torna com’era, 1 è tolto, 1 resta com’è.", "Rimasti come sono", "Moretti Matteo").saysNot("Annulla l’importazione…")
	v.get(to).must(200).says("Annullata il 01/07/2018", "da Giulia Ferretti")
	if got := s.count(); got != 2 {
		t.Errorf("%d members, want Elena and Matteo", got)
	}
	v.follow(v.post("/importazioni/1/annulla").must(303)).must(200).says("è già stata annullata")
	v.get("/importazioni/1/annulla").must(422).says("è già stata annullata")
	v.get("/importazioni").must(200).says("Annullata")
	v.get("/importazioni/1").must(200).says("l’annullamento le ha poi riportate indietro")
}

func TestStatementOfTheProviderIsImported(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.agree(fullYearAgreement)
	v := s.as(Secretariat)
	data := []byte("Casella;Servizio;Quantità;Dal;Al;Importo netto\n" + s.address + ";Spazio Extra Inbox;2;01/06/2018;01/10/2018;5,00\n" +
		"nessuno@pec.ordine.example;Spazio Extra Inbox;1;01/06/2018;01/10/2018;2,50\n")
	file := v.uploads(office.ImportServices, "servizi.csv", data)
	v.get(file).must(200).says("Importazione dei servizi presso il gestore: colonne", "Importo netto")
	v.sees(file).says("Nuovi: 1 servizio", s.address, "Spazio Extra Inbox", "01/10/2018", "5,00 €", "La casella nessuno@pec.ordine.example non è tra quelle registrate", "Importa 1 servizio")
	v.follow(v.imports(file)).must(200).says("1 servizio importato.", "Nuovi: 1 servizio", s.address)

	changed := []byte(strings.Replace(string(data[:bytes.Index(data, []byte("nessuno"))]), ";2;01", ";3;01", 1))
	next := v.uploads(office.ImportServices, "servizi-2.csv", changed)
	a := v.sees(next).says("Variati: 1 servizio", "Quantità")
	if textOf(a.find("del")) != "2" || textOf(a.find("ins")) != "3" {
		t.Errorf("old %q, new %q", textOf(a.find("del")), textOf(a.find("ins")))
	}
}

// TestLongImportShowsHowFarItIs: the page does not wait for ever; it can be
// left, come back to, and the import interrupted.
func TestLongImportShowsHowFarItIs(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	d := newImportDesk(s.site)
	gate := make(chan struct{})
	d.patience, d.spawn = time.Nanosecond, func(f func()) {
		go func() {
			<-gate
			f()
		}()
	}
	s.app = s.site.app(append([]route{
		post("/importazioni/file/:id/importa", clerks, d.write), get("/importazioni/file/:id/corso", clerks, d.progress),
		post("/importazioni/file/:id/interrompi", clerks, d.stop), get("/importazioni/file/:id/anteprima", clerks, d.previewPage),
		get("/importazioni", operators, d.list), post("/importazioni/file/:id/togli", clerks, d.drop),
	}, s.routes()...))
	v := s.as(Secretariat)
	file := v.uploads(office.ImportMembers, "albo.csv", albo("A1;Rossi;Mario;RSSMRA85T10A562S;", "A2;Moretti;Matteo;MRTMTT91D08F205J;"))
	v.get(file+"/anteprima").must(200).says("Lettura di albo.csv", "1 KB", "Può lasciare la pagina")
	close(gate)
	d.patience = time.Minute
	seen := attribute(v.sees(file).find("input", "name", "visto"), "value")
	d.patience = time.Nanosecond

	// Somebody else is writing: the import has to wait, and is interrupted.
	hold, held := make(chan struct{}), make(chan struct{})
	go s.db.Write(t.Context(), db.Stamp{Now: s.now, On: s.today, Actor: "prova"}, func(*db.Tx) error {
		close(held)
		<-hold
		return nil
	})
	<-held
	if to := v.post(file+"/importa", "visto", seen).must(303).location; to != file+"/corso" {
		t.Fatalf("sent to %s", to)
	}
	v.get(file+"/corso").must(200).says("Importazione di albo.csv", "0 di 0 scritti", "Interrompi")
	v.get("/importazioni").must(200).says("In corso: 0 di 0 scritti.")
	if to := v.get(file + "/anteprima").must(303).location; to != file+"/corso" {
		t.Errorf("the preview of a running import leads to %s", to)
	}
	v.follow(v.post(file + "/togli").must(303)).must(200).says("L’importazione è già in corso.")
	if to := v.post(file + "/interrompi").must(303).location; to != file+"/anteprima" {
		t.Fatalf("sent to %s", to)
	}
	close(hold)
	d.patience = time.Minute
	v.get(file+"/anteprima").must(200).says("L’importazione è stata interrotta: non è stato scritto nulla.", "Importa 2 iscritti")
	if got := s.count(); got != 1 {
		t.Fatalf("%d members after the interruption", got)
	}

	// Pressed again it goes through; who looked at its progress is led on.
	d.patience = time.Nanosecond
	a := v.post(file+"/importa", "visto", seen).must(303)
	if a.location == file+"/corso" { // unless it was quicker than the answer
		deadline := time.Now().Add(2 * time.Minute)
		for a = v.get(a.location); a.status == fiber.StatusOK && time.Now().Before(deadline); a = v.get(file + "/corso") {
			time.Sleep(5 * time.Millisecond)
		}
	}
	v.follow(a.must(303)).must(200).says("Importazione dell’albo n. 1", "2 iscritti importati.")
}

func TestWhoMayImport(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	file, batch := s.importSample()
	paid, entered := s.paymentSample()
	gets := func(file, batch string) []string {
		return []string{file, file + "/anteprima", file + "/respinte", batch + "/annulla"}
	}
	posts := func(file, batch string) []string {
		return []string{file, file + "/importa", file + "/mancanti", file + "/togli", batch + "/annulla"}
	}
	for _, role := range []Role{Treasurer, ReadOnly} {
		v := s.as(role)
		v.get("/importazioni").must(200).saysNot("albo-2.csv")
		v.get(batch).must(200).saysNot("Annulla l’importazione…")
		for _, path := range gets(file, batch) {
			v.get(path).must(403)
		}
		for _, path := range posts(file, batch) {
			v.post(path).must(403)
		}
	}
	reader := s.as(ReadOnly)
	reader.get("/importazioni").must(200).saysNot("Nuova importazione", "Da finire")
	for _, path := range append(gets(paid, entered), "/importazioni/nuova") {
		reader.get(path).must(403)
	}
	for _, path := range append(posts(paid, entered), "/importazioni/nuova") {
		reader.post(path).must(403)
	}
	if got := s.count(); got != 2 {
		t.Errorf("%d members", got)
	}
	balance, _ := s.balance(s.member)

	// The treasurer registers payments, from a file too, and nothing else.
	v := s.as(Treasurer)
	v.get("/importazioni").must(200).says("Nuova importazione", "ricevute-2.csv")
	v.get("/importazioni/nuova?tipo=members").must(200).says("Pagamenti ricevuti").saysNot("Caselle presso il gestore")
	v.upload("/importazioni/nuova", "file", "albo.csv", albo("A8;Rossi;Ugo;;"), "kind", office.ImportMembers).must(422).says("Scelga che cosa contiene il file.")
	v.follow(v.upload("/importazioni/nuova", "file", "albo.csv", albo("A8;Rossi;Ugo;;"), "kind", office.ImportPayments).must(303)).says("Importazione dei pagamenti ricevuti", "manca: lo IUV")
	v.imports(paid).must(303)
	if got, _ := s.balance(s.member); got != balance+100 {
		t.Errorf("the credit is %s, was %s", got, balance)
	}
	v.get(entered + "/annulla").must(200)
	if got := s.count(); got != 2 {
		t.Errorf("%d members", got)
	}
}

func TestImportsInABrowser(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	file, batch := s.importSample()
	v := s.as(Secretariat)
	v.post(file+"/mancanti", "azione", "tutti", "status", "cancelled", "left_on", "30/06/2018").must(303)
	s.inBrowser(t,
		v.page("importazione-mancanti", file+"/anteprima?mostra=mancanti"),
		v.page("importazioni", "/importazioni"),
		v.page("importazione-nuova", "/importazioni/nuova"),
		v.page("importazione-colonne", file),
		v.page("importazione-anteprima", file+"/anteprima"),
		v.page("importazione-fatta", batch),
		v.page("importazione-annulla", batch+"/annulla"),
	)
}
