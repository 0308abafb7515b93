package pec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// watch is the mailbox of the worked example on a day: E 12/10/2018, 1 GB
// bought on 07/12/2017.
func watch(on string) Watch {
	book, agreements := forecastBook(0)
	return Watch{On: Day(on), Mailbox: book.Mailboxes[0], Status: MemberActive, Services: book.Services, Agreements: agreements}
}

// story tells a decision in a few words.
func story(d NoticeDecision) string {
	if d.Due {
		return fmt.Sprint("step ", d.Step)
	}
	return string(d.Why)
}

// Two years of daily runs: the GB bought on 07/12/2017 is told of six times
// before each 12/10, and on no other day.
func TestNoticesDayByDay(t *testing.T) {
	w := watch("2017-12-07")
	w.Services[0].StartedOn = Day("2017-12-07")
	var got []string
	for on := Day("2017-12-07"); on.Before(Day("2019-12-08")); on = on.AddDays(1) {
		if on.After(w.Mailbox.ExpiresOn) { // the night has renewed it
			w.Mailbox.ExpiresOn = w.Mailbox.ExpiresOn.AddYears(1)
		}
		w.On = on
		if d := w.Decide(); d.Due {
			got = append(got, fmt.Sprint(on.Italian(), " ", d.Step))
			w.Raised = append(w.Raised, Raised{w.Mailbox.ExpiresOn, d.Step, on})
		}
	}
	want := []string{
		"14/07/2018 90", "13/08/2018 60", "12/09/2018 30", "27/09/2018 15", "05/10/2018 7", "12/10/2018 0",
		"14/07/2019 90", "13/08/2019 60", "12/09/2019 30", "27/09/2019 15", "05/10/2019 7", "12/10/2019 0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("notices (- want, + got):\n%s", diff)
	}
}

// February has 29 days before 01/03/2020.
func TestNoticesAcrossALeapDay(t *testing.T) {
	w := watch("2019-12-01")
	w.Mailbox.ExpiresOn, w.Services[0].StartedOn = Day("2020-03-01"), Day("2019-03-01")
	var got []string
	for w.On = Day("2019-11-01"); !w.On.After(Day("2020-03-01")); w.On = w.On.AddDays(1) {
		if d := w.Decide(); d.Due {
			got = append(got, fmt.Sprint(w.On.Italian(), " ", d.Step))
			w.Raised = append(w.Raised, Raised{w.Mailbox.ExpiresOn, d.Step, w.On})
		}
	}
	want := []string{"02/12/2019 90", "01/01/2020 60", "31/01/2020 30", "15/02/2020 15", "23/02/2020 7", "01/03/2020 0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("notices (- want, + got):\n%s", diff)
	}
}

