package pec

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// threeKinds has a standard kind that the Ordine pays, and two dearer ones that
// members pay. VAT 22 %, three free months.
const threeKinds = `{"name": "Tre tipologie", "starts_on": "2016-01-01", "vat_rate": "22", "policy": "full_year", "free_window_months": 3,
	"kinds": [
		{"code": "standard", "name": "Standard", "base_inbox_gb": 1, "max_inbox_gb": 5, "yearly_price": "5.00", "paid_by": "ordine", "terms": [1, 2]},
		{"code": "pro", "name": "Pro", "base_inbox_gb": 2, "base_archive_gb": 3, "yearly_price": "20.00", "paid_by": "member", "terms": [1, 2, 3, 4, 5]},
		{"code": "premium", "name": "Premium", "base_inbox_gb": 5, "base_archive_gb": 10, "yearly_price": "35.00", "paid_by": "member", "terms": [1, 2, 3]}],
	"products": [
		{"code": "inbox_gb", "name": "Spazio in più", "unit": "GB", "yearly_price": "2.50", "kinds": ["standard", "pro", "premium"]},
		{"code": "archive_gb", "name": "Conservazione", "unit": "GB", "yearly_price": "4.00", "kinds": ["pro", "premium"]}]}`

func kindsAgreement(t *testing.T, changes ...func(*Agreement)) Agreement {
	t.Helper()
	a := readAgreement(t, threeKinds)
	a.ID = 1
	for _, change := range changes {
		change(&a)
	}
	return a
}

func byTheMonth(a *Agreement) { a.Policy, a.FreeWindowMonths = Monthly, 0 }

// proBook is a member with one mailbox of a kind, 1, and services on it.
func proBook(kind string, credit Cents, services ...Service) Book {
	b := rossi(credit, services...)
	b.Mailboxes[0].Kind = kind
	return b
}

