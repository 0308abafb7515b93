package reports

import (
	"iter"

	"albopec/app/pec"
)

// yearList is a list of the yearly report, as the workbook has it on a sheet and
// the annex on paper: its rows are read as they are printed.
type yearList struct {
	name    string
	columns []Column
	rows    iter.Seq2[[]any, error]
}

// lists are all of them in the order of the workbook.
func (y Year) lists() []yearList {
	return []yearList{y.mailboxList(), y.periodList(), y.serviceList(), y.orderList(), y.movementList(), y.topUpList(), y.expiryList(), y.withoutList()}
}

// cellsOf turns entries, nil for none, into the cells of their rows.
func cellsOf[T any](rows iter.Seq2[T, error], cells func(T) []any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		if rows == nil {
			return
		}
		for row, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(cells(row), nil) {
				return
			}
		}
	}
}

// only keeps the entries that fulfil a condition.
func only[T any](rows iter.Seq2[T, error], holds func(T) bool) iter.Seq2[T, error] {
	if rows == nil {
		return nil
	}
	return func(yield func(T, error) bool) {
		for row, err := range rows {
			if (err != nil || holds(row)) && !yield(row, err) {
				return
			}
		}
	}
}

// requestsOfYear heads how often a mailbox was asked for.
const requestsOfYear = "Richieste nell’anno"

func (y Year) mailboxList() yearList {
	return yearList{sheetMailboxes, []Column{
		{Title: "Casella"}, {Title: "Titolare"}, {Title: "N. iscrizione"}, {Title: "Codice fiscale"},
		{Title: "Tipologia"}, {Title: "Stato"}, {Title: "Attivata il", Kind: Day}, {Title: "Scade il", Kind: Day},
		{Title: "GB di base", Kind: Integer}, {Title: "GB extra", Kind: Integer}, {Title: "Chiusa il", Kind: Day}, {Title: "Motivo"},
		{Title: "Richiesta il", Kind: Day}, {Title: "Sezione"}, {Title: "Settore"}, {Title: requestsOfYear, Kind: Integer},
	}, cellsOf(y.Mailboxes, func(m MailboxRow) []any {
		return []any{
			m.Address, m.Holder.Name, m.Holder.RegistrationNumber, m.Holder.TaxCode,
			said(m.Kind), m.Status, m.ActivatedOn, m.ExpiresOn,
			m.BaseGB, m.ExtraGB, m.ClosedOn, m.Reason,
			m.RequestedOn, said(m.Section), said(m.Sector), m.Requests,
		}
	})}
}

func (y Year) periodList() yearList {
	return yearList{sheetPeriods, []Column{
		{Title: "Casella"}, {Title: "Titolare"}, {Title: "N. iscrizione"}, {Title: "Codice fiscale"},
		{Title: "Dal", Kind: Day}, {Title: "Al (scadenza)", Kind: Day}, {Title: "Origine"}, {Title: "A carico di"},
		{Title: "Netto", Kind: Money, Total: true}, {Title: "IVA", Kind: Money, Total: true}, {Title: "Lordo", Kind: Money, Total: true},
		{Title: "Tipologia"}, {Title: "Sezione"}, {Title: "Settore"},
	}, cellsOf(y.Periods, func(p PeriodRow) []any {
		payer := "Ordine"
		if p.PaidByMember {
			payer = "iscritto"
		}
		return []any{
			p.Address, p.Holder.Name, p.Holder.RegistrationNumber, p.Holder.TaxCode,
			p.From, p.To, p.originItalian(), payer,
			p.Cost.Net, p.Cost.VAT, p.Cost.Gross,
			said(p.Kind), said(p.Section), said(p.Sector),
		}
	})}
}

func (y Year) serviceList() yearList {
	return yearList{sheetServices, []Column{
		{Title: "Iscritto"}, {Title: "N. iscrizione"}, {Title: "Casella"}, {Title: "Servizio"},
		{Title: "Quantità", Kind: Integer}, {Title: "GB", Kind: Integer}, {Title: "Dal", Kind: Day}, {Title: "Al", Kind: Day},
		{Title: "Prezzo unitario", Kind: Money}, {Title: "Netto", Kind: Money}, {Title: "Rinnovi nell’anno", Kind: Integer, Total: true},
		{Title: "Stato"}, {Title: "Cessato il", Kind: Day}, {Title: "Motivo"}, {Title: "Venduto da"},
	}, cellsOf(y.Services, func(s ServiceRow) []any {
		return []any{
			s.Member.Name, s.Member.RegistrationNumber, s.Address, s.Product,
			s.Quantity, s.GB, s.Since, s.Until,
			s.UnitPrice, s.Net, s.Renewals,
			s.state(), s.EndedOn, s.EndReason, s.SoldBy,
		}
	})}
}

