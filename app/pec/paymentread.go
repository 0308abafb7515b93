package pec

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// settledWords are what portals and banks write of a payment, folded; numbers
// are the codes of a receipt.
var settledWords = func() map[string]said {
	words := map[string]said{}
	for what, list := range map[said]string{
		saidDone: "pagato, pagata, pagata online, pagamento eseguito, pagamento effettuato, eseguito, eseguita, effettuato, effettuata, ok, positivo, positiva, esito positivo, riconciliato, riconciliata, rendicontato, rendicontata, incassato, incassata, riscosso, riscossa, " +
			"accreditato, accreditata, contabilizzato, contabilizzata, completato, completata, concluso, conclusa, andato a buon fine, buon fine, rt positiva, rt ricevuta, pagato online, pagato pagopa, pagato con pagopa, quietanzato, si, s, vero, true, x, 0, paid, completed, success, settled",
		saidRejected: "non pagato, non pagata, annullato, annullata, scaduto, scaduta, fallito, fallita, ko, negativo, negativa, esito negativo, pagamento non eseguito, non eseguito, non eseguita, pagamento annullato, rifiutato, rifiutata, respinto, respinta, errore, in errore, " +
			"stornato, stornata, rimborsato, rimborsata, revocato, revocata, insoluto, insoluta, decorrenza termini, pagamento parzialmente eseguito, parzialmente eseguito, parziale, decorrenza termini parziale, eliminato, eliminata, cancellato, cancellata, no, n, falso, false, " +
			"1, 2, 3, 4, unpaid, cancelled, canceled, expired, failed, refused, rejected, refunded",
		saidPending: "da pagare, in attesa, in attesa di pagamento, attesa pagamento, in corso, in pagamento, pagamento in corso, pagamento iniziato, in lavorazione, in elaborazione, emesso, emessa, inviato, inviata, notificato, notificata, aperto, aperta, attivo, attiva, non ancora pagato, pending, open, processing",
	} {
		for word := range strings.SplitSeq(list, ", ") {
			words[word] = what
		}
	}
	return words
}()

// readSettled says whether a text says that money came in: «Pagato», «0 -
// Pagamento eseguito», «Pagato il 05/03/2026». Words that contradict each other
// say nothing.
func readSettled(text string) said {
	if day := dayInText.FindString(text); day != "" {
		text = strings.Replace(text, day, "", 1)
	}
	if w, ok := settledWords[foldAnswer(text)]; ok {
		return w
	}
	found := saidNothing
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(":;(),-–/", r) }) {
		w := settledWords[foldAnswer(part)]
		if w == saidNothing || found != saidNothing && found != w {
			return saidNothing
		}
		found = w
	}
	return found
}

// paid reads whether the money came in. A list without an outcome is of what was
// paid, on the day that each row must then name.
func (p *paymentPlanner) paid(r *rowReader) bool {
	text := r.cell(FieldAnswer)
	if text == "" {
		switch {
		case r.mapping.Has(FieldAnswer):
			r.refuse(FieldAnswer, "required_missing", "Manca l’esito: non si sa se il pagamento è avvenuto.", "Lo controlli sul portale, e scriva Pagato.")
		case isNoDay(r.cell(FieldPaidOn)):
			r.refuse(FieldPaidOn, "required_missing", "Manca la data del pagamento: senza, non si sa se è avvenuto.", "La scriva come 12/10/2026, o tolga la riga.")
		default:
			return true
		}
		return false
	}
	switch readSettled(text) {
	case saidDone:
		return true
	case saidRejected:
		r.refuse(FieldAnswer, "not_paid", fmt.Sprintf("L’esito è %s: il denaro non è entrato.", quoted(text)), "Non c’è nulla da registrare.")
	case saidPending:
		r.refuse(FieldAnswer, "not_paid", fmt.Sprintf("L’esito è %s: il denaro non è ancora entrato.", quoted(text)), "Scarichi di nuovo l’elenco quando il pagamento è concluso.")
	default:
		r.refuse(FieldAnswer, "outcome_unknown", fmt.Sprintf("%s non dice se il pagamento è avvenuto.", quoted(text)), "Scriva Pagato, o tolga la riga.")
	}
	return false
}

// longestReference is that of a bank transfer, in bytes.
const longestReference = 140

