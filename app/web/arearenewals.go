package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// ownRenewalsPage renews several mailboxes of one holder together, each as it is
// (R18).
type ownRenewalsPage struct {
	Frame
	Boxes      []renewable
	Terms      []Option
	Years      string
	Recipient  pec.Recipient // as typed
	Total      pec.Amounts   // of those chosen
	Chosen     int
	Credit     pec.Cents
	Missing    pec.Cents // 0 when the credit covers them all
	Waiting    pec.Cents // gross of the orders that wait already
	Conditions []termToAccept
	Quoted     string // what the prices shown are for
	Key        string
	typedTo    bool
	years      int
}

// renewable is a mailbox that an order renews.
type renewable struct {
	ID      int64
	Address string
	Expires pec.Date
	Chosen  bool
	To      pec.Date
	Price   pec.Amounts
	Why     string // it cannot be renewed for those years
}

// mayRenew reports whether a mailbox is one that is renewed by an order, and by
// none yet.
func mayRenew(b db.MailboxRow, f pec.Forecast, today pec.Date) bool {
	return b.Status == pec.MailboxActive && b.TurnsOn.IsZero() && today.Before(b.ExpiresOn) && f.Order == 0 && f.Mailbox.CloseReason == pec.CloseNotRenewed
}

// fillOwnRenewals lists the mailboxes that an order renews and quotes those that
// are chosen: all of them until the member says which.
func (s *site) fillOwnRenewals(c *fiber.Ctx, tx *db.ReadTx, p *ownRenewalsPage, chosen []int64, all bool) error {
	member := who(c).ID
	boxes, err := tx.MailboxesOf(member)
	if err != nil {
		return err
	}
	book, agreements, err := s.office.Book(tx, member)
	if err != nil {
		return err
	}
	terms := map[int]bool{}
	for _, b := range boxes {
		if !mayRenew(b, book.Forecast(agreements, b.ID, p.Today), p.Today) {
			continue
		}
		later, _ := pec.InForce(agreements, b.ExpiresOn)
		kind, _ := later.Kind(b.Kind)
		for _, n := range kind.Terms {
			terms[n] = true
		}
		p.Boxes = append(p.Boxes, renewable{ID: b.ID, Address: b.Address, Expires: b.ExpiresOn, Chosen: all || slices.Contains(chosen, b.ID)})
	}
	if len(p.Boxes) == 0 {
		return nil
	}
	for n := 1; n <= pec.MaxTerm; n++ {
		if terms[n] {
			p.Terms = append(p.Terms, Option{Value: strconv.Itoa(n), Label: counted(n, "anno", "anni")})
		}
	}
	if p.Years == "" && len(p.Terms) > 0 {
		p.Years = p.Terms[0].Value
	}
	if p.years, err = strconv.Atoi(p.Years); err != nil || !terms[p.years] {
		p.Errors = append(p.Errors, pec.Refuse("term_not_offered", "Scelga una delle durate.").On("years"))
		p.years = 0
	}
	var shown []string
	for i := range p.Boxes {
		v := &p.Boxes[i]
		if !v.Chosen || p.years == 0 {
			continue
		}
		box := boxes[slices.IndexFunc(boxes, func(b db.MailboxRow) bool { return b.ID == v.ID })]
		q, err := s.office.QuoteRenewal(tx, box, pec.RenewalWish{Years: p.years})
		if problem := pec.AsProblem(err); problem != nil {
			v.Why = problem.Message
			continue
		}
		if err != nil {
			return err
		}
		v.To, v.Price = q.To, q.Price
		p.Total, p.Chosen = p.Total.Plus(q.Price), p.Chosen+1
		shown = append(shown, fmt.Sprint(v.ID, ":", int64(q.Price.Gross)))
	}
	p.Quoted = fmt.Sprint(p.years, " ", strings.Join(shown, " "))
	return s.payOwnRenewals(tx, p, book, member)
}

// payOwnRenewals says what follows for the credit, and what is still to be
// confirmed.
func (s *site) payOwnRenewals(tx *db.ReadTx, p *ownRenewalsPage, book pec.Book, member int64) (err error) {
	p.Credit = book.Credit
	if p.Total.Gross > book.Credit {
		p.Waiting = book.WaitingGross() // older orders are paid first
		p.Missing = p.Total.Gross + p.Waiting - book.Credit
	}
	if !p.typedTo {
		if p.Recipient, err = tx.Recipient(member); err != nil {
			return err
		}
		if p.Recipient.Code == pec.NoChannel {
			p.Recipient.Code = ""
		}
	}
	p.Conditions, err = termsToAccept(tx, member)
	return err
}

