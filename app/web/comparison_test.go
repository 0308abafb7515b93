package web

import (
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// comparisonSamples are the addresses of the comparison's pages.
func (s *testSite) comparisonSamples() map[string][]string {
	made, err := s.office.Compare(s.t.Context(), "prova", office.ImportFile{Name: "elenco.csv", Data: []byte("Casella;GB extra\n" + s.address + ";4\naltra@pec.ordine.example;0\n")})
	if err != nil {
		s.t.Fatal(err)
	}
	page := "/confronto/" + itoa(made.ID)
	return map[string][]string{
		"/confronto/:id":         {page, page + "?tipo=only_there", page + "?stato=ignored", page + "?dopo=1", page + "?prima=2"},
		"/confronto/:id/esporta": {page + "/esporta", page + "/esporta?formato=csv", page + "/esporta?formato=pdf&stato=to_tell"},
	}
}

func TestProvidersListIsComparedByThePages(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	v.get("/confronto").must(200).says("Nessun confronto")
	v.upload("/confronto", "file", "vuoto.csv", nil).must(422).says("vuoto")
	v.upload("/confronto", "file", "albo.csv", []byte("Cognome;Nome\nRossi;Mario\n")).must(422)
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
	v.follow(v.post("/confronto/1", "azione", "import", "id", "2")).must(200).says("Le righe scelte sono pronte da importare.")
	v.get("/confronto/1?stato=import").must(200).says("Presa in un’importazione")
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
