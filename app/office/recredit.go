package office

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"albopec/app/pec"
	"albopec/db"
)

// Recredit is what cancels a service that the provider refused, and gives back
// what the member paid for it (annulla e riaccredita). One that has ended since, and
// about which nobody had decided, is given back all the same.
type Recredit struct {
	Service db.ServiceRow
	Box     db.MailboxRow
	Refusal pec.Request
	Lines   []RecreditLine // what comes back, oldest first
	Price   pec.Amounts    // of all of them
	Credit  pec.Cents      // of the member, before
	Claim   pec.Cents      // settled from it first (R14)
	// Completes are the waiting orders that the credit covers then, and Cancels
	// those that can no longer complete.
	Completes, Cancels []int64
	settled            []pec.Request
}

// RecreditLine is a line that comes back, with the order that it is of and the
// list to be invoiced in which that order is; its ID is 0 when it is in none.
type RecreditLine struct {
	db.OrderLine
	Order db.OrderRow
	List  db.InvoiceList
}

// Numbers are the numbers of the orders, each once.
func (r Recredit) Numbers() string {
	var numbers []string
	for _, l := range r.Lines {
		if n := l.Order.Number(); !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	return strings.Join(numbers, ", ")
}

// RecreditOf works out what RecreditService would do today; what it would refuse
// is a Problem.
func (o *Office) RecreditOf(tx *db.ReadTx, service int64) (Recredit, error) {
	return recreditOf(tx, service, o.Today())
}

// undecidedLooked is how many ended services are looked at for Undecided.
const undecidedLooked = 500

// Undecided are the services that the provider refused and that ended before
// anybody decided: what the member paid for them can still come back.
func (o *Office) Undecided(tx *db.ReadTx) ([]Recredit, error) {
	ended, err := tx.EndedAndRefused(undecidedLooked)
	if err != nil || len(ended) == 0 {
		return nil, err
	}
	refused, err := refusedAmong(tx, ended)
	if err != nil {
		return nil, err
	}
	var list []Recredit
	for _, id := range refused {
		switch r, err := recreditOf(tx, id, o.Today()); {
		case err == nil:
			list = append(list, r)
		case pec.AsProblem(err) == nil:
			return nil, err
		}
	}
	return list, nil
}

// refusedAmong are those of some ended services that the provider had refused and
// nobody had decided about: few, of the many whose mailbox had some refusal, so that
// these are told apart at once and only those are looked at one by one.
func refusedAmong(tx *db.ReadTx, ended []db.EndedService) (refused []int64, err error) {
	var ids []int64
	for _, s := range ended {
		ids = append(ids, s.MailboxID)
	}
	boxes, err := tx.ProviderMailboxesOf(ids)
	if err != nil {
		return nil, err
	}
	services, err := tx.ServicesOnEach(ids)
	for _, s := range ended {
		m, running := boxes[s.MailboxID].BeforeEnd(atOnce(services[s.MailboxID], s.ID), s.ID)
		if _, ok := m.Refusal(running, s.ID); ok {
			refused = append(refused, s.ID)
		}
	}
	return refused, err
}

func recreditOf(tx *db.ReadTx, service int64, on pec.Date) (Recredit, error) {
	r := Recredit{}
	var err error
	if r.Service, err = tx.Service(service); err != nil {
		return r, err
	}
	if r.Box, err = tx.Mailbox(r.Service.MailboxID); err != nil {
		return r, err
	}
	back, done, err := tx.RecreditOfService(service)
	if err != nil {
		return r, err
	}
	if done || r.Service.EndReason == pec.EndRefused {
		if done && back.EntryID == 0 {
			return r, pec.Refuse("service_recredited", "Il servizio è già stato annullato il %s: non costava nulla, e non è tornato nulla.", back.On.Italian())
		}
		return r, pec.Refuse("service_recredited", "Il servizio è già stato annullato e riaccreditato il %s.", cmp.Or(back.On, r.Service.EndedOn).Italian())
	}
	m, err := tx.ProviderMailbox(r.Box.ID)
	if err != nil {
		return r, err
	}
	rows, err := tx.ServicesOn(r.Box.ID, true)
	if err != nil {
		return r, err
	}
	m, running := m.BeforeEnd(atOnce(rows, service), service)
	refused := false
	if r.Refusal, refused = m.Refusal(running, service); !refused {
		return r, pec.Refuse("service_not_refused", "Il gestore non ha respinto questo servizio, o nel frattempo è stato chiesto di nuovo o attivato: non si annulla.")
	}
	if err := r.fill(tx, m, running); err != nil {
		return r, err
	}
	if r.Service.EndedOn.IsZero() {
		r.settled = m.SettledByRecredit(running, service)
	} else if r.Price.Gross == 0 {
		return r, pec.Refuse("service_ended", "Il servizio è cessato il %s (%s) e non c’è nulla da restituire.", r.Service.EndedOn.Italian(), r.Service.EndReason.Italian())
	}
	return r, r.ahead(tx, on)
}

// fill reads what comes back.
func (r *Recredit) fill(tx *db.ReadTx, m pec.ProviderMailbox, running []pec.Service) error {
	lines, err := tx.PaidLines(r.Service.ID)
	if err != nil {
		return err
	}
	var paid []pec.PaidLine
	for _, l := range lines {
		paid = append(paid, pec.PaidLine{ID: l.ID, From: l.From, To: l.To, Price: l.Price})
	}
	back := m.NotGiven(running, r.Service.ID, paid)
	for _, l := range lines {
		if !slices.ContainsFunc(back, func(b pec.PaidLine) bool { return b.ID == l.ID }) {
			continue
		}
		line := RecreditLine{OrderLine: l}
		if line.Order, err = tx.Order(l.OrderID); err != nil {
			return err
		}
		if line.List, err = tx.InvoiceListOf(l.OrderID); err != nil {
			return err
		}
		r.Lines, r.Price = append(r.Lines, line), r.Price.Plus(l.Price)
	}
	return nil
}

// ahead works out what the credit then does, once what is overdue is carried out
// (R6).
func (r *Recredit) ahead(tx *db.ReadTx, on pec.Date) error {
	book, _, err := bookOn(tx, r.Box.MemberID, on)
	if err != nil {
		return err
	}
	if r.Service.EndedOn.IsZero() && slices.ContainsFunc(book.Waiting, func(w pec.WaitingOrder) bool { return w.MailboxID == r.Box.ID && w.Renewal != nil }) {
		return pec.Refuse("order_waiting", "C’è un ordine di rinnovo in attesa di pagamento che comprende i servizi com’erano: lo annulli, poi annulli il servizio.")
	}
	r.Credit = book.Credit
	r.Claim = min(book.Claim, book.Credit+r.Price.Gross)
	book.Credit, book.Claim = book.Credit+r.Price.Gross-r.Claim, book.Claim-r.Claim
	book.Services = slices.DeleteFunc(book.Services, func(s pec.Service) bool { return s.ID == r.Service.ID })
	events, _ := pec.CompleteWaiting(book, on)
	for _, e := range events {
		switch e.Kind {
		case pec.EventOrderCompleted:
			r.Completes = append(r.Completes, e.OrderID)
		case pec.EventOrderRefused:
			r.Cancels = append(r.Cancels, e.OrderID)
		}
	}
	return nil
}

// RecreditRequest cancels one service.
type RecreditRequest struct {
	ServiceID int64
	Reason    string
	Seen      *pec.Cents // gross: what was shown to come back; nil when nothing was
}

// Recredited is a service cancelled.
type Recredited struct {
	Recredit
	Balance         pec.Cents // after all that followed
	OrdersCompleted int
	ClaimSettled    pec.Cents
}

// RecreditService cancels a service that the provider refused: it ends today if it
// has not ended before,
// what was paid for the periods in which the provider did not give it comes back
// by opposite entries (R14), what is owed is settled and waiting orders complete
// as after a top-up, and the member is told. The orders stay completed, with their
// numbers. What is overdue is written down first, on its own (R6): if that changes
// what was shown, the figures on the page that asks again are those.
func (o *Office) RecreditService(ctx context.Context, actor string, q RecreditRequest) (Recredited, error) {
	reason, err := readReason(q.Reason, "Scriva perché il servizio si annulla: resta nel movimento.")
	if err != nil {
		return Recredited{}, err
	}
	var done Recredited
	if err := o.write(ctx, actor, func(tx *db.Tx) error {
		s, err := tx.Service(q.ServiceID)
		if err != nil {
			return err
		}
		box, err := tx.Mailbox(s.MailboxID)
		if err != nil {
			return err
		}
		return overdue(tx, box.MemberID)
	}); err != nil {
		return done, err
	}
	err = o.write(ctx, actor, func(tx *db.Tx) (err error) {
		if done.Recredit, err = recreditOf(&tx.ReadTx, q.ServiceID, tx.On); err != nil {
			return err
		}
		if err := inOrder(tx, done.Box); err != nil {
			return err
		}
		if q.Seen != nil && *q.Seen != done.Price.Gross {
			return pec.Refuse("recredit_changed", "Dopo che ha guardato la pagina qualcosa è cambiato: tornerebbero nel credito %s. Controlli e confermi di nuovo.", done.Price.Gross.Euro())
		}
		return done.write(tx, reason)
	})
	return done, err
}

func (d *Recredited) write(tx *db.Tx, reason string) error {
	member := d.Box.MemberID
	if err := d.giveBack(tx, reason); err != nil {
		return err
	}
	if d.Service.EndedOn.IsZero() {
		if err := tx.EndService(d.Service.ID, tx.On, pec.EndRefused); err != nil {
			return err
		}
	}
	for _, r := range d.settled {
		request, err := tx.ProviderRequest(r.ID)
		if err != nil {
			return err
		}
		request.State = pec.RequestDropped
		if err := tx.SetProviderRequest(request); err != nil {
			return err
		}
	}
	if err := tx.Record("service.recredited", "mailbox", d.Box.ID, map[string]any{
		"service": d.Service.ID, "product": d.Service.Product, "quantity": d.Service.Quantity, "amount": d.Price.Gross, "number": d.Numbers(), "reason": reason}); err != nil {
		return err
	}
	if err := mark(tx, member, d.Box.ID, tx.On); err != nil {
		return err
	}
	var err error
	if d.ClaimSettled, err = settleClaim(tx, member, "Saldato con un riaccredito"); err != nil {
		return err
	}
	if err := completeWaiting(tx, member, &d.OrdersCompleted); err != nil {
		return err
	}
	if d.Balance, err = tx.Balance(member); err != nil {
		return err
	}
	return d.tell(tx)
}

// giveBack writes one entry for each order of which something comes back, and
// which lines do.
func (d *Recredited) giveBack(tx *db.Tx, reason string) error {
	for i := 0; i < len(d.Lines); {
		order, of := d.Lines[i].Order, i
		var sum pec.Cents
		for ; i < len(d.Lines) && d.Lines[i].OrderID == order.ID; i++ {
			sum += d.Lines[i].Price.Gross
		}
		var entry int64
		if sum > 0 {
			var err error
			if entry, err = tx.AddEntry(db.Entry{MemberID: d.Box.MemberID, On: tx.On, Kind: pec.EntryRecredit, Amount: sum, Reason: reason}); err != nil {
				return err
			}
		}
		for _, l := range d.Lines[of:i] {
			with := entry
			if l.Price.Gross == 0 {
				with = 0
			}
			if err := tx.AddRecredit(l.ID, with, reason); err != nil {
				return err
			}
		}
	}
	return nil
}

// tell writes to the member what was cancelled and what came back.
func (d *Recredited) tell(tx *db.Tx) error {
	m, err := tx.Member(d.Box.MemberID)
	if err != nil {
		return err
	}
	body, err := orderBodyName(&tx.ReadTx)
	if err != nil {
		return err
	}
	back := ""
	if d.Price.Gross > 0 {
		back = d.Price.Gross.Euro()
	}
	return tellMember(tx, m, pec.MessageRecredited, fmt.Sprint(d.Service.ID), d.Box.ID, tx.On.AddDays(usefulDays), pec.MessageValues{
		"nome": fullName(m.Member), "casella": d.Box.Address, "che_cosa": d.What(), "data": tx.On.Italian(),
		"perche": d.Refusal.Reason, "importo": back, "numero": d.Numbers(), "credito": d.Balance.Euro(), "ordine": body,
	})
}

// What is what the member has of the service: "2 × Multiutente".
func (r Recredit) What() string {
	p := pec.Product{Code: r.Service.Product, Name: r.Service.ProductName}
	for _, l := range r.Lines {
		p.Unit = l.Unit
	}
	return p.What(r.Service.Quantity)
}

// CreditNotesMade marks the credit notes of lines that came back after their
// order was listed as made by who invoices, and returns how many; those marked
// before are left alone, so that it may be repeated.
func (o *Office) CreditNotesMade(ctx context.Context, actor string, lines []int64) (int, error) {
	return o.markCreditNotes(ctx, actor, lines, true)
}

// TakeCreditNotesBack takes back that credit notes were made, for a mistake: they
// are due again. It returns how many; those that are due already are left alone.
func (o *Office) TakeCreditNotesBack(ctx context.Context, actor string, lines []int64) (int, error) {
	return o.markCreditNotes(ctx, actor, lines, false)
}

func (o *Office) markCreditNotes(ctx context.Context, actor string, lines []int64, made bool) (int, error) {
	var marked []int64
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		for _, line := range lines {
			on, err := tx.CreditNote(line)
			if err != nil {
				return err
			}
			if on.IsZero() != made {
				continue
			}
			write := tx.AddCreditNote
			if !made {
				write = tx.DeleteCreditNote
			}
			if err := write(line); err != nil {
				return err
			}
			marked = append(marked, line)
		}
		if len(marked) == 0 {
			return nil
		}
		action := "credit_note.made"
		if !made {
			action = "credit_note.taken_back"
		}
		return tx.Record(action, "invoice_list", 0, map[string]any{"lines": marked})
	})
	return len(marked), err
}
