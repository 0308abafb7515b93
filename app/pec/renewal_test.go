package pec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// tell writes events as lines, so that a test reads as a story.
func tell(events []Event) []string {
	var lines []string
	for _, e := range events {
		what := ""
		switch e.Kind {
		case EventRenewed:
			what = fmt.Sprintf("%s renewed from %s to %s, %s", e.Address, e.From, e.To, e.Price.Gross)
		case EventTurned:
			what = fmt.Sprintf("%s turned, %s to %s", e.Address, e.MailboxKind, e.To)
		case EventKindChanged:
			what = fmt.Sprintf("%s now %s", e.Address, e.MailboxKind)
		case EventClosed:
			what = fmt.Sprintf("%s closed, %s", e.Address, e.CloseReason)
		case EventServiceRenewed:
			what = fmt.Sprintf("service %d renewed, %d %s to %s, %s", e.ServiceID, e.Quantity, e.Product, e.To, e.Price.Gross)
		case EventServiceEnded:
			what = fmt.Sprintf("service %d ended, %s", e.ServiceID, e.EndReason)
		case EventOrderLapsed:
			what = fmt.Sprintf("order %d lapsed", e.OrderID)
		case EventOrderCompleted:
			what = fmt.Sprintf("order %d completed to %s, %s", e.OrderID, e.To, e.Price.Gross)
		case EventOrderRefused:
			what = fmt.Sprintf("order %d refused", e.OrderID)
		case EventFailed:
			what = e.Address + " failed"
		}
		lines = append(lines, e.On.String()+" "+what)
	}
	return lines
}

func expect(t *testing.T, got []Event, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, tell(got)); diff != "" {
		t.Errorf("events (- want, + got):\n%s", diff)
	}
}

// rossi is a member on the register with one standard mailbox activated on
// 12/10/2017, and some credit.
func rossi(credit Cents, services ...Service) Book {
	return Book{
		MemberID: 1, Status: MemberActive, Credit: credit,
		Mailboxes: []Mailbox{box(1, "rossi", "2017-10-12", "2018-10-12")},
		Services:  services,
	}
}

func box(id int64, address, activated, expires string) Mailbox {
	return Mailbox{
		ID: id, Address: address, MemberID: 1, Kind: "standard", Status: MailboxActive,
		ActivatedOn: Day(activated), AnchorOn: Day(activated), ExpiresOn: Day(expires), TermYears: 1, AutoRenew: true,
	}
}

// gb is a running service of inbox space on mailbox 1.
func gb(id int64, quantity int, started string) Service {
	return Service{
		ID: id, MailboxID: 1, Address: "rossi", Product: InboxGB, Quantity: quantity, NextQuantity: quantity,
		StartedOn: Day(started), ExpiresOn: Day("2018-10-12"), AutoRenew: true, Source: SoldByOrdine,
	}
}

func waiting(t *testing.T, id, mailbox int64, ordered string, quantity int, gross Cents) WaitingOrder {
	return WaitingOrder{ID: id, MailboxID: mailbox, Product: InboxGB, Quantity: quantity, Gross: gross, OrderedOn: Day(ordered), Agreement: readAgreement(t, plainAgreement)}
}

func plain(t *testing.T) []Agreement { return []Agreement{readAgreement(t, plainAgreement)} }

// A standard mailbox costs 5.00 + 1.10; a GB 2.50 + 0.55.

func TestServiceIsRenewedWhenCreditCoversIt(t *testing.T) {
	events, then := Renewals(rossi(305, gb(1, 1, "2017-12-07")), plain(t), Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10",
		"2018-10-12 service 1 renewed, 1 inbox_gb to 2019-10-12, 3.05")
	if then.Credit != 0 || then.Mailboxes[0].ExpiresOn != Day("2019-10-12") || then.Services[0].ExpiresOn != Day("2019-10-12") {
		t.Errorf("then %+v", then)
	}
}

