package office

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// Mailer is the door to the Ordine's mail server.
type Mailer interface {
	// Send hands one message over and says what became of it. It ends by itself
	// within claimFor.
	Send(ctx context.Context, m pec.Mail) pec.MailResult
	// Sender is the address that messages come from.
	Sender() string
}

// claimFor is how long an attempt may take: what has not answered by then was
// cut short by a crash.
const claimFor = 15 * time.Minute

// usefulDays is how long after it was written a message is still worth sending.
// A notice is only until E.
const usefulDays = 30

// outgoing is a message about to be stored.
type outgoing struct {
	kind        pec.MessageKind
	key         string // what it is about, after the kind: "12:2018-10-12:90"
	member      db.MemberRow
	to          string // where it goes whatever the member's address is; of who is no member, the only one
	mailbox     int64
	usefulUntil pec.Date
	values      pec.MessageValues
}

// queue stores a message with the change that causes it (R22), filled in with
// the text in force: what was written stays as it was. A member without an
// e-mail address gets it on paper. The same message again is written once.
func queue(tx *db.Tx, m outgoing) (int64, error) {
	letter, err := write(&tx.ReadTx, m.kind, m.values)
	if err != nil {
		return 0, err
	}
	row := db.MessageRow{
		Key: string(m.kind) + ":" + m.key, Kind: m.kind, MemberID: m.member.ID, MailboxID: m.mailbox, Recipient: m.to, Letter: letter,
		State: pec.MessageWaiting, UsefulUntil: m.usefulUntil,
	}
	if m.member.ID != 0 && m.to == "" {
		row.Recipient, row.State = destination(m.member)
	}
	if row.MailID, err = mailID(tx, row.Key); err != nil {
		return 0, err
	}
	return tx.AddMessage(row)
}

// destination is where a member's messages go.
func destination(m db.MemberRow) (address string, state pec.MessageState) {
	if pec.ValidEmail(m.Email) {
		return m.Email, pec.MessageWaiting
	}
	return "", pec.MessagePaper
}

// write fills the text of a kind in: the secretariat's, or the program's when
// there is none or when it no longer suits this version's fields. A renewal
// never fails for want of a text.
func write(tx *db.ReadTx, kind pec.MessageKind, values pec.MessageValues) (pec.Letter, error) {
	form, ok := pec.FormOf(kind)
	if !ok {
		return pec.Letter{}, fmt.Errorf("message of unknown kind %q", kind)
	}
	text, changed, err := tx.MessageText(kind)
	if err != nil {
		return pec.Letter{}, err
	}
	if changed {
		if letter, err := form.Write(text, values); err == nil {
			return letter, nil
		}
	}
	return form.Write(form.Text, values)
}

// mailID makes a message's Message-ID: the same on every attempt, so that an
// e-mail that comes twice can be told from two.
func mailID(tx *db.Tx, key string) (string, error) {
	domains, err := tx.Domains()
	if err != nil {
		return "", err
	}
	domain := "albopec.invalid"
	if len(domains) > 0 {
		domain = domains[0]
	}
	sum := sha256.Sum256([]byte(key + " " + tx.Now.UTC().Format(time.RFC3339Nano)))
	return "albopec." + hex.EncodeToString(sum[:12]) + "@" + domain, nil
}

// fullName is a member's name as a letter addresses it: "Elena Morandi".
func fullName(m pec.Member) string { return strings.TrimSpace(m.Name + " " + m.Surname) }

// orderBodyName is the Ordine's name; empty before there is one.
func orderBodyName(tx *db.ReadTx) (string, error) {
	body, err := tx.OrderBody()
	if pec.AsProblem(err) != nil {
		return "", nil
	}
	return body.Name, err
}

// queueReceipt confirms a completed purchase (R17).
func queueReceipt(tx *db.Tx, order int64) error {
	invoice := ""
	renewal, confirmed, err := tx.RenewalOrder(order)
	if err != nil {
		return err
	}
	if confirmed {
		invoice = renewal.Recipient.Italian()
	}
	return queueOfOrder(tx, pec.MessageReceipt, order, func(o db.OrderRow, lines []db.OrderLine) pec.MessageValues {
		return pec.MessageValues{
			"numero": o.Number(), "data": o.CompletedOn.Italian(), "righe": linesInWords(lines),
			"netto": o.Price.Net.Euro(), "iva": o.Price.VAT.Euro(), "lordo": o.Price.Gross.Euro(), "spiegazione": reasons(lines), "fattura": invoice,
		}
	})
}

