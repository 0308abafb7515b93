package web

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

func (s *site) invoiceRoutes() []route {
	return []route{
		get("/ordini/da-fatturare", operators, s.invoices),
		post("/ordini/da-fatturare", treasury, s.listForInvoice),
		get("/ordini/da-fatturare/note", operators, s.madeNotes),
		post("/ordini/da-fatturare/note", treasury, s.creditNotesMade),
		post("/ordini/da-fatturare/note/togli", treasury, s.creditNotesTakenBack),
		get("/ordini/da-fatturare/nuovo", treasury, s.newInvoiceList),
		get("/ordini/da-fatturare/:id/esporta", operators, s.invoiceListExport),
	}
}

// toInvoicePath is where the orders to be invoiced by somebody are shown.
func toInvoicePath(by pec.Seller) string {
	return "/ordini/da-fatturare?chi=" + invoicerKey(by)
}

// invoicerKey names who invoices in an address.
func invoicerKey(by pec.Seller) string { return strings.ToLower(by.Italian()) }

// invoicer reads invoicerKey; false when it is none.
func invoicer(key string) (pec.Seller, bool) {
	for _, by := range []pec.Seller{pec.SoldByOrdine, pec.SoldByProvider} {
		if key == invoicerKey(by) {
			return by, true
		}
	}
	return "", false
}

// invoicerOf reads invoicerKey; another is who invoices by the agreement in force.
func invoicerOf(tx *db.ReadTx, key string, today pec.Date) (pec.Seller, error) {
	if by, ok := invoicer(key); ok {
		return by, nil
	}
	agreements, err := tx.Agreements()
	now, _ := pec.InForce(agreements, today)
	return now.Invoicer(), err
}

// invoicesPage shows the completed orders still to be invoiced, before a list
// is made of them, and the lists made so far.
type invoicesPage struct {
	Frame
	Tabs  Tabs
	Views Tabs // by who invoices
	By    pec.Seller
	Since string // as typed
	Until string
	Rows  []invoiceRow
	Pager *Pager
	Sum   db.InvoiceSum
	Free  int    // completed orders that cost nothing
	Back  int    // completed orders of which all came back before they were listed
	New   string // where a list is made of them
	Lists []invoiceListRow
	// Notes are the lines that came back after their order was listed.
	Notes      []creditNoteRow
	NotesGross pec.Cents
	NotesMade  []creditNoteRow // the latest of which the credit note is marked as made
	OlderMade  string          // where those before them are; empty when there are none

	filter db.InvoiceFilter
}

type invoiceRow struct {
	db.InvoiceRow
	Name    template.HTML
	Lines   []string
	Missing string
}

// Post is the postal address on one line.
func (r invoiceRow) Post() string { return postOf(r.Invoicee) }

func postOf(i pec.Invoicee) string {
	return strings.Join(office.PostalAddress(pec.Member{Address: i.Address, PostalCode: i.PostalCode, City: i.City, Province: i.Province})[1:], ", ")
}

type invoiceListRow struct {
	db.InvoiceList
	Who string
}

// Chi names who invoices, in an address.
func (p *invoicesPage) Chi() string { return invoicerKey(p.By) }

// List is where they are shown.
func (p *invoicesPage) List() string { return toInvoicePath(p.By) }

// FreeNote tells of the completed orders that cost nothing, and of those that came
// back whole.
func (p *invoicesPage) FreeNote() string {
	note := ""
	switch p.Free {
	case 0:
	case 1:
		note = "1 ordine completato non costava nulla e resta fuori."
	default:
		note = pec.Thousands(p.Free) + " ordini completati non costavano nulla e restano fuori."
	}
	switch p.Back {
	case 0:
		return note
	case 1:
		return strings.TrimSpace(note + " 1 ordine è stato riaccreditato per intero e resta fuori.")
	}
	return strings.TrimSpace(note + " " + pec.Thousands(p.Back) + " ordini sono stati riaccreditati per intero e restano fuori.")
}

// SeveralLines reports whether an order shown has more than one line.
func (p *invoicesPage) SeveralLines() bool {
	return slices.ContainsFunc(p.Rows, func(r invoiceRow) bool { return len(r.Lines) > 1 })
}

// Narrowed reports whether only the orders of some days are shown.
func (p *invoicesPage) Narrowed() bool { return !p.filter.From.IsZero() || !p.filter.To.IsZero() }

// Button says what it is for and how much.
func (p *invoicesPage) Button() string {
	return "Crea l’elenco di " + counted(p.Sum.Orders, "ordine", "ordini") + " per " + p.Sum.Price.Gross.Euro() + "…"
}

