package pec

import "testing"

// A book with one standard mailbox that expires on 12/10/2018 and one service
// of 2 GB, which renews for 2 × 2,50 € + IVA 1,10 € = 6,10 €.
func forecastBook(credit Cents) (Book, []Agreement) {
	agreements := []Agreement{testForecastAgreement()}
	return Book{
		MemberID: 1, Status: MemberActive, Credit: credit,
		Mailboxes: []Mailbox{{
			ID: 7, Address: "a@pec.example", MemberID: 1, Kind: "standard", Status: MailboxActive, AutoRenew: true, TermYears: 1,
			ActivatedOn: Day("2016-10-12"), AnchorOn: Day("2016-10-12"), ExpiresOn: Day("2018-10-12"),
		}},
		Services: []Service{forecastService(3, 7, 2, "2017-12-07")},
	}, agreements
}

func forecastService(id, mailbox int64, quantity int, started string) Service {
	return Service{
		ID: id, MailboxID: mailbox, Product: InboxGB, Quantity: quantity, NextQuantity: quantity,
		StartedOn: Day(started), ExpiresOn: Day("2018-10-12"), AutoRenew: true, Source: SoldByOrdine,
	}
}

func testForecastAgreement() Agreement {
	a, err := ReadAgreement([]byte(`{"name": "Prova", "starts_on": "2016-01-01", "vat_rate": "22", "policy": "full_year", "free_window_months": 3,
		"kinds": [{"code": "standard", "name": "Standard", "base_inbox_gb": 1, "max_inbox_gb": 5, "yearly_price": "5.00", "paid_by": "ordine", "terms": [1]}],
		"products": [{"code": "inbox_gb", "name": "Spazio", "unit": "GB", "yearly_price": "2.50", "kinds": ["standard"]}]}`))
	if err != nil {
		panic(err)
	}
	a.ID = 1
	return a
}

func TestForecastSaysWhatIsMissingOnExpiryDay(t *testing.T) {
	today := Day("2018-07-01")
	second := forecastService(4, 7, 1, "2018-01-10") // 3,05 € more
	order := WaitingOrder{ID: 9, MailboxID: 7, Product: InboxGB, Quantity: 1, Gross: 305, OrderedOn: Day("2018-06-20"), Agreement: testForecastAgreement()}
	for _, row := range []struct {
		name    string
		credit  Cents
		change  func(*Book)
		renewed int
		missing Cents
	}{
		{"the credit covers it to the cent", 610, nil, 1, 0},
		{"a cent less and it ends", 609, nil, 0, 1},
		{"1,70 € are there, 6,10 € are needed", 170, nil, 0, 440},
		{"of two services the older one renews", 700, func(b *Book) { b.Services = append(b.Services, second) }, 1, 215},
		{"a smaller one behind still renews", 400, func(b *Book) { b.Services = append(b.Services, second) }, 1, 515},
		{"what is owed comes first", 0, func(b *Book) { b.Claim = 200 }, 0, 810},
		{"renewal turned off asks for nothing", 0, func(b *Book) { b.Services[0].AutoRenew = false }, 0, 0},
		{"a lowered quantity costs less", 0, func(b *Book) { b.Services[0].NextQuantity = 1 }, 0, 305},
		// A top-up pays the waiting 3,05 € first, whose GB then renews for 3,05 € too.
		{"a waiting order takes the top-up first", 170, func(b *Book) { b.Waiting = []WaitingOrder{order} }, 0, 305 + 610 + 305 - 170},
		{"a waiting order does no harm while the renewal is covered", 610, func(b *Book) { order.Gross = 700; b.Waiting = []WaitingOrder{order} }, 1, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			book, agreements := forecastBook(row.credit)
			if row.change != nil {
				row.change(&book)
			}
			f := book.Forecast(agreements, 7, today)
			if f.On != Day("2018-10-12") || f.Mailbox.Kind != EventRenewed || f.Mailbox.To != Day("2019-10-12") {
				t.Errorf("on %s the mailbox is %s to %s", f.On, f.Mailbox.Kind, f.Mailbox.To)
			}
			renewed := 0
			for _, e := range f.Services {
				if e.Kind == EventServiceRenewed {
					renewed++
				}
			}
			if renewed != row.renewed || f.Missing != row.missing {
				t.Errorf("%d renewed, %s missing; want %d and %s", renewed, f.Missing, row.renewed, row.missing)
			}
			// The figure is the least that does it.
			for _, x := range []Cents{row.missing, row.missing - 1} {
				if row.missing == 0 {
					break
				}
				richer := book.clone()
				richer.Credit += x - richer.Claim
				richer.Claim = 0
				if richer.Credit < 0 {
					continue
				}
				_, richer = CompleteWaiting(richer, today)
				enough := true
				for _, e := range richer.Forecast(agreements, 7, today).Services {
					enough = enough && e.EndReason != EndNoCredit
				}
				if enough != (x == row.missing) {
					t.Errorf("a top-up of %s is enough: %v", x, enough)
				}
			}
		})
	}
}

