package pec

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
)

// The fields of a list of payments, beside those of members and mailboxes.
const (
	FieldIUV     Field = "iuv"            // identificativo univoco di versamento
	FieldCRO     Field = "cro"            // a bank transfer's CRO or TRN
	FieldPayer   Field = "payer_tax_code" // who paid, when that is not who owed: versante
	FieldOrder   Field = "order"
	FieldAmount  Field = "amount"
	FieldPaidOn  Field = "paid_on"
	FieldPurpose Field = "purpose" // causale
)

// PaymentLayout is a list of pagoPA receipts (ricevute telematiche) as a
// partner's portal gives it, or a bank's list of transfers. In the words of
// pagoPA the pagatore is who owes and the versante who pays for them.
var PaymentLayout = indexed(Layout{
	Name: "payments",
	Fields: []LayoutField{
		{Field: FieldIUV, Title: "IUV", Names: []string{
			"codice iuv", "numero iuv", "iuv pagamento", "iuv rt", "identificativo univoco versamento", "identificativo univoco versamento iuv", "codice identificativo univoco versamento", "identificativo versamento", "identificativo univoco pagamento",
		}, Weak: []string{"codice avviso", "numero avviso", "codice avviso pagopa", "numero avviso pagopa", "codice avviso pagamento", "numero avviso pagamento", "avviso", "nav", "codice univoco", "identificativo", "codice pagamento"}, Looks: looksIUV, Alone: true},
		{Field: FieldCRO, Title: "CRO o TRN", Names: []string{
			"cro", "trn", "cro trn", "trn cro", "codice cro", "numero cro", "codice trn", "numero trn", "cro bonifico", "trn bonifico", "id bonifico", "riferimento bonifico", "codice riferimento operazione", "riferimento operazione", "codice bonifico",
		}, Weak: []string{"riferimento", "riferimento banca"}},
		{Field: FieldTaxCode, Title: "Codice fiscale del debitore", Names: []string{
			"codice fiscale", "c f", "cf", "cf debitore", "codice fiscale soggetto debitore", "codice fiscale soggetto pagatore", "codice fiscale partita iva", "codice fiscale partita iva debitore", "cf piva", "cf piva debitore", "cf pi debitore",
			"codice fiscale iscritto", "codice fiscale contribuente", "codice fiscale intestatario", "codice fiscale titolare", "identificativo debitore", "identificativo fiscale debitore", "codice debitore", "codice fiscale utente",
			"sogg pag codice identificativo univoco", "soggetto pagatore codice identificativo univoco", "identificativo univoco pagatore", "tax code", "fiscal code",
		}, Weak: []string{"codice fiscale pagatore", "cf pagatore", "codice fiscale cliente", "debitore", "pagatore", "contribuente", "intestatario", "codice"}, Looks: looksTaxCode, Alone: true},
		{Field: FieldPayer, Title: "Codice fiscale di chi ha versato", Names: []string{
			"codice fiscale versante", "cf versante", "codice fiscale soggetto versante", "identificativo versante", "identificativo fiscale versante", "codice fiscale partita iva versante", "codice fiscale ordinante", "cf ordinante",
			"sogg vers codice identificativo univoco", "soggetto versante codice identificativo univoco",
		}, Weak: []string{"codice fiscale pagatore", "cf pagatore", "pagatore", "versante", "ordinante"}, Looks: looksPayer},
		{Field: FieldMailbox, Title: "Casella", Names: mailboxNames, Weak: []string{"indirizzo", "email", "mail", "email debitore", "email pagatore"}, Looks: looksEmail, Alone: true},
		{Field: FieldRegistrationNumber, Title: "N. iscrizione", Names: []string{
			"numero iscrizione", "numero iscrizione albo", "numero albo", "matricola", "numero matricola", "numero iscritto", "codice iscritto", "tessera", "numero tessera", "matricola albo", "matricola iscritto", "codice albo",
		}, Weak: []string{"iscrizione", "albo"}, Looks: looksNumber},
		{Field: FieldOrder, Title: "Numero dell’ordine", Names: []string{"numero ordine", "id ordine", "codice ordine", "numero ordine acquisto", "ordine acquisto", "riferimento ordine", "order id", "order number"},
			Weak: []string{"ordine"}, Looks: looksOrder},
		{Field: FieldAmount, Title: "Importo pagato", Names: []string{
			"importo versato", "importo totale pagato", "importo totale versato", "importo pagamento", "importo incassato", "importo riscosso", "importo accreditato", "importo accredito", "importo bonifico", "importo rt", "singolo importo pagato",
			"totale pagato", "totale versato", "amount paid", "paid amount",
		}, Weak: []string{"importo", "importo euro", "importo totale", "totale", "euro", "avere", "accrediti", "entrate"}, Looks: looksPaid},
		{Field: FieldPaidOn, Title: "Data pagamento", Names: []string{
			"data ora pagamento", "data versamento", "data esito pagamento", "data esito singolo pagamento", "data transazione", "data incasso", "data riscossione", "data bonifico", "pagato il", "versato il", "pagata il", "giorno pagamento", "payment date",
		}, Weak: []string{"data esito", "data operazione", "data contabile", "data accredito", "data valuta", "data", "valuta"}, Looks: looksDate},
		{Field: FieldAnswer, Title: "Esito", Names: []string{
			"esito pagamento", "codice esito pagamento", "esito singolo pagamento", "esito transazione", "esito versamento", "esito rt", "stato", "stato pagamento", "stato transazione", "stato avviso", "stato posizione", "stato posizione debitoria",
			"stato dovuto", "stato versamento", "status", "payment status",
		}, Weak: []string{"pagato", "pagata", "risultato"}, Looks: looksSettled},
		{Field: FieldPurpose, Title: "Causale", Names: []string{
			"causale versamento", "causale pagamento", "causale bonifico", "descrizione causale", "oggetto", "oggetto pagamento", "descrizione pagamento", "motivo pagamento", "motivo", "remittance information",
		}, Weak: []string{"descrizione", "dettaglio", "note"}},
		{Field: FieldFullName, Title: "Nome del debitore", Names: []string{
			"denominazione debitore", "anagrafica debitore", "nominativo", "nominativo debitore", "cognome e nome", "cognome nome", "cognome e nome debitore", "anagrafica pagatore", "nome pagatore", "denominazione pagatore", "nominativo pagatore",
			"sogg pag anagrafica pagatore", "ragione sociale", "ragione sociale debitore",
		}, Weak: []string{"debitore", "pagatore", "contribuente", "intestatario", "anagrafica", "denominazione", "ordinante", "versante", "cliente"}, Looks: looksFullName},
	},
	Needs: []Need{
		{"lo IUV, o il CRO del bonifico", [][]Field{{FieldIUV}, {FieldCRO}}},
		{"l’importo", [][]Field{{FieldAmount}}},
		{"l’esito, o la data del pagamento", [][]Field{{FieldAnswer}, {FieldPaidOn}}},
		{"di chi è il pagamento: il codice fiscale, la casella, il numero di iscrizione o quello dell’ordine", [][]Field{{FieldTaxCode}, {FieldMailbox}, {FieldRegistrationNumber}, {FieldOrder}, {FieldPayer}, {FieldPurpose}}},
	},
})

