package pec

import "strings"

// Recipient is where a member's e-invoices go (fattura elettronica): the code of
// an exchange channel (codice destinatario), or a PEC address.
type Recipient struct {
	Code string // 7 letters or figures, 6 for a public body; NoChannel when there is none
	PEC  string // only with NoChannel; may be empty: the invoice waits in the tax drawer (cassetto fiscale)
}

// The fields of a recipient, as the history of a member names them.
const (
	FieldRecipientCode Field = "recipient_code"
	FieldRecipientPEC  Field = "recipient_pec"
)

// NoChannel is the codice destinatario of who has none.
const NoChannel = "0000000"

// ReadRecipient reads what a person typed: a code or a PEC, or neither. The
// Problem names the field recipient_code or recipient_pec; it is the first of
// those that CheckRecipient finds.
func ReadRecipient(code, pec string) (Recipient, error) {
	r, problems := CheckRecipient(code, pec)
	if len(problems) > 0 {
		return r, problems[0]
	}
	return r, nil
}

// CheckRecipient is ReadRecipient with all that is wrong, field by field.
func CheckRecipient(code, pec string) (Recipient, []*Problem) {
	r := Recipient{
		Code: strings.ToUpper(strings.Join(strings.Fields(code), "")),
		PEC:  strings.ToLower(strings.TrimSpace(pec)),
	}
	if r.Code == "" {
		r.Code = NoChannel
	}
	var problems []*Problem
	valid := (len(r.Code) == 7 || len(r.Code) == 6) && strings.Trim(r.Code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
	if !valid {
		problems = append(problems, Refuse("recipient_code_invalid", "Il codice destinatario ha 7 lettere o cifre, 6 per una pubblica amministrazione. Se non ne ha uno, lasci vuoto il campo.").On("recipient_code"))
	}
	switch {
	case r.PEC == "":
	case !ValidEmail(r.PEC):
		problems = append(problems, Refuse("email_invalid", "«%s» non è un indirizzo PEC.", r.PEC).On("recipient_pec"))
	case valid && r.Code != NoChannel:
		problems = append(problems, Refuse("recipient_twice", "Indichi il codice destinatario oppure la PEC, non tutti e due.").On("recipient_pec"))
	}
	return r, problems
}

// Italian says where the invoices go.
func (r Recipient) Italian() string {
	switch {
	case r.PEC != "":
		return r.PEC
	case r.Code == "" || r.Code == NoChannel:
		return "cassetto fiscale"
	}
	return "codice destinatario " + r.Code
}