// queueRefused tells a member that an order which waited is cancelled, why, and
// that what they paid in is still theirs.
func queueRefused(tx *db.Tx, order int64, why string) error {
	return queueOfOrder(tx, pec.MessageOrderRefused, order, func(o db.OrderRow, lines []db.OrderLine) pec.MessageValues {
		return pec.MessageValues{"data": o.OrderedOn.Italian(), "che_cosa": whatOf(lines), "lordo": o.Price.Gross.Euro(), "perche": why}
	})
}

// queueOfOrder writes to a member about an order of theirs, with the values of
// its own beside name, mailbox, credit and Ordine.
func queueOfOrder(tx *db.Tx, kind pec.MessageKind, order int64, values func(db.OrderRow, []db.OrderLine) pec.MessageValues) error {
	o, err := tx.Order(order)
	if err != nil {
		return err
	}
	m, err := tx.Member(o.MemberID)
	if err != nil {
		return err
	}
	box, err := tx.Mailbox(o.MailboxID)
	if err != nil {
		return err
	}
	lines, err := tx.OrderLines(order)
	if err != nil {
		return err
	}
	credit, err := tx.Balance(o.MemberID)
	if err != nil {
		return err
	}
	body, err := orderBodyName(&tx.ReadTx)
	if err != nil {
		return err
	}
	all := values(o, lines)
	all["nome"], all["casella"], all["credito"], all["ordine"] = fullName(m.Member), box.Address, credit.Euro(), body
	_, err = queue(tx, outgoing{kind: kind, key: fmt.Sprint(order), member: m, mailbox: o.MailboxID, usefulUntil: tx.On.AddDays(usefulDays), values: all})
	return err
}

func linesInWords(lines []db.OrderLine) string {
	var list []string
	for _, l := range lines {
		text := pec.Product{Code: l.Product, Name: l.ProductName, Unit: l.Unit}.What(l.Quantity)
		if !l.From.IsZero() {
			text += fmt.Sprintf(", dal %s al %s", l.From.Italian(), l.To.Italian())
		}
		list = append(list, "- "+text+": "+l.Price.Priced())
	}
	return strings.Join(list, "\n")
}

func reasons(lines []db.OrderLine) string {
	var list []string
	for _, l := range lines {
		if l.Reason != "" && !slices.Contains(list, l.Reason) {
			list = append(list, l.Reason)
		}
	}
	return strings.Join(list, " ")
}

// Sending is what a run of sending did.
type Sending struct {
	Sent    int `json:"sent"`
	Failed  int `json:"failed"`  // attempts in vain, of this run
	Waiting int `json:"waiting"` // still to go afterwards
}

// SendMail sends what waits, one message at a time, each in three steps: it is
// claimed, handed to the mail server outside any transaction, and what became
// of it is written down (R22). Two runs at once never take the same message. A
// run that is cut short between the steps leaves a message whose fate is not
// known: it is sent again with the Message-ID it had. When the server cannot be
// reached the run ends, so that the other messages keep their attempts. Without
// a mail server nothing is sent and everything waits.
func (o *Office) SendMail(ctx context.Context, actor string) (Sending, error) {
	var done Sending
	if err := o.sweep(ctx, actor); err != nil {
		return done, err
	}
	if o.Mailer != nil {
		if err := o.sendAll(ctx, actor, &done); err != nil {
			return done, err
		}
	}
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		counts, err := tx.MessageCounts()
		done.Waiting = counts[pec.MessageWaiting] + counts[pec.MessageUnknown] + counts[pec.MessageSending]
		return err
	})
	return done, err
}

// sweep settles what no attempt will: attempts that were cut short, messages
// and letters that have become of no use. While sending is not set up what waits
// is left waiting.
func (o *Office) sweep(ctx context.Context, actor string) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		cut, err := tx.MessagesCutShort(tx.Now)
		if err != nil {
			return err
		}
		for _, m := range cut {
			if err := settle(tx, m, pec.MailResult{Outcome: pec.MailUncertain, Reply: "Il programma si è fermato durante l’invio."}); err != nil {
				return err
			}
		}
		states := []pec.MessageState{pec.MessagePaper}
		if o.Mailer != nil {
			states = append(states, pec.MessageWaiting, pec.MessageUnknown)
		}
		late, err := tx.MessagesTooLate(tx.On, states...)
		if err != nil {
			return err
		}
		for _, m := range late {
			why := fmt.Sprintf("Non è partito entro il %s, e dopo non serviva più.", m.UsefulUntil.Italian())
			if m.State == pec.MessagePaper {
				why = fmt.Sprintf("Non è stato spedito entro il %s, e dopo non serviva più.", m.UsefulUntil.Italian())
			}
			if err := giveUp(tx, m, why, "message.too_late", map[string]any{"kind": m.Kind, "until": m.UsefulUntil}); err != nil {
				return err
			}
		}
		if err := stopWaiting(tx, states); err != nil {
			return err
		}
		return stopNotices(tx, states)
	})
}

