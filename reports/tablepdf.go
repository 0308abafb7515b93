package reports

import (
	"fmt"
	"io"
	"strings"

	"albopec/app/pec"
)

// WritePDF writes the table on A4, on its side when it is wide, and on pages side by
// side when it is wider: the head on every page, no letters below leastLetters, long
// texts broken over lines, the sums and the note at the foot, the pages numbered.
// Owner is the Ordine, madeOn the day of the list. 25,000 rows take a few seconds.
func (t Table) WritePDF(w io.Writer, owner string, madeOn pec.Date) error {
	return t.writePDF(w, owner, madeOn, true)
}

func (t Table) writePDF(w io.Writer, owner string, madeOn pec.Date, compress bool) error {
	tally, err := measure(t.Columns, t.each())
	if err != nil {
		return err
	}
	p := blankPaper(owner, t.Title, "Elenco", madeOn, compress)
	size, parts := p.layout(t.Columns, tally)
	p.begin(owner, t.Title)
	rows := pec.Thousands(len(t.Rows)) + " righe"
	if len(t.Rows) == 1 {
		rows = "1 riga"
	}
	p.heading(owner, t.Title, rows+", al "+madeOn.Italian())
	if t.Filter != "" {
		p.font("B", 9, ink)
		p.paragraph(4.5, t.filtered())
		p.gap(2)
	}
	for i := range parts {
		parts[i].size = size
	}
	p.listParts(t, tally.totals(t.Columns), parts)
	if t.Note != "" {
		p.keep(12)
		p.gap(3)
		p.font("", 8.5, muted)
		p.paragraph(4.2, t.Note)
	}
	return p.write(w)
}

// listParts writes the rows of a list; one in several parts has the same rows, at
// the same height, on as many pages, to be laid beside each other.
func (p *paper) listParts(t Table, total []string, parts []listPart) {
	if len(parts) == 1 {
		l := parts[0].listing
		p.listHead(l)
		for n, row := range t.Rows {
			p.listRowOf(l, paperTexts(row), "", "", rowsAfter(n, len(t.Rows), total != nil))
		}
		if total != nil {
			p.listRow(l, total, "B", tint)
		}
		return
	}
	b := beside{paper: p, parts: parts}
	for _, row := range t.Rows {
		b.rows = append(b.rows, besideRow{cells: paperTexts(row)})
	}
	if total != nil {
		b.rows = append(b.rows, besideRow{total, "B", tint})
	}
	b.write()
}

// beside is a list whose columns go on several pages.
type beside struct {
	*paper
	parts []listPart
	rows  []besideRow
}

type besideRow struct {
	cells             []string
	style, background string
}

func (b beside) write() {
	for from := 0; from < len(b.rows) || from == 0; {
		top := b.pdf.GetY()
		to, heights := b.page(from, top)
		if to == from && top > topMargin+1 && len(b.rows) > 0 { // below the document's title there is no room for it
			b.addPage()
			continue
		}
		for i, part := range b.parts {
			if i > 0 {
				b.addPage()
				b.pdf.SetY(top)
			}
			b.font("", listingSize, muted)
			b.paragraph(besideLine, fmt.Sprintf("Foglio %d di %d, da affiancare: da «%s» a «%s».", i+1, len(b.parts), part.columns[0].head, part.columns[len(part.columns)-1].head))
			b.listHeadHigh(part.listing, b.headHeight())
			for n, height := range heights {
				row := b.rows[from+n]
				b.font(row.style, part.letters(), ink)
				b.listRowHigh(part.listing, b.broken(part.listing, picked(row.cells, part.places)), row.background, height)
			}
		}
		if from = to; from >= len(b.rows) {
			return
		}
		b.addPage()
	}
}

// besideLine is the height of the line that says which pages go together.
const besideLine = 4.2

