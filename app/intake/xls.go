package intake

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"albopec/app/pec"

	"golang.org/x/text/encoding/charmap"
)

// xlsBook is a workbook as Excel 5 to 2003 wrote them (BIFF5 and BIFF8): a
// stream of records in a compound file.
type xlsBook struct {
	stream   []byte
	list     []bookSheet
	offsets  []uint32 // of the sheets in the stream
	formats  []cellFormat
	strings  []string
	from1904 bool
	old      bool // BIFF5: texts are bytes
	work     int  // bytes read; a hostile file leads to the same ones over and over
}

// Records, by the names of Microsoft's description.
const (
	biffFormula    = 0x06
	biffEOF        = 0x0a
	biffDate1904   = 0x22
	biffFilePass   = 0x2f
	biffContinue   = 0x3c
	biffBoundSheet = 0x85
	biffMulRK      = 0xbd
	biffRString    = 0xd6
	biffXF         = 0xe0
	biffMergeCells = 0xe5
	biffSST        = 0xfc
	biffLabelSST   = 0xfd
	biffNumber     = 0x203
	biffLabel      = 0x204
	biffBoolErr    = 0x205
	biffString     = 0x207
	biffRK         = 0x27e
	biffFormat     = 0x41e
	biffBOF        = 0x809
)

// maxRereads is how often the records of a file may be read: each sheet is read
// to know it, and one of them again.
const maxRereads = 8

// readXLS reads the sheets of an old workbook, and tells what other compound
// files are.
func readXLS(data []byte, layout pec.Layout, o Options) (*File, error) {
	c, ok := openCompound(data)
	if !ok {
		return nil, damaged()
	}
	stream, ok := c.stream("Workbook")
	if !ok && stream == nil {
		stream, ok = c.stream("Book")
	}
	switch {
	case c.has("EncryptedPackage"):
		return nil, locked()
	case stream == nil && c.has("WordDocument"):
		return nil, notReadable("È un documento di testo, non un foglio di calcolo. Copi la tabella in un foglio, lo salvi come .xlsx e riprovi.")
	case stream == nil:
		return nil, notReadable("Il file non contiene un foglio di calcolo. Esporti l’elenco come .xlsx o .csv e riprovi.")
	case !ok:
		return nil, damaged()
	}
	b := &xlsBook{stream: stream}
	if err := b.readGlobals(); err != nil {
		return nil, err
	}
	return readBook(b, FormatXLS, layout, o)
}

// record is the record at a place of the stream, and the place behind it; false
// at the end or when it is cut off.
func (b *xlsBook) record(at int) (kind uint16, content []byte, next int, ok bool) {
	if at < 0 || at+4 > len(b.stream) {
		return 0, nil, 0, false
	}
	kind, length := le.Uint16(b.stream[at:]), int(le.Uint16(b.stream[at+2:]))
	if at+4+length > len(b.stream) {
		return 0, nil, 0, false
	}
	return kind, b.stream[at+4 : at+4+length], at + 4 + length, true
}

// readGlobals reads what the sheets share.
func (b *xlsBook) readGlobals() error {
	kind, content, at, ok := b.record(0)
	if !ok || kind != biffBOF || len(content) < 2 {
		return damaged()
	}
	switch le.Uint16(content) {
	case 0x600:
	case 0x500:
		b.old = true
	default:
		return notReadable("È una cartella di lavoro di un Excel troppo vecchio. La apra, la salvi come .xlsx e riprovi.")
	}
	var codes = map[int]string{}
	var styles []int
	for {
		from := at
		kind, content, next, ok := b.record(from)
		if !ok {
			return damaged()
		}
		at = next
		switch kind {
		case biffFilePass:
			return locked()
		case biffDate1904:
			b.from1904 = len(content) > 1 && le.Uint16(content) == 1
		case biffBoundSheet:
			b.boundSheet(content)
		case biffFormat:
			if len(content) > 2 && len(codes) < 10_000 {
				codes[int(le.Uint16(content))] = b.formatCode(content[2:])
			}
		case biffXF:
			if len(content) > 3 && len(styles) < 100_000 {
				styles = append(styles, int(le.Uint16(content[2:])))
			}
		case biffSST:
			if at, ok = b.readStrings(from); !ok {
				return damaged()
			}
		case biffEOF:
			for _, id := range styles {
				code, declared := codes[id]
				b.formats = append(b.formats, formatOfCell(id, code, declared && !isBuiltIn(id)))
			}
			if len(b.list) == 0 {
				return damaged()
			}
			return nil
		}
	}
}

