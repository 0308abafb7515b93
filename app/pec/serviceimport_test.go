package pec

import (
	"slices"
	"strings"
	"testing"
)

func planServices(t *testing.T, known []StatedService, lines ...string) ServicePlan {
	t.Helper()
	var cells [][]string
	for _, l := range lines {
		cells = append(cells, strings.Split(l, ";"))
	}
	mapping := mapOf(t, ServiceLayout, strings.Split("Casella;Servizio;Quantità;Dal;Al;Importo netto", ";"), cells, nil)
	return PlanServices(ServiceImport{
		Today: Day("2026-09-01"), Rows: rowsOf(cells), Mapping: mapping, Known: known,
		Mailboxes: []Mailbox{
			{ID: 9, Address: "mario.rossi@pec.ordine.example", Kind: "standard", Status: MailboxClosed},
			{ID: 1, Address: "mario.rossi@pec.ordine.example", Kind: "standard", Status: MailboxActive, ActivatedOn: Day("2013-10-12")},
			{ID: 2, Address: "ada.neri@pec.ordine.example", Kind: "pro", Status: MailboxActive},
		},
		Products: []Product{{Code: "inbox_gb", Name: "Spazio Extra Inbox", Kinds: []string{"standard"}}},
	})
}

func TestStatementOfServices(t *testing.T) {
	p := planServices(t, nil,
		"Mario.Rossi@pec.ordine.example;SPAZIO EXTRA INBOX;2;07/12/2025;12/10/2026;1.206,50",
		"ada.neri@pec.ordine.example;inbox-gb;4 GB;2026-08-15;2026-10-12;0,00 €")
	want := StatedService{MailboxID: 1, Address: "mario.rossi@pec.ordine.example", Product: "inbox_gb", Quantity: 2, From: Day("2025-12-07"), To: Day("2026-10-12"), Net: 120650}
	if r := p.Rows[0]; r.Outcome != OutcomeCreated || r.After != want {
		t.Errorf("%s %+v %v", r.Outcome, r.After, r.Problems)
	}
	if r := p.Rows[1]; r.Outcome != OutcomeCreated || r.After.Net != 0 || r.After.Quantity != 4 || !slices.Equal(codes(r.Problems), []string{"3 warning service_not_allowed"}) {
		t.Errorf("%s %+v %v", r.Outcome, r.After, r.Problems)
	}
}

func TestStatementRowsRefused(t *testing.T) {
	const casella = "mario.rossi@pec.ordine.example"
	for _, row := range []struct{ what, line, want string }{
		{"an unknown mailbox", "nessuno@pec.ordine.example;Spazio Extra Inbox;1;01/02/2026;12/10/2026;3,00", "mailbox_unknown"},
		{"an unknown service", casella + ";Fax;1;01/02/2026;12/10/2026;3,00", "service_unknown"},
		{"no mailbox", ";Spazio Extra Inbox;1;01/02/2026;12/10/2026;3,00", "required_missing"},
		{"no service", casella + ";;1;01/02/2026;12/10/2026;3,00", "required_missing"},
		{"no quantity", casella + ";Spazio Extra Inbox;;01/02/2026;12/10/2026;3,00", "required_missing"},
		{"no amount", casella + ";Spazio Extra Inbox;1;01/02/2026;12/10/2026;", "required_missing"},
		{"none of it", casella + ";Spazio Extra Inbox;0;01/02/2026;12/10/2026;3,00", "quantity_invalid"},
		{"half of it", casella + ";Spazio Extra Inbox;1,5;01/02/2026;12/10/2026;3,00", "quantity_invalid"},
		{"an amount in words", casella + ";Spazio Extra Inbox;1;01/02/2026;12/10/2026;tre", "amount_invalid"},
		{"less than nothing", casella + ";Spazio Extra Inbox;1;01/02/2026;12/10/2026;-3,00", "amount_invalid"},
		{"a day that is none", casella + ";Spazio Extra Inbox;1;31/02/2026;12/10/2026;3,00", "date_invalid"},
		{"one that has not begun", casella + ";Spazio Extra Inbox;7;02/09/2026;12/10/2027;3,00", "service_not_begun"},
		{"one older than its mailbox", casella + ";Spazio Extra Inbox;7;11/10/2013;12/10/2014;3,00", "service_before_activation"},
		{"an end before the start", casella + ";Spazio Extra Inbox;1;12/10/2026;01/02/2026;3,00", "date_invalid"},
	} {
		r := planServices(t, nil, row.line).Rows[0]
		if got := codes(r.Problems); r.Outcome != OutcomeRefused || !slices.Equal(got, []string{"2 error " + row.want}) {
			t.Errorf("%s: %s %v", row.what, r.Outcome, got)
		}
	}
	p := planServices(t, nil, casella+";Spazio Extra Inbox;1;01/02/2026;12/10/2026;3,00", casella+";inbox_gb;2;01/02/2026;12/10/2026;6,00")
	if got := codes(p.Problems()); !slices.Equal(got, []string{"3 error duplicate_in_file"}) {
		t.Errorf("twice the same: %v", got)
	}
}

