package db

import (
	"encoding/json"
	"strings"
	"time"

	"albopec/app/pec"
)

// MessageRow is a message with where it is on its way.
type MessageRow struct {
	ID          int64
	Key         string // what it is about: never written twice
	Kind        pec.MessageKind
	MemberID    int64 // 0: for an operator
	MailboxID   int64
	Recipient   string // e-mail address; empty: on paper
	Letter      pec.Letter
	MailID      string // Message-ID, the same on every attempt
	State       pec.MessageState
	On          pec.Date // the program's day on which it was written
	UsefulUntil pec.Date
	Attempts    int
	NextTryAt   time.Time
	LastError   string
	GoneAt      time.Time // sent or posted
	CreatedAt   time.Time
}

// Erased reports whether its text went with its member's contact data.
func (m MessageRow) Erased() bool { return m.Letter.Text == "" }

const messageColumns = `g.id, g.key, g.kind, COALESCE(g.member_id, 0), COALESCE(g.mailbox_id, 0), g.recipient, g.subject, g.body, g.html, g.message_id,
	g.state, g.day_on, g.useful_until_on, g.attempts, g.next_try_at, g.last_error, g.gone_at, g.created_at`

func (m *MessageRow) into() []any {
	return []any{
		&m.ID, &m.Key, &m.Kind, &m.MemberID, &m.MailboxID, &m.Recipient, &m.Letter.Subject, &m.Letter.Text, &m.Letter.HTML, &m.MailID,
		&m.State, dayInto{&m.On}, dayInto{&m.UsefulUntil}, &m.Attempts, instantInto{&m.NextTryAt}, &m.LastError, instantInto{&m.GoneAt}, instantInto{&m.CreatedAt},
	}
}

func scanMessage(row scanner) (MessageRow, error) {
	var m MessageRow
	return m, row.Scan(m.into()...)
}

// Message returns one message.
func (tx *ReadTx) Message(id int64) (MessageRow, error) {
	return one(tx, pec.Refuse("message_unknown", "Il messaggio non esiste."), scanMessage, `SELECT `+messageColumns+` FROM messages g WHERE g.id = ?`, id)
}

