package pec

import (
	"strings"
	"testing"
)

// The examples are those of the standard and of the banks' registry.
func TestIBANIsReadAsPeopleWriteIt(t *testing.T) {
	for text, want := range map[string]string{
		"IT60X0542811101000000123456":           "IT60X0542811101000000123456",
		" it60 x054 2811 1010 0000 0123 456 ":   "IT60X0542811101000000123456",
		"SM86 U032 2509 8000 0000 0270 100":     "SM86U0322509800000000270100",
		"DE89 3704 0044 0532 0130 00":           "DE89370400440532013000",
		"GB82 WEST 1234 5698 7654 32":           "GB82WEST12345698765432",
		"IT60\u00a0X0542811101000000123456\r\n": "IT60X0542811101000000123456",
	} {
		if got, err := ReadIBAN(text); got != want || err != nil {
			t.Errorf("%q is %q, %v", text, got, err)
		}
	}
}

func TestWhatIsNoIBANIsRefusedWithWhy(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "comincia con le due lettere del paese",
		"IT":                                "comincia con le due lettere del paese",
		"0542811101000000123456":            "comincia con le due lettere del paese",
		"IT60X054281110100000012345":        "ha 27 caratteri: questo ne ha 26",
		"IT60X05428111010000001234567":      "ha 27 caratteri: questo ne ha 28",
		"DE8937040044053201300":             "ha 22 caratteri: questo ne ha 21",
		"IT60X0542811101000000123457":       "cifre di controllo",
		"IT60X0542811101000000132456":       "cifre di controllo", // two exchanged
		"IT6010542811101000000123456":       "una lettera (CIN)",
		"IT60X05428A1101000000123456":       "una lettera (CIN)",
		"IT60-X054-2811-1010-0000-0123-456": "c’è «-»",
		"US60X0542811101000000123456":       "non è un paese",
	} {
		_, err := ReadIBAN(text)
		if p := AsProblem(err); p == nil || p.Field != "iban" || !strings.Contains(p.Message, want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestAnAccountWithoutAnIBANIsNone(t *testing.T) {
	if a, err := (BankAccount{IBAN: "  "}).Check(); a != (BankAccount{}) || err != nil {
		t.Errorf("%+v, %v", a, err)
	}
	for field, a := range map[string]BankAccount{
		"iban":   {Holder: "Ordine"},
		"holder": {IBAN: "IT60X0542811101000000123456", Holder: strings.Repeat("à", 71)},
		"bank":   {IBAN: "IT60X0542811101000000123456", Bank: strings.Repeat("à", 71)},
		"reason": {IBAN: "IT60X0542811101000000123456", Reason: strings.Repeat("à", 31)},
	} {
		if _, err := a.Check(); AsProblem(err) == nil || AsProblem(err).Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestATransferSaysWhoseItIs(t *testing.T) {
	m := Member{RegistrationNumber: "A15266", Surname: "Morandi", Name: "Elena", TaxCode: "MRNLNE85T50A562R"}
	a := BankAccount{IBAN: "IT60X0542811101000000123456", Holder: "Ordine di Valdoro, conto servizi", Reason: "Servizi PEC"}
	if got, want := a.For(m, "Ordine di Valdoro"), (Transfer{Holder: "Ordine di Valdoro, conto servizi", IBAN: "IT60 X054 2811 1010 0000 0123 456", Reason: "Servizi PEC A15266 Morandi Elena"}); got != want {
		t.Errorf("%+v", got)
	}
	m.RegistrationNumber = ""
	if got, want := (BankAccount{}).For(m, "Ordine di Valdoro"), (Transfer{Holder: "Ordine di Valdoro", Reason: "PEC MRNLNE85T50A562R Morandi Elena"}); got != want {
		t.Errorf("%+v", got)
	}
}
