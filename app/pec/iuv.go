package pec

import "strings"

// Lengths of an IUV. The shortest of digits has 15; the SEPA gives 35 to any
// reference of a payment.
const (
	shortestIUV = 15
	longestIUV  = 35
)

// CheckIUV refuses what cannot be an IUV (identificativo univoco di versamento),
// as pagoPA's SACI make them: of digits only it has 15 or 17, and the codice
// avviso made of it 18; a creditor reference (ISO 11649) is RF with two check
// digits and up to 21 characters; any other that a body made has 15 to 35 letters
// and digits. Spaces do not count: "RF18 5390 0754 7034" is one.
func CheckIUV(text string) error {
	iuv := ReferenceKey(text)
	refuse := func(format string, args ...any) error { return Refuse("iuv_invalid", format, args...).On("reference") }
	n := len(iuv)
	switch {
	case iuv == "":
		return refuse("Scriva lo IUV, come sta sulla ricevuta pagoPA.")
	case strings.ContainsFunc(iuv, func(c rune) bool { return !isNumeral(c) && !isCapital(c) }):
		return refuse("%s non è uno IUV: contiene segni che non sono né cifre né lettere senza accento.", quoted(text))
	case !strings.ContainsFunc(iuv, isNumeral):
		return refuse("%s non è uno IUV: è fatto di sole lettere, e uno IUV ha sempre delle cifre.", quoted(text))
	case allDigits(iuv):
		if n != 15 && n != 17 && n != 18 {
			return refuse("Uno IUV di sole cifre ne ha 15 o 17, o 18 il codice avviso: questo ne ha %d.", n)
		}
	case strings.HasPrefix(iuv, "RF") && n >= 4 && allDigits(iuv[2:4]):
		switch {
		case n < 5 || n > 25:
			return refuse("Uno IUV che comincia con RF ha da 5 a 25 caratteri: questo ne ha %d.", n)
		case mod97(iuv[4:]+iuv[:4]) != 1:
			return refuse("Le cifre di controllo dello IUV, dopo RF, non tornano: un carattere è sbagliato, o due sono scambiati.")
		}
	case n < shortestIUV || n > longestIUV:
		return refuse("Uno IUV ha da %d a %d caratteri: questo ne ha %d.", shortestIUV, longestIUV, n)
	}
	return nil
}
