package web

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/db"
)

func (s *site) agreementRoutes() []route {
	return []route{
		get("/convenzioni", operators, s.agreements),
		get("/convenzioni/nuova", contracts, s.agreementNew),
		post("/convenzioni/nuova", contracts, s.addAgreement),
		get("/convenzioni/carica", contracts, s.agreementUpload),
		post("/convenzioni/carica", contracts, s.uploadAgreement),
		get("/convenzioni/:id", operators, s.agreement),
		get("/convenzioni/:id/file", operators, s.agreementFile),
		get("/convenzioni/:id/modifica", contracts, s.agreementEdit),
		post("/convenzioni/:id/modifica", contracts, s.editAgreement),
		get("/convenzioni/:id/elimina", contracts, s.agreementDelete),
		post("/convenzioni/:id/elimina", contracts, s.deleteAgreement),
	}
}

// whatIf is the panel «Quanto costerebbe»: what is asked, and the answer.
type whatIf struct {
	Errors                                Problems
	Day, Expires, Kind, Product, Quantity string
	Kinds, Products                       []Option

	Form      string // id of the form that the fields belong to, when it is not the panel's own
	Note      string // under which agreement
	Agreement pec.Agreement
	Quote     *pec.Quote
	Renewals  []yearlyCost
}

// yearlyCost compares what a year of renewals costs the Ordine under an
// agreement with what it costs under the one in force.
type yearlyCost struct {
	Title     string
	Gross     pec.Cents
	Secondary bool
}

// Heading says what is bought and when: "2 GB acquistati il 15/06/2027".
func (w whatIf) Heading() string {
	return quantityName(*w.Quote) + ", acquisto del " + w.Quote.On.Italian()
}

// NetLine is how the net price is made.
func (w whatIf) NetLine() string { return netLine(*w.Quote) }

// VATLine is "IVA 22 %".
func (w whatIf) VATLine() string { return "IVA " + comma(w.Quote.VATRate.String()) + nbsp + "%" }

// Names of the panel's fields.
const (
	askDay, askExpires, askKind, askProduct, askQuantity = "giorno", "scadenza", "tipologia", "servizio", "quantita"
)

// asked reads the panel's fields; those that are missing get a sensible
// beginning.
func asked(value func(string) string, a pec.Agreement, today pec.Date) *whatIf {
	w := &whatIf{Agreement: a, Day: value(askDay), Expires: value(askExpires), Kind: value(askKind), Product: value(askProduct), Quantity: value(askQuantity)}
	for _, k := range a.Kinds {
		w.Kinds = append(w.Kinds, Option{Value: k.Code, Label: k.Name})
	}
	for _, p := range a.Products {
		w.Products = append(w.Products, Option{Value: p.Code, Label: p.Name})
	}
	has := func(list []Option, v string) bool {
		return slices.ContainsFunc(list, func(o Option) bool { return o.Value == v })
	}
	if !has(w.Products, w.Product) && len(w.Products) > 0 {
		w.Product = w.Products[0].Value
	}
	if !has(w.Kinds, w.Kind) && len(w.Kinds) > 0 {
		w.Kind = w.Kinds[0].Value
		if p, ok := a.Product(w.Product); ok && len(p.Kinds) > 0 {
			w.Kind = p.Kinds[0]
		}
	}
	if w.Day == "" {
		day := today
		if a.StartsOn.After(day) {
			day = a.StartsOn
		}
		w.Day = day.Italian()
	}
	if w.Expires == "" {
		day, err := pec.ParseItalianDate(w.Day)
		if err != nil { // it is said beside the day, and not here too
			day = today
		}
		w.Expires = day.AddMonths(6).Italian()
	}
	if w.Quantity == "" {
		w.Quantity = "2"
	}
	return w
}

