package intake

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"albopec/app/pec"
)

// sound checks what must hold of any file: it is read, or refused with words
// for a person; its rows come in order below the header, and the import makes
// something of every one.
func sound(t *testing.T, data []byte, name string) {
	t.Helper()
	f, err := Read(data, name, pec.MemberLayout, Options{})
	if err != nil {
		if pec.AsProblem(err) == nil {
			t.Fatalf("not for a person: %v", err)
		}
		return
	}
	last := f.HeaderRow
	for _, r := range f.Rows {
		if r.Number <= last || isBlank(r) || len(r.Cells) > maxColumns {
			t.Fatalf("row %d after %d: %q", r.Number, last, r.Cells)
		}
		last = r.Number
	}
	if len(f.Rows) > 2000 {
		return
	}
	d := pec.DraftMembers(pec.MemberImport{Rows: f.Rows, Mapping: f.Mapping, Today: corpusDay})
	if c := d.Counts(); c.Created+c.Refused != len(f.Rows) {
		t.Fatalf("%+v of %d rows", c, len(f.Rows))
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("\ufeff\"a\r\nb\";\"c\"\"d\"\r\"\n"))
	f.Add([]byte("\xff\xfeC\x00;\x00\n\x00"))
	f.Add([]byte("sep=;\nNominativo;Matricola\nRossi Mario;\"12"))
	f.Add([]byte("Matricola;Nascita;;Residenza\n;Data;Luogo;Via\n1;2;3;4\n"))
	f.Fuzz(func(t *testing.T, data []byte) { sound(t, data, "a.csv") })
}

func FuzzSheet(f *testing.F) {
	for _, s := range []string{
		`<row r="2"><c s="1"><v>43385</v></c></row>`, `<row r="2"><c s="1"><v>1e308</v></c><c s="2"><v>-5</v></c></row>`, `<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>`,
		`<row r="2"><c t="s"><v>99</v></c></row>`, `<row r="0"><c r="A"><v>x</v></c></row><row r="-3"/>`, `<row><c t="d"><v>2018-10-12</v></c></row>`,
		`<row r="2"><c t="inlineStr"><is><t>a</t><rPh><t>b</t></rPh><r><t>c_x000D_</t></r></is></c></row></sheetData><mergeCells><mergeCell ref="A1:C1"/></mergeCells><sheetData>`,
		`<row><c t="e"><v>#N/D</v></c><c t="b"><v>1</v></c><c t="str"><v><![CDATA[<a&b>]]></v></c></row>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { sound(t, sheetXML(t, s), "a.xlsx") })
}

func FuzzODS(f *testing.F) {
	for _, s := range []string{
		`<table:table-row>` + odsCells("Rossi", "Ada", "A1") + `</table:table-row>`,
		`<table:table-row table:number-rows-repeated="5"><table:table-cell office:value-type="float" office:value="1e5" table:number-columns-repeated="3"><text:p>0100</text:p></table:table-cell></table:table-row>`,
		`<table:table-row><table:covered-table-cell table:number-columns-repeated="2"/><table:table-cell office:value-type="date" office:date-value="2018-10-12T00:00:00"/></table:table-row>`,
		`<table:table-row><table:table-cell><office:annotation><text:p>x</text:p></office:annotation><text:p>a<text:s text:c="99999"/>b</text:p><text:p/></table:table-cell></table:table-row>`,
		`</table:table><table:table table:name="B"><table:table-row/>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { sound(t, odsOf(t, s), "a.ods") })
}

func FuzzXLS(f *testing.F) {
	for _, file := range []string{"fogli-libreoffice.xls", "fogli-gnumeric-95.xls", "mac-gnumeric.xls", "albo-gnumeric.xls"} {
		f.Add(testdata(f, file))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if !bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) {
			data = append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), data...)
		}
		sound(t, data, "a.xls")
	})
}

// FuzzBIFF tries the records of an old workbook without the file around them.
func FuzzBIFF(f *testing.F) {
	for _, file := range []string{"fogli-libreoffice.xls", "fogli-gnumeric-95.xls", "albo-libreoffice.xls"} {
		c, ok := openCompound(testdata(f, file))
		if !ok {
			f.Fatal(file)
		}
		stream, ok := c.stream("Workbook")
		if !ok {
			stream, _ = c.stream("Book")
		}
		f.Add(stream)
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		b := &xlsBook{stream: stream}
		if err := b.readGlobals(); err != nil {
			return
		}
		for i := range b.sheets() {
			var c collector
			if err := b.read(i, &c); err != nil && pec.AsProblem(err) == nil {
				t.Fatalf("not for a person: %v", err)
			}
		}
	})
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{
		"<tr><th>Matricola<th>Cognome<th>Nome<tr><td rowspan=2>A1<td>Rossi<td>Ada<tr><td>Neri",
		"<tr><td colspan=999999999>x</td></tr></table></table><table><td>y", "<script><table></script><tr><td><!-- <td> -->&amp;&#0;&nope;",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { sound(t, []byte("<html><table>"+s), "a.xls") })
}

