package office

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// IndexToday is what INI-PEC has to be told today.
type IndexToday struct {
	pec.IndexDay
	Domiciles Domiciles // of the whole register, from which the rest was worked out
	Seen      string    // stands for the variations: SendIndex writes just these, or nothing
	ToldOn    pec.Date
	Late      bool // a working day went by with nothing told
}

// IndexDue works out what the index has to be told today (R26).
func (o *Office) IndexDue(tx *db.ReadTx) (IndexToday, error) {
	all, err := o.Domiciles(tx)
	if err != nil {
		return IndexToday{}, err
	}
	return o.indexDue(tx, all)
}

// IndexOutline works out the same for who only counts: its members have no more
// than id, numbers, names, status and PEC.
func (o *Office) IndexOutline(tx *db.ReadTx) (IndexToday, error) {
	facts, err := tx.DomicileOutlines()
	if err != nil {
		return IndexToday{}, err
	}
	return o.indexDue(tx, pec.DecideDomiciles(facts))
}

func (o *Office) indexDue(tx *db.ReadTx, all Domiciles) (IndexToday, error) {
	t := IndexToday{Domiciles: all}
	told, err := tx.Communicated()
	if err != nil {
		return t, err
	}
	format, err := tx.IndexFormat()
	if err != nil {
		return t, err
	}
	t.IndexDay = pec.IndexDue(t.Domiciles, told, o.Today())
	t.Variations = slices.DeleteFunc(t.Variations, func(v pec.Variation) bool {
		_, ok := reports.IndexRow(format, v.Fields(format))
		if !ok {
			m := pec.Member{ID: v.MemberID, Surname: v.Surname, Name: v.Name, RegistrationNumber: v.RegistrationNumber, TaxCode: v.TaxCode}
			t.Unsendable = append(t.Unsendable, pec.Unsendable{Member: m, Why: "Ha una lettera che in Windows-1252 non c’è: il file si può fare in UTF-8."})
		}
		return !ok
	})
	h := sha256.New()
	for _, v := range t.Variations {
		fmt.Fprintf(h, "%q\n", v.Fields(pec.DefaultIndexFormat()))
	}
	t.Seen = hex.EncodeToString(h.Sum(nil))
	if t.ToldOn, err = tx.IndexToldOn(o.Today()); err != nil {
		return t, err
	}
	t.Late = pec.IndexLate(t.ToldOn, o.Today())
	return t, nil
}

// IndexSent is a file that was made for the index.
type IndexSent struct {
	File db.IndexFile // zero when nothing changed: the day was confirmed instead
	pec.IndexDay
}

var (
	errIndexChanged = pec.Refuse("variations_changed", "Dopo che ha guardato l’elenco qualcosa è cambiato: il file non è stato fatto. Controlli il nuovo elenco e confermi di nuovo.")
	errIndexBefore  = pec.Refuse("day_before_last_event", "L’indice ha già saputo di un giorno successivo: le variazioni si comunicano in ordine.")
)

// SendIndex makes the file of today's variations and counts them as sent, in one
// transaction; on a day without any it keeps that nothing changed (R26). With the
// fingerprint of what was shown it sends just that, or nothing. What is overdue
// for mailboxes is carried out first (R6), since it may close one, and stays done
// when it is why something else was shown. With dryRun nothing is written.
func (o *Office) SendIndex(ctx context.Context, actor, seen string, dryRun bool) (IndexSent, error) {
	var done IndexSent
	var changed error
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		if err := overdueForAll(tx); err != nil {
			return err
		}
		t, err := o.IndexDue(&tx.ReadTx)
		if err != nil {
			return err
		}
		if seen != "" && seen != t.Seen {
			changed = errIndexChanged
			return nil
		}
		switch last, err := tx.IndexToldOn(pec.EndOfYear(9999)); {
		case err != nil:
			return err
		case last.After(tx.On):
			return errIndexBefore
		}
		done.IndexDay = t.IndexDay
		if dryRun {
			return errDryRun
		}
		if len(t.Variations) == 0 {
			return confirmIndex(tx)
		}
		done.File, err = sendIndex(tx, t.Variations)
		return err
	})
	if err == errDryRun {
		err = nil
	}
	return done, cmp.Or(err, changed)
}

