package office

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// ComparisonMade is a comparison as it was kept.
type ComparisonMade struct {
	ID      int64
	Earlier int64 // the latest comparison of this very file; 0 for none
	pec.Comparison
}

// FileComparison is the kind of a kept file that is to be compared: a provider's
// list, or the lines of its invoice.
const FileComparison = "comparison"

// Compare holds a provider's list, or the lines of its invoice, against our books
// and keeps what it found with the file and how it was read. What is overdue is
// carried out first (R6), so that a mailbox renewed tonight is not told as a
// difference. A kept file is dropped in the same transaction.
func (o *Office) Compare(ctx context.Context, actor string, f ImportFile) (ComparisonMade, error) {
	var done ComparisonMade
	file, err := LookAt(FileComparison, f)
	if err != nil {
		return done, err
	}
	reading := db.ComparisonReading{Header: titles(file), Mapping: file.Mapping.ByHeader(), Upload: f.upload, ComparisonChoices: f.Options.ComparisonChoices}
	if err := reading.Check(); err != nil {
		return done, err
	}
	reading.Scope = cmp.Or(reading.Scope, pec.ProposedScope(file.Mapping))
	if reading.Options, err = json.Marshal(f.Options.ReadingOptions); err != nil {
		return done, err
	}
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		if err := stillKept(tx, f); err != nil {
			return err
		}
		if err := overdueForAll(tx); err != nil {
			return err
		}
		in, err := mailboxBooks(&tx.ReadTx, file, tx.On)
		if err != nil {
			return err
		}
		if done.Earlier, err = tx.ComparisonOf(f.sha256()); err != nil {
			return err
		}
		done.Comparison = pec.CompareMailboxes(in, reading.ComparisonChoices)
		done.ID, err = tx.AddComparison(db.ComparisonRow{Filename: f.Name, SHA256: f.sha256(), Content: f.Data, Reading: reading, Rows: done.Rows, Equal: done.Equal, Expired: done.Expired}, done.Differences)
		if err != nil {
			return err
		}
		if f.upload != 0 {
			if err := tx.DeleteUpload(f.upload); err != nil {
				return err
			}
		}
		return tx.Record("comparison", "comparison", done.ID, map[string]any{"filename": f.Name, "rows": done.Rows, "differences": len(done.Differences), "columns": reading.Mapping, "scope": reading.Scope, "kinds": reading.Kinds})
	})
	return done, err
}

// ReadyToCompare says how a list is to be read, and whether that needs no word of
// an operator: all its titles are known, or an earlier comparison, whose number comes
// along, read the same titles as an operator said then. What is not said of the file is
// as it was said of the latest with these titles. A file that cannot be read at
// all is a Problem.
func (o *Office) ReadyToCompare(ctx context.Context, f ImportFile) (options ImportOptions, ready bool, followed int64, err error) {
	options, ready, followed, err = o.columnsToCompare(ctx, f)
	if err != nil {
		return options, ready, followed, err
	}
	f.Options = options
	file, _ := LookAt(FileComparison, f)
	if file == nil || file.HeaderRow == 0 {
		return options, ready, followed, nil
	}
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		earlier, found, err := readAlike(tx, file)
		if found {
			options.Scope, options.Kinds = cmp.Or(options.Scope, earlier.Choices.Scope), earlier.Choices.Kinds
		}
		return err
	})
	return options, ready, followed, err
}

// columnsToCompare is ReadyToCompare as far as the columns go.
func (o *Office) columnsToCompare(ctx context.Context, f ImportFile) (options ImportOptions, ready bool, followed int64, err error) {
	file, problem := LookAt(FileComparison, f)
	if file == nil {
		return f.Options, false, 0, problem
	}
	if options, followed, err = o.Recall(ctx, FileComparison, f); err != nil || file.HeaderRow == 0 { // columns without titles may be others
		return options, false, followed, err
	}
	if followed != 0 || problem != nil {
		return options, followed != 0, followed, nil
	}
	if !slices.ContainsFunc(file.Mapping, func(c pec.Column) bool { return c.By != pec.ByTitle }) {
		return options, true, 0, nil
	}
	err = o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		_, ready, err = readAlike(tx, file)
		return err
	})
	return options, ready, 0, err
}

// readAlike finds the latest comparison whose file had the titles of this one, and
// whose columns were read as its are.
func readAlike(tx *db.ReadTx, file *ReadFile) (db.Reading, bool, error) {
	earlier, err := Readings(tx, FileComparison)
	for _, r := range earlier {
		if sameTitles(r.Header, titles(file)) && maps.Equal(r.Mapping, file.Mapping.ByHeader()) {
			return r, true, err
		}
	}
	return db.Reading{}, false, err
}

