package db

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"albopec/app/pec"
)

// ProviderLayout returns how the provider wants its file.
func (tx *ReadTx) ProviderLayout() (pec.FileLayout, error) {
	list, err := all(tx, func(row scanner) (l pec.FileLayout, err error) {
		var doc []byte
		if err := row.Scan(&doc); err != nil {
			return l, err
		}
		return l, json.Unmarshal(doc, &l)
	}, `SELECT CAST(document AS BLOB) FROM provider_layout`)
	if err != nil || len(list) == 0 {
		return pec.DefaultFileLayout(), err
	}
	return list[0], nil
}

// SetProviderLayout stores how the provider wants its file.
func (tx *Tx) SetProviderLayout(l pec.FileLayout) error {
	doc, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("layout of the provider's file: %w", err)
	}
	return tx.exec(`INSERT INTO provider_layout (id, document) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document`, string(doc))
}

// ProviderFile is a file for the provider, kept as it was.
type ProviderFile struct {
	ID       int64
	Format   string // "csv", "xlsx"
	Requests int    // its rows
	Content  []byte // nil where it is not read
	MadeOn   pec.Date
	At       time.Time
	Actor    string
	// What has become of all the requests that it held, later files or not: the
	// five sum up to Requests. What was refused and given back is Rejected.
	Awaited, Unanswered, Done, Rejected, Dropped int
	// Again is how many of the Awaited a later file holds too, and AgainIn which.
	Again   int
	AgainIn []int64
}

// Waiting is how many of the requests await the answer to this file itself.
func (f ProviderFile) Waiting() int { return f.Awaited - f.Again }

// Name is the file's name: "albopec-gestore-12-2026-10-12.csv".
func (f ProviderFile) Name() string {
	return fmt.Sprintf("albopec-gestore-%d-%s.%s", f.ID, f.MadeOn, f.Format)
}

const providerFileColumns = `f.id, f.format, f.requests, f.made_on, f.at, f.actor,
	COUNT(*) FILTER (WHERE r.state = 'sent'), COUNT(*) FILTER (WHERE r.state = 'unknown'), COUNT(*) FILTER (WHERE r.state = 'done'),
	COUNT(*) FILTER (WHERE r.state = 'rejected' OR ` + givenBackOn + ` IS NOT NULL), COUNT(*) FILTER (WHERE r.state = 'dropped' AND ` + givenBackOn + ` IS NULL),
	COUNT(*) FILTER (WHERE r.state = 'sent' AND r.file_id > f.id),
	json_group_array(DISTINCT r.file_id) FILTER (WHERE r.state = 'sent' AND r.file_id > f.id)`

const providerFileTables = `provider_files f LEFT JOIN provider_file_rows x ON x.file_id = f.id LEFT JOIN provider_requests r ON r.id = x.request_id`

// scan reads a file's columns, and what else is given.
func (f *ProviderFile) scan(row scanner, also ...any) error {
	var againIn []byte
	err := row.Scan(append([]any{
		&f.ID, &f.Format, &f.Requests, dayInto{&f.MadeOn}, instantInto{&f.At}, &f.Actor,
		&f.Awaited, &f.Unanswered, &f.Done, &f.Rejected, &f.Dropped, &f.Again, &againIn,
	}, also...)...)
	if err != nil {
		return err
	}
	err = json.Unmarshal(againIn, &f.AgainIn)
	slices.Sort(f.AgainIn)
	return err
}

// ProviderFile returns a file with its content.
func (tx *ReadTx) ProviderFile(id int64) (ProviderFile, error) {
	return one(tx, pec.Refuse("provider_file_unknown", "Il file %d per il gestore non esiste.", id), func(row scanner) (ProviderFile, error) {
		var f ProviderFile
		return f, f.scan(row, &f.Content)
	}, `SELECT `+providerFileColumns+`, f.content FROM `+providerFileTables+` WHERE f.id = ? GROUP BY f.id`, id)
}

// ProviderFiles returns the files, newest first, without their content.
func (tx *ReadTx) ProviderFiles(limit int) ([]ProviderFile, error) {
	return all(tx, func(row scanner) (ProviderFile, error) {
		var f ProviderFile
		return f, f.scan(row)
	}, `SELECT `+providerFileColumns+` FROM `+providerFileTables+`
		WHERE f.id IN (SELECT id FROM provider_files ORDER BY id DESC LIMIT ?) GROUP BY f.id ORDER BY f.id DESC`, limit)
}

