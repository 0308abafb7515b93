package office

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"albopec/app/pec"
	"albopec/db"
)

// ShortOfCredit is a member who loses services for want of credit, as the
// secretariat is about to tell them.
type ShortOfCredit struct {
	Member  db.MemberRow
	Boxes   []Standing // in the order of their days
	On      pec.Date   // the first of these days
	Missing pec.Cents  // gross: the top-up after which everything renews
	Net     pec.Cents  // of Missing, without VAT
	Why     string     // Italian: why they are not told; empty when they are
	OnPaper bool       // they have no e-mail address
	// Noticed is the day, within the last week, of a notice about the expiry of one
	// of Boxes, which says the same; zero when there was none.
	Noticed pec.Date
}

// ReviewShort lists who would be told of services that end for want of credit up
// to and including a day, by day and name, and who is left out and why. What the
// night has still to carry out is played first, as TellShort carries it out: a
// renewal that fell due takes its money, an order that lapsed no longer waits.
func (o *Office) ReviewShort(tx *db.ReadTx, through pec.Date) ([]ShortOfCredit, error) {
	books, err := tx.ServiceBooks(through)
	if err != nil {
		return nil, err
	}
	agreements, err := complete(tx, books)
	if err != nil {
		return nil, err
	}
	today := o.Today()
	before := atRisk(books, agreements, today, through)
	for i := range books {
		_, books[i].Book = pec.Renewals(books[i].Book, agreements, today.AddDays(-1))
	}
	boxes := atRisk(books, agreements, today, through)
	short := map[int64]bool{}
	for _, b := range boxes {
		short[b.MemberID] = true
	}
	settled := slices.DeleteFunc(before, func(b Standing) bool { return short[b.MemberID] })
	list, err := shortMembers(tx, append(boxes, settled...), today)
	for i := range list {
		if s := &list[i]; !short[s.Member.ID] && s.Why == "" {
			s.Why = creditWillDo
		}
	}
	if err != nil {
		return nil, err
	}
	return list, markNoticed(tx, list, today)
}

// markNoticed finds who had a notice of the same expiry within the last week.
func markNoticed(tx *db.ReadTx, list []ShortOfCredit, today pec.Date) error {
	var ids []int64
	for _, s := range list {
		for _, b := range s.Boxes {
			ids = append(ids, b.MailboxID)
		}
	}
	noticed, err := tx.LatestNotices(ids, today.AddDays(1-pec.ToldAgainAfter))
	for i := range list {
		for _, b := range list[i].Boxes {
			if on := noticed[b.MailboxID]; list[i].Noticed.Before(on) {
				list[i].Noticed = on
			}
		}
	}
	return err
}

// creditWillDo is why a member is left out who lacks nothing any more.
const creditWillDo = "Ora il credito basta."

// ToTell counts the members with mailboxes at risk who were not written to about
// it since their day came within the horizon, in days.
func (o *Office) ToTell(tx *db.ReadTx, risk []Standing, horizon int) (int, error) {
	first := map[int64]pec.Date{}
	for _, b := range risk {
		if on, ok := first[b.MemberID]; !ok || b.On.Before(on) {
			first[b.MemberID] = b.On
		}
	}
	told, err := tx.LatestWritten(pec.MessageCreditShort, slices.Sorted(maps.Keys(first)), o.Today().AddDays(-horizon), o.Today())
	n := 0
	for member, on := range first {
		if notTold(ShortOfCredit{On: on}, told[member], o.Today()) == "" {
			n++
		}
	}
	return n, err
}

// shortMembers gathers mailboxes at risk by their holders.
func shortMembers(tx *db.ReadTx, boxes []Standing, today pec.Date) ([]ShortOfCredit, error) {
	var list []ShortOfCredit
	var ids []int64
	at := map[int64]int{}
	for _, b := range boxes {
		i, known := at[b.MemberID]
		if !known {
			m, err := tx.Member(b.MemberID)
			if err != nil {
				return nil, err
			}
			_, state := destination(m)
			i, at[m.ID] = len(list), len(list)
			ids = append(ids, m.ID)
			list = append(list, ShortOfCredit{Member: m, On: b.On, OnPaper: state == pec.MessagePaper})
		}
		s := &list[i]
		s.Boxes = append(s.Boxes, b)
		s.Missing += b.AddedMissing
		s.Net += b.AddedNet
	}
	told, err := tx.LatestWritten(pec.MessageCreditShort, ids, today.AddDays(1-pec.ToldAgainAfter), today)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Why = notTold(list[i], told[list[i].Member.ID], today)
	}
	slices.SortStableFunc(list, func(a, b ShortOfCredit) int {
		return cmp.Or(a.On.Compare(b.On), cmp.Compare(pec.Fold(a.Member.FullName()), pec.Fold(b.Member.FullName())))
	})
	return list, nil
}

// notTold says why a member is left out: told is the day of the last message,
// zero when there is none that counts.
func notTold(s ShortOfCredit, told, today pec.Date) string {
	switch {
	case s.On.Before(today):
		return "La scadenza del " + s.On.Italian() + " è passata: il rinnovo si registra questa notte."
	case !told.IsZero():
		return fmt.Sprintf("Un messaggio è già stato scritto il %s: si può scrivere di nuovo dal %s.", told.Italian(), told.AddDays(pec.ToldAgainAfter).Italian())
	}
	return ""
}