// TestWhatARenewalByOrderCosts: net, VAT, gross of all lines, worked out by
// hand. Pro costs 20,00 + 4,40 a year, Premium 35,00 + 7,70, Standard 5,00 +
// 1,10, a GB 2,50 + 0,55.
func TestWhatARenewalByOrderCosts(t *testing.T) {
	month := func(t *testing.T) []Agreement { return []Agreement{kindsAgreement(t, byTheMonth)} }
	dearer := func(t *testing.T) []Agreement {
		later := kindsAgreement(t, func(a *Agreement) {
			a.ID, a.StartsOn, a.VATRate = 2, Day("2018-10-01"), a.VATRate.Div(a.VATRate).Shift(1) // 10 %
			a.Kinds[1].YearlyPrice, a.Products[0].YearlyPrice = 3000, 400
		})
		return []Agreement{kindsAgreement(t), later}
	}
	onlyAtE := func(t *testing.T) []Agreement {
		return []Agreement{kindsAgreement(t, func(a *Agreement) { a.UpgradeAtExpiry = true })}
	}
	off := func(b *Book) { b.Mailboxes[0].AutoRenew = false }
	expires := func(anchor, e string) func(*Book) {
		return func(b *Book) {
			b.Mailboxes[0].ActivatedOn, b.Mailboxes[0].AnchorOn, b.Mailboxes[0].ExpiresOn = Day(anchor), Day(anchor), Day(e)
		}
	}
	running := func(services ...Service) func(*Book) { return func(b *Book) { b.Services = services } }
	lowered, stopped := gb(1, 3, "2017-12-07"), gb(1, 1, "2017-12-07")
	lowered.NextQuantity, stopped.AutoRenew = 1, false
	for _, row := range []struct {
		what            string
		on              string
		kind            string
		wish            RenewalWish
		book            func(*Book)
		agreements      func(*testing.T) []Agreement // nil: three kinds, full years
		to              string
		net, vat, gross Cents
	}{
		{"a Pro mailbox for a year", "2018-03-01", "pro", RenewalWish{"pro", 1, 0}, nil, nil, "2019-10-12", 2000, 440, 2440},
		{"for two", "2018-03-01", "pro", RenewalWish{"pro", 2, 0}, nil, nil, "2020-10-12", 4000, 880, 4880},
		{"for five", "2018-03-01", "pro", RenewalWish{"pro", 5, 0}, nil, nil, "2023-10-12", 10000, 2200, 12200},
		{"no kind named is the one there is", "2018-10-11", "pro", RenewalWish{"", 1, 0}, nil, nil, "2019-10-12", 2000, 440, 2440},
		{"two years and a GB: until E, and after", "2018-03-01", "pro", RenewalWish{"pro", 2, 1}, nil, nil, "2020-10-12", 4750, 1045, 5795},
		{"a GB on the last day that is paid for", "2018-07-11", "pro", RenewalWish{"pro", 1, 1}, nil, nil, "2019-10-12", 2500, 550, 3050},
		{"a GB on the first free day", "2018-07-12", "pro", RenewalWish{"pro", 1, 1}, nil, nil, "2019-10-12", 2250, 495, 2745},
		{"a GB the day before E", "2018-10-11", "pro", RenewalWish{"pro", 1, 1}, nil, nil, "2019-10-12", 2250, 495, 2745},
		{"2 GB that go on", "2018-03-01", "pro", RenewalWish{"pro", 1, 0}, running(gb(1, 2, "2017-12-07")), nil, "2019-10-12", 2500, 550, 3050},
		{"2 GB that go on for three years", "2018-03-01", "pro", RenewalWish{"pro", 3, 0}, running(gb(1, 2, "2017-12-07")), nil, "2021-10-12", 7500, 1650, 9150},
		{"3 GB lowered to 1", "2018-03-01", "pro", RenewalWish{"pro", 1, 0}, running(lowered), nil, "2019-10-12", 2250, 495, 2745},
		{"a GB whose renewal is off", "2018-03-01", "pro", RenewalWish{"pro", 1, 0}, running(stopped), nil, "2019-10-12", 2000, 440, 2440},
		// 40,00 + 2 × 2,50 × 2 + 3 × 2,50 + 3 × 2,50 × 2
		{"two years, 2 GB that go on and 3 more", "2018-03-01", "pro", RenewalWish{"pro", 2, 3}, running(gb(1, 2, "2017-12-07")), nil, "2020-10-12", 7250, 1595, 8845},
		{"a standard one not renewed by itself", "2018-03-01", "standard", RenewalWish{"standard", 1, 0}, off, nil, "2019-10-12", 500, 110, 610},
		{"for two years", "2018-03-01", "standard", RenewalWish{"standard", 2, 0}, off, nil, "2020-10-12", 1000, 220, 1220},

		{"from Pro to Premium at once: 15,00 until E, 35,00 after", "2018-03-01", "pro", RenewalWish{"premium", 1, 0}, nil, nil, "2019-10-12", 5000, 1100, 6100},
		{"in the free window the difference is nothing", "2018-09-01", "pro", RenewalWish{"premium", 1, 0}, nil, nil, "2019-10-12", 3500, 770, 4270},
		{"without a renewal", "2018-03-01", "pro", RenewalWish{"premium", 0, 0}, nil, nil, "2018-10-12", 1500, 330, 1830},
		{"without a renewal, in the free window", "2018-07-12", "pro", RenewalWish{"premium", 0, 0}, nil, nil, "2018-10-12", 0, 0, 0},
		{"a year and seven months before E: two years", "2018-03-01", "pro", RenewalWish{"premium", 0, 0}, expires("2017-10-12", "2019-10-12"), nil, "2019-10-12", 3000, 660, 3660},
		{"from the Ordine's Standard to Pro", "2018-03-01", "standard", RenewalWish{"pro", 1, 0}, nil, nil, "2019-10-12", 3500, 770, 4270},
		{"where kinds change only on E", "2018-03-01", "pro", RenewalWish{"premium", 1, 0}, nil, onlyAtE, "2019-10-12", 3500, 770, 4270},
		{"down to Pro on E", "2018-03-01", "premium", RenewalWish{"pro", 1, 0}, nil, nil, "2019-10-12", 2000, 440, 2440},

		{"by the month, six to E, with a GB", "2018-04-12", "pro", RenewalWish{"pro", 1, 1}, nil, month, "2019-10-12", 2375, 523, 2898},
		{"by the month, to Premium with a year", "2018-04-12", "pro", RenewalWish{"premium", 1, 0}, nil, month, "2019-10-12", 4250, 935, 5185},
		{"by the month, six started", "2018-04-13", "pro", RenewalWish{"premium", 0, 0}, nil, month, "2018-10-12", 750, 165, 915},
		{"by the month, a day more is a month more", "2018-04-11", "pro", RenewalWish{"premium", 0, 0}, nil, month, "2018-10-12", 875, 193, 1068},
		{"by the month, the day before E", "2018-10-11", "pro", RenewalWish{"premium", 0, 0}, nil, month, "2018-10-12", 125, 28, 153},

		{"the years from E by the agreement of E, the GB before it by today's", "2018-03-01", "pro", RenewalWish{"pro", 1, 1}, nil, dearer, "2019-10-12", 3650, 395, 4045},

		{"anchored on 29 February, to a 28th", "2024-06-01", "pro", RenewalWish{"pro", 1, 0}, expires("2024-02-29", "2025-02-28"), nil, "2026-02-28", 2000, 440, 2440},
		{"anchored on 29 February, to a 29th", "2026-06-01", "pro", RenewalWish{"pro", 1, 0}, expires("2024-02-29", "2027-02-28"), nil, "2028-02-29", 2000, 440, 2440},
		{"anchored on 29 February, three years over a leap day", "2026-06-01", "pro", RenewalWish{"pro", 3, 0}, expires("2024-02-29", "2027-02-28"), nil, "2030-02-28", 6000, 1320, 7320},
		// The window of E 29/02/2028 opens on 29/11/2027.
		{"a GB a day before the window of a 29 February", "2027-11-28", "pro", RenewalWish{"pro", 1, 1}, expires("2024-02-29", "2028-02-29"), nil, "2029-02-28", 2500, 550, 3050},
	} {
		t.Run(row.what, func(t *testing.T) {
			agreements := []Agreement{kindsAgreement(t)}
			if row.agreements != nil {
				agreements = row.agreements(t)
			}
			b := proBook(row.kind, 0)
			if row.book != nil {
				row.book(&b)
			}
			q, err := b.QuoteRenewal(agreements, 1, Day(row.on), row.wish)
			if err != nil {
				t.Fatal(err)
			}
			if q.Price != (Amounts{row.net, row.vat, row.gross}) || q.To != Day(row.to) {
				t.Errorf("%s to %s, want %s + %s = %s to %s\n%+v", q.Price.Sum(), q.To, row.net, row.vat, row.gross, row.to, q.Lines)
			}
			for _, l := range q.Lines {
				if l.Reason == "" || l.Name == "" || l.Price.Net+l.Price.VAT != l.Price.Gross {
					t.Errorf("line %+v", l)
				}
			}
			if !strings.Contains(q.Reason, q.Price.costs("costa")) || strings.Contains(q.Reason, " 0,00") || !strings.HasSuffix(q.Reason, ".") {
				t.Errorf("reason: %s", q.Reason)
			}
		})
	}
}

