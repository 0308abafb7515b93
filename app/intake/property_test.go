package intake

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"albopec/app/pec"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

var propertyTitles = []string{"Matricola", "Cognome", "Nome", "Codice fiscale", "Data di nascita", "Stato", "E-mail", "PEC", "CAP", "Note"}

// messyRows are rows of a list as it may come: good values, wrong ones, none,
// the same again.
func messyRows(t *rapid.T) [][]string {
	pick := func(label string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label) }
	var rows [][]string
	for range rapid.IntRange(1, 8).Draw(t, "rows") {
		rows = append(rows, []string{
			pick("number", "", "A1", "A2", "a2", "12.0", "B7"), pick("surname", "Rossi", "Mario", "", "D’Alò", "Totale"), pick("name", "Mario", "Rossi", "Niccolò", "n.d."),
			pick("code", "", "RSSMRA85T10A562S", "rss mra 85t10 a562s", "MRTMTT91D08F205J", "12345678903", "1,23E+10", "RSSMRA85T10A562T"), pick("born", "", "10/12/1985", "31/02/2001", "8.4.91", "31391"),
			pick("status", "", "Iscritto", "sospeso per morosità", "cancellato", "boh"), pick("email", "", "uno@posta.example", "uno@posta.example, due@posta.example", "@"),
			pick("pec", "", "uno@pec.example", "due@pec.ordine.example", "uno@gmail.example"), pick("cap", "", "184", "00184", "184.0"),
			pick("note", "", "x", "a\nb", "\"", ";", "=1+1", "  y  ", "“”"),
		})
	}
	return rows
}

func asCSV(rows [][]string, delimiter, end string) string {
	var b strings.Builder
	for _, r := range rows {
		for i, c := range r {
			if i > 0 {
				b.WriteString(delimiter)
			}
			if strings.ContainsAny(c, delimiter+"\"\r\n") {
				c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
			}
			b.WriteString(c)
		}
		b.WriteString(end)
	}
	return b.String()
}

// A table comes out as it went in, whatever separates its cells and lines and
// in whatever encoding; and in a workbook.
func TestTablesComeOutAsTheyWentIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := append([][]string{propertyTitles}, messyRows(t)...)
		delimiter, end := rapid.SampledFrom(Delimiters).Draw(t, "delimiter"), rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "end")
		e := rapid.SampledFrom([]encoding.Encoding{
			encoding.Nop, unicode.UTF8BOM, charmap.Windows1252, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
		}).Draw(t, "encoding")
		data, err := e.NewEncoder().Bytes([]byte(asCSV(rows, delimiter, end)))
		if err != nil {
			t.Fatal(err)
		}
		f, err := Read(data, "albo.csv", pec.MemberLayout, Options{})
		if err != nil {
			t.Fatal(err)
		}
		checkRows(t, "text", f, rows[1:])

		book, err := workbookOf(rows)
		if err != nil {
			t.Fatal(err)
		}
		if f, err = Read(book, "albo.xlsx", pec.MemberLayout, Options{}); err != nil {
			t.Fatal(err)
		}
		checkRows(t, "workbook", f, rows[1:])
	})
}

func checkRows(t *rapid.T, what string, f *File, want [][]string) {
	if len(f.Rows) != len(want) {
		t.Fatalf("%s: %d rows, want %d", what, len(f.Rows), len(want))
	}
	for i, r := range f.Rows {
		cells := want[i]
		for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
			cells = cells[:len(cells)-1]
		}
		if !slices.Equal(r.Cells, cells) {
			t.Fatalf("%s, row %d: %q, want %q", what, r.Number, r.Cells, cells)
		}
	}
}

func workbookOf(rows [][]string) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	for i, r := range rows {
		values := make([]any, len(r))
		for j, c := range r {
			values[j] = c
		}
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &values); err != nil {
			return nil, err
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Every row is created, updated, unchanged or refused, and importing the file
// once more changes nothing: what was refused may be taken now, where another
// row stood in its way no longer, but no member is written twice.
func TestImportingTwiceChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := append([][]string{propertyTitles}, messyRows(t)...)
		f, err := Read([]byte(asCSV(rows, ";", "\r\n")), "albo.csv", pec.MemberLayout, Options{})
		if err != nil {
			t.Fatal(err)
		}
		in := pec.MemberImport{Rows: f.Rows, Mapping: f.Mapping, Today: corpusDay, Domains: []string{"pec.ordine.example"}, Addresses: map[string]int64{}}
		d := pec.DraftMembers(in)
		c := d.Counts()
		if c.Created+c.Updated+c.Unchanged+c.Refused != c.Rows || c.Rows != len(rows)-1 {
			t.Fatalf("%+v of %d rows", c, len(rows)-1)
		}
		next := in
		next.Rows = nil
		for _, r := range d.Rows() {
			if r.Outcome == pec.OutcomeRefused {
				continue
			}
			r.After.ID = int64(len(next.Known) + 1)
			next.Known, next.Rows = append(next.Known, r.After), append(next.Rows, r.Source)
			if r.ReservedAddress != "" {
				next.Addresses[r.ReservedAddress] = r.After.ID
			}
		}
		for _, r := range pec.DraftMembers(next).Rows() {
			if r.Outcome != pec.OutcomeUnchanged {
				t.Fatalf("row %d: %s %v %v", r.Source.Number, r.Outcome, r.Changes, r.Problems)
			}
		}
	})
}

// What an operator says of the columns of a list is what they are read as, whatever
// they are called, in whatever order, with titles above the rows or none: no row is
// lost, and no column is read that was not to be.
func TestColumnsAreReadAsChosen(t *testing.T) {
	fields := []pec.Field{pec.FieldMailbox, pec.FieldTaxCode, pec.FieldKind, pec.FieldExpiresOn, pec.FieldExtraGB, pec.FieldNet}
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.Permutation(append(slices.Clone(fields), "", "")).Draw(t, "columns")
		titled := rapid.Bool().Draw(t, "titled")
		var titles []string
		choices := map[string]string{}
		for i, f := range columns {
			title := fmt.Sprintf("Colonna %d", i+1)
			if titled {
				title = rapid.StringMatching(`[QXZ][a-zà]{2,8}( [qxz][a-z]{1,5})?`).Draw(t, "title") + fmt.Sprint(" ", i)
			}
			titles, choices[title] = append(titles, title), string(f)
		}
		var rows [][]string
		for i := range rapid.IntRange(1, 12).Draw(t, "rows") {
			row := make([]string, len(columns))
			for j, f := range columns {
				row[j] = map[pec.Field]string{
					pec.FieldMailbox: fmt.Sprintf("p%d@pec.ordine.example", i), pec.FieldTaxCode: "RSSMRA85T10A562S", pec.FieldKind: "Standard",
					pec.FieldExpiresOn: "12/10/2027", pec.FieldExtraGB: fmt.Sprint(i), pec.FieldNet: "5,00", "": "nota",
				}[f]
			}
			rows = append(rows, row)
		}
		all := rows
		if titled {
			all = append([][]string{titles}, rows...)
		}
		f, err := Read([]byte(asCSV(all, rapid.SampledFrom(Delimiters).Draw(t, "delimiter"), "\n")), "elenco.csv", pec.ComparisonLayout, Options{Columns: choices})
		if err != nil {
			t.Fatal(err)
		}
		checkRows(t, "list", f, rows)
		for i, c := range f.Mapping {
			if c.Field != columns[i] || c.Header != titles[i] || c.By != pec.ByChoice {
				t.Fatalf("column %d is %+v, was to be %q", i, c, columns[i])
			}
		}
	})
}
