package pec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Raised is a notice that went its way: for an expiry, so many days before it.
type Raised struct {
	ExpiresOn Date
	Step      int // days before E
	On        Date
}

// Watch is all that decides whether a notice (avviso di scadenza) is due for a
// mailbox on a day (R21). The book is as it stands once what fell due before
// the day is carried out.
type Watch struct {
	On         Date
	Mailbox    Mailbox
	Status     MemberStatus // the holder's
	Services   []Service    // running on the mailbox
	Agreements []Agreement
	Raised     []Raised // of the mailbox, for any expiry
	ClosesOn   Date     // day on which a leaver's closes (R5); zero while on the register
}

// Silence says why no notice is due.
type Silence string

// Why there is none.
const (
	SilenceNotRunning  Silence = "not_running"  // requested, sent, rejected, closed
	SilenceLeaver      Silence = "leaver"       // the holder is no longer on the register (R5)
	SilenceNoAgreement Silence = "no_agreement" // none in force: the steps are its
	SilenceNoSteps     Silence = "no_steps"     // the agreement wants no notices
	SilencePast        Silence = "past"         // E is over; the message after it tells
	SilenceNothing     Silence = "nothing"      // renews by itself and has no service
	SilenceEarly       Silence = "early"        // the first step is still to come
	SilenceBefore      Silence = "before"       // the steps so far were before the service began (9.8)
	SilenceRaised      Silence = "raised"       // the latest step was raised already
)

// NoticeDecision is whether a notice is due, and if not why.
type NoticeDecision struct {
	Due    bool
	Step   int     // due, or the latest that was
	Why    Silence // empty when due
	Last   Raised  // the latest raised for this expiry; its ExpiresOn is zero when none was
	NextOn Date    // day of the next step to come; zero when there is none
}

// Decide says whether a notice is due: the latest step whose day has come, if
// neither it nor a later one was raised for this expiry. Steps that a late run
// missed are not made up for, nor those before a service began; a new expiry
// starts afresh.
//
// With E 12/10/2018 the steps 90, 60, 30, 15, 7 and 0 fall on 14/07, 13/08,
// 12/09, 27/09, 05/10 and 12/10/2018. A run on 14/09 that finds nothing raised
// raises 30 and not 90 and 60.
func (w Watch) Decide() NoticeDecision {
	expires := w.Mailbox.ExpiresOn
	a, inForce := InForce(w.Agreements, w.On)
	switch {
	case !w.Mailbox.Status.Running():
		return NoticeDecision{Why: SilenceNotRunning}
	case !w.Status.OnRegister():
		return NoticeDecision{Why: SilenceLeaver}
	case !inForce:
		return NoticeDecision{Why: SilenceNoAgreement}
	case len(a.NoticeDays) == 0:
		return NoticeDecision{Why: SilenceNoSteps}
	case w.On.After(expires):
		return NoticeDecision{Why: SilencePast}
	}
	since, told := w.since()
	if !told {
		return NoticeDecision{Why: SilenceNothing}
	}
	return w.latest(a.NoticeDays, since)
}

// since is the day from which there is something to tell: false when there is
// nothing. Who pays the kind the agreement of E says: by another one today it
// may still be the Ordine.
func (w Watch) since() (Date, bool) {
	a, _ := InForce(w.Agreements, w.Mailbox.ExpiresOn)
	if w.Mailbox.RenewsByOrder(a) {
		return w.Mailbox.ActivatedOn, true
	}
	var first Date
	for _, s := range w.Services {
		if s.EndedOn.IsZero() {
			first = Earliest(first, s.StartedOn)
		}
	}
	return first, !first.IsZero()
}

