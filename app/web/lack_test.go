package web

import (
	"fmt"
	"strings"
	"testing"

	"albopec/app/pec"
	"albopec/db"
)

// TestOrderThatNoLongerFitsSaysSo: 4 GB wait for 12,20 €, then a GB is bought
// with 3,05 €: of at most 5 GB 3 may still be added.
func TestOrderThatNoLongerFitsSaysSo(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.buys(4)
	s.pays(305)
	s.buys(1)
	order := s.waitingOrder().ID
	why := "La casella ha 2 GB e può arrivare a 5: se ne possono aggiungere al massimo 3, non 4. Con una ricarica di 12,20 €, o più alta, l’ordine si annulla e la somma resta credito: pagarlo non serve."
	v := s.as(Secretariat)
	v.get(fmt.Sprint("/ordini/", order)).must(200).says("L’ordine aspetta, ma non si può completare. "+why+" Altrimenti decade dopo il 15/07/2018.", "Annulla l’ordine…").saysNot("mancano 12,20", "Registra il pagamento")
	m := s.as(Member)
	if err := m.get(fmt.Sprint("/area/ordini/", order)).must(200).says("Questo ordine non si può completare. "+why, "Annulla l’ordine").saysNot("Mancano 12,20", "Come pagare").wellFormed(); err != nil {
		t.Error(err)
	}
	m.get("/area").must(200).says("Non si può completare. "+why, "Decade dopo il 15/07/2018").saysNot("Come pagare 12,20")
	// 12,20 € cancel the order, and do for the renewal of the GB, 3,05 €.
	m.get("/area/ricarica").must(200).says("non si può completare", "In tutto servono 12,20 €", "In tutto mancano 12,20 €", "Somma che resta credito")
	v.get(fmt.Sprint("/iscritti/", s.member)).must(200).says("3,05 € per rinnovare i servizi di " + s.address +
		" + 9,15 € che restano credito, perché si annulli l’ordine che non si può più completare = 12,20 €.")
	// One more of 3,05 €: it waits behind, and 12,20 € do for it.
	v.get("/ordini/nuovo?casella=" + s.address + "&product=inbox_gb&quantity=1").must(200).says("Mancano 12,20 €")
	m.get("/area/acquisto?quantity=1").must(200).says("Somma che resta credito, perché si annulli ciò che non si può più completare 9,15 €", "Manca 12,20 €")
}

// TestCounterQuotesWithWhatIsOverdue: 15,25 € less 6,10 € for 2 GB leave 9,15 €;
// the night of the 1st has still to take 6,10 € for their renewal, so 3,05 € are
// there for 6,10 € more.
func TestCounterQuotesWithWhatIsOverdue(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1525)
	s.buys(2)
	s.on("2018-10-02")
	v := s.as(Secretariat)
	v.get("/ordini/nuovo?casella="+s.address+"&product=inbox_gb&quantity=2").must(200).
		says("Credito 3,05 €", "01/10/2019", "Mancano 3,05 €: 6,10 € per questo ordine − 3,05 € di credito = 3,05 €.")
	s.as(Member).get("/area/acquisto?quantity=2").must(200).says("Il Suo credito 3,05 €", "Manca 3,05 €")
	s.buys(2)
	if o := s.waitingOrder(); o.ID == 0 {
		t.Error("the order does not wait")
	}
}

// TestACoveredOrderWaitsForTheNight: on the E of another mailbox an order of
// 3,05 € waits although 96,95 € are there.
func TestACoveredOrderWaitsForTheNight(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	var all []pec.Agreement
	var book pec.Book
	s.buys(1)
	s.book(&book, &all)
	day := book.Mailboxes[0].ExpiresOn.AddDays(-100)
	book.Waiting[0].OrderedOn = day
	other := book.Mailboxes[0]
	other.ID, other.Address, other.ExpiresOn = 99, "altra@pec.example", day
	book.Mailboxes = append(book.Mailboxes, other)
	note := func(credit pec.Cents) string {
		book.Credit = credit
		return strings.ReplaceAll(waitingNote(book, all, day), "\u00a0", " ")
	}
	for credit, want := range map[pec.Cents]string{
		9695: "C’è già un ordine in attesa di pagamento, 3,05 €: il credito lo copre e si completa questa notte, dopo i rinnovi di oggi.",
		305:  "C’è già un ordine in attesa di pagamento, 3,05 €: il credito lo copre e si completa questa notte, dopo i rinnovi di oggi.",
		304:  "C’è già un ordine in attesa di pagamento, 3,05 €: dopo questo acquisto gli mancheranno 0,01 €.",
	} {
		if got := note(credit); got != want {
			t.Errorf("with %s: %s", credit, got)
		}
	}
	// 2 GB of the other mailbox renew that night for 6,10 € first.
	book.Services = append(book.Services, pec.Service{ID: 77, MailboxID: 99, Product: pec.InboxGB, Quantity: 2, NextQuantity: 2, StartedOn: day.AddDays(-90), ExpiresOn: day, AutoRenew: true, Source: pec.SoldByOrdine})
	if got := note(500); !strings.HasSuffix(got, "gli mancheranno 4,15 €.") {
		t.Error(got)
	}
	second := book.Waiting[0]
	second.ID++
	book.Waiting = append(book.Waiting, second)
	if got := note(1220); got != "Ci sono già 2 ordini in attesa di pagamento, 6,10 €: il credito li copre e si completano questa notte, dopo i rinnovi di oggi." {
		t.Error(got)
	}
	book.Waiting = nil
	if got := note(0); got != "" {
		t.Error(got)
	}
}

func (s *testSite) book(b *pec.Book, all *[]pec.Agreement) {
	s.look(func(tx *db.ReadTx) (err error) {
		*b, *all, err = s.office.Book(tx, s.member)
		return err
	})
}
