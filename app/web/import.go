package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// importRoutes are open to whoever may import something; what kind of file is for
// whom, each page looks at: see importKind.isFor.
func (s *site) importRoutes() []route {
	d := newImportDesk(s)
	return []route{
		get("/importazioni", operators, d.list),
		get("/importazioni/nuova", treasury, d.newPage),
		post("/importazioni/nuova", treasury, d.upload),
		get("/importazioni/file/:id", treasury, d.columnsPage),
		post("/importazioni/file/:id", treasury, d.columns),
		get("/importazioni/file/:id/anteprima", treasury, d.previewPage),
		get("/importazioni/file/:id/respinte", treasury, d.previewRejected),
		post("/importazioni/file/:id/mancanti", treasury, d.chooseLeavers),
		post("/importazioni/file/:id/importa", treasury, d.write),
		get("/importazioni/file/:id/corso", treasury, d.progress),
		post("/importazioni/file/:id/interrompi", treasury, d.stop),
		post("/importazioni/file/:id/togli", treasury, d.drop),
		get("/importazioni/:id", operators, d.batch),
		get("/importazioni/:id/respinte", operators, d.batchRejected),
		get("/importazioni/:id/annulla", treasury, d.undoPage),
		post("/importazioni/:id/annulla", treasury, d.undo),
	}
}

// Sizes of what a page shows.
const (
	importsOnPage = 30
	rowsOnPage    = 50
	rowsAtFirst   = 5 // of each sort, before "Mostra gli altri"
)

type importsPage struct {
	Frame
	New     string // address, empty for who may not import
	Waiting []waitingFile
	Batches []batchLine
	Pager   *Pager
}

type waitingFile struct {
	ID                  int64
	Name, Kind, Who, At string
	Href                string
	Progress            *Progress
}

type batchLine struct {
	db.BatchListed
	KindTitle, Who string
}

// list is every import that was done, and every file on its way.
func (d *importDesk) list(c *fiber.Ctx) error {
	p := importsPage{Frame: d.frame(c, "Importazioni"), New: d.linkTo(c, "/importazioni/nuova", "/importazioni/nuova")}
	p.Lead = "I file entrati nell’albo: che cosa hanno cambiato e come tornare indietro"
	above, _ := strconv.ParseInt(c.Query("prima"), 10, 64) // an odd value is the first page
	below, _ := strconv.ParseInt(c.Query("dopo"), 10, 64)
	err := d.read(c, func(tx *db.ReadTx) error {
		names, err := actorsOf(tx)
		if err != nil {
			return err
		}
		if p.New != "" {
			if p.Waiting, err = d.waiting(tx, "/importazioni", p.Who, names); err != nil {
				return err
			}
		}
		list, more, err := batchesAround(tx, above, below)
		if err != nil {
			return err
		}
		for _, b := range list {
			p.Batches = append(p.Batches, batchLine{b, importKindOf(b.Kind).Label, names.of(b.Actor)})
		}
		p.Pager = batchPager(list, above, below, more)
		return nil
	})
	if err != nil {
		return err
	}
	return d.show(c, "imports", &p)
}

// batchesAround reads a page of imports right above one, below one, or the
// newest; more tells whether the list goes on that way.
func batchesAround(tx *db.ReadTx, above, below int64) (list []db.BatchListed, more bool, err error) {
	if above > 0 {
		if list, err = tx.BatchesAfter(above, importsOnPage+1); len(list) > importsOnPage {
			return list[1:], true, err
		}
		return list, false, err
	}
	if list, err = tx.BatchList(below, importsOnPage+1); len(list) > importsOnPage {
		return list[:importsOnPage], true, err
	}
	return list, false, err
}

func batchPager(list []db.BatchListed, above, below int64, more bool) *Pager {
	if len(list) == 0 || above == 0 && below == 0 && !more {
		return nil
	}
	first, last := list[0].ID, list[len(list)-1].ID
	p := &Pager{From: fmt.Sprint(first), To: fmt.Sprint(last), Size: importsOnPage}
	if below > 0 || above > 0 && more {
		p.Prev = fmt.Sprintf("/importazioni?prima=%d", first)
	}
	if above > 0 || more {
		p.Next = fmt.Sprintf("/importazioni?dopo=%d", last)
	}
	return p
}

