package db

import (
	"encoding/json"
	"strings"
	"time"

	"albopec/app/pec"
)

// Letterhead is what letters say of the Ordine beside its name and city.
type Letterhead struct {
	Address string // lines
	Signer  string // who signs by hand
}

// Letterhead returns it; all of it empty while nobody wrote one.
func (tx *ReadTx) Letterhead() (Letterhead, error) {
	return firstOf(all(tx, func(row scanner) (Letterhead, error) {
		var h Letterhead
		return h, row.Scan(&h.Address, &h.Signer)
	}, `SELECT address, signer FROM letterhead`))
}

// SetLetterhead stores it.
func (tx *Tx) SetLetterhead(h Letterhead) error {
	return tx.exec(`INSERT INTO letterhead (id, address, signer) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET address = excluded.address, signer = excluded.signer`, h.Address, h.Signer)
}

// LetterSet is letters that were made together.
type LetterSet struct {
	ID         int64
	RequestKey string
	Kind       pec.MessageKind
	MadeOn     pec.Date
	Actor      string
	Letters    int // 0 while it is being made
}

const letterSetColumns = `id, COALESCE(request_key, ''), kind, made_on, actor, COALESCE(letters, 0)`

func scanLetterSet(row scanner) (LetterSet, error) {
	var s LetterSet
	return s, row.Scan(&s.ID, &s.RequestKey, &s.Kind, dayInto{&s.MadeOn}, &s.Actor, &s.Letters)
}

// LetterSet returns one set.
func (tx *ReadTx) LetterSet(id int64) (LetterSet, error) {
	return one(tx, pec.Refuse("letters_unknown", "Queste lettere non esistono."), scanLetterSet, `SELECT `+letterSetColumns+` FROM letter_sets WHERE id = ?`, id)
}

// LetterSetByRequest returns the set that a form already made or began; its ID is
// 0 when there is none.
func (tx *ReadTx) LetterSetByRequest(key string) (LetterSet, error) {
	return firstOf(all(tx, scanLetterSet, `SELECT `+letterSetColumns+` FROM letter_sets WHERE request_key = ?`, key))
}

// AddLetterSet begins a set today and returns its id.
func (tx *Tx) AddLetterSet(kind pec.MessageKind, requestKey string) (int64, error) {
	return tx.insert(`INSERT INTO letter_sets (request_key, kind, made_on, actor, created_at) VALUES (?, ?, ?, ?, ?)`, text(requestKey), kind, day(tx.On), tx.Actor, instant(tx.Now))
}

// FinishLetterSet notes that a set has all its letters.
func (tx *Tx) FinishLetterSet(id int64) error {
	return tx.exec(`UPDATE letter_sets SET letters = (SELECT COUNT(*) FROM letters WHERE set_id = ?1) WHERE id = ?1`, id)
}

// LetterTargets returns what the letters of a set are about.
func (tx *ReadTx) LetterTargets(set int64) (map[string]bool, error) {
	return byKey[string, bool](tx, `SELECT target, 1 FROM letters WHERE set_id = ?`, set)
}

// LetterRow is a letter on paper with all that its PDF prints.
type LetterRow struct {
	ID           int64
	SetID        int64
	Target       string // what it is about: once in its set
	Year, Number int    // without gaps in its year
	Kind         pec.MessageKind
	MemberID     int64
	MailboxID    int64 // 0: about none
	MadeOn       pec.Date
	Actor        string
	Sender       string
	SenderAt     string // lines of the Ordine's address
	Place        string
	Signer       string
	Recipient    string // who it is for
	Address      string // lines; empty when it went with the contact data (9.10), or was none
	Subject      string
	Body         string
	CreatedAt    time.Time
	Called       string // what its number is called: pec.LetterCalled; "Prot. n." of older ones
	Protocol     string // the number in the Ordine's own register of post; empty when nobody gave one
}

// FullNumber is its number as it is printed: "12/2026".
func (l LetterRow) FullNumber() string { return pec.LetterNumber(l.Number, l.Year) }

// Title is its number with what that is called: "Lettera n. 12/2026".
func (l LetterRow) Title() string { return l.Called + " " + l.FullNumber() }

const letterColumns = `l.id, l.set_id, l.target, l.year, l.number, l.kind, l.member_id, COALESCE(l.mailbox_id, 0), l.made_on, l.actor, l.sender, l.sender_address, l.place, l.signer,
	l.recipient, l.address, l.subject, l.body, l.created_at, l.called, l.protocol`

func (l *LetterRow) into() []any {
	return []any{
		&l.ID, &l.SetID, &l.Target, &l.Year, &l.Number, &l.Kind, &l.MemberID, &l.MailboxID, dayInto{&l.MadeOn}, &l.Actor, &l.Sender, &l.SenderAt, &l.Place, &l.Signer,
		&l.Recipient, &l.Address, &l.Subject, &l.Body, instantInto{&l.CreatedAt}, &l.Called, &l.Protocol,
	}
}

func scanLetter(row scanner) (LetterRow, error) {
	var l LetterRow
	return l, row.Scan(l.into()...)
}

// Letter returns one letter.
func (tx *ReadTx) Letter(id int64) (LetterRow, error) {
	return one(tx, pec.Refuse("letter_unknown", "La lettera non esiste."), scanLetter, `SELECT `+letterColumns+` FROM letters l WHERE l.id = ?`, id)
}

