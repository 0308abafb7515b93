package web

import (
	"context"
	"fmt"
	"html/template"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) indexRoutes() []route {
	return []route{
		get("/domicilio/inipec", operators, s.index),
		post("/domicilio/inipec", clerks, s.sendIndex),
		post("/domicilio/inipec/conferma", clerks, s.confirmIndex),
		get("/domicilio/inipec/formato", contracts, s.indexFormat),
		post("/domicilio/inipec/formato", contracts, s.setIndexFormat),
		get("/domicilio/inipec/:id", operators, s.indexFile),
		get("/domicilio/inipec/:id/file", operators, s.indexDownload),
		post("/domicilio/inipec/:id", clerks, s.registerIndexOutcome),
		get("/domicilio/inipec/:id/ritira", clerks, s.withdrawIndexForm),
		post("/domicilio/inipec/:id/ritira", clerks, s.withdrawIndex),
	}
}

// indexPage is what INI-PEC has to be told today, and what it was told.
type indexPage struct {
	Frame
	Tabs       Tabs
	Due        office.IndexToday
	Rows       []variationLine
	More       int
	Unsendable []unsendableLine
	Files      []indexFileLine
	Confirmed  []confirmationLine
	Format     string
	Settings   string
	Button     string
	NothingNew bool // nothing to tell, and today is not confirmed yet
	Alert      *Alert
}

type variationLine struct {
	pec.Variation
	Person template.HTML
}

type unsendableLine struct {
	pec.Unsendable
	Person template.HTML
}

type indexFileLine struct {
	db.IndexFile
	Who   string
	State template.HTML
}

type confirmationLine struct {
	db.IndexConfirmation
	Who string
}

func (s *site) index(c *fiber.Ctx) error {
	p, err := s.indexPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "inipec", p)
}

