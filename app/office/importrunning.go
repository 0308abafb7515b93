package office

import (
	"context"
	"strings"

	"albopec/app/pec"
	"albopec/db"
)

// Two imports at the same time would each be written against a register that
// its preview did not show. The second is refused, and told who is at it: within
// the program by a note in memory, between programs by a row that the first
// commits beforehand and takes away with what it writes.
//
// The row alone proves nothing: a power cut leaves it behind. If the lock for
// writing is free, no import is being written and the row is taken over. If it
// is held, somebody writes, and that need not be the import that the row names:
// the program that began it may be dead, and the lock an ordinary change's. What
// is told then says no more than that.

// beginImport notes that an import is being written, or refuses a second one.
// What it returns is called when the import ends, with whether it was written.
func (o *Office) beginImport(ctx context.Context, actor, filename string) (func(written bool), error) {
	if first := o.importing.Load(); first != nil || !o.importing.CompareAndSwap(nil, &db.ImportRunning{Actor: actor, Filename: filename, At: o.Now()}) {
		return nil, o.alreadyImporting(ctx, first)
	}
	free := func() { o.importing.Store(nil) }
	if err := o.claimImport(ctx, actor, filename); err != nil {
		free()
		return nil, err
	}
	return func(written bool) {
		if !written { // the row still stands
			if err := o.write(context.WithoutCancel(ctx), actor, func(tx *db.Tx) error { return tx.EndImport() }); err != nil {
				o.Log.Error("ending an import", "error", err)
			}
		}
		free()
	}, nil
}

// claimImport writes the row, unless one stands and somebody is writing.
func (o *Office) claimImport(ctx context.Context, actor, filename string) error {
	var first *db.ImportRunning
	err := o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		first, err = tx.ImportRunning()
		return err
	})
	if err != nil {
		return err
	}
	claim := func(tx *db.Tx) error { return tx.BeginImport(filename) }
	if first == nil {
		return o.write(ctx, actor, claim)
	}
	err = o.DB.WriteSoon(ctx, o.stamp(actor), claim)
	if db.IsBusy(err) {
		return o.perhapsImporting(ctx, first)
	}
	return err
}

// alreadyImporting refuses a second import within the program; first is nil
// when the one that was in the way ended this very moment.
func (o *Office) alreadyImporting(ctx context.Context, first *db.ImportRunning) error {
	if first == nil {
		return pec.Refuse("import_running", "Un’altra importazione è in corso. Attenda che finisca e riprovi: il Suo file non va perduto.")
	}
	name, err := o.importer(ctx, first)
	if err != nil {
		return err
	}
	return pec.Refuse("import_running", "Un’altra importazione è in corso: «%s», cominciata da %s alle %s. Attenda che finisca e riprovi: il Suo file non va perduto.",
		first.Filename, name, first.At.In(pec.Rome).Format("15:04"))
}

// perhapsImporting refuses an import while another program holds the lock and a
// row stands that may be its.
func (o *Office) perhapsImporting(ctx context.Context, first *db.ImportRunning) error {
	name, err := o.importer(ctx, first)
	if err != nil {
		return err
	}
	return pec.Refuse("import_running", "Il database è occupato, forse da un’importazione («%s», cominciata da %s il %s alle %s). Riprovi fra poco: il Suo file non va perduto.",
		first.Filename, name, pec.DateOf(first.At).Italian(), first.At.In(pec.Rome).Format("15:04"))
}

// importer is who began an import, by name where it has one.
func (o *Office) importer(ctx context.Context, running *db.ImportRunning) (name string, err error) {
	name = strings.TrimPrefix(running.Actor, "operatore:")
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		operators, err := tx.Operators()
		for _, p := range operators {
			if p.Email == name && p.Name != "" {
				name = p.Name
			}
		}
		return err
	})
	return name, err
}
