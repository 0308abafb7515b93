package web

import "testing"

// Every topic with its pictures, on a phone and at a desk.
func TestGuideInTheBrowser(t *testing.T) {
	v := newTestSite(t, "2018-07-01").as(ReadOnly)
	pages := []browserPage{v.page("guida", "/guida")}
	for _, topic := range guideTopics {
		pages = append(pages, v.page("guida-"+topic.Slug, topic.Path()))
	}
	v.site.inBrowser(t, pages...)
}
