package pec

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// Policy says how a purchase before the expiry is priced.
type Policy string

// The two policies.
const (
	FullYear Policy = "full_year" // whole years counted back from E, with a free window (R8, R11)
	Monthly  Policy = "monthly"   // started months to E, a twelfth each (R9)
)

// Payer says at whose expense a mailbox of a kind is.
type Payer string

// The two payers of a kind.
const (
	PaidByOrdine Payer = "ordine"
	PaidByMember Payer = "member"
)

// Seller says where members buy, and who invoices it.
type Seller string

// The two sellers.
const (
	SoldByOrdine   Seller = "ordine"   // here, from the member's credit
	SoldByProvider Seller = "provider" // at the provider; here what is held is only shown
)

// Italian names the seller as the screens do, "Ordine" or "gestore".
func (s Seller) Italian() string {
	if s == SoldByProvider {
		return "gestore"
	}
	return "Ordine"
}

// InboxGB is the product that adds inbox space: the one the kind's cap counts
// (R12).
const InboxGB = "inbox_gb"

// ArchiveGB is the product that adds archive space (conservazione), beside what
// the kind comes with. No cap counts it.
const ArchiveGB = "archive_gb"

// MaxTerm is the longest term of any kind, in years.
const MaxTerm = 5

// DefaultLeaverGrace is the grace of an agreement that does not name one, in
// days (R5).
const DefaultLeaverGrace = 60

// Agreement is what Ordine and provider agreed (convenzione), in force from
// StartsOn until the day before the next one's. It is a document: the same form
// is loaded from a file, edited on a page and kept with what was charged by it.
type Agreement struct {
	ID               int64           `json:"-"`
	Name             string          `json:"name"`
	Provider         string          `json:"provider"`
	StartsOn         Date            `json:"starts_on"`
	VATRate          decimal.Decimal `json:"vat_rate"` // percent: 22
	Policy           Policy          `json:"policy"`
	FreeWindowMonths int             `json:"free_window_months,omitempty"` // only full_year
	NoticeDays       []int           `json:"notice_days"`                  // days before E, R21
	// LeaverGraceDays is how many days after leaving a mailbox stays open (R5);
	// nil is no limit: only E counts.
	LeaverGraceDays *int   `json:"leaver_grace_days"`
	SoldBy          Seller `json:"sold_by"`
	// ProviderArea is where members buy at the provider, "https://…"; empty when it
	// is not known.
	ProviderArea string `json:"provider_area,omitempty"`
	// InvoicedBy is who writes the members' invoices where it is not who sells;
	// see Invoicer.
	InvoicedBy Seller `json:"invoiced_by,omitempty"`
	// UpgradeAtExpiry makes a dearer kind begin on E; without it, it begins as
	// soon as it is paid (9.9).
	UpgradeAtExpiry bool      `json:"upgrade_at_expiry,omitempty"`
	Kinds           []Kind    `json:"kinds"`
	Products        []Product `json:"products"`
}

// Kind is a sort of mailbox (tipologia): standard, pro, premium.
type Kind struct {
	Code          string `json:"code"`
	Name          string `json:"name"`
	BaseInboxGB   int    `json:"base_inbox_gb"`
	BaseArchiveGB int    `json:"base_archive_gb"`
	MaxInboxGB    *int   `json:"max_inbox_gb"` // base and extra together (R12); nil is no cap
	YearlyPrice   Cents  `json:"yearly_price"` // net, a mailbox a year
	PaidBy        Payer  `json:"paid_by"`
	Terms         []int  `json:"terms"` // years a mailbox may be activated or renewed for
}

// Product is something added to a mailbox (servizio aggiuntivo).
type Product struct {
	Code                string   `json:"code"`
	Name                string   `json:"name"`
	Unit                string   `json:"unit"`                   // "GB", "utente", "pezzo"
	YearlyPrice         Cents    `json:"yearly_price,omitempty"` // net, one unit a year
	Price               Cents    `json:"price,omitempty"`        // net, one unit once; only when OneOff
	OneOff              bool     `json:"one_off,omitempty"`
	Kinds               []string `json:"kinds"` // codes of the kinds that allow it
	NoReductionBelowUse bool     `json:"no_reduction_below_use,omitempty"`
}

