package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"albopec/app/intake"
	"albopec/app/office"
	"albopec/app/pec"
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
	out := office.ImportFile{Name: filepath.Base(f.File), Options: intake.Options{
		Encoding: f.Encoding, Delimiter: f.Delimiter, Sheet: f.Sheet, Columns: map[string]string{},
	}}
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

type importMembersCmd struct{ importFlags }

func (cmd *importMembersCmd) Run(c *call) error {
	return c.importFile(office.ImportMembers, cmd.importFlags)
}

type importServicesCmd struct{ importFlags }

func (cmd *importServicesCmd) Run(c *call) error {
	return c.importFile(office.ImportServices, cmd.importFlags)
}

// importFile reads a file and writes it, or with --dry-run only looks.
func (c *call) importFile(kind string, flags importFlags) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50) // registers of hundreds of thousands: rather slower than twice in memory
	}
	o, err := c.office()
	if err != nil {
		return err
	}
	file, err := flags.read()
	if err != nil {
		return err
	}
	if flags.DryRun {
		p, err := o.PreviewImport(c.ctx, kind, file)
		if err != nil {
			return err
		}
		return c.imported(p.Report, flags)
	}
	r, err := o.WriteImport(c.ctx, office.ActorCommand, kind, file, "", flags.Strict)
	if err != nil {
		return err
	}
	return c.imported(r, flags)
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
	Problems  []importProblem   `json:"problems"`
	DryRun    bool              `json:"dry_run"`
}

// imported prints what an import did. With --strict a refused row means that
// nothing was written, and exit code 1.
func (c *call) imported(r office.ImportReport, f importFlags) error {
	out := importResult{
		Format: r.Format, Encoding: r.Encoding, Delimiter: r.Delimiter, Sheet: r.Sheet, HeaderRow: r.HeaderRow, Mapping: r.Mapping,
		Rows: r.Rows, Created: r.Created, Updated: r.Updated, Unchanged: r.Unchanged, Refused: r.Refused, Warnings: r.Warnings,
		Missing: r.Missing, Problems: []importProblem{}, DryRun: f.DryRun,
	}
	if r.Batch != 0 {
		out.Batch = &r.Batch
	}
	said := fmt.Sprintf("%d righe: %d nuovi, %d variati, %d invariati, %d respinti; %d avvertimenti; %d mancano dal file.",
		r.Rows, r.Created, r.Updated, r.Unchanged, r.Refused, r.Warnings, r.Missing)
	refused := f.Strict && r.Refused > 0
	switch {
	case refused:
		said += " Non è stato scritto nulla, perché ci sono righe respinte."
	case f.DryRun:
		said += " Prova: non è stato scritto nulla."
	default:
		said += fmt.Sprintf(" Importazione %d.", r.Batch)
	}
	for _, p := range r.Problems {
		out.Problems = append(out.Problems, importProblem{p.Row, p.Column, p.Value, p.Severity, p.Code, p.Text()})
		said += fmt.Sprintf("\nriga %d, %s: %s", p.Row, p.Column, p.Text())
	}
	if err := c.print(out, "%s", said); err != nil {
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
	said := fmt.Sprintf("Annullata: %d tornati com’erano, %d tolti, %d lasciati.", done.Restored, done.Removed, len(done.Kept))
	for _, k := range done.Kept {
		said += fmt.Sprintf("\nlasciato %s: %s", k.Name, k.Reason)
	}
	return c.print(map[string]any{"restored": done.Restored, "removed": done.Removed, "kept": len(done.Kept), "details": done.Kept}, "%s", said)
}