// isBuiltIn reports whether a format's number says it all: such files declare
// some of those too, in the words of the country they come from.
func isBuiltIn(id int) bool { return id < 50 }

func (b *xlsBook) boundSheet(content []byte) {
	if len(content) < 8 || content[5] != 0 || len(b.list) >= maxSheets || slices.Contains(b.offsets, le.Uint32(content)) { // a chart, a macro
		return
	}
	name, _ := b.shortText(content[6:])
	b.list = append(b.list, bookSheet{name: name, hidden: content[4]&3 != 0})
	b.offsets = append(b.offsets, le.Uint32(content))
}

// shortText is a text whose length is one byte.
func (b *xlsBook) shortText(content []byte) (string, bool) {
	if len(content) < 1 {
		return "", false
	}
	n := int(content[0])
	if b.old {
		return fromANSI(content[1:min(1+n, len(content))]), true
	}
	if len(content) < 2 {
		return "", false
	}
	return string(appendChars(nil, content[2:], n, content[1]&1 != 0)), true
}

func (b *xlsBook) formatCode(content []byte) string {
	if b.old {
		code, _ := b.shortText(content)
		return code
	}
	text, _ := b.longText(nil, content)
	return string(text)
}

// longText appends a text whose length is two bytes.
func (b *xlsBook) longText(out, content []byte) ([]byte, bool) {
	if len(content) < 3 {
		return out, len(content) >= 2 && le.Uint16(content) == 0
	}
	n := int(le.Uint16(content))
	if b.old {
		return append(out, fromANSI(content[2:min(2+n, len(content))])...), true
	}
	return appendChars(out, content[3:], n, content[2]&1 != 0), true
}

func fromANSI(b []byte) string {
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return string(out)
}

