package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

func (s *site) deskRoutes() []route {
	return []route{get("/", operators, s.desk)}
}

// soon is how many days before an expiry the pages begin to speak of it.
const soon = 90

// deskPage is the Scrivania: what needs doing today.
type deskPage struct {
	Frame
	Begin            bool // nobody is on the register yet
	Import           string
	NoAgreement      *Alert // none is in force today
	ToDo, ToFollow   []Card
	Active, Expenses *Drawing
	Program          []fact
}

// fact is one figure of a panel, with what it rests on.
type fact struct {
	Title, Value string
	Note         any
	Kind         string // "danger" for a note out of the ordinary
	Href         string
}

func (s *site) desk(c *fiber.Ctx) error {
	p := deskPage{Frame: s.frame(c, "Scrivania")}
	p.Import = s.linkTo(c, "/importazioni", "/importazioni")
	err := s.read(c, func(tx *db.ReadTx) error {
		agreements, err := tx.Agreements()
		if err != nil {
			return err
		}
		d := deskReader{s, c, tx, &p, agreements, nil}
		if d.expiring, err = tx.Expiring(pec.Date{Year: 1, Month: 1, Day: 1}, d.lastMonth()); err != nil {
			return err
		}
		p.NoAgreement = s.noAgreement(c, agreements)
		for _, part := range []func() error{d.lead, d.toDo, d.toFollow, d.active, d.expenses, d.backup, d.renewals, d.imports} {
			if err := part(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.show(c, "desk", &p)
}

// noAgreement warns that today nothing can be bought, activated or renewed: it
// is nil with an agreement in force.
func (s *site) noAgreement(c *fiber.Ctx, agreements []pec.Agreement) *Alert {
	if _, ok := pec.InForce(agreements, visitOf(c).today); ok {
		return nil
	}
	a := &Alert{Kind: "danger", Strong: "Manca una convenzione in vigore.", Text: "Finché non c’è, le caselle non si possono attivare né rinnovare e non si può acquistare."}
	if a.Href = s.linkTo(c, "/convenzioni/nuova", "/convenzioni/nuova"); a.Href != "" {
		a.Link = "Aggiunga la convenzione"
	}
	return a
}

// deskReader gathers the desk from one snapshot, part by part.
type deskReader struct {
	*site
	c          *fiber.Ctx
	tx         *db.ReadTx
	page       *deskPage
	agreements []pec.Agreement
	expiring   []pec.Expiring // up to lastMonth, which is later than 90 days from today
}

// lastMonth is the last day of the months of which the desk shows the cost.
func (d deskReader) lastMonth() pec.Date { return d.page.Today.AddMonths(11).LastOfMonth() }

func (d deskReader) lead() error {
	members, err := d.tx.MemberCount(db.MemberFilter{Status: "on_register"})
	if err != nil {
		return err
	}
	boxes, err := d.tx.MailboxCountByStatus()
	if err != nil {
		return err
	}
	running := boxes[pec.MailboxActive] + boxes[pec.MailboxSuspended]
	d.page.Begin = members == 0 && len(boxes) == 0
	d.page.Lead = fmt.Sprintf("%s · %s · %s", capital(longDay(d.page.Today)), counted(members, "iscritto all’albo", "iscritti all’albo"),
		counted(running, "casella attiva", "caselle attive"))
	if n := boxes[pec.MailboxSuspended]; n > 0 {
		d.page.Lead += fmt.Sprintf(", di cui %s", counted(n, "sospesa", "sospese"))
	}
	return nil
}

func (d deskReader) toDo() error {
	missing, err := d.tx.MemberCount(db.MemberFilter{Mailbox: "to_request"})
	if err != nil {
		return err
	}
	card := Card{Title: "Caselle da richiedere", Href: "/iscritti?casella=to_request", Figure: pec.Thousands(missing), Note: "Iscritti senza casella e senza una PEC propria"}
	if missing == 0 {
		card.Note = "Chi è iscritto ha la casella o una PEC propria"
	}
	refused, err := d.tx.MemberCount(db.MemberFilter{Mailbox: "to_request_again"})
	if err != nil {
		return err
	}
	if refused > 0 {
		card.Note = fmt.Sprint(card.Note, "; ", counted(refused, "con la casella respinta", "con la casella respinta"), " dal gestore")
	}
	n, gross, oldest, err := d.tx.WaitingTotal()
	if err != nil {
		return err
	}
	orders := Card{Title: "Ordini in attesa di pagamento", Href: d.linkTo(d.c, "/ordini", "/ordini?stato=awaiting_payment"), Figure: pec.Thousands(n), Note: "Nessun acquisto aspetta una ricarica"}
	if n > 0 {
		word := "Il più vecchio è"
		if n == 1 {
			word = "È"
		}
		orders.Note = joinHTML("Per ", strong(gross.Euro()), ". "+word+" del "+oldest.Italian())
	}
	requested, sent, since, err := d.tx.OutstandingMailboxes()
	if err != nil {
		return err
	}
	outcome := Card{Title: "In attesa di attivazione", Href: "/caselle?stato=outstanding", Figure: pec.Thousands(requested + sent), Note: "Il gestore ha attivato tutte le caselle richieste"}
	if requested+sent > 0 {
		outcome.Note = "La prima richiesta è del " + since.Italian() + ", " + days(d.page.Today, since)
	}
	send, err := d.office.ToSend(d.tx)
	if err != nil {
		return err
	}
	provider, err := d.provider(send)
	if err != nil {
		return err
	}
	silent, err := d.notGone()
	if err != nil {
		return err
	}
	d.page.ToDo = []Card{card, provider, outcome, orders, silent}
	return errors.Join(d.servicesToActivate(send), d.suspensionsOver(), d.providerCredit(), d.domicile())
}

// servicesToActivate adds a card when members have bought, or no longer have, a
// service that somebody has to see to at the provider.
func (d deskReader) servicesToActivate(send office.ToSend) error {
	awaited, _, err := d.tx.RequestCount(db.RequestFilter{State: "sent", Services: true})
	if err != nil {
		return err
	}
	rejected, _, err := d.tx.RequestCount(db.RequestFilter{State: "rejected", Services: true})
	presumed, _, perr := d.tx.RequestCount(db.RequestFilter{State: "presumed", Services: true})
	due := len(send.Services())
	if due+awaited+rejected+presumed == 0 {
		return errors.Join(err, perr)
	}
	card := Card{Title: "Servizi da attivare", Href: servicesToActivate, Figure: pec.Thousands(due + awaited), Note: "Acquistati, ridotti o cessati: da chiedere al gestore"}
	switch {
	case due == 0 && awaited > 0:
		card.Note = "Chiesti al gestore, l’esito è atteso"
	case awaited > 0:
		card.Note = pec.Thousands(due) + " da chiedere al gestore, " + counted(awaited, "in attesa di esito", "in attesa di esito")
	case due == 0 && presumed > 0:
		card.Note = counted(presumed, "era già in corso: non si sa se il gestore lo ha attivato", "erano già in corso: non si sa se il gestore li ha attivati")
	case due == 0:
		card.Note = "Il gestore li ha respinti"
	}
	if rejected > 0 {
		card.Badge, card.Kind = counted(rejected, "respinto", "respinti"), "danger"
	}
	d.page.ToDo = append(d.page.ToDo, card)
	return errors.Join(err, perr)
}

// suspensionsOver adds a card when the last day of some suspension is past.
func (d deskReader) suspensionsOver() error {
	n, err := d.tx.MemberCount(db.MemberFilter{Over: d.page.Today})
	if n > 0 {
		d.page.ToDo = append(d.page.ToDo, Card{
			Title: "Sospensioni finite", Href: "/iscritti?stato=" + suspensionOver, Figure: pec.Thousands(n), Badge: "Da verificare", Kind: "warning",
			Note: "L’ultimo giorno è passato: il nuovo stato si registra a mano",
		})
	}
	return err
}

// domicile adds what the index has to be told, and how many members have no
// digital domicile, once anybody is on the register.
func (d deskReader) domicile() error {
	if d.page.Begin {
		return nil
	}
	due, err := d.office.IndexOutline(d.tx)
	_, without, _ := due.Domiciles.Count()
	d.page.ToDo = append(d.page.ToDo, indexCard(due), Card{Title: "Senza domicilio digitale", Href: "/domicilio", Figure: pec.Thousands(without), Note: "Iscritti nell’albo senza una PEC valida"})
	if err != nil {
		return err
	}
	notices, err := d.office.NoticesAmong(d.tx, due.Domiciles)
	if due := noticesIn(notices, pec.NoticeDue); len(due) > 0 {
		d.page.ToDo = append(d.page.ToDo, Card{Title: "Diffide per il Consiglio", Href: withQuery("/domicilio/diffide", stateParam, string(pec.NoticeDue)), Figure: pec.Thousands(len(due)), Badge: "Da deliberare", Kind: "warning", Note: "I trenta giorni sono passati senza una PEC"})
	}
	return err
}

// provider tells what the provider has to be sent, and what it owes an answer
// to.
func (d deskReader) provider(send office.ToSend) (Card, error) {
	card := Card{Title: "Da inviare al gestore", Href: "/caselle/gestore"}
	awaited, oldest, err := d.tx.RequestCount(db.RequestFilter{State: "sent"})
	card.Figure = pec.Thousands(len(send.Asks))
	card.Note = "Nessuna richiesta attende l’esito"
	if awaited > 0 {
		card.Note = counted(awaited, "richiesta attende", "richieste attendono") + " l’esito, la più vecchia dal " + oldest.Italian()
	}
	if awaited == 1 {
		card.Note = "1 richiesta attende l’esito dal " + oldest.Italian()
	}
	rejected, _, rerr := d.tx.RequestCount(db.RequestFilter{State: "rejected"})
	if rejected > 0 {
		card.Badge, card.Kind = counted(rejected, "respinta", "respinte"), "danger"
	}
	return card, errors.Join(err, rerr)
}

func (d deskReader) toFollow() error {
	until := d.page.Today.AddDays(soon)
	// Of leavers it counts when their mailboxes close (R5), as in the list that
	// the card leads to and among the renewals.
	closings, err := d.office.Closings(d.tx)
	if err != nil {
		return err
	}
	all := pec.Outlook{Closing: closings.Until(until)}
	n := all.Closing
	for _, e := range d.expiring {
		if e.OnRegister && !e.On.After(until) {
			all, n = all.Plus(e.Expected(d.agreements)), n+e.Mailboxes
		}
	}
	expiring := Card{Title: "In scadenza entro 90 giorni", Href: "/caselle?stato=expiring", Figure: pec.Thousands(n), Note: "Nessuna casella scade fino al " + until.Italian()}
	if n > 0 {
		expiring.Note = "Fino al " + until.Italian() + ": " + becoming(all)
	}
	if all.Failing > 0 {
		expiring.Badge, expiring.Kind = "Da correggere", "danger"
	}
	risk, err := d.atRisk(until)
	if err != nil {
		return err
	}
	d.page.ToFollow = []Card{expiring, risk}
	return nil
}

// becoming says what the mailboxes will do: "3.508 si rinnovano da sole, 37 si
// chiudono".
func becoming(o pec.Outlook) string {
	text := counted(o.Renewing, "si rinnova da sola", "si rinnovano da sole")
	if o.Renewing == 0 && o.Closing > 0 {
		text = counted(o.Closing, "si chiude", "si chiudono")
	} else if o.Closing > 0 {
		text += ", " + counted(o.Closing, "si chiude", "si chiudono")
	}
	if o.Failing > 0 {
		text += ", per " + pec.Thousands(o.Failing) + " manca la convenzione"
	}
	return text
}

// atRisk counts the services that will end for want of credit, and sums the
// top-ups with which none would.
func (d deskReader) atRisk(until pec.Date) (Card, error) {
	list, err := d.office.AtRisk(d.tx, until)
	if err != nil {
		return Card{}, err
	}
	services, members := 0, map[int64]bool{}
	var missing pec.Cents
	for _, risk := range list {
		services, missing = services+len(risk.Ending()), missing+risk.AddedMissing
		members[risk.MemberID] = true
	}
	card := Card{Title: "Servizi che cesseranno", Href: d.linkTo(d.c, "/servizi/a-rischio", "/servizi/a-rischio"), Figure: pec.Thousands(services), Note: "Entro 90 giorni il credito basta per tutti"}
	if services > 0 {
		toTell, err := d.office.ToTell(d.tx, list, soon)
		if err != nil {
			return Card{}, err
		}
		card.toTell(toTell)
		card.Note = joinHTML("Per credito insufficiente, entro 90"+nbsp+"giorni. A "+counted(len(members), "iscritto", "iscritti")+" "+pec.Lacks(missing)+" ", strong(missing.Euro()))
	}
	return card, nil
}

func (d deskReader) active() error {
	today := d.page.Today
	ends := make([]pec.Date, 12)
	for i := range ends {
		ends[i] = today.FirstOfMonth().AddMonths(i - 11).LastOfMonth()
	}
	ends[11] = today
	counts, err := d.tx.RunningAt(ends)
	if err != nil {
		return err
	}
	first, last := counts[0], counts[11]
	chart := Chart{Title: "Caselle attive a fine mese", Columns: []string{"Mese", "Caselle attive"}, Note: difference(last-first, month(ends[0]))}
	chart.Summary = fmt.Sprintf("Caselle attive a fine mese: da %s a %s, %s oggi.", pec.Thousands(first), month(ends[0]), pec.Thousands(last))
	for i, n := range counts {
		p := Point{Label: monthShort(ends[i]), RowLabel: monthShort(ends[i]) + fmt.Sprint(" ", ends[i].Year), Value: int64(n), Shown: pec.Thousands(n), Cells: []string{pec.Thousands(n)}}
		if i == 11 {
			p.Label, p.RowLabel = "oggi", "oggi"
		}
		chart.Points = append(chart.Points, p)
	}
	d.page.Active = lineChart(chart)
	return nil
}

func difference(n int, since string) string {
	switch {
	case n > 0:
		return pec.Thousands(n) + " in più da " + since
	case n < 0:
		return pec.Thousands(-n) + " in meno da " + since
	}
	return "Lo stesso numero di " + since
}

// expenses draws the cost of the renewals of the month under way, from today
// on, and of the eleven after it.
func (d deskReader) expenses() error {
	today := d.page.Today
	until := d.lastMonth()
	monthly := make([]pec.Outlook, 12)
	var total pec.Outlook
	var top pec.Cents
	for _, e := range d.expiring {
		if e.On.Before(today) || e.On.After(until) {
			continue
		}
		i := e.On.Year*12 + int(e.On.Month) - today.Year*12 - int(today.Month)
		o := e.Expected(d.agreements)
		monthly[i], total = monthly[i].Plus(o), total.Plus(o)
		top = max(top, monthly[i].Price.Gross)
	}
	unit, words := chartUnit(top)
	chart := Chart{
		Title: "Costo per l’Ordine fino al " + until.Italian(), Columns: []string{"Mese", "Caselle", "Costo lordo"},
		Note:    total.Price.Gross.Euro() + " IVA compresa. Nel grafico: " + words + " per mese di rinnovo",
		Summary: fmt.Sprintf("Costo dei rinnovi per mese, IVA compresa: %s in tutto.", total.Price.Gross.Euro()),
		Total:   []string{pec.Thousands(total.Renewing), total.Price.Gross.Euro()},
	}
	for i, o := range monthly {
		first := today.FirstOfMonth().AddMonths(i)
		chart.Points = append(chart.Points, Point{
			Label: monthShort(first), RowLabel: monthShort(first) + fmt.Sprint(" ", first.Year), Value: int64(o.Price.Gross), Shown: inUnits(o.Price.Gross, unit),
			Cells: []string{pec.Thousands(o.Renewing), o.Price.Gross.Euro()},
		})
	}
	d.page.Expenses = barChart(chart)
	return nil
}

// chartUnit is in what a chart's amounts are written when the highest is this
// one, and its name.
func chartUnit(top pec.Cents) (unit pec.Cents, words string) {
	if top >= 1_000_00 {
		return 1_000_00, "migliaia di euro"
	}
	return 100, "euro"
}

// inUnits writes an amount over a bar: 17.543,60 € in thousands is "17,5", in
// euro "17.544".
func inUnits(c, unit pec.Cents) string {
	if unit == 100 {
		return pec.Thousands(int((c + 50) / 100))
	}
	tenths := int((c*10 + unit/2) / unit)
	return fmt.Sprintf("%s,%d", pec.Thousands(tenths/10), tenths%10)
}

func (d deskReader) backup() error {
	e, err := d.tx.LatestAudit("database", "backup")
	if err != nil {
		return err
	}
	f := fact{Title: "Ultimo salvataggio", Value: "Mai", Kind: "danger", Note: "Senza copia, un guasto farebbe perdere tutto: ne faccia una oggi", Href: d.linkTo(d.c, "/amministrazione", "/amministrazione")}
	if !d.page.Who.May(clerks) { // others cannot make one
		f.Note = "Senza copia, un guasto farebbe perdere tutto: lo dica alla segreteria"
	}
	if e.ID != 0 {
		ago := days(d.page.Today, pec.DateOf(e.At))
		f = fact{Title: f.Title, Value: moment(e.At), Note: capital(ago) + ", copia provata", Href: f.Href}
		if pec.DateOf(e.At).DaysUntil(d.page.Today) > 7 {
			f.Kind = "danger"
		}
	}
	d.page.Program = append(d.page.Program, f)
	return nil
}

func (d deskReader) renewals() error {
	runs, err := d.tx.Runs(1)
	if err != nil {
		return err
	}
	f := fact{Title: "Ultimi rinnovi", Value: "Mai", Note: "Il programma li esegue ogni notte", Href: d.linkTo(d.c, "/rinnovi", "/rinnovi")}
	if len(runs) == 1 {
		r := runs[0]
		f.Value = moment(r.StartedAt)
		f.Kind, f.Note = runInWords(r)
	}
	d.page.Program = append(d.page.Program, f)
	return nil
}

func runInWords(r db.Run) (kind, note string) {
	if r.FinishedAt.IsZero() {
		return "danger", "Non sono finiti: riprendono da soli alla prossima esecuzione"
	}
	var done office.Renewed
	if err := json.Unmarshal(r.Figures, &done); err != nil {
		return "danger", "Le cifre non si possono leggere"
	}
	note = counted(done.Renewed, "casella rinnovata", "caselle rinnovate")
	switch {
	case done.Renewed == 0 && len(done.Failed) > 0:
		note = "Nessuna rinnovata"
	case done.Renewed == 0:
		note = "Nulla da rinnovare"
	}
	if done.Closed > 0 {
		note += ", " + counted(done.Closed, "chiusa", "chiuse")
	}
	if n := len(done.Failed); n > 0 {
		return "danger", note + ", " + counted(n, "non riuscita", "non riuscite")
	}
	return "", note + ", nessun errore"
}

func (d deskReader) imports() error {
	b, err := d.tx.LatestBatch(office.ImportMembers)
	if err != nil {
		return err
	}
	names, err := actorsOf(d.tx)
	if err != nil {
		return err
	}
	f := fact{Title: "Ultima importazione dell’albo", Value: "Mai", Href: d.page.Import}
	if b != nil {
		f.Value, f.Note = b.On.Italian(), names.of(b.Actor)+", "+b.Filename
		if !b.UndoneAt.IsZero() {
			f.Note = "Annullata il " + pec.DateOf(b.UndoneAt).Italian()
		}
		f.Href = d.linkTo(d.c, "/importazioni/:id", fmt.Sprint("/importazioni/", b.ID))
	}
	d.page.Program = append(d.page.Program, f)
	return nil
}

// Shown is the value, as a link when there is a page for it.
func (f fact) Shown() template.HTML { return anchor(f.Href, f.Value) }

// counted is a figure with its noun, as count is for templates.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return pec.Thousands(n) + " " + many
}
