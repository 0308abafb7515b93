package office

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"albopec/app/pec"
	"albopec/db"
)

// Notified is what a run of the notices raised, or would raise.
type Notified struct {
	On      pec.Date       `json:"on"`
	Raised  int            `json:"raised"`
	ByStep  map[string]int `json:"by_step"`  // days before E
	OnPaper int            `json:"on_paper"` // of these, to members without an e-mail address
	DryRun  bool           `json:"dry_run"`
	Failed  []Failure      `json:"failed"`
}

// due is a notice to be raised.
type due struct {
	mailbox pec.Mailbox
	step    int
	values  pec.MessageValues
}

// RaiseNotices raises the notices that are due today (R21): for each mailbox
// the latest step that has come and was not raised, whenever the last run was.
// Run twice it raises nothing the second time. A member's fault takes back what
// was done for that member and is reported; the others go on. With dryRun
// nothing is written.
func (o *Office) RaiseNotices(ctx context.Context, actor string, dryRun bool) (Notified, error) {
	on := o.Today()
	done := Notified{On: on, ByStep: map[string]int{}, DryRun: dryRun, Failed: []Failure{}}
	var members []int64
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		agreements, err := tx.Agreements()
		if err != nil {
			return err
		}
		for _, step := range noticeSteps(agreements, on) {
			done.ByStep[fmt.Sprint(step)] = 0
		}
		if members, err = o.membersToTell(tx, agreements); err != nil || !dryRun {
			return err
		}
		for _, id := range members {
			m, list, err := noticesDue(tx, id, agreements, on)
			if err != nil {
				return err
			}
			done.count(m, list)
		}
		return nil
	})
	if err != nil || dryRun {
		return done, err
	}
	size := cmp.Or(o.batch, batchSize)
	for start := 0; start < len(members) && err == nil; start += size {
		batch := members[start:min(start+size, len(members))]
		err = o.write(ctx, actor, func(tx *db.Tx) error { return o.raiseBatch(tx, batch, &done) })
	}
	if err != nil {
		return done, fmt.Errorf("raising the notices of %s: %w", on, err)
	}
	return done, o.write(ctx, actor, func(tx *db.Tx) error { return tx.Record("notices", "notice", 0, done) })
}

// noticeSteps are the steps of the agreement in force.
func noticeSteps(agreements []pec.Agreement, on pec.Date) []int {
	a, _ := pec.InForce(agreements, on)
	return a.NoticeDays
}

// membersToTell are the members of whose mailboxes one has a notice due. They
// are found in bulk: of a large register thousands are in the window each
// morning, and few have their day.
func (o *Office) membersToTell(tx *db.ReadTx, agreements []pec.Agreement) ([]int64, error) {
	var kinds []string
	for _, a := range agreements { // whichever is in force on an E that is near
		for _, k := range a.Kinds {
			if k.PaidBy == pec.PaidByMember {
				kinds = append(kinds, k.Code)
			}
		}
	}
	near, err := tx.MembersToNotify(NoticeHorizon(agreements, o.Today()), kinds)
	if err != nil {
		return nil, err
	}
	watches, err := o.Watches(tx, near)
	if err != nil {
		return nil, err
	}
	tell := map[int64]bool{}
	for _, w := range watches {
		if w.Decide().Due {
			tell[w.Mailbox.MemberID] = true
		}
	}
	return slices.Sorted(maps.Keys(tell)), nil
}

func (n *Notified) count(m db.MemberRow, list []due) {
	for _, d := range list {
		n.Raised++
		n.ByStep[fmt.Sprint(d.step)]++
		if _, state := destination(m); state == pec.MessagePaper {
			n.OnPaper++
		}
	}
}

// raiseBatch raises what is due for some members.
func (o *Office) raiseBatch(tx *db.Tx, members []int64, done *Notified) error {
	agreements, err := tx.Agreements()
	if err != nil {
		return err
	}
	for _, id := range members {
		var m db.MemberRow
		var list []due
		ok, err := o.tried(tx, id, "raising a member's notices", "Errore nel preparare l’avviso: non è stato scritto nulla.", &done.Failed, func() (err error) {
			m, list, err = raise(tx, id, agreements)
			return err
		})
		if err != nil {
			return err
		}
		if ok {
			done.count(m, list)
		}
	}
	return nil
}

