package db

import (
	"encoding/json"
	"fmt"

	"albopec/app/pec"
)

// Agreements returns all agreements, the earliest first.
func (tx *ReadTx) Agreements() ([]pec.Agreement, error) {
	return all(tx, scanAgreement, `SELECT id, document FROM agreements ORDER BY starts_on`)
}

// Agreement returns one agreement.
func (tx *ReadTx) Agreement(id int64) (pec.Agreement, error) {
	return one(tx, pec.Refuse("agreement_unknown", "La convenzione non esiste."), scanAgreement,
		`SELECT id, document FROM agreements WHERE id = ?`, id)
}

func scanAgreement(row scanner) (pec.Agreement, error) {
	var a pec.Agreement
	var id int64
	var doc []byte
	if err := row.Scan(&id, &doc); err != nil {
		return a, err
	}
	if err := json.Unmarshal(doc, &a); err != nil {
		return a, fmt.Errorf("stored agreement %d: %w", id, err)
	}
	a.ID = id
	return a, nil
}

// AddAgreement stores an agreement and returns its id.
func (tx *Tx) AddAgreement(a pec.Agreement) (int64, error) {
	doc, err := json.Marshal(a)
	if err != nil {
		return 0, fmt.Errorf("agreement: %w", err)
	}
	return tx.insert(`INSERT INTO agreements (starts_on, name, document, created_at) VALUES (?, ?, ?, ?)`,
		day(a.StartsOn), a.Name, string(doc), instant(tx.Now))
}

// SetAgreement writes an agreement over.
func (tx *Tx) SetAgreement(a pec.Agreement) error {
	doc, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("agreement: %w", err)
	}
	return tx.exec(`UPDATE agreements SET starts_on = ?, name = ?, document = ? WHERE id = ?`, day(a.StartsOn), a.Name, string(doc), a.ID)
}

// DeleteAgreement removes an agreement that nothing was charged by.
func (tx *Tx) DeleteAgreement(id int64) error {
	return tx.exec(`DELETE FROM agreements WHERE id = ?`, id)
}

// AgreementIsUsed reports whether anything was charged or ordered by it.
func (tx *ReadTx) AgreementIsUsed(id int64) (bool, error) {
	return value[bool](tx, `SELECT EXISTS (SELECT 1 FROM charges WHERE agreement_id = ?1) OR EXISTS (SELECT 1 FROM orders WHERE agreement_id = ?1)`, id)
}

// LastChargedOn is the latest day for which anything was charged or ordered (9.7);
// zero when nothing was.
func (tx *ReadTx) LastChargedOn() (d pec.Date, err error) {
	err = figures(tx, []any{dayInto{&d}}, `SELECT MAX(on_day) FROM (SELECT MAX(starts_on) AS on_day FROM charges UNION ALL SELECT MAX(completed_on) FROM orders)`)
	return d, err
}

// AgreementUse is what was charged and ordered by an agreement.
type AgreementUse struct {
	Charges      int // periods at the Ordine's expense
	ChargesGross pec.Cents
	Orders       int // completed ones
	OrdersGross  pec.Cents
	Waiting      int // orders that wait for payment, lapsed or were cancelled
}

// AgreementUse sums what was charged and ordered by an agreement.
func (tx *ReadTx) AgreementUse(id int64) (AgreementUse, error) {
	return one(tx, nil, func(row scanner) (AgreementUse, error) {
		var u AgreementUse
		return u, row.Scan(&u.Charges, &u.ChargesGross, &u.Orders, &u.OrdersGross, &u.Waiting)
	}, `SELECT (SELECT COUNT(*) FROM charges WHERE agreement_id = ?1), (SELECT COALESCE(SUM(gross_cents), 0) FROM charges WHERE agreement_id = ?1),
		(SELECT COUNT(*) FROM orders WHERE agreement_id = ?1 AND state = 'completed'), (SELECT COALESCE(SUM(gross_cents), 0) FROM orders WHERE agreement_id = ?1 AND state = 'completed'),
		(SELECT COUNT(*) FROM orders WHERE agreement_id = ?1 AND state <> 'completed')`, id)
}

// RunningByKind counts the mailboxes that a tacit renewal would renew, by kind:
// running, with automatic renewal on and their holder on the register (R4).
func (tx *ReadTx) RunningByKind() (map[string]int, error) {
	return byKey[string, int](tx, `SELECT b.kind, COUNT(*) FROM mailboxes b JOIN members m ON m.id = b.member_id
		WHERE b.status IN ('active', 'suspended') AND b.auto_renew = 1 AND m.status IN ('active', 'suspended') GROUP BY b.kind`)
}
