package office

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// DocumentProgress is how far a document has come: the step under way, from 1,
// of how many, and what it does.
type DocumentProgress struct {
	Step, Steps int
	Doing       string // Italian
}

// making is a document under way.
type making struct {
	mu       sync.Mutex
	progress DocumentProgress
}

func (m *making) step(n, of int, doing string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.progress = DocumentProgress{n, of, doing}
}

// documentDesk is where documents are made beside the requests, one after the other:
// each takes memory by tens of megabytes.
type documentDesk struct {
	mu      sync.Mutex
	under   map[int64]*making
	stopped bool
	running sync.WaitGroup
	turn    chan struct{}
	ctx     context.Context
	cancel  context.CancelFunc
}

func newDocumentDesk() *documentDesk {
	d := &documentDesk{under: map[int64]*making{}, turn: make(chan struct{}, 1)}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

// Making tells how far a document has come that this program is making.
func (o *Office) Making(id int64) (DocumentProgress, bool) {
	o.documents.mu.Lock()
	m := o.documents.under[id]
	o.documents.mu.Unlock()
	if m == nil {
		return DocumentProgress{}, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.progress, true
}

// printed is a file of a document in a temporary folder.
type printed struct{ name, mime, path string }

// draft is a document that was printed and not yet kept.
type draft struct {
	document db.Document
	files    []printed
}

// documentWork prints a document into a folder.
type documentWork func(ctx context.Context, folder string, m *making) (draft, error)

// documentSteps are how many steps the making of a report has.
const documentSteps = 5

// start notes a document and makes it beside the request. The same request key
// is the same document, made once.
func (o *Office) start(ctx context.Context, actor string, d db.Document, work documentWork) (int64, error) {
	hold, err := o.DB.Hold(ctx)
	if err != nil {
		return 0, fmt.Errorf("making %q: %w", d.Title, err)
	}
	d.Maker = hold.Name
	release := func() {
		if err := hold.Release(); err != nil {
			o.Log.Error("document", "document", d.ID, "error", err)
		}
	}
	known := false
	err = o.write(ctx, actor, func(tx *db.Tx) (err error) {
		if d.RequestKey != "" {
			if d.ID, err = tx.DocumentByKey(d.RequestKey); err != nil || d.ID != 0 {
				known = true
				return err
			}
		}
		d.ID, err = beginDocument(tx, d)
		return err
	})
	if err != nil || known {
		release()
		return d.ID, err
	}
	desk := o.documents
	desk.mu.Lock()
	stopped := desk.stopped
	if !stopped {
		desk.under[d.ID] = &making{progress: DocumentProgress{1, documentSteps, "In attesa del documento che la precede"}}
		desk.running.Add(1)
	}
	m := desk.under[d.ID]
	desk.mu.Unlock()
	if stopped {
		defer release()
		return d.ID, o.failDocument(actor, d.ID, context.Canceled)
	}
	o.Spawn(func() {
		defer desk.running.Done()
		defer release()
		defer func() {
			desk.mu.Lock()
			defer desk.mu.Unlock()
			delete(desk.under, d.ID)
		}()
		if err := o.make(desk, actor, d.ID, m, work); err != nil {
			if err := o.failDocument(actor, d.ID, err); err != nil {
				o.Log.Error("document", "document", d.ID, "error", err)
			}
		}
	})
	return d.ID, nil
}

// beginDocument notes that a document is being made.
func beginDocument(tx *db.Tx, d db.Document) (int64, error) {
	id, err := tx.AddDocument(d)
	if err != nil {
		return 0, err
	}
	return id, tx.Record("document.begun", "document", id, map[string]any{"name": d.Title})
}

// make waits for its turn, prints a document and keeps it.
func (o *Office) make(desk *documentDesk, actor string, id int64, m *making, work documentWork) (err error) {
	select {
	case desk.turn <- struct{}{}:
		defer func() { <-desk.turn }()
	case <-desk.ctx.Done():
		return desk.ctx.Err()
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("making document %d: %v", id, r)
		}
	}()
	return inFolder(func(folder string) error {
		made, err := work(desk.ctx, folder, m)
		if err != nil {
			return err
		}
		m.step(documentSteps, documentSteps, "Archiviazione dei file")
		return o.keepDocument(desk.ctx, actor, id, made)
	})
}

// inFolder gives a temporary folder that is gone in any case.
func inFolder(f func(folder string) error) error {
	folder, err := os.MkdirTemp("", "albopec-documento-")
	if err != nil {
		return fmt.Errorf("a folder for a document: %w", err)
	}
	return errors.Join(f(folder), os.RemoveAll(folder))
}

// keepDocument stores the files of a document and makes it ready. A large one
// would hold the lock for long: it is stored in portions, each a transaction of its
// own, and is ready by the last one; if that never comes it was interrupted.
func (o *Office) keepDocument(ctx context.Context, actor string, id int64, d draft) error {
	for _, f := range d.files {
		if err := o.keepFile(ctx, actor, id, f); err != nil {
			return fmt.Errorf("keeping %q of document %d: %w", f.name, id, err)
		}
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		if err := tx.SetDocumentReady(id, d.document.Until, d.document.Figures); err != nil {
			return err
		}
		if d.document.Kind == db.DocumentReport {
			return tx.Record("report", "document", id, map[string]any{"year": d.document.Year, "until": d.document.Until})
		}
		return tx.Record("list", "document", id, map[string]any{"name": d.document.Title})
	})
}

