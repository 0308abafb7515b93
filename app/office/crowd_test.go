package office_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"pgregory.net/rapid"
)

// crowd is everybody who moves money at one time: a holder with two Pro
// mailboxes, a guest who pays for the first of them, the secretariat, one who has
// left the register with credit, and the provider, which refuses what was bought.
type crowd struct {
	*testOffice
	holder, guest, leaver    int64
	first, second, own, gone string // mailboxes: of the holder, of the guest, of the leaver
	access                   int64

	mu     sync.Mutex
	topups []int64 // entries
	kits   []int64 // orders
}

func newCrowd(t reporter, dir string) *crowd {
	t.Helper()
	c := &crowd{testOffice: openOffice(t, dir, "2017-10-12")}
	c.agree(withPro)
	c.named()
	c.first, c.own, c.gone = c.mailbox("A1", "Rossi", "Mario"), c.mailbox("A2", "Bianchi", "Anna"), c.mailbox("A3", "Verdi", "Bruno")
	c.second = c.another(c.first, "studio@pec.ordine.example")
	c.holder, c.guest, c.leaver = c.testOffice.holder(c.first), c.testOffice.holder(c.own), c.testOffice.holder(c.gone)
	for _, box := range []string{c.first, c.second} {
		c.topUp(box, 1830)
		c.wishes(box, "pro", 0, 0)
	}
	c.on("2017-12-07")
	c.access = c.asks(c.guest, c.first)
	c.must(c.DecideAccess(ctx, as(c.holder), c.holder, c.access, true))
	c.topUp(c.gone, 2000)
	c.leaves(c.leaver, "")
	return c
}

// deed is what somebody in the crowd does, with a number that decides how.
type deed struct{ what, n int }

// deeds are how many there are; those that bring money in come often.
const deeds = 25

// do does it; what the rules refuse is no fault, anything else is. The key is of
// the form that sends it.
func (c *crowd) do(d deed, key string) error {
	years, covered := 1+d.n%2, d.n%3 == 0
	renewal := func(box string) office.RenewalRequest {
		return office.RenewalRequest{Address: box, Wish: pec.RenewalWish{Years: years}, RequestKey: key + box, Covered: covered}
	}
	switch d.what {
	case 0:
		_, err := c.Order(ctx, as(c.holder), office.Purchase{Address: c.first, Product: pec.InboxGB, Quantity: 1 + d.n%2, RequestKey: key, ByMember: c.holder, Accepted: pec.TermCodes()})
		return err
	case 1:
		_, err := c.Order(ctx, "prova", office.Purchase{Address: c.second, Product: pec.InboxGB, Quantity: 1, RequestKey: key, Covered: covered})
		return err
	case 2:
		done, err := c.Order(ctx, "prova", office.Purchase{Address: c.own, Product: "signature_kit", Quantity: 1, RequestKey: key, DeliverTo: "Via dei Tigli 7"})
		c.note(&c.kits, done.Order.ID)
		return err
	case 3:
		if kit := c.one(&c.kits, d.n); kit != 0 {
			return c.HandOver(ctx, "prova", kit, c.Today())
		}
		return nil
	case 4, 5, 6, 7:
		box := []string{c.first, c.own, c.own, c.gone}[d.n%4]
		done, err := c.TopUp(ctx, "prova", office.Payment{Address: box, Amount: pec.Cents(305 + 733*(d.n%9)), Method: pec.ByCounter, Reference: key})
		c.note(&c.topups, done.EntryID)
		return err
	case 8:
		if entry := c.one(&c.topups, d.n); entry != 0 {
			_, _, err := c.ReverseTopUp(ctx, "prova", entry, nil, "prova")
			return err
		}
		return nil
	case 9:
		_, err := c.OrderAsGuest(ctx, as(c.guest), office.GuestPurchase{AccessID: c.access, Guest: c.guest, Product: pec.InboxGB, Quantity: 1, RequestKey: key, Accepted: pec.TermCodes()})
		return err
	case 10, 11:
		_, err := c.OrderRenewalAsGuest(ctx, as(c.guest), office.GuestRenewal{AccessID: c.access, Guest: c.guest, Years: years, RequestKey: key, Accepted: pec.TermCodes()})
		return err
	case 12:
		_, err := c.GiveCredit(ctx, as(c.guest), office.Gift{AccessID: c.access, Guest: c.guest, Amount: pec.Cents(100 + d.n), RequestKey: key})
		return err
	case 13:
		_, err := c.OrderRenewals(ctx, "prova", []office.RenewalRequest{renewal(c.first), renewal(c.second)})
		return err
	case 14:
		_, err := c.OrderRenewal(ctx, "prova", renewal(c.second))
		return err
	case 15:
		return c.cancelOldest()
	case 16:
		var credit pec.Cents
		if err := c.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
			credit, err = tx.Balance(c.leaver)
			return err
		}); err != nil {
			return err
		}
		_, err := c.Refund(ctx, "prova", c.leaver, credit, "bonifico")
		return err
	case 17:
		_, err := c.Renew(ctx, "prova", c.day)
		return err
	case 18, 19:
		return c.askAndAnswer(d.n)
	case 20, 21:
		return c.recreditOne(d.n)
	case 22:
		done, err := c.TopUp(ctx, "prova", office.Payment{Address: []string{c.first, c.own}[d.n%2], Amount: pec.Cents(1000 + 500*(d.n/2%2)), Method: pec.ByPagoPA, Reference: fmt.Sprint("0100000000000010", d.n/4%3), EvenIfReversed: covered})
		c.note(&c.topups, done.EntryID)
		return err
	case 23:
		return c.listAll(key)
	case 24:
		turn := c.ReactivateMailbox
		if covered { // less often, so that the others find an active one
			turn = c.SuspendMailbox
		}
		box, err := c.Mailbox(ctx, []string{c.first, c.second, c.own}[d.n/3%3])
		if err == nil {
			_, err = turn(ctx, "prova", box.ID, "prova")
		}
		return err
	}
	panic(fmt.Sprint("no deed ", d.what))
}

