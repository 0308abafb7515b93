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
	Name   string // "members", "mailboxes", "services", "outcomes", "payments"
	Fields []LayoutField
	// Needs are the fields a file must have: of each group at least one way, a
	// way being all the fields of it.
	Needs []Need
	// Term are the fields of the first day and of the end of a term: columns of
	// days under other titles are told apart by which comes first.
	Term [2]Field
	// Asks says that an operator is always asked what the columns are: what is
	// missing is chosen among them, and not added to the file.
	Asks bool
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

	sure, weak map[string]bool // Title, Names and Weak in the forms of titleForms
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
		{Field: FieldRegistrationNumber, Names: []string{
			"numero iscrizione", "numero iscrizione albo", "numero albo", "matricola", "numero matricola", "matr", "numero matr", "numero iscritto", "codice iscritto", "numero registro", "posizione albo",
			"numero posizione", "numero ordine iscrizione", "tessera", "numero tessera", "numero ordine", "numero timbro", "timbro", "iscrizione albo numero", "iscritto al numero", "iscritta al numero",
			"iscrizione ordine numero", "codice albo", "matricola albo", "matricola iscritto", "id albo", "numero albo professionale", "registration number", "numero sigillo", "numero d'albo", "numero elenco",
			"iscr numero", "albo n", "numero progressivo albo", "numero d'iscrizione", "iscrizione n",
		},
			Weak: []string{"numero", "iscrizione", "albo", "id iscritto", "codice", "id", "codice anagrafico", "progressivo", "posizione"}, Looks: looksNumber},
		{Field: FieldSurname, Names: []string{"cognome", "cognomi", "cognome iscritto", "cognome professionista", "surname", "last name", "lastname", "family name", "cognome titolare"}},
		{Field: FieldName, Names: []string{"nome", "nomi", "nome iscritto", "nome battesimo", "nome professionista", "first name", "firstname", "given name", "nome proprio", "nome titolare"}},
		{Field: FieldFullName, Title: "Cognome e nome", Names: []string{
			"nominativo", "cognome e nome", "cognome nome", "nominativo iscritto", "nome e cognome", "nome cognome", "cognome ed nome", "nominativi", "nominativo professionista",
			"cognome e nome iscritto", "ingegnere", "full name", "cognome e nome professionista", "nome completo", "generalita", "ragione sociale nominativo",
		}, Weak: []string{"iscritto", "professionista", "denominazione", "iscritti"}, Looks: looksFullName},
		{Field: FieldSex, Names: []string{"sesso", "genere", "m/f", "sex", "m f", "gender", "sesso m/f"}},
		{Field: FieldTaxCode, Names: []string{"codice fiscale", "c f", "cf", "c fiscale", "cod fiscale iscritto", "codice fiscale iscritto", "cfis", "codfis", "codfisc", "tax code", "codice fiscale professionista", "codice fiscale titolare", "fiscal code", "codice fisc persona"},
			Weak: []string{"codice", "fiscale"}, Looks: looksTaxCode, Alone: true},
		{Field: FieldVATNumber, Names: []string{"partita iva", "p iva", "piva", "part iva", "iva", "partita i v a", "p i", "numero partita iva", "vat", "vat number", "p i v a", "partitaiva"}},
		{Field: FieldBirthDate, Names: []string{
			"data nascita", "nato il", "nata il", "nato/a il", "nato a il", "nato/ta il", "data nasc", "giorno nascita", "dt nascita", "dtnascita", "data nascita iscritto", "birth date", "date of birth", "nascita giorno", "nascita il", "nati il", "nata/o il", "nata o il",
		}, Weak: []string{"nascita", "nato", "nata", "nato/a"}, Looks: looksDate},
		{Field: FieldBirthPlace, Names: []string{
			"luogo nascita", "comune nascita", "citta nascita", "nato a", "nata a", "nato/a a", "nato a a", "nato in", "luogo nasc", "localita nascita", "comune nasc", "luogonascita", "birth place", "comune o stato nascita", "comune o stato estero nascita", "luogo o stato nascita", "paese nascita", "nascita a", "nati a",
		}, Weak: []string{"nascita", "nato", "nata", "nato/a"}, Looks: looksWord},
		{Field: FieldBirthProvince, Names: []string{"provincia nascita", "provincia nasc", "provincia luogo nascita", "sigla provincia nascita", "provincia comune nascita", "provincia nato", "provincia n"}},
		{Field: FieldSection, Names: []string{"sezione", "sezione albo", "section", "sezione e settore", "sezione settore", "sezione e settori", "sez albo", "sezione iscrizione", "albo sezione"}},
		{Field: FieldSector, Names: []string{"settore", "settore albo", "settore i", "specializzazione", "settore iscrizione", "settore attivita", "sector", "ramo", "albo settore"}},
		{Field: FieldRegisteredOn, Names: []string{
			"data iscrizione", "data iscrizione albo", "iscritto dal", "iscritta dal", "iscritto il", "iscritta il", "data prima iscrizione", "prima iscrizione", "iscrizione dal", "data decorrenza iscrizione", "decorrenza iscrizione",
			"data anzianita", "anzianita", "data iscr albo", "iscrizione albo dal", "data iscrizione ordine", "dataiscrizione", "iscritto albo dal", "anzianita iscrizione", "data ingresso", "data delibera iscrizione", "iscrizione in data",
			"registered on", "data albo", "iscritto dal giorno", "anzianita iscrizione albo", "iscritto/a dal", "data anzianita iscrizione",
		}, Weak: []string{"iscrizione", "albo dal", "iscritto", "decorrenza"}, Looks: looksDate},
		{Field: FieldStatus, Names: []string{
			"stato", "stato iscrizione", "stato iscritto", "posizione", "situazione", "stato albo", "status", "stato posizione", "posizione iscritto", "stato professionista", "condizione", "stato attuale", "situazione iscrizione", "posizione iscrizione", "stato giuridico", "stato anagrafico iscritto",
		}, Looks: looksStatus},
		{Field: FieldLeftOn, Names: []string{
			"data cancellazione", "cancellato dal", "cancellata dal", "cancellato il", "data uscita", "data cessazione", "data dimissioni", "data cancellazione albo", "data trasferimento", "data decesso", "fine iscrizione", "data fine iscrizione",
			"data radiazione", "cessato il", "cessato dal", "cancellazione dal", "data fine", "uscita il", "data delibera cancellazione", "iscritto fino al", "data cancellazione trasferimento", "left on",
		}, Weak: []string{"cancellazione", "cessazione", "cancellato", "uscita"}, Looks: looksDate},
		{Field: FieldTitle, Names: []string{"titolo", "titolo studio", "titolo professionale", "titolo accademico", "qualifica", "appellativo", "tit", "qualifica professionale"}},
		{Field: FieldAddress, Names: []string{
			"indirizzo", "residenza", "via", "domicilio", "recapito", "via e numero civico", "via numero civico", "indirizzo corrispondenza", "indirizzo domicilio", "indirizzo residenza", "indirizzo studio",
			"studio", "indirizzo completo", "via piazza", "via/piazza", "indirizzo postale", "toponimo", "address", "via residenza", "via studio", "indirizzo e numero civico", "domicilio professionale", "residenza indirizzo", "indirizzo via",
		}},
		{Field: FieldPostalCode, Names: []string{"cap", "c a p", "codice avviamento postale", "codice postale", "cap residenza", "cap studio", "postal code", "zip", "avviamento postale", "cap comune"}},
		{Field: FieldCity, Names: []string{"comune", "citta", "localita", "comune residenza", "citta residenza", "comune studio", "citta studio", "luogo residenza", "luogo", "paese", "city", "localita residenza", "comune localita", "citta comune", "residente a", "comune o stato estero"}},
		{Field: FieldProvince, Names: []string{"provincia", "provincia residenza", "provincia studio", "sigla provincia", "province", "sigla", "provincia sigla", "provincia comune", "p r", "pro"}},
		{Field: FieldPhone, Names: []string{"telefono", "telefono fisso", "telefono studio", "telefono ufficio", "telefono abitazione", "recapito telefonico", "numero telefono", "phone", "fisso", "telefono casa", "recapiti telefonici", "telefoni", "utenza telefonica", "telefono principale"}},
		{Field: FieldMobile, Names: []string{"cellulare", "telefono cellulare", "telefono mobile", "mobile", "numero cellulare", "cellulari", "cellulare personale", "telefonino", "recapito mobile", "recapito cellulare"}},
		{Field: FieldEmail, Names: []string{
			"email", "mail", "posta elettronica", "indirizzo email", "indirizzo mail", "indirizzo posta elettronica", "mail riferimento", "email ordinaria", "email personale", "casella email", "peo", "contatto email", "email riferimento",
			"indirizzo posta elettronica ordinaria", "posta elettronica ordinaria", "mail ordinaria", "email non pec", "casella posta elettronica", "casella posta", "indirizzo elettronico", "recapito email", "email contatto", "mail contatto", "posta",
		}, Looks: looksEmail, Alone: true},
		{Field: FieldOwnPEC, Names: []string{
			"pec", "indirizzo pec", "casella pec", "email pec", "mail pec", "posta elettronica certificata", "indirizzo posta elettronica certificata", "posta certificata", "email certificata", "domicilio digitale", "p e c", "pec personale",
			"pec iscritto", "pec professionista", "indirizzo email pec", "indirizzo mail pec", "casella posta elettronica certificata", "email posta certificata", "mail certificata", "indirizzo posta certificata", "pec professionale", "recapito pec", "pec domicilio digitale", "posta pec", "indirizzo pec iscritto", "posta elettronica certificata pec",
		}, Looks: looksPEC, Alone: true},
	},
	Needs: []Need{
		{"il cognome e il nome", [][]Field{{FieldSurname, FieldName}, {FieldFullName}}},
		{"il codice fiscale o il numero di iscrizione", [][]Field{{FieldTaxCode}, {FieldRegistrationNumber}}},
	},
})

