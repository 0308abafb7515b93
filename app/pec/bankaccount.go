package pec

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"
)

// BankAccount is the Ordine's account (conto corrente) to which members pay by
// bank transfer.
type BankAccount struct {
	IBAN   string // without spaces, in capitals; empty while nobody wrote it
	Holder string // whose account it is; empty: the Ordine's
	Bank   string
	Reason string // what the reason of a payment begins with; empty: "PEC"
}

// ibanLengths are the characters of an IBAN by country (ISO 13616), of those
// that take a transfer in euro within the SEPA.
var ibanLengths = map[string]int{
	"AD": 24, "AL": 28, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
	"FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20,
	"LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24,
	"RS": 22, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "VA": 22,
}

// ReadIBAN brings an IBAN to one form, without spaces and in capitals, and
// refuses what cannot be one: another length than its country's, or check digits
// that do not agree (ISO 7064, mod 97-10). Of an Italian one the CIN is a letter
// and ABI and CAB are digits: "it60 x054 2811 1010 0000 0123 456" is
// IT60X0542811101000000123456.
func ReadIBAN(text string) (string, error) {
	iban := strings.ToUpper(strings.Join(strings.Fields(text), ""))
	refuse := func(format string, args ...any) (string, error) {
		return "", Refuse("iban_invalid", format, args...).On("iban")
	}
	for _, c := range iban {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return refuse("Nell’IBAN c’è «%c»: ci vanno solo lettere e cifre, come in IT60 X054 2811 1010 0000 0123 456.", c)
		}
	}
	if len(iban) < 4 || !allDigits(iban[2:4]) || allDigits(iban[:1]) || allDigits(iban[1:2]) {
		return refuse("Un IBAN comincia con le due lettere del paese e due cifre, come IT60.")
	}
	length, known := ibanLengths[iban[:2]]
	switch {
	case !known:
		return refuse("«%s» non è un paese che riceve bonifici SEPA in euro: controlli le prime due lettere dell’IBAN.", iban[:2])
	case len(iban) != length:
		return refuse("Un IBAN che comincia con %s ha %d caratteri: questo ne ha %d.", iban[:2], length, len(iban))
	case iban[:2] == "IT" && (allDigits(iban[4:5]) || !allDigits(iban[5:15])):
		return refuse("In un IBAN italiano dopo le due cifre di controllo vengono una lettera (CIN) e dieci cifre (ABI e CAB): controlli l’IBAN.")
	case mod97(iban[4:]+iban[:4]) != 1:
		return refuse("Le cifre di controllo dell’IBAN non tornano: un carattere è sbagliato, o due sono scambiati. Lo ricopi dal conto.")
	}
	return iban, nil
}

// mod97 is the remainder by 97 of a text read as a number, A as 10 to Z as 35.
func mod97(s string) int {
	rest := 0
	for _, c := range s {
		if c >= 'A' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest
}

// GroupedIBAN is an IBAN as people read it: "IT60 X054 2811 1010 0000 0123 456".
func GroupedIBAN(iban string) string {
	var b strings.Builder
	for i := range len(iban) {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteByte(iban[i])
	}
	return b.String()
}

// Longest texts of an account, in characters: a SEPA transfer takes 70 for whose
// it is, and 140 for its reason, with number and name of the member behind.
const (
	maxAccountHolder = 70
	maxReasonBegins  = 30
)

// Check reads the account as it was typed.
func (a BankAccount) Check() (BankAccount, error) {
	plain := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	a.Holder, a.Bank, a.Reason = plain(a.Holder), plain(a.Bank), plain(a.Reason)
	iban, err := ReadIBAN(a.IBAN)
	switch {
	case plain(a.IBAN) == "" && a.Holder+a.Bank+a.Reason == "": // none
		return BankAccount{}, nil
	case plain(a.IBAN) == "":
		return a, Refuse("iban_missing", "Scriva l’IBAN, oppure vuoti tutti i campi: senza, gli iscritti lo chiedono alla segreteria.").On("iban")
	case err != nil:
		return a, err
	case utf8.RuneCountInString(a.Holder) > maxAccountHolder:
		return a, Refuse("value_too_long", "L’intestatario supera i %d caratteri.", maxAccountHolder).On("holder")
	case utf8.RuneCountInString(a.Bank) > maxAccountHolder:
		return a, Refuse("value_too_long", "Il nome della banca supera i %d caratteri.", maxAccountHolder).On("bank")
	case utf8.RuneCountInString(a.Reason) > maxReasonBegins:
		return a, Refuse("value_too_long", "L’inizio della causale supera i %d caratteri.", maxReasonBegins).On("reason")
	}
	a.IBAN = iban
	return a, nil
}

// Transfer is what a member writes on a bank transfer.
type Transfer struct {
	Holder string // to whom
	IBAN   string // in groups of four; empty: the secretariat tells it
	Bank   string
	Reason string // so that it is known whose it is: "PEC A15266 Morandi Elena"
}

// For is how a member pays into the account.
func (a BankAccount) For(m Member, orderBody string) Transfer {
	known := cmp.Or(m.RegistrationNumber, m.TaxCode)
	return Transfer{
		Holder: cmp.Or(a.Holder, orderBody), IBAN: GroupedIBAN(a.IBAN), Bank: a.Bank,
		Reason: cmp.Or(a.Reason, "PEC") + " " + known + " " + m.FullName(),
	}
}

// sentence goes on from "ricarichi …: " or "si paga ".
func (t Transfer) sentence() string {
	if t.IBAN == "" {
		return fmt.Sprintf("con un bonifico intestato a «%s» e la causale «%s» (l’IBAN lo chieda alla segreteria), oppure allo sportello.", t.Holder, t.Reason)
	}
	return fmt.Sprintf("con un bonifico intestato a «%s», IBAN %s, con la causale «%s», oppure allo sportello.", t.Holder, t.IBAN, t.Reason)
}

// fill gives the fields of a message that tell how to pay.
func (t Transfer) fill(v MessageValues) {
	v["iban"], v["intestatario"], v["causale"] = t.IBAN, t.Holder, t.Reason
}