// readPaymentReference reads what the payment is known by (R15): with an IUV it
// came by pagoPA, with a CRO or TRN by the bank.
func readPaymentReference(r *rowReader) (TopUpMethod, string) {
	if text := r.cell(FieldIUV); text != "" {
		return ByPagoPA, readIUV(r, text)
	}
	text := r.cell(FieldCRO)
	switch {
	case text == "" && r.mapping.Has(FieldCRO) && !r.mapping.Has(FieldIUV):
		r.refuse(FieldCRO, "required_missing", "Manca il CRO del bonifico.", "È ciò che impedisce di contarlo due volte: lo scriva.")
	case text == "":
		r.refuse(FieldIUV, "required_missing", "Manca lo IUV.", "Lo scriva, o scriva il CRO se è un bonifico: è ciò che impedisce di contarlo due volte.")
	case isExponent(text):
		r.refuse(FieldCRO, "reference_invalid", fmt.Sprintf("Il CRO è diventato un numero, %s, e ha perso le sue cifre.", quoted(text)), "Nel file di partenza dia alla colonna il formato testo e riscriva il CRO.")
	case len(text) > longestReference:
		r.refuse(FieldCRO, "reference_invalid", fmt.Sprintf("Il riferimento supera i %d caratteri.", longestReference), "Scriva solo il CRO o il TRN.")
	}
	return ByBankTransfer, withoutPointZero(text)
}

func readIUV(r *rowReader, text string) string {
	if whole, ok := wholeExponent(text); ok {
		text = whole
	}
	iuv := ReferenceKey(withoutPointZero(text))
	if isExponent(text) {
		r.refuse(FieldIUV, "iuv_invalid", fmt.Sprintf("Lo IUV è diventato un numero, %s, e ha perso le sue cifre.", quoted(text)), "Nel file di partenza dia alla colonna il formato testo e riscriva lo IUV.")
	} else if p := AsProblem(CheckIUV(iuv)); p != nil {
		r.refuse(FieldIUV, p.Code, p.Message, "Lo copi dalla ricevuta.")
	}
	return iuv
}

// isCutShort reports whether an IUV may have passed through a sheet, which keeps
// fifteen figures of a number and writes zeros for the others.
func isCutShort(iuv string) bool {
	return allDigits(iuv) && (len(iuv) == 17 && strings.HasSuffix(iuv, "00") || len(iuv) == 18 && strings.HasSuffix(iuv, "000"))
}

var currencyMarks = strings.NewReplacer("€", "", "EUR", "", "eur", "", "Eur", "", "\u00a0", " ", "\u2212", "-")

// readPaidAmount reads a gross amount of more than nothing, the currency beside
// it or not.
func readPaidAmount(r *rowReader) Cents {
	text := r.cell(FieldAmount)
	if text == "" {
		r.refuse(FieldAmount, "required_missing", "Manca l’importo.", "Lo scriva come 12,20.")
		return 0
	}
	bare := strings.TrimSpace(currencyMarks.Replace(text))
	amount, err := ParseAmount(strings.TrimPrefix(bare, "+"))
	switch problem := AsProblem(err); {
	case err == nil:
	case strings.HasPrefix(bare, "-"):
		r.refuse(FieldAmount, "amount_invalid", fmt.Sprintf("L’importo %s è in uscita: qui si registra solo il denaro che entra.", quoted(text)), "Per togliere un pagamento già registrato usi lo storno.")
	default:
		r.refuse(FieldAmount, problem.Code, problem.Message, "")
	}
	return amount
}

func (p *paymentPlanner) readPaidOn(r *rowReader) Date {
	text := r.cell(FieldPaidOn)
	if isNoDay(text) {
		return Date{}
	}
	d, err := parseFileDate(text, p.in.Today)
	switch {
	case err != nil:
		r.refuse(FieldPaidOn, "date_invalid", quoted(text)+" non è una data che esiste.", "La scriva come 12/10/2026.")
	case d.After(p.in.Today):
		r.refuse(FieldPaidOn, "date_in_future", fmt.Sprintf("Il pagamento sarebbe del %s, che deve ancora venire.", d.Italian()), "Controlli la data, o importi la riga da quel giorno in poi.")
	}
	return d
}

func looksIUV(s string) bool {
	key := ReferenceKey(s)
	if len(key) < shortestIUV || len(key) > longestIUV {
		return false
	}
	digits := 0
	for _, c := range key {
		switch {
		case isNumeral(c):
			digits++
		case !isCapital(c):
			return false
		}
	}
	return digits*5 >= len(key)*4
}

func looksPayer(s string) bool {
	_, err := ParseTaxCode(s)
	return err == nil
}

