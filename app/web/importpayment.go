package web

import (
	"strings"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// paymentView shows a list of payments.
type paymentView struct{ plan pec.PaymentPlan }

func (v paymentView) row(i int) viewedRow {
	r := v.plan.Rows[i]
	does := paymentDoes(r)
	if r.Outcome == pec.OutcomeUnchanged {
		does = "già registrato il " + r.Known.On.Italian()
	}
	return viewedRow{r.Holder.FullName, []string{r.Payment.Method.Italian() + " " + r.Payment.Reference, r.Payment.PaidOn.Italian(), r.Payment.Amount.Euro(), does}, r.Holder.ID}
}

func (paymentView) missing() []viewedRow { return nil }

func (paymentView) fieldTitle(f pec.Field) string { return pec.PaymentLayout.Title(f) }

func (paymentView) value(_ pec.Field, stored string) string { return stored }

// paymentDoes says what a new payment does on the member's account.
func paymentDoes(r pec.PaymentRow) string {
	var parts []string
	if r.Settled > 0 {
		parts = append(parts, "salda "+r.Settled.Euro()+" di credito da recuperare dall’iscritto")
	}
	var orders []string
	for _, o := range r.Completed {
		orders = append(orders, o.Gross.Euro())
	}
	switch len(orders) {
	case 0:
	case 1:
		parts = append(parts, "completa l’ordine in attesa di "+orders[0])
	default:
		parts = append(parts, "completa gli ordini in attesa di "+strings.Join(orders, ", "))
	}
	if len(parts) == 0 {
		return "resta come credito"
	}
	return strings.Join(parts, " e ")
}

// payments lists the top-ups that a list of payments entered.
func (b batchTables) payments(t *importTable, created bool, at keyset) error {
	t.Sort = "rows"
	if !created { // a payment is never changed
		return nil
	}
	list, err := b.tx.ImportedTopUps(b.page.Batch.ID, db.Around{After: at.After, Before: at.Before, Limit: at.Limit + 1})
	for _, e := range list {
		t.Rows = append(t.Rows, importRow{
			Key: e.ID, Name: e.Holder, Href: b.rowLink(b.c, b.page.Kind, e.MemberID),
			Cells: []string{e.Method.Italian() + " " + e.Reference, strings.TrimPrefix(e.Reason, office.PaidOnNote), e.Amount.Euro(), paymentDid(e)},
		})
	}
	return err
}

func paymentDid(e db.ImportedTopUp) string {
	var parts []string
	for _, led := range e.LedTo {
		if led.Kind == pec.EntryClaim {
			parts = append(parts, "saldati "+(-led.Amount).Euro()+" di credito da recuperare dall’iscritto")
			continue
		}
		parts = append(parts, "completato l’ordine "+led.OrderNumber+", "+(-led.Amount).Euro())
	}
	if len(parts) == 0 {
		return "resta come credito"
	}
	return strings.Join(parts, "; ")
}

// paymentCard adds the new payments up.
func paymentCard(s pec.PaymentSums, payments int, written bool) Card {
	note := counted(payments, "pagamento", "pagamenti")
	switch {
	case s.OrdersCompleted > 0 && written:
		note += ", " + counted(s.OrdersCompleted, "ordine completato", "ordini completati")
	case s.OrdersCompleted > 0:
		note += "; " + counted(s.OrdersCompleted, "ordine in attesa si completa", "ordini in attesa si completano")
	}
	return Card{Title: "Totale dei nuovi", Figure: s.Amount.Euro(), Note: note}
}

// paymentsDone is what the page says after a list of payments.
func paymentsDone(s pec.PaymentSums) string {
	text := s.Amount.Euro() + " in tutto"
	if s.OrdersCompleted > 0 {
		text += "; " + counted(s.OrdersCompleted, "ordine completato", "ordini completati")
	}
	return text
}
