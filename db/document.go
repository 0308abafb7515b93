package db

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"albopec/app/pec"
)

// States of a document.
const (
	DocumentMaking = "making"
	DocumentReady  = "ready"
	DocumentFailed = "failed"
)

// Kinds of documents.
const (
	DocumentReport = "report" // of a year
	DocumentList   = "list"   // a list too long to wait for
)

// Document is something that was made on demand and is kept as it was; once it
// is ready the database lets nobody change it.
type Document struct {
	ID         int64
	Kind       string
	Title      string
	Filter     string // of a list: the filters of its address, as they were
	Year       int    // of a report, 0 of a list
	Until      pec.Date
	Figures    []byte // JSON, nil when it has none
	State      string
	Error      string // why it failed, an Italian sentence
	Actor      string
	On         pec.Date
	At         time.Time
	ReadyAt    time.Time
	RequestKey string
	Maker      string // while it is being made: the hold of the process that does
	Size       int64  // bytes of all its files
}

const documents = `SELECT d.id, d.kind, d.title, d.filter, COALESCE(d.year, 0), d.until_on, CAST(d.figures AS BLOB), d.state, d.error, d.actor, d.day_on, d.at, d.ready_at,
	COALESCE(d.request_key, ''), (SELECT COALESCE(SUM(size), 0) FROM document_files f WHERE f.document_id = d.id) FROM documents d `

func scanDocument(row scanner) (Document, error) {
	var d Document
	return d, row.Scan(&d.ID, &d.Kind, &d.Title, &d.Filter, &d.Year, dayInto{&d.Until}, &d.Figures, &d.State, &d.Error, &d.Actor, dayInto{&d.On},
		instantInto{&d.At}, instantInto{&d.ReadyAt}, &d.RequestKey, &d.Size)
}

// Document returns one document.
func (tx *ReadTx) Document(id int64) (Document, error) {
	return one(tx, pec.Refuse("document_unknown", "Il documento non esiste."), scanDocument, documents+`WHERE d.id = ?`, id)
}

// Documents returns the documents, newest first, before the one with the given
// id (0: from the newest).
func (tx *ReadTx) Documents(before int64, limit int) ([]Document, error) {
	return all(tx, scanDocument, documents+`WHERE ?1 = 0 OR d.id < ?1 ORDER BY d.id DESC LIMIT ?2`, before, limit)
}

// DocumentsAfter returns the documents that stand right above one in the list,
// newest first.
func (tx *ReadTx) DocumentsAfter(id int64, limit int) ([]Document, error) {
	list, err := all(tx, scanDocument, documents+`WHERE d.id > ? ORDER BY d.id LIMIT ?`, id, limit)
	reverse(list)
	return list, err
}

// DocumentsOfYear returns the reports of a year, newest first.
func (tx *ReadTx) DocumentsOfYear(year, limit int) ([]Document, error) {
	return all(tx, scanDocument, documents+`WHERE d.year = ? ORDER BY d.id DESC LIMIT ?`, year, limit)
}

// DocumentByKey is the document of one press of a button, 0 when there is none.
func (tx *ReadTx) DocumentByKey(key string) (int64, error) {
	return value[int64](tx, `SELECT id FROM documents WHERE request_key = ?`, key)
}

