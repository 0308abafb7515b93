package office

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"albopec/app/pec"
	"albopec/db"
)

// StatusChanged is what followed from a member's change of status.
type StatusChanged struct {
	Member  db.MemberRow
	Before  pec.MemberStatus
	Changed bool // false when it was so already
	// ClosesOn is the earliest day on which a mailbox of a leaver closes; zero
	// when none does.
	ClosesOn pec.Date
}

// StatusChange is a new status for a member.
type StatusChange struct {
	Status pec.MemberStatus
	// On is its first day, never in the future: off the register for leavers,
	// today when zero; of a suspension or a return, unknown when zero.
	On     pec.Date
	Until  pec.Date // last day of a suspension, when it was decided
	Reason string
	To     string // the Ordine to which the member is transferred
}

// tidy refuses what cannot be and clears what the status has no use for.
func (c StatusChange) tidy(today pec.Date) (StatusChange, error) {
	c.Reason, c.To = strings.TrimSpace(c.Reason), strings.Join(strings.Fields(c.To), " ")
	switch {
	case !c.Status.Known():
		return c, pec.Refuse("status_unknown", "Lo stato «%s» non esiste.", c.Status).On("status")
	case c.On.After(today) && !c.Status.OnRegister():
		return c, pec.Refuse("date_in_future", "Il giorno della cancellazione non può essere nel futuro.").On("on")
	case c.On.After(today):
		return c, pec.Refuse("date_in_future", "Il giorno del nuovo stato non può essere nel futuro.").On("on")
	case len(c.To) > 200 || len(c.Reason) > 500:
		return c, pec.Refuse("value_too_long", "Il testo è troppo lungo: lo abbrevi.").On("reason")
	}
	if c.Status != pec.MemberTransferred {
		c.To = ""
	}
	if c.Status != pec.MemberSuspended {
		c.Until = pec.Date{}
	} else if !c.Until.IsZero() && c.On.IsZero() {
		c.On = today
	}
	if !c.Until.IsZero() && c.Until.Before(c.On) {
		return c, pec.Refuse("dates_in_disorder", "La sospensione finirebbe prima di cominciare: controlli i due giorni.").On("until")
	}
	return c, nil
}

// ChangeMemberStatus registers that a member is suspended, has left the
// register (cancelled, transferred, deceased) on a day, or is back. What follows
// for the mailbox is R5.
func (o *Office) ChangeMemberStatus(ctx context.Context, actor string, member int64, change StatusChange) (StatusChanged, error) {
	var done StatusChanged
	change, err := change.tidy(o.Today())
	if err != nil {
		return done, err
	}
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		if done, err = changeStatus(tx, member, change); err != nil {
			return err
		}
		done.ClosesOn, err = closesOn(tx, done.Member)
		return err
	})
	return done, err
}

// changeStatus writes one member's new status with its entry in the log;
// nothing when it is theirs already.
func changeStatus(tx *db.Tx, member int64, change StatusChange) (done StatusChanged, err error) {
	// What fell due while the leaving was not known happened (R6, 9.3).
	if err := overdue(tx, member); err != nil {
		return done, err
	}
	m, err := standingMember(&tx.ReadTx, member)
	if err != nil {
		return done, err
	}
	if err := standingFrom(&tx.ReadTx, tx.On, m.ID); err != nil {
		return done, err
	}
	before := m
	leave(tx.On, &m, change)
	if before.Status.OnRegister() && !m.LeftOn.IsZero() && m.LeftOn.Before(m.RegisteredOn) {
		return done, pec.Refuse("date_before_registration", "%s è %s dal %s: non può aver lasciato l’albo il %s. Controlli l’anno.",
			m.FullName(), m.Said("iscritto"), m.RegisteredOn.Italian(), m.LeftOn.Italian()).On("on")
	}
	done.Member, done.Before = m, before.Status
	if before.Member == m.Member && before.Standing == m.Standing {
		return done, nil
	}
	done.Changed = true
	if err := saveMember(tx, before.Member, m); err != nil {
		return done, err
	}
	if err := tx.Record("member.status", "member", m.ID, map[string]any{
		"before": before.Status, "status": m.Status, "left_on": m.LeftOn, "reason": m.Standing.Reason,
		"ordine": m.Standing.To, "since": m.Standing.Since, "until": m.Standing.Until}); err != nil {
		return done, err
	}
	return done, mark(tx, m.ID, 0, tx.On)
}