func TestWhatMayNotBeOrdered(t *testing.T) {
	used := func(mb int) func(*Book) { return func(b *Book) { b.Mailboxes[0].UsedMB = &mb } }
	archive := gb(2, 1, "2017-12-07")
	archive.Product = "archive_gb"
	for _, row := range []struct {
		what, on, kind string
		wish           RenewalWish
		change         func(*Book)
		code, says     string
	}{
		{"a term that is not on offer", "2018-03-01", "premium", RenewalWish{"premium", 4, 0}, nil, "term_not_offered", "4\u00a0anni"},
		{"a kind that is not on offer", "2018-03-01", "pro", RenewalWish{"gold", 1, 0}, nil, "kind_unknown", "12/10/2018"},
		{"what renews by itself", "2018-03-01", "standard", RenewalWish{"standard", 1, 0}, nil, "renews_by_itself", "a carico dell’Ordine"},
		{"the Ordine's kind, which takes no order", "2018-03-01", "pro", RenewalWish{"standard", 1, 0}, nil, "renews_by_itself", "senza ordine"},
		{"down before E", "2018-03-01", "premium", RenewalWish{"pro", 0, 0}, nil, "downgrade_before_expiry", "solo alla scadenza, il 12/10/2018"},
		{"the Ordine's kind, for a term it has not", "2018-03-01", "pro", RenewalWish{"standard", 5, 0}, nil, "renews_by_itself", "senza ordine"},
		{"the kind that is there", "2018-03-01", "pro", RenewalWish{"pro", 0, 0}, nil, "kind_same", "già Pro"},
		{"what is used does not fit", "2018-03-01", "premium", RenewalWish{"pro", 1, 0}, used(2049), "below_use", "occupa 2.049 MB e come Pro avrebbe 2 GB"},
		{"what is used does not fit with a GB more", "2018-03-01", "premium", RenewalWish{"pro", 1, 1}, used(3073), "below_use", "avrebbe 3 GB (3.072 MB)"},
		{"a suspended mailbox", "2018-03-01", "pro", RenewalWish{"pro", 1, 0}, func(b *Book) { b.Mailboxes[0].Status = MailboxSuspended }, "mailbox_not_active", "sospesa"},
		{"on E", "2018-10-12", "pro", RenewalWish{"pro", 1, 0}, nil, "mailbox_expired", "12/10/2018"},
		{"after E", "2018-10-13", "pro", RenewalWish{"pro", 1, 0}, nil, "mailbox_expired", "12/10/2018"},
		{"for a leaver", "2018-03-01", "pro", RenewalWish{"pro", 1, 0}, func(b *Book) { b.Status = MemberCancelled }, "holder_left", "cancellato"},
		{"with a claim open", "2018-03-01", "pro", RenewalWish{"pro", 1, 0}, func(b *Book) { b.Claim = 100 }, "claim_open", "1,00"},
		{"beyond the cap", "2018-03-01", "standard", RenewalWish{"standard", 1, 2}, func(b *Book) {
			b.Mailboxes[0].AutoRenew = false
			b.Services = []Service{gb(1, 3, "2017-12-07")}
		}, "cap_exceeded", "al massimo 1, non 2"},
		{"a kind whose cap is passed", "2018-03-01", "pro", RenewalWish{"standard", 1, 0}, func(b *Book) {
			b.Mailboxes[0].AutoRenew = false
			b.Services = []Service{gb(1, 5, "2017-12-07")}
		}, "cap_exceeded", "avrebbe 6 GB"},
		{"a service that the kind does not allow", "2018-03-01", "pro", RenewalWish{"standard", 1, 0}, func(b *Book) {
			b.Mailboxes[0].AutoRenew = false
			b.Services = []Service{archive}
		}, "product_not_allowed", "Conservazione"},
		{"less than nothing", "2018-03-01", "pro", RenewalWish{"pro", 1, -1}, nil, "quantity_invalid", "Ha scritto −1: lo spazio da aggiungere non può essere meno di 0."},
		{"space without a renewal", "2018-03-01", "pro", RenewalWish{"premium", 0, 1}, nil, "quantity_invalid", "acquisto"},
		{"a second renewal before the first begins", "2018-03-01", "pro", RenewalWish{"pro", 1, 0}, func(b *Book) {
			b.Mailboxes[0].TurnsOn, b.Mailboxes[0].ExpiresOn = Day("2018-10-12"), Day("2019-10-12")
		}, "already_renewed", "dal 13/10/2018"},
		{"beside an order that waits", "2018-03-01", "pro", RenewalWish{"pro", 1, 0}, func(b *Book) {
			b.Waiting = []WaitingOrder{{ID: 9, MailboxID: 1, OrderedOn: Day("2018-02-20")}}
		}, "order_waiting", "già un ordine"},
	} {
		t.Run(row.what, func(t *testing.T) {
			b := proBook(row.kind, 0)
			if row.change != nil {
				row.change(&b)
			}
			_, err := b.QuoteRenewal([]Agreement{kindsAgreement(t)}, 1, Day(row.on), row.wish)
			if p := AsProblem(err); p == nil || p.Code != row.code || !strings.Contains(p.Message, row.says) {
				t.Errorf("%v, want %s: …%s…", err, row.code, row.says)
			}
		})
	}
	_, err := proBook("pro", 0).QuoteRenewal([]Agreement{kindsAgreement(t, func(a *Agreement) { a.UpgradeAtExpiry = true })}, 1, Day("2018-03-01"), RenewalWish{"premium", 0, 0})
	if p := AsProblem(err); p == nil || p.Code != "upgrade_at_expiry" {
		t.Errorf("where kinds change only on E: %v", err)
	}
	_, err = proBook("pro", 0).QuoteRenewal([]Agreement{kindsAgreement(t, func(a *Agreement) { a.SoldBy = SoldByProvider })}, 1, Day("2018-03-01"), RenewalWish{"pro", 1, 0})
	if p := AsProblem(err); p == nil || p.Code != "sold_by_provider" {
		t.Errorf("where members buy at the provider: %v", err)
	}
}

