// Command albopec is the back office of an Ordine's PEC mailboxes. Here the
// parts are put together: the command line (each command calls one office
// method), configuration, the web server with its nightly jobs. Nothing is
// decided here.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"albopec/app/office"
	"albopec/app/pec"
	"albopec/db"

	"github.com/alecthomas/kong"
)

// Exit codes, as the README promises them to scripts.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run runs one command and returns its exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var line commands
	parser, err := kong.New(&line,
		kong.Name("albopec"),
		kong.Description("Le caselle PEC di un Ordine professionale: albo, rinnovi, servizi, credito, report."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exitNow(code)) }),
		kong.WithHyphenPrefixedParameters(true),
		kong.UsageOnError(),
		kong.Vars{"db": "albopec.db"},
	)
	if err != nil {
		panic(err) // the struct of commands is wrong: a programming error
	}
	return line.execute(parser, args, stdin, stdout, stderr)
}

// exitNow carries the exit code of --help out of kong.
type exitNow int

func (line *commands) execute(parser *kong.Kong, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	defer func() {
		if r := recover(); r != nil {
			n, ok := r.(exitNow)
			if !ok {
				panic(r)
			}
			code = int(n)
		}
	}()
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "albopec: %v\n", err)
		return exitUsage
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelInfo})))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c := &call{ctx: ctx, db: line.DB, on: line.On.Date, json: line.JSON, stdin: stdin, stdout: stdout, stderr: stderr}
	err = parsed.Run(c)
	if cerr := c.close(); err == nil {
		err = cerr
	}
	return c.finish(err)
}

// call is one run of one command.
type call struct {
	ctx            context.Context
	db             string
	on             pec.Date // the day played; zero for today
	json           bool
	stdin          io.Reader
	stdout, stderr io.Writer

	open *db.DB
}

// errReported ends a command with exit code 1 when its own object or text has
// already been written.
var errReported = errors.New("reported")

// finish turns an error into what is written and the exit code.
func (c *call) finish(err error) int {
	if err == nil {
		return exitDone
	}
	if errors.Is(err, errReported) {
		return exitFailed
	}
	var usage usageError
	if errors.As(err, &usage) {
		fmt.Fprintf(c.stderr, "albopec: %s\n", usage)
		return exitUsage
	}
	code, message := "internal", "Errore interno: "+err.Error()
	if p := pec.AsProblem(err); p != nil {
		code, message = p.Code, p.Message
	}
	if c.json {
		_ = c.object(map[string]any{"error": map[string]any{"code": code, "message": message}})
	}
	fmt.Fprintln(c.stderr, message)
	return exitFailed
}

// usageError is a command called wrongly.
type usageError string

func (e usageError) Error() string { return string(e) }

// office opens the database.
func (c *call) office() (*office.Office, error) {
	d, err := db.Open(c.db)
	if err != nil {
		return nil, err
	}
	c.open = d
	return c.at(d), nil
}

// at is an office on an open database, on the day that is played.
func (c *call) at(d *db.DB) *office.Office {
	o := office.New(d)
	if !c.on.IsZero() {
		on := c.on
		o.Today = func() pec.Date { return on }
	}
	return o
}

func (c *call) close() error {
	if c.open == nil {
		return nil
	}
	err := c.open.Close()
	c.open = nil
	return err
}

// print writes the result: one JSON object, or lines for a person.
func (c *call) print(object any, format string, args ...any) error {
	if c.json {
		return c.object(object)
	}
	_, err := fmt.Fprintf(c.stdout, format+"\n", args...)
	return err
}

func (c *call) object(v any) error {
	enc := json.NewEncoder(c.stdout)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// note tells a person something beside the result.
func (c *call) note(format string, args ...any) {
	fmt.Fprintf(c.stderr, format+"\n", args...)
}