func TestWhyANoticeIsDueOrNot(t *testing.T) {
	raised := func(steps ...int) func(*Watch) {
		return func(w *Watch) {
			for _, s := range steps {
				w.Raised = append(w.Raised, Raised{w.Mailbox.ExpiresOn, s, w.On})
			}
		}
	}
	none := func(w *Watch) { w.Services = nil }
	for _, row := range []struct {
		name   string
		on     string
		change func(*Watch)
		want   string
	}{
		{"the day before the first step", "2018-07-13", nil, "early"},
		{"the day of the first", "2018-07-14", nil, "step 90"},
		{"raised, it is not raised again", "2018-07-20", raised(90), "raised"},
		{"a late run raises the latest only", "2018-09-14", nil, "step 30"},
		{"and does not make up for those it missed", "2018-09-14", raised(30), "raised"},
		{"on E itself", "2018-10-12", raised(90, 60, 30, 15, 7), "step 0"},
		{"the day after E is too late", "2018-10-13", nil, "past"},
		{"another expiry starts afresh", "2018-07-14", func(w *Watch) { w.Raised = []Raised{{Day("2017-10-12"), 90, Day("2017-07-14")}} }, "step 90"},
		{"a leaver gets none", "2018-07-14", func(w *Watch) { w.Status = MemberCancelled }, "leaver"},
		{"nor the deceased", "2018-07-14", func(w *Watch) { w.Status = MemberDeceased }, "leaver"},
		{"a suspended member does", "2018-07-14", func(w *Watch) { w.Status = MemberSuspended }, "step 90"},
		{"a suspended mailbox keeps its dates and its notices", "2018-07-14", func(w *Watch) { w.Mailbox.Status = MailboxSuspended }, "step 90"},
		{"a mailbox not yet active has no expiry", "2018-07-14", func(w *Watch) { w.Mailbox.Status = MailboxSent }, "not_running"},
		{"nothing to tell without services", "2018-07-14", none, "nothing"},
		{"an ended service is none", "2018-07-14", func(w *Watch) { w.Services[0].EndedOn = Day("2018-05-01") }, "nothing"},
		{"renewal off is told even without services", "2018-07-14", func(w *Watch) { none(w); w.Mailbox.AutoRenew = false }, "step 90"},
		{"so is a kind that the member pays", "2018-07-14", func(w *Watch) { none(w); w.Agreements[0].Kinds[0].PaidBy = PaidByMember }, "step 90"},
		{"so is one that the member pays by the agreement of E", "2018-07-14", func(w *Watch) {
			none(w)
			later := w.Agreements[0]
			later.StartsOn, later.Kinds = Day("2018-10-12"), slices.Clone(later.Kinds)
			later.Kinds[0].PaidBy = PaidByMember
			w.Agreements = append(w.Agreements, later)
		}, "step 90"},
		{"and not one that the member pays until E only", "2018-07-14", func(w *Watch) {
			none(w)
			later := w.Agreements[0]
			later.StartsOn, later.Kinds = Day("2018-10-12"), slices.Clone(later.Kinds)
			w.Agreements[0].Kinds[0].PaidBy = PaidByMember
			w.Agreements = append(w.Agreements, later)
		}, "nothing"},
		{"a service bought after a step is not told late", "2018-09-01", func(w *Watch) { w.Services[0].StartedOn = Day("2018-08-20") }, "before"},
		{"its first step is the next one", "2018-09-12", func(w *Watch) { w.Services[0].StartedOn = Day("2018-08-20") }, "step 30"},
		{"bought on a step's day it is told that day", "2018-08-13", func(w *Watch) { w.Services[0].StartedOn = Day("2018-08-13") }, "step 60"},
		{"no agreement, no steps", "2018-07-14", func(w *Watch) { w.Agreements = nil }, "no_agreement"},
		{"an agreement without notices", "2018-07-14", func(w *Watch) { w.Agreements[0].NoticeDays = []int{} }, "no_steps"},
		{"steps as the agreement lists them, in any order", "2018-10-06", func(w *Watch) { w.Agreements[0].NoticeDays = []int{7, 30, 90} }, "step 7"},
		{"new steps do not reopen what a later one has told", "2018-09-14", func(w *Watch) { raised(30)(w); w.Agreements[0].NoticeDays = []int{45, 10} }, "raised"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := watch(row.on)
			if row.change != nil {
				row.change(&w)
			}
			d := w.Decide()
			if got := story(d); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
			if text := w.Explain(d); !strings.HasSuffix(text, ".") || strings.Contains(text, "%!") {
				t.Errorf("not a sentence: %q", text)
			}
		})
	}
}

// Whenever runs happen: a step is raised once, only the latest that came since
// the run before, and never one from before the service.
func TestAnyRunsRaiseTheLatestStepOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := watch("2018-01-01")
		w.Agreements[0].NoticeDays = rapid.SliceOfNDistinct(rapid.IntRange(0, 120), 0, 6, rapid.ID).Draw(t, "steps")
		steps := w.Agreements[0].NoticeDays
		since := Day("2018-06-01").AddDays(rapid.IntRange(0, 120).Draw(t, "bought"))
		w.Services[0].StartedOn = since
		gaps := rapid.SliceOfN(rapid.IntRange(1, 40), 1, 30).Draw(t, "gaps")
		before := since.AddDays(-1)
		seen := map[int]bool{}
		for w.On = since; !w.On.After(w.Mailbox.ExpiresOn); {
			// Told by days: the last step's day after the run before, up to today.
			want := -1
			for day := before.AddDays(1); !day.After(w.On); day = day.AddDays(1) {
				if n := day.DaysUntil(w.Mailbox.ExpiresOn); slices.Contains(steps, n) {
					want = n
				}
			}
			d := w.Decide()
			if d.Due != (want >= 0) || d.Due && d.Step != want {
				t.Fatalf("on %s: %+v, want step %d", w.On, d, want)
			}
			if d.Due {
				if seen[d.Step] {
					t.Fatalf("step %d twice", d.Step)
				}
				seen[d.Step] = true
				w.Raised = append(w.Raised, Raised{w.Mailbox.ExpiresOn, d.Step, w.On})
			}
			before = w.On
			if len(gaps) == 0 {
				return
			}
			w.On, gaps = w.On.AddDays(gaps[0]), gaps[1:]
		}
	})
}

