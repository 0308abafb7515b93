package pec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// RenewalWish is what a mailbox is to be renewed to by an order (R18), or which
// kind it is to have before E (9.9).
type RenewalWish struct {
	Kind    string // code; the mailbox's own when it is kept
	Years   int    // from E; 0 changes the kind at once and leaves E where it is
	AddedGB int    // inbox space added with the renewal, from today on
}

// OrderedRenewal is what an order does to its mailbox once it is paid.
type OrderedRenewal struct {
	Years    int     // 0: only the kind changes
	Kind     string  // code
	AtOnce   bool    // the kind changes when the order is paid, not on E
	AddedGB  int     // begins when the order is paid
	Services []int64 // those that go on, in the order of their lines
}

// RenewalLine is one line of the order of a renewal: the mailbox itself, a
// service that goes on, or space that is added.
type RenewalLine struct {
	Kind      string // code, when the line is the mailbox's
	ServiceID int64  // of a service that goes on; 0 otherwise
	Product   string // code; empty when the line is the mailbox's
	Name      string
	Unit      string
	Quantity  int
	UnitPrice Cents // net, a year
	Years     int
	Months    int
	From, To  Date
	VATRate   decimal.Decimal
	Price     Amounts
	Reason    string // Italian
}

// LeftOut is a service that a renewal by order does not carry on, and why.
type LeftOut struct {
	Service
	What string // Italian: "1 GB in più"
	Why  EndReason
}

// RenewalQuote is what a renewal by order would cost on a day, line by line.
type RenewalQuote struct {
	On       Date
	Expires  Date // E as it is
	To       Date // E once it is paid; the same when only the kind changes
	Wish     RenewalWish
	Old, New Kind
	AtOnce   bool // the kind changes when the order is paid
	Lines    []RenewalLine
	LeftOut  []LeftOut // services that end on E
	Price    Amounts   // of all lines
	// AgreementID is the agreement of the order's own day.
	AgreementID int64
	Reason      string // one Italian sentence
	Warning     string // what is lost when the kind goes down, or that the mailbox then closes on E; empty otherwise
}

// Changes reports whether the kind is another.
func (q RenewalQuote) Changes() bool { return q.Wish.Kind != q.Old.Code }

// Renewal is what the order of the quote does once it is paid.
func (q RenewalQuote) Renewal() OrderedRenewal {
	o := OrderedRenewal{Years: q.Wish.Years, Kind: q.Wish.Kind, AtOnce: q.AtOnce, AddedGB: q.Wish.AddedGB}
	for _, l := range q.Lines {
		if l.ServiceID != 0 {
			o.Services = append(o.Services, l.ServiceID)
		}
	}
	return o
}

// Upgrades reports whether a change from one kind to another goes up (9.9): to
// a dearer one, or at the same price to one with no less space.
func Upgrades(from, to Kind) bool {
	if from.YearlyPrice != to.YearlyPrice {
		return to.YearlyPrice > from.YearlyPrice
	}
	return to.BaseInboxGB >= from.BaseInboxGB && to.BaseArchiveGB >= from.BaseArchiveGB
}

// QuoteRenewal works out what renewing a mailbox by an order costs on a day
// (R18, 9.9). What may not be ordered comes back as a Problem.
//
// Until E prices are those of the agreement of the order's own day: space added
// (R8, R9) and the difference to a dearer kind. The years from E on take the
// agreement in force on E, as far as one is known on the day of the order, since
// a renewal takes that of the expiry day it renews; a price once ordered stays,
// whatever is agreed later. VAT is rounded on each line (R10).
//
// Ordered on 01/03/2018 for a Pro mailbox at 20,00 € with E 12/10/2018, 2 years
// and 1 GB at 2,50 € more: 40,00 € for the mailbox, 2,50 € for the GB until E
// and 5,00 € for it after, 47,50 + 10,45 = 57,95 €.
func (b Book) QuoteRenewal(agreements []Agreement, mailbox int64, on Date, wish RenewalWish) (RenewalQuote, error) {
	i := slices.IndexFunc(b.Mailboxes, func(m Mailbox) bool { return m.ID == mailbox })
	if i < 0 {
		return RenewalQuote{}, Refuse("mailbox_not_active", "La casella è chiusa: non si può rinnovare.")
	}
	w := wishing{book: b, box: b.Mailboxes[i]}
	wish.Kind = cmp.Or(wish.Kind, w.box.Kind)
	w.q = RenewalQuote{On: on, Expires: w.box.ExpiresOn, To: w.box.ExpiresOn, Wish: wish}
	for _, s := range b.Services {
		if s.MailboxID == mailbox && s.EndedOn.IsZero() {
			w.services = append(w.services, s)
		}
	}
	ByPreference(w.services)
	for _, step := range []func([]Agreement) error{w.open, w.kinds, w.change, w.carryOn, w.add} {
		if err := step(agreements); err != nil {
			return RenewalQuote{}, err
		}
	}
	return w.done(), nil
}

