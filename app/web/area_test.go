package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// fullYearAgreement is the one of most Ordini: 2,50 € a GB, at most 5 GB in all,
// the last three months free.
const fullYearAgreement = `{"name": "Convenzione 2016", "provider": "Gestore PEC", "starts_on": "2016-01-01", "vat_rate": "22",
	"policy": "full_year", "free_window_months": 3, "sold_by": "ordine",
	"kinds": [{"code": "standard", "name": "Standard", "base_inbox_gb": 1, "max_inbox_gb": 5, "yearly_price": "5.00", "paid_by": "ordine", "terms": [1]}],
	"products": [{"code": "inbox_gb", "name": "Spazio Extra Inbox", "unit": "GB", "yearly_price": "2.50", "kinds": ["standard"]}]}`

// manyProducts sells by the month, without a cap, and more than space.
const manyProducts = `{"name": "Convenzione 2016", "provider": "Gestore PEC", "starts_on": "2016-01-01", "vat_rate": "22", "policy": "monthly", "sold_by": "ordine",
	"kinds": [{"code": "standard", "name": "Standard", "base_inbox_gb": 1, "max_inbox_gb": null, "yearly_price": "5.00", "paid_by": "ordine", "terms": [1]}],
	"products": [
		{"code": "inbox_gb", "name": "Spazio Extra Inbox", "unit": "GB", "yearly_price": "2.50", "kinds": ["standard"]},
		{"code": "user", "name": "Multiutente", "unit": "utente", "yearly_price": "8.00", "kinds": ["standard"]},
		{"code": "premium_only", "name": "Solo premium", "unit": "GB", "yearly_price": "8.00", "kinds": ["premium"]},
		{"code": "kit", "name": "Kit di Firma", "unit": "pezzo", "price": "45.00", "one_off": true, "kinds": ["standard"]}]}`

// areaSite is a site on 15/06/2018, where Elena's mailbox expires on 01/10/2018
// and an agreement sells space.
func areaSite(t *testing.T, agreement string) *testSite {
	t.Helper()
	s := newTestSite(t, "2018-07-01")
	s.on("2018-06-15")
	s.agree(agreement)
	return s
}

// on moves the site to another day.
func (s *testSite) on(day string) {
	s.today = pec.Day(day)
	s.now = s.today.Time().Add(9 * 3600e9)
}

func (s *testSite) agree(document string) {
	s.t.Helper()
	document = strings.ReplaceAll(document, `"kinds": ["premium"]`, `"kinds": ["standard"]`)
	a, err := pec.ReadAgreement([]byte(document))
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.office.SetAgreement(context.Background(), "prova", a); err != nil {
		s.t.Fatal(err)
	}
}

// pays registers a payment of the member, as the secretariat does.
func (s *testSite) pays(amount pec.Cents) office.ToppedUp {
	s.t.Helper()
	s.now = s.now.Add(1e9)
	done, err := s.office.TopUp(context.Background(), "operatore:giulia@ordine.example", office.Payment{
		MemberID: s.member, Amount: amount, Method: pec.ByBankTransfer, Reference: fmt.Sprint("CRO", s.now.UnixNano())})
	if err != nil {
		s.t.Fatal(err)
	}
	return done
}

// buys enters a purchase of space for the member.
func (s *testSite) buys(quantity int) office.Purchased {
	s.t.Helper()
	done, err := s.office.Order(context.Background(), "operatore:giulia@ordine.example", office.Purchase{Address: s.address, Product: pec.InboxGB, Quantity: quantity})
	if err != nil {
		s.t.Fatal(err)
	}
	return done
}

// look reads the site's database.
func (s *testSite) look(f func(*db.ReadTx) error) {
	s.t.Helper()
	if err := s.db.Read(context.Background(), f); err != nil {
		s.t.Fatal(err)
	}
}

// services are the running services of Elena.
func (s *testSite) services() (list []db.ServiceRow) {
	s.t.Helper()
	s.look(func(tx *db.ReadTx) (err error) {
		list, err = tx.RunningServicesOf(s.member)
		return err
	})
	return list
}

// areaSample makes, once, a waiting order and a service of Elena, for pages
// that need one.
func (s *testSite) areaSample() (order, service int64) {
	s.t.Helper()
	list := s.services()
	if len(list) == 0 {
		day := s.today
		s.on("2018-06-15")
		s.agree(fullYearAgreement)
		s.pays(305)
		s.buys(1)
		s.buys(1)
		s.on(day.String())
		list = s.services()
	}
	s.look(func(tx *db.ReadTx) error {
		waiting, err := tx.WaitingOrders(s.member)
		for _, o := range waiting {
			order = o.ID
		}
		return err
	})
	return order, list[0].ID
}

func TestAreaShowsMailboxCreditAndServices(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1525)
	s.buys(2) // 6,10 €
	used := 2355
	s.setBox(func(b *pec.Mailbox) { b.UsedMB = &used })
	v := s.as(Member)
	a := v.get("/area").must(200).says("Buongiorno, Elena Morandi", s.address, "Standard, a carico dell’Ordine", "01/10/2018 , fra 108 giorni",
		"L’Ordine la rinnova per un anno: Lei non deve fare nulla.", "2,2 GB usati", "di 3 GB", "1 GB compreso nella casella, 2 GB acquistati.",
		"9,15 €", "Basta per il rinnovo del 01/10/2018, che costa 6,10 €.", "Spazio Extra Inbox, 2 GB", "si rinnova per un anno a 6,10 €, IVA compresa",
		"Rinnovo automatico: attivo", "elena@posta.example").saysNot("Mancano", "Credito insufficiente")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	for _, link := range []string{fmt.Sprintf("/area/acquisto?casella=%d", s.mailbox), "/area/ricarica", "/area/movimenti", "/area/ordini", "/area/dati", "/area/password"} {
		if a.find("a", "href", link) == nil {
			t.Errorf("no link to %s", link)
		}
	}
}

func TestAreaWarnsFromNinetyDaysBefore(t *testing.T) {
	for _, row := range []struct {
		day  string
		warn bool
	}{{"2018-07-02", false}, {"2018-07-03", true}} { // 91 and 90 days before 01/10/2018
		t.Run(row.day, func(t *testing.T) {
			s := areaSite(t, fullYearAgreement)
			s.pays(780)
			s.buys(2) // 6,10 €: 1,70 € are left
			s.on(row.day)
			a := s.as(Member).get("/area").must(200)
			if red := a.find("strong", "class", "danger") != nil; red != row.warn {
				t.Errorf("the expiry is red: %v", red)
			}
			if row.warn {
				a.says("Mancano 4,40 € per rinnovare lo spazio.", "Il 01/10/2018 il rinnovo costa 6,10 €, il credito è 1,70 €.", "La casella torna a 1 GB.", "Ricarica 4,40 € o più", "Credito insufficiente")
			} else {
				a.says("costa 6,10 €: mancano 4,40 €").saysNot("Ricarica 4,40")
			}
		})
	}
}

