package pec

import (
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
// 12.10.18, 12-ott-2018, 1° gennaio 2018, 2018-10-12, 20181012, a weekday
// before it, a time behind it, or a sheet's serial number (five figures). Two
// figures of a year stand for the latest year that does not pass the day
// latest. A day that does not exist, or before 1880, is a Problem date_invalid.
func parseFileDate(s string, latest Date) (Date, error) {
	if d, ok := readDay(s, latest); ok {
		return d, nil
	}
	return Date{}, Refuse("date_invalid", "%s non è una data che esiste.", quoted(s))
}

func readDay(s string, latest Date) (Date, bool) {
	text := withoutTime(strings.ToLower(strings.TrimSpace(s)))
	if len(text) > 40 {
		return Date{}, false
	}
	if allDigits(text) {
		return readDigitsDay(text)
	}
	year, month, day, ok := dayParts(text)
	if !ok {
		return Date{}, false
	}
	if len(year) == 2 && allDigits(year) {
		if d, ok := dayOf("20"+year, month, day); ok && !d.After(latest) {
			return d, true
		}
		return dayOf("19"+year, month, day)
	}
	return dayOf(year, month, day)
}

// dayParts takes a day apart into its three parts, the year first if that is
// where its four figures are.
func dayParts(text string) (year, month, day string, ok bool) {
	var parts [4]string
	n := 0
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("/.- ,", r) }) {
		if n == len(parts) {
			return "", "", "", false
		}
		parts[n] = part
		n++
	}
	if n == 4 && isWeekday(parts[0]) {
		copy(parts[:], parts[1:])
		n--
	}
	if n != 3 {
		return "", "", "", false
	}
	if len(parts[0]) == 4 && allDigits(parts[0]) {
		return parts[0], parts[1], parts[2], true
	}
	return parts[2], parts[1], strings.TrimRight(parts[0], "°º"), true
}

func isWeekday(s string) bool {
	for _, name := range []string{"lun", "mar", "mer", "gio", "ven", "sab", "dom"} {
		if strings.HasPrefix(s, name) && !allDigits(s) {
			return true
		}
	}
	return false
}

func readDigitsDay(s string) (Date, bool) {
	switch len(s) {
	case 5:
		n, err := strconv.Atoi(s)
		if err != nil || n < 10000 || n > 73050 { // 18/05/1927 to 31/12/2099
			return Date{}, false
		}
		return excelEpoch.AddDays(n), true
	case 8:
		if d, ok := dayOf(s[:4], s[4:6], s[6:]); ok && d.Year < 2100 {
			return d, true
		}
		return dayOf(s[4:], s[2:4], s[:2])
	}
	return Date{}, false
}

func dayOf(year, month, day string) (Date, bool) {
	y, errY := strconv.Atoi(year)
	d, errD := strconv.Atoi(day)
	m, ok := monthOf(month)
	if errY != nil || errD != nil || !ok || len(year) != 4 || len(day) > 2 || y < 1880 {
		return Date{}, false
	}
	if m < 1 || m > 12 || d < 1 || d > daysIn(y, time.Month(m)) {
		return Date{}, false
	}
	return Date{y, time.Month(m), d}, true
}

// monthOf reads a month by its number or name; the number may be none of the
// twelve.
func monthOf(s string) (int, bool) {
	if m, err := strconv.Atoi(s); err == nil {
		return m, len(s) <= 2
	}
	if len(s) < 3 {
		return 0, false
	}
	m, ok := monthNames[s[:3]]
	return int(m), ok
}

// withoutTime cuts a time of day off, "2018-10-12T00:00:00+02:00" or
// "12/10/2018 00.00", and the fraction of a serial number.
func withoutTime(s string) string {
	if whole, fraction, ok := strings.Cut(s, "."); ok && len(whole) == 5 && allDigits(whole) && allDigits(fraction) {
		return whole
	}
	for i := 6; i < len(s); i++ {
		if (s[i] == ' ' || s[i] == 't') && isTime(s[i+1:]) && strings.ContainsFunc(s[:i], isNumeral) {
			return strings.TrimRight(s[:i], " ,")
		}
	}
	return s
}

// isTime reports whether s is a time of day: «10:30», «0.00.00», «10:30 am»,
// «00:00:00.000+02:00».
func isTime(s string) bool {
	i := 0
	for i < len(s) && isNumeral(rune(s[i])) {
		i++
	}
	if i < 1 || i > 2 || i+2 >= len(s) || s[i] != ':' && s[i] != '.' || !isNumeral(rune(s[i+1])) || !isNumeral(rune(s[i+2])) {
		return false
	}
	return strings.Trim(s[i:], "0123456789:.+-z apm") == ""
}

// likelyDay is the day that was most likely meant by one that does not exist:
// of 31/02/2001 the month's last, of 12/25/1999 the 25th of December, of a year
// in the future the same in the last century.
func likelyDay(s string, today Date) (Date, bool) {
	text := withoutTime(strings.ToLower(strings.TrimSpace(s)))
	year, month, day, ok := dayParts(text)
	if len(text) > 40 || !ok {
		return Date{}, false
	}
	if len(year) == 2 && allDigits(year) {
		year = "19" + year
		if y, ok := dayOf("20"+year[2:], "1", "1"); ok && !y.After(today) {
			year = "20" + year[2:]
		}
	}
	m, okM := monthOf(month)
	y, errY := strconv.Atoi(year)
	d, errD := strconv.Atoi(day)
	if !okM || errY != nil || errD != nil || y < 1880 || y > 2999 {
		return Date{}, false
	}
	if d >= 1 && d <= 12 && m > 12 && m <= 31 {
		d, m = m, d
	}
	if y > today.Year {
		y = 1900 + y%100
	}
	if m < 1 || m > 12 || d < 1 || d > 31 {
		return Date{}, false
	}
	likely := Date{y, time.Month(m), min(d, daysIn(y, time.Month(m)))}
	return likely, !likely.After(today)
}
