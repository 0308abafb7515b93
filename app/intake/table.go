package intake

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"albopec/app/pec"
)

// tableHeader is the header of a table: the row of titles, or two of them, the
// upper grouping the lower («Residenza» over «Via», «CAP», «Comune»).
type tableHeader struct {
	first, last int // places of its rows
	titles      []string
	score       int // how many titles are known; below 2 there is no header
}

// headerOf finds the header: of the first rows the one, or the two, with the
// most titles that the layout, or the operator's choices, know. A row with all the
// titles of the choices is one, were it of a single column.
func headerOf(rows []pec.Row, merges []merge, layout pec.Layout, choices map[string]string) tableHeader {
	var best tableHeader
	score := func(titles []string) int {
		n := layout.TitleScore(titles)
		for _, c := range titles {
			if _, chosen := choices[strings.TrimSpace(c)]; chosen && layout.TitleScore([]string{c}) == 0 {
				n++
			}
		}
		if n == 1 && len(choices) == 1 && layout.TitleScore(titles) <= 1 && holdsTitles(titles, choices) {
			n = 2
		}
		return n
	}
	top := rows[:min(len(rows), maxHeaderRow)]
	for i, r := range top {
		if n := score(r.Cells); n > best.score {
			best = tableHeader{i, i, r.Cells, n}
		}
	}
	for i := range len(top) - 1 { // two rows only where that knows more than one
		if !layout.MayBeTitles(top[i+1].Cells) {
			continue
		}
		titles := layout.JoinTitles(spread(top[i], top[i+1], merges), top[i+1].Cells)
		if n := score(titles); n > best.score {
			best = tableHeader{i, i + 1, titles, n}
		}
	}
	return best
}

// holdsTitles reports whether all the titles of choices are among these.
func holdsTitles(titles []string, choices map[string]string) bool {
	for title := range choices {
		if !slices.ContainsFunc(titles, func(t string) bool { return strings.TrimSpace(t) == title }) {
			return false
		}
	}
	return true
}

// spread writes the titles of groups over all the columns that they group:
// those of merged cells, or, in files that know none, those up to the next one
// that have a title below.
func spread(upper, lower pec.Row, merges []merge) []string {
	out := make([]string, max(len(upper.Cells), len(lower.Cells)))
	copy(out, upper.Cells)
	merged := false
	for _, m := range merges {
		if m.row != upper.Number || m.from >= len(upper.Cells) {
			continue
		}
		merged = true
		for i := m.from + 1; i <= m.to && i < len(out); i++ {
			out[i] = upper.Cells[m.from]
		}
	}
	if _, n := firstFilled(upper); merged || n < 2 {
		return out
	}
	for i := 1; i < len(out); i++ {
		if isSpace(out[i]) && i < len(lower.Cells) && !isSpace(lower.Cells[i]) {
			out[i] = out[i-1]
		}
	}
	return out
}

// build makes the File out of all the rows of a table: header, mapping, data
// rows, and the rows that are none. What a person can mend by saying which
// column is which comes back as a Problem with the File as far as it is known.
func (f *File) build(rows []pec.Row, merges []merge, layout pec.Layout, choices map[string]string) (*File, error) {
	h := headerOf(rows, merges, layout, choices)
	if h.score < 2 {
		at := widestOf(rows)
		if first := slices.IndexFunc(rows[:at+1], looksFilledIn); first >= 0 && !endsWithTitles(rows[first:at+1]) {
			if first == 0 || !mayHead(rows[first-1], rows[at]) {
				return f.headless(rows, first, layout, choices)
			}
			at = first - 1
		}
		h = tableHeader{first: at, last: at, titles: rows[at].Cells}
	}
	header := rows[h.last]
	f.HeaderRow = header.Number
	for _, r := range rows[:h.first] {
		f.ignore(r, "sta sopra i titoli delle colonne")
	}
	data := rows[h.last+1:]
	f.Rows = data[:0] // the rows that stay move up
	for _, r := range data {
		if why := whyIgnored(r, header, h.titles); why != "" {
			f.ignore(r, why)
			continue
		}
		f.Rows = append(f.Rows, r)
	}
	return f.mapped(h.titles, h.score >= 2, layout, choices)
}

