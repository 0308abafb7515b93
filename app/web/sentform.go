package web

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/views"
)

// sentForm is a form that came from a page of ours which was open for too long:
// the log-in ended meanwhile, or is another one. Nothing of it was done; what
// was typed is in the page that answers, to be looked at and sent again. The
// server keeps nothing.
type sentForm struct {
	Address string      // where it was sent: path and query of ours
	Token   string      // of the page it was typed in
	Fields  []sentField // without passwords
	Files   []string    // names of the fields in which a file was chosen
}

// sentField is a field of the form with its values as they were sent.
type sentField struct {
	Name   string
	Values []string
}

// sentAgain carries a sentForm through the log-in, as JSON.
const sentAgain = "sent"

// formMark is the token for the forms of one log-in. It names nobody and
// nobody can make it up, but whether it was made for a person can be told after
// the log-in ended, until they change their password.
func formMark(w Who, passwordHash string) string {
	nonce := randomToken()
	return nonce + "." + sealedFor(nonce, w, passwordHash)
}

func sealedFor(nonce string, w Who, passwordHash string) string {
	mac := hmac.New(sha256.New, []byte(passwordHash))
	fmt.Fprintf(mac, "form %s %d %s", w.Role, w.ID, nonce)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// madeFor reports whether a token was made for whoever is here, now or in an
// earlier log-in.
func (v *visit) madeFor(token string) bool {
	nonce, mark, ok := strings.Cut(token, ".")
	return ok && v.who != nil && hmac.Equal([]byte(mark), []byte(sealedFor(nonce, *v.who, v.hash)))
}

// lateForm reads a form whose token is not, or no longer, valid. It is offered
// again only if the browser says that a page of ours sent it, and only to the
// person for whom that page was made: what another site made up is never one
// click away from being done. Forms of the log-in and of scripts, and those in
// which nothing was typed, are not kept.
func (s *site) lateForm(c *fiber.Ctx, v *visit) (sentForm, bool) {
	if waiting := waitingForm(c); waiting != nil && certainlyOurs(c) && v.madeFor(waiting.Token) {
		return *waiting, true // logged in elsewhere while this log-in stood open
	}
	sent := sentForm{Address: c.OriginalURL(), Token: c.FormValue(csrfField)}
	if c.Method() != fiber.MethodPost || !certainlyOurs(c) || c.Get("X-CSRF-Token") != "" || !sent.mayWait() {
		return sent, false
	}
	if v.who != nil && !v.madeFor(sent.Token) {
		return sent, false
	}
	sent.take(c)
	return sent, len(sent.Files) > 0 || slices.ContainsFunc(sent.Fields, func(f sentField) bool { return strings.Join(f.Values, "") != "" })
}

// certainlyOurs is sameOrigin for who has to be sure: the browser said it.
func certainlyOurs(c *fiber.Ctx) bool {
	said := c.Get("Sec-Fetch-Site") == "same-origin" || c.Get("Sec-Fetch-Site") == "" && c.Get(fiber.HeaderOrigin) != ""
	return said && sameOrigin(c)
}

// mayWait reports whether a form of this address may be sent again: not the
// log-in's, the log-out's and the one-time links'.
func (f *sentForm) mayWait() bool {
	u, err := url.Parse(f.Address)
	return err == nil && ownPath(f.Address) != "" && u.Path != "/accesso" && u.Path != "/esci" && !strings.HasPrefix(u.Path, "/benvenuto/") && !strings.HasPrefix(u.Path, "/conferma-mail/")
}

// take reads what was typed, passwords and files apart.
func (f *sentForm) take(c *fiber.Ctx) {
	add := func(name, value string) {
		if name == csrfField || isSecret(name) {
			return
		}
		i := slices.IndexFunc(f.Fields, func(known sentField) bool { return known.Name == name })
		if i < 0 {
			f.Fields, i = append(f.Fields, sentField{Name: name}), len(f.Fields)
		}
		f.Fields[i].Values = append(f.Fields[i].Values, value)
	}
	if m, err := c.MultipartForm(); err == nil {
		for _, name := range slices.Sorted(maps.Keys(m.Value)) {
			for _, value := range m.Value[name] {
				add(name, value)
			}
		}
		f.Files = slices.Sorted(maps.Keys(m.File))
		return
	}
	c.Request().PostArgs().VisitAll(func(name, value []byte) { add(string(name), string(value)) })
}

func isSecret(field string) bool {
	return field == "old" || strings.Contains(field, "password") || strings.Contains(field, "again")
}

// JSON is the form for the hidden field of the log-in.
func (f *sentForm) JSON() string {
	doc, err := json.Marshal(f)
	if err != nil {
		panic(err) // texts only
	}
	return string(doc)
}

// waitingForm is the form that went through the log-in, if there is one.
func waitingForm(c *fiber.Ctx) *sentForm {
	var f sentForm
	if json.Unmarshal([]byte(c.FormValue(sentAgain)), &f) != nil || !f.mayWait() {
		return nil
	}
	f.Fields = slices.DeleteFunc(f.Fields, func(field sentField) bool { return field.Name == csrfField || isSecret(field.Name) })
	return &f
}

// sentFormPage shows what was typed, to be sent again with a token of now.
type sentFormPage struct {
	Frame
	sentForm
	Shown  []fact // fields with a label of the pages
	Others []fact // those that the pages do not show
	Back   string
}

// keptForm answers a form that came too late: whoever is signed in confirms it
// anew, the others log in first.
func (s *site) keptForm(c *fiber.Ctx, v *visit, sent sentForm) error {
	c.Status(fiber.StatusForbidden)
	if v.who != nil {
		return s.askAgain(c, sent)
	}
	p := signInPage{Frame: s.frame(c, "Accesso"), Sent: &sent}
	p.Notice = &Alert{Kind: "warning", Strong: "La sessione è finita: non è stato scritto nulla.", Text: "Acceda di nuovo: ritroverà ciò che aveva scritto, da confermare."}
	return s.show(c, "signin", &p)
}

func (s *site) askAgain(c *fiber.Ctx, sent sentForm) error {
	p := sentFormPage{Frame: s.frame(c, "Confermi di nuovo"), sentForm: sent, Back: "/"}
	p.Lead = "La pagina era aperta da troppo tempo: non è stato scritto nulla. Controlli ciò che aveva scritto e confermi."
	for _, f := range sent.Fields {
		p.tell(f, s.labels[f.Name])
	}
	return s.show(c, "sentform", &p)
}

// tell puts a field in view. What was left empty and ticked rows are in the
// form without being spelt out.
func (p *sentFormPage) tell(f sentField, label string) {
	const many = 20
	var said []string
	for _, value := range f.Values {
		if value != "" {
			said = append(said, textInWords(f.Name, value))
		}
	}
	if len(said) == 0 {
		return
	}
	told := fact{Title: cmp.Or(label, f.Name), Value: strings.Join(said, ", ")}
	if len(said) > many {
		told.Value = pec.Thousands(len(said)) + " valori"
	}
	if label != "" {
		p.Shown = append(p.Shown, told)
	} else {
		p.Others = append(p.Others, told)
	}
}

// labelled finds fields in templates: (field .Errors "surname" "Cognome" …).
var labelled = regexp.MustCompile(`\((?:field|select|radios|check) \S+ "([^"]+)" "([^"]+)"`)

// fieldLabels are the labels of the pages' fields, by name; of several the
// shortest, which says the least that is not so.
func fieldLabels() map[string]string {
	labels := map[string]string{}
	err := fs.WalkDir(views.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(views.Files, path)
		for _, found := range labelled.FindAllStringSubmatch(string(text), -1) {
			if have, ok := labels[found[1]]; !ok || len(found[2]) < len(have) {
				labels[found[1]] = found[2]
			}
		}
		return err
	})
	if err != nil {
		panic(fmt.Sprintf("web: templates: %v", err)) // they are in the binary: a programming error
	}
	return labels
}
