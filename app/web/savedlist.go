package web

import (
	"fmt"
	"slices"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/db"
)

func (s *site) savedListRoutes() []route {
	return []route{
		post("/iscritti/colonne", operators, s.chooseColumns),
		get("/iscritti/elenchi/nuovo", clerks, s.saveListForm),
		post("/iscritti/elenchi/nuovo", clerks, s.saveList),
		get("/iscritti/elenchi/:id", clerks, s.savedList),
		post("/iscritti/elenchi/:id", clerks, s.renameList),
		get("/iscritti/elenchi/:id/elimina", clerks, s.deleteListForm),
		post("/iscritti/elenchi/:id/elimina", clerks, s.deleteList),
	}
}

// chooseColumns keeps the columns that the operator wants to see.
func (s *site) chooseColumns(c *fiber.Ctx) error {
	f := formOf(c)
	var columns []string
	for _, o := range memberColumns { // in their order, those that there are
		if slices.Contains(f.texts("col"), o.Value) {
			columns = append(columns, o.Value)
		}
	}
	if len(columns) == 0 {
		columns = usualColumns
	}
	if err := s.office.ChooseColumns(ctx(c), who(c).Actor(), who(c).ID, registerList, columns); err != nil {
		return err
	}
	return c.Redirect(savedListing(f.text("elenco")).with("colonne", ""), fiber.StatusSeeOther)
}

// saveListPage asks for the name of a list to be saved.
type saveListPage struct {
	Frame
	memberListing
	Name    string
	Filters []string // what the list holds, in words
	Back    string
}

// newSaveListPage names what the list under the filters holds.
func (s *site) newSaveListPage(c *fiber.Ctx, l memberListing) (*saveListPage, error) {
	p := &saveListPage{Frame: s.frame(c, "Salva questo elenco", Crumb{"Iscritti", "/iscritti"}), memberListing: l, Back: l.with()}
	p.Menu = "/iscritti"
	list := membersPage{memberListing: l}
	err := s.read(c, list.choices)
	for _, chip := range list.Chips.Items {
		p.Filters = append(p.Filters, chip.Label)
	}
	return p, err
}

func (s *site) saveListForm(c *fiber.Ctx) error {
	p, err := s.newSaveListPage(c, memberListingOf(c))
	if err != nil {
		return err
	}
	return s.show(c, "savelist", p)
}

func (s *site) saveList(c *fiber.Ctx) error {
	f := formOf(c)
	p, err := s.newSaveListPage(c, savedListing(f.text("elenco")))
	if err != nil {
		return err
	}
	p.Name = f.text("name")
	_, err = s.office.SaveList(ctx(c), who(c).Actor(), p.Name, p.Query())
	if f.add(err); !f.ok() {
		return s.refuse(c, "savelist", p, f)
	}
	return s.done(c, p.Back, "Elenco «"+p.Name+"» salvato.", "Lo ritrova tra le linguette, con il numero di oggi.")
}

// savedListPage is a saved list, to be renamed or forgotten.
type savedListPage struct {
	Frame
	List db.SavedList
	Name string
	Back string
}

func (s *site) newSavedListPage(c *fiber.Ctx, title string) (*savedListPage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &savedListPage{}
	err = s.read(c, func(tx *db.ReadTx) (err error) {
		p.List, err = tx.SavedList(id)
		return err
	})
	p.Name, p.Back = p.List.Name, savedListing(p.List.Query).with()
	p.Frame = s.frame(c, title, Crumb{"Iscritti", "/iscritti"}, Crumb{p.List.Name, p.Back})
	p.Menu = "/iscritti"
	return p, err
}

func (s *site) savedList(c *fiber.Ctx) error {
	p, err := s.newSavedListPage(c, "Elenco salvato")
	if err != nil {
		return err
	}
	return s.show(c, "savedlist", p)
}

func (s *site) renameList(c *fiber.Ctx) error {
	p, err := s.newSavedListPage(c, "Elenco salvato")
	if err != nil {
		return err
	}
	f := formOf(c)
	p.Name = f.text("name")
	if f.add(s.office.RenameList(ctx(c), who(c).Actor(), p.List.ID, p.Name)); !f.ok() {
		return s.refuse(c, "savedlist", p, f)
	}
	return s.done(c, p.Back, fmt.Sprintf("L’elenco «%s» ora si chiama «%s».", p.List.Name, p.Name))
}

func (s *site) deleteListForm(c *fiber.Ctx) error {
	p, err := s.newSavedListPage(c, "Elimina l’elenco")
	if err != nil {
		return err
	}
	return s.show(c, "savedlist-delete", p)
}

func (s *site) deleteList(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if err := s.office.DeleteList(ctx(c), who(c).Actor(), id); err != nil && !isUnknown(pec.AsProblem(err)) {
		return err
	}
	return s.done(c, "/iscritti", "Elenco eliminato.", "Gli iscritti restano come sono.")
}
