package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"albopec/db"
)

// sends posts a form with any token, from the page of an origin; "" is what no
// browser would say.
func (v *visitor) sends(address, origin, token string, fields ...string) *answer {
	v.t.Helper()
	values := url.Values{csrfField: {token}}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, address, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	return v.do(r)
}

// ours is the origin of a test site.
const ours = "http://example.com"

// fieldsTo are the fields of the form to an address, as a browser sends them.
func (a *answer) fieldsTo(address string) (fields []string) {
	a.t.Helper()
	for _, form := range a.all("form") {
		if attribute(form, "action") != address {
			continue
		}
		for n := range form.Descendants() {
			if n.Type == html.ElementNode && n.Data == "input" && attribute(n, "type") != "file" {
				fields = append(fields, attribute(n, "name"), attribute(n, "value"))
			}
		}
	}
	return fields
}

// called counts the members with a surname.
func (s *testSite) called(surname string) (n int) {
	s.look(func(tx *db.ReadTx) (err error) {
		n, err = tx.MemberCount(db.MemberFilter{Search: surname})
		return err
	})
	return n
}

var newMember = []string{"surname", "Bianchi", "name", "Rosa", "registration_number", "A77", "city", "Borgo & «Valle»"}

// A form that is sent after the log-out, or after the session ended, is found
// again after the log-in: once more in view, and written once.
func TestFormSentAfterTheSessionEndedIsKept(t *testing.T) {
	s := newTestSite(t, "2018-10-12")
	v := s.as(Secretariat)
	v.get("/iscritti/nuovo").must(200)
	token := v.csrf
	v.post("/esci").must(303)
	a := v.sends("/iscritti/nuovo", ours, token, newMember...).must(403).says("La sessione è finita: non è stato scritto nulla.")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	signIn := func(a *answer, role Role, password string) *answer {
		fields := formFields(a.fieldsTo("/accesso")).with("login", roleEmails[role], "password", password)
		return v.sends("/accesso", ours, v.csrf, fields[2:]...)
	}
	a = signIn(a, Secretariat, "sbagliata").must(422) // still there
	a = signIn(a, Secretariat, testPassword).must(200).says("Confermi di nuovo", "Cognome", "Bianchi", "Comune", "Borgo & «Valle»").saysNot(testPassword)
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	if s.called("Bianchi") != 0 {
		t.Fatal("it was written before it was confirmed")
	}
	again := a.fieldsTo("/iscritti/nuovo")
	v.follow(v.sends("/iscritti/nuovo", ours, v.csrf, again[2:]...).must(303)).must(200).says("Bianchi Rosa è nell’albo.")
	if s.called("Bianchi") != 1 {
		t.Error("it was not written")
	}
}

// Another log-in of the same person has another token; another person does not
// get to see what the first one typed.
func TestFormOfAnEarlierLogInIsKeptForTheSamePerson(t *testing.T) {
	s := newTestSite(t, "2018-10-12")
	v := s.as(Secretariat)
	v.get("/iscritti/nuovo").must(200)
	token := v.csrf
	v.cookies = s.as(Secretariat).cookies
	a := v.sends("/iscritti/nuovo", ours, token, newMember...).must(403).says("Confermi di nuovo", "La pagina era aperta da troppo tempo", "Bianchi")
	v.sends("/iscritti/nuovo", ours, v.csrf, a.fieldsTo("/iscritti/nuovo")[2:]...).must(303)

	v.cookies = s.as(Administrator).cookies
	v.sends("/iscritti/nuovo", ours, token, newMember...).must(403).says("Modulo scaduto").saysNot("Bianchi")
	v.post("/esci").must(303)
	a = v.sends("/iscritti/nuovo", ours, token, newMember...).must(403).says("La sessione è finita")
	fields := formFields(a.fieldsTo("/accesso")).with("login", roleEmails[Administrator], "password", testPassword)
	if a := v.sends("/accesso", ours, v.csrf, fields[2:]...).must(303); a.location != "/" {
		t.Errorf("sent to %s", a.location)
	}
}

// What another site sends, or nobody knows who, is refused as it always was:
// nothing of it comes back in a page of ours.
func TestFormFromElsewhereIsNotOfferedAgain(t *testing.T) {
	s := newTestSite(t, "2018-10-12")
	v := s.as(Secretariat)
	v.get("/iscritti/nuovo").must(200)
	old := v.csrf
	for _, cookies := range []map[string]string{s.as(Secretariat).cookies, {}} {
		v.cookies = cookies
		for _, origin := range []string{"https://altrove.example", "null", ""} {
			v.sends("/iscritti/nuovo", origin, old, newMember...).must(403).says("Modulo scaduto").saysNot("Bianchi")
		}
	}
	v.cookies = s.as(Secretariat).cookies
	for _, made := range []string{"", "inventato", old[:20] + "." + old[44:], strings.Repeat("A", 43)} {
		v.sends("/iscritti/nuovo", ours, made, newMember...).must(403).says("Modulo scaduto").saysNot("Bianchi")
	}
}

func TestPasswordsAndFilesAreNotKept(t *testing.T) {
	s := newTestSite(t, "2018-10-12")
	v := s.as(Administrator)
	v.get("/amministrazione").must(200)
	token := v.csrf
	v.cookies = s.as(Administrator).cookies
	page := "/amministrazione/operatori/nuovo"
	a := v.sends(page, ours, token, "name", "Rosa Bianchi", "email", "rosa@ordine.example", "password", "una frase segreta", "again", "una frase segreta").must(403).says("Rosa Bianchi")
	if strings.Contains(string(a.body), "una frase segreta") {
		t.Error("the password is in the page")
	}
	v.sends("/area/password", ours, token, "old", "segreto", "password", "x", "again", "x").must(403).says("Modulo scaduto")

	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	w.WriteField(csrfField, token)
	w.WriteField("kind", "members")
	part, err := w.CreateFormFile("file", "albo.csv")
	if err != nil {
		t.Fatal(err)
	}
	part.Write([]byte("Cognome;Nome\nSegreti;Ugo\n"))
	w.Close()
	r := httptest.NewRequest(http.MethodPost, "/importazioni/nuova", &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	a = v.do(r).must(403).says("Il file: lo scelga di nuovo", "Invia di nuovo").saysNot("Segreti")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	if fields := a.fieldsTo("/importazioni/nuova"); !slices.Contains(fields, "members") || a.find("input", "type", "file") == nil {
		t.Errorf("%v", fields)
	}
}
