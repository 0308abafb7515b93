package office_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (o *testOffice) compares(name, data string) office.ComparisonMade {
	o.t.Helper()
	made, err := o.Compare(ctx, "prova", office.ImportFile{Name: name, Data: []byte(data)})
	o.must(err)
	return made
}

func (o *testOffice) differences(id int64, state string) (lines []string, ids []int64) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := tx.Differences(db.DifferenceFilter{Comparison: id, State: state})
		for _, d := range list {
			lines = append(lines, fmt.Sprintf("%s %s %s %s", d.Kind, d.Address, d.Holder, d.Stake.Gross.Italian()))
			ids = append(ids, d.ID)
		}
		return err
	}))
	return lines, ids
}

func TestProvidersListIsCompared(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	rossi := o.mailbox("A1", "Rossi", "Mario")
	o.mailbox("A2", "Verdi", "Pia")
	o.colleague("A3", "Neri", "Ugo", "NREGUO80A01H501S", "")
	o.on("2018-03-01")
	list := "Casella;Codice fiscale;Data attivazione;Data scadenza;GB extra\n" + rossi + ";;12/10/2017;12/10/2018;2\nugo.neri@pec.ordine.example;NREGUO80A01H501S;01/02/2018;01/02/2019;0\n"
	made := o.compares("elenco.csv", list)
	lines, ids := o.differences(made.ID, "")
	// 5,00 € + 22 %; 2 GB of 2,50 € + 22 %.
	want := []string{"only_there ugo.neri@pec.ordine.example Neri Ugo 6,10", "only_here pia.verdi@pec.ordine.example Verdi Pia 0,00", "space mario.rossi@pec.ordine.example Rossi Mario 6,10"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	if again := o.compares("elenco.csv", list); again.Earlier != made.ID {
		t.Errorf("the same file again: %+v", again)
	}

	step := office.DifferenceStep{Comparison: made.ID, IDs: ids[1:2], State: office.DifferenceToTell, Note: "controllare"}
	for _, changed := range []int{1, 0} {
		if n, err := o.TakeDifferenceStep(ctx, "prova", step); err != nil || n != changed {
			t.Errorf("%d, %v", n, err)
		}
	}
	if told, _ := o.differences(made.ID, office.DifferenceToTell); len(told) != 1 {
		t.Errorf("%q", told)
	}
	step.State, step.Note = office.DifferenceIgnored, ""
	_, err := o.TakeDifferenceStep(ctx, "prova", step)
	o.refuses("reason_missing", err)

	// What only the provider has is taken in by the import of mailboxes.
	upload, err := o.ImportDifferences(ctx, "prova", made.ID, ids[:1])
	o.must(err)
	kind, f, err := o.Upload(ctx, upload)
	o.must(err)
	if kind != office.ImportMailboxes || !strings.Contains(string(f.Data), "ugo.neri@pec.ordine.example;NREGUO80A01H501S;01/02/2018;01/02/2019;0") || strings.Contains(string(f.Data), rossi) {
		t.Errorf("%s %s", kind, f.Data)
	}
	preview, err := o.PreviewImport(ctx, kind, f)
	o.must(err)
	if preview.Report.Created != 1 || preview.Report.Refused != 0 {
		t.Errorf("%+v", preview.Report)
	}
	_, err = o.ImportDifferences(ctx, "prova", made.ID, ids[1:2]) // the provider does not list it
	o.refuses("nobody_chosen", err)
}

// An invoice has a line for the mailbox and another for its space.
func TestLinesOfAnInvoiceAreImportedTogether(t *testing.T) {
	o := newOffice(t, "2018-03-01")
	o.colleague("A3", "Neri", "Ugo", "NREGUO80A01H501S", "")
	made := o.compares("fattura.csv", "Casella;Codice fiscale;Data attivazione;Data scadenza;GB extra;Importo netto\n"+
		"ugo.neri@pec.ordine.example;NREGUO80A01H501S;01/02/2018;01/02/2019;;5,00\nUgo.Neri@pec.ordine.example;;;;2;5,00\n")
	lines, ids := o.differences(made.ID, "")
	if diff := cmp.Diff([]string{"only_there ugo.neri@pec.ordine.example Neri Ugo 12,20"}, lines); diff != "" { // 10,00 € + 22 %
		t.Error(diff)
	}
	upload, err := o.ImportDifferences(ctx, "prova", made.ID, ids)
	o.must(err)
	_, f, err := o.Upload(ctx, upload)
	o.must(err)
	if !strings.Contains(string(f.Data), "ugo.neri@pec.ordine.example;NREGUO80A01H501S;01/02/2018;01/02/2019;2") || strings.Count(string(f.Data), "\n") != 2 {
		t.Errorf("%s", f.Data)
	}
}

// What an invoice describes is left out of what is imported, a kind is not: the
// mailbox is taken in as standard.
func TestDescriptionsOfAnInvoiceAreNotImported(t *testing.T) {
	o := newOffice(t, "2018-03-01")
	o.colleague("A3", "Neri", "Ugo", "NREGUO80A01H501S", "")
	made := o.compares("fattura.csv", "Casella;Codice fiscale;Tipologia;Data attivazione;Data scadenza;GB extra;Importo netto\n"+
		"ugo.neri@pec.ordine.example;NREGUO80A01H501S;Canone annuo;01/02/2018;01/02/2019;;5,00\nugo.neri@pec.ordine.example;;Standard;;;2;5,00\n")
	_, ids := o.differences(made.ID, "")
	upload, err := o.ImportDifferences(ctx, "prova", made.ID, ids)
	o.must(err)
	_, f, err := o.Upload(ctx, upload)
	o.must(err)
	if text := string(f.Data); strings.Contains(text, "Canone") || !strings.Contains(text, "NREGUO80A01H501S;Standard;01/02/2018;01/02/2019;2") {
		t.Errorf("%s", text)
	}
}

func TestFilesThatAreNoList(t *testing.T) {
	o := newOffice(t, "2018-03-01")
	for data, code := range map[string]string{"": "file_empty", "Cognome;Nome\nRossi;Mario\n": "columns_missing"} {
		_, err := o.Compare(ctx, "prova", office.ImportFile{Name: "x.csv", Data: []byte(data)})
		if p := pec.AsProblem(err); p == nil || p.Code != code && p.Code != "header_not_found" {
			t.Errorf("%q: %v", data, err)
		}
	}
}

// She left before the term that was renewed began, and it was told afterwards.
func TestChargeOfALeaverIsRecoverable(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	address := o.mailbox("A1", "Verdi", "Pia")
	o.on("2018-10-13")
	o.night()
	o.leaves(o.holder(address), "2018-10-01")
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := tx.RecoverableCharges(10)
		if len(list) != 1 || list[0].StartsOn != pec.Day("2018-10-12") || list[0].Price.Gross != 6_10 || list[0].LeftOn != pec.Day("2018-10-01") {
			t.Errorf("%+v", list)
		}
		if err != nil {
			return err
		}
		n, sum, err := tx.RecoverableSum()
		if n != 1 || sum != (pec.Amounts{Net: 5_00, VAT: 1_10, Gross: 6_10}) {
			t.Errorf("%d, %+v", n, sum)
		}
		return err
	}))
}
