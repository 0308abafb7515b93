package web

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestClerkImportsMendsAndTakesBack plays a whole import in Chromium: a row is
// refused, comes back as a workbook, is mended there, imported, and taken back.
func TestClerkImportsMendsAndTakesBack(t *testing.T) {
	for name, script := range map[string]bool{"with script": true, "without script": false} {
		t.Run(name, func(t *testing.T) {
			s := newTestSite(t, "2018-07-01")
			job := map[string]any{
				"password": testPassword, "clerk": roleEmails[Secretariat], "script": script, "audited": "", "mended": false,
				"rejected": filepath.Join(t.TempDir(), "respinte.xlsx"),
				"albo":     string(albo("A1;Rossi;Mario;RSSMRA85T10A562S;mario@posta.example", "A2;Moretti;Matteo;MRTMTT91D08F205X;", "A15266;Morandi;Elena;;elena.morandi@posta.example")),
			}
			seen := s.play(t, "import.mjs", job)
			mend(t, job["rejected"].(string))
			job["mended"] = true
			for page, text := range s.play(t, "import.mjs", job) {
				seen[page] = text
			}
			for _, row := range []struct {
				page  string
				words []string
			}{
				{"albo, colonne", []string{"Che cosa importare", "3 righe di dati"}},
				{"albo, anteprima", []string{"Respinti: 1 riga", "MRTMTT91D08F205X", "dovrebbe essere J", "Variati: 1 iscritto", "Nell’albo non è ancora cambiato nulla."}},
				{"albo, fatto", []string{"2 iscritti importati.", "1 nuovo e 1 variato; 1 riga respinta."}},
				{"corrette, anteprima", []string{"Nuovi: 1 iscritto", "Moretti Matteo", "1 + 0 + 0 + 0 = 1 riga letta"}},
				{"corrette, fatto", []string{"1 iscritto importato."}},
				{"annullare", []string{"Annullare l’importazione n. 2?"}},
				{"annullata", []string{"L’importazione n. 2 è annullata.", "1 è tolto."}},
				{"iscritti alla fine", []string{"2 iscritti", "Morandi Elena", "Rossi Mario"}},
			} {
				text := plainSpaces(seen[row.page])
				for _, words := range row.words {
					if !strings.Contains(text, plainSpaces(words)) {
						t.Errorf("%s: %q is not on the page: %s", row.page, words, text)
					}
				}
			}
			if strings.Contains(seen["iscritti alla fine"], "Moretti") {
				t.Error("Moretti is still there after the undo")
			}
		})
	}
}

// mend corrects the tax code in the workbook of refused rows, as the clerk does
// in Excel.
func mend(t *testing.T, path string) {
	t.Helper()
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheet := book.GetSheetName(0)
	cell := "D2"
	if value, err := book.GetCellValue(sheet, cell); err != nil || value != "MRTMTT91D08F205X" {
		t.Fatalf("%s of the refused rows is %q, %v", cell, value, err)
	}
	if err := book.SetCellValue(sheet, cell, "MRTMTT91D08F205J"); err != nil {
		t.Fatal(err)
	}
	if err := book.Save(); err != nil {
		t.Fatal(err)
	}
}