// UnitPrice is the net price of one unit: a year of it, or the piece.
func (p Product) UnitPrice() Cents {
	if p.OneOff {
		return p.Price
	}
	return p.YearlyPrice
}

// MarshalJSON writes the price that the product has, one of nothing too: a
// document without it is refused, see [ReadAgreement].
func (p Product) MarshalJSON() ([]byte, error) {
	type fields Product
	out := struct {
		fields
		YearlyPrice *Cents `json:"yearly_price,omitempty"`
		Price       *Cents `json:"price,omitempty"`
	}{fields: fields(p)}
	if !p.OneOff || p.YearlyPrice != 0 {
		out.YearlyPrice = &p.YearlyPrice
	}
	if p.OneOff || p.Price != 0 {
		out.Price = &p.Price
	}
	return json.Marshal(out)
}

// Invoicer is who writes the invoices for what members buy: who sells, unless
// the agreement names the other.
func (a Agreement) Invoicer() Seller { return cmp.Or(a.InvoicedBy, a.SoldBy, SoldByOrdine) }

// AllowedOn reports whether mailboxes of the kind may have the product.
func (p Product) AllowedOn(kind string) bool { return slices.Contains(p.Kinds, kind) }

// Kind finds a kind by its code.
func (a Agreement) Kind(code string) (Kind, bool) {
	i := slices.IndexFunc(a.Kinds, func(k Kind) bool { return k.Code == code })
	if i < 0 {
		return Kind{}, false
	}
	return a.Kinds[i], true
}

// Product finds a product by its code.
func (a Agreement) Product(code string) (Product, bool) {
	i := slices.IndexFunc(a.Products, func(p Product) bool { return p.Code == code })
	if i < 0 {
		return Product{}, false
	}
	return a.Products[i], true
}

// YearPrice is the taxed price of n units of a product for whole years.
func (a Agreement) YearPrice(p Product, quantity, years int) Amounts {
	return Taxed(p.UnitPrice()*Cents(quantity)*Cents(years), a.VATRate)
}

// KindPrice is the taxed price of a mailbox of the kind for a term in years.
func (a Agreement) KindPrice(k Kind, years int) Amounts {
	return Taxed(k.YearlyPrice*Cents(years), a.VATRate)
}

// InForce returns the agreement in force on a day: the one with the latest
// start not after it. False before the first.
func InForce(agreements []Agreement, on Date) (Agreement, bool) {
	var found Agreement
	ok := false
	for _, a := range agreements {
		if a.StartsOn.After(on) || ok && a.StartsOn.Before(found.StartsOn) {
			continue
		}
		found, ok = a, true
	}
	return found, ok
}

// KindName is what a kind is called in the agreement in force on a day, or else
// in the latest that has it; its code when none has.
func KindName(agreements []Agreement, code string, on Date) string {
	return nameIn(agreements, code, on, func(a Agreement) string {
		k, _ := a.Kind(code)
		return k.Name
	})
}

// ProductName is what a product is called, as KindName says it of kinds.
func ProductName(agreements []Agreement, code string, on Date) string {
	return ProductCalled(agreements, code, on).Name
}

// ProductCalled is a product as the agreement in force on a day has it, or else
// the latest that has it; with nothing but its code when none has.
func ProductCalled(agreements []Agreement, code string, on Date) Product {
	if a, ok := InForce(agreements, on); ok {
		if p, ok := a.Product(code); ok {
			return p
		}
	}
	found, since := Product{Code: code, Name: code}, Date{}
	for _, a := range agreements {
		if p, ok := a.Product(code); ok && !a.StartsOn.Before(since) {
			found, since = p, a.StartsOn
		}
	}
	return found
}

func nameIn(agreements []Agreement, code string, on Date, nameOf func(Agreement) string) string {
	if a, ok := InForce(agreements, on); ok && nameOf(a) != "" {
		return nameOf(a)
	}
	name, since := code, Date{}
	for _, a := range agreements {
		if nameOf(a) != "" && !a.StartsOn.Before(since) {
			name, since = nameOf(a), a.StartsOn
		}
	}
	return name
}

