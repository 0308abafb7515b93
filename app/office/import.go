package office

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"albopec/app/intake"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// Kinds of imports.
const (
	ImportMembers  = "members"
	ImportServices = "services"
)

// ReadingOptions are an operator's choices of how to read a foreign file.
type ReadingOptions = intake.Options

// Encodings are those that a text file may be read in.
var Encodings = intake.Encodings

// ReadFile is a foreign file, read: its columns and rows.
type ReadFile = intake.File

// ImportFile is a foreign file with the operator's choices of how to read it.
type ImportFile struct {
	Name    string
	Data    []byte
	Options ReadingOptions
	// Progress, when set, hears after each row how many are written, of how many.
	Progress func(done, all int)

	upload int64 // of a file that was kept: dropped with the write
}

func (f ImportFile) sha256() string {
	sum := sha256.Sum256(f.Data)
	return hex.EncodeToString(sum[:])
}

// ImportReport is what an import did, or would do: kept with its batch, shown
// on its page, printed by the command line.
type ImportReport struct {
	Batch     int64             `json:"batch"`            // 0 while it is only a preview
	Upload    int64             `json:"upload,omitempty"` // the kept file that it was
	Format    string            `json:"format"`
	Encoding  string            `json:"encoding"`
	Delimiter string            `json:"delimiter"`
	Sheet     string            `json:"sheet"`
	HeaderRow int               `json:"header_row"`
	Mapping   map[string]string `json:"mapping"`
	Rows      int               `json:"rows"`
	Created   int               `json:"created"`
	Updated   int               `json:"updated"`
	Unchanged int               `json:"unchanged"`
	Refused   int               `json:"refused"`
	Warnings  int               `json:"warnings"`
	Missing   int               `json:"missing_from_file"`
	Problems  []pec.RowProblem  `json:"problems"`
	// Header, RefusedRows and Ignored let the refused rows come back as a
	// workbook, and tell what was not read as data.
	Header      []string         `json:"header"`
	RefusedRows []pec.Row        `json:"refused_rows"`
	Ignored     []intake.Ignored `json:"ignored"`
	// Names tells of whom the rows with problems speak, by their number.
	Names map[int]string `json:"names,omitempty"`
}

func report(f *intake.File, c pec.Counts, missing int, problems []pec.RowProblem, refused []pec.Row) ImportReport {
	r := ImportReport{
		Format: f.Format, Encoding: f.Encoding, Delimiter: f.Delimiter, Sheet: f.Sheet, HeaderRow: f.HeaderRow, Mapping: f.Mapping.ByHeader(),
		Rows: c.Rows, Created: c.Created, Updated: c.Updated, Unchanged: c.Unchanged, Refused: c.Refused, Warnings: c.Warnings,
		Missing: missing, Problems: problems, RefusedRows: refused, Ignored: f.Ignored,
	}
	for _, col := range f.Mapping {
		r.Header = append(r.Header, col.Header)
	}
	return r
}

// MemberPreview is a member file read and planned, nothing written.
type MemberPreview struct {
	File   *intake.File
	Plan   pec.MemberPlan
	Report ImportReport
	stamp  string
}

// PreviewMembers reads a member file and plans what importing it would do
// (R23 to R25). A file that cannot be read is a Problem.
func (o *Office) PreviewMembers(ctx context.Context, f ImportFile) (MemberPreview, error) {
	file, err := intake.Read(f.Data, f.Name, pec.MemberLayout, f.Options)
	if err != nil {
		return MemberPreview{}, err
	}
	return o.PlanMembers(ctx, file)
}

// PlanMembers plans a member file that was read.
func (o *Office) PlanMembers(ctx context.Context, file *intake.File) (p MemberPreview, err error) {
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		p, err = o.planMembers(tx, file)
		return err
	})
	return p, err
}

