package intake

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// xmlReader reads the XML of sheets, piece by piece. encoding/xml makes several
// small objects of every tag, which for a register of hundreds of thousands is
// gigabytes; this one keeps to one buffer. It knows just what such files hold:
// names lose their prefix, and a document type, with which a few lines can
// declare terabytes, is refused.
type xmlReader struct {
	src      io.Reader
	buf      []byte
	pos, end int
	eof      bool

	// Of the token that next returned; good until the next one.
	name  []byte    // of a tag
	attrs []xmlAttr // of a start
	text  []byte    // of a text: a piece of it, more may follow

	open  []byte // the names of the open elements, one behind the other
	ends  []int  // where each of them ends in open
	empty bool   // the last start ended itself: <x/>
	raw   []byte // what an attribute's value is decoded into
	begun bool
	cdata bool
}

type xmlAttr struct{ name, value []byte }

type xmlToken int

const (
	xmlStart xmlToken = iota
	xmlEnd
	xmlText
)

var errXML = errors.New("not well-formed XML")

const (
	xmlBuffer   = 64 << 10
	maxXMLTag   = 1 << 20 // bytes of one tag
	maxXMLDepth = 256
)

func newXMLReader(r io.Reader) (*xmlReader, error) {
	x := &xmlReader{src: r, buf: make([]byte, xmlBuffer)}
	if err := x.fill(); err != nil {
		return nil, err
	}
	head := x.buf[:x.end]
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{'<', 0}):
		x.decodeBy(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader)
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}) || bytes.HasPrefix(head, []byte{0, '<'}):
		x.decodeBy(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().Reader)
	case bytes.HasPrefix(head, []byte("\ufeff")):
		x.pos = 3
	case bytes.HasPrefix(head, []byte("<?xml")):
		declaration, _, _ := bytes.Cut(head, []byte("?>"))
		switch encoding := bytes.ToLower(declaration); {
		case bytes.Contains(encoding, []byte("windows-1252")), bytes.Contains(encoding, []byte("iso-8859-1\"")), bytes.Contains(encoding, []byte("iso-8859-1'")):
			x.decodeBy(charmap.Windows1252.NewDecoder().Reader)
		case bytes.Contains(encoding, []byte("iso-8859-15")):
			x.decodeBy(charmap.ISO8859_15.NewDecoder().Reader)
		}
	}
	return x, nil
}

// decodeBy starts again with what was read, through a decoder.
func (x *xmlReader) decodeBy(decoder func(io.Reader) io.Reader) {
	x.src = decoder(io.MultiReader(bytes.NewReader(bytes.Clone(x.buf[:x.end])), x.src))
	x.pos, x.end, x.eof = 0, 0, false
}

