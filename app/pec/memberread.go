package pec

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// memberReader reads the cells of one row of a member file. What the row does
// not say is empty and is left as it is (R23).
type memberReader struct {
	rowReader
	today   Date
	said    Member
	code    TaxCode // of said.TaxCode
	badCode bool    // the row has a tax code, and it is wrong
	// ordinary is an address of the PEC column that is no PEC.
	ordinary string
	// hints says whether corrections are looked for; a file with thousands of
	// faults is not helped by them.
	hints bool
	clear bool // an empty cell empties the field, see clears
	// form says that a person is typing one member, see JudgeMember: what
	// cannot be read is refused, where a file would leave what is there.
	form bool
}

// unread tells of a value that cannot be read and of what becomes of it: in a
// file a warning, and what was there stays; in a form it is refused.
func (r *memberReader) unread(f Field, code, message, stays, correction string) {
	if r.form {
		r.refuse(f, code, message+".", correction)
		return
	}
	r.warn(f, code, message+stays, correction)
}

// staysBefore is what becomes of a value that a file does not say well.
const staysBefore = ": non lo registriamo e resta quello di prima."

// fieldLimits are the most characters a field takes; what is longer is most
// likely a column in the wrong place.
var fieldLimits = map[Field]int{
	FieldRegistrationNumber: 20, FieldSurname: 100, FieldName: 100, FieldBirthPlace: 100, FieldBirthProvince: 50,
	FieldSection: 20, FieldSector: 100, FieldTitle: 100, FieldAddress: 250, FieldPostalCode: 10, FieldCity: 100,
	FieldProvince: 50, FieldPhone: 40, FieldMobile: 40,
}

var plainFields = []Field{
	FieldBirthPlace, FieldBirthProvince, FieldTitle, FieldAddress, FieldPostalCode, FieldCity, FieldProvince,
}

// read reads all that a row says; byCode are the known members.
func (r *memberReader) read(byCode map[string]*Member) {
	r.readTaxCode()
	r.readNames(byCode)
	r.readNumber(FieldRegistrationNumber)
	for _, f := range plainFields {
		r.text(f, r.cell(f))
	}
	r.partPlace(FieldCity, FieldProvince)
	r.partPlace(FieldBirthPlace, FieldBirthProvince)
	r.readSection()
	r.readNumber(FieldPhone)
	r.readNumber(FieldMobile)
	if r.form {
		r.checkTyped()
	} else {
		r.require(r.said)
	}
	r.readSex()
	r.readVATNumber()
	r.readDate(FieldBirthDate, &r.said.BirthDate)
	r.readDate(FieldRegisteredOn, &r.said.RegisteredOn)
	r.readDate(FieldLeftOn, &r.said.LeftOn)
	r.readStatus()
	r.said.Email = r.readAddress(FieldEmail, "L’indirizzo e-mail non è scritto bene")
	r.said.OwnPEC = r.readAddress(FieldOwnPEC, "L’indirizzo PEC non è scritto bene")
	if isOrdinaryMail(r.said.OwnPEC) {
		r.ordinary, r.said.OwnPEC = r.said.OwnPEC, ""
	}
	if r.hints {
		r.hintCode()
	}
}

func (r *memberReader) readTaxCode() {
	text := r.cell(FieldTaxCode)
	if text == "" {
		return
	}
	if whole, ok := wholeExponent(text); ok {
		text = whole
	}
	c, err := ParseTaxCode(text)
	if err != nil {
		r.badCode = true
		message, correction := splitSentence(err.Error())
		r.refuse(FieldTaxCode, "tax_code_invalid", message, correction)
		return
	}
	r.said.TaxCode, r.code = c.Code, c
}

// splitSentence parts what happened from what to do.
func splitSentence(s string) (message, correction string) {
	i := strings.LastIndex(s, ". ")
	if i < 0 {
		return s, ""
	}
	return s[:i+1], s[i+2:]
}

// hintCode puts the code that was most likely meant beside a wrong one.
func (r *memberReader) hintCode() {
	if !r.badCode {
		return
	}
	i := slices.IndexFunc(r.problems, func(p RowProblem) bool { return p.Code == "tax_code_invalid" })
	if likely, ok := LikelyTaxCode(r.cell(FieldTaxCode), r.said); ok && i >= 0 {
		r.problems[i].Correction = fmt.Sprintf("Forse è %s: lo confronti con il tesserino.", likely)
	}
}

