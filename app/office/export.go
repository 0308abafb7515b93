package office

import (
	"context"
	"slices"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// MembersTable is the whole register as a list to be taken away, in the columns
// that an import recognises.
func (o *Office) MembersTable(ctx context.Context) (reports.Table, error) {
	var list []db.MemberRow
	err := o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		list, err = tx.Members()
		return err
	})
	return membersTable("Albo degli iscritti", list), err
}

func membersTable(title string, list []db.MemberRow) reports.Table {
	t := reports.Table{Title: title}
	for _, f := range pec.MemberFields {
		kind := reports.Text
		if _, isDay := dayOf(pec.Member{}, f.Field); isDay {
			kind = reports.Day
		}
		t.Columns = append(t.Columns, reports.Column{Title: f.Title, Kind: kind})
	}
	for _, m := range list {
		row := make([]any, len(pec.MemberFields))
		for i, f := range pec.MemberFields {
			switch d, isDay := dayOf(m.Member, f.Field); {
			case isDay:
				row[i] = d
			case f.Field == pec.FieldStatus:
				row[i] = m.Status
			default:
				row[i] = m.Get(f.Field)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func dayOf(m pec.Member, f pec.Field) (pec.Date, bool) {
	switch f {
	case pec.FieldBirthDate:
		return m.BirthDate, true
	case pec.FieldRegisteredOn:
		return m.RegisteredOn, true
	case pec.FieldLeftOn:
		return m.LeftOn, true
	}
	return pec.Date{}, false
}

// MembersListed is the register as a page lists it, under a filter, to be taken
// away; with ids only those members of it.
func (o *Office) MembersListed(ctx context.Context, f db.MemberFilter, ids ...int64) (reports.Table, error) {
	f.After, f.Before, f.Limit = 0, 0, 0
	var list []db.MemberRow
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		var err error
		if f.Closings, err = o.Closings(tx); err != nil {
			return err
		}
		listed, err := tx.MemberList(f)
		for _, m := range listed {
			if len(ids) == 0 || slices.Contains(ids, m.ID) {
				list = append(list, m.MemberRow)
			}
		}
		return err
	})
	return membersTable("Iscritti", list), err
}

// MailboxesTable is every mailbox that is not closed as a list to be taken
// away, first in the columns that an import recognises.
func (o *Office) MailboxesTable(ctx context.Context) (reports.Table, error) {
	return o.MailboxesListed(ctx, db.MailboxFilter{Status: "open"})
}

// MailboxesListed is MailboxesTable for just the mailboxes that a page lists.
func (o *Office) MailboxesListed(ctx context.Context, f db.MailboxFilter) (reports.Table, error) {
	t := reports.Table{Title: "Caselle"}
	kinds := map[pec.Field]reports.Kind{
		pec.FieldActivatedOn: reports.Day, pec.FieldExpiresOn: reports.Day, pec.FieldExtraGB: reports.Integer, pec.FieldUsedMB: reports.Integer,
	}
	for _, field := range pec.MailboxLayout.Fields {
		t.Columns = append(t.Columns, reports.Column{Title: field.Title, Kind: kinds[field.Field]})
	}
	t.Columns = append(t.Columns, reports.Column{Title: "Titolare"}, reports.Column{Title: "N. iscrizione"}, reports.Column{Title: "Stato"},
		reports.Column{Title: "Richiesta il", Kind: reports.Day}, reports.Column{Title: "Rinnovo automatico"}, reports.Column{Title: "Chiusa il", Kind: reports.Day})
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		agreements, err := tx.Agreements()
		if err != nil {
			return err
		}
		if f.Closings, err = o.Closings(tx); err != nil {
			return err
		}
		list, err := tx.MailboxList(f)
		for _, m := range list {
			var used any
			if m.UsedMB != nil {
				used = *m.UsedMB
			}
			t.Rows = append(t.Rows, []any{m.Address, m.TaxCode, pec.KindName(agreements, m.Kind, o.Today()), m.ActivatedOn, m.ExpiresOn, m.ExtraGB, used,
				m.Holder, m.RegistrationNumber, m.Status, m.RequestedOn, m.AutoRenew, m.ClosedOn})
		}
		return err
	})
	return t, err
}
