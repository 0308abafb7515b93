package pec_test

import (
	"testing"

	"pgregory.net/rapid"

	"albopec/app/pec"
)

// The days figured on a calendar.
func TestLastDayOfAFormalNotice(t *testing.T) {
	for name, c := range map[string]struct {
		notice pec.FormalNotice
		on     string
		last   string
		state  pec.NoticeState
	}{
		"not delivered":               {pec.FormalNotice{SentOn: pec.Day("2026-12-01")}, "2027-03-01", "", pec.NoticeSent},
		"not sent":                    {pec.FormalNotice{}, "2027-03-01", "", pec.NoticeToSend},
		"over a year's end":           {pec.FormalNotice{SentOn: pec.Day("2026-12-01"), DeliveredOn: pec.Day("2026-12-10")}, "2027-01-09", "2027-01-09", pec.NoticeRunning},
		"the day after":               {pec.FormalNotice{SentOn: pec.Day("2026-12-01"), DeliveredOn: pec.Day("2026-12-10")}, "2027-01-10", "2027-01-09", pec.NoticeDue},
		"over a 29th of February":     {pec.FormalNotice{SentOn: pec.Day("2028-01-30"), DeliveredOn: pec.Day("2028-01-31")}, "2028-03-01", "2028-03-01", pec.NoticeRunning},
		"after a pause of ten days":   {pec.FormalNotice{SentOn: pec.Day("2026-12-01"), DeliveredOn: pec.Day("2026-12-10"), Pauses: []pec.NoticePause{{From: pec.Day("2026-12-20"), To: pec.Day("2026-12-30")}}}, "2027-01-20", "2027-01-19", pec.NoticeDue},
		"in a pause":                  {pec.FormalNotice{SentOn: pec.Day("2026-12-01"), DeliveredOn: pec.Day("2026-12-10"), Pauses: []pec.NoticePause{{From: pec.Day("2026-12-20")}}}, "2027-02-28", "2027-03-21", pec.NoticePaused},
		"a pause before the delivery": {pec.FormalNotice{SentOn: pec.Day("2026-12-01"), DeliveredOn: pec.Day("2026-12-10"), Pauses: []pec.NoticePause{{From: pec.Day("2026-12-02"), To: pec.Day("2026-12-13")}}}, "2027-01-11", "2027-01-11", pec.NoticeRunning},
	} {
		got := c.notice.LastDay(pec.Day(c.on))
		if got.String() != c.last && !(got.IsZero() && c.last == "") {
			t.Errorf("%s: %s, want %s", name, got, c.last)
		}
		if state := c.notice.State(pec.Day(c.on), pec.Member{Status: pec.MemberActive}, false); state != c.state {
			t.Errorf("%s: %s, want %s", name, state, c.state)
		}
	}
}

