package pec

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
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

// ParseTaxCode reads a codice fiscale in either case, spaces, dots and dashes
// anywhere: 16 characters with their check character, any of the seven digits
// replaced by its letter of omocodia, or 11 digits that pass the check of the
// partita IVA (9.12). Anything else is a Problem tax_code_invalid that says why
// and, of a last character that the others contradict, which is expected.
func ParseTaxCode(s string) (TaxCode, error) {
	code := foldTaxCode(s)
	bad := func(format string, args ...any) (TaxCode, error) {
		return TaxCode{}, &Problem{Code: "tax_code_invalid", Field: string(FieldTaxCode), Message: fmt.Sprintf(format, args...)}
	}
	if strings.IndexFunc(code, func(r rune) bool { return !isCapital(r) && !isNumeral(r) }) >= 0 {
		if isExponent(s) {
			return bad("Il codice fiscale è diventato un numero, %s, e ha perso le sue cifre: di qui non si ricostruisce. Nel file di partenza dia alla colonna il formato testo e riscriva il codice.", quoted(s))
		}
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
	if expected := checkCharacter(code[:15]); expected != code[15] {
		return bad("L’ultima lettera del codice fiscale è %c, ma con le altre dovrebbe essere %c: un carattere è sbagliato. Controlli il codice sul tesserino.", code[15], expected)
	}
	born, sex := bornOn(plain)
	if len(born) == 0 {
		return bad("Il giorno di nascita scritto nel codice fiscale non esiste. Controlli il codice sul tesserino.")
	}
	return TaxCode{Code: code, Sex: sex, Born: born}, nil
}

// foldTaxCode takes out of a tax code what people put between its parts and
// writes it in upper case.
func foldTaxCode(s string) string {
	code := strings.Trim(foldCode(s), "'\"’`") // a sheet's mark of a text, or quotes of another sort
	if strings.ContainsAny(code, ".-_/") && !isExponent(s) {
		code = strings.NewReplacer(".", "", "-", "", "_", "", "/", "").Replace(code)
	}
	if rest, ok := strings.CutPrefix(code, "CF"); ok && (len(rest) == 16 || len(rest) == 11) {
		return strings.TrimPrefix(rest, ":")
	}
	if rest, ok := strings.CutPrefix(code, "CF:"); ok {
		return rest
	}
	return code
}

// isExponent reports whether s is a number in the form of a sheet's, «1,23E+10»:
// what it was before, a code or a telephone number, has lost its figures.
func isExponent(s string) bool {
	mantissa, exponent, ok := strings.Cut(foldCode(s), "E+")
	return ok && len(mantissa) > 0 && allDigits(exponent) && strings.Trim(mantissa, "0123456789,.") == "" && isNumeral(rune(mantissa[0]))
}

// wholeExponent writes a number of that form out when its mantissa still has
// all figures: «1,2345678903E+10» is 12345678903.
func wholeExponent(s string) (string, bool) {
	if !isExponent(s) {
		return "", false
	}
	mantissa, exponent, _ := strings.Cut(foldCode(s), "E+")
	whole, fraction, _ := strings.Cut(strings.ReplaceAll(mantissa, ",", "."), ".")
	n, err := strconv.Atoi(exponent)
	if err != nil || len(whole) != 1 || len(fraction) != n || n < 5 || !allDigits(fraction) {
		return "", false
	}
	return whole + fraction, true
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
	return firstThree(consonants, vowels)
}

// nameLetters are those of the given names: with four consonants or more the
// second is left out.
func nameLetters(s string) string {
	consonants, vowels := lettersOf(s)
	if len(consonants) > 3 {
		consonants = []byte{consonants[0], consonants[2], consonants[3]}
	}
	return firstThree(consonants, vowels)
}

func firstThree(consonants, vowels []byte) string {
	letters := append(append(consonants, vowels...), "XXX"...)
	return string(letters[:3])
}

func lettersOf(s string) (consonants, vowels []byte) {
	if strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) >= 0 {
		s = Fold(s)
	}
	for i := range len(s) {
		c := s[i] &^ 0x20 // a capital
		switch {
		case !isCapital(rune(c)):
		case strings.IndexByte("AEIOU", c) >= 0:
			vowels = append(vowels, c)
		default:
			consonants = append(consonants, c)
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

// NamesSwapped reports whether the code wants surname and name the other way
// round: they do not agree with it where they stand, and both do when they
// change places.
func (c TaxCode) NamesSwapped(surname, name string) bool {
	return !c.Provisional && c.Code != "" && surname != "" && name != "" &&
		(!agrees(surnameLetters, surname, c.Code[:3]) || !agrees(nameLetters, name, c.Code[3:6])) &&
		agrees(surnameLetters, name, c.Code[:3]) && agrees(nameLetters, surname, c.Code[3:6])
}

// lookAlikes are the characters that are mistaken for one another: where a
// letter belongs and where a digit does.
var (
	likeLetters = map[byte]byte{'0': 'O', '1': 'I', '2': 'Z', '3': 'E', '4': 'A', '5': 'S', '6': 'G', '8': 'B'}
	likeDigits  = map[byte]byte{'O': '0', 'D': '0', 'I': '1', 'Z': '2', 'E': '3', 'A': '4', 'G': '6', 'B': '8'}
)

// LikelyTaxCode looks for the code that was most likely meant by a wrong one:
// figures and letters that look alike put right, a leading zero or the check
// character given back, and, when surname, name and birth date are known and
// agree with it, one wrong, missing or surplus character or two that changed
// places. Nothing is found where more than one code would do.
func LikelyTaxCode(wrong string, m Member) (string, bool) {
	code := foldTaxCode(wrong)
	if len(code) == 10 && ValidVATNumber("0"+code) {
		return "0" + code, true
	}
	if len(code) < 15 || len(code) > 17 || strings.ContainsFunc(code, func(r rune) bool { return !isCapital(r) && !isNumeral(r) }) {
		return "", false
	}
	if c, err := ParseTaxCode(putRight(code)); err == nil && len(c.Disagreements(m)) == 0 {
		return c.Code, true
	}
	if m.Surname == "" || m.Name == "" || m.BirthDate.IsZero() {
		return "", false
	}
	found := map[string]bool{}
	for near := range nearCodes(code) {
		if c, err := ParseTaxCode(near); err == nil && !c.Provisional && len(c.Disagreements(m)) == 0 {
			found[c.Code] = true
		}
	}
	if len(found) != 1 {
		return "", false
	}
	for code := range found {
		return code, true
	}
	return "", false
}

// putRight gives a code of 15 characters its check character, and one of 16 the
// letters and digits that look like those in the wrong places.
func putRight(code string) string {
	if len(code) == 15 {
		return code + string(checkCharacter(code))
	}
	b := []byte(code)
	for i, c := range b {
		digit := slices.Contains(taxCodeDigits[:], i)
		like, ok := likeLetters[c]
		if digit {
			like, ok = likeDigits[c]
		}
		if ok && digit != isNumeral(rune(c)) {
			b[i] = like
		}
	}
	return string(b)
}

// nearCodes are the texts of 16 characters that one slip of the hand makes of
// a code.
func nearCodes(code string) iter.Seq[string] {
	const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	return func(yield func(string) bool) {
		for i := range len(code) + 1 {
			if len(code) == 17 && i < len(code) {
				if !yield(code[:i] + code[i+1:]) {
					return
				}
				continue
			}
			if len(code) == 16 && i > 0 && i < len(code) && !yield(code[:i-1]+code[i:i+1]+code[i-1:i]+code[i+1:]) {
				return
			}
			for _, c := range []byte(characters) {
				switch {
				case len(code) == 15 && !yield(code[:i]+string(c)+code[i:]):
					return
				case len(code) == 16 && i < len(code) && !yield(code[:i]+string(c)+code[i+1:]):
					return
				}
			}
		}
	}
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
	if strings.IndexFunc(s, unicode.IsSpace) < 0 {
		return strings.ToUpper(s)
	}
	return strings.ToUpper(strings.Join(strings.Fields(s), ""))
}

func isNumeral(r rune) bool { return r >= '0' && r <= '9' }
func isCapital(r rune) bool { return r >= 'A' && r <= 'Z' }

func allDigits(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !isNumeral(r) }) < 0
}
