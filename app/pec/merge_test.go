package pec

import (
	"testing"

	"pgregory.net/rapid"
)

func TestWhichValueStays(t *testing.T) {
	for _, row := range []struct {
		name       string
		field      Field
		keep, gone string
		newer      bool // the position that goes
		want       string
	}{
		{"alike", FieldCity, "Borgo", "Borgo", true, "Borgo"},
		{"only there", FieldCity, "", "Borgo", false, "Borgo"},
		{"only here, the other newer", FieldCity, "Borgo", "", true, "Borgo"},
		{"both, the other newer", FieldCity, "Borgo", "Valdoro", true, "Valdoro"},
		{"both, this newer", FieldCity, "Borgo", "Valdoro", false, "Borgo"},
		{"two numbers", FieldRegistrationNumber, "A1", "A2", true, "A1"},
		{"a provisional code and a definitive one", FieldTaxCode, "12345678903", "RSSMRA85T10A562S", false, "RSSMRA85T10A562S"},
		{"a definitive code and a provisional one", FieldTaxCode, "RSSMRA85T10A562S", "12345678903", true, "RSSMRA85T10A562S"},
		{"off and on the register", FieldStatus, "cancelled", "active", false, "active"},
		{"on and off the register", FieldStatus, "suspended", "deceased", true, "suspended"},
		{"two ways of being on it", FieldStatus, "active", "suspended", true, "suspended"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var keep, gone Member
			if err := keep.Set(row.field, row.keep); err != nil {
				t.Fatal(err)
			}
			if err := gone.Set(row.field, row.gone); err != nil {
				t.Fatal(err)
			}
			for _, f := range ProposeMerge(keep, gone, row.newer) {
				if f.Field == row.field && f.Value() != row.want {
					t.Errorf("%q stays, want %q", f.Value(), row.want)
				}
			}
		})
	}
}

// Whatever is chosen, every value of the merged position is one of the two, the
// status is untouched, and no number or code is lost: what does not stay is left
// to lead to it.
func TestMergedValuesAreOneOfTheTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) Member {
			return Member{
				RegistrationNumber: rapid.SampledFrom([]string{"", label + "1"}).Draw(t, label), TaxCode: rapid.SampledFrom([]string{"", label + "CODE"}).Draw(t, label+" code"),
				Surname: "Rossi", Name: rapid.SampledFrom([]string{"Mario", "Maria"}).Draw(t, label+" name"), Status: rapid.SampledFrom(MemberStatuses).Draw(t, label+" status"),
			}
		}
		keep, gone := draw("A"), draw("B")
		fields := ProposeMerge(keep, gone, rapid.Bool().Draw(t, "newer"))
		for i := range fields {
			fields[i].TakeGone = rapid.Bool().Draw(t, string(fields[i].Field))
		}
		merged, err := MergedMember(keep, fields)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fields {
			if got := merged.Get(f.Field); f.Field != FieldStatus && got != f.Value() {
				t.Fatalf("%s is %q", f.Field, got)
			}
		}
		if merged.Status != keep.Status {
			t.Fatalf("the status is %s", merged.Status)
		}
		number, code := FormerKeys(keep, gone, merged)
		for _, held := range []string{keep.RegistrationNumber, gone.RegistrationNumber} {
			if held != merged.RegistrationNumber && held != number && (number == "" || held != "" && merged.RegistrationNumber != "") {
				t.Fatalf("number %q is lost: %q stays, %q leads", held, merged.RegistrationNumber, number)
			}
		}
		if code != "" && code == merged.TaxCode {
			t.Fatalf("code %q stands twice", code)
		}
	})
}
