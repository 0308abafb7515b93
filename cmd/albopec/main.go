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
	"slices"
	"strings"
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
	dropEmpty(append(mailVariables, "ALBOPEC_DB", "ALBOPEC_LISTEN", "ALBOPEC_PROXY", "ALBOPEC_BEHIND_HTTPS")...)
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
		kong.Help(printHelp),
		kong.Vars{"db": "albopec.db"},
	)
	if err != nil {
		panic(err) // the struct of commands is wrong: a programming error
	}
	parser.Model.HelpFlag.Help = "Mostra questo aiuto."
	return line.execute(parser, negatives(parser, args), stdin, stdout, stderr)
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
	c := &call{json: slices.Contains(args, "--json"), stdin: stdin, stdout: stdout, stderr: stderr}
	parsed, err := parser.Parse(args)
	if err != nil {
		return c.finish(usageError(italianUsage(err) + " (per l’uso: albopec --help)"))
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelInfo})))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c.ctx, c.db, c.on, c.json = ctx, line.DB, line.On.Date, line.JSON
	if c.db == "" {
		return c.finish(usageError("--db vuole il nome di un file"))
	}
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
	exit, code, message := explain(err)
	if c.json {
		_ = c.object(map[string]any{"error": map[string]any{"code": code, "message": message}})
	}
	fmt.Fprintln(c.stderr, message)
	return exit
}

// explain is an error's exit code, its code for scripts and its sentence.
func explain(err error) (exit int, code, message string) {
	var usage usageError
	p := pec.AsProblem(err)
	switch {
	case errors.As(err, &usage):
		return exitUsage, "usage", "albopec: " + string(usage)
	case p != nil:
		return exitFailed, p.Code, p.Message
	case errors.Is(err, context.Canceled):
		return exitFailed, "interrupted", "Interrotto: quello che era già registrato resta. Ripeta il comando per finire."
	case db.IsBusy(err):
		return exitFailed, "database_busy", "Il database è occupato da un’altra operazione: riprovi fra poco."
	case strings.Contains(err.Error(), "disk image is malformed"):
		return exitFailed, "database_damaged", "Il database è danneggiato: torni all’ultimo salvataggio con «albopec restore»."
	}
	return exitFailed, "internal", "Errore interno: " + err.Error()
}

// usageError is a command called wrongly.
type usageError string

func (e usageError) Error() string { return string(e) }

// office opens the database.
func (c *call) office() (*office.Office, error) {
	if err := whole(c.db); err != nil {
		return nil, err
	}
	d, err := db.Open(c.db)
	if err != nil {
		return nil, err
	}
	c.open = d
	return c.at(d), nil
}

// whole refuses what cannot be a database before SQLite opens it: an empty file
// would pass for a new one.
func whole(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil // told where it is opened
	case info.IsDir():
		return pec.Refuse("database_unreadable", "«%s» è una cartella, non un database.", path)
	case info.Size() == 0:
		return pec.Refuse("database_unreadable", "«%s» è un file vuoto, non un database di albopec.", path)
	}
	return nil
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