// keptAtOnce is how many bytes of a document a transaction stores.
const keptAtOnce = 4 * db.PieceSize

// keepFile stores a file portion by portion.
func (o *Office) keepFile(ctx context.Context, actor string, document int64, f printed) error {
	file, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer file.Close()
	var id, size int64
	sum, portion := sha256.New(), make([]byte, keptAtOnce)
	for last := false; !last; {
		n, err := io.ReadFull(file, portion)
		if last = errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF); err != nil && !last {
			return err
		}
		_, _ = sum.Write(portion[:n]) // a hash takes all
		if id != 0 {
			giveWay(ctx)
		}
		if err := o.write(ctx, actor, func(tx *db.Tx) (err error) {
			if id == 0 {
				if id, err = tx.AddDocumentFile(document, f.name, f.mime); err != nil {
					return err
				}
			}
			if err := tx.AddDocumentBytes(id, portion[:n]); err != nil || !last {
				return err
			}
			return tx.EndDocumentFile(id, size+int64(n), hex.EncodeToString(sum.Sum(nil)))
		}); err != nil {
			return err
		}
		size += int64(n)
	}
	return nil
}

// Sentences on why a document did not come to be.
const (
	documentInterrupted = "Interrotto: il programma si è fermato mentre lo preparava. Lo crei di nuovo."
	documentBroken      = "Non riuscito: i dettagli sono nel registro del programma. Provi a crearlo di nuovo."
)

// failDocument writes down why a document did not come to be.
func (o *Office) failDocument(actor string, id int64, cause error) error {
	why := documentBroken
	switch problem := pec.AsProblem(cause); {
	case problem != nil:
		why = problem.Message
	case o.documents.ctx.Err() != nil || errors.Is(cause, context.Canceled):
		why = documentInterrupted
	default:
		o.Log.Error("document", "document", id, "error", cause)
	}
	return o.write(context.Background(), actor, func(tx *db.Tx) error { return endDocument(tx, id, why) })
}

func endDocument(tx *db.Tx, id int64, why string) error {
	if err := tx.DeleteDocumentFiles(id); err != nil {
		return err
	}
	if err := tx.SetDocumentFailed(id, why); err != nil {
		return err
	}
	return tx.Record("document.failed", "document", id, map[string]any{"reason": why})
}

// EndInterrupted marks what was being made when the program stopped, and not what
// another process is making now; it is for the start of the program that makes
// documents.
func (o *Office) EndInterrupted(ctx context.Context) error {
	return o.write(ctx, ActorNight, func(tx *db.Tx) error {
		_, err := o.endInterrupted(ctx, tx, tx.Now.Add(time.Second)) // of this moment too
		return err
	})
}

// endInterrupted marks the documents whose making process has ended, and returns how
// many that were. One from before processes could be told alive has ended if it was
// asked for before a moment.
func (o *Office) endInterrupted(ctx context.Context, tx *db.Tx, before time.Time) (ended int64, err error) {
	list, err := tx.DocumentsMaking(before)
	for _, d := range list {
		alive, err := o.DB.Held(ctx, d.Maker)
		if err != nil {
			return 0, err
		}
		if alive {
			continue
		}
		if err := endDocument(tx, d.ID, documentInterrupted); err != nil {
			return 0, err
		}
		o.DB.DropHold(d.Maker)
		ended++
	}
	return ended, err
}

// StopMaking interrupts what is being made and waits until it is over. Nothing is
// begun any more.
func (o *Office) StopMaking() {
	o.documents.mu.Lock()
	o.documents.stopped = true
	o.documents.mu.Unlock()
	o.documents.cancel()
	o.documents.running.Wait()
}

// StartReport makes the report of a year in the background and returns the
// document's number; key tells one press of the button from another.
func (o *Office) StartReport(ctx context.Context, actor string, year int, key string) (int64, error) {
	if err := o.reportable(year); err != nil {
		return 0, err
	}
	if err := o.hasData(ctx, year); err != nil {
		return 0, err
	}
	return o.start(ctx, actor, o.reportDocument(year, key), func(ctx context.Context, folder string, m *making) (draft, error) {
		return o.printReport(ctx, folder, m, year)
	})
}

func (o *Office) reportDocument(year int, key string) db.Document {
	return db.Document{Kind: db.DocumentReport, Title: fmt.Sprint("Report annuale ", year), Year: year, Until: pec.Earliest(pec.EndOfYear(year), o.Today()), RequestKey: key}
}

