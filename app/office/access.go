package office

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"albopec/app/pec"
	"albopec/db"
)

// mostAsked is how many requests of one guest may be without an answer: a typing
// machine does not fill the table, nor try addresses out.
const mostAsked = 20

// AskAccess keeps that a member wants to see a mailbox of another holder and pay
// for it. Whether a mailbox has that address is not to be learnt from what comes
// of it. Asked again while the request is open, nothing happens; after it ended
// pec.RefusesRequest has its say.
func (o *Office) AskAccess(ctx context.Context, actor string, guest int64, address string) error {
	address = normalAddress(address)
	switch {
	case address == "":
		return pec.Refuse("address_missing", "Scriva l’indirizzo della casella PEC.").On("address")
	case !pec.ValidEmail(address):
		return pec.Refuse("address_invalid", "«%s» non è un indirizzo: lo scriva per intero, come mario.rossi@pec.ordine.it.", address).On("address")
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		m, err := standingMember(&tx.ReadTx, guest)
		if err != nil {
			return err
		}
		domains, err := tx.Domains()
		if err != nil {
			return err
		}
		if _, domain, _ := strings.Cut(address, "@"); !slices.Contains(domains, domain) {
			return pec.Refuse("domain_unknown", "«%s» non è di una casella dell’Ordine: il suo dominio è %s.", address, strings.Join(domains, ", ")).On("address")
		}
		box, err := openMailbox(&tx.ReadTx, address)
		if err != nil {
			return err
		}
		switch {
		case !m.Status.OnRegister():
			return pec.Refuse("guest_left", "Lei non risulta più nell’albo: non può chiedere di pagare per altri.")
		case box.MemberID == guest:
			return pec.Refuse("own_mailbox", "%s è già una Sua casella: la trova nella Sua area.", address).On("address")
		}
		if open, err := tx.OpenAccess(guest, box.ID, address); err != nil || open.ID != 0 {
			return err
		}
		before, err := tx.EndedAccesses(guest, box.ID, address)
		if err != nil {
			return err
		}
		if p := pec.RefusesRequest(before, tx.On); p != nil {
			return p
		}
		if err := overtaken(tx, guest, box.ID, address); err != nil {
			return err
		}
		asked, err := tx.AccessesAsked(guest)
		if err != nil {
			return err
		}
		if asked >= mostAsked {
			return pec.Refuse("too_many_asked", "Ha già %d richieste senza risposta: ne ritiri qualcuna, poi chieda.", asked).On("address")
		}
		if err := tx.AddAccess(guest, address, box.ID); err != nil {
			return err
		}
		if err := tx.Record("access.asked", "member", guest, map[string]any{"mailbox": address}); err != nil || box.ID == 0 {
			return err
		}
		if err := tx.Record("access.asked", "member", box.MemberID, map[string]any{"mailbox": address, "member": m.FullName()}); err != nil {
			return err
		}
		return tellAsked(tx, m, box)
	})
}

// openMailbox is the mailbox that is not closed with an address; zero when none
// has it.
func openMailbox(tx *db.ReadTx, address string) (db.MailboxRow, error) {
	box, err := tx.MailboxByAddress(address)
	if pec.AsProblem(err) != nil || box.Status == pec.MailboxClosed {
		return db.MailboxRow{}, nil
	}
	return box, err
}

// overtaken ends a request for an address that had no mailbox then and has one
// now.
func overtaken(tx *db.Tx, guest, mailbox int64, address string) error {
	if mailbox == 0 {
		return nil
	}
	before, err := tx.OpenAccess(guest, 0, address)
	if err != nil || before.ID == 0 {
		return err
	}
	return tx.EndAccess(before.ID)
}

