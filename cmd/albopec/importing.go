package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"albopec/app/intake"
	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/schollz/progressbar/v3"
)

type importFlags struct {
	File      string   `arg:"" help:"Il file da importare."`
	DryRun    bool     `help:"Mostra che cosa accadrebbe, senza scrivere."`
	Map       []string `sep:"none" placeholder:"\"Titolo=campo\"" help:"Legge una colonna come il campo dato; si può ripetere."`
	Encoding  string   `help:"La codifica: utf-8, windows-1252, iso-8859-15, utf-16."`
	Delimiter string   `help:"Il separatore: un carattere, o tab."`
	Sheet     string   `help:"Il foglio: nome o numero da 1."`
	Strict    bool     `help:"Non scrive nulla se una riga è respinta."`
}

// read loads the file and the options. A file that is too large is refused
// before it is held in memory.
func (f *importFlags) read() (office.ImportFile, error) {
	out := office.ImportFile{Name: filepath.Base(f.File), Options: office.ImportOptions{ReadingOptions: office.ReadingOptions{
		Encoding: f.Encoding, Delimiter: f.Delimiter, Sheet: f.Sheet, Columns: map[string]string{},
	}}}
	for _, m := range f.Map {
		i := strings.LastIndexByte(m, '=')
		if i < 1 {
			return out, usageError(fmt.Sprintf("--map vuole \"Titolo=campo\", non %q", m))
		}
		out.Options.Columns[strings.TrimSpace(m[:i])] = strings.TrimSpace(m[i+1:])
	}
	file, err := os.Open(f.File)
	if err != nil {
		return out, pec.Refuse("file_not_readable", "Il file «%s» non si può leggere: controlli il nome e i permessi.", f.File)
	}
	defer file.Close()
	out.Data, err = io.ReadAll(io.LimitReader(file, intake.MaxFileSize+1))
	if err != nil {
		return out, pec.Refuse("file_not_readable", "Il file «%s» non si può leggere: controlli che non sia una cartella.", f.File)
	}
	return out, nil
}

type importMembersCmd struct {
	importFlags
	OnlyNew    bool     `help:"Aggiunge i nuovi e lascia stare chi c’è già." xor:"only"`
	OnlyUpdate bool     `help:"Aggiorna chi c’è già e non aggiunge nessuno." xor:"only"`
	ClearEmpty bool     `help:"Una cella vuota svuota il campo, invece di lasciarlo com’è."`
	Leavers    bool     `help:"Segna come usciti dall’albo tutti quelli che mancano dal file." xor:"leavers"`
	Leaver     []string `sep:"none" placeholder:"NUMERO" help:"Segna come uscito l’iscritto con questo numero, se manca dal file; si può ripetere." xor:"leavers"`
	LeftOn     dayArg   `placeholder:"AAAA-MM-GG" help:"Il primo giorno fuori dall’albo di chi è uscito (predefinito: oggi)."`
	LeftStatus string   `help:"Come è uscito: cancelled, transferred o deceased (predefinito: cancelled)."`
}

func (cmd *importMembersCmd) Run(c *call) error {
	if leavers := cmd.Leavers || len(cmd.Leaver) > 0; !leavers && (cmd.LeftStatus != "" || !cmd.LeftOn.IsZero()) {
		return usageError("--left-status e --left-on vogliono --leavers o --leaver: senza, nessuno esce dall’albo")
	}
	return c.importFile(office.ImportMembers, cmd.importFlags, cmd.choose)
}