func (y Year) orderList() yearList {
	return yearList{sheetOrders, []Column{
		{Title: "Numero"}, {Title: "Completato il", Kind: Day}, {Title: "Iscritto"}, {Title: "N. iscrizione"}, {Title: "Casella"},
		{Title: "Tipo"}, {Title: "Righe"}, {Title: "GB venduti", Kind: Integer, Total: true},
		{Title: "Netto", Kind: Money, Total: true}, {Title: "IVA", Kind: Money, Total: true}, {Title: "Lordo", Kind: Money, Total: true},
	}, cellsOf(y.Orders, func(o OrderRow) []any {
		return []any{
			o.Number, o.CompletedOn, o.Member.Name, o.Member.RegistrationNumber, o.Address,
			o.Kind, o.Lines, o.GBSold,
			o.Paid.Net, o.Paid.VAT, o.Paid.Gross,
		}
	})}
}

// creditAfter heads the credit after each movement.
const creditAfter = "Credito complessivo"

// movementList has the running credit of all members in its last column, as a
// value: a formula there would break when the rows are sorted.
func (y Year) movementList() yearList {
	return yearList{sheetCredit, []Column{
		{Title: "Movimento", Kind: Integer}, {Title: "Data", Kind: Day}, {Title: "Iscritto"}, {Title: "N. iscrizione"}, {Title: "Codice fiscale"},
		{Title: "Causale"}, {Title: "Riferimento"}, {Title: "Importo", Kind: Money, Total: true}, {Title: creditAfter, Kind: Money},
	}, func(yield func([]any, error) bool) {
		credit := y.OpeningCredit
		cellsOf(y.Movements, func(m MovementRow) []any {
			credit += m.Amount
			return []any{
				m.Seq, m.Day, m.Member.Name, m.Member.RegistrationNumber, m.Member.TaxCode,
				m.Kind, m.Reference, m.Amount, credit,
			}
		})(yield)
	}}
}

// topUpList shows the top-ups as they came in.
func (y Year) topUpList() yearList {
	return yearList{sheetTopUps, []Column{
		{Title: "Data", Kind: Day}, {Title: "Iscritto"}, {Title: "N. iscrizione"}, {Title: "Codice fiscale"},
		{Title: "Modo di pagamento"}, {Title: "Riferimento"}, {Title: "Importo", Kind: Money, Total: true}, {Title: "Stornata"},
	}, cellsOf(only(y.Movements, func(m MovementRow) bool { return m.Kind == pec.EntryTopUp }), func(m MovementRow) []any {
		return []any{m.Day, m.Member.Name, m.Member.RegistrationNumber, m.Member.TaxCode, m.Method, m.PaymentReference, m.Amount, m.Reversed}
	})}
}

// expiryList shows the expiries of the next year.
func (y Year) expiryList() yearList {
	return yearList{sheetExpiries, []Column{
		{Title: "Casella"}, {Title: "Titolare"}, {Title: "N. iscrizione"}, {Title: "Codice fiscale"}, {Title: "Tipologia"},
		{Title: "Scade il", Kind: Day}, {Title: "Mese"}, {Title: "Che cosa succede"}, {Title: "A carico di"},
		{Title: "Netto", Kind: Money, Total: true}, {Title: "IVA", Kind: Money, Total: true}, {Title: "Lordo", Kind: Money, Total: true},
	}, cellsOf(y.Expiries, func(e ExpiryRow) []any {
		month := unsaid
		if !e.On.IsZero() {
			month = monthName(e.On.Month)
		}
		return []any{
			e.Address, e.Holder.Name, e.Holder.RegistrationNumber, e.Holder.TaxCode, said(e.Kind),
			e.On, month, e.Outcome, e.Outcome.payer(), e.Cost.Net, e.Cost.VAT, e.Cost.Gross,
		}
	})}
}

// withoutList shows the members without a mailbox.
func (y Year) withoutList() yearList {
	return yearList{sheetWithout, []Column{
		{Title: "Iscritto"}, {Title: "N. iscrizione"}, {Title: "Codice fiscale"}, {Title: "Sezione"}, {Title: "Settore"}, {Title: "Ha una PEC propria"},
	}, cellsOf(y.Without, func(w WithoutRow) []any {
		return []any{w.Member.Name, w.Member.RegistrationNumber, w.Member.TaxCode, said(w.Section), said(w.Sector), w.OwnPEC}
	})}
}

// openedList shows whose the credit is with which the year begins, heldList with
// which it ends.
func (y Year) openedList() yearList { return balanceList(y.Opened) }

func (y Year) heldList() yearList { return balanceList(y.Held) }

func balanceList(rows iter.Seq2[BalanceRow, error]) yearList {
	return yearList{"Credito", []Column{
		{Title: "Iscritto"}, {Title: "N. iscrizione"}, {Title: "Codice fiscale"}, {Title: "Credito", Kind: Money, Total: true},
	}, cellsOf(rows, func(b BalanceRow) []any {
		return []any{b.Member.Name, b.Member.RegistrationNumber, b.Member.TaxCode, b.Amount}
	})}
}
