package office_test

import (
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// reportingOffice has the name that a report bears.
func reportingOffice(t *testing.T, day string) *testOffice {
	t.Helper()
	o := newOffice(t, day)
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error { return tx.SetOrderBody(db.OrderBody{Name: "Ordine di prova"}) }))
	return o
}

// read holds all rows of a list.
func read[T any](rows iter.Seq2[T, error]) (list []T, err error) {
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, nil
}

func (o *testOffice) year(year int) reports.YearSummary {
	o.t.Helper()
	y, err := o.Year(ctx, year)
	o.must(err)
	if found := y.Findings; len(found) > 0 {
		o.t.Errorf("the report of %d does not agree: %q", year, found)
	}
	return y
}

// TestYearIsComparedWithTheOneBefore: Rossi's and Verdi's mailboxes begin in
// 2017 and Rossi buys 1 GB; in 2018 Rossi's renews on 12/10 and Verdi, who left on
// 01/09, closes. What 2018 says of 2017 is what 2017 says of itself.
func TestYearIsComparedWithTheOneBefore(t *testing.T) {
	o := reportingOffice(t, "2017-10-12")
	rossi := o.mailbox("A1", "Rossi", "Mario")
	o.on("2017-11-02")
	verdi := o.mailbox("B2", "Verdi", "Ada")
	o.topUp(rossi, 305)
	o.completed(rossi, 1, 305)
	first := o.year(2017)
	if first.Before != nil {
		t.Errorf("the first year is compared with %+v", first.Before)
	}
	own := first.Figures
	if own.Requested != 2 || own.Activated != 2 {
		t.Errorf("requested %d, activated %d, want 2 and 2", own.Requested, own.Activated)
	}

	o.on("2018-09-01")
	o.leaves(o.holder(verdi), "2018-09-01")
	o.on("2018-12-31")
	o.night()
	y := o.year(2018)
	b := y.Before
	if b == nil || b.Until != pec.Day("2017-12-31") || b.Activated != 2 || b.Renewed != 0 || b.Closed != 0 || b.Ordine != own.Ordine || b.Members != own.Members || b.Members.Gross != 305 {
		t.Fatalf("the year before is %+v, of itself it says %+v", b, own)
	}
	for i, m := range first.Months {
		if m.Cost.Gross != b.Months[i] {
			t.Errorf("%s cost %s, the year after says %s", m.Month, m.Cost.Gross, b.Months[i])
		}
	}
	f := y.Figures
	if f.Requested != 0 || f.Renewed != 1 || f.Closed != 1 || f.AtEnd != 1 || f.PerMailbox != f.Ordine.Gross {
		t.Errorf("figures %+v", f)
	}
	if closed := y.Closed; len(closed) != 1 || closed[0].Reason != pec.CloseLeaver {
		t.Errorf("closed %+v", closed)
	}
}

