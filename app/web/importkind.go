package web

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// importKind is how the pages speak of a kind of import, and show its rows.
type importKind struct {
	Code      string
	Of        string // "Importazione " + Of
	Label     string // where the kind is chosen
	Help      string
	One, Many string    // what a row is
	Feminine  bool      // so are the words that go with it
	Where     string    // where the rows are written: "Nell’albo"
	Missing   string    // what the preview says of those that the file lacks
	Undo      string    // what an undo cannot take back; empty when it can take back all
	Undoing   string    // what is told before it; empty for the usual
	Takes     string    // how the file is taken; empty for the usual, see choiceWords
	Gone      [2]string // what becomes of one, and of many, that an undo takes back; empty for the usual

	base    string       // where its files wait; "/importazioni" when not set
	who     []Role       // may import it; the clerks when not set
	choices bool         // the operator may say what the file may do: see pec.ImportChoices
	page    string       // of what a row speaks of: "/iscritti/"
	heads   []importHead // of a plain row: its number, its name, its cells
	view    func(*site, office.ImportPreview) (importView, error)
	written func(b batchTables, t *importTable, created bool, at keyset) error
}

// importView shows the plan of one kind of import, rows counted from 0.
type importView interface {
	row(i int) viewedRow
	missing() []viewedRow // what we have and the file lacks, in order
	fieldTitle(pec.Field) string
	value(f pec.Field, stored string) string // as the screens write it
}

// viewedRow is what a table says of a row: its name, its cells, and the member
// or mailbox that its name leads to, 0 when that is not there yet.
type viewedRow struct {
	name  string
	cells []string
	id    int64
}

