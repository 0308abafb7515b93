package office_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

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

// The provider calls its columns as nobody else does: an operator says once what
// they are, and the same titles need no word the next month.
func TestColumnsOfAListAreTold(t *testing.T) {
	o := newOffice(t, "2018-03-01")
	ours := o.mailbox("A1", "Rossi", "Mario")
	o.colleague("A3", "Neri", "Ugo", "NREGUO80A01H501S", "")
	list := func(name, expires string) office.ImportFile {
		return office.ImportFile{Name: name, Data: []byte("Account;Intestazione fiscale;Avvio;Chiusura periodo;Spazio comperato;Nostra sigla\n" +
			"ugo.neri@pec.ordine.example;NREGUO80A01H501S;01/02/2018;" + expires + ";2;x1\n" + ours + ";;;;;x2\n")}
	}
	f := list("marzo.csv", "01/02/2019")
	if _, ready, _, err := o.ReadyToCompare(ctx, f); ready || err != nil {
		t.Fatalf("ready by itself: %v, %v", ready, err)
	}
	id, err := o.KeepUpload(ctx, "prova", office.FileComparison, f)
	o.must(err)
	f.Options.Columns = map[string]string{"Account": "mailbox", "Intestazione fiscale": "tax_code", "Avvio": "activated_on", "Chiusura periodo": "expires_on", "Spazio comperato": "extra_gb", "Nostra sigla": ""}
	o.must(o.ReadUploadAs(ctx, "prova", id, f.Options))
	made, err := o.CompareUpload(ctx, "prova", id)
	o.must(err)
	lines, ids := o.differences(made.ID, "")
	if diff := cmp.Diff([]string{"only_there ugo.neri@pec.ordine.example Neri Ugo 12,20"}, lines); diff != "" { // 5,00 € and 2 GB of 2,50 €, + 22 %
		t.Error(diff)
	}
	_, err = o.CompareUpload(ctx, "prova", id) // pressed twice
	o.refuses("upload_unknown", err)
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		became, err := tx.ComparisonOfUpload(id)
		if became != made.ID {
			t.Errorf("the file became %d", became)
		}
		if err != nil {
			return err
		}
		log, err := tx.Audit("comparison", made.ID, 5)
		if len(log) != 1 || log[0].Action != "comparison" || !strings.Contains(string(log[0].Detail), `"Avvio":"activated_on"`) {
			t.Errorf("the log says %+v", log)
		}
		return err
	}))

	// What is taken into an import is read by the same columns.
	upload, err := o.ImportDifferences(ctx, "prova", made.ID, ids)
	o.must(err)
	_, taken, err := o.Upload(ctx, upload)
	o.must(err)
	if !strings.Contains(string(taken.Data), "ugo.neri@pec.ordine.example;NREGUO80A01H501S;01/02/2018;01/02/2019;2") {
		t.Errorf("%s", taken.Data)
	}

	mixed := office.ImportFile{Name: "misto.csv", Data: []byte("Nostra sigla;Chiusura periodo;Account;Intestazione fiscale;Spazio comperato;Avvio\nx2;;" + ours + ";;;\n")}
	if options, ready, followed, err := o.ReadyToCompare(ctx, mixed); err != nil || !ready || followed != made.ID || options.Columns["Chiusura periodo"] != "expires_on" {
		t.Errorf("in another order: %v %v %d %v", options, ready, followed, err)
	}
	next := list("aprile.csv", "02/02/2019")
	options, ready, followed, err := o.ReadyToCompare(ctx, next)
	if err != nil || !ready || followed != made.ID || options.Columns["Account"] != "mailbox" || options.Columns["Nostra sigla"] != "" {
		t.Fatalf("%v %v %d %v", options, ready, followed, err)
	}
	next.Options = options
	again, err := o.Compare(ctx, "prova", next)
	o.must(err)
	if again.Rows != 2 || len(again.Differences) != 1 || again.Earlier != 0 {
		t.Errorf("%+v", again)
	}
}

