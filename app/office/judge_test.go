package office_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync/atomic"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// action is one thing that somebody does on a day, and what the model says
// comes of it.
type action struct {
	day    mday
	verb   string
	member int
	box    string // its name
	n      int    // which service of the box, top-up or purchase of the member
	what   string // product
	amount int64
	years  int
	left   mday
	renew  bool
	kind   string
	order  []string // services in the member's order, "box/n"
	want   string
	run    run // what the night after it does
}

// run says how a night after an action goes, in the ways of playing that have
// one.
type run struct {
	comes bool
	lag   int // days by which it stays behind
	fuse  int // how far it gets before it is cut
}

type story struct {
	agreements []*mAgreement
	boxes      [][]string      // names, by member
	manual     map[string]bool // those whose automatic renewal is off
	actions    []action
	end        mday
	want       []string
}

// The judge plays invented lives of two members over three years and more,
// once by the model and three times by the program: with a run after each day
// on which something happens; with runs at random, late, that stay behind; with
// runs that are cut at any point. All must end alike (R6).
func TestJudge(t *testing.T) {
	office.Fewer(t, "80")
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t)
		for _, way := range []string{"each day", "late", "cut"} {
			judge(t, dir, s, way)
		}
	})
}

// Every single night for three years.
func TestJudgeNightByNight(t *testing.T) {
	office.Fewer(t, "3")
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) { judge(t, dir, draw(t), "nightly") })
}

func judge(t *rapid.T, parent string, s story, way string) {
	t.Helper()
	dir, err := os.MkdirTemp(parent, "")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	p := newPlayer(t, dir, s)
	defer p.DB.Close()
	p.play(s, way)
	p.day = pec.Day(s.end.String())
	p.renew()
	if diff := cmp.Diff(s.want, p.tell(s)); diff != "" {
		t.Fatalf("played %q, the program (+) does not end where the model (-) does:\n%s\n%s", way, diff, s)
	}
	p.expectSound()
	p.expectCheck()
}

// draw invents a story, playing the model as it goes.
func draw(t *rapid.T) story {
	w := &model{}
	s := story{manual: map[string]bool{}}
	start := rapid.SampledFrom([]mday{mdate(2020, 2, 29), mdate(2018, 10, 12), mdate(2019, 5, 31), mdate(2018, 11, 30), mdate(2021, 1, 1)}).Draw(t, "start")
	for i := range rapid.SampledFrom([]int{1, 2, 3}).Draw(t, "agreements") {
		a := drawAgreement(t)
		a.start = start + mday(i*rapid.IntRange(100, 500).Draw(t, "apart"))
		if i > 0 && a.start <= w.agreements[i-1].start {
			a.start = w.agreements[i-1].start + 1
		}
		w.agreements = append(w.agreements, a)
	}
	names := rapid.Permutation([]string{"anna", "bruno", "carla", "dario", "elena"}).Draw(t, "names")
	for i, n := range []int{2, 1} {
		m := &mMember{onRegister: true}
		for range n {
			s.manual[names[0]] = rapid.SampledFrom([]bool{false, false, true}).Draw(t, "renewed by order")
			m.boxes = append(m.boxes, &mBox{name: names[0], status: "requested", kind: "standard", auto: !s.manual[names[0]], term: 1})
			if len(s.boxes) == i {
				s.boxes = append(s.boxes, nil)
			}
			s.boxes[i] = append(s.boxes[i], names[0])
			names = names[1:]
		}
		w.members = append(w.members, m)
	}
	now := start
	pace := rapid.SampledFrom([]int{1, 1, 2, 4}).Draw(t, "pace")
	for range rapid.SampledFrom([]int{50, 30, 15, 5}).Draw(t, "actions") {
		next := now + mday(drawJump(t, w, now)/pace)
		if next > start+1200 {
			break
		}
		for ; now < next; now++ {
			w.midnight(now)
		}
		a := drawAction(t, w, now)
		a.run = run{rapid.IntRange(0, 3).Draw(t, "a run comes") == 0, rapid.SampledFrom([]int{0, 0, 1, 7, 60}).Draw(t, "lag"), rapid.SampledFrom(fuses).Draw(t, "fuse")}
		s.actions = append(s.actions, a)
	}
	s.end = now + mday(rapid.IntRange(0, 500).Draw(t, "end"))
	for ; now <= s.end; now++ {
		w.midnight(now)
	}
	s.agreements, s.want = w.agreements, w.tell()
	return s
}