// facts are those of the worked example with some credit, told 30 days before.
func facts(credit Cents, change func(*Book)) NoticeFacts {
	book, agreements := forecastBook(credit)
	book.Services[0].Quantity, book.Services[0].NextQuantity = 1, 1
	if change != nil {
		change(&book)
	}
	on := Day("2018-09-12")
	return NoticeFacts{
		On: on, Holder: "Elena Morandi", OrderBody: "Ordine di prova", Mailbox: book.Mailboxes[0], Services: book.Services, Credit: book.Credit,
		Forecast: book.Forecast(agreements, 7, on), Agreements: agreements,
		Pay: Transfer{Holder: "Ordine di prova", IBAN: "IT60 X054 2811 1010 0000 0123 456", Reason: "PEC A1 Morandi Elena"},
	}
}

func TestNoticeTellsWhatEndsWhatItCostsAndWhatIsMissing(t *testing.T) {
	used := 1536 // MB: 1,5 GB
	for _, row := range []struct {
		name   string
		credit Cents
		change func(*Book)
		want   MessageValues
	}{
		{"the credit is short", 100, func(b *Book) { b.Mailboxes[0].UsedMB = &used }, MessageValues{
			"che_cosa": "- La casella si rinnova fino al 12/10/2019, a spese dell’Ordine.\n- 1 GB in più cessa: credito insufficiente.",
			"costo":    "3,05 € per 1 anno", "credito": "1,00 €", "manca": "2,05 €",
			"spazio":   "Dal 12/10/2018 lo spazio sarà di 1 GB e ne risultano usati 1,5 GB: nessun messaggio si cancella, ma la ricezione può fermarsi.",
			"che_fare": "Per rinnovare tutto ricarichi almeno 2,05 € entro il 12/10/2018.",
		}},
		{"the credit is there", 305, func(b *Book) { b.Mailboxes[0].UsedMB = &used }, MessageValues{
			"che_cosa": "- La casella si rinnova fino al 12/10/2019, a spese dell’Ordine.\n- 1 GB in più si rinnova fino al 12/10/2019 per 3,05 €.",
			"costo":    "3,05 € per 1 anno", "credito": "3,05 €", "che_fare": "Il credito basta: non deve fare nulla.",
		}},
		{"the member turned the renewal off", 0, func(b *Book) { b.Services[0].AutoRenew = false }, MessageValues{
			"che_cosa": "- La casella si rinnova fino al 12/10/2019, a spese dell’Ordine.\n- 1 GB in più cessa: rinnovo disattivato.",
			"che_fare": "Se vuole tenere ciò di cui ha disattivato il rinnovo, lo riattivi nella Sua area entro il 11/10/2018.",
		}},
		{"the mailbox does not renew by itself", 0, func(b *Book) { b.Mailboxes[0].AutoRenew, b.Services = false, nil }, MessageValues{
			"che_cosa": "- La casella si chiude, se prima nessuno la rinnova.",
			"costo":    "6,10 € per 1 anno", "credito": "0,00 €", "manca": "6,10 €",
			"che_fare": "Per tenerla ne ordini il rinnovo nella Sua area, o lo chieda alla segreteria, prima del 12/10/2018: per 1 anno costa 5,00 € + IVA 1,10 € = 6,10 €.",
		}},
		{"its order of renewal waits", 100, func(b *Book) {
			b.Mailboxes[0].AutoRenew, b.Services = false, nil
			b.Waiting = []WaitingOrder{{ID: 3, MailboxID: 7, Gross: 610, Net: 500, OrderedOn: Day("2018-09-10"), Renewal: &OrderedRenewal{Years: 1, Kind: "standard"}}}
		}, MessageValues{
			"che_cosa": "- La casella si chiude, se prima nessuno la rinnova.",
			"costo":    "6,10 € per 1 anno", "credito": "1,00 €", "manca": "5,10 €",
			"che_fare": "Il Suo ordine di rinnovo aspetta il pagamento: ricarichi almeno 5,10 € entro il 10/10/2018.",
		}},
		{"its order of renewal waits, and it is suspended", 100, func(b *Book) {
			b.Mailboxes[0].AutoRenew, b.Mailboxes[0].Status, b.Services = false, MailboxSuspended, nil
			b.Waiting = []WaitingOrder{{ID: 3, MailboxID: 7, Gross: 610, Net: 500, OrderedOn: Day("2018-09-10"), Renewal: &OrderedRenewal{Years: 1, Kind: "standard"}}}
		}, MessageValues{
			"che_cosa": "- La casella si chiude, se prima nessuno la rinnova.",
			"costo":    "6,10 € per 1 anno",
			"credito":  "1,00 €",
			"che_fare": "Il Suo ordine di rinnovo non si può pagare finché la casella è sospesa: se Le serve ancora, si rivolga alla segreteria entro il 10/10/2018.",
		}},
		{"suspended, and no order", 100, func(b *Book) {
			b.Mailboxes[0].AutoRenew, b.Mailboxes[0].Status, b.Services = false, MailboxSuspended, nil
		}, MessageValues{
			"che_cosa": "- La casella si chiude, se prima nessuno la rinnova.",
			"credito":  "1,00 €",
			"che_fare": "Finché è sospesa non se ne può ordinare il rinnovo: se vuole tenerla si rivolga alla segreteria prima del 12/10/2018.",
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.want["nome"], row.want["casella"], row.want["scadenza"] = "Elena Morandi", "a@pec.example", "12/10/2018"
			row.want["quando"], row.want["ordine"] = "fra 30 giorni", "Ordine di prova"
			if row.want["manca"] != "" { // only who lacks money is told how to pay
				row.want["come_pagare"] = "Si paga con un bonifico intestato a «Ordine di prova», IBAN IT60 X054 2811 1010 0000 0123 456, con la causale «PEC A1 Morandi Elena», oppure allo sportello."
				row.want["iban"], row.want["intestatario"], row.want["causale"] = "IT60 X054 2811 1010 0000 0123 456", "Ordine di prova", "PEC A1 Morandi Elena"
			}
			got := facts(row.credit, row.change).Values()
			for name, value := range got {
				if got[name] = strings.ReplaceAll(value, "\u00a0", " "); value == "" {
					delete(got, name)
				}
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("values (- want, + got):\n%s", diff)
			}
		})
	}
}

