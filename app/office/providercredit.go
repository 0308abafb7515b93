package office

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"albopec/app/pec"
	"albopec/db"
)

// ProviderAccount is the Ordine's prepaid credit at the provider, and how long
// it will do.
type ProviderAccount struct {
	Deposits  []db.ProviderDeposit   // and their opposites, by day
	Movements []pec.ProviderMovement // from the first deposit's day on
	Balance   pec.Cents              // gross; below zero when more was charged than paid in
	Expected  []pec.DueCost          // of the renewals, through Through
	Through   pec.Date
	RunsOut   pec.Date // the first day that the credit does not cover; zero when there is none through Through

	begins pec.Date // day of the first deposit that stands
}

// Lines are all that was ever registered, in order of day: deposits that were taken
// back before the account begins, with their opposites, come to nothing and stand
// before its movements.
func (a ProviderAccount) Lines() []pec.ProviderMovement {
	var lines []pec.ProviderMovement
	for _, d := range a.Deposits {
		if !a.Begun() || d.On.Before(a.begins) {
			lines = append(lines, depositMovement(d))
		}
	}
	return append(lines, a.Movements...)
}

func depositMovement(d db.ProviderDeposit) pec.ProviderMovement {
	return pec.ProviderMovement{On: d.On, Amount: d.Amount, Reference: d.Reference, Note: cmp.Or(d.Reason, d.Note)}
}

// Begun reports whether anything was paid in: before, there is no account.
func (a ProviderAccount) Begun() bool { return len(a.Movements) > 0 }

// ProviderAccount reads the Ordine's credit at the provider and looks ahead
// through a day, within a year: each mailbox is renewed once. Charges count from
// the day of the first deposit that stands.
func (o *Office) ProviderAccount(tx *db.ReadTx, through pec.Date) (ProviderAccount, error) {
	a := ProviderAccount{Through: through}
	var err error
	if a.Deposits, err = tx.ProviderDeposits(); err != nil {
		return a, err
	}
	first := slices.IndexFunc(a.Deposits, func(d db.ProviderDeposit) bool { return d.ReversesID == 0 && !d.Reversed })
	if first < 0 {
		return a, nil
	}
	begins := a.Deposits[first].On
	a.begins = begins
	for _, d := range a.Deposits {
		if !d.On.Before(begins) {
			a.Movements = append(a.Movements, depositMovement(d))
		}
	}
	charged, err := tx.ChargesByDay(begins)
	if err != nil {
		return a, err
	}
	a.Movements = append(a.Movements, charged...)
	slices.SortStableFunc(a.Movements, func(x, y pec.ProviderMovement) int { return x.On.Compare(y.On) })
	for _, m := range a.Movements {
		a.Balance += m.Amount
	}
	expiring, err := tx.Expiring(begins, through)
	if err != nil {
		return a, err
	}
	agreements, err := tx.Agreements()
	a.Expected = pec.DueCosts(expiring, agreements, o.Today())
	a.RunsOut, _ = pec.RunsOut(a.Balance, a.Expected)
	return a, err
}

// ProviderPayment is what the Ordine paid in at the provider.
type ProviderPayment struct {
	On        pec.Date
	Amount    pec.Cents // gross
	Reference string
	Note      string
}

// PaidIn is a deposit registered, or found registered already.
type PaidIn struct {
	ID        int64
	Duplicate bool
}

const maxNote = 200

