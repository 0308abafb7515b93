package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// life gathers what happened to a member and to their mailboxes, and what is
// to come, from one snapshot.
type life struct {
	*site
	c       *fiber.Ctx
	tx      *db.ReadTx
	names   actorNames
	past    []happened
	ahead   []Moment
	audits  map[string]db.AuditEntry // by action, thing and day: who did what
	reasons map[time.Time]string     // why a status changed, and what else is known of it, by the instant of the change
	units   map[string]string        // of products, by code
	ledgers map[int64][]db.Entry     // of members, once read
}

// happened is a Moment with the instant that puts it in order within its day,
// and the movement's place in the ledger: an order that a top-up completes has
// the same instant.
type happened struct {
	Moment
	at  time.Time
	seq int
}

// afterTheMoney is the place of what the movements of its instant bring about.
const afterTheMoney = math.MaxInt

func (s *site) lifeFrom(c *fiber.Ctx, tx *db.ReadTx) (*life, error) {
	names, err := actorsOf(tx)
	if err != nil {
		return nil, err
	}
	l := &life{site: s, c: c, tx: tx, names: names, audits: map[string]db.AuditEntry{}, reasons: map[time.Time]string{}, units: map[string]string{}, ledgers: map[int64][]db.Entry{}}
	agreements, err := tx.Agreements()
	for _, a := range agreements {
		for _, p := range a.Products {
			l.units[p.Code] = p.Unit
		}
	}
	return l, err
}

// product is a service's, as it was called when it was bought.
func (l *life) product(s db.ServiceRow) pec.Product {
	return pec.Product{Code: s.Product, Name: s.ProductName, Unit: l.units[s.Product]}
}

// what names a quantity of a service's product: "2 GB in più".
func (l *life) what(s db.ServiceRow, quantity int) string { return l.product(s).What(quantity) }

// years is the line of time: what is to come, soonest first, then what was,
// latest first; at most so many past moments (0: all), and how many were left
// out, back to which year.
func (l *life) years(limit int) (years []Year, more int, since int) {
	slices.SortStableFunc(l.ahead, func(a, b Moment) int { return a.On.Compare(b.On) })
	slices.SortStableFunc(l.past, func(a, b happened) int {
		if c := b.On.Compare(a.On); c != 0 {
			return c
		}
		if c := b.at.Compare(a.at); c != 0 {
			return c
		}
		return cmp.Compare(b.seq, a.seq)
	})
	moments := slices.Clone(l.ahead)
	for i, h := range l.past {
		if limit > 0 && i == limit {
			return byYear(moments), len(l.past) - limit, l.past[len(l.past)-1].On.Year
		}
		moments = append(moments, h.Moment)
	}
	return byYear(moments), 0, 0
}

func (l *life) add(on pec.Date, at time.Time, title string, text, note any) {
	l.moved(on, at, 0, title, text, note)
}

// moved is add for what is in the ledger, with its place there.
func (l *life) moved(on pec.Date, at time.Time, seq int, title string, text, note any) {
	l.past = append(l.past, happened{Moment{On: on, Title: title, Text: text, Note: note}, at, seq})
}

// by says who and when, small: "Giulia Ferretti alle 10:42".
func (l *life) by(actor string, at time.Time) string {
	if actor == "" {
		return ""
	}
	if at.IsZero() {
		return l.names.of(actor)
	}
	return l.names.of(actor) + " alle " + at.In(pec.Rome).Format("15:04")
}

