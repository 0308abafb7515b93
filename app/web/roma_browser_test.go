package web

import (
	"maps"
	"strings"
	"testing"

	"albopec/app/pec"
	"albopec/db"
)

// TestRomaInTheBrowser plays the worked example by its pages: a mailbox of
// 12/10/2017, 1 GB bought on 07/12/2017, the renewal of 12/10/2018, once with
// 3,05 € of credit and once without.
func TestRomaInTheBrowser(t *testing.T) {
	for name, credit := range map[string]pec.Cents{"with credit": 305, "without credit": 0} {
		t.Run(name, func(t *testing.T) {
			s := newTestSite(t, "2017-10-12")
			s.agree(fullYearAgreement)
			s.write(func(tx *db.Tx) error {
				id, err := tx.AddMember(db.MemberRow{Member: pec.Member{RegistrationNumber: "B9", Surname: "Rossetti", Name: "Anna", Status: pec.MemberActive, Email: "anna@posta.example"}})
				if err != nil {
					return err
				}
				s.member = id
				return tx.SetMemberPassword(id, testHash())
			})
			seen := map[string]string{}
			play := func(day, act string) {
				s.on(day)
				maps.Copy(seen, s.play(t, "roma.mjs", map[string]any{
					"password": testPassword, "member": "anna.rossetti@pec.ordine.example", "clerk": roleEmails[Secretariat], "script": true, "audited": "-", "act": act,
				}))
			}
			play("2017-10-12", "attivazione")
			play("2017-12-07", "acquisto")
			if s.on("2018-09-01"); credit > 0 {
				s.pays(credit)
			}
			play("2018-10-13", "rinnovo")

			want := map[string][]string{
				"casella richiesta": {"Richiesta il 12/10/2017", "anna.rossetti@pec.ordine.example"},
				"casella attiva":    {"Attiva dal 12/10/2017", "12/10/2018", "6,10 €"},
				"pagamento":         {"Registrati 3,05 € allo sportello."},
				// 2,50 € + IVA 22 % 0,55 € = 3,05 €.
				"acquisto": {"Da pagare oggi 3,05 €", "Il Suo credito 3,05 €", "Credito dopo l’acquisto 0,00 €"},
				"ordine":   {"2017/000001", "3,05 €", "12/10/2018"},
				// The Ordine's two years: 2 × (5,00 € + IVA 1,10 €).
				"casella": {"Scadenza 12/10/2019", "A carico dell’Ordine 12,20 €"},
			}
			// The site's other mailbox, Elena Morandi's, is renewed too.
			if credit > 0 {
				want["lavoro"] = []string{"rinnovi 2, chiusure 0, servizi rinnovati 1 e cessati 0"}
				want["area"] = []string{"12/10/2019", "2 GB in tutto", "0,00 €"}
			} else {
				want["lavoro"] = []string{"rinnovi 2, chiusure 0, servizi rinnovati 0 e cessati 1"}
				want["area"] = []string{"12/10/2019", "1 GB in tutto"}
			}
			for page, words := range want {
				text := plainSpaces(seen[page])
				for _, w := range words {
					if !strings.Contains(text, plainSpaces(w)) {
						t.Errorf("%s: %q is not on the page: %s", page, w, text)
					}
				}
			}
		})
	}
}
