package pec

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"iter"
	"slices"
	"strings"
)

// MemberImport is all that decides what a member file does: the preview and
// the write plan it with the same function and get the same plan (R24).
type MemberImport struct {
	Rows    []Row
	Mapping Mapping
	Known   []Member // every member, on the register or not
	// Former are the keys of positions merged into a known member: a row that has
	// one of them speaks of that member, whose own number and code stay.
	Former []FormerPosition
	// Erased are those whose contact data went on request (9.10) and who are not back
	// since.
	Erased map[int64]bool
	Today  Date
	// Later are the latest events of those who had one after Today, themselves or a
	// mailbox of theirs: on an earlier day nobody's standing changes.
	Later map[int64]Date
	// Domains are the Ordine's own PEC domains: an address there in the PEC
	// column is a mailbox, not an own PEC (9.4).
	Domains []string
	// Addresses tells whose an address in those domains is, mailboxes and
	// reservations alike: address in lower case to member ID.
	Addresses map[string]int64
	Choices   ImportChoices
}

// ImportChoices are an operator's choices of what a member file may do. The
// zero value does what R23 says: new members are added, known ones updated, an
// empty cell leaves what is there, and whom the file lacks is left alone.
type ImportChoices struct {
	Only       ImportOnly `json:",omitempty"`
	ClearEmpty bool       `json:",omitempty"` // an empty cell empties the field: see clears
	Leavers    Leavers    `json:",omitzero"`
}

// ImportOnly says which rows are taken; the others leave things as they are.
type ImportOnly string

// What may be taken.
const (
	OnlyNew   ImportOnly = "new"   // members that are not known yet
	OnlyKnown ImportOnly = "known" // members that are
)

// Leavers are members on the register that the file lacks and that the import
// marks as having left. Of those chosen who are not missing nothing is said.
type Leavers struct {
	All     bool         `json:",omitempty"`
	Members []int64      `json:",omitempty"` // or these
	Status  MemberStatus // cancelled, transferred or deceased
	LeftOn  Date         // first day off the register
}

// None reports whether nobody is chosen.
func (l Leavers) None() bool { return !l.All && len(l.Members) == 0 }

// Check refuses a status of those on the register, and a day that has not come.
func (l Leavers) Check(today Date) error {
	switch {
	case l.None():
		return nil
	case !l.Status.Known() || l.Status.OnRegister():
		return Refuse("status_unknown", "Chi non è più nell’albo è cancellato, trasferito o deceduto.").On("status")
	case l.LeftOn.IsZero():
		return Refuse("date_invalid", "Scriva il primo giorno fuori dall’albo, come 31/12/2025.").On("left_on")
	case l.LeftOn.After(today):
		return Refuse("date_in_future", "Il giorno della cancellazione non può essere nel futuro.").On("left_on")
	}
	return nil
}

// FormerPosition is what is left of a position merged into a member.
type FormerPosition struct {
	MemberID           int64 // the member that stays
	RegistrationNumber string
	TaxCode            string
}

// MemberRow is what the import does with one row.
type MemberRow struct {
	Source   Row
	Outcome  Outcome
	MemberID int64  // the member that the row matched; 0 when new or not found
	Before   Member // zero when new
	After    Member // as the row would leave it; of a refused row as far as it could be read
	Changes  []FieldChange
	Problems []RowProblem
	Skipped  bool // left as it is by choice: see ImportOnly
	// ReservedAddress is an address of the Ordine's own to be kept for this
	// member (9.4), in lower case; empty when none.
	ReservedAddress string
}

// MemberPlan is what a member file would write, decided and not written.
type MemberPlan struct {
	Rows    []MemberRow
	Missing []Member // on the register and not in the file; the import leaves them alone
}

// Counts are the figures of the plan (R25).
func (p MemberPlan) Counts() Counts {
	var c Counts
	for _, r := range p.Rows {
		c.add(r.Outcome, r.Problems)
	}
	return c
}

// Problems lists errors and warnings in the order of the rows.
func (p MemberPlan) Problems() []RowProblem {
	var out []RowProblem
	for _, r := range p.Rows {
		out = append(out, r.Problems...)
	}
	return out
}

