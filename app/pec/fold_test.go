package pec

import "testing"

func TestFold(t *testing.T) {
	for s, want := range map[string]string{
		"D'Alò": "d'alo", "Štefančič": "stefancic", "ÀÈÌÒÙ": "aeiou", "Weiß": "weiss", "Łukasz": "lukasz", "Ørsted": "orsted",
		"Æther": "aether", "İnci": "inci", "Nguyễn": "nguyen", "MÜLLER": "muller", "": "", "e\u0301": "e", "Þór": "thor",
	} {
		if got := Fold(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}
