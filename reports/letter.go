package reports

import (
	"fmt"
	"io"
	"strings"

	"albopec/app/pec"
)

// Letter is a letter to be posted.
type Letter struct {
	Sender  string // the Ordine
	Place   string // its city; empty when not known
	On      pec.Date
	To      []string // name and address, a line each, at most six
	Subject string
	Text    string // paragraphs with an empty line between, lists of lines with "- "
}

// The window of a DL envelope (110 × 220 mm, window on the right), as it shows
// a sheet folded in three: from the left and upper edge, in millimetres.
const (
	windowLeft  = 115.0
	windowTop   = 50.0
	windowWidth = 78.0
	windowLine  = 5.2
	windowLines = 6
	letterTop   = 92.0 // where the letter goes on below the window
	firstFold   = 99.0
	secondFold  = 198.0
)

// WriteLettersPDF writes letters one after the other, each on pages of its own,
// with the address where an envelope's window shows it.
func WriteLettersPDF(w io.Writer, letters []Letter, madeOn pec.Date) error {
	owner := ""
	if len(letters) > 0 {
		owner = letters[0].Sender
	}
	p := blankPaper(owner, "Lettere agli iscritti", "Avvisi delle caselle PEC da spedire", madeOn, true)
	return writeLetters(w, p, letters, p.letter, "Nessuna lettera da spedire.")
}

// writeLetters prints letters, or a page that says why there are none.
func writeLetters[L any](w io.Writer, p *paper, letters []L, print func(L), none string) error {
	for _, l := range letters {
		print(l)
	}
	if len(letters) == 0 {
		p.pdf.AddPage()
		p.font("", 11, ink)
		p.paragraph(5.5, none)
	}
	return p.write(w)
}

// letterSheet begins a letter: the marks where it is folded, who writes, to
// whom, where and when, the latter in letters of a size on a line of a height.
func (p *paper) letterSheet(sender string, to []string, place string, on pec.Date, size, line float64) {
	p.pdf.AddPage()
	for _, y := range []float64{firstFold, secondFold} {
		p.line(4, y, 8, y, greyLine, 0.2)
	}
	p.font("B", 11, blue)
	p.pdf.SetXY(sideMargin, topMargin)
	p.pdf.MultiCell(85, 5.2, printable(sender), "", "L", false)
	p.window(to)
	p.pdf.SetXY(sideMargin, letterTop)
	p.font("", size, ink)
	when := letterDay(on)
	if place != "" {
		when = place + ", " + when
	}
	p.cell(textWidth, line, when, "L")
}

func (p *paper) letter(l Letter) {
	p.letterSheet(l.Sender, l.To, l.Place, l.On, 11, 5.5)
	p.pdf.SetXY(sideMargin, letterTop+12)
	p.font("B", 11, ink)
	p.paragraph(5.5, "Oggetto: "+l.Subject)
	p.gap(5)
	p.font("", 11, ink)
	for paragraph := range strings.SplitSeq(strings.TrimSpace(l.Text), "\n\n") {
		p.letterParagraph(paragraph)
	}
}

// window writes the address, cut to what an envelope shows.
func (p *paper) window(lines []string) {
	p.font("", 11, ink)
	for i, line := range lines {
		if i == windowLines {
			return
		}
		p.pdf.SetXY(windowLeft, windowTop+float64(i)*windowLine)
		p.cell(windowWidth, windowLine, p.fit(line, windowWidth), "L")
	}
}

// letterParagraph keeps lines as they are and hangs the items of a list.
func (p *paper) letterParagraph(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		item, isItem := strings.CutPrefix(line, "- ")
		if !isItem {
			p.paragraph(5.5, line)
			continue
		}
		p.keep(5.5)
		p.pdf.SetX(sideMargin + 2)
		p.cell(4, 5.5, "–", "L")
		p.pdf.SetX(sideMargin + 6)
		p.pdf.MultiCell(textWidth-6, 5.5, printable(item), "", "L", false)
	}
	p.gap(3.5)
}

// letterDay is "14 luglio 2018".
func letterDay(d pec.Date) string { return fmt.Sprintf("%d %s %d", d.Day, monthName(d.Month), d.Year) }
