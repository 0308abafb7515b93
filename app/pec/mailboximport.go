package pec

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// MailboxHolder is a member as far as a provider's list of mailboxes speaks of
// one.
type MailboxHolder struct {
	ID               int64
	FullName         string
	TaxCode          string // as in Member
	Status           MemberStatus
	LeftOn           Date // first day off the register
	LeftRegisteredOn Date // day on which the leaving was registered (9.3)
	LastEventOn      Date
}

// KnownMailbox is a mailbox of our books as a provider's list finds it.
type KnownMailbox struct {
	Mailbox
	ExtraGB int // inbox space that its running services add
	// Imported says that nothing but a list is known of its terms: it was never
	// renewed here, nor anything ordered on it. A later list may then correct it.
	Imported bool
	// ListedGB is the space of the running service that a list made and nothing
	// else touched; 0 when there is none.
	ListedGB    int
	LastEventOn Date
}

// MailboxImport is all that decides what a provider's list of mailboxes does.
type MailboxImport struct {
	Rows       []Row
	Mapping    Mapping
	Today      Date
	Holders    []MailboxHolder
	Former     []FormerPosition // merged into a holder: a row with its code speaks of the holder
	Known      []KnownMailbox
	Domains    []string         // the Ordine's own
	Addresses  map[string]int64 // whose an address is or was, or is reserved for (9.4): in lower case, to a holder's ID
	Agreements []Agreement      // by their start
	// StandardKind is the code of the kind of a new mailbox when the list names
	// none.
	StandardKind string
}

// MailboxRow is what the import does with one row of the list.
type MailboxRow struct {
	Source   Row
	Outcome  Outcome
	Holder   MailboxHolder // zero when not known
	Before   Mailbox       // zero when new
	After    Mailbox
	BeforeGB int // extra inbox space
	AfterGB  int
	// StartsOn is the first day of the running period that the list makes, which
	// ends on After.ExpiresOn; zero when it makes none.
	StartsOn Date
	// Charged says that the period is the first of a mailbox that was requested
	// here, so that activation makes its charge (R4); else it makes none (9.5).
	Charged  bool
	Years    int     // of the charged period
	Price    Amounts // what the Ordine will owe for it
	Problems []RowProblem
}

// MailboxPlan is what a provider's list would write, decided and not written.
type MailboxPlan struct {
	Rows    []MailboxRow
	Missing []Mailbox // running here and not in the list; the import leaves them alone
	// SoldBy is who sells the space that the list makes services of: where the
	// Ordine sells, they renew from the credit like any other (R19).
	SoldBy Seller
}

// Counts are the figures of the plan (R25).
func (p MailboxPlan) Counts() Counts {
	var c Counts
	for _, r := range p.Rows {
		c.add(r.Outcome, r.Problems)
	}
	return c
}

// Len is the number of rows.
func (p MailboxPlan) Len() int { return len(p.Rows) }

// Source is row i, from 0, as the file has it.
func (p MailboxPlan) Source(i int) Row { return p.Rows[i].Source }

// Skipped is false: such a file is taken whole.
func (p MailboxPlan) Skipped(int) bool { return false }

// Outcome is what becomes of row i.
func (p MailboxPlan) Outcome(i int) Outcome { return p.Rows[i].Outcome }

// ProblemsOf lists the errors and warnings of row i.
func (p MailboxPlan) ProblemsOf(i int) []RowProblem { return p.Rows[i].Problems }

// Changes lists what row i changes.
func (p MailboxPlan) Changes(i int) []FieldChange { return p.Rows[i].Changes() }

// About is the address that row i speaks of.
func (p MailboxPlan) About(i int) string { return p.Rows[i].After.Address }

// MissingCount is how many running mailboxes the list lacks.
func (p MailboxPlan) MissingCount() int { return len(p.Missing) }

