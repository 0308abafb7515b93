package pec

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The fields of a provider's file of outcomes, beside those of mailboxes.
const (
	FieldOperation Field = "operation"
	FieldAnswer    Field = "outcome"
	FieldAnswerOn  Field = "outcome_on"
	FieldReason    Field = "reason"
	FieldReference Field = "reference"
)

// OutcomeLayout is what a provider answers to the requests that it was sent.
var OutcomeLayout = indexed(Layout{
	Name: "outcomes",
	Fields: []LayoutField{
		{Field: FieldMailbox, Title: "Casella", Names: append([]string{"casella richiesta", "indirizzo richiesto", "account", "utenza"}, mailboxNames...), Weak: []string{"indirizzo", "email", "mail"}, Looks: looksEmail, Alone: true},
		{Field: FieldReference, Title: "Riferimento", Names: []string{
			"riferimento", "riferimento richiesta", "rif", "rif richiesta", "riferimento cliente", "rif cliente", "vostro riferimento", "vostro rif", "vs riferimento", "vs rif",
			"id richiesta", "codice richiesta", "numero richiesta", "id ordine cliente", "reference", "client reference", "your reference",
		}, Weak: []string{"nostro riferimento", "nostro rif", "ns riferimento", "ns rif"}, Looks: looksReference}, // ours, or the provider's own
		{Field: FieldTaxCode, Title: "Codice fiscale", Names: []string{"codice fiscale", "c f", "cf", "codice fiscale titolare"}, Weak: []string{"titolare", "codice"}, Looks: looksTaxCode, Alone: true},
		{Field: FieldOperation, Title: "Operazione", Names: []string{"operazione", "tipo operazione", "tipo richiesta", "richiesta", "azione", "tipo lavorazione", "operation"}},
		{Field: FieldService, Title: "Servizio", Names: []string{"servizio", "servizio aggiuntivo", "servizio richiesto", "nome servizio", "prodotto"}, Weak: []string{"codice servizio", "codice prodotto", "descrizione servizio"}},
		{Field: FieldQuantity, Title: "Quantità", Names: []string{"quantita", "q ta", "qta", "quantita totale"}},
		{Field: FieldAnswer, Title: "Esito", Names: []string{"esito", "esito richiesta", "esito lavorazione", "esito operazione", "risultato", "risposta", "stato richiesta", "stato lavorazione", "stato", "stato casella", "status", "outcome", "result"}},
		{Field: FieldAnswerOn, Title: "Data", Names: []string{
			"data esito", "data attivazione", "attivata il", "attivato il", "attivata in data", "attiva dal", "attivazione", "data lavorazione", "data evasione", "eseguita il", "evasa il", "data esecuzione",
			"data chiusura", "chiusa il", "data operazione", "data", "decorrenza", "activation date", "date",
		}},
		{Field: FieldReason, Title: "Motivo", Names: []string{
			"motivo", "motivazione", "motivo rifiuto", "motivo scarto", "causale", "errore", "descrizione errore", "codice errore", "dettaglio", "dettagli", "messaggio", "note", "nota", "descrizione esito", "descrizione", "reason", "error", "message",
		}},
	},
	Needs: []Need{
		{"la casella, o il riferimento della richiesta", [][]Field{{FieldMailbox}, {FieldReference}}},
		{"l’esito, o il giorno dell’attivazione", [][]Field{{FieldAnswer}, {FieldAnswerOn}}},
	},
})

// said is what a provider's word means.
type said int

const (
	saidNothing said = iota
	saidDone
	saidRejected
	saidPending // still at work: no answer yet
)

// answerWords are the words of providers, folded. Those for one operation only
// have it beside them.
var answerWords = func() map[string]struct {
	said      said
	operation Operation
} {
	words := map[string]struct {
		said      said
		operation Operation
	}{}
	for _, w := range []struct {
		said      said
		operation Operation
		words     string
	}{
		{saidDone, "", "ok, positivo, esito positivo, evasa, evaso, eseguita, eseguito, completata, completato, conclusa, concluso, lavorata, accettata, accettato, accolta, accolto, riuscita, riuscito, confermata, fatta, fatto, si, success, done, completed"},
		{saidDone, AskActivate, "attivata, attivato, attiva, attivo, creata, creato, casella attivata, casella creata, attivazione eseguita, attivazione completata, active, activated, created"},
		{saidDone, AskClose, "chiusa, chiuso, cessata, cessato, disattivata, disattivato, cancellata, cancellato, eliminata, casella chiusa, casella cessata, chiusura eseguita, closed, deleted"},
		{saidDone, AskSpace, "spazio modificato, spazio variato, spazio aggiornato, spazio ampliato, modificata, modificato, variata, ampliata, ampliato, aggiornata, resized"},
		{saidRejected, "", "ko, negativo, esito negativo, respinta, respinto, rifiutata, rifiutato, scartata, scartato, errore, in errore, errata, errato, fallita, fallito, non eseguita, non evasa, non accolta, non lavorata, non riuscita, annullata, no, rejected, error, failed"},
		{saidRejected, AskActivate, "non attivata, non attivato, non attiva, non creata"},
		{saidRejected, AskClose, "non chiusa, non cessata"},
		{saidRejected, AskSpace, "non modificata, non ampliata"},
		{saidPending, "", "in lavorazione, in corso, in attesa, presa in carico, in elaborazione, ricevuta, da lavorare, pending, processing"},
	} {
		for word := range strings.SplitSeq(w.words, ", ") {
			words[word] = struct {
				said      said
				operation Operation
			}{w.said, w.operation}
		}
	}
	return words
}()

