package office_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/google/go-cmp/cmp"
)

// diffida makes a formal notice to members.
func (o *testOffice) diffida(members ...int64) {
	o.t.Helper()
	_, err := o.MakeLetters(ctx, "prova", office.LetterRequest{Kind: pec.LetterDiffida, Members: members, ByHand: true})
	o.must(err)
}

// diffide are all formal notices, oldest first: "1/2026 Rossi: termini in corso,
// fino al 09/01/2027".
func (o *testOffice) diffide() (lines []string, ids []int64) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		list, err := o.FormalNotices(tx)
		for _, n := range slices.Backward(list) {
			line := fmt.Sprintf("%s %s: %s", n.Letter, n.Member.Member.Surname, n.State.Italian())
			if !n.LastDay.IsZero() {
				line += ", fino al " + n.LastDay.Italian()
			}
			lines, ids = append(lines, line), append(ids, n.ID)
		}
		return err
	}))
	return lines, ids
}

func (o *testOffice) expectDiffide(want ...string) {
	o.t.Helper()
	got, _ := o.diffide()
	if diff := cmp.Diff(want, got); diff != "" {
		o.t.Errorf("on %s (-want +got):\n%s", o.day, diff)
	}
}

// steps takes a step with notices, by their place, and expects it to be taken
// with so many.
func (o *testOffice) steps(want int, action pec.NoticeAction, text string, places ...int) {
	o.t.Helper()
	_, all := o.diffide()
	s := office.NoticeStep{Action: action, On: o.day, Text: text}
	for _, i := range places {
		s.IDs = append(s.IDs, all[i])
	}
	n, err := o.TakeNoticeStep(ctx, "prova", s)
	o.must(err)
	if n != want {
		o.t.Errorf("on %s %s is taken with %d, want %d", o.day, action, n, want)
	}
}

func (o *testOffice) standing(member int64) string {
	o.t.Helper()
	var m db.MemberRow
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		m, err = tx.Member(member)
		return err
	}))
	return strings.TrimSpace(string(m.Status) + " " + m.Standing.Reason)
}

// From the letter to the revocation, over a year's end.
func TestFormalNoticeOverAYearsEnd(t *testing.T) {
	o := writing(t)
	o.on("2026-12-01")
	rossi, verdi := o.member("A1", "Rossi", "Mario"), o.member("A2", "Verdi", "Pia")
	neri := o.member("A3", "Neri", "Ugo")
	o.diffida(rossi, verdi, neri)
	o.expectDiffide("1/2026 Neri: da inviare", "2/2026 Rossi: da inviare", "3/2026 Verdi: da inviare")

	o.steps(3, pec.NoticeSend, "raccomandata A/R", 0, 1, 2)
	o.steps(0, pec.NoticeSend, "raccomandata A/R", 0, 1, 2) // pressed twice
	o.diffida(rossi)                                        // a second one while the first is under way is not made
	o.on("2026-12-10")
	o.steps(3, pec.NoticeDeliver, "", 0, 1, 2)
	o.on("2026-12-20")
	o.steps(1, pec.NoticePauseIt, "ricovero", 2)
	o.on("2026-12-30")
	o.steps(1, pec.NoticeResume, "", 2)
	o.on("2027-01-05") // he communicates one in time
	o.saves(o.opens(neri), "own_pec", "neri@pec.altrove.example")
	o.on("2027-01-09")
	o.expectDiffide("1/2026 Neri: PEC comunicata, fino al 09/01/2027", "2/2026 Rossi: termini in corso, fino al 09/01/2027", "3/2026 Verdi: termini in corso, fino al 19/01/2027")
	o.steps(0, pec.NoticeSuspend, "delibera 1", 0, 1, 2)
	o.on("2027-01-10")
	o.expectDiffide("1/2026 Neri: PEC comunicata, fino al 09/01/2027", "2/2026 Rossi: per il Consiglio, fino al 09/01/2027", "3/2026 Verdi: termini in corso, fino al 19/01/2027")
	o.steps(1, pec.NoticeClose, "", 0, 1)
	o.on("2027-01-25")
	o.steps(1, pec.NoticeSuspend, "delibera 1/2027", 0, 1)
	if got := o.standing(rossi); got != "suspended delibera 1/2027" {
		t.Errorf("%q", got)
	}
	o.steps(0, pec.NoticeRevoke, "delibera 2/2027", 1) // no PEC yet
	o.on("2027-02-01")
	o.saves(o.opens(rossi), "own_pec", "rossi@pec.altrove.example")
	o.steps(0, pec.NoticeClose, "", 1) // the suspension comes first
	o.steps(1, pec.NoticeRevoke, "delibera 2/2027", 1)
	if got := o.standing(rossi); got != "active delibera 2/2027" {
		t.Errorf("%q", got)
	}
	o.leaves(verdi, "2027-02-01")
	o.expectDiffide("1/2026 Neri: chiusa, fino al 09/01/2027", "2/2026 Rossi: chiusa, fino al 09/01/2027", "3/2026 Verdi: chiusa, fino al 19/01/2027")
	o.sound()
}