// wishing is a quote of a renewal in the making.
type wishing struct {
	book       Book
	box        Mailbox
	services   []Service // running, in the member's order
	q          RenewalQuote
	now, later Agreement // of the order's day, and of E
	newNow     Kind      // the kind wished, as the agreement of the day has it
	chosen     bool      // for E and without an order
}

// open refuses what stands in the way whatever is wished.
func (w *wishing) open(agreements []Agreement) error {
	m, on := w.box, w.q.On
	var ok bool
	if w.now, ok = InForce(agreements, on); !ok {
		return Refuse("agreement_missing", "Il %s non c’è una convenzione in vigore.", on.Italian())
	}
	w.later, _ = InForce(agreements, m.ExpiresOn)
	switch {
	case w.now.SoldBy == SoldByProvider || w.later.SoldBy == SoldByProvider:
		return Refuse("sold_by_provider", "Con la convenzione in vigore gli acquisti si fanno presso il gestore, non qui.")
	case m.Status != MailboxActive:
		return Refuse("mailbox_not_active", "La casella %s è %s: si rinnova con un ordine solo una casella attiva.", m.Address, m.Status.Italian())
	case !w.book.Status.OnRegister():
		return Refuse("holder_left", "Il titolare è %s: la casella si chiude e non si può rinnovare.", w.book.Status.Italian())
	case on.Before(m.ActivatedOn):
		return Refuse("mailbox_not_active", "La casella %s è attiva dal %s.", m.Address, m.ActivatedOn.Italian())
	case !on.Before(m.ExpiresOn):
		return Refuse("mailbox_expired", "La casella scade il %s: l’ordine di rinnovo si faceva entro il giorno prima.", m.ExpiresOn.Italian())
	case !m.TurnsOn.IsZero():
		return Refuse("already_renewed", "La casella è già rinnovata fino al %s: un altro ordine di rinnovo si può fare dal %s.", m.ExpiresOn.Italian(), m.TurnsOn.AddDays(1).Italian())
	case w.book.Claim > 0:
		return ClaimOpen(w.book.Claim)
	case slices.ContainsFunc(w.book.Waiting, func(o WaitingOrder) bool { return o.MailboxID == m.ID }):
		return Refuse("order_waiting", "Per questa casella c’è già un ordine in attesa di pagamento: lo paghi o lo annulli, poi riprovi.")
	}
	return nil
}

// ClaimOpen is the Problem of who would buy while a claim is open (R14): the member
// and the secretariat both read it.
func ClaimOpen(claim Cents) *Problem {
	return Refuse("claim_open", "Ci sono %s da restituire all’Ordine per una ricarica stornata: finché un’altra ricarica non li salda non si può acquistare.", claim.Euro())
}

// kinds finds the kind that is there and the one wished, for the years wished.
func (w *wishing) kinds([]Agreement) error {
	wish := w.q.Wish
	var ok, onOffer bool
	if w.q.Old, ok = w.now.Kind(w.box.Kind); !ok {
		return Refuse("kind_unknown", "La tipologia «%s» della casella non è nella convenzione in vigore.", w.box.Kind)
	}
	w.newNow, onOffer = w.now.Kind(wish.Kind)
	if wish.Years == 0 {
		if !onOffer {
			return Refuse("kind_unknown", "La tipologia «%s» non è nella convenzione in vigore.", wish.Kind).On("kind")
		}
		w.q.New = w.newNow
		return nil
	}
	if w.q.New, ok = w.later.Kind(wish.Kind); !ok {
		return Refuse("kind_unknown", "La tipologia «%s» non è nella convenzione in vigore il %s, giorno di scadenza.", wish.Kind, w.q.Expires.Italian()).On("kind")
	}
	if w.q.New.PaidBy == PaidByOrdine && w.box.AutoRenew {
		if w.q.Changes() {
			return Refuse("renews_by_itself", "La tipologia %s è a carico dell’Ordine: per averla dal %s basta sceglierla per la scadenza, senza ordine.", w.q.New.Name, w.q.Expires.Italian()).On("kind")
		}
		return Refuse("renews_by_itself", "Il %s la casella si rinnova da sola a carico dell’Ordine: non serve un ordine.", w.q.Expires.Italian())
	}
	if !slices.Contains(w.q.New.Terms, wish.Years) {
		return Refuse("term_not_offered", "La convenzione non prevede una durata di %s per la tipologia %s.", yearsOf(wish.Years), w.q.New.Name).On("years")
	}
	w.q.To = Expiry(w.box.AnchorOn, w.q.Expires, wish.Years)
	return nil
}

