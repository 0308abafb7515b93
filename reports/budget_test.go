package reports

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"albopec/app/pec"
)

// budgetSample is a budget on 15/07/2018: in October 2018 and 2019 two mailboxes
// at 6,10 € and a service at 3,05 €; with the agreement tried, 4,88 € and 3,66 €.
func budgetSample(tried bool) Budget {
	months := func(box, service pec.Amounts) pec.Budget {
		b := pec.NewBudget(pec.Day("2018-07-15"))
		for _, i := range []int{2, 14} {
			m := &b.Months[i]
			m.Renewed, m.Ordine, m.Services, m.Members = 2, box.Plus(box), 1, service
		}
		b.Leavers, b.Closing = 3, 1
		return b
	}
	b := Budget{
		OrderBody: "Ordine di Valdoro", MadeOn: pec.Day("2018-07-15"), Agreements: []pec.Agreement{{Name: "Convenzione 2016", StartsOn: pec.Day("2016-01-01")}},
		Registered: months(pec.Amounts{Net: 500, VAT: 110, Gross: 610}, pec.Amounts{Net: 250, VAT: 55, Gross: 305}),
	}
	b.Registered.Before = pec.BudgetMonth{Renewed: 1, Ordine: pec.Amounts{Net: 500, VAT: 110, Gross: 610}}
	if tried {
		other := months(pec.Amounts{Net: 400, VAT: 88, Gross: 488}, pec.Amounts{Net: 300, VAT: 66, Gross: 366})
		other.Ending = 1
		b.Tried, b.TriedName = &other, "Convenzione nuova"
	}
	return b
}

// TestBudgetWorkbookAddsUp: the values written and what the formulas come to are
// the same, and the differences are those worked out by hand.
func TestBudgetWorkbookAddsUp(t *testing.T) {
	for _, tried := range []bool{false, true} {
		var b bytes.Buffer
		if err := WriteBudgetXLSX(&b, budgetSample(tried)); err != nil {
			t.Fatal(err)
		}
		file, err := excelize.OpenReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		cells := map[string]string{
			"A2": "Agosto 2018", "A25": "Luglio 2020", "B4": "2", "E4": "12.2", "H4": "3.05", "E5": "0",
			"E1": "Ordine, lordo", "A26": "Totale", "B26": "4", "E26": "24.4", "H26": "6.1", "A27": "Primi 12 mesi", "B27": "2", "C27": "10", "D27": "2.2", "E27": "12.2",
		}
		if tried {
			for cell, want := range map[string]string{"E1": "Ordine, lordo (ora)", "L1": "Ordine, lordo (in prova)", "L4": "9.76", "O4": "3.66", "P4": "-2.44", "Q4": "0.61", "P5": "0", "P26": "-4.88", "Q26": "1.22", "P27": "-2.44", "Q27": "0.61"} {
				cells[cell] = want
			}
		}
		for cell, want := range cells {
			if got, _ := file.GetCellValue(sheetBudget, cell, excelize.Options{RawCellValue: true}); got != want {
				t.Errorf("tried %v: %s holds %q, want %q", tried, cell, got, want)
			}
			formula, _ := file.GetCellFormula(sheetBudget, cell)
			if cell[0] != 'A' && strings.HasSuffix(cell, "26") || cell[0] != 'A' && strings.HasSuffix(cell, "27") || cell[0] == 'P' || cell[0] == 'Q' {
				if formula == "" {
					t.Errorf("%s is no formula", cell)
					continue
				}
				if got, err := file.CalcCellValue(sheetBudget, cell, excelize.Options{RawCellValue: true}); err != nil || got != want && !near(got, want) {
					t.Errorf("tried %v: %s comes to %q, want %q: %v", tried, cell, got, want, err)
				}
			}
		}
		sheets := "Previsione Grafico Che cosa conta"
		if tried {
			sheets = "Attenzione " + sheets // a service does not go on
		}
		if list := file.GetSheetList(); strings.Join(list, " ") != sheets {
			t.Errorf("sheets %v", list)
		}
		chart, _ := file.Pkg.Load("xl/charts/chart1.xml")
		drawn, _ := chart.([]byte)
		if !bytes.Contains(drawn, []byte("$E$2:$E$25")) || bytes.Contains(drawn, []byte("$L$2:$L$25")) != tried {
			t.Errorf("tried %v: the chart draws %s", tried, drawn)
		}
		note, _ := file.GetCellValue(sheetNotes, "A5")
		if !tried && !strings.Contains(note, "prima del 01/08/2018 non sono nei totali: 1 casella per 6,10\u00a0€ lordi") {
			t.Errorf("the note says %q", note)
		}
		file.Close()
	}
}