func (w Watch) latest(steps []int, since Date) NoticeDecision {
	d := NoticeDecision{Why: SilenceEarly, Step: -1}
	expires := w.Mailbox.ExpiresOn
	for _, step := range steps {
		day := expires.AddDays(-step)
		switch {
		case day.After(w.On):
			d.NextOn = Earliest(d.NextOn, day)
		case day.Before(since):
			if d.Step < 0 {
				d.Why = SilenceBefore
			}
		case d.Step < 0 || step < d.Step:
			d.Step, d.Why = step, ""
		}
	}
	for _, r := range w.Raised {
		if r.ExpiresOn == expires && (d.Last.ExpiresOn.IsZero() || r.Step < d.Last.Step) {
			d.Last = r
		}
	}
	switch {
	case !d.Last.ExpiresOn.IsZero() && (d.Step < 0 || d.Last.Step <= d.Step):
		d.Why = SilenceRaised
	case d.Why == "":
		d.Due = true
	}
	return d
}

// StepItalian names a step: "avviso dei 90 giorni", "avviso del giorno di
// scadenza".
func StepItalian(step int) string {
	switch step {
	case 0:
		return "avviso del giorno di scadenza"
	case 1:
		return "avviso del giorno prima"
	}
	return "avviso " + TheMany("dei", step) + "\u00a0giorni"
}

// Explain answers «perché non è partito» in one or two Italian sentences.
func (w Watch) Explain(d NoticeDecision) string {
	next := " Non ce ne sono altri prima della scadenza."
	if !d.NextOn.IsZero() {
		next = fmt.Sprintf(" Il prossimo è del %s.", d.NextOn.Italian())
	}
	switch d.Why {
	case SilenceNotRunning:
		return fmt.Sprintf("La casella è %s: gli avvisi partono solo per le caselle attive o sospese.", w.Mailbox.Status.Italian())
	case SilenceLeaver:
		return fmt.Sprintf("Il titolare è %s: chi non è più nell’albo non riceve avvisi.%s", w.Status.Italian(), w.closing())
	case SilenceNoAgreement:
		return fmt.Sprintf("Il %s non c’è una convenzione in vigore, e i giorni degli avvisi sono scritti lì.", w.On.Italian())
	case SilenceNoSteps:
		return "La convenzione in vigore non prevede avvisi di scadenza."
	case SilencePast:
		return fmt.Sprintf("La scadenza del %s è passata: il messaggio con l’esito parte quando la casella è rinnovata o chiusa.", w.Mailbox.ExpiresOn.Italian())
	case SilenceNothing:
		return "La casella si rinnova da sola a spese dell’Ordine e non ha servizi: non c’è nulla di cui avvisare."
	case SilenceEarly:
		return "È ancora presto: nessuno dei giorni degli avvisi è arrivato." + next
	case SilenceBefore:
		return "I giorni degli avvisi passati vengono prima dell’inizio del servizio." + next
	case SilenceRaised:
		return fmt.Sprintf("L’%s è stato preparato il %s.%s", StepItalian(d.Last.Step), d.Last.On.Italian(), next)
	}
	return fmt.Sprintf("L’%s è da preparare: parte con la prossima esecuzione.", StepItalian(d.Step))
}

func (w Watch) closing() string {
	if w.ClosesOn.IsZero() {
		return ""
	}
	return " La casella si chiude il " + w.ClosesOn.Italian() + "."
}

// NoticeFacts is what a notice tells about.
type NoticeFacts struct {
	On         Date
	Holder     string // name and surname
	OrderBody  string
	Mailbox    Mailbox
	Services   []Service // running on the mailbox
	Credit     Cents
	Forecast   Forecast
	Pay        Transfer
	Agreements []Agreement
}