// PayProvider registers a deposit. The same reference with the same amount is
// the same deposit, entered once; with another amount it is refused.
func (o *Office) PayProvider(ctx context.Context, actor string, p ProviderPayment) (PaidIn, error) {
	p.Reference, p.Note = strings.Join(strings.Fields(p.Reference), " "), strings.Join(strings.Fields(p.Note), " ")
	if err := p.check(o.Today()); err != nil {
		return PaidIn{}, err
	}
	var done PaidIn
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		known, err := tx.ProviderDepositByReference(p.Reference)
		if err != nil {
			return err
		}
		if known.ID != 0 {
			done = PaidIn{ID: known.ID, Duplicate: true}
			return sameDeposit(known, p)
		}
		agreements, err := tx.Agreements()
		if err != nil {
			return err
		}
		// Paid ahead of the first agreement perhaps, but a year before it is a slip.
		if len(agreements) > 0 && p.On.Before(agreements[0].StartsOn.AddYears(-1)) {
			return pec.Refuse("day_too_early", "Il %s è più di un anno prima della prima convenzione, del %s: controlli l’anno.", p.On.Italian(), agreements[0].StartsOn.Italian()).On("day")
		}
		done = PaidIn{}
		if done.ID, err = tx.AddProviderDeposit(db.ProviderDeposit{On: p.On, Amount: p.Amount, Reference: p.Reference, Note: p.Note}); err != nil {
			return err
		}
		return tx.Record("provider_deposit", "provider_deposit", done.ID, map[string]any{"on": p.On, "amount": p.Amount, "reference": p.Reference})
	})
	return done, err
}

func (p ProviderPayment) check(today pec.Date) error {
	switch {
	case p.On.IsZero():
		return pec.Refuse("day_missing", "Scriva il giorno del versamento.").On("day")
	case p.On.After(today):
		return pec.Refuse("day_in_future", "Il versamento non può essere di un giorno che deve ancora venire.").On("day")
	case p.Amount <= 0 || p.Amount > pec.MaxAmount:
		return pec.Refuse("amount_invalid", "L’importo va da 0,01 € a %s.", pec.MaxAmount.Euro()).On("amount")
	case pec.ReferenceKey(p.Reference) == "":
		return pec.Refuse("reference_missing", "Scriva il riferimento: il CRO del bonifico, il numero della fattura.").On("reference")
	case utf8.RuneCountInString(p.Reference) > maxReference:
		return pec.Refuse("reference_invalid", "Il riferimento supera i %d caratteri.", maxReference).On("reference")
	case utf8.RuneCountInString(p.Note) > maxNote:
		return pec.Refuse("value_too_long", "La nota supera i %d caratteri: la abbrevi.", maxNote).On("note")
	}
	return nil
}

// sameDeposit refuses a reference that is another deposit's, or of one that was
// taken back.
func sameDeposit(known db.ProviderDeposit, p ProviderPayment) error {
	switch {
	case known.Reversed:
		return pec.Refuse("deposit_reversed", "Il versamento «%s» del %s è stato registrato e poi stornato. Se il denaro c’è, lo registri con un riferimento diverso, per esempio aggiungendo «bis».",
			known.Reference, known.On.Italian()).On("reference")
	case known.Amount != p.Amount:
		return pec.Refuse("deposit_conflict", "Il riferimento «%s» è già registrato il %s con un altro importo, %s: controlli la ricevuta.",
			known.Reference, known.On.Italian(), known.Amount.Euro()).On("reference")
	}
	return nil
}

// ReverseDeposit mends a deposit entered by mistake with an opposite entry of
// its day (R14).
func (o *Office) ReverseDeposit(ctx context.Context, actor string, id int64, reason string) error {
	reason, err := readReason(reason, "Scriva il motivo dello storno.")
	if err != nil {
		return err
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		d, err := tx.ProviderDeposit(id)
		if err != nil {
			return err
		}
		if err := reversible(d); err != nil {
			return err
		}
		if _, err := tx.AddProviderDeposit(db.ProviderDeposit{On: d.On, Amount: -d.Amount, Reference: d.Reference, ReversesID: d.ID, Reason: reason}); err != nil {
			return err
		}
		return tx.Record("provider_deposit.reversed", "provider_deposit", id, map[string]any{"amount": d.Amount, "reference": d.Reference, "reason": reason})
	})
}

func reversible(d db.ProviderDeposit) error {
	switch {
	case d.ReversesID != 0:
		return pec.Refuse("entry_not_reversible", "Si può stornare solo un versamento.")
	case d.Reversed:
		return pec.Refuse("entry_reversed", "Il versamento è già stato stornato.")
	}
	return nil
}