func (o *Office) planMembers(tx *db.ReadTx, file *intake.File) (MemberPreview, error) {
	p := MemberPreview{File: file}
	var err error
	if p.stamp, err = tx.RegisterStamp(); err != nil {
		return p, err
	}
	in := pec.MemberImport{Rows: file.Rows, Mapping: file.Mapping, Today: o.Today()}
	known, err := tx.Members()
	if err != nil {
		return p, err
	}
	for _, m := range known {
		in.Known = append(in.Known, m.Member)
	}
	if in.Domains, err = tx.Domains(); err != nil {
		return p, err
	}
	if in.Addresses, err = tx.AddressHolders(); err != nil {
		return p, err
	}
	p.Plan = pec.PlanMembers(in)
	var refused []pec.Row
	names := map[int]string{}
	for _, r := range p.Plan.Rows {
		if r.Outcome == pec.OutcomeRefused {
			refused = append(refused, r.Source)
		}
		if len(r.Problems) > 0 {
			names[r.Source.Number] = r.After.FullName()
		}
	}
	p.Report = report(file, p.Plan.Counts(), len(p.Plan.Missing), p.Plan.Problems(), refused)
	p.Report.Names = names
	return p, nil
}

// errChanged says that what would be written is not what was shown.
var errChanged = pec.Refuse("import_changed", "Dopo l’anteprima l’albo è cambiato: non è stato scritto nulla. Controlli la nuova anteprima e confermi di nuovo.")

// WriteMembers imports a member file in one transaction. With the fingerprint
// of a preview it writes just what was shown, or nothing; strict writes nothing
// when a row is refused: the report comes back with Batch 0.
func (o *Office) WriteMembers(ctx context.Context, actor string, f ImportFile, seen string, strict bool) (ImportReport, error) {
	p, err := o.PreviewMembers(ctx, f)
	if err != nil {
		return ImportReport{}, err
	}
	if strict && p.Report.Refused > 0 {
		return p.Report, nil
	}
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		if err := stillKept(tx, f); err != nil {
			return err
		}
		stamp, err := tx.RegisterStamp()
		if err != nil {
			return err
		}
		if stamp != p.stamp { // somebody wrote meanwhile
			if p, err = o.planMembers(&tx.ReadTx, p.File); err != nil {
				return err
			}
		}
		if seen != "" && p.Plan.Fingerprint() != seen {
			return errChanged
		}
		return writeMembers(tx, f, &p)
	})
	return p.Report, err
}

func writeMembers(tx *db.Tx, f ImportFile, p *MemberPreview) error {
	batch, err := tx.AddBatch(ImportMembers, f.Name, f.sha256())
	if err != nil {
		return err
	}
	p.Report.Batch, p.Report.Upload = batch, f.upload
	updated := p.Plan.With(pec.OutcomeUpdated)
	step := steps(f, p.Report)
	for _, r := range updated {
		number := r.Before.RegistrationNumber != r.After.RegistrationNumber
		code := r.Before.TaxCode != r.After.TaxCode
		if err := tx.ClearMemberKeys(r.MemberID, number, code && !number); err != nil {
			return err
		}
	}
	for _, r := range updated {
		if err := updateMember(tx, batch, r); err != nil {
			return fmt.Errorf("row %d: %w", r.Source.Number, err)
		}
		step()
	}
	for _, r := range p.Plan.With(pec.OutcomeCreated) {
		if err := createMember(tx, batch, r); err != nil {
			return fmt.Errorf("row %d: %w", r.Source.Number, err)
		}
		step()
	}
	return finishBatch(tx, batch, ImportMembers, p.Report)
}

// steps tells the file's listener of each row written.
func steps(f ImportFile, r ImportReport) func() {
	done := 0
	return func() {
		if done++; f.Progress != nil {
			f.Progress(done, r.Created+r.Updated)
		}
	}
}

func finishBatch(tx *db.Tx, batch int64, kind string, r ImportReport) error {
	doc, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("report of batch %d: %w", batch, err)
	}
	if err := tx.SetBatchReport(batch, doc); err != nil {
		return err
	}
	if r.Upload != 0 {
		if err := tx.DeleteUpload(r.Upload); err != nil {
			return err
		}
	}
	return tx.Record("import."+kind, "batch", batch, map[string]any{
		"rows": r.Rows, "created": r.Created, "updated": r.Updated, "unchanged": r.Unchanged, "refused": r.Refused})
}