func TestServiceEndsWhenCreditIsACentShort(t *testing.T) {
	events, then := Renewals(rossi(304, gb(1, 1, "2017-12-07")), plain(t), Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10",
		"2018-10-12 service 1 ended, no_credit")
	if then.Credit != 304 || then.Services[0].EndedOn != Day("2018-10-12") {
		t.Errorf("then %+v", then)
	}
}

func TestNothingIsDueTheDayBeforeE(t *testing.T) {
	events, _ := Renewals(rossi(305, gb(1, 1, "2017-12-07")), plain(t), Day("2018-10-11"))
	expect(t, events)
}

func TestMailboxRenewedInFebruaryKeepsThe29th(t *testing.T) {
	book := Book{MemberID: 1, Status: MemberActive, Mailboxes: []Mailbox{box(1, "rossi", "2024-02-29", "2025-02-28")}}
	events, _ := Renewals(book, plain(t), Day("2028-03-01"))
	expect(t, events,
		"2025-02-28 rossi renewed from 2025-02-28 to 2026-02-28, 6.10",
		"2026-02-28 rossi renewed from 2026-02-28 to 2027-02-28, 6.10",
		"2027-02-28 rossi renewed from 2027-02-28 to 2028-02-29, 6.10",
		"2028-02-29 rossi renewed from 2028-02-29 to 2029-02-28, 6.10")
}

func TestTermOfTwoYearsCostsTwiceForMailboxAndServices(t *testing.T) {
	book := rossi(1000, gb(1, 1, "2017-12-07"))
	book.Mailboxes[0].TermYears = 2
	events, then := Renewals(book, plain(t), Day("2019-12-31"))
	expect(t, events,
		"2018-10-12 rossi renewed from 2018-10-12 to 2020-10-12, 12.20",
		"2018-10-12 service 1 renewed, 1 inbox_gb to 2020-10-12, 6.10")
	if then.Credit != 390 {
		t.Errorf("credit %s, want 3.90", then.Credit)
	}
}

func TestLateRunChargesEachPeriodByTheAgreementOfItsOwnDay(t *testing.T) {
	dearer := readAgreement(t, with(t, `"2017-01-01"`, `"2019-10-12"`)) // in force on the second E itself
	dearer.ID, dearer.Kinds[0].YearlyPrice, dearer.Products[0].YearlyPrice = 2, 600, 400
	monthly := readAgreement(t, with(t, `"2017-01-01"`, `"2020-10-13"`)) // a day too late for the third
	monthly.ID, monthly.Products[0].YearlyPrice = 3, 100
	events, then := Renewals(rossi(2000, gb(1, 1, "2017-12-07")), append(plain(t), dearer, monthly), Day("2021-01-15"))
	expect(t, events,
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10",
		"2018-10-12 service 1 renewed, 1 inbox_gb to 2019-10-12, 3.05",
		"2019-10-12 rossi renewed from 2019-10-12 to 2020-10-12, 7.32",
		"2019-10-12 service 1 renewed, 1 inbox_gb to 2020-10-12, 4.88",
		"2020-10-12 rossi renewed from 2020-10-12 to 2021-10-12, 7.32",
		"2020-10-12 service 1 renewed, 1 inbox_gb to 2021-10-12, 4.88")
	if then.Credit != 2000-305-488-488 {
		t.Errorf("credit %s", then.Credit)
	}
}

func TestServicesAreTakenInOrderWhileCreditLasts(t *testing.T) {
	older, younger, small := gb(1, 2, "2017-11-01"), gb(2, 3, "2017-12-01"), gb(3, 1, "2018-01-01")
	// 6.10, 9.15 and 3.05; with 10.00 the second is skipped, the third fits.
	events, then := Renewals(rossi(1000, older, younger, small), plain(t), Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10",
		"2018-10-12 service 1 renewed, 2 inbox_gb to 2019-10-12, 6.10",
		"2018-10-12 service 2 ended, no_credit",
		"2018-10-12 service 3 renewed, 1 inbox_gb to 2019-10-12, 3.05")
	if then.Credit != 85 {
		t.Errorf("credit %s, want 0.85", then.Credit)
	}

	younger.Preference = 1 // the member wants this one most
	events, _ = Renewals(rossi(1000, older, younger, small), plain(t), Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10",
		"2018-10-12 service 2 renewed, 3 inbox_gb to 2019-10-12, 9.15",
		"2018-10-12 service 1 ended, no_credit",
		"2018-10-12 service 3 ended, no_credit")
}