// answer works the quote out; what cannot be bought is said beside its field.
// The agreement in force at the expiry prices the renewal.
func (w *whatIf) answer(all []pec.Agreement) {
	wrong := func(field string, err error) {
		if p := pec.AsProblem(err); p != nil {
			w.Errors = append(w.Errors, p.On(field))
		}
	}
	if len(w.Products) == 0 {
		return
	}
	on, err := pec.ParseItalianDate(w.Day)
	wrong(askDay, err)
	expires, err := pec.ParseItalianDate(w.Expires)
	wrong(askExpires, err)
	quantity, err := strconv.Atoi(strings.ReplaceAll(w.Quantity, ".", ""))
	if err != nil {
		wrong(askQuantity, pec.Refuse("quantity_invalid", "%s", notWhole(w.Quantity)))
	}
	if !on.IsZero() && expires.After(on.AddYears(10)) {
		wrong(askExpires, pec.Refuse("date_invalid", "Scelga una scadenza entro 10 anni dall’acquisto."))
	}
	if len(w.Errors) > 0 {
		return
	}
	request := pec.QuoteRequest{On: on, Expires: expires, Product: w.Product, Quantity: quantity, Kind: w.Kind, Agreements: all}
	var atExpiry *pec.Agreement
	if a, ok := pec.InForce(all, expires); ok {
		atExpiry = &a
		request.ByOrder = pec.Mailbox{Kind: w.Kind, AutoRenew: true}.RenewsByOrder(a)
	}
	q, err := w.Agreement.Quote(request, atExpiry)
	switch p := pec.AsProblem(err); {
	case p != nil && p.Code == "mailbox_expired":
		wrong(askExpires, pec.Refuse(p.Code, "La scadenza deve venire dopo il giorno dell’acquisto."))
	case p != nil && p.Field == "quantity":
		wrong(askQuantity, p)
	case p != nil:
		wrong(askProduct, p)
	default:
		w.Quote = &q
		if w.Agreement.SoldBy == pec.SoldByProvider {
			w.Note += " Gli iscritti comprano presso il gestore: è il prezzo che pagano là."
		}
	}
}

// compare adds what a year of renewals would cost the Ordine, beside the same
// under the agreement in force.
func (w *whatIf) compare(counts map[string]int, inForce *pec.Agreement) {
	cost := func(a pec.Agreement) (gross pec.Cents, n int) {
		for _, k := range a.Kinds {
			if k.PaidBy == pec.PaidByOrdine {
				gross += a.KindPrice(k, 1).Gross * pec.Cents(counts[k.Code])
				n += counts[k.Code]
			}
		}
		return gross, n
	}
	gross, n := cost(w.Agreement)
	if n == 0 {
		return
	}
	w.Renewals = []yearlyCost{{Title: fmt.Sprintf("Rinnovi di un anno a carico dell’Ordine, %s, lordo", counted(n, "casella", "caselle")), Gross: gross}}
	if inForce != nil && inForce.ID != w.Agreement.ID {
		gross, _ := cost(*inForce)
		w.Renewals = append(w.Renewals, yearlyCost{Title: "Con la convenzione in vigore oggi", Gross: gross, Secondary: true})
	}
}

// fill answers the panel from one snapshot.
func (w *whatIf) fill(tx *db.ReadTx, all []pec.Agreement, today pec.Date) error {
	w.answer(all)
	counts, err := tx.RunningByKind()
	if err != nil {
		return err
	}
	var now *pec.Agreement
	if a, ok := pec.InForce(all, today); ok {
		now = &a
	}
	w.compare(counts, now)
	return nil
}

type agreementsPage struct {
	Frame
	Years  []Year
	Ask    *whatIf
	MayAdd bool
}

// agreements is the line of time of all agreements, and what a purchase costs
// on any day.
func (s *site) agreements(c *fiber.Ctx) error {
	p := agreementsPage{Frame: s.frame(c, "Convenzioni")}
	p.Lead = "Quello che l’Ordine e il gestore hanno pattuito, dal giorno in cui vale"
	p.MayAdd = p.Who.May(contracts)
	err := s.read(c, func(tx *db.ReadTx) error {
		list, err := tx.Agreements()
		if err != nil || len(list) == 0 {
			return err
		}
		now, _ := pec.InForce(list, p.Today)
		for i, a := range slices.Backward(list) {
			p.Years = append(p.Years, agreementMoment(list, i, a, now.ID, p.Today))
		}
		p.Years = joinYears(p.Years)
		day := p.Today
		if d, err := pec.ParseItalianDate(c.Query(askDay)); err == nil {
			day = d
		}
		valid, ok := pec.InForce(list, day)
		if !ok {
			valid = list[0]
		}
		p.Ask = asked(func(name string) string { return strings.TrimSpace(c.Query(name)) }, valid, p.Today)
		p.Ask.Note = "Il " + day.Italian() + " vale «" + valid.Name + "»."
		if !ok {
			p.Ask.Note = "Il " + day.Italian() + " non c’è ancora una convenzione; i prezzi sono di «" + valid.Name + "»."
		}
		return p.Ask.fill(tx, list, p.Today)
	})
	if err != nil {
		return err
	}
	return s.show(c, "agreements", &p)
}

