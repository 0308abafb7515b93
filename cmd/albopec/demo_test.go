package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// The demo is played twice on one day, by two processes' worth of calls: it
// makes the same Ordine, its files, and books that check.
func TestDemoIsPlayedTwice(t *testing.T) {
	t.Chdir(t.TempDir())
	play := []string{"demo", "--no-serve", "--members", "40", "--on", "2026-03-20"}
	first := answer(t, play...)
	if first["members"] != json.Number("40") || first["db"] != "albopec.db" {
		t.Errorf("the demo says %v", first)
	}
	for _, f := range []string{"albo-valdoro.csv", "albopec-2025.xlsx", "albopec-2025.pdf", "albopec-2026.xlsx", "albopec-2026.pdf"} {
		if info, err := os.Stat("out/" + f); err != nil || info.Size() == 0 {
			t.Errorf("out/%s: %v", f, err)
		}
	}
	if ok := answer(t, "check")["ok"]; ok != true {
		t.Errorf("the demo's books do not check: %v", ok)
	}
	if waiting := answer(t, "mail", "send", "--on", "2026-03-20")["waiting"]; waiting != json.Number("0") {
		t.Errorf("%v messages wait after the demo's last day", waiting)
	}
	box, _ := first["mailbox"].(string)
	seen := answer(t, "mailbox", box, "--on", "2026-03-20")
	if seen["status"] != "active" {
		t.Errorf("the mailbox to log in with is %v", seen)
	}
	if got := answer(t, "import", "members", "out/albo-valdoro.csv", "--on", "2026-03-20"); got["rows"] != json.Number("40") || got["refused"] != json.Number("0") {
		t.Errorf("the demo's register comes back as %v", got)
	}
	report := answer(t, "report", "2025", "--out", "ancora", "--on", "2026-03-20")
	if report["renewed"] == json.Number("0") || report["ordine_gross"] == "0.00" {
		t.Errorf("nothing happened in 2025: %v", report)
	}

	second := answer(t, play...)
	if second["mailbox"] != first["mailbox"] {
		t.Errorf("the second demo's mailbox is %v, the first's %v", second["mailbox"], first["mailbox"])
	}
	again := answer(t, "report", "2025", "--out", "ancora", "--on", "2026-03-20")
	for _, key := range []string{"activated", "renewed", "ordine_gross", "members_gross", "credit_outstanding"} {
		if again[key] != report[key] {
			t.Errorf("%s is %v in the second demo, %v in the first", key, again[key], report[key])
		}
	}
}

// All invented dates lie before the day that is played, 29 February included.
func TestDemoRegisterIsWindows1252(t *testing.T) {
	t.Chdir(t.TempDir())
	answer(t, "demo", "--no-serve", "--members", "40", "--on", "2024-02-29")
	data, err := os.ReadFile("out/albo-valdoro.csv")
	if err != nil {
		t.Fatal(err)
	}
	if utf8.Valid(data) {
		t.Error("the register is UTF-8: nothing in it shows that the encoding is found out")
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte("Ò")) && !bytes.Contains(text, []byte("Ë")) {
		t.Error("no accented capital in the register")
	}
	if lines := strings.Split(string(text), "\r\n"); !strings.HasPrefix(lines[len(lines)-2], "Totale iscritti: 40;") {
		t.Errorf("the register ends with %q", lines[len(lines)-2])
	}
	found := answer(t, "import", "members", "out/albo-valdoro.csv", "--dry-run", "--on", "2024-02-29")
	if found["encoding"] != "windows-1252" || found["unchanged"] != json.Number("40") {
		t.Errorf("read again: %v", found)
	}
}

func TestDemoLeavesAnotherOrdineAlone(t *testing.T) {
	path := newOrdine(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	exit, stdout, _ := command(t, "", "demo", "--no-serve", "--members", "40", "--db", path, "--json")
	if exit != exitFailed || !strings.Contains(stdout, `"database_exists"`) {
		t.Errorf("exit %d, %s", exit, stdout)
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("the other Ordine's database was written")
	}
	if _, err := os.Stat("out"); err == nil {
		t.Error("files were made though the demo was refused")
	}
}
