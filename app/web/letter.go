package web

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"html/template"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) letterRoutes() []route {
	return []route{
		get("/lettere", operators, s.letterList),
		get("/lettere/nuove", clerks, s.letterReview),
		post("/lettere/nuove", clerks, s.makeLetters),
		get("/lettere/intestazione", clerks, s.letterheadForm),
		post("/lettere/intestazione", clerks, s.saveLetterhead),
		get("/lettere/intestazione/logo", clerks, s.logo),
		post("/lettere/intestazione/logo", clerks, s.saveLogo),
		post("/lettere/intestazione/logo/togli", clerks, s.removeLogo),
		get("/lettere/:id/pdf", operators, s.letterFile),
		get("/lettere/serie/:id/pdf", operators, s.letterSetFile),
	}
}

// maxLetters bounds one file: what is more is asked for in two.
const maxLetters = 2000

// lettersPage lists the letters that were made.
type lettersPage struct {
	Frame
	Q, Kind, Year string
	Kinds, Years  []Option
	Only          map[string]string // filters without a field of their own
	Chips         filterChips
	Rows          []letterLine
	Pager         *Pager
	None          Empty
	Set           string // the PDF of the set that this is, if it is one
}

// letterLine is a letter as the lists show it.
type letterLine struct {
	db.LetterListed
	Member, Address template.HTML
	By              string
}

func (s *site) letterList(c *fiber.Ctx) error {
	l := listingOf(c, "/lettere", "q", "tipo", "anno", "iscritto", "serie")
	if to := l.dropped(); to != "" {
		return c.Redirect(to, fiber.StatusSeeOther)
	}
	p := lettersPage{Frame: s.frame(c, "Lettere"), Q: l.get("q"), Kind: l.get("tipo"), Year: l.get("anno")}
	p.Lead = "Le lettere su carta, con il loro numero"
	err := s.read(c, func(tx *db.ReadTx) error {
		if err := p.filters(tx, l); err != nil {
			return err
		}
		return s.letterRows(c, tx, &p, l)
	})
	if err != nil {
		return err
	}
	return s.show(c, "letters", &p)
}

// filters fills the choices and names the filters in force.
func (p *lettersPage) filters(tx *db.ReadTx, l listing) error {
	p.Kinds = []Option{{Value: "", Label: "Tutte"}}
	for _, f := range pec.LetterForms {
		p.Kinds = append(p.Kinds, Option{Value: string(f.Kind), Label: f.Title})
	}
	years, err := tx.LetterYears()
	if err != nil {
		return err
	}
	p.Years = []Option{{Value: "", Label: "Tutti"}}
	for _, y := range years {
		p.Years = append(p.Years, Option{Value: strconv.Itoa(y), Label: strconv.Itoa(y)})
	}
	p.Only, p.Chips.All = map[string]string{}, l.path
	if p.Q != "" {
		p.Chips.add("q", "«"+p.Q+"»")
	}
	if p.Kind != "" {
		p.Chips.add("tipo", pec.MessageKind(p.Kind).Italian())
	}
	p.Chips.add("anno", p.Year)
	if id := l.id("iscritto"); id != 0 {
		m, err := tx.Member(id)
		if err != nil {
			return err
		}
		p.Only["iscritto"] = itoa(id)
		p.Chips.add("iscritto", m.FullName())
	}
	if id := l.id("serie"); id != 0 {
		set, err := tx.LetterSet(id)
		if err != nil {
			return err
		}
		p.Only["serie"], p.Set = itoa(id), fmt.Sprintf("/lettere/serie/%d/pdf", id)
		p.Chips.add("serie", "Fatte insieme il "+set.MadeOn.Italian())
	}
	p.None = Empty{Icon: "it-file", IconClass: "icon-primary", Title: "Ancora nessuna lettera", Text: "Si preparano dalla pagina di un iscritto o di una casella, oppure per molti: dall’elenco degli iscritti, «Azioni», o da quello delle caselle."}
	if len(p.Chips.Items) > 0 {
		p.None = Empty{Icon: "it-search", IconClass: "icon-secondary", Title: "Nessuna lettera con questi filtri", Text: "Tolga un filtro.", Href: l.path, Action: "Togli i filtri"}
	}
	return nil
}

