package web

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// giftPage moves credit to the holder of a mailbox.
type giftPage struct {
	Frame
	ID      int64
	Address string
	Holder  string
	Stop    string // why nothing can be given
	Credit  pec.Cents
	Amount  string
	Missing pec.Cents // for the renewal
	Renews  pec.Date
	Key     string
	Gifts   []db.Entry // paid for the mailbox today, the latest first
}

// Seen is how many payments of today the page tells.
func (p *giftPage) Seen() int { return len(p.Gifts) }

// TodaySum is what they come to.
func (p *giftPage) TodaySum() (sum pec.Cents) {
	for _, e := range p.Gifts {
		sum -= e.Amount
	}
	return sum
}

func (s *site) giftForm(c *fiber.Ctx) error {
	p, err := s.giftPage(c)
	if err != nil {
		return err
	}
	if p.Amount = c.Query("importo"); p.Amount != "" {
		if _, err := pec.ParseAmount(p.Amount); err != nil {
			p.Amount = ""
		}
	}
	return s.show(c, "areagift", p)
}

func (s *site) giftPage(c *fiber.Ctx) (*giftPage, error) {
	p := &giftPage{Key: randomToken()}
	return p, s.read(c, func(tx *db.ReadTx) error {
		a, err := ownAccess(c, tx)
		if err != nil {
			return err
		}
		p.ID, p.Address = a.ID, askedFor(a)
		p.Frame = s.frame(c, "Versa credito", Crumb{"Caselle di altri iscritti", "/area/altre"}, Crumb{p.Address, otherPath(a.ID, "")})
		if p.Credit, err = tx.Balance(who(c).ID); err != nil {
			return err
		}
		if problem := a.Refuses(); problem != nil {
			p.Stop = problem.Message
			return nil
		}
		p.Holder = a.Holder
		if p.Gifts, err = office.GiftsToday(tx, a.ID, visitOf(c).today); err != nil {
			return err
		}
		claim, err := tx.Claim(who(c).ID)
		if err != nil {
			return err
		}
		if problem := pec.RefuseGift(0, p.Credit, claim); problem != nil {
			p.Stop = problem.Message
			return nil
		}
		book, agreements, err := s.office.Book(tx, a.HolderID)
		f := book.ForGuest(a.MailboxID).Forecast(agreements, a.MailboxID, p.Today)
		p.Missing, p.Renews = f.Missing, f.On
		now, _ := pec.InForce(agreements, p.Today)
		p.Stop = noUseOfCredit(now, p.Missing)
		return err
	})
}