// leave gives a member the new status. What the change does not say stays while
// the status does.
func leave(today pec.Date, m *db.MemberRow, change StatusChange) {
	before := m.Member
	m.Status = change.Status
	switch {
	case m.Status.OnRegister():
		m.LeftOn = pec.Date{}
	case !change.On.IsZero():
		m.LeftOn = change.On
	case before.Status.OnRegister():
		m.LeftOn = today
	} // one who left already keeps the day: only the word changes
	setLeaving(today, m, before)
	said := pec.Standing{Since: change.On, Until: change.Until, Reason: change.Reason, To: change.To}
	if !m.Status.OnRegister() {
		said.Since = pec.Date{}
	}
	m.Standing = said.Or(m.Standing)
}

// closesOn is the earliest day on which a running mailbox of a leaver closes.
func closesOn(tx *db.Tx, m db.MemberRow) (pec.Date, error) {
	if m.Status.OnRegister() {
		return pec.Date{}, nil
	}
	agreements, err := tx.Agreements()
	if err != nil {
		return pec.Date{}, err
	}
	book, err := loadBook(&tx.ReadTx, m.ID, agreements)
	if err != nil {
		return pec.Date{}, err
	}
	var first pec.Date
	for _, b := range book.Mailboxes {
		if b.Status.Running() {
			first = pec.Earliest(first, book.ClosesOn(b, agreements))
		}
	}
	return first, nil
}

// StatusReview is what a change of status would mean for one member.
type StatusReview struct {
	Member db.MemberRow // as it is
	Why    string       // Italian: why nothing would change for them; empty when it would
	Boxes  []BoxFate    // not closed before, and for a return those that were closed
	Credit pec.Cents    // left
}

// BoxFate is what a mailbox comes to by its holder's change of status.
type BoxFate struct {
	db.MailboxRow
	Services int      // running on it: they end with it (R7)
	ClosesOn pec.Date // R5; zero when it goes on
}

// ReviewMemberStatus says what a change of status would mean for a member, once
// what is overdue has happened, as ChangeMemberStatus carries it out first (R6).
// What cannot be is a Problem.
func (o *Office) ReviewMemberStatus(tx *db.ReadTx, member int64, change StatusChange) (StatusReview, error) {
	change, err := change.tidy(o.Today())
	if err != nil {
		return StatusReview{}, err
	}
	m, err := standingMember(tx, member)
	if err != nil {
		return StatusReview{}, err
	}
	r, err := o.reviewing(tx, []db.MemberRow{m})
	if err != nil {
		return StatusReview{}, err
	}
	return r.of(m, change)
}

// ReviewStatuses says what a change of status would mean for each of the members
// chosen, and who would be left out, as ChangeStatuses does it. Each is listed
// once, by surname and name.
func (o *Office) ReviewStatuses(tx *db.ReadTx, ids []int64, change StatusChange) (list []StatusReview, err error) {
	if change, err = change.tidy(o.Today()); err != nil {
		return nil, err
	}
	members, err := byName(tx, ids)
	if err != nil {
		return nil, err
	}
	all, err := o.reviewing(tx, members)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		r := StatusReview{Member: m, Why: notAmongMany(m, change)}
		if r.Why == "" {
			r, err = all.of(m, change)
			if problem := pec.AsProblem(err); problem != nil {
				r.Why = problem.Message
			} else if err != nil {
				return nil, err
			}
		}
		list = append(list, r)
	}
	return list, nil
}

