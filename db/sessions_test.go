package db

import (
	"path/filepath"
	"testing"
	"time"
)

func newSessions(t *testing.T, idle time.Duration) (*Sessions, *time.Time) {
	t.Helper()
	d, err := Create(filepath.Join(t.TempDir(), "albopec.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	s := NewSessions(d, idle)
	t.Cleanup(func() { s.Close() })
	now := time.Date(2018, 10, 12, 9, 0, 0, 0, time.UTC)
	s.now = func() time.Time { return now }
	return s, &now
}

func TestSessionEndsAfterBeingIdleAndNotBefore(t *testing.T) {
	s, now := newSessions(t, 30*time.Minute)
	if err := s.Set("chiave", []byte("valore"), 30*time.Minute); err != nil {
		t.Fatal(err)
	}
	read := func(want string) {
		t.Helper()
		got, err := s.Get("chiave")
		if err != nil || string(got) != want {
			t.Fatalf("at %s: %q, %v; want %q", now.Format("15:04"), got, err, want)
		}
	}
	*now = now.Add(29 * time.Minute)
	read("valore")
	*now = now.Add(29 * time.Minute) // 58 minutes after it began, 29 after it was seen
	read("valore")
	if err := s.writeSeen(); err != nil {
		t.Fatal(err)
	}
	*now = now.Add(29 * time.Minute)
	read("valore")
	*now = now.Add(31 * time.Minute)
	read("")
}

func TestSessionIsStoredUnderAHashAndDeleted(t *testing.T) {
	s, _ := newSessions(t, time.Hour)
	if err := s.Set("chiave", []byte("valore"), time.Hour); err != nil {
		t.Fatal(err)
	}
	var plain int
	if err := s.d.pool.QueryRow(`SELECT COUNT(*) FROM sessions WHERE key = 'chiave'`).Scan(&plain); err != nil || plain != 0 {
		t.Errorf("the key stands in the file as it is: %d, %v", plain, err)
	}
	if err := s.Delete("chiave"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Get("chiave"); err != nil || got != nil {
		t.Errorf("after Delete: %q, %v", got, err)
	}
}

func TestEndedSessionsLeaveTheFile(t *testing.T) {
	s, now := newSessions(t, time.Hour)
	s.Set("vecchia", []byte("v"), time.Hour)
	*now = now.Add(2 * time.Hour)
	s.Set("nuova", []byte("v"), time.Hour)
	if _, err := s.Get("nuova"); err != nil {
		t.Fatal(err)
	}
	if err := s.writeSeen(); err != nil {
		t.Fatal(err)
	}
	var rows int
	if err := s.d.pool.QueryRow(`SELECT COUNT(*) FROM sessions`).Scan(&rows); err != nil || rows != 1 {
		t.Errorf("%d sessions in the file, want 1 (%v)", rows, err)
	}
}

func TestThrottleWaitsAndForgives(t *testing.T) {
	s, _ := newSessions(t, time.Hour)
	th := NewThrottles(s.d)
	now := time.Date(2018, 10, 12, 9, 0, 0, 0, time.UTC)
	pause := func(n int) time.Duration {
		if n < 3 {
			return 0
		}
		return time.Minute
	}
	try := func(want bool) {
		t.Helper()
		until, err := th.Try("mara", now, pause)
		if err != nil {
			t.Fatal(err)
		}
		if until.IsZero() != want {
			t.Fatalf("at %s waits until %s, want taken: %t", now.Format("15:04:05"), until, want)
		}
	}
	try(true)
	try(true)
	try(true) // the third brings the pause
	try(false)
	if until, err := th.Until("mara", now); err != nil || !until.Equal(now.Add(time.Minute)) {
		t.Errorf("Until: %s, %v", until, err)
	}
	now = now.Add(time.Minute)
	try(true)
	try(false)
	if err := th.Forgive("mara"); err != nil {
		t.Fatal(err)
	}
	try(true)
	try(true)
	now = now.Add(3 * time.Hour)
	try(true) // forgotten: the first again
	try(true)
}
