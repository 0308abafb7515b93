package intake

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"albopec/app/pec"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Encodings are the names of the encodings that a text file may be read in.
var Encodings = []string{"utf-8", "windows-1252", "iso-8859-15", "iso-8859-1", "utf-16le", "utf-16be", "cp850", "macintosh"}

var encodingAliases = map[string]string{
	"utf8": "utf-8", "utf-8-sig": "utf-8", "ascii": "utf-8", "us-ascii": "utf-8", "cp1252": "windows-1252", "windows1252": "windows-1252", "ansi": "windows-1252",
	"latin1": "iso-8859-1", "latin-1": "iso-8859-1", "iso8859-1": "iso-8859-1", "latin9": "iso-8859-15", "latin-9": "iso-8859-15", "iso8859-15": "iso-8859-15",
	"utf16le": "utf-16le", "utf16be": "utf-16be", "ibm850": "cp850", "dos": "cp850", "macroman": "macintosh", "mac": "macintosh",
}

// Delimiters are what may stand between the cells of a line.
var Delimiters = []string{";", ",", "\t", "|"}

func readText(data []byte, layout pec.Layout, o Options) (*File, error) {
	text, enc, err := decode(data, o.Encoding)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, pec.Refuse("file_empty", "Il file è vuoto. Lo esporti di nuovo e riprovi.")
	}
	if isBinary(text) {
		return nil, notReadable("Non è un file di testo né un foglio di calcolo. Esporti l’elenco come .xlsx o .csv e riprovi.")
	}
	delimiter, score, err := delimiterOf(text, layout, o)
	if plain, wrapped := unwrapped(text); wrapped && score < 2 {
		if d, n, err := delimiterOf(plain, layout, o); err == nil && n > score {
			text, delimiter = plain, d
		}
	}
	if err != nil {
		return nil, err
	}
	rows, err := parseCSV(text, delimiter, 0)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 { // nothing but delimiters
		return nil, pec.Refuse("file_empty", "Il file è vuoto. Lo esporti di nuovo e riprovi.")
	}
	f := &File{Format: FormatCSV, Encoding: enc, Delimiter: string(delimiter)}
	return f.build(rows, nil, layout, o.Columns)
}

// decode turns bytes into UTF-8. Without the operator's choice: the byte order
// mark decides; else UTF-16 shows by its many zero bytes on one side; else what
// is valid UTF-8 is UTF-8; else one of the old encodings by the bytes that only
// it has. Guessing by the frequency of letters does worse.
func decode(data []byte, choice string) (text []byte, name string, err error) {
	name = strings.ToLower(strings.TrimSpace(choice))
	if alias, ok := encodingAliases[name]; ok {
		name = alias
	}
	if name == "utf-16" || name == "utf16" {
		name = cmp(bytes.HasPrefix(data, []byte{0xfe, 0xff}), "utf-16be", "utf-16le")
	}
	if name == "" {
		name = detect(data)
	}
	if !slices.Contains(Encodings, name) {
		return nil, "", pec.Refuse("encoding_unknown", "La codifica «%s» non si conosce. Si può scegliere tra %s.", choice, strings.Join(Encodings, ", "))
	}
	text = data
	if name == "utf-8" {
		if !utf8.Valid(data) {
			text = mixed(data)
		}
	} else if text, err = decoderOf(name).NewDecoder().Bytes(data); err != nil {
		return nil, "", notReadable("La codifica %s non va bene per questo file. Ne scelga un’altra.", name)
	}
	return bytes.TrimPrefix(text, []byte("\ufeff")), name, nil
}

// mixed reads UTF-8 in which some bytes are none: lists that were put together
// from several have such in Windows-1252.
func mixed(data []byte) []byte {
	out := make([]byte, 0, len(data)+len(data)/16)
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size == 1 {
			r = charmap.Windows1252.DecodeByte(data[0])
			out = utf8.AppendRune(out, r)
		} else {
			out = append(out, data[:size]...)
		}
		data = data[size:]
	}
	return out
}

