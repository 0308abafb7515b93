package web

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"albopec/app/pec"
)

// agreementForm is an agreement as it is typed: every value is the text of its
// field, so that what cannot be read comes back as it was. The names of the
// fields are those of the agreement's file ("kinds[0].terms"), by which
// pec.Agreement names what is wrong.
type agreementForm struct {
	Name, Provider, ProviderArea, StartsOn, VATRate, Policy, FreeWindow, NoticeDays, LeaverGrace, SoldBy, InvoicedBy string
	UpgradeAtExpiry                                                                                                  bool

	Kinds    []kindForm
	Products []productForm
}

// kindForm is a row of a kind (tipologia).
type kindForm struct {
	At                                                        string // "kinds[0]", the beginning of its fields' names
	Code, Name, BaseInbox, BaseArchive, MaxInbox, Price, Paid string
	Terms                                                     []Option // 1 to 5 years, those on offer chosen
	Focus                                                     bool
}

// productForm is a row of a product (servizio aggiuntivo).
type productForm struct {
	At                      string // "products[0]"
	Code, Name, Unit, Price string
	OneOff, NoReduction     bool
	Kinds                   []Option // the kinds by their place in the form, those that allow it chosen
	Focus                   bool
}

// Bounds of a form's rows: far more than any agreement has.
const maxAgreementRows = 40

// Field is the name of one of the row's fields.
func (k kindForm) Field(name string) string { return k.At + "." + name }

// Title is the row's heading.
func (k kindForm) Title() string {
	if k.Name != "" {
		return "Tipologia " + k.Name
	}
	return "Nuova tipologia"
}

// Field is the name of one of the row's fields.
func (p productForm) Field(name string) string { return p.At + "." + name }

// Title is the row's heading.
func (p productForm) Title() string {
	if p.Name != "" {
		return p.Name
	}
	return "Nuovo servizio"
}

// emptyAgreement is where a new agreement begins: one free kind and space by
// the GB, without prices.
func emptyAgreement() agreementForm {
	f := agreementForm{
		VATRate: "22", Policy: string(pec.FullYear), FreeWindow: "3", NoticeDays: "90, 60, 30, 15, 7, 0",
		LeaverGrace: strconv.Itoa(pec.DefaultLeaverGrace), SoldBy: string(pec.SoldByOrdine),
	}
	f.Kinds = []kindForm{{Code: "standard", Name: "Standard", BaseInbox: "1", BaseArchive: "0", MaxInbox: "5", Paid: string(pec.PaidByOrdine), Terms: termOptions([]int{1})}}
	f.Products = []productForm{{Code: pec.InboxGB, Name: "Spazio Extra Inbox", Unit: "GB", Kinds: []Option{{Value: "0", Chosen: true}}}}
	f.number()
	return f
}

// agreementFormOf is an agreement ready to be edited.
func agreementFormOf(a pec.Agreement) agreementForm {
	f := agreementForm{
		Name: a.Name, Provider: a.Provider, ProviderArea: a.ProviderArea, StartsOn: a.StartsOn.Italian(), VATRate: comma(a.VATRate.String()), Policy: string(a.Policy),
		FreeWindow: strconv.Itoa(a.FreeWindowMonths), SoldBy: string(a.SoldBy), InvoicedBy: string(a.InvoicedBy), UpgradeAtExpiry: a.UpgradeAtExpiry, NoticeDays: joinInts(a.NoticeDays),
	}
	if a.LeaverGraceDays != nil {
		f.LeaverGrace = strconv.Itoa(*a.LeaverGraceDays)
	}
	for _, k := range a.Kinds {
		row := kindForm{
			Code: k.Code, Name: k.Name, BaseInbox: strconv.Itoa(k.BaseInboxGB), BaseArchive: strconv.Itoa(k.BaseArchiveGB),
			Price: k.YearlyPrice.Italian(), Paid: string(k.PaidBy), Terms: termOptions(k.Terms),
		}
		if k.MaxInboxGB != nil {
			row.MaxInbox = strconv.Itoa(*k.MaxInboxGB)
		}
		f.Kinds = append(f.Kinds, row)
	}
	for _, p := range a.Products {
		row := productForm{Code: p.Code, Name: p.Name, Unit: p.Unit, Price: p.UnitPrice().Italian(), OneOff: p.OneOff, NoReduction: p.NoReductionBelowUse}
		for i, k := range a.Kinds {
			row.Kinds = append(row.Kinds, Option{Value: strconv.Itoa(i), Chosen: p.AllowedOn(k.Code)})
		}
		f.Products = append(f.Products, row)
	}
	f.number()
	return f
}

