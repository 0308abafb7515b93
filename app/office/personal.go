package office

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// PersonalFile gathers all that is held of a member into one file for that
// member (articles 15 and 20 of the GDPR), and logs that it was taken. What was
// merged into the position is in it. inWords says an entry of the log in Italian:
// what was done, and its particulars.
func (o *Office) PersonalFile(ctx context.Context, actor string, member int64, inWords func(db.AuditEntry) (what, detail string)) ([]byte, error) {
	var b bytes.Buffer
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		m, err := standingMember(&tx.ReadTx, member)
		if err != nil {
			return err
		}
		p, err := o.personal(&tx.ReadTx, m, inWords)
		if err != nil {
			return err
		}
		if err := reports.WritePersonal(&b, p); err != nil {
			return fmt.Errorf("data of member %d: %w", member, err)
		}
		return tx.Record("member.data", "member", member, nil)
	})
	return b.Bytes(), err
}

func (o *Office) personal(tx *db.ReadTx, m db.MemberRow, inWords func(db.AuditEntry) (string, string)) (reports.Personal, error) {
	p := reports.Personal{Holder: m.FullName(), MadeOn: o.Today()}
	body, err := tx.OrderBody()
	if err != nil {
		return p, err
	}
	p.OrderBody = body.Name
	merged, err := tx.MergedInto(m.ID)
	if err != nil {
		return p, err
	}
	agreements, err := tx.Agreements()
	if err != nil {
		return p, err
	}
	g := personalParts{tx: tx, positions: append([]db.MemberRow{m}, merged...), agreements: agreements, today: p.MadeOn, inWords: inWords}
	for _, part := range []func() error{g.register, g.history, g.mailboxes, g.services, g.orders, g.invoices, g.money, g.messages, g.letters, g.formalNotices, g.domicile, g.accepted, g.accesses, g.imports, g.log} {
		if err := part(); err != nil {
			return p, err
		}
	}
	p.Parts = g.parts
	p.Kept, err = o.Kept(tx, m)
	return p, err
}

// Kept says what of a member's data is kept, why and how long.
func (o *Office) Kept(tx *db.ReadTx, m db.MemberRow) ([]reports.Kept, error) {
	last, err := lastMoney(tx, m.ID)
	if err != nil {
		return nil, err
	}
	held, err := contactsOf(tx, m)
	if err != nil {
		return nil, err
	}
	contacts := "finché è nell’albo; poi fino a richiesta di cancellazione"
	switch {
	case m.ErasedOn.IsZero():
	case len(held) == 0:
		contacts = "cancellati il " + m.ErasedOn.Italian() + " su richiesta"
	default: // somebody has typed new ones
		contacts = "cancellati il " + m.ErasedOn.Italian() + " su richiesta; quelli scritti dopo, fino a una nuova richiesta"
	}
	money := "non ce ne sono"
	if until := pec.MoneyKeptUntil(last); !until.IsZero() {
		money = "fino al " + until.Italian() + ", dieci anni dall’ultimo movimento"
	}
	return []reports.Kept{
		{What: "Numero, cognome, nome, codice fiscale, nascita, sezione, settore, giorni di iscrizione e di uscita, stato", Why: "tenuta dell’albo, obbligo di legge dell’Ordine", Until: "finché l’Ordine tiene l’albo"},
		{What: "Indirizzo, telefoni, e-mail, PEC propria, luogo di nascita", Why: "comunicazioni dell’albo e della casella", Until: contacts},
		{What: "Caselle e a chi sono affidate, periodi, servizi", Why: "servizio reso all’iscritto; l’indirizzo non si dà mai a un’altra persona", Until: "finché l’Ordine tiene l’albo"},
		{What: "Ricariche, ordini, dati per le fatture, movimenti e rimborsi", Why: "scritture contabili (articolo 2220 del codice civile)", Until: money},
		{What: "Lettere su carta", Why: "prova di ciò che è stato comunicato, e sotto quale numero", Until: "finché l’Ordine tiene l’albo; l’indirizzo come i recapiti"},
		{What: "Diffide, comunicazioni a INI-PEC e a ReGIndE", Why: "prova di ciò che la legge chiede all’Ordine sul domicilio digitale", Until: "finché l’Ordine tiene l’albo"},
		{What: "Messaggi inviati", Why: "prova di ciò che è stato comunicato", Until: "come i recapiti"},
		{What: "Registro delle operazioni e delle accettazioni", Why: "prova di chi ha fatto che cosa", Until: "quanto le scritture a cui si riferisce"},
	}, nil
}