// Whether a list needs to be asked about.
func TestListsThatNeedNoWord(t *testing.T) {
	o := newOffice(t, "2018-03-01")
	ours := o.mailbox("A1", "Rossi", "Mario")
	ready := func(text string) bool {
		t.Helper()
		_, ready, _, err := o.ReadyToCompare(ctx, office.ImportFile{Name: "x.csv", Data: []byte(text)})
		o.must(err)
		return ready
	}
	const odd = "Casella;Quota 2018\nada@pec.ordine.example;5,00\n"
	for _, row := range []struct {
		what, text string
		want       bool
	}{
		{"all titles known", "Casella;Scadenza\nada@pec.ordine.example;12/10/2018\n", true},
		{"the only title known", "Casella\nada@pec.ordine.example\n", true},
		{"a title unknown", odd, false},
		{"known by its values only", "Sigla;Scadenza\nada@pec.ordine.example;12/10/2018\n", false},
		{"the necessary one missing", "Cognome;Scadenza\nRossi;12/10/2018\n", false},
		{"no titles", "ada@pec.ordine.example;12/10/2018\n", false},
		{"no rows", "Casella;Scadenza\n", false},
	} {
		if got := ready(row.text); got != row.want {
			t.Errorf("%s: %v", row.what, got)
		}
	}
	// Seen once by an operator who left it as it was, it is not asked about again.
	o.compares("quote.csv", odd)
	if ready(odd) {
		t.Error("what met no mailbox of ours is remembered")
	}
	met := odd + ours + ";5,00\n"
	o.compares("quote.csv", met)
	if !ready(odd) {
		t.Error("it is asked about twice")
	}
	// Numbered columns may be others the next month.
	_, err := o.Compare(ctx, "prova", office.ImportFile{Name: "y.csv", Data: []byte("ada@pec.ordine.example;12/10/2018\n"), Options: office.ImportOptions{ReadingOptions: office.ReadingOptions{Columns: map[string]string{"Colonna 1": "mailbox", "Colonna 2": "expires_on"}}}})
	o.must(err)
	if ready("ada@pec.ordine.example;12/10/2018\n") {
		t.Error("columns without titles are remembered")
	}
	if _, _, _, err := o.ReadyToCompare(ctx, office.ImportFile{Name: "x.csv"}); pec.AsProblem(err) == nil {
		t.Errorf("an empty file: %v", err)
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

// Types in the column of the mailboxes are refused wherever they are compared; read
// again with the right one, the comparison of before stays.
func TestWrongColumnOfMailboxesIsRefusedAndReadAgain(t *testing.T) {
	o := newOffice(t, "2018-03-01")
	ours := o.mailbox("A1", "Rossi", "Mario")
	list := office.ImportFile{Name: "ottobre.csv", Data: []byte("Account remoto;Contatto;Tipo prodotto\n" + ours + ";uno@posta.example;PEC Basic 1GB\n")}
	read := func(column string) {
		list.Options.Columns = map[string]string{"Account remoto": "", "Contatto": "", "Tipo prodotto": ""}
		list.Options.Columns[column] = "mailbox"
	}
	read("Tipo prodotto")
	_, err := o.Compare(ctx, "prova", list)
	o.refuses("mailbox_column_wrong", err)

	// Addresses of others are compared, and not remembered.
	read("Contatto")
	wrong, err := o.Compare(ctx, "prova", list)
	o.must(err)
	next := office.ImportFile{Name: "novembre.csv", Data: []byte("Account remoto;Contatto;Tipo prodotto\naltra@pec.ordine.example;due@posta.example;PEC Basic 1GB\n")}
	if _, ready, followed, err := o.ReadyToCompare(ctx, next); err != nil || ready || followed != 0 {
		t.Errorf("ready %v, followed %d, %v", ready, followed, err)
	}
	upload, err := o.ReadComparisonAgain(ctx, "prova", wrong.ID)
	o.must(err)
	if again, err := o.ReadComparisonAgain(ctx, "prova", wrong.ID); err != nil || again != upload {
		t.Errorf("pressed twice it is %d, not %d; %v", again, upload, err)
	}
	_, f, err := o.Upload(ctx, upload)
	o.must(err)
	if f.Options.Columns["Contatto"] != "mailbox" || string(f.Data) != string(list.Data) {
		t.Errorf("kept as %+v", f.Options)
	}
	read("Account remoto")
	o.must(o.ReadUploadAs(ctx, "prova", upload, list.Options))
	right, err := o.CompareUpload(ctx, "prova", upload)
	o.must(err)
	if right.Earlier != wrong.ID || right.Equal != 1 || len(right.Differences) != 0 {
		t.Errorf("%+v", right)
	}
	if lines, _ := o.differences(wrong.ID, ""); len(lines) != 2 { // uno@ only there, ours only here
		t.Errorf("the one of before says %q", lines)
	}
	if _, ready, _, err := o.ReadyToCompare(ctx, next); err != nil || !ready {
		t.Errorf("what is read as it was is asked about: %v", err)
	}
	_, err = o.ReadComparisonAgain(ctx, "prova", 99)
	o.refuses("comparison_unknown", err)
}

// The address of an invoice's description is taken out of its words, and into an
// import as well.
func TestAddressAmongTheWordsOfAnInvoice(t *testing.T) {
	o := newOffice(t, "2018-03-01")
	ours := o.mailbox("A1", "Rossi", "Mario")
	o.colleague("A3", "Neri", "Ugo", "NREGUO80A01H501S", "")
	made := o.compares("fattura.csv", "Descrizione;CF;Attivazione;Scadenza;Importo netto\nCanone PEC "+ours+" 2018;;;;5,00\n\"Canone PEC Ugo.Neri@pec.ordine.example, anno 2018\";NREGUO80A01H501S;01/02/2018;01/02/2019;5,00\n")
	lines, ids := o.differences(made.ID, "")
	if diff := cmp.Diff([]string{"only_there ugo.neri@pec.ordine.example Neri Ugo 6,10"}, lines); diff != "" { // 5,00 € + 22 %
		t.Error(diff)
	}
	upload, err := o.ImportDifferences(ctx, "prova", made.ID, ids)
	o.must(err)
	_, f, err := o.Upload(ctx, upload)
	o.must(err)
	if !strings.Contains(string(f.Data), "\nugo.neri@pec.ordine.example;NREGUO80A01H501S;01/02/2018;01/02/2019") {
		t.Errorf("%s", f.Data)
	}
}

// What was taken into an import is settled when that is written: a file that is dropped,
// by hand or by housekeeping, and an import that is taken back open it again. Ugo's
// mailbox is new; Ada is on no register, so that her row is refused.
func TestDifferencesFollowTheirImport(t *testing.T) {
	o := newOffice(t, "2018-03-01")
	o.colleague("A3", "Neri", "Ugo", "NREGUO80A01H501S", "")
	made := o.compares("elenco.csv", "Casella;Codice fiscale;Data attivazione;Data scadenza\nugo.neri@pec.ordine.example;NREGUO80A01H501S;01/02/2018;01/02/2019\nada.bini@pec.ordine.example;BNCNNA80A41H501R;01/02/2018;01/02/2019\n")
	_, ids := o.differences(made.ID, "")
	says := func(when string, want ...string) {
		t.Helper()
		var got []string
		o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
			list, err := tx.Differences(db.DifferenceFilter{Comparison: made.ID})
			for _, d := range list {
				got = append(got, d.State+" "+d.StateNote)
			}
			return err
		}))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	take := func() int64 {
		t.Helper()
		upload, err := o.ImportDifferences(ctx, "prova", made.ID, ids)
		o.must(err)
		return upload
	}
	const waits = "import L’importazione è da finire."
	upload := take()
	says("taken", waits, waits)
	o.must(o.ReadUploadAs(ctx, "prova", upload, office.ImportOptions{})) // read in another way it is still theirs
	twice := take()
	o.must(o.DropUpload(ctx, "prova", twice))
	says("taken twice, dropped once", waits, waits)
	o.must(o.DropUpload(ctx, "prova", upload))
	const dropped = "open L’importazione è stata annullata prima di scriverla."
	says("dropped", dropped, dropped)

	take()
	o.later(61 * 24 * time.Hour)
	_, err := o.Tidy(ctx, "prova")
	o.must(err)
	o.on("2018-05-01")
	const forgotten = "open L’importazione non è stata finita, e il suo file non è più conservato."
	says("left for two months", forgotten, forgotten)

	upload = take()
	_, f, err := o.Upload(ctx, upload)
	o.must(err)
	preview, err := o.PreviewImport(ctx, office.ImportMailboxes, f)
	o.must(err)
	report, err := o.WriteUpload(ctx, "prova", upload, preview.Plan.Fingerprint(), nil)
	o.must(err)
	const refused = "open L’importazione n. 1 ha respinto la riga."
	if report.Batch != 1 || report.Created != 1 || report.Refused != 1 {
		t.Fatalf("%+v", report)
	}
	says("written", refused, "import Importazione n. 1.")
	_, err = o.UndoImport(ctx, "prova", 1)
	o.must(err)
	says("taken back", refused, "open L’importazione n. 1 è stata annullata.")

	// An operator's word of meanwhile stays.
	upload = take()
	_, err = o.TakeDifferenceStep(ctx, "prova", office.DifferenceStep{Comparison: made.ID, IDs: ids[:1], State: office.DifferenceIgnored, Note: "è della vecchia gestione"})
	o.must(err)
	o.must(o.DropUpload(ctx, "prova", upload))
	says("ignored meanwhile", "ignored è della vecchia gestione", dropped)
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		log, err := tx.Audit("comparison", made.ID, 50)
		if len(log) != 1+2+1+1+1+3+1+1+1+1 { // made; taken twice; dropped; taken; tidied; taken and written, one of each; taken back; taken; ignored; dropped
			t.Errorf("%d entries in the log", len(log))
		}
		return err
	}))
}