// Values fills the fields of a notice: what ends, when, what it will cost, the
// credit, what is missing.
func (n NoticeFacts) Values() MessageValues {
	f := n.Forecast
	v := MessageValues{
		"nome": n.Holder, "casella": n.Mailbox.Address, "scadenza": n.Mailbox.ExpiresOn.Italian(), "quando": daysAhead(n.On, n.Mailbox.ExpiresOn),
		"che_cosa": n.whatHappens(), "spazio": n.lessSpace(), "che_fare": n.whatToDo(), "ordine": n.OrderBody,
	}
	cost, missing := f.Cost.Plus(f.Asked), max(f.Missing, f.AskedMissing) // the mailbox renews or closes: one of them is there
	if cost.Gross > 0 {
		v["costo"] = cost.Gross.Euro()
		if years := max(f.Mailbox.Years, f.AskedYears); years > 0 {
			v["costo"] += " per " + yearsOf(years)
		}
	}
	if cost.Gross > 0 || n.Credit > 0 {
		v["credito"] = n.Credit.Euro()
	}
	if missing > 0 {
		v["manca"], v["come_pagare"] = missing.Euro(), "Si paga "+n.Pay.sentence()
		n.Pay.fill(v)
	}
	return v
}

// daysAhead says how far a day is: "oggi", "domani", "fra 30 giorni".
func daysAhead(today, d Date) string {
	switch n := today.DaysUntil(d); n {
	case 0:
		return "oggi"
	case 1:
		return "domani"
	default:
		return fmt.Sprintf("fra %d\u00a0giorni", n)
	}
}

func (n NoticeFacts) whatHappens() string {
	var lines []string
	switch m := n.Forecast.Mailbox; m.Kind {
	case EventRenewed:
		pays := "a spese dell’Ordine"
		if m.Renewal != nil {
			pays = "con il Suo ordine di rinnovo"
		}
		lines = append(lines, fmt.Sprintf("La casella si rinnova fino al %s, %s.", m.To.Italian(), pays))
	case EventClosed:
		lines = append(lines, n.closing())
	default:
		lines = append(lines, "Il rinnovo della casella non è ancora definito.")
	}
	for _, e := range n.Forecast.Services {
		what := productNamed(n.Agreements, e.Product).What(e.Quantity)
		switch {
		case e.Kind == EventServiceRenewed && e.Renewal != nil:
			lines = append(lines, fmt.Sprintf("%s %s con lei.", what, plural(e.Quantity, "si rinnova", "si rinnovano")))
		case e.Kind == EventServiceRenewed:
			lines = append(lines, fmt.Sprintf("%s %s fino al %s per %s.", what, plural(e.Quantity, "si rinnova", "si rinnovano"), e.To.Italian(), e.Price.Gross.Euro()))
		case e.EndReason == EndSoldElsewhere:
			lines = append(lines, what+", presso il gestore: il rinnovo si decide là.")
		default:
			less := ""
			if e.Lowered > 0 {
				less = "; si rinnoverebbero con " + productNamed(n.Agreements, e.Product).Pieces(e.Lowered)
			}
			lines = append(lines, fmt.Sprintf("%s %s: %s%s.", what, plural(e.Quantity, "cessa", "cessano"), e.EndReason.Italian(), less))
		}
	}
	return listOf(lines)
}