func TestStepsWithFormalNoticesSayWhatIsMissing(t *testing.T) {
	o := writing(t)
	o.on("2026-12-01")
	o.diffida(o.member("A1", "Rossi", "Mario"))
	_, ids := o.diffide()
	for _, c := range []struct {
		step  office.NoticeStep
		field string
	}{
		{office.NoticeStep{IDs: ids, Action: "brucia", On: o.day}, "azione"},
		{office.NoticeStep{Action: pec.NoticeSend, On: o.day, Text: "a mano"}, "id"},
		{office.NoticeStep{IDs: ids, Action: pec.NoticeSend, Text: "a mano"}, "on"},
		{office.NoticeStep{IDs: ids, Action: pec.NoticeSend, On: o.day}, "text"},
		{office.NoticeStep{IDs: ids, Action: pec.NoticeWithdraw, On: o.day, Text: strings.Repeat("x", 300)}, "text"},
	} {
		_, err := o.TakeNoticeStep(ctx, "prova", c.step)
		if p := pec.AsProblem(err); p == nil || p.Field != c.field {
			t.Errorf("%+v: %v", c.step, err)
		}
	}
	o.steps(1, pec.NoticeWithdraw, "fatta per errore", 0)
	o.expectDiffide("1/2026 Rossi: chiusa")
}

// Entered twice, she had two: what was done with the first is not lost.
func TestFormalNoticesOfOnePersonEnteredTwice(t *testing.T) {
	o := writing(t)
	o.on("2026-12-01")
	keep, gone := o.member("A1", "Verdi", "Pia"), o.colleague("A2", "Verdi", "Pia", "VRDPIA80A41H501I", "")
	other := o.member("A3", "Neri", "Ugo")
	o.diffida(keep, gone)
	o.steps(1, pec.NoticeSend, "raccomandata", 1)
	o.steps(1, pec.NoticeDeliver, "", 1)
	o.on("2026-12-20")
	o.merges(keep, gone, pec.FieldTaxCode)
	o.expectDiffide("1/2026 Verdi: chiusa", "2/2026 Verdi: termini in corso, fino al 31/12/2026")
	o.diffida(keep, other) // hers is open
	o.expectDiffide("1/2026 Verdi: chiusa", "2/2026 Verdi: termini in corso, fino al 31/12/2026", "3/2026 Neri: da inviare")
	o.sound()
}

func TestWhatIsKnownOfADeadPECStaysWithTheMergedPosition(t *testing.T) {
	o := newOffice(t, "2026-09-01")
	keep := o.colleague("A1", "Verdi", "Pia", "", "")
	gone := o.colleague("A2", "Verdi", "Pia", "VRDPIA80A41H501I", "pia@pec.altrove.example")
	o.expectTold("pia@pec.altrove.example;Pia;Verdi;A2;VRDPIA80A41H501I;2;01/03/2015;")
	o.must(o.MarkDomicile(ctx, "prova", gone, pec.DomicileClosed, "il gestore lo dice"))
	o.merges(keep, gone, pec.FieldTaxCode, pec.FieldOwnPEC)
	o.expectTold("pia@pec.altrove.example;Pia;Verdi;A2;VRDPIA80A41H501I;3;;")
	if why := o.shown().Domiciles.Without("")[0].Why(); why != "chiusa: pia@pec.altrove.example" {
		t.Errorf("%q", why)
	}
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		rows, err := tx.IndexRowsOf(keep)
		if len(rows) != 2 {
			t.Errorf("%d rows are hers", len(rows))
		}
		return err
	}))
}

// One that was not sent yet may be made anew, with another address: the first is
// withdrawn by it.
func TestFormalNoticeNotSentIsReplaced(t *testing.T) {
	o := writing(t)
	o.on("2026-12-01")
	rossi := o.member("A1", "Rossi", "Mario")
	o.diffida(rossi)
	o.diffida(rossi)
	o.expectDiffide("1/2026 Rossi: chiusa", "2/2026 Rossi: da inviare")
}

// settles runs the night's closing of what ended by itself.
func (o *testOffice) settles(want int) {
	o.t.Helper()
	n, err := o.SettleNotices(ctx, "notte")
	o.must(err)
	if n != want {
		o.t.Errorf("on %s %d notices are settled, want %d", o.day, n, want)
	}
}

