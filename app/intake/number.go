package intake

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// cellFormat is how a sheet shows the numbers of a cell, as far as it matters:
// cells are read as what they hold and not as they look, but for days, and for
// the zeros that a CAP has of its own.
type cellFormat struct {
	day   bool
	zeros int // figures that "00000" shows at least
}

// formatOfCell tells a format by its number, and by its code when the file
// declares one.
func formatOfCell(id int, code string, declared bool) cellFormat {
	switch {
	case isDateFormat(id, code, declared):
		return cellFormat{day: true}
	case declared && zeroFormat.MatchString(code):
		zeros := 0
		for zeros < len(code) && code[zeros] == '0' {
			zeros++
		}
		return cellFormat{zeros: min(zeros, 20)}
	}
	return cellFormat{}
}

var (
	quotedInFormat = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|\\.|_.|\*.`)
	zeroFormat     = regexp.MustCompile(`^0+(;0+|;@|;)*$`)
)

// isDateFormat reports whether a format of numbers shows a day. Of the built-in
// ones these do: 14 to 17, 22, and the ranges of other countries.
func isDateFormat(id int, code string, declared bool) bool {
	if !declared {
		return id >= 14 && id <= 17 || id == 22 || id >= 27 && id <= 36 || id >= 50 && id <= 58
	}
	if len(code) > 255 {
		return false
	}
	code = strings.ToLower(quotedInFormat.ReplaceAllString(code, ""))
	if code == "general" || code == "standard" {
		return false
	}
	return strings.ContainsAny(code, "yd") || strings.Contains(code, "mmm") || strings.Contains(code, "gg/mm")
}

// appendNumber writes a number of a cell: a day in ISO form, else its figures
// without separators and exponent.
func appendNumber(out []byte, n float64, f cellFormat, from1904 bool) []byte {
	if f.day {
		if text, ok := appendDay(out, n, from1904); ok {
			return text
		}
	}
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return out
	}
	start := len(out)
	if n == math.Trunc(n) && math.Abs(n) < 1e15 {
		out = strconv.AppendInt(out, int64(n), 10)
	} else { // sheets show 15 figures, and 2.3 is not 2.2999999999999998
		n, _ = strconv.ParseFloat(strconv.FormatFloat(n, 'e', 14, 64), 64)
		if math.Abs(n) > 1e40 || n != 0 && math.Abs(n) < 1e-40 {
			return strconv.AppendFloat(out, n, 'E', -1, 64)
		}
		out = strconv.AppendFloat(out, n, 'f', -1, 64)
	}
	if missing := f.zeros - (len(out) - start); missing > 0 && n >= 0 && n == math.Trunc(n) {
		out = append(out, strings.Repeat("0", missing)...)
		copy(out[start+missing:], out[start:len(out)-missing])
		copy(out[start:], strings.Repeat("0", missing))
	}
	return out
}

// appendDay writes a sheet's count of days as a day, with the time unless it is
// midnight. The count runs from 1900, with a 29 February that year never had,
// or from 1904. False when it is no day of a person's records.
func appendDay(out []byte, n float64, from1904 bool) ([]byte, bool) {
	if !(n >= 1 && n < 2_958_466) { // 31/12/9999
		return out, false
	}
	day := math.Floor(n)
	seconds := int(math.Round((n - day) * 24 * 60 * 60))
	base := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	if from1904 {
		base = time.Date(1904, time.January, 1, 0, 0, 0, 0, time.UTC)
	} else if day < 60 {
		day++
	}
	t := base.AddDate(0, 0, int(day)).Add(time.Duration(seconds) * time.Second)
	if seconds == 0 {
		return t.AppendFormat(out, time.DateOnly), true
	}
	return t.AppendFormat(out, time.DateTime), true
}

// isoDay cuts the midnight off a day in ISO form: "2018-10-12T00:00:00".
func isoDay(b []byte) []byte {
	const day = len("2018-10-12")
	if len(b) > day && (b[day] == 'T' || b[day] == ' ') && strings.Trim(string(b[day+1:]), "0:.Z") == "" {
		return b[:day]
	}
	return b
}
