package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Sessions keeps web sessions; it satisfies fiber.Storage. It is a technical
// table: no stamp, no audit. Keys are stored hashed, so that a copy of the
// file opens nobody's session.
//
// Get pushes a session's end forward without taking the write lock: what was
// seen is kept in memory and written once a minute, and with every Set.
type Sessions struct {
	d    *DB
	idle time.Duration
	now  func() time.Time
	stop chan struct{}
	done chan struct{}

	mu   sync.Mutex
	seen map[string]int64 // hashed key: new end, Unix seconds
}

// NewSessions returns the sessions of a database, which end after being idle
// that long. Close it before the database.
func NewSessions(d *DB, idle time.Duration) *Sessions {
	s := &Sessions{d: d, idle: idle, now: time.Now, seen: map[string]int64{}, stop: make(chan struct{}), done: make(chan struct{})}
	go s.writeEvery(time.Minute)
	return s
}

// Get returns the value of a session, nil when there is none or it has ended.
func (s *Sessions) Get(key string) ([]byte, error) {
	if key == "" {
		return nil, nil
	}
	hashed := hashKey(key)
	var value []byte
	var ends int64
	err := s.d.pool.QueryRow(`SELECT value, expires_at FROM sessions WHERE key = ?`, hashed).Scan(&value, &ends)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading a session: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if ends = max(ends, s.seen[hashed]); ends != 0 && ends <= now.Unix() {
		return nil, nil
	}
	if ends != 0 {
		s.seen[hashed] = now.Add(s.idle).Unix()
	}
	return value, nil
}

// Set stores a session for exp, for ever when exp is 0.
func (s *Sessions) Set(key string, value []byte, exp time.Duration) error {
	if key == "" || len(value) == 0 {
		return nil
	}
	var ends int64
	if exp > 0 {
		ends = s.now().Add(exp).Unix()
	}
	if _, err := s.d.writer.Exec(`INSERT INTO sessions (key, value, expires_at) VALUES (?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`, hashKey(key), value, ends); err != nil {
		return fmt.Errorf("storing a session: %w", err)
	}
	return s.writeSeen()
}

// Delete ends a session.
func (s *Sessions) Delete(key string) error {
	hashed := hashKey(key)
	s.mu.Lock()
	delete(s.seen, hashed)
	s.mu.Unlock()
	if _, err := s.d.writer.Exec(`DELETE FROM sessions WHERE key = ?`, hashed); err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

// Reset ends all sessions.
func (s *Sessions) Reset() error {
	s.mu.Lock()
	clear(s.seen)
	s.mu.Unlock()
	if _, err := s.d.writer.Exec(`DELETE FROM sessions`); err != nil {
		return fmt.Errorf("ending all sessions: %w", err)
	}
	return nil
}

// Close writes what was seen and stops. It may be called twice.
func (s *Sessions) Close() error {
	s.mu.Lock()
	select {
	case <-s.stop:
		s.mu.Unlock()
		return nil
	default:
		close(s.stop)
	}
	s.mu.Unlock()
	<-s.done
	return s.writeSeen()
}

func (s *Sessions) writeEvery(pause time.Duration) {
	defer close(s.done)
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-ticker.C:
			if err := s.writeSeen(); err != nil {
				slog.Warn("sessions not written, tried again in a minute", "error", err)
			}
		}
	}
}

// writeSeen moves the ends of the sessions seen since the last time, and drops
// those that have ended.
func (s *Sessions) writeSeen() error {
	s.mu.Lock()
	seen := s.seen
	s.seen = map[string]int64{}
	s.mu.Unlock()
	if len(seen) == 0 {
		return nil
	}
	err := s.d.technical(func(tx *sql.Tx) error {
		for key, ends := range seen {
			if _, err := tx.Exec(`UPDATE sessions SET expires_at = MAX(expires_at, ?) WHERE key = ? AND expires_at <> 0`, ends, key); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`DELETE FROM sessions WHERE expires_at <> 0 AND expires_at <= ?`, s.now().Unix())
		return err
	})
	if err == nil {
		return nil
	}
	// Nothing is lost: it is written with the next.
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, ends := range seen {
		s.seen[key] = max(s.seen[key], ends)
	}
	return fmt.Errorf("writing the sessions seen: %w", err)
}

// Throttles slows down who tries to guess passwords: a technical table of
// failed log-ins by account and address.
type Throttles struct{ d *DB }

// NewThrottles returns the failed log-ins of a database.
func NewThrottles(d *DB) *Throttles { return &Throttles{d} }

// forgetAfter is how long after its pause a failure still counts.
const forgetAfter = time.Hour

// Until returns the instant before which no further try is taken, zero when
// one is.
func (t *Throttles) Until(key string, now time.Time) (time.Time, error) {
	var until int64
	err := t.d.pool.QueryRow(`SELECT until FROM throttles WHERE key = ?`, hashKey(key)).Scan(&until)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, fmt.Errorf("reading failed log-ins: %w", err)
	}
	if end := time.Unix(until, 0); end.After(now) {
		return end, nil
	}
	return time.Time{}, nil
}

// Try takes one more try in, unless the key has to wait: then it returns until
// when, and the try does not count. The pause after the n-th try that was not
// forgiven by Forgive is pause(n). Tries that come at once are taken one after
// the other.
func (t *Throttles) Try(key string, now time.Time, pause func(failures int) time.Duration) (until time.Time, err error) {
	err = t.d.technical(func(tx *sql.Tx) error {
		var failures int
		var end int64
		err := tx.QueryRow(`SELECT failures, until FROM throttles WHERE key = ?`, hashKey(key)).Scan(&failures, &end)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if e := time.Unix(end, 0); e.After(now) {
			until = e
			return nil
		} else if e.Add(forgetAfter).Before(now) {
			failures = 0
		}
		failures++
		_, err = tx.Exec(`INSERT INTO throttles (key, failures, until) VALUES (?, ?, ?)
			ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, until = excluded.until`,
			hashKey(key), failures, now.Add(pause(failures)).Unix())
		if err != nil {
			return err
		}
		_, err = tx.Exec(`DELETE FROM throttles WHERE until < ?`, now.Add(-forgetAfter).Unix())
		return err
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("counting a log-in: %w", err)
	}
	return until, nil
}

// Forgive forgets the tries of a key: the password was right.
func (t *Throttles) Forgive(key string) error {
	if _, err := t.d.writer.Exec(`DELETE FROM throttles WHERE key = ?`, hashKey(key)); err != nil {
		return fmt.Errorf("forgetting failed log-ins: %w", err)
	}
	return nil
}

// technical runs f in a write transaction without a stamp.
func (d *DB) technical(f func(*sql.Tx) error) error {
	tx, err := d.writer.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func hashKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}