func cmp(condition bool, a, b string) string {
	if condition {
		return a
	}
	return b
}

func decoderOf(name string) encoding.Encoding {
	switch name {
	case "iso-8859-15":
		return charmap.ISO8859_15
	case "iso-8859-1":
		return charmap.ISO8859_1
	case "cp850":
		return charmap.CodePage850
	case "macintosh":
		return charmap.Macintosh
	case "utf-16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return charmap.Windows1252
}

func detect(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte{0xef, 0xbb, 0xbf}):
		return "utf-8"
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		return "utf-16le"
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return "utf-16be"
	}
	even, odd := zeroBytes(data[:min(len(data), 4096)])
	half := min(len(data), 4096) / 2
	switch {
	case odd*2 > half && even*10 < half:
		return "utf-16le"
	case even*2 > half && odd*10 < half:
		return "utf-16be"
	case utf8.Valid(data), mostlyUTF8(data):
		return "utf-8"
	}
	return oldEncoding(data)
}

// mostlyUTF8 reports whether nearly all signs beyond ASCII are of UTF-8.
func mostlyUTF8(data []byte) bool {
	good, bad := 0, 0
	for len(data) > 0 && good+bad < 100_000 {
		i := bytes.IndexFunc(data, func(r rune) bool { return r >= utf8.RuneSelf })
		if i < 0 {
			break
		}
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			bad++
		} else {
			good++
		}
		data = data[i+size:]
	}
	return good >= 8*bad
}

// Bytes that are accented letters in old encodings of other systems, and signs
// that seldom follow a letter in Windows-1252: «Niccol•», «Joz•».
var (
	dosLetters = []byte{0x82, 0x85, 0x8a, 0x8d, 0x95, 0x97} // é à è ì ò ù in DOS
	macLetters = []byte{0x88, 0x8e, 0x8f, 0x93, 0x98, 0x9d} // à é è ì ò ù on old Macs
)

// oldEncoding tells the encodings of one byte a sign apart: those of DOS and of
// old Macs by accents where Windows-1252 has none, ISO-8859-15 by a euro where
// the others have a sign that nobody uses.
func oldEncoding(data []byte) string {
	var dos, mac, high, controls, euro int
	before := byte(0)
	for _, b := range data {
		switch afterLetter := before|0x20 >= 'a' && before|0x20 <= 'z'; {
		case b >= 0xc0:
			high++
		case b == 0xa4:
			euro++
		case afterLetter && bytes.IndexByte(dosLetters, b) >= 0:
			dos++
		case afterLetter && bytes.IndexByte(macLetters, b) >= 0:
			mac++
		case b >= 0x80 && b < 0xa0:
			controls++
		}
		before = b
	}
	switch {
	case dos > mac && dos > 2*high:
		return "cp850"
	case mac > dos && mac > 2*high:
		return "macintosh"
	case euro > 0 && controls+dos+mac == 0:
		return "iso-8859-15"
	}
	return "windows-1252"
}

func zeroBytes(data []byte) (even, odd int) {
	for i, b := range data {
		if b != 0 {
			continue
		}
		if i%2 == 0 {
			even++
		} else {
			odd++
		}
	}
	return even, odd
}

// isBinary reports whether text has zeros, or more control characters than a
// slip of a program explains.
func isBinary(text []byte) bool {
	if bytes.IndexByte(text, 0) >= 0 {
		return true
	}
	controls := 0
	for _, r := range string(text[:min(len(text), 1<<20)]) {
		switch {
		case r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' && r != '\v', r == utf8.RuneError:
			controls++
		}
	}
	return controls > 3 && controls*100 > min(len(text), 1<<20)
}

