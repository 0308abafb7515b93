package pec

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// priced is an agreement with one product at a price and no cap.
func priced(policy Policy, window int, unit Cents, vat string) Agreement {
	return Agreement{
		ID: 7, Name: "Convenzione", StartsOn: Day("2015-01-01"), VATRate: decimal.RequireFromString(vat), Policy: policy, FreeWindowMonths: window, SoldBy: SoldByOrdine,
		Kinds:    []Kind{{Code: "standard", Name: "Standard", BaseInboxGB: 1, YearlyPrice: 500, PaidBy: PaidByOrdine, Terms: []int{1}}},
		Products: []Product{{Code: InboxGB, Name: "Spazio in più", Unit: "GB", YearlyPrice: unit, Kinds: []string{"standard"}}},
	}
}

// TestWhatAPurchaseCosts: the charge is "free", whole years ("2y") or started
// months ("6m"). Every figure was worked out by hand.
func TestWhatAPurchaseCosts(t *testing.T) {
	for _, row := range []struct {
		what            string
		on, expires     string
		policy          Policy
		window          int
		quantity        int
		unit            Cents
		vat             string
		charge          string
		net, tax, gross Cents
	}{
		{"the worked example of the Ordine in Rome", "2017-12-07", "2018-10-12", FullYear, 3, 1, 250, "22", "1y", 250, 55, 305},
		{"half a year before E", "2026-06-15", "2026-12-01", FullYear, 3, 1, 300, "22", "1y", 300, 66, 366},
		{"in the free window", "2026-10-10", "2026-12-01", FullYear, 3, 1, 300, "22", "free", 0, 0, 0},
		{"a day more than three months", "2026-08-31", "2026-12-01", FullYear, 3, 1, 250, "22", "1y", 250, 55, 305},
		{"exactly three months: not more", "2026-09-01", "2026-12-01", FullYear, 3, 1, 250, "22", "free", 0, 0, 0},
		{"exactly two years", "2026-10-12", "2028-10-12", FullYear, 3, 2, 250, "22", "2y", 1000, 220, 1220},
		{"two years and some months: three started", "2026-06-01", "2028-10-12", FullYear, 3, 2, 250, "22", "3y", 1500, 330, 1830},
		{"exactly six months by the month", "2026-06-12", "2026-12-12", Monthly, 0, 5, 250, "22", "6m", 625, 138, 763},

		// full_year: where the free window begins
		{"on the day of activation", "2017-10-12", "2018-10-12", FullYear, 3, 1, 250, "22", "1y", 250, 55, 305},
		{"the last day that is paid for", "2018-07-11", "2018-10-12", FullYear, 3, 1, 250, "22", "1y", 250, 55, 305},
		{"the first day of the window", "2018-07-12", "2018-10-12", FullYear, 3, 1, 250, "22", "free", 0, 0, 0},
		{"the day before E", "2018-10-11", "2018-10-12", FullYear, 3, 4, 250, "22", "free", 0, 0, 0},
		{"E on 31 May: the window opens on 28 February, the day before is paid", "2026-02-27", "2026-05-31", FullYear, 3, 1, 250, "22", "1y", 250, 55, 305},
		{"E on 31 May: 28 February is free", "2026-02-28", "2026-05-31", FullYear, 3, 1, 250, "22", "free", 0, 0, 0},
		{"E on 31 May of a leap year: 28 February is paid", "2024-02-28", "2024-05-31", FullYear, 3, 1, 250, "22", "1y", 250, 55, 305},
		{"E on 31 May of a leap year: 29 February is free", "2024-02-29", "2024-05-31", FullYear, 3, 1, 250, "22", "free", 0, 0, 0},
		{"E on 29 May: 28 February is free too", "2026-02-28", "2026-05-29", FullYear, 3, 1, 250, "22", "free", 0, 0, 0},
		{"E on 31 July: 29 April is paid", "2026-04-29", "2026-07-31", FullYear, 3, 1, 250, "22", "1y", 250, 55, 305},
		{"E on 31 July: April has no 31st, the 30th is free", "2026-04-30", "2026-07-31", FullYear, 3, 1, 250, "22", "free", 0, 0, 0},
		{"E on 28 February: 27 November is paid", "2026-11-27", "2027-02-28", FullYear, 3, 1, 250, "22", "1y", 250, 55, 305},
		{"E on 28 February: 28 November is free", "2026-11-28", "2027-02-28", FullYear, 3, 1, 250, "22", "free", 0, 0, 0},
		{"E on 29 February: 28 November is paid", "2027-11-28", "2028-02-29", FullYear, 3, 1, 250, "22", "1y", 250, 55, 305},
		{"E on 29 February: 29 November is free", "2027-11-29", "2028-02-29", FullYear, 3, 1, 250, "22", "free", 0, 0, 0},
		{"the window crosses the year's end: paid", "2025-10-14", "2026-01-15", FullYear, 3, 1, 250, "22", "1y", 250, 55, 305},
		{"the window crosses the year's end: free", "2025-10-15", "2026-01-15", FullYear, 3, 1, 250, "22", "free", 0, 0, 0},
		{"E on 31 March: 30 December is paid", "2025-12-30", "2026-03-31", FullYear, 3, 1, 250, "22", "1y", 250, 55, 305},
		{"E on 31 March: New Year's Eve is free", "2025-12-31", "2026-03-31", FullYear, 3, 1, 250, "22", "free", 0, 0, 0},

		// full_year: other windows
		{"no window: the day before E costs a year", "2018-10-11", "2018-10-12", FullYear, 0, 1, 250, "22", "1y", 250, 55, 305},
		{"no window: a year and a day", "2017-10-11", "2018-10-12", FullYear, 0, 1, 250, "22", "2y", 500, 110, 610},
		{"a month's window, E on 31 March: 27 February is paid", "2026-02-27", "2026-03-31", FullYear, 1, 1, 250, "22", "1y", 250, 55, 305},
		{"a month's window, E on 31 March: 28 February is free", "2026-02-28", "2026-03-31", FullYear, 1, 1, 250, "22", "free", 0, 0, 0},
		{"a year's window: exactly a year is free", "2017-10-12", "2018-10-12", FullYear, 12, 1, 250, "22", "free", 0, 0, 0},
		{"a year's window: a day more is two years", "2017-10-11", "2018-10-12", FullYear, 12, 1, 250, "22", "2y", 500, 110, 610},

		// full_year: counting years back from E
		{"a year and a day", "2017-10-11", "2018-10-12", FullYear, 3, 1, 250, "22", "2y", 500, 110, 610},
		{"five years from the first day", "2026-01-01", "2031-01-01", FullYear, 3, 1, 250, "22", "5y", 1250, 275, 1525},
		{"five years from the second day", "2026-01-02", "2031-01-01", FullYear, 3, 1, 250, "22", "5y", 1250, 275, 1525},
		{"exactly three years", "2015-10-12", "2018-10-12", FullYear, 3, 3, 200, "22", "3y", 1800, 396, 2196},
		{"three years and a day", "2015-10-11", "2018-10-12", FullYear, 3, 3, 200, "22", "4y", 2400, 528, 2928},
		{"from 29 February to 28 February is one year", "2024-02-29", "2025-02-28", FullYear, 3, 1, 250, "22", "1y", 250, 55, 305},
		{"from 28 February to 29 February is one year", "2027-02-28", "2028-02-29", FullYear, 3, 1, 250, "22", "1y", 250, 55, 305},
		{"from 27 February to 29 February is two", "2027-02-27", "2028-02-29", FullYear, 3, 1, 250, "22", "2y", 500, 110, 610},
		{"a two years' term with four months left is one year", "2028-06-12", "2028-10-12", FullYear, 3, 1, 400, "22", "1y", 400, 88, 488},

		// full_year: rounding of the tax
		{"tax of 49.5 cents is 50", "2018-01-01", "2018-10-12", FullYear, 3, 1, 225, "22", "1y", 225, 50, 275},
		{"tax of 16.5 cents is 17", "2018-01-01", "2018-10-12", FullYear, 3, 1, 75, "22", "1y", 75, 17, 92},
		{"tax on the line, not on the piece: 3 × 0.75 is taxed 0.50, not 0.51", "2018-01-01", "2018-10-12", FullYear, 3, 3, 75, "22", "1y", 225, 50, 275},
		{"tax on all the years: 2 × 0.75 is taxed 0.33, not 0.34", "2017-01-01", "2018-10-12", FullYear, 3, 1, 75, "22", "2y", 150, 33, 183},
		{"tax of 0.44 cents is none", "2018-01-01", "2018-10-12", FullYear, 3, 1, 2, "22", "1y", 2, 0, 2},
		{"tax of 0.66 cents is one", "2018-01-01", "2018-10-12", FullYear, 3, 1, 3, "22", "1y", 3, 1, 4},
		{"at 10 per cent, 25.5 cents are 26", "2018-01-01", "2018-10-12", FullYear, 3, 1, 255, "10", "1y", 255, 26, 281},
		{"at 4 per cent, 12.52 cents are 13", "2018-01-01", "2018-10-12", FullYear, 3, 1, 313, "4", "1y", 313, 13, 326},
		{"at 22.25 per cent, 44.5 cents are 45", "2018-01-01", "2018-10-12", FullYear, 3, 1, 200, "22.25", "1y", 200, 45, 245},
		{"without tax", "2018-01-01", "2018-10-12", FullYear, 3, 1, 250, "0", "1y", 250, 0, 250},
		{"a product that costs nothing", "2018-01-01", "2018-10-12", FullYear, 3, 1, 0, "22", "1y", 0, 0, 0},

		// monthly: started months, forward from the purchase
		{"one day is a started month", "2026-12-11", "2026-12-12", Monthly, 0, 1, 250, "22", "1m", 21, 5, 26},
		{"a whole year is twelve months", "2025-12-12", "2026-12-12", Monthly, 0, 1, 250, "22", "12m", 250, 55, 305},
		{"a year and a day is thirteen", "2025-12-11", "2026-12-12", Monthly, 0, 1, 250, "22", "13m", 271, 60, 331},
		{"six months and a day is seven", "2026-06-11", "2026-12-12", Monthly, 0, 5, 250, "22", "7m", 729, 160, 889},
		{"31 January to 28 February is one month", "2026-01-31", "2026-02-28", Monthly, 0, 1, 1200, "22", "1m", 100, 22, 122},
		{"30 January to 1 March is two", "2026-01-30", "2026-03-01", Monthly, 0, 1, 1200, "22", "2m", 200, 44, 244},
		{"31 January to 31 March is two, the 31st is kept", "2026-01-31", "2026-03-31", Monthly, 0, 1, 1200, "22", "2m", 200, 44, 244},
		{"31 January to 1 April is three", "2026-01-31", "2026-04-01", Monthly, 0, 1, 1200, "22", "3m", 300, 66, 366},
		{"31 January to 30 April is three", "2026-01-31", "2026-04-30", Monthly, 0, 1, 1200, "22", "3m", 300, 66, 366},
		{"29 February to 28 February is twelve", "2024-02-29", "2025-02-28", Monthly, 0, 1, 1200, "22", "12m", 1200, 264, 1464},
		{"28 February to 29 February three years on is thirty-seven", "2025-02-28", "2028-02-29", Monthly, 0, 1, 1200, "22", "37m", 3700, 814, 4514},
		{"seven months of 5 × 4.00: 11.67", "2026-05-13", "2026-12-12", Monthly, 0, 5, 400, "22", "7m", 1167, 257, 1424},
		{"half a cent net is a cent", "2026-12-01", "2026-12-12", Monthly, 0, 1, 6, "22", "1m", 1, 0, 1},
		{"5 twelfths of a cent net are nothing", "2026-12-01", "2026-12-12", Monthly, 0, 1, 5, "22", "1m", 0, 0, 0},
		{"net is rounded before the tax: 2.50 × 5/12 is 1.04, taxed 0.23", "2026-07-20", "2026-12-12", Monthly, 0, 1, 250, "22", "5m", 104, 23, 127},
		{"five years by the month", "2026-01-01", "2031-01-01", Monthly, 0, 2, 400, "22", "60m", 4000, 880, 4880},
	} {
		a := priced(row.policy, row.window, row.unit, row.vat)
		q, err := a.Quote(QuoteRequest{On: Day(row.on), Expires: Day(row.expires), Product: InboxGB, Quantity: row.quantity, Kind: "standard"}, &a)
		if err != nil {
			t.Errorf("%s: %v", row.what, err)
			continue
		}
		charge := "free"
		switch {
		case q.Years > 0:
			charge = itoa(q.Years) + "y"
		case q.Months > 0:
			charge = itoa(q.Months) + "m"
		}
		if want := (Amounts{row.net, row.tax, row.gross}); charge != row.charge || q.Free != (charge == "free") || q.Price != want {
			t.Errorf("%s: %s (free %v) %+v, want %s %+v", row.what, charge, q.Free, q.Price, row.charge, want)
		}
		if q.AgreementID != 7 || q.UnitPrice != row.unit || q.Policy != row.policy {
			t.Errorf("%s: agreement %d, unit price %s, policy %s", row.what, q.AgreementID, q.UnitPrice, q.Policy)
		}
		if !strings.HasSuffix(q.Reason, ".") || strings.Count(q.Reason, "%!") > 0 || !strings.Contains(q.Reason, Day(row.expires).Italian()) {
			t.Errorf("%s: reason %q", row.what, q.Reason)
		}
	}
}

