package db

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"albopec/app/pec"
)

// Entry is a line of the ledger (movimento).
type Entry struct {
	ID         int64
	MemberID   int64
	Seq        int
	On         pec.Date
	Kind       pec.EntryKind
	Amount     pec.Cents // gross, + in, − out
	Balance    pec.Cents // after it
	OrderID    int64     // that it paid, or of which it brings lines back
	TopUpID    int64
	ReversesID int64
	Reason     string
	Actor      string
	At         time.Time
	// Filled by the lists:
	OrderNumber string
	Method      pec.TopUpMethod
	Reference   string
	Holder      string
	Reversed    bool
	Claim       pec.Cents // of a reversal: what was spent already and is to be recovered
	// The holder, for lists that leave the program:
	RegistrationNumber string
	TaxCode            string
}

// Balance is a member's credit, gross: the sum of the entries.
func (tx *ReadTx) Balance(member int64) (pec.Cents, error) {
	return value[pec.Cents](tx, `SELECT balance_cents FROM ledger WHERE member_id = ? ORDER BY seq DESC LIMIT 1`, member)
}

// Claim is what a member still owes (credito da recuperare).
func (tx *ReadTx) Claim(member int64) (pec.Cents, error) {
	return value[pec.Cents](tx, `SELECT COALESCE(SUM(amount_cents), 0) FROM claims WHERE member_id = ?`, member)
}

// AddEntry appends an entry and returns its id; sequence and balance are worked
// out here, under the lock of the transaction.
func (tx *Tx) AddEntry(e Entry) (int64, error) {
	nullable := func(id int64) any {
		if id == 0 {
			return nil
		}
		return id
	}
	return tx.insert(`INSERT INTO ledger (member_id, seq, day_on, kind, amount_cents, balance_cents, order_id, topup_id, reverses_id, reason, actor, at)
		SELECT ?1, 1 + COALESCE(MAX(seq), 0), ?2, ?3, ?4, ?4 + COALESCE((SELECT balance_cents FROM ledger WHERE member_id = ?1 ORDER BY seq DESC LIMIT 1), 0),
			?5, ?6, ?7, ?8, ?9, ?10 FROM ledger WHERE member_id = ?1`,
		e.MemberID, day(e.On), e.Kind, e.Amount, nullable(e.OrderID), nullable(e.TopUpID), nullable(e.ReversesID), e.Reason, tx.Actor, instant(tx.Now))
}

