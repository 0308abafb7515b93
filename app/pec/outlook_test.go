package pec

import (
	"testing"

	"github.com/shopspring/decimal"
)

// outlookAgreement is in force from 2017: standard mailboxes at 1,00 € net a
// year for the Ordine, pro ones paid by the member; space at 2,50 € and archive
// at 4,00 € net a GB; VAT 22 %.
func outlookAgreement() Agreement {
	grace := 60
	return Agreement{
		ID: 1, Name: "Prova", StartsOn: Day("2017-01-01"), VATRate: decimal.New(22, 0), Policy: FullYear, LeaverGraceDays: &grace, SoldBy: SoldByOrdine,
		Kinds: []Kind{
			{Code: "standard", Name: "Standard", BaseInboxGB: 1, YearlyPrice: 100, PaidBy: PaidByOrdine, Terms: []int{1, 2}},
			{Code: "pro", Name: "Pro", BaseInboxGB: 2, YearlyPrice: 2000, PaidBy: PaidByMember, Terms: []int{1}},
		},
		Products: []Product{
			{Code: InboxGB, Name: "Spazio", Unit: "GB", YearlyPrice: 250, Kinds: []string{"standard"}},
			{Code: "archive_gb", Name: "Conservazione", Unit: "GB", YearlyPrice: 400, Kinds: []string{"standard"}},
		},
	}
}

func TestExpected(t *testing.T) {
	agreements := []Agreement{outlookAgreement()}
	on := Day("2018-10-12")
	tests := []struct {
		name string
		give Expiring
		want Outlook
	}{
		{"three standard mailboxes renew for a year", Expiring{on, "standard", 1, true, true, 3}, Outlook{Renewing: 3, Price: Amounts{300, 66, 366}}},
		{"a term of two years costs two", Expiring{on, "standard", 2, true, true, 1}, Outlook{Renewing: 1, Price: Amounts{200, 44, 244}}},
		{"leavers' mailboxes close", Expiring{on, "standard", 1, true, false, 2}, Outlook{Closing: 2}},
		{"automatic renewal off closes", Expiring{on, "standard", 1, false, true, 2}, Outlook{Closing: 2}},
		{"a kind that the member pays closes", Expiring{on, "pro", 1, true, true, 1}, Outlook{Closing: 1}},
		{"an unknown kind fails", Expiring{on, "gold", 1, true, true, 1}, Outlook{Failing: 1}},
		{"before any agreement it fails", Expiring{Day("2016-12-31"), "standard", 1, true, true, 1}, Outlook{Failing: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.give.Expected(agreements); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestLacking(t *testing.T) {
	expires := Day("2018-10-12")
	book := Book{
		Status: MemberActive, Credit: 610,
		Mailboxes: []Mailbox{{ID: 1, Address: "a@pec.example", Kind: "standard", Status: MailboxActive, AnchorOn: Day("2017-10-12"), ExpiresOn: expires, TermYears: 1, AutoRenew: true}},
		Services: []Service{
			{ID: 1, MailboxID: 1, Product: InboxGB, Quantity: 2, NextQuantity: 2, StartedOn: Day("2017-11-01"), ExpiresOn: expires, AutoRenew: true, Source: SoldByOrdine},
			{ID: 2, MailboxID: 1, Product: "archive_gb", Quantity: 1, NextQuantity: 1, StartedOn: Day("2017-12-01"), ExpiresOn: expires, AutoRenew: true, Source: SoldByOrdine},
		},
		Waiting: []WaitingOrder{{ID: 9, MailboxID: 1, Product: InboxGB, Quantity: 1, Gross: 305, OrderedOn: Day("2018-10-01"), Agreement: outlookAgreement()}},
	}
	agreements := []Agreement{outlookAgreement()}

	// 2 GB: 5,00 + 1,10 = 6,10 €; archive: 4,00 + 0,88 = 4,88 €.
	s := Lacking(book, agreements, expires)
	if len(s.Ending) != 1 || s.Ending[0].ServiceID != 2 || s.Needed != 1098 || s.Missing != 488 {
		t.Errorf("with 6,10 €: %+v, want the archive to end for want of 4,88 €", s)
	}
	if s := Lacking(book, agreements, expires.AddDays(-1)); len(s.Ending) != 0 || s.Missing != 0 {
		t.Errorf("the day before: %+v, want nothing", s)
	}
	book.Credit = 1098
	if s := Lacking(book, agreements, expires); len(s.Ending) != 0 || s.Missing != 0 || s.Needed != 1098 {
		t.Errorf("with 10,98 €: %+v, want nothing missing", s)
	}
	book.Credit, book.Claim = 0, 200
	if s := Lacking(book, agreements, expires); len(s.Ending) != 2 || s.Missing != 1298 {
		t.Errorf("with 2,00 € owed: %+v, want both to end for want of 12,98 €", s)
	}
	book.Claim, book.Services[1].AutoRenew = 0, false
	if s := Lacking(book, agreements, expires); len(s.Ending) != 1 || s.Ending[0].ServiceID != 1 || s.Missing != 610 {
		t.Errorf("renewal of the archive off: %+v, want the space to end for want of 6,10 €", s)
	}
}
