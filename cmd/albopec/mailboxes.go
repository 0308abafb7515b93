package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/shopspring/decimal"
)

type provisionCmd struct {
	Member   string `placeholder:"NUMERO" help:"Solo l’iscritto con questo numero, anche se ha una PEC propria."`
	Domain   string `placeholder:"DOMINIO" help:"Il dominio degli indirizzi (predefinito: quello dell’Ordine)."`
	Withdraw string `placeholder:"INDIRIZZO" help:"Ritira la richiesta di questa casella, che il gestore non ha ancora."`
	DryRun   bool   `help:"Mostra le richieste, senza scrivere."`
}

func (cmd *provisionCmd) Run(c *call) error {
	if cmd.Withdraw != "" && (cmd.Member != "" || cmd.Domain != "") {
		return usageError("--withdraw va da solo: --member e --domain sono di chi richiede")
	}
	o, err := c.office()
	if err != nil {
		return err
	}
	if cmd.Withdraw != "" {
		return cmd.withdraw(c, o)
	}
	list, err := o.ProvisionIn(c.ctx, office.ActorCommand, cmd.Domain, cmd.Member, cmd.DryRun)
	if err != nil {
		return err
	}
	said := count(len(list), "casella richiesta.", "caselle richieste.")
	if cmd.DryRun {
		said = count(len(list), "casella", "caselle") + " da richiedere. Prova: non è stato scritto nulla."
	}
	for _, p := range list {
		said += "\n" + p.Address + "  " + p.Holder
		if p.Refused.ID != 0 {
			said += "  (respinta il " + p.Refused.AnsweredOn.Italian() + ": " + cmp.Or(p.Refused.Reason, "senza motivo") + ")"
		}
	}
	if list == nil {
		list = []office.Provisioned{}
	}
	return c.print(map[string]any{"requested": len(list), "mailboxes": list, "dry_run": cmd.DryRun}, "%s", said)
}

func (cmd *provisionCmd) withdraw(c *call, o *office.Office) error {
	w, err := o.Withdraw(c.ctx, office.ActorCommand, cmd.Withdraw, cmd.DryRun)
	if err != nil {
		return err
	}
	said := "Richiesta ritirata: " + w.Address + " è di nuovo libero."
	switch {
	case !w.Done:
		said = "Nulla da ritirare: " + w.Address + " non è tra le caselle richieste."
	case w.Rejected:
		said = "Richiesta ritirata: " + w.Address + " torna respinta, com’era."
	}
	if cmd.DryRun {
		said += " Prova: non è stato scritto nulla."
	}
	return c.print(map[string]any{"address": w.Address, "withdrawn": w.Done, "rejected": w.Rejected, "dry_run": cmd.DryRun}, "%s", said)
}

type activateCmd struct {
	Address string `arg:"" name:"indirizzo" help:"L’indirizzo della casella."`
	Years   int    `placeholder:"N" help:"La durata in anni (predefinita: la più breve della tipologia)."`
}

func (cmd *activateCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	if cmd.Years < 0 {
		return pec.Refuse("term_not_offered", "La durata deve essere di almeno un anno.")
	}
	done, err := o.Activate(c.ctx, office.ActorCommand, cmd.Address, cmd.Years)
	if err != nil {
		return err
	}
	said := fmt.Sprintf("%s attiva dal %s al %s.", done.Address, done.ActivatedOn.Italian(), done.ExpiresOn.Italian())
	out := activated{Activated: done}
	if s := done.Space; s != nil {
		var more string
		more, out.Space = spaceOrdered(*s)
		said += "\n" + more
	}
	return c.print(out, "%s", said)
}

// activated is an activation, with the order of the space asked for with the
// mailbox when there was one.
type activated struct {
	office.Activated
	Space map[string]any `json:"space,omitempty"`
}

func spaceOrdered(s office.SpaceOrdered) (said string, fields map[string]any) {
	if s.Why != "" {
		return fmt.Sprintf("%s GB chiesti con la casella non sono ordinati. %s", pec.TheMany("I", s.GB), s.Why), map[string]any{"quantity": s.GB, "order": nil, "reason": s.Why}
	}
	said, fields = ordered(s.Order, s.Missing, s.ExpiresOn)
	fields["quantity"] = s.GB
	return fmt.Sprintf("%d GB chiesti con la casella. %s", s.GB, said), fields
}

type mailboxCmd struct {
	Address string `arg:"" name:"indirizzo" help:"L’indirizzo della casella."`
}

type mailboxService struct {
	ID        int64    `json:"id"`
	Product   string   `json:"product"`
	Quantity  int      `json:"quantity"`
	StartedOn pec.Date `json:"started_on"`
	ExpiresOn pec.Date `json:"expires_on"`
	AutoRenew bool     `json:"auto_renew"`
}

