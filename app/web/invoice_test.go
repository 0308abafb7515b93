package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// invoiceSample lists, once, all that the Ordine invoices.
func (s *testSite) invoiceSample() (id int64) {
	s.t.Helper()
	var seen office.InvoiceRequest
	s.look(func(tx *db.ReadTx) error {
		lists, err := tx.InvoiceLists()
		if err != nil {
			return err
		}
		if len(lists) > 0 {
			id = lists[0].ID
			return nil
		}
		sum, err := tx.ToInvoiceSum(db.InvoiceFilter{By: pec.SoldByOrdine})
		seen = office.InvoiceRequest{By: pec.SoldByOrdine, Through: sum.Last, Orders: sum.Orders, Gross: sum.Price.Gross}
		return err
	})
	if id != 0 {
		return id
	}
	list, err := s.office.ListForInvoice(context.Background(), "prova", seen)
	if err != nil {
		s.t.Fatal(err)
	}
	return list.ID
}

// invoiceForm fills the form of the page as a browser would.
func invoiceForm(a *answer) (fields []string) {
	a.t.Helper()
	for _, name := range []string{"chi", "through", "orders", "gross", "key", "dal", "al"} {
		input := a.find("input", "name", name)
		if input == nil {
			a.t.Fatalf("the form has no %s: %s", name, a.text())
		}
		fields = append(fields, name, attribute(input, "value"))
	}
	return fields
}

// TestTreasurerListsWhatIsToBeInvoiced: 2 GB for 5,00 € + 1,10 €, and 1 GB for
// nothing in the free window.
func TestTreasurerListsWhatIsToBeInvoiced(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	order := s.buys(2).Order
	v := s.as(Treasurer)
	v.get("/ordini").must(200).says("Da fatturare")
	v.get(fmt.Sprintf("/ordini/%d", order.ID)).must(200).says("Fatturazione Da fatturare fattura l’Ordine")
	a := v.get("/ordini/da-fatturare").must(200)
	a.says("Li fattura l’Ordine 1", "Li fattura il gestore 0", "2018/000001", "Morandi Elena", "Manca: indirizzo", "1 ordine non ha tutti i dati per la fattura.",
		"MRNLNE80A41H501U", "cassetto fiscale", "2 GB Spazio Extra Inbox × 2,50 € × 1 anno", "Totale di 1 ordine 5,00 € 1,10 € 6,10 €", "Crea l’elenco di 1 ordine per 6,10 €…", "Nessun elenco finora").saysNot(pec.VATByLine)
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	s.as(ReadOnly).get("/ordini/da-fatturare").must(200).saysNot("Crea l’elenco")
	const review = "/ordini/da-fatturare/nuovo?chi=ordine"
	a = v.get(review).must(200).says("Fattura Ordine", "Ordini 1, tutti quelli che non sono ancora in un elenco", "Completati il 15/06/2018", "Netto 5,00 €", "Lordo 6,10 €", "1 ordine non ha tutti i dati per la fattura.", "Crea l’elenco di 1 ordine per 6,10 €")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	v.get("/ordini/da-fatturare/nuovo").must(200).says("Fattura Ordine")
	s.as(ReadOnly).get(review).must(403)
	s.as(ReadOnly).post("/ordini/da-fatturare", invoiceForm(a)...).must(403)

	if err := s.office.ChangeContacts(context.Background(), "prova", s.member, office.Contacts{Address: "Via Po 3", PostalCode: "11010", City: "Valdoro", Province: "VD", Email: "elena@posta.example"}); err != nil {
		t.Fatal(err)
	}
	v.get("/ordini/da-fatturare").must(200).says("Via Po 3, 11010 Valdoro (VD)").saysNot("Manca:")
	form := invoiceForm(v.get(review).must(200).saysNot("non ha tutti i dati"))
	done := v.post("/ordini/da-fatturare", form...).must(303)
	page := v.follow(done).must(200)
	page.says("Elenco 2018/1 creato: 1 ordine per 6,10 €.", "Nessun ordine da fatturare", "2018/1 Ordine", "Paolo Marini")
	if err := page.wellFormed(); err != nil {
		t.Error(err)
	}
	if again := v.post("/ordini/da-fatturare", form...).must(303); again.location != done.location {
		t.Errorf("sent twice: %s and %s", done.location, again.location)
	}
	form[9] = "un’altra"
	v.post("/ordini/da-fatturare", form...).must(422).says("Non c’è nessun ordine da fatturare.")
	v.get(fmt.Sprintf("/ordini/%d", order.ID)).must(200).says("Fatturazione Elenco 2018/1 del 15/06/2018, fattura l’Ordine")
	v.get("/ordini?elenco=1").must(200).says("Elenco da fatturare 2018/1", "1 ordine, 1 completato per 6,10 €")
	s.as(Administrator).get("/amministrazione/registro").must(200).says("Elenco da fatturare creato", "Elenco da fatturare 2018/1", "numero 2018/1")
}

