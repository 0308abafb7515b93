package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"albopec/app/pec"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// htmlBook is a web page, which many programs save under the name of a sheet:
// its tables are taken for the sheets.
type htmlBook struct {
	tables []*collector
	list   []bookSheet
	cells  int // of all tables
}

// readHTML reads the tables of a page.
func readHTML(data []byte, layout pec.Layout, o Options) (*File, error) {
	text, enc, err := decode(data, o.Encoding)
	if err != nil {
		return nil, err
	}
	b := &htmlBook{}
	if err := b.parse(text); err != nil {
		return nil, err
	}
	if len(b.tables) == 0 {
		return nil, notReadable("È una pagina web senza tabelle. Esporti l’elenco come .xlsx o .csv e riprovi.")
	}
	f, err := readBook(b, FormatHTML, layout, o)
	if f != nil {
		f.Encoding = enc
	}
	return f, err
}

// maxHTMLToken is the most bytes of a tag, or of a script.
const maxHTMLToken = 4 << 20

// parse walks over the page once. Tables within tables are tables of their own;
// a row belongs to the innermost.
func (b *htmlBook) parse(text []byte) error {
	z := html.NewTokenizer(bytes.NewReader(text))
	z.SetMaxBuf(maxHTMLToken)
	var open []*htmlTable
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if !errors.Is(z.Err(), io.EOF) {
				return notReadable("La pagina web è rovinata. Esporti l’elenco come .xlsx o .csv e riprovi.")
			}
			for _, t := range open {
				if err := t.endRow(b); err != nil {
					return err
				}
			}
			return nil
		}
		var inner *htmlTable
		if len(open) > 0 {
			inner = open[len(open)-1]
		}
		switch kind {
		case html.TextToken:
			if inner != nil && inner.inCell {
				if inner.text = append(inner.text, z.Text()...); len(inner.text) > maxCellText {
					return tooLongCell()
				}
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, hasAttrs := z.TagName()
			switch tag := atom.Lookup(name); tag {
			case atom.Table:
				if len(open) < maxXMLDepth && len(b.tables) < maxSheets {
					open = append(open, b.newTable())
				}
			case atom.Script, atom.Style, atom.Title:
				if kind == html.StartTagToken {
					z.Next() // its content is no text
				}
			default:
				if inner == nil {
					continue
				}
				if err := inner.start(b, tag, z, hasAttrs); err != nil {
					return err
				}
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if inner == nil {
				continue
			}
			switch atom.Lookup(name) {
			case atom.Table:
				if err := inner.endRow(b); err != nil {
					return err
				}
				open = open[:len(open)-1]
			case atom.Tr:
				if err := inner.endRow(b); err != nil {
					return err
				}
			case atom.Td, atom.Th:
				if err := inner.endCell(b); err != nil {
					return err
				}
			}
		}
	}
}

func (b *htmlBook) newTable() *htmlTable {
	b.tables = append(b.tables, &collector{})
	b.list = append(b.list, bookSheet{name: fmt.Sprintf("Tabella %d", len(b.tables))})
	return &htmlTable{at: len(b.tables) - 1, below: map[int]spanned{}}
}

func (b *htmlBook) sheets() []bookSheet { return b.list }

func (b *htmlBook) read(i int, into *collector) error {
	t := b.tables[i]
	into.rows, into.merges = t.rows, t.merges
	if into.sample > 0 {
		into.rows = t.rows[:min(into.sample, len(t.rows))]
	}
	return nil
}

// htmlTable is a table being read.
type htmlTable struct {
	at     int // its place among the tables
	row    int
	cells  []string
	text   []byte
	inRow  bool
	inCell bool
	span   spanned
	below  map[int]spanned // columns that cells of rows above reach down into
}

// spanned is a cell that covers several columns, and rows below its own.
type spanned struct{ columns, rows int }

func (t *htmlTable) start(b *htmlBook, tag atom.Atom, z *html.Tokenizer, hasAttrs bool) error {
	switch tag {
	case atom.Tr:
		if err := t.endRow(b); err != nil {
			return err
		}
		t.startRow()
	case atom.Td, atom.Th:
		if err := t.endCell(b); err != nil {
			return err
		}
		if !t.inRow {
			t.startRow()
		}
		t.inCell, t.text, t.span = true, t.text[:0], spanned{1, 1}
		for hasAttrs {
			var key, value []byte
			key, value, hasAttrs = z.TagAttr()
			n, err := strconv.Atoi(string(value))
			switch {
			case err != nil || n < 1:
			case string(key) == "colspan":
				t.span.columns = min(n, maxColumns)
			case string(key) == "rowspan":
				t.span.rows = min(n, maxRows)
			}
		}
	case atom.Br, atom.P, atom.Div, atom.Li:
		if t.inCell && len(t.text) > 0 {
			t.text = append(t.text, '\n')
		}
	}
	return nil
}

func (t *htmlTable) startRow() {
	t.row++
	t.inRow, t.cells = true, t.cells[:0]
}

// endCell puts the cell being read at the first place in its row that no cell
// above reaches down into.
func (t *htmlTable) endCell(b *htmlBook) error {
	if !t.inCell {
		return nil
	}
	t.inCell = false
	t.passBelow()
	column := len(t.cells)
	if column >= maxColumns {
		return tooManyColumns()
	}
	into := b.tables[t.at]
	text := bytes.TrimSpace(t.text)
	t.cells = append(t.cells, into.text(column, text))
	into.merge(t.row, column, column+t.span.columns-1)
	for n := 1; n < t.span.columns && len(t.cells) < maxColumns; n++ {
		t.cells = append(t.cells, "")
	}
	if t.span.rows > 1 {
		for n := column; n < len(t.cells); n++ {
			t.below[n] = spanned{1, t.span.rows}
		}
	}
	return nil
}

// passBelow leaves the places free that cells above reach down into.
func (t *htmlTable) passBelow() {
	for len(t.cells) < maxColumns && t.below[len(t.cells)].rows > 0 {
		t.cells = append(t.cells, "")
	}
}

func (t *htmlTable) endRow(b *htmlBook) error {
	if err := t.endCell(b); err != nil {
		return err
	}
	if !t.inRow {
		return nil
	}
	t.inRow = false
	for column, s := range t.below { // one row less, of those that began above this one too
		if s.rows--; s.rows <= 0 {
			delete(t.below, column)
			continue
		}
		t.below[column] = s
	}
	if b.cells += 1 + len(t.cells); b.cells > maxCells {
		return tooManyRows()
	}
	return b.tables[t.at].add(t.row, t.cells)
}
