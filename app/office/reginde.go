package office

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"albopec/app/intake"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// SubjectsToday is what ReGIndE has to be told today.
type SubjectsToday struct {
	pec.SubjectsDay
	Settings pec.SubjectSettings
	Seen     string // stands for the changes: SendSubjects writes just these, or nothing
	SentOn   pec.Date
}

// SubjectsDue works out what ReGIndE has to be told today: the variations, or
// everybody anew.
func (o *Office) SubjectsDue(tx *db.ReadTx, whole bool) (SubjectsToday, error) {
	var t SubjectsToday
	domiciles, err := o.Domiciles(tx)
	if err != nil {
		return t, err
	}
	standings, err := tx.Standings()
	if err != nil {
		return t, err
	}
	sent, err := tx.SentSubjects()
	if err != nil {
		return t, err
	}
	if t.Settings, err = tx.SubjectSettings(); err != nil {
		return t, err
	}
	members := make([]pec.StandingMember, len(domiciles))
	for i, d := range domiciles {
		members[i] = pec.StandingMember{MemberDomicile: d, Standing: standings[d.Member.ID]}
	}
	t.SubjectsDay = pec.SubjectsDue(members, pec.SubjectsTold(sent), t.Settings.Role, o.Today(), whole)
	t.Seen = t.Fingerprint()
	t.SentOn, err = tx.SubjectsSentOn()
	return t, err
}

// SubjectsWish says what file is to be made.
type SubjectsWish struct {
	Seen   string // the fingerprint of what was shown; empty sends what there is
	Whole  bool   // the whole register: the Ministry deletes all subjects and takes these
	Typed  int    // with Whole, how many subjects it has, typed by who asks for it
	DryRun bool
}

// SubjectsSent is a file that was made for ReGIndE.
type SubjectsSent struct {
	File db.SubjectFile // zero when nothing changed
	pec.SubjectsDay
}

// SendSubjects makes the file for ReGIndE and counts it as sent, in one
// transaction. With nothing to tell no file is made, and the whole register asked
// for twice on a day, unchanged and not answered, is one file. What is overdue for mailboxes
// is carried out first (R6), and stays done when it is why something else was
// shown.
func (o *Office) SendSubjects(ctx context.Context, actor string, w SubjectsWish) (SubjectsSent, error) {
	var done SubjectsSent
	var changed error
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		if err := overdueForAll(tx); err != nil {
			return err
		}
		t, err := o.SubjectsDue(&tx.ReadTx, w.Whole)
		if err != nil {
			return err
		}
		done.SubjectsDay = t.SubjectsDay
		_, missing := t.Settings.Check()
		switch {
		case w.Seen != "" && w.Seen != t.Seen:
			changed = errIndexChanged
			return nil
		case t.SentOn.After(tx.On):
			return pec.Refuse("day_before_last_event", "Il registro ha già saputo di un giorno successivo: le variazioni si comunicano in ordine.")
		case w.Whole && w.Typed != t.Total:
			return pec.Refuse("subjects_untyped", "Per inviare il registro intero scriva quanti soggetti contiene oggi: %s.", pec.Thousands(t.Total)).On("typed")
		case len(t.Changes) == 0 && w.DryRun:
			return errDryRun
		case len(t.Changes) == 0:
			return nil
		case missing != nil && !w.DryRun:
			return pec.Refuse("body_code_missing", "Manca il codice dell’ente: lo scriva in «Domicilio digitale, ReGIndE, Impostazioni».")
		}
		f, err := subjectFile(&tx.ReadTx, t, w.Whole)
		if err != nil || w.DryRun {
			return cmp.Or(err, error(errDryRun))
		}
		if w.Whole { // pressed twice
			last, err := lastSubjectFile(&tx.ReadTx)
			if again := last.Whole && last.SHA256 == f.SHA256 && last.MadeOn == tx.On && last.AnsweredOn.IsZero(); err != nil || again {
				done.File = last
				return err
			}
		}
		id, err := tx.AddSubjectFile(f, t.Changes)
		if err != nil {
			return err
		}
		if done.File, err = tx.SubjectFile(id); err != nil {
			return err
		}
		return tx.Record("reginde.sent", "reginde_file", id, map[string]any{"subjects": len(t.Changes), "whole": w.Whole, "sha256": f.SHA256})
	})
	if err == errDryRun {
		err = nil
	}
	return done, cmp.Or(err, changed)
}

