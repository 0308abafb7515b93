package web

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

func (s *site) subjectRoutes() []route {
	return []route{
		get("/domicilio/reginde", operators, s.subjects),
		post("/domicilio/reginde", clerks, s.sendSubjects),
		get("/domicilio/reginde/impostazioni", contracts, s.subjectSettings),
		post("/domicilio/reginde/impostazioni", contracts, s.setSubjectSettings),
		get("/domicilio/reginde/:id", operators, s.subjectFile),
		get("/domicilio/reginde/:id/file", operators, s.subjectDownload),
		post("/domicilio/reginde/:id", clerks, s.answerSubjects),
		post("/domicilio/reginde/:id/accettati", clerks, s.acceptSubjects),
		get("/domicilio/reginde/:id/ritira", clerks, s.withdrawSubjectsForm),
		post("/domicilio/reginde/:id/ritira", clerks, s.withdrawSubjects),
	}
}

// subjectsPage is what ReGIndE has to be told today, and what it was told.
type subjectsPage struct {
	Frame
	Tabs       Tabs
	Due        office.SubjectsToday
	Rows       []subjectLine
	More       int
	Unsendable []unsendableLine
	Files      []subjectFileLine
	Settings   string
	Ready      bool // the body's code is known
	Typed      string
	Button     string
}

// subjectLine is a subject of a file that was made or would be.
type subjectLine struct {
	pec.SubjectChange
	CutsSaid string
	Person   template.HTML
	State    template.HTML
	Said     string
	Do       string
	Line     int
	Open     bool // not accepted: it may be registered by hand
	ByHand   bool // accepted by hand: it may be taken back
}

type subjectFileLine struct {
	db.SubjectFile
	Who   string
	State template.HTML
}

func (s *site) subjects(c *fiber.Ctx) error {
	p, err := s.subjectsPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "reginde", p)
}

func (s *site) subjectsPage(c *fiber.Ctx) (*subjectsPage, error) {
	p := &subjectsPage{Frame: s.frame(c, "ReGIndE", Crumb{"Domicilio digitale", "/domicilio"}), Tabs: domicileTabs("/domicilio/reginde")}
	p.Menu = "/domicilio"
	p.Settings = s.linkTo(c, "/domicilio/reginde/impostazioni", "/domicilio/reginde/impostazioni")
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		if p.Due, err = s.office.SubjectsDue(tx, false); err != nil {
			return err
		}
		p.Ready = p.Due.Settings.BodyCode != ""
		for i, v := range p.Due.Changes {
			if i == reviewSize {
				p.More = len(p.Due.Changes) - i
				break
			}
			p.Rows = append(p.Rows, subjectLine{SubjectChange: v, CutsSaid: strings.Join(v.Cuts, "; "), Person: s.personOf(c, v.MemberID, v.FullName())})
		}
		for i, u := range p.Due.Unsendable {
			if i == reviewSize {
				break
			}
			p.Unsendable = append(p.Unsendable, unsendableLine{u, s.memberLink(c, u.Member.ID, u.Member.FullName())})
		}
		names, err := actorsOf(tx)
		if err != nil {
			return err
		}
		files, err := tx.SubjectFiles(filesShown)
		for _, f := range files {
			p.Files = append(p.Files, subjectFileLine{f, names.of(f.Actor), subjectFileState(f)})
		}
		return err
	})
	n := len(p.Due.Changes)
	p.Lead = counted(n, "variazione da comunicare", "variazioni da comunicare") + "; il registro intero sarebbe di " + counted(p.Due.Total, "soggetto", "soggetti")
	p.Button = "Crea il file con " + counted(n, "variazione", "variazioni")
	return p, err
}

// personOf is a name, leading to the member while there is one.
func (s *site) personOf(c *fiber.Ctx, member int64, name string) template.HTML {
	if member == 0 {
		return template.HTML(template.HTMLEscapeString(name))
	}
	return s.memberLink(c, member, name)
}

// subjectFileState is what the register said to a file.
func subjectFileState(f db.SubjectFile) template.HTML {
	switch {
	case !f.WithdrawnOn.IsZero():
		return badge("secondary", "Ritirato il "+f.WithdrawnOn.Italian())
	case f.Answer != "":
		return badge("danger", "Respinto: "+f.Answer)
	case f.AnsweredOn.IsZero():
		return badge("secondary", "In attesa di esito")
	case f.Refused > 0:
		return badge("danger", counted(f.Refused, "soggetto respinto", "soggetti respinti"))
	case f.Awaited > 0:
		return badge("warning", counted(f.Awaited, "soggetto senza esito", "soggetti senza esito"))
	}
	return badge("", "Accettato")
}

