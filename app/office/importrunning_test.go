package office

import (
	"context"
	"strings"
	"testing"
	"time"

	"albopec/app/pec"
	"albopec/db"
)

// TestSecondImportIsToldWhoIsAtTheFirst: within one program, and in another one
// on the same file, which cannot know whether the first still runs.
func TestSecondImportIsToldWhoIsAtTheFirst(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	ctx := context.Background()
	k.Now = func() time.Time { return time.Date(2018, 7, 1, 8, 32, 0, 0, time.UTC) }
	k.do(func(tx *db.Tx) error {
		_, err := tx.AddOperator(db.Operator{Email: "giulia@ordine.example", Name: "Giulia Ferretti", Role: "secretariat", Active: true})
		return err
	})
	d, err := db.Open(k.DB.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	other := New(d)
	other.Today, other.Now = k.Today, k.Now

	f := members(rossi+";;;;", moretti+";;;;")
	var heard []string
	f.Progress = func(done, _ int) {
		if done > 1 {
			return
		}
		for _, o := range []*Office{k.Office, other} {
			_, err := o.WriteImport(ctx, ActorCommand, ImportMembers, members("A3;Neri;Ada;;;;;"), "", false)
			if p := pec.AsProblem(err); p == nil || p.Code != "import_running" {
				t.Errorf("a second import: %v", err)
			} else {
				heard = append(heard, p.Message)
			}
		}
	}
	r, err := k.WriteImport(ctx, deskClerk, ImportMembers, f, "", false)
	if err != nil {
		t.Fatal(err)
	}
	k.reads(r, "2 0 0 0")
	want := []string{
		"Un’altra importazione è in corso: «albo.csv», cominciata da Giulia Ferretti alle 10:32.",
		"Il database è occupato, forse da un’importazione («albo.csv», cominciata da Giulia Ferretti il 01/07/2018 alle 10:32).",
	}
	if len(heard) != 2 || !strings.HasPrefix(heard[0], want[0]) || !strings.HasPrefix(heard[1], want[1]) {
		t.Errorf("heard %q", heard)
	}
	for i, o := range []*Office{k.Office, other} { // the first is over
		if _, err := o.WriteImport(ctx, ActorCommand, ImportMembers, members([]string{"A3;Neri;Ada;;;;;", "A4;Neri;Ugo;;;;;"}[i]), "", false); err != nil {
			t.Error(err)
		}
	}
}

// TestImportAfterPowerCutIsNotHeldUp: the row of an import that the power cut
// ended holds nobody up.
func TestImportAfterPowerCutIsNotHeldUp(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	k.do(func(tx *db.Tx) error { return tx.BeginImport("albo di ieri.csv") })
	k.brings(members(rossi+";;;;"), "1 0 0 0")
}

// TestDeadImportIsNotSaidToRun: its row stands since yesterday's power cut, and
// somebody else writes for longer than an import waits.
func TestDeadImportIsNotSaidToRun(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	k.Now = func() time.Time { return time.Date(2018, 6, 30, 16, 5, 0, 0, time.UTC) }
	k.do(func(tx *db.Tx) error { return tx.BeginImport("albo di ieri.csv") })
	other, err := db.Open(k.DB.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	err = other.Write(context.Background(), k.stamp("prova"), func(*db.Tx) error {
		_, err := k.WriteImport(context.Background(), deskClerk, ImportMembers, members(rossi+";;;;"), "", false)
		return err
	})
	p := pec.AsProblem(err)
	if p == nil || strings.Contains(p.Message, "è in corso") || !strings.HasPrefix(p.Message, "Il database è occupato, forse da un’importazione («albo di ieri.csv», cominciata da giulia@ordine.example il 30/06/2018 alle 18:05).") {
		t.Errorf("told %v", err)
	}
	k.brings(members(rossi+";;;;"), "1 0 0 0") // the other has written
}

// TestImportTakenBackMakesRoomForTheNext: nothing stays behind of one that was
// refused.
func TestImportTakenBackMakesRoomForTheNext(t *testing.T) {
	k := newDesk(t, "2018-07-01")
	_, err := k.WriteImport(context.Background(), deskClerk, ImportMembers, members(rossi+";;;;"), "another preview", false)
	if p := pec.AsProblem(err); p == nil || p.Code != "import_changed" {
		t.Fatal(err)
	}
	k.brings(members(rossi+";;;;"), "1 0 0 0")
	k.look(func(tx *db.ReadTx) error {
		running, err := tx.ImportRunning()
		if running != nil {
			t.Errorf("still running: %+v", running)
		}
		return err
	})
}
