package reports

import (
	"fmt"
	"io"
	"strings"

	"albopec/app/pec"
)

// ActivationLetter tells a member of their new mailbox: what it is, who pays
// what, how to get in, and what the public indexes do with the address.
type ActivationLetter struct {
	Sender    string // the Ordine
	Place     string // its city; empty when not known
	On        pec.Date
	To        []string // name and address, a line each
	Name      string   // as the letter addresses the member: "Elena Morandi"
	Mailbox   pec.Mailbox
	ExtraGB   int
	Kind      pec.Kind
	Agreement pec.Agreement // in force on the letter's day; ID 0 when there is none
	Iscritto  string        // or "iscritta"
	Renews    bool          // by itself, at the Ordine's expense
	Ahead     string        // name of the kind that it then has; empty to keep it
	Paid      bool          // by the member, until the expiry
	ClosesOn  pec.Date      // day on which a leaver's closes; zero while on the register
}

// NoAddress reports whether the register has no postal address for the letter.
func (l ActivationLetter) NoAddress() bool { return len(l.To) < 3 }

func (l ActivationLetter) facts() []titledFact {
	space := fmt.Sprintf("%d GB", l.Kind.BaseInboxGB+l.ExtraGB)
	if l.ExtraGB > 0 {
		space += fmt.Sprintf(": %d GB della casella e %d GB in più", l.Kind.BaseInboxGB, l.ExtraGB)
	}
	return []titledFact{
		{"Indirizzo", l.Mailbox.Address}, {"Spazio", space}, {"Attiva dal", l.Mailbox.ActivatedOn.Italian()}, {"Scadenza", l.Mailbox.ExpiresOn.Italian()},
	}
}

// letterPart is a part of the letter under its own heading.
type letterPart struct{ title, text string }

func (l ActivationLetter) parts() []letterPart {
	return []letterPart{
		{"Rinnovo e costi", strings.Join(append(l.renewal(), l.extraSpace()...), " ")},
		{"Come si entra", strings.Join([]string{
			l.firstAccess(),
			"Scadenza, spazio e credito si vedono nell’area riservata dell’Ordine: vi si entra con l’indirizzo della casella. Per scegliere la password chieda alla segreteria un collegamento personale, che vale una volta sola, o una password iniziale allo sportello.",
		}, " ")},
		{"INI-PEC e INAD", "L’Ordine comunica l’indirizzo a INI-PEC, l’indice nazionale delle PEC di imprese e professionisti. L’indice è pubblico: da quel momento enti, tribunali e privati possono scriverLe a questo indirizzo con valore legale. " +
			"INAD, l’indice dei domicili digitali delle persone fisiche, riprende da INI-PEC gli indirizzi dei professionisti: lo stesso indirizzo diventa anche il Suo domicilio digitale come cittadino. Se per le comunicazioni personali ne preferisce un altro, può indicarlo in INAD, su domiciliodigitale.gov.it; quello professionale resta questo."},
		{"Da ricordare", "Un messaggio PEC vale come una raccomandata: si considera ricevuto quando arriva nella casella, anche se nessuno lo legge. La apra spesso, e lasci libero dello spazio: a casella piena i messaggi non arrivano."},
	}
}

// renewal says what happens at the expiry, and who pays it.
func (l ActivationLetter) renewal() []string {
	e := l.Mailbox.ExpiresOn.Italian()
	if !l.ClosesOn.IsZero() {
		return []string{"Poiché Lei non risulta più " + l.Iscritto + " all’albo, la casella si chiude il " + l.ClosesOn.Italian() + ": salvi prima una copia dei messaggi che Le servono."}
	}
	payer := "La casella è a carico dell’Ordine."
	switch {
	case l.Paid:
		payer = "La casella è già pagata da Lei fino al " + e + "."
	case l.Kind.PaidBy == pec.PaidByMember:
		payer = "La casella è a Suo carico" + l.price(l.Kind.YearlyPrice, "all’anno") + "."
	}
	period := "di anno in anno"
	if l.Mailbox.TermYears > 1 && !l.Paid {
		period = fmt.Sprintf("di %d anni in %[1]d anni", l.Mailbox.TermYears)
	}
	switch {
	case l.Renews && l.Ahead != "":
		return []string{payer, "Il " + e + " passa alla tipologia " + l.Ahead + " e si rinnova tacitamente a carico dell’Ordine, e così " + period + ", finché Lei è " + l.Iscritto + " all’albo: non deve fare nulla."}
	case l.Renews && (l.Paid || l.Kind.PaidBy == pec.PaidByMember):
		return []string{payer, "Il " + e + " si rinnova tacitamente a carico dell’Ordine, finché Lei è " + l.Iscritto + " all’albo: non deve fare nulla."}
	case l.Renews:
		return []string{payer, "Il " + e + " si rinnova tacitamente, e così " + period + ", finché Lei è " + l.Iscritto + " all’albo: non deve fare nulla e non paga nulla."}
	case l.Kind.PaidBy == pec.PaidByMember:
		return []string{payer, "Il " + e + " si rinnova solo se prima è stato pagato il rinnovo; altrimenti si chiude."}
	}
	return []string{payer, "Il rinnovo automatico è spento: il " + e + ", se non chiede di rinnovarla, si chiude."}
}

