package pec

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Each row plays a mailbox's life: the expiries that follow each other (R1, R2).
func TestAnniversariesKeepTheDayOfActivation(t *testing.T) {
	for _, row := range []struct {
		what      string
		activated string
		years     int
		expiries  []string
	}{
		{"an ordinary day", "2017-10-12", 1, []string{"2018-10-12", "2019-10-12", "2020-10-12"}},
		{"29 February", "2024-02-29", 1, []string{"2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29", "2029-02-28"}},
		{"29 February, two years at a time", "2024-02-29", 2, []string{"2026-02-28", "2028-02-29", "2030-02-28"}},
		{"29 February, four years at a time", "2024-02-29", 4, []string{"2028-02-29", "2032-02-29"}},
		{"29 February across 2100, which is no leap year", "2096-02-29", 4, []string{"2100-02-28", "2104-02-29"}},
		{"28 February stays the 28th in leap years", "2023-02-28", 1, []string{"2024-02-28", "2025-02-28"}},
		{"the year's last day", "2020-12-31", 1, []string{"2021-12-31", "2022-12-31"}},
		{"five years", "2026-01-01", 5, []string{"2031-01-01", "2036-01-01"}},
	} {
		from := Day(row.activated)
		for _, want := range row.expiries {
			e := Expiry(Day(row.activated), from, row.years)
			if e != Day(want) {
				t.Errorf("%s: the term from %s ends on %s, want %s", row.what, from, e, want)
			}
			from = e
		}
	}
}

func TestTermChangedOnTheWayKeepsTheAnniversary(t *testing.T) {
	// Anchored on 29/02/2024, renewed on 28/02/2026 for two years: 29/02/2028.
	if got := Expiry(Day("2024-02-29"), Day("2026-02-28"), 2); got != Day("2028-02-29") {
		t.Errorf("two years from 28/02/2026: %s", got)
	}
}

func TestDayOnWhichALeaversMailboxCloses(t *testing.T) {
	days := func(n int) *int { return &n }
	for _, row := range []struct {
		what                          string
		expires, left, registered, on string
		grace                         *int
	}{
		{"sixty days after leaving", "2018-10-12", "2018-03-01", "2018-03-01", "2018-04-30", days(60)},
		{"E comes before the sixty days are over", "2018-10-12", "2018-09-01", "2018-09-01", "2018-10-12", days(60)},
		{"the sixty days end on E", "2018-10-12", "2018-08-13", "2018-08-13", "2018-10-12", days(60)},
		{"no grace: on the leaving day", "2018-10-12", "2018-03-01", "2018-03-01", "2018-03-01", days(0)},
		{"no grace, registered later: on that day", "2018-10-12", "2018-03-01", "2018-03-20", "2018-03-20", days(0)},
		{"no limit: only E counts", "2018-10-12", "2017-11-01", "2017-11-01", "2018-10-12", nil},
		{"left on E itself", "2018-10-12", "2018-10-12", "2018-10-12", "2018-10-12", days(60)},
		{"registered when the grace was over", "2018-10-12", "2018-01-01", "2018-06-15", "2018-06-15", days(60)},
		{"registered within the grace", "2018-10-12", "2018-05-01", "2018-06-15", "2018-06-30", days(60)},
		{"registered after the renewal, within the grace", "2019-10-12", "2018-10-01", "2018-10-20", "2018-11-30", days(60)},
		{"registered after the renewal and the grace", "2019-10-12", "2018-07-01", "2018-10-20", "2018-10-20", days(60)},
		{"grace over 29 February", "2024-10-12", "2024-02-01", "2024-02-01", "2024-03-02", days(30)},
	} {
		got := LeaverClosesOn(Day(row.expires), Day(row.left), Day(row.registered), row.grace)
		if got != Day(row.on) {
			t.Errorf("%s: %s, want %s", row.what, got, row.on)
		}
	}
}

