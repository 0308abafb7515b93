package pec

import (
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"pgregory.net/rapid"
)

func TestTextsAreCheckedByName(t *testing.T) {
	form, _ := FormOf(MessageNotice)
	good := MessageText{Subject: "Scade {{casella}}", Body: "Gentile {{ nome }}, scade il {{scadenza}}."}
	for _, row := range []struct {
		name        string
		change      func(*MessageText)
		field, says string
	}{
		{"as it should be", nil, "", ""},
		{"single braces are words", func(m *MessageText) { m.Body = "Una {parentesi} resta" }, "", ""},
		{"no subject", func(m *MessageText) { m.Subject = "  " }, "subject", "Scriva l’oggetto"},
		{"a second line would be a header of its own", func(m *MessageText) { m.Subject = "Scade\r\nBcc: altri@posta.example" }, "subject", "una riga sola"},
		{"no text", func(m *MessageText) { m.Body = "\n" }, "body", "Scriva il testo"},
		{"too long", func(m *MessageText) { m.Body = strings.Repeat("è", 10_001) }, "body", "10.000"},
		{"an unknown field", func(m *MessageText) { m.Body = "Gentile {{cognome}}" }, "body", "«{{cognome}}» non esiste"},
		{"a field of another message", func(m *MessageText) { m.Subject = "Ordine {{lordo}}" }, "subject", "«{{lordo}}»"},
		{"an empty field", func(m *MessageText) { m.Body = "Gentile {{}}" }, "body", "«{{}}»"},
		{"not closed", func(m *MessageText) { m.Body = "Gentile {{nome, scade" }, "body", "«{{nome, scade» non si chiude"},
		{"closed on another line", func(m *MessageText) { m.Body = "Gentile {{nome\n}}" }, "body", "non si chiude"},
		{"opened twice", func(m *MessageText) { m.Body = "{{nome {{casella}}" }, "body", "non si chiude"},
		{"never opened", func(m *MessageText) { m.Body = "Gentile nome}}" }, "body", "senza il suo"},
		{"no power of a template", func(m *MessageText) { m.Body = "{{range .}}" }, "body", "«{{range .}}»"},
	} {
		t.Run(row.name, func(t *testing.T) {
			text := good
			if row.change != nil {
				row.change(&text)
			}
			p := AsProblem(form.Check(text))
			switch {
			case row.says == "" && p != nil:
				t.Errorf("refused: %s", p)
			case row.says != "" && (p == nil || p.Field != row.field || !strings.Contains(p.Message, row.says)):
				t.Errorf("%+v, want %q at %s", p, row.says, row.field)
			}
		})
	}
}

func TestEveryTextToBeginWithIsSound(t *testing.T) {
	together := []MessageField{fieldIBAN, fieldAccountHolder, fieldReason} // {{come_pagare}} says them all
	for _, f := range MessageForms {
		l, err := f.Write(f.Text, f.Samples())
		if err != nil {
			t.Errorf("%s: %v", f.Kind, err)
		}
		for _, field := range f.Fields {
			if !slices.Contains(together, field) && !strings.Contains(f.Text.Subject+f.Text.Body, "{{"+field.Name+"}}") {
				t.Errorf("%s: the text does not use %s", f.Kind, field.Name)
			}
			if field.Meaning == "" {
				t.Errorf("%s: %s is not explained", f.Kind, field.Name)
			}
		}
		if strings.Contains(l.Subject+l.Text+l.HTML, "{{") || strings.Contains(l.Text, "\n\n\n") {
			t.Errorf("%s: %q", f.Kind, l.Text)
		}
	}
}

func TestLinesWithNothingToSayAreLeftOut(t *testing.T) {
	form, _ := FormOf(MessageNotice)
	l, err := form.Write(MessageText{"Casella {{casella}}", "Gentile {{nome}},\n\n{{spazio}}\n\nCredito: {{credito}}\nManca: {{manca}}\n\nSaluti\n"},
		MessageValues{"nome": "Elena", "casella": "a@pec.example", "credito": "1,00 €"})
	if err != nil || l.Text != "Gentile Elena,\n\nCredito: 1,00 €\n\nSaluti\n" || l.Subject != "Casella a@pec.example" {
		t.Errorf("%q %q %v", l.Subject, l.Text, err)
	}
}

