package web

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/db"
)

// providerLayoutPage says what the provider's file is like.
type providerLayoutPage struct {
	Frame
	Format     string
	Formats    []Option
	Delimiter  string
	Delimiters []Option
	Columns    []layoutLine
	Without    bool // the file goes without services
}

// layoutLine is a field that the file may hold; Place is typed, empty when the
// file does not hold it.
type layoutLine struct {
	Field pec.FileField
	What  string
	Help  string // what its figures are
	Place string
	Title string
}

// PlaceName and TitleName are the names of the line's two fields in the form.
func (l layoutLine) PlaceName() string { return "order_" + string(l.Field) }

// TitleName is the name of the title's field.
func (l layoutLine) TitleName() string { return "title_" + string(l.Field) }

var delimiterCodes = []struct{ code, delimiter, title string }{
	{"punto-e-virgola", ";", "Punto e virgola"}, {"virgola", ",", "Virgola"}, {"tabulazione", "\t", "Tabulazione"},
}

func (s *site) providerLayoutPage(c *fiber.Ctx) *providerLayoutPage {
	p := &providerLayoutPage{Frame: s.frame(c, "Colonne del file per il gestore", Crumb{"Caselle", "/caselle"}, Crumb{"Richieste al gestore", "/caselle/gestore"})}
	p.Menu = "/caselle"
	p.Lead = "Vale dal prossimo file: quelli già fatti restano come sono."
	p.Formats = []Option{{Value: pec.FormatCSV, Label: "CSV", Help: "Testo, si apre con qualunque foglio di calcolo."}, {Value: pec.FormatXLSX, Label: "Excel (.xlsx)"}}
	for _, d := range delimiterCodes {
		p.Delimiters = append(p.Delimiters, Option{Value: d.code, Label: d.title})
	}
	return p
}

func (s *site) providerLayout(c *fiber.Ctx) error {
	p := s.providerLayoutPage(c)
	var l pec.FileLayout
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		l, err = tx.ProviderLayout()
		return err
	})
	if err != nil {
		return err
	}
	p.Format, p.Without = l.Format, l.WithoutServices
	for _, d := range delimiterCodes {
		if d.delimiter == l.Delimiter {
			p.Delimiter = d.code
		}
	}
	for _, f := range pec.FileFields {
		line := layoutLine{Field: f.Field, What: f.Title, Help: f.Field.Meaning(), Title: f.Title}
		if i := slices.IndexFunc(l.Columns, func(x pec.FileColumn) bool { return x.Field == f.Field }); i >= 0 {
			line.Place, line.Title = strconv.Itoa(i+1), l.Columns[i].Title
		}
		p.Columns = append(p.Columns, line)
	}
	return s.show(c, "providerlayout", p)
}

func (s *site) setProviderLayout(c *fiber.Ctx) error {
	f := formOf(c)
	p := s.providerLayoutPage(c)
	l := p.read(f)
	if f.ok() {
		f.add(s.office.SetProviderLayout(ctx(c), who(c).Actor(), l))
	}
	if !f.ok() {
		return s.refuse(c, "providerlayout", p, f)
	}
	return s.done(c, "/caselle/gestore", "Le colonne sono salvate.", "Il prossimo file le avrà.")
}

// read takes the form in, and keeps what was typed.
func (p *providerLayoutPage) read(f *form) pec.FileLayout {
	p.Format, p.Delimiter = f.text("format"), f.text("delimiter")
	p.Without = f.checked("without_services")
	l := pec.FileLayout{Format: p.Format, WithoutServices: p.Without}
	for _, d := range delimiterCodes {
		if d.code == p.Delimiter {
			l.Delimiter = d.delimiter
		}
	}
	type placed struct {
		place  int
		column pec.FileColumn
	}
	var columns []placed
	taken := map[int]string{} // by place: what the column there contains
	for _, field := range pec.FileFields {
		line := layoutLine{Field: field.Field, What: field.Title, Help: field.Field.Meaning()}
		line.Place, line.Title = f.text(line.PlaceName()), f.text(line.TitleName())
		p.Columns = append(p.Columns, line)
		if line.Place == "" {
			continue
		}
		place, err := strconv.Atoi(line.Place)
		if err != nil || place < 1 {
			f.wrong(line.PlaceName(), fmt.Sprintf("%s: scriva il posto come numero da 1 in su, o lo lasci vuoto per non mettere la colonna nel file.", line.What))
			continue
		}
		if other := taken[place]; other != "" {
			f.wrong(line.PlaceName(), fmt.Sprintf("Il posto %d è già della colonna «%s»: ne scelga un altro.", place, other))
			continue
		}
		taken[place] = line.What
		columns = append(columns, placed{place, pec.FileColumn{Field: field.Field, Title: line.Title}})
	}
	slices.SortStableFunc(columns, func(a, b placed) int { return a.place - b.place })
	for _, c := range columns {
		l.Columns = append(l.Columns, c.column)
	}
	return l
}
