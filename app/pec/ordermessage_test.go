package pec

import "testing"

// Two renewals of 24,40 € ordered together with 4,40 € of credit: 24,40 × 2 −
// 4,40 = 44,40 € are missing, to be paid before the first of the two lapses.
func TestOrdersMadeTogetherAreToldTogether(t *testing.T) {
	v := WaitingFacts{
		On: Day("2017-12-07"), Credit: 440, Pay: Transfer{Holder: "Ordine", Reason: "PEC A1 Rossi"},
		Orders: []WaitingLine{{"a@pec.example", "Rinnovo", 2440, Day("2018-01-06")}, {"b@pec.example", "Rinnovo", 2440, Day("2017-12-20")}},
		Lack:   OrderLack{Lack: Lack{Waiting: 2440, Orders: 1, Price: 2440, Credit: 440}},
	}.Values()
	for field, want := range map[string]string{
		"casella": "a@pec.example, b@pec.example",
		"righe":   "- Rinnovo, casella a@pec.example: 24,40\u00a0€ se è pagato entro il 06/01/2018\n- Rinnovo, casella b@pec.example: 24,40\u00a0€ se è pagato entro il 20/12/2017",
		"manca":   "44,40\u00a0€", "conto": "", "avvertenza": "",
		"come_pagare": "Ricarichi almeno 44,40\u00a0€ entro il 20/12/2017: con un bonifico intestato a «Ordine» e la causale «PEC A1 Rossi» (l’IBAN lo chieda alla segreteria), oppure allo sportello.",
	} {
		if v[field] != want {
			t.Errorf("%s: %q, want %q", field, v[field], want)
		}
	}
}

func TestOneEuroIsMissingInTheSingular(t *testing.T) {
	for c, want := range map[Cents]string{100: "manca 1,00\u00a0€", 101: "mancano 1,01\u00a0€", 205: "mancano 2,05\u00a0€", 50: "mancano 0,50\u00a0€"} {
		if got := Lacking(c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
