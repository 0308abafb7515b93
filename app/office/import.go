package office

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"albopec/app/intake"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// Kinds of imports.
const (
	ImportMembers   = "members"
	ImportMailboxes = "mailboxes"
	ImportServices  = "services"
	ImportOutcomes  = "outcomes" // what the provider answers
	ImportPayments  = "payments"
)

// ReadingOptions are an operator's choices of how to read a foreign file.
type ReadingOptions = intake.Options

// ImportOptions are an operator's choices of how to read a file, and of what it
// may do.
type ImportOptions struct {
	ReadingOptions
	pec.ImportChoices
	pec.ComparisonChoices
	// Differences are those of a comparison that the file was made of.
	Differences []int64 `json:"differences,omitempty"`
}

// Encodings are those that a text file may be read in.
var Encodings = intake.Encodings

// ReadFile is a foreign file, read: its columns and rows.
type ReadFile = intake.File

// ImportFile is a foreign file with the operator's choices of how to read it.
type ImportFile struct {
	Name    string
	Data    []byte
	Options ImportOptions
	// Progress, when set, hears after each row how many are written, of how many.
	Progress func(done, all int)

	upload int64 // of a file that was kept: dropped with the write
}

func (f ImportFile) sha256() string {
	sum := sha256.Sum256(f.Data)
	return hex.EncodeToString(sum[:])
}

// ImportReport is what an import did, or would do: kept with its batch, shown
// on its page, printed by the command line.
type ImportReport struct {
	Batch     int64             `json:"batch"`            // 0 while it is only a preview
	Upload    int64             `json:"upload,omitempty"` // the kept file that it was
	Format    string            `json:"format"`
	Encoding  string            `json:"encoding"`
	Delimiter string            `json:"delimiter"`
	Sheet     string            `json:"sheet"`
	HeaderRow int               `json:"header_row"`
	Mapping   map[string]string `json:"mapping"`
	Rows      int               `json:"rows"`
	Created   int               `json:"created"`
	Updated   int               `json:"updated"`
	Unchanged int               `json:"unchanged"`
	Refused   int               `json:"refused"`
	Warnings  int               `json:"warnings"`
	Missing   int               `json:"missing_from_file"`
	Skipped   int               `json:"skipped"` // of the unchanged, left as they are by choice
	Left      int               `json:"left"`    // of the missing, marked as having left
	Problems  []pec.RowProblem  `json:"problems"`
	// Header, RefusedRows and Ignored let the refused rows come back as a
	// workbook, and tell what was not read as data.
	Header      []string         `json:"header"`
	RefusedRows []pec.Row        `json:"refused_rows"`
	Ignored     []intake.Ignored `json:"ignored"`
	// Names tells of whom the rows with problems speak, by their number.
	Names map[int]string `json:"names,omitempty"`
	// Keys are the tax code and number by which they speak of a member.
	Keys map[int]RowKeys `json:"keys,omitempty"`
	// Answers counts what became of the requests, of a file of outcomes only.
	Answers *pec.OutcomeCounts `json:"answers,omitempty"`
	// Differences are those of a comparison that the import settled.
	Differences []int64 `json:"differences,omitempty"`
	// Payments adds the new ones up, of a list of payments only.
	Payments *pec.PaymentSums `json:"payments,omitempty"`
}

// RowKeys is by what a row of a member file speaks of somebody: of a known member
// those of the register.
type RowKeys struct {
	TaxCode            string `json:"tax_code,omitempty"`
	RegistrationNumber string `json:"registration_number,omitempty"`
}

// ImportPreview is a file read and planned, nothing written.
type ImportPreview struct {
	Kind    string
	File    *ReadFile
	Choices pec.ImportChoices
	Plan    pec.ImportPlan
	Report  ImportReport
	stamp   string
}

// importing is what one kind of import does in its own way; the rest is common
// to all.
type importing interface {
	layout() pec.Layout
	// plan decides what a file does to the books as they stand.
	plan(tx *db.ReadTx, file *intake.File, choices pec.ImportChoices, today pec.Date) (pec.ImportPlan, error)
	// settle carries out what is overdue and would change the plan.
	settle(tx *db.Tx, plan pec.ImportPlan) error
	// write writes the rows that are created and updated, and the members that
	// leave, and calls step after each.
	write(tx *db.Tx, batch int64, plan pec.ImportPlan, step func()) error
}