// ReadAgreement reads an agreement's document and checks it. What cannot be an
// agreement comes back as a Problem that names the field.
func ReadAgreement(doc []byte) (Agreement, error) {
	var a Agreement
	if !utf8.Valid(doc) {
		return a, Refuse("agreement_invalid", "Il file non è scritto in UTF-8: lo salvi con questa codifica, poi riprovi.")
	}
	doc = bytes.TrimPrefix(doc, []byte("\xef\xbb\xbf"))
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&a); err != nil {
		return a, notAnAgreement(doc, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return a, Refuse("agreement_invalid", "Il file contiene altro testo dopo la convenzione.")
	}
	var given map[string]json.RawMessage
	if err := json.Unmarshal(doc, &given); err != nil {
		return a, notAnAgreement(doc, err)
	}
	if _, ok := given["leaver_grace_days"]; !ok {
		days := DefaultLeaverGrace
		a.LeaverGraceDays = &days
	}
	for _, must := range []string{"name", "starts_on", "vat_rate", "policy", "kinds"} {
		if isMissing(given[must]) {
			return a, Refuse("agreement_invalid", "Nella convenzione manca «%s».", must).On(must)
		}
	}
	if err := checkPrices(doc); err != nil {
		return a, err
	}
	if a.Policy == Monthly {
		a.FreeWindowMonths = 0 // it belongs to full_year: a file that leaves it in means nothing by it
	}
	if _, ok := given["notice_days"]; !ok {
		a.NoticeDays = []int{90, 60, 30, 15, 7, 0}
	}
	if a.SoldBy == "" {
		a.SoldBy = SoldByOrdine
	}
	if a.InvoicedBy == a.SoldBy {
		a.InvoicedBy = "" // what goes without saying: the same document as one that does not say it
	}
	return a, a.Validate()
}

func isMissing(value json.RawMessage) bool { return len(value) == 0 || string(value) == "null" }

// checkPrices finds the first kind or product of a document that has no price,
// which would else be free, or one that is no amount.
func checkPrices(doc []byte) error {
	var lists struct {
		Kinds    []map[string]json.RawMessage `json:"kinds"`
		Products []map[string]json.RawMessage `json:"products"`
	}
	if json.Unmarshal(doc, &lists) != nil {
		return nil // what else is wrong with it is told by the decoder
	}
	for i, k := range lists.Kinds {
		if err := checkPrice(fmt.Sprintf("kinds[%d].yearly_price", i), k["yearly_price"], true); err != nil {
			return err
		}
	}
	for i, p := range lists.Products {
		oneOff := string(p["one_off"]) == "true"
		_, yearly := p["yearly_price"]
		_, once := p["price"]
		at := fmt.Sprintf("products[%d].", i)
		if err := checkPrice(at+"yearly_price", p["yearly_price"], yearly || !oneOff && !once); err != nil {
			return err
		}
		if err := checkPrice(at+"price", p["price"], once || oneOff && !yearly); err != nil {
			return err
		}
	}
	return nil
}

func checkPrice(field string, value json.RawMessage, must bool) error {
	var price Cents
	switch {
	case isMissing(value) && must:
		return Refuse("agreement_invalid", "Nella convenzione manca il prezzo «%s»: scriva \"0.00\" se non costa nulla.", field).On(field)
	case !isMissing(value) && price.UnmarshalJSON(value) != nil:
		return Refuse("agreement_invalid", "Nella convenzione «%s» è %s, che non è un prezzo: lo scriva come \"2.50\", con due decimali al massimo.", field, value).On(field)
	}
	return nil
}

