package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"albopec/app/pec"
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

// KeptTables are the tables of a report that the rows kept of its sheets do not
// vouch for: those by kind, section and sector, which are as they are registered on
// the day on which the report is made, and the year before.
type KeptTables struct {
	Version  int         `json:"version"` // of the way in which groups are named
	Kinds    []Group     `json:"kinds"`
	Sections []Group     `json:"sections"`
	Before   *KeptBefore `json:"before,omitempty"` // nil when nothing of it was known
}

// KeptBefore is the year before as the report compared with it.
type KeptBefore struct {
	Activated int         `json:"activated"`
	Renewed   int         `json:"renewed"`
	Closed    int         `json:"closed"`
	Ordine    pec.Amounts `json:"ordine"`
	Members   pec.Amounts `json:"members"`
}

// keptTables is the version of KeptTables.
const keptTables = 1

// Tables are what is kept of the report's tables.
func (y YearSummary) Tables() KeptTables {
	kept := KeptTables{Version: keptTables, Kinds: y.ByKind, Sections: y.BySection}
	if b := y.Before; b != nil {
		kept.Before = &KeptBefore{b.Activated, b.Renewed, b.Closed, b.Ordine, b.Members}
	}
	return kept
}

// Comparable reports whether two tables name their groups in the same way.
func (k KeptTables) Comparable(now KeptTables) bool { return k.Version == now.Version }

// The tables of a report as a page names them.
const (
	TableKinds    = "Per tipologia"
	TableSections = "Per sezione e settore del titolare"
	TableBefore   = "Anno precedente"
)

// ChangedFigure is a figure of a table that is no longer what was kept, as pages
// show it; "–" where the table had no such line.
type ChangedFigure struct{ Table, Line, Figure, Then, Now string }

// Changes are the figures of the tables that are not those that were kept, in the
// order of the tables.
func (k KeptTables) Changes(now KeptTables) []ChangedFigure {
	if !k.Comparable(now) {
		return nil
	}
	found := append(changedGroups(TableKinds, k.Kinds, now.Kinds), changedGroups(TableSections, k.Sections, now.Sections)...)
	then, today := k.Before.lines(), now.Before.lines()
	for i := range then {
		if then[i] != today[i] {
			found = append(found, ChangedFigure{TableBefore, unsaid, then[i].title, then[i].text, today[i].text})
		}
	}
	return found
}

// changedGroups compares the groups of a table, by their names whatever the
// capitals; those that are there only now come last.
func changedGroups(table string, then, now []Group) (found []ChangedFigure) {
	key := func(g Group) string { return strings.ToLower(g.Name + "\n" + g.Sector) }
	today := map[string]Group{}
	for _, g := range now {
		today[key(g)] = g
	}
	compare := func(label string, a, b []titled) {
		for i := range a {
			if a[i] != b[i] {
				found = append(found, ChangedFigure{table, label, a[i].title, a[i].text, b[i].text})
			}
		}
	}
	had := map[string]bool{}
	for _, g := range then {
		had[key(g)] = true
		compare(g.Label(), g.figures(), today[key(g)].figures())
	}
	for _, g := range now {
		if !had[key(g)] {
			compare(g.Label(), Group{}.figures(), g.figures())
		}
	}
	return found
}

// titled is a figure as it is shown, under its title.
type titled struct{ title, text string }

func (g Group) figures() []titled {
	return []titled{
		{"All’inizio", pec.Thousands(g.AtStart)}, {"Richieste", pec.Thousands(g.Requested)}, {"Attivate", pec.Thousands(g.Activated)},
		{"Rinnovate", pec.Thousands(g.Renewed)}, {"Chiuse", pec.Thousands(g.Closed)}, {"Alla fine", pec.Thousands(g.AtEnd)},
		{"Costo netto", g.Cost.Net.Euro()}, {"Costo lordo", g.Cost.Gross.Euro()},
	}
}

func (b *KeptBefore) lines() []titled {
	known := b != nil
	if !known {
		b = &KeptBefore{}
	}
	lines := []titled{
		{"Costo a carico dell’Ordine, netto", b.Ordine.Net.Euro()}, {"Costo a carico dell’Ordine, lordo", b.Ordine.Gross.Euro()},
		{"Caselle attivate", pec.Thousands(b.Activated)}, {"Rinnovi", pec.Thousands(b.Renewed)}, {"Caselle chiuse", pec.Thousands(b.Closed)},
		{"Ordini pagati dagli iscritti, lordo", b.Members.Gross.Euro()},
	}
	for i := range lines {
		if !known {
			lines[i].text = unsaid
		}
	}
	return lines
}

// ofToday are the columns that say how things are on the day on which the report
// is made, by sheet: a later change of them is none of the year.
var ofToday = map[string][]string{
	sheetMailboxes: {"Tipologia", "Stato", "GB di base", "Sezione", "Settore"},
	sheetPeriods:   {"Tipologia", "Sezione", "Settore"},
	sheetTopUps:    {"Stornata"},
}

// grouping are those of ofToday by which a report groups its figures: rows are
// kept without them, and where rows are compared one by one they are marked.
var grouping = []string{"Tipologia", "Sezione", "Settore"}

// GroupedSheets are the sheets whose rows the tables by kind, section and sector count.
func GroupedSheets() []string { return []string{sheetMailboxes, sheetPeriods} }

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
