package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"albopec/app/office"
	"albopec/app/pec"
)

type providerSendCmd struct {
	Out    string `placeholder:"FILE" help:"Il file da scrivere, .csv o .xlsx (predefinito: albopec-gestore-N-DATA nella cartella corrente)."`
	DryRun bool   `help:"Mostra che cosa si invierebbe, senza scrivere."`
}

type providerSent struct {
	Sent   int  `json:"sent"`
	File   any  `json:"file"` // null when nothing was written
	Number any  `json:"number"`
	DryRun bool `json:"dry_run"`
}

// Run makes the file in the database first and writes it out from there: if the
// disk is full or the power goes, `provider file` writes it again and nothing is
// sent twice.
func (cmd *providerSendCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	format, err := providerFormat(cmd.Out)
	if err != nil {
		return err
	}
	if cmd.Out != "" && !cmd.DryRun {
		if err := writable(cmd.Out); err != nil {
			return err
		}
	}
	sent, err := o.SendToProvider(c.ctx, office.ActorCommand, "", format, cmd.DryRun)
	if err != nil {
		return err
	}
	switch {
	case sent.Requests == 0:
		return c.print(providerSent{DryRun: cmd.DryRun}, "Nulla da inviare al gestore.")
	case cmd.DryRun:
		return c.print(providerSent{Sent: sent.Requests, DryRun: true}, "%s da inviare. Prova: non è stato scritto nulla.", count(sent.Requests, "richiesta", "richieste"))
	}
	path := cmd.Out
	if path == "" {
		path = sent.File.Name()
	}
	if err := writeFile(path, sent.File.Content); err != nil {
		c.note("Le richieste risultano inviate con il file %d: lo scriva altrove con «albopec provider file %d --out FILE».", sent.File.ID, sent.File.ID)
		return err
	}
	return c.print(providerSent{Sent: sent.Requests, File: path, Number: sent.File.ID}, "%s nel file %d, «%s»: lo mandi al gestore.", count(sent.Requests, "richiesta", "richieste"), sent.File.ID, path)
}

// providerFormat is the format of a file's ending, empty when the setting
// decides.
func providerFormat(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	switch format := strings.TrimPrefix(strings.ToLower(filepath.Ext(path)), "."); format {
	case pec.FormatCSV, pec.FormatXLSX:
		return format, nil
	}
	return "", pec.Refuse("format_unknown", "Il file deve finire in .csv o .xlsx.")
}

// writable refuses a path that exists, since what was sent once is not written
// over, or that cannot be written: before anything counts as sent.
func writable(path string) error {
	if _, err := os.Stat(path); err == nil {
		return pec.Refuse("file_exists", "Il file «%s» esiste già: scelga un altro nome.", path)
	}
	if err := writeFile(path, nil); err != nil {
		return err
	}
	return os.Remove(path)
}

// formatNames are the formats as people call them.
var formatNames = map[string]string{pec.FormatCSV: "CSV", pec.FormatXLSX: "Excel"}

type providerFileCmd struct {
	Number int64  `arg:"" optional:"" name:"numero" help:"Il numero del file (predefinito: l’ultimo)."`
	Out    string `placeholder:"FILE" help:"Dove scriverlo (predefinito: con il suo nome nella cartella corrente)."`
}

func (cmd *providerFileCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	f, err := o.ProviderFile(c.ctx, cmd.Number)
	if err != nil {
		return err
	}
	path := cmd.Out
	if path == "" {
		path = f.Name()
	}
	if ending := "." + f.Format; !strings.EqualFold(filepath.Ext(path), ending) {
		return pec.Refuse("format_unknown", "Il file %d è %s: dia a «%s» un nome che finisce in %s.", f.ID, formatNames[f.Format], path, ending)
	}
	if err := writeFile(path, f.Content); err != nil {
		return err
	}
	return c.print(map[string]any{"file": path, "number": f.ID, "sent": f.Requests}, "Il file %d, %s, com’era, in «%s».", f.ID, count(f.Requests, "richiesta", "richieste"), path)
}

type providerOutcomeCmd struct{ importFlags }

type providerOutcome struct {
	pec.OutcomeCounts
	importResult
}

func (cmd *providerOutcomeCmd) Run(c *call) error {
	r, err := c.bringIn(office.ImportOutcomes, cmd.importFlags, nil)
	if err != nil {
		return err
	}
	out := providerOutcome{*r.Answers, importResultOf(r, cmd.importFlags)}
	said := fmt.Sprintf("%s: %s, %s, %d con nuovo spazio, %s; %s, %s, di cui %s; di %s in attesa il file non parla.",
		count(r.Rows, "riga", "righe"), count(out.Activated, "casella attivata", "caselle attivate"), count(out.Closed, "chiusa", "chiuse"), out.Resized,
		count(out.Rejected, "richiesta respinta", "richieste respinte"), count(r.Unchanged, "esito già noto", "esiti già noti"), count(r.Refused, "riga non presa", "righe non prese"),
		count(out.Unknown, "di una casella sconosciuta", "di caselle sconosciute"), count(r.Missing, "richiesta", "richieste"))
	if out.Services > 0 {
		said += " " + count(out.Services, "servizio è stato attivato, cambiato o tolto.", "servizi sono stati attivati, cambiati o tolti.")
	}
	return c.saidImport(out, r, cmd.importFlags, said)
}

type providerAgainCmd struct {
	Number int64 `arg:"" name:"numero" help:"Il numero del file di cui non è arrivata risposta."`
}

func (cmd *providerAgainCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	n, err := o.AskFileAgain(c.ctx, office.ActorCommand, cmd.Number)
	if err != nil {
		return err
	}
	return c.print(map[string]any{"again": n}, "%s con lo stesso riferimento.",
		count(n, "richiesta senza risposta: il prossimo file la contiene", "richieste senza risposta: il prossimo file le contiene"))
}
