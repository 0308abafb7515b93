package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"database/sql"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// mailServer is a real SMTP server on this machine. It refuses those it is told
// to, and cuts the line after the first message when it is told to.
type mailServer struct {
	mu       sync.Mutex
	refuse   map[string]bool
	cutFirst bool
	received map[string][]string // by recipient
}

func (s *mailServer) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &mailSession{s, c, ""}, nil
}

type mailSession struct {
	*mailServer
	conn *smtp.Conn
	to   string
}

func (s *mailSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *mailSession) Reset()                               {}
func (s *mailSession) Logout() error                        { return nil }

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.refuse[to] {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "casella inesistente"}
	}
	s.to = to
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.received[s.to] = append(s.received[s.to], string(b))
	if s.cutFirst {
		s.cutFirst = false
		s.conn.Conn().Close()
	}
	return nil
}

// startMailServer starts a server that wants STARTTLS and tells the program of
// it by the environment.
func startMailServer(t *testing.T) *mailServer {
	t.Helper()
	s := &mailServer{refuse: map[string]bool{}, received: map[string][]string{}}
	srv := smtp.NewServer(s)
	srv.Domain = "localhost"
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
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
	for name, value := range map[string]string{
		"ALBOPEC_MAIL_HOST": "localhost", "ALBOPEC_MAIL_PORT": port, "ALBOPEC_MAIL_FROM": "Ordine di Prova <segreteria@ordine.example>", "ALBOPEC_MAIL_CA": ca,
	} {
		t.Setenv(name, value)
	}
	return s
}

// ordineWithNotices is an Ordine in which on 14/07/2018 the word that her payment
// is registered, a receipt and a notice wait for Anna Rossetti, and the first two
// for Marco Belfiore.
func ordineWithNotices(t *testing.T) string {
	t.Helper()
	path := newOrdine(t)
	for _, line := range []string{
		"--on 2017-10-01 import members testdata/common/albo.csv",
		"--on 2017-10-01 provision",
		"--on 2017-10-12 activate anna.rossetti@pec.ordine.example",
		"--on 2017-11-12 activate marco.belfiore@pec.ordine.example",
		"--on 2018-06-20 topup anna.rossetti@pec.ordine.example 3,05 --reference A1",
		"--on 2018-06-20 order anna.rossetti@pec.ordine.example --product inbox_gb --quantity 1",
		"--on 2018-07-01 topup marco.belfiore@pec.ordine.example 3,05 --reference B1",
		"--on 2018-07-01 order marco.belfiore@pec.ordine.example --product inbox_gb --quantity 1",
		"--on 2018-07-14 notices",
	} {
		answer(t, append(strings.Fields(line), "--db", path)...)
	}
	return path
}

func wants(t *testing.T, doc map[string]any, sent, failed, waiting string) {
	t.Helper()
	if doc["sent"] != json.Number(sent) || doc["failed"] != json.Number(failed) || doc["waiting"] != json.Number(waiting) {
		t.Errorf("%v, want %s sent, %s failed, %s waiting", doc, sent, failed, waiting)
	}
}

// Over STARTTLS to a real server: what it takes is sent, whom it does not know
// is given up, and a second run has nothing left to do.
func TestMailIsSentOverSMTP(t *testing.T) {
	server := startMailServer(t)
	server.refuse["marco@posta.example"] = true
	path := ordineWithNotices(t)
	wants(t, answer(t, "mail", "send", "--on", "2018-07-14", "--db", path), "3", "2", "0")
	wants(t, answer(t, "mail", "send", "--on", "2018-07-14", "--db", path), "0", "0", "0")
	got := server.received["annamaria@posta.example"]
	if len(got) != 3 || !strings.Contains(got[0], "abbiamo registrato il Suo pagamento") || !strings.Contains(got[1], "Conferma di acquisto") || !strings.Contains(got[2], "scadenza del 12/10/2018") {
		t.Errorf("Anna got %q", got)
	}
}

// The line breaks after DATA: the program cannot know, sends again later, and
// both carry one Message-ID.
func TestMailCutAfterDataGoesAgainUnderOneMessageID(t *testing.T) {
	server := startMailServer(t)
	server.cutFirst = true
	path := ordineWithNotices(t)
	wants(t, answer(t, "mail", "send", "--on", "2018-07-14", "--db", path), "4", "1", "1")
	if got := counted(t, path, "SELECT state FROM messages WHERE attempts = 1 AND state <> 'sent'"); got != "unknown" {
		t.Fatalf("the message is %q", got)
	}
	hurry(t, path)
	wants(t, answer(t, "mail", "send", "--on", "2018-07-14", "--db", path), "1", "0", "0")
	ids := map[string]int{}
	for _, mails := range server.received {
		for _, raw := range mails {
			for line := range strings.Lines(raw) {
				if id, ok := strings.CutPrefix(line, "Message-ID: "); ok {
					ids[strings.TrimSpace(id)]++
				}
			}
		}
	}
	twice := 0
	for _, n := range ids {
		if n == 2 {
			twice++
		}
	}
	if len(ids) != 5 || twice != 1 {
		t.Errorf("Message-IDs: %v", ids)
	}
}

// hurry lets the pause before the next attempt be over.
func hurry(t *testing.T, path string) {
	t.Helper()
	d, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Exec("UPDATE messages SET next_try_at = '2018-01-01T00:00:00.000Z' WHERE next_try_at IS NOT NULL")
	if err := errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
}

// The pages' program sends by itself.
func TestServeSendsWhatWaits(t *testing.T) {
	server := startMailServer(t)
	path := ordineWithNotices(t)
	s := startServing(t, path, "--on", "2018-07-14")
	for range 200 {
		server.mu.Lock()
		n := len(server.received["annamaria@posta.example"]) + len(server.received["marco@posta.example"])
		server.mu.Unlock()
		if n == 5 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if exit := s.stop(t); exit != 0 {
		t.Errorf("exit code %d after SIGTERM", exit)
	}
	if got := counted(t, path, "SELECT COUNT(*) FROM messages WHERE state = 'sent'"); got != "5" {
		t.Errorf("%s messages sent", got)
	}
}