func (c *crowd) note(list *[]int64, id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id != 0 {
		*list = append(*list, id)
	}
}

func (c *crowd) one(list *[]int64, n int) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(*list) == 0 {
		return 0
	}
	return (*list)[n%len(*list)]
}

// cancelOldest cancels what waits longest for the holder's money.
func (c *crowd) cancelOldest() error {
	var waiting []db.OrderRow
	err := c.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		waiting, err = tx.WaitingOrders(c.holder)
		return err
	})
	if err != nil || len(waiting) == 0 {
		return err
	}
	return c.CancelOrder(ctx, "prova", waiting[0].ID, 0, "prova")
}

// askAndAnswer sends the provider what is due; of what it was asked so far it
// refuses two in three.
func (c *crowd) askAndAnswer(n int) error {
	if _, err := c.SendToProvider(ctx, "prova", "", "", false); err != nil && pec.AsProblem(err) == nil {
		return err
	}
	data := "Casella;Operazione;Esito;Data;Motivo;Riferimento\n"
	if err := c.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := tx.RequestList(db.RequestFilter{State: "awaited"})
		for i, r := range list {
			data += ";;" + []string{"KO;;disco pieno;", "OK;;;", "KO;;disco pieno;"}[(n+i)%3] + r.Reference() + "\n"
		}
		return err
	}); err != nil {
		return err
	}
	_, err := c.WriteImport(ctx, "prova", office.ImportOutcomes, office.ImportFile{Name: "esiti.csv", Data: []byte(data)}, "", false)
	return err
}

// recreditOne gives back one of the services, running or ended, that the provider
// refused.
func (c *crowd) recreditOne(n int) error {
	var refused []int64
	if err := c.DB.Read(ctx, func(tx *db.ReadTx) error {
		boxes, err := tx.Mailboxes()
		if err != nil {
			return err
		}
		for _, b := range boxes {
			services, err := tx.ServicesOn(b.ID, true)
			if err != nil {
				return err
			}
			for _, s := range services {
				if yes, err := office.Refused(tx, b.ID, s.ID); err != nil {
					return err
				} else if yes {
					refused = append(refused, s.ID)
				}
			}
		}
		return nil
	}); err != nil || len(refused) == 0 {
		return err
	}
	_, err := c.RecreditService(ctx, "prova", office.RecreditRequest{ServiceID: refused[n%len(refused)], Reason: "disco pieno"})
	return err
}

// listAll lists all that is to be invoiced.
func (c *crowd) listAll(key string) error {
	r := office.InvoiceRequest{By: pec.SoldByOrdine, RequestKey: key}
	if err := c.DB.Read(ctx, func(tx *db.ReadTx) error {
		sum, err := tx.ToInvoiceSum(db.InvoiceFilter{By: r.By})
		r.Through, r.Orders, r.Gross = sum.Last, sum.Orders, sum.Price.Gross
		return err
	}); err != nil {
		return err
	}
	_, err := c.ListForInvoice(ctx, "prova", r)
	return err
}