// unwrapped takes off the quotation marks around whole lines, if the first ones
// all have them and nothing else separates their cells.
func unwrapped(text []byte) ([]byte, bool) {
	start := text[:min(len(text), 4096)]
	n := 0
	for line := range bytes.Lines(start) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || n > 5 {
			continue
		}
		if n++; line[0] != '"' || n == 1 && (line[len(line)-1] != '"' || !bytes.ContainsAny(line, ",;\t")) {
			return nil, false
		}
	}
	if n < 2 {
		return nil, false
	}
	out := make([]byte, 0, len(text))
	for line := range bytes.Lines(text) {
		inside := bytes.TrimRight(line, " \t\r\n")
		if len(inside) > 1 && inside[0] == '"' && inside[len(inside)-1] == '"' {
			out = append(out, bytes.ReplaceAll(inside[1:len(inside)-1], []byte(`""`), []byte(`"`))...)
			line = line[len(inside):]
		}
		out = append(out, line...)
	}
	return out, true
}

// delimiterOf takes the operator's choice, what a first line «sep=;» says, or
// the sign under which the header has the most titles that are known, of several
// such the one that makes the most of a table; score is how many.
func delimiterOf(text []byte, layout pec.Layout, o Options) (delimiter rune, score int, err error) {
	if o.Delimiter != "" {
		delimiter, err = namedDelimiter(o.Delimiter)
		return delimiter, 2, err
	}
	start := []rune(string(text[:min(len(text), 64)]))
	if len(start) > 5 && strings.EqualFold(string(start[:4]), "sep=") && (start[5] == '\r' || start[5] == '\n') {
		return start[4], 2, nil
	}
	best, most, widest := ';', -1, 0
	var fault error
	for _, d := range Delimiters {
		r := rune(d[0])
		rows, err := parseCSV(text, r, maxHeaderRow)
		if err != nil { // too many of them in a line
			fault = err
			continue
		}
		h := headerOf(rows, nil, layout, o.Columns)
		if width := commonWidth(rows); h.score > most || h.score == most && most < 2 && width > widest {
			best, most, widest = r, h.score, width
		}
	}
	if fault != nil && most < 2 {
		return 0, most, fault
	}
	return best, most, nil
}

// commonWidth is how many cells most rows have; 0 when they have no width in
// common, or a single cell.
func commonWidth(rows []pec.Row) int {
	widths := map[int]int{}
	for _, r := range rows {
		widths[len(r.Cells)]++
	}
	for width, n := range widths {
		if width > 1 && 2*n > len(rows) {
			return width
		}
	}
	return 0
}

func namedDelimiter(s string) (rune, error) {
	switch strings.ToLower(s) {
	case "tab", "\\t":
		return '\t', nil
	}
	runes := []rune(s)
	if len(runes) != 1 || strings.ContainsRune("\"\r\n ", runes[0]) {
		return 0, pec.Refuse("delimiter_unknown", "«%s» non può separare le colonne: indichi un solo segno, come ; oppure tab.", s)
	}
	return runes[0], nil
}

// maxQuoted is the length in bytes beyond which a quotation mark that nothing
// closes is taken for a mark of the text and not for the start of a quoted cell:
// else one stray mark would swallow the rows below it.
const maxQuoted = 4000

// scanBudget bounds the bytes read in vain behind such marks in a whole file;
// when it is used up, marks are marks of the text.
const scanBudget = 200 << 20

// csvParser takes a text apart into rows. encoding/csv does not know lines that
// end in CR alone, and loses rows to a stray quotation mark.
type csvParser struct {
	text      []byte
	pos, line int
	delimiter []byte
	inVain    int // bytes, see scanBudget
	into      collector
	cells     []string
	scratch   []byte
}

// parseCSV reads the rows that are not empty; sample are as many as are enough,
// 0 wants all. Each row has the number of the line on which it begins.
func parseCSV(text []byte, delimiter rune, sample int) ([]pec.Row, error) {
	p := &csvParser{text: text, line: 1, delimiter: []byte(string(delimiter)), into: collector{sample: sample}}
	for p.pos < len(p.text) {
		if err := p.row(); errors.Is(err, errEnough) {
			break
		} else if err != nil {
			return nil, err
		}
	}
	return p.into.done(), nil
}