func TestOrderOfServicesRunsAcrossMailboxesWithTheSameE(t *testing.T) {
	book := rossi(305, gb(1, 1, "2018-01-01"), gb(2, 1, "2018-01-01"))
	book.Mailboxes = append(book.Mailboxes, box(2, "bianchi", "2017-10-12", "2018-10-12"))
	book.Services[1].MailboxID, book.Services[1].Address = 2, "bianchi"
	events, _ := Renewals(book, plain(t), Day("2018-10-12"))
	expect(t, events, // bought on one day: the address decides
		"2018-10-12 bianchi renewed from 2018-10-12 to 2019-10-12, 6.10",
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10",
		"2018-10-12 service 2 renewed, 1 inbox_gb to 2019-10-12, 3.05",
		"2018-10-12 service 1 ended, no_credit")
	book.Services[0].Preference = 1
	events, _ = Renewals(book, plain(t), Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 bianchi renewed from 2018-10-12 to 2019-10-12, 6.10",
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10",
		"2018-10-12 service 1 renewed, 1 inbox_gb to 2019-10-12, 3.05",
		"2018-10-12 service 2 ended, no_credit")
}

func TestWhatTheMemberDecidedForTheNextYear(t *testing.T) {
	lowered, off := gb(1, 3, "2017-12-07"), gb(2, 1, "2018-01-01")
	lowered.NextQuantity = 1
	off.AutoRenew = false
	events, then := Renewals(rossi(1000, lowered, off), plain(t), Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10",
		"2018-10-12 service 1 renewed, 1 inbox_gb to 2019-10-12, 3.05",
		"2018-10-12 service 2 ended, renewal_off")
	if s := then.Services[0]; s.Quantity != 1 || s.NextQuantity != 1 {
		t.Errorf("then %d GB, next %d", s.Quantity, s.NextQuantity)
	}
}

func TestServicesThatTheAgreementOnENoLongerHas(t *testing.T) {
	archive, user, kit := gb(1, 1, "2018-01-01"), gb(2, 1, "2018-01-02"), gb(3, 1, "2018-01-03")
	archive.Product, user.Product, kit.Product = "archive_gb", "user", "signature_kit"
	events, then := Renewals(rossi(100_000, archive, user, kit), plain(t), Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10",
		"2018-10-12 service 1 ended, product_gone", // in no agreement
		"2018-10-12 service 2 ended, product_gone", // not for a standard mailbox
		"2018-10-12 service 3 ended, product_gone") // now paid once
	if then.Credit != 100_000 {
		t.Errorf("credit %s", then.Credit)
	}
}

func TestServicesBoughtAtTheProviderEndWithTheirYear(t *testing.T) {
	there := gb(1, 1, "2018-01-01")
	there.Source = SoldByProvider
	events, _ := Renewals(rossi(1000, there, gb(2, 1, "2018-02-01")), plain(t), Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10",
		"2018-10-12 service 1 ended, sold_elsewhere",
		"2018-10-12 service 2 renewed, 1 inbox_gb to 2019-10-12, 3.05")

	elsewhere := plain(t)
	elsewhere[0].SoldBy = SoldByProvider
	events, _ = Renewals(rossi(1000, gb(2, 1, "2018-02-01")), elsewhere, Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10",
		"2018-10-12 service 2 ended, sold_elsewhere")
}

func TestClaimBlocksServicesNotTheMailbox(t *testing.T) {
	book := rossi(0, gb(1, 1, "2017-12-07"))
	book.Claim = 100
	events, _ := Renewals(book, plain(t), Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10",
		"2018-10-12 service 1 ended, claim")
}

