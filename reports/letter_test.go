package reports

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"albopec/app/pec"
)

func invitation(name string) Letter {
	return Letter{
		Called: "Lettera n.", Number: "12/2018", Protocol: "345/A del 2018", Sender: "Ordine degli Ingegneri della Provincia di Valdoro", Address: "Piazza del Municipio 1\n00100 Valdoro (VD)", Place: "Valdoro", On: pec.Day("2018-07-14"),
		To:      []string{name, "Via dei Tigli 7", "00100 Valdoro (VD)"},
		Subject: "Casella PEC elena.morandi@pec.ordine.example: scadenza del 12/10/2018",
		Text: "Gentile " + name + ",\n\nla Sua casella PEC scade il 12/10/2018 (fra 90\u00a0giorni). Quel giorno:\n\n- La casella si rinnova fino al 12/10/2019, a spese dell’Ordine.\n" +
			"- 1\u00a0GB in più cessa: credito insufficiente.\n\nRinnovo dei servizi: 3,05\u00a0€\nManca: 3,05\u00a0€\n\nCordiali saluti\nOrdine degli Ingegneri della Provincia di Valdoro\n",
		Signer: "Il Presidente",
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

// seenIn is what stands in a box of the first page, in millimetres from its left
// and upper edge: at 254 dots an inch a dot is a tenth of a millimetre.
func seenIn(t *testing.T, pdf []byte, left, top, width, height int) string {
	t.Helper()
	dots := func(mm int) string { return strconv.Itoa(mm * 10) }
	return strings.Join(strings.Fields(popplerText(t, pdf, "-r", "254", "-l", "1", "-x", dots(left), "-y", dots(top), "-W", dots(width), "-H", dots(height))), " ")
}

func printed(t *testing.T, letters ...Letter) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteLettersPDF(&b, slices.Values(letters), pec.Day("2018-07-14")); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// picture is the first page as Poppler draws it, ten points a millimetre.
func picture(t *testing.T, pdf []byte) image.Image {
	t.Helper()
	tool, err := exec.LookPath("pdftoppm")
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatal(err)
	default:
		t.Skip("no Poppler here: `make test` installs it")
	}
	cmd := exec.Command(tool, "-r", "254", "-l", "1", "-png")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return drawn
}

// TestLogoStandsAboveWhatTheWindowShows: however the sheet slides in its envelope,
// from 44 to 90 mm and from 90 mm on, nothing is other than without a logo.
func TestLogoStandsAboveWhatTheWindowShows(t *testing.T) {
	l := invitation("Elena Morandi")
	plain := picture(t, printed(t, l))
	for _, size := range []image.Point{{300, 100}, {100, 300}, {1200, 40}} {
		red := image.NewNRGBA(image.Rect(0, 0, size.X, size.Y))
		for i := range red.Pix {
			red.Pix[i] = []uint8{200, 0, 0, 255}[i%4]
		}
		var logo bytes.Buffer
		if err := png.Encode(&logo, red); err != nil {
			t.Fatal(err)
		}
		l.Logo = logo.Bytes()
		once := printed(t, l)
		if twice := printed(t, l, l); len(twice) > 2*len(once) || !bytes.Equal(once, printed(t, l)) {
			t.Errorf("%v: the logo is not kept once: %d and %d bytes", size, len(once), len(twice))
		}
		with, changed := picture(t, once), image.Rectangle{}
		for y := range with.Bounds().Dy() {
			for x := range with.Bounds().Dx() {
				if with.At(x, y) != plain.At(x, y) {
					changed = changed.Union(image.Rect(x, y, x+1, y+1))
				}
			}
		}
		// In tenths of a millimetre: in a box of 75 × 24 mm, 18 mm from above and 20 from the right.
		scale := min(750/float64(size.X), 240/float64(size.Y))
		want := image.Rect(1900-int(float64(size.X)*scale), 180, 1900, 180+int(float64(size.Y)*scale))
		if !changed.In(want.Inset(-2)) || !want.Inset(2).In(changed) {
			t.Errorf("%v: drawn in %v, want %v", size, changed, want)
		}
		if seen := image.Rect(900, 440, 2100, 900); changed.Overlaps(seen) {
			t.Errorf("%v: the window shows it: %v", size, changed)
		}
	}
}

// readPDF is what Poppler reads on the pages, each a text with single spaces.
func readPDF(t *testing.T, pdf []byte, args ...string) []string {
	t.Helper()
	var pages []string
	for page := range strings.SplitSeq(strings.TrimSuffix(popplerText(t, pdf, args...), "\f"), "\f") {
		pages = append(pages, strings.Join(strings.Fields(page), " "))
	}
	return pages
}

func TestLettersSayWhatTheyWereGiven(t *testing.T) {
	pages := readPDF(t, printed(t, invitation("Elena Morandi"), invitation("Niccolò D’Alò Šarić Ionuș")))
	if len(pages) != 2 {
		t.Fatalf("%d pages for two letters", len(pages))
	}
	for i, name := range []string{"Elena Morandi", "Niccolò D’Alò Šarić Ionuș"} {
		for _, words := range []string{name, "Via dei Tigli 7", "00100 Valdoro (VD)", "Piazza del Municipio 1", "Lettera n. 12/2018", "del 14/07/2018", "Prot. n. 345/A del 2018", "Valdoro, 14 luglio 2018", "Oggetto: Casella PEC",
			"– 1 GB in più cessa: credito insufficiente.", "Manca: 3,05 €", "Il Presidente"} {
			if !strings.Contains(pages[i], words) {
				t.Errorf("letter %d does not say %q:\n%s", i+1, words, pages[i])
			}
		}
		if strings.Contains(pages[i], "pagina") {
			t.Errorf("a letter of one page numbers it:\n%s", pages[i])
		}
	}
	mail := invitation("Elena Morandi")
	mail.Number, mail.Signer = "", ""
	if text := popplerText(t, printed(t, mail)); strings.Contains(text, "Prot.") || strings.Contains(text, "Presidente") || !strings.Contains(text, "Valdoro, 14 luglio 2018") {
		t.Errorf("a message on paper:\n%s", text)
	}
}

// Whatever the sheet's place in the envelope, the window shows what is from 110
// to 190 mm of its width and from 55 to 79 mm of its height: the address, whole,
// and nothing else.
func TestTheAddressStandsInTheWindow(t *testing.T) {
	for to, lines := range map[string][]string{
		"three lines":              {"Elena Morandi", "Via dei Tigli 7", "00100 Valdoro (VD)"},
		"five lines of address":    {"Elena Morandi", "presso Studio Alfa", "Palazzo B, scala C, interno 12", "Via dei Tigli 7", "Frazione Alta", "00100 Valdoro (VD)"},
		"a name of 200 characters": {strings.TrimSpace(strings.Repeat("Maria Sofia ", 17)), "Via dei Tigli 7", "00100 Valdoro (VD)"},
		"a word of 200 characters": {strings.Repeat("Mario", 40), "Via dei Tigli 7", "00100 Valdoro (VD)"},
	} {
		l := invitation("Elena Morandi")
		l.To = lines
		got := seenIn(t, printed(t, l), 110, 55, 80, 24)
		want := strings.Join(lines, " ")
		if strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
			t.Errorf("%s: the window shows %q, want %q", to, got, want)
		}
	}
	// What a window of 100 × 45 mm shows beside it at most is blank.
	if got := seenIn(t, printed(t, invitation("Elena Morandi")), 105, 40, 105, 50); got != "Elena Morandi Via dei Tigli 7 00100 Valdoro (VD)" {
		t.Errorf("the largest window shows %q", got)
	}
}