// lastSubjectFile is the latest file that was not withdrawn, with its content; zero
// when there is none.
func lastSubjectFile(tx *db.ReadTx) (db.SubjectFile, error) {
	files, err := tx.SubjectFiles(1)
	if err != nil || len(files) == 0 || !files[0].WithdrawnOn.IsZero() {
		return db.SubjectFile{}, err
	}
	return tx.SubjectFile(files[0].ID)
}

func subjectFile(tx *db.ReadTx, t SubjectsToday, whole bool) (db.SubjectFile, error) {
	f := db.SubjectFile{Name: t.Settings.FileName, Whole: whole, BodyCode: t.Settings.BodyCode}
	template, err := tx.SubjectTemplate()
	if err != nil {
		return f, err
	}
	text := template.Text
	if text == "" {
		text = reports.SubjectsTemplate
	}
	var b bytes.Buffer
	if err := reports.WriteSubjects(&b, text, reports.SubjectsFile{BodyCode: f.BodyCode, Whole: whole, Subjects: t.Changes}); err != nil {
		return f, err
	}
	f.TemplateID, f.Content, f.SHA256 = template.ID, b.Bytes(), sum256(b.Bytes())
	return f, nil
}

func sum256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// SubjectFile returns a file that was made for ReGIndE, as it was.
func (o *Office) SubjectFile(ctx context.Context, id int64) (f db.SubjectFile, err error) {
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		f, err = tx.SubjectFile(id)
		return err
	})
	return f, err
}

// MaxSubjectAnswer is how large an answer of ReGIndE may be, in bytes.
const MaxSubjectAnswer = intake.MaxOutcomes

// SubjectsAnswered is what an answer of ReGIndE changed.
type SubjectsAnswered struct {
	Accepted, Refused int
	Unknown           []string // tax codes of which the file holds nobody
	Silent            int      // subjects of the file of which the answer says nothing
	Known             bool     // this very answer was registered before: nothing changed
	Withdrawn         string   // the code with which the file counted as refused whole until now; empty otherwise
}

// AnswerSubjects reads the register's answer, Esiti.xml, to a file. An answer to
// another body, to none or one that cannot be read is refused with nothing
// written; subjects that the file does not hold are told. The same answer again
// changes nothing. A file that was refused whole had no subject taken: an answer for
// subjects withdraws that only when whoever registers it says that it came after,
// for the answers bear no date. What was answered before is kept.
func (o *Office) AnswerSubjects(ctx context.Context, actor string, file int64, data []byte, after bool) (SubjectsAnswered, error) {
	var done SubjectsAnswered
	out, err := intake.ReadSubjectOutcomes(data)
	if err != nil {
		return done, pec.AsProblem(err).On("file")
	}
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		f, err := tx.SubjectFile(file)
		switch {
		case err != nil:
			return err
		case !f.WithdrawnOn.IsZero():
			return pec.Refuse("reginde_withdrawn", "Il file %d è stato ritirato il %s: non ha esiti.", f.ID, f.WithdrawnOn.Italian()).On("file")
		case out.BodyCode != "" && out.BodyCode != f.BodyCode:
			return pec.Refuse("outcomes_of_another", "L’esito è dell’ente %s, il file è dell’ente %s: è la risposta di un altro.", pec.Shorten(out.BodyCode, 40), f.BodyCode).On("file")
		}
		sum := sum256(data)
		if done.Known = f.AnswerSHA == sum; done.Known {
			return nil
		}
		if f.Answer != "" && out.File == "" && !after {
			return pec.Refuse("reginde_refused_whole", "Il file risulta respinto per intero (%s) dal %s. Se questo esito è arrivato dopo, lo dica qui e scelga di nuovo il file; se è arrivato prima, non va registrato.", f.Answer, f.AnsweredOn.Italian()).On("after")
		}
		if f.Answer != "" && out.File == "" {
			done.Withdrawn = f.Answer
		}
		if err := answerRows(tx, f, out, &done); err != nil {
			return err
		}
		if err := tx.AnswerSubjectFile(f.ID, data, sum, out.File, pec.Shorten(out.Said, maxNote)); err != nil {
			return err
		}
		return tx.Record("reginde.answered", "reginde_file", f.ID, map[string]any{"code": out.File, "accepted": done.Accepted, "refused": done.Refused, "unknown": len(done.Unknown), "replaced": f.Answer})
	})
	return done, err
}

