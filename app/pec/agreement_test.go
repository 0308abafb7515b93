package pec

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

// plainAgreement is a full_year agreement as a file has it; tests change one
// thing at a time.
const plainAgreement = `{
	"name": "Convenzione di prova", "provider": "Gestore PEC", "starts_on": "2017-01-01", "vat_rate": "22",
	"policy": "full_year", "free_window_months": 3, "notice_days": [90, 60, 30, 15, 7, 0], "leaver_grace_days": 60, "sold_by": "ordine",
	"kinds": [
		{"code": "standard", "name": "Standard", "base_inbox_gb": 1, "base_archive_gb": 0, "max_inbox_gb": 5, "yearly_price": "5.00", "paid_by": "ordine", "terms": [1, 2]},
		{"code": "pro", "name": "Pro", "base_inbox_gb": 2, "base_archive_gb": 3, "max_inbox_gb": null, "yearly_price": "20.00", "paid_by": "member", "terms": [1, 5]}
	],
	"products": [
		{"code": "inbox_gb", "name": "Spazio in più", "unit": "GB", "yearly_price": "2.50", "kinds": ["standard", "pro"]},
		{"code": "user", "name": "Multiutente", "unit": "utente", "yearly_price": "8.00", "kinds": ["pro"]},
		{"code": "signature_kit", "name": "Kit di firma", "unit": "pezzo", "price": "45.00", "one_off": true, "kinds": ["standard", "pro"]}
	]
}`

