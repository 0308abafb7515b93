package reports

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"github.com/jung-kurt/gofpdf"
	"golang.org/x/image/font/sfnt"

	"albopec/app/pec"
)

// Measures of a page, in millimetres: A4 upright.
const (
	pageWidth    = 210.0
	pageHeight   = 297.0
	sideMargin   = 20.0
	topMargin    = 18.0
	bottomMargin = 22.0
	textWidth    = pageWidth - 2*sideMargin
	bottomEdge   = pageHeight - bottomMargin
	rowHeight    = 5.8
)

// paper is a document of pages being written, from top to bottom.
type paper struct {
	pdf  *gofpdf.Fpdf
	wide bool // the pages lie on their side

	drawn drawnLogo // the one drawn last
}

// addPage begins a page.
func (p *paper) addPage() {
	if p.wide {
		p.pdf.AddPageFormat("L", gofpdf.SizeType{Wd: pageWidth, Ht: pageHeight})
		return
	}
	p.pdf.AddPage()
}

// across is the width of what is written on a page, in millimetres.
func (p *paper) across() float64 {
	if p.wide {
		return pageHeight - 2*sideMargin
	}
	return textWidth
}

// lowest is how far down it goes.
func (p *paper) lowest() float64 {
	if p.wide {
		return pageWidth - bottomMargin
	}
	return bottomEdge
}

// newPaper starts a document with a foot on every page.
func newPaper(owner, title, subject string, madeOn pec.Date, compress bool) *paper {
	p := blankPaper(owner, title, subject, madeOn, compress)
	p.begin(owner, title)
	return p
}

// begin begins the first page; from there on every page has a foot.
func (p *paper) begin(owner, title string) {
	p.pdf.AliasNbPages(allPages)
	p.pdf.SetFooterFunc(func() { p.foot(owner, title) })
	p.addPage()
}

// blankPaper is a document without a page yet: fonts, margins, data about the
// document.
func blankPaper(owner, title, subject string, madeOn pec.Date, compress bool) *paper {
	pdf := gofpdf.New("P", "mm", "A4", "")
	pdf.SetCompression(compress)
	// The core fonts of PDF cannot write every name. The library keeps the
	// slice for itself, so it gets its own.
	pdf.AddUTF8FontFromBytes("liberation", "", slices.Clone(liberationsansregular.TTF))
	pdf.AddUTF8FontFromBytes("liberation", "B", slices.Clone(liberationsansbold.TTF))

	pdf.SetTitle(printable(title), true)
	pdf.SetAuthor(printable(owner), true)
	pdf.SetSubject(printable(subject), true)
	pdf.SetCreator("albopec", true)
	pdf.SetProducer("albopec", true)
	// The same figures give the same bytes only with these three.
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(madeOn.Time())
	pdf.SetModificationDate(madeOn.Time())

	pdf.SetMargins(sideMargin, topMargin, sideMargin)
	pdf.SetAutoPageBreak(true, bottomMargin)
	pdf.SetCellMargin(0)
	return &paper{pdf: pdf}
}

// allPages stands for the number of pages until it is known.
const allPages = "{pagine}"

func (p *paper) foot(owner, title string) {
	y := p.lowest() + 6
	p.line(sideMargin, y, sideMargin+p.across(), y, greyLine, 0.2)
	p.font("", 8, muted)
	p.pdf.SetXY(sideMargin, y+1.5)
	p.cell(130, 5, p.fit(strings.TrimPrefix(shorten(owner, 60)+" · "+title, " · "), 130), "L")
	// Set from the left, with room for one figure: the number of pages, and so
	// its width, is not known yet.
	number := fmt.Sprintf("Pagina %d di ", p.pdf.PageNo())
	p.pdf.SetXY(sideMargin+p.across()-p.pdf.GetStringWidth(number+"0"), y+1.5)
	p.cell(30, 5, number+allPages, "L")
}

func (p *paper) write(w io.Writer) error {
	if err := p.pdf.Output(w); err != nil {
		return fmt.Errorf("write the PDF: %w", err)
	}
	return nil
}

// printable leaves out what the fonts of a PDF cannot hold: characters beyond
// the first 65,536 become U+FFFD, control characters blanks.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r > 0xFFFF:
			return '\uFFFD'
		case r < ' ' && r != '\n', r == 0x7F:
			return ' '
		}
		return r
	}, s)
}

// drawn tells of each of the first 65,536 characters, all that a PDF of this
// library can hold, whether both fonts can draw it: of the others they show an
// empty box.
var drawn = sync.OnceValue(func() *[0x10000]bool {
	var has [0x10000]bool
	for r := range has {
		has[r] = true
	}
	for _, ttf := range [][]byte{liberationsansregular.TTF, liberationsansbold.TTF} {
		f, err := sfnt.Parse(ttf)
		if err != nil {
			panic(err) // a font of this program
		}
		var b sfnt.Buffer
		for r := range has {
			glyph, err := f.GlyphIndex(&b, rune(r))
			has[r] = has[r] && err == nil && glyph != 0
		}
	}
	return &has
})

