package pec

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestMonthsKeepTheDayOrTakeTheLast(t *testing.T) {
	for _, row := range []struct {
		from   string
		months int
		want   string
	}{
		{"2018-10-12", -3, "2018-07-12"},
		{"2026-05-31", -3, "2026-02-28"},
		{"2024-05-31", -3, "2024-02-29"},
		{"2026-07-31", -3, "2026-04-30"},
		{"2026-01-15", -3, "2025-10-15"},
		{"2026-03-31", -3, "2025-12-31"},
		{"2025-11-30", -9, "2025-02-28"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 48, "2028-02-29"},
		{"2025-12-31", 2, "2026-02-28"},
		{"2025-01-31", 1, "2025-02-28"},
		{"2000-01-31", 1, "2000-02-29"}, // divisible by 400
		{"1900-01-31", 1, "1900-02-28"}, // by 100 only
		{"2025-12-01", 1, "2026-01-01"},
		{"2025-01-01", -1, "2024-12-01"},
		{"2025-06-30", 0, "2025-06-30"},
	} {
		if got := Day(row.from).AddMonths(row.months); got != Day(row.want) {
			t.Errorf("%s and %d months: %s, want %s", row.from, row.months, got, row.want)
		}
	}
}

func TestTheDayInRomeIsNotTheDayInGreenwich(t *testing.T) {
	for instant, want := range map[string]string{
		"2026-06-30T22:30:00Z": "2026-07-01", // summer: two hours ahead
		"2026-06-30T21:59:59Z": "2026-06-30",
		"2026-12-31T23:00:00Z": "2027-01-01", // winter: one hour
		"2026-12-31T22:59:59Z": "2026-12-31",
		"2026-03-29T00:59:59Z": "2026-03-29", // the night of the missing hour
	} {
		at, err := time.Parse(time.RFC3339, instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := DateOf(at); got != Day(want) {
			t.Errorf("%s is %s in Rome, want %s", instant, got, want)
		}
	}
}

func TestDatesThatAreNone(t *testing.T) {
	for _, s := range []string{"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "0000-01-01", "26-04-01", "2026-4-1", "2026-04-01 ", "01/04/2026", "2026-04-01T00:00:00Z"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("ParseDate(%q) = %s", s, d)
		}
	}
	for _, s := range []string{"", "29/02/2026", "31/04/2026", "12/10/18", "12-10", "domani", "2026/10/12"} {
		_, err := ParseItalianDate(s)
		if p := AsProblem(err); p == nil || p.Code != "date_invalid" {
			t.Errorf("ParseItalianDate(%q): %v", s, err)
		}
	}
}

func TestItalianDates(t *testing.T) {
	for _, s := range []string{"12/10/2018", "12.10.2018", "12-10-2018", "2018-10-12"} {
		if d, err := ParseItalianDate(s); err != nil || d != Day("2018-10-12") {
			t.Errorf("%q: %s, %v", s, d, err)
		}
	}
	if d, err := ParseItalianDate("1/2/2018"); err != nil || d != Day("2018-02-01") {
		t.Errorf("1/2/2018: %s, %v; want 1 February", d, err)
	}
	if got := Day("2018-02-01").Italian(); got != "01/02/2018" {
		t.Errorf("on screen %q", got)
	}
	if got := (Date{}).Italian() + (Date{}).String(); got != "" {
		t.Errorf("no day prints %q", got)
	}
}

func TestDaysBetween(t *testing.T) {
	for _, row := range []struct {
		from, to string
		want     int
	}{
		{"2024-02-28", "2024-03-01", 2},
		{"2025-02-28", "2025-03-01", 1},
		{"2018-10-12", "2018-10-12", 0},
		{"2018-10-12", "2018-10-11", -1},
		{"2026-03-28", "2026-03-30", 2}, // the clocks go forward in between
		{"2018-10-12", "2019-10-12", 365},
		{"1600-01-01", "2000-01-01", 146097}, // 400 years of the calendar
	} {
		if got := Day(row.from).DaysUntil(Day(row.to)); got != row.want {
			t.Errorf("from %s to %s: %d, want %d", row.from, row.to, got, row.want)
		}
	}
}

func TestEdgesOfMonthsAndYears(t *testing.T) {
	d := Day("2024-02-10")
	if d.FirstOfMonth() != Day("2024-02-01") || d.LastOfMonth() != Day("2024-02-29") {
		t.Errorf("February 2024: %s to %s", d.FirstOfMonth(), d.LastOfMonth())
	}
	if StartOfYear(2018) != Day("2018-01-01") || EndOfYear(2018) != Day("2018-12-31") {
		t.Error("the year 2018 has other edges")
	}
	if got := Earliest(Date{}, Day("2018-03-01"), Day("2018-02-28"), Date{}); got != Day("2018-02-28") {
		t.Errorf("earliest is %s", got)
	}
	if !Earliest(Date{}, Date{}).IsZero() || !Earliest().IsZero() {
		t.Error("the earliest of no days is a day")
	}
}

func TestNewDateRefusesDaysThatDoNotExist(t *testing.T) {
	for _, d := range [][3]int{{2026, 2, 29}, {2026, 4, 31}, {2026, 13, 1}, {2026, 1, 0}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%v was taken", d)
				}
			}()
			NewDate(d[0], time.Month(d[1]), d[2])
		}()
	}
}

// Comparing, counting and adding days agree with each other and with the
// written form, which sorts as text.
func TestDatesAgreeWithEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Day("2016-01-01").AddDays(rapid.IntRange(0, 5000).Draw(t, "day"))
		n := rapid.IntRange(-3000, 3000).Draw(t, "n")
		e := d.AddDays(n)
		if d.DaysUntil(e) != n || e.AddDays(-n) != d {
			t.Fatalf("%s and %d days is %s, %d days away", d, n, e, d.DaysUntil(e))
		}
		if sign(n) != e.Compare(d) || (e.String() < d.String()) != e.Before(d) || (n > 0) != e.After(d) {
			t.Fatalf("%s and %s are in disorder", d, e)
		}
		back := Date{}
		if err := back.UnmarshalText([]byte(e.String())); err != nil || back != e {
			t.Fatalf("%s reads back as %s, %v", e, back, err)
		}
		m := rapid.IntRange(-60, 60).Draw(t, "months")
		f := d.AddMonths(m)
		if f.Day > d.Day || f.Year*12+int(f.Month) != d.Year*12+int(d.Month)+m || f.Day < d.Day && f != f.LastOfMonth() {
			t.Fatalf("%s and %d months is %s", d, m, f)
		}
	})
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}
