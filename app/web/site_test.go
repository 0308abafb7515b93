package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/gofiber/fiber/v2"
	"golang.org/x/net/html"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// testPassword opens every account of a test site.
const testPassword = "una frase di prova"

// testHash is its hash, made weak so that log-ins are quick.
var testHash = sync.OnceValue(func() string {
	hash, err := argon2id.CreateHash(testPassword, &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		panic(err)
	}
	return hash
})

// testSite is the real application on a database of its own, in which it is
// the day that newTestSite was given. There are an operator of each role and
// a member with an active mailbox.
type testSite struct {
	*site
	t      *testing.T
	app    *fiber.App
	db     *db.DB
	office *office.Office
	today  pec.Date
	now    time.Time
	log    *bytes.Buffer

	member  int64  // Elena Morandi
	mailbox int64  // hers
	address string // elena.morandi@pec.ordine.example
}

func newTestSite(t *testing.T, today string) *testSite {
	t.Helper()
	d, err := db.Create(filepath.Join(t.TempDir(), "albopec.db"))
	if err != nil {
		t.Fatal(err)
	}
	sessions := db.NewSessions(d, 30*time.Minute)
	t.Cleanup(func() {
		sessions.Close()
		d.Close()
	})
	s := &testSite{t: t, db: d, today: pec.Day(today), log: &bytes.Buffer{}}
	s.now = s.today.Time().Add(9 * time.Hour)
	s.office = office.New(d)
	s.office.Today = func() pec.Date { return s.today }
	s.office.Now = func() time.Time { return s.now }
	s.office.Spawn = func(f func()) { f() }
	s.office.Log = slog.New(slog.NewTextHandler(s.log, nil))
	s.site = newSite(Config{
		Office: s.office, Reader: d.Reader, Sessions: sessions, Throttles: db.NewThrottles(d),
		Today: s.office.Today, Now: s.office.Now, Logger: s.office.Log,
	})
	s.app = s.site.app(s.routes())
	s.write(s.people)
	return s
}

// write puts something into the site's database, as the program would.
func (s *testSite) write(f func(*db.Tx) error) {
	s.t.Helper()
	if err := s.db.Write(context.Background(), db.Stamp{Now: s.now, On: s.today, Actor: "prova"}, f); err != nil {
		s.t.Fatal(err)
	}
}

// roleEmails are the operators of a test site.
var roleEmails = map[Role]string{
	Administrator: "ada@ordine.example", Secretariat: "giulia@ordine.example",
	Treasurer: "paolo@ordine.example", ReadOnly: "lucia@ordine.example",
}

func (s *testSite) people(tx *db.Tx) error {
	if err := tx.SetOrderBody(db.OrderBody{Name: "Ordine degli Ingegneri della Provincia di Valdoro", City: "Valdoro"}); err != nil {
		return err
	}
	if err := tx.AddDomain("pec.ordine.example"); err != nil {
		return err
	}
	names := map[Role]string{Administrator: "Ada Bruni", Secretariat: "Giulia Ferretti", Treasurer: "Paolo Marini", ReadOnly: "Lucia Andreoli"}
	for role, email := range roleEmails {
		if _, err := tx.AddOperator(db.Operator{Email: email, Name: names[role], Role: string(role), PasswordHash: testHash(), Active: true}); err != nil {
			return err
		}
	}
	id, err := tx.AddMember(db.MemberRow{Member: pec.Member{
		RegistrationNumber: "A15266", Surname: "Morandi", Name: "Elena", Sex: "F", TaxCode: "MRNLNE80A41H501U",
		Section: "A", Sector: "a", RegisteredOn: pec.Day("2010-03-14"), Status: pec.MemberActive, Email: "elena@posta.example",
	}})
	if err != nil {
		return err
	}
	s.member, s.address = id, "elena.morandi@pec.ordine.example"
	if err := tx.SetMemberPassword(id, testHash()); err != nil {
		return err
	}
	activated := s.today.AddYears(-1).AddMonths(3)
	s.mailbox, err = tx.AddMailbox(db.MailboxRow{Mailbox: pec.Mailbox{
		Address: s.address, MemberID: id, Kind: "standard", Status: pec.MailboxActive, RequestedOn: activated, SentOn: activated,
		ActivatedOn: activated, AnchorOn: activated, ExpiresOn: activated.AddYears(1), TermYears: 1, AutoRenew: true,
	}})
	return err
}

// visitor is a browser: it keeps cookies, and the token of the last form.
type visitor struct {
	t       *testing.T
	site    *testSite
	cookies map[string]string
	csrf    string
}

// anyone is a browser that has not logged in.
func (s *testSite) anyone() *visitor {
	return &visitor{t: s.t, site: s, cookies: map[string]string{}}
}

// as is a browser logged in through the real form.
func (s *testSite) as(role Role) *visitor {
	s.t.Helper()
	v := s.anyone()
	login := roleEmails[role]
	if role == Member {
		login = s.address
	}
	v.get("/accesso")
	a := v.post("/accesso", "login", login, "password", testPassword)
	if a.status != fiber.StatusSeeOther || v.cookies["albopec"] == "" {
		s.t.Fatalf("logging in as %s: %d %s", role, a.status, a.text())
	}
	v.csrf = ""
	return v
}