// notAnAgreement says in Italian what the decoder found wrong.
func notAnAgreement(doc []byte, err error) *Problem {
	bad := func(format string, args ...any) *Problem { return Refuse("agreement_invalid", format, args...) }
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var day notADay
	var price notAPrice
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return bad("Il file è vuoto o interrotto: non è una convenzione in formato JSON.")
	case errors.As(err, &syntax):
		return bad("Il file non è una convenzione in formato JSON: errore al carattere %d.", syntax.Offset)
	case errors.As(err, &kind) && kind.Field == "":
		return bad("Il file non contiene una convenzione in formato JSON, ma un altro valore.")
	case errors.As(err, &kind):
		return bad("Nella convenzione il valore di «%s» non è del tipo giusto.", kind.Field).On(kind.Field)
	case errors.As(err, &day):
		return bad("Nella convenzione «%s» non è un giorno: lo scriva come 2026-01-31.", string(day)).On("starts_on")
	case errors.As(err, &price):
		if p := AsProblem(checkPrices(doc)); p != nil { // it knows of which field
			return p
		}
		return bad("Nella convenzione %s non è un prezzo: lo scriva come \"2.50\", con due decimali al massimo.", string(price))
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		name = strings.Trim(name, `"`)
		return bad("La convenzione non ha un campo «%s»: lo tolga o ne corregga il nome.", name).On(name)
	}
	// What is left is the only plain decimal of the document.
	return bad("L’aliquota IVA non è un numero: la scriva come \"22\".").On("vat_rate")
}

// Validate reports the first thing that cannot be in an agreement, as a
// Problem that names the field as the file does ("kinds[0].terms").
func (a Agreement) Validate() error {
	bad := func(field, format string, args ...any) error {
		return Refuse("agreement_invalid", format, args...).On(field)
	}
	hundred := decimal.New(100, 0)
	switch {
	case strings.TrimSpace(a.Name) == "":
		return bad("name", "Dia un nome alla convenzione.")
	case utf8.RuneCountInString(a.Name) > 200:
		return bad("name", "Il nome della convenzione supera i 200 caratteri.")
	case a.StartsOn.IsZero():
		return bad("starts_on", "Scriva da quale giorno vale la convenzione.")
	case a.VATRate.IsNegative() || a.VATRate.GreaterThan(hundred):
		return bad("vat_rate", "L’aliquota IVA deve stare tra 0 e 100.")
	case !a.VATRate.Equal(a.VATRate.Truncate(2)):
		return bad("vat_rate", "L’aliquota IVA ha al massimo due decimali.")
	case a.Policy != FullYear && a.Policy != Monthly:
		return bad("policy", "Il criterio di prezzo «%s» non esiste: usi «full_year» o «monthly».", a.Policy)
	case a.Policy == Monthly && a.FreeWindowMonths != 0:
		return bad("free_window_months", "Il periodo gratuito vale solo con il criterio ad anno intero.")
	case a.FreeWindowMonths < 0 || a.FreeWindowMonths > 12:
		return bad("free_window_months", "Il periodo gratuito va da 0 a 12 mesi.")
	case a.SoldBy != SoldByOrdine && a.SoldBy != SoldByProvider:
		return bad("sold_by", "«sold_by» può essere «ordine» o «provider».")
	case a.ProviderArea != "" && !secureAddress(a.ProviderArea):
		return bad("provider_area", "L’area del gestore si scrive come https://www.gestore.example.")
	case a.InvoicedBy != "" && a.InvoicedBy != SoldByOrdine && a.InvoicedBy != SoldByProvider:
		return bad("invoiced_by", "«invoiced_by» può essere «ordine» o «provider».")
	case a.LeaverGraceDays != nil && (*a.LeaverGraceDays < 0 || *a.LeaverGraceDays > 3650):
		return bad("leaver_grace_days", "I giorni dopo la cancellazione vanno da 0 a 3650.")
	case len(a.Kinds) == 0:
		return bad("kinds", "La convenzione deve avere almeno una tipologia di casella.")
	}
	for i, n := range a.NoticeDays {
		if n < 0 || n > 366 {
			return bad(fmt.Sprintf("notice_days[%d]", i), "I giorni degli avvisi vanno da 0 a 366.")
		}
	}
	if err := validateKinds(a.Kinds, bad); err != nil {
		return err
	}
	return a.validateProducts(bad)
}

