package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) manyRenewalsRoutes() []route {
	return []route{
		get("/area/rinnovi", themselves, s.manyRenewals),
		post("/area/rinnovi", themselves, s.orderManyRenewals),
		get("/iscritti/:id/rinnovi", clerks, s.standing(s.manyRenewals)),
		post("/iscritti/:id/rinnovi", clerks, s.standing(s.orderManyRenewals)),
	}
}

// manyRenewalsPage renews several mailboxes of one holder together, each as it is
// (R18): the member's own, or at the counter those of a member.
type manyRenewalsPage struct {
	Frame
	Holder     db.MemberRow
	Own        bool   // the holder's page, not the secretariat's
	Path       string // of the page
	Back       string
	Boxes      []renewable
	Waiting    []renewalAwaited
	Terms      []Option
	Years      string
	Recipient  pec.Recipient // as typed
	Total      pec.Amounts   // of those chosen
	Chosen     int
	Credit     pec.Cents
	Missing    pec.Cents // 0 when the credit covers them all
	Lack       pec.Lack  // that makes Missing up
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
	Quote   *pec.RenewalQuote // of those chosen
	Covered bool              // the credit pays it at once
	PayBy   pec.Date          // the last day on which it can be paid otherwise
	Why     string            // it cannot be renewed for those years
}

// renewalAwaited is an order of renewal that waits for payment already.
type renewalAwaited struct{ Address, Order string }

// mayRenew reports whether a mailbox is one that is renewed by an order, and by
// none yet.
func mayRenew(b db.MailboxRow, f pec.Forecast, today pec.Date) bool {
	return b.Status == pec.MailboxActive && b.TurnsOn.IsZero() && today.Before(b.ExpiresOn) && f.Order == 0 && f.Mailbox.CloseReason == pec.CloseNotRenewed
}

// view is the template of the page.
func (p *manyRenewalsPage) view() string {
	if p.Own {
		return "arearenewals"
	}
	return "member-renewals"
}

// order is where an order is looked at.
func (p *manyRenewalsPage) order(id int64) string {
	if p.Own {
		return "/area/ordini/" + itoa(id)
	}
	return "/ordini/" + itoa(id)
}

// newManyRenewalsPage begins the page of whoever's mailboxes they are.
func (s *site) newManyRenewalsPage(c *fiber.Ctx) (*manyRenewalsPage, error) {
	const title = "Rinnova più caselle"
	if who(c).Role == Member {
		return &manyRenewalsPage{Frame: s.frame(c, title), Holder: db.MemberRow{Member: pec.Member{ID: who(c).ID}}, Own: true, Path: "/area/rinnovi", Back: "/area/ordini"}, nil
	}
	m, way, err := s.memberOf(c)
	if err != nil {
		return nil, err
	}
	p := &manyRenewalsPage{Frame: s.frame(c, title, way...), Holder: m, Path: way[len(way)-1].Path + "/rinnovi", Back: withQuery("/ordini", "iscritto", itoa(m.ID))}
	p.Lead = "Per " + m.FullName()
	return p, nil
}

// fillManyRenewals lists the mailboxes that an order renews and quotes those that
// are chosen: all of them until somebody says which.
func (s *site) fillManyRenewals(c *fiber.Ctx, tx *db.ReadTx, p *manyRenewalsPage, chosen []int64, all bool) error {
	boxes, err := tx.MailboxesOf(p.Holder.ID)
	if err != nil {
		return err
	}
	book, agreements, err := s.office.Book(tx, p.Holder.ID)
	if err != nil {
		return err
	}
	terms := map[int]bool{}
	for _, b := range boxes {
		if id := book.RenewalWaiting(b.ID); id != 0 {
			p.Waiting = append(p.Waiting, renewalAwaited{b.Address, p.order(id)})
		}
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
	// Orders that wait complete oldest first: what expires first is ordered first.
	slices.SortFunc(p.Boxes, func(a, b renewable) int {
		return cmp.Or(a.Expires.Compare(b.Expires), strings.Compare(a.Address, b.Address))
	})
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
	if err := s.quoteManyRenewals(tx, p, boxes); err != nil {
		return err
	}
	_, book = pec.Renewals(book, agreements, p.Today.AddDays(-1)) // carried out before the orders (R6)
	return p.pay(c, tx, book, agreements)
}

// quoteManyRenewals quotes the mailboxes chosen.
func (s *site) quoteManyRenewals(tx *db.ReadTx, p *manyRenewalsPage, boxes []db.MailboxRow) error {
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
		v.Quote = &q
		p.Total, p.Chosen = p.Total.Plus(q.Price), p.Chosen+1
		shown = append(shown, itoa(v.ID))
	}
	p.Quoted = fmt.Sprint(p.years, " ", strings.Join(shown, " "))
	return nil
}

// pay says what follows for the credit, and what is still to be confirmed.
func (p *manyRenewalsPage) pay(c *fiber.Ctx, tx *db.ReadTx, book pec.Book, agreements []pec.Agreement) (err error) {
	p.Credit = book.Credit
	left := book.Credit
	for i := range p.Boxes {
		v := &p.Boxes[i]
		if v.Quote == nil {
			continue
		}
		if v.Covered = v.Quote.Price.Gross <= left; v.Covered {
			left -= v.Quote.Price.Gross
			continue
		}
		v.PayBy = pec.WaitingOrder{OrderedOn: p.Today, Renewal: &pec.OrderedRenewal{Years: p.years}}.PayBy(v.Expires)
	}
	if p.Total.Gross > book.Credit {
		book.Credit = left // what is covered is paid at once, the rest behind the older orders
		p.Lack = book.LackBehind(agreements, p.Total.Gross-(p.Credit-left), p.Today)
		p.Missing = p.Lack.Missing()
	}
	if !p.typedTo {
		if p.Recipient, err = tx.Recipient(p.Holder.ID); err != nil {
			return err
		}
		if p.Recipient.Code == pec.NoChannel {
			p.Recipient.Code = ""
		}
	}
	if p.Own {
		p.Conditions, err = termsToAccept(c, tx, p.Holder.ID)
	}
	return err
}