func joinInts(list []int) string {
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ", ")
}

func comma(s string) string { return strings.Replace(s, ".", ",", 1) }

func termOptions(chosen []int) []Option {
	var list []Option
	for n := 1; n <= 5; n++ {
		years := "anni"
		if n == 1 {
			years = "anno"
		}
		list = append(list, Option{Value: strconv.Itoa(n), Label: fmt.Sprintf("%d %s", n, years), Chosen: slices.Contains(chosen, n)})
	}
	return list
}

// number names the rows by their places, and lists the kinds under each
// product.
func (f *agreementForm) number() {
	for i := range f.Kinds {
		f.Kinds[i].At = fmt.Sprintf("kinds[%d]", i)
	}
	for i := range f.Products {
		p := &f.Products[i]
		p.At = fmt.Sprintf("products[%d]", i)
		chosen := map[string]bool{}
		for _, o := range p.Kinds {
			chosen[o.Value] = o.Chosen
		}
		p.Kinds = nil
		for j, k := range f.Kinds {
			at := strconv.Itoa(j)
			label := k.Name
			if label == "" {
				label = fmt.Sprintf("tipologia %d", j+1)
			}
			p.Kinds = append(p.Kinds, Option{Value: at, Label: label, Chosen: chosen[at]})
		}
	}
}

// agreementTyped reads the form as it was sent.
func agreementTyped(f *form) agreementForm {
	a := agreementForm{
		Name: f.text("name"), Provider: f.text("provider"), ProviderArea: f.text("provider_area"), StartsOn: f.text("starts_on"), VATRate: f.text("vat_rate"), Policy: f.text("policy"),
		FreeWindow: f.text("free_window_months"), NoticeDays: f.text("notice_days"), LeaverGrace: f.text("leaver_grace_days"), SoldBy: f.text("sold_by"), InvoicedBy: f.text("invoiced_by"), UpgradeAtExpiry: f.checked("upgrade_at_expiry"),
	}
	rows := func(name string) int {
		n, _ := strconv.Atoi(f.text(name)) // what is no number is no row
		return min(max(n, 0), maxAgreementRows)
	}
	for i := range rows("kinds_n") {
		k := kindForm{At: fmt.Sprintf("kinds[%d]", i)}
		k.Code, k.Name, k.BaseInbox, k.BaseArchive = f.text(k.Field("code")), f.text(k.Field("name")), f.text(k.Field("base_inbox_gb")), f.text(k.Field("base_archive_gb"))
		k.MaxInbox, k.Price, k.Paid = f.text(k.Field("max_inbox_gb")), f.text(k.Field("yearly_price")), f.text(k.Field("paid_by"))
		var terms []int
		for _, id := range f.ids(k.Field("terms")) {
			terms = append(terms, int(id))
		}
		k.Terms = termOptions(terms)
		a.Kinds = append(a.Kinds, k)
	}
	for i := range rows("products_n") {
		p := productForm{At: fmt.Sprintf("products[%d]", i)}
		p.Code, p.Name, p.Unit, p.Price = f.text(p.Field("code")), f.text(p.Field("name")), f.text(p.Field("unit")), f.text(p.Field("yearly_price"))
		p.OneOff, p.NoReduction = f.checked(p.Field("one_off")), f.checked(p.Field("no_reduction_below_use"))
		for _, id := range f.ids(p.Field("kinds")) {
			p.Kinds = append(p.Kinds, Option{Value: strconv.FormatInt(id, 10), Chosen: true})
		}
		a.Products = append(a.Products, p)
	}
	a.number()
	return a
}

