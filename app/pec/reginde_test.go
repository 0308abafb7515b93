package pec_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"albopec/app/pec"
)

// lawyer is a member as the register takes them.
func lawyer(change func(*pec.Member)) pec.StandingMember {
	m := pec.Member{ID: 1, TaxCode: "RSSMRA80A01H501U", Surname: "Rossi", Name: "Mario", RegisteredOn: pec.Day("2010-01-01"), Status: pec.MemberActive, Address: "Via Roma 1", PostalCode: "00100", City: "Roma", Province: "RM", Phone: "06 / 12.34", Email: "mario@posta.example"}
	if change != nil {
		change(&m)
	}
	return pec.StandingMember{MemberDomicile: pec.MemberDomicile{Member: m, Domicile: pec.Domicile{Address: "rossi@pec.ordine.example"}}}
}

func TestSubjectFitsTheRegistersLimits(t *testing.T) {
	s, cuts, why := pec.SubjectOf(lawyer(nil).MemberDomicile, pec.Standing{}, "Avvocato")
	want := pec.Subject{TaxCode: "RSSMRA80A01H501U", Role: "Avvocato", Status: "attivo", Name: "Mario", Surname: "Rossi", BirthDate: pec.Day("1980-01-01"), PEC: "rossi@pec.ordine.example", Street: "Via Roma 1", PostalCode: "00100", City: "Roma", Province: "RM", Phone: "061234", Email: "mario@posta.example"}
	if diff := cmp.Diff(want, s); diff != "" || len(cuts) > 0 || why != "" {
		t.Error(diff, cuts, why)
	}
	for name, c := range map[string]struct {
		change func(*pec.Member)
		cut    string
		why    string
	}{
		"a long street":       {func(m *pec.Member) { m.Address = strings.Repeat("à", 1001) }, "l’indirizzo è accorciato a 1000 caratteri", ""},
		"a postal code":       {func(m *pec.Member) { m.PostalCode = "W1A 1AA" }, "il CAP non sta nei limiti: resta fuori", ""},
		"a province in words": {func(m *pec.Member) { m.Province = "Lussemburgo" }, "la provincia non sta nei limiti: resta fuori", ""},
		"two phones":          {func(m *pec.Member) { m.Phone = "06 1234567 - 06 7654321" }, "il telefono non sta nei limiti: resta fuori", ""},
		"no code":             {func(m *pec.Member) { m.TaxCode = "" }, "", "Manca il codice fiscale."},
		"a provisional one":   {func(m *pec.Member) { m.TaxCode = "01234567897" }, "", "Serve un codice fiscale di 16 caratteri"},
		"no name":             {func(m *pec.Member) { m.Name = "" }, "", "Manca il cognome o il nome."},
		"a name too long":     {func(m *pec.Member) { m.Surname = strings.Repeat("x", 257) }, "", "supera i 256"},
		"no address":          {func(m *pec.Member) { m.City = "" }, "", "Manca l’indirizzo"},
		"a line break":        {func(m *pec.Member) { m.Surname = "Ros\nsi" }, "", "un a capo"},
	} {
		_, cuts, why := pec.SubjectOf(lawyer(c.change).MemberDomicile, pec.Standing{}, "Avvocato")
		if got := strings.Join(cuts, ", "); got != c.cut || !strings.HasPrefix(why, c.why) && !strings.Contains(why, c.why) || (why == "") != (c.why == "") {
			t.Errorf("%s: %q, %q", name, got, why)
		}
	}
}

