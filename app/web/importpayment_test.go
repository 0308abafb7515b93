package web

import (
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
)

// receiptList is a list of pagoPA receipts as a partner's portal gives it.
func receiptList(lines ...string) []byte {
	return []byte("IUV;C.F. debitore;Debitore;Importo pagato;Data pagamento;Stato\n" + strings.Join(lines, "\n") + "\n")
}

const elenaPays = ";MRNLNE80A41H501U;Morandi Elena;"

// paymentSample makes, once, a list of payments on its way, of which 1,00 € is
// new for Elena, and one that was written: less than any order waits for.
func (s *testSite) paymentSample() (file, batch string) {
	s.t.Helper()
	return s.importSampleOf(office.ImportPayments, func(v *visitor) {
		v.imports(v.uploads(office.ImportPayments, "ricevute.csv", receiptList("01000000000000101"+elenaPays+"0,50;30/06/2018;Pagato", "01000000000000102"+elenaPays+"6,00;;Scaduto"))).must(303)
		v.uploads(office.ImportPayments, "ricevute-2.csv", receiptList(
			"01000000000000101"+elenaPays+"0,50;30/06/2018;Pagato", "01000000000000103"+elenaPays+"1,00;01/07/2018;Pagato", "01000000000000104;BNCLCU80A01F205T;Bianchi Luca;4,00;01/07/2018;Pagato"))
	})
}

// TestReceiptsAreImportedFromTheCredit: the link, the four steps with what each
// payment does, the batch's page, the statement, and the way back.
func TestReceiptsAreImportedFromTheCredit(t *testing.T) {
	s := areaSite(t, fullYearAgreement) // 15/06/2018
	s.buys(1)                           // waits for 3,05 €
	s.buys(2)                           // and for 6,10 €
	v := s.as(Treasurer)
	link := attribute(v.get("/credito").must(200).says("Carica le ricevute pagoPA").find("a", "href", "/importazioni/nuova?tipo=payments"), "href")
	a := v.get(link).must(200).says("Pagamenti ricevuti", "Le ricevute telematiche")
	if _, chosen := attributeOf(a.find("input", "value", office.ImportPayments), "checked"); !chosen {
		t.Error("the kind is not chosen")
	}
	file := v.uploads(office.ImportPayments, "ricevute giugno.csv", receiptList(
		"01000000000000101"+elenaPays+"3,05;14/06/2018;Pagato",
		"01000000000000102"+elenaPays+"1.000,00;15/06/2018;Pagato",
		"01000000000000103"+elenaPays+"50,00;;Annullato",
		"01000000000000104;BNCLCU80A01F205T;Bianchi Luca;4,00;15/06/2018;Pagato"))
	v.get(file).must(200).says("Importazione dei pagamenti ricevuti: colonne", "C.F. debitore", "Codice fiscale del debitore", "Importo pagato")
	v.sees(file).says("Nel credito non è ancora cambiato nulla.", "Ogni pagamento si conta una volta sola", "2 + 0 + 0 + 2 = 4 righe lette",
		"Totale dei nuovi 1.003,05 €", "2 pagamenti; 2 ordini in attesa si completano",
		"Morandi Elena pagoPA 01000000000000101 14/06/2018 3,05 € completa l’ordine in attesa di 3,05 €",
		"Morandi Elena pagoPA 01000000000000102 15/06/2018 1.000,00 € completa l’ordine in attesa di 6,10 €",
		"Bianchi Luca", "Nell’albo nessuno ha il codice fiscale BNCLCU80A01F205T.", "L’esito è «Annullato»: il denaro non è entrato.",
		"2 pagamenti da scrivere, 1.003,05 € in tutto", "Dopo si può annullare con uno storno, dove il credito c’è ancora.", "Importa 2 pagamenti").saysNot("Mancanti dal file", "Variati")
	to := v.imports(file).must(303).location
	v.get(to).must(200).says("2 pagamenti registrati.", "1.003,05 € in tutto; 2 ordini completati; 2 righe respinte.", "Totale dei nuovi 1.003,05 € 2 pagamenti, 2 ordini completati",
		"Morandi Elena pagoPA 01000000000000101 14/06/2018 3,05 € completato l’ordine 2018/000001, 3,05 €").saysNot("Mancanti dal file")
	v.get("/credito").must(200).says("pagoPA, 01000000000000102, pagato il 15/06/2018")
	if balance, _ := s.balance(s.member); balance != 99390 {
		t.Errorf("the credit is %s", balance)
	}
	v.get(to + "/respinte").must(200)

	// Again, all of it is known; another kind chosen by mistake is put right.
	again := v.upload("/importazioni/nuova", "file", "ancora.csv", receiptList("01000000000000101"+elenaPays+"3,05;14/06/2018;Pagato"), "kind", office.ImportPayments).must(303).location
	v.sees(again).says("Nulla da scrivere", "Invariati: 1 pagamento")
	v.get(again + "/anteprima?mostra=invariati").must(200).says("già registrato il 15/06/2018")
	clerk := s.as(Secretariat)
	clerk.follow(clerk.upload("/importazioni/nuova", "file", "ricevute.csv", receiptList("01000000000000109"+elenaPays+"3,05;14/06/2018;Pagato"), "kind", office.ImportMembers).must(303)).says("Il file è trattato come «Pagamenti ricevuti».")

	v.get("/importazioni/1/annulla").must(200).says("2 restano come sono.", "ha completato l’ordine 2018/000001", "il file si può sempre importare di nuovo")
	v.follow(v.post("/importazioni/1/annulla").must(303)).must(200).says("L’importazione n. 1 è annullata.", "2 restano come sono.")
}

