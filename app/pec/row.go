package pec

import (
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

// rowReader reads the cells of one row and gathers what is wrong with it.
type rowReader struct {
	row      Row
	mapping  Mapping
	problems []RowProblem
}

// cell is the value of a field, cleaned; empty when the file has no such
// column.
func (r *rowReader) cell(f Field) string {
	c, ok := r.mapping.Column(f)
	if !ok || c.Index >= len(r.row.Cells) {
		return ""
	}
	return cleanCell(r.row.Cells[c.Index])
}

func (r *rowReader) problem(s Severity, f Field, code, message, correction string) {
	p := RowProblem{Row: r.row.Number, Severity: s, Code: code, Message: message, Correction: correction}
	if c, ok := r.mapping.Column(f); ok {
		p.Column = c.Header
		if c.Index < len(r.row.Cells) {
			p.Value = r.row.Cells[c.Index]
		}
	}
	r.problems = append(r.problems, p)
}

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
// among them: it is Naples.
var emptyWords = map[string]bool{
	"null": true, "(null)": true, "-": true, "--": true, "---": true, "–": true, "—": true, ".": true, "/": true,
	"n.d.": true, "n.d": true, "n/d": true, "n.a.": true, "n/a": true, "#n/d": true, "#n/a": true,
	"non disponibile": true, "non pervenuto": true,
}

// cleanCell folds spaces and line breaks, takes out what cannot be seen and
// the apostrophe that exports put before a cell that could be taken for a
// formula, and empties the words for nothing.
func cleanCell(s string) string {
	s = foldSpaces(s)
	if len(s) > 1 && s[0] == '\'' && strings.IndexByte("=+-@", s[1]) >= 0 {
		s = s[1:]
	}
	if emptyWords[strings.ToLower(s)] {
		return ""
	}
	return s
}

func foldSpaces(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == '\ufeff', r == '\u200b', r == '\u00ad':
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
