package web

import (
	"cmp"
	"fmt"
	"html/template"
	"strings"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) providerRoutes() []route {
	return []route{
		get("/caselle/gestore", operators, s.provider),
		post("/caselle/gestore", clerks, s.sendToProvider),
		post("/caselle/gestore/comunicate", clerks, s.toldByHand),
		get("/caselle/gestore/colonne", contracts, s.providerLayout),
		post("/caselle/gestore/colonne", contracts, s.setProviderLayout),
		get(servicesToActivate, operators, s.providerServices),
		post(servicesToActivate, clerks, s.markServices),
		get("/caselle/gestore/:id", operators, s.providerFile),
		get("/caselle/gestore/:id/file", operators, s.providerDownload),
		get("/caselle/gestore/:id/ripeti", clerks, s.fileAgainForm),
		post("/caselle/gestore/:id/ripeti", clerks, s.fileAgain),
		post("/caselle/gestore/ripeti", clerks, s.requestsAgain),
	}
}

// providerPage is what goes to the provider: what the next file will hold, what
// awaits its answer, what was refused, and the files so far.
type providerPage struct {
	Frame
	ToSend   office.ToSend
	Sending  []sendLine
	More     int // of the requests to send, not listed
	ByHand   bool
	Lacking  int // requests that lack what a provider needs
	Services int // that somebody has to see to at the provider: due, in the file or not, or awaited
	Button   string
	Layout   string // what the file is like
	Awaited  int    // sent, and not to be asked again
	Oldest   pec.Date
	Rejected []requestLine
	Files    []fileLine
	Import   string // where outcomes are taken in
	Columns  string // where the file's columns are set
}

// sendLine is a request that the next file will hold.
type sendLine struct {
	pec.Ask
	What   string
	Lacks  string
	Told   bool // may be said to have been told by hand
	Holder template.HTML
	Box    template.HTML
}

// requestLine is a request that was sent.
type requestLine struct {
	db.RequestListed
	Cancel []cancelLink // of a refusal: the services that may be cancelled and given back
	What   string
	State  template.HTML
	Note   string
	Box    template.HTML
	Person template.HTML // the holder
}

// fileLine is a file that was made.
type fileLine struct {
	db.ProviderFile
	Who   string
	State template.HTML
}

const (
	filesShown    = 50
	rejectedShown = 100
)

func (s *site) provider(c *fiber.Ctx) error {
	p, err := s.providerPage(c)
	if err != nil {
		return err
	}
	return s.show(c, "provider", p)
}

func (s *site) providerPage(c *fiber.Ctx) (*providerPage, error) {
	p := &providerPage{Frame: s.frame(c, "Richieste al gestore", Crumb{"Caselle", "/caselle"})}
	p.Menu = "/caselle"
	p.Import = s.linkTo(c, "/importazioni/nuova", "/importazioni/nuova?tipo="+office.ImportOutcomes)
	p.Columns = s.linkTo(c, "/caselle/gestore/colonne", "/caselle/gestore/colonne")
	err := s.read(c, func(tx *db.ReadTx) error {
		for _, part := range []func(*fiber.Ctx, *db.ReadTx, *providerPage) error{s.providerToSend, s.providerAnswers, s.providerFiles} {
			if err := part(c, tx, p); err != nil {
				return err
			}
		}
		return nil
	})
	p.Lead = counted(len(p.ToSend.Asks), "richiesta da inviare", "richieste da inviare")
	if n := p.ToSend.Again(); n > 0 {
		p.Lead += ", di cui " + pec.Thousands(n) + " di nuovo"
	}
	p.Lead += "; " + counted(p.Awaited, "in attesa di esito", "in attesa di esito")
	return p, err
}

