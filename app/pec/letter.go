package pec

import (
	"fmt"
	"strings"
)

// The kinds of letters on paper that the secretariat writes. Their texts are
// edited as those of messages are.
const (
	LetterActivation MessageKind = "letter_activation" // attivazione
	LetterNotice     MessageKind = "letter_notice"     // avviso di scadenza
	LetterClosing    MessageKind = "letter_closing"    // chiusura della casella
	LetterDiffida    MessageKind = "letter_diffida"    // formal notice to communicate a digital domicile
)

// DiffidaDays are the days within which whoever receives a formal notice has to
// communicate a digital domicile (art. 16, comma 7-bis, d.l. 185/2008).
const DiffidaDays = 30

// LetterCalled stands before a letter's number where that is printed. It is no
// number of the Ordine's own register of post (protocollo), which may be printed
// beside it.
const LetterCalled = "Lettera n."

// LetterNumber is a letter's number as it is printed: "12/2026".
func LetterNumber(number, year int) string { return fmt.Sprintf("%d/%d", number, year) }

// LetterCase is what decides whether somebody is written a letter of a kind.
type LetterCase struct {
	Kind    MessageKind
	On      Date
	Member  Member
	Mailbox Mailbox // the one that it is about; of a formal notice one that is there or asked for; ID 0 for none
	// Domicile is the member's digital domicile, and Open the number of a formal
	// notice that was sent and is not over: of a formal notice; empty for none.
	Domicile, Open string
	// ClosesOn is the day on which a leaver's running mailbox closes (R5); zero
	// for others.
	ClosesOn Date
}

// Refuses says in Italian why the letter is not written, empty when it is.
func (c LetterCase) Refuses() string {
	switch c.Kind {
	case LetterActivation:
		return c.refusesActivation()
	case LetterNotice:
		return c.refusesNotice()
	case LetterClosing:
		return c.refusesClosing()
	case LetterDiffida:
		return c.refusesDiffida()
	}
	return "Questa lettera non esiste."
}

// Repeats reports whether a letter of this kind about the same, made on a day, said
// already what this one would: of a notice in the term that runs, up to the same
// expiry; of a formal notice while its days run; of an activation or a closing
// whenever.
func (c LetterCase) Repeats(made Date) bool {
	switch c.Kind {
	case LetterNotice:
		return !made.Before(c.Mailbox.ExpiresOn.AddYears(-max(1, c.Mailbox.TermYears)))
	case LetterDiffida:
		return !made.AddDays(DiffidaDays).Before(c.On)
	}
	return true
}

// notRunning says why what concerns a running mailbox is not written.
func (c LetterCase) notRunning(otherwise string) string {
	switch b := c.Mailbox; {
	case b.ID == 0:
		return "Non ha una casella."
	case b.Status == MailboxClosed:
		return "La casella è chiusa dal " + b.ClosedOn.Italian() + "."
	case !b.Status.Running():
		return "La casella è " + b.Status.Italian() + ": " + otherwise
	}
	return ""
}

func (c LetterCase) refusesActivation() string {
	if why := c.notRunning("la lettera si prepara dopo l’attivazione."); why != "" {
		return why
	}
	if c.Member.Status == MemberDeceased {
		return "È " + c.Member.Said("deceduto") + ": agli eredi si scrive la lettera di chiusura."
	}
	return ""
}

func (c LetterCase) refusesNotice() string {
	if why := c.notRunning("non ha ancora una scadenza."); why != "" {
		return why
	}
	switch {
	case !c.Member.Status.OnRegister():
		return "Non è più nell’albo: gli avvisi sono finiti, si scrive la lettera di chiusura."
	case c.On.After(c.Mailbox.ExpiresOn):
		return "La scadenza del " + c.Mailbox.ExpiresOn.Italian() + " è passata: il rinnovo si registra questa notte."
	}
	return ""
}

