package pec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// IndexState is what a row of a file for INI-PEC, the national index of PEC
// addresses, does to a position there (Stato).
type IndexState int

// The three states of the index.
const (
	IndexUpdate IndexState = 1 // a position sent before changes
	IndexInsert IndexState = 2 // a new position
	IndexRemove IndexState = 3 // the person is no longer there
)

// Italian is the state as the screens give it.
func (s IndexState) Italian() string {
	switch s {
	case IndexUpdate:
		return "aggiornamento"
	case IndexInsert:
		return "inserimento"
	case IndexRemove:
		return "cancellazione"
	}
	return fmt.Sprint(int(s))
}

// Position is what the index holds of one person, who is known by tax code.
type Position struct {
	Address            string
	Name               string
	Surname            string
	RegistrationNumber string
	TaxCode            string
}

// FullName is surname and name, as lists show it.
func (p Position) FullName() string { return strings.TrimSpace(p.Surname + " " + p.Name) }

// differences names in Italian what differs between two positions of a person.
func (p Position) differences(q Position) []string {
	var said []string
	for _, f := range []struct{ title, before, after string }{
		{"PEC", p.Address, q.Address}, {"cognome", p.Surname, q.Surname}, {"nome", p.Name, q.Name}, {"n. iscrizione", p.RegistrationNumber, q.RegistrationNumber},
	} {
		if f.before != f.after {
			said = append(said, fmt.Sprintf("%s %s, prima %s", f.title, f.after, f.before))
		}
	}
	return said
}

// Communicated is the last that the index was told of a person and did not
// refuse, with what it refused since.
type Communicated struct {
	Position
	MemberID int64 // 0 when the member is not there any more
	Held     bool  // the index holds the position: inserted or updated, and not removed since
	Refused  string
	Again    bool // a row was refused since: Refused says why, and may be empty
}

// Variation is a row of a file for the index.
type Variation struct {
	State IndexState
	Position
	MemberID     int64
	RegisteredOn Date   // of a new position, when known
	CancelledOn  Date   // of a removal: the leaving day, zero for a member who is still on the register
	Why          string // Italian
}

// Unsendable is a member whose position cannot be told to the index as it is.
type Unsendable struct {
	Member Member
	Why    string // Italian, a sentence
}

// IndexDay is what the index has to be told on a day.
type IndexDay struct {
	Variations []Variation // removals first, then updates and insertions, each by registration number
	Unsendable []Unsendable
}

// Count is how many of the variations are of a state.
func (d IndexDay) Count(s IndexState) int {
	n := 0
	for _, v := range d.Variations {
		if v.State == s {
			n++
		}
	}
	return n
}

// IndexDue works out today's variations (R26): what differs between the members
// on the register who have a digital domicile and what the index was told. Who
// left on or before today is removed; so is who lost the domicile. A changed PEC
// of the same person is an update; who comes back after a removal is inserted. A
// tax code that changed is a removal and an insertion: the code is what the index
// knows a person by. What cannot be sent leaves what the index holds.
func IndexDue(members []MemberDomicile, told []Communicated, today Date) IndexDay {
	var day IndexDay
	known := make(map[string]Communicated, len(told))
	for _, t := range told {
		known[t.TaxCode] = t
	}
	stays := map[string]bool{} // positions that are not removed
	byID := make(map[int64]MemberDomicile, len(members))
	for _, m := range members {
		byID[m.Member.ID] = m
		if !onIndex(m, today) {
			continue
		}
		p := PositionOf(m)
		if why := p.unsendable(); why != "" {
			day.Unsendable = append(day.Unsendable, Unsendable{m.Member, why})
			stays[p.TaxCode] = true
			for _, t := range told { // whose code is not to be had now
				if t.MemberID == m.Member.ID {
					stays[t.TaxCode] = true
				}
			}
			continue
		}
		stays[p.TaxCode] = true
		before, ok := known[p.TaxCode]
		v := Variation{Position: p, MemberID: m.Member.ID}
		switch {
		case ok && before.Held && before.Position == p:
			continue
		case ok && before.Held:
			v.State, v.Why = IndexUpdate, "cambia: "+strings.Join(before.differences(p), "; ")
		case ok && before.Again:
			v.State, v.RegisteredOn, v.Why = IndexInsert, m.Member.RegisteredOn, "posizione che l’indice non ha"
		case ok:
			v.State, v.RegisteredOn, v.Why = IndexInsert, m.Member.RegisteredOn, "torna dopo una cancellazione"
		default:
			v.State, v.RegisteredOn, v.Why = IndexInsert, m.Member.RegisteredOn, "nuova posizione"
		}
		v.Why += before.refusal()
		day.Variations = append(day.Variations, v)
	}
	for _, t := range told {
		if !t.Held || stays[t.TaxCode] {
			continue
		}
		v := Variation{State: IndexRemove, Position: t.Position, MemberID: t.MemberID}
		v.Why, v.CancelledOn = removalOf(t, byID, today)
		v.Why += t.refusal()
		day.Variations = append(day.Variations, v)
	}
	slices.SortStableFunc(day.Variations, func(a, b Variation) int {
		return cmp.Or(cmp.Compare(a.State.order(), b.State.order()), CompareNumbers(a.RegistrationNumber, b.RegistrationNumber),
			cmp.Compare(a.TaxCode, b.TaxCode))
	})
	return day
}

