package office

import (
	"context"
	"encoding/json"

	"albopec/app/pec"
	"albopec/db"
)

// SetAgreement adds an agreement. One with a past start is taken if nothing was
// charged from that start on (9.7); one with the start of another takes its
// place as long as nothing was charged by that. The same document again changes
// nothing.
func (o *Office) SetAgreement(ctx context.Context, actor string, a pec.Agreement) (int64, error) {
	if err := a.Validate(); err != nil {
		return 0, err
	}
	var id int64
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		list, err := tx.Agreements()
		if err != nil {
			return err
		}
		for _, known := range list {
			if known.StartsOn != a.StartsOn {
				continue
			}
			id = known.ID
			if sameDocument(known, a) {
				return nil
			}
			return replaceAgreement(tx, known, a)
		}
		if err := openFrom(tx, a); err != nil {
			return err
		}
		if id, err = tx.AddAgreement(a); err != nil {
			return err
		}
		return tx.Record("agreement.added", "agreement", id, a)
	})
	return id, err
}

func openFrom(tx *db.Tx, a pec.Agreement) error {
	last, err := tx.LastChargedOn()
	if err != nil || last.Before(a.StartsOn) {
		return err
	}
	return pec.Refuse("agreement_start_charged", "Dal %s in poi ci sono già costi o acquisti registrati: la prima data possibile è %s.",
		a.StartsOn.Italian(), last.AddDays(1).Italian()).On("starts_on")
}

func replaceAgreement(tx *db.Tx, known, a pec.Agreement) error {
	used, err := tx.AgreementIsUsed(known.ID)
	if err != nil {
		return err
	}
	if used {
		return pec.Refuse("agreement_used", "Dal %s è già in vigore «%s», con cui sono già stati registrati costi o acquisti. Scelga un altro giorno.",
			known.StartsOn.Italian(), known.Name).On("starts_on")
	}
	if err := openFrom(tx, a); err != nil {
		return err
	}
	a.ID = known.ID
	if err := tx.SetAgreement(a); err != nil {
		return err
	}
	return tx.Record("agreement.changed", "agreement", known.ID, map[string]any{"before": known, "after": a})
}

// EditAgreement changes an agreement, its start too, as long as nothing was
// charged by it.
func (o *Office) EditAgreement(ctx context.Context, actor string, a pec.Agreement) error {
	if err := a.Validate(); err != nil {
		return err
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		known, err := tx.Agreement(a.ID)
		if err != nil {
			return err
		}
		list, err := tx.Agreements()
		if err != nil {
			return err
		}
		for _, other := range list {
			if other.ID != a.ID && other.StartsOn == a.StartsOn {
				return pec.Refuse("agreement_used", "Dal %s è già in vigore «%s». Scelga un altro giorno.", other.StartsOn.Italian(), other.Name).On("starts_on")
			}
		}
		return replaceAgreement(tx, known, a)
	})
}

// DeleteAgreement removes an agreement that nothing was charged by.
func (o *Office) DeleteAgreement(ctx context.Context, actor string, id int64) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		a, err := tx.Agreement(id)
		if err != nil {
			return err
		}
		used, err := tx.AgreementIsUsed(id)
		if err != nil {
			return err
		}
		if used {
			return pec.Refuse("agreement_used", "Con «%s» sono già stati registrati costi o acquisti: non si può togliere.", a.Name)
		}
		if err := tx.DeleteAgreement(id); err != nil {
			return err
		}
		return tx.Record("agreement.deleted", "agreement", id, a)
	})
}

func sameDocument(a, b pec.Agreement) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}