func (s *site) letterRows(c *fiber.Ctx, tx *db.ReadTx, p *lettersPage, l listing) error {
	names, err := actorsOf(tx)
	if err != nil {
		return err
	}
	rows, err := tx.LetterList(db.LetterFilter{
		Kind: pec.MessageKind(p.Kind), Year: int(l.id("anno")), Member: l.id("iscritto"), Set: l.id("serie"), Search: p.Q, Before: l.id(afterParam), After: l.id(beforeParam), Limit: rowsPerPage + 1,
	})
	rows, p.Pager = pageOf(l, rows, rowsPerPage, func(r db.LetterListed) string { return itoa(r.ID) }, func(r db.LetterListed) string { return r.FullNumber() })
	for _, r := range rows {
		line := letterLine{LetterListed: r, Member: s.memberLink(c, r.MemberID, r.Holder), By: names.of(r.Actor)}
		if r.MailboxID != 0 {
			line.Address = s.mailboxLink(c, r.MailboxID, r.Box)
		}
		p.Rows = append(p.Rows, line)
	}
	return err
}

// letterFile is one letter again, as it was made.
func (s *site) letterFile(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	l, err := s.office.WriteLetter(ctx(c), &b, id)
	if err != nil {
		return err
	}
	return download(c, fmt.Sprintf("lettera-%d-%d.pdf", l.Year, l.Number), mimePDF, b.Bytes())
}

// letterSetFile is all letters that were made together.
func (s *site) letterSetFile(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	set, err := s.office.WriteLetterSet(ctx(c), &b, id)
	if err != nil {
		return err
	}
	return download(c, fmt.Sprintf("lettere-%s-%d.pdf", set.MadeOn, set.ID), mimePDF, b.Bytes())
}

// letterReviewPage shows which letters would be made, and who is left out.
type letterReviewPage struct {
	Frame
	Kind, Order  string
	Kinds        []Option
	Orders       []Option
	ByHand       bool
	Hidden       []Option // of the address: whom it is about
	Rows         []letterReviewRow
	More         int               // beyond the rows shown
	Again        []letterReviewRow // made already: left out unless ticked
	AgainMore    int               // beyond the rows shown, left out
	Members      []int64           // about whom a letter is made
	Mailboxes    []int64           // or about which
	Count        int
	Out          []office.LeftOut
	OutAll       int
	ToHand       string      // address with those that lack one, to be handed over
	NoAddress    int         // of those left out
	Letter       *pec.Letter // the first, as it will be written
	Button, Back string
	Key          string
}

type letterReviewRow struct {
	Field     string // what ticks it: "mailbox" or "member"
	ID        int64
	Plain     string // of whom, for a screen reader
	Name, Box template.HTML
	To        string
	Notes     []string
	Made      template.HTML // of one that was made already: when
}

// letterOrders are the orders of the letters by their names in the address.
var letterOrders = []Option{{Value: "", Label: "Per CAP e cognome"}, {Value: "elenco", Label: "Come nell’elenco"}}

// letterParams are the names in the address that say which letters, not for whom.
var letterParams = []string{"tipo", "ordine", "senza"}

