package web

import (
	"fmt"
	"strings"
	"testing"
)

// TestRenewalsByOrderInABrowser plays the renewal of two mailboxes at 24,40 € a
// year together, by their holder and at the counter.
func TestRenewalsByOrderInABrowser(t *testing.T) {
	type seen struct {
		page  string
		words []string
	}
	for act, pages := range map[string][]seen{
		"iscritto": {
			{"iscritto, insieme", []string{"studio1@pec.ordine.example Casella Pro", "Totale lordo 24,40 €", "Rinnova per 48,80 €"}},
			{"iscritto, codice", []string{"abc1234"}},
			// 40,00 and VAT 8,80 for each; the credit of 60,00 pays the first.
			{"iscritto, insieme, prezzo", []string{"2 caselle, netto 80,00 €", "Il credito la paga subito.", "Manca 37,60 €"}},
			{"iscritto, insieme, condizioni", []string{"Per acquistare serve anche questa"}},
			{"iscritto, insieme, ordinati", []string{"1 ordine aspetta il pagamento.", "1 casella è già rinnovata."}},
			{"iscritto, nulla", []string{"Nulla da rinnovare"}},
			{"iscritto, tipologia", []string{"non serve un ordine"}},
			{"iscritto, tipologia, durata", []string{"Scelga la durata"}},
			// (20,00 − 5,00) × 4/12 = 5,00, and VAT 1,10.
			{"iscritto, tipologia, solo il cambio", []string{"Totale lordo 6,10 €", "passata a Pro non più: il 01/10/2018 si chiude con i suoi servizi", "Passa a Pro per 6,10 €"}},
		},
		"segreteria": {
			{"segreteria stretta, insieme", []string{"Rinnova per 48,80 €"}},
			{"segreteria stretta, rinnovo", []string{"Rinnova per 24,40 €"}},
			{"segreteria, insieme", []string{"Casella Pro", "Credito 60,00 €"}},
			{"segreteria, ordini", []string{"2 caselle sono rinnovate.", "2 ordini"}},
			{"segreteria, ordine", []string{"codice destinatario UFX1Y2", "24,40 €"}},
		},
	} {
		for name, script := range map[string]bool{"with script": true, "without script": false} {
			t.Run(act+" "+name, func(t *testing.T) {
				s := areaSite(t, threeKinds)
				s.proBoxes()
				s.pays(6000)
				texts := s.play(t, "renewals.mjs", map[string]any{
					"password": testPassword, "member": s.address, "clerk": roleEmails[Secretariat], "page": fmt.Sprint("/iscritti/", s.member),
					"box": s.mailbox, "script": script, "audited": act, "act": act,
				})
				for _, row := range pages {
					text := plainSpaces(texts[row.page])
					for _, words := range row.words {
						if !strings.Contains(text, plainSpaces(words)) {
							t.Errorf("%s: %q is not on the page: %s", row.page, words, text)
						}
					}
				}
				if n := s.countOrders(); n != 2 {
					t.Errorf("%d orders", n)
				}
			})
		}
	}
}
