package pec

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// Cents is an amount of money in euro cents, exact. Whether it is net or gross
// the name beside it says.
type Cents int64

// MaxAmount is the largest amount a person may enter, 1.000.000,00 €: above it
// a typing error is likelier than a payment.
const MaxAmount Cents = 100_000_000

// CentsOf rounds an amount in euro to cents, half up (R10: 1.375 is 1.38).
func CentsOf(euro decimal.Decimal) Cents {
	return Cents(euro.Shift(2).Round(0).IntPart())
}

// Decimal is the amount in euro.
func (c Cents) Decimal() decimal.Decimal { return decimal.New(int64(c), -2) }

// String is the form of files and scripts, in euro with a point: "1234.50".
func (c Cents) String() string { return c.Decimal().StringFixed(2) }

// Each is the amount for each of n, rounded half up: 18,30 € for 4 is 4,58 €. It
// is 0 for none; neither may be negative.
func (c Cents) Each(n int) Cents {
	if n == 0 {
		return 0
	}
	return (2*c + Cents(n)) / Cents(2*n)
}

// Euro is the form of the screens, with a true minus and a non-breaking space
// before the sign: "1.234,50 €".
func (c Cents) Euro() string { return c.Italian() + "\u00a0€" }

// Lacking says that an amount is missing, with its verb: "manca 1,00 €", "mancano
// 2,05 €".
func Lacking(c Cents) string { return Lacks(c) + " " + c.Euro() }

// Lacks is the verb of Lacking: of one euro "manca", of any other amount "mancano".
func Lacks(c Cents) string {
	if c == 100 {
		return "manca"
	}
	return "mancano"
}

// Italian is the amount without the sign of the currency: "1.234,50".
func (c Cents) Italian() string {
	s := c.String()
	sign := ""
	if c < 0 {
		sign, s = "−", s[1:]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	return sign + groupThousands(whole) + "," + fraction
}

// Thousands writes a count as the screens do: 23480 is "23.480".
func Thousands(n int) string {
	if n < 0 {
		return "−" + groupThousands(fmt.Sprint(-n))
	}
	return groupThousands(fmt.Sprint(n))
}

// TheMany is a count above one with its article, plain or joined to a preposition,
// as Italian says it before eight, eleven and eighty: of 8 "i" makes "gli 8" and
// "dei" "degli 8", of 12 "i 12".
func TheMany(article string, n int) string {
	first := n
	for first >= 1000 {
		first /= 1000
	}
	if first == 8 || first == 11 || first/10 == 8 || first/100 == 8 {
		switch article {
		case "i":
			article = "gli"
		case "I":
			article = "Gli"
		default:
			article = strings.TrimSuffix(article, "i") + "gli"
		}
	}
	return article + " " + Thousands(n)
}

func groupThousands(digits string) string {
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// MarshalJSON writes the amount as a string in euro, "2.50".
func (c Cents) MarshalJSON() ([]byte, error) { return json.Marshal(c.String()) }

// UnmarshalJSON reads "2.50" or 2.5; more than two decimals are an error.
func (c *Cents) UnmarshalJSON(b []byte) error {
	var d decimal.Decimal
	if err := d.UnmarshalJSON(b); err != nil {
		return notAPrice(b)
	}
	if !d.Equal(d.Round(2)) || d.Abs().GreaterThan(decimal.New(1, 10)) {
		return notAPrice(b)
	}
	*c = CentsOf(d)
	return nil
}

// notAPrice is a JSON value that is no amount with two decimals.
type notAPrice string

func (s notAPrice) Error() string { return "not an amount with two decimals: " + string(s) }

// ParseAmount reads an amount that a person typed: "1.234,50", "1234,5",
// "1234.50", "12". It must be more than zero and at most MaxAmount. One point
// with exactly three figures behind it ("1.234") could mean two amounts and is
// refused with a question.
func ParseAmount(s string) (Cents, error) {
	bad := func(why string) (Cents, error) {
		return 0, &Problem{Code: "amount_invalid", Message: fmt.Sprintf("«%s» non è un importo: %s", s, why)}
	}
	t := strings.TrimSpace(currencyMarks.Replace(s))
	if t == "" {
		return 0, &Problem{Code: "amount_invalid", Message: "Scriva un importo in euro, per esempio 12,20."}
	}
	for _, r := range t {
		if (r < '0' || r > '9') && r != '.' && r != ',' {
			return bad("usi solo cifre e la virgola, per esempio 12,20.")
		}
	}
	whole, fraction, hasComma := strings.Cut(t, ",")
	if hasComma {
		if strings.ContainsAny(fraction, ".,") || !thousandsWell(whole) {
			return bad("lo scriva come 1.234,50.")
		}
		whole = strings.ReplaceAll(whole, ".", "")
	} else if n := strings.Count(t, "."); n > 0 {
		i := strings.LastIndexByte(t, '.')
		switch {
		case n == 1 && len(t)-i-1 == 3:
			return bad("non è chiaro se il punto separi le migliaia o i centesimi. Lo scriva come 1.234,00 oppure 1,23.")
		case n == 1:
			whole, fraction = t[:i], t[i+1:]
		case thousandsWell(t):
			whole, fraction = strings.ReplaceAll(t, ".", ""), ""
		default:
			return bad("lo scriva come 1.234,50.")
		}
	}
	if len(fraction) > 2 {
		return bad("i centesimi hanno due cifre.")
	}
	d, err := decimal.NewFromString("0" + whole + "." + fraction + "0")
	if err != nil {
		return bad("lo scriva come 1.234,50.")
	}
	if len(whole) > 12 || d.GreaterThan(MaxAmount.Decimal()) {
		return bad("supera il massimo di " + MaxAmount.Euro() + ".")
	}
	c := CentsOf(d)
	if c <= 0 {
		return bad("deve essere maggiore di zero.")
	}
	return c, nil
}

// thousandsWell reports whether points, if any, stand before groups of three.
func thousandsWell(s string) bool {
	groups := strings.Split(s, ".")
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && (len(g) == 0 || len(g) > 3) {
			return false
		}
	}
	return true
}

// Amounts is a sum of money with its tax: Gross is Net plus VAT.
type Amounts struct {
	Net   Cents `json:"net"`
	VAT   Cents `json:"vat"`
	Gross Cents `json:"gross"`
}

// Taxed works the VAT of one line out on its net, rounded on the line (R10).
// The rate is in percent: 22.
func Taxed(net Cents, rate decimal.Decimal) Amounts {
	vat := CentsOf(net.Decimal().Mul(rate).Shift(-2))
	return Amounts{Net: net, VAT: vat, Gross: net + vat}
}

// VATByLine tells why the VAT of a total may differ by some cents from the rate
// applied to its net (R10): said wherever several lines are summed.
const VATByLine = "L’IVA è calcolata e arrotondata riga per riga: il totale è la somma delle righe."

// Plus adds two sums, line by line: taxes already rounded are never worked out
// again.
func (a Amounts) Plus(b Amounts) Amounts {
	return Amounts{a.Net + b.Net, a.VAT + b.VAT, a.Gross + b.Gross}
}

// NetOf is the part of a gross amount that is not VAT, rounded half up: at
// 22 %, 4,88 € gross are 4,00 € net. The rate is in percent.
func NetOf(gross Cents, rate decimal.Decimal) Cents {
	hundred := decimal.New(100, 0)
	return CentsOf(gross.Decimal().Mul(hundred).DivRound(hundred.Add(rate), 8))
}