// readNames takes surname and name from their columns, or apart from one.
func (r *memberReader) readNames(byCode map[string]*Member) {
	if full := r.cell(FieldFullName); full != "" && r.cell(FieldSurname) == "" {
		r.readFullName(full, byCode[r.said.TaxCode])
		return
	}
	r.text(FieldSurname, r.cell(FieldSurname))
	r.text(FieldName, r.cell(FieldName))
}

func (r *memberReader) readFullName(full string, known *Member) {
	if known != nil && sameName(known.FullName(), full) { // parted well before
		r.said.Surname, r.said.Name = known.Surname, known.Name
		return
	}
	split := SplitFullName
	if c, ok := r.mapping.Column(FieldFullName); ok && strings.HasPrefix(foldTitle(c.Header), "nomee") {
		split = splitNameFirst
	}
	surname, name, sure := split(full, r.said.TaxCode)
	r.text(FieldSurname, surname)
	r.text(FieldName, name)
	if !sure {
		r.warn(FieldFullName, "name_split_guess", fmt.Sprintf("Abbiamo letto %s come cognome e %s come nome: il codice fiscale non lo conferma.", quoted(surname), quoted(name)),
			"Se non è così, metta cognome e nome in due colonne.")
	}
}

func (r *memberReader) text(f Field, value string) {
	if value == "" {
		return
	}
	if limit := fieldLimits[f]; len(value) > limit {
		if n := utf8.RuneCountInString(value); n > limit {
			correction := "Lo abbrevi, o controlli che la colonna sia quella giusta."
			if r.form {
				correction = "Lo abbrevi."
			}
			r.refuse(f, "value_too_long", fmt.Sprintf("Il valore ha %d caratteri: al massimo sono %d.", n, limit), correction)
			value = Shorten(value, limit)
		}
	}
	*r.said.text(f) = tidyText(f, value)
}

func tidyText(f Field, value string) string {
	switch f {
	case FieldPostalCode:
		return tidyPostalCode(value)
	case FieldProvince, FieldBirthProvince:
		value = strings.Trim(value, "() ")
		if len(value) == 2 {
			return strings.ToUpper(value)
		}
	}
	return value
}

// readNumber reads a number that is a text: of a member, of a telephone. One
// that a sheet has rounded («3,39E+09») is not stored.
func (r *memberReader) readNumber(f Field) {
	value := r.cell(f)
	if whole, ok := wholeExponent(value); ok {
		value = whole
	}
	if isExponent(value) {
		r.unread(f, "value_rounded", fmt.Sprintf("Il valore è diventato un numero arrotondato, %s", quoted(value)), staysBefore,
			"Nel file di partenza dia alla colonna il formato testo e riscriva il valore.")
		return
	}
	r.text(f, withoutPointZero(value))
}

// partPlace takes the province out of a place when the file has no column for
// it: «Roma (RM)».
func (r *memberReader) partPlace(place, province Field) {
	value := *r.said.text(place)
	name, behind, ok := strings.Cut(value, "(")
	if !ok || r.mapping.Has(province) || strings.TrimSpace(name) == "" {
		return
	}
	sign, rest, ok := strings.Cut(strings.TrimSpace(behind), ")")
	if sign = strings.ToUpper(strings.TrimSpace(sign)); !ok || rest != "" || len(sign) != 2 || !isCapital(rune(sign[0])) || !isCapital(rune(sign[1])) {
		return
	}
	*r.said.text(place), *r.said.text(province) = strings.TrimSpace(name), sign
}

// withoutPointZero cuts the fraction off that some programs give every number:
// «1234.0».
func withoutPointZero(s string) string {
	if whole, ok := strings.CutSuffix(s, ".0"); ok && allDigits(whole) {
		return whole
	}
	return s
}