// AddMessage stores a message and returns its id; one whose key is there
// already is not written again, and the id is that one's.
func (tx *Tx) AddMessage(m MessageRow) (int64, error) {
	next := any(nil)
	if m.State == pec.MessageWaiting {
		next = instant(tx.Now)
	}
	if err := tx.exec(`INSERT INTO messages (key, kind, member_id, mailbox_id, recipient, subject, body, html, message_id, state, day_on,
			useful_until_on, next_try_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
		m.Key, m.Kind, number(m.MemberID), number(m.MailboxID), m.Recipient, m.Letter.Subject, m.Letter.Text, m.Letter.HTML, m.MailID, m.State, day(tx.On),
		day(m.UsefulUntil), next, instant(tx.Now)); err != nil {
		return 0, err
	}
	return value[int64](&tx.ReadTx, `SELECT id FROM messages WHERE key = ?`, m.Key)
}

// number writes 0 as NULL, for columns that refer to a row.
func number(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// ClaimMessage takes the message that is due since longest for an attempt: until
// then nobody else sends it. Its ID is 0 when none is due.
func (tx *Tx) ClaimMessage(until time.Time) (MessageRow, error) {
	list, err := all(&tx.ReadTx, scanMessage, `SELECT `+messageColumns+` FROM messages g
		WHERE g.state IN ('waiting', 'unknown') AND g.next_try_at <= ? ORDER BY g.next_try_at, g.id LIMIT 1`, instant(tx.Now))
	if err != nil || len(list) == 0 {
		return MessageRow{}, err
	}
	m := list[0]
	m.State, m.Attempts = pec.MessageSending, m.Attempts+1
	return m, tx.exec(`UPDATE messages SET state = 'sending', attempts = ?, next_try_at = NULL, claimed_until_at = ? WHERE id = ?`, m.Attempts, instant(until), m.ID)
}

// MessagesCutShort returns the messages whose attempt has not answered in time.
func (tx *ReadTx) MessagesCutShort(now time.Time) ([]MessageRow, error) {
	return all(tx, scanMessage, `SELECT `+messageColumns+` FROM messages g WHERE g.state = 'sending' AND g.claimed_until_at <= ? ORDER BY g.id`, instant(now))
}

// MessagesTooLate returns the messages in these states that are of no use any
// more on a day.
func (tx *ReadTx) MessagesTooLate(on pec.Date, states ...pec.MessageState) ([]MessageRow, error) {
	wanted, err := json.Marshal(states)
	if err != nil {
		return nil, err
	}
	return all(tx, scanMessage, `SELECT `+messageColumns+` FROM messages g
		WHERE g.state IN (SELECT value FROM json_each(?)) AND g.useful_until_on < ? ORDER BY g.id`, string(wanted), day(on))
}

// NoticesOfLeavers returns the notices, and what the secretariat wrote of a
// renewal to come, in these states whose member is no longer on the register.
func (tx *ReadTx) NoticesOfLeavers(states ...pec.MessageState) ([]MessageRow, error) {
	wanted, err := json.Marshal(states)
	if err != nil {
		return nil, err
	}
	return all(tx, scanMessage, `SELECT `+messageColumns+` FROM messages g JOIN members m ON m.id = g.member_id
		WHERE g.kind IN ('notice', 'credit_short') AND g.state IN (SELECT value FROM json_each(?)) AND m.status NOT IN ('active', 'suspended') ORDER BY g.id`, string(wanted))
}

// WaitingMessagesOver returns the messages in these states which ask for the
// payment of an order, named by their key, that no longer waits for it, or of whose
// mailbox a suspension would have the payment cancel it.
func (tx *ReadTx) WaitingMessagesOver(states ...pec.MessageState) ([]MessageRow, error) {
	wanted, err := json.Marshal(states)
	if err != nil {
		return nil, err
	}
	return all(tx, scanMessage, `SELECT `+messageColumns+` FROM messages g JOIN orders o ON o.id = CAST(substr(g.key, length('order_waiting:') + 1) AS INTEGER) JOIN mailboxes b ON b.id = o.mailbox_id
		WHERE g.kind = 'order_waiting' AND g.state IN (SELECT value FROM json_each(?)) AND (o.state <> 'awaiting_payment' OR b.status = 'suspended') ORDER BY g.id`, string(wanted))
}

// LatestWritten returns when a message of a kind was last written to each of
// these members from a day on, by member. One that failed for good counts only
// on its own day.
func (tx *ReadTx) LatestWritten(kind pec.MessageKind, members []int64, since, today pec.Date) (map[int64]pec.Date, error) {
	ids, err := json.Marshal(members)
	if err != nil {
		return nil, err
	}
	type written struct {
		member int64
		on     pec.Date
	}
	list, err := all(tx, func(row scanner) (w written, err error) {
		return w, row.Scan(&w.member, dayInto{&w.on})
	}, `SELECT member_id, MAX(day_on) FROM messages WHERE member_id IN (SELECT value FROM json_each(?)) AND kind = ? AND day_on >= ?
		AND (state <> 'given_up' OR day_on = ?) GROUP BY member_id`, string(ids), kind, day(since), day(today))
	latest := map[int64]pec.Date{}
	for _, w := range list {
		latest[w.member] = w.on
	}
	return latest, err
}

// LatestNotices returns when a notice was last written about each of these
// mailboxes from a day on, by mailbox. One that failed for good does not count.
func (tx *ReadTx) LatestNotices(mailboxes []int64, since pec.Date) (map[int64]pec.Date, error) {
	ids, err := json.Marshal(mailboxes)
	if err != nil {
		return nil, err
	}
	type written struct {
		mailbox int64
		on      pec.Date
	}
	list, err := all(tx, func(row scanner) (w written, err error) {
		return w, row.Scan(&w.mailbox, dayInto{&w.on})
	}, `SELECT mailbox_id, MAX(day_on) FROM messages WHERE mailbox_id IN (SELECT value FROM json_each(?)) AND kind = 'notice' AND day_on >= ?
		AND state <> 'given_up' GROUP BY mailbox_id`, string(ids), day(since))
	latest := map[int64]pec.Date{}
	for _, w := range list {
		latest[w.mailbox] = w.on
	}
	return latest, err
}

// Readdress sends a message that is on its way to another address.
func (tx *Tx) Readdress(id int64, recipient string) error {
	return tx.exec(`UPDATE messages SET recipient = ? WHERE id = ?`, recipient, id)
}

// SetMessage writes where a message now is on its way.
func (tx *Tx) SetMessage(m MessageRow) error {
	var next, gone any
	switch m.State {
	case pec.MessageWaiting, pec.MessageUnknown:
		next = instant(m.NextTryAt)
	case pec.MessageSent, pec.MessagePosted:
		gone = instant(m.GoneAt)
	}
	return tx.exec(`UPDATE messages SET state = ?, recipient = ?, attempts = ?, next_try_at = ?, claimed_until_at = NULL, last_error = ?, gone_at = ?,
			useful_until_on = ? WHERE id = ?`, m.State, m.Recipient, m.Attempts, next, m.LastError, gone, day(m.UsefulUntil), m.ID)
}

// MailboxIsTold reports whether a message was ever written about a mailbox.
func (tx *ReadTx) MailboxIsTold(id int64) (bool, error) {
	return value[bool](tx, `SELECT EXISTS (SELECT 1 FROM messages WHERE mailbox_id = ?)`, id)
}

// Attempt is one attempt to send a message.
type Attempt struct {
	Outcome pec.MailOutcome
	Reply   string
	On      pec.Date
	At      time.Time
}

// AddAttempt keeps how an attempt ended.
func (tx *Tx) AddAttempt(message int64, r pec.MailResult) error {
	return tx.exec(`INSERT INTO message_attempts (message_id, outcome, reply, day_on, at) VALUES (?, ?, ?, ?, ?)`, message, r.Outcome, r.Reply, day(tx.On), instant(tx.Now))
}

// Attempts returns the attempts to send a message, in order.
func (tx *ReadTx) Attempts(message int64) ([]Attempt, error) {
	return all(tx, func(row scanner) (Attempt, error) {
		var a Attempt
		return a, row.Scan(&a.Outcome, &a.Reply, dayInto{&a.On}, instantInto{&a.At})
	}, `SELECT outcome, reply, day_on, at FROM message_attempts WHERE message_id = ? ORDER BY id`, message)
}

// MessageFilter says which messages a list holds.
type MessageFilter struct {
	States  []pec.MessageState
	Search  string // beginnings of the member's names, numbers, codes, addresses
	Kind    pec.MessageKind
	Member  int64
	Mailbox int64
	Before  int64 // keyset: older than this one
	After   int64 // keyset: newer than this one, when going back
	Limit   int   // 0: no limit
}

// MessageListed is a line of the messages' list.
type MessageListed struct {
	MessageRow
	Holder  string // empty for an operator's
	Address string // of the mailbox
}

func (f MessageFilter) where() (string, []any, error) {
	where, args := `1`, []any{}
	add := func(condition string, value any) {
		where += ` AND ` + condition
		args = append(args, value)
	}
	if f.States != nil {
		states, err := json.Marshal(f.States)
		if err != nil {
			return "", nil, err
		}
		add(`g.state IN (SELECT value FROM json_each(?))`, string(states))
	}
	if q := ftsQuery(f.Search); q != "" {
		add(`g.member_id IN (SELECT rowid FROM members_fts WHERE members_fts MATCH ?)`, q)
	} else if strings.TrimSpace(f.Search) != "" {
		where += ` AND 0` // only signs were typed: nothing has them
	}
	if f.Kind != "" {
		add(`g.kind = ?`, f.Kind)
	}
	if f.Member != 0 {
		add(`g.member_id = ?`, f.Member)
	}
	if f.Mailbox != 0 {
		add(`g.mailbox_id = ?`, f.Mailbox)
	}
	return where, args, nil
}

// MessageList returns the messages that match, newest first.
func (tx *ReadTx) MessageList(f MessageFilter) ([]MessageListed, error) {
	where, args, err := f.where()
	if err != nil {
		return nil, err
	}
	order, limit := `g.id DESC`, -1
	if f.Limit > 0 {
		limit = f.Limit
	}
	switch {
	case f.Before != 0:
		where += ` AND g.id < ?`
		args = append(args, f.Before)
	case f.After != 0:
		where += ` AND g.id > ?`
		args = append(args, f.After)
		order = `g.id`
	}
	list, err := all(tx, func(row scanner) (MessageListed, error) {
		var m MessageListed
		return m, row.Scan(append(m.into(), &m.Holder, &m.Address)...)
	}, `SELECT `+messageColumns+`, COALESCE(rtrim(m.surname || ' ' || m.name), ''), COALESCE(b.address, '')
		FROM messages g LEFT JOIN members m ON m.id = g.member_id LEFT JOIN mailboxes b ON b.id = g.mailbox_id
		WHERE `+where+` ORDER BY `+order+` LIMIT `+itoa(limit), args...)
	if f.After != 0 && f.Before == 0 {
		reverse(list)
	}
	return list, err
}

// MessageCounts counts the messages of each state.
func (tx *ReadTx) MessageCounts() (map[pec.MessageState]int, error) {
	return byKey[pec.MessageState, int](tx, `SELECT state, COUNT(*) FROM messages GROUP BY state`)
}

// SendingDay is what sending came to on one of the program's days, the
// secretariat's summaries apart.
type SendingDay struct {
	On     pec.Date
	Sent   int
	Failed int // refused, or the last attempt in vain
}

// SendingDays returns the days, from one to another, both included, on which a
// message was sent or failed and of which no summary was written.
func (tx *ReadTx) SendingDays(from, until pec.Date) ([]SendingDay, error) {
	return all(tx, func(row scanner) (SendingDay, error) {
		var d SendingDay
		return d, row.Scan(dayInto{&d.On}, &d.Sent, &d.Failed)
	}, `SELECT s.day_on, SUM(s.sent), SUM(s.failed) FROM (`+dayOfSending+`) s WHERE s.day_on BETWEEN ? AND ?
			AND NOT EXISTS (SELECT 1 FROM messages x WHERE x.kind = 'summary' AND x.key LIKE 'summary:' || s.day_on || ':%')
		GROUP BY s.day_on ORDER BY s.day_on`, day(from), day(until))
}

// FailedOn returns the messages that failed for good on a day.
func (tx *ReadTx) FailedOn(on pec.Date) ([]MessageRow, error) {
	return all(tx, scanMessage, `SELECT `+messageColumns+` FROM messages g
		WHERE g.id IN (SELECT message FROM (`+dayOfSending+`) WHERE failed = 1 AND day_on = ?) ORDER BY g.id`, day(on))
}

// dayOfSending is each message with the day of its last attempt and how that
// ended, if it ended.
const dayOfSending = `SELECT g.id AS message, t.day_on AS day_on, g.state = 'sent' AS sent, g.state = 'given_up' AS failed
	FROM messages g JOIN message_attempts t ON t.id = (SELECT MAX(id) FROM message_attempts WHERE message_id = g.id)
	WHERE g.kind <> 'summary' AND g.state IN ('sent', 'given_up')`

// MessageText returns the secretariat's text for a kind; false when the
// program's stands.
func (tx *ReadTx) MessageText(kind pec.MessageKind) (pec.MessageText, bool, error) {
	list, err := all(tx, func(row scanner) (pec.MessageText, error) {
		var t pec.MessageText
		return t, row.Scan(&t.Subject, &t.Body)
	}, `SELECT subject, body FROM message_texts WHERE kind = ?`, kind)
	if err != nil || len(list) == 0 {
		return pec.MessageText{}, false, err
	}
	return list[0], true, nil
}

// SetMessageText stores the secretariat's text for a kind.
func (tx *Tx) SetMessageText(kind pec.MessageKind, t pec.MessageText) error {
	return tx.exec(`INSERT INTO message_texts (kind, subject, body, actor, changed_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (kind) DO UPDATE SET subject = excluded.subject, body = excluded.body, actor = excluded.actor, changed_at = excluded.changed_at`,
		kind, t.Subject, t.Body, tx.Actor, instant(tx.Now))
}

// DeleteMessageText goes back to the program's text.
func (tx *Tx) DeleteMessageText(kind pec.MessageKind) error {
	return tx.exec(`DELETE FROM message_texts WHERE kind = ?`, kind)
}

// ChangedText is a kind of message with a text of the secretariat's.
type ChangedText struct {
	Kind  pec.MessageKind
	Actor string
	At    time.Time
}

// ChangedTexts lists the kinds whose text is the secretariat's.
func (tx *ReadTx) ChangedTexts() ([]ChangedText, error) {
	return all(tx, func(row scanner) (ChangedText, error) {
		var t ChangedText
		return t, row.Scan(&t.Kind, &t.Actor, instantInto{&t.At})
	}, `SELECT kind, actor, changed_at FROM message_texts ORDER BY kind`)
}

// blankMessages takes away what messages say of a member and to which address
// they went (9.10): that they were written, and when, stays.
func (tx *Tx) blankMessages(member int64) error {
	for _, blank := range []string{
		`UPDATE messages SET state = 'given_up', next_try_at = NULL, claimed_until_at = NULL WHERE member_id = ? AND state NOT IN ('sent', 'posted')`,
		`UPDATE message_attempts SET reply = '' WHERE message_id IN (SELECT id FROM messages WHERE member_id = ?)`,
		`UPDATE messages SET recipient = '', subject = '', body = '', html = '', last_error = '' WHERE member_id = ?`,
	} {
		if err := tx.exec(blank, member); err != nil {
			return err
		}
	}
	return nil
}