// change adds or removes a row; false when the action is another one.
func (f *agreementForm) change(action string) bool {
	at := func(prefix string, n int) (int, bool) {
		i, err := strconv.Atoi(strings.TrimPrefix(action, prefix))
		return i, err == nil && strings.HasPrefix(action, prefix) && i >= 0 && i < n
	}
	switch {
	case action == "aggiungi-tipologia":
		if len(f.Kinds) < maxAgreementRows {
			f.Kinds = append(f.Kinds, kindForm{BaseInbox: "1", BaseArchive: "0", Paid: string(pec.PaidByMember), Terms: termOptions([]int{1}), Focus: true})
		}
	case action == "aggiungi-servizio":
		if len(f.Products) < maxAgreementRows {
			f.Products = append(f.Products, productForm{Unit: "GB", Focus: true})
		}
	default:
		if i, ok := at("togli-tipologia-", len(f.Kinds)); ok {
			f.removeKind(i)
		} else if i, ok := at("togli-servizio-", len(f.Products)); ok {
			f.Products = slices.Delete(f.Products, i, i+1)
		} else {
			return false
		}
	}
	f.number()
	return true
}

// removeKind takes a kind out; the products keep what they allowed on the
// others, whose places move up.
func (f *agreementForm) removeKind(gone int) {
	f.Kinds = slices.Delete(f.Kinds, gone, gone+1)
	for i := range f.Products {
		var kept []Option
		for j, o := range f.Products[i].Kinds {
			switch {
			case j < gone:
				kept = append(kept, o)
			case j > gone:
				kept = append(kept, Option{Value: strconv.Itoa(j - 1), Chosen: o.Chosen})
			}
		}
		f.Products[i].Kinds = kept
	}
}

// agreementReader turns what was typed into an agreement and gathers what is
// wrong, a sentence a field.
type agreementReader struct {
	problems Problems
	row      string // the kind or product that is being read, as it is headed; empty outside
}

// wrong puts a sentence beside a field, which for one of several rows says first
// of which.
func (r *agreementReader) wrong(field, format string, args ...any) {
	if r.problems.On(field) != "" {
		return
	}
	text := fmt.Sprintf(format, args...)
	if r.row != "" {
		text = r.row + ": " + uncapital(text)
	}
	r.problems = append(r.problems, pec.Refuse("agreement_invalid", "%s", text).On(field))
}

// read makes the agreement. With problems it is only good for what has none:
// each value that cannot be is replaced by one that can, so that one fault does
// not hide another.
func (f agreementForm) read() (pec.Agreement, Problems) {
	r := &agreementReader{}
	a := pec.Agreement{
		Name: f.Name, Provider: f.Provider, ProviderArea: f.ProviderArea, Policy: pec.Policy(f.Policy), SoldBy: pec.Seller(f.SoldBy), UpgradeAtExpiry: f.UpgradeAtExpiry,
		StartsOn: r.day("starts_on", f.StartsOn), VATRate: r.rate(f.VATRate), NoticeDays: r.days(f.NoticeDays),
	}
	if a.Policy == pec.FullYear {
		a.FreeWindowMonths = r.whole("free_window_months", "Finestra gratuita, mesi", f.FreeWindow, "0", 0)
	}
	if f.InvoicedBy != f.SoldBy {
		a.InvoicedBy = pec.Seller(f.InvoicedBy)
	}
	if f.LeaverGrace != "" {
		n := r.whole("leaver_grace_days", "Tolleranza per chi lascia l’albo, giorni", f.LeaverGrace, "", pec.DefaultLeaverGrace)
		a.LeaverGraceDays = &n
	}
	r.choices(f)
	for _, k := range f.Kinds {
		a.Kinds = append(a.Kinds, r.kind(k))
	}
	for _, p := range f.Products {
		a.Products = append(a.Products, r.product(p, f.Kinds))
	}
	r.row = ""
	r.validate(a)
	return a, r.problems
}

// choices are what a person does not type: said in the form's words.
func (r *agreementReader) choices(f agreementForm) {
	if f.Policy != string(pec.FullYear) && f.Policy != string(pec.Monthly) {
		r.wrong("policy", "Scelga come si calcola il prezzo.")
	}
	if f.SoldBy != string(pec.SoldByOrdine) && f.SoldBy != string(pec.SoldByProvider) {
		r.wrong("sold_by", "Scelga dove comprano gli iscritti.")
	}
	if f.InvoicedBy != "" && f.InvoicedBy != string(pec.SoldByOrdine) && f.InvoicedBy != string(pec.SoldByProvider) {
		r.wrong("invoiced_by", "Scelga chi fattura agli iscritti.")
	}
}