// TestFilesOfAListAreAlwaysTheSame, whatever the register says later.
func TestFilesOfAListAreAlwaysTheSame(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(1000)
	s.buys(2)
	path := fmt.Sprintf("/ordini/da-fatturare/%d/esporta", s.invoiceSample())
	v := s.as(ReadOnly)
	csv, book := v.get(path+"?formato=csv").must(200), v.get(path).must(200)
	want := "\ufeffOrdine;Data;Intestatario;Codice fiscale;Partita IVA;Indirizzo;CAP;Comune;Provincia;Codice destinatario;PEC destinatario;Casella;Servizio;Quantità;Unità;Prezzo unitario netto;Anni;Mesi;Dal;Al;Netto;Aliquota IVA, %;IVA;Lordo\r\n" +
		"2018/000001;15/06/2018;Morandi Elena;MRNLNE80A41H501U;;;;;;;;elena.morandi@pec.ordine.example;Spazio Extra Inbox;2;GB;2,50;1;0;15/06/2018;" + s.expires() + ";5,00;22;1,10;6,10\r\n"
	if string(csv.body) != want {
		t.Errorf("got\n%s want\n%s", csv.body, want)
	}
	if name := book.header.Get("Content-Disposition"); !strings.Contains(name, "da-fatturare-2018-1.xlsx") {
		t.Error(name)
	}
	if err := s.office.ChangeContacts(context.Background(), "prova", s.member, office.Contacts{Address: "Via Po 3", City: "Valdoro", Email: "elena@posta.example"}); err != nil {
		t.Fatal(err)
	}
	s.on("2019-07-30")
	v = s.as(ReadOnly)
	if later := v.get(path + "?formato=csv"); string(later.body) != want {
		t.Errorf("the CSV changed: %s", later.body)
	}
	if later := v.get(path); string(later.body) != string(book.body) {
		t.Error("the workbook changed")
	}
	v.get("/ordini/da-fatturare/99/esporta").must(404)
	v.get(path + "?formato=pdf").must(422).says("Un elenco da fatturare si scarica in Excel o in CSV")
	v.get("/ordini/da-fatturare").must(200).says("Excel · CSV").saysNot("PDF")
}

// TestListOfSomeDaysLeavesTheRest: 1 GB on 15/06, 2 GB on 20/06, both for 2,50 € a
// GB + IVA; a list of June 16 to 30 has the second alone.
func TestListOfSomeDaysLeavesTheRest(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(2000)
	s.buys(1)
	s.on("2018-06-20")
	s.buys(2)
	v := s.as(Treasurer)
	v.get("/ordini/da-fatturare?dal=16/06/2018&al=30/06/2018").must(200).says("2018/000002", "Totale di 1 ordine", "per 6,10 €…").saysNot("2018/000001")
	v.get("/ordini/da-fatturare?dal=21/06/2018").must(200).says("Nessun ordine da fatturare in questi giorni")
	v.get("/ordini/da-fatturare?dal=30/06/2018&al=16/06/2018").must(422).says("Il periodo finisce prima di cominciare").saysNot("Crea l’elenco")
	v.get("/ordini/da-fatturare/nuovo?chi=ordine&dal=30/02/2018").must(422).saysNot("Crea l’elenco di")
	form := invoiceForm(v.get("/ordini/da-fatturare/nuovo?chi=ordine&dal=16/06/2018&al=30/06/2018").must(200).says("1, completati dal 16/06/2018 al 30/06/2018", "Completati il 20/06/2018"))
	v.post("/ordini/da-fatturare", form...).must(303)
	v.get("/ordini/da-fatturare").must(200).says("2018/000001", "Totale di 1 ordine 2,50 € 0,55 € 3,05 €").saysNot("2018/000002")
}

func (s *testSite) expires() (day string) {
	s.look(func(tx *db.ReadTx) error {
		box, err := tx.Mailbox(s.mailbox)
		day = box.ExpiresOn.Italian()
		return err
	})
	return day
}

// TestFreeOrdersAreLeftOut and the page says how many; with nothing to invoice
// it says so.
func TestFreeOrdersAreLeftOut(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.on("2018-08-01")
	free := s.buys(1).Order
	if free.Price.Gross != 0 {
		t.Fatalf("%+v", free)
	}
	v := s.as(Secretariat)
	v.get("/ordini/da-fatturare").must(200).says("Nessun ordine da fatturare", "1 ordine completato non costava nulla e resta fuori.").saysNot("Crea l’elenco")
	s.look(func(tx *db.ReadTx) error {
		for want, f := range map[int]db.InvoiceFilter{1: {By: pec.SoldByOrdine, From: free.CompletedOn, To: free.CompletedOn}, 0: {By: pec.SoldByOrdine, From: free.CompletedOn.AddDays(1)}} {
			if n, err := tx.FreeOrders(f); n != want || err != nil {
				t.Errorf("%d orders for nothing from %s, want %d; %v", n, f.From, want, err)
			}
		}
		return nil
	})
	v.get(fmt.Sprintf("/ordini/%d", free.ID)).must(200).says("Fatturazione Non si fattura non costava nulla")
}

