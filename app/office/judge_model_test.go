package office_test

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
)

// The judge's model: the rules written a second time, as plainly as can be, a
// day at a time for every day, with days and cents of its own. It shares
// nothing with the program: this file imports nothing of it.

// mday counts days; its own calendar is below.
type mday int

const never mday = 0

func leap(y int) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }

func monthDays(y, m int) int {
	switch m {
	case 2:
		if leap(y) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// mdate counts the days from 31/12/1999 on.
func mdate(y, m, d int) mday {
	n := 0
	for i := 2000; i < y; i++ {
		n += 365
		if leap(i) {
			n++
		}
	}
	for i := 1; i < m; i++ {
		n += monthDays(y, i)
	}
	return mday(n + d)
}

func (d mday) parts() (y, m, day int) {
	y, m, day = 2000, 1, int(d)
	for {
		year := 365
		if leap(y) {
			year++
		}
		if day <= year {
			break
		}
		day -= year
		y++
	}
	for day > monthDays(y, m) {
		day -= monthDays(y, m)
		m++
	}
	return y, m, day
}

func (d mday) String() string {
	if d == never {
		return ""
	}
	y, m, day := d.parts()
	return fmt.Sprintf("%04d-%02d-%02d", y, m, day)
}

// months goes n months on or back; a day that the month lacks is its last.
func (d mday) months(n int) mday {
	y, m, day := d.parts()
	for ; n > 0; n-- {
		if m++; m > 12 {
			y, m = y+1, 1
		}
	}
	for ; n < 0; n++ {
		if m--; m < 1 {
			y, m = y-1, 12
		}
	}
	return mdate(y, m, min(day, monthDays(y, m)))
}

type mAgreement struct {
	start      mday
	monthly    bool
	window     int // free months
	vat        int64
	kind       int64            // standard: net, a mailbox a year
	memberPays bool             // the standard kind; pro is always the member's
	pro        int64            // pro: net, a mailbox a year; 2 GB and no archive
	atE        bool             // kinds change only on E
	unit       map[string]int64 // product: net, a unit a year
	cap        int              // inbox GB in all of a standard mailbox; 0 none
	proCap     int              // the same of a pro one
	grace      int              // days; -1 no limit
}

func (a *mAgreement) yearly(kind string) int64 {
	if kind == "pro" {
		return a.pro
	}
	return a.kind
}

func (a *mAgreement) paidByMember(kind string) bool { return kind == "pro" || a.memberPays }

func (a *mAgreement) offers(kind string, years int) bool {
	return years >= 1 && (kind == "standard" && years <= 3 || kind == "pro" && years <= 2)
}

// up says whether a change goes up; pro has more space at the same price.
func (a *mAgreement) up(from, to string) bool {
	return a.yearly(to) > a.yearly(from) || a.yearly(to) == a.yearly(from) && to == "pro"
}

// allows says whether the kind may have the product.
func allows(kind, product string) bool { return kind == "standard" || product == "inbox_gb" }

type mBox struct {
	name      string
	status    string // "requested", "active", "closed"
	anchor, e mday
	term      int
	kind      string
	next      string // kind to come; "" the same
	turns     mday   // the old E, while a renewal paid ahead is to begin
	auto      bool
	closed    mday
	why       string
	services  []*mService
	charges   []string
	periods   []string
}

func (b *mBox) ahead() string {
	if b.next != "" {
		return b.next
	}
	return b.kind
}

// anniversary is E of some years from the present one.
func (b *mBox) anniversary(years int) mday {
	y, _, _ := b.e.parts()
	_, month, day := b.anchor.parts()
	return mdate(y+years, month, min(day, monthDays(y+years, month)))
}

type mService struct {
	box            *mBox
	product        string
	quantity, next int
	started, e     mday
	renew          bool
	preference     int
	born           int // order of birth
	ended          mday
	why            string
}

type mOrder struct {
	box      *mBox
	product  string
	quantity int
	gross    int64
	ordered  mday
	state    string
	on       mday // completed, lapsed or cancelled
	terms    *mAgreement
	wish     *mWish // of an order on the mailbox itself
}

// mWish is a renewal by order, or a change of kind when years is 0.
type mWish struct {
	kind     string
	years    int
	added    int
	atOnce   bool
	services []*mService
}

type mMember struct {
	boxes      []*mBox
	onRegister bool
	left       mday
	registered mday
	credit     int64
	claim      int64
	entries    []string
	orders     []*mOrder
	renewals   []string
	topups     []*mTopUp
}

type mTopUp struct {
	amount   int64
	reversed bool
}

type model struct {
	agreements []*mAgreement // by start
	members    []*mMember
	births     int
}

func (w *model) agreement(d mday) *mAgreement {
	var found *mAgreement
	for _, a := range w.agreements {
		if a.start <= d {
			found = a
		}
	}
	return found
}

// taxed is what a net of cents costs, the tax rounded half up.
func taxed(net, percent int64) int64 { return net + (2*net*percent+100)/200 }

// price is the gross of a purchase (R8 to R10).
func (a *mAgreement) price(product string, quantity int, on, e mday) int64 {
	return a.until(a.unit[product]*int64(quantity), on, e)
}

// until is the gross of what costs so much a year, up to E.
func (a *mAgreement) until(year int64, on, e mday) int64 {
	if a.monthly {
		m := 1
		for on.months(m) < e {
			m++
		}
		return taxed((2*year*int64(m)+12)/24, a.vat) // a twelfth a month, rounded half up
	}
	if a.window > 0 && on >= e.months(-a.window) {
		return 0
	}
	n := 1
	for on < e.months(-12*n) {
		n++
	}
	return taxed(year*int64(n), a.vat)
}

func (m *mMember) enter(on mday, kind string, amount int64) {
	m.credit += amount
	m.entries = append(m.entries, fmt.Sprintf("%s %s %d", on, kind, amount))
}

func (b *mBox) extraGB() int {
	total := 0
	for _, s := range b.services {
		if s.ended == never && s.product == "inbox_gb" {
			total += s.quantity
		}
	}
	return total
}

// fits says whether a mailbox of the kind may have so many GB beside its base.
func (a *mAgreement) fits(kind string, extra int) bool {
	if kind == "pro" {
		return a.proCap == 0 || 2+extra <= a.proCap
	}
	return a.cap == 0 || 1+extra <= a.cap
}

// takes says whether a mailbox may have more of a product, now and with the kind
// to come.
func (a *mAgreement) takes(b *mBox, product string, quantity int) bool {
	for _, kind := range []string{b.kind, b.ahead()} {
		if !allows(kind, product) || product == "inbox_gb" && !a.fits(kind, b.extraGB()+quantity) {
			return false
		}
	}
	return true
}

// activate begins a mailbox's term; no answer is a refusal.
func (w *model) activate(m *mMember, b *mBox, term int, on mday) string {
	a := w.agreement(on)
	if b.status != "requested" || !m.onRegister || a == nil {
		return "refused"
	}
	b.status, b.anchor, b.term, b.e = "active", on, term, on.months(12*term)
	b.periods = append(b.periods, fmt.Sprintf("%s %s standard", on, b.e))
	if !a.memberPays {
		b.charges = append(b.charges, fmt.Sprintf("%s %s %d", on, b.e, taxed(a.kind*int64(term), a.vat)))
	}
	return "to " + b.e.String()
}

func (w *model) buy(m *mMember, b *mBox, product string, quantity int, on mday) string {
	return w.place(m, on, w.purchase(m, b, product, quantity, on))
}

// purchase is an order of a product, nil where the rules refuse it.
func (w *model) purchase(m *mMember, b *mBox, product string, quantity int, on mday) *mOrder {
	a := w.agreement(on)
	if b.status != "active" || on >= b.e || a == nil || !m.onRegister || m.claim > 0 || quantity < 1 {
		return nil
	}
	if _, sold := a.unit[product]; !sold || !a.takes(b, product, quantity) {
		return nil
	}
	if m.waitsOn(b, func(o *mOrder) bool { return o.wish != nil }) {
		return nil
	}
	return &mOrder{box: b, product: product, quantity: quantity, gross: a.price(product, quantity, on, b.e), ordered: on, state: "awaiting_payment", terms: a}
}

func (w *model) complete(m *mMember, o *mOrder, on mday) {
	o.state, o.on = "completed", on
	if o.gross > 0 {
		m.enter(on, "order", -o.gross)
	}
	if o.wish != nil {
		w.grant(o.box, o.wish, on)
		return
	}
	w.births++
	o.box.services = append(o.box.services, &mService{
		box: o.box, product: o.product, quantity: o.quantity, next: o.quantity, started: on, e: o.box.e, renew: true, born: w.births,
	})
}

// completeWaiting takes the waiting orders oldest first, stopping at the first
// not covered (9.1).
func (w *model) completeWaiting(m *mMember, on mday) {
	for _, o := range m.orders {
		if o.state != "awaiting_payment" {
			continue
		}
		if m.claim > 0 || o.gross > m.credit {
			return
		}
		if !m.onRegister || o.wish == nil && !o.terms.takes(o.box, o.product, o.quantity) {
			o.state, o.on = "cancelled", on
			continue
		}
		w.complete(m, o, on)
	}
}

// renewsToday reports whether renewals are still to come today.
func (m *mMember) renewsToday(on mday) bool {
	return slices.ContainsFunc(m.boxes, func(b *mBox) bool { return b.status == "active" && b.e == on })
}

func (w *model) topUp(m *mMember, amount int64, on mday) string {
	m.topups = append(m.topups, &mTopUp{amount: amount})
	m.enter(on, "topup", amount)
	if settled := min(m.claim, m.credit); settled > 0 {
		m.claim -= settled
		m.enter(on, "claim", -settled)
	}
	// Orders that can no longer be paid lapse before any is.
	w.lapse(m, on, func(o *mOrder) bool { return on >= o.ordered+31 })
	if !m.renewsToday(on) {
		w.completeWaiting(m, on)
	}
	return fmt.Sprint(m.credit)
}

func (w *model) reverse(m *mMember, n int, on mday) string {
	t := m.topups[n]
	if t.reversed {
		return "refused"
	}
	t.reversed = true
	taken := min(t.amount, m.credit)
	if taken > 0 {
		m.enter(on, "reversal", -taken)
	}
	m.claim += t.amount - taken
	return fmt.Sprint(taken, t.amount-taken)
}

// refund pays a leaver's credit back.
func (w *model) refund(m *mMember, on mday) string {
	if m.onRegister || m.credit == 0 {
		return "refused"
	}
	paid := m.credit
	m.enter(on, "refund", -paid)
	return fmt.Sprint(paid)
}

func (w *model) cancel(m *mMember, n int, on mday) string {
	o := m.orders[n]
	if o.state != "awaiting_payment" {
		return "refused"
	}
	o.state, o.on = "cancelled", on
	w.lapse(m, on, func(o *mOrder) bool { return on >= o.ordered+31 })
	if !m.renewsToday(on) {
		w.completeWaiting(m, on)
	}
	return "cancelled"
}

func (w *model) leave(m *mMember, left, on mday) string {
	m.onRegister, m.left, m.registered = false, left, on
	return ""
}

func (w *model) comeBack(m *mMember) string {
	m.onRegister, m.left, m.registered = true, never, never
	return ""
}

func (w *model) decide(m *mMember, s *mService, renew bool, next int, on mday) string {
	if s.ended != never || on >= s.e || next > s.quantity {
		return "refused"
	}
	if m.waitsOn(s.box, func(o *mOrder) bool { return o.wish != nil && o.wish.years > 0 }) {
		return "refused"
	}
	if b := s.box; b.turns != never && (s.e == b.turns || next != s.next) {
		return "refused"
	}
	s.renew, s.next = renew, next
	return "decided"
}

func (w *model) lapse(m *mMember, on mday, over func(*mOrder) bool) {
	for _, o := range m.orders {
		if o.state == "awaiting_payment" && over(o) {
			o.state, o.on = "lapsed", on
		}
	}
}

// midnight is what the end of a day brings to everybody.
func (w *model) midnight(on mday) {
	for _, m := range w.members {
		w.lapse(m, on, func(o *mOrder) bool {
			renewal := o.wish != nil && o.wish.years > 0 // the whole of E is left to pay it
			return on >= o.ordered+31 || o.box.status == "active" && o.box.e == on && !renewal
		})
		sort.Slice(m.boxes, func(i, j int) bool { return m.boxes[i].name < m.boxes[j].name })
		var renewed []*mService
		for _, b := range m.boxes {
			if b.status == "active" && w.boxToday(m, b, on) {
				renewed = append(renewed, b.services...)
			}
		}
		w.renewServices(m, renewed, on)
		w.lapse(m, on, func(o *mOrder) bool { return o.box.status == "closed" })
		w.completeWaiting(m, on)
	}
}

// boxToday closes or renews a mailbox whose day it is; true when renewed.
func (w *model) boxToday(m *mMember, b *mBox, on mday) bool {
	if !m.onRegister {
		closes := b.e
		a := w.agreement(m.left)
		if a == nil {
			a = w.agreement(m.registered)
		}
		if a.grace >= 0 {
			closes = min(closes, m.left+mday(a.grace))
		}
		if max(closes, m.registered) <= on {
			b.close(on, "leaver")
			return false
		}
		b.turn(on)
		return false
	}
	if b.e != on {
		b.turn(on)
		return false
	}
	for _, o := range m.orders {
		if o.state != "awaiting_payment" || o.box != b || o.wish == nil || o.wish.years == 0 {
			continue
		}
		if m.claim == 0 && o.gross <= m.credit {
			w.complete(m, o, on)
			return false
		}
		o.state, o.on = "lapsed", on
	}
	a := w.agreement(on)
	if a.paidByMember(b.ahead()) || !b.auto {
		b.close(on, "not_renewed")
		return false
	}
	b.kind, b.next = b.ahead(), ""
	b.e = b.anniversary(b.term)
	b.charges = append(b.charges, fmt.Sprintf("%s %s %d", on, b.e, taxed(a.yearly(b.kind)*int64(b.term), a.vat)))
	b.periods = append(b.periods, fmt.Sprintf("%s %s %s", on, b.e, b.kind))
	return true
}

// turn begins a renewal paid ahead.
func (b *mBox) turn(on mday) {
	if b.turns != on {
		return
	}
	b.kind, b.next, b.turns = b.ahead(), "", never
	for _, s := range b.services {
		switch {
		case s.ended != never:
		case s.e > on:
			s.quantity = s.next
		case s.renew:
			s.ended, s.why = on, "product_gone"
		default:
			s.ended, s.why = on, "renewal_off"
		}
	}
}

func (m *mMember) waitsOn(b *mBox, which func(*mOrder) bool) bool {
	return slices.ContainsFunc(m.orders, func(o *mOrder) bool { return o.box == b && o.state == "awaiting_payment" && which(o) })
}

// extend orders a renewal, or a change of kind when years is 0.
func (w *model) extend(m *mMember, b *mBox, kind string, years, added int, on mday) string {
	return w.place(m, on, w.extension(m, b, kind, years, added, on))
}

// together renews several mailboxes as they are: all of them, in the order given,
// or none.
func (w *model) together(m *mMember, boxes []*mBox, years int, on mday) string {
	var orders []*mOrder
	for _, b := range boxes {
		orders = append(orders, w.extension(m, b, b.kind, years, 0, on))
	}
	return w.place(m, on, orders...)
}

// asGuest lets a member pay an order on a mailbox of another, at once or not at
// all: the gross passes to the holder.
func (w *model) asGuest(guest, holder *mMember, b *mBox, o *mOrder, on mday) string {
	if o == nil || !guest.onRegister || !holder.onRegister || holder.claim > 0 || guest.claim > 0 || o.gross > guest.credit {
		return "refused"
	}
	if o.gross > 0 {
		guest.enter(on, "transfer", -o.gross)
		holder.enter(on, "transfer", o.gross)
	}
	return w.place(holder, on, o)
}

// buyAsGuest buys a service that ends on E.
func (w *model) buyAsGuest(guest, holder *mMember, b *mBox, product string, quantity int, on mday) string {
	done := w.asGuest(guest, holder, b, w.purchase(holder, b, product, quantity, on), on)
	if done != "refused" {
		b.services[len(b.services)-1].renew = false
	}
	return done
}

// renewAsGuest renews a mailbox as it is, unless another kind is chosen for E.
func (w *model) renewAsGuest(guest, holder *mMember, b *mBox, years int, on mday) string {
	if years < 1 || b.turns == never && b.ahead() != b.kind {
		return "refused"
	}
	return w.asGuest(guest, holder, b, w.extension(holder, b, b.kind, years, 0, on), on)
}

// place makes orders that are not refused, each paid at once if the credit covers
// it.
func (w *model) place(m *mMember, on mday, orders ...*mOrder) string {
	if slices.Contains(orders, nil) {
		return "refused"
	}
	said := ""
	for _, o := range orders {
		m.orders = append(m.orders, o)
		if o.gross <= m.credit {
			w.complete(m, o, on)
		}
		said += fmt.Sprintf("%s %d;", o.state, o.gross)
	}
	return said
}

// extension is such an order, nil where the rules refuse it.
func (w *model) extension(m *mMember, b *mBox, kind string, years, added int, on mday) *mOrder {
	a, later := w.agreement(on), w.agreement(b.e)
	if b.status != "active" || on >= b.e || !m.onRegister || m.claim > 0 || b.turns != never || m.waitsOn(b, func(*mOrder) bool { return true }) {
		return nil
	}
	changes := kind != b.kind
	up := changes && a.up(b.kind, kind)
	o := &mOrder{box: b, ordered: on, state: "awaiting_payment", terms: a, wish: &mWish{kind: kind, years: years, added: added, atOnce: up && !a.atE}}
	if years == 0 && (!up || a.atE || !a.paidByMember(kind) || added != 0) || years > 0 && (!later.offers(kind, years) || !later.paidByMember(kind) && b.auto) {
		return nil
	}
	if o.wish.atOnce {
		o.gross += a.until(a.yearly(kind)-a.yearly(b.kind), on, b.e)
	}
	extra := 0
	for _, s := range b.services {
		if s.ended != never {
			continue
		}
		if _, sold := a.unit[s.product]; o.wish.atOnce && sold && !allows(kind, s.product) {
			return nil
		}
		unit, sold := later.unit[s.product]
		if years == 0 || !s.renew || !sold {
			continue
		}
		if !allows(kind, s.product) {
			return nil
		}
		if s.product == "inbox_gb" {
			extra += s.next
		}
		o.wish.services = append(o.wish.services, s)
		o.gross += taxed(unit*int64(s.next*years), later.vat)
	}
	present := b.kind
	if o.wish.atOnce {
		present = kind
	}
	if added != 0 {
		if added < 1 || !a.fits(present, b.extraGB()+added) || !later.fits(kind, extra+added) {
			return nil
		}
		o.gross += a.price("inbox_gb", added, on, b.e) + taxed(later.unit["inbox_gb"]*int64(added*years), later.vat)
	}
	if changes && (years > 0 && !later.fits(kind, extra+added) || years == 0 && !a.fits(kind, b.extraGB())) {
		return nil
	}
	o.gross += taxed(later.yearly(kind)*int64(years), later.vat)
	return o
}

// grant does what a paid order on the mailbox itself asks for.
func (w *model) grant(b *mBox, wish *mWish, on mday) {
	from := b.e
	if wish.years > 0 {
		b.term, b.e, b.turns = wish.years, b.anniversary(wish.years), from
		b.periods = append(b.periods, fmt.Sprintf("%s %s %s", from, b.e, wish.kind))
	}
	b.next = ""
	if wish.atOnce {
		b.kind = wish.kind
	} else if wish.kind != b.kind {
		b.next = wish.kind
	}
	for _, s := range wish.services {
		if s.ended == never {
			s.e = b.e
		}
	}
	if wish.added > 0 {
		w.births++
		b.services = append(b.services, &mService{box: b, product: "inbox_gb", quantity: wish.added, next: wish.added, started: on, e: b.e, renew: true, born: w.births})
	}
	b.turn(on)
}

// setAuto turns the automatic renewal on or off.
func (w *model) setAuto(m *mMember, b *mBox, auto bool, on mday) string {
	switch {
	case b.status != "active" || on >= b.e:
		return "refused"
	case b.auto == auto:
		return ""
	case w.agreement(b.e).paidByMember(b.ahead()) || m.waitsOn(b, func(o *mOrder) bool { return o.wish != nil && o.wish.years > 0 }):
		return "refused"
	}
	b.auto = auto
	if !auto && b.turns == never {
		b.next = ""
	}
	return ""
}

// choose takes a lower kind for E without an order, or takes that back.
func (w *model) choose(m *mMember, b *mBox, kind string, on mday) string {
	a, later := w.agreement(on), w.agreement(b.e)
	if b.status != "active" || on >= b.e || b.turns != never || m.waitsOn(b, func(o *mOrder) bool { return o.wish != nil }) {
		return "refused"
	}
	if kind == b.kind {
		b.next = ""
		return ""
	}
	extra := 0
	for _, s := range b.services {
		if _, sold := later.unit[s.product]; s.ended == never && s.renew && sold {
			if !allows(kind, s.product) {
				return "refused"
			}
			if s.product == "inbox_gb" {
				extra += s.next
			}
		}
	}
	if later.paidByMember(kind) || !b.auto || a.up(b.kind, kind) || !later.fits(kind, extra) {
		return "refused"
	}
	b.next = kind
	return ""
}

func (b *mBox) close(on mday, why string) {
	b.status, b.closed, b.why = "closed", on, why
	for _, s := range b.services {
		if s.ended == never {
			s.ended, s.why = on, "mailbox_closed"
		}
	}
}

func (w *model) renewServices(m *mMember, services []*mService, on mday) {
	slices.SortFunc(services, func(x, y *mService) int {
		chosen := func(s *mService) int {
			if s.preference == 0 {
				return 1 << 30
			}
			return s.preference
		}
		return cmp.Or(chosen(x)-chosen(y), int(x.started-y.started), cmp.Compare(x.box.name, y.box.name), x.born-y.born)
	})
	a := w.agreement(on)
	paid := map[*mBox]int64{}
	count := map[*mBox]int{}
	for _, s := range services {
		if s.ended != never {
			continue
		}
		unit, sold := a.unit[s.product]
		gross := taxed(unit*int64(s.next)*int64(s.box.term), a.vat)
		switch {
		case !s.renew:
			s.ended, s.why = on, "renewal_off"
		case !sold || !allows(s.box.kind, s.product):
			s.ended, s.why = on, "product_gone"
		case m.claim > 0:
			s.ended, s.why = on, "claim"
		case gross > m.credit-sum(paid):
			s.ended, s.why = on, "no_credit"
		default:
			s.quantity, s.e = s.next, s.box.e
			paid[s.box] += gross
			count[s.box]++
		}
	}
	for b, n := range count {
		m.renewals = append(m.renewals, fmt.Sprintf("%s %s %d lines %d", on, b.name, n, paid[b]))
		if paid[b] > 0 {
			m.enter(on, "order", -paid[b])
		}
	}
}

func sum(amounts map[*mBox]int64) (total int64) {
	for _, a := range amounts {
		total += a
	}
	return total
}

// tell writes the end state down, member by member, numbers of orders apart.
func (w *model) tell() []string {
	var lines []string
	for i, m := range w.members {
		say := func(format string, args ...any) {
			lines = append(lines, fmt.Sprintf("member %d: ", i)+fmt.Sprintf(format, args...))
		}
		say("register %v, credit %d, claim %d", m.onRegister, m.credit, m.claim)
		for _, b := range m.boxes {
			say("%s %s %s/%s term %d auto %v turns %s to %s, closed %s %s", b.name, b.status, b.kind, b.next, b.term, b.auto, b.turns, b.e, b.closed, b.why)
			for _, p := range b.periods {
				say("%s period %s", b.name, p)
			}
			for _, c := range b.charges {
				say("%s charge %s", b.name, c)
			}
			for _, s := range b.services {
				say("%s service %s %d/%d %s to %s renew %v preference %d ended %s %s", b.name, s.product, s.quantity, s.next, s.started, s.e, s.renew, s.preference, s.ended, s.why)
			}
		}
		for _, o := range m.orders {
			if o.wish != nil {
				say("order %s %s %d years %d GB at %d on %s: %s %s", o.box.name, o.wish.kind, o.wish.years, o.wish.added, o.gross, o.ordered, o.state, o.on)
				continue
			}
			say("order %s %s %d at %d on %s: %s %s", o.box.name, o.product, o.quantity, o.gross, o.ordered, o.state, o.on)
		}
		for _, r := range m.renewals {
			say("renewal %s", r)
		}
		for _, e := range m.entries {
			say("entry %s", e)
		}
	}
	slices.Sort(lines)
	return lines
}
