package web

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
)

// savedListSample saves a list, once, and returns its id.
func (s *testSite) savedListSample() int64 {
	s.t.Helper()
	id, err := s.office.SaveList(context.Background(), "operatore:giulia@ordine.example", "In scadenza", "entro=90")
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

func TestListIsSavedForEverybody(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.enrol(
		pec.Member{RegistrationNumber: "B7", Surname: "Berti", Name: "Ugo", Section: "B", City: "Borgo"},
		pec.Member{RegistrationNumber: "A9", Surname: "Neri", Name: "Ada", Section: "A", City: "Valle"},
	)
	v := s.as(Secretariat)
	link := v.get("/iscritti?comune=Borgo").must(200).link("Salva questo elenco")
	form := formOfPage(v.get(link).must(200).says("Salva questo elenco", "Comune: Borgo"))
	v.post("/iscritti/elenchi/nuovo", form...).must(422).says("Scriva un nome per l’elenco.")
	v.follow(v.post("/iscritti/elenchi/nuovo", form.with("name", "Di Borgo")...).must(303)).must(200).
		says("Elenco «Di Borgo» salvato.", "Di Borgo 1", "1 di 3 iscritti, elenco salvato da Giulia Ferretti il 15/06/2018", "Berti Ugo").saysNot("Neri")

	// A reader sees it, and cannot change it.
	reader := s.as(ReadOnly)
	list := reader.get("/iscritti").must(200).says("Di Borgo 1").link("Di Borgo")
	reader.get(list).must(200).says("Berti Ugo", "Elenco «Di Borgo»").saysNot("Rinomina", "Neri")
	edit := v.get(list).must(200).link("Rinomina o elimina")
	reader.get(edit).must(403)
	reader.post(edit + "/elimina").must(403)
	v.get(edit).must(200).says("Elimina l’elenco…")
	v.follow(v.post(edit, "name", "Borgo").must(303)).must(200).says("L’elenco «Di Borgo» ora si chiama «Borgo».", "Borgo 1")
	v.get(edit + "/elimina").must(200).says("«Borgo» sparisce dalle linguette")
	v.follow(v.post(edit + "/elimina").must(303)).must(200).says("Elenco eliminato.").saysNot("Borgo 1")
	v.follow(v.post(edit + "/elimina").must(303)).must(200).says("Elenco eliminato.")
}

// TestListsAreSavedByClerks: the places are few and everybody's, so those who
// only look take none.
func TestListsAreSavedByClerks(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	for _, row := range []struct {
		role  Role
		query string
		may   bool
	}{{Administrator, "stato=active", true}, {Secretariat, "casella=with", true}, {Treasurer, "entro=200", false}, {ReadOnly, "entro=200", false}} {
		v := s.as(row.role)
		if led := strings.Contains(v.get("/iscritti?"+row.query).must(200).text(), "Salva questo elenco"); led != row.may {
			t.Errorf("%s is led to saving a list: %v", row.role, led)
		}
		asked, saved := 403, 403
		if row.may {
			asked, saved = 200, 303
		}
		v.get("/iscritti/elenchi/nuovo?" + row.query).must(asked)
		v.post("/iscritti/elenchi/nuovo", "elenco", row.query, "name", "Di "+string(row.role)).must(saved)
	}
	s.as(ReadOnly).get("/iscritti").must(200).says("Di administrator 1", "Di secretariat 1").saysNot("Di treasurer", "Di reader")
}

func TestColumnsStayTheOperators(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.enrol(pec.Member{RegistrationNumber: "B7", Surname: "Berti", Name: "Ugo", Section: "B", City: "Borgo"})
	v := s.as(ReadOnly)
	a := v.post("/iscritti/colonne", "col", "comune", "col", "numero", "col", "nessuna", "elenco", "stato=active").must(303)
	if a.location != "/iscritti?stato=active" {
		t.Errorf("sent to %s", a.location)
	}
	v.get("/iscritti").must(200).says("Borgo", "B7").saysNot("MRNLNE80A41H501U")
	s.as(ReadOnly).get("/iscritti").must(200).says("Borgo").saysNot("MRNLNE80A41H501U") // the next visit
	s.as(Secretariat).get("/iscritti").must(200).says("MRNLNE80A41H501U")
	v.get("/iscritti?colonne=cf").must(200).says("MRNLNE80A41H501U") // of a list that was sent
}

func TestExportHasTheRowsAndColumnsShown(t *testing.T) {
	s := areaSite(t, fullYearAgreement) // Elena's mailbox expires on 01/10/2018
	s.pays(780)
	s.buys(2) // 6,10 €: 1,70 € are left, 4,40 € are missing
	s.enrol(
		pec.Member{RegistrationNumber: "B7", Surname: "=1+1", Name: "Ugo", Section: "B", City: "-Rossi"},
		pec.Member{RegistrationNumber: "+39", Surname: "Neri", Name: "Ada", Section: "A", Status: pec.MemberSuspended},
	)
	v := s.as(ReadOnly)
	page := v.get("/iscritti?stato=on_register&colonne=numero,comune,scadenza,credito,manca").must(200).says("1,70 €", "4,40 €")
	csv := string(v.get(page.link("CSV")).must(200).body)
	want := "\uFEFFCognome e nome;Stato;Numero;Comune;Scadenza;Credito;Manca\r\n" +
		"'=1+1 Ugo;iscritto;B7;'-Rossi;;0,00;0,00\r\n" +
		"Morandi Elena;iscritto;A15266;;01/10/2018;1,70;4,40\r\n" +
		"Neri Ada;sospeso;'+39;;;0,00;0,00\r\n"
	if csv != want {
		t.Errorf("the file is\n%q, want\n%q", csv, want)
	}
	if book := v.get(page.link("Esporta (Excel)")).must(200); !strings.HasPrefix(string(book.body), "PK") {
		t.Error("the workbook is no workbook")
	}
	// All columns, to be imported again: the rows are the same.
	whole := string(v.get("/iscritti/elenco.csv?stato=suspended").must(200).body)
	if !strings.Contains(whole, "Codice fiscale;") || !strings.Contains(whole, "Neri;Ada") || strings.Contains(whole, "Morandi") {
		t.Errorf("the whole register's columns: %q", whole)
	}
}

func TestFiltersOfASecretariat(t *testing.T) {
	s := areaSite(t, fullYearAgreement) // 15/06/2018: Elena's mailbox expires in 108 days
	s.enrol(
		pec.Member{RegistrationNumber: "B7", Surname: "Berti", Name: "Ugo", City: "Borgo", Province: "RM", RegisteredOn: pec.Day("2015-01-01"), Email: "ugo@posta.example"},
		pec.Member{RegistrationNumber: "A9", Surname: "Neri", Name: "Ada", OwnPEC: "ada@pecmail.example", RegisteredOn: pec.Day("2018-01-01")},
	)
	v := s.as(ReadOnly)
	for _, row := range []struct{ query, found, chip string }{
		{"casella=no_pec", "Berti Ugo", "Senza alcuna PEC"},
		{"casella=active", "Morandi Elena", "Casella attiva"},
		{"email=senza", "Neri Ada", "Senza e-mail"},
		{"entro=108", "Morandi Elena", "Scade entro 108 giorni"},
		{"entro=107", "", "Scade entro 107 giorni"},
		{"scade_dal=01/10/2018&scade_al=01/10/2018", "Morandi Elena", "Scade dal 01/10/2018"},
		{"scade_dal=02/10/2018", "", "Scade dal 02/10/2018"},
		{"iscritti_dal=01/01/2015&iscritti_al=31/12/2015", "Berti Ugo", "Iscritti fino al 31/12/2015"},
		{"comune=borgo", "Berti Ugo", "Comune: borgo"},
		{"provincia=RM", "Berti Ugo", "Provincia: RM"},
	} {
		t.Run(row.query, func(t *testing.T) {
			v.t = t
			a := v.get("/iscritti?" + row.query).must(200).says(row.chip)
			for _, name := range []string{"Berti Ugo", "Morandi Elena", "Neri Ada"} {
				if row.found == name {
					a.says(name)
				} else {
					a.saysNot(name)
				}
			}
		})
	}
}

func TestListGoesByItsHeads(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.enrol(pec.Member{RegistrationNumber: "A10", Surname: "Bo", Name: "Lia"}, pec.Member{RegistrationNumber: "A2", Surname: "Verdi", Name: "Ugo"})
	v := s.as(ReadOnly)
	a := v.get("/iscritti").must(200)
	a = v.get(a.link("Numero")).must(200)
	if a.find("th", "aria-sort", "ascending") == nil || textOf(a.find("th", "aria-sort", "ascending")) != "Numero ▲" {
		t.Error("no head says how the list goes")
	}
	inOrder(a, "Verdi Ugo", "Bo Lia", "Morandi Elena")
	inOrder(v.get(a.link("Numero")).must(200), "Morandi Elena", "Bo Lia", "Verdi Ugo")
}

// inOrder fails the test unless the names stand on the page in this order.
func inOrder(a *answer, names ...string) {
	a.t.Helper()
	text, at := a.text(), -1
	for _, name := range names {
		i := strings.Index(text, name)
		if i <= at {
			a.t.Errorf("%s stands before those that should come before it: %s", name, text)
		}
		at = i
	}
}

func TestCouncilDecisionOnMany(t *testing.T) {
	s := areaSite(t, fullYearAgreement) // 15/06/2018, Elena's mailbox expires on 01/10/2018
	s.pays(1000)
	ids := s.enrol(
		pec.Member{RegistrationNumber: "B7", Surname: "Berti", Name: "Ugo"},
		pec.Member{RegistrationNumber: "A9", Surname: "Neri", Name: "Ada", Status: pec.MemberSuspended},
	)
	v := s.as(Secretariat)
	if a := v.get("/iscritti/stato"); a.location != "/iscritti" {
		t.Errorf("nobody chosen leads to %q", a.location)
	}
	v.get("/iscritti/azioni?tutti=1").must(200).says("Azioni su 3 iscritti", "Cambia lo stato…", "Richiedi le caselle…")
	chosen := fmt.Sprintf("id=%d&id=%d&id=%d", s.member, ids[0], ids[1])
	v.review("/iscritti/stato?"+chosen, "status=suspended&on=01/06/2018").must(422).says("Scriva il motivo")
	v.review("/iscritti/stato?"+chosen, "status=suspended&on=01/06/2018&reason=Delibera+5").must(200).
		says("Nulla è ancora scritto", "Conferma: sospeso per 2 iscritti", "Per 1 iscritto non cambia nulla", "Neri Ada È già sospeso.", "continua, con scadenza il 01/10/2018")

	a := v.review("/iscritti/stato?tutti=1", "status=cancelled&on=01/06/2018&reason=Delibera+5").must(200).
		says("Si chiude 1 casella.", "Restano 10,00 € di credito", "si chiude il 31/07/2018", "Conferma: cancellato per 3 iscritti")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	form := formOfPage(a)
	v.follow(v.post("/iscritti/stato", form...).must(303)).must(200).says("Stato cambiato per 3 iscritti.", "Berti Ugo", "Neri Ada", "Morandi Elena")
	v.follow(v.post("/iscritti/stato", form...).must(303)).must(200).says("Nessuno stato è cambiato.")
	v.get(fmt.Sprint("/iscritti/", s.member)).must(200).says("La casella "+s.address+" si chiude il 31/07/2018", "Motivo: Delibera 5")
	s.as(ReadOnly).post("/iscritti/stato", form...).must(403)

	// Of the rows ticked only those are taken away.
	csv := string(v.get(fmt.Sprint("/iscritti/elenco.csv?id=", ids[0])).must(200).body)
	if !strings.Contains(csv, "Berti;Ugo") || strings.Contains(csv, "Neri") {
		t.Errorf("the file: %q", csv)
	}
	csv = string(v.get(fmt.Sprint("/iscritti/elenco.csv?colonne=numero&id=", ids[0])).must(200).body)
	if !strings.HasSuffix(csv, "Cognome e nome;Stato;Numero\r\nBerti Ugo;cancellato;B7\r\n") {
		t.Errorf("the file with the columns shown: %q", csv)
	}
}

// TestWhoChangedSinceTheReviewIsTold: another operator cancels one of two before
// the decision on both is confirmed.
func TestWhoChangedSinceTheReviewIsTold(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	ids := s.enrol(pec.Member{RegistrationNumber: "B7", Surname: "Berti", Name: "Ugo"}, pec.Member{RegistrationNumber: "A9", Surname: "Neri", Name: "Pio"})
	v := s.as(Secretariat)
	form := formOfPage(v.review(fmt.Sprintf("/iscritti/stato?id=%d&id=%d", ids[0], ids[1]), "status=cancelled&on=01/06/2018&reason=Delibera+5").must(200).says("Conferma: cancellato per 2 iscritti"))
	_, err := s.office.ChangeMemberStatus(context.Background(), "operatore:giulia@ordine.example", ids[1], office.StatusChange{Status: pec.MemberCancelled, Reason: "dimissioni"})
	if err != nil {
		t.Fatal(err)
	}
	v.follow(v.post("/iscritti/stato", form...).must(303)).must(200).
		says("Stato cambiato per 1 iscritto.", "1 altro è rimasto com’era, perché nel frattempo qualcosa è cambiato: Neri Pio (È già cancellato).")
}

// TestDecisionThatStopsHalfwayTellsHowFarItCame: what is written is not denied.
func TestDecisionThatStopsHalfwayTellsHowFarItCame(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	var many []pec.Member
	for i := range 301 { // one more than a portion holds
		many = append(many, pec.Member{RegistrationNumber: fmt.Sprint("B", i), Surname: "Berti", Name: fmt.Sprint("Ugo ", i)})
	}
	s.enrol(many...)
	v := s.as(Secretariat)
	form := formOfPage(v.review("/iscritti/stato?tutti=1&q=berti", "status=suspended&on=01/06/2018&reason=Delibera+5").must(200).says("Conferma: sospeso per 301 iscritti"))
	d, err := sql.Open("sqlite", s.db.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	fails := func(statement string) { // the last by name cannot be written
		if _, err := d.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	fails("CREATE TRIGGER full BEFORE UPDATE ON members WHEN NEW.name = 'Ugo 99' BEGIN SELECT RAISE(ABORT, 'disk full'); END")
	v.follow(v.post("/iscritti/stato", form...).must(303)).must(200).says("Stato cambiato per 300 iscritti, poi il programma si è fermato.", "chi è già cambiato resta com’è")
	if !strings.Contains(s.log.String(), "disk full") {
		t.Errorf("the log does not say why: %s", s.log)
	}
	fails("DROP TRIGGER full")
	v.follow(v.post("/iscritti/stato", form...).must(303)).must(200).says("Stato cambiato per 1 iscritto.", "300 altri sono rimasti com’erano", "Berti Ugo 0 (È già sospeso), Berti Ugo 1 (È già sospeso), Berti Ugo 10 (È già sospeso) e altri.")
}

// TestTooManyAreRefusedNotCut: an action takes the whole list or none of it.
func TestTooManyAreRefusedNotCut(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.enrol(pec.Member{RegistrationNumber: "B7", Surname: "Berti", Name: "Ugo"}, pec.Member{RegistrationNumber: "A9", Surname: "Neri", Name: "Pio"})
	defer func(most int) { maxChosen = most }(maxChosen)
	v := s.as(Secretariat)
	maxChosen = 3
	v.get("/iscritti/azioni?tutti=1").must(200).says("Azioni su 3 iscritti")
	maxChosen = 2
	for _, page := range []string{"azioni", "stato", "caselle"} {
		v.get("/iscritti/"+page+"?tutti=1").must(422).says("L’elenco ha più di 2 iscritti", "Lo restringa con un filtro")
	}
	v.get("/iscritti/azioni?tutti=1&q=neri").must(200).says("Azioni su 1 iscritto")
}

// TestDamagedExportGivesNobodyAway: what the address says beyond the list is
// never read as the whole register.
func TestDamagedExportGivesNobodyAway(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(ReadOnly)
	for _, query := range []string{
		"id=", "id=tutti", fmt.Sprintf("id=%d&id=x", s.member), "tutti%3D1%26stato%3Dsuspended", "tutti=1&amp;stato=suspended", "status=suspended", "stato=suspended;casella=with", "stato=%zz",
	} {
		for _, ending := range []string{"csv?", "xlsx?", "csv?colonne=numero&"} {
			v.get("/iscritti/elenco." + ending + query).must(404).says("L’indirizzo di questa esportazione è rovinato.").saysNot("Morandi")
		}
	}
	v.follow(v.get("/iscritti/elenco.xlsx?colonne=numero&spuntati=1").must(303)).says("Non ha scelto nessun iscritto.")
	clerk := s.as(Secretariat)
	if clerk.get("/iscritti").must(200).find("button", "name", tickedParam) == nil {
		t.Error("the rows ticked are exported without saying that they are")
	}
	if csv := string(v.get(fmt.Sprint("/iscritti/elenco.csv?spuntati=1&id=", s.member)).must(200).body); !strings.Contains(csv, "Morandi") {
		t.Errorf("the file: %q", csv)
	}
}

// link is where the first link with these words leads.
func (a *answer) link(words string) string {
	a.t.Helper()
	for _, n := range a.all("a") {
		if strings.Contains(textOf(n), words) {
			return attribute(n, "href")
		}
	}
	a.t.Fatalf("no link %q: %s", words, a.text())
	return ""
}
