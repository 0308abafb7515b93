package web

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// TestClerkMarksWhoIsMissingAsLeft: two of the three missing leave the register
// with the import, one by one and then all, and come back with the undo.
func TestClerkMarksWhoIsMissingAsLeft(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	v.imports(v.uploads(office.ImportMembers, "albo.csv", albo("A1;Rossi;Mario;RSSMRA85T10A562S;", "A2;Moretti;Matteo;MRTMTT91D08F205J;"))).must(303)
	file := v.uploads(office.ImportMembers, "albo-2.csv", albo("A9;Neri;Ada;;ada@posta.example"))
	v.sees(file).says("Mancanti dal file: 3 iscritti", "L’importazione non li tocca.", "Scelga chi è uscito dall’albo")
	list := file + "/anteprima?mostra=mancanti"
	page := v.get(list).must(200).says("Moretti Matteo", "Morandi Elena", "Se esce, la casella si chiude il", "30/08/2018", "Segna tutti e 3")

	rossi, moretti := s.idOf("A1"), s.idOf("A2")
	shown := []string{"mostrato", itoa(rossi), "mostrato", itoa(moretti), "mostrato", itoa(s.member)}
	choose := func(fields ...string) *answer { return v.post(file+"/mancanti", append(fields, shown...)...) }
	choose("azione", "scelti", "id", itoa(moretti), "status", "cancelled", "left_on", "02/07/2018").must(422).says("nel futuro")
	choose("azione", "scelti", "id", itoa(moretti), "status", "active", "left_on", "30/06/2018").must(422).says("Chi non è più nell’albo è cancellato, trasferito o deceduto.")
	page = choose("azione", "scelti", "id", itoa(moretti), "status", "deceased", "left_on", "35/06/2018").must(422).says("1 errore")
	if attribute(page.find("input", "name", "left_on"), "value") != "35/06/2018" {
		t.Error("what was typed is lost")
	}
	for id, ticked := range map[int64]bool{moretti: true, rossi: false} {
		if _, is := attributeOf(page.find("input", "id", "m"+itoa(id)), "checked"); is != ticked {
			t.Errorf("member %d is ticked: %v", id, is)
		}
	}
	// The import stands on the overview: what is ticked and not yet marked would
	// be lost by it.
	page.saysNot("Importa 1 iscritto")
	v.sees(file).says("L’importazione non li tocca.")

	v.follow(choose("azione", "scelti", "id", itoa(moretti), "status", "transferred", "left_on", "30/06/2018").must(303)).
		says("1 mancante scelto.", "1 uscirà dall’albo dal 30/06/2018", "1 uscirà dall’albo", "Lascia tutti come sono")
	if got := s.statusOf(moretti); got != pec.MemberActive {
		t.Fatalf("a choice wrote: %s", got)
	}
	choose("azione", "nessuno").must(303)
	v.sees(file).says("L’importazione non li tocca.", "Importa 1 iscritto")
	choose("azione", "tutti", "status", "cancelled", "left_on", "30/06/2018").must(303)
	choose("azione", "scelti", "id", itoa(moretti), "id", itoa(rossi), "status", "cancelled", "left_on", "30/06/2018").must(303) // all but Morandi
	v.sees(file).says("Importando, 2 usciranno dall’albo dal 30/06/2018.", "Importa 1 iscritto e segna 2 usciti", "3 iscritti da scrivere")

	done := v.imports(file).must(303)
	v.get(done.location).must(200).says("1 nuovo e 0 variati; 2 usciti dall’albo.", "Variati: 2 iscritti", "2 mancavano dal file e sono segnati come usciti dall’albo.", "cancellato", "30/06/2018")
	if s.statusOf(moretti) != pec.MemberCancelled || s.statusOf(rossi) != pec.MemberCancelled || s.statusOf(s.member) != pec.MemberActive {
		t.Error("not just the chosen have left")
	}
	v.post("/importazioni/2/annulla").must(303)
	if s.statusOf(moretti) != pec.MemberActive || s.statusOf(rossi) != pec.MemberActive {
		t.Error("the undo did not bring them back")
	}
}