// extraSpace says what a GB more costs the member, and where it is bought.
func (l ActivationLetter) extraSpace() []string {
	product, ok := l.Agreement.Product(pec.InboxGB)
	if !ok || !product.AllowedOn(l.Kind.Code) {
		return nil
	}
	limit := ""
	if l.Kind.MaxInboxGB != nil {
		limit = fmt.Sprintf(", fino a %d GB in tutto", *l.Kind.MaxInboxGB)
	}
	where := "Si acquista nell’area riservata dell’Ordine, con il credito che Lei ricarica; anche il suo rinnovo si paga dal credito."
	if l.Agreement.SoldBy == pec.SoldByProvider {
		where = "Si acquista presso il gestore."
	}
	return []string{"Lo spazio in più, se Le serve, è a Suo carico" + l.price(product.UnitPrice(), "per ogni GB all’anno") + limit + ".", where}
}

// price is an amount with its VAT: ": 2,50 € più IVA al 22 % (3,05 € in tutto)
// all’anno".
func (l ActivationLetter) price(net pec.Cents, per string) string {
	a := pec.Taxed(net, l.Agreement.VATRate)
	return fmt.Sprintf(": %s più IVA al %s %% (%s in tutto) %s", a.Net.Euro(), strings.Replace(l.Agreement.VATRate.String(), ".", ",", 1), a.Gross.Euro(), per)
}

func (l ActivationLetter) firstAccess() string {
	provider := "il gestore"
	if l.Agreement.Provider != "" {
		provider = "il gestore, " + l.Agreement.Provider
	}
	return "I messaggi si leggono e si scrivono presso " + provider + ", con l’indirizzo della casella e la password: le credenziali per il primo accesso Le arrivano dal gestore."
}

// WriteActivationLetters writes letters one after the other, each on pages of
// its own, with the address where the window of a DL envelope shows it.
func WriteActivationLetters(w io.Writer, letters []ActivationLetter, madeOn pec.Date) error {
	owner := ""
	if len(letters) > 0 {
		owner = letters[0].Sender
	}
	p := blankPaper(owner, "Lettere di attivazione", "Attivazione delle caselle PEC", madeOn, true)
	return writeLetters(w, p, letters, p.activation, "Nessuna casella attivata.")
}

// letterLine is the height of a line, in millimetres: the letter has one page.
const letterLine = 4.9

func (p *paper) activation(l ActivationLetter) {
	p.letterSheet(l.Sender, l.To, l.Place, l.On, 10, letterLine)
	p.pdf.SetXY(sideMargin, letterTop+10)
	p.font("B", 10, ink)
	p.paragraph(letterLine, "Oggetto: attivazione della Sua casella di posta elettronica certificata (PEC)")
	p.gap(3)
	p.font("", 10, ink)
	p.paragraph(letterLine, "Gentile "+l.Name+",")
	p.gap(1.5)
	p.paragraph(letterLine, "la Sua casella PEC è attiva:")
	p.gap(2)
	p.letterFacts(l.facts())
	for _, part := range l.parts() {
		p.letterPart(part)
	}
	p.gap(3)
	p.keep(2 * letterLine)
	p.paragraph(letterLine, "Cordiali saluti")
	p.paragraph(letterLine, l.Sender)
}

func (p *paper) letterFacts(facts []titledFact) {
	for _, f := range facts {
		p.keep(6)
		p.pdf.SetX(sideMargin)
		p.font("", 10, muted)
		p.cell(32, 5.6, f.title, "L")
		p.font("B", 10, ink)
		p.cell(textWidth-32, 5.6, p.fit(f.value, textWidth-32), "L")
		p.pdf.Ln(5.6)
	}
	p.gap(2)
}

func (p *paper) letterPart(part letterPart) {
	p.keep(4 * letterLine)
	p.font("B", 10, blue)
	p.paragraph(letterLine, part.title)
	p.font("", 10, ink)
	p.paragraph(letterLine, part.text)
	p.gap(2)
}