func itoa(n int) string {
	if n >= 10 {
		return itoa(n/10) + itoa(n%10)
	}
	return string(rune('0' + n))
}

func TestOneOffProductCostsItsPriceOnceWhateverTheDay(t *testing.T) {
	a := readAgreement(t, plainAgreement)
	for _, row := range []struct {
		on       string
		quantity int
		want     Amounts
	}{
		{"2017-10-12", 1, Amounts{4500, 990, 5490}},
		{"2018-10-11", 1, Amounts{4500, 990, 5490}}, // in the free window too
		{"2018-03-01", 2, Amounts{9000, 1980, 10980}},
	} {
		q, err := a.Quote(QuoteRequest{On: Day(row.on), Expires: Day("2018-10-12"), Product: "signature_kit", Quantity: row.quantity, Kind: "standard"}, &a)
		if err != nil || q.Price != row.want || q.Free || q.Years != 0 || q.Months != 0 || !q.RenewalOn.IsZero() {
			t.Errorf("on %s: %+v, %v; want %+v", row.on, q, err, row.want)
		}
		if !strings.Contains(q.Reason, "una volta sola") || strings.Contains(q.Reason, "rinnova") {
			t.Errorf("on %s: %q", row.on, q.Reason)
		}
	}
}

func TestPurchasesThatAreRefused(t *testing.T) {
	a := readAgreement(t, plainAgreement)
	for _, row := range []struct {
		what string
		r    QuoteRequest
		code string
		says string
	}{
		{"no quantity", QuoteRequest{Quantity: 0}, "quantity_invalid", "almeno 1"},
		{"a quantity below zero", QuoteRequest{Quantity: -1}, "quantity_invalid", "almeno 1"},
		{"more than anybody needs", QuoteRequest{Quantity: 10_001, Kind: "pro"}, "quantity_invalid", "10.000"},
		{"a product that is none", QuoteRequest{Quantity: 1, Product: "fax"}, "product_unknown", "fax"},
		{"no product", QuoteRequest{Quantity: 1, Product: " "}, "product_unknown", "convenzione"},
		{"on E", QuoteRequest{Quantity: 1, On: Day("2018-10-12")}, "mailbox_expired", "12/10/2018"},
		{"after E", QuoteRequest{Quantity: 1, On: Day("2018-10-13")}, "mailbox_expired", "12/10/2018"},
		{"a kind that the agreement lacks", QuoteRequest{Quantity: 1, Kind: "premium"}, "kind_unknown", "premium"},
		{"a product of another kind", QuoteRequest{Quantity: 1, Product: "user"}, "product_not_allowed", "Multiutente"},
		{"5 GB beside the one of the kind", QuoteRequest{Quantity: 5}, "cap_exceeded", "al massimo 4, non 5"},
		{"one more than fits", QuoteRequest{Quantity: 3, ExtraGB: 2}, "cap_exceeded", "al massimo 2, non 3"},
		{"a full mailbox", QuoteRequest{Quantity: 1, ExtraGB: 4}, "cap_exceeded", "già 5"},
		{"an overfull mailbox, since the cap was lowered", QuoteRequest{Quantity: 1, ExtraGB: 9}, "cap_exceeded", "già 10"},
	} {
		r := row.r
		if r.On.IsZero() {
			r.On = Day("2018-01-01")
		}
		r.Expires = Day("2018-10-12")
		if r.Product == "" {
			r.Product = InboxGB
		}
		if r.Kind == "" {
			r.Kind = "standard"
		}
		_, err := a.Quote(r, &a)
		p := AsProblem(err)
		if p == nil || p.Code != row.code || !strings.Contains(p.Message, row.says) {
			t.Errorf("%s: %v, want %s, %q", row.what, err, row.code, row.says)
		}
	}
}

