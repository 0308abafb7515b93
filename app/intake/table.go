package intake

import (
	"regexp"
	"slices"
	"strings"

	"albopec/app/pec"
)

// headerOf finds the header: of the first rows the one with the most titles
// that the layout, or the operator's choices, know. The score is their number;
// below 2 there is no header.
func headerOf(rows []pec.Row, layout pec.Layout, choices map[string]string) (index, score int) {
	for i, r := range rows[:min(len(rows), maxHeaderRow)] {
		n := layout.TitleScore(r.Cells)
		for _, c := range r.Cells {
			if _, chosen := choices[strings.TrimSpace(c)]; chosen && layout.TitleScore([]string{c}) == 0 {
				n++
			}
		}
		if n > score {
			index, score = i, n
		}
	}
	return index, score
}

// build makes the File out of all the rows of a table: header, mapping, data
// rows, and the rows that are none. What a person can mend by saying which
// column is which comes back as a Problem with the File as far as it is known.
func (f *File) build(rows []pec.Row, layout pec.Layout, choices map[string]string) (*File, error) {
	at, score := headerOf(rows, layout, choices)
	if score < 2 {
		return f.untitled(rows), pec.Refuse("header_not_found", "Non troviamo la riga con i titoli delle colonne, come %s. Aggiunga i titoli in cima alle colonne e riprovi.", examples(layout))
	}
	header := rows[at]
	f.HeaderRow = header.Number
	for _, r := range rows[:at] {
		f.ignore(r, "sta sopra i titoli delle colonne")
	}
	for _, r := range rows[at+1:] {
		switch {
		case isBlank(r):
		case sameCells(r, header):
			f.ignore(r, "ripete i titoli delle colonne")
		case isTotal(r):
			f.ignore(r, "è un totale")
		case isRuled(r):
			f.ignore(r, "non contiene dati")
		default:
			f.Rows = append(f.Rows, r)
		}
	}
	width := len(header.Cells)
	if f.Format != FormatCSV { // what stands beside a table in a sheet has not been pushed there
		for _, r := range f.Rows {
			width = max(width, len(r.Cells))
		}
	}
	titles := append(slices.Clone(header.Cells), make([]string, width-len(header.Cells))...)
	var err error
	if f.Mapping, err = layout.Map(titles, f.Rows, choices); err != nil {
		return nil, err
	}
	if missing := layout.Missing(f.Mapping); missing != "" {
		return f, pec.Refuse("columns_missing", "Alla riga %d ci sono i titoli delle colonne, ma tra questi manca: %s. Aggiunga la colonna, o indichi quale sia.", f.HeaderRow, missing)
	}
	if len(f.Rows) == 0 {
		return f, pec.Refuse("no_rows", "Sotto i titoli delle colonne, alla riga %d, non c’è nessuna riga di dati.", f.HeaderRow)
	}
	return f, nil
}

// untitled takes the first of the widest rows for the header of a file whose
// titles nobody knows, all its columns unread.
func (f *File) untitled(rows []pec.Row) *File {
	at, width := 0, 0
	for i, r := range rows[:min(len(rows), maxHeaderRow)] {
		if n := len(filled(r)); n > width {
			at, width = i, n
		}
	}
	f.HeaderRow, f.Rows = rows[at].Number, rows[at+1:]
	titles, err := pec.Layout{}.Map(rows[at].Cells, nil, nil)
	if err != nil { // it only fails on choices, and there are none
		return nil
	}
	f.Mapping = titles
	return f
}

func examples(layout pec.Layout) string {
	var titles []string
	for _, n := range layout.Needs {
		titles = append(titles, "«"+layout.Title(n.Ways[0][0])+"»")
	}
	return strings.Join(titles, ", ")
}

func (f *File) ignore(r pec.Row, why string) {
	if text := rowText(r); text != "" {
		f.Ignored = append(f.Ignored, Ignored{r.Number, text, why})
	}
}

// rowText is what a row says, cut at a length fit for a message.
func rowText(r pec.Row) string {
	text := []rune(strings.Join(filled(r), " "))
	if len(text) > 120 {
		return string(text[:119]) + "…"
	}
	return string(text)
}

// filled lists the cells of a row that are not blank.
func filled(r pec.Row) []string {
	var out []string
	for _, c := range r.Cells {
		if c = strings.Join(strings.Fields(c), " "); c != "" {
			out = append(out, c)
		}
	}
	return out
}

func isBlank(r pec.Row) bool { return len(filled(r)) == 0 }

func sameCells(a, b pec.Row) bool { return slices.Equal(filled(a), filled(b)) }

// isRuled reports whether a row is only a line drawn with signs.
func isRuled(r pec.Row) bool {
	return strings.Trim(strings.Join(filled(r), ""), "-=_*.–— ") == ""
}

// totalWords are all the words a total may be made of. A row is a total only if
// it has no other, so that Totale Mario, whoever that be, stays a person.
var totalWords = func() map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.Fields(`totale totali tot totalone subtotale subtotali complessivo complessivi generale generali parziale
		iscritti iscritte iscrizioni righe record elementi nominativi professionisti posizioni persone caselle servizi utenti
		ingegneri architetti avvocati geometri medici commercialisti dottori attivi sospesi cancellati
		n nr num numero di del dei degli delle gli i le la il in a b c e ed al alla albo elenco ordine sezione sez settore
		importo importi netto netti quantita euro eur gb estratti estratte presenti`) {
		words[w] = true
	}
	return words
}()

var word = regexp.MustCompile(`\pL+`)

// isTotal reports whether a row is a total below the data («Totale iscritti:
// 240»): the first filled cell opens with a word for it, all words of the row
// are words of totals, and the row has no more than two figures in cells of
// their own beside the label, or no words in them at all.
func isTotal(r pec.Row) bool {
	cells := filled(r)
	if len(cells) == 0 {
		return false
	}
	first := word.FindString(pec.Fold(cells[0]))
	if first != "tot" && !strings.HasPrefix(first, "total") && !strings.HasPrefix(first, "subtotal") {
		return false
	}
	for i, c := range cells {
		words := word.FindAllString(pec.Fold(c), -1)
		if i > 0 && len(words) > 0 && strings.ContainsFunc(c, isDigit) {
			return false // letters and figures together: a code, an address
		}
		if slices.ContainsFunc(words, func(w string) bool { return !totalWords[w] }) {
			return false
		}
	}
	return true
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
