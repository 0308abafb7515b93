package web

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"albopec/app/pec"
)

// browserPage is a page to be opened in Chromium.
type browserPage struct {
	Name    string            `json:"name"` // of its pictures
	Path    string            `json:"path"`
	Cookies map[string]string `json:"cookies,omitempty"`
	Status  int               `json:"status,omitempty"` // 200 when 0
	Script  *bool             `json:"script,omitempty"` // false: with scripts switched off
	Typed   map[string]string `json:"typed,omitempty"`  // into the page's form, by name: the page is what answers
}

// inBrowser opens pages in Chromium at a phone's and a desk's width and fails
// the test for what axe, the console or the page's width have against them.
// With ALBOPEC_SHOTS=DIR the pictures are kept there.
func (s *testSite) inBrowser(t *testing.T, pages ...browserPage) {
	t.Helper()
	chromium, modules := browserTools(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.app.Listener(listener) }()
	defer func() {
		s.app.Shutdown()
		<-served
	}()
	job, err := json.Marshal(map[string]any{
		"base": "http://" + listener.Addr().String(), "chromium": chromium, "modules": modules,
		"widths": []int{390, 1440}, "shots": os.Getenv("ALBOPEC_SHOTS"), "pages": pages,
	})
	if err != nil {
		t.Fatal(err)
	}
	var out, complaints bytes.Buffer
	limited, stop := context.WithTimeout(t.Context(), 3*time.Minute)
	defer stop()
	node := exec.CommandContext(limited, "node", filepath.Join("browser", "check.mjs"))
	node.Stdin, node.Stdout, node.Stderr = bytes.NewReader(job), &out, &complaints
	if err := node.Run(); err != nil {
		t.Fatalf("the browser did not finish: %v\n%s", err, complaints.String())
	}
	var results []struct {
		Page   string
		Width  int
		Faults []string
	}
	if err := json.Unmarshal(out.Bytes(), &results); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	if len(results) != 2*len(pages) {
		t.Fatalf("%d results for %d pages", len(results), len(pages))
	}
	for _, r := range results {
		for _, fault := range r.Faults {
			t.Errorf("%s at %d: %s", r.Page, r.Width, fault)
		}
	}
}

// browserTools finds Chromium and the npm packages. `make test` installs both;
// without it the test is left out on a developer's machine, and only there.
func browserTools(t *testing.T) (chromium, modules string) {
	t.Helper()
	missing := t.Skipf
	if os.Getenv("CI") != "" {
		missing = t.Fatalf
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			chromium = path
			break
		}
	}
	if chromium == "" {
		missing("no Chromium here: `make test` installs it")
	}
	modules, err := filepath.Abs("../../static/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, "playwright-core")); err != nil {
		missing("no npm packages here: `make test` installs them")
	}
	return chromium, modules
}

// page is a browserPage for who is logged in with v.
func (v *visitor) page(name, path string) browserPage {
	return browserPage{Name: name, Path: path, Cookies: v.cookies}
}

// galleryPage shows every shared part; its template is in testdata.
type galleryPage struct {
	Frame
	Tabs        Tabs
	Statuses    []Option
	Policies    []Option
	Rows        []galleryRow
	Pager       *Pager
	Cards       []Card
	Line, Bars  *Drawing
	Space, Full Space
	Progress    Progress
	Years       []Year
}

type galleryRow struct {
	ID                          int
	Name, TaxCode, Kind, Status string
	Expires                     pec.Date
	Missing                     pec.Cents
	Chosen                      bool
}

// withGallery adds the page of all parts; called before the first page is
// rendered.
func (s *testSite) withGallery() *testSite {
	s.t.Helper()
	text, err := os.ReadFile("testdata/gallery.html")
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.views.Templates.New("gallery").Parse(string(text)); err != nil {
		s.t.Fatal(err)
	}
	s.app = s.site.app(append(s.routes(), get("/galleria", operators, s.gallery), get("/galleria/vuota", operators, func(c *fiber.Ctx) error {
		return s.show(c, "error", &errorPage{Frame: s.frame(c, "Vuota", Crumb{"Galleria", "/galleria"}), Sentence: "Prova", Back: "/", BackText: "Torna"})
	})))
	return s
}