// choose turns the flags into an operator's choices; a number that nobody has is
// a Problem.
func (cmd *importMembersCmd) choose(c *call, o *office.Office, choices *pec.ImportChoices) error {
	switch {
	case cmd.OnlyNew:
		choices.Only = pec.OnlyNew
	case cmd.OnlyUpdate:
		choices.Only = pec.OnlyKnown
	}
	choices.ClearEmpty = cmd.ClearEmpty
	l := pec.Leavers{All: cmd.Leavers, Status: cmp.Or(pec.MemberStatus(cmd.LeftStatus), pec.MemberCancelled), LeftOn: cmd.LeftOn.Date}
	if l.LeftOn.IsZero() {
		l.LeftOn = o.Today()
	}
	err := o.DB.Read(c.ctx, func(tx *db.ReadTx) error {
		for _, number := range cmd.Leaver {
			m, err := tx.MemberByNumber(strings.TrimSpace(number))
			if err != nil {
				return err
			}
			l.Members = append(l.Members, m.ID)
		}
		return nil
	})
	if !l.None() {
		choices.Leavers = l
	}
	return err
}

type importMailboxesCmd struct{ importFlags }

func (cmd *importMailboxesCmd) Run(c *call) error {
	return c.importFile(office.ImportMailboxes, cmd.importFlags, nil)
}

type importServicesCmd struct{ importFlags }

func (cmd *importServicesCmd) Run(c *call) error {
	return c.importFile(office.ImportServices, cmd.importFlags, nil)
}

type importPaymentsCmd struct{ importFlags }

type importedPayments struct {
	pec.PaymentSums
	importResult
}

func (cmd *importPaymentsCmd) Run(c *call) error {
	r, err := c.bringIn(office.ImportPayments, cmd.importFlags, nil)
	if err != nil {
		return err
	}
	out := importedPayments{*r.Payments, importResultOf(r, cmd.importFlags)}
	said := fmt.Sprintf("%d righe: %d pagamenti nuovi, %s in tutto, con cui si completano %d ordini; %d già registrati, %d respinti; %d avvertimenti.",
		r.Rows, r.Created, out.Amount.Euro(), out.OrdersCompleted, r.Unchanged, r.Refused, r.Warnings)
	return c.saidImport(out, r, cmd.importFlags, said)
}

// importFile reads a file and writes it, or with --dry-run only looks, and
// prints what came of it.
func (c *call) importFile(kind string, flags importFlags, choose func(*call, *office.Office, *pec.ImportChoices) error) error {
	r, err := c.bringIn(kind, flags, choose)
	if err != nil {
		return err
	}
	return c.imported(r, flags)
}

// bringIn reads a file and writes it, or with --dry-run only looks. choose,
// unless nil, puts in what the operator wants of it.
func (c *call) bringIn(kind string, flags importFlags, choose func(*call, *office.Office, *pec.ImportChoices) error) (r office.ImportReport, err error) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50) // registers of hundreds of thousands: rather slower than twice in memory
	}
	o, err := c.office()
	if err != nil {
		return r, err
	}
	file, err := flags.read()
	if err != nil {
		return r, err
	}
	if choose != nil {
		if err := choose(c, o, &file.Options.ImportChoices); err != nil {
			return r, err
		}
	}
	if flags.DryRun {
		p, err := o.PreviewImport(c.ctx, kind, file)
		return p.Report, err
	}
	done := func() {}
	if isTerminal(c.stderr) {
		file.Progress, done = progress(c.stderr)
	}
	r, err = o.WriteImport(c.ctx, office.ActorCommand, kind, file, "", flags.Strict)
	done()
	return r, err
}

