package web

import (
	"crypto/subtle"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
)

// formCookie holds the token of who is not signed in: the log-in's form must
// not make a session of every passer-by.
const formCookie = "albopec-modulo"

// csrfField is the hidden field; templates write {{template "csrf" .}}.
const csrfField = "_csrf"

var errForeignForm = pec.Refuse("form_expired", "La pagina da cui ha inviato il modulo non è più valida: la ricarichi e riprovi. Nulla è stato scritto.")

// checkForm refuses what another site's page made the browser send: the
// browser's own word on where it comes from, and a token that only our pages
// know, in the field or, for scripts, the header X-CSRF-Token.
func (s *site) checkForm(c *fiber.Ctx, v *visit) error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return nil
	}
	if !sameOrigin(c) {
		return errForeignForm
	}
	token := c.Get("X-CSRF-Token")
	if token == "" {
		token = c.FormValue(csrfField)
	}
	if v.csrf == "" || subtle.ConstantTimeCompare([]byte(token), []byte(v.csrf)) != 1 {
		return errForeignForm
	}
	return nil
}

// sameOrigin believes what browsers say in Sec-Fetch-Site and, older ones, in
// Origin; a request with neither comes from no browser's page.
func sameOrigin(c *fiber.Ctx) bool {
	switch c.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return true
	case "":
	default:
		return false
	}
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && strings.EqualFold(u.Host, string(c.Request().Host()))
}

// formToken is the token for this page's forms; before the log-in it travels
// in a cookie of its own.
func (s *site) formToken(c *fiber.Ctx, v *visit) string {
	if v.csrf == "" {
		v.csrf = randomToken()
		s.setFormCookie(c, v.csrf, time.Time{})
	}
	return v.csrf
}

func (s *site) forgetFormCookie(c *fiber.Ctx) { s.setFormCookie(c, "", s.Now().Add(-time.Hour)) }

func (s *site) setFormCookie(c *fiber.Ctx, value string, expires time.Time) {
	c.Cookie(&fiber.Cookie{
		Name: s.cookieName(formCookie), Value: value, Path: "/", Expires: expires, SessionOnly: expires.IsZero(),
		HTTPOnly: true, Secure: s.SecureCookies, SameSite: fiber.CookieSameSiteLaxMode,
	})
}