// give moves what was typed. A form that stood open while the access ended comes
// back with it.
func (s *site) give(c *fiber.Ctx) error {
	p, err := s.giftPage(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	p.Amount = f.text("amount")
	if key := f.text("key"); key != "" && len(key) <= maxKey {
		p.Key = key
	}
	gift := office.Gift{AccessID: p.ID, Guest: who(c).ID, RequestKey: requestKey(c, p.Key), Amount: f.amount("amount")}
	if seen, err := strconv.Atoi(f.text("seen")); err == nil {
		gift.Seen = &seen
	}
	var done office.Given
	if f.ok() {
		done, err = s.office.GiveCredit(ctx(c), who(c).Actor(), gift)
		f.add(err)
	}
	if !f.ok() {
		p.Stop = "" // it is said above what was typed
		return s.refuse(c, "areagift", p, f)
	}
	if done.Repeated {
		return s.done(c, otherPath(p.ID, ""), "Il versamento era già registrato: è uno solo.", "Il Suo credito è "+done.Balance.Euro()+".")
	}
	return s.done(c, otherPath(p.ID, ""), "Versati "+done.Amount.Euro()+" per "+p.Address+".", "Il Suo credito ora è "+done.Balance.Euro()+".")
}

// guestPurchasePage is a purchase for a mailbox of another holder, paid at once
// from the guest's credit.
type guestPurchasePage struct {
	purchasePage
	ID     int64
	Of     string // the holder
	Path   string // of the mailbox's page
	Reason string // the quote's sentence
}

func (s *site) guestPurchase(c *fiber.Ctx) error {
	p, err := s.guestPurchasePage(c, c.Query("product"), c.Query("quantity"))
	if err != nil {
		return err
	}
	return s.show(c, "areaother-purchase", p)
}

func (s *site) guestPurchasePage(c *fiber.Ctx, product, quantity string) (*guestPurchasePage, error) {
	p := &guestPurchasePage{}
	p.Product, p.Quantity, p.Key = product, quantity, randomToken()
	return p, s.read(c, func(tx *db.ReadTx) error {
		a, err := ownAccess(c, tx)
		if err != nil {
			return err
		}
		p.ID, p.Path = a.ID, otherPath(a.ID, "")
		p.Frame = s.frame(c, "Acquista spazio", Crumb{"Caselle di altri iscritti", "/area/altre"}, Crumb{askedFor(a), p.Path})
		if problem := a.Refuses(); problem != nil {
			p.Refusal = problem.Message
			return nil
		}
		p.Of = a.Holder
		if p.Box, err = tx.Mailbox(a.MailboxID); err != nil {
			return err
		}
		if p.Holder, err = tx.Member(who(c).ID); err != nil { // who pays and accepts
			return err
		}
		return s.fillGuestPurchase(c, tx, p)
	})
}

func (s *site) fillGuestPurchase(c *fiber.Ctx, tx *db.ReadTx, p *guestPurchasePage) error {
	theirs, agreements, err := s.office.Book(tx, p.Box.MemberID)
	if err != nil {
		return err
	}
	mine, _, err := s.office.Book(tx, p.Holder.ID)
	if err != nil {
		return err
	}
	// What is overdue for both is carried out before the purchase (R6).
	_, theirs = pec.Renewals(theirs, agreements, p.Today.AddDays(-1))
	_, mine = pec.Renewals(mine, agreements, p.Today.AddDays(-1))
	for _, problem := range []*pec.Problem{theirs.RefusesGuest(p.Box.ID), pec.RefuseGift(0, mine.Credit, mine.Claim)} {
		if problem != nil {
			p.Refusal = problem.Message
			return nil
		}
	}
	offer, err := s.offerFor(tx, p.Box, 0, p.Today)
	if err != nil || offer.refusal != "" {
		p.Refusal = offer.refusal
		return err
	}
	offer.products = slices.DeleteFunc(offer.products, func(x pec.Product) bool { return x.OneOff }) // handed over to the holder, who orders it
	if len(offer.products) == 0 {
		p.Refusal = "Per questa casella non c’è nulla che si possa acquistare per conto del titolare."
		return nil
	}
	if err := p.choose(tx, offer, theirs); err != nil {
		return err
	}
	if err := p.priceForGuest(s, tx, mine, theirs, agreements); err != nil {
		return err
	}
	p.Conditions, err = termsToAccept(c, tx, p.Holder.ID)
	return err
}

// priceForGuest works out the holder's own price, and what it leaves of the
// guest's credit.
func (p *guestPurchasePage) priceForGuest(s *site, tx *db.ReadTx, mine, theirs pec.Book, agreements []pec.Agreement) error {
	quote, ok, err := p.quote(tx, s.office.QuoteForGuest)
	if !ok {
		return err
	}
	v := pricedAt(quote, mine.Credit)
	doubt, err := s.office.DoubtOfGuest(tx, p.Box, quote, p.Who.Actor())
	if err != nil {
		return err
	}
	v.Doubt = showDoubt(doubt, "")
	p.Offer, p.Quoted, p.Reason = v, quotedFor(p.Product, p.Quantity), quote.Reason
	if v.After < 0 {
		v.After, v.Missing = 0, -v.After
		return nil
	}
	left := mine
	left.Credit = v.After
	v.WaitingNote = waitingNote(left, agreements, p.Today)
	what := quantityName(quote)
	v.Button, v.Closes = "Acquista "+what+" per "+quote.Price.Gross.Euro(), "Decorre da oggi fino alla scadenza: il rinnovo, se lo vuole, lo attiva il titolare. L’Ordine ne chiede l’attivazione al gestore. L’ordine di acquisto è del titolare, che ne riceve la conferma."
	if quote.Price.Gross == 0 {
		v.Button = "Aggiungi " + what + " senza costi"
	}
	theirs.Credit += quote.Price.Gross // it passes to the holder, and pays
	then := afterPurchase(theirs.ForGuest(p.Box.ID), p.Box.ID, quote)
	then.Services[len(then.Services)-1].AutoRenew = false
	f := then.Forecast(agreements, p.Box.ID, p.Today)
	v.Short, v.ShortOn = f.Missing, f.On
	return nil
}

// buyAsGuest places the order that the page showed, as buy does.
func (s *site) buyAsGuest(c *fiber.Ctx) error {
	f := formOf(c)
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if f.text("action") == "quote" {
		return quoteAgain(c, f, otherPath(id, "/acquisto"))
	}
	p, err := s.guestPurchasePage(c, f.text("product"), f.text("quantity"))
	if err != nil {
		return err
	}
	if first, err := s.alreadyBought(c, f.text("key")); err != nil || first != 0 {
		return s.boughtAsGuest(c, p, office.Purchased{Repeated: true}, err)
	}
	if p.Refusal != "" {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.show(c, "areaother-purchase", p)
	}
	if key := f.text("key"); key != "" && len(key) <= maxKey {
		p.Key = key
	}
	f.problems = p.Errors
	seen := pec.Cents(f.id("seen"))
	confirmed := f.text("confirmed")
	order := office.GuestPurchase{AccessID: p.ID, Guest: who(c).ID, Product: p.Product, RequestKey: requestKey(c, p.Key), Seen: &seen, Confirmed: &confirmed}
	if p.Offer != nil {
		order.Quantity = p.Offer.Quantity
	}
	if p.Offer != nil && f.text("quoted") != p.Quoted {
		f.add(choiceChanged(p.Offer.Price.Gross))
	}
	order.Accepted = ticked(f, p.Conditions)
	var done office.Purchased
	if f.ok() {
		done, err = s.office.OrderAsGuest(ctx(c), who(c).Actor(), order)
		f.add(err)
	}
	if !f.ok() {
		p.answer(f)
		return s.refuse(c, "areaother-purchase", p, f)
	}
	return s.boughtAsGuest(c, p, done, nil)
}

func (s *site) boughtAsGuest(c *fiber.Ctx, p *guestPurchasePage, done office.Purchased, err error) error {
	switch {
	case err != nil:
		return err
	case done.Repeated:
		return s.done(c, p.Path, "L’acquisto era già registrato: è uno solo.")
	}
	return s.done(c, p.Path, "Acquisto completato.", quantityName(done.Quote)+" per "+p.Box.Address+", fino al "+done.ExpiresOn.Italian()+". L’ordine "+done.Order.Number()+" è del titolare.")
}
