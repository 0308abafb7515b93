package office

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"albopec/app/pec"
	"albopec/db"
)

// Check returns what is wrong with the file and the books, in Italian; nothing
// when all is well.
func (o *Office) Check(ctx context.Context) ([]string, error) {
	var found []string
	err := o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		found, err = tx.Check()
		return err
	})
	return found, err
}

// Backup writes a consistent copy of the database to a new file while the
// program serves, and tries it: it is opened and checked before it counts. An
// existing file is never written over.
func (o *Office) Backup(ctx context.Context, actor, file string) error {
	if _, err := os.Lstat(file); err == nil {
		return pec.Refuse("file_exists", "Il file «%s» esiste già: scelga un altro nome.", file)
	}
	part := file + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return pec.Refuse("file_unwritable", "Il file «%s» non si può scrivere: %v.", file, err)
	}
	if err := o.DB.CopyTo(ctx, part); err != nil {
		os.Remove(part)
		return pec.Refuse("file_unwritable", "Il salvataggio in «%s» non è riuscito: %v.", file, errors.Unwrap(err))
	}
	if err := tryFile(ctx, part); err != nil {
		os.Remove(part)
		return err
	}
	if err := os.Chmod(part, 0o600); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := os.Rename(part, file); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		return tx.Record("backup", "database", 0, map[string]any{"file": filepath.Base(file)})
	})
}

// tryFile opens a copy and checks its books.
func tryFile(ctx context.Context, file string) error {
	d, err := db.Open(file)
	if err != nil {
		return err
	}
	found, err := New(d).Check(ctx)
	if cerr := d.Close(); err == nil {
		err = cerr
	}
	if err == nil && len(found) > 0 {
		return pec.Refuse("backup_damaged", "La copia «%s» non è integra: %s", filepath.Base(file), found[0])
	}
	return err
}

// Restore puts a backup in the place of a database, once it has been opened and
// checked. The old file, if any, is kept beside it under the name returned.
func Restore(ctx context.Context, backup, path, stamp string) (kept string, err error) {
	if _, err := os.Stat(backup); err != nil {
		return "", pec.Refuse("file_not_readable", "Il file «%s» non si può leggere.", backup)
	}
	part := path + ".restoring"
	if err := copyFile(backup, part); err != nil {
		return "", fmt.Errorf("restoring: %w", err)
	}
	defer os.Remove(part)
	if err := tryFile(ctx, part); err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err == nil {
		kept = path + ".prima-del-ripristino-" + stamp
		// Opened and closed once, so that nothing stays behind in the write-ahead log.
		if old, err := db.Open(path); err == nil {
			if err := old.Close(); err != nil {
				return "", fmt.Errorf("closing the old database: %w", err)
			}
		}
		if err := os.Rename(path, kept); err != nil {
			return "", fmt.Errorf("keeping the old database: %w", err)
		}
		for _, tail := range []string{"-wal", "-shm"} {
			if err := os.Rename(path+tail, kept+tail); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return kept, fmt.Errorf("keeping the old database: %w", err)
			}
		}
	}
	if err := os.Rename(part, path); err != nil {
		return kept, fmt.Errorf("putting the backup in place: %w", err)
	}
	return kept, nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	if err := out.Sync(); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