// page says up to which row a page goes that begins so far down, and how high its
// rows are; the last one and the sums stay together.
func (b beside) page(from int, top float64) (to int, heights []float64) {
	y := top + besideLine + b.headHeight()
	for to = from; to < len(b.rows); to++ {
		height := 0.0
		for _, part := range b.parts {
			b.font(b.rows[to].style, part.letters(), ink)
			height = max(height, part.height(b.broken(part.listing, picked(b.rows[to].cells, part.places))))
		}
		if y += height; y > b.lowest() && (to > from || top > topMargin+1) {
			break
		}
		heights = append(heights, height)
	}
	if to == len(b.rows)-1 && to-from > 1 {
		to--
	}
	return to, heights[:to-from]
}

func (b beside) headHeight() float64 {
	height := 0.0
	for _, part := range b.parts {
		height = max(height, part.height(b.heads(part.listing)))
	}
	return height
}

// characterWidth is what a character takes in letters of listingSize, in
// millimetres.
const characterWidth = 1.85

// textKept is how many characters of a text stay on one line wherever there is
// room for them: a tax code, a name.
const textKept = 22

// widestText is the most characters of a text that a column is made for.
const widestText = 46

// wordKept is how many characters of a word are not broken where the page has room
// for a column of them at all: a tax code.
const wordKept = 17

// layout says whether a list is for a page on its side, how large its letters
// are, and how wide its columns, see fit; of a list that is too wide even so, the
// columns of each of several pages, by their places.
func (p *paper) layout(of []Column, t *tally) (size float64, parts []listPart) {
	n := p.needs(of, t)
	all := insets(of)
	for _, width := range n.whole {
		all += width
	}
	p.wide = all > textWidth
	for _, places := range split(of, n, p.across()) {
		part := listPart{places: places}
		var size float64
		size, part.columns = fit(picked(of, places), n.of(places), p.across())
		part.size = size
		parts = append(parts, part)
	}
	size = listingSize
	for _, part := range parts {
		size = min(size, part.size)
	}
	return size, parts
}

// listPart is the columns of a list that go on one page, side by side.
type listPart struct {
	listing
	places []int
}

// needs is how wide columns would like to be in letters of listingSize, and how
// narrow they may become, both in millimetres and without the blanks beside them.
type needs struct {
	whole []float64 // cells on one line
	least []float64 // texts at their words, figures whole
}

func (n needs) of(places []int) needs { return needs{picked(n.whole, places), picked(n.least, places)} }

// picked are the elements at these places.
func picked[T any](all []T, places []int) []T {
	out := make([]T, len(places))
	for i, place := range places {
		out[i] = all[place]
	}
	return out
}

// insets are the blanks beside the texts of all columns.
func insets(of []Column) float64 { return float64(len(of)) * 2 * listingInset }

// split divides the columns among as few pages as they need in the smallest letters,
// each about as full; the first one, which says what a row is, stands on all of them.
func split(of []Column, n needs, room float64) [][]int {
	parts := splitAt(of, n, room)
	for low, high, i := 0.0, room, 0; i < 10 && len(parts) > 1; i++ {
		middle := (low + high) / 2
		if narrower := splitAt(of, n, middle); len(narrower) == len(parts) {
			parts, high = narrower, middle
		} else {
			low = middle
		}
	}
	return parts
}

// splitAt fills one page after the other up to a width.
func splitAt(of []Column, n needs, room float64) [][]int {
	const smallest = leastLetters / listingSize
	width := func(i int) float64 { return n.least[i]*smallest + 2*listingInset }
	var parts [][]int
	var sum float64
	for i := range of {
		if len(parts) == 0 || sum+width(i) > room && len(parts[len(parts)-1]) > 1 {
			var first []int
			if sum = 0; i > 0 {
				first, sum = []int{0}, width(0)
			}
			parts = append(parts, first)
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], i)
		sum += width(i)
	}
	return parts
}

