package pec

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// FieldFullName is surname and given names in one column («Nominativo»),
// surname first; it exists in files only.
const FieldFullName Field = "full_name"

// The fields of a provider's statement of services, beside those of mailboxes.
const (
	FieldMailbox     Field = "mailbox"
	FieldService     Field = "service"
	FieldQuantity    Field = "quantity"
	FieldFrom        Field = "from"
	FieldTo          Field = "to"
	FieldNet         Field = "net"
	FieldKind        Field = "kind"
	FieldActivatedOn Field = "activated_on"
	FieldExpiresOn   Field = "expires_on"
	FieldExtraGB     Field = "extra_gb"
	FieldUsedMB      Field = "used_mb"
)

// Layout is a kind of foreign file: the fields it may hold, the titles that
// people give to their columns, and what it cannot do without.
type Layout struct {
	Name   string // "members", "mailboxes", "services"
	Fields []LayoutField
	// Needs are the fields a file must have: of each group at least one way, a
	// way being all the fields of it.
	Needs []Need
}

// Need is something that a file must tell, in one of several ways.
type Need struct {
	Italian string
	Ways    [][]Field
}

// LayoutField is a field with the titles it is known by.
type LayoutField struct {
	Field Field
	Title string   // the one our own exports use
	Names []string // sure titles
	Weak  []string // titles taken only when no other column claims the field
	// Looks, when set, must hold for most of the column's values before a weak
	// title is believed; with Alone it is enough without any title.
	Looks func(string) bool
	Alone bool

	sure, weak map[string]bool // Title, Names and Weak in the form of foldTitle
}

// MatchedBy says how a column came to its field.
type MatchedBy string

// The ways, from the surest.
const (
	ByChoice  MatchedBy = "choice"  // the operator said so
	ByTitle   MatchedBy = "title"   // the title is known
	ByContent MatchedBy = "content" // the values can be nothing else
)

// Column is a column of a foreign file and the field it is read as; an empty
// Field is not read.
type Column struct {
	Index  int
	Header string // as in the file; made unique, «Colonna 5» when empty
	Field  Field
	By     MatchedBy
}

// Mapping tells what each column of a file is, in their order.
type Mapping []Column

// Column finds the column of a field.
func (m Mapping) Column(f Field) (Column, bool) {
	if f == "" {
		return Column{}, false
	}
	for _, c := range m {
		if c.Field == f {
			return c, true
		}
	}
	return Column{}, false
}

// Has reports whether a column is read as f.
func (m Mapping) Has(f Field) bool {
	_, ok := m.Column(f)
	return ok
}

// ByHeader is the mapping as scripts want it: title to field, only of the
// columns that are read.
func (m Mapping) ByHeader() map[string]string {
	out := map[string]string{}
	for _, c := range m {
		if c.Field != "" {
			out[c.Header] = string(c.Field)
		}
	}
	return out
}

// Unread lists the titles of the columns that are not read.
func (m Mapping) Unread() []string {
	var out []string
	for _, c := range m {
		if c.Field == "" {
			out = append(out, c.Header)
		}
	}
	return out
}

