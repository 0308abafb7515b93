package reports

import (
	"fmt"
	"io"

	"albopec/app/pec"
)

// volumeRows is how many rows a volume of the annex holds. The library keeps all
// pages of a document until it is written: a volume takes about 60 MB.
const volumeRows = 20_000

// Volumes is how many volumes the annex has.
func (y YearSummary) Volumes() int { return volumesOf(y.rows(), volumeRows) }

func volumesOf(rows, most int) int { return max(1, (rows+most-1)/most) }

// rows is how many rows all lists have.
func (y YearSummary) rows() int {
	n := 0
	for _, t := range y.tallies {
		n += t.rows
	}
	return n
}

// WriteYearAnnex writes the lists of the year on paper, one after the other, the
// same as on the sheets of the workbook: the report itself names nobody. A long
// one is divided into volumes; where each goes the caller says, by its number
// from 1, and is asked for the next when the one before is written.
func WriteYearAnnex(y Year, sum YearSummary, volume func(n int, write func(io.Writer) error) error) error {
	return writeYearAnnex(y, sum, volumeRows, true, volume)
}

func writeYearAnnex(y Year, sum YearSummary, most int, compress bool, volume func(n int, write func(io.Writer) error) error) error {
	a := annex{y: y.YearFacts, sum: sum, most: most, of: volumesOf(sum.rows(), most), compress: compress, volume: volume}
	a.open()
	for _, l := range y.lists() {
		if err := a.list(l, sum.tallies[l.name]); err != nil {
			return fmt.Errorf("annex, %q: %w", l.name, err)
		}
	}
	return a.close()
}

// annex is the lists of a year being printed.
type annex struct {
	y        YearFacts
	sum      YearSummary
	most     int // rows of a volume
	of       int // volumes
	compress bool
	volume   func(n int, write func(io.Writer) error) error

	n    int // the volume
	rows int // printed in it
	*paper
}

func (a *annex) title() string {
	title := fmt.Sprintf("Elenchi del resoconto %d", a.y.Year)
	if a.of > 1 {
		title += fmt.Sprintf(", volume %s di %s", pec.Thousands(a.n), pec.Thousands(a.of))
	}
	return title
}

// open begins the next volume.
func (a *annex) open() {
	a.n, a.rows = a.n+1, 0
	a.paper = blankPaper(a.y.OrderBody, a.title(), "Allegato al resoconto annuale delle caselle PEC", a.y.MadeOn, a.compress)
	a.wide = true
	a.begin(a.y.OrderBody, a.title())
	a.heading(a.y.OrderBody, a.title(), "Dati "+a.y.span()+". "+a.y.madeOf()+".")
}

// close hands the volume over.
func (a *annex) close() error { return a.volume(a.n, a.write) }

// next hands the volume over and begins another.
func (a *annex) next() error {
	err := a.close()
	a.open()
	return err
}

// head begins a list, or goes on with it in another volume.
func (a *annex) head(name, note string, l listing) {
	a.section(name, 60)
	a.font("", 9, muted)
	a.paragraph(4.4, note)
	a.gap(1)
	a.listHead(l)
}

func (a *annex) list(of yearList, t *tally) error {
	var l listing
	l.size, l.columns = fit(of.columns, a.needs(of.columns, t), a.across())
	note := count(t.rows, "Nessuna riga.", "1 riga.", "%s righe.")
	if t.rows == 0 {
		a.section(of.name, 20)
		a.font("", 9, muted)
		a.paragraph(4.4, note)
		return nil
	}
	if a.rows == a.most {
		if err := a.next(); err != nil {
			return err
		}
	}
	a.head(of.name, note, l)
	cells, total, n := make([]string, len(of.columns)), t.totals(of.columns), 0
	for row, err := range of.rows {
		if err != nil {
			return err
		}
		if a.rows == a.most {
			if err := a.next(); err != nil {
				return err
			}
			a.head(of.name+" (segue)", note, l)
		}
		for i, v := range row {
			cells[i] = paperText(v)
		}
		a.listRowOf(l, cells, "", "", rowsAfter(n, t.rows, total != nil))
		a.rows++
		n++
	}
	if total != nil {
		a.listRow(l, total, "B", tint)
	}
	if of.name == sheetCredit {
		a.credit(l)
	}
	return nil
}

// credit writes the two ends of the credit under the movements, as the workbook
// has them.
func (a *annex) credit(l listing) {
	amount := l.columns[len(l.columns)-1].width
	two := listing{size: l.size, columns: []listingColumn{{width: a.across() - amount}, {width: amount, figure: true}}}
	for _, end := range a.sum.creditEnds() {
		a.listRow(two, []string{end.label, end.credit.Euro()}, "B", tint)
	}
	a.pdf.SetX(sideMargin)
}
