package db

import (
	"slices"
	"strconv"
)

func itoa(n int) string { return strconv.Itoa(n) }

func reverse[T any](list []T) { slices.Reverse(list) }

// firstOf is the first row of a list, zero when it has none: of a query that
// finds one row or nothing.
func firstOf[T any](list []T, err error) (T, error) {
	if err != nil || len(list) == 0 {
		var none T
		return none, err
	}
	return list[0], nil
}