var mailboxNames = []string{
	"casella", "casella pec", "indirizzo pec", "pec", "indirizzo casella", "indirizzo casella pec", "email pec", "posta elettronica certificata", "indirizzo posta certificata",
	"account", "account pec", "username", "user name", "nome utente", "utente", "user", "login", "utenza", "nome casella", "casella posta certificata", "casella posta elettronica certificata",
	"indirizzo posta elettronica certificata", "mail pec", "posta certificata", "email certificata", "mailbox", "indirizzo email pec", "domicilio digitale",
}

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
		{Field: FieldMailbox, Title: "Casella", Names: mailboxNames, Weak: []string{"indirizzo", "email", "mail", "nome"}, Looks: looksEmail, Alone: true},
		{Field: FieldTaxCode, Title: "Codice fiscale", Names: []string{
			"codice fiscale", "c f", "cf", "codice fiscale titolare", "cf titolare", "codice fiscale intestatario", "cf intestatario", "codice fiscale utente", "codice fiscale iscritto", "codice fiscale cliente", "cf cliente",
			"codice fiscale assegnatario", "codice fiscale professionista", "codice fiscale partita iva", "cf piva", "c fiscale", "codfis", "codfisc", "cfis", "tax code", "fiscal code",
		}, Weak: []string{"titolare", "intestatario", "codice", "fiscale"}, Looks: looksTaxCode, Alone: true},
		{Field: FieldKind, Title: "Tipologia", Names: []string{
			"tipologia", "tipo", "tipo casella", "tipologia casella", "profilo", "profilo casella", "contratto", "tipo contratto", "prodotto", "piano", "tipo servizio", "tipo account", "tipo pec", "taglio", "modello", "listino", "mailbox type", "plan", "type",
		}, Weak: []string{"servizio", "offerta", "pacchetto", "abbonamento", "descrizione", "descrizione prodotto", "nome prodotto", "categoria"}},
		{Field: FieldActivatedOn, Title: "Data attivazione", Names: []string{
			"data attivazione", "attivazione", "attivata il", "attivato il", "attiva dal", "attivo dal", "attivata dal", "data prima attivazione", "prima attivazione", "data attiv", "data creazione", "creazione", "creata il", "creato il",
			"inizio", "data inizio", "inizio validita", "data inizio validita", "inizio contratto", "data inizio contratto", "valida dal", "valido dal", "decorrenza", "data decorrenza", "dal", "data apertura", "aperta il", "data registrazione", "registrata il",
			"data acquisto", "activation date", "activated", "creation date", "created", "start date",
		}},
		{Field: FieldExpiresOn, Title: "Data scadenza", Names: []string{
			"data scadenza", "scadenza", "scade il", "scade", "data scad", "scadenza casella", "scadenza pec", "scadenza contratto", "data scadenza contratto", "scadenza servizio", "prossima scadenza", "al", "data rinnovo", "rinnovo", "prossimo rinnovo",
			"data prossimo rinnovo", "rinnovo il", "da rinnovare il", "valida fino al", "valido fino al", "valida al", "valido al", "fino al", "fine", "data fine", "fine validita", "data fine validita", "fine contratto", "termine", "data termine",
			"expiry date", "expiration date", "expiration", "expires", "expires at", "end date",
		}},
		{Field: FieldExtraGB, Title: "GB extra", Names: []string{
			"gb extra", "extra gb", "gb aggiuntivi", "gb aggiunti", "gb acquistati", "gb in piu", "giga extra", "giga aggiuntivi", "spazio extra", "spazio extra gb", "spazio extra inbox", "spazio aggiuntivo", "spazio aggiuntivo gb", "spazio acquistato",
			"spazio in piu", "spazio supplementare", "quota extra", "quota aggiuntiva", "extra", "upgrade", "upgrade gb", "upgrade spazio", "espansione", "espansione gb", "ampliamento", "ampliamento gb", "extra space", "extra quota",
		}},
		{Field: FieldUsedMB, Title: "MB usati", Names: []string{
			"mb usati", "usati mb", "usato mb", "mb utilizzati", "mb occupati", "occupati mb", "occupato mb", "spazio usato", "spazio usato mb", "spazio occupato", "spazio occupato mb", "spazio utilizzato", "spazio utilizzato mb", "spazio in uso",
			"occupazione", "occupazione mb", "occupazione casella", "utilizzo", "utilizzo mb", "utilizzato", "usato", "occupato", "quota usata", "quota utilizzata", "quota occupata", "dimensione", "dimensione mb", "dimensione casella", "peso", "gb usati", "gb occupati",
			"gb utilizzati", "spazio usato gb", "spazio occupato gb", "used", "used space", "usage", "usage mb", "disk usage",
		}},
	},
	// The rest is asked of the rows: what a known mailbox is not told stays (R23).
	Needs: needEach(map[Field]string{FieldMailbox: "la casella", FieldTaxCode: "il codice fiscale"}, FieldMailbox, FieldTaxCode),
	Term:  [2]Field{FieldActivatedOn, FieldExpiresOn},
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
			for _, form := range titleForms(wordsOfTitle(n)) {
				f.sure[form] = true
			}
		}
		for _, n := range f.Weak {
			for _, form := range titleForms(wordsOfTitle(n)) {
				f.weak[form] = true
			}
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
	"n": "numero", "nr": "numero", "num": "numero", "nro": "numero", "no": "numero", "nri": "numero", "numeri": "numero",
	"cod": "codice", "codici": "codice", "fisc": "fiscale", "fis": "fiscale", "iscr": "iscrizione", "iscriz": "iscrizione", "iscritt": "iscritto", "nasc": "nascita", "nas": "nascita",
	"prov": "provincia", "pr": "provincia", "pv": "provincia", "prv": "provincia", "sez": "sezione", "sezioni": "sezione",
	"sett": "settore", "settori": "settore", "dt": "data", "tel": "telefono", "telef": "telefono", "tf": "telefono", "tlf": "telefono",
	"cell": "cellulare", "cel": "cellulare", "ind": "indirizzo", "indir": "indirizzo", "indirizzi": "indirizzo", "loc": "localita", "com": "comune",
	"cogn": "cognome", "part": "partita", "canc": "cancellazione", "cancell": "cancellazione", "cancellaz": "cancellazione", "resid": "residenza", "res": "residenza", "dom": "domicilio",
	"imp": "importo", "quant": "quantita", "tipol": "tipologia", "matr": "matricola", "civ": "civico", "prof": "professionale", "rec": "recapito", "sch": "scheda",
	"elettr": "elettronica", "elettron": "elettronica", "certif": "certificata", "cert": "certificata", "corr": "corrispondenza", "uff": "ufficio", "abit": "abitazione",
	"emails": "email", "mails": "mail", "pecs": "pec", "residente": "residenza", "trasf": "trasferimento",
}