func (s *site) sendSubjects(c *fiber.Ctx) error {
	f := formOf(c)
	w := office.SubjectsWish{Whole: f.text("azione") == "intero"}
	if w.Whole {
		n, err := strconv.Atoi(strings.ReplaceAll(f.text("typed"), ".", ""))
		if w.Typed = n; err != nil {
			w.Typed = -1
		}
	} else {
		w.Seen = f.needed("seen", "Guardi l’elenco prima di fare il file.")
	}
	var sent office.SubjectsSent
	if f.ok() {
		var err error
		sent, err = s.office.SendSubjects(ctx(c), who(c).Actor(), w)
		f.add(err)
	}
	switch {
	case !f.ok():
		p, err := s.subjectsPage(c)
		if err != nil {
			return err
		}
		p.Typed = f.text("typed")
		return s.refuse(c, "reginde", p, f)
	case sent.File.ID == 0:
		return s.told(c, "/domicilio/reginde", Alert{Kind: "warning", Strong: "Non c’è nulla da comunicare.", Text: "Il file non è stato fatto."})
	}
	return s.done(c, fmt.Sprint("/domicilio/reginde/", sent.File.ID), fmt.Sprintf("File n. %d creato con %s.", sent.File.ID, counted(sent.File.Subjects, "soggetto", "soggetti")),
		"Lo faccia firmare dal delegato e lo mandi dalla PEC registrata presso il Ministero: qui risulta inviato.")
}

// subjectFilePage is one file with its subjects.
type subjectFilePage struct {
	Frame
	File    db.SubjectFile
	Who     string
	Meaning pec.SubjectAnswer // of the code of the whole file
	Before  []string          // answers that later ones replaced
	Rows    []subjectLine
	Pager   *Pager
	Answer  bool
	Open    bool // a subject of the page may be accepted by hand
	ByHand  bool // one was, which may be taken back
	Retract bool
}

func (s *site) subjectFilePage(c *fiber.Ctx) (*subjectFilePage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &subjectFilePage{}
	l := listingOf(c, fmt.Sprint("/domicilio/reginde/", id))
	err = s.read(c, func(tx *db.ReadTx) error {
		if p.File, err = tx.SubjectFile(id); err != nil {
			return err
		}
		p.Frame = s.frame(c, fmt.Sprintf("File n. %d per ReGIndE", id), Crumb{"Domicilio digitale", "/domicilio"}, Crumb{"ReGIndE", "/domicilio/reginde"})
		p.Menu = "/domicilio"
		names, err := actorsOf(tx)
		if err != nil {
			return err
		}
		p.Who = names.of(p.File.Actor)
		rows, err := tx.SubjectRows(id, l.lineBefore(), registerSize+1)
		rows, p.Pager = pageOf(l, rows, registerSize,
			func(r db.SubjectRow) string { return fmt.Sprint(r.Line) }, func(r db.SubjectRow) string { return fmt.Sprint("riga ", r.Line) })
		for _, r := range rows {
			line := s.subjectRow(c, r)
			p.Rows = append(p.Rows, line)
			p.Open, p.ByHand = p.Open || line.Open, p.ByHand || line.ByHand
		}
		if err != nil {
			return err
		}
		before, err := tx.ReplacedAnswers(id)
		for _, a := range before {
			p.Before = append(p.Before, replacedAnswer(a)+" il "+a.AnsweredOn.Italian()+", sostituito il "+a.ReplacedOn.Italian()+" da "+names.of(a.Actor))
		}
		if err != nil {
			return err
		}
		later, err := tx.LaterSubjectFile(id)
		p.Answer = p.File.WithdrawnOn.IsZero() && p.Frame.Who.May(clerks)
		p.Retract = p.Answer && !later && p.File.AnsweredOn.IsZero()
		return err
	})
	if err != nil {
		return nil, err
	}
	p.Meaning = pec.SubjectAnswerOf(p.File.Answer)
	kind := ""
	if p.File.Whole {
		kind = " (registro intero)"
	}
	p.Lead = fmt.Sprintf("%s%s, fatto il %s da %s: %s, %s, %s", counted(p.File.Subjects, "soggetto", "soggetti"), kind, moment(p.File.At), p.Who,
		counted(p.File.Inserted, "inserimento", "inserimenti"), counted(p.File.Modified, "modifica", "modifiche"), counted(p.File.Deleted, "cancellazione", "cancellazioni"))
	return p, nil
}