func TestPurchasePageTellsPriceReasonAndRenewal(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1525)
	s.buys(2) // 6,10 €: 9,15 € are left
	v := s.as(Member)
	a := v.get("/area/acquisto?quantity=2").must(200).says("Ora ha 3 GB; può arrivare a 5 GB.", "1 GB, in tutto 4 GB", "2 GB, in tutto 5 GB",
		"2 GB × 2,50 € × 1 anno 5,00 €", "IVA 22 % 1,10 €", "Da pagare oggi 6,10 €",
		"Paga 6,10 €, IVA compresa, per avere 2 GB in più fino al 01/10/2018, giorno di scadenza della casella: mancano più di 3 mesi, perciò la convenzione fa pagare l’anno intero; "+
			"dal 01/07/2018 è gratuito fino alla scadenza; il 01/10/2018 i 4 GB acquistati in tutto si rinnoveranno fino al 01/10/2019 per 12,20 €, IVA compresa, se il credito li copre.",
		"Il Suo credito 9,15 €", "Credito dopo l’acquisto 3,05 €", "Per il rinnovo del 01/10/2018 mancheranno 9,15 €.",
		"Acquista 2 GB per 6,10 €", "Accetto le condizioni generali", "Approvo la clausola 4", "Approvo la clausola 7", "informativa sulla privacy")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	if a.find("input", "id", "gb-3") != nil {
		t.Error("more is offered than the cap allows")
	}
	v.get("/area/acquisto?quantity=3").must(200).says("se ne possono aggiungere al massimo 2, non 3").saysNot("Da pagare oggi")
	v.get("/area/acquisto?quantity=molti").must(200).says("«molti» non è un numero che si possa usare: scriva un numero intero, per esempio 2.")
	v.get("/area/acquisto?product=niente").must(200).says("Acquista 1 GB per 3,05 €")
}

// form collects the hidden fields of the purchase, and ticks every term.
func (a *answer) purchaseFields(except ...string) []string {
	var fields []string
	for _, n := range a.all("input") {
		name, kind := attribute(n, "name"), attribute(n, "type")
		skip := name == csrfField
		for _, e := range except {
			skip = skip || name == e
		}
		_, checked := attributeOf(n, "checked")
		chosen := kind == "hidden" || kind == "checkbox" || kind == "radio" && checked || name == "quantity" && kind == "text"
		if !skip && chosen {
			fields = append(fields, name, attribute(n, "value"))
		}
	}
	return fields
}

func TestPurchaseWithCreditIsCompletedOnce(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	v := s.as(Member)
	fields := v.get("/area/acquisto?quantity=2").must(200).purchaseFields()
	a := v.post("/area/acquisto", fields...).must(303)
	page := v.follow(a).must(200).says("Acquisto completato.", "fino al 01/10/2018", "Ordine 2018/000001", "2 GB × Spazio Extra Inbox", "Lordo 6,10 €", "MRNLNE80A41H501U")
	if err := page.wellFormed(); err != nil {
		t.Error(err)
	}
	// The double click: the same form again leads to the same order, also when a
	// second purchase would be refused.
	if again := v.post("/area/acquisto", fields...).must(303); again.location != a.location {
		t.Errorf("the second click goes to %s, the first went to %s", again.location, a.location)
	}
	if list := s.services(); len(list) != 1 || list[0].Quantity != 2 {
		t.Errorf("services: %+v", list)
	}
	s.look(func(tx *db.ReadTx) error {
		order, err := tx.Order(1)
		if balance, _ := tx.Balance(s.member); balance != 390 || order.EnteredBy != fmt.Sprintf("iscritto:%d", s.member) {
			t.Errorf("balance %s, entered by %s", balance, order.EnteredBy)
		}
		return err
	})
	v.get("/area/ordini").must(200).says("2018/000001", "Acquisto: 2 GB Spazio Extra Inbox", "6,10 €")
	v.get("/area/movimenti").must(200).says("+10,00 €", "−6,10 €", "3,90 €", "Ricarica, bonifico")
	// Accepted once, the terms are not asked again.
	if a := v.get("/area/acquisto").must(200); a.find("input", "type", "checkbox") != nil {
		t.Error("the terms are asked again")
	}
}

func TestEachTermMustBeTicked(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	v := s.as(Member)
	form := v.get("/area/acquisto?quantity=2").must(200)
	for _, term := range pec.Terms {
		a := v.post("/area/acquisto", form.purchaseFields("accetto-"+term.Code)...).must(422).says("1 errore: Acquista spazio", "Per acquistare serve anche questa: «"+term.Label+"».")
		if err := a.wellFormed(); err != nil {
			t.Error(err)
		}
		others := 0
		for _, n := range a.all("input") {
			if _, ticked := attributeOf(n, "checked"); ticked && attribute(n, "type") == "checkbox" {
				others++
			}
		}
		if others != len(pec.Terms)-1 {
			t.Errorf("%d boxes are still ticked", others)
		}
	}
	if len(s.services()) != 0 {
		t.Error("something was bought")
	}
}

func TestPriceThatChangedIsShownBeforeAnythingIsBought(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	v := s.as(Member)
	form := v.get("/area/acquisto?quantity=1").must(200)
	s.today = pec.Day("2018-07-01") // the free window opens: nothing to pay
	a := v.post("/area/acquisto", form.purchaseFields()...).must(422).says("Il prezzo è cambiato", "Aggiungi 1 GB senza costi", "Non paga nulla per avere 1 GB in più fino al 01/10/2018")
	if len(s.services()) != 0 {
		t.Fatal("something was bought at another price")
	}
	v.post("/area/acquisto", a.purchaseFields()...).must(303)
	if len(s.services()) != 1 {
		t.Error("the confirmed price was not taken")
	}
}

// TestPurchaseThatWouldWaitNowIsShownAgain: two windows stand open with 4,00 €,
// each buys 1 GB for 3,05 €. The second would wait for 2,10 € and says so first.
func TestPurchaseThatWouldWaitNowIsShownAgain(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(400)
	v := s.as(Member)
	one, two := v.get("/area/acquisto").must(200), v.get("/area/acquisto").must(200)
	v.post("/area/acquisto", one.purchaseFields()...).must(303)
	again := v.post("/area/acquisto", two.purchaseFields()...).must(422).says(
		"Il credito è cambiato: ora è 0,95 € e non basta per 3,05 €, perciò l’ordine aspetterebbe il pagamento.", "Manca 2,10 €", "Ordina 1 GB per 3,05 €")
	if n := s.countOrders(); n != 1 {
		t.Fatalf("%d orders", n)
	}
	v.follow(v.post("/area/acquisto", again.purchaseFields()...).must(303)).says("Mancano 2,10 €.")
}

// TestClerksPurchaseThatWouldWaitNowIsShownAgain is the same at the counter.
func TestClerksPurchaseThatWouldWaitNowIsShownAgain(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(400)
	v := s.as(Secretariat)
	form := v.get("/ordini/nuovo?casella=" + s.address).must(200).says("Acquista 1 GB per 3,05 €").sent()
	s.buys(1)
	again := v.post("/ordini/nuovo", form...).must(422).says("Il credito è cambiato: ora è 0,95 €", "Mancano 2,10 €:", "Ordina 1 GB per 3,05 €")
	v.post("/ordini/nuovo", append(again.sent(), "confirmed", "1")...).must(303)
	if n := s.countOrders(); n != 2 {
		t.Errorf("%d orders", n)
	}
}

func TestPurchaseWithoutCreditWaitsAndCompletesByItself(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(170)
	v := s.as(Member)
	form := v.get("/area/acquisto?quantity=2").must(200).says("Manca 4,40 €", "Ordina 2 GB per 6,10 €", "fino al 15/07/2018")
	a := v.post("/area/acquisto", form.purchaseFields()...).must(303)
	v.follow(a).must(200).says("Ordine in attesa di pagamento", "Mancano 4,40 €.", "Da pagare entro il 15/07/2018", "PEC A15266 Morandi Elena", "bonifico", "sportello").saysNot("Acquisto completato", "carta")
	v.get("/area").must(200).says("Ordine in attesa di pagamento", "Mancano 4,40 €", "Come pagare 4,40 €")
	v.get("/area/ricarica").must(200).says("Una ricarica paga, in quest’ordine:", "da pagare entro il 15/07/2018", "In tutto servono 6,10 € Il Suo credito 1,70 € In tutto mancano 4,40 €")
	// A second order waits behind the first: it lacks both.
	second := v.get("/area/acquisto?quantity=1").must(200).says("Manca 7,45 €")
	if to := v.post("/area/acquisto", second.purchaseFields()...).must(303); to.location == a.location {
		t.Error("two forms made one order")
	}
	if done := s.pays(440); done.OrdersCompleted != 1 {
		t.Fatalf("completed %d", done.OrdersCompleted)
	}
	v.get(a.location).must(200).says("Ordine 2018/000001", "Pagato con il credito il 15/06/2018.").saysNot("Mancano")
	v.get("/area").must(200).says("3 GB in tutto", "Mancano 3,05 €")
}