// MemberLayout is a list of members in the titles of the Ordini.
var MemberLayout = indexed(Layout{
	Name: "members",
	Fields: []LayoutField{
		{Field: FieldRegistrationNumber, Names: []string{"numero iscrizione", "numero iscrizione albo", "numero albo", "matricola", "numero matricola", "numero iscritto", "codice iscritto", "numero registro", "posizione albo", "iscrizione numero", "numero ordine iscrizione", "tessera", "numero tessera", "numero iscr albo"},
			Weak: []string{"numero", "iscrizione", "albo", "id iscritto"}, Looks: looksNumber},
		{Field: FieldSurname, Names: []string{"cognome", "cognomi", "cognome iscritto", "surname", "last name"}},
		{Field: FieldName, Names: []string{"nome", "nomi", "nome iscritto", "nome battesimo", "first name"}},
		{Field: FieldFullName, Title: "Cognome e nome", Names: []string{"nominativo", "cognome e nome", "cognome nome", "cognome/nome", "nominativo iscritto", "nome e cognome", "nome cognome"}, Weak: []string{"iscritto", "professionista", "denominazione"}, Looks: looksFullName},
		{Field: FieldSex, Names: []string{"sesso", "genere", "m/f", "sex"}},
		{Field: FieldTaxCode, Names: []string{"codice fiscale", "c f", "cf", "cod fiscale iscritto", "codice fiscale iscritto", "cfis"}, Weak: []string{"codice", "fiscale"}, Looks: looksTaxCode, Alone: true},
		{Field: FieldVATNumber, Names: []string{"partita iva", "p iva", "piva", "part iva", "iva", "partita i v a", "p i"}},
		{Field: FieldBirthDate, Names: []string{"data nascita", "nato il", "nata il", "nato/a il", "nato a il", "data nasc", "giorno nascita"}, Weak: []string{"nascita"}, Looks: looksDate},
		{Field: FieldBirthPlace, Names: []string{"luogo nascita", "comune nascita", "citta nascita", "nato a", "nata a", "nato/a a", "nato a a", "luogo nasc"}, Weak: []string{"nascita"}, Looks: looksWord},
		{Field: FieldBirthProvince, Names: []string{"provincia nascita", "provincia nasc", "provincia luogo nascita", "sigla provincia nascita"}},
		{Field: FieldSection, Names: []string{"sezione", "sezione albo"}},
		{Field: FieldSector, Names: []string{"settore", "settore albo", "specializzazione"}},
		{Field: FieldRegisteredOn, Names: []string{"data iscrizione", "data iscrizione albo", "iscritto dal", "iscritta dal", "iscritto il", "data prima iscrizione", "iscrizione dal", "data decorrenza iscrizione", "decorrenza iscrizione", "data anzianita", "anzianita", "data iscr albo"}, Weak: []string{"iscrizione", "albo dal"}, Looks: looksDate},
		{Field: FieldStatus, Names: []string{"stato", "stato iscrizione", "stato iscritto", "posizione", "situazione", "stato albo", "status", "stato posizione"}},
		{Field: FieldLeftOn, Names: []string{"data cancellazione", "cancellato dal", "cancellato il", "data uscita", "data cessazione", "data dimissioni", "data cancellazione albo", "data trasferimento", "data decesso", "fine iscrizione", "data fine iscrizione"}, Weak: []string{"cancellazione", "cessazione"}, Looks: looksDate},
		{Field: FieldTitle, Names: []string{"titolo", "titolo studio", "titolo professionale", "titolo accademico", "qualifica"}},
		{Field: FieldAddress, Names: []string{"indirizzo", "indirizzo residenza", "residenza", "via", "indirizzo studio", "domicilio", "indirizzo domicilio", "recapito", "via e numero civico", "indirizzo recapito", "indirizzo corrispondenza", "studio", "indirizzo completo"}},
		{Field: FieldPostalCode, Names: []string{"cap", "c a p", "codice avviamento postale", "cap residenza", "cap studio", "codice postale"}},
		{Field: FieldCity, Names: []string{"comune", "citta", "localita", "comune residenza", "citta residenza", "comune studio", "citta studio", "luogo residenza"}},
		{Field: FieldProvince, Names: []string{"provincia", "provincia residenza", "provincia studio", "sigla provincia"}},
		{Field: FieldPhone, Names: []string{"telefono", "telefono fisso", "telefono studio", "telefono ufficio", "telefono abitazione", "recapito telefonico", "numero telefono"}},
		{Field: FieldMobile, Names: []string{"cellulare", "telefono cellulare", "telefono mobile", "mobile", "numero cellulare"}},
		{Field: FieldEmail, Names: []string{"email", "mail", "posta elettronica", "indirizzo email", "indirizzo mail", "indirizzo posta elettronica", "mail riferimento", "email ordinaria", "email personale", "casella email", "peo", "contatto email", "email riferimento"}, Looks: looksEmail, Alone: true},
		{Field: FieldOwnPEC, Names: []string{"pec", "indirizzo pec", "casella pec", "email pec", "mail pec", "posta elettronica certificata", "indirizzo posta elettronica certificata", "posta certificata", "email certificata", "domicilio digitale", "p e c", "pec personale"}, Looks: looksPEC, Alone: true},
	},
	Needs: []Need{
		{"il cognome e il nome", [][]Field{{FieldSurname, FieldName}, {FieldFullName}}},
		{"il codice fiscale o il numero di iscrizione", [][]Field{{FieldTaxCode}, {FieldRegistrationNumber}}},
	},
})