// replacedAnswer is what an answer said: "file respinto per intero con F003 («riga 12»)".
func replacedAnswer(a db.ReplacedAnswer) string {
	if a.Code == "" {
		return "esito per i soggetti"
	}
	if a.Said != "" {
		return "file respinto per intero con " + a.Code + " («" + a.Said + "»)"
	}
	return "file respinto per intero con " + a.Code
}

func (s *site) subjectRow(c *fiber.Ctx, r db.SubjectRow) subjectLine {
	line := subjectLine{SubjectChange: r.SubjectChange, CutsSaid: r.CutsSaid, Person: s.personOf(c, r.MemberID, r.FullName()), Line: r.Line}
	answer := pec.SubjectAnswerOf(r.Code)
	line.Open = !r.Withdrawn && r.FileCode == "" && !answer.Accepted()
	switch {
	case r.Withdrawn:
		line.State = badge("secondary", "Ritirato")
	case r.FileCode != "":
		line.State = badge("danger", "Respinto con il file")
		if r.Code != "" {
			line.Said, line.Do = "prima "+r.Code+": "+subjectSaid(r), answer.Do
		}
	case r.Code == "":
		line.State = badge("secondary", "In attesa")
		if r.FileWas != "" {
			line.Said = "prima respinto con il file " + r.FileWas
		}
	case answer.Accepted():
		line.State, line.Said = badge("", r.Code), answer.Said
		if office.AcceptedByHand(r) {
			line.Said, line.ByHand = r.Said, true
		}
	default:
		line.State, line.Said, line.Do = badge("danger", r.Code), subjectSaid(r), answer.Do
	}
	return line
}

// subjectSaid is what the answer for a subject means, with what the register adds.
func subjectSaid(r db.SubjectRow) string {
	said := pec.SubjectAnswerOf(r.Code).Said
	if r.Said != "" && !strings.EqualFold(r.Said, said) {
		said += " («" + r.Said + "»)"
	}
	return said
}

func (s *site) subjectFile(c *fiber.Ctx) error {
	p, err := s.subjectFilePage(c)
	if err != nil {
		return err
	}
	return s.show(c, "regindefile", p)
}

// subjectDownload sends a file as it was made, under the name that the register
// expects.
func (s *site) subjectDownload(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	f, err := s.office.SubjectFile(ctx(c), id)
	if err != nil {
		return err
	}
	return download(c, f.Name, "application/xml", f.Content)
}

// answerSubjects takes in Esiti.xml.
func (s *site) answerSubjects(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	sent := f.file("file", "Scelga il file Esiti.xml arrivato con la risposta del registro.", office.MaxSubjectAnswer)
	var done office.SubjectsAnswered
	if f.ok() {
		done, err = s.office.AnswerSubjects(ctx(c), who(c).Actor(), id, sent.Data, f.checked("after"))
		f.add(err)
	}
	page := fmt.Sprint("/domicilio/reginde/", id)
	switch {
	case !f.ok():
		p, err := s.subjectFilePage(c)
		if err != nil {
			return err
		}
		return s.refuse(c, "regindefile", p, f)
	case done.Known:
		return s.told(c, page, Alert{Kind: "warning", Strong: "Questo esito era già registrato.", Text: "Nulla è cambiato."})
	}
	said := counted(done.Accepted, "accettato", "accettati") + ", " + counted(done.Refused, "respinto", "respinti")
	if done.Silent > 0 {
		said += ", " + counted(done.Silent, "senza esito", "senza esito")
	}
	if done.Withdrawn != "" {
		said += "; il file non conta più come respinto con " + done.Withdrawn
	}
	if n := len(done.Unknown); n > 0 {
		shown := done.Unknown
		if n > 5 {
			shown = shown[:5]
		}
		return s.told(c, page, Alert{Kind: "warning", Strong: "Esito registrato: " + said + ".", Text: counted(n, "soggetto dell’esito non è in questo file", "soggetti dell’esito non sono in questo file") + ": " + strings.Join(shown, ", ") + "."})
	}
	return s.done(c, page, "Esito registrato: "+said+".", "Ciò che è stato respinto torna fra le variazioni.")
}