// fuses are how many looks at its context a run lives: a run that has nothing to
// do takes some forty, each member due some hundreds.
var fuses = []int{5, 25, 45, 60, 80, 100, 130, 170, 230, 310, 420, 600}

func drawAgreement(t *rapid.T) *mAgreement {
	a := &mAgreement{
		monthly:    rapid.Bool().Draw(t, "monthly"),
		vat:        rapid.SampledFrom([]int64{22, 22, 10, 4, 0}).Draw(t, "vat"),
		kind:       rapid.SampledFrom([]int64{500, 333, 2000, 0}).Draw(t, "kind's price"),
		memberPays: rapid.SampledFrom([]int{1, 1, 1, 1, 1, 1, 1, 1, 1, 0}).Draw(t, "payer") == 0,
		pro:        rapid.SampledFrom([]int64{2000, 2000, 500, 777}).Draw(t, "pro's price"),
		atE:        rapid.SampledFrom([]bool{false, false, true}).Draw(t, "kinds change on E"),
		proCap:     rapid.SampledFrom([]int{0, 4, 9}).Draw(t, "pro's cap"),
		cap:        rapid.SampledFrom([]int{0, 3, 5, 5, 9}).Draw(t, "cap"),
		grace:      rapid.SampledFrom([]int{-1, 0, 1, 60, 60, 200}).Draw(t, "grace"),
		unit:       map[string]int64{"inbox_gb": rapid.SampledFrom([]int64{250, 300, 400, 123, 77, 1}).Draw(t, "a GB")},
	}
	if rapid.IntRange(0, 3).Draw(t, "archive") > 0 {
		a.unit["archive_gb"] = rapid.SampledFrom([]int64{400, 250, 199, 0}).Draw(t, "archive's price")
	}
	if !a.monthly {
		a.window = rapid.SampledFrom([]int{0, 1, 3, 3, 12}).Draw(t, "window")
	}
	return a
}

// drawJump says in how many days something happens next: on one day in two
// around a day that matters.
func drawJump(t *rapid.T, w *model, now mday) int {
	var days []mday
	for _, m := range w.members {
		for _, b := range m.boxes {
			if b.status == "requested" && rapid.SampledFrom([]bool{true, true, false}).Draw(t, "first of all") {
				return 0 // often on one day: so that they have the same E
			}
			if b.status == "active" {
				days = append(days, b.e-1, b.e, b.e, b.e, b.e+1)
				if b.turns != never {
					days = append(days, b.turns-1, b.turns, b.turns+1)
				}
				if a := w.agreement(b.e); a != nil && a.window > 0 {
					days = append(days, b.e.months(-a.window)-1, b.e.months(-a.window))
				}
			}
		}
		for _, o := range m.orders {
			if o.state == "awaiting_payment" {
				days = append(days, o.ordered+30, o.ordered+31)
			}
		}
		if !m.onRegister {
			days = append(days, m.left+60, m.left+61)
		}
	}
	days = slices.DeleteFunc(days, func(d mday) bool { return d < now })
	if len(days) > 0 && rapid.Bool().Draw(t, "to a day that matters") {
		return int(rapid.SampledFrom(days).Draw(t, "day") - now)
	}
	return rapid.SampledFrom([]int{0, 0, 0, 1, 3, 10, 29, 90, 180}).Draw(t, "days later")
}

var verbs = []string{
	"buy", "buy", "buy", "buy", "buy", "pay", "pay", "pay", "pay", "decide", "decide", "order", "order", "reverse", "reverse", "cancel", "leave", "return", "activate",
	"extend", "extend", "extend", "extend", "extend", "together", "together", "guest buys", "guest renews", "guest renews", "refund", "auto", "choose",
}

