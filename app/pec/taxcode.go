package pec

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// TaxCode is what a codice fiscale tells about its holder. A provisional one,
// 11 digits, tells nothing but itself.
type TaxCode struct {
	Code        string // upper case, without spaces
	Provisional bool   // 11 digits
	Sex         string // "M" or "F"; empty while provisional
	Born        []Date // the days it may stand for, one in each century that has the day
}

const (
	taxCodeMonths = "ABCDEHLMPRST"
	omocodia      = "LMNPQRSTUV" // the letters that may stand for the digits 0 to 9 (9.12)
)

// taxCodeDigits are the seven positions, from 0, that hold digits or the
// letters of an omocodia.
var taxCodeDigits = [...]int{6, 7, 9, 10, 12, 13, 14}

// oddValues are the values of a character in the first, third… position of the
// check; those of the even positions are the digit or the letter's place.
var oddValues = [...]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}

// ParseTaxCode reads a codice fiscale in either case, spaces anywhere: 16
// characters with their check character, any of the seven digits replaced by
// its letter of omocodia, or 11 digits that pass the check of the partita IVA
// (9.12). Anything else is a Problem tax_code_invalid that says why.
func ParseTaxCode(s string) (TaxCode, error) {
	code := foldCode(s)
	bad := func(format string, args ...any) (TaxCode, error) {
		return TaxCode{}, &Problem{Code: "tax_code_invalid", Field: string(FieldTaxCode), Message: fmt.Sprintf(format, args...)}
	}
	if strings.IndexFunc(code, func(r rune) bool { return !isCapital(r) && !isNumeral(r) }) >= 0 {
		return bad("Il codice fiscale ha solo lettere senza accento e cifre. Controlli il codice sul tesserino.")
	}
	switch {
	case len(code) == 11 && allDigits(code):
		if !ValidVATNumber(code) {
			return bad("Le 11 cifre del codice fiscale provvisorio non superano il controllo: una è sbagliata. Le confronti con il documento.")
		}
		return TaxCode{Code: code, Provisional: true}, nil
	case len(code) != 16:
		return bad("Il codice fiscale ha 16 caratteri, o 11 cifre se è provvisorio; questo ne ha %d. Controlli il codice sul tesserino.", len(code))
	}
	plain, ok := withoutOmocodia(code)
	if !ok {
		return bad("Nel codice fiscale lettere e cifre non sono al loro posto. Controlli il codice sul tesserino.")
	}
	if checkCharacter(code[:15]) != code[15] {
		return bad("L’ultima lettera del codice fiscale non corrisponde alle altre. Controlli il codice sul tesserino.")
	}
	born, sex := bornOn(plain)
	if len(born) == 0 {
		return bad("Il giorno di nascita scritto nel codice fiscale non esiste. Controlli il codice sul tesserino.")
	}
	return TaxCode{Code: code, Sex: sex, Born: born}, nil
}

// withoutOmocodia puts the digits back where letters stand for them and
// reports whether every position then holds what it should.
func withoutOmocodia(code string) (string, bool) {
	plain := []byte(code)
	for _, i := range taxCodeDigits {
		if n := strings.IndexByte(omocodia, plain[i]); n >= 0 {
			plain[i] = byte('0' + n)
		}
	}
	for i, c := range plain {
		if slices.Contains(taxCodeDigits[:], i) != isNumeral(rune(c)) {
			return "", false
		}
	}
	return string(plain), strings.IndexByte(taxCodeMonths, plain[8]) >= 0
}

// bornOn reads the day of birth of a code without omocodia. The two figures of
// the year fit two centuries; 29 February 00 was only in 2000.
func bornOn(plain string) ([]Date, string) {
	year, day := twoDigits(plain[6:8]), twoDigits(plain[9:11])
	month := time.Month(strings.IndexByte(taxCodeMonths, plain[8]) + 1)
	sex := "M"
	if day > 40 {
		sex, day = "F", day-40
	}
	var born []Date
	for _, century := range []int{1900, 2000} {
		if day >= 1 && day <= daysIn(century+year, month) {
			born = append(born, Date{century + year, month, day})
		}
	}
	return born, sex
}

func twoDigits(s string) int { return int(s[0]-'0')*10 + int(s[1]-'0') }

func checkCharacter(first15 string) byte {
	sum := 0
	for i := range len(first15) {
		n := int(first15[i] - '0')
		if !isNumeral(rune(first15[i])) {
			n = int(first15[i] - 'A')
		}
		if i%2 == 0 {
			n = oddValues[n]
		}
		sum += n
	}
	return byte('A' + sum%26)
}

