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
// commits beforehand and takes away with what it writes. A row that a power cut
// left behind says nothing: nobody holds the lock for writing.

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

// claimImport writes the row, unless somebody whose row stands is writing.
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
		return o.alreadyImporting(ctx, first)
	}
	return err
}

func (o *Office) alreadyImporting(ctx context.Context, first *db.ImportRunning) error {
	if first == nil { // it ended this very moment
		return pec.Refuse("import_running", "Un’altra importazione è in corso. Attenda che finisca e riprovi: il Suo file non va perduto.")
	}
	name := strings.TrimPrefix(first.Actor, "operatore:")
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		operators, err := tx.Operators()
		for _, p := range operators {
			if p.Email == name && p.Name != "" {
				name = p.Name
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return pec.Refuse("import_running", "Un’altra importazione è in corso: «%s», cominciata da %s alle %s. Attenda che finisca e riprovi: il Suo file non va perduto.",
		first.Filename, name, first.At.In(pec.Rome).Format("15:04"))
}