// ReadComparisonAgain keeps the file of a comparison anew, read as it was, so that an
// operator can say what else its columns are; asked twice, the file that waits is
// returned. The comparison stays as it is.
func (o *Office) ReadComparisonAgain(ctx context.Context, actor string, comparison int64) (upload int64, err error) {
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		made, err := tx.Comparison(comparison)
		if err != nil {
			return err
		}
		if upload, err = tx.UploadOf(FileComparison, made.SHA256); err != nil || upload != 0 {
			return err
		}
		f, err := fileOf(made)
		if err != nil {
			return err
		}
		upload, err = keepUpload(tx, FileComparison, f)
		return err
	})
	return upload, err
}

// fileOf is the file of a comparison with how it was read.
func fileOf(made db.ComparisonRow) (ImportFile, error) {
	f := ImportFile{Name: made.Filename, Data: made.Content}
	f.Options.ComparisonChoices = made.Reading.ComparisonChoices
	proposed := pec.ListsAll
	for _, field := range made.Reading.Mapping {
		if field == string(pec.FieldNet) {
			proposed = pec.ListsSome
		}
	}
	if f.Options.Scope == proposed { // it follows the columns, were they others now
		f.Options.Scope = ""
	}
	if len(made.Reading.Options) == 0 {
		return f, nil
	}
	return f, json.Unmarshal(made.Reading.Options, &f.Options.ReadingOptions)
}

// CompareUpload compares a file that was kept, read as an operator said.
func (o *Office) CompareUpload(ctx context.Context, actor string, id int64) (ComparisonMade, error) {
	kind, f, err := o.Upload(ctx, id)
	if err == nil && kind != FileComparison {
		err = pec.Refuse("upload_unknown", "Questo file non è di un confronto.")
	}
	if err != nil {
		return ComparisonMade{}, err
	}
	return o.Compare(ctx, actor, f)
}

// Ways of dealing with a difference.
const (
	DifferenceOpen    = "open"
	DifferenceToTell  = "to_tell" // on the list for the provider
	DifferenceTold    = "told"    // which was sent
	DifferenceImport  = "import"  // the provider's data were taken into an import
	DifferenceIgnored = "ignored"
)

// DifferenceStates lists them in the order of the screens.
var DifferenceStates = []string{DifferenceOpen, DifferenceToTell, DifferenceTold, DifferenceImport, DifferenceIgnored}

// DifferenceStep is what is done about differences, one or many.
type DifferenceStep struct {
	Comparison int64
	IDs        []int64
	State      string // DifferenceOpen, DifferenceToTell, DifferenceTold or DifferenceIgnored
	Note       string // for the provider, or why they are ignored
}

func (s DifferenceStep) tidy() (DifferenceStep, error) {
	s.Note = strings.Join(strings.Fields(s.Note), " ")
	switch {
	case !slices.Contains(DifferenceStates, s.State) || s.State == DifferenceImport:
		return s, pec.Refuse("action_unknown", "Scelga che cosa fare.").On("azione")
	case len(s.IDs) == 0:
		return s, pec.Refuse("nobody_chosen", "Spunti almeno una differenza.").On("id")
	case s.State == DifferenceIgnored && s.Note == "":
		return s, pec.Refuse("reason_missing", "Scriva perché la differenza si può ignorare.").On("text")
	case utf8.RuneCountInString(s.Note) > maxNote:
		return s, pec.Refuse("value_too_long", "Il testo supera i %d caratteri: lo abbrevi.", maxNote).On("text")
	}
	return s, nil
}

// ReviewDifferences are the differences that a step is about.
func (o *Office) ReviewDifferences(tx *db.ReadTx, s DifferenceStep) ([]db.DifferenceRow, error) {
	s, err := s.tidy()
	if err != nil {
		return nil, err
	}
	return chosenDifferences(tx, s.Comparison, s.IDs)
}

func chosenDifferences(tx *db.ReadTx, comparison int64, ids []int64) ([]db.DifferenceRow, error) {
	list, err := tx.Differences(db.DifferenceFilter{Comparison: comparison})
	return slices.DeleteFunc(list, func(d db.DifferenceRow) bool { return !slices.Contains(ids, d.ID) }), err
}

// TakeDifferenceStep writes what is done about differences and returns of how
// many that changed.
func (o *Office) TakeDifferenceStep(ctx context.Context, actor string, s DifferenceStep) (int, error) {
	s, err := s.tidy()
	if err != nil {
		return 0, err
	}
	changed := 0
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		changed = 0
		list, err := chosenDifferences(&tx.ReadTx, s.Comparison, s.IDs)
		if err != nil {
			return err
		}
		for _, d := range list {
			if d.State == s.State && d.StateNote == s.Note {
				continue
			}
			if err := tx.SetDifference(d.ID, s.State, s.Note); err != nil {
				return err
			}
			changed++
		}
		if changed == 0 {
			return nil
		}
		return recordStep(tx, s.Comparison, s.State, s.Note, changed)
	})
	return changed, err
}