// change decides when the kind changes and what it costs until E (9.9).
func (w *wishing) change([]Agreement) error {
	q := &w.q
	if !q.Changes() {
		if q.Wish.Years == 0 {
			return Refuse("kind_same", "La casella è già %s: scelga un’altra tipologia, o per quanti anni rinnovarla.", q.Old.Name).On("kind")
		}
		return nil
	}
	up := w.upwards(q.Old, q.New)
	q.AtOnce = up && w.newNow.Code != "" && !w.now.UpgradeAtExpiry
	if q.Wish.Years == 0 {
		switch {
		case !up:
			return Refuse("downgrade_before_expiry", "Da %s a %s si passa solo alla scadenza, il %s.", q.Old.Name, q.New.Name, q.Expires.Italian()).On("kind")
		case !q.AtOnce:
			return Refuse("upgrade_at_expiry", "Con la convenzione in vigore la tipologia cambia solo alla scadenza, il %s: la cambi con il rinnovo.", q.Expires.Italian()).On("kind")
		case q.New.PaidBy == PaidByOrdine:
			return Refuse("kind_of_ordine", "La tipologia %s è a carico dell’Ordine: non si acquista.", q.New.Name).On("kind")
		}
	}
	if q.AtOnce {
		w.line(w.now, w.untilExpiry(w.newNow.YearlyPrice-q.Old.YearlyPrice, 1, RenewalLine{
			Kind: q.New.Code, Name: fmt.Sprintf("Passaggio da %s a %s", q.Old.Name, q.New.Name), Unit: "casella",
		}, "Differenza di prezzo tra le due tipologie"))
	}
	return nil
}

// upwards compares the kinds at the prices of one agreement, when that of the
// day has both.
func (w *wishing) upwards(from, to Kind) bool {
	if w.newNow.Code != "" {
		to = w.newNow
	}
	return Upgrades(from, to)
}

// untilExpiry fills in a line that runs from today to E (R8, R9).
func (w *wishing) untilExpiry(yearly Cents, quantity int, l RenewalLine, what string) RenewalLine {
	until := w.now.partTo(yearly*Cents(quantity), w.q.On, w.q.Expires)
	l.Quantity, l.UnitPrice, l.Years, l.Months = quantity, yearly, until.years, until.months
	l.From, l.To, l.Price.Net = w.q.On, w.q.Expires, until.net
	switch {
	case until.free:
		l.Reason = fmt.Sprintf("%s fino al %s: gratis, il periodo gratuito è cominciato il %s.", what, l.To.Italian(), l.To.AddMonths(-w.now.FreeWindowMonths).Italian())
	case until.months > 0:
		l.Reason = fmt.Sprintf("%s fino al %s: %s.", what, l.To.Italian(), startedMonths(until.months))
	case until.years == 1:
		l.Reason = fmt.Sprintf("%s fino al %s: un anno intero.", what, l.To.Italian())
	default:
		l.Reason = fmt.Sprintf("%s fino al %s: %d anni, contati all’indietro dalla scadenza, e quello iniziato vale intero.", what, l.To.Italian(), until.years)
	}
	return l
}

// fromExpiry fills in a line for the years wished from E on.
func (w *wishing) fromExpiry(yearly Cents, quantity int, l RenewalLine) RenewalLine {
	years := w.q.Wish.Years
	l.Quantity, l.UnitPrice, l.Years = quantity, yearly, years
	l.From, l.To, l.Price.Net = w.q.Expires, w.q.To, yearly*Cents(quantity*years)
	l.Reason = fmt.Sprintf("Rinnovo dal %s al %s, %s.", l.From.Italian(), l.To.Italian(), yearsOf(years))
	return l
}

