package web

import (
	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/db"
)

func (s *site) bankAccountRoutes() []route {
	return []route{
		get("/amministrazione/conto", treasury, s.bankAccountForm),
		post("/amministrazione/conto", treasury, s.saveBankAccount),
	}
}

// bankAccountPage asks for the account to which members pay.
type bankAccountPage struct {
	Frame
	pec.BankAccount
}

func (s *site) newBankAccountPage(c *fiber.Ctx) *bankAccountPage {
	p := &bankAccountPage{Frame: s.frame(c, "Conto per i bonifici", Crumb{"Amministrazione", "/amministrazione"})}
	p.Lead = "Gli iscritti lo leggono nella loro area, quando ricaricano, e nei messaggi su ciò che manca."
	return p
}

func (s *site) bankAccountForm(c *fiber.Ctx) error {
	p := s.newBankAccountPage(c)
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		p.BankAccount, err = tx.BankAccount()
		p.IBAN = pec.GroupedIBAN(p.IBAN)
		return err
	})
	if err != nil {
		return err
	}
	return s.show(c, "bankaccount", p)
}

func (s *site) saveBankAccount(c *fiber.Ctx) error {
	p, f := s.newBankAccountPage(c), formOf(c)
	p.BankAccount = pec.BankAccount{IBAN: f.text("iban"), Holder: f.text("holder"), Bank: f.text("bank"), Reason: f.text("reason")}
	f.add(s.office.SetBankAccount(ctx(c), who(c).Actor(), p.BankAccount))
	switch {
	case !f.ok():
		return s.refuse(c, "bankaccount", p, f)
	case p.IBAN == "":
		return s.done(c, "/amministrazione/conto", "Non c’è più un conto.", "Gli iscritti leggono che l’IBAN va chiesto alla segreteria.")
	}
	return s.done(c, "/amministrazione/conto", "Conto salvato.", "Da ora gli iscritti leggono questo IBAN: lo ricontrolli.")
}

// bankAccountCard tells whether members know where to pay.
func bankAccountCard(a pec.BankAccount) Card {
	card := Card{Title: "Conto per i bonifici", Href: "/amministrazione/conto", Figure: "Scritto", Note: pec.GroupedIBAN(a.IBAN)}
	if a.IBAN == "" {
		card.Figure, card.Note, card.Badge, card.Kind = "Manca", "Chi ricarica con un bonifico deve chiedere l’IBAN", "Da scrivere", "warning"
	}
	return card
}
