package web

import (
	"cmp"
	"fmt"
	"strings"

	"albopec/app/pec"
	"albopec/db"
)

// outcomeView shows a provider's file of outcomes.
type outcomeView struct{ plan pec.OutcomePlan }

func (v outcomeView) row(i int) viewedRow {
	r := v.plan.Rows[i]
	q := r.Answer.Request
	if q.Operation == "" {
		return viewedRow{r.Mailbox.Mailbox.Address, []string{"", ""}, r.Mailbox.Mailbox.ID}
	}
	state := pec.RequestRejected
	if r.Answer.Done {
		state = pec.RequestDone
	}
	return viewedRow{cmp.Or(q.Address, r.Mailbox.Mailbox.Address), []string{capital(r.Mailbox.What(q)), capital(state.Italian())}, r.Mailbox.Mailbox.ID}
}

func (v outcomeView) missing() []viewedRow {
	var list []viewedRow
	for _, m := range v.plan.Missing {
		q := m.Requests[0]
		list = append(list, viewedRow{m.Mailbox.Address, []string{capital(m.What(q)), "Inviata il " + q.SentOn.Italian()}, m.Mailbox.ID})
	}
	return list
}

var outcomeTitles = map[pec.Field]string{
	pec.FieldStatus: "Stato", pec.FieldActivatedOn: "Attiva dal", pec.FieldExpiresOn: "Scadenza", pec.FieldNet: "A carico dell’Ordine",
	pec.FieldOperation: "Richiesta", pec.FieldReason: "Motivo",
}

func (outcomeView) fieldTitle(f pec.Field) string {
	if title := outcomeTitles[f]; title != "" {
		return title
	}
	return pec.OutcomeLayout.Title(f)
}

// value is as the plan has it: already in words.
func (outcomeView) value(_ pec.Field, stored string) string { return stored }

// outcomes lists the requests that a file of outcomes answered, as they are now.
func (b batchTables) outcomes(t *importTable, created bool, at keyset) error {
	t.Sort = "rows"
	if created { // an answer creates nothing
		return nil
	}
	agreements, err := b.tx.Agreements()
	if err != nil {
		return err
	}
	list, err := b.tx.RequestList(db.RequestFilter{Batch: b.page.Batch.ID, After: at.After, Before: at.Before, Limit: at.Limit + 1})
	for _, r := range list {
		state := capital(r.State.Italian())
		if r.Reason != "" {
			state += ": " + r.Reason
		}
		t.Rows = append(t.Rows, importRow{
			Key: r.ID, Name: r.Address, Href: b.linkTo(b.c, "/caselle/:id", fmt.Sprintf("/caselle/%d", r.MailboxID)),
			Cells: []string{askInWords(agreements, r.Request), state},
		})
	}
	return err
}

// answersDone is what the page says after a file of outcomes: "7 caselle
// attivate, 3 richieste respinte".
func answersDone(n pec.OutcomeCounts) string {
	var parts []string
	for _, each := range []struct {
		n         int
		one, many string
	}{
		{n.Activated, "casella attivata", "caselle attivate"}, {n.Closed, "casella chiusa", "caselle chiuse"},
		{n.Resized, "cambio di spazio", "cambi di spazio"}, {n.Services, "servizio attivato, cambiato o tolto", "servizi attivati, cambiati o tolti"}, {n.Rejected, "richiesta respinta", "richieste respinte"},
	} {
		if each.n > 0 {
			parts = append(parts, counted(each.n, each.one, each.many))
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "Nessun esito nuovo")
}
