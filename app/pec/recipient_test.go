package pec

import "testing"

func TestWhereEInvoicesGo(t *testing.T) {
	for _, row := range []struct {
		code, pec string
		want      Recipient
		refused   string // the field
		italian   string
	}{
		{"abc12 3x", "", Recipient{"ABC123X", ""}, "", "codice destinatario ABC123X"},
		{"UFX1Y2", "", Recipient{"UFX1Y2", ""}, "", "codice destinatario UFX1Y2"}, // a public body
		{"", "Ugo@Studio.example ", Recipient{NoChannel, "ugo@studio.example"}, "", "ugo@studio.example"},
		{"0000000", "ugo@studio.example", Recipient{NoChannel, "ugo@studio.example"}, "", "ugo@studio.example"},
		{"", "", Recipient{NoChannel, ""}, "", "cassetto fiscale"},
		{"ABC12", "", Recipient{}, "recipient_code", ""},
		{"ABC1234X", "", Recipient{}, "recipient_code", ""},
		{"ABC-123", "", Recipient{}, "recipient_code", ""},
		{"ÀBC123", "", Recipient{}, "recipient_code", ""}, // 7 bytes, 6 letters
		{"ABC1234", "ugo@studio.example", Recipient{}, "recipient_pec", ""},
		{"", "ugo.studio.example", Recipient{}, "recipient_pec", ""},
	} {
		got, err := ReadRecipient(row.code, row.pec)
		if row.refused != "" {
			if p := AsProblem(err); p == nil || p.Field != row.refused {
				t.Errorf("%q, %q: %v, want a refusal of %s", row.code, row.pec, err, row.refused)
			}
			continue
		}
		if err != nil || got != row.want || got.Italian() != row.italian {
			t.Errorf("%q, %q: %+v (%s), %v", row.code, row.pec, got, got.Italian(), err)
		}
	}
}

// What is wrong with both is told of both.
func TestBothFieldsOfARecipientMayBeWrong(t *testing.T) {
	_, problems := CheckRecipient("ABC", "ugo.studio.example")
	if len(problems) != 2 || problems[0].Field != "recipient_code" || problems[1].Field != "recipient_pec" {
		t.Errorf("%v", problems)
	}
}
