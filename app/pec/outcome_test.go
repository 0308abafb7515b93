package pec

import (
	"fmt"
	"strings"
	"testing"
)

// TestProvidersWords reads what providers write in one cell.
func TestProvidersWords(t *testing.T) {
	for text, want := range map[string]string{
		"OK":                                    "done  ",
		"Esito positivo":                        "done  ",
		"Attivata il 12/10/2017":                "done activate 12/10/2017 ",
		"attivata in data 2017-10-12":           "done activate 2017-10-12 ",
		"Attiva dal 12/10/2017":                 "done activate 12/10/2017 ",
		"OK (12.10.2017)":                       "done  12.10.2017 ",
		"CESSATA":                               "done close  ",
		"Spazio modificato":                     "done space  ",
		"KO: codice fiscale non valido":         "rejected   codice fiscale non valido",
		"KO codice fiscale errato":              "rejected   codice fiscale errato",
		"Respinta - manca il nome":              "rejected   manca il nome",
		"Scartata (indirizzo già in uso)":       "rejected   indirizzo già in uso",
		"Errore; riprovare":                     "rejected   riprovare",
		"Non attivata":                          "rejected activate  ",
		"KO: respinta il 12/10/2017, manca C.F": "rejected  12/10/2017 respinta il , manca C.F",
		"In lavorazione":                        "pending   ",
		"boh":                                   "nothing   ",
		"":                                      "nothing   ",
	} {
		what, o, day, rest := readAnswer(text)
		word := map[said]string{saidNothing: "nothing", saidDone: "done", saidRejected: "rejected", saidPending: "pending"}[what]
		if got := fmt.Sprintf("%s %s %s %s", word, o, day, rest); got != want && got != want+" " {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// TestTitlesOfProviders finds the columns under the titles that providers give
// them.
func TestTitlesOfProviders(t *testing.T) {
	for _, title := range []string{"Rif. cliente", "Rif. richiesta", "Vs. riferimento", "VS RIF", "Riferimento cliente", "ID ordine cliente"} {
		if got := mapOf(t, OutcomeLayout, []string{title, "Esito"}, nil, nil).ByHeader()[title]; got != "reference" {
			t.Errorf("%q is read as %q", title, got)
		}
	}
	ours := [][]string{{"R000001", "77", "OK"}, {"R000002", "78", "OK"}, {"R000003", "79", "KO"}}
	if got := mapOf(t, OutcomeLayout, []string{"Nostro riferimento", "Pratica", "Esito"}, ours, nil).ByHeader()["Nostro riferimento"]; got != "reference" {
		t.Errorf("our reference is read as %q", got)
	}
	theirs := [][]string{{"R000001", "77", "OK"}, {"R000002", "78", "OK"}, {"R000003", "79", "KO"}}
	if got := mapOf(t, OutcomeLayout, []string{"Vs. riferimento", "Nostro riferimento", "Esito"}, theirs, nil).ByHeader(); got["Vs. riferimento"] != "reference" || got["Nostro riferimento"] != "" {
		t.Errorf("the provider's own reference is read: %v", got)
	}
	for _, c := range []struct {
		header []string
		want   map[string]string
	}{
		{[]string{"Indirizzo PEC", "Stato", "Attivata il", "Note"}, map[string]string{"Indirizzo PEC": "mailbox", "Stato": "outcome", "Attivata il": "outcome_on", "Note": "reason"}},
		{[]string{"Rif.", "Esito lavorazione", "Data evasione", "Motivo scarto"}, map[string]string{"Rif.": "reference", "Esito lavorazione": "outcome", "Data evasione": "outcome_on", "Motivo scarto": "reason"}},
		{[]string{"Casella", "C.F.", "Tipo richiesta", "Esito", "Data attivazione"}, map[string]string{"Casella": "mailbox", "C.F.": "tax_code", "Tipo richiesta": "operation", "Esito": "outcome", "Data attivazione": "outcome_on"}},
	} {
		got := mapOf(t, OutcomeLayout, c.header, nil, nil).ByHeader()
		for title, field := range c.want {
			if got[title] != field {
				t.Errorf("%q is read as %q, want %q", title, got[title], field)
			}
		}
	}
}

func TestReferenceIsReadAsItComesBack(t *testing.T) {
	for text, want := range map[string]int64{"R000123": 123, " r123 ": 123, "123": 123, "R000000": 0, "richiesta 5": 0, "-5": 0, "": 0} {
		if got := parseReference(text); got != want {
			t.Errorf("%q is %d, want %d", text, got, want)
		}
	}
	if got := (Request{ID: 123}).Reference(); got != "R000123" {
		t.Errorf("the reference is %s", got)
	}
}

// TestMissingAreTheRequestsOfWhichNoRowSpeaks: five activations and a closing
// sent on 05/10/2017; of the answers of the 20th one is good, one is refused by
// its date, one pends, one has a reference only and no outcome.
func TestMissingAreTheRequestsOfWhichNoRowSpeaks(t *testing.T) {
	var boxes []ProviderMailbox
	for i, address := range []string{"buona@pec.example", "domani@pec.example", "pende@pec.example", "muta@pec.example", "assente@pec.example"} {
		id := int64(i + 1)
		boxes = append(boxes, ProviderMailbox{
			Mailbox:  Mailbox{ID: id, Address: address, Kind: "standard", Status: MailboxSent, RequestedOn: Day("2017-10-02")},
			Requests: []Request{{ID: id, MailboxID: id, Operation: AskActivate, State: RequestSent, FirstOn: Day("2017-10-05"), SentOn: Day("2017-10-05")}},
		})
	}
	boxes = append(boxes, ProviderMailbox{
		Mailbox:  Mailbox{ID: 6, Address: "chiusa@pec.example", Status: MailboxClosed, ActivatedOn: Day("2016-10-02")},
		Requests: []Request{{ID: 6, Operation: AskSpace, State: RequestSent, FirstOn: Day("2017-10-05")}, {ID: 7, Operation: AskClose, State: RequestSent, FirstOn: Day("2017-10-05")}},
	})
	cells := [][]string{
		{"buona@pec.example", "attivazione", "KO", "", ""}, {"Domani@pec.example", "attivazione", "OK", "21/10/2017", ""}, {"pende@pec.example", "", "in lavorazione", "", ""},
		{"", "", "", "", "r4"}, {"chiusa@pec.example", "chiusura", "OK", "", ""}, {"ignota@pec.example", "", "OK", "", "R000099"},
	}
	plan := PlanOutcomes(OutcomeImport{
		Rows: rowsOf(cells), Mapping: mapOf(t, OutcomeLayout, []string{"Casella", "Operazione", "Esito", "Data", "Riferimento"}, cells, nil),
		Mailboxes: boxes, Today: Day("2017-10-20"),
	})
	var missing []string
	for _, m := range plan.Missing {
		for _, r := range m.Requests {
			missing = append(missing, m.Mailbox.Address+" "+r.Operation.Italian())
		}
	}
	if got := strings.Join(missing, ", "); got != "assente@pec.example attivazione, chiusa@pec.example spazio" {
		t.Errorf("missing are %s", got)
	}
}
