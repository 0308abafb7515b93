package office

import (
	"context"
	"strings"
	"unicode/utf8"

	"albopec/app/pec"
	"albopec/db"
)

// maxDelivery bounds an address, in characters.
const maxDelivery = 300

// deliver notes where what is bought once goes: to the address given, or for an
// operator's purchase without one to the desk, where it is fetched. A member
// says where.
func deliver(tx *db.Tx, order int64, p Purchase) error {
	to := strings.Join(strings.Fields(p.DeliverTo), " ")
	switch {
	case to == "" && p.ByMember != 0:
		return pec.Refuse("delivery_missing", "Scriva a quale indirizzo consegnarlo, o «ritiro in segreteria».").On("deliver_to")
	case utf8.RuneCountInString(to) > maxDelivery:
		return pec.Refuse("value_too_long", "L’indirizzo di consegna supera i %d caratteri: lo abbrevi.", maxDelivery).On("deliver_to")
	}
	return tx.AddDelivery(order, to)
}

// HandOver registers that what an order bought was handed over on a day, today
// when it is zero: not before the order, and not in the future. Said twice of one
// day, it is once.
func (o *Office) HandOver(ctx context.Context, actor string, order int64, on pec.Date) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		row, d, err := deliveryOf(tx, order)
		if err != nil {
			return err
		}
		if on.IsZero() {
			on = tx.On
		}
		switch {
		case row.State != pec.OrderCompleted:
			return pec.Refuse("order_not_completed", "L’ordine è %s: si consegna ciò che è pagato.", row.State.Italian())
		case d.HandedOn == on:
			return nil
		case !d.HandedOn.IsZero():
			return pec.Refuse("already_handed_over", "È già segnato come consegnato il %s: se il giorno è sbagliato, prima annulli la consegna.", d.HandedOn.Italian()).On("on")
		case on.After(tx.On):
			return pec.Refuse("date_in_future", "Il %s deve ancora venire: scriva il giorno in cui è stato consegnato.", on.Italian()).On("on")
		case on.Before(row.OrderedOn):
			return pec.Refuse("date_invalid", "L’ordine è del %s: non può essere stato consegnato prima.", row.OrderedOn.Italian()).On("on")
		}
		if err := notBefore(tx.On, "questo ordine", row.CompletedOn); err != nil {
			return err
		}
		if err := tx.HandOver(order, on); err != nil {
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
		return tx.Record("order.handed_over", "order", order, map[string]any{"on": on})
	})
}

// TakeBackHandOver registers that what an order bought was not handed over after
// all; the log keeps the reason, and the day that was said.
func (o *Office) TakeBackHandOver(ctx context.Context, actor string, order int64, reason string) error {
	reason, err := readReason(reason, "Scriva perché la consegna si annulla: resta nel registro.")
	if err != nil {
		return err
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		_, d, err := deliveryOf(tx, order)
		switch {
		case err != nil:
			return err
		case d.HandedOn.IsZero():
			return pec.Refuse("not_handed_over", "Non è segnato come consegnato.")
		}
		if err := tx.TakeBackHandOver(order); err != nil {
			return err
		}
		return tx.Record("order.hand_over_taken_back", "order", order, map[string]any{"on": d.HandedOn, "by": d.HandedBy, "reason": reason})
	})
}

// deliveryOf loads an order that has something to be handed over.
func deliveryOf(tx *db.Tx, order int64) (row db.OrderRow, d db.Delivery, err error) {
	if row, err = tx.Order(order); err != nil {
		return row, d, err
	}
	if d, err = tx.DeliveryOf(order); err == nil && d.OrderID == 0 {
		err = pec.Refuse("nothing_to_deliver", "L’ordine non ha nulla da consegnare.")
	}
	return row, d, err
}
