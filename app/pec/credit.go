package pec

import (
	"strings"
)

// TopUpMethod is how money came in.
type TopUpMethod string

// The methods of R15.
const (
	ByCard         TopUpMethod = "card"
	ByBankTransfer TopUpMethod = "bank_transfer"
	ByPagoPA       TopUpMethod = "pagopa"
	ByCounter      TopUpMethod = "counter"
)

// TopUpMethods lists the methods that a person may register; card payments
// come from the gateway.
var TopUpMethods = []TopUpMethod{ByBankTransfer, ByPagoPA, ByCounter, ByCard}

// Italian is the method on screens.
func (m TopUpMethod) Italian() string {
	switch m {
	case ByCard:
		return "carta"
	case ByBankTransfer:
		return "bonifico"
	case ByPagoPA:
		return "pagoPA"
	case ByCounter:
		return "sportello"
	}
	return string(m)
}

// Known reports whether m is one of the four methods.
func (m TopUpMethod) Known() bool { return m.Italian() != string(m) || m == ByPagoPA }

// UniqueReference reports whether a reference of this method stands for one
// payment whoever it is for: card payment ids and IUV (R15). The others may be
// shared by the members one studio paid for.
func (m TopUpMethod) UniqueReference() bool { return m == ByCard || m == ByPagoPA }

// EntryKind is what a ledger entry (movimento) records.
type EntryKind string

// The kinds of ledger entries; the sign of the amount is in brackets.
const (
	EntryTopUp    EntryKind = "topup"    // ricarica (+)
	EntryOrder    EntryKind = "order"    // purchase or renewal paid (−)
	EntryReversal EntryKind = "reversal" // storno, an opposite entry (− or +)
	EntryRefund   EntryKind = "refund"   // rimborso to a leaver (−)
	EntryClaim    EntryKind = "claim"    // a top-up that settles what was owed (−)
	EntryTransfer EntryKind = "transfer" // passaggio between two positions that were merged, or from who pays for another's mailbox: out of one (−), into the other (+)
	EntryRecredit EntryKind = "recredit" // riaccredito of what was paid for a service that the provider refused (+)
)

// Italian is the word of the statement of account.
func (k EntryKind) Italian() string {
	switch k {
	case EntryTopUp:
		return "ricarica"
	case EntryOrder:
		return "ordine"
	case EntryReversal:
		return "storno"
	case EntryRefund:
		return "rimborso"
	case EntryClaim:
		return "recupero credito"
	case EntryTransfer:
		return "passaggio di credito"
	case EntryRecredit:
		return "riaccredito"
	}
	return string(k)
}

// OrderState is where an order of purchase is.
type OrderState string

// The states of an order.
const (
	OrderAwaitingPayment OrderState = "awaiting_payment"
	OrderCompleted       OrderState = "completed"
	OrderCancelled       OrderState = "cancelled"
	OrderLapsed          OrderState = "lapsed"
)

// Italian is the word of the screens.
func (s OrderState) Italian() string {
	switch s {
	case OrderAwaitingPayment:
		return "in attesa di pagamento"
	case OrderCompleted:
		return "completato"
	case OrderCancelled:
		return "annullato"
	case OrderLapsed:
		return "decaduto"
	}
	return string(s)
}

// OrderKind tells a purchase from the order of a renewal.
type OrderKind string

// The kinds of orders.
const (
	OrderPurchase OrderKind = "purchase"
	OrderRenewal  OrderKind = "renewal"
)

// Italian is the word of the screens.
func (k OrderKind) Italian() string {
	if k == OrderRenewal {
		return "rinnovo"
	}
	return "acquisto"
}

// WaitingDays is how long a waiting order keeps its price (9.1): bought on a
// day, it can be paid up to the thirtieth day after it.
const WaitingDays = 30

// WaitingOrder is an order that waits for payment, as the completion of orders
// needs it.
type WaitingOrder struct {
	ID        int64
	MailboxID int64
	Product   string
	Quantity  int
	Gross     Cents
	Net       Cents // of Gross, the part that is not VAT
	OrderedOn Date
	// Agreement is the one of the order's own day: its cap is checked again.
	Agreement Agreement
	// Renewal is what the order does to the mailbox itself; nil for a purchase of
	// a product.
	Renewal *OrderedRenewal
}

// LapsesOn is the first day on which the order can no longer be paid: after
// its thirty days, or on its mailbox's E (9.1).
func (w WaitingOrder) LapsesOn(expires Date) Date {
	return Earliest(w.OrderedOn.AddDays(WaitingDays+1), expires)
}

// PayBy is the last day on which the order can be paid: the order of a renewal
// also on E itself, which belongs to the member (R6).
func (w WaitingOrder) PayBy(expires Date) Date {
	last := w.LapsesOn(expires).AddDays(-1)
	if w.Renewal != nil && w.Renewal.Years > 0 && w.LapsesOn(expires) == expires && w.LapsesOn(Date{}) != expires {
		return expires
	}
	return last
}

// ReversalSplit divides money to be taken back between the credit that is
// there and a claim for the rest (R14).
func ReversalSplit(amount, credit Cents) (taken, claim Cents) {
	taken = min(amount, credit)
	return taken, amount - taken
}

// ReferenceKey is what tells payments apart by their reference (R15): the same
// CRO typed with other spaces or in small letters is the same payment.
func ReferenceKey(reference string) string {
	return strings.ToUpper(strings.Join(strings.Fields(reference), ""))
}
