package web

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func TestYearIsClosedAfterAReview(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Treasurer)
	v.post("/report", "anno", "2018", "key", "uno").must(303)
	v.get("/documenti/1").must(200).saysNot("Chiudi l’anno")
	v.get("/documenti/1/chiusura").must(200).says("Il 2018 non è finito: si può chiudere dal 01/01/2019.").saysNot("non si può togliere")
	v.post("/documenti/1/chiusura").must(422).says("Il 2018 non è finito")

	v.post("/report", "anno", "2017", "key", "due").must(303)
	v.get("/documenti/2").must(200).says("Chiudi l’anno 2017…")
	v.get("/documenti/2/chiusura").must(200).says("Caselle a fine anno", "Credito degli iscritti a fine anno", "La chiusura non si può togliere")
	s.as(ReadOnly).get("/documenti/2").must(200).saysNot("Chiudi l’anno")
	s.as(ReadOnly).post("/documenti/2/chiusura").must(403)

	late := func(reference string) { // 12,20 € of December 2017
		t.Helper()
		today := s.today
		s.today = pec.Day("2017-12-20")
		_, err := s.office.TopUp(context.Background(), "operatore:prova", office.Payment{Address: s.address, Amount: pec.Cents(1220), Method: pec.ByCounter, Reference: reference})
		if s.today = today; err != nil {
			t.Fatal(err)
		}
	}
	late("R1")
	v.get("/documenti/2/chiusura").must(200).says("I dati dell’anno sono cambiati: crei un nuovo report.", "Ricariche 0,00 € 12,20 €", "Righe diverse nei fogli «Movimenti» , «Ricariche» .").saysNot("non si può togliere")
	v.post("/documenti/2/chiusura").must(422).says("I dati del 2017 sono cambiati da quando il report è stato fatto")

	v.post("/report", "anno", "2017", "key", "tre").must(303)
	v.follow(v.post("/documenti/3/chiusura").must(303)).must(200).says("L’anno 2017 è chiuso.", "Anno chiuso", "Le cifre di oggi sono le stesse.").saysNot("Allora")
	v.get("/documenti/3").must(200).says("Su questo report l’anno 2017 è stato chiuso il 01/07/2018, da Paolo Marini.").saysNot("Chiudi l’anno 2017…")
	v.get("/documenti/2").must(200).says("su un altro report")
	v.get("/documenti/3/chiusura").must(200).says("Il 2017 è già chiuso.")
	late("R2")
	v.get("/report?anno=2017").must(200).says("Le cifre di oggi non sono più quelle della chiusura.", "Allora", "Ricariche 12,20 € 24,40 €", "fogli «Movimenti» , «Ricariche»", "«Scadenze» e «Senza PEC» non contano nel confronto")
	v.get("/documenti/3/righe?foglio=Movimenti").must(200).says("Solo oggi: 1", "20/12/2017", "sportello R2", "12,20 €").saysNot("Solo allora", "Righe cambiate:")
	v.get("/documenti/3/righe?foglio=Ordini").must(200).says("Nessuna riga cambiata", "Le righe di oggi sono quelle di allora.")
	v.get("/documenti/3/righe?foglio=Scadenze").must(200).says("Questo foglio dice come stavano le cose il giorno del report.")
	v.get("/documenti/3/righe?foglio=Altro").must(404).says("Il report non ha il foglio «Altro».")
	v.get("/report?anno=2018").must(200).saysNot("Anno chiuso")
}

// TestClosedYearShowsTablesThatAreOthersToday: after the closing the only holder
// passes to section B, sector b: the tables of the page are not those of the signed
// report, and the page says so beside both.
func TestClosedYearShowsTablesThatAreOthersToday(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Treasurer)
	v.post("/report", "anno", "2017", "key", "uno").must(303)
	v.post("/documenti/1/chiusura").must(303)
	v.get("/report?anno=2017").must(200).says("Le cifre di oggi sono le stesse.").saysNot("Tabelle diverse", "non si confrontano")
	if err := s.db.Write(context.Background(), db.Stamp{Actor: "prova", On: s.today}, func(tx *db.Tx) error {
		m, err := tx.Member(s.member)
		if err != nil {
			return err
		}
		m.Section, m.Sector = "B", "b"
		return tx.SetMember(m)
	}); err != nil {
		t.Fatal(err)
	}
	v.get("/report?anno=2017").must(200).says("Le cifre principali di oggi sono le stesse.", "Tabelle diverse, allora e oggi", "B, settore b Attivate 0 1", "nei fogli «Caselle» , «Rinnovi»").saysNot("Le cifre di oggi sono le stesse")
	v.get("/documenti/1/righe?foglio=Caselle").must(200).says("Righe cambiate: 1", "Settore (dato dell’iscritto, com’è oggi)", "il report li prende il giorno in cui è fatto")
	v.get("/documenti/1/chiusura").must(200).says("Tabelle diverse, allora e oggi")
}

// A closing from before the tables were kept says that they are not compared.
func TestClosingThatKeptNoTablesSaysSo(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Treasurer)
	v.post("/report", "anno", "2017", "key", "uno").must(303)
	sum, err := s.office.Year(context.Background(), 2017)
	if err != nil {
		t.Fatal(err)
	}
	old, err := json.Marshal(office.KeptYear{YearFigures: office.FiguresOf(sum)})
	if err != nil || strings.Contains(string(old), "tables") {
		t.Fatalf("%s, %v", old, err)
	}
	if err := s.db.Write(context.Background(), db.Stamp{Actor: "prova", On: s.today}, func(tx *db.Tx) error {
		return tx.CloseYear(db.YearClosing{Year: 2017, Document: 1, Figures: old})
	}); err != nil {
		t.Fatal(err)
	}
	v.get("/report?anno=2017").must(200).says("Le cifre principali di oggi e le righe sono le stesse.", "con quel report non sono state conservate").saysNot("Le cifre di oggi sono le stesse", "Tabelle diverse")
}
