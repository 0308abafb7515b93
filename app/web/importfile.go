package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// A file on its way in goes through four steps: the file, its columns, the
// preview, done. It is kept in the database from the first step on; what was
// read of it and planned with it is held here for the next page.

// importDesk is what the pages of imports share.
type importDesk struct {
	*site
	// patience is how long a page waits for a file to be read, planned or
	// written before it says how far that has come.
	patience time.Duration
	// spawn starts the reading of a file beside the request; tests make it wait.
	spawn func(func())

	mu    sync.Mutex
	works []*work              // read and planned files, the latest last
	jobs  map[int64]*importJob // by the kept file that is being written
}

func newImportDesk(s *site) *importDesk {
	return &importDesk{site: s, patience: 3 * time.Second, spawn: func(f func()) { go f() }, jobs: map[int64]*importJob{}}
}

// worksHeld bounds the files held in memory: the largest registers take some
// tens of megabytes each.
const worksHeld = 4

// work is a file being read or planned, and what came out.
type work struct {
	key  string
	from time.Time
	done chan struct{}
	file *office.ReadFile // nil when it cannot be read at all
	plan *importPlan
	err  error
}

// start returns the work with this key, begun by f unless it already was.
func (d *importDesk) start(key string, f func(*work)) *work {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, w := range d.works {
		if w.key == key {
			d.works = append(slices.Delete(d.works, i, i+1), w)
			return w
		}
	}
	w := &work{key: key, from: time.Now(), done: make(chan struct{})}
	if d.works = append(d.works, w); len(d.works) > worksHeld {
		d.works = d.works[1:]
	}
	d.spawn(func() {
		defer close(w.done)
		defer func() {
			if r := recover(); r != nil {
				w.err = fmt.Errorf("reading an import: %v", r)
			}
		}()
		f(w)
	})
	return w
}

// forget drops what is held of a file, so that it is read again.
func (d *importDesk) forget(id int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	prefix := fmt.Sprintf("%d ", id)
	d.works = slices.DeleteFunc(d.works, func(w *work) bool { return strings.HasPrefix(w.key, prefix) })
}

// within reports whether the channel is closed before the patience ends.
func (d *importDesk) within(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
	}
	select {
	case <-done:
		return true
	case <-time.After(d.patience):
		return false
	}
}

// kept is a file on its way, as the pages show it.
type keptFile struct {
	db.Upload
	Kind    importKind
	Options office.ImportOptions
	Who     string
}

func (f keptFile) Path(rest string) string {
	return fmt.Sprintf("%s/file/%d%s", f.Kind.Base(), f.ID, rest)
}

// keptFile loads the file of an address without its content, and what the plan
// of it depends on.
func (d *importDesk) keptFile(c *fiber.Ctx) (f keptFile, stamp string, err error) {
	id, err := idOf(c)
	if err != nil {
		return f, "", err
	}
	err = d.read(c, func(tx *db.ReadTx) error {
		if f.Upload, err = tx.UploadHead(id); err != nil {
			return err
		}
		names, err := actorsOf(tx)
		if err != nil {
			return err
		}
		f.Who = names.of(f.Actor)
		f.Kind = importKindOf(f.Upload.Kind)
		if err := json.Unmarshal(f.Upload.Options, &f.Options); err != nil {
			return fmt.Errorf("options of upload %d: %w", id, err)
		}
		if !f.Kind.isFor(visitOf(c).who) {
			return errForbidden
		}
		if !strings.HasPrefix(c.Path(), f.Kind.Base()+"/") { // it waits elsewhere
			return fiber.ErrNotFound
		}
		stamp, err = office.ImportStamp(tx, f.Upload.Kind)
		return err
	})
	return f, fmt.Sprintf("%s %s", stamp, d.Today()), err
}

// key tells one reading of a file from every other.
func (f keptFile) key() string {
	return fmt.Sprintf("%d %s %s %s", f.ID, f.SHA256, f.CreatedAt, f.Upload.Options)
}

// reading reads the file, or has done so already.
func (d *importDesk) reading(f keptFile) *work {
	return d.start(f.key(), func(w *work) {
		_, file, err := d.office.Upload(context.Background(), f.ID)
		if err != nil {
			w.err = err
			return
		}
		w.file, w.err = office.LookAt(f.Upload.Kind, file)
	})
}

// planning reads the file and plans what importing it would do.
func (d *importDesk) planning(f keptFile, stamp string) *work {
	return d.start(f.key()+" "+stamp, func(w *work) {
		read := d.reading(f)
		<-read.done
		if w.file, w.err = read.file, read.err; w.err != nil {
			return
		}
		w.plan, w.err = d.planOf(f, w.file)
	})
}

// importPlan is a file planned, as the pages show it.
type importPlan struct {
	office.ImportPreview
	importView
	Fingerprint string
	Fields      int // that change
	sections    map[string][]int
}