func (cmd *mailboxCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	v, err := o.Mailbox(c.ctx, cmd.Address)
	if err != nil {
		return err
	}
	services := []mailboxService{}
	for _, s := range v.Services {
		services = append(services, mailboxService{s.ID, s.Product, s.Quantity, s.StartedOn, s.ExpiresOn, s.AutoRenew})
	}
	said := fmt.Sprintf("%s  %s  %s\nTitolare: %s", v.Address, v.Status.Italian(), v.Kind.Name, v.Holder.FullName())
	if !v.ActivatedOn.IsZero() {
		said += fmt.Sprintf("\nAttiva dal %s, scade il %s", v.ActivatedOn.Italian(), v.ExpiresOn.Italian())
	}
	said += fmt.Sprintf("\nSpazio: %d GB base + %d GB extra = %d GB\nCredito: %s", v.Kind.BaseInboxGB, v.ExtraGB, v.TotalGB(), v.Credit.Euro())
	for _, s := range v.Services {
		said += fmt.Sprintf("\n%d × %s dal %s al %s", s.Quantity, s.ProductName, s.StartedOn.Italian(), s.ExpiresOn.Italian())
	}
	return c.print(map[string]any{
		"address": v.Address, "status": v.Status, "kind": v.MailboxRow.Kind, "holder": v.Holder.FullName(),
		"activated_on": orNull(v.ActivatedOn), "expires_on": orNull(v.ExpiresOn),
		"base_gb": v.Kind.BaseInboxGB, "extra_gb": v.ExtraGB, "total_gb": v.TotalGB(), "used_mb": v.UsedMB,
		"auto_renew": v.AutoRenew, "credit": v.Credit, "services": services,
	}, "%s", said)
}

type quoteCmd struct {
	Expires  dayArg `placeholder:"AAAA-MM-GG" help:"La scadenza della casella."`
	Quantity string `required:"" placeholder:"N" help:"La quantità."`
	Product  string `default:"inbox_gb" help:"Il servizio (predefinito: inbox_gb)."`
	Mailbox  string `placeholder:"INDIRIZZO" help:"La casella: ne usa scadenza, tipologia e spazio."`
}

type quoteResult struct {
	On         pec.Date        `json:"on"`
	Expires    pec.Date        `json:"expires"`
	Product    string          `json:"product"`
	Quantity   int             `json:"quantity"`
	Policy     pec.Policy      `json:"policy"`
	Free       bool            `json:"free"`
	Years      int             `json:"years"`
	Months     int             `json:"months"`
	UnitPrice  pec.Cents       `json:"unit_price"`
	Net        pec.Cents       `json:"net"`
	VATRate    decimal.Decimal `json:"vat_rate"`
	VAT        pec.Cents       `json:"vat"`
	Gross      pec.Cents       `json:"gross"`
	RenewalOn  any             `json:"renewal_on"`
	RenewalNet pec.Cents       `json:"renewal_net"`
	Reason     string          `json:"reason"`
}

func (cmd *quoteCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	quantity, err := quantityArg(cmd.Quantity)
	if err != nil {
		return err
	}
	var q pec.Quote
	switch {
	case cmd.Mailbox != "":
		q, err = o.QuoteMailbox(c.ctx, cmd.Mailbox, cmd.Product, quantity)
	case !cmd.Expires.IsZero():
		q, err = o.Quote(c.ctx, cmd.Product, quantity, cmd.Expires.Date)
	default:
		return usageError("quote vuole --expires oppure --mailbox")
	}
	if err != nil {
		return err
	}
	return c.print(quoteResult{
		On: q.On, Expires: q.Expires, Product: q.Product.Code, Quantity: q.Quantity, Policy: q.Policy, Free: q.Free, Years: q.Years, Months: q.Months,
		UnitPrice: q.UnitPrice, Net: q.Price.Net, VATRate: q.VATRate, VAT: q.Price.VAT, Gross: q.Price.Gross,
		RenewalOn: orNull(q.RenewalOn), RenewalNet: q.Renewal.Net, Reason: q.Reason,
	}, "%s", q.Reason)
}

// quantityArg reads a quantity; what is no whole number is a Problem, as on a
// page.
func quantityArg(s string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return 0, pec.Refuse("quantity_invalid", "«%s» non è una quantità: scriva un numero intero.", s)
	}
	return n, nil
}

type topupCmd struct {
	Address   string `arg:"" name:"indirizzo" help:"Una casella dell’iscritto."`
	Amount    string `arg:"" name:"importo" help:"L’importo in euro, IVA compresa: 12,20 o 12.20."`
	Reference string `required:"" placeholder:"TESTO" help:"CRO, IUV, numero della ricevuta."`
	Method    string `default:"bank_transfer" help:"bank_transfer, pagopa, counter o card (predefinito: bank_transfer)."`
	Again     bool   `name:"even-if-reversed" help:"Registra di nuovo un riferimento la cui ricarica è stata stornata, per l’iscritto di cui è il pagamento e con l’importo giusto."`
}

