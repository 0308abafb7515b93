package pec

import (
	"errors"
	"fmt"
)

// Problem is an error meant for a person: an Italian sentence that says what
// happened and what to do, with a code for scripts and, for forms, the field it
// belongs to. Any other error is for a developer and goes to the log.
type Problem struct {
	Code    string // "cap_exceeded"; stable, lower case
	Field   string // name of the form field at fault, or empty
	Message string // Italian, complete sentences
}

func (p *Problem) Error() string { return p.Message }

// Refuse returns a Problem with the message formatted as by fmt.Sprintf.
func Refuse(code, format string, args ...any) *Problem {
	return &Problem{Code: code, Message: fmt.Sprintf(format, args...)}
}

// On ties the problem to a form field.
func (p *Problem) On(field string) *Problem {
	q := *p
	q.Field = field
	return &q
}

// AsProblem finds the Problem in an error's trail, nil when there is none.
func AsProblem(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return nil
}
