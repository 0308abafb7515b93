package pec

import (
	"slices"
	"testing"
)

func TestWhatAnInvoiceLacks(t *testing.T) {
	whole := Invoicee{Holder: "Morandi Elena", TaxCode: "MRNLNE80A41H501U", Address: "Via Roma 1", PostalCode: "00100", City: "Roma"}
	for _, c := range []struct {
		what   string
		change func(*Invoicee)
		want   []string
	}{
		{"nothing: who has no channel finds it in the tax drawer", func(*Invoicee) {}, nil},
		{"a partita IVA does for the tax code", func(i *Invoicee) { i.TaxCode, i.VATNumber = "", "01234567897" }, nil},
		{"no code at all", func(i *Invoicee) { i.TaxCode = "" }, []string{"codice fiscale"}},
		{"a town without a street", func(i *Invoicee) { i.Address = "" }, []string{"indirizzo"}},
		{"neither", func(i *Invoicee) { i.TaxCode, i.PostalCode = "", "" }, []string{"codice fiscale", "indirizzo"}},
	} {
		i := whole
		c.change(&i)
		if got := i.Missing(); !slices.Equal(got, c.want) {
			t.Errorf("%s: lacks %v, want %v", c.what, got, c.want)
		}
	}
}