// waiting lists the files that wait at an address.
func (d *importDesk) waiting(tx *db.ReadTx, base string, who *Who, names actorNames) ([]waitingFile, error) {
	list, err := tx.Uploads()
	var files []waitingFile
	for _, u := range list {
		if kind := importKindOf(u.Kind); kind.Base() != base || !kind.isFor(who) {
			continue
		}
		w := waitingFile{
			ID: u.ID, Name: u.Filename, Kind: importKindOf(u.Kind).Label, Who: names.of(u.Actor), At: moment(u.CreatedAt),
			Href: fmt.Sprintf("%s/file/%d", base, u.ID),
		}
		if job := d.job(u.ID); job != nil && job.running() {
			p := job.bar()
			w.Progress, w.Href = &p, w.Href+"/corso"
		}
		files = append(files, w)
	}
	return files, err
}

// batchPage is one import that was written.
type batchPage struct {
	Frame
	Kind    importKind
	Batch   db.Batch
	Report  office.ImportReport
	Just    bool // it was written a moment ago: the last of the four steps
	Facts   []fact
	Cards   []Card
	Sum     string
	Tables  []importTable
	Pager   *Pager
	Back    string // from one table to the whole
	Ignored []ignoredRow
	Undone  *undoneView
	MayUndo bool
}

type ignoredRow struct {
	Row       int
	Text, Why string
}

// undoneView is what taking an import back did, or would do.
type undoneView struct {
	office.Undone
	kind      importKind
	When, Who string
	Rows      []keptRow
	More      int // kept rows that are not listed
}

type keptRow struct{ Name, Href, Reason string }

// shownKept bounds the list of what an undo left.
const shownKept = 200

