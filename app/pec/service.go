package pec

// RefusesChoice says why nothing can be decided on a day about a service's next
// renewal (R20); nil when something can. Offers and writes ask it alike.
func (b Book) RefusesChoice(s Service, on Date) *Problem {
	switch {
	case !s.EndedOn.IsZero():
		return Refuse("service_ended", "Il servizio è cessato il %s: %s.", s.EndedOn.Italian(), s.EndReason.Italian())
	case s.Source == SoldByProvider:
		return Refuse("sold_by_provider", "Il servizio è stato acquistato presso il gestore: il rinnovo si decide nella sua area.")
	case !on.Before(s.ExpiresOn):
		return Refuse("mailbox_expired", "Le scelte per il rinnovo del %s si facevano entro il giorno prima.", s.ExpiresOn.Italian())
	case b.RenewalWaiting(s.MailboxID) != 0:
		return Refuse("order_waiting", "C’è un ordine di rinnovo in attesa di pagamento che comprende i servizi com’erano: lo annulli, poi cambi il servizio.")
	case s.ExpiresOn == b.turnsOn(s.MailboxID):
		return Refuse("already_renewed", "Il rinnovo della casella è già pagato e non comprende questo servizio: termina il %s.", s.ExpiresOn.Italian())
	}
	return nil
}

// RenewalWaiting is the order on a mailbox itself that waits for payment, 0 for
// none.
func (b Book) RenewalWaiting(mailbox int64) int64 {
	for _, w := range b.Waiting {
		if w.MailboxID == mailbox && w.Renewal != nil {
			return w.ID
		}
	}
	return 0
}

// RefusesQuantity says why the quantity of a service's next renewal is no longer
// to be chosen: a renewal paid ahead fixed it (R18). Nil when it is.
func (b Book) RefusesQuantity(s Service) *Problem {
	if turns := b.turnsOn(s.MailboxID); !turns.IsZero() {
		return Refuse("already_renewed", "Il rinnovo è già pagato: la quantità si potrà cambiare dal %s.", turns.AddDays(1).Italian()).On("next_quantity")
	}
	return nil
}

// turnsOn is the day on which a mailbox's renewal paid ahead begins; zero when
// none is.
func (b Book) turnsOn(mailbox int64) Date {
	for _, m := range b.Mailboxes {
		if m.ID == mailbox {
			return m.TurnsOn
		}
	}
	return Date{}
}