// TestWaitingOrderThatWouldBeFreeByNow: ordered on 15/06/2018 for 3,05 €, in the
// window from 01/07/2018 on it keeps that price and says so, wherever it is to be
// paid. Ordered on 20/03/2018 it lapses before the window.
func TestWaitingOrderThatWouldBeFreeByNow(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	order := s.buys(1).Order.ID
	own, clerk := fmt.Sprint("/area/ordini/", order), fmt.Sprint("/ordini/", order)
	const price = "Ordinato il 15/06/2018, tiene il prezzo di allora, 3,05 €. Dal 01/07/2018 lo stesso acquisto "
	for _, row := range [][2]string{{"2018-06-15", "sarà"}, {"2018-07-02", "è"}} {
		s.on(row[0])
		v := s.as(Member)
		says := price + row[1] + " gratuito fino al 01/10/2018: per non pagarlo si annulla questo ordine e da quel giorno se ne fa uno nuovo."
		for _, page := range []string{own, "/area", "/area/ricarica"} {
			v.get(page).must(200).says(says)
		}
		s.as(Secretariat).get(clerk).must(200).says(says)
	}
	s.pays(305)
	if o := s.services(); len(o) != 1 {
		t.Error("the order did not complete at its own price")
	}
	early := areaSite(t, fullYearAgreement)
	early.on("2018-03-20")
	early.buys(1)
	early.as(Member).get("/area").must(200).says("Ordine in attesa di pagamento").saysNot("tiene il prezzo di allora")
}

func TestWaitingOrderIsCancelledAfterAsking(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	order := s.buys(1).Order.ID
	v := s.as(Member)
	path := fmt.Sprintf("/area/ordini/%d", order)
	v.get(path+"/annulla").must(200).says("Annulla l’ordine", "3,05 €", "Torna all’ordine senza annullarlo")
	s.look(func(tx *db.ReadTx) error {
		o, err := tx.Order(order)
		if o.State != pec.OrderAwaitingPayment {
			t.Errorf("looking at the question cancelled it: %s", o.State)
		}
		return err
	})
	v.follow(v.post(path + "/annulla").must(303)).must(200).says("L’ordine è annullato.").saysNot("in attesa di pagamento")
	v.get(path).must(200).says("Ordine annullato", "Non è stato addebitato nulla")
	if a := v.get(path + "/annulla").must(303); a.location != path {
		t.Errorf("a cancelled order is asked about again: %s", a.location)
	}
	v.post(path + "/annulla").must(422).says("si annulla solo un ordine in attesa")
}

func TestMemberDecidesOnTheRenewalOfAService(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(610)
	s.buys(2)
	service := s.services()[0]
	v := s.as(Member)
	path := fmt.Sprintf("/area/servizi/%d", service.ID)
	a := v.get(path).must(200).says("Spazio Extra Inbox, 2 GB", "Si rinnova il 01/10/2018", "Termina il 01/10/2018", "1 GB, 3,05 € per un anno", "2 GB, 6,10 € per un anno")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.follow(v.post(path, "auto_renew", "1", "next_quantity", "1").must(303)).says("La scelta è salvata.", "Il rinnovo del 01/10/2018 costa 3,05 €", "mancano 3,05 €")
	if got := s.services()[0]; got.NextQuantity != 1 || !got.AutoRenew || got.Quantity != 2 {
		t.Errorf("%+v", got)
	}
	v.follow(v.post(path, "auto_renew", "0", "next_quantity", "1").must(303)).says("Il rinnovo è disattivato.", "disattivato", "Termina il 01/10/2018", "Riattiva il rinnovo")
	if s.services()[0].AutoRenew {
		t.Error("the renewal is still on")
	}
	v.post(path, "auto_renew", "1", "next_quantity", "3").must(422).says("la quantità può andare da 1 a 2")
	v.post(path, "auto_renew", "", "next_quantity", "1").must(422).says("Scelga se il servizio si rinnova.")
	v.post(path, "auto_renew", "1", "next_quantity", "2").must(303)
	used := 2500 // MB: more than 1 GB + 1 GB
	s.setBox(func(b *pec.Mailbox) { b.UsedMB = &used })
	v.post(path, "auto_renew", "1", "next_quantity", "1").must(422).says("La casella occupa 2.500 MB e dal rinnovo avrebbe 2 GB (2.048 MB)")
}

func TestMemberChoosesWhatRenewsFirst(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(915)
	s.buys(1)
	s.buys(2)
	first, second := s.services()[0].ID, s.services()[1].ID
	v := s.as(Member)
	v.get("/area").says("Quali servizi rinnovare prima")
	v.get("/area/preferenze").must(200).says("Spazio Extra Inbox, 1 GB "+s.address+", dal 15/06/2018, ordine 2018/000001, scadenza 01/10/2018",
		"Spazio Extra Inbox, 2 GB "+s.address+", dal 15/06/2018, ordine 2018/000002, scadenza 01/10/2018")
	v.get("/area/preferenze").saysNot("Fanno eccezione")
	v.follow(v.post("/area/preferenze", "up", fmt.Sprint(second)).must(303)).says("La precedenza è salvata.", "posto 1")
	order := s.services()
	pref := map[int64]int{}
	for _, x := range order {
		pref[x.ID] = x.Preference
	}
	if pref[second] != 1 || pref[first] != 2 {
		t.Errorf("preferences: %v", pref)
	}
	v.post("/area/preferenze", "up", fmt.Sprint(second)).must(303) // it is first already
	v.post("/area/preferenze", "down", fmt.Sprint(second)).must(303)
	if s.services()[0].ID != first || s.services()[0].Preference != 1 {
		t.Errorf("moved back: %+v", s.services())
	}
}

// other adds a second member with a mailbox, a running service and a waiting
// order.
func (s *testSite) other() (mailbox, service, order int64) {
	s.t.Helper()
	ctx := context.Background()
	address := "bruno.verdi@pec.ordine.example"
	s.write(func(tx *db.Tx) error {
		id, err := tx.AddMember(db.MemberRow{Member: pec.Member{RegistrationNumber: "B7", Surname: "Verdi", Name: "Bruno", TaxCode: "VRDBRN70A01H501F", Status: pec.MemberActive}})
		if err != nil {
			return err
		}
		mailbox, err = tx.AddMailbox(db.MailboxRow{Mailbox: pec.Mailbox{
			Address: address, MemberID: id, Kind: "standard", Status: pec.MailboxActive, TermYears: 1, AutoRenew: true,
			ActivatedOn: pec.Day("2017-10-01"), AnchorOn: pec.Day("2017-10-01"), ExpiresOn: pec.Day("2018-10-01")}})
		return err
	})
	if _, err := s.office.TopUp(ctx, "prova", office.Payment{Address: address, Amount: 305, Method: pec.ByCounter, Reference: "R1"}); err != nil {
		s.t.Fatal(err)
	}
	for range 2 {
		done, err := s.office.Order(ctx, "prova", office.Purchase{Address: address, Product: pec.InboxGB, Quantity: 1})
		if err != nil {
			s.t.Fatal(err)
		}
		order = done.Order.ID
	}
	s.look(func(tx *db.ReadTx) error {
		list, err := tx.ServicesOn(mailbox, false)
		service = list[0].ID
		return err
	})
	return mailbox, service, order
}

