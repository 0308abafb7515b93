package pec

import (
	"strings"
	"testing"
)

func TestIUVIsCheckedAsPagoPAMakesIt(t *testing.T) {
	for text, want := range map[string]string{
		"010000000000101":                "",
		"01000000000000101":              "",
		"3010 0000 0000 0001 01":         "", // a codice avviso as it is printed
		"RF18 5390 0754 7034":            "", // the example of ISO 11649
		"rf18539007547034":               "",
		"PEC2018000000042":               "",
		"01000000000000101bis":           "",
		"abc":                            "«abc» non è uno IUV: è fatto di sole lettere",
		"":                               "Scriva lo IUV",
		"0100000000000-101":              "non è uno IUV: contiene segni",
		"quindicilettere":                "non è uno IUV: è fatto di sole lettere",
		"A12":                            "da 15 a 35 caratteri: questo ne ha 3",
		"A" + strings.Repeat("1", 35):    "da 15 a 35 caratteri: questo ne ha 36",
		"0100000000000101":               "ne ha 15 o 17, o 18 il codice avviso: questo ne ha 16",
		"01000000000000101010101010":     "questo ne ha 26",
		"RF18 5390 0754 7043":            "cifre di controllo", // two exchanged
		"RF19539007547034":               "cifre di controllo",
		"RF18" + strings.Repeat("5", 22): "da 5 a 25 caratteri: questo ne ha 26",
		"RF18":                           "da 5 a 25 caratteri: questo ne ha 4",
	} {
		err := CheckIUV(text)
		switch p := AsProblem(err); {
		case want == "" && err != nil:
			t.Errorf("%q is refused: %v", text, err)
		case want != "" && (p == nil || p.Code != "iuv_invalid" || p.Field != "reference" || !strings.Contains(p.Message, want)):
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
