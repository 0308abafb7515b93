// Package mail is the door to the Ordine's mail server: it hands one message
// over by SMTP and says what became of it, in pec's terms. What is sent, when
// and how often is the office's; here belong the line, its encryption, the
// log-in, and what a server's answers mean.
package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"albopec/app/pec"
)

// Encryption says how the line to the server is kept private.
type Encryption string

// The ways. Mandatory is the one for the internet; none is for a server on the
// same machine.
const (
	Mandatory     Encryption = "mandatory"     // STARTTLS, or nothing is sent
	Opportunistic Encryption = "opportunistic" // STARTTLS when the server has it
	Implicit      Encryption = "implicit"      // TLS from the first byte, usually port 465
	None          Encryption = "none"
)

// Config is how the server is reached.
type Config struct {
	Host       string
	Port       int // 587 when 0, 465 with Implicit
	User       string
	Password   string
	From       string // "Ordine degli Ingegneri <pec@ordine.example>", or an address alone
	Encryption Encryption
	Timeout    time.Duration // of the line, 30 s when 0

	// Roots are the authorities that the server's certificate may come from; nil
	// for those of the system.
	Roots *x509.CertPool
}

// Server is a mail server that can be reached.
type Server struct {
	cfg  Config
	from string // the address alone
}

// New checks a configuration. What cannot work is a Problem.
func New(cfg Config) (*Server, error) {
	if cfg.Host == "" || strings.ContainsAny(cfg.Host, " \t\r\n/") {
		return nil, pec.Refuse("mail_invalid", "Il server di posta «%s» non è un nome di computer.", cfg.Host)
	}
	if cfg.Encryption == "" {
		cfg.Encryption = Mandatory
	}
	if cfg.Port == 0 {
		cfg.Port = 587
		if cfg.Encryption == Implicit {
			cfg.Port = 465
		}
	}
	if cfg.Port < 1 || cfg.Port > 65535 {
		return nil, pec.Refuse("mail_invalid", "La porta del server di posta va da 1 a 65535, non %d.", cfg.Port)
	}
	switch cfg.Encryption {
	case Mandatory, Opportunistic, Implicit, None:
	default:
		return nil, pec.Refuse("mail_invalid", "La cifratura della posta «%s» non esiste: usi mandatory, opportunistic, implicit o none.", cfg.Encryption)
	}
	m := gomail.NewMsg()
	if err := m.From(cfg.From); err != nil {
		return nil, pec.Refuse("mail_invalid", "Il mittente «%s» non è un indirizzo e-mail.", cfg.From)
	}
	from, err := m.GetSender(false)
	if err != nil {
		return nil, fmt.Errorf("sender %q: %w", cfg.From, err)
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 30 * time.Second
	}
	return &Server{cfg, strings.Trim(from, "<>")}, nil
}

// Sender is the address that messages come from.
func (s *Server) Sender() string { return s.from }

// Send hands one message over, on a line of its own: a batch would not tell
// which of its messages went. It returns within twice the timeout.
func (s *Server) Send(ctx context.Context, m pec.Mail) pec.MailResult {
	msg, err := s.message(m)
	if err != nil {
		return pec.MailResult{Outcome: pec.MailRefused, Reply: "Il messaggio non si può comporre: " + err.Error()}
	}
	var line net.Conn // a log-in that fails would leave it open
	defer func() {
		if line != nil {
			line.Close()
		}
	}()
	client, err := s.client(&line)
	if err != nil {
		return unreachable(err)
	}
	if err := client.DialWithContext(ctx); err != nil {
		return unreachable(err)
	}
	err = client.Send(msg)
	client.Close()
	if msg.IsDelivered() { // what fails after that (RSET, QUIT) is no matter of the message's
		return pec.MailResult{Outcome: pec.MailAccepted, Reply: oneLine(msg.ServerResponse())}
	}
	return classify(err)
}

func (s *Server) message(m pec.Mail) (*gomail.Msg, error) {
	msg := gomail.NewMsg()
	if err := msg.From(s.cfg.From); err != nil {
		return nil, err
	}
	if err := msg.To(m.To); err != nil {
		return nil, err
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.MessageID)
	msg.SetDate()
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // no holiday replies, RFC 3834
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return msg, nil
}

