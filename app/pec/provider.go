package pec

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Operation is what the provider is asked to do with a mailbox (operazione).
type Operation string

// The operations, in the order of a file: what is closed leaves its address
// free for what is activated.
const (
	AskClose    Operation = "close"    // chiusura
	AskActivate Operation = "activate" // attivazione
	AskSpace    Operation = "space"    // spazio: another total of inbox space
	AskService  Operation = "service"  // servizio: another total of any other product
)

// Operations lists them in the order of a file.
var Operations = []Operation{AskClose, AskActivate, AskSpace, AskService}

// Italian is the word of the screens and of the provider's file.
func (o Operation) Italian() string {
	switch o {
	case AskClose:
		return "chiusura"
	case AskActivate:
		return "attivazione"
	case AskSpace:
		return "spazio"
	case AskService:
		return "servizio"
	}
	return string(o)
}

// RequestState is where a request to the provider is.
type RequestState string

// The states. What has not been sent yet is no request: it is worked out when
// the file is made, see ProviderMailbox.Due.
const (
	RequestSent     RequestState = "sent"     // inviata: the answer is awaited
	RequestUnknown  RequestState = "unknown"  // senza risposta: an operator says that the answer was lost; the next file asks again
	RequestDone     RequestState = "done"     // eseguita
	RequestRejected RequestState = "rejected" // respinta, with the provider's reason
	RequestDropped  RequestState = "dropped"  // superata: another has taken its place
)

// Italian is the word of the screens.
func (s RequestState) Italian() string {
	switch s {
	case RequestSent:
		return "inviata"
	case RequestUnknown:
		return "senza risposta"
	case RequestDone:
		return "eseguita"
	case RequestRejected:
		return "respinta"
	case RequestDropped:
		return "superata"
	}
	return string(s)
}

// Open reports whether the provider's answer is still to come.
func (s RequestState) Open() bool { return s == RequestSent || s == RequestUnknown }

// Request is one thing asked of the provider for a mailbox (richiesta al
// gestore). It keeps its reference for life: asked again after a lost answer it
// is the same request, which the provider can tell by the reference.
type Request struct {
	ID         int64 // 0 until it is sent for the first time
	MailboxID  int64
	Address    string // that the mailbox had when it was sent; empty before
	Operation  Operation
	Kind       string // the mailbox's from then on
	ExtraGB    int    // inbox space beyond the kind's, from then on
	Product    string // code, of AskService only
	Quantity   int    // of the product, from then on: all that the Ordine sells of it, 0 when nothing is left
	DueOn      Date   // since when there is something to ask
	State      RequestState
	FirstOn    Date   // first sent; zero when it was told without a file
	SentOn     Date   // last sent
	AnsweredOn Date   // the day that the provider names, or that of its answer; zero when nobody has asked, see Presumed
	Reason     string // of a rejection, as the provider gives it
	// GivenBackOn is the day on which what the provider had refused was cancelled and
	// came back to the credit: the request is RequestDropped then. Zero otherwise.
	GivenBackOn Date
	// WasRefused tells of a RequestDropped that the provider had refused it, with or
	// without a reason, before it was given up.
	WasRefused bool
}

// Reference is what the provider gets and gives back: "R000123".
func (r Request) Reference() string { return fmt.Sprintf("R%06d", r.ID) }

// isOf reports whether both ask for the same thing of a mailbox, in whatever
// quantity: a later one takes the other's place.
func (r Request) isOf(other Request) bool {
	return r.Operation == other.Operation && r.Product == other.Product
}

// sameTotal reports whether two requests for the same thing ask for as much.
func (r Request) sameTotal(other Request) bool {
	return r.ExtraGB == other.ExtraGB && r.Quantity == other.Quantity && (r.Operation != AskSpace || r.Kind == other.Kind)
}

// parseReference reads a reference, whatever the case and the zeros; 0 when s
// is none.
func parseReference(s string) int64 {
	digits := strings.TrimLeft(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(s)), "R"), "0 ")
	id, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || id < 0 {
		return 0
	}
	return id
}

// looksReference reports whether a value is a reference as files give it.
func looksReference(s string) bool {
	s = strings.ToUpper(strings.TrimSpace(s))
	return strings.HasPrefix(s, "R") && parseReference(s) != 0
}

