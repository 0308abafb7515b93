package pec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// ComparisonLayout is a provider's list of mailboxes, or the lines of its invoice,
// to be held against our books: as the list of an import, with what each line
// costs.
var ComparisonLayout = indexed(Layout{
	Name: "comparison",
	Fields: append(comparedFields(), LayoutField{
		Field: FieldNet, Title: "Importo netto", Names: []string{"importo netto", "netto", "imponibile", "prezzo netto", "importo imponibile", "canone", "canone annuo"}, Weak: []string{"importo", "prezzo", "costo", "totale"}, Looks: looksAmount,
	}),
	Needs: needEach(map[Field]string{FieldMailbox: "la casella"}, FieldMailbox),
	Term:  [2]Field{FieldActivatedOn, FieldExpiresOn},
	Asks:  true,
})

// comparedFields are those of a list of mailboxes. An invoice has the address within
// the words of a description, which is then no kind.
func comparedFields() []LayoutField {
	fields := slices.Clone(MailboxLayout.Fields)
	for i, f := range fields {
		switch f.Field {
		case FieldMailbox:
			fields[i].Looks = func(s string) bool { _, ok := ListedAddress(s); return ok }
		case FieldKind:
			fields[i].Looks = func(s string) bool { return !strings.Contains(s, "@") }
		}
	}
	return fields
}

// ListedAddress is the one address that a cell of a provider's list holds, in lower
// case, other words or none beside it: of «Canone PEC ada@pec.ordine.example 2026» it
// is ada@pec.ordine.example. False when the cell holds none, or several.
func ListedAddress(cell string) (string, bool) {
	found := ""
	for word := range strings.FieldsFuncSeq(strings.ToLower(cleanCell(cell)), func(r rune) bool { return strings.ContainsRune(" ;,/|\\<>()[]:=", r) }) {
		word = strings.Trim(word, "\"'«»“”’.!")
		if !strings.Contains(word, "@") || !ValidEmail(word) || word == found {
			continue
		}
		if found != "" {
			return "", false
		}
		found = word
	}
	return found, found != ""
}

// CheckListedMailboxes refuses a list in whose column of mailboxes hardly a row,
// fewer than one of ten, holds an address: it is another column.
func CheckListedMailboxes(rows []Row, m Mapping) error {
	column, ok := m.Column(FieldMailbox)
	if !ok {
		return nil // the layout says that it is missing
	}
	found, other := 0, ""
	for _, r := range rows {
		if column.Index >= len(r.Cells) {
			continue
		}
		if _, ok := ListedAddress(r.Cells[column.Index]); ok {
			found++
		} else if other == "" {
			other = cleanCell(r.Cells[column.Index])
		}
	}
	if found > 0 && found*10 >= len(rows) {
		return nil
	}
	example := ""
	if other != "" {
		example = ", ma ad esempio " + quoted(other)
	}
	which := fmt.Sprintf("nessuna delle %s righe contiene", Thousands(len(rows)))
	switch {
	case len(rows) == 1:
		which = "l’unica riga non contiene"
	case found > 0:
		which = fmt.Sprintf("solo %s righe su %s contengono", Thousands(found), Thousands(len(rows)))
	}
	if found == 1 {
		which = fmt.Sprintf("solo una riga su %s contiene", Thousands(len(rows)))
	}
	return Refuse("mailbox_column_wrong", "Nella colonna «%s», letta come Casella, %s un indirizzo PEC%s. Scelga come Casella la colonna con gli indirizzi.", Shorten(column.Header, maxShown), which, example)
}

// ListScope says which of our mailboxes a provider's file names.
type ListScope string

// The scopes; the empty one is for the columns to say: see ProposedScope.
const (
	ListsAll  ListScope = "all"  // a list of all that it runs for us: what lacks is a difference
	ListsSome ListScope = "some" // an invoice: what it does not name may be billed another time
)