func (c LetterCase) refusesClosing() string {
	switch b := c.Mailbox; {
	case b.ID == 0:
		return "Non ha una casella."
	case b.Status == MailboxClosed, b.Status.Running() && !c.ClosesOn.IsZero():
		return ""
	case b.Status.Running():
		return "La casella non è chiusa e non si chiude per l’uscita dall’albo."
	}
	return "La casella è " + c.Mailbox.Status.Italian() + ": non è mai stata attiva."
}

func (c LetterCase) refusesDiffida() string {
	switch b := c.Mailbox; {
	case !c.Member.Status.OnRegister():
		return "Non è nell’albo: l’obbligo è di chi ne fa parte."
	case c.Domicile != "":
		return "Ha già un domicilio digitale: " + c.Domicile + "."
	case c.Open != "":
		return "La diffida n. " + c.Open + " è ancora aperta."
	case b.ID != 0 && !b.Status.Running() && b.Status != MailboxClosed && b.Status != MailboxRejected:
		return "La casella " + b.Address + " è già " + b.Status.Italian() + ": aspetti l’attivazione."
	}
	return ""
}

// ActivationFacts is what the letter of an activation tells about.
type ActivationFacts struct {
	Member    Member
	Holder    string // name and surname
	OrderBody string
	Mailbox   Mailbox
	ExtraGB   int
	Kind      Kind
	Agreement Agreement // in force on the letter's day; ID 0 when there is none
	Renews    bool      // by itself, at the Ordine's expense
	Ahead     string    // name of the kind that it then has; empty to keep it
	Paid      bool      // by the member, until the expiry
	ClosesOn  Date      // day on which a leaver's closes; zero while on the register
}

// Values fills the fields of the letter: what the mailbox is, who pays what, how
// to get in.
func (a ActivationFacts) Values() MessageValues {
	space := fmt.Sprintf("%d\u00a0GB", a.Kind.BaseInboxGB+a.ExtraGB)
	if a.ExtraGB > 0 {
		space += fmt.Sprintf(": %d\u00a0GB della casella e %d\u00a0GB in più", a.Kind.BaseInboxGB, a.ExtraGB)
	}
	return MessageValues{
		"nome": a.Holder, "casella": a.Mailbox.Address, "spazio": space, "attiva_dal": a.Mailbox.ActivatedOn.Italian(), "scadenza": a.Mailbox.ExpiresOn.Italian(),
		"rinnovo": a.renewal(), "spazio_in_piu": a.extraSpace(), "accesso": a.firstAccess(), "ordine": a.OrderBody,
	}
}

// renewal says what happens at the expiry, and who pays it.
func (a ActivationFacts) renewal() string {
	e, iscritto := a.Mailbox.ExpiresOn.Italian(), a.Member.Said("iscritto")
	if !a.ClosesOn.IsZero() {
		return "Poiché Lei non risulta più " + iscritto + " all’albo, la casella si chiude il " + a.ClosesOn.Italian() + ": salvi prima una copia dei messaggi che Le servono."
	}
	payer := "La casella è a carico dell’Ordine."
	switch {
	case a.Paid:
		payer = "La casella è già pagata da Lei fino al " + e + "."
	case a.Kind.PaidBy == PaidByOrdine && !a.Mailbox.AutoRenew:
		payer = "La casella è a carico dell’Ordine fino al " + e + "."
	case a.Kind.PaidBy == PaidByMember:
		payer = "La casella è a Suo carico" + a.price(a.Kind.YearlyPrice, "all’anno") + "."
	}
	period := "di anno in anno"
	if a.Mailbox.TermYears > 1 && !a.Paid {
		period = fmt.Sprintf("di %d anni in %[1]d anni", a.Mailbox.TermYears)
	}
	then := "Il rinnovo automatico è spento: il " + e + " si chiude, se prima non è pagato un ordine di rinnovo, a Suo carico."
	switch {
	case a.Renews && a.Ahead != "":
		then = "Il " + e + " passa alla tipologia " + a.Ahead + " e si rinnova tacitamente a carico dell’Ordine, e così " + period + ", finché Lei è " + iscritto + " all’albo: non deve fare nulla."
	case a.Renews && (a.Paid || a.Kind.PaidBy == PaidByMember):
		then = "Il " + e + " si rinnova tacitamente a carico dell’Ordine, finché Lei è " + iscritto + " all’albo: non deve fare nulla."
	case a.Renews:
		then = "Il " + e + " si rinnova tacitamente, e così " + period + ", finché Lei è " + iscritto + " all’albo: non deve fare nulla e non paga nulla."
	case a.Kind.PaidBy == PaidByMember:
		then = "Il " + e + " si rinnova solo se prima è stato pagato il rinnovo; altrimenti si chiude."
	}
	return payer + " " + then
}