// closing says that the mailbox closes; on its last day only an order made before
// can still be paid (R6, R18).
func (n NoticeFacts) closing() string {
	switch {
	case n.On.Before(n.Mailbox.ExpiresOn):
		return "La casella si chiude, se prima nessuno la rinnova."
	case n.Forecast.Order != 0 && !n.Forecast.Stopped:
		return "La casella si chiude, se oggi l’ordine di rinnovo non è pagato."
	}
	return "La casella si chiude."
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// productNamed is a product as the latest agreement that has it calls it.
func productNamed(agreements []Agreement, code string) Product {
	named := Product{Code: code, Name: code}
	var since Date
	for _, a := range agreements {
		if p, ok := a.Product(code); ok && !a.StartsOn.Before(since) {
			named, since = p, a.StartsOn
		}
	}
	return named
}

func (n NoticeFacts) whatToDo() string {
	f := n.Forecast
	var todo []string
	ends := func(why EndReason) bool {
		return slices.ContainsFunc(f.Services, func(e Event) bool { return e.EndReason == why })
	}
	switch f.Mailbox.Kind {
	case EventClosed:
		todo = append(todo, n.askForRenewal())
	case EventFailed:
		todo = append(todo, "Se ne occupa la segreteria: Lei non deve fare nulla.")
	}
	if f.Missing > 0 {
		todo = append(todo, fmt.Sprintf("Per rinnovare tutto ricarichi almeno %s entro il %s.", f.Missing.Euro(), f.On.Italian()))
	}
	if ends(EndRenewalOff) && n.On.Before(f.On) {
		todo = append(todo, fmt.Sprintf("Se vuole tenere ciò di cui ha disattivato il rinnovo, lo riattivi nella Sua area entro il %s.", f.On.AddDays(-1).Italian()))
	}
	if ends(EndProductGone) {
		todo = append(todo, "Per ciò che non è più in convenzione si rivolga alla segreteria.")
	}
	if ends(EndSoldElsewhere) {
		todo = append(todo, "Per ciò che ha acquistato presso il gestore controlli il credito nella sua area del gestore.")
	}
	if len(todo) == 0 {
		return "Il credito basta: non deve fare nulla."
	}
	return strings.Join(todo, " ")
}

// askForRenewal says what keeping a mailbox costs that does not renew by itself.
func (n NoticeFacts) askForRenewal() string {
	f := n.Forecast
	switch {
	case f.Stopped:
		return fmt.Sprintf("Il Suo ordine di rinnovo non si può pagare finché la casella è sospesa: se Le serve ancora, si rivolga alla segreteria entro il %s.", f.PayBy.Italian())
	case f.Order != 0:
		return fmt.Sprintf("Il Suo ordine di rinnovo aspetta il pagamento: ricarichi almeno %s entro il %s.", f.AskedMissing.Euro(), f.PayBy.Italian())
	case f.AskedYears > 0:
		return fmt.Sprintf("Per tenerla ne ordini il rinnovo nella Sua area, o lo chieda alla segreteria, prima del %s: per %s %s.", n.Mailbox.ExpiresOn.Italian(), yearsOf(f.AskedYears), f.Asked.costs("costa"))
	}
	if !n.On.Before(n.Mailbox.ExpiresOn) {
		return "Il rinnovo si ordinava entro ieri: se la casella Le serve ancora, si rivolga oggi stesso alla segreteria."
	}
	if n.Mailbox.Status == MailboxSuspended {
		return "Finché è sospesa non se ne può ordinare il rinnovo: se vuole tenerla si rivolga alla segreteria prima del " + n.Mailbox.ExpiresOn.Italian() + "."
	}
	a, _ := InForce(n.Agreements, n.Mailbox.ExpiresOn)
	kind, ok := a.Kind(n.Mailbox.Kind)
	if !ok || kind.YearlyPrice == 0 {
		return "Per tenerla ne chieda il rinnovo alla segreteria prima del " + n.Mailbox.ExpiresOn.Italian() + "."
	}
	return fmt.Sprintf("Per tenerla ne chieda il rinnovo alla segreteria prima del %s: un anno %s.", n.Mailbox.ExpiresOn.Italian(), a.KindPrice(kind, 1).costs("costa"))
}

// lessSpace warns that from E on there is less space than is used (9.8).
func (n NoticeFacts) lessSpace() string {
	if n.Forecast.Mailbox.Kind != EventRenewed {
		return ""
	}
	extra := 0
	for _, e := range n.Forecast.Services {
		if e.Kind == EventServiceRenewed && e.Product == InboxGB {
			extra += e.Quantity
		}
	}
	m := n.Mailbox
	m.Kind = cmp.Or(n.Forecast.Mailbox.MailboxKind, m.Kind)
	if o := n.Forecast.Mailbox.Renewal; o != nil {
		extra += o.AddedGB
	}
	total, over := spaceAfter(n.Agreements, m, n.Forecast.On, extra)
	if !over {
		return ""
	}
	return fmt.Sprintf("Dal %s lo spazio sarà di %d\u00a0GB e ne risultano usati %s: nessun messaggio si cancella, ma la ricezione può fermarsi.",
		n.Forecast.On.Italian(), total, Megabytes(*n.Mailbox.UsedMB))
}

// spaceAfter is the whole space of a mailbox with some extra GB under the
// agreement of a day, and whether more than that is known to be used.
func spaceAfter(agreements []Agreement, m Mailbox, on Date, extra int) (gb int, over bool) {
	a, _ := InForce(agreements, on)
	kind, ok := a.Kind(m.Kind)
	if !ok || m.UsedMB == nil {
		return 0, false
	}
	gb = kind.BaseInboxGB + extra
	return gb, *m.UsedMB > gb*MBPerGB
}

// OutcomeFacts is what the message after an expiry tells about: the events of
// one mailbox on its day, carried out.
type OutcomeFacts struct {
	On          Date // E
	Holder      string
	OrderBody   string
	Mailbox     Mailbox // as it now stands
	Events      []Event // of the mailbox on the day
	ExtraGB     int     // inbox space of the services that now run, see ExtraGB
	Credit      Cents   // that is left
	OrderNumber string  // of the renewal; empty when nothing was renewed
	Agreements  []Agreement
}

// TellsOutcome reports whether a member is told what a day brought to a
// mailbox: services renewed or ended, or a mailbox closed because nobody
// renewed it. A mailbox renewed by itself goes without a word, and leavers get
// none (R5, R21).
func TellsOutcome(events []Event) bool {
	told := false
	for _, e := range events {
		switch {
		case e.Kind == EventClosed && e.CloseReason == CloseLeaver:
			return false
		case e.Kind == EventClosed, e.Kind == EventServiceRenewed, e.Kind == EventServiceEnded && e.EndReason != EndSoldElsewhere:
			told = true
		}
	}
	return told
}

// Values fills the fields of the message after an expiry.
func (o OutcomeFacts) Values() MessageValues {
	v := MessageValues{
		"nome": o.Holder, "casella": o.Mailbox.Address, "scadenza": o.On.Italian(), "numero": o.OrderNumber, "credito": o.Credit.Euro(), "ordine": o.OrderBody,
	}
	var lines []string
	var paid Cents
	for _, e := range o.Events {
		line := o.line(e)
		if line != "" {
			lines = append(lines, line)
		}
		if e.Kind == EventServiceRenewed {
			paid += e.Price.Gross
		}
	}
	v["che_cosa"] = listOf(lines)
	if paid > 0 {
		v["pagato"] = paid.Euro()
	}
	if total, over := spaceAfter(o.Agreements, o.Mailbox, o.On, o.ExtraGB); over && o.Mailbox.Status.Running() {
		v["spazio"] = fmt.Sprintf("Lo spazio è ora di %d\u00a0GB e ne risultano usati %s: nessun messaggio si cancella, ma la ricezione può fermarsi.", total, Megabytes(*o.Mailbox.UsedMB))
	}
	return v
}

func (o OutcomeFacts) line(e Event) string {
	what := productNamed(o.Agreements, e.Product).What(e.Quantity)
	switch {
	case e.Kind == EventRenewed:
		return fmt.Sprintf("La casella è rinnovata fino al %s, a spese dell’Ordine.", e.To.Italian())
	case e.Kind == EventClosed:
		return "La casella è chiusa: " + e.CloseReason.Italian() + "."
	case e.Kind == EventServiceRenewed:
		return fmt.Sprintf("%s: %s fino al %s per %s.", what, plural(e.Quantity, "rinnovato", "rinnovati"), e.To.Italian(), e.Price.Gross.Euro())
	case e.Kind == EventServiceEnded && e.EndReason == EndSoldElsewhere:
		return what + ", presso il gestore: l’esito lo dice il gestore."
	case e.Kind == EventServiceEnded:
		return fmt.Sprintf("%s: %s, %s.", what, plural(e.Quantity, "cessato", "cessati"), e.EndReason.Italian())
	}
	return ""
}