// mailbox adds the life of one mailbox: requested, its terms with their
// charges, its services, its end.
func (l *life) mailbox(box db.MailboxRow) error {
	entries, err := l.tx.Audit("mailbox", box.ID, 2000)
	if err != nil {
		return err
	}
	for _, e := range entries {
		l.audits[auditKey(e.Action, box.ID, auditDay(e))] = e
		switch e.Action {
		case "service.changed":
			l.serviceChanged(e)
		case "mailbox.address":
			l.addressChanged(e)
		case "mailbox.auto_renew":
			l.autoRenewChanged(e)
		case "mailbox.suspended":
			l.reasoned(e, "Casella sospesa")
		case "mailbox.reactivated":
			l.reasoned(e, "Casella riattivata")
		case "mailbox.kind_chosen":
			l.kindChosen(e)
		case "mailbox.requested":
			if e.On != box.RequestedOn { // asked for again since
				l.add(e.On, e.At, "Casella richiesta", box.Address, l.by(e.Actor, e.At))
			}
		case "mailbox.withdrawn":
			l.withdrawn(e)
		}
	}
	if !box.RequestedOn.IsZero() {
		e := l.entry("mailbox.requested", box.ID, box.RequestedOn)
		l.add(box.RequestedOn, e.At, "Casella richiesta", box.Address, l.by(e.Actor, e.At))
	}
	if err := l.requests(box); err != nil {
		return err
	}
	if err := l.terms(box); err != nil {
		return err
	}
	if err := l.services(box); err != nil {
		return err
	}
	if !box.ClosedOn.IsZero() {
		e := l.entry("mailbox.closed", box.ID, box.ClosedOn)
		l.add(box.ClosedOn, e.At, "Casella chiusa", capital(box.CloseReason.Italian())+".", l.by(e.Actor, e.At))
	}
	return nil
}

// requests adds what was asked of the provider, and what it answered; an
// activation is told with its term.
func (l *life) requests(box db.MailboxRow) error {
	requests, err := l.tx.RequestsOf(box.ID)
	if err != nil {
		return err
	}
	agreements, err := l.tx.Agreements()
	for _, r := range requests {
		what := askInWords(agreements, r.Request)
		switch {
		case !r.SentOn.IsZero():
			if r.FirstOn.Before(r.SentOn) {
				e := l.entry("mailbox.sent", box.ID, r.FirstOn)
				l.add(r.FirstOn, e.At, "Richiesta inviata al gestore", what+", riferimento "+r.Reference()+"; poi senza risposta.", l.by(e.Actor, e.At))
			}
			e := l.entry("mailbox.sent", box.ID, r.SentOn)
			file := fmt.Sprint("/caselle/gestore/", r.FileID)
			l.add(r.SentOn, e.At, "Richiesta inviata al gestore", joinHTML(what, ", riferimento "+r.Reference()+", ", anchor(file, fmt.Sprint("file n. ", r.FileID)), "."), l.by(e.Actor, e.At))
		case r.Presumed(): // nobody has said when, or whether
		case r.State == pec.RequestDone && r.BatchID == 0 && r.Operation != pec.AskActivate:
			e := l.entry("provider.told", box.ID, r.AnsweredOn)
			l.add(r.AnsweredOn, e.At, "Comunicato al gestore senza un file", what+".", l.by(cmp.Or(r.By, e.Actor), e.At))
		}
		if !r.SentOn.IsZero() && r.State == pec.RequestDone && r.BatchID == 0 && r.By != "" {
			e := l.entry("provider.told", box.ID, r.AnsweredOn)
			l.add(r.AnsweredOn, e.At, "Richiesta eseguita dal gestore, segnata a mano", what+".", l.by(r.By, e.At))
		}
		if r.BatchID == 0 || r.State == pec.RequestDone && r.Operation == pec.AskActivate {
			continue
		}
		e := l.entry("provider.answered", box.ID, r.AnsweredOn)
		if r.State == pec.RequestRejected {
			why := ". " + rejectionInWords("") + "."
			if r.Reason != "" {
				why = ": " + r.Reason
			}
			l.add(r.AnsweredOn, e.At, "Richiesta respinta dal gestore", what+why, l.by(e.Actor, e.At))
		} else if r.State == pec.RequestDone {
			l.add(r.AnsweredOn, e.At, "Richiesta eseguita dal gestore", what+".", l.by(e.Actor, e.At))
		}
	}
	return err
}