// LatestLetters returns the latest letter of a kind about each that some members
// were written about, by its Target.
func (tx *ReadTx) LatestLetters(kind pec.MessageKind, members []int64) (map[string]LetterRow, error) {
	ids, err := json.Marshal(members)
	if err != nil {
		return nil, err
	}
	list, err := all(tx, scanLetter, `SELECT `+letterColumns+` FROM letters l WHERE l.id IN (SELECT MAX(id) FROM letters
		WHERE kind = ? AND member_id IN (SELECT value FROM json_each(?)) GROUP BY target)`, kind, string(ids))
	latest := make(map[string]LetterRow, len(list))
	for _, l := range list {
		latest[l.Target] = l
	}
	return latest, err
}

// LettersOf returns letters of a set in the order of their numbers, so many at
// most, from the one after another on (0: from the first).
func (tx *ReadTx) LettersOf(set, after int64, limit int) ([]LetterRow, error) {
	return all(tx, scanLetter, `SELECT `+letterColumns+` FROM letters l WHERE l.set_id = ? AND l.id > ? ORDER BY l.id LIMIT ?`, set, after, limit)
}

// AddLetter stores a letter of today under the next number of the year and
// returns it with that.
func (tx *Tx) AddLetter(l LetterRow) (LetterRow, error) {
	l.MadeOn, l.Year, l.Actor, l.CreatedAt, l.Called = tx.On, tx.On.Year, tx.Actor, tx.Now, pec.LetterCalled
	var err error
	if l.Number, err = value[int](&tx.ReadTx, `SELECT 1 + COALESCE(MAX(number), 0) FROM letters WHERE year = ?`, l.Year); err != nil {
		return l, err
	}
	l.ID, err = tx.insert(`INSERT INTO letters (set_id, target, year, number, kind, member_id, mailbox_id, made_on, actor, sender, sender_address, place, signer, recipient, address, subject, body, created_at, called, protocol)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		l.SetID, l.Target, l.Year, l.Number, l.Kind, l.MemberID, number(l.MailboxID), day(l.MadeOn), l.Actor, l.Sender, l.SenderAt, l.Place, l.Signer, l.Recipient, l.Address, l.Subject, l.Body, instant(l.CreatedAt), l.Called, l.Protocol)
	return l, err
}

// LetterFilter says which letters a list holds.
type LetterFilter struct {
	Kind    pec.MessageKind
	Year    int
	Member  int64
	Mailbox int64
	Set     int64
	Search  string // beginnings of the member's names, numbers, codes, addresses
	Before  int64  // keyset: older than this one
	After   int64  // keyset: newer than this one, when going back
	Limit   int    // 0: no limit
}

// LetterListed is a line of the letters' list.
type LetterListed struct {
	LetterRow
	Holder string
	Box    string // address of the mailbox; empty when it is about none
}

// LetterList returns the letters that match, newest first.
func (tx *ReadTx) LetterList(f LetterFilter) ([]LetterListed, error) {
	where, args := `1`, []any{}
	add := func(wanted bool, condition string, value any) {
		if wanted {
			where += ` AND ` + condition
			args = append(args, value)
		}
	}
	add(f.Kind != "", `l.kind = ?`, f.Kind)
	add(f.Year != 0, `l.year = ?`, f.Year)
	add(f.Member != 0, `l.member_id = ?`, f.Member)
	add(f.Mailbox != 0, `l.mailbox_id = ?`, f.Mailbox)
	add(f.Set != 0, `l.set_id = ?`, f.Set)
	q := ftsQuery(f.Search)
	add(q != "", `l.member_id IN (SELECT rowid FROM members_fts WHERE members_fts MATCH ?)`, q)
	if q == "" && strings.TrimSpace(f.Search) != "" {
		where += ` AND 0` // only signs were typed: nothing has them
	}
	order, back := `l.id DESC`, f.After != 0 && f.Before == 0
	add(f.Before != 0, `l.id < ?`, f.Before)
	if add(back, `l.id > ?`, f.After); back {
		order = `l.id`
	}
	limit := -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	list, err := all(tx, func(row scanner) (LetterListed, error) {
		var l LetterListed
		return l, row.Scan(append(l.into(), &l.Holder, &l.Box)...)
	}, `SELECT `+letterColumns+`, rtrim(m.surname || ' ' || m.name), COALESCE(b.address, '')
		FROM letters l JOIN members m ON m.id = l.member_id LEFT JOIN mailboxes b ON b.id = l.mailbox_id
		WHERE `+where+` ORDER BY `+order+` LIMIT `+itoa(limit), args...)
	if back {
		reverse(list)
	}
	return list, err
}

// LetterYears returns the years that have letters, the latest first.
func (tx *ReadTx) LetterYears() ([]int, error) {
	return all(tx, func(row scanner) (n int, err error) { return n, row.Scan(&n) }, `SELECT DISTINCT year FROM letters ORDER BY year DESC`)
}

// MailboxHasLetters reports whether a letter was ever made about a mailbox.
func (tx *ReadTx) MailboxHasLetters(id int64) (bool, error) {
	return value[bool](tx, `SELECT EXISTS (SELECT 1 FROM letters WHERE mailbox_id = ?)`, id)
}

// blankLetters takes a member's address off the letters that were made for them
// (9.10): that they were written, and what they said, stays.
func (tx *Tx) blankLetters(member int64) error {
	return tx.exec(`UPDATE letters SET address = '' WHERE member_id = ?`, member)
}
