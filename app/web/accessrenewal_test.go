package web

import (
	"fmt"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// proColleague is a colleague whose mailbox is Pro until 01/10/2018, 24,40 € a
// year with the tax, and whose data for e-invoices are known.
func (s *testSite) proColleague() colleague {
	s.t.Helper()
	c := s.colleague()
	s.write(func(tx *db.Tx) error {
		box, err := tx.Mailbox(c.mailbox)
		if err != nil {
			return err
		}
		box.Kind = "pro"
		if err := tx.SetMailbox(box.Mailbox); err != nil {
			return err
		}
		return tx.SetRecipient(c.member, pec.Recipient{Code: "SEGRETO"})
	})
	return c
}

// renewalFields are those of the form of a guest's renewal, all conditions
// accepted.
func (a *answer) renewalFields() []string {
	fields := a.sent()
	for _, code := range pec.TermCodes() {
		fields = append(fields, "accetto-"+code, "1")
	}
	return fields
}

// Of 50,00 € two years take 48,80 €.
func TestGuestRenewsAnothersMailbox(t *testing.T) {
	s := areaSite(t, twoKinds)
	c := s.proColleague()
	id := s.entrusts(c)
	s.pays(5000)
	v := s.as(Member)
	page := fmt.Sprint("/area/altre/", id)
	path := page + "/rinnovo"
	a := v.get(page).must(200).says("Senza un ordine di rinnovo, 24,40 € per un anno, il 01/10/2018 si chiude: lo può ordinare e pagare anche Lei.", "Rinnova la casella")
	if a.find("a", "href", path) == nil {
		t.Error("the mailbox's page does not lead to its renewal")
	}
	a = v.get(path).must(200).says("Per la casella "+c.address+" , di Verdi Bruno", "tipologia Pro", "1 anno, fino al 01/10/2019", "3 anni, fino al 01/10/2021", "Totale lordo 24,40 €",
		"Rinnovare la casella Pro dal 01/10/2018, giorno di scadenza, al 01/10/2019", "Credito dopo l’ordine 25,60 €", "Rinnova per 24,40 €", "Accetto le condizioni generali").
		saysNot("SEGRETO", "segreto.example", "Codice fiscale", "Partita IVA")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get(v.post(path, a.sent("years", "3", "action", "quote")...).must(303).location).must(200).says("Totale lordo 73,20 €", "Manca 23,20 €", "Come ricaricare").saysNot("Rinnova per")
	v.get(path + "?years=molti").must(200).says("Scelga una delle durate.")
	v.get(path + "?years=4").must(200).says("Scelga una delle durate.")

	two := v.get(path + "?years=2").must(200).says("Rinnova per 48,80 €")
	v.post(path, two.sent()...).must(422).says("Per acquistare serve anche questa")
	fields := two.renewalFields()
	v.post(path, append([]string{"years", "1"}, without(fields, "years")...)...).must(422).says("Ha cambiato la scelta dopo aver visto il prezzo: ora è 24,40 €.")
	v.post(path, append([]string{"seen", "4000"}, without(fields, "seen")...)...).must(422).says("Il prezzo è cambiato: ora è 48,80 €.")
	if orders := s.ordersOf(c.member); len(orders) != 0 {
		t.Fatalf("%+v", orders)
	}
	v.follow(v.post(path, fields...).must(303)).must(200).says("La casella è rinnovata.", c.address+" vale fino al 01/10/2020. L’ordine 2018/000001 è del titolare.", "1,20 €", "rinnovo fino al 01/10/2020").
		saysNot("Rinnova la casella")
	v.follow(v.post(path, fields...).must(303)).must(200).says("Il rinnovo era già registrato: è uno solo.")
	v.get(path).must(200).says("Oggi non è possibile", "La casella è già rinnovata fino al 01/10/2020")
	if mine, _ := s.balance(s.member); mine != 120 {
		t.Errorf("%s are left", mine)
	}
	orders := s.ordersOf(c.member)
	if len(orders) != 1 || orders[0].EnteredBy != fmt.Sprint("iscritto:", s.member) {
		t.Fatalf("%+v", orders)
	}
	// The order is the holder's: the guest does not open it, the holder does.
	order := fmt.Sprint("/area/ordini/", orders[0].ID)
	v.get(order).must(404)
	s.login(c.address).get(order).must(200).says("Ordine 2018/000001")
	s.as(Secretariat).get(fmt.Sprint("/ordini/", orders[0].ID)).must(200).says("Morandi Elena, dalla sua area", "codice destinatario SEGRETO a Verdi Bruno")
}

func without(fields []string, name string) (list []string) {
	for i := 0; i < len(fields); i += 2 {
		if fields[i] != name {
			list = append(list, fields[i], fields[i+1])
		}
	}
	return list
}

func (s *testSite) ordersOf(member int64) (list []db.OrderRow) {
	s.look(func(tx *db.ReadTx) (err error) {
		list, err = tx.OrdersOf(member)
		return err
	})
	return list
}

// What stands in the way on the holder's side is not said; what does on the
// guest's is, and a form that stood open pays nothing.
func TestGuestsRenewalIsRefusedInPlainWords(t *testing.T) {
	s := areaSite(t, twoKinds)
	c := s.proColleague()
	id := s.entrusts(c)
	s.pays(5000)
	v := s.as(Member)
	page := fmt.Sprint("/area/altre/", id)
	path := page + "/rinnovo"
	fields := v.get(path).must(200).renewalFields()

	// The holder orders a renewal that waits: the guest can only give credit.
	waiting, err := s.office.OrderRenewal(t.Context(), "prova", office.RenewalRequest{Address: c.address, Wish: pec.RenewalWish{Years: 3}})
	if err != nil {
		t.Fatal(err)
	}
	v.get(page).must(200).says("Del rinnovo decide il titolare: senza, il 01/10/2018 si chiude.").saysNot("Rinnova la casella", "73,20")
	v.get(path).must(200).says("Oggi non è possibile", "lo può ordinare solo il titolare").saysNot("73,20", "in attesa di pagamento")
	v.post(path, fields...).must(422).says("lo può ordinare solo il titolare")
	if err := s.office.CancelOrder(t.Context(), "prova", waiting.Order.ID, 0, "prova"); err != nil {
		t.Fatal(err)
	}
	v.get(page).must(200).says("Rinnova la casella")

	// The access is taken back while the form stands open.
	if err := s.office.WithdrawAccess(t.Context(), fmt.Sprint("iscritto:", c.member), c.member, id); err != nil {
		t.Fatal(err)
	}
	v.get(path).must(200).says("Oggi non è possibile", "L’accesso a questa casella è finito")
	v.post(path, fields...).must(422).says("L’accesso a questa casella è finito")
	if mine, _ := s.balance(s.member); mine != 5000 {
		t.Errorf("%s are left", mine)
	}
	for _, o := range s.ordersOf(c.member) {
		if strings.HasPrefix(o.EnteredBy, "iscritto:") {
			t.Errorf("%+v", o)
		}
	}
}
