package db

import (
	"encoding/json"
	"strings"

	"albopec/app/pec"
)

// MailboxRow is a mailbox with what the program keeps beside it.
type MailboxRow struct {
	pec.Mailbox
	LastEventOn pec.Date
	BatchID     int64
	Version     int // grows at each change, as a member's does
}

const mailboxColumns = `b.id, b.address, b.member_id, b.kind, b.status, b.requested_on, b.sent_on, b.activated_on, b.anchor_on,
	b.expires_on, b.term_years, b.auto_renew, b.closed_on, b.close_reason, b.used_mb, b.rejection, b.last_event_on, COALESCE(b.batch_id, 0),
	b.turns_on, b.next_kind, b.version`

func (m *MailboxRow) into() []any {
	return []any{
		&m.ID, &m.Address, &m.MemberID, &m.Kind, &m.Status, dayInto{&m.RequestedOn}, dayInto{&m.SentOn}, dayInto{&m.ActivatedOn}, dayInto{&m.AnchorOn},
		dayInto{&m.ExpiresOn}, &m.TermYears, &m.AutoRenew, dayInto{&m.ClosedOn}, &m.CloseReason, &m.UsedMB, &m.Rejection, dayInto{&m.LastEventOn}, &m.BatchID,
		dayInto{&m.TurnsOn}, &m.NextKind, &m.Version,
	}
}

func scanMailbox(row scanner) (MailboxRow, error) {
	var m MailboxRow
	return m, row.Scan(m.into()...)
}

// Mailbox returns one mailbox.
func (tx *ReadTx) Mailbox(id int64) (MailboxRow, error) {
	return one(tx, pec.Refuse("mailbox_unknown", "La casella non esiste."), scanMailbox,
		`SELECT `+mailboxColumns+` FROM mailboxes b WHERE b.id = ?`, id)
}

// MailboxByAddress finds a mailbox by its address, in lower case: the one that
// is not closed, or else the one that closed last.
func (tx *ReadTx) MailboxByAddress(address string) (MailboxRow, error) {
	return one(tx, pec.Refuse("mailbox_unknown", "La casella «%s» non esiste.", address), scanMailbox,
		`SELECT `+mailboxColumns+` FROM mailboxes b WHERE b.address = ? ORDER BY b.status = 'closed', b.id DESC LIMIT 1`, address)
}

// MailboxesOf returns a member's mailboxes, the open ones first.
func (tx *ReadTx) MailboxesOf(member int64) ([]MailboxRow, error) {
	return all(tx, scanMailbox, `SELECT `+mailboxColumns+` FROM mailboxes b WHERE b.member_id = ? ORDER BY b.status = 'closed', b.address, b.id DESC`, member)
}

// MailboxesHeldBy returns the mailboxes of these members, each one's as
// MailboxesOf does.
func (tx *ReadTx) MailboxesHeldBy(members []int64) (map[int64][]MailboxRow, error) {
	ids, err := json.Marshal(members)
	if err != nil {
		return nil, err
	}
	list, err := all(tx, scanMailbox, `SELECT `+mailboxColumns+` FROM mailboxes b WHERE b.member_id IN (SELECT value FROM json_each(?))
		ORDER BY b.status = 'closed', b.address, b.id DESC`, string(ids))
	held := map[int64][]MailboxRow{}
	for _, b := range list {
		held[b.MemberID] = append(held[b.MemberID], b)
	}
	return held, err
}

// Mailboxes returns all mailboxes by address.
func (tx *ReadTx) Mailboxes() ([]MailboxRow, error) {
	return all(tx, scanMailbox, `SELECT `+mailboxColumns+` FROM mailboxes b ORDER BY b.address, b.id`)
}

