package pec

import "strings"

// MemberStatus is a member's standing on the register (stato).
type MemberStatus string

// The five statuses; the first two are on the register.
const (
	MemberActive      MemberStatus = "active"      // iscritto
	MemberSuspended   MemberStatus = "suspended"   // sospeso
	MemberCancelled   MemberStatus = "cancelled"   // cancellato
	MemberTransferred MemberStatus = "transferred" // trasferito
	MemberDeceased    MemberStatus = "deceased"    // deceduto
)

// MemberStatuses lists the statuses in the order of the screens.
var MemberStatuses = []MemberStatus{MemberActive, MemberSuspended, MemberCancelled, MemberTransferred, MemberDeceased}

// OnRegister reports whether a member of this status is on the register: its
// mailbox is renewed (R4).
func (s MemberStatus) OnRegister() bool { return s == MemberActive || s == MemberSuspended }

// Italian is the word of the screens.
func (s MemberStatus) Italian() string {
	switch s {
	case MemberActive:
		return "iscritto"
	case MemberSuspended:
		return "sospeso"
	case MemberCancelled:
		return "cancellato"
	case MemberTransferred:
		return "trasferito"
	case MemberDeceased:
		return "deceduto"
	}
	return string(s)
}

// Known reports whether s is one of the five statuses.
func (s MemberStatus) Known() bool { return s.Italian() != string(s) }

// Standing is what the secretariat knows about a member's status beside the
// register's own columns: why it is so, since when, and where they went.
type Standing struct {
	Since  Date   // first day of a suspension or of a return; a leaver has Member.LeftOn
	Until  Date   // of a suspension, when its end was decided; its end is registered by hand
	Reason string // for example the Council's decision
	To     string // the Ordine to which a member was transferred
}

// Over reports whether a suspension's last day is past: whether it goes on is to
// be decided, and its end registered by hand.
func (s Standing) Over(today Date) bool { return !s.Until.IsZero() && s.Until.Before(today) }

// Or fills what s does not say from what was known before.
func (s Standing) Or(before Standing) Standing {
	if s.Since.IsZero() {
		s.Since = before.Since
	}
	if s.Until.IsZero() {
		s.Until = before.Until
	}
	if s.Reason == "" {
		s.Reason = before.Reason
	}
	if s.To == "" {
		s.To = before.To
	}
	return s
}

// Member is a professional on the Ordine's register (iscritto). Texts are as
// the register has them, trimmed; an empty text or a zero Date is "not known".
type Member struct {
	ID                 int64
	RegistrationNumber string // numero di iscrizione, unique: "A1234"
	Surname            string
	Name               string // given names
	Sex                string // "M", "F" or empty
	TaxCode            string // codice fiscale, upper case: 16 characters, or 11 digits while provisional
	VATNumber          string // partita IVA
	BirthDate          Date
	BirthPlace         string
	BirthProvince      string
	Section            string // "A", "B"
	Sector             string // "a", "a b"
	RegisteredOn       Date
	Status             MemberStatus
	LeftOn             Date // first day off the register; zero while on it
	Title              string
	Address            string
	PostalCode         string
	City               string
	Province           string
	Phone              string
	Mobile             string
	Email              string // reference e-mail (mail di riferimento)
	OwnPEC             string // the member's own PEC, not the Ordine's
}

// FullName is surname and name, as lists show it.
func (m Member) FullName() string {
	if m.Name == "" {
		return m.Surname
	}
	return m.Surname + " " + m.Name
}

// Said is a word that ends in "o" as it is said of this member: "iscritta".
// Where the register does not tell, the tax code does.
func (m Member) Said(word string) string {
	sex := m.Sex
	if code, err := ParseTaxCode(m.TaxCode); sex == "" && err == nil {
		sex = code.Sex
	}
	if sex == "F" && strings.HasSuffix(word, "o") {
		return strings.TrimSuffix(word, "o") + "a"
	}
	return word
}

// Field names one field of a Member as files and the command line call it.
type Field string

// The fields of a member file, in the order of `export members`.
const (
	FieldRegistrationNumber Field = "registration_number"
	FieldSurname            Field = "surname"
	FieldName               Field = "name"
	FieldSex                Field = "sex"
	FieldTaxCode            Field = "tax_code"
	FieldVATNumber          Field = "vat_number"
	FieldBirthDate          Field = "birth_date"
	FieldBirthPlace         Field = "birth_place"
	FieldBirthProvince      Field = "birth_province"
	FieldSection            Field = "section"
	FieldSector             Field = "sector"
	FieldRegisteredOn       Field = "registered_on"
	FieldStatus             Field = "status"
	FieldLeftOn             Field = "left_on"
	FieldTitle              Field = "title"
	FieldAddress            Field = "address"
	FieldPostalCode         Field = "postal_code"
	FieldCity               Field = "city"
	FieldProvince           Field = "province"
	FieldPhone              Field = "phone"
	FieldMobile             Field = "mobile"
	FieldEmail              Field = "email"
	FieldOwnPEC             Field = "own_pec"
)