func (s *site) providerToSend(c *fiber.Ctx, tx *db.ReadTx, p *providerPage) (err error) {
	if p.ToSend, err = s.office.ToSend(tx); err != nil {
		return err
	}
	agreements, err := tx.Agreements()
	if err != nil {
		return err
	}
	for i, a := range p.ToSend.Asks {
		lacks := strings.Join(a.Lacks(), ", ")
		if lacks != "" {
			p.Lacking++
		}
		if i >= reviewSize {
			p.More++
			continue
		}
		line := sendLine{Ask: a, What: askInWords(agreements, a.Request), Lacks: lacks, Told: a.Operation != pec.AskActivate && p.Who.May(clerks)}
		line.Holder = s.memberLink(c, a.Mailbox.MemberID, a.Holder.FullName())
		line.Box = s.mailboxLink(c, a.Mailbox.ID, a.Mailbox.Address)
		p.ByHand = p.ByHand || line.Told
		p.Sending = append(p.Sending, line)
	}
	awaited, _, err := tx.RequestCount(db.RequestFilter{State: "sent", Services: true})
	if err != nil {
		return err
	}
	p.Services = len(p.ToSend.Services()) + awaited
	p.Button = "Crea il file con " + counted(len(p.ToSend.Asks), "richiesta", "richieste")
	layout, err := tx.ProviderLayout()
	p.Layout = strings.ToUpper(layout.Format) + " con " + counted(len(layout.Columns), "colonna", "colonne")
	return err
}

// askInWords says what is asked: "Spazio: Standard, 3 GB in tutto, di cui 2 GB
// aggiuntivi", "Servizio: Archivio, in tutto 10 GB".
func askInWords(agreements []pec.Agreement, r pec.Request) string {
	switch r.Operation {
	case pec.AskService:
		return "Servizio: " + r.TotalCalled(agreements)
	case pec.AskActivate, pec.AskClose:
		return capital(r.Operation.Italian())
	}
	what := "Spazio: " + pec.KindName(agreements, r.Kind, r.DueOn) + ", "
	a, _ := pec.InForce(agreements, r.DueOn)
	kind, ok := a.Kind(r.Kind)
	if !ok {
		return what + gb(r.ExtraGB) + " oltre la base"
	}
	what += gb(kind.BaseInboxGB+r.ExtraGB) + " in tutto"
	if r.ExtraGB == 0 {
		return what + ", nulla di aggiuntivo"
	}
	return what + ", di cui " + gb(r.ExtraGB) + " " + agreed(r.ExtraGB, "aggiuntivo", "aggiuntivi")
}

func (s *site) providerAnswers(c *fiber.Ctx, tx *db.ReadTx, p *providerPage) (err error) {
	if p.Awaited, p.Oldest, err = tx.RequestCount(db.RequestFilter{State: "sent"}); err != nil {
		return err
	}
	list, err := tx.RequestList(db.RequestFilter{State: "rejected", Limit: rejectedShown})
	if err != nil {
		return err
	}
	agreements, err := tx.Agreements()
	for _, r := range list {
		line := s.requestLine(c, agreements, r)
		if r.Operation == pec.AskSpace || r.Operation == pec.AskService {
			services, err := office.RefusedServices(tx, r.Request)
			if err != nil {
				return err
			}
			for _, v := range services {
				line.Cancel = append(line.Cancel, cancelLinkOf(productsOf(agreements), v))
			}
		}
		p.Rejected = append(p.Rejected, line)
	}
	return err
}

func (s *site) requestLine(c *fiber.Ctx, agreements []pec.Agreement, r db.RequestListed) requestLine {
	line := requestLine{RequestListed: r, What: askInWords(agreements, r.Request), Box: s.mailboxLink(c, r.MailboxID, r.Address), Person: s.memberLink(c, r.MemberID, r.Holder)}
	if r.AddressNow != r.Address {
		line.Box = joinHTML(line.Box, template.HTML(`<br><span class="small2 muted">`), "ora "+r.AddressNow, template.HTML(`</span>`))
	}
	switch r.State {
	case pec.RequestSent:
		line.State, line.Note = badge("secondary", "In attesa"), days(s.office.Today(), r.SentOn)
	case pec.RequestUnknown:
		line.State, line.Note = badge("warning", "Senza risposta"), "Torna nel prossimo file"
	case pec.RequestDone:
		line.State, line.Note = badge("", "Eseguita"), "il "+r.AnsweredOn.Italian()
	case pec.RequestRejected:
		line.State, line.Note = badge("danger", "Respinta"), rejectionInWords(r.Reason)
	case pec.RequestDropped:
		if !r.GivenBackOn.IsZero() {
			line.State, line.Note = badge("danger", "Respinta"), strings.TrimRight(rejectionInWords(r.Reason), ". ")+": annullata e riaccreditata il "+r.GivenBackOn.Italian()
			break
		}
		line.State, line.Note = badge("", "Superata"), "Ne ha preso il posto un’altra"
	}
	return line
}

// rejectionInWords is the provider's reason, or that it gave none.
func rejectionInWords(reason string) string {
	return cmp.Or(reason, "Il gestore non ha detto perché")
}