func (d *importDesk) planOf(f keptFile, file *office.ReadFile) (*importPlan, error) {
	preview, err := d.office.PlanImport(context.Background(), f.Upload.Kind, file, f.Options.ImportChoices)
	if err != nil {
		return nil, err
	}
	p := &importPlan{ImportPreview: preview, Fingerprint: preview.Plan.Fingerprint(), sections: map[string][]int{}}
	for i := range p.Plan.Len() {
		p.sort(i)
	}
	p.importView, err = f.Kind.view(d.site, preview)
	return p, err
}

// importSections are the sorts of rows of a preview, by their outcome.
var importSections = map[pec.Outcome]string{
	pec.OutcomeCreated: "nuovi", pec.OutcomeUpdated: "variati", pec.OutcomeUnchanged: "invariati", pec.OutcomeRefused: "respinti",
}

func (p *importPlan) sort(i int) {
	o := p.Plan.Outcome(i)
	section := importSections[o]
	if p.Plan.Skipped(i) {
		section = "lasciati"
	}
	p.sections[section] = append(p.sections[section], i)
	if o == pec.OutcomeUpdated {
		p.Fields += len(p.Plan.Changes(i))
	}
	if o != pec.OutcomeRefused && len(p.Plan.ProblemsOf(i)) > 0 {
		p.sections["avvertimenti"] = append(p.sections["avvertimenti"], i)
	}
}

// key is the row's number in the file, by which pages go on.
func (p *importPlan) key(i int) int64 { return int64(p.Plan.Source(i).Number) }

// ---- Step 1: the file ----

type importNewPage struct {
	Frame
	Kind  string
	Kinds []Option
}

func (d *importDesk) newPageOf(c *fiber.Ctx, kind string) *importNewPage {
	p := &importNewPage{Frame: d.frame(c, "Nuova importazione", Crumb{"Importazioni", "/importazioni"}), Kind: kind}
	p.Lead = "Prima di scrivere Le mostriamo che cosa cambia, riga per riga"
	for _, k := range mayImport(p.Who) {
		p.Kinds = append(p.Kinds, Option{Value: k.Code, Label: k.Label, Help: k.Help})
	}
	return p
}

func (d *importDesk) newPage(c *fiber.Ctx) error {
	kind := c.Query("tipo", mayImport(visitOf(c).who)[0].Code)
	return d.show(c, "importnew", d.newPageOf(c, kind))
}

// upload keeps a file, unless it cannot be read at all.
func (d *importDesk) upload(c *fiber.Ctx) error {
	f := formOf(c)
	kind := f.text("kind")
	kinds := mayImport(visitOf(c).who)
	if !slices.ContainsFunc(kinds, func(k importKind) bool { return k.Code == kind }) {
		f.wrong("kind", "Scelga che cosa contiene il file.")
	}
	file := f.file("file", "Scelga il file da importare.", maxUpload)
	if f.ok() {
		is := kindOfFile(kind, kinds, file)
		to, err := d.keep(c, is, file)
		if err == nil && is != kind {
			return d.told(c, to, Alert{Kind: "primary", Strong: "Il file è trattato come «" + importKindOf(is).Label + "».",
				Text: "Non sembra di «" + importKindOf(kind).Label + "»: se lo è, annulli e indichi qui le colonne dopo averlo caricato di nuovo."})
		}
		if err == nil {
			return c.Redirect(to, fiber.StatusSeeOther)
		}
		f.on("file", err)
	}
	return d.refuse(c, "importnew", d.newPageOf(c, kind), f)
}

// inMegabytes is "30 MB".
func inMegabytes(bytes int64) string { return pec.Thousands(int(bytes>>20)) + nbsp + "MB" }

// file is a file that was sent, of so many bytes at most.
func (f *form) file(name, missing string, most int64) office.ImportFile {
	head, err := f.c.FormFile(name)
	if err != nil || head.Filename == "" {
		f.wrong(name, missing)
		return office.ImportFile{}
	}
	if head.Size > most {
		f.wrong(name, "Il file supera "+inMegabytes(most)+": ne invii uno più piccolo.")
		return office.ImportFile{}
	}
	body, err := head.Open()
	if err != nil {
		f.fault = fmt.Errorf("opening an upload: %w", err)
		return office.ImportFile{}
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil {
		f.fault = fmt.Errorf("reading an upload: %w", err)
	}
	return office.ImportFile{Name: plainName(head.Filename), Data: data}
}

// plainName is a file's name without the folders that some browsers send.
func plainName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	if r := []rune(name); len(r) > 120 {
		name = string(r[:60]) + "…" + string(r[len(r)-59:])
	}
	return name
}

// kindOfFile is the kind that was chosen, unless the file lacks what it needs
// and has all that another one does: a list of mailboxes sent as members. Of
// several it is the one that reads most of the file's columns.
func kindOfFile(chosen string, kinds []importKind, file office.ImportFile) string {
	_, err := office.LookAt(chosen, file)
	if p := pec.AsProblem(err); p == nil || p.Code != "columns_missing" && p.Code != "header_not_found" {
		return chosen
	}
	best, columns := chosen, 0
	for _, k := range kinds {
		read, err := office.LookAt(k.Code, file)
		if err != nil {
			continue
		}
		if n := len(read.Mapping.ByHeader()); n > columns {
			best, columns = k.Code, n
		}
	}
	return best
}