func (s *site) letterReview(c *fiber.Ctx) error {
	p := &letterReviewPage{Frame: s.frame(c, "Prepara lettere", Crumb{"Lettere", "/lettere"}), Kind: c.Query("tipo"), Order: c.Query("ordine"), ByHand: c.Query("senza") != "", Key: randomToken(), Back: "/lettere"}
	p.Menu = "/lettere"
	r := office.LetterRequest{Kind: pec.MessageKind(p.Kind), AsListed: p.Order != "", ByHand: p.ByHand}
	whom, err := s.lettersFor(c, &r)
	if err != nil {
		return err
	}
	if whom != nil {
		return s.told(c, whom.Href, Alert{Kind: "warning", Strong: whom.Strong, Text: whom.Text})
	}
	p.fields(c)
	if r.Kind == "" {
		p.Lead = "Scelga quale lettera: poi vedrà chi la riceve, prima che sia scritta."
		return s.show(c, "letters-new", p)
	}
	err = s.read(c, func(tx *db.ReadTx) error { return s.reviewLetters(c, tx, p, r) })
	if err != nil {
		return err
	}
	p.Lead = "Non è ancora stato scritto nulla: controlli e confermi."
	if p.Count == 0 {
		p.Lead = "Non c’è nessuna lettera da preparare."
	}
	p.Button = "Prepara " + counted(p.Count, "lettera", "lettere")
	switch {
	case p.Count == 0 && len(p.Again) > 0:
		p.Lead, p.Button = "Sono già state fatte: spunti quelle che vuole fare di nuovo.", "Prepara le lettere spuntate"
	case len(p.Again) > 0:
		p.Button += " e quelle spuntate"
	}
	if p.Count > maxLetters {
		p.Notice = &Alert{Kind: "warning", Strong: counted(p.Count, "lettera è troppa per un file.", "lettere sono troppe per un file."), Text: "Ne prepari al massimo " + pec.Thousands(maxLetters) + ": scelga meno iscritti, o meno giorni."}
	}
	return s.show(c, "letters-new", p)
}

// TooMany reports whether they are more than one file takes.
func (p *letterReviewPage) TooMany() bool { return p.Count > maxLetters }

// fields fills the choices of the page and keeps whom its address is about.
func (p *letterReviewPage) fields(c *fiber.Ctx) {
	p.Orders, p.Kinds = letterOrders, nil
	if p.Kind == "" {
		p.Kinds = append(p.Kinds, Option{Value: "", Label: "Scelga"})
	}
	for _, f := range pec.LetterForms {
		p.Kinds = append(p.Kinds, Option{Value: string(f.Kind), Label: f.Title})
	}
	here := url.Values{}
	c.Context().QueryArgs().VisitAll(func(name, value []byte) {
		here.Add(string(name), string(value))
		if !slices.Contains(letterParams, string(name)) {
			p.Hidden = append(p.Hidden, Option{Label: string(name), Value: string(value)})
		}
	})
	here.Set("senza", "1")
	p.ToHand = "/lettere/nuove?" + here.Encode()
}

// lettersFor reads from the address whom the letters are for: members ticked or
// all of their list, one mailbox or all of a list of theirs, those activated
// within two days or asked for in a file. The alert says why there is nobody,
// its Href where to choose.
func (s *site) lettersFor(c *fiber.Ctx, r *office.LetterRequest) (*Alert, error) {
	none := &Alert{Href: "/iscritti", Strong: "Non ha scelto nessun iscritto.", Text: "Spunti le righe dell’elenco e riprovi."}
	var err error
	switch args := c.Context().QueryArgs(); {
	case args.Has("mailbox"):
		id, _ := strconv.ParseInt(c.Query("mailbox"), 10, 64)
		r.Mailboxes = []int64{id}
		return nil, nil
	case args.Has("dal"), args.Has("al"), args.Has("file"):
		return s.activatedFor(c, r)
	case c.Query("elenco") == "caselle":
		none = &Alert{Href: "/caselle", Strong: "L’elenco non ha caselle."}
		r.Mailboxes, err = s.listedMailboxes(c)
	default:
		r.Members, err = s.chosenMembers(c)
	}
	if err != nil || len(r.Members)+len(r.Mailboxes) > 0 {
		return nil, err
	}
	return none, nil
}