func TestMailboxNobodyRenewsClosesOnE(t *testing.T) {
	off := rossi(1000, gb(1, 1, "2017-12-07"))
	off.Mailboxes[0].AutoRenew = false
	events, _ := Renewals(off, plain(t), Day("2018-12-31"))
	expect(t, events, "2018-10-12 rossi closed, not_renewed", "2018-10-12 service 1 ended, mailbox_closed")

	own := rossi(100_000)
	own.Mailboxes[0].Kind = "pro" // paid by the member, who did not
	events, _ = Renewals(own, plain(t), Day("2018-12-31"))
	expect(t, events, "2018-10-12 rossi closed, not_renewed")
}

func TestSuspendedAreRenewed(t *testing.T) {
	book := rossi(0)
	book.Status, book.Mailboxes[0].Status = MemberSuspended, MailboxSuspended
	events, then := Renewals(book, plain(t), Day("2018-10-12"))
	expect(t, events, "2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10")
	if then.Mailboxes[0].Status != MailboxSuspended {
		t.Errorf("the mailbox is now %s", then.Mailboxes[0].Status)
	}
}

func TestMailboxesThatDoNotRunAreLeftAlone(t *testing.T) {
	book := rossi(0)
	for _, s := range []MailboxStatus{MailboxRequested, MailboxSent, MailboxRejected, MailboxClosed} {
		book.Mailboxes[0].Status = s
		if events, _ := Renewals(book, plain(t), Day("2020-01-01")); len(events) > 0 {
			t.Errorf("%s: %v", s, tell(events))
		}
	}
}

func TestLeaversMailboxClosesWithItsServices(t *testing.T) {
	grace := func(n int) []Agreement {
		a := plain(t)
		a[0].LeaverGraceDays = &n
		if n < 0 {
			a[0].LeaverGraceDays = nil
		}
		return a
	}
	for _, row := range []struct {
		what             string
		agreements       []Agreement
		left, registered string
		want             []string
	}{
		{"sixty days", grace(60), "2018-03-01", "2018-03-01", []string{"2018-04-30 rossi closed, leaver", "2018-04-30 service 1 ended, mailbox_closed"}},
		{"no grace", grace(0), "2018-03-01", "2018-03-01", []string{"2018-03-01 rossi closed, leaver", "2018-03-01 service 1 ended, mailbox_closed"}},
		{"no limit", grace(-1), "2018-03-01", "2018-03-01", []string{"2018-10-12 rossi closed, leaver", "2018-10-12 service 1 ended, mailbox_closed"}},
		{"left on E", grace(60), "2018-10-12", "2018-10-12", []string{"2018-10-12 rossi closed, leaver", "2018-10-12 service 1 ended, mailbox_closed"}},
		{"no agreement when they left: sixty days", grace(0)[:0], "2018-03-01", "2018-03-01", []string{"2018-04-30 rossi closed, leaver", "2018-04-30 service 1 ended, mailbox_closed"}},
		{"left before any agreement: the one of the registration", grace(0), "2016-06-01", "2018-03-05", []string{"2018-03-05 rossi closed, leaver", "2018-03-05 service 1 ended, mailbox_closed"}},
	} {
		book := rossi(1000, gb(1, 1, "2017-12-07"))
		book.Status, book.LeftOn, book.LeftRegisteredOn = MemberCancelled, Day(row.left), Day(row.registered)
		events, then := Renewals(book, row.agreements, Day("2020-01-01"))
		t.Log(row.what)
		expect(t, events, row.want...)
		if then.Credit != 1000 {
			t.Errorf("%s: credit %s, want it untouched", row.what, then.Credit)
		}
	}
}

func TestGraceIsThatOfTheLeavingDay(t *testing.T) {
	later := readAgreement(t, with(t, `"leaver_grace_days": 60`, `"leaver_grace_days": 0`))
	later.StartsOn = Day("2018-03-15")
	book := rossi(0)
	book.Status, book.LeftOn, book.LeftRegisteredOn = MemberTransferred, Day("2018-03-14"), Day("2018-03-20")
	events, _ := Renewals(book, append(plain(t), later), Day("2018-12-31"))
	expect(t, events, "2018-05-13 rossi closed, leaver")
}

