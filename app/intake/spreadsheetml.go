package intake

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"albopec/app/pec"
)

// xmlBook is a workbook in the XML of Excel 2003 («Foglio di calcolo XML»),
// which programs save as .xls or .xml.
type xmlBook struct {
	data []byte
	list []bookSheet
	// first are the first rows of each sheet, see odsBook.
	first []*collector
}

// isSpreadsheetML reports whether a text opens as such a workbook.
func isSpreadsheetML(start []byte) bool {
	return bytes.Contains(start, []byte("urn:schemas-microsoft-com:office:spreadsheet"))
}

func readSpreadsheetML(data []byte, layout pec.Layout, o Options) (*File, error) {
	b := &xmlBook{data: data}
	err := b.each(func(x *xmlReader, i int) error {
		if i >= maxSheets {
			return errEnough
		}
		b.list = append(b.list, bookSheet{name: sheetName(x.attr("Name"))})
		b.first = append(b.first, &collector{sample: maxHeaderRow})
		s, inside := &xmlSheet{into: b.first[i]}, x.depth()
		if err := s.read(x); !errors.Is(err, errEnough) {
			return err
		}
		return x.closeTo(inside)
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	if len(b.list) == 0 {
		return nil, damaged()
	}
	return readBook(b, FormatXML, layout, o)
}

// each calls the function at the start of every sheet.
func (b *xmlBook) each(f func(x *xmlReader, i int) error) error {
	x, err := newXMLReader(bytes.NewReader(b.data))
	if err != nil {
		return damaged()
	}
	i := -1
	err = eachElement(x, func() error {
		if !x.is("Worksheet") {
			return nil
		}
		i++
		return f(x, i)
	})
	if err != nil && !errors.Is(err, errEnough) && pec.AsProblem(err) == nil {
		return damaged()
	}
	return err
}

func (b *xmlBook) sheets() []bookSheet { return b.list }

func (b *xmlBook) read(sheet int, into *collector) error {
	if into.sample > 0 {
		into.rows, into.merges = b.first[sheet].rows, b.first[sheet].merges
		return nil
	}
	read := false
	err := b.each(func(x *xmlReader, i int) error {
		if i != sheet {
			return x.skipElement()
		}
		s := &xmlSheet{into: into}
		if err := s.read(x); err != nil {
			return err
		}
		read = true
		return errEnough // the sheets behind it are not wanted
	})
	if read {
		return nil
	}
	return err
}

type xmlSheet struct {
	into  *collector
	row   int
	cells []string
	value []byte
}

func (s *xmlSheet) read(x *xmlReader) error {
	inside := x.depth()
	for {
		token, err := x.next()
		if err != nil {
			return unexpected(err)
		}
		switch {
		case token == xmlEnd && x.depth() < inside:
			return nil
		case token == xmlStart && x.is("Row"):
			if err := s.readRow(x); err != nil {
				return err
			}
		}
	}
}

func (s *xmlSheet) readRow(x *xmlReader) error {
	s.row = max(s.row+1, x.intAttr("Index", 0))
	number := s.row
	s.row += x.intAttr("Span", 0)
	if s.row > 2*lastSheetRow {
		return errXML
	}
	s.cells = s.cells[:0]
	column := 0
	inside := x.depth()
	for {
		token, err := x.next()
		if err != nil {
			return unexpected(err)
		}
		switch {
		case token == xmlEnd && x.depth() < inside:
			return s.into.add(number, s.cells)
		case token == xmlStart && x.is("Cell"):
			column = max(column, x.intAttr("Index", 0)-1)
			across := min(x.intAttr("MergeAcross", 0), 4*maxColumns)
			s.into.merge(number, column, column+across)
			if err := s.readCell(x, column); err != nil {
				return err
			}
			if column += 1 + across; column > 1<<20 {
				return errXML
			}
		}
	}
}

func (s *xmlSheet) readCell(x *xmlReader, column int) error {
	s.value = s.value[:0]
	kind := ""
	inside, dataAt := x.depth(), 0
	for {
		token, err := x.next()
		if err != nil {
			return unexpected(err)
		}
		switch token {
		case xmlStart:
			switch {
			case x.is("Comment"), x.is("PhoneticText"):
				if err := x.skipElement(); err != nil {
					return err
				}
			case x.is("Data"):
				kind, dataAt = x.attr("Type"), x.depth()
			}
		case xmlText:
			if dataAt > 0 {
				s.value = append(s.value, x.text...)
			}
			if len(s.value) > maxCellText {
				return tooLongCell()
			}
		case xmlEnd:
			if x.depth() < inside {
				return s.put(kind, column)
			}
			if x.depth() < dataAt {
				dataAt = 0
			}
		}
	}
}

func (s *xmlSheet) put(kind string, column int) error {
	text := bytes.TrimSpace(s.value)
	if len(text) == 0 {
		return nil
	}
	switch kind {
	case "Number":
		if n, err := strconv.ParseFloat(string(text), 64); err == nil {
			text = appendNumber(nil, n, cellFormat{}, false)
		}
	case "DateTime":
		day, time, _ := bytes.Cut(text, []byte("T"))
		if text = day; strings.Trim(string(time), "0:.") != "" {
			text = bytes.Join([][]byte{day, bytes.TrimSuffix(time, []byte(".000"))}, []byte(" "))
		}
	}
	if column >= maxColumns {
		return tooManyColumns()
	}
	s.cells = at(s.cells, column, s.into.text(column, text))
	return nil
}