// titleFillers say nothing in a title.
var titleFillers = map[string]bool{
	"di": true, "del": true, "della": true, "dell": true, "dello": true, "dei": true, "delle": true, "all": true, "allo": true, "alla": true, "d": true, "nell": true, "nel": true, "l": true, "la": true, "lo": true, "per": true,
}

// titleQualifiers narrow a title down to a home, an office or a use. When
// nothing else bears the plain title, that is what is meant.
var titleQualifiers = map[string]bool{
	"residenza": true, "studio": true, "domicilio": true, "recapito": true, "recapiti": true, "corrispondenza": true, "ufficio": true, "abitazione": true, "lavoro": true, "sede": true, "casa": true, "privato": true, "privata": true,
	"personale": true, "principale": true, "attuale": true, "iscritto": true, "iscritta": true, "professionista": true, "utente": true, "titolare": true, "anagrafica": true, "anagrafici": true, "dati": true,
	"professionale": true, "ordinaria": true, "fiscali": true, "contatto": true, "contatti": true, "1": true, "uno": true, "primo": true, "prima": true, "obbligatorio": true, "albo": true, "spedizione": true, "postale": true, "legale": true,
}

// foldTitle brings a title to the form in which titles are compared: no case,
// accents, marks, spaces or fillers, abbreviations written out. «Data iscr.»
// and «DATA_ISCRIZIONE» are both "dataiscrizione".
func foldTitle(s string) string { return strings.Join(wordsOfTitle(s), "") }