// appendChars appends at most n characters of one or two bytes each.
func appendChars(out, b []byte, n int, wide bool) []byte {
	if !wide {
		for _, c := range b[:min(n, len(b))] {
			out = utf8.AppendRune(out, rune(c))
		}
		return out
	}
	for i := 0; i < n && 2*i+1 < len(b); i++ {
		r := rune(le.Uint16(b[2*i:]))
		if r >= 0xd800 && r < 0xdc00 && i+1 < n && 2*i+3 < len(b) { // the first half of a rare sign
			if low := rune(le.Uint16(b[2*i+2:])); low >= 0xdc00 && low < 0xe000 {
				r = (r-0xd800)<<10 + (low - 0xdc00) + 0x10000
				i++
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// readStrings reads the texts that the sheets share, from the record at a
// place on, and returns the place behind them. The list is cut into records at
// any point, texts too; a text that goes on in the next record says anew
// whether its characters have one byte or two.
func (b *xlsBook) readStrings(at int) (int, bool) {
	r := &sstReader{book: b}
	_, content, next, _ := b.record(at)
	if len(content) < 8 {
		return next, true
	}
	r.rest, r.next = content[8:], next
	count := int(le.Uint32(content[4:]))
	var texts collector
	var text []byte
	for range min(count, maxCells) {
		var ok bool
		if text, ok = r.text(text[:0]); !ok {
			return 0, false
		}
		b.strings = append(b.strings, texts.keep(text))
	}
	for r.more() { // what is left over is skipped
	}
	return r.next, true
}

type sstReader struct {
	book *xlsBook
	rest []byte // of the record being read
	next int    // the place behind it
}

// more goes on in the next record, if that continues this one.
func (r *sstReader) more() bool {
	kind, content, next, ok := r.book.record(r.next)
	if !ok || kind != biffContinue {
		return false
	}
	r.rest, r.next = content, next
	return true
}

// take takes n bytes, across records.
func (r *sstReader) take(n int) ([]byte, bool) {
	if n <= len(r.rest) {
		out := r.rest[:n]
		r.rest = r.rest[n:]
		return out, true
	}
	var out []byte
	for n > 0 {
		if len(r.rest) == 0 && !r.more() {
			return nil, false
		}
		part := min(n, len(r.rest))
		out = append(out, r.rest[:part]...)
		r.rest = r.rest[part:]
		n -= part
	}
	return out, true
}

// skip skips n bytes, across records.
func (r *sstReader) skip(n int) bool {
	for n > 0 {
		if len(r.rest) == 0 && !r.more() {
			return false
		}
		part := min(n, len(r.rest))
		r.rest = r.rest[part:]
		n -= part
	}
	return true
}

func (r *sstReader) text(out []byte) ([]byte, bool) {
	head, ok := r.take(3)
	if !ok {
		return nil, false
	}
	n, flags := int(le.Uint16(head)), head[2]
	behind := 0 // bytes behind the characters: their shapes, and how they are pronounced
	if flags&8 != 0 {
		runs, ok := r.take(2)
		if !ok {
			return nil, false
		}
		behind += 4 * int(le.Uint16(runs))
	}
	if flags&4 != 0 {
		size, ok := r.take(4)
		if !ok {
			return nil, false
		}
		behind += int(min(le.Uint32(size), uint32(len(r.book.stream))))
	}
	for wide := flags&1 != 0; n > 0; {
		if len(r.rest) == 0 {
			if !r.more() || len(r.rest) == 0 {
				return nil, false
			}
			wide = r.rest[0]&1 != 0
			r.rest = r.rest[1:]
			continue
		}
		width := 1
		if wide {
			width = 2
		}
		here := min(n, len(r.rest)/width)
		if here == 0 {
			return nil, false
		}
		out = appendChars(out, r.rest, here, wide)
		r.rest = r.rest[here*width:]
		n -= here
	}
	return out, r.skip(behind)
}

func (b *xlsBook) sheets() []bookSheet { return b.list }

// read reads a sheet. Its rows stand in the order of the file, which need not
// be theirs, so all are gathered first.
func (b *xlsBook) read(i int, into *collector) error {
	s := &xlsSheet{book: b, into: into}
	if err := s.readRecords(int(b.offsets[i])); err != nil {
		return err
	}
	for n, cells := range s.rows {
		if err := into.add(n+1, cells); err != nil {
			return err
		}
	}
	return nil
}

type xlsSheet struct {
	book    *xlsBook
	into    *collector
	rows    [][]string
	cells   int
	pending bool // a formula's text follows it
	row,
	column int // of that formula
	scratch []byte
}

func (s *xlsSheet) readRecords(at int) error {
	depth := 0
	for {
		kind, content, next, ok := s.book.record(at)
		if !ok {
			return damaged()
		}
		if s.book.work += next - at; s.book.work > maxRereads*len(s.book.stream) {
			return damaged()
		}
		at = next
		switch {
		case kind == biffBOF:
			depth++
		case depth == 0:
			return damaged() // the place leads to no sheet
		case kind == biffEOF:
			if depth--; depth == 0 {
				return nil
			}
		case depth == 1: // deeper is a chart within the sheet
			if err := s.readRecord(kind, content); err != nil {
				return err
			}
		}
	}
}

func (s *xlsSheet) readRecord(kind uint16, content []byte) error {
	if kind == biffMergeCells {
		s.readMerges(content)
		return nil
	}
	if kind == biffString {
		if s.pending {
			s.scratch, _ = s.book.longText(s.scratch[:0], content)
			s.pending = false
			return s.set(s.row, s.column, s.scratch)
		}
		return nil
	}
	if len(content) < 6 {
		return nil
	}
	row, column, style := int(le.Uint16(content)), int(le.Uint16(content[2:])), int(le.Uint16(content[4:]))
	value := content[6:]
	switch kind {
	case biffLabelSST:
		if len(value) >= 4 {
			if n := le.Uint32(value); int64(n) < int64(len(s.book.strings)) {
				return s.put(row, column, s.book.strings[n])
			}
			return damaged()
		}
	case biffLabel, biffRString:
		s.scratch, _ = s.book.longText(s.scratch[:0], value)
		return s.set(row, column, s.scratch)
	case biffNumber:
		if len(value) >= 8 {
			return s.number(row, column, style, math.Float64frombits(le.Uint64(value)))
		}
	case biffRK:
		if len(value) >= 4 {
			return s.number(row, column, style, rkNumber(le.Uint32(value)))
		}
	case biffMulRK:
		for value = content[4:]; len(value) >= 8; value = value[6:] { // two bytes behind them say how many
			if err := s.number(row, column, int(le.Uint16(value)), rkNumber(le.Uint32(value[2:]))); err != nil {
				return err
			}
			column++
		}
	case biffBoolErr:
		if len(value) >= 2 && value[1] == 0 {
			return s.set(row, column, boolText(value[0] != 0))
		}
	case biffFormula:
		return s.formula(row, column, style, value)
	}
	return nil
}

// formula takes the value that a formula had when the file was saved.
func (s *xlsSheet) formula(row, column, style int, value []byte) error {
	s.pending = false
	switch {
	case len(value) < 8:
		return nil
	case value[6] != 0xff || value[7] != 0xff:
		return s.number(row, column, style, math.Float64frombits(le.Uint64(value)))
	case value[0] == 0:
		s.pending, s.row, s.column = true, row, column
	case value[0] == 1:
		return s.set(row, column, boolText(value[2] != 0))
	}
	return nil
}

func boolText(b bool) []byte {
	if b {
		return []byte("TRUE")
	}
	return []byte("FALSE")
}

// rkNumber is a number of four bytes: a whole one, or the upper half of a
// fraction, either perhaps in hundredths.
func rkNumber(rk uint32) float64 {
	var n float64
	if rk&2 != 0 {
		n = float64(int32(rk) >> 2)
	} else {
		n = math.Float64frombits(uint64(rk&^3) << 32)
	}
	if rk&1 != 0 {
		n /= 100
	}
	return n
}

func (s *xlsSheet) readMerges(content []byte) {
	for content = content[min(2, len(content)):]; len(content) >= 8; content = content[8:] {
		s.into.merge(int(le.Uint16(content))+1, int(le.Uint16(content[4:])), int(le.Uint16(content[6:])))
	}
}

func (s *xlsSheet) number(row, column, style int, n float64) error {
	var f cellFormat
	if style < len(s.book.formats) {
		f = s.book.formats[style]
	}
	s.scratch = appendNumber(s.scratch[:0], n, f, s.book.from1904)
	return s.set(row, column, s.scratch)
}

func (s *xlsSheet) set(row, column int, text []byte) error {
	if len(text) == 0 {
		return nil
	}
	return s.put(row, column, s.into.text(column, text))
}

func (s *xlsSheet) put(row, column int, text string) error {
	if isSpace(text) {
		return nil
	}
	if column >= maxColumns {
		return tooManyColumns()
	}
	for len(s.rows) <= row { // at most 65,536 of them
		s.rows = append(s.rows, nil)
	}
	if s.cells += max(0, column+1-len(s.rows[row])); s.cells > maxCells {
		return tooManyRows()
	}
	s.rows[row] = at(s.rows[row], column, text)
	return nil
}
