package web

import (
	"fmt"
	"html/template"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/db"
)

// actorNames puts a person's name in the place of what the log calls them.
type actorNames map[string]string

func actorsOf(tx *db.ReadTx) (actorNames, error) {
	list, err := tx.Operators()
	names := actorNames{}
	for _, o := range list {
		names["operatore:"+o.Email] = o.Name
	}
	if err != nil {
		return names, err
	}
	guests, err := tx.AccessGuests() // who may have acted for another
	for id, name := range guests {
		names[fmt.Sprint("iscritto:", id)] = name + ", dalla sua area"
	}
	return names, err
}

// of is who did something, as the pages say it: "Giulia Ferretti".
func (n actorNames) of(actor string) string {
	if name := n[actor]; name != "" {
		return name
	}
	switch {
	case actor == office.ActorNight:
		return "Programma, di notte"
	case actor == office.ActorCommand:
		return "Riga di comando"
	case strings.HasPrefix(actor, "iscritto:"):
		return "L’iscritto, dalla sua area"
	case strings.HasPrefix(actor, "operatore:"):
		return strings.TrimPrefix(actor, "operatore:")
	}
	return capital(actor)
}

// linkTo is an address when its page exists and the person may open it, and
// empty otherwise; the pattern is the route's: "/ordini/:id".
func (s *site) linkTo(c *fiber.Ctx, pattern, address string) string {
	if s.mayGet(pattern, visitOf(c).who) {
		return address
	}
	return ""
}

// anchor is a link in a sentence; without an address only its words.
func anchor(address, words string) template.HTML {
	text := template.HTMLEscapeString(words)
	if address == "" {
		return template.HTML(text)
	}
	return template.HTML(`<a href="` + template.HTMLEscapeString(address) + `">` + text + `</a>`)
}

// withQuery is a path with the values that are not empty: names and values in
// turn.
func withQuery(path string, namesAndValues ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(namesAndValues); i += 2 {
		if namesAndValues[i+1] != "" {
			q.Add(namesAndValues[i], namesAndValues[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// codeOf sets a text apart that is to be copied letter by letter.
func codeOf(text string) template.HTML {
	return template.HTML(`<code class="d-block anywhere mt-2">` + template.HTMLEscapeString(text) + `</code>`)
}
