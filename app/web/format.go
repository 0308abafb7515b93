package web

import (
	"fmt"
	"html/template"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"albopec/app/pec"
)

// nbsp holds a figure and its unit on one line.
const nbsp = "\u00a0"

var (
	months   = [...]string{"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"}
	weekdays = [...]string{"domenica", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"}
)

// formats are the functions with which templates write figures and days.
func formats() map[string]any {
	return map[string]any{
		"euro":        pec.Cents.Euro,
		"lacking":     pec.Lacking,
		"lacks":       pec.Lacks,
		"signed":      signed,
		"day":         pec.Date.Italian,
		"longDay":     longDay,
		"days":        days,
		"month":       month,
		"monthShort":  monthShort,
		"yearShort":   func(d pec.Date) string { return fmt.Sprintf("%02d", d.Year%100) },
		"moment":      moment,
		"thousands":   thousands,
		"theMany":     pec.TheMany,
		"count":       count,
		"gb":          gb,
		"megabytes":   pec.Megabytes,
		"dash":        dash,
		"refusal":     refusal,
		"capital":     capital,
		"sentence":    sentence,
		"yesNo":       yesNo,
		"badge":       badge,
		"icon":        icon,
		"strong":      strong,
		"sentences":   joinHTML,
		"alert":       alert,
		"empty":       empty,
		"allWell":     allWell,
		"steps":       steps,
		"flow":        flow,
		"flowStep":    flowStep,
		"instead":     instead,
		"dayLine":     dayLine,
		"onDay":       onDay,
		"fromTo":      fromTo,
		"sketch":      sketch,
		"callout":     callout,
		"legend":      legend,
		"field":       field,
		"select":      selectField,
		"radios":      selectField,
		"check":       check,
		"vatByLine":   func() string { return pec.VATByLine },
		"list":        func(items ...any) []any { return items },
		"percentage":  percentage,
		"placeholder": func() string { return "–" },
	}
}

// signed writes a movement of the credit: "+10,98 €", "−6,10 €".
func signed(c pec.Cents) string {
	if c > 0 {
		return "+" + c.Euro()
	}
	return c.Euro()
}

// longDay is "mercoledì 1 luglio 2026".
func longDay(d pec.Date) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s %d %s %d", weekdays[d.Time().Weekday()], d.Day, months[d.Month-1], d.Year)
}

// month is "ottobre 2026"; a list of months uses monthShort.
func month(d pec.Date) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s %d", months[d.Month-1], d.Year)
}

// monthShort is "ott".
func monthShort(d pec.Date) string {
	if d.IsZero() {
		return ""
	}
	return months[d.Month-1][:3]
}

// days says how far a day is: "oggi", "domani", "fra 12 giorni", "5 giorni fa".
func days(today, d pec.Date) string {
	if d.IsZero() {
		return ""
	}
	switch n := today.DaysUntil(d); {
	case n == 0:
		return "oggi"
	case n == 1:
		return "domani"
	case n == -1:
		return "ieri"
	case n > 0:
		return "fra " + pec.Thousands(n) + nbsp + "giorni"
	default:
		return pec.Thousands(-n) + nbsp + "giorni fa"
	}
}

// moment writes an instant as Rome's clocks show it: "01/07/2026 alle 03:00".
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return pec.DateOf(t).Italian() + " alle " + t.In(pec.Rome).Format("15:04")
}

// thousands writes a count of any integer type: 23480 is "23.480".
func thousands(n any) (string, error) {
	switch n := n.(type) {
	case int:
		return pec.Thousands(n), nil
	case int64:
		return pec.Thousands(int(n)), nil
	}
	return "", fmt.Errorf("thousands wants an integer, not %T", n)
}

// count is a figure with its noun: 1 is "1 casella", 3.545 "3.545 caselle".
func count(n any, one, many string) (string, error) {
	figure, err := thousands(n)
	if err != nil {
		return "", err
	}
	if figure == "1" {
		return "1 " + one, nil
	}
	return figure + " " + many, nil
}

// gb is "2 GB".
func gb(n int) string { return pec.Thousands(n) + nbsp + "GB" }

// percentage is a part of a whole for the width of a bar, in percent with one
// decimal and a point: SVG's own form.
func percentage(part, whole int) string {
	if whole <= 0 || part <= 0 {
		return "0"
	}
	tenths := min(part*1000/whole, 1000)
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10)
}

// dash stands for what is not there.
func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// capital makes a status the beginning of a cell: "attiva" is "Attiva".
func capital(s any) string {
	text := fmt.Sprint(s)
	r, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(r)) + text[size:]
}

// uncapital makes a sentence go on after a colon: "Scriva il nome." is "scriva il
// nome.". An acronym stays as it is.
func uncapital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if second, _ := utf8.DecodeRuneInString(text[size:]); size == 0 || unicode.IsUpper(second) {
		return text
	}
	return string(unicode.ToLower(first)) + text[size:]
}

func yesNo(b bool) string {
	if b {
		return "Sì"
	}
	return "No"
}

// badge marks what is out of the ordinary. Kind is "danger" (stopped,
// refused), "warning" (will stop), "success" (just done) or "secondary" (on
// its way); the empty kind is plain text, for what is as it should be.
func badge(kind string, text any) template.HTML {
	words := template.HTMLEscapeString(fmt.Sprint(text))
	if kind == "" {
		return template.HTML(words)
	}
	return template.HTML(`<span class="badge badge-outline-` + template.HTMLEscapeString(kind) + `">` + words + `</span>`)
}

// icon draws a symbol of the kit's sprite, hidden from screen readers: a word
// always stands beside it.
func icon(name, class string) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="icon %s" aria-hidden="true"><use href="%s#%s"></use></svg>`,
		template.HTMLEscapeString(class), assetURL("vendor/sprites.svg"), template.HTMLEscapeString(name)))
}

// strong makes words of a sentence bold; with joinHTML, notes of cards can
// carry a figure in bold.
func strong(text any) template.HTML {
	return template.HTML("<strong>" + template.HTMLEscapeString(fmt.Sprint(text)) + "</strong>")
}

// joinHTML puts texts and pieces of HTML together, escaping the texts.
func joinHTML(parts ...any) template.HTML {
	var b strings.Builder
	for _, part := range parts {
		if h, ok := part.(template.HTML); ok {
			b.WriteString(string(h))
			continue
		}
		b.WriteString(template.HTMLEscapeString(fmt.Sprint(part)))
	}
	return template.HTML(b.String())
}

// sentence closes a text with a full stop, unless it has one.
func sentence(s string) string { return strings.TrimSuffix(s, ".") + "." }

// byMethod says how money came in: "con bonifico", "allo sportello".
func byMethod(m pec.TopUpMethod) string {
	if m == pec.ByCounter {
		return "allo sportello"
	}
	return "con " + m.Italian()
}
