package office

import (
	"cmp"
	"context"
	"slices"

	"albopec/app/pec"
	"albopec/db"
)

// ServicesDone says of services that the provider has switched on, changed or
// taken off what was asked of it, or would have been.
type ServicesDone struct {
	Keys     []string // of what no file has asked for yet, by Ask.Key
	Requests []int64  // of what was asked for, or ran before the program asked
	// On is since when it is so. Zero is today, and of what ran before the program
	// asked the day of the last purchase.
	On pec.Date
}

// ServicesDoneByHand registers what the provider has done of services without a
// file of outcomes, on the word of whoever says so, and returns how many. What has
// changed since it was looked at is left alone, so that it may be repeated.
func (o *Office) ServicesDoneByHand(ctx context.Context, actor string, d ServicesDone) (int, error) {
	n := 0
	err := o.write(ctx, actor, func(tx *db.Tx) (err error) {
		if d.On.After(tx.On) {
			return pec.Refuse("date_in_future", "Il %s deve ancora venire: registri quel giorno ciò che il gestore avrà fatto.", d.On.Italian()).On("on")
		}
		if n, err = o.toldByHand(tx, d.Keys, cmp.Or(d.On, tx.On)); err != nil {
			return err
		}
		for _, id := range d.Requests {
			done, err := serviceDone(tx, id, d.On)
			if err != nil {
				return err
			}
			if done {
				n++
			}
		}
		return nil
	})
	return n, err
}

// serviceDone answers one request for a service; false when it does not wait for
// anybody's word.
func serviceDone(tx *db.Tx, id int64, on pec.Date) (bool, error) {
	r, err := tx.ProviderRequest(id)
	if err != nil || r.Operation != pec.AskService || !r.State.Open() && !r.Presumed() {
		return false, err
	}
	if on.IsZero() && r.Presumed() {
		on = r.DueOn
	}
	return true, doneByHand(tx, r, cmp.Or(on, tx.On))
}

// ServicesAtProvider says where each of a mailbox's running services is at the
// provider, by its ID.
func ServicesAtProvider(tx *db.ReadTx, mailbox int64, rows []db.ServiceRow) (map[int64]pec.AtProvider, error) {
	at := map[int64]pec.AtProvider{}
	if len(rows) == 0 {
		return at, nil
	}
	m, err := tx.ProviderMailbox(mailbox)
	if err != nil {
		return nil, err
	}
	services := servicesOf(rows)
	for _, s := range services {
		at[s.ID] = m.AtProvider(services, s.ID)
	}
	return at, nil
}

// RefusedService is a running service that the provider refused, and where it is
// there by now: asked for again, perhaps, with what was bought since.
type RefusedService struct {
	pec.Service
	At pec.AtProvider
}

// RefusedServices are the running services that a request was refused for and
// that are still to be decided, in the order of purchase.
func RefusedServices(tx *db.ReadTx, r pec.Request) ([]RefusedService, error) {
	m, err := tx.ProviderMailbox(r.MailboxID)
	if err != nil {
		return nil, err
	}
	rows, err := tx.ServicesOn(r.MailboxID, false)
	services := servicesOf(rows)
	var list []RefusedService
	for _, s := range services {
		if refusal, ok := m.Refusal(services, s.ID); ok && refusal.ID == r.ID {
			list = append(list, RefusedService{s, m.AtProvider(services, s.ID)})
		}
	}
	return list, err
}

// Refused reports whether a service was refused by the provider and nobody has
// decided about it, also when it has ended since.
func Refused(tx *db.ReadTx, mailbox, service int64) (bool, error) {
	m, err := tx.ProviderMailbox(mailbox)
	if err != nil {
		return false, err
	}
	rows, err := tx.ServicesOn(mailbox, true)
	i := slices.IndexFunc(rows, func(s db.ServiceRow) bool { return s.ID == service })
	if err != nil || i < 0 {
		return false, err
	}
	if _, back, err := tx.RecreditOfService(service); back || err != nil || rows[i].EndReason == pec.EndRefused {
		return false, err
	}
	m, services := m.BeforeEnd(atOnce(rows, service), service)
	_, refused := m.Refusal(services, service)
	return refused, nil
}

// atOnce are the services of a mailbox that run, or, with one that has ended, all.
func atOnce(rows []db.ServiceRow, id int64) []pec.Service {
	services := servicesOf(rows)
	i := slices.IndexFunc(services, func(s pec.Service) bool { return s.ID == id })
	if i >= 0 && !services[i].EndedOn.IsZero() {
		return services
	}
	return slices.DeleteFunc(services, func(s pec.Service) bool { return !s.EndedOn.IsZero() })
}

func servicesOf(rows []db.ServiceRow) (services []pec.Service) {
	for _, s := range rows {
		services = append(services, s.Service)
	}
	return services
}