func createMember(tx *db.Tx, batch int64, r pec.MemberRow) error {
	m := db.MemberRow{Member: r.After, ReservedAddress: r.ReservedAddress}
	if !m.Status.OnRegister() {
		m.LeftRegisteredOn = tx.On
	}
	id, err := tx.AddMember(m)
	if err != nil {
		return err
	}
	return tx.AddChange(batch, db.Change{Entity: "member", ID: id, Version: 1})
}

func updateMember(tx *db.Tx, batch int64, r pec.MemberRow) error {
	m, err := tx.Member(r.MemberID)
	if err != nil {
		return err
	}
	before := m
	before.Member = r.Before // the row read now may have its keys cleared
	before.PasswordHash = "" // no import changes it: it does not belong among what is kept
	leaves := r.Before.Status.OnRegister() != r.After.Status.OnRegister() || r.Before.LeftOn != r.After.LeftOn
	if leaves {
		// What fell due before the leaving was known is carried out as daily
		// runs would have done (R6, 9.3).
		if err := overdue(tx, m.ID); err != nil {
			return err
		}
		if err := standingFrom(tx, m.ID); err != nil {
			return err
		}
	}
	m.Member = r.After
	m.ID = r.MemberID
	setLeaving(tx, &m, r.Before)
	if r.ReservedAddress != "" {
		m.ReservedAddress = r.ReservedAddress
	}
	if err := tx.SetMember(m); err != nil {
		return err
	}
	if leaves {
		if err := mark(tx, m.ID, 0, tx.On); err != nil {
			return err
		}
	}
	for _, c := range r.Changes {
		if err := tx.AddMemberHistory(m.ID, db.FieldChange{Field: string(c.Field), Old: c.Old, New: c.New, Batch: batch}); err != nil {
			return err
		}
	}
	doc, err := json.Marshal(before)
	if err != nil {
		return err
	}
	return tx.AddChange(batch, db.Change{Entity: "member", ID: m.ID, Version: m.Version + 1, Before: doc})
}

// standingFrom refuses a change of standing on a day before the member's latest
// event, or one of their mailboxes'.
func standingFrom(tx *db.Tx, member int64) error {
	m, err := tx.Member(member)
	if err != nil {
		return err
	}
	boxes, err := tx.MailboxesOf(member)
	if err != nil {
		return err
	}
	last := m.LastEventOn
	for _, b := range boxes {
		if b.LastEventOn.After(last) {
			last = b.LastEventOn
		}
	}
	return notBefore(tx.On, "l’iscrizione di "+m.FullName(), last)
}

// setLeaving keeps the day on which a leaving was registered, and forgets it
// when the member is back (9.3).
func setLeaving(tx *db.Tx, m *db.MemberRow, before pec.Member) {
	switch {
	case m.Status.OnRegister():
		m.LeftRegisteredOn = pec.Date{}
	case before.Status.OnRegister() || m.LeftRegisteredOn.IsZero() || before.LeftOn != m.LeftOn: // a corrected day is registered anew
		m.LeftRegisteredOn = tx.On
	}
}

// ServicePreview is a provider's statement read and planned, nothing written.
type ServicePreview struct {
	File   *intake.File
	Plan   pec.ServicePlan
	Report ImportReport
	stamp  string
}

// PreviewServices reads the provider's statement of services that members
// bought there, and plans what importing it would do.
func (o *Office) PreviewServices(ctx context.Context, f ImportFile) (ServicePreview, error) {
	file, err := intake.Read(f.Data, f.Name, pec.ServiceLayout, f.Options)
	if err != nil {
		return ServicePreview{}, err
	}
	return o.PlanServices(ctx, file)
}

// PlanServices plans a provider's statement that was read.
func (o *Office) PlanServices(ctx context.Context, file *intake.File) (p ServicePreview, err error) {
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		p, err = o.planServices(tx, file)
		return err
	})
	return p, err
}

