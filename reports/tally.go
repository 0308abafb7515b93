package reports

import (
	"iter"
	"strings"
	"unicode/utf8"

	"albopec/app/pec"
)

// tally is what the rows of a list come to: how many they are, how many
// characters the longest cell of each column shows, and its longest word; how many
// cells show anything; and the columns' sums.
type tally struct {
	rows    int
	longest []int
	word    []int // of columns of texts
	filled  []int
	money   []pec.Cents
	whole   []int
}

// measure goes through the rows of a list once.
func measure(columns []Column, rows iter.Seq2[[]any, error]) (*tally, error) {
	t := &tally{longest: make([]int, len(columns)), word: make([]int, len(columns)), filled: make([]int, len(columns)), money: make([]pec.Cents, len(columns)), whole: make([]int, len(columns))}
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		t.rows++
		for i, v := range row {
			t.longest[i] = max(t.longest[i], shownLength(v))
			t.hear(i, columns[i], v)
			switch v := valueOf(v).(type) {
			case pec.Cents:
				t.money[i] += v
			case int:
				t.whole[i] += v
			}
		}
	}
	return t, nil
}

// hear counts a cell that shows something, and the words of a text.
func (t *tally) hear(i int, c Column, v any) {
	text := ""
	switch v := v.(type) {
	case string:
		text = v
	case pec.Date:
		if v.IsZero() {
			return
		}
	default:
		if c.Kind == Text {
			text = paperText(v)
		}
	}
	if c.Kind == Text && text == "" {
		return
	}
	t.filled[i]++
	for word := range strings.FieldsSeq(text) {
		t.word[i] = max(t.word[i], textLength(word))
	}
}

// lastRow is the number of the last data row on a sheet, at least 2: a table of
// Excel has one row even when it is empty.
func (t *tally) lastRow() int { return max(2, t.rows+1) }

// widths are the widths of the columns on a sheet, in characters; a plain one
// has no buttons for filters in its heads.
func (t *tally) widths(columns []Column, plain bool) []float64 {
	const narrowest, widest = 10, 46
	out := make([]float64, len(columns))
	for i, c := range columns {
		if c.Width > 0 {
			out[i] = c.Width
			continue
		}
		need := utf8.RuneCountInString(c.Title) + 4 // bold
		if !plain {
			need++ // the filter's button
		}
		out[i] = float64(min(max(need, t.longest[i]+2, narrowest), widest))
	}
	return out
}

// totals is the row of sums on paper, nil when no column asks for one.
func (t *tally) totals(columns []Column) []string {
	total, asked := make([]string, len(columns)), false
	for i, c := range columns {
		if c.Total {
			total[i], asked = t.sum(i, c), true
		}
	}
	if !asked {
		return nil
	}
	if total[0] == "" {
		total[0] = totalLabel
	}
	return total
}

// sum is the sum of a column, as it is shown.
func (t *tally) sum(i int, c Column) string {
	if c.Kind == Money {
		return t.money[i].Euro()
	}
	return pec.Thousands(t.whole[i])
}

// each goes through the rows of a table; one that is not as wide as the table is
// an error.
func (t Table) each() iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for n, row := range t.Rows {
			if !yield(row, t.fits(n, row)) {
				return
			}
		}
	}
}
