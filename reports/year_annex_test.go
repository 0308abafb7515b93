package reports

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
)

// annexLines are the lines of each volume of the annex, of so many rows.
func annexLines(t *testing.T, y written, most int) [][]string {
	t.Helper()
	var all [][]string
	err := writeYearAnnex(y.year(), y.sum(), most, false, func(n int, write func(io.Writer) error) error {
		if n != len(all)+1 {
			t.Errorf("volume %d after %d", n, len(all))
		}
		var out bytes.Buffer
		err := write(&out)
		all = append(all, slices.Concat(pdfPages(t, out.Bytes())...))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAnnexHasTheRowsOfTheSheets(t *testing.T) {
	volumes := annexLines(t, smallYear(), volumeRows)
	if len(volumes) != 1 || smallYear().sum().Volumes() != 1 {
		t.Fatalf("%d volumes", len(volumes))
	}
	text := strings.Join(volumes[0], "\n")
	for _, want := range []string{
		"Ordine degli Ingegneri di Montalto", "Elenchi del resoconto 2026", "Dati dal 01/01/2026 al 31/12/2026",
		"Caselle\n5 righe.", "Rinnovi\n3 righe.", "Servizi\n5 righe.", "Ordini\n3 righe.", "Movimenti\n8 righe.", "Ricariche\n3 righe.", "Scadenze\n3 righe.", "Senza PEC\n2 righe.",
		"Bianchi Žofia", "Rossi D’Amico Nicolò", "2026/000002 | 12/10/2026",
		eur("Totale | 15,00 € | 3,30 € | 18,30 €"), eur("31,00 €"), eur("11,00 € | 2,42 € | 13,42 €"),
		eur("Credito al 01/01/2026, prima dei movimenti | 4,00 €\nCredito al 31/12/2026, debito dell’Ordine verso gli iscritti | 15,80 €"),
		eur("−6,10 € | 17,90 €"), // the second movement: 4,00 + 20,00 − 6,10
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the annex lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

// The rows of a list that does not fit go on in the next volume, none is lost and
// none is there twice; 32 rows are seven volumes of five.
func TestAnnexGoesOnInTheNextVolume(t *testing.T) {
	whole, volumes := annexLines(t, smallYear(), volumeRows)[0], annexLines(t, smallYear(), 5)
	if len(volumes) != 7 {
		t.Fatalf("%d volumes", len(volumes))
	}
	joined := strings.Join(slices.Concat(volumes...), "\n")
	for _, want := range []string{"Elenchi del resoconto 2026, volume 1 di 7", "Elenchi del resoconto 2026, volume 7 di 7", "Servizi (segue)\n5 righe."} {
		if !strings.Contains(joined, want) {
			t.Errorf("the volumes lack %q", want)
		}
	}
	for _, line := range whole {
		row := strings.Contains(line, " | ") && strings.ContainsAny(line, "0123456789") && !strings.Contains(line, "Pagina")
		if want, got := strings.Count(strings.Join(whole, "\n"), line), strings.Count(joined, line); row && got != want {
			t.Errorf("%q is there %d times, wanted %d", line, got, want)
		}
	}
	for i, v := range volumes {
		if i > 0 { // a list that begins a volume is no list that goes on
			begun := strings.Join(v, "\n")
			if name, _, goes := strings.Cut(begun, " (segue)"); goes && strings.Count(joined, name[strings.LastIndex(name, "\n")+1:]+"\n") == 0 {
				t.Errorf("volume %d goes on with a list that nowhere begins", i+1)
			}
			if strings.Contains(begun, "Rinnovi (segue)") {
				t.Error("the second list, which begins a volume, is said to go on")
			}
		}
		if !strings.Contains(strings.Join(v, "\n"), "Pagina 1 di ") {
			t.Errorf("volume %d has no page numbers", i+1)
		}
	}
}

func TestAnnexOfAnEmptyYear(t *testing.T) {
	y := written{YearFacts: YearFacts{OrderBody: "Ordine di Valdarno", Year: 2026, Until: day("2026-12-31"), MadeOn: day("2027-01-02")}}
	volumes := annexLines(t, y, volumeRows)
	if text := strings.Join(volumes[0], "\n"); len(volumes) != 1 || strings.Count(text, "Nessuna riga.") != 8 {
		t.Errorf("%d volumes:\n%s", len(volumes), text)
	}
}

// The annex is read on paper: whatever the columns hold no letters are below 6,5
// points, and addresses, tax codes, days and amounts are there whole.
func TestAnnexHasNoSmallLetters(t *testing.T) {
	y := smallYear()
	long := rossi
	long.Name, long.RegistrationNumber = "Rossi Dell’Orto Castiglioncello Massimiliano Ferdinando", "A1234/bis"
	for i := range y.Mailboxes {
		y.Mailboxes[i].Holder, y.Mailboxes[i].Address = long, "massimiliano.rossidellorto"+strings.Repeat("i", i)+"@pec.ordine-montalto.example"
		y.Mailboxes[i].ExpiresOn = day("2027-10-12")
	}
	for i := range y.Periods {
		y.Periods[i].Cost = cents(123456789, 27160493)
		y.Periods[i].Holder = long
	}
	var out bytes.Buffer
	if err := writeYearAnnex(y.year(), y.sum(), volumeRows, false, func(_ int, write func(io.Writer) error) error { return write(&out) }); err != nil {
		t.Fatal(err)
	}
	hasNoSmallLetters(t, out.Bytes())
	text := strings.Join(slices.Concat(pdfPages(t, out.Bytes())...), "\n")
	for _, whole := range []string{"RSSNCL75B02H501B", "12/10/2027", "30/06/2026", eur("1.234.567,89 €"), eur("4.518.518,46 €"), "A1234/bis"} {
		if !strings.Contains(text, whole) {
			t.Errorf("%q is broken or missing", whole)
		}
	}
}
