package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"iter"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
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
	page.says("Dal 01/01/2018 al 01/07/2018", "Nessun report del 2018 finora", "Crea Excel e PDF del 2018")
	page.says("L’anno non è finito")
	page.says("Iscritti senza una casella in essere")
	page.saysNot("Stanziamento e spesa", "Bilancio di previsione", "Confronto con l’anno precedente")
	page.says("Per tipologia", "Per sezione e settore del titolare", "Richieste", "per casella")
}

// alone is a list of one row.
func alone[T any](row T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) { yield(row, nil) }
}

// TestReportSetsTheYearBesideOthers: of 20,00 € set aside 18,30 were spent,
// 91,5 %; the year before cost 15,25, the next 6,71 in February.
func TestReportSetsTheYearBesideOthers(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	amounts := func(net, vat pec.Cents) pec.Amounts { return pec.Amounts{Net: net, VAT: vat, Gross: net + vat} }
	budget := pec.Cents(2000)
	p := &reportPage{Year: "2026"}
	sum, err := reports.Year{
		YearFacts: reports.YearFacts{
			Year: 2026, Until: pec.Day("2026-12-31"), MadeOn: pec.Day("2027-01-15"), Budget: &budget,
			Before: &reports.Before{Until: pec.Day("2025-12-31"), Ordine: amounts(1250, 275)},
		},
		Mailboxes: alone(reports.MailboxRow{Kind: "Standard", ActivatedOn: pec.Day("2025-02-10"), ClosedOn: pec.Day("2026-03-01"), Reason: pec.CloseNotRenewed}),
		Periods:   alone(reports.PeriodRow{Kind: "Standard", From: pec.Day("2026-02-10"), To: pec.Day("2027-02-10"), Origin: reports.OriginRenewal, Cost: amounts(1500, 330)}),
		Expiries:  alone(reports.ExpiryRow{On: pec.Day("2027-02-10"), Outcome: reports.ExpiryRenews, Cost: amounts(550, 121)}),
	}.Sum()
	if err != nil {
		t.Fatal(err)
	}
	p.fillYear(sum)
	var out bytes.Buffer
	if err := s.site.views.Render(&out, "report", p); err != nil {
		t.Fatal(err)
	}
	page := &answer{t: t, body: out.Bytes(), header: http.Header{"Content-Type": {"text/html"}}}
	page.says("Stanziamento dell’anno, lordo 20,00 €", "18,30 € (92 %)", "Residuo +1,70 €")
	page.says("2025: dal 01/01/2025 al 31/12/2025", "Costo a carico dell’Ordine, lordo 15,25 € 18,30 € +3,05 €")
	page.says("Bilancio di previsione 2027", "febbraio 2027 1 1 5,50 € 1,21 € 6,71 €", "Chiuse: rinnovo non pagato o non richiesto 1")
}

// figureLink is a figure that leads to its rows.
var figureLink = regexp.MustCompile(`<a href="(/report/righe[^"]*)">([^<]+)</a>`)

