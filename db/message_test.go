package db

import (
	"strings"
	"testing"
	"time"

	"albopec/app/pec"
)

// What is never false of messages and notices, the database itself refuses.
func TestTheDatabaseKeepsMessagesHonest(t *testing.T) {
	d, err := Create(t.TempDir() + "/a.db")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.writer.Exec(`INSERT INTO members (id, registration_number, surname, status, created_at) VALUES (1, '1', 'Rossi', 'active', 'x');
		INSERT INTO mailboxes (id, address, member_id, kind, status, created_at) VALUES (1, 'rossi@pec.example', 1, 'standard', 'requested', 'x')`); err != nil {
		t.Fatal(err)
	}
	stamp := Stamp{Now: time.Date(2018, 7, 14, 8, 0, 0, 0, time.UTC), On: pec.Day("2018-07-14"), Actor: "prova"}
	if err := d.Write(t.Context(), stamp, func(tx *Tx) error {
		id, err := tx.AddMessage(MessageRow{Key: "notice:1", Kind: pec.MessageNotice, MemberID: 1, MailboxID: 1, Recipient: "a@posta.example",
			Letter: pec.Letter{Subject: "s", Text: "t", HTML: "h"}, MailID: "x@y", State: pec.MessageWaiting, UsefulUntil: stamp.On})
		if err != nil {
			return err
		}
		return tx.AddNotice(NoticeRow{MailboxID: 1, Raised: pec.Raised{ExpiresOn: pec.Day("2018-10-12"), Step: 90}, MessageID: id})
	}); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ name, statement, says string }{
		{"a text written over", `UPDATE messages SET body = 'altro'`, "not rewritten"},
		{"a notice raised twice", `INSERT INTO notices SELECT * FROM notices`, "UNIQUE"},
		{"a notice forgotten", `DELETE FROM notices`, "append-only"},
		{"a notice put off", `UPDATE notices SET step = 60`, "append-only"},
		{"an e-mail to nobody", `UPDATE messages SET recipient = ''`, "CHECK"},
		{"a ninth attempt", `UPDATE messages SET attempts = 9`, "CHECK"},
		{"sent without a moment", `UPDATE messages SET state = 'sent', next_try_at = NULL`, "CHECK"},
		{"waiting for no moment", `UPDATE messages SET next_try_at = NULL`, "CHECK"},
		{"the same message twice", `INSERT INTO messages (key, kind, subject, body, html, message_id, state, day_on, useful_until_on, created_at) VALUES ('notice:1', 'notice', 's', 't', 'h', 'z', 'paper', 'x', 'x', 'x')`, "UNIQUE"},
	} {
		if _, err := d.writer.Exec(row.statement); err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	// A request of erasure takes the text and the address away, and stops what
	// had not left (9.10).
	var m MessageRow
	if err := d.Write(t.Context(), stamp, func(tx *Tx) (err error) {
		if err := tx.EraseContacts(1, []pec.Field{pec.FieldEmail}); err != nil {
			return err
		}
		m, err = tx.Message(1)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if (m.Letter != pec.Letter{}) || m.Recipient != "" || m.State != pec.MessageGivenUp {
		t.Errorf("after the erasure: %+v", m)
	}
}
