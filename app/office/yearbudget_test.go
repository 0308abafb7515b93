package office_test

import (
	"testing"

	"albopec/app/pec"
	"albopec/db"

	"github.com/google/go-cmp/cmp"
)

func TestBudgetOfAYearIsKeptWithWhatItWas(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	budget := func() (gross pec.Cents) {
		o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
			b, err := tx.YearBudget(2019)
			gross = b.Gross
			return err
		}))
		return gross
	}
	if budget() != 0 {
		t.Error("there is a budget before any")
	}
	for _, gross := range []pec.Cents{500_000, 500_000, 620_050, 0} {
		o.must(o.SetBudget(ctx, "prova", 2019, gross))
		if budget() != gross {
			t.Errorf("the budget is %s, want %s", budget(), gross)
		}
	}
	o.refuses("year_invalid", o.SetBudget(ctx, "prova", 2020, 100))
	o.refuses("year_invalid", o.SetBudget(ctx, "prova", 1800, 100))
	o.refuses("amount_invalid", o.SetBudget(ctx, "prova", 2019, -300))
	o.refuses("amount_invalid", o.SetBudget(ctx, "prova", 2019, pec.MaxAmount+1))
	var details []string
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := tx.AuditLog(0, 10)
		for _, e := range list {
			if e.Action == "budget" {
				details = append(details, string(e.Detail))
			}
		}
		return err
	}))
	want := []string{
		`{"amount":"0.00","before":"6200.50","year":2019}`, `{"amount":"6200.50","before":"5000.00","year":2019}`, `{"amount":"5000.00","before":"0.00","year":2019}`,
	}
	if diff := cmp.Diff(want, details); diff != "" {
		t.Errorf("the log (- want, + got):\n%s", diff)
	}
}
