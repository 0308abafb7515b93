package pec

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// EditedFields are what a person writes in the form of one member, in the order
// of the form. Status and leaving date are not among them: what follows from
// them is shown before they change (R5).
var EditedFields = []Field{
	FieldSurname, FieldName, FieldSex, FieldTaxCode, FieldBirthDate, FieldBirthPlace, FieldBirthProvince,
	FieldRegistrationNumber, FieldRegisteredOn, FieldSection, FieldSector, FieldTitle, FieldVATNumber,
	FieldAddress, FieldPostalCode, FieldCity, FieldProvince, FieldPhone, FieldMobile, FieldEmail, FieldOwnPEC,
}

// MemberEdit is all that decides what a form of one member does.
type MemberEdit struct {
	Member Member           // as the register has them; zero for a new one
	Typed  map[Field]string // of EditedFields, as typed: what is empty is emptied
	Others []Member         // those who may have the same number, tax code or own PEC
	// Register is whom a new member is compared with, by the rules of Duplicates;
	// of one who is there already possible duplicates are listed elsewhere.
	Register []Member
	// Domains are the Ordine's own PEC domains.
	Domains []string
	Today   Date
}

// Clash is a value that another member has already.
type Clash struct {
	Field    Field
	MemberID int64
	Name     string // of that member
}

// MemberJudged is what a form of one member would write, and what is wrong
// with it.
type MemberJudged struct {
	After    Member
	Changes  []FieldChange // none when nothing was changed
	Errors   []Problem     // by field: nothing may be written
	Warnings []Problem     // by field: to be seen first; without those that the member gave already
	Clashes  []Clash       // of the errors that somebody else's data are to blame for
	Twins    []Twins       // of the warnings: who a new member may be, A being the new one
}

// Refused reports whether the form may not be written.
func (j MemberJudged) Refused() bool { return len(j.Errors) > 0 }

