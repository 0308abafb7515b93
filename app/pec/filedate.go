package pec

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// excelEpoch is the day 0 of a sheet's serial numbers, such that those from
// March 1900 on are right.
var excelEpoch = Date{1899, time.December, 30}

var monthNames = map[string]time.Month{
	"gen": 1, "feb": 2, "mar": 3, "apr": 4, "mag": 5, "giu": 6, "lug": 7, "ago": 8, "set": 9, "ott": 10, "nov": 11, "dic": 12,
	"jan": 1, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "dec": 12,
}

// parseFileDate reads a day as other programs and people write it: 12/10/2018,
// 12.10.18, 12-ott-2018, 2018-10-12, 20181012, a time behind it, or a sheet's
// serial number (five figures). Two figures of a year stand for the latest year
// that does not pass the day latest. A day that does not exist, or before 1880,
// is a Problem date_invalid.
func parseFileDate(s string, latest Date) (Date, error) {
	bad := &Problem{Code: "date_invalid", Message: fmt.Sprintf("«%s» non è una data che esiste.", s)}
	text := withoutTime(strings.ToLower(s))
	if allDigits(text) {
		return parseDigitsDate(text, bad)
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("/.- ", r) })
	if len(parts) != 3 {
		return Date{}, bad
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	} else if len(parts[2]) == 2 && allDigits(parts[2]) {
		return shortYear(parts, latest, bad)
	}
	return dayOf(parts[2], parts[1], parts[0], bad)
}

// shortYear tries the two centuries of a year in two figures, the later first.
func shortYear(parts []string, latest Date, bad error) (Date, error) {
	if d, err := dayOf("20"+parts[2], parts[1], parts[0], bad); err == nil && !d.After(latest) {
		return d, nil
	}
	return dayOf("19"+parts[2], parts[1], parts[0], bad)
}

func parseDigitsDate(s string, bad error) (Date, error) {
	switch len(s) {
	case 5:
		n, err := strconv.Atoi(s)
		if err != nil || n < 10000 || n > 73050 { // 18/05/1927 to 31/12/2099
			return Date{}, bad
		}
		return excelEpoch.AddDays(n), nil
	case 8:
		if d, err := dayOf(s[:4], s[4:6], s[6:], bad); err == nil && d.Year < 2100 {
			return d, nil
		}
		return dayOf(s[4:], s[2:4], s[:2], bad)
	}
	return Date{}, bad
}

func dayOf(year, month, day string, bad error) (Date, error) {
	y, errY := strconv.Atoi(year)
	d, errD := strconv.Atoi(day)
	m, errM := strconv.Atoi(month)
	if errM != nil && len(month) >= 3 {
		named, ok := monthNames[month[:3]]
		if ok {
			m, errM = int(named), nil
		}
	}
	if errY != nil || errD != nil || errM != nil || len(year) != 4 || len(day) > 2 || y < 1880 {
		return Date{}, bad
	}
	if m < 1 || m > 12 || d < 1 || d > daysIn(y, time.Month(m)) {
		return Date{}, bad
	}
	return Date{y, time.Month(m), d}, nil
}

// withoutTime cuts a time of day off, "2018-10-12T00:00:00+02:00" or
// "12/10/2018 00.00", and the fraction of a serial number.
func withoutTime(s string) string {
	if whole, fraction, ok := strings.Cut(s, "."); ok && len(whole) == 5 && allDigits(whole) && allDigits(fraction) {
		return whole
	}
	i := strings.IndexAny(s, " t")
	if i < 8 || i+1 >= len(s) || !isNumeral(rune(s[i+1])) || !strings.ContainsAny(s[i:], ":.") {
		return s
	}
	return s[:i]
}
