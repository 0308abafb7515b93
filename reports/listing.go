package reports

import (
	"cmp"
	"slices"
	"strings"
)

// listing is a table on paper whose texts are broken over lines as they need;
// figures stay whole on one line. It goes on over as many pages as there are rows
// for, below a repeated head.
type listing struct {
	columns []listingColumn // as wide as the page in all
	size    float64         // of its letters in points, the usual one when 0
	space   float64         // above and below the lines of a row, listingSpace when 0
	rows    [][]string
	totals  [][]string // rows in bold at the foot
}

// listingColumn is a column of figures, set on the right, or of texts.
type listingColumn struct {
	head   string
	width  float64 // millimetres
	figure bool
}

// Measures of a listing, in millimetres.
const (
	listingSize  = 8.5 // points
	listingLine  = 4.2 // for letters of that size
	listingSpace = 1.2 // above and below the lines of a row
	listingInset = 1.2
	// leastLetters is the least size of letters on any list, in points: it is read
	// on paper, and goes over more lines, or pages, instead.
	leastLetters = 6.5
	// narrowText is how narrow a column of texts becomes for the figures beside it.
	narrowText = 22.0
	// mostLines bounds one cell, so that no row is higher than a page.
	mostLines = 40
)

func (p *paper) list(l listing) {
	p.roomFor(&l, slices.Concat(l.rows, l.totals))
	p.listHead(l)
	for _, row := range l.rows {
		p.listRow(l, row, "", "")
	}
	for _, row := range l.totals {
		p.listRow(l, row, "B", tint)
	}
	p.pdf.SetX(sideMargin)
}

// roomFor makes columns wider that hold a figure, or a word of a head, wider than
// they are in the smallest letters; the others give what they can spare.
func (p *paper) roomFor(l *listing, rows [][]string) {
	p.font("B", leastLetters, ink) // as sums are
	widths, least := make([]float64, len(l.columns)), make([]float64, len(l.columns))
	for i, c := range l.columns {
		widths[i] = c.width
		for word := range strings.FieldsSeq(c.head) {
			least[i] = max(least[i], p.pdf.GetStringWidth(word))
		}
		for _, row := range rows {
			if c.figure && i < len(row) {
				least[i] = max(least[i], p.pdf.GetStringWidth(row[i]))
			}
		}
		if least[i] += 2 * listingInset; !c.figure {
			least[i] = max(least[i], min(c.width, narrowText))
		}
	}
	l.columns = slices.Clone(l.columns)
	for i, width := range spared(widths, least) {
		l.columns[i].width = width
	}
}

// spared gives each column its least width, at the expense of those that have more
// and in proportion to how much more they have.
func spared(widths, least []float64) []float64 {
	lacks, spare := 0.0, 0.0
	for i, width := range widths {
		lacks += max(0, least[i]-width)
		spare += max(0, width-least[i])
	}
	if lacks == 0 || spare == 0 {
		return widths
	}
	out := slices.Clone(widths)
	for i, width := range widths {
		switch {
		case width < least[i]:
			out[i] += (least[i] - width) * min(1, spare/lacks)
		default:
			out[i] -= (width - least[i]) * min(1, lacks/spare)
		}
	}
	return out
}

func (p *paper) listHead(l listing) { p.listHeadHigh(l, 0) }

// listHeadHigh is listHead of a height at least, in millimetres.
func (p *paper) listHeadHigh(l listing, least float64) {
	cells := p.heads(l)
	y := p.pdf.GetY()
	height := max(least, p.listCells(l, cells))
	p.line(sideMargin, y+height, sideMargin+p.across(), y+height, blue, 0.4)
	p.pdf.SetXY(sideMargin, y+height)
}

// heads sets the font of a head and breaks its words.
func (p *paper) heads(l listing) [][]string {
	p.font("", max(l.letters()-0.5, leastLetters), muted)
	cells := make([][]string, len(l.columns))
	for i, c := range l.columns { // the words above figures too
		cells[i] = p.parts(c.head, c.width-2*listingInset)
	}
	return cells
}

// listRow writes a row on a page that has room for all of it.
func (p *paper) listRow(l listing, row []string, style, background string) {
	p.listRowOf(l, row, style, background, 0)
}

// listRowOf is listRow with room for so many rows more like it on the same page:
// neither the last row nor the sums stand on a page alone.
func (p *paper) listRowOf(l listing, row []string, style, background string, more int) {
	p.font(style, l.letters(), ink)
	cells := p.broken(l, row)
	if p.pdf.GetY()+float64(1+more)*l.height(cells) > p.lowest() {
		p.addPage()
		p.listHead(l)
		p.font(style, l.letters(), ink)
	}
	p.listRowHigh(l, cells, background, 0)
}

// listRowHigh writes a row here, in the font that is set, of a height at least, in
// millimetres.
func (p *paper) listRowHigh(l listing, cells [][]string, background string, least float64) {
	y, height := p.pdf.GetY(), max(least, l.height(cells))
	if background != "" {
		p.pdf.SetFillColor(rgb(background))
		p.pdf.Rect(sideMargin, y, p.across(), height, "F")
	}
	p.listCells(l, cells)
	p.line(sideMargin, y+height, sideMargin+p.across(), y+height, greyLine, 0.15)
	p.pdf.SetXY(sideMargin, y+height)
}

// rowsAfter is how many rows stay on the page of row i, from 0, of so many: the
// last one, and their sums.
func rowsAfter(i, rows int, sums bool) int {
	left := rows - 1 - i
	if sums {
		left++
	}
	if left > 2 || left == 2 && !sums {
		return 0
	}
	return left
}

