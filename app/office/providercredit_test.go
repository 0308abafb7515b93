package office_test

import (
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (o *testOffice) paysProvider(day string, amount pec.Cents, reference string) int64 {
	o.t.Helper()
	done, err := o.PayProvider(ctx, "prova", office.ProviderPayment{On: pec.Day(day), Amount: amount, Reference: reference})
	o.must(err)
	return done.ID
}

func (o *testOffice) providerAccount(months int) (a office.ProviderAccount) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		a, err = o.ProviderAccount(tx, o.day.AddMonths(months).AddDays(-1))
		return err
	}))
	return a
}

func (o *testOffice) expectProvider(balance pec.Cents, runsOut string) {
	o.t.Helper()
	if a := o.providerAccount(12); a.Balance != balance || a.RunsOut.String() != runsOut {
		o.t.Errorf("on %s the credit at the provider is %s and runs out on %q, want %s and %q", o.day, a.Balance, a.RunsOut, balance, runsOut)
	}
}

// TestProviderCreditIsDrawnDownByCharges: 6,10 € for each standard mailbox, on
// the day its period begins, from the first deposit's day on.
func TestProviderCreditIsDrawnDownByCharges(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	o.mailbox("A1", "Rossi", "Mario") // before the first deposit: it counts only from its renewal on
	if a := o.providerAccount(12); a.Begun() || a.Balance != 0 {
		t.Errorf("an account before any deposit: %+v", a)
	}
	o.on("2017-12-01")
	o.paysProvider("2017-11-01", 1830, "CRO 1")
	o.expectProvider(1830, "")
	o.mailbox("A2", "Verdi", "Anna") // 6,10 € on 01/12
	o.on("2018-02-01")
	o.mailbox("A3", "Bianchi", "Carla") // 6,10 € on 01/02
	o.expectProvider(610, "2018-12-01") // Rossi's renewal of 12/10 is covered, Verdi's is not
	o.paysProvider("2018-02-01", 610, "CRO 2")
	o.expectProvider(1220, "") // within the year: 12/10 and 01/12; 01/02/2019 is the day after
	o.on("2018-02-02")
	o.expectProvider(1220, "2019-02-01")
	o.on("2018-12-05")
	o.expectProvider(1220, "2019-02-01") // what is overdue counts today
	o.night()
	o.expectProvider(0, "2019-02-01")
	o.on("2019-02-02")
	o.night()
	o.expectProvider(-610, "2019-10-12") // charged more than paid in
	o.expectCheck()
}

// TestRenewalsExpectedAreThoseOfTheAgreementThen, dearer from 01/10/2018: 4,88 €
// instead of 6,10 €; leavers and closing mailboxes cost nothing.
func TestRenewalsExpectedAreThoseOfTheAgreementThen(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	o.mailbox("A1", "Rossi", "Mario")
	leaver := o.mailbox("A2", "Verdi", "Anna")
	o.agree(from("2018-10-01"), func(a *pec.Agreement) { a.Kinds[0].YearlyPrice = 400 })
	o.on("2018-03-01")
	o.paysProvider("2018-03-01", 487, "CRO 1")
	o.expectProvider(487, "2018-10-12")
	a := o.providerAccount(12)
	if len(a.Expected) != 1 || a.Expected[0] != (pec.DueCost{On: pec.Day("2018-10-12"), Mailboxes: 2, Gross: 976}) {
		t.Errorf("%+v", a.Expected)
	}
	o.leaves(o.holder(leaver), "2018-03-01")
	if a = o.providerAccount(12); len(a.Expected) != 1 || a.Expected[0].Gross != 488 {
		t.Errorf("%+v", a.Expected)
	}
}

func TestDepositsAreEnteredOnceAndMendedByTheirOpposite(t *testing.T) {
	o := newOffice(t, "2018-03-01")
	id := o.paysProvider("2018-02-01", 10000, "CRO 123")
	again, err := o.PayProvider(ctx, "prova", office.ProviderPayment{On: o.day, Amount: 10000, Reference: " cro  123 "})
	o.must(err)
	if !again.Duplicate || again.ID != id {
		t.Errorf("%+v", again)
	}
	o.expectProvider(10000, "")
	pays := func(day string, amount pec.Cents, reference string) error {
		_, err := o.PayProvider(ctx, "prova", office.ProviderPayment{On: pec.Day(day), Amount: amount, Reference: reference})
		return err
	}
	o.refuses("deposit_conflict", pays("2018-02-01", 10001, "CRO123"))
	o.refuses("day_in_future", pays("2018-03-02", 10000, "CRO 9"))
	o.refuses("amount_invalid", pays("2018-03-01", 0, "CRO 9"))
	o.refuses("amount_invalid", pays("2018-03-01", -5, "CRO 9"))
	o.refuses("reference_missing", pays("2018-03-01", 5, "  "))

	o.paysProvider("2018-02-20", 5000, "CRO 124")
	o.refuses("reason_missing", o.ReverseDeposit(ctx, "prova", id, " "))
	o.must(o.ReverseDeposit(ctx, "prova", id, "importo di un altro Ordine"))
	o.expectProvider(5000, "")
	a := o.providerAccount(12)
	if len(a.Deposits) != 3 || a.Deposits[1].Amount != -10000 || a.Deposits[1].On != pec.Day("2018-02-01") || a.Deposits[1].Reason != "importo di un altro Ordine" || !a.Deposits[0].Reversed {
		t.Errorf("%+v", a.Deposits)
	}
	if len(a.Movements) != 1 || a.Movements[0].On != pec.Day("2018-02-20") {
		t.Errorf("the account does not begin with the deposit that stands: %+v", a.Movements)
	}
	o.refuses("entry_reversed", o.ReverseDeposit(ctx, "prova", id, "ancora"))
	o.refuses("entry_not_reversible", o.ReverseDeposit(ctx, "prova", a.Deposits[1].ID, "lo storno"))
	o.refuses("deposit_unknown", o.ReverseDeposit(ctx, "prova", 99, "nessuno"))
	o.refuses("deposit_reversed", pays("2018-02-01", 10000, "CRO 123"))
	o.expectCheck()
}

// TestDepositOfAMistypedYearIsRefused: the first agreement begins on 01/01/2016.
func TestDepositOfAMistypedYearIsRefused(t *testing.T) {
	o := newOffice(t, "2018-02-01")
	for _, day := range []string{"0018-01-01", "1018-02-01", "2014-12-31"} {
		_, err := o.PayProvider(ctx, "prova", office.ProviderPayment{On: pec.Day(day), Amount: 100, Reference: "CRO 1"})
		o.refuses("day_too_early", err)
	}
	o.paysProvider("2015-01-01", 100, "CRO 1")
}
