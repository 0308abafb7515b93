package office_test

import (
	"fmt"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
	"albopec/reports"
)

// tellsRegister makes a file for ReGIndE and says what it holds: "insert
// RSSMRA80A01H501U attivo".
func (o *testOffice) tellsRegister(w office.SubjectsWish) (db.SubjectFile, []string) {
	o.t.Helper()
	sent, err := o.SendSubjects(ctx, "prova", w)
	o.must(err)
	var lines []string
	for _, c := range sent.Changes {
		lines = append(lines, fmt.Sprintf("%s %s %s", c.Operation, c.TaxCode, c.Status))
	}
	return sent.File, lines
}

func (o *testOffice) expectRegister(want string) db.SubjectFile {
	o.t.Helper()
	f, got := o.tellsRegister(office.SubjectsWish{})
	if s := strings.Join(got, ", "); s != want {
		o.t.Errorf("on %s the register is told %q, want %q", o.day, s, want)
	}
	return f
}

const esiti = `<?xml version="1.0" encoding="UTF-8"?><Esiti><CodiceEnte>%s</CodiceEnte>%s</Esiti>`

func esito(code, answer string) string {
	return "<Esito><CodiceFiscale>" + code + "</CodiceFiscale><Codice>" + answer + "</Codice></Esito>"
}

func registerOffice(t *testing.T) (o *testOffice, rossi, verdi int64) {
	o = newOffice(t, "2026-09-01")
	rossi = o.colleague("A1", "Rossi", "Mario", "RSSMRA80A01H501U", "mario@pec.altrove.example")
	verdi = o.colleague("A2", "Verdi & Figli", "Pia", "VRDPIA80A41H501I", "pia@pec.altrove.example")
	o.lives(rossi, "Via Roma 1", "38100")
	o.lives(verdi, "Via Po 2", "38100")
	o.must(o.SetSubjectSettings(ctx, "prova", pec.SubjectSettings{BodyCode: "01234567897", Role: "Altro Professionista", FileName: pec.SubjectFileNames[0]}))
	return o, rossi, verdi
}

func TestRegisterIsToldAndAnswers(t *testing.T) {
	o, rossi, verdi := registerOffice(t)
	first := o.expectRegister("insert RSSMRA80A01H501U attivo, insert VRDPIA80A41H501I attivo")
	if text := string(first.Content); !strings.Contains(text, "<Cognome>Verdi &amp; Figli</Cognome>") || !strings.Contains(text, "<CodiceEnte>01234567897</CodiceEnte>") ||
		!strings.Contains(text, "<AlboCompleto>false</AlboCompleto>") || !strings.Contains(text, "<DataNascita>1980-01-01</DataNascita>") || first.Name != "ComunicazioniSoggetti.xml" {
		t.Errorf("%s", text)
	}
	o.expectRegister("")
	answer := []byte(fmt.Sprintf(esiti, "01234567897", esito("RSSMRA80A01H501U", "S000")+esito("VRDPIA80A41H501I", "E002")+esito("BNCNNA80A41H501R", "E005")))
	done, err := o.AnswerSubjects(ctx, "prova", first.ID, answer, false)
	o.must(err)
	if done.Accepted != 1 || done.Refused != 1 || len(done.Unknown) != 1 || done.Silent != 0 || done.Known {
		t.Errorf("%+v", done)
	}
	if done, err = o.AnswerSubjects(ctx, "prova", first.ID, answer, false); err != nil || !done.Known {
		t.Errorf("the same again: %+v, %v", done, err)
	}
	o.on("2026-09-02")
	o.expectRegister("insert VRDPIA80A41H501I attivo")
	o.on("2026-09-03")
	o.leaves(rossi, "2026-09-03")
	o.must(o.MarkDomicile(ctx, "prova", verdi, pec.DomicileClosed, ""))
	o.expectRegister("delete VRDPIA80A41H501I attivo, modify RSSMRA80A01H501U cancellato")
	o.sound()
}

