package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// TestMain puts the program itself, as main runs it, on the PATH of the scripts
// and tests under the name albopec.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"albopec": main})
}

// TestScripts runs the stories in testdata/script. Each begins in an empty
// folder with the files of testdata/common in it.
func TestScripts(t *testing.T) {
	common, err := filepath.Abs("testdata/common")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			return os.CopyFS(env.WorkDir, os.DirFS(common))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"json":    scriptJSON,
			"encode":  scriptEncode,
			"damage":  scriptDamage,
			"alone":   scriptAlone,
			"refused": scriptRefused,
			"misused": scriptMisused,
			"asks":    scriptAsks,
		},
	})
}

// scriptJSON is "json FILE path value…": FILE (stdout, as a rule) is one JSON
// object and nothing else, with those values. A path is "ordine.gross",
// "services.0.id" or "services.len" for how many there are.
func scriptJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args)%2 == 0 {
		ts.Fatalf("usage: json FILE path value [path value…]")
	}
	doc, err := oneObject(ts.ReadFile(args[0]))
	if err != nil {
		ts.Fatalf("%s: %v", args[0], err)
	}
	for i := 1; i < len(args); i += 2 {
		got, err := at(doc, args[i])
		if err != nil {
			ts.Fatalf("%s: %v\nin %s", args[i], err, ts.ReadFile(args[0]))
		}
		if got != args[i+1] {
			ts.Fatalf("%s is %s, want %s\nin %s", args[i], got, args[i+1], ts.ReadFile(args[0]))
		}
	}
}

// oneObject reads a text that must be one JSON object and nothing else.
func oneObject(text string) (map[string]any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var doc map[string]any
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("not a JSON object: %w\n%s", err, text)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("more than one JSON object:\n%s", text)
	}
	return doc, nil
}

// at returns the value at a path as the scripts write it.
func at(doc any, path string) (string, error) {
	for _, key := range strings.Split(path, ".") {
		switch v := doc.(type) {
		case map[string]any:
			next, ok := v[key]
			if !ok {
				return "", fmt.Errorf("no key %q", key)
			}
			doc = next
		case []any:
			if key == "len" {
				return strconv.Itoa(len(v)), nil
			}
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(v) {
				return "", fmt.Errorf("no element %q of %d", key, len(v))
			}
			doc = v[i]
		default:
			return "", fmt.Errorf("nothing below %v at %q", doc, key)
		}
	}
	if s, ok := doc.(string); ok {
		return s, nil
	}
	b, err := json.Marshal(doc)
	return string(b), err
}

// scriptEncode is "encode ENCODING FROM TO": a file as a foreign program saves
// it, with the line ends of Windows.
func scriptEncode(ts *testscript.TestScript, neg bool, args []string) {
	encodings := map[string]encoding.Encoding{
		"windows-1252": charmap.Windows1252,
		"utf-16":       unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
	}
	if neg || len(args) != 3 || encodings[args[0]] == nil {
		ts.Fatalf("usage: encode windows-1252|utf-16 FROM TO")
	}
	text := strings.ReplaceAll(ts.ReadFile(args[1]), "\n", "\r\n")
	data, err := encodings[args[0]].NewEncoder().Bytes([]byte(text))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), data, 0o644))
}

// scriptDamage is "damage FROM TO": a copy with its middle written over.
func scriptDamage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: damage FROM TO")
	}
	data := []byte(ts.ReadFile(args[0]))
	copy(data[4096:], bytes.Repeat([]byte("rovinato"), len(data)/16))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o644))
}

// scriptAlone is "alone FILE": nothing of SQLite's stands beside the database.
func scriptAlone(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: alone FILE")
	}
	for _, tail := range []string{"-wal", "-shm", "-journal"} {
		if _, err := os.Stat(ts.MkAbs(args[0] + tail)); err == nil {
			ts.Fatalf("%s%s is there", args[0], tail)
		}
	}
}

// scriptRefused is "refused CODE ARGS…": albopec ends with exit code 1 and, with
// --json, says so in one object with that code and a whole sentence.
func scriptRefused(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: refused CODE ARGS…")
	}
	failure(ts, exitFailed, args[0], args[1:])
}

// scriptMisused is "misused ARGS…": albopec was called wrongly, exit code 2.
func scriptMisused(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: misused ARGS…")
	}
	failure(ts, exitUsage, "usage", args)
}

// scriptAsks is "asks DAY ADDRESS GB": space is asked for with a mailbox that is
// not active yet, as its page does.
func scriptAsks(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: asks DAY ADDRESS GB")
	}
	gb, err := strconv.Atoi(args[2])
	ts.Check(err)
	d, err := db.Open(ts.MkAbs("albopec.db"))
	ts.Check(err)
	o := office.New(d)
	o.Today = func() pec.Date { return pec.Day(args[0]) }
	ts.Check(o.AskSpace(context.Background(), "prova", office.SpaceAsked{Address: args[1], GB: gb}))
	ts.Check(d.Close())
}

func failure(ts *testscript.TestScript, exit int, code string, args []string) {
	err := ts.Exec("albopec", append([]string{"--json"}, args...)...)
	var ended *exec.ExitError
	if !errors.As(err, &ended) || ended.ExitCode() != exit {
		ts.Fatalf("%v, want exit code %d\n%s", err, exit, ts.ReadFile("stdout"))
	}
	doc, err := oneObject(ts.ReadFile("stdout"))
	ts.Check(err)
	got, err := at(doc, "error.code")
	ts.Check(err)
	message, err := at(doc, "error.message")
	ts.Check(err)
	if got != code || len(doc) != 1 {
		ts.Fatalf("error.code is %s, want %s\n%s", got, code, ts.ReadFile("stdout"))
	}
	if !strings.Contains(message, " ") || strings.Contains(message, "%!") || !strings.Contains(ts.ReadFile("stderr"), message) {
		ts.Fatalf("no sentence on both outputs: %q, %q", message, ts.ReadFile("stderr"))
	}
}

// command runs one command line in this process.
func command(t *testing.T, stdin string, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	exit = run(args, strings.NewReader(stdin), &out, &errs)
	return exit, out.String(), errs.String()
}

// answer runs a command with --json that must succeed, and returns its object.
func answer(t *testing.T, args ...string) map[string]any {
	t.Helper()
	exit, stdout, stderr := command(t, "parola-di-prova\n", append(args, "--json")...)
	if exit != exitDone {
		t.Fatalf("albopec %s: exit %d\n%s%s", strings.Join(args, " "), exit, stdout, stderr)
	}
	doc, err := oneObject(stdout)
	if err != nil {
		t.Fatalf("albopec %s: %v", strings.Join(args, " "), err)
	}
	return doc
}

// newOrdine makes a database with an Ordine and its agreement, closed.
func newOrdine(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "ordine.db")
	answer(t, "init", "--db", path, "--name", "Ordine di Prova", "--domain", "pec.ordine.example", "--admin", "admin@ordine.example", "--password-stdin")
	answer(t, "agreement", "set", "testdata/common/convenzione.json", "--db", path)
	return path
}

// inOffice works on a database file as a day's office would, and closes it.
func inOffice(t *testing.T, path, today string, work func(*office.Office)) {
	t.Helper()
	d, err := db.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	o := office.New(d)
	o.Today = func() pec.Date { return pec.Day(today) }
	work(o)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}