var importKinds = map[string]importing{ImportMembers: memberImport{}, ImportMailboxes: mailboxImport{}, ImportServices: serviceImport{}, ImportOutcomes: outcomeImport{}, ImportPayments: paymentImport{}}

// LayoutOf is how files of a kind of import, or of a comparison, are laid out.
func LayoutOf(kind string) pec.Layout {
	if kind == FileComparison {
		return pec.ComparisonLayout
	}
	return importKinds[kind].layout()
}

// ImportStamp changes whenever the books do on which the plan of a file of this
// kind depends.
func ImportStamp(tx *db.ReadTx, kind string) (string, error) {
	stamp, err := tx.RegisterStamp()
	if err != nil || kind != ImportPayments {
		return stamp, err
	}
	money, err := tx.MoneyStamp()
	return stamp + " " + money, err
}

// PreviewImport reads a file of a kind and plans what importing it would do
// (R23 to R25). A file that cannot be read is a Problem.
func (o *Office) PreviewImport(ctx context.Context, kind string, f ImportFile) (ImportPreview, error) {
	file, err := LookAt(kind, f)
	if err != nil {
		return ImportPreview{}, err
	}
	return o.PlanImport(ctx, kind, file, f.Options.ImportChoices)
}

// PlanImport plans a file that was read.
func (o *Office) PlanImport(ctx context.Context, kind string, file *ReadFile, choices pec.ImportChoices) (p ImportPreview, err error) {
	if err := choices.Leavers.Check(o.Today()); err != nil {
		return p, err
	}
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		p, err = o.planImport(tx, kind, file, choices)
		return err
	})
	return p, err
}

func (o *Office) planImport(tx *db.ReadTx, kind string, file *ReadFile, choices pec.ImportChoices) (ImportPreview, error) {
	p := ImportPreview{Kind: kind, File: file, Choices: choices}
	var err error
	if p.stamp, err = ImportStamp(tx, kind); err != nil {
		return p, err
	}
	if p.Plan, err = importKinds[kind].plan(tx, file, choices, o.Today()); err != nil {
		return p, err
	}
	p.Report = reportOf(file, p.Plan)
	return p, nil
}

func reportOf(f *intake.File, plan pec.ImportPlan) ImportReport {
	c := plan.Counts()
	r := ImportReport{
		Format: f.Format, Encoding: f.Encoding, Delimiter: f.Delimiter, Sheet: f.Sheet, HeaderRow: f.HeaderRow, Mapping: f.Mapping.ByHeader(),
		Rows: c.Rows, Created: c.Created, Updated: c.Updated, Unchanged: c.Unchanged, Refused: c.Refused, Warnings: c.Warnings,
		Missing: plan.MissingCount(), Skipped: c.Skipped, Left: c.Left, Ignored: f.Ignored, Header: titles(f), Names: map[int]string{},
	}
	switch plan := plan.(type) {
	case pec.OutcomePlan:
		n := plan.ByRequest()
		r.Answers = &n
	case pec.PaymentPlan:
		sums := plan.Sums()
		r.Payments = &sums
	}
	members, ofMembers := plan.(*pec.MemberDraft)
	if ofMembers {
		r.Keys = map[int]RowKeys{}
	}
	for i := range plan.Len() {
		if plan.Outcome(i) == pec.OutcomeRefused {
			r.RefusedRows = append(r.RefusedRows, plan.Source(i))
		}
		if problems := plan.ProblemsOf(i); len(problems) > 0 {
			r.Problems = append(r.Problems, problems...)
			row := plan.Source(i).Number
			if !ofMembers {
				r.Names[row] = plan.About(i)
				continue
			}
			m := members.Row(i).After // read once: there may be one or two a row
			r.Names[row], r.Keys[row] = m.FullName(), RowKeys{m.TaxCode, m.RegistrationNumber}
		}
	}
	return r
}

// errChanged says that what would be written is not what was shown.
var errChanged = pec.Refuse("import_changed", "Dopo l’anteprima i dati sono cambiati: non è stato scritto nulla. Controlli la nuova anteprima e confermi di nuovo.")

// errStrict takes back an import that may not refuse a row.
var errStrict = pec.Refuse("row_refused", "Una riga è respinta: non è stato scritto nulla.")