// wordsOfTitle are the words of a title that say something, «CodFiscale» and
// «codFiscale» taken apart where the capitals are.
func wordsOfTitle(s string) []string {
	s = titleMarks.Replace(s)
	if !strings.Contains(s, " ") {
		s = camelWords(s)
	}
	var words []string
	for w := range strings.FieldsFuncSeq(Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if titleFillers[w] {
			continue
		}
		if long, ok := titleWords[w]; ok {
			w = long
		}
		words = append(words, w)
	}
	return words
}

var titleMarks = strings.NewReplacer("º", " ", "ª", " ", "€", " ", "°", " ", "N.ro", "n", "n.ro", "n", "N.RO", "n")

// camelWords puts spaces before the capitals that begin words: «DataNascita».
func camelWords(s string) string {
	var b strings.Builder
	lower := false
	for _, r := range s {
		if unicode.IsUpper(r) && lower {
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(r)
		b.WriteRune(r)
	}
	return b.String()
}

// titleForms are the forms of words worth looking up: as they stand, and in an
// order of their own, so that «Nascita: data» is «Data di nascita».
func titleForms(words []string) []string {
	forms := []string{strings.Join(words, "")}
	if len(words) > 1 && len(words) < 8 {
		forms = append(forms, "+"+strings.Join(slices.Sorted(slices.Values(words)), ""))
	}
	return forms
}

// titleKeys are the forms of a title worth looking up, the surest first: whole,
// without what stands in brackets («Data di nascita (gg/mm/aaaa)»), without what
// only narrows it down («Comune di residenza», «E-mail 1»).
func titleKeys(s string) [3][]string {
	var keys [3][]string
	if len(s) > 120 {
		return keys
	}
	words := wordsOfTitle(s)
	keys[0] = titleForms(words)
	if before, _, ok := strings.Cut(s, "("); ok {
		words = wordsOfTitle(before)
		keys[1] = titleForms(words)
	}
	if plain := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return titleQualifiers[w] }); len(plain) < len(words) && len(plain) > 0 {
		keys[2] = titleForms(plain)
	}
	return keys
}