// lastMoney is the day of the latest entry of a member, or of a position merged
// into it.
func lastMoney(tx *db.ReadTx, member int64) (pec.Date, error) {
	last, err := tx.LastMoneyOn(member)
	if err != nil {
		return last, err
	}
	merged, err := tx.MergedInto(member)
	for _, m := range merged {
		d, err := tx.LastMoneyOn(m.ID)
		if err != nil {
			return last, err
		}
		if d.After(last) {
			last = d
		}
	}
	return last, err
}

// personalParts gathers a person's data, position by position.
type personalParts struct {
	tx        *db.ReadTx
	positions []db.MemberRow // the one that stands, then those merged into it
	boxes     []db.MailboxRow
	parts     []reports.PersonalPart
	inWords   func(db.AuditEntry) (what, detail string)

	agreements []pec.Agreement
	today      pec.Date
}

// part begins a list; its columns are keys and titles in turn. Which of one
// position a row is of, nobody needs to read.
func (g *personalParts) part(key, title string, columns ...string) *reports.PersonalPart {
	p := reports.PersonalPart{Key: key, Title: title}
	for i := 0; i+1 < len(columns); i += 2 {
		column := reports.PersonalColumn{Key: columns[i], Title: columns[i+1]}
		if column.Key == "position" && len(g.positions) == 1 {
			column.Title = ""
		}
		p.Columns = append(p.Columns, column)
	}
	g.parts = append(g.parts, p)
	return &g.parts[len(g.parts)-1]
}

func (g *personalParts) register() error {
	p := g.part("register", "Dati dell’albo", "position", "Posizione", "field", "Campo", "value", "Valore")
	for i, m := range g.positions {
		for _, f := range pec.MemberFields {
			value := any(m.Get(f.Field))
			if d, isDay := dayOf(m.Member, f.Field); isDay {
				value = d
			} else if f.Field == pec.FieldStatus {
				value = m.Status
			}
			if m.Get(f.Field) != "" {
				p.Rows = append(p.Rows, []any{i + 1, f.Title, value})
			}
		}
		for _, said := range []struct {
			title string
			value any
			known bool
		}{
			{"Stato, dal", m.Standing.Since, !m.Standing.Since.IsZero()}, {"Stato, fino al", m.Standing.Until, !m.Standing.Until.IsZero()},
			{"Stato, motivo", m.Standing.Reason, m.Standing.Reason != ""}, {"Passato all’Ordine", m.Standing.To, m.Standing.To != ""},
		} {
			if said.known {
				p.Rows = append(p.Rows, []any{i + 1, said.title, said.value})
			}
		}
		if m.ReservedAddress != "" {
			p.Rows = append(p.Rows, []any{i + 1, "Indirizzo PEC riservato", m.ReservedAddress})
		}
		recipient, err := g.tx.Recipient(m.ID)
		if err != nil {
			return err
		}
		if recipient != (pec.Recipient{}) {
			p.Rows = append(p.Rows, []any{i + 1, "Fattura elettronica", recipient.Italian()})
		}
		p.Rows = append(p.Rows, []any{i + 1, "Password dell’area", m.PasswordHash != ""})
	}
	return nil
}

func (g *personalParts) history() error {
	p := g.part("history", "Variazioni dei dati", "at", "Quando", "field", "Campo", "old", "Prima", "new", "Dopo", "by", "Chi")
	for _, m := range g.positions {
		list, err := g.tx.MemberHistory(m.ID)
		if err != nil {
			return err
		}
		for _, c := range list {
			f := pec.Field(c.Field)
			p.Rows = append(p.Rows, []any{c.At, f.Italian(), reports.Said{Code: c.Old, Words: f.InWords(c.Old)}, reports.Said{Code: c.New, Words: f.InWords(c.New)}, g.whoActed(c.Actor)})
		}
	}
	return nil
}