// listedMailboxes are those of the mailboxes' list under its filters.
func (s *site) listedMailboxes(c *fiber.Ctx) (ids []int64, err error) {
	return ids, s.read(c, func(tx *db.ReadTx) error {
		f := mailboxFilter(listingOf(c, "/caselle", "q", "stato"), visitOf(c).today)
		if f.Closings, err = s.office.Closings(tx); err != nil {
			return err
		}
		f.Limit = maxChosen
		list, err := tx.MailboxList(f)
		for _, m := range list {
			ids = append(ids, m.ID)
		}
		return err
	})
}

// activatedFor are the mailboxes activated within two days, today when none is
// given, or that one file for the provider asked for.
func (s *site) activatedFor(c *fiber.Ctx, r *office.LetterRequest) (*Alert, error) {
	l := listingOf(c, "/lettere/nuove", "dal", "al", "file")
	from, to, file := dayIn(l, "dal"), dayIn(l, "al"), l.id("file")
	back := "/caselle/gestore#lettere"
	if file != 0 {
		back = fmt.Sprint("/caselle/gestore/", file)
	}
	for name, day := range map[string]pec.Date{"dal": from, "al": to} {
		if typed := l.get(name); typed != "" && day.IsZero() {
			return &Alert{Href: back, Strong: "«" + typed + "» non è una data.", Text: "La scriva come 12/10/2026."}, nil
		}
	}
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		return &Alert{Href: back, Strong: "Il secondo giorno viene prima del primo.", Text: "Controlli i due giorni: dal " + from.Italian() + " al " + to.Italian() + "."}, nil
	}
	today := visitOf(c).today
	if from.IsZero() && to.IsZero() {
		from = today
	}
	if to.IsZero() {
		to = today
	}
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		r.Mailboxes, err = tx.ActivatedMailboxes(from, to, file)
		return err
	})
	if err != nil || len(r.Mailboxes) > 0 {
		return nil, err
	}
	return &Alert{Href: back, Strong: "Nessuna lettera da preparare.", Text: "In quei giorni non è stata attivata nessuna casella."}, nil
}

// reviewLetters divides the letters that would be made from who is left out.
func (s *site) reviewLetters(c *fiber.Ctx, tx *db.ReadTx, p *letterReviewPage, r office.LetterRequest) error {
	list, err := s.office.ReviewLetters(tx, r)
	if err != nil {
		return err
	}
	for _, v := range list {
		if v.Why != "" {
			p.Out = append(p.Out, office.LeftOut{MemberID: v.Member.ID, Holder: v.Member.FullName(), Why: v.Why})
			if v.OnlyAddress {
				p.NoAddress++
			}
			continue
		}
		if p.Letter == nil {
			letter, err := s.office.LetterText(tx, r.Kind, v)
			if err != nil {
				return err
			}
			p.Letter = &letter
		}
		p.take(s, c, v)
	}
	p.More, p.OutAll = p.Count-len(p.Rows), len(p.Out)
	p.Out = p.Out[:min(len(p.Out), reviewSize)]
	return nil
}

func (p *letterReviewPage) take(s *site, c *fiber.Ctx, v office.LetterReview) {
	again := v.Before.ID != 0
	switch {
	case again && len(p.Again) == reviewSize:
		p.AgainMore++
		return
	case again:
	case v.Box.ID != 0:
		p.Mailboxes = append(p.Mailboxes, v.Box.ID)
		p.Count++
	default:
		p.Members = append(p.Members, v.Member.ID)
		p.Count++
	}
	if !again && len(p.Rows) == reviewSize {
		return
	}
	row := letterReviewRow{Field: "member", ID: v.Member.ID, Plain: v.Member.FullName(), Name: s.memberLink(c, v.Member.ID, v.Member.FullName()), To: strings.Join(v.To[1:], ", ")}
	if v.Box.ID != 0 {
		row.Field, row.ID, row.Box = "mailbox", v.Box.ID, s.mailboxLink(c, v.Box.ID, v.Box.Address)
	}
	if v.Heirs() {
		row.Notes = append(row.Notes, "Agli eredi")
	}
	if v.NoAddress {
		row.Notes = append(row.Notes, "Senza indirizzo: a mano")
	}
	row.Notes = append(row.Notes, addressNotes(v.Member.Member, v.Lost)...)
	if again {
		row.Made = joinHTML("Già fatta il "+v.Before.MadeOn.Italian()+" (", letterLink(v.Before), ")")
		p.Again = append(p.Again, row)
		return
	}
	p.Rows = append(p.Rows, row)
}