func (o *Office) planServices(tx *db.ReadTx, file *intake.File) (ServicePreview, error) {
	p := ServicePreview{File: file}
	var err error
	if p.stamp, err = tx.RegisterStamp(); err != nil {
		return p, err
	}
	in := pec.ServiceImport{Rows: file.Rows, Mapping: file.Mapping}
	boxes, err := tx.Mailboxes()
	if err != nil {
		return p, err
	}
	for _, b := range boxes {
		in.Mailboxes = append(in.Mailboxes, b.Mailbox)
	}
	agreements, err := tx.Agreements()
	if err != nil {
		return p, err
	}
	for _, a := range slices.Backward(agreements) {
		for _, product := range a.Products {
			if !slices.ContainsFunc(in.Products, func(x pec.Product) bool { return x.Code == product.Code }) {
				in.Products = append(in.Products, product)
			}
		}
	}
	known, err := tx.ProviderServices()
	if err != nil {
		return p, err
	}
	for _, s := range known {
		in.Known = append(in.Known, pec.StatedService{
			ID: s.ID, MailboxID: s.MailboxID, Address: s.Address, Product: s.Product, Quantity: s.Quantity,
			From: s.StartedOn, To: s.ExpiresOn, Net: s.Net,
		})
	}
	p.Plan = pec.PlanServices(in)
	var refused []pec.Row
	names := map[int]string{}
	for _, r := range p.Plan.Rows {
		if r.Outcome == pec.OutcomeRefused {
			refused = append(refused, r.Source)
		}
		if len(r.Problems) > 0 {
			names[r.Source.Number] = r.Mailbox.Address
		}
	}
	p.Report = report(file, p.Plan.Counts(), len(p.Plan.Missing), p.Plan.Problems(), refused)
	p.Report.Names = names
	return p, nil
}

// WriteServices imports a provider's statement in one transaction, as
// WriteMembers does a member file.
func (o *Office) WriteServices(ctx context.Context, actor string, f ImportFile, seen string, strict bool) (ImportReport, error) {
	p, err := o.PreviewServices(ctx, f)
	if err != nil {
		return ImportReport{}, err
	}
	if strict && p.Report.Refused > 0 {
		return p.Report, nil
	}
	err = o.write(ctx, actor, func(tx *db.Tx) error {
		if err := stillKept(tx, f); err != nil {
			return err
		}
		stamp, err := tx.RegisterStamp()
		if err != nil {
			return err
		}
		if stamp != p.stamp {
			if p, err = o.planServices(&tx.ReadTx, p.File); err != nil {
				return err
			}
		}
		if seen != "" && p.Plan.Fingerprint() != seen {
			return errChanged
		}
		// What was overdue may close a mailbox or end a service: the rows are
		// judged again on what is then true.
		for _, r := range p.Plan.Rows {
			if r.Mailbox.MemberID == 0 {
				continue
			}
			if err := overdue(tx, r.Mailbox.MemberID); err != nil {
				return err
			}
		}
		if p, err = o.planServices(&tx.ReadTx, p.File); err != nil {
			return err
		}
		if strict && p.Report.Refused > 0 {
			return errStrict
		}
		return writeServices(tx, f, &p)
	})
	if err == errStrict {
		err = nil
	}
	return p.Report, err
}

// errStrict takes back an import that may not refuse a row.
var errStrict = pec.Refuse("row_refused", "Una riga è respinta: non è stato scritto nulla.")

func writeServices(tx *db.Tx, f ImportFile, p *ServicePreview) error {
	batch, err := tx.AddBatch(ImportServices, f.Name, f.sha256())
	if err != nil {
		return err
	}
	p.Report.Batch, p.Report.Upload = batch, f.upload
	names, err := productNames(&tx.ReadTx)
	if err != nil {
		return err
	}
	step := steps(f, p.Report)
	for _, r := range p.Plan.Rows {
		if r.Outcome != pec.OutcomeCreated && r.Outcome != pec.OutcomeUpdated {
			continue
		}
		if err := writeService(tx, batch, r, names); err != nil {
			return fmt.Errorf("row %d: %w", r.Source.Number, err)
		}
		step()
	}
	return finishBatch(tx, batch, ImportServices, p.Report)
}