func TestWhoIsToldOfAnOutcome(t *testing.T) {
	renewed := Event{Kind: EventRenewed}
	for _, row := range []struct {
		name   string
		events []Event
		want   bool
	}{
		{"renewed without services: nothing to tell", []Event{renewed}, false},
		{"a service renewed", []Event{renewed, {Kind: EventServiceRenewed}}, true},
		{"a service ended", []Event{renewed, {Kind: EventServiceEnded, EndReason: EndNoCredit}}, true},
		{"at the provider its statement tells", []Event{renewed, {Kind: EventServiceEnded, EndReason: EndSoldElsewhere}}, false},
		{"closed, nobody renewed it", []Event{{Kind: EventClosed, CloseReason: CloseNotRenewed}}, true},
		{"a leaver is not told", []Event{{Kind: EventClosed, CloseReason: CloseLeaver}, {Kind: EventServiceEnded, EndReason: EndMailboxClosed}}, false},
		{"what failed is still to come", []Event{{Kind: EventFailed}}, false},
	} {
		if got := TellsOutcome(row.events); got != row.want {
			t.Errorf("%s: %v", row.name, got)
		}
	}
}

// On 12/10/2018 1 GB renews for 3,05 € and another ends; 1 GB + 1 GB are left
// for 2,1 GB in use.
func TestOutcomeTellsWhatWasRenewedAndWhatEnded(t *testing.T) {
	used := 2200
	book, agreements := forecastBook(305)
	book.Services = []Service{forecastService(3, 7, 1, "2017-12-07"), forecastService(4, 7, 1, "2018-01-10")}
	book.Mailboxes[0].UsedMB = &used
	events, then := Renewals(book, agreements, Day("2018-10-12"))
	got := OutcomeFacts{
		On: Day("2018-10-12"), Holder: "Elena Morandi", OrderBody: "Ordine di prova", Mailbox: then.Mailboxes[0], Events: events, ExtraGB: 1,
		Credit: then.Credit, OrderNumber: "2018/000042", Agreements: agreements,
	}.Values()
	want := MessageValues{
		"nome": "Elena Morandi", "casella": "a@pec.example", "scadenza": "12/10/2018", "numero": "2018/000042", "pagato": "3,05\u00a0€", "credito": "0,00\u00a0€", "ordine": "Ordine di prova",
		"che_cosa": "- La casella è rinnovata fino al 12/10/2019, a spese dell’Ordine.\n- 1\u00a0GB in più: rinnovato fino al 12/10/2019 per 3,05\u00a0€.\n- 1\u00a0GB in più: cessato, credito insufficiente.",
		"spazio":   "Lo spazio è ora di 2\u00a0GB e ne risultano usati 2,1\u00a0GB: nessun messaggio si cancella, ma la ricezione può fermarsi.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values (- want, + got):\n%s", diff)
	}
}