// With lists the rows with an outcome.
func (p MemberPlan) With(o Outcome) []MemberRow {
	var out []MemberRow
	for _, r := range p.Rows {
		if r.Outcome == o {
			out = append(out, r)
		}
	}
	return out
}

// Fingerprint stands for all that the plan would write. It changes when the
// file, the register or the day has changed so that something else would be
// written than the operator saw (R24).
func (p MemberPlan) Fingerprint() string {
	h := sha256.New()
	for _, r := range p.Rows {
		r.print(h)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// print writes what a row would change into a fingerprint.
func (r MemberRow) print(h hash.Hash) {
	fmt.Fprintf(h, "%d %s %d %q\n", r.Source.Number, r.Outcome, r.MemberID, r.ReservedAddress)
	if r.Outcome == OutcomeCreated || r.Outcome == OutcomeUpdated {
		for _, c := range r.Changes {
			fmt.Fprintf(h, "%s %q %q\n", c.Field, c.Old, c.New)
		}
	}
}

// PlanMembers decides what a member file does, row by row (R23 to R25, 9.4).
// Every row is created, updated, unchanged or refused. Of a new member Changes
// lists the fields that the row fills. A number that its holder gives up in the
// same file is free for another row: two members may exchange theirs.
func PlanMembers(in MemberImport) MemberPlan { return DraftMembers(in).Plan() }

// MemberDraft is a member file decided, held small: of each row only what came
// of it. The rest of a row is worked out again when it is asked for, so that a
// register of hundreds of thousands does not fill the memory with copies of
// itself. The rows and members it was made of must not change meanwhile.
type MemberDraft struct {
	planner *memberPlanner
	counts  Counts
}

// DraftMembers decides as PlanMembers does.
func DraftMembers(in MemberImport) *MemberDraft {
	p := judge(in, nil, nil)
	if p.overtaken { // an old row came before the person's own
		p = judge(in, nil, p.own)
	}
	if free := p.wantedNumbers(); len(free) > 0 {
		p = judgeExchange(in, free, p.own)
	}
	d := &MemberDraft{planner: p}
	for i, m := range p.marks {
		d.counts.add(m.outcome, d.ProblemsOf(i))
		if m.skipped {
			d.counts.Skipped++
		}
	}
	for range d.Leaving() {
		d.counts.Left++
	}
	p.forget()
	return d
}

// maxExchanges bounds the attempts to find out which numbers are truly given
// up; in any file of this world two are enough.
const maxExchanges = 20

// judgeExchange decides the rows with some numbers free for others, until those
// are just the numbers that their holders do give up.
func judgeExchange(in MemberImport, free map[string]bool, own []int32) *memberPlanner {
	for range maxExchanges {
		p := judge(in, free, own)
		given := p.givenUp(false)
		kept := 0
		for number := range free {
			if !given[number] { // its holder keeps the number
				delete(free, number)
				kept++
			}
		}
		if kept == 0 {
			return p
		}
	}
	return judge(in, nil, own)
}

// judge decides every row; free are the numbers that their holders give up, own
// the rows that an earlier judging found to be the known members' own, nil the
// first time.
func judge(in MemberImport, free map[string]bool, own []int32) *memberPlanner {
	p := newMemberPlanner(in, free)
	if own != nil {
		p.own = own
	}
	for _, row := range in.Rows {
		p.judge(row)
	}
	return p
}

// Len is the number of rows.
func (d *MemberDraft) Len() int { return len(d.planner.marks) }

// Counts are the figures of the draft (R25).
func (d *MemberDraft) Counts() Counts { return d.counts }

// Outcome is what becomes of row i, from 0.
func (d *MemberDraft) Outcome(i int) Outcome { return d.planner.marks[i].outcome }

// Skipped reports whether row i is left out by choice.
func (d *MemberDraft) Skipped(i int) bool { return d.planner.marks[i].skipped }

// Source is row i as the file has it.
func (d *MemberDraft) Source(i int) Row { return d.planner.in.Rows[i] }

// About is the member that row i speaks of, by name.
func (d *MemberDraft) About(i int) string { return d.Row(i).After.FullName() }

// Changes lists what row i changes, the address that it reserves among them.
func (d *MemberDraft) Changes(i int) []FieldChange {
	r := d.Row(i)
	if r.ReservedAddress == "" {
		return r.Changes
	}
	return append(slices.Clip(r.Changes), FieldChange{Field: FieldReservedAddress, New: r.ReservedAddress})
}

// Row is row i, from 0, with all that the import does with it.
func (d *MemberDraft) Row(i int) MemberRow {
	p, mark := d.planner, d.planner.marks[i]
	known := p.member(mark.member)
	r := p.newReader(p.in.Rows[i]) // of its own: pages may ask at once
	r.read(p.byCode)
	out := p.outcome(&r, known)
	out.Outcome, out.Skipped = mark.outcome, mark.skipped
	if mark.skipped && known != nil {
		out.After = out.Before
	}
	if mark.note >= 0 {
		out.Problems, out.ReservedAddress = p.notes[mark.note].problems, p.notes[mark.note].reserved
	}
	out.Changes = changes(out.Before, out.After)
	return out
}

// Rows yields every row with its place, from 0.
func (d *MemberDraft) Rows() iter.Seq2[int, MemberRow] {
	return func(yield func(int, MemberRow) bool) {
		for i := range d.Len() {
			if !yield(i, d.Row(i)) {
				return
			}
		}
	}
}

// With yields the rows with an outcome, each with its place.
func (d *MemberDraft) With(o Outcome) iter.Seq2[int, MemberRow] {
	return func(yield func(int, MemberRow) bool) {
		for i, m := range d.planner.marks {
			if m.outcome == o && !yield(i, d.Row(i)) {
				return
			}
		}
	}
}

// ProblemsOf lists the errors and warnings of row i.
func (d *MemberDraft) ProblemsOf(i int) []RowProblem {
	if note := d.planner.marks[i].note; note >= 0 {
		return d.planner.notes[note].problems
	}
	return nil
}

// Problems lists errors and warnings in the order of the rows.
func (d *MemberDraft) Problems() []RowProblem {
	var out []RowProblem
	for _, n := range d.planner.notes {
		out = append(out, n.problems...)
	}
	return out
}

// Missing yields the members on the register that the file lacks, each with its
// place among them; the import leaves them alone.
func (d *MemberDraft) Missing() iter.Seq2[int, Member] {
	return func(yield func(int, Member) bool) {
		n := 0
		for i, m := range d.planner.in.Known {
			if !m.Status.OnRegister() || d.planner.seen[i] {
				continue
			}
			if !yield(n, m) {
				return
			}
			n++
		}
	}
}

// MissingCount is how many members Missing yields.
func (d *MemberDraft) MissingCount() int {
	n := 0
	for range d.Missing() {
		n++
	}
	return n
}

// Leaving yields the missing members that the import marks as having left, each
// as it changes. Who had an event on a later day stays as they are.
func (d *MemberDraft) Leaving() iter.Seq[MemberRow] {
	leavers := d.planner.in.Choices.Leavers
	return func(yield func(MemberRow) bool) {
		if leavers.None() {
			return
		}
		for _, m := range d.Missing() {
			if !leavers.All && !slices.Contains(leavers.Members, m.ID) {
				continue
			}
			if _, later := d.planner.in.Later[m.ID]; later {
				continue
			}
			row := MemberRow{Outcome: OutcomeUpdated, MemberID: m.ID, Before: m, After: m}
			row.After.Status, row.After.LeftOn = leavers.Status, leavers.LeftOn
			row.Changes = changes(row.Before, row.After)
			if !yield(row) {
				return
			}
		}
	}
}

// Fingerprint is that of the plan.
func (d *MemberDraft) Fingerprint() string {
	h := sha256.New()
	for _, r := range d.Rows() {
		r.print(h)
	}
	for r := range d.Leaving() {
		r.print(h)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Plan writes the draft out, with every row in full.
func (d *MemberDraft) Plan() MemberPlan {
	var plan MemberPlan
	if d.Len() > 0 {
		plan.Rows = make([]MemberRow, 0, d.Len())
	}
	for _, r := range d.Rows() {
		plan.Rows = append(plan.Rows, r)
	}
	for _, m := range d.Missing() {
		plan.Missing = append(plan.Missing, m)
	}
	return plan
}

// rowMark is what came of a row.
type rowMark struct {
	outcome Outcome
	skipped bool
	member  int32 // its place among the known; -1 for none
	note    int32 // its place among the notes; -1 for none
}

// rowNote is what only some rows have.
type rowNote struct {
	problems []RowProblem
	reserved string
}

// claim is what a row above in the file has taken.
type claim struct {
	row     int32 // its number in the file
	hasCode bool  // that row's member has a tax code
}

// move is a member's number that a row would change.
type move struct {
	number  string
	refused bool // or skipped: the member keeps it
}

type memberPlanner struct {
	in       MemberImport
	byCode   map[string]*Member
	byNumber map[string]*Member
	byPEC    map[string]*Member // own PECs of those on the register
	place    map[int64]int32    // of the known, by ID
	byName   map[string][]int32 // places by surname and name, see heed; nil until a row is refused
	// By the codes and numbers of positions merged into them.
	formerCodes, formerNumbers map[string]*Member
	free                       map[string]bool // numbers that their holders give up in this file
	said                       memberReader    // used for one row after the other

	seen        []bool  // known members that a row, refused or not, speaks of
	matched     []int32 // the row that was taken for a known member; 0 for none
	own         []int32 // the first row with a known member's own code or number; 0 for none
	overtaken   bool    // a row of a merged position was judged before the own row below it
	codes       map[string]int32
	numbers     map[string]claim
	ownPECs     map[string]int32
	reservation map[string]int32

	marks  []rowMark
	notes  []rowNote
	moves  []move
	wanted []string // numbers that rows were refused for want of
	faults int
}

func newMemberPlanner(in MemberImport, free map[string]bool) *memberPlanner {
	p := &memberPlanner{
		in: in, free: free, byCode: make(map[string]*Member, len(in.Known)), byNumber: make(map[string]*Member, len(in.Known)), byPEC: map[string]*Member{},
		place: make(map[int64]int32, len(in.Known)), formerCodes: map[string]*Member{}, formerNumbers: map[string]*Member{}, seen: make([]bool, len(in.Known)), matched: make([]int32, len(in.Known)), own: make([]int32, len(in.Known)),
		codes: map[string]int32{}, numbers: map[string]claim{}, ownPECs: map[string]int32{}, reservation: map[string]int32{},
		marks: make([]rowMark, 0, len(in.Rows)),
	}
	for i := range in.Known {
		m := &in.Known[i]
		p.place[m.ID] = int32(i)
		if m.TaxCode != "" {
			p.byCode[foldCode(m.TaxCode)] = m
		}
		if m.RegistrationNumber != "" {
			p.byNumber[foldNumber(m.RegistrationNumber)] = m
		}
		if m.OwnPEC != "" && m.Status.OnRegister() {
			p.byPEC[strings.ToLower(m.OwnPEC)] = m
		}
	}
	for _, f := range in.Former {
		if i, ok := p.place[f.MemberID]; ok {
			p.lead(f, &in.Known[i])
		}
	}
	return p
}

// lead lets the keys of a former position lead to the member that it became
// part of.
func (p *memberPlanner) lead(f FormerPosition, to *Member) {
	if code := foldCode(f.TaxCode); code != "" && p.byCode[code] == nil {
		p.formerCodes[code] = to
	}
	if number := foldNumber(f.RegistrationNumber); number != "" && p.byNumber[number] == nil {
		p.formerNumbers[number] = to
	}
}

// byFormer tells whether a row came to a member by the code, or by the number,
// of a position merged into it: the member's own stays.
func (p *memberPlanner) byFormer(said, known Member) (code, number bool) {
	if said.TaxCode != "" && p.byCode[said.TaxCode] != nil {
		return false, false
	}
	leads := func(m *Member) bool { return m != nil && m.ID == known.ID }
	return leads(p.formerCodes[said.TaxCode]), leads(p.formerNumbers[foldNumber(said.RegistrationNumber)])
}

// forget drops what only the judging of rows needs.
func (p *memberPlanner) forget() {
	p.byNumber, p.byName, p.byPEC, p.place, p.matched, p.own, p.codes, p.numbers, p.ownPECs, p.reservation, p.free = nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil
	p.said = memberReader{}
}

// foldNumber is the form in which registration numbers are compared.
func foldNumber(s string) string { return strings.ToUpper(s) }

func (p *memberPlanner) member(i int32) *Member {
	if i < 0 {
		return nil
	}
	return &p.in.Known[i]
}

// maxHints is how many faulty rows get their likely correction looked for.
const maxHints = 1000

func (p *memberPlanner) newReader(row Row) memberReader {
	return memberReader{rowReader: rowReader{row: row, mapping: p.in.Mapping}, today: p.in.Today, clear: p.in.Choices.ClearEmpty}
}

func (p *memberPlanner) reader(row Row) *memberReader {
	p.said = p.newReader(row)
	p.said.hints = p.faults < maxHints
	return &p.said
}

// judge decides one row, after those above it.
func (p *memberPlanner) judge(row Row) {
	r := p.reader(row)
	r.checkWidth()
	r.read(p.byCode)
	known := p.match(r)
	mark := rowMark{member: -1, note: -1}
	if known != nil {
		mark.member = p.place[known.ID]
		p.seen[mark.member] = true
	}
	out := p.outcome(r, known)
	r.compareTaxCode(out.After)
	r.compareDays(out.After)
	if !p.giveWay(r, out) {
		p.checkRepeated(r, out)
	}
	p.checkDay(r, out)
	p.tellErased(r, out)
	p.checkPEC(r, &out)
	mark.outcome = outcomeOf(r.refused(), known == nil, out.Before != out.After || out.ReservedAddress != "")
	if p.skips(mark.outcome) {
		mark.outcome, mark.skipped, out.ReservedAddress, r.problems = OutcomeUnchanged, true, "", nil
	}
	if mark.outcome == OutcomeRefused {
		out.ReservedAddress = ""
		p.faults++
		p.heed(r)
	} else {
		p.take(mark.member, out)
	}
	p.note(&mark, r.problems, out, known)
}

// heed marks as seen the members whom a refused row may speak of, by its number or
// by its name: whoever is in the file, though with a fault, has not left.
func (p *memberPlanner) heed(r *memberReader) {
	number := foldNumber(r.said.RegistrationNumber)
	if m := cmp.Or(p.byNumber[number], p.formerNumbers[number]); number != "" && m != nil {
		p.seen[p.place[m.ID]] = true
	}
	if p.byName == nil {
		p.byName = make(map[string][]int32, len(p.in.Known))
		for i, m := range p.in.Known {
			key := nameKey(m.FullName())
			p.byName[key] = append(p.byName[key], int32(i))
		}
	}
	for _, i := range p.byName[nameKey(r.said.FullName())] {
		if born := p.in.Known[i].BirthDate; born.IsZero() || r.said.BirthDate.IsZero() || born == r.said.BirthDate {
			p.seen[i] = true
		}
	}
}

// skips reports whether the operator's choice leaves out what a row would do.
func (p *memberPlanner) skips(o Outcome) bool {
	return o == OutcomeUpdated && p.in.Choices.Only == OnlyNew || o == OutcomeCreated && p.in.Choices.Only == OnlyKnown
}

// outcome is what a row makes of the member it speaks of, nil for a new one.
func (p *memberPlanner) outcome(r *memberReader, known *Member) MemberRow {
	out := MemberRow{Source: r.row}
	if known != nil {
		out.MemberID, out.Before = known.ID, *known
	}
	out.After = r.apply(out.Before, known == nil)
	if known != nil {
		code, number := p.byFormer(r.said, *known)
		if code {
			out.After.TaxCode = known.TaxCode
		}
		if number {
			out.After.RegistrationNumber = known.RegistrationNumber
		}
	}
	if p.erased(out) {
		out.After.copyContacts(out.Before)
	}
	if p.ownDomain(r.said.OwnPEC) { // a mailbox of the Ordine's, see checkPEC
		out.After.OwnPEC = out.Before.OwnPEC
	}
	return out
}

// erased reports whether a row speaks of a leaver whose contact data went on
// request, and does not bring them back on the register: they stay away (9.10).
func (p *memberPlanner) erased(out MemberRow) bool {
	return p.in.Erased[out.MemberID] && !out.After.Status.OnRegister()
}

// tellErased warns that what a row says of such a leaver's contacts is not taken.
func (p *memberPlanner) tellErased(r *memberReader, out MemberRow) {
	if !p.erased(out) {
		return
	}
	for _, f := range ContactFields {
		if said := r.said.Get(f); said != "" && said != out.After.Get(f) {
			r.warn(f, "contacts_erased", fmt.Sprintf("I recapiti di %s sono stati cancellati su richiesta: quelli del file non li registriamo.", out.Before.FullName()),
				"Li tolga dal file; se è rientrato nell’albo, lo scriva nella colonna dello stato.")
			return
		}
	}
}

// checkDay refuses a change of standing on a day before the member's latest event.
func (p *memberPlanner) checkDay(r *memberReader, out MemberRow) {
	if last, ok := p.in.Later[out.MemberID]; ok && !out.Before.StandsAs(out.After) {
		r.refuse(FieldStatus, "day_before_last_event", fmt.Sprintf("Il %s non si può più cambiare l’iscrizione di %s: l’ultimo evento è del %s.", p.in.Today.Italian(), out.Before.FullName(), last.Italian()),
			"Importi la riga in un giorno successivo.")
	}
}

// note keeps of a decided row what Row cannot work out again.
func (p *memberPlanner) note(mark *rowMark, problems []RowProblem, out MemberRow, known *Member) {
	if len(problems) > 0 || out.ReservedAddress != "" {
		mark.note = int32(len(p.notes))
		p.notes = append(p.notes, rowNote{slices.Clip(problems), out.ReservedAddress})
	}
	before, after := foldNumber(out.Before.RegistrationNumber), foldNumber(out.After.RegistrationNumber)
	if known != nil && before != "" && before != after {
		p.moves = append(p.moves, move{before, mark.outcome == OutcomeRefused || mark.skipped})
	}
	if mark.outcome == OutcomeRefused {
		p.wanted = append(p.wanted, after)
	}
	p.marks = append(p.marks, *mark)
}

// givenUp lists the numbers that members would change for others, of refused
// rows too when asked for.
func (p *memberPlanner) givenUp(refused bool) map[string]bool {
	given := map[string]bool{}
	for _, m := range p.moves {
		if refused || !m.refused {
			given[m.number] = true
		}
	}
	return given
}

// wantedNumbers lists the numbers that their holders would give up, when a row
// was refused for want of one of them.
func (p *memberPlanner) wantedNumbers() map[string]bool {
	given := p.givenUp(true)
	if slices.ContainsFunc(p.wanted, func(number string) bool { return given[number] }) {
		return given
	}
	return nil
}

func outcomeOf(refused, unknown, changed bool) Outcome {
	switch {
	case refused:
		return OutcomeRefused
	case unknown:
		return OutcomeCreated
	case changed:
		return OutcomeUpdated
	}
	return OutcomeUnchanged
}

// match finds the member that a row speaks of (R23): by tax code, its own or that
// of a position merged into it; else by
// registration number when the row has no tax code, or when that member has
// none, a provisional one, or the same surname, name and birth date. The number
// of a merged position may be somebody else's by now: it counts with the name.
func (p *memberPlanner) match(r *memberReader) *Member {
	code, number := r.said.TaxCode, r.said.RegistrationNumber
	if m := p.byCode[code]; code != "" && m != nil {
		return m
	}
	if m := p.formerCodes[code]; code != "" && m != nil {
		return m
	}
	holder := cmp.Or(p.byNumber[foldNumber(number)], p.formerNumbers[foldNumber(number)])
	if number == "" || holder == nil {
		return nil
	}
	if r.badCode { // not known who it is
		return nil
	}
	if p.byNumber[foldNumber(number)] == nil && !r.mayBe(*holder) {
		p.refuseFormer(r, *holder)
		return nil
	}
	if code == "" || len(holder.TaxCode) != 16 || r.samePerson(*holder) {
		return holder
	}
	return nil
}

// refuseFormer refuses a row that has nothing but the number of a merged position
// to say who it is, and the name of somebody else. With a tax code of its own it
// is somebody new, who got the number.
func (p *memberPlanner) refuseFormer(r *memberReader, m Member) {
	if r.said.TaxCode != "" {
		return
	}
	r.refuse(FieldRegistrationNumber, "former_number", fmt.Sprintf("Il numero era di una posizione unita a quella di %s, e la riga parla di %s.", m.FullName(), quoted(r.said.FullName())),
		"Se è un’altra persona, aggiunga il suo codice fiscale; se è la stessa, scriva cognome e nome come nell’albo.")
}

// giveWay tells of a row that speaks of a merged position. When the person's own
// row is in the file too, above or below, the old one is refused, true: what it
// says is older.
func (p *memberPlanner) giveWay(r *memberReader, out MemberRow) bool {
	if out.MemberID == 0 {
		return false
	}
	code, number := p.byFormer(r.said, out.Before)
	i, f := p.place[out.MemberID], FieldTaxCode
	switch {
	case !code && !number:
		p.overtaken = p.overtaken || p.own[i] == 0 && p.matched[i] != 0
		p.own[i] = cmp.Or(p.own[i], int32(r.row.Number))
		return false
	case !code:
		f = FieldRegistrationNumber
	}
	if p.own[i] != 0 {
		r.refuse(f, "duplicate_in_file", fmt.Sprintf("È una vecchia posizione della persona alla riga %d, unita all’altra.", p.own[i]), "Tolga la riga della vecchia posizione.")
		return true
	}
	r.warn(f, "position_merged", fmt.Sprintf("È una vecchia posizione di %s, unita all’altra: numero e codice fiscale restano quelli dell’albo.", out.Before.FullName()),
		"Tolga dal file la riga della vecchia posizione.")
	return false
}

// checkRepeated refuses a row whose person or number is already taken, in the
// register or above in the file.
func (p *memberPlanner) checkRepeated(r *memberReader, out MemberRow) {
	if r.badCode { // who it is, is not known
		return
	}
	code, number := r.said.TaxCode, foldNumber(r.said.RegistrationNumber)
	if first, ok := p.earlier(out.MemberID, code, number); ok {
		f := FieldTaxCode
		if code == "" {
			f = FieldRegistrationNumber
		}
		r.refuse(f, "duplicate_in_file", fmt.Sprintf("La stessa persona è già alla riga %d.", first), "Lasci una sola delle due righe.")
		return
	}
	if number == "" {
		return
	}
	if c, ok := p.numbers[number]; ok {
		r.refuse(FieldRegistrationNumber, "registration_number_taken", fmt.Sprintf("Il numero è già della persona alla riga %d.", c.row), "Corregga il numero in una delle due righe.")
		return
	}
	if m := p.byNumber[number]; m != nil && m.ID != out.MemberID && !p.free[number] {
		r.refuse(FieldRegistrationNumber, "registration_number_taken", fmt.Sprintf("Il numero è già di %s.", m.FullName()), "Corregga il numero nella riga, o nella pagina di chi lo ha.")
	}
}

// earlier finds the row above that speaks of the same person: the same member,
// the same tax code, or the same number where one of the two has no tax code.
func (p *memberPlanner) earlier(member int64, code, number string) (int32, bool) {
	if i, ok := p.place[member]; ok && member != 0 && p.matched[i] != 0 {
		return p.matched[i], true
	}
	if row, ok := p.codes[code]; ok && code != "" {
		return row, true
	}
	c, ok := p.numbers[number]
	return c.row, ok && number != "" && (code == "" || !c.hasCode)
}

// checkPEC sorts an address of the Ordine's own out of the PEC column: it is
// the member's mailbox, or is reserved for the member with a warning (9.4). An
// address of somebody else's is refused.
func (p *memberPlanner) checkPEC(r *memberReader, out *MemberRow) {
	address := strings.ToLower(r.said.OwnPEC)
	if address == "" || p.erased(*out) {
		return
	}
	if !p.ownDomain(address) {
		p.checkOwnPEC(r, out, address)
		return
	}
	if row, ok := p.reservation[address]; ok {
		r.refuse(FieldOwnPEC, "mailbox_taken", fmt.Sprintf("La casella %s è già riservata alla persona alla riga %d.", address, row), "Indichi la casella in una sola riga.")
		return
	}
	holder, taken := p.in.Addresses[address]
	if taken && (holder != out.MemberID || holder == 0) {
		r.refuse(FieldOwnPEC, "mailbox_taken", fmt.Sprintf("La casella %s è di un’altra persona%s.", address, p.named(holder)), "Corregga l’indirizzo o lasci vuota la cella.")
		return
	}
	if !taken {
		out.ReservedAddress = address
		r.warn(FieldOwnPEC, "mailbox_reserved", fmt.Sprintf("L’indirizzo %s è del dominio dell’Ordine, ma la casella non c’è: lo riserviamo a questa persona.", address), "Quando la casella sarà richiesta avrà questo indirizzo.")
	}
}

// checkOwnPEC refuses the PEC of another member on the register: the index wants
// each person's own. Those who have left no longer hold theirs.
func (p *memberPlanner) checkOwnPEC(r *memberReader, out *MemberRow, address string) {
	if !out.After.Status.OnRegister() {
		return
	}
	if row, ok := p.ownPECs[address]; ok {
		r.refuse(FieldOwnPEC, "mailbox_taken", fmt.Sprintf("La PEC %s è già della persona alla riga %d.", address, row), "La PEC dev’essere propria di ciascuno: corregga o lasci vuota la cella.")
		return
	}
	if m := p.byPEC[address]; m != nil && m.ID != out.MemberID {
		r.refuse(FieldOwnPEC, "mailbox_taken", fmt.Sprintf("La PEC %s è già di %s.", address, m.FullName()), "La PEC dev’essere propria di ciascuno: corregga o lasci vuota la cella.")
	}
}

func (p *memberPlanner) named(id int64) string {
	if i, ok := p.place[id]; ok {
		return ", " + p.in.Known[i].FullName()
	}
	return ""
}

func (p *memberPlanner) ownDomain(address string) bool {
	_, domain, ok := strings.Cut(address, "@")
	return ok && slices.ContainsFunc(p.in.Domains, func(d string) bool { return strings.EqualFold(d, domain) })
}

// take notes what a row that is not refused holds from now on.
func (p *memberPlanner) take(known int32, out MemberRow) {
	m, row := &out.After, int32(out.Source.Number)
	if known >= 0 {
		p.matched[known] = row
	}
	if m.TaxCode != "" {
		p.codes[foldCode(m.TaxCode)] = row
	}
	if m.RegistrationNumber != "" {
		p.numbers[foldNumber(m.RegistrationNumber)] = claim{row, m.TaxCode != ""}
	}
	if m.OwnPEC != "" && m.Status.OnRegister() {
		p.ownPECs[strings.ToLower(m.OwnPEC)] = row
	}
	if out.ReservedAddress != "" {
		p.reservation[out.ReservedAddress] = row
	}
}

func changes(before, after Member) []FieldChange {
	if before == after {
		return nil
	}
	var out []FieldChange
	for _, f := range MemberFields {
		if o, n := before.Get(f.Field), after.Get(f.Field); o != n {
			out = append(out, FieldChange{f.Field, o, n})
		}
	}
	return out
}
