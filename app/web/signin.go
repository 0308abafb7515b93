package web

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) signInRoutes() []route {
	return []route{
		get("/accesso", anyone, s.signInPage),
		post("/accesso", anyone, s.signIn),
		post("/esci", anyone, s.signOut),
		get("/benvenuto/:token", anyone, s.welcomePage),
		post("/benvenuto/:token", anyone, s.welcome),
	}
}

type signInPage struct {
	Frame
	Login string
	Next  string    // where to go afterwards, a path of ours or empty
	Sent  *sentForm // what was typed when the log-in had ended; nil mostly
}

func (s *site) signInPage(c *fiber.Ctx) error {
	if visitOf(c).who != nil {
		return c.Redirect("/", fiber.StatusSeeOther)
	}
	p := signInPage{Frame: s.frame(c, "Accesso"), Next: ownPath(c.Query("next"))}
	if c.Query("fatto") == "password" {
		p.Notice = &Alert{Kind: "success", Strong: "La password è salvata.", Text: "Ora può entrare con la Sua casella PEC."}
	}
	if c.Query("fatto") == "mail" {
		p.Notice = &Alert{Kind: "success", Strong: "La nuova mail è confermata.", Text: "Da ora gli avvisi arrivano lì."}
	}
	return s.show(c, "signin", &p)
}

// signIn opens a session. The answer to a wrong password and to an unknown
// account is the same, after the same time.
func (s *site) signIn(c *fiber.Ctx) error {
	f := formOf(c)
	p := signInPage{Login: f.needed("login", "Scriva la Sua casella PEC o la Sua e-mail."), Next: ownPath(f.text("next")), Sent: waitingForm(c)}
	password := c.FormValue("password")
	if password == "" {
		f.wrong("password", "Scriva la password.")
	}
	if f.ok() {
		err := s.trySignIn(c, p.Login, password)
		if v := visitOf(c); err == nil && p.Sent != nil && v.madeFor(p.Sent.Token) {
			return s.askAgain(c, *p.Sent)
		}
		if err == nil {
			return c.Redirect(afterSignIn(p.Next), fiber.StatusSeeOther)
		}
		f.add(err)
	}
	p.Frame = s.frame(c, "Accesso")
	return s.refuse(c, "signin", &p, f)
}

// trySignIn counts the try before it checks the password, so that many at once
// get no further than many in a row.
func (s *site) trySignIn(c *fiber.Ctx, login, password string) error {
	now := s.Now()
	account, address := "accesso:"+strings.ToLower(login)+" "+c.IP(), "accesso da:"+c.IP()
	until, err := s.Throttles.Until(address, now)
	if err == nil && until.IsZero() {
		until, err = s.Throttles.Try(account, now, pauseOfAccount)
	}
	if err != nil {
		return err
	}
	if !until.IsZero() {
		return tooMany(until.Sub(now))
	}

	s.checking <- struct{}{}
	role, id, hash, err := s.whoSignsIn(c, login, password)
	<-s.checking
	if err != nil {
		s.log.Info("log-in refused", "ip", c.IP())
		if _, terr := s.Throttles.Try(address, now, pauseOfAddress); terr != nil {
			return terr
		}
		return err
	}
	if err := s.Throttles.Forgive(account); err != nil {
		return err
	}
	s.log.Info("log-in", "role", role, "id", id)
	return s.begin(c, role, id, hash)
}

// whoSignsIn asks the office: a member by the mailbox's address, an operator
// by e-mail. An address in one of the Ordine's domains is a mailbox.
func (s *site) whoSignsIn(c *fiber.Ctx, login, password string) (Role, int64, string, error) {
	o, err := s.office.SignInOperator(ctx(c), login, password)
	if err == nil {
		return Role(o.Role), o.ID, o.PasswordHash, nil
	}
	if pec.AsProblem(err) == nil {
		return "", 0, "", err
	}
	m, err := s.office.SignInMember(ctx(c), login, password)
	if err != nil {
		return "", 0, "", err
	}
	return Member, m.ID, m.PasswordHash, nil
}

// pauseOfAccount is how long an account waits after its n-th wrong password in
// a row from one address: nothing up to the fourth, then 1, 2, 4, 8 and 15
// minutes.
func pauseOfAccount(n int) time.Duration {
	if n < 5 {
		return 0
	}
	return min(time.Minute<<min(n-5, 4), 15*time.Minute)
}

// pauseOfAddress slows down who tries many accounts from one address; a studio
// of many members behind one address does not come near.
func pauseOfAddress(n int) time.Duration {
	if n < 40 {
		return 0
	}
	return 15 * time.Minute
}

func tooMany(wait time.Duration) *pec.Problem {
	minutes := int((wait + time.Minute - 1) / time.Minute)
	if minutes <= 1 {
		return pec.Refuse("too_many_tries", "Troppi tentativi non riusciti: riprovi fra un minuto.")
	}
	return pec.Refuse("too_many_tries", "Troppi tentativi non riusciti: riprovi fra %d%sminuti.", minutes, nbsp)
}

func (s *site) signOut(c *fiber.Ctx) error {
	if err := s.end(c); err != nil {
		return err
	}
	return c.Redirect("/accesso", fiber.StatusSeeOther)
}

// toSignIn sends who is not signed in to the log-in; a page is found again
// afterwards, a form is not sent again by itself.
func (s *site) toSignIn(c *fiber.Ctx) error {
	to := "/accesso"
	if next := ownPath(c.OriginalURL()); c.Method() == fiber.MethodGet && next != "" && next != "/" {
		to += "?next=" + url.QueryEscape(next)
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// ownPath returns the address if it is a path of this site, and empty
// otherwise: nobody is sent elsewhere after the log-in.
func ownPath(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(address, "//") || strings.ContainsAny(address, "\\\r\n") {
		return ""
	}
	return address
}

func afterSignIn(next string) string {
	if next == "" {
		return "/"
	}
	return next
}

// welcomePage is what a one-time link opens: the member chooses a password.
type welcomePage struct {
	Frame
	Name, Address string
	Help          string // how long a password is
}

func (s *site) welcomePage(c *fiber.Ctx) error {
	p, err := s.welcomeOf(c)
	if err != nil {
		return err
	}
	return s.show(c, "welcome", p)
}

func (s *site) welcomeOf(c *fiber.Ctx) (*welcomePage, error) {
	m, err := s.office.MemberOfLink(ctx(c), c.Params("token"))
	if err != nil {
		return nil, err
	}
	p := &welcomePage{Frame: s.frame(c, "Scelga la password"), Name: nameFirst(m.Member), Help: fmt.Sprintf("help=Almeno %d caratteri; una frase va benissimo.", office.MinPassword)}
	return p, s.read(c, func(tx *db.ReadTx) error {
		boxes, err := tx.MailboxesOf(m.ID)
		if len(boxes) > 0 {
			p.Address = boxes[0].Address
		}
		return err
	})
}

// welcome sets the password; the member then logs in with it.
func (s *site) welcome(c *fiber.Ctx) error {
	p, err := s.welcomeOf(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	password := c.FormValue("password")
	if password != c.FormValue("again") {
		f.wrong("again", "Le due password non sono uguali: le scriva di nuovo.")
	}
	if f.ok() {
		s.checking <- struct{}{}
		f.add(s.office.UseMemberLink(ctx(c), c.Params("token"), password))
		<-s.checking
	}
	if !f.ok() {
		return s.refuse(c, "welcome", p, f)
	}
	return c.Redirect("/accesso?fatto=password", fiber.StatusSeeOther)
}
