package reports

import (
	"crypto/sha256"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"albopec/app/pec"
)

// YearSheets are the names of the workbook's lists, in their order.
func YearSheets() []string {
	var names []string
	for _, l := range (Year{}).lists() {
		names = append(names, l.name)
	}
	return names
}

// SheetOfItsDay reports whether a sheet says how things stood on the day on which
// the report was made: its rows change without the year changing, and are not
// among those that are kept (see [Year.Kept]).
func SheetOfItsDay(name string) bool { return name == sheetExpiries || name == sheetWithout }

// RowChanges are what became of the rows of a sheet since a workbook was written.
// The lists are cut short; the numbers beside them are not.
type RowChanges struct {
	Sheet                  string
	Columns                []Column
	Keys                   []string   // titles of those by which a row is known
	Uncompared             string     // column that follows from the others; empty for none
	Gone, Added            [][]string // whole rows, as pages show them
	Mended                 []MendedRow
	AllGone, AllAdded, All int // All is how many are mended
}

// None reports whether no row is gone, added or mended.
func (c RowChanges) None() bool { return c.AllGone+c.AllAdded+c.All == 0 }

// MendedRow is a row that is there then and now, and what it says otherwise.
type MendedRow struct {
	Key   []string // of the columns by which the row is known
	Cells []MendedCell
}

// MendedCell is a cell, as pages show it. What is OfToday belongs to the day on
// which a report is made, not to its year.
type MendedCell struct {
	Column, Then, Now string
	OfToday           bool
}

// keysOf are the columns by which a row is known, by sheet: rows that have them
// in common are told apart by their order.
var keysOf = map[string][]string{
	sheetMailboxes: {"Casella"},
	sheetPeriods:   {"Casella", "Dal"},
	sheetServices:  {"Casella", "Servizio", "Dal"},
	sheetOrders:    {"Numero"},
	sheetCredit:    {"Movimento"},
	sheetTopUps:    {"Data", "Modo di pagamento", "Riferimento", "Importo"},
	sheetExpiries:  {"Casella"},
	sheetWithout:   {"N. iscrizione", "Codice fiscale"},
}

// ChangesSince compares the rows of a sheet with those that a workbook of the
// same year has on it, at most so many of each kind. What is so only on the day of
// a report is not compared, but for kind, section and sector, by which the report
// groups its figures: their cells are OfToday. Nor is a column that the workbook lacks
// or the credit after each movement, which follows from the others. A sheet that there is not is
// a Problem; so is a workbook without it.
func (y Year) ChangesSince(workbook io.Reader, sheet string, most int) (RowChanges, error) {
	lists := y.lists()
	i := slices.IndexFunc(lists, func(l yearList) bool { return l.name == sheet })
	if i < 0 {
		return RowChanges{}, pec.Refuse("sheet_unknown", "Il report non ha il foglio «%s».", sheet)
	}
	f, err := excelize.OpenReader(workbook, excelize.Options{RawCellValue: true, UnzipXMLSizeLimit: 1 << 20})
	if err != nil {
		return RowChanges{}, fmt.Errorf("open the workbook of %d: %w", y.Year, err)
	}
	defer func() { _ = f.Close() }() // only read
	if n, err := f.GetSheetIndex(sheet); err != nil || n < 0 {
		return RowChanges{}, pec.Refuse("sheet_missing", "Il report di allora non ha il foglio «%s»: è di una versione precedente del programma.", sheet)
	}
	c := comparison{list: lists[i], file: f, most: most}
	if err := c.run(); err != nil {
		return RowChanges{}, fmt.Errorf("compare %q of %d: %w", sheet, y.Year, err)
	}
	c.found.Sheet, c.found.Columns, c.found.Keys = sheet, c.list.columns, keysOf[sheet]
	if sheet == sheetCredit {
		c.found.Uncompared = creditAfter
	}
	return c.found, nil
}

// comparison compares a list with a sheet, both read row by row: what it keeps of
// each row is its key and a digest.
type comparison struct {
	list  yearList
	file  *excelize.File
	most  int
	found RowChanges

	compared []int // columns
	key      []int
}

type rowDigest [sha256.Size]byte

func (c *comparison) run() error {
	for i, column := range c.list.columns {
		if slices.Contains(keysOf[c.list.name], column.Title) {
			c.key = append(c.key, i)
		}
	}
	then := map[string]rowDigest{}
	keys := c.numbered()
	for row, err := range c.sheetRows() {
		if err != nil {
			return err
		}
		then[keys(row)] = c.digest(row)
	}
	mended, err := c.today(then)
	if err != nil {
		return err
	}
	return c.before(then, mended)
}