// TestMemberSeesOnlyWhatIsTheirs asks for another member's things by every
// address that names one.
func TestMemberSeesOnlyWhatIsTheirs(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	mailbox, service, order := s.other()
	v := s.as(Member)
	for _, address := range []string{
		fmt.Sprintf("/area?casella=%d", mailbox),
		fmt.Sprintf("/area/acquisto?casella=%d", mailbox),
		fmt.Sprintf("/area/servizi/%d", service),
		fmt.Sprintf("/area/ordini/%d", order),
		fmt.Sprintf("/area/ordini/%d/annulla", order),
		"/area/ordini/999999", "/area/servizi/999999", "/area?casella=999999", "/area/ordini/abc", "/area/servizi/0",
	} {
		v.get(address).must(404).saysNot("Verdi", "bruno")
	}
	for address, fields := range map[string][]string{
		"/area/acquisto":                              {"casella", fmt.Sprint(mailbox), "product", pec.InboxGB, "quantity", "1", "seen", "305"},
		fmt.Sprintf("/area/servizi/%d", service):      {"auto_renew", "0"},
		fmt.Sprintf("/area/ordini/%d/annulla", order): nil,
		"/area/preferenze":                            {"up", fmt.Sprint(service)},
	} {
		v.post(address, fields...).must(404).saysNot("Verdi", "bruno")
	}
	s.look(func(tx *db.ReadTx) error {
		o, err := tx.Order(order)
		if err != nil {
			return err
		}
		x, err := tx.Service(service)
		if o.State != pec.OrderAwaitingPayment || !x.AutoRenew || x.Preference != 0 {
			t.Errorf("something changed: %+v %+v", o, x)
		}
		return err
	})
	v.get("/area/movimenti").must(200).saysNot("3,05")
	v.get("/area/ordini").must(200).says("Nessun ordine")
}

func TestWhereTheProviderSellsNothingIsBoughtHere(t *testing.T) {
	s := areaSite(t, strings.Replace(fullYearAgreement, `"sold_by": "ordine"`, `"sold_by": "provider"`, 1))
	s.write(func(tx *db.Tx) error {
		_, err := tx.AddService(db.ServiceRow{Service: pec.Service{
			MailboxID: s.mailbox, Product: pec.InboxGB, Quantity: 2, StartedOn: pec.Day("2017-12-07"), ExpiresOn: pec.Day("2018-10-01"), AutoRenew: true, Source: pec.SoldByProvider,
		}, ProductName: "Spazio Extra Inbox", Net: 500})
		return err
	})
	v := s.as(Member)
	a := v.get("/area").must(200).says("Gli acquisti si fanno nell’area del gestore (Gestore PEC)", "Spazio Extra Inbox, 2 GB", "Acquistato presso il gestore", "3 GB in tutto").
		saysNot("Acquista spazio", "Rinnovo automatico", "Il mio credito")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get("/area/acquisto").must(200).says("Oggi non è possibile", "area del gestore").saysNot("Da pagare")
	v.get("/area/ricarica").must(200).says("una ricarica qui non servirebbe").saysNot("Come pagare")
	s.pays(500) // as is left of when the Ordine sold
	a = v.get("/area").must(200).says("5,00 €", "questo resta Suo, ma non paga quelli")
	if a.find("a", "href", "/area/ricarica") != nil || a.find("a", "href", "https://area.gestore.example") != nil {
		t.Error("a top-up is on offer, or a link that nobody gave")
	}
	with := strings.NewReplacer(`"sold_by": "ordine"`, `"sold_by": "provider", "provider_area": "https://area.gestore.example"`, "2016-01-01", "2018-06-01")
	s.agree(with.Replace(fullYearAgreement))
	for _, page := range []string{"/area", "/area/acquisto"} {
		if v.get(page).must(200).says("Vai all’area del gestore").find("a", "href", "https://area.gestore.example") == nil {
			t.Errorf("%s has no link to the provider", page)
		}
	}
	v.post("/area/acquisto", "product", pec.InboxGB, "quantity", "1", "seen", "305").must(422).says("area del gestore")
	v.get(fmt.Sprintf("/area/servizi/%d", s.services()[0].ID)).must(200).says("il rinnovo si decide nella sua area").saysNot("Salva la scelta")
	v.post(fmt.Sprintf("/area/servizi/%d", s.services()[0].ID), "auto_renew", "0").must(422)
}

func TestHolderOfAClosedMailboxSeesStatusCreditAndMovements(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(500)
	s.setBox(func(b *pec.Mailbox) {
		b.Status, b.ClosedOn, b.CloseReason = pec.MailboxClosed, pec.Day("2018-06-15"), pec.CloseLeaver
	})
	v := s.as(Member)
	v.get("/area").must(200).says("Chiusa", "Chiusa il 15/06/2018: titolare non più iscritto all’albo.", "5,00 €").saysNot("Acquista spazio", "Scadenza")
	v.get("/area/movimenti").must(200).says("+5,00 €")
	v.get("/area/acquisto").must(200).says("Oggi non è possibile", "è chiusa")
}

func TestHolderOfSeveralMailboxesSwitches(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Member)
	v.get("/area").saysNot("Le mie caselle")
	var second int64
	s.write(func(tx *db.Tx) (err error) {
		second, err = tx.AddMailbox(db.MailboxRow{Mailbox: pec.Mailbox{
			Address: "studio.morandi@pec.ordine.example", MemberID: s.member, Kind: "standard", Status: pec.MailboxRequested, RequestedOn: pec.Day("2018-06-01"), TermYears: 1, AutoRenew: true}})
		return err
	})
	a := v.get("/area").must(200).says("Le mie caselle", "studio.morandi@pec.ordine.example", "richiesta")
	link := fmt.Sprintf("/area?casella=%d", second)
	if a.find("a", "href", link) == nil {
		t.Error("no link to the other mailbox")
	}
	a.says(s.address + " attiva, scadenza 01/10/2018, è questa").saysNot("scadenza 01/01/0001")
	v.get(link).must(200).says("Richiesta il 01/06/2018: sarà attiva quando il gestore la conferma.").saysNot("Acquista spazio", "Scadenza")
}

// anotherBox gives the member a second mailbox, activated today for a year.
func (s *testSite) anotherBox() (address string) {
	s.t.Helper()
	address = "studio.morandi@pec.ordine.example"
	s.write(func(tx *db.Tx) error {
		_, err := tx.AddMailbox(db.MailboxRow{Mailbox: pec.Mailbox{
			Address: address, MemberID: s.member, Kind: "standard", Status: pec.MailboxActive, RequestedOn: s.today,
			ActivatedOn: s.today, AnchorOn: s.today, ExpiresOn: s.today.AddYears(1), TermYears: 1, AutoRenew: true,
		}})
		return err
	})
	return address
}

// TestOrderOfAnotherMailboxTakesTheCreditFirst, on every page alike: 9,15 € wait
// for the second mailbox and 3,05 € renew the first, of 5,00 €: 7,20 € are missing.
func TestOrderOfAnotherMailboxTakesTheCreditFirst(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	second := s.anotherBox()
	s.pays(305)
	s.buys(1)
	s.pays(500)
	v := s.as(Member)
	v.get("/area").must(200).says("Basta per i rinnovi dei servizi di tutte le caselle")
	done, err := s.office.Order(s.t.Context(), "prova", office.Purchase{Address: second, Product: pec.InboxGB, Quantity: 3})
	if err != nil || done.Missing != 415 {
		t.Fatalf("%+v, %v", done, err)
	}
	v.get("/area").must(200).says("Per gli ordini in attesa, che si pagano per primi, e per i rinnovi dei servizi di tutte le caselle, il primo il 01/10/2018, mancano in tutto 7,20 €.").saysNot("Basta per")
	v.get("/area/ricarica").must(200).says("fin qui mancano 4,15 € 9,15 €", "Rinnovo del 01/10/2018 Servizi di "+s.address+"; fin qui mancano 7,20 € 3,05 €", "In tutto servono 12,20 € Il Suo credito 5,00 € In tutto mancano 7,20 €")
	v = s.as(Secretariat)
	sum := "9,15 € per un ordine in attesa + 3,05 € per rinnovare i servizi di " + s.address + " − 5,00 € di credito = 7,20 €."
	a := v.get(fmt.Sprint("/iscritti/", s.member)).must(200).says("Il credito basta per il rinnovo del 01/10/2018 solo se ciò che aspetta il pagamento non lo prende prima.", "In tutto mancano 7,20 € : "+sum,
		"Dal credito si rinnova, se prima non lo prende ciò che aspetta il pagamento: 1 GB in più, 3,05 €.", "In tutto mancano 7,20 €: 9,15 € per un ordine in attesa + 3,05 € per questo rinnovo − 5,00 € di credito = 7,20 €.",
		"L’ordine si completa con una ricarica di 4,15 €: 9,15 € per questo ordine − 5,00 € di credito = 4,15 €.")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get("/servizi").must(200).says("Si rinnova fino al 01/10/2019 per 3,05 €; con ciò che aspetta il pagamento mancano 7,20 €")
	if done := s.pays(720); done.OrdersCompleted != 1 || done.Balance != 305 { // just what the renewal takes
		t.Errorf("%+v", done)
	}
}