// productNames is what the agreements call each product, the latest first.
func productNames(tx *db.ReadTx) (map[string]string, error) {
	agreements, err := tx.Agreements()
	names := map[string]string{}
	for _, a := range agreements {
		for _, p := range a.Products {
			names[p.Code] = p.Name
		}
	}
	return names, err
}

func writeService(tx *db.Tx, batch int64, r pec.ServiceRow, names map[string]string) error {
	after := r.After
	if r.Outcome == pec.OutcomeCreated {
		id, err := tx.AddService(db.ServiceRow{
			Service: pec.Service{
				MailboxID: after.MailboxID, Product: after.Product, Quantity: after.Quantity,
				StartedOn: after.From, ExpiresOn: after.To, AutoRenew: true, Source: pec.SoldByProvider,
			},
			ProductName: names[after.Product], Net: after.Net, BatchID: batch,
		})
		if err != nil {
			return err
		}
		return tx.AddChange(batch, db.Change{Entity: "service", ID: id})
	}
	s, err := tx.Service(r.Before.ID)
	if err != nil {
		return err
	}
	doc, err := json.Marshal(s)
	if err != nil {
		return err
	}
	s.Quantity, s.NextQuantity, s.StartedOn, s.ExpiresOn, s.Net = after.Quantity, after.Quantity, after.From, after.To, after.Net
	s.EndedOn, s.EndReason = pec.Date{}, "" // listed again: it runs
	if err := tx.SetService(s); err != nil {
		return err
	}
	return tx.AddChange(batch, db.Change{Entity: "service", ID: s.ID, Before: doc})
}

// Undone is what taking an import back did (R24).
type Undone struct {
	Restored int    `json:"restored"`
	Removed  int    `json:"removed"`
	Kept     []Kept `json:"kept"`
}

// Kept is something that an undo left as it is, and why.
type Kept struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// UndoImport takes back what an import did and nobody touched since; the rest
// is listed with its reason (R24). What only later imports touched that were
// taken back themselves counts as not touched.
func (o *Office) UndoImport(ctx context.Context, actor string, batch int64) (Undone, error) {
	done := Undone{Kept: []Kept{}}
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		changes, err := changesToUndo(&tx.ReadTx, batch)
		if err != nil {
			return err
		}
		u := undoing{tx: tx, batch: batch, done: &done}
		for _, c := range changes {
			undo := u.member
			if c.Entity == "service" {
				undo = u.service
			}
			if err := undo(c); err != nil {
				return err
			}
		}
		if err := u.restoreExchanged(); err != nil {
			return err
		}
		doc, err := json.Marshal(done)
		if err != nil {
			return err
		}
		if err := tx.SetBatchUndone(batch, doc); err != nil {
			return err
		}
		return tx.Record("import.undone", "batch", batch, map[string]any{"restored": done.Restored, "removed": done.Removed, "kept": len(done.Kept)})
	})
	return done, err
}

// PreviewUndo tells what UndoImport would do now, and writes nothing. Values
// that meanwhile belong to somebody else come to light only in the write.
func (o *Office) PreviewUndo(ctx context.Context, batch int64) (Undone, error) {
	would := Undone{Kept: []Kept{}}
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		changes, err := changesToUndo(tx, batch)
		if err != nil {
			return err
		}
		for _, c := range changes {
			name, why, err := "", "", error(nil)
			if c.Entity == "service" {
				_, name, why, err = serviceToUndo(tx, batch, c)
			} else {
				_, name, why, err = memberToUndo(tx, batch, c)
			}
			switch {
			case err != nil:
				return err
			case why != "":
				would.Kept = append(would.Kept, Kept{c.ID, name, why})
			case c.Before == nil:
				would.Removed++
			default:
				would.Restored++
			}
		}
		return nil
	})
	return would, err
}

func changesToUndo(tx *db.ReadTx, batch int64) ([]db.Change, error) {
	b, err := tx.Batch(batch)
	if err != nil {
		return nil, err
	}
	if !b.UndoneAt.IsZero() {
		return nil, pec.Refuse("batch_undone", "L’importazione %d è già stata annullata.", batch)
	}
	return tx.Changes(batch)
}