// fit is the size of the letters, leastLetters at least, and the width of the
// columns on a page as wide as room: figures and short texts as wide as they need,
// long texts share the rest.
func fit(of []Column, n needs, room float64) (size float64, columns []listingColumn) {
	for size = listingSize; size > leastLetters && narrowest(of, n.whole)*size/listingSize+insets(of) > room; {
		size -= 0.5
	}
	scaled := needs{make([]float64, len(of)), make([]float64, len(of))}
	for i := range of {
		scaled.whole[i] = n.whole[i]*size/listingSize + 2*listingInset
		scaled.least[i] = n.least[i]*size/listingSize + 2*listingInset
	}
	widths := share(of, scaled, room)
	for i, c := range of {
		columns = append(columns, listingColumn{head: c.Title, width: widths[i], figure: c.Kind != Text})
	}
	return size, columns
}

// needs measures columns: what is known of their widths is measured, and a text
// that few rows have goes over as many lines as it has words. The words of a head
// stand below each other.
func (p *paper) needs(columns []Column, t *tally) needs {
	p.font("B", listingSize, ink) // as sums are
	n := needs{make([]float64, len(columns)), make([]float64, len(columns))}
	for i, c := range columns {
		head := p.pdf.GetStringWidth("0000")
		for word := range strings.FieldsSeq(c.Title) {
			head = max(head, p.pdf.GetStringWidth(word))
		}
		switch {
		case t.filled[i] == 0:
			n.whole[i] = head
		case c.Kind == Day:
			n.whole[i] = max(head, p.pdf.GetStringWidth("00/00/0000"))
		case c.Kind != Text:
			digits := t.longest[i]
			if c.Total {
				digits = max(digits, textLength(t.sum(i, c)))
			}
			n.whole[i] = max(head, p.pdf.GetStringWidth(strings.Repeat("0", digits)))
		case t.filled[i]*4 < t.rows:
			n.whole[i] = max(head, float64(min(t.word[i], widestText))*characterWidth)
		default:
			n.whole[i] = max(head, float64(min(t.longest[i], widestText))*characterWidth)
		}
		if n.least[i] = n.whole[i]; c.Kind == Text {
			n.least[i] = max(head, float64(min(t.word[i], wordKept))*characterWidth)
		}
	}
	return n
}

// narrowest is how wide a list is with its long texts broken.
func narrowest(columns []Column, need []float64) (sum float64) {
	for i, width := range need {
		if columns[i].Kind == Text {
			width = min(width, textKept*characterWidth)
		}
		sum += width
	}
	return sum
}

// share divides the room: the widest texts give way, all of them to the same
// width and none below its least, or take what is left over. Figures alone grow
// together.
func share(columns []Column, n needs, room float64) []float64 {
	texts, figures := 0.0, 0.0
	for i, width := range n.whole {
		if columns[i].Kind == Text {
			texts += width
		} else {
			figures += width
		}
	}
	left := room - figures
	cut := widest(columns, n, left)
	fitted := make([]float64, len(n.whole))
	for i, width := range n.whole {
		switch {
		case texts == 0:
			width *= room / figures
		case columns[i].Kind == Text && texts <= left:
			width *= left / texts
		case columns[i].Kind == Text:
			width = max(min(width, cut), n.least[i])
		}
		fitted[i] = width
	}
	return filling(fitted, room)
}

// filling brings widths to the room: what hardly fits is a little narrower.
func filling(widths []float64, room float64) []float64 {
	sum := 0.0
	for _, width := range widths {
		sum += width
	}
	for i := range widths {
		widths[i] *= room / sum
	}
	return widths
}

// widest is the width above which texts are cut so that all of them fit.
func widest(columns []Column, n needs, room float64) float64 {
	low, high := 0.0, room
	for range 30 {
		sum, middle := 0.0, (low+high)/2
		for i, width := range n.whole {
			if columns[i].Kind == Text {
				sum += max(min(width, middle), n.least[i])
			}
		}
		if sum > room {
			high = middle
		} else {
			low = middle
		}
	}
	return low
}

func paperTexts(row []any) []string {
	cells := make([]string, len(row))
	for i, v := range row {
		cells[i] = paperText(v)
	}
	return cells
}

// paperText is a value as pages show it.
func paperText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case pec.Cents:
		return v.Euro()
	case pec.Date:
		return v.Italian()
	case int:
		return pec.Thousands(v)
	case int64:
		return pec.Thousands(int(v))
	}
	return wordOf(v)
}
