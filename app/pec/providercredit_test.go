package pec

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProviderCreditByMonth(t *testing.T) {
	movements := []ProviderMovement{
		{On: Day("2018-01-10"), Amount: 10000},
		{On: Day("2018-01-10"), Amount: -366, Charges: 3},
		{On: Day("2018-03-01"), Amount: -122, Charges: 1},
		{On: Day("2018-03-02"), Amount: 500},
		{On: Day("2018-03-02"), Amount: -500}, // taken back
	}
	want := []ProviderMonth{
		{Month: Day("2018-01-01"), Opening: 0, In: 10000, Out: -366, Charges: 3, Closing: 9634},
		{Month: Day("2018-02-01"), Opening: 9634, Closing: 9634},
		{Month: Day("2018-03-01"), Opening: 9634, In: 0, Out: -122, Charges: 1, Closing: 9512},
		{Month: Day("2018-04-01"), Opening: 9512, Closing: 9512},
	}
	if diff := cmp.Diff(want, ProviderMonths(movements, Day("2018-04-30"))); diff != "" {
		t.Error(diff)
	}
	if got := ProviderMonths(movements, Day("2018-02-28")); len(got) != 3 || got[2].Closing != 9512 {
		t.Errorf("a movement after the day is left out: %+v", got)
	}
	if got := ProviderMonths(nil, Day("2018-04-30")); got != nil {
		t.Errorf("months of nothing: %+v", got)
	}
}

// TestWhatRenewalsTakeByDay: 1,22 € a year for each standard mailbox; leavers and
// those that close cost nothing; what is overdue counts today.
func TestWhatRenewalsTakeByDay(t *testing.T) {
	expiring := []Expiring{
		{Day("2018-10-01"), "standard", 1, true, true, 2},
		{Day("2018-10-12"), "standard", 1, true, true, 3},
		{Day("2018-10-12"), "standard", 1, true, false, 5},
		{Day("2018-10-12"), "standard", 2, true, true, 1},
		{Day("2018-11-02"), "standard", 1, false, true, 4},
		{Day("2018-12-01"), "standard", 1, true, true, 1},
	}
	want := []DueCost{{Day("2018-10-10"), 2, 244}, {Day("2018-10-12"), 4, 366 + 244}, {Day("2018-12-01"), 1, 122}}
	if diff := cmp.Diff(want, DueCosts(expiring, []Agreement{outlookAgreement()}, Day("2018-10-10"))); diff != "" {
		t.Error(diff)
	}
}

func TestDayOnWhichTheCreditRunsOut(t *testing.T) {
	costs := []DueCost{{Day("2018-10-12"), 1, 610}, {Day("2018-11-12"), 1, 610}, {Day("2018-12-12"), 1, 610}}
	for _, c := range []struct {
		what    string
		balance Cents
		want    string // "" for never
	}{
		{"two of three are covered to the cent", 1220, "2018-12-12"},
		{"a cent less and the second is not", 1219, "2018-11-12"},
		{"nothing is left", 0, "2018-10-12"},
		{"all is covered", 1830, ""},
		{"it is below zero already", -1, "2018-10-12"},
	} {
		if got, out := RunsOut(c.balance, costs); got.String() != c.want || out != (c.want != "") {
			t.Errorf("%s: %v %v, want %q", c.what, got, out, c.want)
		}
	}
}
