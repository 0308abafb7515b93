package office

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"albopec/app/pec"
	"albopec/db"
)

// shop is an office on a database of its own with one member, whose mailbox
// expires on 12/10/2018, and space at 2,50 € a GB.
func shop(t *testing.T, today string) (o *Office, member int64) {
	t.Helper()
	d, err := db.Create(filepath.Join(t.TempDir(), "albopec.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	o = New(d)
	o.Today = func() pec.Date { return pec.Day(today) }
	ctx := context.Background()
	a, err := pec.ReadAgreement([]byte(`{"name": "Prova", "starts_on": "2016-01-01", "vat_rate": "22", "policy": "full_year", "free_window_months": 3,
		"kinds": [{"code": "standard", "name": "Standard", "base_inbox_gb": 1, "max_inbox_gb": 5, "yearly_price": "5.00", "paid_by": "ordine", "terms": [1]}],
		"products": [{"code": "inbox_gb", "name": "Spazio", "unit": "GB", "yearly_price": "2.50", "kinds": ["standard"]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.SetAgreement(ctx, "prova", a); err != nil {
		t.Fatal(err)
	}
	err = o.write(ctx, "prova", func(tx *db.Tx) error {
		if member, err = tx.AddMember(db.MemberRow{Member: pec.Member{
			RegistrationNumber: "A1", Surname: "Morandi", Name: "Elena", TaxCode: "MRNLNE80A41H501U", Status: pec.MemberActive}}); err != nil {
			return err
		}
		box, err := tx.AddMailbox(db.MailboxRow{Mailbox: pec.Mailbox{
			Address: "elena.morandi@pec.ordine.example", MemberID: member, Kind: "standard", Status: pec.MailboxActive, TermYears: 1, AutoRenew: true,
			RequestedOn: pec.Day("2017-10-12"), ActivatedOn: pec.Day("2017-10-12"), AnchorOn: pec.Day("2017-10-12"), ExpiresOn: pec.Day("2018-10-12"),
		}})
		if err != nil {
			return err
		}
		return firstPeriod(tx, box, pec.Day("2017-10-12"), pec.Day("2018-10-12"))
	})
	if err != nil {
		t.Fatal(err)
	}
	return o, member
}

func TestMemberAcceptsEveryTermBeforeTheFirstPurchase(t *testing.T) {
	o, member := shop(t, "2017-12-07")
	ctx := context.Background()
	buy := func(accepted ...string) (Purchased, error) {
		return o.Order(ctx, "iscritto", Purchase{
			Address: "elena.morandi@pec.ordine.example", Product: pec.InboxGB, Quantity: 1, ByMember: member, Accepted: accepted})
	}
	all := pec.TermCodes()
	allButOne := slices.Clone(all[:len(all)-1])
	for _, row := range []struct {
		name     string
		accepted []string
	}{
		{"none ticked", nil},
		{"one left out", allButOne},
		{"another word in its place", append(slices.Clone(allButOne), "altro")},
		{"one ticked twice", append(slices.Clone(allButOne), all[0])},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := buy(row.accepted...)
			if p := pec.AsProblem(err); p == nil || p.Code != "terms_missing" {
				t.Fatalf("bought: %v", err)
			}
		})
	}
	readBooks(t, o, func(tx *db.ReadTx) {
		accepted, _ := tx.Accepted(member, pec.TermsVersion)
		orders, _ := tx.OrdersOf(member)
		if accepted != 0 || len(orders) != 0 {
			t.Errorf("a refused purchase left %d acceptances and %d orders", accepted, len(orders))
		}
	})
	if _, err := buy(all...); err != nil {
		t.Fatal(err)
	}
	if _, err := buy(); err != nil {
		t.Errorf("the second purchase asks again: %v", err)
	}
	readBooks(t, o, func(tx *db.ReadTx) {
		if accepted, _ := tx.Accepted(member, pec.TermsVersion); accepted != len(pec.Terms) {
			t.Errorf("%d acceptances kept", accepted)
		}
	})
}

func TestOperatorsPurchaseIsNotHeldUpByTerms(t *testing.T) {
	o, _ := shop(t, "2017-12-07")
	done, err := o.Order(context.Background(), "operatore:giulia@ordine.example",
		Purchase{Address: "elena.morandi@pec.ordine.example", Product: pec.InboxGB, Quantity: 1})
	if err != nil || done.Order.EnteredBy != "operatore:giulia@ordine.example" {
		t.Errorf("%+v, %v", done.Order, err)
	}
}

func readBooks(t *testing.T, o *Office, f func(*db.ReadTx)) {
	t.Helper()
	if err := o.DB.Read(context.Background(), func(tx *db.ReadTx) error { f(tx); return nil }); err != nil {
		t.Fatal(err)
	}
}

// firstPeriod writes the term that a mailbox of the tests began with, and its
// charge.
func firstPeriod(tx *db.Tx, mailbox int64, from, to pec.Date) error {
	p := db.Period{MailboxID: mailbox, StartsOn: from, EndsOn: to, Origin: "activation"}
	id, err := tx.AddPeriod(p)
	if err != nil {
		return err
	}
	agreements, err := tx.Agreements()
	if err != nil {
		return err
	}
	a, _ := pec.InForce(agreements, from)
	kind, _ := a.Kind("standard")
	return tx.AddCharge(id, p, a.ID, a.KindPrice(kind, 1))
}
