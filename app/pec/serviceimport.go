package pec

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// StatedService is one service that members bought at the provider, as the
// provider's statement has it.
type StatedService struct {
	ID        int64 // 0 until written
	MailboxID int64
	Address   string // of the mailbox, in lower case
	Product   string // code
	Quantity  int
	From, To  Date  // To is the day on which it ends, the mailbox's E (R3)
	Net       Cents // what the member paid for it; 0 when it was free of charge
	Ended     bool  // it no longer runs: To is past, or it ended earlier
	// Listed says that only a list of mailboxes told of it, with neither day nor
	// price: the first purchase of a statement that fits is it.
	Listed bool
}

// get returns a field's value as text, amounts in euro with a point.
func (s StatedService) get(f Field) string {
	switch f {
	case FieldMailbox:
		return s.Address
	case FieldService:
		return s.Product
	case FieldQuantity:
		return strconv.Itoa(s.Quantity)
	case FieldFrom:
		return s.From.String()
	case FieldTo:
		return s.To.String()
	case FieldNet:
		return s.Net.String()
	}
	panic("pec: no field of a stated service " + string(f))
}

// serviceKey tells two services of a statement apart: each purchase makes its
// own (R13), and a statement numbers none.
type serviceKey struct {
	mailbox int64
	product string
	from    Date
}

func (s StatedService) key() serviceKey { return serviceKey{s.MailboxID, s.Product, s.From} }

// ServiceImport is all that decides what a provider's statement does.
type ServiceImport struct {
	Today     Date
	Rows      []Row
	Mapping   Mapping
	Mailboxes []Mailbox
	Products  []Product // of the agreements, by code or name
	Known     []StatedService
	// Agreements price each row by the one in force on its first day.
	Agreements []Agreement
}

// ServiceRow is what the import does with one row of a statement.
type ServiceRow struct {
	Source   Row
	Outcome  Outcome
	Mailbox  Mailbox       // zero when it is not known
	Before   StatedService // zero when new
	After    StatedService
	Changes  []FieldChange
	Problems []RowProblem
}

// ServicePlan is what a statement would write, decided and not written.
type ServicePlan struct {
	Rows    []ServiceRow
	Missing []StatedService // running, known from an earlier statement and no longer in it
}

// Counts are the figures of the plan (R25).
func (p ServicePlan) Counts() Counts {
	var c Counts
	for _, r := range p.Rows {
		c.add(r.Outcome, r.Problems)
	}
	return c
}

// Len is the number of rows.
func (p ServicePlan) Len() int { return len(p.Rows) }

// Source is row i, from 0, as the file has it.
func (p ServicePlan) Source(i int) Row { return p.Rows[i].Source }

// Skipped is false: such a file is taken whole.
func (p ServicePlan) Skipped(int) bool { return false }

// Outcome is what becomes of row i.
func (p ServicePlan) Outcome(i int) Outcome { return p.Rows[i].Outcome }

// ProblemsOf lists the errors and warnings of row i.
func (p ServicePlan) ProblemsOf(i int) []RowProblem { return p.Rows[i].Problems }

// Changes lists what row i changes.
func (p ServicePlan) Changes(i int) []FieldChange { return p.Rows[i].Changes }

// About is the address of the mailbox that row i speaks of.
func (p ServicePlan) About(i int) string { return p.Rows[i].Mailbox.Address }

// MissingCount is how many known services the statement lacks.
func (p ServicePlan) MissingCount() int { return len(p.Missing) }

// Problems lists errors and warnings in the order of the rows.
func (p ServicePlan) Problems() []RowProblem {
	var out []RowProblem
	for _, r := range p.Rows {
		out = append(out, r.Problems...)
	}
	return out
}

// With lists the rows with an outcome.
func (p ServicePlan) With(o Outcome) []ServiceRow {
	return slices.DeleteFunc(slices.Clone(p.Rows), func(r ServiceRow) bool { return r.Outcome != o })
}

