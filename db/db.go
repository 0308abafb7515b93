// Package db remembers: all SQL and all migrations, one SQLite file. It decides
// nothing: what a change means is pec's, which changes belong together is
// office's. Reads are nouns (tx.Member(id)), writes are verbs.
//
// Reading goes through a Reader, a snapshot at a time; writing through Write,
// one BEGIN IMMEDIATE on the one writing connection.
package db

import (
	"context"
	"database/sql"
	"embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/url"
	"os"
	"strings"
	"time"

	"albopec/app/pec"

	"modernc.org/sqlite" // the driver too
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks the file as albopec's ("albo" in ASCII).
const applicationID = 0x616c626f

// ErrNewer is returned for a file that a newer version of the program wrote.
var ErrNewer = pec.Refuse("database_newer", "Il database è stato scritto da una versione più recente di albopec: aggiorni il programma.")

// DB is an open database file.
type DB struct {
	*Reader
	path   string
	writer *sql.DB
}

// Reader reads the database and cannot write it.
type Reader struct {
	pool *sql.DB
}

// Stamp says who changes something, and on which day and instant.
type Stamp struct {
	Now   time.Time // the instant, for the log
	On    pec.Date  // the program's day
	Actor string    // "operatore:mara@ordine.example", "iscritto:12", "riga di comando"
}

// Open opens an existing database and brings it to this version's form. A file
// that does not exist, is no database of albopec, or was written by a newer
// version is a Problem.
func Open(path string) (*DB, error) {
	if _, err := os.Stat(path); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, pec.Refuse("database_missing", "Il database «%s» non esiste: lo crei con «albopec init».", path)
		}
		return nil, pec.Refuse("database_unreadable", "Il database «%s» non si può aprire: %v.", path, err)
	}
	if err := recognise(path); err != nil {
		return nil, err
	}
	return open(path, false)
}

// recognise looks at the file's first 100 bytes before SQLite does: opening a
// database already changes it (it is given a write-ahead log), which foreign
// and newer files are spared.
func recognise(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return pec.Refuse("database_unreadable", "Il database «%s» non si può aprire: %v.", path, err)
	}
	defer f.Close()
	header := make([]byte, 100)
	if _, err := io.ReadFull(f, header); err != nil || !strings.HasPrefix(string(header), "SQLite format 3\x00") {
		return foreign(path)
	}
	if _, err := os.Stat(path + "-wal"); err == nil {
		return nil // after a power cut the log knows better than the file
	}
	// https://www.sqlite.org/fileformat2.html#the_database_header
	if binary.BigEndian.Uint32(header[68:]) != applicationID {
		return foreign(path)
	}
	if files, err := fs.Glob(migrations, "migrations/*.sql"); err != nil || int(binary.BigEndian.Uint32(header[60:])) > len(files) {
		return ErrNewer
	}
	return nil
}

func foreign(path string) *pec.Problem {
	return pec.Refuse("database_unreadable", "«%s» non è un database di albopec.", path)
}

// Create makes a new database. A file that exists is a Problem.
func Create(path string) (*DB, error) {
	if _, err := os.Stat(path); err == nil {
		return nil, pec.Refuse("database_exists", "Il database «%s» esiste già.", path)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, pec.Refuse("database_unreadable", "Il database «%s» non si può creare: %v.", path, err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("creating %s: %w", path, err)
	}
	d, err := open(path, true)
	if err != nil {
		os.Remove(path) // half a database would stand in the way of the next try
	}
	return d, err
}

func open(path string, create bool) (*DB, error) {
	writer, err := sql.Open("sqlite", dsn(path, "_txlock=immediate", "_pragma=synchronous(FULL)"))
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	writer.SetMaxOpenConns(1)
	d := &DB{path: path, writer: writer}
	if err := d.migrate(create); err != nil {
		writer.Close()
		if pec.AsProblem(err) != nil {
			return nil, err
		}
		if notSQLite(err) {
			return nil, foreign(path)
		}
		return nil, fmt.Errorf("preparing %s: %w", path, err)
	}
	pool, err := sql.Open("sqlite", dsn(path, "_pragma=query_only(1)"))
	if err != nil {
		writer.Close()
		return nil, fmt.Errorf("opening %s for reading: %w", path, err)
	}
	pool.SetMaxOpenConns(8)
	d.Reader = &Reader{pool}
	return d, nil
}

func dsn(path string, extra ...string) string {
	options := append([]string{
		"_pragma=busy_timeout(" + patience + ")", "_pragma=foreign_keys(1)", "_pragma=journal_mode(WAL)", "_time_format=sqlite",
	}, extra...)
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: strings.Join(options, "&")}).String()
}

func notSQLite(err error) bool { return strings.Contains(err.Error(), "file is not a database") }

