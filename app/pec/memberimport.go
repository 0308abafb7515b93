package pec

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// MemberImport is all that decides what a member file does: the preview and
// the write plan it with the same function and get the same plan (R24).
type MemberImport struct {
	Rows    []Row
	Mapping Mapping
	Known   []Member // every member, on the register or not
	Today   Date
	// Domains are the Ordine's own PEC domains: an address there in the PEC
	// column is a mailbox, not an own PEC (9.4).
	Domains []string
	// Addresses tells whose an address in those domains is, mailboxes and
	// reservations alike: address in lower case to member ID.
	Addresses map[string]int64
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
	return slices.DeleteFunc(slices.Clone(p.Rows), func(r MemberRow) bool { return r.Outcome != o })
}

// Fingerprint stands for all that the plan would write. It changes when the
// file, the register or the day has changed so that something else would be
// written than the operator saw (R24).
func (p MemberPlan) Fingerprint() string {
	h := sha256.New()
	for _, r := range p.Rows {
		fmt.Fprintf(h, "%d %s %d %q\n", r.Source.Number, r.Outcome, r.MemberID, r.ReservedAddress)
		if r.Outcome == OutcomeCreated || r.Outcome == OutcomeUpdated {
			for _, c := range r.Changes {
				fmt.Fprintf(h, "%s %q %q\n", c.Field, c.Old, c.New)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// PlanMembers decides what a member file does, row by row (R23 to R25, 9.4).
// Every row is created, updated, unchanged or refused. Of a new member Changes
// lists the fields that the row fills. A number that its holder gives up in the
// same file is free for another row: two members may exchange theirs.
func PlanMembers(in MemberImport) MemberPlan {
	plan := planMembers(in, nil)
	free := givenUp(plan)
	for len(free) > 0 {
		plan = planMembers(in, free)
		kept := false
		for _, r := range plan.With(OutcomeRefused) { // its holder keeps the number
			if number := foldNumber(r.Before.RegistrationNumber); free[number] {
				delete(free, number)
				kept = true
			}
		}
		if !kept {
			break
		}
	}
	return plan
}

// givenUp lists the numbers that their holders would give up, when a row was
// refused for want of one of them.
func givenUp(plan MemberPlan) map[string]bool {
	free, wanted := map[string]bool{}, false
	for _, r := range plan.Rows {
		before, after := foldNumber(r.Before.RegistrationNumber), foldNumber(r.After.RegistrationNumber)
		if r.MemberID != 0 && before != "" && before != after {
			free[before] = true
		}
	}
	for _, r := range plan.With(OutcomeRefused) {
		wanted = wanted || free[foldNumber(r.After.RegistrationNumber)]
	}
	if !wanted {
		return nil
	}
	return free
}

func planMembers(in MemberImport, free map[string]bool) MemberPlan {
	p := newMemberPlanner(in)
	p.free = free
	var plan MemberPlan
	for _, row := range in.Rows {
		plan.Rows = append(plan.Rows, p.row(row))
	}
	for _, m := range in.Known {
		if m.Status.OnRegister() && !p.seen[m.ID] {
			plan.Missing = append(plan.Missing, m)
		}
	}
	return plan
}

// claim is what a row above in the file has taken.
type claim struct {
	row  int
	code string // tax code of that row's member
}

type memberPlanner struct {
	in       MemberImport
	byCode   map[string]*Member
	byNumber map[string]*Member
	byPEC    map[string]*Member // own PECs of those on the register
	free     map[string]bool    // numbers that their holders give up in this file

	seen        map[int64]bool // members that a row, refused or not, speaks of
	matched     map[int64]int  // members by the row that was taken for them
	codes       map[string]int
	numbers     map[string]claim
	ownPECs     map[string]int
	reservation map[string]int
}

func newMemberPlanner(in MemberImport) *memberPlanner {
	p := &memberPlanner{
		in: in, byCode: map[string]*Member{}, byNumber: map[string]*Member{}, byPEC: map[string]*Member{},
		seen: map[int64]bool{}, matched: map[int64]int{}, codes: map[string]int{}, numbers: map[string]claim{},
		ownPECs: map[string]int{}, reservation: map[string]int{},
	}
	for i := range in.Known {
		m := &in.Known[i]
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
	return p
}

// foldNumber is the form in which registration numbers are compared.
func foldNumber(s string) string { return strings.ToUpper(s) }

func (p *memberPlanner) row(row Row) MemberRow {
	r := &memberReader{rowReader: rowReader{row: row, mapping: p.in.Mapping}, today: p.in.Today, values: map[Field]string{}}
	r.checkWidth()
	r.read(p.byCode)
	known := p.match(r)
	out := MemberRow{Source: row}
	if known != nil {
		p.seen[known.ID] = true
		out.MemberID, out.Before = known.ID, *known
	}
	out.After = r.apply(out.Before, known == nil)
	r.compareTaxCode(out.After)
	p.checkRepeated(r, out)
	p.checkPEC(r, &out)
	out.Changes = changes(out.Before, out.After)
	out.Problems = r.problems
	out.Outcome = outcomeOf(r.refused(), known == nil, len(out.Changes) > 0 || out.ReservedAddress != "")
	if out.Outcome == OutcomeRefused {
		out.ReservedAddress = ""
		return out
	}
	p.take(out)
	return out
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

// match finds the member that a row speaks of (R23): by tax code; else by
// registration number when the row has no tax code, or when that member has
// none, a provisional one, or the same surname, name and birth date.
func (p *memberPlanner) match(r *memberReader) *Member {
	code, number := r.values[FieldTaxCode], r.values[FieldRegistrationNumber]
	holder := p.byNumber[foldNumber(number)]
	if m := p.byCode[code]; code != "" && m != nil {
		return m
	}
	if number == "" || holder == nil {
		return nil
	}
	if r.badCode { // not known who it is; yet the member is not missing from the file
		p.seen[holder.ID] = true
		return nil
	}
	if code == "" || len(holder.TaxCode) != 16 || r.samePerson(*holder) {
		return holder
	}
	return nil
}

// checkRepeated refuses a row whose person or number is already taken, in the
// register or above in the file.
func (p *memberPlanner) checkRepeated(r *memberReader, out MemberRow) {
	if r.badCode { // who it is, is not known
		return
	}
	code, number := r.values[FieldTaxCode], foldNumber(r.values[FieldRegistrationNumber])
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
		r.refuse(FieldRegistrationNumber, "registration_number_taken", fmt.Sprintf("Il numero è già di %s.", m.FullName()), "Corregga il numero in una delle due posizioni.")
	}
}

// earlier finds the row above that speaks of the same person: the same member,
// the same tax code, or the same number where one of the two has no tax code.
func (p *memberPlanner) earlier(member int64, code, number string) (int, bool) {
	if member != 0 {
		if row, ok := p.matched[member]; ok {
			return row, true
		}
	}
	if row, ok := p.codes[code]; ok && code != "" {
		return row, true
	}
	c, ok := p.numbers[number]
	return c.row, ok && number != "" && (code == "" || c.code == "")
}

// checkPEC sorts an address of the Ordine's own out of the PEC column: it is
// the member's mailbox, or is reserved for the member with a warning (9.4). An
// address of somebody else's is refused.
func (p *memberPlanner) checkPEC(r *memberReader, out *MemberRow) {
	address := strings.ToLower(r.values[FieldOwnPEC])
	if address == "" {
		return
	}
	if !p.ownDomain(address) {
		p.checkOwnPEC(r, out, address)
		return
	}
	out.After.OwnPEC = out.Before.OwnPEC
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
	for _, m := range p.in.Known {
		if m.ID == id {
			return ", " + m.FullName()
		}
	}
	return ""
}

func (p *memberPlanner) ownDomain(address string) bool {
	_, domain, _ := strings.Cut(address, "@")
	return slices.ContainsFunc(p.in.Domains, func(d string) bool { return strings.EqualFold(d, domain) })
}

// take notes what a row that is not refused holds from now on.
func (p *memberPlanner) take(out MemberRow) {
	m, row := out.After, out.Source.Number
	if out.MemberID != 0 {
		p.matched[out.MemberID] = row
	}
	if m.TaxCode != "" {
		p.codes[foldCode(m.TaxCode)] = row
	}
	if m.RegistrationNumber != "" {
		p.numbers[foldNumber(m.RegistrationNumber)] = claim{row, m.TaxCode}
	}
	if m.OwnPEC != "" && m.Status.OnRegister() {
		p.ownPECs[strings.ToLower(m.OwnPEC)] = row
	}
	if out.ReservedAddress != "" {
		p.reservation[out.ReservedAddress] = row
	}
}

func changes(before, after Member) []FieldChange {
	var out []FieldChange
	for _, f := range MemberFields {
		if o, n := before.Get(f.Field), after.Get(f.Field); o != n {
			out = append(out, FieldChange{f.Field, o, n})
		}
	}
	return out
}