func tooManyRows() *pec.Problem {
	return pec.Refuse("file_too_large", "Il file ha più di %s righe o troppe celle. Lo divida in più file.", pec.Thousands(maxRows))
}

func tooLongCell() *pec.Problem {
	return pec.Refuse("file_too_large", "Una cella del file è lunga più di un milione di caratteri: non è un elenco. Controlli il file e riprovi.")
}

func tooManyColumns() *pec.Problem {
	return pec.Refuse("file_too_large", "Una riga del file ha più di %d colonne. Controlli il segno che separa le colonne, o tolga quelle che non servono.", maxColumns)
}

// row reads a line, or more when a cell goes over several.
func (p *csvParser) row() error {
	number := p.line
	p.cells = p.cells[:0]
	for {
		p.cells = append(p.cells, p.cell())
		if p.into.sample == 0 && len(p.into.rows) > 0 && len(p.cells[len(p.cells)-1]) > maxCellText { // below the titles, and with the right separator
			return tooLongCell()
		}
		if len(p.cells) > maxDelimiters {
			return tooManyColumns()
		}
		if p.pos >= len(p.text) || p.endOfLine() {
			return p.into.add(number, p.cells)
		}
		p.pos += len(p.delimiter)
	}
}

// maxDelimiters bounds the cells of a line, the empty ones at its end counted.
const maxDelimiters = 20_000

// endOfLine steps over CR, LF or CRLF.
func (p *csvParser) endOfLine() bool {
	switch p.text[p.pos] {
	case '\r':
		p.pos++
		if p.pos < len(p.text) && p.text[p.pos] == '\n' {
			p.pos++
		}
	case '\n':
		p.pos++
	default:
		return false
	}
	p.line++
	return true
}

func (p *csvParser) cell() string {
	if p.quoted() {
		return p.into.text(len(p.cells), p.scratch)
	}
	rest := p.text[p.pos:]
	end := 0
	for end < len(rest) && rest[end] != '\n' && rest[end] != '\r' && (rest[end] != p.delimiter[0] || !bytes.HasPrefix(rest[end:], p.delimiter)) {
		end++
	}
	p.pos += end
	return p.into.text(len(p.cells), rest[:end])
}

// quoted reads a cell in quotation marks, which ends at a mark before a
// delimiter, the end of the line or of the file. Two marks are one; a single
// one elsewhere is left as it is.
func (p *csvParser) quoted() bool {
	rest := p.text[p.pos:]
	if len(rest) == 0 || rest[0] != '"' || p.inVain > scanBudget {
		return false
	}
	window := rest[:min(len(rest), maxQuoted)]
	p.scratch = p.scratch[:0]
	for i := 1; i < len(window); i++ {
		if window[i] != '"' {
			p.scratch = append(p.scratch, window[i])
			continue
		}
		if end, ok := p.closes(rest, i); ok {
			p.line += lineBreaks(p.scratch)
			p.pos += end
			return true
		}
		p.scratch = append(p.scratch, '"')
		if i+1 < len(rest) && rest[i+1] == '"' {
			i++
		}
	}
	p.inVain += len(window)
	return false
}

// closes reports whether the mark at i ends a quoted cell, and where in rest
// the delimiter behind it stands; some spaces before that are let pass.
func (p *csvParser) closes(rest []byte, i int) (int, bool) {
	end := i + 1
	for end < len(rest) && rest[end] == ' ' && end-i < 50 {
		end++
	}
	after := rest[end:]
	return end, len(after) == 0 || after[0] == '\n' || after[0] == '\r' || bytes.HasPrefix(after, p.delimiter)
}

func lineBreaks(b []byte) int {
	n := 0
	for i, c := range b {
		if c == '\n' || c == '\r' && (i+1 == len(b) || b[i+1] != '\n') {
			n++
		}
	}
	return n
}
