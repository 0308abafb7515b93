package reports

import (
	"testing"

	"pgregory.net/rapid"

	"albopec/app/pec"
)

// rowsOfTrace are the rows behind a figure, with their columns.
func rowsOfTrace(t rapid.TB, y written, trace Trace) Table {
	t.Helper()
	lines, ok := y.year().Lines(trace)
	if !ok {
		t.Fatalf("no figure %q", trace.Figure)
	}
	table, err := lines.Table()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// column sums a column of money or whole numbers.
func (t Table) column(title string) (sum int) {
	for i, c := range t.Columns {
		if c.Title != title {
			continue
		}
		for _, row := range t.Rows {
			switch v := row[i].(type) {
			case pec.Cents:
				sum += int(v)
			case int:
				sum += v
			}
		}
	}
	return sum
}

// Every figure is what its rows come to: of the year, of each month, kind, section
// and reason.
func TestFiguresAreWhatTheirRowsComeTo(t *testing.T) {
	check := func(t rapid.TB, y written) {
		s := y.sum()
		counts := func(trace Trace, want int) {
			t.Helper()
			if got := len(rowsOfTrace(t, y, trace).Rows); got != want {
				t.Errorf("%+v: %d rows, the figure says %d", trace, got, want)
			}
		}
		sums := func(trace Trace, column string, want int) {
			t.Helper()
			if got := rowsOfTrace(t, y, trace).column(column); got != want {
				t.Errorf("%+v: %s sums to %d, the figure says %d", trace, column, got, want)
			}
		}
		f := s.Figures
		for figure, want := range map[string]int{
			"inizio": f.AtStart, "attivate": f.Activated, "chiuse": f.Closed, "in-essere": f.AtEnd, "rinnovi": f.Renewed,
			"senza-casella": f.Without, "pec-propria": f.WithOwnPEC, "cessati-credito": f.EndedForCredit, "cessati-altro": f.EndedOtherwise,
			"servizi-attivi": f.ServicesRunning, "gestore": f.ProviderServices, "scadenze": s.Next().Expiring, "previsti": s.Next().Renewing,
		} {
			counts(Trace{Figure: figure}, want)
		}
		for _, c := range []struct {
			figure, column string
			want           int
		}{
			{"costo", "Netto", int(f.Ordine.Net)}, {"costo", "IVA", int(f.Ordine.VAT)}, {"costo", "Lordo", int(f.Ordine.Gross)},
			{"ordini", "Lordo", int(f.Members.Gross)}, {"acquisti", "Lordo", int(f.Purchases.Gross)}, {"ordini-rinnovo", "Lordo", int(f.Renewals.Gross)}, {"gb", "GB venduti", f.GBSold},
			{"servizi-rinnovati", "Rinnovi nell’anno", f.ServicesRenewed}, {"gestore", "Netto", int(f.ProviderNet)},
			{"ricariche", "Importo", int(f.TopUps)}, {"ordini-pagati", "Importo", int(f.OrdersPaid)}, {"riaccrediti", "Importo", int(f.Recredits)}, {"storni", "Importo", int(f.Reversals)}, {"rimborsi", "Importo", int(f.Refunds)}, {"recuperi", "Importo", int(f.ClaimsSettled)},
			{"previsti", "Lordo", int(s.Next().Cost.Gross)}, {"richieste", requestsOfYear, f.Requested}, {"credito-iniziale", "Credito", int(f.Opening)}, {"credito-finale", "Credito", int(f.Closing)},
		} {
			sums(Trace{Figure: c.figure}, c.column, c.want)
		}
		for i, m := range s.Months {
			at := func(figure string) Trace { return Trace{Figure: figure, Month: m.Month} }
			counts(at("attivate"), m.Activated)
			counts(at("rinnovi"), m.Renewed)
			counts(at("chiuse"), m.Closed)
			if m.Counted {
				counts(at("in-essere"), m.AtEnd)
			}
			sums(at("costo"), "Lordo", int(m.Cost.Gross))
			sums(at("ordini"), "Lordo", int(m.Members.Gross))
			sums(at("ricariche"), "Importo", int(m.TopUps))
			counts(at("scadenze"), s.NextMonths[i].Expiring)
			sums(at("previsti"), "Lordo", int(s.NextMonths[i].Cost.Gross))
		}
		group := func(g Group, narrow func(string) Trace) {
			for figure, want := range map[string]int{"inizio": g.AtStart, "attivate": g.Activated, "chiuse": g.Closed, "in-essere": g.AtEnd, "rinnovi": g.Renewed} {
				counts(narrow(figure), want)
			}
			sums(narrow("costo"), "Lordo", int(g.Cost.Gross))
			sums(narrow("richieste"), requestsOfYear, g.Requested)
		}
		for _, g := range s.ByKind {
			group(g, func(figure string) Trace { return Trace{Figure: figure, Kind: g.Name} })
		}
		for _, g := range s.BySection {
			group(g, func(figure string) Trace { return Trace{Figure: figure, Section: g.Name, Sector: g.Sector} })
		}
		for _, c := range s.Closed {
			counts(Trace{Figure: "chiuse", Reason: c.Italian()}, c.Closed)
		}
	}
	check(t, smallYear())
	rapid.Check(t, func(t *rapid.T) { check(t, anyYear(t)) })
}

func TestRowsOfAFigureComeByPages(t *testing.T) {
	lines, _ := smallYear().year().Lines(Trace{Figure: "costo", Month: 0})
	rows, all, totals, err := lines.Page(1, 1)
	if err != nil || all != 3 || len(rows) != 1 || rows[0][0] != "n.rossi@pec.montalto.example" || totals[10] != eur("18,30 €") {
		t.Errorf("%q of %d, %q, %v", rows, all, totals, err)
	}
	if rows, all, _, _ = lines.Page(7, 2); len(rows) != 0 || all != 3 {
		t.Errorf("beyond the end: %q of %d", rows, all)
	}
	if got := (Trace{Figure: "chiuse", Month: 6, Kind: "Standard", Section: "B", Sector: unsaid, Reason: "x"}).words("Caselle chiuse", 2026, day("2026-12-31")); got != "Caselle chiuse, giugno 2026, tipologia Standard, sezione B, senza settore, motivo: x" {
		t.Errorf("title %q", got)
	}
	if _, ok := smallYear().year().Lines(Trace{Figure: "altro"}); ok {
		t.Error("a figure that there is not has rows")
	}
}
