package office

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"albopec/app/pec"
	"albopec/db"
)

// mostLists is how many lists may be saved: each is a tab with its count.
const mostLists = 20

// SaveList saves a list of the register for all operators under a name: query
// is its filters, order and columns as in the page's address. The same name with
// the same query is saved once.
func (o *Office) SaveList(ctx context.Context, actor, name, query string) (id int64, err error) {
	if name, err = listName(name); err != nil {
		return 0, err
	}
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		lists, err := tx.SavedLists()
		if err != nil {
			return err
		}
		if i := sameName(lists, name); i >= 0 {
			id = lists[i].ID
			if lists[i].Query == query {
				return nil
			}
			return nameTaken(lists[i])
		}
		if len(lists) >= mostLists {
			return pec.Refuse("lists_too_many", "Gli elenchi salvati sono già %d: ne elimini uno prima.", mostLists).On("name")
		}
		if id, err = tx.AddSavedList(name, query); err != nil {
			return err
		}
		return tx.Record("list.saved", "list", id, map[string]any{"name": name})
	})
	return id, err
}

// RenameList gives a saved list another name.
func (o *Office) RenameList(ctx context.Context, actor string, id int64, name string) error {
	name, err := listName(name)
	if err != nil {
		return err
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		l, err := tx.SavedList(id)
		if err != nil || l.Name == name {
			return err
		}
		lists, err := tx.SavedLists()
		if err != nil {
			return err
		}
		if i := sameName(lists, name); i >= 0 && lists[i].ID != id {
			return nameTaken(lists[i])
		}
		if err := tx.RenameSavedList(id, name); err != nil {
			return err
		}
		return tx.Record("list.renamed", "list", id, map[string]any{"name": name})
	})
}

// DeleteList forgets a saved list; its members stay where they are.
func (o *Office) DeleteList(ctx context.Context, actor string, id int64) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		l, err := tx.SavedList(id)
		if err != nil {
			return err
		}
		if err := tx.DeleteSavedList(id); err != nil {
			return err
		}
		return tx.Record("list.deleted", "list", id, map[string]any{"name": l.Name})
	})
}

func listName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	switch {
	case name == "":
		return "", pec.Refuse("name_missing", "Scriva un nome per l’elenco.").On("name")
	case utf8.RuneCountInString(name) > 40:
		return "", pec.Refuse("value_too_long", "Il nome supera i 40 caratteri: lo abbrevi.").On("name")
	}
	return name, nil
}

func sameName(lists []db.SavedList, name string) int {
	return slices.IndexFunc(lists, func(l db.SavedList) bool { return strings.EqualFold(l.Name, name) })
}

func nameTaken(l db.SavedList) error {
	return pec.Refuse("list_exists", "C’è già un elenco «%s». Scelga un altro nome.", l.Name).On("name")
}

// ChooseColumns keeps the columns that an operator wants to see in a list.
func (o *Office) ChooseColumns(ctx context.Context, actor string, operator int64, list string, columns []string) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		now, err := tx.ListColumns(operator, list)
		if err != nil || slices.Equal(now, columns) {
			return err
		}
		if err := tx.SetListColumns(operator, list, columns); err != nil {
			return err
		}
		return tx.Record("list.columns", "operator", operator, map[string]any{"list": list, "columns": columns})
	})
}
