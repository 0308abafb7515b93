package office_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// toInvoice says what a list of everything would hold.
func (o *testOffice) toInvoice(by pec.Seller) (lines []string, request office.InvoiceRequest) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		f := db.InvoiceFilter{By: by}
		rows, err := tx.ToInvoice(f)
		if err != nil {
			return err
		}
		for _, r := range rows {
			lines = append(lines, fmt.Sprintf("%s %s %s", r.Number, r.Holder, r.Price.Gross))
		}
		sum, err := tx.ToInvoiceSum(f)
		request = office.InvoiceRequest{By: by, Through: sum.Last, Orders: sum.Orders, Gross: sum.Price.Gross}
		return err
	}))
	return lines, request
}

func (o *testOffice) expectToInvoice(by pec.Seller, want ...string) {
	o.t.Helper()
	if got, _ := o.toInvoice(by); !cmp.Equal(want, got) {
		o.t.Errorf("on %s, for %s (- want, + got):\n%s", o.day, by, cmp.Diff(want, got))
	}
}

// lists makes a list of all that is to be invoiced.
func (o *testOffice) lists(by pec.Seller) db.InvoiceList {
	o.t.Helper()
	_, request := o.toInvoice(by)
	list, err := o.ListForInvoice(ctx, "prova", request)
	o.must(err)
	return list
}

func (o *testOffice) listed(list int64) (lines []string) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		rows, err := tx.InvoiceLines(list)
		for _, r := range rows {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s, %s %s, %s: %d %s %s", r.Number, r.Holder, r.Address, r.City, r.Recipient.Italian(), r.Line.Quantity, r.Line.Product, r.Line.Price.Gross)))
		}
		return err
	}))
	return lines
}

func (o *testOffice) resides(member int64, address, city string) {
	o.t.Helper()
	o.must(o.ChangeContacts(ctx, "prova", member, office.Contacts{Address: address, PostalCode: "00100", City: city}))
}

// TestOrdersAreListedForInvoiceOnce: 1 GB and 2 GB on 07/12/2017 (3,05 € and
// 6,10 €), a free one on 01/08/2018; what is listed stays as it was.
func TestOrdersAreListedForInvoiceOnce(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	rossi, verdi := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Verdi", "Anna")
	o.resides(o.holder(rossi), "Via Roma 1", "Borgo")
	o.on("2017-12-07")
	o.topUp(rossi, 2000)
	o.topUp(verdi, 610)
	o.completed(rossi, 1, 305)
	o.completed(verdi, 2, 610)
	o.waits(verdi, 1, 305, 305)
	o.on("2018-08-01")
	o.completed(rossi, 1, 0)
	o.expectToInvoice(pec.SoldByOrdine, "2017/000001 Rossi Mario 3.05", "2017/000002 Verdi Anna 6.10")
	o.expectToInvoice(pec.SoldByProvider)

	list := o.lists(pec.SoldByOrdine)
	if list.Number() != "2018/1" || list.Orders != 2 || list.Price != (pec.Amounts{Net: 750, VAT: 165, Gross: 915}) || list.On != o.day || list.By != pec.SoldByOrdine || list.Actor != "prova" {
		t.Errorf("%+v", list)
	}
	o.expectToInvoice(pec.SoldByOrdine)
	want := []string{"2017/000001 Rossi Mario, Via Roma 1 Borgo, cassetto fiscale: 1 inbox_gb 3.05", "2017/000002 Verdi Anna,  , cassetto fiscale: 2 inbox_gb 6.10"}
	if diff := cmp.Diff(want, o.listed(list.ID)); diff != "" {
		t.Error(diff)
	}
	o.resides(o.holder(rossi), "Via Po 9", "Altrove")
	if diff := cmp.Diff(want, o.listed(list.ID)); diff != "" {
		t.Errorf("the list changed with the register: %s", diff)
	}
	_, nothing := o.toInvoice(pec.SoldByOrdine)
	_, err := o.ListForInvoice(ctx, "prova", nothing)
	o.refuses("invoice_none", err)
	_, err = o.ListForInvoice(ctx, "prova", office.InvoiceRequest{By: "altri"})
	o.refuses("invoicer_unknown", err)

	// Rossi's renewals of 12/10/2018, 2 × 3,05 € in one order, are for the next
	// list of the year; Verdi's end for want of credit.
	o.on("2018-10-13")
	o.night()
	o.expectToInvoice(pec.SoldByOrdine, "2018/000002 Rossi Mario 6.10")
	if next := o.lists(pec.SoldByOrdine); next.Number() != "2018/2" || next.Price.Gross != 610 {
		t.Errorf("%+v", next)
	}
	o.expectCheck()
}

