package office_test

import (
	"slices"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

func (o *testOffice) report(year int) int64 {
	o.t.Helper()
	made, err := o.MakeReport(ctx, "prova", year)
	o.must(err)
	return made.ID
}

func TestYearIsClosedOnceOnItsWholeReport(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	o.named()
	box := o.mailbox("A1", "Rossi", "Mario")
	half := o.report(2018)
	o.refuses("year_not_over", o.CloseYear(ctx, "prova", half))
	o.on("2019-01-10")
	o.refuses("year_not_whole", o.CloseYear(ctx, "prova", half))
	o.refuses("document_unknown", o.CloseYear(ctx, "prova", 99))
	early := o.report(2018)
	// A payment of December is registered in January.
	o.on("2018-12-20")
	o.topUp(box, 1000)
	o.on("2019-01-10")
	o.refuses("figures_changed", o.CloseYear(ctx, "prova", early))
	id := o.report(2018)
	o.must(o.CloseYear(ctx, "prova", id))
	o.must(o.CloseYear(ctx, "prova", id)) // a second press
	later := o.report(2018)
	o.refuses("year_closed", o.CloseYear(ctx, "prova", later))
	o.refuses("year_closed", o.SetBudget(ctx, "prova", 2018, 5000))
	for document, says := range map[int64]bool{id: false, later: true} { // the later one tells that it does not hold
		_, files := o.document(document)
		text := strings.Join(paperLines(t, o.bytesOf(files[1])), " ")
		if strings.Contains(text, "dopo la chiusura dell’anno (10/01/2019)") != says {
			t.Errorf("document %d: %.600s", document, text)
		}
	}
	var entries []db.AuditEntry
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		closing, err := tx.YearClosing(2018)
		if closing.Document != id || closing.On != o.day || closing.Actor != "prova" {
			t.Errorf("%+v", closing)
		}
		if err != nil {
			return err
		}
		entries, err = tx.Audit("document", id, 10)
		return err
	}))
	closed := 0
	for _, e := range entries {
		if e.Action == "year.closed" {
			closed++
		}
	}
	if closed != 1 {
		t.Errorf("%d entries of the closing", closed)
	}
	err := o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		return tx.CloseYear(db.YearClosing{Year: 2017, Document: early, Figures: []byte(`{}`)})
	})
	if !db.IsConstraint(err) {
		t.Errorf("2017 is closed on the report of 2018: %v", err)
	}
}

func TestFilesOfAClosedYearStayWhateverComesLate(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	o.named()
	box := o.mailbox("A1", "Rossi", "Mario")
	o.on("2019-01-10")
	id := o.report(2018)
	o.must(o.CloseYear(ctx, "prova", id))
	_, files := o.document(id)

	o.on("2018-12-20") // registered late: 10,00 € of December
	o.topUp(box, 1000)
	o.on("2019-03-01")
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		m, err := tx.Member(o.holder(box))
		if err != nil {
			return err
		}
		m.Surname = "Rossini"
		return tx.SetMember(m)
	}))
	for _, f := range files {
		if sum := sumOf(o.bytesOf(f)); sum != f.SHA256 {
			t.Errorf("%s changed: %s, was %s", f.Name, sum, f.SHA256)
		}
	}
	_, now, err := o.YearKept(ctx, 2018)
	o.must(err)
	var then office.KeptYear
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		closing, err := tx.YearClosing(2018)
		if err != nil {
			return err
		}
		then, err = office.KeptFigures(closing.Figures)
		return err
	}))
	if then.TopUps != 0 || now.TopUps != pec.Cents(1000) || then.CreditOutstanding != 0 || now.CreditOutstanding != pec.Cents(1000) {
		t.Errorf("then %+v, now %+v", then, now)
	}
}

