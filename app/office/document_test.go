package office_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// named gives the Ordine a name: a report begins with it.
func (o *testOffice) named() {
	o.t.Helper()
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		return tx.SetOrderBody(db.OrderBody{Name: "Ordine di prova", City: "Valdoro"})
	}))
}

func (o *testOffice) document(id int64) (doc db.Document, files []db.DocumentFile) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		if doc, err = tx.Document(id); err != nil {
			return err
		}
		files, err = tx.DocumentFiles(id)
		return err
	}))
	return doc, files
}

func (o *testOffice) bytesOf(f db.DocumentFile) []byte {
	o.t.Helper()
	data, err := io.ReadAll(o.DB.Pieces(ctx, f))
	o.must(err)
	return data
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func TestReportIsMadeBesideTheRequestAndOnceOnly(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	o := newOffice(t, "2018-10-12")
	o.named()
	o.mailbox("A1", "Rossi", "Mario")
	var waiting []func()
	o.Spawn = func(f func()) { waiting = append(waiting, f) }
	id, err := o.StartReport(ctx, "prova", 2018, "chiave")
	o.must(err)
	if doc, files := o.document(id); doc.State != db.DocumentMaking || len(files) != 0 || doc.Title != "Report annuale 2018" {
		t.Errorf("before: %+v, %d files", doc, len(files))
	}
	if p, under := o.Making(id); !under || p.Step != 1 || p.Steps != 5 {
		t.Errorf("before: %+v, %v", p, under)
	}
	again, err := o.StartReport(ctx, "prova", 2018, "chiave") // a second press
	o.must(err)
	if again != id || len(waiting) != 1 {
		t.Errorf("the second press made document %d, %d under way", again, len(waiting))
	}
	waiting[0]()
	doc, files := o.document(id)
	if doc.State != db.DocumentReady || doc.Until != pec.Day("2018-10-12") || doc.Actor != "prova" || len(files) != 3 {
		t.Fatalf("after: %+v, %d files", doc, len(files))
	}
	for i, begin := range []string{"PK", "%PDF-", "%PDF-"} {
		data := o.bytesOf(files[i])
		if !strings.HasPrefix(string(data), begin) || sumOf(data) != files[i].SHA256 || int64(len(data)) != files[i].Size {
			t.Errorf("%s: %d bytes of %d, %s", files[i].Name, len(data), files[i].Size, files[i].SHA256)
		}
	}
	if !bytes.Contains(doc.Figures, []byte(`"activated":1`)) {
		t.Errorf("figures: %s", doc.Figures)
	}
	if _, under := o.Making(id); under {
		t.Error("it is still under way")
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("%d left in the temporary folder, %v", len(left), err)
	}
}

func TestReportThatBreaksSaysSo(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	id, err := o.StartReport(ctx, "prova", 2019, "")
	if o.refuses("year_invalid", err); id != 0 {
		t.Errorf("document %d for a year to come", id)
	}
	// The Ordine has no name yet: a sentence. Then the machine has no room for
	// temporary files, and then the program itself breaks.
	today := o.Today
	for _, c := range []struct{ says, tmp string }{
		{"Il database non ha ancora un Ordine.", ""}, {"Non riuscito: i dettagli sono nel registro", "/non/esiste"}, {"Non riuscito: i dettagli sono nel registro", ""},
	} {
		if c.tmp != "" {
			t.Setenv("TMPDIR", c.tmp)
		}
		broken := c.says != "Il database non ha ancora un Ordine." && c.tmp == ""
		o.Spawn = func(f func()) {
			if broken {
				o.Today = func() pec.Date { o.Today = today; panic("rotto") }
			}
			f()
		}
		id, err := o.StartReport(ctx, "prova", 2018, "")
		o.must(err)
		if doc, files := o.document(id); doc.State != db.DocumentFailed || !strings.HasPrefix(doc.Error, c.says) || len(files) != 0 {
			t.Errorf("%s %q, want %q", doc.State, doc.Error, c.says)
		}
		t.Setenv("TMPDIR", t.TempDir())
		o.named()
	}
}

// A document of 9 MB and a byte takes three transactions, and comes back as it was.
func TestLargeDocumentIsKeptInPortions(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	o.Spawn = func(f func()) { f() }
	content := bytes.Repeat([]byte("abcdefgh\n"), 1<<20)
	content = append(content, 'z')
	id, err := o.StartList(ctx, "prova", db.Document{Title: "Elenco"}, "elenco.csv", "text/csv", func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
	o.must(err)
	doc, files := o.document(id)
	if doc.State != db.DocumentReady || len(files) != 1 || files[0].Size != 9<<20+1 || files[0].SHA256 != sumOf(content) || !bytes.Equal(o.bytesOf(files[0]), content) {
		t.Errorf("%+v, %+v", doc, files)
	}
	o.sound()
}

// What was stored of a document when the power went is gone again, and the file is
// sound before and after.
func TestHalfStoredDocumentIsInterrupted(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	var id int64
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) (err error) {
		if id, err = tx.AddDocument(db.Document{Kind: db.DocumentReport, Title: "Report annuale 2018", Year: 2018, Until: o.day}); err != nil {
			return err
		}
		file, err := tx.AddDocumentFile(id, "a.pdf", "application/pdf")
		if err != nil {
			return err
		}
		return tx.AddDocumentBytes(file, bytes.Repeat([]byte{1}, db.PieceSize))
	}))
	o.sound()
	o.later(23 * time.Hour)
	if done, err := o.Tidy(ctx, "prova"); err != nil || done.Documents != 0 {
		t.Errorf("ended after 23 hours: %+v, %v", done, err)
	}
	o.later(2 * time.Hour)
	if done, err := o.Tidy(ctx, "prova"); err != nil || done.Documents != 1 { // what was left by a command
		t.Errorf("not ended after 25 hours: %+v, %v", done, err)
	}
	o.must(o.EndInterrupted(ctx)) // nothing is left to end
	if doc, files := o.document(id); doc.State != db.DocumentFailed || !strings.HasPrefix(doc.Error, "Interrotto") || len(files) != 0 {
		t.Errorf("%+v, %d files", doc, len(files))
	}
	o.sound()
}

