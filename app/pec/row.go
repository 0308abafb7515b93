package pec

import (
	"slices"
	"strings"
	"unicode"
)

// Row is one data row of a foreign file, its cells as text in the order of the
// columns. Cells may be fewer than the columns.
type Row struct {
	Number int // in the file or sheet, the first being 1; the line on which it begins
	Cells  []string
}

// Severity says whether a problem keeps its row out.
type Severity string

// A row with an error is refused; a warning is told, and the row is taken.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// RowProblem is what is wrong with a cell of a foreign file (R24).
type RowProblem struct {
	Row        int
	Column     string // title of the column in the file; empty when the row as a whole is meant
	Value      string // as the file has it
	Severity   Severity
	Code       string
	Message    string // Italian: what is wrong
	Correction string // Italian: what to do
}

// Text is message and correction together.
func (p RowProblem) Text() string {
	if p.Correction == "" {
		return p.Message
	}
	return p.Message + " " + p.Correction
}

// ErrorsFirst puts what keeps a row out before what is only told of it.
func ErrorsFirst(problems []RowProblem) []RowProblem {
	rank := func(p RowProblem) int {
		if p.Severity == SeverityError {
			return 0
		}
		return 1
	}
	sorted := slices.Clone(problems)
	slices.SortStableFunc(sorted, func(a, b RowProblem) int { return rank(a) - rank(b) })
	return sorted
}

// Outcome is what an import does with a row (R25).
type Outcome string

// Every data row has one of these.
const (
	OutcomeCreated   Outcome = "created"
	OutcomeUpdated   Outcome = "updated"
	OutcomeUnchanged Outcome = "unchanged"
	OutcomeRefused   Outcome = "refused"
)

// Italian is the word of the screens.
func (o Outcome) Italian() string {
	switch o {
	case OutcomeCreated:
		return "nuovo"
	case OutcomeUpdated:
		return "variato"
	case OutcomeUnchanged:
		return "invariato"
	case OutcomeRefused:
		return "respinto"
	}
	return string(o)
}

// Counts are the figures of an import: Created, Updated, Unchanged and Refused
// add up to Rows (R25).
type Counts struct {
	Rows, Created, Updated, Unchanged, Refused int
	Warnings                                   int
	Skipped                                    int // of the unchanged, those left as they are by choice
	Left                                       int // members that the file lacks and that leave the register
}

func (c *Counts) add(o Outcome, problems []RowProblem) {
	c.Rows++
	switch o {
	case OutcomeCreated:
		c.Created++
	case OutcomeUpdated:
		c.Updated++
	case OutcomeUnchanged:
		c.Unchanged++
	case OutcomeRefused:
		c.Refused++
	}
	for _, p := range problems {
		if p.Severity == SeverityWarning {
			c.Warnings++
		}
	}
}

// FieldChange is one field that an import changes, with the values in the form
// of Member.Get.
type FieldChange struct {
	Field    Field
	Old, New string
}

// ImportPlan is a foreign file decided row by row and not written: what its
// preview shows and its write writes (R24). Rows are counted from 0.
type ImportPlan interface {
	Len() int
	Source(i int) Row
	Outcome(i int) Outcome
	Skipped(i int) bool // unchanged because the operator wants it so, see ImportOnly
	ProblemsOf(i int) []RowProblem
	Changes(i int) []FieldChange // of a new row, the fields that it fills
	About(i int) string          // whom or what the row speaks of
	Counts() Counts              // R25
	MissingCount() int           // what we have and the file lacks
	Fingerprint() string         // stands for all that the plan would write
}

// rowReader reads the cells of one row and gathers what is wrong with it.
type rowReader struct {
	row      Row
	mapping  Mapping
	problems []RowProblem
}

// raw is the cell of a field as the file has it; empty when it has no such
// column.
func (r *rowReader) raw(f Field) string {
	c, ok := r.mapping.Column(f)
	if !ok || c.Index >= len(r.row.Cells) {
		return ""
	}
	return r.row.Cells[c.Index]
}

// cell is the value of a field, cleaned; empty when the file has no such
// column.
func (r *rowReader) cell(f Field) string { return cleanCell(r.raw(f)) }

// maxShown is the most characters of a value that a problem repeats: a file may
// hold a cell of megabytes.
const maxShown = 200