// WriteImport imports a file of a kind in one transaction. With the fingerprint
// of a preview it writes just what was shown, or nothing; strict writes nothing
// when a row is refused: the report comes back with Batch 0.
func (o *Office) WriteImport(ctx context.Context, actor, kind string, f ImportFile, seen string, strict bool) (ImportReport, error) {
	p, err := o.PreviewImport(ctx, kind, f)
	if err != nil {
		return ImportReport{}, err
	}
	if strict && p.Report.Refused > 0 {
		return p.Report, nil
	}
	sum := f.sha256()
	f.Data = nil // read: a large file is not held while it is written
	end, err := o.beginImport(ctx, actor, f.Name)
	if err != nil {
		return ImportReport{}, err
	}
	defer func() { end(p.Report.Batch != 0 && err == nil) }()
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		if err := tx.EndImport(); err != nil { // it stands until this is committed
			return err
		}
		if err := stillKept(tx, f); err != nil {
			return err
		}
		if err := o.planAgain(tx, &p); err != nil { // somebody wrote meanwhile
			return err
		}
		if seen != "" && p.Plan.Fingerprint() != seen {
			return errChanged
		}
		if err := importKinds[kind].settle(tx, p.Plan); err != nil {
			return err
		}
		if err := o.planAgain(tx, &p); err != nil {
			return err
		}
		if strict && p.Report.Refused > 0 {
			return errStrict
		}
		return writeImport(tx, f, sum, &p)
	})
	if err == errStrict {
		err = nil
	}
	return p.Report, err
}

// planAgain plans a file anew if the books have changed since it was planned.
func (o *Office) planAgain(tx *db.Tx, p *ImportPreview) error {
	stamp, err := ImportStamp(&tx.ReadTx, p.Kind)
	if err != nil || stamp == p.stamp {
		return err
	}
	*p, err = o.planImport(&tx.ReadTx, p.Kind, p.File, p.Choices)
	return err
}

func writeImport(tx *db.Tx, f ImportFile, sum string, p *ImportPreview) error {
	batch, err := tx.AddBatch(p.Kind, f.Name, sum)
	if err != nil {
		return err
	}
	p.Report.Batch, p.Report.Upload = batch, f.upload
	if err := importKinds[p.Kind].write(tx, batch, p.Plan, steps(f, p.Report)); err != nil {
		return err
	}
	if p.Report.Differences, err = settleDifferences(tx, batch, f.upload, p.Plan); err != nil {
		return err
	}
	return finishBatch(tx, batch, p.Kind, p.Report)
}

// steps tells the file's listener of each row written.
func steps(f ImportFile, r ImportReport) func() {
	done := 0
	return func() {
		if done++; f.Progress != nil {
			f.Progress(done, r.Created+r.Updated+r.Left)
		}
	}
}

func finishBatch(tx *db.Tx, batch int64, kind string, r ImportReport) error {
	doc, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("report of batch %d: %w", batch, err)
	}
	if err := tx.SetBatchReport(batch, doc); err != nil {
		return err
	}
	if r.Upload != 0 {
		if err := tx.DeleteUpload(r.Upload); err != nil {
			return err
		}
	}
	return tx.Record("import."+kind, "batch", batch, map[string]any{
		"rows": r.Rows, "created": r.Created, "updated": r.Updated, "unchanged": r.Unchanged, "refused": r.Refused, "left": r.Left})
}

// WriteRejected writes the refused rows as a workbook, each with its reasons,
// to be mended and imported again (R24); what else was noticed in the row stands
// behind them, so that one round is enough.
func (r ImportReport) WriteRejected(w io.Writer) error {
	at := map[string]int{}
	for i, title := range r.Header {
		at[title] = i
	}
	rows := make([]reports.Rejected, len(r.RefusedRows))
	byNumber := map[int]*reports.Rejected{}
	for i, row := range r.RefusedRows {
		rows[i].Cells = row.Cells
		byNumber[row.Number] = &rows[i]
	}
	for _, p := range pec.ErrorsFirst(r.Problems) {
		row := byNumber[p.Row]
		if row == nil {
			continue
		}
		row.Reason = strings.TrimSpace(row.Reason + " " + p.Text())
		if i, ok := at[p.Column]; ok {
			row.Columns = append(row.Columns, i)
		}
	}
	return reports.WriteRejected(w, r.Header, rows...)
}