func validateKinds(kinds []Kind, bad func(string, string, ...any) error) error {
	seen := map[string]bool{}
	for i, k := range kinds {
		at := func(f string) string { return fmt.Sprintf("kinds[%d].%s", i, f) }
		switch {
		case !isCode(k.Code):
			return bad(at("code"), "Il codice di tipologia «%s» può avere solo lettere minuscole, cifre e «_».", k.Code)
		case seen[k.Code]:
			return bad(at("code"), "La tipologia «%s» compare due volte.", k.Code)
		case strings.TrimSpace(k.Name) == "":
			return bad(at("name"), "La tipologia «%s» non ha un nome.", k.Code)
		case k.BaseInboxGB < 1 || k.BaseInboxGB > 10_000:
			return bad(at("base_inbox_gb"), "Lo spazio base di «%s» va da 1 a 10.000 GB.", k.Name)
		case k.BaseArchiveGB < 0 || k.BaseArchiveGB > 10_000:
			return bad(at("base_archive_gb"), "L’archivio base di «%s» va da 0 a 10.000 GB.", k.Name)
		case k.MaxInboxGB != nil && (*k.MaxInboxGB < k.BaseInboxGB || *k.MaxInboxGB > 100_000):
			return bad(at("max_inbox_gb"), "Lo spazio massimo di «%s» non può essere minore dello spazio base.", k.Name)
		case k.YearlyPrice < 0 || k.YearlyPrice > MaxAmount:
			return bad(at("yearly_price"), "Il prezzo annuo di «%s» non è valido.", k.Name)
		case k.PaidBy != PaidByOrdine && k.PaidBy != PaidByMember:
			return bad(at("paid_by"), "«paid_by» di «%s» può essere «ordine» o «member».", k.Name)
		case len(k.Terms) == 0:
			return bad(at("terms"), "La tipologia «%s» deve avere almeno una durata in anni.", k.Name)
		}
		for _, n := range k.Terms {
			if n < 1 || n > MaxTerm {
				return bad(at("terms"), "Le durate di «%s» vanno da 1 a 5 anni.", k.Name)
			}
		}
		seen[k.Code] = true
	}
	return nil
}

func (a Agreement) validateProducts(bad func(string, string, ...any) error) error {
	seen := map[string]bool{}
	for i, p := range a.Products {
		at := func(f string) string { return fmt.Sprintf("products[%d].%s", i, f) }
		switch {
		case !isCode(p.Code):
			return bad(at("code"), "Il codice di servizio «%s» può avere solo lettere minuscole, cifre e «_».", p.Code)
		case seen[p.Code]:
			return bad(at("code"), "Il servizio «%s» compare due volte.", p.Code)
		case strings.TrimSpace(p.Name) == "":
			return bad(at("name"), "Il servizio «%s» non ha un nome.", p.Code)
		case p.UnitPrice() < 0 || p.UnitPrice() > MaxAmount:
			return bad(at("yearly_price"), "Il prezzo di «%s» non è valido.", p.Name)
		case p.OneOff && p.YearlyPrice != 0:
			return bad(at("yearly_price"), "«%s» si paga una volta sola: usi «price».", p.Name)
		case !p.OneOff && p.Price != 0:
			return bad(at("price"), "«%s» si paga ogni anno: usi «yearly_price».", p.Name)
		case len(p.Kinds) == 0:
			return bad(at("kinds"), "Il servizio «%s» non è ammesso da nessuna tipologia.", p.Name)
		}
		for _, k := range p.Kinds {
			if _, ok := a.Kind(k); !ok {
				return bad(at("kinds"), "Il servizio «%s» nomina la tipologia «%s», che non c’è.", p.Name, k)
			}
		}
		seen[p.Code] = true
	}
	return nil
}

func isCode(s string) bool {
	if s == "" || len(s) > 40 {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' {
			return false
		}
	}
	return true
}

// secureAddress reports whether a text is the address of a page, by HTTPS.
func secureAddress(text string) bool {
	rest, secure := strings.CutPrefix(text, "https://")
	host, _, _ := strings.Cut(rest, "/")
	return secure && host != "" && !strings.ContainsAny(host, "@?#") && !strings.ContainsAny(text, " \t\r\n\\\"<>")
}