// Who complied and then loses the PEC is written a new notice: the days of the old
// one do not come back.
func TestFormalNoticeThatIsMetEnds(t *testing.T) {
	o := writing(t)
	o.on("2026-12-01")
	rossi, verdi := o.member("A1", "Rossi", "Mario"), o.member("A2", "Verdi", "Pia")
	o.diffida(rossi, verdi)
	o.steps(2, pec.NoticeSend, "raccomandata", 0, 1)
	o.steps(2, pec.NoticeDeliver, "", 0, 1)
	o.on("2026-12-05")
	o.saves(o.opens(rossi), "own_pec", "rossi@pec.altrove.example")
	o.leaves(verdi, "2026-12-05")
	o.on("2026-12-11")
	o.settles(0) // it may have been a mistake
	o.on("2026-12-12")
	o.settles(1)
	o.settles(0)
	o.must(o.MarkDomicile(ctx, "prova", rossi, pec.DomicileClosed, ""))
	o.on("2027-01-04")
	o.settles(1) // she left thirty days ago
	o.expectDiffide("1/2026 Rossi: chiusa, fino al 31/12/2026", "2/2026 Verdi: chiusa, fino al 31/12/2026")
	o.sound()
}

func TestSuspensionForAFormalNoticeMayHaveAnEnd(t *testing.T) {
	o := writing(t)
	o.on("2026-12-01")
	rossi := o.member("A1", "Rossi", "Mario")
	o.diffida(rossi)
	o.steps(1, pec.NoticeSend, "raccomandata", 0)
	o.steps(1, pec.NoticeDeliver, "", 0)
	o.on("2027-01-10")
	_, ids := o.diffide()
	step := office.NoticeStep{IDs: ids, Action: pec.NoticeSuspend, On: o.day, Until: pec.Day("2027-01-09"), Text: "delibera 1"}
	_, err := o.TakeNoticeStep(ctx, "prova", step)
	o.refuses("dates_in_disorder", err)
	step.Until = pec.Day("2027-07-10")
	_, err = o.TakeNoticeStep(ctx, "prova", step)
	o.must(err)
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		m, err := tx.Member(rossi)
		if m.Standing.Until != step.Until {
			t.Errorf("%+v", m.Standing)
		}
		return err
	}))
}

// A day of delivery that was wrong is taken back, and then a sending that was.
func TestStepsOfAFormalNoticeAreTakenBack(t *testing.T) {
	o := writing(t)
	o.on("2026-12-01")
	o.diffida(o.member("A1", "Rossi", "Mario"))
	o.steps(0, pec.NoticeDeliver, "", 0) // nobody said that it was sent
	o.steps(1, pec.NoticeSend, "raccomandata", 0)
	o.on("2026-12-12")
	o.steps(1, pec.NoticeDeliver, "", 0)
	o.steps(1, pec.NoticeUndo, "era il 10", 0)
	o.expectDiffide("1/2026 Rossi: inviata")
	_, ids := o.diffide()
	_, err := o.TakeNoticeStep(ctx, "prova", office.NoticeStep{IDs: ids, Action: pec.NoticeDeliver, On: pec.Day("2026-12-10")})
	o.must(err)
	o.expectDiffide("1/2026 Rossi: termini in corso, fino al 09/01/2027")
	o.steps(1, pec.NoticeUndo, "altra persona", 0)
	o.steps(1, pec.NoticeUndo, "altra persona", 0)
	o.steps(0, pec.NoticeUndo, "altra persona", 0)
	o.expectDiffide("1/2026 Rossi: da inviare")
	o.steps(1, pec.NoticeSend, "raccomandata", 0)
	o.steps(1, pec.NoticeDeliver, "", 0)
	o.steps(1, pec.NoticePauseIt, "ricovero", 0)
	o.steps(0, pec.NoticeUndo, "sbagliato", 0) // the pause rests on it
}

// BenchmarkFormalNotices makes 5,000 formal notices in one set, in a register of
// 10,000 of whom the others share PECs by pairs.
func BenchmarkFormalNotices(b *testing.B) {
	const notified, others = 5000, 5000
	for range b.N {
		b.StopTimer()
		o := newOffice(b, "2026-09-01")
		o.named()
		var members []int64
		o.must(o.DB.Write(ctx, o.stamp(), func(tx *db.Tx) error {
			for i := range notified + others {
				m := pec.Member{RegistrationNumber: fmt.Sprint("N", i), Surname: fmt.Sprint("Neri", i), Name: "Ugo", RegisteredOn: pec.Day("2015-03-01"), Status: pec.MemberActive,
					Address: "Via Po 1", PostalCode: "38100", City: "Valdoro"}
				if i%2 == 1 || i >= notified {
					m.OwnPEC = fmt.Sprintf("studio%d@pec.altrove.example", i/2)
				}
				id, err := tx.AddMember(db.MemberRow{Member: m})
				if err != nil {
					return err
				}
				if m.OwnPEC != "" && i < notified {
					if err := tx.MarkDomicile(id, pec.DomicileMark{Address: m.OwnPEC, Fault: pec.DomicileExpired}); err != nil {
						return err
					}
				}
				if i < notified {
					members = append(members, id)
				}
			}
			return nil
		}))
		b.StartTimer()
		done, err := o.MakeLetters(ctx, "prova", office.LetterRequest{Kind: pec.LetterDiffida, Members: members})
		o.must(err)
		if done.Made != notified {
			b.Fatalf("%d made, %d left out, %d failed", done.Made, len(done.LeftOut), len(done.Failed))
		}
	}
}
