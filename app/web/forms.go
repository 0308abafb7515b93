package web

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
)

// form reads what was sent and gathers what is wrong with it, field by field:
//
//	f := formOf(c)
//	amount := f.amount("amount")
//	if f.ok() {
//		f.add(s.office.TopUp(ctx(c), …))
//	}
//	if !f.ok() {
//		return s.refuse(c, "topup", &p, f)
//	}
//	return s.done(c, "/credito", "Ricarica registrata.")
type form struct {
	c        *fiber.Ctx
	problems Problems
	fault    error // not a person's: logged, 500
}

func formOf(c *fiber.Ctx) *form { return &form{c: c} }

// ok reports whether nothing is wrong so far.
func (f *form) ok() bool { return len(f.problems) == 0 && f.fault == nil }

// add takes in the error of an office method; nil is nothing.
func (f *form) add(err error) {
	if err == nil {
		return
	}
	if p := pec.AsProblem(err); p != nil {
		f.problems = append(f.problems, p)
		return
	}
	f.fault = err
}

// wrong puts a sentence beside a field.
func (f *form) wrong(field, sentence string) {
	f.problems = append(f.problems, pec.Refuse("field_invalid", "%s", sentence).On(field))
}

// text is a field's text without spaces around it.
func (f *form) text(name string) string { return strings.TrimSpace(f.c.FormValue(name)) }

// sent reports whether a field was in the form, if only empty.
func (f *form) sent(name string) bool { return f.c.Request().PostArgs().Has(name) }

// needed is a text that must not be empty; otherwise the sentence.
func (f *form) needed(name, sentence string) string {
	text := f.text(name)
	if text == "" {
		f.wrong(name, sentence)
	}
	return text
}

// checked reports whether a box was ticked.
func (f *form) checked(name string) bool { return f.c.FormValue(name) != "" }

// amount is a sum in euro as people type it.
func (f *form) amount(name string) pec.Cents {
	a, err := pec.ParseAmount(f.text(name))
	f.on(name, err)
	return a
}

// day is a date that must be there.
func (f *form) day(name string) pec.Date {
	if f.text(name) == "" {
		f.wrong(name, "Scriva una data come 12/10/2018.")
		return pec.Date{}
	}
	return f.dayOrNone(name)
}

// dayOrNone is a date that may be missing: the zero Date.
func (f *form) dayOrNone(name string) pec.Date {
	if f.text(name) == "" {
		return pec.Date{}
	}
	d, err := pec.ParseItalianDate(f.text(name))
	f.on(name, err)
	return d
}

// days are two days, either of which may be missing, the second not before the
// first.
func (f *form) days(first, last string) (from, to pec.Date) {
	from, to = f.dayOrNone(first), f.dayOrNone(last)
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		f.wrong(last, "Il periodo finisce prima di cominciare: controlli i due giorni.")
	}
	return from, to
}

// whole is a whole number, a point between thousands allowed.
func (f *form) whole(name string) int {
	n, err := strconv.Atoi(strings.ReplaceAll(f.text(name), ".", ""))
	if err != nil {
		f.wrong(name, notWhole(f.text(name)))
	}
	return n
}

// notWhole says that what was typed is no whole number.
func notWhole(typed string) string {
	if typed = strings.TrimSpace(typed); typed == "" {
		return "Scriva un numero intero, per esempio 2."
	}
	return "«" + typed + "» non è un numero che si possa usare: scriva un numero intero, per esempio 2."
}

// checkRecipient looks at where the e-invoice goes.
func (f *form) checkRecipient() {
	_, problems := pec.CheckRecipient(f.text("recipient_code"), f.text("recipient_pec"))
	f.problems = append(f.problems, problems...)
}

// texts are all the values sent under one name.
func (f *form) texts(name string) []string {
	var values []string
	for _, value := range f.c.Request().PostArgs().PeekMulti(name) {
		values = append(values, string(value))
	}
	return values
}

// named are the texts, without spaces around them, of the fields whose names begin
// with a prefix, by the rest of their names.
func (f *form) named(prefix string) map[string]string {
	values := map[string]string{}
	f.c.Request().PostArgs().VisitAll(func(name, value []byte) {
		if rest, ok := strings.CutPrefix(string(name), prefix); ok {
			values[rest] = strings.TrimSpace(string(value))
		}
	})
	return values
}

// id is the number of a row chosen from a list, 0 when there is none.
func (f *form) id(name string) int64 {
	id, _ := strconv.ParseInt(f.text(name), 10, 64) // 0 is no row: found out by who looks it up
	return id
}

// ids are the rows ticked under one name.
func (f *form) ids(name string) []int64 {
	var ids []int64
	take := func(value string) {
		if id, err := strconv.ParseInt(value, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	if m, err := f.c.MultipartForm(); err == nil {
		for _, value := range m.Value[name] {
			take(value)
		}
		return ids
	}
	for _, value := range f.c.Request().PostArgs().PeekMulti(name) {
		take(string(value))
	}
	return ids
}

func (f *form) on(field string, err error) {
	if p := pec.AsProblem(err); p != nil {
		f.problems = append(f.problems, p.On(field))
	} else if err != nil {
		f.fault = err
	}
}

// refuse shows a form again with what was typed and what is wrong with it
// (422). A fault that is not a person's goes to the error page.
func (s *site) refuse(c *fiber.Ctx, view string, p page, f *form) error {
	if f.fault != nil {
		return f.fault
	}
	p.base().Errors = f.problems
	c.Status(fiber.StatusUnprocessableEntity)
	return s.show(c, view, p)
}

// idOf is the number in an address, as in /iscritti/:id; anything else leads
// nowhere.
func idOf(c *fiber.Ctx) (int64, error) {
	id, err := strconv.ParseInt(c.Params("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, fiber.ErrNotFound
	}
	return id, nil
}
