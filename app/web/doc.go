// Package web shows: Fiber's routes, forms, pages and sessions. Reads go
// straight to db.Reader; whatever changes something is one call of an office
// method. No rule and no SQL belongs here.
//
// # Adding a page
//
// One concept, one file (credit.go) with its structs, handlers and routes, and
// one template a page (views/credit.html):
//
//	func (s *site) creditRoutes() []route {
//		return []route{
//			get("/credito/:id", operators, s.credit), // who: operators, clerks, treasury, contracts, governance, themselves, anyone
//			post("/credito/:id", treasury, s.topUp),
//		}
//	}
//
//	type creditPage struct {
//		Frame                 // title, crumbs, errors, notice, today, who
//		Amount  string        // what was typed comes back
//		Entries []db.EntryRow
//	}
//
//	func (s *site) credit(c *fiber.Ctx) error {
//		p := creditPage{Frame: s.frame(c, "Credito", Crumb{"Ordini e credito", "/ordini"})}
//		err := s.read(c, func(tx *db.ReadTx) (err error) { … })
//		…
//		return s.show(c, "credit", &p)
//	}
//
//	func (s *site) topUp(c *fiber.Ctx) error {
//		f := formOf(c)
//		amount := f.amount("amount")
//		if f.ok() {
//			_, err := s.office.TopUp(ctx(c), who(c).Actor(), …)
//			f.add(err)
//		}
//		if !f.ok() { // 422: the page again, what was typed, the sentence beside its field
//			return s.refuse(c, "credit", &p, f)
//		}
//		return s.done(c, "/credito/12", "Ricarica di 10,98 € registrata.") // redirect, told on the next page
//	}
//
// A form that is sent when its log-in has ended is not lost: sentform.go shows
// what was typed, to be confirmed. Name a field for a secret so that it holds
// "password" or "again": it is then never shown.
//
// Add the concept's routes to routes.go; the menu entry of menu.go appears by
// itself once its page exists. A page whose address has a part to fill in gets
// a line in samples() of pages_test.go: every page is rendered as every role,
// and every link is followed. An error that is a pec.Problem is told as it is
// (its code ending in _unknown: 404); any other is logged with a code that the
// page shows.
//
// # Templates
//
// Functions: euro, signed, day, longDay, days TODAY DAY ("fra 12 giorni"),
// month, monthShort, moment, thousands, count N "casella" "caselle", gb,
// megabytes, dash, capital, yesNo, badge KIND TEXT, icon NAME CLASS, strong,
// sentences (joins text and HTML), asset, list; .May "clerks" tells whether to
// show an action. Parts, each as {{template "part" (maker …)}}:
//
//	"head" .                 heading and lead; "head-open" . … "head-close" with actions on the right
//	"csrf" .                 in every form that posts
//	"errors" .               what a form came back with
//	"alert" (alert KIND STRONG [TEXT [ADDRESS LINK]])
//	"field" (field .Errors NAME LABEL VALUE "help=…" "mode=decimal" "required" …); see field
//	"select", "radios" (select .Errors NAME LABEL VALUE OPTIONS …), OPTIONS being []Option
//	"check" (check .Errors NAME LABEL BOOL …)
//	"table" TITLE … "table-end"; first cell of a row <th scope="row">, figures class="num"
//	"sort-head" (list SORTHEAD CLASS), a column's head by which a list is put in order
//	"tabs" Tabs, "pager" *Pager, "card" Card, "cards" []Card
//	"empty" (empty ICON TITLE TEXT [ADDRESS ACTION]), "empty" (allWell TITLE TEXT)
//	"steps" (steps NOW TITLE…), "progress" Progress, "space" Space
//	"timeline" []Year, from byYear([]Moment)
//	"chart" *Drawing, from lineChart(Chart) or barChart(Chart)
//	"flow" (flow TITLE (flowStep TITLE TEXT [(instead KIND TITLE TEXT)…])…), the manual's steps and states
//	"day-line" (dayLine TITLE FIRST LAST (onDay …) (fromTo …)…), days to scale
//	"sketch" (sketch TITLE WIDTH HEIGHT), shapes, "callout" (callout N X Y)…, "sketch-end" (legend TITLE TEXT…)
//
// Classes for the rest: ap-panel, ap-split (even, stretch), ap-form (wide,
// filters and pairs with .go), ap-folds, ap-section, ap-actions, ap-bar,
// ap-facts, ap-dl (amounts),
// ap-quote, ap-old, ap-new, ap-note, num, nw, mono, muted, danger, warning,
// small2. testdata/gallery.html uses all of them. There are no inline styles
// and scripts: the policy forbids both. Script only improves: data-all and
// data-count for rows on many, data-press for choices that change a price,
// data-print, and htmx, best with hx-select on the whole page.
//
// # Tests
//
// newTestSite(t, "2018-10-12") is the real application on a database of its
// own; s.as(Secretariat) a browser logged in, with get, post, upload and
// follow; answers have must(status), says, saysNot, find, all, links,
// wellFormed. s.write fills the database. s.inBrowser opens pages in Chromium
// at two widths with axe; ALBOPEC_SHOTS=DIR keeps the pictures.
package web