func answerRows(tx *db.Tx, f db.SubjectFile, out pec.SubjectOutcomes, done *SubjectsAnswered) error {
	rows, err := tx.SubjectRows(f.ID, 0, f.Subjects)
	if err != nil {
		return err
	}
	byCode := map[string]db.SubjectRow{}
	for _, r := range rows {
		byCode[r.TaxCode] = r
	}
	answered := map[string]bool{}
	for _, s := range out.Subjects {
		r, ok := byCode[s.TaxCode]
		if !ok {
			done.Unknown = append(done.Unknown, s.TaxCode)
			continue
		}
		answered[s.TaxCode] = true
		if err := tx.SetSubjectAnswer(r.ID, s.Code, pec.Shorten(strings.Join(strings.Fields(s.Said), " "), maxNote)); err != nil {
			return err
		}
		if pec.SubjectAnswerOf(s.Code).Accepted() {
			done.Accepted++
		} else {
			done.Refused++
		}
	}
	switch n := len(out.Subjects); {
	case n == 1 && len(answered) == 0:
		return pec.Refuse("outcomes_of_another", "Il soggetto dell’esito non è in questo file: è la risposta a un altro.").On("file")
	case len(answered) < len(done.Unknown):
		return pec.Refuse("outcomes_of_another", "%s soggetti dell’esito solo %s sono in questo file: è la risposta a un altro.", pec.TheMany("Dei", len(out.Subjects)), pec.Thousands(len(answered))).On("file")
	}
	if done.Silent = len(rows) - len(answered); out.File != "" {
		done.Silent, done.Refused = 0, len(rows)
	}
	return nil
}

// AcceptSubjects registers by hand that the register has taken subjects of a file,
// by their lines, whatever it answered: told by telephone, or of no matter any more.
// It returns of how many that changed.
func (o *Office) AcceptSubjects(ctx context.Context, actor string, file int64, lines []int) (int, error) {
	changed := 0
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		changed = 0
		f, err := tx.SubjectFile(file)
		switch {
		case err != nil:
			return err
		case !f.WithdrawnOn.IsZero():
			return pec.Refuse("reginde_withdrawn", "Il file %d è stato ritirato il %s: non ha esiti.", f.ID, f.WithdrawnOn.Italian()).On("lines")
		case f.Answer != "":
			return pec.Refuse("reginde_refused", "Il registro ha respinto il file intero (%s): nessun soggetto può essere stato preso.", f.Answer).On("lines")
		}
		rows, err := tx.SubjectRows(file, 0, f.Subjects)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if !slices.Contains(lines, r.Line) || pec.SubjectAnswerOf(r.Code).Accepted() {
				continue
			}
			said := byHand
			if r.Code != "" {
				said += byHandBefore + r.Code
			}
			if err := tx.SetSubjectAnswer(r.ID, "S000", said); err != nil {
				return err
			}
			changed++
		}
		if changed == 0 {
			return pec.Refuse("nobody_chosen", "Spunti almeno un soggetto che non è accettato.").On("lines")
		}
		return tx.Record("reginde.accepted", "reginde_file", file, map[string]any{"subjects": changed})
	})
	return changed, err
}