// drawAction invents an action that is possible, or nearly, and plays it.
func drawAction(t *rapid.T, w *model, now mday) action {
	a := action{day: now, verb: rapid.SampledFrom(verbs).Draw(t, "verb"), member: rapid.SampledFrom([]int{0, 0, 1}).Draw(t, "member")}
	m := w.members[a.member]
	b := rapid.SampledFrom(m.boxes).Draw(t, "box")
	a.box = b.name
	if rapid.SampledFrom([]bool{false, false, true}).Draw(t, "pays what waits") && slices.ContainsFunc(m.orders, func(o *mOrder) bool { return o.state == "awaiting_payment" && o.wish != nil }) {
		a.verb = "pay"
	}
	waits := slices.ContainsFunc(m.orders, func(o *mOrder) bool { return o.state == "awaiting_payment" })
	switch nudge := rapid.SampledFrom([]bool{true, true, false}).Draw(t, "nudge"); {
	case nudge && b.status == "requested":
		a.verb = "activate"
	case nudge && m.claim > 0 && (a.verb == "buy" || a.verb == "extend" || a.verb == "together"), nudge && waits && m.renewsToday(now):
		a.verb = "pay"
	}
	guest := w.members[1]
	if len(guest.topups) == 0 && rapid.SampledFrom([]bool{false, false, true}).Draw(t, "a guest with money") {
		a.verb, a.member, a.amount, m = "pay", 1, 20000, guest
	}
	if a.verb == "guest buys" || a.verb == "guest renews" {
		a.member, m = 0, w.members[0]
		b = m.boxes[0]
		for _, other := range m.boxes {
			if w.extension(m, other, other.kind, 1, 0, now) != nil {
				b = other
			}
		}
		a.box = b.name
		if o := w.extension(m, b, b.kind, 1, 0, now); o != nil && o.gross > guest.credit && rapid.SampledFrom([]bool{true, true, false}).Draw(t, "the guest pays in") {
			a.verb, a.member, a.amount, m = "pay", 1, o.gross-guest.credit+guest.claim, guest
		}
	}
	switch a.verb {
	case "leave":
		if !m.onRegister {
			a.verb = "return"
		}
	case "return", "refund":
		if m.onRegister {
			a.verb = "pay"
		}
	case "decide":
		if len(b.services) == 0 {
			a.verb = "buy"
		}
	case "reverse":
		if len(m.topups) == 0 {
			a.verb = "pay"
		}
	case "cancel":
		if len(m.orders) == 0 {
			a.verb = "buy"
		}
	}
	switch a.verb {
	case "activate":
		a.years = rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(t, "years")
		a.want = w.activate(m, b, a.years, now)
	case "buy":
		a.what = rapid.SampledFrom([]string{"inbox_gb", "inbox_gb", "archive_gb"}).Draw(t, "product")
		a.n = rapid.SampledFrom([]int{1, 1, 2, 3, 0}).Draw(t, "quantity")
		a.want = w.buy(m, b, a.what, a.n, now)
	case "pay":
		if a.amount == 0 {
			a.amount = drawAmount(t, w, m, now)
		}
		a.want = w.topUp(m, a.amount, now)
	case "leave":
		a.left = now - mday(rapid.SampledFrom([]int{0, 0, 1, 30, 59, 60, 61, 200}).Draw(t, "days ago"))
		a.want = w.leave(m, a.left, now)
	case "return":
		a.want = w.comeBack(m)
	case "decide":
		a.n = rapid.IntRange(0, len(b.services)-1).Draw(t, "service")
		service := b.services[a.n]
		a.renew, a.years = rapid.Bool().Draw(t, "renew"), rapid.IntRange(1, service.quantity).Draw(t, "next")
		a.want = w.decide(m, service, a.renew, a.years, now)
	case "order":
		var all []*mService
		for _, b := range m.boxes {
			for i, s := range b.services {
				all = append(all, s)
				a.order = append(a.order, fmt.Sprint(b.name, "/", i))
			}
		}
		if len(all) > 1 {
			for i, n := range rapid.Permutation(indexes(len(all))).Draw(t, "order") {
				all[n].preference = i + 1
			}
		}
		slices.SortFunc(a.order, func(x, y string) int { return at(m, x).preference - at(m, y).preference })
		if len(all) == 1 {
			all[0].preference = 1
		}
	case "reverse":
		a.n = rapid.IntRange(0, len(m.topups)-1).Draw(t, "top-up")
		a.want = w.reverse(m, a.n, now)
	case "extend":
		a.kind = rapid.SampledFrom([]string{b.kind, b.kind, "standard", "pro"}).Draw(t, "kind")
		if a.kind == "standard" && b.auto { // mostly it renews by itself
			a.kind = rapid.SampledFrom([]string{"pro", "pro", "standard"}).Draw(t, "another")
		}
		a.years = rapid.SampledFrom([]int{1, 1, 2, 0, 3}).Draw(t, "years")
		a.n = rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "added")
		a.want = w.extend(m, b, a.kind, a.years, a.n, now)
	case "together":
		a.years = rapid.SampledFrom([]int{1, 1, 2, 3}).Draw(t, "years")
		var chosen []*mBox
		all := rapid.SampledFrom([]bool{false, false, true}).Draw(t, "also those that cannot be")
		for _, b := range m.boxes {
			if all || w.extension(m, b, b.kind, a.years, 0, now) != nil {
				chosen, a.order = append(chosen, b), append(a.order, b.name)
			}
		}
		a.want = w.together(m, chosen, a.years, now)
	case "guest buys":
		a.what, a.n = rapid.SampledFrom([]string{"inbox_gb", "archive_gb"}).Draw(t, "product"), rapid.SampledFrom([]int{1, 2}).Draw(t, "quantity")
		a.want = w.buyAsGuest(guest, m, b, a.what, a.n, now)
	case "guest renews":
		a.years = rapid.SampledFrom([]int{1, 1, 2, 0}).Draw(t, "years")
		a.want = w.renewAsGuest(guest, m, b, a.years, now)
	case "refund":
		a.want = w.refund(m, now)
	case "auto":
		a.renew = rapid.Bool().Draw(t, "automatic")
		a.want = w.setAuto(m, b, a.renew, now)
	case "choose":
		a.kind = rapid.SampledFrom([]string{"standard", "standard", "pro"}).Draw(t, "kind")
		a.want = w.choose(m, b, a.kind, now)
	case "cancel":
		a.n = rapid.IntRange(0, len(m.orders)-1).Draw(t, "purchase")
		a.want = w.cancel(m, a.n, now)
	}
	return a
}

