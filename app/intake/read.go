// Package intake reads foreign files into rows: CSV in whatever encoding and
// with whatever separator, and sheets. It finds the header and tells data rows
// from titles, blank lines and totals. What the values mean, and what an import
// does with them, is package pec's to say.
package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"albopec/app/pec"
)

// Limits of what is read. The registers of the largest Ordini have some tens
// of thousands of rows.
const (
	MaxFileSize  = 50 << 20  // bytes of the file
	maxUnzipped  = 200 << 20 // bytes of all that a workbook's archive declares
	maxRows      = 300_000
	maxColumns   = 300
	maxCells     = 6_000_000
	maxHeaderRow = 100 // rows above which no header is looked for
)

// Formats of files.
const (
	FormatCSV  = "csv"
	FormatXLSX = "xlsx"
	FormatXLS  = "xls"
	FormatODS  = "ods"
)

// Options are the operator's choices; the zero Options leaves all to be found
// out.
type Options struct {
	Encoding  string // as Encodings lists them
	Delimiter string // one character, or "tab"
	Sheet     string // name, or number from 1
	// Columns reads columns as the operator says: title to field, an empty field
	// leaving the column out.
	Columns map[string]string
}

// File is a foreign file, read: how it was read, and its data rows. It holds
// all that the file says; nothing is left out but what Ignored lists and blank
// lines.
type File struct {
	Format    string
	Encoding  string // "utf-8", "windows-1252"…; empty for a sheet
	Delimiter string // ";"; empty for a sheet
	Sheet     string // name of the sheet read; empty for a CSV
	Sheets    []string
	HeaderRow int // the header's row in the file, the first being 1
	Mapping   pec.Mapping
	Rows      []pec.Row
	Ignored   []Ignored
}

// Ignored is a row that is not data: titles above the header, totals below it,
// the header repeated on every page.
type Ignored struct {
	Row  int
	Text string
	Why  string // Italian
}

// ReadFile reads a file from the disk.
func ReadFile(path string, layout pec.Layout, o Options) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		why := "non si può aprire"
		if errors.Is(err, os.ErrNotExist) {
			why = "non esiste"
		}
		return nil, pec.Refuse("file_not_readable", "Il file %s %s. Controlli il nome e i permessi.", path, why)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxFileSize+1))
	if err != nil {
		return nil, pec.Refuse("file_not_readable", "Il file %s non si può leggere. Controlli che sia un file e non una cartella.", path)
	}
	return Read(data, filepath.Base(path), layout, o)
}

// Read reads a file of a layout from its bytes; the name is only told in
// messages and never trusted. What cannot be read is a Problem with one of the
// codes file_empty, file_not_readable, file_too_large, header_not_found,
// columns_missing, no_rows; with header_not_found, columns_missing and no_rows
// comes the File as far as it was read, so that a person can be asked which
// column is which.
func Read(data []byte, name string, layout pec.Layout, o Options) (*File, error) {
	if len(data) > MaxFileSize {
		return nil, pec.Refuse("file_too_large", "Il file supera %d MB. Tolga i fogli e le immagini che non servono, o lo divida.", MaxFileSize>>20)
	}
	if len(bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))) == 0 {
		return nil, pec.Refuse("file_empty", "Il file è vuoto. Lo esporti di nuovo e riprovi.")
	}
	switch kind := formatOf(data); kind {
	case "zip":
		return readWorkbook(data, layout, o)
	case "ole":
		return nil, notReadable("È una cartella di lavoro nel vecchio formato .xls, oppure protetta da password. La apra, la salvi come .xlsx senza password e riprovi.")
	case "pdf", "html", "image":
		return nil, notReadable("È un file %s, non un elenco. Esporti l’elenco come .xlsx o .csv e riprovi.", strings.ToUpper(kind))
	}
	if strings.EqualFold(filepath.Ext(name), ".xlsx") || strings.EqualFold(filepath.Ext(name), ".ods") {
		return nil, notReadable("Il file ha il nome di un foglio di calcolo, ma non lo è: forse si è rovinato. Lo esporti di nuovo e riprovi.")
	}
	return readText(data, layout, o)
}

func notReadable(format string, args ...any) *pec.Problem {
	return pec.Refuse("file_not_readable", "%s", "Il file non si può leggere. "+fmt.Sprintf(format, args...))
}

// formatOf tells a file by its first bytes; empty is text.
func formatOf(data []byte) string {
	for _, magic := range []struct{ prefix, format string }{
		{"PK\x03\x04", "zip"}, {"PK\x05\x06", "zip"}, {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"}, {"%PDF-", "pdf"},
		{"\x89PNG", "image"}, {"\xff\xd8\xff", "image"},
	} {
		if bytes.HasPrefix(data, []byte(magic.prefix)) {
			return magic.format
		}
	}
	start := bytes.ToLower(bytes.TrimSpace(data[:min(len(data), 512)]))
	if bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html")) || bytes.HasPrefix(start, []byte("<table")) {
		return "html"
	}
	return ""
}
