package intake

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// xlsxBook is an Office Open XML workbook.
type xlsxBook struct {
	*archive
	list     []bookSheet
	paths    []string // of the sheets' parts
	formats  []cellFormat
	strings  []string
	from1904 bool
	stringsPart,
	stylesPart string
	loaded bool
	fault  error // of the strings
}

func openXLSX(a *archive, main string) (*xlsxBook, error) {
	b := &xlsxBook{archive: a, stringsPart: "xl/sharedstrings.xml", stylesPart: "xl/styles.xml"}
	targets := map[string]string{}
	rels := resolve(main, "_rels/"+main[strings.LastIndex(main, "/")+1:]+".rels")
	err := a.small(rels, func(x *xmlReader) error {
		return eachElement(x, func() error {
			if !x.is("Relationship") || len(targets) > maxParts {
				return nil
			}
			target := resolve(main, x.attr("Target"))
			switch kind := x.attr("Type"); {
			case strings.HasSuffix(kind, "/worksheet"):
				targets[x.attr("Id")] = target
			case strings.HasSuffix(kind, "/sharedStrings"):
				b.stringsPart = target
			case strings.HasSuffix(kind, "/styles"):
				b.stylesPart = target
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	if err := a.small(main, func(x *xmlReader) error { return b.readWorkbook(x, targets) }); err != nil {
		return nil, err
	}
	if len(b.list) == 0 {
		return nil, damaged()
	}
	return b, a.small(b.stylesPart, b.readStyles)
}

func (b *xlsxBook) readWorkbook(x *xmlReader, targets map[string]string) error {
	taken := map[string]bool{}
	return eachElement(x, func() error {
		switch {
		case x.is("workbookPr"):
			v := x.attr("date1904")
			b.from1904 = v == "1" || v == "true"
		case x.is("sheet"):
			path := targets[x.attr("id")]
			if !b.has(path) || taken[path] || len(b.list) >= maxSheets { // a chart, or no sheet at all
				return nil
			}
			taken[path] = true
			b.list = append(b.list, bookSheet{name: sheetName(x.attr("name")), hidden: x.attr("state") != "" && x.attr("state") != "visible"})
			b.paths = append(b.paths, path)
		}
		return nil
	})
}

// readStyles takes from the styles how each shows its numbers.
func (b *xlsxBook) readStyles(x *xmlReader) error {
	codes := map[int]string{}
	inCells := 0
	return eachElement(x, func() error {
		if inCells > 0 && x.depth() <= inCells {
			inCells = 0
		}
		switch {
		case x.is("numFmt") && len(codes) < 10_000 && len(x.rawAttr("formatCode")) < 1000:
			codes[x.intAttr("numFmtId", -1)] = x.attr("formatCode")
		case x.is("cellXfs"):
			inCells = x.depth()
		case inCells > 0 && x.is("xf") && x.depth() == inCells+1 && len(b.formats) < 100_000:
			id := x.intAttr("numFmtId", 0)
			code, declared := codes[id]
			b.formats = append(b.formats, formatOfCell(id, code, declared))
		}
		return nil
	})
}

// readStrings reads the texts that the sheets share, once.
func (b *xlsxBook) readStrings() error {
	if b.loaded {
		return b.fault
	}
	b.loaded = true
	var texts collector
	var text []byte
	b.fault = b.part(b.stringsPart, func(x *xmlReader) error {
		return eachElement(x, func() error {
			if !x.is("si") {
				return nil
			}
			var err error
			if text, err = readRichText(x, text[:0]); err != nil {
				return err
			}
			if len(b.strings) >= maxCells || texts.kept > maxText {
				return tooManyRows()
			}
			b.strings = append(b.strings, texts.keep(unescaped(text)))
			return nil
		})
	})
	return b.fault
}

// readRichText gathers the text of the element whose start was read: that of
// its <t>, but for how Japanese is pronounced.
func readRichText(x *xmlReader, text []byte) ([]byte, error) {
	inside, textAt := x.depth(), 0
	for {
		token, err := x.next()
		if err != nil {
			return nil, unexpected(err)
		}
		switch token {
		case xmlStart:
			switch {
			case x.is("rPh"):
				if err := x.skipElement(); err != nil {
					return nil, err
				}
			case x.is("t"):
				textAt = x.depth()
			}
		case xmlEnd:
			if x.depth() < inside {
				return text, nil
			}
			if x.depth() < textAt {
				textAt = 0
			}
		case xmlText:
			if textAt > 0 {
				text = append(text, x.text...)
			}
		}
		if len(text) > maxCellText {
			return nil, tooLongCell()
		}
	}
}

// unescaped replaces the signs that XML has no place for, as sheets write them:
// _x000D_ is the end of a line.
func unescaped(b []byte) []byte {
	if !bytes.Contains(b, []byte("_x")) {
		return b
	}
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		if len(b) >= 7 && b[0] == '_' && b[1] == 'x' && b[6] == '_' {
			if n, err := strconv.ParseUint(string(b[2:6]), 16, 16); err == nil {
				out = append(out, string(rune(n))...)
				b = b[7:]
				continue
			}
		}
		out = append(out, b[0])
		b = b[1:]
	}
	return out
}

func (b *xlsxBook) sheets() []bookSheet { return b.list }

func (b *xlsxBook) read(i int, into *collector) error {
	if err := b.readStrings(); err != nil {
		return err
	}
	s := &xlsxSheet{book: b, into: into}
	err := b.part(b.paths[i], s.read)
	if errors.Is(err, errEnough) && into.sample == 0 {
		return nil
	}
	return err
}

// xlsxSheet is a sheet being read.
type xlsxSheet struct {
	book    *xlsxBook
	into    *collector
	row     int // number of the row being read
	column  int // of the cell being read, from 0
	cells   []string
	value   []byte
	scratch []byte
}

const lastSheetRow = 1_048_576 // in any program

func (s *xlsxSheet) read(x *xmlReader) error {
	return eachElement(x, func() error {
		switch {
		case x.is("row"):
			return s.readRow(x)
		case x.is("mergeCell"):
			s.merge(string(x.rawAttr("ref")))
			if len(s.into.merges) == maxMerges && len(s.into.rows) > 0 { // they stand behind the rows
				return errEnough
			}
		}
		return nil
	})
}

func (s *xlsxSheet) readRow(x *xmlReader) error {
	s.row = max(s.row+1, x.intAttr("r", 0))
	if s.row > lastSheetRow {
		return errXML
	}
	s.cells, s.column = s.cells[:0], -1
	inside := x.depth()
	for {
		token, err := x.next()
		if err != nil {
			return unexpected(err)
		}
		switch {
		case token == xmlEnd && x.depth() < inside:
			return s.into.add(s.row, s.cells)
		case token == xmlStart && x.is("c"):
			if err := s.readCell(x); err != nil {
				return err
			}
		}
	}
}

func (s *xlsxSheet) readCell(x *xmlReader) error {
	s.column++
	if column, _, ok := parseRef(x.rawAttr("r")); ok {
		s.column = column
	}
	kind := cellKind(x.rawAttr("t"))
	style := x.intAttr("s", 0)
	s.value = s.value[:0]
	inside, valueAt := x.depth(), 0
	for {
		token, err := x.next()
		if err != nil {
			return unexpected(err)
		}
		switch token {
		case xmlStart:
			switch {
			case x.is("v"):
				valueAt = x.depth()
			case x.is("is"):
				if s.value, err = readRichText(x, s.value); err != nil {
					return err
				}
			}
		case xmlText:
			if valueAt > 0 {
				s.value = append(s.value, x.text...)
			}
			if len(s.value) > maxCellText {
				return tooLongCell()
			}
		case xmlEnd:
			if x.depth() < inside {
				return s.put(kind, style)
			}
			if x.depth() < valueAt {
				valueAt = 0
			}
		}
	}
}

// cellKind is the type of a cell by its first sign: s, i and t are texts.
func cellKind(t []byte) byte {
	switch string(t) {
	case "s": // shared
		return 's'
	case "str", "inlineStr":
		return 't'
	case "b", "e", "d":
		return t[0]
	}
	return 'n'
}

func (s *xlsxSheet) put(kind byte, style int) error {
	if len(s.value) == 0 {
		return nil
	}
	text := s.value
	switch kind {
	case 's':
		n, err := strconv.Atoi(string(bytes.TrimSpace(text)))
		if err != nil || n < 0 || n >= len(s.book.strings) {
			return errXML
		}
		if shared := s.book.strings[n]; shared != "" {
			return s.set(shared)
		}
		return nil
	case 'b':
		text = []byte("FALSE")
		if string(s.value) == "1" || string(s.value) == "true" {
			text = []byte("TRUE")
		}
	case 'd':
		text = isoDay(text)
	case 't':
		text = unescaped(text)
	case 'n':
		text = s.number(text, style)
	}
	if s.column >= maxColumns {
		return s.set("")
	}
	return s.set(s.into.text(s.column, text))
}

// number writes the number of a cell; most are plain figures already.
func (s *xlsxSheet) number(text []byte, style int) []byte {
	text = bytes.TrimSpace(text)
	var f cellFormat
	if style < len(s.book.formats) {
		f = s.book.formats[style]
	}
	if f == (cellFormat{}) && len(text) <= 15 && allFigures(text) {
		return text
	}
	n, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return text
	}
	s.scratch = appendNumber(s.scratch[:0], n, f, s.book.from1904)
	return s.scratch
}

func allFigures(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) == 1 || len(b) > 0 && b[0] != '0'
}

func (s *xlsxSheet) set(text string) error {
	if s.column >= maxColumns {
		return tooManyColumns()
	}
	s.cells = at(s.cells, s.column, text)
	return nil
}

// merge notes a merged cell of the rows that may hold titles.
func (s *xlsxSheet) merge(ref string) {
	first, last, ok := strings.Cut(ref, ":")
	from, row, ok1 := parseRef([]byte(first))
	to, _, ok2 := parseRef([]byte(last))
	if ok && ok1 && ok2 {
		s.into.merge(row, from, to)
	}
}

// parseRef reads the name of a cell, "AB12", into its column from 0 and its
// row; the row may be missing.
func parseRef(ref []byte) (column, row int, ok bool) {
	i := 0
	for ; i < len(ref) && i < 4; i++ {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		column = column*26 + int(c-'A'+1)
	}
	if i == 0 || i > 3 || len(ref)-i > 8 {
		return 0, 0, false
	}
	for _, c := range ref[i:] {
		if c < '0' || c > '9' {
			return 0, 0, false
		}
		row = row*10 + int(c-'0')
	}
	return column - 1, row, true
}