// drawAmount is now and then exactly what is missing, or a cent less.
func drawAmount(t *rapid.T, w *model, m *mMember, now mday) int64 {
	missing := m.claim - m.credit
	for _, o := range m.orders {
		if o.state == "awaiting_payment" {
			missing += o.gross
		}
	}
	for _, b := range m.boxes {
		for _, s := range b.services {
			if a := w.agreement(now); s.ended == never && a.unit[s.product] > 0 {
				missing += taxed(a.unit[s.product]*int64(s.next*b.term), a.vat)
			}
		}
	}
	if missing > 1 && rapid.Bool().Draw(t, "what is missing") {
		return missing - int64(rapid.IntRange(0, 1).Draw(t, "a cent"))
	}
	return rapid.SampledFrom([]int64{305, 610, 1000, 400, 122, 50, 2000, 10000}).Draw(t, "amount")
}

func indexes(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

func at(m *mMember, where string) *mService {
	for _, b := range m.boxes {
		for i, s := range b.services {
			if fmt.Sprint(b.name, "/", i) == where {
				return s
			}
		}
	}
	return nil
}

// String is the story as a reader of a failed test wants it.
func (s story) String() string {
	text := ""
	for _, a := range s.agreements {
		text += fmt.Sprintf("agreement %+v\n", *a)
	}
	for _, a := range s.actions {
		text += fmt.Sprintf("%s %s member %d %s %s n %d amount %d years %d left %s renew %v %s %v: %s\n", a.day, a.verb, a.member, a.box, a.what, a.n, a.amount, a.years, a.left, a.renew, a.kind, a.order, a.want)
	}
	return text + "until " + s.end.String()
}

// player is the program playing a story.
type player struct {
	*testOffice
	members []int64
	topups  map[int][]int64  // entries, by member
	access  map[string]int64 // of the second member to the boxes of the first
}

func newPlayer(t reporter, dir string, s story) *player {
	t.Helper()
	p := &player{testOffice: openOffice(t, dir, "2018-01-01"), topups: map[int][]int64{}, access: map[string]int64{}}
	p.SetBatch(1)
	p.Log = slog.New(slog.DiscardHandler)
	p.must(p.DB.Write(ctx, p.stamp(), func(tx *db.Tx) error {
		for _, a := range s.agreements {
			if _, err := tx.AddAgreement(a.document()); err != nil {
				return err
			}
		}
		for i, names := range s.boxes {
			id, err := tx.AddMember(db.MemberRow{Member: pec.Member{RegistrationNumber: fmt.Sprint(i + 1), Surname: fmt.Sprint("Prova", i), Status: pec.MemberActive}})
			if err != nil {
				return err
			}
			p.members = append(p.members, id)
			for _, name := range names {
				if _, err := tx.AddMailbox(db.MailboxRow{Mailbox: pec.Mailbox{
					Address: name + "@pec.ordine.example", MemberID: id, Kind: "standard", Status: pec.MailboxRequested, TermYears: 1, AutoRenew: !s.manual[name],
				}}); err != nil {
					return err
				}
			}
		}
		return nil
	}))
	for _, name := range s.boxes[0] {
		p.access[name] = p.asks(p.members[1], name+"@pec.ordine.example")
		p.must(p.DecideAccess(ctx, "prova", p.members[0], p.access[name], true))
	}
	return p
}

// document is the agreement as the program keeps it.
func (a *mAgreement) document() pec.Agreement {
	d := pec.Agreement{
		Name: "Convenzione", StartsOn: pec.Day(a.start.String()), VATRate: decimal.New(a.vat, 0), Policy: pec.FullYear, FreeWindowMonths: a.window, SoldBy: pec.SoldByOrdine,
		UpgradeAtExpiry: a.atE,
		Kinds: []pec.Kind{
			{Code: "standard", Name: "Standard", BaseInboxGB: 1, YearlyPrice: pec.Cents(a.kind), PaidBy: pec.PaidByOrdine, Terms: []int{1, 2, 3}},
			{Code: "pro", Name: "Pro", BaseInboxGB: 2, YearlyPrice: pec.Cents(a.pro), PaidBy: pec.PaidByMember, Terms: []int{1, 2}},
		},
	}
	if a.proCap > 0 {
		d.Kinds[1].MaxInboxGB = &a.proCap
	}
	if a.monthly {
		d.Policy = pec.Monthly
	}
	if a.memberPays {
		d.Kinds[0].PaidBy = pec.PaidByMember
	}
	if a.cap > 0 {
		d.Kinds[0].MaxInboxGB = &a.cap
	}
	if a.grace >= 0 {
		d.LeaverGraceDays = &a.grace
	}
	for _, product := range []string{"inbox_gb", "archive_gb"} {
		if unit, sold := a.unit[product]; sold {
			kinds := []string{"standard", "pro"}
			if product == "archive_gb" {
				kinds = kinds[:1]
			}
			d.Products = append(d.Products, pec.Product{Code: product, Name: product, Unit: "GB", YearlyPrice: pec.Cents(unit), Kinds: kinds})
		}
	}
	return d
}

func (p *player) play(s story, way string) {
	p.t.Helper()
	for i, a := range s.actions {
		if way == "nightly" && i > 0 {
			p.nights(s.actions[i-1].day, a.day-1)
		}
		p.day = pec.Day(a.day.String())
		if got := p.act(a); got != a.want {
			p.t.Fatalf("played %q, action %d on %s comes to %q, the model says %q\n%s", way, i, a.day, got, a.want, s)
		}
		if i+1 < len(s.actions) && s.actions[i+1].day == a.day {
			continue // the whole of a day belongs to the members
		}
		switch way {
		case "each day":
			p.renew()
		case "late":
			if a.run.comes {
				p.must(second(p.Renew(ctx, "prova", p.day.AddDays(-a.run.lag))))
			}
		case "cut":
			if a.run.comes {
				p.cut(a.run.fuse)
			}
		}
	}
	if way == "nightly" {
		p.nights(s.actions[len(s.actions)-1].day, s.end-1)
	}
}

// nights runs the job at the end of each day, both included.
func (p *player) nights(from, to mday) {
	p.t.Helper()
	for d := from; d <= to; d++ {
		p.day = pec.Day(d.String())
		p.renew()
	}
}

// cut runs the renewals until the fuse burns down. What the power cut leaves
// undone is not made up for at once: later writes or runs find it.
func (p *player) cut(fuse int) {
	p.t.Helper()
	burning, cancel := context.WithCancel(ctx)
	defer cancel()
	left := &fused{Context: burning, cancel: cancel}
	left.steps.Store(int64(fuse))
	if _, err := p.Renew(left, "prova", p.day); err != nil && burning.Err() == nil {
		p.t.Fatalf("cut on %s: %v", p.day, err)
	}
}

// fused is a context that is cancelled after it was looked at so many times,
// that is anywhere between two statements.
type fused struct {
	context.Context
	steps  atomic.Int64
	cancel func()
}

func (f *fused) Done() <-chan struct{} {
	if f.steps.Add(-1) == 0 {
		f.cancel()
	}
	return f.Context.Done()
}

func (p *player) act(a action) string {
	p.t.Helper()
	address, member := a.box+"@pec.ordine.example", p.members[a.member]
	switch a.verb {
	case "activate":
		done, err := p.Activate(ctx, "prova", address, a.years)
		return p.outcome(err, "to %s", done.ExpiresOn)
	case "buy":
		quote, refused := p.QuoteMailbox(ctx, address, a.what, a.n)
		done, err := p.Order(ctx, "prova", office.Purchase{Address: address, Product: a.what, Quantity: a.n})
		claim := err != nil && pec.AsProblem(err) != nil && pec.AsProblem(err).Code == "claim_open"
		if (refused != nil) != (err != nil) && !claim || err == nil && (quote.Price != done.Order.Price || quote.Reason != done.Quote.Reason) {
			p.t.Errorf("on %s the quote for %d %s is %s (%v), the order %s (%v)", p.day, a.n, a.what, quote.Price.Sum(), refused, done.Order.Price.Sum(), err)
		}
		return p.outcome(err, "%s %d;", done.Order.State, done.Order.Price.Gross)
	case "guest buys":
		done, err := p.OrderAsGuest(ctx, "prova", office.GuestPurchase{AccessID: p.access[a.box], Guest: p.members[1], Product: a.what, Quantity: a.n, Accepted: pec.TermCodes()})
		return p.outcome(err, "%s %d;", done.Order.State, done.Order.Price.Gross)
	case "guest renews":
		done, err := p.OrderRenewalAsGuest(ctx, "prova", office.GuestRenewal{AccessID: p.access[a.box], Guest: p.members[1], Years: a.years, Accepted: pec.TermCodes()})
		return p.outcome(err, "%s %d;", done.Order.State, done.Order.Price.Gross)
	case "extend":
		return p.extend(address, pec.RenewalWish{Kind: a.kind, Years: a.years, AddedGB: a.n})
	case "together":
		var list []office.RenewalRequest
		for _, name := range a.order {
			list = append(list, office.RenewalRequest{Address: name + "@pec.ordine.example", Wish: pec.RenewalWish{Years: a.years}})
		}
		orders, err := p.OrderRenewals(ctx, "prova", list)
		said := ""
		for _, done := range orders {
			said += fmt.Sprintf("%s %d;", done.Order.State, done.Order.Price.Gross)
		}
		return p.outcome(err, "%s", said)
	case "refund":
		var credit pec.Cents
		p.must(p.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
			credit, err = tx.Balance(member)
			return err
		}))
		paid, err := p.Refund(ctx, "prova", member, credit, "bonifico")
		return p.outcome(err, "%d", int64(paid))
	case "auto":
		return p.outcome(p.SetAutoRenew(ctx, "prova", address, a.renew), "")
	case "choose":
		return p.outcome(p.ChooseKind(ctx, "prova", address, a.kind, 0), "")
	case "pay":
		done, err := p.TopUp(ctx, "prova", office.Payment{MemberID: member, Amount: pec.Cents(a.amount), Method: pec.ByCounter, Reference: fmt.Sprint(a.member, "/", len(p.topups[a.member]))})
		p.topups[a.member] = append(p.topups[a.member], done.EntryID)
		return p.outcome(err, "%d", int64(done.Balance))
	case "leave":
		_, err := p.ChangeMemberStatus(ctx, "prova", member, office.StatusChange{Status: pec.MemberCancelled, On: pec.Day(a.left.String())})
		return p.outcome(err, "")
	case "return":
		_, err := p.ChangeMemberStatus(ctx, "prova", member, office.StatusChange{Status: pec.MemberActive})
		return p.outcome(err, "")
	case "decide":
		err := p.ChangeService(ctx, "prova", office.ServiceChange{ServiceID: p.service(a.box, a.n).ID, AutoRenew: a.renew, NextQuantity: a.years})
		return p.outcome(err, "decided")
	case "order":
		var ids []int64
		for _, where := range a.order {
			var n int
			i := slices.Index([]byte(where), '/')
			fmt.Sscan(where[i+1:], &n)
			ids = append(ids, p.service(where[:i], n).ID)
		}
		return p.outcome(p.OrderServices(ctx, "prova", member, ids), "")
	case "reverse":
		taken, claim, err := p.ReverseTopUp(ctx, "prova", p.topups[a.member][a.n], nil, "prova")
		return p.outcome(err, "%d %d", int64(taken), int64(claim))
	case "cancel":
		return p.outcome(p.CancelOrder(ctx, "prova", p.purchases(member)[a.n].ID, 0, ""), "cancelled")
	}
	panic("no verb " + a.verb)
}