// TestClerkChoosesWhatAFileMayDo: only new members, only known ones, empty cells
// that empty.
func TestClerkChoosesWhatAFileMayDo(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	file := v.uploads(office.ImportMembers, "albo.csv", albo("A15266;Morandi;Elena;;", "A9;Neri;Ada;;ada@posta.example"))
	v.get(file).must(200).says("Che cosa importare", "Nuovi e variati", "Le celle vuote svuotano i campi")
	columns := []string{"come", "||", "azione", "avanti", "colonna-1", "registration_number", "colonna-2", "surname", "colonna-3", "name", "colonna-4", "tax_code", "colonna-5", "email"}
	v.post(file, append(columns, "solo", "tutto")...).must(422).says("Scelga quali righe importare.")
	v.post(file, append(columns, "solo", "known", "svuota", "1")...).must(303)
	v.sees(file).says("Le celle vuote svuotano i campi, come ha scelto", "Si aggiorna solo chi c’è già.", "0 + 1 + 0 + 1 + 0 = 2 righe lette", "Lasciati da parte: 1 iscritto", "elena@posta.example").saysNot("Invariati: 1")
	v.get(file+"/anteprima?mostra=lasciati").must(200).says("Neri Ada", "come ha scelto")
	v.post(file, append(columns, "solo", "new")...).must(303)
	v.sees(file).says("Si aggiungono solo i nuovi.", "1 + 0 + 1 + 0 = 2 righe lette", "Invariati: 1 iscritto").saysNot("Sua scelta")
	v.post(file, append(columns, "solo", "known", "svuota", "1")...).must(303)
	v.get(v.imports(file).must(303).location).must(200).says("0 nuovi e 1 variato")
	s.look(func(tx *db.ReadTx) error {
		m, err := tx.Member(s.member)
		if m.Email != "" || m.TaxCode == "" {
			t.Errorf("%q %q", m.Email, m.TaxCode)
		}
		return err
	})
}

// TestWarningsOfRefusedRowsStandWithTheirErrors: they are not said of rows that
// were taken, and come back in the workbook.
func TestWarningsOfRefusedRowsStandWithTheirErrors(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	file := v.uploads(office.ImportMembers, "albo.csv", albo("A1;;Ugo;;ugo@@", "A2;Neri;Ada;;ada@@"))
	v.sees(file).says("Respinti: 1 riga", "ugo@@", "Avvertimenti: 1 riga", "ada@@")
	batch := v.imports(file).must(303).location
	page := v.get(batch).must(200).says("Avvertimenti: 1 riga", "Queste righe sono prese")
	text := page.text()
	if taken := text[strings.Index(text, "Avvertimenti: 1 riga"):]; strings.Contains(taken, "ugo@@") || !strings.Contains(taken, "ada@@") {
		t.Error("the refused row is among those that were taken")
	}
	book, err := excelize.OpenReader(bytes.NewReader(v.get("/importazioni/1/respinte").must(200).body))
	if err != nil {
		t.Fatal(err)
	}
	reason, err := book.GetCellValue(book.GetSheetName(0), "F2")
	if err != nil || !strings.HasPrefix(reason, "Manca il cognome.") || !strings.Contains(reason, "L’indirizzo e-mail non è scritto bene") {
		t.Errorf("%q, %v", reason, err)
	}
}

// TestListOfMailboxesSentAsMembersIsKnown: the clerk chose the wrong kind.
func TestListOfMailboxesSentAsMembersIsKnown(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Secretariat)
	a := v.upload("/importazioni/nuova", "file", "caselle.csv", []byte("Casella;Codice fiscale;Tipologia;Data attivazione;Data scadenza\nada.neri@pec.ordine.example;MRNLNE80A41H501U;Standard;01/02/2018;01/02/2019\n"), "kind", office.ImportMembers)
	v.follow(a.must(303)).says("Il file è trattato come «Caselle presso il gestore».", "Importazione delle caselle presso il gestore: colonne")
}

// idOf finds a member by number.
func (s *testSite) idOf(number string) (id int64) {
	s.t.Helper()
	s.look(func(tx *db.ReadTx) error {
		m, err := tx.MemberByNumber(number)
		id = m.ID
		return err
	})
	return id
}

func (s *testSite) statusOf(id int64) (status pec.MemberStatus) {
	s.t.Helper()
	s.look(func(tx *db.ReadTx) error {
		m, err := tx.Member(id)
		status = m.Status
		return err
	})
	return status
}
