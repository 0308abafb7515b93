package pec_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"albopec/app/pec"
)

// compared is a list held against two mailboxes: rossi's runs to 12/10/2026 with
// 2 GB, verdi's is closed, neri's is requested.
func compared(t *testing.T, header string, lines ...string) pec.Comparison {
	t.Helper()
	agreement, err := pec.ReadAgreement([]byte(comparisonAgreement))
	if err != nil {
		t.Fatal(err)
	}
	agreement.ID = 1
	in := pec.MailboxImport{
		Today: pec.Day("2026-03-01"), StandardKind: "standard", Domains: []string{"pec.ordine.example"}, Agreements: []pec.Agreement{agreement}, Addresses: map[string]int64{},
		Holders: []pec.MailboxHolder{
			{ID: 1, FullName: "Rossi Mario", TaxCode: "RSSMRA80A01H501U", Status: pec.MemberActive}, {ID: 2, FullName: "Verdi Pia", TaxCode: "VRDPIA80A41H501I", Status: pec.MemberCancelled, LeftOn: pec.Day("2025-12-01")},
			{ID: 3, FullName: "Neri Ugo", TaxCode: "NREGUO80A01H501S", Status: pec.MemberActive},
		},
		Known: []pec.KnownMailbox{
			{Mailbox: pec.Mailbox{ID: 11, MemberID: 1, Address: "rossi@pec.ordine.example", Kind: "standard", Status: pec.MailboxActive, ExpiresOn: pec.Day("2026-10-12")}, ExtraGB: 2},
			{Mailbox: pec.Mailbox{ID: 12, MemberID: 2, Address: "verdi@pec.ordine.example", Kind: "standard", Status: pec.MailboxClosed, ClosedOn: pec.Day("2026-01-30")}},
			{Mailbox: pec.Mailbox{ID: 13, MemberID: 3, Address: "neri@pec.ordine.example", Kind: "standard", Status: pec.MailboxSent}},
		},
	}
	for _, title := range strings.Split(header, ";") {
		in.Mapping = append(in.Mapping, pec.Column{Index: len(in.Mapping), Header: title, Field: comparisonFields[title]})
	}
	for i, line := range lines {
		in.Rows = append(in.Rows, pec.Row{Number: i + 2, Cells: strings.Split(line, ";")})
	}
	return pec.CompareMailboxes(in, pec.ComparisonChoices{})
}

var comparisonFields = map[string]pec.Field{"Casella": pec.FieldMailbox, "CF": pec.FieldTaxCode, "Tipologia": pec.FieldKind, "Scadenza": pec.FieldExpiresOn, "GB": pec.FieldExtraGB, "Netto": pec.FieldNet}

// Standard 5,00 € paid by the Ordine, Pro 20,00 € by the member, 2,50 € a GB.
const comparisonAgreement = `{
	"name": "Prova", "provider": "Gestore", "starts_on": "2020-01-01", "vat_rate": "22", "policy": "full_year", "free_window_months": 3, "notice_days": [30, 0], "sold_by": "ordine",
	"kinds": [{"code": "standard", "name": "Standard", "base_inbox_gb": 1, "base_archive_gb": 0, "max_inbox_gb": 5, "yearly_price": "5.00", "paid_by": "ordine", "terms": [1]},
		{"code": "pro", "name": "Pro", "base_inbox_gb": 2, "base_archive_gb": 8, "max_inbox_gb": null, "yearly_price": "20.00", "paid_by": "member", "terms": [1]}],
	"products": [{"code": "inbox_gb", "name": "Spazio in più", "unit": "GB", "yearly_price": "2.50", "kinds": ["standard", "pro"]}]
}`

func differencesOf(c pec.Comparison) (lines []string) {
	for _, d := range c.Differences {
		line := fmt.Sprintf("%s %s: %s | %s", d.Kind, strings.TrimSuffix(d.Address, "@pec.ordine.example"), d.Theirs, d.Ours)
		if d.Stake.Net != 0 {
			line += " = " + d.Stake.Net.Italian() + " + " + d.Stake.VAT.Italian()
		}
		lines = append(lines, line)
	}
	return lines
}