// order is the place of a state in a file: an address that passes from one
// person to another is given up before it is taken.
func (s IndexState) order() int {
	return slices.Index([]IndexState{IndexRemove, IndexUpdate, IndexInsert}, s)
}

// refusal reminds of the last refusal, which may come again.
func (t Communicated) refusal() string {
	if !t.Again {
		return ""
	}
	return "; respinta: " + cmp.Or(t.Refused, "senza motivo")
}

// onIndex reports whether the index should hold a member on a day: a leaver is
// there until the day before the leaving day.
func onIndex(m MemberDomicile, today Date) bool {
	return m.Valid() && (m.Member.Status.OnRegister() || m.Member.LeftOn.After(today))
}

// removalOf says why a position goes, and since when the person has left.
func removalOf(t Communicated, byID map[int64]MemberDomicile, today Date) (string, Date) {
	m, ok := byID[t.MemberID]
	switch {
	case !ok:
		return "non è più nel registro", Date{}
	case !m.Member.Status.OnRegister() && !m.Member.LeftOn.After(today):
		return fmt.Sprintf("%s dal %s", m.Member.Said(m.Member.Status.Italian()), m.Member.LeftOn.Italian()), m.Member.LeftOn
	case !m.Valid():
		return "senza domicilio digitale, PEC " + m.Why(), Date{}
	}
	return "il codice fiscale ora è " + m.Member.TaxCode, Date{}
}

// PositionOf is the position of a member with a domicile, as the register has it.
func PositionOf(m MemberDomicile) Position {
	return Position{m.Domicile.Address, m.Member.Name, m.Member.Surname, m.Member.RegistrationNumber, m.Member.TaxCode}
}

// unsendable says why the index would not take a position; empty when it would.
// The file has no quotes, so that no value may hold what separates.
func (p Position) unsendable() string {
	for _, f := range []struct{ title, value string }{
		{"il codice fiscale", p.TaxCode}, {"il cognome", p.Surname}, {"il nome", p.Name}, {"il numero di iscrizione", p.RegistrationNumber},
	} {
		switch {
		case f.value == "":
			return "Manca " + f.title + "."
		case strings.Contains(f.value, ";"):
			return upperFirst(f.title) + " contiene un punto e virgola, che nel file separa i campi."
		case strings.ContainsFunc(f.value, unicode.IsControl):
			return upperFirst(f.title) + " contiene un a capo o un altro carattere di controllo."
		}
	}
	return ""
}

// IndexFormat is how the file for the index is written. The index's own page
// leaves it open: the defaults are to be confirmed with those who run it.
type IndexFormat struct {
	Header  bool   `json:"header,omitempty"`  // a first row with the names of the fields
	Charset string `json:"charset,omitempty"` // CharsetUTF8 or CharsetWindows
	Days    string `json:"days,omitempty"`    // DaysItalian, DaysISO or DaysPlain
	LF      bool   `json:"lf,omitempty"`      // rows end with LF alone, not CR LF
}

// The choices of an IndexFormat, the default first.
const (
	CharsetUTF8    = "utf-8"
	CharsetWindows = "windows-1252"
	DaysItalian    = "gg/mm/aaaa"
	DaysISO        = "aaaa-mm-gg"
	DaysPlain      = "aaaammgg"
)

// DefaultIndexFormat is the format until somebody sets another.
func DefaultIndexFormat() IndexFormat { return IndexFormat{Charset: CharsetUTF8, Days: DaysItalian} }

// Check reads a format as it was chosen.
func (f IndexFormat) Check() error {
	switch {
	case !slices.Contains([]string{CharsetUTF8, CharsetWindows}, f.Charset):
		return Refuse("charset_unknown", "Scelga UTF-8 o Windows-1252.").On("charset")
	case !slices.Contains([]string{DaysItalian, DaysISO, DaysPlain}, f.Days):
		return Refuse("days_unknown", "Scelga come scrivere le date.").On("days")
	}
	return nil
}

// Day writes a day as the format asks; nothing for none.
func (f IndexFormat) Day(d Date) string {
	switch {
	case d.IsZero():
		return ""
	case f.Days == DaysISO:
		return d.String()
	case f.Days == DaysPlain:
		return strings.ReplaceAll(d.String(), "-", "")
	}
	return d.Italian()
}

// IndexFields are the fields of a row, in their order.
var IndexFields = []string{"PEC", "NOME", "COGNOME", "NUMERO ISCRIZIONE", "CODICE FISCALE", "STATO", "DATA ISCRIZIONE", "DATA CANCELLAZIONE"}

// Fields are a variation's values, in the order of IndexFields.
func (v Variation) Fields(f IndexFormat) []string {
	return []string{v.Address, v.Name, v.Surname, v.RegistrationNumber, v.TaxCode, fmt.Sprint(int(v.State)), f.Day(v.RegisteredOn), f.Day(v.CancelledOn)}
}

// IndexLate reports whether a working day went by with the index told nothing:
// what changed has to be told, and that nothing did confirmed, each working day.
// Last is the latest day on which something was, zero for never.
func IndexLate(last, today Date) bool { return last.Before(WorkingDayBefore(today)) }