// Unprintable returns the characters of texts of which a PDF of the program
// shows an empty box, each once: "中" of "Li 中". Blanks and characters without a
// shape of their own do not count.
func Unprintable(texts ...string) string {
	var lost []rune
	for _, text := range texts {
		for _, r := range text {
			shapeless := unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r)
			if !shapeless && (r > 0xFFFF || !drawn()[r]) && !slices.Contains(lost, r) {
				lost = append(lost, r)
			}
		}
	}
	return string(lost)
}

// font sets style ("" or "B"), size in points and colour.
func (p *paper) font(style string, size float64, colour string) {
	p.pdf.SetFont("liberation", style, size)
	p.pdf.SetTextColor(rgb(colour))
}

// rgb takes "0066CC" apart.
func rgb(colour string) (r, g, b int) {
	n, err := strconv.ParseUint(colour, 16, 32)
	if err != nil {
		panic(err) // a constant of this package
	}
	return int(n >> 16), int(n >> 8 & 0xFF), int(n & 0xFF)
}

func (p *paper) gap(height float64) { p.pdf.Ln(height) }

// keep begins a new page unless so many millimetres are left on this one.
func (p *paper) keep(height float64) {
	if p.pdf.GetY()+height > p.lowest() {
		p.addPage()
	}
}

func (p *paper) line(x1, y1, x2, y2 float64, colour string, width float64) {
	p.pdf.SetDrawColor(rgb(colour))
	p.pdf.SetLineWidth(width)
	p.pdf.Line(x1, y1, x2, y2)
}

// rule is a line across the text.
func (p *paper) rule(colour string, width float64) {
	y := p.pdf.GetY() + 1.5
	p.line(sideMargin, y, sideMargin+p.across(), y, colour, width)
	p.pdf.SetY(y)
}

func (p *paper) paragraph(lineHeight float64, text string) {
	p.pdf.SetX(sideMargin)
	p.pdf.MultiCell(p.across(), lineHeight, printable(text), "", "L", false)
}

// cell writes one line of text; align is "L", "R" or "C".
func (p *paper) cell(width, height float64, text, align string) {
	p.pdf.CellFormat(width, height, printable(text), "", 0, align, false, 0, "")
}

// fit cuts a text to a width.
func (p *paper) fit(text string, width float64) string {
	text = printable(text)
	runes := len([]rune(text))
	for p.pdf.GetStringWidth(text) > width && runes > 1 {
		runes--
		text = shorten(text, runes)
	}
	return text
}

// section writes a heading; it begins a new page when what belongs together,
// heading included, does not fit on this one.
func (p *paper) section(title string, height float64) {
	p.pdf.SetY(p.pdf.GetY() + 5)
	p.keep(height)
	p.font("B", 12.5, blue)
	p.paragraph(6, title)
	p.gap(1)
}

// keyFigure is a number and, on two lines, what it is.
type keyFigure struct{ number, label string }

func (p *paper) figures(figures []keyFigure) {
	width := textWidth / float64(len(figures))
	top := p.pdf.GetY()
	p.line(sideMargin, top, sideMargin+textWidth, top, greyLine, 0.2)
	for i, f := range figures {
		x := sideMargin + float64(i)*width
		size := 16.0
		p.font("B", size, ink)
		for p.pdf.GetStringWidth(f.number) > width-4 && size > 8 {
			size--
			p.font("B", size, ink)
		}
		p.pdf.SetXY(x, top+3)
		p.cell(width-3, 7, f.number, "L")
		p.font("", 8.5, muted)
		for j, label := range strings.Split(f.label, "\n") {
			p.pdf.SetXY(x, top+10.5+4*float64(j))
			p.cell(width-3, 4, label, "L")
		}
	}
	p.line(sideMargin, top+21, sideMargin+textWidth, top+21, greyLine, 0.2)
	p.pdf.SetXY(sideMargin, top+21)
}

// grid is a table on paper: the first column is text, the others are figures.
type grid struct {
	widths []float64 // millimetres, textWidth in all
	heads  []string
	rows   [][]string
	total  []string   // nil when the rows have no sum
	totals [][]string // instead of it, sums of fewer rows and of more
	after  [][]string // rows that are not part of the sum
}

// listing is the grid as a list, its letters a little larger.
func (g grid) listing() listing {
	l := listing{size: gridLetters, space: (rowHeight - listingLine*gridLetters/listingSize) / 2, rows: g.rows, totals: g.totals}
	if g.total != nil {
		l.totals = [][]string{g.total}
	}
	for i, head := range g.heads {
		l.columns = append(l.columns, listingColumn{head, g.widths[i], i > 0})
	}
	return l
}

// gridLetters is the size of the letters of a grid, in points.
const gridLetters = 9.0

func (p *paper) table(g grid) {
	l := g.listing()
	p.roomFor(&l, slices.Concat(l.rows, l.totals, g.after))
	p.listHead(l)
	for i, row := range l.rows {
		p.listRowOf(l, row, "", "", rowsAfter(i, len(l.rows), len(l.totals) > 0))
	}
	for _, row := range l.totals {
		p.listRow(l, row, "B", tint)
	}
	for _, row := range g.after {
		p.listRow(l, row, "", "")
	}
	p.pdf.SetX(sideMargin)
}

