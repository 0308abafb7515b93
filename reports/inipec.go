package reports

import (
	"strings"

	"golang.org/x/text/encoding/charmap"

	"albopec/app/pec"
)

// IndexRow prints a row of the file for INI-PEC, its line end with it: the fields
// in their order with a `;` between them, empty ones too, without quotes. False
// when a letter has no place in the charset: Windows-1252 knows à and €, not ș.
func IndexRow(f pec.IndexFormat, fields []string) ([]byte, bool) {
	line := strings.Join(fields, ";") + "\r\n"
	if f.LF {
		line = strings.Join(fields, ";") + "\n"
	}
	if f.Charset != pec.CharsetWindows {
		return []byte(line), true
	}
	out, err := charmap.Windows1252.NewEncoder().String(line)
	return []byte(out), err == nil
}
