package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"albopec/app/pec"
)

// namesIn are the names in a folder.
func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		names = append(names, f.Name())
	}
	return names
}

// TestVolumesOfAnEarlierAnnexGo: a report of 2018 had two volumes, the new one has
// one. What others put beside it stays.
func TestVolumesOfAnEarlierAnnexGo(t *testing.T) {
	dir := t.TempDir()
	stay := []string{
		"albopec-2017-elenchi-1-di-2.pdf", "albopec-2018-elenchi-1-di-2.pdf.bak", "albopec-2018-elenchi-copia.pdf", "albopec-2018-elenchi-x-di-2.pdf", "albopec-2018-elenchi.pdf",
		"albopec-2018.pdf", "albopec-2018.xlsx", "albopec-20180-elenchi.pdf", "copia di albopec-2018-elenchi-1-di-2.pdf",
	}
	for _, name := range append([]string{"albopec-2018-elenchi-1-di-2.pdf", "albopec-2018-elenchi-2-di-2.pdf"}, stay...) {
		if err := writeFile(filepath.Join(dir, name), []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "albopec-2018-elenchi-3-di-3.pdf"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := removeAnnexes(dir, 2018, map[string]bool{"albopec-2018-elenchi.pdf": true}); err != nil {
		t.Fatal(err)
	}
	stay = append(stay, "albopec-2018-elenchi-3-di-3.pdf")
	slices.Sort(stay)
	if got := namesIn(t, dir); !slices.Equal(got, stay) {
		t.Errorf("left are %q, want %q", got, stay)
	}
}

// TestWhatCannotBeReadIsNoFaultOfTheFile: the old file stays, nothing lies beside
// it, and the error is the reader's.
func TestWhatCannotBeReadIsNoFaultOfTheFile(t *testing.T) {
	dir := t.TempDir()
	path, lost := filepath.Join(dir, "a.pdf"), errors.New("piece 3 of a file is gone")
	if err := writeFile(path, []byte("prima")); err != nil {
		t.Fatal(err)
	}
	err := fillFile(path, func(w io.Writer) error {
		if _, err := w.Write([]byte("mezzo")); err != nil {
			return err
		}
		return lost
	})
	if !errors.Is(err, lost) || pec.AsProblem(err) != nil {
		t.Errorf("%v", err)
	}
	if _, code, _ := explain(err); code != "internal" {
		t.Errorf("its code is %s", code)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "prima" || len(namesIn(t, dir)) != 1 {
		t.Errorf("the old file is %q, %v, beside it %q", got, err, namesIn(t, dir))
	}
	err = fillFile(filepath.Join(dir, "non-esiste", "a.pdf"), func(io.Writer) error { return nil })
	if p := pec.AsProblem(err); p == nil || p.Code != "file_unwritable" {
		t.Errorf("%v", err)
	}
	err = fillFile("/dev/full/a.pdf", func(io.Writer) error { return nil })
	if p := pec.AsProblem(err); p == nil || p.Code != "file_unwritable" {
		t.Errorf("%v", err)
	}
}
