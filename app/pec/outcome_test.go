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

// TestAnswersAboutServices: on 05/10/2017 a mailbox that is active since 2016 was
// sent three requests, 3 GB of archive, 2 users and the end of its time stamps;
// an older one for archive was done in March. The answers are of the 20th.
func TestAnswersAboutServices(t *testing.T) {
	sent := func(id int64, product string, quantity int) Request {
		return Request{ID: id, MailboxID: 1, Operation: AskService, Product: product, Quantity: quantity, State: RequestSent, DueOn: Day("2017-10-04"), FirstOn: Day("2017-10-05"), SentOn: Day("2017-10-05")}
	}
	old := sent(2, "archive_gb", 1)
	old.State, old.DueOn, old.FirstOn, old.SentOn, old.AnsweredOn = RequestDone, Day("2017-03-01"), Day("2017-03-01"), Day("2017-03-01"), Day("2017-03-02")
	box := ProviderMailbox{
		Mailbox:  Mailbox{ID: 1, Address: "a@pec.example", Kind: "standard", Status: MailboxActive, RequestedOn: Day("2016-09-01"), ActivatedOn: Day("2016-10-12"), ExpiresOn: Day("2018-10-12")},
		Services: []ProviderService{{Product: "archive_gb", Name: "Archivio a norma", Quantity: 3}, {Product: "extra_users", Name: "Multiutente", Quantity: 2}, {Product: "stamps", Name: "Marche temporali"}},
		Requests: []Request{
			{ID: 1, MailboxID: 1, Operation: AskActivate, State: RequestDone, FirstOn: Day("2016-09-01"), AnsweredOn: Day("2016-10-12")}, old,
			sent(3, "archive_gb", 3), sent(4, "extra_users", 2), sent(5, "stamps", 0),
		},
	}
	agreements := []Agreement{{StartsOn: Day("2016-01-01"), Products: []Product{
		{Code: "archive_gb", Name: "Conservazione", Unit: "GB"}, {Code: "extra_users", Name: "Multiutente", Unit: "utente"}, {Code: InboxGB, Name: "Spazio in più", Unit: "GB"}, {Code: "kit", Name: "Kit di firma", OneOff: true},
	}}}
	header := []string{"Casella", "Operazione", "Servizio", "Quantità", "Esito", "Data", "Riferimento"}
	for _, c := range []struct{ name, row, want string }{
		{"by its reference alone", ";;;;OK;06/10/2017;R000003", "R000003 done"},
		{"by its reference, in the words of a mailbox", "a@pec.example;;;;attivato il 06/10/2017;;R000004", "R000004 done"},
		{"in the columns of our file", "a@pec.example;servizio;Multiutente;2;OK;06/10/2017;", "R000004 done"},
		{"by its code", "a@pec.example;servizio;extra_users;;OK;06/10/2017;", "R000004 done"},
		{"by the name that it has now", "a@pec.example;servizio;conservazione;3;KO: manca lo spazio;;R000003", "R000003 rejected"},
		{"by the name that it was bought under, the older one being answered", "a@pec.example;servizio;Archivio a norma;;OK;06/10/2017;", "R000003 done"},
		{"in the words of our file of old", "a@pec.example;servizio: Multiutente, in tutto 2;;;OK;06/10/2017;", "R000004 done"},
		{"the end of one, in the words of our file of old", "a@pec.example;servizio: Marche temporali, da togliere;;;disattivato;;", "R000005 done"},
		{"the service as the operation", "a@pec.example;Multiutente;;;attivato;06/10/2017;", "R000004 done"},
		{"an activation, of the service", "a@pec.example;attivazione;Multiutente;;attiva;06/10/2017;", "R000004 done"},
		{"a closing, of the service", "a@pec.example;cessazione;marche temporali;0;cessata;06/10/2017;", "R000005 done"},
		{"which of the services is not said", "a@pec.example;servizio;;;OK;06/10/2017;", "outcome_ambiguous Operazione"},
		{"nothing is said", "a@pec.example;;;;OK;06/10/2017;", "outcome_ambiguous Operazione"},
		{"a service that nobody sells", "a@pec.example;servizio;Fax;;OK;06/10/2017;", "service_unknown Servizio"},
		{"one that is handed over", "a@pec.example;servizio;Kit di firma;;OK;06/10/2017;", "service_unknown Servizio"},
		{"an operation that does not exist", "a@pec.example;fax;;;OK;06/10/2017;", "operation_unknown Operazione"},
		{"a column of services about something else", "a@pec.example;attivazione;PEC Standard;;attivata il 12/10/2016;;", "R000001 unchanged"},
		{"space, by its product", "a@pec.example;;Spazio in più;;OK;06/10/2017;", "not_requested Casella"},
		{"another quantity", "a@pec.example;servizio;Multiutente;3;OK;06/10/2017;", "outcome_contradicts Quantità"},
		{"ended, and it was to begin", "a@pec.example;servizio;Multiutente;;cessato;06/10/2017;", "outcome_contradicts Esito"},
		{"begun, and it was to end", "a@pec.example;servizio;Marche temporali;;attivato;06/10/2017;", "outcome_contradicts Esito"},
		{"before it was bought", "a@pec.example;servizio;Multiutente;;OK;03/10/2017;", "date_before_request Data"},
		{"the answer of March again", "a@pec.example;servizio;Conservazione;1;OK;02/03/2017;R000002", "R000002 unchanged"},
		{"the answer of March, otherwise", "a@pec.example;servizio;Conservazione;1;KO;02/03/2017;R000002", "outcome_contradicts Esito"},
		{"of the closing that nobody asked for", "a@pec.example;chiusura;;;OK;06/10/2017;", "not_requested Casella"},
		{"another's reference", "a@pec.example;chiusura;;;OK;06/10/2017;R000004", "not_requested Casella"},
	} {
		cells := [][]string{strings.Split(c.row, ";")}
		plan := PlanOutcomes(OutcomeImport{Rows: rowsOf(cells), Mapping: mapOf(t, OutcomeLayout, header, cells, nil), Mailboxes: []ProviderMailbox{box}, Agreements: agreements, Today: Day("2017-10-20")})
		row := plan.Rows[0]
		got := row.Answer.Request.Reference() + " done"
		switch {
		case row.Outcome == OutcomeRefused:
			got = row.Problems[0].Code + " " + row.Problems[0].Column
		case row.Outcome == OutcomeUnchanged:
			got = row.Answer.Request.Reference() + " unchanged"
		case !row.Answer.Done:
			got = row.Answer.Request.Reference() + " rejected"
		}
		if got != c.want {
			t.Errorf("%s: %s is %s, want %s: %+v", c.name, c.row, got, c.want, row.Problems)
		}
		if n := plan.ByRequest(); row.Outcome == OutcomeUpdated && row.Answer.Done && n != (OutcomeCounts{Services: 1}) {
			t.Errorf("%s: counts %+v", c.name, n)
		}
	}
}

// The whole of our file, sent back with an outcome beside each row, is read.
func TestOurOwnFileComesBack(t *testing.T) {
	var header []string
	for _, f := range FileFields {
		header = append(header, f.Title)
	}
	got := mapOf(t, OutcomeLayout, append(header, "Esito", "Data esito", "Motivo"), nil, nil).ByHeader()
	for title, want := range map[string]string{
		"Operazione": "operation", "Indirizzo PEC": "mailbox", "Codice fiscale": "tax_code", "Riferimento": "reference", "Servizio": "service", "Quantità": "quantity",
		"Esito": "outcome", "Data esito": "outcome_on", "Motivo": "reason", "Spazio GB": "", "GB in più": "", "Tipologia": "", "Codice servizio": "",
	} {
		if got[title] != want {
			t.Errorf("%q is read as %q, want %q", title, got[title], want)
		}
	}
}
