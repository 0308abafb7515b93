package pec

import "strings"

// CompareNumbers orders registration numbers as a clerk does: figures by their
// value, letters by the alphabet, so that "2" comes before "10" and "A9" before
// "A10". Members without a number come last.
func CompareNumbers(a, b string) int {
	if (a == "") != (b == "") {
		if a == "" {
			return 1
		}
		return -1
	}
	for a != "" && b != "" {
		x, y := chunk(a), chunk(b)
		a, b = a[len(x):], b[len(y):]
		if figure(x[0]) && figure(y[0]) {
			x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
			if len(x) != len(y) {
				return len(x) - len(y)
			}
		}
		if c := strings.Compare(x, y); c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}

// chunk is the longest beginning of s made of figures only, or of none.
func chunk(s string) string {
	for i := range len(s) {
		if figure(s[i]) != figure(s[0]) {
			return s[:i]
		}
	}
	return s
}

func figure(c byte) bool { return c >= '0' && c <= '9' }