// TestOnlyWhatWasSeenIsListed: what completes between page and button waits for
// the next list; what others listed meanwhile is refused; a form sent twice is
// one list.
func TestOnlyWhatWasSeenIsListed(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 2000)
	o.completed(box, 1, 305)
	_, seen := o.toInvoice(pec.SoldByOrdine)
	seen.RequestKey = "prova"
	o.completed(box, 2, 610)
	list, err := o.ListForInvoice(ctx, "prova", seen)
	o.must(err)
	if list.Orders != 1 || list.Price.Gross != 305 {
		t.Errorf("%+v", list)
	}
	again, err := o.ListForInvoice(ctx, "prova", seen)
	o.must(err)
	if again.ID != list.ID {
		t.Errorf("sent twice: %d and %d", list.ID, again.ID)
	}
	o.expectToInvoice(pec.SoldByOrdine, "2017/000002 Rossi Mario 6.10")
	_, err = o.ListForInvoice(ctx, "operatore:giulia", seen) // the key of another is none of hers
	o.refuses("invoice_none", err)
	_, first := o.toInvoice(pec.SoldByOrdine)
	o.completed(box, 1, 305)
	_, both := o.toInvoice(pec.SoldByOrdine)
	_, err = o.ListForInvoice(ctx, "prova", first)
	o.must(err)
	_, err = o.ListForInvoice(ctx, "prova", both)
	o.refuses("invoice_changed", err)
	o.expectToInvoice(pec.SoldByOrdine, "2017/000003 Rossi Mario 3.05")
}

func TestManyPressTheButtonAndOneListIsMade(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 2000)
	o.completed(box, 1, 305)
	_, seen := o.toInvoice(pec.SoldByOrdine)
	var wait sync.WaitGroup
	made := make(chan int64, 8)
	for range 8 {
		wait.Go(func() {
			if list, err := o.ListForInvoice(ctx, "prova", seen); err == nil {
				made <- list.ID
			}
		})
	}
	wait.Wait()
	if len(made) != 1 {
		t.Errorf("%d lists", len(made))
	}
	o.expectCheck()
}

// TestWhoInvoicesIsTheAgreementOfTheOrdersDay, not the one in force when the
// list is made.
func TestWhoInvoicesIsTheAgreementOfTheOrdersDay(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	o.agree(from("2018-01-01"), func(a *pec.Agreement) { a.InvoicedBy = pec.SoldByProvider })
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 2000)
	o.on("2017-12-31")
	o.completed(box, 1, 305)
	o.on("2018-01-01")
	o.completed(box, 2, 610)
	o.expectToInvoice(pec.SoldByOrdine, "2017/000001 Rossi Mario 3.05")
	o.expectToInvoice(pec.SoldByProvider, "2018/000001 Rossi Mario 6.10")
	if list := o.lists(pec.SoldByProvider); list.By != pec.SoldByProvider || list.Price.Gross != 610 {
		t.Errorf("%+v", list)
	}
	o.expectToInvoice(pec.SoldByOrdine, "2017/000001 Rossi Mario 3.05")
	o.expectCheck()
}

