package web

import (
	"bytes"
	"context"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
)

// reportSample makes the report of the year that is played and returns its id.
func (s *testSite) reportSample() int64 {
	s.t.Helper()
	made, err := s.office.MakeReport(context.Background(), office.ActorCommand, s.today.Year)
	if err != nil {
		s.t.Fatal(err)
	}
	return made.ID
}

func TestReportShowsTheFiguresBeforeAnythingIsMade(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	page := s.as(Treasurer).get("/report?anno=2018").must(200)
	page.says("Dal 01/01/2018 al 01/07/2018", "Nessun report fatto finora", "Crea Excel e PDF del 2018")
	page.says("L’anno non è finito")
	page.says("Per tipologia", "Per sezione e settore del titolare", "Richieste", "per casella")
}

func TestReportsMadeStayAsTheyWere(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Treasurer)
	v.post("/report", "anno", "2018").must(303)
	v.get("/report?anno=2018").must(200).says("Report 2018 pronto.")
	first := []byte(v.get("/report/1/pdf").must(200).body)
	if !bytes.HasPrefix(first, []byte("%PDF-")) {
		t.Fatalf("no PDF: %.20q", first)
	}
	if workbook := []byte(v.get("/report/1/excel").must(200).body); !bytes.HasPrefix(workbook, []byte("PK")) {
		t.Fatalf("no workbook: %.20q", workbook)
	}
	// Money comes in afterwards: a new report tells it, the old one does not.
	if _, err := s.office.TopUp(context.Background(), "operatore:prova", office.Payment{
		Address: s.address, Amount: pec.Cents(1220), Method: pec.ByCounter, Reference: "R1"}); err != nil {
		t.Fatal(err)
	}
	v.post("/report", "anno", "2018").must(303)
	v.get("/report?anno=2018").must(200).says("12,20")
	if again := []byte(v.get("/report/1/pdf").must(200).body); !bytes.Equal(first, again) {
		t.Error("the first report changed")
	}
	v.get("/report/99/pdf").must(404)
}

func TestReportOfAYearThatCannotBe(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Administrator)
	for _, year := range []string{"2019", "1800", "duemila", "-1"} {
		v.get("/report?anno=" + year).must(422)
		v.post("/report", "anno", year).must(422)
	}
	s.as(ReadOnly).post("/report", "anno", "2018").must(403)
	s.as(ReadOnly).get("/report").must(200).saysNot("Crea Excel e PDF")
}
