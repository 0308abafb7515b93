package web

import (
	"bytes"
	"strings"
	"sync"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// comparisonSamples are the addresses of the comparison's pages.
func (s *testSite) comparisonSamples() map[string][]string {
	made, err := s.office.Compare(s.t.Context(), "prova", office.ImportFile{Name: "elenco.csv", Data: []byte("Casella;GB extra\n" + s.address + ";4\naltra@pec.ordine.example;0\n")})
	if err != nil {
		s.t.Fatal(err)
	}
	page := "/confronto/" + itoa(made.ID)
	waits, _ := s.importSampleOf(office.FileComparison, func(v *visitor) {
		v.upload("/confronto", "file", "ottobre.csv", []byte("Sigla;Quota\naltra@pec.ordine.example;5,00\n")).must(303)
	})
	return map[string][]string{
		"/confronto/file/:id":    {waits},
		"/confronto/:id":         {page, page + "?tipo=only_there", page + "?stato=ignored", page + "?dopo=1", page + "?prima=2"},
		"/confronto/:id/esporta": {page + "/esporta", page + "/esporta?formato=csv", page + "/esporta?formato=pdf&stato=to_tell"},
	}
}

func TestProvidersListIsComparedByThePages(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	v.get("/confronto").must(200).says("Nessun confronto")
	v.upload("/confronto", "file", "vuoto.csv", nil).must(422).says("vuoto")
	v.upload("/confronto", "file", "foto.csv", []byte("\x89PNG\r\n")).must(422).says("non un elenco")
	list := []byte("Casella;GB extra\n" + s.address + ";4\nuscito@pec.ordine.example;0\n")
	a := v.follow(v.upload("/confronto", "file", "gestore.csv", list)).must(200).says("Confronto fatto: 2 differenze.", "«gestore.csv», 2 righe", "Spazio diverso", "4 GB in più", "Solo dal gestore", "Nell’albo non c’è un titolare")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.follow(v.upload("/confronto", "file", "gestore.csv", list)).must(200).says("Questo stesso file era già stato confrontato.")
	v.post("/confronto/1", "azione", "to_tell").must(422).says("Spunti almeno una differenza.")
	v.post("/confronto/1", "azione", "ignored", "id", "1").must(422).says("Scriva perché la differenza si può ignorare.")
	review := v.post("/confronto/1", "azione", "to_tell", "text", "da chiudere", "id", "1").must(200).says("Non è ancora stato scritto nulla.", "uscito@pec.ordine.example", "Conferma per 1 differenza", "«da chiudere»")
	if err := review.wellFormed(); err != nil {
		t.Error(err)
	}
	v.follow(v.post("/confronto/1/conferma", "azione", "to_tell", "text", "da chiudere", "id", "1")).must(200).says("1 differenza: da segnalare al gestore.", "da chiudere")
	v.follow(v.post("/confronto/1/conferma", "azione", "to_tell", "text", "da chiudere", "id", "1")).must(200).says("Nulla è cambiato.")
	v.get("/confronto/1/esporta?formato=pdf&stato=to_tell").prints("Da segnalare al gestore, confronto n. 1", "uscito@pec.ordine.example", "da chiudere")
	taken := v.post("/confronto/1", "azione", "import", "id", "2").must(303)
	v.follow(taken).must(200).says("Le righe scelte sono pronte da importare.")
	v.get("/confronto/1?stato=import").must(200).says("Presa in un’importazione", "L’importazione è da finire.")
	v.follow(v.post(taken.location + "/togli")).must(200).says("Non è stato scritto nulla.")
	v.get("/confronto/1?stato=import").must(200).says("Nessuna differenza")
	v.get("/confronto/1?stato=open").must(200).says("4 GB in più", "L’importazione è stata annullata prima di scriverla.")
	s.as(ReadOnly).get("/confronto/1").must(200).saysNot("Con le spuntate")
	s.as(ReadOnly).post("/confronto/1", "azione", "to_tell", "id", "1").must(403)
}

// Two left: 2 × 5,00 € + 22 %. A third mailbox is nobody's.
func TestComparisonSaysWhatIsPaidForLeavers(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	list := "Casella;Codice fiscale\n" + s.address + ";\nnessuno@pec.ordine.example;\n"
	for i, code := range []string{"RSSMRA80A01H501U", "VRDPIA80A41H501I"} {
		err := s.db.Write(t.Context(), db.Stamp{Now: s.office.Now(), On: s.office.Today(), Actor: "prova"}, func(tx *db.Tx) error {
			_, err := tx.AddMember(db.MemberRow{Member: pec.Member{RegistrationNumber: itoa(int64(900 + i)), Surname: "Uscito", TaxCode: code, Status: pec.MemberCancelled, LeftOn: s.office.Today().AddDays(-40)}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		list += "uscito" + itoa(int64(i)) + "@pec.ordine.example;" + code + "\n"
	}
	v := s.as(Secretariat)
	v.follow(v.upload("/confronto", "file", "gestore.csv", []byte(list))).must(200).says("Pagate per chi è uscito dall’albo", "12,20 €", "Lordi all’anno per 2 caselle, 10,00 € netti", "18,30 €")
}

// A list under titles that nobody knows goes through the step of the imports: what is
// wrong is told and nothing chosen is lost; then the differences are there, and the
// next list needs no word.
func TestColumnsOfAProvidersListAreChosen(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	list := func(gb, other string) []byte {
		return []byte("Sigla remota;Giga comperati;Nota del gestore\n" + s.address + ";" + gb + ";x\n" + other + ";0;y\n")
	}
	file := v.upload("/confronto", "file", "gestore ottobre.csv", list("4", "uscito@pec.ordine.example")).must(303).location
	a := v.get(file).must(200).says("Confronto: colonne", "gestore ottobre.csv, caricato da", "2 righe di dati", "Giga comperati", "dai valori", "Il confronto non cambia nulla.", "Annulla il confronto")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	if a.find("select", "id", "colonna-1"); chosenOf(a.find("select", "id", "colonna-1")) != "mailbox" {
		t.Error("the addresses are not proposed as the mailboxes")
	}
	// It can be left and come back to, and is no import.
	v.get("/confronto").must(200).says("Da finire", "gestore ottobre.csv")
	v.get("/importazioni").must(200).saysNot("gestore ottobre.csv")
	v.get(strings.Replace(file, "/confronto/", "/importazioni/", 1)).must(404)
	v.get(strings.Replace(file, "/confronto/", "/importazioni/", 1) + "/anteprima").must(404)
	s.as(ReadOnly).get(file).must(403)

	post := func(fields ...string) *answer {
		return v.post(file, append([]string{"come", "||", "azione", "avanti"}, fields...)...)
	}
	a = post("colonna-1", "mailbox", "colonna-2", "mailbox", "colonna-3", "kind").must(422).says("Anche «Sigla remota» è indicata come Casella: ne scelga una.")
	if chosenOf(a.find("select", "id", "colonna-3")) != "kind" || chosenOf(a.find("select", "id", "colonna-2")) != "mailbox" {
		t.Error("what was chosen twice is lost")
	}
	a = post("colonna-1", "", "colonna-2", "extra_gb", "colonna-3", "").must(422).says("manca: la casella")
	if chosenOf(a.find("select", "id", "colonna-2")) != "extra_gb" || chosenOf(a.find("select", "id", "colonna-1")) != "" {
		t.Error("what was chosen is lost")
	}
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	made := post("colonna-1", "mailbox", "colonna-2", "extra_gb", "colonna-3", "").must(303)
	v.follow(made).must(200).says("Confronto fatto: 2 differenze.", "«gestore ottobre.csv», 2 righe", "Spazio diverso", "4 GB in più", "uscito@pec.ordine.example",
		"Come sono state lette le colonne", "Giga comperati GB extra", "Nota del gestore non letta")
	for _, again := range []*answer{v.get(file), post("colonna-1", "mailbox", "colonna-2", "extra_gb", "colonna-3", "")} { // pressed twice, come back to
		if again.must(303).location != made.location {
			t.Errorf("sent to %s", again.location)
		}
	}
	v.get("/confronto").must(200).saysNot("Da finire")
	s.as(Administrator).get("/amministrazione/registro").must(200).says("Confronto con il gestore", "File caricato", "Lettura del file cambiata")

	next := list("6", "altra@pec.ordine.example")
	v.follow(v.upload("/confronto", "file", "gestore novembre.csv", next)).must(200).says("Confronto fatto: 2 differenze.", "Le colonne sono lette come nel confronto n. 1", "6 GB in più")
	// Who wants to see them all the same.
	file = v.upload("/confronto", "file", "gestore dicembre.csv", next, "colonne", "on").must(303).location
	v.get(file).must(200).says("Le colonne sono lette come l’ultima volta.", "un confronto precedente", "scelta da un operatore")
	v.follow(v.post(file + "/togli")).must(200).says("Il confronto di «gestore dicembre.csv» è annullato.").saysNot("Da finire")
	if to := v.post(file + "/togli").must(303).location; to != "/confronto" {
		t.Errorf("a second press leads to %s", to)
	}
}

// The wrong column is refused where it was chosen, and what was compared can be read
// again.
func TestWrongColumnOfMailboxesIsToldAtTheColumns(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	file := v.upload("/confronto", "file", "ottobre.csv", []byte("Account remoto;Tipo prodotto\n"+s.address+";PEC Basic 1GB\nuna@pec.ordine.example;PEC Basic 1GB\n")).must(303).location
	a := v.post(file, "come", "||", "azione", "avanti", "colonna-1", "", "colonna-2", "mailbox").must(422).
		says("Nella colonna «Tipo prodotto», letta come Casella, nessuna delle 2 righe contiene un indirizzo PEC, ma ad esempio «PEC Basic 1GB». Scelga come Casella la colonna con gli indirizzi.")
	if chosenOf(a.find("select", "id", "colonna-2")) != "mailbox" || chosenOf(a.find("select", "id", "colonna-1")) != "" {
		t.Error("what was chosen is lost")
	}
	v.get("/confronto").must(200).says("Da finire", "Nessun confronto")
	v.follow(v.post(file, "come", "||", "azione", "avanti", "colonna-1", "mailbox", "colonna-2", "")).must(200).says("Confronto fatto: 1 differenza.", "Leggi di nuovo con altre colonne…")
	again := v.post("/confronto/1/rileggi").must(303)
	v.follow(again).must(200).says("Il file è lo stesso.", "il confronto n. 1 resta com’è", "ottobre.csv")
	// The kinds under the provider's names are asked about, once.
	to := v.post(again.location, "come", "||", "azione", "avanti", "colonna-1", "mailbox", "colonna-2", "kind").must(303)
	a = v.follow(to).must(200).says("Alcune tipologie del gestore non sono tra le nostre.", "«PEC Basic 1GB»", "Nessuna: non la confronti")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.follow(v.post(to.location, "come", "||", "azione", "avanti", "colonna-1", "mailbox", "colonna-2", "kind", "nome-1", "PEC Basic 1GB", "tipologia-1", "")).must(200).
		says("Questo stesso file era già stato confrontato.", "Tipologia non riconosciuta", "Su 2 righe, la prima è la riga 2")
	again = v.post("/confronto/2/rileggi").must(303)
	a = v.get(again.location).must(200).says("«PEC Basic 1GB»")
	v.follow(v.post(again.location, "come", "||", "azione", "avanti", "colonna-1", "mailbox", "colonna-2", "kind", "nome-1", "PEC Basic 1GB", "tipologia-1", "standard")).must(200).
		saysNot("Tipologia non riconosciuta")
	// It holds for the next list with these titles.
	v.follow(v.upload("/confronto", "file", "novembre.csv", []byte("Account remoto;Tipo prodotto\n"+s.address+";PEC Basic 1GB\n"))).must(200).says("Confronto fatto: 0 differenze.").saysNot("Tipologia non riconosciuta")
	s.as(ReadOnly).post("/confronto/1/rileggi").must(403)
	s.as(ReadOnly).get("/confronto/1").must(200).saysNot("Leggi di nuovo")
	v.post("/confronto/99/rileggi").must(404)
}

// An invoice of a mailbox that is not ours does not say that ours are lost; the same
// file as a list of all does, on upload or at the columns.
func TestPagesAskWhatAFileLists(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	invoice := []byte("Casella;Importo netto\nuna@pec.ordine.example;5,00\n")
	v.follow(v.upload("/confronto", "file", "fattura.csv", invoice)).must(200).says("Confronto fatto: 1 differenza.", "confrontato come una fattura, che nomina solo alcune caselle").saysNot("attiva, scade il")
	v.follow(v.upload("/confronto", "file", "fattura.csv", invoice, "elenca", "all")).must(200).says("confrontato come l’elenco di tutte le caselle", "Solo qui", "attiva, scade il")
	a := v.upload("/confronto", "file", "fattura.csv", invoice, "elenca", "boh").must(422).says("Scelga quali caselle elenca il file.")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	file := v.post("/confronto/2/rileggi").must(303).location
	a = v.get(file).must(200).says("Che cosa elenca", "Solo alcune: è una fattura")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.post(file, "come", "||", "azione", "avanti", "elenca", "boh", "colonna-1", "mailbox", "colonna-2", "net").must(422).says("Scelga quali caselle elenca il file.")
	v.follow(v.post(file, "come", "||", "azione", "avanti", "elenca", "some", "colonna-1", "mailbox", "colonna-2", "net")).must(200).says("come una fattura")
}

// An invoice with no line of titles: its columns go by numbers, none of its lines is
// lost, and what is proposed by the values is enough to go on. The mailbox is billed
// 7,00 € and 1,00 € instead of 5,00 € a year.
func TestInvoiceWithoutTitlesIsCompared(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	invoice := []byte(s.address + "\t7,00\tCanone\n" + s.address + "\t1,00\tAltro servizio\n")
	file := v.upload("/confronto", "file", "fattura.txt", invoice).must(303).location
	a := v.get(file).must(200).says("manca la riga con i titoli delle colonne, come «Casella»", "senza la riga dei titoli", "2 righe di dati", "Colonna 2", "tabulazione", "7,00")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.follow(v.post(file, "come", "||", "azione", "avanti", "colonna-1", "mailbox", "colonna-2", "net", "colonna-3", "")).must(200).
		says("«fattura.txt», 2 righe", "Prezzo diverso", "8,00 €")
	// By the addresses alone there is no difference.
	file = v.upload("/confronto", "file", "solo caselle.csv", []byte(s.address+"\n")).must(303).location
	v.follow(v.post(file, "come", "||", "azione", "avanti", "colonna-1", "mailbox")).must(200).says("Confronto fatto: 0 differenze.")
}

// In Excel and in Windows-1252 the step is the same, and accents come out right.
func TestListsInOtherFormsGoThroughTheStep(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	latin := append([]byte("Sigla remota;Citt\xe0 di riferimento\n"), s.address+";Forl\xec\n"...)
	file := v.upload("/confronto", "file", "latino.csv", latin).must(303).location
	v.get(file).must(200).says("Città di riferimento", "Forlì", "Windows-1252")
	// Read another way it is the same file, and is still there.
	v.post(file, "come", "||", "codifica", "utf-8", "separatore", "|", "azione", "rileggi").must(303)
	v.get(file).must(200).says("barra verticale")
	v.post(file, "come", "utf-8|||", "codifica", "", "separatore", "", "azione", "rileggi").must(303)
	v.follow(v.post(file, "come", "||", "azione", "avanti", "colonna-1", "mailbox", "colonna-2", "")).must(200).says("Confronto fatto: 0 differenze.")

	var book bytes.Buffer
	table := reports.Table{Title: "Elenco", Columns: []reports.Column{{Title: "Sigla remota"}, {Title: "Giga comperati", Kind: reports.Integer}}, Rows: [][]any{{s.address, 4}}}
	if err := table.WriteXLSX(&book); err != nil {
		t.Fatal(err)
	}
	file = v.upload("/confronto", "file", "gestore.xlsx", book.Bytes()).must(303).location
	v.get(file).must(200).says("XLSX", "foglio «Elenco»", "Giga comperati")
	v.follow(v.post(file, "come", "||", "azione", "avanti", "colonna-1", "mailbox", "colonna-2", "extra_gb")).must(200).says("Confronto fatto: 1 differenza.", "4 GB in più")
}

// Pressed four times at once, a file is compared once, and every press leads to the
// comparison.
func TestColumnsSentAtOnceLeadToOneComparison(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	file := s.as(Secretariat).upload("/confronto", "file", "ottobre.csv", []byte("Sigla remota;Quota\n"+s.address+";x\n")).must(303).location
	answers := make([]*answer, 4)
	var visitors []*visitor
	for range answers {
		v := s.as(Secretariat)
		v.get(file).must(200)
		visitors = append(visitors, v)
	}
	var presses sync.WaitGroup
	for i, v := range visitors {
		presses.Go(func() {
			answers[i] = v.post(file, "come", "||", "azione", "avanti", "colonna-1", "mailbox", "colonna-2", "")
		})
	}
	presses.Wait()
	for i, a := range answers {
		if a.must(303).location == file { // it was gone while it was read
			a = visitors[i].get(file).must(303)
		}
		if a.location != "/confronto/1" {
			t.Errorf("sent to %s", a.location)
		}
	}
}