// TestFiguresOfTheReportLeadToTheirRows follows every figure of the page: a count
// leads to as many rows, an amount to rows whose sum it is.
func TestFiguresOfTheReportLeadToTheirRows(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	today := s.today
	s.on("2017-12-20")
	s.pays(1220)
	s.today = today
	v := s.as(ReadOnly)
	v.get("/report/righe?anno=2018&cifra=credito-iniziale&mese=3").must(200).says("Credito degli iscritti prima dei movimenti dell’anno, dal 01/01 al", "Morandi Elena", "12,20 €").saysNot("marzo")
	links := figureLink.FindAllStringSubmatch(string(v.get("/report?anno=2018").must(200).body), -1)
	if !slices.ContainsFunc(links, func(m []string) bool {
		return strings.Contains(m[1], "cifra=credito-iniziale") && m[2] == "12,20\u00a0€"
	}) {
		t.Errorf("the credit of the beginning leads nowhere: %q", links)
	}
	if len(links) < 15 {
		t.Fatalf("%d figures lead to rows", len(links))
	}
	for _, m := range links {
		rows := v.get(html.UnescapeString(m[1])).must(200)
		switch text := html.UnescapeString(m[2]); {
		case strings.Contains(text, "€"):
			rows.says(strings.TrimPrefix(text, "+"))
		case !strings.ContainsAny(text[:1], "0123456789"): // the title of a card
		case !strings.Contains(m[1], "cifra=gb") && !strings.Contains(m[1], "cifra=richieste") && !strings.Contains(m[1], "cifra=servizi-rinnovati"): // sums of a column
			rows.says("In tutto " + text + " rig")
		}
	}
	v.get("/report/righe?anno=2018&cifra=altro").must(404)
	v.get("/report/righe?anno=2018&cifra=attivate&mese=13").must(404)
	v.get("/report/righe?anno=2031&cifra=attivate").must(422)
	v.get("/report/righe?anno=2016&cifra=attivate").must(422).says("Nessun dato per il 2016: prima del 2017 il registro non ha dati.")
	v.get("/report/righe?anno=2018&cifra=senza-casella&mese=5&tipologia=Pro&motivo=altro").must(200).says("Iscritti senza una casella in essere, dal 01/01 al").saysNot("maggio", "tipologia Pro", "motivo:")
	v.get("/report/righe?anno=2018&cifra=attivate&mese=5&motivo=altro").must(200).says("Nessuna riga").saysNot("motivo:")
	v.get("/report/righe/esporta?anno=2018&cifra=attivate&formato=doc").must(422).says("«doc» non è uno di questi formati.")
	for _, year := range []string{"1850", "2016"} {
		v.get("/report?anno="+year).must(422).says("Nessun dato per il "+year+": prima del 2017 il registro non ha dati.").saysNot("Mese per mese", "Crea Excel e PDF")
	}
	s.as(Treasurer).post("/report", "anno", "2016", "key", "uno").must(422).says("Nessun dato per il 2016")
	s.as(Member).get("/report/righe?anno=2018&cifra=attivate").must(403)
	first := v.get("/report/righe?anno=2018&cifra=attivate").must(200)
	first.says("Caselle attivate, dal 01/01 al 15/06/2018")
	csv := v.get("/report/righe/esporta?anno=2018&cifra=attivate&formato=csv").must(200)
	if !strings.Contains(string(csv.body), "Casella;Titolare;N. iscrizione") {
		t.Errorf("the file begins %.80q", csv.body)
	}
}

func TestReportsMadeStayAsTheyWere(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Treasurer)
	made := v.follow(v.post("/report", "anno", "2018", "key", "uno").must(303)).must(200)
	made.says("Report annuale 2018", "Il documento è pronto", "albopec-2018-al-2018-07-01.xlsx", "Paolo Marini")
	first := []byte(v.get("/documenti/1/file/albopec-2018-al-2018-07-01.pdf").must(200).body)
	if !bytes.HasPrefix(first, []byte("%PDF-")) {
		t.Fatalf("no PDF: %.20q", first)
	}
	sum := sha256.Sum256(first)
	made.says(hex.EncodeToString(sum[:]))
	v.get("/documenti").must(200).says("Report annuale 2018", "Fino al 01/07/2018", "Pronto", hex.EncodeToString(sum[:]))
	workbook := v.get("/documenti/1/file/albopec-2018-al-2018-07-01.xlsx").must(200)
	if !bytes.HasPrefix(workbook.body, []byte("PK")) || workbook.header.Get("Content-Type") != mimeXLSX || workbook.header.Get("Content-Length") != fmt.Sprint(len(workbook.body)) {
		t.Fatalf("no workbook: %.20q, %v", workbook.body, workbook.header)
	}
	// Money comes in afterwards: a new report tells it, the old one does not.
	if _, err := s.office.TopUp(context.Background(), "operatore:prova", office.Payment{
		Address: s.address, Amount: pec.Cents(1220), Method: pec.ByCounter, Reference: "R1"}); err != nil {
		t.Fatal(err)
	}
	if again := v.post("/report", "anno", "2018", "key", "due").must(303); again.location != "/documenti/2" {
		t.Errorf("the second report is at %s", again.location)
	}
	v.get("/report?anno=2018").must(200).says("Report fatti", "12,20", "Documenti")
	if again := []byte(v.get("/documenti/1/file/albopec-2018-al-2018-07-01.pdf").must(200).body); !bytes.Equal(first, again) {
		t.Error("the first report changed")
	}
	v.get("/documenti/99").must(404)
	v.get("/documenti/1/file/altro.pdf").must(404)
	v.get("/documenti/99/file/altro.pdf").must(404)
	s.as(ReadOnly).get("/documenti/1/file/albopec-2018-al-2018-07-01.pdf").must(200)
	s.as(Member).get("/documenti/1/file/albopec-2018-al-2018-07-01.pdf").must(403)
}