func (r *agreementReader) kind(f kindForm) pec.Kind {
	r.row = f.Title()
	k := pec.Kind{
		Code: f.Code, Name: f.Name, PaidBy: pec.Payer(f.Paid), YearlyPrice: r.price(f.Field("yearly_price"), f.Price),
		BaseInboxGB: r.whole(f.Field("base_inbox_gb"), "Spazio di base", f.BaseInbox, "", 1), BaseArchiveGB: r.whole(f.Field("base_archive_gb"), "Archivio di base", f.BaseArchive, "0", 0),
	}
	r.named(f.Field("code"), f.Code, f.Field("name"), f.Name)
	if f.MaxInbox != "" {
		n := r.whole(f.Field("max_inbox_gb"), "Spazio massimo", f.MaxInbox, "", k.BaseInboxGB)
		if k.MaxInboxGB = &n; n < k.BaseInboxGB && r.problems.On(f.Field("max_inbox_gb")) == "" {
			r.wrong(f.Field("max_inbox_gb"), "Lo spazio massimo (%s) è minore di quello di base (%s). Scriva %d o più.", gb(n), gb(k.BaseInboxGB), k.BaseInboxGB)
		}
	}
	if k.PaidBy != pec.PaidByOrdine && k.PaidBy != pec.PaidByMember {
		r.wrong(f.Field("paid_by"), "Scelga chi paga la casella.")
	}
	for i, o := range f.Terms {
		if o.Chosen {
			k.Terms = append(k.Terms, i+1)
		}
	}
	if len(k.Terms) == 0 {
		r.wrong(f.Field("terms"), "Scelga almeno una durata.")
	}
	return k
}

// named wants a row's code and name.
func (r *agreementReader) named(codeField, code, nameField, name string) {
	if code == "" {
		r.wrong(codeField, "Scriva un codice: lettere minuscole, cifre e «_».")
	}
	if name == "" {
		r.wrong(nameField, "Scriva il nome.")
	}
}

func (r *agreementReader) product(f productForm, kinds []kindForm) pec.Product {
	r.row = f.Title()
	p := pec.Product{Code: f.Code, Name: f.Name, Unit: f.Unit, OneOff: f.OneOff, NoReductionBelowUse: f.NoReduction}
	r.named(f.Field("code"), f.Code, f.Field("name"), f.Name)
	price := r.price(f.Field("yearly_price"), f.Price)
	if p.OneOff {
		p.Price = price
	} else {
		p.YearlyPrice = price
	}
	for i, o := range f.Kinds {
		if o.Chosen && i < len(kinds) {
			p.Kinds = append(p.Kinds, kinds[i].Code)
		}
	}
	if len(p.Kinds) == 0 {
		r.wrong(f.Field("kinds"), "Scelga almeno una tipologia.")
	}
	if p.Unit == "" {
		r.wrong(f.Field("unit"), "Scriva che cosa si compra: GB, utente, pezzo.")
	}
	return p
}

func (r *agreementReader) day(field, text string) pec.Date {
	if text == "" {
		r.wrong(field, "Scriva da quale giorno vale la convenzione.")
		return pec.Date{}
	}
	d, err := pec.ParseItalianDate(text)
	if err != nil {
		r.wrong(field, "%s", err.Error())
	}
	return d
}

func (r *agreementReader) rate(text string) decimal.Decimal {
	text = strings.TrimSpace(strings.TrimSuffix(text, "%"))
	d, err := decimal.NewFromString(strings.Replace(text, ",", ".", 1))
	if err != nil || len(text) > 8 || strings.ContainsAny(text, "eE") {
		r.wrong("vat_rate", "Scriva un numero fra 0 e 100, per esempio 22.")
		return decimal.New(22, 0)
	}
	return d
}

// mostWhole bounds the whole numbers of an agreement.
const mostWhole = 1_000_000

// whole reads a number, in the field that is called what; an empty field is the value given for it, "" when the
// field has to be filled in.
func (r *agreementReader) whole(field, what, text, empty string, otherwise int) int {
	if text == "" {
		text = empty
	}
	n, err := strconv.Atoi(strings.ReplaceAll(text, ".", ""))
	if err != nil || n < 0 || n > mostWhole {
		r.wrong(field, "Nel campo «%s» scriva un numero intero da 0 a %s, per esempio %d.", what, pec.Thousands(mostWhole), otherwise)
		return otherwise
	}
	return n
}