// migrate brings the file to the newest form, each step in a transaction with
// the number of the form it makes. Only a file just created may be empty.
func (d *DB) migrate(create bool) error {
	ctx := context.Background()
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var version, app, tables int
	if err := d.writer.QueryRowContext(ctx, "SELECT (SELECT user_version FROM pragma_user_version), (SELECT application_id FROM pragma_application_id), (SELECT COUNT(*) FROM sqlite_schema)").Scan(&version, &app, &tables); err != nil {
		return err
	}
	if app != applicationID && (tables > 0 || !create) {
		return foreign(d.path)
	}
	if version > len(files) {
		return ErrNewer
	}
	for ; version < len(files); version++ {
		script, err := migrations.ReadFile(files[version])
		if err != nil {
			return err
		}
		tx, err := d.writer.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		// Another process may have been faster: the number is read again under the lock.
		var now int
		err = tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&now)
		if err == nil && now == version {
			_, err = tx.ExecContext(ctx, string(script)+fmt.Sprintf("\n;PRAGMA user_version = %d; PRAGMA application_id = %d;", version+1, applicationID))
		}
		if err != nil {
			tx.Rollback()
			return fmt.Errorf("migration %s: %w", files[version], err)
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// Path is the file's path as it was opened.
func (d *DB) Path() string { return d.path }

// Close folds the write-ahead log into the file and closes it: the file alone
// is then whole.
func (d *DB) Close() error {
	err := d.pool.Close()
	_, ferr := d.writer.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	return errors.Join(err, ferr, d.writer.Close())
}

// ReadTx reads one snapshot.
type ReadTx struct {
	ctx context.Context
	tx  *sql.Tx
	// prepared are the statements run so far: what is run for each of thousands
	// of rows is understood once. They are closed with the transaction.
	prepared map[string]*sql.Stmt
	// reading is true while the rows of a query are being read.
	reading bool
}

// errReading is a fault in the program: what reads a row asked for another. Of
// the same query it would begin anew the rows that are being read.
var errReading = errors.New("a statement is run while the rows of another are being read")

// statement is a query, prepared. None may be run while rows are being read.
func (tx *ReadTx) statement(query string) (*sql.Stmt, error) {
	if tx.reading {
		return nil, fmt.Errorf("%s: %w", firstWords(query), errReading)
	}
	if err := tx.ctx.Err(); err != nil { // its statements are closed
		return nil, fmt.Errorf("%s: %w", firstWords(query), err)
	}
	if s := tx.prepared[query]; s != nil {
		return s, nil
	}
	s, err := tx.tx.PrepareContext(tx.ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", firstWords(query), err)
	}
	if tx.prepared == nil {
		tx.prepared = map[string]*sql.Stmt{}
	}
	tx.prepared[query] = s
	return s, nil
}

// Tx is a write transaction: it reads its own writes, and every row it writes
// carries its stamp.
type Tx struct {
	ReadTx
	Stamp
}

// Read runs f on one snapshot of the database.
func (r *Reader) Read(ctx context.Context, f func(*ReadTx) error) error {
	tx, err := r.pool.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("beginning to read: %w", err)
	}
	defer tx.Rollback()
	return f(&ReadTx{ctx: ctx, tx: tx})
}

// Write runs f in one transaction, which is committed when f returns nil and
// leaves no trace otherwise.
func (d *DB) Write(ctx context.Context, s Stamp, f func(*Tx) error) error {
	return d.writeOn(ctx, d.writer, s, f)
}

// WriteSoon is Write for whom it is an answer, too, that somebody else is
// writing for long: it waits for the lock half a second only. See IsBusy.
func (d *DB) WriteSoon(ctx context.Context, s Stamp, f func(*Tx) error) error {
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return fmt.Errorf("beginning to write: %w", err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 500"); err != nil {
		return err
	}
	err = d.writeOn(ctx, conn, s, f)
	_, perr := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA busy_timeout = "+patience)
	return errors.Join(err, perr)
}

// patience is how long a connection waits for a lock, in milliseconds.
const patience = "10000"

type beginner interface {
	BeginTx(context.Context, *sql.TxOptions) (*sql.Tx, error)
}

func (d *DB) writeOn(ctx context.Context, b beginner, s Stamp, f func(*Tx) error) error {
	tx, err := b.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("beginning to write: %w", err)
	}
	defer tx.Rollback()
	if err := f(&Tx{ReadTx{ctx: ctx, tx: tx}, s}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("committing: %w", err)
	}
	return nil
}

// IsBusy reports whether an error is that another program held the lock for
// writing for too long.
func IsBusy(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_BUSY
}

// IsConstraint reports whether an error is that what was to be written, or taken
// away, stands against something that the database holds.
func IsConstraint(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_CONSTRAINT
}

// Try runs f so that what it wrote is taken back when it fails, while the
// transaction goes on.
func (tx *Tx) Try(f func() error) error {
	if err := tx.exec("SAVEPOINT try"); err != nil {
		return err
	}
	err := f()
	if err != nil {
		if rerr := tx.exec("ROLLBACK TO try"); rerr != nil {
			return errors.Join(err, rerr)
		}
	}
	return errors.Join(err, tx.exec("RELEASE try"))
}