// ProviderMailbox is a mailbox with all that was ever asked for it.
type ProviderMailbox struct {
	Mailbox     Mailbox
	LastEventOn Date
	Holder      Member
	// LeftRegisteredOn is the day on which the holder's leaving was registered,
	// zero while on the register (9.3).
	LeftRegisteredOn Date
	ExtraGB          int    // inbox space that the Ordine sells, running now
	ListedGB         int    // what the provider's own lists told of, whatever was renewed or ended since
	SpaceSinceOn     Date   // the latest day on which such space began or ended, or the kind changed
	SpaceBegunOn     Date   // the latest day on which such space that runs began; zero when none runs
	FirstKind        string // that it was activated or listed with; empty before
	Services         []ProviderService
	Requests         []Request
}

// sentAs is the address under which the provider knows a request.
func (m ProviderMailbox) sentAs(r Request) string { return cmp.Or(r.Address, m.Mailbox.Address) }

// latest is the last request for the same thing that was not dropped.
func (m ProviderMailbox) latest(want Request) (Request, bool) {
	for _, r := range slices.Backward(m.Requests) {
		if r.isOf(want) && r.State != RequestDropped {
			return r, true
		}
	}
	return Request{}, false
}

// told is what the provider has or will have of a thing on what it was told so
// far: the latest total that it has not refused; before any, the kind that the
// mailbox was activated or listed with, and the space listed.
func (m ProviderMailbox) told(want Request) Request {
	for _, r := range slices.Backward(m.Requests) {
		if r.isOf(want) && (r.State.Open() || r.State == RequestDone) {
			return r
		}
	}
	if want.Operation == AskSpace {
		return Request{Operation: AskSpace, Kind: cmp.Or(m.FirstKind, m.Mailbox.Kind), ExtraGB: m.ListedGB}
	}
	return Request{Operation: want.Operation, Product: want.Product}
}

// Due is what the next file has to ask for the mailbox, in the order of a file,
// and why it cannot be asked (Italian; empty when it can). A Request has its ID
// when it was sent before and the answer was lost.
//
// Activations, closings, changes of space and services are not kept as tasks: as
// with INI-PEC (R26), what was last told is kept and what differs is worked out
// on the day of the file. So a GB bought and ended between two files is never
// told, and nothing can be forgotten. What the provider has refused is not
// asked again until an operator says so. What ends with a mailbox is told by its
// closing alone (R7).
func (m ProviderMailbox) Due() (asks []Request, why string) {
	switch m.Mailbox.Status {
	case MailboxRequested:
		if !m.Holder.Status.OnRegister() {
			why = "Il titolare è " + m.Holder.Status.Italian() + ": la casella non si può attivare."
		}
		return []Request{{MailboxID: m.Mailbox.ID, Operation: AskActivate, Kind: m.Mailbox.Kind, DueOn: m.Mailbox.RequestedOn}}, why
	case MailboxSent:
		if r, ok := m.latest(Request{Operation: AskActivate}); ok && r.State == RequestUnknown {
			asks = append(asks, r)
		}
	case MailboxActive, MailboxSuspended:
		for _, want := range append([]Request{m.wantedSpace()}, m.wantedServices()...) {
			if r, due := m.dueTotal(want); due {
				asks = append(asks, r)
			}
		}
	case MailboxClosed:
		if m.Mailbox.ActivatedOn.IsZero() { // the provider never had it
			return nil, ""
		}
		last, asked := m.latest(Request{Operation: AskClose})
		switch {
		case !asked:
			asks = append(asks, Request{MailboxID: m.Mailbox.ID, Operation: AskClose, Kind: m.Mailbox.Kind, DueOn: m.Mailbox.ClosedOn})
		case last.State == RequestUnknown:
			asks = append(asks, last)
		}
	}
	return asks, ""
}

func (m ProviderMailbox) wantedSpace() Request {
	return Request{MailboxID: m.Mailbox.ID, Operation: AskSpace, Kind: m.Mailbox.Kind, ExtraGB: m.ExtraGB, DueOn: m.SpaceSinceOn}
}

