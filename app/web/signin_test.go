package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func requestFor(path string) *fasthttp.RequestCtx {
	var r fasthttp.RequestCtx
	r.Request.SetRequestURI(path)
	r.Request.Header.SetMethod(http.MethodGet)
	return &r
}

// probe adds a page and an action for the desk, and one that goes wrong.
func (s *testSite) probe() *testSite {
	routes := s.routes()
	if !slices.ContainsFunc(routes, func(r route) bool { return r.path == "/" }) {
		routes = append(routes, get("/", operators, func(c *fiber.Ctx) error { return c.SendString("") }))
	}
	s.app = s.site.app(append(routes,
		get("/prova", operators, func(c *fiber.Ctx) error { return c.SendString(who(c).Actor()) }),
		get("/prova/nuovo", operators, func(c *fiber.Ctx) error {
			return s.show(c, "signin", &signInPage{Frame: s.frame(c, "Prova", Crumb{"Iscritti", "/prova"})})
		}),
		post("/prova/nuovo", clerks, func(c *fiber.Ctx) error { return s.done(c, "/prova/nuovo", "Fatto.", "Due righe scritte.") }),
		get("/prova/guasto", operators, func(c *fiber.Ctx) error { return context.DeadlineExceeded }),
		get("/prova/panico", operators, func(c *fiber.Ctx) error { panic("rotto") }),
		get("/prova/modello", operators, func(c *fiber.Ctx) error { return s.show(c, "signin", &welcomePage{Frame: s.frame(c, "Prova")}) }),
		get("/prova/ignoto", operators, func(c *fiber.Ctx) error { return pec.Refuse("member_unknown", "L’iscritto non esiste.") }),
	))
	return s
}

func TestOperatorAndMemberLogInThroughTheSameForm(t *testing.T) {
	s := newTestSite(t, "2018-10-12").probe()
	if got := s.as(Secretariat).get("/prova").must(200).text(); got != "operatore:giulia@ordine.example" {
		t.Errorf("signed in as %q", got)
	}
	member := s.as(Member)
	if a := member.get("/"); a.location != "/area" {
		t.Errorf("a member at the desk is sent to %q, want /area", a.location)
	}
	member.get("/prova").must(fiber.StatusForbidden).says("non comprende questa pagina")
}

func TestWrongPasswordAndUnknownAccountAnswerAlike(t *testing.T) {
	s := newTestSite(t, "2018-10-12")
	refused := func(login, password string) string {
		v := s.anyone()
		v.get("/accesso")
		a := v.post("/accesso", "login", login, "password", password).must(fiber.StatusUnprocessableEntity)
		if v.cookies["albopec"] != "" {
			t.Errorf("%s got a session", login)
		}
		return strings.ReplaceAll(a.text(), login, "")
	}
	known := refused("giulia@ordine.example", "sbagliata del tutto")
	if unknown := refused("nessuno@ordine.example", "sbagliata del tutto"); unknown != known {
		t.Errorf("an unknown account is told apart:\n%s\n%s", known, unknown)
	}
	if !strings.Contains(known, "Indirizzo o password non corretti") {
		t.Errorf("the page does not say what is wrong: %s", known)
	}
}

func TestOperatorSwitchedOffAndDeceasedMemberAreNotLetIn(t *testing.T) {
	s := newTestSite(t, "2018-10-12").probe()
	secretary, member := s.as(Secretariat), s.as(Member)
	s.write(func(tx *db.Tx) error {
		o, err := tx.OperatorByEmail("giulia@ordine.example")
		if err != nil {
			return err
		}
		o.Active = false
		if err := tx.SetOperator(o); err != nil {
			return err
		}
		m, err := tx.Member(s.member)
		if err != nil {
			return err
		}
		m.Status, m.LeftOn = pec.MemberDeceased, s.today
		return tx.SetMember(m)
	})
	if a := secretary.get("/prova"); !strings.HasPrefix(a.location, "/accesso") {
		t.Errorf("an operator switched off is still in: %d", a.status)
	}
	if a := member.get("/area"); a.status == fiber.StatusOK {
		t.Error("the session of a deceased member is still open")
	}
	v := s.anyone()
	v.get("/accesso")
	v.post("/accesso", "login", "giulia@ordine.example", "password", testPassword).must(422)
	v.post("/accesso", "login", s.address, "password", testPassword).must(422)
}

func TestFifthWrongPasswordBringsAPause(t *testing.T) {
	s := newTestSite(t, "2018-10-12")
	v := s.anyone()
	v.get("/accesso")
	for range 5 {
		v.post("/accesso", "login", "giulia@ordine.example", "password", "sbagliata").says("non corretti")
	}
	v.post("/accesso", "login", "giulia@ordine.example", "password", testPassword).must(422).says("Troppi tentativi non riusciti: riprovi fra un minuto.")
	v.post("/accesso", "login", "paolo@ordine.example", "password", testPassword).must(fiber.StatusSeeOther) // others are not held up
	s.now = s.now.Add(time.Minute + time.Second)
	v = s.anyone()
	v.get("/accesso")
	v.post("/accesso", "login", "giulia@ordine.example", "password", testPassword).must(fiber.StatusSeeOther)
}

