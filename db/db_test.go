package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"albopec/app/pec"
)

var ctx = context.Background()

// newDB is a new database in the test's own folder.
func newDB(t *testing.T) *DB {
	t.Helper()
	d, err := Create(filepath.Join(t.TempDir(), "albopec.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

var stamp = Stamp{Now: time.Date(2018, 10, 12, 9, 30, 0, 123e6, time.UTC), On: pec.Day("2018-10-12"), Actor: "prova"}

func write(t *testing.T, d *DB, f func(*Tx) error) {
	t.Helper()
	if err := d.Write(ctx, stamp, f); err != nil {
		t.Fatal(err)
	}
}

// refused runs one statement that the database must refuse with the words
// given, and takes it back.
func refused(t *testing.T, d *DB, says, query string, args ...any) {
	t.Helper()
	err := d.Write(ctx, stamp, func(tx *Tx) error { return tx.exec(query, args...) })
	if err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("%s: %v, want %q", firstWords(query), err, says)
	}
}

func exec(t *testing.T, d *DB, query string, args ...any) {
	t.Helper()
	write(t, d, func(tx *Tx) error { return tx.exec(query, args...) })
}

// fill makes one of each: a member with a mailbox, an agreement, money, an
// order, a service, a charge.
func fill(t *testing.T, d *DB) {
	t.Helper()
	write(t, d, func(tx *Tx) error {
		m, err := tx.AddMember(MemberRow{Member: pec.Member{RegistrationNumber: "A1", Surname: "Rossi", Name: "Mario", Status: pec.MemberActive}})
		if err != nil {
			return err
		}
		if _, err := tx.AddMember(MemberRow{Member: pec.Member{RegistrationNumber: "A2", Surname: "Bianchi", Status: pec.MemberActive}}); err != nil {
			return err
		}
		a, err := tx.AddAgreement(pec.Agreement{Name: "Convenzione", StartsOn: pec.Day("2017-01-01")})
		if err != nil {
			return err
		}
		box, err := tx.AddMailbox(MailboxRow{Mailbox: pec.Mailbox{
			Address: "mario.rossi@pec.ordine.example", MemberID: m, Kind: "standard", Status: pec.MailboxActive, ActivatedOn: pec.Day("2017-10-12"),
			AnchorOn: pec.Day("2017-10-12"), ExpiresOn: pec.Day("2018-10-12"), TermYears: 1, AutoRenew: true,
		}})
		if err != nil {
			return err
		}
		p := Period{MailboxID: box, StartsOn: pec.Day("2017-10-12"), EndsOn: pec.Day("2018-10-12"), Origin: "activation"}
		period, err := tx.AddPeriod(p)
		if err != nil {
			return err
		}
		if err := tx.AddCharge(period, p, a, pec.Amounts{Net: 500, VAT: 110, Gross: 610}); err != nil {
			return err
		}
		top, err := tx.AddTopUp(TopUp{MemberID: m, Method: pec.ByCounter, Reference: "R1", Amount: 1000, On: stamp.On})
		if err != nil {
			return err
		}
		if _, err := tx.AddEntry(Entry{MemberID: m, On: stamp.On, Kind: pec.EntryTopUp, Amount: 1000, TopUpID: top}); err != nil {
			return err
		}
		service, err := tx.AddService(ServiceRow{Service: pec.Service{
			MailboxID: box, Product: pec.InboxGB, Quantity: 1, StartedOn: stamp.On, ExpiresOn: pec.Day("2018-10-12"), AutoRenew: true, Source: pec.SoldByOrdine,
		}, ProductName: "Spazio"})
		if err != nil {
			return err
		}
		order, err := tx.AddOrder(OrderRow{MemberID: m, MailboxID: box, Kind: pec.OrderPurchase, OrderedOn: stamp.On, AgreementID: a,
			Price: pec.Amounts{Net: 250, VAT: 55, Gross: 305}, EnteredBy: "prova"},
			[]OrderLine{{ServiceID: service, Product: pec.InboxGB, ProductName: "Spazio", Quantity: 1, Unit: "GB", UnitPrice: 250, VATRate: "22", Price: pec.Amounts{Net: 250, VAT: 55, Gross: 305}}})
		if err != nil {
			return err
		}
		if err := tx.CompleteOrder(order, stamp.On); err != nil {
			return err
		}
		if _, err := tx.AddEntry(Entry{MemberID: m, On: stamp.On, Kind: pec.EntryOrder, Amount: -305, OrderID: order}); err != nil {
			return err
		}
		if err := tx.AddClaim(m, 100, 0, stamp.On, "prova"); err != nil {
			return err
		}
		return tx.Record("prova", "member", m, nil)
	})
}

// TestOnlyWhatWasPaidComesBack: 3,05 € of a completed order, once; the books are
// checked for it.
func TestOnlyWhatWasPaidComesBack(t *testing.T) {
	d := newDB(t)
	fill(t, d)
	recredit := `INSERT INTO recredits (line_id, entry_id, list_id, reason, day_on, actor, at) VALUES (1, %s, NULL, 'prova', '2017-12-07', 'prova', '')`
	refused(t, d, "only what was paid comes back", fmt.Sprintf(recredit, "NULL"))
	refused(t, d, "only what was paid comes back", fmt.Sprintf(recredit, "1")) // the top-up's entry
	write(t, d, func(tx *Tx) error {
		entry, err := tx.AddEntry(Entry{MemberID: 1, On: stamp.On, Kind: pec.EntryRecredit, Amount: 300, Reason: "prova"})
		if err != nil {
			return err
		}
		if err := tx.AddRecredit(1, entry, "prova"); err != nil {
			return err
		}
		found, err := tx.Check()
		for _, says := range []string{"Il riaccredito 3 non è la somma", "Il servizio 1 è stato riaccreditato e non è cessato."} {
			if !slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, says) }) {
				t.Errorf("check does not find %q: %q", says, found)
			}
		}
		return err
	})
	refused(t, d, "what came back is not changed", "UPDATE recredits SET reason = 'x'")
	refused(t, d, "what came back is not changed", "DELETE FROM recredits")
	refused(t, d, "UNIQUE", fmt.Sprintf(recredit, "3"))
}

