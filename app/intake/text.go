package intake

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"albopec/app/pec"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Encodings are the names of the encodings that a text file may be read in.
var Encodings = []string{"utf-8", "windows-1252", "iso-8859-15", "iso-8859-1", "utf-16le", "utf-16be"}

var encodingAliases = map[string]string{
	"utf8": "utf-8", "utf-8-sig": "utf-8", "ascii": "utf-8", "us-ascii": "utf-8", "cp1252": "windows-1252", "windows1252": "windows-1252", "ansi": "windows-1252",
	"latin1": "iso-8859-1", "latin-1": "iso-8859-1", "iso8859-1": "iso-8859-1", "latin9": "iso-8859-15", "latin-9": "iso-8859-15", "iso8859-15": "iso-8859-15",
	"utf16le": "utf-16le", "utf16be": "utf-16be",
}

// Delimiters are what may stand between the cells of a line.
var Delimiters = []string{";", ",", "\t", "|"}

func readText(data []byte, layout pec.Layout, o Options) (*File, error) {
	text, enc, err := decode(data, o.Encoding)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(text) == "" {
		return nil, pec.Refuse("file_empty", "Il file è vuoto. Lo esporti di nuovo e riprovi.")
	}
	if isBinary(text) {
		return nil, notReadable("Non è un file di testo né un foglio di calcolo. Esporti l’elenco come .xlsx o .csv e riprovi.")
	}
	delimiter, err := delimiterOf(text, layout, o)
	if err != nil {
		return nil, err
	}
	rows, err := parseCSV(text, delimiter, maxRows)
	if err != nil {
		return nil, err
	}
	f := &File{Format: FormatCSV, Encoding: enc, Delimiter: string(delimiter)}
	return f.build(rows, layout, o.Columns)
}

// decode turns bytes into text. Without the operator's choice: the byte order
// mark decides; else UTF-16 shows by its many zero bytes on one side; else what
// is valid UTF-8 is UTF-8; else Windows-1252, which Italian programs write.
// Guessing by the frequency of letters does worse.
func decode(data []byte, choice string) (text, name string, err error) {
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
		return "", "", pec.Refuse("encoding_unknown", "La codifica «%s» non si conosce. Si può scegliere tra %s.", choice, strings.Join(Encodings, ", "))
	}
	if name == "utf-8" {
		text = strings.ToValidUTF8(string(data), "\ufffd")
		return strings.TrimPrefix(text, "\ufeff"), name, nil
	}
	out, err := decoderOf(name).NewDecoder().Bytes(data)
	if err != nil {
		return "", "", notReadable("La codifica %s non va bene per questo file. Ne scelga un’altra.", name)
	}
	return strings.TrimPrefix(string(out), "\ufeff"), name, nil
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
	case utf8.Valid(data):
		return "utf-8"
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
func isBinary(text string) bool {
	controls := 0
	for _, r := range text {
		switch {
		case r == 0:
			return true
		case r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' && r != '\v', r == utf8.RuneError:
			controls++
		}
	}
	return controls > 3 && controls*100 > utf8.RuneCountInString(text)
}

// delimiterOf takes the operator's choice, what a first line «sep=;» says, or
// the sign under which the header has the most titles that are known.
func delimiterOf(text string, layout pec.Layout, o Options) (rune, error) {
	if o.Delimiter != "" {
		return namedDelimiter(o.Delimiter)
	}
	start := []rune(text[:min(len(text), 64)])
	if len(start) > 5 && strings.EqualFold(string(start[:4]), "sep=") && (start[5] == '\r' || start[5] == '\n') {
		return start[4], nil
	}
	best, most := ';', -1
	for _, d := range Delimiters {
		r := rune(d[0])
		rows, err := parseCSV(text, r, maxHeaderRow)
		if err != nil && len(rows) == 0 {
			return 0, err
		}
		if _, score := headerOf(rows, layout, o.Columns); score > most {
			best, most = r, score
		}
	}
	return best, nil
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
	text      string
	pos, line int
	delimiter rune
	inVain    int // bytes, see scanBudget
}

// parseCSV reads at most limit rows that are not empty; more are an error when
// limit is maxRows. Each row has the number of the line on which it begins.
func parseCSV(text string, delimiter rune, limit int) ([]pec.Row, error) {
	p := &csvParser{text: text, line: 1, delimiter: delimiter}
	var rows []pec.Row
	cells := 0
	for p.pos < len(p.text) {
		if len(rows) == limit {
			if limit < maxRows {
				return rows, nil
			}
			return nil, tooManyRows()
		}
		row := p.row()
		if len(row.Cells) > maxColumns {
			return nil, tooManyColumns()
		}
		if cells += len(row.Cells); cells > maxCells {
			return nil, tooManyRows()
		}
		if len(row.Cells) > 1 || row.Cells[0] != "" {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func tooManyRows() *pec.Problem {
	return pec.Refuse("file_too_large", "Il file ha più di %s righe o troppe celle. Lo divida in più file.", pec.Thousands(maxRows))
}

func tooManyColumns() *pec.Problem {
	return pec.Refuse("file_too_large", "Una riga del file ha più di %d colonne. Controlli il segno che separa le colonne, o tolga quelle che non servono.", maxColumns)
}

func (p *csvParser) row() pec.Row {
	row := pec.Row{Number: p.line}
	for {
		row.Cells = append(row.Cells, p.cell())
		if len(row.Cells) > maxColumns || p.pos >= len(p.text) || p.endOfLine() {
			return row
		}
		p.pos += utf8.RuneLen(p.delimiter)
		if p.pos >= len(p.text) { // the file ends behind a delimiter: an empty cell
			row.Cells = append(row.Cells, "")
			return row
		}
	}
}

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
	if cell, ok := p.quoted(); ok {
		return cell
	}
	rest := p.text[p.pos:]
	end := strings.IndexFunc(rest, func(r rune) bool { return r == p.delimiter || r == '\n' || r == '\r' })
	if end < 0 {
		end = len(rest)
	}
	p.pos += end
	return rest[:end]
}

// quoted reads a cell in quotation marks, which ends at a mark before a
// delimiter, the end of the line or of the file. Two marks are one; a single
// one elsewhere is left as it is.
func (p *csvParser) quoted() (string, bool) {
	rest := p.text[p.pos:]
	if !strings.HasPrefix(rest, `"`) || p.inVain > scanBudget {
		return "", false
	}
	window := rest[:min(len(rest), maxQuoted)]
	var b strings.Builder
	for i := 1; i < len(window); i++ {
		if window[i] != '"' {
			b.WriteByte(window[i])
			continue
		}
		if end, ok := p.closes(rest, i); ok {
			p.line += lineBreaks(b.String())
			p.pos += end
			return b.String(), true
		}
		b.WriteByte('"')
		if i+1 < len(rest) && rest[i+1] == '"' {
			i++
		}
	}
	p.inVain += len(window)
	return "", false
}

// closes reports whether the mark at i ends a quoted cell, and where in rest
// the delimiter behind it stands; some spaces before that are let pass.
func (p *csvParser) closes(rest string, i int) (int, bool) {
	end := i + 1
	for end < len(rest) && rest[end] == ' ' && end-i < 50 {
		end++
	}
	after := rest[end:]
	return end, after == "" || after[0] == '\n' || after[0] == '\r' || strings.HasPrefix(after, string(p.delimiter))
}

func lineBreaks(s string) int {
	return strings.Count(s, "\n") + strings.Count(s, "\r") - strings.Count(s, "\r\n")
}
