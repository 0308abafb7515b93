package pec

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ReGIndE is the Ministry of Justice's register of addresses (registro generale
// degli indirizzi elettronici). It is told of subjects (soggetti), each the whole
// person every time.

// SubjectOperation is what the register does with a subject.
type SubjectOperation string

// The three operations.
const (
	SubjectInsert SubjectOperation = "insert"
	SubjectModify SubjectOperation = "modify" // the whole person anew
	SubjectDelete SubjectOperation = "delete"
)

// Italian is the operation as the screens and the file give it.
func (o SubjectOperation) Italian() string {
	switch o {
	case SubjectInsert:
		return "inserimento"
	case SubjectModify:
		return "modifica"
	case SubjectDelete:
		return "cancellazione"
	}
	return string(o)
}

// SubjectStatus is a subject's standing as the register says it, in Italian.
type SubjectStatus string

// The four statuses.
const (
	SubjectActive    SubjectStatus = "attivo"
	SubjectStruckOff SubjectStatus = "radiato"
	SubjectSuspended SubjectStatus = "sospeso"
	SubjectCancelled SubjectStatus = "cancellato"
)

// SubjectRoles are the roles that the register knows.
var SubjectRoles = []string{"Avvocato", "Avvocato Ente Pubblico", "Funzionario Ente Pubblico", "Altro Professionista"}

// Subject is what the register holds of one person, who is known by tax code. The
// address is the legal domicile (D).
type Subject struct {
	TaxCode       string
	Role          string
	Status        SubjectStatus
	Name          string
	Surname       string
	BirthDate     Date
	BirthPlace    string
	BirthProvince string
	PEC           string
	Street        string
	PostalCode    string
	City          string
	Province      string
	Phone         string // digits
	Email         string // the ordinary one
}

// FullName is surname and name, as lists show it.
func (s Subject) FullName() string { return strings.TrimSpace(s.Surname + " " + s.Name) }

// The register's limits, in characters.
const (
	maxSubjectText   = 256
	maxSubjectStreet = 1000
	maxSubjectShort  = 4  // a province
	maxSubjectPhone  = 15 // digits
)

// SubjectOf is a member as the register is told of, with what had to be cut; why
// is an Italian sentence when the register would not take it. What has no place in
// the limits and is not needed is left out.
func SubjectOf(d MemberDomicile, standing Standing, role string) (s Subject, cuts []string, why string) {
	m := d.Member
	s = Subject{
		TaxCode: m.TaxCode, Role: role, Status: subjectStatus(m, standing), Name: m.Name, Surname: m.Surname,
		BirthDate: m.BirthDate, BirthPlace: m.BirthPlace, BirthProvince: m.BirthProvince, PEC: d.Domicile.Address,
		Street: m.Address, PostalCode: m.PostalCode, City: m.City, Province: m.Province, Phone: digitsOf(cmp.Or(m.Phone, m.Mobile)), Email: m.Email,
	}
	if s.BirthDate.IsZero() {
		s.BirthDate = bornBefore(m.TaxCode, m.RegisteredOn)
	}
	for _, f := range []struct {
		title string
		value *string
		most  int
	}{
		{"il luogo di nascita", &s.BirthPlace, maxSubjectText}, {"l’indirizzo", &s.Street, maxSubjectStreet}, {"il comune", &s.City, maxSubjectText},
	} {
		if utf8.RuneCountInString(*f.value) > f.most {
			*f.value = string([]rune(*f.value)[:f.most])
			cuts = append(cuts, fmt.Sprintf("%s è accorciato a %d caratteri", f.title, f.most))
		}
	}
	for _, f := range []struct {
		title string
		value *string
		fits  bool
	}{
		{"la provincia di nascita", &s.BirthProvince, utf8.RuneCountInString(s.BirthProvince) <= maxSubjectShort},
		{"la provincia", &s.Province, utf8.RuneCountInString(s.Province) <= maxSubjectShort},
		{"il CAP", &s.PostalCode, len(s.PostalCode) == 5 && allDigits(s.PostalCode)},
		{"il telefono", &s.Phone, len(s.Phone) <= maxSubjectPhone},
		{"l’e-mail", &s.Email, utf8.RuneCountInString(s.Email) <= maxSubjectText},
	} {
		if *f.value != "" && !f.fits {
			*f.value = ""
			cuts = append(cuts, f.title+" non sta nei limiti: resta fuori")
		}
	}
	return s, cuts, s.unsendable()
}

