package reports

import (
	"fmt"
	"io"
	"iter"
	"strings"

	"albopec/app/pec"
)

// Letter is a letter to be posted.
type Letter struct {
	Number   string // "12/2026"; empty for an e-mail that goes on paper
	Called   string // what the number is called: "Lettera n."
	Protocol string // in the Ordine's own register of post; may be empty
	Sender   string // the Ordine
	Address  string // the Ordine's, in one line or several; empty when not known
	Place    string // its city; empty when not known
	On       pec.Date
	To       []string // name and address, a line each
	Subject  string
	Text     string // paragraphs with an empty line between, lists of lines with "- "
	Signer   string // who signs by hand: "Il Presidente"; empty when nobody does
	Logo     []byte // the Ordine's, PNG or JPEG; nil when there is none
}

// The place of the address, in millimetres from the left and upper edge of the
// sheet. It is for the usual Italian business envelope, 110 × 230 mm with a
// window of 100 × 35 mm on the right, 20 mm from the right edge and 20 mm from
// the bottom: from 110 to 210 mm of the envelope's width, from 55 to 90 mm of
// its height. The sheet, folded in three, is 210 × 99 mm, so that inside it
// slides by 20 mm sideways and 11 mm up and down: what the window shows however
// it lies is from 110 to 190 mm of the sheet's width and from 55 to 79 mm of its
// height. A larger window (100 × 45 mm) in the same corner shows that much too.
const (
	windowLeft   = 113.0
	windowTop    = 56.0
	windowWidth  = 75.0
	windowHeight = 22.0
	letterTop    = 94.0 // where the letter goes on below the window
	// The logo stands on the right of the sender, above all that a window shows
	// however the sheet slides: that begins 44 mm from the upper edge.
	logoWidth  = 75.0
	logoHeight = 24.0
	firstFold  = 99.0
	secondFold = 198.0
)

// WriteLettersPDF writes letters one after the other, each on pages of its own,
// with the address where an envelope's window shows it. They are taken one by
// one. The same letters and day give the same bytes.
func WriteLettersPDF(w io.Writer, letters iter.Seq[Letter], madeOn pec.Date) error {
	p := blankPaper("", "Lettere agli iscritti", "Lettere da spedire", madeOn, true)
	p.pdf.SetAutoPageBreak(false, 0) // the text knows where its pages end
	none := true
	for l := range letters {
		if none {
			p.pdf.SetAuthor(printable(l.Sender), true)
			none = false
		}
		p.letter(l)
	}
	if none {
		p.pdf.AddPage()
		p.font("", 11, ink)
		p.paragraph(5.5, "Nessuna lettera da spedire.")
	}
	return p.write(w)
}

// letterSizes are the sizes of the text in points, the usual one first: the next
// is for what would otherwise begin a second page.
var letterSizes = []float64{11, 10}

// leading is the height of a line in millimetres for a size in points.
func leading(size float64) float64 { return size * 0.47 }

// signHeight is the room for place, day and a signature, in millimetres.
const signHeight = 32.0

func (p *paper) letter(l Letter) {
	p.pdf.AddPage()
	first := p.pdf.PageNo()
	for _, y := range []float64{firstFold, secondFold} {
		p.line(4, y, 8, y, greyLine, 0.2)
	}
	p.letterHead(l)
	p.window(l.To)
	size := letterSizes[0]
	for _, size = range letterSizes {
		if letterTop+p.height(l, size) <= bottomEdge {
			break
		}
	}
	p.letterBody(l, size)
	if l.Signer != "" {
		p.sign(l)
	}
	p.numberPages(l, first)
}

// letterHead says who writes, and when or under which number, beside and above
// the window.
func (p *paper) letterHead(l Letter) {
	p.logo(l.Logo, pageWidth-sideMargin-logoWidth, topMargin, logoWidth, logoHeight, true)
	p.pdf.SetXY(sideMargin, topMargin)
	p.font("B", 11, blue)
	p.stack(p.lines(l.Sender, 85), 5.2)
	p.font("", 9, muted)
	if l.Address != "" {
		p.stack(p.lines(l.Address, 85), 4.3)
	}
	p.font("", 10, ink)
	p.pdf.SetXY(sideMargin, max(windowTop, p.pdf.GetY()+3))
	if l.Number == "" {
		p.pdf.SetXY(sideMargin, letterTop-8)
		p.cell(textWidth, 5, placeAndDay(l), "L")
		return
	}
	p.stack([]string{l.title(), "del " + l.On.Italian()}, 5)
	if l.Protocol != "" {
		p.stack(p.lines("Prot. n. "+l.Protocol, windowLeft-sideMargin-8), 5)
	}
}

