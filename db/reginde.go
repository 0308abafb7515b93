package db

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"albopec/app/pec"
)

// SubjectSettings returns how ReGIndE is told.
func (tx *ReadTx) SubjectSettings() (pec.SubjectSettings, error) {
	list, err := all(tx, func(row scanner) (s pec.SubjectSettings, err error) {
		var doc []byte
		if err := row.Scan(&doc); err != nil {
			return s, err
		}
		return s, json.Unmarshal(doc, &s)
	}, `SELECT CAST(document AS BLOB) FROM reginde_settings`)
	if err != nil || len(list) == 0 {
		return pec.DefaultSubjectSettings(), err
	}
	return list[0], nil
}

// SetSubjectSettings stores how ReGIndE is told.
func (tx *Tx) SetSubjectSettings(s pec.SubjectSettings) error {
	doc, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return tx.exec(`INSERT INTO reginde_settings (id, document) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document`, string(doc))
}

// SubjectTemplate is a version of the file's template.
type SubjectTemplate struct {
	ID    int64  // 0: the program's own
	Text  string // empty: the program's own
	On    pec.Date
	At    time.Time
	Actor string
}

// SubjectTemplates returns the versions, newest first.
func (tx *ReadTx) SubjectTemplates(limit int) ([]SubjectTemplate, error) {
	return all(tx, func(row scanner) (SubjectTemplate, error) {
		var t SubjectTemplate
		return t, row.Scan(&t.ID, &t.Text, dayInto{&t.On}, instantInto{&t.At}, &t.Actor)
	}, `SELECT id, text, day_on, at, actor FROM reginde_templates ORDER BY id DESC LIMIT ?`, limit)
}

// SubjectTemplate returns the version in force; zero for the program's own.
func (tx *ReadTx) SubjectTemplate() (SubjectTemplate, error) {
	t, err := firstOf(tx.SubjectTemplates(1))
	if t.Text == "" {
		t = SubjectTemplate{}
	}
	return t, err
}

// AddSubjectTemplate keeps a new version; an empty text goes back to the
// program's own.
func (tx *Tx) AddSubjectTemplate(text string) error {
	return tx.exec(`INSERT INTO reginde_templates (text, day_on, at, actor) VALUES (?, ?, ?, ?)`, text, day(tx.On), instant(tx.Now), tx.Actor)
}

// SubjectFile is a file for ReGIndE, kept as it was.
type SubjectFile struct {
	ID          int64
	Name        string
	Whole       bool
	BodyCode    string
	TemplateID  int64
	Content     []byte // nil where it is not read
	SHA256      string
	Subjects    int
	MadeOn      pec.Date
	At          time.Time
	Actor       string
	WithdrawnOn pec.Date
	Answer      string // the code of the whole file, F…
	Said        string
	AnsweredOn  pec.Date
	AnswerSHA   string // of the answer's file, hex; empty without one
	// The subjects by operation, and by answer: the last three sum up to Subjects.
	Inserted, Modified, Deleted int
	Awaited, Accepted, Refused  int
}

const subjectFileColumns = `f.id, f.name, f.whole, f.body_code, COALESCE(f.template_id, 0), f.sha256, f.subjects, f.made_on, f.at, f.actor, f.withdrawn_on,
	f.answer_code, f.answer_said, f.answered_on, COALESCE(f.answer_sha256, ''),
	COUNT(*) FILTER (WHERE r.operation = 'insert'), COUNT(*) FILTER (WHERE r.operation = 'modify'), COUNT(*) FILTER (WHERE r.operation = 'delete'),
	COUNT(*) FILTER (WHERE r.code = ''), COUNT(*) FILTER (WHERE r.code IN ('S000', 'W001')), COUNT(*) FILTER (WHERE r.code NOT IN ('', 'S000', 'W001'))`

func (f *SubjectFile) scan(row scanner, also ...any) error {
	return row.Scan(append([]any{
		&f.ID, &f.Name, &f.Whole, &f.BodyCode, &f.TemplateID, &f.SHA256, &f.Subjects, dayInto{&f.MadeOn}, instantInto{&f.At}, &f.Actor, dayInto{&f.WithdrawnOn},
		&f.Answer, &f.Said, dayInto{&f.AnsweredOn}, &f.AnswerSHA, &f.Inserted, &f.Modified, &f.Deleted, &f.Awaited, &f.Accepted, &f.Refused,
	}, also...)...)
}