// progress shows on a terminal how many rows are written, of how many.
func progress(terminal io.Writer) (step func(done, all int), end func()) {
	var bar *progressbar.ProgressBar
	step = func(done, all int) {
		if bar == nil {
			bar = progressbar.NewOptions(all, progressbar.OptionSetWriter(terminal), progressbar.OptionSetDescription("Importazione"),
				progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
		}
		_ = bar.Set(done) // of a terminal that went away nobody needs to hear
	}
	return step, func() {
		if bar != nil {
			_ = bar.Finish()
		}
	}
}

type importProblem struct {
	Row      int          `json:"row"`
	Column   string       `json:"column"`
	Value    string       `json:"value"`
	Severity pec.Severity `json:"severity"`
	Code     string       `json:"code"`
	Message  string       `json:"message"`
}

type importResult struct {
	Batch     *int64            `json:"batch"` // null when nothing was written
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
	Skipped   int               `json:"skipped"`
	Left      int               `json:"left"`
	Problems  []importProblem   `json:"problems"`
	DryRun    bool              `json:"dry_run"`
}

// importResultOf is what an import did, for --json.
func importResultOf(r office.ImportReport, f importFlags) importResult {
	out := importResult{
		Format: r.Format, Encoding: r.Encoding, Delimiter: r.Delimiter, Sheet: r.Sheet, HeaderRow: r.HeaderRow, Mapping: r.Mapping,
		Rows: r.Rows, Created: r.Created, Updated: r.Updated, Unchanged: r.Unchanged, Refused: r.Refused, Warnings: r.Warnings,
		Missing: r.Missing, Skipped: r.Skipped, Left: r.Left, Problems: []importProblem{}, DryRun: f.DryRun,
	}
	if r.Batch != 0 {
		out.Batch = &r.Batch
	}
	for _, p := range r.Problems {
		out.Problems = append(out.Problems, importProblem{p.Row, p.Column, p.Value, p.Severity, p.Code, p.Text()})
	}
	return out
}

// imported prints what an import did.
func (c *call) imported(r office.ImportReport, f importFlags) error {
	said := fmt.Sprintf("%d righe: %d nuovi, %d variati, %d invariati, %d respinti; %d avvertimenti; %d mancano dal file.",
		r.Rows, r.Created, r.Updated, r.Unchanged, r.Refused, r.Warnings, r.Missing)
	if r.Skipped > 0 {
		said += fmt.Sprintf(" Degli invariati, %d lasciati fuori per scelta.", r.Skipped)
	}
	if r.Left > 0 {
		said += fmt.Sprintf(" Dei mancanti, %d segnati come usciti dall’albo.", r.Left)
	}
	return c.saidImport(importResultOf(r, f), r, f, said)
}

// saidImport prints an import's figures and its problems. With --strict a
// refused row means that nothing was written, and exit code 1.
func (c *call) saidImport(out any, r office.ImportReport, f importFlags, said string) error {
	refused := f.Strict && r.Refused > 0
	switch {
	case refused:
		said += " Non è stato scritto nulla, perché ci sono righe respinte."
	case f.DryRun:
		said += " Prova: non è stato scritto nulla."
	default:
		said += fmt.Sprintf(" Importazione %d.", r.Batch)
	}
	var problems strings.Builder // there may be one or two a row
	for _, p := range r.Problems {
		where := fmt.Sprintf("riga %d", p.Row)
		if p.Column != "" { // else the row as a whole is meant
			where += ", " + p.Column
		}
		fmt.Fprintf(&problems, "\n%s: %s", where, p.Text())
	}
	if err := c.print(out, "%s%s", said, problems.String()); err != nil {
		return err
	}
	if refused {
		return errReported
	}
	return nil
}

type importUndoCmd struct {
	Batch int64 `arg:"" name:"importazione" help:"Il numero dell’importazione."`
}

func (cmd *importUndoCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	done, err := o.UndoImport(c.ctx, office.ActorCommand, cmd.Batch)
	if err != nil {
		return err
	}
	var said strings.Builder
	fmt.Fprintf(&said, "Annullata: %d tornati com’erano, %d tolti, %d lasciati.", done.Restored, done.Removed, len(done.Kept))
	for _, k := range done.Kept {
		fmt.Fprintf(&said, "\nlasciato %s: %s", k.Name, k.Reason)
	}
	return c.print(map[string]any{"restored": done.Restored, "removed": done.Removed, "kept": len(done.Kept), "details": done.Kept}, "%s", said.String())
}