func TestAnswersThatAreNotToThisFile(t *testing.T) {
	o, _, _ := registerOffice(t)
	f := o.expectRegister("insert RSSMRA80A01H501U attivo, insert VRDPIA80A41H501I attivo")
	for _, c := range []struct{ answer, code string }{
		{fmt.Sprintf(esiti, "COAH501", esito("RSSMRA80A01H501U", "S000")), "outcomes_of_another"},
		{fmt.Sprintf(esiti, "01234567897", esito("BNCNNA80A41H501R", "S000")), "outcomes_of_another"},
		{"<Esiti>", "file_not_readable"},
		{"", "file_empty"},
	} {
		_, err := o.AnswerSubjects(ctx, "prova", f.ID, []byte(c.answer), false)
		if p := o.refuses(c.code, err); p != nil && p.Field != "file" {
			t.Errorf("%+v", p)
		}
	}
	o.on("2026-09-02")
	o.expectRegister("") // nothing of them was written
	_, err := o.AnswerSubjects(ctx, "prova", f.ID, []byte(fmt.Sprintf(esiti, "01234567897", "<Errore><Codice>F003</Codice></Errore>")), false)
	o.must(err)
	o.expectRegister("insert RSSMRA80A01H501U attivo, insert VRDPIA80A41H501I attivo")
}

func TestWholeRegisterIsTypedFor(t *testing.T) {
	o, _, verdi := registerOffice(t)
	o.expectRegister("insert RSSMRA80A01H501U attivo, insert VRDPIA80A41H501I attivo")
	o.must(o.MarkDomicile(ctx, "prova", verdi, pec.DomicileClosed, ""))
	_, err := o.SendSubjects(ctx, "prova", office.SubjectsWish{Whole: true, Typed: 2})
	o.refuses("subjects_untyped", err)
	f, lines := o.tellsRegister(office.SubjectsWish{Whole: true, Typed: 1})
	if len(lines) != 1 || !f.Whole || !strings.Contains(string(f.Content), "<AlboCompleto>true</AlboCompleto>") {
		t.Errorf("%q", lines)
	}
	if again, _ := o.tellsRegister(office.SubjectsWish{Whole: true, Typed: 1}); again.ID != f.ID { // pressed twice
		t.Errorf("files %d and %d", f.ID, again.ID)
	}
	o.expectRegister("") // the Ministry has deleted her
	o.must(o.WithdrawSubjectFile(ctx, "prova", f.ID))
	o.expectRegister("delete VRDPIA80A41H501I attivo")
}

func TestTemplateIsTriedBeforeItIsKept(t *testing.T) {
	o, _, _ := registerOffice(t)
	for _, bad := range []string{"{{.Nulla}}", "{{range .Subjects}}<a>{{.TaxCode}}</a>{{end}}", "<a>", "<a>{{range .Subjects}}{{.Codice}}{{end}}</a>", "<a/>", "{{", "{{range 1000000000}}molto lungo {{end}}", "<a>{{range .Subjects}}{{printf \"%*d\" 900000 1}}{{printf \"%*d\" 900000 1}}{{.TaxCode}}{{end}}</a>",
		strings.Replace(reports.SubjectsTemplate, "{{.Operation}}", "inserimento", 1), strings.Replace(reports.SubjectsTemplate, "{{.Whole}}", "false", 1), strings.Replace(reports.SubjectsTemplate, "{{.PEC}}", "", 1), strings.Repeat("x", 200_000)} {
		err := o.SetSubjectTemplate(ctx, "prova", bad)
		if p := pec.AsProblem(err); p == nil || p.Field != "template" {
			t.Errorf("%.40q is taken: %v", bad, err)
		}
	}
	o.must(o.SetSubjectTemplate(ctx, "prova", `<r ente="{{.BodyCode}}">{{if .Whole}}<tutti/>{{end}}{{range .Subjects}}<s cf="{{.TaxCode}}">{{.TaxCode}} {{.Surname}} {{.Name}} {{.PEC}} {{.Role}} {{.Status}} {{.Operation}}</s><cf>{{.TaxCode}}</cf>{{end}}</r>`))
	f, _ := o.tellsRegister(office.SubjectsWish{})
	if !strings.HasPrefix(string(f.Content), `<r ente="01234567897"><s cf="RSSMRA80A01H501U">`) || f.TemplateID == 0 {
		t.Errorf("%s", f.Content)
	}
	o.must(o.SetSubjectTemplate(ctx, "prova", reports.SubjectsTemplate)) // the program's own again
	o.must(o.WithdrawSubjectFile(ctx, "prova", f.ID))
	if f, _ := o.tellsRegister(office.SubjectsWish{}); f.TemplateID != 0 || !strings.HasPrefix(string(f.Content), "<?xml") {
		t.Errorf("%s", f.Content)
	}
}

