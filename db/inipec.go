package db

import (
	"fmt"
	"time"

	"albopec/app/pec"
)

// IndexFile is a file for INI-PEC, kept as it was.
type IndexFile struct {
	ID          int64
	Content     []byte // nil where it is not read
	SHA256      string // hex
	Rows        int
	MadeOn      pec.Date
	At          time.Time
	Actor       string
	WithdrawnOn pec.Date // zero unless it was never given to the index
	// What became of its rows: the three sum up to Rows.
	Awaited, Accepted, Refused int
	Inserted, Updated, Removed int // the rows by state
}

// Name is the file's name: "inipec-12-2026-10-12.csv".
func (f IndexFile) Name() string { return fmt.Sprintf("inipec-%d-%s.csv", f.ID, f.MadeOn) }

const indexFileColumns = `f.id, f.sha256, f.rows, f.made_on, f.at, f.actor, f.withdrawn_on,
	COUNT(*) FILTER (WHERE r.outcome = ''), COUNT(*) FILTER (WHERE r.outcome = 'accepted'), COUNT(*) FILTER (WHERE r.outcome = 'refused'),
	COUNT(*) FILTER (WHERE r.state = 2), COUNT(*) FILTER (WHERE r.state = 1), COUNT(*) FILTER (WHERE r.state = 3)`

func (f *IndexFile) scan(row scanner, also ...any) error {
	return row.Scan(append([]any{
		&f.ID, &f.SHA256, &f.Rows, dayInto{&f.MadeOn}, instantInto{&f.At}, &f.Actor, dayInto{&f.WithdrawnOn},
		&f.Awaited, &f.Accepted, &f.Refused, &f.Inserted, &f.Updated, &f.Removed,
	}, also...)...)
}

// IndexFile returns a file with its content.
func (tx *ReadTx) IndexFile(id int64) (IndexFile, error) {
	return one(tx, pec.Refuse("inipec_file_unknown", "Il file %d per INI-PEC non esiste.", id), func(row scanner) (IndexFile, error) {
		var f IndexFile
		return f, f.scan(row, &f.Content)
	}, `SELECT `+indexFileColumns+`, f.content FROM inipec_files f JOIN inipec_rows r ON r.file_id = f.id WHERE f.id = ? GROUP BY f.id`, id)
}

// IndexFiles returns the files, newest first, without their content.
func (tx *ReadTx) IndexFiles(limit int) ([]IndexFile, error) {
	return all(tx, func(row scanner) (IndexFile, error) {
		var f IndexFile
		return f, f.scan(row)
	}, `SELECT `+indexFileColumns+` FROM inipec_files f JOIN inipec_rows r ON r.file_id = f.id
		WHERE f.id IN (SELECT id FROM inipec_files ORDER BY id DESC LIMIT ?) GROUP BY f.id ORDER BY f.id DESC`, limit)
}

// NextIndexFile is the number that the next file gets.
func (tx *ReadTx) NextIndexFile() (int64, error) {
	return value[int64](tx, `SELECT COALESCE(MAX(id), 0) + 1 FROM inipec_files`)
}