// agreementMoment is an agreement on the line of time.
func agreementMoment(list []pec.Agreement, i int, a pec.Agreement, inForce int64, today pec.Date) Year {
	m := Moment{On: a.StartsOn, Next: a.StartsOn.After(today), Title: a.Name}
	m.Text = joinHTML(agreementTerms(a), " ", anchor(fmt.Sprintf("/convenzioni/%d", a.ID), "Apra «"+a.Name+"»"))
	switch {
	case a.ID == inForce:
		m.Note = "In vigore oggi"
		if i+1 < len(list) {
			m.Note = "In vigore oggi, fino al " + list[i+1].StartsOn.AddDays(-1).Italian()
		}
	case m.Next:
		m.Note = "Entra in vigore " + days(today, a.StartsOn)
	case i+1 < len(list):
		m.Note = "È valsa fino al " + list[i+1].StartsOn.AddDays(-1).Italian()
	}
	return byYear([]Moment{m})[0]
}

// joinYears puts neighbours under one heading.
func joinYears(years []Year) []Year {
	var joined []Year
	for _, y := range years {
		if n := len(joined); n > 0 && joined[n-1].Title == y.Title {
			joined[n-1].Events = append(joined[n-1].Events, y.Events...)
			continue
		}
		joined = append(joined, y)
	}
	return joined
}

// agreementTerms tells an agreement in one line.
func agreementTerms(a pec.Agreement) string {
	parts := []string{}
	if a.Provider != "" {
		parts = append(parts, a.Provider)
	}
	if p, ok := a.Product(pec.InboxGB); ok {
		parts = append(parts, p.YearlyPrice.Euro()+" netti per GB all’anno")
	}
	parts = append(parts, policyWords(a))
	if a.SoldBy == pec.SoldByProvider {
		parts = append(parts, "gli iscritti comprano presso il gestore")
	}
	if a.Invoicer() != a.SoldBy {
		parts = append(parts, "fattura "+invoicerWords(a))
	}
	return strings.Join(parts, ", ") + "."
}

// invoicerWords is who invoices what members buy: "l’Ordine".
func invoicerWords(a pec.Agreement) string {
	if a.Invoicer() == pec.SoldByProvider {
		return "il gestore"
	}
	return "l’Ordine"
}

func policyWords(a pec.Agreement) string {
	switch {
	case a.Policy == pec.Monthly:
		return "rateo mensile"
	case a.FreeWindowMonths == 0:
		return "anno intero"
	}
	return "anno intero, gratis negli ultimi " + counted(a.FreeWindowMonths, "mese", "mesi")
}

type agreementPage struct {
	Frame
	Agreement pec.Agreement
	When      string
	Use       db.AgreementUse
	Used      bool
	Facts     []fact
	Kinds     []agreementKindRow
	Products  []agreementProductRow
	Ask       *whatIf
	MayAdd    bool
}

type agreementKindRow struct {
	pec.Kind
	Gross pec.Cents
	Cap   string
	Terms string
	Payer string
}

type agreementProductRow struct {
	pec.Product
	Gross pec.Cents
	Per   string
	Kinds string
}

// agreement shows one agreement, what was charged by it, and what a purchase
// costs under it.
func (s *site) agreement(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	p := &agreementPage{}
	err = s.read(c, func(tx *db.ReadTx) error {
		a, err := tx.Agreement(id)
		if err != nil {
			return err
		}
		p.Agreement = a
		p.Frame = s.frame(c, a.Name, Crumb{"Convenzioni", "/convenzioni"})
		p.MayAdd = p.Who.May(contracts)
		if p.Use, err = tx.AgreementUse(id); err != nil {
			return err
		}
		if p.Used, err = tx.AgreementIsUsed(id); err != nil {
			return err
		}
		list, err := tx.Agreements()
		if err != nil {
			return err
		}
		p.Lead = agreementLife(list, a, p.Today)
		p.describe()
		p.Ask = asked(func(name string) string { return strings.TrimSpace(c.Query(name)) }, a, p.Today)
		p.Ask.Note = "Secondo questa convenzione, qualunque sia il giorno."
		return p.Ask.fill(tx, list, p.Today)
	})
	if err != nil {
		return err
	}
	return s.show(c, "agreement", p)
}

