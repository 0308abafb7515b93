package pec

import "strings"

// nameParticles open a surname of more than one word when no code helps.
var nameParticles = map[string]bool{
	"de": true, "di": true, "da": true, "del": true, "della": true, "dello": true, "dei": true, "degli": true, "delle": true,
	"dal": true, "dalla": true, "dalle": true, "lo": true, "la": true, "li": true, "le": true, "d'": true, "d’": true,
	"san": true, "santa": true, "van": true, "von": true, "der": true, "den": true,
}

// SplitFullName parts surname and given names that stand together, «Donati
// Grasso Carmela», where the tax code says the cut is: DNT CML puts it before
// Carmela. Without a code that confirms one cut the surname is the first word,
// with the particles before it, and sure is false unless there are just two
// words or a comma.
func SplitFullName(full, taxCode string) (surname, name string, sure bool) {
	if before, after, ok := strings.Cut(full, ","); ok {
		return strings.TrimSpace(before), strings.TrimSpace(after), true
	}
	words := strings.Fields(full)
	if len(words) < 2 {
		return full, "", true // the missing name is said elsewhere
	}
	if s, n, ok := splitByCode(words, taxCode); ok {
		return s, n, true
	}
	cut := 1
	for cut < len(words)-1 && nameParticles[strings.ToLower(words[cut-1])] {
		cut++
	}
	return strings.Join(words[:cut], " "), strings.Join(words[cut:], " "), len(words) == 2
}

// splitByCode looks for the cut that agrees with the code, surname first; only
// when there is none, for the one with the name first.
func splitByCode(words []string, taxCode string) (surname, name string, ok bool) {
	if len(taxCode) != 16 {
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