// makeInAChild starts a child process that makes a list and never gets to its end,
// and returns the list's document.
func makeInAChild(t *testing.T, path string) (child *exec.Cmd, document int64) {
	t.Helper()
	child = exec.Command(os.Args[0], "-test.run=^TestMakeInAChildProcess$")
	child.Env = append(os.Environ(), childDatabase+"="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { child.Process.Kill() })
	if n, err := fmt.Fscanln(out, &document); n != 1 {
		t.Fatalf("the child says nothing: %v", err)
	}
	return child, document
}

func TestMakeInAChildProcess(t *testing.T) {
	path := os.Getenv(childDatabase)
	if path == "" {
		t.Skip("it is for TestWhatTheProgramLeftUnfinishedIsInterrupted")
	}
	o := openAt(t, path)
	begun := make(chan struct{})
	id, err := o.StartList(ctx, "prova", db.Document{Title: "Elenco"}, "elenco.csv", "text/csv", func(io.Writer) error {
		close(begun)
		select {} // until it is killed
	})
	o.must(err)
	<-begun
	fmt.Println(id)
	select {}
}

func TestWhatTheProgramLeftUnfinishedIsInterrupted(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	o.named()
	path := filepath.Join(t.TempDir(), "albopec.db")
	o.must(o.DB.CopyTo(ctx, path))
	for range 2 { // the second finds what the first left
		child, id := makeInAChild(t, path)
		at := openAt(t, path)
		at.must(at.EndInterrupted(ctx))
		if done, err := at.Tidy(ctx, "prova"); err != nil || done.Documents != 0 {
			t.Errorf("tidied while the child lives: %+v, %v", done, err)
		}
		if doc, _ := at.document(id); doc.State != db.DocumentMaking {
			t.Errorf("while the child lives: %s %q", doc.State, doc.Error)
		}
		child.Process.Kill()
		child.Wait() // it was killed
		at.must(at.EndInterrupted(ctx))
		if doc, _ := at.document(id); doc.State != db.DocumentFailed || !strings.HasPrefix(doc.Error, "Interrotto") {
			t.Errorf("after the kill: %s %q", doc.State, doc.Error)
		}
		if left, err := filepath.Glob(path + "-making-*"); err != nil || len(left) > 0 {
			t.Errorf("left are %q, %v", left, err)
		}
		at.must(at.DB.Close())
	}

	other := office.New(o.DB)
	other.Today = o.Today
	hold, over := make(chan struct{}), make(chan struct{})
	other.Spawn = func(f func()) {
		go func() {
			<-hold
			f()
		}()
	}
	id, err := other.StartReport(ctx, "prova", 2018, "")
	o.must(err)
	go func() {
		other.StopMaking()
		close(over)
	}()
	select {
	case <-over:
		t.Error("the stop does not wait for what is under way")
	case <-time.After(50 * time.Millisecond):
	}
	late, err := other.StartReport(ctx, "prova", 2018, "")
	o.must(err)
	if doc, _ := o.document(late); doc.State != db.DocumentFailed {
		t.Errorf("begun after the stop: %s", doc.State)
	}
	close(hold)
	<-over
	if doc, files := o.document(id); doc.State != db.DocumentFailed || !strings.HasPrefix(doc.Error, "Interrotto") || len(files) != 0 {
		t.Errorf("after the stop: %s %q, %d files", doc.State, doc.Error, len(files))
	}
}