// answer is what came back, a page mostly.
type answer struct {
	t        *testing.T
	status   int
	header   http.Header
	body     []byte
	location string
}

// get opens an address, without following where it sends.
func (v *visitor) get(address string) *answer {
	v.t.Helper()
	return v.do(httptest.NewRequest(http.MethodGet, address, nil))
}

// post sends a form: names and values in turn. The token is that of the last
// page with one, fetched when there was none.
func (v *visitor) post(address string, fields ...string) *answer {
	v.t.Helper()
	values := url.Values{csrfField: {v.token()}}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, address, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

// upload sends a file in a form, with other fields.
func (v *visitor) upload(address, field, filename string, content []byte, fields ...string) *answer {
	v.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	w.WriteField(csrfField, v.token())
	for i := 0; i+1 < len(fields); i += 2 {
		w.WriteField(fields[i], fields[i+1])
	}
	part, err := w.CreateFormFile(field, filename)
	if err != nil {
		v.t.Fatal(err)
	}
	part.Write(content)
	w.Close()
	r := httptest.NewRequest(http.MethodPost, address, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return v.do(r)
}

// follow opens the page that an answer sends to; the answer itself when it
// sends nowhere.
func (v *visitor) follow(a *answer) *answer {
	v.t.Helper()
	for range 5 {
		if a.location == "" {
			return a
		}
		a = v.get(a.location)
	}
	v.t.Fatalf("sent on and on, last to %s", a.location)
	return nil
}

func (v *visitor) token() string {
	v.t.Helper()
	if v.csrf == "" && v.cookies["albopec"] == "" {
		v.get("/accesso")
	} else if v.csrf == "" {
		v.get("/pagina-che-non-esiste") // even this has the form of the log-out
	}
	return v.csrf
}

func (v *visitor) do(r *http.Request) *answer {
	v.t.Helper()
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := v.site.app.Test(r, -1)
	if err != nil {
		v.t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 || c.Value == "" {
			delete(v.cookies, c.Name)
		} else {
			v.cookies[c.Name] = c.Value
		}
	}
	a := &answer{t: v.t, status: res.StatusCode, header: res.Header, body: body, location: res.Header.Get("Location")}
	if a.isPage() {
		if field := a.find("input", "name", csrfField); field != nil {
			v.csrf = attribute(field, "value")
		}
	}
	return a
}

func (a *answer) isPage() bool { return strings.HasPrefix(a.header.Get("Content-Type"), "text/html") }

// must fails the test unless the status is this one; it returns the answer.
func (a *answer) must(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %s %s", a.status, status, a.location, a.text())
	}
	return a
}

// says fails the test unless the page's text has these words, spaces of any
// kind being alike.
func (a *answer) says(words ...string) *answer {
	a.t.Helper()
	text := a.text()
	for _, w := range words {
		if !strings.Contains(text, plainSpaces(w)) {
			a.t.Errorf("the page does not say %q: %s", w, text)
		}
	}
	return a
}

// saysNot fails the test if the page's text has any of these words.
func (a *answer) saysNot(words ...string) *answer {
	a.t.Helper()
	text := a.text()
	for _, w := range words {
		if strings.Contains(text, plainSpaces(w)) {
			a.t.Errorf("the page says %q: %s", w, text)
		}
	}
	return a
}

// text is what the page says, on one line.
func (a *answer) text() string {
	if !a.isPage() {
		return string(a.body)
	}
	return textOf(a.document())
}

func (a *answer) document() *html.Node {
	doc, err := html.Parse(bytes.NewReader(a.body))
	if err != nil {
		a.t.Fatal(err)
	}
	return doc
}

// find returns the first element with this tag and, if given, attribute and
// value; nil when there is none.
func (a *answer) find(tag string, attributeAndValue ...string) *html.Node {
	for n := range a.document().Descendants() {
		if n.Type != html.ElementNode || n.Data != tag {
			continue
		}
		if len(attributeAndValue) == 0 || attribute(n, attributeAndValue[0]) == attributeAndValue[1] {
			return n
		}
	}
	return nil
}

// all returns every element with this tag.
func (a *answer) all(tag string) []*html.Node {
	var nodes []*html.Node
	for n := range a.document().Descendants() {
		if n.Type == html.ElementNode && n.Data == tag {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// links are the addresses of the page's links within the site.
func (a *answer) links() []string {
	var links []string
	for _, n := range a.all("a") {
		if href := attribute(n, "href"); strings.HasPrefix(href, "/") {
			links = append(links, href)
		}
	}
	return links
}

func attribute(n *html.Node, name string) string {
	value, _ := attributeOf(n, name)
	return value
}

func attributeOf(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "script" && d.Parent.Data != "style" {
			b.WriteString(d.Data + " ")
		}
	}
	return plainSpaces(b.String())
}

func plainSpaces(s string) string { return strings.Join(strings.Fields(s), " ") }

// wellFormed tells what is wrong with a page whatever it shows: what the
// policy forbids, what a screen reader would stumble on, what a template left
// behind.
func (a *answer) wellFormed() error {
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	body := string(a.body)
	for _, trace := range []string{"ZgotmplZ", "<no value>", "%!", "&lt;strong&gt;"} {
		if strings.Contains(body, trace) {
			fault("%q is left in the page", trace)
		}
	}
	ids, labelled := map[string]bool{}, map[string]bool{}
	doc := a.document()
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if id, ok := attributeOf(n, "id"); ok {
			if ids[id] {
				fault("id %q stands twice", id)
			}
			ids[id] = true
		}
		if n.Data == "label" {
			labelled[attribute(n, "for")] = true
		}
		for _, at := range n.Attr {
			if at.Key == "style" || strings.HasPrefix(at.Key, "on") {
				fault("<%s %s> is forbidden by the policy", n.Data, at.Key)
			}
		}
	}
	faults = append(faults, ticksThatWander(doc)...)
	headings := 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, name := range []string{"aria-describedby", "aria-labelledby"} {
			for _, id := range strings.Fields(attribute(n, name)) {
				if !ids[id] {
					fault("<%s %s> names %q, which is not there", n.Data, name, id)
				}
			}
		}
		switch n.Data {
		case "h1":
			headings++
		case "style":
			fault("<style> is forbidden by the policy")
		case "script":
			if attribute(n, "src") == "" {
				fault("an inline script is forbidden by the policy")
			}
		case "form":
			if strings.EqualFold(attribute(n, "method"), "post") && !holds(n, "input", csrfField) {
				fault("the form to %q has no token: {{template \"csrf\" .}}", attribute(n, "action"))
			}
		case "input", "select", "textarea":
			if attribute(n, "type") != "hidden" && attribute(n, "type") != "submit" && !labelled[attribute(n, "id")] && attribute(n, "aria-label") == "" {
				fault("<%s name=%q> has no label", n.Data, attribute(n, "name"))
			}
		case "th":
			if attribute(n, "scope") == "" {
				fault("<th> %q has no scope", textOf(n))
			}
		}
	}
	if headings != 1 {
		fault("%d h1", headings)
	}
	if len(faults) > 0 {
		return fmt.Errorf("%s", strings.Join(faults, "\n\t"))
	}
	return nil
}

// ticksThatWander tells of boxes of one name in the rows of a table that a browser going back
// would tick again by their place: on other rows, when the list has changed since.
func ticksThatWander(doc *html.Node) (faults []string) {
	forms, boxes := map[string]*html.Node{}, map[*html.Node]map[string]int{}
	for n := range doc.Descendants() {
		if n.Data == "form" && attribute(n, "id") != "" {
			forms[attribute(n, "id")] = n
		}
	}
	for n := range doc.Descendants() {
		if n.Data != "input" || attribute(n, "type") != "checkbox" || attribute(n, "name") == "" {
			continue
		}
		owner, inRow := forms[attribute(n, "form")], false
		for up := range n.Ancestors() {
			inRow = inRow || up.Data == "td"
			if owner == nil && up.Data == "form" {
				owner = up
			}
		}
		if owner == nil || !inRow || attribute(owner, "autocomplete") == "off" {
			continue
		}
		if boxes[owner] == nil {
			boxes[owner] = map[string]int{}
		}
		name := attribute(n, "name")
		if boxes[owner][name]++; boxes[owner][name] == 2 {
			faults = append(faults, fmt.Sprintf("boxes called %q in a form without autocomplete=off", name))
		}
	}
	return faults
}

func holds(n *html.Node, tag, name string) bool {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == tag && attribute(d, "name") == name {
			return true
		}
	}
	return false
}

