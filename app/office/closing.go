package office

import (
	"context"
	"encoding/json"
	"fmt"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// CloseYear makes a report the one that holds for its year: what is kept of it
// stays, and from then on the year of any later day is compared with it. The report
// is of a whole year that is over, and says what the year says today. Closing a
// year again on the same report does nothing.
//
// To read a year takes long: that is done before the lock is taken, and again when
// something was written meanwhile; at last under the lock.
func (o *Office) CloseYear(ctx context.Context, actor string, document int64) error {
	for range closingTries {
		done, err := o.closeYear(ctx, actor, document)
		if done || err != nil {
			return err
		}
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		d, now, err := o.closable(&tx.ReadTx, document)
		if err != nil {
			return err
		}
		return closeOn(tx, d, now)
	})
}

// closingTries is how often a year is read anew because of what others write.
const closingTries = 2

// closeYear closes a year unless something was written since it was read.
func (o *Office) closeYear(ctx context.Context, actor string, document int64) (done bool, err error) {
	var (
		d    db.Document
		now  KeptYear
		last int64
	)
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		if last, err = tx.LastAudit(); err != nil {
			return err
		}
		d, now, err = o.closable(tx, document)
		return err
	})
	if err != nil {
		return false, err
	}
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		if at, err := tx.LastAudit(); err != nil || at != last {
			return err
		}
		done = true
		return closeOn(tx, d, now)
	})
	return done && err == nil, err
}

// closable reads a report on which a year may be closed, and what the year says
// today.
func (o *Office) closable(tx *db.ReadTx, document int64) (d db.Document, now KeptYear, err error) {
	if d, err = tx.Document(document); err != nil {
		return d, now, err
	}
	if err := Closable(d, o.Today()); err != nil {
		return d, now, err
	}
	y, err := o.yearRows(tx, d.Year)
	if err != nil {
		return d, now, err
	}
	sum, err := y.Sum()
	if err != nil {
		return d, now, err
	}
	now, err = keptOf(y, sum)
	return d, now, err
}

// closeOn closes a year on its report; now is what the year says today.
func closeOn(tx *db.Tx, d db.Document, now KeptYear) error {
	closing, err := tx.YearClosing(d.Year)
	if err != nil {
		return err
	}
	if closing.Document == d.ID {
		return nil
	}
	if closing.Document != 0 {
		return pec.Refuse("year_closed", "Il %d è già chiuso dal %s con un altro report: un anno si chiude una volta sola.", d.Year, closing.On.Italian())
	}
	then, err := KeptFigures(d.Figures)
	if err != nil {
		return err
	}
	if !then.Same(now) {
		return pec.Refuse("figures_changed", "I dati del %d sono cambiati da quando il report è stato fatto: crei un nuovo report e chiuda l’anno su quello.", d.Year)
	}
	if err := tx.CloseYear(db.YearClosing{Year: d.Year, Document: d.ID, Figures: d.Figures}); err != nil {
		return err
	}
	return tx.Record("year.closed", "document", d.ID, map[string]any{"year": d.Year, "until": d.Until})
}

// Closable refuses what is not, on a day, the report of a whole year that is
// over.
func Closable(d db.Document, today pec.Date) error {
	switch {
	case d.Kind != db.DocumentReport || d.State != db.DocumentReady:
		return pec.Refuse("year_not_closable", "Un anno si chiude su un report pronto.")
	case !pec.EndOfYear(d.Year).Before(today):
		return pec.Refuse("year_not_over", "Il %d non è finito: si può chiudere dal %s.", d.Year, pec.StartOfYear(d.Year+1).Italian())
	case d.Until != pec.EndOfYear(d.Year):
		return pec.Refuse("year_not_whole", "Questo report arriva al %s, non alla fine dell’anno: crei un nuovo report del %d e chiuda l’anno su quello.", d.Until.Italian(), d.Year)
	}
	return nil
}

// ReportChanges are what became of the rows of a sheet of a year since a report of
// it was made, at most so many of each kind: those of today beside those of its
// workbook, as it is kept.
func (o *Office) ReportChanges(ctx context.Context, document int64, sheet string, most int) (c reports.RowChanges, err error) {
	var (
		d    db.Document
		book db.DocumentFile
	)
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		if d, err = tx.Document(document); err != nil {
			return err
		}
		if d.Kind != db.DocumentReport || d.State != db.DocumentReady {
			return pec.Refuse("document_no_report", "Si confronta con oggi solo un report annuale pronto.")
		}
		book, err = workbookOf(tx, document)
		return err
	})
	if err != nil {
		return c, err
	}
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		y, err := o.yearRows(tx, d.Year)
		if err != nil {
			return err
		}
		c, err = y.ChangesSince(o.DB.Pieces(ctx, book), sheet, most)
		return err
	})
	return c, err
}

// workbookOf is the workbook among the files of a report.
func workbookOf(tx *db.ReadTx, document int64) (db.DocumentFile, error) {
	files, err := tx.DocumentFiles(document)
	if err != nil {
		return db.DocumentFile{}, err
	}
	for _, f := range files {
		if f.MIME == reports.MimeXLSX {
			return f, nil
		}
	}
	return db.DocumentFile{}, pec.Refuse("file_unknown", "Il report non ha una cartella Excel con cui confrontare.")
}

// KeptFigures reads what was kept with a report or a closing.
func KeptFigures(doc []byte) (KeptYear, error) {
	var f KeptYear
	if err := json.Unmarshal(doc, &f); err != nil {
		return f, fmt.Errorf("kept figures of a year: %w", err)
	}
	return f, nil
}