func TestReportIsFollowedWhileItIsMade(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	var waiting []func()
	s.office.Spawn = func(f func()) { waiting = append(waiting, f) }
	v := s.as(Treasurer)
	page := v.follow(v.post("/report", "anno", "2018", "key", "uno").must(303)).must(200)
	page.says("In preparazione", "Passo 1 di 5", "Può lasciare la pagina", "Aggiorna")
	if page.find("div", "hx-get", "/documenti/1") == nil {
		t.Error("the page does not refresh itself")
	}
	v.get("/documenti").must(200).says("In preparazione")
	v.get("/report?anno=2018").must(200).says("In preparazione")
	v.get("/documenti/1/file/albopec-2018-al-2018-07-01.pdf").must(404)
	if again := v.post("/report", "anno", "2018", "key", "uno").must(303); again.location != "/documenti/1" || len(waiting) != 1 {
		t.Errorf("a second press leads to %s, %d under way", again.location, len(waiting))
	}
	waiting[0]()
	page = v.get("/documenti/1").must(200).says("Il documento è pronto").saysNot("Aggiorna")
	if page.find("div", "hx-get", "/documenti/1") != nil {
		t.Error("the page refreshes itself for ever")
	}

	s.write(func(tx *db.Tx) error {
		id, err := tx.AddDocument(db.Document{Kind: db.DocumentList, Title: "Iscritti", Filter: "Stato: sospeso"})
		if err != nil {
			return err
		}
		return tx.SetDocumentFailed(id, "Interrotto: il programma si è fermato.")
	})
	v.get("/documenti/2").must(200).says("Il documento non è riuscito.", "Interrotto: il programma si è fermato.", "Stato: sospeso")
	v.get("/documenti").must(200).says("Non riuscito", "Stato: sospeso")
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

func TestBudgetOfAYearIsWrittenOnItsReport(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Treasurer)
	v.get("/report?anno=2018").must(200).says("Stanziamento")
	for typed, says := range map[string]string{
		"-3": "usi solo cifre e la virgola", "1e9": "usi solo cifre e la virgola", "abc": "usi solo cifre e la virgola", "99999999999": "supera il massimo di 1.000.000,00 €", "0": "maggiore di zero",
	} {
		page := v.post("/report/bilancio", "anno", "2018", "gross", typed).must(422).says(says, "Mese per mese")
		if page.find("input", "value", typed) == nil {
			t.Errorf("%q is lost", typed)
		}
	}
	v.follow(v.post("/report/bilancio", "anno", "2018", "gross", "12.500").must(422))
	page := v.follow(v.post("/report/bilancio", "anno", "2018", "gross", "12.500,50").must(303)).must(200)
	page.says("Stanziamento del 2018 salvato.", "Scritto da Paolo Marini", "Speso 0,00 € (0 %)", "Residuo +12.500,50 €")
	if page.find("input", "value", "12.500,50") == nil {
		t.Error("the amount is not shown")
	}
	v.follow(v.post("/report/bilancio", "anno", "2018", "gross", "").must(303)).must(200).saysNot("Scritto da")
	v.post("/report/bilancio", "anno", "duemila", "gross", "1,00").must(422)
	v.post("/report/bilancio", "anno", "1800", "gross", "1,00").must(422).says("fino al 2019")
	s.as(ReadOnly).post("/report/bilancio", "anno", "2018", "gross", "1,00").must(403)
	s.as(ReadOnly).get("/report?anno=2018").must(200).saysNot("Stanziamento")
}