// ComputeTaxCode works a codice fiscale out from the person's data and the
// code of the place of birth ("H501"). Sex is "M" or "F". The administration
// alone issues codes: this serves invented data and expectations.
func ComputeTaxCode(surname, name string, born Date, sex, place string) string {
	day := born.Day
	if sex == "F" {
		day += 40
	}
	first := fmt.Sprintf("%s%s%02d%c%02d%s", surnameLetters(surname), nameLetters(name),
		born.Year%100, taxCodeMonths[born.Month-1], day, strings.ToUpper(place))
	return first + string(checkCharacter(first))
}

// surnameLetters are the three letters of a surname: consonants, then vowels,
// then X.
func surnameLetters(s string) string {
	consonants, vowels := lettersOf(s)
	return (consonants + vowels + "XXX")[:3]
}

// nameLetters are those of the given names: with four consonants or more the
// second is left out.
func nameLetters(s string) string {
	consonants, vowels := lettersOf(s)
	if len(consonants) > 3 {
		consonants = consonants[:1] + consonants[2:]
	}
	return (consonants + vowels + "XXX")[:3]
}

func lettersOf(s string) (consonants, vowels string) {
	for _, r := range strings.ToUpper(Fold(s)) {
		switch {
		case !isCapital(r):
		case strings.ContainsRune("AEIOU", r):
			vowels += string(r)
		default:
			consonants += string(r)
		}
	}
	return consonants, vowels
}

// umlauts are also written out in codes: Müller is both MLL and, with the
// vowels, MUE.
var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "AE", "Ö", "OE", "Ü", "UE")

// Disagreements lists, in Italian, what a code says otherwise than the
// member's surname, name, birth date and sex, those that are known. An empty
// list is agreement.
func (c TaxCode) Disagreements(m Member) []string {
	if c.Provisional {
		return nil
	}
	var found []string
	if part := c.Code[:3]; m.Surname != "" && !agrees(surnameLetters, m.Surname, part) {
		found = append(found, fmt.Sprintf("per il cognome ci si aspetta %s, nel codice c’è %s", surnameLetters(m.Surname), part))
	}
	if part := c.Code[3:6]; m.Name != "" && !agrees(nameLetters, m.Name, part) {
		found = append(found, fmt.Sprintf("per il nome ci si aspetta %s, nel codice c’è %s", nameLetters(m.Name), part))
	}
	if !m.BirthDate.IsZero() && !slices.Contains(c.Born, m.BirthDate) {
		found = append(found, fmt.Sprintf("la data di nascita è %s, dal codice risulta %s", m.BirthDate.Italian(), nearest(c.Born, m.BirthDate).Italian()))
	}
	if m.Sex != "" && m.Sex != c.Sex {
		found = append(found, fmt.Sprintf("il sesso è %s, dal codice risulta %s", m.Sex, c.Sex))
	}
	return found
}

func agrees(letters func(string) string, s, part string) bool {
	return letters(s) == part || letters(umlauts.Replace(s)) == part
}

func nearest(days []Date, to Date) Date {
	return slices.MinFunc(days, func(a, b Date) int { return abs(a.DaysUntil(to)) - abs(b.DaysUntil(to)) })
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// ValidVATNumber reports whether s is 11 digits of which the last checks the
// others, as a partita IVA and a provisional codice fiscale are.
func ValidVATNumber(s string) bool {
	if len(s) != 11 || !allDigits(s) || s == "00000000000" {
		return false
	}
	sum := 0
	for i, c := range []byte(s) {
		n := int(c - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

// ValidEmail reports whether s has the form of one e-mail address, name@domain
// with a dot in the domain. Whether it exists only sending tells.
func ValidEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || len(s) > 254 || len(local) > 64 || !dotted(local, isMailLetter) {
		return false
	}
	labels := strings.Split(domain, ".")
	for _, l := range labels {
		if len(l) > 63 || strings.HasPrefix(l, "-") || strings.HasSuffix(l, "-") {
			return false
		}
	}
	return len(labels) > 1 && dotted(domain, isDomainLetter) && len(labels[len(labels)-1]) > 1 && !allDigits(labels[len(labels)-1])
}

// dotted reports whether s is words of the given letters with single dots
// between them.
func dotted(s string, letter func(rune) bool) bool {
	for word := range strings.SplitSeq(s, ".") {
		if word == "" || strings.IndexFunc(word, func(r rune) bool { return !letter(r) }) >= 0 {
			return false
		}
	}
	return true
}

func isMailLetter(r rune) bool {
	return isDomainLetter(r) || strings.ContainsRune("!#$%&'*+/=?^_`{|}~", r)
}

func isDomainLetter(r rune) bool {
	return isNumeral(r) || isCapital(r) || r >= 'a' && r <= 'z' || r == '-'
}

// foldCode takes spaces out of a code and writes it in upper case.
func foldCode(s string) string {
	return strings.ToUpper(strings.Join(strings.Fields(s), ""))
}

func isNumeral(r rune) bool { return r >= '0' && r <= '9' }
func isCapital(r rune) bool { return r >= 'A' && r <= 'Z' }

func allDigits(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !isNumeral(r) }) < 0
}