func TestSubjectsOfTheDay(t *testing.T) {
	const role = "Altro Professionista"
	rossi := lawyer(nil)
	subject, _, _ := pec.SubjectOf(rossi.MemberDomicile, pec.Standing{}, role)
	held := pec.ToldSubject{Subject: subject, MemberID: 1, Held: true}
	left := lawyer(func(m *pec.Member) { m.Status, m.LeftOn = pec.MemberCancelled, pec.Day("2026-11-10") })
	struckOff := left
	struckOff.Standing.Reason = "Radiazione, delibera 5"
	lost := rossi
	lost.Domicile, lost.Fault = pec.Domicile{}, pec.DomicileClosed
	gone := held
	gone.Status = pec.SubjectCancelled
	for name, c := range map[string]struct {
		member pec.StandingMember
		told   []pec.ToldSubject
		whole  bool
		want   string
	}{
		"new":                               {rossi, nil, false, "insert attivo nuovo soggetto"},
		"nothing":                           {rossi, []pec.ToldSubject{held}, false, ""},
		"the whole register":                {rossi, []pec.ToldSubject{held}, true, "insert attivo registro intero"},
		"suspended":                         {lawyer(func(m *pec.Member) { m.Status = pec.MemberSuspended }), []pec.ToldSubject{held}, false, "modify sospeso cambia: stato"},
		"moved house":                       {lawyer(func(m *pec.Member) { m.Address = "Via Po 2" }), []pec.ToldSubject{held}, false, "modify attivo cambia: indirizzo"},
		"left":                              {left, []pec.ToldSubject{held}, false, "modify cancellato cambia: stato"},
		"struck off":                        {struckOff, []pec.ToldSubject{held}, false, "modify radiato cambia: stato"},
		"left, and told":                    {left, []pec.ToldSubject{gone}, false, ""},
		"left, and never there":             {left, nil, false, ""},
		"left, and the whole register":      {left, []pec.ToldSubject{held}, true, ""},
		"without a domicile":                {lost, []pec.ToldSubject{held}, false, "delete attivo senza domicilio digitale o non più nel registro con questo codice fiscale"},
		"another tax code":                  {lawyer(func(m *pec.Member) { m.TaxCode = "RSSMRA80A01H50MW" }), []pec.ToldSubject{held}, false, "! Serve un codice fiscale di 16 caratteri: quello registrato è provvisorio o sbagliato."},
		"a name that cannot be told, there": {lawyer(func(m *pec.Member) { m.Surname = "Ros\nsi" }), []pec.ToldSubject{held}, false, "! Un dato contiene un a capo o un altro carattere che nel file non può stare."},
		"refused before":                    {rossi, []pec.ToldSubject{{Subject: pec.Subject{TaxCode: subject.TaxCode}, MemberID: 1, Again: true, Refused: "E002 nascita"}}, false, "insert attivo nuovo soggetto; respinto: E002 nascita"},
	} {
		day := pec.SubjectsDue([]pec.StandingMember{c.member}, c.told, role, pec.Day("2026-11-12"), c.whole)
		var got []string
		for _, v := range day.Changes {
			got = append(got, strings.Join([]string{string(v.Operation), string(v.Status), v.Why}, " "))
		}
		for _, u := range day.Unsendable {
			got = append(got, "! "+u.Why)
		}
		if s := strings.Join(got, "\n"); s != c.want {
			t.Errorf("%s: %q, want %q", name, s, c.want)
		}
	}
	day := pec.SubjectsDue([]pec.StandingMember{left}, []pec.ToldSubject{held}, role, pec.Day("2026-11-09"), false)
	if len(day.Changes) > 0 {
		t.Errorf("the day before leaving: %+v", day.Changes)
	}
}

// Every code of Esiti.xml, after an insertion (first letter I), a change (M) or a
// deletion (D) of somebody who was there or not, by hand: what comes next.
func TestEveryAnswerOfTheRegister(t *testing.T) {
	const role = "Avvocato"
	rossi := lawyer(nil)
	subject, _, _ := pec.SubjectOf(rossi.MemberDomicile, pec.Standing{}, role)
	old := subject
	old.Street = "Via Vecchia 9"
	lost := rossi
	lost.Domicile = pec.Domicile{}
	insert := pec.SentSubject{File: 2, Operation: pec.SubjectInsert, Subject: subject, MemberID: 1}
	modify, remove := insert, insert
	modify.Operation, remove.Operation = pec.SubjectModify, pec.SubjectDelete
	first := pec.SentSubject{File: 1, Operation: pec.SubjectInsert, Subject: old, MemberID: 1, Code: "S000"}
	for _, c := range []struct {
		name, code, next string
		sent             []pec.SentSubject
		member           pec.StandingMember
	}{
		{"I", "", "", []pec.SentSubject{insert}, rossi},
		{"I", "S000", "", []pec.SentSubject{insert}, rossi},
		{"I", "W001", "", []pec.SentSubject{insert}, rossi},
		{"I", "E001", "insert", []pec.SentSubject{insert}, rossi},
		{"I", "E002", "insert", []pec.SentSubject{insert}, rossi},
		{"I", "E003", "modify", []pec.SentSubject{insert}, rossi},
		{"I", "E999", "insert", []pec.SentSubject{insert}, rossi},
		{"I", "F001", "insert", []pec.SentSubject{insert}, rossi},
		{"I", "F002", "insert", []pec.SentSubject{insert}, rossi},
		{"I", "F003", "insert", []pec.SentSubject{insert}, rossi},
		{"I", "F004", "insert", []pec.SentSubject{insert}, rossi},
		{"I", "F005", "insert", []pec.SentSubject{insert}, rossi},
		{"I", "F999", "insert", []pec.SentSubject{insert}, rossi},
		{"M", "S000", "", []pec.SentSubject{first, modify}, rossi},
		{"M", "E001", "modify", []pec.SentSubject{first, modify}, rossi},
		{"M", "E005", "insert", []pec.SentSubject{first, modify}, rossi},
		{"D", "S000", "", []pec.SentSubject{first, remove}, lost},
		{"D", "E004", "", []pec.SentSubject{first, remove}, lost},
		{"D", "E999", "delete", []pec.SentSubject{first, remove}, lost},
		{"D", "S000", "insert", []pec.SentSubject{first, remove}, rossi}, // and a new PEC
	} {
		if last := &c.sent[len(c.sent)-1]; strings.HasPrefix(c.code, "F") {
			last.FileCode = c.code
		} else {
			last.Code = c.code
		}
		day := pec.SubjectsDue([]pec.StandingMember{c.member}, pec.SubjectsTold(c.sent), role, pec.Day("2026-11-12"), false)
		var got string
		for _, v := range day.Changes {
			got += string(v.Operation)
		}
		if got != c.next {
			t.Errorf("%s %s: %q, want %q", c.name, c.code, got, c.next)
		}
	}
}

