package office

import (
	"context"
	"encoding/json"
	"fmt"

	"albopec/app/pec"
	"albopec/db"
)

// CloseYear makes a report the one that holds for its year: its figures are kept,
// and from then on those of any later day are compared with them. The report is
// of a whole year that is over, and its figures are still those of today. Closing
// a year again on the same report does nothing.
func (o *Office) CloseYear(ctx context.Context, actor string, document int64) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		d, err := tx.Document(document)
		if err != nil {
			return err
		}
		if err := Closable(d, o.Today()); err != nil {
			return err
		}
		closing, err := tx.YearClosing(d.Year)
		if err != nil {
			return err
		}
		if closing.Document == document {
			return nil
		}
		if closing.Document != 0 {
			return pec.Refuse("year_closed", "Il %d è già chiuso dal %s con un altro report: un anno si chiude una volta sola.", d.Year, closing.On.Italian())
		}
		then, err := KeptFigures(d.Figures)
		if err != nil {
			return err
		}
		y, err := o.yearRows(&tx.ReadTx, d.Year)
		if err != nil {
			return err
		}
		now, err := y.Sum()
		if err != nil {
			return err
		}
		if FiguresOf(now) != then {
			return pec.Refuse("figures_changed", "Le cifre sono cambiate da quando il report è stato fatto: crei un nuovo report del %d e chiuda l’anno su quello.", d.Year)
		}
		if err := tx.CloseYear(db.YearClosing{Year: d.Year, Document: document, Figures: d.Figures}); err != nil {
			return err
		}
		return tx.Record("year.closed", "document", document, map[string]any{"year": d.Year, "until": d.Until})
	})
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

// KeptFigures reads the figures that were kept with a report or a closing.
func KeptFigures(doc []byte) (YearFigures, error) {
	var f YearFigures
	if err := json.Unmarshal(doc, &f); err != nil {
		return f, fmt.Errorf("kept figures of a year: %w", err)
	}
	return f, nil
}
