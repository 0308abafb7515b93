package db

import (
	"context"
	"fmt"
)

// CopyTo writes a consistent copy of the database to a new file while others
// read and write.
func (r *Reader) CopyTo(ctx context.Context, path string) error {
	conn, err := r.pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	// The pool's connections are query_only, which VACUUM INTO minds though it
	// writes another file.
	if _, err := conn.ExecContext(ctx, "PRAGMA query_only = 0"); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "VACUUM INTO ?", path)
	if _, rerr := conn.ExecContext(ctx, "PRAGMA query_only = 1"); rerr != nil && err == nil {
		err = rerr
	}
	if err != nil {
		return fmt.Errorf("copying the database: %w", err)
	}
	return nil
}
