package db

import (
	"encoding/json"

	"albopec/app/pec"
)

// Recredit is a line of a completed order that came back to the member's credit
// (riaccredito).
type Recredit struct {
	LineID  int64
	EntryID int64 // 0 for a line that cost nothing
	ListID  int64 // the list to be invoiced in which the order was by then; 0 for none
	Reason  string
	On      pec.Date
	Actor   string
	NoteOn  pec.Date // the day on which its credit note was marked as made; zero until then
	NoteBy  string   // who marked it
}

const recreditColumns = `c.line_id, COALESCE(c.entry_id, 0), COALESCE(c.list_id, 0), c.reason, c.day_on, c.actor, n.day_on, COALESCE(n.actor, '')`

func (r *Recredit) into() []any {
	return []any{&r.LineID, &r.EntryID, &r.ListID, &r.Reason, dayInto{&r.On}, &r.Actor, dayInto{&r.NoteOn}, &r.NoteBy}
}

// RecreditsOf returns what came back of an order, by its lines.
func (tx *ReadTx) RecreditsOf(order int64) (map[int64]Recredit, error) {
	list, err := all(tx, func(row scanner) (r Recredit, err error) {
		return r, row.Scan(r.into()...)
	}, `SELECT `+recreditColumns+` FROM order_lines l JOIN recredits c ON c.line_id = l.id LEFT JOIN credit_notes n ON n.line_id = c.line_id WHERE l.order_id = ?`, order)
	of := map[int64]Recredit{}
	for _, r := range list {
		of[r.LineID] = r
	}
	return of, err
}

// RecreditOfService returns what came back of a service; false when nothing did.
func (tx *ReadTx) RecreditOfService(service int64) (Recredit, bool, error) {
	list, err := all(tx, func(row scanner) (r Recredit, err error) {
		return r, row.Scan(r.into()...)
	}, `SELECT `+recreditColumns+` FROM order_lines l JOIN recredits c ON c.line_id = l.id LEFT JOIN credit_notes n ON n.line_id = c.line_id
		WHERE l.service_id = ? ORDER BY l.id DESC LIMIT 1`, service)
	if err != nil || len(list) == 0 {
		return Recredit{}, false, err
	}
	return list[0], true, nil
}

// EndedService is a service that has ended, on its mailbox.
type EndedService struct{ ID, MailboxID int64 }

// EndedAndRefused returns the services that were sold here, have ended with
// something paid that has not come back, and are of a mailbox of which the provider
// refused something: among them are those about whose refusal nobody decided. The
// latest first.
func (tx *ReadTx) EndedAndRefused(limit int) ([]EndedService, error) {
	return all(tx, func(row scanner) (s EndedService, err error) {
		return s, row.Scan(&s.ID, &s.MailboxID)
	}, `SELECT s.id, s.mailbox_id FROM services s
		WHERE s.source = 'ordine' AND s.ended_on IS NOT NULL AND s.end_reason <> ?1
		AND EXISTS (SELECT 1 FROM provider_requests r WHERE r.mailbox_id = s.mailbox_id AND r.operation IN ('service', 'space') AND r.state IN ('rejected', 'dropped'))
		AND EXISTS (SELECT 1 FROM order_lines l JOIN orders o ON o.id = l.order_id AND o.state = 'completed'
			WHERE l.service_id = s.id AND l.gross_cents > 0 AND NOT EXISTS (SELECT 1 FROM recredits c WHERE c.line_id = l.id))
		ORDER BY s.ended_on DESC, s.id DESC LIMIT ?2`, pec.EndRefused, limit)
}

// PaidLines returns the lines of completed orders by which a service was bought
// and renewed and that have not come back, oldest first.
func (tx *ReadTx) PaidLines(service int64) ([]OrderLine, error) {
	return all(tx, func(row scanner) (OrderLine, error) {
		var l OrderLine
		return l, row.Scan(l.into()...)
	}, `SELECT `+lineColumns+` FROM order_lines l JOIN orders o ON o.id = l.order_id AND o.state = 'completed'
		WHERE l.service_id = ? AND NOT EXISTS (SELECT 1 FROM recredits c WHERE c.line_id = l.id) ORDER BY l.id`, service)
}

// AddRecredit notes that a line came back with an entry, 0 for a line that cost
// nothing; the list that its order is in is noted with it.
func (tx *Tx) AddRecredit(line, entry int64, reason string) error {
	return tx.exec(`INSERT INTO recredits (line_id, entry_id, list_id, reason, day_on, actor, at)
		SELECT l.id, NULLIF(?2, 0), i.list_id, ?3, ?4, ?5, ?6 FROM order_lines l LEFT JOIN invoiced_orders i ON i.order_id = l.order_id WHERE l.id = ?1`,
		line, entry, reason, day(tx.On), tx.Actor, instant(tx.Now))
}

// CreditNoteRow is a line that came back after its order was listed to be
// invoiced: who invoices makes a credit note of it.
type CreditNoteRow struct {
	Recredit
	InvoiceRow // of the order, as it was listed
	Line       OrderLine
	List       InvoiceList
}