// Fingerprint stands for all that the plan would write and tells, as that of a
// member file does: prices of charges among it, which follow the agreement.
func (p MailboxPlan) Fingerprint() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n", p.SoldBy)
	for _, r := range p.Rows {
		fmt.Fprintf(h, "%d %s %d %d %+v\n", r.Source.Number, r.Outcome, r.Before.ID, r.Holder.ID, r.Problems)
		if r.Outcome == OutcomeRefused {
			continue
		}
		fmt.Fprintf(h, "%s %s %d %t %s %t %d %v\n", r.After.Status, r.After.AnchorOn, r.After.TermYears, r.After.AutoRenew, r.StartsOn, r.Charged, r.Years, r.Price)
		for _, c := range r.Changes() {
			fmt.Fprintf(h, "%s %q %q\n", c.Field, c.Old, c.New)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// PlanMailboxes decides what a provider's list of mailboxes does, row by row. A
// row is a known mailbox when the address is the same. A new one is taken in as
// it runs at the provider: its expiry is the anchor, and the running period
// makes no charge (9.5). What was requested here and runs there is activated by
// the list, with its charge (R4). History is never rewritten: where a mailbox
// was renewed here, what differs is told and left.
func PlanMailboxes(in MailboxImport) MailboxPlan {
	p := newMailboxPlanner(in)
	plan := MailboxPlan{Rows: make([]MailboxRow, 0, len(in.Rows)), SoldBy: p.soldBy}
	for _, row := range in.Rows {
		plan.Rows = append(plan.Rows, p.row(row))
	}
	for _, m := range in.Known {
		if m.Status.Running() && !p.seen[m.ID] {
			plan.Missing = append(plan.Missing, m.Mailbox)
		}
	}
	return plan
}

type mailboxPlanner struct {
	in        MailboxImport
	known     map[string]*KnownMailbox
	byCode    map[string]*MailboxHolder
	former    map[string]*MailboxHolder // by the codes of positions merged into them
	byID      map[int64]*MailboxHolder
	kinds     map[string]Kind // by folded code and folded name, the latest agreement's first
	agreement Agreement       // in force today; zero when there is none
	soldBy    Seller
	seen      map[int64]bool
	taken     map[string]int // by the row that was taken
}

func newMailboxPlanner(in MailboxImport) *mailboxPlanner {
	p := &mailboxPlanner{
		in: in, known: make(map[string]*KnownMailbox, len(in.Known)), byCode: make(map[string]*MailboxHolder, len(in.Holders)),
		byID: make(map[int64]*MailboxHolder, len(in.Holders)), former: map[string]*MailboxHolder{}, kinds: kindsIn(in.Agreements), seen: map[int64]bool{}, taken: make(map[string]int, len(in.Rows)),
	}
	for i := range in.Known {
		m := &in.Known[i]
		old, ok := p.known[m.Address]
		if !ok || old.Status == MailboxClosed && (m.Status != MailboxClosed || m.ID > old.ID) { // an address given again is the open mailbox's
			p.known[m.Address] = m
		}
	}
	for i := range in.Holders {
		h := &in.Holders[i]
		p.byID[h.ID] = h
		if h.TaxCode != "" {
			p.byCode[foldCode(h.TaxCode)] = h
		}
	}
	for _, f := range in.Former {
		if h := p.byID[f.MemberID]; h != nil && f.TaxCode != "" {
			p.former[foldCode(f.TaxCode)] = h
		}
	}
	p.agreement, _ = InForce(in.Agreements, in.Today)
	p.soldBy = p.agreement.SoldBy
	if p.soldBy == "" {
		p.soldBy = SoldByOrdine
	}
	return p
}

// kindsIn are the kinds of the agreements by codes and names, as a list may write
// them.
func kindsIn(agreements []Agreement) map[string]Kind {
	kinds := map[string]Kind{}
	for _, name := range []func(Kind) string{func(k Kind) string { return k.Code }, func(k Kind) string { return k.Name }} {
		for _, a := range slices.Backward(agreements) {
			for _, k := range a.Kinds {
				if _, ok := kinds[foldProduct(name(k))]; !ok {
					kinds[foldProduct(name(k))] = k
				}
			}
		}
	}
	return kinds
}

// NamesKind reports whether a list's text is the code or the name of a kind of the
// agreements: "STANDARD" is, an invoice's "Canone annuo" is not.
func NamesKind(agreements []Agreement, text string) bool {
	_, ok := kindsIn(agreements)[foldProduct(text)]
	return ok
}

// mailboxReader reads the cells of one row of a list. What the row does not say
// is zero, and is left as it is (R23).
type mailboxReader struct {
	rowReader
	address    string // in lower case
	code       string
	kind       Kind
	activated  Date
	expires    Date
	extraGB    *int
	usedMB     *int
	kindSaid   string // a name of a kind that is none of ours
	amongWords bool   // the address may stand among other words: see ListedAddress
}

func (p *mailboxPlanner) row(row Row) MailboxRow {
	r := &mailboxReader{rowReader: rowReader{row: row, mapping: p.in.Mapping}}
	r.checkWidth()
	p.read(r)
	out := MailboxRow{Source: row, After: Mailbox{Address: r.address}}
	known := p.known[r.address]
	if known == nil {
		known = &KnownMailbox{}
	}
	p.seen[known.ID] = true
	if first, ok := p.taken[r.address]; ok {
		r.refuse(FieldMailbox, "duplicate_in_file", fmt.Sprintf("La stessa casella è già alla riga %d.", first), "Lasci una sola delle due righe.")
	}
	if !r.refused() {
		p.judge(r, &out, known)
		p.checkDay(r, out, known)
	}
	out.Problems = r.problems
	out.Outcome = outcomeOf(r.refused(), out.Before.ID == 0, len(out.Changes()) > 0)
	if out.Outcome != OutcomeRefused {
		p.taken[r.address] = row.Number
	}
	return out
}

// checkDay refuses a change on a day before the latest event of the mailbox or of
// its holder: the books of one person go forward only.
func (p *mailboxPlanner) checkDay(r *mailboxReader, out MailboxRow, known *KnownMailbox) {
	if r.refused() || len(out.Changes()) == 0 {
		return
	}
	last, whose := known.LastEventOn, "sulla casella"
	if out.Holder.LastEventOn.After(last) {
		last, whose = out.Holder.LastEventOn, "su "+out.Holder.FullName
	}
	if last.After(p.in.Today) {
		r.refuse(FieldMailbox, "day_before_last_event", fmt.Sprintf("Il %s non si può più registrare nulla %s: l’ultimo evento è del %s.", p.in.Today.Italian(), whose, last.Italian()), "Importi la riga in un giorno successivo.")
	}
}

func (p *mailboxPlanner) judge(r *mailboxReader, out *MailboxRow, known *KnownMailbox) {
	p.findHolder(r, out, known)
	switch {
	case r.refused():
	case known.ID == 0:
		p.takeIn(r, out)
	case known.Status == MailboxClosed && !r.runsOn(known.Mailbox):
		out.Before, out.After, out.BeforeGB, out.AfterGB = known.Mailbox, known.Mailbox, known.ExtraGB, known.ExtraGB
		r.warn(FieldMailbox, "mailbox_closed", fmt.Sprintf("La casella è chiusa dal %s: la lasciamo così.", known.ClosedOn.Italian()), "Se presso il gestore c’è ancora, la faccia chiudere.")
	case known.Status == MailboxClosed:
		p.takeIn(r, out)
	default:
		out.Before, out.After, out.BeforeGB, out.AfterGB = known.Mailbox, known.Mailbox, known.ExtraGB, known.ExtraGB
		if known.Status.Running() {
			p.compare(r, out, known)
		} else {
			p.awaited(r, out)
		}
		p.compareSpace(r, out, known)
		if r.usedMB != nil {
			out.After.UsedMB = r.usedMB
		}
	}
}

// runsOn reports whether the list speaks of a term that our closed mailbox did
// not have.
func (r *mailboxReader) runsOn(m Mailbox) bool {
	return !r.expires.IsZero() && r.expires != m.ExpiresOn
}

// findHolder finds the holder, and refuses an address that is somebody else's.
func (p *mailboxPlanner) findHolder(r *mailboxReader, out *MailboxRow, known *KnownMailbox) {
	if known.ID != 0 && r.code == "" {
		out.Holder = *p.byID[known.MemberID]
		return
	}
	if r.code == "" {
		r.refuse(FieldTaxCode, "required_missing", "Manca il codice fiscale del titolare.", "Lo scriva: dice di chi è la casella.")
		return
	}
	if h := p.holderOf(r.code); h != nil {
		out.Holder = *h
	}
	holder, taken := p.in.Addresses[r.address]
	switch h := p.byID[holder]; {
	case taken && holder != out.Holder.ID && h != nil:
		r.refuse(FieldMailbox, "mailbox_taken", fmt.Sprintf("La casella %s è di %s%s.", r.address, h.FullName, codeOf(h.TaxCode)), "Corregga l’indirizzo o il codice fiscale.")
	case out.Holder.ID == 0:
		r.refuse(FieldTaxCode, "member_unknown", fmt.Sprintf("Nell’albo nessuno ha il codice fiscale %s.", r.code), "Importi prima l’albo, o corregga il codice.")
	case p.byCode[r.code] == nil:
		r.warn(FieldTaxCode, "position_merged", fmt.Sprintf("È il codice di una vecchia posizione di %s, unita all’altra: il codice fiscale resta quello dell’albo.", out.Holder.FullName),
			"Comunichi al gestore il codice dell’albo.")
	}
}

// holderOf is who has a tax code, or had it in a position merged into theirs; nil
// for nobody, and for no code.
func (p *mailboxPlanner) holderOf(code string) *MailboxHolder {
	return cmp.Or(p.byCode[code], p.former[code])
}

func codeOf(taxCode string) string {
	if taxCode == "" {
		return ""
	}
	return ", codice fiscale " + taxCode
}

// takeIn makes a mailbox that runs at the provider and is not in our books.
func (p *mailboxPlanner) takeIn(r *mailboxReader, out *MailboxRow) {
	if _, domain, _ := strings.Cut(r.address, "@"); !slices.ContainsFunc(p.in.Domains, func(d string) bool { return strings.EqualFold(d, domain) }) {
		r.refuse(FieldMailbox, "domain_unknown", fmt.Sprintf("La casella %s non è in un dominio dell’Ordine (%s).", r.address, strings.Join(p.in.Domains, ", ")), "Corregga l’indirizzo, o lasci fuori la riga.")
	}
	kind := r.kind
	if kind.Code == "" {
		kind = p.kinds[foldProduct(p.in.StandardKind)]
	}
	if kind.Code == "" {
		r.refuse(FieldKind, "kind_unknown", "Manca la tipologia, e nessuna convenzione prevede quella normale.", "La scriva come nella convenzione.")
	}
	out.After = Mailbox{Address: r.address, MemberID: out.Holder.ID, Status: MailboxActive, TermYears: 1, AutoRenew: true, UsedMB: r.usedMB}
	p.begin(r, out, kind)
	if r.extraGB != nil && !r.refused() {
		p.addSpace(r, out, *r.extraGB)
	}
}

// begin gives a mailbox the term that runs at the provider (9.5).
func (p *mailboxPlanner) begin(r *mailboxReader, out *MailboxRow, kind Kind) {
	m := &out.After
	m.Kind, m.Status = kind.Code, MailboxActive
	if !r.activated.IsZero() {
		m.ActivatedOn = r.activated
	}
	if !r.expires.IsZero() {
		m.ExpiresOn = r.expires
	}
	if !p.checkDays(r, *m) {
		return
	}
	m.AnchorOn = anchor(m.ActivatedOn, m.ExpiresOn)
	years, ok := runningTerm(*m, kind, p.in.Today)
	if !ok {
		r.refuse(FieldExpiresOn, "date_invalid", fmt.Sprintf("La scadenza del %s è lontana più di cinque anni.", m.ExpiresOn.Italian()), "Controlli l’anno.")
		return
	}
	m.TermYears = years
	if len(kind.Terms) > 0 && !slices.Contains(kind.Terms, years) {
		m.TermYears = slices.Min(kind.Terms)
	}
	out.StartsOn = Expiry(m.AnchorOn, m.ExpiresOn, -years)
	if out.StartsOn.Before(m.ActivatedOn) {
		out.StartsOn = m.ActivatedOn
	}
	p.checkHolder(r, out)
	p.checkOverdue(r, *m, kind)
}

// anchor is the day whose anniversaries are the expiries: the activation when E
// is one of its anniversaries, so that a 29 February is kept (R2), else E.
func anchor(activated, expires Date) Date {
	if Expiry(activated, activated, expires.Year-activated.Year) == expires {
		return activated
	}
	return expires
}

// runningTerm is how many years the term has that ends on E: the shortest that
// the kind offers and that has begun by today, or the shortest at all when none
// of those has. False when E is too far away for any term.
func runningTerm(m Mailbox, kind Kind, today Date) (int, bool) {
	offered := slices.Sorted(slices.Values(kind.Terms))
	for _, n := range append(offered, 1, 2, 3, 4, 5) {
		if !Expiry(m.AnchorOn, m.ExpiresOn, -n).After(today) {
			return n, true
		}
	}
	return 0, false
}

func (p *mailboxPlanner) checkDays(r *mailboxReader, m Mailbox) bool {
	for _, d := range []struct {
		field Field
		day   Date
		what  string
	}{{FieldActivatedOn, m.ActivatedOn, "la data di attivazione"}, {FieldExpiresOn, m.ExpiresOn, "la data di scadenza"}} {
		if d.day.IsZero() {
			r.refuse(d.field, "required_missing", "Manca "+d.what+".", "La scriva come 12/10/2026.")
		}
	}
	switch {
	case r.refused():
	case m.ActivatedOn.After(p.in.Today):
		r.refuse(FieldActivatedOn, "date_in_future", fmt.Sprintf("La casella sarebbe attiva dal %s, che deve ancora venire.", m.ActivatedOn.Italian()), "Controlli la data.")
	case !m.ActivatedOn.Before(m.ExpiresOn):
		r.refuse(FieldExpiresOn, "date_invalid", fmt.Sprintf("La scadenza, il %s, non viene dopo l’attivazione, il %s.", m.ExpiresOn.Italian(), m.ActivatedOn.Italian()), "Controlli le due date.")
	}
	return !r.refused()
}

// checkHolder warns that a leaver's mailbox will close (R5), and refuses one
// that should have closed already: one that was requested here is activated
// and closed by the provider's answer.
func (p *mailboxPlanner) checkHolder(r *mailboxReader, out *MailboxRow) {
	h := out.Holder
	if h.Status.OnRegister() {
		return
	}
	closes := Book{Status: h.Status, LeftOn: h.LeftOn, LeftRegisteredOn: h.LeftRegisteredOn}.ClosesOn(out.After, p.in.Agreements)
	who := fmt.Sprintf("%s è %s dal %s", h.FullName, Member{TaxCode: h.TaxCode}.Said(h.Status.Italian()), h.LeftOn.Italian())
	if closes.After(p.in.Today) {
		r.warn(FieldTaxCode, "holder_left", fmt.Sprintf("%s: la casella si chiude il %s.", who, closes.Italian()), "Lo comunichi al gestore.")
		return
	}
	correction := "La faccia chiudere dal gestore; se la persona è rientrata, corregga prima l’albo."
	if out.Charged {
		correction = "Registri l’attivazione con gli esiti del gestore: la casella si chiude subito dopo."
	}
	r.refuse(FieldTaxCode, "holder_left", who+": la casella non si prende in carico.", correction)
}

// checkOverdue warns of a term that is over, which the next run renews or
// closes, and refuses one that would be renewed more than once.
func (p *mailboxPlanner) checkOverdue(r *mailboxReader, m Mailbox, kind Kind) {
	if !m.ExpiresOn.Before(p.in.Today) || r.refused() {
		return
	}
	next := Expiry(m.AnchorOn, m.ExpiresOn, m.TermYears)
	if !next.After(p.in.Today) {
		r.refuse(FieldExpiresOn, "expired_long_ago", fmt.Sprintf("La casella è scaduta il %s e il periodo successivo è finito il %s: sarebbe rinnovata più volte.", m.ExpiresOn.Italian(), next.Italian()),
			"Scriva la scadenza in corso; se la casella non c’è più, tolga la riga.")
		return
	}
	what := fmt.Sprintf("i prossimi rinnovi la portano al %s, a carico dell’Ordine", next.Italian())
	if kind.PaidBy == PaidByMember || !m.AutoRenew {
		what = "i prossimi rinnovi la chiudono, perché paga l’iscritto"
	}
	r.warn(FieldExpiresOn, "expired", fmt.Sprintf("La casella è scaduta il %s: %s.", m.ExpiresOn.Italian(), what), "Se il gestore l’ha già rinnovata, scriva la scadenza in corso.")
}

// compare holds a running mailbox against the list. Only what nothing but a
// list has told may be corrected.
func (p *mailboxPlanner) compare(r *mailboxReader, out *MailboxRow, known *KnownMailbox) {
	m := known.Mailbox
	kindDiffers := r.kind.Code != "" && r.kind.Code != m.Kind
	activationDiffers := !r.activated.IsZero() && r.activated != m.ActivatedOn
	expiryDiffers := !r.expires.IsZero() && r.expires != m.ExpiresOn
	if known.Imported && (kindDiffers || activationDiffers || expiryDiffers) {
		p.correct(r, out, known)
		return
	}
	if kindDiffers {
		r.warn(FieldKind, "kind_differs", fmt.Sprintf("Presso il gestore la tipologia è %s, da noi %s: i costi registrati sono della nostra, che resta.", KindName(p.in.Agreements, r.kind.Code, p.in.Today), KindName(p.in.Agreements, m.Kind, p.in.Today)), "Controlli con il gestore quale vale.")
	}
	if activationDiffers {
		r.warn(FieldActivatedOn, "activation_differs", fmt.Sprintf("Presso il gestore l’attivazione è del %s, da noi del %s: resta la nostra.", r.activated.Italian(), m.ActivatedOn.Italian()), "Controlli con il gestore quale vale.")
	}
	if expiryDiffers {
		r.warn(FieldExpiresOn, "expiry_differs", fmt.Sprintf("Presso il gestore la scadenza è il %s, da noi il %s: resta la nostra.", r.expires.Italian(), m.ExpiresOn.Italian()), "Controlli con il gestore quale vale.")
	}
}

// correct puts right what an earlier list told.
func (p *mailboxPlanner) correct(r *mailboxReader, out *MailboxRow, known *KnownMailbox) {
	kind := r.kind
	if kind.Code == "" {
		kind = p.kinds[foldProduct(known.Kind)]
	}
	if kind.Code == "" { // of an agreement that is gone: nothing but its code is needed
		kind.Code = known.Kind
	}
	if r.expires != known.ExpiresOn && !r.expires.IsZero() && r.expires.Before(p.in.Today) {
		r.refuse(FieldExpiresOn, "expiry_past", fmt.Sprintf("Da noi la casella scade il %s; il %s è già passato.", known.ExpiresOn.Italian(), r.expires.Italian()), "Controlli con il gestore quale scadenza vale.")
		return
	}
	p.begin(r, out, kind)
	out.After.Status = known.Status // a suspended mailbox stays so
}

// awaited is a mailbox that we requested: the list says that it runs. Running
// since before the request, it was there already and is taken in like any other
// (9.5); otherwise it was activated for us, with its charge (R4).
func (p *mailboxPlanner) awaited(r *mailboxReader, out *MailboxRow) {
	if r.activated.IsZero() && r.expires.IsZero() {
		if r.kind.Code != "" {
			out.After.Kind = r.kind.Code
		}
		return
	}
	kind := r.kind
	if kind.Code == "" {
		kind = p.kinds[foldProduct(out.After.Kind)]
	}
	if kind.Code == "" {
		r.refuse(FieldKind, "kind_unknown", fmt.Sprintf("Nessuna convenzione prevede la tipologia %s, con cui la casella è stata richiesta.", out.After.Kind), "Aggiunga la convenzione.")
		return
	}
	requested := out.Before.RequestedOn
	out.Charged = !r.activated.IsZero() && !r.activated.Before(requested)
	p.begin(r, out, kind)
	out.After.Rejection = ""
	switch {
	case r.refused():
	case out.Charged:
		p.activate(r, out)
	default:
		r.warn(FieldActivatedOn, "already_active", fmt.Sprintf("La casella è attiva dal %s, prima che la richiedessimo, il %s: la prendiamo in carico senza costo fino al %s.", r.activated.Italian(), requested.Italian(), r.expires.Italian()), "Ritiri la richiesta presso il gestore.")
	}
}

// activate is the first period of a mailbox that was requested here: whole
// years that the agreement of its first day offers.
func (p *mailboxPlanner) activate(r *mailboxReader, out *MailboxRow) {
	m := &out.After
	a, ok := InForce(p.in.Agreements, m.ActivatedOn)
	kind, offered := a.Kind(m.Kind)
	out.Years = m.ExpiresOn.Year - m.ActivatedOn.Year
	switch {
	case !ok:
		r.refuse(FieldActivatedOn, "agreement_missing", fmt.Sprintf("Il %s non c’era una convenzione in vigore.", m.ActivatedOn.Italian()), "La aggiunga in Convenzioni.")
	case !offered:
		r.refuse(FieldKind, "kind_unknown", fmt.Sprintf("La convenzione in vigore il %s non prevede la tipologia %s.", m.ActivatedOn.Italian(), m.Kind), "Corregga la tipologia, o la convenzione.")
	case m.ExpiresOn != Expiry(m.ActivatedOn, m.ActivatedOn, out.Years) || !slices.Contains(kind.Terms, out.Years):
		r.refuse(FieldExpiresOn, "term_not_offered", fmt.Sprintf("La casella, richiesta qui, è attiva dal %s: la convenzione non prevede che scada il %s.", m.ActivatedOn.Italian(), m.ExpiresOn.Italian()), "Controlli le due date con il gestore.")
	default:
		m.AnchorOn, m.TermYears, out.StartsOn = m.ActivatedOn, out.Years, m.ActivatedOn
		cost := "senza costo per l’Ordine"
		if kind.PaidBy == PaidByOrdine {
			out.Price = a.KindPrice(kind, out.Years)
			cost = fmt.Sprintf("con il suo costo per l’Ordine, %s", out.Price.Gross.Euro())
		}
		r.warn(FieldActivatedOn, "activated", fmt.Sprintf("La casella era %s: la registriamo attiva dal %s, %s.", out.Before.Status.Italian(), m.ActivatedOn.Italian(), cost), "")
	}
}

// compareSpace holds the extra space of a known mailbox against the list.
func (p *mailboxPlanner) compareSpace(r *mailboxReader, out *MailboxRow, known *KnownMailbox) {
	if r.extraGB == nil || *r.extraGB == known.ExtraGB || r.refused() {
		return
	}
	imported := known.Imported || !out.StartsOn.IsZero() && !out.Charged
	if imported && known.ExtraGB == known.ListedGB { // none, or only what a list told
		p.addSpace(r, out, *r.extraGB)
		return
	}
	r.warn(FieldExtraGB, "extra_differs", fmt.Sprintf("Presso il gestore lo spazio extra è di %d GB, da noi di %d GB: resta il nostro.", *r.extraGB, known.ExtraGB), "Controlli con il gestore, o importi l’estratto dei servizi.")
}

// addSpace gives a mailbox the extra space that it has at the provider until E
// (R3), whatever the agreement says of it.
func (p *mailboxPlanner) addSpace(r *mailboxReader, out *MailboxRow, gb int) {
	if e := out.After.ExpiresOn; gb > 0 && e.Before(p.in.Today) {
		r.warn(FieldExtraGB, "extra_expired", fmt.Sprintf("Lo spazio in più finiva con la casella, il %s, e qui nessuno l’ha pagato: non lo registriamo.", e.Italian()), "Se il gestore l’ha rinnovato, scriva la scadenza in corso.")
		return
	}
	out.AfterGB = gb
	if gb == 0 {
		return
	}
	kind := p.kinds[foldProduct(out.After.Kind)]
	product, ok := p.agreement.Product(InboxGB)
	switch {
	case !ok || !product.AllowedOn(kind.Code):
		r.warn(FieldExtraGB, "service_not_allowed", fmt.Sprintf("La convenzione in vigore non prevede spazio in più sulle caselle %s: alla scadenza cesserà.", out.After.Kind), "Lo segnali al gestore.")
	case kind.MaxInboxGB != nil && kind.BaseInboxGB+gb > *kind.MaxInboxGB:
		r.warn(FieldExtraGB, "cap_exceeded", fmt.Sprintf("Con %d GB in più la casella supera %s GB della convenzione.", gb, TheMany("i", *kind.MaxInboxGB)), "Lo segnali al gestore.")
	}
}

// mailboxValue is a field of a mailbox as text: days in ISO form.
func mailboxValue(m Mailbox, gb int, taxCode string, f Field) string {
	switch f {
	case FieldMailbox:
		return m.Address
	case FieldTaxCode:
		return taxCode
	case FieldKind:
		return m.Kind
	case FieldActivatedOn:
		return m.ActivatedOn.String()
	case FieldExpiresOn:
		return m.ExpiresOn.String()
	case FieldExtraGB:
		return strconv.Itoa(gb)
	case FieldUsedMB:
		if m.UsedMB == nil {
			return ""
		}
		return strconv.Itoa(*m.UsedMB)
	}
	panic("pec: no field of a listed mailbox " + string(f))
}

// Changes lists the fields that differ, of a new mailbox all that are told.
func (r MailboxRow) Changes() []FieldChange {
	var out []FieldChange
	for _, f := range MailboxLayout.Fields {
		old := ""
		if r.Before.ID != 0 {
			old = mailboxValue(r.Before, r.BeforeGB, r.Holder.TaxCode, f.Field)
		}
		if now := mailboxValue(r.After, r.AfterGB, r.Holder.TaxCode, f.Field); now != old {
			out = append(out, FieldChange{f.Field, old, now})
		}
	}
	return out
}

// ---- Reading the cells ----

func (p *mailboxPlanner) read(r *mailboxReader) {
	r.readAddress()
	p.readCode(r)
	p.readKind(r)
	r.activated = r.readDay(FieldActivatedOn)
	r.expires = r.readDay(FieldExpiresOn)
	r.readExtra()
	r.readUsed()
}

func (r *mailboxReader) readAddress() {
	text := r.cell(FieldMailbox)
	if text == "" {
		r.refuse(FieldMailbox, "required_missing", "Manca la casella.", "Scriva l’indirizzo PEC.")
		return
	}
	found, ok := addressesIn(text)
	if !ok && r.amongWords {
		var one string
		one, ok = ListedAddress(text)
		found = []string{one}
	}
	if !ok || len(found) != 1 {
		correction := "Scriva un solo indirizzo, come nome@dominio.it."
		if likely, ok := likelyAddress(text); ok {
			correction = fmt.Sprintf("Forse è %s: controlli e corregga.", likely)
		}
		r.refuse(FieldMailbox, "address_invalid", quoted(text)+" non è un indirizzo.", correction)
		return
	}
	r.address = found[0]
}

// readCode reads the holder's tax code; the codes of the register are taken as
// they are.
func (p *mailboxPlanner) readCode(r *mailboxReader) {
	text := r.cell(FieldTaxCode)
	if text == "" {
		return
	}
	if code := foldCode(text); p.byCode[code] != nil || p.former[code] != nil {
		r.code = code
		return
	}
	if whole, ok := wholeExponent(text); ok {
		text = whole
	}
	c, err := ParseTaxCode(text)
	if err != nil {
		message, correction := splitSentence(err.Error())
		r.refuse(FieldTaxCode, "tax_code_invalid", message, correction)
		return
	}
	r.code = c.Code
}

func (p *mailboxPlanner) readKind(r *mailboxReader) {
	text := r.cell(FieldKind)
	if text == "" {
		return
	}
	kind, ok := p.kinds[foldProduct(text)]
	if !ok {
		var names []string
		for _, k := range p.agreement.Kinds {
			names = append(names, "«"+k.Name+"»")
		}
		correction := "Aggiunga prima la convenzione."
		if len(names) > 0 {
			correction = fmt.Sprintf("Scriva una di quelle in convenzione: %s.", strings.Join(names, ", "))
		}
		r.refuse(FieldKind, "kind_unknown", fmt.Sprintf("La tipologia %s non è in nessuna convenzione.", quoted(text)), correction)
		return
	}
	r.kind = kind
}

func (r *mailboxReader) readDay(f Field) Date {
	text := r.cell(f)
	if strings.Trim(text, "0/.- :") == "" { // 00/00/0000 is how some programs write no day
		return Date{}
	}
	d, err := parseFileDate(text, Date{2099, 12, 31})
	if err != nil {
		r.refuse(f, "date_invalid", quoted(text)+" non è una data che esiste.", "La scriva come 12/10/2026.")
	}
	return d
}

// maxListedGB and maxListedMB are more than any mailbox has.
const (
	maxListedGB = 10_000
	maxListedMB = 100_000_000
)

// readExtra reads whole GB: «2», «2,00», «2 GB», «2048 MB»; 0 is none.
func (r *mailboxReader) readExtra() {
	text := r.cell(FieldExtraGB)
	if text == "" {
		return
	}
	mb, ok := spaceMB(text, "gb")
	gb := int(mb.IntPart()) / 1024
	if !ok || gb > maxListedGB || !mb.Equal(decimal.New(int64(gb)*1024, 0)) {
		r.refuse(FieldExtraGB, "quantity_invalid", quoted(text)+" non è un numero intero di GB.", "Scriva un numero intero, come 2, o 0.")
		return
	}
	r.extraGB = &gb
}

// readUsed reads the space in use. What cannot be read is told and not stored:
// no row is refused for it.
func (r *mailboxReader) readUsed() {
	text := r.cell(FieldUsedMB)
	if text == "" {
		return
	}
	unit := "mb"
	if c, _ := r.mapping.Column(FieldUsedMB); slices.Contains(wordsOfTitle(c.Header), "gb") {
		unit = "gb"
	}
	mb, ok := spaceMB(text, unit)
	if !ok || mb.GreaterThan(decimal.New(maxListedMB, 0)) {
		r.warn(FieldUsedMB, "used_invalid", quoted(text)+" non è uno spazio in MB: non lo registriamo e resta quello di prima.", "Scriva un numero, come 512.")
		return
	}
	used := int(mb.Round(0).IntPart())
	r.usedMB = &used
}

// spaceMB reads an amount of space with its unit or in that of its column, in
// MB: «1.234,5», «512 MB», «1,2 GB». Of GB nobody has thousands: there a point
// alone parts the decimals.
func spaceMB(text, unit string) (decimal.Decimal, bool) {
	text = strings.ToLower(text)
	number := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz ")
	if said := strings.TrimSpace(text[len(number):]); said != "" {
		unit = said
	}
	if strings.Contains(number, ",") || unit == "mb" && strings.Contains(number, ".") && thousandsWell(number) {
		number = strings.ReplaceAll(strings.ReplaceAll(number, ".", ""), ",", ".")
	}
	n, err := decimal.NewFromString(number)
	if err != nil || n.IsNegative() || len(number) > 20 || strings.ContainsAny(number, "e+") {
		return n, false
	}
	kilo := decimal.New(1024, 0)
	switch unit {
	case "kb":
		return n.Div(kilo), true
	case "mb":
		return n, true
	case "gb", "g", "giga":
		return n.Mul(kilo), true
	}
	return n, false
}