func TestSessionChangesItsNameAtLogInAndEndsAtLogOut(t *testing.T) {
	s := newTestSite(t, "2018-10-12").probe()
	v := s.as(Secretariat)
	first := v.cookies["albopec"]
	v.get("/prova/nuovo")
	csrf := v.csrf
	v.post("/accesso", "login", "paolo@ordine.example", "password", testPassword).must(fiber.StatusSeeOther)
	if v.cookies["albopec"] == first {
		t.Error("the session kept its id through a log-in")
	}
	v.get("/prova/nuovo")
	if v.csrf == csrf {
		t.Error("the token of forms survived a log-in")
	}
	stale := s.anyone()
	stale.cookies["albopec"] = first
	if a := stale.get("/prova"); a.status == fiber.StatusOK {
		t.Error("the old session is still open")
	}

	second := v.cookies["albopec"]
	if a := v.post("/esci"); a.location != "/accesso" {
		t.Errorf("after the log-out: %d %s", a.status, a.location)
	}
	stale.cookies["albopec"] = second
	if a := stale.get("/prova"); a.status == fiber.StatusOK {
		t.Error("the session outlived the log-out")
	}
}

func TestSessionEndsAfterTwelveHoursHoweverBusy(t *testing.T) {
	s := newTestSite(t, "2018-10-12").probe()
	v := s.as(Secretariat)
	s.now = s.now.Add(11 * time.Hour)
	v.get("/prova").must(200)
	s.now = s.now.Add(2 * time.Hour)
	if a := v.get("/prova"); a.location != "/accesso?next=%2Fprova" {
		t.Errorf("after 13 hours: %d %s", a.status, a.location)
	}
}

func TestNewPasswordEndsOtherSessions(t *testing.T) {
	s := newTestSite(t, "2018-10-12").probe()
	v := s.as(Member)
	if a := v.get("/accesso"); a.location != "/" {
		t.Fatalf("a member who is signed in is not sent on: %d", a.status)
	}
	if err := s.office.SetMemberPassword(t.Context(), "prova", s.address, "un’altra frase lunga"); err != nil {
		t.Fatal(err)
	}
	v.get("/accesso").must(200).says("Accesso")
}

func TestFormFromElsewhereIsRefused(t *testing.T) {
	s := newTestSite(t, "2018-10-12").probe()
	v := s.as(Secretariat)
	v.get("/prova/nuovo")
	send := func(token, header, value string) int {
		r := httptest.NewRequest(http.MethodPost, "/prova/nuovo", strings.NewReader(csrfField+"="+token))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if header != "" {
			r.Header.Set(header, value)
		}
		return v.do(r).status
	}
	for _, test := range []struct {
		what, token, header, value string
		want                       int
	}{
		{"our own form", v.csrf, "Origin", "http://example.com", 303},
		{"our own form, as new browsers say", v.csrf, "Sec-Fetch-Site", "same-origin", 303},
		{"no token", "", "", "", 403},
		{"a wrong token", strings.Repeat("A", 43), "", "", 403},
		{"another site that knew the token", v.csrf, "Origin", "https://altrove.example", 403},
		{"another site, as new browsers say", v.csrf, "Sec-Fetch-Site", "cross-site", 403},
		{"a page without an origin", v.csrf, "Origin", "null", 403},
	} {
		if got := send(test.token, test.header, test.value); got != test.want {
			t.Errorf("%s: %d, want %d", test.what, got, test.want)
		}
	}
}

func TestNoticeIsShownOnce(t *testing.T) {
	s := newTestSite(t, "2018-10-12").probe()
	v := s.as(Secretariat)
	a := v.post("/prova/nuovo").must(303)
	v.follow(a).must(200).says("Fatto. Due righe scritte.")
	v.follow(a).must(200).saysNot("Fatto.")
}

func TestLookingOnMakesNoSession(t *testing.T) {
	s := newTestSite(t, "2018-10-12")
	v := s.anyone()
	v.get("/accesso")
	v.get("/")
	if v.cookies["albopec"] != "" {
		t.Error("a passer-by got a session")
	}
}

func TestAfterLogInThePageAskedForOpens(t *testing.T) {
	s := newTestSite(t, "2018-10-12").probe()
	v := s.anyone()
	a := v.get("/prova/nuovo?q=rossi")
	page := v.follow(a)
	next := attribute(page.find("input", "name", "next"), "value")
	a = v.post("/accesso", "login", "giulia@ordine.example", "password", testPassword, "next", next)
	if a.location != "/prova/nuovo?q=rossi" {
		t.Errorf("sent to %q", a.location)
	}
	for _, elsewhere := range []string{"https://altrove.example/", "//altrove.example/", "/\\altrove.example", "javascript:alert(1)", "altrove"} {
		if got := ownPath(elsewhere); got != "" {
			t.Errorf("ownPath(%q) is %q", elsewhere, got)
		}
	}
}