func TestMoneyIsOnlyEverAddedTo(t *testing.T) {
	d := newDB(t)
	fill(t, d)
	for _, table := range []string{"ledger", "topups", "claims", "charges", "audit"} {
		column := map[string]string{"ledger": "amount_cents = 1", "topups": "amount_cents = 1", "claims": "amount_cents = 1", "charges": "net_cents = 0, gross_cents = 110", "audit": "action = 'x'"}[table]
		refused(t, d, "append-only", "UPDATE "+table+" SET "+column)
		refused(t, d, "append-only", "DELETE FROM "+table)
		refused(t, d, "append-only", "UPDATE "+table+" SET id = id + 100")
	}
	// REPLACE deletes without asking the triggers unless recursive_triggers is on.
	refused(t, d, "", "INSERT OR REPLACE INTO ledger SELECT id, member_id, seq, day_on, kind, 5, 5, order_id, topup_id, reverses_id, reason, actor, at FROM ledger WHERE seq = 1")
	read(t, d, func(tx *ReadTx) error {
		entries, err := tx.Entries(1)
		if err == nil && (len(entries) != 2 || entries[0].Amount != 1000 || entries[1].Amount != -305 || entries[1].Balance != 695) {
			t.Errorf("the ledger is now %+v", entries)
		}
		return err
	})
}

func read(t *testing.T, d *DB, f func(*ReadTx) error) {
	t.Helper()
	if err := d.Read(ctx, f); err != nil {
		t.Fatal(err)
	}
}

func TestLedgerAddsUp(t *testing.T) {
	d := newDB(t)
	fill(t, d) // balance 6.95 after two entries
	const insert = "INSERT INTO ledger (member_id, seq, day_on, kind, amount_cents, balance_cents, order_id, topup_id, actor, at) VALUES "
	refused(t, d, "does not add up", insert+"(1, 3, '2018-10-12', 'refund', -100, 600, NULL, NULL, 'x', 'x')") // 695 - 100 is 595
	refused(t, d, "does not add up", insert+"(1, 4, '2018-10-12', 'refund', -100, 595, NULL, NULL, 'x', 'x')") // a gap
	refused(t, d, "does not add up", insert+"(1, 2, '2018-10-12', 'refund', -100, 595, NULL, NULL, 'x', 'x')") // again the second
	refused(t, d, "does not add up", insert+"(2, 1, '2018-10-12', 'refund', 100, 795, NULL, NULL, 'x', 'x')")  // another's balance
	refused(t, d, "balance_cents >= 0", insert+"(1, 3, '2018-10-12', 'refund', -700, -5, NULL, NULL, 'x', 'x')")
	refused(t, d, "amount_cents <> 0", insert+"(1, 3, '2018-10-12', 'refund', 0, 695, NULL, NULL, 'x', 'x')")
	refused(t, d, "kind IN", insert+"(1, 3, '2018-10-12', 'gift', 1, 696, NULL, NULL, 'x', 'x')")
	refused(t, d, "order_id", insert+"(1, 3, '2018-10-12', 'order', -1, 694, 1, NULL, 'x', 'x')") // an order is paid once
	refused(t, d, "FOREIGN KEY", insert+"(1, 3, '2018-10-12', 'order', -1, 694, 99, NULL, 'x', 'x')")
	refused(t, d, "INTEGER column", insert+"(1, 3, '2018-10-12', 'refund', -0.5, 694.5, NULL, NULL, 'x', 'x')")
	exec(t, d, insert+"(1, 3, '2018-10-12', 'refund', -100, 595, NULL, NULL, 'x', 'x')")
	exec(t, d, "INSERT INTO ledger (member_id, seq, day_on, kind, amount_cents, balance_cents, reverses_id, actor, at) VALUES (1, 4, '2018-10-12', 'reversal', -1, 594, 1, 'x', 'x')")
	refused(t, d, "reverses_id", "INSERT INTO ledger (member_id, seq, day_on, kind, amount_cents, balance_cents, reverses_id, actor, at) VALUES (1, 5, '2018-10-12', 'reversal', -1, 593, 1, 'x', 'x')")
}

func TestBalanceOfEachMemberIsTheirOwn(t *testing.T) {
	d := newDB(t)
	fill(t, d)
	write(t, d, func(tx *Tx) error {
		for _, e := range []Entry{{MemberID: 2, Amount: 50}, {MemberID: 1, Amount: 5}, {MemberID: 2, Amount: -20}, {MemberID: 2, Amount: -30}} {
			e.On, e.Kind = stamp.On, pec.EntryReversal
			if _, err := tx.AddEntry(e); err != nil {
				return err
			}
		}
		return nil
	})
	read(t, d, func(tx *ReadTx) error {
		for member, want := range map[int64]pec.Cents{1: 700, 2: 0, 3: 0} {
			if got, err := tx.Balance(member); err != nil || got != want {
				t.Errorf("member %d has %s, %v; want %s", member, got, err, want)
			}
		}
		total, err := tx.CreditAt(pec.Day("2999-12-31"))
		if total != 700 {
			t.Errorf("all credits are %s", total)
		}
		return err
	})
	err := d.Write(ctx, stamp, func(tx *Tx) error {
		_, err := tx.AddEntry(Entry{MemberID: 2, On: stamp.On, Kind: pec.EntryRefund, Amount: -1})
		return err
	})
	if err == nil {
		t.Error("a balance went below zero")
	}
}

