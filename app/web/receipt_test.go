package web

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// entryOrder is the latest order that a member paid.
func (s *testSite) entryOrder(member int64) (order int64) {
	s.t.Helper()
	s.look(func(tx *db.ReadTx) error {
		entries, err := tx.Entries(member)
		for _, e := range entries {
			if e.OrderID != 0 {
				order = e.OrderID
			}
		}
		return err
	})
	return order
}

// pdf is what Poppler reads in an answer that is a PDF, as it is laid out, on one
// line.
func (a *answer) pdf() string {
	a.t.Helper()
	return a.poppler("-layout")
}

// poppler is what Poppler reads, by default block after block.
func (a *answer) poppler(args ...string) string {
	a.t.Helper()
	if a.must(200).header.Get("Content-Type") != mimePDF {
		a.t.Fatalf("no PDF: %s", a.header.Get("Content-Type"))
	}
	tool, err := exec.LookPath("pdftotext")
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		a.t.Fatal(err)
	default:
		a.t.Skip("no Poppler here: `make test` installs it")
	}
	cmd := exec.Command(tool, append(args, "-", "-")...)
	cmd.Stdin = bytes.NewReader(a.body)
	out, err := cmd.Output()
	if err != nil {
		a.t.Fatal(err)
	}
	return plainSpaces(string(out))
}

// prints fails the test unless the PDF has these words.
func (a *answer) prints(words ...string) *answer {
	a.t.Helper()
	text := a.pdf()
	for _, w := range words {
		if !strings.Contains(text, plainSpaces(w)) {
			a.t.Errorf("the PDF does not say %q: %s", w, text)
		}
	}
	return a
}

// TestReceiptOfAPurchaseIsThatOfItsPage: 2 GB for 5,00 € + 1,10 € of 10,00 €.
func TestReceiptOfAPurchaseIsThatOfItsPage(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	order := s.buys(2).Order.ID
	page := fmt.Sprintf("/ordini/%d", order)
	for _, role := range []Role{Secretariat, ReadOnly, Member} {
		page := page
		if role == Member {
			page = "/area" + page
		}
		v := s.as(role)
		if v.get(page).must(200).find("a", "href", page+"/ricevuta") == nil {
			t.Errorf("%s: the page does not lead to the receipt", role)
		}
		a := v.get(page+"/ricevuta").prints("Ordine degli Ingegneri della Provincia di Valdoro", "Ricevuta dell’ordine 2018/000001", "Iscritto Morandi Elena",
			"Codice fiscale MRNLNE80A41H501U", s.address, "2 GB 2,50 €", "dal 15/06/2018", "al 01/10/2018", "Totale 5,00 € 1,10 € 6,10 €",
			"Pagato con il credito il 15/06/2018: 6,10 €, movimento n. 2. Credito dopo il pagamento: 3,90 €.", "mancano più di 3 mesi", "non è una fattura")
		if name := a.header.Get("Content-Disposition"); !strings.Contains(name, "ricevuta-2018-000001.pdf") {
			t.Errorf("the file is called %s", name)
		}
	}
}

// TestOnlyACompletedOrderHasAReceipt: neither one that waits, nor one that was
// cancelled or lapsed.
func TestOnlyACompletedOrderHasAReceipt(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	var orders []int64
	for range 3 {
		orders = append(orders, s.buys(1).Order.ID)
	}
	if err := s.office.CancelOrder(t.Context(), "prova", orders[0], 0, "prova"); err != nil {
		t.Fatal(err)
	}
	s.write(func(tx *db.Tx) error { return tx.EndOrder(orders[1], pec.OrderLapsed, s.today, "") })
	clerk, member := s.as(Secretariat), s.as(Member)
	for i, words := range []string{"annullato", "decaduto", "in attesa di pagamento"} {
		page := fmt.Sprintf("/ordini/%d", orders[i])
		for page, v := range map[string]*visitor{page: clerk, "/area" + page: member} {
			v.get(page).must(200).saysNot("Ricevuta")
			v.get(page + "/ricevuta").must(422).says("L’ordine è " + words + ": la ricevuta c’è quando è completato.")
		}
	}
}

