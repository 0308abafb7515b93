package reports

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"albopec/app/pec"
)

// recalculates has LibreOffice work out every formula that it opens.
const recalculates = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>`

// throughLibreOffice opens a workbook in LibreOffice and saves it again, where
// it is installed.
func throughLibreOffice(t *testing.T, book []byte) []byte {
	t.Helper()
	tool, err := exec.LookPath("soffice")
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatal(err)
	default:
		t.Skip("no LibreOffice here: `make test` installs it")
	}
	dir := t.TempDir()
	profile := filepath.Join(dir, "profile", "user")
	if err := os.MkdirAll(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{filepath.Join(profile, "registrymodifications.xcu"): []byte(recalculates), filepath.Join(dir, "anno.xlsx"): book} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), tool, "-env:UserInstallation=file://"+filepath.Dir(profile), "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", filepath.Join(dir, "out"), filepath.Join(dir, "anno.xlsx"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	saved, err := os.ReadFile(filepath.Join(dir, "out", "anno.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// withoutValues takes the values written beside the formulas away.
func withoutValues(t *testing.T, book []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	written, formulas := regexp.MustCompile(`(</f>)<v>[^<]*</v>`), 0
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range z.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(part.Name, "xl/worksheets/sheet") {
			formulas += len(written.FindAll(text, -1))
			text = written.ReplaceAll(text, []byte("$1"))
		}
		into, err := w.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := into.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if formulas < 100 {
		t.Fatalf("only %d formulas", formulas)
	}
	return out.Bytes()
}

// TestLibreOfficeReckonsTheSameFigures has LibreOffice work the workbook's
// formulas out, none of whose values it is given, and compares every figure of
// the summary.
func TestLibreOfficeReckonsTheSameFigures(t *testing.T) {
	y, budget := smallYear(), pec.Cents(2000)
	y.Budget = &budget
	var out bytes.Buffer
	if err := y.writeXLSX(&out); err != nil {
		t.Fatal(err)
	}
	want := summaryFigures(t, openBook(t, out.Bytes()))
	reckoned := openBook(t, throughLibreOffice(t, withoutValues(t, out.Bytes())))
	got := summaryFigures(t, reckoned)
	for label, figures := range want {
		if got[label] != figures {
			t.Errorf("%s: LibreOffice has %q, written is %q", label, got[label], figures)
		}
	}
	if len(want) < 60 || len(got) != len(want) {
		t.Errorf("%d lines, %d of them came back", len(want), len(got))
	}
	for cell, want := range map[string]string{"Rinnovi!K5": "18.3", "Movimenti!H12": "15.8", "Ricariche!G5": "31", "Costi per mese!L14": "3.05", "Scadenze!L5": "13.42"} {
		sheet, name, _ := strings.Cut(cell, "!")
		if got := raw(t, reckoned, sheet, name); got != want {
			t.Errorf("%s is %q, want %q", cell, got, want)
		}
	}
}
