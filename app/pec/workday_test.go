package pec_test

import (
	"testing"

	"albopec/app/pec"
)

// Days as a calendar on the wall has them.
func TestWorkingDays(t *testing.T) {
	for day, works := range map[string]bool{
		"2026-11-30": true,  // Monday
		"2026-11-28": false, // Saturday
		"2026-11-29": false, // Sunday
		"2026-12-08": false, // Immacolata, a Tuesday
		"2026-04-06": false, // Monday after Easter, 05/04/2026
		"2026-04-07": true,
		"2024-04-01": false, // after Easter, 31/03/2024
		"2019-04-22": false, // after Easter, 21/04/2019
		"2038-04-26": false, // after the latest Easter of the century, 25/04/2038
		"2026-06-02": false,
		"2026-06-29": true,  // Rome's patron saint only
		"2024-10-04": true,  // a Friday, no holiday yet
		"2027-10-04": false, // a Monday
		"2026-01-06": false,
	} {
		if got := pec.WorkingDay(pec.Day(day)); got != works {
			t.Errorf("%s: %v", day, got)
		}
	}
	for day, before := range map[string]string{
		"2026-11-30": "2026-11-27", "2026-12-09": "2026-12-07", "2026-04-07": "2026-04-03", "2026-01-07": "2026-01-05", "2026-12-28": "2026-12-24",
	} {
		if got := pec.WorkingDayBefore(pec.Day(day)); got != pec.Day(before) {
			t.Errorf("before %s: %s", day, got)
		}
	}
}

func TestIndexIsLateAfterAWorkingDayWithoutWord(t *testing.T) {
	for _, c := range []struct {
		last, today string
		late        bool
	}{
		{"2026-11-30", "2026-11-30", false}, // told today
		{"2026-11-27", "2026-11-30", false}, // Friday, and it is Monday
		{"2026-11-27", "2026-11-29", false}, // and Sunday
		{"2026-11-26", "2026-11-29", true},  // nothing on Friday
		{"2026-11-27", "2026-12-01", true},  // nothing on Monday
		{"", "2026-12-01", true},            // never
	} {
		var last pec.Date
		if c.last != "" {
			last = pec.Day(c.last)
		}
		if got := pec.IndexLate(last, pec.Day(c.today)); got != c.late {
			t.Errorf("told on %q, on %s: %v", c.last, c.today, got)
		}
	}
}