func (s *site) indexPage(c *fiber.Ctx) (*indexPage, error) {
	p := &indexPage{Frame: s.frame(c, "INI-PEC", Crumb{"Domicilio digitale", "/domicilio"}), Tabs: domicileTabs("/domicilio/inipec")}
	p.Menu = "/domicilio"
	p.Settings = s.linkTo(c, "/domicilio/inipec/formato", "/domicilio/inipec/formato")
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		if p.Due, err = s.office.IndexDue(tx); err != nil {
			return err
		}
		for i, v := range p.Due.Variations {
			if i == reviewSize {
				p.More = len(p.Due.Variations) - i
				break
			}
			p.Rows = append(p.Rows, variationLine{v, s.personOf(c, v.MemberID, v.FullName())})
		}
		for i, u := range p.Due.Unsendable {
			if i == reviewSize {
				break
			}
			p.Unsendable = append(p.Unsendable, unsendableLine{u, s.memberLink(c, u.Member.ID, u.Member.FullName())})
		}
		format, err := tx.IndexFormat()
		if err != nil {
			return err
		}
		p.Format = indexFormatInWords(format)
		names, err := actorsOf(tx)
		if err != nil {
			return err
		}
		files, err := tx.IndexFiles(filesShown)
		for _, f := range files {
			p.Files = append(p.Files, indexFileLine{f, names.of(f.Actor), indexFileState(f)})
		}
		if err != nil {
			return err
		}
		confirmed, err := tx.IndexConfirmations(10)
		for _, d := range confirmed {
			p.Confirmed = append(p.Confirmed, confirmationLine{d, names.of(d.Actor)})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	n := len(p.Due.Variations)
	p.Lead = counted(n, "variazione da comunicare oggi", "variazioni da comunicare oggi")
	p.Button = "Crea il file con " + counted(n, "variazione", "variazioni")
	p.NothingNew = n == 0 && p.Due.ToldOn != p.Today
	p.Alert = p.late()
	return p, nil
}

// late warns that a working day went by with nothing told.
func (p *indexPage) late() *Alert {
	if !p.Due.Late {
		return nil
	}
	a := &Alert{Kind: "warning", Strong: "È passato almeno un giorno lavorativo senza comunicazioni.", Text: "L’ultima è del " + p.Due.ToldOn.Italian() + ": le variazioni si comunicano ogni giorno lavorativo, e quando non ce ne sono lo si conferma."}
	if p.Due.ToldOn.IsZero() {
		a.Strong, a.Text = "L’indice non ha ancora ricevuto nulla da qui.", "Il primo file contiene tutte le posizioni (primo caricamento)."
	}
	return a
}

func indexFormatInWords(f pec.IndexFormat) string {
	charset, header, end := "UTF-8", "senza intestazione", "CR LF"
	if f.Charset == pec.CharsetWindows {
		charset = "Windows-1252"
	}
	if f.Header {
		header = "con intestazione"
	}
	if f.LF {
		end = "LF"
	}
	return fmt.Sprintf("CSV con «;», %s, date %s, %s, righe chiuse da %s", charset, f.Days, header, end)
}

// lineBefore is the line behind which a page of a file's lines begins: after one,
// or so that it ends right before one.
func (l listing) lineBefore() int {
	after := int(l.id(afterParam))
	if before := int(l.id(beforeParam)); after == 0 && before > 0 {
		after = max(0, before-registerSize-2)
	}
	return after
}

// indexFileState is what became of a file's rows.
func indexFileState(f db.IndexFile) template.HTML {
	switch {
	case !f.WithdrawnOn.IsZero():
		return badge("secondary", "Ritirato il "+f.WithdrawnOn.Italian())
	case f.Accepted == f.Rows:
		return badge("", "Accettato")
	case f.Refused > 0:
		return badge("danger", counted(f.Refused, "riga respinta", "righe respinte"))
	case f.Awaited == f.Rows:
		return badge("secondary", "In attesa di esito")
	}
	return badge("secondary", counted(f.Awaited, "riga in attesa", "righe in attesa"))
}

func (s *site) sendIndex(c *fiber.Ctx) error {
	f := formOf(c)
	seen := f.needed("seen", "Guardi l’elenco prima di fare il file.")
	var sent office.IndexSent
	if f.ok() {
		var err error
		sent, err = s.office.SendIndex(ctx(c), who(c).Actor(), seen, false)
		f.add(err)
	}
	switch {
	case !f.ok():
		p, err := s.indexPage(c)
		if err != nil {
			return err
		}
		return s.refuse(c, "inipec", p, f)
	case sent.File.ID == 0:
		return s.done(c, "/domicilio/inipec", "Oggi non ci sono variazioni: la conferma è registrata.")
	}
	return s.done(c, fmt.Sprint("/domicilio/inipec/", sent.File.ID), fmt.Sprintf("File n. %d creato con %s.", sent.File.ID, counted(sent.File.Rows, "riga", "righe")), "Lo scarichi e lo mandi all’indice: qui risulta inviato.")
}

func (s *site) confirmIndex(c *fiber.Ctx) error {
	f := formOf(c)
	f.add(s.office.ConfirmIndex(ctx(c), who(c).Actor()))
	if !f.ok() {
		p, err := s.indexPage(c)
		if err != nil {
			return err
		}
		return s.refuse(c, "inipec", p, f)
	}
	return s.done(c, "/domicilio/inipec", "Registrato: oggi nulla è cambiato.", "Lo confermi anche sul sito dell’indice.")
}

// indexLine is a row of a file with its outcome.
type indexLine struct {
	db.IndexRow
	Person template.HTML
	State  template.HTML
	Typed  string   // what the form sent as the reason
	No     bool     // ticked as refused
	Yes    bool     // ticked as accepted after all
	Was    []string // "respinta il 02/07/2018 («PEC non attiva»), corretto il 03/07/2018 da Giulia Ferretti"
}

func indexLineOf(r db.IndexRow, names actorNames) indexLine {
	l := indexLine{IndexRow: r, State: badge("secondary", "In attesa")}
	for _, b := range r.Before {
		was := "accettata"
		if b.Outcome == "refused" {
			was = "respinta"
		}
		was += " il " + b.OutcomeOn.Italian()
		if b.Text != "" {
			was += " («" + b.Text + "»)"
		}
		l.Was = append(l.Was, was+", corretto il "+b.CorrectedOn.Italian()+" da "+names.of(b.Actor))
	}
	switch {
	case r.Withdrawn:
		l.State = badge("secondary", "Ritirata")
	case r.Outcome == "accepted":
		l.State = badge("", "Accettata")
	case r.Outcome == "refused":
		l.State = badge("danger", "Respinta")
	}
	return l
}

// The form fields of a row: its own names, so that a browser that puts ticks back
// by name and place puts none on another row.
func (l indexLine) RefusedName() string  { return fmt.Sprint(refusedField, l.Line) }
func (l indexLine) AcceptedName() string { return fmt.Sprint(acceptedField, l.Line) }

// TextName is the form field for what the index said of the row.
func (l indexLine) TextName() string { return fmt.Sprint(textField, l.Line) }

// How the names of a row's fields begin; its line follows.
const (
	refusedField  = "refused-"
	acceptedField = "accepted-"
	textField     = "text-"
)

// indexFilePage is one file with its rows.
type indexFilePage struct {
	Frame
	File    db.IndexFile
	Who     string
	Rows    []indexLine
	Pager   *Pager
	Answer  bool // outcomes may be registered
	Rest    bool // and some are awaited
	Retract bool // it may be withdrawn
}

func indexFileListing(c *fiber.Ctx, id int64) listing {
	return listingOf(c, fmt.Sprint("/domicilio/inipec/", id))
}

func (s *site) indexFilePage(c *fiber.Ctx) (*indexFilePage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &indexFilePage{}
	l := indexFileListing(c, id)
	err = s.read(c, func(tx *db.ReadTx) error {
		if p.File, err = tx.IndexFile(id); err != nil {
			return err
		}
		p.Frame = s.frame(c, fmt.Sprintf("File n. %d per INI-PEC", id), Crumb{"Domicilio digitale", "/domicilio"}, Crumb{"INI-PEC", "/domicilio/inipec"})
		p.Menu = "/domicilio"
		names, err := actorsOf(tx)
		if err != nil {
			return err
		}
		p.Who = names.of(p.File.Actor)
		rows, err := tx.IndexRows(id, l.lineBefore(), registerSize+1)
		rows, p.Pager = pageOf(l, rows, registerSize,
			func(r db.IndexRow) string { return fmt.Sprint(r.Line) }, func(r db.IndexRow) string { return fmt.Sprint("riga ", r.Line) })
		for _, r := range rows {
			line := indexLineOf(r, names)
			line.Person = s.personOf(c, r.MemberID, r.FullName())
			p.Rows = append(p.Rows, line)
		}
		later, lerr := tx.LaterIndexFile(id)
		standing := p.File.WithdrawnOn.IsZero() && p.Frame.Who.May(clerks)
		p.Answer, p.Rest = standing, standing && p.File.Awaited > 0
		p.Retract = standing && !later && p.File.Accepted+p.File.Refused == 0
		if err == nil {
			err = lerr
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	p.Lead = fmt.Sprintf("%s, fatto il %s da %s: %s, %s, %s", counted(p.File.Rows, "riga", "righe"), moment(p.File.At), p.Who,
		counted(p.File.Inserted, "inserimento", "inserimenti"), counted(p.File.Updated, "aggiornamento", "aggiornamenti"), counted(p.File.Removed, "cancellazione", "cancellazioni"))
	return p, nil
}

func (s *site) indexFile(c *fiber.Ctx) error {
	p, err := s.indexFilePage(c)
	if err != nil {
		return err
	}
	return s.show(c, "inipecfile", p)
}

// indexDownload sends a file as it was made.
func (s *site) indexDownload(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	f, err := s.office.IndexFile(ctx(c), id)
	if err != nil {
		return err
	}
	return download(c, f.Name(), "text/csv", f.Content) // in the charset of its own day
}

// indexOutcomeIn reads which rows of the page were refused and why, which were
// accepted after all, and whether all the others were accepted.
func indexOutcomeIn(f *form, id int64) office.IndexOutcome {
	out := office.IndexOutcome{File: id, Refused: map[int]string{}, Seen: f.text("seen")}
	out.Rest = f.text("azione") == "accettate" || f.text("azione") == "conferma"
	typed, ticked := f.named(textField), f.named(refusedField)
	for name := range ticked {
		if line, err := strconv.Atoi(name); err == nil {
			out.Refused[line] = typed[name]
		}
	}
	for name := range f.named(acceptedField) {
		if line, err := strconv.Atoi(name); err == nil {
			out.Taken = append(out.Taken, line)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(typed)) {
		line, err := strconv.Atoi(name)
		if _, ticked := ticked[name]; err == nil && !ticked && typed[name] != "" {
			f.wrong(textField+name, fmt.Sprintf("Alla riga %d ha scritto che cosa dice l’indice, ma «Respinta» non è spuntata: la spunti, o cancelli il testo.", line))
		}
	}
	return out
}

// registerIndexOutcome registers what was ticked. All the others of the file are
// accepted only after a review, which the rows of its other pages are part of.
func (s *site) registerIndexOutcome(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	out := indexOutcomeIn(f, id)
	switch action := f.text("azione"); {
	case action == "indietro":
		p, err := s.indexFilePage(c)
		if err != nil {
			return err
		}
		p.put(out)
		return s.show(c, "inipecfile", p)
	case action == "accettate" && f.ok():
		return s.reviewIndexOutcome(c, out, f)
	case action == "conferma" && out.Seen == "":
		f.wrong("seen", "Guardi il riepilogo prima di confermare.")
		return s.reviewIndexOutcome(c, out, f)
	case !out.Rest && len(out.Refused)+len(out.Taken) == 0 && f.ok():
		said := "Non c’è nulla di spuntato: nulla è cambiato. Spunti le righe respinte"
		if file, err := s.office.IndexFile(ctx(c), id); err != nil {
			return err
		} else if file.Awaited > 0 {
			said += ", o prema «Accetta tutte le altre in attesa…»"
		}
		f.wrong(refusedField, said+".")
	}
	n := 0
	if f.ok() {
		n, err = s.office.RegisterIndexOutcome(ctx(c), who(c).Actor(), out)
		f.add(err)
	}
	l := indexFileListing(c, id)
	page := l.with(afterParam, l.get(afterParam), beforeParam, l.get(beforeParam))
	switch {
	case !f.ok() && out.Rest && out.Seen != "":
		return s.reviewIndexOutcome(c, out, f)
	case !f.ok():
		return s.refuseIndexOutcome(c, out, f)
	case n == 0:
		return s.told(c, page, Alert{Kind: "warning", Strong: "Nulla è cambiato.", Text: "Questi esiti erano già registrati così."})
	}
	said := ""
	if len(out.Refused) > 0 {
		said = "Ciò che è stato respinto torna fra le variazioni da comunicare."
	}
	return s.done(c, page, counted(n, "esito registrato.", "esiti registrati."), said)
}

// put shows the page with what was ticked and typed.
func (p *indexFilePage) put(out office.IndexOutcome) {
	for i, r := range p.Rows {
		p.Rows[i].Typed, p.Rows[i].No = out.Refused[r.Line]
		p.Rows[i].Yes = slices.Contains(out.Taken, r.Line)
	}
}

func (s *site) refuseIndexOutcome(c *fiber.Ctx, out office.IndexOutcome, f *form) error {
	if f.fault != nil {
		return f.fault
	}
	p, err := s.indexFilePage(c)
	if err != nil {
		return err
	}
	p.put(out)
	for i, r := range p.Rows {
		p.Rows[i].Typed = f.text(r.TextName()) // also without a tick
	}
	return s.refuse(c, "inipecfile", p, f)
}

// indexReviewPage tells what accepting all the other rows of a file means.
type indexReviewPage struct {
	Frame
	office.IndexReview
	Rows  []indexReviewLine // all that is not simply accepted
	Paged bool              // the file has more rows than a page shows
	Ahead int               // of the accepted ones, how many are on the page from which one comes
	Away  int               // and how many on others
}

type indexReviewLine struct {
	db.IndexRow
	Person template.HTML
	Kind   string // the badge's
	What   string // "Respinta ora"
	Now    bool   // ticked now
	Yes    bool   // as accepted
}

// reviewIndexOutcome shows what would be registered, with what is wrong, if
// anything; what cannot be reviewed leads back to the rows.
func (s *site) reviewIndexOutcome(c *fiber.Ctx, out office.IndexOutcome, f *form) error {
	back, err := s.indexFilePage(c)
	if err != nil {
		return err
	}
	out.Rest = true
	p := &indexReviewPage{Frame: s.frame(c, "Accettare tutte le altre righe?", Crumb{"INI-PEC", "/domicilio/inipec"}, Crumb{fmt.Sprintf("File n. %d", out.File), fmt.Sprint("/domicilio/inipec/", out.File)})}
	p.Menu, p.Paged = "/domicilio", back.Pager != nil
	reviewed := formOf(c)
	reviewed.add(s.read(c, func(tx *db.ReadTx) (err error) {
		p.IndexReview, err = s.office.ReviewIndexOutcome(tx, out)
		return err
	}))
	if reviewed.ok() && len(p.Accepted)+len(p.Refused)+len(p.Taken) == 0 {
		reviewed.wrong(refusedField, "Nessuna riga è in attesa e nulla è spuntato: nulla è cambiato.")
	}
	if !reviewed.ok() {
		return s.refuseIndexOutcome(c, out, reviewed)
	}
	for _, r := range p.Accepted {
		if slices.ContainsFunc(back.Rows, func(l indexLine) bool { return l.Line == r.Line }) {
			p.Ahead++
		}
	}
	p.Away = len(p.Accepted) - p.Ahead
	for _, part := range []struct {
		rows []db.IndexRow
		line indexReviewLine
	}{
		{p.Refused, indexReviewLine{Kind: "danger", What: "Respinta ora", Now: true}},
		{p.Taken, indexReviewLine{What: "Accettata ora", Now: true, Yes: true}},
		{p.Before, indexReviewLine{Kind: "danger", What: "Resta respinta"}},
	} {
		for _, r := range part.rows {
			line := part.line
			line.IndexRow, line.Person = r, s.personOf(c, r.MemberID, r.FullName())
			p.Rows = append(p.Rows, line)
		}
	}
	if !f.ok() {
		return s.refuse(c, "inipecreview", p, f)
	}
	return s.show(c, "inipecreview", p)
}

// State is the badge of what becomes of the row.
func (l indexReviewLine) State() template.HTML { return badge(l.Kind, l.What) }

func (s *site) withdrawIndexForm(c *fiber.Ctx) error {
	return s.withdrawalOf(c, "INI-PEC", func(id int64) (withdrawFilePage, error) {
		f, err := s.office.IndexFile(ctx(c), id)
		return withdrawFilePage{MadeOn: f.MadeOn, Holds: counted(f.Rows, "riga", "righe")}, err
	})
}

func (s *site) withdrawIndex(c *fiber.Ctx) error { return s.withdrawn(c, s.office.WithdrawIndexFile) }

// withdrawFilePage asks whether a file for an index was never sent.
type withdrawFilePage struct {
	Frame
	ID     int64
	MadeOn pec.Date
	Holds  string // "58 righe"
	Back   string
}

// withdrawalOf shows the question about a file of the index of this name, whose
// page is the one above.
func (s *site) withdrawalOf(c *fiber.Ctx, index string, read func(id int64) (withdrawFilePage, error)) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	p, err := read(id)
	if err != nil {
		return err
	}
	p.ID, p.Back = id, strings.TrimSuffix(c.Path(), "/ritira")
	p.Frame = s.frame(c, fmt.Sprintf("Ritirare il file n. %d?", id), Crumb{index, path.Dir(p.Back)}, Crumb{fmt.Sprintf("File n. %d", id), p.Back})
	p.Menu = "/domicilio"
	return s.show(c, "withdrawfile", &p)
}

// withdrawn withdraws a file for an index and leads to the page of the index.
func (s *site) withdrawn(c *fiber.Ctx, withdraw func(ctx context.Context, actor string, id int64) error) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if err := withdraw(ctx(c), who(c).Actor(), id); err != nil {
		return err
	}
	return s.done(c, path.Dir(strings.TrimSuffix(c.Path(), "/ritira")), fmt.Sprintf("File n. %d ritirato.", id), "Le sue variazioni sono di nuovo da comunicare.")
}

// indexFormatPage asks how the file is written.
type indexFormatPage struct {
	Frame
	pec.IndexFormat
	Charsets, DaysAs []Option
}

func (s *site) newIndexFormatPage(c *fiber.Ctx) *indexFormatPage {
	p := &indexFormatPage{Frame: s.frame(c, "Come si scrive il file", Crumb{"Domicilio digitale", "/domicilio"}, Crumb{"INI-PEC", "/domicilio/inipec"})}
	p.Menu = "/domicilio"
	p.Lead = "L’indice non lo dice nella sua pagina per gli Ordini: da confermare con il gestore dell’indice."
	p.Charsets = []Option{{Value: pec.CharsetUTF8, Label: "UTF-8"}, {Value: pec.CharsetWindows, Label: "Windows-1252"}}
	for _, d := range []string{pec.DaysItalian, pec.DaysISO, pec.DaysPlain} {
		p.DaysAs = append(p.DaysAs, Option{Value: d, Label: d})
	}
	return p
}

func (s *site) indexFormat(c *fiber.Ctx) error {
	p := s.newIndexFormatPage(c)
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		p.IndexFormat, err = tx.IndexFormat()
		return err
	})
	if err != nil {
		return err
	}
	return s.show(c, "inipecformat", p)
}

func (s *site) setIndexFormat(c *fiber.Ctx) error {
	p, f := s.newIndexFormatPage(c), formOf(c)
	p.IndexFormat = pec.IndexFormat{Charset: strings.TrimSpace(f.text("charset")), Days: f.text("days"), Header: f.checked("header"), LF: f.checked("lf")}
	f.add(s.office.SetIndexFormat(ctx(c), who(c).Actor(), p.IndexFormat))
	if !f.ok() {
		return s.refuse(c, "inipecformat", p, f)
	}
	return s.done(c, "/domicilio/inipec", "Formato salvato.", "Vale dal prossimo file: "+indexFormatInWords(p.IndexFormat)+".")
}

// indexCard tells how many variations the index has to be told, and whether a
// working day went by without.
func indexCard(due office.IndexToday) Card {
	card := Card{Title: "Variazioni INI-PEC", Href: "/domicilio/inipec", Figure: pec.Thousands(len(due.Variations)), Note: "Mai comunicate da qui"}
	if !due.ToldOn.IsZero() {
		card.Note = "Ultima comunicazione il " + due.ToldOn.Italian()
	}
	switch {
	case due.Late && !due.ToldOn.IsZero():
		card.Badge, card.Kind = "In ritardo", "danger"
	case due.Late:
		card.Badge, card.Kind = "Da comunicare", "warning"
	}
	if n := len(due.Unsendable); n > 0 {
		card.Badge, card.Kind = counted(n, "da correggere", "da correggere"), "danger"
	}
	return card
}
