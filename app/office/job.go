package office

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"albopec/app/pec"
	"albopec/db"
)

// Job is something that the program does by itself.
type Job struct {
	Code  string
	Title string // Italian
	What  string // Italian: what it does
	// Hour and Minute are when it runs each day, in Rome; never between 2 and 3,
	// the hour that clock changes leave out or repeat. Every, when set, runs it
	// again and again instead.
	Hour, Minute int
	Every        time.Duration
	AtStart      bool // also when the program starts, for the time it was off

	run func(o *Office, ctx context.Context, actor string) (said string, failed bool, err error)
}

// Jobs are all of them, in the order of the night.
var Jobs = []Job{
	{Code: "renewals", AtStart: true, Title: "Rinnovi e chiusure", What: "Rinnova e chiude ciò che è scaduto fino al giorno prima.", Hour: 1, Minute: 10, run: (*Office).renewTonight},
	{Code: "backup", Title: "Salvataggio", What: "Fa una copia del database e la prova.", Hour: 3, Minute: 40, run: (*Office).backupTonight},
	{Code: "housekeeping", Title: "Pulizia", What: "Toglie file caricati e mai importati, collegamenti e accessi scaduti, documenti rimasti a metà, salvataggi vecchi; chiude le diffide finite da sé.", Hour: 4, Minute: 10, run: (*Office).tidyTonight},
	{Code: "notices", AtStart: true, Title: "Avvisi di scadenza", What: "Prepara gli avvisi del giorno e il riepilogo per la segreteria.", Hour: 7, Minute: 30, run: (*Office).notifyToday},
	{Code: "mail", AtStart: true, Title: "Invio dei messaggi", What: "Manda i messaggi che aspettano; riprova quelli non partiti.", Every: time.Minute, run: (*Office).sendNow},
}

// JobByCode finds a job.
func JobByCode(code string) (Job, error) {
	for _, j := range Jobs {
		if j.Code == code {
			return j, nil
		}
	}
	return Job{}, pec.Refuse("job_unknown", "Il lavoro «%s» non esiste.", code)
}

// Next is the instant after now at which the job is due, on the clocks of Rome.
func (j Job) Next(now time.Time) time.Time {
	if j.Every > 0 {
		return now.Add(j.Every)
	}
	at := func(day pec.Date) time.Time {
		return time.Date(day.Year, day.Month, day.Day, j.Hour, j.Minute, 0, 0, pec.Rome)
	}
	today := pec.DateOf(now)
	if next := at(today); next.After(now) {
		return next
	}
	return at(today.AddDays(1))
}

// RunJob carries a job out now and keeps how it went. One that is under way in
// this program is not begun a second time; between programs each job is safe to
// repeat by itself. The job's own fault is in what is kept and comes back as an
// error too.
func (o *Office) RunJob(ctx context.Context, actor string, j Job) (db.JobRun, error) {
	if _, under := o.jobs.LoadOrStore(j.Code, true); under {
		return db.JobRun{}, pec.Refuse("job_running", "«%s» è già in corso: la pagina ne dirà l’esito.", j.Title)
	}
	defer o.jobs.Delete(j.Code)
	run := db.JobRun{Code: j.Code, StartedAt: o.Now(), On: o.Today(), Actor: actor}
	if err := o.write(ctx, actor, func(tx *db.Tx) error { return tx.BeginJob(j.Code) }); err != nil {
		return run, err
	}
	said, failed, err := o.try(ctx, actor, j)
	if err != nil {
		said, failed = "Non riuscito: i dettagli sono nel registro del programma.", true
		if p := pec.AsProblem(err); p != nil {
			said = p.Message
		} else if errors.Is(err, context.Canceled) {
			said = "Interrotto: la volta dopo riprende da dove era."
		}
	}
	run.FinishedAt, run.Failed, run.Said = o.Now(), failed, said
	// What came of it is kept even when the program is told to stop meanwhile.
	kept := o.write(context.WithoutCancel(ctx), actor, func(tx *db.Tx) error { return tx.EndJob(j.Code, failed, said) })
	return run, errors.Join(err, kept)
}

// try runs a job; a fault of ours in it does not stop the program.
func (o *Office) try(ctx context.Context, actor string, j Job) (said string, failed bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("job %s: %v", j.Code, r)
		}
	}()
	return j.run(o, ctx, actor)
}

func (o *Office) renewTonight(ctx context.Context, actor string) (string, bool, error) {
	done, err := o.Renew(ctx, actor, o.Today().AddDays(-1))
	said := fmt.Sprintf("Fino al %s: rinnovi %d, chiusure %d, servizi rinnovati %d e cessati %d", done.Until.Italian(), done.Renewed, done.Closed, done.ServicesRenewed, done.ServicesEnded)
	if n := len(done.Failed); n > 0 {
		said += fmt.Sprintf("; non riusciti %d, si riprova la notte dopo", n)
	}
	return said + ".", len(done.Failed) > 0, err
}