func TestMemberChoosesPasswordByOneTimeLink(t *testing.T) {
	s := newTestSite(t, "2018-10-12")
	token, err := s.office.MemberLink(t.Context(), "prova", s.member)
	if err != nil {
		t.Fatal(err)
	}
	v := s.anyone()
	page := v.get("/benvenuto/"+token).must(200).says("Elena Morandi", s.address)
	if err := page.wellFormed(); err != nil {
		t.Error(err)
	}
	v.post("/benvenuto/"+token, "password", "corta", "again", "corta").must(422).says(fmt.Sprintf("almeno %d caratteri", office.MinPassword))
	v.post("/benvenuto/"+token, "password", "una frase nuova", "again", "una frase nuove").must(422).says("non sono uguali")
	a := v.post("/benvenuto/"+token, "password", "una frase nuova", "again", "una frase nuova").must(303)
	v.follow(a).must(200).says("La password è salvata.")
	s.anyone().get("/benvenuto/" + token).must(404).says("già stato usato")
	v = s.anyone()
	v.get("/accesso")
	v.post("/accesso", "login", s.address, "password", testPassword).must(422)
	v.post("/accesso", "login", s.address, "password", "una frase nuova").must(303)

	late, err := s.office.MemberLink(t.Context(), "prova", s.member)
	if err != nil {
		t.Fatal(err)
	}
	s.now = s.now.Add(8 * 24 * time.Hour)
	s.anyone().get("/benvenuto/" + late).must(404).says("è scaduto")
}

func TestFaultShowsACodeThatIsInTheLog(t *testing.T) {
	s := newTestSite(t, "2018-10-12").probe()
	v := s.as(Secretariat)
	for _, path := range []string{"/prova/guasto", "/prova/panico", "/prova/modello"} {
		a := v.get(path).must(500).says("Nulla è stato scritto")
		code := textOf(a.find("span", "class", "mono"))
		if !strings.HasPrefix(code, "E-") || !strings.Contains(s.log.String(), "code="+code) {
			t.Errorf("%s: code %q is not in the log:\n%s", path, code, s.log)
		}
		if err := a.wellFormed(); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestErrorPages(t *testing.T) {
	s := newTestSite(t, "2018-10-12").probe()
	v := s.as(Secretariat)
	v.get("/nessuna").must(404).says("Pagina non trovata", "«/nessuna»")
	v.get("/prova/ignoto").must(404).says("L’iscritto non esiste.")
	s.anyone().get("/nessuna").must(404).says("Vai all’accesso")
	s.as(ReadOnly).post("/prova/nuovo").must(403)
}

func TestEveryPageForbidsWhatItDoesNotUse(t *testing.T) {
	s := newTestSite(t, "2018-10-12").probe()
	for _, a := range []*answer{s.anyone().get("/accesso"), s.as(Secretariat).get("/prova/nuovo"), s.as(Secretariat).get("/nessuna")} {
		if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("policy %q", csp)
		}
		for name, want := range map[string]string{
			"X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
	}
}

func TestCookiesAreBoundToTheHostOverHTTPS(t *testing.T) {
	s := newTestSite(t, "2018-10-12")
	s.SecureCookies = true
	s.sessions = s.newSessions()
	s.app = s.site.app(s.routes())
	v := s.anyone()
	v.get("/accesso")
	a := v.post("/accesso", "login", "giulia@ordine.example", "password", testPassword).must(303)
	for _, cookie := range a.header.Values("Set-Cookie") {
		if !strings.HasPrefix(cookie, "__Host-albopec") {
			t.Errorf("cookie %q", cookie)
		}
		for _, want := range []string{"HttpOnly", "secure", "SameSite=Lax"} {
			if !strings.Contains(strings.ToLower(cookie), strings.ToLower(want)) {
				t.Errorf("cookie without %s: %s", want, cookie)
			}
		}
	}
}

func TestStaticFilesAreKeptByVersion(t *testing.T) {
	s := newTestSite(t, "2018-10-12")
	v := s.anyone()
	a := v.get(assetURL("albopec.css")).must(200)
	if got := a.header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("Cache-Control %q", got)
	}
	if got := a.header.Get("Content-Type"); !strings.HasPrefix(got, "text/css") {
		t.Errorf("Content-Type %q", got)
	}
	if got := v.get("/static/vecchia/albopec.css").must(200).header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("an old address may be kept: %q", got)
	}
	v.get("/static/" + assets().version + "/../embed.go").must(404)
}

func TestFormLargerThanAnyOfOursIsRefused(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	s.anyone().post("/accesso", "login", strings.Repeat("x", maxForm), "password", "y").must(413)
}
