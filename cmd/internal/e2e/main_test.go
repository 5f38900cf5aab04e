package e2e

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"mxverdict/cmd/internal/app"
	"mxverdict/rules"
)

func TestMain(m *testing.M) {
	testscript.Main(all{m}, map[string]func(){
		"mxverdict": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			context.AfterFunc(ctx, stop)
			os.Exit(app.Run(os.Args, os.Stdin, os.Stdout, os.Stderr, app.Env{Context: ctx, Getenv: os.Getenv, ConfigDir: os.UserConfigDir}))
		},
	})
}

// all runs the tests and then asks whether the scenarios left an ending of a rule out.
type all struct{ *testing.M }

func (a all) Run() int { return allReached(a.M.Run()) }

// endings collects how the rules ended in the scenarios of this run.
type endings struct {
	mu   sync.Mutex
	seen map[string]bool // "smtp/vrfy inconclusive"
}

var reached = endings{seen: map[string]bool{}}

func (e *endings) note(verdicts []verdict) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, v := range verdicts {
		ending := v.Verdict
		if v.Verdict == "false_positive" {
			ending = v.Reason
		}
		e.seen[v.Rule+" "+ending] = true
	}
}

// missing lists each ending that a rule has words for, and that no scenario reached over the wire.
func (e *endings) missing() ([]string, error) {
	catalogue, err := shipped()
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, r := range catalogue.Rules() {
		if r.Untested != nil {
			continue
		}
		for _, ending := range append([]string{"inconclusive"}, r.Endings()...) {
			if !e.seen[r.ID+" "+ending] {
				missing = append(missing, r.ID+" "+ending)
			}
		}
	}
	return missing, nil
}

// allReached makes a run of all tests fail where a scenario is missing. A run of some tests proves nothing.
func allReached(code int) int {
	chosen := func(name string) bool { f := flag.Lookup(name); return f != nil && f.Value.String() != "" }
	if code != 0 || chosen("test.run") || chosen("test.skip") || chosen("test.list") || chosen("test.bench") || chosen("test.fuzz") {
		return code
	}
	missing, err := reached.missing()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	slices.Sort(missing)
	for _, m := range missing {
		fmt.Fprintln(os.Stderr, "no scenario reaches over the wire:", m)
	}
	return min(len(missing), 1)
}

var (
	shipped    = sync.OnceValues(func() (*rules.Catalogue, error) { return rules.Load(nil) })
	withClaims = sync.OnceValues(func() (*rules.Catalogue, error) { return rules.Load(os.DirFS(claims)) })
)

// sharedRules hands the same catalogue to every run: to load one takes longer than most runs do. A folder that a test
// wrote itself is loaded each time.
func sharedRules(overlay fs.FS) (*rules.Catalogue, error) {
	if overlay == nil {
		return shipped()
	}
	if overlay.(fmt.Stringer).String() == claims {
		return withClaims()
	}
	return rules.Load(overlay)
}