func (d *importDesk) keep(c *fiber.Ctx, kind string, file office.ImportFile) (string, error) {
	read, err := office.LookAt(kind, file)
	if read == nil {
		return "", err
	}
	options, _, err := d.office.Recall(ctx(c), kind, file)
	if err != nil {
		return "", err
	}
	file.Options = options
	id, err := d.office.KeepUpload(ctx(c), who(c).Actor(), kind, file)
	return fmt.Sprintf("/importazioni/file/%d", id), err
}

// ---- Step 2: the columns ----

type columnsPage struct {
	Frame
	File       keptFile
	Read       *office.ReadFile
	Facts      []fact
	Encodings  []Option
	Delimiters []Option
	Sheets     []Option
	Chosen     office.ImportOptions
	As         string // how the page's columns were read: see readAs
	Columns    []columnRow
	Unread     int
	Ignored    []ignoredRow
	Recalled   string // the earlier import whose choices were followed
	Imported   []db.BatchListed
	Waiting    string   // how far the reading has come, while it lasts
	Only       []Option // what the file may do; nil where there is no choice
	Scopes     []Option // which mailboxes it names; nil unless it is compared
	Kinds      []kindAsked
}

type columnRow struct {
	Name, ID, Header string
	Samples          []string
	Options          []Option
	Why, Error       string
}

func (d *importDesk) columnsPage(c *fiber.Ctx) error {
	p, err := d.columnsPageOf(c, nil)
	if err != nil {
		return d.gone(c, err)
	}
	return d.show(c, "importcolumns", p)
}

// columnsPageOf reads the file and fills the page; typed are the choices that
// a form came back with, by column.
func (d *importDesk) columnsPageOf(c *fiber.Ctx, typed map[string]string) (*columnsPage, error) {
	f, _, err := d.keptFile(c)
	if err != nil {
		return nil, err
	}
	p := &columnsPage{Frame: d.fileFrame(c, f, "colonne"), File: f, Chosen: f.Options, As: readAs(f.Options)}
	w := d.reading(f)
	if !d.within(w.done) {
		p.Waiting = fmt.Sprintf("%s, %s finora.", fileSize(f.Size), since(w.from))
		return p, nil
	}
	if p.Read = w.file; w.err != nil {
		problem := pec.AsProblem(w.err)
		if problem == nil {
			return nil, w.err
		}
		p.Errors = Problems{problem}
	}
	p.readingChoices()
	if p.Read == nil { // the choices of how to read it do not suit it
		return p, nil
	}
	p.columns(typed)
	if f.Kind.choices {
		p.Only = onlyOptions
	}
	if f.Kind.Compares() {
		p.Scopes = scopeOptions
		if err := d.askKinds(c, p); err != nil {
			return nil, err
		}
	}
	for _, g := range p.Read.Ignored {
		p.Ignored = append(p.Ignored, ignoredRow{g.Row, g.Text, g.Why})
	}
	return p, d.before(c, p)
}

// before looks for earlier imports of the same file, or of the same columns.
func (d *importDesk) before(c *fiber.Ctx, p *columnsPage) error {
	return d.read(c, func(tx *db.ReadTx) error {
		var err error
		if p.Imported, err = tx.BatchesOfFile(p.File.Upload.Kind, p.File.SHA256); err != nil || p.Chosen.Columns == nil {
			return err
		}
		earlier, err := office.Readings(tx, p.File.Upload.Kind)
		for _, r := range earlier {
			if maps.Equal(r.Mapping, p.Read.Mapping.ByHeader()) {
				p.Recalled = fmt.Sprintf("%s/%d", p.File.Kind.Base(), r.Batch)
				break
			}
		}
		return err
	})
}

func (d *importDesk) fileFrame(c *fiber.Ctx, f keptFile, step string) Frame {
	title, up := fmt.Sprintf("Importazione %s: %s", f.Kind.Of, step), Crumb{"Importazioni", "/importazioni"}
	if f.Kind.Compares() {
		title, up = "Confronto: "+step, Crumb{"Confronto", "/confronto"}
	}
	frame := d.frame(c, title, up) // once: it takes the notice
	if f.Kind.Compares() {
		frame.Menu = up.Path
	}
	frame.Crumbs[len(frame.Crumbs)-1].Title = f.Filename
	frame.Lead = fmt.Sprintf("%s, caricato da %s il %s", f.Filename, f.Who, moment(f.CreatedAt))
	return frame
}

// readAs stands for the choices that decide which columns there are.
func readAs(o office.ImportOptions) string { return o.Encoding + "|" + o.Delimiter + "|" + o.Sheet }

