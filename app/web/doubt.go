package web

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"albopec/app/pec"
)

// doubtShown is what a page asks, or only tells, before a purchase goes through;
// partial "doubt".
type doubtShown struct {
	Asked   string          // the orders that the question is about; empty: nothing is asked
	Asks    []template.HTML // sentences with the orders as links
	Tells   []template.HTML
	Confirm string // words of the box to tick
	Ticked  bool
	Refused bool // nothing was bought for want of the tick
}

// answer keeps the box ticked when it was for just what is asked now.
func (v *doubtShown) answer(f *form) {
	v.Ticked = v.Asked != "" && f.text("confirmed") == v.Asked
	v.Refused = slices.ContainsFunc(f.problems, func(p *pec.Problem) bool { return p.Code == pec.Doubtful })
}

// showDoubt sets a doubt out; path is where an order's page is, "/ordini/%d", or
// empty for who sees none.
func showDoubt(d pec.Doubt, path string) doubtShown {
	v := doubtShown{Asked: d.Asked(), Confirm: "Sì, confermo un secondo acquisto"}
	if again := d.Again(); again != "" {
		last := d.Same[len(d.Same)-1]
		href := orderAt(path, last.ID)
		if last.Hidden {
			href = ""
		}
		v.Asks = append(v.Asks, linked(again, []string{last.Name()}, []string{href}))
		if len(d.Same) > 1 {
			v.Confirm = "Sì, confermo un altro acquisto"
		}
	}
	var hrefs []string
	for _, w := range d.Ahead {
		hrefs = append(hrefs, orderAt(path, w.ID))
	}
	if crowd := d.Crowd(); crowd != "" {
		v.Asks, v.Confirm = append(v.Asks, linked(crowd, d.Places(), hrefs)), "Sì, confermo l’acquisto lo stesso"
	}
	if beside := d.Beside(); beside != "" {
		v.Tells = append(v.Tells, linked(beside, d.Places(), hrefs))
	}
	return v
}

func orderAt(path string, id int64) string {
	if path == "" {
		return ""
	}
	return fmt.Sprintf(path, id)
}

// linked makes links of words of a sentence, each looked for after the one before.
func linked(sentence string, words, hrefs []string) template.HTML {
	var parts []any
	for i, w := range words {
		before, after, found := strings.Cut(sentence, w)
		if !found {
			continue
		}
		parts = append(parts, before, anchor(hrefs[i], w))
		sentence = after
	}
	return joinHTML(append(parts, sentence)...)
}
