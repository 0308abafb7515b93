package office

import (
	"cmp"
	"context"
	"slices"

	"albopec/app/pec"
	"albopec/db"
)

// Ahead is what the coming days bring, decided as Renew will decide and not
// written.
type Ahead struct {
	Renewed
	Missing pec.Cents  // gross: the top-ups after which no service ends for want of credit
	Rows    []AheadRow // by day and address
}

// AheadRow is what becomes of one mailbox on one day.
type AheadRow struct {
	On        pec.Date
	MemberID  int64
	Holder    string
	MailboxID int64
	Address   string
	Mailbox   pec.Event   // EventRenewed, EventTurned, EventClosed or EventFailed
	Services  []pec.Event // of the mailbox, in the order in which they are taken
	// Missing is the part of the member's missing credit that this day adds, see
	// [pec.LackShare].
	Missing pec.Cents
	// Asked is what an order that keeps the mailbox costs, when it closes for want
	// of one (R18), and AskedMissing what the credit lacks for it.
	Asked        pec.Amounts
	AskedMissing pec.Cents
	Order        int64  // of renewal, that waits for payment; 0 for none
	Why          string // Italian: why the mailbox closes
}

// ServicesRenewed counts the services that go on, and what they cost.
func (r AheadRow) ServicesRenewed() (n int, price pec.Amounts) {
	for _, e := range r.Services {
		if e.Kind == pec.EventServiceRenewed {
			n++
			price = price.Plus(e.Price)
		}
	}
	return n, price
}

// ServicesEnded counts the services that end.
func (r AheadRow) ServicesEnded() int {
	renewed, _ := r.ServicesRenewed()
	return len(r.Services) - renewed
}

// ServicesLackingCredit counts the services that end for want of credit.
func (r AheadRow) ServicesLackingCredit() (n int) {
	for _, e := range r.Services {
		if lacksCredit(e) {
			n++
		}
	}
	return n
}

// LookAhead tells mailbox by mailbox what is due up to and including a day,
// future days included. It takes no write lock and reads in bulk: a register
// of 20,000 mailboxes is looked through while a page is waited for.
func (o *Office) LookAhead(ctx context.Context, until pec.Date) (Ahead, error) {
	out := Ahead{Renewed: Renewed{Until: until, Failed: []Failure{}}}
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		books, err := tx.DueBooks(until)
		if err != nil {
			return err
		}
		agreements, err := complete(tx, books)
		if err != nil {
			return err
		}
		for _, b := range books {
			out.look(b, agreements, until, o.Today())
		}
		return nil
	})
	slices.SortFunc(out.Rows, func(a, b AheadRow) int {
		return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.Address, b.Address), cmp.Compare(a.MailboxID, b.MailboxID))
	})
	return out, err
}

// complete fills in the agreements of waiting orders.
func complete(tx *db.ReadTx, books []db.HeldBook) ([]pec.Agreement, error) {
	agreements, err := tx.Agreements()
	if err != nil {
		return nil, err
	}
	byID := map[int64]pec.Agreement{}
	for _, a := range agreements {
		byID[a.ID] = a
	}
	for _, b := range books {
		for i := range b.Waiting {
			b.Waiting[i].Agreement = byID[b.Waiting[i].Agreement.ID]
		}
	}
	return agreements, nil
}

func (a *Ahead) look(b db.HeldBook, agreements []pec.Agreement, until, today pec.Date) {
	events, _ := pec.Renewals(b.Book, agreements, until)
	a.count(events)
	var rows []AheadRow
	for _, e := range events {
		switch e.Kind {
		case pec.EventRenewed, pec.EventTurned, pec.EventClosed, pec.EventFailed:
			if n := len(rows); e.Kind == pec.EventTurned && n > 0 && rows[n-1].MailboxID == e.MailboxID && rows[n-1].On == e.On {
				continue // renewed by an order on that very day
			}
			rows = append(rows, AheadRow{On: e.On, MemberID: b.MemberID, Holder: b.Holder, MailboxID: e.MailboxID, Address: e.Address, Mailbox: e})
		case pec.EventServiceRenewed, pec.EventServiceEnded:
			for i := range rows {
				if rows[i].MailboxID == e.MailboxID && rows[i].On == e.On {
					rows[i].Services = append(rows[i].Services, e)
				}
			}
		}
	}
	for i := range rows {
		if r := &rows[i]; r.Mailbox.CloseReason == pec.CloseNotRenewed {
			f := b.Forecast(agreements, r.MailboxID, today)
			m := b.Mailboxes[slices.IndexFunc(b.Mailboxes, func(m pec.Mailbox) bool { return m.ID == r.MailboxID })]
			r.Asked, r.AskedMissing, r.Order, r.Why = f.Asked, f.AskedMissing, f.Order, f.WhyCloses(m)
		}
	}
	a.Missing += addMissing(rows, b.Book, agreements, today, until)
	a.Rows = append(a.Rows, rows...)
}

