package office

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"albopec/app/pec"
	"albopec/db"
)

// TestJobsRunOnceADayWhateverTheClocksDo follows each job over the nights on
// which the clocks change, 29/03/2026 and 25/10/2026: every civil day has it
// once.
func TestJobsRunOnceADayWhateverTheClocksDo(t *testing.T) {
	for _, start := range []string{"2026-03-27", "2026-10-23"} {
		for _, j := range Jobs {
			if j.Every > 0 {
				continue
			}
			if j.Hour == 2 {
				t.Errorf("%s runs in the hour that clocks leave out or repeat", j.Code)
			}
			first := pec.Day(start)
			at := time.Date(first.Year, first.Month, first.Day, 0, 0, 0, 0, pec.Rome)
			for day := first; day.Before(first.AddDays(6)); day = day.AddDays(1) {
				at = j.Next(at)
				if got := pec.DateOf(at); got != day {
					t.Errorf("%s: after %s comes %s", j.Code, day, at)
				}
				if rome := at.In(pec.Rome); rome.Hour() != j.Hour || rome.Minute() != j.Minute {
					t.Errorf("%s on %s runs at %s", j.Code, day, rome.Format("15:04"))
				}
			}
		}
	}
}

// TestJobKeepsHowItWent: what was done, what went wrong, and what is under way.
func TestJobKeepsHowItWent(t *testing.T) {
	k := newDesk(t, "2018-10-13")
	ctx := context.Background()
	now := time.Date(2018, 10, 13, 1, 10, 0, 0, time.UTC)
	k.Now = func() time.Time { return now }
	k.brings(members(rossi+";;;;"), "1 0 0 0")
	k.today = pec.Day("2017-10-12")
	if _, err := k.Provision(ctx, deskClerk, "A1", false); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Activate(ctx, deskClerk, "mario.rossi@pec.ordine.example", 0); err != nil {
		t.Fatal(err)
	}
	k.today = pec.Day("2018-10-13")

	renewals, err := JobByCode("renewals")
	if err != nil {
		t.Fatal(err)
	}
	run, err := k.RunJob(ctx, ActorNight, renewals)
	if err != nil || run.Failed || run.Said != "Fino al 12/10/2018: rinnovi 1, chiusure 0, servizi rinnovati 0 e cessati 0." {
		t.Errorf("%+v %v", run, err)
	}
	line := k.job("renewals")
	if !line.Ran || line.Under || line.Run != run || line.NextAt.In(pec.Rome).Format("02/01 15:04") != "14/10 01:10" {
		t.Errorf("%+v", line)
	}
	if k.job("backup").Ran {
		t.Error("the backup has not run")
	}

	fault := Job{Code: "renewals", Title: "Rinnovi e chiusure", run: func(o *Office, ctx context.Context, actor string) (string, bool, error) {
		if _, err := o.RunJob(ctx, actor, renewals); pec.AsProblem(err) == nil || pec.AsProblem(err).Code != "job_running" {
			t.Errorf("begun twice: %v", err)
		}
		if line := k.job("renewals"); !line.Under || !line.Run.FinishedAt.IsZero() {
			t.Errorf("under way: %+v", line)
		}
		panic("a fault of ours")
	}}
	run, err = k.RunJob(ctx, ActorNight, fault)
	if err == nil || !run.Failed || !strings.HasPrefix(run.Said, "Non riuscito") || k.job("renewals").Run != run {
		t.Errorf("%+v %v", run, err)
	}
	fault.run = func(*Office, context.Context, string) (string, bool, error) {
		return "", false, errors.Join(context.Canceled)
	}
	if run, _ = k.RunJob(ctx, ActorNight, fault); !run.Failed || !strings.HasPrefix(run.Said, "Interrotto") {
		t.Errorf("%+v", run)
	}
	if _, err := JobByCode("caffè"); pec.AsProblem(err) == nil {
		t.Errorf("a job that is none: %v", err)
	}
}

func (k *desk) job(code string) (line JobLine) {
	k.t.Helper()
	k.look(func(tx *db.ReadTx) error {
		lines, err := k.JobLines(tx)
		for _, l := range lines {
			if l.Job.Code == code {
				line = l
			}
		}
		return err
	})
	return line
}

// TestTidyTakesWhatNobodyNeeds: of sixteen copies of the database the two that
// are old and not among the newest go; of two files sent the one of two months
// ago.
func TestTidyTakesWhatNobodyNeeds(t *testing.T) {
	k := newDesk(t, "2018-10-13")
	ctx := context.Background()
	now := time.Date(2018, 8, 1, 8, 0, 0, 0, time.UTC)
	k.Now = func() time.Time { return now }
	old, err := k.KeepUpload(ctx, deskClerk, ImportMembers, members(rossi+";;;;"))
	if err != nil {
		t.Fatal(err)
	}
	now = time.Date(2018, 10, 13, 8, 0, 0, 0, time.UTC)
	fresh, err := k.KeepUpload(ctx, deskClerk, ImportMembers, members(moretti+";;;;"))
	if err != nil {
		t.Fatal(err)
	}
	folder := k.backupFolder()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range newestCopies + 2 {
		name := filepath.Join(folder, "albopec-"+pec.Day("2018-01-01").AddDays(i).String()+".db")
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		made := now.AddDate(0, -6, i)
		if err := os.Chtimes(name, made, made); err != nil {
			t.Fatal(err)
		}
	}
	tidy, err := JobByCode("housekeeping")
	if err != nil {
		t.Fatal(err)
	}
	run, err := k.RunJob(ctx, ActorNight, tidy)
	if err != nil || run.Said != "Tolti: file mai importati 1, salvataggi vecchi 2." {
		t.Errorf("%+v %v", run, err)
	}
	files, err := k.Backups()
	if err != nil || len(files) != newestCopies || files[len(files)-1].Name != "albopec-2018-01-03.db" {
		t.Errorf("%d copies, %v", len(files), err)
	}
	if _, _, err := k.Upload(ctx, old); pec.AsProblem(err) == nil {
		t.Errorf("the old file is still there: %v", err)
	}
	if _, _, err := k.Upload(ctx, fresh); err != nil {
		t.Error(err)
	}
	if run, err = k.RunJob(ctx, ActorNight, tidy); err != nil || run.Said != "Niente da togliere." {
		t.Errorf("%+v %v", run, err)
	}
}
