package pec

import (
	"strings"
	"testing"
)

// short is a member with 1,00 € of credit and 1 GB whose renewal on 12/10/2018
// costs 3,05 €.
func short() CreditShortFacts {
	return CreditShortFacts{
		On: Day("2018-09-12"), Holder: "Elena Morandi", OrderBody: "Ordine di Valdoro", Credit: 100, Missing: 205, Pay: Transfer{Holder: "Ordine di Valdoro", Reason: "PEC A15266 Morandi Elena"},
		Boxes: []ShortBox{{
			Address: "elena.morandi@pec.ordine.example", On: Day("2018-10-12"), Cost: Amounts{Net: 250, VAT: 55, Gross: 305},
			Ending: []Event{{Kind: EventServiceEnded, Product: InboxGB, Quantity: 1, EndReason: EndNoCredit}},
		}},
	}
}

func creditShortText(t *testing.T, c CreditShortFacts) string {
	t.Helper()
	form, _ := FormOf(MessageCreditShort)
	return creditShortTextOf(t, form, c)
}

func creditShortTextOf(t *testing.T, form MessageForm, c CreditShortFacts) string {
	t.Helper()
	l, err := form.Write(form.Text, c.Values())
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(l.Subject+"\n"+l.Text, "\u00a0", " ")
}

func TestWhoLacksCreditIsToldWhatEndsAndWhatIsMissing(t *testing.T) {
	text := creditShortText(t, short())
	for _, words := range []string{
		"Credito insufficiente per il rinnovo del 12/10/2018\nGentile Elena Morandi,", "\n- 1 GB in più, casella elena.morandi@pec.ordine.example, il 12/10/2018\n",
		"Costo del rinnovo: 2,50 € + IVA 0,55 € = 3,05 €\nCredito disponibile: 1,00 €\nManca: 2,05 €\n",
		"Ricarichi almeno 2,05 € entro il 12/10/2018: con un bonifico intestato a «Ordine di Valdoro» e la causale «PEC A15266 Morandi Elena»",
	} {
		if !strings.Contains(text, words) {
			t.Errorf("it does not say %q:\n%s", words, text)
		}
	}
}

func TestWhoLacksCreditIsToldTheIBAN(t *testing.T) {
	c := short()
	c.Pay.IBAN = "IT60 X054 2811 1010 0000 0123 456"
	form, _ := FormOf(MessageCreditShort)
	for body, want := range map[string]string{
		form.Text.Body: "entro il 12/10/2018: con un bonifico intestato a «Ordine di Valdoro», IBAN IT60 X054 2811 1010 0000 0123 456, con la causale «PEC A15266 Morandi Elena», oppure allo sportello.",
		"{{manca}} su {{iban}} di {{intestatario}}: {{causale}}": "2,05 € su IT60 X054 2811 1010 0000 0123 456 di Ordine di Valdoro: PEC A15266 Morandi Elena",
	} {
		form.Text.Body = body
		if text := creditShortTextOf(t, form, c); !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	if text := creditShortText(t, short()); !strings.Contains(text, "(l’IBAN lo chieda alla segreteria)") {
		t.Errorf("without an IBAN it says\n%s", text)
	}
}

// Two mailboxes, and more before them: 8,00 € owed, an order of 6,10 €, and
// 3,05 € of what that order buys. 3,05 + 6,10 + 8,00 + 6,10 + 3,05 − 1,00 make
// 25,30 €, to be paid by the earlier of the days.
func TestWhatATopUpPaysFirstIsTold(t *testing.T) {
	c := short()
	c.Lack, c.Missing = Lack{Claim: 800, Waiting: 610, Orders: 1, Price: 610, Other: 610, Credit: 100}, 2530
	c.Boxes = append(c.Boxes, ShortBox{Address: "studio@pec.ordine.example", On: Day("2018-11-01"), Cost: Amounts{Net: 500, VAT: 110, Gross: 610},
		Ending: []Event{{Product: InboxGB, Quantity: 2, EndReason: EndNoCredit}}})
	text := creditShortText(t, c)
	for _, words := range []string{
		"- 2 GB in più, casella studio@pec.ordine.example, il 01/11/2018", "Costo del rinnovo: 7,50 € + IVA 1,65 € = 9,15 €",
		"La ricarica paga prima: 8,00 € da restituire all’Ordine, 6,10 € di un ordine in attesa di pagamento, 3,05 € di altri rinnovi fino a quel giorno", "Manca: 25,30 €", "almeno 25,30 € entro il 12/10/2018",
	} {
		if !strings.Contains(text, words) {
			t.Errorf("it does not say %q:\n%s", words, text)
		}
	}
}
