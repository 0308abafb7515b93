package office_test

import (
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// letter is the newest message of a kind, which must be the n-th and a member's.
func (o *testOffice) letter(kind pec.MessageKind, n int, member int64) pec.Letter {
	o.t.Helper()
	list := o.messages(kind)
	if len(list) != n {
		o.t.Fatalf("on %s there are %d messages of kind %s, want %d", o.day, len(list), kind, n)
	}
	if n == 0 {
		return pec.Letter{}
	}
	m := list[n-1]
	if m.MemberID != member || m.MailboxID != 0 {
		o.t.Errorf("%s goes to member %d about mailbox %d, want %d and 0", kind, m.MemberID, m.MailboxID, member)
	}
	return m.Letter
}

// has checks that a letter says things; what begins with "!" it must not say.
func (o *testOffice) has(l pec.Letter, words ...string) {
	o.t.Helper()
	text := strings.ReplaceAll(l.Subject+"\n"+l.Text, "\u00a0", " ")
	for _, w := range words {
		if not, ok := strings.CutPrefix(w, "!"); strings.Contains(text, not) == ok {
			o.t.Errorf("%q in:\n%s", w, text)
		}
	}
}

func TestHolderIsWrittenThatSomebodyAsks(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	mine, box := o.mailbox("A2", "Bianchi", "Anna"), o.mailbox("A1", "Rossi", "Mario")
	gone := o.mailbox("A3", "Verdi", "Ugo")
	guest, holder := o.holder(mine), o.holder(box)
	o.leaves(o.holder(gone), "2017-10-12")
	o.asks(guest, "nessuno@pec.ordine.example")
	o.asks(guest, gone) // who left cannot grant it
	o.letter(pec.MessageAccessAsked, 0, 0)
	first := o.asks(guest, box)
	o.asks(guest, box)
	o.has(o.letter(pec.MessageAccessAsked, 1, holder), "Anna Bianchi chiede di vedere e pagare la casella "+box, "Gentile Mario Rossi,")
	o.must(o.WithdrawAccess(ctx, as(guest), guest, first))
	o.refuses("access_asked_today", o.AskAccess(ctx, as(guest), guest, box)) // over and over is once a day
	o.letter(pec.MessageAccessAsked, 1, holder)
	o.on("2017-10-13")
	o.asks(guest, box)
	o.letter(pec.MessageAccessAsked, 2, holder)
	o.letter(pec.MessageAccessDecided, 0, 0) // what the guest took back is known to them
	o.sound()
}

// A mailbox that was only requested is withdrawn with a message about it written.
func TestMailboxAskedForIsWithdrawn(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	mine, box := o.mailbox("A2", "Bianchi", "Anna"), o.ask("A1", "Rossi", "Mario")
	o.asks(o.holder(mine), box)
	o.letter(pec.MessageAccessAsked, 1, o.holder(box))
	w, err := o.Withdraw(ctx, "prova", box, false)
	o.must(err)
	if !w.Done {
		t.Errorf("%+v", w)
	}
	o.sound()
}

func TestGuestIsWrittenWhatTheHolderDecides(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	mine, box := o.mailbox("A2", "Bianchi", "Anna"), o.mailbox("A1", "Rossi", "Mario")
	guest, holder := o.holder(mine), o.holder(box)
	decide := func(id int64, grant bool) { o.t.Helper(); o.must(o.DecideAccess(ctx, as(holder), holder, id, grant)) }

	decide(o.asks(guest, box), false)
	o.has(o.letter(pec.MessageAccessDecided, 1, guest), "Casella PEC "+box+": accesso rifiutato", "Gentile Anna Bianchi,", "!Mario", "!Titolare")
	o.on("2017-10-13")
	id := o.asks(guest, box)
	decide(id, true)
	decide(id, true)
	o.has(o.letter(pec.MessageAccessDecided, 2, guest), "accesso concesso", "Titolare: Mario Rossi", "con il Suo credito può acquistare servizi per essa e, se si rinnova con un ordine, rinnovarla")
	o.must(o.WithdrawAccess(ctx, as(holder), holder, id))
	o.must(o.WithdrawAccess(ctx, as(holder), holder, id))
	o.has(o.letter(pec.MessageAccessDecided, 3, guest), "accesso revocato", "Titolare: Mario Rossi", "ciò che ha già pagato resta")
	// Taken back by the holder before an answer, it is as if refused.
	o.on("2017-10-14")
	o.must(o.WithdrawAccess(ctx, as(holder), holder, o.asks(guest, box)))
	o.has(o.letter(pec.MessageAccessDecided, 4, guest), "accesso rifiutato", "!Mario")
	// Who gave it up knows.
	o.on("2017-10-15")
	id = o.asks(guest, box)
	decide(id, true)
	o.must(o.WithdrawAccess(ctx, as(guest), guest, id))
	o.letter(pec.MessageAccessDecided, 5, guest)
	// Who left is not written to.
	o.on("2017-10-16")
	id = o.asks(guest, box)
	o.leaves(guest, "")
	decide(id, false)
	o.letter(pec.MessageAccessDecided, 5, guest)
	o.sound()
}

// Of 50,00 € 4,00 € are given, 3,05 € pay a GB and 24,40 € a year: each is told
// once, what is refused never.
func TestHolderIsWrittenWhatTheGuestPays(t *testing.T) {
	s := newProStudio(t)
	s.topUp(s.mine, 5000)
	for range 2 {
		_, err := s.gives(400, "versamento")
		s.must(err)
	}
	s.has(s.letter(pec.MessageAccessPaid, 1, s.holder), "Anna Bianchi ha pagato per la casella "+s.box, "Gentile Mario Rossi,", "- Credito versato sul Suo conto", "Importo: 4,00 €", "Credito che Le resta: 4,00 €", "!Ordine:")
	for range 2 {
		_, err := s.buys(1, "acquisto")
		s.must(err)
	}
	s.has(s.letter(pec.MessageAccessPaid, 2, s.holder), "- 1 GB in più, fino al 12/10/2018", "Importo: 3,05 €", "Ordine: 2017/000002", "Credito che Le resta: 4,00 €")
	_, err := s.renews(5, "")
	s.refuses("credit_short", err)
	old := pec.Cents(1)
	_, err = s.OrderRenewalAsGuest(ctx, as(s.guest), office.GuestRenewal{AccessID: s.access, Guest: s.guest, Years: 1, Seen: &old, Accepted: pec.TermCodes()})
	s.refuses("price_changed", err)
	s.letter(pec.MessageAccessPaid, 2, s.holder)
	for range 2 {
		_, err := s.renews(1, "rinnovo")
		s.must(err)
	}
	s.has(s.letter(pec.MessageAccessPaid, 3, s.holder), "- Rinnovo della casella fino al 12/10/2019", "Importo: 24,40 €", "Ordine: 2017/000003")
	s.sound()
	s.expectSound()
}

// A text that the secretariat wrote is the one that goes.
func TestTextOfAnAccessIsTheSecretariats(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	mine, box := o.mailbox("A2", "Bianchi", "Anna"), o.mailbox("A1", "Rossi", "Mario")
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		m, err := tx.Member(o.holder(box))
		m.Email = "mario@posta.example"
		if err != nil {
			return err
		}
		return tx.SetMember(m)
	}))
	o.must(o.ChangeText(ctx, "prova", pec.MessageAccessAsked, pec.MessageText{Subject: "Richiesta di {{chi}}", Body: "Per {{casella}}."}))
	o.asks(o.holder(mine), box)
	o.has(o.letter(pec.MessageAccessAsked, 1, o.holder(box)), "Richiesta di Anna Bianchi", "Per "+box+".")
	if m := o.messages(pec.MessageAccessAsked)[0]; m.State != pec.MessageWaiting || m.Recipient != "mario@posta.example" {
		t.Errorf("%s to %q", m.State, m.Recipient)
	}
}

// The 3,05 € that a guest gives complete the GB that the holder had ordered: the
// holder reads which order that was. Of the next 1,00 € nothing is paid.
func TestHolderReadsWhatTheGuestsCreditPaid(t *testing.T) {
	s := newStudio(t)
	s.topUp(s.mine, 2000)
	s.waits(s.box, 1, 305, 305)
	_, err := s.gives(305, "")
	s.must(err)
	s.has(s.letter(pec.MessageAccessPaid, 1, s.holder), "- Credito versato sul Suo conto", "Importo: 3,05 €", "Ordini completati:\n- 2017/000001, 1 GB in più per "+s.box+": 3,05 €", "Credito che Le resta: 0,00 €")
	_, err = s.gives(100, "")
	s.must(err)
	s.has(s.letter(pec.MessageAccessPaid, 2, s.holder), "Importo: 1,00 €", "!Ordini completati")
	s.sound()
}
