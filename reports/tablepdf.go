package reports

import (
	"io"
	"strings"

	"albopec/app/pec"
)

// WritePDF writes the table on A4, on its side when it is wide: the head on every
// page, long texts broken over lines, the sums and the note at the foot, the pages numbered.
// Owner is the Ordine, madeOn the day of the list. 25,000 rows take a few seconds.
func (t Table) WritePDF(w io.Writer, owner string, madeOn pec.Date) error {
	tally, err := measure(t.Columns, t.each())
	if err != nil {
		return err
	}
	p := blankPaper(owner, t.Title, "Elenco", madeOn, true)
	l := listing{}
	p.wide, l.size, l.columns = layout(t.Columns, tally)
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
	p.listHead(l)
	cells := make([]string, len(t.Columns))
	total := tally.totals(t.Columns)
	for n, row := range t.Rows {
		for i, v := range row {
			cells[i] = paperText(v)
		}
		p.listRowOf(l, cells, "", "", rowsAfter(n, len(t.Rows), total != nil))
	}
	if total != nil {
		p.listRow(l, total, "B", tint)
	}
	if t.Note != "" {
		p.keep(12)
		p.gap(3)
		p.font("", 8.5, muted)
		p.paragraph(4.2, t.Note)
	}
	return p.write(w)
}

// characterWidth is what a character takes in letters of listingSize, in
// millimetres.
const characterWidth = 1.85

// textKept is how many characters of a text stay on one line wherever there is
// room for them: a tax code, a name.
const textKept = 22

// widestText is the most characters of a text that a column is made for.
const widestText = 46

// layout says whether a list is for a page on its side, how large its letters
// are, and how wide its columns: figures and short texts as wide as they need,
// long texts share the rest.
func layout(of []Column, t *tally) (wide bool, size float64, columns []listingColumn) {
	all := insets(of)
	for _, width := range t.needs(of) {
		all += width
	}
	wide = all > textWidth
	size, columns = fitted(of, t, (&paper{wide: wide}).across())
	return wide, size, columns
}

// insets are the blanks beside the texts of all columns.
func insets(of []Column) float64 { return float64(len(of)) * 2 * listingInset }

// fitted is the size of the letters and the width of the columns on a page as wide
// as room.
func fitted(of []Column, t *tally, room float64) (size float64, columns []listingColumn) {
	return fit(of, t.needs(of), room, 5)
}

// fit is fitted with the needs of the columns in letters of listingSize, and the
// least size, in points.
func fit(of []Column, need []float64, room, least float64) (size float64, columns []listingColumn) {
	for size = listingSize; size > least && narrowest(of, need)*size/listingSize+insets(of) > room; {
		size -= 0.5
	}
	for i := range need {
		need[i] = need[i]*size/listingSize + 2*listingInset
	}
	widths := share(of, need, room)
	for i, c := range of {
		columns = append(columns, listingColumn{head: c.Title, width: widths[i], figure: c.Kind != Text})
	}
	return size, columns
}

// needs is how wide the cells of each column would like to be in letters of
// listingSize, in millimetres: its cells on
// one line, the words of its head below each other.
func (t *tally) needs(columns []Column) []float64 {
	need := make([]float64, len(columns))
	for i, c := range columns {
		chars := 4
		for _, word := range strings.Fields(c.Title) {
			chars = max(chars, textLength(word))
		}
		chars = max(chars, t.longest[i])
		if c.Total {
			chars = max(chars, textLength(t.sum(i, c))+1) // in bold
		}
		need[i] = float64(min(chars, widestText)) * characterWidth
	}
	return need
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
// width, or take what is left over. Figures alone, and those for which there is
// no room, shrink or grow together.
func share(columns []Column, need []float64, room float64) []float64 {
	texts, figures := 0.0, 0.0
	for i, width := range need {
		if columns[i].Kind == Text {
			texts += width
		} else {
			figures += width
		}
	}
	left := room - figures
	fitted := make([]float64, len(need))
	for i, width := range need {
		switch {
		case texts == 0 || left < room/5:
			width *= room / (texts + figures)
		case columns[i].Kind == Text && texts <= left:
			width *= left / texts
		case columns[i].Kind == Text:
			width = min(width, widest(columns, need, left))
		}
		fitted[i] = width
	}
	return fitted
}

// widest is the width above which texts are cut so that all of them fit.
func widest(columns []Column, need []float64, room float64) float64 {
	low, high := 0.0, room
	for range 30 {
		sum, middle := 0.0, (low+high)/2
		for i, width := range need {
			if columns[i].Kind == Text {
				sum += min(width, middle)
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