func (s *testSite) gallery(c *fiber.Ctx) error {
	used, full := 2355, 2900
	months := []string{"lug", "ago", "set", "ott", "nov", "dic", "gen", "feb", "mar", "apr", "mag", "giu"}
	active := []int64{20214, 20236, 20251, 20310, 20388, 20452, 20517, 20566, 20640, 20731, 20862, 20951}
	costs := []pec.Cents{1025410, 247660, 907680, 1754360, 1344440, 1009550, 1413970, 1212070, 1123620, 932690, 978440, 807640}
	line := Chart{Title: "Caselle attive a fine mese", Note: "737 in più da agosto 2025", Summary: "Caselle attive, in crescita ogni mese", Columns: []string{"Mese", "Caselle attive"}}
	bars := Chart{Title: "Costo per l’Ordine nei prossimi 12 mesi", Note: "Migliaia di euro per mese di rinnovo", Summary: "Costo dei rinnovi per mese", Columns: []string{"Mese", "Costo lordo"}, Total: []string{pec.Cents(12757530).Euro()}}
	for i, m := range months {
		line.Points = append(line.Points, Point{Label: m, Value: active[i], Shown: pec.Thousands(int(active[i])), Cells: []string{pec.Thousands(int(active[i]))}})
		bars.Points = append(bars.Points, Point{Label: m, Value: int64(costs[i]), Shown: units(float64(costs[i]) / 100000), Cells: []string{costs[i].Euro()}})
	}
	p := galleryPage{
		Frame:    s.frame(c, "Iscritti"),
		Tabs:     Tabs{"Elenchi salvati", []Tab{{Title: "Tutti", Path: "/galleria"}, {Title: "Scadenze dell’estate", Path: "/galleria", Current: true, Count: "12"}}},
		Statuses: []Option{{Value: "", Label: "Tutti"}, {Value: "active", Label: "Nell’albo"}},
		Policies: []Option{
			{Value: "full_year", Label: "Anno intero", Help: "Si pagano gli anni fino alla scadenza; quello cominciato vale intero."},
			{Value: "monthly", Label: "Rateo mensile", Help: "Si pagano i mesi fino alla scadenza; quello cominciato vale intero."},
		},
		Rows: []galleryRow{
			{1, "Bellandi Marta", "BLLMRT84R54H501P", "", "Attiva", pec.Day("2026-07-12"), 0, true},
			{2, "Belletti Sandra", "BLLSDR75D70H501K", "warning", "Si chiude", pec.Day("2026-09-12"), 488, false},
			{3, "Benassi Orlando", "BNSRND63R13H501P", "danger", "Respinta", pec.Day("2026-07-01"), 155, false},
			{4, "Benatti Silvia", "BNTSLV79H61H501J", "secondary", "Sospesa", pec.Day("2026-07-02"), 0, true},
		},
		Pager: &Pager{From: "Bellandi Marta", To: "Benatti Silvia", Size: 20, Prev: "/galleria?prima=1", Next: "/galleria?dopo=4"},
		Cards: []Card{
			{Title: "Caselle da richiedere", Href: "/galleria", Figure: "63", Note: "Nuovi iscritti senza casella e senza una PEC propria"},
			{Title: "Ordini in attesa di pagamento", Href: "/galleria", Figure: "9", Note: joinHTML("Per ", strong(pec.Cents(7320).Euro()), ". Il più vecchio è del 18/06/2026")},
			{Title: "Avvisi non partiti", Href: "/galleria", Figure: "3", Badge: "Da correggere", Kind: "danger", Note: "Il server di posta ha rifiutato l’indirizzo"},
			{Title: "Servizi che cesseranno", Href: "/galleria", Figure: "127", Badge: "Da avvisare: 84", Kind: "warning", Note: "Per credito insufficiente, entro 90 giorni"},
		},
		Line: lineChart(line), Bars: barChart(bars),
		Space: Space{BaseGB: 1, ExtraGB: 2, UsedMB: &used}, Full: Space{BaseGB: 1, ExtraGB: 2, UsedMB: &full},
		Progress: Progress{Label: "Lettura del file", Text: "14.820 di 23.512 righe lette, circa 4 secondi ancora.", Done: 14820, All: 23512},
		Years: byYear([]Moment{
			{On: pec.Day("2026-09-12"), Next: true, Title: "Rinnovo della casella fino al 12/09/2027", Text: "A carico dell’Ordine, 6,10 €."},
			{On: pec.Day("2026-06-14"), Title: "Avviso di scadenza dei 90 giorni", Note: "Programma, a s.belletti@posta.example"},
			{On: pec.Day("2025-09-12"), Title: "Casella rinnovata fino al 12/09/2026", Note: "Programma alle 01:10"},
		}),
	}
	p.Lead = "2.967 di 23.480 iscritti all’albo"
	p.Menu = "/iscritti"
	if c.Query("errori") != "" {
		p.Errors = Problems{
			pec.Refuse("x", "Dal 01/01/2026 è già in vigore «Convenzione PEC 2026». Scelga un altro giorno.").On("start"),
			pec.Refuse("x", "Scelga come si calcola il prezzo.").On("policy"),
		}
	}
	return s.show(c, "gallery", &p)
}

// TestSharedPartsAreWellFormed renders every shared part once, with and
// without errors in the form.
func TestSharedPartsAreWellFormed(t *testing.T) {
	s := newTestSite(t, "2026-07-01").withGallery()
	v := s.as(Secretariat)
	if err := v.get("/galleria").must(200).says("fra 73 giorni", "4,88 €", "2,2 GB usati", "Quasi pieno").wellFormed(); err != nil {
		t.Error(err)
	}
	a := v.get("/galleria?errori=1").must(200).says("2 errori: Iscritti", "Ci sono 2 campi da correggere:")
	if err := a.wellFormed(); err != nil {
		t.Error(err)
	}
	start := a.find("input", "id", "start")
	if attribute(start, "aria-invalid") != "true" || attribute(start, "aria-describedby") != "start-errore start-aiuto" {
		t.Errorf("the field in error does not say so: %v", start.Attr)
	}
}

func TestShellsAndPartsInABrowser(t *testing.T) {
	s := newTestSite(t, "2026-07-01").withGallery()
	clerk, member, off := s.as(Secretariat), s.as(Member), false
	withoutScript := clerk.page("galleria-senza-script", "/galleria")
	withoutScript.Script = &off
	lost := member.page("iscritto-404", "/nessuna")
	lost.Status = 404
	s.inBrowser(t,
		browserPage{Name: "accesso", Path: "/accesso"},
		clerk.page("galleria", "/galleria"),
		clerk.page("galleria-errori", "/galleria?errori=1"),
		clerk.page("menu", "/galleria/vuota#menu"),
		withoutScript,
		lost,
	)
}
