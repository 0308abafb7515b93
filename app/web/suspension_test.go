package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// TestMailboxIsSuspendedAndBack: from its page, with a reason; what was typed stays
// when it is refused, and a form sent twice suspends once.
func TestMailboxIsSuspendedAndBack(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	box, at := fmt.Sprint("/caselle/", s.mailbox), fmt.Sprintf("/caselle/%d/sospensione", s.mailbox)
	s.as(ReadOnly).get(box).must(200).saysNot("Sospendi…")
	s.as(ReadOnly).post(at, "verso", "suspended", "reason", "no").must(403)
	v := s.as(Secretariat)
	v.get(box).must(200).says("Sospendi…")
	v.get(at).must(200).says("resta la scadenza del", "non è più il domicilio digitale").saysNot("aspetta il pagamento")
	v.post(at, "verso", "suspended", "reason", " ").must(422).says("Scriva perché la casella è sospesa")
	long := strings.Repeat("perché ", 40)
	refused := v.post(at, "verso", "suspended", "reason", long).must(422).says("Il motivo supera i 200 caratteri")
	if kept := formOfPage(refused); !slices.Contains(kept, strings.TrimSpace(long)) {
		t.Errorf("what was typed is lost: %q", kept)
	}
	for _, said := range []string{"La casella è sospesa.", "La casella è già sospesa."} {
		v.follow(v.post(at, "verso", "suspended", "reason", "invii anomali").must(303)).must(200).says(said, "Sospesa", "Casella sospesa", "invii anomali", "Giulia Ferretti", "Riattiva…")
	}
	v.get("/caselle?stato=suspended").must(200).says(s.address)
	v.get("/domicilio").must(200).says("Sospesa")
	v.get(at).must(200).says("Riattivata, ha la scadenza e i servizi di prima")
	v.follow(v.post(at, "verso", "active", "reason", "").must(303)).must(200).says("La casella è di nuovo attiva.", "Casella riattivata")
	v.follow(v.post(at, "verso", "active", "reason", "").must(303)).must(200).says("La casella è già attiva.")
	s.as(Administrator).get("/amministrazione/registro").must(200).says("Casella sospesa", "motivo: invii anomali", "Casella riattivata")
	s.inBrowser(t, v.page("casella-sospensione", at))
}

// TestWhatIsNoActiveMailboxIsNotSuspended: a request is not.
func TestWhatIsNoActiveMailboxIsNotSuspended(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	_, box := s.providerSample()
	at := fmt.Sprintf("/caselle/%d/sospensione", box)
	v := s.as(Secretariat)
	v.get(at).must(200).says("La casella non si sospende.", "si sospende solo una casella attiva").saysNot("Sospendi la casella</button>")
	v.post(at, "verso", "suspended", "reason", "prova").must(422).says("si sospende solo una casella attiva")
	v.get("/caselle/999999/sospensione").must(404)
}

// TestSuspensionSaysThatAMailboxRenewedByOrderCloses: E is 01/10/2018 and a renewal
// costs 24,40. Suspended, neither its page nor the member's area asks for them.
func TestSuspensionSaysThatAMailboxRenewedByOrderCloses(t *testing.T) {
	s := areaSite(t, twoKinds)
	s.setBox(func(m *pec.Mailbox) { m.Kind = "pro" })
	if _, err := s.office.OrderRenewal(t.Context(), "prova", office.RenewalRequest{Address: s.address, Wish: pec.RenewalWish{Years: 1}, RecipientCode: "ABC1234"}); err != nil {
		t.Fatal(err)
	}
	v, at, box := s.as(Secretariat), fmt.Sprintf("/caselle/%d/sospensione", s.mailbox), fmt.Sprint("/caselle/", s.mailbox)
	v.get(box).must(200).says("L’ordine di rinnovo aspetta 24,40 €")
	v.get(at).must(200).says("quel giorno si chiude con i suoi servizi se prima non è riattivata e rinnovata con un ordine", "Un ordine aspetta il pagamento").saysNot("con il rinnovo e i servizi che ha")
	v.post(at, "verso", "suspended", "reason", "invii anomali").must(303)
	v.get(box).must(200).says("L’ordine di rinnovo non si può pagare finché è sospesa", "L’ordine di rinnovo che aspetta non si può pagare finché la casella è sospesa.").saysNot("L’ordine di rinnovo aspetta")
	s.as(Member).get("/area").must(200).says("L’ordine di rinnovo che aspetta non si può pagare finché la casella è sospesa: se resta così, il 01/10/2018 la casella si chiude. Si rivolga prima alla segreteria.").saysNot("L’ordine di rinnovo aspetta il pagamento")
}

// TestSuspensionOfALeaversMailboxSaysWhenItCloses: Uscenti left on 15/06/2018; by the
// grace of 60 days the mailbox closes on 14/08/2018, before its E.
func TestSuspensionOfALeaversMailboxSaysWhenItCloses(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	member := s.leaverSample()
	var box int64
	s.look(func(tx *db.ReadTx) error {
		list, err := tx.MailboxesOf(member)
		box = list[0].ID
		return err
	})
	s.as(Secretariat).get(fmt.Sprintf("/caselle/%d/sospensione", box)).must(200).says("si chiude comunque il 14/08/2018 con i suoi servizi, perché il titolare è uscito dall’albo").saysNot("resta la scadenza")
}

// TestHolderReadsWhatASuspensionMeans: in plain words, without the reason that the
// secretariat wrote for itself, and without what can not be done meanwhile.
func TestHolderReadsWhatASuspensionMeans(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.setBox(func(b *pec.Mailbox) { b.AutoRenew = false })
	m := s.as(Member)
	m.get("/area").must(200).says("Rinnova la casella").saysNot("sospesa")
	if _, err := s.office.SuspendMailbox(t.Context(), "prova", s.mailbox, "invii anomali"); err != nil {
		t.Fatal(err)
	}
	a := m.get("/area").must(200).says("La casella è sospesa. Non può usarla finché il gestore non la riattiva, e fino ad allora non è il Suo domicilio digitale. La scadenza e i servizi restano quelli di prima; intanto non si può acquistare per questa casella né ordinarne il rinnovo. Per sapere perché, e che cosa fare, si rivolga alla segreteria.",
		"Non si rinnova da sola, e finché è sospesa non se ne può ordinare il rinnovo: se resta così, il 01/10/2018 si chiude.").saysNot("invii anomali", "Rinnova la casella", "Acquista")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	m.get(areaPath("/area/acquisto", s.mailbox)).says("è sospesa").saysNot("Conferma")
	m.get(areaPath("/area/rinnovo", s.mailbox)).says("è sospesa").saysNot("invii anomali")
	if _, err := s.office.ReactivateMailbox(t.Context(), "prova", s.mailbox, ""); err != nil {
		t.Fatal(err)
	}
	m.get("/area").must(200).says("Rinnova la casella").saysNot("sospesa")
}

// TestSuspendedWhereTheProviderSells: the notice of the suspension says nothing of
// purchases then, so that where they are made is still told, with an address or none.
func TestSuspendedWhereTheProviderSells(t *testing.T) {
	s := areaSite(t, strings.Replace(fullYearAgreement, `"sold_by": "ordine"`, `"sold_by": "provider"`, 1))
	s.setBox(func(b *pec.Mailbox) { b.Status = pec.MailboxSuspended })
	s.as(Member).get("/area").must(200).says("La casella è sospesa.", "Gli acquisti si fanno nell’area del gestore").saysNot("intanto non si può acquistare")
}