// whoActed tells who did something without naming the Ordine's staff, nor
// another member: their data are not the member's.
func (g *personalParts) whoActed(actor string) string {
	switch {
	case actor == ActorNight:
		return "programma, di notte"
	case strings.HasPrefix(actor, "iscritto:") && !slices.ContainsFunc(g.positions, func(m db.MemberRow) bool { return actor == fmt.Sprintf("iscritto:%d", m.ID) }):
		return "un altro iscritto"
	case strings.HasPrefix(actor, "iscritto:"), actor == actorLink:
		return "l’iscritto"
	}
	return "segreteria"
}

func (g *personalParts) mailboxes() (err error) {
	if g.boxes, err = g.tx.MailboxesOf(g.positions[0].ID); err != nil {
		return err
	}
	p := g.part("mailboxes", "Caselle PEC", "address", "Indirizzo", "kind", "Tipologia", "status", "Stato", "requested_on", "Richiesta", "activated_on", "Attivata",
		"expires_on", "Scadenza", "closed_on", "Chiusa", "auto_renew", "Rinnovo automatico", "next_kind", "Tipologia dal prossimo periodo")
	for _, b := range g.boxes {
		p.Rows = append(p.Rows, []any{b.Address, reports.Said{Code: b.Kind, Words: pec.KindName(g.agreements, b.Kind, g.today)}, b.Status, b.RequestedOn, b.ActivatedOn, b.ExpiresOn, b.ClosedOn, b.AutoRenew,
			reports.Said{Code: b.NextKind, Words: pec.KindName(g.agreements, b.NextKind, g.today)}})
	}
	q := g.part("periods", "Periodi delle caselle", "address", "Indirizzo", "from", "Dal", "to", "Al", "ordine_gross", "A carico dell’Ordine, lordo")
	for _, b := range g.boxes {
		periods, err := g.tx.Periods(b.ID)
		if err != nil {
			return err
		}
		for _, period := range periods {
			q.Rows = append(q.Rows, []any{b.Address, period.StartsOn, period.EndsOn, period.Price.Gross})
		}
	}
	return nil
}

// product is called as it was when it was bought; what came without a name, as
// the agreement calls it.
func (g *personalParts) product(code, name string) string {
	if name == "" || name == code {
		return pec.ProductName(g.agreements, code, g.today)
	}
	return name
}

func (g *personalParts) services() error {
	p := g.part("services", "Servizi aggiuntivi", "address", "Indirizzo", "product", "Servizio", "quantity", "Quantità", "from", "Dal", "to", "Scadenza", "net", "Ultimo prezzo netto",
		"auto_renew", "Rinnovo", "ended_on", "Cessato", "end_reason", "Perché")
	for _, b := range g.boxes {
		list, err := g.tx.ServicesOn(b.ID, true)
		if err != nil {
			return err
		}
		for _, s := range list {
			p.Rows = append(p.Rows, []any{b.Address, g.product(s.Product, s.ProductName), s.Quantity, s.StartedOn, s.ExpiresOn, s.Net, s.AutoRenew, s.EndedOn, s.EndReason})
		}
	}
	return nil
}

func (g *personalParts) orders() error {
	p := g.part("orders", "Ordini", "number", "Numero", "kind", "Tipo", "state", "Stato", "ordered_on", "Del", "completed_on", "Completato", "product", "Servizio", "quantity", "Quantità",
		"net", "Netto", "vat", "IVA", "gross", "Lordo", "reason", "Spiegazione", "by", "Chi")
	orders, err := g.tx.OrdersOf(g.positions[0].ID)
	if err != nil {
		return err
	}
	for _, o := range orders {
		lines, err := g.tx.OrderLines(o.ID)
		if err != nil {
			return err
		}
		for _, l := range lines {
			p.Rows = append(p.Rows, []any{o.Number(), o.Kind, o.State, o.OrderedOn, o.CompletedOn, g.product(l.Product, l.ProductName), l.Quantity, l.Price.Net, l.Price.VAT, l.Price.Gross, l.Reason, g.whoActed(o.EnteredBy)})
		}
	}
	return nil
}

