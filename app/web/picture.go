package web

import (
	"fmt"
	"strings"

	"albopec/app/pec"
)

// The manual's pictures. What they say stands in lists, which the stylesheet
// draws, or numbers on a drawing lead to them: no word is in a drawing only.

// Flow is a task's steps, or the states of a thing and what moves it, drawn one
// after the other as boxes; partial "flow".
type Flow struct {
	Title string
	Steps []FlowStep
}

// FlowStep is one box of a Flow.
type FlowStep struct {
	Title, Text string
	Instead     []FlowBranch // what may happen there besides going on
}

// FlowBranch leaves a Flow at a step. Kind is "danger" (stopped, refused),
// "warning" (will stop unless somebody acts) or empty.
type FlowBranch struct{ Kind, Title, Text string }

// Across reports whether the boxes stand side by side where there is room.
func (f Flow) Across() bool {
	for _, s := range f.Steps {
		if len(s.Instead) > 0 {
			return false
		}
	}
	return len(f.Steps) <= 4
}

// unbroken keeps an amount on one line with its unit.
func unbroken(text string) string { return amountUnits.Replace(text) }

var amountUnits = strings.NewReplacer(" €", nbsp+"€", " GB", nbsp+"GB")

// flow makes a Flow in a template:
// {{template "flow" (flow "Un messaggio" (flowStep "Da inviare" "…" (instead "danger" "Non riuscito" "…")) (flowStep "Inviato" "…"))}}.
func flow(title string, steps ...FlowStep) Flow { return Flow{unbroken(title), steps} }

func flowStep(title, text string, instead ...FlowBranch) FlowStep {
	return FlowStep{unbroken(title), unbroken(text), instead}
}

func instead(kind, title, text string) FlowBranch {
	return FlowBranch{kind, unbroken(title), unbroken(text)}
}

// DayLine is a stretch of days drawn to scale with numbered events, which the
// list below it tells; partial "day-line".
type DayLine struct {
	ID, Title string
	Summary   string // what a screen reader says instead of the drawing
	Events    []LineEvent
	Drawing   lineDrawing
}

// LineEvent is a day, or a stretch of days, on a DayLine. Kind colours a stretch:
// "free", "quiet", or empty.
type LineEvent struct {
	From, Last  pec.Date // equal for a day; no Last for what goes on
	Kind        string
	Title, Text string
}

// Days is when it is: "12/10/2018", "12/07/2018 – 11/10/2018" or "dal 01/01/2018".
func (e LineEvent) Days() string {
	switch {
	case e.From == e.Last:
		return e.From.Italian()
	case e.Last.IsZero():
		return "dal " + e.From.Italian()
	}
	return e.From.Italian() + " – " + e.Last.Italian()
}

type lineDrawing struct {
	Width, Height, AxisY int
	Spans                []lineSpan
	Ticks                []chartText // days on which months, or years, begin
	Dots                 []lineDot
}

type (
	lineSpan struct{ X, Width, Class string }
	lineDot  struct {
		X, Y, Foot string
		Number     int
	}
)

const (
	lineDotRoom = 38.0 // between the middles of two numbers, at the phone's size
	lineLabelY  = "34" // of the months' names, below the line
	longLine    = 450  // days from which years are marked, not months
)

