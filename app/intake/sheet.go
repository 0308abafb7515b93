package intake

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"albopec/app/pec"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
)

// readWorkbook reads the right sheet of an .xlsx. Other archives are told by
// what they hold.
func readWorkbook(data []byte, layout pec.Layout, o Options) (file *File, err error) {
	if err := checkArchive(data); err != nil {
		return nil, err
	}
	defer func() { // a damaged workbook can bring the library down; the program stays up
		if r := recover(); r != nil {
			file, err = nil, damaged()
		}
	}()
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: 16 << 20, // larger parts go to the disk
	})
	if err != nil {
		return nil, damaged()
	}
	defer func() {
		if closeErr := book.Close(); closeErr != nil && err == nil {
			file, err = nil, fmt.Errorf("closing a workbook: %w", closeErr)
		}
	}()
	if err := plainStyles(book); err != nil {
		return nil, damaged()
	}
	sheet, err := sheetOf(book, layout, o)
	if err != nil {
		return nil, err
	}
	rows, err := sheetRows(book, sheet, maxRows)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, pec.Refuse("file_empty", "Il foglio «%s» è vuoto.", sheet)
	}
	f := &File{Format: FormatXLSX, Sheet: sheet, Sheets: book.GetSheetList()}
	return f.build(rows, layout, o.Columns)
}

func damaged() *pec.Problem {
	return notReadable("Il foglio di calcolo è rovinato. Lo apra, lo salvi di nuovo come .xlsx e riprovi.")
}

// checkArchive looks at the archive's directory before anything is unpacked: a
// small file that declares to become huge is refused by its declaration, and
// the reader holds parts to what they declare.
func checkArchive(data []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return damaged()
	}
	var total uint64
	names := map[string]bool{}
	for _, part := range archive.File {
		if total += min(part.UncompressedSize64, maxUnzipped+1); total > maxUnzipped {
			return pec.Refuse("file_too_large", "Aperto, il foglio di calcolo occuperebbe più di %d MB. Tolga i fogli e le immagini che non servono, o lo divida.", maxUnzipped>>20)
		}
		names[strings.ToLower(strings.ReplaceAll(part.Name, "\\", "/"))] = true
	}
	switch {
	case names["xl/workbook.xml"]:
		return checkSheets(archive)
	case names["xl/workbook.bin"]:
		return notReadable("È una cartella di lavoro binaria (.xlsb). La salvi come .xlsx e riprovi.")
	case names["content.xml"]:
		return notReadable("I documenti OpenDocument (.ods) non si leggono ancora. Lo salvi come .xlsx e riprovi.")
	}
	return notReadable("È un archivio che non contiene un foglio di calcolo. Esporti l’elenco come .xlsx o .csv e riprovi.")
}

// checkSheets reads the sheets through once: the library takes a fault in the
// middle of one for its end, and the rows below would be lost without a word.
func checkSheets(archive *zip.Reader) error {
	for _, part := range archive.File {
		if strings.HasPrefix(strings.ToLower(part.Name), "xl/worksheets/") && strings.HasSuffix(strings.ToLower(part.Name), ".xml") && !wellFormed(part) {
			return damaged()
		}
	}
	return nil
}