// stopWaiting gives up the messages that ask for the payment of an order which
// no longer waits for it, or would be cancelled by it: sent now they would ask for
// money in vain.
func stopWaiting(tx *db.Tx, states []pec.MessageState) error {
	list, err := tx.WaitingMessagesOver(states...)
	if err != nil {
		return err
	}
	for _, m := range list {
		if err := giveUp(tx, m, "L’ordine non aspetta più il pagamento, o la casella è sospesa: il messaggio non serve più.", "message.order_over", map[string]any{"kind": m.Kind}); err != nil {
			return err
		}
	}
	return nil
}

// stopNotices gives up the notices of members who left the register after they
// were written (R5).
func stopNotices(tx *db.Tx, states []pec.MessageState) error {
	list, err := tx.NoticesOfLeavers(states...)
	if err != nil {
		return err
	}
	for _, m := range list {
		if err := giveUp(tx, m, "Il titolare non è più nell’albo: l’avviso non serve più.", "message.holder_left", map[string]any{"kind": m.Kind}); err != nil {
			return err
		}
	}
	return nil
}

// giveUp takes a message off what is to be sent, with the reason that its page
// shows and the entry of the audit log.
func giveUp(tx *db.Tx, m db.MessageRow, why, action string, details map[string]any) error {
	m.State, m.LastError = pec.MessageGivenUp, why
	if err := tx.SetMessage(m); err != nil {
		return err
	}
	return tx.Record(action, "message", m.ID, details)
}

// claim takes the next message for an attempt, to its member's address of today.
func claim(tx *db.Tx) (db.MessageRow, error) {
	m, err := tx.ClaimMessage(tx.Now.Add(claimFor))
	if err != nil || m.MemberID == 0 || m.Kind.StaysAddressed() {
		return m, err
	}
	member, err := tx.Member(m.MemberID)
	if err != nil {
		return m, err
	}
	to, state := destination(member)
	if state != pec.MessageWaiting || to == m.Recipient {
		return m, nil
	}
	m.Recipient = to
	if err := tx.Readdress(m.ID, to); err != nil {
		return m, err
	}
	return m, tx.Record("message.readdressed", "message", m.ID, map[string]any{"kind": m.Kind})
}

// sendAll sends message after message, the one that is due since longest first,
// until none is or none would go. What became of one is written down in the
// transaction that claims the next.
func (o *Office) sendAll(ctx context.Context, actor string, done *Sending) error {
	var next db.MessageRow
	err := o.write(ctx, actor, func(tx *db.Tx) (err error) {
		next, err = claim(tx)
		return err
	})
	for err == nil && next.ID != 0 {
		m := next
		result := o.Mailer.Send(ctx, pec.Mail{MessageID: m.MailID, To: m.Recipient, Subject: m.Letter.Subject, Text: m.Letter.Text, HTML: m.Letter.HTML})
		// What the server was told stays told, even when the program is being stopped.
		err = o.write(context.WithoutCancel(ctx), actor, func(tx *db.Tx) (err error) {
			next = db.MessageRow{}
			if err := settle(tx, m, result); err != nil || result.Outcome == pec.MailUnreachable || ctx.Err() != nil {
				return err
			}
			next, err = claim(tx)
			return err
		})
		if err != nil {
			return fmt.Errorf("writing down what became of message %d: %w", m.ID, err)
		}
		if result.Outcome == pec.MailAccepted {
			done.Sent++
		} else {
			done.Failed++
		}
		err = ctx.Err()
	}
	return err
}