// FieldReservedAddress is an address of the Ordine's own that is kept for a
// member (9.4): no column of a file, and told among what an import changes.
const FieldReservedAddress Field = "reserved_address"

// MemberFields lists every field with its Italian title, in the order of
// `export members`.
var MemberFields = []struct {
	Field Field
	Title string
}{
	{FieldRegistrationNumber, "N. iscrizione"},
	{FieldSurname, "Cognome"},
	{FieldName, "Nome"},
	{FieldSex, "Sesso"},
	{FieldTaxCode, "Codice fiscale"},
	{FieldVATNumber, "Partita IVA"},
	{FieldBirthDate, "Data di nascita"},
	{FieldBirthPlace, "Luogo di nascita"},
	{FieldBirthProvince, "Provincia di nascita"},
	{FieldSection, "Sezione"},
	{FieldSector, "Settore"},
	{FieldRegisteredOn, "Data iscrizione"},
	{FieldStatus, "Stato"},
	{FieldLeftOn, "Data cancellazione"},
	{FieldTitle, "Titolo"},
	{FieldAddress, "Indirizzo"},
	{FieldPostalCode, "CAP"},
	{FieldCity, "Comune"},
	{FieldProvince, "Provincia"},
	{FieldPhone, "Telefono"},
	{FieldMobile, "Cellulare"},
	{FieldEmail, "E-mail"},
	{FieldOwnPEC, "PEC"},
}

// Italian is the field's title on screens and in exports.
func (f Field) Italian() string {
	for _, mf := range MemberFields {
		if mf.Field == f {
			return mf.Title
		}
	}
	switch f {
	case FieldRecipientCode:
		return "Codice destinatario"
	case FieldRecipientPEC:
		return "PEC per le fatture"
	}
	return string(f)
}

// InWords is the field's value, as Get returns it, as people read it: days as
// 12/10/2018, the status by its word.
func (f Field) InWords(value string) string {
	switch f {
	case FieldStatus:
		return MemberStatus(value).Italian()
	case FieldBirthDate, FieldRegisteredOn, FieldLeftOn:
		if d, err := ParseDate(value); err == nil {
			return d.Italian()
		}
	}
	return value
}

// StandsAs reports whether m is on the register as o is, or off it from the same
// day as o.
func (m Member) StandsAs(o Member) bool {
	return m.Status.OnRegister() == o.Status.OnRegister() && m.LeftOn == o.LeftOn
}

// Get returns the field's value as text: days in ISO form, the status as its
// code. An unknown field is a programming error and panics.
func (m Member) Get(f Field) string {
	switch f {
	case FieldBirthDate:
		return m.BirthDate.String()
	case FieldRegisteredOn:
		return m.RegisteredOn.String()
	case FieldLeftOn:
		return m.LeftOn.String()
	case FieldStatus:
		return string(m.Status)
	}
	return *m.text(f)
}

// Set stores a value in the form that Get returns.
func (m *Member) Set(f Field, value string) error {
	var day *Date
	switch f {
	case FieldBirthDate:
		day = &m.BirthDate
	case FieldRegisteredOn:
		day = &m.RegisteredOn
	case FieldLeftOn:
		day = &m.LeftOn
	case FieldStatus:
		m.Status = MemberStatus(value)
		return nil
	default:
		*m.text(f) = value
		return nil
	}
	return day.UnmarshalText([]byte(value))
}

func (m *Member) text(f Field) *string {
	switch f {
	case FieldRegistrationNumber:
		return &m.RegistrationNumber
	case FieldSurname:
		return &m.Surname
	case FieldName:
		return &m.Name
	case FieldSex:
		return &m.Sex
	case FieldTaxCode:
		return &m.TaxCode
	case FieldVATNumber:
		return &m.VATNumber
	case FieldBirthPlace:
		return &m.BirthPlace
	case FieldBirthProvince:
		return &m.BirthProvince
	case FieldSection:
		return &m.Section
	case FieldSector:
		return &m.Sector
	case FieldTitle:
		return &m.Title
	case FieldAddress:
		return &m.Address
	case FieldPostalCode:
		return &m.PostalCode
	case FieldCity:
		return &m.City
	case FieldProvince:
		return &m.Province
	case FieldPhone:
		return &m.Phone
	case FieldMobile:
		return &m.Mobile
	case FieldEmail:
		return &m.Email
	case FieldOwnPEC:
		return &m.OwnPEC
	}
	panic("pec: no member field " + string(f))
}