func TestRegisterNeedsTheBodysCode(t *testing.T) {
	o := newOffice(t, "2026-09-01")
	o.lives(o.colleague("A1", "Rossi", "Mario", "RSSMRA80A01H501U", "mario@pec.altrove.example"), "Via Roma 1", "38100")
	_, err := o.SendSubjects(ctx, "prova", office.SubjectsWish{})
	o.refuses("body_code_missing", err)
	if _, lines := o.tellsRegister(office.SubjectsWish{DryRun: true}); len(lines) != 1 {
		t.Errorf("played %q", lines)
	}
	o.refuses("body_code_invalid", o.SetSubjectSettings(ctx, "prova", pec.SubjectSettings{BodyCode: "123", Role: "Avvocato", FileName: pec.SubjectFileNames[0]}))
}

// The register had them from before: whoever leaves, or loses the PEC, is told of
// with the data that were sent.
func TestWhoTheRegisterHadAlreadyLeaves(t *testing.T) {
	o, rossi, verdi := registerOffice(t)
	first := o.expectRegister("insert RSSMRA80A01H501U attivo, insert VRDPIA80A41H501I attivo")
	_, err := o.AnswerSubjects(ctx, "prova", first.ID, []byte(fmt.Sprintf(esiti, "01234567897", esito("RSSMRA80A01H501U", "E003")+esito("VRDPIA80A41H501I", "E003"))), false)
	o.must(err)
	o.leaves(rossi, "2026-09-01")
	o.must(o.MarkDomicile(ctx, "prova", verdi, pec.DomicileClosed, ""))
	f := o.expectRegister("delete VRDPIA80A41H501I attivo, modify RSSMRA80A01H501U cancellato")
	for _, want := range []string{"<Cognome>Rossi</Cognome>", "<PEC>mario@pec.altrove.example</PEC>", "<Cognome>Verdi &amp; Figli</Cognome>"} {
		if !strings.Contains(string(f.Content), want) {
			t.Errorf("no %s in %s", want, f.Content)
		}
	}
	o.expectRegister("")
}