// title is the number with what it is called.
func (l Letter) title() string { return l.Called + " " + l.Number }

func placeAndDay(l Letter) string {
	if l.Place == "" {
		return letterDay(l.On)
	}
	return l.Place + ", " + letterDay(l.On)
}

// window writes the address where an envelope shows it.
func (p *paper) window(lines []string) {
	p.block(windowLeft, windowTop, windowWidth, windowHeight, 11, lines)
}

// letterLine is a line of the text as it is printed; item begins one of a list.
type letterLine struct {
	text       string
	item, bold bool
	indent     float64
	before     float64 // room above it, in millimetres
}

// body breaks subject and text of a letter into lines.
func (p *paper) body(l Letter, size float64) []letterLine {
	var list []letterLine
	p.font("B", size, ink)
	for _, line := range p.lines("Oggetto: "+l.Subject, textWidth) {
		list = append(list, letterLine{text: line, bold: true})
	}
	p.font("", size, ink)
	gap := leading(size)
	for paragraph := range strings.SplitSeq(strings.TrimSpace(l.Text), "\n\n") {
		before := gap
		for line := range strings.SplitSeq(paragraph, "\n") {
			item, isItem := strings.CutPrefix(line, "- ")
			indent := 0.0
			if isItem {
				indent = 6
			}
			for i, text := range p.lines(item, textWidth-indent) {
				list = append(list, letterLine{text: text, item: isItem && i == 0, indent: indent, before: before})
				before = 0
			}
		}
		gap = 0.62 * leading(size)
	}
	return list
}

// height is the room for text and signature below letterTop.
func (p *paper) height(l Letter, size float64) float64 {
	h := 0.0
	for _, line := range p.body(l, size) {
		h += line.before + leading(size)
	}
	if l.Signer != "" {
		h += signHeight
	}
	return h
}

func (p *paper) letterBody(l Letter, size float64) {
	y := letterTop
	for _, line := range p.body(l, size) {
		y += line.before
		if y+leading(size) > bottomEdge {
			p.pdf.AddPage()
			y = topMargin
		}
		style := ""
		if line.bold {
			style = "B"
		}
		p.font(style, size, ink)
		if line.item {
			p.pdf.SetXY(sideMargin+2, y)
			p.cell(4, leading(size), "–", "L")
		}
		p.pdf.SetXY(sideMargin+line.indent, y)
		p.cell(textWidth-line.indent, leading(size), line.text, "L")
		y += leading(size)
	}
	p.pdf.SetXY(sideMargin, y)
}

// sign writes place and day, and leaves room for a signature, on one page.
func (p *paper) sign(l Letter) {
	y := p.pdf.GetY()
	if y+signHeight > bottomEdge {
		p.pdf.AddPage()
		y = topMargin
	}
	const left, width = sideMargin + 95, textWidth - 95
	p.font("", 10, ink)
	p.pdf.SetXY(sideMargin, y+7)
	p.cell(90, 5, p.fit(placeAndDay(l), 90), "L")
	p.pdf.SetXY(left, y+7)
	p.cell(width, 5, p.fit(l.Signer, width), "C")
	p.line(left, y+29, left+width, y+29, muted, 0.2)
}

// numberPages numbers the pages of a letter that has more than one: how many it
// has is known only at its end.
func (p *paper) numberPages(l Letter, first int) {
	last := p.pdf.PageNo()
	if first == last {
		return
	}
	name := "Pagina "
	if l.Number != "" {
		name = l.title() + ", pagina "
	}
	for n := first; n <= last; n++ {
		p.pdf.SetPage(n)
		p.font("", 8, muted)
		p.pdf.SetXY(sideMargin, 282)
		p.cell(textWidth, 5, fmt.Sprintf("%s%d di %d", name, n-first+1, last-first+1), "R")
	}
}

// letterDay is "14 luglio 2018".
func letterDay(d pec.Date) string { return fmt.Sprintf("%d %s %d", d.Day, monthName(d.Month), d.Year) }
