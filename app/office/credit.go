package office

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"albopec/app/pec"
	"albopec/db"
)

// Payment is money that came in for a member.
type Payment struct {
	Address   string // of one of the member's mailboxes; or
	MemberID  int64
	Amount    pec.Cents // gross
	Method    pec.TopUpMethod
	Reference string // payment id, CRO, IUV
	// PaidOn is the day of the payment where a list tells it, kept with the entry:
	// the entry itself is of the day on which it is registered.
	PaidOn pec.Date
	// EvenIfShared takes a reference that already paid for another member, as a
	// studio's single bank transfer does (R15).
	EvenIfShared bool
	// EvenIfOtherMethod takes a reference that is there under another method: it may
	// be the same money, registered as something else.
	EvenIfOtherMethod bool
	// EvenIfReversed takes a reference again whose top-up was reversed, for whom it
	// is and with the right amount (R15).
	EvenIfReversed bool
	// Reversed is the top-up of which that was said, 0 for whichever it is: a form
	// confirms the one that it showed, and never one that was entered and reversed
	// since.
	Reversed int64

	batch int64 // the import that brings it, 0 for none
}

// PaidOnNote opens what an entry says of its payment beside the reference, the
// day follows.
const PaidOnNote = "Pagato il "

func (p Payment) note() string {
	if p.PaidOn.IsZero() {
		return ""
	}
	return PaidOnNote + p.PaidOn.Italian()
}

// ToppedUp is a payment registered, or found registered already.
type ToppedUp struct {
	EntryID         int64
	MemberID        int64
	Balance         pec.Cents // after the orders that it completed
	Duplicate       bool
	OrdersCompleted int
	ClaimSettled    pec.Cents // what of it went to what the member owed
	ClaimLeft       pec.Cents // what they owe still
	Shared          bool      // the reference also paid for another member
}

const maxReference = 140 // as long as a bank transfer's text

// TopUp registers a payment (R13 to R15). The same one again is entered once;
// what waits is completed oldest first.
func (o *Office) TopUp(ctx context.Context, actor string, p Payment) (ToppedUp, error) {
	p.Reference = strings.Join(strings.Fields(p.Reference), " ")
	if err := p.check(); err != nil {
		return ToppedUp{}, err
	}
	var done ToppedUp
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		member, last, err := payer(tx, p)
		if err != nil {
			return err
		}
		done = ToppedUp{MemberID: member}
		if err := known(tx, member, p, &done); err != nil || done.Duplicate {
			return err
		}
		if p.Method == pec.ByPagoPA { // after what is there: it may be from before IUVs were checked
			if err := pec.CheckIUV(p.Reference); err != nil {
				return err
			}
		}
		if err := overdue(tx, member); err != nil {
			return err
		}
		if err := notBefore(tx.On, "questo conto", last); err != nil {
			return err
		}
		if err := enter(tx, member, p, &done); err != nil {
			return err
		}
		if done.ClaimLeft, err = tx.Claim(member); err != nil {
			return err
		}
		done.Balance, err = tx.Balance(member)
		return err
	})
	return done, err
}

func (p Payment) check() error {
	switch {
	case p.Amount <= 0:
		return pec.Refuse("amount_invalid", "L’importo deve essere maggiore di zero.").On("amount")
	case p.Amount > pec.MaxAmount:
		return pec.Refuse("amount_invalid", "L’importo supera il massimo di %s.", pec.MaxAmount.Euro()).On("amount")
	case !p.Method.Known():
		return pec.Refuse("method_unknown", "Scelga come è stato pagato: bonifico, pagoPA, sportello o carta.").On("method")
	case p.Reference == "":
		return pec.Refuse("reference_missing", "Scriva il riferimento del pagamento (CRO, IUV, numero della ricevuta).").On("reference")
	case utf8.RuneCountInString(p.Reference) > maxReference:
		return pec.Refuse("reference_invalid", "Il riferimento supera i %d caratteri.", maxReference).On("reference")
	}
	return nil
}