type undoing struct {
	tx    *db.Tx
	batch int64
	done  *Undone
	// exchanged are members whose values of before are, for now, another's: two
	// who exchanged their numbers go back together.
	exchanged []restoring
}

type restoring struct{ now, before db.MemberRow }

func (u *undoing) keep(id int64, name, why string) {
	u.done.Kept = append(u.done.Kept, Kept{id, name, why})
}

const takenByAnother = "i valori di prima ora sono di un altro iscritto"

func (u *undoing) member(c db.Change) error {
	m, name, why, err := memberToUndo(&u.tx.ReadTx, u.batch, c)
	if err != nil {
		return err
	}
	if why != "" {
		u.keep(c.ID, name, why)
		return nil
	}
	if c.Before == nil {
		if u.tx.Try(func() error { return u.tx.DeleteMember(m.ID) }) != nil {
			u.keep(m.ID, name, "è già usato altrove nel programma")
			return nil
		}
		u.done.Removed++
		return nil
	}
	var before db.MemberRow
	if err := json.Unmarshal(c.Before, &before); err != nil {
		return fmt.Errorf("what member %d was: %w", m.ID, err)
	}
	r := restoring{m, before}
	if m.Status.OnRegister() != before.Status.OnRegister() || m.LeftOn != before.LeftOn {
		if err := overdue(u.tx, m.ID); err != nil {
			return err
		}
	}
	if u.tx.Try(func() error { return r.restore(u.tx) }) != nil {
		u.exchanged = append(u.exchanged, r)
		return nil
	}
	u.done.Restored++
	return nil
}

// restoreExchanged restores together those whose numbers and codes each other
// holds; who stands in the way of the others is kept.
func (u *undoing) restoreExchanged() error {
	for len(u.exchanged) > 0 {
		stuck := -1
		err := u.tx.Try(func() error {
			for _, r := range u.exchanged {
				number := r.now.RegistrationNumber != r.before.RegistrationNumber
				code := r.now.TaxCode != r.before.TaxCode
				if err := u.tx.ClearMemberKeys(r.now.ID, number, code && !number); err != nil {
					return err
				}
			}
			for i, r := range u.exchanged {
				if err := r.restore(u.tx); err != nil {
					stuck = i
					return err
				}
			}
			return nil
		})
		if err == nil {
			u.done.Restored += len(u.exchanged)
			return nil
		}
		if stuck < 0 {
			return err
		}
		r := u.exchanged[stuck]
		u.keep(r.now.ID, r.now.FullName(), takenByAnother)
		u.exchanged = slices.Delete(u.exchanged, stuck, stuck+1)
	}
	return nil
}

// restore writes a member as it was before the import.
func (r restoring) restore(tx *db.Tx) error {
	for _, f := range pec.MemberFields {
		old, now := r.now.Get(f.Field), r.before.Get(f.Field)
		if old == now {
			continue
		}
		if err := tx.AddMemberHistory(r.now.ID, db.FieldChange{Field: string(f.Field), Old: old, New: now}); err != nil {
			return err
		}
	}
	r.before.ID = r.now.ID
	return tx.SetMember(r.before)
}

// memberToUndo loads a member that an import created or changed and says why
// it has to stay as it is, empty when it has not.
// closedSince says that a leaver's mailbox has closed since the leaving was
// registered: coming back would not open it again.
func closedSince(tx *db.ReadTx, m db.MemberRow) (string, error) {
	boxes, err := tx.MailboxesOf(m.ID)
	for _, b := range boxes {
		if !m.Status.OnRegister() && b.CloseReason == pec.CloseLeaver && !b.ClosedOn.Before(m.LeftRegisteredOn) {
			return "la casella si è già chiusa: per riammetterlo cambi lo stato e richieda una nuova casella", err
		}
	}
	return "", err
}

