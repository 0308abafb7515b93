package reports

import (
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
		Movements: listed(w.Movements), Expiries: listed(w.Expiries), Without: listed(w.Without),
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
	if err := WriteYearXLSX(&out, y, smallYear().sum()); !errors.Is(err, broken) || out.Len() > 0 {
		t.Errorf("a workbook of %d bytes with %v", out.Len(), err)
	}
}
