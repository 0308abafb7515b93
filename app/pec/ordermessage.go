package pec

import (
	"fmt"
	"strings"
)

// WaitingFacts is what a member is told of orders made together that wait for
// payment.
type WaitingFacts struct {
	On        Date
	Holder    string // name and surname
	OrderBody string
	Orders    []WaitingLine // oldest first
	Credit    Cents
	Lack      OrderLack // of the last: it holds what the others lack
	Pay       Transfer
}

// WaitingLine is one of them.
type WaitingLine struct {
	Address string // of its mailbox
	What    string // "1 GB in più"
	Gross   Cents
	PayBy   Date // last day on which it can be paid
}

// Values fills the fields of the message: what was ordered, how much is missing,
// until when the price holds and how to pay. An order that is cancelled when its
// turn comes says so, and asks for no money.
//
// 1 GB at 3,05 € ordered on 07/12/2017 with 1,00 € of credit: 2,05 € are missing,
// to be paid by 06/01/2018.
func (w WaitingFacts) Values() MessageValues {
	var boxes, lines []string
	first := w.Orders[0].PayBy
	for _, o := range w.Orders {
		boxes = append(boxes, o.Address)
		what := o.What
		if len(w.Orders) > 1 {
			what += ", casella " + o.Address
		}
		lines = append(lines, fmt.Sprintf("%s: %s se è pagato entro il %s", what, o.Gross.Euro(), o.PayBy.Italian()))
		first = Earliest(first, o.PayBy)
	}
	v := MessageValues{
		"nome": w.Holder, "casella": strings.Join(boxes, ", "), "data": w.On.Italian(), "righe": listOf(lines), "credito": w.Credit.Euro(), "ordine": w.OrderBody,
		"avvertenza": w.Lack.CannotComplete(),
	}
	if v["avvertenza"] != "" {
		return v
	}
	v["manca"] = w.Lack.Missing().Euro()
	if len(w.Orders) == 1 {
		v["conto"] = w.Lack.Sum("per questo ordine")
	}
	v["come_pagare"] = fmt.Sprintf("Ricarichi almeno %s entro il %s: %s", v["manca"], first.Italian(), w.Pay.sentence())
	w.Pay.fill(v)
	return v
}

// CannotComplete says that an order which waits is cancelled when its turn comes,
// and why; empty when it completes.
func (l OrderLack) CannotComplete() string {
	until := "Quando il credito lo copre l’ordine si annulla e il suo importo resta credito: pagarlo non serve."
	if missing := l.Missing(); missing > 0 {
		until = "Con una ricarica di " + missing.Euro() + ", o più alta, l’ordine si annulla e la somma resta credito: pagarlo non serve."
	}
	if l.Refuses == "" {
		return ""
	}
	return l.Why() + " " + until
}

// Why says why the order cannot complete.
func (l OrderLack) Why() string {
	if l.Behind {
		return "Prima si completano gli ordini che aspettano da più tempo, e dopo di loro questo non ci sta più."
	}
	return l.Refuses
}

// ReversedFacts is what a member is told of a top-up that was taken back (R14).
type ReversedFacts struct {
	Holder    string // name and surname
	OrderBody string
	On        Date // on which it had been registered
	Amount    Cents
	Method    TopUpMethod
	Reference string
	Reason    string
	Taken     Cents // from the credit
	Credit    Cents // that is left
	Claim     Cents // all that the member owes now
	Pay       Transfer
}

// Values fills the fields of the message.
//
// Of 5,00 € of which 3,05 € were spent, 1,95 € are taken and 3,05 € are owed.
func (r ReversedFacts) Values() MessageValues {
	v := MessageValues{
		"nome": r.Holder, "ordine": r.OrderBody, "data": r.On.Italian(), "importo": r.Amount.Euro(), "metodo": r.Method.Italian(), "riferimento": r.Reference,
		"motivo": r.Reason, "credito": r.Credit.Euro(),
	}
	if r.Taken > 0 {
		v["tolto"] = r.Taken.Euro()
	}
	if r.Claim > 0 {
		v["da_restituire"] = r.Claim.Euro()
		v["che_fare"] = fmt.Sprintf("Finché non restituisce %s gli acquisti e i rinnovi dei servizi si fermano; la prossima ricarica li salda per prima. Si paga %s", r.Claim.Euro(), r.Pay.sentence())
		r.Pay.fill(v)
	}
	return v
}
