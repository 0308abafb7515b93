package pec

import (
	"testing"

	"github.com/shopspring/decimal"
)

// outlookAgreement is in force from 2017: standard mailboxes at 1,00 € net a
// year for the Ordine, pro ones paid by the member; VAT 22 %.
func outlookAgreement() Agreement {
	grace := 60
	return Agreement{
		ID: 1, Name: "Prova", StartsOn: Day("2017-01-01"), VATRate: decimal.New(22, 0), Policy: FullYear, LeaverGraceDays: &grace, SoldBy: SoldByOrdine,
		Kinds: []Kind{
			{Code: "standard", Name: "Standard", BaseInboxGB: 1, YearlyPrice: 100, PaidBy: PaidByOrdine, Terms: []int{1, 2}},
			{Code: "pro", Name: "Pro", BaseInboxGB: 2, YearlyPrice: 2000, PaidBy: PaidByMember, Terms: []int{1}},
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

func TestExpiryInAYear(t *testing.T) {
	agreements, anchor := []Agreement{outlookAgreement()}, Day("2016-02-29")
	tests := []struct {
		name string
		give Expiring
		want Date // zero when there is none
	}{
		{"it renews by itself until then", Expiring{Day("2018-02-28"), "standard", 1, true, true, 1}, Day("2020-02-29")},
		{"it expires then", Expiring{Day("2020-02-29"), "standard", 1, false, true, 1}, Day("2020-02-29")},
		{"it closes before", Expiring{Day("2019-02-28"), "standard", 1, false, true, 1}, Date{}},
		{"terms of two years pass over it", Expiring{Day("2019-02-28"), "standard", 2, true, true, 1}, Date{}},
		{"it expires later", Expiring{Day("2021-02-28"), "standard", 1, true, true, 1}, Date{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := tt.give.In(2020, anchor, agreements)
			if ok == tt.want.IsZero() || ok && got.On != tt.want {
				t.Errorf("got %s, %v, want %s", got.On, ok, tt.want)
			}
		})
	}
}