// TestOrderSaysThatATopUpWasTakenBackAfterItsList.
func TestOrderSaysThatATopUpWasTakenBackAfterItsList(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	paid := s.pays(610)
	page := fmt.Sprintf("/ordini/%d", s.buys(2).Order.ID)
	s.invoiceSample()
	v := s.as(ReadOnly)
	v.get(page).must(200).saysNot("stornata una ricarica")
	s.now = s.now.Add(1e9)
	if _, _, err := s.office.ReverseTopUp(context.Background(), "prova", paid.EntryID, nil, "mai arrivata"); err != nil {
		t.Fatal(err)
	}
	v.get(page).must(200).says("Dopo l’elenco è stata stornata una ricarica dell’iscritto.", "Movimento n. 1 del 15/06/2018")
	v.get("/ordini/da-fatturare").must(200).says("2018/1").saysNot("stornata")
}

// Who gets the file and not the page reads there why the VAT of the sum is not the
// rate of its net: two lines of 2,67 €, 0,59 € each. A file of rows has rows only.
func TestListToInvoiceTellsOfTheVATOfItsLines(t *testing.T) {
	s := areaSite(t, manyProducts)
	s.pays(1000)
	for range 2 {
		if _, err := s.office.Order(t.Context(), "prova", office.Purchase{Address: s.address, Product: "user", Quantity: 1}); err != nil {
			t.Fatal(err)
		}
	}
	path := fmt.Sprintf("/ordini/da-fatturare/%d/esporta", s.invoiceSample())
	v := s.as(ReadOnly)
	if csv := string(v.get(path + "?formato=csv").must(200).body); strings.Contains(csv, "riga per riga") {
		t.Errorf("the CSV has a line that is no order's: %s", csv)
	}
	rows := v.get(path).must(200).sheet()
	if last := rows[len(rows)-1]; !strings.Contains(last, pec.VATByLine) || !strings.Contains(rows[len(rows)-3], "Totale") {
		t.Errorf("the workbook ends with %q", rows[len(rows)-3:])
	}
}

// TestListToInvoiceGoesOnAndBack by the numbers of the orders: 51 at 3,26 €
// (8,00 € for 4 months of 12, 2,67 €, and 0,59 € of tax).
func TestListToInvoiceGoesOnAndBack(t *testing.T) {
	s := areaSite(t, manyProducts)
	s.pays(200_00)
	for range rowsPerPage + 1 {
		if _, err := s.office.Order(context.Background(), "prova", office.Purchase{Address: s.address, Product: "user", Quantity: 1}); err != nil {
			t.Fatal(err)
		}
	}
	v := s.as(ReadOnly)
	first := v.get("/ordini/da-fatturare").must(200)
	first.says("Da 2018/000001 a 2018/000050", "Totale di 51 ordini", "166,26 €").saysNot("2018/000051")
	next := linkTo(first, "dopo=")
	second := v.get(next).must(200).says("2018/000051").saysNot("2018/000050")
	v.get(linkTo(second, "prima=")).must(200).says("2018/000050").saysNot("2018/000051")
}

// linkTo is the first link of a page whose address has some words.
func linkTo(a *answer, words string) string {
	for _, link := range a.links() {
		if strings.Contains(link, words) {
			return link
		}
	}
	a.t.Fatalf("no link with %s", words)
	return ""
}

// TestInvoiceLineByMonthsShowsHowThePriceCame: 15/06 to 01/10 are four started
// months, 2 × 8,00 € × 4/12.
func TestInvoiceLineByMonthsShowsHowThePriceCame(t *testing.T) {
	s := areaSite(t, manyProducts)
	s.pays(10000)
	for range 2 {
		if _, err := s.office.Order(t.Context(), "prova", office.Purchase{Address: s.address, Product: "user", Quantity: 2}); err != nil {
			t.Fatal(err)
		}
	}
	v := s.as(Treasurer)
	v.get("/ordini/da-fatturare").must(200).says("2 Multiutente × 8,00 € all’anno × 4/12", "10,66 € 2,34 € 13,00 €", pec.VATByLine)
	v.get("/ordini/1").must(200).says("8,00 € all’anno", "4 mesi su 12").saysNot(pec.VATByLine)
}