// broken is the lines of each cell of a row, in the font that is set.
func (p *paper) broken(l listing, row []string) [][]string {
	cells := make([][]string, len(row))
	for i, text := range row {
		cells[i] = []string{text}
		if !l.columns[i].figure {
			cells[i] = p.parts(text, l.columns[i].width-2*listingInset)
		}
	}
	return cells
}

// letters is the size of the letters, in points.
func (l listing) letters() float64 { return cmp.Or(l.size, listingSize) }

// above is the blank above and below the lines of a row.
func (l listing) above() float64 { return cmp.Or(l.space, listingSpace) }

// line is the height of a line.
func (l listing) line() float64 { return listingLine * l.letters() / listingSize }

// height is that of a row with these cells.
func (l listing) height(cells [][]string) float64 {
	most := 1
	for _, lines := range cells {
		most = max(most, len(lines))
	}
	return float64(most)*l.line() + 2*l.above()
}

// listCells writes the cells of a row where the page stands and returns its
// height.
func (p *paper) listCells(l listing, cells [][]string) float64 {
	x, y := sideMargin, p.pdf.GetY()
	size, _ := p.pdf.GetFontSize()
	for i, lines := range cells {
		c := l.columns[i]
		align, width := "L", c.width-2*listingInset
		if c.figure {
			align = "R"
		}
		for n, line := range lines {
			// A figure is never cut: it gets smaller until it fits.
			for small := size; p.pdf.GetStringWidth(line) > width && small > leastLetters; {
				small = max(small-0.5, leastLetters)
				p.pdf.SetFontSize(small)
			}
			p.pdf.SetXY(x+listingInset, y+l.above()+float64(n)*l.line())
			p.cell(width, l.line(), line, align)
			p.pdf.SetFontSize(size)
		}
		x += c.width
	}
	return l.height(cells)
}

// lines breaks a text where it has line breaks, and at blanks so that each line
// is no wider than width; a word that is wider by itself is cut. A figure and
// its unit stay together: the space between them is none at which a text breaks.
func (p *paper) lines(text string, width float64) []string {
	return p.wrapped(text, width, p.fitting)
}

// parts is lines for a table: an address that is too wide is broken between its
// parts, «aldo.marino» and «@pec.ordine.example», and a code that fits in smaller
// letters, of leastLetters or more, stays whole.
func (p *paper) parts(text string, width float64) []string {
	return p.wrapped(text, width, func(word string, width float64) int {
		runes := []rune(word)
		if size, _ := p.pdf.GetFontSize(); p.pdf.GetStringWidth(word)*leastLetters/size <= width && !strings.ContainsAny(word, breaksBefore+breaksAfter) {
			return len(runes)
		}
		n := p.fitting(word, width)
		if at := slices.Index(runes, '@'); at > 0 && at <= n && p.pdf.GetStringWidth(string(runes[at:])) <= width {
			return at
		}
		for i := n; i > 1; i-- {
			if strings.ContainsRune(breaksBefore, runes[i]) || strings.ContainsRune(breaksAfter, runes[i-1]) {
				return i
			}
		}
		return n
	})
}

// The signs before and after which an address may be broken.
const breaksBefore, breaksAfter = "@", ".-_/"

// wrapped breaks a text as lines does; of a word that is too wide cut says how many
// characters go on a line, all of them to leave it whole.
func (p *paper) wrapped(text string, width float64, cut func(word string, width float64) int) []string {
	var out []string
	for stretch := range strings.SplitSeq(printable(text), "\n") {
		line := ""
		for word := range strings.SplitSeq(stretch, " ") {
			longer := strings.TrimLeft(line+" "+word, " ")
			if p.pdf.GetStringWidth(longer) <= width {
				line = longer
				continue
			}
			if line != "" {
				out = append(out, line)
			}
			for line = word; p.pdf.GetStringWidth(line) > width && len([]rune(line)) > 1; {
				n := cut(line, width)
				if n == len([]rune(line)) {
					break
				}
				out, line = append(out, string([]rune(line)[:n])), string([]rune(line)[n:])
			}
		}
		out = append(out, line)
	}
	if len(out) > mostLines {
		out = append(out[:mostLines-1], "…")
	}
	return out
}

// fitting is how many characters of a text a line holds, at least one.
func (p *paper) fitting(text string, width float64) int {
	runes := []rune(text)
	n := 1
	for n < len(runes) && p.pdf.GetStringWidth(string(runes[:n+1])) <= width {
		n++
	}
	return n
}

// titledFact is a line of what a document or letter is about.
type titledFact struct{ title, value string }

// facts writes what a document is about, a line each, values below each other;
// what is not known is left out.
func (p *paper) facts(list []titledFact) {
	const titleWidth = 42.0
	for _, f := range list {
		if f.value == "" {
			continue
		}
		p.font("B", 10, ink)
		lines := p.lines(f.value, textWidth-titleWidth)
		p.keep(5.4 * float64(len(lines)))
		y := p.pdf.GetY()
		p.pdf.SetXY(sideMargin, y)
		p.font("", 10, muted)
		p.cell(titleWidth, 5.4, f.title, "L")
		p.font("B", 10, ink)
		for n, line := range lines {
			p.pdf.SetXY(sideMargin+titleWidth, y+5.4*float64(n))
			p.cell(textWidth-titleWidth, 5.4, line, "L")
		}
		p.pdf.SetXY(sideMargin, y+5.4*float64(len(lines)))
	}
}

// heading begins a document: whose it is, what it is, and a line about it.
func (p *paper) heading(owner, title, lead string) {
	p.font("B", 12, ink)
	p.paragraph(5.6, owner)
	p.rule(blue, 0.7)
	p.gap(6)
	p.font("B", 17, blue)
	p.paragraph(8, title)
	p.gap(1)
	p.font("", 9.5, muted)
	p.paragraph(5, lead)
	p.gap(5)
}