// ShortLetter is what a member of the review would be written.
func (o *Office) ShortLetter(tx *db.ReadTx, s ShortOfCredit) (pec.Letter, error) {
	values, err := shortValues(tx, s, o.Today())
	if err != nil {
		return pec.Letter{}, err
	}
	return write(tx, pec.MessageCreditShort, values)
}

func shortValues(tx *db.ReadTx, s ShortOfCredit, today pec.Date) (pec.MessageValues, error) {
	facts := pec.CreditShortFacts{
		On: today, Holder: fullName(s.Member.Member), Credit: s.Boxes[0].Credit, Missing: s.Missing,
	}
	var err error
	if facts.OrderBody, err = orderBodyName(tx); err != nil {
		return nil, err
	}
	if facts.Pay, err = TransferOf(tx, s.Member.Member); err != nil {
		return nil, err
	}
	if facts.Agreements, err = tx.Agreements(); err != nil {
		return nil, err
	}
	for _, b := range s.Boxes {
		if b.Share.Lack.Missing() > facts.Lack.Missing() {
			facts.Lack = b.Share.Lack
		}
		facts.Boxes = append(facts.Boxes, pec.ShortBox{Address: b.Address, On: b.On, Ending: b.Ending(), Later: b.Share.Later, Cost: b.Cost})
	}
	return facts.Values(), nil
}

// ShortTold is what telling many came to.
type ShortTold struct {
	Told    int
	OnPaper int       // of these, to members without an e-mail address
	LeftOut []LeftOut // who was not told, and why
	Failed  []Failure
}

// TellShort writes to the members chosen, one message each, that services of
// theirs end for want of credit up to and including a day. It is repeated
// without harm: who was told lately is left out, and one member, E and day has
// one message, ever. What each lacks is worked out anew, since somebody may have
// paid after the review.
//
// It is written in portions, each a transaction of its own, as ChangeStatuses
// is: if a portion fails those before it stand, and what is returned beside the
// error counts them.
func (o *Office) TellShort(ctx context.Context, actor string, through pec.Date, ids []int64) (done ShortTold, err error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	size := cmp.Or(o.batch, batchSize)
	for start := 0; start < len(ids) && err == nil; start += size {
		portion := ids[start:min(start+size, len(ids))]
		if start > 0 {
			giveWay(ctx)
		}
		var part ShortTold
		err = o.write(ctx, actor, func(tx *db.Tx) error {
			part = ShortTold{}
			return o.tellPortion(tx, portion, through, &part)
		})
		if err == nil {
			done.Told, done.OnPaper = done.Told+part.Told, done.OnPaper+part.OnPaper
			done.LeftOut, done.Failed = append(done.LeftOut, part.LeftOut...), append(done.Failed, part.Failed...)
		}
	}
	return done, err
}

func (o *Office) tellPortion(tx *db.Tx, members []int64, through pec.Date, done *ShortTold) error {
	for _, id := range members {
		var s ShortOfCredit
		ok, err := o.tried(tx, id, "telling a member of missing credit", "Errore nel preparare il messaggio: non è stato scritto nulla.", &done.Failed, func() (err error) {
			s, err = tellShort(tx, id, through)
			return err
		})
		switch {
		case err != nil:
			return err
		case !ok:
		case s.Why != "":
			done.LeftOut = append(done.LeftOut, LeftOut{id, s.Member.FullName(), s.Why})
		default:
			done.Told++
			if s.OnPaper {
				done.OnPaper++
			}
		}
	}
	return nil
}

// tellShort writes to one member, or says why not.
func tellShort(tx *db.Tx, member int64, through pec.Date) (ShortOfCredit, error) {
	if err := overdue(tx, member); err != nil {
		return ShortOfCredit{}, err
	}
	books, err := tx.BooksOf([]int64{member})
	if err != nil {
		return ShortOfCredit{}, err
	}
	agreements, err := complete(&tx.ReadTx, books)
	if err != nil {
		return ShortOfCredit{}, err
	}
	list, err := shortMembers(&tx.ReadTx, atRisk(books, agreements, tx.On, through), tx.On)
	if err != nil {
		return ShortOfCredit{}, err
	}
	if len(list) == 0 {
		m, err := tx.Member(member)
		return ShortOfCredit{Member: m, Why: creditWillDo}, err
	}
	s := list[0]
	if s.Why != "" {
		return s, nil
	}
	values, err := shortValues(&tx.ReadTx, s, tx.On)
	if err != nil {
		return s, err
	}
	message, err := queue(tx, outgoing{
		kind: pec.MessageCreditShort, key: fmt.Sprintf("%d:%s:%s", member, s.On, tx.On), member: s.Member, mailbox: s.Boxes[0].MailboxID, usefulUntil: s.On, values: values,
	})
	if err != nil {
		return s, err
	}
	return s, tx.Record("credit_short.told", "member", member, map[string]any{"expires": s.On, "missing": s.Missing, "message": message})
}
