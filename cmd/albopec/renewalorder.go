package main

import (
	"fmt"

	"albopec/app/office"
	"albopec/app/pec"
)

type renewalOrderCmd struct {
	Address       string `arg:"" name:"indirizzo" help:"La casella."`
	Years         int    `default:"1" placeholder:"N" help:"Per quanti anni dalla scadenza; 0 cambia solo la tipologia, subito (predefinito: 1)."`
	Kind          string `placeholder:"CODICE" help:"Un’altra tipologia (predefinito: quella che ha)."`
	AddGB         int    `name:"add-gb" placeholder:"N" help:"GB da aggiungere."`
	RecipientCode string `placeholder:"CODICE" help:"Il codice destinatario della fattura elettronica: 7 lettere o cifre, 6 per una pubblica amministrazione, 0000000 se non ce n’è uno (predefinito, senza PEC: quello confermato l’ultima volta)."`
	RecipientPEC  string `name:"recipient-pec" placeholder:"PEC" help:"Oppure la PEC a cui mandarla."`
	DryRun        bool   `help:"Mostra quanto costerebbe, senza scrivere."`
}

type renewalLine struct {
	Name     string    `json:"name"`
	Quantity int       `json:"quantity"`
	From     pec.Date  `json:"from"`
	To       pec.Date  `json:"to"`
	Years    int       `json:"years"`
	Months   int       `json:"months"`
	Net      pec.Cents `json:"net"`
	VAT      pec.Cents `json:"vat"`
	Gross    pec.Cents `json:"gross"`
}

func (cmd *renewalOrderCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	wish := pec.RenewalWish{Kind: cmd.Kind, Years: cmd.Years, AddedGB: cmd.AddGB}
	if cmd.DryRun {
		return cmd.quote(c, o, wish)
	}
	done, err := o.OrderRenewal(c.ctx, office.ActorCommand, office.RenewalRequest{
		Address: cmd.Address, Wish: wish, RecipientCode: cmd.RecipientCode, RecipientPEC: cmd.RecipientPEC,
		KeepRecipient: cmd.RecipientCode == "" && cmd.RecipientPEC == "",
	})
	if err != nil {
		return err
	}
	said, fields := ordered(done.Order, done.Missing, done.ExpiresOn)
	if done.Order.State == pec.OrderCompleted {
		said += fmt.Sprintf(" La casella scade il %s.", done.ExpiresOn.Italian())
	}
	fields["dry_run"] = false
	return c.print(fields, "%s", said)
}

func (cmd *renewalOrderCmd) quote(c *call, o *office.Office, wish pec.RenewalWish) error {
	q, err := o.QuoteRenewalOf(c.ctx, cmd.Address, wish)
	if err != nil {
		return err
	}
	if _, err := pec.ReadRecipient(cmd.RecipientCode, cmd.RecipientPEC); err != nil {
		return err
	}
	lines := []renewalLine{}
	for _, l := range q.Lines {
		lines = append(lines, renewalLine{l.Name, l.Quantity, l.From, l.To, l.Years, l.Months, l.Price.Net, l.Price.VAT, l.Price.Gross})
	}
	said := q.Reason
	if q.Warning != "" {
		said += "\n" + q.Warning
	}
	return c.print(map[string]any{
		"kind": q.Wish.Kind, "years": q.Wish.Years, "net": q.Price.Net, "vat": q.Price.VAT, "gross": q.Price.Gross, "expires_on": q.To,
		"lines": lines, "reason": q.Reason, "warning": q.Warning, "dry_run": true,
	}, "%s", said)
}

type renewalAutoCmd struct {
	Address string `arg:"" name:"indirizzo" help:"La casella."`
	Switch  string `arg:"" name:"on|off" enum:"on,off" help:"on lo accende, off lo spegne."`
}

func (cmd *renewalAutoCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	on := cmd.Switch == "on"
	if err := o.SetAutoRenew(c.ctx, office.ActorCommand, cmd.Address, on); err != nil {
		return err
	}
	said := "Rinnovo automatico spento: alla scadenza la casella si chiude, se prima non è pagato un ordine di rinnovo."
	if on {
		said = "Rinnovo automatico acceso."
	}
	return c.print(map[string]any{"address": cmd.Address, "auto_renew": on}, "%s", said)
}

type renewalKindCmd struct {
	Address string `arg:"" name:"indirizzo" help:"La casella."`
	Kind    string `arg:"" name:"tipologia" help:"Il codice della tipologia dalla scadenza in poi."`
}

func (cmd *renewalKindCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	if err := o.ChooseKind(c.ctx, office.ActorCommand, cmd.Address, cmd.Kind, 0); err != nil {
		return err
	}
	v, err := o.Mailbox(c.ctx, cmd.Address)
	if err != nil {
		return err
	}
	return c.print(map[string]any{"address": v.Address, "kind": v.MailboxRow.KindAhead(), "from": v.ExpiresOn},
		"Dal %s la casella è di tipologia %s.", v.ExpiresOn.Italian(), v.MailboxRow.KindAhead())
}