// line taxes a line by its agreement and adds it (R10).
func (w *wishing) line(a Agreement, l RenewalLine) {
	l.VATRate, l.Price = a.VATRate, Taxed(l.Price.Net, a.VATRate)
	w.q.Lines = append(w.q.Lines, l)
	w.q.Price = w.q.Price.Plus(l.Price)
}

// carryOn adds the years of the mailbox and of its services. A service whose
// product the kind wished does not allow stands in the way.
func (w *wishing) carryOn([]Agreement) error {
	q := &w.q
	if q.AtOnce {
		for _, s := range w.services {
			if p, ok := w.now.Product(s.Product); ok && !p.AllowedOn(q.New.Code) {
				return notAllowed(q.New, p)
			}
		}
	}
	if q.Wish.Years == 0 {
		return nil
	}
	w.line(w.later, w.fromExpiry(q.New.YearlyPrice, 1, RenewalLine{Kind: q.New.Code, Name: "Casella " + q.New.Name, Unit: "casella"}))
	for _, s := range w.services {
		p, why := w.goesOn(s)
		if why != "" {
			q.LeftOut = append(q.LeftOut, LeftOut{s, w.nameOf(s), why})
			continue
		}
		if !p.AllowedOn(q.New.Code) {
			return notAllowed(q.New, p)
		}
		w.line(w.later, w.fromExpiry(p.YearlyPrice, s.NextQuantity, RenewalLine{ServiceID: s.ID, Product: p.Code, Name: p.Name, Unit: p.Unit}))
	}
	return nil
}

// goesOn finds the product by which a service goes on after E, or the reason
// for which it ends then (R20, 9.7).
func (w *wishing) goesOn(s Service) (Product, EndReason) {
	p, ok := w.later.Product(s.Product)
	switch {
	case s.Source == SoldByProvider:
		return p, EndSoldElsewhere
	case !s.AutoRenew || s.NextQuantity < 1:
		return p, EndRenewalOff
	case !ok || p.OneOff:
		return p, EndProductGone
	}
	return p, ""
}

// nameOf names a service that ends, as the agreement by which it runs does; by
// its code when neither knows it any more.
func (w *wishing) nameOf(s Service) string {
	for _, a := range []Agreement{w.now, w.later} {
		if p, ok := a.Product(s.Product); ok {
			return p.What(s.Quantity)
		}
	}
	return Product{Name: s.Product}.What(s.Quantity)
}

func notAllowed(k Kind, p Product) *Problem {
	return Refuse("product_not_allowed", "Una casella %s non può avere «%s»: ne disattivi prima il rinnovo, o scelga un’altra tipologia.", k.Name, p.Name).On("kind")
}

// add adds the space wished, until E and for the years after it, and looks at
// the cap and at the space that is used (R12, 9.9).
func (w *wishing) add([]Agreement) error {
	q := &w.q
	extra, after := ExtraGB(w.services), w.extraAhead()
	if q.Wish.Years == 0 && !w.chosen {
		after = extra
	}
	if q.Wish.AddedGB < 0 {
		return Refuse("quantity_invalid", "Ha scritto %s: lo spazio da aggiungere non può essere meno di 0.", Thousands(q.Wish.AddedGB)).On("added_gb")
	}
	if q.Wish.AddedGB != 0 {
		if q.Wish.Years == 0 {
			return Refuse("quantity_invalid", "Senza rinnovo lo spazio si aggiunge con un acquisto.").On("added_gb")
		}
		if err := w.addGB(extra, after); err != nil {
			return err
		}
		after += q.Wish.AddedGB
	}
	if max := q.New.MaxInboxGB; q.Changes() && max != nil && q.New.BaseInboxGB+after > *max {
		return Refuse("cap_exceeded", "Con i GB in più la casella avrebbe %d GB, ma %s arriva a %d: ne disattivi prima il rinnovo.", q.New.BaseInboxGB+after, q.New.Name, *max).On("kind")
	}
	if q.Changes() {
		return fitsKind(w.box, q.New, after)
	}
	return nil
}