// What a file lists is kept with its comparison, and holds for the next one with the
// same titles: a list of prices is called complete once.
func TestWhatAFileListsIsRemembered(t *testing.T) {
	o := newOffice(t, "2018-03-01")
	ours := o.mailbox("A1", "Rossi", "Mario")
	o.mailbox("A2", "Verdi", "Pia")
	list := office.ImportFile{Name: "ottobre.csv", Data: []byte("Casella;Importo netto\n" + ours + ";5,00\n")}
	scopeOf := func(id int64) (scope pec.ListScope) {
		o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
			c, err := tx.Comparison(id)
			scope = c.Reading.Scope
			return err
		}))
		return scope
	}
	made, err := o.Compare(ctx, "prova", list)
	o.must(err)
	if len(made.Differences) != 0 || scopeOf(made.ID) != pec.ListsSome {
		t.Errorf("an invoice: %+v, %s", made.Differences, scopeOf(made.ID))
	}
	list.Options.Scope = pec.ListsAll
	made, err = o.Compare(ctx, "prova", list)
	o.must(err)
	if made.Count(pec.OnlyHere) != 1 || scopeOf(made.ID) != pec.ListsAll {
		t.Errorf("a list of all: %+v, %s", made.Differences, scopeOf(made.ID))
	}
	next := office.ImportFile{Name: "novembre.csv", Data: []byte("Casella;Importo netto\n" + ours + ";6,00\n")}
	if options, ready, _, err := o.ReadyToCompare(ctx, next); err != nil || !ready || options.Scope != pec.ListsAll {
		t.Errorf("%v, %v, %v", options, ready, err)
	}
	next.Options.Scope = pec.ListsSome // said of this one
	if options, _, _, err := o.ReadyToCompare(ctx, next); err != nil || options.Scope != pec.ListsSome {
		t.Errorf("%v, %v", options, err)
	}
	list.Options.Scope = "none"
	_, err = o.Compare(ctx, "prova", list)
	o.refuses("scope_unknown", err)
}

