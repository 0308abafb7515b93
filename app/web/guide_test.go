package web

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"albopec/views"
)

func TestGuideHasAPageForEveryTopic(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(ReadOnly)
	list := v.get("/guida").must(200)
	for _, topic := range guideTopics {
		list.says(topic.Title, topic.Lead)
		page := v.get(topic.Path()).must(200).says(topic.Title)
		if err := page.wellFormed(); err != nil {
			t.Errorf("%s: %v", topic.Slug, err)
		}
		if n := len(strings.Fields(page.text())); n < 150 {
			t.Errorf("%s says little: %d words", topic.Slug, n)
		}
	}
	v.get("/guida/altro").must(404)
	files, err := fs.Glob(views.Files, "guida/*.html")
	if err != nil || len(files) != len(guideTopics) {
		t.Errorf("%d files for %d topics, %v", len(files), len(guideTopics), err)
	}
}

// TestEveryMenuEntryLeadsToItsTopic: each page tells where the manual speaks of it.
func TestEveryMenuEntryLeadsToItsTopic(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(Administrator)
	for _, group := range menu {
		for _, e := range group.Entries {
			topic := guideFor(e.Path)
			if e.Path == "/guida" {
				if topic != nil {
					t.Errorf("the manual speaks of itself in %s", topic.Slug)
				}
				continue
			}
			if topic == nil {
				t.Errorf("no topic for %s", e.Path)
				continue
			}
			if links := v.get(e.Path).must(200).links(); !slices.Contains(links, topic.Path()) {
				t.Errorf("%s does not lead to %s", e.Path, topic.Path())
			}
		}
	}
	for path, slug := range map[string]string{"/": "primi-passi", "/caselle/gestore/servizi": "caselle", "/iscritti/3/domicilio": "iscritti", "/documenti/4": "report", "/convenzioni/nuova": "convenzioni"} {
		if topic := guideFor(path); topic == nil || topic.Slug != slug {
			t.Errorf("%s leads to %+v", path, topic)
		}
	}
	if topic := guideFor("/altro"); topic != nil {
		t.Errorf("/altro leads to %s", topic.Slug)
	}
}

// The manual tells the things that a clerk is asked for, under the names that the
// pages themselves use.
func TestGuideTellsWhatAClerkIsAsked(t *testing.T) {
	s := newTestSite(t, "2018-07-01")
	v := s.as(ReadOnly)
	for topic, words := range map[string][]string{
		"primi-passi": {"Conto per i bonifici", "L’area dell’iscritto"},
		"pagamenti":   {"Da stornare", "Nota di credito fatta per le righe spuntate", "Il pagamento c’è ed è di questo iscritto: lo registri di nuovo"},
		"rinnovi":     {"Rinnova più caselle insieme", "da quella che scade prima"},
		"servizi":     {"Quali servizi rinnovare prima"},
		"caselle":     {"Caselle affidate", "Chiedi l’accesso"},
		"area":        {"Prepara il collegamento", "Ricarica", "Acquista spazio", "Apri l’area in sola lettura", "Cambia la mail di riferimento e i recapiti"},
	} {
		page := v.get("/guida/" + topic).must(200).says(words...)
		for _, link := range page.links() {
			if strings.HasPrefix(link, "/") {
				v.follow(v.get(link)).must(200)
			}
		}
	}
}
