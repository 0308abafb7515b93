package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/reports"
)

type reportCmd struct {
	Year int    `arg:"" name:"anno" help:"L’anno."`
	Out  string `required:"" placeholder:"CARTELLA" help:"Dove scrivere i file."`
}

type reportResult struct {
	XLSX  string   `json:"xlsx"`
	PDF   string   `json:"pdf"`
	Annex []string `json:"annex"` // the lists on paper, a file for each volume
	office.YearFigures
}

func (cmd *reportCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	out, err := writeReport(c, o, cmd.Year, cmd.Out)
	if err != nil {
		return err
	}
	return c.print(out, "%s\nCaselle a fine anno: %d. Costo dell’Ordine: %s. Pagato dagli iscritti: %s. Credito da restituire: %s.",
		strings.Join(append([]string{out.XLSX, out.PDF}, out.Annex...), "\n"), out.MailboxesAtEnd, out.OrdineGross.Euro(), out.MembersGross.Euro(), out.CreditOutstanding.Euro())
}

func writeReport(c *call, o *office.Office, year int, dir string) (reportResult, error) {
	made, err := o.MakeReport(c.ctx, office.ActorCommand, year)
	if err != nil {
		return reportResult{}, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return reportResult{}, pec.Refuse("file_unwritable", "La cartella «%s» non si può creare: %s.", dir, why(err))
	}
	out := reportResult{
		XLSX:        filepath.Join(dir, fmt.Sprintf("albopec-%d.xlsx", year)),
		PDF:         filepath.Join(dir, fmt.Sprintf("albopec-%d.pdf", year)),
		YearFigures: made.Figures,
	}
	files, err := o.DocumentFiles(c.ctx, made.ID)
	if err != nil {
		return out, err
	}
	written := map[string]bool{}
	for _, f := range files {
		// Without their last day in the names: a later report takes the place of an
		// earlier one.
		path := filepath.Join(dir, strings.Replace(f.Name, "-al-"+made.Until.String(), "", 1))
		if err := fillFile(path, func(w io.Writer) error { return o.CopyFile(c.ctx, w, f) }); err != nil {
			return out, err
		}
		written[filepath.Base(path)] = true
		if path != out.XLSX && path != out.PDF {
			out.Annex = append(out.Annex, path)
		}
	}
	return out, removeAnnexes(dir, year, written)
}

// removeAnnexes removes the volumes of an earlier annex of a year's that the new one
// does not have: with another number of volumes they have other names.
func removeAnnexes(dir string, year int, written map[string]bool) error {
	annex := regexp.MustCompile(fmt.Sprintf(`^albopec-%d-elenchi(-[1-9][0-9]*-di-[1-9][0-9]*)?\.pdf$`, year))
	there, err := os.ReadDir(dir)
	if err != nil {
		return pec.Refuse("file_unwritable", "La cartella «%s» non si può leggere: %s.", dir, why(err))
	}
	for _, f := range there {
		if !f.Type().IsRegular() || written[f.Name()] || !annex.MatchString(f.Name()) {
			continue
		}
		path := filepath.Join(dir, f.Name())
		if err := os.Remove(path); err != nil {
			return pec.Refuse("file_unwritable", "Il file «%s», di un report precedente, non si può togliere: %s.", path, why(err))
		}
	}
	return nil
}

// writeFile writes a whole file or leaves the old one.
func writeFile(path string, data []byte) error {
	return fillFile(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// fillFile has a whole file written or leaves the old one. What fill could not read
// is its own error, not one of the file.
func fillFile(path string, fill func(io.Writer) error) error {
	part := path + ".part"
	f, err := os.Create(part)
	if err != nil {
		return pec.Refuse("file_unwritable", "Il file «%s» non si può scrivere: %s.", path, why(err))
	}
	w := &watchedWriter{to: f}
	filled := fill(w)
	err = errors.Join(w.err, f.Close())
	if filled == nil && err == nil {
		err = os.Rename(part, path)
	}
	switch {
	case filled == nil && err == nil:
		return nil
	case filled != nil && w.err == nil:
		err = fmt.Errorf("what %q would hold: %w", path, filled)
	default:
		err = pec.Refuse("file_unwritable", "Il file «%s» non si può scrivere: %s.", path, why(err))
	}
	_ = os.Remove(part) // it is in nobody's way
	return err
}

// watchedWriter remembers why something could not be written.
type watchedWriter struct {
	to  io.Writer
	err error
}

func (w *watchedWriter) Write(data []byte) (int, error) {
	n, err := w.to.Write(data)
	if err != nil {
		w.err = err
	}
	return n, err
}

// listFlags are those of every list that is taken away.
type listFlags struct {
	Out    string `required:"" placeholder:"FILE" help:"Il file: .csv o .xlsx."`
	DryRun bool   `help:"Dice quante righe avrebbe il file, senza scriverlo."`
}

type listResult struct {
	File   string `json:"file"`
	Rows   int    `json:"rows"`
	DryRun bool   `json:"dry_run"`
}

type exportMembersCmd struct{ listFlags }

func (cmd *exportMembersCmd) Run(c *call) error {
	return c.export(cmd.listFlags, "%d iscritti in «%s».", (*office.Office).MembersTable)
}

type exportMailboxesCmd struct{ listFlags }

func (cmd *exportMailboxesCmd) Run(c *call) error {
	return c.export(cmd.listFlags, "%d caselle in «%s».", (*office.Office).MailboxesTable)
}

// export writes a list to a file, or with --dry-run only makes it, and says how
// long it is.
func (c *call) export(flags listFlags, said string, list func(*office.Office, context.Context) (reports.Table, error)) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	table, err := list(o, c.ctx)
	if err != nil {
		return err
	}
	data, err := tableFile(table, flags.Out)
	if err != nil {
		return err
	}
	if flags.DryRun {
		said += " Prova: il file non è stato scritto."
	} else if err := writeFile(flags.Out, data); err != nil {
		return err
	}
	rows := len(table.Rows)
	return c.print(listResult{flags.Out, rows, flags.DryRun}, said, rows, flags.Out)
}

// tableFile prints a list in the format of the file's ending.
func tableFile(t reports.Table, path string) ([]byte, error) {
	var b bytes.Buffer
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv":
		err := t.WriteCSV(&b)
		return b.Bytes(), err
	case ".xlsx":
		err := t.WriteXLSX(&b)
		return b.Bytes(), err
	}
	return nil, pec.Refuse("format_unknown", "Il file deve finire in .csv o .xlsx.")
}