// invoices shows the orders to be invoiced: those of who invoices, as the address
// has it, else of who does by the agreement in force.
func (s *site) invoices(c *fiber.Ctx) error {
	p := &invoicesPage{Frame: s.frame(c, "Da fatturare", Crumb{"Ordini", "/ordini"}), Tabs: moneyTabs("/ordini/da-fatturare")}
	p.Lead = "Gli ordini completati che non sono ancora in un elenco, per chi li fattura secondo la convenzione del loro giorno"
	f := formOf(c)
	p.Since, p.Until = f.text("dal"), f.text("al")
	p.filter.From, p.filter.To = f.days("dal", "al")
	err := s.read(c, func(tx *db.ReadTx) error {
		by, err := invoicerOf(tx, c.Query("chi"), p.Today)
		if err != nil {
			return err
		}
		p.By, p.filter.By = by, by
		if f.ok() {
			p.New = withQuery("/ordini/da-fatturare/nuovo", "chi", p.Chi(), "dal", p.Since, "al", p.Until)
		}
		if err := p.sums(tx); err != nil {
			return err
		}
		if err := s.invoiceRows(c, tx, p); err != nil {
			return err
		}
		if err := s.creditNoteRows(c, tx, p); err != nil {
			return err
		}
		lists, err := tx.InvoiceLists()
		if err != nil {
			return err
		}
		names, err := actorsOf(tx)
		for _, l := range lists {
			p.Lists = append(p.Lists, invoiceListRow{l, names.of(l.Actor)})
		}
		return err
	})
	if err != nil {
		return err
	}
	if !f.ok() {
		return s.refuse(c, "invoices", p, f)
	}
	return s.show(c, "invoices", p)
}

// sums counts what each of the two who may invoice still has to.
func (p *invoicesPage) sums(tx *db.ReadTx) (err error) {
	p.Views.Label = "Chi fattura"
	for _, v := range []struct {
		by    pec.Seller
		title string
	}{{pec.SoldByOrdine, "Li fattura l’Ordine"}, {pec.SoldByProvider, "Li fattura il gestore"}} {
		f := p.filter
		f.By = v.by
		sum, err := tx.ToInvoiceSum(f)
		if err != nil {
			return err
		}
		if v.by == p.By {
			p.Sum = sum
		}
		p.Views.Items = append(p.Views.Items, Tab{Title: v.title, Path: withQuery("/ordini/da-fatturare", "chi", invoicerKey(v.by), "dal", p.Since, "al", p.Until), Count: pec.Thousands(sum.Orders), Current: v.by == p.By})
	}
	if p.Free, err = tx.FreeOrders(p.filter); err != nil {
		return err
	}
	p.Back, err = tx.RecreditedOrders(p.filter)
	return err
}

func (s *site) invoiceRows(c *fiber.Ctx, tx *db.ReadTx, p *invoicesPage) error {
	l := listingOf(c, "/ordini/da-fatturare", "chi", "dal", "al")
	l.query.Set("chi", invoicerKey(p.By))
	f := p.filter
	f.After, f.Before, f.Limit = l.id(afterParam), l.id(beforeParam), rowsPerPage+1
	list, err := tx.ToInvoice(f)
	if err != nil {
		return err
	}
	list, p.Pager = pageOf(l, list, rowsPerPage, func(i db.InvoiceRow) string { return itoa(i.OrderID) }, func(i db.InvoiceRow) string { return i.Number })
	for _, i := range list {
		row := invoiceRow{InvoiceRow: i, Name: s.memberLink(c, i.MemberID, i.Holder), Missing: strings.Join(i.Missing(), ", ")}
		lines, err := tx.OrderLines(i.OrderID)
		if err != nil {
			return err
		}
		back, err := tx.RecreditsOf(i.OrderID)
		if err != nil {
			return err
		}
		for _, line := range lines {
			if _, came := back[line.ID]; came {
				continue
			}
			row.Lines = append(row.Lines, lineInWords(line))
		}
		p.Rows = append(p.Rows, row)
	}
	return nil
}

// lineInWords is a line with its price: "2 GB Spazio Extra Inbox × 2,50 € × 1
// anno", "1 GB Spazio Extra Inbox × 4,00 € all’anno × 8/12".
func lineInWords(l db.OrderLine) string {
	quantity := pec.Thousands(l.Quantity)
	if l.Unit == "GB" {
		quantity = gb(l.Quantity)
	}
	text := quantity + " " + l.ProductName + " × " + l.UnitPrice.Euro()
	switch {
	case l.Years > 0:
		text += " × " + counted(l.Years, "anno", "anni")
	case l.Months > 0:
		text += fmt.Sprintf(" all’anno × %d/12", l.Months)
	}
	return text
}

