// Package intake reads foreign files into rows: CSV in whatever encoding and
// with whatever separator, workbooks (.xlsx, .xls since Excel 5, .ods, the XML of
// Excel 2003) and the web tables that programs save under the name of one. It
// finds the header and tells data rows from titles, blank lines and totals.
// Each reader is ours, held to limits and fuzzed: the files are strangers'. What the values mean, and what an import
// does with them, is package pec's to say.
package intake

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"

	"albopec/app/pec"
)

// Limits of what is read. The registers of the largest Ordini have some tens
// of thousands of rows.
const (
	MaxFileSize  = 50 << 20 // bytes of the file
	maxRows      = 300_000
	maxColumns   = 300
	maxCells     = 6_000_000
	maxText      = 150 << 20 // bytes of all cells
	maxCellText  = 1 << 20   // bytes of one cell; Excel takes 32,767 signs
	maxName      = 200       // bytes of a sheet's name
	maxHeaderRow = 100       // rows above which no header is looked for
)

// Formats of files.
const (
	FormatCSV  = "csv"
	FormatXLSX = "xlsx"
	FormatXLS  = "xls"
	FormatODS  = "ods"
	FormatHTML = "html" // a web page, under whatever name
	FormatXML  = "xml"  // a workbook in the XML of Excel 2003
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
	HeaderRow int // the header's row in the file, the first being 1; 0 when it has none
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

// Read reads a file of a layout from its bytes; the name is only told in
// messages and never trusted. What cannot be read is a Problem with one of the
// codes file_empty, file_not_readable, file_too_large, header_not_found,
// columns_missing, no_rows; with header_not_found, columns_missing and no_rows
// comes the File as far as it was read, so that a person can be asked which
// column is which.
func Read(data []byte, name string, layout pec.Layout, o Options) (file *File, err error) {
	defer func() { // a fault of ours in a file of others: the program stays up
		if r := recover(); r != nil {
			file, err = nil, fmt.Errorf("reading a file of %d bytes: %v", len(data), r)
		}
	}()
	if len(data) > MaxFileSize {
		return nil, pec.Refuse("file_too_large", "Il file supera %d MB. Tolga i fogli e le immagini che non servono, o lo divida.", MaxFileSize>>20)
	}
	if len(bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))) == 0 {
		return nil, pec.Refuse("file_empty", "Il file è vuoto. Lo esporti di nuovo e riprovi.")
	}
	switch kind := formatOf(data); kind {
	case "zip":
		return readArchive(data, layout, o)
	case "ole":
		return readXLS(data, layout, o)
	case "html":
		return readHTML(data, layout, o)
	case "xml":
		return readSpreadsheetML(data, layout, o)
	case "pdf":
		return nil, notReadable("È un file PDF, non un elenco. Esporti l’elenco come .xlsx o .csv e riprovi.")
	case "image":
		return nil, notReadable("È un’immagine, non un elenco. Esporti l’elenco come .xlsx o .csv e riprovi.")
	case "rtf":
		return nil, notReadable("È un documento di testo (RTF), non un elenco. Esporti l’elenco come .xlsx o .csv e riprovi.")
	}
	file, err = readText(data, layout, o)
	if p := pec.AsProblem(err); p != nil && isWorkbookName(name) && (p.Code == "file_not_readable" || p.Code == "header_not_found" && len(file.Mapping) < 2) {
		return nil, notReadable("Il file ha il nome di un foglio di calcolo, ma non lo è: forse si è rovinato. Lo esporti di nuovo e riprovi.")
	}
	return file, err
}

// isWorkbookName reports whether a name is that of a workbook. What is in the
// file decides how it is read; of one that cannot be read the name tells what
// it was meant to be.
func isWorkbookName(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".xlsx", ".xlsm", ".xls", ".ods":
		return true
	}
	return false
}

func notReadable(format string, args ...any) *pec.Problem {
	return pec.Refuse("file_not_readable", "%s", "Il file non si può leggere. "+fmt.Sprintf(format, args...))
}

// formatOf tells a file by its first bytes; empty is text.
func formatOf(data []byte) string {
	for _, magic := range []struct{ prefix, format string }{
		{"PK\x03\x04", "zip"}, {"PK\x05\x06", "zip"}, {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"}, {"%PDF-", "pdf"},
		{"\x89PNG", "image"}, {"\xff\xd8\xff", "image"}, {"GIF8", "image"}, {"{\\rtf", "rtf"},
	} {
		if bytes.HasPrefix(data, []byte(magic.prefix)) {
			return magic.format
		}
	}
	start := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(plainStart(data), []byte("\ufeff"))))
	if isSpreadsheetML(start) {
		return "xml"
	}
	for _, tag := range []string{"<!doctype html", "<html", "<table", "<head", "<body", "<meta", "<style", "<div", "<center"} {
		if bytes.HasPrefix(start, []byte(tag)) {
			return "html"
		}
	}
	if bytes.HasPrefix(start, []byte("<?xml")) || bytes.HasPrefix(start, []byte("<!--")) {
		if bytes.Contains(start, []byte("<html")) || bytes.Contains(start, []byte("<table")) {
			return "html"
		}
	}
	return ""
}

// plainStart is the beginning of a file without the zeros of UTF-16.
func plainStart(data []byte) []byte {
	start := data[:min(len(data), 2048)]
	if detect(start) == "utf-16le" || detect(start) == "utf-16be" {
		start = bytes.TrimPrefix(bytes.TrimPrefix(start, []byte{0xff, 0xfe}), []byte{0xfe, 0xff})
		return bytes.ReplaceAll(start, []byte{0}, nil)
	}
	return start
}