// readSection reads section and sectors, which may stand in one cell: «A -
// civile; industriale», «Sez. B/settore c».
func (r *memberReader) readSection() {
	section, sector := r.cell(FieldSection), r.cell(FieldSector)
	if section == "" && sector == "" {
		return
	}
	if letter, sectors, ok := partSection(section); ok {
		section = letter
		if sector == "" {
			sector = sectors
		}
	}
	if _, isSector := sectorLetters(sector); !isSector { // «B - industriale» is sector b
		if letter, sectors, ok := partSection(sector); ok && (section == "" || tidySection(section) == letter) {
			section, sector = letter, sectors
		}
	}
	r.text(FieldSection, tidySection(section))
	r.text(FieldSector, tidySector(sector))
}

// partSection parts a section's letter from the sectors behind it, if that is
// what they are.
func partSection(s string) (section, sectors string, ok bool) {
	word := strings.TrimSpace(cutSectionWord(s))
	if len(word) < 2 || !isCapital(rune(word[0]&^0x20)) {
		return "", "", false
	}
	rest := strings.TrimLeft(word[1:], " -–,;:/()")
	if rest == word[1:] || rest == "" { // the letter begins a word
		return "", "", false
	}
	letters, ok := sectorLetters(rest)
	if !ok {
		return "", "", false
	}
	if small := isCapital(rune(word[0])) && rest == strings.ToLower(rest); cutSectionWord(s) == s && !small && !namesSector(rest) {
		return "", "", false // «A/B» may be two sections; «A/b» and «A - Civile» are not
	}
	return strings.ToUpper(word[:1]), letters, true
}

// cutSectionWord cuts off the word «Sezione» before a letter.
func cutSectionWord(s string) string {
	for _, prefix := range []string{"sezione", "sez.", "sez"} {
		if len(s) > len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
			return strings.TrimSpace(s[len(prefix):])
		}
	}
	return s
}

// tidySection writes «sez. a» and «Sezione A» as "A".
func tidySection(s string) string {
	word := strings.ToUpper(strings.Trim(cutSectionWord(s), " .)(\"'«»"))
	if len(word) == 1 && isCapital(rune(word[0])) {
		return word
	}
	return s
}

// sectorWords are the sectors of the engineers by their names (D.P.R. 328/2001).
var sectorWords = map[string]string{
	"civile": "a", "civile ambientale": "a", "civile e ambientale": "a", "civile ed ambientale": "a", "civile e dell'ambiente": "a", "ingegneria civile e ambientale": "a", "ingegneria civile ambientale": "a", "civ": "a", "civ amb": "a",
	"industriale": "b", "ingegneria industriale": "b", "ind": "b", "industr": "b",
	"informazione": "c", "dell'informazione": "c", "della informazione": "c", "ingegneria dell'informazione": "c", "ingegneria informazione": "c", "inf": "c", "inform": "c",
}

func namesSector(s string) bool {
	folded := foldSectors(s)
	for word := range sectorWords {
		if len(word) > 3 && strings.Contains(folded, word) {
			return true
		}
	}
	return strings.Contains(folded, "settor")
}

func foldSectors(s string) string { return sectorMarks.Replace(Fold(s)) }

var sectorMarks = strings.NewReplacer("’", "'", "`", "'", "dell informazione", "dell'informazione", "' ", "'")

// tidySector writes sectors however joined («a,b», «A-B», «abc», «civile e
// ambientale; industriale») as letters, "a b". What is neither letters nor the
// names that everybody knows stays as it is.
func tidySector(s string) string {
	if letters, ok := sectorLetters(s); ok {
		return letters
	}
	return s
}

// sectorLetters reads sectors by letter or name.
func sectorLetters(s string) (string, bool) {
	if len(s) == 1 && s[0]|0x20 >= 'a' && s[0]|0x20 <= 'd' { // as most are
		return strings.ToLower(s), true
	}
	if len(s) > 200 {
		return "", false
	}
	var letters []string
	for part := range strings.FieldsFuncSeq(foldSectors(s), func(r rune) bool { return strings.ContainsRune(",;/+&)(|", r) }) {
		found, ok := sectorPart(part)
		if !ok {
			return "", false
		}
		letters = append(letters, found...)
	}
	slices.Sort(letters)
	letters = slices.Compact(letters)
	return strings.Join(letters, " "), len(letters) > 0
}