func (s *site) providerFiles(_ *fiber.Ctx, tx *db.ReadTx, p *providerPage) error {
	files, err := tx.ProviderFiles(filesShown)
	if err != nil {
		return err
	}
	names, err := actorsOf(tx)
	for _, f := range files {
		p.Files = append(p.Files, fileLine{f, names.of(f.Actor), fileState(f)})
	}
	return err
}

// fileState is what has become of all the requests that a file held: "26
// eseguite, 3 respinte", "12 in attesa, di cui 3 inviate di nuovo nel file 4".
func fileState(f db.ProviderFile) template.HTML {
	if f.Done == f.Requests {
		return badge("", allDone(f.Requests))
	}
	var parts []string
	add := func(n int, one, many string) {
		if n > 0 {
			parts = append(parts, counted(n, one, many))
		}
	}
	add(f.Done, "eseguita", "eseguite")
	add(f.Rejected, "respinta", "respinte")
	add(f.Dropped, "superata", "superate")
	add(f.Unanswered, "senza risposta", "senza risposta")
	add(f.Awaited, "in attesa", "in attesa")
	kind := ""
	switch {
	case f.Awaited > 0:
		kind = "secondary"
	case f.Unanswered > 0:
		kind = "warning"
	case f.Rejected > 0:
		kind = "danger"
	}
	said := string(badge(kind, strings.Join(parts, ", ")+inLaterFiles(f)))
	return template.HTML(strings.Replace(said, `class="badge `, `class="badge text-wrap text-start `, 1)) // longer than others
}

func allDone(n int) string {
	if n == 1 {
		return "Eseguita"
	}
	return "Tutte eseguite"
}

// inLaterFiles says in which later files the awaited requests of a file are.
func inLaterFiles(f db.ProviderFile) string {
	if f.Again == 0 {
		return ""
	}
	text := ", di cui " + counted(f.Again, "inviata di nuovo", "inviate di nuovo")
	if f.Again == f.Awaited {
		text = ", tutte inviate di nuovo"
		if f.Again == 1 {
			text = ", inviata di nuovo"
		}
	}
	return text + " " + inFiles(f.AgainIn)
}

// inFiles is "nel file 4", "nei file 4, 5 e 7".
func inFiles(files []int64) string {
	last := len(files) - 1
	if last == 0 {
		return fmt.Sprint("nel file ", files[0])
	}
	text := "nei file "
	for i, f := range files[:last] {
		if i > 0 {
			text += ", "
		}
		text += itoa(f)
	}
	return text + " e " + itoa(files[last])
}

// sendToProvider makes the file of just what was shown.
func (s *site) sendToProvider(c *fiber.Ctx) error {
	f := formOf(c)
	sent, err := s.office.SendToProvider(ctx(c), who(c).Actor(), f.needed("seen", "Apra di nuovo la pagina e controlli che cosa si invia."), "", false)
	f.add(err)
	if !f.ok() {
		p, err := s.providerPage(c)
		if err != nil {
			return err
		}
		return s.refuse(c, "provider", p, f)
	}
	return s.done(c, fmt.Sprint("/caselle/gestore/", sent.File.ID), "Il file è pronto: "+counted(sent.Requests, "richiesta.", "richieste."), "Lo scarichi e lo mandi al gestore.", sentBefore(sent))
}

// sentBefore says whether the requests of a new file are in others too.
func sentBefore(sent office.Sent) string {
	switch {
	case sent.Again == 0:
		return "Il prossimo file non le ripete, se non dirà che la risposta si è persa."
	case sent.Again == 1:
		return "Una era già in un file precedente: porta lo stesso riferimento, e il gestore la riconosce."
	}
	return pec.Thousands(sent.Again) + " erano già in un file precedente: portano lo stesso riferimento, e il gestore le riconosce."
}

// toldByHand takes closings, space and services out of what is to be sent.
func (s *site) toldByHand(c *fiber.Ctx) error {
	n, err := s.office.ToldByHand(ctx(c), who(c).Actor(), formOf(c).texts("key"))
	if err != nil {
		return err
	}
	if n == 0 {
		return s.told(c, "/caselle/gestore", Alert{Kind: "warning", Strong: "Non ha scelto nessuna richiesta.", Text: "Spunti le chiusure, i cambi di spazio e i servizi che il gestore sa già."})
	}
	return s.done(c, "/caselle/gestore", counted(n, "richiesta risulta già comunicata.", "richieste risultano già comunicate."), "Nel prossimo file non ci sono.")
}

