package db

import (
	"time"

	"albopec/app/pec"
)

// ProviderDeposit is what the Ordine paid in to its credit at the provider, or
// the opposite of it.
type ProviderDeposit struct {
	ID         int64
	On         pec.Date
	Amount     pec.Cents // gross, + in, − taken back
	Reference  string
	Note       string
	ReversesID int64
	Reason     string // why it was taken back
	Actor      string
	At         time.Time
	Reversed   bool
}

const deposits = `SELECT d.id, d.day_on, d.amount_cents, d.reference, d.note, COALESCE(d.reverses_id, 0), d.reason, d.actor, d.at,
	EXISTS (SELECT 1 FROM provider_deposits r WHERE r.reverses_id = d.id) FROM provider_deposits d `

func scanDeposit(row scanner) (ProviderDeposit, error) {
	var d ProviderDeposit
	return d, row.Scan(&d.ID, dayInto{&d.On}, &d.Amount, &d.Reference, &d.Note, &d.ReversesID, &d.Reason, &d.Actor, instantInto{&d.At}, &d.Reversed)
}

// ProviderDeposits returns the deposits and their opposites, by day.
func (tx *ReadTx) ProviderDeposits() ([]ProviderDeposit, error) {
	return all(tx, scanDeposit, deposits+`ORDER BY d.day_on, d.id`)
}

// ProviderDeposit returns one deposit, or the opposite of one.
func (tx *ReadTx) ProviderDeposit(id int64) (ProviderDeposit, error) {
	return one(tx, pec.Refuse("deposit_unknown", "Il versamento non esiste."), scanDeposit, deposits+`WHERE d.id = ?`, id)
}

// ProviderDepositByReference is the deposit with a reference; its ID is 0 when
// there is none.
func (tx *ReadTx) ProviderDepositByReference(reference string) (ProviderDeposit, error) {
	return firstOf(all(tx, scanDeposit, deposits+`WHERE d.reference_key = ? AND d.reverses_id IS NULL`, pec.ReferenceKey(reference)))
}

// AddProviderDeposit notes a deposit, or the opposite of one, and returns its id.
func (tx *Tx) AddProviderDeposit(d ProviderDeposit) (int64, error) {
	var reverses any
	if d.ReversesID != 0 {
		reverses = d.ReversesID
	}
	return tx.insert(`INSERT INTO provider_deposits (day_on, amount_cents, reference, reference_key, note, reverses_id, reason, actor, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		day(d.On), d.Amount, d.Reference, pec.ReferenceKey(d.Reference), d.Note, reverses, d.Reason, tx.Actor, instant(tx.Now))
}

// ChargesByDay sums the charges by the day on which their period begins, from a
// day on, as movements of the credit at the provider.
func (tx *ReadTx) ChargesByDay(from pec.Date) ([]pec.ProviderMovement, error) {
	return all(tx, func(row scanner) (pec.ProviderMovement, error) {
		var m pec.ProviderMovement
		return m, row.Scan(dayInto{&m.On}, &m.Charges, &m.Amount)
	}, `SELECT starts_on, COUNT(*), -SUM(gross_cents) FROM charges WHERE starts_on >= ? GROUP BY starts_on ORDER BY starts_on`, day(from))
}