func (l *life) terms(box db.MailboxRow) error {
	periods, err := l.tx.Periods(box.ID)
	if err != nil {
		return err
	}
	for _, p := range periods {
		until := p.EndsOn.Italian()
		title, action := "Casella rinnovata fino al "+until, "mailbox.renewed"
		switch p.Origin {
		case "activation":
			title, action = "Casella attivata fino al "+until, "mailbox.activated"
		case "imported":
			title, action = "Periodo già in corso, fino al "+until, ""
		}
		text := "Nessun costo a carico dell’Ordine."
		if p.Charged {
			text = "A carico dell’Ordine, " + p.Price.Gross.Euro() + "."
		}
		if p.OrderID != 0 {
			text = "Pagata dall’iscritto con un ordine."
		}
		on := p.StartsOn
		if p.OrderID != 0 && on.After(l.office.Today()) { // paid ahead: what was done is the payment
			order, err := l.tx.Order(p.OrderID)
			if err != nil {
				return err
			}
			on, title = order.CompletedOn, "Rinnovo pagato in anticipo, dal "+p.StartsOn.Italian()+" al "+until
		}
		e := l.entry(action, box.ID, p.StartsOn)
		l.add(on, e.At, title, text, l.by(e.Actor, e.At))
	}
	return nil
}

func (l *life) services(box db.MailboxRow) error {
	services, err := l.tx.ServicesOn(box.ID, true)
	if err != nil {
		return err
	}
	for _, s := range services {
		if s.Source == pec.SoldByProvider {
			l.add(s.StartedOn, time.Time{}, capital(l.what(s, s.Quantity))+": acquisto presso il gestore", nil, nil)
		}
		if !s.EndedOn.IsZero() {
			e := l.entry("mailbox.renewed", box.ID, s.EndedOn)
			back, came, err := l.tx.RecreditOfService(s.ID)
			if err != nil {
				return err
			}
			if s.EndReason == pec.EndRefused {
				e = l.entry("service.recredited", box.ID, s.EndedOn)
				title, note := "Servizio annullato e riaccreditato: ", "Il gestore lo aveva respinto."
				if came && back.EntryID == 0 {
					title, note = "Servizio annullato: ", "Il gestore lo aveva respinto. Non costava nulla."
				}
				l.add(s.EndedOn, e.At, title+l.what(s, s.Quantity), note, l.by(e.Actor, e.At))
				continue
			}
			l.add(s.EndedOn, e.At, "Servizio cessato: "+l.what(s, s.Quantity), capital(s.EndReason.Italian())+".", nil)
			if came {
				e := l.entry("service.recredited", box.ID, back.On)
				l.add(back.On, e.At, "Servizio riaccreditato: "+l.what(s, s.Quantity), "Il gestore lo aveva respinto.", l.by(back.Actor, e.At))
			}
		}
	}
	return nil
}

// withdrawn tells of a request that was taken back, before the provider had it.
func (l *life) withdrawn(e db.AuditEntry) {
	var d struct{ Address string }
	if json.Unmarshal([]byte(e.Detail), &d) == nil {
		l.add(e.On, e.At, "Richiesta della casella ritirata", d.Address, l.by(e.Actor, e.At))
	}
}

func (l *life) addressChanged(e db.AuditEntry) {
	var d struct{ Before, Address string }
	if json.Unmarshal([]byte(e.Detail), &d) == nil {
		l.add(e.On, e.At, "Indirizzo cambiato", oldAndNew(d.Before, d.Address), l.by(e.Actor, e.At))
	}
}

func (l *life) autoRenewChanged(e db.AuditEntry) {
	var d struct {
		AutoRenew bool `json:"auto_renew"`
	}
	if json.Unmarshal([]byte(e.Detail), &d) != nil {
		return
	}
	title := "Rinnovo automatico spento"
	if d.AutoRenew {
		title = "Rinnovo automatico acceso"
	}
	l.add(e.On, e.At, title, nil, l.by(e.Actor, e.At))
}

// reasoned adds what somebody did, with the reason that was given.
func (l *life) reasoned(e db.AuditEntry, title string) {
	var d struct{ Reason string }
	if json.Unmarshal([]byte(e.Detail), &d) == nil {
		l.add(e.On, e.At, title, d.Reason, l.by(e.Actor, e.At))
	}
}

func (l *life) kindChosen(e db.AuditEntry) {
	var d struct{ Before, Kind, From string }
	agreements, err := l.tx.Agreements()
	if json.Unmarshal([]byte(e.Detail), &d) != nil || err != nil {
		return
	}
	from := pec.Day(d.From)
	l.add(e.On, e.At, "Tipologia scelta per il "+from.Italian(), oldAndNew(pec.KindName(agreements, d.Before, from), pec.KindName(agreements, d.Kind, from)), l.by(e.Actor, e.At))
}