// invoiceReview is what a list would hold, before it is made.
type invoiceReview struct {
	Frame
	By           pec.Seller
	Since, Until string // as typed
	Sum          db.InvoiceSum
	Key          string
	Back         string // the orders one by one
}

// Chi names who invoices, in an address.
func (p *invoiceReview) Chi() string { return invoicerKey(p.By) }

// Cents is what the list comes to, as its form sends it.
func (p *invoiceReview) Cents() int64 { return int64(p.Sum.Price.Gross) }

// Asked are the days that were asked for, in words.
func (p *invoiceReview) Asked() string {
	switch {
	case p.Since != "" && p.Until != "":
		return "completati dal " + p.Since + " al " + p.Until
	case p.Since != "":
		return "completati dal " + p.Since + " in poi"
	case p.Until != "":
		return "completati fino al " + p.Until
	}
	return "tutti quelli che non sono ancora in un elenco"
}

// Button says what it does and how much.
func (p *invoiceReview) Button() string {
	return "Crea l’elenco di " + counted(p.Sum.Orders, "ordine", "ordini") + " per " + p.Sum.Price.Gross.Euro()
}

// invoiceReviewOf sums up what a list for who invoices would hold: the days are
// checked by the form.
func (s *site) invoiceReviewOf(c *fiber.Ctx, f *form) (*invoiceReview, error) {
	p := &invoiceReview{Since: f.text("dal"), Until: f.text("al"), Key: randomToken()}
	var filter db.InvoiceFilter
	filter.From, filter.To = f.days("dal", "al")
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		if p.By, err = invoicerOf(tx, f.text("chi"), visitOf(c).today); err != nil || !f.ok() {
			return err
		}
		filter.By = p.By
		p.Sum, err = tx.ToInvoiceSum(filter)
		return err
	})
	p.Back = withQuery("/ordini/da-fatturare", "chi", p.Chi(), "dal", p.Since, "al", p.Until)
	p.Frame = s.frame(c, "Crea un elenco da fatturare", Crumb{"Ordini", "/ordini"}, Crumb{"Da fatturare", p.Back})
	return p, err
}

// newInvoiceList shows what a list would hold.
func (s *site) newInvoiceList(c *fiber.Ctx) error {
	f := formOf(c)
	p, err := s.invoiceReviewOf(c, f)
	if err != nil {
		return err
	}
	if !f.ok() {
		return s.refuse(c, "invoices-new", p, f)
	}
	return s.show(c, "invoices-new", p)
}

// listForInvoice makes the list that was seen.
func (s *site) listForInvoice(c *fiber.Ctx) error {
	f := formOf(c)
	by, _ := invoicer(f.text("chi"))
	r := office.InvoiceRequest{By: by, Through: f.id("through"), Orders: int(f.id("orders")), Gross: pec.Cents(f.id("gross")), RequestKey: f.text("key")}
	r.From, r.To = f.dayOrNone("dal"), f.dayOrNone("al")
	if len(r.RequestKey) > maxKey {
		r.RequestKey = ""
	}
	var list db.InvoiceList
	if f.ok() {
		var err error
		list, err = s.office.ListForInvoice(ctx(c), who(c).Actor(), r)
		f.add(err)
	}
	if !f.ok() {
		p, err := s.invoiceReviewOf(c, formOf(c))
		if err != nil {
			return err
		}
		return s.refuse(c, "invoices-new", p, f)
	}
	return s.done(c, toInvoicePath(by)+"#elenco-"+itoa(list.ID), "Elenco "+list.Number()+" creato: "+counted(list.Orders, "ordine", "ordini")+" per "+list.Price.Gross.Euro()+".",
		"Excel e CSV sono fra gli elenchi fatti e restano come sono.")
}

// invoiceListExport answers with a list's lines; whenever it is asked for, the
// file is the same.
func (s *site) invoiceListExport(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	var list db.InvoiceList
	var lines []db.InvoiceLine
	if err := s.read(c, func(tx *db.ReadTx) error {
		if list, err = tx.InvoiceList(id); err != nil {
			return err
		}
		lines, err = tx.InvoiceLines(id)
		return err
	}); err != nil {
		return err
	}
	if form := c.Query("formato"); form != "" && form != "csv" {
		return pec.Refuse("format_invalid", "Un elenco da fatturare si scarica in Excel o in CSV: le sue colonne sono troppe per una pagina.")
	}
	return s.sendList(c, fmt.Sprintf("da-fatturare-%d-%d", list.Year, list.Seq), invoiceTable(list, lines))
}