// DecideAccess is the holder's answer to who asked for access. The same answer
// again changes nothing.
func (o *Office) DecideAccess(ctx context.Context, actor string, holder, id int64, grant bool) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		a, err := accessBetween(&tx.ReadTx, id, 0, holder)
		if err != nil {
			return err
		}
		state, action := pec.AccessRefused, "access.refused"
		if grant {
			state, action = pec.AccessGranted, "access.granted"
			if p := a.RefusesGrant(); p != nil {
				return p
			}
		}
		switch {
		case a.State == state:
			return nil
		case a.State == pec.AccessGranted:
			return pec.Refuse("access_decided", "Ha già concesso questo accesso: se ha cambiato idea lo revochi.")
		case a.State != pec.AccessAsked:
			return pec.Refuse("access_ended", "La richiesta è già stata ritirata.")
		}
		if err := tx.DecideAccess(id, state); err != nil {
			return err
		}
		if err := recordAccess(tx, action, a, grant, nil); err != nil {
			return err
		}
		return tellDecided(tx, a, state)
	})
}

// WithdrawAccess ends an access: its holder takes it back, or the guest gives it
// up or takes the request back. One that has ended stays so.
func (o *Office) WithdrawAccess(ctx context.Context, actor string, member, id int64) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		a, err := accessBetween(&tx.ReadTx, id, member, member)
		if err != nil || !a.State.Open() {
			return err
		}
		if err := tx.EndAccess(id); err != nil {
			return err
		}
		granted := a.State == pec.AccessGranted
		if err := recordAccess(tx, "access.withdrawn", a, granted, nil); err != nil || member != a.HolderID {
			return err
		}
		if !granted {
			return tellDecided(tx, a, pec.AccessRefused)
		}
		return tellDecided(tx, a, pec.AccessWithdrawn)
	})
}

// accessBetween loads an access of a guest or to a mailbox of a holder (0:
// nobody); for others it is as if it did not exist.
func accessBetween(tx *db.ReadTx, id, guest, holder int64) (db.Access, error) {
	a, err := tx.Access(id)
	if err == nil && a.GuestID != guest && (a.HolderID != holder || holder == 0) {
		err = db.AccessUnknown()
	}
	return a, err
}

// recordAccess writes what became of an access into the log of both members. Who
// the holder is the guest's log says only of what was granted.
func recordAccess(tx *db.Tx, action string, a db.Access, granted bool, detail map[string]any) error {
	mine := map[string]any{"mailbox": a.Asked}
	if granted {
		mine = map[string]any{"mailbox": a.Address, "member": a.Holder}
	}
	theirs := map[string]any{"mailbox": a.Address, "member": a.GuestName}
	for key, value := range detail {
		mine[key], theirs[key] = value, value
	}
	if err := tx.Record(action, "member", a.GuestID, mine); err != nil || a.HolderID == 0 {
		return err
	}
	return tx.Record(action, "member", a.HolderID, theirs)
}

// Gift is credit that a guest moves to the holder of a mailbox.
type Gift struct {
	AccessID   int64
	Guest      int64
	Amount     pec.Cents // gross
	RequestKey string    // as in Purchase
	Seen       *int      // how many payments of today for the mailbox the guest has seen; nil asks nothing
}

// Given is a gift just made.
type Given struct {
	Access          db.Access
	Amount          pec.Cents
	Balance         pec.Cents // the guest's, after it
	ClaimSettled    pec.Cents // the holder's
	OrdersCompleted int       // the holder's
	Repeated        bool      // the form had already been sent
}

// GiveCredit moves credit from who pays to the holder of a mailbox, by two
// opposite entries (R14). What is overdue for either is carried out first (R6);
// for the holder it is as a top-up: a claim is settled first and what waits is
// completed, oldest first.
func (o *Office) GiveCredit(ctx context.Context, actor string, g Gift) (Given, error) {
	switch {
	case g.Amount <= 0:
		return Given{}, pec.Refuse("amount_invalid", "L’importo deve essere maggiore di zero.").On("amount")
	case g.Amount > pec.MaxAmount:
		return Given{}, pec.Refuse("amount_invalid", "L’importo supera il massimo di %s.", pec.MaxAmount.Euro()).On("amount")
	}
	done := Given{Amount: g.Amount}
	err := o.write(ctx, actor, func(tx *db.Tx) (err error) {
		if done.Access, err = accessBetween(&tx.ReadTx, g.AccessID, g.Guest, 0); err != nil {
			return err
		}
		if done.Repeated, err = givenBefore(tx, g); err != nil {
			return err
		}
		if !done.Repeated {
			if err := sawGifts(tx, g); err != nil {
				return err
			}
			if err := give(tx, g, &done); err != nil {
				return err
			}
		}
		done.Balance, err = tx.Balance(g.Guest)
		return err
	})
	return done, err
}

