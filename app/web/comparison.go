package web

import (
	"fmt"
	"html/template"
	"maps"
	"slices"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) comparisonRoutes() []route {
	d := newImportDesk(s)
	return []route{
		get("/confronto", operators, d.comparisons),
		post("/confronto", clerks, d.compare),
		get("/confronto/file/:id", clerks, d.columnsPage),
		post("/confronto/file/:id", clerks, d.columns),
		post("/confronto/file/:id/togli", clerks, d.drop),
		get("/confronto/:id", operators, s.comparison),
		get("/confronto/:id/esporta", operators, s.exportComparison),
		post("/confronto/:id", clerks, s.reviewDifferences),
		post("/confronto/:id/conferma", clerks, s.takeDifferenceStep),
		post("/confronto/:id/rileggi", clerks, s.readComparisonAgain),
	}
}

// comparisonsPage takes a provider's list in, and lists what was compared before
// and what can be had back from the provider.
type comparisonsPage struct {
	Frame
	Scope       pec.ListScope
	Scopes      []Option
	Ask         bool          // to be shown the columns of the next file
	Waiting     []waitingFile // whose columns are still to be told
	Earlier     []comparisonLine
	Recoverable []recoverableLine
	More        int         // recoverable charges that are not listed
	Sum         pec.Amounts // of all of them
}

type comparisonLine struct {
	db.ComparisonRow
	Who string
}

type recoverableLine struct {
	db.RecoverableCharge
	Person, Box template.HTML
}

// recoverableShown is how many charges of leavers the page lists.
const recoverableShown = 200

// scopeOptions are which of our mailboxes a file may name.
var scopeOptions = []Option{
	{Label: "Lo dicono le colonne", Help: "Con una colonna «Importo netto» è una fattura, senza è l’elenco di tutte."},
	{Value: string(pec.ListsAll), Label: "Tutte le caselle", Help: "Le nostre che il file non nomina sono «Solo qui»."},
	{Value: string(pec.ListsSome), Label: "Solo alcune: è una fattura, o una parte dell’elenco", Help: "Delle nostre che il file non nomina non si dice nulla."},
}

func (s *importDesk) comparisons(c *fiber.Ctx) error {
	p, err := s.comparisonsPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "comparisons", p)
}

func (s *importDesk) comparisonsPage(c *fiber.Ctx) (*comparisonsPage, error) {
	p := &comparisonsPage{Frame: s.frame(c, "Confronto"), Scopes: scopeOptions}
	p.Lead = "L’elenco delle caselle del gestore, o le righe della sua fattura, contro i nostri dati"
	return p, s.read(c, func(tx *db.ReadTx) error {
		names, err := actorsOf(tx)
		if err != nil {
			return err
		}
		if p.Who.May(clerks) {
			if p.Waiting, err = s.waiting(tx, comparisonFile.Base(), p.Who, names); err != nil {
				return err
			}
		}
		list, err := tx.Comparisons(filesShown)
		for _, row := range list {
			p.Earlier = append(p.Earlier, comparisonLine{row, names.of(row.Actor)})
		}
		if err != nil {
			return err
		}
		charges, err := tx.RecoverableCharges(recoverableShown)
		for _, r := range charges {
			p.Recoverable = append(p.Recoverable, recoverableLine{r, s.memberLink(c, r.MemberID, r.Holder), s.mailboxLink(c, r.MailboxID, r.Address)})
		}
		if err != nil {
			return err
		}
		n, sum, err := tx.RecoverableSum()
		p.More, p.Sum = n-len(p.Recoverable), sum
		return err
	})
}

