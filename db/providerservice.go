package db

import "albopec/app/pec"

// productOf is a pec.ProviderService with its mailbox.
type productOf struct {
	mailbox int64
	pec.ProviderService
}

// loweredOn is the latest day on which a service of a product on a mailbox was
// lowered, empty for never: by the first line of an order that renews less of it
// than was ordered before, or than the provider's list told. One paid ahead lowers
// it when its term has begun.
func loweredOn(product string) string {
	return `COALESCE((SELECT MAX(l.from_on) FROM order_lines l JOIN orders o ON o.id = l.order_id AND o.state = 'completed'
		JOIN services x ON x.id = l.service_id WHERE x.mailbox_id = b.id AND x.product = ` + product + ` AND (b.turns_on IS NULL OR l.from_on < b.turns_on)
		AND (x.listed_quantity IS NOT NULL OR EXISTS (SELECT 1 FROM order_lines e WHERE e.service_id = l.service_id AND e.id < l.id)) AND x.listed_quantity IS NOT l.quantity
		AND NOT EXISTS (SELECT 1 FROM order_lines e WHERE e.service_id = l.service_id AND e.id < l.id AND e.quantity = l.quantity)), '')`
}

// providerServiceColumns sum the services of a product on a mailbox up.
var providerServiceColumns = `b.id, s.product,
	(SELECT x.product_name FROM services x WHERE x.mailbox_id = b.id AND x.product = s.product AND x.source = 'ordine' ORDER BY x.id DESC LIMIT 1),
	SUM(iif(s.ended_on IS NULL, s.quantity, 0)),
	max(MAX(COALESCE(s.ended_on, s.started_on)), ` + loweredOn("s.product") + `),
	MAX(iif(s.ended_on IS NULL, s.started_on, NULL)),
	(SELECT x.end_reason = 'sold_elsewhere' FROM services x WHERE x.mailbox_id = b.id AND x.product = s.product AND x.source = 'ordine'
		ORDER BY x.ended_on DESC, x.id DESC LIMIT 1)`

func scanProviderService(row scanner) (productOf, error) {
	var s productOf
	return s, row.Scan(&s.mailbox, &s.Product, &s.Name, &s.Quantity, dayInto{&s.SinceOn}, dayInto{&s.BegunOn}, &s.Elsewhere)
}
