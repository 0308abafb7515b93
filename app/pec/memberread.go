package pec

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// memberReader reads the cells of one row of a member file into values in the
// form of Member.Get; a field without a value is left as it is (R23).
type memberReader struct {
	rowReader
	today   Date
	values  map[Field]string
	badCode bool // the row has a tax code, and it is wrong
}

// fieldLimits are the most characters a field takes; what is longer is most
// likely a column in the wrong place.
var fieldLimits = map[Field]int{
	FieldRegistrationNumber: 20, FieldSurname: 100, FieldName: 100, FieldBirthPlace: 100, FieldBirthProvince: 50,
	FieldSection: 20, FieldSector: 100, FieldTitle: 100, FieldAddress: 250, FieldPostalCode: 10, FieldCity: 100,
	FieldProvince: 50, FieldPhone: 40, FieldMobile: 40,
}

func (r *memberReader) read(byCode map[string]*Member) {
	r.readTaxCode()
	r.readNames(byCode)
	for _, f := range []Field{
		FieldRegistrationNumber, FieldBirthPlace, FieldBirthProvince, FieldSection, FieldSector, FieldTitle,
		FieldAddress, FieldPostalCode, FieldCity, FieldProvince, FieldPhone, FieldMobile,
	} {
		r.text(f, r.cell(f))
	}
	r.require()
	r.readSex()
	r.readVATNumber()
	for _, f := range []Field{FieldBirthDate, FieldRegisteredOn, FieldLeftOn} {
		r.readDate(f)
	}
	r.readStatus()
	r.readEmail(FieldEmail, "L’indirizzo e-mail non è scritto bene: non lo registriamo e resta quello di prima.")
	r.readEmail(FieldOwnPEC, "L’indirizzo PEC non è scritto bene: non lo registriamo e resta quello di prima.")
}

func (r *memberReader) readTaxCode() {
	text := r.cell(FieldTaxCode)
	if text == "" {
		return
	}
	c, err := ParseTaxCode(text)
	if err != nil {
		r.badCode = true
		message, correction := splitSentence(err.Error())
		r.refuse(FieldTaxCode, "tax_code_invalid", message, correction)
		return
	}
	r.values[FieldTaxCode] = c.Code
}

// splitSentence parts what happened from what to do.
func splitSentence(s string) (message, correction string) {
	i := strings.LastIndex(s, ". ")
	if i < 0 {
		return s, ""
	}
	return s[:i+1], s[i+2:]
}

// readNames takes surname and name from their columns, or apart from one.
func (r *memberReader) readNames(byCode map[string]*Member) {
	if full := r.cell(FieldFullName); full != "" && r.cell(FieldSurname) == "" {
		r.readFullName(full, byCode[r.values[FieldTaxCode]])
		return
	}
	r.text(FieldSurname, r.cell(FieldSurname))
	r.text(FieldName, r.cell(FieldName))
}

func (r *memberReader) readFullName(full string, known *Member) {
	if known != nil && known.FullName() == full { // parted well before
		r.values[FieldSurname], r.values[FieldName] = known.Surname, known.Name
		return
	}
	surname, name, sure := SplitFullName(full, r.values[FieldTaxCode])
	r.text(FieldSurname, surname)
	r.text(FieldName, name)
	if !sure {
		r.warn(FieldFullName, "name_split_guess", fmt.Sprintf("Abbiamo letto «%s» come cognome e «%s» come nome: il codice fiscale non lo conferma.", surname, name),
			"Se non è così, metta cognome e nome in due colonne.")
	}
}

func (r *memberReader) text(f Field, value string) {
	if value == "" {
		return
	}
	if limit := fieldLimits[f]; utf8.RuneCountInString(value) > limit {
		r.refuse(f, "value_too_long", fmt.Sprintf("Il valore ha %d caratteri: al massimo sono %d.", utf8.RuneCountInString(value), limit),
			"Lo abbrevi, o controlli che la colonna sia quella giusta.")
	}
	r.values[f] = tidyText(f, value)
}

func tidyText(f Field, value string) string {
	switch f {
	case FieldSection:
		return tidySection(value)
	case FieldSector:
		return tidySector(value)
	case FieldPostalCode:
		return tidyPostalCode(value)
	case FieldProvince, FieldBirthProvince:
		value = strings.Trim(value, "()")
		if len(value) == 2 {
			return strings.ToUpper(value)
		}
	}
	return value
}

// tidySection writes «sez. a» and «Sezione A» as "A".
func tidySection(s string) string {
	word := strings.ToUpper(s)
	for _, prefix := range []string{"SEZIONE", "SEZ.", "SEZ"} {
		if rest, ok := strings.CutPrefix(word, prefix); ok {
			word = strings.TrimSpace(rest)
			break
		}
	}
	if len(word) == 1 && isCapital(rune(word[0])) {
		return word
	}
	return s
}

