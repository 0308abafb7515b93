package web

import (
	"fmt"
	"strings"
	"testing"

	"albopec/app/office"
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
	// The GB renews for 3,05 €, which leave the order to lapse.
	m.get("/area/ricarica").must(200).says("non si può completare", "In tutto servono 3,05 €", "In tutto mancano 3,05 €").saysNot("Somma che resta credito", "fin qui mancano 12,20 €")
	v.get(fmt.Sprint("/iscritti/", s.member)).must(200).says("Mancano 3,05 € per rinnovare i servizi di "+s.address, "L’ordine in attesa decade Non si può completare: 4 GB in più.").saysNot("che restano credito")
	// One more of 3,05 €: it waits behind, and 12,20 € do for it.
	v.get("/ordini/nuovo?casella=" + s.address + "&product=inbox_gb&quantity=1").must(200).says("Mancano 12,20 €")
	m.get("/area/acquisto?quantity=1").must(200).says("Somma che resta credito, perché si annulli ciò che non si può più completare 9,15 €", "Manca 12,20 €")
}

// TestNobodyIsAskedToPayAnOrderOfASuspendedMailbox: 1 GB renews for 3,05 €, and an
// order of 3 GB waits for 9,15 € when the mailbox is suspended. 3,05 € are asked
// for, and do.
func TestNobodyIsAskedToPayAnOrderOfASuspendedMailbox(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(305)
	s.buys(1)
	s.buys(3)
	order := s.waitingOrder().ID
	s.on("2018-07-05")
	if _, err := s.office.SuspendMailbox(s.t.Context(), "prova", s.mailbox, "invii anomali"); err != nil {
		t.Fatal(err)
	}
	v, m := s.as(Secretariat), s.as(Member)
	why := "La casella è sospesa: il servizio non può cominciare. Con una ricarica di 9,15 €, o più alta, l’ordine si annulla e la somma resta credito: pagarlo non serve."
	v.get(fmt.Sprint("/ordini/", order)).must(200).says("L’ordine aspetta, ma non si può completare. " + why).saysNot("Registra il pagamento")
	for _, page := range []string{fmt.Sprint("/iscritti/", s.member), fmt.Sprint("/caselle/", s.mailbox), fmt.Sprint("/servizi/", s.services()[0].ID), "/servizi/a-rischio", paymentFor(s.member, 305)} {
		v.get(page).must(200).says("ancano 3,05 €").saysNot("che restano credito", "ancano 9,15", "Scrivi 9,15", "9,15 € nell’importo")
	}
	v.get(paymentFor(s.member, 305)).must(200).says("Ordini in attesa 1 non si può completare", "di 9,15 €; non si può completare: pagarlo non serve")
	v.get(fmt.Sprint("/credito/", s.member)).must(200).says("9,15 € non si può completare").saysNot("ancano 9,15")
	m.get("/area").must(200).says("Mancano 3,05 € per rinnovare lo spazio.", "Ricarica 3,05 € o più", "Non si può completare. "+why).saysNot("che restano credito", "ancano 9,15")
	m.get("/area/ricarica").must(200).says("In tutto servono 3,05 €", "In tutto mancano 3,05 €").saysNot("Somma che resta credito")

	s.pays(305)
	m.get("/area/ricarica").must(200).says("Oggi non manca nulla")
	s.on("2018-10-02")
	done, err := s.office.Renew(s.t.Context(), "prova", pec.Day("2018-10-01"))
	if err != nil || done.ServicesRenewed != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	s.as(Secretariat).get(fmt.Sprint("/ordini/", order)).must(200).says("Decaduto")
	s.sound()
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

// TestAreaCountsWhatTheNightHasStillToWrite: 7,00 € of credit, and 9,15 € wait for
// a second mailbox with E 15/06/2019. On 02/10/2018 the 2 GB of the first, 6,10 €,
// are not written down as renewed yet: 0,90 € are left, and all pages say so.
func TestAreaCountsWhatTheNightHasStillToWrite(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	second := s.anotherBox()
	s.pays(610)
	s.buys(2)
	s.pays(700)
	s.on("2018-09-10")
	done, err := s.office.Order(s.t.Context(), "prova", office.Purchase{Address: second, Product: pec.InboxGB, Quantity: 3})
	if err != nil || done.Missing != 215 {
		t.Fatalf("%+v, %v", done, err)
	}
	s.on("2018-10-02")
	v := s.as(Member)
	late := "Ciò che è scaduto il 01/10/2018 si registra entro domani: qui è già contato."
	look := func(note func(*answer) *answer) {
		t.Helper()
		order := fmt.Sprint("/area/ordini/", done.Order.ID)
		v.get(order).must(200).says("Mancano 8,25 €.")
		// 9,15 + 9,15 + 6,10 - 0,90, the last on 01/10/2019.
		note(v.get("/area").must(200).says("Il mio credito 0,90 €", "il primo il 01/10/2019, mancano in tutto 23,50 €.", "Mancano 8,25 €", "01/10/2019", "Dal 15/06/2018 al 01/10/2019."))
		note(v.get("/area/ricarica").must(200).says("fin qui mancano 8,25 € 9,15 €", "fin qui mancano 17,40 € 9,15 €", "fin qui mancano 23,50 € 6,10 €", "In tutto servono 24,40 € Il Suo credito 0,90 € In tutto mancano 23,50 €"))
	}
	look(func(a *answer) *answer { return a.says(late) })
	if _, err := s.office.Renew(s.t.Context(), "prova", pec.Day("2018-10-01")); err != nil {
		t.Fatal(err)
	}
	look(func(a *answer) *answer { return a.saysNot("si registra entro domani") })
	s.sound()
}

// TestAreaShowsWhatHasEndedOverNight: 1,70 € do not renew the 2 GB; on the day
// after they are no longer shown, to the holder and to whom the mailbox is
// entrusted alike, and nothing is missing for them.
func TestAreaShowsWhatHasEndedOverNight(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	c := s.colleague()
	id := s.entrusts(c)
	s.paysFor(c, 780)
	s.ordersFor(c, 2)
	v, bruno := s.as(Member), s.login(c.address)
	for _, a := range []*answer{bruno.get("/area"), v.get(fmt.Sprint("/area/altre/", id))} {
		a.must(200).says("3 GB in tutto", "2 GB", "mancano 4,40")
	}
	s.on("2018-10-02")
	v, bruno = s.as(Member), s.login(c.address)
	for _, a := range []*answer{bruno.get("/area"), v.get(fmt.Sprint("/area/altre/", id))} {
		a.must(200).says("1 GB in tutto", "01/10/2019", "Ciò che è scaduto il 01/10/2018 si registra entro domani: qui è già contato.").saysNot("4,40", "2 GB")
	}
	bruno.get("/area/ricarica").must(200).says("Il Suo credito 1,70 €", "Oggi non manca nulla")
}

// TestGuestIsToldWhatWaitsForTheirCredit: Elena has 5,00 € and an order of her own
// for 6,10 €; buying a GB for Bruno leaves her 1,95 €.
func TestGuestIsToldWhatWaitsForTheirCredit(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	c := s.colleague()
	path := fmt.Sprintf("/area/altre/%d/acquisto?quantity=", s.entrusts(c))
	s.buys(2)
	s.pays(500)
	v := s.as(Member)
	a := v.get(path+"1").must(200).says("Credito dopo l’acquisto 1,95 €", "C’è già un ordine in attesa di pagamento, 6,10 €: dopo questo pagamento gli mancheranno 4,15 €.")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get(path + "2").must(200).says("Manca 1,10 €").saysNot("in attesa di pagamento, 6,10") // nothing is paid
	s.pays(110)
	v.get("/area").must(200).saysNot("mancheranno")
	s.pays(700)
	v.get(path + "1").must(200).says("Credito dopo l’acquisto 3,95 €").saysNot("C’è già un ordine in attesa")
}

// TestGuestWhoRenewsIsToldWhatWaitsForTheirCredit: Elena has 30,00 € and an order
// of her own for three years, 73,20 €; a year for Bruno is 24,40 €.
func TestGuestWhoRenewsIsToldWhatWaitsForTheirCredit(t *testing.T) {
	s := areaSite(t, twoKinds)
	c := s.proColleague()
	path := fmt.Sprintf("/area/altre/%d/rinnovo", s.entrusts(c))
	s.pays(3000)
	v := s.as(Member)
	v.get(path).must(200).says("Credito dopo l’ordine 5,60 €").saysNot("in attesa di pagamento")
	s.setBox(func(m *pec.Mailbox) { m.Kind = "pro" })
	if done, err := s.office.OrderRenewal(s.t.Context(), "prova", office.RenewalRequest{Address: s.address, Wish: pec.RenewalWish{Years: 3}, RecipientCode: "ABC1234"}); err != nil || done.Missing != 4320 {
		t.Fatalf("%+v, %v", done, err)
	}
	a := v.get(path).must(200).says("Credito dopo l’ordine 5,60 €", "C’è già un ordine in attesa di pagamento, 73,20 €: dopo questo pagamento gli mancheranno 67,60 €.")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get(path + "?years=2").must(200).says("Manca 18,80 €").saysNot("C’è già un ordine in attesa")
}

// TestWhatIsKeptTakesTheCreditEverywhere: 3,05 € do for the GB of the second
// mailbox, E 05/10/2018, as long as the 2 GB of the first, 6,10 € on 01/10/2018, are
// lost: to keep both 6,10 € are missing.
func TestWhatIsKeptTakesTheCreditEverywhere(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	second := s.anotherBox()
	s.pays(915)
	s.buys(2)
	if done, err := s.office.Order(s.t.Context(), "prova", office.Purchase{Address: second, Product: pec.InboxGB, Quantity: 1}); err != nil || done.Order.State != pec.OrderCompleted {
		t.Fatalf("%+v, %v", done, err)
	}
	s.pays(305)
	s.setBoxOf(s.boxOf(second), func(m *pec.Mailbox) { m.ExpiresOn = pec.Day("2018-10-05") })
	s.write(func(tx *db.Tx) error {
		list, err := tx.ServicesOn(s.boxOf(second), false)
		if err != nil {
			return err
		}
		list[0].ExpiresOn = pec.Day("2018-10-05")
		return tx.SetService(list[0])
	})
	s.on("2018-09-20")
	s.as(Member).get("/area").must(200).says("Mancano 3,05 € per rinnovare lo spazio.", "Per tenere anche i servizi delle altre caselle mancano in tutto 6,10 €.", "mancano in tutto 6,10 €.")
	s.as(Member).get("/area/ricarica").must(200).says("In tutto mancano 6,10 €")
	v := s.as(Secretariat)
	a := v.get(fmt.Sprint("/iscritti/", s.member)).must(200).says("in tutto mancano 6,10 €", "Il 05/10/2018 il credito basta per "+second+" solo se ciò che scade prima cessa. Per tenere tutto mancano 6,10 € : 3,05 € per rinnovare i servizi di "+second+" + 6,10 € di altri rinnovi fino a quel giorno − 3,05 € di credito = 6,10 €.",
		"Se si tiene ciò che scade prima il credito non basta anche per questo: in tutto mancano 6,10 €: 3,05 € per questo rinnovo + 6,10 € di altri rinnovi")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get("/servizi/a-rischio").must(200).says("1 servizio cesserà per mancanza di credito: a 1 iscritto mancano 6,10 €", "nessuno ora; cessano se si ricarica solo per ciò che scade prima", "Di chi ha più caselle, in ogni riga, ciò che si aggiunge")
	v.get("/servizi/a-rischio/avvisa").must(200).says("nessuno ora; cessano se si ricarica solo per ciò che scade prima", "6,10 €")
	v.get("/").must(200).says("A 1 iscritto mancano 6,10 €")
	v.get("/rinnovi").must(200)
}

// boxOf is the mailbox with an address.
func (s *testSite) boxOf(address string) (id int64) {
	s.t.Helper()
	s.look(func(tx *db.ReadTx) error {
		box, err := tx.MailboxByAddress(address)
		id = box.ID
		return err
	})
	return id
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
		304:  "C’è già un ordine in attesa di pagamento, 3,05 €: dopo questo pagamento gli mancheranno 0,01 €.",
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