// ProposedScope is the scope that columns speak for: with amounts it is an invoice.
func ProposedScope(m Mapping) ListScope {
	if m.Has(FieldNet) {
		return ListsSome
	}
	return ListsAll
}

// ComparisonChoices are what an operator says of a provider's file.
type ComparisonChoices struct {
	Scope ListScope `json:"scope,omitempty"`
	// Kinds are the codes of ours that names of the provider's stand for, empty where
	// an operator was asked and did not say.
	Kinds map[string]string `json:"kinds,omitempty"`
}

// KindOf is the code of our kind that a cell of the provider's stands for, false when
// nobody said.
func (c ComparisonChoices) KindOf(cell string) (string, bool) {
	code, ok := c.Kinds[cleanCell(cell)]
	return code, ok && code != ""
}

// UnknownKinds lists the names of kinds in a provider's list that none of ours has, the
// most frequent first. What an invoice describes is no kind.
func UnknownKinds(agreements []Agreement, rows []Row, m Mapping) []string {
	column, ok := m.Column(FieldKind)
	if !ok || m.Has(FieldNet) {
		return nil
	}
	kinds, times := kindsIn(agreements), map[string]int{}
	var names []string
	for _, r := range rows {
		if column.Index >= len(r.Cells) {
			continue
		}
		name := cleanCell(r.Cells[column.Index])
		if _, known := kinds[foldProduct(name)]; name == "" || known {
			continue
		}
		if times[name]++; times[name] == 1 {
			names = append(names, name)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return times[b] - times[a] })
	return names
}

// Check refuses what is no choice.
func (c ComparisonChoices) Check() error {
	switch c.Scope {
	case "", ListsAll, ListsSome:
		return nil
	}
	return Refuse("scope_unknown", "Scelga quali caselle elenca il file.").On("elenca")
}

// DifferenceKind says in what the provider's list and our books differ.
type DifferenceKind string

// The kinds of differences.
const (
	OnlyThere      DifferenceKind = "only_there" // the provider has it, we do not, or have closed it
	OnlyHere       DifferenceKind = "only_here"  // it runs here and the list lacks it
	AwaitedThere   DifferenceKind = "awaited"    // it runs there; here its activation is not registered
	ExpiryDiffers  DifferenceKind = "expiry"
	KindDiffers    DifferenceKind = "kind"
	SpaceDiffers   DifferenceKind = "space"
	HolderDiffers  DifferenceKind = "holder"
	PriceDiffers   DifferenceKind = "price"
	KindUnknown    DifferenceKind = "kind_unknown" // a name of a kind that is none of ours, once for all its rows
	UnreadableThem DifferenceKind = "unreadable"   // a row that cannot be compared
)

// DifferenceKinds lists the kinds in the order of the screens.
var DifferenceKinds = []DifferenceKind{OnlyThere, OnlyHere, AwaitedThere, ExpiryDiffers, KindDiffers, SpaceDiffers, HolderDiffers, PriceDiffers, KindUnknown, UnreadableThem}

// Italian is the kind as the screens give it.
func (k DifferenceKind) Italian() string {
	switch k {
	case OnlyThere:
		return "solo dal gestore"
	case OnlyHere:
		return "solo qui"
	case AwaitedThere:
		return "attiva solo dal gestore"
	case ExpiryDiffers:
		return "scadenza diversa"
	case KindDiffers:
		return "tipologia diversa"
	case SpaceDiffers:
		return "spazio diverso"
	case HolderDiffers:
		return "titolare diverso"
	case PriceDiffers:
		return "prezzo diverso"
	case KindUnknown:
		return "tipologia non riconosciuta"
	case UnreadableThem:
		return "riga non leggibile"
	}
	return string(k)
}

