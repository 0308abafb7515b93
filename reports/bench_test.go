package reports

import (
	"fmt"
	"io"
	"iter"
	"runtime"
	"testing"
	"time"

	"albopec/app/pec"
)

// rowsMade are n rows that nobody holds.
func rowsMade[T any](n int, row func(i int) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for i := range n {
			if !yield(row(i), nil) {
				return
			}
		}
	}
}

// largeYear has n mailboxes, each renewed and with one paid order in the year.
func largeYear(n int) Year {
	holder := func(i int) Person {
		return Person{int64(i), fmt.Sprintf("Cognomelungo%d Nome", i), fmt.Sprint("A", i), "RSSMRA80A41H501U"}
	}
	address := func(i int) string { return fmt.Sprintf("nome.cognomelungo%d@pec.ordine.example", i) }
	on := func(i int) pec.Date { return day("2026-01-01").AddDays(i % 365) }
	return Year{
		YearFacts: YearFacts{OrderBody: "Ordine", Year: 2026, Until: day("2026-12-31"), MadeOn: day("2027-01-10"), OpeningCredit: 1 << 40, ClosingCredit: 1<<40 - 305*pec.Cents(n)},
		Mailboxes: rowsMade(n, func(i int) MailboxRow {
			return MailboxRow{Address: address(i), Holder: holder(i), Kind: "Standard", Status: pec.MailboxActive, ActivatedOn: on(i).AddYears(-3), ExpiresOn: on(i).AddYears(1), BaseGB: 1, Section: "A", Sector: "a"}
		}),
		Periods: rowsMade(n, func(i int) PeriodRow {
			return PeriodRow{Address: address(i), Holder: holder(i), From: on(i), To: on(i).AddYears(1), Origin: OriginRenewal, Cost: cents(500, 110), Kind: "Standard", Section: "A", Sector: "a"}
		}),
		Services: rowsMade(n, func(i int) ServiceRow {
			return ServiceRow{Member: holder(i), Address: address(i), Product: "Spazio Extra Inbox", Quantity: 1, GB: 1, Since: on(i), Until: on(i).AddYears(1), UnitPrice: 250, Net: 250, SoldBy: pec.SoldByOrdine}
		}),
		Orders: rowsMade(n, func(i int) OrderRow {
			return OrderRow{Number: fmt.Sprintf("2026/%06d", i+1), CompletedOn: on(i), Member: holder(i), Address: address(i), Kind: pec.OrderPurchase, Lines: "1 GB Spazio Extra Inbox", GBSold: 1, Paid: cents(250, 55)}
		}),
		Movements: rowsMade(n, func(i int) MovementRow {
			return MovementRow{Seq: int64(i), Day: on(i), Member: holder(i), Kind: pec.EntryOrder, Reference: fmt.Sprintf("2026/%06d", i+1), Amount: -305}
		}),
		Expiries: rowsMade(n, func(i int) ExpiryRow {
			return ExpiryRow{Address: address(i), Holder: holder(i), Kind: "Standard", On: on(i).AddYears(1), Outcome: ExpiryRenews, Cost: cents(500, 110)}
		}),
	}
}

// BenchmarkLargestYear sums and prints the workbook and the annex of 240,000
// mailboxes and tells how much memory the program holds at most.
func BenchmarkLargestYear(b *testing.B) {
	for b.Loop() {
		peak, done := make(chan uint64), make(chan bool)
		go func() {
			most := uint64(0)
			for {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapSys-m.HeapReleased+m.StackSys)
				select {
				case <-done:
					peak <- most
					return
				case <-time.After(20 * time.Millisecond):
				}
			}
		}()
		y := largeYear(240_000)
		sum, err := y.Sum()
		if err != nil || len(sum.Findings) > 0 {
			b.Fatal(err, sum.Findings)
		}
		if err := WriteYearXLSX(io.Discard, y, sum); err != nil {
			b.Fatal(err)
		}
		if err := WriteYearAnnex(y, sum, func(_ int, write func(io.Writer) error) error { return write(io.Discard) }); err != nil {
			b.Fatal(err)
		}
		close(done)
		b.ReportMetric(float64(<-peak)/1e6, "MB-at-most")
	}
}
