package pec

import (
	"cmp"
	"slices"
	"strings"
)

// DomicileSource says which of a member's addresses is the digital domicile.
type DomicileSource string

// Where a digital domicile comes from.
const (
	DomicileMailbox DomicileSource = "mailbox" // the Ordine's mailbox
	DomicileOwn     DomicileSource = "own"     // a PEC of the member's own
)

// Domicile is a member's digital domicile (domicilio digitale): the PEC address
// on record.
type Domicile struct {
	Address string // in lower case
	Source  DomicileSource
	Since   Date // of a mailbox its activation, of an own PEC the day it was registered here; zero when not known
}

// DomicileFault says why a member of the register has no valid digital domicile.
type DomicileFault string

// Why a member has none.
const (
	DomicileNever     DomicileFault = "never"     // no PEC was ever communicated
	DomicileExpired   DomicileFault = "expired"   // it was not renewed
	DomicileClosed    DomicileFault = "closed"    // its mailbox closed, or the own PEC was given up
	DomicileSuspended DomicileFault = "suspended" // the mailbox receives nothing
	DomicileWrong     DomicileFault = "wrong"     // no address, or one that does not take messages
	DomicileShared    DomicileFault = "shared"    // somebody else has it too: it has to be one's own
)

// DomicileFaults lists the reasons in the order of the screens.
var DomicileFaults = []DomicileFault{DomicileNever, DomicileExpired, DomicileClosed, DomicileSuspended, DomicileWrong, DomicileShared}

// Known reports whether f is one of the reasons.
func (f DomicileFault) Known() bool { return slices.Contains(DomicileFaults, f) }

// Italian is the reason as the screens give it.
func (f DomicileFault) Italian() string {
	switch f {
	case DomicileNever:
		return "mai comunicata"
	case DomicileExpired:
		return "scaduta"
	case DomicileClosed:
		return "chiusa"
	case DomicileSuspended:
		return "sospesa"
	case DomicileWrong:
		return "errata"
	case DomicileShared:
		return "condivisa"
	}
	return string(f)
}

// DomicileMark is what the secretariat learnt of an own PEC: that it no longer
// takes messages. It speaks of one address: another one is looked at afresh.
type DomicileMark struct {
	Address string // in lower case; empty for no mark
	Fault   DomicileFault
	Note    string
	On      Date
}

// DomicileMarks are the reasons that can be marked by hand.
var DomicileMarks = []DomicileFault{DomicileExpired, DomicileClosed, DomicileWrong}

// DomicileFacts is what decides a member's digital domicile.
type DomicileFacts struct {
	Member    Member
	Mailboxes []Mailbox // all of them, closed ones too
	OwnSince  Date      // the day on which the own PEC was registered
	Chosen    string    // the address that the member wants as domicile; empty: the Ordine's mailbox first
	Mark      DomicileMark
}

// MemberDomicile is a member with the digital domicile, or why there is none.
type MemberDomicile struct {
	Member   Member
	Domicile Domicile      // no Address when there is none
	Fault    DomicileFault // empty with a domicile
	At       string        // the address at fault; empty when there is none
	Asked    bool          // without a domicile, but the Ordine's mailbox is requested
	Other    []string      // addresses that could be the domicile instead
}

// Valid reports whether the member has a domicile.
func (d MemberDomicile) Valid() bool { return d.Domicile.Address != "" }

// Why says in words why there is none: "scaduta: a.rossi@posta.example".
func (d MemberDomicile) Why() string {
	switch {
	case d.Valid():
		return ""
	case d.At != "":
		return d.Fault.Italian() + ": " + d.At
	case d.Asked:
		return d.Fault.Italian() + "; casella dell’Ordine richiesta"
	}
	return d.Fault.Italian()
}

