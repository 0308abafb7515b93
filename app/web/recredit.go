package web

import (
	"fmt"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// recreditPath is where a service that the provider refused is cancelled.
func recreditPath(service int64) string { return "/servizi/" + itoa(service) + "/riaccredito" }

// recreditPage shows what cancelling a refused service does, before it is done.
type recreditPage struct {
	Frame
	office.Recredit
	Reason    string
	Completes []namedOrder // waiting orders that complete then
	Cancels   []namedOrder // and those that can no longer
	Told      string       // whether and how the member hears of it
	Guest     string       // the other member who ordered and paid it; empty when none did
}

// namedOrder is an order with what it is.
type namedOrder struct {
	ID    int64
	Title string
	What  string
	Gross pec.Cents
}

// After is the credit before anything waiting completes.
func (p *recreditPage) After() pec.Cents { return p.Credit + p.Price.Gross - p.Claim }

// Seen is what comes back, in cents, as the form sends it.
func (p *recreditPage) Seen() int64 { return int64(p.Price.Gross) }

// Button says what it does and how much comes back.
func (p *recreditPage) Button() string {
	if p.Price.Gross == 0 {
		return "Annulla il servizio"
	}
	if !p.Service.EndedOn.IsZero() {
		return "Riaccredita " + p.Price.Gross.Euro()
	}
	return "Annulla e riaccredita " + p.Price.Gross.Euro()
}

func (s *site) recreditPage(c *fiber.Ctx) (*recreditPage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &recreditPage{}
	err = s.read(c, func(tx *db.ReadTx) error {
		if p.Recredit, err = s.office.RecreditOf(tx, id); err != nil {
			return err
		}
		m, err := tx.Member(p.Box.MemberID)
		if err != nil {
			return err
		}
		p.Frame = s.frame(c, "Annulla e riaccredita", Crumb{"Servizi", "/servizi"}, Crumb{capital(p.What()), "/servizi/" + itoa(id)})
		p.Lead = p.What() + " sulla casella " + p.Box.Address + " di " + m.FullName()
		if err := p.guest(tx); err != nil {
			return err
		}
		p.Reason = "Respinto dal gestore"
		if p.Refusal.Reason != "" {
			p.Reason += ": " + p.Refusal.Reason
		}
		switch {
		case m.Status == pec.MemberDeceased:
			p.Told = "il titolare è deceduto: nessuno riceve un messaggio"
		case pec.ValidEmail(m.Email):
			p.Told = "l’iscritto lo legge con un messaggio a " + m.Email
		default:
			p.Told = "l’iscritto lo legge con una lettera su carta, da spedire da «Avvisi»: non ha una mail di riferimento"
		}
		if p.Completes, err = namedOrders(tx, p.Recredit.Completes); err != nil {
			return err
		}
		p.Cancels, err = namedOrders(tx, p.Recredit.Cancels)
		return err
	})
	return p, err
}

// guest names who ordered the service for the holder, with credit of their own.
func (p *recreditPage) guest(tx *db.ReadTx) error {
	guests, err := tx.AccessGuests()
	for id, name := range guests {
		for _, l := range p.Lines {
			if id != p.Box.MemberID && l.Order.EnteredBy == fmt.Sprint("iscritto:", id) {
				p.Guest = name
			}
		}
	}
	return err
}

func namedOrders(tx *db.ReadTx, ids []int64) (list []namedOrder, err error) {
	for _, id := range ids {
		o, err := tx.Order(id)
		if err != nil {
			return nil, err
		}
		what, err := whatOrdered(tx, id)
		if err != nil {
			return nil, err
		}
		list = append(list, namedOrder{o.ID, "ordine del " + o.OrderedOn.Italian(), what, o.Price.Gross})
	}
	return list, nil
}

func (s *site) recredit(c *fiber.Ctx) error {
	p, err := s.recreditPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "recredit", p)
}