// CreditNotesDue returns the lines of which a credit note is due and not marked
// as made, for who invoices them, oldest first.
func (tx *ReadTx) CreditNotesDue(by pec.Seller) ([]CreditNoteRow, error) {
	return tx.creditNotes(by, `n.line_id IS NULL ORDER BY c.at, c.line_id LIMIT -1`)
}

// MadeNotes asks for a page of the credit notes marked as made: after one line or
// before it, 0 for the latest. Of a line that is no longer marked it is the latest
// too.
type MadeNotes struct {
	By            pec.Seller
	After, Before int64 // lines
	Limit         int
}

// CreditNotesMade returns the lines of which a credit note was marked as made, for
// who invoices them, the latest first.
func (tx *ReadTx) CreditNotesMade(f MadeNotes) ([]CreditNoteRow, error) {
	const place = `(SELECT at, line_id FROM credit_notes WHERE line_id = ?)`
	limit := itoa(f.Limit)
	for _, line := range []int64{f.After, f.Before} {
		marked, err := value[bool](tx, `SELECT EXISTS (SELECT 1 FROM credit_notes WHERE line_id = ?)`, line)
		switch {
		case err != nil:
			return nil, err
		case !marked:
			continue
		case line == f.After:
			return tx.creditNotes(f.By, `(n.at, n.line_id) < `+place+` ORDER BY n.at DESC, n.line_id DESC LIMIT `+limit, line)
		}
		list, err := tx.creditNotes(f.By, `(n.at, n.line_id) > `+place+` ORDER BY n.at, n.line_id LIMIT `+limit, line)
		reverse(list)
		return list, err
	}
	return tx.creditNotes(f.By, `n.line_id IS NOT NULL ORDER BY n.at DESC, n.line_id DESC LIMIT `+limit)
}

func (tx *ReadTx) creditNotes(by pec.Seller, which string, args ...any) ([]CreditNoteRow, error) {
	return all(tx, func(row scanner) (CreditNoteRow, error) {
		var n CreditNoteRow
		into := append(n.Recredit.into(), n.InvoiceRow.into()...)
		into = append(append(into, n.Line.into()...), n.List.into()...)
		return n, row.Scan(into...)
	}, `SELECT `+recreditColumns+`, `+invoicedOrder+`, `+invoicedAs+`, `+lineColumns+`, v.id, v.year, v.number, v.invoiced_by, v.orders, v.net_cents, v.vat_cents, v.gross_cents, v.day_on, v.actor, v.at
		FROM recredits c JOIN order_lines l ON l.id = c.line_id JOIN orders o ON o.id = l.order_id JOIN invoice_lists v ON v.id = c.list_id
		JOIN invoiced_orders i ON i.order_id = o.id LEFT JOIN credit_notes n ON n.line_id = c.line_id
		WHERE c.list_id IS NOT NULL AND c.entry_id IS NOT NULL AND v.invoiced_by = ? AND `+which, append([]any{by}, args...)...)
}

// CreditNote returns the day on which a line's credit note was marked as made:
// zero while it is due. None is due of any other line.
func (tx *ReadTx) CreditNote(line int64) (pec.Date, error) {
	return one(tx, pec.Refuse("credit_note_unknown", "Di questa riga non è dovuta nessuna nota di credito."), func(row scanner) (d pec.Date, err error) {
		return d, row.Scan(dayInto{&d})
	}, `SELECT n.day_on FROM recredits c LEFT JOIN credit_notes n ON n.line_id = c.line_id WHERE c.line_id = ? AND c.list_id IS NOT NULL AND c.entry_id IS NOT NULL`, line)
}

// AddCreditNote marks the credit note of a line as made.
func (tx *Tx) AddCreditNote(line int64) error {
	return tx.exec(`INSERT INTO credit_notes (line_id, day_on, actor, at) VALUES (?, ?, ?, ?)`, line, day(tx.On), tx.Actor, instant(tx.Now))
}

// DeleteCreditNote takes back that the credit note of a line was made.
func (tx *Tx) DeleteCreditNote(line int64) error {
	return tx.exec(`DELETE FROM credit_notes WHERE line_id = ?`, line)
}

// RecreditedLines tells what of each order came back to the credit, by the orders'
// ids; of whose nothing did is not in it.
func (tx *ReadTx) RecreditedLines(orders []int64) (map[int64]BackOf, error) {
	list, err := json.Marshal(orders)
	if err != nil {
		return nil, err
	}
	type row struct {
		order int64
		back  BackOf
	}
	rows, err := all(tx, func(s scanner) (r row, err error) {
		return r, s.Scan(&r.order, &r.back.Lines, &r.back.Gross, &r.back.Whole)
	}, `SELECT l.order_id, COUNT(c.line_id), SUM(iif(c.line_id IS NULL, 0, l.gross_cents)), COUNT(*) = COUNT(c.line_id) FROM order_lines l LEFT JOIN recredits c ON c.line_id = l.id
		WHERE l.order_id IN (SELECT value FROM json_each(?)) GROUP BY l.order_id HAVING COUNT(c.line_id) > 0`, string(list))
	of := map[int64]BackOf{}
	for _, r := range rows {
		of[r.order] = r.back
	}
	return of, err
}

// BackOf is what of an order came back to the credit.
type BackOf struct {
	Lines int // how many came back, those that cost nothing too
	Gross pec.Cents
	Whole bool // all of its lines did
}
