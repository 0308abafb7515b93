package office

import (
	"context"

	"albopec/app/pec"
	"albopec/db"
)

// InvoiceRequest asks for a list of the orders to be invoiced, as they were seen.
type InvoiceRequest struct {
	By         pec.Seller
	From, To   pec.Date  // only those completed within these days; zero for no bound
	Through    int64     // the last order seen, by number: those completed since wait for the next list
	Orders     int       // how many were seen
	Gross      pec.Cents // and their sum
	RequestKey string    // a form sent twice is one list
}

// ListForInvoice hands the completed orders to who invoices them: each order is
// in one list, ever, with whom its invoice is for as it stands now. What others
// listed since it was seen is refused.
func (o *Office) ListForInvoice(ctx context.Context, actor string, r InvoiceRequest) (list db.InvoiceList, err error) {
	if r.By != pec.SoldByOrdine && r.By != pec.SoldByProvider {
		return list, pec.Refuse("invoicer_unknown", "Scelga chi fattura: l’Ordine o il gestore.").On("per")
	}
	if r.RequestKey != "" {
		r.RequestKey = actor + " " + r.RequestKey // nobody meets another's list by it
	}
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		if r.RequestKey != "" {
			if list, err = tx.InvoiceListByRequest(r.RequestKey); err != nil || list.ID != 0 {
				return err
			}
		}
		f := db.InvoiceFilter{By: r.By, From: r.From, To: r.To, Through: r.Through}
		sum, err := tx.ToInvoiceSum(f)
		switch {
		case err != nil:
			return err
		case sum.Orders == 0:
			return pec.Refuse("invoice_none", "Non c’è nessun ordine da fatturare.")
		case sum.Orders != r.Orders || sum.Price.Gross != r.Gross:
			return pec.Refuse("invoice_changed", "Nel frattempo qualcuno ha già fatto un elenco: guardi di nuovo che cosa resta da fatturare.")
		}
		id, err := tx.AddInvoiceList(f, sum, r.RequestKey)
		if err != nil {
			return err
		}
		if list, err = tx.InvoiceList(id); err != nil {
			return err
		}
		return tx.Record("invoice.listed", "invoice_list", id, map[string]any{"number": list.Number(), "by": r.By, "orders": sum.Orders, "amount": sum.Price.Gross})
	})
	return list, err
}