func (d *importDesk) undoneView(c *fiber.Ctx, kind importKind, u office.Undone) *undoneView {
	v := &undoneView{Undone: u, kind: kind}
	for i, k := range u.Kept {
		if i == shownKept {
			v.More = len(u.Kept) - i
			break
		}
		row := keptRow{Name: k.Name, Reason: k.Reason}
		if kind.Code == office.ImportMembers || kind.Code == office.ImportMailboxes { // of the others it is not the id of a page
			row.Href = d.rowLink(c, kind, k.ID)
		}
		if row.Name == "" {
			row.Name, row.Href = fmt.Sprintf("%s %d", capital(kind.One), k.ID), ""
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

// Sentence tells an undo in figures.
func (v undoneView) Sentence() string {
	return undoSentence(v.kind, v.Undone)
}

func undoSentence(kind importKind, u office.Undone) string {
	parts := []string{}
	add := func(n int, one, many string) {
		if n > 0 {
			text, _ := count(n, one, many) // an int is always written
			parts = append(parts, text)
		}
	}
	add(u.Restored, "torna com’era", "tornano com’erano")
	gone := kind.Gone
	if gone[0] == "" {
		gone = [2]string{kind.Agree("è tolto"), kind.Agree("sono tolti")}
	}
	add(u.Removed, gone[0], gone[1])
	add(len(u.Kept), "resta com’è", "restano come sono")
	if len(parts) == 0 {
		return "Non c’era nulla da riportare indietro."
	}
	return strings.Join(parts, ", ") + "."
}

// batch shows one import: who, when, what it did row by row, and the way back.
func (d *importDesk) batch(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	p := batchPage{Just: c.Query("fatto") != "", Back: fmt.Sprintf("/importazioni/%d", id)}
	err = d.read(c, func(tx *db.ReadTx) error {
		names, err := actorsOf(tx)
		if err != nil {
			return err
		}
		if p.Batch, err = tx.Batch(id); err != nil {
			return err
		}
		if err := json.Unmarshal(p.Batch.Report, &p.Report); err != nil {
			return fmt.Errorf("report of batch %d: %w", id, err)
		}
		p.Kind = importKindOf(p.Batch.Kind)
		p.Frame = d.frame(c, fmt.Sprintf("Importazione %s n. %d", p.Kind.Of, id), Crumb{"Importazioni", "/importazioni"})
		p.Lead = fmt.Sprintf("%s, importato da %s il %s", p.Batch.Filename, names.of(p.Batch.Actor), moment(p.Batch.At))
		p.Facts = readingFacts(p.Report)
		if err := d.undoneOf(c, tx, &p, names); err != nil {
			return err
		}
		return batchTables{d, c, tx, &p}.fill()
	})
	if err != nil {
		return err
	}
	p.MayUndo = p.Undone == nil && p.Report.Created+p.Report.Updated+p.Report.Left > 0 && p.Kind.isFor(p.Who)
	return d.show(c, "import", &p)
}

func (d *importDesk) undoneOf(c *fiber.Ctx, tx *db.ReadTx, p *batchPage, names actorNames) error {
	if p.Batch.UndoneAt.IsZero() {
		return nil
	}
	var u office.Undone
	if err := json.Unmarshal(p.Batch.Undo, &u); err != nil {
		return fmt.Errorf("undo of batch %d: %w", p.Batch.ID, err)
	}
	p.Undone = d.undoneView(c, p.Kind, u)
	p.Undone.When = moment(p.Batch.UndoneAt)
	log, err := tx.Audit("batch", p.Batch.ID, 5)
	for _, e := range log {
		if e.Action == "import.undone" {
			p.Undone.Who = names.of(e.Actor)
		}
	}
	return err
}

// readingFacts tells how a file was read.
func readingFacts(r office.ImportReport) []fact {
	format := fact{Title: "Formato", Value: strings.ToUpper(r.Format)}
	switch {
	case r.Sheet != "":
		format.Note = "foglio «" + r.Sheet + "»"
	case r.Encoding != "":
		format.Note = encodingTitle(r.Encoding) + ", separatore " + delimiterTitle(r.Delimiter)
	}
	rows := fact{Title: "Righe di dati", Value: pec.Thousands(r.Rows), Note: "senza la riga dei titoli"}
	if r.HeaderRow > 0 {
		rows.Note = "titoli alla riga " + pec.Thousands(r.HeaderRow)
	}
	columns := fact{Title: "Colonne lette", Value: fmt.Sprintf("%d di %d", len(r.Mapping), len(r.Header))}
	return []fact{format, rows, columns}
}

var encodingTitles = map[string]string{
	"utf-8": "UTF-8", "windows-1252": "Windows-1252", "iso-8859-15": "ISO 8859-15", "iso-8859-1": "ISO 8859-1", "utf-16le": "UTF-16", "utf-16be": "UTF-16, byte invertiti",
	"cp850": "DOS (cp850)", "macintosh": "Mac di una volta",
}

func encodingTitle(name string) string {
	if title := encodingTitles[name]; title != "" {
		return title
	}
	return name
}

func delimiterTitle(d string) string {
	switch d {
	case ";":
		return "punto e virgola"
	case ",":
		return "virgola"
	case "\t":
		return "tabulazione"
	case "|":
		return "barra verticale"
	}
	return "«" + d + "»"
}

// importCards are the figures of an import, each leading to its rows.
func importCards(kind importKind, r office.ImportReport, fields int, written bool, href func(sort string) string) []Card {
	card := func(title, sort string, n int, one, many string) Card {
		note := many
		if n == 1 {
			note = one
		}
		c := Card{Title: title, Figure: pec.Thousands(n), Note: note}
		if n > 0 {
			c.Href = href(sort)
		}
		return c
	}
	created, updated, rejected := kind.Agree("saranno aggiunti"), "", kind.Agree("non saranno scritti")
	one := kind.Agree("sarà aggiunto")
	if written {
		created, one, rejected = kind.Agree("aggiunti"), kind.Agree("aggiunto"), kind.Agree("non scritti")
	}
	switch {
	case fields == 1:
		updated = "1 campo cambia"
	case fields > 1:
		updated = pec.Thousands(fields) + " campi cambiano"
	case r.Updated > 0:
		updated = kind.Agree("cambiati") + " campo per campo"
	}
	unchanged, missing := "uguali a quello che c’è", "ci sono da noi ma non qui"
	same := r.Unchanged - r.Skipped
	if same == 1 {
		unchanged = "uguale a quello che c’è"
	}
	switch {
	case r.Left > 0 && written:
		missing = counted(r.Left, "è uscito dall’albo", "sono usciti dall’albo")
	case r.Left > 0:
		missing = counted(r.Left, "uscirà dall’albo", "usciranno dall’albo")
	case r.Missing == 1:
		missing = "c’è da noi ma non qui"
	}
	cards := []Card{
		card(kind.Agree("Nuovi"), "nuovi", r.Created, one, created),
		card(kind.Agree("Variati"), "variati", r.Updated, updated, updated),
		card(kind.Agree("Invariati"), "invariati", same, unchanged, unchanged),
		card(kind.Agree("Respinti"), "respinti", r.Refused, "non "+strings.TrimPrefix(rejected, "non "), rejected),
		card("Mancanti dal file", "mancanti", r.Missing, missing, missing),
	}
	if r.Payments != nil { // such a list is never all of them
		cards[1] = paymentCard(*r.Payments, r.Created, written)
		cards = slices.Delete(cards, 4, 5)
	}
	if r.Refused > 0 {
		cards[3].Kind, cards[3].Badge = "danger", "Da correggere"
	}
	if r.Skipped > 0 {
		cards = slices.Insert(cards, 3, card("Lasciati da parte", "lasciati", r.Skipped, "per Sua scelta", "per Sua scelta"))
	}
	return cards
}

// importSum shows that no row was lost (R25).
func importSum(r office.ImportReport) string {
	parts := []int{r.Created, r.Updated, r.Unchanged - r.Skipped}
	if r.Skipped > 0 {
		parts = append(parts, r.Skipped)
	}
	var sum []string
	for _, n := range append(parts, r.Refused) {
		sum = append(sum, pec.Thousands(n))
	}
	return strings.Join(sum, " + ") + " = " + counted(r.Rows, "riga letta", "righe lette") + ": nessuna è stata persa."
}

// batchTables fills the tables of an import's page from what was kept of it.
type batchTables struct {
	*importDesk
	c    *fiber.Ctx
	tx   *db.ReadTx
	page *batchPage
}

func (b batchTables) fill() error {
	p := b.page
	chosen := b.c.Query("mostra")
	p.Cards = importCards(p.Kind, p.Report, 0, true, func(sort string) string {
		switch sort {
		case "invariati", "lasciati", "mancanti": // their rows were not kept
			return ""
		case "nuovi":
			if p.Undone != nil { // they are gone; who stayed is told with the undo
				return ""
			}
		}
		return p.Back + "?mostra=" + sort
	})
	p.Sum = importSum(p.Report)
	if p.Undone != nil {
		p.Sum += " Sono le cifre di quando fu scritta: l’annullamento le ha poi riportate indietro."
	}
	at := keysetOf(b.c)
	if chosen == "" {
		at = keyset{Limit: rowsAtFirst}
		for _, g := range p.Report.Ignored {
			p.Ignored = append(p.Ignored, ignoredRow{g.Row, g.Text, g.Why})
		}
	}
	for _, each := range []struct {
		sort string
		n    int
		make func(keyset) (importTable, error)
	}{
		{"respinti", p.Report.Refused, b.problems(pec.SeverityError)},
		{"avvertimenti", len(b.problemRows(pec.SeverityWarning)), b.problems(pec.SeverityWarning)},
		{"variati", p.Report.Updated + p.Report.Left, b.written(false)},
		{"nuovi", p.Report.Created, b.written(true)},
	} {
		if each.n == 0 || p.Undone != nil && each.sort == "nuovi" || chosen != "" && chosen != each.sort {
			continue
		}
		t, err := each.make(at)
		if err != nil {
			return err
		}
		t.ID = each.sort
		if chosen == "" {
			t.offerRest(p.Kind, each.sort, p.Back+"?mostra="+each.sort)
		} else {
			p.Pager = t.pager(p.Back + "?mostra=" + each.sort)
		}
		p.Tables = append(p.Tables, t)
	}
	if chosen != "" && len(p.Tables) == 0 {
		return fiber.ErrNotFound
	}
	return nil
}

// problems lists the refused rows with all that is wrong with them, or those
// that were taken with a warning.
func (b batchTables) problems(severity pec.Severity) func(keyset) (importTable, error) {
	return func(at keyset) (importTable, error) {
		rows := b.problemRows(severity)
		t := problemTable(b.page.Kind, severity, len(rows))
		t.Rows, t.Prev, t.Next = window(rows, importRow.key, at)
		return t, nil
	}
}

func (b batchTables) problemRows(severity pec.Severity) []importRow {
	r := b.page.Report
	rejected := map[int]pec.Row{}
	for _, row := range r.RefusedRows {
		rejected[row.Number] = row
	}
	names := rowNames{header: r.Header, mapping: r.Mapping}
	var rows []importRow
	for from, to := 0, 0; from < len(r.Problems); from = to { // those of a row stand together
		number := r.Problems[from].Row
		for to = from; to < len(r.Problems) && r.Problems[to].Row == number; to++ {
		}
		source, refused := rejected[number]
		if refused != (severity == pec.SeverityError) {
			continue
		}
		row := importRow{Row: number, Key: int64(number), Name: cmp.Or(names.of(source), r.Names[number])}
		for _, p := range pec.ErrorsFirst(r.Problems[from:to]) {
			row.Lines = append(row.Lines, problemLine(p, r.Mapping))
		}
		rows = append(rows, row)
	}
	return rows
}

// written lists what an import created or changed, as it is now.
func (b batchTables) written(created bool) func(keyset) (importTable, error) {
	return func(at keyset) (importTable, error) {
		p := b.page
		changed := p.Report.Updated + p.Report.Left
		t := importTable{Sort: "changes", Title: p.Kind.Agree("Variati") + ": " + p.Kind.Rows(changed), Total: changed}
		if p.Report.Left > 0 {
			t.Note = "Di questi, " + counted(p.Report.Left, "mancava dal file ed è segnato come uscito dall’albo.", "mancavano dal file e sono segnati come usciti dall’albo.")
		}
		if created {
			t = importTable{Sort: "rows", Title: p.Kind.Agree("Nuovi") + ": " + p.Kind.Rows(p.Report.Created), Total: p.Report.Created}
		}
		t.Heads = p.Kind.heads[1:] // the row in the file was not kept
		err := p.Kind.written(b, &t, created, at)
		t.cut(at)
		return t, err
	}
}

func (b batchTables) members(t *importTable, created bool, at keyset) error {
	list, err := b.tx.ImportedMembers(b.page.Batch.ID, created, db.Around{After: at.After, Before: at.Before, Limit: at.Limit + 1})
	for _, m := range list {
		row := importRow{
			Key: m.ID, Name: pec.Member{Surname: m.Surname, Name: m.Name}.FullName(), Cells: []string{m.RegistrationNumber, m.TaxCode},
			Href: b.linkTo(b.c, "/iscritti/:id", fmt.Sprintf("/iscritti/%d", m.ID)),
		}
		if row.Name == "" {
			row.Name, row.Href = fmt.Sprintf("Iscritto %d, tolto", m.ID), ""
		}
		for _, ch := range m.Changes {
			f := pec.Field(ch.Field)
			row.Lines = append(row.Lines, importLine{Field: f.Italian(), Old: memberValue(f, ch.Old), New: memberValue(f, ch.New)})
		}
		t.Rows = append(t.Rows, row)
	}
	return err
}

func (b batchTables) mailboxes(t *importTable, created bool, at keyset) error {
	t.Sort = "rows"
	list, err := b.tx.ImportedMailboxes(b.page.Batch.ID, created, db.Around{After: at.After, Before: at.Before, Limit: at.Limit + 1})
	for _, m := range list {
		line := mailboxView{}.line(m.Mailbox, m.Holder, extraSpace(m.ExtraGB))
		t.Rows = append(t.Rows, importRow{Key: m.ID, Name: line.name, Href: b.rowLink(b.c, b.page.Kind, line.id), Cells: line.cells})
	}
	return err
}

func (b batchTables) services(t *importTable, created bool, at keyset) error {
	t.Sort = "rows"
	list, err := b.tx.ImportedServices(b.page.Batch.ID, created, db.Around{After: at.After, Before: at.Before, Limit: at.Limit + 1})
	for _, s := range list {
		t.Rows = append(t.Rows, importRow{
			Key: s.ID, Name: s.Address, Href: b.linkTo(b.c, "/caselle/:id", fmt.Sprintf("/caselle/%d", s.MailboxID)),
			Cells: []string{s.ProductName, fmt.Sprint(s.Quantity), s.StartedOn.Italian(), s.ExpiresOn.Italian(), s.Net.Euro()},
		})
	}
	return err
}

// batchRejected answers with the refused rows as a workbook.
func (d *importDesk) batchRejected(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	var b db.Batch
	var r office.ImportReport
	err = d.read(c, func(tx *db.ReadTx) (err error) {
		b, err = tx.Batch(id)
		return err
	})
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b.Report, &r); err != nil {
		return fmt.Errorf("report of batch %d: %w", id, err)
	}
	return sendRejected(c, b.Filename, r)
}

var errNoneRejected = pec.Refuse("rows_unknown", "In questa importazione nessuna riga è stata respinta.")

func sendRejected(c *fiber.Ctx, filename string, r office.ImportReport) error {
	if r.Refused == 0 {
		return errNoneRejected
	}
	var out bytes.Buffer
	if err := r.WriteRejected(&out); err != nil {
		return err
	}
	name := filename
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	return download(c, name+"-da-correggere.xlsx", mimeXLSX, out.Bytes())
}

type undoPage struct {
	Frame
	Kind  importKind
	Batch db.Batch
	Would *undoneView
	Back  string
}

// Long reports whether the undo takes more than a moment.
func (p *undoPage) Long() bool { return p.Would.Restored+p.Would.Removed > 3000 }

// undoPage asks before an import is taken back, and says what would stay.
func (d *importDesk) undoPage(c *fiber.Ctx) error {
	p, err := d.undoPageOf(c)
	if err != nil {
		return err
	}
	return d.show(c, "importundo", p)
}

func (d *importDesk) undoPageOf(c *fiber.Ctx) (*undoPage, error) {
	id, err := idOf(c)
	if err != nil {
		return nil, err
	}
	p := &undoPage{Back: fmt.Sprintf("/importazioni/%d", id)}
	if p.Batch, p.Kind, err = d.batchToUndo(c, id); err != nil {
		return nil, err
	}
	would, err := d.office.PreviewUndo(ctx(c), id)
	if err != nil {
		return nil, err
	}
	p.Frame = d.frame(c, fmt.Sprintf("Annullare l’importazione n. %d?", id), Crumb{"Importazioni", "/importazioni"}, Crumb{p.Batch.Filename, p.Back})
	p.Lead = fmt.Sprintf("%s, importato il %s", p.Batch.Filename, moment(p.Batch.At))
	p.Would = d.undoneView(c, p.Kind, would)
	return p, nil
}

// batchToUndo is an import that the person may take back.
func (d *importDesk) batchToUndo(c *fiber.Ctx, id int64) (b db.Batch, kind importKind, err error) {
	err = d.read(c, func(tx *db.ReadTx) (err error) {
		b, err = tx.Batch(id)
		return err
	})
	kind = importKindOf(b.Kind)
	if err == nil && !kind.isFor(visitOf(c).who) {
		err = errForbidden
	}
	return b, kind, err
}

func (d *importDesk) undo(c *fiber.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	to := fmt.Sprintf("/importazioni/%d", id)
	_, kind, err := d.batchToUndo(c, id)
	if err != nil {
		return err
	}
	done, err := d.office.UndoImport(ctx(c), who(c).Actor(), id)
	if p := pec.AsProblem(err); p != nil && p.Code == "batch_undone" { // a second press
		return d.told(c, to, Alert{Kind: "primary", Strong: p.Message})
	}
	if err != nil {
		return err
	}
	return d.done(c, to, fmt.Sprintf("L’importazione n. %d è annullata.", id), capital(undoSentence(kind, done)))
}

// importTable is a list of rows of an import, of one of three sorts: plain
// rows, problems, changes.
type importTable struct {
	Sort  string // "rows", "problems", "changes"
	ID    string
	Title string
	Heads []importHead
	Rows  []importRow
	Total int
	Prev  bool // rows stand before these
	Next  bool // rows follow
	Rest  *Tab // address and words of the rest
	Note  string
}

type importHead struct{ Title, Class string }

type importRow struct {
	Row   int   // in the file, 0 where it is not shown
	Key   int64 // of the keyset
	Name  string
	Href  string
	Cells []string
	Lines []importLine
}

// CellClass is the class of the i-th cell after a row's name.
func (t importTable) CellClass(row importRow, i int) string {
	return t.Heads[len(t.Heads)-len(row.Cells)+i].Class
}

// NameHeads are the heads of the name and of the first cell after it.
func (t importTable) NameHeads() []importHead {
	if t.Heads[0].Title == "Riga" {
		return t.Heads[1:3]
	}
	return t.Heads[:2]
}

// Span is how many lines of the table the row takes.
func (r importRow) Span() int { return max(len(r.Lines), 1) }

// importLine is a field that changes, or a cell that is wrong.
type importLine struct {
	Field    string
	Old, New string
	Value    string
	Text     string
	Mono     bool
}

// key is what the pages of a table go by.
func (r importRow) key() int64 { return r.Key }

// cut keeps a page of the rows that were read from the database, of which one
// more was read.
func (t *importTable) cut(at keyset) {
	more := len(t.Rows) > at.Limit
	switch {
	case at.Before > 0 && more:
		t.Rows, t.Prev, t.Next = t.Rows[1:], true, true
	case at.Before > 0:
		t.Next = true
	case more:
		t.Rows, t.Prev, t.Next = t.Rows[:at.Limit], at.After > 0, true
	default:
		t.Prev = at.After > 0
	}
}

// keyset says which page of a list: the rows right after a key, or right
// before one; from the beginning when both are 0.
type keyset struct {
	After, Before int64
	Limit         int
}

func keysetOf(c *fiber.Ctx) keyset {
	k := keyset{Limit: rowsOnPage}
	k.After, _ = strconv.ParseInt(c.Query("dopo"), 10, 64) // an odd value is the first page
	k.Before, _ = strconv.ParseInt(c.Query("prima"), 10, 64)
	return k
}

// window is a page of a list in the order of its keys, and whether the list
// goes on before and after.
func window[T any](list []T, key func(T) int64, at keyset) (page []T, prev, next bool) {
	from := sort.Search(len(list), func(i int) bool { return key(list[i]) > at.After })
	to := min(from+at.Limit, len(list))
	if at.Before > 0 {
		to = sort.Search(len(list), func(i int) bool { return key(list[i]) >= at.Before })
		from = max(to-at.Limit, 0)
	}
	return list[from:to], from > 0, to < len(list)
}

// offerRest links to the rows that an overview leaves out.
func (t *importTable) offerRest(kind importKind, sort, href string) {
	rest := t.Total - len(t.Rows)
	if rest <= 0 {
		return
	}
	words := "Mostra gli altri " + pec.Thousands(rest)
	if t.Sort == "problems" || kind.Feminine && rest > 1 {
		words = "Mostra le altre " + pec.Thousands(rest)
		if rest == 1 {
			words = "Mostra l’altra riga"
		}
	} else if rest == 1 {
		words = kind.Agree("Mostra l’altro")
	}
	t.Rest = &Tab{Title: words, Path: href}
}

// pager leads through one table.
func (t *importTable) pager(href string) *Pager {
	if len(t.Rows) == 0 || !t.Next && !t.Prev {
		return nil
	}
	first, last := t.Rows[0], t.Rows[len(t.Rows)-1]
	label := func(r importRow) string {
		if t.Sort == "problems" {
			return "riga " + pec.Thousands(r.Row)
		}
		return r.Name
	}
	p := &Pager{From: label(first), To: label(last), Size: rowsOnPage}
	if t.Prev {
		p.Prev = fmt.Sprintf("%s&prima=%d", href, first.Key)
	}
	if t.Next {
		p.Next = fmt.Sprintf("%s&dopo=%d", href, last.Key)
	}
	return p
}

func problemTable(kind importKind, severity pec.Severity, total int) importTable {
	t := importTable{Sort: "problems", Total: total}
	text, _ := count(total, "riga", "righe") // an int is always written
	t.Title = kind.Agree("Respinti") + ": " + text
	if severity == pec.SeverityWarning {
		t.Title = "Avvertimenti: " + text
		t.Note = "Queste righe sono prese; controlli però quello che segue."
	}
	return t
}

func problemLine(p pec.RowProblem, mapping map[string]string) importLine {
	return importLine{Field: p.Column, Value: p.Value, Text: p.Text(), Mono: mapping[p.Column] == string(pec.FieldTaxCode)}
}

// rowNames finds out of whom a row speaks, from its cells.
type rowNames struct {
	header  []string
	mapping map[string]string
}

func (n rowNames) of(r pec.Row) string {
	parts := map[string]string{}
	for i, title := range n.header {
		if i < len(r.Cells) {
			parts[n.mapping[title]] = strings.Join(strings.Fields(r.Cells[i]), " ")
		}
	}
	for _, name := range []string{
		strings.TrimSpace(parts[string(pec.FieldSurname)] + " " + parts[string(pec.FieldName)]),
		parts[string(pec.FieldFullName)], parts[string(pec.FieldMailbox)], firstCells(r.Cells),
	} {
		if name != "" {
			return name
		}
	}
	return ""
}

// mostOfRow bounds, in characters, what stands for a row that names nobody.
const mostOfRow = 60

// firstCells are the first values of a row that names nobody, so that it is found
// in the file.
func firstCells(cells []string) string {
	var all []string
	for _, cell := range cells {
		if cell = strings.Join(strings.Fields(cell), " "); cell != "" {
			all = append(all, cell)
		}
	}
	return pec.Shorten(strings.Join(all, ", "), mostOfRow)
}

// memberValue writes a field's stored value as the screens do.
func memberValue(f pec.Field, value string) string {
	switch f {
	case pec.FieldBirthDate, pec.FieldRegisteredOn, pec.FieldLeftOn:
		if d, err := pec.ParseDate(value); err == nil {
			return d.Italian()
		}
	case pec.FieldStatus:
		return pec.MemberStatus(value).Italian()
	}
	return value
}

// size is a file's size as people read it: "74 KB", "2,1 MB".
func fileSize(bytes int) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d%sKB", max(bytes/1024, 1), nbsp)
	}
	tenths := bytes * 10 >> 20
	return fmt.Sprintf("%d,%d%sMB", tenths/10, tenths%10, nbsp)
}

