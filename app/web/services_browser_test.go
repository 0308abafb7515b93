package web

import (
	"context"
	"maps"
	"strings"
	"testing"

	"albopec/db"
)

// TestServicesInTheBrowser plays the life of what a premium mailbox can have, by
// its holder's pages: E 01/10/2018, bought on 15/06/2018, renewed with the mailbox
// for a year, and the users given up for the year after. On the 18th the secretariat
// marks what it switched on at the provider the day before. VAT 22 %; by the month,
// four are started from 15/06 to 01/10.
func TestServicesInTheBrowser(t *testing.T) {
	s := areaSite(t, threeKinds)
	s.write(func(tx *db.Tx) error {
		b, err := tx.Mailbox(s.mailbox)
		if err != nil {
			return err
		}
		b.Kind = "premium"
		return tx.SetMailbox(b.Mailbox)
	})
	s.pays(50000)
	seen := map[string]string{}
	play := func(day, act string) {
		s.on(day)
		if _, err := s.office.Renew(context.Background(), "prova", s.today.AddDays(-1)); err != nil {
			t.Fatal(err)
		}
		maps.Copy(seen, s.play(t, "services.mjs", map[string]any{
			"password": testPassword, "member": s.address, "clerk": roleEmails[Secretariat], "script": true, "audited": "iscritto, kit", "act": act,
		}))
	}
	play("2018-06-15", "acquisti")
	play("2018-06-18", "gestore")
	play("2018-06-20", "rinnovo")
	play("2018-10-02", "rinuncia")
	play("2019-10-02", "fine")
	for page, words := range map[string][]string{
		// 4,00 × 4/12 = 1,33; 2 × 8,00 × 4/12 = 5,33; 45,00 once.
		"iscritto, conservazione, prezzo": {"Da pagare oggi 1,62 €"},
		"iscritto, conservazione":         {"2018/000001", "1 GB × Conservazione a norma", "1,62 €"},
		"iscritto, multiutente, prezzo":   {"Da pagare oggi 6,50 €"},
		"iscritto, multiutente":           {"2018/000002", "2 × Multiutente"},
		"iscritto, kit, prezzo":           {"Da pagare oggi 54,90 €", "una volta sola"},
		"iscritto, kit":                   {"2018/000003", "A: Via dei Tigli 7, 00100 Valdoro (VD)", "la segreteria lo consegna"},
		"iscritto, area dopo":             {"Conservazione a norma, 1 GB", "2 × Multiutente", "Acquistato, in attivazione presso il gestore.", "436,98 €"}, // 500,00 − 1,62 − 6,50 − 54,90
		"segreteria, da attivare":         {"2 servizi da chiedere al gestore", "Conservazione a norma, in tutto 1 GB", "Multiutente, in tutto 2"},
		"segreteria, attivati":            {"2 servizi risultano fatti presso il gestore.", "Nulla da attivare", "Segnato a mano da Giulia Ferretti"},
		"iscritto, area attiva":           {"Attivo presso il gestore dal 17/06/2018."},
		"segreteria, consegna":            {"Consegna a: Via dei Tigli 7, 00100 Valdoro (VD)", "Consegnato il"},
		"segreteria, kit consegnato":      {"Consegnato il 15/06/2018, Giulia Ferretti"},
		// 45,00 + 4,00 + 16,00 and VAT 9,90 + 0,88 + 3,52.
		"iscritto, rinnovo, prezzo": {"79,30 €"},
		"iscritto, rinnovo":         {"2018/000004", "79,30 €"},
		"iscritto, area rinnovata":  {"01/10/2019", "2 × Multiutente", "Conservazione a norma, 1 GB", "357,68 €"},
		"iscritto, rinuncia":        {"Il rinnovo è disattivato."},
		"iscritto, secondo rinnovo": {"59,78 €"}, // 45,00 + 4,00 and VAT 9,90 + 0,88
		"iscritto, area alla fine":  {"01/10/2020", "Conservazione a norma, 1 GB", "Attivo presso il gestore dal 17/06/2018.", "297,90 €"},
		"segreteria, da togliere":   {"1 servizio da chiedere al gestore", "Multiutente, da togliere"},
	} {
		text := plainSpaces(seen[page])
		for _, w := range words {
			if !strings.Contains(text, plainSpaces(w)) {
				t.Errorf("%s: %q is not on the page: %s", page, w, text)
			}
		}
	}
	if strings.Contains(seen["iscritto, area alla fine"], "Multiutente") {
		t.Errorf("the users are still there: %s", seen["iscritto, area alla fine"])
	}
}
