package office

import (
	"fmt"
	"slices"
	"strings"

	"albopec/app/pec"
	"albopec/db"
)

// tellMember stores a message to a member about their mailbox, orders or credit, as
// the change stands once it is made. Nobody writes to the deceased.
func tellMember(tx *db.Tx, m db.MemberRow, kind pec.MessageKind, key string, mailbox int64, usefulUntil pec.Date, values pec.MessageValues) error {
	if m.Status == pec.MemberDeceased {
		return nil
	}
	_, err := queue(tx, outgoing{kind: kind, key: key, member: m, mailbox: mailbox, usefulUntil: usefulUntil, values: values})
	return err
}

// tellWaiting tells a member of those orders, of several made together for one
// member, that wait for payment: one message for all, since what the last lacks
// holds what the others lack. It is of no use once the last is paid or ended, see
// [db.ReadTx.WaitingMessagesOver].
func tellWaiting(tx *db.Tx, made ...db.OrderRow) error {
	waiting := slices.DeleteFunc(slices.Clone(made), func(o db.OrderRow) bool { return o.State != pec.OrderAwaitingPayment })
	if len(waiting) == 0 {
		return nil
	}
	last := waiting[len(waiting)-1]
	m, err := tx.Member(last.MemberID)
	if err != nil {
		return err
	}
	book, agreements, err := bookOn(&tx.ReadTx, m.ID, tx.On)
	if err != nil {
		return err
	}
	facts := pec.WaitingFacts{On: tx.On, Holder: fullName(m.Member), Credit: book.Credit, Lack: book.LackOf(agreements, last.ID, last.Price.Gross, tx.On)}
	if facts.OrderBody, err = orderBodyName(&tx.ReadTx); err != nil {
		return err
	}
	if facts.Pay, err = TransferOf(&tx.ReadTx, m.Member); err != nil {
		return err
	}
	until := tx.On.AddDays(pec.WaitingDays)
	for _, o := range waiting {
		box, err := tx.Mailbox(o.MailboxID)
		if err != nil {
			return err
		}
		what, err := orderedWhat(&tx.ReadTx, o.ID)
		if err != nil {
			return err
		}
		line := pec.WaitingLine{Address: box.Address, What: what, Gross: o.Price.Gross, PayBy: until}
		for _, w := range book.Waiting {
			if w.ID == o.ID {
				line.PayBy = w.PayBy(box.ExpiresOn)
			}
		}
		until = pec.Earliest(until, line.PayBy)
		facts.Orders = append(facts.Orders, line)
	}
	return tellMember(tx, m, pec.MessageOrderWaiting, fmt.Sprint(last.ID), last.MailboxID, until, facts.Values())
}

// orderedWhat is what an order buys, in Italian: "1 GB in più, Kit di firma".
func orderedWhat(tx *db.ReadTx, order int64) (string, error) {
	lines, err := tx.OrderLines(order)
	return whatOf(lines), err
}

func whatOf(lines []db.OrderLine) string {
	var what []string
	for _, l := range lines {
		what = append(what, pec.Product{Code: l.Product, Name: l.ProductName, Unit: l.Unit}.What(l.Quantity))
	}
	return strings.Join(what, ", ")
}

// tellCancelled tells a member that the secretariat cancelled an order of theirs
// which waited, and why.
func tellCancelled(tx *db.Tx, order db.OrderRow, reason string) error {
	m, err := tx.Member(order.MemberID)
	if err != nil || m.Status == pec.MemberDeceased {
		return err
	}
	return queueOfOrder(tx, pec.MessageOrderCancelled, order.ID, func(o db.OrderRow, lines []db.OrderLine) pec.MessageValues {
		return pec.MessageValues{"data": o.OrderedOn.Italian(), "che_cosa": whatOf(lines), "lordo": o.Price.Gross.Euro(), "motivo": reason}
	})
}

