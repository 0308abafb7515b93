package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// onlyOptions are the rows of a member file that may be taken.
var onlyOptions = []Option{
	{Label: "Nuovi e variati", Help: "Chi manca nell’albo è aggiunto, chi c’è è aggiornato."},
	{Value: string(pec.OnlyNew), Label: "Solo i nuovi", Help: "Chi c’è già resta com’è, anche se il file dice altro."},
	{Value: string(pec.OnlyKnown), Label: "Solo chi c’è già", Help: "Chi manca nell’albo non è aggiunto."},
}

// readChoices takes from the form of the columns what the file may do.
func (f *form) readChoices(kind importKind, choices *pec.ImportChoices) {
	if !kind.choices {
		return
	}
	choices.Only, choices.ClearEmpty = pec.ImportOnly(f.text("solo")), f.checked("svuota")
	if !slices.ContainsFunc(onlyOptions, func(o Option) bool { return o.Value == string(choices.Only) }) {
		f.wrong("solo", "Scelga quali righe importare.")
	}
}

// choiceWords tell what a file may do, where that is not the usual.
func choiceWords(c pec.ImportChoices) string {
	words := "Le colonne che mancano nel file e le celle vuote lasciano i dati come sono."
	if c.ClearEmpty {
		words = "Le celle vuote svuotano i campi, come ha scelto; le colonne che mancano lasciano i dati come sono."
	}
	switch c.Only {
	case pec.OnlyNew:
		words += " Si aggiungono solo i nuovi."
	case pec.OnlyKnown:
		words += " Si aggiorna solo chi c’è già."
	}
	return words
}

// leaversForm lists whom the file lacks, to be marked as having left the
// register: some, all or nobody.
type leaversForm struct {
	Action      string
	Rows        []leaverRow
	Status, On  string // as typed
	Statuses    []Option
	All         string // the button for all of them
	Leaving     int
	ShowsClosed bool // a mailbox of somebody listed would close
}

type leaverRow struct {
	Name, Number, TaxCode, Href string
	Chosen                      bool
	ID                          int64
	Closes                      pec.Date // of the mailbox (R5); zero without one
}

var leaverStatuses = []pec.MemberStatus{pec.MemberCancelled, pec.MemberTransferred, pec.MemberDeceased}

// leavers fills the form with the missing members of one page.
func (d *importDesk) leavers(c *fiber.Ctx, p *importPreviewPage, at keyset, typed *typedLeavers) error {
	chosen := p.Plan.Choices.Leavers
	if typed != nil {
		chosen.All, chosen.Members = typed.All, typed.Members
	}
	l := &leaversForm{Action: p.File.Path("/mancanti"), Status: string(pec.MemberCancelled), On: d.Today().Italian(), Leaving: p.Plan.Report.Left}
	switch {
	case typed != nil:
		l.Status, l.On = typed.status, typed.on
	case !chosen.None():
		l.Status, l.On = string(chosen.Status), chosen.LeftOn.Italian()
	}
	for _, s := range leaverStatuses {
		l.Statuses = append(l.Statuses, Option{Value: string(s), Label: capital(s.Italian())})
	}
	l.All = "Segna tutti e " + pec.Thousands(p.Plan.Report.Missing)
	if p.Plan.Report.Missing == 1 {
		l.All = "Segna l’unico"
	}
	missing := p.Plan.missing()
	var rows []importRow
	for i, m := range missing {
		rows = append(rows, importRow{Key: int64(i + 1), Name: m.name})
	}
	table := importTable{Sort: "leavers", Total: len(rows)}
	table.Rows, table.Prev, table.Next = window(rows, importRow.key, at)
	p.Pager = table.pager(p.Back + "?mostra=mancanti")
	for _, r := range table.Rows {
		m := missing[r.Key-1]
		l.Rows = append(l.Rows, leaverRow{
			Name: m.name, Number: m.cells[0], TaxCode: m.cells[1], Href: d.rowLink(c, p.File.Kind, m.id), ID: m.id,
			Chosen: chosen.All || slices.Contains(chosen.Members, m.id),
		})
	}
	p.Leavers = l
	return d.closings(c, l, p.Plan.Choices.Leavers)
}