func TestForecastCostsEveryServiceThatWouldRenew(t *testing.T) {
	book, agreements := forecastBook(0)
	book.Services = append(book.Services, forecastService(4, 7, 1, "2018-01-10"))
	off := forecastService(5, 7, 1, "2018-02-10")
	off.AutoRenew = false
	book.Services = append(book.Services, off)
	f := book.Forecast(agreements, 7, Day("2018-07-01"))
	// 2 GB: 5,00 + 1,10; 1 GB: 2,50 + 0,55; the third has its renewal off.
	if f.Cost != (Amounts{Net: 750, VAT: 165, Gross: 915}) {
		t.Errorf("cost %+v", f.Cost)
	}
	if why, ends := f.Ends(5); !ends || why != EndRenewalOff {
		t.Errorf("the service with its renewal off: %q %v", why, ends)
	}
	if why, ends := f.Ends(3); !ends || why != EndNoCredit {
		t.Errorf("the service without credit: %q %v", why, ends)
	}
	if _, renews := f.Renewal(3); renews {
		t.Error("a service without credit renews")
	}
}

func TestForecastOfALeaverIsTheClosing(t *testing.T) {
	book, agreements := forecastBook(1000)
	book.Status, book.LeftOn, book.LeftRegisteredOn = MemberCancelled, Day("2018-03-01"), Day("2018-03-01")
	f := book.Forecast(agreements, 7, Day("2018-03-02"))
	if f.On != Day("2018-04-30") || f.Mailbox.Kind != EventClosed || f.Mailbox.CloseReason != CloseLeaver || f.Missing != 0 {
		t.Errorf("%+v", f)
	}
	if why, ends := f.Ends(3); !ends || why != EndMailboxClosed {
		t.Errorf("the service of a leaver: %q %v", why, ends)
	}
}

func TestForecastCountsOtherMailboxesThatComeFirst(t *testing.T) {
	book, agreements := forecastBook(610)
	other := book.Mailboxes[0]
	other.ID, other.Address, other.AnchorOn, other.ExpiresOn = 8, "b@pec.example", Day("2016-09-01"), Day("2018-09-01")
	book.Mailboxes = append(book.Mailboxes, other)
	first := forecastService(6, 8, 1, "2017-12-07")
	first.ExpiresOn = other.ExpiresOn
	book.Services = append(book.Services, first)
	// 3,05 € go on 01/09; of 6,10 € then 3,05 € are missing on 12/10.
	if f := book.Forecast(agreements, 7, Day("2018-07-01")); f.Missing != 305 {
		t.Errorf("missing %s", f.Missing)
	}
	if f := book.Forecast(agreements, 8, Day("2018-07-01")); f.Missing != 0 || f.On != Day("2018-09-01") {
		t.Errorf("the earlier one: %+v", f)
	}
}

