package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/session"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// Role is what somebody may do here. Operators have one of the four; a member
// sees what is theirs.
type Role string

// The roles.
const (
	Administrator Role = office.RoleAdministrator
	Secretariat   Role = office.RoleSecretariat
	Treasurer     Role = office.RoleTreasurer
	ReadOnly      Role = office.RoleReader
	Member        Role = "member"
	Anyone        Role = "anyone" // of routes only: no log-in needed
)

// Who may use a route. A treasurer reads all, and writes agreements, reports
// and payments.
var (
	anyone     = []Role{Anyone}
	operators  = []Role{Administrator, Secretariat, Treasurer, ReadOnly} // every page that only shows
	clerks     = []Role{Administrator, Secretariat}                      // members, mailboxes, imports, orders
	treasury   = []Role{Administrator, Secretariat, Treasurer}           // payments and reports
	contracts  = treasury                                                // agreements
	governance = []Role{Administrator}                                   // operators, backups, log
	themselves = []Role{Member}                                          // the member's area
)

// Who is the person signed in.
type Who struct {
	ID    int64 // of the operator, or of the member
	Role  Role
	Name  string // "Giulia Ferretti"
	Email string // operators only
}

// RoleTitle is for the header.
func (w Who) RoleTitle() string {
	if w.Role == Member {
		return "Iscritto"
	}
	return office.RoleItalian(string(w.Role))
}

// May reports whether the role is among these; templates ask page.May.
func (w *Who) May(roles []Role) bool { return w != nil && slices.Contains(roles, w.Role) }

// Actor is how the person's changes are signed.
func (w Who) Actor() string {
	if w.Role == Member {
		return fmt.Sprintf("iscritto:%d", w.ID)
	}
	return "operatore:" + w.Email
}

// visit is what is known of a request before its handler.
type visit struct {
	who     *Who // nil: not signed in
	viewer  *Who // the operator who looks at the area of who, and changes nothing
	session string
	csrf    string
	hash    string // of the password of who is here, see madeFor
	order   string // the Ordine's name
	today   pec.Date
}

type visitKey struct{}