func (w *wishing) addGB(extra, after int) error {
	q := &w.q
	present := q.Old
	if q.AtOnce {
		present = w.newNow
	}
	ask := QuoteRequest{On: q.On, Expires: q.Expires, Product: InboxGB, Quantity: q.Wish.AddedGB, Kind: present.Code, ExtraGB: extra}
	now, err := w.now.productFor(ask)
	if err != nil {
		return onAdded(err)
	}
	ask.Kind, ask.ExtraGB = q.New.Code, after
	later, err := w.later.productFor(ask)
	if err != nil {
		return onAdded(err)
	}
	w.line(w.now, w.untilExpiry(now.YearlyPrice, q.Wish.AddedGB, RenewalLine{Product: now.Code, Name: now.Name, Unit: now.Unit}, capitalize(now.What(q.Wish.AddedGB))))
	w.line(w.later, w.fromExpiry(later.YearlyPrice, q.Wish.AddedGB, RenewalLine{Product: later.Code, Name: later.Name, Unit: later.Unit}))
	return nil
}

// onAdded puts a refusal beside the field of the space added.
func onAdded(err error) error {
	if p := AsProblem(err); p != nil {
		return p.On("added_gb")
	}
	return err
}

// extraAhead is the inbox space that the services add from E on.
func (w *wishing) extraAhead() int {
	total := 0
	for _, s := range w.services {
		if _, why := w.goesOn(s); why == "" && s.Product == InboxGB {
			total += s.NextQuantity
		}
	}
	return total
}

// fitsKind refuses a kind in which what is used does not fit, when that is
// known (9.9).
func fitsKind(m Mailbox, k Kind, extra int) error {
	space := k.BaseInboxGB + extra
	if m.UsedMB == nil || *m.UsedMB <= space*1024 {
		return nil
	}
	return Refuse("below_use", "La casella occupa %s MB e come %s avrebbe %d GB (%s MB): liberi spazio o tenga più GB.",
		Thousands(*m.UsedMB), k.Name, space, Thousands(space*1024)).On("kind")
}

// ChooseKind decides whether a mailbox may have another kind from E on without
// an order: one that the Ordine pays and that does not go up (9.9). It returns
// the kind and what is lost by it. The mailbox's own kind takes a choice back.
func (b Book) ChooseKind(agreements []Agreement, mailbox int64, on Date, code string) (Kind, string, error) {
	i := slices.IndexFunc(b.Mailboxes, func(m Mailbox) bool { return m.ID == mailbox })
	if i < 0 || !b.Mailboxes[i].Status.Running() {
		return Kind{}, "", Refuse("mailbox_not_active", "Si sceglie la tipologia solo di una casella attiva.")
	}
	m := b.Mailboxes[i]
	w := wishing{book: b, box: m, chosen: true, q: RenewalQuote{On: on, Expires: m.ExpiresOn, Wish: RenewalWish{Kind: code}}}
	w.now, _ = InForce(agreements, on)
	w.later, _ = InForce(agreements, m.ExpiresOn)
	old, _ := w.now.Kind(m.Kind)
	k, ok := w.later.Kind(code)
	w.newNow, _ = w.now.Kind(code)
	switch {
	case !on.Before(m.ExpiresOn):
		return k, "", Refuse("mailbox_expired", "La casella scade il %s: la tipologia si sceglieva entro il giorno prima.", m.ExpiresOn.Italian())
	case !m.TurnsOn.IsZero() || slices.ContainsFunc(b.Waiting, func(o WaitingOrder) bool { return o.MailboxID == m.ID && o.Renewal != nil }):
		return k, "", Refuse("already_renewed", "La tipologia dal prossimo periodo è quella dell’ordine di rinnovo.")
	case code == m.Kind:
		return k, "", nil
	case !ok:
		return k, "", Refuse("kind_unknown", "La tipologia «%s» non è nella convenzione in vigore il %s.", code, m.ExpiresOn.Italian()).On("kind")
	case k.PaidBy == PaidByMember || !m.AutoRenew:
		return k, "", Refuse("kind_by_order", "La tipologia %s si paga: si sceglie con l’ordine di rinnovo.", k.Name).On("kind")
	case w.upwards(old, k):
		return k, "", Refuse("kind_of_ordine", "La tipologia %s è a carico dell’Ordine e più alta di quella attuale: non si può scegliere.", k.Name).On("kind")
	}
	for _, s := range b.Services {
		if s.MailboxID == m.ID && s.EndedOn.IsZero() {
			w.services = append(w.services, s)
		}
	}
	for _, s := range w.services {
		if p, why := w.goesOn(s); why == "" && !p.AllowedOn(code) {
			return k, "", notAllowed(k, p)
		}
	}
	w.q.Old, w.q.New = old, k
	return k, losses(old, k, m.ExpiresOn), w.add(nil)
}