func (o *Office) notifyToday(ctx context.Context, actor string) (string, bool, error) {
	done, err := o.RaiseNotices(ctx, actor, false)
	if err == nil {
		_, err = o.Summarise(ctx, actor)
	}
	said := fmt.Sprintf("Avvisi preparati %d, di cui su carta %d", done.Raised, done.OnPaper)
	if n := len(done.Failed); n > 0 {
		said += fmt.Sprintf("; non riusciti %d", n)
	}
	return said + ".", len(done.Failed) > 0, err
}

func (o *Office) sendNow(ctx context.Context, actor string) (string, bool, error) {
	done, err := o.SendMail(ctx, actor)
	if o.Mailer == nil {
		return fmt.Sprintf("Invio non configurato: messaggi in attesa %d.", done.Waiting), false, err
	}
	return fmt.Sprintf("Inviati %d, non riusciti %d, in attesa %d.", done.Sent, done.Failed, done.Waiting), done.Failed > 0, err
}

func (o *Office) backupTonight(ctx context.Context, actor string) (string, bool, error) {
	made, err := o.MakeBackup(ctx, actor)
	return "«" + made.Name + "», riaperto e controllato.", false, err
}

// How long things are kept that nobody needs any more. Of the copies of the
// database the newest stay whatever their age.
const (
	uploadsKept  = 31 * 24 * time.Hour
	backupsKept  = 60 * 24 * time.Hour
	newestCopies = 14
	// No document takes so long: the command of before that made it was stopped.
	longestMaking = 24 * time.Hour
)

// Tidied is what the housekeeping took away.
type Tidied struct {
	Uploads, Links, Sessions int64
	Documents                int64 // whose making was interrupted
	Backups                  int
}

// Tidy takes away files that were sent and never imported, ended links and
// sessions, what a command left half made, and old copies of the database in the
// folder of backups.
func (o *Office) Tidy(ctx context.Context, actor string) (Tidied, error) {
	var done Tidied
	err := o.write(ctx, actor, func(tx *db.Tx) (err error) {
		since := tx.Now.Add(-uploadsKept)
		taken, err := tx.DifferencesOfOldUploads(since)
		if err != nil {
			return err
		}
		if err := reopen(tx, taken, "L’importazione non è stata finita, e il suo file non è più conservato."); err != nil {
			return err
		}
		if done.Uploads, err = tx.DropOldUploads(since); err != nil {
			return err
		}
		if done.Links, err = tx.DropOldLinks(tx.Now); err != nil {
			return err
		}
		if done.Sessions, err = tx.DropOldSessions(tx.Now); err != nil {
			return err
		}
		if done.Documents, err = o.endInterrupted(ctx, tx, tx.Now.Add(-longestMaking)); err != nil {
			return err
		}
		if done == (Tidied{}) {
			return nil
		}
		return tx.Record("housekeeping", "database", 0, done)
	})
	if err != nil {
		return done, err
	}
	if err := o.DB.DropEndedHolds(ctx, o.Now().Add(-longestMaking)); err != nil {
		return done, err
	}
	done.Backups, err = o.dropOldBackups()
	return done, err
}

func (o *Office) dropOldBackups() (int, error) {
	files, err := o.Backups() // newest first
	if err != nil {
		return 0, err
	}
	dropped := 0
	for _, f := range files[min(newestCopies, len(files)):] {
		if o.Now().Sub(f.At) < backupsKept {
			continue
		}
		if err := os.Remove(filepath.Join(o.backupFolder(), f.Name)); err != nil {
			return dropped, fmt.Errorf("dropping a backup: %w", err)
		}
		dropped++
	}
	return dropped, nil
}

func (o *Office) tidyTonight(ctx context.Context, actor string) (string, bool, error) {
	done, err := o.Tidy(ctx, actor)
	settled, serr := o.SettleNotices(ctx, actor)
	err = errors.Join(err, serr)
	parts := []string{}
	for _, p := range []struct {
		what string
		n    int64
	}{{"file mai importati", done.Uploads}, {"collegamenti scaduti", done.Links}, {"accessi finiti", done.Sessions}, {"documenti a metà", done.Documents}, {"salvataggi vecchi", int64(done.Backups)}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", p.what, p.n))
		}
	}
	said := "Niente da togliere."
	if len(parts) > 0 {
		said = "Tolti: " + strings.Join(parts, ", ") + "."
	}
	if settled > 0 {
		said += fmt.Sprintf(" Diffide chiuse perché finite da sé: %d.", settled)
	}
	return said, false, err
}

// JobLine is a job with how it went and when it is due.
type JobLine struct {
	Job    Job
	Run    db.JobRun
	Ran    bool // it has run at least once
	Under  bool // it is under way in this program
	NextAt time.Time
}

// JobLines lists the jobs, in the order of the night.
func (o *Office) JobLines(tx *db.ReadTx) ([]JobLine, error) {
	runs, err := tx.JobRuns()
	if err != nil {
		return nil, err
	}
	lines := make([]JobLine, 0, len(Jobs))
	for _, j := range Jobs {
		run, ran := runs[j.Code]
		_, under := o.jobs.Load(j.Code)
		lines = append(lines, JobLine{Job: j, Run: run, Ran: ran, Under: under, NextAt: j.Next(o.Now())})
	}
	return lines, nil
}
