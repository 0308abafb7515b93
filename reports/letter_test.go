package reports

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"albopec/app/pec"
)

func invitation(name string) Letter {
	return Letter{
		Sender: "Ordine degli Ingegneri della Provincia di Valdoro", Place: "Valdoro", On: pec.Day("2018-07-14"),
		To:      []string{name, "Via dei Tigli 7", "00100 Valdoro (VD)"},
		Subject: "Casella PEC elena.morandi@pec.ordine.example: scadenza del 12/10/2018",
		Text: "Gentile " + name + ",\n\nla Sua casella PEC scade il 12/10/2018 (fra 90\u00a0giorni). Quel giorno:\n\n- La casella si rinnova fino al 12/10/2019, a spese dell’Ordine.\n" +
			"- 1\u00a0GB in più cessa: credito insufficiente.\n\nRinnovo dei servizi: 3,05\u00a0€\nManca: 3,05\u00a0€\n\nCordiali saluti\nOrdine degli Ingegneri della Provincia di Valdoro\n",
	}
}

// popplerText is what Poppler reads on the pages, laid out as it stands.
func popplerText(t *testing.T, pdf []byte, args ...string) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatal(err)
	default:
		t.Skip("no Poppler here: `make test` installs it")
	}
	cmd := exec.Command(tool, append(args, "-", "-")...)
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(out), "\u00a0", " ")
}

func TestLettersSayWhatTheMessageSays(t *testing.T) {
	var b bytes.Buffer
	if err := WriteLettersPDF(&b, []Letter{invitation("Elena Morandi"), invitation("Niccolò D’Alò Šarić")}, pec.Day("2018-07-14")); err != nil {
		t.Fatal(err)
	}
	pages := strings.Split(strings.TrimSuffix(popplerText(t, b.Bytes(), "-layout"), "\f"), "\f")
	if len(pages) != 2 {
		t.Fatalf("%d pages for two letters", len(pages))
	}
	for i, name := range []string{"Elena Morandi", "Niccolò D’Alò Šarić"} {
		for _, words := range []string{name, "Via dei Tigli 7", "00100 Valdoro (VD)", "Valdoro, 14 luglio 2018", "Oggetto: Casella PEC", "– 1 GB in più cessa: credito insufficiente.", "Manca: 3,05 €"} {
			if !strings.Contains(pages[i], words) {
				t.Errorf("letter %d does not say %q:\n%s", i+1, words, pages[i])
			}
		}
	}
}

// What the envelope's window shows, 90 mm wide and 35 mm high, is the address
// and nothing else.
func TestTheAddressStandsInTheWindow(t *testing.T) {
	l := invitation("Elena Morandi")
	l.To = append(l.To, "ITALIA", "quinta riga", "sesta riga", "settima riga")
	var b bytes.Buffer
	if err := WriteLettersPDF(&b, []Letter{l}, l.On); err != nil {
		t.Fatal(err)
	}
	// At 72 dots an inch a millimetre is 2,83 dots.
	seen := popplerText(t, b.Bytes(), "-r", "72", "-x", "312", "-y", "130", "-W", "255", "-H", "110")
	if got, want := strings.Join(strings.Fields(seen), " "), "Elena Morandi Via dei Tigli 7 00100 Valdoro (VD) ITALIA quinta riga sesta riga"; got != want {
		t.Errorf("the window shows %q, want %q", got, want)
	}
}

func TestALongLetterGoesOnOverThePage(t *testing.T) {
	l := invitation("Elena Morandi")
	l.Text += strings.Repeat("\nUna riga che fa lunga la lettera.\n", 60) + "\nUltima riga.\n"
	var b bytes.Buffer
	if err := WriteLettersPDF(&b, []Letter{l, invitation("Ugo Belli")}, l.On); err != nil {
		t.Fatal(err)
	}
	text := popplerText(t, b.Bytes())
	if n := strings.Count(text, "\f"); n < 3 || !strings.Contains(text, "Ultima riga.") || !strings.Contains(text, "Ugo Belli") {
		t.Errorf("%d pages:\n%s", n, text)
	}
}

func TestTheSameLettersAreTheSameBytes(t *testing.T) {
	var one, two bytes.Buffer
	for _, b := range []*bytes.Buffer{&one, &two} {
		if err := WriteLettersPDF(b, []Letter{invitation("Elena Morandi")}, pec.Day("2018-07-14")); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("they are not")
	}
}
