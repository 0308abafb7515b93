package reports

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"albopec/app/pec"
)

// ricevuta is the receipt of the worked example: 1 GB bought on 07/12/2017 until
// 12/10/2018, one year, 2,50 € and 0,55 € of VAT.
func ricevuta() Receipt {
	return Receipt{
		OrderBody: "Ordine degli Ingegneri della Provincia di Valdoro", Number: "2017/000123", Kind: pec.OrderPurchase,
		OrderedOn: pec.Day("2017-12-07"), CompletedOn: pec.Day("2017-12-07"),
		Holder: "Morandi Elena", Registered: "A15266", TaxCode: "MRNLNE80A41H501U", Mailbox: "elena.morandi@pec.ordine.example",
		Lines: []ReceiptLine{{
			Name: "Spazio Extra Inbox", Quantity: 1, Unit: "GB", UnitPrice: 250, Years: 1, From: pec.Day("2017-12-07"), To: pec.Day("2018-10-12"),
			VATRate: "22", Price: pec.Amounts{Net: 250, VAT: 55, Gross: 305}, Reason: "Mancano più di 3\u00a0mesi, perciò la convenzione fa pagare l’anno intero.",
		}},
		Movement: 2, Balance: 195,
	}
}

func receiptPages(t *testing.T, r Receipt) []string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteReceiptPDF(&b, r); err != nil {
		t.Fatal(err)
	}
	return readPDF(t, b.Bytes(), "-layout")
}

// says fails the test unless a page has these words.
func says(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Errorf("it does not say %q:\n%s", w, page)
		}
	}
}

func TestReceiptSaysWhatWasPaidForWhat(t *testing.T) {
	pages := receiptPages(t, ricevuta())
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	says(t, pages[0], "Ordine degli Ingegneri della Provincia di Valdoro", "Ricevuta dell’ordine 2017/000123", "Acquisto per la casella PEC, completato il 07/12/2017.",
		"Iscritto Morandi Elena", "Numero di iscrizione A15266", "Codice fiscale MRNLNE80A41H501U", "Casella PEC elena.morandi@pec.ordine.example",
		"1 GB 2,50 €", "dal 07/12/2017", "al 12/10/2018", "1 anno", "22 %", "Totale 2,50 € 0,55 € 3,05 €",
		"Pagato con il credito il 07/12/2017: 3,05 €, movimento n. 2. Credito dopo il pagamento: 1,95 €.",
		"Mancano più di 3 mesi, perciò la convenzione fa pagare l’anno intero.", "Questo documento non è una fattura.", "Pagina 1 di 1")
	if strings.Contains(pages[0], "Partita IVA") || strings.Contains(pages[0], "Fattura elettronica") {
		t.Errorf("it names what the order does not have:\n%s", pages[0])
	}
}

// An order of renewal, paid three days after it was made: 20,00 € for the
// mailbox and 2 × 2,50 € for the space, two VAT rates.
func TestReceiptOfARenewalAddsItsLinesUp(t *testing.T) {
	r := ricevuta()
	r.Kind, r.OrderedOn, r.CompletedOn = pec.OrderRenewal, pec.Day("2018-09-01"), pec.Day("2018-09-04")
	r.VATNumber, r.Recipient = "01234567897", "codice destinatario ABC1234"
	line := func(name, unit string, quantity int, rate string, price pec.Amounts) ReceiptLine {
		return ReceiptLine{Name: name, Unit: unit, Quantity: quantity, UnitPrice: price.Net / pec.Cents(quantity), Years: 1,
			From: pec.Day("2018-10-12"), To: pec.Day("2019-10-12"), VATRate: rate, Price: price, Reason: "Rinnovo dal 12/10/2018 al 12/10/2019, un anno."}
	}
	r.Lines = []ReceiptLine{
		line("Casella PRO", "casella", 1, "22", pec.Amounts{Net: 2000, VAT: 440, Gross: 2440}),
		line("Spazio Extra Inbox", "GB", 2, "10.5", pec.Amounts{Net: 500, VAT: 53, Gross: 553}),
	}
	page := receiptPages(t, r)[0]
	// 20,00 + 5,00; 4,40 + 0,53; 24,40 + 5,53
	says(t, page, "Rinnovo per la casella PEC, ordinato il 01/09/2018 e completato il 04/09/2018.", "Partita IVA 01234567897", "Fattura elettronica a codice destinatario ABC1234",
		"Totale 25,00 € 4,93 € 29,93 €", "10,5 %", "arrotondata riga per riga: il totale è la somma delle righe.", "Pagato con il credito il 04/09/2018: 29,93 €")
	if n := strings.Count(page, "Rinnovo dal 12/10/2018 al 12/10/2019, un anno."); n != 1 {
		t.Errorf("the same sentence stands %d times", n)
	}
}