func TestWithoutAnAgreementOnENothingIsDoneAndItIsReported(t *testing.T) {
	future := plain(t)
	future[0].StartsOn = Day("2018-10-13")
	book := rossi(1000, gb(1, 1, "2017-12-07"))
	events, then := Renewals(book, future, Day("2019-12-31"))
	expect(t, events, "2018-10-12 rossi failed")
	if !strings.Contains(events[0].Message, "12/10/2018") {
		t.Errorf("message %q", events[0].Message)
	}
	if diff := cmp.Diff(book, then); diff != "" {
		t.Errorf("something changed:\n%s", diff)
	}
}

func TestOneMailboxsFaultDoesNotStopTheOthers(t *testing.T) {
	book := rossi(1000, gb(1, 1, "2017-12-07"), gb(2, 1, "2018-01-01"))
	book.Mailboxes[0].Kind = "premium" // in no agreement
	book.Mailboxes = append(book.Mailboxes, box(2, "bianchi", "2017-10-12", "2018-10-12"))
	book.Services[1].MailboxID, book.Services[1].Address = 2, "bianchi"
	events, then := Renewals(book, plain(t), Day("2018-12-31"))
	expect(t, events,
		"2018-10-12 bianchi renewed from 2018-10-12 to 2019-10-12, 6.10",
		"2018-10-12 rossi failed",
		"2018-10-12 service 2 renewed, 1 inbox_gb to 2019-10-12, 3.05")
	if then.Credit != 695 {
		t.Errorf("credit %s", then.Credit)
	}
}

func TestWaitingOrderLapsesTheDayAfterTheThirtieth(t *testing.T) {
	book := rossi(0)
	book.Waiting = []WaitingOrder{waiting(t, 9, 1, "2018-01-10", 1, 305)}
	events, _ := Renewals(book, plain(t), Day("2018-02-09"))
	expect(t, events)
	events, then := Renewals(book, plain(t), Day("2018-03-31"))
	expect(t, events, "2018-02-10 order 9 lapsed")
	if len(then.Waiting) != 0 {
		t.Errorf("still waiting: %v", then.Waiting)
	}
}