// A name mended later changes no figure, and is told by the sheets it stands on;
// what is so only on the day of the report, such as the section, is no change of the
// year, and is told by the tables and where rows are compared.
func TestRowsOfAClosedYearTellWhatWasMended(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	o.named()
	box := o.mailbox("A1", "Rossi", "Mario")
	o.on("2019-01-10")
	id := o.report(2018)
	kept := func() office.KeptYear {
		_, kept, err := o.YearKept(ctx, 2018)
		o.must(err)
		return kept
	}
	mend := func(change func(*db.MemberRow)) {
		o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
			m, err := tx.Member(o.holder(box))
			if err != nil {
				return err
			}
			change(&m)
			return tx.SetMember(m)
		}))
	}
	then := kept()
	if rows := then.Sheets["Caselle"]; rows.Rows != 1 || len(rows.SHA256) != 64 {
		t.Fatalf("kept %+v", then.Sheets)
	}
	mend(func(m *db.MemberRow) { m.Section = "B" })
	if now := kept(); !then.Same(now) {
		t.Errorf("another section is a difference: %q", then.ChangedSheets(now))
	}
	// One mailbox of 6,10, activated in the year, passes from one line to another.
	was, is := "–", "B, senza settore"
	if tables, known := then.ChangedTables(kept()); !known || len(tables) != 10 || tables[0] != (reports.ChangedFigure{Table: reports.TableSections, Line: was, Figure: "Richieste", Then: "1", Now: "0"}) ||
		tables[9] != (reports.ChangedFigure{Table: reports.TableSections, Line: is, Figure: "Costo lordo", Then: "0,00\u00a0€", Now: "6,10\u00a0€"}) {
		t.Errorf("tables %v %+v", known, tables)
	}
	if _, known := (office.KeptYear{}).ChangedTables(kept()); known {
		t.Error("tables that were not kept are compared")
	}
	mend(func(m *db.MemberRow) { m.Surname = "Rossini" })
	now := kept()
	if changed := then.ChangedSheets(now); then.YearFigures != now.YearFigures || !slices.Equal(changed, []string{"Caselle", "Rinnovi"}) {
		t.Errorf("changed %q, figures %+v and %+v", changed, then.YearFigures, now.YearFigures)
	}
	for sheet, cells := range map[string]int{"Caselle": 1, "Rinnovi": 1, "Ordini": 0} {
		c, err := o.ReportChanges(ctx, id, sheet, 10)
		o.must(err)
		if c.All != cells || c.AllAdded+c.AllGone != 0 {
			t.Errorf("%s: %+v", sheet, c)
		}
		for _, m := range c.Mended {
			want := []reports.MendedCell{{Column: "Titolare", Then: "Rossi Mario", Now: "Rossini Mario"}, {Column: "Sezione", Then: "–", Now: "B", OfToday: true}}
			if !slices.Equal(m.Cells, want) {
				t.Errorf("%s: %+v", sheet, m)
			}
		}
	}
	o.refuses("figures_changed", o.CloseYear(ctx, "prova", id))
	o.must(o.CloseYear(ctx, "prova", o.report(2018)))
}

// What is kept under another way to say it is compared by the number of rows.
func TestRowsKeptAnotherWayAreComparedByTheirNumber(t *testing.T) {
	kept := func(rows, version int, sum string) office.KeptYear {
		return office.KeptYear{Sheets: map[string]reports.KeptRows{"Caselle": {Rows: rows, SHA256: sum, Version: version}}}
	}
	for _, c := range []struct {
		then, now office.KeptYear
		same      bool
	}{
		{kept(2, 1, "a"), kept(2, 1, "a"), true},
		{kept(2, 1, "a"), kept(2, 1, "b"), false},
		{kept(2, 1, "a"), kept(2, 2, "b"), true},
		{kept(2, 1, "a"), kept(3, 2, "b"), false},
		{office.KeptYear{}, kept(3, 1, "b"), true}, // from before it was kept
	} {
		if got := c.then.Same(c.now); got != c.same {
			t.Errorf("%+v and %+v: same %v", c.then, c.now, got)
		}
	}
}