func TestPurchasesUpToTheCap(t *testing.T) {
	a := readAgreement(t, plainAgreement)
	for _, row := range []struct {
		what string
		r    QuoteRequest
	}{
		{"4 GB at once", QuoteRequest{Product: InboxGB, Quantity: 4, Kind: "standard"}},
		{"the last GB", QuoteRequest{Product: InboxGB, Quantity: 1, ExtraGB: 3, Kind: "standard"}},
		{"a kind without a cap", QuoteRequest{Product: InboxGB, Quantity: 10_000, ExtraGB: 500, Kind: "pro"}},
		{"no mailbox meant", QuoteRequest{Product: InboxGB, Quantity: 50}},
		{"a product that is no inbox space", QuoteRequest{Product: "user", Quantity: 50, Kind: "pro"}},
		{"a kit on a full mailbox", QuoteRequest{Product: "signature_kit", Quantity: 1, ExtraGB: 4, Kind: "standard"}},
	} {
		row.r.On, row.r.Expires = Day("2018-01-01"), Day("2018-10-12")
		if _, err := a.Quote(row.r, &a); err != nil {
			t.Errorf("%s: %v", row.what, err)
		}
	}
}

// A quote within the thirty days before the window opens says when it does
// (R11): for E on 12/10/2018 the window opens on 12/07/2018.
func TestQuoteTellsThatWaitingWouldBeFree(t *testing.T) {
	a := readAgreement(t, plainAgreement)
	const says = "dal 12/07/2018 è gratuito fino alla scadenza"
	for on, want := range map[string]bool{"2018-06-11": false, "2018-06-12": true, "2018-07-11": true, "2018-07-12": false} {
		q, err := a.Quote(QuoteRequest{On: Day(on), Expires: Day("2018-10-12"), Product: InboxGB, Quantity: 1}, &a)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(q.Reason, says) != want || (q.FreeFrom == Day("2018-07-12")) != want || q.FreeFrom.IsZero() == want {
			t.Errorf("on %s: free from %q, %q", on, q.FreeFrom, q.Reason)
		}
	}
	none := priced(FullYear, 0, 250, "22")
	if q, err := none.Quote(QuoteRequest{On: Day("2018-10-01"), Expires: Day("2018-10-12"), Product: InboxGB, Quantity: 1}, &none); err != nil || !q.FreeFrom.IsZero() {
		t.Errorf("without a window: %+v, %v", q, err)
	}
}

