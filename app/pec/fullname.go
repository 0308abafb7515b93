package pec

import (
	"slices"
	"strings"
	"unicode"
)

// nameParticles open a surname of more than one word when no code helps.
var nameParticles = map[string]bool{
	"de": true, "di": true, "da": true, "del": true, "della": true, "dello": true, "dei": true, "degli": true, "delle": true, "dell'": true, "dell’": true,
	"dal": true, "dalla": true, "dalle": true, "lo": true, "la": true, "li": true, "le": true, "d'": true, "d’": true, "d": true, "du": true,
	"san": true, "santa": true, "sant'": true, "van": true, "von": true, "der": true, "den": true, "el": true, "al": true, "mac": true, "mc": true,
}

// nameTitles stand before a name and are no part of it.
var nameTitles = map[string]bool{
	"ing.": true, "ing": true, "dott.": true, "dott": true, "dr.": true, "dott.ssa": true, "dott.ssa.": true, "dr.ssa": true, "arch.": true, "arch": true,
	"geom.": true, "avv.": true, "prof.": true, "prof.ssa": true, "sig.": true, "sig.ra": true, "sig.na": true, "rag.": true, "per.": true, "ind.": true,
	"dott.ing.": true, "p.i.": true, "p.e.": true, "cav.": true, "comm.": true, "on.": true, "mons.": true, "ph.d.": true, "signor": true, "signora": true,
}

// SplitFullName parts surname and given names that stand together, «Donati
// Grasso Carmela», where the tax code says the cut is: DNT CML puts it before
// Carmela. Without a code that confirms one cut, capitals may tell («DE ROSSI
// Anna»); else the surname is the first word, with the particles before it, and
// sure is false unless there are just two words or a comma. Titles before the
// name are left out.
func SplitFullName(full, taxCode string) (surname, name string, sure bool) {
	if before, after, ok := strings.Cut(full, ","); ok && strings.TrimSpace(after) != "" {
		return strings.TrimSpace(before), strings.TrimSpace(after), true
	}
	words := nameWords(full)
	if len(words) < 2 {
		return strings.Join(words, " "), "", true // the missing name is said elsewhere
	}
	if s, n, ok := splitByCode(words, taxCode); ok {
		return s, n, true
	}
	if cut, ok := capitalCut(words); ok && len(taxCode) != 16 {
		return strings.Join(words[:cut], " "), strings.Join(words[cut:], " "), true
	}
	cut := surnameCut(words, taxCode)
	return strings.Join(words[:cut], " "), strings.Join(words[cut:], " "), len(words) == 2
}

// splitNameFirst parts «Carmela Donati Grasso», as a column «Nome e cognome»
// has them.
func splitNameFirst(full, taxCode string) (surname, name string, sure bool) {
	words := nameWords(full)
	if len(words) < 2 || strings.Contains(full, ",") {
		return SplitFullName(full, taxCode)
	}
	if s, n, ok := splitByCode(words, taxCode); ok {
		return s, n, true
	}
	cut := len(words) - 1
	for cut > 1 && nameParticles[strings.ToLower(words[cut-1])] {
		cut--
	}
	return strings.Join(words[cut:], " "), strings.Join(words[:cut], " "), len(words) == 2
}

// nameWords are the words of a name, without the titles before it.
func nameWords(full string) []string {
	words := strings.Fields(full)
	for len(words) > 1 && nameTitles[strings.ToLower(words[0])] {
		words = words[1:]
	}
	return words
}

// surnameCut is where the surname most likely ends when the code does not
// confirm the whole: where it confirms the surname, else behind the first word.
func surnameCut(words []string, taxCode string) int {
	if len(taxCode) == 16 {
		for cut := 1; cut < len(words); cut++ {
			if agrees(surnameLetters, strings.Join(words[:cut], " "), taxCode[:3]) {
				return cut
			}
		}
	}
	cut := 1
	for cut < len(words)-1 && nameParticles[strings.ToLower(words[cut-1])] {
		cut++
	}
	return cut
}

// capitalCut finds where words in capitals give way to others: «DE ROSSI Anna».
func capitalCut(words []string) (int, bool) {
	inCapitals := func(w string) bool {
		return !strings.ContainsFunc(w, unicode.IsLower) && strings.IndexFunc(w, unicode.IsUpper) >= 0 && len(w) > 1
	}
	cut := slices.IndexFunc(words, func(w string) bool { return !inCapitals(w) })
	if cut < 1 || slices.ContainsFunc(words[cut:], inCapitals) {
		return 0, false
	}
	return cut, true
}

// splitByCode looks for the cut that agrees with the code, surname first; only
// when there is none, for the one with the name first.
func splitByCode(words []string, taxCode string) (surname, name string, ok bool) {
	if len(taxCode) != 16 || len(words) > 12 {
		return "", "", false
	}
	for _, nameFirst := range []bool{false, true} {
		for cut := 1; cut < len(words); cut++ {
			s, n := strings.Join(words[:cut], " "), strings.Join(words[cut:], " ")
			if nameFirst {
				s, n = n, s
			}
			if agrees(surnameLetters, s, taxCode[:3]) && agrees(nameLetters, n, taxCode[3:6]) {
				return s, n, true
			}
		}
	}
	return "", "", false
}