func (tx *Tx) exec(query string, args ...any) error {
	_, err := tx.run(query, args)
	return err
}

func (tx *Tx) run(query string, args []any) (sql.Result, error) {
	s, err := tx.statement(query)
	if err != nil {
		return nil, err
	}
	r, err := s.ExecContext(tx.ctx, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", firstWords(query), err)
	}
	return r, nil
}

// insert runs an INSERT and returns the new row's id.
func (tx *Tx) insert(query string, args ...any) (int64, error) {
	r, err := tx.run(query, args)
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// count runs a statement and returns how many rows it touched.
func (tx *Tx) count(query string, args ...any) (int64, error) {
	r, err := tx.run(query, args)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func firstWords(query string) string {
	f := strings.Fields(query)
	return strings.ToLower(strings.Join(f[:min(4, len(f))], " "))
}

// scanner is what a row offers: *sql.Row and *sql.Rows.
type scanner interface{ Scan(...any) error }

// all reads every row of a query; scan reads the row and asks for nothing more.
func all[T any](tx *ReadTx, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	var list []T
	for v, err := range stream(tx, scan, query, args...) {
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// stream reads the rows of a query one after the other, as all does, for lists too
// long to hold. Until its loop is left no other statement may be run. Each loop
// runs the query anew; what fails ends it with an error.
func stream[T any](tx *ReadTx, scan func(scanner) (T, error), query string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		s, err := tx.statement(query)
		if err != nil {
			yield(none, err)
			return
		}
		rows, err := s.QueryContext(tx.ctx, args...)
		if err != nil {
			yield(none, fmt.Errorf("%s: %w", firstWords(query), err))
			return
		}
		defer rows.Close()
		tx.reading = true
		defer func() { tx.reading = false }()
		for rows.Next() {
			v, err := scan(rows)
			if err != nil {
				yield(none, fmt.Errorf("%s: %w", firstWords(query), err))
				return
			}
			if !yield(v, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, fmt.Errorf("%s: %w", firstWords(query), err))
		}
	}
}

// one reads the only row of a query, as all does; no row is the Problem given.
func one[T any](tx *ReadTx, missing *pec.Problem, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	s, err := tx.statement(query)
	if err != nil {
		var none T
		return none, err
	}
	row := s.QueryRowContext(tx.ctx, args...)
	tx.reading = true
	v, err := scan(row)
	tx.reading = false
	if errors.Is(err, sql.ErrNoRows) {
		return v, missing
	}
	if err != nil {
		return v, fmt.Errorf("%s: %w", firstWords(query), err)
	}
	return v, nil
}

// value reads one column of one row into T; no row is T's zero value.
func value[T any](tx *ReadTx, query string, args ...any) (T, error) {
	var v T
	s, err := tx.statement(query)
	if err != nil {
		return v, err
	}
	err = s.QueryRowContext(tx.ctx, args...).Scan(&v)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return v, fmt.Errorf("%s: %w", firstWords(query), err)
	}
	return v, nil
}

// byKey reads a query of two columns: each row's first leads to its second.
func byKey[K comparable, V any](tx *ReadTx, query string, args ...any) (map[K]V, error) {
	values := map[K]V{}
	_, err := all(tx, func(row scanner) (none struct{}, err error) {
		var k K
		var v V
		if err = row.Scan(&k, &v); err == nil {
			values[k] = v
		}
		return none, err
	}, query, args...)
	return values, err
}

// figures reads the row of an aggregate, which there always is.
func figures(tx *ReadTx, into []any, query string, args ...any) error {
	s, err := tx.statement(query)
	if err != nil {
		return err
	}
	if err := s.QueryRowContext(tx.ctx, args...).Scan(into...); err != nil {
		return fmt.Errorf("%s: %w", firstWords(query), err)
	}
	return nil
}

// day writes a Date into a nullable TEXT column.
func day(d pec.Date) any {
	if d.IsZero() {
		return nil
	}
	return d.String()
}

// dayInto scans a nullable TEXT column into a Date.
type dayInto struct{ d *pec.Date }

func (i dayInto) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i.d = pec.Date{}
		return nil
	case string:
		return i.d.UnmarshalText([]byte(v))
	}
	return fmt.Errorf("not a day: %T", src)
}

// text writes an empty string as NULL, for columns that must be unique.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// instant is how moments are stored: UTC, to the millisecond, sortable as text.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// instantInto scans a nullable instant.
type instantInto struct{ t *time.Time }

func (i instantInto) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i.t = time.Time{}
		return nil
	case string:
		t, err := time.Parse("2006-01-02T15:04:05.000Z", v)
		*i.t = t
		return err
	}
	return fmt.Errorf("not an instant: %T", src)
}
