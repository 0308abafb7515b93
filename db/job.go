package db

import (
	"time"

	"albopec/app/pec"
)

// JobRun is how a job went the last time.
type JobRun struct {
	Code       string
	StartedAt  time.Time
	FinishedAt time.Time // zero: under way, or cut short
	On         pec.Date
	Actor      string
	Failed     bool
	Said       string // Italian: what came of it
}

// JobRuns returns how each job went the last time, by its code.
func (tx *ReadTx) JobRuns() (map[string]JobRun, error) {
	list, err := all(tx, func(row scanner) (JobRun, error) {
		var r JobRun
		return r, row.Scan(&r.Code, instantInto{&r.StartedAt}, instantInto{&r.FinishedAt}, dayInto{&r.On}, &r.Actor, &r.Failed, &r.Said)
	}, `SELECT code, started_at, finished_at, day_on, actor, failed, said FROM jobs`)
	runs := map[string]JobRun{}
	for _, r := range list {
		runs[r.Code] = r
	}
	return runs, err
}

// BeginJob notes that a job has begun, instead of its run before.
func (tx *Tx) BeginJob(code string) error {
	return tx.exec(`INSERT INTO jobs (code, started_at, day_on, actor) VALUES (?, ?, ?, ?)
		ON CONFLICT (code) DO UPDATE SET started_at = excluded.started_at, finished_at = NULL, day_on = excluded.day_on, actor = excluded.actor, failed = 0, said = ''`,
		code, instant(tx.Now), day(tx.On), tx.Actor)
}

// EndJob notes what came of a job.
func (tx *Tx) EndJob(code string, failed bool, said string) error {
	return tx.exec(`UPDATE jobs SET finished_at = ?, failed = ?, said = ? WHERE code = ?`, instant(tx.Now), failed, said, code)
}

// DropOldUploads drops the files on their way in that nobody came back to since
// an instant, and returns how many there were.
func (tx *Tx) DropOldUploads(since time.Time) (int64, error) {
	return tx.count(`DELETE FROM uploads WHERE created_at < ?`, instant(since))
}

// DropOldLinks drops the one-time links that ended before an instant, and
// returns how many there were.
func (tx *Tx) DropOldLinks(since time.Time) (int64, error) {
	changes, err := tx.count(`DELETE FROM email_changes WHERE expires_at < ?`, instant(since))
	if err != nil {
		return 0, err
	}
	links, err := tx.count(`DELETE FROM member_links WHERE expires_at < ?`, instant(since))
	return changes + links, err
}

// DropOldSessions drops the web sessions that ended before an instant, and
// failed log-ins that hold nobody up any more.
func (tx *Tx) DropOldSessions(since time.Time) (int64, error) {
	if err := tx.exec(`DELETE FROM throttles WHERE until < ?`, since.Unix()); err != nil {
		return 0, err
	}
	return tx.count(`DELETE FROM sessions WHERE expires_at <> 0 AND expires_at < ?`, since.Unix())
}