func TestForecastOfAMailboxWithoutATerm(t *testing.T) {
	book, agreements := forecastBook(0)
	book.Mailboxes[0].Status = MailboxRequested
	if f := book.Forecast(agreements, 7, Day("2018-07-01")); !f.On.IsZero() || f.Missing != 0 {
		t.Errorf("%+v", f)
	}
}

// An order of renewal made with too little credit waits behind what waits
// already: 5,00 € + IVA 1,10 € for the mailbox, 3,05 € for the order of another,
// less 1,00 €.
func TestForecastOfARenewalByOrderCountsWhatWaits(t *testing.T) {
	book, agreements := forecastBook(100)
	book.Services, book.Mailboxes[0].AutoRenew = nil, false
	other := book.Mailboxes[0]
	other.ID, other.Address = 8, "z@pec.ordine.example"
	book.Mailboxes = append(book.Mailboxes, other)
	book.Waiting = []WaitingOrder{{ID: 9, MailboxID: 8, Product: InboxGB, Quantity: 1, Gross: 305, OrderedOn: Day("2018-06-20"), Agreement: testForecastAgreement()}}
	if f := book.Forecast(agreements, 7, Day("2018-07-01")); f.Asked.Gross != 610 || f.AskedMissing != 815 {
		t.Errorf("asked %s, missing %s", f.Asked.Gross, f.AskedMissing)
	}
	book.Credit = 610 // covered, it is done at once
	if f := book.Forecast(agreements, 7, Day("2018-07-01")); f.AskedMissing != 0 {
		t.Errorf("missing %s", f.AskedMissing)
	}
}

// TestOlderOrdersTakeTheCreditOfARenewal: 5,00 € do for the renewal of 1 GB at
// 3,05 € as long as the order of 9,15 € for the other mailbox is not paid. Both
// take 12,20 €.
func TestOlderOrdersTakeTheCreditOfARenewal(t *testing.T) {
	b, all := forecastBook(500)
	today, a := Day("2018-06-15"), all[0]
	b.Mailboxes = append(b.Mailboxes, box(1, "zeta", "2017-12-01", "2018-12-01"))
	b.Services = []Service{forecastService(3, 7, 1, "2017-12-07")}
	if f := b.Forecast(all, 7, today); f.Missing != 0 || f.Whole != 0 || b.MissingInAll(all, today) != 0 {
		t.Errorf("nothing waits: %+v", f)
	}
	b.Waiting = []WaitingOrder{{ID: 7, MailboxID: 1, Product: InboxGB, Quantity: 3, Gross: 915, Net: 750, OrderedOn: today, Agreement: a}}
	f := b.Forecast(all, 7, today) // 9,15 + 3,05 − 5,00
	if f.Missing != 0 || f.Whole != 720 || f.Lack.Missing() != 720 || f.Lack.Waiting != 915 || f.Lack.Price != 305 || f.Lack.Other != 0 {
		t.Errorf("an order waits: missing %s, in all %s, made up of %+v", f.Missing, f.Whole, f.Lack)
	}
	if got := b.MissingInAll(all, today); got != 720 {
		t.Errorf("in all %s are missing", got)
	}
	b.Credit = 100 // not even the renewal: missing and in all are one sum
	if f := b.Forecast(all, 7, today); f.Missing != 1120 || f.Whole != 1120 {
		t.Errorf("with 1,00 €: missing %s, in all %s", f.Missing, f.Whole)
	}
	// What is paid in as said does all of it.
	b.Credit = 500
	_, events, after := b.PaidIn(720, today)
	later, _ := Renewals(after, all, Day("2018-10-12"))
	got := 0
	for _, e := range append(events, later...) {
		if e.Kind == EventOrderCompleted || e.Kind == EventServiceRenewed && e.MailboxID == 7 {
			got++
		}
	}
	if got != 2 {
		t.Errorf("with 7,20 € more %d of the order and the renewal come about", got)
	}
}