// addMissing divides what one member lacks up to and including a day among the
// rows that ask for it and returns the whole.
func addMissing(rows []AheadRow, book pec.Book, agreements []pec.Agreement, today, until pec.Date) pec.Cents {
	if !slices.ContainsFunc(rows, func(r AheadRow) bool { return slices.ContainsFunc(r.Services, lacksCredit) }) {
		return 0
	}
	var whole pec.Cents
	for _, s := range book.LackShares(agreements, today, until) {
		// A later year of the same mailbox has a row of its own: nobody asks for it yet.
		if i := slices.IndexFunc(rows, func(r AheadRow) bool { return r.MailboxID == s.MailboxID && r.On == s.On }); i >= 0 {
			rows[i].Missing = s.Added
			whole += s.Added
		}
	}
	return whole
}

func lacksCredit(e pec.Event) bool {
	return e.EndReason == pec.EndNoCredit || e.EndReason == pec.EndClaim
}

// Standing is a mailbox with what awaits it and the money there is for it.
type Standing struct {
	pec.Forecast
	MemberID           int64
	Holder             string
	RegistrationNumber string
	MailboxID          int64
	Address            string
	TurnsOn            pec.Date // when a renewal paid ahead begins; zero for none
	Credit             pec.Cents
	Claim              pec.Cents
	// AddedMissing is the part of the member's missing credit that this mailbox adds:
	// it can be added up, see [pec.LackShare]. AddedNet is it without VAT.
	AddedMissing, AddedNet pec.Cents
	// Share is what there is to it; its Added is 0 where nothing is.
	Share pec.LackShare
}

// TopUp is the top-up after which all services of the mailbox renew, gross: what
// expires before is in it.
func (s Standing) TopUp() pec.Cents { return max(s.Missing, s.Share.Lack.Missing()) }

// Ending are the services that end for want of credit.
func (s Standing) Ending() []pec.Event {
	return slices.DeleteFunc(slices.Clone(s.Services), func(e pec.Event) bool { return !lacksCredit(e) })
}

// Standings tells what awaits each mailbox of these members, by mailbox.
func (o *Office) Standings(tx *db.ReadTx, members []int64) (map[int64]Standing, error) {
	books, err := tx.BooksOf(members)
	if err != nil {
		return nil, err
	}
	agreements, err := complete(tx, books)
	if err != nil {
		return nil, err
	}
	out := map[int64]Standing{}
	for _, b := range books {
		for _, s := range standings(b, agreements, o.Today(), pec.Date{}) {
			out[s.MailboxID] = s
		}
	}
	return out, nil
}

// Closings tells when each running mailbox of those who left the register closes
// (R5).
func (o *Office) Closings(tx *db.ReadTx) (*db.Closings, error) {
	books, err := tx.LeaverBooks()
	if err != nil {
		return nil, err
	}
	agreements, err := tx.Agreements()
	closings := &db.Closings{On: map[int64]pec.Date{}}
	for _, b := range books {
		for _, m := range b.Mailboxes {
			if m.Status.Running() {
				closings.On[m.ID] = b.ClosesOn(m, agreements)
			}
		}
	}
	return closings, err
}

// standings tells what awaits a member's mailboxes; what they lack is divided
// among those of the days up to and including a day, zero for all.
func standings(b db.HeldBook, agreements []pec.Agreement, today, through pec.Date) []Standing {
	var list []Standing
	lacks := false
	for _, m := range b.Mailboxes {
		if !m.Status.Running() {
			continue
		}
		s := Standing{
			Forecast: b.Forecast(agreements, m.ID, today), MemberID: b.MemberID, Holder: b.Holder, RegistrationNumber: b.RegistrationNumber,
			MailboxID: m.ID, Address: m.Address, TurnsOn: m.TurnsOn, Credit: b.Credit, Claim: b.Claim,
		}
		list, lacks = append(list, s), lacks || s.Missing > 0
	}
	slices.SortStableFunc(list, func(a, b Standing) int { return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.Address, b.Address)) })
	if !lacks {
		return list
	}
	for _, share := range b.LackShares(agreements, today, through) {
		s := &list[slices.IndexFunc(list, func(s Standing) bool { return s.MailboxID == share.MailboxID })]
		s.Share, s.AddedMissing = share, share.Added
		if a, ok := pec.InForce(agreements, s.On); ok {
			s.AddedNet = pec.NetOf(s.AddedMissing, a.VATRate)
		}
	}
	return list
}

// AtRisk lists the mailboxes whose services would end for want of credit up to
// and including a day, by day and address (R19), with those that would once a
// top-up keeps what expires before.
func (o *Office) AtRisk(tx *db.ReadTx, through pec.Date) ([]Standing, error) {
	books, err := tx.ServiceBooks(through)
	if err != nil {
		return nil, err
	}
	agreements, err := complete(tx, books)
	if err != nil {
		return nil, err
	}
	return atRisk(books, agreements, o.Today(), through), nil
}

// atRisk are the mailboxes of some books that lack credit up to and including a
// day.
func atRisk(books []db.HeldBook, agreements []pec.Agreement, today, through pec.Date) []Standing {
	var list []Standing
	for _, b := range books {
		for _, s := range standings(b, agreements, today, through) {
			if (s.Missing > 0 || s.Share.Later) && !s.On.After(through) {
				list = append(list, s)
			}
		}
	}
	slices.SortFunc(list, func(a, b Standing) int {
		return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.Address, b.Address), cmp.Compare(a.MailboxID, b.MailboxID))
	})
	return list
}
