package db

import (
	"time"

	"albopec/app/pec"
)

// OrderBody is the Ordine that runs the program.
type OrderBody struct {
	Name string
	City string
}

// OrderBody returns the Ordine.
func (tx *ReadTx) OrderBody() (OrderBody, error) {
	return one(tx, pec.Refuse("not_initialised", "Il database non ha ancora un Ordine."), func(row scanner) (OrderBody, error) {
		var o OrderBody
		return o, row.Scan(&o.Name, &o.City)
	}, `SELECT name, city FROM order_body WHERE id = 1`)
}

// SetOrderBody stores the Ordine's name and city.
func (tx *Tx) SetOrderBody(o OrderBody) error {
	return tx.exec(`INSERT INTO order_body (id, name, city, created_at) VALUES (1, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, city = excluded.city`, o.Name, o.City, instant(tx.Now))
}

// Domains returns the Ordine's PEC domains, the default one first.
func (tx *ReadTx) Domains() ([]string, error) {
	return all(tx, func(row scanner) (string, error) {
		var d string
		return d, row.Scan(&d)
	}, `SELECT domain FROM domains ORDER BY is_default DESC, domain`)
}

// AddDomain adds a PEC domain; the first is the default.
func (tx *Tx) AddDomain(domain string) error {
	return tx.exec(`INSERT INTO domains (domain, is_default) VALUES (?, NOT EXISTS (SELECT 1 FROM domains))`, domain)
}

// SetDefaultDomain makes a domain the one in which addresses are proposed.
func (tx *Tx) SetDefaultDomain(domain string) error {
	if err := tx.exec(`UPDATE domains SET is_default = 0 WHERE is_default = 1`); err != nil {
		return err
	}
	return tx.exec(`UPDATE domains SET is_default = 1 WHERE domain = ?`, domain)
}

// DomainListed is a domain with the mailboxes that are in it, closed ones
// included.
type DomainListed struct {
	Domain    string
	IsDefault bool
	Mailboxes int
}

// DomainList returns the Ordine's domains, the default one first.
func (tx *ReadTx) DomainList() ([]DomainListed, error) {
	return all(tx, func(row scanner) (DomainListed, error) {
		var d DomainListed
		return d, row.Scan(&d.Domain, &d.IsDefault, &d.Mailboxes)
	}, `SELECT domain, is_default, (SELECT COUNT(*) FROM mailboxes WHERE substr(address, instr(address, '@') + 1) = domain) FROM domains ORDER BY is_default DESC, domain`)
}

// Operator is a person of the secretariat.
type Operator struct {
	ID           int64
	Email        string
	Name         string
	Role         string // "administrator", "secretariat", "treasurer", "reader"
	PasswordHash string
	Active       bool
	CreatedAt    time.Time
}

const operatorColumns = `id, email, name, role, password_hash, active, created_at`

func scanOperator(row scanner) (Operator, error) {
	var o Operator
	return o, row.Scan(&o.ID, &o.Email, &o.Name, &o.Role, &o.PasswordHash, &o.Active, instantInto{&o.CreatedAt})
}

// Operators lists all operators by e-mail.
func (tx *ReadTx) Operators() ([]Operator, error) {
	return all(tx, scanOperator, `SELECT `+operatorColumns+` FROM operators ORDER BY email`)
}

// OperatorByEmail finds an operator by e-mail, in lower case.
func (tx *ReadTx) OperatorByEmail(email string) (Operator, error) {
	return one(tx, pec.Refuse("operator_unknown", "L’operatore «%s» non esiste.", email), scanOperator,
		`SELECT `+operatorColumns+` FROM operators WHERE email = ?`, email)
}

// Operator finds an operator by id.
func (tx *ReadTx) Operator(id int64) (Operator, error) {
	return one(tx, pec.Refuse("operator_unknown", "L’operatore non esiste."), scanOperator,
		`SELECT `+operatorColumns+` FROM operators WHERE id = ?`, id)
}

// AddOperator adds an operator and returns the id.
func (tx *Tx) AddOperator(o Operator) (int64, error) {
	return tx.insert(`INSERT INTO operators (email, name, role, password_hash, created_at) VALUES (?, ?, ?, ?, ?)`,
		o.Email, o.Name, o.Role, o.PasswordHash, instant(tx.Now))
}

// SetOperator changes an operator's name, role, password hash and whether they
// may log in.
func (tx *Tx) SetOperator(o Operator) error {
	return tx.exec(`UPDATE operators SET name = ?, role = ?, password_hash = ?, active = ? WHERE id = ?`,
		o.Name, o.Role, o.PasswordHash, o.Active, o.ID)
}