func (l *life) serviceChanged(e db.AuditEntry) {
	var d struct {
		Before struct {
			AutoRenew    bool `json:"auto_renew"`
			NextQuantity int  `json:"next_quantity"`
		}
		AutoRenew    bool  `json:"auto_renew"`
		NextQuantity int   `json:"next_quantity"`
		Service      int64 `json:"service"`
		Quantity     int   `json:"quantity"` // then; 0 in an entry made before it was kept
	}
	if json.Unmarshal([]byte(e.Detail), &d) != nil {
		return
	}
	title := "Servizio: dal prossimo rinnovo la quantità è " + fmt.Sprint(d.NextQuantity)
	if d.Before.AutoRenew != d.AutoRenew {
		title = "Rinnovo di un servizio riattivato"
		if !d.AutoRenew {
			title = "Rinnovo di un servizio disattivato"
		}
	}
	var text any
	if s, err := l.tx.Service(d.Service); err == nil {
		text = capital(l.what(s, cmp.Or(d.Quantity, d.Before.NextQuantity, s.Quantity))) + "."
	}
	l.add(e.On, e.At, title, text, l.by(e.Actor, e.At))
}

// orders adds a member's orders, of one mailbox or (0) of all.
func (l *life) orders(member, mailbox int64) error {
	orders, err := l.tx.OrdersOf(member)
	if err != nil {
		return err
	}
	for _, o := range orders {
		if mailbox != 0 && o.MailboxID != mailbox {
			continue
		}
		lines, err := l.tx.OrderLines(o.ID)
		if err != nil {
			return err
		}
		paid, err := l.paid(o)
		if err != nil {
			return err
		}
		if err := l.order(o, inWords(lines), paid); err != nil {
			return err
		}
	}
	return nil
}

// paid is the movement with which an order was paid; none before it was
// completed, nor for one without a cost.
func (l *life) paid(o db.OrderRow) (db.Entry, error) {
	if _, known := l.ledgers[o.MemberID]; !known {
		entries, err := l.tx.Entries(o.MemberID)
		if err != nil {
			return db.Entry{}, err
		}
		l.ledgers[o.MemberID] = entries
	}
	for _, e := range l.ledgers[o.MemberID] {
		if e.OrderID == o.ID && e.Kind == pec.EntryOrder {
			return e, nil
		}
	}
	return db.Entry{At: o.CreatedAt}, nil
}

// inWords is what an order holds, like with like: "2 GB in più, 1 GB di
// Conservazione".
func inWords(lines []db.OrderLine) string {
	var sums quantities
	for i, line := range lines {
		if goesOn(lines[:i], line) {
			continue
		}
		sums.add("", pec.Product{Code: line.Product, Name: line.ProductName, Unit: line.Unit}, line.Quantity, 0)
	}
	var what []string
	for _, s := range sums {
		what = append(what, s.product.What(s.quantity))
	}
	return strings.Join(what, ", ")
}

// goesOn reports whether a line is the same quantity as an earlier one in the
// period after it: space added with a renewal is priced to the old E and then
// for the years from it.
func goesOn(before []db.OrderLine, line db.OrderLine) bool {
	return slices.ContainsFunc(before, func(b db.OrderLine) bool {
		return line.Product != "" && b.Product == line.Product && b.Quantity == line.Quantity && b.ServiceID == line.ServiceID && !b.To.IsZero() && b.To == line.From
	})
}

// quantities sums what is told of alike products in one go.
type quantities []struct {
	fate     string
	product  pec.Product
	quantity int
	gross    pec.Cents
}

func (q *quantities) add(fate string, product pec.Product, quantity int, gross pec.Cents) {
	for i := range *q {
		if s := &(*q)[i]; s.fate == fate && s.product.Code == product.Code && s.product.Name == product.Name {
			s.quantity, s.gross = s.quantity+quantity, s.gross+gross
			return
		}
	}
	*q = append(*q, struct {
		fate     string
		product  pec.Product
		quantity int
		gross    pec.Cents
	}{fate, product, quantity, gross})
}