func TestServicesInTheMembersOrder(t *testing.T) {
	s := func(id, mailbox int64, address, started string, preference int) Service {
		return Service{ID: id, MailboxID: mailbox, Address: address, StartedOn: Day(started), Preference: preference}
	}
	for _, row := range []struct {
		what string
		in   []Service
		want []int64
	}{
		{"oldest first", []Service{s(2, 1, "a", "2018-02-01", 0), s(1, 1, "a", "2018-03-01", 0)}, []int64{2, 1}},
		{"on one day the first bought", []Service{s(2, 1, "a", "2018-02-01", 0), s(1, 1, "a", "2018-02-01", 0)}, []int64{1, 2}},
		{"the member's wish before age", []Service{s(1, 1, "a", "2018-01-01", 2), s(2, 1, "a", "2018-02-01", 1)}, []int64{2, 1}},
		{"what has no place in the wish comes last", []Service{s(1, 1, "a", "2017-01-01", 0), s(2, 1, "a", "2018-02-01", 3)}, []int64{2, 1}},
		{"the wish runs across mailboxes", []Service{s(1, 1, "a", "2018-01-01", 2), s(2, 2, "b", "2018-01-01", 1), s(3, 1, "a", "2018-01-01", 3)}, []int64{2, 1, 3}},
		{"then the address decides", []Service{s(1, 2, "b@x", "2018-01-01", 0), s(2, 1, "a@x", "2018-01-01", 0)}, []int64{2, 1}},
		{"age before address", []Service{s(2, 1, "a@x", "2018-02-01", 0), s(1, 2, "b@x", "2018-01-01", 0)}, []int64{1, 2}},
	} {
		ByPreference(row.in)
		var got []int64
		for _, x := range row.in {
			got = append(got, x.ID)
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: %v, want %v", row.what, got, row.want)
		}
	}
}

func TestExtraSpaceIsRunningInboxSpaceOnly(t *testing.T) {
	got := ExtraGB([]Service{
		{Product: InboxGB, Quantity: 2}, {Product: InboxGB, Quantity: 1}, {Product: "archive_gb", Quantity: 7},
		{Product: InboxGB, Quantity: 4, EndedOn: Day("2018-01-01")},
	})
	if got != 3 {
		t.Errorf("%d GB, want 3", got)
	}
}

func TestLocalPartOfAnAddress(t *testing.T) {
	long := strings.Repeat("a", 80)
	for _, row := range []struct {
		surname, name string
		n             int
		want          string
	}{
		{"Rossi", "Mario", 1, "mario.rossi"},
		{"Rossi", "Mario", 0, "mario.rossi"},
		{"Rossi", "Mario", 2, "mario.rossi2"},
		{"Rossi", "Mario", 13, "mario.rossi13"},
		{"D'Alò Conti", "Maria Pia", 1, "maria.daloconti"},
		{"D’Alò", "Maria", 1, "maria.dalo"},
		{"De  Rosa", "  Anna  Maria ", 1, "anna.derosa"},
		{"De\u00a0Rosa", "Anna\u00a0Maria", 1, "anna.derosa"},
		{"Müller", "Jürgen", 1, "jurgen.muller"},
		{"Weiß", "Sören", 1, "soren.weiss"},
		{"Štefančič", "Đorđe", 1, "dorde.stefancic"},
		{"Rossi-Bianchi", "Anna-Maria", 1, "anna-maria.rossi-bianchi"},
		{"Nicolò", "Niccolò", 3, "niccolo.nicolo3"},
		{"Rossi", "", 1, "rossi"},
		{"", "Mario", 1, "mario"},
		{"", "", 1, ""},
		{"'", "’", 2, ""},
		{"Иванов", "Иван", 1, ""},
		{"O'Hara 3º", "J.R.", 1, "jr.ohara3"},
		{long, "Mario", 1, "mario." + long[:58]},
		{long, "Mario", 27, "mario." + long[:56] + "27"},
	} {
		if got := LocalPart(row.surname, row.name, row.n); got != row.want {
			t.Errorf("%q %q %d: %q, want %q", row.surname, row.name, row.n, got, row.want)
		}
	}
}

func TestAddressMadeOfAnyNameIsAnAddress(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		surname, name := rapid.String().Draw(t, "surname"), rapid.String().Draw(t, "name")
		local := LocalPart(surname, name, rapid.IntRange(0, 9999).Draw(t, "n"))
		if local != "" && !ValidEmail(local+"@pec.example.example") {
			t.Fatalf("%q", local)
		}
	})
}