// requestsAgain asks again what the provider has refused.
func (s *site) requestsAgain(c *fiber.Ctx) error {
	f := formOf(c)
	n, err := s.office.AskAgain(ctx(c), who(c).Actor(), f.ids("id"))
	f.add(err)
	switch {
	case !f.ok():
		p, err := s.providerPage(c)
		if err != nil {
			return err
		}
		return s.refuse(c, "provider", p, f)
	case n == 0:
		return s.told(c, "/caselle/gestore", Alert{Kind: "warning", Strong: "Non c’è nulla da chiedere di nuovo.", Text: "Spunti le richieste respinte che ha corretto."})
	}
	return s.done(c, "/caselle/gestore", counted(n, "richiesta torna da inviare.", "richieste tornano da inviare."))
}

// providerFilePage is one file with its requests.
type providerFilePage struct {
	Frame
	File    db.ProviderFile
	Who     string
	Rows    []requestLine
	Pager   *Pager
	Letters string // of the activations in it
	Import  string
	Again   bool
}

func (s *site) providerFile(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	l := listingOf(c, fmt.Sprint("/caselle/gestore/", id))
	p := providerFilePage{}
	err = s.read(c, func(tx *db.ReadTx) error {
		if p.File, err = tx.ProviderFile(id); err != nil {
			return err
		}
		p.Frame = s.frame(c, fmt.Sprintf("File n. %d per il gestore", id), Crumb{"Caselle", "/caselle"}, Crumb{"Richieste al gestore", "/caselle/gestore"})
		names, err := actorsOf(tx)
		if err != nil {
			return err
		}
		p.Who = names.of(p.File.Actor)
		list, err := tx.RequestList(db.RequestFilter{File: id, After: l.id(afterParam), Before: l.id(beforeParam), Limit: registerSize + 1})
		list, p.Pager = pageOf(l, list, registerSize,
			func(r db.RequestListed) string { return itoa(r.ID) }, func(r db.RequestListed) string { return r.Reference() })
		if err != nil {
			return err
		}
		agreements, err := tx.Agreements()
		for _, r := range list {
			p.Rows = append(p.Rows, s.requestLine(c, agreements, r))
		}
		return err
	})
	if err != nil {
		return err
	}
	p.Lead = counted(p.File.Requests, "richiesta", "richieste") + ", fatto il " + moment(p.File.At) + " da " + p.Who
	p.Import = s.linkTo(c, "/importazioni/nuova", "/importazioni/nuova?tipo="+office.ImportOutcomes)
	p.Again = p.File.Waiting() > 0 && p.Who != "" && p.Frame.Who.May(clerks)
	if p.File.Done > 0 && p.Frame.Who.May(clerks) {
		p.Letters = fmt.Sprintf("/lettere/nuove?tipo=%s&file=%d", pec.LetterActivation, id)
	}
	return s.show(c, "providerfile", &p)
}

// providerDownload sends a file as it was made.
func (s *site) providerDownload(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	f, err := s.office.ProviderFile(ctx(c), id)
	if err != nil {
		return err
	}
	mime := mimeXLSX
	if f.Format == pec.FormatCSV {
		mime = mimeCSV
	}
	return download(c, f.Name(), mime, f.Content)
}

// fileAgainPage asks whether the answer to a file is lost.
type fileAgainPage struct {
	Frame
	File db.ProviderFile
}

func (s *site) fileAgainForm(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	p := fileAgainPage{Frame: s.frame(c, "Nessuna risposta", Crumb{"Caselle", "/caselle"}, Crumb{"Richieste al gestore", "/caselle/gestore"}, Crumb{fmt.Sprint("File n. ", id), fmt.Sprint("/caselle/gestore/", id)})}
	err = s.read(c, func(tx *db.ReadTx) (err error) {
		p.File, err = tx.ProviderFile(id)
		return err
	})
	if err != nil {
		return err
	}
	return s.show(c, "providerlost", &p)
}

func (s *site) fileAgain(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	n, err := s.office.AskFileAgain(ctx(c), who(c).Actor(), id)
	if err != nil {
		return err
	}
	return s.done(c, "/caselle/gestore", counted(n, "richiesta torna da inviare.", "richieste tornano da inviare."), "Con lo stesso riferimento: il gestore riconosce ciò che ha già.")
}
