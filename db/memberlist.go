package db

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"albopec/app/pec"
)

// MemberFilter says which members a list holds, and in which order.
type MemberFilter struct {
	Search  string   // words in any order, beginnings will do
	Status  string   // a member status, "on_register", "off_register", or "" for all
	Over    pec.Date // suspensions whose last day is before this one; zero for all
	Section string
	Sector  string
	// Mailbox is "with", "without" one that is not closed, "to_request" (9.6),
	// "to_request_again" (those of them whose mailbox the provider has refused),
	// "no_pec" (neither that nor an own PEC), "closing" (one that runs, of a
	// leaver), a status that one of them has, or "".
	Mailbox        string
	NoEmail        bool
	ExpiresFrom    pec.Date // of the mailbox that is not closed; both days included, zero for no bound
	ExpiresTo      pec.Date
	Closings       *Closings // by which leavers' mailboxes expire
	RegisteredFrom pec.Date  // both days included, zero for no bound
	RegisteredTo   pec.Date
	City           string // whatever the case of ASCII letters
	Province       string
	Order          MemberOrder
	Descending     bool
	After          int64 // keyset: the member after which the page begins; 0 from the start
	Before         int64 // keyset: the member before which the page ends; 0 unless going back
	Limit          int   // 0: no limit
}

// MemberOrder is what a list of members goes by.
type MemberOrder string

// The orders of the register's list; in all but the first who lacks the value
// comes last, whichever way the list goes.
const (
	ByName       MemberOrder = ""           // surname, name
	ByNumber     MemberOrder = "number"     // A2 before A10
	ByExpiry     MemberOrder = "expiry"     // of the mailbox that is not closed
	ByRegistered MemberOrder = "registered" // on the register since
)

// keys are the expressions that the list goes by, all in one direction and
// never NULL; the last tells any two members apart.
func (f MemberFilter) keys() []string {
	lacking := func(column string) string {
		if f.Descending { // the whole is turned round: what lacks stays last
			return column + ` IS NOT NULL`
		}
		return column + ` IS NULL`
	}
	const digits = `'0123456789'`
	switch f.Order {
	case ByNumber:
		number := `COALESCE(m.registration_number, '')`
		letters := `rtrim(` + number + `, ` + digits + `)`
		value := `CAST(substr(` + number + `, length(` + letters + `) + 1) AS INTEGER)`
		return []string{lacking(`m.registration_number`), `upper(` + letters + `)`, value, number, `m.id`}
	case ByExpiry:
		return []string{lacking(`b.expires_on`), `COALESCE(b.expires_on, '')`, `m.surname`, `m.name`, `m.id`}
	case ByRegistered:
		return []string{lacking(`m.registered_on`), `COALESCE(m.registered_on, '')`, `m.surname`, `m.name`, `m.id`}
	}
	return []string{`m.surname`, `m.name`, `m.id`}
}

// MemberListed is a line of the register's list.
type MemberListed struct {
	MemberRow
	Mailbox       string // address of the mailbox that is not closed, if any
	MailboxID     int64
	MailboxStatus pec.MailboxStatus
	ExpiresOn     pec.Date
	ExtraGB       int
	Balance       pec.Cents
}

// withMailbox joins the mailbox that is not closed, the latest of several.
const withMailbox = ` FROM members m
		LEFT JOIN mailboxes b ON b.id = (SELECT MAX(id) FROM mailboxes WHERE member_id = m.id AND status <> 'closed') `