func (r *rowReader) problem(s Severity, f Field, code, message, correction string) {
	p := RowProblem{Row: r.row.Number, Severity: s, Code: code, Message: message, Correction: correction}
	if c, ok := r.mapping.Column(f); ok {
		p.Column = c.Header
		if c.Index < len(r.row.Cells) {
			p.Value = Shorten(r.row.Cells[c.Index], maxShown)
		}
	}
	r.problems = append(r.problems, p)
}

// Shorten cuts a text to n characters, the last being an ellipsis.
func Shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if runes := []rune(s[:min(len(s), 4*n)]); len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return s
}

// quoted is a value as messages quote it, cut at a fit length.
func quoted(s string) string { return "«" + Shorten(s, 60) + "»" }

func (r *rowReader) refuse(f Field, code, message, correction string) {
	r.problem(SeverityError, f, code, message, correction)
}

func (r *rowReader) warn(f Field, code, message, correction string) {
	r.problem(SeverityWarning, f, code, message, correction)
}

func (r *rowReader) refused() bool {
	for _, p := range r.problems {
		if p.Severity == SeverityError {
			return true
		}
	}
	return false
}

// checkWidth refuses a row with more filled cells than the file has columns: a
// separator inside a value has pushed the others to the right, so none can be
// trusted.
func (r *rowReader) checkWidth() {
	for i := len(r.mapping); i < len(r.row.Cells); i++ {
		if cleanCell(r.row.Cells[i]) != "" {
			r.refuse("", "row_malformed", "La riga ha più valori di quante sono le colonne: forse un valore contiene il segno che separa le colonne.",
				"Metta quel valore tra virgolette doppie e riprovi.")
			return
		}
	}
}

// emptyWords are what other programs write where there is nothing. «NA» is not
// among them, nor «None» and «Nan»: they are Naples, a town and a surname.
var emptyWords = map[string]bool{
	"null": true, "(null)": true, "<null>": true, "[null]": true, `\n`: true,
	"n.d.": true, "n.d": true, "n/d": true, "nd": true, "n.a.": true, "n/a": true, "n.p.": true, "n.p": true, "n/p": true, "n.c.": true, "n. d.": true, "n.r.": true,
	"non disponibile": true, "non pervenuto": true, "non pervenuta": true, "non presente": true, "non indicato": true, "non indicata": true,
	"non noto": true, "non nota": true, "non comunicato": true, "non comunicata": true, "non dichiarato": true, "da comunicare": true, "sconosciuto": true,
	"#n/d": true, "#n/a": true, "#rif!": true, "#ref!": true, "#valore!": true, "#value!": true, "#nome?": true, "#name?": true, "#null!": true, "#nullo!": true,
	"#div/0!": true, "#num!": true, "(vuoto)": true, "(vuota)": true, "(blank)": true, "undefined": true,
}

// longestEmptyWord is in bytes.
var longestEmptyWord = func() int {
	longest := 0
	for w := range emptyWords {
		longest = max(longest, len(w))
	}
	return longest
}()

// cleanCell folds spaces and line breaks, takes out what cannot be seen, the
// apostrophe that exports put before a cell that could be taken for a formula
// or a number and the formula ="00184" with which others keep a text one, and empties the
// words for nothing and the cells that hold only marks.
func cleanCell(s string) string {
	s = foldSpaces(s)
	if s == "" {
		return ""
	}
	if len(s) > 1 && s[0] == '\'' && strings.IndexByte("=+-@0123456789", s[1]) >= 0 {
		s = s[1:]
	}
	if len(s) > 3 && strings.HasPrefix(s, `="`) && s[len(s)-1] == '"' && strings.Count(s, `"`) == 2 {
		s = foldSpaces(s[2 : len(s)-1])
	}
	if len(s) <= longestEmptyWord && (emptyWords[strings.ToLower(s)] || strings.Trim(s, "-–—_.*/?=~ ") == "") {
		return ""
	}
	return s
}

// foldSpaces writes a text with single spaces and without what cannot be seen.
func foldSpaces(s string) string {
	if isTidy(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// isTidy reports whether a text is plain ASCII with single spaces inside, as
// nearly all cells are: they are not written anew.
func isTidy(s string) bool {
	space := true
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= 0x7f || c == ' ' && space {
			return false
		}
		space = c == ' '
	}
	return s == "" || !space
}
