package pec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// MailboxStatus is where a mailbox is in its life.
type MailboxStatus string

// The statuses, in the order of the life.
const (
	MailboxRequested MailboxStatus = "requested" // richiesta
	MailboxSent      MailboxStatus = "sent"      // inviata al gestore
	MailboxActive    MailboxStatus = "active"    // attiva
	MailboxSuspended MailboxStatus = "suspended" // sospesa: keeps its dates
	MailboxRejected  MailboxStatus = "rejected"  // respinta
	MailboxClosed    MailboxStatus = "closed"    // chiusa
)

// MailboxStatuses lists them in the order of the screens.
var MailboxStatuses = []MailboxStatus{MailboxRequested, MailboxSent, MailboxActive, MailboxSuspended, MailboxRejected, MailboxClosed}

// Italian is the word of the screens.
func (s MailboxStatus) Italian() string {
	switch s {
	case MailboxRequested:
		return "richiesta"
	case MailboxSent:
		return "inviata al gestore"
	case MailboxActive:
		return "attiva"
	case MailboxSuspended:
		return "sospesa"
	case MailboxRejected:
		return "respinta"
	case MailboxClosed:
		return "chiusa"
	}
	return string(s)
}

// Running reports whether a mailbox of this status has a term that runs: it is
// renewed or closed when its day comes.
func (s MailboxStatus) Running() bool { return s == MailboxActive || s == MailboxSuspended }

// Mailbox is a PEC mailbox (casella) held by one member.
type Mailbox struct {
	ID          int64
	Address     string
	MemberID    int64
	Kind        string // code of a kind of the agreement
	Status      MailboxStatus
	RequestedOn Date
	SentOn      Date
	ActivatedOn Date
	AnchorOn    Date // the day whose anniversaries are the expiries (R2, 9.5)
	ExpiresOn   Date // E: first day no longer in the term (R1)
	TermYears   int  // years of the next automatic renewal (R18)
	AutoRenew   bool
	// TurnsOn is the day on which a renewal paid ahead begins, while it is still
	// to come: E as it was before. Zero when none is.
	TurnsOn     Date
	NextKind    string // code of the kind from that day, or from E, on; empty to keep it (9.9)
	ClosedOn    Date
	CloseReason CloseReason
	UsedMB      *int // nil when not known
	Rejection   string
}

// KindAhead is the kind that the mailbox has from its next term on.
func (m Mailbox) KindAhead() string { return cmp.Or(m.NextKind, m.Kind) }

// RenewsByOrder reports whether, by the agreement in force on E, only an order
// renews the mailbox (R18).
func (m Mailbox) RenewsByOrder(a Agreement) bool {
	kind, known := a.Kind(m.KindAhead())
	return !m.AutoRenew || known && kind.PaidBy == PaidByMember
}

// Expiry returns E of a term of n years that begins on `from`, keeping the day
// of the anchor (R2): anchored on 29/02/2024, a year from 28/02/2026 ends on
// 28/02/2027 and two years end on 29/02/2028.
func Expiry(anchor, from Date, years int) Date {
	return anchor.AddYears(from.Year - anchor.Year + years)
}

// CloseReason says why a mailbox closed.
type CloseReason string

// Why mailboxes close.
const (
	CloseLeaver     CloseReason = "leaver"      // the holder is no longer on the register (R5)
	CloseNotRenewed CloseReason = "not_renewed" // automatic renewal off, or paid by the member and not paid (R18)
)

// Italian is the reason as the screens give it.
func (r CloseReason) Italian() string {
	switch r {
	case CloseLeaver:
		return "titolare non più iscritto all’albo"
	case CloseNotRenewed:
		return "rinnovo non pagato o non richiesto"
	}
	return string(r)
}

// Ahead is the reason of a closing that is still to come.
func (r CloseReason) Ahead() string {
	if r == CloseNotRenewed {
		return "non si rinnova da sola e nessuno l’ha ancora rinnovata"
	}
	return r.Italian()
}

// LeaverClosesOn is the day on which a leaver's mailbox closes (R5, 9.3): the
// earlier of E and the leaving date plus the grace (nil: only E), but never
// before the day the leaving was registered.
//
// With E 12/10/2018, left and registered on 01/03/2018 and 60 days of grace:
// 30/04/2018.
func LeaverClosesOn(expires, leftOn, registeredOn Date, graceDays *int) Date {
	day := expires
	if graceDays != nil {
		day = Earliest(expires, leftOn.AddDays(*graceDays))
	}
	if day.Before(registeredOn) {
		return registeredOn
	}
	return day
}

// Service is what one purchase started on a mailbox (servizio attivo).
type Service struct {
	ID           int64
	MailboxID    int64
	Address      string // the mailbox's
	Product      string // code
	Quantity     int
	NextQuantity int // from the next renewal on; equal to Quantity unless lowered (R20)
	StartedOn    Date
	ExpiresOn    Date // the mailbox's E (R3)
	AutoRenew    bool
	Preference   int // the member's order: lower renews first; 0 until set
	Source       Seller
	EndedOn      Date
	EndReason    EndReason
}

// LowersOn is the day on which a renewal of the mailbox paid ahead begins and lowers
// the service to its NextQuantity; zero when none does (R18).
//
// 2 GB of which an order renewed 1 from 15/01/2027 on: 15/01/2027, until then.
func (s Service) LowersOn(m Mailbox) Date {
	if m.TurnsOn.IsZero() || !s.EndedOn.IsZero() || s.Source != SoldByOrdine || !s.ExpiresOn.After(m.TurnsOn) || s.NextQuantity >= s.Quantity {
		return Date{}
	}
	return m.TurnsOn
}