// sectorPart reads one part of a list of sectors: a name, or letters.
func sectorPart(part string) ([]string, bool) {
	words := strings.FieldsFunc(part, func(r rune) bool { return strings.ContainsRune(" -–.:", r) })
	words = slices.DeleteFunc(words, func(w string) bool { return w == "settore" || w == "settori" || w == "sett" })
	if letter, ok := sectorWords[strings.Join(words, " ")]; ok {
		return []string{letter}, true
	}
	if len(words) > 1 && len(words[0]) == 1 { // «a - civile e ambientale»
		if letter, ok := sectorWords[strings.Join(words[1:], " ")]; ok && letter == words[0] {
			return []string{letter}, true
		}
	}
	if names, ok := sectorNames(words); ok {
		return names, true
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "e" || w == "ed" })
	if len(words) == 1 && len(words[0]) <= 4 {
		words = strings.Split(words[0], "")
	}
	for _, w := range words {
		if len(w) != 1 || w[0] < 'a' || w[0] > 'd' {
			return nil, false
		}
	}
	return words, true
}

// sectorNames reads names with nothing but spaces, dashes or «e» between them:
// «civile - industriale», «industriale e dell'informazione».
func sectorNames(words []string) ([]string, bool) {
	var letters []string
	for i := 0; i < len(words); {
		if words[i] == "e" || words[i] == "ed" {
			i++
			continue
		}
		n := len(words)
		for ; n > i; n-- {
			if letter, ok := sectorWords[strings.Join(words[i:n], " ")]; ok && len(words[i]) > 2 {
				letters = append(letters, letter)
				break
			}
		}
		if n == i {
			return nil, false
		}
		i = n
	}
	return letters, len(letters) > 0
}

// tidyPostalCode gives a CAP the zeros back that a sheet took: 1100 is 01100.
func tidyPostalCode(s string) string {
	s = withoutPointZero(s)
	for _, prefix := range []string{"I-", "IT-", "i-", "it-"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok && allDigits(rest) {
			s = rest
		}
	}
	if len(s) >= 2 && len(s) < 5 && allDigits(s) {
		return strings.Repeat("0", 5-len(s)) + s
	}
	return s
}

// require refuses a member without surname, name, or both tax code and number.
func (r *memberReader) require(m Member) {
	if m.Surname == "" {
		r.refuse(r.firstColumn(FieldSurname, FieldFullName), "required_missing", "Manca il cognome.", "Lo scriva e riprovi.")
	}
	if m.Name == "" {
		r.refuse(r.firstColumn(FieldName, FieldFullName), "required_missing", "Manca il nome.", "Lo scriva e riprovi.")
	}
	if m.TaxCode == "" && !r.badCode && m.RegistrationNumber == "" {
		r.refuse(r.firstColumn(FieldTaxCode, FieldRegistrationNumber), "required_missing",
			"Servono il codice fiscale o il numero di iscrizione: senza, non sappiamo chi è.", "Scriva almeno uno dei due.")
	}
}

// firstColumn is the first of the fields that the file has a column for.
func (r *memberReader) firstColumn(fields ...Field) Field {
	for _, f := range fields {
		if r.mapping.Has(f) {
			return f
		}
	}
	return ""
}

func (r *memberReader) readSex() {
	switch strings.ToLower(strings.Trim(r.cell(FieldSex), ". ")) {
	case "":
	case "m", "maschio", "maschile", "uomo", "masch":
		r.said.Sex = "M"
	case "f", "femmina", "femminile", "donna", "femm":
		r.said.Sex = "F"
	default:
		r.unread(FieldSex, "sex_unknown", "Il sesso non è né M né F", ": non lo registriamo.", "Scriva M o F.")
	}
}

