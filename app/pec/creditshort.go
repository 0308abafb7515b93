package pec

import (
	"fmt"
)

// ToldAgainAfter is how many days pass before a member is told again that their
// credit does not cover a renewal: told on the 5th, again from the 12th on.
const ToldAgainAfter = 7

// CreditShortFacts is what a member is told whose credit does not cover the
// renewal of their services.
type CreditShortFacts struct {
	On         Date
	Holder     string // name and surname
	OrderBody  string
	Boxes      []ShortBox // in the order of their days
	Credit     Cents
	Lack       Lack  // of the mailbox among Boxes that lacks most: it holds what the others lack
	Missing    Cents // gross: the top-up after which everything renews
	Pay        Transfer
	Agreements []Agreement
}

// ShortBox is a mailbox that loses services on its day for want of credit.
type ShortBox struct {
	Address string
	On      Date    // E
	Ending  []Event // the services that end
	Later   bool    // they end once a top-up keeps only what expires before
	Cost    Amounts // of renewing all of its services
}

// Values fills the fields of the message: what ends, when, what it costs, what
// there is, what is missing and how to pay it.
//
// With 1,00 € of credit and 1 GB at 2,50 €: it costs 2,50 € + IVA 0,55 € =
// 3,05 €, and 2,05 € are missing.
func (c CreditShortFacts) Values() MessageValues {
	first := c.Boxes[0].On
	var cost Amounts
	var lines []string
	for _, b := range c.Boxes {
		cost = cost.Plus(b.Cost)
		for _, e := range b.Ending {
			lines = append(lines, fmt.Sprintf("%s, casella %s, il %s", productNamed(c.Agreements, e.Product).Lost(e), b.Address, b.On.Italian()))
		}
		if b.Later {
			lines = append(lines, fmt.Sprintf("i servizi della casella %s, il %s, se la ricarica basta solo per ciò che scade prima", b.Address, b.On.Italian()))
		}
	}
	v := MessageValues{
		"nome": c.Holder, "scadenza": first.Italian(), "quando": daysAhead(c.On, first), "caselle": listOf(lines), "costo": cost.Sum(), "credito": c.Credit.Euro(),
		"prima": c.Lack.Before(cost.Gross), "manca": c.Missing.Euro(), "ordine": c.OrderBody,
		"come_pagare": fmt.Sprintf("Ricarichi almeno %s entro il %s: %s", c.Missing.Euro(), first.Italian(), c.Pay.sentence()),
	}
	c.Pay.fill(v)
	return v
}