// notAmongMany says why a decision on many leaves a member as they are: it
// corrects nobody's day or reason, writes over nobody's leaving, and does not
// begin before what is known of their standing. A return is for all who left.
//
// Of two cancelled from 01/11, the one suspended since 20/11 stays suspended:
// which of the two days is wrong is to be seen for each.
func notAmongMany(m db.MemberRow, change StatusChange) string {
	if m.Merged() {
		return "È stata unita a un’altra posizione il " + m.MergedOn.Italian() + "."
	}
	is, since := m.Said(m.Status.Italian()), standsSince(m)
	switch {
	case m.Status == change.Status:
		return "È già " + is + "."
	case !m.Status.OnRegister() && change.Status != pec.MemberActive:
		return "È già fuori dall’albo, " + is + " dal " + since.Italian() + ": lo stato si cambia dalla sua pagina."
	case !change.On.IsZero() && change.On.Before(since):
		return "È " + is + " dal " + since.Italian() + ", dopo il giorno scritto: lo stato si cambia dalla sua pagina."
	}
	return ""
}

// standsSince is the first day of a member's standing as far as it is known,
// zero when it is not.
func standsSince(m db.MemberRow) pec.Date {
	switch {
	case !m.Status.OnRegister():
		return m.LeftOn
	case m.Standing.Since.After(m.RegisteredOn):
		return m.Standing.Since
	}
	return m.RegisteredOn
}

func byName(tx *db.ReadTx, ids []int64) ([]db.MemberRow, error) {
	members, err := inRegisterOrder(tx, ids)
	names := make(map[int64]string, len(members))
	for _, m := range members {
		names[m.ID] = pec.Fold(m.FullName())
	}
	slices.SortStableFunc(members, func(a, b db.MemberRow) int { return strings.Compare(names[a.ID], names[b.ID]) })
	return members, err
}

// reviewing is what the reviews of some members are worked out from. It is read
// in a few queries, however many they are: member by member a whole register
// takes too long for a page.
type reviewing struct {
	today      pec.Date
	agreements []pec.Agreement
	books      map[int64]pec.Book
	boxes      map[int64][]db.MailboxRow // all, the closed ones last
}

func (o *Office) reviewing(tx *db.ReadTx, members []db.MemberRow) (reviewing, error) {
	r := reviewing{today: o.Today(), books: map[int64]pec.Book{}}
	ids := make([]int64, len(members))
	for i, m := range members {
		ids[i] = m.ID
	}
	books, err := tx.BooksOf(ids)
	if err != nil {
		return r, err
	}
	if r.agreements, err = complete(tx, books); err != nil {
		return r, err
	}
	for _, b := range books {
		r.books[b.MemberID] = b.Book
	}
	r.boxes, err = tx.MailboxesHeldBy(ids)
	return r, err
}

// of plays the member's book to yesterday and then the change. What cannot be
// is a Problem.
func (r reviewing) of(m db.MemberRow, change StatusChange) (StatusReview, error) {
	out := StatusReview{Member: m}
	if err := standing(r.today, m, r.boxes[m.ID]); err != nil {
		return out, err
	}
	_, book := pec.Renewals(r.books[m.ID], r.agreements, r.today.AddDays(-1))
	after := m
	leave(r.today, &after, change)
	returns := after.Status == pec.MemberActive && !m.Status.OnRegister()
	book.Status, book.LeftOn, book.LeftRegisteredOn = after.Status, after.LeftOn, after.LeftRegisteredOn
	out.Credit = book.Credit
	shown := map[string]bool{}
	for _, b := range r.boxes[m.ID] {
		if i := slices.IndexFunc(book.Mailboxes, func(x pec.Mailbox) bool { return x.ID == b.ID }); i >= 0 {
			b.Mailbox = book.Mailboxes[i]
		}
		if b.Status == pec.MailboxClosed && (!returns || shown[b.Address]) {
			continue
		}
		shown[b.Address] = true
		out.Boxes = append(out.Boxes, fate(b, book, r.agreements))
	}
	return out, nil
}

