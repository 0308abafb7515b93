package office

import (
	"flag"
	"testing"
)

// SetBatch sets how many members one transaction of a run takes.
func (o *Office) SetBatch(n int) { o.batch = n }

// Fewer makes a check shorter than rapid's hundred, unless the command line
// says how long it is to be.
func Fewer(t *testing.T, checks string) {
	f := flag.Lookup("rapid.checks")
	if f == nil || f.Value.String() != f.DefValue {
		return
	}
	if err := flag.Set("rapid.checks", checks); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { flag.Set("rapid.checks", f.DefValue) })
}