func (cmd *topupCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	amount, err := pec.ParseAmount(cmd.Amount)
	if err != nil {
		return err
	}
	done, err := o.TopUp(c.ctx, office.ActorCommand, office.Payment{
		Address: cmd.Address, Amount: amount, Method: pec.TopUpMethod(cmd.Method), Reference: cmd.Reference, EvenIfShared: true, EvenIfOtherMethod: true, EvenIfReversed: cmd.Again,
	})
	if err != nil {
		return err
	}
	if done.Shared {
		c.note("Il riferimento «%s» è già servito anche per un altro iscritto: controlli che il pagamento valga per più persone.", cmd.Reference)
	}
	said := fmt.Sprintf("Registrati %s. Credito: %s. Ordini completati: %d.", amount.Euro(), done.Balance.Euro(), done.OrdersCompleted)
	if done.ClaimSettled > 0 {
		said += fmt.Sprintf(" Saldati %s di credito da recuperare.", done.ClaimSettled.Euro())
	}
	if done.Duplicate {
		said = fmt.Sprintf("Il pagamento era già registrato. Credito: %s.", done.Balance.Euro())
	}
	return c.print(map[string]any{
		"entry": done.EntryID, "balance": done.Balance, "duplicate": done.Duplicate, "orders_completed": done.OrdersCompleted,
	}, "%s", said)
}

type orderCmd struct {
	Address   string `arg:"" name:"indirizzo" help:"La casella."`
	Product   string `required:"" help:"Il servizio: inbox_gb…"`
	Quantity  string `required:"" placeholder:"N" help:"La quantità."`
	DeliverTo string `placeholder:"INDIRIZZO" help:"Dove consegnare ciò che si compra una volta sola; senza, si ritira in segreteria."`
}

func (cmd *orderCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	quantity, err := quantityArg(cmd.Quantity)
	if err != nil {
		return err
	}
	done, err := o.Order(c.ctx, office.ActorCommand, office.Purchase{Address: cmd.Address, Product: cmd.Product, Quantity: quantity, DeliverTo: cmd.DeliverTo})
	if err != nil {
		return err
	}
	said, fields := ordered(done.Order, done.Missing, done.ExpiresOn)
	return c.print(fields, "%s", said)
}

// ordered tells of an order just made, in a sentence and in fields: it has its
// number once it is paid.
func ordered(o db.OrderRow, missing pec.Cents, expiresOn pec.Date) (said string, fields map[string]any) {
	said = fmt.Sprintf("Ordine %d in attesa di pagamento: %s, %s.", o.ID, o.Price.Gross.Euro(), pec.Lacking(missing))
	fields = map[string]any{"order": o.ID, "number": nil, "state": o.State, "gross": o.Price.Gross, "missing": missing, "expires_on": expiresOn}
	if o.State == pec.OrderCompleted {
		said, fields["number"] = fmt.Sprintf("Ordine %s completato: %s.", o.Number(), o.Price.Gross.Euro()), o.Number()
	}
	return said, fields
}

type renewCmd struct {
	Until  dayArg `placeholder:"AAAA-MM-GG" help:"Fino a questo giorno compreso (predefinito: oggi)."`
	DryRun bool   `help:"Mostra che cosa accadrebbe, anche in un giorno futuro, senza scrivere."`
}

type renewResult struct {
	office.Renewed
	DryRun bool `json:"dry_run"`
}

func (cmd *renewCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	until := cmd.Until.Date
	if until.IsZero() {
		until = o.Today()
	}
	var done office.Renewed
	if cmd.DryRun {
		done, _, err = o.PreviewRenewals(c.ctx, until)
	} else {
		done, err = o.Renew(c.ctx, office.ActorCommand, until)
	}
	if err != nil {
		return err
	}
	said := fmt.Sprintf("Fino al %s: %s (%s per l’Ordine), %s, %s (%s dagli iscritti), %s, %s.",
		done.Until.Italian(), count(done.Renewed, "rinnovo", "rinnovi"), done.Ordine.Gross.Euro(), count(done.Closed, "chiusura", "chiusure"),
		count(done.ServicesRenewed, "servizio rinnovato", "servizi rinnovati"), done.Members.Gross.Euro(), count(done.ServicesEnded, "cessato", "cessati"), count(len(done.Failed), "non riuscito", "non riusciti"))
	if cmd.DryRun {
		said += " Prova: non è stato scritto nulla."
	}
	for _, f := range done.Failed {
		said += "\n" + f.Address + ": " + f.Message
	}
	if err := c.print(renewResult{done, cmd.DryRun}, "%s", said); err != nil {
		return err
	}
	if len(done.Failed) > 0 {
		return errReported
	}
	return nil
}