// visitOf returns the request's visit; a request that failed before one was
// made gets an empty one.
func visitOf(c *fiber.Ctx) *visit {
	if v, ok := c.Locals(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{}
}

// who is the person signed in; routes for roles always have one.
func who(c *fiber.Ctx) Who { return *visitOf(c).who }

func (s *site) newSessions() *session.Store {
	return session.New(session.Config{
		Storage:           s.Sessions,
		Expiration:        s.Idle,
		KeyLookup:         "cookie:" + s.cookieName("albopec"),
		KeyGenerator:      randomToken,
		CookieHTTPOnly:    true,
		CookieSecure:      s.SecureCookies,
		CookieSameSite:    "Lax", // links in mails must find who is signed in
		CookieSessionOnly: true,
		CookiePath:        "/",
	})
}

// cookieName adds the prefix that binds a cookie to this host; browsers take
// it over HTTPS only.
func (s *site) cookieName(name string) string {
	if s.SecureCookies {
		return "__Host-" + name
	}
	return name
}

func randomToken() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// visited finds out who is here and refuses foreign forms. No GET writes.
func (s *site) visited(c *fiber.Ctx) error {
	v := &visit{today: s.Today()}
	c.Locals(visitKey{}, v)
	c.Set(fiber.HeaderCacheControl, "no-store") // personal data; also after the log-out
	err := s.read(c, func(tx *db.ReadTx) error {
		order, err := tx.OrderBody()
		if err != nil {
			return err
		}
		v.order = order.Name
		return s.recognise(c, tx, v)
	})
	if err != nil {
		return err
	}
	if v.who == nil {
		v.csrf = c.Cookies(s.cookieName(formCookie))
	}
	if err := s.checkForm(c, v); err != nil {
		if sent, ok := s.lateForm(c, v); ok {
			return s.keptForm(c, v, sent)
		}
		return err
	}
	return c.Next()
}

// recognise reads the session. One whose operator or member may no longer log
// in, or has another password since, is as if it were not there.
func (s *site) recognise(c *fiber.Ctx, tx *db.ReadTx, v *visit) error {
	sess, err := s.sessions.Get(c)
	if err != nil {
		return fmt.Errorf("reading the session: %w", err)
	}
	role, _ := sess.Get("role").(string)
	id, _ := sess.Get("id").(int64)
	seal, _ := sess.Get("seal").(string)
	since, _ := sess.Get("since").(int64)
	csrf, _ := sess.Get("csrf").(string)
	if role == "" || s.Now().Sub(time.Unix(since, 0)) > longestSession {
		return nil
	}
	person, hash, err := identify(tx, Role(role), id)
	if err != nil {
		if pec.AsProblem(err) != nil {
			return nil
		}
		return err
	}
	if person == nil || sealOf(hash) != seal {
		return nil
	}
	v.who, v.hash, v.session, v.csrf = person, hash, sess.ID(), csrf
	if member, _ := sess.Get(viewing).(int64); member != 0 && person.May(clerks) && inArea(c) {
		return v.lookAt(tx, member)
	}
	return nil
}

// inArea reports whether a page is of the member's area.
func inArea(c *fiber.Ctx) bool {
	return c.Path() == "/area" || strings.HasPrefix(c.Path(), "/area/")
}

// lookAt makes the visit the member's, for an operator who looks at their area.
func (v *visit) lookAt(tx *db.ReadTx, member int64) error {
	person, _, err := identify(tx, Member, member)
	if err != nil || person == nil {
		return err
	}
	v.who, v.viewer = person, v.who
	return nil
}

// identify loads the person of a session and the hash of their password; nil
// when they may not be here.
func identify(tx *db.ReadTx, role Role, id int64) (*Who, string, error) {
	if role == Member {
		m, err := tx.Member(id)
		if err != nil || m.Status == pec.MemberDeceased || m.Merged() { // 9.10; a merged position is entered by the other
			return nil, "", err
		}
		return &Who{ID: id, Role: Member, Name: nameFirst(m.Member)}, m.PasswordHash, nil
	}
	o, err := tx.Operator(id)
	if err != nil || !o.Active {
		return nil, "", err
	}
	name := o.Name
	if name == "" {
		name = o.Email
	}
	return &Who{ID: id, Role: Role(o.Role), Name: name, Email: o.Email}, o.PasswordHash, nil
}

// nameFirst is how a member is addressed: "Elena Morandi"; lists use FullName.
func nameFirst(m pec.Member) string { return strings.TrimSpace(m.Name + " " + m.Surname) }

// sealOf ties a session to the password it was opened with.
func sealOf(hash string) string {
	sum := sha256.Sum256([]byte(hash))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// begin opens a session under a new id; whatever was there before is gone. From
// here on the visit is that person's.
func (s *site) begin(c *fiber.Ctx, role Role, id int64, passwordHash string) error {
	sess, err := s.sessions.Get(c)
	if err != nil {
		return fmt.Errorf("opening a session: %w", err)
	}
	if err := sess.Reset(); err != nil {
		return fmt.Errorf("opening a session: %w", err)
	}
	sess.Set("role", string(role))
	sess.Set("id", id)
	sess.Set("seal", sealOf(passwordHash))
	sess.Set("since", s.Now().Unix())
	v := visitOf(c)
	v.session, v.csrf = sess.ID(), formMark(Who{ID: id, Role: role}, passwordHash)
	sess.Set("csrf", v.csrf)
	if err := sess.Save(); err != nil {
		return fmt.Errorf("opening a session: %w", err)
	}
	s.forgetFormCookie(c)
	return s.read(c, func(tx *db.ReadTx) (err error) {
		v.who, v.hash, err = identify(tx, role, id)
		return err
	})
}

// end closes the session.
func (s *site) end(c *fiber.Ctx) error {
	sess, err := s.sessions.Get(c)
	if err != nil {
		return fmt.Errorf("closing a session: %w", err)
	}
	return sess.Destroy()
}

// notices are what the next page of a session says: they last from a POST to
// the GET it redirects to, and a restart may lose one.
type notices struct {
	sync.Mutex
	bySession map[string]kept
}

type kept struct {
	alert Alert
	until time.Time
}

func (n *notices) put(session string, a Alert, now time.Time) {
	n.Lock()
	defer n.Unlock()
	for key, old := range n.bySession {
		if old.until.Before(now) {
			delete(n.bySession, key)
		}
	}
	n.bySession[session] = kept{a, now.Add(10 * time.Minute)}
}

func (n *notices) take(session string) *Alert {
	n.Lock()
	defer n.Unlock()
	k, ok := n.bySession[session]
	if !ok {
		return nil
	}
	delete(n.bySession, session)
	return &k.alert
}
