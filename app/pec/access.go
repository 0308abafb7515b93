package pec

import "slices"

// AccessState is how an access to another holder's mailbox (casella affidata)
// stands.
type AccessState string

// The states of an access; the first two are open.
const (
	AccessAsked     AccessState = "asked"     // chiesto by the guest
	AccessGranted   AccessState = "granted"   // concesso by the holder
	AccessRefused   AccessState = "refused"   // rifiutato by the holder
	AccessWithdrawn AccessState = "withdrawn" // revocato by the holder, or given up by the guest
)

// Italian is the word of the screens.
func (s AccessState) Italian() string {
	switch s {
	case AccessAsked:
		return "in attesa di risposta"
	case AccessGranted:
		return "concesso"
	case AccessRefused:
		return "rifiutato"
	case AccessWithdrawn:
		return "finito"
	}
	return string(s)
}

// Open reports whether the access is asked for or granted.
func (s AccessState) Open() bool { return s == AccessAsked || s == AccessGranted }

// Access is what decides whether a guest may see a mailbox and pay for it.
type Access struct {
	State   AccessState
	Guest   MemberStatus
	Holder  MemberStatus
	Mailbox MailboxStatus
}

// Refuses says why the guest may not, or no longer, see the mailbox and pay for
// it; nil when they may.
func (a Access) Refuses() *Problem {
	switch {
	case a.State == AccessAsked:
		return Refuse("access_not_granted", "Il titolare non ha ancora risposto.")
	case a.State != AccessGranted:
		return Refuse("access_ended", "L’accesso a questa casella è finito: da qui non si vede e non si paga più.")
	case !a.Holder.OnRegister():
		return Refuse("access_of_no_use", "Il titolare non è più nell’albo: per questa casella non si paga più.")
	case a.Mailbox == MailboxClosed:
		return Refuse("access_of_no_use", "La casella è chiusa: non si paga più.")
	case !a.Guest.OnRegister():
		return Refuse("access_of_no_use", "Lei non risulta più nell’albo: con il Suo credito non si paga per altri.")
	}
	return nil
}

// RefusesGrant says why the holder can not, or no longer, grant what was asked;
// nil when they can. Granted already, it can be granted again.
func (a Access) RefusesGrant() *Problem {
	switch {
	case a.State == AccessRefused:
		return Refuse("access_decided", "Ha già rifiutato questa richiesta: se ha cambiato idea, gliela facciano di nuovo un altro giorno.")
	case !a.State.Open():
		return Refuse("access_ended", "L’accesso è finito: chi lo vuole lo chieda di nuovo.")
	case !a.Guest.OnRegister():
		return Refuse("access_of_no_use", "Chi lo chiede non è più nell’albo: l’accesso non si può concedere.")
	case !a.Holder.OnRegister():
		return Refuse("access_of_no_use", "Lei non risulta più nell’albo: l’accesso non si può concedere.")
	case a.Mailbox == MailboxClosed:
		return Refuse("access_of_no_use", "La casella è chiusa: l’accesso non si può concedere.")
	}
	return nil
}

// RefusesGuest says why nothing can be bought for a mailbox by who does not hold
// it, though its rules would sell; what is the matter with the holder's account
// is not the guest's to know. Nil when something can.
func (b Book) RefusesGuest(mailbox int64) *Problem {
	renews := slices.ContainsFunc(b.Waiting, func(w WaitingOrder) bool { return w.MailboxID == mailbox && w.Renewal != nil })
	if b.Claim == 0 && !renews {
		return nil
	}
	return Refuse("holder_first", "Oggi per questa casella non si può acquistare: il titolare ne vede il motivo nella sua area. Può intanto versargli del credito.")
}

