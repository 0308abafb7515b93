package reports

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"albopec/app/pec"
)

// since compares a year with the workbook of another.
func since(t rapid.TB, then, now written, sheet string, most int) RowChanges {
	t.Helper()
	var book bytes.Buffer
	if err := then.writeXLSX(&book); err != nil {
		t.Fatal(err)
	}
	found, err := now.year().ChangesSince(&book, sheet, most)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestRowsOfAYearThatChangedAreNamed(t *testing.T) {
	then, now := smallYear(), smallYear()
	// Bianchi's name is mended and her section is another, which is marked; her
	// mailbox is suspended, which is no change; a mailbox comes late, Verdi's request
	// is gone.
	mended := bianchi
	mended.Name = "Bianchi Sofia"
	now.Mailboxes[0].Holder, now.Mailboxes[0].Section = mended, "B"
	now.Mailboxes[0].Status = pec.MailboxSuspended
	now.Mailboxes[4] = MailboxRow{"tarda@pec.montalto.example", neri, "Standard", pec.MailboxActive, day("2026-12-30"), day("2027-12-30"), 1, 0, pec.Date{}, "", day("2026-12-01"), "B", "a", 1}
	got := since(t, then, now, sheetMailboxes, 10)
	if got.All != 1 || got.AllAdded != 1 || got.AllGone != 1 || got.None() {
		t.Fatalf("%+v", got)
	}
	want := []MendedRow{{[]string{"z.bianchi@pec.montalto.example"}, []MendedCell{{"Titolare", "Bianchi Žofia", "Bianchi Sofia", false}, {"Sezione", "A", "B", true}}}}
	if diff := cmp.Diff(want, got.Mended); diff != "" {
		t.Errorf("mended (-want +got)\n%s", diff)
	}
	if row := got.Gone[0]; row[0] != "nuova@pec.montalto.example" || row[12] != "20/11/2026" {
		t.Errorf("gone %q", row)
	}
	if row := got.Added[0]; row[0] != "tarda@pec.montalto.example" || row[6] != "30/12/2026" || row[8] != "1" {
		t.Errorf("added %q", row)
	}
}

// TestTablesOfAYearThatChangedAreNamed: Bianchi of A, sector a, is of B, sector c,
// now; hers is one mailbox from the start, renewed for 6,10.
func TestTablesOfAYearThatChangedAreNamed(t *testing.T) {
	then, now := smallYear(), smallYear()
	now.Mailboxes[0].Section, now.Mailboxes[0].Sector = "B", "c"
	now.Periods[2].Section, now.Periods[2].Sector = "B", "c"
	now.Before.Members = cents(600, 132)
	var doc KeptTables
	text, err := json.Marshal(then.sum().Tables())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	const table = "Per sezione e settore del titolare"
	of := func(line string, was, is string, was5, is5, was6, is6 string) []ChangedFigure {
		return []ChangedFigure{
			{table, line, "All’inizio", was, is}, {table, line, "Rinnovate", was, is}, {table, line, "Alla fine", was, is},
			{table, line, "Costo netto", was5, is5}, {table, line, "Costo lordo", was6, is6},
		}
	}
	nought, five, six := eur("0,00 €"), eur("5,00 €"), eur("6,10 €")
	want := append(of("A, settore a", "1", "0", five, nought, six, nought), of("B, settore c", "0", "1", nought, five, nought, six)...)
	want = append(want, ChangedFigure{"Anno precedente", "–", "Ordini pagati dagli iscritti, lordo", eur("6,10 €"), eur("7,32 €")})
	if diff := cmp.Diff(want, doc.Changes(now.sum().Tables())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if same := doc.Changes(then.sum().Tables()); len(same) != 0 {
		t.Errorf("the same year differs: %+v", same)
	}
	doc.Version++
	if doc.Comparable(now.sum().Tables()) || doc.Changes(now.sum().Tables()) != nil {
		t.Error("tables of another version are compared")
	}
}

// A movement that comes late has its own row alone: the credit after each of those
// that follow is another, and follows from it.
func TestMovementThatComesLateIsOneRow(t *testing.T) {
	then, now := smallYear(), smallYear()
	late := MovementRow{19, day("2026-01-05"), neri, pec.EntryTopUp, "sportello 9", 123456, pec.ByCounter, "9", false}
	now.Movements = slices.Insert(now.Movements, 0, late)
	got := since(t, then, now, sheetCredit, 10)
	if got.All != 0 || got.AllGone != 0 || got.AllAdded != 1 || got.Added[0][0] != "19" || got.Added[0][7] != eur("1.234,56 €") {
		t.Errorf("%+v", got)
	}
	if got := since(t, then, now, sheetTopUps, 10); got.AllAdded != 1 || got.All+got.AllGone != 0 {
		t.Errorf("top-ups: %+v", got)
	}
}

func TestRowsThatChangedAreCutShortAndCounted(t *testing.T) {
	then, now := smallYear(), smallYear()
	for i := range now.Orders {
		now.Orders[i].Paid = cents(100, 22)
	}
	then.Expiries, now.Without = nil, nil
	if got := since(t, then, now, sheetOrders, 2); got.All != 3 || len(got.Mended) != 2 || got.AllAdded+got.AllGone != 0 {
		t.Errorf("orders: %+v", got)
	}
	if got := since(t, then, now, sheetExpiries, 2); got.AllAdded != 3 || len(got.Added) != 2 {
		t.Errorf("expiries: %+v", got)
	}
	if got := since(t, then, now, sheetWithout, 1); got.AllGone != 2 || len(got.Gone) != 1 || got.Gone[0][0] != "Verdi Ștefan" {
		t.Errorf("without: %+v", got)
	}
}

func TestSheetThatThereIsNotIsRefused(t *testing.T) {
	y := smallYear()
	_, err := y.year().ChangesSince(bytes.NewReader(nil), "Fogli", 1)
	if p := pec.AsProblem(err); p == nil || p.Code != "sheet_unknown" {
		t.Errorf("%v", err)
	}
	_, err = y.year().ChangesSince(bytes.NewReader([]byte("non è una cartella")), sheetOrders, 1)
	if err == nil || pec.AsProblem(err) != nil {
		t.Errorf("%v", err)
	}
}

// Whatever a year holds, its own workbook says the same.
func TestYearIsItsOwnWorkbook(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y := anyYear(t)
		var book bytes.Buffer
		if err := y.writeXLSX(&book); err != nil {
			t.Fatal(err)
		}
		for _, sheet := range YearSheets() {
			if got, err := y.year().ChangesSince(bytes.NewReader(book.Bytes()), sheet, 5); err != nil || !got.None() {
				t.Fatalf("%s: %+v, %v", sheet, got, err)
			}
		}
	})
}
