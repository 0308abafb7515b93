package office

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"albopec/app/pec"
	"albopec/db"
)

// BackupFolder is where the copies made from the pages are kept, beside the
// database.
const BackupFolder = "salvataggi"

// BackupFile is a copy in the folder of backups.
type BackupFile struct {
	Name  string
	At    time.Time
	Bytes int64
}

// MakeBackup writes and tries a copy of the database in the folder of backups,
// with day and time in its name: "albopec-2026-07-01-093012.db".
func (o *Office) MakeBackup(ctx context.Context, actor string) (BackupFile, error) {
	folder := o.backupFolder()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return BackupFile{}, pec.Refuse("file_unwritable", "La cartella dei salvataggi «%s» non si può creare: %v.", folder, errors.Unwrap(err))
	}
	base := filepath.Base(o.DB.Path())
	name := strings.TrimSuffix(base, filepath.Ext(base)) + o.Now().In(pec.Rome).Format("-2006-01-02-150405") + backupEnding
	file := filepath.Join(folder, name)
	if err := o.Backup(ctx, actor, file); err != nil {
		return BackupFile{}, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return BackupFile{}, fmt.Errorf("backup: %w", err)
	}
	return BackupFile{Name: name, At: info.ModTime(), Bytes: info.Size()}, nil
}

const backupEnding = ".db"

func (o *Office) backupFolder() string { return filepath.Join(filepath.Dir(o.DB.Path()), BackupFolder) }

// Backups lists the copies in the folder of backups, newest first.
func (o *Office) Backups() ([]BackupFile, error) {
	entries, err := os.ReadDir(o.backupFolder())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing the backups: %w", err)
	}
	var files []BackupFile
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || !strings.HasSuffix(e.Name(), backupEnding) {
			continue // gone meanwhile, or not a copy of ours
		}
		files = append(files, BackupFile{Name: e.Name(), At: info.ModTime(), Bytes: info.Size()})
	}
	slices.SortFunc(files, func(a, b BackupFile) int {
		return cmp.Or(b.At.Compare(a.At), strings.Compare(b.Name, a.Name))
	})
	return files, nil
}

// TakeBackup opens a copy to be carried away and notes who took it: it holds
// the data of every member. The caller closes the file.
func (o *Office) TakeBackup(ctx context.Context, actor, name string) (*os.File, BackupFile, error) {
	files, err := o.Backups()
	if err != nil {
		return nil, BackupFile{}, err
	}
	// Only a name that the folder lists is opened: no path can be made of it.
	i := slices.IndexFunc(files, func(f BackupFile) bool { return f.Name == name })
	if i < 0 {
		return nil, BackupFile{}, pec.Refuse("backup_unknown", "Il salvataggio «%s» non c’è più.", name)
	}
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		return tx.Record("backup.taken", "database", 0, map[string]any{"file": name})
	})
	if err != nil {
		return nil, BackupFile{}, err
	}
	file, err := os.Open(filepath.Join(o.backupFolder(), name))
	if err != nil {
		return nil, BackupFile{}, fmt.Errorf("opening a backup: %w", err)
	}
	return file, files[i], nil
}
