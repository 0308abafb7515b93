package office_test

import (
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/reports"
)

func (o *testOffice) budget(t office.BudgetTried) reports.Budget {
	o.t.Helper()
	b, err := o.Budget(ctx, t)
	o.must(err)
	return b
}

// TestBudgetUnderTwoAgreements: two standard mailboxes at 6,10 €, one of them
// with 2 GB (6,10 €) and without the credit for them; a leaver's mailbox and one
// whose renewal is off are left out.
func TestBudgetUnderTwoAgreements(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	rossi := o.mailbox("A1", "Rossi", "Mario")
	o.mailbox("A2", "Verdi", "Anna")
	leaver, off := o.mailbox("A3", "Bianchi", "Carla"), o.mailbox("A4", "Neri", "Ugo")
	o.on("2017-12-07")
	o.topUp(rossi, 610)
	o.completed(rossi, 2, 610)
	o.on("2018-03-15")
	o.leaves(o.holder(leaver), "2018-03-15")
	o.must(o.SetAutoRenew(ctx, "prova", off, false))
	next := o.agree(from("2019-01-01"), func(a *pec.Agreement) {
		a.Name = "Convenzione 2019"
		a.Kinds[0].YearlyPrice, a.Products[0].YearlyPrice = 400, 300
	})

	b := o.budget(office.BudgetTried{})
	if b.Tried != nil || len(b.Agreements) != 2 || b.Registered.First() != pec.Day("2018-04-01") {
		t.Errorf("%+v", b)
	}
	// 12/10/2018: 2 × 6,10 € and 2 GB at 2,50 €; 12/10/2019: 2 × 4,88 € and 2 GB at 3,00 €.
	year, two := b.Registered.Total(12), b.Registered.Total(24)
	if year.Renewed != 2 || year.Ordine != (pec.Amounts{Net: 1000, VAT: 220, Gross: 1220}) || year.Members != (pec.Amounts{Net: 500, VAT: 110, Gross: 610}) {
		t.Errorf("a year: %+v", year)
	}
	if two.Renewed != 4 || two.Ordine.Gross != 1220+976 || two.Services != 2 || two.Members.Gross != 610+732 {
		t.Errorf("two years: %+v", two)
	}
	if b.Registered.Leavers != 1 || b.Registered.Closing != 1 || b.Registered.Failing != 0 {
		t.Errorf("left out: %+v", b.Registered)
	}

	// As if the one of 2019 held from today: 9,76 € each year, and 7,32 €.
	b = o.budget(office.BudgetTried{AgreementID: next})
	ordine, members := b.Difference(12)
	if b.TriedName != "Convenzione 2019" || b.Tried.Total(24).Ordine.Gross != 1952 || ordine != 976-1220 || members != 732-610 {
		t.Errorf("%s: %+v, %s and %s", b.TriedName, b.Tried.Total(24), ordine, members)
	}
	if ordine, members = b.Difference(24); ordine != 1952-2196 || members != 1464-1342 {
		t.Errorf("%s and %s", ordine, members)
	}
	// A document that is not kept: the members would pay the mailboxes.
	theirs := o.agreement(func(a *pec.Agreement) { a.Kinds[0].PaidBy = pec.PaidByMember })
	b = o.budget(office.BudgetTried{Document: &theirs})
	if got := b.Tried.Total(24); got.Renewed != 0 || got.Services != 0 || b.Tried.Closing != 3 {
		t.Errorf("%+v, %d close", got, b.Tried.Closing)
	}
	_, err := o.Budget(ctx, office.BudgetTried{AgreementID: 99})
	o.refuses("agreement_unknown", err)
	o.expect(rossi, "active to 2018-10-12, credit 0.00", "2 inbox_gb from 2017-12-07 to 2018-10-12") // nothing was written
}

// TestBudgetAgreesWithTheRenewals ahead and with the runs that then happen.
func TestBudgetAgreesWithTheRenewals(t *testing.T) {
	o := newOffice(t, "2016-02-29")
	leap := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(leap, 10000)
	o.on("2017-01-31")
	o.mailbox("A2", "Verdi", "Anna")
	o.on("2017-02-01")
	o.renew()
	o.topUp(leap, 10000)
	o.completed(leap, 1, 0) // free until 28/02/2017
	b := o.budget(office.BudgetTried{}).Registered
	ahead, err := o.LookAhead(ctx, pec.Day("2018-01-31"))
	o.must(err)
	if got := b.Total(12); got.Renewed != ahead.Renewed.Renewed || got.Ordine != ahead.Ordine {
		t.Errorf("the budget says %+v, the renewals ahead %d for %+v", got, ahead.Renewed.Renewed, ahead.Ordine)
	}
	o.on("2019-01-31")
	done := o.renew()
	if got := b.Total(24); got.Renewed != done.Renewed || got.Ordine != done.Ordine || got.Services != done.ServicesRenewed || got.Members != done.Members {
		t.Errorf("the budget said %+v, the runs did %+v", got, done)
	}
}
