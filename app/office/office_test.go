package office_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/google/go-cmp/cmp"
)

var ctx = context.Background()

// roma is the agreement of the worked example: a standard mailbox at 5,00 € a
// year paid by the Ordine, extra space at 2,50 € a GB, at most 5 GB, VAT 22 %,
// three free months.
const roma = `{
	"name": "Convenzione di prova", "provider": "Gestore PEC", "starts_on": "2016-01-01", "vat_rate": "22", "policy": "full_year",
	"free_window_months": 3, "notice_days": [90, 60, 30, 15, 7, 0], "leaver_grace_days": 60, "sold_by": "ordine",
	"kinds": [{"code": "standard", "name": "Standard", "base_inbox_gb": 1, "base_archive_gb": 0, "max_inbox_gb": 5, "yearly_price": "5.00", "paid_by": "ordine", "terms": [1, 2]}],
	"products": [
		{"code": "inbox_gb", "name": "Spazio in più", "unit": "GB", "yearly_price": "2.50", "kinds": ["standard"]},
		{"code": "archive_gb", "name": "Archivio", "unit": "GB", "yearly_price": "4.00", "kinds": ["standard"]},
		{"code": "signature_kit", "name": "Kit di firma", "unit": "pezzo", "price": "45.00", "one_off": true, "kinds": ["standard"]}
	]
}`

// reporter is the part of a test that testing and rapid share.
type reporter interface {
	Helper()
	Errorf(string, ...any)
	Fatalf(string, ...any)
}

// testOffice is an office on a database of its own, with a day that the test
// sets.
type testOffice struct {
	*office.Office
	t   reporter
	day pec.Date
	ref int
}

// newOffice opens an office on a day, under the agreement of the worked example.
func newOffice(t testing.TB, day string) *testOffice {
	o := bareOffice(t, day)
	o.agree()
	return o
}

// bareOffice has no agreement yet.
func bareOffice(t testing.TB, day string) *testOffice {
	t.Helper()
	o := openOffice(t, t.TempDir(), day)
	t.Cleanup(func() { o.DB.Close() })
	return o
}

func openOffice(t reporter, dir, day string) *testOffice {
	t.Helper()
	d, err := db.Create(filepath.Join(dir, "albopec.db"))
	if err != nil {
		t.Fatalf("%v", err)
	}
	o := &testOffice{Office: office.New(d), t: t, day: pec.Day(day)}
	o.Today = func() pec.Date { return o.day }
	o.must(d.Write(ctx, o.stamp(), func(tx *db.Tx) error { return tx.AddDomain("pec.ordine.example") }))
	return o
}

func (o *testOffice) stamp() db.Stamp { return db.Stamp{Now: o.Now(), On: o.day, Actor: "prova"} }

func (o *testOffice) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatalf("on %s: %v", o.day, err)
	}
}

// on turns the calendar to a day.
func (o *testOffice) on(day string) { o.day = pec.Day(day) }

// agree adds the worked example's agreement with some changes.
func (o *testOffice) agree(changes ...func(*pec.Agreement)) int64 {
	o.t.Helper()
	a, err := pec.ReadAgreement([]byte(roma))
	o.must(err)
	for _, change := range changes {
		change(&a)
	}
	id, err := o.SetAgreement(ctx, "prova", a)
	o.must(err)
	return id
}

func from(day string) func(*pec.Agreement) {
	return func(a *pec.Agreement) { a.StartsOn = pec.Day(day) }
}

// member enters somebody on the register.
func (o *testOffice) member(number, surname, name string) int64 {
	o.t.Helper()
	var id int64
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) (err error) {
		id, err = tx.AddMember(db.MemberRow{Member: pec.Member{RegistrationNumber: number, Surname: surname, Name: name, Status: pec.MemberActive}})
		return err
	}))
	return id
}

// mailbox enters a member and activates a mailbox today; it returns the
// address, mario.rossi@….
func (o *testOffice) mailbox(number, surname, name string) string {
	o.t.Helper()
	o.member(number, surname, name)
	return o.activate(number)
}