var mailboxNames = []string{"casella", "casella pec", "indirizzo pec", "pec", "indirizzo casella", "indirizzo casella pec", "email pec", "posta elettronica certificata", "indirizzo posta certificata"}

// ServiceLayout is a provider's statement of the services that members bought
// there.
var ServiceLayout = indexed(Layout{
	Name: "services",
	Fields: []LayoutField{
		{Field: FieldMailbox, Title: "Casella", Names: mailboxNames, Weak: []string{"indirizzo", "email", "mail"}, Looks: looksEmail, Alone: true},
		{Field: FieldService, Title: "Servizio", Names: []string{"servizio", "servizio aggiuntivo", "prodotto", "descrizione servizio", "nome servizio"}, Weak: []string{"descrizione", "articolo", "codice servizio", "codice prodotto"}},
		{Field: FieldQuantity, Title: "Quantità", Names: []string{"quantita", "q ta", "qta", "qty", "gb", "quantita gb"}},
		{Field: FieldFrom, Title: "Dal", Names: []string{"dal", "data inizio", "inizio", "decorrenza", "data decorrenza", "valido dal", "data attivazione", "attivato il", "data acquisto", "acquistato il"}},
		{Field: FieldTo, Title: "Al", Names: []string{"al", "data fine", "fine", "scadenza", "data scadenza", "valido al", "scade il"}},
		{Field: FieldNet, Title: "Importo netto", Names: []string{"importo netto", "netto", "imponibile", "prezzo netto", "importo imponibile"}, Weak: []string{"importo", "prezzo", "costo"}, Looks: looksAmount},
	},
	Needs: needEach(map[Field]string{FieldMailbox: "la casella", FieldService: "il servizio", FieldQuantity: "la quantità", FieldFrom: "la data di inizio («Dal»)", FieldTo: "la data di fine («Al»)", FieldNet: "l’importo netto"},
		FieldMailbox, FieldService, FieldQuantity, FieldFrom, FieldTo, FieldNet),
})

// MailboxLayout is the list of the mailboxes that exist at the provider.
var MailboxLayout = indexed(Layout{
	Name: "mailboxes",
	Fields: []LayoutField{
		{Field: FieldMailbox, Title: "Casella", Names: mailboxNames, Weak: []string{"indirizzo", "email", "mail"}, Looks: looksEmail, Alone: true},
		{Field: FieldTaxCode, Title: "Codice fiscale", Names: []string{"codice fiscale", "c f", "cf", "codice fiscale titolare"}, Weak: []string{"titolare", "codice"}, Looks: looksTaxCode, Alone: true},
		{Field: FieldKind, Title: "Tipologia", Names: []string{"tipologia", "tipo", "tipo casella", "tipologia casella", "profilo", "contratto"}},
		{Field: FieldActivatedOn, Title: "Data attivazione", Names: []string{"data attivazione", "attivazione", "attivata il", "attiva dal", "data creazione", "creata il", "dal"}},
		{Field: FieldExpiresOn, Title: "Data scadenza", Names: []string{"data scadenza", "scadenza", "scade il", "al", "data rinnovo"}},
		{Field: FieldExtraGB, Title: "GB extra", Names: []string{"gb extra", "gb aggiuntivi", "spazio extra", "spazio aggiuntivo", "extra gb", "spazio extra gb"}},
		{Field: FieldUsedMB, Title: "MB usati", Names: []string{"mb usati", "spazio usato", "spazio occupato", "mb occupati", "spazio usato mb", "occupazione mb", "usato mb"}},
	},
	Needs: needEach(map[Field]string{FieldMailbox: "la casella", FieldTaxCode: "il codice fiscale", FieldActivatedOn: "la data di attivazione", FieldExpiresOn: "la data di scadenza"},
		FieldMailbox, FieldTaxCode, FieldActivatedOn, FieldExpiresOn),
})