// MemberList returns the members that match, in the filter's order. What is
// typed is matched word by word on the beginnings of names, codes, numbers and
// addresses.
func (tx *ReadTx) MemberList(f MemberFilter) ([]MemberListed, error) {
	where, args := f.where()
	limit, back := -1, f.Before != 0 && f.After == 0
	if f.Limit > 0 {
		limit = f.Limit
	}
	keys, beyond, direction := f.keys(), ` > `, ` ASC`
	if f.Descending != back {
		beyond, direction = ` < `, ` DESC`
	}
	if place := cmp.Or(f.After, f.Before); place != 0 {
		row := strings.Join(keys, ", ")
		where = append(where, `(`+row+`)`+beyond+`(SELECT `+row+withMailbox+`WHERE m.id = ?)`)
		args = append(args, place)
	}
	list, err := all(tx, func(row scanner) (MemberListed, error) {
		var m MemberListed
		return m, row.Scan(append(m.into(), &m.Mailbox, &m.MailboxID, &m.MailboxStatus, dayInto{&m.ExpiresOn}, &m.ExtraGB, &m.Balance)...)
	}, `SELECT `+memberColumns+`, COALESCE(b.address, ''), COALESCE(b.id, 0), COALESCE(b.status, ''), b.expires_on,
			COALESCE((SELECT SUM(quantity) FROM services s WHERE s.mailbox_id = b.id AND s.ended_on IS NULL AND s.product = 'inbox_gb'), 0),
			COALESCE((SELECT balance_cents FROM ledger l WHERE l.member_id = m.id ORDER BY seq DESC LIMIT 1), 0)`+withMailbox+`
		WHERE `+strings.Join(where, " AND ")+` ORDER BY `+strings.Join(keys, direction+", ")+direction+` LIMIT `+itoa(limit), args...)
	if back {
		reverse(list)
	}
	return list, err
}

// MemberCount counts the members that match, whatever page is shown.
func (tx *ReadTx) MemberCount(f MemberFilter) (int, error) {
	where, args := f.where()
	return value[int](tx, `SELECT COUNT(*) FROM members m WHERE `+strings.Join(where, " AND "), args...)
}

// Expires reports whether the filter asks for days of expiry.
func (f MemberFilter) Expires() bool { return !f.ExpiresFrom.IsZero() || !f.ExpiresTo.IsZero() }

func (f MemberFilter) where() ([]string, []any) {
	where, args := []string{"m.merged_into IS NULL"}, []any{}
	add := func(cond string, a ...any) {
		where = append(where, cond)
		args = append(args, a...)
	}
	if q := ftsQuery(f.Search); q != "" {
		add(`m.id IN (SELECT rowid FROM members_fts WHERE members_fts MATCH ?)`, q)
	} else if strings.TrimSpace(f.Search) != "" {
		add(`0`) // only signs were typed: nothing has them
	}
	switch f.Status {
	case "":
	case "on_register":
		add(`m.status IN ('active', 'suspended')`)
	case "off_register":
		add(`m.status NOT IN ('active', 'suspended')`)
	default:
		add(`m.status = ?`, f.Status)
	}
	if !f.Over.IsZero() {
		add(`m.status = 'suspended' AND m.status_until < ?`, day(f.Over))
	}
	if f.Section != "" {
		add(`m.section = ?`, f.Section)
	}
	if f.Sector != "" {
		add(`' ' || m.sector || ' ' LIKE '% ' || ? || ' %'`, f.Sector)
	}
	if f.NoEmail {
		add(`m.email = ''`)
	}
	if f.City != "" {
		add(`m.city = ? COLLATE NOCASE`, f.City)
	}
	if f.Province != "" {
		add(`m.province = ? COLLATE NOCASE`, f.Province)
	}
	if !f.RegisteredFrom.IsZero() {
		add(`m.registered_on >= ?`, day(f.RegisteredFrom))
	}
	if !f.RegisteredTo.IsZero() {
		add(`m.registered_on <= ?`, day(f.RegisteredTo))
	}
	f.whereMailbox(add)
	return where, args
}

