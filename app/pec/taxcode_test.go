package pec

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The codes of the first rows are the administration's and the textbooks'
// printed examples; the rest were worked out by hand from the decree's tables.
func TestTaxCodeAccepted(t *testing.T) {
	for _, row := range []struct{ what, code, sex, born string }{
		{"the textbook's Mario Rossi", "RSSMRA85T10A562S", "M", "1985-12-10"},
		{"a man of Milan", "MRTMTT91D08F205J", "M", "1991-04-08"},
		{"a woman born abroad: day plus 40", "MLLSNT82P65Z404U", "F", "1982-09-25"},
		{"lower case with spaces", " rss mra 85t10 a562s ", "M", "1985-12-10"},
	} {
		c, err := ParseTaxCode(row.code)
		if err != nil {
			t.Errorf("%s: %v", row.what, err)
			continue
		}
		if c.Sex != row.sex || !slices.Contains(c.Born, Day(row.born)) || c.Provisional {
			t.Errorf("%s: sex %s, born %v, want %s, %s", row.what, c.Sex, c.Born, row.sex, row.born)
		}
	}
}

func TestProvisionalTaxCodePassesTheVATCheck(t *testing.T) {
	c, err := ParseTaxCode("12345678903")
	if err != nil || !c.Provisional || c.Code != "12345678903" {
		t.Errorf("got %+v, %v", c, err)
	}
	if _, err := ParseTaxCode("12345678901"); err == nil {
		t.Error("a wrong last digit was taken")
	}
}

func TestTaxCodeRefused(t *testing.T) {
	for _, row := range []struct{ what, code, says string }{
		{"too short", "RSSMRA85T10", "questo ne ha 11"},
		{"too long", "RSSMRA85T10A562SS", "questo ne ha 17"},
		{"the check letter is another", "RSSMRA85T10A562T", "L’ultima lettera"},
		{"two letters changed places", "RSSRMA85T10A562S", "L’ultima lettera"},
		{"a figure among the letters of the surname", "R5SMRA85T10A562S", "non sono al loro posto"},
		{"a month that is none", "RSSMRA85F10A562S", "non sono al loro posto"},
		{"an accent", "RSSMRÀ85T10A562S", "senza accento"},
		{"ten digits", "1234567890", "questo ne ha 10"},
	} {
		_, err := ParseTaxCode(row.code)
		p := AsProblem(err)
		if p == nil || p.Code != "tax_code_invalid" || !strings.Contains(p.Message, row.says) {
			t.Errorf("%s: got %v, want %q", row.what, err, row.says)
		}
	}
}

func TestTaxCodeDayMustExist(t *testing.T) {
	code := func(birth string) string { // year, month letter, day
		first := "RSSMRA" + birth + "A562"
		return first + string(checkCharacter(first))
	}
	for birth, want := range map[string][]Date{
		"85T32": nil, "85T00": nil, "85T40": nil, "85T72": nil,
		"85D31": nil, // 31 April
		"85B29": nil, // 1985 has no 29 February
		"84B29": {Day("1984-02-29"), Day("2084-02-29")},
		"00B29": {Day("2000-02-29")}, // 1900 had none
		"00B28": {Day("1900-02-28"), Day("2000-02-28")},
		"85T71": {Day("1985-12-31"), Day("2085-12-31")},
	} {
		c, err := ParseTaxCode(code(birth))
		if (err != nil) != (want == nil) || !slices.Equal(c.Born, want) {
			t.Errorf("%s: born %v, %v; want %v", birth, c.Born, err, want)
		}
	}
}

func TestAnySubsetOfTheDigitsMayBeLetters(t *testing.T) {
	plain := "RSSMRA85T10A562"
	for subset := range 1 << len(taxCodeDigits) {
		b := []byte(plain)
		for i, at := range taxCodeDigits {
			if subset&(1<<i) != 0 {
				b[at] = omocodia[b[at]-'0']
			}
		}
		code := string(b) + string(checkCharacter(string(b)))
		c, err := ParseTaxCode(code)
		if err != nil || c.Code != code || c.Sex != "M" || !slices.Contains(c.Born, Day("1985-12-10")) {
			t.Fatalf("%s: %+v, %v", code, c, err)
		}
	}
}

// One wrong character is always found out: in the odd positions the values of
// the check are all different, in the even ones too within letters and digits.
func TestOneWrongLetterIsFoundOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := []byte("MLLSNT82P65Z404U")
		at := rapid.SampledFrom([]int{0, 1, 2, 3, 4, 5, 11, 15}).Draw(t, "at")
		wrong := byte(rapid.IntRange('A', 'Z').Draw(t, "letter"))
		if wrong == code[at] {
			return
		}
		code[at] = wrong
		if _, err := ParseTaxCode(string(code)); err == nil {
			t.Fatalf("%s was taken", code)
		}
	})
}

