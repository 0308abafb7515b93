package web

import (
	"bytes"
	"context"
	"net/http"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/reports"
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
	page.says("Iscritti senza una casella in essere")
	page.saysNot("Stanziamento", "Bilancio di previsione", "Confronto con l’anno precedente")
	page.says("Per tipologia", "Per sezione e settore del titolare", "Richieste", "per casella")
}

// TestReportSetsTheYearBesideOthers: of 20,00 € set aside 18,30 were spent,
// 91,5 %; the year before cost 15,25, the next 6,71 in February.
func TestReportSetsTheYearBesideOthers(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	amounts := func(net, vat pec.Cents) pec.Amounts { return pec.Amounts{Net: net, VAT: vat, Gross: net + vat} }
	budget := pec.Cents(2000)
	p := &reportPage{Year: "2026"}
	p.fillYear(reports.Year{
		Year: 2026, Until: pec.Day("2026-12-31"), MadeOn: pec.Day("2027-01-15"), Budget: &budget,
		Mailboxes: []reports.MailboxRow{{Kind: "Standard", ActivatedOn: pec.Day("2025-02-10"), ClosedOn: pec.Day("2026-03-01"), Reason: pec.CloseNotRenewed}},
		Periods:   []reports.PeriodRow{{Kind: "Standard", From: pec.Day("2026-02-10"), To: pec.Day("2027-02-10"), Origin: reports.OriginRenewal, Cost: amounts(1500, 330)}},
		Expiries:  []reports.ExpiryRow{{On: pec.Day("2027-02-10"), Outcome: reports.ExpiryRenews, Cost: amounts(550, 121)}},
		Before:    &reports.Before{Until: pec.Day("2025-12-31"), Ordine: amounts(1250, 275)},
	})
	var out bytes.Buffer
	if err := s.site.views.Render(&out, "report", p); err != nil {
		t.Fatal(err)
	}
	page := &answer{t: t, body: out.Bytes(), header: http.Header{"Content-Type": {"text/html"}}}
	page.says("Stanziamento dell’anno, lordo 20,00 €", "18,30 € (92 %)", "Residuo +1,70 €")
	page.says("2025: dal 01/01/2025 al 31/12/2025", "Costo a carico dell’Ordine, lordo 15,25 € 18,30 € +3,05 €")
	page.says("Bilancio di previsione 2027", "febbraio 2027 1 1 5,50 € 1,21 € 6,71 €", "Chiuse: rinnovo non pagato o non richiesto 1")
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
