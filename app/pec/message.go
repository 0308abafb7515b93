package pec

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"time"
)

// MessageKind is a sort of message that the program writes to people.
type MessageKind string

// The kinds. A new one is a constant here and a form below.
const (
	MessageNotice         MessageKind = "notice"          // avviso di scadenza (R21)
	MessageOutcome        MessageKind = "outcome"         // after E: what was renewed or ended (R21)
	MessageReceipt        MessageKind = "receipt"         // confirmation of a purchase (R17)
	MessageOrderRefused   MessageKind = "order_refused"   // an order that was paid for could not be completed (9.1)
	MessageOrderWaiting   MessageKind = "order_waiting"   // an order that the credit does not cover waits for payment (R13)
	MessageOrderCancelled MessageKind = "order_cancelled" // the secretariat cancelled an order that waited
	MessageToppedUp       MessageKind = "topped_up"       // a payment was registered (R15)
	MessageTopUpReversed  MessageKind = "topup_reversed"  // a top-up was taken back (R14)
	MessageSuspended      MessageKind = "suspended"       // a mailbox was suspended
	MessageReactivated    MessageKind = "reactivated"     // its suspension ended
	MessageRecredited     MessageKind = "recredited"      // a service that the provider refused was cancelled, what it cost came back
	MessageCreditShort    MessageKind = "credit_short"    // the secretariat's, to whoever lacks credit for a renewal to come
	MessageEmailCheck     MessageKind = "email_check"     // asks a new address to confirm itself
	MessageAccessAsked    MessageKind = "access_asked"    // to a holder: somebody asks to see their mailbox and pay for it
	MessageAccessDecided  MessageKind = "access_decided"  // to who asked: granted, refused, or taken back
	MessageAccessPaid     MessageKind = "access_paid"     // to a holder: what another paid for their mailbox
	MessageSummary        MessageKind = "summary"         // for the secretariat: what was sent or failed on a day
)

// StaysAddressed reports whether such a message goes where it was written to,
// also when its member has another address meanwhile.
func (k MessageKind) StaysAddressed() bool { return k == MessageEmailCheck }

// secretPath is the page whose address opens something to whoever has it.
const secretPath = "/conferma-mail/"

var secretLink = regexp.MustCompile(regexp.QuoteMeta(secretPath) + `[A-Za-z0-9_-]+`)

// Shown is the letter as anybody but its recipient may see it: without the link
// that only who reads the address should have.
func (l Letter) Shown() Letter {
	l.Text, l.HTML = secretLink.ReplaceAllString(l.Text, secretPath+"…"), secretLink.ReplaceAllString(l.HTML, secretPath+"…")
	return l
}

// MessageForm is what the program knows of a kind of message: when it is
// written, the fields that its text may have, the text to begin with.
type MessageForm struct {
	Kind   MessageKind
	Title  string // on screens: "Avviso di scadenza"
	When   string // one Italian sentence
	Fields []MessageField
	Text   MessageText // until the secretariat writes another
}

// MessageField is a place in a text that the program fills in: {{casella}}.
type MessageField struct {
	Name    string // lower case, "_" between words
	Meaning string // Italian, for who edits the text
	Sample  string // of the invented member of the preview
}

// MessageText is a text with fields, as the secretariat edits it. A line is a
// line, an empty line begins a paragraph, lines that begin with "- " are a list.
type MessageText struct {
	Subject string
	Body    string
}

// Longest texts that are taken, in characters.
const (
	MaxSubject = 150
	MaxBody    = 10_000
)

// MessageValues are what fields are filled with, by name. Empty is "nothing to
// say".
type MessageValues map[string]string

// Letter is a message filled in: what is stored and sent.
type Letter struct {
	Subject string
	Text    string
	HTML    string
}

// FormOf finds the form of a kind, of a message or of a letter on paper.
func FormOf(kind MessageKind) (MessageForm, bool) {
	for _, f := range slices.Concat(MessageForms, LetterForms) {
		if f.Kind == kind {
			return f, true
		}
	}
	return MessageForm{}, false
}

// Italian is the kind as the screens call it.
func (k MessageKind) Italian() string {
	if f, ok := FormOf(k); ok {
		return f.Title
	}
	return string(k)
}

// Samples are the values of the invented member of the preview.
func (f MessageForm) Samples() MessageValues {
	values := MessageValues{}
	for _, field := range f.Fields {
		values[field.Name] = field.Sample
	}
	return values
}