// Difference is one thing in which the provider's list and our books differ.
type Difference struct {
	Kind      DifferenceKind
	Row       int // in the file; 0 for what the file lacks
	Address   string
	MailboxID int64 // 0 when we have none
	MemberID  int64 // the holder by our books; 0 when not known
	Holder    string
	Left      bool   // the holder is no longer on the register
	Theirs    string // Italian; empty when the list lacks it
	Ours      string
	Stake     Amounts // what a year of it costs more there than by our books, less being negative
	Note      string  // Italian: what it means
}

// Comparison is a provider's list held against our books.
type Comparison struct {
	Rows        int // of the file
	Differences []Difference
	Equal       int // mailboxes without a difference
	Expired     int // rows whose expiry is before today
}

// Sum is what the differences of a kind are worth a year: only what costs more
// there.
func (c Comparison) Sum(k DifferenceKind) Amounts {
	var sum Amounts
	for _, d := range c.Differences {
		if d.Kind == k && d.Stake.Net > 0 {
			sum = sum.Plus(d.Stake)
		}
	}
	return sum
}

// Count is how many differences there are of a kind.
func (c Comparison) Count(k DifferenceKind) int {
	n := 0
	for _, d := range c.Differences {
		if d.Kind == k {
			n++
		}
	}
	return n
}

// AnotherMonth reports whether the list looks like one of long ago: a fifth of its
// rows, and more than two, have expired.
func (c Comparison) AnotherMonth() bool { return c.Expired > 2 && c.Expired*5 >= c.Rows }

// CompareMailboxes holds a provider's list of mailboxes, or the lines of its
// invoice, against our books as they stand. Lines of one address belong together
// when the list tells amounts: an invoice has one for the mailbox and others for
// its space. What the list does not say is no difference, and that it lacks a mailbox
// is one only of a list of all. Money is a year's, by the agreement in force today.
func CompareMailboxes(in MailboxImport, choices ComparisonChoices) Comparison {
	p := newMailboxPlanner(in)
	c := comparer{mailboxPlanner: p, Comparison: Comparison{Rows: len(in.Rows)}}
	priced := slices.ContainsFunc(in.Mapping, func(m Column) bool { return m.Field == FieldNet })
	var listed []*listedMailbox
	unread := map[string]bool{} // addresses with a line whose amount cannot be read
	byAddress := map[string]*listedMailbox{}
	for _, row := range in.Rows {
		r := &mailboxReader{rowReader: rowReader{row: row, mapping: in.Mapping}, amongWords: true}
		p.read(r)
		c.nameKind(r, choices, priced)
		net, ok := c.net(r)
		before := byAddress[r.address]
		switch {
		case r.address == "" || !ok && priced:
			unread[r.address] = true
			c.unreadable(r, "")
		case before != nil && !priced:
			c.unreadable(r, fmt.Sprintf("La stessa casella è già alla riga %d.", before.row))
		case before != nil:
			before.add(r, net)
		default:
			m := &listedMailbox{row: row.Number, mailboxReader: r, net: net}
			byAddress[r.address] = m
			listed = append(listed, m)
		}
		if !r.expires.IsZero() && r.expires.Before(in.Today) {
			c.Expired++
		}
	}
	c.unknownKinds()
	c.withSpace = slices.ContainsFunc(listed, c.billsSpace)
	for _, m := range listed {
		c.one(m, priced)
	}
	all := cmp.Or(choices.Scope, ProposedScope(in.Mapping)) == ListsAll
	for _, m := range in.Known {
		if all && m.Status.Running() && byAddress[m.Address] == nil && !unread[m.Address] {
			d := c.difference(OnlyHere, nil, m.Address, &m)
			d.Ours = m.Status.Italian() + ", scade il " + m.ExpiresOn.Italian()
			d.Note = "Il gestore non la elenca: può averla chiusa, o l’elenco è incompleto."
			c.Differences = append(c.Differences, d)
		}
	}
	slices.SortStableFunc(c.Differences, func(a, b Difference) int {
		return cmp.Or(slices.Index(DifferenceKinds, a.Kind)-slices.Index(DifferenceKinds, b.Kind), strings.Compare(a.Address, b.Address))
	})
	return c.Comparison
}