// whereMailbox adds the conditions on the mailbox.
func (f MemberFilter) whereMailbox(add func(string, ...any)) {
	const open = `EXISTS (SELECT 1 FROM mailboxes b WHERE b.member_id = m.id AND b.status <> 'closed'`
	switch f.Mailbox {
	case "":
	case "with":
		add(open + `)`)
	case "without":
		add(`NOT ` + open + `)`)
	case "no_pec":
		add(`m.own_pec = '' AND NOT ` + open + `)`)
	case "to_request", "to_request_again":
		add(`m.status = 'active' AND m.own_pec = '' AND NOT EXISTS (SELECT 1 FROM mailboxes b WHERE b.member_id = m.id AND b.status NOT IN ('closed', 'rejected'))`)
		if f.Mailbox == "to_request_again" {
			add(`m.id IN (SELECT b.member_id FROM mailboxes b WHERE b.status = 'rejected')`) // few: they are found first
		}
	case "closing":
		add(`m.status NOT IN ('active', 'suspended') AND EXISTS (SELECT 1 FROM mailboxes b WHERE b.member_id = m.id AND b.status IN ('active', 'suspended'))`)
	default:
		add(`EXISTS (SELECT 1 FROM mailboxes b WHERE b.member_id = m.id AND b.status = ?)`, f.Mailbox)
	}
	if f.Expires() {
		ends, args := f.Closings.ends(f.ExpiresFrom, f.ExpiresTo)
		add(open+` AND `+ends+`)`, args...)
	}
}

// Cities returns the towns in which members live, by name.
func (tx *ReadTx) Cities() ([]string, error) {
	return tx.memberValues("city")
}

// Provinces returns the provinces in which members live, by name.
func (tx *ReadTx) Provinces() ([]string, error) {
	return tx.memberValues("province")
}

func (tx *ReadTx) memberValues(column string) ([]string, error) {
	return all(tx, func(row scanner) (string, error) {
		var s string
		return s, row.Scan(&s)
	}, `SELECT DISTINCT `+column+` FROM members WHERE merged_into IS NULL AND `+column+` <> '' ORDER BY `+column)
}

// ftsQuery turns what was typed into a query of FTS5: every word must begin a
// word of the member. The words are cut and folded as the index has them; what
// stands together with signs inside («D’Alò», «A-12»), and two words side by
// side («di benedetto»), may also be one. A street is looked for when it is
// typed as one: «via Roma».
func ftsQuery(typed string) string {
	typed = strings.ReplaceAll(pec.Fold(typed), "ʼ", "'")
	var parts []string
	chunks := strings.Fields(typed)
	chunks = chunks[:min(len(chunks), mostWords)]
	for i, chunk := range chunks {
		if part := chunkQuery(chunk); part != "" {
			parts = append(parts, part)
		} else {
			chunks[i] = ""
		}
	}
	if len(parts) == 0 {
		return ""
	}
	query := strings.Join(parts, " AND ")
	if len(parts) == len(chunks) && len(parts) <= mostJoined {
		for i := range len(parts) - 1 {
			joined := slices.Concat(parts[:i], []string{chunkQuery(strings.Join(wordsOf(chunks[i]+chunks[i+1]), ""))}, parts[i+2:])
			query += " OR " + strings.Join(joined, " AND ")
		}
	}
	if len(chunks) > 1 && streetWords[chunks[0]] { // or a surname: Strada, Corso
		return "{text} : (" + query + ") OR {place} : (" + query + ")"
	}
	return "{text} : (" + query + ")"
}

// mostWords is how many words are looked for; nobody types so many.
const mostWords = 20

// mostJoined is how many words are also tried as pairs written together.
const mostJoined = 6

// chunkQuery asks for what was typed without a space inside.
func chunkQuery(chunk string) string {
	words := wordsOf(chunk)
	words = words[:min(len(words), mostWords)]
	begins := func(w string) string { return `"` + w + `"*` }
	switch len(words) {
	case 0:
		return ""
	case 1:
		return begins(words[0])
	}
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = begins(w)
	}
	return "((" + strings.Join(all, " AND ") + ") OR " + begins(strings.Join(words, "")) + ")"
}

// wordsOf cuts as the index does.
func wordsOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

// streetWords open an Italian street's name.
var streetWords = map[string]bool{"via": true, "viale": true, "v.le": true, "piazza": true, "p.zza": true, "piazzale": true, "corso": true, "c.so": true, "largo": true, "vicolo": true, "strada": true, "lungotevere": true, "lungarno": true, "contrada": true, "localita": true}