// tellToppedUp tells a member of a payment just registered: what it settled, which
// of the orders that waited it completed, and the credit afterwards, as the last
// of their receipts gives it. Only by e-mail: it asks for nothing, and is not
// worth a stamp.
func tellToppedUp(tx *db.Tx, member int64, p Payment, done *ToppedUp, waited []db.OrderRow) error {
	m, err := tx.Member(member)
	if err != nil {
		return err
	}
	if _, state := destination(m); state == pec.MessagePaper {
		return nil
	}
	v := pec.MessageValues{"nome": fullName(m.Member), "data": tx.On.Italian(), "importo": p.Amount.Euro(), "metodo": p.Method.Italian(), "riferimento": p.Reference}
	if !p.PaidOn.IsZero() {
		v["data"] = p.PaidOn.Italian()
	}
	if v["ordine"], err = orderBodyName(&tx.ReadTx); err != nil {
		return err
	}
	if done.ClaimSettled > 0 {
		v["restituito"] = done.ClaimSettled.Euro()
	}
	claim, err := tx.Claim(member)
	if err != nil {
		return err
	}
	if claim > 0 {
		v["da_restituire"] = claim.Euro()
	}
	if v["ordini"], err = completedOf(&tx.ReadTx, waited); err != nil {
		return err
	}
	if v["in_attesa"], err = stillWaiting(&tx.ReadTx, member, tx.On); err != nil {
		return err
	}
	credit, err := tx.Balance(member)
	if err != nil {
		return err
	}
	v["credito"] = credit.Euro()
	return tellMember(tx, m, pec.MessageToppedUp, fmt.Sprint(done.EntryID), 0, tx.On.AddDays(usefulDays), v)
}

// completedOf lists those of some orders that are completed now.
func completedOf(tx *db.ReadTx, waited []db.OrderRow) (string, error) {
	var lines []string
	for _, w := range waited {
		o, err := tx.Order(w.ID)
		if err != nil {
			return "", err
		}
		if o.State != pec.OrderCompleted {
			continue
		}
		box, err := tx.Mailbox(o.MailboxID)
		if err != nil {
			return "", err
		}
		what, err := orderedWhat(tx, o.ID)
		if err != nil {
			return "", err
		}
		lines = append(lines, fmt.Sprintf("- %s, %s per %s: %s", o.Number(), what, box.Address, o.Price.Gross.Euro()))
	}
	if len(lines) == 0 {
		return "", nil
	}
	return "Ordini completati:\n" + strings.Join(lines, "\n"), nil
}

// stillWaiting says what the orders of a member that wait still lack, of those
// that a payment completes: nobody is asked to pay just so that one is cancelled.
func stillWaiting(tx *db.ReadTx, member int64, on pec.Date) (string, error) {
	book, agreements, err := bookOn(tx, member, on)
	if err != nil || len(book.Waiting) == 0 {
		return "", err
	}
	lack := book.LackWaiting(agreements, on)
	switch missing := pec.Lacking(lack.Missing()); lack.Orders {
	case 0:
		return "", nil
	case 1:
		return fmt.Sprintf("Un ordine aspetta ancora il pagamento: %s.", missing), nil
	default:
		return fmt.Sprintf("%d ordini aspettano ancora il pagamento: per tutti %s.", lack.Orders, missing), nil
	}
}

// tellReversed tells the member from whom the money of a top-up was taken.
func tellReversed(tx *db.Tx, topup db.Entry, member int64, taken pec.Cents, reason string) error {
	m, err := tx.Member(member)
	if err != nil {
		return err
	}
	facts := pec.ReversedFacts{
		Holder: fullName(m.Member), On: topup.On, Amount: topup.Amount, Method: topup.Method, Reference: topup.Reference, Reason: reason, Taken: taken,
	}
	if facts.OrderBody, err = orderBodyName(&tx.ReadTx); err != nil {
		return err
	}
	if facts.Credit, err = tx.Balance(member); err != nil {
		return err
	}
	if facts.Claim, err = tx.Claim(member); err != nil {
		return err
	}
	if facts.Pay, err = TransferOf(&tx.ReadTx, m.Member); err != nil {
		return err
	}
	return tellMember(tx, m, pec.MessageTopUpReversed, fmt.Sprint(topup.ID), 0, tx.On.AddDays(usefulDays), facts.Values())
}
