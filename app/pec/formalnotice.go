package pec

import (
	"fmt"
	"slices"
)

// FormalNotice is a diffida: the letter by which the Ordine tells a member without
// a digital domicile to communicate one within DiffidaDays of its delivery, and
// what follows.
type FormalNotice struct {
	ID          int64
	MemberID    int64
	MadeOn      Date
	SentOn      Date
	SentHow     string // "raccomandata", "messo notificatore"…
	DeliveredOn Date
	Pauses      []NoticePause // in their order
	SuspendedOn Date          // the member was suspended from the register for it
	EndedOn     Date          // nothing more follows
	End         NoticeEnd
	EndReason   string
}

// NoticePause is a stretch in which the days do not count (sospensione dei
// termini).
type NoticePause struct {
	From   Date
	To     Date // the first day that counts again; zero while it lasts
	Reason string
}

// NoticeEnd says how a formal notice ended.
type NoticeEnd string

// How formal notices end.
const (
	NoticeComplied  NoticeEnd = "complied"  // a PEC was communicated
	NoticeRevoked   NoticeEnd = "revoked"   // and the suspension was revoked
	NoticeWithdrawn NoticeEnd = "withdrawn" // by the Ordine
	NoticeLeft      NoticeEnd = "left"      // the member left the register
)

// NoticeState is where a formal notice is.
type NoticeState string

// The states, in the order of the screens.
const (
	NoticeToSend    NoticeState = "to_send"
	NoticeSent      NoticeState = "sent"      // its delivery is not known
	NoticeRunning   NoticeState = "running"   // the days count
	NoticePaused    NoticeState = "paused"    // they do not
	NoticeDue       NoticeState = "due"       // they are over: the council decides
	NoticeSuspended NoticeState = "suspended" // the member is, for it
	NoticeMet       NoticeState = "met"       // a PEC was communicated: to be closed, or the suspension revoked
	NoticeOver      NoticeState = "over"
)

// NoticeStates lists the states in the order of the screens.
var NoticeStates = []NoticeState{NoticeToSend, NoticeSent, NoticeRunning, NoticePaused, NoticeDue, NoticeSuspended, NoticeMet, NoticeOver}

// Italian is the state as the screens give it.
func (s NoticeState) Italian() string {
	switch s {
	case NoticeToSend:
		return "da inviare"
	case NoticeSent:
		return "inviata"
	case NoticeRunning:
		return "termini in corso"
	case NoticePaused:
		return "termini sospesi"
	case NoticeDue:
		return "per il Consiglio"
	case NoticeSuspended:
		return "iscritto sospeso"
	case NoticeMet:
		return "PEC comunicata"
	case NoticeOver:
		return "chiusa"
	}
	return string(s)
}

// Italian is how a notice ended, as the screens give it.
func (e NoticeEnd) Italian() string {
	switch e {
	case NoticeComplied:
		return "PEC comunicata"
	case NoticeRevoked:
		return "PEC comunicata, sospensione revocata"
	case NoticeWithdrawn:
		return "ritirata"
	case NoticeLeft:
		return "uscita dall’albo"
	}
	return string(e)
}

// LastDay is the last day for the member to communicate a PEC: the DiffidaDays-th
// after the delivery, whose own day does not count, later by the days of the
// pauses up to today. Zero before the delivery.
//
// Delivered on 10/12/2026: 09/01/2027. With a pause from 20/12 to 30/12, ten
// days: 19/01/2027.
func (n FormalNotice) LastDay(today Date) Date {
	if n.DeliveredOn.IsZero() {
		return Date{}
	}
	return n.DeliveredOn.AddDays(DiffidaDays + n.pausedDays(today))
}

// pausedDays are the days after the delivery that do not count, up to today.
func (n FormalNotice) pausedDays(today Date) int {
	days := 0
	for _, p := range n.Pauses {
		from, to := p.From, p.To
		if to.IsZero() {
			to = today.AddDays(1) // today does not count either
		}
		if first := n.DeliveredOn.AddDays(1); from.Before(first) {
			from = first
		}
		days += max(0, from.DaysUntil(to))
	}
	return days
}

// Paused reports whether the days do not count now.
func (n FormalNotice) Paused() bool {
	return len(n.Pauses) > 0 && n.Pauses[len(n.Pauses)-1].To.IsZero()
}

// suspends reports whether a member is suspended for the notice: who was taken back
// on the register since no longer is.
func (n FormalNotice) suspends(m Member) bool {
	return !n.SuspendedOn.IsZero() && m.Status == MemberSuspended
}

// State is where the notice is on a day, of a member whose digital domicile is
// valid or not.
func (n FormalNotice) State(today Date, m Member, valid bool) NoticeState {
	switch {
	case !n.EndedOn.IsZero(), !m.Status.OnRegister() && !m.LeftOn.After(today):
		return NoticeOver
	case valid:
		return NoticeMet
	case n.suspends(m):
		return NoticeSuspended
	case n.SentOn.IsZero():
		return NoticeToSend
	case n.DeliveredOn.IsZero():
		return NoticeSent
	case n.Paused():
		return NoticePaused
	case today.After(n.LastDay(today)):
		return NoticeDue
	}
	return NoticeRunning
}