// TestYearKeepsTheRequestsMadeInIt: in 2017 Rossi's mailbox is asked for, refused and
// asked for again, Verdi's and Neri's once, 4; Bruni's is withdrawn the day after,
// none. In 2018 Rossi's is refused again and asked for a third time, Verdi's active,
// Neri's withdrawn: 2017 stays what it was.
func TestYearKeepsTheRequestsMadeInIt(t *testing.T) {
	o := reportingOffice(t, "2017-11-02")
	rossi, verdi := o.ask("A1", "Rossi", "Mario"), o.ask("A2", "Verdi", "Anna")
	o.file()
	o.on("2017-11-10")
	o.taken(1, 0, 0, rossi+";attivazione;KO;;manca il nome;")
	o.on("2017-12-04")
	_, err := o.RequestAgain(ctx, "prova", o.id(rossi))
	o.must(err)
	o.file()
	neri, bruni := o.ask("A3", "Neri", "Ugo"), o.ask("A4", "Bruni", "Ivo")
	o.on("2017-12-05")
	_, err = o.Withdraw(ctx, "prova", bruni, false)
	o.must(err)
	of := func(year, requests int, days ...string) office.KeptYear {
		t.Helper()
		sum, kept, err := o.YearKept(ctx, year)
		o.must(err)
		if got := sum.Figures.Requested; got != requests || len(sum.Findings) > 0 {
			t.Errorf("on %s %d has %d requests, want %d; %q", o.day, year, got, requests, sum.Findings)
		}
		var got []string
		o.must(o.ReadYear(ctx, year, func(y reports.Year, _ reports.YearSummary) error {
			list, err := read(y.Mailboxes)
			for _, m := range list {
				got = append(got, fmt.Sprint(m.Address, " ", m.RequestedOn, " ", m.Requests))
			}
			return err
		}))
		if diff := cmp.Diff(days, got); diff != "" {
			t.Errorf("on %s, %d (-want +got)\n%s", o.day, year, diff)
		}
		return kept
	}
	last := []string{verdi + " 2017-11-02 1", rossi + " 2017-12-04 2", neri + " 2017-12-04 1"}
	then := of(2017, 4, last...)

	o.on("2018-01-10")
	o.taken(2, 0, 0, rossi+";attivazione;KO;10/01/2018;manca il cognome;", verdi+";attivazione;OK;10/01/2018;;")
	_, err = o.Withdraw(ctx, "prova", neri, false)
	o.must(err)
	_, err = o.RequestAgain(ctx, "prova", o.id(rossi))
	o.must(err)
	if now := of(2017, 4, last...); !then.Same(now) {
		t.Errorf("other rows on %q: %+v, were %+v", then.ChangedSheets(now), now, then)
	}
	of(2018, 1, verdi+" 2017-11-02 0", rossi+" 2018-01-10 1")
	_, err = o.Withdraw(ctx, "prova", rossi, false)
	o.must(err)
	of(2018, 0, verdi+" 2017-11-02 0", rossi+" 2017-12-04 0")
}

