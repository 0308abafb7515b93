package pec

// MergeField is one field of two positions that are to become one.
type MergeField struct {
	Field      Field
	Keep, Gone string // the values in the form of Get
	TakeGone   bool   // the value that stays is that of the position that goes
}

// Differs reports whether there is something to choose.
func (f MergeField) Differs() bool { return f.Keep != f.Gone }

// Value is the value that stays.
func (f MergeField) Value() string {
	if f.TakeGone {
		return f.Gone
	}
	return f.Keep
}

// ProposeMerge proposes, field by field in the order of MemberFields, which
// value stays when one position becomes part of another: the one that is there;
// of two tax codes the definitive one; of two statuses the one on the register;
// of two registration numbers and codes that of the position that stays; of the
// rest the newer. goneIsNewer says that the position that goes was written
// later. The leaving date is not chosen: it goes with the status.
func ProposeMerge(keep, gone Member, goneIsNewer bool) []MergeField {
	fields := make([]MergeField, 0, len(MemberFields))
	for _, known := range MemberFields {
		if known.Field == FieldLeftOn {
			continue
		}
		f := MergeField{Field: known.Field, Keep: keep.Get(known.Field), Gone: gone.Get(known.Field)}
		f.TakeGone = f.Differs() && takesGone(f, goneIsNewer)
		fields = append(fields, f)
	}
	return fields
}

func takesGone(f MergeField, goneIsNewer bool) bool {
	switch {
	case f.Keep == "" || f.Gone == "":
		return f.Keep == ""
	case f.Field == FieldTaxCode:
		return len(f.Keep) != 16 && len(f.Gone) == 16
	case f.Field == FieldRegistrationNumber:
		return false
	case f.Field == FieldStatus:
		on := MemberStatus(f.Keep).OnRegister()
		if on != MemberStatus(f.Gone).OnRegister() {
			return !on
		}
	}
	return goneIsNewer
}

// MergedMember is the position that stays with the values chosen, status and
// leaving date as they were: those change by rules of their own (R5).
func MergedMember(keep Member, fields []MergeField) (Member, error) {
	merged := keep
	for _, f := range fields {
		if f.Field == FieldStatus || f.Field == FieldLeftOn {
			continue
		}
		if err := merged.Set(f.Field, f.Value()); err != nil {
			return keep, err
		}
	}
	return merged, nil
}

// FormerKeys are the number and code that a merge leaves unused: those of the
// two positions that do not stay, empty where there was none. They lead to the
// position that stays.
func FormerKeys(keep, gone, merged Member) (number, code string) {
	other := func(a, b, stays string) string {
		if a != stays && a != "" {
			return a
		}
		if b != stays {
			return b
		}
		return ""
	}
	return other(gone.RegistrationNumber, keep.RegistrationNumber, merged.RegistrationNumber), other(gone.TaxCode, keep.TaxCode, merged.TaxCode)
}
