package db

import (
	"slices"
	"strconv"
)

func itoa(n int) string { return strconv.Itoa(n) }

func reverse[T any](list []T) { slices.Reverse(list) }