func (p *columnsPage) readingChoices() {
	automatic := func(what string) Option { return Option{Label: "Da riconoscere" + what} }
	found := func(s string) string {
		if s == "" {
			return ""
		}
		return " (" + s + ")"
	}
	var encoding, delimiter string
	if p.Read != nil {
		p.Facts = readingFacts(office.ImportReport{
			Format: p.Read.Format, Encoding: p.Read.Encoding, Delimiter: p.Read.Delimiter, Sheet: p.Read.Sheet, HeaderRow: p.Read.HeaderRow,
			Mapping: p.Read.Mapping.ByHeader(), Header: headers(p.Read), Rows: len(p.Read.Rows),
		})
		encoding, delimiter = encodingTitle(p.Read.Encoding), delimiterTitle(p.Read.Delimiter)
		for i, s := range p.Read.Sheets {
			if len(p.Read.Sheets) < 2 {
				break
			}
			if i == 0 {
				p.Sheets = append(p.Sheets, automatic(found(p.Read.Sheet)))
			}
			p.Sheets = append(p.Sheets, Option{Value: s, Label: s})
		}
	}
	if p.Read != nil && p.Read.Encoding == "" { // a sheet
		return
	}
	p.Encodings = []Option{automatic(found(encoding))}
	for _, e := range office.Encodings {
		p.Encodings = append(p.Encodings, Option{Value: e, Label: encodingTitle(e)})
	}
	p.Delimiters = []Option{automatic(found(delimiter))}
	for _, s := range []string{";", ",", "\t", "|"} {
		p.Delimiters = append(p.Delimiters, Option{Value: delimiterValue(s), Label: capital(delimiterTitle(s))})
	}
}

func delimiterValue(s string) string {
	if s == "\t" {
		return "tab"
	}
	return s
}

func headers(f *office.ReadFile) []string {
	var list []string
	for _, col := range f.Mapping {
		list = append(list, col.Header)
	}
	return list
}

func columnName(i int) string { return fmt.Sprintf("colonna-%d", i+1) }

// columns shows each column with some of its values and what it is read as.
func (p *columnsPage) columns(typed map[string]string) {
	layout := office.LayoutOf(p.File.Upload.Kind)
	guess, err := layout.Map(headers(p.Read), p.Read.Rows, nil)
	if err != nil {
		guess = p.Read.Mapping
	}
	for i, col := range p.Read.Mapping {
		row := columnRow{Name: columnName(i), ID: columnName(i), Header: col.Header, Samples: samples(p.Read.Rows, col.Index)}
		chosen := string(col.Field)
		if value, ok := typed[row.Name]; ok {
			chosen = value
		}
		row.Options = append(row.Options, Option{Label: "Non leggere", Chosen: chosen == ""})
		for _, f := range layout.Fields {
			row.Options = append(row.Options, Option{Value: string(f.Field), Label: f.Title, Chosen: chosen == string(f.Field)})
		}
		switch {
		case chosen == "":
			p.Unread++
			row.Why = "non è letta"
		case i < len(guess) && string(guess[i].Field) == chosen && guess[i].By == pec.ByTitle:
			row.Why = "dal titolo"
		case i < len(guess) && string(guess[i].Field) == chosen && guess[i].By == pec.ByContent:
			row.Why = "dai valori"
		default:
			row.Why = "scelta da un operatore"
		}
		p.Columns = append(p.Columns, row)
	}
}

// samples are the first different values of a column, shortened.
func samples(rows []pec.Row, column int) []string {
	var list []string
	for _, r := range rows[:min(len(rows), 500)] {
		if column >= len(r.Cells) || len(list) == 3 {
			continue
		}
		value := strings.Join(strings.Fields(r.Cells[column]), " ")
		if text := []rune(value); len(text) > 40 {
			value = string(text[:39]) + "…"
		}
		if value != "" && !slices.Contains(list, value) {
			list = append(list, value)
		}
	}
	return list
}

// columns takes the choices of how to read the file: another reading shows the
// columns again, the same one goes on to the preview.
func (d *importDesk) columns(c *fiber.Ctx) error {
	file, _, err := d.keptFile(c)
	if err != nil {
		return d.gone(c, err)
	}
	f := formOf(c)
	options := office.ImportOptions{ImportChoices: file.Options.ImportChoices, ComparisonChoices: file.Options.ComparisonChoices}
	options.Encoding, options.Delimiter, options.Sheet = f.text("codifica"), c.FormValue("separatore"), f.text("foglio")
	to := file.Path("")
	if readAs(options) != readAs(file.Options) || f.text("come") != readAs(file.Options) {
		if err := d.readAgain(c, file, options); err != nil {
			f.add(err)
			return d.refuseColumns(c, f, nil)
		}
		return d.told(c, to, Alert{Kind: "primary", Strong: "Il file è letto in un altro modo.", Text: "Controlli le colonne qui sotto."})
	}
	w := d.reading(file)
	<-w.done
	if w.file == nil {
		return c.Redirect(to, fiber.StatusSeeOther)
	}
	typed := map[string]string{}
	choices, guessed := f.columnChoices(file.Upload.Kind, w.file, typed)
	f.readChoices(file.Kind, &options.ImportChoices)
	if file.Kind.Compares() {
		options.Scope = pec.ListScope(f.text("elenca"))
		options.Kinds = f.kindsSaid(options.Kinds)
		f.add(options.ComparisonChoices.Check())
	}
	if !guessed || !d.readsByItself(c, file, options) {
		options.Columns = choices
	}
	if f.ok() {
		f.add(d.readAgain(c, file, options))
	}
	if !f.ok() {
		return d.refuseColumns(c, f, typed)
	}
	if f.text("azione") == "rileggi" {
		return c.Redirect(to, fiber.StatusSeeOther)
	}
	if file.Kind.Compares() {
		ask, err := d.mustAskKinds(c, file.ID)
		if err != nil {
			return d.gone(c, err)
		}
		if ask {
			return d.told(c, to, Alert{Kind: "primary", Strong: "Alcune tipologie del gestore non sono tra le nostre.", Text: "Dica qui sotto a quale corrisponde ognuna, o confronti senza."})
		}
		return d.compareKept(c, file)
	}
	return c.Redirect(file.Path("/anteprima"), fiber.StatusSeeOther)
}