// extend orders a renewal, which costs what its quote says.
func (p *player) extend(address string, wish pec.RenewalWish) string {
	p.t.Helper()
	var quote pec.RenewalQuote
	refused := p.DB.Read(ctx, func(tx *db.ReadTx) error {
		box, err := tx.MailboxByAddress(address)
		if err == nil {
			quote, err = p.QuoteRenewal(tx, box, wish)
		}
		return err
	})
	done, err := p.OrderRenewal(ctx, "prova", office.RenewalRequest{Address: address, Wish: wish})
	if (refused != nil) != (err != nil) || err == nil && (quote.Price != done.Order.Price || quote.Reason != done.Quote.Reason) {
		p.t.Errorf("on %s the quote for %+v is %s (%v), the order %s (%v)", p.day, wish, quote.Price.Sum(), refused, done.Order.Price.Sum(), err)
	}
	return p.outcome(err, "%s %d;", done.Order.State, done.Order.Price.Gross)
}

func (p *player) outcome(err error, format string, args ...any) string {
	p.t.Helper()
	if problem := pec.AsProblem(err); problem != nil && problem.Code != "day_before_last_event" {
		return "refused"
	}
	p.must(err)
	return fmt.Sprintf(format, args...)
}

// service is the n-th that a box had. One that a waiting order started in the
// meantime is not there before some run or write has found it out.
func (p *player) service(box string, n int) db.ServiceRow {
	p.t.Helper()
	if len(p.services(box)) <= n {
		p.night()
	}
	return p.services(box)[n]
}