// SubjectFile returns a file with its content.
func (tx *ReadTx) SubjectFile(id int64) (SubjectFile, error) {
	return one(tx, pec.Refuse("reginde_file_unknown", "Il file %d per ReGIndE non esiste.", id), func(row scanner) (SubjectFile, error) {
		var f SubjectFile
		return f, f.scan(row, &f.Content)
	}, `SELECT `+subjectFileColumns+`, f.content FROM reginde_files f JOIN reginde_rows r ON r.file_id = f.id WHERE f.id = ? GROUP BY f.id`, id)
}

// SubjectFiles returns the files, newest first, without their content.
func (tx *ReadTx) SubjectFiles(limit int) ([]SubjectFile, error) {
	return all(tx, func(row scanner) (SubjectFile, error) {
		var f SubjectFile
		return f, f.scan(row)
	}, `SELECT `+subjectFileColumns+` FROM reginde_files f JOIN reginde_rows r ON r.file_id = f.id
		WHERE f.id IN (SELECT id FROM reginde_files ORDER BY id DESC LIMIT ?) GROUP BY f.id ORDER BY f.id DESC`, limit)
}

// LaterSubjectFile reports whether a later file than one was sent; with 0 whether
// any was.
func (tx *ReadTx) LaterSubjectFile(id int64) (bool, error) {
	return value[bool](tx, `SELECT EXISTS (SELECT 1 FROM reginde_files WHERE id > ? AND withdrawn_on IS NULL)`, id)
}

// SubjectsSentOn is the latest day on which a file was sent; zero for never.
func (tx *ReadTx) SubjectsSentOn() (pec.Date, error) {
	return firstOf(all(tx, func(row scanner) (pec.Date, error) {
		var d pec.Date
		return d, row.Scan(dayInto{&d})
	}, `SELECT MAX(made_on) FROM reginde_files WHERE withdrawn_on IS NULL`))
}

// AddSubjectFile keeps a file with its subjects and returns its number.
func (tx *Tx) AddSubjectFile(f SubjectFile, changes []pec.SubjectChange) (int64, error) {
	id, err := tx.insert(`INSERT INTO reginde_files (name, whole, body_code, template_id, content, sha256, subjects, made_on, at, actor)
		VALUES (?, ?, ?, NULLIF(?, 0), ?, ?, ?, ?, ?, ?)`, f.Name, f.Whole, f.BodyCode, f.TemplateID, f.Content, f.SHA256, len(changes), day(tx.On), instant(tx.Now), tx.Actor)
	if err != nil {
		return 0, err
	}
	for i, c := range changes {
		doc, err := json.Marshal(c.Subject)
		if err != nil {
			return 0, fmt.Errorf("subject %d of a file: %w", i+1, err)
		}
		err = tx.exec(`INSERT INTO reginde_rows (file_id, line, member_id, operation, tax_code, subject, why, cuts)
			VALUES (?, ?, (SELECT id FROM members WHERE id = ?), ?, ?, ?, ?, ?)`, id, i+1, c.MemberID, c.Operation, c.TaxCode, string(doc), c.Why, strings.Join(c.Cuts, "; "))
		if err != nil {
			return 0, err
		}
	}
	return id, nil
}

// WithdrawSubjectFile notes that a file was never sent.
func (tx *Tx) WithdrawSubjectFile(id int64) error {
	return tx.exec(`UPDATE reginde_files SET withdrawn_on = ? WHERE id = ?`, day(tx.On), id)
}

// ReplacedAnswer is an answer of the register to a file that a later one replaced.
type ReplacedAnswer struct {
	Code       string // of the whole file, F…; empty when it spoke of subjects
	Said       string
	AnsweredOn pec.Date
	ReplacedOn pec.Date
	Actor      string // who replaced it
}

// ReplacedAnswers returns the answers to a file that were replaced, newest first.
func (tx *ReadTx) ReplacedAnswers(file int64) ([]ReplacedAnswer, error) {
	return all(tx, func(row scanner) (ReplacedAnswer, error) {
		var a ReplacedAnswer
		return a, row.Scan(&a.Code, &a.Said, dayInto{&a.AnsweredOn}, dayInto{&a.ReplacedOn}, &a.Actor)
	}, `SELECT code, said, answered_on, day_on, actor FROM reginde_answers WHERE file_id = ? ORDER BY id DESC`, file)
}