// AddressHolder says who had an address last (0: nobody ever) and whether it is
// free to be requested, that is no mailbox that is not closed has it.
func (tx *ReadTx) AddressHolder(address string) (member int64, taken bool, err error) {
	m, err := value[int64](tx, `SELECT member_id FROM mailboxes WHERE address = ? ORDER BY status = 'closed', id DESC LIMIT 1`, address)
	if err != nil || m == 0 {
		r, rerr := value[int64](tx, `SELECT id FROM members WHERE reserved_address = ?`, address)
		if err == nil {
			err = rerr
		}
		return r, false, err
	}
	taken, err = value[bool](tx, `SELECT EXISTS (SELECT 1 FROM mailboxes WHERE address = ? AND status <> 'closed')`, address)
	return m, taken, err
}

// AddMailbox adds a mailbox and returns its id: one that the log has never
// told of, since mailboxes go when their requests are withdrawn.
func (tx *Tx) AddMailbox(m MailboxRow) (int64, error) {
	var batch any
	if m.BatchID != 0 {
		batch = m.BatchID
	}
	return tx.insert(`INSERT INTO mailboxes (id, address, member_id, kind, status, requested_on, sent_on, activated_on, anchor_on, expires_on,
			term_years, auto_renew, used_mb, last_event_on, batch_id, created_at)
		VALUES (1 + max(COALESCE((SELECT MAX(id) FROM mailboxes), 0), COALESCE((SELECT MAX(entity_id) FROM audit WHERE entity = 'mailbox'), 0)), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		m.Address, m.MemberID, m.Kind, m.Status, day(m.RequestedOn), day(m.SentOn), day(m.ActivatedOn), day(m.AnchorOn), day(m.ExpiresOn),
		m.TermYears, m.AutoRenew, m.UsedMB, day(m.LastEventOn), batch, instant(tx.Now))
}

// SetMailbox writes what changes in a mailbox's life.
func (tx *Tx) SetMailbox(m pec.Mailbox) error {
	return tx.exec(`UPDATE mailboxes SET address = ?, kind = ?, status = ?, requested_on = ?, sent_on = ?, activated_on = ?, anchor_on = ?, expires_on = ?,
			term_years = ?, auto_renew = ?, closed_on = ?, close_reason = ?, used_mb = ?, rejection = ?,
			turns_on = ?, next_kind = ?, version = version + 1 WHERE id = ?`,
		m.Address, m.Kind, m.Status, day(m.RequestedOn), day(m.SentOn), day(m.ActivatedOn), day(m.AnchorOn), day(m.ExpiresOn),
		m.TermYears, m.AutoRenew, day(m.ClosedOn), m.CloseReason, m.UsedMB, m.Rejection,
		day(m.TurnsOn), m.NextKind, m.ID)
}

// AddMailboxRequest keeps that a mailbox was asked for on its RequestedOn.
func (tx *Tx) AddMailboxRequest(m pec.Mailbox) error {
	return tx.exec(`INSERT INTO mailbox_requests (mailbox_id, member_id, address, kind, requested_on) VALUES (?, ?, ?, ?, ?)`,
		m.ID, m.MemberID, m.Address, m.Kind, day(m.RequestedOn))
}

// WithdrawMailboxRequest notes that the latest request of a mailbox was withdrawn
// today, and what it was.
func (tx *Tx) WithdrawMailboxRequest(m pec.Mailbox) error {
	return tx.exec(`UPDATE mailbox_requests SET withdrawn_on = ?, member_id = ?, address = ?, kind = ?
		WHERE id = (SELECT MAX(id) FROM mailbox_requests WHERE mailbox_id = ? AND withdrawn_on IS NULL)`,
		day(tx.On), m.MemberID, m.Address, m.Kind, m.ID)
}

// RequestWithdrawn reports whether a mailbox with this address went because its
// request was withdrawn.
func (tx *ReadTx) RequestWithdrawn(address string) (bool, error) {
	return value[bool](tx, `SELECT EXISTS (SELECT 1 FROM audit WHERE action = 'mailbox.withdrawn' AND entity = 'member' AND detail ->> '$.address' = ?)`, address)
}

// MarkMailbox notes the day of the mailbox's latest event.
func (tx *Tx) MarkMailbox(id int64, on pec.Date) error {
	return tx.exec(`UPDATE mailboxes SET last_event_on = ?1 WHERE id = ?2 AND COALESCE(last_event_on, '') < ?1`, day(on), id)
}

// Period is one term of a mailbox.
type Period struct {
	ID         int64
	MailboxID  int64
	StartsOn   pec.Date
	EndsOn     pec.Date // E: not in the period
	Origin     string   // "activation", "renewal", "imported"
	Kind       string   // of the mailbox when the term began; the mailbox's own when it is added without one
	OrderID    int64    // of the order that the member paid it by (R18); 0 for none
	RecordedOn pec.Date
	Charged    bool
	Price      pec.Amounts // what the Ordine owes for it; zero when not charged
}

// AddPeriod adds a term and returns its id.
func (tx *Tx) AddPeriod(p Period) (int64, error) {
	var order any
	if p.OrderID != 0 {
		order = p.OrderID
	}
	return tx.insert(`INSERT INTO periods (mailbox_id, starts_on, ends_on, origin, recorded_on, kind, order_id)
		VALUES (?1, ?2, ?3, ?4, ?5, COALESCE(NULLIF(?6, ''), (SELECT kind FROM mailboxes WHERE id = ?1)), ?7)`,
		p.MailboxID, day(p.StartsOn), day(p.EndsOn), p.Origin, day(tx.On), p.Kind, order)
}

// AddCharge records what the Ordine owes the provider for a period.
func (tx *Tx) AddCharge(period int64, p Period, agreement int64, price pec.Amounts) error {
	return tx.exec(`INSERT INTO charges (period_id, mailbox_id, starts_on, agreement_id, net_cents, vat_cents, gross_cents, recorded_on)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, period, p.MailboxID, day(p.StartsOn), agreement, price.Net, price.VAT, price.Gross, day(tx.On))
}