// readsByItself reports whether a file needs no choice of columns to be read.
func (d *importDesk) readsByItself(c *fiber.Ctx, file keptFile, options office.ImportOptions) bool {
	_, f, err := d.office.Upload(ctx(c), file.ID)
	if err != nil {
		return false
	}
	f.Options = options
	_, err = office.LookAt(file.Upload.Kind, f)
	return err == nil
}

// columnChoices reads what each column is said to be, into typed as well; guessed
// when that is what titles and values say by themselves.
func (f *form) columnChoices(kind string, file *office.ReadFile, typed map[string]string) (choices map[string]string, guessed bool) {
	layout := office.LayoutOf(kind)
	choices, by := map[string]string{}, map[string]string{}
	for i, col := range file.Mapping {
		name := columnName(i)
		value := f.text(name)
		typed[name] = value
		choices[col.Header] = value
		if first, taken := by[value]; taken && value != "" {
			f.wrong(name, fmt.Sprintf("Anche «%s» è indicata come %s: ne scelga una.", first, layout.Title(pec.Field(value))))
		}
		by[value] = col.Header
	}
	guess, err := layout.Map(headers(file), file.Rows, nil)
	return choices, err == nil && maps.Equal(guess.ByHeader(), mappingOf(choices))
}

func mappingOf(choices map[string]string) map[string]string {
	m := map[string]string{}
	for title, field := range choices {
		if field != "" {
			m[title] = field
		}
	}
	return m
}

// readAgain keeps other choices, once the file can be read by them.
func (d *importDesk) readAgain(c *fiber.Ctx, file keptFile, options office.ImportOptions) error {
	_, f, err := d.office.Upload(ctx(c), file.ID)
	if err != nil {
		return err
	}
	f.Options = options
	read, problem := office.LookAt(file.Upload.Kind, f)
	if problem != nil && (read == nil || options.Columns != nil) {
		return problem
	}
	return d.office.ReadUploadAs(ctx(c), who(c).Actor(), file.ID, options)
}

// refuseColumns shows the columns again with what was chosen and what is wrong
// with it.
func (d *importDesk) refuseColumns(c *fiber.Ctx, f *form, typed map[string]string) error {
	if f.fault != nil {
		return f.fault
	}
	p, err := d.columnsPageOf(c, typed)
	if err != nil {
		return d.gone(c, err) // a second press comes while the first writes
	}
	p.Chosen.Encoding, p.Chosen.Delimiter, p.Chosen.Sheet = f.text("codifica"), c.FormValue("separatore"), f.text("foglio")
	p.Chosen.Scope = pec.ListScope(f.text("elenca"))
	for i, k := range p.Kinds {
		p.Kinds[i].Chosen = f.text(k.Field)
	}
	p.Chosen.Only, p.Chosen.ClearEmpty = pec.ImportOnly(f.text("solo")), f.checked("svuota")
	for i := range p.Columns {
		p.Columns[i].Error = f.problems.On(p.Columns[i].Name)
	}
	return d.refuse(c, "importcolumns", p, f)
}

// ---- Step 3: the preview ----

type importPreviewPage struct {
	Frame
	File     keptFile
	Plan     *importPlan
	Cards    []Card
	Sum      string
	Tables   []importTable // one under the other
	Side     []importTable // beside "Mancanti" and "Invariati"
	Chosen   string        // the only sort of rows that is shown
	Pager    *Pager
	Back     string
	ToWrite  int
	Button   string
	Choices  string       // what the file may do, in words
	Same     int          // rows that say what is there already
	Leavers  *leaversForm // on the page of those whom the file lacks
	Imported []db.BatchListed
	Waiting  string
}