func wellFormed(part *zip.File) bool {
	r, err := part.Open()
	if err != nil {
		return false
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) {
		return charmap.Windows1252.NewDecoder().Reader(in), nil
	}
	for {
		if _, err := d.RawToken(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// isoFormat is how cells with a date come out; the time of midnight is cut off.
const isoFormat = "yyyy-mm-dd hh:mm:ss"

// plainStyles changes the formats of numbers, in memory, so that cells are read
// as what they hold and not as they look: a date is an ISO day whatever its
// country's form, a number has no separators and no exponent. Formats of zeros
// alone stay: "00000" is how a CAP keeps its own.
func plainStyles(book *excelize.File) error {
	if book.Styles == nil || book.Styles.CellXfs == nil {
		return nil // a workbook without styles shows what it holds
	}
	format := isoFormat
	id, err := book.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		return fmt.Errorf("adding a style: %w", err)
	}
	if id < 0 || id >= len(book.Styles.CellXfs.Xf) {
		return fmt.Errorf("no cell style %d", id)
	}
	custom := map[int]string{}
	if book.Styles.NumFmts != nil {
		for _, n := range book.Styles.NumFmts.NumFmt {
			custom[n.NumFmtID] = n.FormatCode
		}
	}
	iso, general := book.Styles.CellXfs.Xf[id].NumFmtID, 0
	for i := range book.Styles.CellXfs.Xf {
		xf := &book.Styles.CellXfs.Xf[i]
		if xf.NumFmtID == nil || i == id {
			continue
		}
		code, isCustom := custom[*xf.NumFmtID]
		switch {
		case isDateFormat(*xf.NumFmtID, code, isCustom):
			xf.NumFmtID = iso
		case !onlyZeros(code):
			xf.NumFmtID = &general
		}
	}
	return nil
}

var (
	quotedInFormat = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|\\.|_.|\*.`)
	zeroFormat     = regexp.MustCompile(`^0+(;0+|;@|;)*$`)
)

// isDateFormat reports whether a format of numbers shows a day. Of the built-in
// ones these do: 14 to 17, 22, and the ranges of other countries.
func isDateFormat(id int, code string, custom bool) bool {
	if !custom {
		return id >= 14 && id <= 17 || id == 22 || id >= 27 && id <= 36 || id >= 50 && id <= 58
	}
	code = strings.ToLower(quotedInFormat.ReplaceAllString(code, ""))
	if code == "general" || code == "standard" {
		return false
	}
	return strings.ContainsAny(code, "yd") || strings.Contains(code, "mmm")
}

func onlyZeros(code string) bool { return zeroFormat.MatchString(code) }

// sheetOf is the sheet of the operator's choice, by name or number from 1, or
// the one with the best header; hidden ones only when no other has any.
func sheetOf(book *excelize.File, layout pec.Layout, o Options) (string, error) {
	sheets := book.GetSheetList()
	if len(sheets) == 0 {
		return "", damaged()
	}
	if o.Sheet != "" {
		return chosenSheet(sheets, o.Sheet)
	}
	best, most := sheets[0], 0
	for _, visible := range []bool{true, false} {
		for _, s := range sheets {
			if v, err := book.GetSheetVisible(s); err != nil || v != visible {
				continue
			}
			rows, err := sheetRows(book, s, maxHeaderRow)
			if err != nil {
				continue // a chart, or too wide: it is told if it is the one read
			}
			if _, score := headerOf(rows, layout, o.Columns); score > most {
				best, most = s, score
			}
		}
		if most >= 2 {
			break
		}
	}
	return best, nil
}

func chosenSheet(sheets []string, choice string) (string, error) {
	for _, s := range sheets {
		if strings.EqualFold(s, strings.TrimSpace(choice)) {
			return s, nil
		}
	}
	if n, err := strconv.Atoi(strings.TrimSpace(choice)); err == nil && n >= 1 && n <= len(sheets) {
		return sheets[n-1], nil
	}
	return "", pec.Refuse("sheet_unknown", "Il foglio «%s» non c’è. I fogli sono: %s.", choice, strings.Join(sheets, ", "))
}

// sheetRows reads at most limit rows that are not empty; more are an error when
// limit is maxRows.
func sheetRows(book *excelize.File, sheet string, limit int) (out []pec.Row, err error) {
	rows, err := book.Rows(sheet)
	if err != nil {
		return nil, damaged()
	}
	defer func() {
		if closeErr := rows.Close(); closeErr != nil && err == nil {
			out, err = nil, fmt.Errorf("closing a sheet: %w", closeErr)
		}
	}()
	number, cells := 0, 0
	for rows.Next() {
		number++
		values, err := rows.Columns()
		if err != nil {
			return nil, damaged()
		}
		if len(values) > maxColumns {
			return nil, tooManyColumns()
		}
		for len(values) > 0 && values[len(values)-1] == "" {
			values = values[:len(values)-1]
		}
		if len(values) == 0 {
			continue
		}
		if len(out) == limit {
			if limit < maxRows {
				return out, nil
			}
			return nil, tooManyRows()
		}
		if cells += len(values); cells > maxCells {
			return nil, tooManyRows()
		}
		for i, v := range values {
			values[i] = withoutMidnight(v)
		}
		out = append(out, pec.Row{Number: number, Cells: values})
	}
	if rows.Error() != nil {
		return nil, damaged()
	}
	return out, nil
}

var midnight = regexp.MustCompile(`^\d{4}-\d{2}-\d{2} 00:00:00$`)

func withoutMidnight(s string) string {
	if len(s) == len("2018-10-12 00:00:00") && midnight.MatchString(s) {
		return s[:len("2018-10-12")]
	}
	return s
}