// Further reports whether the notice has come further than another: to the
// suspension, the delivery, the sending.
func (n FormalNotice) Further(other FormalNotice) bool {
	for _, d := range [][2]Date{{n.SuspendedOn, other.SuspendedOn}, {n.DeliveredOn, other.DeliveredOn}, {n.SentOn, other.SentOn}} {
		if d[0].IsZero() != d[1].IsZero() {
			return !d[0].IsZero()
		}
	}
	return false
}

// NoticeAction is what is done with a formal notice.
type NoticeAction string

// What can be done.
const (
	NoticeSend     NoticeAction = "inviata"
	NoticeDeliver  NoticeAction = "consegnata"
	NoticePauseIt  NoticeAction = "pausa"
	NoticeResume   NoticeAction = "riprendi"
	NoticeSuspend  NoticeAction = "sospendi"
	NoticeRevoke   NoticeAction = "revoca"
	NoticeClose    NoticeAction = "chiudi"
	NoticeWithdraw NoticeAction = "ritira"
)

// NoticeActions lists what can be done in the order of the screens.
var NoticeActions = []NoticeAction{NoticeSend, NoticeDeliver, NoticePauseIt, NoticeResume, NoticeSuspend, NoticeRevoke, NoticeClose, NoticeWithdraw}

// Italian is the action as a list of choices gives it.
func (a NoticeAction) Italian() string {
	switch a {
	case NoticeSend:
		return "Registra l’invio"
	case NoticeDeliver:
		return "Registra la consegna"
	case NoticePauseIt:
		return "Sospendi i termini"
	case NoticeResume:
		return "Fai ripartire i termini"
	case NoticeSuspend:
		return "Registra la sospensione dall’albo"
	case NoticeRevoke:
		return "Registra la revoca della sospensione"
	case NoticeClose:
		return "Chiudi: PEC comunicata"
	case NoticeWithdraw:
		return "Ritira la diffida"
	}
	return string(a)
}

// Refuses says in Italian why an action on a day cannot be taken; empty when it
// can. A delivery may be registered without its sending having been.
func (n FormalNotice) Refuses(a NoticeAction, on, today Date, m Member, valid bool) string {
	state := n.State(today, m, valid)
	last := n.lastEvent()
	switch {
	case state == NoticeOver && n.EndedOn.IsZero():
		return "Non è più nell’albo: la diffida è finita."
	case state == NoticeOver:
		return "La diffida è chiusa dal " + n.EndedOn.Italian() + ", " + n.End.Italian() + "."
	case on.After(today):
		return "Il giorno non può essere nel futuro."
	case on.Before(last):
		return "Il giorno è prima dell’ultimo passo, del " + last.Italian() + "."
	}
	allowed := map[NoticeAction][]NoticeState{
		NoticeSend: {NoticeToSend}, NoticeDeliver: {NoticeToSend, NoticeSent, NoticeMet}, NoticePauseIt: {NoticeRunning}, NoticeResume: {NoticePaused},
		NoticeSuspend: {NoticeDue}, NoticeRevoke: {NoticeMet}, NoticeClose: {NoticeMet}, NoticeWithdraw: {NoticeToSend, NoticeSent, NoticeRunning, NoticePaused, NoticeDue, NoticeMet},
	}
	switch {
	case a == NoticeRevoke && !n.suspends(m):
		return "Non è " + m.Said("sospeso") + " per questa diffida."
	case (a == NoticeClose || a == NoticeWithdraw) && n.suspends(m):
		return "È " + m.Said("sospeso") + " dall’albo dal " + n.SuspendedOn.Italian() + ": prima si registra la revoca."
	case a == NoticeDeliver && !n.DeliveredOn.IsZero():
		return "È già stata consegnata il " + n.DeliveredOn.Italian() + "."
	case a == NoticeRevoke && !valid:
		return "Non ha ancora comunicato una PEC valida."
	case a == NoticePauseIt && state == NoticeDue && !on.After(n.LastDay(today)): // told late
		return ""
	case a == NoticeSuspend && state == NoticeDue && m.Status == MemberSuspended:
		return "È già " + m.Said("sospeso") + " dall’albo per altro: revocata per la PEC, finirebbe anche quella sospensione."
	case a == NoticeSuspend && state == NoticeDue && !on.After(n.LastDay(today)):
		return "Fino al " + n.LastDay(today).Italian() + " i termini non erano scaduti: la sospensione non può cominciare prima."
	case !slices.Contains(allowed[a], state):
		return fmt.Sprintf("La diffida è in stato «%s».", state.Italian())
	}
	return ""
}

// lastEvent is the latest day on which something was done with the notice.
func (n FormalNotice) lastEvent() Date {
	last := n.MadeOn
	for _, d := range []Date{n.SentOn, n.DeliveredOn, n.SuspendedOn} {
		if d.After(last) {
			last = d
		}
	}
	for _, p := range n.Pauses {
		for _, d := range []Date{p.From, p.To} {
			if d.After(last) {
				last = d
			}
		}
	}
	return last
}