// A change that the register refuses for good is registered by hand as taken.
func TestSubjectIsAcceptedByHand(t *testing.T) {
	o, rossi, _ := registerOffice(t)
	first := o.expectRegister("insert RSSMRA80A01H501U attivo, insert VRDPIA80A41H501I attivo")
	o.on("2026-09-03")
	o.leaves(rossi, "2026-09-03")
	f := o.expectRegister("modify RSSMRA80A01H501U cancellato")
	_, err := o.AnswerSubjects(ctx, "prova", f.ID, []byte(fmt.Sprintf(esiti, "01234567897", esito("RSSMRA80A01H501U", "E001"))), false)
	o.must(err)
	if n, err := o.AcceptSubjects(ctx, "prova", f.ID, []int{1}); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	_, err = o.AcceptSubjects(ctx, "prova", f.ID, []int{1})
	o.refuses("nobody_chosen", err)
	// By mistake: what the register answered counts again, and it is told again.
	_, err = o.TakeAcceptedBack(ctx, "prova", f.ID, []int{2})
	o.refuses("nobody_chosen", err)
	if n, err := o.TakeAcceptedBack(ctx, "prova", f.ID, []int{1}); err != nil || n != 1 {
		t.Errorf("taken back: %d, %v", n, err)
	}
	_, err = o.TakeAcceptedBack(ctx, "prova", f.ID, []int{1})
	o.refuses("nobody_chosen", err)
	o.on("2026-09-04")
	f = o.expectRegister("modify RSSMRA80A01H501U cancellato")
	if n, err := o.AcceptSubjects(ctx, "prova", f.ID, []int{1}); err != nil || n != 1 {
		t.Errorf("again: %d, %v", n, err)
	}
	o.on("2026-09-05")
	o.expectRegister("")
	// The answer to another file, with one subject of this and two of others.
	_, err = o.AnswerSubjects(ctx, "prova", first.ID, []byte(fmt.Sprintf(esiti, "01234567897", esito("RSSMRA80A01H501U", "E001")+esito("NREGUO80A01H501S", "S000")+esito("SNZTTT80A01H501K", "S000"))), false)
	o.refuses("outcomes_of_another", err)
}

// An older answer for subjects, loaded after the file was refused whole, does not
// withdraw that by itself; one that came after does, and the refusal stays to be read.
func TestAnswerAfterAWholeRefusalIsAskedFor(t *testing.T) {
	o, _, _ := registerOffice(t)
	f := o.expectRegister("insert RSSMRA80A01H501U attivo, insert VRDPIA80A41H501I attivo")
	answer := func(body string, after bool) (office.SubjectsAnswered, error) {
		return o.AnswerSubjects(ctx, "prova", f.ID, []byte(fmt.Sprintf(esiti, "01234567897", body)), after)
	}
	_, err := answer("<Errore><Codice>F003</Codice></Errore>", false)
	o.must(err)
	_, err = answer(esito("RSSMRA80A01H501U", "S000"), false)
	if p := o.refuses("reginde_refused_whole", err); p != nil && p.Field != "after" {
		t.Errorf("%+v", p)
	}
	o.on("2026-09-02")
	if due := o.registerDue(); due != 2 { // nobody was taken
		t.Errorf("%d to be told", due)
	}
	done, err := answer(esito("RSSMRA80A01H501U", "S000"), true)
	if o.must(err); done.Withdrawn != "F003" || done.Accepted != 1 || done.Silent != 1 {
		t.Errorf("%+v", done)
	}
	if due := o.registerDue(); due != 0 { // one taken, one awaited
		t.Errorf("%d to be told", due)
	}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		before, err := tx.ReplacedAnswers(f.ID)
		if err != nil {
			return err
		}
		rows, err := tx.SubjectRows(f.ID, 0, 10)
		if len(before) != 1 || before[0].Code != "F003" || before[0].AnsweredOn != pec.Day("2026-09-01") || before[0].ReplacedOn != pec.Day("2026-09-02") || before[0].Actor != "prova" {
			t.Errorf("%+v", before)
		}
		for _, r := range rows {
			if r.FileWas != "F003" || r.FileCode != "" {
				t.Errorf("%+v", r)
			}
		}
		return err
	}))
	// It was a mistake after all: the refusal may be registered again.
	_, err = answer("<Errore><Codice>F003</Codice></Errore>", false)
	o.must(err)
	if due := o.registerDue(); due != 2 {
		t.Errorf("%d to be told", due)
	}
}

// registerDue is how many changes the register has to be told today.
func (o *testOffice) registerDue() (n int) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		due, err := o.SubjectsDue(tx, false)
		n = len(due.Changes)
		return err
	}))
	return n
}
