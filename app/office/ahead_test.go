package office_test

import (
	"fmt"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/google/go-cmp/cmp"
)

// ahead says what LookAhead sees, a line a row.
func (o *testOffice) ahead(until string) (office.Ahead, []string) {
	o.t.Helper()
	a, err := o.LookAhead(ctx, pec.Day(until))
	o.must(err)
	var lines []string
	for _, r := range a.Rows {
		line := fmt.Sprintf("%s %s %s %s", r.On, r.Holder, r.Address, r.Mailbox.Kind)
		for _, e := range r.Services {
			line += fmt.Sprintf(", %d %s %s%s", e.Quantity, e.Product, e.Kind, e.EndReason)
		}
		if r.Missing > 0 {
			line += ", missing " + r.Missing.String()
		}
		lines = append(lines, line)
	}
	return a, lines
}

func (o *testOffice) atRisk(through string) []office.Standing {
	o.t.Helper()
	var list []office.Standing
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		list, err = o.AtRisk(tx, pec.Day(through))
		return err
	}))
	return list
}

// TestLookingAheadIsWhatTheRunThenDoes: of three mailboxes with E 12/10/2018 one
// lacks credit for its 2 GB, one has enough, and the holder of one leaves.
func TestLookingAheadIsWhatTheRunThenDoes(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	rossi, bianchi, verdi := o.mailbox("1", "Rossi", "Mario"), o.mailbox("2", "Bianchi", "Ada"), o.mailbox("3", "Verdi", "Ugo")
	o.on("2017-12-07")
	o.topUp(rossi, 780)
	o.completed(rossi, 2, 610) // 1,70 € left of the 6,10 € that the renewal takes
	o.topUp(bianchi, 610)
	o.completed(bianchi, 1, 305)
	o.on("2018-07-01")
	if _, lines := o.ahead("2018-10-11"); len(lines) > 0 {
		t.Errorf("the day before anything expires: %v", lines)
	}
	o.leaves(o.holder(verdi), "2018-07-01") // grace of 60 days: to 30/08/2018

	a, lines := o.ahead("2018-10-12")
	want := []string{
		"2018-08-30 Verdi Ugo " + verdi + " closed",
		"2018-10-12 Bianchi Ada " + bianchi + " renewed, 1 inbox_gb service_renewed",
		"2018-10-12 Rossi Mario " + rossi + " renewed, 2 inbox_gb service_endedno_credit, missing 4.40",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("rows (- want, + got):\n%s", diff)
	}
	// 2 × 5,00 € and 1,10 € of IVA each.
	if a.Ordine != (pec.Amounts{Net: 1000, VAT: 220, Gross: 1220}) || a.Missing != 440 {
		t.Errorf("the Ordine pays %v and %s are missing, want 12,20 € and 4,40 €", a.Ordine, a.Missing.Euro())
	}
	preview, _, err := o.PreviewRenewals(ctx, pec.Day("2018-10-12"))
	o.must(err)
	if diff := cmp.Diff(preview, a.Renewed); diff != "" {
		t.Errorf("the preview of the command line differs:\n%s", diff)
	}

	risk := o.atRisk("2018-10-12")
	if len(risk) != 1 || risk[0].Address != rossi || risk[0].Credit != 170 || risk[0].Missing != 440 || risk[0].AddedNet != 361 || len(risk[0].Ending()) != 1 {
		t.Errorf("at risk: %+v, want only Rossi, who lacks 4,40 €, 3,61 € of them net", risk)
	}
	if risk := o.atRisk("2018-10-11"); len(risk) > 0 {
		t.Errorf("the day before: %+v", risk)
	}

	o.on("2018-10-12")
	if diff := cmp.Diff(a.Renewed, o.renew()); diff != "" {
		t.Errorf("the run did something else (- foreseen, + done):\n%s", diff)
	}
}

// TestMissingIsCountedOnceAcrossMailboxes: one holder, 1,00 € of credit, two
// mailboxes with 1 GB each that expire a month apart: 2,05 € lack on the first
// day and all 3,05 € on the second.
func TestMissingIsCountedOnceAcrossMailboxes(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	first := o.mailbox("1", "Rossi", "Mario")
	o.on("2017-11-12")
	second := o.another(first, "studio.rossi@pec.ordine.example")
	o.topUp(first, 710)
	o.completed(first, 1, 305)
	o.completed(second, 1, 305)
	o.on("2018-09-01")

	a, lines := o.ahead("2018-12-31")
	want := []string{
		"2018-10-12 Rossi Mario " + first + " renewed, 1 inbox_gb service_endedno_credit, missing 2.05",
		"2018-11-12 Rossi Mario " + second + " renewed, 1 inbox_gb service_endedno_credit, missing 3.05",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("rows (- want, + got):\n%s", diff)
	}
	if a.Missing != 510 {
		t.Errorf("%s are missing, want 5,10 €", a.Missing.Euro())
	}
	risk := o.atRisk("2018-12-31")
	if len(risk) != 2 || risk[0].AddedMissing != 205 || risk[1].AddedMissing != 305 || risk[1].Missing != 510 {
		t.Errorf("at risk: %+v", risk)
	}
	// The top-up that is said to be missing keeps both.
	o.topUp(first, 510)
	if a, _ := o.ahead("2018-12-31"); a.Missing != 0 || a.ServicesRenewed != 2 || a.ServicesEnded != 0 {
		t.Errorf("with 5,10 € more: %+v", a.Renewed)
	}
}

