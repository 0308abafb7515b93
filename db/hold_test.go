package db

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A hold is seen while it is held, in its own process too, and is nobody's once it
// was let go, was never taken, or its file is that of a process that ended.
func TestHoldIsSeenUntilItIsLetGo(t *testing.T) {
	d := newDB(t)
	see := func(name string, want bool) {
		t.Helper()
		if got, err := d.Held(ctx, name); got != want || err != nil {
			t.Errorf("held: %t, %v, want %t", got, err, want)
		}
	}
	first, err := d.Hold(ctx)
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.Hold(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // looking does not let go
		see(first.Name, true)
		see(second.Name, true)
	}
	if err := first.Release(); err != nil {
		t.Error(err)
	}
	see(first.Name, false)
	see(second.Name, true)
	left, err := os.ReadFile(d.holdPath(second.Name))
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Release(); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(d.holdPath(second.Name), left, 0o600); err != nil {
		t.Fatal(err)
	}
	see(second.Name, false)
	d.DropHold(second.Name)
	if _, err := os.Stat(d.holdPath(second.Name)); err == nil {
		t.Error("what was left is still there")
	}
	see("", false)
}

// A hold is seen by whoever opened the database through a link, and its file can be
// read by another user's process: a command as root beside the service.
func TestHoldIsSeenThroughALink(t *testing.T) {
	d := newDB(t)
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(d.Path(), link); err != nil {
		t.Skip(err)
	}
	other := &DB{path: link}
	for _, p := range []struct{ takes, looks *DB }{{d, other}, {other, d}} {
		h, err := p.takes.Hold(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if held, err := p.looks.Held(ctx, h.Name); !held || err != nil {
			t.Errorf("held: %t, %v", held, err)
		}
		if info, err := os.Stat(h.path); err != nil || info.Mode().Perm()&0o044 == 0 {
			t.Errorf("%v, %v: nobody else can look at it", info, err)
		}
		if err := h.Release(); err != nil {
			t.Error(err)
		}
	}
}

// What a killed process left without a document is taken away after its time; what
// is held, is younger, or is no hold of this database stays.
func TestEndedHoldsAreTakenAway(t *testing.T) {
	d := newDB(t)
	held, err := d.Hold(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	other := filepath.Join(filepath.Dir(d.Path()), "altro.db-making-X")
	for _, path := range []string{d.holdPath("VECCHIO"), d.holdPath("NUOVO"), other} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	for _, path := range []string{d.holdPath("VECCHIO"), other, d.holdPath(held.Name)} {
		if err := os.Chtimes(path, now, now.Add(-25*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := d.DropEndedHolds(ctx, now.Add(-24*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]bool{d.holdPath("VECCHIO"): false, d.holdPath("NUOVO"): true, other: true, d.holdPath(held.Name): true} {
		if _, err := os.Stat(path); (err == nil) != want {
			t.Errorf("%s: %v", path, err)
		}
	}
}