// WarningKey stands for the warnings, as a sign that just these were seen;
// empty when there are none.
func (j MemberJudged) WarningKey() string {
	if len(j.Warnings) == 0 {
		return ""
	}
	h := sha256.New()
	for _, w := range j.Warnings {
		fmt.Fprintf(h, "%s %s %q\n", w.Field, w.Code, w.Message)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// JudgeMember decides what a form of one member does, by the rules of an
// import's row; but a field that was emptied is emptied, and what is said badly
// is refused where a file would leave what is there. A new member is active. Problems are named by field: Problem.Field is the Field.
func JudgeMember(in MemberEdit) MemberJudged {
	j := in.judge()
	if in.Member.ID == 0 {
		j.compare(in.Register)
		return j
	}
	before := in
	before.Typed = TypedAs(in.Member)
	told := before.judge().Warnings
	j.Warnings = slices.DeleteFunc(j.Warnings, func(w Problem) bool { return slices.Contains(told, w) })
	return j
}

// MaybeTwin is the code of the warning that a new member may be there already.
const MaybeTwin = "maybe_duplicate"

// compare warns of those on the register whom a new member may be.
func (j *MemberJudged) compare(register []Member) {
	j.Twins = TwinsOf(j.After, register)
	for _, t := range j.Twins {
		j.Warnings = append(j.Warnings, Problem{Code: MaybeTwin, Field: string(FieldSurname), Message: t.InWords()})
	}
}

// TypedAs is a member as a form shows them: days as people write them.
func TypedAs(m Member) map[Field]string {
	typed := map[Field]string{}
	for _, f := range EditedFields {
		typed[f] = m.Get(f)
	}
	typed[FieldBirthDate], typed[FieldRegisteredOn] = m.BirthDate.Italian(), m.RegisteredOn.Italian()
	return typed
}

func (in MemberEdit) judge() MemberJudged {
	r := &memberReader{rowReader: in.row(), today: in.Today, hints: true, form: true}
	r.read(nil)
	j := MemberJudged{After: r.apply(in.start(), in.Member.ID == 0)}
	r.require(j.After)
	r.compareTaxCode(j.After)
	r.compareDays(j.After)
	in.checkPEC(r)
	in.checkEmail(r)
	j.Clashes = in.clashes(r, j.After)
	j.Changes = changes(in.Member, j.After)
	for _, p := range r.problems {
		problem := Problem{Code: p.Code, Field: p.Column, Message: p.Text()}
		if p.Severity == SeverityError {
			j.Errors = append(j.Errors, problem)
		} else {
			j.Warnings = append(j.Warnings, problem)
		}
	}
	return j
}

// row is what was typed anew, as a row of a file whose columns are called as
// the fields: what was left alone is not judged, as little as a file's empty
// cell.
func (in MemberEdit) row() rowReader {
	r, was := rowReader{}, TypedAs(in.Member)
	for i, f := range EditedFields {
		r.mapping = append(r.mapping, Column{Index: i, Header: string(f), Field: f})
		cell := in.Typed[f]
		if cell == was[f] {
			cell = ""
		}
		r.row.Cells = append(r.row.Cells, cell)
	}
	return r
}

// start is the member without the fields that were typed over.
func (in MemberEdit) start() Member {
	m, was := in.Member, TypedAs(in.Member)
	if m.ID == 0 {
		m.Status = MemberActive
	}
	for _, f := range EditedFields {
		switch {
		case in.Typed[f] == was[f]:
		case f == FieldBirthDate:
			m.BirthDate = Date{}
		case f == FieldRegisteredOn:
			m.RegisteredOn = Date{}
		default:
			*m.text(f) = ""
		}
	}
	return m
}

// checkPEC refuses an address of the Ordine's own: it is a mailbox, not a PEC
// of the member's (9.4).
func (in MemberEdit) checkPEC(r *memberReader) {
	if in.ours(r.said.OwnPEC) {
		r.refuse(FieldOwnPEC, "mailbox_taken", "L’indirizzo è del dominio dell’Ordine: qui va solo una PEC propria.", "La casella dell’Ordine si richiede dalla pagina dell’iscritto.")
	}
}

// checkEmail refuses a mailbox of the Ordine's as the reference address: what is
// said of its own end would go to it.
func (in MemberEdit) checkEmail(r *memberReader) {
	if in.ours(r.said.Email) {
		r.refuse(FieldEmail, "email_is_mailbox", "L’indirizzo è una casella PEC dell’Ordine: qui va una mail ordinaria.", "Ne scriva un’altra: gli avvisi devono arrivare anche se la casella si chiude.")
	}
}

// ours reports whether an address is in a PEC domain of the Ordine's.
func (in MemberEdit) ours(address string) bool {
	_, domain, _ := strings.Cut(address, "@")
	return domain != "" && slices.ContainsFunc(in.Domains, func(d string) bool { return strings.EqualFold(d, domain) })
}

// clashes refuses what another member has already: number and tax code, and on
// the register the PEC.
func (in MemberEdit) clashes(r *memberReader, after Member) []Clash {
	var list []Clash
	for _, other := range in.Others {
		if other.ID == after.ID {
			continue
		}
		clash := func(f Field, code, what string) {
			r.refuse(f, code, fmt.Sprintf("%s è già di %s.", what, other.FullName()), "Lo corregga qui o nella sua pagina.")
			list = append(list, Clash{f, other.ID, other.FullName()})
		}
		if after.RegistrationNumber != "" && foldNumber(after.RegistrationNumber) == foldNumber(other.RegistrationNumber) {
			clash(FieldRegistrationNumber, "registration_number_taken", "Il numero")
		}
		if after.TaxCode != "" && after.TaxCode == foldCode(other.TaxCode) {
			clash(FieldTaxCode, "tax_code_taken", "Il codice fiscale")
		}
		if r.said.OwnPEC != "" && after.Status.OnRegister() && other.Status.OnRegister() && strings.EqualFold(after.OwnPEC, other.OwnPEC) {
			clash(FieldOwnPEC, "mailbox_taken", "L’indirizzo PEC")
		}
	}
	return list
}
