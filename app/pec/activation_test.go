package pec

import (
	"testing"

	"github.com/shopspring/decimal"
)

// TestActivationBeginsOnTheProvidersDay registers on 20/10/2017 what the
// provider says of a mailbox requested on 02/10/2017. Its kind costs 5,00 € a
// year, 6,00 € from 15/10/2017 on, VAT 22 %.
func TestActivationBeginsOnTheProvidersDay(t *testing.T) {
	kind := Kind{Code: "standard", Name: "Standard", YearlyPrice: 500, PaidBy: PaidByOrdine, Terms: []int{2, 1}}
	dearer := kind
	dearer.YearlyPrice = 600
	agreements := []Agreement{
		{ID: 1, StartsOn: Day("2016-01-01"), VATRate: decimal.New(22, 0), Kinds: []Kind{kind}},
		{ID: 2, StartsOn: Day("2017-10-15"), VATRate: decimal.New(22, 0), Kinds: []Kind{dearer}},
	}
	cases := []struct {
		name, on string
		change   func(*Activation)
		expires  string
		gross    Cents
		refused  string
	}{
		{"today, at today's price", "2017-10-20", nil, "2018-10-20", 732, ""},
		{"eight days ago, at the price of then", "2017-10-12", nil, "2018-10-12", 610, ""},
		{"on the day of the request", "2017-10-02", nil, "2018-10-02", 610, ""},
		{"for two years", "2017-10-12", func(a *Activation) { a.Years = 2 }, "2019-10-12", 1220, ""},
		{"sent to the provider", "2017-10-12", func(a *Activation) { a.Mailbox.Status = MailboxSent }, "2018-10-12", 610, ""},
		{"of a suspended holder", "2017-10-12", func(a *Activation) { a.Holder.Status = MemberSuspended }, "2018-10-12", 610, ""},
		{"tomorrow", "2017-10-21", nil, "", 0, "date_in_future"},
		{"before the request", "2017-10-01", nil, "", 0, "date_before_request"},
		{"when it is active already", "2017-10-12", func(a *Activation) { a.Mailbox.Status = MailboxActive }, "", 0, "mailbox_not_requested"},
		{"when it was rejected", "2017-10-12", func(a *Activation) { a.Mailbox.Status = MailboxRejected }, "", 0, "mailbox_not_requested"},
		{"of a holder who has left", "2017-10-12", func(a *Activation) { a.Holder.Status = MemberCancelled }, "", 0, "holder_left"},
		{"of a holder who has left, told by the provider", "2017-10-12", func(a *Activation) { a.Holder.Status, a.Told = MemberCancelled, true }, "2018-10-12", 610, ""},
		{"before any agreement", "2017-10-12", func(a *Activation) { a.Agreements = agreements[1:] }, "", 0, "agreement_missing"},
		{"of a kind that is not agreed", "2017-10-12", func(a *Activation) { a.Mailbox.Kind = "premium" }, "", 0, "kind_unknown"},
		{"for a term that is not offered", "2017-10-12", func(a *Activation) { a.Years = 5 }, "", 0, "term_not_offered"},
		{"a year ago, told late", "2017-10-12", func(a *Activation) { a.Today = Day("2018-10-12") }, "2018-10-12", 610, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := Activation{
				Mailbox: Mailbox{Address: "mario.rossi@pec.ordine.example", Kind: "standard", Status: MailboxRequested, RequestedOn: Day("2017-10-02")},
				Holder:  Member{Surname: "Rossi", Name: "Mario", Status: MemberActive}, Agreements: agreements, On: Day(c.on), Today: Day("2017-10-20"),
			}
			if c.change != nil {
				c.change(&a)
			}
			done, err := a.Decide()
			if c.refused != "" {
				if p := AsProblem(err); p == nil || p.Code != c.refused {
					t.Fatalf("refused with %v, want %s", err, c.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			m := done.Mailbox
			if m.Status != MailboxActive || m.ActivatedOn != Day(c.on) || m.AnchorOn != Day(c.on) || m.ExpiresOn != Day(c.expires) || done.Price.Gross != c.gross {
				t.Errorf("%s from %s to %s at %s; want active from %s to %s at %s", m.Status, m.ActivatedOn, m.ExpiresOn, done.Price.Gross, c.on, c.expires, c.gross)
			}
		})
	}
}

func TestTermThatIsOverIsNotRegisteredByHand(t *testing.T) {
	a := Activated{Mailbox: Mailbox{ActivatedOn: Day("2017-10-12"), ExpiresOn: Day("2018-10-12")}}
	if err := a.CheckRunning(Day("2018-10-11")); err != nil {
		t.Error(err)
	}
	if p := AsProblem(a.CheckRunning(Day("2018-10-12"))); p == nil || p.Code != "term_over" || p.Field != "on" {
		t.Errorf("on its expiry it is refused with %v", p)
	}
}