// addressNotes are what is odd with an address that is printed all the same.
func addressNotes(m pec.Member, lost string) (notes []string) {
	if m.PostalCode == "" && office.HasPostalAddress(m) {
		notes = append(notes, "Senza CAP")
	}
	if lost != "" {
		notes = append(notes, "Un riquadro al posto di "+lost+": il carattere non si stampa")
	}
	return notes
}

func (s *site) makeLetters(c *fiber.Ctx) error {
	f := formOf(c)
	r := office.LetterRequest{Kind: pec.MessageKind(f.text("tipo")), AsListed: f.text("ordine") != "", ByHand: f.checked("senza"), Protocol: f.text("protocollo"), Members: f.ids("member"), Mailboxes: f.ids("mailbox")}
	n := len(r.Members) + len(r.Mailboxes)
	if n == 0 || n > maxLetters || f.text("key") == "" {
		return s.told(c, "/lettere", Alert{Kind: "warning", Strong: "Nessuna lettera preparata.", Text: "Torni all’elenco da cui è partito e riprovi."})
	}
	r.RequestKey = fmt.Sprintf("lettere:%d:%s", who(c).ID, f.text("key"))
	done, err := s.office.MakeLetters(ctx(c), who(c).Actor(), r)
	at := withQuery("/lettere", "serie", itoa(done.Set))
	if err != nil {
		if done.Made == 0 {
			return err
		}
		s.log.Error("making letters", "made", done.Made, "chosen", n, "error", err)
		return s.told(c, at, Alert{Kind: "warning", Strong: counted(done.Made, "lettera preparata", "lettere preparate") + ", poi il programma si è fermato.", Text: "Torni indietro e confermi di nuovo: si preparano solo quelle che mancano."})
	}
	if done.Set == 0 {
		return s.told(c, "/lettere", Alert{Kind: "warning", Strong: "Nessuna lettera preparata.", Text: stayedWithout(done.LeftOut)})
	}
	return s.told(c, at, madeAlert(done))
}

// madeAlert says what was made, with the file.
func madeAlert(done office.LettersMade) Alert {
	a := Alert{Kind: "success", Strong: counted(done.Made, "lettera preparata.", "lettere preparate."), Text: stayedWithout(done.LeftOut), Href: fmt.Sprintf("/lettere/serie/%d/pdf", done.Set), Link: "Scarichi il PDF"}
	if done.Repeated {
		a.Kind, a.Strong = "primary", "Il modulo era già arrivato: "+counted(done.Made, "lettera era già preparata.", "lettere erano già preparate.")
	}
	if n := len(done.Failed); n > 0 {
		a.Kind, a.Text = "danger", counted(n, "lettera non è riuscita", "lettere non sono riuscite")+": i dettagli sono nel registro del programma."
	}
	return a
}

// stayedWithout says who has no letter though the review named them.
func stayedWithout(out []office.LeftOut) string {
	if len(out) == 0 {
		return ""
	}
	return counted(len(out), "Resta fuori ", "Restano fuori ") + namesOf(out)
}

// letterheadPage asks for what letters say of the Ordine.
type letterheadPage struct {
	Frame
	db.Letterhead
	City string
	Logo string // where the logo is shown, empty when there is none
}