// AddDocument notes that a document is being made and returns its id.
func (tx *Tx) AddDocument(d Document) (int64, error) {
	var year any
	if d.Year != 0 {
		year = d.Year
	}
	return tx.insert(`INSERT INTO documents (kind, title, filter, year, until_on, actor, day_on, at, request_key, maker) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		d.Kind, d.Title, d.Filter, year, day(d.Until), tx.Actor, day(tx.On), instant(tx.Now), text(d.RequestKey), d.Maker)
}

// SetDocumentReady ends the making of a document: from here on it stays as it
// is. Until is the last day in it; figures are JSON, or nil.
func (tx *Tx) SetDocumentReady(id int64, until pec.Date, figures []byte) error {
	var doc any
	if figures != nil {
		doc = string(figures)
	}
	n, err := tx.count(`UPDATE documents SET state = 'ready', until_on = ?, figures = ?, ready_at = ? WHERE id = ? AND state = 'making'`, day(until), doc, instant(tx.Now), id)
	if err == nil && n == 0 {
		return fmt.Errorf("document %d is not being made", id)
	}
	return err
}

// SetDocumentFailed ends the making of a document that did not come to be.
func (tx *Tx) SetDocumentFailed(id int64, why string) error {
	return tx.exec(`UPDATE documents SET state = 'failed', error = ? WHERE id = ? AND state = 'making'`, why, id)
}

// MakingDocument is a document that is being made, or was when its process ended.
type MakingDocument struct {
	ID    int64
	Maker string // the hold of the process; empty when it was made before there were holds
}

// DocumentsMaking returns the documents that are being made; of those without a
// hold the ones asked for before a moment.
func (tx *ReadTx) DocumentsMaking(before time.Time) ([]MakingDocument, error) {
	return all(tx, func(row scanner) (d MakingDocument, err error) { return d, row.Scan(&d.ID, &d.Maker) },
		`SELECT id, maker FROM documents WHERE state = 'making' AND (maker <> '' OR at < ?) ORDER BY id`, instant(before))
}

// DocumentFile is a file of a document; its bytes are read with Pieces.
type DocumentFile struct {
	ID     int64
	Name   string
	MIME   string
	Size   int64
	SHA256 string // hex; empty of files from before it was kept
}

const documentFiles = `SELECT id, name, mime, size, sha256 FROM document_files `

func scanDocumentFile(row scanner) (DocumentFile, error) {
	var f DocumentFile
	return f, row.Scan(&f.ID, &f.Name, &f.MIME, &f.Size, &f.SHA256)
}

// DocumentFiles returns the files of a document in the order in which they were
// made.
func (tx *ReadTx) DocumentFiles(document int64) ([]DocumentFile, error) {
	return all(tx, scanDocumentFile, documentFiles+`WHERE document_id = ? ORDER BY id`, document)
}

// DocumentFile returns the file of a document with a name.
func (tx *ReadTx) DocumentFile(document int64, name string) (DocumentFile, error) {
	return one(tx, pec.Refuse("file_unknown", "Il documento non ha questo file."), scanDocumentFile,
		documentFiles+`WHERE document_id = ? AND name = ?`, document, name)
}

// PieceSize is how many bytes a piece holds, except the last of a file.
const PieceSize = 1 << 20

// AddDocumentFile begins a file of a document that is being made and returns its
// id. Its bytes follow, in as many transactions as they need.
func (tx *Tx) AddDocumentFile(document int64, name, mime string) (int64, error) {
	return tx.insert(`INSERT INTO document_files (document_id, name, mime, size, sha256) VALUES (?, ?, ?, 0, '')`, document, name, mime)
}

// AddDocumentBytes goes on with a file of a document that is being made: what came
// before is a multiple of PieceSize, unless it is the end.
func (tx *Tx) AddDocumentBytes(file int64, data []byte) error {
	n, err := value[int](&tx.ReadTx, `SELECT 1 + COALESCE(MAX(n), -1) FROM document_pieces WHERE file_id = ?`, file)
	if err != nil {
		return err
	}
	for piece := range slices.Chunk(data, PieceSize) {
		if err := tx.exec(`INSERT INTO document_pieces (file_id, n, data) VALUES (?, ?, ?)`, file, n, piece); err != nil {
			return err
		}
		n++
	}
	return nil
}

// EndDocumentFile notes what a file came to when all of it is there.
func (tx *Tx) EndDocumentFile(file, size int64, sha256 string) error {
	return tx.exec(`UPDATE document_files SET size = ?, sha256 = ? WHERE id = ?`, size, sha256, file)
}

// DeleteDocumentFiles removes what is stored of a document that is being made and
// will not be ready.
func (tx *Tx) DeleteDocumentFiles(document int64) error {
	if err := tx.exec(`DELETE FROM document_pieces WHERE file_id IN (SELECT id FROM document_files WHERE document_id = ?)`, document); err != nil {
		return err
	}
	return tx.exec(`DELETE FROM document_files WHERE document_id = ?`, document)
}

// Pieces reads a file of a document from its beginning. Each piece is a read of
// its own, so that a slow download holds neither a lock nor a snapshot.
func (r *Reader) Pieces(ctx context.Context, f DocumentFile) io.Reader {
	return &pieces{ctx: ctx, db: r, file: f}
}

type pieces struct {
	ctx  context.Context
	db   *Reader
	file DocumentFile
	n    int
	read int64
	rest []byte
}

func (p *pieces) Read(into []byte) (int, error) {
	if len(p.rest) == 0 {
		if p.read == p.file.Size {
			return 0, io.EOF
		}
		err := p.db.Read(p.ctx, func(tx *ReadTx) (err error) {
			p.rest, err = value[[]byte](tx, `SELECT data FROM document_pieces WHERE file_id = ? AND n = ?`, p.file.ID, p.n)
			return err
		})
		if err != nil {
			return 0, fmt.Errorf("piece %d of %q: %w", p.n, p.file.Name, err)
		}
		if len(p.rest) == 0 {
			return 0, fmt.Errorf("piece %d of %q: %w", p.n, p.file.Name, io.ErrUnexpectedEOF)
		}
		p.n++
		p.read += int64(len(p.rest))
	}
	n := copy(into, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// YearClosing says which report holds for a year since it was closed.
type YearClosing struct {
	Year     int
	Document int64
	Figures  []byte // JSON, of the report
	Actor    string
	On       pec.Date
	At       time.Time
}

// YearClosing returns the closing of a year; its Document is 0 while the year is
// open.
func (tx *ReadTx) YearClosing(year int) (YearClosing, error) {
	return firstOf(all(tx, func(row scanner) (YearClosing, error) {
		var c YearClosing
		return c, row.Scan(&c.Year, &c.Document, &c.Figures, &c.Actor, dayInto{&c.On}, instantInto{&c.At})
	}, `SELECT year, document_id, CAST(figures AS BLOB), actor, day_on, at FROM year_closings WHERE year = ?`, year))
}

// CloseYear notes that a report holds for its year from now on.
func (tx *Tx) CloseYear(c YearClosing) error {
	return tx.exec(`INSERT INTO year_closings (year, document_id, figures, actor, day_on, at) VALUES (?, ?, ?, ?, ?, ?)`,
		c.Year, c.Document, string(c.Figures), tx.Actor, day(tx.On), instant(tx.Now))
}
