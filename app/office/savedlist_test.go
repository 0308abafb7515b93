package office_test

import (
	"strings"
	"testing"

	"albopec/db"
)

func TestListsAreSavedOnceForEverybody(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	id, err := o.SaveList(ctx, "operatore:giulia@ordine.example", "  Sospesi di  Borgo ", "stato=suspended")
	o.must(err)
	again, err := o.SaveList(ctx, "operatore:giulia@ordine.example", "Sospesi di Borgo", "stato=suspended")
	o.must(err)
	if again != id {
		t.Errorf("sent twice, saved twice: %d and %d", id, again)
	}
	_, err = o.SaveList(ctx, "prova", "SOSPESI di borgo", "stato=cancelled")
	o.refuses("list_exists", err)
	_, err = o.SaveList(ctx, "prova", " ", "")
	o.refuses("name_missing", err)
	_, err = o.SaveList(ctx, "prova", strings.Repeat("x", 41), "")
	o.refuses("value_too_long", err)

	other, err := o.SaveList(ctx, "prova", "Cancellati", "stato=cancelled")
	o.must(err)
	o.refuses("list_exists", o.RenameList(ctx, "prova", other, "Sospesi di Borgo"))
	o.must(o.RenameList(ctx, "prova", other, "cancellati"))
	o.must(o.DeleteList(ctx, "prova", id))
	o.refuses("list_unknown", o.DeleteList(ctx, "prova", id))
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		lists, err := tx.SavedLists()
		if len(lists) != 1 || lists[0].Name != "cancellati" || lists[0].Query != "stato=cancelled" {
			t.Errorf("%+v", lists)
		}
		entries, _ := tx.AuditFind(db.AuditFilter{Action: "list.saved"})
		if len(entries) != 2 {
			t.Errorf("%d entries in the log, want 2", len(entries))
		}
		return err
	}))
}
