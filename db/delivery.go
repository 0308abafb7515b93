package db

import "albopec/app/pec"

// Delivery is where what an order bought once goes to, and when it was handed
// over. A zero OrderID is none.
type Delivery struct {
	OrderID  int64
	Address  string   // empty: it is fetched at the desk
	HandedOn pec.Date // zero while it is still to be handed over
	HandedBy string
}

// Italian is where it goes to: "a Via dei Tigli 7, Valdoro", "ritiro in segreteria".
func (d Delivery) Italian() string {
	if d.Address == "" {
		return "ritiro in segreteria"
	}
	return "a " + d.Address
}

// AddDelivery notes where what an order buys is to go.
func (tx *Tx) AddDelivery(order int64, address string) error {
	return tx.exec(`INSERT INTO deliveries (order_id, address) VALUES (?, ?)`, order, address)
}

// DeliveryOf returns an order's delivery.
func (tx *ReadTx) DeliveryOf(order int64) (Delivery, error) {
	return firstOf(all(tx, func(row scanner) (Delivery, error) {
		var d Delivery
		return d, row.Scan(&d.OrderID, &d.Address, dayInto{&d.HandedOn}, &d.HandedBy)
	}, `SELECT order_id, address, handed_on, handed_by FROM deliveries WHERE order_id = ?`, order))
}

// HandOver notes that what an order bought was handed over on a day.
func (tx *Tx) HandOver(order int64, on pec.Date) error {
	return tx.exec(`UPDATE deliveries SET handed_on = ?, handed_by = ? WHERE order_id = ? AND handed_on IS NULL`, day(on), tx.Actor, order)
}

// TakeBackHandOver notes that what an order bought is still to be handed over.
func (tx *Tx) TakeBackHandOver(order int64) error {
	return tx.exec(`UPDATE deliveries SET handed_on = NULL, handed_by = '' WHERE order_id = ?`, order)
}

// EraseDelivery takes the address of a delivery away.
func (tx *Tx) EraseDelivery(order int64) error {
	return tx.exec(`UPDATE deliveries SET address = '' WHERE order_id = ?`, order)
}
