package reports

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"albopec/app/pec"
)

// estratto is the account of 2018: 1,95 € from before, 10,00 € in, 6,10 € and
// 3,05 € out, so that 2,80 € are left.
func estratto() Statement {
	return Statement{
		OrderBody: "Ordine degli Ingegneri della Provincia di Valdoro", Holder: "Morandi Elena", Registered: "A15266", TaxCode: "MRNLNE80A41H501U",
		From: pec.Day("2018-01-01"), Until: pec.Day("2018-12-31"), MadeOn: pec.Day("2019-01-10"), WithActors: true,
		Accounts: []Account{{Opening: 195, Claim: 800, Entries: []Movement{
			{Seq: 3, On: pec.Day("2018-06-15"), What: "Ricarica", Detail: "bonifico, CRO 7", Amount: 1000, Actor: "Giulia Ferretti"},
			{Seq: 4, On: pec.Day("2018-06-15"), What: "Ordine 2018/000001", Amount: -610, Actor: "Giulia Ferretti"},
			{Seq: 5, On: pec.Day("2018-10-12"), What: "Ordine 2018/000009", Amount: -305, Actor: "Programma"},
		}}},
	}
}

func statementPages(t *testing.T, s Statement) []string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteStatementPDF(&b, s); err != nil {
		t.Fatal(err)
	}
	return readPDF(t, b.Bytes(), "-layout")
}

func TestStatementRunsFromOpeningToClosing(t *testing.T) {
	pages := statementPages(t, estratto())
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	says(t, pages[0], "Ordine degli Ingegneri della Provincia di Valdoro", "Movimenti dal 01/01/2018 al 31/12/2018. Importi lordi, in euro.", "Iscritto Morandi Elena", "A15266", "MRNLNE80A41H501U",
		"Saldo iniziale, prima dei movimenti del 01/01/2018 1,95 €",
		"3 15/06/2018 Ricarica 10,00 € 11,95 € bonifico, CRO 7", "4 15/06/2018 Ordine 2018/000001 6,10 € 5,85 €", "5 12/10/2018 Ordine 2018/000009 3,05 € 2,80 €",
		"Totale dei movimenti 10,00 € 9,15 €", "Saldo finale al 31/12/2018 2,80 €", "Da restituire all’Ordine, non compreso nel saldo, al 31/12/2018: 8,00 €.")
}

func TestStatementOfAllMovementsEndsToday(t *testing.T) {
	s := estratto()
	s.From, s.Until, s.Accounts[0].Opening, s.Accounts[0].Claim = pec.Date{}, pec.Date{}, 0, 0
	page := statementPages(t, s)[0]
	says(t, page, "Tutti i movimenti, al 10/01/2019", "Saldo iniziale 0,00 €", "Saldo finale al 10/01/2019 0,85 €")
	if strings.Contains(page, "recuperare") {
		t.Error("nothing is to be recovered")
	}
}

func TestStatementWithoutMovementsSaysSo(t *testing.T) {
	s := estratto()
	s.Accounts[0].Entries = nil
	says(t, statementPages(t, s)[0], "Nessun movimento.", "Saldo finale al 31/12/2018 1,95 €")
}

// 200 movements of 1,00 € in and 0,50 € out, and names that take lines.
func TestLongStatementGoesOnOverThePages(t *testing.T) {
	s := estratto()
	s.Holder = "Ștefănescu dell’Aquila Montecuccoli " + strings.Repeat("degli Erri ", 12)
	s.Accounts[0] = Account{}
	for i := range 200 {
		m := Movement{Seq: i + 1, On: pec.Day("2018-02-01"), What: "Ricarica", Detail: strings.Repeat("riferimento ", 9), Amount: 100}
		if i%2 == 1 {
			m = Movement{Seq: i + 1, On: pec.Day("2018-02-01"), What: fmt.Sprint("Ordine 2018/", i), Amount: -50}
		}
		s.Accounts[0].Entries = append(s.Accounts[0].Entries, m)
	}
	pages := statementPages(t, s)
	if len(pages) < 5 {
		t.Fatalf("%d pages", len(pages))
	}
	for _, page := range pages {
		says(t, page, "N. Data Movimento Entrate Uscite Saldo")
	}
	// 100 × 1,00 €, 100 × 0,50 €
	says(t, pages[len(pages)-1], "Totale dei movimenti 100,00 € 50,00 €", "Saldo finale al 31/12/2018 50,00 €")
	says(t, pages[0], "Ștefănescu dell’Aquila")
}

func TestStatementWorkbookHasRealDaysAndAmounts(t *testing.T) {
	s := estratto()
	s.Accounts = append(s.Accounts, Account{Title: "Movimenti di un’altra Sua posizione, unita il 15/06/2018", Entries: []Movement{
		{Seq: 1, On: pec.Day("2018-02-01"), What: "Ricarica", Amount: 500}, {Seq: 2, On: pec.Day("2018-06-15"), What: "Passaggio di credito", Amount: -500},
	}})
	var b bytes.Buffer
	if err := s.WriteXLSX(&b); err != nil {
		t.Fatal(err)
	}
	wellFormed(t, b.Bytes())
	f := openBook(t, b.Bytes())
	if got := f.GetSheetList(); !slices.Equal(got, []string{"Estratto conto", "Posizione unita 1"}) {
		t.Fatalf("sheets %q", got)
	}
	var got []string
	for _, row := range rawRows(t, f, "Estratto conto") {
		got = append(got, strings.Join(row, "|"))
	}
	// 43101 is 01/01/2018, 43266 is 15/06/2018, 43385 is 12/10/2018.
	want := []string{
		"Data|N.|Movimento|Riferimento o motivo|Entrate|Uscite|Saldo|Registrato da",
		"43101||Saldo iniziale||||1.95|",
		"43266|3|Ricarica|bonifico, CRO 7|10||11.95|Giulia Ferretti",
		"43266|4|Ordine 2018/000001|||6.1|5.85|Giulia Ferretti",
		"43385|5|Ordine 2018/000009|||3.05|2.8|Programma",
		"Totale||||10|9.15||",
		"Saldo finale al 31/12/2018||||||2.8|",
		"Da restituire all’Ordine, non compreso nel saldo||||||8|",
	}
	for i := range want {
		if i >= len(got) || strings.TrimRight(got[i], "|") != strings.TrimRight(want[i], "|") {
			t.Errorf("the rows are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			break
		}
	}
	if shown, _ := f.GetCellValue("Estratto conto", "A3"); shown != "15/06/2018" {
		t.Errorf("the day is shown as %q", shown)
	}
	if shown, _ := f.GetCellValue("Estratto conto", "G3"); strings.ReplaceAll(shown, ",", ".") != "11.95 €" {
		t.Errorf("the balance is shown as %q", shown)
	}
	s.WithActors = false
	if columns := s.table(s.Accounts[0]).Columns; columns[len(columns)-1].Title != "Saldo" {
		t.Error("the member is told who registered what")
	}
}
