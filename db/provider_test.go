package db

import (
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
