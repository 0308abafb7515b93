package pec

import (
	"fmt"
	"slices"
	"strings"
)

// readAddress reads the one address of a cell, in lower case. Of several the
// first is taken, with a warning; what is none is not stored, with the message,
// which has no full stop. A form takes just one.
func (r *memberReader) readAddress(f Field, message string) string {
	text := r.cell(f)
	if text == "" {
		return ""
	}
	found, ok := addressesIn(text)
	if !ok {
		correction := "Scriva un solo indirizzo, come nome@dominio.it."
		if likely, ok := likelyAddress(text); ok {
			correction = fmt.Sprintf("Forse è %s: controlli e corregga.", likely)
		}
		r.unread(f, "email_invalid", message, staysBefore, correction)
		return ""
	}
	if len(found) > 1 && r.form {
		r.refuse(f, "email_several", "Qui sta un solo indirizzo.", "Lasci "+found[0]+" o un altro.")
		return ""
	}
	if len(found) > 1 {
		r.warn(f, "email_several", fmt.Sprintf("La cella contiene più indirizzi: registriamo il primo, %s, e non %s.", found[0], Shorten(strings.Join(found[1:], ", "), maxShown)),
			"Se ne vuole un altro, lo metta per primo.")
	}
	return found[0]
}

// addressesIn lists the addresses of a cell, each once: «Mario Rossi
// <mario@posta.example>», «uno@posta.example; due@posta.example». False when
// something in it is no address: «mario rossi@posta.example» is not one with a
// word before it.
func addressesIn(s string) ([]string, bool) {
	text := strings.ToLower(s)
	if ValidEmail(text) {
		return []string{text}, true
	}
	if len(text) > 2000 {
		return nil, false
	}
	if before, inside, ok := strings.Cut(text, "<"); ok && !strings.Contains(before, "@") {
		if inside, after, ok := strings.Cut(inside, ">"); ok && strings.Trim(after, " ;,.") == "" {
			text = inside
		}
	}
	var found []string
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" ;,/|\\", r) }) {
		word = strings.Trim(strings.TrimPrefix(word, "mailto:"), "<>()[]\"'«».:")
		switch {
		case ValidEmail(word):
			if !slices.Contains(found, word) {
				found = append(found, word)
			}
		case word == "" || word == "e" || word == "o" || word == "oppure" || word == "-" || word == "–":
		default:
			return nil, false
		}
	}
	return found, len(found) > 0
}

// likelyAddress puts the usual slips of an address right: a comma for a dot, a
// sign for «at» written out, spaces, an accent.
func likelyAddress(s string) (string, bool) {
	if len(s) > 254 {
		return "", false
	}
	text := Fold(s)
	for _, slip := range []struct{ wrong, right string }{
		{" ", ""}, {"mailto:", ""}, {"[at]", "@"}, {"(at)", "@"}, {"chiocciola", "@"}, {"@@", "@"}, {",", "."}, {"..", "."}, {";", "."}, {"@.", "@"}, {".@", "@"},
		{"@www.", "@"},
	} {
		text = strings.ReplaceAll(text, slip.wrong, slip.right)
	}
	text = strings.Trim(text, ".<>\"' ")
	if strings.Contains(s, " ") && len(strings.Fields(s)) > 1 && !strings.Contains(s, " @") && !strings.Contains(s, "@ ") {
		return "", false // two words: which belongs to the address, nobody knows
	}
	return text, ValidEmail(text)
}

// ordinaryProviders give ordinary mailboxes only: the first word of their
// domains.
var ordinaryProviders = func() map[string]bool {
	providers := map[string]bool{}
	for _, p := range strings.Fields("gmail googlemail libero hotmail outlook live msn yahoo ymail rocketmail alice tin virgilio tiscali tiscalinet fastwebnet icloud me mac aol gmx email inwind iol interfree teletu vodafone katamail supereva protonmail proton") {
		providers[p] = true
	}
	return providers
}()

// isOrdinaryMail reports whether an address is known to be no PEC: its provider
// gives none under that domain. pec.libero.it is not libero.it.
func isOrdinaryMail(address string) bool {
	_, domain, ok := strings.Cut(address, "@")
	if !ok {
		return false
	}
	name, rest, ok := strings.Cut(domain, ".")
	return ok && ordinaryProviders[name] && strings.Count(rest, ".") < 2 && !strings.Contains(rest, "pec")
}
