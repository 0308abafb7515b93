package web

import (
	"strings"
	"testing"
)

// TestMemberPaysForAColleagueInABrowser plays an access from its request to its
// end in Chromium: asked for, granted, a GB bought, the mailbox renewed, taken
// back.
func TestMemberPaysForAColleagueInABrowser(t *testing.T) {
	for name, script := range map[string]bool{"with script": true, "without script": false} {
		t.Run(name, func(t *testing.T) {
			s := areaSite(t, twoKinds)
			c := s.proColleague()
			s.pays(5000)
			seen := s.play(t, "access.mjs", map[string]any{
				"password": testPassword, "guest": s.address, "holder": c.address, "script": script, "audited": "ospite",
			})
			for _, row := range []struct {
				page  string
				words []string
			}{
				{"ospite, richiesta", []string{c.address + " In attesa"}},
				{"titolare, area", []string{"Morandi Elena chiede di vedere e pagare la casella " + c.address}},
				{"titolare, concesso", []string{"Morandi Elena può vedere e pagare"}},
				{"ospite, area", []string{"Caselle che mi hanno affidato " + c.address}},
				{"ospite, casella", []string{"Casella di Verdi Bruno", "2 GB in tutto"}},
				{"ospite, acquisto", []string{"Da pagare oggi 3,05 €", "Credito dopo l’acquisto 46,95 €"}},
				{"ospite, acquistato", []string{"L’ordine 2018/000001 è del titolare.", "3 GB in tutto", "46,95 €"}},
				{"ospite, rinnovo", []string{"tipologia Pro", "Non continua dopo il 01/10/2018: 1 GB in più, rinnovo disattivato", "Credito dopo l’ordine 22,55 €"}},
				{"ospite, rinnovata", []string{c.address + " vale fino al 01/10/2019. L’ordine 2018/000002 è del titolare.", "22,55 €"}},
				{"ospite, movimenti", []string{"Versato per la casella " + c.address + ": 1 GB in più", "−3,05 €"}},
				{"titolare, movimenti", []string{"Ricevuto da Morandi Elena per la casella " + c.address, "Ordine 2018/000001"}},
				{"titolare, revocato", []string{"L’accesso è revocato.", "Nessun altro."}},
				{"ospite, alla fine", []string{c.address + " Revocata"}},
			} {
				text := plainSpaces(seen[row.page])
				for _, words := range row.words {
					if !strings.Contains(text, plainSpaces(words)) {
						t.Errorf("%s: %q is not on the page: %s", row.page, words, text)
					}
				}
			}
		})
	}
}