func (p *player) services(box string) []db.ServiceRow {
	p.t.Helper()
	var list []db.ServiceRow
	p.must(p.DB.Read(ctx, func(tx *db.ReadTx) error {
		b, err := tx.MailboxByAddress(box + "@pec.ordine.example")
		if err != nil {
			return err
		}
		list, err = tx.ServicesOn(b.ID, true)
		return err
	}))
	slices.SortFunc(list, func(a, b db.ServiceRow) int { return int(a.ID - b.ID) })
	return list
}

func (p *player) purchases(member int64) []db.OrderRow {
	p.t.Helper()
	var list []db.OrderRow
	p.must(p.DB.Read(ctx, func(tx *db.ReadTx) error {
		all, err := tx.OrdersOf(member)
		for _, o := range all {
			_, asked, rerr := tx.RenewalOrder(o.ID)
			if rerr != nil {
				return rerr
			}
			if asked || o.Kind == pec.OrderPurchase {
				list = append(list, o)
			}
		}
		return err
	}))
	slices.Reverse(list)
	return list
}

// tell writes the books down as the model does.
func (p *player) tell(s story) []string {
	p.t.Helper()
	var lines []string
	for i, id := range p.members {
		say := func(format string, args ...any) {
			lines = append(lines, fmt.Sprintf("member %d: ", i)+fmt.Sprintf(format, args...))
		}
		p.must(p.DB.Read(ctx, func(tx *db.ReadTx) error { return tellMember(tx, id, say) }))
	}
	slices.Sort(lines)
	return lines
}

