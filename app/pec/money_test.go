package pec

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func TestAmountsAsPeopleTypeThem(t *testing.T) {
	for typed, want := range map[string]Cents{
		"12,20": 1220, "EUR 12,20": 1220, "12,20 EUR": 1220, "1.234,50": 123450, "1234,5": 123450, "1234.5": 123450, "1234.50": 123450, "12": 1200, "0,01": 1,
		"  12,20 € ": 1220, "€\u00a012,20": 1220, "1.000.000,00": 100_000_000, "1.000.000": 100_000_000, "1000000": 100_000_000,
		",50": 50, ".50": 50, "5,": 500, "007": 700, "12.3": 1230,
	} {
		if got, err := ParseAmount(typed); err != nil || got != want {
			t.Errorf("%q: %d cents, %v; want %d", typed, got, err, want)
		}
	}
}

func TestAmountsThatAreNone(t *testing.T) {
	for typed, says := range map[string]string{
		"":                       "Scriva un importo",
		" € ":                    "Scriva un importo",
		"-3":                     "solo cifre",
		"−3":                     "solo cifre",
		"+3":                     "solo cifre",
		"1e9":                    "solo cifre",
		"0x10":                   "solo cifre",
		"dieci":                  "solo cifre",
		"1 234,50":               "solo cifre",
		"１２":                     "solo cifre", // full-width figures
		"1.234":                  "non è chiaro",
		"0.123":                  "non è chiaro",
		"12.34,50":               "1.234,50",
		"1.23.456":               "1.234,50",
		"1,2,3":                  "1.234,50",
		"1,234.50":               "1.234,50",
		".123,45":                "1.234,50",
		"12,345":                 "due cifre",
		"1.2345":                 "due cifre",
		"0":                      "maggiore di zero",
		"0,00":                   "maggiore di zero",
		",":                      "maggiore di zero",
		"1000000,01":             "supera il massimo",
		"1.000.001":              "supera il massimo",
		"999999999999":           "supera il massimo",
		strings.Repeat("9", 400): "supera il massimo",
	} {
		got, err := ParseAmount(typed)
		p := AsProblem(err)
		if p == nil || p.Code != "amount_invalid" || !strings.Contains(p.Message, says) {
			t.Errorf("%q: %d, %v; want %q", typed, got, err, says)
		}
	}
}

func TestAmountsOnScreen(t *testing.T) {
	for cents, want := range map[Cents]string{
		0: "0,00\u00a0€", 1: "0,01\u00a0€", 305: "3,05\u00a0€", 99999: "999,99\u00a0€", 123450: "1.234,50\u00a0€",
		-305: "−3,05\u00a0€", -123456789: "−1.234.567,89\u00a0€", 100_000_000: "1.000.000,00\u00a0€",
	} {
		if got := cents.Euro(); got != want {
			t.Errorf("%d cents: %q, want %q", cents, got, want)
		}
	}
	for cents, want := range map[Cents]string{0: "0.00", 5: "0.05", 123450: "1234.50", -305: "-3.05"} {
		if got := cents.String(); got != want {
			t.Errorf("%d cents in a file: %q, want %q", cents, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1.000", 23480: "23.480", 1234567: "1.234.567", -1000: "−1.000"} {
		if got := Thousands(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestWhatIsShownCanBeTypedAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Cents(rapid.Int64Range(1, int64(MaxAmount)).Draw(t, "cents"))
		for _, s := range []string{c.Euro(), c.Italian(), c.String()} {
			if got, err := ParseAmount(s); err != nil || got != c {
				t.Fatalf("%q: %d, %v; want %d", s, got, err, c)
			}
		}
	})
}

// The second column was worked out by hand; the property below compares with
// whole-number arithmetic.
func TestVATIsRoundedHalfUpOnTheLine(t *testing.T) {
	for _, row := range []struct {
		net  Cents
		rate string
		vat  Cents
	}{
		{250, "22", 55},
		{625, "22", 138},   // 137.5
		{225, "22", 50},    // 49.5
		{75, "22", 17},     // 16.5
		{125, "22", 28},    // 27.5
		{2, "22", 0},       // 0.44
		{3, "22", 1},       // 0.66
		{255, "10", 26},    // 25.5
		{312, "4", 12},     // 12.48
		{313, "4", 13},     // 12.52
		{250, "22.5", 56},  // 56.25
		{200, "22.25", 45}, // 44.5
		{250, "0", 0},
		{0, "22", 0},
		{100, "100", 100},
	} {
		got := Taxed(row.net, decimal.RequireFromString(row.rate))
		if want := (Amounts{row.net, row.vat, row.net + row.vat}); got != want {
			t.Errorf("%s at %s%%: %+v, want %+v", row.net, row.rate, got, want)
		}
	}
}

func TestVATByWholeNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net := rapid.Int64Range(0, 10_000_000).Draw(t, "net")
		rate := rapid.Int64Range(0, 100).Draw(t, "rate")
		got := Taxed(Cents(net), decimal.New(rate, 0))
		vat := (net*rate + 50) / 100
		if got != (Amounts{Cents(net), Cents(vat), Cents(net + vat)}) {
			t.Fatalf("%d at %d%%: %+v, want a tax of %d", net, rate, got, vat)
		}
	})
}