// CreditHolder is a member as far as a list of payments speaks of one.
type CreditHolder struct {
	ID                 int64
	FullName           string
	TaxCode            string
	RegistrationNumber string
	Status             MemberStatus
	Sex                string // "M", "F" or not known
	LeftOn             Date   // first day off the register
	LastEventOn        Date
}

// NumberedOrder is an order by which a payment may name its member.
type NumberedOrder struct {
	ID       int64
	Number   string // 2026/000123; empty until completed
	MemberID int64
	State    OrderState
}

// KnownTopUp is a top-up of our books.
type KnownTopUp struct {
	MemberID  int64 // of a position that was merged, who it is now
	Method    TopUpMethod
	Reference string
	Amount    Cents // gross
	On        Date  // registered
	Reversed  bool
}

// PaymentImport is all that decides what a list of payments does.
type PaymentImport struct {
	Rows      []Row
	Mapping   Mapping
	Today     Date
	Holders   []CreditHolder
	Former    []FormerPosition // merged into a holder
	Addresses map[string]int64 // whose an address is or was, or is reserved for: in lower case, to a holder's ID
	Domains   []string         // the Ordine's own
	Orders    []NumberedOrder
	Known     []KnownTopUp // by pagoPA and bank transfer
	// Books are those of the members for whom a payment does more than lie on
	// the account: an order waits, or something is owed.
	Books      map[int64]Book
	Agreements []Agreement
}