func TestNextStatementFindsWhatChangedAndWhatIsGone(t *testing.T) {
	known := []StatedService{
		{ID: 1, MailboxID: 1, Address: "mario.rossi@pec.ordine.example", Product: "inbox_gb", Quantity: 1, From: Day("2025-12-07"), To: Day("2026-10-12"), Net: 300},
		{ID: 2, MailboxID: 1, Address: "mario.rossi@pec.ordine.example", Product: "inbox_gb", Quantity: 1, From: Day("2026-01-07"), To: Day("2026-10-12"), Net: 300},
		{ID: 3, MailboxID: 1, Address: "mario.rossi@pec.ordine.example", Product: "inbox_gb", Quantity: 1, From: Day("2026-02-07"), To: Day("2026-10-12"), Net: 300},
		{ID: 4, MailboxID: 1, Address: "mario.rossi@pec.ordine.example", Product: "inbox_gb", Quantity: 1, From: Day("2026-03-07"), To: Day("2026-10-12"), Net: 300},
	}
	p := planServices(t, known,
		"mario.rossi@pec.ordine.example;Spazio Extra Inbox;1;07/12/2025;12/10/2026;3",
		"mario.rossi@pec.ordine.example;Spazio Extra Inbox;1;07/01/2026;12/10/2027;6,00",
		"mario.rossi@pec.ordine.example;Spazio Extra Inbox;boh;07/02/2026;12/10/2026;3,00")
	if c := p.Counts(); c != (Counts{Rows: 3, Updated: 1, Unchanged: 1, Refused: 1}) {
		t.Errorf("%+v", c)
	}
	want := []FieldChange{{FieldTo, "2026-10-12", "2027-10-12"}, {FieldNet, "3.00", "6.00"}}
	if r := p.Rows[1]; r.After.ID != 2 || !slices.Equal(r.Changes, want) {
		t.Errorf("%d %v", r.After.ID, r.Changes)
	}
	// what a refused row speaks of is not gone
	if len(p.Missing) != 1 || p.Missing[0].ID != 4 {
		t.Errorf("missing %v", p.Missing)
	}
	if q := planServices(t, known[:1], "mario.rossi@pec.ordine.example;inbox_gb;1;07/12/2025;12/10/2026;3"); q.Fingerprint() == p.Fingerprint() {
		t.Error("two plans, one fingerprint")
	}
}

// At 2,50 € a GB: from 07/12/2025 a year of 2 GB is 5,00 € net; from 15/08/2026,
// inside the free window, nothing. Before the agreement nothing is known.
func TestStatedPriceIsHeldAgainstTheAgreement(t *testing.T) {
	const box = "mario.rossi@pec.ordine.example;inbox_gb;"
	var rows [][]string
	lines := []string{box + "2;07/12/2025;12/10/2026;5,00", box + "2;08/12/2025;12/10/2026;6,00", box + "1;15/08/2026;12/10/2026;2,50", box + "1;16/08/2026;12/10/2026;0,00", box + "1;07/12/2015;12/10/2016;9,00"}
	for _, l := range lines {
		rows = append(rows, strings.Split(l, ";"))
	}
	_, agreements := forecastBook(0)
	p := PlanServices(ServiceImport{
		Today: Day("2026-09-01"), Rows: rowsOf(rows), Mapping: mapOf(t, ServiceLayout, strings.Split("Casella;Servizio;Quantità;Dal;Al;Importo netto", ";"), rows, nil), Agreements: agreements,
		Mailboxes: []Mailbox{{ID: 1, Address: "mario.rossi@pec.ordine.example", Kind: "standard", Status: MailboxActive}}, Products: agreements[0].Products,
	})
	for i, want := range []string{"", "L’importo è 6,00 €, con «" + agreements[0].Name + "» sarebbe 5,00 €: 1,00 € di differenza.", "L’importo è 2,50 €, con «" + agreements[0].Name + "» sarebbe 0,00 €: 2,50 € di differenza.", "", ""} {
		got := ""
		for _, x := range p.Rows[i].Problems {
			if x.Code == "price_differs" {
				got += strings.ReplaceAll(x.Message, "\u00a0", " ")
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", lines[i], got, want)
		}
	}
}

// A statement of 01/09/2026 tells of a year that is over and of 3 GB, then 2
// more, that run beside the base one: 6 GB, where a standard mailbox may have 5.
func TestStatementTellsRunningFromEnded(t *testing.T) {
	const box = "mario.rossi@pec.ordine.example;inbox_gb;"
	known := []StatedService{
		{ID: 1, MailboxID: 1, Product: "inbox_gb", Quantity: 9, From: Day("2024-10-12"), To: Day("2025-10-12"), Ended: true},
		{ID: 2, MailboxID: 1, Product: "inbox_gb", Quantity: 2, From: Day("2025-10-12"), To: Day("2026-10-12")},
	}
	var rows [][]string
	for _, l := range []string{box + "500;01/01/2019;01/01/2020;0", box + "3;12/10/2025;12/10/2026;0", box + "2;01/03/2026;12/10/2026;0"} {
		rows = append(rows, strings.Split(l, ";"))
	}
	_, agreements := forecastBook(0)
	p := PlanServices(ServiceImport{
		Today: Day("2026-09-01"), Rows: rowsOf(rows), Mapping: mapOf(t, ServiceLayout, strings.Split("Casella;Servizio;Quantità;Dal;Al;Importo netto", ";"), rows, nil), Known: known,
		Mailboxes: []Mailbox{{ID: 1, Address: "mario.rossi@pec.ordine.example", Kind: "standard", Status: MailboxActive, ActivatedOn: Day("2013-10-12"), ExpiresOn: Day("2026-10-12")}},
		Products:  agreements[0].Products, Agreements: agreements,
	})
	for i, want := range []struct {
		ended bool
		cap   bool
	}{{true, false}, {false, false}, {false, true}} {
		r := p.Rows[i]
		over := slices.ContainsFunc(r.Problems, func(x RowProblem) bool { return x.Code == "cap_exceeded" })
		if r.Outcome == OutcomeRefused || r.After.Ended != want.ended || over != want.cap {
			t.Errorf("row %d: %s ended %v %v", i, r.Outcome, r.After.Ended, r.Problems)
		}
	}
	if len(p.Missing) != 0 {
		t.Errorf("missing %v", p.Missing)
	}
}