// losses warns of what a change of kind takes away from a day on (9.9).
func losses(from, to Kind, on Date) string {
	var what []string
	if to.BaseInboxGB < from.BaseInboxGB {
		what = append(what, fmt.Sprintf("lo spazio base scende da %d a %d\u00a0GB", from.BaseInboxGB, to.BaseInboxGB))
	}
	switch {
	case to.BaseArchiveGB == 0 && from.BaseArchiveGB > 0:
		what = append(what, fmt.Sprintf("l’archivio di %d\u00a0GB si perde con ciò che contiene: ne salvi prima una copia", from.BaseArchiveGB))
	case to.BaseArchiveGB < from.BaseArchiveGB:
		what = append(what, fmt.Sprintf("l’archivio scende da %d a %d\u00a0GB e ciò che eccede si perde: ne salvi prima una copia", from.BaseArchiveGB, to.BaseArchiveGB))
	}
	if len(what) == 0 {
		return ""
	}
	return fmt.Sprintf("Dal %s, passando da %s a %s, %s.", on.Italian(), from.Name, to.Name, strings.Join(what, "; "))
}

// done explains the quote.
func (w *wishing) done() RenewalQuote {
	q := &w.q
	q.AgreementID = w.now.ID
	if q.Changes() && !q.AtOnce {
		q.Warning = losses(q.Old, q.New, q.Expires)
	}
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	if q.Wish.Years == 0 {
		q.Warning = w.closes()
		say("La casella passa subito da %s a %s: fino al %s, giorno di scadenza, %s", q.Old.Name, q.New.Name, q.Expires.Italian(), q.Price.costs("costa"))
		if q.Price.Gross > 0 {
			say(", la differenza tra i due prezzi")
		}
		say("; per tenerla dopo quel giorno serve un ordine di rinnovo")
		q.Reason = b.String() + "."
		return *q
	}
	say("Rinnovare la casella %s dal %s, giorno di scadenza, al %s, %s, %s", q.New.Name, q.Expires.Italian(), q.To.Italian(), yearsOf(q.Wish.Years), q.Price.costs("costa"))
	if n := len(q.Renewal().Services); n == 1 {
		say(", compreso un servizio che continua")
	} else if n > 1 {
		say(", compresi %d servizi che continuano", n)
	}
	switch {
	case q.AtOnce:
		say("; da %s a %s si passa subito, pagando la differenza fino al %s", q.Old.Name, q.New.Name, q.Expires.Italian())
	case q.Changes():
		say("; da %s a %s si passa il %s", q.Old.Name, q.New.Name, q.Expires.Italian())
	}
	if n := q.Wish.AddedGB; n == 1 {
		say("; il GB aggiunto decorre da subito")
	} else if n > 1 {
		say("; %s\u00a0GB aggiunti decorrono da subito", TheMany("i", n))
	}
	if n := len(q.LeftOut); n == 1 {
		say("; un servizio termina il %s", q.Expires.Italian())
	} else if n > 1 {
		say("; %d servizi terminano il %s", n, q.Expires.Italian())
	}
	if w.later.ID != w.now.ID {
		say("; gli anni dal %s si pagano ai prezzi di «%s», in vigore da quel giorno o prima", q.Expires.Italian(), w.later.Name)
	}
	q.Reason = b.String() + "."
	return *q
}

// closes warns that the mailbox, when only its kind changes, is renewed by nobody:
// the holder pays the kind wished, and without an order it closes on E (R18).
func (w *wishing) closes() string {
	byItself := func(code string) (Kind, bool) {
		k, ok := w.later.Kind(code)
		return k, ok && k.PaidBy == PaidByOrdine && w.box.AutoRenew
	}
	on := w.q.Expires.Italian()
	if _, renews := byItself(w.q.New.Code); renews {
		return ""
	}
	if k, renewed := byItself(w.box.KindAhead()); renewed {
		return fmt.Sprintf("Ora la casella si rinnova da sola a carico dell’Ordine; passata a %s non più: il %s si chiude con i suoi servizi, se prima non è pagato un ordine di rinnovo o scelta per quel giorno la tipologia %s.", w.q.New.Name, on, k.Name)
	}
	return fmt.Sprintf("Il %s la casella si chiude con i suoi servizi, se prima non è pagato un ordine di rinnovo.", on)
}

func yearsOf(n int) string {
	if n == 1 {
		return "1\u00a0anno"
	}
	return fmt.Sprintf("%d\u00a0anni", n)
}

func capitalize(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
