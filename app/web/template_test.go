package web

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"albopec/views"
)

// pieced is an address in an attribute to which a template adds more than one
// value: html/template would take them for one and escape "=" and "&".
var pieced = regexp.MustCompile(`(?:href|action|formaction|src|hx-get|hx-post)="[^"{]*(?:\{\{[^}]*\}\}[^"{]*)*[?&;]\{\{[^}]*\}\}[^"]*"`)

func TestNoTemplatePutsAddressesTogether(t *testing.T) {
	for _, trap := range []string{`<a href="/iscritti/azioni?{{.Everybody}}">`, `<a href="{{.Address}}&amp;{{.Query}}&amp;indietro=1">`} {
		if !pieced.MatchString(trap) {
			t.Fatalf("the pattern does not see %s", trap)
		}
	}
	err := fs.WalkDir(views.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".html") {
			return err
		}
		page, err := fs.ReadFile(views.Files, path)
		for _, found := range pieced.FindAllString(string(page), -1) {
			t.Errorf("%s: %s: build the whole address in Go", path, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
