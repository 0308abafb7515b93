package db

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"albopec/app/pec"
)

// TestRequestsAreAskedOnce: the database itself refuses a second activation or
// closing of a mailbox, a change to a file that was sent, and an address that
// changes under the provider.
func TestRequestsAreAskedOnce(t *testing.T) {
	d := newDB(t)
	var box int64
	write(t, d, func(tx *Tx) error {
		member, err := tx.AddMember(MemberRow{Member: pec.Member{RegistrationNumber: "1", Surname: "Rossi", Status: pec.MemberActive}})
		if err != nil {
			return err
		}
		other, err := tx.AddMember(MemberRow{Member: pec.Member{RegistrationNumber: "2", Surname: "Verdi", Status: pec.MemberActive}})
		if err != nil {
			return err
		}
		if _, err := tx.AddMailbox(MailboxRow{Mailbox: pec.Mailbox{Address: "verdi@pec.example", MemberID: other, Kind: "standard", Status: pec.MailboxRequested, RequestedOn: pec.Day("2018-01-01"), TermYears: 1}}); err != nil {
			return err
		}
		box, err = tx.AddMailbox(MailboxRow{Mailbox: pec.Mailbox{Address: "rossi@pec.example", MemberID: member, Kind: "standard", Status: pec.MailboxSent, RequestedOn: pec.Day("2018-01-01"), TermYears: 1}})
		if err != nil {
			return err
		}
		if err := tx.AddProviderFile(ProviderFile{ID: 1, Format: "csv", Requests: 1, Content: []byte("x"), MadeOn: pec.Day("2018-01-02")}); err != nil {
			return err
		}
		_, err = tx.AddProviderRequest(ProviderRequest{FileID: 1, Request: pec.Request{MailboxID: box, Operation: pec.AskActivate, Kind: "standard", State: pec.RequestSent, FirstOn: pec.Day("2018-01-02"), SentOn: pec.Day("2018-01-02")}})
		return err
	})
	for name, f := range map[string]func(*Tx) error{
		"a second activation": func(tx *Tx) error {
			_, err := tx.AddProviderRequest(ProviderRequest{Request: pec.Request{MailboxID: box, Operation: pec.AskActivate, Kind: "standard", State: pec.RequestDone}})
			return err
		},
		"an awaited request never sent": func(tx *Tx) error {
			_, err := tx.AddProviderRequest(ProviderRequest{Request: pec.Request{MailboxID: box, Operation: pec.AskSpace, Kind: "standard", State: pec.RequestSent}})
			return err
		},
		"another content": func(tx *Tx) error { return tx.exec(`UPDATE provider_files SET content = 'y'`) },
		"no file":         func(tx *Tx) error { return tx.exec(`DELETE FROM provider_files`) },
		"no request":      func(tx *Tx) error { return tx.DeleteProviderRequest(1) },
		"an address sent": func(tx *Tx) error { return tx.exec(`UPDATE mailboxes SET address = 'r@pec.example' WHERE id = ?`, box) },
		"another's address": func(tx *Tx) error {
			return tx.exec(`UPDATE mailboxes SET address = 'rossi@pec.example' WHERE id <> ?`, box)
		},
		"a kind of import":    func(tx *Tx) error { _, err := tx.AddBatch("shoes", "a.csv", ""); return err },
		"a thing in a change": func(tx *Tx) error { return tx.AddChange(1, Change{Entity: "shoe", ID: 1}) },
	} {
		if err := d.Write(t.Context(), Stamp{Actor: "prova", On: pec.Day("2018-01-03")}, f); err == nil {
			t.Errorf("%s was written", name)
		}
	}
	write(t, d, func(tx *Tx) error {
		batch, err := tx.AddBatch("outcomes", "esiti.csv", "")
		if err != nil {
			return err
		}
		return tx.AddChange(batch, Change{Entity: "request", ID: 1})
	})
}