func TestPaymentsAreTakenBackByOppositeEntries(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Treasurer)
	v.imports(v.uploads(office.ImportPayments, "ricevute.csv", receiptList("01000000000000101"+elenaPays+"3,05;14/06/2018;Pagato"))).must(303)
	v.get("/importazioni/1/annulla").must(200).says("1 è stornato.")
	v.follow(v.post("/importazioni/1/annulla").must(303)).must(200).says("1 è stornato.")
	if balance, claim := s.balance(s.member); balance != 0 || claim != 0 {
		t.Errorf("left %s, owed %s", balance, claim)
	}
	v.get("/credito/movimenti").must(200).says("Importazione n. 1 annullata")
	file := v.uploads(office.ImportPayments, "ricevute-2.csv", receiptList("01000000000000101"+elenaPays+"3,05;14/06/2018;Pagato"))
	v.sees(file).says("Nuovi: 1 pagamento", "Importa 1 pagamento")
	v.imports(file).must(303)
	if balance, _ := s.balance(s.member); balance != 305 {
		t.Errorf("the same list brought %s", balance)
	}
}

// TestPreviewOfPaymentsFollowsTheOrders: what somebody cancels meanwhile is no
// longer promised.
func TestPreviewOfPaymentsFollowsTheOrders(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	order := s.buys(1).Order.ID
	v := s.as(Secretariat)
	file := v.uploads(office.ImportPayments, "ricevute.csv", receiptList("01000000000000101"+elenaPays+"3,05;14/06/2018;Pagato"))
	seen := attribute(v.sees(file).says("completa l’ordine in attesa di 3,05 €").find("input", "name", "visto"), "value")
	if err := s.office.CancelOrder(t.Context(), "prova", order, 0, "ci ha ripensato"); err != nil {
		t.Fatal(err)
	}
	v.follow(v.post(file+"/importa", "visto", seen).must(303)).must(200).says("Dopo l’anteprima i dati sono cambiati: non è stato scritto nulla.", "resta come credito")
	if balance, _ := s.balance(s.member); balance != pec.Cents(0) {
		t.Errorf("the credit is %s", balance)
	}
}

// TestRefusedPaymentIsFoundInTheFile: a row that names nobody is shown by what it has.
func TestRefusedPaymentIsFoundInTheFile(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	v := s.as(Secretariat)
	file := v.uploads(office.ImportPayments, "ricevute.csv", receiptList("01000000000000107;;;4,00;14/06/2018;Pagato", "01000000000000108;BNCLCU80A01F205T;Bianchi Luca;4,00;14/06/2018;Pagato"))
	v.sees(file).says("2 01000000000000107, 4,00, 14/06/2018, Pagato", "3 Bianchi Luca")
}

func TestPaymentImportInABrowser(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.on("2018-07-01")
	s.buys(1)
	_, batch := s.paymentSample()
	v := s.as(Treasurer)
	file := v.uploads(office.ImportPayments, "ricevute-3.csv", receiptList(
		"01000000000000105"+elenaPays+"3,05;30/06/2018;Pagato", "01000000000000106"+elenaPays+"50,00;;Annullato", "01000000000000101"+elenaPays+"0,50;30/06/2018;Pagato"))
	s.inBrowser(t,
		v.page("pagamenti-importazione-nuova", "/importazioni/nuova?tipo=payments"),
		v.page("pagamenti-colonne", file),
		v.page("pagamenti-anteprima", file+"/anteprima"),
		v.page("pagamenti-importazione", batch),
		v.page("pagamenti-annulla", batch+"/annulla"),
	)
}