// A difference without an amount has none in the list that is taken away either.
func TestListOfDifferencesIsBlankWithoutAnAmount(t *testing.T) {
	table := office.DifferencesTable([]db.DifferenceRow{{Difference: pec.Difference{Kind: pec.ExpiryDiffers}}, {Difference: pec.Difference{Kind: pec.OnlyThere, Stake: pec.Amounts{Net: 5_00, VAT: 1_10, Gross: 6_10}}}}, "Elenco")
	if table.Rows[0][5] != nil || table.Rows[0][6] != nil || table.Rows[0][7] != nil {
		t.Errorf("%v", table.Rows[0])
	}
	if table.Rows[1][5] != pec.Cents(5_00) || table.Rows[1][7] != pec.Cents(6_10) {
		t.Errorf("%v", table.Rows[1])
	}
	var text, sheet bytes.Buffer
	for _, err := range []error{table.WriteXLSX(&sheet), table.WriteCSV(&text)} {
		if err != nil {
			t.Error(err)
		}
	}
	if !strings.Contains(text.String(), ";5,00;1,10;6,10;") || strings.Contains(text.String(), "0,00;0,00") {
		t.Errorf("%s", text.String())
	}
}

// A row whose kind an operator named is imported with ours.
func TestNamedKindIsImportedAsOurs(t *testing.T) {
	o := newOffice(t, "2018-03-01")
	o.colleague("A3", "Neri", "Ugo", "NREGUO80A01H501S", "")
	f := office.ImportFile{Name: "elenco.csv", Data: []byte("Casella;Codice fiscale;Tipologia;Data attivazione;Data scadenza\nugo.neri@pec.ordine.example;NREGUO80A01H501S;PEC Basic 1GB;01/02/2018;01/02/2019\n")}
	f.Options.Kinds = map[string]string{"PEC Basic 1GB": "standard"}
	made, err := o.Compare(ctx, "prova", f)
	o.must(err)
	lines, ids := o.differences(made.ID, "")
	if diff := cmp.Diff([]string{"only_there ugo.neri@pec.ordine.example Neri Ugo 6,10"}, lines); diff != "" { // 5,00 € + 22 %
		t.Error(diff)
	}
	upload, err := o.ImportDifferences(ctx, "prova", made.ID, ids)
	o.must(err)
	kind, taken, err := o.Upload(ctx, upload)
	o.must(err)
	preview, err := o.PreviewImport(ctx, kind, taken)
	o.must(err)
	if !strings.Contains(string(taken.Data), ";standard;") || preview.Report.Created != 1 {
		t.Errorf("%s %+v", taken.Data, preview.Report)
	}
}