// Periods returns a mailbox's terms in order.
func (tx *ReadTx) Periods(mailbox int64) ([]Period, error) {
	return all(tx, func(row scanner) (Period, error) {
		var p Period
		return p, row.Scan(&p.ID, &p.MailboxID, dayInto{&p.StartsOn}, dayInto{&p.EndsOn}, &p.Origin, dayInto{&p.RecordedOn}, &p.Kind, &p.OrderID,
			&p.Charged, &p.Price.Net, &p.Price.VAT, &p.Price.Gross)
	}, `SELECT p.id, p.mailbox_id, p.starts_on, p.ends_on, p.origin, p.recorded_on, p.kind, COALESCE(p.order_id, 0), c.id IS NOT NULL,
			COALESCE(c.net_cents, 0), COALESCE(c.vat_cents, 0), COALESCE(c.gross_cents, 0)
		FROM periods p LEFT JOIN charges c ON c.period_id = p.id WHERE p.mailbox_id = ? ORDER BY p.starts_on`, mailbox)
}

// MailboxFilter says which mailboxes a list holds.
type MailboxFilter struct {
	Search   string    // beginnings of names, numbers, codes, addresses
	Status   string    // a mailbox status, "outstanding" for requested or sent, "open" for not closed, "closing" for those of leavers that run, or "" for all
	Until    pec.Date  // expires on or before; zero for all
	Closings *Closings // by which leavers' mailboxes expire
	After    string    // keyset: address after which the page begins
	Before   string    // keyset: address before which it ends
	// AfterID and BeforeID are keysets by a mailbox instead: two mailboxes may
	// have had one address.
	AfterID, BeforeID int64
	Limit             int // 0: no limit
}

// MailboxListed is a line of the mailboxes' list.
type MailboxListed struct {
	MailboxRow
	Holder             string
	RegistrationNumber string
	TaxCode            string
	MemberStatus       pec.MemberStatus
	ExtraGB            int
}

