package intake

import (
	"errors"
	"strconv"
	"strings"

	"albopec/app/pec"
)

// book is a file of several tables: sheets, or the tables of a page.
type book interface {
	sheets() []bookSheet
	// read reads sheet i, from 0, until its end or what the collector says.
	read(i int, into *collector) error
}

type bookSheet struct {
	name   string
	hidden bool
}

const maxSheets = 500

// sheetName is a name from a file, at a length fit for a page.
func sheetName(s string) string {
	return strings.ToValidUTF8(s[:min(len(s), maxName)], "\ufffd")
}

// readBook reads the right sheet of a book.
func readBook(b book, format string, layout pec.Layout, o Options) (*File, error) {
	f := &File{Format: format}
	for _, s := range b.sheets() {
		f.Sheets = append(f.Sheets, s.name)
	}
	i, err := sheetOf(b, layout, o)
	if err != nil {
		return nil, err
	}
	f.Sheet = f.Sheets[i]
	var all collector
	if err := b.read(i, &all); err != nil {
		return nil, err
	}
	if len(all.rows) == 0 {
		return nil, pec.Refuse("file_empty", "Il foglio «%s» è vuoto.", f.Sheet)
	}
	return f.build(all.done(), all.merges, layout, o.Columns)
}

// sheetOf is the sheet of the operator's choice, by name or number from 1, or
// the one with the best header and, of several such, with the most rows; hidden
// ones only when no other has any.
func sheetOf(b book, layout pec.Layout, o Options) (int, error) {
	sheets := b.sheets()
	if o.Sheet != "" {
		return chosenSheet(sheets, o.Sheet)
	}
	best, most := 0, 0
	for _, hidden := range []bool{false, true} {
		for i, s := range sheets {
			if s.hidden != hidden {
				continue
			}
			sample := collector{sample: maxHeaderRow}
			if err := b.read(i, &sample); err != nil && !errors.Is(err, errEnough) {
				continue // what is wrong with it is told if it is the one read
			}
			h := headerOf(sample.rows, sample.merges, layout, o.Columns)
			score := 2 * maxHeaderRow * h.score
			if h.score > 0 {
				score += len(sample.rows) - h.last
			}
			if score > most {
				best, most = i, score
			}
		}
		if most >= 2*2*maxHeaderRow {
			break
		}
	}
	return best, nil
}

func chosenSheet(sheets []bookSheet, choice string) (int, error) {
	var names []string
	for i, s := range sheets {
		if strings.EqualFold(s.name, strings.TrimSpace(choice)) {
			return i, nil
		}
		names = append(names, s.name)
	}
	if n, err := strconv.Atoi(strings.TrimSpace(choice)); err == nil && n >= 1 && n <= len(sheets) {
		return n - 1, nil
	}
	return 0, pec.Refuse("sheet_unknown", "Il foglio «%s» non c’è. I fogli sono: %s.", choice, strings.Join(names, ", "))
}