// invoices are the orders in a list to be invoiced, with what the list says of
// the member.
func (g *personalParts) invoices() error {
	p := g.part("invoices", "Ordini negli elenchi da fatturare", "order", "Ordine", "list", "Elenco", "on", "Del", "invoiced_by", "Fattura", "holder", "Intestatario", "tax_code", "Codice fiscale",
		"vat_number", "Partita IVA", "address", "Indirizzo", "postal_code", "CAP", "city", "Comune", "province", "Provincia", "recipient_code", "Codice destinatario", "recipient_pec", "PEC", "gross", "Lordo")
	list, err := g.tx.InvoicedOf(g.positions[0].ID)
	for _, i := range list {
		p.Rows = append(p.Rows, []any{i.Number, i.List.Number(), i.List.On, i.List.By, i.Holder, i.TaxCode, i.VATNumber, i.Address, i.PostalCode, i.City, i.Province, i.Recipient.Code, i.Recipient.PEC, i.Price.Gross})
	}
	return err
}

func (g *personalParts) money() error {
	p := g.part("movements", "Movimenti del credito", "position", "Posizione", "n", "N.", "on", "Giorno", "kind", "Movimento", "amount", "Importo", "balance", "Saldo", "order", "Ordine",
		"method", "Pagato con", "reference", "Riferimento", "reason", "Motivo", "by", "Chi")
	owed := [][]any{}
	for i, m := range g.positions {
		entries, err := g.tx.Entries(m.ID)
		if err != nil {
			return err
		}
		for _, e := range entries {
			p.Rows = append(p.Rows, []any{i + 1, e.Seq, e.On, e.Kind, e.Amount, e.Balance, e.OrderNumber, e.Method, e.Reference, e.Reason, g.whoActed(e.Actor)})
		}
		claims, err := g.tx.ClaimEntries(m.ID)
		if err != nil {
			return err
		}
		for _, c := range claims {
			owed = append(owed, []any{i + 1, c.On, c.Amount, c.Reason, g.whoActed(c.Actor)})
		}
	}
	q := g.part("claims", "Da restituire all’Ordine", "position", "Posizione", "on", "Giorno", "amount", "Importo", "reason", "Motivo", "by", "Chi")
	q.Rows = owed
	return nil
}

func (g *personalParts) messages() error {
	p := g.part("messages", "Messaggi", "on", "Scritto il", "kind", "Messaggio", "to", "A", "subject", "Oggetto", "text", "Testo", "state", "Esito", "gone_at", "Partito")
	for _, m := range g.positions {
		list, err := g.tx.MessageList(db.MessageFilter{Member: m.ID})
		if err != nil {
			return err
		}
		for _, x := range list {
			p.Rows = append(p.Rows, []any{x.On, x.Kind, x.Recipient, x.Letter.Subject, x.Letter.Shown().Text, x.State, x.GoneAt})
		}
	}
	return nil
}

func (g *personalParts) letters() error {
	p := g.part("letters", "Lettere", "on", "Fatta il", "number", "Numero", "protocol", "Protocollo dell’Ordine", "kind", "Lettera", "to", "A", "address", "Indirizzo", "subject", "Oggetto", "text", "Testo")
	for _, m := range g.positions {
		list, err := g.tx.LetterList(db.LetterFilter{Member: m.ID})
		if err != nil {
			return err
		}
		for _, l := range list {
			p.Rows = append(p.Rows, []any{l.MadeOn, l.Title(), l.Protocol, l.Kind, l.Recipient, l.Address, l.Subject, l.Body})
		}
	}
	return nil
}