// AddClaim adds to what a member owes, or settles it with a negative amount.
func (tx *Tx) AddClaim(member int64, amount pec.Cents, entry int64, on pec.Date, reason string) error {
	var ledger any
	if entry != 0 {
		ledger = entry
	}
	return tx.exec(`INSERT INTO claims (member_id, amount_cents, ledger_id, day_on, reason, actor, at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		member, amount, ledger, day(on), reason, tx.Actor, instant(tx.Now))
}

const entryQuery = `SELECT l.id, l.member_id, l.seq, l.day_on, l.kind, l.amount_cents, l.balance_cents, COALESCE(o.id, 0), COALESCE(l.topup_id, 0),
		COALESCE(l.reverses_id, 0), l.reason, l.actor, l.at,
		COALESCE(` + orderNumber + `, ''), COALESCE(t.method, ''), COALESCE(t.reference, ''),
		m.surname || ' ' || m.name, l.kind <> 'transfer' AND EXISTS (SELECT 1 FROM ledger r WHERE r.reverses_id = l.id)
			OR l.kind = 'topup' AND EXISTS (SELECT 1 FROM claims c WHERE c.ledger_id = l.id),
		CASE l.kind WHEN 'reversal' THEN (SELECT COALESCE(SUM(c.amount_cents), 0) FROM claims c WHERE c.ledger_id = l.id) ELSE 0 END,
		COALESCE(m.registration_number, ''), COALESCE(m.tax_code, '')
	FROM ledger l JOIN members m ON m.id = l.member_id LEFT JOIN orders o ON o.id = CASE l.kind WHEN 'recredit' THEN (SELECT x.order_id FROM recredits c JOIN order_lines x ON x.id = c.line_id WHERE c.entry_id = l.id LIMIT 1)
		ELSE l.order_id END LEFT JOIN topups t ON t.id = l.topup_id `

func scanEntry(row scanner) (Entry, error) {
	var e Entry
	return e, row.Scan(&e.ID, &e.MemberID, &e.Seq, dayInto{&e.On}, &e.Kind, &e.Amount, &e.Balance, &e.OrderID, &e.TopUpID, &e.ReversesID, &e.Reason, &e.Actor,
		instantInto{&e.At}, &e.OrderNumber, &e.Method, &e.Reference, &e.Holder, &e.Reversed, &e.Claim, &e.RegistrationNumber, &e.TaxCode)
}

// Entry returns one ledger entry.
func (tx *ReadTx) Entry(id int64) (Entry, error) {
	return one(tx, pec.Refuse("entry_unknown", "Il movimento non esiste."), scanEntry, entryQuery+`WHERE l.id = ?`, id)
}

// Entries returns a member's ledger in order (statement of account).
func (tx *ReadTx) Entries(member int64) ([]Entry, error) {
	return all(tx, scanEntry, entryQuery+`WHERE l.member_id = ? ORDER BY l.seq`, member)
}

// Account returns a member's ledger in order and, in their places, the reversals
// that found nothing left to take: the ledger has no entry of 0,00 €, and what
// they left is a claim. Those have neither ID nor Seq.
func (tx *ReadTx) Account(member int64) ([]Entry, error) {
	entries, err := tx.Entries(member)
	if err != nil {
		return nil, err
	}
	empty, err := all(tx, func(row scanner) (Entry, error) {
		e := Entry{MemberID: member, Kind: pec.EntryReversal}
		return e, row.Scan(dayInto{&e.On}, &e.Claim, &e.ReversesID, &e.Reason, &e.Actor, instantInto{&e.At}, &e.Holder, &e.RegistrationNumber, &e.TaxCode)
	}, `SELECT c.day_on, c.amount_cents, l.id, c.reason, c.actor, c.at, m.surname || ' ' || m.name, COALESCE(m.registration_number, ''), COALESCE(m.tax_code, '')
		FROM claims c JOIN ledger l ON l.id = c.ledger_id JOIN members m ON m.id = c.member_id
		WHERE c.member_id = ? AND c.amount_cents > 0 AND l.kind = 'topup' ORDER BY c.id`, member)
	for _, e := range empty {
		i := slices.IndexFunc(entries, func(later Entry) bool { return later.At.After(e.At) })
		if i < 0 {
			i = len(entries)
		}
		if i > 0 {
			e.Balance = entries[i-1].Balance
		}
		entries = slices.Insert(entries, i, e)
	}
	return entries, err
}

// EntriesBefore returns a member's ledger, newest first, before the entry with a
// sequence number (0: from the newest).
func (tx *ReadTx) EntriesBefore(member int64, before, limit int) ([]Entry, error) {
	return all(tx, scanEntry, entryQuery+`WHERE l.member_id = ?1 AND (?2 = 0 OR l.seq < ?2) ORDER BY l.seq DESC LIMIT ?3`, member, before, limit)
}

// EntriesBetween streams the ledger of a span of days, both included, by day and
// sequence.
func (tx *ReadTx) EntriesBetween(from, to pec.Date) iter.Seq2[Entry, error] {
	return stream(tx, scanEntry, entryQuery+`WHERE l.day_on BETWEEN ? AND ? ORDER BY l.day_on, l.id`, day(from), day(to))
}

// TopUp is money that came in.
type TopUp struct {
	ID        int64
	MemberID  int64
	Method    pec.TopUpMethod
	Reference string
	Amount    pec.Cents // gross
	On        pec.Date
	EntryID   int64
	Reversed  bool // taken back whole: it stands no more
}

// importUndone says of a top-up's entry l that the import which entered it was
// undone, and this payment with it: it is as if it had never been entered, and
// its reference is free.
const importUndone = `l.id IN (SELECT c.entity_id FROM import_batches b CROSS JOIN import_changes c ON c.batch_id = b.id AND c.entity = 'topup'
	WHERE b.undone_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM json_each(b.undo, '$.kept') k WHERE k.value ->> 'id' = c.entity_id))`

// takenBack says of a top-up's entry l that it was reversed: always whole, what was
// spent of it being a claim (R14).
const takenBack = `EXISTS (SELECT 1 FROM ledger r WHERE r.reverses_id = l.id AND r.kind = 'reversal') OR EXISTS (SELECT 1 FROM claims c WHERE c.ledger_id = l.id)`

// bareKey is a top-up's reference_key without the number that AddTopUp puts
// behind it.
const bareKey = `substr(t.reference_key, 1, instr(t.reference_key || ' ', ' ') - 1)`

// TopUpsByReference returns the top-ups with a method and reference, whoever
// they are for (R15), but for those of an import that was undone. What a position
// merged into another paid counts as the other's.
func (tx *ReadTx) TopUpsByReference(method pec.TopUpMethod, reference string) ([]TopUp, error) {
	return all(tx, func(row scanner) (TopUp, error) {
		var t TopUp
		return t, row.Scan(&t.ID, &t.MemberID, &t.Method, &t.Reference, &t.Amount, dayInto{&t.On}, &t.EntryID, &t.Reversed)
	}, `SELECT t.id, COALESCE((SELECT merged_into FROM members m WHERE m.id = t.member_id), t.member_id), t.method, t.reference, t.amount_cents, t.day_on, COALESCE(l.id, 0), `+takenBack+`
		FROM (SELECT *, `+bareKey+` AS key FROM topups t WHERE method = ?1) t LEFT JOIN ledger l ON l.member_id = t.member_id AND l.topup_id = t.id AND l.kind = 'topup'
		WHERE (t.key = ?2 OR ?1 = 'pagopa' AND (t.key = ?3
			-- an IUV and the codice avviso made of it are one payment, see pec.IUVKey
			OR length(t.key) = 18 AND (substr(t.key, 1, 1) IN ('1', '2', '3') AND substr(t.key, 2) = ?3
				OR substr(t.key, 1, 1) = '0' AND substr(t.key, 4) = ?3)))
			AND (l.id IS NULL OR NOT `+importUndone+`)
		ORDER BY t.id`, method, pec.ReferenceKey(reference), pec.IUVKey(reference))
}

// KnownTopUps returns the top-ups of some methods as a list of payments finds
// them, without those of an import that was undone. What a position merged into
// another paid is the other's.
func (tx *ReadTx) KnownTopUps(methods ...pec.TopUpMethod) ([]pec.KnownTopUp, error) {
	list, err := json.Marshal(methods)
	if err != nil {
		return nil, err
	}
	return all(tx, func(row scanner) (pec.KnownTopUp, error) {
		var t pec.KnownTopUp
		return t, row.Scan(&t.MemberID, &t.Method, &t.Reference, &t.Amount, dayInto{&t.On}, &t.Reversed)
	}, `SELECT COALESCE(m.merged_into, m.id), t.method, t.reference, t.amount_cents, t.day_on,
			`+takenBack+`
		FROM topups t JOIN members m ON m.id = t.member_id JOIN ledger l ON l.topup_id = t.id AND l.kind = 'topup'
		WHERE t.method IN (SELECT value FROM json_each(?)) AND NOT `+importUndone+` ORDER BY t.id`, string(list))
}

// CreditHolders returns every member as far as a list of payments speaks of one,
// without what was merged into another.
func (tx *ReadTx) CreditHolders() ([]pec.CreditHolder, error) {
	return all(tx, func(row scanner) (pec.CreditHolder, error) {
		var h pec.CreditHolder
		return h, row.Scan(&h.ID, &h.FullName, &h.TaxCode, &h.RegistrationNumber, &h.Status, &h.Sex, dayInto{&h.LeftOn}, dayInto{&h.LastEventOn})
	}, `SELECT id, rtrim(surname || ' ' || name), COALESCE(tax_code, ''), COALESCE(registration_number, ''), status, sex, left_on, last_event_on
		FROM members WHERE merged_into IS NULL ORDER BY id`)
}

// ImportedTopUp is a top-up that an import entered: its entry, and those that it
// led to at once.
type ImportedTopUp struct {
	Entry
	LedTo []Entry // orders completed, a claim settled
}

// ImportedTopUps returns the top-ups that an import entered, in the order of
// their entries.
func (tx *ReadTx) ImportedTopUps(batch int64, around Around) ([]ImportedTopUp, error) {
	end, args := around.sql("c.entity_id")
	changes, err := all(tx, func(row scanner) (Change, error) {
		var c Change
		return c, row.Scan(&c.ID, &c.Version)
	}, `SELECT c.entity_id, c.version FROM import_changes c WHERE c.batch_id = ? AND c.entity = 'topup'`+end, append([]any{batch}, args...)...)
	if around.Before > 0 {
		reverse(changes)
	}
	list := make([]ImportedTopUp, len(changes))
	for i, c := range changes {
		var failed error
		list[i], failed = tx.ImportedTopUp(c)
		err = errors.Join(err, failed)
	}
	return list, err
}

// ImportedTopUp returns a top-up that an import entered, as its change says.
func (tx *ReadTx) ImportedTopUp(c Change) (t ImportedTopUp, err error) {
	if t.Entry, err = tx.Entry(c.ID); err != nil {
		return t, err
	}
	t.LedTo, err = all(tx, scanEntry, entryQuery+`WHERE l.member_id = ? AND l.seq > ? AND l.seq <= ? ORDER BY l.seq`, t.MemberID, t.Seq, c.Version)
	return t, err
}

// LastSeq is the sequence number of a member's latest entry, 0 before the first.
func (tx *ReadTx) LastSeq(member int64) (int, error) {
	return value[int](tx, `SELECT COALESCE(MAX(seq), 0) FROM ledger WHERE member_id = ?`, member)
}

// AddTopUp records money that came in and returns its id; the ledger entry is a
// step of its own. Where the same reference was entered before, by an import that
// was undone or for a top-up that was taken back, its key is numbered: "A12 2" is
// A12 the second time, and no key has a space of its own. The database refuses a
// second one while the first stands.
func (tx *Tx) AddTopUp(t TopUp) (int64, error) {
	key := pec.ReferenceKey(t.Reference)
	const same = `SELECT COUNT(*) FROM topups t WHERE t.method = ?1 AND (t.reference_key = ?2 OR t.reference_key > ?2 || ' ' AND t.reference_key < ?2 || '!')`
	query, args := same, []any{t.Method, key}
	if !t.Method.UniqueReference() {
		query, args = same+` AND t.member_id = ?3 AND EXISTS (SELECT 1 FROM ledger l WHERE l.member_id = t.member_id AND l.topup_id = t.id AND l.kind = 'topup' AND (`+importUndone+` OR `+takenBack+`))`, append(args, t.MemberID)
	}
	before, err := value[int](&tx.ReadTx, query, args...)
	if err != nil {
		return 0, err
	}
	if before > 0 {
		key += fmt.Sprint(" ", before+1)
	}
	return tx.insert(`INSERT INTO topups (member_id, method, reference, reference_key, amount_cents, day_on, actor, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		t.MemberID, t.Method, t.Reference, key, t.Amount, day(t.On), tx.Actor, instant(tx.Now))
}

