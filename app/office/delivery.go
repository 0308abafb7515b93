package office

import (
	"context"
	"strings"

	"albopec/app/pec"
	"albopec/db"
)

// maxDelivery bounds an address, in bytes.
const maxDelivery = 300

// deliver notes where what is bought once goes: to the address given, or for an
// operator's purchase without one to the desk, where it is fetched. A member
// says where.
func deliver(tx *db.Tx, order int64, p Purchase) error {
	to := strings.Join(strings.Fields(p.DeliverTo), " ")
	switch {
	case to == "" && p.ByMember != 0:
		return pec.Refuse("delivery_missing", "Scriva a quale indirizzo consegnarlo, o «ritiro in segreteria».").On("deliver_to")
	case len(to) > maxDelivery:
		return pec.Refuse("value_too_long", "L’indirizzo di consegna è troppo lungo: lo abbrevi.").On("deliver_to")
	}
	return tx.AddDelivery(order, to)
}

// HandOver registers that what an order bought was handed over today. Said
// twice, the first time stays.
func (o *Office) HandOver(ctx context.Context, actor string, order int64) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		row, err := tx.Order(order)
		if err != nil {
			return err
		}
		d, err := tx.DeliveryOf(order)
		switch {
		case err != nil:
			return err
		case d.OrderID == 0:
			return pec.Refuse("nothing_to_deliver", "L’ordine non ha nulla da consegnare.")
		case row.State != pec.OrderCompleted:
			return pec.Refuse("order_not_completed", "L’ordine è %s: si consegna ciò che è pagato.", row.State.Italian())
		case !d.HandedOn.IsZero():
			return nil
		}
		if err := notBefore(tx.On, "questo ordine", row.CompletedOn); err != nil {
			return err
		}
		if err := tx.HandOver(order); err != nil {
			return err
		}
		holder, err := tx.Member(row.MemberID)
		if err != nil {
			return err
		}
		if !holder.ErasedOn.IsZero() { // it was kept for this alone (9.10)
			if err := tx.EraseDelivery(order); err != nil {
				return err
			}
		}
		return tx.Record("order.handed_over", "order", order, map[string]any{"on": tx.On})
	})
}