func TestWhatIsNeverFalse(t *testing.T) {
	d := newDB(t)
	fill(t, d)
	for _, row := range []struct{ what, says, query string }{
		{"a member without number and code", "registration_number IS NOT NULL", "UPDATE members SET registration_number = NULL WHERE id = 2"},
		{"a number twice", "registration_number", "UPDATE members SET registration_number = 'A1' WHERE id = 2"},
		{"a code in small letters", "tax_code", "UPDATE members SET tax_code = 'abc' WHERE id = 2"},
		{"a leaver without a day", "left_on", "UPDATE members SET status = 'cancelled' WHERE id = 2"},
		{"a leaving day on the register", "left_on", "UPDATE members SET left_on = '2018-01-01' WHERE id = 2"},
		{"another status", "status IN", "UPDATE members SET status = 'gone', left_on = '2018-01-01' WHERE id = 2"},
		{"an address twice", "mailboxes.address", "INSERT INTO mailboxes (address, member_id, kind, status, created_at) VALUES ('mario.rossi@pec.ordine.example', 1, 'standard', 'requested', 'x')"},
		{"another holder's address", "another holder", "INSERT INTO mailboxes (address, member_id, kind, status, created_at) VALUES ('mario.rossi@pec.ordine.example', 2, 'standard', 'requested', 'x')"},
		{"an address in capitals", "lower(address)", "INSERT INTO mailboxes (address, member_id, kind, status, created_at) VALUES ('A@b', 2, 'standard', 'requested', 'x')"},
		{"active without days", "activated_on IS NOT NULL", "INSERT INTO mailboxes (address, member_id, kind, status, created_at) VALUES ('a@b', 2, 'standard', 'active', 'x')"},
		{"closed without a day", "closed_on", "UPDATE mailboxes SET status = 'closed'"},
		{"closed on a day, but active", "closed_on", "UPDATE mailboxes SET closed_on = '2018-01-01'"},
		{"a term of six years", "term_years", "UPDATE mailboxes SET term_years = 6"},
		{"a mailbox of nobody", "FOREIGN KEY", "INSERT INTO mailboxes (address, member_id, kind, status, created_at) VALUES ('a@b', 99, 'standard', 'requested', 'x')"},
		{"a period backwards", "ends_on > starts_on", "INSERT INTO periods (mailbox_id, starts_on, ends_on, origin, recorded_on) VALUES (1, '2019-10-12', '2019-10-12', 'renewal', 'x')"},
		{"a period twice", "periods.mailbox_id, periods.starts_on", "INSERT INTO periods (mailbox_id, starts_on, ends_on, origin, recorded_on) VALUES (1, '2017-10-12', '2019-10-12', 'renewal', 'x')"},
		{"a second charge of a period", "UNIQUE", "INSERT INTO charges (period_id, mailbox_id, starts_on, agreement_id, net_cents, vat_cents, gross_cents, recorded_on) VALUES (1, 1, '2018-10-12', 1, 1, 0, 1, 'x')"},
		{"a charge that does not add up", "gross_cents", "INSERT INTO charges (period_id, mailbox_id, starts_on, agreement_id, net_cents, vat_cents, gross_cents, recorded_on) VALUES (2, 1, '2018-10-12', 1, 1, 1, 3, 'x')"},
		{"a finished order changed", "finished order", "UPDATE orders SET reason = 'x'"},
		{"an order deleted", "not deleted", "DELETE FROM orders"},
		{"an order number twice", "orders.number_year", "INSERT INTO orders (member_id, mailbox_id, kind, state, ordered_on, completed_on, number_year, number, agreement_id, net_cents, vat_cents, gross_cents, entered_by, created_at) VALUES (1, 1, 'purchase', 'completed', 'x', 'x', 2018, 1, 1, 0, 0, 0, 'x', 'x')"},
		{"completed without a number", "number IS NOT NULL", "INSERT INTO orders (member_id, mailbox_id, kind, state, ordered_on, completed_on, agreement_id, net_cents, vat_cents, gross_cents, entered_by, created_at) VALUES (1, 1, 'purchase', 'completed', 'x', 'x', 1, 0, 0, 0, 'x', 'x')"},
		{"a number while waiting", "number IS NOT NULL", "INSERT INTO orders (member_id, mailbox_id, kind, state, ordered_on, number_year, number, agreement_id, net_cents, vat_cents, gross_cents, entered_by, created_at) VALUES (1, 1, 'purchase', 'awaiting_payment', 'x', 2018, 2, 1, 0, 0, 0, 'x', 'x')"},
		{"a lapsed order without a day", "ended_on", "INSERT INTO orders (member_id, mailbox_id, kind, state, ordered_on, agreement_id, net_cents, vat_cents, gross_cents, entered_by, created_at) VALUES (1, 1, 'purchase', 'lapsed', 'x', 1, 0, 0, 0, 'x', 'x')"},
		{"a service of nothing", "quantity > 0", "UPDATE services SET quantity = 0, next_quantity = 0"},
		{"more next year than now", "next_quantity", "UPDATE services SET next_quantity = 2"},
		{"ended without a reason", "end_reason", "UPDATE services SET ended_on = '2018-10-12'"},
		{"a top-up of nothing", "amount_cents > 0", "INSERT INTO topups (member_id, method, reference, reference_key, amount_cents, day_on, actor, at) VALUES (1, 'counter', 'R2', 'R2', 0, 'x', 'x', 'x')"},
		{"a top-up without a reference", "reference <> ''", "INSERT INTO topups (member_id, method, reference, reference_key, amount_cents, day_on, actor, at) VALUES (1, 'counter', '', 'R2', 1, 'x', 'x', 'x')"},
		{"a top-up twice", "topups.method, topups.reference_key, topups.member_id", "INSERT INTO topups (member_id, method, reference, reference_key, amount_cents, day_on, actor, at) VALUES (1, 'counter', 'R 1', 'R1', 1, 'x', 'x', 'x')"},
		{"another method", "method IN", "INSERT INTO topups (member_id, method, reference, reference_key, amount_cents, day_on, actor, at) VALUES (1, 'cash', 'R3', 'R3', 1, 'x', 'x', 'x')"},
		{"two agreements from one day", "agreements.starts_on", "INSERT INTO agreements (starts_on, name, document, created_at) VALUES ('2017-01-01', 'x', '{}', 'x')"},
		{"an agreement that is no document", "json_valid", "INSERT INTO agreements (starts_on, name, document, created_at) VALUES ('2019-01-01', 'x', '{', 'x')"},
		{"an agreement in use deleted", "FOREIGN KEY", "DELETE FROM agreements"},
		{"a member in use deleted", "FOREIGN KEY", "DELETE FROM members WHERE id = 1"},
		{"a second Ordine", "id = 1", "INSERT INTO order_body (id, name, created_at) VALUES (2, 'x', 'x')"},
		{"two default domains", "is_default", "INSERT INTO domains VALUES ('a.example', 1), ('b.example', 1)"},
		{"another role", "role IN", "INSERT INTO operators (email, role, created_at) VALUES ('a@b.example', 'root', 'x')"},
	} {
		t.Run(row.what, func(t *testing.T) { refused(t, d, row.says, row.query) })
	}
}

func TestSharedReferencesAreForTransfersAndTheCounter(t *testing.T) {
	d := newDB(t)
	fill(t, d)
	for method, shared := range map[pec.TopUpMethod]bool{pec.ByBankTransfer: true, pec.ByCounter: true, pec.ByCard: false, pec.ByPagoPA: false} {
		add := func(member int64) error {
			return d.Write(ctx, stamp, func(tx *Tx) error {
				_, err := tx.AddTopUp(TopUp{MemberID: member, Method: method, Reference: "uguale", Amount: 100, On: stamp.On})
				return err
			})
		}
		if err := add(1); err != nil {
			t.Fatal(err)
		}
		if err := add(2); (err == nil) != shared {
			t.Errorf("%s for a second member: %v", method, err)
		}
	}
}