// activate requests a mailbox for a member and activates it today.
func (o *testOffice) activate(number string) string {
	o.t.Helper()
	list, err := o.Provision(ctx, "prova", number, false)
	o.must(err)
	if len(list) != 1 {
		o.t.Fatalf("%d mailboxes requested for %s", len(list), number)
	}
	_, err = o.Activate(ctx, "prova", list[0].Address, 0)
	o.must(err)
	return list[0].Address
}

// another activates a second mailbox of the holder of one.
func (o *testOffice) another(address, second string) string {
	o.t.Helper()
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		box, err := tx.MailboxByAddress(address)
		if err != nil {
			return err
		}
		_, err = tx.AddMailbox(db.MailboxRow{Mailbox: pec.Mailbox{
			Address: second, MemberID: box.MemberID, Kind: "standard", Status: pec.MailboxRequested, RequestedOn: o.day, TermYears: 1, AutoRenew: true,
		}})
		return err
	}))
	_, err := o.Activate(ctx, "prova", second, 0)
	o.must(err)
	return second
}

func (o *testOffice) holder(address string) int64 {
	o.t.Helper()
	v, err := o.Mailbox(ctx, address)
	o.must(err)
	return v.MemberID
}

// topUp registers a payment at the counter with a reference of its own.
func (o *testOffice) topUp(address string, amount pec.Cents) office.ToppedUp {
	o.t.Helper()
	o.ref++
	done, err := o.TopUp(ctx, "prova", office.Payment{Address: address, Amount: amount, Method: pec.ByCounter, Reference: fmt.Sprint("ricevuta ", o.ref)})
	o.must(err)
	return done
}

// buy orders inbox space.
func (o *testOffice) buy(address string, gb int) office.Purchased {
	o.t.Helper()
	done, err := o.Order(ctx, "prova", office.Purchase{Address: address, Product: pec.InboxGB, Quantity: gb})
	o.must(err)
	return done
}

// completed and waits buy and say what must come of it.
func (o *testOffice) completed(address string, gb int, gross pec.Cents) int64 {
	o.t.Helper()
	p := o.buy(address, gb)
	if p.Order.State != pec.OrderCompleted || p.Order.Price.Gross != gross || p.Missing != 0 {
		o.t.Errorf("on %s the order is %s at %s, %s missing; want it completed at %s", o.day, p.Order.State, p.Order.Price.Gross, p.Missing, gross)
	}
	return p.Order.ID
}

func (o *testOffice) waits(address string, gb int, gross, missing pec.Cents) int64 {
	o.t.Helper()
	p := o.buy(address, gb)
	if p.Order.State != pec.OrderAwaitingPayment || p.Order.Price.Gross != gross || p.Missing != missing {
		o.t.Errorf("on %s the order is %s at %s, %s missing; want it waiting at %s, %s missing", o.day, p.Order.State, p.Order.Price.Gross, p.Missing, gross, missing)
	}
	return p.Order.ID
}

// refuses checks that an error is the problem with a code.
func (o *testOffice) refuses(code string, err error) *pec.Problem {
	o.t.Helper()
	p := pec.AsProblem(err)
	if p == nil || p.Code != code {
		o.t.Fatalf("on %s: %v, want %s", o.day, err, code)
	}
	return p
}

// renew runs the renewals up to and including today.
func (o *testOffice) renew() office.Renewed {
	o.t.Helper()
	done, err := o.Renew(ctx, "prova", o.day)
	o.must(err)
	return done
}

// night is the nightly job of today: it renews what fell due up to yesterday.
func (o *testOffice) night() office.Renewed {
	o.t.Helper()
	done, err := o.Renew(ctx, "prova", o.day.AddDays(-1))
	o.must(err)
	return done
}

func (o *testOffice) leaves(member int64, leftOn string) office.StatusChanged {
	o.t.Helper()
	var day pec.Date
	if leftOn != "" {
		day = pec.Day(leftOn)
	}
	done, err := o.ChangeMemberStatus(ctx, "prova", member, office.StatusChange{Status: pec.MemberCancelled, On: day, Reason: "dimissioni"})
	o.must(err)
	return done
}

