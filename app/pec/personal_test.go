package pec

import "testing"

func TestMoneyIsKeptTenYears(t *testing.T) {
	for last, want := range map[string]string{"2018-10-12": "2028-10-12", "2024-02-29": "2034-02-28"} {
		if got := MoneyKeptUntil(Day(last)); got.String() != want {
			t.Errorf("after %s until %s, want %s", last, got, want)
		}
	}
	if got := MoneyKeptUntil(Date{}); !got.IsZero() {
		t.Errorf("without entries until %s", got)
	}
}

func TestWhatHoldsAnErasureUp(t *testing.T) {
	for _, row := range []struct {
		name string
		s    Erasure
		code string // empty: it may be done
	}{
		{"on the register", Erasure{Status: MemberActive}, "member_on_register"},
		{"suspended is on the register", Erasure{Status: MemberSuspended}, "member_on_register"},
		{"a mailbox that is closing", Erasure{Status: MemberCancelled, Open: []Mailbox{{Address: "a@pec.example", Status: MailboxActive}}}, "mailbox_open"},
		{"an order that waits", Erasure{Status: MemberCancelled, Waiting: 1}, "order_waiting"},
		{"an order to be invoiced", Erasure{Status: MemberCancelled, ToInvoice: 1}, "order_to_invoice"},
		{"a claim", Erasure{Status: MemberTransferred, Claim: 5}, "claim_open"},
		{"a credit, for the heirs", Erasure{Status: MemberDeceased, Credit: 5}, "credit_left"},
		{"nothing open", Erasure{Status: MemberTransferred}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := ""
			if p := row.s.Refuses(); p != nil {
				got = p.Code
			}
			if got != row.code {
				t.Errorf("%q, want %q", got, row.code)
			}
		})
	}
}