func (d *importDesk) previewPage(c *fiber.Ctx) error {
	f, stamp, err := d.keptFile(c)
	if err != nil {
		return d.gone(c, err)
	}
	if job := d.job(f.ID); job != nil && job.running() {
		return c.Redirect(f.Path("/corso"), fiber.StatusSeeOther)
	}
	p := &importPreviewPage{Frame: d.fileFrame(c, f, "anteprima"), File: f, Back: f.Path("/anteprima"), Chosen: c.Query("mostra")}
	w := d.planning(f, stamp)
	if !d.within(w.done) {
		p.Waiting = fmt.Sprintf("%s, %s finora.", fileSize(f.Size), since(w.from))
		return d.show(c, "importpreview", p)
	}
	if problem := pec.AsProblem(w.err); problem != nil {
		return c.Redirect(f.Path(""), fiber.StatusSeeOther) // the columns say what is missing
	}
	if w.err != nil {
		d.forget(f.ID)
		return w.err
	}
	if err := d.fillPreview(c, p, w.plan, nil); err != nil {
		return err
	}
	return d.show(c, "importpreview", p)
}

// fillPreview fills the page with the plan; typed is a form of leavers that came
// back, nil for none.
func (d *importDesk) fillPreview(c *fiber.Ctx, p *importPreviewPage, plan *importPlan, typed *typedLeavers) error {
	r := plan.Report
	p.Plan, p.Sum, p.ToWrite, p.Choices = plan, importSum(r), r.Created+r.Updated+r.Left, choiceWords(plan.Choices)
	if p.File.Kind.Takes != "" {
		p.Choices = p.File.Kind.Takes
	}
	p.Same = r.Unchanged - r.Skipped
	p.Button = "Importa " + p.File.Kind.Rows(r.Created+r.Updated)
	switch {
	case r.Left > 0 && r.Created+r.Updated == 0:
		p.Button = "Segna " + counted(r.Left, "uscito", "usciti")
	case r.Left > 0:
		p.Button += " e segna " + counted(r.Left, "uscito", "usciti")
	}
	p.Cards = importCards(p.File.Kind, r, plan.Fields, false, func(sort string) string { return p.Back + "?mostra=" + sort })
	if p.Chosen == "mancanti" && p.File.Kind.choices && r.Missing > 0 {
		return d.leavers(c, p, keysetOf(c), typed)
	}
	if p.Chosen != "" {
		t, ok := d.previewTable(c, p, p.Chosen, keysetOf(c))
		if !ok {
			return fiber.ErrNotFound
		}
		p.Pager = t.pager(p.Back + "?mostra=" + p.Chosen)
		p.Tables = []importTable{t}
		return nil
	}
	for _, sort := range []string{"respinti", "avvertimenti", "variati", "nuovi"} {
		if t, ok := d.previewTable(c, p, sort, keyset{Limit: rowsAtFirst}); ok {
			t.offerRest(p.File.Kind, sort, p.Back+"?mostra="+sort)
			if sort == "nuovi" {
				p.Side = append(p.Side, t)
			} else {
				p.Tables = append(p.Tables, t)
			}
		}
	}
	return d.read(c, func(tx *db.ReadTx) (err error) {
		p.Imported, err = tx.BatchesOfFile(p.File.Upload.Kind, p.File.SHA256)
		return err
	})
}

// previewTable is a page of one sort of rows; false when there are none, or no
// such sort.
func (d *importDesk) previewTable(c *fiber.Ctx, p *importPreviewPage, sort string, at keyset) (importTable, bool) {
	plan, kind := p.Plan, p.File.Kind
	if sort == "mancanti" {
		return d.missingTable(c, p, at), plan.Report.Missing > 0
	}
	all := plan.sections[sort]
	if len(all) == 0 {
		return importTable{}, false
	}
	var t importTable
	switch sort {
	case "respinti":
		t = problemTable(kind, pec.SeverityError, len(all))
	case "avvertimenti":
		t = problemTable(kind, pec.SeverityWarning, len(all))
	case "variati":
		t = importTable{Sort: "changes", Title: kind.Agree("Variati") + ": " + kind.Rows(len(all))}
	case "nuovi":
		t = importTable{Sort: "rows", Title: kind.Agree("Nuovi") + ": " + kind.Rows(len(all))}
	case "invariati":
		t = importTable{Sort: "rows", Title: kind.Agree("Invariati") + ": " + kind.Rows(len(all))}
	case "lasciati":
		t = importTable{Sort: "rows", Title: "Lasciati da parte: " + kind.Rows(len(all)), Note: "Per loro il file ha dati nuovi; l’importazione non li scrive, come ha scelto."}
	}
	t.ID, t.Total, t.Heads = sort, len(all), kind.heads
	var shown []int
	shown, t.Prev, t.Next = window(all, plan.key, at)
	names := rowNames{header: plan.Report.Header, mapping: plan.Report.Mapping}
	for _, i := range shown {
		t.Rows = append(t.Rows, d.previewRow(c, p, names, t.Sort, sort, i))
	}
	return t, true
}