func (s *site) recreditService(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	reason := f.needed("reason", "Scriva perché il servizio si annulla: resta nel movimento.")
	seen := pec.Cents(f.id("seen"))
	var done office.Recredited
	if f.ok() {
		done, err = s.office.RecreditService(ctx(c), who(c).Actor(), office.RecreditRequest{ServiceID: id, Reason: reason, Seen: &seen})
		f.add(err)
	}
	if !f.ok() {
		p, err := s.recreditPage(c)
		if err != nil {
			return err
		}
		p.Reason = f.text("reason")
		return s.refuse(c, "recredit", p, f)
	}
	text := "Il servizio è cessato: " + done.What() + ". "
	if done.Price.Gross > 0 {
		text += done.Price.Gross.Euro() + " sono tornati nel credito, che ora è " + done.Balance.Euro() + ". "
	}
	if done.ClaimSettled > 0 {
		text += done.ClaimSettled.Euro() + " hanno saldato il credito da recuperare. "
	}
	if done.OrdersCompleted > 0 {
		text += counted(done.OrdersCompleted, "ordine in attesa si è completato.", "ordini in attesa si sono completati.")
	}
	return s.done(c, fmt.Sprint("/servizi/", id), "Servizio annullato.", text)
}

// comeBack tells an order's page what of it came back, and of what a credit note
// is due.
func (p *orderPage) comeBack(tx *db.ReadTx) (err error) {
	if p.Back, err = tx.RecreditsOf(p.Order.ID); err != nil || len(p.Back) == 0 {
		return err
	}
	names, err := actorsOf(tx)
	if err != nil {
		return err
	}
	p.NoteBy = map[int64]string{}
	var due pec.Cents
	for _, l := range p.Lines {
		back, ok := p.Back[l.ID]
		if !ok {
			continue
		}
		p.BackSum += l.Price.Gross
		if !back.NoteOn.IsZero() {
			p.NoteBy[l.ID] = names.of(back.NoteBy)
		}
		if back.ListID != 0 && back.NoteOn.IsZero() {
			due += l.Price.Gross
		}
	}
	if due > 0 {
		p.NoteDue = &Alert{
			Kind: "warning", Strong: "Da stornare: " + due.Euro() + ".",
			Text: "Sono tornati nel credito dell’iscritto dopo che l’ordine era in un elenco: chi fattura emette una nota di credito.",
			Href: creditNotesPath(p.invoicer), Link: "Note di credito da fare",
		}
	}
	return nil
}

// creditNotesPath is where the credit notes that somebody has to make are.
func creditNotesPath(by pec.Seller) string { return toInvoicePath(by) + "#da-stornare" }

// creditNoteRow is a line of which a credit note is due.
type creditNoteRow struct {
	db.CreditNoteRow
	Name template.HTML
	What string
	Who  string // marked it as made
}

// notesShown is how many of the credit notes made are on a page.
const notesShown = 50

func (s *site) creditNoteRows(c *fiber.Ctx, tx *db.ReadTx, p *invoicesPage) error {
	list, err := tx.CreditNotesDue(p.By)
	for _, n := range list {
		p.Notes = append(p.Notes, creditNoteRow{n, s.memberLink(c, n.MemberID, n.Holder), lineInWords(n.Line), ""})
		p.NotesGross += n.Line.Price.Gross
	}
	if err != nil {
		return err
	}
	if p.NotesMade, err = s.madeNoteRows(c, tx, db.MadeNotes{By: p.By, Limit: notesShown + 1}); err != nil {
		return err
	}
	if len(p.NotesMade) > notesShown {
		p.NotesMade = p.NotesMade[:notesShown]
		p.OlderMade = withQuery(madeNotesPath, "chi", p.Chi(), afterParam, itoa(p.NotesMade[notesShown-1].LineID))
	}
	return nil
}