// acceptSubjects registers by hand that the register has taken subjects, or takes
// that back.
func (s *site) acceptSubjects(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	f := formOf(c)
	var lines []int
	for _, line := range f.ids("lines") {
		lines = append(lines, int(line))
	}
	back := f.text("azione") == "togli"
	register := s.office.AcceptSubjects
	if back {
		register = s.office.TakeAcceptedBack
	}
	n, err := register(ctx(c), who(c).Actor(), id, lines)
	if f.add(err); !f.ok() {
		p, err := s.subjectFilePage(c)
		if err != nil {
			return err
		}
		return s.refuse(c, "regindefile", p, f)
	}
	if back {
		return s.done(c, fmt.Sprint("/domicilio/reginde/", id), counted(n, "soggetto non è più accettato a mano.", "soggetti non sono più accettati a mano."), "Vale di nuovo ciò che aveva detto il registro.")
	}
	return s.done(c, fmt.Sprint("/domicilio/reginde/", id), counted(n, "soggetto registrato come accettato.", "soggetti registrati come accettati."), "Non tornano più fra le variazioni.")
}

func (s *site) withdrawSubjectsForm(c *fiber.Ctx) error {
	return s.withdrawalOf(c, "ReGIndE", func(id int64) (withdrawFilePage, error) {
		f, err := s.office.SubjectFile(ctx(c), id)
		return withdrawFilePage{MadeOn: f.MadeOn, Holds: counted(f.Subjects, "soggetto", "soggetti")}, err
	})
}

func (s *site) withdrawSubjects(c *fiber.Ctx) error {
	return s.withdrawn(c, s.office.WithdrawSubjectFile)
}

// subjectSettingsPage asks for the body's code, the role, the file's name and its
// template.
type subjectSettingsPage struct {
	Frame
	pec.SubjectSettings
	Roles, Names []Option
	Template     string
	Own          bool // the template is the Ordine's
	Versions     []templateLine
}

type templateLine struct {
	db.SubjectTemplate
	Who string
}

func (s *site) subjectSettingsPage(c *fiber.Ctx) (*subjectSettingsPage, error) {
	p := &subjectSettingsPage{Frame: s.frame(c, "Impostazioni di ReGIndE", Crumb{"Domicilio digitale", "/domicilio"}, Crumb{"ReGIndE", "/domicilio/reginde"})}
	p.Menu = "/domicilio"
	for _, r := range pec.SubjectRoles {
		p.Roles = append(p.Roles, Option{Value: r, Label: r})
	}
	for _, n := range pec.SubjectFileNames {
		p.Names = append(p.Names, Option{Value: n, Label: n})
	}
	return p, s.read(c, func(tx *db.ReadTx) (err error) {
		if p.SubjectSettings, err = tx.SubjectSettings(); err != nil {
			return err
		}
		t, err := tx.SubjectTemplate()
		if err != nil {
			return err
		}
		if p.Template, p.Own = t.Text, t.Text != ""; !p.Own {
			p.Template = reports.SubjectsTemplate
		}
		names, err := actorsOf(tx)
		if err != nil {
			return err
		}
		versions, err := tx.SubjectTemplates(20)
		for _, v := range versions {
			p.Versions = append(p.Versions, templateLine{v, names.of(v.Actor)})
		}
		return err
	})
}

func (s *site) subjectSettings(c *fiber.Ctx) error {
	p, err := s.subjectSettingsPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "regindesettings", p)
}

// setSubjectSettings takes one of the page's two forms.
func (s *site) setSubjectSettings(c *fiber.Ctx) error {
	f := formOf(c)
	typed := pec.SubjectSettings{BodyCode: f.text("body_code"), Role: f.text("role"), FileName: f.text("file_name")}
	text := strings.ReplaceAll(f.c.FormValue("template"), "\r\n", "\n")
	said := "Impostazioni salvate."
	switch f.text("azione") {
	case "modello":
		f.add(s.office.SetSubjectTemplate(ctx(c), who(c).Actor(), text))
		said = "Modello salvato: vale dal prossimo file."
	case "ripristina":
		f.add(s.office.SetSubjectTemplate(ctx(c), who(c).Actor(), ""))
		said = "Il modello è di nuovo quello del programma."
	default:
		f.add(s.office.SetSubjectSettings(ctx(c), who(c).Actor(), typed))
	}
	if !f.ok() {
		p, err := s.subjectSettingsPage(c)
		if err != nil {
			return err
		}
		if f.text("azione") == "modello" {
			p.Template = text
		} else {
			p.SubjectSettings = typed
		}
		return s.refuse(c, "regindesettings", p, f)
	}
	return s.done(c, "/domicilio/reginde/impostazioni", said)
}