// ListedPayment is a payment as a row tells it.
type ListedPayment struct {
	Method    TopUpMethod
	Reference string // IUV or CRO
	Amount    Cents  // gross
	PaidOn    Date   // zero when the list does not say
}

// PaidOrder is a waiting order that a payment completes.
type PaidOrder struct {
	ID    int64
	Gross Cents
}

// PaymentRow is what the import does with one row.
type PaymentRow struct {
	Source    Row
	Outcome   Outcome
	Holder    CreditHolder // zero when not known
	Payment   ListedPayment
	Known     KnownTopUp  // of an unchanged row: what it was registered as
	Settled   Cents       // of what the member owes, what the payment settles first (R14)
	Completed []PaidOrder // in their order
	Problems  []RowProblem
}

// PaymentSums are the figures of the payments that a list brings.
type PaymentSums struct {
	Amount          Cents `json:"amount"` // gross, of the new ones
	OrdersCompleted int   `json:"orders_completed"`
}

// PaymentPlan is what a list of payments would write, decided and not written.
type PaymentPlan struct{ Rows []PaymentRow }

// Sums adds the new payments up.
func (p PaymentPlan) Sums() PaymentSums {
	var s PaymentSums
	for _, r := range p.Rows {
		if r.Outcome == OutcomeCreated {
			s.Amount += r.Payment.Amount
			s.OrdersCompleted += len(r.Completed)
		}
	}
	return s
}

// Counts are the figures of the plan (R25).
func (p PaymentPlan) Counts() Counts {
	var c Counts
	for _, r := range p.Rows {
		c.add(r.Outcome, r.Problems)
	}
	return c
}

// Len is the number of rows.
func (p PaymentPlan) Len() int { return len(p.Rows) }

// Source is row i, from 0, as the file has it.
func (p PaymentPlan) Source(i int) Row { return p.Rows[i].Source }

// Skipped is false: such a file is taken whole.
func (p PaymentPlan) Skipped(int) bool { return false }

// Outcome is what becomes of row i.
func (p PaymentPlan) Outcome(i int) Outcome { return p.Rows[i].Outcome }

// ProblemsOf lists the errors and warnings of row i.
func (p PaymentPlan) ProblemsOf(i int) []RowProblem { return p.Rows[i].Problems }

// Changes is empty: a payment is entered or it is not, and never changes.
func (p PaymentPlan) Changes(int) []FieldChange { return nil }

// About is the member whom row i speaks of.
func (p PaymentPlan) About(i int) string { return p.Rows[i].Holder.FullName }

// MissingCount is 0: a list of payments is never all of them.
func (p PaymentPlan) MissingCount() int { return 0 }

