package reports

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"albopec/app/pec"
)

func labels(t *testing.T, first int, list ...[]string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteLabelsPDF(&b, slices.Values(list), first, "Ordine di prova", pec.Day("2018-07-14")); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Label n of a sheet, counted from 1, begins at 70 × ((n-1) mod 3) mm from the
// left and at 4,5 + 36 × ((n-1) div 3) mm from the top.
func TestEachAddressStaysOnItsLabel(t *testing.T) {
	var list [][]string
	for n := range 20 {
		list = append(list, []string{fmt.Sprint("Persona ", n+1), "Via dei Tigli 7", "00100 Valdoro (VD)"})
	}
	list[1] = []string{strings.TrimSpace(strings.Repeat("Maria Sofia ", 17)), "presso Studio Alfa", "Palazzo B, scala C", "Via dei Tigli 7", "Frazione Alta", "Valdoro (VD)"} // no CAP
	pdf := labels(t, 5, list...)
	for place, want := range map[[2]int]string{
		{0, 0}: "", {70, 36}: "Persona 1 Via dei Tigli 7 00100 Valdoro (VD)", {140, 36}: strings.Join(list[1], " "), {0, 72}: "Persona 3 Via dei Tigli 7 00100 Valdoro (VD)", {140, 252}: "Persona 20 Via dei Tigli 7 00100 Valdoro (VD)",
	} {
		if got := seenIn(t, pdf, place[0], place[1]+5, 70, 35); got != want {
			t.Errorf("the label at %v shows %q, want %q", place, got, want)
		}
	}
	if pages := readPDF(t, pdf); len(pages) != 1 {
		t.Errorf("%d sheets for 20 labels from the 5th on", len(pages))
	}
	if pages := readPDF(t, labels(t, 24, list[0], list[2])); len(pages) != 2 || !strings.Contains(pages[1], "Persona 3") {
		t.Errorf("the label after the 24th is not on a new sheet: %q", pages)
	}
}