// previewRow is one row of the plan. A refused one is named as the file says
// it, for the eye that looks for it there.
func (d *importDesk) previewRow(c *fiber.Ctx, p *importPreviewPage, names rowNames, form, sort string, i int) importRow {
	plan, source := p.Plan, p.Plan.Plan.Source(i)
	viewed := plan.row(i)
	row := importRow{Row: source.Number, Key: plan.key(i), Name: viewed.name, Cells: viewed.cells}
	if sort == "respinti" {
		row.Name = names.of(source)
	} else {
		row.Href = d.rowLink(c, p.File.Kind, viewed.id)
	}
	switch form {
	case "problems":
		for _, p := range pec.ErrorsFirst(plan.Plan.ProblemsOf(i)) {
			row.Lines = append(row.Lines, problemLine(p, plan.Report.Mapping))
		}
	case "changes":
		for _, ch := range plan.Plan.Changes(i) {
			row.Lines = append(row.Lines, importLine{Field: plan.fieldTitle(ch.Field), Old: plan.value(ch.Field, ch.Old), New: plan.value(ch.Field, ch.New)})
		}
	}
	return row
}

// rowLink leads to what a row speaks of, empty when that is not there yet.
func (s *site) rowLink(c *fiber.Ctx, kind importKind, id int64) string {
	if id == 0 || kind.page == "" {
		return ""
	}
	return s.linkTo(c, kind.page+":id", fmt.Sprint(kind.page, id))
}

// missingTable lists what is here and not in the file.
func (d *importDesk) missingTable(c *fiber.Ctx, p *importPreviewPage, at keyset) importTable {
	plan, kind := p.Plan, p.File.Kind
	t := importTable{Sort: "rows", ID: "mancanti", Title: "Mancanti dal file: " + kind.Rows(plan.Report.Missing), Total: plan.Report.Missing, Heads: kind.heads[1:], Note: kind.Missing}
	var rows []importRow
	for i, m := range plan.missing() {
		rows = append(rows, importRow{Key: int64(i + 1), Name: m.name, Href: d.rowLink(c, kind, m.id), Cells: m.cells})
	}
	t.Rows, t.Prev, t.Next = window(rows, importRow.key, at)
	return t
}

// previewRejected answers with the rows that would be refused, as a workbook.
func (d *importDesk) previewRejected(c *fiber.Ctx) error {
	f, stamp, err := d.keptFile(c)
	if err != nil {
		return err
	}
	w := d.planning(f, stamp)
	<-w.done
	if w.err != nil {
		return w.err
	}
	return sendRejected(c, f.Filename, w.plan.Report)
}

// gone sends who comes back to a file that was written to the import, or the
// comparison, that it became.
func (d *importDesk) gone(c *fiber.Ctx, err error) error {
	p := pec.AsProblem(err)
	if p == nil || p.Code != "upload_unknown" {
		return err
	}
	id, _ := idOf(c) // it was one: the file was looked for
	var became int64
	base, find := "/importazioni", (*db.ReadTx).BatchOfUpload
	if strings.HasPrefix(c.Path(), comparisonFile.Base()+"/") {
		base, find = comparisonFile.Base(), (*db.ReadTx).ComparisonOfUpload
	}
	rerr := d.read(c, func(tx *db.ReadTx) (err error) {
		became, err = find(tx, id)
		return err
	})
	if rerr != nil || became == 0 {
		return errors.Join(rerr, err)
	}
	return d.leadOn(c, fmt.Sprintf("%s/%d", base, became))
}