func raise(tx *db.Tx, member int64, agreements []pec.Agreement) (db.MemberRow, []due, error) {
	if err := overdue(tx, member); err != nil {
		return db.MemberRow{}, nil, err
	}
	m, list, err := noticesDue(&tx.ReadTx, member, agreements, tx.On)
	if err != nil {
		return m, nil, err
	}
	for _, d := range list {
		message, err := queue(tx, outgoing{
			kind: pec.MessageNotice, key: fmt.Sprintf("%d:%s:%d", d.mailbox.ID, d.mailbox.ExpiresOn, d.step), member: m, mailbox: d.mailbox.ID,
			usefulUntil: d.mailbox.ExpiresOn, values: d.values,
		})
		if err != nil {
			return m, nil, err
		}
		raised := pec.Raised{ExpiresOn: d.mailbox.ExpiresOn, Step: d.step}
		if err := tx.AddNotice(db.NoticeRow{MailboxID: d.mailbox.ID, Raised: raised, MessageID: message}); err != nil {
			return m, nil, err
		}
		if err := tx.Record("notice.raised", "mailbox", d.mailbox.ID, map[string]any{"expires": d.mailbox.ExpiresOn, "step": d.step, "message": message}); err != nil {
			return m, nil, err
		}
	}
	return m, list, nil
}

// noticesDue decides what is due for a member's mailboxes on a day, on the book
// as it stands once what fell due before is carried out.
func noticesDue(tx *db.ReadTx, member int64, agreements []pec.Agreement, on pec.Date) (db.MemberRow, []due, error) {
	m, err := tx.Member(member)
	if err != nil {
		return m, nil, err
	}
	book, err := loadBook(tx, member, agreements)
	if err != nil {
		return m, nil, err
	}
	_, book = pec.Renewals(book, agreements, on.AddDays(-1))
	body, err := orderBodyName(tx)
	if err != nil {
		return m, nil, err
	}
	pay, err := TransferOf(tx, m.Member)
	if err != nil {
		return m, nil, err
	}
	watches, err := watchesOf(tx, []pec.Book{book}, agreements, on)
	if err != nil {
		return m, nil, err
	}
	var list []due
	for _, w := range watches {
		d := w.Decide()
		if !d.Due {
			continue
		}
		facts := pec.NoticeFacts{
			On: on, Holder: fullName(m.Member), OrderBody: body, Mailbox: w.Mailbox, Services: w.Services, Credit: book.Credit,
			Forecast: book.Forecast(agreements, w.Mailbox.ID, on), Pay: pay, Agreements: agreements,
		}
		list = append(list, due{w.Mailbox, d.Step, facts.Values()})
	}
	return m, list, nil
}

// watchesOf is what decides about the notices of each mailbox of these books.
func watchesOf(tx *db.ReadTx, books []pec.Book, agreements []pec.Agreement, on pec.Date) ([]pec.Watch, error) {
	var ids []int64
	for _, b := range books {
		for _, m := range b.Mailboxes {
			ids = append(ids, m.ID)
		}
	}
	raised, err := tx.NoticesOf(ids)
	if err != nil {
		return nil, err
	}
	var list []pec.Watch
	for _, b := range books {
		for _, m := range b.Mailboxes {
			w := pec.Watch{On: on, Mailbox: m, Status: b.Status, Agreements: agreements}
			if !b.Status.OnRegister() && m.Status.Running() {
				w.ClosesOn = b.ClosesOn(m, agreements)
			}
			for _, s := range b.Services {
				if s.MailboxID == m.ID {
					w.Services = append(w.Services, s)
				}
			}
			for _, n := range raised[m.ID] {
				w.Raised = append(w.Raised, n.Raised)
			}
			list = append(list, w)
		}
	}
	return list, nil
}

// Watches tells of the mailboxes of these members whether a notice is due today
// and why not, by mailbox. It decides as RaiseNotices will.
func (o *Office) Watches(tx *db.ReadTx, members []int64) (map[int64]pec.Watch, error) {
	held, err := tx.BooksOf(members)
	if err != nil {
		return nil, err
	}
	agreements, err := complete(tx, held)
	if err != nil {
		return nil, err
	}
	var books []pec.Book
	for _, b := range held {
		_, book := pec.Renewals(b.Book, agreements, o.Today().AddDays(-1))
		books = append(books, book)
	}
	list, err := watchesOf(tx, books, agreements, o.Today())
	byMailbox := map[int64]pec.Watch{}
	for _, w := range list {
		byMailbox[w.Mailbox.ID] = w
	}
	return byMailbox, err
}

// NoticeHorizon is the last day on which a mailbox may expire and be told of
// today: the furthest step of the agreement in force.
func NoticeHorizon(agreements []pec.Agreement, on pec.Date) pec.Date {
	steps := noticeSteps(agreements, on)
	if len(steps) == 0 {
		return on
	}
	return on.AddDays(slices.Max(steps))
}