// From 01/07/2018 another agreement holds: 1 GB at 2,50 € bought on 12/07/2018
// costs three twelfths under monthly, 0,63 € + IVA 0,14 € = 0,77 €.
func TestQuotePromisesNoWindowThatTheNextAgreementLacks(t *testing.T) {
	a, free := priced(FullYear, 3, 250, "22"), priced(FullYear, 3, 300, "22")
	monthly, shorter := priced(Monthly, 0, 250, "22"), priced(FullYear, 2, 250, "22")
	a.StartsOn = Day("2016-01-01")
	for _, row := range []struct {
		then Agreement
		want Date
	}{{free, Day("2018-07-12")}, {monthly, Date{}}, {shorter, Date{}}} {
		row.then.StartsOn = Day("2018-07-01")
		q, err := a.Quote(QuoteRequest{On: Day("2018-06-20"), Expires: Day("2018-10-12"), Product: InboxGB, Quantity: 1, Agreements: []Agreement{a, row.then}}, &row.then)
		if err != nil || q.FreeFrom != row.want {
			t.Errorf("free from %q, want %q: %v", q.FreeFrom, row.want, err)
		}
	}
	if q, err := monthly.Quote(QuoteRequest{On: Day("2018-07-12"), Expires: Day("2018-10-12"), Product: InboxGB, Quantity: 1}, nil); err != nil || q.Price.Gross != 77 {
		t.Errorf("%v %v", q.Price, err)
	}
}

