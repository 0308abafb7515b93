package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// The way to the pages of operators.
var operatorsWay = []Crumb{{"Amministrazione", "/amministrazione"}, {"Operatori", "/amministrazione/operatori"}}

type operatorsPage struct {
	Frame
	Operators []operatorLine
}

type operatorLine struct {
	db.Operator
	Title string // name, or e-mail
	Role  string
	Since pec.Date
	Self  bool
}

func (s *site) operatorList(c *fiber.Ctx) error {
	p := operatorsPage{Frame: s.frame(c, "Operatori", operatorsWay[:1]...)}
	err := s.read(c, func(tx *db.ReadTx) error {
		list, err := tx.Operators()
		for _, o := range list {
			p.Operators = append(p.Operators, operatorLine{Operator: o, Title: operatorName(o), Role: office.RoleItalian(o.Role), Since: pec.DateOf(o.CreatedAt), Self: o.ID == who(c).ID})
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.show(c, "adminoperators", &p)
}

func operatorName(o db.Operator) string {
	if o.Name == "" {
		return o.Email
	}
	return o.Name
}

// operatorPage is the form of an operator, new or known.
type operatorPage struct {
	Frame
	Operator db.Operator // ID 0: new
	Roles    []Option
	Help     string // of the password
}

func roleOptions() []Option {
	helps := map[string]string{
		office.RoleAdministrator: "Tutto, anche gli operatori, i salvataggi da portare via e il registro.",
		office.RoleSecretariat:   "Tutto tranne gli operatori e il registro.",
		office.RoleTreasurer:     "Guarda tutto; registra pagamenti, scrive convenzioni, produce report.",
		office.RoleReader:        "Guarda soltanto.",
	}
	var options []Option
	for _, role := range office.Roles {
		options = append(options, Option{Value: role, Label: office.RoleItalian(role), Help: helps[role]})
	}
	return options
}

func (s *site) operatorPage(c *fiber.Ctx, title string, o db.Operator, way ...Crumb) *operatorPage {
	return &operatorPage{
		Frame: s.frame(c, title, slices.Concat(operatorsWay, way)...), Operator: o, Roles: roleOptions(),
		Help: fmt.Sprintf("help=Almeno %d caratteri. La comunichi a voce: non parte nessun messaggio.", office.MinPassword),
	}
}

func (s *site) newOperator(c *fiber.Ctx) error {
	return s.show(c, "adminoperator", s.operatorPage(c, "Aggiungi un operatore", db.Operator{Active: true}))
}

func (s *site) addOperator(c *fiber.Ctx) error {
	f := formOf(c)
	o := db.Operator{
		Name:   f.needed("name", "Scriva il nome: compare accanto a ciò che l’operatore fa."),
		Email:  f.needed("email", "Scriva la sua e-mail: è con quella che entra."),
		Role:   f.needed("role", "Scelga il ruolo."),
		Active: true,
	}
	password := repeated(f)
	if f.ok() {
		s.checking <- struct{}{}
		f.add(s.office.AddOperator(ctx(c), who(c).Actor(), o.Email, o.Name, o.Role, password))
		<-s.checking
	}
	if !f.ok() {
		return s.refuse(c, "adminoperator", s.operatorPage(c, "Aggiungi un operatore", o), f)
	}
	return s.done(c, "/amministrazione/operatori", o.Name+" può entrare.", "Con l’e-mail "+strings.ToLower(o.Email)+" e la password che ha scelto.")
}

// repeated reads a new password, written twice.
func repeated(f *form) string {
	password := f.c.FormValue("password")
	switch {
	case password == "":
		f.wrong("password", "Scriva una password.")
	case password != f.c.FormValue("again"):
		f.wrong("again", "Le due password non sono uguali: le scriva di nuovo.")
	}
	return password
}

// operatorOf loads the operator that the address names.
func (s *site) operatorOf(c *fiber.Ctx) (db.Operator, error) {
	id, err := idOf(c)
	if err != nil {
		return db.Operator{}, err
	}
	var o db.Operator
	err = s.read(c, func(tx *db.ReadTx) (err error) {
		o, err = tx.Operator(id)
		return err
	})
	return o, err
}

func (s *site) operatorForm(c *fiber.Ctx) error {
	o, err := s.operatorOf(c)
	if err != nil {
		return err
	}
	return s.show(c, "adminoperator", s.operatorPage(c, operatorName(o), o))
}

func (s *site) setOperator(c *fiber.Ctx) error {
	o, err := s.operatorOf(c)
	if err != nil {
		return err
	}
	title := operatorName(o)
	f := formOf(c)
	o.Name, o.Role, o.Active = f.needed("name", "Scriva il nome: compare accanto a ciò che l’operatore fa."), f.text("role"), f.checked("active")
	if f.ok() {
		f.add(s.office.SetOperator(ctx(c), who(c).Actor(), o.ID, o.Name, o.Role, o.Active))
	}
	if !f.ok() {
		return s.refuse(c, "adminoperator", s.operatorPage(c, title, o), f)
	}
	rest := "Entra come " + strings.ToLower(office.RoleItalian(o.Role)) + "."
	if !o.Active {
		rest = "Da ora non può più entrare."
	}
	return s.done(c, "/amministrazione/operatori", "I dati di "+o.Name+" sono salvati.", rest)
}

func (s *site) operatorPassword(c *fiber.Ctx) error {
	o, err := s.operatorOf(c)
	if err != nil {
		return err
	}
	return s.show(c, "adminpassword", s.passwordFormOf(c, o))
}

func (s *site) passwordFormOf(c *fiber.Ctx, o db.Operator) *operatorPage {
	return s.operatorPage(c, "Nuova password", o, Crumb{operatorName(o), fmt.Sprintf("/amministrazione/operatori/%d", o.ID)})
}

// setOperatorPassword gives an operator a new password. Their browsers are out
// by it; who changes their own stays in.
func (s *site) setOperatorPassword(c *fiber.Ctx) error {
	o, err := s.operatorOf(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	password := repeated(f)
	if f.ok() {
		s.checking <- struct{}{}
		f.add(s.office.SetOperatorPassword(ctx(c), who(c).Actor(), o.Email, password))
		<-s.checking
	}
	if !f.ok() {
		return s.refuse(c, "adminpassword", s.passwordFormOf(c, o), f)
	}
	if o.ID != who(c).ID {
		return s.done(c, "/amministrazione/operatori", "La password di "+operatorName(o)+" è cambiata.", "Chi era entrato con la vecchia è già fuori.")
	}
	if o, err = s.operatorOf(c); err != nil {
		return err
	}
	if err := s.begin(c, Role(o.Role), o.ID, o.PasswordHash); err != nil {
		return err
	}
	return c.Redirect("/amministrazione/operatori", fiber.StatusSeeOther)
}
