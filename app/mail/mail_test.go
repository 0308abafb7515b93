package mail

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"albopec/app/pec"
)

// server is a real SMTP server on this machine, which answers as a test wants.
type server struct {
	t         *testing.T
	port      int
	roots     *x509.CertPool
	mailFrom  error
	rcptTo    error
	data      error
	delay     time.Duration // before the answer to a message
	cut       bool          // the line, when the message is there and before the answer
	cutBefore bool          // the line, in the middle of the message
	implicit  bool          // TLS from the first byte
	password  string        // empty: everybody may send

	mu       sync.Mutex
	received []string
}

func (s *server) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{server: s, conn: c}, nil
}

type session struct {
	*server
	conn     *smtp.Conn
	loggedIn bool
}

func (s *session) AuthMechanisms() []string {
	if s.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "albopec" || password != s.password {
			return smtp.ErrAuthFailed
		}
		s.loggedIn = true
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error {
	if s.password != "" && !s.loggedIn {
		return smtp.ErrAuthRequired
	}
	return s.mailFrom
}
func (s *session) Rcpt(string, *smtp.RcptOptions) error { return s.rcptTo }
func (s *session) Reset()                               {}
func (s *session) Logout() error                        { return nil }

func (s *session) Data(r io.Reader) error {
	if s.cutBefore {
		s.conn.Conn().Close()
		return io.ErrUnexpectedEOF
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if s.data != nil {
		return s.data
	}
	s.mu.Lock()
	s.received = append(s.received, string(b))
	s.mu.Unlock()
	time.Sleep(s.delay)
	if s.cut {
		s.conn.Conn().Close()
	}
	return nil
}

// serving starts a server; with encryption it has a certificate of its own.
func serving(t *testing.T, s *server, withTLS bool) *server {
	t.Helper()
	s.t = t
	srv := smtp.NewServer(s)
	srv.Domain, srv.AllowInsecureAuth = "localhost", true
	srv.ErrorLog = quiet{}
	if withTLS {
		srv.TLSConfig = s.certificate()
		srv.AllowInsecureAuth = false
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	if s.implicit {
		l = tls.NewListener(l, srv.TLSConfig)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		srv.Serve(l)
	}()
	t.Cleanup(func() {
		srv.Close()
		<-done
	})
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func (s *server) certificate() *tls.Config {
	s.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		s.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		s.t.Fatal(err)
	}
	s.roots = x509.NewCertPool()
	s.roots.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// door is the program's way to the server, changed as a test wants.
func (s *server) door(changes ...func(*Config)) *Server {
	s.t.Helper()
	cfg := Config{Host: "localhost", Port: s.port, From: "Ordine di prova <pec@ordine.example>", Encryption: None, Timeout: 2 * time.Second, Roots: s.roots}
	for _, change := range changes {
		change(&cfg)
	}
	d, err := New(cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

func encrypted(e Encryption) func(*Config) { return func(c *Config) { c.Encryption = e } }

func password(p string) func(*Config) { return func(c *Config) { c.User, c.Password = "albopec", p } }

var letter = pec.Mail{
	MessageID: "albopec.1@pec.ordine.example", To: "elena@posta.example", Subject: "Casella PEC: scade il 12/10/2018, è la tariffa di 3,05 €",
	Text: "Gentile Elena,\n\nla casella scade.\n.\nUn punto solo non finisce il messaggio.\n", HTML: "<p>Gentile Elena,</p>",
}

func answer(code int, enhanced smtp.EnhancedCode, text string) *smtp.SMTPError {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
}

// What every sort of server makes of a message.
func TestWhatBecomesOfAMessage(t *testing.T) {
	for _, row := range []struct {
		name   string
		server *server
		want   pec.MailOutcome
		says   string
	}{
		{"taken", &server{}, pec.MailAccepted, "OK"},
		{"the recipient is refused for now", &server{rcptTo: answer(450, smtp.EnhancedCode{4, 2, 1}, "riprovi")}, pec.MailDeferred, "Destinatario non accettato: 450 4.2.1 riprovi"},
		{"the recipient does not exist", &server{rcptTo: answer(550, smtp.EnhancedCode{5, 1, 1}, "sconosciuto")}, pec.MailRefused, "550 5.1.1 sconosciuto"},
		{"relaying is denied: no message would go", &server{rcptTo: answer(554, smtp.EnhancedCode{5, 7, 1}, "relay")}, pec.MailUnreachable, "non accetta messaggi per altri"},
		{"the sender is refused: no message would go", &server{mailFrom: answer(553, smtp.EnhancedCode{5, 1, 8}, "mittente")}, pec.MailUnreachable, "Mittente non accettato"},
		{"the server is going down", &server{rcptTo: answer(421, smtp.EnhancedCode{4, 3, 2}, "chiudo")}, pec.MailUnreachable, "421"},
		{"the content is refused", &server{data: answer(554, smtp.EnhancedCode{5, 6, 0}, "troppo grande")}, pec.MailRefused, "Messaggio non accettato: 554"},
		{"the disk of the server is full", &server{data: answer(452, smtp.EnhancedCode{4, 3, 1}, "spazio")}, pec.MailDeferred, "452"},
		{"the line is cut after DATA", &server{cut: true}, pec.MailUncertain, "prima della risposta"},
		{"the answer is longer in coming than the line waits", &server{delay: 3 * time.Second}, pec.MailUncertain, "prima della risposta"},
		{"it delays and takes it", &server{delay: 300 * time.Millisecond}, pec.MailAccepted, "OK"},
		{"it wants a log-in that was not set", &server{password: "segreta"}, pec.MailUnreachable, "Mittente non accettato: 502"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := serving(t, row.server, false)
			got := s.door().Send(context.Background(), letter)
			if got.Outcome != row.want || !strings.Contains(got.Reply, row.says) || strings.ContainsAny(got.Reply, "\r\n") {
				t.Errorf("%+v, want %s: %q", got, row.want, row.says)
			}
		})
	}
}

// A line that breaks in the middle of a message leaves nothing behind: it may
// go again without a doubt.
func TestALineThatBreaksInTheMiddleIsNoDoubt(t *testing.T) {
	s := serving(t, &server{cutBefore: true}, false)
	long := letter
	long.Text = strings.Repeat("una riga di testo che riempie la linea\n", 200_000) // more than fits into the sockets
	if got := s.door().Send(context.Background(), long); got.Outcome != pec.MailUnreachable || len(s.received) != 0 {
		t.Errorf("%+v, %d received", got, len(s.received))
	}
}

func TestTheLineIsEncryptedOrNothingIsSent(t *testing.T) {
	for _, row := range []struct {
		name    string
		withTLS bool
		change  func(*Config)
		want    pec.MailOutcome
	}{
		{"STARTTLS with a certificate that is known", true, encrypted(Mandatory), pec.MailAccepted},
		{"a server without it gets nothing", false, encrypted(Mandatory), pec.MailUnreachable},
		{"unless it is only wished for", false, encrypted(Opportunistic), pec.MailAccepted},
		{"and used where it is there", true, encrypted(Opportunistic), pec.MailAccepted},
		{"a certificate that nobody knows", true, func(c *Config) { c.Encryption, c.Roots = Mandatory, x509.NewCertPool() }, pec.MailUnreachable},
		{"a certificate of another name", true, func(c *Config) { c.Encryption, c.Host = Mandatory, "127.0.0.1" }, pec.MailUnreachable},
		{"no name that leads anywhere", false, func(c *Config) { c.Host = "posta.invalid" }, pec.MailUnreachable},
		{"nobody listens", false, func(c *Config) { c.Port = 1 }, pec.MailUnreachable},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := serving(t, &server{}, row.withTLS)
			got := s.door(row.change).Send(context.Background(), letter)
			if got.Outcome != row.want || (len(s.received) == 1) != (row.want == pec.MailAccepted) {
				t.Errorf("%+v with %d received, want %s", got, len(s.received), row.want)
			}
		})
	}
}

func TestLogIn(t *testing.T) {
	s := serving(t, &server{password: "segreta"}, true)
	if got := s.door(encrypted(Mandatory), password("segreta")).Send(context.Background(), letter); got.Outcome != pec.MailAccepted {
		t.Errorf("with the right password: %+v", got)
	}
	if got := s.door(encrypted(Mandatory), password("sbagliata")).Send(context.Background(), letter); got.Outcome != pec.MailUnreachable || strings.Contains(got.Reply, "sbagliata") {
		t.Errorf("with a wrong one: %+v", got)
	}
	fromTheStart := serving(t, &server{password: "segreta", implicit: true}, true)
	if got := fromTheStart.door(encrypted(Implicit), password("segreta")).Send(context.Background(), letter); got.Outcome != pec.MailAccepted {
		t.Errorf("with TLS from the first byte: %+v", got)
	}
	inTheClear := serving(t, &server{password: "segreta"}, false)
	if got := inTheClear.door(encrypted(None), password("segreta")).Send(context.Background(), letter); got.Outcome != pec.MailUnreachable {
		t.Errorf("a password went in the clear: %+v", got)
	}
}

// The message as it arrives: both forms, who it is from, the Message-ID that
// the office gave it, and nothing more by the same name.
func TestAMessageAsItArrives(t *testing.T) {
	s := serving(t, &server{}, false)
	d := s.door()
	for range 2 {
		if got := d.Send(context.Background(), letter); got.Outcome != pec.MailAccepted {
			t.Fatalf("%+v", got)
		}
	}
	for _, raw := range s.received {
		m, err := netmail.ReadMessage(strings.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil || subject != letter.Subject {
			t.Errorf("subject %q, %v", subject, err)
		}
		for name, want := range map[string]string{
			"Message-ID": "<albopec.1@pec.ordine.example>", "From": `"Ordine di prova" <pec@ordine.example>`, "To": "<elena@posta.example>", "Auto-Submitted": "auto-generated",
		} {
			if got := m.Header[netHeader(name)]; len(got) != 1 || got[0] != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if _, err := m.Header.Date(); err != nil {
			t.Error(err)
		}
		parts := partsOf(t, m)
		if parts["text/plain"] != letter.Text || parts["text/html"] != letter.HTML {
			t.Errorf("parts %q", parts)
		}
	}
}

func netHeader(name string) string {
	if name == "Message-ID" {
		return "Message-Id"
	}
	return name
}

func partsOf(t *testing.T, m *netmail.Message) map[string]string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s %v", kind, err)
	}
	parts := map[string]string{}
	r := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return parts
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		parts[kind] = string(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n")))
	}
}

func TestConfigurationsThatCannotWork(t *testing.T) {
	good := Config{Host: "posta.ordine.example", From: "pec@ordine.example"}
	for _, row := range []struct {
		name   string
		change func(*Config)
	}{
		{"no host", func(c *Config) { c.Host = "" }},
		{"a host with a path", func(c *Config) { c.Host = "smtp://posta.ordine.example" }},
		{"no sender", func(c *Config) { c.From = "" }},
		{"a sender that is no address", func(c *Config) { c.From = "Ordine" }},
		{"a second header in the sender", func(c *Config) { c.From = "pec@ordine.example\r\nBcc: altri@posta.example" }},
		{"a port beyond all ports", func(c *Config) { c.Port = 70000 }},
		{"an unknown way of encryption", func(c *Config) { c.Encryption = "ssl3" }},
	} {
		cfg := good
		row.change(&cfg)
		if _, err := New(cfg); pec.AsProblem(err) == nil {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	d, err := New(good)
	if err != nil || d.cfg.Port != 587 || d.cfg.Encryption != Mandatory || d.Sender() != "pec@ordine.example" {
		t.Errorf("%+v, %v", d, err)
	}
	good.Encryption = Implicit
	if d, err := New(good); err != nil || d.cfg.Port != 465 {
		t.Errorf("%+v, %v", d, err)
	}
}
