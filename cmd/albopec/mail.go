package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"slices"
	"strings"

	"albopec/app/mail"
	"albopec/app/office"
	"albopec/app/pec"
)

// mailFlags say how the Ordine's mail server is reached. Without a host nothing
// is sent, and messages wait.
type mailFlags struct {
	Host     string `name:"mail-host" env:"ALBOPEC_MAIL_HOST" placeholder:"SERVER" help:"Il server di posta (SMTP); senza, i messaggi aspettano."`
	Port     int    `name:"mail-port" env:"ALBOPEC_MAIL_PORT" placeholder:"PORTA" help:"La sua porta (predefinita: 587, o 465 con implicit)."`
	User     string `name:"mail-user" env:"ALBOPEC_MAIL_USER" placeholder:"UTENTE" help:"Con chi presentarsi; la password sta in ALBOPEC_MAIL_PASSWORD."`
	Password string `name:"mail-password" env:"ALBOPEC_MAIL_PASSWORD" hidden:""` // hidden: on a command line everybody on the machine reads it
	From     string `name:"mail-from" env:"ALBOPEC_MAIL_FROM" placeholder:"MITTENTE" help:"Da chi partono i messaggi: un indirizzo, o «Ordine <indirizzo>»."`
	TLS      string `name:"mail-tls" env:"ALBOPEC_MAIL_TLS" default:"mandatory" placeholder:"COME" help:"La cifratura: mandatory (STARTTLS, predefinita), opportunistic, implicit, none."`
	CA       string `name:"mail-ca" env:"ALBOPEC_MAIL_CA" placeholder:"FILE" help:"I certificati di cui fidarsi, in PEM (predefiniti: quelli del sistema)."`
}

// mailVariables are the variables that, empty, mean the same as none.
var mailVariables = []string{
	"ALBOPEC_MAIL_HOST", "ALBOPEC_MAIL_PORT", "ALBOPEC_MAIL_USER", "ALBOPEC_MAIL_PASSWORD", "ALBOPEC_MAIL_FROM", "ALBOPEC_MAIL_TLS", "ALBOPEC_MAIL_CA",
}

// door is the way to the mail server, nil when none is set.
func (f mailFlags) door() (office.Mailer, error) {
	if f.Host == "" {
		return nil, nil
	}
	cfg := mail.Config{Host: f.Host, Port: f.Port, User: f.User, Password: f.Password, From: f.From, Encryption: mail.Encryption(f.TLS)}
	if f.CA != "" {
		pem, err := os.ReadFile(f.CA)
		if err != nil {
			return nil, pec.Refuse("file_not_readable", "Il file «%s» non si può leggere: %s.", f.CA, why(err))
		}
		cfg.Roots = x509.NewCertPool()
		if !cfg.Roots.AppendCertsFromPEM(pem) {
			return nil, pec.Refuse("mail_invalid", "Il file «%s» non contiene certificati in PEM.", f.CA)
		}
	}
	server, err := mail.New(cfg)
	if err != nil {
		return nil, err
	}
	return server, nil
}

type mailSendCmd struct {
	mailFlags
}

func (cmd *mailSendCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	if o.Mailer, err = cmd.door(); err != nil {
		return err
	}
	done, err := o.SendMail(c.ctx, office.ActorCommand)
	if err != nil {
		return err
	}
	if o.Mailer == nil {
		c.note("Invio non configurato: indichi il server di posta in ALBOPEC_MAIL_HOST e il mittente in ALBOPEC_MAIL_FROM.")
	}
	return c.print(done, "%s, %s, %d da inviare.", count(done.Sent, "messaggio inviato", "messaggi inviati"), count(done.Failed, "tentativo non riuscito", "tentativi non riusciti"), done.Waiting)
}

type noticesCmd struct {
	DryRun bool `help:"Mostra quali avvisi partirebbero, anche in un giorno futuro, senza scrivere."`
}

func (cmd *noticesCmd) Run(c *call) error {
	o, err := c.office()
	if err != nil {
		return err
	}
	done, err := o.RaiseNotices(c.ctx, office.ActorCommand, cmd.DryRun)
	if err != nil {
		return err
	}
	if !cmd.DryRun {
		if _, err := o.Summarise(c.ctx, office.ActorCommand); err != nil {
			return err
		}
	}
	said := fmt.Sprintf("Avvisi del %s: %d", done.On.Italian(), done.Raised)
	if done.Raised > 0 {
		said += " (" + stepsInWords(done) + ")"
	}
	said += fmt.Sprintf(", di cui %d da spedire su carta.", done.OnPaper)
	if cmd.DryRun {
		said += " Prova: non è stato scritto nulla."
	}
	for _, f := range done.Failed {
		said += "\n" + f.Address + ": " + f.Message
	}
	if err := c.print(done, "%s", said); err != nil {
		return err
	}
	if len(done.Failed) > 0 {
		return errReported
	}
	return nil
}

// stepsInWords counts the notices by step, the furthest from the expiry first:
// "3 dei 90 giorni, 1 dei 7 giorni".
func stepsInWords(done office.Notified) string {
	var steps []int
	for text, n := range done.ByStep {
		var step int
		if _, err := fmt.Sscan(text, &step); err == nil && n > 0 {
			steps = append(steps, step)
		}
	}
	slices.Sort(steps)
	slices.Reverse(steps)
	var parts []string
	for _, step := range steps {
		word := strings.TrimPrefix(pec.StepItalian(step), "avviso ")
		parts = append(parts, fmt.Sprintf("%d %s", done.ByStep[fmt.Sprint(step)], word))
	}
	return strings.Join(parts, ", ")
}
