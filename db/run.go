package db

import (
	"encoding/json"
	"time"

	"albopec/app/pec"
)

// DueMembers returns the ids of the members for whom something may fall due up
// to and including a day, by their earliest expiry: a running mailbox that
// expires or turns, or whose holder has left, or an order that waits.
func (tx *ReadTx) DueMembers(through pec.Date) ([]int64, error) {
	return all(tx, func(row scanner) (int64, error) {
		var id int64
		var first string
		return id, row.Scan(&id, &first)
	}, `SELECT member_id, MIN(due) FROM (
			SELECT b.member_id, b.expires_on AS due, b.address FROM mailboxes b JOIN members m ON m.id = b.member_id
			WHERE b.status IN ('active', 'suspended') AND (b.expires_on <= ?1 OR m.status NOT IN ('active', 'suspended'))
			UNION ALL SELECT b.member_id, b.turns_on, b.address FROM mailboxes b WHERE b.status IN ('active', 'suspended') AND b.turns_on <= ?1
			UNION ALL SELECT o.member_id, o.ordered_on, '' FROM orders o WHERE o.state = 'awaiting_payment'
		) GROUP BY member_id ORDER BY MIN(due), MIN(address), member_id`, day(through))
}

// Run is one run of the renewals, with its figures as JSON.
type Run struct {
	ID         int64
	Until      pec.Date
	On         pec.Date
	Actor      string
	StartedAt  time.Time
	FinishedAt time.Time // zero: interrupted, or still going
	Figures    json.RawMessage
}

// AddRun notes that a run begins and returns its id.
func (tx *Tx) AddRun(until pec.Date) (int64, error) {
	return tx.insert(`INSERT INTO runs (until_on, day_on, actor, started_at) VALUES (?, ?, ?, ?)`, day(until), day(tx.On), tx.Actor, instant(tx.Now))
}

// KeepRun keeps what a run did so far.
func (tx *Tx) KeepRun(id int64, figures any) error {
	doc, err := json.Marshal(figures)
	if err != nil {
		return err
	}
	return tx.exec(`UPDATE runs SET figures = ? WHERE id = ?`, string(doc), id)
}

// FinishRun keeps what a run did, and that it came to its end.
func (tx *Tx) FinishRun(id int64, figures any) error {
	if err := tx.KeepRun(id, figures); err != nil {
		return err
	}
	return tx.exec(`UPDATE runs SET finished_at = ? WHERE id = ?`, instant(tx.Now), id)
}

// Runs returns the latest runs, newest first.
func (tx *ReadTx) Runs(limit int) ([]Run, error) {
	return all(tx, func(row scanner) (Run, error) {
		var r Run
		return r, row.Scan(&r.ID, dayInto{&r.Until}, dayInto{&r.On}, &r.Actor, instantInto{&r.StartedAt}, instantInto{&r.FinishedAt}, (*[]byte)(&r.Figures))
	}, `SELECT id, until_on, day_on, actor, started_at, finished_at, CAST(figures AS BLOB) FROM runs ORDER BY id DESC LIMIT ?`, limit)
}

const runColumns = `id, until_on, day_on, actor, started_at, finished_at, CAST(figures AS BLOB)`

func scanRun(row scanner) (Run, error) {
	var r Run
	return r, row.Scan(&r.ID, dayInto{&r.Until}, dayInto{&r.On}, &r.Actor, instantInto{&r.StartedAt}, instantInto{&r.FinishedAt}, (*[]byte)(&r.Figures))
}

// Run returns one run.
func (tx *ReadTx) Run(id int64) (Run, error) {
	return one(tx, pec.Refuse("run_unknown", "L’esecuzione non esiste."), scanRun, `SELECT `+runColumns+` FROM runs WHERE id = ?`, id)
}

// RunList returns runs, newest first: those before a run, or, going back, those
// after one; 0 for neither.
func (tx *ReadTx) RunList(before, after int64, limit int) ([]Run, error) {
	if before == 0 && after != 0 {
		list, err := all(tx, scanRun, `SELECT `+runColumns+` FROM runs WHERE id > ? ORDER BY id LIMIT ?`, after, limit)
		reverse(list)
		return list, err
	}
	return all(tx, scanRun, `SELECT `+runColumns+` FROM runs WHERE ?1 = 0 OR id < ?1 ORDER BY id DESC LIMIT ?2`, before, limit)
}

// LastChange grows with every change, since none is made without its entry in
// the log: what was read at one value still holds while it stays.
func (tx *ReadTx) LastChange() (int64, error) {
	return value[int64](tx, `SELECT COALESCE(MAX(id), 0) FROM audit`)
}