// compare compares a list whose columns are known; any other is kept until an
// operator has said what its columns are.
func (s *importDesk) compare(c *fiber.Ctx) error {
	f := formOf(c)
	file := f.file("file", "Scelga l’elenco delle caselle, o la fattura, del gestore.", maxUpload)
	ask := f.checked("colonne")
	file.Options.Scope = pec.ListScope(f.text("elenca"))
	scope := file.Options.Scope
	f.add(file.Options.ComparisonChoices.Check())
	if f.ok() {
		options, ready, followed, err := s.office.ReadyToCompare(ctx(c), file)
		file.Options = options
		switch {
		case err != nil:
		case ready && !ask:
			var done office.ComparisonMade
			if done, err = s.office.Compare(ctx(c), who(c).Actor(), file); err == nil {
				return s.compared(c, done, followed)
			}
		default:
			var id int64
			if id, err = s.office.KeepUpload(ctx(c), who(c).Actor(), office.FileComparison, file); err == nil {
				return c.Redirect(fmt.Sprintf("%s/file/%d", comparisonFile.Base(), id), fiber.StatusSeeOther)
			}
		}
		f.on("file", err)
	}
	p, err := s.comparisonsPage(c)
	if err != nil {
		return err
	}
	p.Ask, p.Scope = ask, scope
	return s.refuse(c, "comparisons", p, f)
}

// compareKept compares a kept file as an operator said what its columns are.
func (s *importDesk) compareKept(c *fiber.Ctx, file keptFile) error {
	done, err := s.office.CompareUpload(ctx(c), who(c).Actor(), file.ID)
	if p := pec.AsProblem(err); p != nil && p.Code != "upload_unknown" {
		return c.Redirect(file.Path(""), fiber.StatusSeeOther) // the columns say what is missing
	}
	if err != nil {
		return s.gone(c, err)
	}
	s.forget(file.ID)
	return s.compared(c, done, 0)
}

// compared leads to a comparison that was made, its columns read as in the one that
// was followed, 0 for none.
func (s *importDesk) compared(c *fiber.Ctx, done office.ComparisonMade, followed int64) error {
	page := fmt.Sprint("/confronto/", done.ID)
	if done.Earlier != 0 {
		return s.told(c, page, Alert{Kind: "warning", Strong: "Questo stesso file era già stato confrontato.", Text: "Qui c’è il confronto con i dati di oggi.", Href: fmt.Sprint("/confronto/", done.Earlier), Link: "Veda quello di prima"})
	}
	strong := "Confronto fatto: " + counted(len(done.Differences), "differenza", "differenze") + "."
	if followed != 0 {
		return s.done(c, page, strong, fmt.Sprintf("Le colonne sono lette come nel confronto n. %d: i titoli sono gli stessi.", followed))
	}
	return s.done(c, page, strong)
}

// comparisonPage is one comparison with what it found.
type comparisonPage struct {
	Frame
	Comparison db.ComparisonRow
	Read       []comparisonColumn // nil of comparisons of before it was kept
	Kinds      Tabs
	Kind       pec.DifferenceKind
	State      string
	States     []Option
	Cards      []Card
	Rows       []differenceLine
	Pager      *Pager
	Scope      string // which mailboxes the file names, in words
	Month      bool   // the list looks like one of another month
	Actions    []Option
	Action     string
	Text       string
	Export     exportLinks
	ToTell     string // the list for the provider
}

// comparisonColumn is what a column of the file was read as, empty for not read.
type comparisonColumn struct{ Header, As string }

type differenceLine struct {
	db.DifferenceRow
	Box, Person template.HTML
	Said        template.HTML // what was done
	Ticked      bool
}

const kindParam = "tipo"

// differenceImport is the step that takes rows into an import: no state that is
// written by itself.
const differenceImport = office.DifferenceImport

func (s *site) comparison(c *fiber.Ctx) error {
	p, err := s.comparisonPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "comparison", p)
}

// differencesIn is which differences an address names.
func differencesIn(l listing, comparison int64) db.DifferenceFilter {
	f := db.DifferenceFilter{Comparison: comparison}
	if k := pec.DifferenceKind(l.get(kindParam)); slices.Contains(pec.DifferenceKinds, k) {
		f.Kind = k
	}
	if state := l.get(stateParam); slices.Contains(office.DifferenceStates, state) {
		f.State = state
	}
	return f
}

