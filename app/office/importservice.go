package office

import (
	"encoding/json"
	"fmt"
	"slices"

	"albopec/app/intake"
	"albopec/app/pec"
	"albopec/db"
)

// serviceImport brings in the provider's statement of services that members
// bought there.
type serviceImport struct{}

func (serviceImport) layout() pec.Layout { return pec.ServiceLayout }

func (serviceImport) plan(tx *db.ReadTx, file *intake.File, _ pec.ImportChoices, today pec.Date) (pec.ImportPlan, error) {
	in := pec.ServiceImport{Today: today, Rows: file.Rows, Mapping: file.Mapping}
	boxes, err := tx.Mailboxes()
	if err != nil {
		return nil, err
	}
	for _, b := range boxes {
		in.Mailboxes = append(in.Mailboxes, b.Mailbox)
	}
	agreements, err := tx.Agreements()
	if err != nil {
		return nil, err
	}
	in.Agreements = agreements
	for _, a := range slices.Backward(agreements) {
		for _, product := range a.Products {
			if !slices.ContainsFunc(in.Products, func(x pec.Product) bool { return x.Code == product.Code }) {
				in.Products = append(in.Products, product)
			}
		}
	}
	known, err := tx.ProviderServices()
	if err != nil {
		return nil, err
	}
	listed, err := tx.ListedServices()
	if err != nil {
		return nil, err
	}
	for _, s := range known {
		in.Known = append(in.Known, pec.StatedService{
			ID: s.ID, MailboxID: s.MailboxID, Address: s.Address, Product: s.Product, Quantity: s.Quantity,
			From: s.StartedOn, To: s.ExpiresOn, Net: s.Net, Listed: listed[s.ID], Ended: !s.EndedOn.IsZero(),
		})
	}
	return pec.PlanServices(in), nil
}

// settle carries out what is overdue for the mailboxes' holders: it may close a
// mailbox or end a service, and the rows are then judged again.
func (serviceImport) settle(tx *db.Tx, plan pec.ImportPlan) error {
	for _, r := range plan.(pec.ServicePlan).Rows {
		if r.Mailbox.MemberID == 0 {
			continue
		}
		if err := overdue(tx, r.Mailbox.MemberID); err != nil {
			return err
		}
	}
	return nil
}

func (serviceImport) write(tx *db.Tx, batch int64, plan pec.ImportPlan, step func()) error {
	names, err := productNames(&tx.ReadTx)
	if err != nil {
		return err
	}
	for _, r := range plan.(pec.ServicePlan).Rows {
		if r.Outcome != pec.OutcomeCreated && r.Outcome != pec.OutcomeUpdated {
			continue
		}
		if err := writeService(tx, batch, r, names); err != nil {
			return fmt.Errorf("row %d: %w", r.Source.Number, err)
		}
		step()
	}
	return nil
}

// productNames is what the agreements call each product, the latest first.
func productNames(tx *db.ReadTx) (map[string]string, error) {
	agreements, err := tx.Agreements()
	names := map[string]string{}
	for _, a := range agreements {
		for _, p := range a.Products {
			names[p.Code] = p.Name
		}
	}
	return names, err
}

func writeService(tx *db.Tx, batch int64, r pec.ServiceRow, names map[string]string) error {
	after := r.After
	if r.Outcome == pec.OutcomeCreated {
		id, err := tx.AddService(db.ServiceRow{
			Service: pec.Service{
				MailboxID: after.MailboxID, Product: after.Product, Quantity: after.Quantity,
				StartedOn: after.From, ExpiresOn: after.To, AutoRenew: true, Source: pec.SoldByProvider,
			},
			ProductName: names[after.Product], Net: after.Net, BatchID: batch,
		})
		if err == nil && after.Ended {
			err = tx.EndService(id, after.To, pec.EndSoldElsewhere)
		}
		if err != nil {
			return err
		}
		return tx.AddChange(batch, db.Change{Entity: "service", ID: id})
	}
	s, err := tx.Service(r.Before.ID)
	if err != nil {
		return err
	}
	doc, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if after.To.After(s.ExpiresOn) { // it was renewed: what it was stays in the years that are over
		if err := tx.AddStatedTerm(batch, s); err != nil {
			return err
		}
	}
	s.Quantity, s.NextQuantity, s.StartedOn, s.ExpiresOn, s.Net = after.Quantity, after.Quantity, after.From, after.To, after.Net
	s.EndedOn, s.EndReason = pec.Date{}, "" // listed again: it runs
	if after.Ended {
		s.EndedOn, s.EndReason = after.To, pec.EndSoldElsewhere
	}
	if err := tx.SetService(s); err != nil {
		return err
	}
	return tx.AddChange(batch, db.Change{Entity: "service", ID: s.ID, Before: doc})
}
