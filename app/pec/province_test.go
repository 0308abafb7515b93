package pec

import "testing"

func TestProvinceSigns(t *testing.T) {
	if len(provinceNames) != 107 || len(provinceSigns) != 107 {
		t.Errorf("%d provinces, %d names, want 107", len(provinceNames), len(provinceSigns))
	}
	for name, want := range map[string]string{
		"Viterbo": "VT", "ROMA": "RM", "l'aquila": "AQ", "FORLI' CESENA": "FC", "Forlì-Cesena": "FC", "Reggio nell’Emilia": "RE", "Reggio di Calabria": "RC",
		"Provincia di Monza e della Brianza": "MB", "città metropolitana di Napoli": "NA", "Massa Carrara": "MS", "Verbano Cusio Ossola": "VB", "Altrove": "", "": "",
	} {
		if got, ok := ProvinceSign(name); got != want || ok != (want != "") {
			t.Errorf("%q is %q, %v; want %q", name, got, ok, want)
		}
	}
}

// A telephone without digits and a province by its name are told of before they
// are written; a file that says so is taken as it always was.
func TestFormWarnsOfWhatWasHardlyMeant(t *testing.T) {
	for _, row := range []struct{ field, typed, says string }{
		{"phone", "abc", "«abc» non è un numero di telefono: non ha cifre. Lo corregga, o lasci vuoto il campo."},
		{"mobile", "non ha", "«non ha» non è un numero di telefono: non ha cifre. Lo corregga, o lasci vuoto il campo."},
		{"province", "Viterbo", "«Viterbo» non è la sigla di una provincia. Scriva VT."},
		{"birth_province", "Altrove", "«Altrove» non è la sigla di una provincia. Scriva la sigla, per esempio RM."},
		{"province", "R1", "«R1» non è la sigla di una provincia. Scriva la sigla, per esempio RM."},
	} {
		j := JudgeMember(edited(row.field, row.typed))
		if j.Refused() || len(j.Warnings) != 1 || j.Warnings[0].Field != row.field || j.Warnings[0].Message != row.says || j.After.Get(Field(row.field)) != row.typed {
			t.Errorf("%s %q: %+v %+v", row.field, row.typed, j.Errors, j.Warnings)
		}
	}
	for _, fine := range [][]string{{"phone", "06 123 / int. 4"}, {"province", "rm"}, {"province", "(VT)"}, {"birth_province", "EE"}, {"phone", ""}} {
		if j := JudgeMember(edited(fine...)); j.Refused() || len(j.Warnings) > 0 {
			t.Errorf("%v: %+v %+v", fine, j.Errors, j.Warnings)
		}
	}
	// What a file once brought is not held against who changes something else.
	old := edited()
	old.Member.Province, old.Member.Phone = "Viterbo", "abc"
	old.Typed = TypedAs(old.Member)
	old.Typed[FieldCity] = "Tuscania"
	if j := JudgeMember(old); len(j.Warnings) > 0 || j.After.Province != "Viterbo" {
		t.Errorf("%+v", j.Warnings)
	}
}