// DecideDomiciles works out everybody's digital domicile. The Ordine's mailbox
// comes before an own PEC, unless the member chose the other, and of several the
// one that we have had longest; a mailbox counts while it is active. An own PEC counts when it has the form of an address,
// nobody on the register has it too and nobody marked it.
func DecideDomiciles(facts []DomicileFacts) []MemberDomicile {
	holders := pecHolders(facts)
	list := make([]MemberDomicile, len(facts))
	for i, f := range facts {
		list[i] = f.decide(holders)
	}
	return list
}

// pecHolders counts whose each address is, among those on the register and those
// who hold a mailbox that is not closed.
func pecHolders(facts []DomicileFacts) map[string]int {
	holders := map[string]int{}
	for _, f := range facts {
		own := strings.ToLower(f.Member.OwnPEC)
		for _, m := range f.Mailboxes {
			if m.Status == MailboxClosed {
				continue
			}
			holders[m.Address]++
			if m.Address == own {
				own = ""
			}
		}
		if own != "" && f.Member.Status.OnRegister() {
			holders[own]++
		}
	}
	return holders
}

func (f DomicileFacts) decide(holders map[string]int) MemberDomicile {
	d := MemberDomicile{Member: f.Member}
	boxes := slices.Clone(f.Mailboxes)
	slices.SortStableFunc(boxes, func(a, b Mailbox) int { // one that is taken in later is no new domicile, however old
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Address, b.Address))
	})
	var valid []Domicile
	for _, m := range boxes {
		if m.Status == MailboxActive {
			valid = append(valid, Domicile{m.Address, DomicileMailbox, m.ActivatedOn})
		}
		d.Asked = d.Asked || m.Status == MailboxRequested || m.Status == MailboxSent
	}
	own := strings.ToLower(f.Member.OwnPEC)
	fault := f.ownFault(own, holders)
	if own != "" && fault == "" && !slices.ContainsFunc(valid, func(v Domicile) bool { return v.Address == own }) {
		valid = append(valid, Domicile{own, DomicileOwn, f.OwnSince})
	}
	if chosen := slices.IndexFunc(valid, func(v Domicile) bool { return v.Address == f.Chosen }); chosen > 0 {
		valid[0], valid[chosen] = valid[chosen], valid[0]
	}
	if len(valid) > 0 {
		d.Domicile, d.Asked = valid[0], false
		for _, v := range valid[1:] {
			d.Other = append(d.Other, v.Address)
		}
		return d
	}
	if own != "" {
		d.Fault, d.At = fault, own
		return d
	}
	d.Fault, d.At = lastMailboxFault(boxes)
	return d
}

// ownFault says what is wrong with the own PEC; empty for nothing.
func (f DomicileFacts) ownFault(own string, holders map[string]int) DomicileFault {
	switch {
	case own == "":
		return DomicileNever
	case !ValidEmail(own):
		return DomicileWrong
	case f.Mark.Address == own:
		return f.Mark.Fault
	case slices.ContainsFunc(f.Mailboxes, func(m Mailbox) bool { return m.Address == own && m.Status != MailboxActive }):
		fault, _ := lastMailboxFault(slices.DeleteFunc(slices.Clone(f.Mailboxes), func(m Mailbox) bool { return m.Address != own }))
		return fault
	case holders[own] > 1:
		return DomicileShared
	}
	return ""
}

// lastMailboxFault tells of the mailbox that was the domicile last.
func lastMailboxFault(boxes []Mailbox) (DomicileFault, string) {
	var last *Mailbox
	for i, m := range boxes {
		switch {
		case m.Status == MailboxSuspended:
			return DomicileSuspended, m.Address
		case m.Status == MailboxClosed && !m.ActivatedOn.IsZero() && (last == nil || !m.ClosedOn.Before(last.ClosedOn)):
			last = &boxes[i]
		}
	}
	switch {
	case last == nil:
		return DomicileNever, ""
	case last.CloseReason == CloseNotRenewed:
		return DomicileExpired, last.Address
	}
	return DomicileClosed, last.Address
}
