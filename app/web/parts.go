package web

import (
	"fmt"
	"html/template"
	"strings"

	"albopec/app/office"
	"albopec/app/pec"
)

// Alert is a message on a page; partial "alert". Kind is "success" (what was
// just done), "warning", "danger" or "primary" (for information).
type Alert struct {
	Kind   string
	Strong string // first what happened
	Text   any    // then what to do
	Href   string
	Link   string
}

// Role is how a screen reader hears of it.
func (a Alert) Role() string {
	if a.Kind == "danger" {
		return "alert"
	}
	return "status"
}

// alert makes an Alert in a template:
// {{template "alert" (alert "warning" "Il credito non basta." "Mancano 4,88 €." "/credito" "Registri un pagamento")}}.
func alert(kind, strong string, rest ...any) (Alert, error) {
	a := Alert{Kind: kind, Strong: strong}
	if len(rest) > 0 {
		a.Text = rest[0]
	}
	if len(rest) == 3 {
		a.Href, a.Link = fmt.Sprint(rest[1]), fmt.Sprint(rest[2])
	}
	if len(rest) == 2 || len(rest) > 3 {
		return a, fmt.Errorf("alert takes kind, strong, and text or text, address, link")
	}
	return a, nil
}

// Card is a figure that leads to its rows; partials "card" and "cards".
type Card struct {
	Title  string
	Href   string // every figure can be followed; empty only for what has no page
	Figure string
	Note   any    // text, or HTML from joinHTML
	Badge  string // a word beside the figure, out of the ordinary
	Kind   string // the badge's
}

// Empty is a list without rows: what the page is for and the one thing to do;
// partial "empty".
type Empty struct {
	Icon, IconClass string
	Title, Text     string
	Href, Action    string
	Good            bool
}

// empty is the state of a list before its first row, or emptied by filters:
// icon, title, text, and address and words of the one action.
func empty(icon, title, text string, action ...string) (Empty, error) {
	e := Empty{Icon: icon, IconClass: "icon-primary", Title: title, Text: text}
	if icon == "it-search" {
		e.IconClass = "icon-secondary"
	}
	if len(action) == 2 {
		e.Href, e.Action = action[0], action[1]
	} else if len(action) != 0 {
		return e, fmt.Errorf("empty takes icon, title, text and, together, address and action")
	}
	return e, nil
}

// allWell is a list that is empty because nothing is wrong.
func allWell(title, text string) Empty {
	return Empty{Icon: "it-check-circle", IconClass: "icon-success", Title: title, Text: text, Good: true}
}

// Pager leads through a list by keyset: there are no page numbers. Partial
// "pager"; From and To are the first and last row, Prev and Next addresses.
type Pager struct {
	From, To   string
	Size       int
	Prev, Next string
}

// Tabs are saved lists or the views of one thing, as links; partial "tabs".
type Tabs struct {
	Label string // for a screen reader: "Elenchi"
	Items []Tab
}

// Tab is one of Tabs; Count may be empty.
type Tab struct {
	Title, Path, Count string
	Current            bool
}

// Step is one of a task's steps; partial "steps".
type Step struct {
	Number    int
	Title     string
	Done, Now bool
}

// Class is the kit's.
func (s Step) Class() string {
	switch {
	case s.Done:
		return "confirmed"
	case s.Now:
		return "active"
	}
	return ""
}

// steps lists a task's steps, the now-th under way:
// {{template "steps" (steps 3 "File" "Colonne" "Anteprima" "Fatto")}}.
func steps(now int, titles ...string) []Step {
	var all []Step
	for i, title := range titles {
		all = append(all, Step{Number: i + 1, Title: title, Done: i+1 < now, Now: i+1 == now})
	}
	return all
}

// Space is the room of a mailbox as a bar; partial "space".
type Space struct {
	ArchiveGB       int // of the kind, besides
	ArchiveExtraGB  int // bought
	BaseGB, ExtraGB int
	UsedMB          *int // nil when the provider has not said
}

// spaceOf is the room of a mailbox, base and bought.
func spaceOf(v office.MailboxView) *Space {
	return &Space{BaseGB: v.Kind.BaseInboxGB, ExtraGB: v.ExtraGB, ArchiveGB: v.Kind.BaseArchiveGB, ArchiveExtraGB: v.ArchiveGB, UsedMB: v.UsedMB}
}

