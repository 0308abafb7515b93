// Package app_test keeps the house in order: which room may import which.
package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "albopec"

// rooms lists what each room may import of the house. A room not listed here
// does not exist yet: it is added with its doors.
var rooms = map[string][]string{
	"app/pec":      {},
	"app/office":   {"app/pec", "app/intake", "db", "reports"},
	"app/web":      {"app/pec", "app/office", "db", "reports", "views", "static"},
	"app/intake":   {"app/pec"},
	"app/provider": {"app/pec"},
	"app/mail":     {"app/pec"},
	"app/signin":   {"app/pec"},
	"app/payment":  {"app/pec"},
	"db":           {"app/pec"},
	"reports":      {"app/pec"},
	"views":        {},
	"static":       {},
	"cmd/albopec":  {"*"},
}

// goods lists, for what has one home only, the rooms that may import it.
var goods = map[string][]string{
	"database/sql":                {"db"},
	"modernc.org/sqlite":          {"db"},
	"github.com/gofiber/":         {"app/web", "cmd/albopec"},
	"net/http":                    {"app/web", "app/provider", "app/signin", "app/payment", "cmd/albopec"},
	"html/template":               {"app/web"},
	"net/smtp":                    {"app/mail"},
	"github.com/xuri/excelize/":   {"app/intake", "reports"},
	"github.com/jung-kurt/gofpdf": {"reports"},
	"github.com/alecthomas/kong":  {"cmd/albopec"},
	"github.com/go-co-op/gocron/": {"cmd/albopec"},
	"os/exec":                     {},
	"C":                           {}, // no cgo anywhere
	"unsafe":                      {},
}

// pecMay lists what the rules may use beside the pure parts of the standard
// library: exact decimals, and the texts of Unicode.
var pecMay = []string{"github.com/shopspring/decimal", "golang.org/x/text/"}

// pecMayNot are the doors of the standard library: files, net, processes, logs.
var pecMayNot = []string{"os", "io/fs", "net", "syscall", "log", "database", "embed", "plugin", "runtime", "math/rand", "crypto/rand"}

type file struct {
	name string // from the top
	room string
	*ast.File
}

// source reads every Go file of the program but its tests.
func source(t *testing.T) []file {
	t.Helper()
	var files []file
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() != ".." && strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		name = strings.TrimPrefix(filepath.ToSlash(name), "../")
		files = append(files, file{name, path.Dir(name), parsed})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 20 {
		t.Fatalf("only %d files were found", len(files))
	}
	return files
}

func (f file) imports() []string {
	var list []string
	for _, i := range f.Imports {
		name, _ := strconv.Unquote(i.Path.Value)
		list = append(list, name)
	}
	return list
}

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	for _, f := range source(t) {
		may, known := rooms[f.room]
		if !known {
			t.Errorf("%s: there is no room %s", f.name, f.room)
			continue
		}
		for _, i := range f.imports() {
			of, inside := strings.CutPrefix(i, module+"/")
			if inside && !slices.Contains(may, of) && !slices.Contains(may, "*") {
				t.Errorf("%s imports %s: %s may import %v", f.name, i, f.room, may)
			}
		}
	}
}

func TestWhatHasOneHomeIsImportedThere(t *testing.T) {
	for _, f := range source(t) {
		for _, i := range f.imports() {
			for prefix, homes := range goods {
				if (i == prefix || strings.HasPrefix(i, strings.TrimSuffix(prefix, "/")+"/")) && !slices.Contains(homes, f.room) {
					t.Errorf("%s imports %s, which belongs to %v", f.name, i, homes)
				}
			}
		}
	}
}

func TestRulesArePure(t *testing.T) {
	for _, f := range source(t) {
		if f.room != "app/pec" {
			continue
		}
		for _, i := range f.imports() {
			first, _, _ := strings.Cut(i, "/")
			foreign := strings.Contains(first, ".")
			allowed := slices.ContainsFunc(pecMay, func(p string) bool { return i == p || strings.HasPrefix(i, p) })
			door := slices.ContainsFunc(pecMayNot, func(p string) bool { return i == p || strings.HasPrefix(i, p+"/") })
			if foreign && !allowed || door {
				t.Errorf("%s imports %s", f.name, i)
			}
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && is(s, "time", "Now", "Since", "Until", "Sleep", "After", "Tick", "NewTimer", "Local") {
				t.Errorf("%s asks what day it is: time.%s", f.name, s.Sel.Name)
			}
			return true
		})
	}
}

// Money and civil days are never floating point in the rules.
func TestNoFloatingPointInTheRules(t *testing.T) {
	for _, f := range source(t) {
		if f.room != "app/pec" && f.room != "app/office" && f.room != "db" {
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && (id.Name == "float64" || id.Name == "float32") {
				t.Errorf("%s uses %s", f.name, id.Name)
			}
			if s, ok := n.(*ast.SelectorExpr); ok && (s.Sel.Name == "InexactFloat64" || s.Sel.Name == "NewFromFloat" || s.Sel.Name == "Float64") {
				t.Errorf("%s uses %s", f.name, s.Sel.Name)
			}
			return true
		})
	}
}

// Pages read straight from the database and cannot write: they hold a Reader.
// Only the office opens a write transaction.
func TestOnlyTheOfficeWrites(t *testing.T) {
	for _, f := range source(t) {
		ast.Inspect(f.File, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if f.room == "app/web" && is(s, "db", "DB", "Tx", "Open", "Create") {
				t.Errorf("%s uses db.%s: pages hold a *db.Reader", f.name, s.Sel.Name)
			}
			if f.room != "app/office" && f.room != "db" && is(s, "db", "Tx", "Stamp") {
				t.Errorf("%s uses db.%s: writes pass through the office", f.name, s.Sel.Name)
			}
			return true
		})
	}
}

func is(s *ast.SelectorExpr, pkg string, names ...string) bool {
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == pkg && slices.Contains(names, s.Sel.Name)
}

func TestEveryRoomSaysWhatBelongsThere(t *testing.T) {
	said := map[string]bool{}
	for _, f := range source(t) {
		said[f.room] = said[f.room] || f.Doc != nil
	}
	for room, ok := range said {
		if !ok {
			t.Errorf("%s has no package comment", room)
		}
	}
}
