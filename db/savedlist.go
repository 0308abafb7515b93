package db

import (
	"strings"
	"time"

	"albopec/app/pec"
)

// SavedList is a list of the register that an operator saved under a name, for
// all operators.
type SavedList struct {
	ID    int64
	Name  string
	Query string // as in the page's address, without "?"
	Actor string // who saved it
	At    time.Time
}

const savedListColumns = `id, name, query, actor, created_at`

func scanSavedList(row scanner) (SavedList, error) {
	var l SavedList
	return l, row.Scan(&l.ID, &l.Name, &l.Query, &l.Actor, instantInto{&l.At})
}

// SavedLists returns all saved lists by name.
func (tx *ReadTx) SavedLists() ([]SavedList, error) {
	return all(tx, scanSavedList, `SELECT `+savedListColumns+` FROM saved_lists ORDER BY name`)
}

// SavedList returns one saved list.
func (tx *ReadTx) SavedList(id int64) (SavedList, error) {
	return one(tx, pec.Refuse("list_unknown", "Questo elenco salvato non c’è più."), scanSavedList,
		`SELECT `+savedListColumns+` FROM saved_lists WHERE id = ?`, id)
}

// AddSavedList saves a list and returns its id.
func (tx *Tx) AddSavedList(name, query string) (int64, error) {
	return tx.insert(`INSERT INTO saved_lists (name, query, actor, created_at) VALUES (?, ?, ?, ?)`, name, query, tx.Actor, instant(tx.Now))
}

// RenameSavedList gives a saved list another name.
func (tx *Tx) RenameSavedList(id int64, name string) error {
	return tx.exec(`UPDATE saved_lists SET name = ? WHERE id = ?`, name, id)
}

// DeleteSavedList forgets a saved list.
func (tx *Tx) DeleteSavedList(id int64) error {
	return tx.exec(`DELETE FROM saved_lists WHERE id = ?`, id)
}

// ListColumns returns the columns that an operator chose for a list; none when
// they never chose.
func (tx *ReadTx) ListColumns(operator int64, list string) ([]string, error) {
	columns, err := value[string](tx, `SELECT columns FROM list_columns WHERE operator_id = ? AND list = ?`, operator, list)
	return strings.Fields(columns), err
}

// SetListColumns keeps the columns that an operator chose for a list.
func (tx *Tx) SetListColumns(operator int64, list string, columns []string) error {
	return tx.exec(`INSERT INTO list_columns (operator_id, list, columns) VALUES (?, ?, ?)
		ON CONFLICT (operator_id, list) DO UPDATE SET columns = excluded.columns`, operator, list, strings.Join(columns, " "))
}