// bornBefore is the day of birth that a tax code tells, of an adult on the day of
// the registration; zero when it is not told.
func bornBefore(taxCode string, registeredOn Date) Date {
	code, err := ParseTaxCode(taxCode)
	if err != nil {
		return Date{}
	}
	var born Date
	for _, d := range code.Born {
		if len(code.Born) == 1 || !d.AddYears(18).After(registeredOn) && d.After(born) {
			born = d
		}
	}
	return born
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// subjectStatus is a member's status in the register's words: struck off is who
// was cancelled for it.
func subjectStatus(m Member, standing Standing) SubjectStatus {
	switch {
	case m.Status == MemberActive:
		return SubjectActive
	case m.Status == MemberSuspended:
		return SubjectSuspended
	case m.Status == MemberCancelled && strings.Contains(Fold(standing.Reason), "radia"):
		return SubjectStruckOff
	}
	return SubjectCancelled
}

func (s Subject) unsendable() string {
	code, err := ParseTaxCode(s.TaxCode)
	switch {
	case s.TaxCode == "":
		return "Manca il codice fiscale."
	case err != nil || len(code.Code) != 16:
		return "Serve un codice fiscale di 16 caratteri: quello registrato è provvisorio o sbagliato."
	case s.Surname == "" || s.Name == "":
		return "Manca il cognome o il nome."
	case utf8.RuneCountInString(s.Surname) > maxSubjectText || utf8.RuneCountInString(s.Name) > maxSubjectText:
		return fmt.Sprintf("Il cognome o il nome supera i %d caratteri.", maxSubjectText)
	case utf8.RuneCountInString(s.PEC) > maxSubjectText:
		return fmt.Sprintf("La PEC supera i %d caratteri.", maxSubjectText)
	case s.Street == "" || s.City == "":
		return "Manca l’indirizzo: ne serve almeno uno, con il comune."
	}
	for _, text := range []string{s.Surname, s.Name, s.BirthPlace, s.Street, s.City, s.Province, s.BirthProvince, s.Email} {
		if strings.ContainsFunc(text, unicode.IsControl) || !utf8.ValidString(text) {
			return "Un dato contiene un a capo o un altro carattere che nel file non può stare."
		}
	}
	return ""
}

// SentSubject is a row of a file for the register as it was answered.
type SentSubject struct {
	File      int64
	Whole     bool // the file is of the whole register: what was told before it is gone
	Operation SubjectOperation
	Subject
	MemberID int64
	Code     string // of the answer for the subject; empty while it is awaited
	Said     string
	FileCode string // of the answer for the whole file, F…; empty while it was not refused whole
	FileSaid string
}

// own is what the register refused the subject for, itself; empty while it did not.
func (r SentSubject) own() string {
	if r.Code == "" || SubjectAnswerOf(r.Code).Accepted() {
		return ""
	}
	return refusalSaid(r.Code, r.Said)
}

// refusalSaid is a refusal in a line: "E001 PEC non valida".
func refusalSaid(code, said string) string {
	return strings.TrimSpace(code + " " + cmp.Or(said, SubjectAnswerOf(code).Said))
}

// ToldSubject is the last that the register was told of a person, what it refused
// aside.
type ToldSubject struct {
	Subject
	MemberID int64
	Held     bool
	Unsure   bool   // the register holds the person, with data that we do not know
	Again    bool   // the last row was refused
	Refused  string // the code and text of the refusal; with a whole file's, the subject's own before it
	own      string // of it the subject's own
}

// SubjectsTold works out what the register holds from all that it was sent, in
// order, of files that were not withdrawn. What is not answered counts as taken; a
// refused row changes nothing but what the refusal itself tells: that the person
// is there already (E003, with data that we do not know), or is not (E004, E005).
// A file refused whole had no row taken; for what the subject itself was refused
// before, in that file or an earlier one, stays to be mended.
func SubjectsTold(sent []SentSubject) []ToldSubject {
	var order []string
	told := map[string]ToldSubject{}
	var whole int64
	for _, r := range sent {
		if r.Whole && r.File != whole && r.FileCode == "" {
			whole = r.File
			for code, t := range told {
				t.Held = false
				told[code] = t
			}
		}
		t, ok := told[r.TaxCode]
		if !ok {
			order = append(order, r.TaxCode)
			t.TaxCode = r.TaxCode
		}
		own := r.own()
		if r.FileCode != "" {
			own = cmp.Or(own, t.own)
		}
		t.MemberID, t.Again, t.Refused, t.own = r.MemberID, own != "", own, own
		if r.FileCode != "" {
			t.Again, t.Refused = true, refusalSaid(r.FileCode, r.FileSaid)
			if own != "" {
				t.Refused = own + "; con il file " + t.Refused
			}
		}
		switch {
		case r.FileCode != "" && r.own() == "": // nothing was taken
		case r.Code == "" || SubjectAnswerOf(r.Code).Accepted():
			t.Subject, t.Held, t.Unsure = r.Subject, r.Operation != SubjectDelete, false
		case r.Code == "E003":
			t.Subject, t.Held, t.Unsure = r.Subject, true, true
		case r.Code == "E004":
			t.Held, t.Again, t.Refused, t.own = false, false, "", "" // there is nothing to do again
		case r.Code == "E005":
			t.Held = false
		}
		told[r.TaxCode] = t
	}
	list := make([]ToldSubject, 0, len(order))
	for _, code := range order {
		list = append(list, told[code])
	}
	return list
}

// change says in Italian why a subject that the register holds is told anew.
func (t ToldSubject) change(s Subject) string {
	if t.Unsure {
		return "il registro lo ha già, con dati che qui non si sanno"
	}
	return "cambia: " + strings.Join(t.Subject.differences(s), ", ")
}

// SubjectChange is a subject in a file for the register.
type SubjectChange struct {
	Operation SubjectOperation
	Subject
	MemberID int64
	Why      string   // Italian
	Cuts     []string // Italian: what the limits cost
}

// SubjectsDay is what the register has to be told on a day.
type SubjectsDay struct {
	Changes    []SubjectChange // deletions, then changes and insertions, each by surname and name
	Unsendable []Unsendable
	Total      int // subjects that a file of the whole register would hold
}

// Count is how many of the changes are of an operation.
func (d SubjectsDay) Count(o SubjectOperation) int {
	n := 0
	for _, c := range d.Changes {
		if c.Operation == o {
			n++
		}
	}
	return n
}

// StandingMember is a member with the domicile and what is known of the status.
type StandingMember struct {
	MemberDomicile
	Standing Standing
}

// SubjectsDue works out what the register has to be told today: who is on the
// Ordine's register and has a digital domicile is there as active or suspended; of
// who has left only the status changes, and only if the register holds them; who
// is on the register and has lost the domicile is deleted, since the register
// takes no person without a PEC. With whole it is everybody anew, as a file of the
// whole register holds them.
func SubjectsDue(members []StandingMember, told []ToldSubject, role string, today Date, whole bool) SubjectsDay {
	var day SubjectsDay
	known := make(map[string]ToldSubject, len(told))
	for _, t := range told {
		known[t.TaxCode] = t
	}
	seen := map[string]bool{}
	for _, m := range members {
		before := known[m.Member.TaxCode]
		here := m.Member.Status.OnRegister() || m.Member.LeftOn.After(today)
		left := !here && before.Held && before.MemberID == m.Member.ID
		if !here && !left || here && !m.Valid() {
			continue
		}
		c := SubjectChange{MemberID: m.Member.ID}
		var why string
		if left {
			c.Subject, c.Subject.Status = before.Subject, subjectStatus(m.Member, m.Standing)
		} else {
			c.Subject, c.Cuts, why = SubjectOf(m.MemberDomicile, m.Standing, role)
			if !m.Member.Status.OnRegister() { // leaves later
				c.Subject.Status = SubjectActive
			}
		}
		if why != "" {
			day.Unsendable = append(day.Unsendable, Unsendable{m.Member, why})
			for _, t := range told {
				if t.MemberID == m.Member.ID || t.TaxCode == m.Member.TaxCode {
					seen[t.TaxCode] = true
				}
			}
			continue
		}
		seen[c.TaxCode] = true
		if !left {
			day.Total++
		}
		switch {
		case whole && left:
			continue // a whole register is of those who are on it
		case whole:
			c.Operation, c.Why = SubjectInsert, "registro intero"
		case before.Held && before.Subject == c.Subject && !before.Unsure:
			continue
		case before.Held:
			c.Operation, c.Why = SubjectModify, before.change(c.Subject)
		default:
			c.Operation, c.Why = SubjectInsert, "nuovo soggetto"
		}
		if before.Again && !whole {
			c.Why += "; respinto: " + cmp.Or(before.Refused, "senza motivo")
		}
		day.Changes = append(day.Changes, c)
	}
	for _, t := range told {
		if whole || !t.Held || seen[t.TaxCode] {
			continue
		}
		c := SubjectChange{Operation: SubjectDelete, Subject: t.Subject, MemberID: t.MemberID, Why: "senza domicilio digitale o non più nel registro con questo codice fiscale"}
		if t.Again {
			c.Why += "; respinto: " + cmp.Or(t.Refused, "senza motivo")
		}
		day.Changes = append(day.Changes, c)
	}
	order := []SubjectOperation{SubjectDelete, SubjectModify, SubjectInsert}
	slices.SortStableFunc(day.Changes, func(a, b SubjectChange) int {
		return cmp.Or(slices.Index(order, a.Operation)-slices.Index(order, b.Operation), strings.Compare(Fold(a.FullName()), Fold(b.FullName())), strings.Compare(a.TaxCode, b.TaxCode))
	})
	return day
}

// Fingerprint stands for the changes.
func (d SubjectsDay) Fingerprint() string {
	h := sha256.New()
	for _, c := range d.Changes {
		fmt.Fprintf(h, "%s %q\n", c.Operation, fmt.Sprint(c.Subject))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// differences names in Italian what differs between two states of a person.
func (s Subject) differences(t Subject) []string {
	var said []string
	for _, f := range []struct{ title, before, after string }{
		{"PEC", s.PEC, t.PEC}, {"stato", string(s.Status), string(t.Status)}, {"ruolo", s.Role, t.Role}, {"cognome", s.Surname, t.Surname}, {"nome", s.Name, t.Name},
		{"nascita", s.BirthDate.String() + s.BirthPlace + s.BirthProvince, t.BirthDate.String() + t.BirthPlace + t.BirthProvince},
		{"indirizzo", s.Street + s.PostalCode + s.City + s.Province, t.Street + t.PostalCode + t.City + t.Province}, {"telefono", s.Phone, t.Phone}, {"e-mail", s.Email, t.Email},
	} {
		if f.before != f.after {
			said = append(said, f.title)
		}
	}
	return said
}

// SubjectSettings is how the register is told: what its page leaves open or the
// Ordine has to say.
type SubjectSettings struct {
	BodyCode string `json:"body_code"` // "COA" + municipality for lawyers, the Ordine's partita IVA for the others
	Role     string `json:"role"`
	FileName string `json:"file_name"`
}

// The names under which sources know the file, the default first.
var SubjectFileNames = []string{"ComunicazioniSoggetti.xml", "ComunicazioneSoggetti.xml"}

// DefaultSubjectSettings are the settings until somebody sets others.
func DefaultSubjectSettings() SubjectSettings {
	return SubjectSettings{Role: "Altro Professionista", FileName: SubjectFileNames[0]}
}

// Check reads settings as they were typed.
func (s SubjectSettings) Check() (SubjectSettings, error) {
	s.BodyCode = strings.ToUpper(strings.Join(strings.Fields(s.BodyCode), ""))
	lawyers := strings.HasPrefix(s.BodyCode, "COA") && len(s.BodyCode) >= 5 && len(s.BodyCode) <= 20
	switch {
	case s.BodyCode == "":
		return s, Refuse("body_code_missing", "Scriva il codice dell’ente: la partita IVA dell’Ordine, o «COA» e il codice del comune per gli avvocati.").On("body_code")
	case !ValidVATNumber(s.BodyCode) && !lawyers:
		return s, Refuse("body_code_invalid", "Il codice dell’ente è la partita IVA dell’Ordine (11 cifre), o «COA» e il codice del comune per gli avvocati.").On("body_code")
	case !slices.Contains(SubjectRoles, s.Role):
		return s, Refuse("role_unknown", "Scelga il ruolo dei soggetti.").On("role")
	case !slices.Contains(SubjectFileNames, s.FileName):
		return s, Refuse("file_name_unknown", "Scelga il nome del file.").On("file_name")
	}
	return s, nil
}

// SubjectAnswer is a code of the register's answer, Esiti.xml.
type SubjectAnswer struct {
	Code string
	Said string // Italian: what it means
	Do   string // Italian: what to do
}

// SubjectAnswers are the codes that the register answers with: F of a whole file,
// S, W and E of a subject.
var SubjectAnswers = []SubjectAnswer{
	{"F001", "il firmatario non è autorizzato", "Faccia firmare il file al delegato che il Ministero conosce, o gli comunichi il nuovo."},
	{"F002", "il mittente non è autorizzato", "Mandi il file dalla PEC che l’Ordine ha registrato presso il Ministero."},
	{"F003", "il file non corrisponde allo schema", "Controlli il modello del file con lo schema del Ministero e lo sostituisca."},
	{"F004", "l’ente non può inviare il registro intero", "Mandi le variazioni, non il registro intero."},
	{"F005", "il messaggio non ha il formato previsto", "Mandi un solo allegato, firmato, con il nome previsto."},
	{"F999", "errore del registro", "Riprovi; se torna, chieda all’assistenza del Ministero."},
	{"S000", "accettato", ""},
	{"W001", "accettato; il soggetto è già noto tramite un altro ente", "Nulla da fare."},
	{"E001", "PEC non valida", "Controlli la PEC dell’iscritto e la corregga."},
	{"E002", "dati anagrafici non validi", "Controlli nome, nascita e codice fiscale con l’Agenzia delle Entrate."},
	{"E003", "soggetto già presente per questo ente", "Il registro lo ha già: al prossimo invio parte come modifica."},
	{"E004", "cancellazione di un soggetto sconosciuto", "Il registro non lo ha: non c’è altro da fare."},
	{"E005", "modifica di un soggetto sconosciuto", "Il registro non lo ha: al prossimo invio parte come inserimento."},
	{"E999", "errore del registro", "Torna nel prossimo file; se torna, chieda all’assistenza del Ministero."},
}

// SubjectAnswerOf is what a code means; of one that is not known the code alone.
func SubjectAnswerOf(code string) SubjectAnswer {
	for _, a := range SubjectAnswers {
		if a.Code == code {
			return a
		}
	}
	return SubjectAnswer{code, "codice non previsto", "Chieda all’assistenza del Ministero."}
}

// Accepted reports whether the code means that the register did what it was asked.
func (a SubjectAnswer) Accepted() bool { return a.Code == "S000" || a.Code == "W001" }

// SubjectOutcomes is the register's answer as its file has it.
type SubjectOutcomes struct {
	BodyCode string           // whose answer it is; empty when the file does not say
	File     string           // the code of the whole file, F…; empty when it speaks of subjects
	Said     string           // what the file adds to it
	Subjects []SubjectOutcome // in the file's order
}

// SubjectOutcome is the answer for one subject.
type SubjectOutcome struct {
	TaxCode string
	Code    string
	Said    string // what the file adds
}
