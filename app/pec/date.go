package pec

import (
	"fmt"
	"time"
	_ "time/tzdata" // Europe/Rome on machines without a zone database
)

// Date is a civil day (giorno) in Europe/Rome, without a time and without a
// zone. The zero Date means "no day" and prints as the empty string.
//
// Arithmetic is the calendar's, not time.Time's: a day that a month lacks
// becomes the month's last (29/02/2024 plus a year is 28/02/2025), see R2 and
// R8.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Rome is the zone in which the program's days begin and end.
var Rome = mustLocation("Europe/Rome")

func mustLocation(name string) *time.Location {
	l, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return l
}

// NewDate returns the day y-m-d. It panics on a day that does not exist: it is
// for constants and tests; foreign input goes through ParseDate.
func NewDate(y int, m time.Month, d int) Date {
	if d < 1 || m < 1 || m > 12 || d > daysIn(y, m) {
		panic(fmt.Sprintf("pec: no such day %04d-%02d-%02d", y, int(m), d))
	}
	return Date{y, m, d}
}

// Day parses "2018-10-12" and panics when it is not a day; for constants and
// tests.
func Day(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// DateOf returns the day on which the instant t falls in Rome.
func DateOf(t time.Time) Date {
	t = t.In(Rome)
	return Date{t.Year(), t.Month(), t.Day()}
}

// ParseDate reads "2018-10-12" and nothing else; the day must exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return Date{}, notADay(s)
	}
	return Date{t.Year(), t.Month(), t.Day()}, nil
}

// notADay is a text that is no day in the form YYYY-MM-DD.
type notADay string

func (s notADay) Error() string {
	return fmt.Sprintf("not a day in the form YYYY-MM-DD: %q", string(s))
}

// ParseItalianDate reads "12/10/2018", as people type it, or "2018-10-12", as
// a browser sends it. One digit for day or month will do.
func ParseItalianDate(s string) (Date, error) {
	for _, layout := range []string{"2/1/2006", "2.1.2006", "2-1-2006", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1000 {
			return Date{t.Year(), t.Month(), t.Day()}, nil
		}
	}
	return Date{}, &Problem{Code: "date_invalid", Message: fmt.Sprintf("«%s» non è una data: la scriva come 12/10/2018.", s)}
}

// IsZero reports whether d is no day at all.
func (d Date) IsZero() bool { return d == Date{} }

// String is the ISO form, "2018-10-12", empty for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Italian is the form of the screens, "12/10/2018", empty for the zero Date.
func (d Date) Italian() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%02d/%02d/%04d", d.Day, int(d.Month), d.Year)
}

// Time is midnight UTC of the day, for libraries that want a time.Time (Excel
// cells, PDF dates). Never for arithmetic.
func (d Date) Time() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// Compare returns -1, 0 or 1 as d comes before, with or after e.
func (d Date) Compare(e Date) int {
	switch {
	case d.Before(e):
		return -1
	case e.Before(d):
		return 1
	}
	return 0
}

// Before reports whether d comes strictly before e.
func (d Date) Before(e Date) bool {
	if d.Year != e.Year {
		return d.Year < e.Year
	}
	if d.Month != e.Month {
		return d.Month < e.Month
	}
	return d.Day < e.Day
}

// After reports whether d comes strictly after e.
func (d Date) After(e Date) bool { return e.Before(d) }

// AddDays returns the day n days later (earlier when n is negative).
func (d Date) AddDays(n int) Date {
	t := d.Time().AddDate(0, 0, n)
	return Date{t.Year(), t.Month(), t.Day()}
}

// AddMonths returns the same day n months later; a day that the month lacks
// becomes its last: 30/11/2025 minus 9 months is 28/02/2025.
func (d Date) AddMonths(n int) Date {
	m := d.Year*12 + int(d.Month) - 1 + n
	year, month := m/12, time.Month(m%12+1)
	return Date{year, month, min(d.Day, daysIn(year, month))}
}

// AddYears returns the same day n years later; 29 February becomes the 28th in
// a year that lacks it.
func (d Date) AddYears(n int) Date { return d.AddMonths(12 * n) }

// DaysUntil counts the days from d to e: 1 from a day to the next.
func (d Date) DaysUntil(e Date) int { return int((e.Time().Unix() - d.Time().Unix()) / (24 * 60 * 60)) }

// FirstOfMonth is the first day of d's month.
func (d Date) FirstOfMonth() Date { return Date{d.Year, d.Month, 1} }

// LastOfMonth is the last day of d's month.
func (d Date) LastOfMonth() Date { return Date{d.Year, d.Month, daysIn(d.Year, d.Month)} }

// EndOfYear is 31 December of the year.
func EndOfYear(year int) Date { return Date{year, time.December, 31} }

// StartOfYear is 1 January of the year.
func StartOfYear(year int) Date { return Date{year, time.January, 1} }

// MarshalText writes the ISO form.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the ISO form; the empty text is the zero Date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	p, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = p
	return nil
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// Earliest returns the earliest of the days that are not zero, or the zero
// Date.
func Earliest(days ...Date) Date {
	var first Date
	for _, d := range days {
		if !d.IsZero() && (first.IsZero() || d.Before(first)) {
			first = d
		}
	}
	return first
}
