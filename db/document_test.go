package db

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"albopec/app/pec"
)

// keptDocument makes a ready document with one file and returns it.
func keptDocument(t *testing.T, d *DB, content []byte) (int64, DocumentFile) {
	t.Helper()
	var id int64
	var f DocumentFile
	write(t, d, func(tx *Tx) (err error) {
		if id, err = tx.AddDocument(Document{Kind: DocumentReport, Title: "Report annuale 2018", Year: 2018, Until: pec.Day("2018-12-31")}); err != nil {
			return err
		}
		if f.ID, err = tx.AddDocumentFile(id, "a.pdf", "application/pdf"); err != nil {
			return err
		}
		if err := tx.AddDocumentBytes(f.ID, content); err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		if err := tx.EndDocumentFile(f.ID, int64(len(content)), hex.EncodeToString(sum[:])); err != nil {
			return err
		}
		return tx.SetDocumentReady(id, pec.Day("2018-12-31"), []byte(`{}`))
	})
	return id, f
}

func TestFilesOfDocumentsComeBackPieceByPiece(t *testing.T) {
	d := newDB(t)
	for _, size := range []int{0, 1, PieceSize, PieceSize + 1, 2*PieceSize + 77} {
		content := bytes.Repeat([]byte{'x', 'y', 0, 'z'}, size/4+1)[:size]
		id, f := keptDocument(t, d, content)
		read(t, d, func(tx *ReadTx) (err error) {
			f, err = tx.DocumentFile(id, "a.pdf")
			return err
		})
		sum := sha256.Sum256(content)
		if f.Size != int64(size) || f.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%d bytes are kept as %d, %s", size, f.Size, f.SHA256)
		}
		if got, err := io.ReadAll(d.Pieces(t.Context(), f)); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes come back as %d, %v", size, len(got), err)
		}
	}
}

// TestFileGrowsOverSeveralTransactions, and goes again while its document is being
// made.
func TestFileGrowsOverSeveralTransactions(t *testing.T) {
	d := newDB(t)
	var id, file int64
	write(t, d, func(tx *Tx) (err error) {
		if id, err = tx.AddDocument(Document{Kind: DocumentList, Title: "Elenco"}); err != nil {
			return err
		}
		file, err = tx.AddDocumentFile(id, "a.csv", "text/csv")
		return err
	})
	content := bytes.Repeat([]byte("ab"), PieceSize)
	for _, part := range [][]byte{content[:PieceSize], content[PieceSize:], []byte("c")} {
		write(t, d, func(tx *Tx) error { return tx.AddDocumentBytes(file, part) })
	}
	content = append(content, 'c')
	f := DocumentFile{ID: file, Size: int64(len(content))}
	if got, err := io.ReadAll(d.Pieces(t.Context(), f)); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes come back, %v", len(got), err)
	}
	write(t, d, func(tx *Tx) error { return tx.DeleteDocumentFiles(id) })
	if got, err := io.ReadAll(d.Pieces(t.Context(), f)); err == nil {
		t.Errorf("%d bytes are still there", len(got))
	}
}

func TestReadyDocumentsNeverChange(t *testing.T) {
	d := newDB(t)
	id, f := keptDocument(t, d, []byte("dati"))
	for _, change := range []string{
		`UPDATE documents SET title = 'altro'`, `DELETE FROM documents`, `UPDATE document_files SET name = 'b.pdf'`, `DELETE FROM document_files`,
		`UPDATE document_pieces SET data = x'00'`, `DELETE FROM document_pieces`,
		fmt.Sprintf(`INSERT INTO document_files (document_id, name, mime, size, sha256) VALUES (%d, 'c', 'x', 0, '')`, id),
		fmt.Sprintf(`INSERT INTO document_pieces (file_id, n, data) VALUES (%d, 1, x'00')`, f.ID),
	} {
		err := d.Write(t.Context(), stamp, func(tx *Tx) error { return tx.exec(change) })
		if !IsConstraint(err) {
			t.Errorf("%s: %v", change, err)
		}
	}
}

// TestReportsMadeBeforeAreCarriedOver: a report of an older file keeps its number,
// its bytes and its figures.
func TestReportsMadeBeforeAreCarriedOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	old, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 18; n++ {
		files, err := migrations.ReadDir("migrations")
		if err != nil {
			t.Fatal(err)
		}
		script, err := migrations.ReadFile("migrations/" + files[n-1].Name())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := old.Exec(string(script)); err != nil {
			t.Fatal(n, err)
		}
	}
	if _, err := old.Exec(fmt.Sprintf(`PRAGMA user_version = 18; PRAGMA application_id = %d`, applicationID)); err != nil {
		t.Fatal(err)
	}
	workbook, pdf := bytes.Repeat([]byte("libro"), 500_000), []byte("%PDF-")
	if _, err := old.Exec(`INSERT INTO reports (id, year, until_on, actor, at, xlsx, pdf, figures) VALUES (7, 2017, '2017-12-31', 'operatore:1', '2018-01-09T23:30:00.000Z', ?, ?, '{"closed":3}')`, workbook, pdf); err != nil {
		t.Fatal(err)
	}
	if _, err := old.Exec(`INSERT INTO audit (at, day_on, actor, action, entity, entity_id, detail) VALUES ('2018-01-09T23:30:00.000Z', '2018-01-10', 'operatore:1', 'report', 'report', 7, '{}')`); err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var files []DocumentFile
	read(t, d, func(tx *ReadTx) error {
		doc, err := tx.Document(7)
		if err != nil {
			return err
		}
		if doc.State != DocumentReady || doc.Year != 2017 || doc.Until != pec.Day("2017-12-31") || doc.On != pec.Day("2018-01-10") || string(doc.Figures) != `{"closed":3}` || doc.Size != 2_500_005 {
			t.Errorf("%+v", doc)
		}
		files, err = tx.DocumentFiles(7)
		return err
	})
	if len(files) != 2 {
		t.Fatalf("%d files", len(files))
	}
	for i, want := range [][]byte{workbook, pdf} {
		if got, err := io.ReadAll(d.Pieces(t.Context(), files[i])); err != nil || !bytes.Equal(got, want) || files[i].SHA256 != "" {
			t.Errorf("%s: %d bytes, %v", files[i].Name, len(got), err)
		}
	}
	if files[0].Name != "albopec-2017-al-2017-12-31.xlsx" || files[1].Name != "albopec-2017-al-2017-12-31.pdf" {
		t.Errorf("%s, %s", files[0].Name, files[1].Name)
	}
}
