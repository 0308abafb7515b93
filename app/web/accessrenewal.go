package web

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// guestRenewalPage renews a mailbox of another holder as it is, paid at once from
// the guest's credit (R18).
type guestRenewalPage struct {
	Frame
	ID          int64
	Path        string // of the mailbox's page
	Stop        string // why nothing can be ordered
	Box         db.MailboxRow
	Of          string // the holder
	Kind        string // its name
	Terms       []Option
	Years       string
	Quote       *pec.RenewalQuote // nil: the term cannot be had
	Credit      pec.Cents
	After       pec.Cents
	Missing     pec.Cents // 0 when the credit covers it
	WaitingNote string
	Seen        int64 // the gross price in cents, as shown
	Conditions  []termToAccept
	Key         string
}

func (s *site) guestRenewal(c *fiber.Ctx) error {
	p, err := s.guestRenewalPage(c, c.Query("years"))
	if err != nil {
		return err
	}
	return s.show(c, "areaother-renewal", p)
}

func (s *site) guestRenewalPage(c *fiber.Ctx, years string) (*guestRenewalPage, error) {
	p := &guestRenewalPage{Years: strings.TrimSpace(years), Key: randomToken()}
	return p, s.read(c, func(tx *db.ReadTx) error {
		a, err := ownAccess(c, tx)
		if err != nil {
			return err
		}
		p.ID, p.Path = a.ID, otherPath(a.ID, "")
		p.Frame = s.frame(c, "Rinnova la casella", Crumb{"Caselle di altri iscritti", "/area/altre"}, Crumb{askedFor(a), p.Path})
		if problem := a.Refuses(); problem != nil {
			p.Stop = problem.Message
			return nil
		}
		p.Of = a.Holder
		if p.Box, err = tx.Mailbox(a.MailboxID); err != nil {
			return err
		}
		return s.fillGuestRenewal(c, tx, p)
	})
}

// fillGuestRenewal offers the terms of the mailbox's kind and quotes the one
// asked for.
func (s *site) fillGuestRenewal(c *fiber.Ctx, tx *db.ReadTx, p *guestRenewalPage) error {
	guest := who(c).ID
	mine, agreements, err := s.office.Book(tx, guest)
	if err != nil {
		return err
	}
	_, mine = pec.Renewals(mine, agreements, p.Today.AddDays(-1)) // carried out before the order (R6)
	if problem := pec.RefuseGift(0, mine.Credit, mine.Claim); problem != nil {
		p.Stop = problem.Message
		return nil
	}
	later, _ := pec.InForce(agreements, p.Box.ExpiresOn)
	kind, _ := later.Kind(p.Box.Kind)
	p.Kind, p.Terms = kind.Name, termsOf(kind, p.Box)
	if p.Years == "" && len(p.Terms) > 0 {
		p.Years = p.Terms[0].Value
	}
	n, _ := strconv.Atoi(p.Years) // what is no number is a term not on offer
	q, err := s.office.QuoteGuestRenewal(tx, p.Box, n)
	switch problem := pec.AsProblem(err); {
	case problem != nil && problem.Field == "years":
		p.Errors = append(p.Errors, pec.Refuse(problem.Code, "Scelga una delle durate.").On("years"))
		return nil
	case problem != nil:
		p.Stop = problem.Message
		return nil
	case err != nil:
		return err
	}
	p.price(q, mine, agreements)
	p.Conditions, err = termsToAccept(c, tx, guest)
	return err
}

// price shows a quote and what it leaves of the guest's credit.
func (p *guestRenewalPage) price(q pec.RenewalQuote, mine pec.Book, agreements []pec.Agreement) {
	p.Quote, p.Seen, p.Credit = &q, int64(q.Price.Gross), mine.Credit
	if p.After = mine.Credit - q.Price.Gross; p.After < 0 {
		p.After, p.Missing = 0, -p.After
		return
	}
	mine.Credit = p.After
	p.WaitingNote = waitingNote(mine, agreements, p.Today)
}

// renewAsGuest places the order that the page showed. What changed meanwhile is
// shown again before anything is paid.
func (s *site) renewAsGuest(c *fiber.Ctx) error {
	f := formOf(c)
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if f.text("action") == "quote" {
		return c.Redirect(withQuery(otherPath(id, "/rinnovo"), append(typedTerms(f), "years", f.text("years"))...), fiber.StatusSeeOther)
	}
	p, err := s.guestRenewalPage(c, f.text("years"))
	if err != nil {
		return err
	}
	if first, err := s.alreadyBought(c, f.text("key")); err != nil || first != 0 {
		return s.renewedAsGuest(c, p, office.RenewalOrdered{Repeated: true}, err)
	}
	if p.Stop != "" {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.show(c, "areaother-renewal", p)
	}
	if key := f.text("key"); key != "" && len(key) <= maxKey {
		p.Key = key
	}
	f.problems = p.Errors
	seen := pec.Cents(f.id("seen"))
	order := office.GuestRenewal{AccessID: p.ID, Guest: who(c).ID, RequestKey: requestKey(c, p.Key), Seen: &seen}
	if p.Quote != nil {
		order.Years = p.Quote.Wish.Years
		if f.text("quoted") != p.Years {
			f.add(choiceChanged(p.Quote.Price.Gross))
		}
	}
	order.Accepted = ticked(f, p.Conditions)
	var done office.RenewalOrdered
	if f.ok() {
		done, err = s.office.OrderRenewalAsGuest(ctx(c), who(c).Actor(), order)
		f.add(err)
	}
	if !f.ok() {
		return s.refuse(c, "areaother-renewal", p, f)
	}
	return s.renewedAsGuest(c, p, done, nil)
}

func (s *site) renewedAsGuest(c *fiber.Ctx, p *guestRenewalPage, done office.RenewalOrdered, err error) error {
	switch {
	case err != nil:
		return err
	case done.Repeated:
		return s.done(c, p.Path, "Il rinnovo era già registrato: è uno solo.")
	}
	return s.done(c, p.Path, "La casella è rinnovata.", p.Box.Address+" vale fino al "+done.ExpiresOn.Italian()+". L’ordine "+done.Order.Number()+" è del titolare.")
}