func (g *personalParts) formalNotices() error {
	var pauses [][]any
	p := g.part("formal_notices", "Diffide", "on", "Fatta il", "number", "Protocollo", "sent_on", "Inviata", "sent_how", "Come", "delivered_on", "Consegnata", "suspended_on", "Sospensione dal",
		"ended_on", "Chiusa", "end", "Esito", "reason", "Motivo")
	list, err := g.tx.FormalNotices(g.positions[0].ID)
	for _, n := range list {
		p.Rows = append(p.Rows, []any{n.MadeOn, n.Letter, n.SentOn, n.SentHow, n.DeliveredOn, n.SuspendedOn, n.EndedOn, n.End, n.EndReason})
		for _, x := range n.Pauses {
			pauses = append(pauses, []any{n.Letter, x.From, x.To, x.Reason})
		}
	}
	g.part("formal_notice_pauses", "Termini sospesi", "number", "Diffida", "from", "Dal", "to", "Al", "reason", "Motivo").Rows = pauses
	return err
}

// domicile is what is known of the digital domicile, and what the indexes were
// told.
func (g *personalParts) domicile() error {
	facts, err := g.tx.DomicileFactsOf(g.positions[0].ID)
	if err != nil {
		return err
	}
	p := g.part("domicile", "Domicilio digitale", "chosen", "Scelto dall’iscritto", "address", "PEC segnata", "fault", "Perché", "note", "Nota", "on", "Il")
	for _, f := range facts {
		if f.Member.ID == g.positions[0].ID && (f.Chosen != "" || f.Mark.Address != "") {
			p.Rows = append(p.Rows, []any{f.Chosen, f.Mark.Address, f.Mark.Fault, f.Mark.Note, f.Mark.On})
		}
	}
	p = g.part("inipec", "Comunicazioni a INI-PEC", "on", "Giorno", "state", "Che cosa", "address", "PEC", "why", "Perché", "outcome", "Esito", "text", "L’indice dice", "before", "Registrato prima")
	rows, err := g.tx.IndexRowsOf(g.positions[0].ID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		p.Rows = append(p.Rows, []any{r.MadeOn, r.State, r.Address, r.Why, reports.Said{Code: r.Outcome, Words: indexOutcomeInWords(r)}, r.Text, indexOutcomesBefore(r)})
	}
	p = g.part("reginde", "Comunicazioni a ReGIndE", "on", "Giorno", "operation", "Che cosa", "status", "Stato", "address", "PEC", "street", "Indirizzo", "postal_code", "CAP", "city", "Comune",
		"province", "Provincia", "phone", "Telefono", "email", "E-mail", "code", "Esito")
	subjects, err := g.tx.SubjectRowsOf(g.positions[0].ID)
	for _, r := range subjects {
		p.Rows = append(p.Rows, []any{r.MadeOn, r.Operation, string(r.Status), r.PEC, r.Street, r.PostalCode, r.City, r.Province, r.Phone, r.Email, r.Code})
	}
	return err
}

// indexOutcomesBefore says how a row's outcome was registered before it was
// corrected, the newest first: "respinta il 02/07/2018: PEC non attiva".
func indexOutcomesBefore(r db.IndexRow) string {
	var said []string
	for _, b := range r.Before {
		s := indexOutcomeInWords(db.IndexRow{Outcome: b.Outcome}) + " il " + b.OutcomeOn.Italian()
		if b.Text != "" {
			s += ": " + b.Text
		}
		said = append(said, s)
	}
	return strings.Join(said, "; ")
}

// indexOutcomeInWords is what became of a row for the index.
func indexOutcomeInWords(r db.IndexRow) string {
	switch {
	case r.Withdrawn:
		return "ritirata"
	case r.Outcome == "accepted":
		return "accettata"
	case r.Outcome == "refused":
		return "respinta"
	}
	return "in attesa"
}

func (g *personalParts) accepted() error {
	p := g.part("acceptances", "Condizioni accettate", "document", "Documento", "version", "Versione", "at", "Quando")
	list, err := g.tx.Acceptances(g.positions[0].ID)
	for _, a := range list {
		p.Rows = append(p.Rows, []any{reports.Said{Code: a.Document, Words: pec.TermTitle(a.Document)}, a.Version, a.At})
	}
	return err
}

