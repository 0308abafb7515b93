package db

import (
	"database/sql"
	"fmt"
	"io/fs"
	"path/filepath"
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

// TestOlderRequestsGetTheirMailboxsAddress: a file from before requests kept the
// address that they were sent with.
func TestOlderRequestsGetTheirMailboxsAddress(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	old, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	const before = 11
	for _, name := range scripts[:before] {
		script, err := migrations.ReadFile(name)
		if err == nil {
			_, err = old.Exec(string(script))
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if _, err := old.Exec(fmt.Sprintf(`PRAGMA user_version = %d; PRAGMA application_id = %d;
		INSERT INTO members (registration_number, surname, name, status, created_at) VALUES ('1', 'Rossi', 'Mario', 'active', 'x');
		INSERT INTO mailboxes (address, member_id, kind, status, requested_on, created_at) VALUES ('rossi@pec.example', 1, 'standard', 'rejected', '2018-01-01', 'x');
		INSERT INTO provider_requests (mailbox_id, operation, kind, extra_gb, state, first_on, sent_on) VALUES (1, 'activate', 'standard', 0, 'rejected', '2018-01-02', '2018-01-02')`, before, applicationID)); err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	read(t, d, func(tx *ReadTx) error {
		list, err := tx.RequestList(RequestFilter{State: "rejected"})
		if len(list) != 1 || list[0].Address != "rossi@pec.example" {
			t.Errorf("the requests are %+v", list)
		}
		return err
	})
}
