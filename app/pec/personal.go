package pec

// MoneyYears is how long entries of money are kept after the last one (9.10,
// article 2220 of the codice civile).
const MoneyYears = 10

// ContactFields are the fields that a request of erasure takes away (9.10).
// Number, names, tax codes, birth date, section and the days on the register
// stay: they say who was on it, and whose the money was.
var ContactFields = []Field{
	FieldBirthPlace, FieldBirthProvince, FieldAddress, FieldPostalCode, FieldCity, FieldProvince, FieldPhone, FieldMobile, FieldEmail, FieldOwnPEC,
}

// copyContacts gives a member the contact data of another.
func (m *Member) copyContacts(from Member) {
	m.BirthPlace, m.BirthProvince = from.BirthPlace, from.BirthProvince
	m.Address, m.PostalCode, m.City, m.Province = from.Address, from.PostalCode, from.City, from.Province
	m.Phone, m.Mobile, m.Email, m.OwnPEC = from.Phone, from.Mobile, from.Email, from.OwnPEC
}

// MoneyKeptUntil is the last day on which entries of money are kept: ten years
// from the last one, zero when there is none. With the last entry on 12/10/2018:
// 12/10/2028.
func MoneyKeptUntil(last Date) Date {
	if last.IsZero() {
		return Date{}
	}
	return last.AddYears(MoneyYears)
}

// Erasure is what decides about a request of erasure.
type Erasure struct {
	Status   MemberStatus
	Open     []Mailbox // mailboxes that are neither closed nor rejected
	ClosesOn Date      // of the first of these, when it will; zero when it is not known
	Waiting  int       // orders that wait for payment
	// ToInvoice counts the completed orders that no list handed on yet.
	ToInvoice int
	Credit    Cents
	Claim     Cents
}

// Refuses says why contact data cannot go yet, nil when they can: for
// whoever is on the register they serve its duties, and what is still open has
// to be told to somebody.
func (e Erasure) Refuses() *Problem {
	switch {
	case e.Status.OnRegister():
		return Refuse("member_on_register", "È ancora nell’albo: finché ne fa parte i recapiti servono agli obblighi dell’Ordine. Prima va registrata l’uscita.")
	case len(e.Open) > 0 && !e.ClosesOn.IsZero():
		return Refuse("mailbox_open", "La casella %s si chiude il %s: fino ad allora i recapiti servono.", e.Open[0].Address, e.ClosesOn.Italian())
	case len(e.Open) > 0:
		return Refuse("mailbox_open", "La casella %s è %s: i recapiti servono fino alla chiusura.", e.Open[0].Address, e.Open[0].Status.Italian())
	case e.Waiting > 0:
		return Refuse("order_waiting", "C’è un ordine in attesa di pagamento: prima lo annulli.")
	case e.ToInvoice > 0:
		return Refuse("order_to_invoice", "C’è un ordine ancora da fatturare: prima faccia l’elenco.")
	case e.Claim > 0:
		return Refuse("claim_open", "Ci sono %s di credito da recuperare dall’iscritto: prima vanno saldati.", e.Claim.Euro())
	case e.Credit > 0:
		return Refuse("credit_left", "Restano %s di credito: prima vanno rimborsati.", e.Credit.Euro())
	}
	return nil
}