// settle writes down what became of the attempt for which claimed was taken. An
// answer that comes after the claim was taken for lost settles nothing, unless
// it is that the message has gone: another attempt, a decision or an erasure of
// contacts may have come in between, and what they wrote stands.
func settle(tx *db.Tx, claimed db.MessageRow, r pec.MailResult) error {
	m, err := tx.Message(claimed.ID)
	if err != nil {
		return err
	}
	mine := m.State == pec.MessageSending && m.Attempts == claimed.Attempts
	gone := r.Outcome == pec.MailAccepted && (m.State == pec.MessageWaiting || m.State == pec.MessageUnknown)
	if !mine && !gone {
		if m.Erased() { // a server's answer may name the address
			r.Reply = ""
		}
		if err := tx.AddAttempt(m.ID, r); err != nil {
			return err
		}
		return tx.Record("message.answered_late", "message", m.ID, map[string]any{"kind": m.Kind, "outcome": r.Outcome, "attempt": claimed.Attempts})
	}
	state, pause := pec.AfterAttempt(r.Outcome, m.Attempts)
	m.State, m.NextTryAt, m.GoneAt, m.LastError = state, tx.Now.Add(pause), tx.Now, r.Reply
	if state == pec.MessageSent {
		m.LastError = ""
	}
	if err := tx.SetMessage(m); err != nil {
		return err
	}
	if err := tx.AddAttempt(m.ID, r); err != nil {
		return err
	}
	return tx.Record("message."+string(state), "message", m.ID, map[string]any{"kind": m.Kind, "outcome": r.Outcome, "attempt": m.Attempts})
}

// RetryMessage sends a message again at once, from its first attempt on, to the
// member's address of today: one that failed, that waits for its next attempt,
// or that was to go on paper before the member had an address.
func (o *Office) RetryMessage(ctx context.Context, actor string, id int64) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		m, err := tx.Message(id)
		if err != nil {
			return err
		}
		switch m.State {
		case pec.MessageSent, pec.MessagePosted, pec.MessageSending:
			return pec.Refuse("message_not_waiting", "Il messaggio è %s: non si invia di nuovo.", m.State.Italian())
		}
		if m.Erased() {
			return pec.Refuse("message_erased", "Il testo è stato cancellato su richiesta dell’iscritto: non si invia più.")
		}
		return retry(tx, m)
	})
}

// RetryFailed sends every message that failed again, and counts them: those of
// no use any more or erased are left, and those of members without an address.
func (o *Office) RetryFailed(ctx context.Context, actor string) (int, error) {
	n := 0
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		list, err := tx.MessageList(db.MessageFilter{States: []pec.MessageState{pec.MessageGivenUp}})
		if err != nil {
			return err
		}
		for _, m := range list {
			if m.UsefulUntil.Before(tx.On) || m.Erased() {
				continue
			}
			switch err := retry(tx, m.MessageRow); {
			case pec.AsProblem(err) != nil: // refused before anything was written
			case err != nil:
				return err
			default:
				n++
			}
		}
		return nil
	})
	return n, err
}

func retry(tx *db.Tx, m db.MessageRow) error {
	m.State = pec.MessageWaiting
	if m.MemberID != 0 && !m.Kind.StaysAddressed() {
		member, err := tx.Member(m.MemberID)
		if err != nil {
			return err
		}
		if m.Recipient, m.State = destination(member); m.State == pec.MessagePaper {
			return pec.Refuse("email_missing", "L’iscritto non ha una mail di riferimento: la scriva nei suoi dati, oppure spedisca il messaggio su carta.")
		}
	}
	m.Attempts, m.NextTryAt, m.LastError = 0, tx.Now, ""
	if m.UsefulUntil.Before(tx.On) {
		m.UsefulUntil = tx.On
	}
	if err := tx.SetMessage(m); err != nil {
		return err
	}
	return tx.Record("message.retried", "message", m.ID, map[string]any{"kind": m.Kind})
}

// ToPaper puts a message that failed on the list of those to be posted.
func (o *Office) ToPaper(ctx context.Context, actor string, id int64) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		m, err := tx.Message(id)
		if err != nil {
			return err
		}
		if m.Kind.StaysAddressed() {
			return pec.Refuse("message_not_for_paper", "Questo messaggio serve a chi legge la nuova mail: su carta non direbbe nulla.")
		}
		if m.State != pec.MessageGivenUp || m.MemberID == 0 {
			return pec.Refuse("message_not_failed", "Il messaggio è %s: su carta si spedisce ciò che non è riuscito per e-mail.", m.State.Italian())
		}
		m.State = pec.MessagePaper
		if late := tx.On.AddDays(usefulDays); m.UsefulUntil.Before(late) { // an operator wants it posted all the same
			m.UsefulUntil = late
		}
		if err := tx.SetMessage(m); err != nil {
			return err
		}
		return tx.Record("message.paper", "message", id, map[string]any{"kind": m.Kind})
	})
}