// CreditListed is a member with a credit or something owed.
type CreditListed struct {
	MemberID           int64
	Holder             string
	RegistrationNumber string
	MemberStatus       pec.MemberStatus
	Sex, TaxCode       string // of the member
	Balance            pec.Cents
	Claim              pec.Cents
	LastOn             pec.Date
}

// CreditFilter says which accounts a list holds: those whose credit or claim is
// not zero.
type CreditFilter struct {
	Search string
	Only   string // "claims": something is owed; "leavers": no longer on the register; "" for all
	After  int64  // keyset: the member after whom the page begins
	Before int64  // keyset: the member before whom it ends, when going back
	Limit  int
}

const creditsWithHolders = ` FROM members m JOIN ledger l ON l.member_id = m.id AND l.seq = (SELECT MAX(seq) FROM ledger x WHERE x.member_id = m.id)
		LEFT JOIN (SELECT member_id, SUM(amount_cents) AS owed FROM claims GROUP BY member_id) c ON c.member_id = m.id WHERE `

func (f CreditFilter) where() (string, []any) {
	where, args := `(l.balance_cents <> 0 OR COALESCE(c.owed, 0) <> 0)`, []any{}
	if q := ftsQuery(f.Search); q != "" {
		where += ` AND m.id IN (SELECT rowid FROM members_fts WHERE members_fts MATCH ?)`
		args = append(args, q)
	} else if strings.TrimSpace(f.Search) != "" {
		where += ` AND 0` // only signs were typed: nothing has them
	}
	switch f.Only {
	case "claims":
		where += ` AND COALESCE(c.owed, 0) <> 0`
	case "leavers":
		where += ` AND m.status NOT IN ('active', 'suspended')`
	}
	return where, args
}

