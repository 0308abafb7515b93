package intake

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

var writeSources = flag.String("sources", "", "write the workbooks that other programs convert into this folder; see testdata/README.md")

// TestWriteSources writes the workbooks of which testdata holds what other
// programs made of them.
func TestWriteSources(t *testing.T) {
	if *writeSources == "" {
		t.Skip("only on demand: go test ./app/intake -run TestWriteSources -sources DIR")
	}
	for name, data := range map[string][]byte{"albo.xlsx": registerBook(t), "mac.xlsx": macBook(t), "fogli.xlsx": sheetsBook(t)} {
		if err := os.WriteFile(filepath.Join(*writeSources, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// registerBook is a register as a secretariat keeps it: a title over all
// columns, titles in two rows, real dates, numbers where texts should be, a
// heading between the rows and a total below.
func registerBook(t testing.TB) []byte {
	return workbook(t, func(f *excelize.File) {
		const s = "Sheet1"
		row(t, f, s, "A1", "Ordine degli Ingegneri - elenco iscritti")
		mergeCells(t, f, s, "A1", "N1")
		row(t, f, s, "A3", "N.", "Cognome", "Nome", "Cod. fisc.", "Nascita", nil, "Albo", nil, nil, "Residenza", nil, nil, "Recapiti")
		mergeCells(t, f, s, "E3", "F3")
		mergeCells(t, f, s, "G3", "I3")
		mergeCells(t, f, s, "J3", "L3")
		mergeCells(t, f, s, "M3", "N3")
		for _, column := range []string{"A", "B", "C", "D"} {
			mergeCells(t, f, s, column+"3", column+"4")
		}
		row(t, f, s, "E4", "Data", "Luogo", "Sezione e settore", "Data iscrizione", "Stato", "Via", "CAP", "Comune", "E-mail", "PEC")
		row(t, f, s, "A5", "SEZIONE A")
		row(t, f, s, "A6", 12, "Rossi", "Mario", "rssmra85t10a562s", day("1985-12-10"), "San Giuliano Terme", "A - civile e ambientale; industriale", day("2012-03-01"), "Iscritto", "Via Po, 3", 1100, "Viterbo", "mario.rossi@posta.example", "mario.rossi@pec.example")
		row(t, f, s, "A7", 13, "Moretti", "Matteo", "MRT MTT 91D08 F205J", "8.4.91", "Milano", "A/b", day("2018-10-12"), "sospeso per morosità", "Corso Como 1", "20154", "Milano", "matteo@posta.example; m2@posta.example", "matteo@gmail.example")
		row(t, f, s, "A8", 14, "Samantha", "Miller", "MLLSNT82P65Z404U", day("1982-09-25"), "U.S.A.", "Sez. A - c", day("2010-05-31"), "ISCRITTA", "n.d.", 42, "Frascati", "-", nil)
		row(t, f, s, "A9", 15, "Neri", "Ada", 12345678903, "31/02/1970", "Roma", "A - Informazione", day("2001-02-28"), "Cancellata per trasferimento", "Piazza Navona 7", 186, "Roma", "ada.neri@posta.example", nil)
		row(t, f, s, "A11", "SEZIONE B")
		row(t, f, s, "A12", "B7", "D’Alò", "Zoë", "DLAZOE75A41H501C", day("1975-01-01"), "Roma", "B - a", day("2003-07-15"), "deceduta", "Via dell’Orso 12\nscala B", 186, "Roma", nil, nil)
		row(t, f, s, "A13", "Totale iscritti", nil, nil, 5)
		iso := "dd/mm/yyyy"
		for _, cell := range []string{"E6", "H6", "H7", "E8", "H8", "H9", "E12", "H12"} {
			style(t, f, s, cell, excelize.Style{CustomNumFmt: &iso})
		}
		zeros := "00000"
		style(t, f, s, "K8", excelize.Style{CustomNumFmt: &zeros})
	})
}

func day(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

func mergeCells(t testing.TB, f *excelize.File, sheet, from, to string) {
	t.Helper()
	if err := f.MergeCell(sheet, from, to); err != nil {
		t.Fatal(err)
	}
}

// macBook counts its days from 1904.
func macBook(t testing.TB) []byte {
	return workbook(t, func(f *excelize.File) {
		yes := true
		if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
			t.Fatal(err)
		}
		row(t, f, "Sheet1", "A1", "Matricola", "Nominativo", "Nato il", "Iscritto dal")
		row(t, f, "Sheet1", "A2", "A1", "Rossi Mario", 29929, 39507)
		row(t, f, "Sheet1", "A3", "A2", "Moretti Matteo", 31873.5, 41923)
		for _, cell := range []string{"C2", "C3", "D2", "D3"} {
			style(t, f, "Sheet1", cell, excelize.Style{NumFmt: 14})
		}
	})
}

// sheetsBook has its list on the third sheet; a hidden one has an older.
func sheetsBook(t testing.TB) []byte {
	return workbook(t, func(f *excelize.File) {
		row(t, f, "Sheet1", "B2", "Leggere prima di usare")
		for _, name := range []string{"Vecchio", "Legenda", "Albo 2026"} {
			if _, err := f.NewSheet(name); err != nil {
				t.Fatal(err)
			}
		}
		row(t, f, "Vecchio", "A1", "Matricola", "Cognome", "Nome", "Codice fiscale")
		row(t, f, "Vecchio", "A2", "A9", "Neri", "Ugo", "12345678903")
		row(t, f, "Legenda", "A1", "Cognome", "il cognome dell’iscritto")
		row(t, f, "Albo 2026", "C4", "Matricola", "Cognome", "Nome", "Codice fiscale")
		row(t, f, "Albo 2026", "C5", "A1", "Rossi", "Mario", "RSSMRA85T10A562S")
		row(t, f, "Albo 2026", "C6", "A2", "Moretti", "Matteo", "MRTMTT91D08F205J")
		if err := f.SetSheetVisible("Vecchio", false); err != nil {
			t.Fatal(err)
		}
	})
}
