package web

import (
	"bytes"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

func (s *site) statementRoutes() []route {
	return []route{
		get("/credito/:id/esporta", operators, s.statementExport),
		get("/area/movimenti/esporta", themselves, s.ownStatement),
	}
}

// statementForm asks for the days of a statement of account to take away;
// partial "statement-form".
type statementForm struct {
	Path         string
	Since, Until string // as typed
	CSV          bool   // it is offered too
}

// read reads the days, both included; zero for the first movement and for today.
func (t *statementForm) read(f *form) (from, until pec.Date) {
	t.Since, t.Until = f.text("dal"), f.text("al")
	return f.days("dal", "al")
}

// statementExport is a member's statement of account as a file.
func (s *site) statementExport(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	var t statementForm
	from, until := t.read(f)
	if !f.ok() {
		p, err := s.statementPage(c)
		if err != nil {
			return err
		}
		p.Export.Since, p.Export.Until = t.Since, t.Until
		return s.refuse(c, "statement", p, f)
	}
	st := reports.Statement{From: from, Until: until, WithActors: true}
	var m db.MemberRow
	err = s.read(c, func(tx *db.ReadTx) error {
		if m, err = tx.Member(id); err != nil {
			return err
		}
		return addAccount(tx, &st, m.ID, "")
	})
	if err != nil {
		return err
	}
	if err := formatKnown(c.Query("formato")); err != nil {
		return err
	}
	if c.Query("formato") == "csv" {
		return s.exportEntries(c, statementName(m), "Estratto conto di "+m.FullName(), func(tx *db.ReadTx) ([]db.Entry, error) {
			entries, err := tx.Account(id)
			_, within := between(entries, from, until)
			return within, err
		})
	}
	return sendStatement(c, st, m)
}

// ownStatement is the member's own, with the accounts of the positions that were
// merged into theirs.
func (s *site) ownStatement(c *fiber.Ctx) error {
	f := formOf(c)
	var t statementForm
	from, until := t.read(f)
	if !f.ok() {
		p, err := s.ownEntriesPage(c)
		if err != nil {
			return err
		}
		p.Export.Since, p.Export.Until = t.Since, t.Until
		return s.refuse(c, "areaentries", p, f)
	}
	st := reports.Statement{From: from, Until: until}
	var m db.MemberRow
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		if m, err = tx.Member(who(c).ID); err != nil {
			return err
		}
		if err := addAccount(tx, &st, m.ID, ""); err != nil {
			return err
		}
		merged, err := tx.MergedInto(m.ID)
		if err != nil {
			return err
		}
		for _, former := range merged {
			title := "Movimenti di un’altra Sua posizione, unita il " + former.MergedOn.Italian()
			if err := addAccount(tx, &st, former.ID, title); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return sendStatement(c, st, m)
}

// between are the entries of some days, both included, and the balance that
// those before make.
func between(entries []db.Entry, from, until pec.Date) (opening pec.Cents, within []db.Entry) {
	for _, e := range entries {
		switch {
		case e.On.Before(from):
			opening += e.Amount
		case until.IsZero() || !e.On.After(until):
			within = append(within, e)
		}
	}
	return opening, within
}

// addAccount adds a member's ledger, of the statement's days.
func addAccount(tx *db.ReadTx, st *reports.Statement, member int64, title string) error {
	entries, err := tx.Account(member)
	if err != nil || len(entries) == 0 && title != "" { // a merged position that never had money
		return err
	}
	names, err := actorsOf(tx)
	if err != nil {
		return err
	}
	a := reports.Account{Title: title}
	a.Opening, entries = between(entries, st.From, st.Until)
	for _, e := range entries {
		m := reports.Movement{Seq: e.Seq, On: e.On, Amount: e.Amount, Actor: names.of(e.Actor)}
		m.What, m.Detail = movementInWords(e)
		a.Entries = append(a.Entries, m)
	}
	claims, err := tx.ClaimEntries(member)
	for _, c := range claims {
		if st.Until.IsZero() || !c.On.After(st.Until) {
			a.Claim += c.Amount
		}
	}
	st.Accounts = append(st.Accounts, a)
	return err
}

// movementInWords is entryInWords without links.
func movementInWords(e db.Entry) (what, detail string) {
	switch {
	case e.Kind == pec.EntryTopUp && e.Reversed:
		return "Ricarica, poi stornata", e.Method.Italian() + ", " + e.Reference
	case e.Kind == pec.EntryTopUp:
		return "Ricarica", e.Method.Italian() + ", " + e.Reference
	case e.Kind == pec.EntryOrder:
		return "Ordine " + e.OrderNumber, ""
	case e.Kind == pec.EntryRecredit:
		return "Riaccredito, ordine " + e.OrderNumber, e.Reason
	}
	return capital(e.Kind.Italian()), whyEntered(e)
}

func statementName(m db.MemberRow) string {
	if m.RegistrationNumber != "" {
		return "estratto-conto-" + fileName(m.RegistrationNumber)
	}
	return fmt.Sprint("estratto-conto-", m.ID)
}

// sendStatement answers with the statement: a workbook, or ?formato=pdf.
func sendStatement(c *fiber.Ctx, st reports.Statement, m db.MemberRow) error {
	v := visitOf(c)
	st.OrderBody, st.MadeOn = v.order, v.today
	st.Holder, st.Registered, st.TaxCode = m.FullName(), m.RegistrationNumber, m.TaxCode
	if err := formatKnown(c.Query("formato")); err != nil {
		return err
	}
	var b bytes.Buffer
	if c.Query("formato") == "pdf" {
		if err := reports.WriteStatementPDF(&b, st); err != nil {
			return err
		}
		return download(c, statementName(m)+".pdf", mimePDF, b.Bytes())
	}
	if err := st.WriteXLSX(&b); err != nil {
		return err
	}
	return download(c, statementName(m)+".xlsx", mimeXLSX, b.Bytes())
}