// What is said of a subject that was accepted by hand, and before its code of before.
const (
	byHand       = "registrato a mano"
	byHandBefore = ", prima "
)

// AcceptedByHand reports whether a person, not the register, said that it has taken
// the subject.
func AcceptedByHand(r db.SubjectRow) bool { return strings.HasPrefix(r.Said, byHand) }

// TakeAcceptedBack takes back, for a mistake, that the register has taken subjects
// of a file that were accepted by hand: what it had answered counts again. It returns
// of how many that changed.
func (o *Office) TakeAcceptedBack(ctx context.Context, actor string, file int64, lines []int) (int, error) {
	changed := 0
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		changed = 0
		f, err := tx.SubjectFile(file)
		if err != nil {
			return err
		}
		rows, err := tx.SubjectRows(file, 0, f.Subjects)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if !slices.Contains(lines, r.Line) || r.Withdrawn || !AcceptedByHand(r) {
				continue
			}
			_, code, _ := strings.Cut(r.Said, byHandBefore)
			if err := tx.SetSubjectAnswer(r.ID, code, ""); err != nil {
				return err
			}
			changed++
		}
		if changed == 0 {
			return pec.Refuse("nobody_chosen", "Spunti almeno un soggetto accettato a mano.").On("lines")
		}
		return tx.Record("reginde.accepted_back", "reginde_file", file, map[string]any{"subjects": changed})
	})
	return changed, err
}

// WithdrawSubjectFile says that a file was never sent: its subjects count as never
// sent. Only the latest can be, and only without an answer.
func (o *Office) WithdrawSubjectFile(ctx context.Context, actor string, id int64) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		f, err := tx.SubjectFile(id)
		if err != nil {
			return err
		}
		later, err := tx.LaterSubjectFile(id)
		switch {
		case err != nil || !f.WithdrawnOn.IsZero():
			return err
		case later:
			return pec.Refuse("reginde_not_latest", "Il file %d non è l’ultimo: quelli dopo tengono conto di ciò che conteneva.", id)
		case !f.AnsweredOn.IsZero():
			return pec.Refuse("reginde_answered", "Il file %d ha già un esito: il registro l’ha ricevuto.", id)
		}
		if err := tx.WithdrawSubjectFile(id); err != nil {
			return err
		}
		return tx.Record("reginde.withdrawn", "reginde_file", id, nil)
	})
}

// SetSubjectSettings says how ReGIndE is told, from the next file on.
func (o *Office) SetSubjectSettings(ctx context.Context, actor string, s pec.SubjectSettings) error {
	return o.changeSubjectSettings(ctx, actor, func(pec.SubjectSettings) pec.SubjectSettings { return s })
}

// SetBodyCode sets the body's code alone; the other settings stay.
func (o *Office) SetBodyCode(ctx context.Context, actor, code string) error {
	return o.changeSubjectSettings(ctx, actor, func(s pec.SubjectSettings) pec.SubjectSettings {
		s.BodyCode = code
		return s
	})
}

func (o *Office) changeSubjectSettings(ctx context.Context, actor string, change func(pec.SubjectSettings) pec.SubjectSettings) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		before, err := tx.SubjectSettings()
		if err != nil {
			return err
		}
		s, err := change(before).Check()
		if err != nil || before == s {
			return err
		}
		if err := tx.SetSubjectSettings(s); err != nil {
			return err
		}
		return tx.Record("reginde.settings", "reginde_file", 0, s)
	})
}

// maxTemplate bounds a template, in bytes.
const maxTemplate = 100_000

