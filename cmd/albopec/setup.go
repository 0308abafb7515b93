package main

import (
	"bufio"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

type initCmd struct {
	Name          string `required:"" placeholder:"TESTO" help:"Il nome dell’Ordine."`
	Domain        string `required:"" placeholder:"pec.ordine.example" help:"Il dominio delle caselle."`
	Admin         string `required:"" placeholder:"E-MAIL" help:"Il primo amministratore."`
	PasswordStdin bool   `help:"Legge la password dallo standard input; senza, ne inventa una e la scrive."`
}

func (cmd *initCmd) Run(c *call) error {
	password, made, err := c.password(cmd.PasswordStdin)
	if err != nil {
		return err
	}
	d, err := db.Create(c.db)
	if err != nil {
		return err
	}
	err = c.at(d).Init(c.ctx, office.ActorCommand, office.NewOrdine{Name: cmd.Name, Domain: cmd.Domain, Admin: cmd.Admin, Password: password})
	if cerr := d.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		// Nothing of a database that could not begin is left behind.
		return errors.Join(err, os.Remove(c.db))
	}
	out := map[string]any{"name": cmd.Name, "domain": cmd.Domain, "admin": cmd.Admin}
	said := fmt.Sprintf("Creato «%s» per %s. Amministratore: %s.", c.db, cmd.Name, cmd.Admin)
	if made {
		out["password"] = password
		said += " Password: " + password
	}
	return c.print(out, "%s", said)
}

// password reads one line from standard input, or makes a password up.
func (c *call) password(fromStdin bool) (password string, made bool, err error) {
	if !fromStdin {
		p, err := makePassword()
		return p, true, err
	}
	line, err := bufio.NewReader(c.stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", false, fmt.Errorf("reading the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), false, nil
}

// makePassword makes a password of 80 random bits that can be read aloud.
func makePassword() (string, error) {
	raw := make([]byte, 10)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	s := strings.ToLower(base32.StdEncoding.EncodeToString(raw))
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:], nil
}

type userAddCmd struct {
	Email         string `arg:"" name:"e-mail" help:"L’e-mail dell’operatore."`
	Role          string `required:"" help:"administrator, secretariat, treasurer o reader."`
	Name          string `help:"Nome e cognome."`
	PasswordStdin bool   `help:"Legge la password dallo standard input; senza, ne inventa una e la scrive."`
}

func (cmd *userAddCmd) Run(c *call) error {
	return c.givePassword(cmd.PasswordStdin, map[string]any{"email": cmd.Email, "role": cmd.Role}, "Aggiunto "+cmd.Email+".", func(o *office.Office, password string) error {
		return o.AddOperator(c.ctx, office.ActorCommand, cmd.Email, cmd.Name, cmd.Role, password)
	})
}

// givePassword reads or makes a password, gives it, and prints it when it was
// made here.
func (c *call) givePassword(fromStdin bool, out map[string]any, said string, give func(*office.Office, string) error) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	password, made, err := c.password(fromStdin)
	if err != nil {
		return err
	}
	if err := give(o, password); err != nil {
		return err
	}
	if made {
		out["password"] = password
		said += " Password: " + password
	}
	return c.print(out, "%s", said)
}

type userPasswordCmd struct {
	Email         string `arg:"" name:"e-mail" help:"L’e-mail dell’operatore."`
	PasswordStdin bool   `help:"Legge la password dallo standard input; senza, ne inventa una e la scrive."`
}

func (cmd *userPasswordCmd) Run(c *call) error {
	return c.givePassword(cmd.PasswordStdin, map[string]any{"email": cmd.Email}, "Password cambiata.", func(o *office.Office, password string) error {
		return o.SetOperatorPassword(c.ctx, office.ActorCommand, cmd.Email, password)
	})
}

type memberPasswordCmd struct {
	Address       string `arg:"" name:"indirizzo" help:"L’indirizzo della casella."`
	PasswordStdin bool   `help:"Legge la password dallo standard input; senza, ne inventa una e la scrive."`
}

func (cmd *memberPasswordCmd) Run(c *call) error {
	return c.givePassword(cmd.PasswordStdin, map[string]any{"address": cmd.Address}, "Password impostata.", func(o *office.Office, password string) error {
		return o.SetMemberPassword(c.ctx, office.ActorCommand, cmd.Address, password)
	})
}

type memberStatusCmd struct {
	Number string `arg:"" name:"numero" help:"Il numero di iscrizione."`
	Status string `arg:"" name:"stato" help:"active, suspended, cancelled, transferred o deceased."`
	LeftOn dayArg `help:"Il primo giorno fuori dall’albo (predefinito: oggi)."`
	Reason string `help:"Il motivo."`
	To     string `help:"L’Ordine a cui passa chi si trasferisce."`
}

func (cmd *memberStatusCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	var member db.MemberRow
	if err := o.DB.Read(c.ctx, func(tx *db.ReadTx) (err error) {
		member, err = tx.MemberByNumber(cmd.Number)
		return err
	}); err != nil {
		return err
	}
	done, err := o.ChangeMemberStatus(c.ctx, office.ActorCommand, member.ID, office.StatusChange{Status: pec.MemberStatus(cmd.Status), On: cmd.LeftOn.Date, Reason: cmd.Reason, To: cmd.To})
	if err != nil {
		return err
	}
	said := fmt.Sprintf("%s ora è %s.", done.Member.FullName(), done.Member.Said(done.Member.Status.Italian()))
	if !done.ClosesOn.IsZero() {
		said += " La casella si chiude il " + done.ClosesOn.Italian() + "."
	}
	return c.print(map[string]any{
		"registration_number": done.Member.RegistrationNumber, "status": done.Member.Status, "mailbox_closes_on": orNull(done.ClosesOn),
	}, "%s", said)
}