var operationWords = map[string]Operation{
	"attivazione": AskActivate, "attiva": AskActivate, "attivare": AskActivate, "nuova": AskActivate, "nuova casella": AskActivate, "nuova attivazione": AskActivate, "creazione": AskActivate, "apertura": AskActivate, "activate": AskActivate, "activation": AskActivate, "create": AskActivate,
	"chiusura": AskClose, "chiudi": AskClose, "cessazione": AskClose, "disattivazione": AskClose, "cancellazione": AskClose, "chiusura casella": AskClose, "close": AskClose, "delete": AskClose,
	"servizio": AskService, "servizio aggiuntivo": AskService, "attivazione servizio": AskService, "variazione servizio": AskService, "cambio servizio": AskService, "cessazione servizio": AskService, "disattivazione servizio": AskService, "service": AskService,
	"spazio": AskSpace, "variazione spazio": AskSpace, "cambio spazio": AskSpace, "modifica spazio": AskSpace, "ampliamento": AskSpace, "ampliamento spazio": AskSpace, "variazione": AskSpace, "modifica": AskSpace, "space": AskSpace, "upgrade": AskSpace,
}

// dayInText finds a day within a sentence: «Attivata il 12/10/2017».
var dayInText = regexp.MustCompile(`\b(\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2})\b`)

// readAnswer takes a provider's sentence apart: «KO: codice fiscale non valido»,
// «Attivata il 12/10/2017», «Respinta - nome mancante».
func readAnswer(text string) (what said, o Operation, day, rest string) {
	if day = dayInText.FindString(text); day != "" {
		text = strings.Replace(text, day, "", 1)
	}
	head, rest := text, ""
	if i := strings.IndexAny(text, ":;(,"); i >= 0 {
		head, rest = text[:i], text[i+1:]
	} else if before, after, ok := strings.Cut(text, " - "); ok {
		head, rest = before, after
	} else if before, after, ok := strings.Cut(text, " – "); ok {
		head, rest = before, after
	}
	rest = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), ")"))
	w, ok := answerWords[foldAnswer(head)]
	if !ok { // «KO codice fiscale errato»
		first, after, _ := strings.Cut(strings.TrimSpace(head), " ")
		if f := foldAnswer(first); f == "ok" || f == "ko" {
			w, rest = answerWords[f], strings.TrimSpace(strings.TrimSpace(after)+" "+rest)
		}
	}
	return w.said, w.operation, day, rest
}

