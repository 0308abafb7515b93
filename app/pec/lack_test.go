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
		// 6,10 of the other mailbox, then 3,05: what is held does for them.
		{"alone, another mailbox renews before", 0, func(b *Book) { b.Waiting = b.Waiting[:1]; earlier(b) }, 1220,
			"3,05 € per i servizi + 6,10 € di altri rinnovi fino a quel giorno + 3,05 € che restano credito, perché si annulli l’ordine che non si può più completare = 12,20 €"},
		// 3,05 + 6,10 + 3,05 + 3,05 are more than 12,20.
		{"more renews than has to be covered", 0, earlier, 1525,
			"3,05 € per un ordine in attesa + 3,05 € per i servizi + 9,15 € di altri rinnovi fino a quel giorno = 15,25 €"},
		// The 3,05 € are paid first: 15,25 have to be there.
		{"it waits behind the other", 0, func(b *Book) { slices.Reverse(b.Waiting) }, 1525,
			"3,05 € per un ordine in attesa + 3,05 € per i servizi + 3,05 € di altri rinnovi fino a quel giorno + 6,10 € che restano credito, perché si annulli l’ordine che non si può più completare = 15,25 €"},
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
	// done: nothing is owed or waits, and what runs today is renewed on its day;
	// all: neither is anything else lost for lack of credit.
	outcome := func(amount Cents) (done, all bool) {
		_, events, after := b.PaidIn(amount, today)
		waits := len(after.Waiting) > 0
		tonight, after := Renewals(after, agreements, today)
		if renewsToday {
			waits = len(after.Waiting) > 0
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

// Whatever waits, runs and is owed: a top-up of what is missing in all brings all
// of it about, and one of a cent less does not.
func TestMissingInAllIsExactlyWhatItTakes(t *testing.T) {
	agreements := []Agreement{readAgreement(t, plainAgreement)}
	rapid.Check(t, func(t *rapid.T) {
		b := anyBook(t, agreements)
		for i := range b.Waiting { // any order of their prices, any space
			w := &b.Waiting[i]
			w.Gross, w.Quantity = Cents(rapid.IntRange(1, 5000).Draw(t, "price")), rapid.IntRange(1, 5).Draw(t, "space")
		}
		if rapid.IntRange(0, 3).Draw(t, "owes") == 0 {
			b.Claim, b.Credit = Cents(rapid.IntRange(1, 900).Draw(t, "claim")), 0
		}
		expectExact(t, b, agreements, Day("2018-01-01"))
	})
}
