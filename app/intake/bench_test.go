package intake

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"albopec/app/pec"

	"github.com/xuri/excelize/v2"
)

// inventedMember is row i of a register of invented people, 15 columns wide.
func inventedMember(i int) []string {
	surnames := []string{"Rossi", "Bianchi", "De Luca", "Ferrari Bravo", "Esposito", "Colombo", "Niccolini", "Marchetti", "Gallo", "D’Alò", "Fontana", "Conti"}
	names := []string{"Mario", "Anna Maria", "Niccolò", "Giulia", "Luca", "Francesco Paolo", "Zoë", "Elena", "Ugo"}
	cities := [][3]string{{"Roma", "RM", "00184"}, {"Milano", "MI", "20121"}, {"Napoli", "NA", "80132"}, {"Reggio nell’Emilia", "RE", "42121"}, {"Torino", "TO", "10121"}}
	surname, name, city := surnames[i%len(surnames)], names[i/7%len(names)], cities[i/3%len(cities)]
	born := pec.Day("1950-01-01").AddDays(i * 7 % 17000)
	sex := []string{"M", "F"}[i%2]
	// The places of birth tell the codes of so many namesakes apart.
	code := pec.ComputeTaxCode(surname, name, born, sex, fmt.Sprintf("%c%03d", 'A'+i/1000%13, i%1000))
	return []string{
		fmt.Sprint(i + 1), surname, name, code, born.Italian(), city[0], "A", []string{"a", "b", "c", "a b"}[i%4], born.AddYears(25).AddDays(i % 900).Italian(),
		fmt.Sprintf("Via Giuseppe Garibaldi, %d", i%997), city[2], city[0], city[1], fmt.Sprintf("%s.%d@posta.example", pec.Fold(name[:2]), i), "",
	}
}

var inventedTitles = []string{"N. Iscr.", "Cognome", "Nome", "Cod. Fisc.", "Data nasc.", "Luogo nasc.", "Sez.", "Settori", "Data iscr.", "Indirizzo", "CAP", "Comune", "Pr.", "E-mail", "PEC"}

func writeInventedCSV(t testing.TB, path string, n int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	line := func(cells []string) {
		for i, c := range cells {
			if i > 0 {
				w.WriteByte(';')
			}
			w.WriteString(c)
		}
		w.WriteString("\r\n")
	}
	line(inventedTitles)
	for i := range n {
		line(inventedMember(i))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}

// writeInventedXLSX writes the register as excelize does: shared strings would
// be the programs' way, and cost this test the memory that it measures.
func writeInventedXLSX(t testing.TB, path string, n int) {
	t.Helper()
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range n + 1 {
		cells := inventedTitles
		if i > 0 {
			cells = inventedMember(i - 1)
		}
		values := make([]any, len(cells))
		for j, c := range cells {
			values[j] = c
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), values); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
}

// peakHeap is the most memory that the function has in use, looked at every
// few milliseconds.
func peakHeap(f func()) uint64 {
	runtime.GC()
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		var m runtime.MemStats
		for {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse+m.StackInuse)
			select {
			case <-done:
				peak <- most
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	f()
	close(done)
	return <-peak
}

// BenchmarkLargestRegister reads, judges and plans 240,000 members of 15
// columns, far more than the largest Ordine has.
func BenchmarkLargestRegister(b *testing.B) {
	for _, format := range []string{FormatCSV, FormatXLSX} {
		b.Run(format, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "albo."+format)
			if format == FormatCSV {
				writeInventedCSV(b, path, 240_000)
			} else {
				writeInventedXLSX(b, path, 240_000)
			}
			var peak uint64
			for b.Loop() {
				peak = max(peak, peakHeap(func() { readLargest(b, path) }))
			}
			b.ReportMetric(float64(peak>>20), "MB-peak")
		})
	}
}

func readLargest(b *testing.B, path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	f, err := Read(data, filepath.Base(path), pec.MemberLayout, Options{})
	if err != nil {
		b.Fatal(err)
	}
	d := pec.DraftMembers(pec.MemberImport{Rows: f.Rows, Mapping: f.Mapping, Today: pec.Day("2026-07-01")})
	if c := d.Counts(); c.Rows != 240_000 || c.Refused != 0 {
		b.Fatalf("%+v, %v", c, d.Problems()[:min(3, len(d.Problems()))])
	}
}