func (l *life) order(o db.OrderRow, what string, entry db.Entry) error {
	page := l.linkTo(l.c, "/ordini/:id", fmt.Sprint("/ordini/", o.ID))
	noun := capital(o.Kind.Italian())
	note := l.by(o.EnteredBy, o.CreatedAt)
	switch o.State {
	case pec.OrderCompleted:
		paid := ", senza costo fino alla scadenza."
		if o.Price.Gross > 0 {
			paid = ", " + o.Price.Gross.Euro() + " dal credito."
		}
		l.moved(o.CompletedOn, entry.At, entry.Seq, noun+": "+what, joinHTML("Ordine ", anchor(page, o.Number()), paid), note)
	case pec.OrderAwaitingPayment:
		lack, err := office.LackFor(l.tx, o, l.office.Today())
		if err != nil {
			return err
		}
		if why := lack.CannotComplete(); why != "" {
			l.add(o.OrderedOn, o.CreatedAt, noun+" in attesa di pagamento: "+what, joinHTML(anchor(page, "L’ordine"), " non si può completare. "+why), note)
			break
		}
		l.add(o.OrderedOn, o.CreatedAt, noun+" in attesa di pagamento: "+what, joinHTML(anchor(page, "L’ordine"), " si completa con una ricarica di "+lack.Missing().Euro()+howMade(lack.Lack, "per questo ordine")), note)
	default:
		by, err := l.tx.Audit("order", o.ID, 1) // the last that happened to it
		if err != nil {
			return err
		}
		at := o.CreatedAt
		if len(by) > 0 {
			at, note = by[0].At, l.by(by[0].Actor, by[0].At)
		}
		l.moved(o.EndedOn, at, afterTheMoney, "Ordine "+o.State.Italian()+": "+what, joinHTML(anchor(page, "Era del "+o.OrderedOn.Italian()), ", "+o.Price.Gross.Euro()+". "+o.Reason), note)
	}
	return nil
}

// money adds the movements of the credit that are not orders.
func (l *life) money(entries []db.Entry) {
	for _, e := range entries {
		if e.Kind == pec.EntryOrder {
			continue
		}
		title := fmt.Sprintf("%s di %s", capital(e.Kind.Italian()), max(e.Amount, -e.Amount).Euro())
		text := ""
		switch {
		case e.Kind == pec.EntryTopUp:
			text = capital(byMethod(e.Method)) + ", riferimento " + paymentReference(e) + ". "
		case e.Reason != "":
			text = sentence(whyEntered(e)) + " "
		}
		l.moved(e.On, e.At, e.Seq, title, text+"Credito "+e.Balance.Euro()+".", l.by(e.Actor, e.At))
	}
}

// changes adds what was written over in the member's data, each write once:
// what was there before and what came instead.
func (l *life) changes(m pec.Member) error {
	entries, err := l.tx.Audit("member", m.ID, 2000)
	if err != nil {
		return err
	}
	for _, e := range entries {
		switch e.Action {
		case "member.added":
			l.add(e.On, e.At, m.Said("Iscritto")+" "+m.Said("inserito")+" a mano", nil, l.by(e.Actor, e.At))
		case "member.password":
			l.add(e.On, e.At, "Password dell’area iscritto cambiata", nil, l.by(e.Actor, e.At))
		case "member.link":
			l.add(e.On, e.At, "Collegamento per la password preparato", nil, l.by(e.Actor, e.At))
		case "domicile.chosen", "domicile.marked", "domicile.unmarked":
			l.add(e.On, e.At, actionInWords(e.Action), sentence(capital(detailInWords(e.Detail))), l.by(e.Actor, e.At))
		case "access.granted", "access.withdrawn":
			l.add(e.On, e.At, actionInWords(e.Action), sentence(capital(detailInWords(e.Detail))), l.by(e.Actor, e.At))
		case "member.erased":
			l.erased(e)
		case "member.merged":
			l.mergedHere(e)
		case "mailbox.withdrawn":
			l.withdrawn(e)
		case "member.status":
			l.status(m, e)
		default:
			if strings.HasPrefix(e.Action, "formal_notice.") {
				l.formalNotice(e)
			}
		}
	}
	imports, err := l.tx.MemberImports(m.ID)
	if err != nil {
		return err
	}
	undone := map[time.Time]int64{} // imports by the instant in which they were taken back
	for _, i := range imports {
		if i.Created {
			l.add(i.On, i.At, m.Said("Iscritto")+" "+m.Said("importato"), "Dal file "+i.Filename+".", joinHTML(l.by(i.Actor, i.At), ". ", l.batch(i.Batch)))
		}
		if !i.UndoneAt.IsZero() {
			undone[i.UndoneAt] = i.Batch
		}
	}
	history, err := l.tx.MemberHistory(m.ID)
	if err != nil {
		return err
	}
	for len(history) > 0 {
		first, n := history[0], 1
		for n < len(history) && history[n].At.Equal(first.At) && history[n].Batch == first.Batch {
			n++
		}
		l.change(m, history[:n], undone[first.At])
		history = history[n:]
	}
	return nil
}

