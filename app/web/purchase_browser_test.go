package web

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMemberBuysOnAPhoneAndSecretariatRegistersThePayment plays the whole way
// of a purchase in Chromium: too little credit, the order that waits, the
// payment registered at the desk, the order completed by itself, seen by both.
func TestMemberBuysOnAPhoneAndSecretariatRegistersThePayment(t *testing.T) {
	for name, script := range map[string]bool{"with script": true, "without script": false} {
		t.Run(name, func(t *testing.T) {
			s := areaSite(t, fullYearAgreement)
			s.pays(170)
			seen := s.play(t, "purchase.mjs", map[string]any{
				"password": testPassword, "member": s.address, "clerk": roleEmails[Secretariat], "script": script, "audited": "iscritto",
			})
			for _, row := range []struct {
				page  string
				words []string
			}{
				{"iscritto, acquisto", []string{"Da pagare oggi 3,05 €", "Manca 1,35 €"}},
				// 2 × 2,50 € + IVA 1,10 € = 6,10 €, of which 1,70 € are there.
				{"iscritto, 2 GB", []string{"Da pagare oggi 6,10 €", "Il Suo credito 1,70 €", "Manca 4,40 €"}},
				{"iscritto, condizioni mancanti", []string{"Ci sono 4 campi da correggere"}},
				{"iscritto, ordine in attesa", []string{"Mancano 4,40 €.", "Da pagare entro il 15/07/2018", "Con un bonifico", "Allo sportello"}},
				{"segreteria, ordini", []string{"Morandi Elena", "6,10 €"}},
				{"segreteria, ordine in attesa", []string{"4,40 €"}},
				{"segreteria, pagamento", []string{"Morandi Elena", "4,40 €"}},
				{"segreteria, pagamento registrato", []string{"Registrati 4,40 € con bonifico.", "2018/000001"}},
				{"segreteria, ordine completato", []string{"2018/000001"}},
				{"iscritto, ordine completato", []string{"Ordine 2018/000001", "Pagato con il credito il 15/06/2018."}},
				{"iscritto, area alla fine", []string{"3 GB in tutto", "0,00 €", "Spazio Extra Inbox, 2 GB"}},
			} {
				text := plainSpaces(seen[row.page])
				for _, words := range row.words {
					if !strings.Contains(text, plainSpaces(words)) {
						t.Errorf("%s: %q is not on the page: %s", row.page, words, text)
					}
				}
			}
		})
	}
}

// play serves the site to a program of the folder browser, and returns what it
// saw on each page, failing the test for what it found at fault.
func (s *testSite) play(t *testing.T, program string, job map[string]any) map[string]string {
	t.Helper()
	job["chromium"], job["modules"] = browserTools(t)
	job["shots"] = os.Getenv("ALBOPEC_SHOTS")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.app.Listener(listener) }()
	defer func() {
		s.app.Shutdown()
		<-served
		s.app = s.site.app(s.routes()) // for the next play: one that was shut down does not serve again
	}()
	job["base"] = "http://" + listener.Addr().String()
	asked, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	var out, complaints bytes.Buffer
	node := exec.Command("node", filepath.Join("browser", program))
	node.Stdin, node.Stdout, node.Stderr = bytes.NewReader(asked), &out, &complaints
	if err := node.Run(); err != nil {
		t.Fatalf("%s did not finish: %v\n%s", program, err, complaints.String())
	}
	var result struct {
		Seen   map[string]string
		Faults []string
	}
	if err := json.Unmarshal(out.Bytes(), &result); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	for _, fault := range result.Faults {
		t.Error(fault)
	}
	return result.Seen
}
