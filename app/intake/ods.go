package intake

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// odsBook is an OpenDocument spreadsheet. All its sheets stand in one part.
type odsBook struct {
	*archive
	list []bookSheet
	// first are the first rows of each sheet, so that finding the right one
	// does not read the part once for each.
	first []*collector
}

func openODS(a *archive) (*odsBook, error) {
	b := &odsBook{archive: a}
	if err := a.small("META-INF/manifest.xml", func(x *xmlReader) error {
		return eachElement(x, func() error {
			if x.is("encryption-data") {
				return locked()
			}
			return nil
		})
	}); err != nil {
		return nil, err
	}
	hidden := map[string]bool{}
	style := ""
	err := a.part("content.xml", func(x *xmlReader) error {
		return eachElement(x, func() error {
			switch {
			case x.is("style"):
				style = sheetName(x.attr("name"))
			case x.is("table-properties") && x.attr("display") == "false" && len(hidden) < maxSheets:
				hidden[style] = true
			case x.is("table") && len(b.list) == maxSheets:
				return errEnough
			case x.is("table") && x.attr("name") != "":
				b.list = append(b.list, bookSheet{name: sheetName(x.attr("name")), hidden: hidden[sheetName(x.attr("style-name"))]})
				b.first = append(b.first, &collector{sample: maxHeaderRow})
				s := &odsSheet{into: b.first[len(b.first)-1]}
				return s.read(x)
			case x.is("tracked-changes"):
				return x.skipElement()
			}
			return nil
		})
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	if len(b.list) == 0 {
		return nil, notReadable("È un documento OpenDocument senza fogli di calcolo. Copi la tabella in un foglio, lo salvi come .xlsx o .ods e riprovi.")
	}
	return b, nil
}

func (b *odsBook) sheets() []bookSheet { return b.list }

func (b *odsBook) read(i int, into *collector) error {
	if into.sample > 0 {
		into.rows, into.merges = b.first[i].rows, b.first[i].merges
		return nil
	}
	n := -1
	err := b.part("content.xml", func(x *xmlReader) error {
		return eachElement(x, func() error {
			switch {
			case x.is("tracked-changes"):
				return x.skipElement()
			case !x.is("table") || x.attr("name") == "":
				return nil
			}
			if n++; n != i {
				return x.skipElement()
			}
			s := &odsSheet{into: into}
			if err := s.read(x); err != nil {
				return err
			}
			return errEnough // the sheets behind it are not wanted
		})
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// odsSheet is a sheet being read.
type odsSheet struct {
	into  *collector
	row   int // number of the next row
	cells []string
	value []byte
	raw   []byte
}

// read reads the table whose start was read, to its end.
func (s *odsSheet) read(x *xmlReader) error {
	s.row = 1
	inside := x.depth()
	for {
		token, err := x.next()
		if err != nil {
			return unexpected(err)
		}
		switch {
		case token == xmlEnd && x.depth() < inside:
			return nil
		case token != xmlStart:
		case x.is("table-row"):
			if err = s.readRow(x); errors.Is(err, errEnough) {
				return x.closeTo(inside)
			}
			if err != nil {
				return err
			}
		case x.is("shapes"), x.is("table"), x.is("annotation"), x.is("dde-source"):
			if err := x.skipElement(); err != nil {
				return err
			}
		}
	}
}

// readRow reads a row, which may stand for many equal ones.
func (s *odsSheet) readRow(x *xmlReader) error {
	repeated := max(1, x.intAttr("number-rows-repeated", 1))
	number := s.row
	if s.row += repeated; s.row > 2*lastSheetRow {
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
			return s.add(number, repeated)
		case token != xmlStart:
		case x.is("table-cell"):
			if column, err = s.readCell(x, number, column); err != nil {
				return err
			}
		case x.is("covered-table-cell"):
			column += max(1, x.intAttr("number-columns-repeated", 1))
			if err := x.skipElement(); err != nil {
				return err
			}
		}
		if column > 1<<20 {
			return errXML
		}
	}
}

func (s *odsSheet) add(number, repeated int) error {
	before := len(s.into.rows)
	if err := s.into.add(number, s.cells); err != nil || len(s.into.rows) == before {
		return err
	}
	return s.into.repeat(repeated - 1)
}

// readCell reads a cell, which may stand for many equal ones beside it, and
// returns the column behind them.
func (s *odsSheet) readCell(x *xmlReader, number, column int) (int, error) {
	repeated := max(1, x.intAttr("number-columns-repeated", 1))
	if spanned := x.intAttr("number-columns-spanned", 1); spanned > 1 {
		s.into.merge(number, column, column+spanned-1)
	}
	kind := string(x.rawAttr("value-type"))
	s.raw = append(s.raw[:0], x.rawAttr(odsValueAttr(kind))...)
	hasText, err := s.readParagraphs(x)
	if err != nil {
		return column, err
	}
	text := s.cellText(kind, hasText)
	if len(bytes.TrimSpace(text)) == 0 {
		return column + repeated, nil
	}
	if column+repeated > maxColumns {
		return column, tooManyColumns()
	}
	for range repeated {
		s.cells = at(s.cells, column, s.into.text(column, text))
		column++
	}
	return column, nil
}

func odsValueAttr(kind string) string {
	switch kind {
	case "float", "percentage", "currency":
		return "value"
	case "date":
		return "date-value"
	case "boolean":
		return "boolean-value"
	case "string":
		return "string-value"
	}
	return ""
}

// cellText is what a cell holds, rather than how it looks; only a number with
// zeros before it is taken as shown.
func (s *odsSheet) cellText(kind string, hasText bool) []byte {
	switch kind {
	case "float", "percentage", "currency":
		n, err := strconv.ParseFloat(string(s.raw), 64)
		if err != nil {
			return s.value
		}
		s.raw = appendNumber(s.raw[:0], n, cellFormat{}, false)
		if len(s.value) > 1 && s.value[0] == '0' && allDigits(s.value) && bytes.Equal(bytes.TrimLeft(s.value, "0"), bytes.TrimLeft(s.raw, "0")) {
			return s.value
		}
		return s.raw
	case "date":
		if len(s.raw) > 0 {
			return isoDay(s.raw)
		}
	case "boolean":
		return bytes.ToUpper(s.raw)
	case "string":
		if !hasText {
			return s.raw
		}
	}
	return s.value
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}

// readParagraphs reads the text of a cell to its end, its paragraphs on lines
// of their own.
func (s *odsSheet) readParagraphs(x *xmlReader) (bool, error) {
	s.value = s.value[:0]
	inside, paragraphAt, paragraphs := x.depth(), 0, 0
	for {
		token, err := x.next()
		if err != nil {
			return false, unexpected(err)
		}
		switch token {
		case xmlEnd:
			if x.depth() < inside {
				return paragraphs > 0, nil
			}
			if x.depth() < paragraphAt {
				paragraphAt = 0
			}
		case xmlText:
			if paragraphAt > 0 {
				s.value = append(s.value, x.text...)
			}
		case xmlStart:
			switch {
			case x.is("annotation"), x.is("table"), x.is("frame"): // a remark, a table within, a picture
				if err := x.skipElement(); err != nil {
					return false, err
				}
			case x.is("p") || x.is("h"):
				if paragraphAt == 0 {
					if paragraphAt = x.depth(); paragraphs > 0 {
						s.value = append(s.value, '\n')
					}
					paragraphs++
				}
			case x.is("s"):
				s.value = append(s.value, strings.Repeat(" ", min(max(1, x.intAttr("c", 1)), 100))...)
			case x.is("tab"):
				s.value = append(s.value, '\t')
			case x.is("line-break"):
				s.value = append(s.value, '\n')
			}
		}
		if len(s.value) > maxCellText {
			return false, tooLongCell()
		}
	}
}