// agreementLife says from when until when an agreement is in force.
func agreementLife(list []pec.Agreement, a pec.Agreement, today pec.Date) string {
	until := ""
	for _, other := range slices.Backward(list) {
		if other.StartsOn.After(a.StartsOn) {
			until = other.StartsOn.AddDays(-1).Italian()
		}
	}
	now, _ := pec.InForce(list, today)
	switch {
	case a.StartsOn.After(today):
		return "Entra in vigore il " + a.StartsOn.Italian() + ", " + days(today, a.StartsOn)
	case now.ID == a.ID && until == "":
		return "In vigore dal " + a.StartsOn.Italian()
	case now.ID == a.ID:
		return "In vigore dal " + a.StartsOn.Italian() + " al " + until
	}
	return "È valsa dal " + a.StartsOn.Italian() + " al " + until
}

func (p *agreementPage) describe() {
	a := p.Agreement
	grace := "fino alla scadenza"
	if a.LeaverGraceDays != nil {
		grace = counted(*a.LeaverGraceDays, "giorno", "giorni")
	}
	seller := "Qui, dal proprio credito"
	if a.SoldBy == pec.SoldByProvider {
		seller = "Presso il gestore"
	}
	notices := joinInts(a.NoticeDays)
	if notices == "" {
		notices = "nessuno"
	}
	p.Facts = []fact{
		{Title: "Gestore", Value: dash(a.Provider)},
		{Title: "Aliquota IVA", Value: comma(a.VATRate.String()) + nbsp + "%"},
		{Title: "Prezzo", Value: capital(policyWords(a))},
		{Title: "Tipologia più alta", Value: map[bool]string{false: "Appena pagata", true: "Dalla scadenza"}[a.UpgradeAtExpiry]},
		{Title: "Dove comprano gli iscritti", Value: seller},
		{Title: "Chi fattura agli iscritti", Value: capital(invoicerWords(a))},
		{Title: "Chi lascia l’albo tiene la casella", Value: grace},
		{Title: "Avvisi, giorni prima", Value: notices},
	}
	for _, k := range a.Kinds {
		row := agreementKindRow{Kind: k, Gross: a.KindPrice(k, 1).Gross, Cap: "nessun limite", Terms: joinInts(k.Terms), Payer: "l’Ordine"}
		if k.MaxInboxGB != nil {
			row.Cap = gb(*k.MaxInboxGB)
		}
		if k.PaidBy == pec.PaidByMember {
			row.Payer = "l’iscritto"
		}
		p.Kinds = append(p.Kinds, row)
	}
	for _, product := range a.Products {
		row := agreementProductRow{Product: product, Gross: a.YearPrice(product, 1, 1).Gross, Per: product.Unit + " all’anno"}
		if product.OneOff {
			row.Per = product.Unit + ", una volta"
		}
		var names []string
		for _, code := range product.Kinds {
			if k, ok := a.Kind(code); ok {
				names = append(names, k.Name)
			}
		}
		row.Kinds = strings.Join(names, ", ")
		p.Products = append(p.Products, row)
	}
}

// agreementFile answers with the agreement as the file that can be loaded.
func (s *site) agreementFile(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	var a pec.Agreement
	err = s.read(c, func(tx *db.ReadTx) (err error) {
		a, err = tx.Agreement(id)
		return err
	})
	if err != nil {
		return err
	}
	doc, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return err
	}
	return download(c, "convenzione-"+a.StartsOn.String()+".json", "application/json; charset=utf-8", append(doc, '\n'))
}

type agreementFormPage struct {
	Frame
	Form     agreementForm
	Action   string // where the form is sent
	Back     string
	Button   string
	From     string // where the values come from, "" when typed
	Policies []Option
	Sellers  []Option
	Invoices []Option
	Payers   []Option
	Ask      *whatIf
}