var importKinds = []importKind{
	{
		Code: office.ImportMembers, Of: "dell’albo", Label: "Iscritti", Help: "L’albo, o una parte: Excel (.xlsx) o CSV, come esce dal Suo gestionale.",
		One: "iscritto", Many: "iscritti", Where: "Nell’albo", page: "/iscritti/", choices: true,
		Missing: "Sono nell’albo ma non in questo file. L’importazione li lascia come sono, se non sceglie qui chi ne è uscito.",
		heads:   []importHead{{"Riga", "num"}, {"Iscritto", ""}, {"Numero", ""}, {"Codice fiscale", "mono"}},
		view: func(_ *site, p office.ImportPreview) (importView, error) {
			return memberView{p.Plan.(*pec.MemberDraft)}, nil
		},
		written: batchTables.members,
	},
	{
		Code: office.ImportMailboxes, Of: "delle caselle presso il gestore", Label: "Caselle presso il gestore",
		Help: "Le caselle che ci sono già: indirizzo, codice fiscale del titolare, tipologia, attivazione, scadenza, GB extra, MB usati. Importi prima l’albo.",
		One:  "casella", Many: "caselle", Feminine: true, Where: "Nelle caselle", page: "/caselle/",
		Missing: "Da noi sono attive e nell’elenco del gestore non ci sono. L’importazione non le tocca: controlli con il gestore.",
		heads:   []importHead{{"Riga", "num"}, {"Casella", ""}, {"Titolare", ""}, {"Tipologia", ""}, {"Scadenza", "num"}, {"Extra", "num"}},
		view: func(_ *site, p office.ImportPreview) (importView, error) {
			return mailboxView{p.Plan.(pec.MailboxPlan)}, nil
		},
		written: batchTables.mailboxes,
	},
	{
		Code: office.ImportServices, Of: "dei servizi presso il gestore", Label: "Servizi presso il gestore",
		Help: "L’estratto del gestore con i servizi che gli iscritti hanno comprato da lui: casella, servizio, quantità, dal, al, importo netto.",
		One:  "servizio", Many: "servizi", Where: "Nei servizi", page: "/caselle/",
		Missing: "L’estratto del gestore non li elenca. L’importazione non li tocca: controlli con il gestore se sono cessati.",
		heads:   []importHead{{"Riga", "num"}, {"Casella", ""}, {"Servizio", ""}, {"Quantità", "num"}, {"Dal", "num"}, {"Al", "num"}, {"Importo netto", "num"}},
		view: func(s *site, p office.ImportPreview) (importView, error) {
			v := serviceView{plan: p.Plan.(pec.ServicePlan)}
			return &v, s.db.Read(context.Background(), func(tx *db.ReadTx) error {
				agreements, err := tx.Agreements()
				v.products = productsOf(agreements)
				return err
			})
		},
		written: batchTables.services,
	},
	{
		Code: office.ImportOutcomes, Of: "degli esiti del gestore", Label: "Esiti del gestore",
		Help: "La risposta del gestore alle richieste inviate: casella o riferimento, operazione, esito, data, motivo.",
		One:  "esito", Many: "esiti", Where: "Nelle caselle", page: "/caselle/",
		Missing: "Il file non ne parla: restano in attesa di esito.",
		Undo:    "Le attivazioni poi non si annullano: da lì decorrono durata e costi.",
		heads:   []importHead{{"Riga", "num"}, {"Casella", ""}, {"Richiesta", ""}, {"Esito", ""}},
		view: func(_ *site, p office.ImportPreview) (importView, error) {
			return outcomeView{p.Plan.(pec.OutcomePlan)}, nil
		},
		written: batchTables.outcomes,
	},
	{
		Code: office.ImportPayments, Of: "dei pagamenti ricevuti", Label: "Pagamenti ricevuti",
		Help: "Le ricevute telematiche, come le dà il portale del partner pagoPA, o l’elenco dei bonifici della banca: IUV o CRO, codice fiscale o casella, importo, data, esito. Ogni riga è una ricarica.",
		One:  "pagamento", Many: "pagamenti", Where: "Nel credito", page: "/credito/", who: treasury,
		Takes:   "Ogni pagamento si conta una volta sola, per quante volte torni in un file.",
		Undo:    "Dopo si può annullare con uno storno, dove il credito c’è ancora.",
		Undoing: "Ogni pagamento si storna con un movimento opposto, dove il credito lo copre ancora e nulla si è completato con esso. L’annullamento non si può annullare; il file si può sempre importare di nuovo, e porta di nuovo i pagamenti che sono stati stornati così.",
		Gone:    [2]string{"è stornato", "sono stornati"},
		heads:   []importHead{{"Riga", "num"}, {"Iscritto", ""}, {"Riferimento", "anywhere"}, {"Pagato il", "num"}, {"Importo", "num"}, {"Che cosa fa", ""}},
		view: func(_ *site, p office.ImportPreview) (importView, error) {
			return paymentView{p.Plan.(pec.PaymentPlan)}, nil
		},
		written: batchTables.payments,
	},
}

func importKindOf(code string) importKind {
	if code == office.FileComparison {
		return comparisonFile
	}
	for _, k := range importKinds {
		if k.Code == code {
			return k
		}
	}
	return importKind{Code: code, Of: "di " + code, One: "riga", Many: "righe", Where: "Nei dati"}
}

// comparisonFile is a provider's list, or invoice, that waits to be compared: its
// columns are told as those of a file to be imported, and it is not one.
var comparisonFile = importKind{Code: office.FileComparison, Label: "Confronto", base: "/confronto"}

// Base is where the files of this kind wait.
func (k importKind) Base() string { return cmp.Or(k.base, "/importazioni") }

// Compares reports whether files of this kind are compared, and not imported.
func (k importKind) Compares() bool { return k.Code == office.FileComparison }

// mayImport are the kinds of import that are for a person.
func mayImport(w *Who) []importKind {
	return slices.DeleteFunc(slices.Clone(importKinds), func(k importKind) bool { return !k.isFor(w) })
}

// isFor reports whether a person may import files of this kind, and take back
// what they brought.
func (k importKind) isFor(w *Who) bool {
	if k.who == nil {
		return w.May(clerks)
	}
	return w.May(k.who)
}

// Rows is a count of what the rows are: "599 iscritti".
func (k importKind) Rows(n int) string {
	if n == 1 {
		return "1 " + k.One
	}
	return pec.Thousands(n) + " " + k.Many
}

