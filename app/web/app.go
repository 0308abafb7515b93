package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/helmet"
	"github.com/gofiber/fiber/v2/middleware/recover"
	"github.com/gofiber/fiber/v2/middleware/session"
	"github.com/gofiber/template/html/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
	"albopec/views"
)

// Config is what the pages need from the program around them.
type Config struct {
	Office    *office.Office
	Reader    *db.Reader
	Sessions  fiber.Storage // web sessions; db.NewSessions
	Throttles *db.Throttles // failed log-ins

	Today         func() pec.Date  // the program's day
	Now           func() time.Time // the instant, for sessions and pauses; time.Now when nil
	Idle          time.Duration    // a session ends after this long without a page; 30 minutes when 0
	SecureCookies bool             // cookies for HTTPS only: whenever the pages are reached by HTTPS
	Public        string           // where the pages are reached from outside, for links in messages: "https://albo.ordine.example"; the request's own host when empty
	Proxies       []string         // addresses of reverse proxies whose X-Forwarded-For is believed
	Logger        *slog.Logger     // slog.Default() when nil
	Scheduled     bool             // this program runs the jobs at their times
}

// Sizes of what a browser may send.
const (
	maxUpload = 30 << 20 // bytes of a file: an Ordine's whole register with room to spare
	// maxRequest is how much is read at all. A file that is too large for its form
	// is read whole up to here, so that the form itself can say so: a connection
	// that is closed while the browser still sends shows no answer.
	maxRequest = 64 << 20
)

// longestSession ends a session however busy it is.
const longestSession = 12 * time.Hour

// Security policy of every page: nothing from elsewhere, no inline script or
// style. data: images are the arrows and ticks in the kit's stylesheet.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// site is the web application: what handlers share.
type site struct {
	Config
	office   *office.Office
	db       *db.Reader
	log      *slog.Logger
	sessions *session.Store
	views    *html.Engine
	notices  notices
	checking chan struct{} // room for passwords being checked: each takes 19 MiB
	paths    map[string]route
	labels   map[string]string // of the pages' fields, by name
	ahead    aheadCache        // the coming renewals, until something changes
	longList int               // rows from which a list's PDF is made beside the request
}

// New makes the web application.
func New(cfg Config) *fiber.App {
	s := newSite(cfg)
	return s.app(s.routes())
}

func newSite(cfg Config) *site {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Idle == 0 {
		cfg.Idle = 30 * time.Minute
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	s := &site{
		longList: longPDF,
		Config:   cfg, office: cfg.Office, db: cfg.Reader, log: cfg.Logger,
		views:    html.NewFileSystem(http.FS(views.Files), ".html"),
		notices:  notices{bySession: map[string]kept{}},
		checking: make(chan struct{}, 4),
		paths:    map[string]route{},
		labels:   fieldLabels(),
	}
	s.views.AddFuncMap(formats())
	s.views.AddFunc("asset", assetURL)
	if err := s.views.Load(); err != nil {
		panic(fmt.Sprintf("web: templates: %v", err)) // they are in the binary: a programming error
	}
	s.sessions = s.newSessions()
	return s
}

// app puts the pages behind what all of them share.
func (s *site) app(routes []route) *fiber.App {
	app := fiber.New(fiber.Config{
		AppName:   "albopec",
		Immutable: true, // values outlive the handler
		BodyLimit: maxRequest,

		ReadTimeout:           5 * time.Minute, // a whole upload on a slow line
		IdleTimeout:           2 * time.Minute,
		DisableStartupMessage: true,
		ErrorHandler:          s.failed,

		EnableTrustedProxyCheck: true,
		TrustedProxies:          s.Proxies,
		ProxyHeader:             fiber.HeaderXForwardedFor,
		EnableIPValidation:      true,
	})
	app.Use(recover.New(recover.Config{EnableStackTrace: true, StackTraceHandler: s.panicked}))
	app.Use(helmet.New(helmet.Config{
		ContentSecurityPolicy:     contentPolicy,
		XFrameOptions:             "DENY",
		ReferrerPolicy:            "same-origin", // no-referrer would hide the origin of our own forms
		CrossOriginEmbedderPolicy: "require-corp",
		CrossOriginOpenerPolicy:   "same-origin",
		CrossOriginResourcePolicy: "same-origin",
		OriginAgentCluster:        "?1",
		PermissionPolicy:          "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
		XDNSPrefetchControl:       "off",
		XDownloadOptions:          "noopen",
		XPermittedCrossDomain:     "none",
		HSTSMaxAge:                365 * 24 * 3600, // sent over HTTPS only
	}))
	app.Get("/static/*", sendAsset)
	app.Use(smallForms)
	app.Use(s.visited)
	for _, r := range routes {
		s.add(app, r)
	}
	app.Use(func(*fiber.Ctx) error { return fiber.ErrNotFound })
	return app
}

// maxForm bounds what a form without a file may send, in bytes: far above an
// agreement with all its rows.
const maxForm = 1 << 20

// smallForms refuses forms that are larger than any of ours before they are
// read into fields.
func smallForms(c *fiber.Ctx) error {
	if !sendsFiles(c) && len(c.Request().Body()) > maxForm {
		return fiber.ErrRequestEntityTooLarge
	}
	return c.Next()
}

// sendsFiles reports whether a form may have files in it.
func sendsFiles(c *fiber.Ctx) bool {
	return strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEMultipartForm)
}

// route is a page or an action, and who may use it.
type route struct {
	method, path string
	roles        []Role // never empty; anyone for pages before the log-in
	handle       fiber.Handler
}

// get and post make routes; see doc.go for an example.
func get(path string, roles []Role, h fiber.Handler) route {
	return route{fiber.MethodGet, path, roles, h}
}

func post(path string, roles []Role, h fiber.Handler) route {
	return route{fiber.MethodPost, path, roles, h}
}

func (s *site) add(app *fiber.App, r route) {
	if len(r.roles) == 0 {
		panic("web: nobody may use " + r.method + " " + r.path)
	}
	if r.method == fiber.MethodGet {
		s.paths[r.path] = r
	}
	app.Add(r.method, r.path, s.only(r.roles), r.handle)
}

// only lets the roles pass. Who is not signed in goes to the log-in and comes
// back; a member who asks for the desk goes to their own area.
func (s *site) only(roles []Role) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := visitOf(c)
		switch {
		case slices.Contains(roles, Anyone):
			return c.Next()
		case v.who == nil:
			return s.toSignIn(c)
		case v.viewer != nil && c.Method() != fiber.MethodGet:
			return errLookingOnly
		case slices.Contains(roles, v.who.Role):
			return c.Next()
		case v.who.Role == Member && c.Path() == "/":
			return c.Redirect("/area", fiber.StatusSeeOther)
		}
		return errForbidden
	}
}

var errForbidden = pec.Refuse("forbidden", "Il Suo profilo non comprende questa pagina. Se Le serve, la chieda all’amministratore.")

// read runs f on one snapshot of the database; a page's figures agree when
// they come from one.
func (s *site) read(c *fiber.Ctx, f func(*db.ReadTx) error) error {
	return s.db.Read(c.UserContext(), f)
}

// outside is where the pages are reached: what a request says of its own host is
// believed only when nothing is configured.
func (s *site) outside(c *fiber.Ctx) string {
	if s.Public != "" {
		return strings.TrimSuffix(s.Public, "/")
	}
	return c.BaseURL()
}

// ctx is the context of office methods: a browser that goes away does not stop
// half of a change.
func ctx(c *fiber.Ctx) context.Context { return c.UserContext() }
