package office

import (
	"fmt"

	"albopec/app/intake"
	"albopec/app/pec"
	"albopec/db"
)

// paymentImport enters a list of payments: the receipts of pagoPA, or a bank's
// transfers.
type paymentImport struct{}

func (paymentImport) layout() pec.Layout { return pec.PaymentLayout }

func (paymentImport) plan(tx *db.ReadTx, file *intake.File, _ pec.ImportChoices, today pec.Date) (pec.ImportPlan, error) {
	in := pec.PaymentImport{Rows: file.Rows, Mapping: file.Mapping, Today: today, Books: map[int64]pec.Book{}}
	var err error
	if in.Holders, err = tx.CreditHolders(); err != nil {
		return nil, err
	}
	if in.Former, err = formerPositions(tx); err != nil {
		return nil, err
	}
	if in.Addresses, err = tx.AddressHolders(); err != nil {
		return nil, err
	}
	if in.Domains, err = tx.Domains(); err != nil {
		return nil, err
	}
	if in.Orders, err = tx.NumberedOrders(); err != nil {
		return nil, err
	}
	if in.Known, err = tx.KnownTopUps(pec.TopUpMethods...); err != nil {
		return nil, err
	}
	books, err := tx.AwaitingBooks()
	if err != nil {
		return nil, err
	}
	if in.Agreements, err = complete(tx, books); err != nil {
		return nil, err
	}
	for _, b := range books {
		in.Books[b.MemberID] = b.Book
	}
	return pec.PlanPayments(in), nil
}

// settle carries out what is overdue for the members whose credit grows (R6).
func (paymentImport) settle(tx *db.Tx, plan pec.ImportPlan) error {
	members := map[int64]bool{}
	for _, r := range plan.(pec.PaymentPlan).Rows {
		if r.Outcome == pec.OutcomeCreated {
			members[r.Holder.ID] = true
		}
	}
	return overdueAmong(tx, members)
}

// write enters the payments one after the other, each by the steps of TopUp.
func (paymentImport) write(tx *db.Tx, batch int64, plan pec.ImportPlan, step func()) error {
	for _, r := range plan.(pec.PaymentPlan).Rows {
		if r.Outcome != pec.OutcomeCreated {
			continue
		}
		if err := enterListed(tx, batch, r); err != nil {
			return fmt.Errorf("row %d: %w", r.Source.Number, err)
		}
		step()
	}
	return nil
}

func enterListed(tx *db.Tx, batch int64, r pec.PaymentRow) error {
	var done ToppedUp
	p := Payment{Amount: r.Payment.Amount, Method: r.Payment.Method, Reference: r.Payment.Reference, PaidOn: r.Payment.PaidOn, batch: batch}
	if err := enter(tx, r.Holder.ID, p, &done); err != nil {
		return err
	}
	if done.ClaimSettled != r.Settled || done.OrdersCompleted != len(r.Completed) {
		return fmt.Errorf("a payment settled %s and completed %d orders, the preview said %s and %d", done.ClaimSettled, done.OrdersCompleted, r.Settled, len(r.Completed))
	}
	last, err := tx.LastSeq(r.Holder.ID)
	if err != nil {
		return err
	}
	return tx.AddChange(batch, db.Change{Entity: "topup", ID: done.EntryID, Version: last})
}

// ---- Undo ----

// settlePayers carries out what fell due for the members whose payments are
// taken back: a service renewed meanwhile has spent them.
func (u *undoing) settlePayers(changes []db.Change) error {
	members := map[int64]bool{}
	for _, c := range changes {
		e, err := u.tx.Entry(c.ID)
		if err != nil {
			return err
		}
		member, err := standsFor(&u.tx.ReadTx, e.MemberID)
		if err != nil {
			return err
		}
		members[member] = true
	}
	return overdueAmong(u.tx, members)
}

// creditsLeft is what credit members still have as an undo goes on, overdue
// renewals played: the undo that is only looked at comes to the same.
type creditsLeft struct {
	tx *db.ReadTx
	on pec.Date
	of map[int64]pec.Cents
}

func newCreditsLeft(tx *db.ReadTx, on pec.Date) creditsLeft {
	return creditsLeft{tx, on, map[int64]pec.Cents{}}
}

func (c creditsLeft) left(member int64) (pec.Cents, error) {
	if credit, ok := c.of[member]; ok {
		return credit, nil
	}
	agreements, err := c.tx.Agreements()
	if err != nil {
		return 0, err
	}
	book, err := loadBook(c.tx, member, agreements)
	if err != nil {
		return 0, err
	}
	_, book = pec.Renewals(book, agreements, c.on.AddDays(-1))
	c.of[member] = book.Credit
	return book.Credit, nil
}

// payment takes a payment back by an opposite entry (R14).
func (u *undoing) payment(c db.Change) error {
	t, err := paymentToUndo(&u.tx.ReadTx, c, u.credits)
	if err != nil {
		return err
	}
	if t.why != "" {
		u.keep(c.ID, t.name, t.why)
		return nil
	}
	u.done.Removed++
	_, _, err = takeBack(u.tx, t.entry, t.member, fmt.Sprintf("Importazione n. %d annullata", u.batch))
	return err
}

// topUpToUndo is a payment that an import entered.
type topUpToUndo struct {
	entry  db.Entry
	member int64  // who has the money now
	name   string // of what the undo speaks
	why    string // it has to stay; empty when it has not
}

// paymentToUndo is memberToUndo for a payment: it is taken back where the credit
// still covers it and nothing was completed by it.
func paymentToUndo(tx *db.ReadTx, c db.Change, credits creditsLeft) (t topUpToUndo, err error) {
	topup, err := tx.ImportedTopUp(c)
	if err != nil {
		return t, err
	}
	t.entry, t.name = topup.Entry, fmt.Sprintf("%s, %s, %s", topup.Holder, topup.Amount.Euro(), topup.Reference)
	if t.member, err = standsFor(tx, topup.MemberID); err != nil {
		return t, err
	}
	m, err := tx.Member(t.member)
	if err != nil {
		return t, err
	}
	left, err := credits.left(t.member)
	switch {
	case err != nil:
	case topup.Reversed:
		t.why = "è già stato stornato"
	case len(topup.LedTo) > 0:
		t.why = ledTo(topup.LedTo)
	case m.LastEventOn.After(credits.on):
		t.why = "l’ultimo evento sul suo conto è di un giorno successivo"
	case left < topup.Amount:
		t.why = fmt.Sprintf("il credito non lo copre più: restano %s", left.Euro())
	default:
		credits.of[t.member] = left - topup.Amount
	}
	return t, err
}

// ledTo says what a payment did at once, the last of it.
func ledTo(entries []db.Entry) string {
	for _, e := range entries {
		if e.Kind == pec.EntryOrder {
			return "ha completato l’ordine " + e.OrderNumber
		}
	}
	return "ha saldato un credito da recuperare dall’iscritto"
}
