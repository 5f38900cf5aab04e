//go:build realservers

package commands

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"mxverdict/cmd/internal/e2e/namespace"
	"mxverdict/verify/lab"
)

// answer is a verdict with what its commands showed.
type answer struct {
	verdict
	world string
	lies  bool             // of the world
	shown map[string]shown // by command
}

// TestCommands runs every command that the verdicts on all worlds give, and compares.
func TestCommands(t *testing.T) {
	here.Need(t)
	namespace.Enter(t, "192.0.2.1")
	all := worlds(t)
	var list []*lab.Scenario
	for _, w := range all {
		list = append(list, w.Scenario)
	}
	own(t, list)
	var answers []answer
	for _, w := range all {
		t.Run(w.name, func(t *testing.T) { answers = append(answers, w.try(t)...) })
	}
	compare(t, answers)
}

// world is a scenario and the reports about it.
type world struct {
	name string
	*lab.Scenario
	reports []string
	lies    bool // what the resolver says is not so, or the zone is signed wrongly, which it does not mind: only that the commands end is looked at
}

// try judges the world in memory, and then runs the commands of all verdicts against it.
func (w world) try(t *testing.T) (answers []answer) {
	for _, report := range w.reports {
		for _, v := range judged(t, w.Scenario, report) {
			answers = append(answers, answer{verdict: v, world: w.name, lies: w.lies, shown: map[string]shown{}})
		}
	}
	internet, err := w.OnOwnAddresses()
	if err != nil {
		t.Fatal(err)
	}
	defer internet.Close()
	// The file is there already, under the eyes of all processes.
	if err := os.WriteFile("/etc/resolv.conf", []byte("nameserver "+internet.Resolver().Addr().String()+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	authority := filepath.Join(t.TempDir(), "authority.pem")
	if err := os.WriteFile(authority, internet.Authority(), 0o600); err != nil {
		t.Fatal(err)
	}
	env := append(os.Environ(), "SSL_CERT_FILE="+authority, "CURL_CA_BUNDLE="+authority)
	var commands []string
	for _, a := range answers {
		for _, c := range a.Commands {
			if !slices.Contains(commands, c) {
				commands = append(commands, c)
			}
		}
	}
	var mu sync.Mutex
	var running sync.WaitGroup
	few := make(chan struct{}, 16) // they wait more than they work
	done := map[string]shown{}
	for _, c := range commands {
		few <- struct{}{}
		running.Go(func() {
			defer func() { <-few }()
			s := obey(t, c, env)
			mu.Lock()
			defer mu.Unlock()
			done[c] = s
		})
	}
	running.Wait()
	for i := range answers {
		for _, c := range answers[i].Commands {
			answers[i].shown[c] = done[c]
		}
	}
	return answers
}

// compare holds what was shown against the table, and the table against the catalogue.
func compare(t *testing.T, answers []answer) {
	catalogue, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range catalogue.Rules() {
		expected := table[rule.ID]
		if len(expected) != len(rule.Commands) {
			t.Errorf("%s: the rule has %d commands, the table %d", rule.ID, len(rule.Commands), len(expected))
			continue
		}
		for i, template := range rule.Commands {
			tries := map[bool]int{} // by whether the claim is true
			for _, a := range answers {
				if a.Rule != rule.ID {
					continue
				}
				claimed, decided := map[string]bool{"confirmed": true, "policy_disagreement": true, "false_positive": false}[a.Verdict]
				for _, c := range a.Commands {
					if made(template, c) && decided && !a.lies {
						tries[claimed]++
						if complaint := expected[i].check(a, claimed, a.shown[c]); complaint != "" {
							t.Errorf("%s of %s in %s is %s, but %s: %s\n%s", rule.ID, a.Subject, a.world, a.Verdict, c, complaint, a.shown[c].output)
						}
					}
				}
			}
			where := expected[i].given
			if tries[true]+tries[false] == 0 || where == both && (tries[true] == 0 || tries[false] == 0) {
				t.Errorf("%s: %q was tried %d times where the claim is true and %d times where it is false", rule.ID, template, tries[true], tries[false])
			}
		}
	}
	for id := range table {
		if catalogue.Rule(id) == nil {
			t.Errorf("the table names %s, which is no rule", id)
		}
	}
}

// made tells whether a command is of a template.
func made(template, command string) bool {
	words, filled := strings.Fields(template), strings.Fields(command)
	if len(words) != len(filled) {
		return false
	}
	for i, w := range words {
		before, rest, fills := strings.Cut(w, "{")
		word := strings.Trim(filled[i], "'")
		switch after := rest[strings.LastIndex(rest, "}")+1:]; {
		case !fills && w != filled[i]:
			return false
		case fills && !(strings.HasPrefix(word, before) && strings.HasSuffix(word, after)):
			return false
		}
	}
	return true
}

// worlds are the scenarios of the lab, and some that show what those leave out.
func worlds(t *testing.T) (list []world) {
	t.Helper()
	claims := every(t)
	files, err := filepath.Glob("../../../../testdata/scenarios/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios: ", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		if why, ok := leftOut[name]; ok {
			t.Logf("%s is left out: %s", name, why)
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := lab.Load(file, text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, world{name: name, Scenario: s, reports: []string{claims, s.Report}, lies: name == "mx-witness" || name == "dnssec-broken"})
	}
	for _, name := range slices.Sorted(maps.Keys(further)) {
		w := further[name]
		s, err := lab.Load(name, []byte("schema: mxverdict/scenario/1\nresolver: 192.0.2.1\ntarget: example.com\n"+w.scenario))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, world{name: name, Scenario: s, reports: append([]string{claims}, w.report)[:1+min(1, len(w.report))]})
	}
	return list
}

// leftOut are the scenarios whose commands are not run, and why.
var leftOut = map[string]string{
	"eight-addresses": "no socket shows its silent host",
	"tarpit":          "it sends one character a second: each command would take minutes",
	"guarded-host":    "it greets after 16 s as greeting-delay does, which is waited for once",
}

// every is the report that makes the claim of every rule.
func every(t *testing.T) string {
	t.Helper()
	c, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range c.Rules() {
		fmt.Fprintf(&b, "The claim of %s is made\n", r.ID)
	}
	for _, lookUp := range []string{"tcp:example.com:443", "tcp:example.com:8080"} {
		fmt.Fprintf(&b, "%s\nTest\tResult\nTCP Connect\tFailed to connect\nTCP Delay Check\tSlow\n", lookUp)
	}
	for _, lookUp := range []string{"aaaa:example.com", "txt:example.com"} {
		fmt.Fprintf(&b, "%s\nTest\tResult\nDNS Record Published\tDNS Record not found\n", lookUp)
	}
	return b.String()
}
