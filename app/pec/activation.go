package pec

import "slices"

// Activation is all that decides whether a requested mailbox's term may begin
// on a day, and what it costs.
type Activation struct {
	Mailbox    Mailbox
	Holder     Member
	Agreements []Agreement
	On         Date // on which the provider activated it
	Today      Date // on which that is registered
	Years      int  // of the term; 0 is the kind's shortest
	// Told says that the provider reports it: it is done, also for a holder who
	// has left meanwhile, whose mailbox then closes by R5.
	Told bool
}

// Awaited reports whether the mailbox waits for its activation.
func (a Activation) Awaited() bool {
	return a.Mailbox.Status == MailboxRequested || a.Mailbox.Status == MailboxSent
}

// Activated is a mailbox whose term begins, as it then is.
type Activated struct {
	Mailbox   Mailbox
	Agreement Agreement // in force on the day of activation: its price is the first period's
	Charged   bool      // the Ordine pays the kind (R4)
	Price     Amounts   // of the first period; zero unless charged
}

// Decide returns the mailbox with its term (R1, R2), or the Problem that keeps
// it from being activated. The term begins on the day on which the provider
// activated the mailbox, which may be past but not before the request.
//
// Activated on 12/10/2017 for a year and registered on 20/10/2017, the mailbox
// expires on 12/10/2018, at the price of 12/10/2017. For who has left nothing is
// activated any more, but what the provider has activated all the same is owed
// to it (R4).
func (a Activation) Decide() (Activated, error) {
	m := a.Mailbox
	switch {
	case !a.Awaited():
		return Activated{}, Refuse("mailbox_not_requested", "La casella %s è %s: si attiva solo una casella richiesta o inviata al gestore.", m.Address, m.Status.Italian())
	case !a.Told && !a.Holder.Status.OnRegister():
		return Activated{}, Refuse("holder_left", "%s è %s: la casella %s non si può attivare.", a.Holder.FullName(), a.Holder.Said(a.Holder.Status.Italian()), m.Address)
	case a.On.After(a.Today):
		return Activated{}, Refuse("date_in_future", "Il %s deve ancora venire: la casella %s non può essere già attiva.", a.On.Italian(), m.Address).On("on")
	case a.On.Before(m.RequestedOn):
		return Activated{}, Refuse("date_before_request", "La casella %s è stata richiesta il %s: non può essere attiva dal %s.", m.Address, m.RequestedOn.Italian(), a.On.Italian()).On("on")
	}
	agreement, ok := InForce(a.Agreements, a.On)
	if !ok {
		return Activated{}, Refuse("agreement_missing", "Il %s non c’è una convenzione in vigore: la aggiunga in Convenzioni.", a.On.Italian()).On("on")
	}
	kind, ok := agreement.Kind(m.Kind)
	if !ok {
		return Activated{}, Refuse("kind_unknown", "La convenzione in vigore il %s non prevede la tipologia «%s».", a.On.Italian(), m.Kind).On("on")
	}
	years := a.Years
	if years == 0 {
		years = slices.Min(kind.Terms)
	}
	if !slices.Contains(kind.Terms, years) {
		return Activated{}, Refuse("term_not_offered", "La convenzione non prevede una durata di %d anni per la tipologia %s.", years, kind.Name).On("years")
	}
	m.Status, m.ActivatedOn, m.AnchorOn, m.TermYears = MailboxActive, a.On, a.On, years
	m.ExpiresOn = Expiry(m.AnchorOn, a.On, years)
	done := Activated{Mailbox: m, Agreement: agreement, Charged: kind.PaidBy == PaidByOrdine}
	if done.Charged {
		done.Price = agreement.KindPrice(kind, years)
	}
	return done, nil
}

// CheckRunning refuses an activation that is registered by hand when its term is
// over: whether the provider has renewed it only the provider's list tells.
func (a Activated) CheckRunning(today Date) error {
	if e := a.Mailbox.ExpiresOn; !e.After(today) {
		return Refuse("term_over", "Attiva dal %s, la casella %s sarebbe scaduta il %s: la prenda in carico con l’elenco delle caselle del gestore.",
			a.Mailbox.ActivatedOn.Italian(), a.Mailbox.Address, e.Italian()).On("on")
	}
	return nil
}
