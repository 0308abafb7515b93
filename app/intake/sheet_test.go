package intake

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"albopec/app/pec"

	"github.com/xuri/excelize/v2"
)

// workbook makes one; the sheets are filled by the function.
func workbook(t testing.TB, fill func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func row(t testing.TB, f *excelize.File, sheet, at string, values ...any) {
	t.Helper()
	if err := f.SetSheetRow(sheet, at, &values); err != nil {
		t.Fatal(err)
	}
}

func style(t testing.TB, f *excelize.File, sheet, cell string, s excelize.Style) {
	t.Helper()
	id, err := f.NewStyle(&s)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellStyle(sheet, cell, cell, id); err != nil {
		t.Fatal(err)
	}
}

func readSheet(t *testing.T, data []byte, o Options) *File {
	t.Helper()
	f, err := Read(data, "albo.xlsx", pec.MemberLayout, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestSheetCellsComeOutAsWhatTheyHold(t *testing.T) {
	custom := func(s string) excelize.Style { return excelize.Style{CustomNumFmt: &s} }
	for _, c := range []struct {
		what  string
		value any
		style excelize.Style
		want  string
	}{
		{"a number", 12, excelize.Style{}, "12"},
		{"a phone number", 3387382894, excelize.Style{}, "3387382894"},
		{"eleven digits", 12345678903, excelize.Style{}, "12345678903"},
		{"eleven digits, shown with an exponent", 12345678903, excelize.Style{NumFmt: 11}, "12345678903"},
		{"a number shown with two decimals", 12, excelize.Style{NumFmt: 2}, "12"},
		{"a number shown in thousands", 18320, excelize.Style{NumFmt: 3}, "18320"},
		{"a fraction", 2.5, excelize.Style{}, "2.5"},
		{"a CAP with zeros of its own", 1100, custom("00000"), "01100"},
		{"a date of the built-in form", 43385, excelize.Style{NumFmt: 14}, "2018-10-12"},
		{"a date of the Italian form", 43385, custom("dd/mm/yyyy;@"), "2018-10-12"},
		{"a date of the American form", 43385, custom("[$-409]m/d/yy"), "2018-10-12"},
		{"a date in words", 43385, custom(`[$-410]d mmmm yyyy`), "2018-10-12"},
		{"a date with its time", 43385.4375, custom("dd/mm/yyyy hh:mm"), "2018-10-12 10:30:00"},
		{"before March 1900 was never a day", 9999, excelize.Style{NumFmt: 14}, "1927-05-17"},
		{"text in a cell for dates", "12/10/2018", excelize.Style{NumFmt: 14}, "12/10/2018"},
		{"text that looks like a number", "0012", excelize.Style{}, "0012"},
		{"text that looks like an exponent", "12E3", excelize.Style{NumFmt: 49}, "12E3"},
		{"text of figures in a cell for numbers", "1E5", excelize.Style{NumFmt: 2}, "1E5"},
		{"euro", 3.5, custom(`#,##0.00\ "€"`), "3.5"},
		{"the colour red is no date", 12, custom(`[Red]0.00;"dy"0`), "12"},
	} {
		data := workbook(t, func(f *excelize.File) {
			row(t, f, "Sheet1", "A1", "Cognome", "Nome", "N. iscrizione", "Note")
			row(t, f, "Sheet1", "A2", "Rossi", "Mario", "A1", c.value)
			style(t, f, "Sheet1", "D2", c.style)
		})
		if got := readSheet(t, data, Options{}).Rows[0].Cells[3]; got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

func TestSheetOfAnOldMacCountsFrom1904(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		yes := true
		if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
			t.Fatal(err)
		}
		row(t, f, "Sheet1", "A1", "Cognome", "Nome", "N. iscrizione", "Nato il")
		row(t, f, "Sheet1", "A2", "Rossi", "Mario", "A1", 41923)
		style(t, f, "Sheet1", "D2", excelize.Style{NumFmt: 14})
	})
	if got := readSheet(t, data, Options{}).Rows[0].Cells[3]; got != "2018-10-12" {
		t.Errorf("got %q", got)
	}
}

func TestRightSheetIsChosen(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		row(t, f, "Sheet1", "A1", "Aggiornato a gennaio")
		for _, name := range []string{"Vecchio", "Albo"} {
			if _, err := f.NewSheet(name); err != nil {
				t.Fatal(err)
			}
			row(t, f, name, "B3", "Cognome", "Nome", "N. iscrizione")
			row(t, f, name, "B6", name, "Mario", 12)
			row(t, f, name, "B9", "Totale", "", 1)
		}
		if err := f.SetSheetVisible("Vecchio", false); err != nil {
			t.Fatal(err)
		}
	})
	f := readSheet(t, data, Options{})
	if f.Format != "xlsx" || f.Sheet != "Albo" || f.HeaderRow != 3 || !slices.Equal(numbers(f), []int{6}) || len(f.Ignored) != 1 {
		t.Errorf("%s, sheet %s, header %d, rows %v, ignored %v", f.Format, f.Sheet, f.HeaderRow, numbers(f), f.Ignored)
	}
	for _, choice := range []string{"vecchio", "2"} {
		if f := readSheet(t, data, Options{Sheet: choice}); f.Sheet != "Vecchio" || f.Rows[0].Cells[1] != "Vecchio" {
			t.Errorf("%s: sheet %s", choice, f.Sheet)
		}
	}
	for choice, code := range map[string]string{"Bilancio": "sheet_unknown", "4": "sheet_unknown", "1": "header_not_found"} {
		_, err := Read(data, "a.xlsx", pec.MemberLayout, Options{Sheet: choice})
		if p := pec.AsProblem(err); p == nil || p.Code != code {
			t.Errorf("%s: %v", choice, err)
		}
	}
}

