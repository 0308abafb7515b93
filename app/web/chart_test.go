package web

import (
	"strings"
	"testing"
	"time"

	"albopec/app/pec"
)

func TestBarsStandOnZeroAndTheHighestReachesTheTop(t *testing.T) {
	d := barChart(Chart{Points: []Point{{Label: "lug", Value: 50}, {Label: "ago", Value: 0}, {Label: "set", Value: 100}}})
	// The axis is at 190 − 24 = 166, the top at 22: 144 units for 100.
	for i, want := range []struct{ y, height string }{{"94.0", "72.0"}, {"166.0", "0.0"}, {"22.0", "144.0"}} {
		if b := d.Bars[i]; b.Y != want.y || b.Height != want.height {
			t.Errorf("bar %d: y %s, height %s; want %s, %s", i, b.Y, b.Height, want.y, want.height)
		}
	}
}

func TestLineFarFromZeroSaysWhereItsScaleBegins(t *testing.T) {
	d := lineChart(Chart{Note: "737 in più da agosto 2025", Points: []Point{{Value: 20214}, {Value: 20452}, {Value: 20951}}})
	// The span is 737: half of it below 20.214 is 19.846, down to hundreds 19.800.
	if want := "737 in più da agosto 2025. La scala comincia da 19.800"; d.Note != want {
		t.Errorf("note %q, want %q", d.Note, want)
	}
	if d := lineChart(Chart{Points: []Point{{Value: 10}, {Value: 100}}}); d.Note != "" {
		t.Errorf("a line that fills its height from zero says %q", d.Note)
	}
}

func TestChartWithoutPointsOrWithZeroesOnly(t *testing.T) {
	for _, points := range [][]Point{nil, {{Label: "lug"}}, {{Label: "lug"}, {Label: "ago"}}} {
		for _, d := range []*Drawing{barChart(Chart{Points: points}), lineChart(Chart{Points: points})} {
			if strings.Contains(d.Path, "NaN") || strings.Contains(d.Path, "Inf") {
				t.Errorf("path %q", d.Path)
			}
		}
	}
}

func TestDaysAreToldAsPeopleDo(t *testing.T) {
	today := pec.Day("2026-07-01")
	for day, want := range map[string]string{
		"2026-07-01": "oggi", "2026-07-02": "domani", "2026-06-30": "ieri", "2026-07-13": "fra 12\u00a0giorni",
		"2026-06-26": "5\u00a0giorni fa", "2029-07-01": "fra 1.096\u00a0giorni",
	} {
		if got := days(today, pec.Day(day)); got != want {
			t.Errorf("%s: %q, want %q", day, got, want)
		}
	}
	if got := longDay(today); got != "mercoledì 1 luglio 2026" {
		t.Errorf("longDay: %q", got)
	}
	// 30 June 22:30 UTC is already 1 July in Rome.
	if got := moment(time.Date(2026, 6, 30, 22, 30, 0, 0, time.UTC)); got != "01/07/2026 alle 00:30" {
		t.Errorf("moment: %q", got)
	}
}

func TestUsedSpaceIsNeverRoundedUp(t *testing.T) {
	for mb, want := range map[int]string{0: "0\u00a0MB", 512: "512\u00a0MB", 1024: "1\u00a0GB", 2354: "2,2\u00a0GB", 2355: "2,2\u00a0GB", 2356: "2,3\u00a0GB", 3071: "2,9\u00a0GB"} {
		if got := pec.Megabytes(mb); got != want {
			t.Errorf("%d MB: %q, want %q", mb, got, want)
		}
	}
	used := 2800
	s := Space{BaseGB: 1, ExtraGB: 2, UsedMB: &used}
	if !s.Near() || s.Over() || s.Free() != "272\u00a0MB" || s.UsedPercent() != "91.1" || s.BasePercent() != "33.3" {
		t.Errorf("near %t, over %t, free %s, used %s %%, base %s %%", s.Near(), s.Over(), s.Free(), s.UsedPercent(), s.BasePercent())
	}
}
