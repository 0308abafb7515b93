package office

import (
	"context"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"albopec/app/pec"
	"albopec/db"

	"github.com/alexedwards/argon2id"
)

// Roles of operators, in falling order of what they may do.
const (
	RoleAdministrator = "administrator" // amministratore: everything
	RoleSecretariat   = "secretariat"   // segreteria: everything but operators and settings
	RoleTreasurer     = "treasurer"     // tesoriere: reads all, agreements, reports, registers payments
	RoleReader        = "reader"        // consultazione: reads all
)

// Roles lists the roles in the order of the screens.
var Roles = []string{RoleAdministrator, RoleSecretariat, RoleTreasurer, RoleReader}

// RoleItalian is the role on screens.
func RoleItalian(role string) string {
	switch role {
	case RoleAdministrator:
		return "Amministratore"
	case RoleSecretariat:
		return "Segreteria"
	case RoleTreasurer:
		return "Tesoriere"
	case RoleReader:
		return "Consultazione"
	}
	return role
}

var domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)

// NewOrdine is what a new database begins with.
type NewOrdine struct {
	Name     string
	Domain   string // of the PEC mailboxes
	Admin    string // e-mail of the first administrator
	Password string
}

// Init writes the Ordine, its domain and its first administrator into a new
// database.
func (o *Office) Init(ctx context.Context, actor string, n NewOrdine) error {
	n.Name = strings.Join(strings.Fields(n.Name), " ")
	n.Domain = strings.ToLower(strings.TrimSpace(n.Domain))
	switch {
	case n.Name == "":
		return pec.Refuse("name_missing", "Scriva il nome dell’Ordine.").On("name")
	case utf8.RuneCountInString(n.Name) > 200:
		return pec.Refuse("name_invalid", "Il nome dell’Ordine supera i 200 caratteri.").On("name")
	case !domainForm.MatchString(n.Domain):
		return pec.Refuse("domain_invalid", "«%s» non è un dominio: lo scriva come pec.ordine.it.", n.Domain).On("domain")
	}
	op, err := newOperator(n.Admin, RoleAdministrator, n.Password)
	if err != nil {
		return err
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		if err := tx.SetOrderBody(db.OrderBody{Name: n.Name}); err != nil {
			return err
		}
		if err := tx.AddDomain(n.Domain); err != nil {
			return err
		}
		id, err := tx.AddOperator(op)
		if err != nil {
			return err
		}
		return tx.Record("init", "operator", id, map[string]any{"name": n.Name, "domain": n.Domain, "admin": op.Email})
	})
}

// AddOperator adds a person of the secretariat.
func (o *Office) AddOperator(ctx context.Context, actor, email, name, role, password string) error {
	op, err := newOperator(email, role, password)
	if err != nil {
		return err
	}
	op.Name = strings.Join(strings.Fields(name), " ")
	return o.write(ctx, actor, func(tx *db.Tx) error {
		list, err := tx.Operators()
		if err != nil {
			return err
		}
		if slices.ContainsFunc(list, func(x db.Operator) bool { return x.Email == op.Email }) {
			return pec.Refuse("operator_exists", "L’operatore «%s» esiste già.", op.Email).On("email")
		}
		id, err := tx.AddOperator(op)
		if err != nil {
			return err
		}
		return tx.Record("operator.added", "operator", id, map[string]any{"email": op.Email, "role": role})
	})
}

// SetOperatorPassword gives an operator a new password.
func (o *Office) SetOperatorPassword(ctx context.Context, actor, email, password string) error {
	hash, err := hashPassword(password)
	if err != nil {
		return err
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		op, err := tx.OperatorByEmail(strings.ToLower(strings.TrimSpace(email)))
		if err != nil {
			return err
		}
		op.PasswordHash = hash
		if err := tx.SetOperator(op); err != nil {
			return err
		}
		return tx.Record("operator.password", "operator", op.ID, nil)
	})
}

// SetOperator changes an operator's name, role and whether they may log in.
// The last active administrator stays one.
func (o *Office) SetOperator(ctx context.Context, actor string, id int64, name, role string, active bool) error {
	if !slices.Contains(Roles, role) {
		return pec.Refuse("role_unknown", "Il ruolo «%s» non esiste.", role).On("role")
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		op, err := tx.Operator(id)
		if err != nil {
			return err
		}
		op.Name, op.Role, op.Active = strings.Join(strings.Fields(name), " "), role, active
		if err := tx.SetOperator(op); err != nil {
			return err
		}
		list, err := tx.Operators()
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(x db.Operator) bool { return x.Active && x.Role == RoleAdministrator }) {
			return pec.Refuse("last_administrator", "Deve restare almeno un amministratore attivo.").On("role")
		}
		return tx.Record("operator.changed", "operator", id, map[string]any{"role": role, "active": active})
	})
}

func newOperator(email, role, password string) (db.Operator, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if a, err := mail.ParseAddress(email); err != nil || a.Address != email || !strings.Contains(email, ".") {
		return db.Operator{}, pec.Refuse("email_invalid", "«%s» non è un indirizzo e-mail.", email).On("email")
	}
	if !slices.Contains(Roles, role) {
		return db.Operator{}, pec.Refuse("role_unknown", "Il ruolo «%s» non esiste: usi %s.", role, strings.Join(Roles, ", ")).On("role")
	}
	hash, err := hashPassword(password)
	return db.Operator{Email: email, Role: role, PasswordHash: hash}, err
}

// MinPassword is the shortest password taken, in characters.
const MinPassword = 8

var hashing = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

func hashPassword(password string) (string, error) {
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return "", pec.Refuse("password_short", "La password deve avere almeno %d caratteri.", MinPassword).On("password")
	case n > 200:
		return "", pec.Refuse("password_long", "La password supera i 200 caratteri.").On("password")
	}
	return argon2id.CreateHash(password, hashing)
}