// sawGifts refuses a gift when another was made for the mailbox today that the
// guest has not seen, in another window or before going back: nothing given can
// be taken back.
func sawGifts(tx *db.Tx, g Gift) error {
	if g.Seen == nil {
		return nil
	}
	today, err := GiftsToday(&tx.ReadTx, g.AccessID, tx.On)
	if err != nil || len(today) <= *g.Seen {
		return err
	}
	return pec.Refuse("gift_again", "Oggi ha già versato %s per questa casella: se vuole versare ancora, prema di nuovo «Versa».", pec.Cents(-today[0].Amount).Euro())
}

// GiftsToday are the entries by which a guest paid for a mailbox on a day, the
// latest first.
func GiftsToday(tx *db.ReadTx, access int64, on pec.Date) ([]db.Entry, error) {
	all, err := tx.GivenFor(access)
	return slices.DeleteFunc(all, func(e db.Entry) bool { return e.On != on }), err
}

// givenBefore reports whether a form has already made its gift.
func givenBefore(tx *db.Tx, g Gift) (bool, error) {
	if g.RequestKey == "" {
		return false, nil
	}
	first, err := tx.AccessPaymentByRequest(g.RequestKey)
	if err != nil || first.EntryID == 0 {
		return false, err
	}
	if first.AccessID != g.AccessID || first.Amount != g.Amount {
		return false, pec.Refuse("request_repeated", "Questo modulo è già servito per un versamento di %s: ricarichi la pagina e ripeta.", first.Amount.Euro())
	}
	return true, nil
}

func give(tx *db.Tx, g Gift, done *Given) error {
	a, err := readyToPay(tx, done.Access)
	if err != nil {
		return err
	}
	if err := affords(tx, g.Guest, g.Amount); err != nil {
		if p := pec.AsProblem(err); p != nil {
			return p.On("amount")
		}
		return err
	}
	entry, err := moveCredit(tx, a, g.Amount, "", g.RequestKey)
	if err != nil {
		return err
	}
	if done.ClaimSettled, err = settleClaim(tx, a.HolderID, "Saldato con il versamento di un altro iscritto"); err != nil {
		return err
	}
	waited, err := tx.WaitingOrders(a.HolderID)
	if err != nil {
		return err
	}
	if err := completeWaiting(tx, a.HolderID, &done.OrdersCompleted); err != nil {
		return err
	}
	paid, err := completedOf(&tx.ReadTx, waited)
	if err != nil {
		return err
	}
	return tellPaid(tx, a, fmt.Sprint("entry:", entry), guestPaid{what: "Credito versato sul Suo conto", gross: g.Amount, completed: paid})
}

// readyToPay carries out what is overdue for both and says whether the guest may
// still pay: the mailbox may just have closed.
func readyToPay(tx *db.Tx, a db.Access) (db.Access, error) {
	if p := a.Refuses(); p != nil {
		return a, p
	}
	for _, member := range []int64{a.GuestID, a.HolderID} {
		if err := overdue(tx, member); err != nil {
			return a, err
		}
		m, err := standingMember(&tx.ReadTx, member)
		if err != nil {
			return a, err
		}
		if err := notBefore(tx.On, "uno dei due conti", m.LastEventOn); err != nil {
			return a, err
		}
	}
	a, err := tx.Access(a.ID)
	if err != nil {
		return a, err
	}
	if p := a.Refuses(); p != nil {
		return a, p
	}
	return a, nil
}