// extraSpace says what a GB more costs the member, and where it is bought;
// nothing when the kind does not allow it.
func (a ActivationFacts) extraSpace() string {
	product, ok := a.Agreement.Product(InboxGB)
	if !ok || !product.AllowedOn(a.Kind.Code) {
		return ""
	}
	limit := ""
	if a.Kind.MaxInboxGB != nil {
		limit = fmt.Sprintf(", fino a %d\u00a0GB in tutto", *a.Kind.MaxInboxGB)
	}
	where := " Si acquista nell’area riservata dell’Ordine, con il credito che Lei ricarica; anche il suo rinnovo si paga dal credito."
	if a.Agreement.SoldBy == SoldByProvider {
		where = " Si acquista presso il gestore."
	}
	return "Lo spazio in più, se Le serve, è a Suo carico" + a.price(product.UnitPrice(), "per ogni GB all’anno") + limit + "." + where
}

// price is an amount with its VAT: ": 2,50 € più IVA al 22 % (3,05 € in tutto)
// all’anno".
func (a ActivationFacts) price(net Cents, per string) string {
	sum := Taxed(net, a.Agreement.VATRate)
	return fmt.Sprintf(": %s più IVA al %s\u00a0%% (%s in tutto) %s", sum.Net.Euro(), strings.Replace(a.Agreement.VATRate.String(), ".", ",", 1), sum.Gross.Euro(), per)
}

func (a ActivationFacts) firstAccess() string {
	provider := "il gestore"
	if a.Agreement.Provider != "" {
		provider += ", " + a.Agreement.Provider
	}
	return "I messaggi si leggono e si scrivono presso " + provider + ", con l’indirizzo della casella e la password: le credenziali per il primo accesso Le arrivano dal gestore."
}

// ClosingFacts is what the letter of a closing tells about.
type ClosingFacts struct {
	Member    Member
	Holder    string // name and surname
	OrderBody string
	Mailbox   Mailbox
	ClosesOn  Date      // of a mailbox that still runs
	Services  []Service // that end, or ended, with it
	Credit    Cents
	Claim     Cents
	Elsewhere bool // the member has another digital domicile
	Agreement Agreement
	Products  []Agreement // in which services are called by their names
}

// Values fills the fields of the letter: what closed when, what becomes of the
// messages and of the credit.
func (c ClosingFacts) Values() MessageValues {
	name := c.Holder
	v := MessageValues{
		"saluto": "Gentile " + name, "nome": name, "casella": c.Mailbox.Address, "chiusura": "è stata chiusa il " + c.Mailbox.ClosedOn.Italian() + ": " + c.Mailbox.CloseReason.Italian(),
		"servizi": c.services(), "contenuto": c.contents(), "credito": c.credit(), "obbligo": c.duty(), "ordine": c.OrderBody,
	}
	if !c.ClosesOn.IsZero() {
		v["chiusura"] = "si chiude il " + c.ClosesOn.Italian() + ": " + CloseLeaver.Italian()
	}
	if c.heirs() {
		v["saluto"] = "Gentili eredi di " + name
	}
	return v
}

func (c ClosingFacts) heirs() bool { return c.Member.Status == MemberDeceased }