// mapped says what the columns under these titles are, and what is missing. Titles
// of which hardly one is known are believed as far as an operator says what they
// are, and in a layout that needs one column alone if it is there.
func (f *File) mapped(header []string, known bool, layout pec.Layout, choices map[string]string) (*File, error) {
	width := len(header)
	if f.Format != FormatCSV { // what stands beside a table in a sheet has not been pushed there
		for _, r := range f.Rows {
			width = max(width, len(r.Cells))
		}
	}
	titles := append(slices.Clone(header), make([]string, width-len(header))...)
	var err error
	if f.Mapping, err = layout.Map(titles, f.Rows, choices); err != nil {
		return nil, err
	}
	missing := layout.Missing(f.Mapping)
	switch {
	case layout.Asks && !known && len(choices) == 0 && missing != "":
		return f, pec.Refuse("header_not_found", "Non conosciamo i titoli alla riga %d. Scelga che cosa è ogni colonna: serve almeno %s.", f.HeaderRow, missing)
	case layout.Asks && missing != "":
		return f, pec.Refuse("columns_missing", "%s manca: %s. Scelga quale colonna è.", f.among(), missing)
	case !known && len(choices) == 0 && (missing != "" || len(layout.Needs) > 1):
		return f, pec.Refuse("header_not_found", "Non troviamo la riga con i titoli delle colonne, come %s. Aggiunga i titoli in cima alle colonne, o indichi che cosa è ogni colonna.", examples(layout))
	case missing != "":
		return f, pec.Refuse("columns_missing", "%s manca: %s. Aggiunga la colonna, o indichi quale sia.", f.among(), missing)
	}
	if len(f.Rows) == 0 && f.HeaderRow == 0 {
		return f, pec.Refuse("no_rows", "Nel file non c’è nessuna riga di dati.")
	}
	if len(f.Rows) == 0 {
		return f, pec.Refuse("no_rows", "Sotto i titoli delle colonne, alla riga %d, non c’è nessuna riga di dati.", f.HeaderRow)
	}
	return f, nil
}

// among says where the columns were looked for.
func (f *File) among() string {
	if f.HeaderRow == 0 {
		return "Tra le colonne indicate"
	}
	return fmt.Sprintf("Alla riga %d ci sono i titoli delle colonne, ma tra questi", f.HeaderRow)
}

// whyIgnored says why a row below the header is no data; empty when it is.
func whyIgnored(r, header pec.Row, titles []string) string {
	first, n := firstFilled(r)
	switch {
	case n == 0, isRuled(r):
		return "non contiene dati"
	case repeatsTitles(r, header.Cells) || repeatsTitles(r, titles):
		return "ripete i titoli delle colonne"
	case isTotal(r):
		return "è un totale"
	case n == 1 && remark.MatchString(strings.TrimSpace(first)):
		return "è una nota"
	case n == 1 && caption.MatchString(strings.TrimSpace(first)):
		return "è un titolo"
	}
	return ""
}

// A row of one cell is a remark of the program that wrote the file, or a title
// between the rows («SEZIONE A»).
var (
	remark  = regexp.MustCompile(`(?i)^((pagina|pag\.) *\d+|stampato (il|da)|stampa del|data (di )?(stampa|estrazione)|estratto il|elaborato il|aggiornato (al|il)|fonte:|nota:|note:|legenda|documento generato|generato (il|da)|report generato|\(\*\)|\*+ )`)
	caption = regexp.MustCompile(`(?i)^([-–=* ]*(sezione|sez\.?|settore|lettera) +["'«(]?[a-z]\b.*|[a-z])$`)
)

// widestOf is the place of the first of the widest rows: the titles of a file of
// which nobody knows any.
func widestOf(rows []pec.Row) int {
	at, width := 0, 0
	for i, r := range rows[:min(len(rows), maxHeaderRow)] {
		if n := len(filled(r)); n > width {
			at, width = i, n
		}
	}
	return at
}

// looksFilledIn reports whether a row is one of data and not of titles: it holds an
// address, a tax code, a day or an amount.
func looksFilledIn(r pec.Row) bool {
	return slices.ContainsFunc(filled(r), func(c string) bool {
		return pec.ValidEmail(strings.ToLower(c)) || pec.LooksFilledIn(c)
	})
}

// endsWithTitles reports whether the last of the rows, the widest, holds titles, and
// those above it only what the list is: its day, who made it.
func endsWithTitles(rows []pec.Row) bool {
	widest := rows[len(rows)-1]
	return !looksFilledIn(widest) && !slices.ContainsFunc(rows[:len(rows)-1], func(r pec.Row) bool { return mayHead(r, widest) })
}

// mayHead reports whether a row above the data holds their titles, some of which may
// be blank, and not just the name of the list.
func mayHead(above, widest pec.Row) bool {
	n := len(filled(above))
	return n > 1 && 2*n >= len(filled(widest))
}

