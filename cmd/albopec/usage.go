package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"regexp"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// What kong says, it says in English; here it learns Italian.

var helpWords = strings.NewReplacer(
	"Usage: ", "Uso: ",
	"\nArguments:\n", "\nArgomenti:\n",
	"\nFlags:\n", "\nOpzioni:\n",
	"\nCommands:\n", "\nComandi:\n",
	"<command>", "<comando>",
	"[flags]", "[opzioni]",
	"[<args> ...]", "[…]",
	`Run "`, "Per saperne di più: ",
	` --help" for more information on a command.`, " --help",
)

// printHelp is kong's help in Italian.
func printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	var b bytes.Buffer
	out := ctx.Stdout
	ctx.Stdout = &b
	err := kong.DefaultHelpPrinter(options, ctx)
	ctx.Stdout = out
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(out, helpWords.Replace(b.String()))
	return err
}

var usageWords = []struct {
	english *regexp.Regexp
	italian string
}{
	{regexp.MustCompile(`^missing flags: (.*)$`), "manca $1"},
	{regexp.MustCompile(`^unknown flag ([^,]+), did you mean (?:one of )?(.+)\?$`), "l’opzione $1 non esiste; forse $2?"},
	{regexp.MustCompile(`^unknown flag (.+)$`), "l’opzione $1 non esiste"},
	{regexp.MustCompile(`^unexpected argument (.+), did you mean (?:one of )?(.+)\?$`), "«$1» qui non si aspetta; forse $2?"},
	{regexp.MustCompile(`^unexpected argument (.+)$`), "«$1» qui non si aspetta"},
	{regexp.MustCompile(`^(--\S+) and (--\S+) can't be used together$`), "$1 e $2 non vanno insieme: ne scelga una"},
	{regexp.MustCompile(`^expected one of (.+)$`), "scriva un comando, uno di $1"},
	{regexp.MustCompile(`^expected "(<[^"]*)"$`), "manca $1"},
	{regexp.MustCompile(`^expected "([^"]*)"$`), "scriva il comando $1"},
	{regexp.MustCompile(`^([^:]+): expected a valid \d+ bit int but got "(.*)"$`), "$1 vuole un numero intero, non «$2»"},
	{regexp.MustCompile(`^([^:]+): bool value must be .* but got "(.*)"$`), "$1 non vuole un valore"},
	{regexp.MustCompile(`^(\S+) must be one of (.+) but got "(.*)"$`), "$1 deve essere uno di $2, non «$3»"},
	{regexp.MustCompile(`^([^:]+): expected "<key>=<value>" but got "(.*)"$`), "$1 vuole «intestazione=campo», non «$2»"},
	{regexp.MustCompile(`^([^:]+): expected .* value but got .*$`), "$1 vuole un valore"},
	{regexp.MustCompile(`^([^:]+): missing value, expecting .*$`), "$1 vuole un valore"},
}

// italianUsage says in Italian how a command was called wrongly.
func italianUsage(err error) string {
	s := err.Error()
	for _, w := range usageWords {
		if w.english.MatchString(s) {
			return w.english.ReplaceAllString(s, w.italian)
		}
	}
	return s
}

// minus is the true minus sign, which starts no option.
const minus = "−"

var negative = regexp.MustCompile(`^-[0-9]`)

// negatives lets "topup ADDRESS -3" and "--quantity -1" reach the rule that
// refuses them: kong would take the numbers for options. Numbers that follow an
// option with a value are tied to it; others get a true minus, which no amount
// and no number has.
func negatives(parser *kong.Kong, args []string) []string {
	takesValue := map[string]bool{}
	var visit func(*kong.Node)
	visit = func(n *kong.Node) {
		for _, f := range n.Flags {
			takesValue["--"+f.Name] = !f.IsBool()
		}
		for _, child := range n.Children {
			visit(child)
		}
	}
	visit(parser.Model.Node)
	var out []string
	for _, a := range args {
		switch last := len(out) - 1; {
		case !negative.MatchString(a):
			out = append(out, a)
		case last >= 0 && takesValue[out[last]]:
			out[last] += "=" + a
		default:
			out = append(out, minus+a[1:])
		}
	}
	return out
}

// dropEmpty lets an empty variable of the environment mean the same as none.
func dropEmpty(names ...string) {
	for _, n := range names {
		if v, ok := os.LookupEnv(n); ok && v == "" {
			os.Unsetenv(n)
		}
	}
}

// why says in Italian why a file or an address could not be had.
func why(err error) string {
	for _, w := range []struct {
		err     error
		italian string
	}{
		{fs.ErrNotExist, "la cartella non esiste"},
		{fs.ErrPermission, "mancano i permessi"},
		{syscall.ENOTDIR, "non è una cartella"},
		{syscall.EISDIR, "è una cartella"},
		{syscall.EEXIST, "esiste già"},
		{syscall.ENOSPC, "il disco è pieno"},
		{syscall.EROFS, "il disco è di sola lettura"},
		{syscall.EADDRINUSE, "l’indirizzo è già in uso"},
		{syscall.EADDRNOTAVAIL, "l’indirizzo non è di questo computer"},
	} {
		if errors.Is(err, w.err) {
			return w.italian
		}
	}
	var form *net.AddrError
	var name *net.DNSError
	if errors.As(err, &form) || errors.As(err, &name) {
		return "l’indirizzo non è valido"
	}
	return err.Error()
}
