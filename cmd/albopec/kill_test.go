package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/google/go-cmp/cmp"
)

// The power goes, again and again, in the middle of a night that renews 5,000
// mailboxes. After each cut the books check, and in the end they are those of a
// night that was left alone (R6).
func TestRenewalsSurviveBeingKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	t.Parallel()
	base := busyOrdine(t, 5500)
	renew := []string{"renew", "--on", "2025-03-31"}

	quiet := copyOf(t, base)
	begun := time.Now()
	if exit := process(t, quiet, time.Hour, renew...); exit != exitDone {
		t.Fatalf("left alone, renew ended with %d", exit)
	}
	whole := time.Since(begun)
	want := books(t, quiet)
	if want["renewed"] == "0" || want["services"] == "" {
		t.Fatal("there was nothing to renew")
	}

	cut := copyOf(t, base)
	all, middle := want["renewed"], 0
	for range 40 {
		if process(t, cut, rand.N(whole/2), renew...) == exitDone {
			break
		}
		checks(t, cut)
		if now := counted(t, cut, renewedPeriods); now != "0" && now != all {
			middle++
		}
		if middle == 4 {
			break
		}
	}
	if middle == 0 {
		t.Error("no cut came in the middle: the test says nothing")
	}
	if exit := process(t, cut, time.Hour, renew...); exit != exitDone {
		t.Fatalf("after the cuts, renew ended with %d", exit)
	}
	checks(t, cut)
	if diff := cmp.Diff(want, books(t, cut)); diff != "" {
		t.Errorf("%d cuts changed the books (-left alone +cut):\n%.2000s", middle, diff)
	}
	t.Logf("%s mailboxes in %v, %d cuts in the middle", all, whole.Round(time.Millisecond), middle)
}

// The power goes in the middle of a morning's notices: each member is told once,
// as if it had stayed on (R21).
func TestNoticesSurviveBeingKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	t.Parallel()
	base := busyOrdine(t, 2400)
	notices := []string{"notices", "--on", "2024-12-15"} // 90 days before the second half's E; the first half's 90 have passed

	quiet := copyOf(t, base)
	begun := time.Now()
	if exit := process(t, quiet, time.Hour, notices...); exit != exitDone {
		t.Fatalf("left alone, notices ended with %d", exit)
	}
	whole := time.Since(begun)
	want, all := books(t, quiet), counted(t, quiet, noticesRaised)
	if all == "0" {
		t.Fatal("there was nobody to tell")
	}
	cut, middle := copyOf(t, base), 0
	for range 40 {
		if process(t, cut, whole/4+rand.N(whole/2), notices...) == exitDone {
			break
		}
		checks(t, cut)
		if now := counted(t, cut, noticesRaised); now != "0" && now != all {
			middle++
		}
	}
	if exit := process(t, cut, time.Hour, notices...); exit != exitDone {
		t.Fatalf("after the cuts, notices ended with %d", exit)
	}
	checks(t, cut)
	if diff := cmp.Diff(want, books(t, cut)); diff != "" {
		t.Errorf("%d cuts changed the notices (-left alone +cut):\n%.2000s", middle, diff)
	}
	t.Logf("%s notices in %v, %d cuts in the middle", all, whole.Round(time.Millisecond), middle)
}

// An import is one transaction: cut off, it has written nothing, or all.
func TestImportSurvivesBeingKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	t.Parallel()
	const rows = 20_000
	base := newOrdine(t)
	register := registerFile(t, rows)
	imports := []string{"import", "members", register, "--on", "2024-01-10"}

	quiet := copyOf(t, base)
	begun := time.Now()
	if exit := process(t, quiet, time.Hour, imports...); exit != exitDone {
		t.Fatalf("left alone, the import ended with %d", exit)
	}
	whole := time.Since(begun)
	want := books(t, quiet)
	if got := want["count"]; got != fmt.Sprint(rows) {
		t.Fatalf("%s members imported, want %d", got, rows)
	}

	cut := copyOf(t, base)
	for range 2 {
		// The file is read and planned first: most of the cuts come after that.
		exit := process(t, cut, whole/3+rand.N(whole*2/3), imports...)
		checks(t, cut)
		got := counted(t, cut, membersKnown)
		if got != "0" && got != fmt.Sprint(rows) {
			t.Fatalf("%s of %d members were written", got, rows)
		}
		if exit == exitDone || got != "0" {
			cut = copyOf(t, base)
		}
	}
	if exit := process(t, cut, time.Hour, imports...); exit != exitDone {
		t.Fatalf("after the cuts, the import ended with %d", exit)
	}
	checks(t, cut)
	if diff := cmp.Diff(want, books(t, cut)); diff != "" {
		t.Errorf("the cuts changed the register:\n%.2000s", diff)
	}
	t.Logf("%d rows in %v", rows, whole.Round(time.Millisecond))
}

const killed = -9

// process runs the program on a database in a process of its own, kills it after
// a while, and returns its exit code.
func process(t *testing.T, path string, after time.Duration, args ...string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), after)
	defer cancel()
	cmd := exec.CommandContext(ctx, "albopec", append(args, "--json", "--db", path)...)
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return killed
	case errors.As(err, &ended):
		t.Logf("%s", out)
		return ended.ExitCode()
	case err != nil:
		t.Fatal(err)
	}
	return exitDone
}

func checks(t *testing.T, path string) {
	t.Helper()
	if got := answer(t, "check", "--db", path); got["ok"] != true {
		t.Fatalf("after a cut the books do not check: %v", got)
	}
}