func sendIndex(tx *db.Tx, rows []pec.Variation) (db.IndexFile, error) {
	format, err := tx.IndexFormat()
	if err != nil {
		return db.IndexFile{}, err
	}
	f := db.IndexFile{Content: indexFile(format, rows), Rows: len(rows), MadeOn: tx.On, At: tx.Now, Actor: tx.Actor}
	f.SHA256 = sum256(f.Content)
	if f.ID, err = tx.NextIndexFile(); err != nil {
		return f, err
	}
	if err := tx.AddIndexFile(f, rows); err != nil {
		return f, err
	}
	return f, tx.Record("inipec.sent", "inipec_file", f.ID, map[string]any{"rows": f.Rows, "sha256": f.SHA256})
}

// indexFile prints rows that the format can hold.
func indexFile(format pec.IndexFormat, rows []pec.Variation) []byte {
	var b bytes.Buffer
	add := func(fields []string) {
		line, _ := reports.IndexRow(format, fields)
		b.Write(line)
	}
	if format.Header {
		add(pec.IndexFields)
	}
	for _, v := range rows {
		add(v.Fields(format))
	}
	return b.Bytes()
}

// confirmIndex keeps that the index was told that nothing changed today, unless it
// was told something.
func confirmIndex(tx *db.Tx) error {
	if told, err := tx.IndexToldOn(tx.On); err != nil || told == tx.On {
		return err
	}
	if made, err := tx.ConfirmIndex(); err != nil || !made {
		return err
	}
	return tx.Record("inipec.confirmed", "inipec_file", 0, nil)
}

// IndexFile returns a file that was made for the index, as it was.
func (o *Office) IndexFile(ctx context.Context, id int64) (f db.IndexFile, err error) {
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		f, err = tx.IndexFile(id)
		return err
	})
	return f, err
}

// ConfirmIndex keeps that the index was told that nothing changed today, which
// has to be so once what is overdue was carried out (R6).
func (o *Office) ConfirmIndex(ctx context.Context, actor string) error {
	var due error
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		if err := overdueForAll(tx); err != nil {
			return err
		}
		t, err := o.IndexDue(&tx.ReadTx)
		if err != nil {
			return err
		}
		switch last, err := tx.IndexToldOn(pec.EndOfYear(9999)); {
		case err != nil:
			return err
		case last.After(tx.On):
			return errIndexBefore
		}
		if n := len(t.Variations); n > 0 {
			due = pec.Refuse("variations_due", "Ci sono variazioni da comunicare: faccia il file invece di confermare che nulla è cambiato.")
			return nil
		}
		return confirmIndex(tx)
	})
	return cmp.Or(err, due)
}

// IndexOutcome is what the index did with the rows of a file.
type IndexOutcome struct {
	File    int64
	Refused map[int]string // by line, with what the index said; it may be empty
	Taken   []int          // lines that it accepted
	Rest    bool           // it accepted all the others too
	Seen    string         // the fingerprint of the review that was shown; empty registers what there is
}

// IndexReview is what an outcome would change of a file's rows, before anything is
// written. The rows are as they stand now, Text apart.
type IndexReview struct {
	Accepted []db.IndexRow // awaited, of which nothing else is said: the Rest
	Taken    []db.IndexRow // ticked as accepted
	Refused  []db.IndexRow // ticked as refused; Text is what the index says now
	Before   []db.IndexRow // refused before, and left so
	Seen     string        // stands for the above: RegisterIndexOutcome writes just this, or nothing
}

var errOutcomeChanged = pec.Refuse("outcome_changed", "Dopo che ha guardato il riepilogo qualcosa è cambiato: non è stato registrato nulla. Controlli il nuovo riepilogo e confermi di nuovo.")

// indexChange is a row of a file and the outcome that it gets.
type indexChange struct {
	db.IndexRow
	outcome, text string
}

// changes reports whether the row gets another outcome than it has.
func (c indexChange) changes() bool { return c.outcome != c.Outcome || c.text != c.Text }

// read tidies what the index said of the refused rows.
func (out IndexOutcome) read() error {
	for line, text := range out.Refused {
		text, err := readReason(text, "")
		if err != nil {
			return pec.AsProblem(err).On(fmt.Sprintf("text-%d", line))
		}
		out.Refused[line] = text
	}
	return nil
}