func (s *site) agreementFormPage(c *fiber.Ctx, title string, f agreementForm) *agreementFormPage {
	p := &agreementFormPage{Frame: s.frame(c, title, Crumb{"Convenzioni", "/convenzioni"}), Form: f, Action: "/convenzioni/nuova", Back: "/convenzioni", Button: "Salva la convenzione"}
	p.Lead = "Vale dalla data di inizio. Quello che è già stato addebitato non cambia."
	p.Policies = []Option{
		{Value: string(pec.FullYear), Label: "Anno intero", Help: "Si pagano gli anni fino alla scadenza; quello cominciato vale intero."},
		{Value: string(pec.Monthly), Label: "Rateo mensile", Help: "Si pagano i mesi fino alla scadenza; quello cominciato vale intero. Non c’è periodo gratuito."},
	}
	p.Sellers = []Option{
		{Value: string(pec.SoldByOrdine), Label: "Qui, dal proprio credito", Help: "L’iscritto ricarica il credito e compra nella sua area."},
		{Value: string(pec.SoldByProvider), Label: "Presso il gestore", Help: "Il credito sta dal gestore; qui si vede quello che risulta dal suo estratto."},
	}
	p.Invoices = []Option{
		{Value: "", Label: "Chi vende", Help: "L’Ordine se comprano qui, il gestore se comprano da lui."},
		{Value: string(pec.SoldByOrdine), Label: "L’Ordine", Help: "Gli ordini completati si trovano in «Da fatturare», per l’Ordine."},
		{Value: string(pec.SoldByProvider), Label: "Il gestore", Help: "Gli ordini completati si trovano in «Da fatturare», per il gestore: l’elenco si manda a lui."},
	}
	p.Payers = []Option{{Value: string(pec.PaidByOrdine), Label: "L’Ordine"}, {Value: string(pec.PaidByMember), Label: "L’iscritto"}}
	return p
}

// beforePrice are the fields of an agreement that no price depends on.
var beforePrice = []string{"name", "provider", "starts_on", "notice_days", "leaver_grace_days", "invoiced_by"}

// pricing keeps the problems that stand in the way of a price.
func pricing(problems Problems) Problems {
	return slices.DeleteFunc(slices.Clone(problems), func(p *pec.Problem) bool { return slices.Contains(beforePrice, p.Field) })
}

// price fills the panel beside the form from the values on it; where they make
// no price there is none.
func (p *agreementFormPage) price(tx *db.ReadTx, a pec.Agreement, problems Problems, value func(string) string) error {
	p.Ask = asked(value, a, p.Today)
	p.Ask.Note, p.Ask.Form = "Con i valori accanto.", "convenzione"
	if len(pricing(problems)) > 0 {
		p.Ask.Note = "Il prezzo si calcola con i valori accanto, quando ci sono tutti e sono giusti."
		return nil
	}
	list, err := tx.Agreements()
	if err != nil {
		return err
	}
	if a.StartsOn.IsZero() { // not written yet
		a.StartsOn = p.Today
	}
	list = slices.DeleteFunc(slices.Clone(list), func(other pec.Agreement) bool { return other.ID == a.ID || other.StartsOn == a.StartsOn })
	p.Ask.answer(append(list, a))
	counts, err := tx.RunningByKind()
	if err != nil {
		return err
	}
	known, err := tx.Agreements()
	if err != nil {
		return err
	}
	var now *pec.Agreement
	if current, ok := pec.InForce(known, p.Today); ok && current.ID != a.ID {
		now = &current
	}
	p.Ask.compare(counts, now)
	return nil
}

// agreementNew is the form of a new agreement; ?da=ID begins with the values of
// another.
func (s *site) agreementNew(c *fiber.Ctx) error {
	p := s.agreementFormPage(c, "Nuova convenzione", emptyAgreement())
	err := s.read(c, func(tx *db.ReadTx) error {
		if id, _ := strconv.ParseInt(c.Query("da"), 10, 64); id > 0 {
			a, err := tx.Agreement(id)
			if err != nil {
				return err
			}
			p.Form = agreementFormOf(a)
			p.Form.StartsOn, p.Form.Name = "", ""
			p.From = "I valori sono quelli di «" + a.Name + "»: cambi quello che serve e scelga da quando vale."
		}
		a, problems := p.Form.read()
		return p.price(tx, a, problems, func(string) string { return "" })
	})
	if err != nil {
		return err
	}
	return s.show(c, "agreementform", p)
}