// NextProviderFile is the number that the next file gets.
func (tx *ReadTx) NextProviderFile() (int64, error) {
	return value[int64](tx, `SELECT COALESCE(MAX(id), 0) + 1 FROM provider_files`)
}

// AddProviderFile keeps a file with the number and the day that it has.
func (tx *Tx) AddProviderFile(f ProviderFile) error {
	return tx.exec(`INSERT INTO provider_files (id, format, requests, content, made_on, at, actor) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		f.ID, f.Format, f.Requests, f.Content, day(f.MadeOn), instant(tx.Now), tx.Actor)
}

// ProviderRequest is a request with what the program keeps beside it.
type ProviderRequest struct {
	pec.Request
	FileID  int64  // the latest; 0 when told without one
	BatchID int64  // the file of outcomes that answered, 0 for none
	By      string // who marked it as done by hand; empty when a file answered
}

const requestColumns = `r.id, r.mailbox_id, r.operation, r.kind, r.extra_gb, r.due_on, r.state, r.first_on, r.sent_on, r.answered_on, r.reason,
	r.address, r.product, r.quantity, COALESCE(r.file_id, 0), COALESCE(r.batch_id, 0), r.answered_by, ` + givenBackOn + `, ` + wasRefused

// wasRefused says of a request r that was given up that the provider had refused it:
// of another no answer came, or it was marked as done by hand.
const wasRefused = `r.state = 'dropped' AND r.answered_on IS NOT NULL AND (r.answered_by = '' OR r.reason <> '')`

// givenBackOn is the day on which a service that a request r was refused for came
// back to the credit; null of any other. A refusal that was asked for again before is
// told so too: what it asked for came back.
const givenBackOn = `CASE WHEN r.state = 'dropped' AND r.answered_on IS NOT NULL AND r.answered_by = '' AND r.operation IN ('space', 'service') THEN
	(SELECT MAX(c.day_on) FROM services s JOIN order_lines l ON l.service_id = s.id JOIN recredits c ON c.line_id = l.id
		WHERE s.mailbox_id = r.mailbox_id AND s.product = iif(r.operation = 'space', 'inbox_gb', r.product) AND s.started_on <= r.due_on AND c.day_on >= r.answered_on) END`

func (r *ProviderRequest) into() []any {
	return []any{
		&r.ID, &r.MailboxID, &r.Operation, &r.Kind, &r.ExtraGB, dayInto{&r.DueOn}, &r.State, dayInto{&r.FirstOn}, dayInto{&r.SentOn}, dayInto{&r.AnsweredOn}, &r.Reason,
		&r.Address, &r.Product, &r.Quantity, &r.FileID, &r.BatchID, &r.By, dayInto{&r.GivenBackOn}, &r.WasRefused,
	}
}

func scanRequest(row scanner) (ProviderRequest, error) {
	var r ProviderRequest
	return r, row.Scan(r.into()...)
}

// ProviderRequest returns one request.
func (tx *ReadTx) ProviderRequest(id int64) (ProviderRequest, error) {
	return one(tx, pec.Refuse("request_unknown", "La richiesta al gestore non esiste."), scanRequest,
		`SELECT `+requestColumns+` FROM provider_requests r WHERE r.id = ?`, id)
}

// RequestsOf returns what was asked for a mailbox, oldest first.
func (tx *ReadTx) RequestsOf(mailbox int64) ([]ProviderRequest, error) {
	return all(tx, scanRequest, `SELECT `+requestColumns+` FROM provider_requests r WHERE r.mailbox_id = ? ORDER BY r.id`, mailbox)
}

// AddProviderRequest adds a request, with the address that its mailbox has now,
// and returns its id.
func (tx *Tx) AddProviderRequest(r ProviderRequest) (int64, error) {
	return tx.insert(`INSERT INTO provider_requests (mailbox_id, operation, kind, extra_gb, due_on, state, first_on, sent_on, file_id, answered_on, reason, batch_id,
			product, quantity, answered_by, address)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULLIF(?9, 0), ?10, ?11, NULLIF(?12, 0), ?13, ?14, ?15, (SELECT address FROM mailboxes WHERE id = ?1))`,
		r.MailboxID, r.Operation, r.Kind, r.ExtraGB, day(r.DueOn), r.State, day(r.FirstOn), day(r.SentOn), r.FileID, day(r.AnsweredOn), r.Reason, r.BatchID,
		r.Product, r.Quantity, r.By)
}

// SetProviderRequest writes where a request is.
func (tx *Tx) SetProviderRequest(r ProviderRequest) error {
	return tx.exec(`UPDATE provider_requests SET state = ?, sent_on = ?, file_id = NULLIF(?, 0), answered_on = ?, reason = ?, batch_id = NULLIF(?, 0), answered_by = ? WHERE id = ?`,
		r.State, day(r.SentOn), r.FileID, day(r.AnsweredOn), r.Reason, r.BatchID, r.By, r.ID)
}

// PutInFile notes that a file holds a request.
func (tx *Tx) PutInFile(file, request int64) error {
	return tx.exec(`INSERT INTO provider_file_rows (file_id, request_id) VALUES (?, ?)`, file, request)
}

// DeleteProviderRequest removes a request that was never sent (undo of its
// answer).
func (tx *Tx) DeleteProviderRequest(id int64) error {
	return tx.exec(`DELETE FROM provider_requests WHERE id = ?`, id)
}

// firstKind is the kind of a mailbox's first term; null before it has one.
const firstKind = `(SELECT NULLIF(p.kind, '') FROM periods p WHERE p.mailbox_id = b.id ORDER BY p.starts_on LIMIT 1)`

// kindChangedOn is the latest day on which a mailbox's kind changed: when an
// order changed it at once, or at the start of a term that has begun; empty for
// never. A term that began with another kind than an order had given the mailbox
// at once changed it too.
const kindChangedOn = `max(
	COALESCE((SELECT MAX(o.completed_on) FROM orders o JOIN renewal_orders r ON r.order_id = o.id WHERE o.mailbox_id = b.id AND o.state = 'completed' AND r.at_once = 1), ''),
	COALESCE((SELECT MAX(p.starts_on) FROM periods p JOIN periods q ON q.mailbox_id = p.mailbox_id AND q.ends_on = p.starts_on AND (q.kind <> p.kind
			OR EXISTS (SELECT 1 FROM orders o JOIN renewal_orders r ON r.order_id = o.id
				WHERE o.mailbox_id = b.id AND o.state = 'completed' AND r.at_once = 1 AND r.kind <> p.kind AND o.completed_on >= q.starts_on AND o.completed_on < q.ends_on))
		WHERE p.mailbox_id = b.id AND (b.turns_on IS NULL OR p.starts_on < b.turns_on)), ''))`

// atProvider are the mailboxes that the next file may have to do with: any
// other has what the provider was last told.
const atProvider = `b.status = 'requested'
	OR b.status IN ('active', 'suspended') AND (b.kind <> ` + firstKind + `
		OR EXISTS (SELECT 1 FROM services s WHERE s.mailbox_id = b.id AND s.source = 'ordine')
		OR EXISTS (SELECT 1 FROM provider_requests r WHERE r.mailbox_id = b.id AND r.operation = 'space' AND r.kind <> b.kind))
	OR b.status = 'closed' AND NOT EXISTS (SELECT 1 FROM provider_requests r WHERE r.mailbox_id = b.id AND r.operation = 'close' AND r.state IN ('sent', 'done'))
	OR EXISTS (SELECT 1 FROM provider_requests r WHERE r.mailbox_id = b.id AND r.operation <> 'close' AND r.state <> 'done')`

var providerMailboxColumns = mailboxColumns + `, ` + providerHolderColumns + `,
	COALESCE((SELECT SUM(s.quantity) FROM services s WHERE s.mailbox_id = b.id AND s.product = 'inbox_gb' AND s.source = 'ordine' AND s.ended_on IS NULL), 0),
	COALESCE((SELECT SUM(s.listed_quantity) FROM services s WHERE s.mailbox_id = b.id AND s.product = 'inbox_gb'), 0),
	NULLIF(max(COALESCE((SELECT MAX(COALESCE(s.ended_on, s.started_on)) FROM services s WHERE s.mailbox_id = b.id AND s.product = 'inbox_gb' AND s.source = 'ordine'), ''),
		` + loweredOn("'inbox_gb'") + `,
		` + kindChangedOn + `), ''),
	(SELECT MAX(s.started_on) FROM services s WHERE s.mailbox_id = b.id AND s.product = 'inbox_gb' AND s.source = 'ordine' AND s.ended_on IS NULL),
	COALESCE(` + firstKind + `, '')`

const providerHolderColumns = `m.id, m.surname, m.name, COALESCE(m.registration_number, ''), COALESCE(m.tax_code, ''), m.status, m.email, m.mobile, m.birth_on, m.birth_place, m.sex, m.left_on, m.left_registered_on`

func scanProviderMailbox(row scanner) (pec.ProviderMailbox, error) {
	var b MailboxRow
	var p pec.ProviderMailbox
	h := &p.Holder
	err := row.Scan(append(b.into(), &h.ID, &h.Surname, &h.Name, &h.RegistrationNumber, &h.TaxCode, &h.Status, &h.Email, &h.Mobile, dayInto{&h.BirthDate}, &h.BirthPlace, &h.Sex, dayInto{&h.LeftOn}, dayInto{&p.LeftRegisteredOn},
		&p.ExtraGB, &p.ListedGB, dayInto{&p.SpaceSinceOn}, dayInto{&p.SpaceBegunOn}, &p.FirstKind)...)
	p.Mailbox, p.LastEventOn = b.Mailbox, b.LastEventOn
	return p, err
}

// ProviderMailbox returns one mailbox with what was asked for it.
func (tx *ReadTx) ProviderMailbox(id int64) (pec.ProviderMailbox, error) {
	list, err := tx.providerMailboxes(fmt.Sprintf(`b.id = %d`, id))
	if err == nil && len(list) == 0 {
		err = pec.Refuse("mailbox_unknown", "La casella non esiste.")
	}
	if err != nil {
		return pec.ProviderMailbox{}, err
	}
	return list[0], nil
}

// ProviderMailboxesOf returns some mailboxes, each with what was asked before, by
// their ids.
func (tx *ReadTx) ProviderMailboxesOf(ids []int64) (map[int64]pec.ProviderMailbox, error) {
	doc, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	list, err := tx.providerMailboxes(`b.id IN (SELECT value FROM json_each('` + string(doc) + `'))`) // numbers alone
	of := make(map[int64]pec.ProviderMailbox, len(list))
	for _, m := range list {
		of[m.Mailbox.ID] = m
	}
	return of, err
}

// MailboxesToAsk returns the mailboxes for which the next file may ask
// something, by address, each with what was asked before.
func (tx *ReadTx) MailboxesToAsk() ([]pec.ProviderMailbox, error) {
	return tx.providerMailboxes(atProvider)
}

// MailboxesAnswered returns all mailboxes, by address and age, each with what
// was asked: a file of outcomes may speak of any.
func (tx *ReadTx) MailboxesAnswered() ([]pec.ProviderMailbox, error) {
	return tx.providerMailboxes(`1`)
}

func (tx *ReadTx) providerMailboxes(where string) ([]pec.ProviderMailbox, error) {
	list, err := all(tx, scanProviderMailbox, `SELECT `+providerMailboxColumns+` FROM mailboxes b JOIN members m ON m.id = b.member_id WHERE `+where+` ORDER BY b.address, b.id`)
	if err != nil {
		return nil, err
	}
	at, ids := map[int64]int{}, make([]int64, len(list))
	for i, m := range list {
		at[m.Mailbox.ID], ids[i] = i, m.Mailbox.ID
	}
	found, err := json.Marshal(ids) // which they are was asked once: it may read all mailboxes
	if err != nil {
		return nil, err
	}
	const among = `b.id IN (SELECT value FROM json_each(?))`
	requests, err := all(tx, scanRequest, `SELECT `+requestColumns+` FROM provider_requests r JOIN mailboxes b ON b.id = r.mailbox_id WHERE `+among+` ORDER BY r.id`, string(found))
	if err != nil {
		return nil, err
	}
	for _, r := range requests {
		m := &list[at[r.MailboxID]]
		m.Requests = append(m.Requests, r.Request)
	}
	services, err := all(tx, scanProviderService, `SELECT `+providerServiceColumns+` FROM services s JOIN mailboxes b ON b.id = s.mailbox_id
		WHERE s.source = 'ordine' AND s.product <> 'inbox_gb' AND `+among+` GROUP BY b.id, s.product ORDER BY b.id, s.product`, string(found))
	for _, s := range services {
		m := &list[at[s.mailbox]]
		m.Services = append(m.Services, s.ProviderService)
	}
	return list, err
}

// RequestListed is a line of the lists of requests.
type RequestListed struct {
	ProviderRequest
	AddressNow string // its mailbox's
	MemberID   int64
	Holder     string
	Files      int // that held it
}

// RequestFilter says which requests a list holds.
type RequestFilter struct {
	File  int64  // that held them; 0 for all
	Batch int64  // the file of outcomes that answered; 0 for all
	State string // "awaited", "sent" for those of them that are not to be asked again, "rejected" for those still to be decided, or "" for all
	// Services limits the list to requests for services. State may then be
	// "presumed", what ran before the program asked, or "done", all that is said to
	// be done.
	Services bool
	Newest   bool  // the newest first, instead of the oldest
	After    int64 // keyset
	Before   int64
	Limit    int // 0: no limit
}

// refusalStands says of a request for space or a service that was refused that it
// is still to be decided: the mailbox shall have just that and nothing else was
// asked since; or there is a service that it refused, which the provider does not
// have, and no later request has refused it again, see pec.ProviderMailbox.Refusal.
// What was asked for again on somebody's word is dropped, and no refusal.
const refusalStands = `b.status IN ('active', 'suspended') AND (
	r.extra_gb + r.quantity = COALESCE((SELECT SUM(s.quantity) FROM services s WHERE ` + serviceAsked + `), 0)
		AND (r.operation = 'service' OR r.kind = b.kind)
		AND NOT EXISTS (SELECT 1 FROM services s WHERE ` + serviceAsked + ` AND s.started_on > r.due_on)
		AND NOT EXISTS (SELECT 1 FROM provider_requests later WHERE later.mailbox_id = r.mailbox_id AND later.operation = r.operation AND later.product = r.product
			AND later.id > r.id AND later.state <> 'dropped')
	OR EXISTS (SELECT 1 FROM (SELECT s.started_on, (SELECT SUM(x.quantity) FROM services x WHERE x.mailbox_id = s.mailbox_id AND x.product = s.product AND x.source = 'ordine'
				AND x.ended_on IS NULL AND (x.started_on, x.id) <= (s.started_on, s.id)) AS up_to
			FROM services s WHERE ` + serviceAsked + `) s
		WHERE s.started_on <= r.due_on AND s.up_to <= r.extra_gb + r.quantity
			AND s.up_to > COALESCE((SELECT d.extra_gb + d.quantity FROM provider_requests d WHERE d.mailbox_id = r.mailbox_id AND d.operation = r.operation
				AND d.product = r.product AND d.state = 'done' ORDER BY d.id DESC LIMIT 1), iif(r.operation = 'space', (SELECT SUM(x.listed_quantity) FROM services x
				WHERE x.mailbox_id = r.mailbox_id AND x.product = 'inbox_gb'), NULL), 0)
			AND NOT EXISTS (SELECT 1 FROM provider_requests later WHERE later.mailbox_id = r.mailbox_id AND later.operation = r.operation AND later.product = r.product
				AND later.id > r.id AND later.state = 'rejected' AND later.extra_gb + later.quantity >= s.up_to)))`

// serviceAsked are the running services s of what a request r asks for.
const serviceAsked = `s.mailbox_id = r.mailbox_id AND s.product = iif(r.operation = 'space', 'inbox_gb', r.product) AND s.source = 'ordine' AND s.ended_on IS NULL`

func (f RequestFilter) where() (string, []any) {
	where, args := `1`, []any{}
	if f.File != 0 {
		where += ` AND EXISTS (SELECT 1 FROM provider_file_rows x WHERE x.file_id = ? AND x.request_id = r.id)`
		args = append(args, f.File)
	}
	if f.Batch != 0 {
		where += ` AND r.batch_id = ?`
		args = append(args, f.Batch)
	}
	switch f.State {
	case "awaited":
		where += ` AND r.state IN ('sent', 'unknown')`
	case "sent":
		where += ` AND r.state = 'sent'`
	case "presumed":
		where += ` AND r.state = 'done' AND r.answered_on IS NULL AND b.status IN ('active', 'suspended')
			AND NOT EXISTS (SELECT 1 FROM provider_requests later WHERE later.mailbox_id = r.mailbox_id AND later.operation = r.operation AND later.product = r.product
				AND later.id > r.id AND later.state <> 'dropped')`
	case "done":
		where += ` AND r.state = 'done' AND r.answered_on IS NOT NULL`
	case "rejected":
		where += ` AND r.state = 'rejected' AND CASE WHEN r.operation IN ('space', 'service') THEN ` + refusalStands + `
			ELSE (r.operation <> 'activate' OR b.status = 'rejected') AND NOT EXISTS (SELECT 1 FROM provider_requests later
				WHERE later.mailbox_id = r.mailbox_id AND later.operation = r.operation AND later.id > r.id) END`
	}
	if f.Services {
		where += ` AND r.operation = 'service'`
	}
	return where, args
}

// RequestList returns the requests that match, the oldest first unless the filter
// says otherwise.
func (tx *ReadTx) RequestList(f RequestFilter) ([]RequestListed, error) {
	where, args := f.where()
	order, limit := `r.id`, -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	switch {
	case f.After != 0:
		where += ` AND r.id > ?`
		args = append(args, f.After)
	case f.Before != 0:
		where += ` AND r.id < ?`
		args = append(args, f.Before)
		order = `r.id DESC`
	case f.Newest:
		order = `r.answered_on DESC, r.id DESC`
	}
	list, err := all(tx, func(row scanner) (RequestListed, error) {
		var r RequestListed
		return r, row.Scan(append(r.into(), &r.AddressNow, &r.MemberID, &r.Holder, &r.Files)...)
	}, `SELECT `+requestColumns+`, b.address, m.id, rtrim(m.surname || ' ' || m.name), (SELECT COUNT(*) FROM provider_file_rows x WHERE x.request_id = r.id)
		FROM provider_requests r JOIN mailboxes b ON b.id = r.mailbox_id JOIN members m ON m.id = b.member_id
		WHERE `+where+` ORDER BY `+order+` LIMIT `+itoa(limit), args...)
	if f.Before != 0 && f.After == 0 {
		reverse(list)
	}
	return list, err
}

// RequestCount counts the requests that match, whatever page is shown, and
// tells when the oldest was sent.
func (tx *ReadTx) RequestCount(f RequestFilter) (n int, oldest pec.Date, err error) {
	where, args := f.where()
	type sum struct {
		n  int
		on pec.Date
	}
	s, err := one(tx, nil, func(row scanner) (sum, error) {
		var s sum
		return s, row.Scan(&s.n, dayInto{&s.on})
	}, `SELECT COUNT(*), MIN(r.sent_on) FROM provider_requests r JOIN mailboxes b ON b.id = r.mailbox_id WHERE `+where, args...)
	return s.n, s.on, err
}

// ActivatedMailboxes returns the running mailboxes that were activated within
// two days, both included, by address; of those that a file asked for when file
// is not 0.
func (tx *ReadTx) ActivatedMailboxes(from, to pec.Date, file int64) ([]int64, error) {
	where, args := `b.activated_on BETWEEN ? AND ?`, []any{day(from), day(to)}
	if file != 0 {
		where, args = `EXISTS (SELECT 1 FROM provider_file_rows x JOIN provider_requests r ON r.id = x.request_id
			WHERE x.file_id = ? AND r.mailbox_id = b.id AND r.operation = 'activate' AND r.state = 'done')`, []any{file}
	}
	return all(tx, func(row scanner) (id int64, err error) { return id, row.Scan(&id) },
		`SELECT b.id FROM mailboxes b WHERE b.status IN ('active', 'suspended') AND `+where+` ORDER BY b.address, b.id`, args...)
}