// TestCreditOfSeveralMailboxesDoesForAll: 1 GB on each of two, 3,05 € both to
// buy and to renew, by a credit of 6,10 €; one with less lacks the rest.
func TestCreditOfSeveralMailboxesDoesForAll(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	second := s.anotherBox()
	s.pays(610)
	s.buys(1)
	if _, err := s.office.Order(s.t.Context(), "prova", office.Purchase{Address: second, Product: pec.InboxGB, Quantity: 1}); err != nil {
		t.Fatal(err)
	}
	v := s.as(Member)
	v.get("/area/ordini").must(200).says("Acquisto: 1 GB Spazio Extra Inbox per "+s.address, "Acquisto: 1 GB Spazio Extra Inbox per "+second)
	v.get("/area").must(200).says("scadenza 01/10/2018, è questa", second+" attiva, scadenza 15/06/2019",
		"Per i rinnovi dei servizi di tutte le caselle, il primo il 01/10/2018, mancano in tutto 6,10 €.")
	s.pays(305) // does for the first alone
	v.get("/area").must(200).says("mancano in tutto 3,05 €.").saysNot("Basta per")
	s.pays(305)
	v.get("/area").must(200).says("Basta per i rinnovi dei servizi di tutte le caselle, il primo il 01/10/2018: in tutto 6,10 €.")
}

func TestAreaSaysWhatBecomesOfAMailbox(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*testSite)
		says   string
	}{
		{"a leaver's closes before E", func(s *testSite) {
			if _, err := s.office.ChangeMemberStatus(context.Background(), "prova", s.member, office.StatusChange{Status: pec.MemberCancelled, On: pec.Day("2018-06-01"), Reason: "dimissioni"}); err != nil {
				s.t.Fatal(err)
			}
		}, "Si chiude il 31/07/2018, perché non risulta più iscritta all’albo."}, // 01/06 and 60 days
		{"nobody renews it", func(s *testSite) { s.setBox(func(b *pec.Mailbox) { b.AutoRenew = false }) }, "Il rinnovo automatico non è attivo"},
		{"the member pays for it", func(s *testSite) { s.setBox(func(b *pec.Mailbox) { b.Kind = "pro" }) }, "Il rinnovo di questa tipologia è a Suo carico"},
		{"suspended it keeps its dates", func(s *testSite) { s.setBox(func(b *pec.Mailbox) { b.Status = pec.MailboxSuspended }) }, "La casella è sospesa. Non può usarla finché il gestore non la riattiva"},
		{"rejected", func(s *testSite) {
			s.setBox(func(b *pec.Mailbox) { b.Status, b.Rejection = pec.MailboxRejected, "nome già in uso" })
		}, "Il gestore non l’ha attivata."},
		{"at the provider", func(s *testSite) {
			s.setBox(func(b *pec.Mailbox) { b.Status, b.SentOn = pec.MailboxSent, pec.Day("2018-06-10") })
		}, "La richiesta è dal gestore dal 10/06/2018"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := areaSite(t, strings.Replace(fullYearAgreement, `"kinds": [{`,
				`"kinds": [{"code": "pro", "name": "Pro", "base_inbox_gb": 2, "max_inbox_gb": null, "yearly_price": "20.00", "paid_by": "member", "terms": [1]}, {`, 1))
			row.change(s)
			s.as(Member).get("/area").must(200).says(row.says)
		})
	}
}

// setBox changes Elena's mailbox.
func (s *testSite) setBox(change func(*pec.Mailbox)) {
	s.t.Helper()
	s.setBoxOf(s.mailbox, change)
}

func (s *testSite) setBoxOf(mailbox int64, change func(*pec.Mailbox)) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		box, err := tx.Mailbox(mailbox)
		if err != nil {
			return err
		}
		change(&box.Mailbox)
		return tx.SetMailbox(box.Mailbox)
	})
}

func TestMemberWithAClaimCannotBuy(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.write(func(tx *db.Tx) error { return tx.AddClaim(s.member, 800, 0, s.today, "ricarica stornata") })
	v := s.as(Member)
	v.get("/area").must(200).says("Da restituire all’Ordine: 8,00 €.").saysNot("Acquista spazio")
	v.get("/area/acquisto").must(200).says("Ci sono 8,00 € da restituire all’Ordine per una ricarica stornata: finché un’altra ricarica non li salda non si può acquistare.")
	v.get("/area/movimenti").must(200).says("Da restituire all’Ordine: 8,00 €.")
}

