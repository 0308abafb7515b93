package pec

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestNumbersInTheOrderOfAClerk(t *testing.T) {
	want := []string{"1", "2", "10", "0011", "100", "A1", "A9", "A10", "A10a", "A10b", "A1234", "B77", "B077bis", ""}
	for range 20 {
		got := slices.Clone(want)
		slices.Reverse(got)
		slices.SortFunc(got, CompareNumbers)
		if !slices.Equal(got, want) {
			t.Fatalf("order %q, want %q", got, want)
		}
	}
}

func TestOrderOfNumbersIsAnOrder(t *testing.T) {
	number := rapid.StringMatching(`[AB]?[0-9]{0,4}[ab]?[0-9]{0,2}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := number.Draw(t, "a"), number.Draw(t, "b"), number.Draw(t, "c")
		if sign(CompareNumbers(a, b)) != -sign(CompareNumbers(b, a)) {
			t.Fatalf("%q and %q come before each other", a, b)
		}
		if CompareNumbers(a, b) <= 0 && CompareNumbers(b, c) <= 0 && CompareNumbers(a, c) > 0 {
			t.Fatalf("%q, %q, %q go round", a, b, c)
		}
		if CompareNumbers(a, a) != 0 {
			t.Fatalf("%q is not itself", a)
		}
	})
}
