package pec

import "time"

// WorkingDay reports whether a day is a working day (giorno lavorativo) of a
// public office: Monday to Friday, no national holiday. A town's patron saint is
// no national holiday.
func WorkingDay(d Date) bool {
	switch d.Time().Weekday() {
	case time.Saturday, time.Sunday:
		return false
	}
	switch (Date{Month: d.Month, Day: d.Day}) {
	case Date{Month: time.January, Day: 1}, Date{Month: time.January, Day: 6}, Date{Month: time.April, Day: 25}, Date{Month: time.May, Day: 1},
		Date{Month: time.June, Day: 2}, Date{Month: time.August, Day: 15}, Date{Month: time.November, Day: 1}, Date{Month: time.December, Day: 8},
		Date{Month: time.December, Day: 25}, Date{Month: time.December, Day: 26}:
		return false
	case Date{Month: time.October, Day: 4}: // a holiday again from 2026 on (law 151/2025)
		return d.Year < 2026
	}
	return d != easter(d.Year).AddDays(1)
}

// WorkingDayBefore is the last working day before a day.
func WorkingDayBefore(d Date) Date {
	for d = d.AddDays(-1); !WorkingDay(d); d = d.AddDays(-1) {
	}
	return d
}

// easter is Easter Sunday of the Gregorian calendar: the Sunday after the full
// moon of the church's tables, by the algorithm of Meeus, Jones and Butcher.
func easter(year int) Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30 // the moon's age
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7 // days to Sunday
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return NewDate(year, time.Month(n/31), n%31+1)
}