// expectYears looks at the reports: they agree with the ledger, and the months of a
// year sum up to it.
func (c *crowd) expectYears() {
	c.t.Helper()
	for year := 2017; year <= c.day.Year; year++ {
		y := c.year(year)
		f := y.Figures
		if sum := f.Opening + f.TopUps + f.OrdersPaid + f.Recredits + f.Reversals + f.Refunds + f.ClaimsSettled + f.OtherMovements; sum != f.Closing {
			c.t.Errorf("%d: the movements come to %s, the credit is %s", year, sum, f.Closing)
		}
		var cost, members, topUps pec.Cents
		for _, m := range y.Months {
			cost, members, topUps = cost+m.Cost.Gross, members+m.Members.Gross, topUps+m.TopUps
		}
		if cost != f.Ordine.Gross || members != f.Members.Gross || topUps != f.TopUps {
			c.t.Errorf("%d: month by month %s, %s and %s, the year says %s, %s and %s", year, cost, members, topUps, f.Ordine.Gross, f.Members.Gross, f.TopUps)
		}
	}
}

// expectCrowdSound looks at the books, and that what the guest gave the holder
// got, and that nothing was handed over before it was paid.
func (c *crowd) expectCrowdSound() {
	c.t.Helper()
	c.expectSound()
	c.expectCheck()
	c.expectYears()
	c.must(c.DB.Read(ctx, func(tx *db.ReadTx) error {
		var passed pec.Cents
		for _, member := range []int64{c.holder, c.guest, c.leaver} {
			entries, err := tx.Entries(member)
			if err != nil {
				return err
			}
			for _, e := range entries {
				if e.Kind == pec.EntryTransfer {
					passed += e.Amount
				}
			}
		}
		if passed != 0 {
			c.t.Errorf("between the members %s went astray", passed)
		}
		for _, id := range c.kits {
			order, err := tx.Order(id)
			if err != nil {
				return err
			}
			if d, err := tx.DeliveryOf(id); err != nil || !d.HandedOn.IsZero() && order.State != pec.OrderCompleted {
				c.t.Errorf("order %d is %s and handed over: %+v, %v", id, order.State, d, err)
			}
		}
		return nil
	}))
}

// Whatever a member, a guest and the secretariat do one after the other, over
// two years, the books stay sound.
func TestCrowdKeepsTheBooks(t *testing.T) {
	office.Fewer(t, "6")
	parent := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(parent, "")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		c := newCrowd(t, dir)
		defer c.DB.Close()
		for i := range rapid.IntRange(10, 60).Draw(t, "deeds") {
			c.day = c.day.AddDays(rapid.SampledFrom([]int{0, 0, 0, 1, 7, 40}).Draw(t, "days later"))
			d := deed{rapid.IntRange(0, deeds-1).Draw(t, "deed"), rapid.IntRange(0, 99).Draw(t, "how")}
			if err := c.do(d, fmt.Sprint("modulo ", i)); err != nil && pec.AsProblem(err) == nil {
				t.Fatalf("on %s, %+v: %v", c.day, d, err)
			}
		}
		c.expectCrowdSound()
	})
}

// The same from eight at once, when all is paid, in the free window and on E, each form sent
// by two of them.
func TestCrowdOfEightAtOnceKeepsTheBooks(t *testing.T) {
	for seed, day := range []string{"2018-03-01", "2018-09-20", "2018-10-12"} {
		t.Run(day, func(t *testing.T) {
			c := newCrowd(t, t.TempDir())
			t.Cleanup(func() { c.DB.Close() })
			c.on(day)
			var wg sync.WaitGroup
			for worker := range 8 {
				wg.Go(func() {
					form := worker / 2
					draw := rand.New(rand.NewPCG(uint64(seed), uint64(form)))
					for i := range 25 {
						d := deed{draw.IntN(deeds), draw.IntN(100)}
						if err := c.do(d, fmt.Sprint("modulo ", form, " ", i)); err != nil && pec.AsProblem(err) == nil {
							t.Errorf("%+v: %v", d, err)
						}
					}
				})
			}
			wg.Wait()
			c.expectCrowdSound()
		})
	}
}