// fill reads more into the buffer behind what is not used yet.
func (x *xmlReader) fill() error {
	if x.eof {
		return nil
	}
	if x.pos > 0 {
		copy(x.buf, x.buf[x.pos:x.end])
		x.end -= x.pos
		x.pos = 0
	}
	if x.end == len(x.buf) {
		if len(x.buf) >= maxXMLTag {
			return errXML
		}
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	for range 100 {
		n, err := x.src.Read(x.buf[x.end:])
		x.end += n
		if errors.Is(err, io.EOF) {
			x.eof = true
			return nil
		}
		if err != nil {
			return err
		}
		if n > 0 {
			return nil
		}
	}
	return io.ErrNoProgress
}

// next reads the next token; io.EOF comes when all that was opened is closed.
func (x *xmlReader) next() (xmlToken, error) {
	if x.empty {
		x.empty = false
		return xmlEnd, x.pop(x.name)
	}
	for {
		if x.pos == x.end {
			if x.eof {
				if len(x.ends) > 0 || !x.begun {
					return 0, errXML
				}
				return 0, io.EOF
			}
			if err := x.fill(); err != nil {
				return 0, err
			}
			continue
		}
		if x.cdata || x.buf[x.pos] != '<' {
			if ok, err := x.readText(); ok || err != nil {
				return xmlText, err
			}
			continue
		}
		token, ok, err := x.readMarkup()
		if ok || err != nil {
			return token, err
		}
	}
}

// readText reads a piece of text; false when there is none worth telling.
func (x *xmlReader) readText() (bool, error) {
	if x.cdata {
		return x.readCDATA()
	}
	piece := x.buf[x.pos:x.end]
	if i := bytes.IndexByte(piece, '<'); i >= 0 {
		piece = piece[:i]
	} else if !x.eof { // keep back what may be the first half of a sign
		if i := bytes.LastIndexByte(piece, '&'); i >= 0 && len(piece)-i < 16 {
			piece = piece[:i]
		}
		for n := 0; n < utf8.UTFMax && len(piece) > 0 && piece[len(piece)-1] >= 0x80; n++ {
			piece = piece[:len(piece)-1]
		}
		if len(piece) == 0 {
			return false, x.fill()
		}
	}
	x.pos += len(piece)
	if len(x.ends) == 0 {
		if len(bytes.TrimSpace(piece)) > 0 {
			return false, errXML
		}
		return false, nil
	}
	var err error
	x.text, err = x.decoded(piece)
	return len(x.text) > 0, err
}

func (x *xmlReader) readCDATA() (bool, error) {
	piece := x.buf[x.pos:x.end]
	if i := bytes.Index(piece, []byte("]]>")); i >= 0 {
		x.text, x.cdata = piece[:i], false
		x.pos += i + 3
		return i > 0, nil
	}
	if x.eof {
		return false, errXML
	}
	if len(piece) <= 8 {
		return false, x.fill()
	}
	piece = piece[:len(piece)-2-len(cutRune(piece[:len(piece)-2]))]
	x.text = piece
	x.pos += len(piece)
	return len(piece) > 0, nil
}

// cutRune is the part of a sign that stands at the end of b, at most its whole.
func cutRune(b []byte) []byte {
	i := len(b)
	for i > 0 && len(b)-i < utf8.UTFMax && b[i-1] >= 0x80 {
		i--
	}
	return b[i:]
}

// decoded replaces the five entities that XML has and signs by their numbers.
func (x *xmlReader) decoded(b []byte) ([]byte, error) {
	i := bytes.IndexByte(b, '&')
	if i < 0 {
		return b, nil
	}
	out := x.raw[:0]
	for {
		out = append(out, b[:i]...)
		b = b[i+1:]
		j := bytes.IndexByte(b, ';')
		if j < 1 || j > 12 {
			return nil, errXML
		}
		var err error
		if out, err = appendEntity(out, string(b[:j])); err != nil {
			return nil, err
		}
		b = b[j+1:]
		if i = bytes.IndexByte(b, '&'); i < 0 {
			x.raw = append(out, b...)
			return x.raw, nil
		}
	}
}

func appendEntity(out []byte, entity string) ([]byte, error) {
	switch entity {
	case "lt":
		return append(out, '<'), nil
	case "gt":
		return append(out, '>'), nil
	case "amp":
		return append(out, '&'), nil
	case "quot":
		return append(out, '"'), nil
	case "apos":
		return append(out, '\''), nil
	}
	if entity[0] != '#' || len(entity) < 2 {
		return nil, errXML
	}
	digits, base := entity[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if err != nil {
		return nil, errXML
	}
	return utf8.AppendRune(out, rune(n)), nil
}

// readMarkup reads what begins with <; false for what says nothing.
func (x *xmlReader) readMarkup() (xmlToken, bool, error) {
	if err := x.need(9); err != nil {
		return 0, false, err
	}
	rest := x.buf[x.pos:x.end]
	switch {
	case bytes.HasPrefix(rest, []byte("<?")):
		return 0, false, x.skip("?>")
	case bytes.HasPrefix(rest, []byte("<!--")):
		return 0, false, x.skip("-->")
	case bytes.HasPrefix(rest, []byte("<![CDATA[")) && len(x.ends) > 0:
		x.pos += len("<![CDATA[")
		x.cdata = true
		return 0, false, nil
	case bytes.HasPrefix(rest, []byte("<!")):
		return 0, false, errXML
	}
	tag, err := x.tag()
	if err != nil {
		return 0, false, err
	}
	if len(tag) > 0 && tag[0] == '/' {
		return xmlEnd, true, x.pop(bytes.TrimRight(tag[1:], " \t\r\n"))
	}
	return xmlStart, true, x.push(tag)
}

// need has n bytes in the buffer, if there are as many.
func (x *xmlReader) need(n int) error {
	for x.end-x.pos < n && !x.eof {
		if err := x.fill(); err != nil {
			return err
		}
	}
	return nil
}

func (x *xmlReader) skip(until string) error {
	for {
		if i := bytes.Index(x.buf[x.pos:x.end], []byte(until)); i >= 0 {
			x.pos += i + len(until)
			return nil
		}
		if x.eof {
			return errXML
		}
		x.pos = max(x.pos, x.end-len(until)+1)
		if err := x.fill(); err != nil {
			return err
		}
	}
}

// tag reads what stands between < and the > that is not in a value.
func (x *xmlReader) tag() ([]byte, error) {
	i, quote := 1, byte(0)
	for {
		for ; x.pos+i < x.end; i++ {
			c := x.buf[x.pos+i]
			switch {
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '"' || c == '\'':
				quote = c
			case c == '<':
				return nil, errXML
			case c == '>':
				tag := x.buf[x.pos+1 : x.pos+i]
				x.pos += i + 1
				return tag, nil
			}
		}
		if x.eof {
			return nil, errXML
		}
		if err := x.fill(); err != nil {
			return nil, err
		}
	}
}

// push opens an element.
func (x *xmlReader) push(tag []byte) error {
	if len(tag) > 0 && tag[len(tag)-1] == '/' {
		x.empty = true
		tag = tag[:len(tag)-1]
	}
	full, rest := cutName(tag)
	if len(full) == 0 || len(x.ends) >= maxXMLDepth || x.begun && len(x.ends) == 0 {
		return errXML
	}
	x.begun = true
	x.open = append(x.open, full...)
	x.ends = append(x.ends, len(x.open))
	x.name = full
	if err := x.readAttrs(rest); err != nil {
		return err
	}
	if !x.empty {
		x.name = localName(full)
	}
	return nil
}

func (x *xmlReader) readAttrs(rest []byte) error {
	x.attrs = x.attrs[:0]
	for {
		spaced := bytes.TrimLeft(rest, " \t\r\n")
		if len(spaced) == 0 {
			return nil
		}
		name, behind := cutName(spaced)
		behind = bytes.TrimLeft(behind, " \t\r\n")
		if len(name) == 0 || len(spaced) == len(rest) || len(behind) == 0 || behind[0] != '=' || len(x.attrs) > 1000 {
			return errXML
		}
		behind = bytes.TrimLeft(behind[1:], " \t\r\n")
		if len(behind) < 2 || behind[0] != '"' && behind[0] != '\'' {
			return errXML
		}
		i := bytes.IndexByte(behind[1:], behind[0])
		if i < 0 {
			return errXML
		}
		x.attrs = append(x.attrs, xmlAttr{localName(name), behind[1 : i+1]})
		rest = behind[i+2:]
	}
}

// pop closes an element, which must be the last that was opened.
func (x *xmlReader) pop(full []byte) error {
	if len(x.ends) == 0 {
		return errXML
	}
	from := 0
	if len(x.ends) > 1 {
		from = x.ends[len(x.ends)-2]
	}
	if !bytes.Equal(x.open[from:x.ends[len(x.ends)-1]], full) {
		return errXML
	}
	x.open, x.ends = x.open[:from], x.ends[:len(x.ends)-1]
	x.name = localName(full)
	return nil
}

// cutName cuts a name off; what may stand in one is not looked at closely.
func cutName(b []byte) (name, rest []byte) {
	if i := bytes.IndexAny(b, " \t\r\n=/\"'"); i >= 0 {
		return b[:i], b[i:]
	}
	return b, nil
}

func localName(b []byte) []byte {
	if i := bytes.IndexByte(b, ':'); i >= 0 {
		return b[i+1:]
	}
	return b
}

// is reports whether the last tag has this name, without its prefix.
func (x *xmlReader) is(name string) bool { return string(localName(x.name)) == name }

// attr is the value of an attribute, "" when there is none.
func (x *xmlReader) attr(name string) string {
	for _, a := range x.attrs {
		if string(a.name) == name {
			value, err := x.decoded(a.value)
			if err != nil {
				return string(a.value)
			}
			return string(value)
		}
	}
	return ""
}

// rawAttr is attr without a copy, for values that hold no entities.
func (x *xmlReader) rawAttr(name string) []byte {
	for _, a := range x.attrs {
		if string(a.name) == name {
			return a.value
		}
	}
	return nil
}

// intAttr is a number of an attribute, otherwise when it is none.
func (x *xmlReader) intAttr(name string, otherwise int) int {
	value := x.rawAttr(name)
	if len(value) == 0 || len(value) > 9 {
		return otherwise
	}
	n := 0
	for _, c := range value {
		if c < '0' || c > '9' {
			return otherwise
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// depth is how many elements are open.
func (x *xmlReader) depth() int { return len(x.ends) }

// skipElement reads on to the end of the element whose start was the last token.
func (x *xmlReader) skipElement() error {
	for inside := x.depth(); ; {
		token, err := x.next()
		if err != nil {
			return unexpected(err)
		}
		if token == xmlEnd && x.depth() < inside {
			return nil
		}
	}
}

// closeTo reads on until the element at this depth has ended.
func (x *xmlReader) closeTo(inside int) error {
	for x.depth() >= inside {
		if _, err := x.next(); err != nil {
			return unexpected(err)
		}
	}
	return nil
}

// unexpected is the fault that an end of the file is in the middle of something.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return errXML
	}
	return err
}