// accesses are those that the member asked for, and those to their mailboxes. Of
// a request that was not granted the member learns what they typed, no more.
func (g *personalParts) accesses() error {
	p := g.part("accesses", "Caselle affidate", "address", "Casella", "holder", "Titolare", "guest", "Affidata a", "state", "Accesso", "asked_on", "Chiesto", "decided_on", "Risposta", "ended_on", "Finito")
	mine, err := g.tx.AccessesOf(g.positions[0].ID)
	if err != nil {
		return err
	}
	for _, a := range mine {
		address, holder := a.Asked, ""
		if a.State != pec.AccessRefused && !a.DecidedOn.IsZero() {
			address, holder = a.Address, a.Holder
		}
		p.Rows = append(p.Rows, []any{address, holder, "", a.State, a.AskedOn, a.DecidedOn, a.EndedOn})
	}
	theirs, err := g.tx.AccessesTo(g.positions[0].ID)
	for _, a := range theirs {
		p.Rows = append(p.Rows, []any{a.Address, "", a.GuestName, a.State, a.AskedOn, a.DecidedOn, a.EndedOn})
	}
	return err
}

func (g *personalParts) imports() error {
	p := g.part("imports", "Importazioni che hanno portato i dati", "file", "File", "at", "Quando")
	for _, m := range g.positions {
		list, err := g.tx.ImportsOf(m.ID)
		if err != nil {
			return err
		}
		for _, b := range list {
			p.Rows = append(p.Rows, []any{b.Filename, b.At})
		}
	}
	return nil
}

func (g *personalParts) log() error {
	p := g.part("log", "Registro: chi ha fatto che cosa", "at", "Quando", "what", "Che cosa", "particulars", "Particolari", "by", "Chi", "action", "", "detail", "")
	const all = -1
	list, err := g.tx.MemberAudit(g.positions[0].ID, 0, all)
	for _, e := range list {
		what, detail := g.inWords(e)
		p.Rows = append(p.Rows, []any{e.At, what, detail, g.whoActed(e.Actor), e.Action, json.RawMessage(e.Detail)})
	}
	return err
}

// Erasure is what a request of erasure would take away, and what stays.
type Erasure struct {
	Member    db.MemberRow
	Refused   *pec.Problem // why not yet; nil when it may be done
	Goes      []pec.Field  // with a value now, or once
	KeptUntil pec.Date     // entries of money; zero when there are none
	Already   bool         // nothing is left to take away
	// Waiting are files of members or payments that were sent and wait: what they
	// say of the person stays in them until they are imported or dropped.
	Waiting []db.Upload
}

// PreviewErasure tells what erasing a member's contact data would do (9.10).
func (o *Office) PreviewErasure(tx *db.ReadTx, member int64) (Erasure, error) {
	e := Erasure{}
	var err error
	if e.Member, err = tx.Member(member); err != nil {
		return e, err
	}
	book, agreements, err := o.Book(tx, member)
	if err != nil {
		return e, err
	}
	_, book = pec.Renewals(book, agreements, o.Today().AddDays(-1))
	decides := erasureOf(book, agreements)
	if decides.ToInvoice, err = tx.ToInvoiceOf(member); err != nil {
		return e, err
	}
	e.Refused = decides.Refuses()
	if e.Goes, err = contactsOf(tx, e.Member); err != nil {
		return e, err
	}
	e.Already = !e.Member.ErasedOn.IsZero() && len(e.Goes) == 0
	if e.Waiting, err = tx.Uploads(); err != nil {
		return e, err
	}
	e.Waiting = slices.DeleteFunc(e.Waiting, func(u db.Upload) bool { return u.Kind != ImportMembers && u.Kind != ImportPayments })
	last, err := lastMoney(tx, member)
	e.KeptUntil = pec.MoneyKeptUntil(last)
	return e, err
}

