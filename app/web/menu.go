package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"
)

// menu is the whole menu. An entry is shown when its page exists and the
// person may open it, so that a page and its entry come together.
var menu = []menuGroup{
	{"", []menuEntry{{Title: "Scrivania", Path: "/"}}},
	{"Albo", []menuEntry{
		{Title: "Iscritti", Path: "/iscritti"},
		{Title: "Importazioni", Path: "/importazioni"},
		{Title: "Domicilio digitale", Path: "/domicilio"},
	}},
	{"Caselle PEC", []menuEntry{
		{Title: "Caselle", Path: "/caselle"},
		{Title: "Rinnovi", Path: "/rinnovi"},
		{Title: "Servizi", Path: "/servizi"},
		{Title: "Confronto", Path: "/confronto"},
		{Title: "Avvisi", Path: "/avvisi"},
		{Title: "Lettere", Path: "/lettere"},
	}},
	{"Denaro", []menuEntry{
		{Title: "Ordini e credito", Path: "/ordini", Also: "/credito"},
		{Title: "Convenzioni", Path: "/convenzioni"},
		{Title: "Report", Path: "/report", Also: "/documenti"},
	}},
	{"Programma", []menuEntry{
		{Title: "Amministrazione", Path: "/amministrazione"},
		{Title: "Guida", Path: "/guida"},
	}},
}

type menuGroup struct {
	Title   string
	Entries []menuEntry
}

type menuEntry struct {
	Title, Path string
	Also        string // another address whose pages belong to the entry
	Current     bool
}

// menuFor is the menu as the person sees it, with the entry of this page.
func (s *site) menuFor(c *fiber.Ctx, f *Frame) []menuGroup {
	if !f.IsOffice() {
		return nil
	}
	here := f.Menu
	if here == "" {
		here = c.Path()
	}
	var shown []menuGroup
	for _, group := range menu {
		var entries []menuEntry
		for _, e := range group.Entries {
			if s.mayGet(e.Path, f.Who) {
				e.Current = e.covers(here)
				entries = append(entries, e)
			}
		}
		if len(entries) > 0 {
			shown = append(shown, menuGroup{group.Title, entries})
		}
	}
	return shown
}

func (e menuEntry) covers(path string) bool {
	if e.Path == "/" {
		return path == "/"
	}
	return within(path, e.Path) || e.Also != "" && within(path, e.Also)
}

func within(path, root string) bool {
	return path == root || strings.HasPrefix(path, root+"/")
}

// mayGet reports whether a page exists and the person may open it.
func (s *site) mayGet(path string, w *Who) bool {
	r, ok := s.paths[path]
	return ok && w.May(r.roles)
}
