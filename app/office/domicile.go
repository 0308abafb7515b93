package office

import (
	"context"
	"slices"
	"strings"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// Domiciles are the members, leavers too, each with the digital domicile.
type Domiciles []pec.MemberDomicile

// Domiciles works out the digital domicile of the whole register.
func (o *Office) Domiciles(tx *db.ReadTx) (Domiciles, error) {
	facts, err := tx.DomicileFacts()
	return pec.DecideDomiciles(facts), err
}

// DomicileOf is one member's digital domicile.
func (o *Office) DomicileOf(tx *db.ReadTx, member int64) (pec.MemberDomicile, error) {
	facts, err := tx.DomicileFactsOf(member)
	for _, d := range pec.DecideDomiciles(facts) {
		if d.Member.ID == member {
			return d, err
		}
	}
	if err == nil {
		_, err = tx.Member(member) // says that there is none
	}
	return pec.MemberDomicile{}, err
}

// ChooseDomicile makes one of a member's addresses the digital domicile: the
// Ordine's mailbox or the own PEC, in whatever letters.
func (o *Office) ChooseDomicile(ctx context.Context, actor string, member int64, address string) error {
	address = strings.ToLower(strings.TrimSpace(address))
	return o.write(ctx, actor, func(tx *db.Tx) error {
		if err := overdue(tx, member); err != nil {
			return err
		}
		d, err := o.DomicileOf(&tx.ReadTx, member)
		switch {
		case err != nil || d.Domicile.Address == address:
			return err
		case !slices.Contains(d.Other, address):
			return pec.Refuse("domicile_unknown", "«%s» non può essere il domicilio digitale di %s: scelga una casella attiva o la PEC propria.", pec.Shorten(address, 80), d.Member.FullName()).On("address")
		}
		if err := tx.ChooseDomicile(member, address); err != nil {
			return err
		}
		chosen := map[string]any{"mailbox": address}
		if d.Domicile.Source == pec.DomicileMailbox && address == strings.ToLower(d.Member.OwnPEC) {
			chosen = map[string]any{"own": true} // the log is for ever, a contact is not
		}
		return tx.Record("domicile.chosen", "member", member, chosen)
	})
}

// MarkDomicile says of a member's own PEC that it no longer takes messages, and
// why; a mark without a fault takes it back.
func (o *Office) MarkDomicile(ctx context.Context, actor string, member int64, fault pec.DomicileFault, note string) error {
	if fault != "" && !slices.Contains(pec.DomicileMarks, fault) {
		return pec.Refuse("fault_unknown", "Dica che cosa non va nella PEC: scaduta, chiusa o errata.").On("fault")
	}
	note, err := readReason(note, "")
	if err != nil {
		return err
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		m, err := tx.Member(member)
		switch {
		case err != nil:
			return err
		case m.OwnPEC == "":
			return pec.Refuse("own_pec_missing", "%s non ha una PEC propria.", m.FullName())
		}
		k := pec.DomicileMark{Address: strings.ToLower(m.OwnPEC), Fault: fault, Note: note}
		action := "domicile.marked"
		if fault == "" {
			k, action = pec.DomicileMark{}, "domicile.unmarked"
		}
		if err := tx.MarkDomicile(member, k); err != nil {
			return err
		}
		return tx.Record(action, "member", member, map[string]any{"fault": fault, "reason": note})
	})
}

// Count is how many members on the register have a domicile, and how many have
// none for each reason.
func (all Domiciles) Count() (with, without int, faults map[pec.DomicileFault]int) {
	faults = map[pec.DomicileFault]int{}
	for _, d := range all {
		switch {
		case !d.Member.Status.OnRegister():
		case d.Valid():
			with++
		default:
			without++
			faults[d.Fault]++
		}
	}
	return with, without, faults
}

// Without are the members on the register who have no valid digital domicile, of
// one reason or of all (empty), by surname and name.
func (all Domiciles) Without(fault pec.DomicileFault) []pec.MemberDomicile {
	var list []pec.MemberDomicile
	for _, d := range all {
		if !d.Valid() && d.Member.Status.OnRegister() && (fault == "" || d.Fault == fault) {
			list = append(list, d)
		}
	}
	slices.SortStableFunc(list, func(a, b pec.MemberDomicile) int {
		return strings.Compare(pec.Fold(a.Member.FullName()), pec.Fold(b.Member.FullName()))
	})
	return list
}

// NoDomicileTable is those of Without, to be taken away.
func NoDomicileTable(list []pec.MemberDomicile) reports.Table {
	t := reports.Table{Title: "Iscritti senza domicilio digitale"}
	for _, title := range []string{"Cognome", "Nome", "N. iscrizione", "Codice fiscale", "Motivo", "Indirizzo", "E-mail", "Casella richiesta"} {
		t.Columns = append(t.Columns, reports.Column{Title: title})
	}
	for _, d := range list {
		t.Rows = append(t.Rows, []any{d.Member.Surname, d.Member.Name, d.Member.RegistrationNumber, d.Member.TaxCode, d.Fault, d.At, d.Member.Email, d.Asked})
	}
	return t
}