// ImportDifferences takes the provider's rows of the differences chosen into a
// file for the import of mailboxes, which is kept and returned: its preview shows
// what it would mend here, and what it leaves.
func (o *Office) ImportDifferences(ctx context.Context, actor string, comparison int64, ids []int64) (upload int64, err error) {
	var row db.ComparisonRow
	var list []db.DifferenceRow
	var agreements []pec.Agreement
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		if row, err = tx.Comparison(comparison); err != nil {
			return err
		}
		if list, err = chosenDifferences(tx, comparison, ids); err != nil {
			return err
		}
		agreements, err = tx.Agreements()
		return err
	})
	if err != nil {
		return 0, err
	}
	wanted := map[int]bool{}
	for _, d := range list {
		if d.Row > 0 && d.Kind != pec.UnreadableThem {
			wanted[d.Row] = true
		}
	}
	if len(wanted) == 0 {
		return 0, pec.Refuse("nobody_chosen", "Spunti almeno una differenza di una casella che il gestore elenca.").On("id")
	}
	data, err := rowsAsImport(row, wanted, agreements)
	if err != nil {
		return 0, err
	}
	f := ImportFile{Name: fmt.Sprintf("confronto-%d.csv", comparison), Data: data}
	for _, d := range list {
		if wanted[d.Row] && d.Kind != pec.UnreadableThem {
			f.Options.Differences = append(f.Options.Differences, d.ID)
		}
	}
	return upload, o.write(ctx, actor, func(tx *db.Tx) error {
		if upload, err = keepUpload(tx, ImportMailboxes, f); err != nil {
			return err
		}
		for _, id := range f.Options.Differences {
			if err := tx.SetDifference(id, DifferenceImport, "L’importazione è da finire."); err != nil {
				return err
			}
		}
		return recordStep(tx, comparison, DifferenceImport, "", len(f.Options.Differences))
	})
}

func recordStep(tx *db.Tx, comparison int64, state, note string, n int) error {
	return tx.Record("comparison.step", "comparison", comparison, map[string]any{"state": state, "differences": n, "reason": note})
}

// reopen opens differences again, which come by their comparisons, and says why.
func reopen(tx *db.Tx, list []db.DifferenceRow, why string) error {
	return setTaken(tx, list, DifferenceOpen, why)
}

func setTaken(tx *db.Tx, list []db.DifferenceRow, state, note string) error {
	n := 0
	for i, d := range list {
		if err := tx.SetDifference(d.ID, state, note); err != nil {
			return err
		}
		if n++; i+1 < len(list) && list[i+1].ComparisonID == d.ComparisonID {
			continue
		}
		if err := recordStep(tx, d.ComparisonID, state, note, n); err != nil {
			return err
		}
		n = 0
	}
	return nil
}

// settleDifferences says of the differences that a written file was made of with which
// import they were taken in, and returns them; those whose rows it refused, or that
// changed nothing, are open again.
func settleDifferences(tx *db.Tx, batch, upload int64, plan pec.ImportPlan) ([]int64, error) {
	taken, err := tx.DifferencesOfUpload(upload)
	if err != nil || len(taken) == 0 {
		return nil, err
	}
	outcomes := map[string]pec.Outcome{}
	for i := range plan.Len() {
		outcomes[plan.About(i)] = plan.Outcome(i)
	}
	var written, refused, unchanged []db.DifferenceRow
	var ids []int64
	for _, d := range taken {
		switch outcomes[d.Address] {
		case pec.OutcomeCreated, pec.OutcomeUpdated:
			written, ids = append(written, d), append(ids, d.ID)
		case pec.OutcomeUnchanged:
			unchanged = append(unchanged, d)
		default:
			refused = append(refused, d)
		}
	}
	if err := setTaken(tx, written, DifferenceImport, fmt.Sprintf("Importazione n. %d.", batch)); err != nil {
		return nil, err
	}
	if err := reopen(tx, unchanged, fmt.Sprintf("L’importazione n. %d non ha cambiato nulla.", batch)); err != nil {
		return nil, err
	}
	return ids, reopen(tx, refused, fmt.Sprintf("L’importazione n. %d ha respinto la riga.", batch))
}

