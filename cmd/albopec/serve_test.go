package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// serving is the program serving in a process of its own.
type serving struct {
	*exec.Cmd
	address string // "http://127.0.0.1:41234"
}

// startServing starts the pages on a free port and waits until they say where
// they are. The process is stopped when the test ends.
func startServing(t *testing.T, path string, args ...string) serving {
	t.Helper()
	cmd := exec.Command("albopec", append([]string{"serve", "--json", "--db", path, "--listen", "127.0.0.1:0"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = io.Discard
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			cmd.Process.Kill()
			cmd.Wait()
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("serve said nothing: %v", err)
	}
	var said struct{ Address string }
	if err := json.Unmarshal([]byte(line), &said); err != nil {
		t.Fatalf("serve said %q: %v", line, err)
	}
	return serving{cmd, said.Address}
}

// stop asks the program to end, as a service manager does, and returns its exit
// code.
func (s serving) stop(t *testing.T) int {
	t.Helper()
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Wait() }()
	select {
	case err := <-done:
		var ended *exec.ExitError
		if errors.As(err, &ended) {
			return ended.ExitCode()
		}
		return 0
	case <-time.After(15 * time.Second):
		t.Fatal("serve does not end")
		return -1
	}
}

// A mailbox of 12/10/2017 with 1 GB paid once, seen by a program that starts on
// 14/10/2018: the night of the 13th is made good at once.
func TestServeMakesUpForNightsItWasOff(t *testing.T) {
	path := ordineWithOneGB(t)
	s := startServing(t, path, "--on", "2018-10-14")
	page, err := http.Get(s.address + "/accesso")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(page.Body)
	page.Body.Close()
	if err != nil || page.StatusCode != http.StatusOK || !strings.Contains(string(body), "<form") {
		t.Fatalf("/accesso: %d, %v\n%.300s", page.StatusCode, err, body)
	}
	var box map[string]any
	for range 100 {
		box = answer(t, "mailbox", "anna.rossetti@pec.ordine.example", "--db", path)
		if box["expires_on"] == "2019-10-12" {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if box["expires_on"] != "2019-10-12" || box["total_gb"] != json.Number("1") {
		t.Errorf("the night's run left %v", box)
	}
	// The notices, which make up for it too, do not take it from its figures.
	said := ""
	for range 100 {
		for _, line := range answer(t, "job", "list", "--db", path)["list"].([]any) {
			if l := line.(map[string]any); l["job"] == "renewals" {
				said = l["said"].(string)
			}
		}
		if strings.HasPrefix(said, "Fino al") {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if !strings.HasPrefix(said, "Fino al 13/10/2018: rinnovi 1,") {
		t.Errorf("the renewals at the start say %q", said)
	}
	if exit := s.stop(t); exit != 0 {
		t.Errorf("exit code %d after SIGTERM", exit)
	}
	if _, err := os.Stat(path + "-wal"); err == nil {
		t.Error("the write-ahead log was not folded into the file")
	}
	copied := filepath.Join(t.TempDir(), "da-solo.db")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(copied, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if ok := answer(t, "check", "--db", copied)["ok"]; ok != true {
		t.Errorf("the file alone does not check: %v", ok)
	}
	if got := answer(t, "mailbox", "anna.rossetti@pec.ordine.example", "--db", copied)["expires_on"]; got != "2019-10-12" {
		t.Errorf("the file alone knows an expiry of %v", got)
	}
}

// The day before the expiry's night is over nothing is renewed: the 12th belongs
// to the member.
func TestServeLeavesTheDayOfExpiryToTheMember(t *testing.T) {
	path := ordineWithOneGB(t)
	s := startServing(t, path, "--on", "2018-10-12")
	time.Sleep(500 * time.Millisecond) // the run at the start takes a few milliseconds
	if exit := s.stop(t); exit != 0 {
		t.Errorf("exit code %d", exit)
	}
	box := answer(t, "mailbox", "anna.rossetti@pec.ordine.example", "--db", path)
	if box["expires_on"] != "2018-10-12" || box["total_gb"] != json.Number("2") {
		t.Errorf("renewed too early: %v", box)
	}
}

// While the program serves, commands read and write beside it and a backup is
// whole; a restore is refused, and so is a demo in its place.
func TestCommandsBesideAServer(t *testing.T) {
	path := ordineWithOneGB(t)
	s := startServing(t, path, "--on", "2018-01-10")
	box := "anna.rossetti@pec.ordine.example"
	if got := answer(t, "topup", box, "7", "--reference", "R9", "--on", "2018-01-10", "--db", path)["balance"]; got != "7.00" {
		t.Errorf("balance %v", got)
	}
	backup := filepath.Join(t.TempDir(), "copia.db")
	answer(t, "backup", backup, "--db", path)
	if got := answer(t, "mailbox", box, "--db", backup)["credit"]; got != "7.00" {
		t.Errorf("the backup knows a credit of %v", got)
	}
	answer(t, "topup", box, "1", "--reference", "R10", "--on", "2018-01-10", "--db", path)
	exit, stdout, _ := command(t, "", "restore", backup, "--db", path, "--json")
	if exit != exitFailed || !strings.Contains(stdout, `"database_in_use"`) {
		t.Errorf("restore beside a server: exit %d, %s", exit, stdout)
	}
	if got := answer(t, "mailbox", box, "--db", path)["credit"]; got != "8.00" {
		t.Errorf("after the refused restore the credit is %v", got)
	}
	if exit := s.stop(t); exit != 0 {
		t.Errorf("exit code %d", exit)
	}
	answer(t, "restore", backup, "--db", path)
	if got := answer(t, "mailbox", box, "--db", path)["credit"]; got != "7.00" {
		t.Errorf("after the restore the credit is %v", got)
	}
}

// ordineWithOneGB is an Ordine whose member Anna has a mailbox from 12/10/2017
// with 1 GB bought, and no credit left to renew it.
func ordineWithOneGB(t *testing.T) (path string) {
	t.Helper()
	path = newOrdine(t)
	box := "anna.rossetti@pec.ordine.example"
	for _, args := range [][]string{
		{"import", "members", "testdata/common/albo.csv", "--on", "2017-10-01"},
		{"provision", "--on", "2017-10-01"},
		{"activate", box, "--on", "2017-10-12"},
		{"topup", box, "3,05", "--reference", "R1", "--on", "2017-12-07"},
		{"order", box, "--product", "inbox_gb", "--quantity", "1", "--on", "2017-12-07"},
	} {
		answer(t, append(args, "--db", path)...)
	}
	return path
}
