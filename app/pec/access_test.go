package pec

import (
	"strings"
	"testing"
)

func TestAccessIsOfUse(t *testing.T) {
	good := Access{State: AccessGranted, Guest: MemberActive, Holder: MemberActive, Mailbox: MailboxActive}
	for _, row := range []struct {
		name   string
		change func(*Access)
		code   string
	}{
		{"granted, for an active mailbox", func(*Access) {}, ""},
		{"both suspended from the register for a while", func(a *Access) { a.Guest, a.Holder = MemberSuspended, MemberSuspended }, ""},
		{"a mailbox that is not active yet", func(a *Access) { a.Mailbox = MailboxSent }, ""},
		{"not answered yet", func(a *Access) { a.State = AccessAsked }, "access_not_granted"},
		{"refused", func(a *Access) { a.State = AccessRefused }, "access_ended"},
		{"withdrawn", func(a *Access) { a.State = AccessWithdrawn }, "access_ended"},
		{"the holder died", func(a *Access) { a.Holder = MemberDeceased }, "access_of_no_use"},
		{"the holder left", func(a *Access) { a.Holder = MemberTransferred }, "access_of_no_use"},
		{"the mailbox closed", func(a *Access) { a.Mailbox = MailboxClosed }, "access_of_no_use"},
		{"the guest left: their credit is to be refunded", func(a *Access) { a.Guest = MemberCancelled }, "access_of_no_use"},
	} {
		t.Run(row.name, func(t *testing.T) {
			a := good
			row.change(&a)
			if p := a.Refuses(); p == nil && row.code != "" || p != nil && p.Code != row.code {
				t.Errorf("%v, want %q", p, row.code)
			}
		})
	}
}

func TestAccessIsGrantedToWhoIsThereOnly(t *testing.T) {
	for _, row := range []struct {
		name string
		a    Access
		code string
	}{
		{"asked for", Access{AccessAsked, MemberActive, MemberActive, MailboxActive}, ""},
		{"granted already", Access{AccessGranted, MemberActive, MemberActive, MailboxActive}, ""},
		{"refused before", Access{AccessRefused, MemberActive, MemberActive, MailboxActive}, "access_decided"},
		{"given up meanwhile", Access{AccessWithdrawn, MemberActive, MemberActive, MailboxActive}, "access_ended"},
		{"the guest died", Access{AccessAsked, MemberDeceased, MemberActive, MailboxActive}, "access_of_no_use"},
		{"the holder left", Access{AccessAsked, MemberActive, MemberCancelled, MailboxActive}, "access_of_no_use"},
		{"the mailbox closed", Access{AccessAsked, MemberActive, MemberActive, MailboxClosed}, "access_of_no_use"},
	} {
		if p := row.a.RefusesGrant(); p == nil && row.code != "" || p != nil && p.Code != row.code {
			t.Errorf("%s: %v, want %q", row.name, p, row.code)
		}
	}
}

// The guest is told neither of a claim nor of an order of the holder.
func TestGuestIsNotToldWhatIsTheMatterWithTheHolder(t *testing.T) {
	renewal := WaitingOrder{MailboxID: 1, Renewal: &OrderedRenewal{}}
	for _, row := range []struct {
		book Book
		sold bool
	}{
		{Book{}, true},
		{Book{Waiting: []WaitingOrder{{MailboxID: 1}}}, true}, // of space: what is bought is paid at once
		{Book{Waiting: []WaitingOrder{{MailboxID: 2, Renewal: &OrderedRenewal{}}}}, true},
		{Book{Waiting: []WaitingOrder{renewal}}, false},
		{Book{Claim: 800}, false},
	} {
		p := row.book.RefusesGuest(1)
		if (p == nil) != row.sold || p != nil && strings.ContainsAny(p.Message, "€0123456789") {
			t.Errorf("%+v: %v", row.book, p)
		}
	}
}

// As it is told nothing else, a guest is told the price of the mailbox as it is:
// 24,40 € a year.
func TestGuestsRenewalKeepsTheKind(t *testing.T) {
	agreements := []Agreement{kindsAgreement(t)}
	for _, row := range []struct {
		name   string
		change func(*Book)
		years  int
		gross  Cents
		code   string
	}{
		{"as it is", func(*Book) {}, 2, 4880, ""},
		{"no years, which would be another kind", func(*Book) {}, 0, 0, "term_not_offered"},
		{"a term that is not on offer", func(*Book) {}, 6, 0, "term_not_offered"},
		{"the holder owes", func(b *Book) { b.Claim = 800 }, 1, 0, "holder_first"},
		{"an order waits for the mailbox", func(b *Book) { b.Waiting = []WaitingOrder{{MailboxID: 1}} }, 1, 0, "holder_first"},
		{"an order waits for another", func(b *Book) { b.Waiting = []WaitingOrder{{MailboxID: 2}} }, 1, 2440, ""},
		{"another kind is chosen", func(b *Book) { b.Mailboxes[0].NextKind = "standard" }, 1, 0, "holder_first"},
		{"the kind is no longer on offer", func(b *Book) { b.Mailboxes[0].Kind = "gold" }, 1, 0, "kind_unknown"},
		{"the Ordine renews it", func(b *Book) { b.Mailboxes[0].Kind = "standard" }, 1, 0, "renews_by_itself"},
	} {
		book := proBook("pro", 0)
		row.change(&book)
		q, err := book.QuoteGuestRenewal(agreements, 1, Day("2018-03-01"), row.years)
		code := ""
		if p := AsProblem(err); p != nil {
			code = p.Code
		}
		if code != row.code || err == nil && q.Price.Gross != row.gross {
			t.Errorf("%s: %s, %v, want %s, %q", row.name, q.Price.Gross, err, row.gross, row.code)
		}
	}
}

func TestGiftNeedsTheCreditAndNoClaim(t *testing.T) {
	for _, row := range []struct {
		amount, credit, claim Cents
		says                  string
	}{
		{305, 305, 0, ""},
		{305, 200, 0, "Il Suo credito è 2,00\u00a0€: per 3,05\u00a0€ mancano 1,05\u00a0€."},
		{0, 0, 0, ""}, // what costs nothing until the expiry
		{100, 200, 800, "Lei ha 8,00\u00a0€ da restituire all’Ordine per una ricarica stornata: finché un’altra ricarica non li salda non può pagare per altri."},
	} {
		said := ""
		if p := RefuseGift(row.amount, row.credit, row.claim); p != nil {
			said = p.Message
		}
		if said != row.says {
			t.Errorf("%s of %s with %s owed: %q, want %q", row.amount, row.credit, row.claim, said, row.says)
		}
	}
}
