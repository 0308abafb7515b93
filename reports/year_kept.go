package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
)

// KeptRows stand for the rows of a sheet, so that a later change of them can be
// told: how many they are, and the SHA-256, in hexadecimal, of what they say.
type KeptRows struct {
	Rows    int    `json:"rows"`
	SHA256  string `json:"sha256"`
	Version int    `json:"version"` // of the way to say it
}

// keptVersion of a sheet grows when the same row would be said in another way: a
// column that is new, another word for a code. Rows kept under another version are
// compared by nothing but their number.
func keptVersion(sheet string) int {
	if sheet == sheetMailboxes {
		return 2 // 2: the requests of the year
	}
	return 1
}

// Same reports whether rows are, as far as can be told, those that were kept.
func (k KeptRows) Same(now KeptRows) bool {
	return k.Rows == now.Rows && (k.Version != now.Version || k.SHA256 == now.SHA256)
}

// ofToday are the columns that say how things are on the day on which the report
// is made, by sheet: a later change of them is none of the year.
var ofToday = map[string][]string{
	sheetMailboxes: {"Tipologia", "Stato", "GB di base", "Sezione", "Settore"},
	sheetPeriods:   {"Tipologia", "Sezione", "Settore"},
	sheetTopUps:    {"Stornata"},
}

// Kept goes through the rows once more and gives what is kept of each sheet, by
// its name. Sheets that speak of days to come are not among them.
func (y Year) Kept() (map[string]KeptRows, error) {
	kept := map[string]KeptRows{}
	for _, l := range y.lists() {
		if SheetOfItsDay(l.name) {
			continue
		}
		rows, err := l.kept()
		if err != nil {
			return nil, fmt.Errorf("keep %q of %d: %w", l.name, y.Year, err)
		}
		kept[l.name] = rows
	}
	return kept, nil
}

func (l yearList) kept() (KeptRows, error) {
	said := sha256.New()
	n := 0
	for row, err := range l.rows {
		if err != nil {
			return KeptRows{}, err
		}
		for i, v := range row {
			if !slices.Contains(ofToday[l.name], l.columns[i].Title) {
				_, _ = io.WriteString(said, strings.ReplaceAll(paperText(v), "\n", " ")+"\n") // a hash takes all
			}
		}
		_, _ = io.WriteString(said, "\n")
		n++
	}
	return KeptRows{n, hex.EncodeToString(said.Sum(nil)), keptVersion(l.name)}, nil
}
