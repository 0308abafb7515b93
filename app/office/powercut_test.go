package office_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/google/go-cmp/cmp"
)

// Where a child process finds the database to renew, and the day.
const childDatabase = "ALBOPEC_TEST_DATABASE"

// TestRenewInAChildProcess is no test by itself: TestPowerCut runs it to kill it.
func TestRenewInAChildProcess(t *testing.T) {
	path := os.Getenv(childDatabase)
	if path == "" {
		t.Skip("only for TestPowerCut")
	}
	d, err := db.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	o := office.New(d)
	o.SetBatch(1)
	o.Today = func() pec.Date { return pec.Day("2020-10-12") }
	fmt.Println("pronto")
	if _, err := o.Renew(ctx, "prova", o.Today()); err != nil {
		t.Fatal(err)
	}
}

// A run is killed again and again, on its way through sixty members with three
// years due; what is left is sound each time, and in the end it is what a run
// that nobody stopped leaves (R6). Killing a process is as near to a power cut as
// a test comes; that what is booked is on the disk, the writer's pragma sees to.
func TestPowerCut(t *testing.T) {
	o := newOffice(t, "2017-10-12")
	for i := range 60 {
		box := o.mailbox(fmt.Sprint("A", i), fmt.Sprint("Prova", i), "Ugo")
		o.topUp(box, pec.Cents(305*(1+i%4)))
		o.completed(box, 1, 305)
	}
	o.must(o.DB.Close())
	whole, err := os.ReadFile(o.DB.Path())
	o.must(err)
	never := reopen(t, whole)
	never.renew()
	want := never.tellAll()

	path := filepath.Join(t.TempDir(), "albopec.db")
	o.must(os.WriteFile(path, whole, 0o600))
	halfway := 0
	for range 6 {
		killRun(t, path, time.Duration(rand.IntN(60))*time.Millisecond)
		cut := openAt(t, path)
		cut.expectSound()
		n := cut.renewedSoFar()
		if n > 0 && n < 60*3 {
			halfway++
		}
		if told := cut.toldByRuns(); told != n {
			t.Errorf("the runs tell of %d renewals and wrote %d", told, n)
		}
		o.must(cut.DB.Close())
	}
	t.Logf("%d of 6 cuts left the run halfway", halfway)
	last := openAt(t, path)
	defer last.DB.Close()
	last.renew()
	if diff := cmp.Diff(want, last.tellAll()); diff != "" {
		t.Errorf("never stopped (-) and killed (+):\n%s", diff)
	}
	last.expectSound()
}

// toldByRuns adds up what the runs say they renewed, the cut ones too.
func (o *testOffice) toldByRuns() (renewed int) {
	o.t.Helper()
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		runs, err := tx.Runs(100)
		for _, r := range runs {
			var done office.Renewed
			o.must(json.Unmarshal(r.Figures, &done))
			renewed += done.Renewed
		}
		return err
	}))
	return renewed
}

// killRun starts a run in a child process and kills it some time after its
// database is open.
func killRun(t *testing.T, path string, after time.Duration) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestRenewInAChildProcess$")
	child.Env = append(os.Environ(), childDatabase+"="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "pronto\n" {
		t.Fatalf("the child says %q, %v", line, err)
	}
	time.Sleep(after)
	child.Process.Kill()
	child.Wait() // its end is what was asked for, or it was faster
}

func reopen(t *testing.T, content []byte) *testOffice {
	t.Helper()
	path := filepath.Join(t.TempDir(), "albopec.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	o := openAt(t, path)
	t.Cleanup(func() { o.DB.Close() })
	return o
}

func openAt(t *testing.T, path string) *testOffice {
	t.Helper()
	d, err := db.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	o := &testOffice{Office: office.New(d), t: t, day: pec.Day("2020-10-12")}
	o.Today = func() pec.Date { return o.day }
	return o
}

// tellAll writes the books of all members down, numbers of orders apart.
func (o *testOffice) tellAll() []string {
	o.t.Helper()
	var lines []string
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		members, err := tx.Members()
		if err != nil {
			return err
		}
		for _, m := range members {
			say := func(format string, args ...any) {
				lines = append(lines, fmt.Sprintf("member %d: ", m.ID)+fmt.Sprintf(format, args...))
			}
			if err := tellMember(tx, m.ID, say); err != nil {
				return err
			}
		}
		return nil
	}))
	slices.Sort(lines)
	return lines
}

func (o *testOffice) renewedSoFar() int {
	o.t.Helper()
	n := 0
	o.must(o.DB.Read(ctx, func(tx *db.ReadTx) error {
		boxes, err := tx.Mailboxes()
		for _, b := range boxes {
			n += b.ExpiresOn.Year - 2018
		}
		return err
	}))
	return n
}
