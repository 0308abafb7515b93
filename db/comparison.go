package db

import (
	"encoding/json"
	"time"

	"albopec/app/pec"
)

// ComparisonRow is a provider's list that was held against our books.
type ComparisonRow struct {
	ID       int64
	Filename string
	SHA256   string
	Content  []byte // nil where it is not read
	Reading  ComparisonReading
	Rows     int
	Equal    int
	Expired  int
	MadeOn   pec.Date
	At       time.Time
	Actor    string
	Found    int // differences
	Open     int // of them, nothing was done with
}

// ComparisonReading is how the file of a comparison was read.
type ComparisonReading struct {
	Options               json.RawMessage   `json:"options,omitempty"` // the operator's choices; empty of comparisons of before they were kept
	Header                []string          `json:"header,omitempty"`
	Mapping               map[string]string `json:"mapping,omitempty"` // title to field, of the columns that were read
	Upload                int64             `json:"upload,omitempty"`  // the kept file that it was
	pec.ComparisonChoices                   // as they were taken; empty of comparisons of before they were asked
}

const comparisonColumns = `c.id, c.filename, c.sha256, c.rows, c.equal, c.expired, c.made_on, c.at, c.actor,
	(SELECT COUNT(*) FROM differences d WHERE d.comparison_id = c.id), (SELECT COUNT(*) FROM differences d WHERE d.comparison_id = c.id AND d.state = 'open')`

func (c *ComparisonRow) scan(row scanner, also ...any) error {
	return row.Scan(append([]any{&c.ID, &c.Filename, &c.SHA256, &c.Rows, &c.Equal, &c.Expired, dayInto{&c.MadeOn}, instantInto{&c.At}, &c.Actor, &c.Found, &c.Open}, also...)...)
}

// Comparison returns a comparison with the file that it was made of.
func (tx *ReadTx) Comparison(id int64) (ComparisonRow, error) {
	return one(tx, pec.Refuse("comparison_unknown", "Il confronto %d non esiste.", id), func(row scanner) (ComparisonRow, error) {
		var c ComparisonRow
		var reading []byte
		if err := c.scan(row, &c.Content, &reading); err != nil {
			return c, err
		}
		return c, json.Unmarshal(reading, &c.Reading)
	}, `SELECT `+comparisonColumns+`, c.content, CAST(c.reading AS BLOB) FROM comparisons c WHERE c.id = ?`, id)
}

// Comparisons returns the comparisons, newest first, without their files.
func (tx *ReadTx) Comparisons(limit int) ([]ComparisonRow, error) {
	return all(tx, func(row scanner) (ComparisonRow, error) {
		var c ComparisonRow
		return c, c.scan(row)
	}, `SELECT `+comparisonColumns+` FROM comparisons c ORDER BY c.id DESC LIMIT ?`, limit)
}

// ComparisonOf is the latest comparison of a file, 0 for none.
func (tx *ReadTx) ComparisonOf(sha256 string) (int64, error) {
	return value[int64](tx, `SELECT COALESCE(MAX(id), 0) FROM comparisons WHERE sha256 = ?`, sha256)
}

// ComparisonOfUpload is the comparison that a kept file became, 0 for none.
func (tx *ReadTx) ComparisonOfUpload(upload int64) (int64, error) {
	return value[int64](tx, `SELECT COALESCE(MAX(id), 0) FROM comparisons WHERE reading ->> 'upload' = ?`, upload)
}

// ComparisonReadings returns how the latest comparisons read their columns, newest
// first, as Readings does of imports; those that met none of our mailboxes left out,
// for their columns were hardly the right ones.
func (tx *ReadTx) ComparisonReadings(limit int) ([]Reading, error) {
	return all(tx, func(row scanner) (Reading, error) {
		var r Reading
		var doc []byte
		if err := row.Scan(&r.Batch, &doc); err != nil {
			return r, err
		}
		var c ComparisonReading
		err := json.Unmarshal(doc, &c)
		r.Header, r.Mapping, r.Choices = c.Header, c.Mapping, c.ComparisonChoices
		return r, err
	}, `SELECT id, CAST(reading AS BLOB) FROM comparisons c
		WHERE reading ->> 'header' IS NOT NULL AND (equal > 0 OR EXISTS (SELECT 1 FROM differences d WHERE d.comparison_id = c.id AND d.row > 0 AND d.mailbox_id IS NOT NULL))
		ORDER BY id DESC LIMIT ?`, limit)
}