// isSure and isWeak report whether a title, in one of the forms of titleKeys,
// is among the field's sure or weak ones.
func (f LayoutField) isSure(forms []string) bool {
	return slices.ContainsFunc(forms, func(k string) bool { return f.sure[k] }) // an empty one is in no map
}

func (f LayoutField) isWeak(forms []string) bool {
	return slices.ContainsFunc(forms, func(k string) bool { return f.weak[k] })
}

// knows reports whether a text is a title of this layout, and whether it is a
// sure one as it stands.
func (l Layout) knows(s string) (known, sure bool) {
	if s == "" || len(s) > 80 {
		return false, false
	}
	keys := titleKeys(s)
	for _, f := range l.Fields {
		sure = sure || f.isSure(keys[0])
		for _, forms := range keys {
			known = known || f.isSure(forms) || f.isWeak(forms)
		}
	}
	return known, sure
}

// TitleScore counts the cells of a row that are titles this layout knows: the
// header of a file is the row with the most.
func (l Layout) TitleScore(cells []string) int {
	n := 0
	for _, c := range cells {
		if known, _ := l.knows(c); known {
			n++
		}
	}
	return n
}

// MayBeTitles reports whether a row below titles may be their second half: it
// has some, nearly all of it are known titles or the words of such, and none
// holds a figure or an address.
func (l Layout) MayBeTitles(cells []string) bool {
	n, known := 0, 0
	for _, c := range cells {
		if c = foldSpaces(c); c == "" {
			continue
		}
		if len(c) > 60 || strings.ContainsFunc(c, isNumeral) || strings.Contains(c, "@") {
			return false
		}
		n++
		if ok, _ := l.knows(c); ok || halfTitles[foldTitle(c)] {
			known++
		}
	}
	return n > 0 && known*5 >= n*4
}

