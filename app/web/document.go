package web

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) documentRoutes() []route {
	return []route{
		get("/documenti", operators, s.documents),
		get("/documenti/:id", operators, s.document),
		get("/documenti/:id/file/:name", operators, s.documentFile),
	}
}

// documentsOnPage is how many documents a page of the list has.
const documentsOnPage = 25

type documentsPage struct {
	Frame
	Tabs      Tabs
	Documents []documentLine
	Pager     *Pager
}

// documentLine is a document as pages show it.
type documentLine struct {
	db.Document
	Who     string
	Files   []db.DocumentFile
	Holds   bool            // its year was closed on it
	Figures office.KeptYear // of a report that is ready
}

func (d documentLine) Path() string                      { return "/documenti/" + itoa(d.ID) }
func (d documentLine) FilePath(f db.DocumentFile) string { return d.Path() + "/file/" + f.Name }
func (d documentLine) Making() bool                      { return d.State == db.DocumentMaking }
func (d documentLine) Ready() bool                       { return d.State == db.DocumentReady }
func (d documentLine) FileSize(f db.DocumentFile) string { return fileSize(int(f.Size)) }
func (d documentLine) AllSize() string                   { return fileSize(int(d.Size)) }

// FileWords are what pages call a file: the annex of a report has volumes.
func (d documentLine) FileWords(f db.DocumentFile) string {
	if _, volume, is := strings.Cut(f.Name, "-elenchi"); is {
		return "Elenchi" + strings.ReplaceAll(strings.TrimSuffix(volume, ".pdf"), "-", " ")
	}
	return fileWords[f.MIME]
}

// fileWords are what pages call the files of documents.
var fileWords = map[string]string{mimeXLSX: "Excel", mimePDF: "PDF", mimeCSV: "CSV"}

func documentLineOf(tx *db.ReadTx, d db.Document, names actorNames) (documentLine, error) {
	line := documentLine{Document: d, Who: names.of(d.Actor)}
	if d.Kind == db.DocumentReport && line.Ready() {
		if err := json.Unmarshal(d.Figures, &line.Figures); err != nil {
			return line, fmt.Errorf("figures of document %d: %w", d.ID, err)
		}
	}
	closing, err := tx.YearClosing(d.Year)
	if err != nil {
		return line, err
	}
	line.Holds = closing.Document == d.ID
	if !line.Ready() {
		return line, nil
	}
	line.Files, err = tx.DocumentFiles(d.ID)
	return line, err
}

func documentLines(tx *db.ReadTx, list []db.Document) ([]documentLine, error) {
	names, err := actorsOf(tx)
	if err != nil {
		return nil, err
	}
	var lines []documentLine
	for _, d := range list {
		line, err := documentLineOf(tx, d, names)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// documents lists what was made, newest first.
func (s *site) documents(c *fiber.Ctx) error {
	p := &documentsPage{Frame: s.frame(c, "Documenti", Crumb{"Report", "/report"}), Tabs: reportTabs("/documenti")}
	p.Lead = "Quello che il programma ha prodotto, come era"
	l := listingOf(c, "/documenti")
	err := s.read(c, func(tx *db.ReadTx) error {
		list, err := documentsAround(tx, l)
		if err != nil {
			return err
		}
		key := func(d db.Document) string { return itoa(d.ID) }
		list, p.Pager = pageOf(l, list, documentsOnPage, key, key)
		p.Documents, err = documentLines(tx, list)
		return err
	})
	if err != nil {
		return err
	}
	return s.show(c, "documents", p)
}

func documentsAround(tx *db.ReadTx, l listing) ([]db.Document, error) {
	if above := l.id(beforeParam); above > 0 && l.id(afterParam) == 0 {
		return tx.DocumentsAfter(above, documentsOnPage+1)
	}
	return tx.Documents(l.id(afterParam), documentsOnPage+1)
}

type documentPage struct {
	Frame
	Tabs     Tabs
	Document documentLine
	Progress *Progress   // nil unless this program is making it
	Closed   *closedYear // of a report whose year is closed
	MayClose bool        // the year of a report, on it
}

// document shows a document, or how far it has come.
func (s *site) document(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	p := &documentPage{Tabs: reportTabs("/documenti")}
	under, making := s.office.Making(id)
	err = s.read(c, func(tx *db.ReadTx) error {
		d, err := tx.Document(id)
		if err != nil {
			return err
		}
		lines, err := documentLines(tx, []db.Document{d})
		if err != nil {
			return err
		}
		p.Document = lines[0]
		p.Closed, err = closedYearOf(tx, d.Year)
		p.MayClose = p.Closed == nil && office.Closable(d, visitOf(c).today) == nil
		return err
	})
	if err != nil {
		return err
	}
	if making && p.Document.Making() {
		p.Progress = &Progress{Label: p.Document.Title, Done: under.Step - 1, All: under.Steps, Text: fmt.Sprintf("Passo %d di %d: %s.", under.Step, under.Steps, under.Doing)}
	}
	p.Frame = s.frame(c, p.Document.Title, Crumb{"Report", "/report"}, Crumb{"Documenti", "/documenti"})
	return s.show(c, "document", p)
}

// documentFile sends a file piece by piece: it is never whole in memory.
func (s *site) documentFile(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	var f db.DocumentFile
	err = s.read(c, func(tx *db.ReadTx) error {
		d, err := tx.Document(id)
		if err != nil {
			return err
		}
		if d.State != db.DocumentReady {
			return pec.Refuse("file_unknown", "Il documento non è pronto.")
		}
		f, err = tx.DocumentFile(id, c.Params("name"))
		return err
	})
	if err != nil {
		return err
	}
	c.Attachment(f.Name)
	c.Set(fiber.HeaderContentType, f.MIME)
	if f.SHA256 != "" {
		c.Set(fiber.HeaderETag, strconv.Quote(f.SHA256))
	}
	// The body is read after the handler, when the request's context is another's.
	return c.SendStream(s.db.Pieces(context.Background(), f), int(f.Size))
}