// addAgreement saves a new agreement, or changes the rows of its form.
func (s *site) addAgreement(c *fiber.Ctx) error {
	f := formOf(c)
	typed := agreementTyped(f)
	return s.sendAgreement(c, f, s.agreementFormPage(c, "Nuova convenzione", typed), 0, func(a pec.Agreement) (int64, error) {
		return s.office.SetAgreement(ctx(c), who(c).Actor(), a)
	})
}

// sendAgreement handles a form of an agreement: rows added or removed and
// «Aggiorna il prezzo» show it again, anything else saves it.
func (s *site) sendAgreement(c *fiber.Ctx, f *form, p *agreementFormPage, id int64, save func(pec.Agreement) (int64, error)) error {
	action := f.text("azione")
	changed := p.Form.change(action)
	a, problems := p.Form.read()
	a.ID = id
	err := s.read(c, func(tx *db.ReadTx) error {
		if !changed && action != "calcola" {
			list, err := tx.Agreements()
			if err != nil {
				return err
			}
			if other, taken := startTaken(list, a); taken && problems.On("starts_on") == "" {
				problems = slices.Insert(problems, 0, pec.Refuse("agreement_used", "Dal %s vale già «%s». Scelga un altro giorno, o modifichi quella.", other.StartsOn.Italian(), other.Name).On("starts_on"))
			}
		}
		return p.price(tx, a, problems, f.text)
	})
	if err != nil {
		return err
	}
	if action == "calcola" {
		problems = pricing(problems)
	}
	if changed || action == "calcola" && len(problems) == 0 {
		return s.show(c, "agreementform", p)
	}
	f.problems = append(f.problems, problems...)
	if f.ok() {
		saved, err := save(a)
		if err == nil {
			return s.done(c, fmt.Sprintf("/convenzioni/%d", saved), "La convenzione «"+a.Name+"» è salvata.", "Vale dal "+a.StartsOn.Italian()+".")
		}
		f.add(err)
	}
	return s.refuse(c, "agreementform", p, f)
}

// startTaken finds another agreement that begins on the same day: the office
// would put the new one in its place, and nobody asked for that.
func startTaken(list []pec.Agreement, a pec.Agreement) (pec.Agreement, bool) {
	for _, other := range list {
		if other.StartsOn == a.StartsOn && other.ID != a.ID && !sameAgreement(other, a) {
			return other, true
		}
	}
	return pec.Agreement{}, false
}

// agreementToEdit loads an agreement that nothing was charged by.
func (s *site) agreementToEdit(c *fiber.Ctx) (a pec.Agreement, err error) {
	id, err := idOf(c)
	if err != nil {
		return a, err
	}
	return a, s.read(c, func(tx *db.ReadTx) error {
		if a, err = tx.Agreement(id); err != nil {
			return err
		}
		used, err := tx.AgreementIsUsed(id)
		if used {
			return pec.Refuse("agreement_used", "Con «%s» sono già stati registrati costi o acquisti: non si può più cambiare. Ne faccia una nuova, da un giorno successivo.", a.Name)
		}
		return err
	})
}

func (s *site) agreementEditPage(c *fiber.Ctx, a pec.Agreement, f agreementForm) *agreementFormPage {
	p := s.agreementFormPage(c, "Modifica di «"+a.Name+"»", f)
	p.Crumbs = slices.Insert(p.Crumbs, len(p.Crumbs)-1, Crumb{a.Name, fmt.Sprintf("/convenzioni/%d", a.ID)})
	p.Crumbs[len(p.Crumbs)-1].Title = "Modifica"
	p.Back = fmt.Sprintf("/convenzioni/%d", a.ID)
	p.Action = p.Back + "/modifica"
	p.Lead = "Si può cambiare finché nulla è stato addebitato o comprato con questa convenzione."
	return p
}

func (s *site) agreementEdit(c *fiber.Ctx) error {
	a, err := s.agreementToEdit(c)
	if err != nil {
		return err
	}
	p := s.agreementEditPage(c, a, agreementFormOf(a))
	err = s.read(c, func(tx *db.ReadTx) error { return p.price(tx, a, nil, func(string) string { return "" }) })
	if err != nil {
		return err
	}
	return s.show(c, "agreementform", p)
}