// typedLeavers are a choice that came back for a mistake in it.
type typedLeavers struct {
	pec.Leavers
	status, on string
}

// closings says when the mailboxes of those listed would close (R5).
func (d *importDesk) closings(c *fiber.Ctx, l *leaversForm, chosen pec.Leavers) error {
	status, on := chosen.Status, chosen.LeftOn
	if chosen.None() {
		status, on = pec.MemberCancelled, d.Today()
	}
	return d.read(c, func(tx *db.ReadTx) error {
		for i := range l.Rows {
			list, err := d.office.ReviewStatuses(tx, []int64{l.Rows[i].ID}, office.StatusChange{Status: status, On: on})
			if err != nil {
				return err
			}
			for _, b := range list[0].Boxes {
				l.Rows[i].Closes = pec.Earliest(l.Rows[i].Closes, b.ClosesOn)
				l.ShowsClosed = l.ShowsClosed || !b.ClosesOn.IsZero()
			}
		}
		return nil
	})
}

// chooseLeavers keeps who of the missing is to be marked as having left. Nothing
// is written on anybody before the import is.
func (d *importDesk) chooseLeavers(c *fiber.Ctx) error {
	file, stamp, err := d.keptFile(c)
	if err != nil {
		return d.gone(c, err)
	}
	w := d.planning(file, stamp)
	<-w.done
	if w.err != nil {
		return w.err
	}
	f := formOf(c)
	options := file.Options
	options.Leavers = f.leavers(w.plan, options.Leavers)
	if f.ok() {
		f.add(options.Leavers.Check(d.Today()))
	}
	if f.ok() {
		f.add(d.office.ReadUploadAs(ctx(c), who(c).Actor(), file.ID, options))
	}
	if f.ok() {
		return d.toldLeavers(c, file, w.plan, options)
	}
	p := &importPreviewPage{Frame: d.fileFrame(c, file, "anteprima"), File: file, Back: file.Path("/anteprima"), Chosen: "mancanti"}
	typed := &typedLeavers{options.Leavers, f.text("status"), f.text("left_on")}
	if err := d.fillPreview(c, p, w.plan, typed); err != nil {
		return err
	}
	return d.refuse(c, "importpreview", p, f)
}

// leavers reads the choice: the rows ticked on this page, with those ticked on
// others before, or everybody, or nobody.
func (f *form) leavers(plan *importPlan, before pec.Leavers) pec.Leavers {
	l := pec.Leavers{Status: pec.MemberStatus(f.text("status"))}
	switch f.text("azione") {
	case "nessuno":
		return pec.Leavers{}
	case "tutti":
		l.All = true
	default:
		shown := f.ids("mostrato")
		for _, m := range plan.missing() {
			if !slices.Contains(shown, m.id) && (before.All || slices.Contains(before.Members, m.id)) {
				l.Members = append(l.Members, m.id)
			}
		}
		l.Members = append(l.Members, f.ids("id")...)
		if len(l.Members) == 0 {
			return pec.Leavers{}
		}
	}
	l.LeftOn = f.dayOrNone("left_on")
	return l
}

func (d *importDesk) toldLeavers(c *fiber.Ctx, file keptFile, plan *importPlan, options office.ImportOptions) error {
	n := len(options.Leavers.Members)
	if options.Leavers.All {
		n = plan.Report.Missing
	}
	to := file.Path("/anteprima") + "?mostra=mancanti"
	if n == 0 {
		return d.done(c, to, "Chi manca dal file resta com’è.")
	}
	return d.done(c, to, counted(n, "mancante scelto.", "mancanti scelti."),
		"Importando il file "+counted(n, "uscirà", "usciranno")+" dall’albo dal "+options.Leavers.LeftOn.Italian()+"; finora non è stato scritto nulla.")
}