func erasureOf(book pec.Book, agreements []pec.Agreement) pec.Erasure {
	open := slices.DeleteFunc(slices.Clone(book.Mailboxes), func(m pec.Mailbox) bool {
		return m.Status == pec.MailboxClosed || m.Status == pec.MailboxRejected
	})
	e := pec.Erasure{Status: book.Status, Open: open, Waiting: len(book.Waiting), Credit: book.Credit, Claim: book.Claim}
	if len(open) > 0 && open[0].Status.Running() && !book.Status.OnRegister() {
		e.ClosesOn = book.ClosesOn(open[0], agreements)
	}
	return e
}

// contactsOf lists the contact fields of which a value is held: in the row or in
// the history of the member, or of what was merged into it.
func contactsOf(tx *db.ReadTx, m db.MemberRow) ([]pec.Field, error) {
	merged, err := tx.MergedInto(m.ID)
	if err != nil {
		return nil, err
	}
	held := map[pec.Field]bool{}
	for _, position := range append([]db.MemberRow{m}, merged...) {
		for _, f := range pec.ContactFields {
			held[f] = held[f] || position.Get(f) != ""
		}
		history, err := tx.MemberHistory(position.ID)
		if err != nil {
			return nil, err
		}
		for _, c := range history {
			held[pec.Field(c.Field)] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(pec.ContactFields), func(f pec.Field) bool { return !held[f] }), nil
}

// EraseContacts takes a leaver's contact data away for good, in one transaction:
// from the register and its search, from the history, from what imports keep.
// Entries of money and the identity behind them stay ten years (9.10). Whoever
// is on the register, has an open mailbox, credit or a claim is refused. Asked
// again, nothing happens.
func (o *Office) EraseContacts(ctx context.Context, actor string, member int64, reason string) (Erasure, error) {
	reason, err := readReason(reason, "Scriva come e quando è arrivata la richiesta.")
	if err != nil {
		return Erasure{}, err
	}
	var done Erasure
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		m, err := standingMember(&tx.ReadTx, member)
		if err != nil {
			return err
		}
		if err := overdue(tx, member); err != nil {
			return err
		}
		if done, err = o.PreviewErasure(&tx.ReadTx, member); err != nil {
			return err
		}
		if done.Refused != nil {
			return done.Refused
		}
		if done.Already {
			return nil
		}
		if err := notBefore(tx.On, "questo iscritto", m.LastEventOn); err != nil {
			return err
		}
		merged, err := tx.MergedInto(member)
		if err != nil {
			return err
		}
		for _, position := range append([]db.MemberRow{m}, merged...) {
			if err := erase(tx, position); err != nil {
				return err
			}
		}
		if err := eraseFromReports(tx, m, merged); err != nil {
			return err
		}
		if err := tx.Record("member.erased", "member", member, map[string]any{"fields": done.Goes, "kept_until": done.KeptUntil, "reason": reason}); err != nil {
			return err
		}
		return mark(tx, member, 0, tx.On)
	})
	return done, err
}

func erase(tx *db.Tx, m db.MemberRow) error {
	if err := tx.EraseContacts(m.ID, pec.ContactFields); err != nil {
		return err
	}
	changes, err := tx.MemberChanges(m.ID)
	if err != nil {
		return err
	}
	for batch, before := range changes {
		var was db.MemberRow
		if err := json.Unmarshal(before, &was); err != nil {
			return fmt.Errorf("what member %d was before import %d: %w", m.ID, batch, err)
		}
		for _, f := range pec.ContactFields {
			if err := was.Set(f, ""); err != nil {
				return err
			}
		}
		was.ReservedAddress = ""
		doc, err := json.Marshal(was)
		if err != nil {
			return err
		}
		if err := tx.SetMemberChange(batch, m.ID, doc); err != nil {
			return err
		}
	}
	return nil
}

// erasedValue stands where a value was.
const erasedValue = "cancellato su richiesta"