func FuzzSpreadsheetML(f *testing.F) {
	f.Add(spreadsheet2003)
	f.Add(`<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Row ss:Index="999999999" ss:Span="3"><Cell ss:Index="300" ss:MergeAcross="99999999"><Data ss:Type="Number">1e400</Data></Cell></Row></Worksheet></Workbook>`)
	f.Fuzz(func(t *testing.T, s string) {
		sound(t, []byte(`<?xml version="1.0"?><!--urn:schemas-microsoft-com:office:spreadsheet-->`+strings.TrimPrefix(s, `<?xml version="1.0"?>`)), "a.xls")
	})
}

// Texts longer than the reader's buffer are cut anywhere, but not within a sign.
func TestXMLLongerThanTheBuffer(t *testing.T) {
	for _, s := range []string{
		"<a>" + strings.Repeat("é&amp;", 30_000) + "</a>", "<a>" + strings.Repeat("à€𝄞", 30_000) + "</a>", "<a><![CDATA[" + strings.Repeat("]é", 40_000) + "]]></a>",
		"<a b=\"" + strings.Repeat("x", 200_000) + "\"><!--" + strings.Repeat("-y", 100_000) + "--><b/></a>", strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200),
	} {
		got, err := tokensOf(s)
		want, wantErr := libraryTokens(s)
		if err != nil || wantErr != nil || got != want {
			t.Errorf("%.20s…: %d and %d bytes, %v, %v", s, len(got), len(want), err, wantErr)
		}
	}
	for _, s := range []string{"<a b=\"" + strings.Repeat("x", 3<<20) + "\"/>", strings.Repeat("<a>", 300) + strings.Repeat("</a>", 300), "<a>" + strings.Repeat("x", 70_000), "<a>&" + strings.Repeat("x", 70_000) + ";</a>"} {
		if got, err := tokensOf(s); err == nil {
			t.Errorf("%.20s…: taken as %d bytes", s, len(got))
		}
	}
}

// FuzzXML holds the XML reader against the library's: whatever both take they
// read alike, and nothing that the library takes is refused but what is meant
// to be.
func FuzzXML(f *testing.F) {
	for _, s := range []string{
		"<a/>", "<a b='1' c=\"2&lt;\">x<!-- y -->z</a>", "<?xml version=\"1.0\"?>\n<x:a xmlns:x=\"u\"><x:b>&#233;&amp;&quot;</x:b><![CDATA[<&]]></x:a>", "<a><b></a></b>", "<!DOCTYPE a><a/>", "<a>à€𝄞</a>",
		"<a b=\"x>y\"/>", "<a>" + strings.Repeat("é&amp;", 30_000) + "</a>", "<a><![CDATA[" + strings.Repeat("]é", 40_000) + "]]></a>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ReplaceAll(s, "\r", "") // the library makes one of the two signs of a line's end
		got, err := tokensOf(s)
		want, wantErr := libraryTokens(s)
		if err == nil && wantErr == nil && got != want {
			t.Fatalf("%q\ngot  %.500q\nwant %.500q", s, got, want)
		}
		if err != nil && wantErr == nil && !strings.Contains(s, "<!") && !strings.Contains(s, "&") && !strings.Contains(s, "encoding") && len(s) < 200 {
			t.Fatalf("%q: refused, %v", s, err)
		}
	})
}

func tokensOf(s string) (string, error) {
	x, err := newXMLReader(iotestReader(s))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for {
		token, err := x.next()
		if errors.Is(err, io.EOF) {
			return b.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch token {
		case xmlStart:
			fmt.Fprintf(&b, "\n<%s", localName(x.name))
			for _, a := range x.attrs {
				fmt.Fprintf(&b, " %s=%q", a.name, x.attr(string(a.name)))
			}
			b.WriteByte('\n')
		case xmlEnd:
			fmt.Fprintf(&b, "\n/%s\n", localName(x.name))
		case xmlText:
			b.Write(x.text)
		}
	}
}

// iotestReader gives a text in small pieces, so that every boundary is met.
func iotestReader(s string) io.Reader { return &pieces{s} }

type pieces struct{ rest string }

func (p *pieces) Read(b []byte) (int, error) {
	if p.rest == "" {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), 7+len(p.rest)/50)], p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

func libraryTokens(s string) (string, error) {
	d := xml.NewDecoder(strings.NewReader(s))
	var b strings.Builder
	depth, begun := 0, false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if !begun {
				return "", errXML
			}
			return b.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth == 0 && begun {
				return "", errXML // two roots, which the library lets pass
			}
			depth, begun = depth+1, true
			seen := map[string]string{}
			for _, a := range token.Attr {
				if _, twice := seen[a.Name.Local]; twice {
					return "", errXML
				}
				seen[a.Name.Local] = a.Value
			}
			fmt.Fprintf(&b, "\n<%s", token.Name.Local)
			for _, a := range token.Attr {
				fmt.Fprintf(&b, " %s=%q", a.Name.Local, a.Value)
			}
			b.WriteByte('\n')
		case xml.EndElement:
			depth--
			fmt.Fprintf(&b, "\n/%s\n", token.Name.Local)
		case xml.CharData:
			if depth > 0 {
				b.Write(token)
			} else if len(bytes.TrimSpace(token)) > 0 {
				return "", errXML
			}
		case xml.Directive:
			return "", errXML
		}
	}
}

func isBlank(r pec.Row) bool {
	_, n := firstFilled(r)
	return n == 0
}