func (s *site) editAgreement(c *fiber.Ctx) error {
	known, err := s.agreementToEdit(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	return s.sendAgreement(c, f, s.agreementEditPage(c, known, agreementTyped(f)), known.ID, func(a pec.Agreement) (int64, error) {
		return a.ID, s.office.EditAgreement(ctx(c), who(c).Actor(), a)
	})
}

type agreementDeletePage struct {
	Frame
	Agreement pec.Agreement
	Then      string // what is in force in its place
	Back      string
}

func (s *site) agreementDelete(c *fiber.Ctx) error {
	a, err := s.agreementToEdit(c)
	if err != nil {
		return err
	}
	p := agreementDeletePage{Frame: s.frame(c, "Eliminare «"+a.Name+"»?", Crumb{"Convenzioni", "/convenzioni"}, Crumb{a.Name, fmt.Sprintf("/convenzioni/%d", a.ID)}), Agreement: a, Back: fmt.Sprintf("/convenzioni/%d", a.ID)}
	err = s.read(c, func(tx *db.ReadTx) error {
		list, err := tx.Agreements()
		list = slices.DeleteFunc(list, func(other pec.Agreement) bool { return other.ID == a.ID })
		p.Then = "Dal " + a.StartsOn.Italian() + " non ci sarebbe nessuna convenzione: acquisti e rinnovi si fermano."
		if before, ok := pec.InForce(list, a.StartsOn); ok {
			p.Then = "Anche dopo il " + a.StartsOn.Italian() + " varrebbe «" + before.Name + "»."
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.show(c, "agreementdelete", &p)
}

func (s *site) deleteAgreement(c *fiber.Ctx) error {
	a, err := s.agreementToEdit(c)
	if p := pec.AsProblem(err); p != nil && p.Code == "agreement_unknown" { // a second press
		return s.told(c, "/convenzioni", Alert{Kind: "primary", Strong: "La convenzione non c’è più."})
	}
	if err == nil {
		err = s.office.DeleteAgreement(ctx(c), who(c).Actor(), a.ID)
	}
	if err != nil {
		return err
	}
	return s.done(c, "/convenzioni", "La convenzione «"+a.Name+"» è eliminata.")
}

type agreementUploadPage struct{ Frame }

func (s *site) agreementUploadPage(c *fiber.Ctx) *agreementUploadPage {
	p := &agreementUploadPage{s.frame(c, "Convenzione da un file", Crumb{"Convenzioni", "/convenzioni"})}
	p.Lead = "Il file JSON di una convenzione, scaricato da qui o preparato dal gestore"
	return p
}

func (s *site) agreementUpload(c *fiber.Ctx) error {
	return s.show(c, "agreementupload", s.agreementUploadPage(c))
}

// uploadAgreement reads a file and shows the form with its values: nothing is
// saved before it has been seen.
func (s *site) uploadAgreement(c *fiber.Ctx) error {
	f := formOf(c)
	file := f.file("file", "Scelga il file della convenzione.", maxUpload)
	var a pec.Agreement
	if f.ok() {
		var err error
		a, err = pec.ReadAgreement(file.Data)
		if p := pec.AsProblem(err); p != nil && !readable(a, p) {
			f.on("file", pec.Refuse(p.Code, "%s", p.Message)) // the field named is one of the file
		}
	}
	if !f.ok() {
		return s.refuse(c, "agreementupload", s.agreementUploadPage(c), f)
	}
	p := s.agreementFormPage(c, "Nuova convenzione", agreementFormOf(a))
	p.From = "I valori vengono da «" + file.Name + "». Non è ancora stato salvato nulla: li controlli e salvi."
	read, problems := p.Form.read()
	err := s.read(c, func(tx *db.ReadTx) error {
		return p.price(tx, read, problems, func(string) string { return "" })
	})
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		f.problems = problems
		return s.refuse(c, "agreementform", p, f)
	}
	return s.show(c, "agreementform", p)
}

// readable reports whether a file with a problem was read to its end, so that
// a person can put it right in the form.
func readable(a pec.Agreement, p *pec.Problem) bool {
	if same := pec.AsProblem(a.Validate()); same != nil && same.Message == p.Message {
		return true
	}
	return strings.HasPrefix(p.Message, "Nella convenzione manca")
}