func (s *site) newLetterheadPage(c *fiber.Ctx) *letterheadPage {
	p := &letterheadPage{Frame: s.frame(c, "Carta intestata", Crumb{"Lettere", "/lettere"})}
	p.Lead, p.Menu = "Vale dalla prossima lettera: quelle già fatte restano come sono", "/lettere"
	return p
}

func (s *site) letterheadForm(c *fiber.Ctx) error {
	p := s.newLetterheadPage(c)
	if err := s.read(c, p.fill); err != nil {
		return err
	}
	return s.show(c, "letterhead", p)
}

// fill reads the letterhead as it is kept.
func (p *letterheadPage) fill(tx *db.ReadTx) (err error) {
	if p.Letterhead, err = office.LetterheadOf(tx); err != nil {
		return err
	}
	body, err := tx.OrderBody()
	if err != nil {
		return err
	}
	p.City = body.City
	return p.fillLogo(tx)
}

// fillLogo says where the logo is shown; the address changes with it, so that no
// browser shows an older one.
func (p *letterheadPage) fillLogo(tx *db.ReadTx) error {
	logo, err := tx.Logo()
	if logo != nil {
		p.Logo = fmt.Sprintf("/lettere/intestazione/logo?v=%08x", crc32.ChecksumIEEE(logo))
	}
	return err
}

func (s *site) logo(c *fiber.Ctx) error {
	var logo []byte
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		logo, err = tx.Logo()
		return err
	})
	if err != nil {
		return err
	}
	if logo == nil {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderContentType, "image/png")
	return c.Send(logo)
}

func (s *site) saveLogo(c *fiber.Ctx) error {
	f := formOf(c)
	file := f.file("logo", "Scelga il file del logo.", office.MaxLogo)
	if f.ok() {
		f.add(s.office.SetLogo(ctx(c), who(c).Actor(), file.Data))
	}
	if f.ok() {
		return s.done(c, "/lettere/intestazione", "Logo salvato.", "Sta sui documenti da ora in poi.")
	}
	p := s.newLetterheadPage(c)
	if err := s.read(c, p.fill); err != nil {
		return err
	}
	return s.refuse(c, "letterhead", p, f)
}

func (s *site) removeLogo(c *fiber.Ctx) error {
	if err := s.office.RemoveLogo(ctx(c), who(c).Actor()); err != nil {
		return err
	}
	return s.done(c, "/lettere/intestazione", "Logo tolto.")
}

func (s *site) saveLetterhead(c *fiber.Ctx) error {
	p, f := s.newLetterheadPage(c), formOf(c)
	p.Address, p.Signer, p.City = f.text("address"), f.text("signer"), f.text("place")
	f.add(s.office.SetLetterhead(ctx(c), who(c).Actor(), p.Letterhead, p.City))
	if !f.ok() {
		if err := s.read(c, p.fillLogo); err != nil {
			return err
		}
		return s.refuse(c, "letterhead", p, f)
	}
	return s.done(c, "/lettere", "Carta intestata salvata.", "Vale dalla prossima lettera.")
}

// letterPreview prints the text in force of a letter for the invented member.
func (s *site) letterPreview(c *fiber.Ctx) error {
	form, ok := pec.FormOf(pec.MessageKind(c.Params("kind")))
	if !ok || !form.Kind.IsLetter() {
		return fiber.ErrNotFound
	}
	var t pec.MessageText
	err := s.read(c, func(tx *db.ReadTx) (err error) {
		t, _, err = office.TextFor(tx, form)
		return err
	})
	if err != nil {
		return err
	}
	return s.sendPreview(c, form, t)
}

func (s *site) sendPreview(c *fiber.Ctx, form pec.MessageForm, t pec.MessageText) error {
	return sendPDF(c, "anteprima-"+string(form.Kind), func(w io.Writer) error { return s.office.PreviewLetter(ctx(c), w, form, t) })
}

// sendPDF answers with a PDF that is written at once.
func sendPDF(c *fiber.Ctx, name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	return download(c, name+".pdf", mimePDF, b.Bytes())
}