// count is a figure with its noun: "1 casella", "20 caselle".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}

// indexFlags are those of a file for an index: the file is the program's own and
// is kept in the database too.
type indexFlags struct {
	Out    string `required:"" placeholder:"FILE" help:"Il file da scrivere."`
	DryRun bool   `help:"Dice che cosa si comunicherebbe, senza scrivere nulla."`
}

type indexResult struct {
	File      string `json:"file"`
	Rows      int    `json:"rows"`
	Inserted  int    `json:"inserted"`
	Updated   int    `json:"updated"`
	Cancelled int    `json:"cancelled"`
	DryRun    bool   `json:"dry_run"`
}

type exportInipecCmd struct{ indexFlags }

func (cmd *exportInipecCmd) Run(c *call) error {
	return c.tell(cmd.indexFlags, "Domicilio digitale, INI-PEC", func(o *office.Office) (told, error) {
		sent, err := o.SendIndex(c.ctx, office.ActorCommand, "", cmd.DryRun)
		return told{sent.File.ID, sent.File.Content, sent.Unsendable, indexResult{
			Rows: len(sent.Variations), Inserted: sent.Count(pec.IndexInsert), Updated: sent.Count(pec.IndexUpdate), Cancelled: sent.Count(pec.IndexRemove),
		}}, err
	})
}

type exportRegindeCmd struct {
	indexFlags
	BodyCode string `placeholder:"CODICE" help:"Il codice dell’ente, che da allora resta: la partita IVA dell’Ordine, o «COA» e il codice del comune."`
}

func (cmd *exportRegindeCmd) Run(c *call) error {
	if cmd.BodyCode != "" && !cmd.DryRun {
		o, err := c.office()
		if err != nil {
			return err
		}
		if err := o.SetBodyCode(c.ctx, office.ActorCommand, cmd.BodyCode); err != nil {
			return err
		}
	}
	return c.tell(cmd.indexFlags, "Domicilio digitale, ReGIndE", func(o *office.Office) (told, error) {
		sent, err := o.SendSubjects(c.ctx, office.ActorCommand, office.SubjectsWish{DryRun: cmd.DryRun})
		return told{sent.File.ID, sent.File.Content, sent.Unsendable, indexResult{
			Rows: len(sent.Changes), Inserted: sent.Count(pec.SubjectInsert), Updated: sent.Count(pec.SubjectModify), Cancelled: sent.Count(pec.SubjectDelete),
		}}, err
	})
}

// told is what an index was told.
type told struct {
	file       int64 // 0 when nothing changed
	content    []byte
	unsendable []pec.Unsendable
	result     indexResult
}

// tell records what is sent to an index first and writes the file from there: if
// the disk is full or the power goes, the page has the same file. When nothing
// changed the file is empty.
func (c *call) tell(flags indexFlags, page string, send func(*office.Office) (told, error)) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	if !flags.DryRun {
		if err := tryFile(flags.Out); err != nil {
			return err
		}
	}
	t, err := send(o)
	if err != nil {
		return err
	}
	for _, u := range t.unsendable {
		c.note("%s: %s", u.Member.FullName(), u.Why)
	}
	said := "%s in «%s»: %s, %s, %s."
	switch {
	case flags.DryRun:
		said += " Prova: non è stato scritto nulla."
	case t.file == 0:
		said += " Nulla è cambiato."
	}
	if !flags.DryRun {
		if err := writeFile(flags.Out, t.content); err != nil {
			c.note("Le variazioni risultano inviate con il file %d: lo scarichi da «%s».", t.file, page)
			return err
		}
	}
	r := t.result
	r.File, r.DryRun = flags.Out, flags.DryRun
	return c.print(r, said, count(r.Rows, "riga", "righe"), flags.Out,
		count(r.Inserted, "inserimento", "inserimenti"), count(r.Updated, "aggiornamento", "aggiornamenti"), count(r.Cancelled, "cancellazione", "cancellazioni"))
}

// tryFile refuses a path that cannot be written, before anything counts as sent;
// a file that is there stays as it is.
func tryFile(path string) error {
	f, err := os.OpenFile(path+".part", os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return pec.Refuse("file_unwritable", "Il file «%s» non si può scrivere: %s.", path, why(err))
	}
	return errors.Join(f.Close(), os.Remove(path+".part"))
}