func TestComputeTaxCode(t *testing.T) {
	for _, row := range []struct{ surname, name, born, sex, place, want string }{
		{"Rossi", "Mario", "1985-12-10", "M", "A562", "RSSMRA85T10A562S"},
		{"Moretti", "Matteo", "1991-04-08", "M", "F205", "MRTMTT91D08F205J"},
		{"Miller", "Samantha", "1982-09-25", "F", "Z404", "MLLSNT82P65Z404U"},
	} {
		if got := ComputeTaxCode(row.surname, row.name, Day(row.born), row.sex, row.place); got != row.want {
			t.Errorf("%s %s: %s, want %s", row.surname, row.name, got, row.want)
		}
	}
}

func TestLettersOfNames(t *testing.T) {
	for surname, want := range map[string]string{
		"Fo": "FOX", "Fò": "FOX", "Aia": "AIA", "D’Alò": "DLA", "De Rosa": "DRS", "Štefančič Rizzo": "STF", "Yi": "YIX", "Weiß": "WSS",
	} {
		if got := surnameLetters(surname); got != want {
			t.Errorf("surname %s: %s, want %s", surname, got, want)
		}
	}
	for name, want := range map[string]string{
		"Luca": "LCU", "Marco": "MRC", "Roberto": "RRT", "Anna Maria": "NMR", "Alì Franco": "LRN", "Io": "IOX", "Zoë": "ZOE",
	} {
		if got := nameLetters(name); got != want {
			t.Errorf("name %s: %s, want %s", name, got, want)
		}
	}
}

func TestTaxCodeDisagreements(t *testing.T) {
	c, err := ParseTaxCode("MLLSNT82P65Z404U")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		what string
		m    Member
		says []string
	}{
		{"all as it should be", Member{Surname: "Miller", Name: "Samantha", BirthDate: Day("1982-09-25"), Sex: "F"}, nil},
		{"nothing known", Member{}, nil},
		{"another surname", Member{Surname: "Bianchi"}, []string{"per il cognome ci si aspetta BNC, nel codice c’è MLL"}},
		{"another name", Member{Name: "Carla"}, []string{"per il nome ci si aspetta CRL, nel codice c’è SNT"}},
		{"another day", Member{BirthDate: Day("1982-09-26")}, []string{"la data di nascita è 26/09/1982, dal codice risulta 25/09/1982"}},
		{"another sex", Member{Sex: "M"}, []string{"il sesso è M, dal codice risulta F"}},
	} {
		if got := c.Disagreements(row.m); !slices.Equal(got, row.says) {
			t.Errorf("%s: %q", row.what, got)
		}
	}
}

func TestUmlautsMayBeWrittenOut(t *testing.T) {
	// Aue is what some offices make of Aü; others drop the dots.
	for _, code := range []string{"AUE", "AUX"} {
		if !agrees(surnameLetters, "Aü", code) {
			t.Errorf("Aü and %s do not agree", code)
		}
	}
}

func TestVATNumber(t *testing.T) {
	for s, want := range map[string]bool{
		"12345678903": true, "07643520567": true, "12345678901": false, "00000000000": false, "1234567890": false, "1234567890A": false, "": false,
	} {
		if got := ValidVATNumber(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestValidEmail(t *testing.T) {
	for s, want := range map[string]bool{
		"mario.rossi@posta.example": true, "m@a.bc": true, "o'hara+pec@sub.posta.example": true,
		"": false, "mario": false, "@posta.example": false, "mario@": false, "mario rossi@@posta": false, "mario@posta": false,
		"a@b.c": false, "mario@posta..example": false, ".mario@posta.example": false, "mario@-posta.example": false,
		"a@b.example; c@d.example": false, "mario@posta.example,": false, "mario@[127.0.0.1]": false, "mario@1.2.3.4": false,
		strings.Repeat("a", 65) + "@posta.example": false,
	} {
		if got := ValidEmail(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func FuzzParseTaxCode(f *testing.F) {
	for _, s := range []string{"RSSMRA85T10A562S", "12345678903", "MRTNMR46A62L2MVG", "", "ß", "RSSMRA85T10A56\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseTaxCode(s)
		if err != nil {
			return
		}
		again, err := ParseTaxCode(c.Code)
		if err != nil || again.Code != c.Code || len(c.Code) != 16 && len(c.Code) != 11 {
			t.Errorf("%q is %q, then %q, %v", s, c.Code, again.Code, err)
		}
	})
}
