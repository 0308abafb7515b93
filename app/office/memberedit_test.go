package office_test

import (
	"maps"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"
)

// opens is the form of a member as a page shows it.
func (o *testOffice) opens(id int64) (f office.MemberForm) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		m, err := tx.Member(id)
		f = office.MemberForm{ID: id, Version: m.Version, Was: pec.TypedAs(m.Member), Typed: pec.TypedAs(m.Member)}
		return err
	}))
	return f
}

func (o *testOffice) saves(f office.MemberForm, values ...string) office.MemberSaved {
	o.t.Helper()
	f.Typed = maps.Clone(f.Typed)
	for i := 0; i+1 < len(values); i += 2 {
		f.Typed[pec.Field(values[i])] = values[i+1]
	}
	done, err := o.SaveMember(ctx, "operatore:giulia@ordine.example", f)
	o.must(err)
	return done
}

func (o *testOffice) history(id int64) (list []db.FieldChange) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		list, err = tx.MemberHistory(id)
		return err
	}))
	return list
}

func TestEditedMemberKeepsWhatWasThere(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	id := o.member("A9", "Verdi", "Pia")
	f := o.opens(id)
	if done := o.saves(f, "surname", "Verdi Bo", "city", "Borgo"); !done.Saved || len(done.Changes) != 2 {
		t.Fatalf("%+v", done)
	}
	history := o.history(id)
	if len(history) != 2 || history[0].Field != "city" || history[0].New != "Borgo" || history[1].Old != "Verdi" || history[1].New != "Verdi Bo" || history[1].Actor != "operatore:giulia@ordine.example" {
		t.Errorf("history %+v", history)
	}
	// The same form sent again, as an impatient hand does.
	if done := o.saves(f, "surname", "Verdi Bo", "city", "Borgo"); done.Saved || len(done.Meanwhile) > 0 || len(o.history(id)) != 2 {
		t.Errorf("sent twice: %+v", done)
	}
}

func TestTwoClerksDoNotWriteOverEachOther(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	id := o.member("A9", "Verdi", "Pia")
	hers, his := o.opens(id), o.opens(id)
	if done := o.saves(hers, "phone", "06 111", "city", "Borgo"); !done.Saved {
		t.Fatal("the first is not saved")
	}
	done := o.saves(his, "phone", "06 222", "title", "Ing.")
	if done.Saved || len(done.Meanwhile) != 2 {
		t.Fatalf("the second wrote over the first: %+v", done)
	}
	if c := done.Meanwhile[1]; c.Field != pec.FieldPhone || c.Now != "06 111" || c.Typed != "06 222" || c.Was != "" {
		t.Errorf("the clash is told as %+v", c)
	}
	// What he left alone is hers, what he typed is kept, and is written when he has seen it.
	if f := done.Form; f.Typed[pec.FieldCity] != "Borgo" || f.Typed[pec.FieldPhone] != "06 222" || f.Typed[pec.FieldTitle] != "Ing." {
		t.Errorf("the merged form: %v", f.Typed)
	}
	if again := o.saves(done.Form); !again.Saved || again.After.City != "Borgo" || again.After.Phone != "06 222" {
		t.Errorf("seen and sent again: %+v", again)
	}
}

func TestWarningsAreSeenBeforeTheFormIsWritten(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	f := o.opens(o.member("A9", "Verdi", "Pia"))
	done := o.saves(f, "own_pec", "pia@gmail.com")
	if done.Saved || len(done.Warnings) != 1 {
		t.Fatalf("%+v", done)
	}
	f.Seen = done.WarningKey()
	if done := o.saves(f, "own_pec", "pia@libero.it"); done.Saved {
		t.Error("another warning than the one that was seen")
	}
	if done := o.saves(f, "own_pec", "pia@gmail.com"); !done.Saved || done.After.OwnPEC != "" || done.After.Email != "pia@gmail.com" {
		t.Errorf("%+v", done)
	}
}

func TestMemberEnteredByHand(t *testing.T) {
	o := newOffice(t, "2018-10-12")
	neighbour := o.member("A9", "Verdi", "Pia")
	done := o.saves(office.MemberForm{Typed: map[pec.Field]string{}}, "surname", "Neri", "name", "Ada", "registration_number", "a9")
	if done.Saved || len(done.Clashes) != 1 || done.Clashes[0].MemberID != neighbour {
		t.Fatalf("a number that another has: %+v", done)
	}
	done = o.saves(office.MemberForm{Typed: map[pec.Field]string{}}, "surname", "Neri", "name", "Ada", "registration_number", "A10")
	if !done.Saved || done.ID == 0 {
		t.Fatalf("%+v", done)
	}
	list, err := o.Provision(ctx, "prova", "", false)
	if o.must(err); len(list) != 2 {
		t.Errorf("%d mailboxes requested for the two, want 2", len(list))
	}
	// Sent twice, the second finds the first.
	if again := o.saves(office.MemberForm{Typed: map[pec.Field]string{}}, "surname", "Neri", "name", "Ada", "registration_number", "A10"); again.Saved || again.Clashes[0].MemberID != done.ID {
		t.Errorf("%+v", again)
	}
}
