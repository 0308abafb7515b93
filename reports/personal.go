package reports

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"slices"
	"time"

	"albopec/app/pec"
)

// Personal is all that the Ordine holds of one person, to be handed to that
// person (articles 15 and 20 of the GDPR).
type Personal struct {
	OrderBody string
	Holder    string
	MadeOn    pec.Date
	Parts     []PersonalPart
	Kept      []Kept
}

// PersonalPart is one list of what is held. A row has a value for each column:
// string, int, bool, pec.Cents, pec.Date, time.Time, a type with an Italian
// method, a Said, or nil.
type PersonalPart struct {
	Key     string // of the machine-readable file: "movements"
	Title   string // of the readable one: "Movimenti del credito"
	Columns []PersonalColumn
	Rows    [][]any
}

// PersonalColumn names a column for machines and for people; without a title it
// is in the machine-readable file only.
type PersonalColumn struct{ Key, Title string }

// Said is a value of which programs read the code and people the words.
type Said struct{ Code, Words string }

// Italian is the value as people read it.
func (s Said) Italian() string { return s.Words }

// Kept says what is kept, why, and how long.
type Kept struct {
	What  string `json:"what"`
	Why   string `json:"why"`
	Until string `json:"until"`
}

// WritePersonal writes a ZIP with the same data twice: a page that a person
// reads in any browser and prints, and a JSON that another program takes over.
// The same Personal gives the same bytes.
func WritePersonal(w io.Writer, p Personal) error {
	archive := zip.NewWriter(w)
	for _, file := range []struct {
		name  string
		write func(io.Writer, Personal) error
	}{{"i-suoi-dati.html", writePersonalPage}, {"dati.json", writePersonalJSON}} {
		f, err := archive.CreateHeader(&zip.FileHeader{Name: file.name, Method: zip.Deflate, Modified: p.MadeOn.Time()})
		if err != nil {
			return err
		}
		if err := file.write(f, p); err != nil {
			return fmt.Errorf("%s: %w", file.name, err)
		}
	}
	return archive.Close()
}

func writePersonalJSON(w io.Writer, p Personal) error {
	parts := map[string][]map[string]any{}
	for _, part := range p.Parts {
		parts[part.Key] = []map[string]any{}
		for _, row := range part.Rows {
			object := map[string]any{}
			for i, c := range part.Columns {
				object[c.Key] = machineValue(row[i])
			}
			parts[part.Key] = append(parts[part.Key], object)
		}
	}
	doc, err := json.MarshalIndent(map[string]any{
		"order_body": p.OrderBody, "holder": p.Holder, "made_on": p.MadeOn, "data": parts, "kept": p.Kept,
	}, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(doc, '\n'))
	return err
}

// machineValue is a value as programs read it: days and moments in ISO form,
// amounts as "2.50", null for what is not there.
func machineValue(v any) any {
	switch v := v.(type) {
	case pec.Date:
		if v.IsZero() {
			return nil
		}
		return v.String()
	case pec.Cents:
		return v.String()
	case time.Time:
		if v.IsZero() {
			return nil
		}
		return v.UTC().Format(time.RFC3339)
	case Said:
		return v.Code
	}
	return v
}

// readableValue is a value as people read it; a dash is what is not there.
func readableValue(v any) string { return cmp.Or(words(v), "–") }

func words(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		if v {
			return "sì"
		}
		return "no"
	case pec.Cents:
		return v.Euro()
	case pec.Date:
		return v.Italian()
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.In(pec.Rome).Format("02/01/2006 15:04")
	case italian:
		return v.Italian()
	}
	return fmt.Sprint(v)
}

const personalHead = `<!doctype html>
<html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>I dati di %[1]s</title>
<style>body{font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;max-width:64rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.75rem}h2{font-size:1.25rem;margin-top:2rem}
.table{overflow-x:auto}table{border-collapse:collapse;width:100%%;font-size:.9rem}th,td{border-bottom:1px solid #c5c7c9;padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top}thead th{color:#455a64}
p.note{color:#455a64}@media print{thead{display:table-header-group}tr{break-inside:avoid}}</style></head>
<body><h1>I dati di %[1]s</h1>
<p>%[2]s, %[3]s. Questo documento contiene i dati personali che l’Ordine conserva su di Lei (articolo 15 del Regolamento UE 2016/679). Nel file dati.json, accanto a questo, gli stessi dati sono nella forma che un programma può leggere (articolo 20).</p>
<p class="note">Chi ha operato per l’Ordine è indicato come «segreteria».</p>
`

// readable is the part with the columns that people read.
func (p PersonalPart) readable() PersonalPart {
	out := PersonalPart{Key: p.Key, Title: p.Title, Rows: make([][]any, len(p.Rows))}
	for i, c := range p.Columns {
		if c.Title == "" {
			continue
		}
		out.Columns = append(out.Columns, c)
		for n, row := range p.Rows {
			out.Rows[n] = append(out.Rows[n], row[i])
		}
	}
	return out
}

func writePersonalPage(w io.Writer, p Personal) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, personalHead, html.EscapeString(p.Holder), html.EscapeString(p.OrderBody), p.MadeOn.Italian())
	kept := PersonalPart{Title: "Che cosa si conserva, perché e fino a quando", Columns: []PersonalColumn{{"what", "Che cosa"}, {"why", "Perché"}, {"until", "Fino a quando"}}}
	for _, k := range p.Kept {
		kept.Rows = append(kept.Rows, []any{k.What, k.Why, k.Until})
	}
	for _, part := range append(slices.Clone(p.Parts), kept) {
		part.readable().page(&b)
	}
	b.WriteString("</body></html>\n")
	_, err := b.WriteTo(w)
	return err
}

// page writes a list as a table that scrolls in its frame.
func (p PersonalPart) page(b *bytes.Buffer) {
	title := html.EscapeString(p.Title)
	fmt.Fprintf(b, "<h2>%s</h2>\n", title)
	if len(p.Rows) == 0 {
		b.WriteString("<p>Nulla.</p>\n")
		return
	}
	fmt.Fprintf(b, `<div class="table" tabindex="0" role="region" aria-label="%s"><table><thead><tr>`, title)
	for _, c := range p.Columns {
		fmt.Fprintf(b, `<th scope="col">%s</th>`, html.EscapeString(c.Title))
	}
	b.WriteString("</tr></thead><tbody>\n")
	for _, row := range p.Rows {
		b.WriteString("<tr>")
		for _, v := range row {
			fmt.Fprintf(b, "<td>%s</td>", html.EscapeString(readableValue(v)))
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table></div>\n")
}
