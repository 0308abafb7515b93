package web

import (
	"fmt"
	"strings"

	"albopec/app/pec"
)

// Chart is what a chart shows. Values are whole numbers of anything (caselle,
// cents): they only decide heights and are never added up. Below the drawing
// stands the table with Columns and each point's Cells.
type Chart struct {
	Title   string
	Note    string   // one line under the title, "" for none
	Summary string   // what a screen reader says instead of the drawing
	Columns []string // heads of the table, the first is that of the labels
	Points  []Point
	Total   []string // cells of the table's last row, nil for none
	Height  int      // in the drawing's units, 190 when 0; the width is 620
	Top     int64    // where the scale of bars ends at least: that of a chart beside it
}

// Point is one month of a chart.
type Point struct {
	Label    string   // under the axis: "ott"
	RowLabel string   // in the table: "ott 2026"; Label when empty
	Value    int64    // not negative
	Shown    string   // written over the bar: "17,5"
	Cells    []string // the table's cells: "2.876", "17.543,60 €"
	Soft     bool     // lighter: a forecast, a part
}

// Drawing is a Chart with its shapes worked out; partial "chart" draws it.
type Drawing struct {
	Chart
	Width, Height, AxisY int
	Path                 string
	Bars                 []bar
	Dots                 []dot
	Texts                []chartText
}

type (
	bar struct {
		X, Y, Width, Height string
		Soft                bool
	}
	dot       struct{ X, Y, R string }
	chartText struct{ X, Y, Class, Text string }
)

const (
	chartWidth  = 620
	chartTop    = 22 // room for the figure over the highest point
	chartBottom = 24 // room for the labels under the axis
)

// barChart draws one bar a point, from zero.
func barChart(c Chart) *Drawing {
	d := newDrawing(c)
	step := d.step()
	for i, p := range d.Points {
		x, y := d.x(i), d.y(p.Value, 0, d.top())
		d.Bars = append(d.Bars, bar{
			X: units(x - step*0.34), Y: units(y),
			Width: units(step * 0.68), Height: units(float64(d.AxisY) - y), Soft: p.Soft,
		})
		d.figure(i, x, y-6)
		d.label(i, x)
	}
	return d
}

// lineChart draws a line through the points. Where they are far from zero the
// scale begins below the lowest, and the note says where.
func lineChart(c Chart) *Drawing {
	d := newDrawing(c)
	from := scaleFrom(d.Points)
	if from > 0 {
		d.Note = strings.TrimSpace(strings.TrimSuffix(d.Note, ".") + ". La scala comincia da " + pec.Thousands(int(from)))
		d.Note = strings.TrimPrefix(d.Note, ". ")
	}
	last := len(d.Points) - 1
	var path []string
	for i, p := range d.Points {
		x, y := d.x(i), d.y(p.Value, from, d.top())
		path = append(path, units(x)+","+units(y))
		radius := "3"
		if i == last {
			radius = "5"
		}
		d.Dots = append(d.Dots, dot{units(x), units(y), radius})
		// The ends and the middle are read; the rest is in the table.
		if i == 0 || i == last || last > 4 && i == last/2 {
			d.Texts = append(d.Texts, chartText{units(x), units(y - 11), "val", p.Shown})
		}
		d.label(i, x)
	}
	d.Path = strings.Join(path, " ")
	return d
}

func newDrawing(c Chart) *Drawing {
	if c.Height == 0 {
		c.Height = 190
	}
	points := make([]Point, len(c.Points))
	for i, p := range c.Points {
		if p.RowLabel == "" {
			p.RowLabel = p.Label
		}
		points[i] = p
	}
	c.Points = points
	return &Drawing{Chart: c, Width: chartWidth, Height: c.Height, AxisY: c.Height - chartBottom}
}

func (d *Drawing) top() int64 {
	top := max(d.Top, 1)
	for _, p := range d.Points {
		top = max(top, p.Value)
	}
	return top
}

func (d *Drawing) step() float64 { return chartWidth / float64(max(len(d.Points), 1)) }

func (d *Drawing) x(i int) float64 { return d.step() * (float64(i) + 0.5) }

// y is the height of a value when the scale goes from `from` to `to`.
func (d *Drawing) y(value, from, to int64) float64 {
	room := float64(d.AxisY - chartTop)
	part := float64(max(value-from, 0)) / float64(max(to-from, 1))
	return float64(d.AxisY) - room*part
}

// figure writes the value over a bar. On a phone, where letters are larger,
// every second one goes when they would touch.
func (d *Drawing) figure(i int, x, y float64) {
	class := "val"
	if i%2 == 1 && d.crowded(func(p Point) string { return p.Shown }) {
		class = "val hide-s"
	}
	d.Texts = append(d.Texts, chartText{units(x), units(y), class, d.Points[i].Shown})
}

func (d *Drawing) label(i int, x float64) {
	class := "lab"
	if i%2 == 1 && d.crowded(func(p Point) string { return p.Label }) {
		class = "lab hide-s"
	}
	d.Texts = append(d.Texts, chartText{units(x), fmt.Sprint(d.Height - 6), class, d.Points[i].Label})
}

// crowded reports whether texts of the phone's size, some 11 units a letter,
// would touch each other.
func (d *Drawing) crowded(text func(Point) string) bool {
	for _, p := range d.Points {
		if float64(len([]rune(text(p)))*11) > d.step() {
			return true
		}
	}
	return false
}

// scaleFrom is a round number below the lowest value, or 0 when the values
// fill at least a third of the height from zero.
func scaleFrom(points []Point) int64 {
	if len(points) == 0 {
		return 0
	}
	low, high := points[0].Value, points[0].Value
	for _, p := range points {
		low, high = min(low, p.Value), max(high, p.Value)
	}
	if span := high - low; low <= 0 || span*3 >= high {
		return 0
	}
	round := int64(1)
	for round*10 <= max(high-low, 1) {
		round *= 10
	}
	// Half the span of air below the lowest point, down to the round number.
	return max((low-(high-low)/2)/round*round, 0)
}

// units writes a coordinate with one decimal.
func units(f float64) string { return fmt.Sprintf("%.1f", f) }
