package office_test

import (
	"testing"

	"albopec/app/office"
	"albopec/app/pec"

	"github.com/google/go-cmp/cmp"
)

// imports brings in a file of members: number, surname, name, status, leaving
// date and telephone.
func (o *testOffice) imports(leavers pec.Leavers, rows string) office.ImportReport {
	o.t.Helper()
	f := office.ImportFile{Name: "albo.csv", Data: []byte("N. iscrizione;Cognome;Nome;Stato;Data cancellazione;Telefono\n" + rows)}
	f.Options.Leavers = leavers
	r, err := o.WriteImport(ctx, "prova", office.ImportMembers, f, "", false)
	o.must(err)
	return r
}

// undoes takes an import back; its preview must have said what it does.
func (o *testOffice) undoes(r office.ImportReport) office.Undone {
	o.t.Helper()
	would, err := o.PreviewUndo(ctx, r.Batch)
	o.must(err)
	done, err := o.UndoImport(ctx, "prova", r.Batch)
	o.must(err)
	if diff := cmp.Diff(would, done); diff != "" {
		o.t.Errorf("the preview of the undo said otherwise (- preview, + undo):\n%s", diff)
	}
	o.sound()
	return done
}

// Rossi left, a file brought him back, his mailbox was renewed and space bought
// on it; then the import is taken back. What was paid for runs until that day.
func TestUndoOfAReturnClosesOnItsDayAtTheEarliest(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario") // E 12/10/2018
	member := o.holder(box)
	o.on("2018-09-01")
	o.leaves(member, "2018-08-15") // it would close on 12/10/2018
	o.on("2018-09-10")
	back := o.imports(pec.Leavers{}, "A1;Rossi;Mario;iscritto;;\n")
	o.on("2018-10-12")
	o.renew()
	o.on("2018-10-20")
	o.topUp(box, 1000)
	o.completed(box, 1, 305)
	o.on("2018-11-01")
	if done := o.undoes(back); done.Restored != 1 || len(done.Kept) != 0 {
		t.Errorf("%+v", done)
	}
	m := o.row(member)
	if m.Status != pec.MemberCancelled || m.LeftOn != pec.Day("2018-08-15") || m.LeftRegisteredOn != pec.Day("2018-11-01") || m.LastEventOn != pec.Day("2018-11-01") {
		t.Errorf("%+v", m)
	}
	o.on("2018-11-02")
	o.night()
	o.expect(box, "closed on 2018-11-01 (leaver), credit 6.95", "1 inbox_gb from 2018-10-20 ended on 2018-11-01 (mailbox_closed)")
	o.sound()
}

// The mailbox of one whom a file marked as having left closes on 30/09/2018, and
// on 01/10 no run has said so yet: coming back would not open it again.
func TestUndoOfALeavingMayComeTooLate(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	box := o.mailbox("A1", "Rossi", "Mario")
	member := o.holder(box)
	o.member("A2", "Bo", "Ugo")
	o.on("2018-09-01")
	gone := o.imports(pec.Leavers{All: true, Status: pec.MemberCancelled, LeftOn: pec.Day("2018-08-01")}, "A2;Bo;Ugo;;;\n")
	o.on("2018-09-30") // the whole day is still the member's
	would, err := o.PreviewUndo(ctx, gone.Batch)
	o.must(err)
	if would.Restored != 1 {
		t.Errorf("%+v", would)
	}
	o.on("2018-10-01")
	done := o.undoes(gone)
	if len(done.Kept) != 1 || done.Kept[0].Reason != "la casella si è già chiusa: per riammetterlo cambi lo stato e richieda una nuova casella" {
		t.Errorf("%+v", done)
	}
	o.night()
	o.expect(box, "closed on 2018-09-30 (leaver), credit 0.00")
	if m := o.row(member); m.Status != pec.MemberCancelled {
		t.Errorf("%+v", m)
	}
	o.sound()
}

func TestUndoOfATelephoneOfAnOldLeaver(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	member := o.holder(o.mailbox("A1", "Rossi", "Mario"))
	o.on("2018-01-10")
	o.leaves(member, "2018-01-10")
	o.on("2018-10-20")
	o.renew() // closed on 11/03/2018
	told := o.imports(pec.Leavers{}, "A1;Rossi;Mario;;;06 1\n")
	if done := o.undoes(told); done.Restored != 1 || o.row(member).Phone != "" {
		t.Errorf("%+v", done)
	}
}

// On a day before the member's last event nothing changes their standing.
func TestUndoOnAnEarlierDayKeepsTheStanding(t *testing.T) {
	o := newOffice(t, "2018-05-10")
	o.imports(pec.Leavers{}, "A1;Rossi;Mario;cancellato;01/05/2018;\n")
	back := o.imports(pec.Leavers{}, "A1;Rossi;Mario;iscritto;;\n")
	o.on("2018-05-09")
	if done := o.undoes(back); len(done.Kept) != 1 || done.Kept[0].Reason != "il suo ultimo evento è di un giorno successivo" {
		t.Errorf("%+v", done)
	}
}

// A mailbox asked for in 2017 for a member of a file, and withdrawn in 2018, is one
// request of 2017 also when the file is taken back; one of 2018 is none.
func TestUndoLeavesTheRequestsOfAPastYear(t *testing.T) {
	o := newOffice(t, "2017-11-12")
	o.named()
	file := o.imports(pec.Leavers{}, "A8;Bruni;Ada;iscritto;;\nA9;Neri;Luca;iscritto;;\n")
	asks := func(number string) string {
		list, err := o.Provision(ctx, "prova", number, false)
		o.must(err)
		return list[0].Address
	}
	neri := asks("A9")
	o.on("2018-01-10")
	for _, address := range []string{neri, asks("A8")} {
		_, err := o.Withdraw(ctx, "prova", address, false)
		o.must(err)
	}
	if done := o.undoes(file); done.Removed != 1 || len(done.Kept) != 1 || done.Kept[0].Name != "Neri Luca" {
		t.Errorf("%+v", done)
	}
	if n := o.year(2017).Figures.Requested; n != 1 {
		t.Errorf("of 2017 the report counts %d", n)
	}
}