// EndReason says why a service ended.
type EndReason string

// Why services end.
const (
	EndNoCredit      EndReason = "no_credit"        // the credit did not cover the renewal (R19)
	EndRenewalOff    EndReason = "renewal_off"      // the member turned the renewal off (R20)
	EndClaim         EndReason = "claim"            // a claim blocks renewals (R14)
	EndMailboxClosed EndReason = "mailbox_closed"   // the mailbox closed (R7)
	EndProductGone   EndReason = "product_gone"     // the agreement on E no longer has it (9.7)
	EndSoldElsewhere EndReason = "sold_elsewhere"   // bought at the provider: the next statement tells
	EndNotInFile     EndReason = "not_in_statement" // the provider's statement no longer lists it
	EndRefused       EndReason = "refused"          // the provider refused it, and what it cost, if anything, came back
)

// Italian is the reason as the screens give it.
func (r EndReason) Italian() string {
	switch r {
	case EndNoCredit:
		return "credito insufficiente"
	case EndRenewalOff:
		return "rinnovo disattivato"
	case EndClaim:
		return "somma da restituire all’Ordine"
	case EndMailboxClosed:
		return "casella chiusa"
	case EndProductGone:
		return "servizio non più in convenzione"
	case EndSoldElsewhere:
		return "acquistato presso il gestore: scaduto"
	case EndNotInFile:
		return "non più nell’elenco del gestore"
	case EndRefused:
		return "respinto dal gestore e annullato"
	}
	return string(r)
}

// ByPreference puts services in the order in which they are renewed (R19,
// 9.2): the member's preference, then the oldest, then the address.
func ByPreference(services []Service) {
	slices.SortStableFunc(services, func(a, b Service) int {
		if a.Preference != b.Preference {
			// 0 is "not chosen": it comes after what the member put in order.
			if a.Preference == 0 {
				return 1
			}
			if b.Preference == 0 {
				return -1
			}
			return a.Preference - b.Preference
		}
		if c := a.StartedOn.Compare(b.StartedOn); c != 0 {
			return c
		}
		if a.MailboxID != b.MailboxID {
			return strings.Compare(a.Address, b.Address)
		}
		return int(a.ID - b.ID)
	})
}

// ExtraGB is the inbox space that running services add.
func ExtraGB(services []Service) int {
	total := 0
	for _, s := range services {
		if s.Product == InboxGB && s.EndedOn.IsZero() {
			total += s.Quantity
		}
	}
	return total
}

// MBPerGB is what the provider's quotas count with.
const MBPerGB = 1024

// Megabytes writes used space in GB with one decimal, cut and never rounded up:
// 2355 is "2,3 GB"; below a GB it is in MB.
func Megabytes(mb int) string {
	if mb < MBPerGB {
		return fmt.Sprintf("%d\u00a0MB", mb)
	}
	tenths := mb * 10 / MBPerGB
	if tenths%10 == 0 {
		return Thousands(tenths/10) + "\u00a0GB"
	}
	return fmt.Sprintf("%s,%d\u00a0GB", Thousands(tenths/10), tenths%10)
}

// LocalPart makes the part before @ of a member's address (9.6): first given
// name, dot, whole surname, in lower case without accents, apostrophes and
// spaces: "D'Alò Conti", "Maria Pia" is "maria.daloconti". n from 2 on tells
// namesakes apart. Empty when nothing of the name can be written so.
func LocalPart(surname, name string, n int) string {
	var given string
	if names := strings.Fields(name); len(names) > 0 {
		given = addressLetters(names[0])
	}
	family := addressLetters(surname)
	local := strings.Trim(given+"."+family, ".")
	if local == "" {
		return ""
	}
	suffix := ""
	if n > 1 {
		suffix = fmt.Sprint(n)
	}
	if limit := 64 - len(suffix); len(local) > limit { // RFC 5321: at most 64 octets
		local = strings.TrimRight(local[:limit], ".-")
	}
	return local + suffix
}

func addressLetters(s string) string {
	var b strings.Builder
	for _, r := range Fold(s) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			b.WriteRune(r)
		}
	}
	return strings.Trim(b.String(), "-")
}

// CheckWithdrawal refuses to take back the request of a mailbox that the
// provider has.
func CheckWithdrawal(m Mailbox) error {
	switch m.Status {
	case MailboxRequested:
		return nil
	case MailboxSent:
		return Refuse("mailbox_not_requested", "La richiesta di %s è stata inviata al gestore il %s: non si ritira più. Aspetti l’esito; attivata, la casella si può chiudere.", m.Address, m.SentOn.Italian())
	}
	return Refuse("mailbox_not_requested", "La casella %s è %s: si ritira solo una richiesta che il gestore non ha ancora.", m.Address, m.Status.Italian())
}

// Suspend returns an active mailbox as it is while the provider lets nobody in
// (sospesa): its dates stay, and with them renewal, services and their price, but it
// takes no purchase (9.9) and is nobody's digital domicile.
func (m Mailbox) Suspend() (Mailbox, error) {
	if m.Status != MailboxActive {
		return m, Refuse("mailbox_not_active", "La casella %s è %s: si sospende solo una casella attiva.", m.Address, m.Status.Italian())
	}
	m.Status = MailboxSuspended
	return m, nil
}

// Reactivate returns a suspended mailbox as it was before, with its own dates.
func (m Mailbox) Reactivate() (Mailbox, error) {
	if m.Status != MailboxSuspended {
		return m, Refuse("mailbox_not_suspended", "La casella %s è %s: si riattiva solo una casella sospesa.", m.Address, m.Status.Italian())
	}
	m.Status = MailboxActive
	return m, nil
}