func (s *site) comparisonPage(c *fiber.Ctx) (*comparisonPage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	page := fmt.Sprint("/confronto/", id)
	l := listingOf(c, page, kindParam, stateParam)
	f := differencesIn(l, id)
	p := &comparisonPage{Kind: f.Kind, State: f.State, Export: l.exports(page + "/esporta")}
	err = s.read(c, func(tx *db.ReadTx) error {
		if p.Comparison, err = tx.Comparison(id); err != nil {
			return err
		}
		p.Frame = s.frame(c, fmt.Sprintf("Confronto n. %d", id), Crumb{"Confronto", "/confronto"})
		p.Menu = "/confronto"
		sums, err := tx.DifferenceSums(id)
		if err != nil {
			return err
		}
		leavers, err := tx.LeaversSum(id)
		if err != nil {
			return err
		}
		p.sums(page, sums, leavers)
		if l.get(beforeParam) == "" || l.get(afterParam) != "" {
			f.After, f.Limit = l.id(afterParam), registerSize+1
		}
		rows, err := tx.Differences(f)
		if before := l.id(beforeParam); f.Limit == 0 {
			end := slices.IndexFunc(rows, func(d db.DifferenceRow) bool { return d.ID >= before })
			if end < 0 {
				end = len(rows)
			}
			rows = rows[max(0, end-registerSize-1):end]
		}
		rows, p.Pager = pageOf(l, rows, registerSize, func(d db.DifferenceRow) string { return itoa(d.ID) }, func(d db.DifferenceRow) string { return d.Address })
		for _, d := range rows {
			p.Rows = append(p.Rows, s.differenceLine(c, d))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	made := p.Comparison
	for _, title := range made.Reading.Header {
		column := comparisonColumn{Header: title}
		if field := made.Reading.Mapping[title]; field != "" {
			column.As = pec.ComparisonLayout.Title(pec.Field(field))
		}
		p.Read = append(p.Read, column)
	}
	p.Lead = fmt.Sprintf("«%s», %s, confrontato il %s: %s senza differenze, %s", made.Filename, counted(made.Rows, "riga", "righe"), moment(made.At),
		counted(made.Equal, "casella", "caselle"), counted(made.Found, "differenza", "differenze"))
	switch made.Reading.Scope {
	case pec.ListsAll:
		p.Scope = "Il file è confrontato come l’elenco di tutte le caselle: le nostre che non nomina sono «Solo qui»."
	case pec.ListsSome:
		p.Scope = "Il file è confrontato come una fattura, che nomina solo alcune caselle: di quelle che non nomina non si dice nulla."
	}
	p.Month = pec.Comparison{Rows: made.Rows, Expired: made.Expired}.AnotherMonth()
	p.States = []Option{{Value: "", Label: "Tutte"}}
	for _, state := range office.DifferenceStates {
		p.States = append(p.States, Option{Value: state, Label: capital(office.DifferenceStateInWords(state))})
	}
	p.Actions = []Option{
		{Value: office.DifferenceToTell, Label: "Da segnalare al gestore"}, {Value: differenceImport, Label: "Importa qui i dati del gestore"},
		{Value: office.DifferenceTold, Label: "Segnalate al gestore"}, {Value: office.DifferenceIgnored, Label: "Ignora"}, {Value: office.DifferenceOpen, Label: "Rimetti fra le aperte"},
	}
	p.ToTell = withQuery(page, stateParam, office.DifferenceToTell)
	return p, nil
}

// sums makes a tab of each kind, and a card of each that money is at stake in,
// first what is paid for people who left the register.
func (p *comparisonPage) sums(page string, sums []db.DifferenceSum, leavers db.DifferenceSum) {
	if leavers.Count > 0 {
		p.Cards = append(p.Cards, Card{Title: "Pagate per chi è uscito dall’albo", Href: withQuery(page, kindParam, string(leavers.Kind)), Figure: leavers.Stake.Gross.Euro(),
			Note: "Lordi all’anno per " + counted(leavers.Count, "casella", "caselle") + ", " + leavers.Stake.Net.Euro() + " netti"})
	}
	all := 0
	for _, s := range sums {
		all += s.Count
	}
	p.Kinds = Tabs{Label: "Differenze", Items: []Tab{{Title: "Tutte", Path: page, Count: pec.Thousands(all), Current: p.Kind == ""}}}
	for _, k := range pec.DifferenceKinds {
		i := slices.IndexFunc(sums, func(s db.DifferenceSum) bool { return s.Kind == k })
		if i < 0 {
			continue
		}
		path := withQuery(page, kindParam, string(k))
		p.Kinds.Items = append(p.Kinds.Items, Tab{Title: capital(k.Italian()), Path: path, Count: pec.Thousands(sums[i].Count), Current: p.Kind == k})
		if sums[i].Stake.Gross > 0 {
			p.Cards = append(p.Cards, Card{Title: capital(k.Italian()), Href: path, Figure: sums[i].Stake.Gross.Euro(), Note: "Lordi all’anno in più dal gestore, " + sums[i].Stake.Net.Euro() + " netti"})
		}
	}
}

func (s *site) differenceLine(c *fiber.Ctx, d db.DifferenceRow) differenceLine {
	line := differenceLine{DifferenceRow: d, Box: template.HTML(template.HTMLEscapeString(d.Address)), Person: s.personOf(c, d.MemberID, d.Holder)}
	if d.MailboxID != 0 {
		line.Box = s.mailboxLink(c, d.MailboxID, d.Address)
	}
	kind := map[string]string{office.DifferenceOpen: "warning", office.DifferenceToTell: "primary"}[d.State]
	line.Said = badge(kind, capital(office.DifferenceStateInWords(d.State)))
	return line
}

func (s *site) exportComparison(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	f := differencesIn(listingOf(c, "/confronto", kindParam, stateParam), id)
	return s.read(c, func(tx *db.ReadTx) error {
		made, err := tx.Comparison(id)
		if err != nil {
			return err
		}
		list, err := tx.Differences(f)
		if err != nil {
			return err
		}
		title := fmt.Sprintf("Confronto n. %d del %s", id, made.MadeOn.Italian())
		if f.State == office.DifferenceToTell {
			title = "Da segnalare al gestore, confronto n. " + itoa(id)
		}
		t := office.DifferencesTable(list, title)
		if f.Kind != "" {
			t.Filter = capital(f.Kind.Italian())
		}
		return s.sendList(c, fmt.Sprint("confronto-", id), t)
	})
}

// differenceStepPage shows what a step is about before it is taken.
type differenceStepPage struct {
	Frame
	Step office.DifferenceStep
	Rows []differenceLine
	Back string
}

// differenceStepIn reads a step as a form has it.
func differenceStepIn(f *form, comparison int64) office.DifferenceStep {
	step := office.DifferenceStep{Comparison: comparison, State: f.text("azione"), Note: f.text("text")}
	step.IDs = f.ids("id")
	return step
}

func (s *site) reviewDifferences(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	step := differenceStepIn(f, id)
	if step.State == differenceImport {
		upload, err := s.office.ImportDifferences(ctx(c), who(c).Actor(), id, step.IDs)
		if f.add(err); f.ok() {
			return s.done(c, fmt.Sprint("/importazioni/file/", upload), "Le righe scelte sono pronte da importare.", "Controlli che cosa cambia prima di confermare.")
		}
		return s.refuseDifferences(c, step, f)
	}
	p := differenceStepPage{Frame: s.frame(c, capital(office.DifferenceStateInWords(step.State)), Crumb{"Confronto", "/confronto"}, Crumb{fmt.Sprintf("n. %d", id), fmt.Sprint("/confronto/", id)}), Step: step}
	p.Menu, p.Back = "/confronto", fmt.Sprint("/confronto/", id)
	f.add(s.read(c, func(tx *db.ReadTx) error {
		list, err := s.office.ReviewDifferences(tx, step)
		for _, d := range list {
			p.Rows = append(p.Rows, s.differenceLine(c, d))
		}
		return err
	}))
	if !f.ok() {
		return s.refuseDifferences(c, step, f)
	}
	return s.show(c, "differencestep", &p)
}

// refuseDifferences shows the list again with what was ticked and typed.
func (s *site) refuseDifferences(c *fiber.Ctx, step office.DifferenceStep, f *form) error {
	p, err := s.comparisonPage(c)
	if err != nil {
		return err
	}
	p.Action, p.Text = step.State, step.Note
	for i, r := range p.Rows {
		p.Rows[i].Ticked = slices.Contains(step.IDs, r.ID)
	}
	return s.refuse(c, "comparison", p, f)
}

func (s *site) takeDifferenceStep(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	step := differenceStepIn(f, id)
	n, err := s.office.TakeDifferenceStep(ctx(c), who(c).Actor(), step)
	if f.add(err); !f.ok() {
		return s.refuseDifferences(c, step, f)
	}
	if n == 0 {
		return s.told(c, fmt.Sprint("/confronto/", id), Alert{Kind: "warning", Strong: "Nulla è cambiato.", Text: "Le differenze scelte erano già così."})
	}
	return s.done(c, fmt.Sprint("/confronto/", id), counted(n, "differenza", "differenze")+": "+office.DifferenceStateInWords(step.State)+".")
}

// readComparisonAgain brings the file of a comparison back to the step of the columns.
func (s *site) readComparisonAgain(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	upload, err := s.office.ReadComparisonAgain(ctx(c), who(c).Actor(), id)
	if err != nil {
		return err
	}
	return s.told(c, fmt.Sprintf("%s/file/%d", comparisonFile.Base(), upload), Alert{Kind: "primary", Strong: "Il file è lo stesso.", Text: fmt.Sprintf("Scelga le colonne e confronti di nuovo: il confronto n. %d resta com’è.", id)})
}

// kindAsked is a provider's name of a kind, and which of ours it stands for.
type kindAsked struct {
	Field, Name  string // of the choice, and of what it is about
	Said, Chosen string
	Options      []Option
}

// kindsAsked is how many names of kinds a page asks about: a column with more holds
// something else.
const kindsAsked = 30

// unknownKinds are the names of a file that are to be asked about, with our kinds.
func (d *importDesk) unknownKinds(c *fiber.Ctx, file *office.ReadFile) (names []string, kinds []pec.Kind, err error) {
	err = d.read(c, func(tx *db.ReadTx) error {
		agreements, err := tx.Agreements()
		if err != nil {
			return err
		}
		names = pec.UnknownKinds(agreements, file.Rows, file.Mapping)
		names = names[:min(len(names), kindsAsked)]
		agreement, _ := pec.InForce(agreements, d.Today())
		kinds = agreement.Kinds
		return nil
	})
	return names, kinds, err
}

// askKinds asks which of our kinds the names of a list stand for.
func (d *importDesk) askKinds(c *fiber.Ctx, p *columnsPage) error {
	names, kinds, err := d.unknownKinds(c, p.Read)
	options := []Option{{Label: "Nessuna: non la confronti"}}
	for _, k := range kinds {
		options = append(options, Option{Value: k.Code, Label: k.Name})
	}
	for i, name := range names {
		p.Kinds = append(p.Kinds, kindAsked{Field: fmt.Sprint("tipologia-", i+1), Name: fmt.Sprint("nome-", i+1), Said: name, Chosen: p.Chosen.Kinds[name], Options: options})
	}
	return err
}

// kindsSaid reads which of our kinds names stand for, those of before with them.
func (f *form) kindsSaid(before map[string]string) map[string]string {
	kinds := maps.Clone(before)
	for i := range kindsAsked {
		name := f.c.FormValue(fmt.Sprint("nome-", i+1))
		if name == "" {
			break
		}
		if kinds == nil {
			kinds = map[string]string{}
		}
		kinds[name] = f.text(fmt.Sprint("tipologia-", i+1))
	}
	return kinds
}

// mustAskKinds reports whether a kept file, read as it is to be compared, has names of
// kinds that nobody was asked about.
func (d *importDesk) mustAskKinds(c *fiber.Ctx, upload int64) (bool, error) {
	kind, f, err := d.office.Upload(ctx(c), upload)
	if err != nil {
		return false, err
	}
	file, err := office.LookAt(kind, f)
	if err != nil {
		return false, nil // told where it is compared
	}
	names, _, err := d.unknownKinds(c, file)
	return slices.ContainsFunc(names, func(name string) bool { _, asked := f.Options.Kinds[name]; return !asked }), err
}
