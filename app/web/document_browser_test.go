package web

import (
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"albopec/db"
)

// TestDocumentsInTheBrowser: the report is asked for, left alone, found again and
// taken away, with script and without; a name mended meanwhile is told by the rows.
func TestDocumentsInTheBrowser(t *testing.T) {
	for _, c := range []struct {
		name   string
		script bool
	}{{"script", true}, {"no script", false}} {
		t.Run(c.name, func(t *testing.T) {
			s := newTestSite(t, "2018-07-01")
			goOn := make(chan struct{})
			s.office.Spawn = func(f func()) {
				go func() {
					<-goOn
					f()
					s.mend("Morandini")
				}()
			}
			// Without script nothing on the page tells that the document is ready: the
			// answer waits for it.
			s.app = s.site.app(append(s.routes(), get("/prova/avanti", operators, func(c *fiber.Ctx) error {
				close(goOn)
				for {
					if _, making := s.office.Making(1); !making {
						return c.SendString("avanti")
					}
				}
			})))
			seen := s.play(t, "documents.mjs", map[string]any{"password": testPassword, "treasurer": roleEmails[Treasurer], "script": c.script, "audited": "tesoriere"})
			var sums []string
			s.look(func(tx *db.ReadTx) error {
				files, err := tx.DocumentFiles(1)
				for _, f := range files {
					sums = append(sums, f.SHA256)
				}
				return err
			})
			if len(sums) != 3 {
				t.Fatalf("%d files", len(sums))
			}
			for page, words := range map[string][]string{
				"tesoriere, in preparazione":                {"In preparazione", "Passo 1 di 5", "Può lasciare la pagina"},
				"tesoriere, documenti mentre si prepara":    {"Report annuale 2018", "In preparazione"},
				"tesoriere, pronto":                         {"Il documento è pronto", sums[0], sums[1], sums[2]},
				"tesoriere, cartella":                       {"albopec-2018-al-2018-07-01.xlsx PK " + sums[0]},
				"tesoriere, PDF":                            {"albopec-2018-al-2018-07-01.pdf %P " + sums[1]},
				"tesoriere, righe sul telefono":             {"Righe cambiate: 1", "Titolare", "Morandi Elena", "Morandini Elena"},
				"tesoriere, righe senza cambi sul telefono": {"Nessuna riga cambiata"},
			} {
				for _, w := range words {
					if !strings.Contains(plainSpaces(seen[page]), plainSpaces(w)) {
						t.Errorf("%s: %q is not on the page: %s", page, w, seen[page])
					}
				}
			}
		})
	}
}

// mend gives the member another surname.
func (s *testSite) mend(surname string) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		m, err := tx.Member(s.member)
		if err != nil {
			return err
		}
		m.Surname = surname
		return tx.SetMember(m)
	})
}
