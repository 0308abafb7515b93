package pec

// Expiring counts mailboxes alike that expire on one day.
type Expiring struct {
	On         Date   // E
	Kind       string // from that day on
	TermYears  int
	AutoRenew  bool
	OnRegister bool // the holders
	Mailboxes  int
}

// Outlook is what becomes of mailboxes that expire, told by the rules of a run
// (R4, R5, R18) without the books of single members.
type Outlook struct {
	Renewing int     // renewed by themselves at the Ordine's expense
	Closing  int     // the holder left, or nobody renews them
	Failing  int     // no agreement in force on E, or it lacks the kind
	Price    Amounts // of those renewing, for their whole terms
}

// Plus adds two outlooks.
func (o Outlook) Plus(p Outlook) Outlook {
	return Outlook{o.Renewing + p.Renewing, o.Closing + p.Closing, o.Failing + p.Failing, o.Price.Plus(p.Price)}
}

// Expected says what becomes of mailboxes on their E with the agreement in
// force then; their prices are those of one mailbox times their number, since
// VAT is rounded on each charge (R10).
func (e Expiring) Expected(agreements []Agreement) Outlook {
	if !e.OnRegister {
		return Outlook{Closing: e.Mailboxes}
	}
	a, _ := InForce(agreements, e.On)
	kind, ok := a.Kind(e.Kind)
	switch {
	case !ok:
		return Outlook{Failing: e.Mailboxes}
	case kind.PaidBy == PaidByMember || !e.AutoRenew:
		return Outlook{Closing: e.Mailboxes}
	}
	one, n := a.KindPrice(kind, max(e.TermYears, 1)), Cents(e.Mailboxes)
	return Outlook{Renewing: e.Mailboxes, Price: Amounts{one.Net * n, one.VAT * n, one.Gross * n}}
}

// In moves a mailbox on to its expiry in a year, through those before on which it
// renews by itself, see [Expiry]; false when it has none in that year. Expiring
// on 12/10/2026 with terms of one year it does on 12/10/2027.
func (e Expiring) In(year int, anchor Date, agreements []Agreement) (Expiring, bool) {
	for e.On.Year < year && e.Expected(agreements).Renewing > 0 {
		e.On = Expiry(anchor, e.On, max(e.TermYears, 1))
	}
	return e, e.On.Year == year
}