// indexed fills in the titles of members' fields and folds all titles once.
func indexed(l Layout) Layout {
	for i := range l.Fields {
		f := &l.Fields[i]
		if f.Title == "" {
			f.Title = f.Field.Italian()
		}
		f.sure, f.weak = map[string]bool{}, map[string]bool{}
		for _, n := range append([]string{string(f.Field), f.Title}, f.Names...) {
			f.sure[foldTitle(n)] = true
		}
		for _, n := range f.Weak {
			f.weak[foldTitle(n)] = true
		}
	}
	return l
}

// Title is a field's title in this kind of file.
func (l Layout) Title(f Field) string {
	for _, lf := range l.Fields {
		if lf.Field == f {
			return lf.Title
		}
	}
	return string(f)
}

func needEach(italian map[Field]string, fields ...Field) []Need {
	var needs []Need
	for _, f := range fields {
		needs = append(needs, Need{italian[f], [][]Field{{f}}})
	}
	return needs
}

// titleWords are the abbreviations of titles, written out.
var titleWords = map[string]string{
	"n": "numero", "nr": "numero", "num": "numero", "nro": "numero", "no": "numero",
	"cod": "codice", "fisc": "fiscale", "iscr": "iscrizione", "iscriz": "iscrizione", "nasc": "nascita",
	"prov": "provincia", "pr": "provincia", "pv": "provincia", "prv": "provincia", "sez": "sezione",
	"sett": "settore", "settori": "settore", "dt": "data", "tel": "telefono", "telef": "telefono",
	"cell": "cellulare", "cel": "cellulare", "ind": "indirizzo", "indir": "indirizzo", "loc": "localita",
	"cogn": "cognome", "part": "partita", "canc": "cancellazione", "cancell": "cancellazione", "resid": "residenza",
	"imp": "importo", "quant": "quantita", "tipol": "tipologia",
}

// titleFillers say nothing in a title.
var titleFillers = map[string]bool{"di": true, "del": true, "della": true, "dell": true, "dello": true, "all": true, "allo": true, "alla": true, "d": true}