// Fingerprint stands for all that the plan would write, as MemberPlan's does.
func (p ServicePlan) Fingerprint() string {
	h := sha256.New()
	for _, r := range p.Rows {
		fmt.Fprintf(h, "%d %s %d %d\n", r.Source.Number, r.Outcome, r.Before.ID, r.After.MailboxID)
		for _, c := range r.Changes {
			fmt.Fprintf(h, "%s %q %q\n", c.Field, c.Old, c.New)
		}
	}
	for _, s := range p.Missing {
		fmt.Fprintf(h, "missing %d\n", s.ID)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// PlanServices decides what a provider's statement does, row by row. A row is a
// known service when mailbox, product and first day are the same. A mailbox or
// a service that nobody knows is refused by its name.
func PlanServices(in ServiceImport) ServicePlan {
	p := newServicePlanner(in)
	var plan ServicePlan
	for _, row := range in.Rows {
		plan.Rows = append(plan.Rows, p.row(row))
	}
	for _, s := range in.Known {
		if !s.Ended && !p.seen[s.key()] {
			plan.Missing = append(plan.Missing, s)
		}
	}
	return plan
}

type servicePlanner struct {
	in        ServiceImport
	mailboxes map[string]Mailbox
	products  map[string]Product // by folded code and folded name
	known     map[serviceKey]StatedService
	listed    map[serviceKey]StatedService // of no day: not yet found in the statement
	seen      map[serviceKey]bool
	taken     map[serviceKey]int // by the row that was taken
	running   map[int64]int      // extra inbox GB on a mailbox, with the rows so far
}

func newServicePlanner(in ServiceImport) *servicePlanner {
	p := &servicePlanner{
		in: in, mailboxes: map[string]Mailbox{}, products: map[string]Product{}, known: map[serviceKey]StatedService{}, listed: map[serviceKey]StatedService{},
		seen: map[serviceKey]bool{}, taken: map[serviceKey]int{}, running: map[int64]int{},
	}
	for _, m := range in.Mailboxes {
		address := strings.ToLower(m.Address)
		if old, ok := p.mailboxes[address]; !ok || !old.Status.Running() { // an address given again is the running mailbox's
			p.mailboxes[address] = m
		}
	}
	for _, product := range in.Products {
		for _, name := range []string{product.Code, product.Name} {
			if _, ok := p.products[foldProduct(name)]; !ok {
				p.products[foldProduct(name)] = product
			}
		}
	}
	for _, s := range in.Known {
		p.known[s.key()] = s
		p.running[s.MailboxID] += s.extraGB()
		if s.Listed {
			p.listed[serviceKey{mailbox: s.MailboxID, product: s.Product}] = s
		}
	}
	return p
}

// foldProduct is the form in which names of products are compared: letters and
// figures alone.
func foldProduct(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, Fold(s))
}

func (p *servicePlanner) row(row Row) ServiceRow {
	r := &rowReader{row: row, mapping: p.in.Mapping}
	r.checkWidth()
	out := ServiceRow{Source: row}
	out.Mailbox = p.mailbox(r)
	product := p.product(r, out.Mailbox)
	out.After = StatedService{MailboxID: out.Mailbox.ID, Address: strings.ToLower(out.Mailbox.Address), Product: product.Code}
	out.After.Quantity = readQuantity(r)
	out.After.From = readRequiredDate(r, FieldFrom)
	out.After.To = readRequiredDate(r, FieldTo)
	out.After.Net = readNet(r)
	out.After.Ended = !out.After.To.After(p.in.Today)
	p.checkPeriod(r, out.Mailbox, out.After)
	if e := out.Mailbox.ExpiresOn; !r.refused() && !out.After.Ended && !e.IsZero() && out.After.To != e {
		r.warn(FieldTo, "expiry_differs", fmt.Sprintf("Il servizio finisce il %s e la casella scade il %s.", out.After.To.Italian(), e.Italian()), "Controlli con il gestore: di regola finiscono insieme.")
	}
	p.checkPrice(r, out.After)

	key := out.After.key()
	known, isKnown := p.known[key]
	p.seen[key] = true
	if first, ok := p.taken[key]; ok && !r.refused() {
		r.refuse(FieldMailbox, "duplicate_in_file", fmt.Sprintf("Lo stesso servizio, sulla stessa casella e dallo stesso giorno, è già alla riga %d.", first), "Lasci una sola delle due righe, con la quantità totale.")
	}
	if listed, ok := p.listed[serviceKey{mailbox: key.mailbox, product: key.product}]; ok && !isKnown && !r.refused() {
		known, isKnown = listed, true
		p.seen[listed.key()] = true
	}
	if isKnown {
		out.Before, out.After.ID = known, known.ID
		if known.Listed {
			delete(p.listed, serviceKey{mailbox: known.MailboxID, product: known.Product})
		}
	}
	p.checkCap(r, out.Mailbox, out.Before, out.After)
	out.Changes = serviceChanges(out.Before, out.After, isKnown)
	out.Problems = r.problems
	out.Outcome = outcomeOf(r.refused(), !isKnown, len(out.Changes) > 0)
	if out.Outcome != OutcomeRefused {
		p.taken[key] = row.Number
	}
	return out
}

func (p *servicePlanner) mailbox(r *rowReader) Mailbox {
	address := strings.ToLower(r.cell(FieldMailbox))
	if address == "" {
		r.refuse(FieldMailbox, "required_missing", "Manca la casella.", "Scriva l’indirizzo PEC.")
		return Mailbox{}
	}
	m, ok := p.mailboxes[address]
	if !ok {
		r.refuse(FieldMailbox, "mailbox_unknown", fmt.Sprintf("La casella %s non è tra quelle registrate.", address), "Importi prima l’elenco delle caselle, o corregga l’indirizzo.")
		return m
	}
	if !m.Status.Running() {
		r.refuse(FieldMailbox, "mailbox_not_active", fmt.Sprintf("La casella %s è %s: non può avere servizi.", address, m.Status.Italian()), "Controlli l’indirizzo, o registri prima l’attivazione.")
	}
	return m
}

func (p *servicePlanner) product(r *rowReader, m Mailbox) Product {
	name := r.cell(FieldService)
	if name == "" {
		r.refuse(FieldService, "required_missing", "Manca il servizio.", "Ne scriva il nome come nella convenzione.")
		return Product{}
	}
	product, ok := p.products[foldProduct(name)]
	if !ok {
		r.refuse(FieldService, "service_unknown", fmt.Sprintf("Il servizio «%s» non è in nessuna convenzione.", name), "Corregga il nome, o aggiunga il servizio alla convenzione.")
		return Product{}
	}
	if m.Kind != "" && !product.AllowedOn(m.Kind) {
		r.warn(FieldService, "service_not_allowed", fmt.Sprintf("La convenzione non prevede «%s» sulle caselle di tipologia %s.", product.Name, m.Kind), "Lo segnali al gestore.")
	}
	return product
}

// readQuantity reads a whole number from 1 on, a unit behind it or not: «2»,
// «2,00», «2 GB».
func readQuantity(r *rowReader) int {
	text := r.cell(FieldQuantity)
	if text == "" {
		r.refuse(FieldQuantity, "required_missing", "Manca la quantità.", "Scriva un numero intero, come 2.")
		return 0
	}
	number := strings.TrimSpace(strings.TrimRightFunc(text, unicode.IsLetter))
	whole, fraction, _ := strings.Cut(strings.ReplaceAll(number, ",", "."), ".")
	n, err := strconv.Atoi(whole)
	if err != nil || n < 1 || n > 1_000_000 || strings.Trim(fraction, "0") != "" {
		r.refuse(FieldQuantity, "quantity_invalid", fmt.Sprintf("«%s» non è una quantità.", text), "Scriva un numero intero da 1 in su.")
		return 0
	}
	return n
}

func readRequiredDate(r *rowReader, f Field) Date {
	title := ServiceLayout.Title(f)
	text := r.cell(f)
	if text == "" {
		r.refuse(f, "required_missing", fmt.Sprintf("Manca la data «%s».", title), "La scriva come 12/10/2026.")
		return Date{}
	}
	d, err := parseFileDate(text, Date{2099, 12, 31})
	if err != nil {
		r.refuse(f, "date_invalid", fmt.Sprintf("«%s» non è una data che esiste.", text), "La scriva come 12/10/2026.")
		return Date{}
	}
	return d
}

// checkPeriod refuses what cannot have run on the mailbox: a service that ends
// before it begins, one that has not begun, one older than the mailbox.
func (p *servicePlanner) checkPeriod(r *rowReader, m Mailbox, s StatedService) {
	switch {
	case s.From.IsZero() || s.To.IsZero():
	case !s.From.Before(s.To):
		r.refuse(FieldTo, "date_invalid", fmt.Sprintf("Il servizio finirebbe il %s, non dopo il giorno in cui comincia, il %s.", s.To.Italian(), s.From.Italian()), "Controlli le due date.")
	case s.From.After(p.in.Today):
		r.refuse(FieldFrom, "service_not_begun", fmt.Sprintf("Il servizio comincia il %s, che deve ancora venire.", s.From.Italian()), "Lo importi da quel giorno, o corregga la data.")
	case !m.ActivatedOn.IsZero() && s.From.Before(m.ActivatedOn):
		r.refuse(FieldFrom, "service_before_activation", fmt.Sprintf("Il servizio comincia il %s, prima dell’attivazione della casella, il %s.", s.From.Italian(), m.ActivatedOn.Italian()), "Controlli la data con il gestore.")
	}
}

// extraGB is what a service adds to the space of its mailbox today, in GB.
func (s StatedService) extraGB() int {
	if s.Ended || s.Product != InboxGB {
		return 0
	}
	return s.Quantity
}

// checkCap warns of space beyond what the kind may have (R12): it is held at
// the provider all the same, and here no more can be bought.
func (p *servicePlanner) checkCap(r *rowReader, m Mailbox, before, after StatedService) {
	if r.refused() {
		return
	}
	p.running[m.ID] += after.extraGB() - before.extraGB()
	a, _ := InForce(p.in.Agreements, p.in.Today)
	k, ok := a.Kind(m.Kind)
	if after.extraGB() == 0 || !ok || k.MaxInboxGB == nil || k.BaseInboxGB+p.running[m.ID] <= *k.MaxInboxGB {
		return
	}
	r.warn(FieldQuantity, "cap_exceeded", fmt.Sprintf("Con questo servizio la casella ha %d\u00a0GB, più %s della tipologia %s.", k.BaseInboxGB+p.running[m.ID], TheMany("dei", *k.MaxInboxGB), k.Name), "Controlli la quantità con il gestore.")
}

// checkPrice warns of an amount that is not what the agreement of the first day
// makes of the purchase (R8, R9): 2 GB at 2,50 € bought in June for a mailbox
// that expires in December are 5,00 € net.
func (p *servicePlanner) checkPrice(r *rowReader, s StatedService) {
	a, ok := InForce(p.in.Agreements, s.From)
	if !ok || r.refused() {
		return
	}
	q, err := a.Quote(QuoteRequest{On: s.From, Expires: s.To, Product: s.Product, Quantity: s.Quantity}, nil)
	if err != nil || q.Price.Net == s.Net {
		return
	}
	r.warn(FieldNet, "price_differs", fmt.Sprintf("L’importo è %s, con «%s» sarebbe %s: %s di differenza.", s.Net.Euro(), a.Name, q.Price.Net.Euro(), max(s.Net-q.Price.Net, q.Price.Net-s.Net).Euro()), "Controlli con il gestore.")
}

func readNet(r *rowReader) Cents {
	text := r.cell(FieldNet)
	if text == "" {
		r.refuse(FieldNet, "required_missing", "Manca l’importo netto.", "Se il servizio era gratuito scriva 0,00.")
		return 0
	}
	net, err := parseNet(text)
	if err != nil {
		r.refuse(FieldNet, "amount_invalid", fmt.Sprintf("«%s» non è un importo.", text), "Lo scriva come 1.234,50; se il servizio era gratuito, 0,00.")
	}
	return net
}

// parseNet reads a net amount from a file, zero included: what is free of
// charge is stated with 0,00.
func parseNet(s string) (Cents, error) {
	digits := strings.TrimSpace(currencyMarks.Replace(s))
	if digits != "" && strings.Trim(digits, "0.,") == "" && strings.HasPrefix(digits, "0") {
		return 0, nil
	}
	return ParseAmount(s)
}

// serviceChanges lists the fields that differ, of a new service all.
func serviceChanges(before, after StatedService, isKnown bool) []FieldChange {
	var out []FieldChange
	for _, f := range ServiceLayout.Fields {
		old := ""
		if isKnown {
			old = before.get(f.Field)
		}
		if n := after.get(f.Field); n != old {
			out = append(out, FieldChange{f.Field, old, n})
		}
	}
	return out
}