func TestOtherProductsAreBoughtTheSameWay(t *testing.T) {
	s := areaSite(t, manyProducts)
	s.pays(10000)
	v := s.as(Member)
	// 15/06 to 01/10: four started months. 2 × 8,00 × 4/12 = 5,33; IVA 1,17.
	a := v.get("/area/acquisto?product=user&quantity=2").must(200).says("Che cosa", "Multiutente", "Kit di Firma", "2 × 8,00 € all’anno × 4/12 5,33 €", "1,17 €", "6,50 €",
		"Paga 6,50 €, IVA compresa, per avere 2 × Multiutente fino al 01/10/2018, giorno di scadenza della casella: la convenzione fa pagare 4 mesi iniziati, un dodicesimo del prezzo annuo per ciascuno; "+
			"il 01/10/2018 si rinnoverà fino al 01/10/2019 per 19,52 €, IVA compresa, se il credito lo copre.", "Acquista 2 × Multiutente per 6,50 €")
	v.follow(v.post("/area/acquisto", a.purchaseFields()...).must(303)).says("Acquisto completato.", "2 × Multiutente")
	// The kit is paid once: 45,00 + 9,90. It runs on no mailbox and is not renewed.
	v.get("/area/acquisto").must(200).says("Acquista spazio o altri servizi")
	kit := v.get("/area/acquisto?product=kit").must(200).says("Acquista Kit di Firma", "È solo il prezzo: non è ancora acquistato nulla.", "Paga 54,90 €, IVA compresa, per avere 1 × Kit di Firma, una volta sola.", "La segreteria lo consegna.").saysNot("Suo subito")
	v.post("/area/acquisto", kit.purchaseFields()...).must(422).says("Scriva a quale indirizzo consegnarlo")
	a = v.post("/area/acquisto", append(kit.purchaseFields(), "deliver_to", "Via dei Tigli 7, Valdoro")...).must(303)
	v.follow(a).says("Acquisto completato. La segreteria lo consegna.")
	v.get(a.location).must(200).says("Consegna A: Via dei Tigli 7, Valdoro Ordinato: la segreteria lo consegna.")
	c := s.as(Secretariat)
	c.get("/ordini?stato=da-consegnare").must(200).says("Kit di Firma", "A Via dei Tigli 7, Valdoro")
	if list := string(c.get("/ordini/esporta?stato=da-consegnare&formato=csv").must(200).body); !strings.Contains(list, ";Consegna\r\n") || !strings.HasSuffix(list, ";\"a Via dei Tigli 7, Valdoro\"\r\n") && !strings.HasSuffix(list, ";a Via dei Tigli 7, Valdoro\r\n") {
		t.Errorf("the file says\n%s", list)
	}
	v.get(a.location + "/ricevuta").prints("Consegna a Via dei Tigli 7, Valdoro")
	to := strings.Replace(a.location, "/area", "", 1)
	c.get(to).must(200).says("A: Via dei Tigli 7, Valdoro", "Da consegnare")
	if on := c.get(to+"/consegna").must(200).says("Consegna a: Via dei Tigli 7, Valdoro").find("input", "id", "on"); attribute(on, "value") != "15/06/2018" {
		t.Errorf("the day proposed is %q", attribute(on, "value"))
	}
	for typed, says := range map[string]string{"": "Scriva una data", "31/06/2018": "31/06/2018", "16/06/2018": "deve ancora venire", "14/06/2018": "L’ordine è del 15/06/2018"} {
		a := c.post(to+"/consegna", "on", typed).must(422).says(says)
		if on := a.find("input", "id", "on"); attribute(on, "value") != typed || attribute(on, "aria-invalid") != "true" {
			t.Errorf("%q: the field is %q", typed, attribute(on, "value"))
		}
	}
	c.follow(c.post(to+"/consegna", "on", "15/06/2018").must(303)).says("Consegna registrata.", "Consegnato il 15/06/2018, Giulia Ferretti", "Annulla la consegna…")
	c.get("/ordini?stato=da-consegnare").must(200).saysNot("Kit di Firma")
	c.get(to + "/consegna/annulla").must(200).says("È segnato come consegnato il 15/06/2018.")
	c.post(to+"/consegna/annulla", "reason", " ").must(422).says("Scriva perché la consegna si annulla")
	c.follow(c.post(to+"/consegna/annulla", "reason", "ordine scambiato").must(303)).says("Consegna annullata.", "Da consegnare")
	c.get("/ordini?stato=da-consegnare").must(200).says("Kit di Firma")
	s.as(Administrator).get("/amministrazione/registro").must(200).says("Consegna annullata")
	s.as(ReadOnly).post(to+"/consegna/annulla", "reason", "x").must(403)
	c.follow(c.post(to+"/consegna", "on", "15/06/2018").must(303)).says("Consegna registrata.")
	v.get(a.location).must(200).says("Consegnato il 15/06/2018.")
	if list := s.services(); len(list) != 1 || list[0].Product != "user" {
		t.Errorf("services: %+v", list)
	}
	// No cap: the quantity is typed.
	v.get("/area/acquisto?product=user&quantity=-1").must(200).says("Quanti utenti vuole aggiungere?", "Ha scritto −1: la quantità deve essere almeno 1.")
	v.get("/area/acquisto?product=user&quantity=99999999").must(200).says("Ha scritto 99.999.999: la quantità non può superare 10.000.")
	v.get(fmt.Sprint("/area/servizi/", s.services()[0].ID)).must(200).says("2 utenti, 19,52 € per un anno", "1 utente, 9,76 € per un anno")
	unpaid := v.get("/area/acquisto?product=kit&quantity=3").must(200)
	dropped := v.post("/area/acquisto", append(unpaid.purchaseFields(), "deliver_to", "Via dei Tigli 7")...).must(303).location
	v.get(dropped).must(200).says("Si consegna dopo il pagamento.")
	v.post(dropped + "/annulla").must(303)
	v.get(dropped).must(200).says("Non si consegna: l’ordine è annullato.").saysNot("Si consegna dopo")
	c.get(strings.Replace(dropped, "/area", "", 1)).must(200).says("Non si consegna: l’ordine è annullato.")
	c.get("/ordini/nuovo?product=user&casella=" + s.address).must(200).says("Quantità (utenti)")
	c.get("/ordini/nuovo?product=inbox_gb&casella=" + s.address).must(200).says("Quantità (GB)")
	typed := v.get("/area/acquisto?product=inbox_gb&quantity=40").must(200).says("Ora ha 1 GB.", "40 GB × 2,50 € all’anno × 4/12")
	if typed.find("input", "id", "quantity") == nil {
		t.Error("no field for the quantity")
	}
}

// TestNothingTypedIsLostWhenThePriceIsAskedAgain: the address of delivery and the
// boxes ticked stay, by way of a quantity that cannot be and of another product.
func TestNothingTypedIsLostWhenThePriceIsAskedAgain(t *testing.T) {
	s := areaSite(t, manyProducts)
	s.pays(20000)
	for _, row := range []struct {
		role Role
		page string
	}{{Member, "/area/acquisto"}, {Secretariat, "/ordini/nuovo"}} {
		v := s.as(row.role)
		box := s.address
		if row.role == Member {
			box = fmt.Sprint(s.mailbox)
		}
		again := func(quantity, product string) *answer {
			return v.follow(v.post(row.page, "action", "quote", "casella", box, "product", product, "quantity", quantity,
				"deliver_to", "Via dei Tigli 7, Valdoro", "accetto-privacy", "1").must(303))
		}
		holds := func(a *answer) {
			t.Helper()
			if field := a.find("input", "name", "deliver_to"); field == nil || attribute(field, "value") != "Via dei Tigli 7, Valdoro" {
				t.Errorf("%s: the address is lost: %s", row.page, a.text())
			}
			if field := a.find("input", "name", "accetto-privacy"); row.role == Member && field != nil && attribute(field, "type") == "checkbox" {
				if _, ticked := attributeOf(field, "checked"); !ticked {
					t.Errorf("%s: the tick is lost", row.page)
				}
			} else if row.role == Member && field == nil {
				t.Errorf("%s: the tick is lost", row.page)
			}
		}
		holds(again("2", "kit").must(200))
		holds(again("nessuno", "kit"))
		holds(again("2", "inbox_gb").must(200))
		emptied := v.follow(v.post(row.page, "action", "quote", "casella", box, "product", "kit", "quantity", "2", "deliver_to", "").must(303))
		if field := emptied.find("input", "name", "deliver_to"); field == nil || attribute(field, "value") != "" {
			t.Errorf("%s: an emptied address is filled again", row.page)
		}
	}
}

func TestFullMailboxSaysWhyNothingCanBeAdded(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(2000)
	s.buys(4)
	v := s.as(Member)
	v.get("/area").must(200).says("La casella ha già 5 GB, il massimo per la tipologia Standard").saysNot("Acquista spazio")
	v.get("/area/acquisto").must(200).says("Oggi non è possibile")
}

func TestOnExpiryDayNothingIsBoughtUntilRenewed(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.on("2018-10-01")
	s.as(Member).get("/area").must(200).says("01/10/2018, oggi", "che si registra questa notte", "fino al rinnovo non si accettano acquisti").saysNot("Acquista spazio")
}

func TestMemberChangesTheirContactsOnly(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Member)
	v.get("/area/dati").must(200).says("Morandi", "MRNLNE80A41H501U", "A15266", "Non si cambiano da qui")
	a := v.post("/area/dati", "email", "non è una mail", "city", "Bologna", "surname", "Rossi").must(422).says("non è un indirizzo e-mail")
	if attribute(a.find("input", "id", "city"), "value") != "Bologna" {
		t.Error("what was typed is gone")
	}
	v.post("/area/dati", "email", "", "city", "Bologna").must(422).says("Scriva una mail")
	v.follow(v.post("/area/dati", "email", "elena@posta.example", "city", "Bologna", "mobile", "333 1", "surname", "Rossi", "tax_code", "X", "registration_number", "Z9").must(303)).
		says("I Suoi dati sono salvati.", "elena@posta.example")
	s.look(func(tx *db.ReadTx) error {
		m, err := tx.Member(s.member)
		if m.Email != "elena@posta.example" || m.City != "Bologna" || m.Surname != "Morandi" || m.TaxCode != "MRNLNE80A41H501U" || m.RegistrationNumber != "A15266" {
			t.Errorf("%+v", m.Member)
		}
		history, _ := tx.MemberHistory(s.member)
		if len(history) != 2 {
			t.Errorf("history: %+v", history)
		}
		return err
	})
}

