package pec

import (
	"testing"
)

// budgetAgreement is outlookAgreement with space at 2,50 € a GB and archive at
// 4,00 €: 1,22 € a standard mailbox, 3,05 € a GB, 4,88 € a GB of archive.
func budgetAgreement() Agreement {
	a := outlookAgreement()
	a.Products = []Product{
		{Code: InboxGB, Name: "Spazio", Unit: "GB", YearlyPrice: 250, Kinds: []string{"standard", "pro"}},
		{Code: "archive_gb", Name: "Archivio", Unit: "GB", YearlyPrice: 400, Kinds: []string{"standard"}},
	}
	return a
}

// budgetBox is a running mailbox whose anniversary is a day.
func budgetBox(id int64, expires string, term int, change func(*Mailbox)) Mailbox {
	e := Day(expires)
	m := Mailbox{ID: id, Address: "a@pec.example", Kind: "standard", Status: MailboxActive, ActivatedOn: e.AddYears(-1), AnchorOn: e.AddYears(-1), ExpiresOn: e, TermYears: term, AutoRenew: true}
	if change != nil {
		change(&m)
	}
	return m
}

func budgetService(mailbox int64, product string, quantity int) Service {
	return Service{ID: mailbox * 10, MailboxID: mailbox, Product: product, Quantity: quantity, NextQuantity: quantity, AutoRenew: true, Source: SoldByOrdine}
}

func TestBudgetsMonthsAreWholeOnes(t *testing.T) {
	for _, c := range []struct{ today, first, year, last string }{
		{"2018-07-01", "2018-07-01", "2019-06-30", "2020-06-30"},
		{"2018-07-02", "2018-08-01", "2019-07-31", "2020-07-31"},
		{"2018-12-31", "2019-01-01", "2019-12-31", "2020-12-31"},
		{"2018-02-15", "2018-03-01", "2019-02-28", "2020-02-29"},
	} {
		b := NewBudget(Day(c.today))
		if b.First().String() != c.first || b.Until(12).String() != c.year || b.Until(24).String() != c.last {
			t.Errorf("on %s: from %s to %s and %s", c.today, b.First(), b.Until(12), b.Until(24))
		}
	}
}

// TestYearlyMailboxIsRenewedTwiceInTwoYears, whatever its day, and a term of two
// years once, for both years; its services with it.
func TestYearlyMailboxIsRenewedTwiceInTwoYears(t *testing.T) {
	agreements := []Agreement{budgetAgreement()}
	for _, c := range []struct {
		what      string
		box       Mailbox
		year, two BudgetMonth
		before    int
		month     string // of the first renewal
	}{
		{"next month", budgetBox(1, "2018-08-01", 1, nil), BudgetMonth{Renewed: 1, Ordine: Amounts{100, 22, 122}, Services: 1, Members: Amounts{500, 110, 610}},
			BudgetMonth{Renewed: 2, Ordine: Amounts{200, 44, 244}, Services: 2, Members: Amounts{1000, 220, 1220}}, 0, "2018-08-01"},
		{"already this month", budgetBox(1, "2019-07-03", 1, nil), BudgetMonth{Renewed: 1, Ordine: Amounts{100, 22, 122}, Services: 1, Members: Amounts{500, 110, 610}},
			BudgetMonth{Renewed: 2, Ordine: Amounts{200, 44, 244}, Services: 2, Members: Amounts{1000, 220, 1220}}, 0, "2019-07-01"},
		{"later this month: twice besides", budgetBox(1, "2018-07-31", 1, nil), BudgetMonth{Renewed: 1, Ordine: Amounts{100, 22, 122}, Services: 1, Members: Amounts{500, 110, 610}},
			BudgetMonth{Renewed: 2, Ordine: Amounts{200, 44, 244}, Services: 2, Members: Amounts{1000, 220, 1220}}, 1, "2019-07-01"},
		{"a term of two years", budgetBox(1, "2019-03-10", 2, nil), BudgetMonth{Renewed: 1, Ordine: Amounts{200, 44, 244}, Services: 1, Members: Amounts{1000, 220, 1220}},
			BudgetMonth{Renewed: 1, Ordine: Amounts{200, 44, 244}, Services: 1, Members: Amounts{1000, 220, 1220}}, 0, "2019-03-01"},
		{"after the two years", budgetBox(1, "2020-08-01", 3, nil), BudgetMonth{}, BudgetMonth{}, 0, ""},
	} {
		b := NewBudget(Day("2018-07-15"))
		b.Play(Book{MemberID: 1, Status: MemberActive, Mailboxes: []Mailbox{c.box}, Services: []Service{budgetService(1, InboxGB, 2)}}, agreements)
		c.year.Month, c.two.Month = b.First(), b.First()
		if b.Total(12) != c.year || b.Total(24) != c.two || b.Before.Renewed != c.before {
			t.Errorf("%s: a year %+v, two %+v, before %d", c.what, b.Total(12), b.Total(24), b.Before.Renewed)
		}
		first := ""
		for _, m := range b.Months {
			if m.Renewed > 0 {
				first = m.Month.String()
				break
			}
		}
		if first != c.month {
			t.Errorf("%s: first renewed in %s", c.what, first)
		}
	}
}