func affords(tx *db.Tx, guest int64, amount pec.Cents) error {
	credit, err := tx.Balance(guest)
	if err != nil {
		return err
	}
	claim, err := tx.Claim(guest)
	if err != nil {
		return err
	}
	if p := pec.RefuseGift(amount, credit, claim); p != nil {
		return p
	}
	return nil
}

// moveCredit writes the two opposite entries: neither sum changes. What is what
// the money is for, empty for nothing in particular. It returns the guest's entry.
func moveCredit(tx *db.Tx, a db.Access, amount pec.Cents, what, requestKey string) (int64, error) {
	out, err := tx.AddEntry(db.Entry{MemberID: a.GuestID, On: tx.On, Kind: pec.EntryTransfer, Amount: -amount, Reason: because("Versato per la casella "+a.Address, what)})
	if err != nil {
		return 0, err
	}
	if _, err := tx.AddEntry(db.Entry{MemberID: a.HolderID, On: tx.On, Kind: pec.EntryTransfer, Amount: amount, ReversesID: out,
		Reason: because("Ricevuto da "+a.GuestName+" per la casella "+a.Address, what)}); err != nil {
		return 0, err
	}
	if err := tx.AddAccessPayment(db.AccessPayment{EntryID: out, AccessID: a.ID}, requestKey); err != nil {
		return 0, err
	}
	if err := recordAccess(tx, "access.paid", a, true, map[string]any{"amount": amount}); err != nil {
		return 0, err
	}
	for _, member := range []int64{a.GuestID, a.HolderID} {
		if err := mark(tx, member, 0, tx.On); err != nil {
			return 0, err
		}
	}
	return out, nil
}

// payForOrder moves the price of an order that is about to be placed, which may
// be nothing.
func payForOrder(tx *db.Tx, a db.Access, gross pec.Cents, what string) error {
	if err := affords(tx, a.GuestID, gross); err != nil || gross == 0 {
		return err
	}
	_, err := moveCredit(tx, a, gross, what, "")
	return err
}

// paidForOrder tells the holder of an order that the guest's credit paid.
func paidForOrder(tx *db.Tx, a db.Access, order db.OrderRow, what string) error {
	if order.State != pec.OrderCompleted {
		return fmt.Errorf("order %d is %s after its price was moved", order.ID, order.State)
	}
	return tellPaid(tx, a, fmt.Sprint("order:", order.ID), guestPaid{what: what, gross: order.Price.Gross, order: order})
}

// GuestPurchase is what a guest buys for a mailbox of another holder.
type GuestPurchase struct {
	AccessID   int64
	Guest      int64
	Product    string
	Quantity   int
	RequestKey string     // as in Purchase
	Seen       *pec.Cents // as in Purchase
	Confirmed  *string    // as in Purchase
	Accepted   []string   // conditions that the guest just accepted (R17)
}

// OrderAsGuest makes a purchase for a mailbox of another holder at the price that
// the holder would pay: the gross passes from the guest's credit to the holder's
// and pays the order, which is the holder's. An order never waits for the
// guest's money: what their credit does not cover is a Problem and leaves nothing
// written.
func (o *Office) OrderAsGuest(ctx context.Context, actor string, p GuestPurchase) (Purchased, error) {
	var done Purchased
	err := o.write(ctx, actor, func(tx *db.Tx) (err error) {
		done, err = orderAsGuest(tx, p)
		return err
	})
	return done, err
}