// halfTitles are titles that only a group above them explains: «Data» below
// «Iscrizione».
var halfTitles = func() map[string]bool {
	half := map[string]bool{}
	for _, w := range strings.Fields("data il a al dal numero luogo giorno in mail fisso mobile civico stato sezione settore tipo delibera note sigla") {
		half[w] = true
	}
	return half
}()

// JoinTitles joins the titles of groups with those below them. A title that is
// known with its group goes by both, one that is known alone by itself.
func (l Layout) JoinTitles(groups, titles []string) []string {
	out := make([]string, max(len(groups), len(titles)))
	for i := range out {
		var group, title string
		if i < len(groups) {
			group = foldSpaces(groups[i])
		}
		if i < len(titles) {
			title = foldSpaces(titles[i])
		}
		switch both := group + " " + title; {
		case title == "" || group == title:
			out[i] = group
		case group == "":
			out[i] = title
		default:
			out[i] = both
			_, together := l.knows(both)
			known, alone := l.knows(title)
			if narrowed, _ := l.knows(both); !together && (alone || known && !narrowed) {
				out[i] = title
			}
		}
	}
	return out
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
	l.matchTitles(m, header, samples, free)
	l.matchWeak(m, header, samples, free)
	l.matchContent(m, samples, free)
	l.correctContent(m, samples, free)
	l.matchTerm(m, samples, rows, free)
	confirmNames(m, samples, rows)
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

// matchTitles reads columns by their titles, the surest first: a title known as
// a whole goes before one that is known without what stands in brackets.
func (l Layout) matchTitles(m Mapping, header []string, samples [][]string, free func(int) bool) {
	keys := make([][3][]string, len(m))
	for i := range m {
		keys[i] = titleKeys(header[i])
	}
	for n, pass := range []int{0, 0, 1, 2} { // again, for what the births set free
		for i := range m {
			if !free(i) {
				continue
			}
			for _, f := range l.Fields {
				if f.isSure(keys[i][pass]) && !m.Has(f.Field) && !l.belied(f, keys[i], samples[i]) {
					m[i].Field, m[i].By = f.Field, ByTitle
					break
				}
			}
		}
		if n == 0 {
			l.birthProvince(m, header)
		}
	}
}

// fewest is how many values must be there to go against a title.
const fewest = 3

// belied reports whether a column's values cannot be what its title says, and
// are what the same title means elsewhere: «Posizione» with numbers is no
// status, and a state that is Italy is none either.
func (l Layout) belied(f LayoutField, keys [3][]string, values []string) bool {
	if f.Looks == nil || len(values) < fewest || !hardly(values, f.Looks) {
		return false
	}
	if f.Field == FieldStatus && mostly(values, looksCountry) {
		return true
	}
	return slices.ContainsFunc(l.Fields, func(other LayoutField) bool {
		return other.Field != f.Field && other.Looks != nil && (other.isSure(keys[0]) || other.isWeak(keys[0])) && mostly(values, other.Looks)
	})
}

// birthProvince reads the first of two columns «Prov.», or the one «Luogo», as
// that of the birth when it stands right beside the place or the day of birth.
func (l Layout) birthProvince(m Mapping, header []string) {
	if day, ok := m.Column(FieldBirthDate); ok && !m.Has(FieldBirthPlace) && day.Index+1 < len(m) {
		if next := &m[day.Index+1]; next.By == ByTitle && next.Field == FieldCity && foldTitle(header[next.Index]) == "luogo" {
			next.Field = FieldBirthPlace
		}
	}
	place, ok := m.Column(FieldBirthPlace)
	if !ok || m.Has(FieldBirthProvince) || place.Index+1 >= len(m) {
		return
	}
	first := &m[place.Index+1]
	if first.Field != FieldProvince || first.By != ByTitle {
		return
	}
	for i := first.Index + 1; i < len(m); i++ {
		if m[i].By == "" && l.entitles(FieldProvince, header[i]) {
			first.Field = FieldBirthProvince
			m[i].Field, m[i].By = FieldProvince, ByTitle
			return
		}
	}
}

// entitles reports whether a title is one of a field's, «Prov. (2)» too.
func (l Layout) entitles(f Field, title string) bool {
	keys := titleKeys(title)
	return slices.ContainsFunc(l.Fields, func(lf LayoutField) bool {
		return lf.Field == f && (lf.isSure(keys[0]) || lf.isSure(keys[1]))
	})
}

// correctContent gives a field whose column by title holds nothing of the kind
// the column that does: titles are sometimes a place off.
func (l Layout) correctContent(m Mapping, samples [][]string, free func(int) bool) {
	for _, f := range l.Fields {
		c, ok := m.Column(f.Field)
		if !ok || !f.Alone || c.By != ByTitle || len(samples[c.Index]) < fewest || !hardly(samples[c.Index], f.Looks) {
			continue
		}
		if f.Field == FieldOwnPEC && mostly(samples[c.Index], looksEmail) { // of no provider that we know
			continue
		}
		for i := range m {
			if free(i) && len(samples[i]) >= fewest && mostly(samples[i], f.Looks) {
				m[c.Index].Field, m[c.Index].By = "", ""
				m[i].Field, m[i].By = f.Field, ByContent
				break
			}
		}
	}
}

// confirmNames looks at what the columns of names hold. Surname and name under
// each other's title change places when the tax codes of nearly all rows say
// so; a column «Nome» without a surname beside it, that holds both, is both.
func confirmNames(m Mapping, samples [][]string, rows []Row) {
	surname, okS := m.Column(FieldSurname)
	name, okN := m.Column(FieldName)
	if okS != okN && !m.Has(FieldFullName) {
		one := surname
		if okN {
			one = name
		}
		if one.By == ByTitle && mostly(samples[one.Index], looksFullName) {
			m[one.Index].Field, m[one.Index].By = FieldFullName, ByContent
		}
		return
	}
	code, ok := m.Column(FieldTaxCode)
	if !okS || !okN || !ok || surname.By != ByTitle || name.By != ByTitle {
		return
	}
	straight, swapped := 0, 0
	for _, r := range rows[:min(len(rows), 200)] {
		if len(r.Cells) <= max(surname.Index, name.Index, code.Index) {
			continue
		}
		c, err := ParseTaxCode(r.Cells[code.Index])
		if err != nil || c.Provisional {
			continue
		}
		if s, n := cleanCell(r.Cells[surname.Index]), cleanCell(r.Cells[name.Index]); c.NamesSwapped(s, n) {
			swapped++
		} else if agrees(surnameLetters, s, c.Code[:3]) {
			straight++
		}
	}
	if swapped >= fewest && swapped > 4*straight {
		m[surname.Index].Field, m[surname.Index].By = FieldName, ByContent
		m[name.Index].Field, m[name.Index].By = FieldSurname, ByContent
	}
}

func (l Layout) matchWeak(m Mapping, header []string, samples [][]string, free func(int) bool) {
	for _, f := range l.Fields {
		for i := range m {
			if !free(i) || m.Has(f.Field) {
				continue
			}
			keys := titleKeys(header[i])
			if (f.isWeak(keys[0]) || f.isWeak(keys[1]) || f.isWeak(keys[2])) && (f.Looks == nil || mostly(samples[i], f.Looks)) {
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

// matchTerm recognises the two ends of a term by their days: of two columns the
// one whose days come before the other's begins it. Where one end is known by
// its title, the other is the only column of days on the right side of it.
func (l Layout) matchTerm(m Mapping, samples [][]string, rows []Row, free func(int) bool) {
	var days []int // the columns that may be an end
	for i := range m {
		if (free(i) || m[i].Field != "" && slices.Contains(l.Term[:], m[i].Field)) && len(samples[i]) >= fewest && mostly(samples[i], looksTermDay) {
			days = append(days, i)
		}
	}
	if len(days) != 2 || m.Has(l.Term[0]) && m.Has(l.Term[1]) || l.Term[0] == "" {
		return
	}
	first, last := days[0], days[1]
	if !mostlyBefore(rows, first, last) {
		first, last = last, first
	}
	if !mostlyBefore(rows, first, last) {
		return
	}
	for end, i := range []int{first, last} {
		if free(i) && !m.Has(l.Term[end]) {
			m[i].Field, m[i].By = l.Term[end], ByContent
		}
	}
}

// mostlyBefore reports whether in nearly all rows the day of one column comes
// before that of another.
func mostlyBefore(rows []Row, first, last int) bool {
	before, all := 0, 0
	for _, r := range rows[:min(len(rows), 200)] {
		if max(first, last) >= len(r.Cells) {
			continue
		}
		a, okA := readDay(cleanCell(r.Cells[first]), Date{2099, 12, 31})
		b, okB := readDay(cleanCell(r.Cells[last]), Date{2099, 12, 31})
		if okA && okB {
			all++
			if a.Before(b) {
				before++
			}
		}
	}
	return before > 0 && before*5 >= all*4
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

// hardly reports whether at most one value of five looks so.
func hardly(values []string, looks func(string) bool) bool {
	n := 0
	for _, v := range values {
		if looks(v) {
			n++
		}
	}
	return n*5 <= len(values)
}

func looksStatus(s string) bool {
	_, ok := ParseMemberStatus(s)
	return ok
}

func looksCountry(s string) bool {
	switch Fold(s) {
	case "italia", "italy", "ita", "it", "estero":
		return true
	}
	return false
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

// looksTermDay reports whether a text is a day on which there was PEC: since
// 2005. Days of birth are nearly all earlier.
func looksTermDay(s string) bool {
	d, err := parseFileDate(s, Date{2099, 12, 31})
	return err == nil && d.Year >= 2005
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

// LooksFilledIn reports whether a cell holds data, as no title of a column does: a
// tax code, a day, an amount with its cents.
func LooksFilledIn(cell string) bool {
	cell = cleanCell(cell)
	return looksTaxCode(cell) || looksDate(cell) || strings.ContainsAny(cell, ",.") && looksAmount(cell)
}