func TestStateOfAFormalNotice(t *testing.T) {
	in, out := pec.Member{Status: pec.MemberActive}, pec.Member{Status: pec.MemberCancelled, LeftOn: pec.Day("2026-12-20")}
	n := pec.FormalNotice{MadeOn: pec.Day("2026-11-30"), SentOn: pec.Day("2026-12-01"), DeliveredOn: pec.Day("2026-12-10")}
	off := pec.Member{Status: pec.MemberSuspended}
	suspended, ended := n, n
	suspended.SuspendedOn = pec.Day("2027-01-20")
	ended.EndedOn, ended.End = pec.Day("2026-12-15"), pec.NoticeWithdrawn
	for _, c := range []struct {
		n     pec.FormalNotice
		m     pec.Member
		valid bool
		on    string
		want  pec.NoticeState
	}{
		{n, in, true, "2026-12-12", pec.NoticeMet}, {n, out, false, "2026-12-19", pec.NoticeRunning}, {n, out, false, "2026-12-20", pec.NoticeOver},
		{suspended, off, false, "2027-02-01", pec.NoticeSuspended}, {suspended, off, true, "2027-02-01", pec.NoticeMet},
		{suspended, in, false, "2027-02-01", pec.NoticeDue}, {suspended, in, true, "2027-02-01", pec.NoticeMet}, // taken back meanwhile
		{ended, in, false, "2027-02-01", pec.NoticeOver},
	} {
		if got := c.n.State(pec.Day(c.on), c.m, c.valid); got != c.want {
			t.Errorf("%s: %s, want %s", c.on, got, c.want)
		}
	}
	for _, c := range []struct {
		n      pec.FormalNotice
		action pec.NoticeAction
		on     string
		valid  bool
		why    string
	}{
		{n, pec.NoticeDeliver, "2026-12-12", false, "È già stata consegnata il 10/12/2026."},
		{n, pec.NoticePauseIt, "2026-12-05", false, "Il giorno è prima dell’ultimo passo, del 10/12/2026."},
		{n, pec.NoticePauseIt, "2026-12-13", false, "Il giorno non può essere nel futuro."},
		{n, pec.NoticePauseIt, "2026-12-12", false, ""},
		{n, pec.NoticeResume, "2026-12-12", false, "La diffida è in stato «termini in corso»."},
		{n, pec.NoticeSuspend, "2026-12-12", false, "La diffida è in stato «termini in corso»."},
		{n, pec.NoticeClose, "2026-12-12", true, ""},
		{n, pec.NoticeRevoke, "2026-12-12", true, "Non è sospeso per questa diffida."},
		{ended, pec.NoticeClose, "2026-12-12", true, "La diffida è chiusa dal 15/12/2026, ritirata."},
	} {
		if got := c.n.Refuses(c.action, pec.Day(c.on), pec.Day("2026-12-12"), in, c.valid); got != c.why {
			t.Errorf("%s on %s: %q, want %q", c.action, c.on, got, c.why)
		}
	}
	// On 1 February 2027, the last day having been 9 January.
	woman := pec.Member{Status: pec.MemberSuspended, Sex: "F"}
	for _, c := range []struct {
		n      pec.FormalNotice
		m      pec.Member
		action pec.NoticeAction
		on     string
		valid  bool
		why    string
	}{
		{suspended, off, pec.NoticeClose, "2027-02-01", true, "È sospeso dall’albo dal 20/01/2027: prima si registra la revoca."},
		{suspended, woman, pec.NoticeWithdraw, "2027-02-01", false, "È sospesa dall’albo dal 20/01/2027: prima si registra la revoca."},
		{suspended, in, pec.NoticeClose, "2027-02-01", true, ""},
		{suspended, in, pec.NoticeWithdraw, "2027-02-01", false, ""},
		{suspended, in, pec.NoticeRevoke, "2027-02-01", true, "Non è sospeso per questa diffida."},
		{n, in, pec.NoticeSuspend, "2027-01-09", false, "Fino al 09/01/2027 i termini non erano scaduti: la sospensione non può cominciare prima."},
		{n, in, pec.NoticeSuspend, "2027-01-10", false, ""},
		{n, woman, pec.NoticeSuspend, "2027-02-01", false, "È già sospesa dall’albo per altro: revocata per la PEC, finirebbe anche quella sospensione."},
		{n, in, pec.NoticePauseIt, "2027-01-09", false, ""},
		{n, in, pec.NoticePauseIt, "2027-01-10", false, "La diffida è in stato «per il Consiglio»."},
	} {
		if got := c.n.Refuses(c.action, pec.Day(c.on), pec.Day("2027-02-01"), c.m, c.valid); got != c.why {
			t.Errorf("%s on %s: %q, want %q", c.action, c.on, got, c.why)
		}
	}
}

// A second way: counting the days that count, one by one.
func TestLastDayByCounting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := pec.FormalNotice{DeliveredOn: pec.Day("2026-01-01").AddDays(rapid.IntRange(0, 800).Draw(t, "delivered"))}
		day := n.DeliveredOn
		for range rapid.IntRange(0, 3).Draw(t, "pauses") {
			from := day.AddDays(rapid.IntRange(0, 12).Draw(t, "from"))
			day = from.AddDays(rapid.IntRange(0, 20).Draw(t, "long"))
			n.Pauses = append(n.Pauses, pec.NoticePause{From: from, To: day})
		}
		counts := func(d pec.Date) bool {
			for _, p := range n.Pauses {
				if !d.Before(p.From) && d.Before(p.To) {
					return false
				}
			}
			return true
		}
		// The days of the pauses that come after the thirtieth that counts move it
		// too: a pause begins while the days run.
		last, left := n.DeliveredOn, pec.DiffidaDays
		for left > 0 {
			last = last.AddDays(1)
			if counts(last) {
				left--
			}
		}
		for i, p := range n.Pauses {
			if p.From.After(last) { // nobody pauses what is over
				n.Pauses = n.Pauses[:i]
				break
			}
		}
		if got := n.LastDay(last.AddDays(400)); got != last {
			t.Fatalf("%s, by counting %s", got, last)
		}
	})
}