// readVATNumber reads a partita IVA, giving back the zeros that a sheet took.
func (r *memberReader) readVATNumber() {
	cell := r.cell(FieldVATNumber)
	if cell == "" {
		return
	}
	if whole, ok := wholeExponent(cell); ok {
		cell = whole
	}
	text := strings.TrimPrefix(foldCode(withoutPointZero(cell)), "IT")
	if len(text) >= 8 && len(text) < 11 && allDigits(text) {
		text = strings.Repeat("0", 11-len(text)) + text
	}
	if ValidVATNumber(text) {
		r.said.VATNumber = text
		return
	}
	message, stays := "La partita IVA non supera il controllo", ": non la registriamo e resta quella di prima."
	correction := "La confronti con il documento."
	switch {
	case isExponent(cell):
		message = fmt.Sprintf("La partita IVA è diventata un numero arrotondato, %s", quoted(cell))
		correction = "Nel file di partenza dia alla colonna il formato testo e la riscriva."
	case looksTaxCode(text):
		message, stays = "Nella colonna della partita IVA c’è un codice fiscale", ": non lo registriamo qui."
		correction = "Se non ha partita IVA, lasci vuota la cella."
		if r.form {
			message, correction = "Questo è un codice fiscale, non una partita IVA", "Se non ha partita IVA, lasci vuoto il campo."
		}
	case len(text) != 11 || !allDigits(text):
		message, stays = "La partita IVA ha 11 cifre: questa no", ", non la registriamo e resta quella di prima."
	}
	r.unread(FieldVATNumber, "vat_number_invalid", message, stays, correction)
}

func (r *memberReader) readDate(f Field, into *Date) {
	text := r.cell(f)
	if isNoDay(text) {
		return
	}
	latest := r.today
	if f == FieldBirthDate { // of «12/5/25» the member of a century ago is meant
		latest = r.today.AddYears(-16)
	}
	d, ok := readDay(text, latest)
	switch {
	case !ok:
		r.refuse(f, "date_invalid", quoted(text)+" non è una data che esiste.", r.hintDate(f, text, "Scriva una data come 28/02/2026."))
	case d.After(r.today):
		r.refuse(f, "date_in_future", fmt.Sprintf("%s è una data futura.", d.Italian()), r.hintDate(f, text, "Controlli l’anno."))
	default:
		*into = d
	}
}

// isNoDay reports whether a cell says that there is no day: 00/00/0000 is how
// some programs write that.
func isNoDay(text string) bool { return strings.Trim(text, "0/.- :") == "" }

// hintDate is what to do about a day that cannot be: the day of birth stands in
// the tax code, of others the nearest that exists is named.
func (r *memberReader) hintDate(f Field, text, otherwise string) string {
	if f == FieldBirthDate && len(r.code.Born) > 0 {
		born := slices.MaxFunc(r.code.Born, func(a, b Date) int {
			if a.After(r.today.AddYears(-16)) != b.After(r.today.AddYears(-16)) { // too young for an albo
				return b.Compare(a)
			}
			return a.Compare(b)
		})
		return fmt.Sprintf("Dal codice fiscale risulta il %s: controlli e corregga.", born.Italian())
	}
	if likely, ok := likelyDay(text, r.today); ok {
		return fmt.Sprintf("Forse è il %s: controlli e corregga.", likely.Italian())
	}
	return otherwise
}

// samePerson reports whether the row has the surname, name and birth date of m,
// all known (R23).
func (r *memberReader) samePerson(m Member) bool {
	return m.Surname != "" && m.Name != "" && !m.BirthDate.IsZero() &&
		sameName(m.Surname, r.said.Surname) && sameName(m.Name, r.said.Name) && m.BirthDate == r.said.BirthDate
}

// mayBe reports whether the row has the surname and name of m, and no other birth
// date.
func (r *memberReader) mayBe(m Member) bool {
	otherBirth := !m.BirthDate.IsZero() && !r.said.BirthDate.IsZero() && m.BirthDate != r.said.BirthDate
	return sameName(m.Surname, r.said.Surname) && sameName(m.Name, r.said.Name) && !otherBirth
}

func sameName(a, b string) bool { return a == b || Fold(foldSpaces(a)) == Fold(foldSpaces(b)) }

// apply puts what the row says on a member. Values that only look different, an
// address in other capitals, leave the old one.
func (r *memberReader) apply(m Member, isNew bool) Member {
	old := m
	for _, f := range textFields {
		value := *r.said.text(f)
		if have := m.text(f); value != "" && !sameValue(f, *have, value) {
			*have = value
		} else if value == "" && r.clears(f) {
			*have = ""
		}
	}
	for _, d := range []struct {
		field      Field
		have, said *Date
	}{
		{FieldBirthDate, &m.BirthDate, &r.said.BirthDate}, {FieldRegisteredOn, &m.RegisteredOn, &r.said.RegisteredOn}, {FieldLeftOn, &m.LeftOn, &r.said.LeftOn},
	} {
		if !d.said.IsZero() || r.clears(d.field) {
			*d.have = *d.said
		}
	}
	if r.said.Status != "" {
		m.Status = r.said.Status
	}
	r.applyNames(&m, old)
	r.applyOrdinary(&m)
	if !r.form {
		r.applyStatus(&m, old, isNew)
	}
	return m
}