// A new address holds once it is confirmed by the link that went to it; until
// then the old one stays, and a link that another has replaced confirms nothing.
// TestMembersContactsAreJudgedAsTheRegistersFormJudges: nothing of what is typed
// badly is written, and it all comes back.
func TestMembersContactsAreJudgedAsTheRegistersFormJudges(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Member)
	for field, row := range map[string][2]string{
		"mobile":      {"abc", "non è un numero di telefono"},
		"postal_code": {"12", "non è un CAP: ne servono cinque cifre."},
		"province":    {"XX", "non è la sigla di una provincia italiana."},
		"email":       {s.address, "L’indirizzo è una casella PEC dell’Ordine: qui va una mail ordinaria."},
	} {
		typed := map[string]string{"email": "elena@posta.example", "city": "Roma", "province": "RM", field: row[0]}
		var fields []string
		for name, value := range typed {
			fields = append(fields, name, value)
		}
		a := v.post("/area/dati", fields...).must(422).says(row[1])
		if attribute(a.find("input", "name", field), "value") != row[0] {
			t.Errorf("%s is lost", field)
		}
	}
	s.look(func(tx *db.ReadTx) error {
		m, err := tx.Member(s.member)
		if m.City != "" || m.Mobile != "" {
			t.Errorf("%+v", m.Member)
		}
		return err
	})
	v.post("/area/dati", "email", "elena@posta.example", "city", "Lugano", "province", "EE", "postal_code", "6900").must(303)
}

func TestMemberConfirmsANewEmail(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Member)
	links := func() (links []string) {
		s.look(func(tx *db.ReadTx) error {
			list, err := tx.MessageList(db.MessageFilter{Kind: pec.MessageEmailCheck})
			for _, m := range slices.Backward(list) {
				_, token, _ := strings.Cut(m.Letter.Text, "/conferma-mail/")
				links = append(links, m.Recipient+" /conferma-mail/"+strings.Fields(token)[0])
			}
			return err
		})
		slices.Sort(links)
		return links
	}
	ask := func(email string) {
		v.get("/area/dati")
		v.follow(v.post("/area/dati", "email", email, "city", "Bologna").must(303)).says("Abbiamo scritto a "+email, "Una nuova mail aspetta la Sua conferma")
	}
	email := func(want string) {
		t.Helper()
		s.look(func(tx *db.ReadTx) error {
			m, err := tx.Member(s.member)
			if m.Email != want || m.City != "Bologna" {
				t.Errorf("the member has %s in %q, want %s", m.Email, m.City, want)
			}
			return err
		})
	}
	ask("sbagliata@posta.example")
	ask("sbagliata@posta.example") // sent twice, written once
	ask("nuova@posta.example")
	email("elena@posta.example")
	all := links()
	if len(all) != 2 {
		t.Fatalf("the links are %v", all)
	}
	_, wrong, _ := strings.Cut(all[1], " ")
	_, right, _ := strings.Cut(all[0], " ")
	stranger := s.anyone()
	stranger.get(wrong).must(404).says("scaduto o è già stato usato")
	stranger.get(right).must(200).says("Elena Morandi", "nuova@posta.example")
	email("elena@posta.example") // looking changes nothing
	stranger.follow(stranger.post(right).must(303)).must(200).says("La nuova mail è confermata.")
	email("nuova@posta.example")
	s.anyone().get(right).must(404)
	v.get("/area/dati").must(200).saysNot("aspetta la Sua conferma")

	ask("terza@posta.example")
	third := links()
	s.now = s.now.Add(73 * time.Hour)
	_, late, _ := strings.Cut(third[2], " ")
	s.anyone().get(late).must(404)
	email("nuova@posta.example")
}

func TestMemberChangesThePassword(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	here, elsewhere := s.as(Member), s.as(Member)
	const fresh = "un’altra frase di prova"
	here.post("/area/password", "old", "sbagliata", "password", fresh, "again", fresh).must(422).says("La password attuale non è corretta.")
	here.post("/area/password", "old", testPassword, "password", fresh, "again", "diversa").must(422).says("non sono uguali")
	here.post("/area/password", "old", testPassword, "password", "corta", "again", "corta").must(422).says("almeno 8 caratteri")
	here.post("/area/password", "old", "", "password", fresh, "again", fresh).must(422).says("Scriva la password attuale.")
	here.follow(here.post("/area/password", "old", testPassword, "password", fresh, "again", fresh).must(303)).must(200).says("La password è cambiata.")
	here.get("/area").must(200)
	elsewhere.get("/area").must(303) // logged out: the password is another
	v := s.anyone()
	v.get("/accesso")
	v.post("/accesso", "login", s.address, "password", testPassword).must(422)
	v.post("/accesso", "login", s.address, "password", fresh).must(303)
}

func TestGuessingTheOldPasswordIsSlowedDown(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Member)
	for range 5 {
		v.post("/area/password", "old", "tentativo", "password", "una frase nuova", "again", "una frase nuova").must(422)
	}
	v.post("/area/password", "old", testPassword, "password", "una frase nuova", "again", "una frase nuova").must(422).says("Troppi tentativi")
}

func TestTermsCanBeRead(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Member)
	a := v.get("/area/condizioni").must(200).says("Condizioni generali", "Informativa sulla privacy", "Ogni servizio dura fino alla scadenza")
	form := v.get("/area/acquisto").must(200)
	for _, term := range pec.Terms {
		if a.find("section", "id", term.Code) == nil && a.find("p", "id", term.Code) == nil {
			t.Errorf("no text for %s", term.Code)
		}
		if form.find("a", "href", "/area/condizioni#"+term.Code) == nil {
			t.Errorf("no link to the text of %s", term.Code)
		}
	}
}

func TestAreaWithoutAnAgreement(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.as(Member).get("/area").must(200).says("Le condizioni del rinnovo non sono ancora stabilite").saysNot("Acquista spazio")
}

// TestListsGoBackInTime: 60 top-ups are three pages, none twice, none left out.
func TestListsGoBackInTime(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	for range 60 {
		s.pays(100)
	}
	v := s.as(Member)
	seen, address := 0, "/area/movimenti"
	for range 5 {
		a := v.get(address).must(200)
		seen += len(a.all("tr")) - 1
		next := ""
		for _, link := range a.links() {
			if strings.HasPrefix(link, "/area/movimenti?prima=") {
				next = link
			}
		}
		if next == "" {
			break
		}
		address = next
	}
	if seen != 60 {
		t.Errorf("%d of 60 movements shown", seen)
	}
}

func TestAreaInABrowser(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(780)
	s.buys(2)
	s.buys(1) // waits for 1,35 €
	used := 2800
	s.setBox(func(b *pec.Mailbox) { b.UsedMB = &used })
	order, service := s.areaSample()
	s.on("2018-06-30")
	v := s.as(Member)
	off := false
	plain := v.page("area-acquisto-senza-script", "/area/acquisto?quantity=2")
	plain.Script = &off
	s.inBrowser(t,
		browserPage{Name: "accesso", Path: "/accesso"},
		v.page("area", "/area"),
		v.page("area-acquisto", "/area/acquisto?quantity=2"),
		plain,
		v.page("area-servizio", fmt.Sprintf("/area/servizi/%d", service)),
		v.page("area-ordine-attesa", fmt.Sprintf("/area/ordini/%d", order)),
		v.page("area-ricevuta", "/area/ordini/1"),
		v.page("area-movimenti", "/area/movimenti"),
		v.page("area-dati", "/area/dati"),
	)
}