func TestGoingDownWarnsOfTheArchive(t *testing.T) {
	q, err := proBook("premium", 0).QuoteRenewal([]Agreement{kindsAgreement(t)}, 1, Day("2018-03-01"), RenewalWish{"pro", 1, 0})
	if err != nil || q.AtOnce {
		t.Fatal(q, err)
	}
	if want := "Dal 12/10/2018, passando da Premium a Pro, lo spazio base scende da 5 a 2\u00a0GB; l’archivio scende da 10 a 3\u00a0GB e ciò che eccede si perde: ne salvi prima una copia."; q.Warning != want {
		t.Errorf("warning: %s", q.Warning)
	}
	_, warning, err := proBook("pro", 0).ChooseKind([]Agreement{kindsAgreement(t)}, 1, Day("2018-03-01"), "standard")
	if err != nil || !strings.Contains(warning, "l’archivio di 3\u00a0GB si perde") {
		t.Errorf("%s, %v", warning, err)
	}
}

// A kind that the holder pays closes on E without an order (R18): who changes
// only the kind hears it before.
func TestChangeOfKindAloneWarnsThatTheMailboxCloses(t *testing.T) {
	itself := "Ora la casella si rinnova da sola a carico dell’Ordine; passata a Pro non più: il 12/10/2018 si chiude con i suoi servizi, se prima non è pagato un ordine di rinnovo o scelta per quel giorno la tipologia Standard."
	closes := "Il 12/10/2018 la casella si chiude con i suoi servizi, se prima non è pagato un ordine di rinnovo."
	ordineLater := func(t *testing.T) []Agreement {
		return []Agreement{kindsAgreement(t), kindsAgreement(t, func(a *Agreement) {
			a.ID, a.StartsOn, a.Kinds[1].PaidBy = 2, Day("2018-10-01"), PaidByOrdine
		})}
	}
	for _, row := range []struct {
		name, kind string
		change     func(*Mailbox)
		agreements func(*testing.T) []Agreement
		wish       RenewalWish
		want       string
	}{
		{"the free kind", "standard", nil, nil, RenewalWish{"pro", 0, 0}, itself},
		{"the free kind with the renewal turned off", "standard", func(m *Mailbox) { m.AutoRenew = false }, nil, RenewalWish{"pro", 0, 0}, closes},
		{"a kind that closed anyway", "pro", nil, nil, RenewalWish{"premium", 0, 0}, closes},
		{"a kind to come that renews by itself", "pro", func(m *Mailbox) { m.NextKind = "standard" }, nil, RenewalWish{"premium", 0, 0}, strings.Replace(itself, "Pro", "Premium", 1)},
		{"a kind that the Ordine pays from E on", "standard", nil, ordineLater, RenewalWish{"pro", 0, 0}, ""},
		{"renewed with it", "standard", nil, nil, RenewalWish{"pro", 1, 0}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			b := proBook(row.kind, 0)
			agreements := []Agreement{kindsAgreement(t)}
			if row.change != nil {
				row.change(&b.Mailboxes[0])
			}
			if row.agreements != nil {
				agreements = row.agreements(t)
			}
			if q, err := b.QuoteRenewal(agreements, 1, Day("2018-03-01"), row.wish); err != nil || q.Warning != row.want {
				t.Errorf("%q, %v, want %q", q.Warning, err, row.want)
			}
		})
	}
}