// importDone is what the page after an import says.
func importDone(kind importKind, r office.ImportReport) Alert {
	verb := kind.Agree("importati")
	if r.Created+r.Updated == 1 {
		verb = kind.Agree("importato")
	}
	created, _ := count(r.Created, kind.Agree("nuovo"), kind.Agree("nuovi")) // an int is always written
	updated, _ := count(r.Updated, kind.Agree("variato"), kind.Agree("variati"))
	text := []any{created, " e ", updated}
	if r.Payments != nil {
		verb = strings.Replace(verb, "importat", "registrat", 1)
		text = []any{paymentsDone(*r.Payments)}
	}
	if r.Answers != nil {
		verb = strings.Replace(verb, "importat", "registrat", 1)
		text = []any{answersDone(*r.Answers)}
	}
	if r.Left > 0 {
		text = append(text, "; ", counted(r.Left, "uscito dall’albo", "usciti dall’albo"))
	}
	if r.Refused > 0 {
		refused, _ := count(r.Refused, "riga respinta", "righe respinte")
		text = append(text, "; ", refused, ". ", alertLink(fmt.Sprintf("/importazioni/%d/respinte", r.Batch), "Scarichi le respinte"))
	} else {
		text = append(text, ".")
	}
	return Alert{Kind: "success", Strong: kind.Rows(r.Created+r.Updated) + " " + verb + ".", Text: joinHTML(text...)}
}

func alertLink(address, words string) template.HTML {
	return template.HTML(`<a class="alert-link" href="` + template.HTMLEscapeString(address) + `">` + template.HTMLEscapeString(words) + `</a>`)
}

// since is how long something has been under way, in whole seconds.
func since(begin time.Time) string {
	n := int(time.Since(begin).Seconds())
	text, _ := count(n, "secondo", "secondi") // an int is always written
	return text
}