// foldAnswer is the form in which a provider's words are compared, without what
// leads to a day.
func foldAnswer(s string) string {
	words := strings.FieldsFunc(Fold(s), func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') })
	for len(words) > 1 && slices.Contains([]string{"il", "dal", "data", "del", "giorno"}, words[len(words)-1]) {
		words = words[:len(words)-1]
		if len(words) > 1 && words[len(words)-1] == "in" {
			words = words[:len(words)-1]
		}
	}
	return strings.Join(words, " ")
}

// Answer is what the provider says of one request.
type Answer struct {
	Request Request // that it answers; ID 0 when it was never sent in a file
	Done    bool
	On      Date // that the provider names; zero when it names none
	Reason  string
}

// OutcomeImport is all that decides what a provider's file of outcomes does.
type OutcomeImport struct {
	Rows       []Row
	Mapping    Mapping
	Mailboxes  []ProviderMailbox
	Agreements []Agreement
	Today      Date
}

// OutcomeRow is what one row of a file of outcomes does.
type OutcomeRow struct {
	Source   Row
	Outcome  Outcome
	Mailbox  ProviderMailbox // zero when it is not known
	Answer   Answer
	Changes  []FieldChange
	Problems []RowProblem
}

// OutcomePlan is what a file of outcomes would write, decided and not written.
type OutcomePlan struct {
	Rows    []OutcomeRow
	Missing []ProviderMailbox // awaited, and no row speaks of them: each with that one request
}

// OutcomeCounts are the figures of a plan by what became of the requests.
type OutcomeCounts struct {
	Activated int `json:"activated"`
	Closed    int `json:"closed"`
	Resized   int `json:"resized"`
	Services  int `json:"services"`
	Rejected  int `json:"rejected"`
	Unknown   int `json:"unknown"` // addresses or references that are not ours
}

// ByRequest counts what the plan writes.
func (p OutcomePlan) ByRequest() OutcomeCounts {
	var c OutcomeCounts
	for _, r := range p.Rows {
		if slices.ContainsFunc(r.Problems, func(x RowProblem) bool { return x.Code == "mailbox_unknown" || x.Code == "reference_unknown" }) {
			c.Unknown++
		}
		switch {
		case r.Outcome != OutcomeUpdated:
		case !r.Answer.Done:
			c.Rejected++
		case r.Answer.Request.Operation == AskActivate:
			c.Activated++
		case r.Answer.Request.Operation == AskClose:
			c.Closed++
		case r.Answer.Request.Operation == AskService:
			c.Services++
		default:
			c.Resized++
		}
	}
	return c
}

// Counts are the figures of the plan (R25).
func (p OutcomePlan) Counts() Counts {
	var c Counts
	for _, r := range p.Rows {
		c.add(r.Outcome, r.Problems)
	}
	return c
}

// Len is the number of rows.
func (p OutcomePlan) Len() int { return len(p.Rows) }

// Source is row i, from 0, as the file has it.
func (p OutcomePlan) Source(i int) Row { return p.Rows[i].Source }

// Skipped is false: such a file is taken whole.
func (p OutcomePlan) Skipped(int) bool { return false }

// Outcome is what becomes of row i.
func (p OutcomePlan) Outcome(i int) Outcome { return p.Rows[i].Outcome }

// ProblemsOf lists the errors and warnings of row i.
func (p OutcomePlan) ProblemsOf(i int) []RowProblem { return p.Rows[i].Problems }

// Changes lists what row i changes.
func (p OutcomePlan) Changes(i int) []FieldChange { return p.Rows[i].Changes }

// About is the address that row i speaks of.
func (p OutcomePlan) About(i int) string { return p.Rows[i].Mailbox.Mailbox.Address }

// MissingCount is how many awaited requests the file does not speak of.
func (p OutcomePlan) MissingCount() int { return len(p.Missing) }

// Fingerprint stands for all that the plan would write.
func (p OutcomePlan) Fingerprint() string {
	h := sha256.New()
	for _, r := range p.Rows {
		fmt.Fprintf(h, "%d %s %d %d %v\n", r.Source.Number, r.Outcome, r.Mailbox.Mailbox.ID, r.Answer.Request.ID, r.Answer.Done)
		for _, c := range r.Changes {
			fmt.Fprintf(h, "%s %q %q\n", c.Field, c.Old, c.New)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// PlanOutcomes decides row by row what a provider's answers do. An answer is
// taken when it can be of one request only and nothing speaks against it;
// whatever contradicts the books or another row is refused and listed, both
// sides of a contradiction within the file. The same answer again is unchanged.
func PlanOutcomes(in OutcomeImport) OutcomePlan {
	p := newOutcomePlanner(in)
	var plan OutcomePlan
	for _, row := range in.Rows {
		plan.Rows = append(plan.Rows, p.row(row))
	}
	p.againstEachOther(plan.Rows)
	plan.Missing = p.silent(plan.Rows)
	return plan
}

type outcomePlanner struct {
	in        OutcomeImport
	byAddress map[string][]int // places in in.Mailboxes, oldest first
	byRequest map[int64]asked
	products  map[string][]string // codes by folded code and folded name
}

// asked is a request that was sent: the place of its mailbox, the address it was
// sent with, and what it asked for.
type asked struct {
	mailbox   int
	address   string
	operation Operation
}

func newOutcomePlanner(in OutcomeImport) *outcomePlanner {
	p := &outcomePlanner{in: in, byAddress: map[string][]int{}, byRequest: map[int64]asked{}, products: map[string][]string{}}
	add := func(address string, i int) {
		if !slices.Contains(p.byAddress[address], i) {
			p.byAddress[address] = append(p.byAddress[address], i)
		}
	}
	for i, m := range in.Mailboxes { // what a refused one was sent as, before its address changed
		for _, r := range m.Requests {
			p.byRequest[r.ID] = asked{i, m.sentAs(r), r.Operation}
			if p.byRequest[r.ID].address != m.Mailbox.Address {
				add(p.byRequest[r.ID].address, i)
			}
		}
	}
	for i, m := range in.Mailboxes {
		add(m.Mailbox.Address, i)
		for _, s := range m.Services {
			p.addProduct(s.Product, s.Product, s.Name)
		}
	}
	for _, a := range in.Agreements {
		for _, product := range a.Products {
			if !product.OneOff {
				p.addProduct(product.Code, product.Code, product.Name)
			}
		}
	}
	return p
}

func (p *outcomePlanner) addProduct(code string, names ...string) {
	for _, name := range names {
		folded := foldProduct(name)
		if folded != "" && !slices.Contains(p.products[folded], code) {
			p.products[folded] = append(p.products[folded], code)
		}
	}
}

// productsIn are the codes of the product that a text names, by its code or name,
// also in the words of our own file: "servizio: Archivio, in tutto 10 GB",
// "servizio: Archivio, aggiuntivo 1 GB, totale 9 GB".
func (p *outcomePlanner) productsIn(text string) []string {
	if codes := p.products[foldProduct(text)]; codes != nil {
		return codes
	}
	head, rest, ours := strings.Cut(text, ":")
	if !ours || operationWords[foldAnswer(head)] != AskService {
		return nil
	}
	for _, end := range []string{", aggiuntivo", ", in tutto", ", da togliere"} {
		if i := strings.LastIndex(rest, end); i >= 0 {
			return p.products[foldProduct(rest[:i])]
		}
	}
	return p.products[foldProduct(rest)]
}

// silent lists the awaited requests of which no row speaks. A row speaks of the
// request that it answers; one that is refused or still pending, of that whose
// reference it has, or else of all that its address awaits.
func (p *outcomePlanner) silent(rows []OutcomeRow) []ProviderMailbox {
	requests, addresses := map[int64]bool{}, map[string]bool{}
	for _, r := range rows {
		if id := r.Answer.Request.ID; id != 0 {
			requests[id] = true
			continue
		}
		cells := rowReader{row: r.Source, mapping: p.in.Mapping}
		address, id := strings.ToLower(cells.cell(FieldMailbox)), parseReference(cells.cell(FieldReference))
		sent, known := p.byRequest[id]
		if known {
			requests[id] = true
		}
		if !known || sent.address != address {
			addresses[address] = true
		}
	}
	var list []ProviderMailbox
	for _, m := range p.in.Mailboxes {
		for _, r := range m.Requests {
			if r.State.Open() && !requests[r.ID] && !addresses[m.sentAs(r)] {
				one := m
				one.Requests = []Request{r}
				list = append(list, one)
			}
		}
	}
	return list
}

// outcomeReader reads one row.
type outcomeReader struct {
	rowReader
	said      said
	meant     Operation // that the answer's word is for, "" when it fits any
	operation Operation // "" when the row names none
	products  []string  // codes of the service that the row names, none when it does not
	on        Date
	reason    string
}

func (p *outcomePlanner) row(row Row) OutcomeRow {
	r := &outcomeReader{rowReader: rowReader{row: row, mapping: p.in.Mapping}}
	r.checkWidth()
	r.readSaid(p.in.Today)
	p.readOperation(r)
	out := OutcomeRow{Source: row, Outcome: OutcomeRefused}
	boxes := p.mailboxes(r)
	if len(boxes) > 0 {
		out.Mailbox = boxes[len(boxes)-1]
	}
	if !r.refused() {
		if r.said == saidPending {
			r.warn(FieldAnswer, "still_pending", "Il gestore non ha ancora risposto.", "La richiesta resta in attesa di esito.")
			out.Outcome = OutcomeUnchanged
		} else {
			p.answer(r, boxes, &out)
		}
	}
	out.Problems = r.problems
	if r.refused() {
		out.Outcome, out.Changes = OutcomeRefused, nil
	}
	return out
}

// readSaid reads what the row says, from the columns for it or from a sentence
// that says it all.
func (r *outcomeReader) readSaid(today Date) {
	text := r.cell(FieldAnswer)
	what, meant, day, rest := readAnswer(text)
	r.said, r.meant, r.reason = what, meant, r.cell(FieldReason)
	if r.reason == "" {
		r.reason = rest
	}
	r.reason = Shorten(r.reason, 300)
	date, from := r.cell(FieldAnswerOn), FieldAnswerOn
	if date == "" {
		date, from = day, FieldAnswer
	}
	if date != "" {
		var err error
		if r.on, err = parseFileDate(date, today); err != nil {
			r.refuse(from, "date_invalid", fmt.Sprintf("%s non è una data che esiste.", quoted(date)), "La scriva come 12/10/2026.")
		} else if r.on.After(today) {
			r.refuse(from, "date_in_future", fmt.Sprintf("Il %s deve ancora venire.", r.on.Italian()), "Controlli la data, o registri l’esito quel giorno.")
		}
	}
	switch {
	case text == "" && !r.on.IsZero():
		r.said = saidDone // «Attivata il» 12/10/2017 and nothing else
	case text == "":
		r.refuse(FieldAnswer, "required_missing", "Manca l’esito.", "Scriva OK o KO, o il giorno dell’attivazione.")
	case r.said == saidNothing:
		r.refuse(FieldAnswer, "outcome_unknown", fmt.Sprintf("%s non dice se la richiesta è riuscita.", quoted(text)), "Scriva OK, oppure KO con il motivo.")
	}
}

// readOperation reads what the row is about: its operation, and the service when
// it names one. A service is activated, changed and ended by words that are
// those of a mailbox too («attivazione», «attivato»): where a service is named,
// they are about it.
func (p *outcomePlanner) readOperation(r *outcomeReader) {
	text, named := r.cell(FieldOperation), r.cell(FieldService)
	o, known := operationWords[foldAnswer(text)]
	r.products = p.productsIn(named)
	if !known && r.products == nil {
		r.products = p.productsIn(text)
	}
	reference, sent := p.byRequest[parseReference(r.cell(FieldReference))]
	space := slices.Equal(r.products, []string{InboxGB})
	if space {
		r.products = nil
	}
	switch {
	case space && !known:
		r.operation = AskSpace
	case r.products != nil:
		r.operation = AskService
	case o == AskService && named != "":
		r.refuse(FieldService, "service_unknown", fmt.Sprintf("Il servizio %s non è in nessuna convenzione.", quoted(named)), "Scriva il nome o il codice come nella convenzione.")
	case text != "" && !known:
		r.refuse(FieldOperation, "operation_unknown", fmt.Sprintf("%s non è un’operazione.", quoted(text)), "Scriva attivazione, chiusura, spazio o servizio.")
	case o == AskService || text == "" && sent && reference.operation == AskService:
		r.operation = AskService
	case text == "":
		r.operation = r.meant
	case r.meant != "" && r.meant != o:
		r.refuse(FieldAnswer, "outcome_contradicts", fmt.Sprintf("L’operazione è %s e l’esito parla di %s.", o.Italian(), r.meant.Italian()), "Chieda al gestore quale delle due è giusta.")
		r.operation = o
	default:
		r.operation = o
	}
}

// mailboxes are those that the row may speak of, oldest first: an address may
// have come back to its holder. The reference, when there is one, says which.
func (p *outcomePlanner) mailboxes(r *outcomeReader) []ProviderMailbox {
	address := strings.ToLower(r.cell(FieldMailbox))
	reference := r.cell(FieldReference)
	if address == "" && reference == "" {
		r.refuse(FieldMailbox, "required_missing", "Manca la casella.", "Scriva l’indirizzo PEC, o il riferimento della richiesta.")
		return nil
	}
	var list []ProviderMailbox
	for _, i := range p.byAddress[address] {
		list = append(list, p.in.Mailboxes[i])
	}
	if address != "" && len(list) == 0 {
		r.refuse(FieldMailbox, "mailbox_unknown", fmt.Sprintf("La casella %s non è tra quelle richieste né tra quelle registrate.", address), "Controlli l’indirizzo con il gestore.")
		return nil
	}
	if reference != "" {
		sent, ok := p.byRequest[parseReference(reference)]
		switch {
		case !ok:
			r.refuse(FieldReference, "reference_unknown", fmt.Sprintf("%s non è il riferimento di una richiesta inviata.", quoted(reference)), "Controlli il riferimento con il gestore.")
			return list
		case address != "" && sent.address != address:
			r.refuse(FieldReference, "outcome_contradicts", fmt.Sprintf("Il riferimento %s è della casella %s, non di questa.", reference, sent.address), "Chieda al gestore quale dei due è giusto.")
			return list
		}
		list = []ProviderMailbox{p.in.Mailboxes[sent.mailbox]}
	}
	p.checkHolder(r, list[len(list)-1])
	return list
}

func (p *outcomePlanner) checkHolder(r *outcomeReader, m ProviderMailbox) {
	text := r.cell(FieldTaxCode)
	if text == "" || m.Holder.TaxCode == "" {
		return
	}
	if foldTaxCode(text) != m.Holder.TaxCode {
		r.refuse(FieldTaxCode, "mailbox_taken", fmt.Sprintf("La casella %s è di %s, che ha un altro codice fiscale.", m.Mailbox.Address, m.Holder.FullName()), "Chieda al gestore di chi è la casella che ha lavorato.")
	}
}

// candidate is a request that a row may answer, with its mailbox.
type candidate struct {
	m ProviderMailbox
	r Request
}

// what names the request in a sentence.
func (c candidate) what() string { return c.m.What(c.r) }

// answer finds the one request that the row can be the answer to.
func (p *outcomePlanner) answer(r *outcomeReader, boxes []ProviderMailbox, out *OutcomeRow) {
	list := p.candidates(r, boxes, false)
	if len(list) == 0 {
		if back := p.candidates(r, boxes, true); len(back) > 0 {
			r.givenBack(back[len(back)-1].r)
			return
		}
	}
	c, ok := r.choose(list)
	if !ok {
		return
	}
	if c.r.Operation == AskService && !p.fitsService(r, c) {
		return
	}
	out.Mailbox, out.Answer = c.m, Answer{Request: c.r, Done: r.said == saidDone, On: r.on, Reason: r.reason}
	switch c.r.State {
	case RequestDone, RequestRejected:
		r.again(c, out)
	default:
		p.take(r, c, out)
	}
}

// fitsService refuses an answer that speaks of another quantity of a service than
// was asked for; a provider may answer with the total of what the kind has and what
// was bought.
func (p *outcomePlanner) fitsService(r *outcomeReader, c candidate) bool {
	a, _ := InForce(p.in.Agreements, c.r.DueOn)
	kind, _ := a.Kind(c.r.Kind)
	total := kind.Base(c.r.Product) + c.r.Quantity
	asked := fmt.Sprintf("La richiesta è di avere in tutto %d", c.r.Quantity)
	switch {
	case c.r.Quantity == 0:
		asked = "La richiesta è di togliere il servizio"
	case total != c.r.Quantity:
		asked = fmt.Sprintf("La richiesta è di avere %d oltre a quanto ha la tipologia, %d in tutto", c.r.Quantity, total)
	}
	quantity, err := strconv.Atoi(r.cell(FieldQuantity))
	switch {
	case err == nil && quantity != c.r.Quantity && quantity != total:
		r.refuse(FieldQuantity, "outcome_contradicts", fmt.Sprintf("%s, e il gestore risponde per %d.", asked, quantity), "Chieda al gestore quale delle due è giusta.")
	case r.said == saidDone && (r.meant == AskClose && c.r.Quantity > 0 || r.meant == AskActivate && c.r.Quantity == 0):
		r.refuse(FieldAnswer, "outcome_contradicts", fmt.Sprintf("%s, e l’esito parla di %s.", asked, r.meant.Italian()), "Chieda al gestore quale delle due è giusta.")
	default:
		return true
	}
	return false
}

// givenBack refuses an answer to what was refused before and is cancelled since: the
// member has their money, and what the provider has done is to be taken off again.
func (r *outcomeReader) givenBack(q Request) {
	refused := fmt.Sprintf("La richiesta %s è stata respinta il %s, poi annullata e riaccreditata all’iscritto il %s", q.Reference(), q.AnsweredOn.Italian(), q.GivenBackOn.Italian())
	if r.said == saidDone {
		r.refuse(FieldAnswer, "request_given_back", refused+": il gestore ha attivato ciò che nessuno paga più.", "Lo faccia togliere dal gestore, o lo acquisti di nuovo per l’iscritto.")
		return
	}
	r.refuse(FieldAnswer, "request_given_back", refused+": non c’è più nulla da registrare.", "Scarti la riga.")
}

// candidates are the requests that the row may answer; with back those, no longer to
// be answered, of which what was refused came back to the credit.
func (p *outcomePlanner) candidates(r *outcomeReader, boxes []ProviderMailbox, back bool) []candidate {
	reference := parseReference(r.cell(FieldReference))
	address := strings.ToLower(r.cell(FieldMailbox))
	var list []candidate
	for _, m := range boxes {
		asked := address != "" && address != m.Mailbox.Address
		for _, q := range m.Requests {
			asked = asked || q.Operation == AskActivate
			if back == q.GivenBackOn.IsZero() || !back && q.State == RequestDropped || address != "" && m.sentAs(q) != address || r.operation != "" && q.Operation != r.operation || len(r.products) > 0 && !slices.Contains(r.products, q.Product) || reference != 0 && q.ID != reference {
				continue
			}
			list = append(list, candidate{m, q})
		}
		if q, ok := byHand(m); ok && !back && !asked && reference == 0 && (r.operation == "" || r.operation == AskActivate) {
			list = append(list, candidate{m, q})
		}
	}
	return list
}

// byHand is the activation of a mailbox that no file asked for: still to be
// registered, or registered by hand.
func byHand(m ProviderMailbox) (Request, bool) {
	r := Request{MailboxID: m.Mailbox.ID, Operation: AskActivate, Kind: m.Mailbox.Kind, DueOn: m.Mailbox.RequestedOn, AnsweredOn: m.Mailbox.ActivatedOn}
	switch m.Mailbox.Status {
	case MailboxRequested, MailboxSent:
		r.State = RequestSent
	case MailboxRejected:
		r.State, r.Reason = RequestRejected, m.Mailbox.Rejection
	default:
		r.State = RequestDone
	}
	return r, !m.Mailbox.RequestedOn.IsZero()
}

// choose takes the request that the row answers: the only one; of several the
// open one if there is no other for the same thing, else the last that was sent
// by the row's day. An answer that fits two is refused: an old file read again
// must not answer a newer request.
func (r *outcomeReader) choose(list []candidate) (candidate, bool) {
	if len(list) == 1 {
		return list[0], true
	}
	if len(list) == 0 {
		r.refuse(FieldMailbox, "not_requested", "Per questa casella non è stata inviata nessuna richiesta di questo tipo.", "Controlli l’operazione, o chieda al gestore che cosa ha fatto.")
		return candidate{}, false
	}
	things := 0
	for i, c := range list {
		if !slices.ContainsFunc(list[:i], func(x candidate) bool { return x.r.isOf(c.r) }) {
			things++
		}
	}
	if things > 1 {
		open := slices.DeleteFunc(slices.Clone(list), func(c candidate) bool { return !c.r.State.Open() })
		if len(open) != 1 {
			correction := "Aggiunga l’operazione (attivazione, chiusura, spazio o servizio) o il riferimento."
			if r.operation == AskService {
				correction = "Aggiunga il servizio o il riferimento."
			}
			r.refuse(FieldOperation, "outcome_ambiguous", "Per questa casella ci sono richieste di più tipi e la riga non dice a quale risponde.", correction)
			return candidate{}, false
		}
		list = slices.DeleteFunc(list, func(c candidate) bool { return !c.r.isOf(open[0].r) })
		if len(list) == 1 {
			return list[0], true
		}
	}
	return r.byDay(list)
}

// byDay takes the last request that was sent by the row's day, unless an earlier
// one is still open, or was answered just so.
func (r *outcomeReader) byDay(list []candidate) (candidate, bool) {
	var fit []candidate
	for _, c := range list {
		if !r.on.IsZero() && !c.r.FirstOn.After(r.on) {
			fit = append(fit, c)
		}
	}
	clear := len(fit) > 0
	for _, c := range fit[:max(len(fit)-1, 0)] {
		same := c.r.AnsweredOn == r.on && (c.r.State == RequestDone) == (r.said == saidDone)
		clear = clear && !c.r.State.Open() && !(same && fit[len(fit)-1].r.State.Open())
	}
	if clear {
		return fit[len(fit)-1], true
	}
	r.refuse(FieldAnswerOn, "outcome_ambiguous", "Per questa casella la stessa operazione è stata chiesta più volte e la riga non dice a quale richiesta risponde.", "Aggiunga il riferimento della richiesta, o il giorno in cui il gestore ha risposto.")
	return candidate{}, false
}

// again looks at an answer to what is answered already.
func (r *outcomeReader) again(c candidate, out *OutcomeRow) {
	done := c.r.State == RequestDone
	switch {
	case done != out.Answer.Done && done:
		r.refuse(FieldAnswer, "outcome_contradicts", fmt.Sprintf("Per il gestore è respinta, ma qui la richiesta di %s è già eseguita%s.", c.what(), onDay(c.r.AnsweredOn)), "Chieda al gestore quale delle due è giusta.")
	case done != out.Answer.Done:
		r.refuse(FieldAnswer, "outcome_contradicts", fmt.Sprintf("Per il gestore è eseguita, ma qui la richiesta di %s è già respinta%s.", c.what(), onDay(c.r.AnsweredOn)), "Se il gestore l’ha lavorata dopo, la richieda di nuovo e registri allora l’esito.")
	case done && c.r.Operation == AskActivate && !out.Answer.On.IsZero() && out.Answer.On != c.m.Mailbox.ActivatedOn:
		r.refuse(FieldAnswerOn, "outcome_contradicts", fmt.Sprintf("La casella è già attiva dal %s, non dal %s.", c.m.Mailbox.ActivatedOn.Italian(), out.Answer.On.Italian()), "Chieda al gestore quale delle due date è giusta.")
	default:
		out.Outcome = OutcomeUnchanged
	}
}

func onDay(d Date) string {
	if d.IsZero() {
		return ""
	}
	return " il " + d.Italian()
}

// take decides what an awaited answer changes.
func (p *outcomePlanner) take(r *outcomeReader, c candidate, out *OutcomeRow) {
	if c.r.ID == 0 {
		r.warn(FieldMailbox, "not_sent", "La richiesta non risulta inviata con un file.", "Se l’ha fatta in altro modo va bene così.")
	}
	if !r.on.IsZero() && r.on.Before(c.r.DueOn) {
		r.refuse(FieldAnswerOn, "date_before_request", fmt.Sprintf("La richiesta è del %s: il gestore non può averla lavorata il %s.", c.r.DueOn.Italian(), r.on.Italian()), "Controlli la data con il gestore.")
		return
	}
	status := c.m.Mailbox.Status
	switch {
	case !out.Answer.Done:
		if c.r.Operation == AskActivate {
			out.Changes = append(out.Changes, FieldChange{FieldStatus, status.Italian(), MailboxRejected.Italian()})
		} else {
			out.Changes = append(out.Changes, FieldChange{FieldOperation, c.what() + " " + c.r.State.Italian(), c.what() + " respinta"})
		}
		if r.reason == "" {
			r.warn(FieldReason, "reason_missing", "Il gestore non dice perché.", "Glielo chieda: senza motivo la richiesta non si può correggere.")
		}
		out.Changes = append(out.Changes, FieldChange{FieldReason, "", r.reason})
	case c.r.Operation == AskActivate:
		p.activate(r, c, out)
	default:
		now := c.what() + " eseguita" + onDay(r.on)
		out.Changes = append(out.Changes, FieldChange{FieldOperation, c.what() + " " + c.r.State.Italian(), now})
	}
	out.Outcome = OutcomeUpdated
}

func (p *outcomePlanner) activate(r *outcomeReader, c candidate, out *OutcomeRow) {
	if r.on.IsZero() {
		r.refuse(FieldAnswerOn, "required_missing", "Manca il giorno dell’attivazione: da lì decorrono durata e costo.", "Lo scriva come 12/10/2026.")
		return
	}
	if last := c.m.LastEventOn; !last.IsZero() && p.in.Today.Before(last) {
		r.refuse(FieldMailbox, "day_before_last_event", fmt.Sprintf("Sulla casella è già registrato un fatto del %s.", last.Italian()), "Registri l’esito da quel giorno in poi.")
		return
	}
	done, err := Activation{Mailbox: c.m.Mailbox, Holder: c.m.Holder, Agreements: p.in.Agreements, On: r.on, Today: p.in.Today, Told: true}.Decide()
	if problem := AsProblem(err); problem != nil {
		r.refuse(FieldAnswer, problem.Code, problem.Message, "")
		return
	}
	left := !c.m.Holder.Status.OnRegister()
	if e := done.Mailbox.ExpiresOn; !left && !e.After(p.in.Today) { // its renewal cannot be told from here
		r.refuse(FieldAnswerOn, "term_over", fmt.Sprintf("Attiva dal %s, la casella sarebbe scaduta il %s.", r.on.Italian(), e.Italian()), "Chieda al gestore se l’ha rinnovata, e la prenda in carico con l’elenco delle caselle.")
		return
	}
	if left {
		h := c.m.Holder
		closes := Book{Status: h.Status, LeftOn: h.LeftOn, LeftRegisteredOn: c.m.LeftRegisteredOn}.ClosesOn(done.Mailbox, p.in.Agreements)
		r.warn(FieldAnswer, "holder_left", fmt.Sprintf("%s è %s dal %s, e il gestore l’ha attivata lo stesso: il costo resta, e la casella si chiude il %s.",
			h.FullName(), h.Said(h.Status.Italian()), h.LeftOn.Italian(), closes.Italian()), "La chiusura andrà nel prossimo file per il gestore.")
	}
	out.Changes = []FieldChange{
		{FieldStatus, c.m.Mailbox.Status.Italian(), MailboxActive.Italian()},
		{FieldActivatedOn, "", done.Mailbox.ActivatedOn.Italian()},
		{FieldExpiresOn, "", done.Mailbox.ExpiresOn.Italian()},
		{FieldNet, "", done.Price.Sum()},
	}
}

// againstEachOther refuses what the file says twice: the same again after the
// first, and both when they do not agree.
func (p *outcomePlanner) againstEachOther(rows []OutcomeRow) {
	type key struct {
		mailbox, request int64
		operation        Operation
	}
	first := map[key]int{}
	for i := range rows {
		r := &rows[i]
		if r.Outcome == OutcomeRefused || r.Answer.Request.Operation == "" {
			continue
		}
		k := key{r.Mailbox.Mailbox.ID, r.Answer.Request.ID, r.Answer.Request.Operation}
		j, twice := first[k]
		if !twice {
			first[k] = i
			continue
		}
		if r.Answer.Done == rows[j].Answer.Done && r.Answer.On == rows[j].Answer.On {
			p.refuseRow(r, "duplicate_in_file", fmt.Sprintf("Lo stesso esito è già alla riga %d.", rows[j].Source.Number), "Lasci una sola delle due righe.")
			continue
		}
		p.refuseRow(r, "outcome_contradicts", fmt.Sprintf("La riga %d dice altro della stessa richiesta.", rows[j].Source.Number), "Chieda al gestore quale delle due è giusta.")
		if rows[j].Outcome != OutcomeRefused {
			p.refuseRow(&rows[j], "outcome_contradicts", fmt.Sprintf("La riga %d dice altro della stessa richiesta.", r.Source.Number), "Chieda al gestore quale delle due è giusta.")
		}
	}
}

func (p *outcomePlanner) refuseRow(r *OutcomeRow, code, message, correction string) {
	reader := rowReader{row: r.Source, mapping: p.in.Mapping}
	reader.refuse(FieldAnswer, code, message, correction)
	r.Problems = append(r.Problems, reader.problems...)
	r.Outcome, r.Changes = OutcomeRefused, nil
}
