package web

import (
	"fmt"
	"strings"
	"testing"
)

// TestPagesThatPrintAndForecastInABrowser opens them in Chromium at both widths,
// and takes the files of a forecast one after the other.
func TestPagesThatPrintAndForecastInABrowser(t *testing.T) {
	s := areaSite(t, fullYearAgreement)
	s.pays(123450)
	s.buys(2)
	seen := s.play(t, "desk.mjs", map[string]any{
		"password": testPassword, "clerk": roleEmails[Secretariat], "script": true, "audited": "segreteria",
		"statement": fmt.Sprint("/credito/", s.member), "agreement": fullYearAgreement,
	})
	for page, words := range map[string]string{
		"previsione": "Per l’Ordine in 12 mesi", "da fatturare": "2018/000001", "gestore": "Credito presso il gestore", "lettere": "Lettere", "etichette": "Etichette",
		"conto": "IBAN", "servizi": "A rischio entro 90 giorni", "estratto conto": "1.234,50 € 6,10 €", "in prova": "In prova «Convenzione 2016».",
	} {
		for _, width := range []int{1280, 390} {
			name := fmt.Sprintf("segreteria %d, %s", width, page)
			if text := plainSpaces(seen[name]); !strings.Contains(text, words) {
				t.Errorf("%s: %q is not on the page: %s", name, words, text)
			}
		}
	}
}