// PostMessages registers that letters were posted today; those that were not
// on the list are left as they are. It counts the others.
func (o *Office) PostMessages(ctx context.Context, actor string, ids []int64) (int, error) {
	n := 0
	err := o.write(ctx, actor, func(tx *db.Tx) error {
		for _, id := range ids {
			m, err := tx.Message(id)
			if err != nil {
				return err
			}
			if m.State != pec.MessagePaper {
				continue
			}
			m.State, m.GoneAt = pec.MessagePosted, tx.Now
			if err := tx.SetMessage(m); err != nil {
				return err
			}
			if err := tx.Record("message.posted", "message", id, map[string]any{"kind": m.Kind}); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// ChangeText stores the secretariat's text for a kind of message, once it is
// sound.
func (o *Office) ChangeText(ctx context.Context, actor string, kind pec.MessageKind, t pec.MessageText) error {
	form, ok := pec.FormOf(kind)
	if !ok {
		return pec.Refuse("text_unknown", "Il messaggio «%s» non esiste.", kind)
	}
	t.Subject, t.Body = strings.TrimSpace(t.Subject), strings.TrimSpace(strings.ReplaceAll(t.Body, "\r\n", "\n"))+"\n"
	if err := form.Check(t); err != nil {
		return err
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		if err := tx.SetMessageText(kind, t); err != nil {
			return err
		}
		return tx.Record("text.changed", "text", 0, map[string]any{"kind": kind})
	})
}

// RestoreText goes back to the program's text for a kind of message.
func (o *Office) RestoreText(ctx context.Context, actor string, kind pec.MessageKind) error {
	if _, ok := pec.FormOf(kind); !ok {
		return pec.Refuse("text_unknown", "Il messaggio «%s» non esiste.", kind)
	}
	return o.write(ctx, actor, func(tx *db.Tx) error {
		if err := tx.DeleteMessageText(kind); err != nil {
			return err
		}
		return tx.Record("text.restored", "text", 0, map[string]any{"kind": kind})
	})
}

// TextFor is the text in force for a kind of message, and whether it is the
// secretariat's.
func TextFor(tx *db.ReadTx, form pec.MessageForm) (pec.MessageText, bool, error) {
	text, changed, err := tx.MessageText(form.Kind)
	if err != nil || changed {
		return text, changed, err
	}
	return form.Text, false, nil
}

// Letters are messages as letters to be posted: these, or (nil) all that wait to
// be. The address is the member's of today.
func (o *Office) Letters(ctx context.Context, ids []int64) ([]reports.Letter, error) {
	var letters []reports.Letter
	err := o.DB.Read(ctx, func(tx *db.ReadTx) error {
		body, err := tx.OrderBody()
		if err != nil {
			return err
		}
		list, err := lettersToPost(tx, ids)
		if err != nil {
			return err
		}
		logo, err := tx.Logo()
		if err != nil {
			return err
		}
		for _, m := range list {
			if m.MemberID == 0 {
				return pec.Refuse("message_not_for_members", "Il messaggio è per un operatore: su carta si spedisce solo agli iscritti.")
			}
			member, err := tx.Member(m.MemberID)
			if err != nil {
				return err
			}
			letters = append(letters, reports.Letter{
				Sender: body.Name, Place: body.City, On: m.On, To: PostalAddress(member.Member), Subject: m.Letter.Subject, Text: m.Letter.Shown().Text, Logo: logo,
			})
		}
		return nil
	})
	return letters, err
}

// lettersToPost are the messages asked for, or all on paper, oldest first.
func lettersToPost(tx *db.ReadTx, ids []int64) ([]db.MessageRow, error) {
	var list []db.MessageRow
	if ids == nil {
		waiting, err := tx.MessageList(db.MessageFilter{States: []pec.MessageState{pec.MessagePaper}})
		for _, m := range slices.Backward(waiting) {
			list = append(list, m.MessageRow)
		}
		return list, err
	}
	for _, id := range ids {
		m, err := tx.Message(id)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

// PostalAddress is a member's name and address as an envelope has them; only
// the name when the register has no address.
func PostalAddress(m pec.Member) []string {
	lines := []string{fullName(m)}
	for line := range strings.SplitSeq(m.Address, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	city := strings.TrimSpace(m.PostalCode + " " + m.City)
	if m.Province != "" {
		city += " (" + m.Province + ")"
	}
	if m.City != "" {
		lines = append(lines, city)
	}
	return lines
}