func TestClosedAddressComesBackToItsHolder(t *testing.T) {
	d := newDB(t)
	fill(t, d)
	exec(t, d, "UPDATE mailboxes SET status = 'closed', closed_on = '2018-10-12'")
	const insert = "INSERT INTO mailboxes (address, member_id, kind, status, created_at) VALUES ('mario.rossi@pec.ordine.example', ?, 'standard', 'requested', 'x')"
	refused(t, d, "another holder", insert, 2)
	exec(t, d, insert, 1)
	read(t, d, func(tx *ReadTx) error {
		m, err := tx.MailboxByAddress("mario.rossi@pec.ordine.example")
		if m.Status != pec.MailboxRequested {
			t.Errorf("by its address the mailbox is %s", m.Status)
		}
		return err
	})
}

// TestLongOrderNumbersAreWhole: the ledger, the lists to be invoiced and what a
// payment may name write the number as its order does.
func TestLongOrderNumbersAreWhole(t *testing.T) {
	d := newDB(t)
	fill(t, d)
	var order int64
	write(t, d, func(tx *Tx) (err error) {
		if order, err = tx.AddOrder(OrderRow{MemberID: 1, MailboxID: 1, Kind: pec.OrderPurchase, OrderedOn: stamp.On, AgreementID: 1, Price: pec.Amounts{Net: 100, VAT: 22, Gross: 122}, EnteredBy: "prova"}, nil); err != nil {
			return err
		}
		if err := tx.exec(`UPDATE orders SET state = 'completed', completed_on = '2018-10-12', number_year = 2018, number = 1234567 WHERE id = ?`, order); err != nil {
			return err
		}
		_, err = tx.AddEntry(Entry{MemberID: 1, On: stamp.On, Kind: pec.EntryOrder, Amount: -122, OrderID: order})
		return err
	})
	read(t, d, func(tx *ReadTx) error {
		o, err := tx.Order(order)
		if err != nil {
			return err
		}
		entry, err := tx.EntryOfOrder(order)
		if err != nil {
			return err
		}
		named, err := tx.NumberedOrders()
		if err != nil {
			return err
		}
		rows, err := tx.ToInvoice(InvoiceFilter{}) // the agreement says not who invoices
		if err != nil {
			return err
		}
		const want = "2018/1234567"
		if o.Number() != want || entry.OrderNumber != want || named[1].Number != want || len(rows) != 2 || rows[1].Number != want {
			t.Errorf("%s, %s, %s, %v", o.Number(), entry.OrderNumber, named[1].Number, rows)
		}
		return nil
	})
}