// listedMailbox is a mailbox of the list, of an invoice all its lines together.
type listedMailbox struct {
	*mailboxReader
	row int
	net Cents
}

// add takes in another line of the same mailbox.
func (m *listedMailbox) add(r *mailboxReader, net Cents) {
	m.net += net
	m.code, m.kind = cmp.Or(m.code, r.code), cmpKind(m.kind, r.kind)
	if m.expires.IsZero() {
		m.expires = r.expires
	}
	if m.extraGB == nil {
		m.extraGB = r.extraGB
	}
	m.problems = append(m.problems, r.problems...)
}

func cmpKind(a, b Kind) Kind {
	if a.Code != "" {
		return a
	}
	return b
}

type comparer struct {
	*mailboxPlanner
	Comparison
	withSpace bool // the invoice bills extra space with its mailbox
	unknown   []unknownKind
}

// unknownKind is a name of a kind that none of ours has.
type unknownKind struct {
	name        string
	rows, first int
}

// nameKind reads the kind of a row as an operator said what its name stands for. A
// name that nobody knows keeps no row from being compared: it is told once for all.
// What an invoice describes is no kind that we must know.
func (c *comparer) nameKind(r *mailboxReader, said ComparisonChoices, priced bool) {
	name := r.cell(FieldKind)
	if name == "" {
		return
	}
	if code, ok := said.KindOf(name); ok {
		r.kind = c.kinds[foldProduct(code)]
	}
	isUnknown := func(p RowProblem) bool { return p.Code == "kind_unknown" }
	unknown := slices.ContainsFunc(r.problems, isUnknown) && r.kind.Code == ""
	r.problems = slices.DeleteFunc(r.problems, isUnknown)
	if !unknown || priced {
		return
	}
	r.kindSaid = name
	i := slices.IndexFunc(c.unknown, func(u unknownKind) bool { return u.name == name })
	if i < 0 {
		i, c.unknown = len(c.unknown), append(c.unknown, unknownKind{name: name, first: r.row.Number})
	}
	c.unknown[i].rows++
}

// unknownShown is how many unknown names are told one by one.
const unknownShown = 20

func (c *comparer) unknownKinds() {
	slices.SortStableFunc(c.unknown, func(a, b unknownKind) int { return b.rows - a.rows })
	for i, u := range c.unknown {
		if i == unknownShown {
			rows := 0
			for _, u := range c.unknown[i:] {
				rows += u.rows
			}
			c.Differences = append(c.Differences, Difference{Kind: KindUnknown, Theirs: "altri " + Thousands(len(c.unknown)-i) + " nomi", Note: "Su " + Thousands(rows) + " righe" + ": sono davvero tipologie?"})
			break
		}
		note := fmt.Sprintf("Su %s, la prima è la riga %d: la tipologia non è confrontata, il resto sì.", Thousands(u.rows)+" righe", u.first)
		if u.rows == 1 {
			note = fmt.Sprintf("Alla riga %d: la tipologia non è confrontata, il resto sì.", u.first)
		}
		c.Differences = append(c.Differences, Difference{Kind: KindUnknown, Theirs: Shorten(u.name, maxShown), Note: note})
	}
}

// billsSpace reports whether an invoice bills a mailbox with just its extra space.
func (c *comparer) billsSpace(m *listedMailbox) bool {
	known := c.known[m.address]
	if known == nil || known.ExtraGB == 0 {
		return false
	}
	_, whole := c.expected(known)
	return m.net == whole.Net
}

// expected is a year of a mailbox by our books: its kind alone, and with its extra
// space.
func (c *comparer) expected(known *KnownMailbox) (base, whole Amounts) {
	base = c.agreement.KindPrice(c.kinds[foldProduct(known.Kind)], 1)
	return base, base.Plus(c.space(known.ExtraGB))
}

