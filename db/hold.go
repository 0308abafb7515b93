package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Hold tells other processes that this one is alive: a file beside the database,
// locked until it is let go or the process ends, in whatever way. A heartbeat would
// have to be waited for; the operating system lets go of a lock at once.
type Hold struct {
	Name string // by which Held finds it

	path string
	file *sql.DB
	conn *sql.Conn
}

// holdPath is where a hold of the name is: beside the database itself, by whatever
// link a process opened it, as SQLite's own files are.
func (d *DB) holdPath(name string) string {
	path, err := filepath.EvalSymlinks(d.path)
	if err != nil {
		path = d.path
	}
	return path + "-making-" + name
}

// holdDSN opens the file of a hold. SQLite is what locks it: it does so in the same
// way on every system. Nothing of it goes to a second file.
func holdDSN(path, mode string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=" + mode + "&_pragma=journal_mode(MEMORY)&_pragma=locking_mode(EXCLUSIVE)"
}

// Hold takes a new hold.
func (d *DB) Hold(ctx context.Context) (*Hold, error) {
	h := &Hold{Name: rand.Text()}
	h.path = d.holdPath(h.Name)
	f, err := os.OpenFile(h.path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644) // another user's process looks at it: nothing is in it
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("a hold: %w", err)
	}
	if h.file, err = sql.Open("sqlite", holdDSN(h.path, "rw")); err != nil {
		return nil, errors.Join(fmt.Errorf("a hold: %w", err), os.Remove(h.path))
	}
	if h.conn, err = h.file.Conn(ctx); err == nil {
		_, err = h.conn.ExecContext(ctx, `CREATE TABLE held (x INTEGER) STRICT`) // what was written in exclusive mode stays locked
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("a hold: %w", err), h.Release())
	}
	return h, nil
}

// Release lets go.
func (h *Hold) Release() error {
	var err error
	if h.conn != nil {
		err = h.conn.Close()
	}
	return errors.Join(err, h.file.Close(), os.Remove(h.path))
}

// Held reports whether the process that took a hold is alive and has not let go.
func (d *DB) Held(ctx context.Context, name string) (bool, error) {
	path := d.holdPath(name)
	if info, err := os.Stat(path); name == "" || err != nil || !info.Mode().IsRegular() {
		return false, nil
	}
	f, err := sql.Open("sqlite", holdDSN(path, "ro"))
	if err != nil {
		return false, fmt.Errorf("looking at a hold: %w", err)
	}
	defer f.Close()
	f.SetMaxOpenConns(1)
	var tables int
	switch err := f.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_schema`).Scan(&tables); {
	case IsBusy(err):
		return true, nil
	case ctx.Err() != nil:
		return false, ctx.Err()
	}
	return false, nil // it can be read, or was let go just now
}

// DropHold takes away what a process that has ended left of a hold.
func (d *DB) DropHold(name string) {
	if name != "" {
		_ = os.Remove(d.holdPath(name)) // it may be gone already
	}
}

// DropEndedHolds takes away the holds, last written before a moment, of processes
// that ended without anything saying whose they were.
func (d *DB) DropEndedHolds(ctx context.Context, before time.Time) error {
	start := d.holdPath("")
	files, err := os.ReadDir(filepath.Dir(start))
	for _, f := range files {
		name, isHold := strings.CutPrefix(f.Name(), filepath.Base(start))
		if info, ierr := f.Info(); !isHold || ierr != nil || !info.ModTime().Before(before) {
			continue
		}
		held, herr := d.Held(ctx, name)
		if herr != nil {
			return herr
		}
		if !held {
			d.DropHold(name)
		}
	}
	return err
}