func TestOrderNumbersHaveNoGaps(t *testing.T) {
	d := newDB(t)
	fill(t, d) // 2018/000001
	complete := func(day string) string {
		var number string
		s := stamp
		s.On = pec.Day(day)
		if err := d.Write(ctx, s, func(tx *Tx) error {
			id, err := tx.AddOrder(OrderRow{MemberID: 1, MailboxID: 1, Kind: pec.OrderPurchase, OrderedOn: s.On, AgreementID: 1, EnteredBy: "prova"}, nil)
			if err != nil {
				return err
			}
			if err := tx.CompleteOrder(id, pec.Day("2018-10-12")); err != nil {
				return err
			}
			o, err := tx.Order(id)
			number = o.Number()
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return number
	}
	for _, row := range []struct{ day, want string }{
		{"2018-12-31", "2018/000002"}, {"2019-01-01", "2019/000001"}, {"2019-01-01", "2019/000002"}, {"2018-12-31", "2018/000003"}, {"2020-06-01", "2020/000001"},
	} {
		if got := complete(row.day); got != row.want {
			t.Errorf("on %s: %s, want %s", row.day, got, row.want)
		}
	}
}

func TestWriteThatFailsLeavesNoTrace(t *testing.T) {
	d := newDB(t)
	fill(t, d)
	failed := errors.New("failed")
	err := d.Write(ctx, stamp, func(tx *Tx) error {
		if _, err := tx.AddEntry(Entry{MemberID: 1, On: stamp.On, Kind: pec.EntryReversal, Amount: 5}); err != nil {
			return err
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Errorf("error %v", err)
	}
	func() {
		defer func() { recover() }()
		d.Write(ctx, stamp, func(tx *Tx) error {
			tx.AddEntry(Entry{MemberID: 1, On: stamp.On, Kind: pec.EntryReversal, Amount: 5})
			panic("power cut")
		})
	}()
	read(t, d, func(tx *ReadTx) error {
		b, err := tx.Balance(1)
		if b != 695 {
			t.Errorf("balance %s", b)
		}
		return err
	})
	exec(t, d, "UPDATE members SET title = 'Ing.'") // and the lock is free
}

func TestTryTakesBackItsOwnPartOnly(t *testing.T) {
	d := newDB(t)
	fill(t, d)
	failed := errors.New("failed")
	write(t, d, func(tx *Tx) error {
		entry := func(amount pec.Cents) error {
			_, err := tx.AddEntry(Entry{MemberID: 1, On: stamp.On, Kind: pec.EntryReversal, Amount: amount})
			return err
		}
		if err := entry(5); err != nil {
			return err
		}
		if err := tx.Try(func() error { return errors.Join(entry(100), failed) }); !errors.Is(err, failed) {
			t.Errorf("Try: %v", err)
		}
		if err := tx.Try(func() error { return entry(-10_000) }); !IsConstraint(err) {
			t.Errorf("a balance below zero: %v", err)
		}
		if err := tx.Try(func() error { return tx.DeleteMember(1) }); !IsConstraint(err) {
			t.Errorf("a member with a mailbox: %v", err)
		}
		return tx.Try(func() error { return entry(1) })
	})
	cut, cancel := context.WithCancel(ctx)
	err := d.Write(cut, stamp, func(tx *Tx) error {
		return tx.Try(func() error {
			cancel()
			return tx.DeleteMember(1)
		})
	})
	if err == nil || IsConstraint(err) { // cut short: nobody has the value
		t.Errorf("cut short: %v", err)
	}
	read(t, d, func(tx *ReadTx) error {
		b, err := tx.Balance(1)
		if b != 701 {
			t.Errorf("balance %s, want 7.01", b)
		}
		return err
	})
}

func TestReaderCannotWriteAndSeesOneMoment(t *testing.T) {
	d := newDB(t)
	fill(t, d)
	read(t, d, func(tx *ReadTx) error {
		if _, err := tx.tx.ExecContext(ctx, "UPDATE members SET title = 'x'"); err == nil {
			t.Error("a reader wrote")
		}
		return nil
	})
	read(t, d, func(tx *ReadTx) error {
		if _, err := tx.Member(1); err != nil {
			return err
		}
		exec(t, d, "UPDATE members SET title = 'Ing.'") // meanwhile
		m, err := tx.Member(1)
		if m.Title != "" {
			t.Error("a snapshot changed while it was read")
		}
		return err
	})
}

// TestRowIsReadWithoutAskingForAnother: a statement is prepared once, so the same
// query within would begin anew the rows that are being read.
func TestRowIsReadWithoutAskingForAnother(t *testing.T) {
	d := newDB(t)
	if err := d.Read(ctx, func(tx *ReadTx) error {
		const query = `SELECT value FROM json_each('[1, 2, 3]')`
		number := func(row scanner) (n int, err error) { return n, row.Scan(&n) }
		nested := func(row scanner) (int, error) {
			if _, err := all(tx, number, query); err != nil {
				return 0, err
			}
			return number(row)
		}
		if list, err := all(tx, nested, query); !errors.Is(err, errReading) {
			t.Errorf("a query within the rows of the same: %v, %v", list, err)
		}
		if _, err := one(tx, noMember, nested, `SELECT 1`); !errors.Is(err, errReading) {
			t.Errorf("a query within the only row of another: %v", err)
		}
		// Refused, it is over: what comes next is read.
		if list, err := all(tx, number, query); err != nil || len(list) != 3 {
			t.Errorf("afterwards: %v, %v", list, err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestMemberIsKeptWhole(t *testing.T) {
	d := newDB(t)
	want := MemberRow{Member: pec.Member{
		RegistrationNumber: "A1", Surname: "D’Alò", Name: "Maria Pia", Sex: "F", TaxCode: "DLAMRP80A41H501X", VATNumber: "12345678903", BirthDate: pec.Day("1980-01-01"),
		BirthPlace: "Roma", BirthProvince: "RM", Section: "A", Sector: "a b", RegisteredOn: pec.Day("2010-05-05"), Status: pec.MemberCancelled, LeftOn: pec.Day("2018-03-01"),
		Title: "Ing.", Address: "Via Po 1", PostalCode: "00198", City: "Roma", Province: "RM", Phone: "06", Mobile: "33", Email: "m@posta.example", OwnPEC: "m@pec.example",
	}, LeftRegisteredOn: pec.Day("2018-03-04"), ReservedAddress: "m.dalo@pec.ordine.example", Version: 1}
	write(t, d, func(tx *Tx) error {
		id, err := tx.AddMember(want)
		want.ID = id
		return err
	})
	check := func() {
		t.Helper()
		read(t, d, func(tx *ReadTx) error {
			got, err := tx.Member(want.ID)
			if got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
			return err
		})
	}
	check()
	want.Status, want.LeftOn, want.LeftRegisteredOn, want.Email, want.TaxCode = pec.MemberActive, pec.Date{}, pec.Date{}, "", ""
	write(t, d, func(tx *Tx) error { return tx.SetMember(want) })
	want.Version = 2
	check()
	write(t, d, func(tx *Tx) error {
		if err := tx.MarkMember(want.ID, pec.Day("2018-05-01")); err != nil {
			return err
		}
		return tx.MarkMember(want.ID, pec.Day("2018-04-01")) // an earlier day does not take it back
	})
	want.LastEventOn = pec.Day("2018-05-01")
	check()
}

func TestWhatIsNotThereIsAProblem(t *testing.T) {
	d := newDB(t)
	read(t, d, func(tx *ReadTx) error {
		for what, err := range map[string]error{
			"member": second(tx.Member(9)), "number": second(tx.MemberByNumber("X")), "mailbox": second(tx.Mailbox(9)), "address": second(tx.MailboxByAddress("x@y")),
			"service": second(tx.Service(9)), "order": second(tx.Order(9)), "entry": second(tx.Entry(9)), "agreement": second(tx.Agreement(9)),
			"operator": second(tx.Operator(9)), "e-mail": second(tx.OperatorByEmail("x")), "ordine": second(tx.OrderBody()), "link": second(tx.MemberOfLink("x", stamp.Now)),
		} {
			if p := pec.AsProblem(err); p == nil || !strings.HasSuffix(p.Message, ".") {
				t.Errorf("%s: %v", what, err)
			}
		}
		return nil
	})
}

func second[T any](_ T, err error) error { return err }

func TestSearchFindsNamesHoweverTheyAreTyped(t *testing.T) {
	d := newDB(t)
	write(t, d, func(tx *Tx) error {
		for i, m := range []pec.Member{
			{Surname: "D’Alò", Name: "Maria Pia", TaxCode: "DLAMRP80A41H501X"},
			{Surname: "Štefančič", Name: "Niccolò", Email: "nik@posta.example"},
			{Surname: "Rossi", Name: "Mario"},
		} {
			m.RegistrationNumber, m.Status = fmt.Sprintf("A10%d", i+1), pec.MemberActive
			if _, err := tx.AddMember(MemberRow{Member: m}); err != nil {
				return err
			}
		}
		_, err := tx.AddMailbox(MailboxRow{Mailbox: pec.Mailbox{Address: "capo.ufficio@pec.ordine.example", MemberID: 3, Kind: "standard", Status: pec.MailboxRequested, TermYears: 1}})
		return err
	})
	find := func(typed string) (ids []int64) {
		read(t, d, func(tx *ReadTx) error {
			list, err := tx.MemberList(MemberFilter{Search: typed})
			for _, m := range list {
				ids = append(ids, m.ID)
			}
			n, cerr := tx.MemberCount(MemberFilter{Search: typed})
			if n != len(list) {
				t.Errorf("%q: %d found, %d counted", typed, len(list), n)
			}
			return errors.Join(err, cerr)
		})
		return ids
	}
	for typed, want := range map[string][]int64{
		"d'alo": {1}, "dalo": {1}, "D’ALÒ": {1}, "alò": {1}, "maria": {1}, "mar": {1, 3}, "pia dalo": {1}, "dlamrp": {1}, "stefancic": {2}, "NICCOLO": {2},
		"nik@posta": {2}, "a103": {3}, "A10": {1, 3, 2}, "capo.uff": {3}, "rossi maria": nil, "%": nil, "\"": nil, "' OR 1": nil, "*": nil, "AND": nil,
	} {
		if got := find(typed); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", typed, got, want)
		}
	}
	exec(t, d, "UPDATE mailboxes SET address = 'altra@pec.ordine.example'")
	exec(t, d, "UPDATE members SET surname = 'Verdi' WHERE id = 1")
	exec(t, d, "DELETE FROM members WHERE id = 2")
	for typed, want := range map[string][]int64{"capo": nil, "altra": {3}, "dalo": nil, "verdi": {1}, "stefancic": nil} {
		if got := find(typed); !slices.Equal(got, want) {
			t.Errorf("afterwards %q finds %v, want %v", typed, got, want)
		}
	}
}

// TestEachClaimOfTheSearch: a row for everything that the search says it finds.
func TestEachClaimOfTheSearch(t *testing.T) {
	d := newDB(t)
	members := []pec.Member{
		{RegistrationNumber: "A-12", Surname: "D’Alò", Name: "Maria Pia", TaxCode: "DLAMRP80A41H501X"},
		{RegistrationNumber: "B113", Surname: "Štefančič", Name: "Sofia", Email: "s.stef@casa-nostra.example"},
		{RegistrationNumber: "12/B", Surname: "Di Benedetto", Name: "Gian Luca", Email: "mario.rossi@posta.example", Address: "Via Weiß 3", City: "Łódź"},
		{RegistrationNumber: "C1", Surname: "Weiß", Name: "Øle", OwnPEC: "ole@certa.example", Address: "Via Di Benedetto 12", City: "Borgo"},
		{RegistrationNumber: "C2", Surname: "DʼAmico", Name: "Łucja", Address: "Viale Roma 4"},
		{RegistrationNumber: "C3", Surname: "Rossi-Bianchi", Name: "Æva"},
	}
	write(t, d, func(tx *Tx) error {
		for _, m := range members {
			m.Status = pec.MemberActive
			if _, err := tx.AddMember(MemberRow{Member: m}); err != nil {
				return err
			}
		}
		_, err := tx.AddMailbox(MailboxRow{Mailbox: pec.Mailbox{Address: "lucja.damico@pec.ordine.example", MemberID: 5, Kind: "standard", Status: pec.MailboxRequested, TermYears: 1}})
		return err
	})
	for _, row := range []struct {
		claim, typed string
		want         []int64
	}{
		{"an apostrophe as it is typed", "d'alo", []int64{1}},
		{"a curved one and an accent", "D’Alò", []int64{1}},
		{"no apostrophe at all", "dalo", []int64{1}},
		{"an apostrophe and a space", "d' alo", []int64{1}},
		{"an apostrophe apart as a space", "d alo", []int64{1}},
		{"a letter that stands for an apostrophe", "d'amico", []int64{5}},
		{"and without it", "damico", []int64{5}},
		{"name before surname", "sofia stefancic", []int64{2}},
		{"in Czech letters", "štefančič", []int64{2}},
		{"in plain ones", "stefancic", []int64{2}},
		{"a prefix with its space", "gian luca di benedetto", []int64{3}},
		{"a prefix without it", "dibenedetto", []int64{3}},
		{"the same and the name before", "gian dibenedetto", []int64{3}},
		{"two names as one", "gianluca", []int64{3}},
		{"one name of two, as the index has it", "maria pia", []int64{1}},
		{"ß as it is", "weiß", []int64{4}},
		{"ß as ss", "weiss", []int64{4}},
		{"ø as o", "ole", []int64{4}},
		{"ø as it is", "Øle", []int64{4}},
		{"ł as l", "lucja", []int64{5}},
		{"æ as ae", "aeva", []int64{6}},
		{"a double surname with its hyphen", "rossi-bianchi", []int64{6}},
		{"as two words", "bianchi rossi", []int64{6}},
		{"as one", "rossibianchi", []int64{6}},
		{"the local part of an e-mail", "mario.rossi", []int64{3}},
		{"a part of the domain", "posta.ex", []int64{3}},
		{"a part of a domain with a hyphen", "casa-nostra", []int64{2}},
		{"a whole address", "S.STEF@casa-nostra.example", []int64{2}},
		{"an own PEC", "ole@certa", []int64{4}},
		{"a mailbox", "lucja.damico@pec", []int64{5}},
		{"the beginning of a tax code", "dlamrp80", []int64{1}},
		{"a number with its sign", "A-12", []int64{1}},
		{"a number without it", "a12", []int64{1}},
		{"a number with a sign that it has not", "b-113", []int64{2}},
		{"a number with a slash", "12/b", []int64{3}},
		{"a street", "via weiss", []int64{3}},
		{"a street of more words", "via di benedetto", []int64{4}},
		{"a street and its town", "via borgo", []int64{4}},
		{"a surname, not those who live in its street", "benedetto", []int64{3}},
		{"a town alone is a filter", "borgo", nil},
		{"every word must be there", "sofia dalo", nil},
		{"signs alone", "'", nil},
	} {
		t.Run(row.claim, func(t *testing.T) {
			read(t, d, func(tx *ReadTx) error {
				list, err := tx.MemberList(MemberFilter{Search: row.typed})
				var got []int64
				for _, m := range list {
					got = append(got, m.ID)
				}
				slices.Sort(got)
				if !slices.Equal(got, row.want) {
					t.Errorf("%q finds %v, want %v", row.typed, got, row.want)
				}
				return err
			})
		})
	}
	read(t, d, func(tx *ReadTx) error {
		found, err := tx.Check()
		if len(found) > 0 {
			t.Errorf("check: %v", found)
		}
		return err
	})
	exec(t, d, "UPDATE members SET address = 'Piazza Nuova 1' WHERE id = 5")
	read(t, d, func(tx *ReadTx) error {
		list, err := tx.MemberList(MemberFilter{Search: "piazza nuova"})
		if len(list) != 1 || list[0].ID != 5 {
			t.Errorf("a street that changed is not found: %v", list)
		}
		if _, err := tx.MemberList(MemberFilter{Search: strings.Repeat("rossi mario-", 2000)}); err != nil {
			t.Errorf("a novel typed into the search: %v", err)
		}
		return err
	})
}

func TestPagesOfMembersMeetWithoutGapOrOverlap(t *testing.T) {
	d := newDB(t)
	write(t, d, func(tx *Tx) error {
		for i := range 25 {
			if _, err := tx.AddMember(MemberRow{Member: pec.Member{RegistrationNumber: fmt.Sprint(i), Surname: []string{"Rossi", "Bianchi", "Verdi"}[i%3], Name: "Mario", Status: pec.MemberActive}}); err != nil {
				return err
			}
		}
		return nil
	})
	read(t, d, func(tx *ReadTx) error {
		all, err := tx.MemberList(MemberFilter{})
		if err != nil || len(all) != 25 {
			t.Fatalf("%d members, %v", len(all), err)
		}
		var forward []int64
		after := int64(0)
		for {
			page, err := tx.MemberList(MemberFilter{After: after, Limit: 7})
			if err != nil {
				return err
			}
			if len(page) == 0 {
				break
			}
			for _, m := range page {
				forward = append(forward, m.ID)
			}
			after = page[len(page)-1].ID
		}
		for i, m := range all {
			if forward[i] != m.ID {
				t.Fatalf("page by page %v", forward)
			}
		}
		back, err := tx.MemberList(MemberFilter{Before: all[20].ID, Limit: 7})
		if err != nil || len(back) != 7 || back[0].ID != all[13].ID || back[6].ID != all[19].ID {
			t.Errorf("the page before the twenty-first: %v, %v", back, err)
		}
		return nil
	})
}

// TestPagesMeetInEveryOrder: page by page, forward and back, each order holds
// everybody once, and who lacks the value comes last either way.
func TestPagesMeetInEveryOrder(t *testing.T) {
	d := newDB(t)
	write(t, d, func(tx *Tx) error {
		for i, m := range []pec.Member{
			{RegistrationNumber: "A10", Surname: "Rossi", RegisteredOn: pec.Day("2010-01-01")},
			{RegistrationNumber: "A2", Surname: "Verdi"},
			{RegistrationNumber: "B1", Surname: "Bianchi", RegisteredOn: pec.Day("2001-01-01")},
			{TaxCode: "NREDAA80A41H501Q", Surname: "Neri", RegisteredOn: pec.Day("2010-01-01")},
			{RegistrationNumber: "a3", Surname: "Gallo"},
			{RegistrationNumber: "12", Surname: "Conti"},
		} {
			m.Status, m.Name = pec.MemberActive, "Ada"
			id, err := tx.AddMember(MemberRow{Member: m})
			if err != nil {
				return err
			}
			if i%2 == 1 {
				continue
			}
			on := pec.Day("2017-10-12").AddYears(-i)
			if _, err := tx.AddMailbox(MailboxRow{Mailbox: pec.Mailbox{Address: strings.ToLower(m.Surname) + "@pec.ordine.example", MemberID: id, Kind: "standard", Status: pec.MailboxActive,
				ActivatedOn: on, AnchorOn: on, ExpiresOn: on.AddYears(1), TermYears: 1}}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, row := range []struct {
		name, want string
		filter     MemberFilter
	}{
		{"names", "Bianchi Conti Gallo Neri Rossi Verdi", MemberFilter{}},
		{"names, from the last", "Verdi Rossi Neri Gallo Conti Bianchi", MemberFilter{Descending: true}},
		{"numbers as a clerk counts them", "Conti Verdi Gallo Rossi Bianchi Neri", MemberFilter{Order: ByNumber}},
		{"numbers from the last", "Bianchi Rossi Gallo Verdi Conti Neri", MemberFilter{Order: ByNumber, Descending: true}},
		{"expiries", "Gallo Bianchi Rossi Conti Neri Verdi", MemberFilter{Order: ByExpiry}},
		{"expiries from the last", "Rossi Bianchi Gallo Verdi Neri Conti", MemberFilter{Order: ByExpiry, Descending: true}},
		{"on the register since", "Bianchi Neri Rossi Conti Gallo Verdi", MemberFilter{Order: ByRegistered}},
		{"on the register since, the newest first", "Rossi Neri Bianchi Verdi Gallo Conti", MemberFilter{Order: ByRegistered, Descending: true}},
	} {
		t.Run(row.name, func(t *testing.T) {
			names := func(list []MemberListed) (s []string) {
				for _, m := range list {
					s = append(s, m.Surname)
				}
				return s
			}
			read(t, d, func(tx *ReadTx) error {
				whole, err := tx.MemberList(row.filter)
				if got := strings.Join(names(whole), " "); err != nil || got != row.want {
					t.Fatalf("%s, %v, want %s", got, err, row.want)
				}
				for i := range whole {
					f := row.filter
					f.Limit = 2
					f.After = whole[i].ID
					page, err := tx.MemberList(f)
					if want := whole[i+1 : min(i+3, len(whole))]; err != nil || !slices.Equal(names(page), names(want)) {
						t.Errorf("after %s: %v, %v", whole[i].Surname, names(page), err)
					}
					f.After, f.Before = 0, whole[i].ID
					page, err = tx.MemberList(f)
					if want := whole[max(i-2, 0):i]; err != nil || !slices.Equal(names(page), names(want)) {
						t.Errorf("before %s: %v, %v", whole[i].Surname, names(page), err)
					}
				}
				return nil
			})
		})
	}
}

func TestManyReadersAndWritersAtOnce(t *testing.T) {
	d := newDB(t)
	fill(t, d)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 25 {
				if err := d.Write(ctx, stamp, func(tx *Tx) error {
					_, err := tx.AddEntry(Entry{MemberID: 1, On: stamp.On, Kind: pec.EntryReversal, Amount: 1})
					return err
				}); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range 50 {
				if err := d.Read(ctx, func(tx *ReadTx) error {
					b, err := tx.Balance(1)
					total, terr := tx.CreditAt(pec.Day("2999-12-31"))
					if b != total {
						t.Errorf("balance %s, sum of the entries %s", b, total)
					}
					return errors.Join(err, terr)
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	read(t, d, func(tx *ReadTx) error {
		b, err := tx.Balance(1)
		if b != 795 {
			t.Errorf("balance %s, want 7.95", b)
		}
		return err
	})
}

// Opening files.

func TestOpenMakesNoDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "manca.db")
	_, err := Open(path)
	if p := pec.AsProblem(err); p == nil || p.Code != "database_missing" {
		t.Errorf("opened: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a file was made")
	}
}

func TestCreateTakesNoExistingFile(t *testing.T) {
	d := newDB(t)
	if _, err := Create(d.Path()); pec.AsProblem(err) == nil || pec.AsProblem(err).Code != "database_exists" {
		t.Errorf("created over: %v", err)
	}
	info, err := os.Stat(d.Path())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v: the file is for its owner only", info.Mode(), err)
	}
}

func TestOpenAgainFindsWhatWasWritten(t *testing.T) {
	d := newDB(t)
	fill(t, d)
	path := d.Path()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) != 1 {
		t.Errorf("after Close there are %v, %v: the file alone must be whole", files, err)
	}
	for range 2 { // migrations are not made twice
		if d, err = Open(path); err != nil {
			t.Fatal(err)
		}
		read(t, d, func(tx *ReadTx) error {
			b, err := tx.Balance(1)
			if b != 695 {
				t.Errorf("balance %s", b)
			}
			return err
		})
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenAfterAPowerCutFindsWhatWasCommitted(t *testing.T) {
	d := newDB(t)
	fill(t, d)
	// What the disk holds while the program runs: the write-ahead log not folded in.
	dir := t.TempDir()
	for _, end := range []string{"", "-wal"} {
		b, err := os.ReadFile(d.Path() + end)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "albopec.db"+end), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cut, err := Open(filepath.Join(dir, "albopec.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer cut.Close()
	read(t, cut, func(tx *ReadTx) error {
		b, err := tx.Balance(1)
		if b != 695 {
			t.Errorf("balance %s", b)
		}
		return err
	})
}

func TestPathsWithUnusualLetters(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "Àlbo 100% #1?&=+")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	d, err := Create(filepath.Join(dir, "l’albo?mode=ro.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	fill(t, d)
	if _, err := os.Stat(filepath.Join(dir, "l’albo?mode=ro.db")); err != nil {
		t.Errorf("the file went elsewhere: %v", err)
	}
}

func TestForeignFilesAreRefusedAndLeftAsTheyAre(t *testing.T) {
	foreign := func(path string, statements ...string) {
		t.Helper()
		x, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		for _, s := range statements {
			if _, err := x.Exec(s); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, row := range []struct {
		what string
		make func(path string)
	}{
		{"empty", func(path string) { os.WriteFile(path, nil, 0o600) }},
		{"words", func(path string) { os.WriteFile(path, []byte(strings.Repeat("Non sono un database.\n", 500)), 0o600) }},
		{"a few words", func(path string) { os.WriteFile(path, []byte("ciao"), 0o600) }},
		{"only the beginning of a database", func(path string) { os.WriteFile(path, []byte("SQLite format 3\x00"), 0o600) }},
		{"another program's database", func(path string) { foreign(path, "CREATE TABLE members (id)", "PRAGMA user_version = 1") }},
		{"another program's, with its mark", func(path string) { foreign(path, "CREATE TABLE x (id)", "PRAGMA application_id = 7") }},
		{"a database without tables", func(path string) { foreign(path, "CREATE TABLE x (id)", "DROP TABLE x") }},
	} {
		path := filepath.Join(t.TempDir(), "straniero.db")
		row.make(path)
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		d, err := Open(path)
		if err == nil {
			d.Close()
		}
		if p := pec.AsProblem(err); p == nil || p.Code != "database_unreadable" {
			t.Errorf("%s: %v", row.what, err)
		}
		if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
			t.Errorf("%s: the file was changed (%v)", row.what, err)
		}
	}
}

func TestFolderIsNoDatabase(t *testing.T) {
	if _, err := Open(t.TempDir()); pec.AsProblem(err) == nil {
		t.Errorf("opened a folder: %v", err)
	}
}

func TestNewerFilesAreRefusedAndLeftAsTheyAre(t *testing.T) {
	d := newDB(t)
	exec(t, d, "PRAGMA user_version = 999")
	path := d.Path()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); !errors.Is(err, ErrNewer) {
		t.Errorf("opened: %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the file was changed (%v)", err)
	}
}

func TestMigrationsAreNumberedAndLeaveASoundFile(t *testing.T) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for i, f := range files {
		if !strings.HasPrefix(filepath.Base(f), fmt.Sprintf("%03d_", i+1)) {
			t.Errorf("migration %d is called %s", i+1, f)
		}
	}
	d := newDB(t)
	fill(t, d)
	read(t, d, func(tx *ReadTx) error {
		for query, want := range map[string]string{
			"PRAGMA user_version":                           fmt.Sprint(len(files)),
			"PRAGMA application_id":                         fmt.Sprint(applicationID),
			"PRAGMA journal_mode":                           "wal",
			"PRAGMA foreign_keys":                           "1",
			"PRAGMA integrity_check":                        "ok",
			"SELECT COUNT(*) FROM pragma_foreign_key_check": "0",
			"SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%STRICT%' AND name NOT LIKE '%fts%' AND name NOT LIKE 'sqlite_%'": "0",
		} {
			got, err := value[string](tx, query)
			if err != nil || got != want {
				t.Errorf("%s: %q, %v; want %q", query, got, err, want)
			}
		}
		return nil
	})
	var sync string
	if err := d.writer.QueryRow("PRAGMA synchronous").Scan(&sync); err != nil || sync != "2" {
		t.Errorf("the writer is synchronous %s (%v), want 2: money is on the disk when it is booked", sync, err)
	}
}

// TestOlderFileIsBroughtUpWithItsSearch: a file of the first release is
// searched and checked as a new one.
func TestOlderFileIsBroughtUpWithItsSearch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	old, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	script, err := migrations.ReadFile("migrations/001_init.sql")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.Exec(string(script) + fmt.Sprintf(`;PRAGMA user_version = 1; PRAGMA application_id = %d;
		INSERT INTO members (registration_number, surname, name, status, address, created_at) VALUES ('A-1', 'Di Weiß', 'Ole', 'active', 'Via Roma 1', 'x')`, applicationID)); err != nil {
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
		for _, typed := range []string{"diweiss", "a1", "via roma"} {
			if n, err := tx.MemberCount(MemberFilter{Search: typed}); n != 1 || err != nil {
				t.Errorf("%q finds %d, %v", typed, n, err)
			}
		}
		found, err := tx.Check()
		if len(found) > 0 {
			t.Errorf("check: %v", found)
		}
		return err
	})
}

// Civil days are compared as text: every column of days holds the ISO form.
func TestDaysSortAsText(t *testing.T) {
	d := newDB(t)
	read(t, d, func(tx *ReadTx) error {
		for _, row := range [][2]string{{"2018-09-30", "2018-10-01"}, {"1999-12-31", "2000-01-01"}} {
			if day(pec.Day(row[0])).(string) >= day(pec.Day(row[1])).(string) {
				t.Errorf("%s does not come before %s", row[0], row[1])
			}
		}
		return nil
	})
	if day(pec.Date{}) != nil {
		t.Error("no day is not NULL")
	}
	var at time.Time
	if err := (instantInto{&at}).Scan(instant(stamp.Now)); err != nil || !at.Equal(stamp.Now) {
		t.Errorf("%s reads back as %s, %v", stamp.Now, at, err)
	}
}