// AddComparison keeps a comparison with what it found and returns its number.
func (tx *Tx) AddComparison(c ComparisonRow, found []pec.Difference) (int64, error) {
	reading, err := json.Marshal(c.Reading)
	if err != nil {
		return 0, err
	}
	id, err := tx.insert(`INSERT INTO comparisons (filename, sha256, content, reading, rows, equal, expired, made_on, at, actor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.Filename, c.SHA256, c.Content, string(reading), c.Rows, c.Equal, c.Expired, day(tx.On), instant(tx.Now), tx.Actor)
	if err != nil {
		return 0, err
	}
	for _, d := range found {
		err := tx.exec(`INSERT INTO differences (comparison_id, kind, row, address, mailbox_id, member_id, holder, left_register, theirs, ours, net_cents, vat_cents, gross_cents, note)
			VALUES (?, ?, ?, ?, NULLIF(?, 0), NULLIF(?, 0), ?, ?, ?, ?, ?, ?, ?, ?)`,
			id, d.Kind, d.Row, d.Address, d.MailboxID, d.MemberID, d.Holder, d.Left, d.Theirs, d.Ours, d.Stake.Net, d.Stake.VAT, d.Stake.Gross, d.Note)
		if err != nil {
			return 0, err
		}
	}
	return id, nil
}

// DifferenceRow is a difference with what was done about it.
type DifferenceRow struct {
	ID           int64
	ComparisonID int64
	pec.Difference
	State      string // "open", "to_tell", "told", "import", "ignored"
	StateNote  string
	StateOn    pec.Date
	StateActor string
}

// DifferenceFilter says which differences of a comparison.
type DifferenceFilter struct {
	Comparison int64
	Kind       pec.DifferenceKind // empty for all
	State      string             // empty for all
	After      int64
	Limit      int // 0 for all
}

// Differences returns what a comparison found, in its order.
func (tx *ReadTx) Differences(f DifferenceFilter) ([]DifferenceRow, error) {
	if f.Limit == 0 {
		f.Limit = -1
	}
	return all(tx, func(row scanner) (DifferenceRow, error) {
		var d DifferenceRow
		return d, row.Scan(&d.ID, &d.ComparisonID, &d.Kind, &d.Row, &d.Address, &d.MailboxID, &d.MemberID, &d.Holder, &d.Left, &d.Theirs, &d.Ours,
			&d.Stake.Net, &d.Stake.VAT, &d.Stake.Gross, &d.Note, &d.State, &d.StateNote, dayInto{&d.StateOn}, &d.StateActor)
	}, `SELECT id, comparison_id, kind, row, address, COALESCE(mailbox_id, 0), COALESCE(member_id, 0), holder, left_register, theirs, ours,
			net_cents, vat_cents, gross_cents, note, state, state_note, state_on, state_actor
		FROM differences WHERE comparison_id = ?1 AND ?2 IN ('', kind) AND ?3 IN ('', state) AND id > ?4 ORDER BY id LIMIT ?5`,
		f.Comparison, f.Kind, f.State, f.After, f.Limit)
}

// DifferenceSum is how many differences of a kind a comparison found, and what
// those that cost more there are worth a year.
type DifferenceSum struct {
	Kind  pec.DifferenceKind
	Count int
	Stake pec.Amounts
}

// DifferenceSums returns the sums of a comparison by kind.
func (tx *ReadTx) DifferenceSums(comparison int64) ([]DifferenceSum, error) {
	return all(tx, func(row scanner) (DifferenceSum, error) {
		var s DifferenceSum
		return s, row.Scan(&s.Kind, &s.Count, &s.Stake.Net, &s.Stake.VAT, &s.Stake.Gross)
	}, `SELECT kind, COUNT(*), COALESCE(SUM(net_cents) FILTER (WHERE net_cents > 0), 0), COALESCE(SUM(vat_cents) FILTER (WHERE net_cents > 0), 0),
			COALESCE(SUM(gross_cents) FILTER (WHERE net_cents > 0), 0)
		FROM differences WHERE comparison_id = ? GROUP BY kind`, comparison)
}

// LeaversSum returns how many mailboxes of people who left the register only the
// provider has, and what a year of them is worth.
func (tx *ReadTx) LeaversSum(comparison int64) (DifferenceSum, error) {
	return one(tx, nil, func(row scanner) (DifferenceSum, error) {
		s := DifferenceSum{Kind: pec.OnlyThere}
		return s, row.Scan(&s.Count, &s.Stake.Net, &s.Stake.VAT, &s.Stake.Gross)
	}, `SELECT COUNT(*), COALESCE(SUM(net_cents), 0), COALESCE(SUM(vat_cents), 0), COALESCE(SUM(gross_cents), 0)
		FROM differences WHERE comparison_id = ? AND kind = ? AND left_register = 1 AND net_cents > 0`, comparison, pec.OnlyThere)
}

const differenceTaken = `SELECT id, comparison_id, address FROM differences WHERE state = 'import' AND id `

func scanDifferenceTaken(row scanner) (DifferenceRow, error) {
	var d DifferenceRow
	return d, row.Scan(&d.ID, &d.ComparisonID, &d.Address)
}

// DifferencesOfUpload returns the differences, their numbers and addresses only, that
// were taken into a kept file of an import, and into no other that waits.
func (tx *ReadTx) DifferencesOfUpload(upload int64) ([]DifferenceRow, error) {
	return all(tx, scanDifferenceTaken, differenceTaken+`IN (SELECT j.value FROM uploads u, json_each(u.options, '$.differences') j WHERE u.id = ?1)
		AND id NOT IN (SELECT j.value FROM uploads u, json_each(u.options, '$.differences') j WHERE u.id <> ?1) ORDER BY comparison_id, id`, upload)
}

// DifferencesOfOldUploads is DifferencesOfUpload of the files sent before an instant.
func (tx *ReadTx) DifferencesOfOldUploads(since time.Time) ([]DifferenceRow, error) {
	return all(tx, scanDifferenceTaken, differenceTaken+`IN (SELECT j.value FROM uploads u, json_each(u.options, '$.differences') j WHERE u.created_at < ?1)
		AND id NOT IN (SELECT j.value FROM uploads u, json_each(u.options, '$.differences') j WHERE u.created_at >= ?1) ORDER BY comparison_id, id`, instant(since))
}

// DifferencesTaken returns those of these differences that are said to be taken into
// an import.
func (tx *ReadTx) DifferencesTaken(ids []int64) ([]DifferenceRow, error) {
	list, err := json.Marshal(ids)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return all(tx, scanDifferenceTaken, differenceTaken+`IN (SELECT value FROM json_each(?)) ORDER BY comparison_id, id`, string(list))
}

// SetDifference writes what was done about a difference.
func (tx *Tx) SetDifference(id int64, state, note string) error {
	return tx.exec(`UPDATE differences SET state = ?, state_note = ?, state_on = ?, state_actor = ? WHERE id = ?`, state, note, day(tx.On), tx.Actor, id)
}

// RecoverableCharge is what the Ordine was charged for a term that began when the
// holder had left (9.3).
type RecoverableCharge struct {
	MemberID  int64
	Holder    string
	MailboxID int64
	Address   string
	LeftOn    pec.Date
	StartsOn  pec.Date
	Price     pec.Amounts
}

const recoverableCharges = `FROM charges c JOIN mailboxes b ON b.id = c.mailbox_id JOIN members m ON m.id = b.member_id
	WHERE m.status NOT IN ('active', 'suspended') AND c.starts_on >= m.left_on AND c.gross_cents > 0`

// RecoverableSum is how many there are, and what they are together.
func (tx *ReadTx) RecoverableSum() (n int, sum pec.Amounts, err error) {
	_, err = all(tx, func(row scanner) (struct{}, error) {
		return struct{}{}, row.Scan(&n, &sum.Net, &sum.VAT, &sum.Gross)
	}, `SELECT COUNT(*), COALESCE(SUM(c.net_cents), 0), COALESCE(SUM(c.vat_cents), 0), COALESCE(SUM(c.gross_cents), 0) `+recoverableCharges)
	return n, sum, err
}

// RecoverableCharges returns them, the latest term first.
func (tx *ReadTx) RecoverableCharges(limit int) ([]RecoverableCharge, error) {
	return all(tx, func(row scanner) (RecoverableCharge, error) {
		var c RecoverableCharge
		return c, row.Scan(&c.MemberID, &c.Holder, &c.MailboxID, &c.Address, dayInto{&c.LeftOn}, dayInto{&c.StartsOn}, &c.Price.Net, &c.Price.VAT, &c.Price.Gross)
	}, `SELECT m.id, trim(m.surname || ' ' || m.name), b.id, b.address, m.left_on, c.starts_on, c.net_cents, c.vat_cents, c.gross_cents
		`+recoverableCharges+` ORDER BY c.starts_on DESC, b.address LIMIT ?`, limit)
}
