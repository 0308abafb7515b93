package db

import (
	"encoding/json"

	"albopec/app/pec"
)

// Closings are the days on which the running mailboxes of leavers close (R5), by
// mailbox: where others have E, it is the end that lists tell and go by. They
// are worked out outside, by the agreements; nil when nobody asks.
type Closings struct{ On map[int64]pec.Date }

// Until counts the mailboxes that close up to and including a day.
func (c *Closings) Until(to pec.Date) (n int) {
	for _, on := range c.On {
		if !on.After(to) {
			n++
		}
	}
	return n
}

// ids are the mailboxes that close between two days, both included and zero for
// no bound, as JSON.
func (c *Closings) ids(from, to pec.Date) string {
	list := []int64{}
	if c != nil {
		for id, on := range c.On {
			if (from.IsZero() || !on.Before(from)) && (to.IsZero() || !on.After(to)) {
				list = append(list, id)
			}
		}
	}
	text, _ := json.Marshal(list) // numbers only
	return string(text)
}

// ends is the condition that a mailbox b ends between two days, zero for no
// bound: a leaver's when it closes, another on E.
func (c *Closings) ends(from, to pec.Date) (where string, args []any) {
	where, args = `(b.id NOT IN (SELECT value FROM json_each(?))`, []any{c.ids(pec.Date{}, pec.Date{})}
	if !from.IsZero() {
		where, args = where+` AND b.expires_on >= ?`, append(args, day(from))
	}
	if !to.IsZero() {
		where, args = where+` AND b.expires_on <= ?`, append(args, day(to))
	}
	return where + ` OR b.id IN (SELECT value FROM json_each(?)))`, append(args, c.ids(from, to))
}

// LeaverBooks loads the books of all who left the register and have a mailbox
// that still runs, as DueBooks does.
func (tx *ReadTx) LeaverBooks() ([]HeldBook, error) {
	return tx.books(`SELECT m.id FROM members m WHERE m.status <> ?1 AND m.status <> 'suspended'
		AND EXISTS (SELECT 1 FROM mailboxes b WHERE b.member_id = m.id AND b.status IN ('active', 'suspended'))`, pec.MemberActive)
}