// ForGuest is the book as who does not hold a mailbox may know it: that mailbox,
// its services and the credit, as if nothing were owed, waited for payment or
// were held elsewhere.
func (b Book) ForGuest(mailbox int64) Book {
	b.Claim, b.Waiting = 0, nil
	b.Mailboxes = slices.DeleteFunc(slices.Clone(b.Mailboxes), func(m Mailbox) bool { return m.ID != mailbox })
	b.Services = slices.DeleteFunc(slices.Clone(b.Services), func(s Service) bool { return s.MailboxID != mailbox })
	return b
}

// QuoteGuestRenewal works out what renewing a mailbox as it is, by an order of
// who does not hold it, costs on a day (R18): the price that the holder would
// pay. What only the holder can decide, or is the matter with their account, is
// refused without a word on it (holder_first).
func (b Book) QuoteGuestRenewal(agreements []Agreement, mailbox int64, on Date, years int) (RenewalQuote, error) {
	if years < 1 { // without a renewal there is only another kind to be ordered
		return RenewalQuote{}, Refuse("term_not_offered", "Scelga per quanti anni rinnovare la casella.").On("years")
	}
	waits := slices.ContainsFunc(b.Waiting, func(w WaitingOrder) bool { return w.MailboxID == mailbox })
	chosen := slices.ContainsFunc(b.Mailboxes, func(m Mailbox) bool {
		return m.ID == mailbox && m.TurnsOn.IsZero() && m.KindAhead() != m.Kind
	})
	if b.Claim > 0 || waits || chosen {
		return RenewalQuote{}, renewalIsTheHolders()
	}
	q, err := b.QuoteRenewal(agreements, mailbox, on, RenewalWish{Years: years})
	if p := AsProblem(err); p != nil && p.Field == "kind" { // the holder chooses another, or another service
		return q, renewalIsTheHolders()
	}
	return q, err
}

func renewalIsTheHolders() *Problem {
	return Refuse("holder_first", "Oggi il rinnovo di questa casella lo può ordinare solo il titolare, che ne vede il motivo nella sua area. Può intanto versargli del credito.")
}

// RefuseGift says why a guest may not spend an amount of their credit for
// another's mailbox; nil when they may. With 3,05 € asked and a credit of 2,00 €,
// 1,05 € are missing.
func RefuseGift(amount, credit, claim Cents) *Problem {
	switch {
	case claim > 0:
		return Refuse("claim_open", "Lei ha %s da restituire all’Ordine per una ricarica stornata: finché un’altra ricarica non li salda non può pagare per altri.", claim.Euro())
	case amount > credit:
		return Refuse("credit_short", "Il Suo credito è %s: per %s %s.", credit.Euro(), amount.Euro(), Lacking(amount-credit))
	}
	return nil
}

// mostRefusals is how often within a year a holder refuses before a guest may
// not ask for the mailbox again.
const mostRefusals = 3

// EndedAccess is an earlier access of a guest to the same mailbox that is no
// longer open.
type EndedAccess struct {
	AskedOn   Date
	RefusedOn Date // zero unless the holder refused
}

// RefusesRequest says why a guest may not ask for a mailbox again on a day: each
// request brings its holder a message. They may once a day, and after the third
// refusal within a year only when the first of the three is a year old. Nil when
// they may.
func RefusesRequest(before []EndedAccess, on Date) *Problem {
	var refused []Date
	for _, a := range before {
		if a.AskedOn == on {
			return Refuse("access_asked_today", "Oggi ha già chiesto questa casella: potrà chiederla di nuovo da domani.").On("address")
		}
		if again := a.RefusedOn.AddYears(1); !a.RefusedOn.IsZero() && on.Before(again) {
			refused = append(refused, again)
		}
	}
	if len(refused) < mostRefusals {
		return nil
	}
	slices.SortFunc(refused, Date.Compare)
	return Refuse("access_refused_often", "Il titolare ha già rifiutato %d volte in un anno: potrà chiedere di nuovo dal %s.",
		len(refused), refused[len(refused)-mostRefusals].Italian()).On("address")
}
