package db

import (
	"strings"
	"testing"
)

// TestCheckFindsPlantedDamage takes the guards away, damages one thing at a
// time and expects it to be told.
func TestCheckFindsPlantedDamage(t *testing.T) {
	for _, c := range []struct{ name, damage, says string }{
		{"money without a payment", `INSERT INTO ledger (member_id, seq, day_on, kind, amount_cents, balance_cents, actor, at) SELECT id, 1, '2018-01-01', 'topup', 50000, 50000, 'x', 'x' FROM members LIMIT 1`, "è una ricarica senza il suo pagamento"},
		{"an entry without its order", `INSERT INTO ledger (member_id, seq, day_on, kind, amount_cents, balance_cents, actor, at) SELECT id, 1, '2018-01-01', 'order', 50000, 50000, 'x', 'x' FROM members LIMIT 1`, "è di un ordine che non c’è"},
		{"a claim from nowhere", `INSERT INTO claims (member_id, amount_cents, day_on, reason, actor, at) SELECT id, 100, '2018-01-01', 'x', 'x', 'x' FROM members LIMIT 1`, "non viene da un movimento"},
		{"credit passed from nobody", `INSERT INTO ledger (member_id, seq, day_on, kind, amount_cents, balance_cents, actor, at) SELECT id, 1, '2018-01-01', 'transfer', 50000, 50000, 'x', 'x' FROM members LIMIT 1`, "non ha il suo opposto"},
		{"credit passed to another member for no mailbox", `INSERT INTO members (registration_number, surname, status, created_at) VALUES ('2', 'Bianchi', 'active', 'x');
			INSERT INTO ledger (member_id, seq, day_on, kind, amount_cents, balance_cents, actor, at) VALUES (1, 1, '2018-01-01', 'topup', 5, 5, 'x', 'x'), (1, 2, '2018-01-01', 'transfer', -5, 0, 'x', 'x');
			INSERT INTO ledger (member_id, seq, day_on, kind, amount_cents, balance_cents, reverses_id, actor, at) VALUES (2, 1, '2018-01-01', 'transfer', 5, 5, 2, 'x', 'x')`, "Il passaggio di credito 3 non è di una posizione unita"},
		{"a mailbox entrusted to its own holder", mailboxOf1 + `INSERT INTO accesses (address, mailbox_id, guest_id, state, asked_on, asked_by) VALUES ('x', 1, 1, 'asked', 'x', 'x')`, "è affidata al suo titolare"},
		{"credit left behind by a merge", `INSERT INTO members (surname, status, left_on, merged_into, merged_on, created_at) SELECT 'Rossi', 'cancelled', '2018-01-01', id, '2018-01-01', 'x' FROM members LIMIT 1;
			INSERT INTO ledger (member_id, seq, day_on, kind, amount_cents, balance_cents, actor, at) VALUES (2, 1, '2018-01-01', 'topup', 5, 5, 'x', 'x')`, "ha ancora una casella, un credito o un ordine in attesa"},
		{"a merge that leads to itself", `UPDATE members SET merged_into = id`, "porta a una che non c’è più"},
		{"a message sent by nobody", `INSERT INTO messages (key, kind, recipient, subject, body, html, message_id, state, day_on, useful_until_on, gone_at, created_at) VALUES ('x', 'notice', 'a@posta.example', 'x', 'x', 'x', 'x', 'sent', '2018-01-01', '2018-01-01', 'x', 'x')`, "è partito senza un tentativo riuscito"},
		{"a term that nobody paid", mailboxOf1 + `INSERT INTO periods (mailbox_id, starts_on, ends_on, origin, recorded_on, kind) VALUES (1, '2018-01-01', '2019-01-01', 'renewal', 'x', 'standard')`,
			"è rinnovato senza un costo e senza un ordine"},
		{"a term paid by an order of another", mailboxOf1 + orderOf1 + `INSERT INTO periods (mailbox_id, starts_on, ends_on, origin, recorded_on, kind, order_id) VALUES (1, '2018-01-01', '2019-01-01', 'renewal', 'x', 'standard', 1)`,
			"ma il suo ordine non lo comprende"},
		{"a term paid twice", mailboxOf1 + orderOf1 + `INSERT INTO periods (id, mailbox_id, starts_on, ends_on, origin, recorded_on, kind, order_id) VALUES (1, 1, '2018-01-01', '2019-01-01', 'renewal', 'x', 'standard', 1);
			INSERT INTO charges (period_id, mailbox_id, starts_on, agreement_id, net_cents, vat_cents, gross_cents, recorded_on) VALUES (1, 1, '2018-01-01', 1, 0, 0, 0, 'x')`,
			"ha anche un costo a carico dell’Ordine"},
		{"an order of renewal without its term", mailboxOf1 + orderOf1 + `INSERT INTO renewal_orders VALUES (1, 1, 'standard', 0, 0, 'x', '', '', '', '')`,
			"è completato e non ha il suo periodo"},
		{"a service of the provider's that ran out before the running term", mailboxOf1 + `INSERT INTO periods (mailbox_id, starts_on, ends_on, origin, recorded_on, kind) VALUES (1, '2018-01-01', '2019-01-01', 'imported', 'x', 'standard');
			INSERT INTO services (mailbox_id, product, product_name, quantity, next_quantity, started_on, expires_on, auto_renew, source, created_at) VALUES (1, 'inbox_gb', 'x', 1, 1, '2017-01-01', '2018-01-01', 1, 'provider', 'x')`,
			"scaduto prima del periodo in corso"},
		{"a renewal ahead without its term", mailboxOf1 + `UPDATE mailboxes SET turns_on = '2018-01-01'`, "ha un rinnovo anticipato che non torna"},
		{"a list that does not add up", `INSERT INTO invoice_lists (year, number, invoiced_by, orders, net_cents, vat_cents, gross_cents, day_on, actor, at) VALUES (2018, 1, 'ordine', 1, 1, 0, 1, 'x', 'x', 'x')`, "L’elenco da fatturare 2018/1 non è la somma"},
		{"a list number left out", `INSERT INTO invoice_lists (year, number, invoiced_by, orders, net_cents, vat_cents, gross_cents, day_on, actor, at) VALUES (2018, 2, 'ordine', 1, 1, 0, 1, 'x', 'x', 'x')`, "elenchi da fatturare del 2018 hanno un salto"},
		{"a list for who does not invoice", mailboxOf1 + orderOf1 + `DROP TRIGGER invoiced_orders_are_paid;
			INSERT INTO invoice_lists (year, number, invoiced_by, orders, net_cents, vat_cents, gross_cents, day_on, actor, at) VALUES (2018, 1, 'provider', 1, 0, 0, 0, 'x', 'x', 'x');
			INSERT INTO invoiced_orders VALUES (1, 1, 'x', 'x', '', '', '', '', '', '', '', '')`, "in un elenco di chi non lo fattura"},
		{"a guard taken away", `DROP TRIGGER audit_no_delete`, "Manca la protezione «audit_no_delete»"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := Create(t.TempDir() + "/a.db")
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			if _, err := d.writer.Exec(`INSERT INTO members (registration_number, surname, status, created_at) VALUES ('1', 'Rossi', 'active', 'x')`); err != nil {
				t.Fatal(err)
			}
			if _, err := d.writer.Exec(c.damage); err != nil {
				t.Fatal(err)
			}
			var found []string
			if err := d.Read(t.Context(), func(tx *ReadTx) (err error) {
				found, err = tx.Check()
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if all := strings.Join(found, "\n"); !strings.Contains(all, c.says) {
				t.Errorf("found %q, want %q", all, c.says)
			}
		})
	}
}

// A mailbox that runs to 01/01/2019, and a completed order of a year for it.
const (
	mailboxOf1 = `INSERT INTO mailboxes (id, address, member_id, kind, status, activated_on, anchor_on, expires_on, created_at)
		VALUES (1, 'rossi@pec.ordine.example', 1, 'standard', 'active', '2017-01-01', '2017-01-01', '2019-01-01', 'x');`
	orderOf1 = `INSERT INTO agreements (id, starts_on, name, document, created_at) VALUES (1, '2016-01-01', 'x', '{}', 'x');
		INSERT INTO orders (id, member_id, mailbox_id, kind, state, ordered_on, completed_on, number_year, number, agreement_id, net_cents, vat_cents, gross_cents, entered_by, created_at)
		VALUES (1, 1, 1, 'renewal', 'completed', '2017-12-01', '2017-12-01', 2017, 1, 1, 0, 0, 0, 'x', 'x');`
)

// TestCheckTwiceOnOneConnection checks between writes, as a server does: on the
// connections that read, nothing may be left over from the check before.
func TestCheckTwiceOnOneConnection(t *testing.T) {
	d, err := Create(t.TempDir() + "/a.db")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, insert := range []string{
		`INSERT INTO members (id, registration_number, surname, status, created_at) VALUES (1, '1', 'Rossi', 'active', 'x')`,
		`INSERT INTO mailboxes (address, member_id, kind, status, created_at) VALUES ('rossi@pec.ordine.example', 1, 'standard', 'requested', 'x')`,
	} {
		if _, err := d.writer.Exec(insert); err != nil {
			t.Fatal(err)
		}
		if err := d.Read(t.Context(), func(tx *ReadTx) error {
			found, err := tx.Check()
			if len(found) > 0 {
				t.Errorf("after %s: %q", insert, found)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}
