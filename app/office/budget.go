package office

import (
	"context"
	"slices"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// BudgetTried is an agreement that a budget is also worked out under, as if it
// came into force today: one registered, or a document that is not kept. Neither
// is none.
type BudgetTried struct {
	AgreementID int64
	Document    *pec.Agreement
}

// Budget plays the renewals of today's mailboxes over the months to come, under
// the agreements registered and, beside them, under another. It takes no write
// lock and reads in bulk, in one snapshot.
func (o *Office) Budget(ctx context.Context, t BudgetTried) (reports.Budget, error) {
	today := o.Today()
	b := reports.Budget{MadeOn: today, Registered: pec.NewBudget(today)}
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		agreements, err := tx.Agreements()
		if err != nil {
			return err
		}
		b.Agreements = agreementsWithin(agreements, today, b.Registered.Until(pec.BudgetMonths))
		tried, err := t.among(agreements)
		if err != nil {
			return err
		}
		books, err := tx.DueBooks(b.Registered.Until(pec.BudgetMonths))
		if err != nil {
			return err
		}
		play(books, &b.Registered, agreements)
		if tried != nil {
			other := pec.NewBudget(today)
			play(books, &other, pec.Instead(agreements, *tried, today))
			b.Tried, b.TriedName = &other, tried.Name
		}
		return nil
	})
	return b, err
}

func play(books []db.HeldBook, b *pec.Budget, agreements []pec.Agreement) {
	for _, book := range books {
		b.Play(book.Book, agreements)
	}
}

// among is the agreement to be tried, nil for none.
func (t BudgetTried) among(agreements []pec.Agreement) (*pec.Agreement, error) {
	if t.Document != nil || t.AgreementID == 0 {
		return t.Document, nil
	}
	i := slices.IndexFunc(agreements, func(a pec.Agreement) bool { return a.ID == t.AgreementID })
	if i < 0 {
		return nil, pec.Refuse("agreement_unknown", "La convenzione non esiste.")
	}
	return &agreements[i], nil
}

// agreementsWithin are the agreements in force on a day and those that come into
// force until another, in their order.
func agreementsWithin(agreements []pec.Agreement, from, until pec.Date) []pec.Agreement {
	var list []pec.Agreement
	now, ok := pec.InForce(agreements, from)
	for _, a := range agreements {
		if ok && a.ID == now.ID || a.StartsOn.After(from) && !a.StartsOn.After(until) {
			list = append(list, a)
		}
	}
	return list
}
