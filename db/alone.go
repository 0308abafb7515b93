package db

import (
	"context"
	"database/sql"
	"net/url"
	"os"

	"albopec/app/pec"
)

// Alone refuses a database file that another process has open, the web server
// for one: whoever means to put another file in its place must be alone, or what
// the other writes from then on is lost with the old file. A file that does not
// exist, or is no database, is nobody's.
//
// A connection in exclusive mode locks the whole file at its first read, which
// SQLite grants only when no other connection is open. Nothing is written.
func Alone(ctx context.Context, path string) error {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return nil
	}
	d, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_pragma=locking_mode(EXCLUSIVE)")
	if err != nil {
		return nil
	}
	defer d.Close()
	d.SetMaxOpenConns(1)
	var tables int
	err = d.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_schema").Scan(&tables)
	if IsBusy(err) {
		return pec.Refuse("database_in_use", "Il database «%s» è aperto da un altro programma, per esempio da «albopec serve»: lo fermi e riprovi.", path)
	}
	return nil
}
