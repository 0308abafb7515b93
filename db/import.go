package db

import (
	"encoding/json"
	"errors"
	"time"

	"albopec/app/pec"
)

// Upload is a file on its way in, kept until it is written or dropped so that
// nobody has to send it twice.
type Upload struct {
	ID        int64
	Kind      string // "members", "mailboxes", "services", "outcomes", "payments"
	Filename  string
	SHA256    string
	Content   []byte // nil where it is not read
	Size      int    // bytes; where Content is not read
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

// AddUpload keeps a file and returns its id, which no file ever had, as the log
// knows: the address of one that was dropped is never another's.
func (tx *Tx) AddUpload(u Upload) (int64, error) {
	const next = `1 + MAX((SELECT COALESCE(MAX(id), 0) FROM uploads), (SELECT COALESCE(MAX(entity_id), 0) FROM audit WHERE entity = 'upload'))`
	return tx.insert(`INSERT INTO uploads (id, kind, filename, sha256, content, options, actor, created_at) VALUES (`+next+`, ?, ?, ?, ?, ?, ?, ?)`,
		u.Kind, u.Filename, u.SHA256, u.Content, string(u.Options), tx.Actor, instant(tx.Now))
}

// SetUploadOptions keeps how the operator wants a file read.
func (tx *Tx) SetUploadOptions(id int64, options json.RawMessage) error {
	return tx.exec(`UPDATE uploads SET options = ? WHERE id = ?`, string(options), id)
}

// DeleteUpload drops a file. Those that nobody comes back to are DropOldUploads'.
func (tx *Tx) DeleteUpload(id int64) error {
	return tx.exec(`DELETE FROM uploads WHERE id = ?`, id)
}

// UploadHead returns a file that was sent, without its content.
func (tx *ReadTx) UploadHead(id int64) (Upload, error) {
	return one(tx, pec.Refuse("upload_unknown", "Questo file non c’è più: è già stato importato, o tolto. Se serve, lo carichi di nuovo."), scanUploadHead, uploadHead+`WHERE id = ?`, id)
}

const uploadHead = `SELECT id, kind, filename, sha256, length(content), CAST(options AS BLOB), actor, created_at FROM uploads `

func scanUploadHead(row scanner) (Upload, error) {
	var u Upload
	return u, row.Scan(&u.ID, &u.Kind, &u.Filename, &u.SHA256, &u.Size, (*[]byte)(&u.Options), &u.Actor, instantInto{&u.CreatedAt})
}

// UploadOf is the latest file of a kind with this content that waits, 0 for none.
func (tx *ReadTx) UploadOf(kind, sha256 string) (int64, error) {
	return value[int64](tx, `SELECT COALESCE(MAX(id), 0) FROM uploads WHERE kind = ? AND sha256 = ?`, kind, sha256)
}

// HasUpload reports whether a file that was sent is still kept.
func (tx *ReadTx) HasUpload(id int64) (bool, error) {
	return value[bool](tx, `SELECT EXISTS (SELECT 1 FROM uploads WHERE id = ?)`, id)
}

// Uploads lists the files that wait to be written or dropped, newest first,
// without their content.
func (tx *ReadTx) Uploads() ([]Upload, error) {
	return all(tx, scanUploadHead, uploadHead+`ORDER BY id DESC LIMIT 100`)
}

// ImportRunning is the import that is being written.
type ImportRunning struct {
	Actor    string
	Filename string
	At       time.Time
}

// ImportRunning returns the import that is being written, or was when the power
// went; nil when there is none.
func (tx *ReadTx) ImportRunning() (*ImportRunning, error) {
	list, err := all(tx, func(row scanner) (ImportRunning, error) {
		var r ImportRunning
		return r, row.Scan(&r.Actor, &r.Filename, instantInto{&r.At})
	}, `SELECT actor, filename, at FROM import_running`)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// BeginImport notes that an import is being written, instead of any other.
func (tx *Tx) BeginImport(filename string) error {
	return tx.exec(`INSERT INTO import_running (id, actor, filename, at) VALUES (1, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET actor = excluded.actor, filename = excluded.filename, at = excluded.at`, tx.Actor, filename, instant(tx.Now))
}

// EndImport notes that no import is being written any more.
func (tx *Tx) EndImport() error { return tx.exec(`DELETE FROM import_running`) }

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

// LatestBatch returns the latest import of a kind, nil when there is none.
func (tx *ReadTx) LatestBatch(kind string) (*Batch, error) {
	list, err := all(tx, scanBatch, `SELECT `+batchColumns+` FROM import_batches WHERE kind = ? ORDER BY id DESC LIMIT 1`, kind)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// BatchListed is a line of the list of imports.
type BatchListed struct {
	ID                                          int64
	Kind                                        string
	Filename                                    string
	Actor                                       string
	At                                          time.Time
	UndoneAt                                    time.Time
	Rows, Created, Updated, Unchanged, Rejected int
}

const batchListed = `SELECT id, kind, filename, actor, at, undone_at, COALESCE(report ->> 'rows', 0), COALESCE(report ->> 'created', 0),
	COALESCE(report ->> 'updated', 0), COALESCE(report ->> 'unchanged', 0), COALESCE(report ->> 'refused', 0) FROM import_batches `

func scanBatchListed(row scanner) (BatchListed, error) {
	var b BatchListed
	return b, row.Scan(&b.ID, &b.Kind, &b.Filename, &b.Actor, instantInto{&b.At}, instantInto{&b.UndoneAt},
		&b.Rows, &b.Created, &b.Updated, &b.Unchanged, &b.Rejected)
}

// BatchList returns the imports, newest first, before the one with the given
// id (0: from the newest).
func (tx *ReadTx) BatchList(before int64, limit int) ([]BatchListed, error) {
	return all(tx, scanBatchListed, batchListed+`WHERE ?1 = 0 OR id < ?1 ORDER BY id DESC LIMIT ?2`, before, limit)
}

// BatchesAfter returns the imports that stand right above one in the list,
// newest first.
func (tx *ReadTx) BatchesAfter(id int64, limit int) ([]BatchListed, error) {
	list, err := all(tx, scanBatchListed, batchListed+`WHERE id > ? ORDER BY id LIMIT ?`, id, limit)
	reverse(list)
	return list, err
}

// BatchOfUpload returns the latest import that a kept file became, 0 when none.
func (tx *ReadTx) BatchOfUpload(upload int64) (int64, error) {
	return value[int64](tx, `SELECT id FROM import_batches WHERE report ->> 'upload' = ? ORDER BY id DESC LIMIT 1`, upload)
}

// BatchesOfFile returns the imports of this very file that were not taken back,
// newest first.
func (tx *ReadTx) BatchesOfFile(kind, sha256 string) ([]BatchListed, error) {
	return all(tx, scanBatchListed, batchListed+`WHERE kind = ? AND sha256 = ? AND undone_at IS NULL ORDER BY id DESC LIMIT 5`, kind, sha256)
}

// Reading is how an import, or a comparison, read the columns of its file.
type Reading struct {
	Batch   int64 // or comparison
	Header  []string
	Mapping map[string]string // title to field, of the columns that were read
	Choices pec.ComparisonChoices
}

// Readings returns how the latest imports of a kind read their columns, newest
// first, those taken back left out.
func (tx *ReadTx) Readings(kind string, limit int) ([]Reading, error) {
	return all(tx, scanReading, `SELECT id, CAST(COALESCE(report -> 'header', 'null') AS BLOB), CAST(COALESCE(report -> 'mapping', 'null') AS BLOB) FROM import_batches
		WHERE kind = ? AND undone_at IS NULL ORDER BY id DESC LIMIT ?`, kind, limit)
}

func scanReading(row scanner) (Reading, error) {
	var r Reading
	var header, mapping []byte
	if err := row.Scan(&r.Batch, &header, &mapping); err != nil {
		return r, err
	}
	return r, errors.Join(json.Unmarshal(header, &r.Header), json.Unmarshal(mapping, &r.Mapping))
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
	Entity  string          // "member", "mailbox", "service", "request", "topup"
	ID      int64           // of a top-up its ledger entry's
	Version int             // of the member or mailbox after the write; of a top-up the member's latest entry, by its Seq
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

// MemberImport is an import that brought a member in or changed them.
type MemberImport struct {
	Batch    int64
	Filename string
	Actor    string
	On       pec.Date
	At       time.Time
	UndoneAt time.Time // zero unless taken back
	Created  bool      // it brought the member in
}

// MemberImports returns the imports that wrote a member, the oldest first.
func (tx *ReadTx) MemberImports(member int64) ([]MemberImport, error) {
	return all(tx, func(row scanner) (MemberImport, error) {
		var i MemberImport
		return i, row.Scan(&i.Batch, &i.Filename, &i.Actor, dayInto{&i.On}, instantInto{&i.At}, instantInto{&i.UndoneAt}, &i.Created)
	}, `SELECT b.id, b.filename, b.actor, b.day_on, b.at, b.undone_at, c.before IS NULL
		FROM import_batches b CROSS JOIN import_changes c ON c.batch_id = b.id AND c.entity = 'member' AND c.entity_id = ? ORDER BY b.id`, member)
}

// LaterImports counts the imports after a batch that touched the same thing:
// those that were taken back whole for it, and those that stand.
func (tx *ReadTx) LaterImports(batch int64, entity string, id int64) (undone, standing int, err error) {
	type counts struct{ undone, standing int }
	n, err := one(tx, nil, func(row scanner) (counts, error) {
		var n counts
		return n, row.Scan(&n.undone, &n.standing)
	}, `SELECT COALESCE(SUM(undone), 0), COALESCE(SUM(NOT undone), 0) FROM (
			SELECT b.undone_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM json_each(b.undo, '$.kept') k WHERE k.value ->> 'id' = c.entity_id) AS undone
			FROM import_batches b CROSS JOIN import_changes c ON c.batch_id = b.id AND c.entity = ?2 AND c.entity_id = ?3 WHERE b.id > ?1)`, batch, entity, id)
	return n.undone, n.standing, err
}

// ImportedMember is a member that an import created or changed, as it is now,
// with the fields that the import changed.
type ImportedMember struct {
	ID                 int64
	Surname, Name      string // empty when the member is no longer there
	RegistrationNumber string
	TaxCode            string
	Changes            []FieldChange
}

// Around says which page of a list in the order of its ids: those after one, or
// those right before one.
type Around struct {
	After, Before int64
	Limit         int
}

// sql is the end of a query whose list is in the order of the column, and its
// arguments; a page before an id comes backwards.
func (a Around) sql(column string) (string, []any) {
	if a.Before > 0 {
		return ` AND ` + column + ` < ? ORDER BY ` + column + ` DESC LIMIT ?`, []any{a.Before, a.Limit}
	}
	return ` AND ` + column + ` > ? ORDER BY ` + column + ` LIMIT ?`, []any{a.After, a.Limit}
}

// ImportedMembers returns the members that an import created, or those that it
// changed, in the order of their ids.
func (tx *ReadTx) ImportedMembers(batch int64, created bool, around Around) ([]ImportedMember, error) {
	end, args := around.sql("c.entity_id")
	list, err := all(tx, func(row scanner) (ImportedMember, error) {
		var m ImportedMember
		return m, row.Scan(&m.ID, &m.Surname, &m.Name, &m.RegistrationNumber, &m.TaxCode)
	}, `SELECT c.entity_id, COALESCE(m.surname, ''), COALESCE(m.name, ''), COALESCE(m.registration_number, ''), COALESCE(m.tax_code, '')
		FROM import_changes c LEFT JOIN members m ON m.id = c.entity_id
		WHERE c.batch_id = ? AND c.entity = 'member' AND (c.before IS NULL) = ?`+end, append([]any{batch, created}, args...)...)
	if around.Before > 0 {
		reverse(list)
	}
	if err != nil || created {
		return list, err
	}
	for i := range list {
		list[i].Changes, err = all(tx, func(row scanner) (FieldChange, error) {
			var c FieldChange
			return c, row.Scan(&c.Field, &c.Old, &c.New)
		}, `SELECT field, old, new FROM member_history WHERE member_id = ? AND batch_id = ? ORDER BY id`, list[i].ID, batch)
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// ImportedServices returns the services that an import created, or those that
// it changed, in the order of their ids.
func (tx *ReadTx) ImportedServices(batch int64, created bool, around Around) ([]ServiceRow, error) {
	end, args := around.sql("c.entity_id")
	list, err := all(tx, scanService, `SELECT `+serviceColumns+` FROM import_changes c JOIN services s ON s.id = c.entity_id JOIN mailboxes b ON b.id = s.mailbox_id
		WHERE c.batch_id = ? AND c.entity = 'service' AND (c.before IS NULL) = ?`+end, append([]any{batch, created}, args...)...)
	if around.Before > 0 {
		reverse(list)
	}
	return list, err
}

// RegisterStamp changes whenever the register, its addresses, its services, what
// the provider was asked or the agreements do: a plan made before is then made
// again.
func (tx *ReadTx) RegisterStamp() (string, error) {
	return value[string](tx, `SELECT (SELECT COUNT(*) || '.' || COALESCE(SUM(version), 0) || '.' || COALESCE(MAX(id), 0) FROM members) || '/' ||
		(SELECT COUNT(*) || '.' || COALESCE(MAX(id), 0) || '.' || COALESCE(SUM(version), 0) FROM mailboxes) || '/' ||
		(SELECT COUNT(*) || '.' || TOTAL(state = 'sent') || '.' || TOTAL(state = 'done') || '.' || TOTAL(state = 'rejected') FROM provider_requests) || '/' ||
		(SELECT COUNT(*) || '.' || COALESCE(MAX(id), 0) || '.' || COALESCE(SUM(net_cents + quantity), 0) || '.' || COUNT(ended_on) FROM services) || '/' ||
		(SELECT COUNT(*) || '.' || COALESCE(MAX(id), 0) || '.' || COALESCE(group_concat(document), '') FROM agreements)`)
}

// MoneyStamp changes whenever the credit of somebody, what is owed or an order
// does.
func (tx *ReadTx) MoneyStamp() (string, error) {
	return value[string](tx, `SELECT (SELECT COUNT(*) FROM ledger) || '/' || (SELECT COUNT(*) FROM claims) || '/' ||
		(SELECT COUNT(*) || '.' || TOTAL(state = 'awaiting_payment') || '.' || TOTAL(state = 'completed') FROM orders)`)
}

// MembersWithEventsAfter returns the day of the latest event of each member for
// whom, or for a mailbox of whom, there is one after a day.
func (tx *ReadTx) MembersWithEventsAfter(on pec.Date) (map[int64]pec.Date, error) {
	type event struct {
		member int64
		on     pec.Date
	}
	list, err := all(tx, func(row scanner) (event, error) {
		var e event
		return e, row.Scan(&e.member, dayInto{&e.on})
	}, `SELECT id, MAX(day_on) FROM (SELECT id, last_event_on AS day_on FROM members WHERE last_event_on > ?1
			UNION ALL SELECT member_id, last_event_on FROM mailboxes WHERE last_event_on > ?1) GROUP BY id`, day(on))
	later := map[int64]pec.Date{}
	for _, e := range list {
		later[e.member] = e.on
	}
	return later, err
}

// AddressHolders tells whose each address in the Ordine's domains is, or is
// reserved for.
func (tx *ReadTx) AddressHolders() (map[string]int64, error) {
	return byKey[string, int64](tx, `SELECT reserved_address, id FROM members WHERE reserved_address IS NOT NULL UNION ALL SELECT address, member_id FROM mailboxes`)
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
