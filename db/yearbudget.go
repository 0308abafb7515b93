package db

import (
	"time"

	"albopec/app/pec"
)

// YearBudget is what the Ordine put down for mailboxes in a year's budget.
type YearBudget struct {
	Gross pec.Cents // VAT included; 0 while nothing is put down
	Actor string
	At    time.Time
}

// YearBudget returns the budget of a year.
func (tx *ReadTx) YearBudget(year int) (YearBudget, error) {
	return firstOf(all(tx, func(row scanner) (YearBudget, error) {
		var b YearBudget
		return b, row.Scan(&b.Gross, &b.Actor, instantInto{&b.At})
	}, `SELECT gross_cents, actor, at FROM budgets WHERE year = ?`, year))
}

// SetYearBudget puts an amount down for a year, gross; 0 takes it away.
func (tx *Tx) SetYearBudget(year int, gross pec.Cents) error {
	if gross == 0 {
		return tx.exec(`DELETE FROM budgets WHERE year = ?`, year)
	}
	return tx.exec(`INSERT INTO budgets (year, gross_cents, actor, at) VALUES (?, ?, ?, ?)
		ON CONFLICT (year) DO UPDATE SET gross_cents = excluded.gross_cents, actor = excluded.actor, at = excluded.at`, year, gross, tx.Actor, instant(tx.Now))
}