// fate is what becomes of a mailbox by the book as it stands after the change.
func fate(b db.MailboxRow, book pec.Book, agreements []pec.Agreement) BoxFate {
	f := BoxFate{MailboxRow: b}
	for _, s := range book.Services {
		if s.MailboxID == b.ID && s.EndedOn.IsZero() {
			f.Services++
		}
	}
	if !book.Status.OnRegister() && b.Status.Running() {
		f.ClosesOn = book.ClosesOn(b.Mailbox, agreements)
	}
	return f
}

// tryStatus changes one member's status, or says in Italian why it cannot be:
// one does not stop the others.
func tryStatus(tx *db.Tx, m db.MemberRow, change StatusChange) (why string, done StatusChanged, err error) {
	err = tx.Try(func() (err error) {
		done, err = changeStatus(tx, m.ID, change)
		return err
	})
	if problem := pec.AsProblem(err); problem != nil {
		return problem.Message, done, nil
	}
	if err == nil && !done.Changed {
		why = "È già così: non c’è nulla da cambiare."
	}
	return why, done, err
}

// StatusesChanged is what a change of status of many did.
type StatusesChanged struct {
	Changed []db.MemberRow
	LeftOut []LeftOut // who stays as they are, and why
}

// ChangeStatuses gives the members chosen a new status, with an entry in the
// log for each. Who has it already, or may not have it, is left out: it may be
// repeated.
//
// It is no single transaction: a decision on a whole register of 20,000 held
// the lock for writing for 25 seconds, and payments that came meanwhile were
// refused. The members are independent of each other, so it is written in
// portions, each a transaction of its own that looks at its members anew. If a
// portion fails, those before it stand: what is returned beside the error
// counts them, and repeated it goes on with the rest.
func (o *Office) ChangeStatuses(ctx context.Context, actor string, ids []int64, change StatusChange) (done StatusesChanged, err error) {
	if change, err = change.tidy(o.Today()); err != nil {
		return done, err
	}
	var members []db.MemberRow
	err = o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		members, err = byName(tx, ids)
		return err
	})
	size := cmp.Or(o.batch, portionSize)
	for start := 0; start < len(members) && err == nil; start += size {
		portion := members[start:min(start+size, len(members))]
		if start > 0 {
			giveWay(ctx)
		}
		var part StatusesChanged
		err = o.write(ctx, actor, func(tx *db.Tx) (err error) {
			part, err = changePortion(tx, portion, change)
			return err
		})
		if err == nil {
			done.Changed, done.LeftOut = append(done.Changed, part.Changed...), append(done.LeftOut, part.LeftOut...)
		}
	}
	return done, err
}

// portionSize is how many members one transaction of a decision on many takes: a
// quarter of a second.
const portionSize = 300

// giveWay leaves the lock for writing free for as long as another program that
// waits for it may take to look again, a tenth of a second
// (https://www.sqlite.org/src/file/src/main.c, sqliteDefaultBusyCallback). Taken
// again at once, the lock was missed by the others for seconds.
func giveWay(ctx context.Context) {
	select {
	case <-time.After(100 * time.Millisecond):
	case <-ctx.Done(): // told by the next write
	}
}

// changePortion changes the status of some members, as they are now.
func changePortion(tx *db.Tx, members []db.MemberRow, change StatusChange) (done StatusesChanged, err error) {
	for _, m := range members {
		now, err := tx.Member(m.ID)
		if problem := pec.AsProblem(err); problem != nil { // an import was taken back meanwhile
			done.LeftOut = append(done.LeftOut, LeftOut{m.ID, m.FullName(), problem.Message})
			continue
		} else if err != nil {
			return done, err
		}
		m = now
		why, one := notAmongMany(m, change), StatusChanged{}
		if why == "" {
			why, one, err = tryStatus(tx, m, change)
		}
		switch {
		case err != nil:
			return done, err
		case why != "":
			done.LeftOut = append(done.LeftOut, LeftOut{m.ID, m.FullName(), why})
		default:
			done.Changed = append(done.Changed, one.Member)
		}
	}
	return done, nil
}