// of works out what each row of the file gets, and what stands for all of it.
func (out IndexOutcome) of(tx *db.ReadTx) (list []indexChange, seen string, err error) {
	f, err := tx.IndexFile(out.File)
	switch {
	case err != nil:
		return nil, "", err
	case !f.WithdrawnOn.IsZero():
		return nil, "", pec.Refuse("inipec_withdrawn", "Il file %d è stato ritirato il %s: non ha esiti.", f.ID, f.WithdrawnOn.Italian())
	}
	rows, err := tx.IndexRows(f.ID, 0, f.Rows)
	h := sha256.New()
	for _, r := range rows {
		c := indexChange{r, r.Outcome, r.Text}
		if why, no := out.Refused[r.Line]; no {
			c.outcome, c.text = "refused", why
		} else if out.Rest && r.Outcome == "" || slices.Contains(out.Taken, r.Line) {
			c.outcome, c.text = "accepted", ""
		}
		list = append(list, c)
		fmt.Fprintf(h, "%d %q %q %q %q\n", r.Line, r.Outcome, r.Text, c.outcome, c.text)
	}
	return list, hex.EncodeToString(h.Sum(nil)), err
}

// ReviewIndexOutcome tells what RegisterIndexOutcome would write.
func (o *Office) ReviewIndexOutcome(tx *db.ReadTx, out IndexOutcome) (IndexReview, error) {
	var v IndexReview
	if err := out.read(); err != nil {
		return v, err
	}
	list, seen, err := out.of(tx)
	v.Seen = seen
	for _, c := range list {
		_, no := out.Refused[c.Line]
		switch {
		case no:
			c.Text = c.text
			v.Refused = append(v.Refused, c.IndexRow)
		case slices.Contains(out.Taken, c.Line):
			v.Taken = append(v.Taken, c.IndexRow)
		case c.changes():
			v.Accepted = append(v.Accepted, c.IndexRow)
		case c.Outcome == "refused":
			v.Before = append(v.Before, c.IndexRow)
		}
	}
	return v, err
}

// RegisterIndexOutcome writes the outcome of a file's rows. A row that was
// refused counts as never sent: the next file holds it again if it is still so.
// An outcome may be corrected: what it was before stays with the row. With the
// fingerprint of a review it writes just what that showed, or nothing. It returns
// how many rows changed: none when all of it was registered before.
func (o *Office) RegisterIndexOutcome(ctx context.Context, actor string, out IndexOutcome) (int, error) {
	if err := out.read(); err != nil {
		return 0, err
	}
	changed := 0
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		list, seen, err := out.of(&tx.ReadTx)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(c indexChange) bool { return !c.changes() })
		switch changed = len(list); {
		case changed == 0:
			return nil
		case out.Seen != "" && out.Seen != seen:
			return errOutcomeChanged
		}
		accepted, refused := 0, 0
		for _, c := range list {
			if err := tx.SetIndexOutcome(c.ID, c.outcome, c.text); err != nil {
				return err
			}
			if c.outcome == "accepted" {
				accepted++
			} else {
				refused++
			}
		}
		return tx.Record("inipec.outcome", "inipec_file", out.File, map[string]any{"accepted": accepted, "refused": refused})
	})
	return changed, err
}

// WithdrawIndexFile says that a file was never given to the index: its rows count
// as never sent. Only the latest can be, and only without outcomes: later ones
// rest on it.
func (o *Office) WithdrawIndexFile(ctx context.Context, actor string, id int64) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		f, err := tx.IndexFile(id)
		if err != nil {
			return err
		}
		next, err := tx.LaterIndexFile(id)
		switch {
		case err != nil:
			return err
		case !f.WithdrawnOn.IsZero():
			return nil
		case next:
			return pec.Refuse("inipec_not_latest", "Il file %d non è l’ultimo: quelli dopo tengono conto di ciò che conteneva.", id)
		case f.Accepted+f.Refused > 0:
			return pec.Refuse("inipec_answered", "Il file %d ha già degli esiti: l’indice l’ha ricevuto.", id)
		}
		if err := tx.WithdrawIndexFile(id); err != nil {
			return err
		}
		return tx.Record("inipec.withdrawn", "inipec_file", id, nil)
	})
}

// SetIndexFormat says how the file for the index is written, from the next on.
func (o *Office) SetIndexFormat(ctx context.Context, actor string, f pec.IndexFormat) error {
	if err := f.Check(); err != nil {
		return err
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		before, err := tx.IndexFormat()
		if err != nil || before == f {
			return err
		}
		if err := tx.SetIndexFormat(f); err != nil {
			return err
		}
		return tx.Record("inipec.format", "inipec_file", 0, f)
	})
}