// The price was that of the time up to E: after the renewal it would buy a
// whole year more.
func TestWaitingOrderLapsesAtE(t *testing.T) {
	book := rossi(0)
	book.Waiting = []WaitingOrder{waiting(t, 9, 1, "2018-10-01", 1, 26)}
	events, then := Renewals(book, plain(t), Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 order 9 lapsed",
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10")
	if len(then.Waiting) != 0 {
		t.Errorf("still waiting: %v", then.Waiting)
	}
}

func TestWaitingOrderLapsesAtEThoughTheCreditCoversIt(t *testing.T) {
	book := rossi(1000) // paid in on E: it counts for the renewals, the order is over
	book.Waiting = []WaitingOrder{waiting(t, 9, 1, "2018-10-01", 1, 26)}
	events, then := Renewals(book, plain(t), Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 order 9 lapsed",
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10")
	if then.Credit != 1000 {
		t.Errorf("credit %s", then.Credit)
	}
}

func TestWaitingOrderLapsesAtEOfAMailboxThatFailed(t *testing.T) {
	book := rossi(0)
	book.Waiting = []WaitingOrder{waiting(t, 9, 1, "2018-10-01", 1, 26)}
	events, _ := Renewals(book, nil, Day("2018-10-31"))
	expect(t, events, "2018-10-12 order 9 lapsed", "2018-10-12 rossi failed")
}

func TestWaitingOrderLapsesWithItsMailbox(t *testing.T) {
	book := rossi(1000)
	book.Status, book.LeftOn, book.LeftRegisteredOn = MemberCancelled, Day("2018-03-01"), Day("2018-03-01")
	book.Waiting = []WaitingOrder{waiting(t, 9, 1, "2018-04-20", 40, 12200)}
	events, _ := Renewals(book, plain(t), Day("2018-12-31"))
	expect(t, events, "2018-04-30 rossi closed, leaver", "2018-04-30 order 9 lapsed")
}

func TestRenewalsComeBeforeWaitingOrders(t *testing.T) {
	book := rossi(400, gb(1, 1, "2017-12-07"))
	book.Mailboxes = append(book.Mailboxes, box(2, "bianchi", "2018-05-01", "2019-05-01"))
	book.Waiting = []WaitingOrder{waiting(t, 9, 2, "2018-10-01", 1, 305)}
	events, then := Renewals(book, plain(t), Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10",
		"2018-10-12 service 1 renewed, 1 inbox_gb to 2019-10-12, 3.05")
	if then.Credit != 95 || len(then.Waiting) != 1 {
		t.Errorf("credit %s, %d waiting", then.Credit, len(then.Waiting))
	}
	book.Credit = 610
	events, _ = Renewals(book, plain(t), Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10",
		"2018-10-12 service 1 renewed, 1 inbox_gb to 2019-10-12, 3.05",
		"2018-10-12 order 9 completed to 2019-05-01, 3.05")
}

func TestWaitingOrdersCompleteStrictlyOldestFirst(t *testing.T) {
	book := rossi(700)
	book.Waiting = []WaitingOrder{
		waiting(t, 1, 1, "2018-01-10", 1, 305), waiting(t, 2, 1, "2018-01-11", 2, 610), waiting(t, 3, 1, "2018-01-12", 1, 305),
	}
	events, then := CompleteWaiting(book, Day("2018-01-20"))
	expect(t, events, "2018-01-20 order 1 completed to 2018-10-12, 3.05") // 3.95 left: the second is not covered, the third must wait
	if then.Credit != 395 || len(then.Waiting) != 2 || len(then.Services) != 1 || then.Services[0].StartedOn != Day("2018-01-20") {
		t.Errorf("then %+v", then)
	}
}

func TestNextOrderCompletesWhenTheOneBeforeItLapses(t *testing.T) {
	book := rossi(400)
	book.Waiting = []WaitingOrder{waiting(t, 1, 1, "2018-01-10", 3, 915), waiting(t, 2, 1, "2018-01-20", 1, 305)}
	events, _ := Renewals(book, plain(t), Day("2018-06-30"))
	expect(t, events, "2018-02-10 order 1 lapsed", "2018-02-10 order 2 completed to 2018-10-12, 3.05")
}

func TestServiceStartedByAWaitingOrderIsRenewedInTheSameRun(t *testing.T) {
	book := rossi(1000)
	book.Waiting = []WaitingOrder{waiting(t, 1, 1, "2018-08-15", 4, 1220), waiting(t, 2, 1, "2018-08-20", 1, 305)}
	events, then := Renewals(book, plain(t), Day("2018-12-31"))
	expect(t, events,
		"2018-09-15 order 1 lapsed",
		"2018-09-15 order 2 completed to 2018-10-12, 3.05",
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10",
		fmt.Sprintf("2018-10-12 service %d renewed, 1 inbox_gb to 2019-10-12, 3.05", PendingService(2)))
	if then.Credit != 390 {
		t.Errorf("credit %s", then.Credit)
	}
}

func TestCapIsCheckedAgainWhenAWaitingOrderCompletes(t *testing.T) {
	book := rossi(1000, gb(1, 3, "2017-12-07")) // 4 of 5 GB
	book.Waiting = []WaitingOrder{waiting(t, 2, 1, "2018-01-10", 2, 610), waiting(t, 3, 1, "2018-01-11", 1, 305), waiting(t, 4, 1, "2018-01-12", 1, 305)}
	events, then := CompleteWaiting(book, Day("2018-01-20"))
	expect(t, events, "2018-01-20 order 2 refused", "2018-01-20 order 3 completed to 2018-10-12, 3.05", "2018-01-20 order 4 refused")
	if then.Credit != 695 || !strings.Contains(events[0].Message, "al massimo 1, non 2") {
		t.Errorf("credit %s, %q", then.Credit, events[0].Message)
	}
}

func TestWaitingOrderIsRefusedOnASuspendedMailbox(t *testing.T) {
	book := rossi(1000)
	book.Mailboxes[0].Status = MailboxSuspended
	book.Waiting = []WaitingOrder{waiting(t, 2, 1, "2018-01-10", 2, 610)}
	events, then := CompleteWaiting(book, Day("2018-01-20"))
	expect(t, events, "2018-01-20 order 2 refused")
	if then.Credit != 1000 {
		t.Errorf("credit %s", then.Credit)
	}
}

func TestNothingCompletesOnADayOnWhichAMailboxStillHasItsE(t *testing.T) {
	book := rossi(1000)
	book.Mailboxes = append(book.Mailboxes, box(2, "bianchi", "2018-05-01", "2019-05-01"))
	book.Waiting = []WaitingOrder{waiting(t, 9, 2, "2018-10-01", 1, 305)}
	events, _ := CompleteWaiting(book, Day("2018-10-12"))
	expect(t, events)
	events, _ = CompleteWaiting(book, Day("2018-10-11"))
	expect(t, events, "2018-10-11 order 9 completed to 2019-05-01, 3.05")
}

func TestPaidOrderCompletesThoughAnotherMailboxFails(t *testing.T) {
	book := rossi(1000)
	book.Mailboxes[0].Kind = "premium" // in no agreement
	book.Mailboxes = append(book.Mailboxes, box(2, "bianchi", "2018-05-01", "2019-05-01"))
	book.Waiting = []WaitingOrder{waiting(t, 9, 2, "2018-10-01", 1, 305)}
	book.LastEventOn = Day("2018-10-12") // paid on the E of the one that fails
	events, then := Renewals(book, plain(t), Day("2018-10-20"))
	expect(t, events, "2018-10-12 rossi failed", "2018-10-12 order 9 completed to 2019-05-01, 3.05")

	// Tried again later, the failed one takes nothing back to its own day.
	then.Waiting = []WaitingOrder{waiting(t, 10, 2, "2018-10-25", 1, 305)}
	then.LastEventOn = Day("2018-11-01")
	events, _ = Renewals(then, plain(t), Day("2018-11-02"))
	expect(t, events, "2018-10-12 rossi failed")
}

func TestNothingCompletesWhileAClaimIsOpen(t *testing.T) {
	book := rossi(1000)
	book.Claim = 1
	book.Waiting = []WaitingOrder{waiting(t, 9, 1, "2018-01-10", 1, 305)}
	events, _ := CompleteWaiting(book, Day("2018-01-20"))
	expect(t, events)
}

func TestOneOffProductLeavesNoService(t *testing.T) {
	book := rossi(6000)
	book.Waiting = []WaitingOrder{{ID: 9, MailboxID: 1, Product: "signature_kit", Quantity: 1, Gross: 5490, OrderedOn: Day("2018-01-10"), Agreement: readAgreement(t, plainAgreement)}}
	events, then := CompleteWaiting(book, Day("2018-01-20"))
	expect(t, events, "2018-01-20 order 9 completed to 2018-10-12, 54.90")
	if len(then.Services) != 0 || then.Credit != 510 {
		t.Errorf("then %+v", then)
	}
}

func TestDecidingChangesNothing(t *testing.T) {
	book := rossi(305, gb(2, 1, "2018-12-07"), gb(1, 1, "2017-12-07"))
	book.Mailboxes = append(book.Mailboxes, box(2, "bianchi", "2017-10-12", "2018-10-12"))
	book.Waiting = []WaitingOrder{waiting(t, 9, 1, "2018-01-10", 1, 1)}
	before := book.clone()
	Renewals(book, plain(t), Day("2019-12-31"))
	CompleteWaiting(book, Day("2018-01-20"))
	if diff := cmp.Diff(before, book, cmp.Comparer(func(x, y decimal.Decimal) bool { return x.Equal(y) })); diff != "" {
		t.Errorf("deciding changed the book:\n%s", diff)
	}
}

// Deciding up to a day, and from there on, is deciding at once (R6); nothing is
// due twice; money only moves as the events say.
func TestRenewalsInStepsAreRenewalsAtOnce(t *testing.T) {
	first := readAgreement(t, plainAgreement)
	second := readAgreement(t, plainAgreement)
	second.ID, second.StartsOn, second.Products = 2, Day("2019-06-01"), second.Products[:1]
	second.Products[0].YearlyPrice, second.Policy, second.FreeWindowMonths = 333, Monthly, 0
	agreements := []Agreement{first, second}
	rapid.Check(t, func(t *rapid.T) {
		book := anyBook(t, agreements)
		start := Day("2018-01-01")
		end := start.AddDays(rapid.IntRange(0, 1500).Draw(t, "end"))
		atOnce, then := Renewals(book, agreements, end)

		steps := []Event{}
		now := book
		for day := start; day.Before(end); day = day.AddDays(rapid.IntRange(1, 400).Draw(t, "step")) {
			var events []Event
			events, now = Renewals(now, agreements, day)
			steps = append(steps, events...)
		}
		events, now := Renewals(now, agreements, end)
		steps = append(steps, events...)
		if diff := cmp.Diff(tell(steps), tell(atOnce)); diff != "" {
			t.Fatalf("in steps (-) and at once (+):\n%s", diff)
		}
		if diff := cmp.Diff(now, then, cmp.Comparer(func(x, y decimal.Decimal) bool { return x.Equal(y) })); diff != "" {
			t.Fatalf("books differ:\n%s", diff)
		}
		if again, _ := Renewals(then, agreements, end); len(again) > 0 {
			t.Fatalf("due again: %v", tell(again))
		}
		spent := Cents(0)
		for _, e := range atOnce {
			if e.Kind == EventServiceRenewed || e.Kind == EventOrderCompleted {
				spent += e.Price.Gross
			}
		}
		if then.Credit != book.Credit-spent || then.Credit < 0 {
			t.Fatalf("credit %s less %s is %s", book.Credit, spent, then.Credit)
		}
		if !slices.IsSortedFunc(atOnce, func(a, b Event) int { return a.On.Compare(b.On) }) {
			t.Fatalf("days go back: %v", tell(atOnce))
		}
	})
}

// anyBook draws a member's book as it may stand on 01/01/2018, with nothing due
// before.
func anyBook(t *rapid.T, agreements []Agreement) Book {
	b := Book{MemberID: 1, Status: MemberActive, Credit: Cents(rapid.IntRange(0, 4000).Draw(t, "credit"))}
	if rapid.Bool().Draw(t, "left") {
		b.Status = MemberCancelled
		b.LeftRegisteredOn = Day("2018-01-01")
		b.LeftOn = b.LeftRegisteredOn.AddDays(-rapid.IntRange(0, 90).Draw(t, "left days ago"))
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "mailboxes") {
		m := box(int64(i+1), fmt.Sprintf("casella%d", 9-i), "2017-01-01", "2018-01-01")
		m.ExpiresOn = Day("2018-01-01").AddDays(rapid.IntRange(0, 365).Draw(t, "E"))
		m.AnchorOn, m.TermYears = m.ExpiresOn, rapid.IntRange(1, 3).Draw(t, "term")
		m.AutoRenew = rapid.IntRange(0, 5).Draw(t, "auto") > 0
		b.Mailboxes = append(b.Mailboxes, m)
		for range rapid.IntRange(0, 3).Draw(t, "services") {
			s := gb(int64(len(b.Services)+1), rapid.IntRange(1, 2).Draw(t, "quantity"), "2017-06-01")
			s.MailboxID, s.Address, s.ExpiresOn = m.ID, m.Address, m.ExpiresOn
			s.Preference = rapid.IntRange(0, 3).Draw(t, "preference")
			b.Services = append(b.Services, s)
		}
		for range rapid.IntRange(0, 2).Draw(t, "orders") {
			b.Waiting = append(b.Waiting, WaitingOrder{
				ID: int64(len(b.Waiting) + 1), MailboxID: m.ID, Product: InboxGB, Quantity: rapid.IntRange(1, 3).Draw(t, "gb"), Gross: b.Credit + Cents(rapid.IntRange(1, 900).Draw(t, "gross")),
				OrderedOn: Day("2017-12-20").AddDays(len(b.Waiting)), Agreement: agreements[0],
			})
		}
	}
	return b
}