// orNull writes no day as null.
func orNull(d pec.Date) any {
	if d.IsZero() {
		return nil
	}
	return d
}

type agreementSetCmd struct {
	File string `arg:"" help:"Il file della convenzione, JSON."`
}

func (cmd *agreementSetCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	doc, err := os.ReadFile(cmd.File)
	if err != nil {
		return pec.Refuse("file_not_readable", "Il file «%s» non si può leggere.", cmd.File)
	}
	a, err := pec.ReadAgreement(doc)
	if err != nil {
		return err
	}
	if _, err := o.SetAgreement(c.ctx, office.ActorCommand, a); err != nil {
		return err
	}
	return c.listAgreements(o)
}

type agreementListCmd struct{}

func (cmd *agreementListCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	return c.listAgreements(o)
}

func (c *call) listAgreements(o *office.Office) error {
	type line struct {
		Name     string   `json:"name"`
		Provider string   `json:"provider"`
		StartsOn pec.Date `json:"starts_on"`
	}
	var list []line
	said := ""
	err := o.DB.Read(c.ctx, func(tx *db.ReadTx) error {
		agreements, err := tx.Agreements()
		for _, a := range agreements {
			list = append(list, line{a.Name, a.Provider, a.StartsOn})
			said += fmt.Sprintf("dal %s  %s\n", a.StartsOn.Italian(), a.Name)
		}
		return err
	})
	if err != nil {
		return err
	}
	if said == "" {
		said = "Nessuna convenzione.\n"
	}
	return c.print(map[string]any{"agreements": len(list), "list": list}, "%s", strings.TrimSuffix(said, "\n"))
}

type checkCmd struct{}

func (cmd *checkCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	found, err := o.Check(c.ctx)
	if err != nil {
		return err
	}
	said := "Tutto in ordine."
	if len(found) > 0 {
		said = strings.Join(found, "\n")
	} else {
		found = []string{}
	}
	if err := c.print(map[string]any{"ok": len(found) == 0, "problems": len(found), "details": found}, "%s", said); err != nil {
		return err
	}
	if len(found) > 0 {
		return errReported
	}
	return nil
}

type backupCmd struct {
	File string `arg:"" help:"Il file della copia, nuovo."`
}

func (cmd *backupCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	if info, err := os.Stat(filepath.Dir(cmd.File)); cmd.File == "" || err != nil || !info.IsDir() {
		return pec.Refuse("file_unwritable", "Il file «%s» non si può scrivere: la cartella non esiste.", cmd.File)
	}
	if err := o.Backup(c.ctx, office.ActorCommand, cmd.File); err != nil {
		return err
	}
	return c.print(map[string]any{"file": cmd.File, "ok": true}, "Salvato in «%s»: la copia si apre e i conti tornano.", cmd.File)
}

type restoreCmd struct {
	File string `arg:"" help:"La copia da cui tornare."`
}

func (cmd *restoreCmd) Run(c *call) error {
	if err := restorable(cmd.File, c.db); err != nil {
		return err
	}
	if err := db.Alone(c.ctx, c.db); err != nil {
		return err
	}
	// The kept file's name has milliseconds: two restores never share it.
	kept, err := office.Restore(c.ctx, cmd.File, c.db, time.Now().Format("20060102-150405.000"))
	if err != nil {
		return notRestored(err, cmd.File, c.db, kept)
	}
	said := fmt.Sprintf("«%s» è di nuovo com’era in «%s».", c.db, cmd.File)
	if kept != "" {
		said += fmt.Sprintf(" Il file di prima è in «%s».", kept)
	}
	return c.print(map[string]any{"file": c.db, "ok": true, "kept": kept}, "%s", said)
}

// restorable refuses, before anything is touched, what cannot be a backup or
// cannot be put in place.
func restorable(backup, path string) error {
	info, err := os.Stat(backup)
	if err != nil {
		return pec.Refuse("file_not_readable", "Il file «%s» non si può leggere: controlli il nome e i permessi.", backup)
	}
	if !info.Mode().IsRegular() || info.Size() == 0 {
		return notBackup(backup)
	}
	if now, err := os.Stat(path); err == nil && os.SameFile(info, now) {
		return pec.Refuse("backup_same_file", "«%s» è il database stesso, non una sua copia.", backup)
	} else if err == nil && now.IsDir() {
		return pec.Refuse("database_unreadable", "«%s» è una cartella, non un database.", path)
	}
	if dir, err := os.Stat(filepath.Dir(path)); err != nil || !dir.IsDir() {
		return pec.Refuse("file_unwritable", "Il database «%s» non si può scrivere: la cartella non esiste.", path)
	}
	return nil
}

// notRestored says what became of a restore that failed: mostly the backup was
// no good, and then nothing was touched.
func notRestored(err error, backup, path, kept string) error {
	if kept != "" {
		return pec.Refuse("file_unwritable", "La copia non si è potuta mettere al posto di «%s», che ora si chiama «%s»: %s.", path, kept, why(err))
	}
	if p := pec.AsProblem(err); p != nil {
		if p.Code == "database_unreadable" {
			return notBackup(backup)
		}
		return err
	}
	if _, code, _ := explain(err); code == "database_damaged" {
		return pec.Refuse("backup_damaged", "La copia «%s» è danneggiata e non si può usare. Il database è rimasto com’era.", backup)
	}
	var cause *fs.PathError
	if errors.As(err, &cause) {
		return pec.Refuse("file_unwritable", "Il database «%s» non si può scrivere: %s. È rimasto com’era.", path, why(err))
	}
	return err
}

func notBackup(file string) error {
	return pec.Refuse("backup_damaged", "«%s» non è una copia di un database di albopec.", file)
}