func TestWholeRegisterTakesTheOthersAway(t *testing.T) {
	a := pec.SentSubject{File: 1, Operation: pec.SubjectInsert, Subject: pec.Subject{TaxCode: "A", Street: "1"}, MemberID: 1}
	b := pec.SentSubject{File: 1, Operation: pec.SubjectInsert, Subject: pec.Subject{TaxCode: "B"}, MemberID: 2}
	again := a
	again.File, again.Whole = 2, true
	told := pec.SubjectsTold([]pec.SentSubject{a, b, again})
	if !told[0].Held || told[1].Held {
		t.Errorf("%+v", told)
	}
	again.FileCode = "F004" // it was not allowed
	told = pec.SubjectsTold([]pec.SentSubject{a, b, again})
	if !told[0].Held || !told[1].Held || !told[0].Again {
		t.Errorf("%+v", told)
	}
}

// A subject was refused; then its file, or the next one with it, is refused whole:
// what is wrong with the subject is still told, and what the register said that it
// holds still counts.
func TestRefusalOfAWholeFileKeepsWhatWasWrongBefore(t *testing.T) {
	const role = "Avvocato"
	rossi := lawyer(nil)
	subject, _, _ := pec.SubjectOf(rossi.MemberDomicile, pec.Standing{}, role)
	row := func(file int64, code, whole string) pec.SentSubject {
		return pec.SentSubject{File: file, Operation: pec.SubjectInsert, Subject: subject, MemberID: 1, Code: code, FileCode: whole}
	}
	const pecWrong, schema = "E001 PEC non valida", "F003 il file non corrisponde allo schema"
	for name, c := range map[string]struct {
		sent []pec.SentSubject
		next pec.SubjectOperation
		why  string
	}{
		"the same file":               {[]pec.SentSubject{row(1, "E001", "F003")}, pec.SubjectInsert, pecWrong + "; con il file " + schema},
		"the next file":               {[]pec.SentSubject{row(1, "E001", ""), row(2, "", "F003")}, pec.SubjectInsert, pecWrong + "; con il file " + schema},
		"and the one after":           {[]pec.SentSubject{row(1, "E001", ""), row(2, "", "F003"), row(3, "", "F003")}, pec.SubjectInsert, pecWrong + "; con il file " + schema},
		"refused for another thing":   {[]pec.SentSubject{row(1, "E001", ""), row(2, "E002", "F003")}, pec.SubjectInsert, "E002 dati anagrafici non validi; con il file " + schema},
		"accepted first":              {[]pec.SentSubject{row(1, "S000", "F003")}, pec.SubjectInsert, schema},
		"there already":               {[]pec.SentSubject{row(1, "E003", "F003")}, pec.SubjectModify, "E003 soggetto già presente per questo ente; con il file " + schema},
		"mended and sent, unanswered": {[]pec.SentSubject{row(1, "E001", ""), row(2, "", "F003"), row(3, "", "")}, "", ""},
	} {
		day := pec.SubjectsDue([]pec.StandingMember{rossi}, pec.SubjectsTold(c.sent), role, pec.Day("2026-11-12"), false)
		var next pec.SubjectOperation
		var why string
		for _, v := range day.Changes {
			next = v.Operation
			_, why, _ = strings.Cut(v.Why, "; respinto: ")
		}
		if next != c.next || why != c.why {
			t.Errorf("%s: %q because %q, want %q because %q", name, next, why, c.next, c.why)
		}
	}
}