// near compares what floating point leaves of two amounts.
func near(a, b string) bool {
	return len(a) > len(b) && (strings.HasPrefix(a, b+"00000") || strings.HasPrefix(b, a[:len(b)-1]))
}

func TestBudgetOnPaper(t *testing.T) {
	var b bytes.Buffer
	if err := writeBudgetPDF(&b, budgetSample(true), false); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, page := range pdfPages(t, b.Bytes()) {
		all = append(all, page...)
	}
	text := strings.Join(all, "\n")
	for _, words := range []string{
		"Previsione di spesa delle caselle PEC", "Dal 01/08/2018 al 31/07/2020, dai dati del 15/07/2018", "Con le convenzioni registrate", "Con la convenzione in prova",
		"Ottobre 2018 | 2 | 10,00\u00a0€ | 2,20\u00a0€ | 12,20\u00a0€ | 1 | 2,50\u00a0€ | 3,05\u00a0€", "24 mesi | 4 | 20,00\u00a0€ | 4,40\u00a0€ | 24,40\u00a0€ | 2 | 5,00\u00a0€ | 6,10\u00a0€",
		"Ottobre 2018 | 12,20\u00a0€ | 9,76\u00a0€ | −2,44\u00a0€ | 3,05\u00a0€ | 3,66\u00a0€ | +0,61\u00a0€", "Primi 12 mesi | 12,20\u00a0€ | 9,76\u00a0€ | −2,44\u00a0€",
		"3 caselle di chi ha lasciato l’albo; 1 casella con il rinnovo spento", "1 servizio che non prosegue",
	} {
		if !strings.Contains(text, words) {
			t.Errorf("the PDF does not say %q:\n%s", words, text)
		}
	}
	if year, two := strings.Index(text, "Primi 12 mesi"), strings.Index(text, "24 mesi |"); year > two {
		t.Error("24 months are summed before the first 12, other than on the page")
	}
	var again bytes.Buffer
	if err := writeBudgetPDF(&again, budgetSample(true), false); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("the same budget gave other bytes")
	}
	var none bytes.Buffer
	empty := Budget{OrderBody: "Ordine", MadeOn: pec.Day("2018-07-15"), Registered: pec.NewBudget(pec.Day("2018-07-15"))}
	if err := WriteBudgetPDF(&none, empty); err != nil {
		t.Error(err)
	}
	if err := WriteBudgetXLSX(&none, empty); err != nil {
		t.Error(err)
	}
}

// TestBudgetWarnsWhereItsTotalsLackSomething: 55 mailboxes are of a kind that the
// agreement tried lacks, which makes it look cheaper; the figures' head says so on
// the page, on paper and in the workbook, whose first sheet it is.
func TestBudgetWarnsWhereItsTotalsLackSomething(t *testing.T) {
	b := budgetSample(true)
	b.Registered.Ending = 1 // as many as with the one tried
	if got := b.Warnings(); got != nil {
		t.Fatalf("warns of nothing: %q", got)
	}
	b.Tried.Failing, b.Tried.Closing, b.Registered.Failing = 55, b.Registered.Closing+1, 1
	want := []string{
		"Con le convenzioni registrate 1 casella non è nei totali: alla scadenza manca la convenzione o la sua tipologia.",
		"Con la convenzione in prova 55 caselle non sono nei totali: la loro tipologia lì non c’è. La differenza non è un risparmio.",
		"Con la convenzione in prova 1 casella in più non si rinnova a carico dell’Ordine: la paga l’iscritto, e non è nei totali.",
	}
	if got := b.Warnings(); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	var pdf, book bytes.Buffer
	if err := writeBudgetPDF(&pdf, b, false); err != nil {
		t.Fatal(err)
	}
	page := strings.Join(pdfPages(t, pdf.Bytes())[0], " ")
	for _, warning := range want {
		if at := strings.Index(page, warning); at < 0 || at > strings.Index(page, "Costo per l’Ordine, mese per mese") {
			t.Errorf("the head of the PDF does not say %q:\n%s", warning, page)
		}
	}
	if err := WriteBudgetXLSX(&book, b); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&book)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if list := strings.Join(file.GetSheetList(), " "); list != "Attenzione Previsione Grafico Che cosa conta" || file.GetActiveSheetIndex() != 0 {
		t.Errorf("sheets %q, %d is open", list, file.GetActiveSheetIndex())
	}
	for i, warning := range want {
		if got, _ := file.GetCellValue(sheetWarned, cellName(1, i+2)); got != warning {
			t.Errorf("row %d says %q", i+2, got)
		}
	}
	if got, _ := file.CalcCellValue(sheetBudget, "P27", excelize.Options{RawCellValue: true}); !near(got, "-2.44") && got != "-2.44" {
		t.Errorf("the difference comes to %q", got)
	}
}
