package intake

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"albopec/app/pec"
)

// errEnough stops a reader of which only the first rows are wanted.
var errEnough = errors.New("enough rows")

// collector gathers the rows of a table and holds them small: texts that come
// again and again are kept once, the others stand in large blocks, and so do
// the cells. It is also where the limits are kept.
type collector struct {
	rows   []pec.Row
	sample int // rows that are enough; 0 wants all
	cells  int
	last   int // number of the last row
	block  []string
	texts  []columnTexts
	store  strings.Builder
	merges []merge
	kept   int // bytes of texts
}

// merge is a cell that covers several columns: those of one row, from 0.
type merge struct{ row, from, to int }

// merge notes a merged cell, if it is wide and may be a title.
func (c *collector) merge(row, from, to int) {
	if to > from && to < 4*maxColumns && len(c.merges) < maxMerges {
		c.merges = append(c.merges, merge{row, from, min(to, maxColumns-1)})
	}
}

// columnTexts remembers the texts of one column, as long as that pays: a column
// of names repeats, one of addresses does not.
type columnTexts struct {
	known       map[string]string
	asked, hits int
}

const (
	maxMerges    = 2000
	storeBlock   = 64 << 10 // bytes
	cellBlock    = 16 << 10
	worthKnowing = 40 // bytes: longer texts seldom repeat
	mostKnown    = 30_000
)

// text keeps a cell of a column, from 0.
func (c *collector) text(column int, b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if len(b) > worthKnowing || column >= maxColumns {
		return c.keep(b)
	}
	for column >= len(c.texts) {
		c.texts = append(c.texts, columnTexts{known: map[string]string{}})
	}
	t := &c.texts[column]
	if t.known == nil {
		return c.keep(b)
	}
	t.asked++
	if s, ok := t.known[string(b)]; ok {
		t.hits++
		return s
	}
	if t.asked > 4000 && t.hits*4 < t.asked {
		t.known = nil
		return c.keep(b)
	}
	s := c.keep(b)
	if len(t.known) < mostKnown {
		t.known[s] = s
	}
	return s
}

// keep copies a text into the current block. Whoever holds one text of a block
// holds the block: that is what all rows of a file do anyway.
func (c *collector) keep(b []byte) string {
	if !utf8.Valid(b) {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	if c.kept += len(b); len(b) > storeBlock/4 {
		return string(b)
	}
	if c.store.Len()+len(b) > c.store.Cap() {
		c.store = strings.Builder{}
		c.store.Grow(storeBlock)
	}
	from := c.store.Len()
	c.store.Write(b)
	return c.store.String()[from:]
}

// add takes a row; the caller may use the slice again. Rows without a value are
// left out, and so are the empty cells at a row's end.
func (c *collector) add(number int, cells []string) error {
	for len(cells) > 0 && isSpace(cells[len(cells)-1]) {
		cells = cells[:len(cells)-1]
	}
	if len(cells) > maxColumns {
		return tooManyColumns()
	}
	if !slices.ContainsFunc(cells, func(s string) bool { return !isSpace(s) }) {
		return nil
	}
	if c.sample > 0 && len(c.rows) >= c.sample {
		return errEnough
	}
	if c.cells += len(cells); len(c.rows) >= maxRows || c.cells > maxCells || c.kept > maxText {
		return tooManyRows()
	}
	c.last = max(number, c.last+1)
	c.rows = append(c.rows, pec.Row{Number: c.last, Cells: c.own(cells)})
	return nil
}

// repeat adds the last row n times more, below itself.
func (c *collector) repeat(n int) error {
	last := c.rows[len(c.rows)-1]
	for range n {
		if c.sample > 0 && len(c.rows) >= c.sample {
			return errEnough
		}
		if c.cells += len(last.Cells); len(c.rows) >= maxRows || c.cells > maxCells {
			return tooManyRows()
		}
		c.last++
		c.rows = append(c.rows, pec.Row{Number: c.last, Cells: last.Cells})
	}
	return nil
}

// own copies cells into the current block.
func (c *collector) own(cells []string) []string {
	if len(c.block)+len(cells) > cap(c.block) {
		c.block = make([]string, 0, cellBlock)
	}
	from := len(c.block)
	c.block = append(c.block, cells...)
	return c.block[from:len(c.block):len(c.block)]
}

// isSpace reports whether a cell is blank; spaces that do not break count too.
func isSpace(s string) bool {
	return s == "" || (s[0] <= ' ' || s[0] >= utf8.RuneSelf) && strings.TrimSpace(s) == ""
}

// done drops what only the gathering needs and returns the rows.
func (c *collector) done() []pec.Row {
	c.texts, c.block, c.store = nil, nil, strings.Builder{}
	return c.rows
}

// at puts a cell at its place in a row that is being read.
func at(cells []string, column int, s string) []string {
	for len(cells) <= column {
		cells = append(cells, "")
	}
	cells[column] = s
	return cells
}