func (c ClosingFacts) services() string {
	var lines []string
	for _, s := range c.Services {
		lines = append(lines, productNamed(c.Products, s.Product).What(s.Quantity))
	}
	if len(lines) == 0 {
		return ""
	}
	return "Con la casella cessano i servizi aggiuntivi: " + strings.Join(lines, ", ") + "."
}

func (c ClosingFacts) contents() string {
	provider := "al gestore"
	if c.Agreement.Provider != "" {
		provider += ", " + c.Agreement.Provider
	}
	switch {
	case c.ClosesOn.IsZero():
		return "Dal giorno della chiusura la casella non riceve e non invia più nulla. L’Ordine non ha i messaggi che conteneva e non può recuperarli: se ne serve una copia, va chiesta subito " + provider + ", che può averli già cancellati."
	case c.heirs():
		return "Dal giorno della chiusura la casella non riceve e non invia più nulla, e i messaggi che contiene non sono più accessibili. L’Ordine non li ha: se ne serve una copia, va chiesta prima " + provider + "."
	}
	return "Fino ad allora la casella funziona come sempre. Salvi prima di quel giorno una copia dei messaggi e delle ricevute che Le servono: dopo non sono più accessibili, e l’Ordine non può recuperarli."
}

// credit says what becomes of what is left (R5, 9.10); nothing when there is
// nothing.
func (c ClosingFacts) credit() string {
	switch {
	case c.Claim > 0:
		return "Risultano ancora da versare all’Ordine " + c.Claim.Euro() + "."
	case c.Credit <= 0:
		return ""
	case c.heirs():
		return "Sul conto restano " + c.Credit.Euro() + ": non scadono, e si rimborsano agli eredi che ne fanno richiesta alla segreteria."
	case c.Member.Status.OnRegister():
		return "Sul Suo conto restano " + c.Credit.Euro() + ": non scadono, e può usarli per un’altra casella o chiederne il rimborso alla segreteria."
	}
	return "Sul Suo conto restano " + c.Credit.Euro() + ": non scadono, e può chiederne il rimborso alla segreteria."
}

// duty reminds whoever is on the register that a digital domicile is due.
func (c ClosingFacts) duty() string {
	if !c.Member.Status.OnRegister() || c.Elsewhere {
		return ""
	}
	return "Chi è nell’albo deve avere un domicilio digitale: ne comunichi un altro all’Ordine, o chieda di nuovo una casella alla segreteria."
}

// DiffidaValues fills the fields of a formal notice to a member, who is called
// by name and surname.
func DiffidaValues(d MemberDomicile, holder, orderBody string) MessageValues {
	m := d.Member
	registered := m.Said("iscritto") + " all’albo"
	if m.RegistrationNumber != "" {
		registered += " al n. " + m.RegistrationNumber
	}
	return MessageValues{"nome": holder, "iscrizione": registered, "perche": d.formalReason(), "giorni": fmt.Sprint(DiffidaDays), "ordine": orderBody}
}

// formalReason goes on from "risulta che Lei …": why there is no digital domicile.
func (d MemberDomicile) formalReason() string {
	const none = "non ha un domicilio digitale valido, cioè un indirizzo di posta elettronica certificata (PEC): "
	switch d.Fault {
	case DomicileExpired:
		return none + "quello che risulta a questo Ordine, " + d.At + ", è scaduto"
	case DomicileClosed:
		return none + "quello che risulta a questo Ordine, " + d.At + ", è stato chiuso"
	case DomicileSuspended:
		return none + "la casella " + d.At + " è sospesa"
	case DomicileWrong:
		return none + "quello che risulta a questo Ordine, " + d.At + ", è errato o non riceve"
	case DomicileShared:
		return none + "quello che risulta a questo Ordine, " + d.At + ", risulta anche ad altri, mentre deve essere solo Suo"
	}
	return "non ha comunicato a questo Ordine un domicilio digitale, cioè un indirizzo di posta elettronica certificata (PEC)"
}