func TestTaxesOnceRoundedAreAddedNotWorkedOutAgain(t *testing.T) {
	line := Taxed(75, decimal.New(22, 0)) // 0.17, though two lines together would be taxed 0.33
	if got, want := line.Plus(line), (Amounts{150, 34, 184}); got != want {
		t.Errorf("two lines: %+v, want %+v", got, want)
	}
}

func TestAmountForEachIsRoundedHalfUp(t *testing.T) {
	for _, c := range []struct {
		sum  Cents
		n    int
		want Cents
	}{{1830, 3, 610}, {1830, 4, 458}, {100, 3, 33}, {200, 3, 67}, {1, 2, 1}, {0, 7, 0}, {1830, 0, 0}} {
		if got := c.sum.Each(c.n); got != c.want {
			t.Errorf("%s for %d: %s, want %s", c.sum, c.n, got, c.want)
		}
	}
}

func TestPricesInFiles(t *testing.T) {
	for doc, want := range map[string]Cents{`"2.50"`: 250, `2.5`: 250, `3`: 300, `"0"`: 0, `"1000000.00"`: 100_000_000, `0.10`: 10} {
		var c Cents
		if err := json.Unmarshal([]byte(doc), &c); err != nil || c != want {
			t.Errorf("%s: %d, %v; want %d", doc, c, err, want)
		}
	}
	for _, doc := range []string{`"2.505"`, `2.505`, `"2,50"`, `"abc"`, `""`, `true`, `{}`, `1e11`, `"1e999999999"`, `"1e-999999999"`} {
		var c Cents
		if err := json.Unmarshal([]byte(doc), &c); err == nil {
			t.Errorf("%s was taken as %d", doc, c)
		}
	}
	if doc, err := json.Marshal(Cents(305)); err != nil || string(doc) != `"3.05"` {
		t.Errorf("written as %s, %v", doc, err)
	}
}

func TestArticleOfACount(t *testing.T) {
	for want, got := range map[string]string{
		"i 2": TheMany("i", 2), "gli 8": TheMany("i", 8), "i 9": TheMany("i", 9), "gli 11": TheMany("i", 11), "i 12": TheMany("i", 12), "i 18": TheMany("i", 18),
		"gli 80": TheMany("i", 80), "gli 88": TheMany("i", 88), "i 90": TheMany("i", 90), "i 108": TheMany("i", 108), "gli 800": TheMany("i", 800), "i 1.800": TheMany("i", 1800),
		"gli 8.000": TheMany("i", 8000), "gli 11.200": TheMany("i", 11200), "i 18.000": TheMany("i", 18000), "gli 81.000": TheMany("i", 81000), "i 111.000": TheMany("i", 111000),
		"degli 8": TheMany("dei", 8), "dei 7": TheMany("dei", 7), "negli 11": TheMany("nei", 11), "Gli 8": TheMany("I", 8), "I 3": TheMany("I", 3),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