// dayLine makes a DayLine in a template; events in the order of their days:
// {{template "day-line" (dayLine "L’anno" "2017-10-01" "2018-12-01" (onDay "2018-10-12" "Scadenza" "…") (fromTo "2018-07-12" "2018-10-11" "free" "Periodo gratuito" "…"))}}.
func dayLine(title, first, last string, events ...LineEvent) (DayLine, error) {
	from, err := pec.ParseDate(first)
	if err != nil {
		return DayLine{}, err
	}
	to, err := pec.ParseDate(last)
	if err != nil {
		return DayLine{}, err
	}
	l := DayLine{ID: pictureID(title), Title: unbroken(title), Events: events}
	l.Summary = fmt.Sprintf("Linea del tempo dal %s al %s con %d numeri, spiegati nell’elenco che segue", from.Italian(), to.Italian(), len(events))
	x := func(d pec.Date) float64 {
		return chartWidth * float64(from.DaysUntil(d)) / float64(from.DaysUntil(to))
	}
	var free []float64 // of each row of numbers, where the next may stand
	rows := make([]int, len(events))
	middles := make([]float64, len(events))
	for i, e := range events {
		if e.Last.IsZero() {
			e.Last = to.AddDays(-1)
		}
		if e.From.Before(from) || e.Last.After(to) || e.Last.Before(e.From) {
			return l, fmt.Errorf("%s: %q is not between %s and %s", title, e.Title, first, last)
		}
		middles[i] = x(e.From)
		if e.From != e.Last {
			end := x(e.Last.AddDays(1))
			l.Drawing.Spans = append(l.Drawing.Spans, lineSpan{units(x(e.From)), units(end - x(e.From)), strings.TrimSpace("span " + e.Kind)})
			middles[i] = (x(e.From) + end) / 2
		}
		for rows[i] < len(free) && middles[i] < free[rows[i]] {
			rows[i]++
		}
		if rows[i] == len(free) {
			free = append(free, 0)
		}
		free[rows[i]] = middles[i] + lineDotRoom
	}
	l.Drawing.Width = chartWidth
	l.Drawing.AxisY = len(free)*int(lineDotRoom) + 12
	l.Drawing.Height = l.Drawing.AxisY + 40
	for i, middle := range middles {
		y := float64(l.Drawing.AxisY) - 12 - lineDotRoom*(float64(rows[i])+0.5)
		l.Drawing.Dots = append(l.Drawing.Dots, lineDot{units(middle), units(y), units(float64(l.Drawing.AxisY)), i + 1})
	}
	l.Drawing.Ticks = lineTicks(from, to, x)
	return l, nil
}

// lineTicks are the months that begin on a line, every second one only on a
// wide screen, or the years of a long one.
func lineTicks(from, to pec.Date, x func(pec.Date) float64) []chartText {
	var ticks []chartText
	long := from.DaysUntil(to) > longLine
	for d := (pec.Date{Year: from.Year, Month: from.Month, Day: 1}).AddMonths(1); d.Before(to); d = d.AddMonths(1) {
		switch {
		case long && d.Month == 1:
			ticks = append(ticks, chartText{units(x(d)), lineLabelY, "lab", fmt.Sprint(d.Year)})
		case !long && len(ticks)%2 == 1 && from.DaysUntil(to) > 120:
			ticks = append(ticks, chartText{units(x(d)), lineLabelY, "lab hide-s", monthShort(d)})
		case !long:
			ticks = append(ticks, chartText{units(x(d)), lineLabelY, "lab", monthShort(d)})
		}
	}
	return ticks
}

// onDay is a day on a line.
func onDay(day, title, text string) (LineEvent, error) {
	d, err := pec.ParseDate(day)
	return LineEvent{From: d, Last: d, Title: unbroken(title), Text: unbroken(text)}, err
}

// fromTo is a stretch whose last day belongs to it; without one it goes on.
func fromTo(first, last, kind, title, text string) (LineEvent, error) {
	from, err := pec.ParseDate(first)
	if err != nil {
		return LineEvent{}, err
	}
	var to pec.Date
	if last != "" {
		to, err = pec.ParseDate(last)
	}
	return LineEvent{from, to, kind, unbroken(title), unbroken(text)}, err
}

// Sketch begins a drawing of a page with numbers on it. The shapes follow, then
// partial "sketch-end" with what the numbers mean.
type Sketch struct {
	ID, Title     string
	Width, Height int
}

func sketch(title string, width, height int) Sketch {
	return Sketch{pictureID(title), title, width, height}
}

// callout is a number on a sketch.
func callout(number, x, y int) lineDot {
	return lineDot{X: fmt.Sprint(x), Y: fmt.Sprint(y), Number: number}
}

// legend is what the numbers of a sketch mean: title, text, title, text…
func legend(titlesAndTexts ...string) ([]FlowStep, error) {
	if len(titlesAndTexts)%2 != 0 {
		return nil, fmt.Errorf("legend takes pairs of title and text")
	}
	var items []FlowStep
	for i := 0; i < len(titlesAndTexts); i += 2 {
		items = append(items, flowStep(titlesAndTexts[i], titlesAndTexts[i+1]))
	}
	return items, nil
}

// pictureID is a name for a picture in its page's code.
func pictureID(title string) string {
	return "figura-" + strings.Join(strings.FieldsFunc(pec.Fold(title), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }), "-")
}