// Fingerprint stands for all that the plan would write and tells.
func (p PaymentPlan) Fingerprint() string {
	h := sha256.New()
	for _, r := range p.Rows {
		fmt.Fprintf(h, "%d %s %d %+v %d %v %+v\n", r.Source.Number, r.Outcome, r.Holder.ID, r.Payment, r.Settled, r.Completed, r.Problems)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// PlanPayments decides row by row what a list of payments does. Only what was
// paid comes in, each payment once (R15), for a member whom nothing in the row
// contradicts; what the file says twice in different words is refused on both
// sides. What each new payment settles and completes is played on the member's
// book, overdue renewals carried out first, in the order of the file (R6, R13).
func PlanPayments(in PaymentImport) PaymentPlan {
	p := newPaymentPlanner(in)
	var plan PaymentPlan
	for _, row := range in.Rows {
		plan.Rows = append(plan.Rows, p.row(row))
	}
	p.againstEachOther(plan.Rows)
	p.playAll(plan.Rows)
	return plan
}

type paymentPlanner struct {
	in       PaymentImport
	byID     map[int64]*CreditHolder
	byCode   map[string]int64
	byNumber map[string]int64
	orders   map[string]NumberedOrder // by id and by number
	known    map[paymentKey][]KnownTopUp
}

// paymentKey is what tells payments apart, whoever they are for (R15).
type paymentKey struct {
	method    TopUpMethod
	reference string
}

func keyOf(m TopUpMethod, reference string) paymentKey {
	if m == ByPagoPA {
		return paymentKey{m, IUVKey(reference)}
	}
	return paymentKey{m, ReferenceKey(reference)}
}

// IUVKey brings an IUV and the codice avviso made of it to one form. The code of
// 18 digits is an auxiliary digit before an IUV of 17, or a 0 and two digits of
// application before one of 15.
func IUVKey(reference string) string {
	key := ReferenceKey(reference)
	if len(key) != 18 || !allDigits(key) {
		return key
	}
	switch key[0] {
	case '0':
		return key[3:]
	case '1', '2', '3':
		return key[1:]
	}
	return key
}

func newPaymentPlanner(in PaymentImport) *paymentPlanner {
	p := &paymentPlanner{
		in: in, byID: make(map[int64]*CreditHolder, len(in.Holders)), byCode: make(map[string]int64, len(in.Holders)),
		byNumber: make(map[string]int64, len(in.Holders)), orders: map[string]NumberedOrder{}, known: map[paymentKey][]KnownTopUp{},
	}
	keep := func(to map[string]int64, key string, id int64) {
		if _, taken := to[key]; !taken && key != "" {
			to[key] = id
		}
	}
	for i := range in.Holders {
		h := &in.Holders[i]
		p.byID[h.ID] = h
		keep(p.byCode, foldCode(h.TaxCode), h.ID)
		keep(p.byNumber, ReferenceKey(h.RegistrationNumber), h.ID)
	}
	for _, f := range in.Former {
		if p.byID[f.MemberID] != nil {
			keep(p.byCode, foldCode(f.TaxCode), f.MemberID)
			keep(p.byNumber, ReferenceKey(f.RegistrationNumber), f.MemberID)
		}
	}
	for _, o := range in.Orders {
		p.orders[strconv.FormatInt(o.ID, 10)] = o
		if o.Number != "" {
			p.orders[o.Number] = o
		}
	}
	for _, t := range in.Known {
		key := keyOf(t.Method, t.Reference)
		p.known[key] = append(p.known[key], t)
	}
	return p
}

func (p *paymentPlanner) row(row Row) PaymentRow {
	r := &rowReader{row: row, mapping: p.in.Mapping}
	out := PaymentRow{Source: row, Outcome: OutcomeRefused}
	r.checkWidth()
	if !p.paid(r) { // of money that did not come in nothing else matters
		aside := rowReader{row: row, mapping: p.in.Mapping}
		out.Holder, out.Problems = p.holder(&aside), r.problems
		return out
	}
	out.Payment.Method, out.Payment.Reference = readPaymentReference(r)
	out.Payment.Amount = readPaidAmount(r)
	out.Payment.PaidOn = p.readPaidOn(r)
	out.Holder = p.holder(r)
	if out.Holder.ID != 0 && !r.refused() {
		out.Outcome = OutcomeCreated
		p.againstBooks(r, &out)
	}
	out.Problems = r.problems
	if r.refused() {
		out.Outcome = OutcomeRefused
	}
	return out
}

// ---- What the books already have ----

// againstBooks finds the same payment in the books, or what contradicts it (R15).
func (p *paymentPlanner) againstBooks(r *rowReader, out *PaymentRow) {
	pay, f, same, with := out.Payment, FieldIUV, "Lo stesso IUV", "lo stesso IUV"
	if pay.Method == ByBankTransfer {
		f, same, with = FieldCRO, "Lo stesso bonifico", "lo stesso CRO"
	}
	// What was taken back stands no more: mine again only on a clerk's word,
	// another's with a warning.
	var other, mine, before *KnownTopUp
	known := p.known[keyOf(pay.Method, pay.Reference)]
	for i := range known {
		t := &known[i]
		switch {
		case t.Reversed:
			if before == nil || before.MemberID != out.Holder.ID {
				before = t
			}
		case t.MemberID != out.Holder.ID:
			other = t
		case mine == nil || mine.Amount != pay.Amount:
			mine = t
		}
	}
	switch {
	case mine != nil && mine.Amount != pay.Amount:
		r.refuse(FieldAmount, "topup_conflict", fmt.Sprintf("Il pagamento è già registrato il %s con un altro importo, %s.", mine.On.Italian(), mine.Amount.Euro()), "Controlli la ricevuta.")
	case mine != nil:
		out.Known, out.Outcome = *mine, OutcomeUnchanged
	case other != nil && pay.Method.UniqueReference():
		r.refuse(f, "reference_taken", fmt.Sprintf("Lo stesso IUV è già registrato il %s per un altro iscritto, %s.", other.On.Italian(), p.nameOf(other.MemberID)), "Uno IUV vale per una persona sola: controlli di chi è il pagamento.")
	case before != nil && before.MemberID == out.Holder.ID:
		r.refuse(f, "topup_reversed", fmt.Sprintf("Il pagamento è stato registrato il %s, %s, e poi stornato.", before.On.Italian(), before.Amount.Euro()), "Se il denaro c’è, lo registri a mano con "+with+" e lo confermi.")
	default:
		if other != nil {
			r.warn(f, "reference_shared", fmt.Sprintf("Lo stesso bonifico è già servito per un altro iscritto, %s.", p.nameOf(other.MemberID)), "Va bene se vale per più persone.")
		}
		if t := p.elsewhere(pay); t != nil {
			r.warn(f, "reference_other_method", fmt.Sprintf("Lo stesso riferimento è già registrato il %s come %s per %s, %s.", t.On.Italian(), t.Method.Italian(), p.nameOf(t.MemberID), t.Amount.Euro()), "Va bene se è un altro pagamento.")
		}
		if before != nil {
			r.warn(f, "reference_reversed", fmt.Sprintf("%s era stato registrato il %s per %s, %s, e poi stornato.", same, before.On.Italian(), p.nameOf(before.MemberID), before.Amount.Euro()), "Va bene se era uno sbaglio: controlli di chi è il pagamento.")
		}
		p.checkHolder(r, out)
	}
}

// elsewhere is a payment of the same reference that stands under another method: it
// may be the same money. Nil when there is none.
func (p *paymentPlanner) elsewhere(pay ListedPayment) *KnownTopUp {
	for _, method := range TopUpMethods {
		if method == pay.Method {
			continue
		}
		for _, t := range p.known[keyOf(method, pay.Reference)] {
			if !t.Reversed {
				return &t
			}
		}
	}
	return nil
}

func (p *paymentPlanner) nameOf(member int64) string {
	if h := p.byID[member]; h != nil {
		return h.FullName
	}
	return "che non è più nell’albo"
}

// checkHolder refuses what the books cannot take today, and tells what a
// clerk should know of a new payment.
func (p *paymentPlanner) checkHolder(r *rowReader, out *PaymentRow) {
	h := out.Holder
	if h.LastEventOn.After(p.in.Today) {
		r.refuse("", "day_before_last_event", fmt.Sprintf("Il %s non si può più registrare nulla su %s: l’ultimo evento è del %s.", p.in.Today.Italian(), h.FullName, h.LastEventOn.Italian()), "Importi la riga da quel giorno in poi.")
		return
	}
	if out.Payment.Method == ByPagoPA && isCutShort(out.Payment.Reference) {
		r.warn(FieldIUV, "iuv_doubtful", "Lo IUV finisce con degli zeri: se il file è passato per un foglio di calcolo, le ultime cifre possono essersi perse.", "Lo confronti con la ricevuta.")
	}
	if !h.Status.OnRegister() {
		since := ""
		if !h.LeftOn.IsZero() {
			since = " dal " + h.LeftOn.Italian()
		}
		r.warn("", "holder_left", fmt.Sprintf("%s è %s%s: il pagamento resta come credito, da rimborsare.", h.FullName, Member{Sex: h.Sex, TaxCode: h.TaxCode}.Said(h.Status.Italian()), since), "")
	}
	if o, ok := p.orders[orderKey(r.cell(FieldOrder))]; ok && o.State != OrderAwaitingPayment {
		r.warn(FieldOrder, "order_not_waiting", fmt.Sprintf("L’ordine è già %s: il pagamento vale come ricarica.", o.State.Italian()), "")
	}
}

// ---- What the file says twice ----

// againstEachOther refuses what the file says twice: the same payment after the
// first, and both rows when they do not agree. A bank transfer may pay for
// several members, which is told.
func (p *paymentPlanner) againstEachOther(rows []PaymentRow) {
	seen := map[paymentKey][]int{}
	for i := range rows {
		if rows[i].Outcome == OutcomeRefused {
			continue
		}
		key := keyOf(rows[i].Payment.Method, rows[i].Payment.Reference)
		for _, j := range seen[key] {
			if p.compare(rows, i, j) {
				break
			}
		}
		seen[key] = append(seen[key], i)
	}
}

// compare holds row i against row j above it, of the same reference, and reports
// whether that settles the matter.
func (p *paymentPlanner) compare(rows []PaymentRow, i, j int) bool {
	r, first := &rows[i], &rows[j]
	f := FieldIUV
	if r.Payment.Method == ByBankTransfer {
		f = FieldCRO
	}
	both := func(f Field, code, format, correction string) bool {
		if first.Outcome != OutcomeRefused {
			p.refuseRow(first, f, code, fmt.Sprintf(format, r.Source.Number), correction)
		}
		p.refuseRow(r, f, code, fmt.Sprintf(format, first.Source.Number), correction)
		return true
	}
	switch {
	case r.Holder.ID != first.Holder.ID && r.Payment.Method.UniqueReference():
		return both(f, "reference_taken", "La riga %d ha lo stesso IUV per un altro iscritto.", "Uno IUV vale per una persona sola: controlli di chi è il pagamento.")
	case r.Holder.ID != first.Holder.ID:
		if r.Outcome != OutcomeCreated || first.Outcome == OutcomeRefused || slices.ContainsFunc(r.Problems, func(x RowProblem) bool { return x.Code == "reference_shared" }) {
			return false
		}
		reader := rowReader{row: r.Source, mapping: p.in.Mapping}
		reader.warn(f, "reference_shared", fmt.Sprintf("Lo stesso bonifico è alla riga %d per un altro iscritto, %s.", first.Source.Number, first.Holder.FullName), "Va bene se vale per più persone.")
		r.Problems = append(r.Problems, reader.problems...)
		return false // the same member may stand above too
	case r.Payment.Amount != first.Payment.Amount:
		return both(FieldAmount, "topup_conflict", "La riga %d dice un altro importo dello stesso pagamento.", "Controlli la ricevuta; se sono due parti di un pagamento, lo scriva una volta con il totale.")
	}
	p.refuseRow(r, f, "duplicate_in_file", fmt.Sprintf("Lo stesso pagamento è già alla riga %d.", first.Source.Number), "Lasci una sola delle due righe.")
	return true
}

func (p *paymentPlanner) refuseRow(r *PaymentRow, f Field, code, message, correction string) {
	reader := rowReader{row: r.Source, mapping: p.in.Mapping}
	reader.refuse(f, code, message, correction)
	r.Problems, r.Outcome = append(r.Problems, reader.problems...), OutcomeRefused
}

// ---- What it completes ----

// playAll plays the new payments on the books of their members, in the order of
// the file.
func (p *paymentPlanner) playAll(rows []PaymentRow) {
	played := map[int64]Book{}
	for i := range rows {
		r := &rows[i]
		book, ok := p.in.Books[r.Holder.ID]
		if r.Outcome != OutcomeCreated || !ok {
			continue
		}
		waiting, events := book.Waiting, []Event(nil)
		if again, ok := played[r.Holder.ID]; ok {
			book, waiting = again, again.Waiting
		} else {
			events, book = Renewals(book, p.in.Agreements, p.in.Today.AddDays(-1))
		}
		settled, completing, after := book.PaidIn(r.Payment.Amount, p.in.Today)
		r.Settled, played[r.Holder.ID] = settled, after
		for _, e := range completing {
			if e.Kind == EventOrderCompleted {
				r.Completed = append(r.Completed, PaidOrder{e.OrderID, e.Price.Gross})
			}
		}
		p.tell(r, waiting, append(events, completing...))
	}
}

// tell warns of waiting orders that the payment does not find, or cannot
// complete.
func (p *paymentPlanner) tell(r *PaymentRow, waiting []WaitingOrder, events []Event) {
	reader := rowReader{row: r.Source, mapping: p.in.Mapping}
	for _, e := range events {
		i := slices.IndexFunc(waiting, func(w WaitingOrder) bool { return w.ID == e.OrderID })
		if i < 0 {
			continue
		}
		gross := waiting[i].Gross.Euro()
		switch e.Kind {
		case EventOrderLapsed:
			reader.warn("", "order_lapsed", fmt.Sprintf("L’ordine in attesa di %s del %s è decaduto: il pagamento resta come credito.", gross, waiting[i].OrderedOn.Italian()), "")
		case EventOrderRefused:
			reader.warn("", "order_refused", fmt.Sprintf("L’ordine in attesa di %s del %s non si può più completare ed è annullato: il pagamento resta come credito. %s", gross, waiting[i].OrderedOn.Italian(), e.Message), "")
		}
	}
	r.Problems = append(r.Problems, reader.problems...)
}