// net reads what the line costs; false when it cannot be read.
func (c *comparer) net(r *mailboxReader) (Cents, bool) {
	text := r.cell(FieldNet)
	if text == "" {
		return 0, true
	}
	paid, credited := strings.CutPrefix(strings.TrimSpace(currencyMarks.Replace(text)), "-")              // a line that gives something back
	if free := strings.TrimSpace(paid); strings.HasPrefix(free, "0") && strings.Trim(free, "0,.") == "" { // included: no price, but an amount
		return 0, true
	}
	net, err := ParseAmount(strings.TrimSpace(paid))
	if credited {
		net = -net
	}
	if err != nil {
		r.refuse(FieldNet, "amount_invalid", quoted(text)+" non è un importo.", "Lo scriva come 1.234,50.")
	}
	return net, err == nil
}

func (c *comparer) unreadable(r *mailboxReader, why string) {
	d := Difference{Kind: UnreadableThem, Row: r.row.Number, Address: r.address, Note: why}
	if why == "" && len(r.problems) > 0 {
		d.Note = strings.TrimSpace(r.problems[0].Message)
	}
	c.Differences = append(c.Differences, d)
}

// difference begins one, with who the holder is by our books.
func (c *comparer) difference(k DifferenceKind, m *listedMailbox, address string, known *KnownMailbox) Difference {
	d := Difference{Kind: k, Address: address}
	var h *MailboxHolder
	if m != nil {
		d.Row = m.row
		h = c.holderOf(m.code)
	}
	if known != nil && known.ID != 0 {
		d.MailboxID, h = known.ID, c.byID[known.MemberID]
	} else if holder, ok := c.in.Addresses[address]; ok && h == nil {
		h = c.byID[holder]
	}
	if h != nil {
		d.MemberID, d.Holder, d.Left = h.ID, h.FullName, !h.Status.OnRegister()
	}
	return d
}

// one compares a mailbox of the list.
func (c *comparer) one(m *listedMailbox, priced bool) {
	before := len(c.Differences)
	if m.refused() {
		c.unreadable(m.mailboxReader, "")
	}
	known := c.known[m.address]
	switch {
	case known == nil || known.Status == MailboxClosed || known.Status == MailboxRejected:
		c.onlyThere(m, known, priced)
	case !known.Status.Running():
		d := c.difference(AwaitedThere, m, m.address, known)
		d.Theirs, d.Ours = c.inWords(m), known.Status.Italian()
		d.Note = "L’attivazione qui non è registrata: la registri con gli esiti del gestore."
		c.Differences = append(c.Differences, d)
	default:
		c.running(m, known, priced)
	}
	if len(c.Differences) == before {
		c.Equal++
	}
}

func (c *comparer) onlyThere(m *listedMailbox, known *KnownMailbox, priced bool) {
	d := c.difference(OnlyThere, m, m.address, known)
	d.Theirs = c.inWords(m)
	d.Stake = c.yearly(m)
	if priced {
		d.Stake = Taxed(m.net, c.agreement.VATRate)
	}
	closed := known != nil && known.Status == MailboxClosed
	if closed {
		d.Ours = "chiusa dal " + known.ClosedOn.Italian()
	}
	switch {
	case priced && m.net < 0 && (closed || d.Left):
		d.Note = "La fattura restituisce più di quanto fa pagare: controlli di quale periodo."
	case priced && m.net == 0 && (closed || d.Left):
		d.Note = "La fattura la elenca, ma non la fa pagare."
	case closed:
		d.Note = "È chiusa: il gestore la conta ancora, e si paga."
	case d.Left:
		d.Note = "Il titolare non è più nell’albo: si paga per chi è uscito."
	case d.MemberID != 0:
		d.Note = "Il titolare è nell’albo: la importi con «Importazioni, Caselle», o la faccia chiudere."
	default:
		d.Note = "Nell’albo non c’è un titolare: chieda al gestore di chi è."
	}
	c.Differences = append(c.Differences, d)
}

