package reports

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"iter"
	"strings"
	"testing"
)

// written is a Year whose rows are written down.
type written struct {
	YearFacts
	Mailboxes []MailboxRow
	Periods   []PeriodRow
	Services  []ServiceRow
	Orders    []OrderRow
	Movements []MovementRow
	Expiries  []ExpiryRow
	Without   []WithoutRow
	Opened    []BalanceRow
	Held      []BalanceRow
}

func listed[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, row := range list {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func (w written) year() Year {
	return Year{
		YearFacts: w.YearFacts, Mailboxes: listed(w.Mailboxes), Periods: listed(w.Periods), Services: listed(w.Services), Orders: listed(w.Orders),
		Movements: listed(w.Movements), Expiries: listed(w.Expiries), Without: listed(w.Without), Opened: listed(w.Opened), Held: listed(w.Held),
	}
}

// sum is the summary; rows that are written down cannot fail.
func (w written) sum() YearSummary {
	sum, err := w.year().Sum()
	if err != nil {
		panic(err)
	}
	return sum
}

func (w written) writeXLSX(out io.Writer) error { return WriteYearXLSX(out, w.year(), w.sum()) }

func TestRowsThatFailAreNoReport(t *testing.T) {
	broken := errors.New("the disk is gone")
	y := smallYear().year()
	y.Orders = func(yield func(OrderRow, error) bool) {
		if yield(OrderRow{Number: "2026/000001"}, nil) {
			yield(OrderRow{}, broken)
		}
	}
	if _, err := y.Sum(); !errors.Is(err, broken) || !strings.Contains(err.Error(), sheetOrders) {
		t.Errorf("summed with %v", err)
	}
	var out bytes.Buffer
	if err := WriteYearXLSX(&out, y, smallYear().sum()); !errors.Is(err, broken) {
		t.Errorf("a workbook with %v", err)
	}
}

// A workbook written in rounds is the one written at once, part by part.
func TestRoundsMakeTheSameWorkbook(t *testing.T) {
	y := smallYear()
	var whole, pieces bytes.Buffer
	if err := y.writeXLSX(&whole); err != nil {
		t.Fatal(err)
	}
	if rounds := y.sum().rounds(y.year().lists(), 1); len(rounds) != 8 {
		t.Fatalf("rounds %q", rounds)
	}
	if err := writeYearXLSX(&pieces, y.year(), y.sum(), 1); err != nil {
		t.Fatal(err)
	}
	want, got := partsOf(t, whole.Bytes()), partsOf(t, pieces.Bytes())
	for name, part := range want {
		if got[name] != part && name != "[Content_Types].xml" { // in the order of a map
			t.Errorf("%s differs:\n%.500s\n%.500s", name, got[name], part)
		}
	}
	if len(got) != len(want) || !strings.Contains(want["xl/worksheets/sheet2.xml"], "z.bianchi@pec.montalto.example") {
		t.Errorf("%d parts, %d wanted", len(got), len(want))
	}
}

// partsOf are the files in an archive, each of which is there once.
func partsOf(t *testing.T, archive []byte) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if _, twice := parts[f.Name]; err != nil || twice {
			t.Fatalf("%s: twice %v, %v", f.Name, twice, err)
		}
		parts[f.Name] = string(content)
	}
	return parts
}
