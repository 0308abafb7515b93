package office

import (
	"context"

	"albopec/app/pec"
	"albopec/db"
)

// SetBudget notes what the Ordine put down for mailboxes in a year's budget,
// gross; 0 is nothing. The year may be the next one.
func (o *Office) SetBudget(ctx context.Context, actor string, year int, gross pec.Cents) error {
	switch last := o.Today().Year + 1; {
	case year < 1900 || year > last:
		return pec.Refuse("year_invalid", "Lo stanziamento si scrive per un anno fino al %d.", last).On("year")
	case gross < 0 || gross > pec.MaxAmount:
		return pec.Refuse("amount_invalid", "Lo stanziamento va da 0,01 € a %s.", pec.MaxAmount.Euro()).On("gross")
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		before, err := tx.YearBudget(year)
		if err != nil || before.Gross == gross {
			return err
		}
		closing, err := tx.YearClosing(year)
		if err != nil {
			return err
		}
		if closing.Document != 0 {
			return pec.Refuse("year_closed", "Il %d è chiuso dal %s: lo stanziamento resta quello del suo report.", year, closing.On.Italian()).On("gross")
		}
		if err := tx.SetYearBudget(year, gross); err != nil {
			return err
		}
		return tx.Record("budget", "budget", 0, map[string]any{"year": year, "before": before.Gross, "amount": gross})
	})
}