// inWords is what the list tells of a mailbox: "Standard, scade il 12/10/2026, 2
// GB in più".
func (c *comparer) inWords(m *listedMailbox) string {
	var parts []string
	if m.kind.Name != "" {
		parts = append(parts, m.kind.Name)
	} else if m.kindSaid != "" {
		parts = append(parts, quoted(m.kindSaid))
	}
	if !m.expires.IsZero() {
		parts = append(parts, "scade il "+m.expires.Italian())
	}
	if m.extraGB != nil && *m.extraGB > 0 {
		parts = append(parts, fmt.Sprintf("%d GB in più", *m.extraGB))
	}
	if len(parts) == 0 {
		return "presente"
	}
	return strings.Join(parts, ", ")
}

// yearly is what a listed mailbox costs a year by the agreement: the Ordine its
// kind, if it pays for it, somebody its space.
func (c *comparer) yearly(m *listedMailbox) Amounts {
	kind := cmpKind(m.kind, c.kinds[foldProduct(c.in.StandardKind)])
	var sum Amounts
	if kind.PaidBy != PaidByMember {
		sum = c.agreement.KindPrice(kind, 1)
	}
	if m.extraGB != nil {
		sum = sum.Plus(c.space(*m.extraGB))
	}
	return sum
}

// space is a year of extra inbox space.
func (c *comparer) space(gb int) Amounts {
	product, ok := c.agreement.Product(InboxGB)
	if !ok {
		return Amounts{}
	}
	return c.agreement.YearPrice(product, gb, 1)
}

// running compares a mailbox that runs here and there.
func (c *comparer) running(m *listedMailbox, known *KnownMailbox, priced bool) {
	add := func(k DifferenceKind, theirs, ours, note string, stake Amounts) {
		d := c.difference(k, m, m.address, known)
		d.Theirs, d.Ours, d.Note, d.Stake = theirs, ours, note, stake
		c.Differences = append(c.Differences, d)
	}
	if !m.expires.IsZero() && m.expires != known.ExpiresOn {
		add(ExpiryDiffers, m.expires.Italian(), known.ExpiresOn.Italian(), "", Amounts{})
	}
	ours := c.kinds[foldProduct(known.Kind)]
	if m.kind.Code != "" && m.kind.Code != known.Kind {
		add(KindDiffers, m.kind.Name, KindName(c.in.Agreements, known.Kind, c.in.Today), "", minus(c.agreement.KindPrice(m.kind, 1), c.agreement.KindPrice(ours, 1)))
	}
	if m.extraGB != nil && *m.extraGB != known.ExtraGB {
		add(SpaceDiffers, fmt.Sprintf("%d GB in più", *m.extraGB), fmt.Sprintf("%d GB in più", known.ExtraGB), "", minus(c.space(*m.extraGB), c.space(known.ExtraGB)))
	}
	if h := c.holderOf(m.code); m.code != "" && (h == nil || h.ID != known.MemberID) {
		theirs := "codice fiscale " + m.code
		if h != nil {
			theirs = h.FullName + ", " + theirs
		}
		d := c.difference(HolderDiffers, m, m.address, known)
		d.Theirs, d.Ours = theirs, d.Holder
		c.Differences = append(c.Differences, d)
	}
	base, whole := c.expected(known)
	if priced && m.net != whole.Net && (c.withSpace || m.net != base.Net) {
		add(PriceDiffers, m.net.Euro(), whole.Net.Euro(), "Netto; da noi tipologia e spazio di un anno.", minus(Taxed(m.net, c.agreement.VATRate), whole))
	}
}

func minus(a, b Amounts) Amounts { return Amounts{a.Net - b.Net, a.VAT - b.VAT, a.Gross - b.Gross} }