// TestYearKeepsWhatTheProviderStatedOfIt: 2 GB bought at the provider on 07/12/2017
// for 5,00 until 12/10/2018; in November 2018 the statement has 1 GB for 3,00 until
// 12/10/2019 under the same day of purchase. 2017 keeps the 2 GB and the 5,00.
func TestYearKeepsWhatTheProviderStatedOfIt(t *testing.T) {
	o := reportingOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	states := func(row string) int64 {
		t.Helper()
		data := "Casella;Servizio;Quantità;Dal;Al;Importo netto\n" + box + ";inbox_gb;" + row + "\n"
		r, err := o.WriteImport(ctx, "prova", office.ImportServices, office.ImportFile{Name: "servizi.csv", Data: []byte(data)}, "", false)
		if o.must(err); r.Refused > 0 {
			t.Fatalf("refused: %+v", r.Problems)
		}
		return r.Batch
	}
	of := func(year int, net pec.Cents, want string) office.KeptYear {
		t.Helper()
		sum, kept, err := o.YearKept(ctx, year)
		o.must(err)
		if f := sum.Figures; f.ProviderNet != net {
			t.Errorf("on %s %d paid %s to the provider, want %s", o.day, year, f.ProviderNet, net)
		}
		o.must(o.ReadYear(ctx, year, func(y reports.Year, _ reports.YearSummary) error {
			services, err := read(y.Services)
			if err != nil {
				return err
			}
			boxes, err := read(y.Mailboxes)
			if got := fmt.Sprint(services[0].Quantity, " until ", services[0].Until, " for ", services[0].Net, ", mailbox ", boxes[0].ExtraGB); len(services) != 1 || got != want {
				t.Errorf("on %s, %d: %s, want %s", o.day, year, got, want)
			}
			return err
		}))
		return kept
	}
	const bought = "2 until 2018-10-12 for 5.00, mailbox 2"
	o.on("2017-12-20")
	states("2;07/12/2017;12/10/2018;5,00")
	o.on("2018-01-10")
	then := of(2017, 500, bought)
	o.on("2018-11-05")
	batch := states("1;07/12/2017;12/10/2019;3,00")
	if now := of(2017, 500, bought); !then.Same(now) {
		t.Errorf("other rows on %q", then.ChangedSheets(now))
	}
	of(2018, 0, "1 until 2019-10-12 for 3.00, mailbox 1")
	_, err := o.UndoImport(ctx, "prova", batch)
	o.must(err)
	of(2017, 500, bought)
	if err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := tx.ServicesOn(o.id(box), true)
		if len(list) != 1 || list[0].Quantity != 2 || list[0].ExpiresOn != pec.Day("2018-10-12") {
			t.Errorf("after the undo: %+v", list)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	o.on("2018-11-06") // a mended amount is no other term
	states("2;07/12/2017;12/10/2018;6,00")
	of(2017, 600, "2 until 2018-10-12 for 6.00, mailbox 2")
}

// TestNextYearIsSetBesideWhatItCame: Rossi's mailbox renews on 12/10/2018 and
// Verdi's begins on 02/11/2018, 6,10 each; 2017 does not know of that before 2019.
func TestNextYearIsSetBesideWhatItCame(t *testing.T) {
	o := reportingOffice(t, "2017-10-12")
	o.mailbox("A1", "Rossi", "Mario")
	o.on("2018-11-02")
	o.mailbox("A2", "Verdi", "Ada")
	o.on("2018-12-31")
	o.night()
	if spent := o.year(2017).NextSpent; spent != nil {
		t.Errorf("2018 is not over and came to %+v", spent)
	}
	o.on("2019-01-01")
	if spent := o.year(2017).NextSpent; spent == nil || spent.Gross != 1220 {
		t.Errorf("2018 came to %+v, want 12,20", spent)
	}
}

// TestRunningYearIsComparedUpToItsDay: of 2017 only what was there by 20 October
// counts on 20 October 2018, and its months stay whole.
func TestRunningYearIsComparedUpToItsDay(t *testing.T) {
	o := reportingOffice(t, "2017-10-12")
	o.mailbox("A1", "Rossi", "Mario")
	o.on("2017-11-02")
	o.mailbox("B2", "Verdi", "Ada")
	whole := o.year(2017).Figures.Ordine
	o.on("2018-10-20")
	o.night()
	b := o.year(2018).Before
	if b.Until != pec.Day("2017-10-20") || b.Activated != 1 || b.Ordine.Gross != whole.Gross/2 || b.Months[9]+b.Months[10] != whole.Gross {
		t.Errorf("the year before is %+v, the whole of it cost %s", b, whole.Gross)
	}
}

// TestExpiriesOfTheNextYear: on 20/12/2017 Rossi's mailbox has renewed to
// 12/10/2018 and Verdi's expires on 28/12, before the year is over: it counts on
// 28/12/2018. Neri's renewal is off, Bruni left: theirs are closed on 28/12/2017.
// From 01/12/2018 a mailbox costs 8,00 + 1,76.
func TestExpiriesOfTheNextYear(t *testing.T) {
	o := reportingOffice(t, "2016-10-12")
	o.agree(from("2018-12-01"), func(a *pec.Agreement) { a.Name, a.Kinds[0].YearlyPrice = "Convenzione nuova", 800 })
	o.mailbox("A1", "Rossi", "Mario")
	o.on("2016-12-28")
	o.mailbox("A2", "Verdi", "Ada")
	neri, bruni := o.mailbox("A3", "Neri", "Ugo"), o.mailbox("A4", "Bruni", "Ivo")
	o.member("A5", "Gialli", "Eva")
	o.on("2017-12-20")
	o.night()
	o.must(o.SetAutoRenew(ctx, "prova", neri, false))
	o.leaves(o.holder(bruni), "2017-12-20")
	y := o.year(2017)
	var expiries []reports.ExpiryRow
	var without []reports.WithoutRow
	o.must(o.ReadYear(ctx, 2017, func(y reports.Year, _ reports.YearSummary) (err error) {
		if expiries, err = read(y.Expiries); err == nil {
			without, err = read(y.Without)
		}
		return err
	}))
	var got []string
	for _, e := range expiries {
		got = append(got, fmt.Sprintf("%s %s %s %s+%s", e.Address, e.On, e.Outcome, e.Cost.Net, e.Cost.VAT))
	}
	want := []string{"mario.rossi@pec.ordine.example 2018-10-12 renews 5.00+1.10", "ada.verdi@pec.ordine.example 2018-12-28 renews 8.00+1.76"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("expiries (-want +got)\n%s", diff)
	}
	if sum := y.Next(); sum.Renewing != 2 || sum.Cost.Gross != 610+976 {
		t.Errorf("next year %+v", sum)
	}
	if len(without) != 1 || without[0].Member.Name != "Gialli Eva" || without[0].OwnPEC {
		t.Errorf("without a mailbox: %+v", without)
	}
}

// TestExpiriesThatHappenedSayWhatBecameOfThem: the report of 2017 on 01/12/2018. On
// 12/10/2018 Rossi's mailbox renewed for 6,10 and he left on 20/10; Verdi left on
// 01/03 and hers closed 60 days later, on 30/04; Neri's renews on 28/12, which is to
// come, and Bruni, who left on 25/11, will not. Gialli paid 6,10 for his.
func TestExpiriesThatHappenedSayWhatBecameOfThem(t *testing.T) {
	o := reportingOffice(t, "2017-10-12")
	rossi, verdi, gialli := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Verdi", "Ada"), o.mailbox("A5", "Gialli", "Eva")
	o.on("2017-12-28")
	o.mailbox("A3", "Neri", "Ugo")
	bruni := o.mailbox("A4", "Bruni", "Ivo")
	read := func() (rows []string, y reports.YearSummary) {
		t.Helper()
		o.must(o.ReadYear(ctx, 2017, func(year reports.Year, sum reports.YearSummary) error {
			y = sum
			for e, err := range year.Expiries {
				if err != nil {
					return err
				}
				rows = append(rows, fmt.Sprintf("%s %s %s %s+%s", e.Address, e.On, e.Outcome, e.Cost.Net, e.Cost.VAT))
			}
			return nil
		}))
		if len(y.Findings) > 0 {
			t.Errorf("%q", y.Findings)
		}
		return rows, y
	}
	o.on("2017-12-31")
	if rows, y := read(); len(rows) != 5 || y.Next().Renewing != 5 || y.Next().Cost.Gross != 5*610 {
		t.Errorf("before 2018: %q, %+v", rows, y.Next())
	}
	o.on("2018-03-01")
	o.leaves(o.holder(verdi), "2018-03-01")
	o.on("2018-06-01")
	o.must(o.SetAutoRenew(ctx, "prova", gialli, false))
	o.topUp(gialli, 610)
	_, err := o.OrderRenewal(ctx, "prova", office.RenewalRequest{Address: gialli, Wish: pec.RenewalWish{Years: 1}, KeepRecipient: true})
	o.must(err)
	o.on("2018-10-20")
	o.night()
	o.leaves(o.holder(rossi), "2018-10-20")
	o.on("2018-11-25")
	o.leaves(o.holder(bruni), "2018-11-25")
	o.on("2018-12-01")
	o.night()
	rows, y := read()
	want := []string{
		verdi + " 2018-10-12 closed 0.00+0.00", gialli + " 2018-10-12 bought 0.00+0.00", rossi + " 2018-10-12 renewed 5.00+1.10",
		bruni + " 2018-12-28 leaver 0.00+0.00", "ugo.neri@pec.ordine.example 2018-12-28 renews 5.00+1.10",
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if sum := y.Next(); sum.Expiring != 5 || sum.Renewing != 2 || sum.Cost.Gross != 2*610 {
		t.Errorf("next year %+v", sum)
	}
}

// TestYearBeforeAnyDataTellsNothingOfToday: Rossi and Verdi are on the register since
// a day that nobody wrote, and the first mailbox is of 12/10/2017. 2017 counts Verdi
// without a mailbox, 2016 nobody.
func TestYearBeforeAnyDataTellsNothingOfToday(t *testing.T) {
	o := reportingOffice(t, "2017-10-12")
	o.mailbox("A1", "Rossi", "Mario")
	o.member("A2", "Verdi", "Ada")
	o.on("2018-01-10")
	for year, without := range map[int]int{2017: 1, 2016: 0} {
		made, err := o.MakeReport(ctx, "prova", year)
		o.must(err)
		o.must(o.ReadYear(ctx, year, func(_ reports.Year, sum reports.YearSummary) error {
			if sum.Figures.Without != without || sum.NoData != (year == 2016) {
				t.Errorf("%d: %d without a mailbox, no data %v", year, sum.Figures.Without, sum.NoData)
			}
			return nil
		}))
		_, files := o.document(made.ID)
		text := strings.Join(paperLines(t, o.bytesOf(files[1])), " ")
		if strings.Contains(text, "nessun dato: l’anno è finito prima") != (year == 2016) {
			t.Errorf("%d: %.400s", year, text)
		}
	}
}