func tellMember(tx *db.ReadTx, id int64, say func(string, ...any)) error {
	m, err := tx.Member(id)
	if err != nil {
		return err
	}
	credit, err := tx.Balance(id)
	if err != nil {
		return err
	}
	claim, err := tx.Claim(id)
	if err != nil {
		return err
	}
	say("register %v, credit %d, claim %d", m.Status.OnRegister(), int64(credit), int64(claim))
	boxes, err := tx.MailboxesOf(id)
	if err != nil {
		return err
	}
	names := map[int64]string{}
	for _, b := range boxes {
		name := b.Address[:len(b.Address)-len("@pec.ordine.example")]
		names[b.ID] = name
		say("%s %s %s/%s term %d auto %v turns %s to %s, closed %s %s", name, b.Status, b.Kind, b.NextKind, b.TermYears, b.AutoRenew, b.TurnsOn, b.ExpiresOn, b.ClosedOn, b.CloseReason)
		periods, err := tx.Periods(b.ID)
		if err != nil {
			return err
		}
		for _, c := range periods {
			say("%s period %s %s %s", name, c.StartsOn, c.EndsOn, c.Kind)
			if c.Charged {
				say("%s charge %s %s %d", name, c.StartsOn, c.EndsOn, int64(c.Price.Gross))
			}
		}
		services, err := tx.ServicesOn(b.ID, true)
		if err != nil {
			return err
		}
		for _, s := range services {
			say("%s service %s %d/%d %s to %s renew %v preference %d ended %s %s", name, s.Product, s.Quantity, s.NextQuantity, s.StartedOn, s.ExpiresOn, s.AutoRenew, s.Preference, s.EndedOn, s.EndReason)
		}
	}
	orders, err := tx.OrdersOf(id)
	if err != nil {
		return err
	}
	for _, o := range orders {
		lines, err := tx.OrderLines(o.ID)
		if err != nil {
			return err
		}
		on := o.CompletedOn
		if on.IsZero() {
			on = o.EndedOn
		}
		wish, asked, err := tx.RenewalOrder(o.ID)
		if err != nil {
			return err
		}
		if asked {
			say("order %s %s %d years %d GB at %d on %s: %s %s", names[o.MailboxID], wish.Kind, wish.Years, wish.AddedGB, int64(o.Price.Gross), o.OrderedOn, o.State, on)
			continue
		}
		if o.Kind == pec.OrderRenewal {
			say("renewal %s %s %d lines %d", on, names[o.MailboxID], len(lines), int64(o.Price.Gross))
			continue
		}
		say("order %s %s %d at %d on %s: %s %s", names[o.MailboxID], lines[0].Product, lines[0].Quantity, int64(o.Price.Gross), o.OrderedOn, o.State, on)
	}
	entries, err := tx.Entries(id)
	for _, e := range entries {
		say("entry %s %s %d", e.On, e.Kind, int64(e.Amount))
	}
	return err
}