// copyOf copies a closed database.
func copyOf(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "copia.db")
	if err := os.WriteFile(to, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

// books is all that the books say, table by table and line by line, apart from
// what the moment of writing decides: numbers of orders, ids and instants.
func books(t *testing.T, path string) map[string]string {
	t.Helper()
	d, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	said := map[string]string{}
	for name, query := range map[string]string{
		"count":     membersKnown,
		"renewed":   renewedPeriods,
		"members":   `SELECT registration_number, surname, name, tax_code, status, left_on, email, reserved_address, last_event_on FROM members ORDER BY registration_number`,
		"search":    `SELECT COUNT(*), SUM(length(text)) FROM members_fts`,
		"mailboxes": `SELECT address, status, activated_on, expires_on, closed_on, close_reason, last_event_on FROM mailboxes ORDER BY address`,
		"periods":   `SELECT address, starts_on, ends_on, origin FROM periods JOIN mailboxes b ON b.id = mailbox_id ORDER BY 1, 2`,
		"charges":   `SELECT address, starts_on, net_cents, vat_cents, gross_cents FROM charges JOIN mailboxes b ON b.id = mailbox_id ORDER BY 1, 2`,
		"services":  `SELECT address, started_on, s.expires_on, quantity, ended_on, end_reason, net_cents FROM services s JOIN mailboxes b ON b.id = mailbox_id ORDER BY 1, 2, s.id`,
		"orders":    `SELECT address, o.kind, state, ordered_on, completed_on, number_year, net_cents, gross_cents FROM orders o JOIN mailboxes b ON b.id = mailbox_id ORDER BY 1, 4, o.id`,
		"lines":     `SELECT address, product, quantity, from_on, to_on, l.gross_cents FROM order_lines l JOIN orders o ON o.id = order_id JOIN mailboxes b ON b.id = mailbox_id ORDER BY 1, 4, l.id`,
		"ledger":    `SELECT registration_number, seq, day_on, kind, amount_cents, balance_cents FROM ledger JOIN members m ON m.id = member_id ORDER BY 1, 2`,
		"messages":  `SELECT kind, recipient, state, day_on, CASE kind WHEN 'receipt' THEN '' ELSE subject END FROM messages ORDER BY key`,
		"notices":   `SELECT address, n.expires_on, step, raised_on FROM notices n JOIN mailboxes b ON b.id = mailbox_id ORDER BY 1, 2, 3`,
		"actions":   `SELECT action, COUNT(*) FROM audit WHERE action NOT IN ('renew', 'renew.begun', 'notices') GROUP BY 1 ORDER BY 1`,
	} {
		if said[name], err = lines(d, query); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return said
}

const (
	membersKnown   = `SELECT COUNT(*) FROM members`
	noticesRaised  = `SELECT COUNT(*) FROM notices`
	renewedPeriods = `SELECT COUNT(*) FROM periods WHERE origin = 'renewal'`
)

// counted is the answer to a query of one number.
func counted(t *testing.T, path, query string) string {
	t.Helper()
	d, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	n, err := lines(d, query)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func lines(d *sql.DB, query string) (string, error) {
	rows, err := d.Query(query)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	var all []string
	for rows.Next() {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return "", err
		}
		var line strings.Builder
		for i, v := range values {
			if i > 0 {
				line.WriteByte(' ')
			}
			fmt.Fprint(&line, v)
		}
		all = append(all, line.String())
	}
	return strings.Join(all, "\n"), rows.Err()
}

// registerFile writes a register of invented people.
func registerFile(t *testing.T, members int) string {
	t.Helper()
	data, err := demoRegister(rand.New(rand.NewPCG(7, 7)), members, pec.Day("2024-01-01"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "albo.csv")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// busyOrdine is an Ordine with so many members, all of whose mailboxes expire
// in March 2025: some have services that their credit covers, some services that
// it does not, some orders that wait, and some have left.
func busyOrdine(t *testing.T, members int) (path string) {
	t.Helper()
	path = newOrdine(t)
	imported := answer(t, "import", "members", registerFile(t, members), "--on", "2024-01-10", "--db", path)
	if imported["created"] != json.Number(fmt.Sprint(members)) {
		t.Fatalf("imported %v", imported)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var boxes []office.Provisioned
	inOffice(t, path, "2024-03-01", func(o *office.Office) {
		var err error
		boxes, err = o.Provision(t.Context(), "prova", "", false)
		must(err)
		var ids []int64
		for _, b := range boxes {
			ids = append(ids, b.MailboxID)
		}
		half := len(ids) / 2
		_, err = o.ActivateMany(t.Context(), "prova", ids[:half], o.Today())
		must(err)
		o.Today = func() pec.Date { return pec.Day("2024-03-15") }
		_, err = o.ActivateMany(t.Context(), "prova", ids[half:], o.Today())
		must(err)
	})
	inOffice(t, path, "2024-06-01", func(o *office.Office) {
		for i, b := range boxes {
			if i%7 == 0 {
				_, err := o.Order(t.Context(), "prova", office.Purchase{Address: b.Address, Product: pec.InboxGB, Quantity: 1 + i%3})
				must(err)
			}
			if i%14 == 0 { // enough for the purchase, for some the renewal too
				_, err := o.TopUp(t.Context(), "prova", office.Payment{Address: b.Address, Amount: pec.Cents(915 + i%5*305), Method: pec.ByCounter, Reference: fmt.Sprint(i)})
				must(err)
			}
		}
	})
	inOffice(t, path, "2024-12-01", func(o *office.Office) {
		for i, b := range boxes {
			if i%50 == 0 {
				var m db.MemberRow
				must(o.DB.Read(t.Context(), func(tx *db.ReadTx) (err error) {
					m, err = tx.MemberByNumber(b.RegistrationNumber)
					return err
				}))
				_, err := o.ChangeMemberStatus(t.Context(), "prova", m.ID, office.StatusChange{Status: pec.MemberCancelled})
				must(err)
			}
		}
	})
	return path
}