func looksPaid(s string) bool {
	_, err := parseNet(strings.TrimLeft(strings.TrimSpace(currencyMarks.Replace(s)), "+-"))
	return err == nil
}

func looksSettled(s string) bool { return readSettled(s) != saidNothing }

func looksOrder(s string) bool { return orderKey(s) != "" }

// ---- Whose payment it is ----

// orderKey is an order's id or number as an own column writes it: «123», «n.
// 123», «2026/000123»; empty for anything else.
func orderKey(s string) string {
	m := orderCell.FindStringSubmatch(Fold(s))
	if m == nil {
		return ""
	}
	return orderForm(m[1], m[2])
}

// orderForm is how the books write an order's number, or its id.
func orderForm(year, number string) string {
	number = strings.TrimLeft(number, "0")
	if number == "" {
		return ""
	}
	if year == "" {
		return number
	}
	return year + strings.Repeat("0", max(6-len(number), 0)) + number
}

var (
	orderCell   = regexp.MustCompile(`^(?:ordine )?(?:(?:n|nr|num|numero|#)[.°º]? ?)?(\d{4}/)?(\d{1,12})(?:\.0)?$`)
	orderWithin = regexp.MustCompile(`\bordine(?: di (?:acquisto|rinnovo))?[ :]*(?:(?:n|nr|num|numero|#)[.°º]? ?)?(\d{4}/)?(\d{1,12})([^ ,;.:)]?)`)
)

// orderInPurpose finds the one order that a causale names: «Saldo ordine 123».
// Of two it names none, and a year («quota ordine 2026») is no order.
func orderInPurpose(s string) string {
	found := ""
	for _, m := range orderWithin.FindAllStringSubmatch(Fold(Shorten(s, 1000)), -1) {
		key := orderForm(m[1], m[2])
		year, _ := strconv.Atoi(m[2])
		if key == "" || m[3] != "" || m[1] == "" && len(m[2]) == 4 && year >= 1990 && year < 2100 || found != "" && found != key {
			return ""
		}
		found = key
	}
	return found
}

// lead is something in a row that names a member.
type lead struct {
	member int64
	says   string // Italian, the name follows: "la casella x è di"
}

// search gathers what a row says of its member.
type search struct {
	*rowReader
	leads []lead
	// unknown are what names nobody, told as warnings when something else does.
	unknown []RowProblem
}

func (s *search) found(member int64, format string, args ...any) {
	s.leads = append(s.leads, lead{member, fmt.Sprintf(format, args...)})
}

func (s *search) nobody(f Field, code, message, correction string) {
	aside := rowReader{row: s.row, mapping: s.mapping}
	aside.warn(f, code, message, correction)
	s.unknown = append(s.unknown, aside.problems...)
}

