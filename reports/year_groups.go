package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"albopec/app/pec"
)

// Group is the year of the mailboxes that have something in common: their kind,
// or section and sector of their holders. The groups of one year sum to its
// Figures.
type Group struct {
	Name      string      `json:"name"`             // the kind, or the section; unsaid when it is not known
	Sector    string      `json:"sector,omitempty"` // of sections only
	AtStart   int         `json:"at_start"`
	Requested int         `json:"requested"`
	Activated int         `json:"activated"`
	Renewed   int         `json:"renewed"`
	Closed    int         `json:"closed"`
	AtEnd     int         `json:"at_end"`
	Cost      pec.Amounts `json:"cost"` // for the Ordine
}

// unsaid stands where a holder has no section or sector.
const unsaid = "–"

func said(s string) string { return cmp.Or(s, unsaid) }

// Label is a section with its sector: "A, settore a".
func (g Group) Label() string {
	switch {
	case g.Sector == "" || g.Sector == unsaid && g.Name == unsaid:
		return g.Name
	case g.Sector == unsaid:
		return g.Name + ", senza settore"
	}
	return g.Name + ", settore " + g.Sector
}

// SumOf adds groups up.
func SumOf(groups []Group) Group {
	var sum Group
	for _, g := range groups {
		sum.AtStart += g.AtStart
		sum.Requested += g.Requested
		sum.Activated += g.Activated
		sum.Renewed += g.Renewed
		sum.Closed += g.Closed
		sum.AtEnd += g.AtEnd
		sum.Cost = sum.Cost.Plus(g.Cost)
	}
	return sum
}

// groups are Groups that are being counted, by the empty one that names each:
// names that differ by capitals alone are one, as for the formulas of Excel.
type groups map[Group]*Group

func (all groups) of(g Group) *Group {
	key := Group{Name: strings.ToLower(g.Name), Sector: strings.ToLower(g.Sector)}
	if all[key] == nil {
		all[key] = &g
	}
	return all[key]
}

func kindOf(kind string) Group { return Group{Name: said(kind)} }

func sectionOf(section, sector string) Group {
	return Group{Name: said(section), Sector: said(sector)}
}

// sorted are the groups by name, what is not known last.
func (all groups) sorted() []Group {
	var list []Group
	for _, g := range all {
		list = append(list, *g)
	}
	last := func(s string) int {
		if s == unsaid {
			return 1
		}
		return 0
	}
	slices.SortFunc(list, func(a, b Group) int {
		return cmp.Or(cmp.Compare(last(a.Name), last(b.Name)), cmp.Compare(a.Name, b.Name), cmp.Compare(last(a.Sector), last(b.Sector)), cmp.Compare(a.Sector, b.Sector))
	})
	return list
}

// ClosedFor is how many mailboxes closed for a reason; all of them sum to
// Figures.Closed.
type ClosedFor struct {
	Reason pec.CloseReason
	Closed int
}

// Italian is the reason in words.
func (c ClosedFor) Italian() string { return cmp.Or(c.Reason.Italian(), "motivo non registrato") }

func sortClosed(list []ClosedFor) {
	slices.SortFunc(list, func(a, b ClosedFor) int { return cmp.Compare(a.Italian(), b.Italian()) })
}

// Before is the year before as a report compares with it: sums of the same
// stored entries, without their rows.
type Before struct {
	Until     pec.Date // last day of the sums: 31/12, or the day of the report when its year still runs
	Activated int
	Renewed   int
	Closed    int
	Ordine    pec.Amounts
	Members   pec.Amounts   // orders completed
	Months    [12]pec.Cents // gross cost for the Ordine, of the whole year
}

// Compared is a figure of two years, int or pec.Cents in both.
type Compared struct {
	Label           string
	Then, Now, Less any // Less is Now less Then
}

// Comparison sets the year beside the one before; nil when that is not known.
func (y YearSummary) Comparison() []Compared {
	if y.Before == nil {
		return nil
	}
	b, f := y.Before, y.Figures
	counted := func(label string, then, now int) Compared {
		return Compared{Label: label, Then: then, Now: now, Less: now - then}
	}
	amount := func(label string, then, now pec.Cents) Compared {
		return Compared{Label: label, Then: then, Now: now, Less: now - then}
	}
	return []Compared{
		amount("Costo a carico dell’Ordine, netto", b.Ordine.Net, f.Ordine.Net),
		amount("Costo a carico dell’Ordine, IVA", b.Ordine.VAT, f.Ordine.VAT),
		amount("Costo a carico dell’Ordine, lordo", b.Ordine.Gross, f.Ordine.Gross),
		counted("Caselle attivate", b.Activated, f.Activated),
		counted("Rinnovi", b.Renewed, f.Renewed),
		counted("Caselle chiuse", b.Closed, f.Closed),
		amount("Ordini pagati dagli iscritti, lordo", b.Members.Gross, f.Members.Gross),
	}
}

// ComparedDays says which days of the year before count.
func (y YearFacts) ComparedDays() string {
	return fmt.Sprintf("%d: dal %s al %s", y.Year-1, pec.StartOfYear(y.Year-1).Italian(), y.Before.Until.Italian())
}

// Before is the figure of the year before, as it is shown.
func (c Compared) Before() string { return shown(c.Then) }

// After is the figure of the report's year.
func (c Compared) After() string { return shown(c.Now) }

// Difference has its sign.
func (c Compared) Difference() string {
	switch v := c.Less.(type) {
	case pec.Cents:
		return signed(v)
	case int:
		if v > 0 {
			return "+" + shown(v)
		}
	}
	return shown(c.Less)
}

// shown writes a figure, a count or an amount.
func shown(v any) string {
	if c, ok := v.(pec.Cents); ok {
		return c.Euro()
	}
	return pec.Thousands(v.(int))
}