// Check refuses a text that could not be filled in: an unknown field, braces
// that do not close, a subject of several lines. The Problem names the field of
// the form and the one of the text.
func (f MessageForm) Check(t MessageText) error {
	switch {
	case strings.TrimSpace(t.Subject) == "":
		return Refuse("text_invalid", "Scriva l’oggetto del messaggio.").On("subject")
	case strings.ContainsAny(t.Subject, "\r\n"):
		return Refuse("text_invalid", "L’oggetto sta su una riga sola.").On("subject")
	case len([]rune(t.Subject)) > MaxSubject:
		return Refuse("text_invalid", "L’oggetto supera i %d caratteri.", MaxSubject).On("subject")
	case strings.TrimSpace(t.Body) == "":
		return Refuse("text_invalid", "Scriva il testo del messaggio.").On("body")
	case len([]rune(t.Body)) > MaxBody:
		return Refuse("text_invalid", "Il testo supera i %s caratteri.", Thousands(MaxBody)).On("body")
	}
	if p := f.checkFields(t.Subject); p != nil {
		return p.On("subject")
	}
	if p := f.checkFields(t.Body); p != nil {
		return p.On("body")
	}
	return nil
}

func (f MessageForm) checkFields(text string) *Problem {
	pieces, p := piecesOf(text)
	if p != nil {
		return p
	}
	for _, piece := range pieces {
		if piece.isField && !slices.ContainsFunc(f.Fields, func(known MessageField) bool { return known.Name == piece.text }) {
			return Refuse("field_unknown", "Il campo «{{%s}}» non esiste in questo messaggio: usi uno di quelli elencati.", piece.text)
		}
	}
	return nil
}

// Write fills a text in. The values are put in as they are and are not looked
// through for fields again. A line all of whose fields are empty is left out:
// "Manca: {{manca}}" goes when nothing is missing.
func (f MessageForm) Write(t MessageText, values MessageValues) (Letter, error) {
	if err := f.Check(t); err != nil {
		return Letter{}, err
	}
	l := Letter{Subject: strings.Join(strings.Fields(fill(t.Subject, values)), " "), Text: fillLines(t.Body, values)}
	l.HTML = asHTML(l.Subject, l.Text)
	return l, nil
}

// piece is a stretch of a text: words, or the name of a field.
type piece struct {
	text    string
	isField bool
}

func piecesOf(text string) ([]piece, *Problem) {
	var pieces []piece
	for {
		words, rest, more := strings.Cut(text, "{{")
		if strings.Contains(words, "}}") {
			return nil, Refuse("braces_broken", "C’è un «}}» senza il suo «{{»: i campi si scrivono come {{nome}}.")
		}
		if words != "" {
			pieces = append(pieces, piece{text: words})
		}
		if !more {
			return pieces, nil
		}
		name, after, closed := strings.Cut(rest, "}}")
		if !closed || strings.ContainsAny(name, "{}\n") {
			return nil, Refuse("braces_broken", "Il campo che comincia con «{{%s» non si chiude con «}}».", beginning(rest))
		}
		pieces, text = append(pieces, piece{strings.TrimSpace(name), true}), after
	}
}

// beginning is enough of a text to find it again.
func beginning(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if runes := []rune(s); len(runes) > 20 {
		return string(runes[:20]) + "…"
	}
	return s
}

// fill puts values in the place of fields; the text has been checked.
func fill(text string, values MessageValues) string {
	pieces, _ := piecesOf(text)
	var b strings.Builder
	for _, p := range pieces {
		if p.isField {
			b.WriteString(values[p.text])
		} else {
			b.WriteString(p.text)
		}
	}
	return b.String()
}

func fillLines(text string, values MessageValues) string {
	var lines []string
	for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if !onlyEmptyFields(line, values) {
			lines = append(lines, strings.TrimRight(fill(line, values), " "))
		}
	}
	joined := strings.Join(lines, "\n")
	for strings.Contains(joined, "\n\n\n") {
		joined = strings.ReplaceAll(joined, "\n\n\n", "\n\n")
	}
	return strings.TrimSpace(joined) + "\n"
}

func onlyEmptyFields(line string, values MessageValues) bool {
	pieces, _ := piecesOf(line)
	fields := 0
	for _, p := range pieces {
		if p.isField && values[p.text] != "" {
			return false
		}
		if p.isField {
			fields++
		}
	}
	return fields > 0
}

// asHTML lays a plain text out for programs that show HTML: the same words, in
// paragraphs and lists, legible on a phone.
func asHTML(subject, text string) string {
	var b strings.Builder
	b.WriteString("<!doctype html>\n<html lang=\"it\"><head><meta charset=\"utf-8\"><title>" + html.EscapeString(subject) + "</title></head>\n")
	b.WriteString("<body style=\"margin:0;padding:16px;font-family:Arial,sans-serif;font-size:16px;line-height:1.5;color:#1a1a1a\"><div style=\"max-width:34rem\">\n")
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		writeParagraph(&b, strings.Split(strings.Trim(paragraph, "\n"), "\n"))
	}
	b.WriteString("</div></body></html>\n")
	return b.String()
}

