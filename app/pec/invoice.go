package pec

// Invoicee is whom an order is invoiced to (intestatario della fattura): as
// confirmed with an order of renewal, or as the register says.
type Invoicee struct {
	Holder     string
	TaxCode    string
	VATNumber  string
	Address    string
	PostalCode string
	City       string
	Province   string
	Recipient  Recipient
}

// Missing names what an invoice cannot be written without, in Italian. A
// recipient is none of it: without one the invoice waits in the tax drawer
// (cassetto fiscale).
func (i Invoicee) Missing() []string {
	var missing []string
	if i.TaxCode == "" && i.VATNumber == "" {
		missing = append(missing, "codice fiscale")
	}
	if i.Address == "" || i.PostalCode == "" || i.City == "" {
		missing = append(missing, "indirizzo")
	}
	return missing
}