// StartList makes a list as a document in the background and returns the
// document's number: one file, written by write. Title, Filter and RequestKey of
// the document are the caller's; the same key is the same document, made once.
func (o *Office) StartList(ctx context.Context, actor string, d db.Document, file, mime string, write func(io.Writer) error) (int64, error) {
	d.Kind, d.Until = db.DocumentList, o.Today()
	return o.start(ctx, actor, d, func(ctx context.Context, folder string, m *making) (draft, error) {
		m.step(documentSteps-1, documentSteps, "Scrittura del file")
		made := draft{document: d}
		err := made.print(ctx, folder, file, mime, write)
		return made, err
	})
}

// printReport prints the workbook, the PDF and its annex of a year from one
// snapshot.
func (o *Office) printReport(ctx context.Context, folder string, m *making, year int) (draft, error) {
	m.step(1, documentSteps, "Lettura dei dati dell’anno")
	d := draft{document: o.reportDocument(year, "")}
	err := o.ReadYear(ctx, year, func(y reports.Year, sum reports.YearSummary) (err error) {
		d.document.Until = y.Until
		kept, err := keptOf(y, sum)
		if err != nil {
			return err
		}
		if d.document.Figures, err = json.Marshal(kept); err != nil {
			return err
		}
		base := fmt.Sprintf("albopec-%d-al-%s", year, y.Until)
		m.step(2, documentSteps, "Scrittura della cartella Excel")
		if err := d.print(ctx, folder, base+".xlsx", reports.MimeXLSX, func(w io.Writer) error { return reports.WriteYearXLSX(w, y, sum) }); err != nil {
			return fmt.Errorf("workbook of %d: %w", year, err)
		}
		m.step(3, documentSteps, "Scrittura del PDF")
		if err := d.print(ctx, folder, base+".pdf", reports.MimePDF, func(w io.Writer) error { return reports.WriteYearPDF(w, sum) }); err != nil {
			return fmt.Errorf("PDF of %d: %w", year, err)
		}
		volumes := sum.Volumes()
		return reports.WriteYearAnnex(y, sum, func(n int, write func(io.Writer) error) error {
			name, doing := base+"-elenchi.pdf", "Scrittura degli elenchi"
			if volumes > 1 {
				name, doing = fmt.Sprintf("%s-elenchi-%d-di-%d.pdf", base, n, volumes), fmt.Sprintf("%s, volume %d di %d", doing, n, volumes)
			}
			m.step(4, documentSteps, doing)
			return d.print(ctx, folder, name, reports.MimePDF, write)
		})
	})
	return d, err
}

// print writes one more file of a document.
func (d *draft) print(ctx context.Context, folder, name, mime string, write func(io.Writer) error) error {
	f, err := os.Create(filepath.Join(folder, name))
	if err != nil {
		return err
	}
	d.files = append(d.files, printed{name, mime, f.Name()})
	return errors.Join(write(f), f.Close(), ctx.Err())
}

// MadeReport is a yearly report made and kept.
type MadeReport struct {
	ID      int64 // of the document
	Year    int
	Until   pec.Date // the last day in it
	Figures YearFigures
}

// MakeReport makes the yearly workbook, the PDF and its annex at once and keeps them as they
// are, so that what was handed to the council can be had again.
func (o *Office) MakeReport(ctx context.Context, actor string, year int) (MadeReport, error) {
	made := MadeReport{Year: year}
	err := inFolder(func(folder string) error {
		d, err := o.printReport(ctx, folder, &making{}, year)
		if err != nil {
			return err
		}
		made.Until = d.document.Until
		if err := json.Unmarshal(d.document.Figures, &made.Figures); err != nil {
			return err
		}
		hold, err := o.DB.Hold(ctx)
		if err != nil {
			return err
		}
		d.document.Maker = hold.Name
		if err := o.write(ctx, actor, func(tx *db.Tx) (err error) {
			made.ID, err = beginDocument(tx, d.document)
			return err
		}); err != nil {
			return errors.Join(err, hold.Release())
		}
		if err := o.keepDocument(ctx, actor, made.ID, d); err != nil {
			err = errors.Join(err, o.failDocument(actor, made.ID, err))
			return errors.Join(err, hold.Release())
		}
		return hold.Release()
	})
	return made, err
}

// DocumentFiles are the files of a document in the order in which they were made: of
// a yearly report the workbook, the PDF, and the volumes of its annex.
func (o *Office) DocumentFiles(ctx context.Context, document int64) (files []db.DocumentFile, err error) {
	err = o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		files, err = tx.DocumentFiles(document)
		return err
	})
	return files, err
}

// CopyFile writes a file of a document.
func (o *Office) CopyFile(ctx context.Context, w io.Writer, f db.DocumentFile) error {
	_, err := io.Copy(w, o.DB.Pieces(ctx, f))
	return err
}