// formFields are the fields of a form as a browser would send them: names and
// values in turn.
type formFields []string

// formOfPage reads the fields of the page's posting form, the token apart.
func formOfPage(a *answer) (fields formFields) {
	a.t.Helper()
	for _, form := range a.all("form") {
		if attribute(form, "method") != "post" || attribute(form, "action") != "" {
			continue
		}
		for n := range form.Descendants() {
			name := attribute(n, "name")
			if n.Type != html.ElementNode || name == "" || name == csrfField {
				continue
			}
			switch n.Data {
			case "input":
				fields = append(fields, name, attribute(n, "value"))
			case "select":
				fields = append(fields, name, chosenOption(n))
			}
		}
	}
	if len(fields) == 0 {
		a.t.Fatalf("no form to send: %s", a.text())
	}
	return fields
}

func chosenOption(sel *html.Node) string {
	for n := range sel.Descendants() {
		for _, a := range n.Attr {
			if n.Data == "option" && a.Key == "selected" {
				return attribute(n, "value")
			}
		}
	}
	return ""
}

// with is the form with some fields typed over.
func (f formFields) with(namesAndValues ...string) formFields {
	typed := slices.Clone(f)
	for i := 0; i+1 < len(namesAndValues); i += 2 {
		for j := 0; j+1 < len(typed); j += 2 {
			if typed[j] == namesAndValues[i] {
				typed[j+1] = namesAndValues[i+1]
			}
		}
	}
	return typed
}
