package office_test

import (
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
)

func (o *testOffice) wants(box string, gb int) {
	o.t.Helper()
	o.must(o.AskSpace(ctx, "prova", office.SpaceAsked{Address: box, GB: gb}))
}

// Space asked for with three mailboxes is ordered when the provider's answer of
// 20/10/2017 activates them: at once where the credit is there, waiting where it
// is not, not at all where the wish was taken back. 2 GB for a year: 6,10 €.
func TestSpaceAskedForWithTheMailbox(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	paid, short, regretted := o.ask("A1", "Pago", "Ada"), o.ask("A2", "Corto", "Bruno"), o.ask("A3", "Nulla", "Carlo")
	o.wants(paid, 1)
	o.wants(paid, 2) // changed one's mind
	o.wants(short, 2)
	o.wants(regretted, 4)
	o.wants(regretted, 0)
	o.on("2017-10-05")
	o.topUp(paid, 1000)
	o.expectLedger(paid, "2017-10-05 topup 10.00 = 10.00")
	o.files("attivazione "+paid+" 1 R000001", "attivazione "+short+" 1 R000002", "attivazione "+regretted+" 1 R000003")
	o.on("2017-10-20")
	o.taken(3, 0, 0, paid+";attivazione;OK;12/10/2017;;", short+";attivazione;OK;12/10/2017;;", regretted+";attivazione;OK;12/10/2017;;")
	o.expect(paid, "active to 2018-10-12, credit 3.90", "2 inbox_gb from 2017-10-20 to 2018-10-12")
	o.expect(short, "active to 2018-10-12, credit 0.00")
	o.expect(regretted, "active to 2018-10-12, credit 0.00")
	o.on("2017-11-02")
	o.topUp(short, 610)
	o.expect(short, "active to 2018-10-12, credit 0.00", "2 inbox_gb from 2017-11-02 to 2018-10-12")
	o.files("spazio "+paid+" 3 R000004", "spazio "+short+" 3 R000005")
	o.sound()
}

// What can no longer be had when the mailbox is active does not hold the
// activation up.
func TestAskedSpaceThatTheAgreementNoLongerHas(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	box := o.ask("A1", "Rossi", "Mario")
	o.topUp(box, 1000)
	o.wants(box, 2)
	o.agree(from("2017-10-10"), func(a *pec.Agreement) { a.SoldBy = pec.SoldByProvider })
	o.on("2017-10-12")
	done, err := o.Activate(ctx, "prova", box, 0)
	o.must(err)
	if done.Space == nil || done.Space.GB != 2 || done.Space.Why != "Con la convenzione in vigore gli acquisti si fanno presso il gestore, non qui." || done.Space.Order.ID != 0 {
		t.Errorf("it says %+v", done.Space)
	}
	o.expect(box, "active to 2018-10-12, credit 10.00")
	o.sound()
}

func TestAskedSpaceIsRefusedWithItsReason(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	box, active := o.ask("A1", "Rossi", "Mario"), o.mailbox("A2", "Verdi", "Anna")
	ask := func(a office.SpaceAsked) error { return o.AskSpace(ctx, "prova", a) }
	o.refuses("cap_exceeded", ask(office.SpaceAsked{Address: box, GB: 5})) // 1 + 5 > 5
	o.refuses("quantity_invalid", ask(office.SpaceAsked{Address: box, GB: -1}))
	o.refuses("mailbox_not_requested", ask(office.SpaceAsked{Address: active, GB: 1}))
	o.refuses("mailbox_unknown", ask(office.SpaceAsked{Address: box, GB: 1, ByMember: o.holder(active)}))
	o.refuses("terms_missing", ask(office.SpaceAsked{Address: box, GB: 1, ByMember: o.holder(box)}))
	o.must(ask(office.SpaceAsked{Address: box, GB: 1, ByMember: o.holder(box), Accepted: pec.TermCodes()}))
	o.leaves(o.holder(box), "2017-10-02")
	o.refuses("holder_left", ask(office.SpaceAsked{Address: box, GB: 2}))
	o.must(ask(office.SpaceAsked{Address: box, GB: 0}))
}