func TestReceiptOfWhatWasFreeSaysSo(t *testing.T) {
	r := ricevuta()
	r.Lines[0].Price, r.Lines[0].Years, r.Movement, r.Balance = pec.Amounts{}, 0, 0, 0
	says(t, receiptPages(t, r)[0], "periodo gratuito", "Totale 0,00 € 0,00 € 0,00 €", "L’ordine non costava nulla: dal credito non è stato preso nulla.")
}

// 4,00 € a year for eight months of twelve: 2,67 €.
func TestReceiptByMonthsShowsHowThePriceCame(t *testing.T) {
	r := ricevuta()
	l := &r.Lines[0]
	l.UnitPrice, l.Years, l.Months, l.Price = 400, 0, 8, pec.Amounts{Net: 267, VAT: 59, Gross: 326}
	page := receiptPages(t, r)[0]
	says(t, page, "4,00 €", "all’anno", "8 mesi su 12", "Totale 2,67 € 0,59 € 3,26 €")
	if strings.Contains(page, "riga per riga") {
		t.Errorf("one line is no sum of lines:\n%s", page)
	}
}

func TestReceiptOfWhatIsBoughtOnceHasNoPeriod(t *testing.T) {
	r := ricevuta()
	r.Lines[0] = ReceiptLine{Name: "Kit di Firma", Unit: "pezzo", Quantity: 1200, UnitPrice: 4500, VATRate: "22", Price: pec.Amounts{Net: 5400000, VAT: 1188000, Gross: 6588000}}
	says(t, receiptPages(t, r)[0], "1.200 45,00 € una volta sola 54.000,00 €", "Totale 54.000,00 € 11.880,00 € 65.880,00 €")
}

// Names of the east and of the south, longer than a line, and signs that the
// fonts do not have.
func TestReceiptTakesAnyName(t *testing.T) {
	r := ricevuta()
	r.Holder = "Šarić-Țepeș Öztürk Ștefănescu dell’Aquila Montecuccoli degli Erri " + strings.Repeat("Bernardi ", 8) + "Ђорђе 山田 😀"
	r.Mailbox = strings.Repeat("nomemoltolungo.", 8) + "x@pec.ordine.example"
	r.OrderBody = "Ordine Interprovinciale dei Chimici e dei Fisici del Friuli-Venezia Giulia e delle Province di Trento e di Bolzano/Bozen"
	r.Lines[0].Name = "Conservazione a norma dei messaggi e degli allegati con marca temporale"
	pages := receiptPages(t, r)
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	says(t, pages[0], "Šarić-Țepeș Öztürk Ștefănescu dell’Aquila", "Ђорђе", "Bolzano/Bozen", "marca temporale")
	if n := strings.Count(pages[0], "Bernardi"); n != 8 {
		t.Errorf("%d of 8 parts of the name are there:\n%s", n, pages[0])
	}
}

func TestLongReceiptGoesOnOverThePage(t *testing.T) {
	r := ricevuta()
	r.Lines[0].Reason = ""
	for i := range 40 {
		l := r.Lines[0]
		l.Name, l.Reason = fmt.Sprint("Servizio numero ", i+1), ""
		r.Lines = append(r.Lines, l)
	}
	pages := receiptPages(t, r)
	if len(pages) < 2 {
		t.Fatalf("%d pages", len(pages))
	}
	for _, page := range pages {
		says(t, page, "Servizio Quantità") // the head of the table
	}
	all := strings.Join(pages, " ")
	for i := range 40 {
		says(t, all, fmt.Sprintf("Servizio numero %d ", i+1))
	}
	// 41 × 2,50 €, 41 × 0,55 €, 41 × 3,05 €
	says(t, pages[len(pages)-1], "Totale 102,50 € 22,55 € 125,05 €", "Questo documento non è una fattura.", fmt.Sprintf("Pagina %d di %[1]d", len(pages)))
}

func TestTheSameReceiptIsTheSameBytes(t *testing.T) {
	var one, two bytes.Buffer
	for _, b := range []*bytes.Buffer{&one, &two} {
		if err := WriteReceiptPDF(b, ricevuta()); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("they are not")
	}
}