// status notes what the log knows of a change of status: the fields of the
// register follow with its history. A correction of the rest alone is told here.
func (l *life) status(m pec.Member, e db.AuditEntry) {
	var d struct {
		Before, Status pec.MemberStatus
		Reason, Ordine string
		LeftOn         pec.Date `json:"left_on"`
		Since, Until   pec.Date
	}
	if json.Unmarshal([]byte(e.Detail), &d) != nil {
		return
	}
	var parts []string
	add := func(title, value string) {
		if value != "" {
			parts = append(parts, title+" "+value)
		}
	}
	add("Dal", d.Since.Italian())
	add("Fino al", d.Until.Italian())
	add("Passa a", d.Ordine)
	add("Motivo:", d.Reason)
	l.reasons[e.At] = strings.Join(parts, ". ")
	if d.Before == d.Status && d.LeftOn.IsZero() {
		l.add(e.On, e.At, "Stato precisato: "+m.Said(d.Status.Italian()), sentence(l.reasons[e.At]), l.by(e.Actor, e.At))
	}
}

// formalNotice tells a step of a formal notice on the day that it is about.
func (l *life) formalNotice(e db.AuditEntry) {
	var d struct {
		On     pec.Date
		Reason string
	}
	if json.Unmarshal([]byte(e.Detail), &d) != nil {
		return
	}
	if d.On.IsZero() {
		d.On = e.On
	}
	text := ""
	if d.Reason != "" {
		text = sentence(capital(d.Reason))
	}
	l.add(d.On, e.At, actionInWords(e.Action), text, l.by(e.Actor, e.At))
}

// batch is an import's number, leading to it.
func (l *life) batch(id int64) template.HTML {
	return anchor(l.linkTo(l.c, "/importazioni/:id", fmt.Sprint("/importazioni/", id)), "Importazione "+fmt.Sprint(id))
}

// change tells one write over a member's data: an operator's, an import's, or
// that of an import (undone, 0 for none) that was taken back.
func (l *life) change(m pec.Member, fields []db.FieldChange, undone int64) {
	first := fields[0]
	title := "Dati aggiornati"
	note := joinHTML(l.by(first.Actor, first.At))
	switch {
	case first.Batch != 0:
		title, note = "Dati aggiornati dall’importazione dell’albo", joinHTML(note, ". ", l.batch(first.Batch))
	case undone != 0:
		title, note = fmt.Sprintf("Annullata l’importazione n. %d: tornano i dati di prima", undone), joinHTML(note, ". ", l.batch(undone))
	}
	var parts []any
	for _, f := range slices.Backward(fields) { // as the register's columns go
		if f.Field == string(pec.FieldStatus) && undone == 0 {
			title = "Stato cambiato"
		}
		if len(parts) > 0 {
			parts = append(parts, template.HTML("<br>"))
		}
		old, now := pec.Field(f.Field).InWords(f.Old), pec.Field(f.Field).InWords(f.New)
		if f.Field == string(pec.FieldStatus) {
			old, now = m.Said(old), m.Said(now)
		}
		parts = append(parts, pec.Field(f.Field).Italian()+": ", oldAndNew(old, now))
	}
	if why := l.reasons[first.At]; why != "" && title == "Stato cambiato" {
		parts = append(parts, template.HTML("<br>"), why)
	}
	l.add(first.On, first.At, title, joinHTML(parts...), note)
}

