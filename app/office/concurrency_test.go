package office_test

import (
	"fmt"
	"sync"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// Eight at once buy, pay, reverse and renew on the books of one member and of
// another: every balance stays the sum of its entries and above zero, every
// number follows the one before.
func TestEightAtOnceKeepTheBooks(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	second := o.another(box, "studio@pec.ordine.example")
	other := o.mailbox("A2", "Bianchi", "Anna")
	boxes := []string{box, second, other}
	o.on("2018-10-12") // E: renewals and purchases meet
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 12 {
				address := boxes[(worker+i)%3]
				var err error
				switch (worker*5 + i) % 4 {
				case 0, 1:
					_, err = o.Order(ctx, "prova", office.Purchase{Address: address, Product: "archive_gb", Quantity: 1 + i%3, RequestKey: fmt.Sprint("modulo ", worker, i)})
				case 2:
					var done office.ToppedUp
					done, err = o.TopUp(ctx, "prova", office.Payment{Address: address, Amount: pec.Cents(100 + 137*i), Method: pec.ByBankTransfer, Reference: fmt.Sprint("CRO ", worker, i), EvenIfShared: true})
					if err == nil && i%4 == 0 {
						_, _, err = o.ReverseTopUp(ctx, "prova", done.EntryID, nil, "prova")
					}
				case 3:
					_, err = o.Renew(ctx, "prova", o.day)
				}
				if err != nil && pec.AsProblem(err) == nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	o.expectSound()
}

func TestFormSentByEightAtOnceIsOneOrder(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 10_000)
	ids := make([]int64, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			done, err := o.Order(ctx, "prova", office.Purchase{Address: box, Product: pec.InboxGB, Quantity: 1, RequestKey: "modulo"})
			if err != nil {
				t.Error(err)
			}
			ids[i] = done.Order.ID
		})
		wg.Go(func() {
			if _, err := o.TopUp(ctx, "prova", pays(box, 700, pec.ByCard, "pi_1")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Errorf("orders %v", ids)
		}
	}
	o.expect(box, "active to 2018-10-12, credit 103.95", "1 inbox_gb from 2017-10-12 to 2018-10-12")
}

// Of eight who buy with money for three, three get it.
func TestCreditIsSpentOnce(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	o.topUp(box, 3*488+10)
	var wg sync.WaitGroup
	var mu sync.Mutex
	states := map[pec.OrderState]int{}
	for range 8 {
		wg.Go(func() {
			done, err := o.Order(ctx, "prova", office.Purchase{Address: box, Product: "archive_gb", Quantity: 1})
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			states[done.Order.State]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if states[pec.OrderCompleted] != 3 || states[pec.OrderAwaitingPayment] != 5 {
		t.Errorf("states %v", states)
	}
	o.expectSound()
}

// expectSound adds the books up a second time, in Go.
func (o *testOffice) expectSound() {
	o.t.Helper()
	o.numbers()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		members, err := tx.Members()
		if err != nil {
			return err
		}
		for _, m := range members {
			entries, err := tx.Entries(m.ID)
			if err != nil {
				return err
			}
			sum := pec.Cents(0)
			for i, e := range entries {
				sum += e.Amount
				if e.Balance != sum || sum < 0 || e.Seq != i+1 {
					o.t.Errorf("member %d, entry %d: balance %s, sum %s, sequence %d", m.ID, i+1, e.Balance, sum, e.Seq)
				}
				if i > 0 && e.On.Before(entries[i-1].On) {
					o.t.Errorf("member %d: an entry of %s after one of %s", m.ID, e.On, entries[i-1].On)
				}
			}
			if b, err := tx.Balance(m.ID); err != nil || b != sum {
				o.t.Errorf("member %d: balance %s, sum %s, %v", m.ID, b, sum, err)
			}
			claim, err := tx.Claim(m.ID)
			if err != nil || claim < 0 || claim > 0 && sum > 0 {
				o.t.Errorf("member %d: claim %s beside a credit of %s, %v", m.ID, claim, sum, err)
			}
			orders, err := tx.OrdersOf(m.ID)
			if err != nil {
				return err
			}
			for _, r := range orders {
				paid := pec.Cents(0)
				for _, e := range entries {
					if e.OrderID == r.ID && e.Kind == pec.EntryOrder {
						paid -= e.Amount
					}
				}
				if want := r.Price.Gross; r.State == pec.OrderCompleted && paid != want || r.State != pec.OrderCompleted && paid != 0 {
					o.t.Errorf("order %d (%s) at %s was paid %s", r.ID, r.State, want, paid)
				}
			}
		}
		boxes, err := tx.Mailboxes()
		for _, b := range boxes {
			periods, perr := tx.Periods(b.ID)
			if perr != nil {
				return perr
			}
			for i, p := range periods {
				if i > 0 && p.StartsOn != periods[i-1].EndsOn {
					o.t.Errorf("%s: a period from %s after one to %s", b.Address, p.StartsOn, periods[i-1].EndsOn)
				}
			}
		}
		return err
	}))
}