func readAgreement(t *testing.T, doc string) Agreement {
	t.Helper()
	a, err := ReadAgreement([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// with is the plain agreement with one piece of its text replaced.
func with(t *testing.T, old, new string) string {
	t.Helper()
	if !strings.Contains(plainAgreement, old) {
		t.Fatalf("the plain agreement has no %s", old)
	}
	return strings.Replace(plainAgreement, old, new, 1)
}

func TestAgreementIsReadWhole(t *testing.T) {
	a := readAgreement(t, plainAgreement)
	five, sixty := 5, 60
	want := Agreement{
		Name: "Convenzione di prova", Provider: "Gestore PEC", StartsOn: Day("2017-01-01"), VATRate: decimal.New(22, 0),
		Policy: FullYear, FreeWindowMonths: 3, NoticeDays: []int{90, 60, 30, 15, 7, 0}, LeaverGraceDays: &sixty, SoldBy: SoldByOrdine,
		Kinds: []Kind{
			{Code: "standard", Name: "Standard", BaseInboxGB: 1, MaxInboxGB: &five, YearlyPrice: 500, PaidBy: PaidByOrdine, Terms: []int{1, 2}},
			{Code: "pro", Name: "Pro", BaseInboxGB: 2, BaseArchiveGB: 3, YearlyPrice: 2000, PaidBy: PaidByMember, Terms: []int{1, 5}},
		},
		Products: []Product{
			{Code: "inbox_gb", Name: "Spazio in più", Unit: "GB", YearlyPrice: 250, Kinds: []string{"standard", "pro"}},
			{Code: "user", Name: "Multiutente", Unit: "utente", YearlyPrice: 800, Kinds: []string{"pro"}},
			{Code: "signature_kit", Name: "Kit di firma", Unit: "pezzo", Price: 4500, OneOff: true, Kinds: []string{"standard", "pro"}},
		},
	}
	if diff := cmp.Diff(want, a, cmp.Comparer(func(x, y decimal.Decimal) bool { return x.Equal(y) })); diff != "" {
		t.Error(diff)
	}
}

// What is kept is what was read: the grace of null in particular.
func TestAgreementKeptIsTheAgreementRead(t *testing.T) {
	for _, doc := range []string{
		plainAgreement,
		with(t, `"leaver_grace_days": 60`, `"leaver_grace_days": null`),
		with(t, `"leaver_grace_days": 60, `, ``),
		with(t, `"leaver_grace_days": 60`, `"leaver_grace_days": 0`),
		with(t, `"yearly_price": "2.50"`, `"yearly_price": "0.00"`),
		with(t, `"price": "45.00"`, `"price": "0"`),
	} {
		a := readAgreement(t, doc)
		kept, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ReadAgreement(kept)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a, again, cmp.Comparer(func(x, y decimal.Decimal) bool { return x.Equal(y) })); diff != "" {
			t.Error(diff)
		}
	}
}

func TestGraceOfAnAgreement(t *testing.T) {
	for what, row := range map[string]struct {
		new  string
		want int // -1: no limit
	}{
		"not named": {``, 60}, "null": {`"leaver_grace_days": null, `, -1}, "zero": {`"leaver_grace_days": 0, `, 0}, "ninety": {`"leaver_grace_days": 90, `, 90},
	} {
		a := readAgreement(t, with(t, `"leaver_grace_days": 60, `, row.new))
		switch {
		case row.want < 0 && a.LeaverGraceDays != nil:
			t.Errorf("%s: %d days, want no limit", what, *a.LeaverGraceDays)
		case row.want >= 0 && (a.LeaverGraceDays == nil || *a.LeaverGraceDays != row.want):
			t.Errorf("%s: %v, want %d", what, a.LeaverGraceDays, row.want)
		}
	}
}

func TestAgreementFilesThatAreTaken(t *testing.T) {
	for what, doc := range map[string]string{
		"with the mark that Windows editors put first": "\ufeff" + plainAgreement,
		"with blank lines behind":                      plainAgreement + "\n\n",
		"monthly, without a free window":               with(t, `"policy": "full_year", "free_window_months": 3,`, `"policy": "monthly",`),
		"full_year without a free window":              with(t, `"free_window_months": 3,`, ``),
		"sold by nobody in particular":                 with(t, `"sold_by": "ordine",`, ``),
		"prices as numbers":                            with(t, `"yearly_price": "2.50"`, `"yearly_price": 2.5`),
		"a rate as a number":                           with(t, `"vat_rate": "22"`, `"vat_rate": 22`),
		"no tax":                                       with(t, `"vat_rate": "22"`, `"vat_rate": "0"`),
		"nothing to buy":                               plainAgreement[:strings.Index(plainAgreement, `"products"`)] + `"products": []}`,
	} {
		if _, err := ReadAgreement([]byte(doc)); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestWhoInvoices: who sells, unless the file names the other; a file that names
// the seller is the same document as one that says nothing.
func TestWhoInvoices(t *testing.T) {
	for _, c := range []struct {
		what, file     string
		invoices, kept Seller
	}{
		{"sold here, nothing said", `"sold_by": "ordine"`, SoldByOrdine, ""},
		{"nothing said at all", `"upgrade_at_expiry": false`, SoldByOrdine, ""},
		{"sold here, invoiced here", `"sold_by": "ordine", "invoiced_by": "ordine"`, SoldByOrdine, ""},
		{"sold here, invoiced by the provider", `"sold_by": "ordine", "invoiced_by": "provider"`, SoldByProvider, SoldByProvider},
		{"sold by the provider, nothing said", `"sold_by": "provider"`, SoldByProvider, ""},
		{"sold by the provider, invoiced here", `"sold_by": "provider", "invoiced_by": "ordine"`, SoldByOrdine, SoldByOrdine},
	} {
		a := readAgreement(t, with(t, `"sold_by": "ordine"`, c.file))
		if a.Invoicer() != c.invoices || a.InvoicedBy != c.kept {
			t.Errorf("%s: invoiced by %q, kept as %q", c.what, a.Invoicer(), a.InvoicedBy)
		}
	}
	if stored := (Agreement{SoldBy: SoldByProvider}); stored.Invoicer() != SoldByProvider {
		t.Error("a document stored without the field is not invoiced by who sells")
	}
}

func TestWhatAnAgreementFileLeavesOut(t *testing.T) {
	if a := readAgreement(t, with(t, `"sold_by": "ordine",`, ``)); a.SoldBy != SoldByOrdine {
		t.Errorf("sold by %q when the file does not say", a.SoldBy)
	}
	if a := readAgreement(t, with(t, `"notice_days": [90, 60, 30, 15, 7, 0],`, ``)); !slices.Equal(a.NoticeDays, []int{90, 60, 30, 15, 7, 0}) {
		t.Errorf("notices %v when the file does not say", a.NoticeDays)
	}
	if a := readAgreement(t, with(t, `[90, 60, 30, 15, 7, 0]`, `[]`)); len(a.NoticeDays) != 0 {
		t.Errorf("notices %v when the file wants none", a.NoticeDays)
	}
	// The window is full_year's: left in a monthly agreement it means nothing.
	if a := readAgreement(t, with(t, `full_year`, `monthly`)); a.FreeWindowMonths != 0 {
		t.Errorf("a free window of %d months under monthly", a.FreeWindowMonths)
	}
}

func TestAgreementFilesThatAreRefused(t *testing.T) {
	for _, row := range []struct{ what, doc, field, says string }{
		{"empty", ``, "", "JSON"},
		{"no JSON", `convenzione`, "", "JSON"},
		{"cut short", plainAgreement[:300], "", "JSON"},
		{"a list", `[]`, "", "JSON"},
		{"null", `null`, "name", "manca «name»"},
		{"two agreements", plainAgreement + plainAgreement, "", "altro testo"},
		{"words behind", plainAgreement + "fine", "", "altro testo"},
		{"a field that is none", with(t, `"provider"`, `"gestore"`), "gestore", "«gestore»"},
		{"a kind's field that is none", with(t, `"paid_by": "ordine"`, `"paid": "ordine"`), "paid", "«paid»"},
		{"no name", with(t, `"name": "Convenzione di prova", `, ``), "name", "manca «name»"},
		{"an empty name", with(t, `Convenzione di prova`, `  `), "name", "nome"},
		{"a very long name", with(t, `Convenzione di prova`, strings.Repeat("x", 201)), "name", "200 caratteri"},
		{"no start", with(t, `"starts_on": "2017-01-01", `, ``), "starts_on", "manca «starts_on»"},
		{"an empty start", with(t, `2017-01-01`, ``), "starts_on", "giorno"},
		{"a start that is no day", with(t, `2017-01-01`, `2017-02-29`), "starts_on", "2017-02-29"},
		{"an Italian start", with(t, `2017-01-01`, `01/01/2017`), "starts_on", "01/01/2017"},
		{"no rate", with(t, `"vat_rate": "22",`, ``), "vat_rate", "manca"},
		{"a rate of three decimals", with(t, `"vat_rate": "22"`, `"vat_rate": "22.005"`), "vat_rate", "due decimali"},
		{"a rate of a thousand", with(t, `"vat_rate": "22"`, `"vat_rate": "1e-1000"`), "vat_rate", "due decimali"},
		{"a rate below zero", with(t, `"vat_rate": "22"`, `"vat_rate": "-1"`), "vat_rate", "tra 0 e 100"},
		{"a rate above a hundred", with(t, `"vat_rate": "22"`, `"vat_rate": "101"`), "vat_rate", "tra 0 e 100"},
		{"an immense rate", with(t, `"vat_rate": "22"`, `"vat_rate": "1e999999999"`), "vat_rate", "numero"},
		{"a minute rate", with(t, `"vat_rate": "22"`, `"vat_rate": "1e-999999999"`), "vat_rate", "numero"},
		{"a rate in words", with(t, `"vat_rate": "22"`, `"vat_rate": "ventidue"`), "vat_rate", "numero"},
		{"no policy", with(t, `"policy": "full_year",`, ``), "policy", "manca"},
		{"another policy", with(t, `full_year`, `daily`), "policy", "daily"},
		{"a window below zero", with(t, `"free_window_months": 3`, `"free_window_months": -1`), "free_window_months", "0 a 12"},
		{"a window of thirteen months", with(t, `"free_window_months": 3`, `"free_window_months": 13`), "free_window_months", "0 a 12"},
		{"a window that is a word", with(t, `"free_window_months": 3`, `"free_window_months": "tre"`), "free_window_months", "«free_window_months»"},
		{"a notice after E", with(t, `[90, 60`, `[-1, 60`), "notice_days[0]", "0 a 366"},
		{"a notice two years before", with(t, `90, 60`, `90, 730`), "notice_days[1]", "0 a 366"},
		{"a grace below zero", with(t, `"leaver_grace_days": 60`, `"leaver_grace_days": -1`), "leaver_grace_days", "0 a 3650"},
		{"a provider's area without HTTPS", with(t, `"sold_by": "ordine"`, `"provider_area": "http://gestore.example"`), "provider_area", "https"},
		{"a provider's area that is a script", with(t, `"sold_by": "ordine"`, `"provider_area": "javascript:alert(1)"`), "provider_area", "https"},
		{"invoiced by somebody", with(t, `"sold_by": "ordine"`, `"invoiced_by": "aruba"`), "invoiced_by", "provider"},
		{"sold by somebody", with(t, `"sold_by": "ordine"`, `"sold_by": "aruba"`), "sold_by", "provider"},
		{"no kinds", with(t, `"kinds": [`+"\n", `"kinds": [], "altro": [`), "altro", "«altro»"},
		{"a kind twice", with(t, `"code": "pro"`, `"code": "standard"`), "kinds[1].code", "due volte"},
		{"a kind's code with a blank", with(t, `"code": "pro"`, `"code": "pro plus"`), "kinds[1].code", "minuscole"},
		{"a kind without a name", with(t, `"name": "Pro"`, `"name": ""`), "kinds[1].name", "nome"},
		{"a kind without space", with(t, `"base_inbox_gb": 2`, `"base_inbox_gb": 0`), "kinds[1].base_inbox_gb", "spazio base"},
		{"an archive below zero", with(t, `"base_archive_gb": 3`, `"base_archive_gb": -3`), "kinds[1].base_archive_gb", "archivio"},
		{"a cap below the base", with(t, `"base_inbox_gb": 1`, `"base_inbox_gb": 6`), "kinds[0].max_inbox_gb", "spazio massimo"},
		{"a price below zero", with(t, `"yearly_price": "5.00"`, `"yearly_price": "-5.00"`), "kinds[0].yearly_price", "prezzo annuo"},
		{"a price with three decimals", with(t, `"yearly_price": "2.50"`, `"yearly_price": "2.505"`), "products[0].yearly_price", "2.505"},
		{"a price with a comma", with(t, `"yearly_price": "2.50"`, `"yearly_price": "2,50"`), "products[0].yearly_price", "2,50"},
		{"a price that is null", with(t, `"yearly_price": "2.50"`, `"yearly_price": null`), "products[0].yearly_price", "manca il prezzo"},
		{"a product without a price", with(t, `"yearly_price": "2.50", `, ``), "products[0].yearly_price", "manca il prezzo"},
		{"a one-off product without a price", with(t, `"price": "45.00", `, ``), "products[2].price", "manca il prezzo"},
		{"a kind without a price", with(t, `"yearly_price": "5.00", `, ``), "kinds[0].yearly_price", "manca il prezzo"},
		{"a rate that is null", with(t, `"vat_rate": "22"`, `"vat_rate": null`), "vat_rate", "manca"},
		{"in Windows-1252", with(t, `Convenzione di prova`, "Citt\xe0"), "", "UTF-8"},
		{"an immense price", with(t, `"yearly_price": "2.50"`, `"yearly_price": "10000000"`), "products[0].yearly_price", "prezzo"},
		{"a payer that is none", with(t, `"paid_by": "member"`, `"paid_by": "iscritto"`), "kinds[1].paid_by", "member"},
		{"no terms", with(t, `"terms": [1, 2]`, `"terms": []`), "kinds[0].terms", "durata"},
		{"a term of six years", with(t, `"terms": [1, 5]`, `"terms": [1, 6]`), "kinds[1].terms", "1 a 5"},
		{"a term of no years", with(t, `"terms": [1, 5]`, `"terms": [0]`), "kinds[1].terms", "1 a 5"},
		{"a product twice", with(t, `"code": "user"`, `"code": "inbox_gb"`), "products[1].code", "due volte"},
		{"a product in capitals", with(t, `"code": "user"`, `"code": "User"`), "products[1].code", "minuscole"},
		{"a product without a name", with(t, `"name": "Multiutente"`, `"name": " "`), "products[1].name", "nome"},
		{"a product of no kind", with(t, `"kinds": ["pro"]`, `"kinds": []`), "products[1].kinds", "nessuna"},
		{"a product of a kind that is not there", with(t, `"kinds": ["pro"]`, `"kinds": ["premium"]`), "products[1].kinds", "premium"},
		{"a yearly product with a price", with(t, `"yearly_price": "8.00"`, `"price": "8.00"`), "products[1].price", "yearly_price"},
		{"a one-off product with a yearly price", with(t, `"price": "45.00"`, `"yearly_price": "45.00"`), "products[2].yearly_price", "«price»"},
	} {
		done := make(chan error, 1)
		go func() {
			_, err := ReadAgreement([]byte(row.doc))
			done <- err
		}()
		select {
		case err := <-done:
			p := AsProblem(err)
			if p == nil || p.Code != "agreement_invalid" || p.Field != row.field || !strings.Contains(p.Message, row.says) {
				t.Errorf("%s: %q on %q (%v), want %q on %q", row.what, message(p), field(p), err, row.says, row.field)
			}
			for _, english := range []string{"unknown field", "not a", "can't", "cannot", "error ", "EOF", "invalid", "json"} {
				if p != nil && strings.Contains(p.Message, english) {
					t.Errorf("%s: English in %q", row.what, p.Message)
				}
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("%s: no answer in five seconds", row.what)
		}
	}
}

func message(p *Problem) string {
	if p == nil {
		return ""
	}
	return p.Message
}

func field(p *Problem) string {
	if p == nil {
		return ""
	}
	return p.Field
}

func TestKindsAndProductsAreCalledAsTheAgreementDoes(t *testing.T) {
	list := []Agreement{
		{StartsOn: Day("2016-01-01"), Kinds: []Kind{{Code: "standard", Name: "Base"}, {Code: "old", Name: "Vecchia"}}, Products: []Product{{Code: "inbox_gb", Name: "Spazio"}}},
		{StartsOn: Day("2018-01-01"), Kinds: []Kind{{Code: "standard", Name: "Standard"}}},
	}
	for _, row := range []struct{ code, on, want string }{
		{"standard", "2017-12-31", "Base"}, {"standard", "2018-01-01", "Standard"}, {"old", "2018-06-01", "Vecchia"},
		{"standard", "2015-01-01", "Standard"}, {"pro", "2018-06-01", "pro"},
	} {
		if got := KindName(list, row.code, Day(row.on)); got != row.want {
			t.Errorf("%s on %s is called %q, want %q", row.code, row.on, got, row.want)
		}
	}
	if got := ProductName(list, "inbox_gb", Day("2018-06-01")); got != "Spazio" {
		t.Errorf("the product is called %q", got)
	}
}

func TestAgreementInForceIsTheLatestStarted(t *testing.T) {
	list := []Agreement{{ID: 3, StartsOn: Day("2020-03-01")}, {ID: 1, StartsOn: Day("2017-01-01")}, {ID: 2, StartsOn: Day("2018-10-12")}}
	for day, want := range map[string]int64{
		"2016-12-31": 0, "2017-01-01": 1, "2018-10-11": 1, "2018-10-12": 2, "2020-02-29": 2, "2020-03-01": 3, "2030-01-01": 3,
	} {
		a, ok := InForce(list, Day(day))
		if a.ID != want || ok != (want != 0) {
			t.Errorf("on %s agreement %d (%v), want %d", day, a.ID, ok, want)
		}
	}
}

func TestPricesOfATerm(t *testing.T) {
	a := readAgreement(t, plainAgreement)
	pro, _ := a.Kind("pro")
	if got, want := a.KindPrice(pro, 5), (Amounts{10000, 2200, 12200}); got != want {
		t.Errorf("five years of Pro: %+v, want %+v", got, want)
	}
	gb, _ := a.Product(InboxGB)
	if got, want := a.YearPrice(gb, 3, 2), (Amounts{1500, 330, 1830}); got != want {
		t.Errorf("3 GB for two years: %+v, want %+v", got, want)
	}
	if _, ok := a.Kind("premium"); ok {
		t.Error("a kind that is not there was found")
	}
}

func FuzzReadAgreement(f *testing.F) {
	f.Add([]byte(plainAgreement))
	f.Add([]byte(`{"name":"x","starts_on":"2017-01-01","vat_rate":1e99,"policy":"monthly","kinds":null}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		a, err := ReadAgreement(doc)
		if err != nil {
			if AsProblem(err) == nil {
				t.Fatalf("%v is no sentence for a person", err)
			}
			return
		}
		if err := a.Validate(); err != nil {
			t.Fatalf("read, but not valid: %v", err)
		}
	})
}