func payer(tx *db.Tx, p Payment) (member int64, last pec.Date, err error) {
	id := p.MemberID
	if p.Address != "" {
		box, err := tx.MailboxByAddress(normalAddress(p.Address))
		if err != nil {
			return 0, last, err
		}
		id = box.MemberID
	}
	m, err := standingMember(&tx.ReadTx, id)
	return m.ID, m.LastEventOn, err
}

// known looks for the same payment, and for its reference elsewhere (R15).
func known(tx *db.Tx, member int64, p Payment, done *ToppedUp) error {
	same, err := tx.TopUpsByReference(p.Method, p.Reference)
	if err != nil {
		return err
	}
	same, before := notReversed(same)
	for _, t := range same { // of two positions merged, one reference may have paid twice
		if t.MemberID == member && t.Amount == p.Amount {
			done.Duplicate, done.EntryID = true, t.EntryID
			done.Balance, err = tx.Balance(member)
			return err
		}
	}
	for _, t := range same {
		if t.MemberID == member {
			return pec.Refuse("topup_conflict", "Il riferimento «%s» (%s) è già registrato il %s con un altro importo, %s: controlli la ricevuta.",
				p.Reference, p.Method.Italian(), t.On.Italian(), t.Amount.Euro()).On("reference")
		}
		done.Shared = true
	}
	switch {
	case done.Shared && p.Method.UniqueReference():
		return pec.Refuse("reference_taken", "Il riferimento «%s» (%s) è già di un altro iscritto: un pagamento di questo tipo vale per una persona sola.",
			p.Reference, p.Method.Italian()).On("reference")
	case done.Shared && !p.EvenIfShared:
		return pec.Refuse("reference_shared", "Il riferimento «%s» (%s) è già servito per un altro iscritto. Se il pagamento vale per più persone, lo confermi.",
			p.Reference, p.Method.Italian()).On("even_if_shared")
	}
	if err := elsewhere(&tx.ReadTx, p); err != nil {
		return err
	}
	if before.ID != 0 && (!p.EvenIfReversed || p.Reversed != 0 && p.Reversed != before.ID) {
		payer, err := tx.Member(before.MemberID)
		if err != nil {
			return err
		}
		return pec.Refuse("topup_reversed", "Il riferimento «%s» (%s) è stato registrato il %s per %s, %s, e poi stornato. Se il pagamento c’è ed è di questo iscritto, lo confermi.",
			p.Reference, p.Method.Italian(), before.On.Italian(), payer.FullName(), before.Amount.Euro()).On("even_if_reversed")
	}
	return nil
}

// elsewhere asks about a reference that stands under another method.
func elsewhere(tx *db.ReadTx, p Payment) error {
	if p.EvenIfOtherMethod {
		return nil
	}
	for _, method := range pec.TopUpMethods {
		if method == p.Method {
			continue
		}
		list, err := tx.TopUpsByReference(method, p.Reference)
		if err != nil {
			return err
		}
		if list, _ = notReversed(list); len(list) == 0 {
			continue
		}
		payer, err := tx.Member(list[0].MemberID)
		if err != nil {
			return err
		}
		return pec.Refuse("reference_other_method", "Il riferimento «%s» è già registrato il %s come %s per %s, %s. Se è un altro pagamento, lo confermi.",
			p.Reference, list[0].On.Italian(), method.Italian(), payer.FullName(), list[0].Amount.Euro()).On("even_if_other_method")
	}
	return nil
}

// notReversed sets aside what was taken back of the top-ups of a reference: it
// stands no more, and the reference may be entered again, for whom it is (R15). The
// other is the latest of those, its ID 0 when there is none.
func notReversed(same []db.TopUp) (list []db.TopUp, before db.TopUp) {
	for _, t := range same {
		if t.Reversed {
			before = t
		} else {
			list = append(list, t)
		}
	}
	return list, before
}

// ReversedTopUp is the latest top-up of a reference that was reversed, 0 for none:
// what a form asks about.
func (o *Office) ReversedTopUp(tx *db.ReadTx, method pec.TopUpMethod, reference string) (int64, error) {
	same, err := tx.TopUpsByReference(method, reference)
	_, before := notReversed(same)
	return before.ID, err
}