func memberToUndo(tx *db.ReadTx, batch int64, c db.Change) (m db.MemberRow, name, why string, err error) {
	m, err = tx.Member(c.ID)
	if pec.AsProblem(err) != nil {
		return m, "", "non c’è più", nil
	}
	if err != nil {
		return m, "", "", err
	}
	if m.Version != c.Version {
		// Each import that touched it later and was taken back has written it twice.
		undone, _, err := tx.LaterImports(batch, c.Entity, c.ID)
		if err != nil || m.Version != c.Version+2*undone {
			return m, m.FullName(), "è stato modificato dopo l’importazione", err
		}
	}
	if c.Before != nil {
		why, err := closedSince(tx, m)
		return m, m.FullName(), why, err
	}
	used, err := tx.MemberIsUsed(m.ID)
	if used {
		why = "ha già una casella, un movimento o una password"
	}
	return m, m.FullName(), why, err
}

func (u *undoing) service(c db.Change) error {
	s, name, why, err := serviceToUndo(&u.tx.ReadTx, u.batch, c)
	if err != nil {
		return err
	}
	if why != "" {
		u.keep(c.ID, name, why)
		return nil
	}
	box, err := u.tx.Mailbox(s.MailboxID)
	if err != nil {
		return err
	}
	if err := overdue(u.tx, box.MemberID); err != nil {
		return err
	}
	if s, name, why, err = serviceToUndo(&u.tx.ReadTx, u.batch, c); err != nil || why != "" { // it may have ended just now
		u.keep(c.ID, name, why)
		return err
	}
	if c.Before == nil {
		u.done.Removed++
		return u.tx.DeleteService(s.ID)
	}
	var before db.ServiceRow
	if err := json.Unmarshal(c.Before, &before); err != nil {
		return fmt.Errorf("what service %d was: %w", s.ID, err)
	}
	u.done.Restored++
	return u.tx.SetService(before)
}

// serviceToUndo is memberToUndo for a service of a provider's statement.
func serviceToUndo(tx *db.ReadTx, batch int64, c db.Change) (s db.ServiceRow, name, why string, err error) {
	s, err = tx.Service(c.ID)
	if pec.AsProblem(err) != nil {
		return s, "", "non c’è più", nil
	}
	if err != nil {
		return s, "", "", err
	}
	name = s.Address + ", " + s.ProductName
	if !s.EndedOn.IsZero() {
		return s, name, "il servizio è già cessato", nil
	}
	_, standing, err := tx.LaterImports(batch, c.Entity, c.ID)
	if standing > 0 {
		why = "è stato modificato da un’importazione successiva"
	}
	return s, name, why, err
}

// KeepUpload keeps a file that was sent, so that its preview can be looked at,
// left and come back to.
func (o *Office) KeepUpload(ctx context.Context, actor, kind string, f ImportFile) (int64, error) {
	options, err := json.Marshal(f.Options)
	if err != nil {
		return 0, err
	}
	var id int64
	err = o.write(ctx, actor, func(tx *db.Tx) (err error) {
		id, err = tx.AddUpload(db.Upload{Kind: kind, Filename: f.Name, SHA256: f.sha256(), Content: f.Data, Options: options})
		if err != nil {
			return err
		}
		return tx.Record("upload", "upload", id, map[string]any{"kind": kind, "filename": f.Name, "bytes": len(f.Data)})
	})
	return id, err
}

// ReadUploadAs keeps how a file that was sent is to be read.
func (o *Office) ReadUploadAs(ctx context.Context, actor string, id int64, options ReadingOptions) error {
	doc, err := json.Marshal(options)
	if err != nil {
		return err
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		if _, err := tx.Upload(id); err != nil {
			return err
		}
		if err := tx.SetUploadOptions(id, doc); err != nil {
			return err
		}
		return tx.Record("upload.options", "upload", id, options)
	})
}

// DropUpload forgets a file that was sent.
func (o *Office) DropUpload(ctx context.Context, actor string, id int64) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		if err := tx.DeleteUpload(id); err != nil {
			return err
		}
		return tx.Record("upload.dropped", "upload", id, nil)
	})
}