// tidySector writes letters of sectors however joined («a,b», «A-B», «abc») as
// "a b"; a sector told in words stays as it is.
func tidySector(s string) string {
	letters := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune(" ,;/-+.&)(", r) })
	letters = slices.DeleteFunc(letters, func(w string) bool { return w == "e" || w == "settore" || w == "settori" || w == "sett" })
	if len(letters) == 1 && len(letters[0]) <= 4 {
		letters = strings.Split(letters[0], "")
	}
	for _, l := range letters {
		if len(l) != 1 || l[0] < 'a' || l[0] > 'd' {
			return s
		}
	}
	if len(letters) == 0 {
		return s
	}
	slices.Sort(letters)
	return strings.Join(slices.Compact(letters), " ")
}

// tidyPostalCode gives a CAP the zeros back that a sheet took: 1100 is 01100.
func tidyPostalCode(s string) string {
	if len(s) >= 2 && len(s) < 5 && allDigits(s) {
		return strings.Repeat("0", 5-len(s)) + s
	}
	return s
}

// require refuses a row without surname, name, or both tax code and number.
func (r *memberReader) require() {
	if r.values[FieldSurname] == "" {
		r.refuse(r.firstColumn(FieldSurname, FieldFullName), "required_missing", "Manca il cognome.", "Lo scriva e riprovi.")
	}
	if r.values[FieldName] == "" {
		r.refuse(r.firstColumn(FieldName, FieldFullName), "required_missing", "Manca il nome.", "Lo scriva e riprovi.")
	}
	if r.values[FieldTaxCode] == "" && !r.badCode && r.values[FieldRegistrationNumber] == "" {
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
	text := r.cell(FieldSex)
	switch strings.ToLower(text) {
	case "":
	case "m", "maschio", "maschile", "uomo":
		r.values[FieldSex] = "M"
	case "f", "femmina", "femminile", "donna":
		r.values[FieldSex] = "F"
	default:
		r.warn(FieldSex, "sex_unknown", "Il sesso non è né M né F: non lo registriamo.", "Scriva M o F.")
	}
}

// readVATNumber reads a partita IVA, giving back the zeros that a sheet took.
func (r *memberReader) readVATNumber() {
	text := strings.TrimPrefix(foldCode(r.cell(FieldVATNumber)), "IT")
	if text == "" {
		return
	}
	if len(text) >= 8 && len(text) < 11 {
		text = strings.Repeat("0", 11-len(text)) + text
	}
	if !ValidVATNumber(text) {
		r.warn(FieldVATNumber, "vat_number_invalid", "La partita IVA non supera il controllo: non la registriamo e resta quella di prima.", "La confronti con il documento.")
		return
	}
	r.values[FieldVATNumber] = text
}

func (r *memberReader) readDate(f Field) {
	text := r.cell(f)
	if strings.Trim(text, "0/.- :") == "" { // 00/00/0000 is how some programs write no day
		return
	}
	latest := r.today
	if f == FieldBirthDate { // of «12/5/25» the member of a century ago is meant
		latest = r.today.AddYears(-16)
	}
	d, err := parseFileDate(text, latest)
	if err != nil {
		r.refuse(f, "date_invalid", fmt.Sprintf("«%s» non è una data che esiste.", text), "Scriva una data come 28/02/2026.")
		return
	}
	if d.After(r.today) {
		r.refuse(f, "date_in_future", fmt.Sprintf("%s è una data futura.", d.Italian()), "Controlli l’anno.")
		return
	}
	r.values[f] = d.String()
}

// statusWords are the words for a status, in lower case without accents.
var statusWords = map[string]MemberStatus{
	"iscritto": MemberActive, "iscritta": MemberActive, "attivo": MemberActive, "attiva": MemberActive, "regolare": MemberActive,
	"in attivita": MemberActive, "iscrizione": MemberActive, "reiscritto": MemberActive, "reiscritta": MemberActive, "a": MemberActive,
	"i": MemberActive, "in regola": MemberActive,
	"sospeso": MemberSuspended, "sospesa": MemberSuspended, "sospensione": MemberSuspended, "s": MemberSuspended,
	"cancellato": MemberCancelled, "cancellata": MemberCancelled, "cancellazione": MemberCancelled, "radiato": MemberCancelled,
	"radiata": MemberCancelled, "radiazione": MemberCancelled, "dimesso": MemberCancelled, "dimessa": MemberCancelled,
	"dimissionario": MemberCancelled, "dimissionaria": MemberCancelled, "dimissioni": MemberCancelled, "cessato": MemberCancelled,
	"cessata": MemberCancelled, "non iscritto": MemberCancelled, "non iscritta": MemberCancelled, "c": MemberCancelled,
	"decaduto": MemberCancelled, "decaduta": MemberCancelled,
	"trasferito": MemberTransferred, "trasferita": MemberTransferred, "trasferimento": MemberTransferred, "t": MemberTransferred,
	"trasferito ad altro ordine": MemberTransferred, "trasferita ad altro ordine": MemberTransferred,
	"deceduto": MemberDeceased, "deceduta": MemberDeceased, "defunto": MemberDeceased, "defunta": MemberDeceased,
	"decesso": MemberDeceased, "d": MemberDeceased,
}

// ParseMemberStatus reads a status as files, people and scripts write it:
// "Iscritto", "RADIATA", "cancelled".
func ParseMemberStatus(s string) (MemberStatus, bool) {
	word := strings.Trim(Fold(foldSpaces(s)), " .")
	if status := MemberStatus(word); status.Known() {
		return status, true
	}
	status, ok := statusWords[word]
	return status, ok
}

func (r *memberReader) readStatus() {
	text := r.cell(FieldStatus)
	if text == "" {
		return
	}
	status, ok := ParseMemberStatus(text)
	if !ok {
		r.refuse(FieldStatus, "status_unknown", fmt.Sprintf("Lo stato «%s» non si conosce.", text), "Usi iscritto, sospeso, cancellato, trasferito o deceduto.")
		return
	}
	r.values[FieldStatus] = string(status)
}

func (r *memberReader) readEmail(f Field, message string) {
	text := strings.TrimPrefix(strings.ToLower(r.cell(f)), "mailto:")
	if text == "" {
		return
	}
	if !ValidEmail(text) {
		r.warn(f, "email_invalid", message, "Scriva un solo indirizzo, come nome@dominio.it.")
		return
	}
	r.values[f] = text
}

// samePerson reports whether the row has the surname, name and birth date of m,
// all known (R23).
func (r *memberReader) samePerson(m Member) bool {
	return m.Surname != "" && m.Name != "" && !m.BirthDate.IsZero() &&
		sameName(m.Surname, r.values[FieldSurname]) && sameName(m.Name, r.values[FieldName]) &&
		m.BirthDate.String() == r.values[FieldBirthDate]
}

func sameName(a, b string) bool { return Fold(foldSpaces(a)) == Fold(foldSpaces(b)) }

// apply puts the values of the row on a member. Values that only look
// different, an address in other capitals, leave the old one.
func (r *memberReader) apply(m Member, isNew bool) Member {
	old := m
	for _, f := range MemberFields {
		value, ok := r.values[f.Field]
		if !ok || sameValue(f.Field, m.Get(f.Field), value) {
			continue
		}
		if err := m.Set(f.Field, value); err != nil {
			panic("pec: a value read from a file does not fit: " + err.Error()) // readDate wrote it in ISO form
		}
	}
	r.applyStatus(&m, old, isNew)
	return m
}

func sameValue(f Field, a, b string) bool {
	if f == FieldEmail || f == FieldOwnPEC {
		return strings.EqualFold(a, b)
	}
	return a == b
}

// applyStatus keeps status and leaving date in step. A new member without a
// status is active, or cancelled when there is a leaving date; a leaver without
// a date left on the day of the import, with a warning (9.4).
func (r *memberReader) applyStatus(m *Member, old Member, isNew bool) {
	_, hasStatus := r.values[FieldStatus]
	_, hasDate := r.values[FieldLeftOn]
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
		return
	}
	if hasStatus && !hasDate && (m.LeftOn.IsZero() || old.Status.OnRegister()) {
		m.LeftOn = r.today
		r.warn(FieldStatus, "left_on_missing", fmt.Sprintf("Manca la data di cancellazione: registriamo quella di oggi, %s.", r.today.Italian()), "Se è un’altra, la scriva nel file o nella pagina dell’iscritto.")
	}
}

// compareTaxCode warns when the code says otherwise than the member's data.
func (r *memberReader) compareTaxCode(m Member) {
	if r.badCode || m.TaxCode == "" {
		return
	}
	c, err := ParseTaxCode(m.TaxCode)
	if err != nil {
		return // an old one, kept as it is; the row does not speak of it
	}
	if found := c.Disagreements(m); len(found) > 0 {
		r.warn(FieldTaxCode, "tax_code_mismatch", "Il codice fiscale non corrisponde agli altri dati: "+strings.Join(found, "; ")+".", "Controlli sul tesserino quale dei due è giusto.")
	}
}