// dueTotal is the request by which the provider comes to have what is wanted;
// false when it has, will have or has refused just that. As much again of what was
// bought since the refusal is another thing.
func (m ProviderMailbox) dueTotal(want Request) (Request, bool) {
	last, asked := m.latest(want)
	same := asked && last.sameTotal(want)
	switch {
	case same && last.State == RequestUnknown:
		return last, true
	case same && last.State == RequestRejected && !m.begunOn(want).After(last.DueOn): // an operator decides
		return want, false
	}
	return want, !m.told(want).sameTotal(want)
}

// Lost lists the requests whose lost answer no longer matters, once r is sent:
// another total takes their place, or the mailbox closes with all that it has.
func (m ProviderMailbox) Lost(r Request) []Request {
	return slices.DeleteFunc(slices.Clone(m.Requests), func(old Request) bool {
		return !old.isOf(r) && r.Operation != AskClose || old.State != RequestUnknown || old.ID == r.ID
	})
}

// Ask is a request with all that a file may tell of it.
type Ask struct {
	Request
	Mailbox  Mailbox
	Holder   Member
	KindName string
	BaseGB   int     // inbox space of the kind
	BaseOf   int     // of a service: how much of its product the kind has of its own
	Years    int     // of the term that begins with an activation
	Product  Product // of a service: its name and unit, of the agreement in force
}

// Key stands for just what is asked, which may have no reference yet:
// "12/space/3", "12/service/archive_gb/10".
func (a Ask) Key() string {
	key := fmt.Sprintf("%d/%s", a.MailboxID, a.Operation)
	if a.Operation == AskService {
		key += "/" + a.Request.Product
	}
	return fmt.Sprintf("%s/%d", key, a.quantity())
}

// TotalGB is the inbox space that the mailbox shall have: base and extra.
func (a Ask) TotalGB() int { return a.BaseGB + a.ExtraGB }

// ServiceTotal is Product.Total of the service that is asked for.
func (a Ask) ServiceTotal() string { return a.Product.Total(a.Quantity, a.BaseOf) }

// Lacks lists what a provider needs for an activation and the register lacks.
func (a Ask) Lacks() []string {
	if a.Operation != AskActivate {
		return nil
	}
	var lacks []string
	if a.Holder.TaxCode == "" {
		lacks = append(lacks, "codice fiscale")
	}
	if a.Holder.Email == "" {
		lacks = append(lacks, "mail di riferimento")
	}
	return lacks
}