// Archive says how much room there is in the archive, and what it is made of;
// empty without one.
func (s Space) Archive() string {
	switch {
	case s.ArchiveGB == 0 && s.ArchiveExtraGB == 0:
		return ""
	case s.ArchiveExtraGB == 0:
		return gb(s.ArchiveGB) + " di archivio, " + agreed(s.ArchiveGB, "compreso", "compresi") + " nella tipologia"
	case s.ArchiveGB == 0:
		return gb(s.ArchiveExtraGB) + " di archivio, " + agreed(s.ArchiveExtraGB, "acquistato", "acquistati")
	}
	return fmt.Sprintf("%s di archivio: %s %s nella tipologia, %s %s", gb(s.ArchiveGB+s.ArchiveExtraGB), gb(s.ArchiveGB), agreed(s.ArchiveGB, "compreso", "compresi"),
		gb(s.ArchiveExtraGB), agreed(s.ArchiveExtraGB, "acquistato", "acquistati"))
}

// agreed is the word that goes with a number.
func agreed(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Known reports whether the used space is known.
func (s Space) Known() bool { return s.UsedMB != nil }

// Used is the used space, "2,3 GB".
func (s Space) Used() string { return pec.Megabytes(*s.UsedMB) }

// Total is base and extra together, "3 GB".
func (s Space) Total() string { return gb(s.BaseGB + s.ExtraGB) }

// HasExtra reports whether the bar shows where the base ends.
func (s Space) HasExtra() bool { return s.ExtraGB > 0 }

// included says the base space: "2 GB compresi".
func included(n int) string {
	return gb(n) + " " + agreed(n, "compreso", "compresi")
}

// Parts says what the total is made of.
func (s Space) Parts() string {
	if s.ExtraGB == 0 {
		return included(s.BaseGB) + " nella casella"
	}
	return included(s.BaseGB) + " nella casella, " + gb(s.ExtraGB) + " " + agreed(s.ExtraGB, "acquistato", "acquistati")
}

// Free is what is left, "0,7 GB"; never negative.
func (s Space) Free() string { return pec.Megabytes(max(s.totalMB()-*s.UsedMB, 0)) }

// Near reports whether 90 % is used.
func (s Space) Near() bool { return *s.UsedMB*10 >= s.totalMB()*9 }

// Over reports whether more is used than there is.
func (s Space) Over() bool { return *s.UsedMB > s.totalMB() }

// UsedPercent is the width of the used part.
func (s Space) UsedPercent() string { return percentage(*s.UsedMB, s.totalMB()) }

// BasePercent is where the base ends.
func (s Space) BasePercent() string { return percentage(s.BaseGB, s.BaseGB+s.ExtraGB) }

func (s Space) totalMB() int { return (s.BaseGB + s.ExtraGB) * pec.MBPerGB }

// Progress is work under way; partial "progress". Text tells figures, never
// only that one should wait.
type Progress struct {
	Label, Text string
	Done, All   int
}

// Percent is the width of the done part.
func (p Progress) Percent() string { return percentage(p.Done, p.All) }

// Moment is one thing that happened, or will (Next), on a line of time.
type Moment struct {
	On    pec.Date
	Next  bool
	Title string
	Text  any
	Note  any // who and when, small
}

// Year is a stretch of a line of time; partial "timeline" takes a list.
type Year struct {
	Title  string
	Events []Moment
}

// byYear groups moments, given in the order to be shown, under their years;
// those to come stand first under "In arrivo".
func byYear(moments []Moment) []Year {
	var years []Year
	for _, m := range moments {
		title := fmt.Sprint(m.On.Year)
		if m.Next {
			title = "In arrivo"
		}
		if len(years) == 0 || years[len(years)-1].Title != title {
			years = append(years, Year{Title: title})
		}
		last := &years[len(years)-1]
		last.Events = append(last.Events, m)
	}
	return years
}

// Problems are what a form came back with; partial "errors" lists them with a
// link to each field.
type Problems []*pec.Problem

// On is the sentence for a field, empty when it is in order.
func (ps Problems) On(field string) string {
	for _, p := range ps {
		if p.Field == field {
			return p.Message
		}
	}
	return ""
}

// Count is the first line of the list.
func (ps Problems) Count() string {
	if len(ps) == 1 {
		return "C’è un campo da correggere:"
	}
	return fmt.Sprintf("Ci sono %d campi da correggere:", len(ps))
}

// Field is one part of a form; partials "field", "select", "radios", "check".
type Field struct {
	ID, Name, Label string
	Type, Value     string
	Help, Error     string
	Press           string // selector of the button that a change presses
	Rows            int    // more than 0: a text of several lines
	Wide            bool
	Checked         bool
	Options         []Option
	attributes      []string
}

// Option is a choice of a select or of radio buttons.
type Option struct {
	Value, Label string
	Help         string // radio buttons only
	Chosen       bool
}

// DescribedBy names the error and the help of a field.
func (f Field) DescribedBy() string {
	var ids []string
	if f.Error != "" {
		ids = append(ids, f.ID+"-errore")
	}
	if f.Help != "" {
		ids = append(ids, f.ID+"-aiuto")
	}
	return strings.Join(ids, " ")
}

// Attributes are the rest of the element's.
func (f Field) Attributes() template.HTMLAttr {
	all := f.attributes
	if by := f.DescribedBy(); by != "" {
		all = append(all[:len(all):len(all)], `aria-describedby="`+by+`"`)
	}
	if f.Error != "" {
		all = append(all[:len(all):len(all)], `aria-invalid="true"`)
	}
	if len(all) == 0 {
		return ""
	}
	return template.HTMLAttr(" " + strings.Join(all, " "))
}

// field makes an input in a template:
//
//	{{template "field" (field .Errors "amount" "Importo, €" .Amount "mode=decimal" "required" "help=Lordo, per esempio 12,20.")}}
//
// The value may be text, a number, pec.Cents or pec.Date. Options: "help=…",
// "type=…" (text), "mode=…" (inputmode), "auto=…" (autocomplete), "hint=…"
// (placeholder), "max=…" (maxlength), "capitals=none" (autocapitalize),
// "accept=…" (file), "rows=…" (several lines), "press=…" (selector of the
// button that a change presses), "id=…" (when not the name), "required",
// "readonly", "multiple", "wide", "focus".
func field(errors Problems, name, label string, value any, options ...string) (Field, error) {
	f := Field{ID: name, Name: name, Label: label, Type: "text", Value: fieldValue(value), Error: errors.On(name)}
	for _, option := range options {
		key, text, _ := strings.Cut(option, "=")
		if err := f.option(key, text); err != nil {
			return f, fmt.Errorf("field %s: %w", name, err)
		}
	}
	return f, nil
}

func (f *Field) option(key, text string) error {
	attribute := func(name string) {
		f.attributes = append(f.attributes, name+`="`+template.HTMLEscapeString(text)+`"`)
	}
	switch key {
	case "help":
		f.Help = text
	case "type":
		f.Type = text
	case "id":
		f.ID = text
	case "wide":
		f.Wide = true
	case "rows":
		_, err := fmt.Sscan(text, &f.Rows)
		return err
	case "mode":
		attribute("inputmode")
	case "auto":
		attribute("autocomplete")
	case "hint":
		attribute("placeholder")
	case "max":
		attribute("maxlength")
	case "accept", "form":
		attribute(key)
	case "press":
		f.Press = text
		attribute("data-press")
	case "capitals":
		attribute("autocapitalize")
	case "required", "readonly", "multiple":
		f.attributes = append(f.attributes, key)
	case "focus":
		f.attributes = append(f.attributes, "autofocus")
	default:
		return fmt.Errorf("no option %q", key)
	}
	return nil
}

func fieldValue(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case pec.Cents:
		return v.Italian()
	case pec.Date:
		return v.Italian()
	}
	return fmt.Sprint(value)
}

// selectField makes a select, or radio buttons, from options whose chosen one
// is the value:
//
//	{{template "select" (select .Errors "status" "Stato" .Status .Statuses "help=…")}}
func selectField(errors Problems, name, label string, value any, choices []Option, options ...string) (Field, error) {
	f, err := field(errors, name, label, value, options...)
	for _, choice := range choices {
		choice.Chosen = choice.Value == f.Value
		f.Options = append(f.Options, choice)
	}
	return f, err
}

// check makes one box to tick, sent as "1":
// {{template "check" (check .Errors "auto_renew" "Rinnovo automatico" .AutoRenew)}}.
func check(errors Problems, name, label string, checked bool, options ...string) (Field, error) {
	f, err := field(errors, name, label, "1", options...)
	f.Checked = checked
	return f, err
}
