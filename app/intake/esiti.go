package intake

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"albopec/app/pec"
)

var (
	fileCode     = regexp.MustCompile(`^F\d{3}$`)
	subjectCode  = regexp.MustCompile(`^[SWE]\d{3}$`)
	codeAndWords = regexp.MustCompile(`^([SWEFswef]\d{3})\s*[-–:.]\s*(\S.*)$`) // «E001 - PEC non valida»
	bodyCode     = regexp.MustCompile(`^(\d{11}|COA[A-Z0-9]{2,17})$`)
)

// MaxOutcomes is how large an answer of ReGIndE may be, in bytes: that of a
// register of a quarter of a million.
const MaxOutcomes = 64 << 20

// ReadSubjectOutcomes reads the answer of ReGIndE, Esiti.xml. Its schema could
// not be had, so that nothing rests on the names of its elements but what they
// end with: within one element a code such as S000 belongs to the tax code beside
// it, one such as F001 to the whole file; whatever ends with "ente" and has the form
// of a body's code is that, unlike a name or the sender's address (mittente). A document type or an entity of its own is refused, as is what holds no
// code at all.
func ReadSubjectOutcomes(data []byte) (pec.SubjectOutcomes, error) {
	var out pec.SubjectOutcomes
	broken := pec.Refuse("file_not_readable", "Il file non è un XML che si possa leggere: salvi l’allegato Esiti.xml così com’è arrivato, senza la firma, e riprovi.")
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return out, pec.Refuse("file_empty", "Il file è vuoto.")
	case len(data) > MaxOutcomes:
		return out, pec.Refuse("file_too_large", "Il file supera i %d MB: non può essere la risposta del registro.", MaxOutcomes>>20)
	}
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		text, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		if err != nil {
			return out, broken
		}
		data = text
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(label string, r io.Reader) (io.Reader, error) {
		if strings.HasPrefix(strings.ToLower(label), "utf-16") { // decoded already, by its mark
			return r, nil
		}
		e, err := htmlindex.Get(label)
		if err != nil {
			return nil, err
		}
		return e.NewDecoder().Reader(r), nil
	}
	var open []outcomeElement
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return out, broken
		}
		switch t := token.(type) {
		case xml.Directive:
			return out, broken // a document type may declare entities without end
		case xml.StartElement:
			if len(open) > 50 {
				return out, broken
			}
			e := outcomeElement{name: t.Name.Local}
			for _, a := range t.Attr {
				e.take(a.Name.Local, a.Value, &out)
			}
			open = append(open, e)
		case xml.CharData:
			if n := len(open); n > 0 && len(open[n-1].text) < 4000 {
				open[n-1].text += string(t)
			}
		case xml.EndElement:
			e := open[len(open)-1]
			open = open[:len(open)-1]
			var parent *outcomeElement
			if len(open) > 0 {
				parent = &open[len(open)-1]
				parent.take(e.name, e.text, &out)
			}
			e.end(parent, &out)
		}
	}
	if out.File == "" && len(out.Subjects) == 0 {
		return out, pec.Refuse("outcomes_missing", "Nel file non c’è nessun esito: dovrebbe contenere codici come S000, E001 o F003.")
	}
	return out, nil
}

// outcomeElement is an open element with what its children and attributes said
// and is not matched yet.
type outcomeElement struct {
	name, text          string
	taxCode, code, said string
	file                string
	last                int // the place behind the subject that was matched last, for words that follow
}

// take learns from a child's or an attribute's text.
func (e *outcomeElement) take(name, text string, out *pec.SubjectOutcomes) {
	text = strings.TrimSpace(text)
	lower := strings.ToLower(name)
	words := strings.HasPrefix(lower, "descr") || strings.HasPrefix(lower, "messag")
	if parts := codeAndWords.FindStringSubmatch(text); parts != nil && !words {
		text, e.said = parts[1], parts[2]
	}
	upper := strings.ToUpper(text)
	switch {
	case text == "":
	case subjectCode.MatchString(upper):
		e.code = upper
	case fileCode.MatchString(upper):
		e.file = upper
	case len(upper) == 16 && (strings.Contains(lower, "fiscale") || isTaxCode(upper)):
		e.taxCode = upper
	case strings.HasSuffix(lower, "ente") && bodyCode.MatchString(upper):
		out.BodyCode = upper
	case !words:
	case e.last > 0 && e.taxCode == "" && e.code == "":
		out.Subjects[e.last-1].Said = text
	default:
		e.said = text
	}
	e.match(out)
}

// isTaxCode tells a codice fiscale by its check character, under whatever name.
func isTaxCode(s string) bool {
	_, err := pec.ParseTaxCode(s)
	return err == nil
}

// match makes an outcome of a tax code and the code beside it.
func (e *outcomeElement) match(out *pec.SubjectOutcomes) {
	if e.taxCode == "" || e.code == "" {
		return
	}
	out.Subjects = append(out.Subjects, pec.SubjectOutcome{TaxCode: e.taxCode, Code: e.code, Said: e.said})
	e.taxCode, e.code, e.said, e.last = "", "", "", len(out.Subjects)
}

// end hands on what an element tells and is not matched yet.
func (e *outcomeElement) end(parent *outcomeElement, out *pec.SubjectOutcomes) {
	if e.file != "" {
		out.File, out.Said = e.file, e.said
		return
	}
	if parent == nil || e.taxCode == "" && e.code == "" {
		return
	}
	for _, f := range []struct{ to, from *string }{{&parent.taxCode, &e.taxCode}, {&parent.code, &e.code}, {&parent.said, &e.said}} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	parent.match(out)
}