func TestALongLetterNumbersItsPages(t *testing.T) {
	l := invitation("Elena Morandi")
	l.Text += strings.Repeat("\nUna riga che fa lunga la lettera.\n", 60) + "\nUltima riga.\n"
	pages := readPDF(t, printed(t, l, invitation("Ugo Belli")))
	if len(pages) != 4 || !strings.Contains(pages[0], "Lettera n. 12/2018, pagina 1 di 3") || !strings.Contains(pages[2], "pagina 3 di 3") || !strings.Contains(pages[2], "Il Presidente") {
		t.Errorf("%d pages:\n%s", len(pages), strings.Join(pages, "\n----\n"))
	}
	if !strings.Contains(strings.Join(pages[:3], ""), "Ultima riga.") || !strings.Contains(pages[3], "Ugo Belli") || strings.Contains(pages[3], "pagina") {
		t.Errorf("the end and the next letter:\n%s", strings.Join(pages[2:], "\n----\n"))
	}
}

// However long the text, day and signature stand together.
func TestTheSignatureStaysWhole(t *testing.T) {
	for n := range 12 {
		l := invitation("Elena Morandi")
		l.Text += strings.Repeat("\nUna riga in più.\n", 12+n)
		pages := readPDF(t, printed(t, l))
		if last := pages[len(pages)-1]; len(pages) > 2 || !strings.Contains(last, "Valdoro, 14 luglio 2018") || !strings.Contains(last, "Il Presidente") {
			t.Errorf("with %d lines more: %q", 12+n, pages)
		}
	}
}

// Nothing of a name vanishes: of what the fonts lack there is a box, and the
// character for who copies the text. Latin letters of all Europe are there.
func TestWhatTheFontLacksIsKnown(t *testing.T) {
	if got := Unprintable("Šarić Ionuș Ğül Đorđe Łódź D’Alò €", "Li 中, a\u200bb", "Via 中 𝄞"); got != "中𝄞" {
		t.Errorf("unprintable %q", got)
	}
	if text := popplerText(t, printed(t, invitation("Li 中 Ionuș"))); !strings.Contains(text, "Li 中 Ionuș") {
		t.Errorf("the letter says:\n%s", text)
	}
}

func TestTheSameLettersAreTheSameBytes(t *testing.T) {
	if one, two := printed(t, invitation("Elena Morandi")), printed(t, invitation("Elena Morandi")); !bytes.Equal(one, two) {
		t.Error("they are not")
	}
}

func TestNoLetterIsAPageThatSaysSo(t *testing.T) {
	if text := popplerText(t, printed(t)); !strings.Contains(text, "Nessuna lettera da spedire.") {
		t.Errorf("%q", text)
	}
}