func orderAsGuest(tx *db.Tx, p GuestPurchase) (Purchased, error) {
	a, err := accessBetween(&tx.ReadTx, p.AccessID, p.Guest, 0)
	if err != nil {
		return Purchased{}, err
	}
	if first, err := orderedBefore(tx, p.RequestKey, a.MailboxID); err != nil || first.ID != 0 {
		return Purchased{Order: first, Repeated: true}, err
	}
	if a, err = readyToPay(tx, a); err != nil {
		return Purchased{}, err
	}
	box, err := tx.Mailbox(a.MailboxID)
	if err != nil {
		return Purchased{}, err
	}
	quote, err := quoteForGuest(tx, box, p)
	if err != nil {
		return Purchased{}, err
	}
	if err := accept(tx, p.Guest, p.Accepted, true); err != nil {
		return Purchased{}, err
	}
	what := quote.Product.What(quote.Quantity)
	if err := payForOrder(tx, a, quote.Price.Gross, what); err != nil {
		return Purchased{}, err
	}
	done, err := placeOrder(tx, box, Purchase{Address: box.Address, Product: p.Product, Quantity: p.Quantity, RequestKey: p.RequestKey}, quote)
	if err != nil {
		return done, err
	}
	if err := paidForOrder(tx, a, done.Order, what+", fino al "+done.ExpiresOn.Italian()); err != nil {
		return done, err
	}
	return done, untilExpiry(tx, done.Order.ID)
}

// untilExpiry turns the renewal of what a guest bought off: it would be paid from
// the credit of the holder, who has not asked for it and may turn it on.
func untilExpiry(tx *db.Tx, order int64) error {
	lines, err := tx.OrderLines(order)
	if err != nil {
		return err
	}
	for _, l := range lines {
		s, err := tx.Service(l.ServiceID)
		if err != nil {
			return err
		}
		s.AutoRenew = false
		if err := tx.SetService(s); err != nil {
			return err
		}
	}
	return nil
}

// QuoteForGuest is what a guest would pay for a mailbox today: the holder's price,
// of a service that ends on E unless the holder turns its renewal on.
func (o *Office) QuoteForGuest(tx *db.ReadTx, box db.MailboxRow, product string, quantity int) (pec.Quote, error) {
	return quoteUpTo(tx, box, product, quantity, o.Today(), false)
}

// quoteForGuest is the holder's own quote, after what refuses a guest.
func quoteForGuest(tx *db.Tx, box db.MailboxRow, p GuestPurchase) (pec.Quote, error) {
	agreements, err := tx.Agreements()
	if err != nil {
		return pec.Quote{}, err
	}
	book, err := loadBook(&tx.ReadTx, box.MemberID, agreements)
	if err != nil {
		return pec.Quote{}, err
	}
	if refused := book.RefusesGuest(box.ID); refused != nil {
		return pec.Quote{}, refused
	}
	quote, err := quoteUpTo(&tx.ReadTx, box, p.Product, p.Quantity, tx.On, false)
	if err != nil {
		return pec.Quote{}, err
	}
	if quote.Product.OneOff {
		return pec.Quote{}, pec.Refuse("product_not_for_guests", "«%s» si consegna al titolare: lo ordina lui dalla sua area. Lei può versargli il credito.", quote.Product.Name).On("product")
	}
	if p.Seen != nil && *p.Seen != quote.Price.Gross {
		return pec.Quote{}, priceChanged(quote.Price)
	}
	if p.Confirmed != nil {
		doubt, err := doubtOfGuest(&tx.ReadTx, box, quote, tx.Actor)
		if err != nil {
			return pec.Quote{}, err
		}
		if asked := doubt.Refuse(*p.Confirmed); asked != nil {
			return pec.Quote{}, asked
		}
	}
	return quote, inOrder(tx, box)
}

// DoubtOfGuest is what is asked of a guest before a purchase that was quoted.
func (o *Office) DoubtOfGuest(tx *db.ReadTx, box db.MailboxRow, q pec.Quote, actor string) (pec.Doubt, error) {
	return doubtOfGuest(tx, box, q, actor)
}

// doubtOfGuest asks about what runs already: the holder's orders a guest does not
// see, those that wait least of all.
func doubtOfGuest(tx *db.ReadTx, box db.MailboxRow, q pec.Quote, actor string) (pec.Doubt, error) {
	same, err := boughtThatDay(tx, box, q, actor)
	same = slices.DeleteFunc(same, func(o pec.OrderMade) bool { return o.Number == "" })
	for i := range same {
		same[i].Hidden = !same[i].Own
	}
	return pec.Doubt{Product: q.Product, Quantity: q.Quantity, Same: same}, err
}
