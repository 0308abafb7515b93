package db

import (
	"encoding/json"
	"fmt"
	"time"

	"albopec/app/pec"
)

// Record adds the audit entry of what the transaction does. Detail is kept as
// JSON: figures and ids, never a password or a message's text.
func (tx *Tx) Record(action, entity string, id int64, detail any) error {
	if detail == nil {
		detail = struct{}{}
	}
	doc, err := json.Marshal(detail)
	if err != nil {
		return fmt.Errorf("audit of %s: %w", action, err)
	}
	var entityID any
	if id != 0 {
		entityID = id
	}
	return tx.exec(`INSERT INTO audit (at, day_on, actor, action, entity, entity_id, detail) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		instant(tx.Now), day(tx.On), tx.Actor, action, entity, entityID, string(doc))
}

// AuditEntry is a line of the log.
type AuditEntry struct {
	ID       int64
	At       time.Time
	On       pec.Date
	Actor    string
	Action   string
	Entity   string
	EntityID int64
	Detail   string // JSON
}

func scanAudit(row scanner) (AuditEntry, error) {
	var e AuditEntry
	err := row.Scan(&e.ID, instantInto{&e.At}, dayInto{&e.On}, &e.Actor, &e.Action, &e.Entity, &e.EntityID, &e.Detail)
	return e, err
}

// Audit returns the log of one thing, newest first.
func (tx *ReadTx) Audit(entity string, id int64, limit int) ([]AuditEntry, error) {
	return all(tx, scanAudit, `SELECT id, at, day_on, actor, action, entity, COALESCE(entity_id, 0), detail
		FROM audit WHERE entity = ? AND entity_id = ? ORDER BY id DESC LIMIT ?`, entity, id, limit)
}

// LastAudit is the id of the latest entry, 0 when there is none: as long as it is
// the same, nothing was changed.
func (tx *ReadTx) LastAudit() (int64, error) {
	return value[int64](tx, `SELECT COALESCE(MAX(id), 0) FROM audit`)
}

// AuditLog returns the whole log, newest first, before the entry with the given
// id (0: from the newest).
func (tx *ReadTx) AuditLog(before int64, limit int) ([]AuditEntry, error) {
	return all(tx, scanAudit, `SELECT id, at, day_on, actor, action, entity, COALESCE(entity_id, 0), detail
		FROM audit WHERE ?1 = 0 OR id < ?1 ORDER BY id DESC LIMIT ?2`, before, limit)
}

// AuditFilter says which entries of the log are wanted.
type AuditFilter struct {
	Actor    string // part of it, whatever the case
	Action   string
	From, To pec.Date // the program's days, both included; zero for no bound
	Before   int64    // keyset: the entry before which the page begins; 0 from the newest
	Limit    int      // 0: no limit
}

// AuditFind returns the entries of the log that match, newest first.
func (tx *ReadTx) AuditFind(f AuditFilter) ([]AuditEntry, error) {
	where, args := f.where()
	limit := -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	return all(tx, scanAudit, `SELECT id, at, day_on, actor, action, entity, COALESCE(entity_id, 0), detail
		FROM audit WHERE `+where+` ORDER BY id DESC LIMIT `+itoa(limit), args...)
}

// AuditCount counts the entries of the log that match, on all pages.
func (tx *ReadTx) AuditCount(f AuditFilter) (int, error) {
	f.Before = 0
	where, args := f.where()
	return value[int](tx, `SELECT COUNT(*) FROM audit WHERE `+where, args...)
}

func (f AuditFilter) where() (string, []any) {
	where, args := `1`, []any{}
	also := func(condition string, value any) {
		where += ` AND ` + condition
		args = append(args, value)
	}
	if f.Actor != "" {
		also(`instr(lower(actor), lower(?)) > 0`, f.Actor)
	}
	if f.Action != "" {
		also(`action = ?`, f.Action)
	}
	if !f.From.IsZero() {
		also(`day_on >= ?`, day(f.From))
	}
	if !f.To.IsZero() {
		also(`day_on <= ?`, day(f.To))
	}
	if f.Before != 0 {
		also(`id < ?`, f.Before)
	}
	return where, args
}

// AuditActions returns the actions that the log knows, in order.
func (tx *ReadTx) AuditActions() ([]string, error) {
	return all(tx, func(row scanner) (string, error) {
		var action string
		return action, row.Scan(&action)
	}, `SELECT DISTINCT action FROM audit ORDER BY action`)
}