func TestNotesBesideTheTableAreColumns(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		row(t, f, "Sheet1", "A1", "Cognome", "Nome", "N. iscrizione")
		row(t, f, "Sheet1", "A2", "Rossi", "Mario", "A1", nil, "da richiamare")
	})
	f := readSheet(t, data, Options{})
	if unread := f.Mapping.Unread(); !slices.Equal(unread, []string{"Colonna 4", "Colonna 5"}) {
		t.Errorf("unread %v", unread)
	}
	if c := pec.PlanMembers(pec.MemberImport{Rows: f.Rows, Mapping: f.Mapping, Today: pec.Day("2026-07-01")}).Counts(); c.Created != 1 {
		t.Errorf("%+v", c)
	}
}

// zipOf makes a zip of parts; size, when not 0, is what each part declares
// instead of its true size.
func zipOf(t testing.TB, size uint64, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range parts {
		var packed bytes.Buffer
		fw, err := flate.NewWriter(&packed, flate.BestCompression)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(fw, content); err != nil {
			t.Fatal(err)
		}
		if err := fw.Close(); err != nil {
			t.Fatal(err)
		}
		h := &zip.FileHeader{Name: name, Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(len(content))}
		if size != 0 {
			h.UncompressedSize64 = size
		}
		part, err := w.CreateRaw(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(packed.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBombIsRefusedWithoutUnpackingIt(t *testing.T) {
	zeros := strings.Repeat("0", 60<<20)
	for what, c := range map[string]struct {
		declared uint64
		code     string
	}{"declared": {1 << 40, "file_too_large"}, "hidden": {100, "file_not_readable"}} {
		data := zipOf(t, c.declared, map[string]string{"xl/workbook.xml": zeros})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Read(data, "a.xlsx", pec.MemberLayout, Options{})
		runtime.ReadMemStats(&after)
		if p := pec.AsProblem(err); p == nil || p.Code != c.code {
			t.Errorf("%s: %v", what, err)
		}
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 20 {
			t.Errorf("%s: %d MB", what, used)
		}
	}
}

func TestOtherArchivesAreNamed(t *testing.T) {
	for part, says := range map[string]string{"content.xml": "OpenDocument", "xl/workbook.bin": ".xlsb", "word/document.xml": "documento di testo", "Index/Document.iwa": "Numbers", "data.bin": "non contiene un foglio", "xl/workbook.xml": "rovinato"} {
		_, err := Read(zipOf(t, 0, map[string]string{part: "<x/>"}), "a.xlsx", pec.MemberLayout, Options{})
		if p := pec.AsProblem(err); p == nil || p.Code != "file_not_readable" || !strings.Contains(p.Message, says) {
			t.Errorf("%s: %v", part, err)
		}
	}
}

// A register of the largest Ordine is read and judged in seconds.
func TestLargeSheet(t *testing.T) {
	const members = 25_000
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range members + 1 {
		values := []any{"N. iscrizione", "Cognome", "Nome", "Comune", "CAP", "E-mail"}
		if i > 0 {
			values = []any{i, fmt.Sprintf("Cognome %d", i), "Mario", "Roma", 184, fmt.Sprintf("m%d@posta.example", i)}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), values); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	file := readSheet(t, b.Bytes(), Options{})
	plan := pec.PlanMembers(pec.MemberImport{Rows: file.Rows, Mapping: file.Mapping, Today: pec.Day("2026-07-01")})
	if c := plan.Counts(); c.Created != members {
		t.Errorf("%+v", c)
	}
}

// sheetXML makes a workbook of a header and the rows given as XML.
func sheetXML(t testing.TB, s string) []byte {
	t.Helper()
	return zipOf(t, 0, bareBook(s))
}

// bareBook is the parts of the least workbook there can be.
func bareBook(rows string) map[string]string {
	return map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"_rels/.rels":                `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/styles.xml":              `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="11"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml":   `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c t="inlineStr"><is><t>Cognome</t></is></c><c t="inlineStr"><is><t>Nome</t></is></c><c t="inlineStr"><is><t>CF</t></is></c></row>` + rows + `</sheetData></worksheet>`,
	}
}

// Programs that are not Excel leave out styles, or name the elements x:row.
func TestBareWorkbooks(t *testing.T) {
	const line = `<row r="2"><c t="inlineStr"><is><t>Rossi</t></is></c><c t="inlineStr"><is><t>Mario</t></is></c><c><v>1.5E+10</v></c></row>`
	for what, change := range map[string]func(map[string]string){
		"with styles":    func(map[string]string) {},
		"without styles": func(p map[string]string) { delete(p, "xl/styles.xml") },
		"with a prefix":  func(p map[string]string) { p["xl/worksheets/sheet1.xml"] = prefixed(p["xl/worksheets/sheet1.xml"]) },
		"without r=\"2\"": func(p map[string]string) {
			p["xl/worksheets/sheet1.xml"] = strings.ReplaceAll(p["xl/worksheets/sheet1.xml"], ` r="2"`, "")
		},
	} {
		parts := bareBook(line)
		change(parts)
		f := readSheet(t, zipOf(t, 0, parts), Options{})
		if !slices.Equal(f.Rows[0].Cells, []string{"Rossi", "Mario", "15000000000"}) || f.Rows[0].Number != 2 {
			t.Errorf("%s: %+v", what, f.Rows)
		}
	}
}

func prefixed(s string) string {
	return strings.NewReplacer("</", "</x:", "<", "<x:", "xmlns=", "xmlns:x=").Replace(s)
}

// The rows below a fault in the file are not lost without a word.
func TestDamagedSheetIsNotReadInPart(t *testing.T) {
	good := `<row r="2"><c t="inlineStr"><is><t>Rossi</t></is></c></row>`
	if f := readSheet(t, sheetXML(t, good+good), Options{}); len(f.Rows) == 0 {
		t.Fatal("without the fault it is not read either")
	}
	_, err := Read(sheetXML(t, good+`<row r="3"><c><v>a & b</v></c></row>`+good), "a.xlsx", pec.MemberLayout, Options{})
	if p := pec.AsProblem(err); p == nil || p.Code != "file_not_readable" {
		t.Errorf("got %v", err)
	}
}