// tellOutcomes tells the member what the day that is over brought to each
// mailbox (R21): once for a mailbox and expiry, however late.
func (a *applying) tellOutcomes() error {
	events := a.today
	a.today = nil
	byMailbox := map[int64][]pec.Event{}
	for _, e := range events {
		if e.Renewal != nil {
			continue // its receipt tells, on whatever day it was paid
		}
		switch e.Kind {
		case pec.EventRenewed, pec.EventClosed, pec.EventServiceRenewed, pec.EventServiceEnded:
			byMailbox[e.MailboxID] = append(byMailbox[e.MailboxID], e)
		}
	}
	for _, box := range slices.Sorted(maps.Keys(byMailbox)) {
		if !pec.TellsOutcome(byMailbox[box]) {
			continue
		}
		if err := a.tellOutcome(box, byMailbox[box]); err != nil {
			return err
		}
	}
	clear(a.numbers)
	return nil
}

func (a *applying) tellOutcome(box int64, events []pec.Event) error {
	m, err := a.tx.Member(a.book.MemberID)
	if err != nil {
		return err
	}
	facts := pec.OutcomeFacts{
		On: events[0].On, Holder: fullName(m.Member), Mailbox: a.mailboxes[box], Events: events, OrderNumber: a.numbers[box], Agreements: a.agreements,
	}
	if facts.Credit, err = a.tx.Balance(m.ID); err != nil {
		return err
	}
	running, err := a.tx.ServicesOn(box, false)
	if err != nil {
		return err
	}
	for _, s := range running {
		facts.ExtraGB += pec.ExtraGB([]pec.Service{s.Service})
	}
	if facts.OrderBody, err = orderBodyName(&a.tx.ReadTx); err != nil {
		return err
	}
	_, err = queue(a.tx, outgoing{
		kind: pec.MessageOutcome, key: fmt.Sprintf("%d:%s", box, facts.On), member: m, mailbox: box, usefulUntil: a.tx.On.AddDays(usefulDays), values: facts.Values(),
	})
	return err
}

// summarised is how many days back a summary is still made up for.
const summarised = 7

// maxListed bounds the failures that a summary lists.
const maxListed = 50

// Summarise writes the secretariat's summary of each past day on which a
// message was sent or failed (once a day and operator, ever). It counts the
// days.
func (o *Office) Summarise(ctx context.Context, actor string) (int, error) {
	n := 0
	var days []db.SendingDay
	err := o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		days, err = tx.SendingDays(o.Today().AddDays(-summarised), o.Today().AddDays(-1))
		return err
	})
	if err != nil || len(days) == 0 {
		return 0, err
	}
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		operators, err := summaryReaders(&tx.ReadTx)
		if err != nil || len(operators) == 0 {
			return err
		}
		for _, d := range days {
			if err := summariseDay(tx, d, operators); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// summaryReaders are the active operators of the secretariat, or the
// administrators when it has none.
func summaryReaders(tx *db.ReadTx) ([]db.Operator, error) {
	list, err := tx.Operators()
	if err != nil {
		return nil, err
	}
	with := func(role string) []db.Operator {
		return slices.DeleteFunc(slices.Clone(list), func(p db.Operator) bool { return !p.Active || p.Role != role })
	}
	if clerks := with(RoleSecretariat); len(clerks) > 0 {
		return clerks, nil
	}
	return with(RoleAdministrator), nil
}

func summariseDay(tx *db.Tx, d db.SendingDay, operators []db.Operator) error {
	failed, err := tx.FailedOn(d.On)
	if err != nil {
		return err
	}
	counts, err := tx.MessageCounts()
	if err != nil {
		return err
	}
	body, err := orderBodyName(&tx.ReadTx)
	if err != nil {
		return err
	}
	values := pec.MessageValues{
		"giorno": d.On.Italian(), "partiti": pec.Thousands(d.Sent), "non_riusciti": pec.Thousands(d.Failed), "ordine": body,
		"in_attesa": someOf(counts[pec.MessageWaiting] + counts[pec.MessageUnknown]), "carta": someOf(counts[pec.MessagePaper]), "elenco": failuresInWords(failed),
	}
	for _, p := range operators {
		if _, err := queue(tx, outgoing{
			kind: pec.MessageSummary, key: fmt.Sprintf("%s:%d", d.On, p.ID), to: p.Email, usefulUntil: tx.On.AddDays(summarised), values: values,
		}); err != nil {
			return err
		}
	}
	return tx.Record("message.summary", "message", 0, map[string]any{"on": d.On, "sent": d.Sent, "failed": d.Failed})
}

// someOf is a figure, and empty for none.
func someOf(n int) string {
	if n == 0 {
		return ""
	}
	return pec.Thousands(n)
}

func failuresInWords(failed []db.MessageRow) string {
	var lines []string
	for i, m := range failed {
		if i == maxListed {
			lines = append(lines, fmt.Sprintf("- e altri %s", pec.Thousands(len(failed)-maxListed)))
			break
		}
		lines = append(lines, fmt.Sprintf("- %s, %s: %s", m.Recipient, m.Kind.Italian(), strings.Join(strings.Fields(m.LastError), " ")))
	}
	return strings.Join(lines, "\n")
}