// TestBudgetLeavesOutWhatIsNotRenewed by itself, and counts it apart.
func TestBudgetLeavesOutWhatIsNotRenewed(t *testing.T) {
	agreements := []Agreement{budgetAgreement()}
	boxes := func(m ...Mailbox) Book { return Book{MemberID: 1, Status: MemberActive, Mailboxes: m} }
	b := NewBudget(Day("2018-07-15"))
	b.Play(boxes(budgetBox(1, "2018-10-12", 1, func(m *Mailbox) { m.AutoRenew = false })), agreements)
	b.Play(boxes(budgetBox(2, "2018-10-12", 1, func(m *Mailbox) { m.Kind = "pro" })), agreements)
	b.Play(boxes(budgetBox(3, "2018-10-12", 1, func(m *Mailbox) { m.Kind = "gold" })), agreements)
	b.Play(boxes(budgetBox(4, "2018-10-12", 1, func(m *Mailbox) { m.Status = MailboxRequested })), agreements)
	leaver := boxes(budgetBox(5, "2018-10-12", 1, nil))
	leaver.Status, leaver.LeftOn, leaver.LeftRegisteredOn = MemberCancelled, Day("2018-07-01"), Day("2018-07-01")
	b.Play(leaver, agreements)
	if b.Total(24).Renewed != 0 || b.Closing != 2 || b.Failing != 1 || b.Leavers != 1 {
		t.Errorf("%+v", b)
	}
	// Neither a claim nor an empty account stops a service, and what waits to be
	// paid changes nothing; one whose renewal is off is not counted.
	poor := boxes(budgetBox(6, "2018-10-12", 1, nil))
	off := budgetService(6, "archive_gb", 1)
	off.AutoRenew = false
	poor.Claim, poor.Services = 500, []Service{budgetService(6, InboxGB, 1), off}
	poor.Waiting = []WaitingOrder{{ID: 1, MailboxID: 6, Gross: 305, Net: 250, OrderedOn: Day("2018-07-14"), Product: InboxGB, Quantity: 1}}
	b.Play(poor, agreements)
	if got := b.Total(24); got.Renewed != 2 || got.Services != 2 || got.Members.Gross != 610 {
		t.Errorf("%+v", got)
	}
}

// TestAnotherAgreementIsTriedFromTodayOn: what is overdue keeps the agreement of
// its day, and one to come does not count.
func TestAnotherAgreementIsTriedFromTodayOn(t *testing.T) {
	now, later := budgetAgreement(), budgetAgreement()
	later.StartsOn = Day("2019-01-01")
	later.Kinds[0].YearlyPrice = 900
	tried := budgetAgreement()
	tried.StartsOn = Day("2030-01-01")
	tried.Kinds[0].YearlyPrice = 200
	tried.Products = tried.Products[:1]
	tried.Products[0].YearlyPrice = 300
	book := Book{MemberID: 1, Status: MemberActive,
		Mailboxes: []Mailbox{budgetBox(1, "2018-07-10", 1, nil), budgetBox(2, "2018-10-12", 1, nil)},
		Services:  []Service{budgetService(2, InboxGB, 1), budgetService(2, "archive_gb", 1)}}
	b := NewBudget(Day("2018-07-15"))
	b.Play(book, Instead([]Agreement{now, later}, tried, b.Today))
	// Overdue, 1,22 € on 10/07/2018; then each mailbox twice at 2,44 €, the GB
	// twice at 3,66 €; the archive ends.
	if b.Before.Ordine.Gross != 122 || b.Total(24).Ordine != (Amounts{800, 176, 976}) || b.Total(24).Members != (Amounts{600, 132, 732}) || b.Ending != 1 {
		t.Errorf("before %+v, then %+v, %d end", b.Before, b.Total(24), b.Ending)
	}
	registered := NewBudget(Day("2018-07-15"))
	registered.Play(book, []Agreement{now, later})
	// 1,22 € on 12/10/2018, and 10,98 € three times from 2019 on.
	if got := registered.Total(24); got.Ordine.Gross != 122+3*1098 {
		t.Errorf("%+v", got)
	}
}