func (s *site) madeNoteRows(c *fiber.Ctx, tx *db.ReadTx, f db.MadeNotes) (rows []creditNoteRow, err error) {
	made, err := tx.CreditNotesMade(f)
	if err != nil {
		return nil, err
	}
	names, err := actorsOf(tx)
	for _, n := range made {
		rows = append(rows, creditNoteRow{n, s.memberLink(c, n.MemberID, n.Holder), lineInWords(n.Line), names.of(n.NoteBy)})
	}
	return rows, err
}

// madeNotesPath is where all credit notes that are marked as made are, by pages.
const madeNotesPath = "/ordini/da-fatturare/note"

// madeNotesPage lists the credit notes that are marked as made.
type madeNotesPage struct {
	Frame
	By        pec.Seller
	NotesMade []creditNoteRow
	Pager     *Pager
}

// Chi names who invoices, in an address.
func (p *madeNotesPage) Chi() string { return invoicerKey(p.By) }

// List is where the orders to be invoiced are.
func (p *madeNotesPage) List() string { return toInvoicePath(p.By) }

func (s *site) madeNotes(c *fiber.Ctx) error {
	p := &madeNotesPage{}
	l := listingOf(c, madeNotesPath, "chi")
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		if p.By, err = invoicerOf(tx, l.get("chi"), visitOf(c).today); err != nil {
			return err
		}
		l.query.Set("chi", p.Chi())
		p.Frame = s.frame(c, "Note di credito fatte", Crumb{"Ordini", "/ordini"}, Crumb{"Da fatturare", p.List()})
		p.Lead = "Le righe riaccreditate di cui la nota di credito è segnata come fatta; fattura: " + p.By.Italian()
		rows, err := s.madeNoteRows(c, tx, db.MadeNotes{By: p.By, After: l.id(afterParam), Before: l.id(beforeParam), Limit: notesShown + 1})
		p.NotesMade, p.Pager = pageOf(l, rows, notesShown, func(n creditNoteRow) string { return itoa(n.LineID) },
			func(n creditNoteRow) string { return n.NoteOn.Italian() + ", " + n.Number })
		return err
	})
	if err != nil {
		return err
	}
	return s.show(c, "creditnotes", p)
}

// creditNotesTakenBack says of the credit notes ticked that they are not made yet.
func (s *site) creditNotesTakenBack(c *fiber.Ctx) error {
	f := formOf(c)
	by, _ := invoicer(f.text("chi"))
	lines, back := f.ids("line"), toInvoicePath(by)+"#note-fatte"
	if len(lines) == 0 {
		return s.told(c, back, Alert{Kind: "warning", Strong: "Non ha scelto nessuna riga.", Text: "Spunti quelle di cui la nota di credito non è fatta, poi prema di nuovo."})
	}
	n, err := s.office.TakeCreditNotesBack(ctx(c), who(c).Actor(), lines)
	if err != nil {
		return err
	}
	if n == 0 {
		return s.told(c, creditNotesPath(by), Alert{Kind: "primary", Strong: "Erano già tra quelle da fare."})
	}
	return s.done(c, creditNotesPath(by), counted(n, "nota di credito è di nuovo da fare.", "note di credito sono di nuovo da fare."), "Quando è fatta, la segni di nuovo.")
}

// creditNotesMade marks the credit notes ticked as made.
func (s *site) creditNotesMade(c *fiber.Ctx) error {
	f := formOf(c)
	by, _ := invoicer(f.text("chi"))
	lines := f.ids("line")
	if len(lines) == 0 {
		return s.told(c, creditNotesPath(by), Alert{Kind: "warning", Strong: "Non ha scelto nessuna riga.", Text: "Spunti quelle di cui la nota di credito è fatta, poi prema di nuovo."})
	}
	n, err := s.office.CreditNotesMade(ctx(c), who(c).Actor(), lines)
	if err != nil {
		return err
	}
	if n == 0 {
		return s.told(c, creditNotesPath(by), Alert{Kind: "primary", Strong: "Erano già segnate come fatte."})
	}
	return s.done(c, creditNotesPath(by), counted(n, "nota di credito segnata come fatta.", "note di credito segnate come fatte."), "L’elenco da fatturare resta com’è.")
}