func invoiceTable(list db.InvoiceList, lines []db.InvoiceLine) reports.Table {
	t := reports.Table{Title: "Da fatturare " + strings.ReplaceAll(list.Number(), "/", "-"), Columns: []reports.Column{
		{Title: "Ordine"}, {Title: "Data", Kind: reports.Day}, {Title: "Intestatario"}, {Title: "Codice fiscale"}, {Title: "Partita IVA"},
		{Title: "Indirizzo"}, {Title: "CAP"}, {Title: "Comune"}, {Title: "Provincia"}, {Title: "Codice destinatario"}, {Title: "PEC destinatario"},
		{Title: "Casella"}, {Title: "Servizio"}, {Title: "Quantità", Kind: reports.Integer}, {Title: "Unità"}, {Title: "Prezzo unitario netto", Kind: reports.Money},
		{Title: "Anni", Kind: reports.Integer}, {Title: "Mesi", Kind: reports.Integer}, {Title: "Dal", Kind: reports.Day}, {Title: "Al", Kind: reports.Day},
		{Title: "Netto", Kind: reports.Money, Total: true}, {Title: "Aliquota IVA, %"}, {Title: "IVA", Kind: reports.Money, Total: true}, {Title: "Lordo", Kind: reports.Money, Total: true},
	}}
	if len(lines) > 1 {
		t.Note = pec.VATByLine
	}
	for _, i := range lines {
		l := i.Line
		t.Rows = append(t.Rows, []any{
			i.Number, i.CompletedOn, i.Holder, i.TaxCode, i.VATNumber, i.Address, i.PostalCode, i.City, i.Province, i.Recipient.Code, i.Recipient.PEC,
			i.Mailbox, l.ProductName, l.Quantity, l.Unit, l.UnitPrice, l.Years, l.Months, l.From, l.To,
			l.Price.Net, comma(l.VATRate), l.Price.VAT, l.Price.Gross,
		})
	}
	return t
}

// invoicing is whether an order is in a list to be invoiced, for its page, and
// what was taken back since.
func (s *site) invoicing(tx *db.ReadTx, p *orderPage) error {
	f := fact{Title: "Fatturazione", Value: "Non si fattura", Note: "non costava nulla"}
	if p.Order.Price.Gross == 0 {
		if err := p.comeBack(tx); err != nil {
			return err
		}
	} else {
		a, err := tx.Agreement(p.Order.AgreementID)
		if err != nil {
			return err
		}
		p.invoicer = a.Invoicer()
		if err := p.comeBack(tx); err != nil {
			return err
		}
		f.Value, f.Href, f.Note = "Da fatturare", toInvoicePath(a.Invoicer()), "fattura "+invoicerWords(a)
		switch left := p.Order.Price.Gross - p.BackSum; {
		case left == 0:
			f.Value, f.Href, f.Note = "Non si fattura", "", "riaccreditato per intero prima di essere in un elenco"
		case p.BackSum > 0:
			f.Note = left.Euro() + ", senza ciò che è stato riaccreditato; fattura " + invoicerWords(a)
		}
		list, err := tx.InvoiceListOf(p.Order.ID)
		if err != nil {
			return err
		}
		if list.ID != 0 {
			f.Value, f.Href, f.Note = "Elenco "+list.Number(), toInvoicePath(list.By)+"#elenco-"+itoa(list.ID), "del "+list.On.Italian()+", fattura "+invoicerWords(a)
			if err := p.takenBack(tx, list); err != nil {
				return err
			}
		}
	}
	p.Facts = append(p.Facts, f)
	return nil
}

// takenBack warns that money which may have paid the order was taken back after
// its list was made.
func (p *orderPage) takenBack(tx *db.ReadTx, list db.InvoiceList) error {
	entries, err := tx.TopUpsTakenBack(p.Order.ID, list.At)
	if err != nil || len(entries) == 0 {
		return err
	}
	days := make([]string, len(entries))
	for i, e := range entries {
		days[i] = "n. " + pec.Thousands(e.Seq) + " del " + e.On.Italian()
	}
	p.TakenBack = &Alert{
		Kind: "warning", Strong: "Dopo l’elenco è stata stornata una ricarica dell’iscritto.",
		Text: "Movimento " + strings.Join(days, ", ") + ": se la fattura è già emessa, veda con chi l’ha fatta se va corretta. L’elenco resta com’è.",
		Href: "/credito/" + itoa(p.Order.MemberID), Link: "Apri il conto",
	}
	return nil
}