func (s *site) manyRenewals(c *fiber.Ctx) error {
	p, err := s.newManyRenewalsPage(c)
	if err != nil {
		return err
	}
	p.Years, p.Key = strings.TrimSpace(c.Query("years")), randomToken()
	p.Recipient, p.typedTo = recipientAsked(c)
	if err := s.read(c, func(tx *db.ReadTx) error { return s.fillManyRenewals(c, tx, p, queryIDs(c), c.Query("years") == "") }); err != nil {
		return err
	}
	return s.show(c, p.view(), p)
}

// orderManyRenewals orders what was shown, at the prices that were shown.
func (s *site) orderManyRenewals(c *fiber.Ctx) error {
	p, err := s.newManyRenewalsPage(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	ids := f.ids("id")
	if f.text("action") == "quote" {
		to := append(append(typedTerms(f), "years", f.text("years")), recipientTyped(f)...)
		for _, id := range ids {
			to = append(to, "id", itoa(id))
		}
		return c.Redirect(withQuery(p.Path, to...), fiber.StatusSeeOther)
	}
	if p.Key = f.text("key"); p.Key == "" || len(p.Key) > maxKey-21 { // a mailbox's number goes with it
		p.Key = randomToken()
	}
	if len(ids) > 0 {
		if first, err := s.alreadyBought(c, boxKey(p.Key, ids[0])); err != nil || first != 0 {
			if err != nil {
				return err
			}
			return s.told(c, p.Back, repeatedAlert)
		}
	}
	p.Years, p.Recipient, p.typedTo = f.text("years"), pec.Recipient{Code: f.text("recipient_code"), PEC: f.text("recipient_pec")}, true
	if err := s.read(c, func(tx *db.ReadTx) error { return s.fillManyRenewals(c, tx, p, ids, false) }); err != nil {
		return err
	}
	if len(p.Boxes) == 0 {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.show(c, p.view(), p)
	}
	f.problems = append(f.problems, p.Errors...)
	switch {
	case len(ids) == 0:
		f.add(pec.Refuse("nothing_chosen", "Scelga almeno una casella."))
	case f.text("quoted") != p.Quoted:
		f.add(choiceChanged(p.Total.Gross))
	}
	f.checkRecipient()
	list := p.requests(f, ticked(f, p.Conditions))
	var done []office.RenewalOrdered
	if f.ok() {
		done, err = s.office.OrderRenewals(ctx(c), who(c).Actor(), list)
		f.add(err)
	}
	if !f.ok() {
		return s.refuse(c, p.view(), p, f)
	}
	return s.told(c, p.after(done), p.renewalsAlert(done))
}

// requests are the orders of the mailboxes chosen, as they were shown.
func (p *manyRenewalsPage) requests(f *form, accepted []string) (list []office.RenewalRequest) {
	covered := f.ids("covered")
	for _, b := range p.Boxes {
		if b.Quote == nil {
			continue
		}
		seen := pec.Cents(f.id("seen-" + itoa(b.ID)))
		r := office.RenewalRequest{
			Address: b.Address, Wish: pec.RenewalWish{Years: p.years}, RecipientCode: p.Recipient.Code, RecipientPEC: p.Recipient.PEC,
			Seen: &seen, RequestKey: requestKey(f.c, boxKey(p.Key, b.ID)), Accepted: accepted,
			Covered: slices.Contains(covered, b.ID),
		}
		if p.Own {
			r.ByMember = p.Holder.ID
		}
		list = append(list, r)
	}
	return list
}

// boxKey is the part of a form's key that is one mailbox's.
func boxKey(key string, mailbox int64) string { return key + "." + itoa(mailbox) }

// after is where what was ordered leads: a member who has still to pay reads there
// how.
func (p *manyRenewalsPage) after(done []office.RenewalOrdered) string {
	waits := func(d office.RenewalOrdered) bool { return d.Order.State == pec.OrderAwaitingPayment }
	if p.Own && slices.ContainsFunc(done, waits) {
		return "/area/ricarica"
	}
	return p.Back
}

func (p *manyRenewalsPage) renewalsAlert(done []office.RenewalOrdered) Alert {
	paid := 0
	var missing pec.Cents
	for _, d := range done {
		if d.Order.State == pec.OrderCompleted {
			paid++
		}
		missing = max(missing, d.Missing)
	}
	if paid == len(done) {
		text := "Riceverà la conferma di ciascuna."
		if !p.Own {
			text = p.Holder.FullName() + " riceverà la conferma di ciascuna."
		}
		return Alert{Kind: "success", Strong: counted(paid, "casella è rinnovata.", "caselle sono rinnovate."), Text: text}
	}
	text := capital(pec.Lacking(missing)) + ": appena il pagamento è registrato, gli ordini si completano da soli."
	if paid > 0 {
		text = counted(paid, "casella è già rinnovata. ", "caselle sono già rinnovate. ") + text
	}
	return Alert{Kind: "warning", Strong: counted(len(done)-paid, "ordine aspetta", "ordini aspettano") + " il pagamento.", Text: text}
}