// Whatever happens, the rows that the register takes give today's positions.
func TestSubjectsSentInOrderGiveTodaysPositions(t *testing.T) {
	const role = "Avvocato"
	rapid.Check(t, func(t *rapid.T) {
		members := []pec.StandingMember{lawyer(nil), lawyer(func(m *pec.Member) { m.ID, m.TaxCode, m.Surname = 2, "VRDPIA80A41H501I", "Verdi" })}
		held := map[string]pec.Subject{}
		var sent []pec.SentSubject
		today := pec.Day("2026-01-01")
		for file := range int64(rapid.IntRange(1, 8).Draw(t, "files")) {
			today = today.AddDays(1)
			d := &members[rapid.IntRange(0, 1).Draw(t, "who")]
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				d.Member.Status, d.Member.LeftOn = pec.MemberCancelled, today
			case 1:
				d.Member.Status, d.Member.LeftOn = pec.MemberActive, pec.Date{}
			case 2:
				d.Domicile.Address = rapid.SampledFrom([]string{"", "a@pec.example", "b@pec.example"}).Draw(t, "PEC")
			case 3:
				d.Member.Address = rapid.SampledFrom([]string{"Via Po 1", "Via Po 2", ""}).Draw(t, "street")
			}
			whole := rapid.IntRange(0, 5).Draw(t, "whole") == 0
			day := pec.SubjectsDue(members, pec.SubjectsTold(sent), role, today, whole)
			if whole && len(day.Changes) > 0 {
				clear(held)
			}
			for _, c := range day.Changes {
				_, there := held[c.TaxCode]
				row := pec.SentSubject{File: file, Whole: whole, Operation: c.Operation, Subject: c.Subject, MemberID: c.MemberID, Code: rapid.SampledFrom([]string{"S000", "S000", "W001", "", "E999"}).Draw(t, "answer")}
				if (c.Operation == pec.SubjectInsert) == there {
					t.Fatalf("%s of %s, who is there: %v", c.Operation, c.TaxCode, there)
				}
				switch {
				case row.Code == "E999":
				case c.Operation == pec.SubjectDelete:
					delete(held, c.TaxCode)
				default:
					held[c.TaxCode] = c.Subject
				}
				sent = append(sent, row)
			}
		}
		// Once nothing is refused, one more file brings all up to date.
		for _, c := range pec.SubjectsDue(members, pec.SubjectsTold(sent), role, today, false).Changes {
			sent = append(sent, pec.SentSubject{File: 99, Operation: c.Operation, Subject: c.Subject, MemberID: c.MemberID, Code: "S000"})
			if held[c.TaxCode] = c.Subject; c.Operation == pec.SubjectDelete {
				delete(held, c.TaxCode)
			}
		}
		for _, d := range members {
			s, _, why := pec.SubjectOf(d.MemberDomicile, d.Standing, role)
			got, there := held[d.Member.TaxCode]
			switch here := d.Member.Status.OnRegister(); {
			case here && d.Valid() && why == "" && got != s:
				t.Fatalf("%s: %+v, want %+v", d.Member.Surname, got, s)
			case here && !d.Valid() && there:
				t.Fatalf("%s is there without a domicile", d.Member.Surname)
			case !here && there && got.Status != pec.SubjectCancelled:
				t.Fatalf("%s has left and is %s", d.Member.Surname, got.Status)
			}
		}
	})
}

func TestSettingsOfTheRegister(t *testing.T) {
	ok := pec.SubjectSettings{BodyCode: " coa h501 ", Role: "Avvocato", FileName: pec.SubjectFileNames[1]}
	if got, err := ok.Check(); err != nil || got.BodyCode != "COAH501" {
		t.Errorf("%+v, %v", got, err)
	}
	for field, s := range map[string]pec.SubjectSettings{
		"body_code": {BodyCode: "01234567890", Role: "Avvocato", FileName: pec.SubjectFileNames[0]},
		"role":      {BodyCode: "01234567897", Role: "Notaio", FileName: pec.SubjectFileNames[0]},
		"file_name": {BodyCode: "01234567897", Role: "Avvocato", FileName: "x.xml"},
	} {
		if _, err := s.Check(); pec.AsProblem(err) == nil || pec.AsProblem(err).Field != field {
			t.Errorf("%+v: %v", s, err)
		}
	}
}