// ordered is the order of a wish, waiting since a day.
func ordered(t *testing.T, b Book, id int64, on string, wish RenewalWish) WaitingOrder {
	t.Helper()
	q, err := b.QuoteRenewal([]Agreement{kindsAgreement(t)}, 1, Day(on), wish)
	if err != nil {
		t.Fatal(err)
	}
	r := q.Renewal()
	return WaitingOrder{ID: id, MailboxID: 1, Gross: q.Price.Gross, Net: q.Price.Net, OrderedOn: Day(on), Agreement: kindsAgreement(t), Renewal: &r}
}

func TestRenewalByOrderIsPaidOnETheWholeDay(t *testing.T) {
	b := proBook("pro", 2440)
	b.Waiting = []WaitingOrder{ordered(t, b, 9, "2018-09-20", RenewalWish{"pro", 1, 0})}
	if paid, _ := CompleteWaiting(b, Day("2018-10-12")); len(paid) > 0 {
		t.Errorf("before the run of E: %v", tell(paid))
	}
	events, then := Renewals(b, []Agreement{kindsAgreement(t)}, Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 order 9 completed to 2019-10-12, 24.40",
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 24.40",
		"2018-10-12 rossi turned, pro to 2019-10-12")
	if then.Credit != 0 || !then.Mailboxes[0].TurnsOn.IsZero() {
		t.Errorf("then %+v", then)
	}
}