// Upload returns a file that was sent, ready to be previewed or written.
func (o *Office) Upload(ctx context.Context, id int64) (kind string, f ImportFile, err error) {
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		u, err := tx.Upload(id)
		if err != nil {
			return err
		}
		kind, f = u.Kind, ImportFile{Name: u.Filename, Data: u.Content, upload: id}
		return json.Unmarshal(u.Options, &f.Options)
	})
	return kind, f, err
}

// stillKept refuses to write a kept file that was written or dropped meanwhile.
func stillKept(tx *db.Tx, f ImportFile) error {
	if f.upload == 0 {
		return nil
	}
	kept, err := tx.HasUpload(f.upload)
	if err == nil && !kept {
		err = pec.Refuse("upload_unknown", "Questo file è già stato importato, o tolto.")
	}
	return err
}

// WriteUpload imports a file that was sent, just as its preview with this
// fingerprint showed it, and drops it in the same transaction.
func (o *Office) WriteUpload(ctx context.Context, actor string, id int64, seen string, progress func(done, all int)) (ImportReport, error) {
	kind, f, err := o.Upload(ctx, id)
	if err != nil {
		return ImportReport{}, err
	}
	if seen == "" {
		return ImportReport{}, errChanged
	}
	f.Progress = progress
	if kind == ImportServices {
		return o.WriteServices(ctx, actor, f, seen, false)
	}
	return o.WriteMembers(ctx, actor, f, seen, false)
}

// LayoutOf is how files of a kind of import are laid out.
func LayoutOf(kind string) pec.Layout {
	if kind == ImportServices {
		return pec.ServiceLayout
	}
	return pec.MemberLayout
}

// LookAt reads a file without planning anything. A file that lacks something
// that a person can mend comes with its Problem: see intake.Read.
func LookAt(kind string, f ImportFile) (*ReadFile, error) {
	return intake.Read(f.Data, f.Name, LayoutOf(kind), f.Options)
}

// Recall reads a file as the latest import with the same columns was read, if
// an operator had said then what the columns are; otherwise as it reads by
// itself. The batch is that import's, 0 when none was followed.
func (o *Office) Recall(ctx context.Context, kind string, f ImportFile) (ReadingOptions, int64, error) {
	file, problem := LookAt(kind, f)
	if file == nil {
		return f.Options, 0, nil // it cannot be read at all: told where it is shown
	}
	var earlier []db.Reading
	err := o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		earlier, err = tx.Readings(kind, 20)
		return err
	})
	if err != nil {
		return f.Options, 0, err
	}
	for _, r := range earlier {
		if problem == nil && !slices.Equal(r.Header, titles(file)) {
			continue
		}
		if problem == nil && maps.Equal(r.Mapping, file.Mapping.ByHeader()) {
			return f.Options, 0, nil
		}
		try := f
		try.Options.Columns = map[string]string{}
		for _, title := range r.Header {
			try.Options.Columns[title] = r.Mapping[title]
		}
		if again, err := LookAt(kind, try); err == nil && slices.Equal(r.Header, titles(again)) {
			return try.Options, r.Batch, nil
		}
	}
	return f.Options, 0, nil
}

func titles(f *intake.File) []string {
	var list []string
	for _, c := range f.Mapping {
		list = append(list, c.Header)
	}
	return list
}

// WriteRejected writes the refused rows as a workbook, each with its reasons,
// to be mended and imported again (R24).
func (r ImportReport) WriteRejected(w io.Writer) error {
	at := map[string]int{}
	for i, title := range r.Header {
		at[title] = i
	}
	rows := make([]reports.Rejected, len(r.RefusedRows))
	byNumber := map[int]*reports.Rejected{}
	for i, row := range r.RefusedRows {
		rows[i].Cells = row.Cells
		byNumber[row.Number] = &rows[i]
	}
	for _, p := range r.Problems {
		row := byNumber[p.Row]
		if row == nil || p.Severity != pec.SeverityError {
			continue
		}
		row.Reason = strings.TrimSpace(row.Reason + " " + p.Text())
		if i, ok := at[p.Column]; ok {
			row.Columns = append(row.Columns, i)
		}
	}
	return reports.WriteRejected(w, r.Header, rows...)
}