// today goes through the rows of today: those that the sheet had too leave then;
// the first that say something else come back by their keys.
func (c *comparison) today(then map[string]rowDigest) (mended map[string][]string, err error) {
	mended = map[string][]string{}
	keys := c.numbered()
	for cells, err := range c.list.rows {
		if err != nil {
			return nil, err
		}
		row := make([]string, len(cells))
		for i, v := range cells {
			row[i] = plain(paperText(v))
		}
		key := keys(row)
		digest, had := then[key]
		delete(then, key)
		switch {
		case !had:
			if c.found.AllAdded++; len(c.found.Added) < c.most {
				c.found.Added = append(c.found.Added, row)
			}
		case digest != c.digest(row):
			if c.found.All++; len(mended) < c.most {
				mended[key] = row
			}
		}
	}
	return mended, nil
}

// before goes through the sheet once more, for those that are gone and for what
// the mended ones said.
func (c *comparison) before(gone map[string]rowDigest, mended map[string][]string) error {
	c.found.AllGone = len(gone)
	if len(gone)+len(mended) == 0 {
		return nil
	}
	keys := c.numbered()
	for row, err := range c.sheetRows() {
		if err != nil {
			return err
		}
		key := keys(row)
		if now, ok := mended[key]; ok {
			c.found.Mended = append(c.found.Mended, c.mended(row, now))
		}
		if _, ok := gone[key]; ok && len(c.found.Gone) < c.most {
			c.found.Gone = append(c.found.Gone, row)
		}
	}
	return nil
}

func (c *comparison) mended(then, now []string) MendedRow {
	var m MendedRow
	for _, i := range c.key {
		m.Key = append(m.Key, now[i])
	}
	for _, i := range c.compared {
		if then[i] != now[i] {
			title := c.list.columns[i].Title
			m.Cells = append(m.Cells, MendedCell{title, then[i], now[i], slices.Contains(ofToday[c.list.name], title)})
		}
	}
	return m
}

// numbered gives each row its key, and a number with it when others have the
// same.
func (c *comparison) numbered() func(row []string) string {
	had := map[string]int{}
	return func(row []string) string {
		var parts []string
		for _, i := range c.key {
			parts = append(parts, row[i])
		}
		key := strings.Join(parts, "\n")
		had[key]++
		return key + "\n" + strconv.Itoa(had[key])
	}
}

func (c *comparison) digest(row []string) rowDigest {
	said := sha256.New()
	for _, i := range c.compared {
		_, _ = io.WriteString(said, row[i]+"\n") // a hash takes all
	}
	return rowDigest(said.Sum(nil))
}

// sheetRows are the rows of the sheet, in the columns of today and as pages show
// them, up to the totals. Its first row says which of the columns it has.
func (c *comparison) sheetRows() iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		rows, err := c.file.Rows(c.list.name)
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = rows.Close() }()
		var where []int // of today's columns on the sheet, -1 for none
		for rows.Next() {
			cells, err := rows.Columns()
			if err != nil {
				yield(nil, err)
				return
			}
			if where == nil {
				where = c.columnsOn(cells)
				continue
			}
			if len(cells) == 0 || totalled(c.list.columns) && cells[0] == totalLabel {
				return
			}
			row := make([]string, len(where))
			for i, at := range where {
				if at >= 0 && at < len(cells) {
					row[i] = cellText(c.list.columns[i], cells[at])
				}
			}
			if !yield(row, nil) {
				return
			}
		}
		if err := rows.Error(); err != nil {
			yield(nil, err)
		}
	}
}

func (c *comparison) columnsOn(heads []string) []int {
	c.compared = nil
	where := make([]int, len(c.list.columns))
	for i, column := range c.list.columns {
		where[i] = slices.Index(heads, column.Title)
		passing := slices.Contains(ofToday[c.list.name], column.Title) && !slices.Contains(grouping, column.Title)
		if where[i] >= 0 && !passing && column.Title != creditAfter {
			c.compared = append(c.compared, i)
		}
	}
	return where
}

// cellText is the value of a cell as paper shows it.
func cellText(column Column, raw string) string {
	if raw == "" {
		return ""
	}
	switch column.Kind {
	case Money:
		if amount, err := decimal.NewFromString(raw); err == nil {
			return pec.Cents(amount.Shift(2).Round(0).IntPart()).Euro()
		}
	case Integer:
		if n, err := strconv.Atoi(raw); err == nil {
			return pec.Thousands(n)
		}
	case Day:
		if n, err := strconv.Atoi(raw); err == nil {
			return firstDay.AddDays(n).Italian()
		}
	}
	return plain(raw)
}

// firstDay is day 0 of Excel's calendar, as far as days from March 1900 on are
// concerned.
var firstDay = pec.NewDate(1899, 12, 30)

// plain is a text in one line; an amount keeps its hard blank.
func plain(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\r\n", r) }), " ")
}
