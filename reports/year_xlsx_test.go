package reports

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"albopec/app/pec"
)

// yearBook writes the year and opens what was written.
func yearBook(t *testing.T, y written) *excelize.File {
	t.Helper()
	var out bytes.Buffer
	if err := y.writeXLSX(&out); err != nil {
		t.Fatal(err)
	}
	return openBook(t, out.Bytes())
}

func openBook(t *testing.T, b []byte) *excelize.File {
	t.Helper()
	wellFormed(t, b)
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// wellFormed reads every part of the workbook with an XML parser: excelize
// itself forgives what Excel "repairs".
func wellFormed(t *testing.T, b []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range z.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(r)
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", part.Name, err)
			}
		}
		_ = r.Close()
	}
}

// raw is a cell's stored value, with no number format laid over it.
func raw(t *testing.T, f *excelize.File, sheet, cell string) string {
	t.Helper()
	v, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// rawRows are a sheet's stored values.
func rawRows(t *testing.T, f *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// summaryFigures reads Riepilogo back: "section / label" to the figures of the
// line, joined by blanks.
func summaryFigures(t *testing.T, f *excelize.File) map[string]string {
	t.Helper()
	figures, section := map[string]string{}, ""
	for i, row := range rawRows(t, f, sheetSummary) {
		if i < 7 || len(row) == 0 {
			continue
		}
		style, err := f.GetCellStyle(sheetSummary, cellName(1, i+1))
		if err != nil {
			t.Fatal(err)
		}
		if s, err := f.GetStyle(style); err == nil && s.Font != nil && s.Font.Bold && s.Font.Color == blue {
			section = row[0]
			continue
		}
		var values []string
		for _, v := range row[1:] {
			if _, err := strconv.ParseFloat(v, 64); err == nil {
				values = append(values, v)
			}
		}
		figures[section+" / "+row[0]] = strings.Join(values, " ")
	}
	return figures
}

func TestSummarySheetHasTheFiguresWorkedOutByHand(t *testing.T) {
	got := summaryFigures(t, yearBook(t, smallYear()))
	for label, want := range map[string]string{
		"Caselle PEC / In essere all’inizio dell’anno":                        "3",
		"Caselle PEC / Attivate":                                              "1",
		"Caselle PEC / Richieste":                                             "2",
		"Caselle chiuse, per motivo / Titolare non più iscritto all’albo":     "1",
		"Costo a carico dell’Ordine / Costo per casella":                      "6.1",
		"Confronto con l’anno precedente / Costo a carico dell’Ordine, lordo": "15.25 18.3 3.05",
		"Confronto con l’anno precedente / Caselle attivate":                  "2 1 -1",
		"Caselle PEC / Iscritti senza casella al 31/12/2026":                  "2",
		"Caselle PEC / di cui con una PEC propria":                            "1",
		"Bilancio di previsione 2027 / Febbraio":                              "1 5.5 1.21 6.71",
		"Bilancio di previsione 2027 / Marzo":                                 "0 0 0 0",
		"Bilancio di previsione 2027 / Totale":                                "2 11 2.42 13.42",
		"Per tipologia / Standard":                                            "2 2 1 1 1 2 10 2.2 12.2",
		"Per tipologia / Totale":                                              "3 2 1 2 1 3 15 3.3 18.3",
		"Per sezione e settore del titolare / B, senza settore":               "1 1 0 0 1 0 0 0 0",
		"Per sezione e settore del titolare / Totale":                         "3 2 1 2 1 3 15 3.3 18.3",
		"Caselle PEC / Chiuse":                                                "1",
		"Caselle PEC / In essere al 31/12/2026":                               "3",
		"Caselle PEC / Rinnovi":                                               "2",
		"Costo a carico dell’Ordine / Attivazioni e rinnovi delle caselle":    "15 3.3 18.3",
		"Servizi aggiuntivi / GB venduti agli iscritti":                       "3",
		"Servizi aggiuntivi / Rinnovi di servizi":                             "1",
		"Servizi aggiuntivi / Servizi cessati per credito insufficiente":      "1",
		"Servizi aggiuntivi / Servizi cessati per altri motivi":               "1",
		"Servizi aggiuntivi / Servizi attivi alla fine":                       "3",
		"Servizi aggiuntivi / Iscritti con servizi attivi alla fine":          "3",
		"Ordini pagati dagli iscritti / Acquisti":                             "7.5 1.65 9.15",
		"Ordini pagati dagli iscritti / Rinnovi":                              "2.5 0.55 3.05",
		"Ordini pagati dagli iscritti / Totale":                               "10 2.2 12.2",
		"Credito degli iscritti / Credito al 01/01/2026":                      "4",
		"Credito degli iscritti / Ricariche":                                  "31",
		"Credito degli iscritti / Ordini pagati":                              "-12.2",
		"Credito degli iscritti / Storni":                                     "-3",
		"Credito degli iscritti / Rimborsi":                                   "-4",
		"Credito degli iscritti / Recuperi su ricariche":                      "0",
		"Credito degli iscritti / Credito al 31/12/2026 (debito dell’Ordine)": "15.8",
		"Servizi acquistati presso il gestore / Acquisti nell’anno":           "1 12",
		"Servizi acquistati presso il gestore / GB acquistati":                "4",
		"Quadrature / " + allAgree:                                            "",
	} {
		if v, ok := got[label]; !ok || v != want {
			t.Errorf("%s: %q, want %q", label, v, want)
		}
	}
	if t.Failed() {
		t.Logf("the sheet has %q", got)
	}
}

func TestEverySheetEndsInItsTotals(t *testing.T) {
	f := yearBook(t, smallYear())
	if got, want := f.GetSheetList(), []string{"Riepilogo", "Caselle", "Rinnovi", "Servizi", "Ordini", "Movimenti", "Ricariche", "Costi per mese", "Scadenze", "Senza PEC"}; !slices.Equal(got, want) {
		t.Fatalf("sheets %q, want %q", got, want)
	}
	for cell, want := range map[string]string{
		"Rinnovi!A5": "Totale", "Rinnovi!I5": "15", "Rinnovi!J5": "3.3", "Rinnovi!K5": "18.3",
		"Ordini!H5": "3", "Ordini!I5": "10", "Ordini!J5": "2.2", "Ordini!K5": "12.2",
		"Servizi!K7":   "1",
		"Movimenti!I2": "24", "Movimenti!I9": "15.8", "Movimenti!H10": "11.8", "Movimenti!H11": "4", "Movimenti!H12": "15.8",
		"Costi per mese!A2": "Gennaio", "Costi per mese!B3": "1", "Costi per mese!C4": "1", "Costi per mese!D7": "1",
		"Costi per mese!E3": "4", "Costi per mese!F3": "5", "Costi per mese!G3": "1.1", "Costi per mese!H11": "6.1",
		"Ricariche!A2": "46041", "Ricariche!E3": "pagoPA", "Ricariche!F3": "IUV 0002", "Ricariche!G3": "10", "Ricariche!H3": "sì", "Ricariche!H2": "no", "Ricariche!G5": "31",
		"Scadenze!G2": "febbraio", "Scadenze!H2": "si rinnova da sola", "Scadenze!I2": "Ordine", "Scadenze!L2": "6.71",
		"Scadenze!H3": "si chiude, se non è rinnovata", "Scadenze!I3": "iscritto", "Scadenze!L3": "0", "Scadenze!J5": "11", "Scadenze!K5": "2.42", "Scadenze!L5": "13.42",
		"Senza PEC!A2": "Verdi Ștefan", "Senza PEC!F2": "sì", "Senza PEC!D3": "A", "Senza PEC!F3": "no",
		"Costi per mese!K4": "6.1", "Costi per mese!L4": "0", "Costi per mese!L10": "-3.05", "Costi per mese!K14": "15.25", "Costi per mese!L14": "3.05",
		"Costi per mese!I2": "6.1", "Costi per mese!J2": "20",
		"Costi per mese!B14": "1", "Costi per mese!C14": "2", "Costi per mese!D14": "1", "Costi per mese!F14": "15",
		"Costi per mese!G14": "3.3", "Costi per mese!H14": "18.3", "Costi per mese!I14": "12.2", "Costi per mese!J14": "31",
	} {
		sheet, name, _ := strings.Cut(cell, "!")
		if got := raw(t, f, sheet, name); got != want {
			t.Errorf("%s is %q, want %q", cell, got, want)
		}
	}
}

// eachFormula calls for every cell with a formula; it returns how many there
// are.
func eachFormula(t *testing.T, f *excelize.File, do func(sheet, cell, formula string)) int {
	t.Helper()
	n := 0
	for _, sheet := range f.GetSheetList() {
		for r, row := range rawRows(t, f, sheet) {
			for c := range row {
				cell := cellName(c+1, r+1)
				formula, err := f.GetCellFormula(sheet, cell)
				if err != nil {
					t.Fatal(err)
				}
				if formula != "" {
					n++
					do(sheet, cell, formula)
				}
			}
		}
	}
	return n
}

func TestFormulasGiveTheValuesWrittenBesideThem(t *testing.T) {
	running := smallYear()
	running.Until = day("2026-06-29")
	running.Mailboxes[1].ClosedOn = day("2026-06-30") // not closed yet on the report's day
	// As a caller fills it: nothing after its last day.
	running.Periods, running.Orders, running.Movements = running.Periods[:2], running.Orders[:1], running.Movements[:4]
	running.Services = running.Services[:1]
	empty := smallYear()
	empty.Mailboxes, empty.Periods, empty.Services, empty.Orders, empty.Movements = nil, nil, nil, nil, nil
	empty.Expiries, empty.Without = nil, nil
	odd, budget := smallYear(), pec.Cents(2000)
	odd.Budget = &budget
	odd.Mailboxes[0].Kind, odd.Periods[2].Kind = "Pro* \"XL\"~?", "Pro* \"XL\"~?"
	late := smallYear()
	late.Expiries[0].Outcome, late.Expiries[1].Outcome = ExpiryRenewed, ExpiryBought
	for name, y := range map[string]written{"whole year": smallYear(), "year that still runs": running, "empty year": empty, "odd names": odd, "made late": late} {
		t.Run(name, func(t *testing.T) {
			f := yearBook(t, y)
			n := eachFormula(t, f, func(sheet, cell, formula string) {
				written, err := strconv.ParseFloat(raw(t, f, sheet, cell), 64)
				if err != nil {
					t.Errorf("%s!%s = %s has no value: %v", sheet, cell, formula, err)
					return
				}
				calculated, err := f.CalcCellValue(sheet, cell, excelize.Options{RawCellValue: true})
				if err != nil {
					t.Errorf("%s!%s = %s: %v", sheet, cell, formula, err)
					return
				}
				if v, err := strconv.ParseFloat(calculated, 64); err != nil || math.Abs(v-written) > 0.001 {
					t.Errorf("%s!%s = %s gives %s, written is %v", sheet, cell, formula, calculated, written)
				}
			})
			if n < 100 {
				t.Errorf("only %d formulas", n)
			}
		})
	}
}

func TestDaysAndAmountsAreRealAndItalian(t *testing.T) {
	f := yearBook(t, smallYear())
	for cell, want := range map[string]string{
		"Caselle!G2": formatDay, "Caselle!I2": formatInteger, "Caselle!D2": formatText,
		"Rinnovi!E2": formatDay, "Rinnovi!I2": formatMoney, "Rinnovi!K5": formatMoney,
		"Ordini!B2": formatDay, "Ordini!K2": formatMoney, "Movimenti!H3": formatMoney, "Costi per mese!F2": formatMoney,
		"Riepilogo!B5": formatDay,
	} {
		sheet, name, _ := strings.Cut(cell, "!")
		id, err := f.GetCellStyle(sheet, name)
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		if style.CustomNumFmt == nil || *style.CustomNumFmt != want {
			t.Errorf("%s has the format %v, want %q", cell, style.CustomNumFmt, want)
		}
	}
	// 12 October 2018 is day 43385 of Excel's calendar.
	if got := raw(t, f, "Caselle", "G2"); got != "43385" {
		t.Errorf("Caselle!G2 is %q, want the day 43385", got)
	}
	if kind, _ := f.GetCellType("Caselle", "A2"); kind != excelize.CellTypeInlineString {
		t.Errorf("Caselle!A2 has type %v", kind)
	}
}

func TestSheetsAreReadyForScreenAndPaper(t *testing.T) {
	f := yearBook(t, smallYear())
	names := map[string]string{}
	for _, n := range f.GetDefinedName() {
		names[n.Name+" "+n.Scope] = n.RefersTo
	}
	last := map[string]string{"Caselle": "$P$6", "Rinnovi": "$N$5", "Servizi": "$O$7", "Ordini": "$K$5", "Movimenti": "$I$12", "Ricariche": "$H$5", "Costi per mese": "$L$35", "Scadenze": "$L$5", "Senza PEC": "$F$3"}
	for sheet, corner := range last {
		if got, want := names["_xlnm.Print_Titles "+sheet], "'"+sheet+"'!$1:$1"; got != want {
			t.Errorf("%s repeats %q, want %q", sheet, got, want)
		}
		if got, want := names["_xlnm.Print_Area "+sheet], "'"+sheet+"'!$A$1:"+corner; got != want {
			t.Errorf("%s prints %q, want %q", sheet, got, want)
		}
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: panes %+v, %v", sheet, panes, err)
		}
		tables, err := f.GetTables(sheet)
		if err != nil || len(tables) != 1 || !strings.HasPrefix(tables[0].Range, "A1:") {
			t.Errorf("%s: tables %+v, %v", sheet, tables, err)
		}
		layout, err := f.GetPageLayout(sheet)
		if err != nil || layout.Orientation == nil || *layout.Orientation != "landscape" {
			t.Errorf("%s: layout %+v, %v", sheet, layout, err)
		}
	}
	props, err := f.GetDocProps()
	if err != nil || props.Created != "2027-01-15T00:00:00Z" || props.Creator != "Ordine degli Ingegneri di Montalto" {
		t.Errorf("properties %+v, %v", props, err)
	}
}

func TestEmptyYearPrints(t *testing.T) {
	y := written{YearFacts: YearFacts{OrderBody: "Ordine di Valdarno", Year: 2026, Until: day("2026-12-31"), MadeOn: day("2027-01-02")}}
	f := yearBook(t, y)
	got := summaryFigures(t, f)
	for label, want := range map[string]string{
		"Caselle PEC / In essere al 31/12/2026":                               "0",
		"Costo a carico dell’Ordine / Attivazioni e rinnovi delle caselle":    "0 0 0",
		"Credito degli iscritti / Credito al 31/12/2026 (debito dell’Ordine)": "0",
	} {
		if got[label] != want {
			t.Errorf("%s: %q, want %q", label, got[label], want)
		}
	}
	if v := raw(t, f, "Rinnovi", "K3"); v != "0" {
		t.Errorf("total of no rows is %q", v)
	}
	for label := range got {
		if strings.Contains(label, "gestore") {
			t.Errorf("an Ordine that sells itself shows %q", label)
		}
	}
}

func TestHostileNamesStayTexts(t *testing.T) {
	hostile := []string{`=HYPERLINK("http://evil.example","clic")`, "+1+1", "-2", "@SUM(A1)", "Šumi Ștefan 中 😀", strings.Repeat("à", 200), "<b>&amp;", "_x0041_", "riga\nnuova", " spazi "}
	y := smallYear()
	y.OrderBody = hostile[0] + " & Figli " + hostile[5]
	y.Agreements = []string{hostile[0], hostile[6]}
	y.Mailboxes = nil
	for i, name := range hostile {
		y.Mailboxes = append(y.Mailboxes, MailboxRow{Address: fmt.Sprintf("h%d@pec.example", i), Holder: Person{Name: name, RegistrationNumber: "00" + fmt.Sprint(i)}})
	}
	y.Movements[0].Reference = hostile[0]
	y.Orders[0].Lines = hostile[1]
	f := yearBook(t, y)
	for i, want := range hostile {
		cell := cellName(2, i+2)
		if got := raw(t, f, "Caselle", cell); got != want {
			t.Errorf("%q came back as %q", want, got)
		}
		if formula, _ := f.GetCellFormula("Caselle", cell); formula != "" {
			t.Errorf("%q became the formula %q", want, formula)
		}
		if got, want := raw(t, f, "Caselle", cellName(3, i+2)), "00"+fmt.Sprint(i); got != want {
			t.Errorf("registration number %q came back as %q", want, got)
		}
	}
	if got := raw(t, f, "Movimenti", "G2"); got != hostile[0] {
		t.Errorf("reference came back as %q", got)
	}
	if got := raw(t, f, sheetSummary, "A1"); got != y.OrderBody {
		t.Errorf("the Ordine's name came back as %q", got)
	}
}

func TestWhatDoesNotAgreeIsPrinted(t *testing.T) {
	y := smallYear()
	y.ClosingCredit = 1581
	got := summaryFigures(t, yearBook(t, y))
	if _, ok := got["Quadrature / Credito: saldo iniziale e movimenti danno 15,80\u00a0€, il registro dei movimenti 15,81\u00a0€."]; !ok {
		t.Errorf("the difference is not on the sheet: %q", got)
	}
	if _, ok := got["Quadrature / "+allAgree]; ok {
		t.Error("the sheet says that all agrees")
	}
}

func TestClaimsAndUnknownMovementsAreShown(t *testing.T) {
	y := smallYear()
	y.Claims = 250
	y.Movements = append(y.Movements, MovementRow{Seq: 19, Day: day("2026-12-02"), Member: rossi, Kind: pec.EntryKind("learnt_later"), Amount: -10})
	y.ClosingCredit -= 10
	got := summaryFigures(t, yearBook(t, y))
	for label, want := range map[string]string{"Altri movimenti": "-0.1", "Crediti da recuperare dagli iscritti": "2.5", "Credito al 31/12/2026 (debito dell’Ordine)": "15.7"} {
		if v := got["Credito degli iscritti / "+label]; v != want {
			t.Errorf("%s: %q, want %q", label, v, want)
		}
	}
}

// TestChartsDrawTheCellsOfTheirMonths reads the charts of the file: the cost of
// the year beside the one before, and that of the expiries to come.
func TestChartsDrawTheCellsOfTheirMonths(t *testing.T) {
	var out bytes.Buffer
	if err := smallYear().writeXLSX(&out); err != nil {
		t.Fatal(err)
	}
	f := openBook(t, out.Bytes())
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var drawn []string
	for _, part := range z.File {
		if !strings.HasPrefix(part.Name, "xl/charts/chart") {
			continue
		}
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`<(?:c:)?f>([^<]*)</`).FindAllSubmatch(text, -1) {
			drawn = append(drawn, strings.ReplaceAll(string(m[1]), "&#39;", "'"))
		}
	}
	for _, want := range []string{"'Costi per mese'!$A$2:$A$13", "'Costi per mese'!$H$1", "'Costi per mese'!$H$2:$H$13", "'Costi per mese'!$K$1", "'Costi per mese'!$K$2:$K$13"} {
		if !slices.Contains(drawn, want) {
			t.Errorf("no chart draws %s: %q", want, drawn)
		}
	}
	next := ""
	for _, ref := range drawn {
		if strings.HasPrefix(ref, "'Riepilogo'!$E$") {
			next, _, _ = strings.Cut(strings.TrimPrefix(ref, "'Riepilogo'!$E$"), ":")
		}
	}
	row, err := strconv.Atoi(next)
	if err != nil {
		t.Fatalf("no chart of the expiries: %q", drawn)
	}
	if label, february := raw(t, f, sheetSummary, cellName(1, row)), raw(t, f, sheetSummary, cellName(5, row+1)); label != "Gennaio" || february != "6.71" {
		t.Errorf("the chart begins at %q, its February is %q", label, february)
	}
}