// clears reports whether the row empties a field: when the operator wants that,
// and the file has the column and nothing in it. By whom a member is known, and
// the standing, stay in any case; so does what a faulty value would replace.
func (r *memberReader) clears(f Field) bool {
	if !r.clear || !r.mapping.Has(f) {
		return false
	}
	switch f {
	case FieldRegistrationNumber, FieldSurname, FieldName, FieldTaxCode, FieldLeftOn:
		return false
	case FieldBirthDate, FieldRegisteredOn:
		return isNoDay(r.cell(f))
	}
	return r.cell(f) == ""
}

// textFields are the fields of a member that are plain texts.
var textFields = func() []Field {
	var out []Field
	for _, f := range MemberFields {
		switch f.Field {
		case FieldBirthDate, FieldRegisteredOn, FieldLeftOn, FieldStatus:
		default:
			out = append(out, f.Field)
		}
	}
	return out
}()

func sameValue(f Field, a, b string) bool {
	if f == FieldEmail || f == FieldOwnPEC {
		return strings.EqualFold(a, b)
	}
	return a == b
}

// applyNames tells of surname and name that stand in each other's column, as
// the tax code knows. They are stored as the file has them, and the operator is
// told; but a member who has them in the right order keeps them so.
func (r *memberReader) applyNames(m *Member, old Member) {
	if !r.code.NamesSwapped(r.said.Surname, r.said.Name) || r.mapping.Has(FieldFullName) && !r.mapping.Has(FieldSurname) {
		return
	}
	message := fmt.Sprintf("Cognome e nome sembrano scambiati: per il codice fiscale il cognome è %s e il nome %s.", quoted(r.said.Name), quoted(r.said.Surname))
	if r.form {
		r.warn(FieldSurname, "names_swapped", message, "Se è così, li scambi.")
		return
	}
	if sameName(old.Surname, r.said.Name) && sameName(old.Name, r.said.Surname) {
		m.Surname, m.Name = old.Surname, old.Name
		r.warn(FieldSurname, "names_swapped", message+" Restano come sono nell’albo.", "Li scambi anche nel file.")
		return
	}
	r.warn(FieldSurname, "names_swapped", message+" Li registriamo come sono nel file.", "Se è così, li scambi nel file e lo importi di nuovo.")
}

// applyOrdinary makes an ordinary address of the PEC column the e-mail of a
// member who has none; as a PEC it is not stored.
func (r *memberReader) applyOrdinary(m *Member) {
	if r.ordinary == "" {
		return
	}
	message := fmt.Sprintf("%s è una casella ordinaria, non una PEC: come PEC non lo registriamo", r.ordinary)
	switch {
	case m.Email == "":
		m.Email = r.ordinary
		message += ", ma come e-mail, che mancava."
	case strings.EqualFold(m.Email, r.ordinary):
		message += "; è già l’e-mail dell’iscritto."
	default:
		message += fmt.Sprintf("; come e-mail resta %s.", m.Email)
	}
	correction := "Scriva una casella di posta elettronica certificata, o lasci vuota la cella."
	if r.form {
		correction = "Scriva una casella di posta elettronica certificata, o lasci vuoto il campo."
	}
	r.warn(FieldOwnPEC, "pec_ordinary", message, correction)
}