// enter writes the payment, settles first what is owed (R14), and completes
// what waits.
func enter(tx *db.Tx, member int64, p Payment, done *ToppedUp) error {
	topup, err := tx.AddTopUp(db.TopUp{MemberID: member, Method: p.Method, Reference: p.Reference, Amount: p.Amount, On: tx.On})
	if err != nil {
		return err
	}
	done.EntryID, err = tx.AddEntry(db.Entry{MemberID: member, On: tx.On, Kind: pec.EntryTopUp, Amount: p.Amount, TopUpID: topup, Reason: p.note()})
	if err != nil {
		return err
	}
	detail := map[string]any{"entry": done.EntryID, "amount": p.Amount, "method": p.Method, "reference": p.Reference}
	if p.batch != 0 {
		detail["batch"], detail["paid_on"] = p.batch, p.PaidOn
	}
	if err := tx.Record("topup", "member", member, detail); err != nil {
		return err
	}
	if err := mark(tx, member, 0, tx.On); err != nil {
		return err
	}
	if done.ClaimSettled, err = settleClaim(tx, member, "Saldato con la ricarica"); err != nil {
		return err
	}
	waited, err := tx.WaitingOrders(member)
	if err != nil {
		return err
	}
	if err := completeWaiting(tx, member, &done.OrdersCompleted); err != nil {
		return err
	}
	return tellToppedUp(tx, member, p, done, waited)
}

// settleClaim takes what is owed from the credit; how says which money came in.
func settleClaim(tx *db.Tx, member int64, how string) (pec.Cents, error) {
	claim, err := tx.Claim(member)
	if err != nil || claim <= 0 {
		return 0, err
	}
	balance, err := tx.Balance(member)
	if err != nil {
		return 0, err
	}
	settled := min(claim, balance)
	if settled == 0 {
		return 0, nil
	}
	entry, err := tx.AddEntry(db.Entry{MemberID: member, On: tx.On, Kind: pec.EntryClaim, Amount: -settled, Reason: "Restituito all’Ordine per una ricarica stornata"})
	if err != nil {
		return 0, err
	}
	return settled, tx.AddClaim(member, -settled, entry, tx.On, how)
}

// readReason reads why somebody did something: on one line, of at most maxNote
// characters. Empty is refused with the sentence given, and taken where there is
// none.
func readReason(text, missing string) (string, error) {
	text = strings.Join(strings.Fields(text), " ")
	switch {
	case text == "" && missing != "":
		return "", pec.Refuse("reason_missing", "%s", missing).On("reason")
	case utf8.RuneCountInString(text) > maxNote:
		return "", pec.Refuse("value_too_long", "Il motivo supera i %d caratteri: lo abbrevi.", maxNote).On("reason")
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return "", pec.Refuse("reason_invalid", "Il motivo contiene caratteri che non si possono leggere: lo riscriva.").On("reason")
	}
	return text, nil
}

// CreditToday is a member's credit once what fell due before today is carried
// out: what a reversal or a refund finds (R6).
func (o *Office) CreditToday(tx *db.ReadTx, member int64) (pec.Cents, error) {
	book, agreements, err := o.Book(tx, member)
	_, book = pec.Renewals(book, agreements, o.Today().AddDays(-1))
	return book.Credit, err
}

