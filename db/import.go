package db

import (
	"encoding/json"
	"time"

	"albopec/app/pec"
)

// Upload is a file on its way in, kept until it is written or dropped so that
// nobody has to send it twice.
type Upload struct {
	ID        int64
	Kind      string // "members", "services"
	Filename  string
	SHA256    string
	Content   []byte
	Options   json.RawMessage
	Actor     string
	CreatedAt time.Time
}

// Upload returns a file that was sent.
func (tx *ReadTx) Upload(id int64) (Upload, error) {
	return one(tx, pec.Refuse("upload_unknown", "Il file non c’è più: lo carichi di nuovo."), func(row scanner) (Upload, error) {
		var u Upload
		return u, row.Scan(&u.ID, &u.Kind, &u.Filename, &u.SHA256, &u.Content, (*[]byte)(&u.Options), &u.Actor, instantInto{&u.CreatedAt})
	}, `SELECT id, kind, filename, sha256, content, CAST(options AS BLOB), actor, created_at FROM uploads WHERE id = ?`, id)
}

// AddUpload keeps a file and returns its id.
func (tx *Tx) AddUpload(u Upload) (int64, error) {
	return tx.insert(`INSERT INTO uploads (kind, filename, sha256, content, options, actor, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		u.Kind, u.Filename, u.SHA256, u.Content, string(u.Options), tx.Actor, instant(tx.Now))
}

// SetUploadOptions keeps how the operator wants a file read.
func (tx *Tx) SetUploadOptions(id int64, options json.RawMessage) error {
	return tx.exec(`UPDATE uploads SET options = ? WHERE id = ?`, string(options), id)
}

// DeleteUpload drops a file, and those that nobody came back to for a month.
func (tx *Tx) DeleteUpload(id int64) error {
	return tx.exec(`DELETE FROM uploads WHERE id = ? OR created_at < ?`, id, instant(tx.Now.AddDate(0, -1, 0)))
}

// Batch is an import that was written.
type Batch struct {
	ID       int64
	Kind     string
	Filename string
	SHA256   string
	Actor    string
	On       pec.Date
	At       time.Time
	Report   json.RawMessage
	UndoneAt time.Time // zero unless taken back
	Undo     json.RawMessage
}

const batchColumns = `id, kind, filename, sha256, actor, day_on, at, CAST(report AS BLOB), undone_at, CAST(COALESCE(undo, 'null') AS BLOB)`

func scanBatch(row scanner) (Batch, error) {
	var b Batch
	return b, row.Scan(&b.ID, &b.Kind, &b.Filename, &b.SHA256, &b.Actor, dayInto{&b.On}, instantInto{&b.At}, (*[]byte)(&b.Report), instantInto{&b.UndoneAt}, (*[]byte)(&b.Undo))
}

// Batch returns one import.
func (tx *ReadTx) Batch(id int64) (Batch, error) {
	return one(tx, pec.Refuse("batch_unknown", "L’importazione %d non esiste.", id), scanBatch, `SELECT `+batchColumns+` FROM import_batches WHERE id = ?`, id)
}

// Batches returns the imports, newest first.
func (tx *ReadTx) Batches(limit int) ([]Batch, error) {
	return all(tx, scanBatch, `SELECT `+batchColumns+` FROM import_batches ORDER BY id DESC LIMIT ?`, limit)
}

// AddBatch notes an import and returns its id; the report follows.
func (tx *Tx) AddBatch(kind, filename, sha256 string) (int64, error) {
	return tx.insert(`INSERT INTO import_batches (kind, filename, sha256, actor, day_on, at, report) VALUES (?, ?, ?, ?, ?, ?, '{}')`,
		kind, filename, sha256, tx.Actor, day(tx.On), instant(tx.Now))
}

// SetBatchReport keeps what an import did.
func (tx *Tx) SetBatchReport(id int64, report json.RawMessage) error {
	return tx.exec(`UPDATE import_batches SET report = ? WHERE id = ?`, string(report), id)
}

// SetBatchUndone notes that an import was taken back.
func (tx *Tx) SetBatchUndone(id int64, undo json.RawMessage) error {
	return tx.exec(`UPDATE import_batches SET undone_at = ?, undo = ? WHERE id = ?`, instant(tx.Now), string(undo), id)
}

// Change is what an import did to one thing.
type Change struct {
	Entity  string // "member", "service"
	ID      int64
	Version int             // of the member after the write
	Before  json.RawMessage // nil: created by the import
}

// AddChange notes what an import did to one thing.
func (tx *Tx) AddChange(batch int64, c Change) error {
	var before any
	if c.Before != nil {
		before = string(c.Before)
	}
	return tx.exec(`INSERT INTO import_changes (batch_id, entity, entity_id, version, before) VALUES (?, ?, ?, ?, ?)`, batch, c.Entity, c.ID, c.Version, before)
}

// Changes returns what an import did.
func (tx *ReadTx) Changes(batch int64) ([]Change, error) {
	return all(tx, func(row scanner) (Change, error) {
		var c Change
		return c, row.Scan(&c.Entity, &c.ID, &c.Version, (*[]byte)(&c.Before))
	}, `SELECT entity, entity_id, version, CAST(before AS BLOB) FROM import_changes WHERE batch_id = ? ORDER BY entity, entity_id`, batch)
}

// RegisterStamp changes whenever the register, its addresses or its services
// do: a plan made before is then made again.
func (tx *ReadTx) RegisterStamp() (string, error) {
	return value[string](tx, `SELECT (SELECT COUNT(*) || '.' || COALESCE(SUM(version), 0) || '.' || COALESCE(MAX(id), 0) FROM members) || '/' ||
		(SELECT COUNT(*) || '.' || COALESCE(MAX(id), 0) FROM mailboxes) || '/' ||
		(SELECT COUNT(*) || '.' || COALESCE(MAX(id), 0) || '.' || COALESCE(SUM(net_cents + quantity), 0) || '.' || COUNT(ended_on) FROM services)`)
}

// AddressHolders tells whose each address in the Ordine's domains is, or is
// reserved for.
func (tx *ReadTx) AddressHolders() (map[string]int64, error) {
	type pair struct {
		address string
		member  int64
	}
	list, err := all(tx, func(row scanner) (pair, error) {
		var p pair
		return p, row.Scan(&p.address, &p.member)
	}, `SELECT reserved_address, id FROM members WHERE reserved_address IS NOT NULL UNION ALL SELECT address, member_id FROM mailboxes`)
	holders := map[string]int64{}
	for _, p := range list {
		holders[p.address] = p.member
	}
	return holders, err
}

// ClearMemberKeys takes number and code of a member away for a moment, so that
// members of one import can exchange them.
func (tx *Tx) ClearMemberKeys(id int64, number, code bool) error {
	if number {
		if err := tx.exec(`UPDATE members SET registration_number = NULL WHERE id = ? AND tax_code IS NOT NULL`, id); err != nil {
			return err
		}
	}
	if code {
		return tx.exec(`UPDATE members SET tax_code = NULL WHERE id = ? AND registration_number IS NOT NULL`, id)
	}
	return nil
}