// headless makes the File of rows that have no titles above them: its columns are
// called by their numbers, and it is read as soon as somebody says what they are.
func (f *File) headless(rows []pec.Row, first int, layout pec.Layout, choices map[string]string) (*File, error) {
	for _, r := range rows[:first] {
		f.ignore(r, "sta sopra i dati")
	}
	width := 0
	data := rows[first:]
	f.Rows = data[:0] // the rows that stay move up
	for _, r := range data {
		if why := whyIgnored(r, pec.Row{}, nil); why != "" {
			f.ignore(r, why)
			continue
		}
		f.Rows, width = append(f.Rows, r), max(width, len(r.Cells))
	}
	file, err := f.mapped(make([]string, width), false, layout, choices)
	if len(choices) == 0 && file != nil && layout.Asks {
		return file, pec.Refuse("header_not_found", "Le righe cominciano subito con i dati: manca la riga con i titoli delle colonne, come %s. Scelga che cosa è ogni colonna.", examples(layout))
	}
	if len(choices) == 0 && file != nil {
		err = pec.Refuse("header_not_found", "Le righe cominciano subito con i dati: manca la riga con i titoli delle colonne, come %s. La aggiunga, o indichi che cosa è ogni colonna.", examples(layout))
	}
	return file, err
}

func examples(layout pec.Layout) string {
	var titles []string
	for _, n := range layout.Needs {
		titles = append(titles, "«"+layout.Title(n.Ways[0][0])+"»")
	}
	return strings.Join(titles, ", ")
}

// maxIgnored bounds the rows that are told one by one.
const maxIgnored = 10_000

func (f *File) ignore(r pec.Row, why string) {
	if text := rowText(r); text != "" && len(f.Ignored) < maxIgnored {
		f.Ignored = append(f.Ignored, Ignored{r.Number, text, why})
	}
}

// rowText is what a row says, cut at a length fit for a message.
func rowText(r pec.Row) string {
	var text []rune
	for _, c := range filled(r) {
		if len(text) > 0 {
			text = append(text, ' ')
		}
		if text = append(text, []rune(c[:min(len(c), 500)])...); len(text) > 120 {
			return string(text[:119]) + "…"
		}
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

// firstFilled is the first cell that is not blank, and how many there are.
func firstFilled(r pec.Row) (first string, n int) {
	for _, c := range r.Cells {
		if isSpace(c) {
			continue
		}
		if n++; n == 1 {
			first = c
		}
	}
	return first, n
}

// repeatsTitles reports whether a row is the header again, as on every page of
// a print.
func repeatsTitles(r pec.Row, titles []string) bool {
	n := 0
	for i, c := range r.Cells {
		switch {
		case isSpace(c):
		case i < len(titles) && sameWords(c, titles[i]):
			n++
		default:
			return false
		}
	}
	return n > 1
}

func sameWords(a, b string) bool {
	return a == b || strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// isRuled reports whether a row is only a line drawn with signs.
func isRuled(r pec.Row) bool {
	for _, c := range r.Cells {
		if strings.Trim(c, "-=_*.–— \t\r\n") != "" {
			return false
		}
	}
	return true
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

// opensTotal are the beginnings of totals, see isTotal.
var opensTotal = []string{"tot", "subtot", "numero ", "nr", "n.", "n ", "iscritti", "num"}

// isTotal reports whether a row is a total below the data («Totale iscritti:
// 240», «N. iscritti 240»): its first filled cell opens with a word for it, all
// words of the row are words of totals, and no cell mixes letters and figures
// as codes and addresses do.
func isTotal(r pec.Row) bool {
	first, n := firstFilled(r)
	if n == 0 || len(first) > 200 {
		return false
	}
	folded := strings.TrimLeft(pec.Fold(first[:min(len(first), 40)]), " \t-–—*=")
	if !slices.ContainsFunc(opensTotal, func(open string) bool { return strings.HasPrefix(folded, open) }) {
		return false
	}
	opening := word.FindString(folded)
	counts := opening != "tot" && !strings.HasPrefix(opening, "total") && !strings.HasPrefix(opening, "subtotal")
	things, figures := false, false
	for i, c := range filled(r) {
		words := word.FindAllString(pec.Fold(c), -1)
		if i > 0 && len(words) > 0 && strings.ContainsFunc(c, isDigit) {
			return false // letters and figures together: a code, an address
		}
		for _, w := range words {
			if !totalWords[w] {
				return false
			}
			things = things || len(w) > 4 && w != "numero"
		}
		figures = figures || strings.ContainsFunc(c, isDigit)
	}
	return !counts || things && figures && n <= 2 // «N. iscritti 240», and not «N. 12»
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