func TestListIsHeldAgainstTheBooks(t *testing.T) {
	const rossi = "rossi@pec.ordine.example;RSSMRA80A01H501U;Standard;12/10/2026;2"
	for name, c := range map[string]struct {
		header string
		lines  []string
		want   []string
	}{
		"the same":         {"Casella;CF;Tipologia;Scadenza;GB", []string{rossi}, nil},
		"only the address": {"Casella", []string{"ROSSI@pec.ordine.example"}, nil},
		"one is missing":   {"Casella;CF", []string{"altra@pec.ordine.example;BNCNNA80A41H501R"}, []string{"only_there altra: presente |  = 5,00 + 1,10", "only_here rossi:  | attiva, scade il 12/10/2026"}},
		"of a leaver":      {"Casella;CF;Tipologia;Scadenza;GB", []string{rossi, "verdi@pec.ordine.example;VRDPIA80A41H501I;Standard;12/10/2026;3"}, []string{"only_there verdi: Standard, scade il 12/10/2026, 3 GB in più | chiusa dal 30/01/2026 = 12,50 + 2,75"}},
		"requested here":   {"Casella;Scadenza", []string{"rossi@pec.ordine.example;", "neri@pec.ordine.example;01/03/2027"}, []string{"awaited neri: scade il 01/03/2027 | inviata al gestore"}},
		"everything differs": {"Casella;CF;Tipologia;Scadenza;GB", []string{"rossi@pec.ordine.example;NREGUO80A01H501S;Pro;12/10/2025;4"}, []string{
			"expiry rossi: 12/10/2025 | 12/10/2026", "kind rossi: Pro | Standard = 15,00 + 3,30", "space rossi: 4 GB in più | 2 GB in più = 5,00 + 1,10",
			"holder rossi: Neri Ugo, codice fiscale NREGUO80A01H501S | Rossi Mario",
		}},
		"less space there":        {"Casella;GB", []string{"rossi@pec.ordine.example;1"}, []string{"space rossi: 1 GB in più | 2 GB in più = −2,50 + −0,55"}},
		"the price of all":        {"Casella;Netto", []string{"rossi@pec.ordine.example;10,00"}, nil},
		"the price of the kind":   {"Casella;Netto", []string{"rossi@pec.ordine.example;5,00"}, nil},
		"a line given back":       {"Casella;Netto", []string{"rossi@pec.ordine.example;12,00", "rossi@pec.ordine.example;-2,00"}, nil},
		"a line of nothing":       {"Casella;Netto", []string{"rossi@pec.ordine.example;10,00", "rossi@pec.ordine.example;0,00 €"}, nil},
		"a description":           {"Casella;Tipologia;Netto", []string{"rossi@pec.ordine.example;Canone annuo;10,00"}, nil},
		"an invoice's lines":      {"Casella;Netto", []string{"rossi@pec.ordine.example;5,00", "rossi@pec.ordine.example;5,00 €"}, nil},
		"a dearer line":           {"Casella;Netto", []string{"rossi@pec.ordine.example;5,00", "rossi@pec.ordine.example;6,00"}, []string{"price rossi: 11,00\u00a0€ | 10,00\u00a0€ = 1,00 + 0,22"}},
		"paid for a closed one":   {"Casella;Netto", []string{"rossi@pec.ordine.example;10,00", "verdi@pec.ordine.example;4,20"}, []string{"only_there verdi: presente | chiusa dal 30/01/2026 = 4,20 + 0,92"}},
		"no amount":               {"Casella;Netto", []string{"rossi@pec.ordine.example;dieci"}, []string{"unreadable rossi:  | "}},
		"the currency in letters": {"Casella;Netto", []string{"rossi@pec.ordine.example;EUR 12,00", "rossi@pec.ordine.example;EUR -2,00"}, nil},
		"twice, without amounts":  {"Casella;GB", []string{"rossi@pec.ordine.example;2", "rossi@pec.ordine.example;2"}, []string{"unreadable rossi:  | "}},
		"no address":              {"Casella;GB", []string{"rossi@pec.ordine.example;2", "mario rossi;2"}, []string{"unreadable :  | "}},
		"a day that is none":      {"Casella;Scadenza", []string{"rossi@pec.ordine.example;31/02/2026"}, []string{"unreadable rossi:  | "}},
	} {
		got := compared(t, c.header, c.lines...)
		if diff := cmp.Diff(c.want, differencesOf(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if c := compared(t, "Casella;Scadenza", "a@pec.ordine.example;01/01/2025", "b@pec.ordine.example;01/01/2025", "c@pec.ordine.example;01/01/2025"); !c.AnotherMonth() {
		t.Error("a list of last year is not told")
	}
}

// What an invoice gives back for a mailbox that is closed, or bills at nothing, is
// not said to be paid: 4,20 € less 5,00 € are −0,80 €.
func TestInvoiceThatGivesBackIsNotSaidToBePaid(t *testing.T) {
	const rossi, verdi = "rossi@pec.ordine.example;10,00", "verdi@pec.ordine.example;"
	for want, lines := range map[string][]string{
		"only_there −0,80 La fattura restituisce più di quanto fa pagare: controlli di quale periodo.": {rossi, verdi + "4,20", verdi + "-€ 5,00"},
		"only_there 0,00 La fattura la elenca, ma non la fa pagare.":                                   {rossi, verdi + "4,20", verdi + "-4,20"},
		"only_there 4,20 È chiusa: il gestore la conta ancora, e si paga.":                             {rossi, verdi + "4,20"},
	} {
		var got []string
		for _, d := range compared(t, "Casella;Netto", lines...).Differences {
			got = append(got, fmt.Sprint(d.Kind, " ", d.Stake.Net.Italian(), " ", d.Note))
		}
		if diff := cmp.Diff([]string{want}, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", lines, diff)
		}
	}
}

// Where an invoice bills the space of one mailbox it should bill that of all.
func TestInvoiceThatForgetsSpaceIsTold(t *testing.T) {
	agreement, err := pec.ReadAgreement([]byte(comparisonAgreement))
	if err != nil {
		t.Fatal(err)
	}
	in := pec.MailboxImport{Today: pec.Day("2026-03-01"), StandardKind: "standard", Agreements: []pec.Agreement{agreement}, Addresses: map[string]int64{}}
	in.Mapping = pec.Mapping{{Index: 0, Header: "Casella", Field: pec.FieldMailbox}, {Index: 1, Header: "Netto", Field: pec.FieldNet}}
	for i, net := range []string{"7,50", "5,00"} { // 1 GB each
		address := fmt.Sprintf("c%d@pec.ordine.example", i)
		in.Holders = append(in.Holders, pec.MailboxHolder{ID: int64(i + 1), FullName: "Rossi", Status: pec.MemberActive})
		in.Known = append(in.Known, pec.KnownMailbox{Mailbox: pec.Mailbox{ID: int64(i + 1), MemberID: int64(i + 1), Address: address, Kind: "standard", Status: pec.MailboxActive, ExpiresOn: pec.Day("2026-10-12")}, ExtraGB: 1})
		in.Rows = append(in.Rows, pec.Row{Number: i + 2, Cells: []string{address, net}})
	}
	if got := differencesOf(pec.CompareMailboxes(in, pec.ComparisonChoices{})); len(got) != 1 || !strings.HasPrefix(got[0], "price c1: 5,00") {
		t.Errorf("%q", got)
	}
}

// 20.000 mailboxes against 20.000, with 300 differences planted: all are found,
// and none besides.
func TestThreeHundredPlantedDifferences(t *testing.T) {
	agreement, err := pec.ReadAgreement([]byte(comparisonAgreement))
	if err != nil {
		t.Fatal(err)
	}
	in := pec.MailboxImport{Today: pec.Day("2026-03-01"), StandardKind: "standard", Domains: []string{"pec.ordine.example"}, Agreements: []pec.Agreement{agreement}, Addresses: map[string]int64{}}
	for i, title := range []string{"Casella", "Tipologia", "Scadenza", "GB"} {
		in.Mapping = append(in.Mapping, pec.Column{Index: i, Header: title, Field: comparisonFields[title]})
	}
	const n = 20_000
	var lines [][]string
	for i := range int64(n) {
		address := fmt.Sprintf("c%05d@pec.ordine.example", i)
		expires := pec.Day("2026-03-02").AddDays(int(i % 365))
		in.Holders = append(in.Holders, pec.MailboxHolder{ID: i + 1, FullName: "Rossi", Status: pec.MemberActive})
		in.Known = append(in.Known, pec.KnownMailbox{Mailbox: pec.Mailbox{ID: i + 1, MemberID: i + 1, Address: address, Kind: "standard", Status: pec.MailboxActive, ExpiresOn: expires}, ExtraGB: int(i % 4)})
		lines = append(lines, []string{address, "Standard", expires.Italian(), fmt.Sprint(i % 4)})
	}
	random := rand.New(rand.NewPCG(1, 2))
	var want []string
	places := random.Perm(n)[:300]
	for k, i := range places {
		line := lines[i]
		switch k % 5 {
		case 0:
			want = append(want, "expiry "+line[0])
			line[2] = "31/12/2027"
		case 1:
			want = append(want, "kind "+line[0])
			line[1] = "pro"
		case 2:
			want = append(want, "space "+line[0])
			line[3] = "9"
		case 3:
			want = append(want, "only_here "+line[0], "only_there x"+line[0])
			line[0] = "x" + line[0]
		case 4:
			want = append(want, "only_here "+line[0])
			lines[i] = nil
		}
	}
	for i, line := range lines {
		if line != nil {
			in.Rows = append(in.Rows, pec.Row{Number: i + 2, Cells: line})
		}
	}
	random.Shuffle(len(in.Rows), func(i, j int) { in.Rows[i], in.Rows[j] = in.Rows[j], in.Rows[i] })
	var got []string
	c := pec.CompareMailboxes(in, pec.ComparisonChoices{})
	for _, d := range c.Differences {
		got = append(got, string(d.Kind)+" "+d.Address)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || c.Equal != n-300 {
		t.Errorf("%d differences, want %d; %d equal", len(got), len(want), c.Equal)
	}
}

func TestSuspendedMailboxThatTheProviderLacksIsNotCalledActive(t *testing.T) {
	c := pec.CompareMailboxes(pec.MailboxImport{
		Today: pec.Day("2026-03-01"), Domains: []string{"pec.ordine.example"},
		Known: []pec.KnownMailbox{{Mailbox: pec.Mailbox{ID: 11, Address: "rossi@pec.ordine.example", Kind: "standard", Status: pec.MailboxSuspended, ExpiresOn: pec.Day("2026-10-12")}}},
	}, pec.ComparisonChoices{})
	if got := differencesOf(c); len(got) != 1 || got[0] != "only_here rossi:  | sospesa, scade il 12/10/2026" {
		t.Errorf("%q", got)
	}
}

func TestAddressOfAMailboxIsFoundAmongWords(t *testing.T) {
	for cell, want := range map[string]string{
		"Canone PEC Mario.Rossi@pec.x.example 2026": "mario.rossi@pec.x.example", "casella:<ada@pec.x.example>.": "ada@pec.x.example", " ada@pec.x.example ": "ada@pec.x.example",
		"ada@pec.x.example (ADA@pec.x.example)": "ada@pec.x.example", "ada@pec.x.example, ugo@pec.x.example": "", "PEC Basic 1GB": "", "chi @ dove": "", "": "",
	} {
		if got, ok := pec.ListedAddress(cell); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", cell, got, ok)
		}
	}
}

// Fewer than one row of ten with an address is no column of mailboxes.
func TestColumnWithHardlyAnAddressIsNotTheMailboxes(t *testing.T) {
	mapping := pec.Mapping{{Index: 0, Header: "Tipo prodotto", Field: pec.FieldMailbox}}
	for _, c := range []struct {
		addresses, rows int
		want            string
	}{
		{0, 30, "nessuna delle 30 righe contiene un indirizzo PEC, ma ad esempio «PEC Basic 1GB»."}, {0, 1, "l’unica riga non contiene un indirizzo PEC"},
		{2, 30, "solo 2 righe su 30 contengono un indirizzo PEC"}, {1, 30, "solo una riga su 30 contiene"}, {3, 30, ""}, {1, 1, ""},
	} {
		var rows []pec.Row
		for i := range c.rows {
			cell := "PEC Basic 1GB"
			if i < c.addresses {
				cell = fmt.Sprintf("c%d@pec.ordine.example", i)
			}
			rows = append(rows, pec.Row{Number: i + 2, Cells: []string{cell}})
		}
		p := pec.AsProblem(pec.CheckListedMailboxes(rows, mapping))
		if (p != nil) != (c.want != "") || p != nil && !strings.Contains(p.Message, c.want) {
			t.Errorf("%d of %d: %v", c.addresses, c.rows, p)
		}
	}
}

// An invoice of three mailboxes does not say that the other four are lost; a list of
// prices that an operator calls complete does.
func TestInvoiceThatNamesSomeDoesNotSayThatTheOthersAreLost(t *testing.T) {
	agreement, err := pec.ReadAgreement([]byte(comparisonAgreement))
	if err != nil {
		t.Fatal(err)
	}
	in := pec.MailboxImport{Today: pec.Day("2026-03-01"), StandardKind: "standard", Agreements: []pec.Agreement{agreement}, Addresses: map[string]int64{}}
	in.Mapping = pec.Mapping{{Index: 0, Header: "Casella", Field: pec.FieldMailbox}, {Index: 1, Header: "Netto", Field: pec.FieldNet}}
	for i := range int64(7) {
		address := fmt.Sprintf("c%d@pec.ordine.example", i)
		in.Holders = append(in.Holders, pec.MailboxHolder{ID: i + 1, FullName: "Rossi", Status: pec.MemberActive})
		in.Known = append(in.Known, pec.KnownMailbox{Mailbox: pec.Mailbox{ID: i + 1, MemberID: i + 1, Address: address, Kind: "standard", Status: pec.MailboxActive, ExpiresOn: pec.Day("2026-10-12")}})
		if i < 3 {
			in.Rows = append(in.Rows, pec.Row{Number: int(i) + 2, Cells: []string{address, "5,00"}})
		}
	}
	unpriced := in
	unpriced.Mapping = in.Mapping[:1]
	for _, c := range []struct {
		what  string
		in    pec.MailboxImport
		scope pec.ListScope
		want  int // that are only here
	}{
		{"with amounts, nothing said", in, "", 0}, {"an invoice", in, pec.ListsSome, 0}, {"a list with prices", in, pec.ListsAll, 4},
		{"without amounts, nothing said", unpriced, "", 4}, {"some without amounts", unpriced, pec.ListsSome, 0},
	} {
		got := pec.CompareMailboxes(c.in, pec.ComparisonChoices{Scope: c.scope})
		if n := got.Count(pec.OnlyHere); n != c.want || got.Equal != 3 || len(got.Differences) != c.want {
			t.Errorf("%s: %d only here, %d equal, %d differences", c.what, n, got.Equal, len(got.Differences))
		}
	}
	if err := (pec.ComparisonChoices{Scope: "none"}).Check(); err == nil {
		t.Error("any word is a scope")
	}
}

// The provider's own names of kinds are told once each with their rows, and what else
// the rows say is compared; a name that an operator gave a kind of ours is that.
func TestUnknownKindsAreToldOnce(t *testing.T) {
	const header = "Casella;Tipologia;Scadenza"
	lines := []string{"rossi@pec.ordine.example;PEC Basic 1GB;12/10/2027", "una@pec.ordine.example;PEC Basic 1GB;", "due@pec.ordine.example;Strana;"}
	c := compared(t, header, lines...)
	want := []string{
		"only_there due: «Strana» |  = 5,00 + 1,10", "only_there una: «PEC Basic 1GB» |  = 5,00 + 1,10", "expiry rossi: 12/10/2027 | 12/10/2026",
		"kind_unknown : PEC Basic 1GB | ", "kind_unknown : Strana | ",
	}
	if diff := cmp.Diff(want, differencesOf(c)); diff != "" {
		t.Error(diff)
	}
	if note := c.Differences[3].Note; note != "Su 2 righe, la prima è la riga 2: la tipologia non è confrontata, il resto sì." {
		t.Error(note)
	}
	if c := compared(t, header, "rossi@pec.ordine.example;PEC Basic 1GB;12/10/2026"); c.Equal != 1 || c.Count(pec.KindUnknown) != 1 || c.Count(pec.UnreadableThem) != 0 {
		t.Errorf("the same but for the name: %d equal, %q", c.Equal, differencesOf(c))
	}
	// 27 names: 20 are told, 7 together.
	lines = lines[:0]
	for i := range 27 {
		lines = append(lines, fmt.Sprintf("c%d@pec.ordine.example;nome %d;", i, i))
	}
	if c := compared(t, header, lines...); c.Count(pec.KindUnknown) != 21 || !slices.Contains(differencesOf(c), "kind_unknown : altri 7 nomi | ") {
		t.Errorf("%q", differencesOf(c))
	}
}