func TestRenewalByOrderLapsesOnEAndTheMailboxCloses(t *testing.T) {
	b := proBook("pro", 2439)
	b.Waiting = []WaitingOrder{ordered(t, b, 9, "2018-09-20", RenewalWish{"pro", 1, 0})}
	events, _ := Renewals(b, []Agreement{kindsAgreement(t)}, Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 order 9 lapsed",
		"2018-10-12 rossi closed, not_renewed")
}

// The order for a dearer kind lapses on E although the Ordine renews the
// mailbox as it is.
func TestRenewalByOrderLapsesBesideTheTacitOne(t *testing.T) {
	b := proBook("standard", 0)
	b.Waiting = []WaitingOrder{ordered(t, b, 9, "2018-09-20", RenewalWish{"pro", 1, 0})}
	events, then := Renewals(b, []Agreement{kindsAgreement(t)}, Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 order 9 lapsed",
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10")
	if len(then.Waiting) > 0 || then.Mailboxes[0].Kind != "standard" {
		t.Errorf("then %+v", then)
	}
}

func TestRenewalByOrderLapsesAfterThirtyDays(t *testing.T) {
	b := proBook("pro", 2439)
	b.Waiting = []WaitingOrder{ordered(t, b, 9, "2018-09-11", RenewalWish{"pro", 1, 0})} // payable to 11/10
	events, _ := Renewals(b, []Agreement{kindsAgreement(t)}, Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 order 9 lapsed",
		"2018-10-12 rossi closed, not_renewed")
	for _, row := range []struct{ ordered, last string }{{"2018-09-11", "2018-10-11"}, {"2018-09-12", "2018-10-12"}, {"2018-10-11", "2018-10-12"}, {"2018-03-01", "2018-03-31"}} {
		w := WaitingOrder{OrderedOn: Day(row.ordered), Renewal: &OrderedRenewal{Years: 1}}
		if got := w.PayBy(Day("2018-10-12")); got != Day(row.last) {
			t.Errorf("ordered on %s: to be paid by %s, want %s", row.ordered, got, row.last)
		}
	}
}

// A renewal paid ahead moves E at once; the kind goes down, the quantity falls
// and what was left out ends on the E that was.
func TestRenewalPaidAheadTurnsOnTheOldE(t *testing.T) {
	lowered, stopped := gb(1, 3, "2017-12-07"), gb(2, 1, "2018-01-10")
	lowered.NextQuantity, stopped.AutoRenew = 2, false
	b := proBook("premium", 3050, lowered, stopped) // 20,00 + 5,00 + IVA
	b.Waiting = []WaitingOrder{ordered(t, b, 9, "2018-03-01", RenewalWish{"pro", 1, 1})}
	b.Credit += 305 + 305 // a GB until E, and after
	paid, ahead := CompleteWaiting(b, Day("2018-03-02"))
	expect(t, paid,
		"2018-03-02 order 9 completed to 2019-10-12, 36.60",
		"2018-03-02 rossi renewed from 2018-10-12 to 2019-10-12, 36.60",
		"2018-03-02 service 1 renewed, 2 inbox_gb to 2019-10-12, 0.00")
	m := ahead.Mailboxes[0]
	if m.Kind != "premium" || m.NextKind != "pro" || m.TurnsOn != Day("2018-10-12") || ahead.Services[0].Quantity != 3 || ahead.Credit != 0 {
		t.Errorf("ahead %+v", ahead)
	}
	events, then := Renewals(ahead, []Agreement{kindsAgreement(t)}, Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 rossi turned, pro to 2019-10-12",
		"2018-10-12 service 2 ended, renewal_off")
	if then.Mailboxes[0].Kind != "pro" || then.Services[0].Quantity != 2 || ExtraGB(then.Services) != 3 {
		t.Errorf("then %+v", then)
	}
	events, _ = Renewals(then, []Agreement{kindsAgreement(t)}, Day("2019-10-12"))
	if lines := tell(events); lines[0] != "2019-10-12 rossi closed, not_renewed" {
		t.Errorf("a year later: %v", lines)
	}
}

func TestDearerKindBeginsWhenItIsPaid(t *testing.T) {
	b := proBook("standard", 1830)
	b.Waiting = []WaitingOrder{ordered(t, b, 9, "2018-03-01", RenewalWish{"pro", 0, 0})}
	paid, then := CompleteWaiting(b, Day("2018-03-02"))
	expect(t, paid,
		"2018-03-02 order 9 completed to 2018-10-12, 18.30",
		"2018-03-02 rossi now pro")
	events, _ := Renewals(then, []Agreement{kindsAgreement(t)}, Day("2018-10-12")) // R18 from now on
	expect(t, events, "2018-10-12 rossi closed, not_renewed")
}

func TestChosenKindBeginsWithTheTacitRenewal(t *testing.T) {
	b := proBook("pro", 305, gb(1, 1, "2017-12-07"))
	if _, _, err := b.ChooseKind([]Agreement{kindsAgreement(t)}, 1, Day("2018-10-11"), "standard"); err != nil {
		t.Fatal(err)
	}
	b.Mailboxes[0].NextKind = "standard"
	events, then := Renewals(b, []Agreement{kindsAgreement(t)}, Day("2018-10-12"))
	expect(t, events,
		"2018-10-12 rossi renewed from 2018-10-12 to 2019-10-12, 6.10",
		"2018-10-12 service 1 renewed, 1 inbox_gb to 2019-10-12, 3.05")
	if m := then.Mailboxes[0]; m.Kind != "standard" || m.NextKind != "" {
		t.Errorf("then %+v", m)
	}
}

func TestLeaverIsNotRenewedByAnOrder(t *testing.T) {
	b := proBook("pro", 2440)
	b.Waiting = []WaitingOrder{ordered(t, b, 9, "2018-09-20", RenewalWish{"pro", 1, 0})}
	b.Status, b.LeftOn, b.LeftRegisteredOn = MemberCancelled, Day("2018-09-25"), Day("2018-09-25")
	events, _ := Renewals(b, []Agreement{kindsAgreement(t)}, Day("2018-10-12"))
	expect(t, events, "2018-10-12 rossi closed, leaver", "2018-10-12 order 9 lapsed")
	paid, _ := CompleteWaiting(b, Day("2018-09-26"))
	expect(t, paid, "2018-09-26 order 9 refused")
}

// Pro at 24,40 €: the forecast says what an order would ask for, and what a
// waiting one lacks.
func TestForecastAsksForTheRenewal(t *testing.T) {
	agreements := []Agreement{kindsAgreement(t)}
	b := proBook("pro", 400)
	f := b.Forecast(agreements, 1, Day("2018-09-20"))
	if f.Mailbox.Kind != EventClosed || f.Asked.Gross != 2440 || f.AskedMissing != 2040 || f.AskedYears != 1 || f.Order != 0 {
		t.Errorf("without an order: %+v", f)
	}
	b.Waiting = []WaitingOrder{ordered(t, b, 9, "2018-09-20", RenewalWish{"pro", 2, 0})}
	f = b.Forecast(agreements, 1, Day("2018-09-21"))
	if f.Asked.Gross != 4880 || f.AskedMissing != 4480 || f.AskedYears != 2 || f.Order != 9 {
		t.Errorf("with an order: %+v", f)
	}
	b.Credit = 4880
	f = b.Forecast(agreements, 1, Day("2018-10-12"))
	if f.Mailbox.Kind != EventRenewed || f.Mailbox.To != Day("2020-10-12") || f.Asked.Gross != 0 {
		t.Errorf("with the credit: %+v", f)
	}
}

// However many orders and days come between, no term is paid twice: the run
// charges the Ordine nothing for a term that an order paid.
func TestTermPaidAheadIsNotRenewedAgain(t *testing.T) {
	b := proBook("standard", 610)
	b.Mailboxes[0].AutoRenew = false
	w := ordered(t, b, 9, "2018-03-01", RenewalWish{"standard", 1, 0})
	b.Waiting = []WaitingOrder{w}
	_, then := CompleteWaiting(b, Day("2018-03-01"))
	then.Mailboxes[0].AutoRenew = true // the secretariat turns it on again
	events, _ := Renewals(then, []Agreement{kindsAgreement(t)}, Day("2019-10-12"))
	expect(t, events,
		"2018-10-12 rossi turned, standard to 2019-10-12",
		"2019-10-12 rossi renewed from 2019-10-12 to 2020-10-12, 6.10")
	if renewed := slices.IndexFunc(events, func(e Event) bool { return e.Kind == EventRenewed }); events[renewed].Renewal != nil {
		t.Error(fmt.Sprint("renewed by an order: ", events[renewed]))
	}
}

// What ends with a renewal has its name, also when its product is no longer sold.
func TestWhatARenewalLeavesOutHasAName(t *testing.T) {
	ends := func(id int64, product string, quantity int) Service {
		return Service{ID: id, MailboxID: 1, Product: product, Quantity: quantity, NextQuantity: quantity, StartedOn: Day("2017-12-07"), ExpiresOn: Day("2018-10-12"), Source: SoldByOrdine}
	}
	book := proBook("pro", 0, ends(1, InboxGB, 2), ends(2, "archive_gb", 1), ends(3, "user", 3))
	q, err := book.QuoteRenewal([]Agreement{kindsAgreement(t)}, 1, Day("2018-03-01"), RenewalWish{Years: 1})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range q.LeftOut {
		names = append(names, l.What)
	}
	if want := []string{"2\u00a0GB in più", "1\u00a0GB di Conservazione", "3 × user"}; !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
}
