package office

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"albopec/app/pec"
	"albopec/db"
)

func TestBackupFromThePagesIsListedAndCanBeTaken(t *testing.T) {
	o, _ := shop(t, "2017-12-07")
	ctx := context.Background()
	o.Now = func() time.Time { return time.Date(2026, 6, 30, 22, 30, 12, 0, time.UTC) } // already 1 July in Rome
	if files, err := o.Backups(); err != nil || len(files) != 0 {
		t.Fatalf("before the first: %v, %v", files, err)
	}
	made, err := o.MakeBackup(ctx, "operatore:ada@ordine.example")
	if err != nil {
		t.Fatal(err)
	}
	if made.Name != "albopec-2026-07-01-003012.db" || made.Bytes == 0 {
		t.Errorf("made %+v", made)
	}
	if _, err := o.MakeBackup(ctx, "operatore:ada@ordine.example"); pec.AsProblem(err) == nil {
		t.Errorf("a second one in the same second wrote over the first: %v", err)
	}
	if err := os.WriteFile(filepath.Join(o.backupFolder(), "appunti.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := o.Backups()
	if err != nil || len(files) != 1 || files[0].Name != made.Name {
		t.Fatalf("listed %v, %v", files, err)
	}
	file, _, err := o.TakeBackup(ctx, "operatore:ada@ordine.example", made.Name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	taken := filepath.Join(t.TempDir(), "copia.db")
	out, err := os.Create(taken)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, file); err != nil {
		t.Fatal(err)
	}
	out.Close()
	copied, err := db.Open(taken)
	if err != nil {
		t.Fatalf("what was taken is no database: %v", err)
	}
	defer copied.Close()
	readBooks(t, New(copied), func(tx *db.ReadTx) {
		if _, err := tx.MailboxByAddress("elena.morandi@pec.ordine.example"); err != nil {
			t.Error(err)
		}
	})
	readBooks(t, o, func(tx *db.ReadTx) {
		log, _ := tx.AuditLog(0, 2)
		if len(log) != 2 || log[0].Action != "backup.taken" || log[1].Action != "backup" {
			t.Errorf("the log: %+v", log)
		}
	})
}

func TestOnlyAListedBackupCanBeTaken(t *testing.T) {
	o, _ := shop(t, "2017-12-07")
	for _, name := range []string{"../albopec.db", "albopec.db", "", "/etc/passwd", "..", "appunti.txt"} {
		if file, _, err := o.TakeBackup(context.Background(), "prova", name); pec.AsProblem(err) == nil || file != nil {
			t.Errorf("%q was handed out: %v", name, err)
		}
	}
}