// TestSamePurchaseInTwoWindowsIsAskedAbout: the second window's form has a key of
// its own, and so has the page that the browser's Back asks for again.
func TestSamePurchaseInTwoWindowsIsAskedAbout(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(5000)
	v := s.as(Member)
	one, two := v.get("/area/acquisto?quantity=1").must(200).saysNot("conferma un secondo acquisto"), v.get("/area/acquisto?quantity=1").must(200)
	v.post("/area/acquisto", one.purchaseFields()...).must(303)
	question := "Oggi ha già acquistato 1 GB per questa casella (ordine 2018/000001): conferma un secondo acquisto?"
	a := v.post("/area/acquisto", two.purchaseFields()...).must(422).says(question, "Se è davvero così metta qui la spunta")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	if !slices.Contains(a.links(), "/area/ordini/1") || len(s.services()) != 1 {
		t.Fatalf("links %v, services %+v", a.links(), s.services())
	}
	if box := a.find("input", "name", "confirmed"); box == nil || hasAttribute(box, "checked") {
		t.Fatal("there is no box to tick, or it is ticked")
	}
	// Back: the page is fetched anew, asks at once, and is not to be got round.
	back := v.get("/area/acquisto?quantity=1").must(200).says("Oggi ha già acquistato 1 GB per questa casella", "Sì, confermo un secondo acquisto").saysNot("Se è davvero così")
	v.post("/area/acquisto", back.purchaseFields("confirmed")...).must(422).says(question)
	v.post("/area/acquisto", a.purchaseFields()...).must(303)
	// Confirmed for the first only: the second is asked about again.
	v.post("/area/acquisto", back.purchaseFields()...).must(422).says("Oggi ha già acquistato 1 GB, 2 volte, per questa casella (ordine 2018/000002): conferma un altro acquisto?")
	if len(s.services()) != 2 {
		t.Errorf("services: %+v", s.services())
	}
	v.get("/area/acquisto?quantity=2").must(200).saysNot("Oggi ha già")
	s.on("2018-06-16")
	s.as(Member).get("/area/acquisto?quantity=1").must(200).saysNot("Oggi ha già")
}

func hasAttribute(n *html.Node, name string) bool {
	_, has := attributeOf(n, name)
	return has
}

// TestClerksSamePurchaseIsAskedAbout, whoever made the first.
func TestClerksSamePurchaseIsAskedAbout(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(5000)
	page := "/ordini/nuovo?casella=" + s.address + "&product=inbox_gb&quantity=1"
	v := s.as(Secretariat)
	one, two := v.get(page).must(200), v.get(page).must(200)
	v.post("/ordini/nuovo", purchase(one)...).must(303)
	question := "Oggi ha già acquistato 1 GB per questa casella (ordine 2018/000001): conferma un secondo acquisto?"
	a := v.post("/ordini/nuovo", purchase(two)...).must(422).says(question)
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	if !slices.Contains(a.links(), "/ordini/1") {
		t.Errorf("the order is not linked: %v", a.links())
	}
	v.follow(v.post("/ordini/nuovo", append(purchase(a), "confirmed", attribute(a.find("input", "name", "confirmed"), "value"))...).must(303)).says("Ordine 2018/000002 completato.")
	s.as(Member).get("/area/acquisto?quantity=1").must(200).says("Oggi risulta già l’acquisto di 1 GB, 2 volte, per questa casella", "ordine 2018/000002", "conferma un altro acquisto?")
}

// TestSpaceThatWaitsIsSeenBeforeMoreIsBought: 1 + 3 GB that wait + 2 are more
// than 5. Confirmed, the order waits behind; paid, it is cancelled and the money
// stays.
func TestSpaceThatWaitsIsSeenBeforeMoreIsBought(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.buys(3)
	crowd := "occuperà già 3 GB dei 4 che si possono ancora aggiungere: con questi sarebbero 5, perciò dei due ordini se ne può completare uno solo."
	v := s.as(Member)
	v.get("/area/acquisto?quantity=1").must(200).says("occuperà già 3 GB dei 4 che si possono ancora aggiungere: con questi sono 4.").saysNot("Sì, confermo")
	a := v.get("/area/acquisto?quantity=2").must(200).says(crowd, "il suo importo resta credito", "Sì, confermo l’acquisto lo stesso")
	if !slices.Contains(a.links(), "/area/ordini/1") {
		t.Errorf("the order that waits is not linked: %v", a.links())
	}
	clerk := s.as(Secretariat).get("/ordini/nuovo?casella=" + s.address + "&product=inbox_gb&quantity=2").must(200).says(crowd)
	if !slices.Contains(clerk.links(), "/ordini/1") {
		t.Errorf("the order that waits is not linked: %v", clerk.links())
	}
	s.as(Secretariat).post("/ordini/nuovo", purchase(clerk)...).must(422).says(crowd)
	v.post("/area/acquisto", a.purchaseFields("confirmed")...).must(422).says(crowd)
	order := v.post("/area/acquisto", a.purchaseFields()...).must(303)
	s.pays(1525) // 9,15 + 6,10
	home := s.as(Member).get("/area").must(200).says("è stato annullato il 15/06/2018", "Non Le è stato addebitato nulla: ciò che ha versato resta nel Suo credito.", "6,10 €")
	if err := home.wellFormed(); err != nil {
		t.Error(err)
	}
	s.as(Member).get(order.location).must(200).says("ciò che ha versato resta nel Suo credito. La casella ha 4 GB").saysNot("..")
}

// TestServicesOfSeveralMailboxesHaveEachItsDay, also when the nearest mailbox has
// none.
func TestServicesOfSeveralMailboxesHaveEachItsDay(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	second := s.anotherBox() // with E 15/06/2019; the first 01/10/2018
	s.pays(2000)
	buy := func(address string) {
		if _, err := s.office.Order(s.t.Context(), "prova", office.Purchase{Address: address, Product: pec.InboxGB, Quantity: 1}); err != nil {
			t.Fatal(err)
		}
	}
	page := fmt.Sprint("/iscritti/", s.member)
	buy(second)
	a := s.as(Secretariat).get(page).must(200).says("Servizi attivi Servizio Rinnovo Il 15/06/2019 1 GB in più " + second + " acquistato, in attivazione presso il gestore 3,05 € Si rinnova")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	buy(s.address)
	s.as(Secretariat).get(page).must(200).says("Servizio Rinnovo Alla scadenza 1 GB in più "+s.address+" acquistato, in attivazione presso il gestore 3,05 € Il 01/10/2018: Si rinnova", "1 GB in più "+second+" acquistato, in attivazione presso il gestore 3,05 € Il 15/06/2019: Si rinnova", "Totale lordo 6,10 €")
}

// TestAreaWarnsOfTheMailboxThatIsNotShown: the second closes in nine days.
func TestAreaWarnsOfTheMailboxThatIsNotShown(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	second := s.anotherBox()
	v := s.as(Member)
	v.get("/area").must(200).saysNot("si chiude il")
	if err := s.office.SetAutoRenew(s.t.Context(), "prova", second, false); err != nil {
		t.Fatal(err)
	}
	v.get("/area").must(200).saysNot("si chiude il") // in a year
	s.on("2019-06-06")
	if _, err := s.office.Renew(s.t.Context(), "prova", s.today); err != nil {
		t.Fatal(err)
	}
	v = s.as(Member)
	a := v.get("/area").must(200).says("scadenza 01/10/2019, è questa", "La casella "+second+" si chiude il 15/06/2019, fra 9 giorni. Non si rinnova da sola e nessuno l’ha ancora rinnovata. Vedi la casella")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get(attribute(a.find("a", "class", "alert-link"), "href")).must(200).says("Rinnova la casella").saysNot("La casella " + second + " si chiude")
}