// TestAnothersReceiptIsAsIfItWereNotThere, to the word.
func TestAnothersReceiptIsAsIfItWereNotThere(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	order := s.anothersOrder()
	v := s.as(Member)
	theirs, none := v.get(fmt.Sprintf("/area/ordini/%d/ricevuta", order)).must(404), v.get("/area/ordini/9999/ricevuta").must(404)
	if theirs.text() != none.text() {
		t.Errorf("%s\n%s", theirs.text(), none.text())
	}
	v.get(fmt.Sprintf("/ordini/%d/ricevuta", order)).must(403)
	s.as(ReadOnly).get(fmt.Sprintf("/ordini/%d/ricevuta", order)).prints("Verdi Bruno")
}

// anothersOrder is a completed order of another member.
func (s *testSite) anothersOrder() int64 {
	s.t.Helper()
	address := "bruno.verdi@pec.ordine.example"
	s.write(func(tx *db.Tx) error {
		id, err := tx.AddMember(db.MemberRow{Member: pec.Member{RegistrationNumber: "B7", Surname: "Verdi", Name: "Bruno", Status: pec.MemberActive}})
		if err != nil {
			return err
		}
		activated := pec.Day("2018-01-10")
		_, err = tx.AddMailbox(db.MailboxRow{Mailbox: pec.Mailbox{Address: address, MemberID: id, Kind: "standard", Status: pec.MailboxActive, RequestedOn: activated, SentOn: activated,
			ActivatedOn: activated, AnchorOn: activated, ExpiresOn: activated.AddYears(1), TermYears: 1, AutoRenew: true}})
		return err
	})
	if _, err := s.office.TopUp(s.t.Context(), "prova", office.Payment{Address: address, Amount: 1000, Method: pec.ByCounter, Reference: "ricevuta 1"}); err != nil {
		s.t.Fatal(err)
	}
	done, err := s.office.Order(s.t.Context(), "prova", office.Purchase{Address: address, Product: pec.InboxGB, Quantity: 1})
	if err != nil {
		s.t.Fatal(err)
	}
	return done.Order.ID
}

// TestReceiptsOfRenewalsSayToWhomAndForWhat: the mailbox's renewal by an order,
// 5,00 € + 1,10 €, with what was confirmed; the night's renewal of 2 GB.
func TestReceiptsOfRenewalsSayToWhomAndForWhat(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(2000)
	s.write(func(tx *db.Tx) error {
		m, err := tx.Member(s.member)
		if err != nil {
			return err
		}
		m.VATNumber = "01234567897"
		return tx.SetMember(m)
	})
	if err := s.office.SetAutoRenew(t.Context(), "prova", s.address, false); err != nil {
		t.Fatal(err)
	}
	done, err := s.office.OrderRenewal(t.Context(), "prova", office.RenewalRequest{Address: s.address, Wish: pec.RenewalWish{Years: 1}, RecipientCode: "ABC1234"})
	if err != nil {
		t.Fatal(err)
	}
	v := s.as(ReadOnly)
	v.get(fmt.Sprintf("/ordini/%d/ricevuta", done.Order.ID)).prints("Rinnovo per la casella PEC", "Partita IVA 01234567897", "Fattura elettronica a codice destinatario ABC1234",
		"Casella Standard 1 5,00 €", "dal 01/10/2018", "al 01/10/2019", "Totale 5,00 € 1,10 € 6,10 €", "Credito dopo il pagamento: 13,90 €.", "Rinnovo dal 01/10/2018 al 01/10/2019, 1 anno.")

	s.on("2018-10-05") // the term paid ahead runs
	s.buys(2)          // 5,00 € + 1,10 €
	if err := s.office.SetAutoRenew(t.Context(), "prova", s.address, true); err != nil {
		t.Fatal(err)
	}
	s.on("2019-10-03")
	if _, err := s.office.Renew(t.Context(), "lavoro notturno", pec.Day("2019-10-02")); err != nil {
		t.Fatal(err)
	}
	s.as(Member).get(fmt.Sprintf("/area/ordini/%d/ricevuta", s.entryOrder(s.member))).prints("Ricevuta dell’ordine 2019/000001", "completato il 01/10/2019", "2 GB 2,50 €", "al 01/10/2020",
		"Totale 5,00 € 1,10 € 6,10 €", "Credito dopo il pagamento: 1,70 €.", "Rinnovo dal 01/10/2019 al 01/10/2020.")
}