// ReverseTopUp takes a top-up back with an opposite entry, for a mistake or a
// chargeback. What was already spent becomes a claim (R14). Where the credit that was
// seen, gross, is named, figures that have changed since are refused.
func (o *Office) ReverseTopUp(ctx context.Context, actor string, entry int64, seen *pec.Cents, reason string) (taken, claim pec.Cents, err error) {
	if reason, err = readReason(reason, "Scriva il motivo dello storno."); err != nil {
		return 0, 0, err
	}
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		e, err := tx.Entry(entry)
		if err != nil {
			return err
		}
		if e.Kind != pec.EntryTopUp {
			return pec.Refuse("entry_not_reversible", "Si può stornare solo una ricarica.")
		}
		if e.Reversed {
			return pec.Refuse("entry_reversed", "La ricarica è già stata stornata.")
		}
		member, err := standsFor(&tx.ReadTx, e.MemberID) // the money may have moved on with a merge
		if err != nil {
			return err
		}
		if err := overdue(tx, member); err != nil {
			return err
		}
		m, err := tx.Member(member)
		if err != nil {
			return err
		}
		if err := notBefore(tx.On, "questo conto", m.LastEventOn); err != nil {
			return err
		}
		if taken, claim, err = takeBack(tx, e, member, reason); err != nil || seen == nil {
			return err
		}
		if saw, owes := pec.ReversalSplit(e.Amount, *seen); saw != taken || owes != claim {
			return pec.Refuse("credit_changed", "Il credito è cambiato mentre la pagina era aperta: si toglierebbero %s e diventerebbero credito da recuperare dall’iscritto %s. Controlli e confermi di nuovo.", taken.Euro(), claim.Euro())
		}
		return nil
	})
	return taken, claim, err
}

// takeBack writes what a reversal of a top-up takes from the member who has its
// money now, and what that member then owes.
func takeBack(tx *db.Tx, topup db.Entry, member int64, reason string) (taken, claim pec.Cents, err error) {
	balance, err := tx.Balance(member)
	if err != nil {
		return 0, 0, err
	}
	taken, claim = pec.ReversalSplit(topup.Amount, balance)
	var back int64
	if taken > 0 {
		if back, err = tx.AddEntry(db.Entry{MemberID: member, On: tx.On, Kind: pec.EntryReversal, Amount: -taken, ReversesID: topup.ID, Reason: reason}); err != nil {
			return 0, 0, err
		}
	}
	if claim > 0 {
		if err := tx.AddClaim(member, claim, reversedBy(back, topup.ID), tx.On, reason); err != nil {
			return 0, 0, err
		}
	}
	if err := tx.Record("topup.reversed", "member", member, map[string]any{"entry": topup.ID, "taken": taken, "claim": claim, "reason": reason}); err != nil {
		return 0, 0, err
	}
	if err := tellReversed(tx, topup, member, taken, reason); err != nil {
		return 0, 0, err
	}
	return taken, claim, mark(tx, member, 0, tx.On)
}

// reversedBy ties a claim to the opposite entry, or to the top-up itself when
// nothing was left to take.
func reversedBy(back, topup int64) int64 {
	if back != 0 {
		return back
	}
	return topup
}

// Refund pays what is left of a leaver's credit back (R5): only for members no
// longer on the register. The credit that was seen, gross, is named: one that has
// changed since is refused, so that nobody registers an amount they did not pay.
func (o *Office) Refund(ctx context.Context, actor string, member int64, seen pec.Cents, reason string) (pec.Cents, error) {
	reason, err := readReason(reason, "Scriva a chi e come è stato rimborsato il credito.")
	if err != nil {
		return 0, err
	}
	var paid pec.Cents
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		if err := overdue(tx, member); err != nil {
			return err
		}
		m, err := standingMember(&tx.ReadTx, member)
		if err != nil {
			return err
		}
		if m.Status.OnRegister() {
			return pec.Refuse("member_on_register", "%s è ancora nell’albo: il credito si rimborsa solo a chi ne è uscito.", m.FullName())
		}
		if err := notBefore(tx.On, "questo conto", m.LastEventOn); err != nil {
			return err
		}
		if paid, err = tx.Balance(member); err != nil {
			return err
		}
		if paid != seen && paid != 0 {
			return pec.Refuse("credit_changed", "Il credito è cambiato mentre la pagina era aperta: era %s, ora è %s. Controlli e confermi di nuovo.", seen.Euro(), paid.Euro())
		}
		if paid == 0 {
			return pec.Refuse("no_credit", "Non c’è credito da rimborsare.")
		}
		if _, err := tx.AddEntry(db.Entry{MemberID: member, On: tx.On, Kind: pec.EntryRefund, Amount: -paid, Reason: reason}); err != nil {
			return err
		}
		if err := tx.Record("refund", "member", member, map[string]any{"amount": paid, "reason": reason}); err != nil {
			return err
		}
		return mark(tx, member, 0, tx.On)
	})
	return paid, err
}