// CreditList returns the accounts that match, by surname, name and id.
func (tx *ReadTx) CreditList(f CreditFilter) ([]CreditListed, error) {
	where, args := f.where()
	order, limit := `m.surname, m.name, m.id`, -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	switch {
	case f.After != 0:
		where += ` AND (m.surname, m.name, m.id) > (SELECT surname, name, id FROM members WHERE id = ?)`
		args = append(args, f.After)
	case f.Before != 0:
		where += ` AND (m.surname, m.name, m.id) < (SELECT surname, name, id FROM members WHERE id = ?)`
		args = append(args, f.Before)
		order = `m.surname DESC, m.name DESC, m.id DESC`
	}
	list, err := all(tx, func(row scanner) (CreditListed, error) {
		var c CreditListed
		return c, row.Scan(&c.MemberID, &c.Holder, &c.RegistrationNumber, &c.MemberStatus, &c.Sex, &c.TaxCode, &c.Balance, &c.Claim, dayInto{&c.LastOn})
	}, `SELECT m.id, rtrim(m.surname || ' ' || m.name), COALESCE(m.registration_number, ''), m.status, m.sex, COALESCE(m.tax_code, ''), l.balance_cents, COALESCE(c.owed, 0), l.day_on`+
		creditsWithHolders+where+` ORDER BY `+order+` LIMIT `+itoa(limit), args...)
	if f.Before != 0 && f.After == 0 {
		reverse(list)
	}
	return list, err
}