func (s *site) ownRenewals(c *fiber.Ctx) error {
	p := ownRenewalsPage{Frame: s.frame(c, "Rinnova più caselle"), Years: strings.TrimSpace(c.Query("years")), Key: randomToken()}
	p.Recipient, p.typedTo = recipientAsked(c)
	err := s.read(c, func(tx *db.ReadTx) error {
		return s.fillOwnRenewals(c, tx, &p, queryIDs(c), c.Query("years") == "")
	})
	if err != nil {
		return err
	}
	return s.show(c, "arearenewals", &p)
}

// orderOwnRenewals orders what was shown, at the prices that were shown.
func (s *site) orderOwnRenewals(c *fiber.Ctx) error {
	f := formOf(c)
	ids := f.ids("id")
	if f.text("action") == "quote" {
		to := append([]string{"years", f.text("years")}, recipientTyped(f)...)
		for _, id := range ids {
			to = append(to, "id", itoa(id))
		}
		return c.Redirect(withQuery("/area/rinnovi", to...), fiber.StatusSeeOther)
	}
	key := f.text("key")
	if key == "" || len(key) > maxKey-21 { // a mailbox's number goes with it
		key = randomToken()
	}
	if len(ids) > 0 {
		if first, err := s.alreadyBought(c, boxKey(key, ids[0])); err != nil || first != 0 {
			if err != nil {
				return err
			}
			return s.told(c, "/area/ordini", repeatedAlert)
		}
	}
	p := ownRenewalsPage{
		Frame: s.frame(c, "Rinnova più caselle"), Years: f.text("years"), Key: key,
		Recipient: pec.Recipient{Code: f.text("recipient_code"), PEC: f.text("recipient_pec")}, typedTo: true,
	}
	if err := s.read(c, func(tx *db.ReadTx) error { return s.fillOwnRenewals(c, tx, &p, ids, false) }); err != nil {
		return err
	}
	if len(p.Boxes) == 0 {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.show(c, "arearenewals", &p)
	}
	f.problems = append(f.problems, p.Errors...)
	switch {
	case len(ids) == 0:
		f.add(pec.Refuse("nothing_chosen", "Scelga almeno una casella."))
	case f.text("quoted") != p.Quoted:
		f.add(choiceChanged(p.Total.Gross))
	}
	accepted := ticked(f, p.Conditions)
	var list []office.RenewalRequest
	for _, b := range p.Boxes {
		if b.Chosen && b.Why == "" {
			gross := b.Price.Gross
			list = append(list, office.RenewalRequest{
				Address: b.Address, Wish: pec.RenewalWish{Years: p.years}, RecipientCode: f.text("recipient_code"), RecipientPEC: f.text("recipient_pec"),
				Seen: &gross, RequestKey: requestKey(c, boxKey(key, b.ID)), ByMember: who(c).ID, Accepted: accepted,
			})
		}
	}
	var done []office.RenewalOrdered
	if f.ok() {
		var err error
		done, err = s.office.OrderRenewals(ctx(c), who(c).Actor(), list)
		f.add(err)
	}
	if !f.ok() {
		return s.refuse(c, "arearenewals", &p, f)
	}
	return s.told(c, "/area/ordini", renewalsAlert(done))
}

// boxKey is the part of a form's key that is one mailbox's.
func boxKey(key string, mailbox int64) string { return key + "." + itoa(mailbox) }

func renewalsAlert(done []office.RenewalOrdered) Alert {
	paid := 0
	var missing pec.Cents
	for _, d := range done {
		if d.Order.State == pec.OrderCompleted {
			paid++
		}
		missing = max(missing, d.Missing)
	}
	if paid == len(done) {
		return Alert{Kind: "success", Strong: counted(paid, "casella è rinnovata.", "caselle sono rinnovate."), Text: "Riceverà la conferma di ciascuna."}
	}
	text := "Mancano " + missing.Euro() + ": appena registrati, gli ordini si completano da soli."
	if paid > 0 {
		text = counted(paid, "casella è già rinnovata. ", "caselle sono già rinnovate. ") + text
	}
	return Alert{Kind: "warning", Strong: counted(len(done)-paid, "ordine aspetta", "ordini aspettano") + " il pagamento.", Text: text}
}