// olderDB makes a database as it was after so many migrations, with what the
// statements write, and opens it: the later ones run.
func olderDB(t *testing.T, before int, statements string) *DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "old.db")
	old, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range scripts[:before] {
		script, err := migrations.ReadFile(name)
		if err == nil {
			_, err = old.Exec(string(script))
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if _, err := old.Exec(fmt.Sprintf(`PRAGMA user_version = %d; PRAGMA application_id = %d; %s`, before, applicationID, statements)); err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// TestOlderRequestsGetTheirMailboxsAddress: a file from before requests kept the
// address that they were sent with.
func TestOlderRequestsGetTheirMailboxsAddress(t *testing.T) {
	d := olderDB(t, 11, `
		INSERT INTO members (registration_number, surname, name, status, created_at) VALUES ('1', 'Rossi', 'Mario', 'active', 'x');
		INSERT INTO mailboxes (address, member_id, kind, status, requested_on, created_at) VALUES ('rossi@pec.example', 1, 'standard', 'rejected', '2018-01-01', 'x');
		INSERT INTO provider_requests (mailbox_id, operation, kind, extra_gb, state, first_on, sent_on) VALUES (1, 'activate', 'standard', 0, 'rejected', '2018-01-02', '2018-01-02')`)
	read(t, d, func(tx *ReadTx) error {
		list, err := tx.RequestList(RequestFilter{State: "rejected"})
		if len(list) != 1 || list[0].Address != "rossi@pec.example" {
			t.Errorf("the requests are %+v", list)
		}
		return err
	})
}

// TestRequestsOfBeforeAreThoseOfTheLog: of a file from before each request was kept,
// the log tells of the mailbox asked for in 2017 and again in 2018; what was asked
// for after that was withdrawn. Of the other the log tells nothing.
func TestRequestsOfBeforeAreThoseOfTheLog(t *testing.T) {
	asked := func(box int, day string) string {
		return fmt.Sprintf(`INSERT INTO audit (at, day_on, actor, action, entity, entity_id, detail) VALUES ('x', '%s', 'prova', 'mailbox.requested', 'mailbox', %d, '{}');`, day, box)
	}
	d := olderDB(t, 22, `
		INSERT INTO members (registration_number, surname, name, status, created_at) VALUES ('1', 'Rossi', 'Mario', 'active', 'x');
		INSERT INTO mailboxes (address, member_id, kind, status, requested_on, created_at) VALUES
			('rossi@pec.example', 1, 'standard', 'rejected', '2018-02-01', 'x'), ('due@pec.example', 1, 'standard', 'sent', '2017-11-02', 'x');`+
		asked(1, "2017-12-01")+asked(1, "2018-02-01")+asked(1, "2018-03-01"))
	read(t, d, func(tx *ReadTx) error {
		for year, want := range map[int]string{2017: "due@pec.example 2017-11-02 1, rossi@pec.example 2017-12-01 1", 2018: "due@pec.example 2017-11-02 0, rossi@pec.example 2018-02-01 1"} {
			var got []string
			for m, err := range tx.YearMailboxes(pec.StartOfYear(year), pec.EndOfYear(year)) {
				if err != nil {
					return err
				}
				got = append(got, fmt.Sprint(m.Address, " ", m.RequestedOn, " ", m.Requests))
			}
			if got := strings.Join(got, ", "); got != want {
				t.Errorf("%d: %s, want %s", year, got, want)
			}
		}
		return nil
	})
}

// TestLettersOfBeforeKeepTheirWord: a file from before letters had a number of
// another name than the Ordine's register of post.
func TestLettersOfBeforeKeepTheirWord(t *testing.T) {
	d := olderDB(t, 22, `
		INSERT INTO members (registration_number, surname, name, status, created_at) VALUES ('1', 'Rossi', 'Mario', 'active', 'x');
		INSERT INTO letter_sets (kind, made_on, actor, created_at, letters) VALUES ('letter_diffida', '2018-01-02', 'prova', '2018-01-02T09:00:00.000Z', 1);
		INSERT INTO letters (set_id, target, year, number, kind, member_id, made_on, actor, sender, sender_address, place, signer, recipient, address, subject, body, created_at)
			VALUES (1, 'iscritto:1', 2018, 7, 'letter_diffida', 1, '2018-01-02', 'prova', 'Ordine', '', '', '', 'Mario Rossi', '', 'Diffida', 'Testo', '2018-01-02T09:00:00.000Z')`)
	read(t, d, func(tx *ReadTx) error {
		l, err := tx.Letter(1)
		if l.Title() != "Prot. n. 7/2018" || l.Protocol != "" {
			t.Errorf("%q, protocol %q", l.Title(), l.Protocol)
		}
		return err
	})
	refused(t, d, "a letter is not rewritten", `UPDATE letters SET called = 'Lettera n.'`)
	refused(t, d, "a letter is not rewritten", `UPDATE letters SET protocol = '1'`)
}

// TestServicesOfBeforeArePresumed: of a file from before the provider was asked for
// services, those that the Ordine sold and that run are taken for known, a product
// of a mailbox once; space has been asked for ever since.
func TestServicesOfBeforeArePresumed(t *testing.T) {
	service := func(box int, product string, quantity int, since, source, ended string) string {
		return fmt.Sprintf(`INSERT INTO services (mailbox_id, product, product_name, quantity, next_quantity, started_on, expires_on, source, ended_on, end_reason, created_at)
			VALUES (%d, '%s', '%s', %d, %d, '%s', '2018-10-12', '%s', NULLIF('%s', ''), iif('%s' = '', '', 'no_credit'), 'x');`, box, product, product, quantity, quantity, since, source, ended, ended)
	}
	d := olderDB(t, 21, `
		INSERT INTO members (registration_number, surname, name, status, created_at) VALUES ('1', 'Rossi', 'Mario', 'active', 'x');
		INSERT INTO mailboxes (address, member_id, kind, status, requested_on, activated_on, anchor_on, expires_on, created_at) VALUES
			('rossi@pec.example', 1, 'standard', 'active', '2016-10-01', '2016-10-12', '2016-10-12', '2018-10-12', 'x'),
			('due@pec.example', 1, 'standard', 'suspended', '2016-10-01', '2016-10-12', '2016-10-12', '2018-10-12', 'x');`+
		service(1, "archive_gb", 2, "2017-10-12", "ordine", "")+service(1, "archive_gb", 3, "2018-01-10", "ordine", "")+
		service(1, "archive_gb", 9, "2018-01-10", "ordine", "2018-02-01")+service(1, "archive_gb", 7, "2018-01-10", "provider", "")+
		service(1, "inbox_gb", 1, "2018-01-10", "ordine", "")+service(2, "users", 1, "2018-03-10", "ordine", "")+service(2, "stamps", 1, "2018-03-10", "ordine", "2018-03-12"))
	read(t, d, func(tx *ReadTx) error {
		list, err := tx.RequestList(RequestFilter{Services: true, State: "presumed"})
		var got []string
		for _, r := range list {
			if !r.Presumed() || !r.SentOn.IsZero() || r.Kind != "standard" {
				t.Errorf("%+v", r)
			}
			got = append(got, fmt.Sprintf("%s %s %d since %s", r.Address, r.Product, r.Quantity, r.DueOn))
		}
		if want := []string{"rossi@pec.example archive_gb 5 since 2018-01-10", "due@pec.example users 1 since 2018-03-10"}; !slices.Equal(got, want) {
			t.Errorf("presumed are %q, want %q", got, want)
		}
		boxes, err2 := tx.MailboxesToAsk()
		for _, m := range boxes {
			asks, why := m.Due()
			for _, r := range asks {
				if r.Operation != pec.AskSpace || r.ExtraGB != 1 {
					t.Errorf("%s is due (%s): %+v", m.Mailbox.Address, why, r)
				}
			}
		}
		return errors.Join(err, err2)
	})
	for name, f := range map[string]func(*Tx) error{
		"a service without its product": func(tx *Tx) error {
			_, err := tx.AddProviderRequest(ProviderRequest{Request: pec.Request{MailboxID: 1, Operation: pec.AskService, Kind: "standard", State: pec.RequestDone}})
			return err
		},
		"a product without a service": func(tx *Tx) error {
			_, err := tx.AddProviderRequest(ProviderRequest{Request: pec.Request{MailboxID: 1, Operation: pec.AskSpace, Product: "users", Kind: "standard", State: pec.RequestDone}})
			return err
		},
		"an operation that does not exist": func(tx *Tx) error {
			_, err := tx.AddProviderRequest(ProviderRequest{Request: pec.Request{MailboxID: 1, Operation: "paint", Product: "users", Kind: "standard", State: pec.RequestDone}})
			return err
		},
	} {
		if err := d.Write(t.Context(), Stamp{Actor: "prova", On: pec.Day("2018-04-01")}, f); err == nil {
			t.Errorf("%s was written", name)
		}
	}
}

// TestListedQuantitiesOfBefore: of three services of before that a list made, one
// was lowered here from 2 to 1 and renewed so, one is as it was, one a later list no
// longer had; the fourth was bought here.
func TestListedQuantitiesOfBefore(t *testing.T) {
	service := func(id int, quantity int, ended, why, batch string) string {
		return fmt.Sprintf(`INSERT INTO services (id, mailbox_id, product, product_name, quantity, next_quantity, started_on, expires_on, source, ended_on, end_reason, batch_id, created_at)
			VALUES (%d, 1, 'inbox_gb', 'x', %d, %[2]d, '2017-10-12', '2019-10-12', 'ordine', %s, '%s', %s, 'x');`, id, quantity, ended, why, batch)
	}
	d := olderDB(t, 30, `
		INSERT INTO members (registration_number, surname, name, status, created_at) VALUES ('1', 'Rossi', 'Mario', 'active', 'x');
		INSERT INTO mailboxes (address, member_id, kind, status, requested_on, activated_on, anchor_on, expires_on, created_at) VALUES ('rossi@pec.example', 1, 'standard', 'active', '2017-10-12', '2017-10-12', '2017-10-12', '2019-10-12', 'x');
		INSERT INTO import_batches (id, kind, filename, sha256, at, day_on, actor, report) VALUES (1, 'mailboxes', 'x', 'x', 'x', '2018-07-01', 'x', '{}');
		INSERT INTO audit (at, day_on, actor, action, entity, entity_id, detail) VALUES ('x', '2018-08-01', 'x', 'service.changed', 'mailbox', 1, '{"service": 1, "before": {"auto_renew": true, "next_quantity": 2}, "next_quantity": 1}');`+
		service(1, 1, "NULL", "", "1")+service(2, 3, "NULL", "", "1")+service(3, 4, "'2018-07-02'", "not_in_statement", "1")+service(4, 5, "NULL", "", "NULL"))
	read(t, d, func(tx *ReadTx) error {
		m, err := tx.ProviderMailbox(1)
		if m.ListedGB != 2+3 || m.ExtraGB != 1+3+5 {
			t.Errorf("%d GB listed, %d GB running; want 5 and 9", m.ListedGB, m.ExtraGB)
		}
		return err
	})
}

// TestOlderComparisonsAreKept: a comparison from before it was kept how its file was
// read, and a file that waits, are there; only a list to be compared may wait now.
func TestOlderComparisonsAreKept(t *testing.T) {
	sum := strings.Repeat("0", 64)
	d := olderDB(t, 31, `
		INSERT INTO comparisons (filename, sha256, content, rows, equal, expired, made_on, at, actor) VALUES ('elenco.csv', '`+sum+`', x'61', 1, 1, 0, '2018-01-01', '2018-01-01T00:00:00.000Z', 'prova');
		INSERT INTO uploads (kind, filename, sha256, content, actor, created_at) VALUES ('payments', 'a.csv', '`+sum+`', x'61', 'prova', '2018-01-01T00:00:00.000Z')`)
	read(t, d, func(tx *ReadTx) error {
		c, err := tx.Comparison(1)
		if c.Filename != "elenco.csv" || len(c.Reading.Options) != 0 || c.Reading.Header != nil {
			t.Errorf("the comparison is %+v", c)
		}
		if err != nil {
			return err
		}
		readings, err := tx.ComparisonReadings(10)
		if len(readings) != 0 {
			t.Errorf("it says how it was read: %+v", readings)
		}
		return err
	})
	write(t, d, func(tx *Tx) error {
		for kind, may := range map[string]bool{"comparison": true, "members": true, "payments": true, "letters": false} {
			if _, err := tx.AddUpload(Upload{Kind: kind, Filename: "x.csv", SHA256: sum, Content: []byte("a"), Options: []byte("{}")}); (err == nil) != may {
				t.Errorf("%s: %v", kind, err)
			}
		}
		return nil
	})
}
