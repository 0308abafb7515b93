package office

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"albopec/app/intake"
	"albopec/app/pec"
	"albopec/db"
)

// Kinds of imports.
const (
	ImportMembers  = "members"
	ImportServices = "services"
)

// ImportFile is a foreign file with the operator's choices of how to read it.
type ImportFile struct {
	Name    string
	Data    []byte
	Options intake.Options
}

func (f ImportFile) sha256() string {
	sum := sha256.Sum256(f.Data)
	return hex.EncodeToString(sum[:])
}

// ImportReport is what an import did, or would do: kept with its batch, shown
// on its page, printed by the command line.
type ImportReport struct {
	Batch     int64             `json:"batch"` // 0 while it is only a preview
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
	var p MemberPreview
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
	for _, r := range p.Plan.With(pec.OutcomeRefused) {
		refused = append(refused, r.Source)
	}
	p.Report = report(file, p.Plan.Counts(), len(p.Plan.Missing), p.Plan.Problems(), refused)
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
	p.Report.Batch = batch
	updated := p.Plan.With(pec.OutcomeUpdated)
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
	}
	for _, r := range p.Plan.With(pec.OutcomeCreated) {
		if err := createMember(tx, batch, r); err != nil {
			return fmt.Errorf("row %d: %w", r.Source.Number, err)
		}
	}
	return finishBatch(tx, batch, ImportMembers, p.Report)
}

func finishBatch(tx *db.Tx, batch int64, kind string, r ImportReport) error {
	doc, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("report of batch %d: %w", batch, err)
	}
	if err := tx.SetBatchReport(batch, doc); err != nil {
		return err
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
	if leaves := r.Before.Status.OnRegister() != r.After.Status.OnRegister() || r.Before.LeftOn != r.After.LeftOn; leaves {
		// What fell due before the leaving was known is carried out as daily
		// runs would have done (R6, 9.3).
		if err := overdue(tx, m.ID); err != nil {
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

// setLeaving keeps the day on which a leaving was registered, and forgets it
// when the member is back (9.3).
func setLeaving(tx *db.Tx, m *db.MemberRow, before pec.Member) {
	switch {
	case m.Status.OnRegister():
		m.LeftRegisteredOn = pec.Date{}
	case before.Status.OnRegister() || m.LeftRegisteredOn.IsZero():
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
	var p ServicePreview
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
	for _, r := range p.Plan.With(pec.OutcomeRefused) {
		refused = append(refused, r.Source)
	}
	p.Report = report(file, p.Plan.Counts(), len(p.Plan.Missing), p.Plan.Problems(), refused)
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
		return writeServices(tx, f, &p)
	})
	return p.Report, err
}

func writeServices(tx *db.Tx, f ImportFile, p *ServicePreview) error {
	batch, err := tx.AddBatch(ImportServices, f.Name, f.sha256())
	if err != nil {
		return err
	}
	p.Report.Batch = batch
	names, err := productNames(&tx.ReadTx)
	if err != nil {
		return err
	}
	for _, r := range p.Plan.Rows {
		if r.Outcome != pec.OutcomeCreated && r.Outcome != pec.OutcomeUpdated {
			continue
		}
		if err := writeService(tx, batch, r, names); err != nil {
			return fmt.Errorf("row %d: %w", r.Source.Number, err)
		}
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
	if err := overdue(tx, r.Mailbox.MemberID); err != nil {
		return err
	}
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
// is listed with its reason (R24).
func (o *Office) UndoImport(ctx context.Context, actor string, batch int64) (Undone, error) {
	done := Undone{Kept: []Kept{}}
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		b, err := tx.Batch(batch)
		if err != nil {
			return err
		}
		if !b.UndoneAt.IsZero() {
			return pec.Refuse("batch_undone", "L’importazione %d è già stata annullata.", batch)
		}
		changes, err := tx.Changes(batch)
		if err != nil {
			return err
		}
		for _, c := range changes {
			undo := undoMember
			if c.Entity == "service" {
				undo = undoService
			}
			if err := undo(tx, c, &done); err != nil {
				return err
			}
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

func undoMember(tx *db.Tx, c db.Change, done *Undone) error {
	m, err := tx.Member(c.ID)
	if pec.AsProblem(err) != nil {
		done.Kept = append(done.Kept, Kept{c.ID, "", "non c’è più"})
		return nil
	}
	if err != nil {
		return err
	}
	keep := func(why string) error {
		done.Kept = append(done.Kept, Kept{m.ID, m.FullName(), why})
		return nil
	}
	if m.Version != c.Version {
		return keep("è stato modificato dopo l’importazione")
	}
	if c.Before == nil {
		used, err := tx.MemberIsUsed(m.ID)
		if err != nil {
			return err
		}
		if used {
			return keep("ha già una casella, un movimento o una password")
		}
		done.Removed++
		return tx.DeleteMember(m.ID)
	}
	var before db.MemberRow
	if err := json.Unmarshal(c.Before, &before); err != nil {
		return fmt.Errorf("what member %d was: %w", m.ID, err)
	}
	err = tx.Try(func() error { return restoreMember(tx, m, before) })
	if err != nil {
		return keep("i valori di prima ora sono di un altro iscritto")
	}
	done.Restored++
	return nil
}

func restoreMember(tx *db.Tx, m, before db.MemberRow) error {
	if m.Status.OnRegister() != before.Status.OnRegister() {
		if err := overdue(tx, m.ID); err != nil {
			return err
		}
	}
	for _, f := range pec.MemberFields {
		old, now := m.Get(f.Field), before.Get(f.Field)
		if old == now {
			continue
		}
		if err := tx.AddMemberHistory(m.ID, db.FieldChange{Field: string(f.Field), Old: old, New: now}); err != nil {
			return err
		}
	}
	before.ID = m.ID
	return tx.SetMember(before)
}

func undoService(tx *db.Tx, c db.Change, done *Undone) error {
	s, err := tx.Service(c.ID)
	if pec.AsProblem(err) != nil {
		done.Kept = append(done.Kept, Kept{c.ID, "", "non c’è più"})
		return nil
	}
	if err != nil {
		return err
	}
	if c.Before == nil {
		if !s.EndedOn.IsZero() {
			done.Kept = append(done.Kept, Kept{s.ID, s.Address, "il servizio è già cessato"})
			return nil
		}
		done.Removed++
		return tx.DeleteService(s.ID)
	}
	var before db.ServiceRow
	if err := json.Unmarshal(c.Before, &before); err != nil {
		return fmt.Errorf("what service %d was: %w", s.ID, err)
	}
	done.Restored++
	return tx.SetService(before)
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
func (o *Office) ReadUploadAs(ctx context.Context, actor string, id int64, options intake.Options) error {
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
		kind, f = u.Kind, ImportFile{Name: u.Filename, Data: u.Content}
		return json.Unmarshal(u.Options, &f.Options)
	})
	return kind, f, err
}