// HasChoices reports whether the operator may say what the file may do.
func (k importKind) HasChoices() bool { return k.choices }

// Agree gives a word that ends as «nuovo» or «nuovi» the ending that goes with
// what the rows are: «nuove».
func (k importKind) Agree(word string) string {
	if !k.Feminine {
		return word
	}
	if stem, ok := strings.CutSuffix(word, "i"); ok {
		return stem + "e"
	}
	if stem, ok := strings.CutSuffix(word, "o"); ok {
		return stem + "a"
	}
	return word
}

// memberView shows a member file.
type memberView struct{ draft *pec.MemberDraft }

func (v memberView) row(i int) viewedRow {
	r := v.draft.Row(i)
	return viewedRow{r.After.FullName(), []string{r.After.RegistrationNumber, r.After.TaxCode}, r.MemberID}
}

func (v memberView) missing() []viewedRow {
	var list []viewedRow
	for _, m := range v.draft.Missing() {
		list = append(list, viewedRow{m.FullName(), []string{m.RegistrationNumber, m.TaxCode}, m.ID})
	}
	return list
}

func (memberView) fieldTitle(f pec.Field) string {
	if f == pec.FieldReservedAddress {
		return "Casella riservata"
	}
	return pec.MemberLayout.Title(f)
}

func (memberView) value(f pec.Field, stored string) string { return memberValue(f, stored) }

// mailboxView shows a provider's list of mailboxes.
type mailboxView struct{ plan pec.MailboxPlan }

func (mailboxView) line(m pec.Mailbox, holder, extra string) viewedRow {
	return viewedRow{m.Address, []string{holder, m.Kind, m.ExpiresOn.Italian(), extra}, m.ID}
}

func (v mailboxView) row(i int) viewedRow {
	r := v.plan.Rows[i]
	return v.line(r.After, r.Holder.FullName, extraSpace(r.AfterGB))
}

func (v mailboxView) missing() []viewedRow {
	var list []viewedRow
	for _, m := range v.plan.Missing {
		list = append(list, v.line(m, "", ""))
	}
	return list
}

func (mailboxView) fieldTitle(f pec.Field) string { return pec.MailboxLayout.Title(f) }

func (mailboxView) value(f pec.Field, stored string) string {
	switch f {
	case pec.FieldActivatedOn, pec.FieldExpiresOn:
		if d, err := pec.ParseDate(stored); err == nil {
			return d.Italian()
		}
	}
	return stored
}

// extraSpace is space beside the base as lists show it, empty for none.
func extraSpace(n int) string {
	if n == 0 {
		return ""
	}
	return gb(n)
}

// serviceView shows a provider's statement.
type serviceView struct {
	plan     pec.ServicePlan
	products productNames
}

func (v serviceView) line(s pec.StatedService, mailbox int64) viewedRow {
	return viewedRow{s.Address, []string{v.products[s.Product].Name, fmt.Sprint(s.Quantity), s.From.Italian(), s.To.Italian(), s.Net.Euro()}, mailbox}
}

func (v serviceView) row(i int) viewedRow {
	r := v.plan.Rows[i]
	return v.line(r.After, r.Mailbox.ID)
}

func (v serviceView) missing() []viewedRow {
	var list []viewedRow
	for _, s := range v.plan.Missing {
		list = append(list, v.line(s, s.MailboxID))
	}
	return list
}

func (serviceView) fieldTitle(f pec.Field) string { return pec.ServiceLayout.Title(f) }

func (v serviceView) value(f pec.Field, stored string) string {
	switch f {
	case pec.FieldService:
		if p := v.products[stored]; p.Name != "" {
			return p.Name
		}
	case pec.FieldFrom, pec.FieldTo:
		if d, err := pec.ParseDate(stored); err == nil {
			return d.Italian()
		}
	case pec.FieldNet:
		var net pec.Cents
		if stored != "" && net.UnmarshalJSON([]byte(stored)) == nil {
			return net.Euro()
		}
	}
	return stored
}