// holder finds the member of a payment by the address, the debtor's tax code,
// the registration number and the order, which must agree; if none is there, by
// the order or the member that the causale names.
func (p *paymentPlanner) holder(r *rowReader) CreditHolder {
	s := &search{rowReader: r}
	p.byAddress(s)
	p.byTaxCode(s)
	p.byRegistration(s)
	p.byOrder(s)
	if len(s.leads) == 0 {
		p.byPurpose(s)
	}
	if len(s.leads) == 0 {
		p.byReason(s)
	}
	if len(s.leads) == 0 {
		if len(s.unknown) == 0 {
			r.refuse("", "required_missing", "Nulla nella riga dice di chi è il pagamento.", "Scriva il codice fiscale dell’iscritto, la casella o il numero di iscrizione.")
		}
		for _, u := range s.unknown {
			u.Severity = SeverityError
			r.problems = append(r.problems, u)
		}
		return CreditHolder{}
	}
	first := s.leads[0]
	for _, other := range s.leads[1:] {
		if other.member != first.member {
			r.refuse("", "payer_contradicts", fmt.Sprintf("%s %s, %s %s.", upperFirst(first.says), p.byID[first.member].FullName, other.says, p.byID[other.member].FullName),
				"Chieda di chi è il pagamento, e lasci nella riga solo quello giusto.")
			return CreditHolder{}
		}
	}
	r.problems = append(r.problems, s.unknown...)
	return *p.byID[first.member]
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// byAddress looks the mailbox up. An address of another domain is where the
// payer is written to, and says nothing.
func (p *paymentPlanner) byAddress(s *search) {
	found, _ := addressesIn(s.cell(FieldMailbox))
	for _, address := range found {
		member := p.in.Addresses[address]
		_, domain, _ := strings.Cut(address, "@")
		switch {
		case p.byID[member] != nil:
			s.found(member, "la casella %s è di", Shorten(address, maxShown))
		case slices.Contains(p.in.Domains, domain):
			s.nobody(FieldMailbox, "mailbox_unknown", fmt.Sprintf("La casella %s non è tra quelle registrate.", Shorten(address, maxShown)), "Corregga l’indirizzo.")
		}
	}
}

// byTaxCode looks the debtor up, or who paid when the list has no debtor: a
// studio pays for its people.
func (p *paymentPlanner) byTaxCode(s *search) {
	f := FieldTaxCode
	if !s.mapping.Has(f) {
		f = FieldPayer
	}
	text := s.cell(f)
	if text == "" {
		return
	}
	if whole, ok := wholeExponent(text); ok {
		text = whole
	}
	code := foldTaxCode(text)
	if member, ok := p.byCode[code]; ok {
		s.found(member, "il codice fiscale %s è di", code)
		return
	}
	if _, err := ParseTaxCode(text); err != nil {
		message, correction := splitSentence(err.Error())
		s.nobody(f, "tax_code_invalid", message, correction)
		return
	}
	s.nobody(f, "member_unknown", fmt.Sprintf("Nell’albo nessuno ha il codice fiscale %s.", code), "Se ha pagato uno studio o un familiare, scriva il codice dell’iscritto, la sua casella o il numero di iscrizione.")
}

func (p *paymentPlanner) byRegistration(s *search) {
	text := withoutPointZero(s.cell(FieldRegistrationNumber))
	if text == "" {
		return
	}
	if member, ok := p.byNumber[ReferenceKey(text)]; ok {
		s.found(member, "il numero di iscrizione %s è di", Shorten(text, maxShown))
		return
	}
	s.nobody(FieldRegistrationNumber, "member_unknown", fmt.Sprintf("Nell’albo nessuno ha il numero di iscrizione %s.", quoted(text)), "Corregga il numero.")
}

// byOrder looks an order up, whatever has become of it: a list that is read
// again finds completed what it paid for the first time.
func (p *paymentPlanner) byOrder(s *search) {
	text := s.cell(FieldOrder)
	if text == "" {
		return
	}
	o, ok := p.orders[orderKey(text)]
	if !ok || p.byID[o.MemberID] == nil {
		s.nobody(FieldOrder, "order_unknown", fmt.Sprintf("Non c’è un ordine %s.", quoted(text)), "Corregga il numero.")
		return
	}
	s.found(o.MemberID, "l’ordine %s è di", Shorten(text, maxShown))
}

// byPurpose takes the order that the causale names, if it waits for payment or
// this very payment was registered for it.
func (p *paymentPlanner) byPurpose(s *search) {
	o, ok := p.orders[orderInPurpose(s.cell(FieldPurpose))]
	if !ok || p.byID[o.MemberID] == nil {
		return
	}
	aside := rowReader{row: s.row, mapping: s.mapping}
	registered := p.known[keyOf(readPaymentReference(&aside))]
	if o.State == OrderAwaitingPayment || slices.ContainsFunc(registered, func(t KnownTopUp) bool { return t.MemberID == o.MemberID }) {
		s.found(o.MemberID, "l’ordine nella causale è di")
	}
}

// byReason takes the member whom the causale names as members are told to write
// it, «PEC A15266 Morandi Elena»: by number and name together, or by tax code. A
// causale that names two members names none.
func (p *paymentPlanner) byReason(s *search) {
	text := Shorten(s.cell(FieldPurpose), 1000)
	plain := strings.NewReplacer(".", " ", ",", " ", ";", " ", ":", " ", "(", " ", ")", " ").Replace(text)
	folded := " " + strings.Join(strings.Fields(Fold(plain)), " ") + " "
	found, says := int64(0), ""
	for word := range strings.FieldsSeq(plain) {
		member, ok := p.byCode[foldTaxCode(word)]
		by := "il codice fiscale nella causale è di"
		if !ok {
			member, ok = p.byNumber[ReferenceKey(word)]
			ok = ok && strings.Contains(folded, " "+Fold(p.byID[member].FullName)+" ")
			by = "il numero di iscrizione e il nome nella causale sono di"
		}
		if !ok || member == found {
			continue
		}
		if found != 0 {
			return
		}
		found, says = member, by
	}
	if found != 0 {
		s.found(found, "%s", says)
	}
}