// AnswerSubjectFile keeps the register's answer to a file as it came, and the one
// that it replaces.
func (tx *Tx) AnswerSubjectFile(id int64, answer []byte, sum, code, said string) error {
	err := tx.exec(`INSERT INTO reginde_answers (file_id, answer, sha256, code, said, answered_on, day_on, at, actor)
		SELECT id, answer, answer_sha256, answer_code, answer_said, answered_on, ?, ?, ? FROM reginde_files WHERE id = ? AND answered_on IS NOT NULL`, day(tx.On), instant(tx.Now), tx.Actor, id)
	if err != nil {
		return err
	}
	return tx.exec(`UPDATE reginde_files SET answer = ?, answer_sha256 = ?, answer_code = ?, answer_said = ?, answered_on = ? WHERE id = ?`, answer, sum, code, said, day(tx.On), id)
}

// SubjectRow is a subject of a file with its answer.
type SubjectRow struct {
	ID     int64
	FileID int64
	Line   int
	pec.SubjectChange
	CutsSaid  string
	Code      string
	Said      string
	Whole     bool
	MadeOn    pec.Date
	Withdrawn bool
	FileCode  string // of the answer for the whole file, F…; empty while it was not refused whole
	FileWas   string // the code with which the file was refused whole before another answer came; empty otherwise
}

// SetSubjectAnswer writes the answer for a subject.
func (tx *Tx) SetSubjectAnswer(row int64, code, said string) error {
	return tx.exec(`UPDATE reginde_rows SET code = ?, said = ? WHERE id = ?`, code, said, row)
}

const subjectRowColumns = `r.id, r.file_id, r.line, COALESCE(r.member_id, 0), r.operation, CAST(r.subject AS BLOB), r.why, r.cuts, r.code, r.said, f.whole, f.made_on, f.withdrawn_on IS NOT NULL, f.answer_code,
	COALESCE((SELECT a.code FROM reginde_answers a WHERE a.file_id = f.id AND a.code <> '' ORDER BY a.id DESC LIMIT 1), '')`

const subjectRowTables = `reginde_rows r JOIN reginde_files f ON f.id = r.file_id`

func scanSubjectRow(row scanner) (SubjectRow, error) {
	var r SubjectRow
	var doc []byte
	err := row.Scan(&r.ID, &r.FileID, &r.Line, &r.MemberID, &r.Operation, &doc, &r.Why, &r.CutsSaid, &r.Code, &r.Said, &r.Whole, dayInto{&r.MadeOn}, &r.Withdrawn, &r.FileCode, &r.FileWas)
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(doc, &r.Subject)
}

// SubjectRows returns the subjects of a file in their order, after a line.
func (tx *ReadTx) SubjectRows(file int64, after, limit int) ([]SubjectRow, error) {
	return all(tx, scanSubjectRow, `SELECT `+subjectRowColumns+` FROM `+subjectRowTables+` WHERE r.file_id = ? AND r.line > ? ORDER BY r.line LIMIT ?`, file, after, limit)
}

// SubjectRowsOf returns what the register was told of a member, newest first.
func (tx *ReadTx) SubjectRowsOf(member int64) ([]SubjectRow, error) {
	return all(tx, scanSubjectRow, `SELECT `+subjectRowColumns+` FROM `+subjectRowTables+` WHERE r.member_id = ? ORDER BY r.id DESC`, member)
}

// SentSubjects returns all that was sent, in order, of files that were not
// withdrawn, with the answers for the subject and for its whole file.
func (tx *ReadTx) SentSubjects() ([]pec.SentSubject, error) {
	return all(tx, func(row scanner) (pec.SentSubject, error) {
		var s pec.SentSubject
		var doc []byte
		if err := row.Scan(&s.File, &s.Whole, &s.Operation, &doc, &s.MemberID, &s.Code, &s.Said, &s.FileCode, &s.FileSaid); err != nil {
			return s, err
		}
		return s, json.Unmarshal(doc, &s.Subject)
	}, `SELECT f.id, f.whole, r.operation, CAST(r.subject AS BLOB), COALESCE(r.member_id, 0), r.code, r.said, f.answer_code, f.answer_said
		FROM `+subjectRowTables+` WHERE f.withdrawn_on IS NULL ORDER BY r.id`)
}