// CreditSum is many accounts added up.
type CreditSum struct {
	Members int
	Owed    int       // of these, how many owe something
	Balance pec.Cents // a debt of the Ordine
	Claim   pec.Cents
}

// CreditSums adds the accounts that match up, whatever page is shown.
func (tx *ReadTx) CreditSums(f CreditFilter) (CreditSum, error) {
	where, args := f.where()
	return one(tx, nil, func(row scanner) (CreditSum, error) {
		var s CreditSum
		return s, row.Scan(&s.Members, &s.Owed, &s.Balance, &s.Claim)
	}, `SELECT COUNT(*), COALESCE(SUM(COALESCE(c.owed, 0) > 0), 0), COALESCE(SUM(l.balance_cents), 0), COALESCE(SUM(c.owed), 0)`+creditsWithHolders+where, args...)
}

// EntryFilter says which ledger entries a list holds.
type EntryFilter struct {
	Search   string
	Kind     string
	From, To pec.Date // both included; zero for open ends
	Before   int64    // keyset: entries older than this one
	After    int64    // keyset: entries newer than this one, when going back
	Limit    int
}

func (f EntryFilter) where() (string, []any) {
	where, args := `1`, []any{}
	if q := ftsQuery(f.Search); q != "" {
		where += ` AND l.member_id IN (SELECT rowid FROM members_fts WHERE members_fts MATCH ?)`
		args = append(args, q)
	} else if strings.TrimSpace(f.Search) != "" {
		where += ` AND 0`
	}
	if f.Kind != "" {
		where += ` AND l.kind = ?`
		args = append(args, f.Kind)
	}
	if !f.From.IsZero() {
		where += ` AND l.day_on >= ?`
		args = append(args, day(f.From))
	}
	if !f.To.IsZero() {
		where += ` AND l.day_on <= ?`
		args = append(args, day(f.To))
	}
	return where, args
}

// EntryList returns the ledger entries that match, newest first.
func (tx *ReadTx) EntryList(f EntryFilter) ([]Entry, error) {
	where, args := f.where()
	order, limit := `l.id DESC`, -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	switch {
	case f.Before != 0:
		where += ` AND l.id < ?`
		args = append(args, f.Before)
	case f.After != 0:
		where += ` AND l.id > ?`
		args = append(args, f.After)
		order = `l.id`
	}
	list, err := all(tx, scanEntry, entryQuery+`WHERE `+where+` ORDER BY `+order+` LIMIT `+itoa(limit), args...)
	if f.After != 0 && f.Before == 0 {
		reverse(list)
	}
	return list, err
}

// EntrySums adds up what came in and what went out in the entries that match.
func (tx *ReadTx) EntrySums(f EntryFilter) (n int, in, out pec.Cents, err error) {
	where, args := f.where()
	err = figures(tx, []any{&n, &in, &out}, `SELECT COUNT(*), COALESCE(SUM(max(l.amount_cents, 0)), 0), COALESCE(SUM(min(l.amount_cents, 0)), 0) FROM ledger l WHERE `+where, args...)
	return n, in, out, err
}

// ClaimEntry is one change of what a member owes.
type ClaimEntry struct {
	ID      int64
	On      pec.Date
	Amount  pec.Cents // + owed, − settled
	EntryID int64     // the ledger entry that raised or settled it
	Reason  string
	Actor   string
}

// ClaimEntries returns the changes of what a member owes, in order.
func (tx *ReadTx) ClaimEntries(member int64) ([]ClaimEntry, error) {
	return all(tx, func(row scanner) (ClaimEntry, error) {
		var c ClaimEntry
		return c, row.Scan(&c.ID, dayInto{&c.On}, &c.Amount, &c.EntryID, &c.Reason, &c.Actor)
	}, `SELECT id, day_on, amount_cents, COALESCE(ledger_id, 0), reason, actor FROM claims WHERE member_id = ? ORDER BY id`, member)
}
