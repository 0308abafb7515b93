package office

import (
	"context"
	"slices"
	"strings"

	"albopec/app/pec"
	"albopec/db"
)

// ChangeAddress gives a mailbox another address, as long as the provider has not
// been sent it: any that nobody has or had, in any domain of the Ordine's; an
// own closed one may come back (9.3).
func (o *Office) ChangeAddress(ctx context.Context, actor string, mailbox int64, address string) (string, error) {
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		box, err := tx.Mailbox(mailbox)
		if err != nil {
			return err
		}
		domains, err := tx.Domains()
		if err != nil {
			return err
		}
		if address, err = pec.CheckAddress(address, domains); err != nil || address == box.Address {
			return err
		}
		if box.Status != pec.MailboxRequested && box.Status != pec.MailboxRejected {
			return pec.Refuse("address_sent", "La casella %s è %s: l’indirizzo si cambia solo prima di inviarlo al gestore.", box.Address, box.Status.Italian())
		}
		if err := overdue(tx, box.MemberID); err != nil {
			return err
		}
		if err := inOrder(tx, box); err != nil {
			return err
		}
		if err := isFree(&tx.ReadTx, address, box.MemberID); err != nil {
			return err
		}
		before := box.Address
		box.Address = address
		if err := tx.SetMailbox(box.Mailbox); err != nil {
			return err
		}
		if err := tx.Record("mailbox.address", "mailbox", box.ID, map[string]any{"before": before, "address": address}); err != nil {
			return err
		}
		return mark(tx, 0, box.ID, tx.On)
	})
	return address, err
}

// isFree refuses an address that somebody else has, had or is kept for, and one
// that the member has already.
func isFree(tx *db.ReadTx, address string, member int64) error {
	holder, taken, err := tx.AddressHolder(address)
	if err != nil {
		return err
	}
	if taken && holder == member {
		return pec.Refuse("mailbox_taken", "L’indirizzo %s è già di un’altra casella dello stesso titolare.", address).On("address")
	}
	if holder != 0 && holder != member {
		m, err := tx.Member(holder)
		if err != nil {
			return err
		}
		return pec.Refuse("mailbox_taken", "L’indirizzo %s è o è stato di %s: non si dà ad altri. Ne scelga un altro.", address, m.FullName()).On("address")
	}
	return nil
}

// AddDomain adds a PEC domain of the Ordine's.
func (o *Office) AddDomain(ctx context.Context, actor, domain string) error {
	domain = strings.ToLower(strings.TrimSpace(domain))
	if !domainForm.MatchString(domain) {
		return pec.Refuse("domain_invalid", "«%s» non è un dominio: lo scriva come pec.ordine.it.", domain).On("domain")
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		domains, err := tx.Domains()
		if err != nil {
			return err
		}
		if slices.Contains(domains, domain) {
			return pec.Refuse("domain_exists", "Il dominio %s c’è già.", domain).On("domain")
		}
		if err := tx.AddDomain(domain); err != nil {
			return err
		}
		return tx.Record("domain.added", "domain", 0, map[string]any{"domain": domain})
	})
}

// SetDefaultDomain says in which domain addresses are proposed.
func (o *Office) SetDefaultDomain(ctx context.Context, actor, domain string) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		if _, err := domainFor(&tx.ReadTx, domain); err != nil {
			return err
		}
		if err := tx.SetDefaultDomain(domain); err != nil {
			return err
		}
		return tx.Record("domain.default", "domain", 0, map[string]any{"domain": domain})
	})
}

// domainFor is the domain in which an address is proposed: the one chosen, or
// the default when none is.
func domainFor(tx *db.ReadTx, chosen string) (string, error) {
	domains, err := tx.Domains()
	if err != nil {
		return "", err
	}
	chosen = strings.ToLower(strings.TrimSpace(chosen))
	switch {
	case len(domains) == 0:
		return "", pec.Refuse("domain_missing", "L’Ordine non ha ancora un dominio PEC.")
	case chosen == "":
		return domains[0], nil
	case !slices.Contains(domains, chosen):
		return "", pec.Refuse("domain_unknown", "«%s» non è un dominio dell’Ordine: scelga tra %s.", chosen, strings.Join(domains, ", ")).On("domain")
	}
	return chosen, nil
}
