package reports

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"albopec/app/pec"
)

// shownText is one piece of text on a page, in points from below and from the
// left.
type shownText struct {
	x, y float64
	text string
}

// pdfStrings finds what a page shows: BT x y Td (UTF-16BE, escaped)Tj ET.
var pdfStrings = regexp.MustCompile(`(?s)BT (-?[\d.]+) (-?[\d.]+) Td \(((?:\\.|[^\\)])*)\)\s?Tj ET`)

// pdfStreams are the contents of the objects.
var pdfStreams = regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`)

// pdfPages reads the lines of every page of an uncompressed PDF, from top to
// bottom, the pieces of a line joined by " | ".
func pdfPages(t testing.TB, pdf []byte) [][]string {
	t.Helper()
	var pages [][]string
	for _, stream := range pdfStreams.FindAllSubmatch(pdf, -1) {
		if !bytes.Contains(stream[1], []byte("BT ")) {
			continue // a font
		}
		var shown []shownText
		for _, m := range pdfStrings.FindAllSubmatch(stream[1], -1) {
			x, _ := strconv.ParseFloat(string(m[1]), 64)
			y, _ := strconv.ParseFloat(string(m[2]), 64)
			shown = append(shown, shownText{x, y, pdfText(t, m[3])})
		}
		pages = append(pages, linesOf(shown))
	}
	if len(pages) == 0 {
		t.Fatal("no page found in the PDF")
	}
	return pages
}

func linesOf(shown []shownText) []string {
	slices.SortStableFunc(shown, func(a, b shownText) int {
		return cmp.Or(cmp.Compare(b.y, a.y), cmp.Compare(a.x, b.x))
	})
	var lines []string
	for i, s := range shown {
		if i > 0 && shown[i-1].y == s.y {
			lines[len(lines)-1] += " | " + s.text
			continue
		}
		lines = append(lines, s.text)
	}
	return lines
}

// pdfText takes the escapes off a string and decodes it.
func pdfText(t testing.TB, escaped []byte) string {
	t.Helper()
	var raw []byte
	for i := 0; i < len(escaped); i++ {
		c := escaped[i]
		if c == '\\' && i+1 < len(escaped) {
			i++
			c = escaped[i]
			if c == 'r' {
				c = '\r'
			}
		}
		raw = append(raw, c)
	}
	if len(raw)%2 != 0 {
		t.Fatalf("odd number of bytes in %q", escaped)
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
	}
	return string(utf16.Decode(units))
}

// yearLines are all the lines of the year's PDF.
func yearLines(t testing.TB, y written) []string {
	t.Helper()
	var out bytes.Buffer
	if err := writeYearPDF(&out, y.sum(), false); err != nil {
		t.Fatal(err)
	}
	return slices.Concat(pdfPages(t, out.Bytes())...)
}

// wants reports each line that the document lacks.
func wants(t *testing.T, lines []string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !slices.Contains(lines, w) {
			t.Errorf("the document lacks %q", w)
		}
	}
	if t.Failed() {
		t.Logf("it has\n%s", strings.Join(lines, "\n"))
	}
}

// €, with a non-breaking space before it, makes the lines below readable.
func eur(s string) string { return strings.ReplaceAll(s, " €", "\u00a0€") }

func TestPDFHasTheFiguresWorkedOutByHand(t *testing.T) {
	lines := yearLines(t, smallYear())
	wants(t, lines,
		"Ordine degli Ingegneri di Montalto",
		"Caselle PEC: resoconto dell’anno 2026",
		eur("3 | 18,30 € | 12,20 € | 15,80 €"),
		"In essere all’inizio dell’anno | 3", "Attivate | 1", "Chiuse | −1", "In essere al 31/12/2026 | 3",
		"Rinnovi dell’anno, taciti e richiesti dagli iscritti | 2",
		eur("Febbraio | 1 | 0 | 0 | 4 | 5,00 € | 1,10 € | 6,10 € | 0,00 €"),
		eur("Giugno | 0 | 0 | 1 | 3 | 0,00 € | 0,00 € | 0,00 € | 0,00 €"),
		eur("Ottobre | 0 | 1 | 0 | 3 | 5,00 € | 1,10 € | 6,10 € | 6,10 €"),
		eur("Totale | 1 | 2 | 1 | 15,00 € | 3,30 € | 18,30 € | 15,25 €"),
		"GB venduti agli iscritti, rinnovi esclusi | 3", "Rinnovi di servizi | 1",
		"Servizi cessati per credito insufficiente | 1", "Servizi cessati per altri motivi | 1",
		"Servizi attivi al 31/12/2026 | 3", "Iscritti con servizi attivi al 31/12/2026 | 3",
		eur("Acquisti | 7,50 € | 1,65 € | 9,15 €"), eur("Rinnovi | 2,50 € | 0,55 € | 3,05 €"), eur("Totale | 10,00 € | 2,20 € | 12,20 €"),
		eur("Credito al 01/01/2026, prima dei movimenti | 4,00 €"), eur("Ricariche | 31,00 €"), eur("Ordini pagati | −12,20 €"),
		eur("Storni | −3,00 €"), eur("Rimborsi | −4,00 €"),
		eur("Credito al 31/12/2026, debito dell’Ordine verso gli iscritti | 15,80 €"),
		eur("Nell’anno, secondo l’elenco del gestore | 1 | 4 | 12,00 €"),
		"Titolare non più iscritto all’albo | 1", "Richieste nell’anno | 2",
		eur("Costo a carico dell’Ordine, lordo | 15,25 € | 18,30 € | +3,05 €"), "Rinnovi | 3 | 2 | −1",
		eur("Standard | 2 | 2 | 1 | 1 | 1 | 2 | 10,00 € | 12,20 €"), eur("B, settore a | 0 | 1 | 1 | 0 | 0 | 1 | 5,00 € | 6,10 €"),
		"Iscritti senza una casella in essere al 31/12/2026 | 2", "di cui con una PEC propria | 1",
		eur("Febbraio | 1 | 1 | 5,50 € | 1,21 € | 6,71 €"), eur("Totale | 3 | 2 | 11,00 € | 2,42 € | 13,42 €"),
		allAgree, "Montalto, lì ______________________", "Il Presidente | Il Tesoriere",
	)
	if text, want := strings.Join(lines, " "), eur("Per attivazioni e rinnovi l’Ordine deve al gestore 15,00 € netti più 3,30 € di IVA: 18,30 € in tutto. Sono 6,10 € per casella in essere."); !strings.Contains(text, want) {
		t.Errorf("the summary does not say %q", want)
	}
	const summary = "Al 31/12/2026 l’Ordine ha 3 caselle PEC in essere. All’inizio dell’anno ce n’erano 3; poi una è stata attivata e una è stata chiusa. Nell’anno si sono avuti 2 rinnovi."
	if text := strings.Join(lines, " "); !strings.Contains(text, summary) {
		t.Errorf("the summary does not say %q", summary)
	}
}

// TestPDFSaysHowTheCreditBecameWhatItIs: a top-up of the year before was taken back
// and a service paid for came back: 95,25 + 110,15 − 91,50 + 3,05 − 12,20 = 104,75.
func TestPDFSaysHowTheCreditBecameWhatItIs(t *testing.T) {
	y := smallYear()
	y.OpeningCredit, y.ClosingCredit = 9525, 10475
	y.Movements = []MovementRow{
		{1, day("2026-01-10"), bianchi, pec.EntryReversal, "storno CRO 7, del 2025", -1220, "", "", false},
		{2, day("2026-02-01"), rossi, pec.EntryTopUp, "CRO 8", 11015, pec.ByBankTransfer, "8", false},
		{3, day("2026-02-02"), rossi, pec.EntryOrder, "2026/000001", -9150, "", "", false},
		{4, day("2026-03-02"), rossi, pec.EntryRecredit, "2026/000001", 305, "", "", false},
	}
	want := eur("era di 95,25 €; ricariche +110,15 €, ordini pagati −91,50 €, riaccrediti di servizi respinti dal gestore +3,05 €, storni −12,20 €: diventa di 104,75 €.")
	if text := strings.Join(yearLines(t, y), " "); !strings.Contains(text, want) || strings.Contains(text, "di cui stornati") {
		t.Errorf("the summary does not say %q:\n%s", want, text)
	}
	y.Movements, y.ClosingCredit = nil, y.OpeningCredit
	if got := y.sum().Figures.creditSentence(); !strings.HasSuffix(got, eur("resta di 95,25 €.")) {
		t.Errorf("of no movement it says %q", got)
	}
}

// amountsSaid are the amounts of a sentence, with their signs.
func amountsSaid(t *rapid.T, sentence string) []pec.Cents {
	t.Helper()
	var said []pec.Cents
	for _, found := range amountWords.FindAllString(sentence, -1) {
		digits := strings.NewReplacer(".", "", ",", "", "−", "-", "+", "").Replace(strings.TrimSuffix(found, "\u00a0€"))
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			t.Fatalf("%q: %v", found, err)
		}
		said = append(said, pec.Cents(n))
	}
	return said
}

var amountWords = regexp.MustCompile(`[+−]?[0-9.]+,[0-9]{2}\x{a0}€`)

// Whatever moved, what the sentence names adds up to what it ends with.
func TestCreditSentenceAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := anyYear(t)
		f := y.sum().Figures
		sentence := f.creditSentence()
		said := amountsSaid(t, sentence)
		last := len(said) - 1
		sum := f.Opening
		if last > 0 {
			if said[0] != f.Opening {
				t.Fatalf("%q begins with %s, want %s", sentence, said[0], f.Opening)
			}
			for _, c := range said[1:last] {
				sum += c
			}
		}
		if said[last] != f.Closing || sum != f.Closing {
			t.Fatalf("%q: adds up to %s, closes at %s", sentence, sum, f.Closing)
		}
	})
}

func TestPDFNumbersItsPagesAndNamesNobody(t *testing.T) {
	var out bytes.Buffer
	if err := writeYearPDF(&out, smallYear().sum(), false); err != nil {
		t.Fatal(err)
	}
	pages := pdfPages(t, out.Bytes())
	for i, lines := range pages {
		foot := lines[len(lines)-1]
		if want := fmt.Sprintf("Ordine degli Ingegneri di Montalto · Caselle PEC: resoconto dell’anno 2026 | Pagina %d di %d", i+1, len(pages)); foot != want {
			t.Errorf("foot %q, want %q", foot, want)
		}
		for _, p := range []Person{bianchi, rossi, verdi, neri} {
			if text := strings.Join(lines, "\n"); strings.Contains(text, p.Name) || strings.Contains(text, p.TaxCode) {
				t.Errorf("page %d names %s", i+1, p.Name)
			}
		}
	}
	last := pages[len(pages)-1]
	if !slices.Contains(last, "Il Presidente | Il Tesoriere") || len(last) < 4 {
		t.Errorf("the signatures stand alone: %q", last)
	}
}

// TestPDFSignsNoEmptyPage: however many sections fill the pages before, the last
// one has more than the checks and the signatures.
func TestPDFSignsNoEmptyPage(t *testing.T) {
	for n := range 40 {
		y := smallYear()
		for i := range n { // a line of the sections' table each
			m := y.Mailboxes[0]
			m.Address, m.Section, m.Sector = fmt.Sprintf("altra%d@pec.montalto.example", i), "A", fmt.Sprintf("settore %02d", i)
			y.Mailboxes = append(y.Mailboxes, m)
		}
		var b bytes.Buffer
		if err := writeYearPDF(&b, y.sum(), false); err != nil {
			t.Fatal(err)
		}
		pages := pdfPages(t, b.Bytes())
		last := strings.Join(pages[len(pages)-1], " ")
		signed, notes, next := strings.Contains(last, "Il Presidente"), strings.Contains(last, "Come sono ottenute le cifre"), strings.Contains(last, "Bilancio di previsione 2027")
		if !signed || !notes && !next {
			t.Errorf("%d lines more: the last of %d pages has signatures %v, notes %v, next year %v", n, len(pages), signed, notes, next)
		}
	}
}

func TestPDFIsTheSameTwice(t *testing.T) {
	var first bytes.Buffer
	if err := WriteYearPDF(&first, smallYear().sum()); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		var again bytes.Buffer
		if err := WriteYearPDF(&again, smallYear().sum()); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), again.Bytes()) {
			t.Fatal("the same figures gave different bytes")
		}
	}
	for _, want := range []string{"/CreationDate (D:20270115000000)", "/ModDate (D:20270115000000)"} {
		if !bytes.Contains(first.Bytes(), []byte(want)) {
			t.Errorf("the document lacks %s", want)
		}
	}
}

func TestPDFOfAnEmptyYear(t *testing.T) {
	lines := yearLines(t, written{YearFacts: YearFacts{OrderBody: "Ordine di Valdarno", Year: 2026, Until: day("2026-12-31"), MadeOn: day("2027-01-02")}})
	wants(t, lines,
		eur("0 | 0,00 € | 0,00 € | 0,00 €"), "Chiuse | 0", eur("Totale | 0 | 0 | 0 | 0,00 € | 0,00 € | 0,00 € | –"),
		eur("Credito al 31/12/2026, debito dell’Ordine verso gli iscritti | 0,00 €"),
		"Dati dal 01/01/2026 al 31/12/2026. Prodotto il 02/01/2027.", "Luogo e data ______________________",
	)
	text := strings.Join(lines, " ")
	if !strings.Contains(text, "Al 31/12/2026 l’Ordine non ha caselle PEC in essere. All’inizio dell’anno non ce n’erano; poi nessuna è stata attivata e nessuna è stata chiusa. Nell’anno non si sono avuti rinnovi.") {
		t.Errorf("the summary reads %s", text)
	}
	if strings.Contains(text, "gestore: sono quelli") || strings.Contains(text, "Costo lordo per mese") {
		t.Errorf("an empty section is printed: %s", text)
	}
}

func TestPDFOfAYearThatStillRunsSaysSo(t *testing.T) {
	y := smallYear()
	y.Until = day("2026-06-29")
	y.Periods, y.Orders, y.Movements = y.Periods[:2], y.Orders[:1], y.Movements[:4]
	y.ClosingCredit = 2490
	lines := yearLines(t, y)
	wants(t, lines,
		"L’anno non è concluso: le cifre arrivano al 29/06/2026.", "In essere al 29/06/2026 | 4",
		eur("Giugno | 0 | 0 | 0 | 4 | 0,00 € | 0,00 € | 0,00 € | 0,00 €"), eur("Luglio | – | – | – | – | – | – | – | 0,00 €"),
		eur("Credito al 29/06/2026, debito dell’Ordine verso gli iscritti | 24,90 €"), allAgree,
	)
}

func TestPDFPrintsWhatDoesNotAgree(t *testing.T) {
	y := smallYear()
	y.ClosingCredit = 1581
	y.Claims = 250
	lines := yearLines(t, y)
	wants(t, lines,
		eur("Credito: saldo iniziale e movimenti danno 15,80 €, il registro dei movimenti 15,81 €."),
		eur("Crediti da recuperare dagli iscritti, non compresi sopra | 2,50 €"),
	)
	if slices.Contains(lines, allAgree) {
		t.Error("the document says that all agrees")
	}
}

func TestPDFWritesHostileNames(t *testing.T) {
	for _, name := range []string{"Ordine Šumi Ștefan Žofia 中 €", "Ordine (=1+1) \\ ) (", strings.Repeat("Ordine", 40), strings.Repeat("Ordine degli Ingegneri ", 10), "Ordine 😀\x01", ""} {
		y := smallYear()
		y.OrderBody, y.Place = name, name
		y.Agreements = []string{name}
		text := strings.Join(yearLines(t, y), "")
		want := strings.NewReplacer("😀", "\uFFFD", "\x01", " ", " ", "").Replace(strings.TrimSpace(name))
		if !strings.Contains(strings.ReplaceAll(text, " ", ""), strings.ReplaceAll(want, " ", "")) {
			t.Errorf("%q is not in the document:\n%s", name, text)
		}
	}
}

// TestWorkbookAndPDFShowTheSameTotals reads both documents of the same drawn
// year back and compares the totals (R27).
func TestWorkbookAndPDFShowTheSameTotals(t *testing.T) {
	years := rapid.Custom(anyYear)
	for seed := range 15 { // a PDF takes a while: its fonts are read each time
		y := years.Example(seed)
		var book bytes.Buffer
		if err := y.writeXLSX(&book); err != nil {
			t.Fatal(err)
		}
		sheet := summaryFigures(t, openBook(t, book.Bytes()))
		lines := yearLines(t, y)
		for pdf, xlsx := range map[string]string{
			"In essere all’inizio dell’anno":            "Caselle PEC / In essere all’inizio dell’anno",
			"Attivate":                                  "Caselle PEC / Attivate",
			"In essere al 31/12/2026":                   "Caselle PEC / In essere al 31/12/2026",
			"GB venduti agli iscritti, rinnovi esclusi": "Servizi aggiuntivi / GB venduti agli iscritti",
			"Acquisti":                                  "Ordini pagati dagli iscritti / Acquisti",
			"Rinnovi":                                   "Ordini pagati dagli iscritti / Rinnovi",
			"Ricariche":                                 "Credito degli iscritti / Ricariche",
			"Credito al 31/12/2026, debito dell’Ordine verso gli iscritti": "Credito degli iscritti / Credito al 31/12/2026 (debito dell’Ordine)",
		} {
			if got, want := figuresAfter(t, lines, pdf), figuresIn(t, sheet[xlsx]); !slices.Equal(got, want) {
				t.Fatalf("%s: the PDF has %s, the workbook %s", pdf, got, want)
			}
		}
		// Of the lines that begin with "Totale" the last two are the orders' and the
		// months'; those of the groups stand before.
		orders := figuresIn(t, sheet["Ordini pagati dagli iscritti / Totale"])
		cost := figuresIn(t, sheet["Costo a carico dell’Ordine / Attivazioni e rinnovi delle caselle"])
		var totals [][]pec.Cents
		for i := range lines {
			if strings.HasPrefix(lines[i], "Totale | ") {
				totals = append(totals, figuresAfter(t, lines[i:], "Totale"))
			}
		}
		if len(totals) < 2 || !slices.Equal(totals[len(totals)-2], orders) || !slices.Equal(totals[len(totals)-1][3:6], cost) {
			t.Fatalf("the PDF's totals are %s, the workbook's %s and %s", totals, orders, cost)
		}
	}
}

// figuresAfter are the figures of the first line that begins with the label.
func figuresAfter(t *testing.T, lines []string, label string) []pec.Cents {
	t.Helper()
	for _, l := range lines {
		if rest, ok := strings.CutPrefix(l, label+" | "); ok {
			return figuresIn(t, strings.NewReplacer(".", "", ",", ".", "\u00a0€", "", " | ", " ", "−", "-", unsaid, "").Replace(rest))
		}
	}
	t.Fatalf("no line %q", label)
	return nil
}

// figuresIn reads "1234.5 7" into hundredths, whatever they count.
func figuresIn(t *testing.T, s string) []pec.Cents {
	t.Helper()
	var out []pec.Cents
	for _, field := range strings.Fields(s) {
		d, err := decimal.NewFromString(field)
		if err != nil {
			t.Fatalf("%q is not a number", field)
		}
		out = append(out, pec.CentsOf(d))
	}
	if len(out) == 0 {
		t.Fatal("no figure")
	}
	return out
}

// TestRealReaderSeesTheSameText has poppler read the compressed document, where
// it is installed; the tests above do without it.
func TestRealReaderSeesTheSameText(t *testing.T) {
	var out bytes.Buffer
	if err := WriteYearPDF(&out, smallYear().sum()); err != nil {
		t.Fatal(err)
	}
	plain := strings.Join(strings.Fields(popplerText(t, out.Bytes(), "-layout")), " ")
	for _, want := range []string{"Totale 1 2 1 15,00 € 3,30 € 18,30 €", "Totale 10,00 € 2,20 € 12,20 €", "debito dell’Ordine verso gli iscritti 15,80 €", "Pagina 1 di"} {
		if !strings.Contains(plain, want) {
			t.Errorf("pdftotext does not find %q in\n%s", want, plain)
		}
	}
}

func TestChartLinesAreRoundAndHoldTheHighestBar(t *testing.T) {
	for highest, want := range map[pec.Cents]pec.Cents{0: 100, 100: 100, 400: 100, 401: 200, 610: 200, 1830: 500, 12_757_540: 5_000_000, 8_000_000: 2_000_000} {
		if got := tick(highest); got != want {
			t.Errorf("lines for %s stand every %s, want %s", highest, got, want)
		}
	}
}

// aLogo is a picture of the size as the encoder writes it.
func aLogo(t *testing.T, encode func(io.Writer, image.Image) error, width, height int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := encode(&out, image.NewNRGBA64(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestCoverBearsTheLogo(t *testing.T) {
	photo := func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }
	whole := aLogo(t, png.Encode, 30, 20) // 16 bits a channel
	for name, c := range map[string]struct {
		logo  []byte
		drawn bool
	}{
		"none":           {nil, false},
		"PNG of 16 bits": {whole, true},
		"JPEG":           {aLogo(t, photo, 40, 400), true},
		"cut off":        {whole[:len(whole)/2], false},
		"no picture":     {[]byte("GIF89a or whatever"), false},
	} {
		t.Run(name, func(t *testing.T) {
			y := smallYear()
			y.Logo = c.logo
			var out bytes.Buffer
			if err := writeYearPDF(&out, y.sum(), false); err != nil {
				t.Fatal(err)
			}
			if drawn := bytes.Contains(out.Bytes(), []byte("/Subtype /Image")); drawn != c.drawn {
				t.Errorf("drawn: %v", drawn)
			}
			cover := pdfPages(t, out.Bytes())[0]
			wants(t, cover, "Ordine degli Ingegneri di Montalto", "Caselle PEC: resoconto dell’anno 2026")
			if slices.Contains(cover, "In sintesi") {
				t.Error("the summary is on the cover")
			}
		})
	}
}

func TestBudgetIsSetBesideWhatWasSpent(t *testing.T) {
	for _, c := range []struct {
		budget            pec.Cents
		set, spent, left  string
		percent, leftCell string
	}{
		{2000, "20,00 €", "18,30 € | 92 %", "1,70 €", "92 18.3", "1.7"}, // 91,5 %
		{1000, "10,00 €", "18,30 € | 183 %", "−8,30 €", "183 18.3", "-8.3"},
		{0, "0,00 €", "18,30 € | 0 %", "−18,30 €", "0 18.3", "-18.3"},
	} {
		y := smallYear()
		y.Budget = &c.budget
		wants(t, yearLines(t, y), eur("Stanziamento dell’anno | "+c.set), eur("Speso: costo a carico dell’Ordine | "+c.spent), eur("Residuo | "+c.left))
		sheet := summaryFigures(t, yearBook(t, y))
		if spent, left := sheet["Stanziamento e spesa / Speso"], sheet["Stanziamento e spesa / Residuo"]; spent != c.percent || left != c.leftCell {
			t.Errorf("the sheet has %q spent and %q left", spent, left)
		}
	}
}