func TestQuoteTellsWhatTheRenewalWillCost(t *testing.T) {
	now := readAgreement(t, plainAgreement)
	dearer := readAgreement(t, with(t, `"2.50"`, `"4.00"`))
	gone := readAgreement(t, plainAgreement)
	gone.Products = gone.Products[1:]
	elsewhere := readAgreement(t, with(t, `"sold_by": "ordine"`, `"sold_by": "provider"`))
	forbidden := readAgreement(t, with(t, `"yearly_price": "2.50", "kinds": ["standard", "pro"]`, `"yearly_price": "2.50", "kinds": ["pro"]`))
	for _, row := range []struct {
		what     string
		atExpiry *Agreement
		term     int
		on       string
		want     Amounts
		says     string
	}{
		{"at the same price", &now, 0, "2018-10-12", Amounts{500, 110, 610}, "il 12/10/2018 si rinnovano per un anno a 5,00\u00a0€ + IVA 1,10\u00a0€ = 6,10\u00a0€, se il credito basta"},
		{"dearer under the next agreement", &dearer, 1, "2018-10-12", Amounts{800, 176, 976}, "9,76\u00a0€"},
		{"for two years", &now, 2, "2018-10-12", Amounts{1000, 220, 1220}, "si rinnovano per 2 anni a 10,00\u00a0€"},
		{"no longer in the agreement", &gone, 1, "", Amounts{}, "alla scadenza terminano e non si rinnovano"},
		{"no longer for this kind", &forbidden, 1, "", Amounts{}, "non si rinnovano"},
		{"sold at the provider from then on", &elsewhere, 1, "", Amounts{}, "non si rinnovano"},
		{"no agreement known", nil, 1, "", Amounts{}, "non si rinnovano"},
	} {
		q, err := now.Quote(QuoteRequest{On: Day("2018-08-01"), Expires: Day("2018-10-12"), Product: InboxGB, Quantity: 2, Kind: "standard", Term: row.term}, row.atExpiry)
		if err != nil {
			t.Errorf("%s: %v", row.what, err)
			continue
		}
		if q.RenewalOn.String() != row.on || q.Renewal != row.want || !strings.Contains(q.Reason, row.says) {
			t.Errorf("%s: on %q, %+v, %q", row.what, q.RenewalOn, q.Renewal, q.Reason)
		}
	}
}

