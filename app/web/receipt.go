package web

import (
	"bytes"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

func (s *site) receiptRoutes() []route {
	return []route{
		get("/ordini/:id/ricevuta", operators, s.orderReceipt),
		get("/area/ordini/:id/ricevuta", themselves, s.ownReceipt),
	}
}

// orderReceipt is the receipt of a completed order, as a PDF.
func (s *site) orderReceipt(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	return s.sendReceipt(c, id, 0)
}

// ownReceipt is that of an order for the member's own mailbox.
func (s *site) ownReceipt(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	return s.sendReceipt(c, id, who(c).ID)
}

func (s *site) sendReceipt(c *fiber.Ctx, order, byMember int64) error {
	r := reports.Receipt{OrderBody: visitOf(c).order}
	if err := s.read(c, func(tx *db.ReadTx) error { return fillReceipt(tx, &r, order, byMember) }); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := reports.WriteReceiptPDF(&b, r); err != nil {
		return err
	}
	return download(c, "ricevuta-"+strings.ReplaceAll(r.Number, "/", "-")+".pdf", mimePDF, b.Bytes())
}

// fillReceipt reads a completed order; a member's request (0 for operators)
// only reaches orders for their own mailboxes.
func fillReceipt(tx *db.ReadTx, r *reports.Receipt, order, byMember int64) error {
	o, box, err := orderFor(tx, order, byMember)
	if err != nil {
		return err
	}
	if o.State != pec.OrderCompleted {
		return pec.Refuse("order_not_completed", "L’ordine è %s: la ricevuta c’è quando è completato.", o.State.Italian())
	}
	m, err := tx.Member(o.MemberID)
	if err != nil {
		return err
	}
	r.Number, r.Kind, r.OrderedOn, r.CompletedOn, r.Mailbox = o.Number(), o.Kind, o.OrderedOn, o.CompletedOn, box.Address
	r.Holder, r.Registered, r.TaxCode = m.FullName(), m.RegistrationNumber, m.TaxCode
	confirmed, ok, err := tx.RenewalOrder(order)
	if err != nil {
		return err
	}
	if ok { // as they were confirmed with the order, whatever they are today
		r.Holder, r.TaxCode, r.VATNumber, r.Recipient = confirmed.Holder, confirmed.TaxCode, confirmed.VATNumber, confirmed.Recipient.Italian()
	}
	paid, err := tx.EntryOfOrder(order)
	if err != nil {
		return err
	}
	r.Movement, r.Balance = paid.Seq, paid.Balance
	delivery, err := tx.DeliveryOf(order)
	if err != nil {
		return err
	}
	if delivery.OrderID != 0 && (delivery.Address != "" || m.ErasedOn.IsZero()) { // an address that was erased is not known to be the desk
		r.Delivery = delivery.Italian()
	}
	lines, err := tx.OrderLines(order)
	if err != nil {
		return err
	}
	back, err := tx.RecreditsOf(order)
	for _, l := range lines {
		if b, ok := back[l.ID]; ok && l.Price.Gross > 0 {
			r.Recredits = append(r.Recredits, "«"+l.ProductName+"»: "+l.Price.Gross.Euro()+" riaccreditati il "+b.On.Italian()+".")
		}
		r.Lines = append(r.Lines, reports.ReceiptLine{
			Name: l.ProductName, Quantity: l.Quantity, Unit: l.Unit, UnitPrice: l.UnitPrice, Years: l.Years, Months: l.Months,
			From: l.From, To: l.To, VATRate: l.VATRate, Price: l.Price, Reason: l.Reason,
		})
	}
	return err
}

// orderFor loads an order and its mailbox. One that is not for a mailbox of the
// member's (0 for operators) is as if it did not exist; of the mailbox's holder
// are also the orders that a merged position made.
func orderFor(tx *db.ReadTx, order, byMember int64) (db.OrderRow, db.MailboxRow, error) {
	o, err := tx.Order(order)
	if err != nil {
		return o, db.MailboxRow{}, err
	}
	box, err := tx.Mailbox(o.MailboxID)
	if err == nil && byMember != 0 && box.MemberID != byMember {
		err = pec.Refuse("order_unknown", "L’ordine non esiste.")
	}
	return o, box, err
}