// eraseFromReports takes a person out of the rows that imports refused or warned
// of.
func eraseFromReports(tx *db.Tx, m db.MemberRow, merged []db.MemberRow) error {
	t, err := tracesOf(tx, m, merged)
	if err != nil {
		return err
	}
	kept, err := tx.BatchReports()
	if err != nil {
		return err
	}
	for batch, doc := range kept {
		var r ImportReport
		if err := json.Unmarshal(doc, &r); err != nil {
			return fmt.Errorf("report of import %d: %w", batch, err)
		}
		if !r.forget(t) {
			continue
		}
		after, err := json.Marshal(r)
		if err != nil {
			return err
		}
		if err := tx.SetBatchReport(batch, after); err != nil {
			return err
		}
	}
	return nil
}

// traces are by what a row of a file may speak of a person.
type traces struct {
	codes   map[string]bool // tax codes, those of before too
	number  string
	numbers map[string]bool // of before: they may be somebody else's by now
	names   map[string]bool // folded
	alone   bool            // nobody else on the register has such a name
}

func tracesOf(tx *db.Tx, m db.MemberRow, merged []db.MemberRow) (traces, error) {
	t := traces{codes: map[string]bool{}, number: strings.ToUpper(m.RegistrationNumber), numbers: map[string]bool{}, names: map[string]bool{}, alone: true}
	for _, position := range append([]db.MemberRow{m}, merged...) {
		t.names[pec.Fold(position.FullName())] = true
		t.codes[position.TaxCode] = true
		t.numbers[strings.ToUpper(position.RegistrationNumber)] = true
		history, err := tx.MemberHistory(position.ID)
		if err != nil {
			return t, err
		}
		for _, c := range history {
			switch pec.Field(c.Field) {
			case pec.FieldTaxCode:
				t.codes[c.Old] = true
			case pec.FieldRegistrationNumber:
				t.numbers[strings.ToUpper(c.Old)] = true
			}
		}
	}
	register, err := tx.Register()
	for _, other := range register {
		if other.ID != m.ID {
			t.alone = t.alone && !t.names[pec.Fold(other.FullName())]
			delete(t.codes, other.TaxCode)
		}
	}
	delete(t.codes, "")
	return t, err
}

// of reports whether a row is the person's: by the tax code, else by the number,
// one of before with the name, else by the name alone when nobody else has it.
func (t traces) of(keys RowKeys, name string) bool {
	number, named := strings.ToUpper(keys.RegistrationNumber), t.names[pec.Fold(name)]
	switch {
	case keys.TaxCode != "":
		return t.codes[keys.TaxCode]
	case number == "":
		return named && t.alone
	case number == t.number:
		return true
	}
	return named && t.numbers[number]
}

// keysOf are those of a row; of a report that does not keep them, what its cells
// say, a tax code that is none left out.
func (r *ImportReport) keysOf(row int) RowKeys {
	if keys, ok := r.Keys[row]; ok {
		return keys
	}
	var keys RowKeys
	i := slices.IndexFunc(r.RefusedRows, func(refused pec.Row) bool { return refused.Number == row })
	if i < 0 {
		return keys
	}
	for column, cell := range r.RefusedRows[i].Cells {
		if column >= len(r.Header) {
			break
		}
		switch pec.Field(r.Mapping[r.Header[column]]) {
		case pec.FieldTaxCode:
			if code, err := pec.ParseTaxCode(cell); err == nil {
				keys.TaxCode = code.Code
			}
		case pec.FieldRegistrationNumber:
			keys.RegistrationNumber = strings.TrimSpace(cell)
		}
	}
	return keys
}

// forget empties the rows of a person and the values told of them; true when
// there were any.
func (r *ImportReport) forget(t traces) bool {
	theirs := map[int]bool{}
	for row, name := range r.Names {
		theirs[row] = t.of(r.keysOf(row), name)
	}
	changed := false
	for i, row := range r.RefusedRows {
		if theirs[row.Number] {
			changed = true
			r.RefusedRows[i].Cells = []string{erasedValue}
		}
	}
	for i, p := range r.Problems {
		if theirs[p.Row] {
			changed = true
			r.Problems[i].Value, r.Problems[i].Message, r.Problems[i].Correction = "", "Valore "+erasedValue+".", ""
			delete(r.Names, p.Row)
			delete(r.Keys, p.Row)
		}
	}
	return changed
}