// applyStatus keeps status and leaving date in step. A new member without a
// status is active, or cancelled when there is a leaving date; a leaver without
// a date left on the day of the import, with a warning (9.4).
func (r *memberReader) applyStatus(m *Member, old Member, isNew bool) {
	hasStatus, hasDate := r.said.Status != "", !r.said.LeftOn.IsZero()
	if isNew && !hasStatus {
		m.Status = MemberActive
	}
	if hasDate && !hasStatus && m.Status.OnRegister() {
		m.Status = MemberCancelled
	}
	if m.Status.OnRegister() {
		if hasDate {
			r.warn(FieldLeftOn, "left_on_ignored", fmt.Sprintf("La riga ha una data di cancellazione, ma lo stato è %s: la data non si registra.", m.Status.Italian()), "Se non è più iscritto, corregga lo stato.")
		}
		m.LeftOn = Date{}
		r.tellReturn(*m, old, isNew)
		return
	}
	if hasStatus && isNoDay(r.cell(FieldLeftOn)) && (m.LeftOn.IsZero() || old.Status.OnRegister()) {
		m.LeftOn = r.today
		r.warn(FieldStatus, "left_on_missing", fmt.Sprintf("Manca la data di cancellazione: registriamo quella di oggi, %s.", r.today.Italian()), "Se è un’altra, la scriva nel file o nella pagina dell’iscritto.")
	}
	if !isNew && !old.Status.OnRegister() && !hasStatus && !hasDate && !r.mapping.Has(FieldStatus) && !r.mapping.Has(FieldLeftOn) {
		r.warn(r.firstColumn(FieldRegistrationNumber, FieldTaxCode), "not_on_register", fmt.Sprintf("Nell’albo risulta %s%s, e il file non ne dice lo stato: resta %s.", m.Status.Italian(), since(m.LeftOn), m.Status.Italian()),
			"Se è tornato iscritto, aggiunga la colonna Stato o lo cambi nella pagina dell’iscritto.")
	}
}

// tellReturn warns of a member who had left and is on the register again: a
// mailbox that was to close stays open (9.3).
func (r *memberReader) tellReturn(m, old Member, isNew bool) {
	if isNew || old.Status.OnRegister() || old.Status == "" {
		return
	}
	correction := "Se è un errore del file, corregga lo stato."
	if r.said.RegisteredOn.IsZero() || !old.LeftOn.IsZero() && r.said.RegisteredOn.Before(old.LeftOn) {
		correction = "Controlli anche la data di iscrizione, che è quella di prima."
	}
	r.warn(FieldStatus, "member_returns", fmt.Sprintf("Risultava %s%s: torna %s.", old.Said(old.Status.Italian()), since(old.LeftOn), old.Said(m.Status.Italian())), correction)
}

func since(d Date) string {
	if d.IsZero() {
		return ""
	}
	return " dal " + d.Italian()
}

// compareTaxCode warns when the code says otherwise than the member's data.
func (r *memberReader) compareTaxCode(m Member) {
	if r.badCode || m.TaxCode == "" {
		return
	}
	c := r.code
	if c.Code != m.TaxCode {
		var err error
		if c, err = ParseTaxCode(m.TaxCode); err != nil {
			return // an old one, kept as it is; the row does not speak of it
		}
	}
	if c.NamesSwapped(m.Surname, m.Name) && c.Code == r.said.TaxCode { // told already
		m.Surname, m.Name = "", ""
	}
	if found := c.Disagreements(m); len(found) > 0 {
		r.warn(FieldTaxCode, "tax_code_mismatch", "Il codice fiscale non corrisponde agli altri dati: "+strings.Join(found, "; ")+".", "Controlli sul tesserino quale dei due è giusto.")
	}
}

// compareDays warns of days that cannot follow one another, when the row says
// one of them.
func (r *memberReader) compareDays(m Member) {
	if r.said.BirthDate.IsZero() && r.said.RegisteredOn.IsZero() && r.said.LeftOn.IsZero() {
		return
	}
	if !m.BirthDate.IsZero() && !m.RegisteredOn.IsZero() && m.RegisteredOn.Before(m.BirthDate.AddYears(18)) {
		r.warn(r.firstColumn(FieldRegisteredOn, FieldBirthDate), "dates_in_disorder", fmt.Sprintf("La data di iscrizione, %s, viene prima dei 18 anni: la data di nascita è %s.", m.RegisteredOn.Italian(), m.BirthDate.Italian()), "Controlli le due date.")
	}
	if !m.LeftOn.IsZero() && m.LeftOn.Before(m.RegisteredOn) {
		r.warn(r.firstColumn(FieldLeftOn, FieldRegisteredOn), "dates_in_disorder", fmt.Sprintf("La data di cancellazione, %s, viene prima di quella di iscrizione, %s.", m.LeftOn.Italian(), m.RegisteredOn.Italian()), "Controlli le due date.")
	}
}