// signatureLines leaves room for handwriting above each name.
func (p *paper) signatureLines(names ...string) {
	width := 65.0
	step := (textWidth - width) / float64(max(1, len(names)-1))
	y := p.pdf.GetY()
	for i, name := range names {
		x := sideMargin + float64(i)*step
		p.pdf.SetXY(x, y)
		p.font("", 10, ink)
		p.cell(width, 5, name, "C")
		p.line(x, y+18, x+width, y+18, muted, 0.2)
	}
	p.pdf.SetXY(sideMargin, y+20)
}

// slot is a place of a chart: its name, and a bar or two side by side.
type slot struct {
	label  string
	under  string // a line below the name: the year that begins here
	values []pec.Cents
	soft   bool // the name is set back
}

// barColours are those of the first and the second bar of a slot.
var barColours = []string{blue, softBlue}

// bars draws amounts as bars over a scale of whole euro, in vectors.
func (p *paper) bars(slots []slot, caption string) {
	const height, axis = 42.0, 16.0
	p.font("", 8.5, muted)
	p.paragraph(5, caption)
	highest := pec.Cents(0)
	for _, s := range slots {
		for _, v := range s.values {
			highest = max(highest, v)
		}
	}
	step := tick(highest)
	top := p.pdf.GetY() + 4
	base := top + height
	scale := height / float64(4*step)
	for i := range 5 {
		y := base - height*float64(i)/4
		p.line(sideMargin+axis, y, sideMargin+textWidth, y, greyLine, 0.15)
		p.font("", 7, muted)
		p.pdf.SetXY(sideMargin, y-2)
		p.cell(axis-2, 4, pec.Thousands(int(pec.Cents(i)*step/100)), "R")
	}
	width := (textWidth - axis) / float64(len(slots))
	for i, s := range slots {
		p.slot(s, sideMargin+axis+width*float64(i), base, width, scale)
	}
	p.line(sideMargin+axis, base, sideMargin+textWidth, base, muted, 0.3)
	p.pdf.SetXY(sideMargin, base+8)
}

// slot draws a slot: its bars, the figure above when it is one bar with room for
// it, its name below.
func (p *paper) slot(s slot, x, base, width, scale float64) {
	each := width * 0.6 / float64(len(s.values))
	for i, v := range s.values {
		if v > 0 {
			p.pdf.SetFillColor(rgb(barColours[i]))
			p.pdf.Rect(x+width*0.2+each*float64(i), base-float64(v)*scale, each, float64(v)*scale, "F")
		}
	}
	p.font("", leastLetters, ink)
	if v := s.values[0]; len(s.values) == 1 && v > 0 && p.pdf.GetStringWidth(v.Italian()) <= width-0.5 {
		p.pdf.SetXY(x, base-float64(v)*scale-3.5)
		p.cell(width, 3, v.Italian(), "C")
	}
	colour := ink
	if s.soft {
		colour = muted
	}
	p.font("", 7.5, colour)
	for size := 7.5; p.pdf.GetStringWidth(s.label) > width && size > leastLetters; size -= 0.25 {
		p.pdf.SetFontSize(size)
	}
	p.pdf.SetXY(x, base+1)
	p.cell(width, 4, s.label, "C")
	if s.under != "" {
		p.font("B", leastLetters, ink)
		p.pdf.SetXY(x, base+4.6)
		p.cell(width, 4, s.under, "C")
	}
}

// tick is the distance between two lines of a chart with four of them, the
// smallest round number of whole euro, in cents, by which they hold the highest
// bar: 18,30 € takes lines every 5 €.
func tick(highest pec.Cents) pec.Cents {
	for unit := pec.Cents(100); ; unit *= 10 {
		for _, n := range []pec.Cents{1, 2, 5} {
			if 4*n*unit >= highest {
				return n * unit
			}
		}
	}
}

// stack writes lines from where the pen is, each below the other.
func (p *paper) stack(lines []string, height float64) {
	for _, line := range lines {
		p.pdf.SetX(sideMargin)
		p.cell(textWidth, height, line, "L")
		p.pdf.Ln(height)
	}
}

// block writes lines into a box that they never leave: in the largest size, in
// points, in which they fit, broken where they are too long.
func (p *paper) block(x, y, width, height, size float64, lines []string) {
	const smallest = 4.5
	for ; ; size -= 0.5 {
		p.font("", size, ink)
		leading := size * 0.43
		var broken []string
		for _, line := range lines {
			broken = append(broken, p.lines(line, width)...)
		}
		room := int(height / leading)
		if len(broken) > room && size > smallest {
			continue
		}
		for i, line := range broken[:min(len(broken), room)] {
			p.pdf.SetXY(x, y+float64(i)*leading)
			p.cell(width, leading, p.fit(line, width), "L")
		}
		return
	}
}