func (s *Server) client(line *net.Conn) (*gomail.Client, error) {
	options := []gomail.Option{
		gomail.WithPort(s.cfg.Port), gomail.WithTimeout(s.cfg.Timeout),
		gomail.WithTLSConfig(&tls.Config{ServerName: s.cfg.Host, RootCAs: s.cfg.Roots, MinVersion: tls.VersionTLS12}),
	}
	if s.cfg.Encryption == Implicit {
		options = append(options, gomail.WithSSL())
	} else {
		options = append(options, gomail.WithDialContextFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
			var d net.Dialer
			conn, err := d.DialContext(ctx, network, address)
			*line = conn
			return conn, err
		}))
	}
	switch s.cfg.Encryption {
	case Mandatory:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case Opportunistic:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	case None:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.cfg.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.cfg.User), gomail.WithPassword(s.cfg.Password))
	}
	return gomail.NewClient(s.cfg.Host, options...)
}

// classify says what a failed attempt means. Only what concerns the message
// (its recipient, its content) with a 5xx answer is for good; a sender that is
// refused, or a line that breaks before all was said, concerns the server. When
// the line breaks after the last dot and before the answer, nobody knows.
func classify(err error) pec.MailResult {
	var failed *gomail.SendError
	if !errors.As(err, &failed) {
		return unreachable(err)
	}
	code, words := failed.ErrorCode(), serverWords(failed)
	switch failed.Reason {
	case gomail.ErrSMTPRcptTo:
		if strings.HasPrefix(failed.EnhancedStatusCode(), "5.7.") { // relaying denied: so it would be for all
			return pec.MailResult{Outcome: pec.MailUnreachable, Reply: "Il server di posta non accetta messaggi per altri: " + words}
		}
		return pec.MailResult{Outcome: byCode(code), Reply: "Destinatario non accettato: " + words}
	case gomail.ErrSMTPData:
		return pec.MailResult{Outcome: byCode(code), Reply: "Messaggio non accettato: " + words}
	case gomail.ErrSMTPDataClose:
		if code == 0 {
			return pec.MailResult{Outcome: pec.MailUncertain, Reply: "La linea è caduta prima della risposta: " + words}
		}
		return pec.MailResult{Outcome: byCode(code), Reply: "Messaggio non accettato: " + words}
	case gomail.ErrSMTPMailFrom:
		return pec.MailResult{Outcome: pec.MailUnreachable, Reply: "Mittente non accettato: " + words}
	case gomail.ErrNoUnencoded, gomail.ErrGetSender, gomail.ErrGetRcpts:
		return pec.MailResult{Outcome: pec.MailRefused, Reply: words}
	}
	return pec.MailResult{Outcome: pec.MailUnreachable, Reply: "La linea è caduta: " + words}
}

// byCode is what a server's answer to one message means; 0 is no answer.
func byCode(code int) pec.MailOutcome {
	switch {
	case code == 0, code == 421, code == 530, code == 535, code == 538: // going down, or no log-in
		return pec.MailUnreachable
	case code >= 500:
		return pec.MailRefused
	}
	return pec.MailDeferred
}

// serverWords are what the server said, without what the library says around
// it.
func serverWords(failed *gomail.SendError) string {
	words := strings.TrimPrefix(failed.Error(), failed.Reason.String()+": ")
	words, _, _ = strings.Cut(words, ", affected ")
	if code, quoted, ok := strings.Cut(words, ` "`); ok { // 550 "5.1.1 no such user"
		words = code + " " + strings.TrimSuffix(quoted, `"`)
	}
	return oneLine(words)
}

func unreachable(err error) pec.MailResult {
	reply := oneLine(err.Error())
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		reply = "Il server di posta non si trova: " + reply
	case errors.As(err, &timeout) && timeout.Timeout():
		reply = "Il server di posta non risponde: " + reply
	}
	return pec.MailResult{Outcome: pec.MailUnreachable, Reply: reply}
}

// oneLine bounds what a server says and keeps it on a line.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if runes := []rune(s); len(runes) > 500 {
		return string(runes[:500]) + "…"
	}
	return s
}
