package pec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// unfit is a mailbox of 1 GB with another GB, at most 5: an order of 4 GB for
// 12,20 € that waits no longer fits, and one of 1 GB for 3,05 € waits behind it.
func unfit(credit Cents) (Book, []Agreement) {
	b, all := forecastBook(credit)
	b.Services = []Service{forecastService(3, 7, 1, "2017-12-07")}
	b.Waiting = []WaitingOrder{
		{ID: 8, MailboxID: 7, Product: InboxGB, Quantity: 4, Gross: 1220, Net: 1000, OrderedOn: Day("2018-06-10"), Agreement: all[0]},
		{ID: 9, MailboxID: 7, Product: InboxGB, Quantity: 1, Gross: 305, Net: 250, OrderedOn: Day("2018-06-12"), Agreement: all[0]},
	}
	return b, all
}

// earlier adds a mailbox whose 2 GB renew for 6,10 € on 01/09/2018.
func earlier(b *Book) {
	m := box(1, "altra", "2017-09-01", "2018-09-01")
	s := forecastService(5, 1, 2, "2017-12-07")
	s.ExpiresOn = m.ExpiresOn
	b.Mailboxes, b.Services = append(b.Mailboxes, m), append(b.Services, s)
}

func unspaced(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

func TestWhatAnUnfitOrderLeavesLacking(t *testing.T) {
	today := Day("2018-06-15")
	for _, row := range []struct {
		name   string
		credit Cents
		change func(*Book)
		whole  Cents // of Forecast, and in all
		sum    string
	}{
		// 12,20 € cancel the first and do for 3,05 + 3,05 + 3,05.
		{"it has to be covered", 0, nil, 1220,
			"3,05 € per un ordine in attesa + 3,05 € per i servizi + 3,05 € di altri rinnovi fino a quel giorno + 3,05 € che restano credito, perché si annulli l’ordine che non si può più completare = 12,20 €"},
		{"credit is counted", 500, nil, 720,
			"3,05 € per un ordine in attesa + 3,05 € per i servizi + 3,05 € di altri rinnovi fino a quel giorno + 3,05 € che restano credito, perché si annulli l’ordine che non si può più completare − 5,00 € di credito = 7,20 €"},
		{"so is what is owed", 0, func(b *Book) { b.Claim = 200 }, 1420,
			"2,00 € da restituire all’Ordine + 3,05 € per un ordine in attesa + 3,05 € per i servizi + 3,05 € di altri rinnovi fino a quel giorno + 3,05 € che restano credito, perché si annulli l’ordine che non si può più completare = 14,20 €"},
		// 6,10 of the other mailbox, then 3,05: nothing waits behind the order.
		{"alone, another mailbox renews before", 0, func(b *Book) { b.Waiting = b.Waiting[:1]; earlier(b) }, 915,
			"3,05 € per i servizi + 6,10 € di altri rinnovi fino a quel giorno = 9,15 €"},
		// 3,05 + 6,10 + 3,05 + 3,05 are more than 12,20.
		{"more renews than has to be covered", 0, earlier, 1525,
			"3,05 € per un ordine in attesa + 3,05 € per i servizi + 9,15 € di altri rinnovi fino a quel giorno = 15,25 €"},
		// The 3,05 € are paid first, and nothing waits for the 12,20.
		{"it waits behind the other", 0, func(b *Book) { slices.Reverse(b.Waiting) }, 915,
			"3,05 € per un ordine in attesa + 3,05 € per i servizi + 3,05 € di altri rinnovi fino a quel giorno = 9,15 €"},
		{"both fit", 0, func(b *Book) { b.Waiting[0].Quantity, b.Waiting[0].Gross = 3, 915; b.Waiting = b.Waiting[:1] }, 2135,
			"9,15 € per un ordine in attesa + 3,05 € per i servizi + 9,15 € di altri rinnovi fino a quel giorno = 21,35 €"},
	} {
		t.Run(row.name, func(t *testing.T) {
			b, all := unfit(row.credit)
			if row.change != nil {
				row.change(&b)
			}
			f := b.Forecast(all, 7, today)
			if f.Whole != row.whole || f.Lack.Missing() != row.whole || f.Missing != 0 && f.Missing != row.whole {
				t.Errorf("missing %s, in all %s, made up of %+v; want %s", f.Missing, f.Whole, f.Lack, row.whole)
			}
			if got := unspaced(f.Lack.Sum("per i servizi")); got != row.sum {
				t.Errorf("it says %q\nwant     %q", got, row.sum)
			}
			if got := b.MissingInAll(all, today); got != row.whole {
				t.Errorf("in all %s are missing, want %s", got, row.whole)
			}
			expectExact(t, b, all, today)
		})
	}
}

// TestWhatASuspendedMailboxLeavesLacking: with one GB that renews for 3,05 € on
// 12/10/2018 and an order of 3 GB for 9,15 €, made on 20/09, that still waits on
// that day. 3,05 € do: they do not cover the order, which lapses. 9,15 € would
// cancel it and take nothing either.
func TestWhatASuspendedMailboxLeavesLacking(t *testing.T) {
	b, all := unfit(0)
	b.Mailboxes[0].Status = MailboxSuspended
	b.Waiting = []WaitingOrder{{ID: 8, MailboxID: 7, Product: InboxGB, Quantity: 3, Gross: 915, Net: 750, OrderedOn: Day("2018-09-20"), Agreement: all[0]}}
	today := Day("2018-09-25")
	f := b.Forecast(all, 7, today)
	if f.Missing != 305 || f.Whole != 305 || f.Lack != (Lack{Price: 305}) || b.MissingInAll(all, today) != 305 || b.LackWaiting(all, today) != (Lack{Tonight: true}) {
		t.Errorf("missing %s, in all %s, made up of %+v", f.Missing, f.Whole, f.Lack)
	}
	expectExact(t, b, all, today)
	for paid, want := range map[Cents]EventKind{305: EventOrderLapsed, 914: EventOrderLapsed, 915: EventOrderRefused} {
		_, events, after := b.PaidIn(paid, today)
		later, then := Renewals(after, all, f.On)
		var got []EventKind
		for _, e := range append(events, later...) {
			got = append(got, e.Kind)
		}
		if !slices.Contains(got, want) || !slices.Contains(got, EventServiceRenewed) || then.Credit != paid-305 {
			t.Errorf("with %s: %v, %s left", paid, got, then.Credit)
		}
	}
	// Covered by 9,15 € of credit that is there, nothing is missing.
	b.Credit = 915
	if f := b.Forecast(all, 7, today); f.Missing != 0 || f.Whole != 0 {
		t.Errorf("with 9,15 €: missing %s, in all %s", f.Missing, f.Whole)
	}

	// An order of 1 GB for the other mailbox, 3,05 €, waits behind it: it has its
	// turn once 9,15 € are there: they do for it, for the GB and, on 01/12, for its
	// own renewal. With 2 GB that renew there too, 6,10 €, it is 15,25 €.
	b.Credit = 0
	b.Mailboxes = append(b.Mailboxes, box(1, "zeta", "2017-12-01", "2018-12-01"))
	b.Waiting = append(b.Waiting, WaitingOrder{ID: 9, MailboxID: 1, Product: InboxGB, Quantity: 1, Gross: 305, Net: 250, OrderedOn: Day("2018-09-21"), Agreement: all[0]})
	if f := b.Forecast(all, 7, today); f.Missing != 915 || f.Lack != (Lack{Waiting: 305, Orders: 1, Price: 305, Held: 305, Refused: 1}) {
		t.Errorf("with one behind: missing %s, made up of %+v", f.Missing, f.Lack)
	}
	expectExact(t, b, all, today)
	service := forecastService(4, 1, 2, "2017-12-07")
	service.ExpiresOn = Day("2018-12-01")
	b.Services = append(b.Services, service)
	if got := b.MissingInAll(all, today); got != 1525 {
		t.Errorf("with 2 GB there: %s", got)
	}
	expectExact(t, b, all, today)
}

// The order of 4 GB asks for its own 12,20 €, and so does the one behind it, as
// one made now for 3,05 € would: what they take is less.
func TestWhatAnOrderBehindAnUnfitOneLacks(t *testing.T) {
	today := Day("2018-06-15")
	b, all := unfit(100)
	first, second := b.LackOf(all, 8, 1220, today), b.LackOf(all, 9, 305, today)
	if first.Missing() != 1120 || first.Refuses == "" || first.Behind {
		t.Errorf("the first: %+v", first)
	}
	if second.Missing() != 1120 || second.Orders != 0 || second.Waiting != 0 || second.Held != 915 || second.Refuses != "" {
		t.Errorf("the second: %+v", second)
	}
	// After both: 3,05 + 12,30 are more than the 12,20 of the first.
	if l := b.LackBehind(all, 1230, today); l.Missing() != 305+1230-100 || l.Held != 0 || l.Orders != 1 || l.Refused != 1 {
		t.Errorf("one more: %+v", l)
	}
	if l := b.LackBehind(all, 305, today); l.Missing() != 1120 || l.Held != 1220-305-305 {
		t.Errorf("a small one more: %+v", l)
	}
	// With no GB that runs the order of 4 fits, and the one behind it does not.
	b.Services = nil
	first, second = b.LackOf(all, 8, 1220, today), b.LackOf(all, 9, 305, today)
	if first.Missing() != 1120 || first.Refuses != "" || second.Missing() != 1220+305-100 || second.Refuses == "" || !second.Behind {
		t.Errorf("without the GB: %+v, then %+v", first, second)
	}
}

// On the E of another mailbox its 6,10 € go before the order of 12,20 €.
func TestAnOrderWaitsForTheRenewalsOfToday(t *testing.T) {
	b, all := unfit(0)
	b.Services, b.Waiting = nil, b.Waiting[:1]
	b.Waiting[0].OrderedOn = Day("2018-08-20")
	earlier(&b)
	l := b.LackOf(all, 8, 1220, Day("2018-09-01"))
	if l.Missing() != 1830 || l.Other != 610 || unspaced(l.Sum("per questo ordine")) != "12,20 € per questo ordine + 6,10 € dei rinnovi di oggi = 18,30 €" {
		t.Errorf("%+v, %s", l, l.Sum("per questo ordine"))
	}
	expectExact(t, b, all, Day("2018-09-01"))
}

func TestWhatATopUpPaysBeforeTheRenewals(t *testing.T) {
	b, all := unfit(0)
	f := b.Forecast(all, 7, Day("2018-06-15"))
	if got := unspaced(f.Lack.Before(305)); got != "3,05 € di un ordine in attesa di pagamento, 3,05 € di altri rinnovi fino a quel giorno, 3,05 € che restano credito, perché si annulli l’ordine che non si può più completare" {
		t.Error(got)
	}
}

// 3,05 € do for the GB of December as long as the 2 GB of October, 6,10 €, end for
// want of credit: to keep both 6,10 € are missing, not 3,05.
func TestWhatIsKeptTakesTheCreditOfWhatComesLater(t *testing.T) {
	b, all := forecastBook(305)
	b.Mailboxes = append(b.Mailboxes, box(1, "zeta", "2017-12-01", "2018-12-01"))
	later := forecastService(4, 1, 1, "2017-12-07")
	later.ExpiresOn = Day("2018-12-01")
	b.Services = append(b.Services, later)
	today := Day("2018-06-15")
	whole, of := b.LackInAll(all, today)
	if whole != 610 || of[7].Missing() != 305 || of[1].Missing() != 610 || of[1].Price != 305 || of[1].Other != 610 {
		t.Errorf("%s, %+v", whole, of)
	}
	expectExact(t, b, all, today)
}

// The same, divided: up to November the 3,05 € of the 2 GB are asked for, up to
// December those of the GB too. With nothing that ends nobody asks for anything,
// whatever waits.
func TestLackIsSharedByTheDays(t *testing.T) {
	b, all := forecastBook(305)
	b.Mailboxes = append(b.Mailboxes, box(1, "zeta", "2017-12-01", "2018-12-01"))
	later := forecastService(4, 1, 1, "2017-12-07")
	later.ExpiresOn = Day("2018-12-01")
	b.Services = append(b.Services, later)
	today := Day("2018-06-15")
	said := func(b Book, through Date) string {
		var text []string
		for _, s := range b.LackShares(all, today, through) {
			text = append(text, fmt.Sprintf("%d on %s adds %s of %s, %t", s.MailboxID, s.On, s.Added, s.Lack.Missing(), s.Later))
		}
		return strings.Join(text, "; ")
	}
	first, both := "7 on 2018-10-12 adds 3.05 of 3.05, false", "7 on 2018-10-12 adds 3.05 of 3.05, false; 1 on 2018-12-01 adds 3.05 of 6.10, true"
	for through, want := range map[string]string{"2018-10-11": "", "2018-10-12": first, "2018-11-30": first, "2018-12-01": both} {
		if got := said(b, Day(through)); got != want {
			t.Errorf("up to %s: %s", through, got)
		}
	}
	if got := said(b, Date{}); got != both {
		t.Errorf("in all: %s", got)
	}
	b.Credit = 610 // the GB alone ends
	if got := said(b, Date{}); got != "1 on 2018-12-01 adds 3.05 of 3.05, false" {
		t.Errorf("with 6,10 €: %s", got)
	}
	b.Credit = 915
	if got := said(b, Date{}); got != "" {
		t.Errorf("with 9,15 €: %s", got)
	}
}

// Topped up by the shares together, no service ends for lack of credit on its day.
func TestLackSharesSumUpToWhatItTakes(t *testing.T) {
	agreements := []Agreement{readAgreement(t, plainAgreement)}
	rapid.Check(t, func(t *rapid.T) {
		b, today := anyBook(t, agreements), Day("2018-01-01")
		through := Date{}
		if rapid.Bool().Draw(t, "limited") {
			through = today.AddDays(rapid.IntRange(0, 400).Draw(t, "through"))
		}
		var sum Cents
		for _, s := range b.LackShares(agreements, today, through) {
			sum += s.Added
		}
		if through.IsZero() && sum > b.MissingInAll(agreements, today) {
			t.Fatalf("%s are more than all that is missing: %+v", sum, b)
		}
		_, _, after := b.PaidIn(sum, today)
		for _, m := range b.Mailboxes {
			f := after.Forecast(agreements, m.ID, today)
			if f.Missing > 0 && f.losesOwn() && (through.IsZero() || !f.On.After(through)) {
				t.Fatalf("after %s mailbox %d lacks %s: %+v", sum, m.ID, f.Missing, b)
			}
		}
	})
}

// expectExact tops up by MissingInAll, and by one cent less.
func expectExact(t interface{ Fatalf(string, ...any) }, b Book, agreements []Agreement, today Date) {
	missing := b.MissingInAll(agreements, today)
	first, last := map[int64]Date{}, today // each mailbox's day
	for _, m := range b.Mailboxes {
		first[m.ID] = b.Forecast(agreements, m.ID, today).On
		if first[m.ID].After(last) {
			last = first[m.ID]
		}
	}
	renewsToday := slices.ContainsFunc(b.Mailboxes, func(m Mailbox) bool { return m.ExpiresOn == today })
	// Were there money without end, these orders would be cancelled all the same.
	_, unfit, rich := b.PaidIn(1<<40, today)
	atNight, _ := Renewals(rich, agreements, today)
	unfit = slices.DeleteFunc(append(unfit, atNight...), func(e Event) bool { return e.Kind != EventOrderRefused })
	waiting := func(b Book) bool {
		return slices.ContainsFunc(b.Waiting, func(w WaitingOrder) bool {
			return !slices.ContainsFunc(unfit, func(e Event) bool { return e.OrderID == w.ID })
		})
	}
	// done: nothing is owed, nothing waits that could complete, and what runs today
	// is renewed on its day; all: neither is anything else lost for lack of credit.
	outcome := func(amount Cents) (done, all bool) {
		_, events, after := b.PaidIn(amount, today)
		waits := waiting(after)
		tonight, after := Renewals(after, agreements, today)
		if renewsToday {
			waits = waiting(after)
		}
		later, _ := Renewals(after, agreements, last)
		done = after.Claim == 0 && !waits
		all = done
		for _, e := range slices.Concat(events, tonight, later) {
			if e.EndReason == EndNoCredit || e.EndReason == EndClaim {
				all = false
				done = done && (e.On != first[e.MailboxID] || e.ServiceID >= PendingService(0))
			}
		}
		return done, all
	}
	if done, _ := outcome(missing); !done {
		t.Fatalf("a top-up of %s does not do: %+v", missing, b)
	}
	if missing > 0 {
		if _, all := outcome(missing - 1); all {
			t.Fatalf("a cent less than %s does too: %+v", missing, b)
		}
	}
}

// Whatever waits, runs, is suspended and is owed: a top-up of what is missing in
// all brings all of it about, and one of a cent less does not.
func TestMissingInAllIsExactlyWhatItTakes(t *testing.T) {
	agreements := []Agreement{readAgreement(t, plainAgreement)}
	rapid.Check(t, func(t *rapid.T) {
		b := anyBook(t, agreements)
		for i := range b.Waiting { // any order of their prices, any space
			w := &b.Waiting[i]
			w.Gross, w.Quantity = Cents(rapid.IntRange(1, 5000).Draw(t, "price")), rapid.IntRange(1, 5).Draw(t, "space")
			w.MailboxID = b.Mailboxes[rapid.IntRange(0, len(b.Mailboxes)-1).Draw(t, "for")].ID
		}
		for i := range b.Mailboxes {
			if rapid.IntRange(0, 3).Draw(t, "suspended") == 0 {
				b.Mailboxes[i].Status = MailboxSuspended
			}
		}
		if rapid.IntRange(0, 3).Draw(t, "owes") == 0 {
			b.Claim, b.Credit = Cents(rapid.IntRange(1, 900).Draw(t, "claim")), 0
		}
		expectExact(t, b, agreements, Day("2018-01-01"))
	})
}
