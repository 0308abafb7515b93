package pec

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const (
	codeRossi   = "RSSMRA85T10A562S"
	codeMoretti = "MRTMTT91D08F205J"
	codeMiller  = "MLLSNT82P65Z404U"
)

// listAgreement is in force from 2016: a standard mailbox of 1 GB at 5,00 € a
// year for one or two years, at most 5 GB in all, and a pro one that members pay.
func listAgreement(t *testing.T) Agreement {
	a, err := ReadAgreement([]byte(`{"name": "Prova", "starts_on": "2016-01-01", "vat_rate": "22", "policy": "full_year", "free_window_months": 3,
		"kinds": [{"code": "standard", "name": "Casella Standard", "base_inbox_gb": 1, "max_inbox_gb": 5, "yearly_price": "5.00", "paid_by": "ordine", "terms": [1, 2]},
			{"code": "pro", "name": "Pro", "base_inbox_gb": 3, "yearly_price": "20.00", "paid_by": "member", "terms": [1]}],
		"products": [{"code": "inbox_gb", "name": "Spazio", "unit": "GB", "yearly_price": "2.50", "kinds": ["standard"]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// listOn is a provider's list met on a day by a register of three: Miller left
// on 01/09/2026.
func listOn(t *testing.T, today string, known []KnownMailbox, lines ...string) MailboxPlan {
	t.Helper()
	var cells [][]string
	for _, l := range lines {
		cells = append(cells, strings.Split(l, ";"))
	}
	in := MailboxImport{
		Rows: rowsOf(cells), Today: Day(today), Known: known, Domains: []string{"pec.ordine.example", "pec.albo.example"},
		Mapping: mapOf(t, MailboxLayout, strings.Split("Casella;Codice fiscale;Tipologia;Data attivazione;Data scadenza;GB extra;MB usati", ";"), cells, nil),
		Holders: []MailboxHolder{
			{ID: 1, FullName: "Rossi Mario", TaxCode: codeRossi, Status: MemberActive}, {ID: 2, FullName: "Moretti Matteo", TaxCode: codeMoretti, Status: MemberSuspended},
			{ID: 3, FullName: "Miller Samantha", TaxCode: codeMiller, Status: MemberCancelled, LeftOn: Day("2026-09-01"), LeftRegisteredOn: Day("2026-09-10")},
		},
		Addresses: map[string]int64{"riservata@pec.ordine.example": 2}, Agreements: []Agreement{listAgreement(t)}, StandardKind: "standard",
	}
	for _, m := range known {
		in.Addresses[m.Address] = m.MemberID
	}
	return PlanMailboxes(in)
}

func TestMailboxAtTheProviderIsTakenInWithItsExpiryAsAnchor(t *testing.T) {
	for _, row := range []struct {
		what, activated, expires string
		starts, anchor           string
		term                     int
	}{
		{"an anniversary of its activation", "12/10/2019", "12/10/2027", "2026-10-12", "2019-10-12", 1},
		{"activated this very year", "03/05/2026", "03/05/2027", "2026-05-03", "2026-05-03", 1},
		{"an expiry of its own", "15/01/2020", "31/12/2026", "2025-12-31", "2026-12-31", 1},
		{"a first term cut short", "15/07/2026", "31/12/2026", "2026-07-15", "2026-12-31", 1},
		{"29 February kept (R2)", "29/02/2024", "28/02/2027", "2026-02-28", "2024-02-29", 1},
		{"29 February reached", "29/02/2024", "29/02/2028", "2026-02-28", "2024-02-29", 2},
		{"29 February as the expiry's own", "01/01/2025", "29/02/2028", "2026-02-28", "2028-02-29", 2},
		{"two years that still run", "01/12/2025", "01/12/2027", "2025-12-01", "2025-12-01", 2},
		{"longer than any term on offer", "01/02/2026", "01/02/2030", "2026-02-01", "2026-02-01", 1},
	} {
		r := listOn(t, "2026-11-24", nil, "Mario.Rossi@PEC.ordine.example;"+codeRossi+";casella standard;"+row.activated+";"+row.expires+";;").Rows[0]
		m := r.After
		if r.Outcome != OutcomeCreated || len(r.Problems) > 0 || m.Address != "mario.rossi@pec.ordine.example" || m.MemberID != 1 || m.Kind != "standard" || m.Status != MailboxActive || !m.AutoRenew {
			t.Errorf("%s: %s %+v %v", row.what, r.Outcome, m, r.Problems)
		}
		if r.StartsOn != Day(row.starts) || m.AnchorOn != Day(row.anchor) || m.TermYears != row.term || r.Charged {
			t.Errorf("%s: from %s, anchor %s, %d years", row.what, r.StartsOn, m.AnchorOn, m.TermYears)
		}
	}
}

func TestListRowsRefused(t *testing.T) {
	known := []KnownMailbox{
		{Mailbox: Mailbox{ID: 7, Address: "matteo@pec.ordine.example", MemberID: 2, Kind: "standard", Status: MailboxActive, ActivatedOn: Day("2026-03-01"), AnchorOn: Day("2026-03-01"), ExpiresOn: Day("2027-03-01")}, Imported: true},
		{Mailbox: Mailbox{ID: 8, Address: "vecchia@pec.ordine.example", MemberID: 2, Kind: "standard", Status: MailboxClosed, ClosedOn: Day("2025-03-01"), ExpiresOn: Day("2025-03-01")}},
		{Mailbox: Mailbox{ID: 9, Address: "richiesta@pec.ordine.example", MemberID: 1, Kind: "standard", Status: MailboxRequested, RequestedOn: Day("2026-06-01")}},
	}
	const who, days = ";" + codeRossi + ";standard", ";12/10/2019;12/10/2027;;"
	for _, row := range []struct{ what, line, want string }{
		{"no address", who + days, "required_missing"},
		{"no address either", "mario rossi" + who + days, "address_invalid"},
		{"another's domain", "m@pec.altri.example" + who + days, "domain_unknown"},
		{"no holder", "m@pec.ordine.example;;standard" + days, "required_missing"},
		{"a code with a slip", "m@pec.ordine.example;RSSMRA85T10A562X;standard" + days, "tax_code_invalid"},
		{"nobody's code", "m@pec.ordine.example;BNCLRA80A41F205G;standard" + days, "member_unknown"},
		{"another's mailbox", "matteo@pec.ordine.example" + who + days, "mailbox_taken"},
		{"an address that was another's", "vecchia@pec.ordine.example" + who + days, "mailbox_taken"},
		{"an address kept for another", "riservata@pec.ordine.example" + who + days, "mailbox_taken"},
		{"a kind that no agreement has", "m@pec.ordine.example;" + codeRossi + ";oro" + days, "kind_unknown"},
		{"no activation", "m@pec.ordine.example" + who + ";;12/10/2027;;", "required_missing"},
		{"no expiry", "m@pec.ordine.example" + who + ";12/10/2019;00/00/0000;;", "required_missing"},
		{"a day that is none", "m@pec.ordine.example" + who + ";31/02/2019;12/10/2027;;", "date_invalid"},
		{"an activation to come", "m@pec.ordine.example" + who + ";25/11/2026;12/10/2027;;", "date_in_future"},
		{"an end before the start", "m@pec.ordine.example" + who + ";12/10/2019;12/10/2018;;", "date_invalid"},
		{"an end too far away", "m@pec.ordine.example" + who + ";12/10/2019;25/11/2031;;", "date_invalid"},
		{"more than one renewal behind", "m@pec.ordine.example" + who + ";12/10/2019;24/11/2025;;", "expired_long_ago"},
		{"half a GB", "m@pec.ordine.example" + who + ";12/10/2019;12/10/2027;1,5;", "quantity_invalid"},
		{"a leaver's mailbox that should be closed", "m@pec.ordine.example;" + codeMiller + ";standard" + days, "holder_left"},
		{"a correction into the past", "matteo@pec.ordine.example;" + codeMoretti + ";standard;01/03/2026;01/10/2026;;", "expiry_past"},
		{"a request with half its days", "richiesta@pec.ordine.example" + who + ";01/07/2026;;;", "required_missing"},
		{"a request whose term nobody offers", "richiesta@pec.ordine.example" + who + ";01/07/2026;31/12/2026;;", "term_not_offered"},
	} {
		r := listOn(t, "2026-11-24", known, row.line).Rows[0]
		if got := codes(r.Problems); r.Outcome != OutcomeRefused || !slices.Equal(got, []string{"2 error " + row.want}) || r.Problems[0].Correction == "" {
			t.Errorf("%s: %s %v", row.what, r.Outcome, r.Problems)
		}
	}
	p := listOn(t, "2026-11-24", nil, "m@pec.ordine.example"+who+days, "M@pec.ordine.example"+who+days, "n@pec.albo.example"+who+days)
	if c := p.Counts(); c != (Counts{Rows: 3, Created: 2, Refused: 1}) || p.Rows[1].Problems[0].Code != "duplicate_in_file" {
		t.Errorf("the same address twice, and a second mailbox: %+v", c)
	}
}

func TestWhatIsOddInAListIsToldAndTaken(t *testing.T) {
	const who = "m@pec.ordine.example;" + codeRossi
	for _, row := range []struct{ what, today, line, want, says string }{
		{"one renewal behind", "2026-11-24", who + ";standard;12/10/2019;25/11/2025;;", "expired", "la portano al 25/11/2026, a carico dell’Ordine"},
		{"behind, and the member pays", "2026-11-24", who + ";pro;12/10/2019;25/11/2025;;", "expired", "la chiudono, perché paga l’iscritto"},
		{"space that ended with it", "2026-11-24", who + ";standard;12/10/2019;24/10/2026;2;", "expired extra_expired", "non lo registriamo"},
		{"a leaver within the grace: 01/09/2026 and 60 days", "2026-10-30", "m@pec.ordine.example;" + codeMiller + ";standard;12/10/2019;12/10/2027;;", "holder_left", "la casella si chiude il 31/10/2026"},
		{"more space than the agreement allows", "2026-11-24", who + ";standard;12/10/2019;12/10/2027;5;", "cap_exceeded", "supera i 5 GB"},
		{"space that the agreement has not", "2026-11-24", who + ";pro;12/10/2019;12/10/2027;1;", "service_not_allowed", "alla scadenza cesserà"},
		{"a use in per cent", "2026-11-24", who + ";standard;12/10/2019;12/10/2027;;45%", "used_invalid", "resta quello di prima"},
	} {
		r := listOn(t, row.today, nil, row.line).Rows[0]
		var got, said []string
		for _, p := range r.Problems {
			got, said = append(got, p.Code), append(said, p.Text())
		}
		if r.Outcome != OutcomeCreated || strings.Join(got, " ") != row.want || !strings.Contains(strings.Join(said, " "), row.says) {
			t.Errorf("%s: %s %v", row.what, r.Outcome, r.Problems)
		}
	}
	// on E itself the day belongs to the member: nothing is overdue
	if r := listOn(t, "2026-11-24", nil, who+";standard;24/11/2019;24/11/2026;1;").Rows[0]; len(r.Problems) > 0 || r.AfterGB != 1 {
		t.Errorf("on E: %v", r.Problems)
	}
}

func TestRequestedMailboxThatRunsAtTheProvider(t *testing.T) {
	known := []KnownMailbox{{Mailbox: Mailbox{ID: 5, Address: "m@pec.ordine.example", MemberID: 1, Kind: "standard", Status: MailboxSent, RequestedOn: Day("2026-06-01"), TermYears: 1, AutoRenew: true}}}
	// activated for us: with its charge, two years at 5,00 € + IVA 22 % = 12,20 €
	r := listOn(t, "2026-11-24", known, "m@pec.ordine.example;"+codeRossi+";standard;10/06/2026;10/06/2028;2;").Rows[0]
	if r.Outcome != OutcomeUpdated || !r.Charged || r.Years != 2 || r.StartsOn != Day("2026-06-10") || r.After.ExpiresOn != Day("2028-06-10") || r.AfterGB != 0 {
		t.Errorf("%s %+v %v", r.Outcome, r, r.Problems)
	}
	if got := codes(r.Problems); !slices.Equal(got, []string{"2 warning activated", "2 warning extra_differs"}) || !strings.Contains(r.Problems[0].Message, "12,20") {
		t.Errorf("%v", r.Problems)
	}
	// it was there before the request: no charge
	r = listOn(t, "2026-11-24", known, "m@pec.ordine.example;"+codeRossi+";standard;31/05/2026;31/05/2027;2;").Rows[0]
	if got := codes(r.Problems); r.Outcome != OutcomeUpdated || r.Charged || r.StartsOn != Day("2026-05-31") || r.AfterGB != 2 || !slices.Equal(got, []string{"2 warning already_active"}) {
		t.Errorf("%s %+v", r.Outcome, r)
	}
	// as we export it ourselves, without days
	if r = listOn(t, "2026-11-24", known, "m@pec.ordine.example;"+codeRossi+";standard;;;0;").Rows[0]; r.Outcome != OutcomeUnchanged {
		t.Errorf("%s %v", r.Outcome, r.Changes())
	}
}

func TestListCorrectsWhatAListToldAndLeavesHistory(t *testing.T) {
	box := Mailbox{ID: 5, Address: "m@pec.ordine.example", MemberID: 1, Kind: "standard", Status: MailboxActive, ActivatedOn: Day("2019-10-12"), AnchorOn: Day("2019-10-12"), ExpiresOn: Day("2027-10-12"), TermYears: 1, AutoRenew: true}
	line := "m@pec.ordine.example;" + codeRossi + ";pro;15/01/2020;31/12/2026;3;700"
	r := listOn(t, "2026-11-24", []KnownMailbox{{Mailbox: box, Imported: true, ExtraGB: 2, ListedGB: 2}}, line).Rows[0]
	var fields []Field
	for _, c := range r.Changes() {
		fields = append(fields, c.Field)
	}
	if r.Outcome != OutcomeUpdated || !slices.Equal(fields, []Field{FieldKind, FieldActivatedOn, FieldExpiresOn, FieldExtraGB, FieldUsedMB}) || r.StartsOn != Day("2025-12-31") {
		t.Errorf("%s %v from %s", r.Outcome, fields, r.StartsOn)
	}
	r = listOn(t, "2026-11-24", []KnownMailbox{{Mailbox: box, ExtraGB: 2, ListedGB: 2}}, line).Rows[0]
	want := []string{"2 warning kind_differs", "2 warning activation_differs", "2 warning expiry_differs", "2 warning extra_differs"}
	if got := codes(r.Problems); r.Outcome != OutcomeUpdated || !slices.Equal(got, want) || len(r.Changes()) != 1 || *r.After.UsedMB != 700 || !r.StartsOn.IsZero() {
		t.Errorf("renewed here: %s %v %v", r.Outcome, got, r.Changes())
	}
	if m := r.Problems[0].Message; strings.Contains(m, "standard") || !strings.Contains(m, "Casella Standard") {
		t.Errorf("the kind by its code: %s", m)
	}
	if m := r.Problems[2].Message; !strings.Contains(m, "31/12/2026") || !strings.Contains(m, "12/10/2027") {
		t.Errorf("not both days: %s", m)
	}
	// what a list does not say stays (R23), its holder too
	r = listOn(t, "2026-11-24", []KnownMailbox{{Mailbox: box, Imported: true, ExtraGB: 2, ListedGB: 2}}, "m@pec.ordine.example;;;;;;").Rows[0]
	if r.Outcome != OutcomeUnchanged || len(r.Problems) > 0 || r.Holder.ID != 1 {
		t.Errorf("%s %v", r.Outcome, r.Problems)
	}
	box.Status, box.ClosedOn = MailboxClosed, Day("2026-10-01")
	p := listOn(t, "2026-11-24", []KnownMailbox{{Mailbox: box}}, "m@pec.ordine.example;"+codeRossi+";standard;12/10/2019;12/10/2027;;", "n@pec.ordine.example;"+codeRossi+";standard;12/10/2019;12/10/2027;;")
	if r := p.Rows[0]; r.Outcome != OutcomeUnchanged || codes(r.Problems)[0] != "2 warning mailbox_closed" {
		t.Errorf("closed here: %s %v", r.Outcome, r.Problems)
	}
	if r = listOn(t, "2026-11-24", []KnownMailbox{{Mailbox: box}}, "m@pec.ordine.example;"+codeRossi+";standard;01/11/2026;01/11/2027;;").Rows[0]; r.Outcome != OutcomeCreated {
		t.Errorf("given again: %s %v", r.Outcome, r.Problems)
	}
	box.Status, box.ClosedOn = MailboxSuspended, Date{}
	if p = listOn(t, "2026-11-24", []KnownMailbox{{Mailbox: box}}, "n@pec.ordine.example;"+codeRossi+";standard;12/10/2019;12/10/2027;;"); p.MissingCount() != 1 {
		t.Errorf("%d missing", p.MissingCount())
	}
}

func TestSpaceAsProvidersWriteIt(t *testing.T) {
	for _, row := range []struct {
		text, unit string
		mb         string // empty: not read
	}{
		{"512", "mb", "512"}, {"512 MB", "mb", "512"}, {"1.234", "mb", "1234"}, {"1.234,5", "mb", "1234.5"}, {"12.5", "mb", "12.5"}, {"1,5 GB", "mb", "1536"}, {"2048 KB", "mb", "2"},
		{"2", "gb", "2048"}, {"2,00", "gb", "2048"}, {"2.000", "gb", "2048"}, {"2048MB", "gb", "2048"}, {"0", "gb", "0"},
		{"45%", "mb", ""}, {"-3", "mb", ""}, {"1e5", "mb", ""}, {"Inf", "mb", ""}, {"molto", "mb", ""}, {"0x10", "mb", ""}, {"3 kg", "mb", ""},
	} {
		mb, ok := spaceMB(row.text, row.unit)
		if ok != (row.mb != "") || ok && mb.String() != row.mb {
			t.Errorf("%q in %s: %v %v", row.text, row.unit, mb, ok)
		}
	}
}

func TestTitlesOfProvidersLists(t *testing.T) {
	for field, titles := range map[Field][]string{
		FieldMailbox:     {"Casella", "Indirizzo PEC", "Account", "E-mail PEC", "PEC", "Username", "Nome utente", "Casella PEC", "Mailbox"},
		FieldTaxCode:     {"CF", "C.F.", "Cod. fiscale titolare", "Codice Fiscale Intestatario", "Cod.Fisc.", "CodFiscale"},
		FieldKind:        {"Tipo", "Tipologia casella", "Prodotto", "Profilo", "Piano", "Tipo contratto"},
		FieldActivatedOn: {"Attivata il", "Data creazione", "Inizio", "Data di attivazione", "DT_ATTIVAZIONE", "Attiva dal", "Data inizio validità", "Creata il"},
		FieldExpiresOn:   {"Scade il", "Scadenza", "Valida fino al", "Data di scadenza", "Data fine", "Prossimo rinnovo", "SCADENZA CONTRATTO", "Data rinnovo"},
		FieldExtraGB:     {"Spazio extra", "GB aggiuntivi", "Quota extra", "Spazio aggiuntivo (GB)", "GB acquistati", "Extra (GB)"},
		FieldUsedMB:      {"Spazio occupato", "MB usati", "Occupazione (MB)", "Spazio usato (MB)", "Spazio utilizzato", "Quota usata", "Dimensione casella"},
		"":               {"Stato", "Note", "Titolare", "Cognome", "Rinnovo automatico", "Richiesta il", "Chiusa il", "N. iscrizione", "Telefono"},
	} {
		for _, title := range titles {
			if m := mapOf(t, MailboxLayout, []string{title}, nil, nil); m[0].Field != field {
				t.Errorf("%s: %q, want %q", title, m[0].Field, field)
			}
		}
	}
}

func TestColumnsOfAListAreGuessedByWhatTheyHold(t *testing.T) {
	row := func(n int, born, from, to string) []string {
		return []string{fmt.Sprintf("n%d@pec.ordine.example", n), codeRossi, born, from, to}
	}
	rows := [][]string{row(1, "10/12/1985", "01/03/2024", "01/03/2027"), row(2, "08/04/1991", "15/06/2025", "15/06/2027"), row(3, "25/09/1982", "20/01/2020", "20/01/2027")}
	want := map[string]string{"A": "mailbox", "B": "tax_code", "D": "activated_on", "E": "expires_on"}
	if got := mapOf(t, MailboxLayout, []string{"A", "B", "C", "D", "E"}, rows, nil).ByHeader(); !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
	want = map[string]string{"A": "mailbox", "B": "tax_code", "Giorno": "activated_on", "Scadenza": "expires_on"}
	if got := mapOf(t, MailboxLayout, []string{"A", "B", "C", "Giorno", "Scadenza"}, rows, nil).ByHeader(); !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
	// a day after the expiry is no activation
	want = map[string]string{"A": "mailbox", "B": "tax_code", "Scadenza": "expires_on"}
	if got := mapOf(t, MailboxLayout, []string{"A", "B", "C", "Scadenza", "Giorno"}, rows, nil).ByHeader(); !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

// TestListLosesNoRow draws lists at random: every row has one outcome, and what
// was taken in is found unchanged when the same list comes again.
func TestListLosesNoRow(t *testing.T) {
	draw := func(s ...string) *rapid.Generator[string] { return rapid.SampledFrom(s) }
	addresses := rapid.Permutation([]string{"a@pec.ordine.example", "B@pec.ordine.example", "c@pec.albo.example", "d@altri.example", "", "riservata@pec.ordine.example"})
	code := draw(codeRossi, codeMoretti, codeMiller, "", "BNCLRA80A41F205G", "boh")
	day := draw("12/10/2019", "29/02/2024", "28/02/2027", "12/10/2027", "24/11/2026", "20/10/2026", "31/12/2030", "", "x", "01/01/2020")
	rapid.Check(t, func(r *rapid.T) {
		var lines []string
		for _, address := range addresses.Draw(r, "addresses") {
			lines = append(lines, strings.Join([]string{address, code.Draw(r, "code"), draw("standard", "", "Pro", "oro").Draw(r, "kind"),
				day.Draw(r, "from"), day.Draw(r, "to"), draw("0", "2", "", "9", "x").Draw(r, "gb"), draw("", "12", "1,5 GB", "x").Draw(r, "mb")}, ";"))
		}
		p := listOn(t, "2026-11-24", nil, lines...)
		c := p.Counts()
		if c.Rows != len(lines) || c.Created+c.Refused != c.Rows {
			r.Fatalf("%+v of %d", c, len(lines))
		}
		var known []KnownMailbox
		for i, row := range p.Rows {
			if row.Outcome != OutcomeCreated {
				continue
			}
			m := row.After
			m.ID = int64(i + 10)
			known = append(known, KnownMailbox{Mailbox: m, Imported: true, ExtraGB: row.AfterGB, ListedGB: row.AfterGB})
			// the running period is whole, holds no day before the activation, and E is an anniversary
			if !row.StartsOn.Before(m.ExpiresOn) || row.StartsOn.Before(m.ActivatedOn) || row.StartsOn.After(Day("2026-11-24")) || Expiry(m.AnchorOn, m.ExpiresOn, 0) != m.ExpiresOn {
				r.Fatalf("%q: from %s, %+v", lines[i], row.StartsOn, m)
			}
		}
		again := listOn(t, "2026-11-24", known, lines...)
		if a := again.Counts(); a.Unchanged != c.Created || a.Refused != c.Refused || again.MissingCount() != 0 {
			r.Fatalf("again %+v, first %+v", a, c)
		}
	})
}