func (r *agreementReader) days(text string) []int {
	days := []int{}
	for _, part := range strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ';' || c == ' ' }) {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || n > 366 {
			r.wrong("notice_days", "«%s» non è un numero di giorni da 0 a 366: li scriva come 90, 60, 30.", part)
			continue
		}
		if !slices.Contains(days, n) {
			days = append(days, n)
		}
	}
	slices.Sort(days)
	slices.Reverse(days)
	return days
}

// price reads an amount, which may be nothing.
func (r *agreementReader) price(field, text string) pec.Cents {
	digits := strings.TrimSpace(strings.ReplaceAll(text, "€", ""))
	if digits == "" {
		r.wrong(field, "Scriva il prezzo; se non costa nulla, 0,00.")
		return 0
	}
	if strings.Trim(digits, "0,.") == "" && digits[0] == '0' {
		return 0
	}
	c, err := pec.ParseAmount(digits)
	if err != nil {
		r.wrong(field, "%s", err.Error())
	}
	return c
}

// validate adds what only the whole agreement shows, one finding after the
// other: each is put right in a copy, so that the next one comes to light.
func (r *agreementReader) validate(a pec.Agreement) {
	a.Kinds, a.Products = slices.Clone(a.Kinds), slices.Clone(a.Products)
	for range 200 {
		p := pec.AsProblem(a.Validate())
		if p == nil {
			return
		}
		field := p.Field
		if i := strings.Index(field, "notice_days["); i == 0 {
			field = "notice_days"
		}
		if rest, ok := strings.CutSuffix(field, ".price"); ok {
			field = rest + ".yearly_price"
		}
		r.wrong(field, "%s", p.Message)
		if !mendAgreement(&a, p.Field) {
			return
		}
	}
}

// mendAgreement puts something valid where Validate found a fault.
func mendAgreement(a *pec.Agreement, field string) bool {
	var i int
	var part string
	if n, _ := fmt.Sscanf(field, "kinds[%d].%s", &i, &part); n == 2 && i < len(a.Kinds) {
		k := a.Kinds[i]
		fresh := pec.Kind{Code: fmt.Sprintf("valido_%d", i), Name: "Valida", BaseInboxGB: 1, PaidBy: pec.PaidByOrdine, Terms: []int{1}}
		switch part {
		case "code":
			// The products that name it follow.
			for j, p := range a.Products {
				p.Kinds = slices.Clone(p.Kinds)
				for n, code := range p.Kinds {
					if code == k.Code {
						p.Kinds[n] = fresh.Code
					}
				}
				a.Products[j] = p
			}
			k.Code = fresh.Code
		case "name":
			k.Name = fresh.Name
		default:
			fresh.Code, fresh.Name = k.Code, k.Name
			k = fresh
		}
		a.Kinds[i] = k
		return true
	}
	if n, _ := fmt.Sscanf(field, "products[%d].%s", &i, &part); n == 2 && i < len(a.Products) {
		p := a.Products[i]
		switch part {
		case "code":
			p.Code = fmt.Sprintf("valido_%d", i)
		case "name":
			p.Name = "Valido"
		case "kinds":
			if len(a.Kinds) == 0 {
				return false
			}
			p.Kinds = []string{a.Kinds[0].Code}
		default:
			p.Price, p.YearlyPrice = 0, 0
		}
		a.Products[i] = p
		return true
	}
	return mendTerms(a, field)
}

func mendTerms(a *pec.Agreement, field string) bool {
	switch {
	case field == "name":
		a.Name = "Valida"
	case field == "starts_on":
		a.StartsOn = pec.NewDate(2000, 1, 1)
	case field == "vat_rate":
		a.VATRate = decimal.New(22, 0)
	case field == "policy":
		a.Policy, a.FreeWindowMonths = pec.FullYear, 0
	case field == "free_window_months":
		a.FreeWindowMonths = 0
	case field == "sold_by":
		a.SoldBy = pec.SoldByOrdine
	case field == "invoiced_by":
		a.InvoicedBy = ""
	case field == "leaver_grace_days":
		a.LeaverGraceDays = nil
	case field == "kinds":
		a.Kinds = []pec.Kind{{Code: "valido", Name: "Valida", BaseInboxGB: 1, PaidBy: pec.PaidByOrdine, Terms: []int{1}}}
		a.Products = nil
	case strings.HasPrefix(field, "notice_days"):
		a.NoticeDays = nil
	default:
		return false
	}
	return true
}

// sameAgreement reports whether two are the same document.
func sameAgreement(a, b pec.Agreement) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}