// TestInvoiceGoesWhereTheOrderOfRenewalSays: holder and recipient as confirmed
// with it, whatever the register says later.
func TestInvoiceGoesWhereTheOrderOfRenewalSays(t *testing.T) {
	o := bareOffice(t, "2017-10-12")
	o.agree(withPro)
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 5000)
	order, err := o.OrderRenewal(ctx, "prova", office.RenewalRequest{
		Address: box, Wish: pec.RenewalWish{Kind: "pro", Years: 1}, RecipientCode: "ABC1234",
	})
	o.must(err)
	if order.Order.State != pec.OrderCompleted {
		t.Fatalf("%+v", order)
	}
	member := o.holder(box)
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
		return tx.SetRecipient(member, pec.Recipient{Code: pec.NoChannel, PEC: "rossi@pec.example"})
	}))
	o.completed(box, 1, 610) // to the new E in two years: 2 × 2,50 € + IVA
	list := o.lists(pec.SoldByOrdine)
	lines := o.listed(list.ID)
	if len(lines) < 2 || !strings.Contains(lines[0], "codice destinatario ABC1234") || !strings.Contains(lines[len(lines)-1], "rossi@pec.example") {
		t.Errorf("%q", lines)
	}
}

// TestInvoiceOfAMergedPositionIsThatOfTheOther, as the one that stays is
// called.
func TestInvoiceOfAMergedPositionIsThatOfTheOther(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	keeps, goes := o.mailbox("A1", "Rossi", "Mario"), o.mailbox("A2", "Rosi", "Mario")
	o.topUp(goes, 305)
	o.completed(goes, 1, 305)
	member := o.holder(keeps)
	o.merges(member, o.holder(goes))
	o.expectToInvoice(pec.SoldByOrdine, "2017/000001 Rossi Mario 3.05")
	list := o.lists(pec.SoldByOrdine)
	o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error { return tx.SetOrderBody(db.OrderBody{Name: "Ordine di prova"}) }))
	file, err := o.PersonalFile(ctx, "prova", member, shouted)
	o.must(err)
	_, data := o.parts(file)
	if in := data["invoices"]; len(in) != 1 || in[0]["list"] != list.Number() || in[0]["gross"] != "3.05" || in[0]["holder"] != "Rossi Mario" {
		t.Errorf("%v", in)
	}
}

// TestGuestsTopUpTakenBackAfterTheList: the money behind the holder's order came
// from the guest, whose top-ups count with it.
func TestGuestsTopUpTakenBackAfterTheList(t *testing.T) {
	s := newStudio(t)
	paid := s.topUp(s.mine, 305)
	bought, err := s.buys(1, "uno")
	s.must(err)
	list := s.lists(pec.SoldByOrdine)
	later := s.topUp(s.mine, 500)
	s.must(third(s.ReverseTopUp(ctx, "prova", later.EntryID, nil, "sbagliata")))
	s.must(third(s.ReverseTopUp(ctx, "prova", paid.EntryID, nil, "non è arrivata")))
	s.must(s.DB.Read(ctx, func(tx *db.ReadTx) error {
		got, err := tx.TopUpsTakenBack(bought.Order.ID, list.At)
		if len(got) != 1 || got[0].ID != paid.EntryID {
			t.Errorf("%+v", got)
		}
		return err
	}))
}

// TestTopUpTakenBackAfterTheList is told of the order that it may have paid,
// also when nothing was left to take; one taken back before, or paid in after
// the order, is not.
func TestTopUpTakenBackAfterTheList(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	before, spent := o.topUp(box, 100), o.topUp(box, 305)
	o.must(third(o.ReverseTopUp(ctx, "prova", before.EntryID, nil, "sbagliata")))
	order := o.completed(box, 1, 305)
	list := o.lists(pec.SoldByOrdine)
	after := o.topUp(box, 500)
	back := func() (entries []db.Entry) {
		o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
			entries, err = tx.TopUpsTakenBack(order, list.At)
			return err
		}))
		return entries
	}
	o.must(third(o.ReverseTopUp(ctx, "prova", after.EntryID, nil, "sbagliata")))
	if got := back(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	o.must(third(o.ReverseTopUp(ctx, "prova", spent.EntryID, nil, "non è arrivata")))
	if got := back(); len(got) != 1 || got[0].ID != spent.EntryID { // all of it was spent: a claim
		t.Errorf("%+v", got)
	}
}