// TestWaitingOrderIsInWhatIsMissing: a top-up pays first the 6,10 € that wait,
// whose 2 GB then renew too.
func TestWaitingOrderIsInWhatIsMissing(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	rossi := o.mailbox("1", "Rossi", "Mario")
	o.on("2018-06-20")
	o.topUp(rossi, 305)
	o.completed(rossi, 1, 305)
	o.waits(rossi, 2, 610, 610)
	o.on("2018-07-01")
	var standing office.Standing
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		all, err := o.Standings(tx, []int64{o.holder(rossi)})
		for _, s := range all {
			standing = s
		}
		return err
	}))
	if standing.On != pec.Day("2018-10-12") || standing.Missing != 610+305+610 {
		t.Errorf("on %s %s are missing, want 15,25 € on 12/10/2018", standing.On, standing.Missing.Euro())
	}
}

// TestWhatIsKeptTakesTheCreditOfALaterMailbox: 3,05 € of credit; 2 GB on a mailbox
// with E 12/10/2018 cost 6,10 €, 1 GB on another with E 01/12/2018 costs 3,05 €. As
// it stands the 2 GB end and the 1 GB renews: 3,05 € keep the 2 GB and lose the
// other, 6,10 € keep both. Every list says 6,10 €, as the member's area does.
func TestWhatIsKeptTakesTheCreditOfALaterMailbox(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	first := o.mailbox("A1", "Rossi", "Mario")
	o.on("2017-12-01")
	second := o.another(first, "rossi.studio@pec.ordine.example")
	o.topUp(first, 12_20)
	o.completed(first, 2, 6_10)
	o.completed(second, 1, 3_05)
	o.on("2018-09-20")

	said := func(list []office.Standing) (lines []string) {
		for _, s := range list {
			lines = append(lines, fmt.Sprintf("%s %s: %d end, adds %s, %s net, of %s", s.On, s.Address, len(s.Ending()), s.AddedMissing, s.AddedNet, s.TopUp()))
		}
		return lines
	}
	both := []string{"2018-10-12 " + first + ": 1 end, adds 3.05, 2.50 net, of 3.05", "2018-12-01 " + second + ": 0 end, adds 3.05, 2.50 net, of 6.10"}
	if diff := cmp.Diff(both, said(o.atRisk("2018-12-19"))); diff != "" {
		t.Errorf("at risk (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(both[:1], said(o.atRisk("2018-11-30"))); diff != "" {
		t.Errorf("at risk before December (-want +got):\n%s", diff)
	}
	a, lines := o.ahead("2018-12-01")
	want := []string{
		"2018-10-12 Rossi Mario " + first + " renewed, 2 inbox_gb service_endedno_credit, missing 3.05",
		"2018-12-01 Rossi Mario " + second + " renewed, 1 inbox_gb service_renewed, missing 3.05",
	}
	if diff := cmp.Diff(want, lines); diff != "" || a.Missing != 6_10 {
		t.Errorf("ahead %s are missing (-want +got):\n%s", a.Missing, diff)
	}
	if a, _ := o.ahead("2018-10-12"); a.Missing != 3_05 {
		t.Errorf("up to October %s are missing", a.Missing)
	}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := o.ReviewShort(tx, pec.Day("2018-12-19"))
		if err != nil || len(list) != 1 || list[0].Missing != 6_10 || list[0].Net != 5_00 {
			t.Fatalf("told: %+v, %v", list, err)
		}
		letter, err := o.ShortLetter(tx, list[0])
		for _, says := range []string{"- 2\u00a0GB in più, casella " + first + ", il 12/10/2018\n- i servizi della casella " + second + ", il 01/12/2018, se la ricarica basta solo per ciò che scade prima\n",
			"Costo del rinnovo: 7,50\u00a0€ + IVA 1,65\u00a0€ = 9,15\u00a0€\nCredito disponibile: 3,05\u00a0€\nManca: 6,10\u00a0€\n"} {
			if !strings.Contains(letter.Text, says) {
				t.Errorf("the letter lacks %q: %s", says, letter.Text)
			}
		}
		return err
	}))

	// So it is: with the 3,05 € alone the second ends, with the rest both go on.
	o.topUp(first, 3_05)
	if diff := cmp.Diff([]string{"2018-12-01 " + second + ": 1 end, adds 3.05, 2.50 net, of 3.05"}, said(o.atRisk("2018-12-19"))); diff != "" {
		t.Errorf("after 3,05 € (-want +got):\n%s", diff)
	}
	o.topUp(first, 3_05)
	if list := o.atRisk("2018-12-19"); len(list) > 0 {
		t.Errorf("after 6,10 €: %q", said(list))
	}
	o.on("2018-12-02")
	o.night()
	o.expect(first, "active to 2019-10-12, credit 0.00", "2 inbox_gb from 2017-12-01 to 2019-10-12")
	o.expect(second, "active to 2019-12-01, credit 0.00", "1 inbox_gb from 2017-12-01 to 2019-12-01")
}