func (o *testOffice) returns(member int64) {
	o.t.Helper()
	_, err := o.ChangeMemberStatus(ctx, "prova", member, office.StatusChange{Status: pec.MemberActive, Reason: "reiscrizione"})
	o.must(err)
}

// book says how a mailbox stands: a line for it and one for each service it
// ever had.
func (o *testOffice) book(address string) []string {
	o.t.Helper()
	var lines []string
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		box, err := tx.MailboxByAddress(address)
		if err != nil {
			return err
		}
		credit, err := tx.Balance(box.MemberID)
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%s to %s, credit %s", box.Status, box.ExpiresOn, credit)
		if box.Status == pec.MailboxClosed {
			line = fmt.Sprintf("closed on %s (%s), credit %s", box.ClosedOn, box.CloseReason, credit)
		}
		if claim, err := tx.Claim(box.MemberID); err != nil {
			return err
		} else if claim != 0 {
			line += ", claim " + claim.String()
		}
		lines = append(lines, line)
		services, err := tx.ServicesOn(box.ID, true)
		for _, s := range services {
			line := fmt.Sprintf("%d %s from %s to %s", s.Quantity, s.Product, s.StartedOn, s.ExpiresOn)
			if !s.EndedOn.IsZero() {
				line = fmt.Sprintf("%d %s from %s ended on %s (%s)", s.Quantity, s.Product, s.StartedOn, s.EndedOn, s.EndReason)
			}
			lines = append(lines, line)
		}
		return err
	}))
	return lines
}

func (o *testOffice) expect(address string, want ...string) {
	o.t.Helper()
	if diff := cmp.Diff(want, o.book(address)); diff != "" {
		o.t.Errorf("on %s, %s (- want, + got):\n%s", o.day, address, diff)
	}
}

// ledger says what a member's statement of account says.
func (o *testOffice) ledger(address string) []string {
	o.t.Helper()
	var lines []string
	member := o.holder(address)
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		entries, err := tx.Entries(member)
		for _, e := range entries {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s = %s %s", e.On, e.Kind, e.Amount, e.Balance, e.OrderNumber)))
		}
		return err
	}))
	return lines
}

func (o *testOffice) expectLedger(address string, want ...string) {
	o.t.Helper()
	if diff := cmp.Diff(want, o.ledger(address)); diff != "" {
		o.t.Errorf("ledger of %s (- want, + got):\n%s", address, diff)
	}
}

// charges says what the Ordine owes for a mailbox.
func (o *testOffice) charges(address string) []string {
	o.t.Helper()
	var lines []string
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		box, err := tx.MailboxByAddress(address)
		if err != nil {
			return err
		}
		periods, err := tx.Periods(box.ID)
		for _, p := range periods {
			line := fmt.Sprintf("%s to %s %s", p.StartsOn, p.EndsOn, p.Origin)
			if p.Charged {
				line += " " + p.Price.Gross.String()
			}
			lines = append(lines, line)
		}
		return err
	}))
	return lines
}

func (o *testOffice) expectCharges(address string, want ...string) {
	o.t.Helper()
	if diff := cmp.Diff(want, o.charges(address)); diff != "" {
		o.t.Errorf("periods of %s (- want, + got):\n%s", address, diff)
	}
}

func (o *testOffice) order(id int64) db.OrderRow {
	o.t.Helper()
	var row db.OrderRow
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		row, err = tx.Order(id)
		return err
	}))
	return row
}

// expectOrder checks an order's state and the day on which it got there.
func (o *testOffice) expectOrder(id int64, state pec.OrderState, day string) {
	o.t.Helper()
	row := o.order(id)
	got := row.CompletedOn
	if got.IsZero() {
		got = row.EndedOn
	}
	if row.State != state || got.String() != day {
		o.t.Errorf("on %s order %d is %s on %q, want %s on %q", o.day, id, row.State, got, state, day)
	}
}

func (o *testOffice) service(address string, n int) db.ServiceRow {
	o.t.Helper()
	v, err := o.Mailbox(ctx, address)
	o.must(err)
	return v.Services[n]
}
