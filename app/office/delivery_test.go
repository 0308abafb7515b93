package office_test

import (
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// A kit goes to the address that its buyer gave, once it is paid: 45,00 € and
// 9,90 € of VAT. It starts no service, and nothing of it renews.
func TestKitIsOrderedAndHandedOver(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.on("2018-03-01")
	buy := office.Purchase{Address: box, Product: "signature_kit", Quantity: 1, ByMember: o.holder(box), Accepted: pec.TermCodes()}
	_, err := o.Order(ctx, "prova", buy)
	o.refuses("delivery_missing", err)
	buy.DeliverTo = " Via dei Tigli 7,\n00100 Valdoro (VD) "
	long := buy
	long.DeliverTo = strings.Repeat("à", 301)
	_, err = o.Order(ctx, "prova", long)
	o.refuses("value_too_long", err)
	bought, err := o.Order(ctx, "prova", buy)
	o.must(err)
	id := bought.Order.ID
	if bought.Missing != 5490 {
		t.Errorf("%s are missing", bought.Missing)
	}
	o.refuses("order_not_completed", o.HandOver(ctx, "prova", id, pec.Date{}))
	o.on("2018-03-02")
	o.topUp(box, 5490)
	o.expectOrder(id, pec.OrderCompleted, "2018-03-02")
	o.expect(box, "active to 2018-10-12, credit 0.00")
	o.on("2018-03-09")
	o.refuses("date_in_future", o.HandOver(ctx, "prova", id, pec.Day("2018-03-10")))
	o.refuses("date_invalid", o.HandOver(ctx, "prova", id, pec.Day("2018-02-28")))
	o.must(o.HandOver(ctx, "operatore:mara@ordine.example", id, pec.Day("2018-03-08")))
	o.must(o.HandOver(ctx, "prova", id, pec.Day("2018-03-08"))) // the same again
	o.refuses("already_handed_over", o.HandOver(ctx, "prova", id, pec.Date{}))
	o.refuses("reason_missing", o.TakeBackHandOver(ctx, "prova", id, " "))
	o.must(o.TakeBackHandOver(ctx, "operatore:giulia", id, "l’ha  avuto un altro"))
	o.refuses("not_handed_over", o.TakeBackHandOver(ctx, "prova", id, "ancora"))
	o.refuses("value_too_long", o.TakeBackHandOver(ctx, "prova", id, strings.Repeat("è", 201)))
	o.refuses("reason_invalid", o.TakeBackHandOver(ctx, "prova", id, "\xff"))
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		log, err := tx.Audit("order", id, 1)
		if len(log) != 1 || log[0].Action != "order.hand_over_taken_back" || log[0].Actor != "operatore:giulia" || log[0].Detail != `{"by":"operatore:mara@ordine.example","on":"2018-03-08","reason":"l’ha avuto un altro"}` {
			t.Errorf("the log is %+v", log)
		}
		return err
	}))
	o.must(o.HandOver(ctx, "operatore:mara@ordine.example", id, pec.Date{}))
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		d, err := tx.DeliveryOf(id)
		if want := (db.Delivery{OrderID: id, Address: "Via dei Tigli 7, 00100 Valdoro (VD)", HandedOn: pec.Day("2018-03-09"), HandedBy: "operatore:mara@ordine.example"}); d != want {
			t.Errorf("delivered %+v, want %+v", d, want)
		}
		return err
	}))
	at, err := o.Order(ctx, "prova", office.Purchase{Address: box, Product: "signature_kit", Quantity: 2}) // fetched at the desk
	o.must(err)
	letters := strings.Repeat("à", 300) // twice as many bytes
	far, err := o.Order(ctx, "prova", office.Purchase{Address: box, Product: "signature_kit", Quantity: 1, DeliverTo: letters})
	o.must(err)
	at.Missing = far.Missing
	o.refuses("nothing_to_deliver", o.HandOver(ctx, "prova", o.waits(box, 1, 305, 305+at.Missing), pec.Date{}))
	o.sound()
}

// A leaver whose contact data go keeps the address of a kit that is still to be
// handed over, and no longer (9.10).
func TestErasureWaitsForADelivery(t *testing.T) {
	o := newOffice(t, "2017-10-02")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 5490)
	p, err := o.Order(ctx, "prova", office.Purchase{Address: box, Product: "signature_kit", Quantity: 1, DeliverTo: "Via dei Tigli 7, Valdoro"})
	o.must(err)
	o.leaves(o.holder(box), "2017-10-02")
	o.on("2018-02-02")
	o.lists(pec.SoldByOrdine)
	_, err = o.EraseContacts(ctx, "prova", o.holder(box), "richiesta scritta")
	o.must(err)
	to := func() (d db.Delivery) {
		o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
			d, err = tx.DeliveryOf(p.Order.ID)
			return err
		}))
		return d
	}
	if d := to(); d.Address != "Via dei Tigli 7, Valdoro" {
		t.Errorf("it no longer goes anywhere: %+v", d)
	}
	o.must(o.HandOver(ctx, "prova", p.Order.ID, pec.Date{}))
	if d := to(); d.Address != "" || d.HandedOn != pec.Day("2018-02-02") {
		t.Errorf("handed over, it is %+v", d)
	}
}