// A mailbox that only an order renews takes its services with it, or they end
// with it (R18).
func TestQuoteTellsThatOnlyAnOrderRenews(t *testing.T) {
	a := readAgreement(t, plainAgreement)
	for quantity, want := range map[int]string{
		1: "; dopo il 12/10/2018 continua solo con un ordine di rinnovo della casella, per un anno a 2,50\u00a0€ + IVA 0,55\u00a0€ = 3,05\u00a0€, altrimenti termina con lei.",
		2: "; dopo il 12/10/2018 continuano solo con un ordine di rinnovo della casella, per un anno a 5,00\u00a0€ + IVA 1,10\u00a0€ = 6,10\u00a0€, altrimenti terminano con lei.",
	} {
		q, err := a.Quote(QuoteRequest{On: Day("2018-02-01"), Expires: Day("2018-10-12"), Product: InboxGB, Quantity: quantity, ByOrder: true}, &a)
		if err != nil || !strings.HasSuffix(q.Reason, want) || !q.ByOrder {
			t.Errorf("%v: %q", err, q.Reason)
		}
	}
	none := a
	none.Products = nil
	if q, err := a.Quote(QuoteRequest{On: Day("2018-02-01"), Expires: Day("2018-10-12"), Product: InboxGB, Quantity: 1, ByOrder: true}, &none); err != nil || !strings.HasSuffix(q.Reason, "; alla scadenza termina e non si rinnova.") {
		t.Errorf("%v: %q", err, q.Reason)
	}
}