// foldTitle brings a title to the form in which titles are compared: no case,
// accents, marks, spaces or fillers, abbreviations written out. «Data iscr.»
// and «DATA_ISCRIZIONE» are both "dataiscrizione".
func foldTitle(s string) string {
	s = strings.NewReplacer("º", " ", "ª", " ", "€", " ").Replace(s)
	words := strings.FieldsFunc(Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	var b strings.Builder
	for _, w := range words {
		if titleFillers[w] {
			continue
		}
		if long, ok := titleWords[w]; ok {
			w = long
		}
		b.WriteString(w)
	}
	return b.String()
}

// titleKeys are the forms of a title worth looking up: whole, and without what
// stands in brackets («Data di nascita (gg/mm/aaaa)»).
func titleKeys(s string) []string {
	keys := []string{foldTitle(s)}
	if before, _, ok := strings.Cut(s, "("); ok {
		keys = append(keys, foldTitle(before))
	}
	return keys
}

// known reports whether a title, as titleKeys has it, is among the field's sure
// or weak ones.
func (f LayoutField) known(keys []string) (sure, weak bool) {
	for _, k := range keys { // an empty one is in no map
		sure = sure || f.sure[k]
		weak = weak || f.weak[k]
	}
	return sure, weak
}

// TitleScore counts the cells of a row that are titles this layout knows: the
// header of a file is the row with the most.
func (l Layout) TitleScore(cells []string) int {
	n := 0
	for _, c := range cells {
		if len(c) > 80 {
			continue
		}
		keys := titleKeys(c)
		if slices.ContainsFunc(l.Fields, func(f LayoutField) bool { s, w := f.known(keys); return s || w }) {
			n++
		}
	}
	return n
}

// Map tells what the columns under a header are, from their titles, their
// values and the operator's choices (title to field; an empty field leaves the
// column out). A choice that names no column or no field is a Problem.
func (l Layout) Map(header []string, rows []Row, choices map[string]string) (Mapping, error) {
	m := namedColumns(header)
	if err := l.choose(m, choices); err != nil {
		return nil, err
	}
	free := func(i int) bool { return m[i].By == "" }
	samples := make([][]string, len(m))
	for i := range m {
		samples[i] = sample(rows, i)
	}
	l.matchTitles(m, header, free)
	l.matchWeak(m, header, samples, free)
	l.matchContent(m, samples, free)
	return m, nil
}

func namedColumns(header []string) Mapping {
	m := make(Mapping, len(header))
	used := map[string]bool{}
	for i, h := range header {
		h = foldSpaces(h)
		if h == "" {
			h = fmt.Sprintf("Colonna %d", i+1)
		}
		name := h
		for n := 2; used[name]; n++ {
			name = fmt.Sprintf("%s (%d)", h, n)
		}
		used[name] = true
		m[i] = Column{Index: i, Header: name}
	}
	return m
}

func (l Layout) choose(m Mapping, choices map[string]string) error {
	for _, title := range slices.Sorted(maps.Keys(choices)) {
		field := Field(strings.TrimSpace(choices[title]))
		if field != "" && !slices.ContainsFunc(l.Fields, func(f LayoutField) bool { return f.Field == field }) {
			return Refuse("field_unknown", "«%s» non è un campo di questo tipo di file. I campi sono: %s.", field, l.fieldNames())
		}
		i := slices.IndexFunc(m, func(c Column) bool { return c.Header == foldSpaces(title) })
		if i < 0 {
			i = slices.IndexFunc(m, func(c Column) bool { return foldTitle(c.Header) == foldTitle(title) })
		}
		if i < 0 {
			return Refuse("columns_missing", "La colonna «%s» non c’è nel file. Le sue colonne sono: %s.", title, quoteTitles(m))
		}
		if c, taken := m.Column(field); taken {
			return Refuse("columns_missing", "Sia «%s» sia «%s» sono indicate come %s: ne scelga una.", c.Header, m[i].Header, l.Title(field))
		}
		m[i].Field, m[i].By = field, ByChoice
	}
	return nil
}

func (l Layout) fieldNames() string {
	var names []string
	for _, f := range l.Fields {
		names = append(names, string(f.Field))
	}
	return strings.Join(names, ", ")
}

func quoteTitles(m Mapping) string {
	var titles []string
	for _, c := range m {
		titles = append(titles, "«"+c.Header+"»")
	}
	return strings.Join(titles, ", ")
}

func (l Layout) matchTitles(m Mapping, header []string, free func(int) bool) {
	for i := range m {
		if !free(i) {
			continue
		}
		keys := titleKeys(header[i])
		for _, f := range l.Fields {
			if sure, _ := f.known(keys); sure && !m.Has(f.Field) {
				m[i].Field, m[i].By = f.Field, ByTitle
				break
			}
		}
	}
	l.birthProvince(m, header)
}

// birthProvince reads the first of two columns «Prov.» as that of the birth
// when it stands right beside the place of birth.
func (l Layout) birthProvince(m Mapping, header []string) {
	place, ok := m.Column(FieldBirthPlace)
	if !ok || m.Has(FieldBirthProvince) || place.Index+1 >= len(m) {
		return
	}
	first := &m[place.Index+1]
	if first.Field != FieldProvince || first.By != ByTitle {
		return
	}
	for i := first.Index + 1; i < len(m); i++ {
		if m[i].By == "" && foldTitle(header[i]) == foldTitle(header[first.Index]) {
			first.Field = FieldBirthProvince
			m[i].Field, m[i].By = FieldProvince, ByTitle
			return
		}
	}
}

func (l Layout) matchWeak(m Mapping, header []string, samples [][]string, free func(int) bool) {
	for _, f := range l.Fields {
		for i := range m {
			if !free(i) || m.Has(f.Field) {
				continue
			}
			if _, weak := f.known(titleKeys(header[i])); weak && (f.Looks == nil || mostly(samples[i], f.Looks)) {
				m[i].Field, m[i].By = f.Field, ByTitle
			}
		}
	}
}

// matchContent recognises a column by its values, whatever its title: of
// several the first.
func (l Layout) matchContent(m Mapping, samples [][]string, free func(int) bool) {
	for _, f := range slices.Backward(l.Fields) {
		if !f.Alone || m.Has(f.Field) {
			continue
		}
		for i := range m {
			if free(i) && mostly(samples[i], f.Looks) && !m.Has(f.Field) {
				m[i].Field, m[i].By = f.Field, ByContent
			}
		}
	}
}

// Missing says in Italian what a file with these columns lacks, empty when it
// lacks nothing.
func (l Layout) Missing(m Mapping) string {
	var lacks []string
	for _, n := range l.Needs {
		met := slices.ContainsFunc(n.Ways, func(way []Field) bool {
			return !slices.ContainsFunc(way, func(f Field) bool { return !m.Has(f) })
		})
		if !met {
			lacks = append(lacks, n.Italian)
		}
	}
	return strings.Join(lacks, "; ")
}

// sample takes the values of a column that are there, from the first rows.
func sample(rows []Row, column int) []string {
	var out []string
	for _, r := range rows[:min(len(rows), 200)] {
		if column < len(r.Cells) {
			if v := cleanCell(r.Cells[column]); v != "" {
				out = append(out, v)
			}
		}
	}
	return out
}

// mostly reports whether at least four values of five look so.
func mostly(values []string, looks func(string) bool) bool {
	n := 0
	for _, v := range values {
		if looks(v) {
			n++
		}
	}
	return n > 0 && n*5 >= len(values)*4
}

func looksTaxCode(s string) bool {
	c, err := ParseTaxCode(s)
	return err == nil && !c.Provisional
}

func looksEmail(s string) bool { return ValidEmail(s) }

func looksPEC(s string) bool {
	_, domain, _ := strings.Cut(strings.ToLower(s), "@")
	return ValidEmail(s) && (strings.Contains(domain, "pec") || strings.Contains(domain, "legalmail") || strings.Contains(domain, "postacert"))
}

func looksDate(s string) bool {
	_, err := parseFileDate(s, Date{2099, 12, 31})
	return err == nil
}

func looksNumber(s string) bool {
	return strings.ContainsFunc(s, isNumeral) && len(s) <= 20 && !looksDate(s) && !looksTaxCode(s)
}

func looksWord(s string) bool { return !strings.ContainsFunc(s, isNumeral) }

func looksFullName(s string) bool {
	return looksWord(s) && strings.Contains(s, " ") && !strings.Contains(s, "@")
}

func looksAmount(s string) bool {
	_, err := parseNet(s)
	return err == nil
}