// AsksFingerprint stands for all that a file would ask.
func AsksFingerprint(asks []Ask) string {
	h := sha256.New()
	for _, a := range asks {
		fmt.Fprintf(h, "%d %d %s %q %s %d %s %d\n", a.ID, a.MailboxID, a.Operation, a.Mailbox.Address, a.Request.Kind, a.ExtraGB, a.Request.Product, a.Quantity)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// FileField is what a column of the provider's file holds.
type FileField string

// The fields of a provider's file, in the order of the settings.
const (
	FileOperation FileField = "operation"
	FileAddress   FileField = "address"
	FileName      FileField = "name"
	FileSurname   FileField = "surname"
	FileTaxCode   FileField = "tax_code"
	FileEmail     FileField = "email"
	FileKind      FileField = "kind"
	FileYears     FileField = "years"
	FileSpace     FileField = "space_gb"
	FileReference FileField = "reference"
	FileExtra     FileField = "extra_gb"
	FileLocalPart FileField = "local_part"
	FileDomain    FileField = "domain"
	FileKindCode  FileField = "kind_code"
	FileNumber    FileField = "registration_number"
	FileMobile    FileField = "mobile"
	FileBirthOn   FileField = "birth_date"
	FileBirthAt   FileField = "birth_place"
	FileDueOn     FileField = "due_on"
	FileService   FileField = "service"
	FileProduct   FileField = "product"
	FileQuantity  FileField = "quantity"
	FileTotal     FileField = "total_quantity"
)

// FileFields lists them with the titles they have unless changed.
var FileFields = []FileColumn{
	{FileOperation, "Operazione"}, {FileAddress, "Indirizzo PEC"}, {FileName, "Nome"}, {FileSurname, "Cognome"}, {FileTaxCode, "Codice fiscale"},
	{FileEmail, "E-mail di riferimento"}, {FileKind, "Tipologia"}, {FileYears, "Anni"}, {FileSpace, "Spazio GB"}, {FileReference, "Riferimento"},
	{FileExtra, "GB in più"}, {FileLocalPart, "Parte locale"}, {FileDomain, "Dominio"}, {FileKindCode, "Codice tipologia"},
	{FileNumber, "N. iscrizione"}, {FileMobile, "Cellulare"}, {FileBirthOn, "Data di nascita"}, {FileBirthAt, "Luogo di nascita"}, {FileDueOn, "Richiesta dal"},
	{FileService, "Servizio"}, {FileProduct, "Codice servizio"}, {FileQuantity, "Quantità"}, {FileTotal, "Quantità con la base"},
}

// Meaning says what the figures of a field are, where its title alone could mean
// more than one thing; empty otherwise.
func (f FileField) Meaning() string {
	switch f {
	case FileSpace:
		return "Spazio della casella in tutto: quello della tipologia più i GB acquistati."
	case FileExtra:
		return "Spazio aggiuntivo: solo i GB acquistati, oltre a quelli della tipologia."
	case FileQuantity:
		return "Del servizio, solo ciò che è acquistato, oltre a quanto la tipologia ne ha già."
	case FileTotal:
		return "Del servizio in tutto: quanto ne ha già la tipologia, per esempio di archivio, più ciò che è acquistato."
	}
	return ""
}

// FileColumn is a column of the provider's file.
type FileColumn struct {
	Field FileField `json:"field"`
	Title string    `json:"title"`
}

// FileLayout is how the provider wants its file.
type FileLayout struct {
	Format    string       `json:"format"`    // "csv" or "xlsx"
	Delimiter string       `json:"delimiter"` // between the values of a CSV file: ";" "," or a tab
	Columns   []FileColumn `json:"columns"`
	// WithoutServices leaves services out of the file: the provider is told of them
	// by other means.
	WithoutServices bool `json:"without_services,omitempty"`
}

// has reports whether the file has a column.
func (l FileLayout) has(f FileField) bool {
	return slices.ContainsFunc(l.Columns, func(c FileColumn) bool { return c.Field == f })
}

// Row is a request in the columns of the file: string, int or Date. Where no
// columns tell which service and how much of it, the operation does, so that the
// file of a layout from before services were asked for is complete too.
func (l FileLayout) Row(a Ask) []any {
	row := make([]any, len(l.Columns))
	for i, c := range l.Columns {
		row[i] = a.Value(c.Field)
		if c.Field == FileOperation && a.Operation == AskService && !((l.has(FileQuantity) || l.has(FileTotal)) && (l.has(FileService) || l.has(FileProduct))) {
			row[i] = AskService.Italian() + ": " + a.ServiceTotal()
		}
	}
	return row
}

// Formats of a provider's file.
const (
	FormatCSV  = "csv"
	FormatXLSX = "xlsx"
)

// DefaultFileLayout is the file until an operator changes it: a CSV file of the
// first ten fields.
func DefaultFileLayout() FileLayout {
	return FileLayout{Format: FormatCSV, Delimiter: ";", Columns: slices.Clone(FileFields[:10])}
}

// Check refuses a layout of which no provider could make sense.
func (l FileLayout) Check() error {
	if l.Format != FormatCSV && l.Format != FormatXLSX {
		return Refuse("format_unknown", "Il file può essere CSV o XLSX.").On("format")
	}
	if !slices.Contains([]string{";", ",", "\t"}, l.Delimiter) {
		return Refuse("delimiter_unknown", "Il separatore può essere punto e virgola, virgola o tabulazione.").On("delimiter")
	}
	titles := map[string]bool{}
	has := map[FileField]bool{}
	for _, c := range l.Columns {
		field := "title_" + string(c.Field)
		switch folded := foldTitle(c.Title); {
		case !slices.ContainsFunc(FileFields, func(f FileColumn) bool { return f.Field == c.Field }):
			return Refuse("field_unknown", "Il campo «%s» non esiste.", c.Field)
		case has[c.Field]:
			return Refuse("field_twice", "La colonna «%s» compare due volte.", c.Title).On(field)
		case strings.TrimSpace(c.Title) == "" || utf8.RuneCountInString(c.Title) > 60 || strings.ContainsFunc(c.Title, unicode.IsControl):
			return Refuse("title_invalid", "Dia alla colonna un titolo di al massimo 60 caratteri.").On(field)
		case titles[folded]:
			return Refuse("title_twice", "Due colonne si chiamano «%s».", c.Title).On(field)
		default:
			titles[folded], has[c.Field] = true, true
		}
	}
	if !has[FileAddress] && !(has[FileLocalPart] && has[FileDomain]) {
		return Refuse("columns_missing", "Nel file serve l’indirizzo: metta la colonna dell’indirizzo, o quelle di parte locale e dominio.").On("order_address")
	}
	if !has[FileOperation] {
		return Refuse("columns_missing", "Nel file serve l’operazione: senza, il gestore non sa se attivare, chiudere, cambiare spazio o servizio.").On("order_operation")
	}
	return nil
}

// Value is what a field's cell holds: string, int or Date.
func (a Ask) Value(f FileField) any {
	local, domain, _ := strings.Cut(a.Mailbox.Address, "@")
	switch f {
	case FileOperation:
		return a.Operation.Italian()
	case FileAddress:
		return a.Mailbox.Address
	case FileLocalPart:
		return local
	case FileDomain:
		return domain
	case FileName:
		return a.Holder.Name
	case FileSurname:
		return a.Holder.Surname
	case FileTaxCode:
		return a.Holder.TaxCode
	case FileEmail:
		return a.Holder.Email
	case FileMobile:
		return a.Holder.Mobile
	case FileNumber:
		return a.Holder.RegistrationNumber
	case FileBirthOn:
		return a.Holder.BirthDate
	case FileBirthAt:
		return a.Holder.BirthPlace
	case FileKind:
		return a.KindName
	case FileKindCode:
		return a.Request.Kind
	case FileDueOn:
		return a.DueOn
	case FileReference:
		return a.Reference()
	case FileProduct:
		return a.Request.Product
	case FileService:
		return a.Product.Name
	}
	return a.figure(f)
}

// figure is the value of a field that an operation may not have: a closing has
// neither term nor space, and only a service has a quantity.
func (a Ask) figure(f FileField) any {
	switch {
	case f == FileYears && a.Operation == AskActivate:
		return a.Years
	case f == FileSpace && (a.Operation == AskActivate || a.Operation == AskSpace):
		return a.TotalGB()
	case f == FileExtra && (a.Operation == AskActivate || a.Operation == AskSpace):
		return a.ExtraGB
	case f == FileQuantity && a.Operation == AskService:
		return a.Quantity
	case f == FileTotal && a.Operation == AskService:
		return a.BaseOf + a.Quantity
	}
	return ""
}

// CheckAddress reads an address that an operator chose for a mailbox: in lower
// case, in a domain of the Ordine's, its local part as RFC 5321 allows one
// without quotes. Whether it is free only the books tell.
func CheckAddress(s string, domains []string) (string, error) {
	address := strings.ToLower(strings.TrimSpace(s))
	local, domain, ok := strings.Cut(address, "@")
	switch {
	case !ok || local == "":
		return "", Refuse("address_invalid", "Scriva l’indirizzo intero, per esempio nome.cognome@%s.", strings.Join(domains[:min(1, len(domains))], "")).On("address")
	case !slices.Contains(domains, domain):
		return "", Refuse("domain_unknown", "«%s» non è un dominio dell’Ordine: scelga tra %s.", domain, strings.Join(domains, ", ")).On("address")
	case len(local) > 64:
		return "", Refuse("address_invalid", "Prima della chiocciola sono ammessi al massimo 64 caratteri: questi sono %d.", len(local)).On("address")
	case !ValidEmail(address):
		return "", Refuse("address_invalid", "Prima della chiocciola usi lettere senza accento, cifre, punti, trattini: senza spazi e senza punti all’inizio, alla fine o doppi.").On("address")
	}
	return address, nil
}