// listMark begins a line of a list.
const listMark = "- "

func writeParagraph(b *strings.Builder, lines []string) {
	isItem := func(line string) bool { return strings.HasPrefix(line, listMark) }
	for len(lines) > 0 {
		items := isItem(lines[0])
		n := slices.IndexFunc(lines, func(line string) bool { return isItem(line) != items })
		if n < 0 {
			n = len(lines)
		}
		if items {
			b.WriteString("<ul>\n")
			for _, line := range lines[:n] {
				b.WriteString("<li>" + html.EscapeString(strings.TrimPrefix(line, listMark)) + "</li>\n")
			}
			b.WriteString("</ul>\n")
		} else {
			b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(strings.Join(lines[:n], "\n")), "\n", "<br>\n") + "</p>\n")
		}
		lines = lines[n:]
	}
}

// listOf writes lines as a list of a text.
func listOf(lines []string) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(listMark + line)
	}
	return b.String()
}

// MessageState is where a message is on its way.
type MessageState string

// The states. A message without an e-mail address begins as paper.
const (
	MessageWaiting MessageState = "waiting"  // to be sent at its next try
	MessageSending MessageState = "sending"  // handed to the mail server, no answer yet
	MessageUnknown MessageState = "unknown"  // the line broke before the answer: perhaps it arrived; tried again
	MessageSent    MessageState = "sent"     // taken by the mail server
	MessageGivenUp MessageState = "given_up" // refused for good, or tried eight times
	MessagePaper   MessageState = "paper"    // to be posted: the member has no e-mail
	MessagePosted  MessageState = "posted"   // printed and posted
)

// Italian is the state as the screens give it.
func (s MessageState) Italian() string {
	switch s {
	case MessageWaiting:
		return "da inviare"
	case MessageSending:
		return "in partenza"
	case MessageUnknown:
		return "esito incerto"
	case MessageSent:
		return "inviato"
	case MessageGivenUp:
		return "non riuscito"
	case MessagePaper:
		return "da spedire su carta"
	case MessagePosted:
		return "spedito su carta"
	}
	return string(s)
}

// MaxAttempts is how often a message is sent at most (R22).
const MaxAttempts = 8

// pauses are what is waited after the first attempt, the second, and so on.
var pauses = [MaxAttempts - 1]time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// Mail is one e-mail, as the door to the mail server takes it. MessageID stays
// the same on every attempt: who receives it twice can tell.
type Mail struct {
	MessageID string // without angle brackets
	To        string // address
	Subject   string
	Text      string
	HTML      string
}

// MailOutcome is what became of one attempt to send.
type MailOutcome string

// The outcomes.
const (
	MailAccepted    MailOutcome = "accepted"    // the server took it
	MailRefused     MailOutcome = "refused"     // this message for good: a bad recipient
	MailDeferred    MailOutcome = "deferred"    // this message for now
	MailUnreachable MailOutcome = "unreachable" // no message goes: no line, wrong password, sender refused
	MailUncertain   MailOutcome = "uncertain"   // the line broke when all had been said: perhaps it was taken
)

// Italian is the outcome as the screens give it.
func (o MailOutcome) Italian() string {
	switch o {
	case MailAccepted:
		return "accettato dal server di posta"
	case MailRefused:
		return "rifiutato"
	case MailDeferred:
		return "rinviato"
	case MailUnreachable:
		return "server di posta non disponibile"
	case MailUncertain:
		return "esito incerto"
	}
	return string(o)
}

// MailResult is an outcome with what the server said, or what went wrong.
type MailResult struct {
	Outcome MailOutcome
	Reply   string
}

// AfterAttempt says what becomes of a message after its n-th attempt, counted
// from 1, and how long until the next (R22). What is uncertain is sent again:
// an expiry notice that comes twice does less harm than one that never comes.
//
// Deferred at the first attempt it waits a minute, at the seventh a day, at the
// eighth it is given up.
func AfterAttempt(outcome MailOutcome, n int) (MessageState, time.Duration) {
	switch {
	case outcome == MailAccepted:
		return MessageSent, 0
	case outcome == MailRefused || n >= MaxAttempts:
		return MessageGivenUp, 0
	case outcome == MailUncertain:
		return MessageUnknown, pauses[n-1]
	}
	return MessageWaiting, pauses[n-1]
}
