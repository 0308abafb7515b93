package web

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
	"albopec/reports"
)

// Frame is what every page has: it is embedded in each page's struct and
// filled by site.frame.
type Frame struct {
	Title  string   // the heading, and the window's title
	Lead   string   // one line under the heading, "" for none
	Menu   string   // path of the current menu entry, when not found by address
	Crumbs []Crumb  // the way here; the desk and the page itself are added
	Errors Problems // of the form on the page
	Notice *Alert   // of what was just done
	Today  pec.Date
	Who    *Who
	Viewer *Who   // the operator who looks at the member's area
	Order  string // the Ordine's name
	CSRF   string

	MenuGroups []menuGroup
	HasSearch  bool
	Guide      *guideTopic // where the manual speaks of the page; nil for none
	layout     string
}

// Crumb is one step of the way to a page; the last has no Path.
type Crumb struct{ Title, Path string }

// page is any struct with a Frame in it.
type page interface{ base() *Frame }

func (f *Frame) base() *Frame { return f }

// IsOffice reports whether the page is the secretariat's.
func (f *Frame) IsOffice() bool { return f.layout == "office" }

// IsArea reports whether the page is a member's.
func (f *Frame) IsArea() bool { return f.layout == "area" }

// PageTitle is the window's title; one with errors says so first.
func (f *Frame) PageTitle() string {
	switch n := len(f.Errors); n {
	case 0:
		return f.Title
	case 1:
		return "1 errore: " + f.Title
	default:
		return fmt.Sprintf("%d errori: %s", n, f.Title)
	}
}

// May reports whether the person may do what the named roles do; templates
// show an action only to who may take it: {{if .May "clerks"}}.
func (f *Frame) May(set string) (bool, error) {
	roles, ok := map[string][]Role{
		"operators": operators, "clerks": clerks, "treasury": treasury, "contracts": contracts, "governance": governance, "themselves": themselves,
	}[set]
	if !ok {
		return false, fmt.Errorf("no roles %q", set)
	}
	return f.Who.May(roles), nil
}

// frame fills the frame of a page: its title, and the way to it from the desk
// without the page itself:
//
//	Frame: s.frame(c, m.FullName(), Crumb{"Iscritti", "/iscritti"})
func (s *site) frame(c *fiber.Ctx, title string, way ...Crumb) Frame {
	v := visitOf(c)
	f := Frame{Title: title, Crumbs: way, Today: v.today, Who: v.who, Viewer: v.viewer, Order: v.order, layout: "plain"}
	if v.session != "" && c.Method() == fiber.MethodGet {
		f.Notice = s.notices.take(v.session)
	}
	switch {
	case v.who == nil:
	case v.who.Role == Member:
		f.layout = "area"
		f.Crumbs = crumbs(c, Crumb{"La mia PEC", "/area"}, way, title)
	default:
		f.layout = "office"
		f.Crumbs = crumbs(c, Crumb{"Scrivania", "/"}, way, title)
	}
	return f
}

func crumbs(c *fiber.Ctx, home Crumb, way []Crumb, title string) []Crumb {
	if c.Path() == home.Path {
		return nil
	}
	return append(append([]Crumb{home}, way...), Crumb{Title: title})
}

// show answers with a page: views/NAME.html in the shell of who is here.
func (s *site) show(c *fiber.Ctx, view string, p page) error {
	f := p.base()
	f.CSRF = s.formToken(c, visitOf(c))
	f.MenuGroups = s.menuFor(c, f)
	if f.IsOffice() {
		f.Guide = guideFor(c.Path())
	}
	f.HasSearch = f.IsOffice() && s.mayGet("/iscritti", f.Who)

	// The page is made before anything is sent: one that fails halfway is an
	// error page, not half a page.
	var content, out bytes.Buffer
	if err := s.views.Render(&content, view, p); err != nil {
		return fmt.Errorf("rendering %s: %w", view, err)
	}
	shell := struct {
		*Frame
		Content template.HTML
	}{f, template.HTML(content.String())}
	if err := s.views.Render(&out, "layouts/"+f.layout, shell); err != nil {
		return fmt.Errorf("rendering the shell of %s: %w", view, err)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Send(out.Bytes())
}

// retitle gives a page another title than it began with.
func (f *Frame) retitle(title string) {
	f.Title = title
	if n := len(f.Crumbs); n > 0 {
		f.Crumbs[n-1].Title = title
	}
}

// done ends a POST that changed something: the next page says what happened.
func (s *site) done(c *fiber.Ctx, to, strong string, rest ...string) error {
	return s.told(c, to, Alert{Kind: "success", Strong: strong, Text: strings.Join(rest, " ")})
}

// told ends a POST with any message on the next page.
func (s *site) told(c *fiber.Ctx, to string, a Alert) error {
	if v := visitOf(c); v.session != "" {
		s.notices.put(v.session, a, s.Now())
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// download answers with a file.
func download(c *fiber.Ctx, name, mime string, body []byte) error {
	c.Attachment(name)
	c.Set(fiber.HeaderContentType, mime)
	return c.Send(body)
}

// Kinds of files to download.
const (
	mimeXLSX = reports.MimeXLSX
	mimePDF  = reports.MimePDF
	mimeCSV  = "text/csv; charset=utf-8"
)