// AddIndexFile keeps a file with its rows, in the order of the file.
func (tx *Tx) AddIndexFile(f IndexFile, rows []pec.Variation) error {
	err := tx.exec(`INSERT INTO inipec_files (id, content, sha256, rows, made_on, at, actor) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		f.ID, f.Content, f.SHA256, len(rows), day(f.MadeOn), instant(tx.Now), tx.Actor)
	if err != nil {
		return err
	}
	for i, v := range rows {
		err := tx.exec(`INSERT INTO inipec_rows (file_id, line, member_id, state, address, name, surname, registration_number, tax_code, registered_on, cancelled_on, why)
			VALUES (?, ?, (SELECT id FROM members WHERE id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			f.ID, i+1, v.MemberID, int(v.State), v.Address, v.Name, v.Surname, v.RegistrationNumber, v.TaxCode, day(v.RegisteredOn), day(v.CancelledOn), v.Why)
		if err != nil {
			return err
		}
	}
	return nil
}

// WithdrawIndexFile notes that a file was never given to the index.
func (tx *Tx) WithdrawIndexFile(id int64) error {
	return tx.exec(`UPDATE inipec_files SET withdrawn_on = ? WHERE id = ?`, day(tx.On), id)
}

// IndexRow is a row of a file for the index with its outcome.
type IndexRow struct {
	ID     int64
	FileID int64
	Line   int
	pec.Variation
	Outcome   string // "", "accepted", "refused"
	Text      string // what the index said
	OutcomeOn pec.Date
	MadeOn    pec.Date // of its file
	Withdrawn bool     // the file was
	Before    []IndexCorrection
}

// IndexCorrection is an outcome of a row as it was before it was corrected.
type IndexCorrection struct {
	Outcome     string // "accepted", "refused"
	Text        string // what the index said
	OutcomeOn   pec.Date
	CorrectedOn pec.Date
	Actor       string // who corrected it
}

const indexRowColumns = `r.id, r.file_id, r.line, COALESCE(r.member_id, 0), r.state, r.address, r.name, r.surname, r.registration_number, r.tax_code,
	r.registered_on, r.cancelled_on, r.why, r.outcome, r.outcome_text, r.outcome_on, f.made_on, f.withdrawn_on IS NOT NULL`

const indexRowTables = `inipec_rows r JOIN inipec_files f ON f.id = r.file_id`

func scanIndexRow(row scanner) (IndexRow, error) {
	var r IndexRow
	return r, row.Scan(&r.ID, &r.FileID, &r.Line, &r.MemberID, &r.State, &r.Address, &r.Name, &r.Surname, &r.RegistrationNumber, &r.TaxCode,
		dayInto{&r.RegisteredOn}, dayInto{&r.CancelledOn}, &r.Why, &r.Outcome, &r.Text, dayInto{&r.OutcomeOn}, dayInto{&r.MadeOn}, &r.Withdrawn)
}

// IndexRows returns the rows of a file in their order, after a line.
func (tx *ReadTx) IndexRows(file int64, after, limit int) ([]IndexRow, error) {
	rows, err := all(tx, scanIndexRow, `SELECT `+indexRowColumns+` FROM `+indexRowTables+` WHERE r.file_id = ? AND r.line > ? ORDER BY r.line LIMIT ?`, file, after, limit)
	if err != nil {
		return nil, err
	}
	return rows, tx.addCorrections(rows, `r.file_id = ?`, file)
}

// IndexRowsOf returns what the index was told of a member, newest first.
func (tx *ReadTx) IndexRowsOf(member int64) ([]IndexRow, error) {
	rows, err := all(tx, scanIndexRow, `SELECT `+indexRowColumns+` FROM `+indexRowTables+` WHERE r.member_id = ? ORDER BY r.id DESC`, member)
	if err != nil {
		return nil, err
	}
	return rows, tx.addCorrections(rows, `r.member_id = ?`, member)
}

// addCorrections gives rows their outcomes of before, newest first.
func (tx *ReadTx) addCorrections(rows []IndexRow, which string, id int64) error {
	type correction struct {
		row int64
		IndexCorrection
	}
	list, err := all(tx, func(row scanner) (correction, error) {
		var c correction
		return c, row.Scan(&c.row, &c.Outcome, &c.Text, dayInto{&c.OutcomeOn}, dayInto{&c.CorrectedOn}, &c.Actor)
	}, `SELECT c.row_id, c.outcome, c.outcome_text, c.outcome_on, c.day_on, c.actor FROM inipec_rows r JOIN inipec_corrections c ON c.row_id = r.id
		WHERE `+which+` ORDER BY c.id DESC`, id)
	of := map[int64][]IndexCorrection{}
	for _, c := range list {
		of[c.row] = append(of[c.row], c.IndexCorrection)
	}
	for i := range rows {
		rows[i].Before = of[rows[i].ID]
	}
	return err
}

// SetIndexOutcome registers what the index did with a row, and keeps what was
// registered before.
func (tx *Tx) SetIndexOutcome(row int64, outcome, text string) error {
	err := tx.exec(`INSERT INTO inipec_corrections (row_id, outcome, outcome_text, outcome_on, day_on, at, actor)
		SELECT id, outcome, outcome_text, outcome_on, ?, ?, ? FROM inipec_rows WHERE id = ? AND outcome <> ''`, day(tx.On), instant(tx.Now), tx.Actor, row)
	if err != nil {
		return err
	}
	var on any
	if outcome != "" {
		on = day(tx.On)
	}
	return tx.exec(`UPDATE inipec_rows SET outcome = ?, outcome_text = ?, outcome_on = ? WHERE id = ?`, outcome, text, on, row)
}

// Communicated returns what the index was told last of each person: the latest
// row that was not refused, in files that were not withdrawn, and the refusal
// that came after it, if any.
func (tx *ReadTx) Communicated() ([]pec.Communicated, error) {
	return all(tx, func(row scanner) (pec.Communicated, error) {
		var c pec.Communicated
		return c, row.Scan(&c.TaxCode, &c.MemberID, &c.Address, &c.Name, &c.Surname, &c.RegistrationNumber, &c.Held, &c.Again, &c.Refused)
	}, `WITH told AS (SELECT r.tax_code AS tax_code,
			COALESCE(MAX(r.id) FILTER (WHERE r.outcome <> 'refused'), 0) AS stands, COALESCE(MAX(r.id) FILTER (WHERE r.outcome = 'refused'), 0) AS refused
		FROM inipec_rows r JOIN inipec_files f ON f.id = r.file_id AND f.withdrawn_on IS NULL GROUP BY r.tax_code)
	SELECT t.tax_code, COALESCE(s.member_id, x.member_id, 0), COALESCE(s.address, ''), COALESCE(s.name, ''), COALESCE(s.surname, ''), COALESCE(s.registration_number, ''),
		COALESCE(s.state <> 3, 0), t.refused > t.stands, CASE WHEN t.refused > t.stands THEN x.outcome_text ELSE '' END
	FROM told t LEFT JOIN inipec_rows s ON s.id = t.stands LEFT JOIN inipec_rows x ON x.id = t.refused ORDER BY t.tax_code`)
}

// IndexToldOn is the latest day, up to one, on which the index was told
// something or that nothing changed; zero for never.
func (tx *ReadTx) IndexToldOn(until pec.Date) (pec.Date, error) {
	return firstOf(all(tx, func(row scanner) (pec.Date, error) {
		var d pec.Date
		return d, row.Scan(dayInto{&d})
	}, `SELECT MAX(on_day) FROM (SELECT MAX(made_on) AS on_day FROM inipec_files WHERE withdrawn_on IS NULL AND made_on <= ?1
		UNION ALL SELECT MAX(day_on) FROM inipec_confirmations WHERE day_on <= ?1)`, day(until)))
}

// IndexConfirmation is a day on which the index was told that nothing changed.
type IndexConfirmation struct {
	On    pec.Date
	At    time.Time
	Actor string
}

// IndexConfirmations returns the latest such days, newest first: not those on which
// a file was made besides.
func (tx *ReadTx) IndexConfirmations(limit int) ([]IndexConfirmation, error) {
	return all(tx, func(row scanner) (IndexConfirmation, error) {
		var c IndexConfirmation
		return c, row.Scan(dayInto{&c.On}, instantInto{&c.At}, &c.Actor)
	}, `SELECT day_on, at, actor FROM inipec_confirmations c
		WHERE NOT EXISTS (SELECT 1 FROM inipec_files f WHERE f.made_on = c.day_on AND f.withdrawn_on IS NULL) ORDER BY day_on DESC LIMIT ?`, limit)
}

// ConfirmIndex keeps that nothing changed on the transaction's day, and reports
// whether that was not known yet.
func (tx *Tx) ConfirmIndex() (bool, error) {
	before, err := value[bool](&tx.ReadTx, `SELECT EXISTS (SELECT 1 FROM inipec_confirmations WHERE day_on = ?)`, day(tx.On))
	if err != nil || before {
		return false, err
	}
	return true, tx.exec(`INSERT INTO inipec_confirmations (day_on, at, actor) VALUES (?, ?, ?)`, day(tx.On), instant(tx.Now), tx.Actor)
}

// LaterIndexFile reports whether a later file than one was sent.
func (tx *ReadTx) LaterIndexFile(id int64) (bool, error) {
	return value[bool](tx, `SELECT EXISTS (SELECT 1 FROM inipec_files WHERE id > ? AND withdrawn_on IS NULL)`, id)
}