// The sentences, whole: what the member reads before paying.
func TestQuoteExplainsItselfInOneSentence(t *testing.T) {
	nb := strings.NewReplacer(" €", "\u00a0€", "1 GB", "1\u00a0GB", "2 GB", "2\u00a0GB", "5 GB", "5\u00a0GB", "3 mesi o", "3\u00a0mesi o", "3 mesi,", "3\u00a0mesi,")
	full, monthly := priced(FullYear, 3, 250, "22"), priced(Monthly, 0, 250, "22")
	gift := priced(FullYear, 3, 0, "22") // the Ordine makes its members a present of it
	for _, row := range []struct {
		a           Agreement
		on, expires string
		quantity    int
		want        string
	}{
		{full, "2017-12-07", "2018-10-12", 1, "1 GB in più fino al 12/10/2018, giorno di scadenza della casella, costa 2,50 € + IVA 0,55 € = 3,05 €: mancano più di 3 mesi, perciò la convenzione fa pagare l’anno intero; il 12/10/2018 si rinnova per un anno a 2,50 € + IVA 0,55 € = 3,05 €, se il credito basta."},
		{full, "2018-08-01", "2018-10-12", 1, "1 GB in più fino al 12/10/2018, giorno di scadenza della casella, non costa nulla: mancano 3 mesi o meno e la convenzione lo dà gratis (dal 12/07/2018); il 12/10/2018 si rinnova per un anno a 2,50 € + IVA 0,55 € = 3,05 €, se il credito basta."},
		{full, "2026-06-01", "2028-10-12", 2, "2 GB in più fino al 12/10/2028, giorno di scadenza della casella, costano 15,00 € + IVA 3,30 € = 18,30 €: la convenzione fa pagare 3 anni, contati all’indietro dalla scadenza, e quello iniziato vale intero; il 12/10/2028 si rinnovano per un anno a 5,00 € + IVA 1,10 € = 6,10 €, se il credito basta."},
		{gift, "2017-12-07", "2018-10-12", 2, "2 GB in più fino al 12/10/2018, giorno di scadenza della casella, non costano nulla; il 12/10/2018 si rinnovano per un anno senza costo."},
		{monthly, "2026-06-12", "2026-12-12", 5, "5 GB in più fino al 12/12/2026, giorno di scadenza della casella, costano 6,25 € + IVA 1,38 € = 7,63 €: la convenzione fa pagare 6 mesi iniziati, un dodicesimo del prezzo annuo ciascuno; il 12/12/2026 si rinnovano per un anno a 12,50 € + IVA 2,75 € = 15,25 €, se il credito basta."},
	} {
		q, err := row.a.Quote(QuoteRequest{On: Day(row.on), Expires: Day(row.expires), Product: InboxGB, Quantity: row.quantity, Kind: "standard"}, &row.a)
		if err != nil || q.Reason != nb.Replace(row.want) {
			t.Errorf("%s:\n got %q\nwant %q", row.on, q.Reason, nb.Replace(row.want))
		}
	}
}

// Buying later is never dearer, more is never cheaper, and no purchase costs
// more than one made a day before.
func TestPricesFallTowardsE(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := priced(rapid.SampledFrom([]Policy{FullYear, Monthly}).Draw(t, "policy"), 0, Cents(rapid.IntRange(1, 5000).Draw(t, "unit")), "22")
		if a.Policy == FullYear {
			a.FreeWindowMonths = rapid.IntRange(0, 12).Draw(t, "window")
		}
		e := Day("2020-01-01").AddDays(rapid.IntRange(0, 3000).Draw(t, "E"))
		left := rapid.IntRange(2, 1900).Draw(t, "days left")
		n := rapid.IntRange(1, 20).Draw(t, "quantity")
		price := func(daysLeft, quantity int) Cents {
			q, err := a.Quote(QuoteRequest{On: e.AddDays(-daysLeft), Expires: e, Product: InboxGB, Quantity: quantity}, &a)
			if err != nil {
				t.Fatal(err)
			}
			if q.Price.Gross != q.Price.Net+q.Price.VAT || q.Price.Net < 0 {
				t.Fatalf("%+v", q.Price)
			}
			return q.Price.Net
		}
		if price(left-1, n) > price(left, n) {
			t.Fatalf("%d days before %s it costs more than the day before", left-1, e)
		}
		if price(left, n+1) < price(left, n) {
			t.Fatalf("%d cost less than %d", n+1, n)
		}
	})
}
