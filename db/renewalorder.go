package db

import (
	"strconv"
	"strings"

	"albopec/app/pec"
)

// RenewalOrder is what an order does to its mailbox once it is paid, with the
// holder and the e-invoice data as they were confirmed (R18).
type RenewalOrder struct {
	pec.OrderedRenewal
	Holder    string
	TaxCode   string
	VATNumber string
	Recipient pec.Recipient
}

// orderedServices lists the services of an order's lines, in their order.
const orderedServices = `COALESCE((SELECT group_concat(service_id) FROM (SELECT service_id FROM order_lines l
	WHERE l.order_id = r.order_id AND l.service_id IS NOT NULL ORDER BY l.id)), '')`

type servicesInto struct{ ids *[]int64 }

// Scan reads "3,7".
func (s servicesInto) Scan(value any) error {
	list, _ := value.(string)
	for text := range strings.SplitSeq(list, ",") {
		if text == "" {
			continue
		}
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return err
		}
		*s.ids = append(*s.ids, id)
	}
	return nil
}

func (r *RenewalOrder) into() []any {
	return []any{
		&r.Years, &r.Kind, &r.AtOnce, &r.AddedGB, servicesInto{&r.Services},
		&r.Holder, &r.TaxCode, &r.VATNumber, &r.Recipient.Code, &r.Recipient.PEC,
	}
}

const renewalOrderColumns = `r.years, r.kind, r.at_once, r.added_gb, ` + orderedServices + `,
	r.holder, r.tax_code, r.vat_number, r.recipient_code, r.recipient_pec`

// RenewalOrder returns what an order does to its mailbox; false for an order
// that does nothing to it. Its services are those that go on as long as the
// order waits; later also the one that it started.
func (tx *ReadTx) RenewalOrder(order int64) (RenewalOrder, bool, error) {
	list, err := all(tx, func(row scanner) (r RenewalOrder, err error) {
		return r, row.Scan(r.into()...)
	}, `SELECT `+renewalOrderColumns+` FROM renewal_orders r WHERE r.order_id = ?`, order)
	if err != nil || len(list) == 0 {
		return RenewalOrder{}, false, err
	}
	return list[0], true, nil
}

// AddRenewalOrder notes what an order does to its mailbox; the services that go
// on are those of its lines.
func (tx *Tx) AddRenewalOrder(order int64, r RenewalOrder) error {
	return tx.exec(`INSERT INTO renewal_orders (order_id, years, kind, at_once, added_gb, holder, tax_code, vat_number, recipient_code, recipient_pec)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		order, r.Years, r.Kind, r.AtOnce, r.AddedGB, r.Holder, r.TaxCode, r.VATNumber, r.Recipient.Code, r.Recipient.PEC)
}

// StartLines ties the lines of space added by an order to the service they
// started.
func (tx *Tx) StartLines(order, service int64, from pec.Date) error {
	return tx.exec(`UPDATE order_lines SET service_id = ?1, from_on = MAX(from_on, ?2) WHERE order_id = ?3 AND service_id IS NULL AND product <> ''`, service, day(from), order)
}

// TurnServices gives the services of a mailbox that were renewed ahead the
// quantities of their new term, which begins on a day.
func (tx *Tx) TurnServices(mailbox int64, on pec.Date) error {
	return tx.exec(`UPDATE services SET quantity = next_quantity WHERE mailbox_id = ? AND ended_on IS NULL AND source = 'ordine' AND expires_on > ?`, mailbox, day(on))
}

// ExtendService carries a service to the end of the term that an order paid; its
// quantity changes only when that term begins.
func (tx *Tx) ExtendService(id, order int64, to pec.Date) error {
	return tx.exec(`UPDATE services SET expires_on = ?1,
		net_cents = (SELECT net_cents FROM order_lines l WHERE l.order_id = ?2 AND l.service_id = ?3 ORDER BY l.id DESC LIMIT 1) WHERE id = ?3`, day(to), order, id)
}

// Recipient is where a member's e-invoices go.
func (tx *ReadTx) Recipient(member int64) (pec.Recipient, error) {
	return one(tx, noMember, func(row scanner) (pec.Recipient, error) {
		var r pec.Recipient
		return r, row.Scan(&r.Code, &r.PEC)
	}, `SELECT recipient_code, recipient_pec FROM members WHERE id = ?`, member)
}

// SetRecipient writes where a member's e-invoices go.
func (tx *Tx) SetRecipient(member int64, r pec.Recipient) error {
	return tx.exec(`UPDATE members SET recipient_code = ?, recipient_pec = ? WHERE id = ?`, r.Code, r.PEC, member)
}