// oldAndNew shows what was there and what came instead, readable without
// colours.
func oldAndNew(old, now string) template.HTML {
	if old == "" {
		old = "vuoto"
	}
	if now == "" {
		now = "vuoto"
	}
	return template.HTML(`<del class="ap-old">` + template.HTMLEscapeString(old) + `</del> <span class="visually-hidden">diventa</span> <ins class="ap-new">` + template.HTMLEscapeString(now) + `</ins>`)
}

// coming adds what awaits the mailboxes of a member, or (mailbox not 0) one.
func (l *life) coming(member, mailbox int64) error {
	book, agreements, err := l.office.Book(l.tx, member)
	if err != nil {
		return err
	}
	today := l.office.Today()
	shares := book.LackShares(agreements, today, pec.Date{})
	for _, m := range book.Mailboxes {
		if mailbox != 0 && m.ID != mailbox {
			continue
		}
		if !m.TurnsOn.IsZero() && m.Status.Running() {
			turning, err := l.turning(m, book, agreements)
			if err != nil {
				return err
			}
			l.ahead = append(l.ahead, turning)
		}
		f := book.Forecast(agreements, m.ID, today)
		if !f.On.IsZero() {
			moment := l.forecast(f, m)
			if i := slices.IndexFunc(shares, func(s pec.LackShare) bool { return s.Later && s.MailboxID == m.ID }); i >= 0 {
				lack := shares[i].Lack
				moment.Text = fmt.Sprint(moment.Text, " Se si tiene ciò che scade prima il credito non basta anche per questo: in tutto mancano ", lack.Missing().Euro(), howMade(lack, "per questo rinnovo"))
			}
			l.ahead = append(l.ahead, moment)
		}
	}
	for _, w := range book.Waiting {
		if mailbox != 0 && w.MailboxID != mailbox {
			continue
		}
		if box, err := l.tx.Mailbox(w.MailboxID); err == nil && !box.ExpiresOn.IsZero() {
			order, err := l.tx.Order(w.ID)
			if err != nil {
				return err
			}
			lack, err := office.LackFor(l.tx, order, today)
			if err != nil {
				return err
			}
			product, _ := w.Agreement.Product(w.Product)
			what := product.What(w.Quantity)
			if w.Renewal != nil {
				what = "il rinnovo della casella"
			}
			text := "Se prima non si ricaricano " + lack.Missing().Euro() + " per " + what + "."
			if lack.Refuses != "" {
				text = "Non si può completare: " + what + ". " + lack.Why()
			}
			l.ahead = append(l.ahead, Moment{On: w.LapsesOn(box.ExpiresOn), Next: true, Title: "L’ordine in attesa decade", Text: text})
		}
	}
	return nil
}

// turning tells the day on which a renewal paid ahead begins, and what changes then.
func (l *life) turning(m pec.Mailbox, book pec.Book, agreements []pec.Agreement) (Moment, error) {
	text := "Pagato fino al " + m.ExpiresOn.Italian() + "."
	if kind := m.KindAhead(); kind != m.Kind {
		then, _ := pec.InForce(agreements, m.TurnsOn)
		if k, ok := then.Kind(kind); ok {
			kind = k.Name
		}
		text += " La tipologia diventa " + kind + "."
	}
	for _, s := range book.Services {
		if s.MailboxID != m.ID || s.LowersOn(m).IsZero() {
			continue
		}
		row, err := l.tx.Service(s.ID)
		if err != nil {
			return Moment{}, err
		}
		product := l.product(row)
		text += " " + product.What(s.Quantity) + ": da allora " + product.Pieces(s.NextQuantity) + "."
	}
	return Moment{On: m.TurnsOn, Next: true, Title: "Comincia il periodo già pagato", Text: text}, nil
}