const mailboxListedColumns = mailboxColumns + `, m.surname || ' ' || m.name, COALESCE(m.registration_number, ''), COALESCE(m.tax_code, ''), m.status, ` + mailboxExtraGB

// mailboxExtraGB is the inbox space that a mailbox's running services add.
const mailboxExtraGB = `COALESCE((SELECT SUM(quantity) FROM services s WHERE s.mailbox_id = b.id AND s.ended_on IS NULL AND s.product = 'inbox_gb'), 0)`

func scanMailboxListed(row scanner) (MailboxListed, error) {
	var m MailboxListed
	return m, row.Scan(append(m.into(), &m.Holder, &m.RegistrationNumber, &m.TaxCode, &m.MemberStatus, &m.ExtraGB)...)
}

// MailboxList returns the mailboxes that match, by address.
func (tx *ReadTx) MailboxList(f MailboxFilter) ([]MailboxListed, error) {
	where, args := f.where()
	order, limit := "b.address, b.id", -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	switch {
	case f.After != "":
		where += ` AND b.address > ?`
		args = append(args, f.After)
	case f.Before != "":
		where += ` AND b.address < ?`
		args = append(args, f.Before)
		order = "b.address DESC, b.id DESC"
	case f.AfterID != 0:
		where += ` AND (b.address, b.id) > (SELECT address, id FROM mailboxes WHERE id = ?)`
		args = append(args, f.AfterID)
	case f.BeforeID != 0:
		where += ` AND (b.address, b.id) < (SELECT address, id FROM mailboxes WHERE id = ?)`
		args = append(args, f.BeforeID)
		order = "b.address DESC, b.id DESC"
	}
	list, err := all(tx, scanMailboxListed, `SELECT `+mailboxListedColumns+` FROM mailboxes b JOIN members m ON m.id = b.member_id WHERE `+where+` ORDER BY `+order+` LIMIT `+itoa(limit), args...)
	if f.Before != "" && f.After == "" || f.BeforeID != 0 && f.AfterID == 0 {
		reverse(list)
	}
	return list, err
}

// MailboxCount counts the mailboxes that match, whatever page is shown.
func (tx *ReadTx) MailboxCount(f MailboxFilter) (int, error) {
	where, args := f.where()
	return value[int](tx, `SELECT COUNT(*) FROM mailboxes b WHERE `+where, args...)
}

// MailboxCountByStatus counts the mailboxes of each status.
func (tx *ReadTx) MailboxCountByStatus() (map[pec.MailboxStatus]int, error) {
	return byKey[pec.MailboxStatus, int](tx, `SELECT status, COUNT(*) FROM mailboxes GROUP BY status`)
}

func (f MailboxFilter) where() (string, []any) {
	where, args := `1`, []any{}
	if q := ftsQuery(f.Search); q != "" {
		where += ` AND b.member_id IN (SELECT rowid FROM members_fts WHERE members_fts MATCH ?)`
		args = append(args, q)
	} else if strings.TrimSpace(f.Search) != "" {
		where += ` AND 0` // only signs were typed: nothing has them
	}
	switch f.Status {
	case "":
	case "outstanding":
		where += ` AND b.status IN ('requested', 'sent')`
	case "open":
		where += ` AND b.status <> 'closed'`
	case "closing":
		where += ` AND b.status IN ('active', 'suspended') AND b.member_id IN (SELECT id FROM members WHERE status NOT IN ('active', 'suspended'))`
	default:
		where += ` AND b.status = ?`
		args = append(args, f.Status)
	}
	if !f.Until.IsZero() {
		ends, days := f.Closings.ends(pec.Date{}, f.Until)
		where += ` AND b.status IN ('active', 'suspended') AND ` + ends
		args = append(args, days...)
	}
	return where, args
}