// SetSubjectTemplate replaces the file's template, from the next file on; an empty
// text goes back to the program's own. It is tried on two invented subjects, one
// with every field and one with only what is needed, and has to tell what a file
// must: a deletion must not look like an insertion.
func (o *Office) SetSubjectTemplate(ctx context.Context, actor, text string) error {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	if strings.TrimSpace(text) == "" || text == reports.SubjectsTemplate {
		text = ""
	}
	if len(text) > maxTemplate {
		return pec.Refuse("value_too_long", "Il modello supera i %s caratteri.", pec.Thousands(maxTemplate)).On("template")
	}
	if text != "" {
		if err := tryTemplate(text); err != nil {
			return err
		}
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		before, err := tx.SubjectTemplate()
		if err != nil || before.Text == text {
			return err
		}
		if err := tx.AddSubjectTemplate(text); err != nil {
			return err
		}
		return tx.Record("reginde.template", "reginde_file", 0, map[string]any{"own": text != "", "sha256": sum256([]byte(text))})
	})
}

// tryTemplate prints a template, and again with each thing changed that a file must
// tell: what comes out has to change with it.
func tryTemplate(text string) error {
	render := func(change func(*reports.SubjectsFile)) (string, error) {
		f := reports.SubjectsFile{BodyCode: "01234567897", Subjects: sampleSubjects()}
		change(&f)
		var b strings.Builder
		err := reports.WriteSubjects(&b, text, f)
		return b.String(), err
	}
	plain, err := render(func(*reports.SubjectsFile) {})
	if err != nil {
		return err
	}
	for _, c := range []struct {
		title  string
		change func(*reports.SubjectsFile)
	}{
		{"il codice dell’ente (.BodyCode)", func(f *reports.SubjectsFile) { f.BodyCode = "COAH501" }},
		{"se è il registro intero (.Whole)", func(f *reports.SubjectsFile) { f.Whole = true }},
		{"l’operazione (.Operation)", func(f *reports.SubjectsFile) { f.Subjects[0].Operation = pec.SubjectDelete }},
		{"il ruolo (.Role)", func(f *reports.SubjectsFile) { f.Subjects[0].Role = "Altro Professionista" }},
		{"lo stato (.Status)", func(f *reports.SubjectsFile) { f.Subjects[0].Status = pec.SubjectSuspended }},
		{"il nome (.Name)", func(f *reports.SubjectsFile) { f.Subjects[0].Name = "Ugo" }},
		{"il cognome (.Surname)", func(f *reports.SubjectsFile) { f.Subjects[0].Surname = "Neri" }},
		{"la PEC (.PEC)", func(f *reports.SubjectsFile) { f.Subjects[0].PEC = "ugo@pec.ordine.example" }},
	} {
		changed, err := render(c.change)
		if err != nil {
			return err
		}
		if changed == plain {
			return pec.Refuse("template_invalid", "Il modello del file non va bene: non dice %s.", c.title).On("template")
		}
	}
	return nil
}

// sampleSubjects are two invented people.
func sampleSubjects() []pec.SubjectChange {
	short := pec.Subject{TaxCode: "RSSMRA80A01H501U", Role: "Avvocato", Status: pec.SubjectActive, Name: "Mario", Surname: "D’Alò & <Figli>", PEC: "mario@pec.ordine.example", Street: "Via Roma 1", City: "Roma"}
	long := short
	long.TaxCode, long.BirthDate, long.BirthPlace, long.BirthProvince = "VRDPIA80A41H501I", pec.NewDate(1980, 1, 1), "Roma", "RM"
	long.PostalCode, long.Province, long.Phone, long.Email = "00100", "RM", "0612345678", "pia@posta.example"
	return []pec.SubjectChange{{Operation: pec.SubjectInsert, Subject: short}, {Operation: pec.SubjectModify, Subject: long}}
}

// overdueForAll carries out what is overdue for everybody (R6). Who cannot be
// renewed stays as they are, and stops nobody else.
func overdueForAll(tx *db.Tx) error {
	due, err := tx.DueMembers(tx.On.AddDays(-1))
	if err != nil {
		return err
	}
	for _, member := range due {
		if err := tx.Try(func() error { return overdue(tx, member) }); err != nil && pec.AsProblem(err) == nil {
			return fmt.Errorf("what is overdue for member %d: %w", member, err)
		}
	}
	return nil
}