func (l *life) forecast(f pec.Forecast, box pec.Mailbox) Moment {
	m := Moment{On: f.On, Next: true}
	switch f.Mailbox.Kind {
	case pec.EventClosed:
		m.Title, m.Text = "Chiusura della casella", capital(f.WhyCloses(box))+"."
		if f.AskedYears > 0 && f.Order == 0 {
			m.Text = fmt.Sprint(m.Text, " Un ordine pagato prima la rinnova per "+yearsOf(f.AskedYears)+", "+f.Asked.Gross.Euro()+".")
		}
		if n := len(f.Services); n == 1 {
			m.Text = fmt.Sprint(m.Text, " Con lei cessa un servizio.")
		} else if n > 1 {
			m.Text = fmt.Sprint(m.Text, " Con lei cessano ", n, " servizi.")
		}
		return m
	case pec.EventFailed:
		m.Title, m.Text = "Il rinnovo non è possibile", f.Mailbox.Message
		return m
	}
	m.Title = "Rinnovo della casella fino al " + f.Mailbox.To.Italian()
	text := "A carico dell’Ordine, " + f.Mailbox.Price.Gross.Euro() + "."
	if f.Mailbox.Renewal != nil {
		text = "Con l’ordine dell’iscritto, " + f.Mailbox.Price.Gross.Euro() + "."
	}
	var sums quantities
	for _, e := range f.Services {
		s, err := l.tx.Service(e.ServiceID)
		if err != nil { // of an order that would complete before: not there yet
			s = db.ServiceRow{Service: pec.Service{Product: e.Product}, ProductName: e.Product}
		}
		fate := ""
		if e.Kind != pec.EventServiceRenewed {
			fate = e.EndReason.Italian()
		}
		sums.add(fate, l.product(s), e.Quantity, e.Price.Gross)
	}
	for _, s := range sums {
		if s.fate == "" {
			unless := ""
			if f.Missing == 0 && f.Whole > 0 {
				unless = ", se prima non lo prende ciò che aspetta il pagamento"
			}
			text += fmt.Sprintf(" Dal credito si rinnova%s: %s, %s.", unless, s.product.What(s.quantity), s.gross.Euro())
		} else {
			text += fmt.Sprintf(" Cessa: %s (%s).", s.product.What(s.quantity), s.fate)
		}
	}
	if f.Whole > 0 {
		text += " In tutto " + pec.Lacking(f.Whole) + howMade(f.Lack, "per questo rinnovo")
	}
	m.Text = text
	return m
}

// messages adds what was written to a member, about one mailbox or (0) all.
func (l *life) messages(member, mailbox int64) error {
	list, err := l.tx.MessageList(db.MessageFilter{Member: member, Mailbox: mailbox})
	for _, m := range list {
		text := joinHTML(anchor(l.linkTo(l.c, "/avvisi/:id", "/avvisi/"+itoa(m.ID)), cmp.Or(m.Letter.Subject, "Testo cancellato")), ".")
		at, title := m.CreatedAt, m.Kind.Italian()
		switch m.State {
		case pec.MessageSent:
			title += ": invio a " + m.Recipient // of any gender
		case pec.MessageGivenUp:
			title, text = title+": non è partito", joinHTML(text, " "+sentence(m.LastError))
		default:
			title += ": " + m.State.Italian()
		}
		l.add(m.On, at, title, text, nil)
	}
	return err
}

// letters adds the letters that were made for a member, about one mailbox or (0)
// all.
func (l *life) letters(member, mailbox int64) error {
	list, err := l.tx.LetterList(db.LetterFilter{Member: member, Mailbox: mailbox})
	for _, row := range list {
		l.add(row.MadeOn, row.CreatedAt, "Lettera: "+row.Kind.Italian(), joinHTML(letterLink(row.LetterRow), ", "+row.Subject+"."), l.by(row.Actor, row.CreatedAt))
	}
	return err
}

// letterLink is a letter's number, leading to its PDF.
func letterLink(l db.LetterRow) template.HTML {
	return anchor("/lettere/"+itoa(l.ID)+"/pdf", l.Title())
}

func auditKey(action string, id int64, on pec.Date) string {
	return fmt.Sprint(action, " ", id, " ", on)
}

// auditDay is the day an entry is about: of the event, which a late run writes
// down on a later one.
func auditDay(e db.AuditEntry) pec.Date {
	var d struct{ From, On pec.Date }
	if json.Unmarshal([]byte(e.Detail), &d) == nil {
		if !d.From.IsZero() {
			return d.From
		}
		if !d.On.IsZero() {
			return d.On
		}
	}
	return e.On
}

func (l *life) entry(action string, id int64, on pec.Date) db.AuditEntry {
	return l.audits[auditKey(action, id, on)]
}