// What a member's data say is text, whatever it looks like: neither a field
// nor a header nor a piece of HTML.
func TestValuesAreOnlyText(t *testing.T) {
	form, _ := FormOf(MessageNotice)
	l, err := form.Write(MessageText{"Per {{nome}}", "Per {{nome}}\n\n{{che_cosa}}"},
		MessageValues{"nome": "Elena\r\nBcc: {{credito}} <b>", "credito": "9,00 €", "che_cosa": "- <script>\n- due & tre"})
	if err != nil {
		t.Fatal(err)
	}
	if l.Subject != "Per Elena Bcc: {{credito}} <b>" || !strings.Contains(l.Text, "{{credito}} <b>") || strings.Contains(l.HTML, "<script>") || strings.Contains(l.HTML, "<b>") {
		t.Errorf("%q\n%s\n%s", l.Subject, l.Text, l.HTML)
	}
	if !strings.Contains(l.HTML, "<ul>\n<li>&lt;script&gt;</li>\n<li>due &amp; tre</li>\n</ul>") {
		t.Errorf("the list is lost:\n%s", l.HTML)
	}
}

// Any text that is taken can be written with any values, and the HTML says the
// same words.
func TestAnyTextThatIsTakenCanBeWritten(t *testing.T) {
	form, _ := FormOf(MessageReceipt)
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.SampledFrom([]string{"{{nome}}", "{{numero}}", "{{", "}}", "{{x}}", "- ", "\n", "\n\n", "parole", " ", "{", "<p>", "è"})
		text := MessageText{"Oggetto {{numero}}", "a" + strings.Join(rapid.SliceOf(part).Draw(t, "body"), "")}
		values := MessageValues{"nome": rapid.SampledFrom([]string{"", "Elena", "{{numero}}"}).Draw(t, "nome"), "numero": "7"}
		l, err := form.Write(text, values)
		if err != nil {
			if AsProblem(err) == nil {
				t.Fatalf("not a person's: %v", err)
			}
			return
		}
		doc, err := html.Parse(strings.NewReader(l.HTML))
		if err != nil {
			t.Fatal(err)
		}
		var words strings.Builder
		for n := range doc.Descendants() {
			if n.Type == html.TextNode && n.Parent.Data != "title" {
				words.WriteString(n.Data + " ")
			}
		}
		plain := strings.Fields(strings.ReplaceAll("\n"+l.Text, "\n- ", "\n"))
		if got := strings.Fields(words.String()); strings.Join(got, " ") != strings.Join(plain, " ") {
			t.Fatalf("HTML says %q, the text %q", got, plain)
		}
	})
}

// Eight attempts with growing pauses: 1 + 5 + 15 minutes, 1 + 4 + 12 hours and
// a day, 41 hours and 21 minutes in all.
func TestPausesGrowAndEnd(t *testing.T) {
	var total, last time.Duration
	for n := 1; n < MaxAttempts; n++ {
		state, pause := AfterAttempt(MailDeferred, n)
		if state != MessageWaiting || pause <= last {
			t.Errorf("after attempt %d: %s, %s", n, state, pause)
		}
		total, last = total+pause, pause
	}
	if total != 41*time.Hour+21*time.Minute {
		t.Errorf("%s in all", total)
	}
	for _, row := range []struct {
		outcome MailOutcome
		n       int
		want    MessageState
	}{
		{MailDeferred, 8, MessageGivenUp}, {MailUnreachable, 8, MessageGivenUp}, {MailUncertain, 8, MessageGivenUp},
		{MailAccepted, 1, MessageSent}, {MailAccepted, 8, MessageSent}, {MailRefused, 1, MessageGivenUp}, {MailUncertain, 1, MessageUnknown},
	} {
		if got, _ := AfterAttempt(row.outcome, row.n); got != row.want {
			t.Errorf("%s at attempt %d: %s, want %s", row.outcome, row.n, got, row.want)
		}
	}
}