// reopenUndone opens again the differences that an import settled and its undo takes
// back, except of mailboxes that the undo left as they are.
func reopenUndone(tx *db.Tx, batch int64, kept []Kept) error {
	b, err := tx.Batch(batch)
	if err != nil {
		return err
	}
	var report struct {
		Differences []int64 `json:"differences"`
	}
	if err := json.Unmarshal(b.Report, &report); err != nil {
		return fmt.Errorf("report of batch %d: %w", batch, err)
	}
	list, err := tx.DifferencesTaken(report.Differences)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(d db.DifferenceRow) bool {
		return slices.ContainsFunc(kept, func(k Kept) bool { return k.Name == d.Address })
	})
	return reopen(tx, list, fmt.Sprintf("L’importazione n. %d è stata annullata.", batch))
}

// rowsAsImport prints some rows of a compared file under the titles of the import.
// What the first line of a mailbox on an invoice does not say, its others do; what
// an invoice describes and is no kind of ours is left out.
func rowsAsImport(row db.ComparisonRow, wanted map[int]bool, agreements []pec.Agreement) ([]byte, error) {
	f, err := fileOf(row)
	if err != nil {
		return nil, err
	}
	file, err := LookAt(FileComparison, f)
	if err != nil {
		return nil, err
	}
	t := reports.Table{Title: "Caselle"}
	var columns []int
	for _, f := range pec.MailboxLayout.Fields {
		if c, ok := file.Mapping.Column(f.Field); ok || f.Field == pec.FieldTaxCode {
			t.Columns = append(t.Columns, reports.Column{Title: f.Title})
			if !ok {
				c.Index = -1
			}
			columns = append(columns, c.Index)
		}
	}
	address, _ := file.Mapping.Column(pec.FieldMailbox)
	_, priced := file.Mapping.Column(pec.FieldNet)
	kind, hasKind := file.Mapping.Column(pec.FieldKind)
	lines := map[string][]any{}
	for _, r := range file.Rows {
		cell := func(column int) string {
			if column < 0 || column >= len(r.Cells) {
				return ""
			}
			if column == address.Index {
				if one, ok := pec.ListedAddress(r.Cells[column]); ok {
					return one
				}
			}
			if hasKind && column == kind.Index {
				if code, ok := row.Reading.KindOf(r.Cells[column]); ok {
					return code
				}
			}
			if priced && hasKind && column == kind.Index && !pec.NamesKind(agreements, r.Cells[column]) {
				return ""
			}
			return r.Cells[column]
		}
		of := strings.ToLower(strings.TrimSpace(cell(address.Index)))
		cells := lines[of]
		switch {
		case wanted[r.Number]:
			cells = make([]any, len(columns))
			lines[of] = cells
			t.Rows = append(t.Rows, cells)
		case cells == nil || !priced:
			continue
		}
		for i, c := range columns {
			if cells[i] == nil || cells[i] == "" {
				cells[i] = cell(c)
			}
		}
	}
	var b bytes.Buffer
	err = t.WriteCSV(&b)
	return b.Bytes(), err
}

// DifferencesTable is differences as a list to be taken away.
func DifferencesTable(list []db.DifferenceRow, title string) reports.Table {
	t := reports.Table{Title: title, Columns: []reports.Column{
		{Title: "Differenza"}, {Title: "Casella"}, {Title: "Titolare"}, {Title: "Dal gestore"}, {Title: "Qui"},
		{Title: "Netto all’anno", Kind: reports.Money, Total: true}, {Title: "IVA", Kind: reports.Money, Total: true}, {Title: "Lordo all’anno", Kind: reports.Money, Total: true},
		{Title: "Nota"}, {Title: "Riga del file", Kind: reports.Integer}, {Title: "Che cosa si è fatto"},
	}}
	for _, d := range list {
		var row any
		if d.Row > 0 {
			row = d.Row
		}
		var net, vat, gross any // blank where there is no amount
		if d.Stake != (pec.Amounts{}) {
			net, vat, gross = d.Stake.Net, d.Stake.VAT, d.Stake.Gross
		}
		note := strings.TrimSpace(d.Note + " " + d.StateNote)
		t.Rows = append(t.Rows, []any{d.Kind, d.Address, d.Holder, d.Theirs, d.Ours, net, vat, gross, note, row, DifferenceStateInWords(d.State)})
	}
	return t
}

// DifferenceStateInWords is what was done about a difference, in Italian.
func DifferenceStateInWords(state string) string {
	switch state {
	case DifferenceToTell:
		return "da segnalare al gestore"
	case DifferenceTold:
		return "segnalata al gestore"
	case DifferenceImport:
		return "presa in un’importazione"
	case DifferenceIgnored:
		return "ignorata"
	}
	return "aperta"
}