// leadOn redirects a browser, and htmx in its own way.
func (d *importDesk) leadOn(c *fiber.Ctx, to string) error {
	if c.Get("HX-Request") != "" {
		c.Set("HX-Redirect", to)
		return c.SendStatus(fiber.StatusOK)
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// ---- Step 4: the write ----

// importJob is a file being written.
type importJob struct {
	file      string
	kind      importKind
	from      time.Time
	done, all atomic.Int64
	cancel    context.CancelFunc
	finished  chan struct{}
	report    office.ImportReport
	err       error
}

func (j *importJob) running() bool {
	select {
	case <-j.finished:
		return false
	default:
		return true
	}
}

// bar is how far the job has come, with the time that it will still take at
// the pace so far.
func (j *importJob) bar() Progress {
	done, all := int(j.done.Load()), int(j.all.Load())
	p := Progress{Label: "Importazione di " + j.file, Done: done, All: all}
	p.Text = fmt.Sprintf("%s di %s scritti", pec.Thousands(done), pec.Thousands(all))
	if done > 0 {
		left := time.Since(j.from) / time.Duration(done) * time.Duration(all-done)
		seconds, _ := count(int(left.Seconds())+1, "secondo", "secondi") // an int is always written
		p.Text += ", circa " + seconds + " ancora"
	}
	p.Text += "."
	return p
}

func (d *importDesk) job(id int64) *importJob {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.jobs[id]
}

// write imports the file as its preview showed it. It goes on when the page is
// left; one press is enough, a second one finds the same job.
func (d *importDesk) write(c *fiber.Ctx) error {
	f, _, err := d.keptFile(c)
	if err != nil {
		return d.gone(c, err)
	}
	job := d.begin(f, who(c).Actor(), c.FormValue("visto"))
	if d.within(job.finished) {
		return d.finish(c, f.ID, job)
	}
	return c.Redirect(f.Path("/corso"), fiber.StatusSeeOther)
}

func (d *importDesk) begin(f keptFile, actor, seen string) *importJob {
	d.mu.Lock()
	defer d.mu.Unlock()
	if job := d.jobs[f.ID]; job != nil && job.running() {
		return job
	}
	ctx, cancel := context.WithCancel(context.Background()) // not the request's: the page may be left
	job := &importJob{file: f.Filename, kind: f.Kind, from: time.Now(), cancel: cancel, finished: make(chan struct{})}
	d.jobs[f.ID] = job
	go func() {
		defer close(job.finished)
		defer cancel()
		defer func() {
			if r := recover(); r != nil {
				job.err = fmt.Errorf("importing %q: %v", f.Filename, r)
			}
		}()
		job.report, job.err = d.office.WriteUpload(ctx, actor, f.ID, seen, func(done, all int) {
			job.done.Store(int64(done))
			job.all.Store(int64(all))
		})
		if job.err != nil && ctx.Err() != nil { // the database says it in its own words
			job.err = ctx.Err()
		}
	}()
	return job
}

// finish tells how a job ended, once.
func (d *importDesk) finish(c *fiber.Ctx, id int64, job *importJob) error {
	d.mu.Lock()
	if d.jobs[id] == job {
		delete(d.jobs, id)
	}
	d.mu.Unlock()
	d.forget(id)
	preview := fmt.Sprintf("/importazioni/file/%d/anteprima", id)
	tell := func(to string, a Alert) error {
		if v := visitOf(c); v.session != "" {
			d.notices.put(v.session, a, d.Now())
		}
		return d.leadOn(c, to)
	}
	problem := pec.AsProblem(job.err)
	switch {
	case job.err == nil:
		return tell(fmt.Sprintf("/importazioni/%d?fatto=1", job.report.Batch), importDone(job.kind, job.report))
	case errors.Is(job.err, context.Canceled):
		return tell(preview, Alert{Kind: "warning", Strong: "L’importazione è stata interrotta: non è stato scritto nulla.", Text: "Il file è ancora qui: può ricominciare quando vuole."})
	case problem != nil && problem.Code == "import_changed":
		return tell(preview, Alert{Kind: "warning", Strong: problem.Message})
	case problem != nil && problem.Code == "upload_unknown":
		return d.gone(c, job.err)
	case problem != nil:
		return tell(preview, Alert{Kind: "danger", Strong: "Non è stato scritto nulla.", Text: problem.Message})
	}
	return job.err
}

type importProgressPage struct {
	Frame
	File     keptFile
	Progress Progress
}

// progress shows how far an import has come; who finds it finished goes on.
func (d *importDesk) progress(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	job := d.job(id)
	if job != nil && !job.kind.isFor(visitOf(c).who) {
		return errForbidden
	}
	if job != nil && !job.running() {
		return d.finish(c, id, job)
	}
	f, _, err := d.keptFile(c)
	if job != nil && pec.AsProblem(err) != nil { // its file went as it ended, just now
		<-job.finished
		return d.finish(c, id, job)
	}
	if err != nil {
		return d.gone(c, err)
	}
	if job == nil {
		return d.leadOn(c, f.Path("/anteprima"))
	}
	return d.show(c, "importprogress", &importProgressPage{Frame: d.fileFrame(c, f, "in corso"), File: f, Progress: job.bar()})
}

// stop interrupts an import: what it wrote so far is taken back.
func (d *importDesk) stop(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	job := d.job(id)
	if job == nil {
		return c.Redirect(fmt.Sprintf("/importazioni/file/%d/corso", id), fiber.StatusSeeOther)
	}
	if !job.kind.isFor(visitOf(c).who) {
		return errForbidden
	}
	job.cancel()
	<-job.finished // it may have been faster than the hand
	return d.finish(c, id, job)
}

// drop forgets a file; nothing of it was written.
func (d *importDesk) drop(c *fiber.Ctx) error {
	f, _, err := d.keptFile(c)
	if p := pec.AsProblem(err); p != nil && p.Code == "upload_unknown" { // a second press
		list, _, _ := strings.Cut(c.Path(), "/file/")
		return c.Redirect(list, fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	if job := d.job(f.ID); job != nil && job.running() {
		return d.told(c, f.Path("/corso"), Alert{Kind: "warning", Strong: "L’importazione è già in corso.", Text: "Se non la vuole più, la interrompa qui."})
	}
	if err := d.office.DropUpload(ctx(c), who(c).Actor(), f.ID); err != nil {
		return err
	}
	d.forget(f.ID)
	if f.Kind.Compares() {
		return d.done(c, f.Kind.Base(), "Il confronto di «"+f.Filename+"» è annullato.", "Il file non è conservato.")
	}
	return d.done(c, "/importazioni", "L’importazione di «"+f.Filename+"» è annullata.", "Non è stato scritto nulla.")
}
